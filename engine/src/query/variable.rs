//! Variables of running instances.

use engine_core::state::Variable;
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated},
    narrow::{under_ids, variables},
    parameters::{Sort, query, sorting},
    text::{like, like_ignoring_case, stored_type},
    variable_filter::{Operator, VariableFilter},
    visibility::{may_any, reads_instance, sees},
};
use crate::{
    request::Caller,
    world::{
        World,
        permission::{READ, READ_INSTANCE_VARIABLE, Resource, TASK_READ_VARIABLE},
        runtime::VariableIndexes,
    },
};

query! {
    /// `GET` and `POST /variable-instance`.
    VariableInstanceQuery
    text { variable_name, variable_name_like }
    texts {
        process_instance_id_in, execution_id_in, task_id_in, batch_id_in, variable_scope_id_in, activity_instance_id_in,
        tenant_id_in,
    }
    flag { variable_names_ignore_case, variable_values_ignore_case, impossible }
    variables { variable_values }
    ;
    sorting: Vec<Sort<VariableInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(VariableInstanceSorting {
    VariableName = "variableName",
    VariableType = "variableType",
    ActivityInstanceId = "activityInstanceId",
    TenantId = "tenantId",
});

/// A variable in a result.
pub type VariableInstanceRow<'w> = Row<'w, Variable>;

evaluated! { VariableInstanceQuery => VariableInstanceRow; }

impl<'w> VariableInstanceRow<'w> {
    /// `activityInstanceId`: of the task's execution, of the process instance, or of the scope.
    pub fn activity_instance_id(&self) -> Option<String> {
        let world = self.world;
        let execution = world.execution(self.entity.execution?)?;
        // an execution without activity stands for the scope below it
        let own = || match execution.activity {
            Some(_) => world.activity_instance_text_id(execution),
            None => execution.activity_instance.map(|id| world.scope_instance_text_id(id, execution)),
        };
        if self.entity.task.is_some() || self.entity.concurrent_local {
            return own();
        }
        match execution.parent.and_then(|parent| world.execution(parent)) {
            None => Some(execution.id.to_string()),
            Some(parent) if execution.is_scope => {
                parent.activity_instance.map(|id| world.scope_instance_text_id(id, execution))
            }
            Some(_) => own(),
        }
    }

    /// The process definition.
    pub fn definition(&self) -> Option<Id> {
        Some(self.world.execution(self.entity.execution?)?.definition)
    }

    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.definition())
    }

    /// The tenant of its execution or task.
    pub fn tenant(&self) -> Option<&'w str> {
        let entity = self.entity;
        let task = entity.task.and_then(|task| self.world.task(task));
        let of_task = task.and_then(|task| task.tenant.as_deref());
        of_task.or_else(|| self.world.execution(entity.execution?)?.tenant.as_deref())
    }

    /// `taskId`.
    pub fn task_id(&self) -> Option<String> {
        let id = self.entity.task?;
        let task = self.world.task(id);
        Some(task.and_then(|task| task.custom_id.as_deref()).map_or_else(|| id.to_string(), str::to_owned))
    }
}

impl VariableInstanceQuery {
    /// Scopes that texts name: executions, or tasks by the ids the API shows.
    fn scopes(world: &World, texts: &[String]) -> Vec<Id> {
        let task = |text: &String| world.task_by_text(text).map(|task| task.id);
        texts.iter().filter_map(|text| text.parse().ok().or_else(|| task(text))).collect()
    }
}

impl Criteria for VariableInstanceQuery {
    type Row<'w> = VariableInstanceRow<'w>;
    type SortBy = VariableInstanceSorting;

    fn everything(world: &World) -> Rows<'_, VariableInstanceRow<'_>> {
        Box::new(world.variables().map(move |variable| Row::new(world, variable)))
    }

    fn all_ids() -> Option<super::evaluate::AllIds> {
        Some(World::all_ids::<engine_core::state::Variable>)
    }

