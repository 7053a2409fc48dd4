//! `tollgate show`.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::{Value as Json, json};

use crate::{
    client::{Client, ServerArgs, encoded},
    exit::Exit,
    output::{self, Format, text},
    style, values,
};

/// Show a process instance: where it is, its variables, tasks, jobs and incidents.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate show 01a1fdf7-678e-7000-8000-000034144a60
  tollgate show customer-17                      by its business key, when there is only one")]
pub(crate) struct Show {
    /// Id of the process instance, or its business key.
    #[arg(value_name = "ID")]
    id: String,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
}

impl Show {
    pub(crate) fn run(self) -> Result<Exit> {
        let client = self.server.client()?;
        let Some(instance) = look_up(&client, &self.id)? else {
            bail!("there is no process instance with the id or business key `{}`", self.id);
        };
        let id = text(&instance, "id");
        let of = |name: &'static str| vec![(name, id.clone())];
        let running = instance["endTime"].is_null();
        let tree = if running {
            client.try_get(&format!("/process-instance/{}/activity-instances", encoded(&id)), &[])?.unwrap_or_default()
        } else {
            Json::Null
        };
        let mut variable_query = of("processInstanceId");
        variable_query.push(("deserializeValues", "false".to_owned()));
        let answer = json!({
            "instance": instance,
            "activities": tree,
            "history": client.get("/history/activity-instance", &[
                ("processInstanceId", id.clone()),
                ("sortBy", "occurrence".to_owned()),
                ("sortOrder", "asc".to_owned()),
            ])?,
            "variables": client.get("/history/variable-instance", &variable_query)?,
            "tasks": client.get("/task", &of("processInstanceId"))?,
            "externalTasks": client.get("/external-task", &of("processInstanceId"))?,
            "jobs": client.get("/job", &of("processInstanceId"))?,
            "incidents": client.get("/incident", &of("processInstanceId"))?,
        });
        match self.format {
            Format::Json => output::json(&answer)?,
            Format::Text => people(&answer)?,
        }
        Ok(Exit::Done)
    }
}

/// The process instance of an id or business key, as history knows it; of several with one business key, the one that runs.
pub(super) fn look_up(client: &Client, wanted: &str) -> Result<Option<Json>> {
    if let Some(found) = client.try_get(&format!("/history/process-instance/{}", encoded(wanted)), &[])? {
        return Ok(Some(found));
    }
    let query = [("processInstanceBusinessKey", wanted.to_owned())];
    let found = client.get("/history/process-instance", &query)?;
    let all = found.as_array().map(Vec::as_slice).unwrap_or_default();
    let running: Vec<&Json> = all.iter().filter(|row| row["endTime"].is_null()).collect();
    match (all, running.as_slice()) {
        ([], _) => Ok(None),
        ([only], _) => Ok(Some(only.clone())),
        (_, [only]) => Ok(Some((*only).clone())),
        _ => bail!(
            "{} process instances have the business key `{wanted}`: choose one by its id, see `tollgate instances --all \
             --business-key {wanted}`",
            all.len()
        ),
    }
}

fn people(answer: &Json) -> Result<()> {
    let instance = &answer["instance"];
    let state = text(instance, "state");
    let (key, version) = (text(instance, "processDefinitionKey"), text(instance, "processDefinitionVersion"));
    println!("{} of {} version {version}", style::strong(text(instance, "id")), style::strong(key));
    let state: Box<dyn std::fmt::Display> = match state.as_str() {
        "ACTIVE" | "COMPLETED" => Box::new(style::good(state)),
        _ => Box::new(style::attention(state)),
    };
    println!("  state         {state}");
    for (title, property) in [
        ("business key", "businessKey"),
        ("started", "startTime"),
        ("started by", "startUserId"),
        ("ended", "endTime"),
        ("reason", "deleteReason"),
        ("called by", "superProcessInstanceId"),
        ("tenant", "tenantId"),
    ] {
        let value = text(instance, property);
        if !value.is_empty() {
            println!("  {title:<13} {value}");
        }
    }
    if answer["activities"].is_object() {
        println!("\n{}", style::strong("Where it is"));
        tree(&answer["activities"], 1);
    } else {
        println!("\n{}", style::strong("What it did"));
        for row in list(&answer["history"]) {
            let end = if row["canceled"] == true { "cancelled" } else { "" };
            println!("  {}  {}  {}", text(row, "activityId"), style::faint(text(row, "activityType")), style::bad(end));
        }
    }
    section("Variables", &answer["variables"], |row| {
        let value = match &row["value"] {
            Json::String(text) => format!("{text:?}"),
            other => other.to_string(),
        };
        format!(
            "{} = {}  {}",
            text(row, "name"),
            style::strong(values::shorten(&value)),
            style::faint(text(row, "type"))
        )
    });
    section("User tasks", &answer["tasks"], |row| {
        let assignee = text(row, "assignee");
        let who = if assignee.is_empty() { "unassigned".to_owned() } else { assignee };
        format!("{}  {}  {}", text(row, "id"), text(row, "name"), style::faint(who))
    });
    section("External tasks", &answer["externalTasks"], |row| {
        let error = text(row, "errorMessage");
        format!("{}  topic {}  {}", text(row, "id"), text(row, "topicName"), style::bad(error))
    });
    section("Jobs", &answer["jobs"], |row| {
        let due = text(row, "dueDate");
        let when = if due.is_empty() { "due at once".to_owned() } else { format!("due {due}") };
        let error = text(row, "exceptionMessage");
        format!("{}  {when}, {} retries  {}", text(row, "id"), text(row, "retries"), style::bad(error))
    });
    section("Incidents", &answer["incidents"], |row| {
        let (kind, activity) = (text(row, "incidentType"), text(row, "failedActivityId"));
        format!("{} at {activity}: {}", style::bad(kind), text(row, "incidentMessage"))
    });
    Ok(())
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn section<T: std::fmt::Display>(title: &str, rows: &Json, line: impl Fn(&Json) -> T) {
    let rows = list(rows);
    if rows.is_empty() {
        return;
    }
    println!("\n{}", style::strong(title));
    for row in rows {
        println!("  {}", line(row));
    }
}

/// The activity instances below a process instance, indented.
fn tree(node: &Json, depth: usize) {
    for child in list(&node["childActivityInstances"]) {
        let name = text(child, "activityName");
        let incidents = list(&child["incidentIds"]).len();
        let mark = if incidents > 0 { output::count(incidents, "incident") } else { String::new() };
        println!(
            "{:indent$}{}  {name}  {}  {}",
            "",
            style::strong(text(child, "activityId")),
            style::faint(text(child, "activityType")),
            style::bad(mark),
            indent = depth * 2
        );
        tree(child, depth + 1);
    }
    for child in list(&node["childTransitionInstances"]) {
        let activity = text(child, "activityId");
        println!("{:indent$}{}  {}", "", style::strong(activity), style::faint("job"), indent = depth * 2);
    }
}
