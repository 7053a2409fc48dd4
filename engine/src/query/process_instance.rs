//! Running process instances.

use engine_core::state::{Execution, Incident};
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::{count_each, under_each, under_id},
    parameters::{Sort, query, sorting},
    visibility::{reads_instance, sees},
};
use crate::{
    request::Caller,
    world::{World, runtime::ExecutionIndexes},
};

query! {
    /// `GET` and `POST /process-instance`.
    ProcessInstanceQuery
    text {
        business_key, business_key_like, process_definition_id, process_definition_key, deployment_id,
        super_process_instance, sub_process_instance, root_process_instance_id, incident_id, incident_type,
        incident_message, incident_message_like, case_instance_id,
    }
    texts {
        process_instance_ids, process_definition_key_in, process_definition_key_not_in, activity_id_in, tenant_id_in,
    }
    flag {
        active, suspended, with_incident, without_tenant_id, process_definition_without_tenant_id, root_process_instances,
        leaf_process_instances, variable_names_ignore_case, variable_values_ignore_case, impossible,
    }
    variables { variables }
    ;
    or_queries: Vec<ProcessInstanceQuery> = "Groups of which each must have one criterion that is met.",
    sorting: Vec<Sort<ProcessInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(ProcessInstanceSorting {
    InstanceId = "instanceId",
    DefinitionKey = "definitionKey",
    DefinitionId = "definitionId",
    TenantId = "tenantId",
    BusinessKey = "businessKey",
});

/// A running process instance in a result: its root execution.
pub type ProcessInstanceRow<'w> = Row<'w, Execution>;

evaluated! { ProcessInstanceQuery => ProcessInstanceRow; }

super::evaluate::identified!(ProcessInstanceQuery);

/// Whether one incident meets all criteria on incidents that are given.
pub(super) fn meets_incident<'w>(
    mut incidents: impl Iterator<Item = &'w Incident>,
    kind: Option<&String>,
    id: Option<&String>,
    message: Option<&String>,
    message_like: Option<&String>,
) -> bool {
    incidents.any(|incident| {
        let mut check = Check::all();
        check.equals(kind, Some(&incident.kind));
        check.id(id, Some(incident.id));
        check.equals(message, incident.message.as_deref());
        check.like(message_like, incident.message.as_deref());
        check.verdict()
    })
}

impl ProcessInstanceQuery {
    fn check(&self, row: ProcessInstanceRow<'_>, mut check: Check, any: bool) -> bool {
        let world = row.world;
        let definition = world.process_definition(row.definition);
        let key = definition.map(|definition| definition.key.as_str());
        check.when(self.impossible || self.case_instance_id.is_some(), || false);
        check.text(self.process_definition_id.as_ref(), |id| {
            definition.is_some_and(|definition| *definition.text_id == *id)
        });
        check.equals(self.process_definition_key.as_ref(), key);
        check.within(&self.process_definition_key_in, key);
        check.not_within(&self.process_definition_key_not_in, key);
        check.id(self.deployment_id.as_ref(), definition.map(|definition| definition.deployment));
        check.text(self.root_process_instance_id.as_ref(), |id| {
            world.root_of_process_instance(row.id).map(|root| root.to_string()).as_deref() == Some(id)
        });
        check.id_in(&self.process_instance_ids, Some(row.id));
        check.equals(self.business_key.as_ref(), row.business_key.as_deref());
        check.like(self.business_key_like.as_ref(), row.business_key.as_deref());
        let caller = |id: Id| {
            let calling = world.process_instance(id)?.super_execution?;
            world.execution(calling).map(|execution| execution.process_instance)
        };
        check.text(self.super_process_instance.as_ref(), |id| {
            caller(row.id).is_some() && caller(row.id) == id.parse().ok()
        });
        check.when(self.root_process_instances, || row.super_execution.is_none());
        check.when(self.leaf_process_instances, || {
            world.executions_of(row.id).all(|execution| world.called_by(execution.id).next().is_none())
        });
        check.text(self.sub_process_instance.as_ref(), |id| id.parse().ok().and_then(caller) == Some(row.id));
        check.when(self.active && !self.suspended, || !row.suspended);
        check.when(self.suspended, || row.suspended);
        for filter in &self.variables {
            check.when(true, || {
                let variables = world.variables_of_instance(row.id).filter(|variable| variable.task.is_none());
                filter.met_by(
                    variables.map(|variable| (&*variable.name, &variable.value)),
                    self.variable_names_ignore_case,
                    self.variable_values_ignore_case,
                )
            });
        }
        self.check_incidents(row, &mut check, any);
        check.when(self.process_definition_without_tenant_id, || {
            definition.is_some_and(|definition| definition.tenant.is_none())
        });
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.when(!self.activity_id_in.is_empty(), || {
            world.executions_of(row.id).filter(|execution| !execution.is_event_scope).any(|execution| {
                let activity = execution.activity.and_then(|node| world.activity_id(row.definition, node));
                activity.is_some_and(|activity| self.activity_id_in.iter().any(|wanted| wanted == activity))
            })
        });
        check.verdict()
    }

