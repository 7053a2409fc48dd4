//! `/history`: historic instances, variables, logs.

use engine_core::error::Fault;
use models::Id;
use tollgate::{
    query::{
        HistoricActivityInstanceQuery, HistoricActivityInstanceSorting, HistoricDecisionInstanceQuery,
        HistoricDecisionInstanceSorting, HistoricDetailQuery, HistoricDetailSorting, HistoricExternalTaskLogQuery,
        HistoricExternalTaskLogSorting, HistoricIdentityLinkLogQuery, HistoricIdentityLinkLogSorting,
        HistoricIncidentQuery, HistoricIncidentSorting, HistoricJobLogQuery, HistoricJobLogSorting,
        HistoricProcessInstanceQuery, HistoricProcessInstanceSorting, HistoricTaskInstanceQuery,
        HistoricTaskInstanceSorting, HistoricVariableInstanceQuery, HistoricVariableInstanceSorting, Page,
        UserOperationQuery, UserOperationSorting,
    },
    request::{Batch, HistoryChange},
};

use super::{id_of, listing, named};
use crate::{
    criteria::{
        history::{
            HISTORIC_ACTIVITY_INSTANCE, HISTORIC_PROCESS_INSTANCE, HISTORIC_TASK_INSTANCE, HISTORIC_VARIABLE_INSTANCE,
        },
        history_log::{
            HISTORIC_DECISION_INSTANCE, HISTORIC_DETAIL, HISTORIC_EXTERNAL_TASK_LOG, HISTORIC_IDENTITY_LINK_LOG,
            HISTORIC_INCIDENT, HISTORIC_JOB_LOG, USER_OPERATION,
        },
    },
    http::{Answer, Attempt, Call, Failure, Input, Object, Reply, Routes, params},
    value,
    view::{
        history::{HistoricActivityView, HistoricInstanceView, HistoricTaskView, HistoricVariableView},
        history_log::{
            DecisionView, DetailView, ExternalTaskLogView, HistoricIncidentView, JobLogView, LinkLogView, OperationView,
        },
    },
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .query("/history/process-instance", list_instances)
        .query("/history/process-instance/count", count_instances)
        .post("/history/process-instance/delete", delete_instances)
        .get("/history/process-instance/{id}", instance)
        .delete("/history/process-instance/{id}", delete_instance)
        .delete("/history/process-instance/{id}/variable-instances", delete_variables)
        .query("/history/activity-instance", list_activities)
        .query("/history/activity-instance/count", count_activities)
        .get("/history/activity-instance/{id}", activity)
        .query("/history/task", list_tasks)
        .query("/history/task/count", count_tasks)
        .query("/history/variable-instance", list_variables)
        .query("/history/variable-instance/count", count_variables)
        .get("/history/variable-instance/{id}", variable)
        .delete("/history/variable-instance/{id}", delete_variable)
        .get_file("/history/variable-instance/{id}/data", variable_data)
        .query("/history/detail", list_details)
        .get("/history/detail/count", count_details)
        .get("/history/detail/{id}", detail)
        .get_file("/history/detail/{id}/data", detail_data)
        .get("/history/incident", list_incidents)
        .get("/history/incident/count", count_incidents)
        .query("/history/job-log", list_job_logs)
        .query("/history/job-log/count", count_job_logs)
        .get("/history/job-log/{id}", job_log)
        .get_file("/history/job-log/{id}/stacktrace", job_log_stacktrace)
        .query("/history/external-task-log", list_external_task_logs)
        .query("/history/external-task-log/count", count_external_task_logs)
        .get("/history/external-task-log/{id}", external_task_log)
        .get_file("/history/external-task-log/{id}/error-details", external_task_log_details)
        .get("/history/identity-link-log", list_links)
        .get("/history/identity-link-log/count", count_links)
        .get("/history/decision-instance", list_decisions)
        .get("/history/decision-instance/count", count_decisions)
        .post("/history/decision-instance/delete", delete_decisions)
        .get("/history/decision-instance/{id}", decision)
        .get("/history/user-operation", list_operations)
        .get("/history/user-operation/count", count_operations)
        .put("/history/user-operation/{operationId}/set-annotation", annotate)
        .put("/history/user-operation/{operationId}/clear-annotation", clear_annotation)
}

