//! Historic details, incidents, logs and decisions.

use serde::{Serialize, Serializer, ser::SerializeMap};
use tollgate::{
    history::{
        HistoricDecisionInput, HistoricDecisionInstance, HistoricDecisionOutput, HistoricDetail,
        HistoricIdentityLinkLog, IncidentState, LogKind, UserOperation,
    },
    query::{HistoricDetailRow, HistoricExternalTaskLogRow, HistoricIncidentRow, HistoricJobLogRow},
    world::World,
};

use super::{Text, definition_key, definition_of, view};
use crate::{http::Date, value::Typed};

/// A variable update or a form field.
#[derive(Clone, Copy)]
pub(crate) struct DetailView<'a> {
    /// The detail.
    pub(crate) row: HistoricDetailRow<'a>,
    /// Objects as JSON.
    pub(crate) deserialize: bool,
}

impl Serialize for DetailView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { row, deserialize } = *self;
        let entity: &HistoricDetail = row.entity;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", if entity.form_field { "formField" } else { "variableUpdate" })?;
        map.serialize_entry("id", &Text(entity.id))?;
        map.serialize_entry("processDefinitionKey", &row.world.definition_key(entity.definition))?;
        map.serialize_entry("processDefinitionId", &row.process_definition_id())?;
        map.serialize_entry("processInstanceId", &entity.process_instance.map(Text))?;
        map.serialize_entry("activityInstanceId", &row.activity_instance_id())?;
        map.serialize_entry("executionId", &entity.execution.map(Text))?;
        for absent in ["caseDefinitionKey", "caseDefinitionId", "caseInstanceId", "caseExecutionId"] {
            map.serialize_entry(absent, &())?;
        }
        map.serialize_entry("taskId", &row.task_id())?;
        map.serialize_entry("tenantId", &entity.tenant)?;
        map.serialize_entry("userOperationId", &entity.operation.map(Text))?;
        map.serialize_entry("time", &Date(entity.time))?;
        map.serialize_entry("removalTime", &entity.removal_time.map(Date))?;
        map.serialize_entry("rootProcessInstanceId", &row.root().map(Text))?;
        if entity.form_field {
            map.serialize_entry("fieldId", &entity.name)?;
            let typed = Typed { detected: false, ..Typed::new(&entity.value, true) };
            let value = serde_json::to_value(typed).unwrap_or_default();
            map.serialize_entry("fieldValue", &value["value"])?;
            return map.end();
        }
        let value = serde_json::to_value(Typed::listed(&entity.value, deserialize)).unwrap_or_default();
        map.serialize_entry("variableName", &entity.name)?;
        map.serialize_entry("variableInstanceId", &entity.variable.map(Text))?;
        let kind = entity.deleted_type.as_ref().map_or_else(|| entity.value.type_name(), |kind| kind.as_str());
        map.serialize_entry("variableType", kind)?;
        map.serialize_entry("value", &value["value"])?;
        map.serialize_entry("valueInfo", &value["valueInfo"])?;
        map.serialize_entry("initial", &entity.initial)?;
        map.serialize_entry("revision", &entity.revision)?;
        map.serialize_entry("errorMessage", &())?;
        map.end()
    }
}

view! {
    /// A historic incident.
    HistoricIncidentView<'a> { row: HistoricIncidentRow<'a> } => {
        "id": Text(row.id),
        "processDefinitionKey": row.process_definition_key(),
        "processDefinitionId": row.process_definition_id(),
        "processInstanceId": row.process_instance.map(Text),
        "executionId": row.execution.map(Text),
        "rootProcessInstanceId": row.root().map(Text),
        "createTime": Date(row.start),
        "endTime": row.end.map(Date),
        "removalTime": row.removal_time.map(Date),
        "incidentType": row.kind,
        "activityId": row.activity,
        "failedActivityId": row.failed_activity,
        "causeIncidentId": Text(row.cause),
        "rootCauseIncidentId": Text(row.root_cause),
        "configuration": row.configuration,
        "historyConfiguration": row.history_configuration,
        "incidentMessage": row.message,
        "tenantId": row.tenant,
        "jobDefinitionId": row.job_definition.map(Text),
        "open": row.state == IncidentState::Open,
        "deleted": row.state == IncidentState::Deleted,
        "resolved": row.state == IncidentState::Resolved,
        "annotation": row.annotation,
    }
}

