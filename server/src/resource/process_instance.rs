//! `/process-instance`.

use axum::http::StatusCode;
use engine_core::{
    command::{Command, Deletion, Modification, Variables},
    error::Fault,
};
use models::Id;
use serde_json::{Value as Json, json};
use tollgate::{
    query::{HistoricProcessInstanceQuery, JobQuery, Page, ProcessInstanceQuery, ProcessInstanceSorting},
    request::{Batch, Instances, ModifyMany, SuspendInstances},
    world::{ActivityInstanceView, TransitionInstanceView, World},
};

use super::{id_of, instruction, listing, named};
use crate::{
    criteria::{history::HISTORIC_PROCESS_INSTANCE, instance::PROCESS_INSTANCE},
    http::{Answer, Attempt, Call, Failure, Object, Reply, Routes, params},
    value,
    view::instance::InstanceView,
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .query("/process-instance", list)
        .query("/process-instance/count", count)
        .post("/process-instance/delete", delete_async)
        .post("/process-instance/delete-historic-query-based", delete_async)
        .post("/process-instance/job-retries", |call| job_retries(call, false))
        .post("/process-instance/job-retries-historic-query-based", |call| job_retries(call, true))
        .post("/process-instance/message-async", message_async)
        .put("/process-instance/suspended", suspend_several)
        .post("/process-instance/suspended-async", suspend_async)
        .post("/process-instance/variables-async", variables_async)
        .get("/process-instance/{id}", one)
        .delete("/process-instance/{id}", delete)
        .get("/process-instance/{id}/activity-instances", activity_instances)
        .post("/process-instance/{id}/modification", modify)
        .post("/process-instance/{id}/modification-async", modify_async)
        .put("/process-instance/{id}/suspended", suspend)
}

listing!(list, count, read: ProcessInstanceQuery = PROCESS_INSTANCE, ProcessInstanceSorting, |call, row| {
    InstanceView { world: row.world, row: row.entity }
});

fn missing(call: &Call) -> Failure {
    Failure::missing(format!("Process instance with id {} does not exist", call.id()))
}

fn one(call: &Call) -> Reply {
    let query = ProcessInstanceQuery { process_instance_ids: vec![call.id().to_owned()], ..Default::default() };
    let world = call.app.engine.read();
    let rows = query.list(&world, Page::default(), Some(&call.caller));
    let row = rows.first().ok_or_else(|| missing(call))?;
    Answer::json(&InstanceView { world: &world, row: row.entity })
}

