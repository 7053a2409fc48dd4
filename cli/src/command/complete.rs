//! `tollgate complete`.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;

use crate::{
    client::{ServerArgs, encoded},
    exit::Exit,
    output::{self, Format},
    values::{VariableArgs, rest_variables},
};

/// Complete a user task on a server.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate complete 01a1fdf7-6791-7000-8000-000434144a60 --var approved=true
  tollgate complete --business-key customer-17 --var approved=true       when it is the only task")]
pub(crate) struct Complete {
    /// Id of the task.
    #[arg(value_name = "TASK", required_unless_present = "business_key")]
    task: Option<String>,
    /// Complete the only task of the process instance with this business key.
    #[arg(long, value_name = "KEY", conflicts_with = "task")]
    business_key: Option<String>,
    #[command(flatten)]
    variables: VariableArgs,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
}

impl Complete {
    pub(crate) fn run(self) -> Result<Exit> {
        let client = self.server.client()?;
        let task = match (&self.task, &self.business_key) {
            (Some(task), _) => task.clone(),
            (None, key) => {
                let key = key.clone().unwrap_or_default();
                let found = client.get("/task", &[("processInstanceBusinessKey", key.clone())])?;
                match found.as_array().map(Vec::as_slice).unwrap_or_default() {
                    [task] => output::text(task, "id"),
                    [] => bail!("there is no open task for business key `{key}`"),
                    several => bail!(
                        "there are {} open tasks for business key `{key}`: choose one by its id, see `tollgate tasks \
                         --business-key {key}`",
                        several.len()
                    ),
                }
            }
        };
        let body = json!({"variables": rest_variables(&self.variables)?, "withVariablesInReturn": true});
        let variables = client.post(&format!("/task/{}/complete", encoded(&task)), &body)?;
        match self.format {
            Format::Json => output::json(&json!({"task": task, "variables": variables}))?,
            Format::Text => println!("completed {task}"),
        }
        Ok(Exit::Done)
    }
}
