//! `tollgate tasks`.

use anyhow::Result;
use clap::Args;

use crate::{
    client::ServerArgs,
    exit::Exit,
    output::{self, Format, count, text},
};

/// List open user tasks of a server, newest first.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate tasks
  tollgate tasks --assignee demo --process invoice
  tollgate tasks --business-key customer-17 --format json | jq -r '.[].id'")]
pub(crate) struct Tasks {
    /// Only tasks of this user.
    #[arg(long, value_name = "USER")]
    assignee: Option<String>,
    /// Only tasks that members of this group may claim.
    #[arg(long, value_name = "GROUP")]
    candidate_group: Option<String>,
    /// Only tasks that nobody has claimed.
    #[arg(long)]
    unassigned: bool,
    /// Only tasks of a process.
    #[arg(long, value_name = "KEY")]
    process: Option<String>,
    /// Only tasks of a process instance.
    #[arg(long, value_name = "ID")]
    instance: Option<String>,
    /// Only tasks of process instances with this business key.
    #[arg(long, value_name = "KEY")]
    business_key: Option<String>,
    /// So many at most.
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    limit: usize,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
}

impl Tasks {
    pub(crate) fn run(self) -> Result<Exit> {
        let client = self.server.client()?;
        let mut query = Vec::new();
        let filters = [
            ("assignee", &self.assignee),
            ("candidateGroup", &self.candidate_group),
            ("processDefinitionKey", &self.process),
            ("processInstanceId", &self.instance),
            ("processInstanceBusinessKey", &self.business_key),
        ];
        query.extend(filters.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))));
        if self.unassigned {
            query.push(("unassigned", "true".to_owned()));
        }
        let all = client.get("/task/count", &query)?["count"].as_u64().unwrap_or_default();
        query.push(("sortBy", "created".to_owned()));
        query.push(("sortOrder", "desc".to_owned()));
        query.push(("maxResults", self.limit.to_string()));
        let answer = client.get("/task", &query)?;
        if self.format == Format::Json {
            output::json(&answer)?;
            return Ok(Exit::Done);
        }
        let tasks = answer.as_array().map(Vec::as_slice).unwrap_or_default();
        let rows: Vec<Vec<String>> = tasks
            .iter()
            .map(|task| {
                let process = text(task, "processDefinitionId");
                vec![
                    text(task, "id"),
                    text(task, "name"),
                    text(task, "assignee"),
                    process.split(':').next().unwrap_or_default().to_owned(),
                    text(task, "created"),
                    text(task, "due"),
                ]
            })
            .collect();
        output::table(&["ID", "NAME", "ASSIGNEE", "PROCESS", "CREATED", "DUE"], &rows)?;
        super::more(rows.len(), all, &count(usize::try_from(all).unwrap_or(usize::MAX), "task"));
        Ok(Exit::Done)
    }
}
