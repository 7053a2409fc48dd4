//! Incidents in history.

use engine_core::history::{HistoricIncident, IncidentState};
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::{among, under_each, under_id},
    parameters::{Sort, query, sorting},
    visibility::{Entry, reads_past, sees},
};
use crate::{
    request::Caller,
    world::{World, cold::Traces, past::Past},
};

query! {
    /// `GET /history/incident`.
    HistoricIncidentQuery
    text {
        incident_id, incident_type, incident_message, incident_message_like, process_definition_id, process_definition_key,
        process_instance_id, execution_id, activity_id, failed_activity_id, cause_incident_id, root_cause_incident_id,
        configuration, history_configuration,
    }
    texts { process_definition_key_in, job_definition_id_in, tenant_id_in }
    time { create_time_before, create_time_after, end_time_before, end_time_after }
    flag { open, resolved, deleted, without_tenant_id }
    ;
    sorting: Vec<Sort<HistoricIncidentSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricIncidentSorting {
    IncidentId = "incidentId",
    IncidentMessage = "incidentMessage",
    CreateTime = "createTime",
    EndTime = "endTime",
    IncidentType = "incidentType",
    ExecutionId = "executionId",
    ActivityId = "activityId",
    ProcessInstanceId = "processInstanceId",
    ProcessDefinitionId = "processDefinitionId",
    ProcessDefinitionKey = "processDefinitionKey",
    CauseIncidentId = "causeIncidentId",
    RootCauseIncidentId = "rootCauseIncidentId",
    Configuration = "configuration",
    HistoryConfiguration = "historyConfiguration",
    TenantId = "tenantId",
    IncidentState = "incidentState",
});

/// An incident in history.
pub type HistoricIncidentRow<'w> = Row<'w, HistoricIncident>;

evaluated! { HistoricIncidentQuery => HistoricIncidentRow; }

impl<'w> HistoricIncidentRow<'w> {
    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// `processDefinitionKey`.
    pub fn process_definition_key(&self) -> Option<&'w str> {
        self.world.definition_key(self.entity.definition)
    }

    /// `rootProcessInstanceId`.
    pub fn root(&self) -> Option<Id> {
        Some(self.world.historic_process_instance(self.entity.process_instance?)?.root)
    }
}

impl Criteria for HistoricIncidentQuery {
    type Row<'w> = HistoricIncidentRow<'w>;
    type SortBy = HistoricIncidentSorting;

    fn everything(world: &World) -> Rows<'_, HistoricIncidentRow<'_>> {
        Box::new(world.historic_incidents().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricIncidentRow<'_>> {
        world.historic_incident(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, world: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.incidents;
        Some(if let Some(id) = &self.incident_id {
            among(&past.archive.incidents, parsed([id]))
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if let Some(id) = &self.process_definition_id {
            under_each(&by.definition, world.definition_named(id))
        } else if let Some(key) = &self.process_definition_key {
            under_each(&by.definition, world.definitions_of(key))
        } else if !self.process_definition_key_in.is_empty() {
            under_each(&by.definition, world.definitions_of_keys(&self.process_definition_key_in))
        } else {
            return None;
        })
    }

    fn traces(&self, world: &World) -> Option<Traces> {
        let traces = Traces::any()
            .given(self.incident_id.as_ref().map(|id| parsed([id])))
            .given(self.process_instance_id.as_ref().map(|id| parsed([id])))
            .given(self.process_definition_id.as_ref().map(|id| world.definition_named(id)))
            .given(self.process_definition_key.as_ref().map(|key| world.definitions_of(key)));
        Some(traces)
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricIncidentRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.incident_id.as_ref(), Some(row.id));
        check.equals(self.incident_type.as_ref(), Some(&row.kind));
        check.equals(self.incident_message.as_ref(), row.message.as_deref());
        check.like(self.incident_message_like.as_ref(), row.message.as_deref());
        check.id(self.execution_id.as_ref(), row.execution);
        check.equals(self.activity_id.as_ref(), row.activity.as_deref());
        check.after(self.create_time_after, Some(row.start));
        check.before(self.create_time_before, Some(row.start));
        check.after(self.end_time_after, row.end);
        check.before(self.end_time_before, row.end);
        check.equals(self.failed_activity_id.as_ref(), row.failed_activity.as_deref());
        check.id(self.process_instance_id.as_ref(), row.process_instance);
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| row.process_definition_key() == Some(key));
        check.within(&self.process_definition_key_in, row.process_definition_key());
        check.id(self.cause_incident_id.as_ref(), Some(row.cause));
        check.id(self.root_cause_incident_id.as_ref(), Some(row.root_cause));
        check.equals(self.configuration.as_ref(), row.configuration.as_deref());
        check.equals(self.history_configuration.as_ref(), row.history_configuration.as_deref());
        check.when(self.open, || row.state == IncidentState::Open);
        check.when(self.resolved, || row.state == IncidentState::Resolved);
        check.when(self.deleted, || row.state == IncidentState::Deleted);
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.id_in(&self.job_definition_id_in, row.job_definition);
        check.verdict()
    }

    fn visible(&self, row: HistoricIncidentRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            let of = Entry { definition: row.definition, instance: row.process_instance, task: None };
            reads_past(row.world, viewer, of)
        })
    }

    fn sorting(&self) -> &[Sort<HistoricIncidentSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricIncidentSorting, row: Self::Row<'w>) -> Key<'w> {
        let entity = row.entity;
        match by {
            HistoricIncidentSorting::IncidentId => entity.id.into(),
            HistoricIncidentSorting::IncidentMessage => entity.message.as_deref().into(),
            HistoricIncidentSorting::CreateTime => entity.start.into(),
            HistoricIncidentSorting::EndTime => entity.end.into(),
            HistoricIncidentSorting::IncidentType => entity.kind.as_str().into(),
            HistoricIncidentSorting::ExecutionId => entity.execution.into(),
            HistoricIncidentSorting::ActivityId => entity.activity.as_deref().into(),
            HistoricIncidentSorting::ProcessInstanceId => entity.process_instance.into(),
            HistoricIncidentSorting::ProcessDefinitionId => row.process_definition_id().into(),
            HistoricIncidentSorting::ProcessDefinitionKey => row.process_definition_key().into(),
            HistoricIncidentSorting::CauseIncidentId => entity.cause.into(),
            HistoricIncidentSorting::RootCauseIncidentId => entity.root_cause.into(),
            HistoricIncidentSorting::Configuration => entity.configuration.as_deref().into(),
            HistoricIncidentSorting::HistoryConfiguration => entity.history_configuration.as_deref().into(),
            HistoricIncidentSorting::TenantId => entity.tenant.as_deref().into(),
            HistoricIncidentSorting::IncidentState => Key::Number(match entity.state {
                IncidentState::Open => 0,
                IncidentState::Resolved => 1,
                IncidentState::Deleted => 2,
            }),
        }
    }
}
