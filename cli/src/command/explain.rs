//! `tollgate explain`.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value as Json, json};

use super::show::find_instance;
use crate::{
    client::{Client, ServerArgs, encoded},
    exit::Exit,
    output::{self, Format, text},
    style,
    values::{VariableArgs, rest_variables},
};

/// Say in plain words what something waits for, since when, who can move it, and what happens next.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate explain 01a1fdf7-678e-7000-8000-000034144a60    a process instance, job or external task
  tollgate explain customer-17                             a process instance by its business key
  tollgate explain --message OrderPaid --business-key customer-17
                                                           where a message would go, or why nowhere")]
pub(crate) struct Explain {
    /// Id of a process instance, job or external task, or a business key.
    #[arg(value_name = "ID", required_unless_present = "message")]
    id: Option<String>,
    /// A message by its name, instead.
    #[arg(long, value_name = "NAME", conflicts_with = "id")]
    message: Option<String>,
    /// Business key that the message is correlated by.
    #[arg(long, value_name = "KEY", requires = "message")]
    business_key: Option<String>,
    /// Variables that the message is correlated by.
    #[command(flatten)]
    variables: VariableArgs,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
}

impl Explain {
    pub(crate) fn run(self) -> Result<Exit> {
        let client = self.server.client()?;
        let answer = match &self.message {
            Some(name) => {
                let mut body = json!({"messageName": name, "correlationKeys": rest_variables(&self.variables)?});
                if let Some(key) = &self.business_key {
                    body["businessKey"] = json!(key);
                }
                client.post("/message/explain", &body)?
            }
            None => explanation(&client, self.id.as_deref().unwrap_or_default())?,
        };
        match self.format {
            Format::Json => output::json(&answer)?,
            Format::Text => people(&answer),
        }
        Ok(Exit::Done)
    }
}

fn explanation(client: &Client, id: &str) -> Result<Json> {
    for what in ["process-instance", "job", "external-task"] {
        if let Some(found) = client.try_get(&format!("/{what}/{}/explain", encoded(id)), &[])? {
            return Ok(found);
        }
    }
    let Ok(instance) = find_instance(client, id) else {
        bail!("there is no process instance, job or external task with the id `{id}`, and no business key `{id}`");
    };
    let found = client.try_get(&format!("/process-instance/{}/explain", encoded(&text(&instance, "id"))), &[])?;
    match found {
        Some(found) => Ok(found),
        None => Ok(json!({
            "summary": format!("The process instance is over: {}.", text(&instance, "state")),
            "state": text(&instance, "state"),
            "reasons": [],
        })),
    }
}

fn people(answer: &Json) {
    println!("{}", style::strong(text(answer, "summary")));
    let list = |name: &str| answer[name].as_array().cloned().unwrap_or_default();
    for reason in list("reasons") {
        let name = text(&reason, "activityName");
        let place =
            [text(&reason, "activityId"), name].iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>();
        println!("\n  {}", text(&reason, "text"));
        for (title, value) in [
            ("at", place.join("  ")),
            ("since", text(&reason, "since")),
            ("who can move it", text(&reason, "mover")),
            ("what happens next", text(&reason, "next")),
        ] {
            if !value.is_empty() {
                println!("    {:<18} {value}", style::faint(title));
            }
        }
    }
}
