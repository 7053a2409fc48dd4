//! Statistics and reports: how much there is of what.

use serde_json::{Value as Json, json};
use tollgate::{
    query::{IncidentCount, StatisticsOptions},
    world::World,
};

use super::process_definition::find;
use crate::{
    http::{Answer, Call, Failure, Reply, pages},
    model,
    view::repository::ProcessDefinitionView,
};

/// What is counted besides instances.
fn options(call: &Call) -> Result<StatisticsOptions, Failure> {
    Ok(StatisticsOptions {
        failed_jobs: call.flag("failedJobs", false),
        incidents: call.flag("incidents", false),
        incidents_for_type: call.query("incidentsForType").map(str::to_owned),
        root_incidents: call.flag("rootIncidents", false),
    })
}

fn incidents_json(counts: &[IncidentCount]) -> Json {
    counts.iter().map(|one| json!({"incidentType": one.kind, "incidentCount": one.count})).collect()
}

/// `GET /process-definition/statistics`.
pub(super) fn of_definitions(call: &Call) -> Reply {
    let pages = pages(call)?;
    let options = options(call)?;
    // which are given counts, not what they say
    let given = |name: &str| call.query(name).is_some();
    for (one, other) in
        [("Incidents", "IncidentsForType"), ("Incidents", "RootIncidents"), ("RootIncidents", "IncidentsForType")]
    {
        let parameter = |name: &str| format!("{}{}", name[..1].to_lowercase(), &name[1..]);
        if given(&parameter(one)) && given(&parameter(other)) {
            return Err(Failure::bad(format!(
                "Only one of the query parameter include{one} or include{other} can be set."
            )));
        }
    }
    let page = pages.page()?;
    let world = call.app.engine.read();
    let rows = world.process_definition_statistics(&options, page, Some(&call.caller));
    let rows: Vec<Json> = rows
        .iter()
        .map(|row| {
            let mut definition =
                serde_json::to_value(ProcessDefinitionView { row: row.definition }).unwrap_or_default();
            // Camunda does not read it for statistics
            definition["historyTimeToLive"] = Json::Null;
            json!({
                "@class": "org.camunda.bpm.engine.rest.dto.repository.ProcessDefinitionStatisticsResultDto",
                "id": row.definition.text_id,
                "instances": row.instances,
                "failedJobs": row.failed_jobs,
                "incidents": incidents_json(&row.incidents),
                "definition": definition,
            })
        })
        .collect();
    Answer::json(&rows)
}

/// `GET /process-definition/{id}/statistics`.
pub(super) fn of_activities(call: &Call) -> Reply {
    let options = options(call)?;
    if call.query("incidents").is_some() && options.incidents_for_type.is_some() {
        return Err(Failure::bad(
            "Only one of the query parameter includeIncidents or includeIncidentsForType can be set.",
        ));
    }
    let world = call.app.engine.read();
    let definition = match find(call, &world, Failure::from) {
        Ok(definition) => definition.id,
        // statistics of an unknown id are empty; an unknown key is 404
        Err(_) if call.path("key").is_empty() => return Answer::json(&Vec::<Json>::new()),
        Err(failure) => return Err(failure),
    };
    let rows = world.activity_statistics(definition, &options, Some(&call.caller));
    let rows: Vec<Json> = rows
        .iter()
        .map(|row| {
            json!({
                "@class": "org.camunda.bpm.engine.rest.dto.repository.ActivityStatisticsResultDto",
                "id": row.id,
                "instances": row.instances,
                "failedJobs": row.failed_jobs,
                "incidents": incidents_json(&row.incidents),
            })
        })
        .collect();
    Answer::json(&rows)
}

/// `GET /process-definition/{id}/static-called-process-definitions`.
pub(super) fn called_definitions(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let definition = find(call, &world, |fault| Failure::missing(fault.message))?;
    call.rights(&world).read_process_definition(definition.id)?;
    let mut called: Vec<(String, Vec<String>)> = Vec::new();
    for (activity, target) in model::static_calls(&world, definition) {
        match called.iter_mut().find(|(id, _)| *id == target) {
            Some((_, activities)) => activities.push(activity),
            None => called.push((target, vec![activity])),
        }
    }
    let rows: Vec<Json> = called
        .iter()
        .filter_map(|(id, activities)| {
            let row = world.process_definition_by_text(id)?;
            let mut json = serde_json::to_value(ProcessDefinitionView { row }).ok()?;
            json["calledFromActivityIds"] = activities.clone().into();
            json["callingProcessDefinitionId"] = (&*definition.text_id).into();
            Some(json)
        })
        .collect();
    Answer::json(&rows)
}

/// `GET /task/report/candidate-group-count`: JSON, or CSV when it is accepted.
pub(super) fn candidate_groups(call: &Call) -> Reply {
    let world: &World = &call.app.engine.read();
    let rows = world.tasks_by_candidate_group(Some(&call.caller));
    if call.accepts("text/csv") || call.accepts("application/csv") {
        let mut csv = String::from("NAME,COUNT\n");
        for (group, count) in rows {
            csv.push_str(&format!("{},{count}\n", csv_field(&group.unwrap_or_default())));
        }
        let media_type = if call.accepts("text/csv") { "text/csv" } else { "application/csv" };
        return Ok(Answer::bytes(media_type, csv).attachment("process-instance-report.csv"));
    }
    let rows: Vec<Json> = rows.iter().map(|(group, count)| json!({"groupName": group, "taskCount": count})).collect();
    Answer::json(&rows)
}

/// A field of a CSV line, quoted when it must be.
pub(super) fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
