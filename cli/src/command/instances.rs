//! `tollgate instances`.

use anyhow::Result;
use clap::Args;

use crate::{
    client::ServerArgs,
    exit::Exit,
    output::{self, Format, count, text},
};

/// List process instances of a server, newest first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate instances
  tollgate instances --process order --incidents
  tollgate instances --all --business-key customer-17 --format json")]
pub(crate) struct Instances {
    /// Only instances of a process.
    #[arg(long, value_name = "KEY")]
    process: Option<String>,
    /// Only instances with this business key.
    #[arg(long, value_name = "KEY")]
    business_key: Option<String>,
    /// Only instances with an incident.
    #[arg(long)]
    incidents: bool,
    /// Ended ones too.
    #[arg(long)]
    all: bool,
    /// Ended ones only.
    #[arg(long, conflicts_with = "all")]
    finished: bool,
    /// So many at most.
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    limit: usize,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
}

impl Instances {
    pub(crate) fn run(self) -> Result<Exit> {
        let client = self.server.client()?;
        let mut query = Vec::new();
        let filters = [("processDefinitionKey", &self.process), ("processInstanceBusinessKey", &self.business_key)];
        query.extend(filters.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        let flags = [
            ("withIncidents", self.incidents),
            ("finished", self.finished),
            ("unfinished", !self.all && !self.finished),
        ];
        query.extend(flags.into_iter().filter(|(_, set)| *set).map(|(name, _)| (name, "true".to_owned())));
        let all = client.get("/history/process-instance/count", &query)?["count"].as_u64().unwrap_or_default();
        query.push(("sortBy", "startTime".to_owned()));
        query.push(("sortOrder", "desc".to_owned()));
        query.push(("maxResults", self.limit.to_string()));
        let answer = client.get("/history/process-instance", &query)?;
        if self.format == Format::Json {
            output::json(&answer)?;
            return Ok(Exit::Done);
        }
        let rows: Vec<Vec<String>> = answer
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .map(|row| {
                vec![
                    text(row, "id"),
                    format!("{}:{}", text(row, "processDefinitionKey"), text(row, "processDefinitionVersion")),
                    text(row, "businessKey"),
                    text(row, "state"),
                    text(row, "startTime"),
                    text(row, "endTime"),
                ]
            })
            .collect();
        output::table(&["ID", "PROCESS", "BUSINESS KEY", "STATE", "STARTED", "ENDED"], &rows)?;
        super::more(rows.len(), all, &count(usize::try_from(all).unwrap_or(usize::MAX), "instance"));
        Ok(Exit::Done)
    }
}