    fn row_id(row: VariableInstanceRow<'_>) -> Id {
        row.id
    }

    fn row(world: &World, id: Id) -> Option<VariableInstanceRow<'_>> {
        world.variable(id).map(|variable| Row::new(world, variable))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let by = VariableIndexes::views(world);
        let of_scopes = |texts| {
            let scopes = Self::scopes(world, texts);
            super::narrow::under_each(&by.scope, scopes)
        };
        Some(if !self.variable_scope_id_in.is_empty() {
            of_scopes(&self.variable_scope_id_in)
        } else if !self.task_id_in.is_empty() {
            of_scopes(&self.task_id_in)
        } else if !self.process_instance_id_in.is_empty() {
            under_ids(&by.process_instance, &self.process_instance_id_in)
        } else if let Some(filter) = self.variable_values.first() {
            variables(&by.value, filter)
        } else if let Some(name) = &self.variable_name {
            // any value
            let filter = VariableFilter {
                name: name.clone(),
                operator: Operator::NotEquals,
                value: models::Value::Null,
                any_number: false,
            };
            variables(&by.value, &filter)
        } else {
            return None;
        })
    }

    fn matches(&self, row: VariableInstanceRow<'_>) -> bool {
        let world = row.world;
        let mut check = Check::all();
        check.when(self.impossible || !self.batch_id_in.is_empty(), || false);
        check.equals(self.variable_name.as_ref(), Some(&row.name));
        check.text(self.variable_name_like.as_ref(), |pattern| {
            if self.variable_names_ignore_case {
                like_ignoring_case(&row.name, pattern)
            } else {
                like(&row.name, pattern)
            }
        });
        check.id_in(&self.execution_id_in, row.execution);
        check.id_in(&self.process_instance_id_in, row.process_instance);
        check.when(!self.task_id_in.is_empty(), || row.task_id().is_some_and(|id| self.task_id_in.contains(&id)));
        check.when(!self.variable_scope_id_in.is_empty(), || {
            Self::scopes(world, &self.variable_scope_id_in).contains(&row.scope)
        });
        check.when(!self.activity_instance_id_in.is_empty(), || {
            row.activity_instance_id().is_some_and(|id| self.activity_instance_id_in.contains(&id))
        });
        check.tenant(&self.tenant_id_in, false, false, row.tenant());
        for filter in &self.variable_values {
            check.when(true, || {
                let variable = std::iter::once((&*row.name, &row.entity.value));
                filter.met_by(variable, self.variable_names_ignore_case, self.variable_values_ignore_case)
            });
        }
        check.verdict()
    }

    fn visible(&self, row: VariableInstanceRow<'_>, viewer: &Caller) -> bool {
        if viewer.policy.specific_variables {
            return sees(viewer, row.tenant(), || {
                let (task, key) = (row.task_id(), row.world.definition_key(row.definition()));
                may_any(
                    row.world,
                    viewer,
                    &[
                        (Resource::ProcessDefinition, key, READ_INSTANCE_VARIABLE),
                        (Resource::Task, task.as_deref(), TASK_READ_VARIABLE),
                    ],
                )
            });
        }
        sees(viewer, row.tenant(), || match row.task_id() {
            Some(task) if row.world.may(viewer, Resource::Task, Some(&task), READ) => true,
            Some(_) if row.process_instance.is_none() => false,
            _ => reads_instance(row.world, viewer, row.process_instance, row.definition()),
        })
    }

    fn sorting(&self) -> &[Sort<VariableInstanceSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &VariableInstanceSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            VariableInstanceSorting::VariableName => Key::text(&row.entity.name),
            VariableInstanceSorting::VariableType => stored_type(&row.value).into_owned().into(),
            VariableInstanceSorting::ActivityInstanceId => row.activity_instance_id().into(),
            VariableInstanceSorting::TenantId => row.tenant().into(),
        }
    }
}
