//! `tollgate explain`.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value as Json, json};

use super::show::look_up;
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
  tollgate explain 01a1fdf7-678e-7000-8000-000034144a60    a process instance, job, task or incident
  tollgate explain customer-17                             a process instance by its business key
  tollgate explain --message OrderPaid --business-key customer-17
                                                           where a message would go, or why nowhere")]
pub(crate) struct Explain {
    /// Id of a process instance, job, external task, user task or incident, or a business key.
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
    for what in ["task", "incident"] {
        let Some(row) = client.try_get(&format!("/{what}/{}", encoded(id)), &[])? else { continue };
        let path = format!("/process-instance/{}/explain", encoded(&text(&row, "processInstanceId")));
        if let Some(found) = client.try_get(&path, &[])?.and_then(|whole| about(&whole, id)) {
            return Ok(found);
        }
    }
    let Some(instance) = look_up(client, id)? else {
        bail!(
            "there is no process instance, job, external task, user task or incident with the id `{id}`, and no business \
             key `{id}`"
        );
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

/// Of what an instance waits for, what is about one user task or incident.
fn about(instance: &Json, id: &str) -> Option<Json> {
    let reason = instance["reasons"].as_array()?.iter().find(|reason| reason["reference"]["id"] == id)?;
    Some(json!({"summary": reason["text"], "state": instance["state"], "reasons": [reason]}))
}

fn people(answer: &Json) {
    println!("{}", style::strong(text(answer, "summary")));
    let list = |name: &str| answer[name].as_array().cloned().unwrap_or_default();
    for reason in list("reasons") {
        let sentence = text(&reason, "text");
        if sentence == text(answer, "summary") {
            println!();
        } else {
            println!("\n  {sentence}");
        }
        let called = match text(&reason["reference"], "type").as_str() {
            "process-instance" => format!("tollgate explain {}", text(&reason["reference"], "id")),
            _ => String::new(),
        };
        for (title, value) in [
            ("at", place(&[text(&reason, "activityId"), text(&reason, "activityName")])),
            ("since", since(&text(&reason, "since"))),
            ("who can move it", text(&reason, "mover")),
            ("what happens next", text(&reason, "next")),
            ("see", called),
        ] {
            row(title, &value);
        }
    }
    // of a message
    for (title, name) in [("It reaches", "matches"), ("It does not reach", "hindered")] {
        for found in list(name) {
            println!("\n  {title} {}", text(&found, "activityId"));
            row("instance", &text(&found, "processInstanceId"));
            row("business key", &text(&found, "businessKey"));
            for hindrance in found["hindrances"].as_array().into_iter().flatten().filter_map(Json::as_str) {
                row("why not", hindrance);
            }
        }
    }
    for start in list("starts") {
        println!("\n  It starts {}", text(&start, "processDefinitionKey"));
        row("definition", &text(&start, "processDefinitionId"));
    }
}

/// An activity's id and, when it has one, its name.
fn place(parts: &[String; 2]) -> String {
    let [id, name] = parts;
    if id == name { id.clone() } else { format!("{id}  {name}").trim().to_owned() }
}

fn row(title: &str, value: &str) {
    if !value.is_empty() {
        println!("    {:<18} {value}", style::faint(title));
    }
}

/// A time of the API as the sentences write theirs: in UTC, to the second.
fn since(time: &str) -> String {
    let parsed = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", time).and_then(|parts| parts.to_timestamp());
    parsed.map_or_else(|_| time.to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}
