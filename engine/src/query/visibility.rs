//! What a viewer may read (`AuthorizationManager` of Camunda 7): tenants first, then permissions.

use engine_core::state::{ExternalTask, Task};
use models::Id;

use crate::{
    request::Caller,
    world::{
        World,
        permission::{READ, READ_HISTORY, READ_INSTANCE, READ_TASK, Resource, UPDATE, UPDATE_INSTANCE},
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
    world.may(viewer, Resource::ProcessInstance, instance.as_deref(), READ)
        || world.may(viewer, Resource::ProcessDefinition, world.definition_key(definition), READ_INSTANCE)
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
            world.may(viewer, Resource::Task, Some(&id), READ)
                || world.may(viewer, Resource::ProcessDefinition, world.definition_key(task.definition), READ_TASK)
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
            world.may(worker, Resource::ProcessInstance, Some(&instance), UPDATE)
                || world.may(
                    worker,
                    Resource::ProcessDefinition,
                    world.definition_key(Some(task.definition)),
                    UPDATE_INSTANCE,
                )
        })
}

impl World {
    /// Key of a process definition.
    pub fn definition_key(&self, definition: Option<Id>) -> Option<&str> {
        self.process_definition(definition?).map(|definition| definition.key.as_str())
    }

    /// Name of a process definition.
    pub fn definition_name(&self, definition: Option<Id>) -> Option<&str> {
        self.process_definition(definition?)?.name.as_deref()
    }

    /// Id of a process definition as the API shows it.
    pub fn definition_text(&self, definition: Option<Id>) -> Option<&str> {
        self.process_definition(definition?).map(|definition| &*definition.text_id)
    }
}
