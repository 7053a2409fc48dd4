//! Open incidents.

use engine_core::state::Incident;
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::{under_each, under_id, under_text},
    parameters::{Sort, query, sorting},
    visibility::{reads_instance, sees},
};
use crate::{request::Caller, world::World};

query! {
    /// `GET /incident`.
    IncidentQuery
    text {
        incident_id, incident_type, incident_message, incident_message_like, process_definition_id, process_instance_id,
        execution_id, activity_id, failed_activity_id, cause_incident_id, root_cause_incident_id, configuration,
    }
    texts { process_definition_key_in, job_definition_id_in, tenant_id_in }
    time { incident_timestamp_before, incident_timestamp_after }
    ;
    sorting: Vec<Sort<IncidentSorting>> = "Sorting keys, the first first.",
}

sorting!(IncidentSorting {
    IncidentId = "incidentId",
    IncidentMessage = "incidentMessage",
    IncidentTimestamp = "incidentTimestamp",
    IncidentType = "incidentType",
    ExecutionId = "executionId",
    ActivityId = "activityId",
    ProcessInstanceId = "processInstanceId",
    ProcessDefinitionId = "processDefinitionId",
    CauseIncidentId = "causeIncidentId",
    RootCauseIncidentId = "rootCauseIncidentId",
    Configuration = "configuration",
    TenantId = "tenantId",
});

/// An open incident in a result.
pub type IncidentRow<'w> = Row<'w, Incident>;

evaluated! { IncidentQuery => IncidentRow; }

impl<'w> IncidentRow<'w> {
    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// `jobDefinitionId`: of the failed job.
    pub fn job_definition(&self) -> Option<Id> {
        let declared = self
            .entity
            .definition
            .zip(self.entity.declaration)
            .and_then(|(definition, declaration)| self.world.job_definition_at(definition, declaration));
        declared
            .or_else(|| {
                let job = self.world.job(self.entity.configuration.as_ref()?.parse().ok()?)?;
                self.world.job_definition_of(job)
            })
            .map(|definition| definition.id)
    }
}

impl Criteria for IncidentQuery {
    type Row<'w> = IncidentRow<'w>;
    type SortBy = IncidentSorting;

    fn everything(world: &World) -> Rows<'_, IncidentRow<'_>> {
        Box::new(world.incidents().map(move |incident| Row::new(world, incident)))
    }

    fn row(world: &World, id: Id) -> Option<IncidentRow<'_>> {
        world.incident(id).map(|incident| Row::new(world, incident))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let by = &world.runtime.incidents.by;
        Some(if let Some(id) = &self.incident_id {
            parsed([id])
        } else if let Some(id) = &self.execution_id {
            under_id(&by.execution, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if let Some(configuration) = &self.configuration {
            under_text(&by.configuration, configuration)
        } else if let Some(id) = &self.process_definition_id {
            under_each(&by.definition, world.definition_named(id))
        } else if !self.process_definition_key_in.is_empty() {
            under_each(&by.definition, world.definitions_of_keys(&self.process_definition_key_in))
        } else {
            return None;
        })
    }

    fn matches(&self, row: IncidentRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.incident_id.as_ref(), Some(row.id));
        check.equals(self.incident_type.as_ref(), Some(&row.kind));
        check.equals(self.incident_message.as_ref(), row.message.as_deref());
        check.like(self.incident_message_like.as_ref(), row.message.as_deref());
        check.id(self.execution_id.as_ref(), row.execution);
        check.before(self.incident_timestamp_before, Some(row.created));
        check.after(self.incident_timestamp_after, Some(row.created));
        check.equals(self.activity_id.as_ref(), row.activity.as_deref());
        check.equals(self.failed_activity_id.as_ref(), row.failed_activity.as_deref());
        check.id(self.process_instance_id.as_ref(), row.process_instance);
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.within(&self.process_definition_key_in, row.world.definition_key(row.definition));
        check.id(self.cause_incident_id.as_ref(), Some(row.cause));
        check.id(self.root_cause_incident_id.as_ref(), Some(row.root_cause));
        check.equals(self.configuration.as_ref(), row.configuration.as_deref());
        check.tenant(&self.tenant_id_in, false, false, row.tenant.as_deref());
        check.id_in(&self.job_definition_id_in, row.job_definition());
        check.verdict()
    }

    fn visible(&self, row: IncidentRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || reads_instance(row.world, viewer, row.process_instance, row.definition))
    }

    fn sorting(&self) -> &[Sort<IncidentSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &IncidentSorting, row: Self::Row<'w>) -> Key<'w> {
        let entity = row.entity;
        match by {
            IncidentSorting::IncidentId => entity.id.into(),
            IncidentSorting::IncidentMessage => entity.message.as_deref().into(),
            IncidentSorting::IncidentTimestamp => entity.created.into(),
            IncidentSorting::IncidentType => Key::text(&entity.kind),
            IncidentSorting::ExecutionId => entity.execution.into(),
            IncidentSorting::ActivityId => entity.activity.as_deref().into(),
            IncidentSorting::ProcessInstanceId => entity.process_instance.into(),
            IncidentSorting::ProcessDefinitionId => row.process_definition_id().into(),
            IncidentSorting::CauseIncidentId => entity.cause.into(),
            IncidentSorting::RootCauseIncidentId => entity.root_cause.into(),
            IncidentSorting::Configuration => entity.configuration.as_deref().into(),
            IncidentSorting::TenantId => entity.tenant.as_deref().into(),
        }
    }
}
