//! Executions.

use engine_core::state::{Execution, SubscriptionKind};
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated},
    narrow::{under_each, under_id},
    parameters::{Sort, query, sorting},
    process_instance::meets_incident,
    visibility::{reads_instance, sees},
};
use crate::{
    request::Caller,
    world::{World, runtime::ExecutionIndexes},
};

query! {
    /// `GET` and `POST /execution`.
    ExecutionQuery
    text {
        execution_id, business_key, process_definition_id, process_definition_key, process_instance_id, activity_id,
        signal_event_subscription_name, message_event_subscription_name, incident_id, incident_type, incident_message,
        incident_message_like,
    }
    texts { tenant_id_in }
    flag { active, suspended, variable_names_ignore_case, variable_values_ignore_case }
    variables { variables, process_variables }
    ;
    sorting: Vec<Sort<ExecutionSorting>> = "Sorting keys, the first first.",
}

sorting!(ExecutionSorting {
    InstanceId = "instanceId",
    DefinitionKey = "definitionKey",
    DefinitionId = "definitionId",
    TenantId = "tenantId",
});

/// An execution in a result.
pub type ExecutionRow<'w> = Row<'w, Execution>;

evaluated! { ExecutionQuery => ExecutionRow; }

impl Criteria for ExecutionQuery {
    type Row<'w> = ExecutionRow<'w>;
    type SortBy = ExecutionSorting;

    fn everything(world: &World) -> Rows<'_, ExecutionRow<'_>> {
        Box::new(world.executions().map(move |execution| Row::new(world, execution)))
    }

    fn all_ids() -> Option<super::evaluate::AllIds> {
        Some(World::all_ids::<engine_core::state::Execution>)
    }

    fn row_id(row: ExecutionRow<'_>) -> Id {
        row.id
    }

    fn row(world: &World, id: Id) -> Option<ExecutionRow<'_>> {
        world.execution(id).map(|execution| Row::new(world, execution))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let by = ExecutionIndexes::views(world);
        let subscribed = |kind, name: &String| {
            world.subscriptions_for(kind, Some(name)).map(|subscription| subscription.execution).collect()
        };
        Some(if let Some(id) = &self.execution_id {
            id.parse().into_iter().collect()
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if let Some(key) = &self.business_key {
            let instances = world.process_instances_of_business_key(key).map(|row| row.id);
            under_each(&by.process_instance, instances)
        } else if let Some(name) = &self.message_event_subscription_name {
            subscribed(SubscriptionKind::Message, name)
        } else if let Some(name) = &self.signal_event_subscription_name {
            subscribed(SubscriptionKind::Signal, name)
        } else if let Some(filter) = self.process_variables.first() {
            under_each(&by.process_instance, world.instances_with_variable(filter))
        } else if let Some(id) = &self.process_definition_id {
            let instances = under_each(&by.definition, world.definition_named(id));
            under_each(&by.process_instance, instances)
        } else if let Some(key) = &self.process_definition_key {
            let instances = under_each(&by.definition, world.definitions_of(key));
            under_each(&by.process_instance, instances)
        } else {
            return None;
        })
    }

    fn matches(&self, row: ExecutionRow<'_>) -> bool {
        let world = row.world;
        let mut check = Check::all();
        check.text(self.process_definition_id.as_ref(), |id| world.definition_text(Some(row.definition)) == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| world.definition_key(Some(row.definition)) == Some(key));
        check.id(self.execution_id.as_ref(), Some(row.id));
        check.id(self.process_instance_id.as_ref(), Some(row.process_instance));
        check.text(self.business_key.as_ref(), |key| world.business_key(row.process_instance) == Some(key));
        check.text(self.activity_id.as_ref(), |activity| {
            row.activity.and_then(|node| world.activity_id(row.definition, node)) == Some(activity)
        });
        check.when(self.active && !self.suspended, || !row.suspended);
        check.when(self.suspended, || row.suspended);
        for filter in &self.variables {
            check.when(true, || {
                // a task's variables belong to its execution too
                let own = world.variables_of(row.id);
                let of_tasks = world.tasks_of_execution(row.id).flat_map(|task| world.variables_of(task.id));
                let variables = own.chain(of_tasks).map(|variable| (&*variable.name, &variable.value));
                filter.met_by(variables, self.variable_names_ignore_case, self.variable_values_ignore_case)
            });
        }
        for filter in &self.process_variables {
            check.when(true, || {
                let variables = world.variables_of_instance(row.process_instance);
                let variables = variables.filter(|variable| variable.task.is_none());
                let variables = variables.map(|variable| (&*variable.name, &variable.value));
                filter.met_by(variables, self.variable_names_ignore_case, self.variable_values_ignore_case)
            });
        }
        let waits_for = |kind, name: &str| {
            world
                .subscriptions_of_execution(row.id)
                .any(|subscription| subscription.kind == kind && subscription.name.as_deref() == Some(name))
        };
        check.text(self.signal_event_subscription_name.as_ref(), |name| waits_for(SubscriptionKind::Signal, name));
        check.text(self.message_event_subscription_name.as_ref(), |name| waits_for(SubscriptionKind::Message, name));
        let (kind, id) = (self.incident_type.as_ref(), self.incident_id.as_ref());
        let (message, pattern) = (self.incident_message.as_ref(), self.incident_message_like.as_ref());
        check.when(kind.is_some() || id.is_some() || message.is_some() || pattern.is_some(), || {
            meets_incident(world.incidents_of_execution(row.id), kind, id, message, pattern)
        });
        check.tenant(&self.tenant_id_in, false, false, row.tenant.as_deref());
        check.verdict()
    }

    fn visible(&self, row: ExecutionRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            reads_instance(row.world, viewer, Some(row.process_instance), Some(row.definition))
        })
    }

    fn sorting(&self) -> &[Sort<ExecutionSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &ExecutionSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            ExecutionSorting::InstanceId => row.process_instance.into(),
            ExecutionSorting::DefinitionKey => row.world.definition_key(Some(row.definition)).into(),
            ExecutionSorting::DefinitionId => row.world.definition_text(Some(row.definition)).into(),
            ExecutionSorting::TenantId => row.entity.tenant.as_deref().into(),
        }
    }
}
