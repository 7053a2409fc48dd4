//! Variables in history.

use engine_core::history::HistoricVariableInstance;
use models::{Id, Value};

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::{under_id, under_ids, variable_trace, variables},
    parameters::{Sort, query, sorting},
    text::{equal_ignoring_case, like, like_ignoring_case, stored_type},
    variable_filter::{Operator, VariableFilter},
    visibility::{Entry, reads_past_variable, sees},
};
use crate::{
    request::Caller,
    world::{World, cold::Traces, index::folded_key, past::Past},
};

query! {
    /// `GET` and `POST /history/variable-instance`.
    HistoricVariableInstanceQuery
    text { process_instance_id, process_definition_id, process_definition_key, variable_name, variable_name_like }
    texts {
        process_instance_id_in, variable_name_in, variable_type_in, execution_id_in, task_id_in, activity_instance_id_in,
        tenant_id_in,
    }
    flag {
        include_deleted, without_tenant_id, variable_names_ignore_case, variable_values_ignore_case, impossible,
    }
    ;
    variable_value: Option<Value> = "`variableValue`, given together with `variableName`.",
    sorting: Vec<Sort<HistoricVariableInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricVariableInstanceSorting {
    InstanceId = "instanceId",
    VariableName = "variableName",
    TenantId = "tenantId",
});

/// A variable in history.
pub type HistoricVariableInstanceRow<'w> = Row<'w, HistoricVariableInstance>;

evaluated! { HistoricVariableInstanceQuery => HistoricVariableInstanceRow; }

impl<'w> HistoricVariableInstanceRow<'w> {
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

impl World {
    /// The id the API shows for an activity instance in history, whose activity is told or known.
    pub fn historic_activity_text_id(&self, id: Id, activity: Option<&str>) -> Option<String> {
        let known = self.historic_activity_instance(id).map(|row| row.activity.as_str());
        Some(match activity.or(known) {
            Some(activity) if self.historic_process_instance(id).is_none() => {
                engine_core::history::activity_instance_text(activity, id)
            }
            _ => id.to_string(),
        })
    }

    /// The id the API shows for a user task, running or ended.
    pub fn task_text_id(&self, id: Id) -> String {
        let running = self.task(id).and_then(|task| task.custom_id.as_deref());
        let custom = running.or_else(|| self.historic_task(id)?.custom_id.as_deref());
        custom.map_or_else(|| id.to_string(), str::to_owned)
    }
}

impl HistoricVariableInstanceQuery {
    fn has_name(&self, name: &str, wanted: &str) -> bool {
        if self.variable_names_ignore_case { equal_ignoring_case(name, wanted) } else { name == wanted }
    }

    fn value_filter(&self) -> Option<VariableFilter> {
        let name = self.variable_name.clone()?;
        let value = self.variable_value.clone()?;
        Some(VariableFilter { name, operator: Operator::Equals, value, any_number: false })
    }
}

impl Criteria for HistoricVariableInstanceQuery {
    type Row<'w> = HistoricVariableInstanceRow<'w>;
    type SortBy = HistoricVariableInstanceSorting;

    fn everything(world: &World) -> Rows<'_, HistoricVariableInstanceRow<'_>> {
        Box::new(world.historic_variables().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricVariableInstanceRow<'_>> {
        world.historic_variable(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, world: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.variables;
        Some(if !self.execution_id_in.is_empty() {
            under_ids(&by.execution, &self.execution_id_in)
        } else if !self.task_id_in.is_empty() {
            let tasks = self.task_id_in.iter().filter_map(|id| world.historic_task_by_text(id));
            super::narrow::under_each(&by.task, tasks.map(|task| task.id))
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if !self.process_instance_id_in.is_empty() {
            under_ids(&by.process_instance, &self.process_instance_id_in)
        } else if let Some(filter) = self.value_filter() {
            variables(&by.value, &filter)
        } else if let Some(name) = &self.variable_name {
            let (name, operator, value) = (name.clone(), Operator::NotEquals, Value::Null);
            variables(&by.value, &VariableFilter { name, operator, value, any_number: false })
        } else {
            return None;
        })
    }

    fn traces(&self, world: &World) -> Option<Traces> {
        let ids = |ids: &Vec<String>| (!ids.is_empty()).then(|| parsed(ids));
        let tasks = self.task_id_in.iter().filter_map(|id| world.historic_task_by_text(id).map(|task| task.id));
        let traces = Traces::any()
            .given(ids(&self.execution_id_in))
            .given((!self.task_id_in.is_empty()).then(|| tasks.collect::<Vec<_>>()))
            .given(self.process_instance_id.as_ref().map(|id| parsed([id])))
            .given(ids(&self.process_instance_id_in))
            .given(self.variable_name.as_ref().map(|name| [folded_key(name)]));
        Some(self.value_filter().iter().filter_map(variable_trace).fold(traces, Traces::with_trace))
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricVariableInstanceRow<'_>) -> bool {
        let mut check = Check::all();
        check.when(self.impossible, || false);
        check.within(&self.variable_name_in, Some(&row.name));
        check.id(self.process_instance_id.as_ref(), row.process_instance);
        check.id_in(&self.process_instance_id_in, row.process_instance);
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| row.world.definition_key(row.definition) == Some(key));
        check.text(self.variable_name.as_ref(), |name| self.has_name(&row.name, name));
        check.text(self.variable_name_like.as_ref(), |pattern| {
            if self.variable_names_ignore_case {
                like_ignoring_case(&row.name, pattern)
            } else {
                like(&row.name, pattern)
            }
        });
        check.when(!self.include_deleted, || !row.deleted);
        check.when(!self.task_id_in.is_empty(), || row.task_id().is_some_and(|id| self.task_id_in.contains(&id)));
        check.when(!self.variable_type_in.is_empty(), || {
            let name = stored_type(&row.value);
            self.variable_type_in.iter().any(|wanted| wanted.to_lowercase() == name)
        });
        check.id_in(&self.execution_id_in, row.execution);
        check.when(!self.activity_instance_id_in.is_empty(), || {
            row.activity_instance_id().is_some_and(|id| self.activity_instance_id_in.contains(&id))
        });
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        if let Some(filter) = self.value_filter() {
            check.when(true, || filter.holds(&row.value, self.variable_values_ignore_case));
        }
        check.verdict()
    }

    fn visible(&self, row: HistoricVariableInstanceRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            let of = Entry { definition: row.definition, instance: row.process_instance, task: row.task };
            reads_past_variable(row.world, viewer, of)
        })
    }

    fn sorting(&self) -> &[Sort<HistoricVariableInstanceSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricVariableInstanceSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            HistoricVariableInstanceSorting::InstanceId => row.process_instance.into(),
            HistoricVariableInstanceSorting::VariableName => row.entity.name.as_str().into(),
            HistoricVariableInstanceSorting::TenantId => row.entity.tenant.as_deref().into(),
        }
    }
}
