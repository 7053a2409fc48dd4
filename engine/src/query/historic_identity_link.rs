//! The log of identity links in history.

use engine_core::history::HistoricIdentityLinkLog;
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated},
    narrow::under_each,
    parameters::{Sort, query, sorting},
    visibility::{Entry, reads_past, sees},
};
use crate::{
    request::Caller,
    world::{World, cold::Traces, past::Past},
};

query! {
    /// `GET /history/identity-link-log`.
    HistoricIdentityLinkLogQuery
    text {
        // `type` of the API is a word of the language
        kind, user_id, group_id, task_id, process_definition_id, process_definition_key, operation_type, assigner_id,
    }
    texts { tenant_id_in }
    time { date_before, date_after }
    flag { without_tenant_id }
    ;
    sorting: Vec<Sort<HistoricIdentityLinkLogSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricIdentityLinkLogSorting {
    Time = "time",
    Type = "type",
    UserId = "userId",
    GroupId = "groupId",
    TaskId = "taskId",
    ProcessDefinitionId = "processDefinitionId",
    ProcessDefinitionKey = "processDefinitionKey",
    OperationType = "operationType",
    AssignerId = "assignerId",
    TenantId = "tenantId",
});

/// An entry of the identity link log.
pub type HistoricIdentityLinkLogRow<'w> = Row<'w, HistoricIdentityLinkLog>;

evaluated! { HistoricIdentityLinkLogQuery => HistoricIdentityLinkLogRow; }

impl<'w> HistoricIdentityLinkLogRow<'w> {
    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// `processDefinitionKey`.
    pub fn process_definition_key(&self) -> Option<&'w str> {
        self.world.definition_key(self.entity.definition)
    }

    /// `taskId`.
    pub fn task_id(&self) -> Option<String> {
        self.entity.task.map(|id| self.world.task_text_id(id))
    }

    /// `operationType`.
    pub fn operation_type(&self) -> &'static str {
        if self.entity.added { "add" } else { "delete" }
    }

    /// `rootProcessInstanceId`.
    pub fn root(&self) -> Option<Id> {
        Some(self.world.historic_process_instance(self.entity.process_instance?)?.root)
    }
}

impl Criteria for HistoricIdentityLinkLogQuery {
    type Row<'w> = HistoricIdentityLinkLogRow<'w>;
    type SortBy = HistoricIdentityLinkLogSorting;

    fn everything(world: &World) -> Rows<'_, HistoricIdentityLinkLogRow<'_>> {
        Box::new(world.historic_identity_links().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricIdentityLinkLogRow<'_>> {
        world.historic_identity_link(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, world: &World, past: &Past) -> Option<Vec<Id>> {
        let task = world.historic_task_by_text(self.task_id.as_ref()?);
        Some(under_each(&past.identity_links.task, task.map(|task| task.id)))
    }

    fn traces(&self, world: &World) -> Option<Traces> {
        let task = |id: &String| world.historic_task_by_text(id).map(|task| task.id);
        Some(Traces::any().given(self.task_id.as_ref().map(task)))
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricIdentityLinkLogRow<'_>) -> bool {
        let mut check = Check::all();
        check.equals(self.kind.as_ref(), Some(&row.kind));
        check.equals(self.user_id.as_ref(), row.user.as_deref());
        check.equals(self.group_id.as_ref(), row.group.as_deref());
        check.text(self.task_id.as_ref(), |id| row.task_id().as_deref() == Some(id));
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| row.process_definition_key() == Some(key));
        check.equals(self.operation_type.as_ref(), Some(row.operation_type()));
        check.equals(self.assigner_id.as_ref(), row.assigner.as_deref());
        check.until(self.date_before, Some(row.time));
        check.since(self.date_after, Some(row.time));
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.verdict()
    }

    fn visible(&self, row: HistoricIdentityLinkLogRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            let instance = row.task.and_then(|id| row.world.historic_task(id)).and_then(|task| task.process_instance);
            reads_past(row.world, viewer, Entry { definition: row.definition, instance, task: row.task })
        })
    }

    fn sorting(&self) -> &[Sort<HistoricIdentityLinkLogSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricIdentityLinkLogSorting, row: Self::Row<'w>) -> Key<'w> {
        let entity = row.entity;
        match by {
            HistoricIdentityLinkLogSorting::Time => entity.time.into(),
            HistoricIdentityLinkLogSorting::Type => entity.kind.as_str().into(),
            HistoricIdentityLinkLogSorting::UserId => entity.user.as_deref().into(),
            HistoricIdentityLinkLogSorting::GroupId => entity.group.as_deref().into(),
            HistoricIdentityLinkLogSorting::TaskId => row.task_id().into(),
            HistoricIdentityLinkLogSorting::ProcessDefinitionId => row.process_definition_id().into(),
            HistoricIdentityLinkLogSorting::ProcessDefinitionKey => row.process_definition_key().into(),
            HistoricIdentityLinkLogSorting::OperationType => row.operation_type().into(),
            HistoricIdentityLinkLogSorting::AssignerId => entity.assigner.as_deref().into(),
            HistoricIdentityLinkLogSorting::TenantId => entity.tenant.as_deref().into(),
        }
    }
}