    fn check_incidents(&self, row: ProcessInstanceRow<'_>, check: &mut Check, any: bool) {
        let meets = |kind, id, message, pattern| {
            meets_incident(row.world.incidents_of_instance(row.id), kind, id, message, pattern)
        };
        let (kind, id) = (self.incident_type.as_ref(), self.incident_id.as_ref());
        let (message, pattern) = (self.incident_message.as_ref(), self.incident_message_like.as_ref());
        let given = kind.is_some() || id.is_some() || message.is_some() || pattern.is_some();
        if any {
            check.when(kind.is_some(), || meets(kind, None, None, None));
            check.when(id.is_some(), || meets(None, id, None, None));
            check.when(message.is_some(), || meets(None, None, message, None));
            check.when(pattern.is_some(), || meets(None, None, None, pattern));
        } else {
            check.when(given, || meets(kind, id, message, pattern));
        }
        // Camunda only joins incidents for it, and does not leave out who has none as soon as there are groups
        check.when(self.with_incident && !any && self.or_queries.is_empty(), || meets(None, None, None, None));
    }
}

impl Criteria for ProcessInstanceQuery {
    type Row<'w> = ProcessInstanceRow<'w>;
    type SortBy = ProcessInstanceSorting;

    fn everything(world: &World) -> Rows<'_, ProcessInstanceRow<'_>> {
        let instances = world.executions().filter(|execution| execution.parent.is_none());
        Box::new(instances.map(move |execution| Row::new(world, execution)))
    }

    fn all_ids() -> Option<super::evaluate::AllIds> {
        Some(World::all_ids::<engine_core::state::Execution>)
    }

    fn row_id(row: ProcessInstanceRow<'_>) -> Id {
        row.id
    }

    fn row(world: &World, id: Id) -> Option<ProcessInstanceRow<'_>> {
        world.process_instance(id).map(|execution| Row::new(world, execution))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let by = ExecutionIndexes::views(world);
        Some(if !self.process_instance_ids.is_empty() {
            parsed(&self.process_instance_ids)
        } else if let Some(id) = &self.root_process_instance_id {
            id.parse().map(|root| world.process_instances_of_root(root)).unwrap_or_default()
        } else if let Some(id) = &self.super_process_instance {
            let executions = under_id(&by.process_instance, id);
            under_each(&by.super_execution, executions)
        } else if let Some(id) = &self.sub_process_instance {
            let calling = id.parse().ok().and_then(|id| world.process_instance(id)?.super_execution);
            calling.and_then(|id| world.execution(id)).map(|row| row.process_instance).into_iter().collect()
        } else if let Some(key) = &self.business_key {
            world.process_instances_of_business_key(key).map(|row| row.id).collect()
        } else if let Some(id) = &self.incident_id {
            let incident = id.parse().ok().and_then(|id| world.incident(id));
            incident.and_then(|incident| incident.process_instance).into_iter().collect()
        } else if let Some(filter) = self.variables.first() {
            world.instances_with_variable(filter)
        } else if self.with_incident && self.or_queries.is_empty() {
            world.incidents().filter_map(|incident| incident.process_instance).collect()
        } else if let Some(id) = &self.process_definition_id {
            under_each(&by.definition, world.definition_named(id))
        } else if let Some(key) = &self.process_definition_key {
            under_each(&by.definition, world.definitions_of(key))
        } else if !self.process_definition_key_in.is_empty() {
            under_each(&by.definition, world.definitions_of_keys(&self.process_definition_key_in))
        } else if let Some(id) = &self.deployment_id {
            let deployment = id.parse().unwrap_or_default();
            under_each(&by.definition, world.process_definitions_of_deployment(deployment).map(|row| row.id))
        } else {
            return None;
        })
    }

    fn counted(&self, world: &World) -> Option<usize> {
        let others =
            Self { process_definition_id: None, process_definition_key: None, sorting: Vec::new(), ..self.clone() };
        let by = ExecutionIndexes::views(world);
        if others != Self::default() {
            return None;
        }
        match (&self.process_definition_id, &self.process_definition_key) {
            (None, None) => Some(by.definition.len()),
            (Some(id), None) => Some(count_each(&by.definition, world.definition_named(id))),
            (None, Some(key)) => Some(count_each(&by.definition, world.definitions_of(key))),
            (Some(_), Some(_)) => None,
        }
    }

    fn matches(&self, row: ProcessInstanceRow<'_>) -> bool {
        self.check(row, Check::all(), false) && self.or_queries.iter().all(|query| query.check(row, Check::any(), true))
    }

    fn visible(&self, row: ProcessInstanceRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || reads_instance(row.world, viewer, Some(row.id), Some(row.definition)))
    }

    fn sorting(&self) -> &[Sort<ProcessInstanceSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &ProcessInstanceSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            ProcessInstanceSorting::InstanceId => row.id.into(),
            ProcessInstanceSorting::DefinitionKey => row.world.definition_key(Some(row.definition)).into(),
            ProcessInstanceSorting::DefinitionId => row.world.definition_text(Some(row.definition)).into(),
            ProcessInstanceSorting::TenantId => row.entity.tenant.as_deref().into(),
            ProcessInstanceSorting::BusinessKey => row.entity.business_key.as_deref().into(),
        }
    }
}
