//! `/external-task`.

use std::{collections::BTreeSet, time::Duration};

use axum::http::StatusCode;
use engine_core::{
    command::{Command, ExternalTaskCommand},
    error::{Fault, FaultKind},
};
use models::Id;
use serde::{Serialize, Serializer, ser::SerializeSeq};
use tollgate::{
    query::{ExternalTaskQuery, ExternalTaskSorting, Page},
    request::{Batch, Caller, FetchAndLock, FetchTopic, LockedTask, SetExternalTaskRetries},
    world::World,
};

use super::{id_of, listing, named};
use crate::{
    criteria::work::EXTERNAL_TASK,
    http::{Answer, Attempt, Call, Failure, Object, Reply, Routes, once::carry_out, params},
    value,
    view::work::{ExternalTaskView, LockedTaskView},
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .query("/external-task", list)
        .query("/external-task/count", count)
        .post("/external-task/fetchAndLock", fetch_and_lock)
        .get("/external-task/topic-names", topic_names)
        .put("/external-task/retries", set_retries_of_several)
        .post("/external-task/retries-async", set_retries_async)
        .get("/external-task/{id}", one)
        .get_file("/external-task/{id}/errorDetails", error_details)
        .post("/external-task/{id}/complete", complete)
        .post("/external-task/{id}/failure", failure)
        .post("/external-task/{id}/bpmnError", bpmn_error)
        .post("/external-task/{id}/lock", lock)
        .post("/external-task/{id}/extendLock", extend_lock)
        .post("/external-task/{id}/unlock", unlock)
        .put("/external-task/{id}/retries", set_retries)
        .put("/external-task/{id}/priority", set_priority)
}

listing!(list, count, read: ExternalTaskQuery = EXTERNAL_TASK, ExternalTaskSorting,
    |call, row| ExternalTaskView { world: row.world, row: row.entity },
    with |query| query.now = call.app.engine.now());

fn missing(call: &Call) -> Failure {
    Failure::rest(StatusCode::NOT_FOUND, format!("External task with id {} does not exist", call.id()))
}

fn one(call: &Call) -> Reply {
    let query = ExternalTaskQuery { external_task_id: Some(call.id().to_owned()), ..Default::default() };
    let world = call.app.engine.read();
    let rows = query.list(&world, Page::default(), Some(&call.caller));
    let row = rows.first().ok_or_else(|| missing(call))?;
    Answer::json(&ExternalTaskView { world: &world, row: row.entity })
}

fn error_details(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let unknown = || Fault::null(format!("No external task found with id {}: externalTask is null", call.id()));
    let task = id_of(call.id()).and_then(|id| world.external_task(id)).ok_or_else(unknown)?;
    if let Some(instance) = world.execution(task.process_instance) {
        call.rights(&world).read_execution(instance)?;
    }
    Ok(match &task.error_details {
        Some(details) => Answer::bytes("text/plain", details.clone()),
        None => Answer::nothing(),
    })
}

fn topic_names(call: &Call) -> Reply {
    let query = ExternalTaskQuery {
        locked: call.flag("withLockedTasks", false),
        not_locked: call.flag("withUnlockedTasks", false),
        with_retries_left: call.flag("withRetriesLeft", false),
        now: call.app.engine.now(),
        ..Default::default()
    };
    let world = call.app.engine.read();
    let rows = query.list(&world, Page::default(), Some(&call.caller));
    let names: BTreeSet<_> = rows.iter().map(|row| row.entity.topic.clone()).collect();
    Answer::json(&names)
}

/// Runs a command on the external task of the path.
async fn run(call: &Call, attempt: Attempt<'_>, command: ExternalTaskCommand) -> Reply {
    run_for(call, attempt, command, call.caller.clone()).await
}