async fn delete(call: Call) -> Reply {
    let gone =
        || Fault::not_found(format!("No process instance found for id '{}': processInstance is null", call.id()));
    let found = id_of(call.id()).filter(|id| call.app.engine.read().process_instance(*id).is_some());
    let Some(process_instance) = found else {
        return if call.flag("failIfNotExists", true) {
            Err(Attempt::NotFoundIs404.failed(gone()))
        } else {
            Ok(Answer::nothing())
        };
    };
    let deletion = Deletion {
        process_instance,
        reason: None,
        skip_custom_listeners: call.flag("skipCustomListeners", false),
        externally_terminated: true,
        skip_io_mappings: call.flag("skipIoMappings", false),
        skip_subprocesses: call.flag("skipSubprocesses", false),
        if_exists: false,
    };
    let failed = |fault| Attempt::NotFoundIs404.failed(fault);
    call.app.engine.execute(Command::Delete(Box::new(deletion)), &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

fn activity_instances(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let id = id_of(call.id());
    if let Some(row) = id.and_then(|id| world.execution(id)) {
        call.rights(&world).read_execution(row).map_err(|fault| Attempt::ActivityTree.failed(fault))?;
    }
    let tree = id.and_then(|id| world.activity_tree(id)).ok_or_else(|| missing(call))?;
    Answer::json(&activity_json(&world, &tree))
}

fn incidents_json(world: &World, incidents: &[Id]) -> Json {
    let entry = |id: &Id| {
        let activity = world.incident(*id).and_then(|incident| incident.activity.as_deref());
        json!({"id": id.to_string(), "activityId": activity})
    };
    Json::Array(incidents.iter().map(entry).collect())
}

fn ids_json(ids: &[Id]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn activity_json(world: &World, view: &ActivityInstanceView) -> Json {
    json!({
        "id": view.id,
        "parentActivityInstanceId": view.parent,
        "activityId": view.activity_id,
        "activityType": view.activity_type,
        "processInstanceId": view.process_instance.to_string(),
        "processDefinitionId": view.definition_id,
        "childActivityInstances": view.children.iter().map(|child| activity_json(world, child)).collect::<Vec<_>>(),
        "childTransitionInstances": view.transitions.iter().map(|child| transition_json(world, child)).collect::<Vec<_>>(),
        "executionIds": ids_json(&view.executions),
        "activityName": view.activity_name,
        "incidentIds": ids_json(&view.incidents),
        "incidents": incidents_json(world, &view.incidents),
        "name": view.activity_name,
    })
}

fn transition_json(world: &World, view: &TransitionInstanceView) -> Json {
    json!({
        "id": view.id.to_string(),
        "parentActivityInstanceId": view.parent,
        "processInstanceId": view.process_instance.to_string(),
        "processDefinitionId": view.definition_id,
        "activityId": view.activity_id,
        "activityName": view.activity_name,
        "activityType": view.activity_type,
        "executionId": view.execution.to_string(),
        "incidentIds": ids_json(&view.incidents),
        "incidents": incidents_json(world, &view.incidents),
        "targetActivityId": view.activity_id,
    })
}

fn modification(call: &Call) -> Result<Option<Modification>, Failure> {
    let body = call.object()?;
    let mut instructions = instruction::list(&body, "instructions")?;
    if instructions.is_empty() {
        return Ok(None);
    }
    for one in &mut instructions {
        if let engine_core::command::Instruction::CancelAll { only_active, .. } = one {
            // only the modification of several instances knows the difference
            *only_active = false;
        }
    }
    let unknown = || {
        Fault::engine(format!(
            "ENGINE-13036 Process instance '{}' cannot be modified. The process instance does not exist",
            call.id()
        ))
    };
    Ok(Some(Modification {
        process_instance: super::known(call.id(), unknown)?,
        instructions,
        skip_custom_listeners: body.flag("skipCustomListeners")?,
        skip_io_mappings: body.flag("skipIoMappings")?,
        annotation: body.text("annotation")?,
        cancellation_reason: None,
    }))
}

async fn modify(call: Call) -> Reply {
    if let Some(modification) = modification(&call)? {
        call.app.engine.execute(Command::Modify(Box::new(modification)), &call.caller).await?;
    }
    Ok(Answer::nothing())
}

async fn modify_async(call: Call) -> Reply {
    let Some(modification) = modification(&call)? else {
        return Err(Failure::bad("The provided instuctions are invalid."));
    };
    let instance = modification.process_instance;
    let definition = call.app.engine.read().process_instance(instance).map(|row| row.definition);
    let request = Batch::Modify(ModifyMany {
        definition: definition.ok_or_else(|| missing(&call))?,
        instances: vec![instance],
        instructions: modification.instructions,
        skip_custom_listeners: modification.skip_custom_listeners,
        skip_io_mappings: modification.skip_io_mappings,
        annotation: modification.annotation,
    });
    super::batch::start(&call, request).await
}

async fn suspend(call: Call) -> Reply {
    let suspended = call.object()?.flag("suspended")?;
    // unknown process instances are no fault: nothing is updated
    if let Some(process_instance) = id_of(call.id()).filter(|id| call.app.engine.read().process_instance(*id).is_some())
    {
        let command = Command::Suspend { process_instance, suspended };
        call.app.engine.execute(command, &call.caller).await?;
    }
    Ok(Answer::nothing())
}

/// The properties of a body that select process instances.
const SELECTIONS: [&str; 3] = ["processInstanceIds", "processInstanceQuery", "historicProcessInstanceQuery"];

/// Process instances a body names: by ids, by a query, by a query of history. Empty when by none of them.
pub(super) fn selected(call: &Call, body: &Object, ids: &str) -> Result<Vec<Id>, Failure> {
    let mut instances: Vec<Id> = body.list(ids)?.iter().map(|text| named(text)).collect();
    let read = || call.app.engine.read();
    if let Some(query) = body.object("processInstanceQuery")? {
        let query: ProcessInstanceQuery = params::from_object(&query, PROCESS_INSTANCE)?;
        instances.extend(query.ids(&read, Some(&call.caller)));
    }
    if let Some(query) = body.object("historicProcessInstanceQuery")? {
        let query: HistoricProcessInstanceQuery = params::from_object(&query, HISTORIC_PROCESS_INSTANCE)?;
        instances.extend(query.ids(&read, Some(&call.caller)));
    }
    instances.sort_unstable();
    instances.dedup();
    Ok(instances)
}

const NULL_INSTANCE: &str = "Cannot be null.: Process Instance ids contains null value";

/// Whether there is a null among the process instances that a body names.
pub(super) fn names_null(body: &Object) -> bool {
    body.value("processInstanceIds").and_then(Json::as_array).is_some_and(|ids| ids.iter().any(Json::is_null))
}

/// As [`selected`], but nothing selected is a bad request.
fn some_selected(call: &Call, body: &Object) -> Result<Vec<Id>, Failure> {
    let instances = selected(call, body, "processInstanceIds")?;
    if instances.is_empty() {
        return Err(Failure::bad("processInstanceIds is empty"));
    }
    Ok(instances)
}

async fn suspend_several(call: Call) -> Reply {
    let body = call.object()?;
    let by_definition = ["processDefinitionId", "processDefinitionKey"].map(|name| body.value(name).is_some());
    let by_list = SELECTIONS.iter().any(|name| body.value(name).is_some());
    let message = match (by_definition, by_list) {
        ([false, false], false) => {
            Some("Either processDefinitionId or processDefinitionKey should be set to update the suspension state.")
        }
        ([true, true], false) => Some(
            "Only one of processDefinitionId or processDefinitionKey should be set to update the suspension state.",
        ),
        ([false, false], true) | (_, false) => None,
        (_, true) => Some(
            "Choose either a single processInstance with processDefinitionId or processDefinitionKey or a group of \
             processInstances with processInstanceIds, procesInstanceQuery or historicProcessInstanceQuery.",
        ),
    };
    if let Some(message) = message {
        return Err(Failure::bad(message));
    }
    if names_null(&body) {
        return Err(Fault::bad_request(NULL_INSTANCE).into());
    }
    let instances = match super::process_definition::definitions_of(&call, &body)? {
        Some(definitions) => Instances::Of(definitions),
        None => Instances::Ids(selected(&call, &body, "processInstanceIds")?),
    };
    if instances == Instances::Ids(Vec::new()) {
        return Err(Fault::bad_request("No process instance ids given: Process Instance ids is empty").into());
    }
    let request = SuspendInstances { instances, suspended: body.flag("suspended")? };
    call.app.engine.suspend_instances(request, &call.caller).await?;
    Ok(Answer::nothing())
}

async fn suspend_async(call: Call) -> Reply {
    let body = call.object()?;
    if SELECTIONS.iter().all(|name| body.value(name).is_none()) {
        return Err(Failure::bad(
            "Either processInstanceIds, processInstanceQuery or historicProcessInstanceQuery should be set to update the \
             suspension state.",
        ));
    }
    if names_null(&body) {
        return Err(Failure::bad(NULL_INSTANCE));
    }
    let instances = selected(&call, &body, "processInstanceIds")?;
    if instances.is_empty() {
        return Err(Failure::bad("No process instance ids given: process Instance Ids is empty"));
    }
    let request = Batch::SuspendInstances { instances, suspended: body.flag("suspended")? };
    super::batch::start(&call, request).await
}

async fn delete_async(call: Call) -> Reply {
    let body = call.object()?;
    let request = Batch::DeleteInstances {
        instances: some_selected(&call, &body)?,
        reason: body.text("deleteReason")?,
        skip_custom_listeners: body.flag("skipCustomListeners")?,
        skip_io_mappings: body.flag("skipIoMappings")?,
        skip_subprocesses: body.flag("skipSubprocesses")?,
    };
    super::batch::start(&call, request).await
}

/// Sets the retries of the jobs of instances, which are `ended` ones too for one of its two paths.
async fn job_retries(call: Call, ended: bool) -> Reply {
    let body = call.object()?;
    let due = super::job::due(&body)?;
    let retries = match body.get("retries").int()? {
        None if !ended => return Err(Failure::bad("retries is null")),
        _ => super::job::retries(&body, "SetJobRetriesByProcessDto")?,
    };
    let ways = ["processInstances", "processInstanceQuery", "historicProcessInstanceQuery"];
    if ways.iter().all(|way| body.value(way).is_none()) {
        return Err(Fault::engine(
            "ENGINE-13051 You must specify at least one of or one of processInstanceIds, processInstanceQuery, or \
             historicProcessInstanceQuery.",
        )
        .into());
    }
    let instances = selected(&call, &body, "processInstances")?;
    let mut jobs: Vec<Id> = {
        let world = call.app.engine.read();
        let query = JobQuery {
            process_instance_ids: instances.iter().map(ToString::to_string).collect(),
            ..Default::default()
        };
        let rows =
            if instances.is_empty() { Vec::new() } else { query.list(&world, Page::default(), Some(&call.caller)) };
        rows.iter().map(|row| row.id).collect()
    };
    jobs.sort_unstable();
    jobs.dedup();
    if jobs.is_empty() {
        return Err(Failure::bad("jobIds is empty"));
    }
    let request = Batch::SetJobRetries { jobs, retries, due };
    super::batch::start(&call, request).await
}

/// Variables that a batch sets.
fn batch_variables(body: &Object) -> Result<Variables, Failure> {
    value::variables(body, "variables").map_err(|failure| match failure.status {
        StatusCode::BAD_REQUEST => Failure::bad(format!("Cannot set variables: {}", failure.message)),
        _ => failure,
    })
}

/// Refuses a body that names no process instances, neither by ids nor by queries.
fn must_select(body: &Object) -> Result<(), Failure> {
    if SELECTIONS.iter().all(|name| body.value(name).is_none()) {
        return Err(Failure::bad("No process instances found."));
    }
    Ok(())
}

async fn message_async(call: Call) -> Reply {
    let body = call.object()?;
    let variables = batch_variables(&body)?;
    let name = body.text("messageName")?;
    must_select(&body)?;
    let request = Batch::CorrelateMessage { instances: selected(&call, &body, "processInstanceIds")?, name, variables };
    super::batch::start(&call, request).await
}

async fn variables_async(call: Call) -> Reply {
    let body = call.object()?;
    if body.value("variables").is_none() {
        return Err(Failure::bad("variables is null"));
    }
    let variables = batch_variables(&body)?;
    must_select(&body)?;
    let mut instances = selected(&call, &body, "processInstanceIds")?;
    {
        // only running ones count here
        let world = call.app.engine.read();
        instances.retain(|id| world.process_instance(*id).is_some());
    }
    let request = Batch::SetVariables { instances, variables };
    super::batch::start(&call, request).await
}
