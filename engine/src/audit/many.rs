//! Entries about work on many instances at once, and about batches.

use engine_core::history::{OPERATOR, Operation};

use super::{
    date,
    definitions::{external_task_retries, many_suspended, summary},
    in_definition, suspension,
};
use crate::{
    request::{Batch, BatchChange, Migrate, ModifyMany, RemovalTimeOf, RemovalTimeTo, Restart},
    world::World,
};

/// Entries about a migration.
pub(crate) fn migrated(world: &World, migrate: &Migrate, asynchronous: bool) -> Operation {
    let plan = &migrate.plan;
    let text = |id| world.definition_text(Some(id)).map(str::to_owned);
    let operation = Operation::new("Migrate", "ProcessInstance", OPERATOR)
        .about(|entry| in_definition(world, entry, plan.source))
        .changed("processDefinitionId", text(plan.source), text(plan.target))
        .with("nrOfInstances", migrate.instances.len());
    let variables = plan.variables.0.len();
    let operation = if variables > 0 { operation.with("nrOfSetVariables", variables) } else { operation };
    operation.with("async", asynchronous)
}

/// Entries about a modification of several instances.
pub(crate) fn modified(world: &World, request: &ModifyMany, asynchronous: bool) -> Operation {
    summary("ModifyProcessInstance", "ProcessInstance", request.instances.len())
        .with("async", asynchronous)
        .about(|entry| in_definition(world, entry, request.definition))
        .about(|entry| entry.annotation.clone_from(&request.annotation))
}

/// Entries about a restart of ended instances.
pub(crate) fn restarted(world: &World, request: &Restart, asynchronous: bool) -> Operation {
    summary("RestartProcessInstance", "ProcessInstance", request.instances.len())
        .with("async", asynchronous)
        .about(|entry| in_definition(world, entry, request.definition))
}

/// Entries about a batch that is created.
pub(crate) fn batch(world: &World, batch: &Batch) -> Operation {
    match batch {
        Batch::DeleteInstances { instances, reason, .. } => summary("Delete", "ProcessInstance", instances.len())
            .with("async", true)
            .changed("deleteReason", None, reason.clone()),
        Batch::DeleteHistoricInstances { instances, reason } => {
            summary("DeleteHistory", "ProcessInstance", instances.len()).with("async", true).changed(
                "deleteReason",
                None,
                reason.clone(),
            )
        }
        Batch::DeleteDecisions { decisions, reason } => summary("DeleteHistory", "DecisionInstance", decisions.len())
            .with("async", true)
            .changed("deleteReason", None, reason.clone()),
        Batch::SetJobRetries { jobs, retries, .. } => {
            summary("SetJobRetries", "Job", jobs.len()).with("async", true).with("retries", retries)
        }
        Batch::SetExternalTaskRetries { tasks, retries } => external_task_retries(tasks.len(), *retries, true),
        Batch::SuspendInstances { instances, suspended } => many_suspended(instances.len(), *suspended, true),
        Batch::Migrate(migrate) => migrated(world, migrate, true),
        Batch::Modify(modify) => modified(world, modify, true),
        Batch::Restart(restart) => restarted(world, restart, true),
        Batch::SetVariables { instances, variables } => summary("SetVariables", "ProcessInstance", instances.len())
            .with("nrOfVariables", variables.0.len())
            .with("async", true),
        Batch::CorrelateMessage { instances, name, variables } => {
            Operation::new("CorrelateMessage", "ProcessInstance", OPERATOR)
                .changed("messageName", None, name.clone())
                .with("nrOfInstances", instances.len())
                .with("nrOfVariables", variables.0.len())
                .with("async", true)
        }
        Batch::SetRemovalTime { of, to, hierarchical } => removal_time(of, *to, *hierarchical),
    }
}

fn removal_time(of: &RemovalTimeOf, to: RemovalTimeTo, hierarchical: bool) -> Operation {
    let (entity, count) = match of {
        RemovalTimeOf::ProcessInstances(ids) => ("ProcessInstance", ids.len()),
        RemovalTimeOf::Decisions(ids) => ("DecisionInstance", ids.len()),
        RemovalTimeOf::Batches(ids) => ("Batch", ids.len()),
    };
    let (mode, time) = match to {
        RemovalTimeTo::Absolute(time) => ("ABSOLUTE_REMOVAL_TIME", Some(time)),
        RemovalTimeTo::Cleared => ("CLEARED_REMOVAL_TIME", None),
        RemovalTimeTo::Calculated => ("CALCULATED_REMOVAL_TIME", None),
    };
    let operation =
        Operation::new("SetRemovalTime", entity, OPERATOR).with("mode", mode).changed("removalTime", None, date(time));
    let operation = match of {
        RemovalTimeOf::Batches(_) => operation,
        RemovalTimeOf::Decisions(_) => operation.with("hierarchical", hierarchical),
        RemovalTimeOf::ProcessInstances(_) => {
            operation.with("hierarchical", hierarchical).with("updateInChunks", false).changed("chunkSize", None, None)
        }
    };
    operation.with("nrOfInstances", count).with("async", true)
}

/// Entries about a change of a batch.
pub(crate) fn batch_change(world: &World, change: BatchChange) -> Operation {
    let (verb, id) = match change {
        BatchChange::Delete { batch, .. } => ("Delete", batch),
        BatchChange::Suspend { batch, suspended: true } => ("SuspendBatch", batch),
        BatchChange::Suspend { batch, suspended: false } => ("ActivateBatch", batch),
        BatchChange::DeleteHistory(batch) => ("DeleteHistory", batch),
    };
    let operation = Operation::new(verb, "Batch", OPERATOR).about(|entry| {
        entry.batch = Some(id);
        entry.tenant = world.batch(id).and_then(|row| row.tenant.clone());
    });
    match change {
        BatchChange::Delete { cascade, .. } => operation.with("cascadeToHistory", cascade),
        BatchChange::Suspend { suspended, .. } => operation.with("suspensionState", suspension(suspended)),
        BatchChange::DeleteHistory(_) => operation.unspecified(),
    }
}

/// Entries about a clean-up of history that is asked for.
pub(crate) fn cleaned_up(immediately: bool) -> Operation {
    Operation::new("CreateHistoryCleanupJobs", "Job", OPERATOR).with("immediatelyDue", immediately)
}