view! {
    /// A job log entry.
    JobLogView<'a> { row: HistoricJobLogRow<'a> } => {
        "id": Text(row.id),
        "timestamp": Date(row.time),
        "removalTime": row.removal_time.map(Date),
        "jobId": Text(row.job),
        "jobDueDate": row.due.map(Date),
        "jobRetries": row.retries,
        "jobPriority": row.priority,
        "jobExceptionMessage": row.message,
        "jobDefinitionId": row.job_definition.map(Text),
        "jobDefinitionType": row.job_definition_type,
        "jobDefinitionConfiguration": row.job_definition_configuration,
        "activityId": row.activity,
        "failedActivityId": row.failed_activity,
        "executionId": row.execution.map(Text),
        "processInstanceId": row.process_instance.map(Text),
        "processDefinitionId": row.process_definition_id(),
        "processDefinitionKey": row.process_definition_key(),
        "deploymentId": row.deployment().map(Text),
        "tenantId": row.tenant,
        "hostname": row.hostname,
        "rootProcessInstanceId": row.root().map(Text),
        "batchId": row.batch.map(Text),
        "creationLog": row.kind == LogKind::Creation,
        "failureLog": row.kind == LogKind::Failure,
        "successLog": row.kind == LogKind::Success,
        "deletionLog": row.kind == LogKind::Deletion,
    }
}

view! {
    /// An external task log entry.
    ExternalTaskLogView<'a> { row: HistoricExternalTaskLogRow<'a> } => {
        "id": Text(row.id),
        "timestamp": Date(row.time),
        "removalTime": row.removal_time.map(Date),
        "externalTaskId": Text(row.task),
        "topicName": row.topic,
        "workerId": row.worker,
        "priority": row.priority,
        "retries": row.retries,
        "errorMessage": row.message,
        "activityId": row.activity,
        "activityInstanceId": row.activity_instance_id(),
        "executionId": Text(row.execution),
        "processInstanceId": Text(row.process_instance),
        "processDefinitionId": row.process_definition_id(),
        "processDefinitionKey": row.process_definition_key(),
        "tenantId": row.tenant,
        "rootProcessInstanceId": row.root().map(Text),
        "creationLog": row.kind == LogKind::Creation,
        "failureLog": row.kind == LogKind::Failure,
        "successLog": row.kind == LogKind::Success,
        "deletionLog": row.kind == LogKind::Deletion,
    }
}

view! {
    /// An identity link log entry.
    LinkLogView<'a> { world: &'a World, row: &'a HistoricIdentityLinkLog }
    let instance = row.process_instance.and_then(|id| world.historic_process_instance(id));
    => {
        "id": Text(row.id),
        "time": Date(row.time),
        "type": row.kind,
        "userId": row.user,
        "groupId": row.group,
        "taskId": row.task.map(|task| world.task_text_id(task)),
        "processDefinitionId": definition_of(world, row.definition),
        "processDefinitionKey": definition_key(world, row.definition),
        "operationType": if row.added { "add" } else { "delete" },
        "assignerId": row.assigner,
        "tenantId": row.tenant,
        "removalTime": row.removal_time.map(Date),
        "rootProcessInstanceId": instance.map(|instance| Text(instance.root)),
    }
}

view! {
    /// One changed property of a user operation.
    OperationView<'a> { world: &'a World, row: &'a UserOperation }
    let instance = row.process_instance.and_then(|id| world.historic_process_instance(id));
    => {
        "id": Text(row.id),
        "deploymentId": row.deployment.map(Text),
        "processDefinitionId": definition_of(world, row.definition),
        "processDefinitionKey": row.definition_key,
        "processInstanceId": row.process_instance.map(Text),
        "executionId": row.execution.map(Text),
        "caseDefinitionId": None::<&str>,
        "caseInstanceId": None::<&str>,
        "caseExecutionId": None::<&str>,
        "taskId": row.task.map(|task| world.task_text_id(task)),
        "jobId": row.job.map(Text),
        "jobDefinitionId": row.job_definition.map(Text),
        "batchId": row.batch.map(Text),
        "userId": row.user,
        "timestamp": Date(row.time),
        "operationId": Text(row.operation),
        "externalTaskId": row.external_task.map(Text),
        "operationType": row.operation_type,
        "entityType": row.entity_type,
        "property": row.property,
        "orgValue": row.old_value,
        "newValue": row.new_value,
        "removalTime": row.removal_time.map(Date),
        "rootProcessInstanceId": instance.map(|instance| Text(instance.root)),
        "category": row.category,
        "annotation": row.annotation,
    }
}

