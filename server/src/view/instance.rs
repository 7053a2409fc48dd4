//! Process instances, executions, activity instance trees, variables, event subscriptions, incidents.

use serde::{Serialize, Serializer, ser::SerializeMap};
use tollgate::{
    query::VariableInstanceRow,
    state::{Execution, Incident},
    world::World,
};

use super::{Link, Text, definition_id, definition_key, definition_of, view};
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
    /// The variable.
    pub(crate) row: VariableInstanceRow<'a>,
    /// Objects as JSON.
    pub(crate) deserialize: bool,
    /// Bytes are shown.
    pub(crate) binary: bool,
}

impl Serialize for VariableView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { row, deserialize, binary } = *self;
        let mut map = serializer.serialize_map(None)?;
        Typed { binary, ..Typed::new(&row.entity.value, deserialize) }.entries(&mut map)?;
        map.serialize_entry("id", &Text(row.id))?;
        map.serialize_entry("name", &row.name)?;
        map.serialize_entry("processDefinitionId", &row.process_definition_id())?;
        map.serialize_entry("processInstanceId", &row.process_instance.map(Text))?;
        map.serialize_entry("executionId", &row.execution.map(Text))?;
        map.serialize_entry("caseInstanceId", &())?;
        map.serialize_entry("caseExecutionId", &())?;
        map.serialize_entry("taskId", &row.task_id())?;
        map.serialize_entry("batchId", &())?;
        map.serialize_entry("activityInstanceId", &row.activity_instance_id())?;
        map.serialize_entry("errorMessage", &())?;
        map.serialize_entry("tenantId", &row.tenant())?;
        map.end()
    }
}