async fn run_for(call: &Call, attempt: Attempt<'_>, command: ExternalTaskCommand, caller: Caller) -> Reply {
    let missing = format!("Cannot find external task with id {}: externalTask is null", call.id());
    let failed = |mut fault: Fault| {
        // only the task itself may be what is not found
        if fault.kind == FaultKind::NotFound && fault.message != missing {
            fault.kind = FaultKind::ProcessEngine;
        }
        attempt.failed(fault)
    };
    command.check().map_err(failed)?;
    let id = super::known(call.id(), || Fault::not_found(missing.clone())).map_err(failed)?;
    call.app.engine.execute(Command::ExternalTask(id, command), &caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

fn worker(body: &Object) -> Result<String, Failure> {
    body.text("workerId")?.ok_or_else(|| Fault::null("workerId is null").into())
}

async fn complete(call: Call) -> Reply {
    let body = call.object()?;
    let command = ExternalTaskCommand::Complete {
        variables: value::variables(&body, "variables")?,
        local: value::variables(&body, "localVariables")?,
        worker: worker(&body)?,
    };
    carry_out(&call, |_, _| None, |caller| run_for(&call, Attempt::ExternalTask(call.id()), command, caller)).await
}

async fn failure(call: Call) -> Reply {
    let body = call.object()?;
    let variables = value::variables(&body, "variables")?;
    let local = value::variables(&body, "localVariables")?;
    let command = ExternalTaskCommand::Failure {
        worker: worker(&body)?,
        message: body.text("errorMessage")?,
        details: body.text("errorDetails")?,
        retries: body.get("retries").int()?.unwrap_or(0),
        retry_timeout_ms: body.get("retryTimeout").long()?.unwrap_or(0),
        variables,
        local,
    };
    run(&call, Attempt::ExternalTask(call.id()), command).await
}

async fn bpmn_error(call: Call) -> Reply {
    let body = call.object()?;
    let variables = value::variables(&body, "variables")?;
    let worker = worker(&body)?;
    let code = body.text("errorCode")?.ok_or_else(|| Failure::from(Fault::null("errorCode is null")))?;
    let command = ExternalTaskCommand::BpmnError { worker, code, message: body.text("errorMessage")?, variables };
    run(&call, Attempt::ExternalTask(call.id()), command).await
}

async fn lock(call: Call) -> Reply {
    let body = call.object()?;
    let lock_ms = body.get("lockDuration").long()?.unwrap_or(0);
    let command = ExternalTaskCommand::Lock { worker: worker(&body)?, lock_ms };
    run(&call, Attempt::ExternalTask(call.id()), command).await
}

async fn extend_lock(call: Call) -> Reply {
    let body = call.object()?;
    let lock_ms = body.get("newDuration").long()?.unwrap_or(0);
    if lock_ms <= 0 {
        let fault = Fault::bad_request("lockTime is not greater than 0");
        return Err(Attempt::ExternalTask(call.id()).failed(fault));
    }
    let command = ExternalTaskCommand::ExtendLock { worker: worker(&body)?, lock_ms };
    run(&call, Attempt::ExternalTask(call.id()), command).await
}

async fn unlock(call: Call) -> Reply {
    run(&call, Attempt::ExternalTaskLookup(call.id()), ExternalTaskCommand::Unlock).await
}

fn retries(body: &Object) -> Result<i32, Failure> {
    let retries = body.get("retries").int()?;
    retries.ok_or_else(|| Failure::bad("The number of retries cannot be null."))
}

async fn set_retries(call: Call) -> Reply {
    let retries = retries(&call.object()?)?;
    run(&call, Attempt::ExternalTaskLookup(call.id()), ExternalTaskCommand::SetRetries(retries)).await
}

async fn set_priority(call: Call) -> Reply {
    let priority = call.object()?.get("priority").long()?.ok_or_else(|| {
        Failure::java(
            "NullPointerException",
            "Cannot invoke \"java.lang.Long.longValue()\" because the return value of \
             \"org.camunda.bpm.engine.rest.dto.runtime.PriorityDto.getPriority()\" is null",
        )
    })?;
    run(&call, Attempt::ExternalTaskLookup(call.id()), ExternalTaskCommand::SetPriority(priority)).await
}

/// External tasks a body names by ids or queries.
fn selected(call: &Call, body: &Object) -> Result<Vec<Id>, Failure> {
    let ids = body.value("externalTaskIds").and_then(serde_json::Value::as_array);
    if ids.is_some_and(|ids| ids.iter().any(serde_json::Value::is_null)) {
        return Err(Failure::bad("External task id cannot be null: externalTaskIds contains null value"));
    }
    let mut tasks: Vec<Id> = body.list("externalTaskIds")?.iter().map(|text| named(text)).collect();
    if let Some(query) = body.object("externalTaskQuery")? {
        let mut query: ExternalTaskQuery = params::from_object(&query, EXTERNAL_TASK)?;
        query.now = call.app.engine.now();
        let world = call.app.engine.read();
        tasks.extend(query.list(&world, Page::default(), Some(&call.caller)).iter().map(|row| row.id));
    }
    let mut instances: BTreeSet<Id> =
        super::process_instance::selected(call, body, "processInstanceIds")?.into_iter().collect();
    let world = call.app.engine.read();
    while let Some(instance) = instances.pop_first() {
        tasks.extend(world.external_tasks_of_instance(instance).map(|task| task.id));
    }
    tasks.sort_unstable();
    tasks.dedup();
    Ok(tasks)
}

async fn set_retries_of_several(call: Call) -> Reply {
    let body = call.object()?;
    let retries = retries(&body)?;
    let tasks = selected(&call, &body)?;
    if tasks.is_empty() {
        return Err(Failure::bad("externalTaskIds is empty"));
    }
    let failed = |fault: Fault| match fault.kind {
        FaultKind::NotFound => Failure::missing(fault.message),
        FaultKind::BadUserRequest => Failure::bad(fault.message),
        _ => fault.into(),
    };
    ExternalTaskCommand::SetRetries(retries).check().map_err(failed)?;
    if let Some(text) = body.list("externalTaskIds")?.iter().find(|text| id_of(text).is_none()) {
        return Err(Failure::missing(format!("Cannot find external task with id {text}: externalTask is null")));
    }
    let request = SetExternalTaskRetries { tasks, retries };
    call.app.engine.set_external_task_retries(request, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn set_retries_async(call: Call) -> Reply {
    let body = call.object()?;
    let request = Batch::SetExternalTaskRetries { retries: retries(&body)?, tasks: selected(&call, &body)? };
    super::batch::start(&call, request).await
}

// ---- fetch and lock ------------------------------------------------------------------------------------------------

/// The longest long poll.
const LONGEST_POLL_MS: i64 = 1_800_000;

fn topic(body: &Object) -> Result<FetchTopic, Failure> {
    Ok(FetchTopic {
        name: body.text("topicName")?.ok_or_else(|| Failure::from(Fault::null("topicName is null")))?,
        lock_ms: body.get("lockDuration").long()?.unwrap_or(0),
        variables: body.get("variables").list()?,
        local_variables: body.flag("localVariables")?,
        business_key: body.text("businessKey")?,
        definition: body.text("processDefinitionId")?,
        definitions: body.list("processDefinitionIdIn")?,
        definition_key: body.text("processDefinitionKey")?,
        definition_keys: body.list("processDefinitionKeyIn")?,
        version_tag: body.text("processDefinitionVersionTag")?,
        process_variables: plain_variables(body)?,
        without_tenant: body.flag("withoutTenantId")?,
        tenants: body.list("tenantIdIn")?,
        extension_properties: body.flag("includeExtensionProperties")?,
    })
}

/// `processVariables` of a topic: plain values by name.
fn plain_variables(body: &Object) -> Result<engine_core::command::Variables, Failure> {
    let Some(map) = body.object("processVariables")? else { return Ok(engine_core::command::Variables::default()) };
    if map.0.values().any(|json| json.is_object() || json.is_array()) {
        return Err(Failure::from(Fault::engine("Object values cannot be used to query")));
    }
    Ok(map.0.iter().map(|(name, json)| (name.as_str(), params::filter_value(json))).collect())
}

fn unknown_order(parameter: &str, value: Option<&str>) -> Failure {
    Failure::bad(format!("Cannot set query {parameter} parameter to value {}", value.unwrap_or("null")))
}

/// The request of a body, and for each topic whether its values are deserialised.
fn fetch_request(body: &Object) -> Result<(FetchAndLock, Vec<bool>), Failure> {
    let topics = body.objects("topics")?;
    let mut oldest_first = None;
    for sorting in body.objects("sorting")? {
        let by = sorting.text("sortBy")?;
        if by.as_deref() != Some("createTime") {
            return Err(unknown_order("sortBy", by.as_deref()));
        }
        let ascending = match sorting.text("sortOrder")?.as_deref() {
            Some("asc") => true,
            Some("desc") => false,
            Some(other) => return Err(unknown_order("sortOrder", Some(other))),
            None => {
                let message = "Invalid query: call asc() or desc() after using orderByXX(): direction is null";
                return Err(Failure::new(StatusCode::BAD_REQUEST, "NotValidException", message).code(0));
            }
        };
        // the first of several decides
        oldest_first.get_or_insert(ascending);
    }
    let request = FetchAndLock {
        worker: worker(body)?,
        max_tasks: usize::try_from(body.get("maxTasks").int()?.unwrap_or(0))
            .map_err(|_| Fault::engine("maxResults is not greater than or equal to 0"))?,
        use_priority: body.flag("usePriority")?,
        oldest_first,
        topics: topics.iter().map(topic).collect::<Result<_, _>>()?,
    };
    let deserialize = topics.iter().map(|one| one.flag("deserializeValues")).collect::<Result<_, _>>()?;
    if request.topics.iter().any(|topic| topic.lock_ms <= 0) {
        return Err(Fault::engine("lockTime is not greater than 0").into());
    }
    Ok((request, deserialize))
}

/// Fetched tasks as JSON.
struct Fetched<'a> {
    world: &'a World,
    tasks: &'a [LockedTask],
    deserialize: &'a [bool],
    /// Workers are told where in a trace their tasks are.
    traced: bool,
}

impl Serialize for Fetched<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.tasks.len()))?;
        for locked in self.tasks {
            let deserialize = self.deserialize.get(locked.topic).copied().unwrap_or(false);
            list.serialize_element(&LockedTaskView { world: self.world, locked, deserialize, traced: self.traced })?;
        }
        list.end()
    }
}