/// An evaluated decision.
#[derive(Clone, Copy)]
pub(crate) struct DecisionView<'a> {
    /// The read model.
    pub(crate) world: &'a World,
    /// The decision.
    pub(crate) row: &'a HistoricDecisionInstance,
    /// Inputs are shown.
    pub(crate) inputs: bool,
    /// Outputs are shown.
    pub(crate) outputs: bool,
    /// Objects as JSON.
    pub(crate) deserialize: bool,
    /// Bytes are shown.
    pub(crate) binary: bool,
}

impl Serialize for DecisionView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { world, row, inputs, outputs, deserialize, binary } = *self;
        let instance = row.process_instance.and_then(|id| world.historic_process_instance(id));
        let root = instance.map(|instance| Text(instance.root));
        let decision = world.decision_definition(row.decision_definition);
        let requirements = row.requirements_definition.and_then(|id| world.requirements_definition(id));
        let activity = row.activity_instance.map(|id| super::activity_instance_id(row.activity.as_deref(), id));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &Text(row.id))?;
        let definition = decision.map_or_else(|| row.decision_definition.to_string(), |one| one.text_id.to_string());
        map.serialize_entry("decisionDefinitionId", &definition)?;
        map.serialize_entry("decisionDefinitionKey", &row.key)?;
        map.serialize_entry("decisionDefinitionName", &row.name)?;
        map.serialize_entry("evaluationTime", &Date(row.time))?;
        map.serialize_entry("removalTime", &row.removal_time.map(Date))?;
        map.serialize_entry("processDefinitionId", &definition_of(world, row.definition))?;
        map.serialize_entry("processDefinitionKey", &definition_key(world, row.definition))?;
        map.serialize_entry("processInstanceId", &row.process_instance.map(Text))?;
        map.serialize_entry("rootProcessInstanceId", &root)?;
        for absent in ["caseDefinitionId", "caseDefinitionKey", "caseInstanceId"] {
            map.serialize_entry(absent, &())?;
        }
        map.serialize_entry("activityId", &row.activity)?;
        map.serialize_entry("activityInstanceId", &activity)?;
        map.serialize_entry("userId", &row.user)?;
        let entry = |clause| ClauseView { decision: row, root, clause, deserialize, binary };
        let shown: Vec<_> = row.inputs.iter().map(|input| entry(Clause::Input(input))).collect();
        map.serialize_entry("inputs", &inputs.then_some(shown))?;
        let shown: Vec<_> = row.outputs.iter().map(|output| entry(Clause::Output(output))).collect();
        map.serialize_entry("outputs", &outputs.then_some(shown))?;
        map.serialize_entry("collectResultValue", &row.collect_result)?;
        map.serialize_entry("rootDecisionInstanceId", &row.root_decision.map(Text))?;
        map.serialize_entry("decisionRequirementsDefinitionId", &requirements.map(|one| &one.text_id))?;
        map.serialize_entry("decisionRequirementsDefinitionKey", &row.requirements_key)?;
        map.serialize_entry("tenantId", &row.tenant)?;
        map.end()
    }
}

#[derive(Clone, Copy)]
enum Clause<'a> {
    Input(&'a HistoricDecisionInput),
    Output(&'a HistoricDecisionOutput),
}

/// An input or output of an evaluated decision.
struct ClauseView<'a> {
    decision: &'a HistoricDecisionInstance,
    root: Option<Text>,
    clause: Clause<'a>,
    deserialize: bool,
    /// Bytes are shown.
    binary: bool,
}

impl Serialize for ClauseView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (id, value, clause, name) = match self.clause {
            Clause::Input(input) => (input.id, &input.value, &input.clause, &input.name),
            Clause::Output(output) => (output.id, &output.value, &output.clause, &output.name),
        };
        let mut map = serializer.serialize_map(None)?;
        Typed { detected: false, binary: self.binary, ..Typed::new(value, self.deserialize) }.entries(&mut map)?;
        map.serialize_entry("id", &Text(id))?;
        map.serialize_entry("decisionInstanceId", &Text(self.decision.id))?;
        map.serialize_entry("clauseId", clause)?;
        map.serialize_entry("clauseName", name)?;
        if let Clause::Output(output) = self.clause {
            map.serialize_entry("ruleId", &output.rule)?;
            map.serialize_entry("ruleOrder", &output.rule_order)?;
            map.serialize_entry("variableName", &output.variable)?;
        }
        map.serialize_entry("errorMessage", &())?;
        map.serialize_entry("createTime", &Date(self.decision.time))?;
        map.serialize_entry("removalTime", &self.decision.removal_time.map(Date))?;
        map.serialize_entry("rootProcessInstanceId", &self.root)?;
        map.end()
    }
}
