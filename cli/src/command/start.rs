//! `tollgate start`.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use crate::{
    client::{ServerArgs, encoded},
    exit::Exit,
    output::{self, Format, text},
    style,
    values::{VariableArgs, rest_variables},
};

/// Start a process on a server.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate start order --var amount=120 --business-key customer-17
  tollgate start order --vars order.json --format json | jq -r .id
  tollgate start --message OrderPlaced --var amount=120")]
pub(crate) struct Start {
    /// Key of the process; with `--id` its definition id.
    #[arg(value_name = "PROCESS", required_unless_present = "message")]
    process: Option<String>,
    /// `PROCESS` is the id of a definition, not a key.
    #[arg(long, conflicts_with = "tenant")]
    id: bool,
    /// Start by correlating a message instead.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["process", "id"])]
    message: Option<String>,
    /// Business key.
    #[arg(long, value_name = "KEY")]
    business_key: Option<String>,
    /// Tenant of the definition.
    #[arg(long)]
    tenant: Option<String>,
    #[command(flatten)]
    variables: VariableArgs,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
}

impl Start {
    pub(crate) fn run(self) -> Result<Exit> {
        let client = self.server.client()?;
        let variables = rest_variables(&self.variables)?;
        let answer = match (&self.process, &self.message) {
            (_, Some(name)) => {
                let mut body = json!({
                    "messageName": name, "businessKey": self.business_key, "processVariables": variables,
                    "resultEnabled": true,
                });
                if let Some(tenant) = &self.tenant {
                    body["tenantId"] = json!(tenant);
                }
                let answer = client.post("/message", &body)?;
                let result = answer[0].clone();
                if result["processInstance"].is_null() {
                    result["execution"].clone()
                } else {
                    result["processInstance"].clone()
                }
            }
            (process, None) => {
                let process = encoded(process.as_deref().unwrap_or_default());
                let path = match (&self.tenant, self.id) {
                    (_, true) => format!("/process-definition/{process}/start"),
                    (None, false) => format!("/process-definition/key/{process}/start"),
                    (Some(tenant), false) => {
                        format!("/process-definition/key/{process}/tenant-id/{}/start", encoded(tenant))
                    }
                };
                client.post(&path, &json!({"businessKey": self.business_key, "variables": variables}))?
            }
        };
        match self.format {
            Format::Json => output::json(&answer)?,
            Format::Text => {
                let id = match text(&answer, "processInstanceId") {
                    id if id.is_empty() => text(&answer, "id"),
                    id => id,
                };
                let word = if answer["ended"] == true { "ended" } else { "running" };
                println!("{id}  {}", style::faint(word));
            }
        }
        Ok(Exit::Done)
    }
}
