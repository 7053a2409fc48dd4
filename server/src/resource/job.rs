//! `/job` and `/job-definition`.

use engine_core::{
    command::{Command, JobCommand},
    error::Fault,
};
use models::{Id, Timestamp};
use tollgate::{
    query::{JobDefinitionQuery, JobDefinitionSorting, JobQuery, JobSorting, Page},
    request::{Batch, JobDefinitionChange, JobDefinitions},
};

use super::{
    id_of, listing, named,
    process_definition::{definitions_of, execution_date},
};
use crate::{
    criteria::work::{JOB, JOB_DEFINITION},
    http::{Answer, Attempt, Call, Failure, Object, Reply, Routes, params},
    view::work::{JobDefinitionView, JobView},
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .query("/job", list)
        .query("/job/count", count)
        .post("/job/retries", retries_async)
        .put("/job/suspended", suspend_several)
        .get("/job/{id}", one)
        .delete("/job/{id}", delete)
        .post("/job/{id}/execute", execute)
        .get_file("/job/{id}/stacktrace", stacktrace)
        .put("/job/{id}/retries", set_retries)
        .put("/job/{id}/duedate", set_due)
        .post("/job/{id}/duedate/recalculate", recalculate)
        .put("/job/{id}/priority", set_priority)
        .put("/job/{id}/suspended", suspend)
        .query("/job-definition", list_definitions)
        .query("/job-definition/count", count_definitions)
        .put("/job-definition/suspended", suspend_definitions)
        .get("/job-definition/{id}", definition)
        .put("/job-definition/{id}/suspended", suspend_definition)
        .put("/job-definition/{id}/jobPriority", definition_priority)
        .put("/job-definition/{id}/retries", definition_retries)
}

listing!(list, count, read: JobQuery = JOB, JobSorting,
|call, row| JobView { world: row.world, row: row.entity },
with |query| {
    query.now = call.app.engine.now();
    if query.timers && query.messages {
        return Err(Failure::bad("Parameter timers cannot be used together with parameter messages."));
    }
});

listing!(list_definitions, count_definitions, read_definitions: JobDefinitionQuery = JOB_DEFINITION,
    JobDefinitionSorting, |call, row| JobDefinitionView { world: row.world, row: row.entity });

fn one(call: &Call) -> Reply {
    let query = JobQuery { job_id: Some(call.id().to_owned()), now: call.app.engine.now(), ..Default::default() };
    let world = call.app.engine.read();
    let rows = query.list(&world, Page::default(), Some(&call.caller));
    let row = rows.first().ok_or_else(|| Failure::missing(format!("Job with id {} does not exist", call.id())))?;
    Answer::json(&JobView { world: &world, row: row.entity })
}

fn stacktrace(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let job = id_of(call.id()).and_then(|id| world.job(id));
    let job = job.ok_or_else(|| Failure::missing(format!("No job found with id {}: job is null", call.id())))?;
    call.rights(&world).read_job(job).map_err(|fault| Attempt::Stacktrace.failed(fault))?;
    Ok(match &job.exception_stacktrace {
        Some(text) => Answer::bytes("text/plain", text.clone()),
        None => Answer::nothing(),
    })
}

