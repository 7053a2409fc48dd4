//! What the user operation log says about each operation (`UserOperationLogManager` of Camunda 7 and its callers).
//!
//! Entries are worked out from the published state and the request before the operation runs, so that old values are known;
//! they are committed with it. Nothing is written for what nobody is logged in for, and nothing for what the engine does by
//! itself. Operations that Camunda does not log (throwing errors, fetching and completing external tasks, signals) have no
//! entries here either.

mod commands;
mod definitions;
mod history;
mod many;
mod tasks;

pub(crate) use commands::command;
pub(crate) use definitions::{
    correlated, definition_change, deleted_deployment, deployed, evaluated, external_task_retries,
    job_definition_change, suspended_instances,
};
use engine_core::{
    history::{OPERATOR, Operation, UserOperation},
    state::{DelegationState, Execution, Job},
};
pub(crate) use history::history_change;
pub(crate) use many::{batch, batch_change, cleaned_up, migrated, modified, restarted};
use models::{Id, Timestamp};

use crate::world::World;

/// Fills in a process definition with its key, deployment and tenant.
fn in_definition(world: &World, entry: &mut UserOperation, id: Id) {
    entry.definition = Some(id);
    if let Some(row) = world.process_definition(id) {
        entry.definition_key = Some(row.key.clone());
        entry.deployment = Some(row.deployment);
        entry.tenant.clone_from(&row.tenant);
    }
}

/// Fills in a process instance with its definition; the tenant is the instance's.
fn in_instance(world: &World, entry: &mut UserOperation, row: &Execution) {
    in_definition(world, entry, row.definition);
    entry.process_instance = Some(row.process_instance);
    entry.tenant = row.tenant.as_deref().map(str::to_owned);
}

/// Fills in a job with its process instance and definitions.
fn in_job(world: &World, entry: &mut UserOperation, row: &Job) {
    if let Some(definition) = row.definition {
        in_definition(world, entry, definition);
    }
    entry.job = Some(row.id);
    entry.job_definition = world.job_definition_of(row).map(|definition| definition.id);
    entry.process_instance = row.process_instance;
    entry.tenant = row.tenant.as_deref().map(str::to_owned);
}

/// An operator's deed on a process instance, which may be unknown.
fn on_instance(world: &World, verb: &str, id: Id) -> Operation {
    Operation::new(verb, "ProcessInstance", OPERATOR).about(|entry| {
        entry.process_instance = Some(id);
        if let Some(row) = world.execution(id) {
            in_instance(world, entry, row);
        }
    })
}

/// `suspensionState`, as Camunda names it.
fn suspension(suspended: bool) -> &'static str {
    if suspended { "suspended" } else { "active" }
}

/// Times are logged in milliseconds since 1970.
fn date(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| time.0.to_string())
}

fn delegation(state: Option<DelegationState>) -> Option<String> {
    state.map(|state| {
        match state {
            DelegationState::Pending => "PENDING",
            DelegationState::Resolved => "RESOLVED",
        }
        .to_owned()
    })
}
