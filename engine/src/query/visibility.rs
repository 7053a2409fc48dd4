//! What a viewer may read (`AuthorizationManager` of Camunda 7): tenants first, then permissions.

use engine_core::state::{ExternalTask, Task};
use models::Id;

use crate::{
    request::Caller,
    world::{
        World,
        permission::{
            READ, READ_HISTORY, READ_HISTORY_VARIABLE, READ_INSTANCE, READ_TASK, Resource, TASK_READ_VARIABLE, UPDATE,
            UPDATE_INSTANCE,
        },
    },
};

/// Whether a caller sees a tenant's things and has one of the permissions.
pub(crate) fn sees(viewer: &Caller, tenant: Option<&str>, permitted: impl FnOnce() -> bool) -> bool {
    World::sees_tenant(viewer, tenant) && (!viewer.authorized || viewer.user.is_none() || permitted())
}

/// `READ` on the process instance or `READ_INSTANCE` on its definition; what belongs to no definition is open to all.
pub(crate) fn reads_instance(world: &World, viewer: &Caller, instance: Option<Id>, definition: Option<Id>) -> bool {
    if definition.is_none() {
        return true;
    }
    let instance = instance.map(|id| id.to_string());
    let key = world.definition_key(definition);
    may_any(
        world,
        viewer,
        &[(Resource::ProcessInstance, instance.as_deref(), READ), (Resource::ProcessDefinition, key, READ_INSTANCE)],
    )
}

/// One of several permissions. Those that are disabled don't count; when all are, everybody may.
pub(crate) fn may_any(world: &World, viewer: &Caller, any: &[(Resource, Option<&str>, i32)]) -> bool {
    let counts =
        |(resource, _, permission): &&(Resource, Option<&str>, i32)| !viewer.policy.disables(*resource, *permission);
    let mut counted = any.iter().filter(counts).peekable();
    counted.peek().is_none() || counted.any(|(resource, id, permission)| world.may(viewer, *resource, *id, *permission))
}

/// What an entry of history belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) definition: Option<Id>,
    pub(crate) instance: Option<Id>,
    pub(crate) task: Option<Id>,
}

/// The right to read an entry of history: that of the definition's, or of the instance or task itself where that counts.
pub(crate) fn reads_past(world: &World, viewer: &Caller, of: Entry) -> bool {
    reads_past_with(world, viewer, of, READ_HISTORY, READ)
}

/// The same of a variable. The right to read any task of its process instance is enough.
pub(crate) fn reads_past_variable(world: &World, viewer: &Caller, of: Entry) -> bool {
    let (of_definition, of_task) = match viewer.policy.specific_variables {
        true => (READ_HISTORY_VARIABLE, TASK_READ_VARIABLE),
        false => (READ_HISTORY, READ),
    };
    reads_past_with(world, viewer, of, of_definition, of_task)
        || viewer.policy.historic_instances
            && of.instance.is_some_and(|instance| {
                let mut tasks = world.historic_tasks_of(instance);
                tasks.any(|task| {
                    reads_past_with(world, viewer, Entry { task: Some(task.id), ..of }, of_definition, of_task)
                })
            })
}

fn reads_past_with(world: &World, viewer: &Caller, of: Entry, of_definition: i32, of_task: i32) -> bool {
    if of.definition.is_none() {
        return true;
    }
    let key = world.definition_key(of.definition);
    if !viewer.policy.historic_instances {
        return world.may(viewer, Resource::ProcessDefinition, key, of_definition);
    }
    let instance = of.instance.map(|id| id.to_string());
    let task = of.task.map(|id| world.task_text_id(id));
    may_any(
        world,
        viewer,
        &[
            (Resource::ProcessDefinition, key, of_definition),
            (Resource::HistoricProcessInstance, instance.as_deref(), READ),
            (Resource::HistoricTask, task.as_deref(), of_task),
        ],
    )
}

/// `READ_HISTORY` on the definition; what belongs to no definition is open to all.
pub(crate) fn reads_history(world: &World, viewer: &Caller, definition: Option<Id>) -> bool {
    definition.is_none()
        || world.may(viewer, Resource::ProcessDefinition, world.definition_key(definition), READ_HISTORY)
}

/// `READ` on the task or `READ_TASK` on its definition.
pub(crate) fn visible_task(world: &World, task: &Task, viewer: Option<&Caller>) -> bool {
    viewer.is_none_or(|viewer| {
        sees(viewer, task.tenant.as_deref(), || {
            let id = task.custom_id.as_deref().map_or_else(|| task.id.to_string(), str::to_owned);
            let key = world.definition_key(task.definition);
            may_any(world, viewer, &[(Resource::Task, Some(&id), READ), (Resource::ProcessDefinition, key, READ_TASK)])
        })
    })
}

/// `READ` on the process instance of an external task or `READ_INSTANCE` on its definition.
pub(crate) fn visible_external_task(world: &World, task: &ExternalTask, viewer: Option<&Caller>) -> bool {
    viewer.is_none_or(|viewer| {
        sees(viewer, task.tenant.as_deref(), || {
            reads_instance(world, viewer, Some(task.process_instance), Some(task.definition))
        })
    })
}

/// Whether a worker may have an external task: it must be allowed to read the process instance and to change it.
pub(crate) fn fetchable_external_task(world: &World, task: &ExternalTask, worker: Option<&Caller>) -> bool {
    visible_external_task(world, task, worker)
        && worker.is_none_or(|worker| {
            let instance = task.process_instance.to_string();
            let key = world.definition_key(Some(task.definition));
            may_any(
                world,
                worker,
                &[
                    (Resource::ProcessInstance, Some(&instance), UPDATE),
                    (Resource::ProcessDefinition, key, UPDATE_INSTANCE),
                ],
            )
        })
}

impl World {
    /// Key of a process definition, also when it was deleted and history still names it.
    pub fn definition_key(&self, definition: Option<Id>) -> Option<&str> {
        let id = definition?;
        let there = self.process_definition(id).map(|definition| definition.key.as_str());
        there.or_else(|| self.past_definition(id).map(|past| past.key.as_str()))
    }

    /// Name of a process definition.
    pub fn definition_name(&self, definition: Option<Id>) -> Option<&str> {
        self.process_definition(definition?)?.name.as_deref()
    }

    /// Id of a process definition as the API shows it, also when it was deleted and history still names it.
    pub fn definition_text(&self, definition: Option<Id>) -> Option<&str> {
        let id = definition?;
        let there = self.process_definition(id).map(|definition| &*definition.text_id);
        there.or_else(|| self.past_definition(id).map(|past| past.text_id.as_str()))
    }
}

/// Whether whoever asks sees everything.
pub(super) fn unrestricted(viewer: Option<&Caller>) -> bool {
    viewer.is_none_or(|viewer| viewer.user.is_none())
}