/// Runs a command on the job of the path; `unknown` is the engine's text about one that is not there.
async fn run(call: &Call, attempt: Attempt<'_>, command: JobCommand, unknown: Fault) -> Reply {
    let failed = |fault| attempt.failed(fault);
    command.check().map_err(failed)?;
    let found = id_of(call.id()).filter(|id| call.app.engine.read().job(*id).is_some());
    let id = found.ok_or_else(|| failed(unknown))?;
    call.app.engine.execute(Command::Job(id, command), &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn execute(call: Call) -> Reply {
    let failed = |fault| Attempt::ExecuteJob.failed(fault);
    let unknown = || Fault::engine(format!("ENGINE-14026 No job found with id '{}'", call.id()));
    let found = id_of(call.id()).filter(|id| call.app.engine.read().job(*id).is_some());
    let id = found.ok_or_else(|| failed(unknown()))?;
    call.app.engine.run_job(id, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

/// `retries` of a body. `of`: the name of Camunda's class for the body.
pub(super) fn retries(body: &Object, of: &str) -> Result<i32, Failure> {
    let retries = body.get("retries").int()?;
    retries.ok_or_else(|| {
        let text = format!(
            "Cannot invoke \"java.lang.Integer.intValue()\" because the return value of \
             \"org.camunda.bpm.engine.rest.dto.runtime.{of}.getRetries()\" is null"
        );
        Failure::java("NullPointerException", text)
    })
}

/// `dueDate` of a body: `None` when it is not to change.
pub(super) fn due(body: &Object) -> Result<Option<Option<Timestamp>>, Failure> {
    if body.0.contains_key("dueDate") { Ok(Some(body.get("dueDate").date()?)) } else { Ok(None) }
}

async fn set_retries(call: Call) -> Reply {
    let body = call.object()?;
    let command = JobCommand::SetRetries(retries(&body, "RetriesDto")?, due(&body)?);
    let unknown = Fault::engine(format!("ENGINE-13053 No job found with id '{}'.'", call.id()));
    run(&call, Attempt::JobRetries, command, unknown).await
}

async fn set_due(call: Call) -> Reply {
    let body = call.object()?;
    let command = JobCommand::SetDue(body.get("duedate").date()?, body.flag("cascade")?);
    let unknown = Fault::engine(format!("No job found with id '{}'.", call.id()));
    run(&call, Attempt::JobRetries, command, unknown).await
}

async fn recalculate(call: Call) -> Reply {
    let command = JobCommand::RecalculateDue { creation_based: call.flag("creationDateBased", true) };
    let unknown = Fault::not_found(format!("No job found with id '{}': job is null", call.id()));
    run(&call, Attempt::RecalculateDueDate, command, unknown).await
}

async fn set_priority(call: Call) -> Reply {
    let priority = call.object()?.get("priority").long()?.ok_or_else(|| {
        Failure::rest(axum::http::StatusCode::BAD_REQUEST, format!("Priority for job '{}' cannot be null.", call.id()))
    })?;
    let unknown = Fault::not_found(format!("No job found with id '{}': job is null", call.id()));
    run(&call, Attempt::JobPriority, JobCommand::SetPriority(priority), unknown).await
}

async fn delete(call: Call) -> Reply {
    let unknown = Fault::null(format!("No job found with id '{}': job is null", call.id()));
    run(&call, Attempt::DeleteJob, JobCommand::Delete, unknown).await
}

async fn suspend(call: Call) -> Reply {
    let suspended = call.object()?.flag("suspended")?;
    // unknown jobs are no fault: nothing is updated
    if let Some(id) = id_of(call.id()).filter(|id| call.app.engine.read().job(*id).is_some()) {
        let command = Command::Job(id, JobCommand::Suspend(suspended));
        call.app.engine.execute(command, &call.caller).await?;
    }
    Ok(Answer::nothing())
}

/// Counts which of several properties a body has.
fn given(body: &Object, names: &[&str]) -> usize {
    names.iter().filter(|name| body.value(name).is_some()).count()
}

async fn suspend_several(call: Call) -> Reply {
    const CHOICES: &str = "jobId, jobDefinitionId, processInstanceId, processDefinitionId or processDefinitionKey should \
                           be set to update the suspension state.";
    let body = call.object()?;
    if body.value("jobId").is_some() {
        return Err(Failure::bad(
            "Either jobDefinitionId, processInstanceId, processDefinitionId or processDefinitionKey can be set to update \
             the suspension state.",
        ));
    }
    let names = ["jobDefinitionId", "processInstanceId", "processDefinitionId", "processDefinitionKey"];
    match given(&body, &names) {
        0 => return Err(Failure::bad(format!("Either {CHOICES}"))),
        1 => {}
        _ => return Err(Failure::bad(format!("Only one of {CHOICES}"))),
    }
    let suspended = body.flag("suspended")?;
    let change = if let Some(text) = body.text("processInstanceId")? {
        let Some(process_instance) = id_of(&text) else { return Ok(Answer::nothing()) };
        JobDefinitionChange::SuspendJobsOfInstance { process_instance, suspended }
    } else if let Some(text) = body.text("jobDefinitionId")? {
        let Some(id) = id_of(&text) else { return Ok(Answer::nothing()) };
        JobDefinitionChange::SuspendJobs { definitions: JobDefinitions::Id(id), suspended }
    } else {
        let Some(definitions) = definitions_of(&call, &body)? else { return Ok(Answer::nothing()) };
        JobDefinitionChange::SuspendJobs { definitions: JobDefinitions::Of(definitions), suspended }
    };
    call.app.engine.change_job_definitions(change, &call.caller).await?;
    Ok(Answer::nothing())
}

async fn retries_async(call: Call) -> Reply {
    let body = call.object()?;
    let mut jobs: Vec<Id> = body.list("jobIds")?.iter().map(|text| named(text)).collect();
    if let Some(query) = body.object("jobQuery")? {
        let mut query: JobQuery = params::from_object(&query, JOB)?;
        query.now = call.app.engine.now();
        let world = call.app.engine.read();
        jobs.extend(query.list(&world, Page::default(), Some(&call.caller)).iter().map(|row| row.id));
    }
    jobs.sort_unstable();
    jobs.dedup();
    if body.value("jobIds").is_none_or(|ids| ids.as_array().is_some_and(Vec::is_empty))
        && body.value("jobQuery").is_none()
    {
        let text = "ENGINE-13050 You must specify at least one of jobIds or jobQuery.";
        return Err(Fault::engine(text).into());
    }
    let retries = body.get("retries").int()?.ok_or_else(|| Failure::bad("retries is null"))?;
    let request = Batch::SetJobRetries { jobs, retries, due: due(&body)? };
    super::batch::start(&call, request).await
}

// ---- job definitions -----------------------------------------------------------------------------------------------

fn no_definition(call: &Call) -> Failure {
    Failure::missing(format!("Job Definition with id {} does not exist", call.id()))
}

fn definition(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let query = JobDefinitionQuery { job_definition_id: Some(call.id().to_owned()), ..Default::default() };
    let seen = query.count(&world, Some(&call.caller)) > 0;
    let row = id_of(call.id()).filter(|_| seen).and_then(|id| world.job_definition(id));
    let row = row.ok_or_else(|| no_definition(call))?;
    Answer::json(&JobDefinitionView { world: &world, row })
}

async fn suspend_definition(call: Call) -> Reply {
    let body = call.object()?;
    if given(&body, &["processDefinitionId", "processDefinitionKey"]) > 0 {
        return Err(Failure::bad(format!("Only one of jobDefinitionId, {DEFINITION_CHOICES}")));
    }
    let refused = |reason| {
        format!("The suspension state of Job Definition with id {} could not be updated due to: {reason}", call.id())
    };
    let at = execution_date(&body, refused)?;
    let Some(id) = id_of(call.id()) else { return Ok(Answer::nothing()) };
    let change = JobDefinitionChange::Suspend {
        definitions: JobDefinitions::Id(id),
        suspended: body.flag("suspended")?,
        include_jobs: body.flag("includeJobs")?,
        at,
    };
    call.app.engine.change_job_definitions(change, &call.caller).await?;
    Ok(Answer::nothing())
}

/// What can name job definitions to be suspended.
const DEFINITION_CHOICES: &str =
    "processDefinitionId or processDefinitionKey should be set to update the suspension state.";

async fn suspend_definitions(call: Call) -> Reply {
    let body = call.object()?;
    if body.value("jobDefinitionId").is_some() {
        return Err(Failure::bad(
            "Either processDefinitionId or processDefinitionKey can be set to update the suspension state.",
        ));
    }
    if given(&body, &["processDefinitionId", "processDefinitionKey"]) > 1 {
        return Err(Failure::bad(format!("Only one of jobDefinitionId, {DEFINITION_CHOICES}")));
    }
    let definitions = definitions_of(&call, &body)?
        .map(JobDefinitions::Of)
        .ok_or_else(|| Failure::bad(format!("Either jobDefinitionId, {DEFINITION_CHOICES}")))?;
    let refused = |reason| format!("Could not update the suspension state of Job Definitions due to: {reason}");
    let change = JobDefinitionChange::Suspend {
        definitions,
        suspended: body.flag("suspended")?,
        include_jobs: body.flag("includeJobs")?,
        at: execution_date(&body, refused)?,
    };
    call.app.engine.change_job_definitions(change, &call.caller).await?;
    Ok(Answer::nothing())
}

/// The job definition of the path, for changes that must have one.
fn changed_definition(call: &Call, attempt: Attempt<'_>) -> Result<Id, Failure> {
    let found = id_of(call.id()).filter(|id| call.app.engine.read().job_definition(*id).is_some());
    found.ok_or_else(|| {
        let id = call.id();
        attempt.failed(Fault::not_found(format!("Job definition with id '{id}' does not exist: jobDefinition is null")))
    })
}

async fn definition_priority(call: Call) -> Reply {
    let body = call.object()?;
    let priority = body.get("priority").long()?;
    let include_jobs = body.flag("includeJobs")?;
    if priority.is_none() && include_jobs {
        return Err(Failure::bad(format!(
            "Cannot reset priority for job definition {} with includeJobs=true",
            call.id()
        )));
    }
    let attempt = Attempt::JobDefinitionPriority;
    let definition = changed_definition(&call, attempt)?;
    let change = JobDefinitionChange::Priority { definition, priority, include_jobs };
    call.app.engine.change_job_definitions(change, &call.caller).await.map_err(|fault| attempt.failed(fault))?;
    Ok(Answer::nothing())
}

async fn definition_retries(call: Call) -> Reply {
    let body = call.object()?;
    let attempt = Attempt::JobDefinitionRetries;
    let (retries, due) = (retries(&body, "RetriesDto")?, due(&body)?);
    let definition = changed_definition(&call, attempt)?;
    let change = JobDefinitionChange::Retries { definition, retries, due };
    call.app.engine.change_job_definitions(change, &call.caller).await.map_err(|fault| attempt.failed(fault))?;
    Ok(Answer::nothing())
}
