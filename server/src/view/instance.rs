//! Process instances, executions, activity instance trees, variables, event subscriptions, incidents.

use models::{Id, Value};
use serde::{Serialize, Serializer, ser::SerializeMap};
use tollgate::{
    state::{Execution, Incident, Variable},
    world::World,
};

use super::{Link, Text, activity_instance_id, definition_id, definition_key, definition_of, view};
use crate::{http::Date, value::Typed};

view! {
    /// A process instance.
    InstanceView<'a> { world: &'a World, row: &'a Execution }
    let history = world.historic_process_instance(row.id);
    => {
        "links": Link::to_self(None),
        "id": Text(row.id),
        "definitionId": definition_id(world, row.definition),
        "businessKey": row.business_key,
        "caseInstanceId": history.and_then(|history| history.case_instance.as_deref()),
        "ended": false,
        "suspended": row.suspended,
        "tenantId": row.tenant,
        "definitionKey": definition_key(world, Some(row.definition)),
    }
}

/// A process instance that was started just now; it may have ended already.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Started {
    pub(crate) links: Vec<Link>,
    pub(crate) id: String,
    pub(crate) definition_id: String,
    pub(crate) business_key: Option<String>,
    pub(crate) case_instance_id: Option<String>,
    pub(crate) ended: bool,
    pub(crate) suspended: bool,
    pub(crate) tenant_id: Option<String>,
    pub(crate) definition_key: Option<String>,
}

view! {
    /// An execution.
    ExecutionView<'a> { row: &'a Execution } => {
        "id": Text(row.id),
        "processInstanceId": Text(row.process_instance),
        "ended": false,
        "tenantId": row.tenant,
    }
}

view! {
    /// An incident.
    IncidentView<'a> { world: &'a World, row: &'a Incident }
    let job_definition = row.definition.zip(row.declaration).and_then(|(id, at)| world.job_definition_at(id, at));
    => {
        "id": Text(row.id),
        "processDefinitionId": definition_of(world, row.definition),
        "processInstanceId": row.process_instance.map(Text),
        "executionId": row.execution.map(Text),
        "incidentTimestamp": Date(row.created),
        "incidentType": row.kind,
        "activityId": row.activity,
        "failedActivityId": row.failed_activity,
        "causeIncidentId": Text(row.cause),
        "rootCauseIncidentId": Text(row.root_cause),
        "configuration": row.configuration,
        "incidentMessage": row.message,
        "tenantId": row.tenant,
        "jobDefinitionId": job_definition.map(|definition| Text(definition.id)),
        "annotation": row.annotation,
    }
}

/// A variable of a running instance.
#[derive(Clone, Copy)]
pub(crate) struct VariableView<'a> {
    pub(crate) world: &'a World,
    pub(crate) row: &'a Variable,
    /// Objects as JSON.
    pub(crate) deserialize: bool,
    /// Bytes are shown.
    pub(crate) binary: bool,
}

impl VariableView<'_> {
    /// The activity instance of the variable's scope.
    fn activity_instance(self) -> Option<String> {
        let Self { world, row, .. } = self;
        if let Some(task) = row.task.and_then(|task| world.task(task)) {
            let node =
                task.definition.zip(task.node).and_then(|(definition, node)| world.activity_id(definition, node));
            return task.activity_instance.map(|id| activity_instance_id(node, id));
        }
        let execution = world.execution(row.execution?)?;
        execution_activity_instance(world, execution)
    }
}

/// The activity instance that an execution's variables belong to.
fn execution_activity_instance(world: &World, execution: &Execution) -> Option<String> {
    if execution.parent.is_none() {
        return Some(execution.id.to_string());
    }
    let activity = execution.activity.and_then(|node| world.activity_id(execution.definition, node));
    match execution.activity_instance {
        Some(id) if id == execution.process_instance => Some(id.to_string()),
        Some(id) => Some(activity_instance_id(activity, id)),
        None => execution.parent.and_then(|parent| execution_activity_instance(world, world.execution(parent)?)),
    }
}

impl Serialize for VariableView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { world, row, deserialize, binary } = *self;
        let instance = row.process_instance.and_then(|id| world.execution(id));
        let tenant = instance.map(|instance| &instance.tenant);
        let value: &Value = &row.value;
        let mut map = serializer.serialize_map(None)?;
        Typed { value, deserialize, binary }.entries(&mut map)?;
        map.serialize_entry("id", &Text(row.id))?;
        map.serialize_entry("name", &row.name)?;
        map.serialize_entry(
            "processDefinitionId",
            &definition_of(world, instance.map(|instance| instance.definition)),
        )?;
        map.serialize_entry("processInstanceId", &row.process_instance.map(Text))?;
        map.serialize_entry("executionId", &row.execution.map(Text))?;
        map.serialize_entry("caseInstanceId", &())?;
        map.serialize_entry("caseExecutionId", &())?;
        map.serialize_entry("taskId", &row.task.map(|task| task_id(world, task)))?;
        map.serialize_entry("batchId", &())?;
        map.serialize_entry("activityInstanceId", &self.activity_instance())?;
        map.serialize_entry("errorMessage", &())?;
        map.serialize_entry("tenantId", &tenant)?;
        map.end()
    }
}

/// The id of a task as the API shows it.
pub(crate) fn task_id(world: &World, id: Id) -> String {
    let custom = world.task(id).and_then(|task| task.custom_id.clone());
    custom.map_or_else(|| id.to_string(), |custom| custom.to_string())
}