listing!(list_instances, count_instances, read_instances: HistoricProcessInstanceQuery = HISTORIC_PROCESS_INSTANCE,
    HistoricProcessInstanceSorting, |call, row| HistoricInstanceView { row }, with |query| {
    let states = [
        ("ACTIVE", query.active),
        ("SUSPENDED", query.suspended),
        ("COMPLETED", query.completed),
        ("EXTERNALLY_TERMINATED", query.externally_terminated),
        ("INTERNALLY_TERMINATED", query.internally_terminated),
    ];
    if let Some(state) = one_of_two(&states) {
        let text = format!("Already querying for historic process instance with another state: {state} is not empty");
        return Err(Fault::bad_request(text).into());
    }
});

/// The first state asked for, when there is a second.
fn one_of_two(states: &[(&'static str, bool)]) -> Option<&'static str> {
    let mut asked = states.iter().filter(|(_, asked)| *asked);
    asked.next().filter(|_| asked.next().is_some()).map(|(state, _)| *state)
}

listing!(list_activities, count_activities, read_activities: HistoricActivityInstanceQuery =
    HISTORIC_ACTIVITY_INSTANCE, HistoricActivityInstanceSorting, |call, row| HistoricActivityView { row }, with |query| {
    if let Some(state) = one_of_two(&[("scopeComplete", query.complete_scope), ("canceled", query.canceled)]) {
        return Err(Fault::engine(format!("Already querying for activity instance state <{state}>")).into());
    }
});

listing!(list_tasks, count_tasks, read_tasks: HistoricTaskInstanceQuery = HISTORIC_TASK_INSTANCE,
    HistoricTaskInstanceSorting, |call, row| HistoricTaskView { row }, with |query| {
    for group in &query.or_queries {
        let refused = [
            ("withCandidateGroups", group.with_candidate_groups),
            ("withoutCandidateGroups", group.without_candidate_groups),
        ];
        if let Some((name, _)) = refused.iter().find(|(_, given)| *given) {
            let text = format!("Invalid query usage: cannot set {name}() within 'or' query");
            return Err(Fault::engine(text).into());
        }
    }
});

listing!(list_variables, count_variables, read_variables: HistoricVariableInstanceQuery = HISTORIC_VARIABLE_INSTANCE,
    HistoricVariableInstanceSorting,
    |call, row| HistoricVariableView { row, deserialize: call.flag("deserializeValues", true) }, with |query| {
    if query.variable_value.is_some() && query.variable_name.is_none() {
        return Err(Failure::bad(
            "Only a single variable value parameter specified: variable name and value are required to be able to query \
             after a specific variable value.",
        ));
    }
});

listing!(list_details, count_details, read_details: HistoricDetailQuery = HISTORIC_DETAIL, HistoricDetailSorting,
    |call, row| DetailView { row, deserialize: call.flag("deserializeValues", true) });

listing!(list_incidents, count_incidents, read_incidents: HistoricIncidentQuery = HISTORIC_INCIDENT,
    HistoricIncidentSorting, |call, row| HistoricIncidentView { row }, with |query| {
    let states = [("open", query.open), ("resolved", query.resolved), ("deleted", query.deleted)];
    if let Some(state) = one_of_two(&states) {
        return Err(Fault::engine(format!("Already querying for incident state <{state}>")).into());
    }
});

listing!(list_job_logs, count_job_logs, read_job_logs: HistoricJobLogQuery = HISTORIC_JOB_LOG, HistoricJobLogSorting,
    |call, row| JobLogView { row });

listing!(list_external_task_logs, count_external_task_logs, read_external_task_logs: HistoricExternalTaskLogQuery =
    HISTORIC_EXTERNAL_TASK_LOG, HistoricExternalTaskLogSorting, |call, row| ExternalTaskLogView { row });

listing!(list_links, count_links, read_links: HistoricIdentityLinkLogQuery = HISTORIC_IDENTITY_LINK_LOG,
    HistoricIdentityLinkLogSorting, |call, row| LinkLogView { world: row.world, row: row.entity });

listing!(list_decisions, count_decisions, read_decisions: HistoricDecisionInstanceQuery = HISTORIC_DECISION_INSTANCE,
HistoricDecisionInstanceSorting, |call, row| DecisionView {
    world: row.world,
    row: row.entity,
    inputs: call.flag("includeInputs", false),
    outputs: call.flag("includeOutputs", false),
    deserialize: !call.flag("disableCustomObjectDeserialization", false),
    binary: !call.flag("disableBinaryFetching", false),
}, with |_query| {
    // Camunda refuses what is not a truth value here
    for name in ["includeInputs", "includeOutputs", "disableBinaryFetching", "disableCustomObjectDeserialization"] {
        call.input(name).map(Input::flag).transpose()?;
    }
});

listing!(list_operations, count_operations, read_operations: UserOperationQuery = USER_OPERATION,
    UserOperationSorting, |call, row| OperationView { world: row.world, row: row.entity });

/// Declares `GET …/{id}`: the query that finds the row, its view, the text when there is none.
macro_rules! single {
    ($name:ident: $query:ident { $field:ident }, $missing:literal, |$call:ident, $row:ident| $view:expr) => {
        fn $name($call: &Call) -> Reply {
            let query = $query { $field: Some($call.id().to_owned()), ..Default::default() };
            let world = $call.app.engine.read();
            let rows = query.list(&world, Page::default(), Some(&$call.caller));
            let $row = *rows.first().ok_or_else(|| Failure::missing(format!($missing, $call.id())))?;
            Answer::json(&$view)
        }
    };
}

single!(instance: HistoricProcessInstanceQuery { process_instance_id },
    "Historic process instance with id {} does not exist", |call, row| HistoricInstanceView { row });

single!(activity: HistoricActivityInstanceQuery { activity_instance_id },
    "Historic activity instance with id '{}' does not exist", |call, row| HistoricActivityView { row });

single!(job_log: HistoricJobLogQuery { log_id }, "Historic job log with id {} does not exist",
    |call, row| JobLogView { row });

single!(external_task_log: HistoricExternalTaskLogQuery { log_id },
    "Historic external task log with id {} does not exist", |call, row| ExternalTaskLogView { row });

single!(decision: HistoricDecisionInstanceQuery { decision_instance_id },
"Historic decision instance with id '{}' does not exist", |call, row| DecisionView {
    world: row.world,
    row: row.entity,
    inputs: call.flag("includeInputs", false),
    outputs: call.flag("includeOutputs", false),
    deserialize: !call.flag("disableCustomObjectDeserialization", false),
    binary: !call.flag("disableBinaryFetching", false),
});

fn no_variable(call: &Call) -> Failure {
    Failure::missing(format!("Historic variable instance with Id '{}' does not exist.", call.id()))
}

fn variable(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let entity = id_of(call.id()).and_then(|id| world.historic_variable(id)).ok_or_else(|| no_variable(call))?;
    if !call.rights(&world).sees_past(entity.process_instance) {
        return Err(no_variable(call));
    }
    let row = tollgate::query::Row { world: &world, entity };
    Answer::json(&HistoricVariableView { row, deserialize: call.flag("deserializeValue", true) })
}

fn variable_data(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = id_of(call.id()).and_then(|id| world.historic_variable(id)).ok_or_else(|| no_variable(call))?;
    if !call.rights(&world).sees_past(row.process_instance) {
        return Err(no_variable(call));
    }
    value::content(&row.value, call.id())
}

fn no_detail(call: &Call) -> Failure {
    Failure::missing(format!("Historic detail with Id '{}' does not exist.", call.id()))
}

fn detail(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let entity = id_of(call.id()).and_then(|id| world.historic_detail(id)).ok_or_else(|| no_detail(call))?;
    if !call.rights(&world).sees_past(entity.process_instance) {
        return Err(no_detail(call));
    }
    let row = tollgate::query::Row { world: &world, entity };
    Answer::json(&DetailView { row, deserialize: call.flag("deserializeValue", true) })
}

fn detail_data(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = id_of(call.id()).and_then(|id| world.historic_detail(id)).ok_or_else(|| no_detail(call))?;
    if !call.rights(&world).sees_past(row.process_instance) {
        return Err(no_detail(call));
    }
    value::content(&row.value, call.id())
}

fn plain_text(text: Option<&String>) -> Answer {
    text.map_or_else(Answer::nothing, |text| Answer::bytes("text/plain", text.clone()))
}

fn job_log_stacktrace(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = id_of(call.id()).and_then(|id| world.historic_job_log(id));
    let row = row.ok_or_else(|| {
        Failure::missing(format!("No historic job log found with id {}: historicJobLog is null", call.id()))
    })?;
    let what = || format!("the historic job log '{}'", row.id);
    call.rights(&world).read_history(row.tenant.as_deref(), row.definition, what)?;
    Ok(plain_text(row.stacktrace.as_ref()))
}

fn external_task_log_details(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = id_of(call.id()).and_then(|id| world.historic_external_task_log(id));
    let row = row.ok_or_else(|| {
        Failure::missing(format!(
            "No historic external task log found with id {}: historicExternalTaskLog is null",
            call.id()
        ))
    })?;
    let what = || format!("the historic external task log '{}'", row.id);
    call.rights(&world).read_history(row.tenant.as_deref(), Some(row.definition), what)?;
    Ok(plain_text(row.details.as_ref()))
}

async fn change(call: &Call, change: HistoryChange) -> Reply {
    let failed = |fault| Attempt::DeleteHistory.failed(fault);
    call.app.engine.change_history(change, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn delete_instance(call: Call) -> Reply {
    let missing =
        || Failure::missing(format!("Historic process instance with id {} does not exist", call.id())).code(0);
    let finished = id_of(call.id())
        .filter(|id| call.app.engine.read().historic_process_instance(*id).is_some_and(|row| row.end.is_some()));
    match finished {
        Some(id) => change(&call, HistoryChange::DeleteProcessInstance(id)).await,
        None if call.flag("failIfNotExists", true) => Err(missing()),
        None => Ok(Answer::nothing()),
    }
}

async fn delete_variables(call: Call) -> Reply {
    let found = id_of(call.id()).filter(|id| call.app.engine.read().historic_process_instance(*id).is_some());
    let missing =
        || Failure::missing(format!("No historic process instance found with id: {}: instance is null", call.id()));
    let id = found.ok_or_else(missing)?;
    change(&call, HistoryChange::DeleteVariablesOf(id)).await
}

async fn delete_variable(call: Call) -> Reply {
    let found = id_of(call.id()).filter(|id| call.app.engine.read().historic_variable(*id).is_some());
    let missing = || {
        Failure::missing(format!("No historic variable instance found with id: {}: variable is null", call.id()))
            .code(0)
    };
    let id = found.ok_or_else(missing)?;
    change(&call, HistoryChange::DeleteVariable(id)).await
}

/// Historic process instances a body names by ids or a query.
pub(super) fn selected_instances(call: &Call, body: &Object, ids: &str) -> Result<Vec<Id>, Failure> {
    let mut instances: Vec<Id> = body.list(ids)?.iter().map(|text| named(text)).collect();
    if let Some(query) = body.object("historicProcessInstanceQuery")? {
        let query: HistoricProcessInstanceQuery = params::from_object(&query, HISTORIC_PROCESS_INSTANCE)?;
        instances.extend(query.ids(&|| call.app.engine.read(), Some(&call.caller)));
    }
    instances.sort_unstable();
    instances.dedup();
    Ok(instances)
}

/// Historic decision instances a body names by ids or a query.
pub(super) fn selected_decisions(call: &Call, body: &Object) -> Result<Vec<Id>, Failure> {
    let mut decisions: Vec<Id> = body.list("historicDecisionInstanceIds")?.iter().map(|text| named(text)).collect();
    if let Some(query) = body.object("historicDecisionInstanceQuery")? {
        let query: HistoricDecisionInstanceQuery = params::from_object(&query, HISTORIC_DECISION_INSTANCE)?;
        decisions.extend(query.ids(&|| call.app.engine.read(), Some(&call.caller)));
    }
    decisions.sort_unstable();
    decisions.dedup();
    Ok(decisions)
}

async fn delete_instances(call: Call) -> Reply {
    let body = call.object()?;
    let instances = selected_instances(&call, &body, "historicProcessInstanceIds")?;
    if instances.is_empty() {
        return Err(Failure::bad("historicProcessInstanceIds is empty"));
    }
    let request = Batch::DeleteHistoricInstances { instances, reason: body.text("deleteReason")? };
    super::batch::start(&call, request).await
}

async fn delete_decisions(call: Call) -> Reply {
    let body = call.object()?;
    let decisions = selected_decisions(&call, &body)?;
    if decisions.is_empty() {
        return Err(Failure::bad("historicDecisionInstanceIds is empty"));
    }
    let request = Batch::DeleteDecisions { decisions, reason: body.text("deleteReason")? };
    super::batch::start(&call, request).await
}

async fn set_annotation(call: &Call, text: Option<String>) -> Reply {
    let failed = |fault| Attempt::BadRequest.failed(fault);
    let operation = call.path("operationId");
    let known = id_of(operation).is_some_and(|id| call.app.engine.read().entries_of_operation(id).next().is_some());
    if !known {
        return Err(Fault::bad_request("operation is null").into());
    }
    let change = HistoryChange::AnnotateOperation { operation: operation.to_owned(), text };
    call.app.engine.change_history(change, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn annotate(call: Call) -> Reply {
    let text = call.object()?.text("annotation")?;
    set_annotation(&call, text).await
}

async fn clear_annotation(call: Call) -> Reply {
    set_annotation(&call, None).await
}
