//! Variable updates and form fields in history.

use engine_core::history::HistoricDetail;
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::{under_each, under_id, under_ids},
    parameters::{Sort, query, sorting},
    text::{like_ignoring_case, stored_type},
    visibility::{Entry, reads_past_variable, sees},
};
use crate::{
    request::Caller,
    world::{World, cold::Traces, past::Past},
};

query! {
    /// `GET` and `POST /history/detail`.
    HistoricDetailQuery
    text {
        process_instance_id, execution_id, activity_instance_id, task_id, variable_instance_id, variable_name_like,
        user_operation_id,
    }
    texts { process_instance_id_in, variable_type_in, tenant_id_in }
    time { occurred_before, occurred_after }
    flag { form_fields, variable_updates, exclude_task_details, initial, without_tenant_id, impossible }
    ;
    sorting: Vec<Sort<HistoricDetailSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricDetailSorting {
    ProcessInstanceId = "processInstanceId",
    VariableName = "variableName",
    VariableType = "variableType",
    VariableRevision = "variableRevision",
    FormPropertyId = "formPropertyId",
    Time = "time",
    Occurrence = "occurrence",
    TenantId = "tenantId",
});

/// A detail in history.
pub type HistoricDetailRow<'w> = Row<'w, HistoricDetail>;

evaluated! { HistoricDetailQuery => HistoricDetailRow; }

impl<'w> HistoricDetailRow<'w> {
    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// `activityInstanceId`.
    pub fn activity_instance_id(&self) -> Option<String> {
        self.world.historic_activity_text_id(self.entity.activity_instance?, self.entity.activity.as_deref())
    }

    /// `taskId`.
    pub fn task_id(&self) -> Option<String> {
        self.entity.task.map(|id| self.world.task_text_id(id))
    }

    /// `rootProcessInstanceId`.
    pub fn root(&self) -> Option<Id> {
        Some(self.world.historic_process_instance(self.entity.process_instance?)?.root)
    }
}

impl Criteria for HistoricDetailQuery {
    type Row<'w> = HistoricDetailRow<'w>;
    type SortBy = HistoricDetailSorting;

    fn everything(world: &World) -> Rows<'_, HistoricDetailRow<'_>> {
        Box::new(world.historic_details().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricDetailRow<'_>> {
        world.historic_detail(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, world: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.details;
        Some(if let Some(id) = &self.variable_instance_id {
            under_id(&by.variable, id)
        } else if let Some(id) = &self.task_id {
            under_each(&by.task, world.historic_task_by_text(id).map(|task| task.id))
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if !self.process_instance_id_in.is_empty() {
            under_ids(&by.process_instance, &self.process_instance_id_in)
        } else {
            return None;
        })
    }

    fn traces(&self, world: &World) -> Option<Traces> {
        let task = |id: &String| world.historic_task_by_text(id).map(|task| task.id);
        let traces = Traces::any()
            .given(self.variable_instance_id.as_ref().map(|id| parsed([id])))
            .given(self.task_id.as_ref().map(task))
            .given(self.process_instance_id.as_ref().map(|id| parsed([id])))
            .given((!self.process_instance_id_in.is_empty()).then(|| parsed(&self.process_instance_id_in)));
        Some(traces)
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricDetailRow<'_>) -> bool {
        let mut check = Check::all();
        check.when(self.impossible, || false);
        check.id(self.process_instance_id.as_ref(), row.process_instance);
        check.id_in(&self.process_instance_id_in, row.process_instance);
        check.id(self.execution_id.as_ref(), row.execution);
        check.text(self.activity_instance_id.as_ref(), |id| row.activity_instance_id().as_deref() == Some(id));
        check.id(self.variable_instance_id.as_ref(), row.variable);
        check.when(!self.variable_type_in.is_empty(), || {
            let name = stored_type(&row.value);
            !row.form_field && self.variable_type_in.iter().any(|wanted| wanted.to_lowercase() == name)
        });
        check.text(self.variable_name_like.as_ref(), |pattern| {
            !row.form_field && like_ignoring_case(&row.name, pattern)
        });
        check.text(self.task_id.as_ref(), |id| row.task_id().as_deref() == Some(id));
        check.when(self.exclude_task_details && self.task_id.is_none(), || row.task.is_none());
        check.when(self.form_fields, || row.form_field);
        check.when(self.variable_updates, || !row.form_field);
        check.id(self.user_operation_id.as_ref(), row.operation);
        check.until(self.occurred_before, Some(row.time));
        check.since(self.occurred_after, Some(row.time));
        check.when(self.initial, || row.initial);
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.verdict()
    }

    fn visible(&self, row: HistoricDetailRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            let of = Entry { definition: row.definition, instance: row.process_instance, task: row.task };
            reads_past_variable(row.world, viewer, of)
        })
    }

    fn sorting(&self) -> &[Sort<HistoricDetailSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricDetailSorting, row: Self::Row<'w>) -> Key<'w> {
        let entity = row.entity;
        match by {
            HistoricDetailSorting::ProcessInstanceId => entity.process_instance.into(),
            HistoricDetailSorting::VariableName | HistoricDetailSorting::FormPropertyId => entity.name.as_str().into(),
            HistoricDetailSorting::VariableType => {
                // of the detail, not of the variable
                Key::text(if entity.form_field { "FormProperty" } else { "VariableUpdate" })
            }
            HistoricDetailSorting::VariableRevision => i64::from(entity.revision).into(),
            HistoricDetailSorting::Time => entity.time.into(),
            HistoricDetailSorting::Occurrence => entity.id.into(),
            HistoricDetailSorting::TenantId => entity.tenant.as_deref().into(),
        }
    }
}
