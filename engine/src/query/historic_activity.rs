//! Activity instances in history.

use engine_core::{
    history::{HistoricActivityInstance, activity_instance_text},
    state::ActivityState,
};
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed, parsed_end},
    narrow::{among, under_each, under_id, under_text},
    parameters::{Sort, query, sorting},
    visibility::{Entry, reads_past, sees},
};
use crate::{
    request::Caller,
    world::{World, cold::Traces, index::text_key, past::Past},
};

query! {
    /// `GET` and `POST /history/activity-instance`.
    HistoricActivityInstanceQuery
    text {
        activity_instance_id, process_instance_id, process_definition_id, execution_id, activity_id, activity_name,
        activity_name_like, activity_type, task_assignee,
    }
    texts { tenant_id_in }
    time { started_before, started_after, finished_before, finished_after }
    flag { finished, unfinished, canceled, complete_scope, without_tenant_id }
    ;
    sorting: Vec<Sort<HistoricActivityInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricActivityInstanceSorting {
    ActivityInstanceId = "activityInstanceId",
    InstanceId = "instanceId",
    ExecutionId = "executionId",
    ActivityId = "activityId",
    ActivityName = "activityName",
    ActivityType = "activityType",
    StartTime = "startTime",
    EndTime = "endTime",
    Duration = "duration",
    DefinitionId = "definitionId",
    Occurrence = "occurrence",
    TenantId = "tenantId",
});

/// An activity instance in history.
pub type HistoricActivityInstanceRow<'w> = Row<'w, HistoricActivityInstance>;

evaluated! { HistoricActivityInstanceQuery => HistoricActivityInstanceRow; }

impl<'w> HistoricActivityInstanceRow<'w> {
    /// The id the API shows.
    pub fn text_id(&self) -> String {
        activity_instance_text(&self.entity.activity, self.entity.id)
    }

    /// `parentActivityInstanceId`.
    pub fn parent_text_id(&self) -> String {
        let entity = self.entity;
        if entity.parent == entity.process_instance || entity.parent_activity.is_empty() {
            entity.parent.to_string()
        } else {
            activity_instance_text(&entity.parent_activity, entity.parent)
        }
    }

    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(Some(self.entity.definition))
    }

    /// `durationInMillis`, once it has ended.
    pub fn duration_ms(&self) -> Option<i64> {
        self.entity.end.map(|end| end.0 - self.entity.start.0)
    }
}

impl Criteria for HistoricActivityInstanceQuery {
    type Row<'w> = HistoricActivityInstanceRow<'w>;
    type SortBy = HistoricActivityInstanceSorting;

    fn everything(world: &World) -> Rows<'_, HistoricActivityInstanceRow<'_>> {
        Box::new(world.historic_activity_instances().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricActivityInstanceRow<'_>> {
        world.historic_activity_instance(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, world: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.activity_instances;
        Some(if let Some(id) = &self.activity_instance_id {
            among(&past.archive.activity_instances, parsed_end(id).into_iter().collect())
        } else if let Some(id) = &self.execution_id {
            under_id(&by.execution, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if let Some(activity) = &self.activity_id {
            under_text(&by.activity, activity)
        } else if let Some(id) = &self.process_definition_id {
            under_each(&by.definition, world.definition_named(id))
        } else {
            return None;
        })
    }

    fn traces(&self, world: &World) -> Option<Traces> {
        let ids = |id: &String| parsed([id]);
        let traces = Traces::any()
            .given(self.activity_instance_id.as_ref().map(|id| parsed_end(id)))
            .given(self.execution_id.as_ref().map(ids))
            .given(self.process_instance_id.as_ref().map(ids))
            .given(self.activity_id.as_ref().map(|id| [text_key(id)]))
            .given(self.process_definition_id.as_ref().map(|id| world.definition_named(id)))
            .since(self.started_after.max(self.finished_after))
            .until(self.started_before);
        Some(traces)
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricActivityInstanceRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.process_instance_id.as_ref(), Some(row.process_instance));
        check.text(self.activity_instance_id.as_ref(), |id| row.text_id() == id);
        check.id(self.execution_id.as_ref(), Some(row.execution));
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.equals(self.activity_id.as_ref(), Some(&row.activity));
        check.equals(self.activity_name.as_ref(), row.activity_name.as_deref());
        check.like(self.activity_name_like.as_ref(), row.activity_name.as_deref());
        check.equals(self.activity_type.as_ref(), Some(&row.activity_type));
        check.equals(self.task_assignee.as_ref(), row.assignee.as_deref());
        check.when(self.unfinished, || row.end.is_none());
        check.when(self.finished, || row.end.is_some());
        check.until(self.started_before, Some(row.start));
        check.since(self.started_after, Some(row.start));
        check.until(self.finished_before, row.end);
        check.since(self.finished_after, row.end);
        check.when(self.canceled, || row.state == ActivityState::Canceled);
        check.when(self.complete_scope, || row.state == ActivityState::ScopeComplete);
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.verdict()
    }

    fn visible(&self, row: HistoricActivityInstanceRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            let of = Entry { definition: Some(row.definition), instance: Some(row.process_instance), task: None };
            reads_past(row.world, viewer, of)
        })
    }

    fn sorting(&self) -> &[Sort<HistoricActivityInstanceSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricActivityInstanceSorting, row: Self::Row<'w>) -> Key<'w> {
        let entity = row.entity;
        match by {
            HistoricActivityInstanceSorting::ActivityInstanceId => row.text_id().into(),
            HistoricActivityInstanceSorting::InstanceId => entity.process_instance.into(),
            HistoricActivityInstanceSorting::ExecutionId => entity.execution.into(),
            HistoricActivityInstanceSorting::ActivityId => entity.activity.as_str().into(),
            HistoricActivityInstanceSorting::ActivityName => entity.activity_name.as_deref().into(),
            HistoricActivityInstanceSorting::ActivityType => entity.activity_type.as_str().into(),
            HistoricActivityInstanceSorting::StartTime => entity.start.into(),
            HistoricActivityInstanceSorting::EndTime => entity.end.into(),
            HistoricActivityInstanceSorting::Duration => row.duration_ms().into(),
            HistoricActivityInstanceSorting::DefinitionId => row.process_definition_id().into(),
            HistoricActivityInstanceSorting::Occurrence => {
                // equal counters are ordered by the printed id
                format!("{:020}{}", entity.sequence, row.text_id()).into()
            }
            HistoricActivityInstanceSorting::TenantId => entity.tenant.as_deref().into(),
        }
    }
}