async fn fetch_and_lock(call: Call) -> Reply {
    let body = call.object()?;
    let timeout_ms = body.get("asyncResponseTimeout").long()?.unwrap_or(0);
    if timeout_ms > LONGEST_POLL_MS {
        return Err(Failure::bad(format!(
            "The asynchronous response timeout cannot be set to a value greater than {LONGEST_POLL_MS} milliseconds"
        )));
    }
    let (request, deserialize) = fetch_request(&body)?;
    let tasks = poll(&call, request, timeout_ms).await?;
    let world = call.app.engine.read();
    let traced = call.app.options.trace_workers && call.app.engine.settings().tracing.is_some();
    Answer::json(&Fetched { world: &world, tasks: &tasks, deserialize: &deserialize, traced })
}

/// Fetches, and waits for tasks as long as the caller wants to.
async fn poll(call: &Call, request: FetchAndLock, timeout_ms: i64) -> Result<Vec<LockedTask>, Failure> {
    let wait = u64::try_from(timeout_ms).ok().filter(|wait| *wait > 0);
    let app = &call.app;
    // who comes while others wait for the same stands behind them
    if wait.is_none() || !app.polls.are_waiting_for(&request.topics) {
        let tasks = app.engine.fetch_and_lock(request.clone(), &call.caller).await?;
        if wait.is_none() || !tasks.is_empty() {
            return Ok(tasks);
        }
    }
    let deadline = tokio::time::Instant::now() + Duration::from_millis(wait.unwrap_or_default());
    let rejected = |message| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "InvalidRequestException", message);
    let mut parked = app.polls.park(app, request, &call.caller).ok_or_else(|| {
        rejected("At the moment the server has to handle too many requests at the same time. Please try again later.")
    })?;
    tokio::select! {
        answer = parked.answer() => return Ok(answer?),
        () = tokio::time::sleep_until(deadline) => {}
        () = app.options.stop.wait() => {
            return Err(rejected("Request rejected due to shutdown of application server."));
        }
    }
    // a fetch may be under way: what it brings is taken along
    Ok(parked.leave().await?)
}
