//! Tasks, external tasks, jobs, job definitions.

use std::sync::Arc;

use models::Value;
use serde::{Serialize, Serializer, ser::SerializeMap};
use tollgate::{
    request::LockedTask,
    state::{DelegationState, ExternalTask, Job, Task, TaskState},
    world::{JobDefinition, World},
};

use super::{Text, activity_instance_id, definition_id, definition_key, definition_of, view};
use crate::{engine::Form, http::Date, value::Typed};

view! {
    /// A user task.
    TaskView<'a> { world: &'a World, row: &'a Task, form: &'a Form } => {
        "id": task_text_id(row),
        "name": row.name,
        "assignee": row.assignee,
        "created": Date(row.created),
        "due": row.due.map(Date),
        "followUp": row.follow_up.map(Date),
        "lastUpdated": row.last_updated.map(Date),
        "delegationState": row.delegation.map(delegation_name),
        "description": row.description,
        "executionId": row.execution.map(Text),
        "owner": row.owner,
        "parentTaskId": row.parent_task,
        "priority": row.priority,
        "processDefinitionId": definition_of(world, row.definition),
        "processInstanceId": row.process_instance.map(Text),
        "taskDefinitionKey": row.key,
        "caseExecutionId": None::<&str>,
        "caseInstanceId": row.case_instance,
        "caseDefinitionId": None::<&str>,
        "suspended": row.suspended,
        "formKey": form.key,
        "camundaFormRef": form.reference,
        "tenantId": row.tenant,
        "taskState": task_state_name(row.state),
    }
}

/// The id of a task as the API shows it.
pub(crate) fn task_text_id(task: &Task) -> String {
    task.custom_id.as_deref().map_or_else(|| task.id.to_string(), str::to_owned)
}

/// `delegationState`.
fn delegation_name(state: DelegationState) -> &'static str {
    match state {
        DelegationState::Pending => "PENDING",
        DelegationState::Resolved => "RESOLVED",
    }
}

/// `taskState`.
fn task_state_name(state: TaskState) -> &'static str {
    match state {
        TaskState::Init => "Init",
        TaskState::Created => "Created",
        TaskState::Updated => "Updated",
        TaskState::Completed => "Completed",
        TaskState::Deleted => "Deleted",
    }
}

view! {
    /// An external task.
    ExternalTaskView<'a> { world: &'a World, row: &'a ExternalTask }
    let definition = world.process_definition(row.definition);
    let activity = world.activity_id(row.definition, row.node);
    => {
        "activityId": activity,
        "activityInstanceId": activity_instance_id(activity, row.activity_instance),
        "errorMessage": row.error_message,
        "executionId": Text(row.execution),
        "id": Text(row.id),
        "lockExpirationTime": row.lock_expires.map(Date),
        "createTime": Date(row.created),
        "processDefinitionId": definition_id(world, row.definition),
        "processDefinitionKey": definition.map(|definition| definition.key.as_str()),
        "processDefinitionVersionTag": definition.and_then(|definition| definition.version_tag.as_deref()),
        "processInstanceId": Text(row.process_instance),
        "retries": row.retries,
        "suspended": row.suspended,
        "workerId": row.worker,
        "topicName": row.topic,
        "tenantId": row.tenant,
        "priority": row.priority,
        "businessKey": world.business_key(row.process_instance),
    }
}

view! {
    /// An external task that was fetched.
    LockedTaskView<'a> { world: &'a World, locked: &'a LockedTask, deserialize: bool, traced: bool }
    let row = &locked.task;
    let definition = world.process_definition(row.definition);
    let activity = world.activity_id(row.definition, row.node);
    let trace = locked.trace.as_ref().filter(|_| traced);
    => {
        "activityId": activity,
        "activityInstanceId": activity_instance_id(activity, row.activity_instance),
        "errorMessage": row.error_message,
        "errorDetails": row.error_details,
        "executionId": Text(row.execution),
        "id": Text(row.id),
        "lockExpirationTime": row.lock_expires.map(Date),
        "createTime": Date(row.created),
        "processDefinitionId": definition_id(world, row.definition),
        "processDefinitionKey": definition.map(|definition| definition.key.as_str()),
        "processDefinitionVersionTag": definition.and_then(|definition| definition.version_tag.as_deref()),
        "processInstanceId": Text(row.process_instance),
        "retries": row.retries,
        "suspended": row.suspended,
        "workerId": row.worker,
        "topicName": row.topic,
        "tenantId": row.tenant,
        "variables": Values { values: &locked.variables, deserialize },
        "priority": row.priority,
        "businessKey": locked.business_key,
        "extensionProperties": Properties(&locked.extension_properties),
    } only if there
        "traceparent": trace.map(tollgate::trace::TraceContext::traceparent),
        "tracestate": trace.and_then(|trace| trace.state.as_deref()),
}

/// Values by name.
struct Values<'a> {
    values: &'a [(Arc<str>, Value)],
    deserialize: bool,
}

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.values.iter().map(|(name, value)| (name, Typed::new(value, self.deserialize))))
    }
}

/// Texts by name.
struct Properties<'a>(&'a [(String, String)]);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

view! {
    /// A job.
    JobView<'a> { world: &'a World, row: &'a Job } => {
        "id": Text(row.id),
        "jobDefinitionId": world.job_definition_of(row).map(|definition| Text(definition.id)),
        "processInstanceId": row.process_instance.map(Text),
        "processDefinitionId": definition_of(world, row.definition),
        "processDefinitionKey": definition_key(world, row.definition),
        "executionId": row.execution.map(Text),
        "exceptionMessage": row.exception_message,
        "failedActivityId": row.failed_activity,
        "retries": row.retries,
        "dueDate": row.due.map(Date),
        "suspended": row.suspended,
        "priority": row.priority,
        "tenantId": row.tenant,
        "createTime": Date(row.created),
        "batchId": row.batch.map(Text),
    }
}

view! {
    /// A job definition.
    JobDefinitionView<'a> { world: &'a World, row: &'a JobDefinition } => {
        "id": Text(row.id),
        "processDefinitionId": definition_of(world, row.definition),
        "processDefinitionKey": definition_key(world, row.definition),
        "jobType": row.job_type,
        "jobConfiguration": row.configuration,
        "activityId": row.activity,
        "suspended": row.suspended,
        "overridingJobPriority": row.overriding_priority,
        "tenantId": row.tenant,
        // a column that Camunda's engine fills for the seed jobs of batches alone
        "deploymentId": row.deployment.filter(|_| row.definition.is_none()).map(Text),
    }
}
