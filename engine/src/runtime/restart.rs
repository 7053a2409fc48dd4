//! Modification of several instances, restart of ended ones (S-MO).

use engine_core::{
    command::{Command, Modification, Start, Variables},
    error::Fault,
};
use models::Id;

use super::{Engine, ids::IdSource};
use crate::{
    audit,
    pending::Pending,
    request::{Caller, ModifyMany, Restart},
    rights::Rights,
    world::World,
};

impl Engine {
    /// Modifies several process instances: all of them or none.
    pub fn modify_many(&self, request: ModifyMany, caller: &Caller) -> Pending<()> {
        if let Err(fault) = check_modification(&request) {
            return Pending::ready(Err(fault));
        }
        let by = caller.clone();
        self.administer(caller, move |lane| {
            let shared = lane.shared.clone();
            let world = shared.world.read();
            let rights = Rights::new(&world, &by);
            request.instances.iter().try_for_each(|id| rights.update_instance(*id))?;
            lane.note([audit::modified(&world, &request, false)], &by);
            let commands =
                request.instances.iter().map(|id| modification_of(&world, &request, *id)).collect::<Result<_, _>>()?;
            Ok((commands, Vec::new()))
        })
    }

    /// Restarts finished process instances: all of them or none.
    pub fn restart(&self, request: Restart, caller: &Caller) -> Pending<()> {
        if let Err(fault) = check_restart(&request) {
            return Pending::ready(Err(fault));
        }
        let by = caller.clone();
        self.administer(caller, move |lane| {
            let shared = lane.shared.clone();
            let world = shared.world.read();
            Rights::new(&world, &by).restart(&request)?;
            lane.note([audit::restarted(&world, &request, false)], &by);
            let commands: Vec<_> = request
                .instances
                .iter()
                .map(|id| restart_of(&world, &request, *id, &mut lane.ids))
                .collect::<Result<_, _>>()?;
            commands.iter().try_for_each(|(_, command)| Rights::new(&world, &by).command(command))?;
            let started = commands.iter().filter_map(|(root, command)| audit::command(&world, command, *root));
            lane.note(started.collect::<Vec<_>>(), &by);
            Ok((commands, Vec::new()))
        })
    }
}

/// Whether a modification says what and whom it concerns.
pub(super) fn check_modification(request: &ModifyMany) -> Result<(), Fault> {
    if request.instructions.is_empty() {
        return Err(Fault::bad_request("Modification instructions cannot be empty is empty"));
    }
    if request.instances.is_empty() {
        return Err(Fault::bad_request("Process instance ids cannot be empty: Process instance ids is empty"));
    }
    Ok(())
}

/// The command that modifies one process instance, and its root.
pub(super) fn modification_of(world: &World, request: &ModifyMany, instance: Id) -> Result<(Id, Command), Fault> {
    let found = world.process_instance(instance).zip(world.root_of_process_instance(instance));
    let (row, root) = found.ok_or_else(|| {
        Fault::engine(format!(
            "ENGINE-13036 Process instance '{instance}' cannot be modified. The process instance does not exist"
        ))
    })?;
    if row.definition != request.definition {
        return Err(Fault::engine(format!(
            "ENGINE-13037 Process instance '{instance}' cannot be modified. Its process definition '{}' does not match \
             given process definition '{}'",
            text_id(world, row.definition),
            text_id(world, request.definition)
        )));
    }
    let command = Command::Modify(Box::new(Modification {
        process_instance: instance,
        instructions: request.instructions.clone(),
        skip_custom_listeners: request.skip_custom_listeners,
        skip_io_mappings: request.skip_io_mappings,
        annotation: request.annotation.clone(),
        cancellation_reason: None,
    }));
    Ok((root, command))
}

/// Whether a restart says where to start and what.
pub(super) fn check_restart(request: &Restart) -> Result<(), Fault> {
    if request.instructions.is_empty() {
        return Err(Fault::bad_request("Restart instructions cannot be empty: instructions is empty"));
    }
    if request.instances.is_empty() {
        return Err(Fault::bad_request("processInstanceIds is empty"));
    }
    Ok(())
}

/// The command that restarts one ended process instance, and the id that the started instance will have.
pub(super) fn restart_of(
    world: &World,
    request: &Restart,
    instance: Id,
    ids: &mut IdSource,
) -> Result<(Id, Command), Fault> {
    let row = world.historic_process_instance(instance).ok_or_else(|| {
        Fault::bad_request("Historic process instance cannot be found: historicProcessInstanceId is null")
    })?;
    if row.end.is_none() {
        return Err(Fault::engine(format!(
            "ENGINE-13040 Historic process instance '{instance}' cannot be restarted. It is not completed or terminated."
        )));
    }
    if row.definition != request.definition {
        return Err(Fault::engine(format!(
            "ENGINE-13039 Historic process instance '{instance}' cannot be restarted. Its process definition '{}' does not \
             match given process definition '{}'",
            text_id(world, row.definition),
            text_id(world, request.definition)
        )));
    }
    let variables = if request.initial_variables {
        initial_variables(world, instance)
    } else {
        let last = world.historic_variables_of(instance);
        last.filter(|row| row.execution == Some(instance) && row.task.is_none() && !row.deleted)
            .map(|row| (row.name.clone(), row.value.clone()))
            .collect()
    };
    let start = Start {
        definition: request.definition,
        business_key: row.business_key.clone().map(String::from).filter(|_| !request.without_business_key),
        variables,
        instructions: request.instructions.clone(),
        skip_custom_listeners: request.skip_custom_listeners,
        skip_io_mappings: request.skip_io_mappings,
        tenant: row.tenant.clone().map(String::from),
        restarted: Some(instance.to_string()),
        ..Start::default()
    };
    Ok((ids.fresh(), Command::Start(Box::new(start))))
}

/// Variables that a process instance was started with: the last value that each had within its start.
fn initial_variables(world: &World, instance: Id) -> Variables {
    let mut variables = Variables::default();
    for row in world.historic_details_of(instance) {
        if !row.initial || row.form_field || row.execution != Some(instance) {
            continue;
        }
        match variables.0.iter_mut().find(|known| *known.name == *row.name) {
            Some(known) => known.value = row.value.clone(),
            None => variables.set(row.name.clone(), row.value.clone()),
        }
    }
    variables
}

fn text_id(world: &World, definition: Id) -> String {
    world.process_definition(definition).map_or_else(|| definition.to_string(), |row| row.text_id.to_string())
}
