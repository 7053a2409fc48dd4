//! Historic process instances, activities, tasks and variables.

use serde::{Serialize, Serializer, ser::SerializeMap};
use tollgate::{
    history::HistoricVariableInstance,
    query::{
        HistoricActivityInstanceRow, HistoricProcessInstanceRow, HistoricTaskInstanceRow, HistoricVariableInstanceRow,
    },
    state::ActivityState,
};

use super::{Text, view};
use crate::{http::Date, value::Typed};

view! {
    /// A historic process instance.
    HistoricInstanceView<'a> { row: HistoricProcessInstanceRow<'a> }
    let definition = row.world.process_definition(row.definition);
    => {
        "id": Text(row.id),
        "businessKey": row.business_key,
        "processDefinitionId": row.process_definition_id(),
        "processDefinitionKey": row.world.definition_key(Some(row.definition)),
        "processDefinitionName": definition.and_then(|definition| definition.name.as_deref()),
        "processDefinitionVersion": definition.map(|definition| definition.version),
        "startTime": Date(row.start),
        "endTime": row.end.map(Date),
        "removalTime": row.removal_time.map(Date),
        "durationInMillis": row.duration_ms(),
        "startUserId": row.start_user,
        "startActivityId": row.start_activity,
        "deleteReason": row.delete_reason,
        "rootProcessInstanceId": Text(row.root),
        "superProcessInstanceId": row.super_instance.map(Text),
        "superCaseInstanceId": None::<&str>,
        "caseInstanceId": row.case_instance,
        "tenantId": row.tenant,
        "state": row.state.name(),
        "restartedProcessInstanceId": row.restarted,
    }
}

view! {
    /// A historic activity instance.
    HistoricActivityView<'a> { row: HistoricActivityInstanceRow<'a> } => {
        "id": row.text_id(),
        "parentActivityInstanceId": row.parent_text_id(),
        "activityId": row.activity,
        "activityName": row.activity_name,
        "activityType": row.activity_type,
        "processDefinitionKey": row.world.definition_key(Some(row.definition)),
        "processDefinitionId": row.process_definition_id(),
        "processInstanceId": Text(row.process_instance),
        "executionId": Text(row.execution),
        "taskId": row.task.map(|task| row.world.task_text_id(task)),
        "calledProcessInstanceId": row.called_instance.map(Text),
        "calledCaseInstanceId": None::<&str>,
        "assignee": row.assignee,
        "startTime": Date(row.start),
        "endTime": row.end.map(Date),
        "durationInMillis": row.duration_ms(),
        "canceled": row.state == ActivityState::Canceled,
        "completeScope": row.state == ActivityState::ScopeComplete,
        "tenantId": row.tenant,
        "removalTime": row.removal_time.map(Date),
        "rootProcessInstanceId": row.world.historic_process_instance(row.process_instance).map(|instance| Text(instance.root)),
    }
}

view! {
    /// A historic user task.
    HistoricTaskView<'a> { row: HistoricTaskInstanceRow<'a> } => {
        "id": row.text_id(),
        "processDefinitionKey": row.world.definition_key(row.definition),
        "processDefinitionId": row.process_definition_id(),
        "processInstanceId": row.process_instance.map(Text),
        "executionId": row.execution.map(Text),
        "caseDefinitionKey": None::<&str>,
        "caseDefinitionId": None::<&str>,
        "caseInstanceId": row.case_instance,
        "caseExecutionId": None::<&str>,
        "activityInstanceId": row.activity_instance_id(),
        "name": row.name,
        "description": row.description,
        "deleteReason": row.delete_reason,
        "owner": row.owner,
        "assignee": row.assignee,
        "startTime": Date(row.start),
        "endTime": row.end.map(Date),
        "duration": row.duration_ms(),
        "taskDefinitionKey": row.key,
        "priority": row.priority,
        "due": row.due.map(Date),
        "parentTaskId": row.parent_task,
        "followUp": row.follow_up.map(Date),
        "tenantId": row.tenant,
        "removalTime": row.removal_time.map(Date),
        "rootProcessInstanceId": row.instance().map(|instance| Text(instance.root)),
        "taskState": row.state,
    }
}

/// A historic variable.
#[derive(Clone, Copy)]
pub(crate) struct HistoricVariableView<'a> {
    /// The variable.
    pub(crate) row: HistoricVariableInstanceRow<'a>,
    /// Objects as JSON.
    pub(crate) deserialize: bool,
}

impl Serialize for HistoricVariableView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { row, deserialize } = *self;
        let entity: &HistoricVariableInstance = row.entity;
        let mut map = serializer.serialize_map(None)?;
        Typed::listed(&entity.value, deserialize).entries(&mut map)?;
        map.serialize_entry("id", &Text(entity.id))?;
        map.serialize_entry("name", &entity.name)?;
        map.serialize_entry("processDefinitionKey", &row.world.definition_key(entity.definition))?;
        map.serialize_entry("processDefinitionId", &row.process_definition_id())?;
        map.serialize_entry("processInstanceId", &entity.process_instance.map(Text))?;
        map.serialize_entry("executionId", &entity.execution.map(Text))?;
        map.serialize_entry("activityInstanceId", &row.activity_instance_id())?;
        map.serialize_entry("caseDefinitionKey", &())?;
        map.serialize_entry("caseDefinitionId", &())?;
        map.serialize_entry("caseInstanceId", &())?;
        map.serialize_entry("caseExecutionId", &())?;
        map.serialize_entry("taskId", &row.task_id())?;
        map.serialize_entry("errorMessage", &())?;
        map.serialize_entry("tenantId", &entity.tenant)?;
        map.serialize_entry("state", if entity.deleted { "DELETED" } else { "CREATED" })?;
        map.serialize_entry("createTime", &Date(entity.created))?;
        map.serialize_entry("removalTime", &entity.removal_time.map(Date))?;
        map.serialize_entry("rootProcessInstanceId", &row.root().map(Text))?;
        map.end()
    }
}
