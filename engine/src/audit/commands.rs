//! Entries about commands to one root instance.

use engine_core::{
    command::{Command, ExternalTaskCommand, JobCommand, Variables},
    history::{OPERATOR, Operation, RECALCULATE_DUE_DATE, TASK_WORKER},
    state::Job,
};
use models::Id;

use super::{date, in_definition, in_instance, in_job, on_instance, suspension, tasks};
use crate::world::World;

/// Entries about a command to the root instance `root`, which may be about to be created.
pub(crate) fn command(world: &World, command: &Command, root: Id) -> Option<Operation> {
    match command {
        Command::Start(start) => {
            let operation = Operation::new("Create", "ProcessInstance", OPERATOR).about(|entry| {
                in_definition(world, entry, start.definition);
                entry.process_instance = Some(root);
                if entry.tenant.is_none() {
                    entry.tenant.clone_from(&start.tenant);
                }
            });
            Some(operation.unspecified())
        }
        Command::Task(id, command) => tasks::task(world, world.task(*id)?, command),
        Command::CreateTask(draft) => Some(tasks::created(root, draft)),
        Command::SetVariables { execution, variables, deletions, patch, .. } => {
            let row = world.execution(*execution)?;
            let operation = Operation::new(variable_verb(variables, deletions, *patch), "Variable", OPERATOR);
            Some(operation.about(|entry| in_instance(world, entry, row)).unspecified())
        }
        Command::SetTaskVariables { task, variables, deletions, patch, .. } => {
            let row = world.task(*task)?;
            let operation = Operation::new(variable_verb(variables, deletions, *patch), "Variable", TASK_WORKER);
            Some(operation.about(|entry| tasks::in_task(world, entry, row)).unspecified())
        }
        Command::ExternalTask(id, command) => external_task(world, *id, command),
        Command::RunJob(id) => Some(on_job(world, "Execute", world.job(*id)?).unspecified()),
        Command::Job(id, command) => job(world, world.job(*id)?, command),
        Command::CreateIncident { execution, kind, configuration, .. } => {
            let row = world.execution(*execution)?;
            let operation = on_instance(world, "CreateIncident", row.process_instance);
            Some(operation.with("incidentType", kind).changed("configuration", None, configuration.clone()))
        }
        Command::ResolveIncident(id) => {
            let instance = world.incident(*id)?.process_instance?;
            Some(on_instance(world, "Resolve", instance).with("incidentId", id))
        }
        Command::AnnotateIncident(id, text) => {
            let verb = if text.is_some() { "SetAnnotation" } else { "ClearAnnotation" };
            let tenant = world.incident(*id)?.tenant.as_deref().map(str::to_owned);
            let operation = Operation::new(verb, "Incident", OPERATOR).about(|entry| entry.tenant = tenant);
            Some(operation.with("incidentId", id))
        }
        Command::Modify(modification) => {
            let operation = on_instance(world, "ModifyProcessInstance", modification.process_instance);
            let annotated = operation.about(|entry| entry.annotation.clone_from(&modification.annotation));
            Some(annotated.unspecified())
        }
        Command::Delete(deletion) => Some(on_instance(world, "Delete", deletion.process_instance).unspecified()),
        Command::Suspend { process_instance, suspended } => {
            let verb = if *suspended { "Suspend" } else { "Activate" };
            Some(on_instance(world, verb, *process_instance).with("suspensionState", suspension(*suspended)))
        }
        // not logged by Camunda, or logged by whoever gives the command
        Command::SignalExecution { .. }
        | Command::EventReceived { .. }
        | Command::JobFailed { .. }
        | Command::JobDefinitionChanged { .. }
        | Command::Migrate(_)
        | Command::AddComment(_)
        | Command::Record(_) => None,
    }
}

fn variable_verb(variables: &Variables, deletions: &[String], patch: bool) -> &'static str {
    match (variables.0.len(), deletions.len()) {
        (1, 0) if !patch => "SetVariable",
        (0, 1) if !patch => "RemoveVariable",
        _ => "ModifyVariable",
    }
}

fn on_job(world: &World, verb: &str, row: &Job) -> Operation {
    Operation::new(verb, "Job", OPERATOR).about(|entry| in_job(world, entry, row))
}

fn job(world: &World, row: &Job, command: &JobCommand) -> Option<Operation> {
    let on = |verb| on_job(world, verb, row);
    Some(match command {
        JobCommand::SetRetries(retries, due) => {
            let old = Some(row.retries.to_string());
            let operation = on("SetJobRetries").changed("retries", old, Some(retries.to_string()));
            match due {
                Some(due) => operation.changed("dueDate", date(row.due), date(*due)),
                None => operation,
            }
        }
        JobCommand::SetDue(due, _) => on("SetDueDate").changed("duedate", date(row.due), date(*due)),
        JobCommand::RecalculateDue { creation_based } => {
            on(RECALCULATE_DUE_DATE).changed("duedate", date(row.due), None).with("creationDateBased", creation_based)
        }
        JobCommand::SetPriority(priority) => {
            on("SetPriority").changed("priority", Some(row.priority.to_string()), Some(priority.to_string()))
        }
        JobCommand::Suspend(suspended) => {
            let verb = if *suspended { "SuspendJob" } else { "ActivateJob" };
            on(verb).with("suspensionState", suspension(*suspended))
        }
        JobCommand::Delete => on("Delete").unspecified(),
        JobCommand::SetRetriesInBulk(..) | JobCommand::Lock { .. } | JobCommand::Unlock => return None,
    })
}

fn external_task(world: &World, id: Id, command: &ExternalTaskCommand) -> Option<Operation> {
    let row = world.external_task(id)?;
    let on = |verb| {
        Operation::new(verb, "ExternalTask", OPERATOR).about(|entry| {
            if let Some(instance) = world.execution(row.process_instance) {
                in_instance(world, entry, instance);
            }
            entry.external_task = Some(id);
            entry.tenant = row.tenant.as_deref().map(str::to_owned);
        })
    };
    Some(match command {
        ExternalTaskCommand::SetRetries(retries) => {
            let old = row.retries.map(|retries| retries.to_string());
            on("SetExternalTaskRetries").changed("retries", old, Some(retries.to_string()))
        }
        ExternalTaskCommand::SetPriority(priority) => {
            on("SetPriority").changed("priority", Some(row.priority.to_string()), Some(priority.to_string()))
        }
        ExternalTaskCommand::Unlock => on("Unlock").unspecified(),
        ExternalTaskCommand::Fetch { .. }
        | ExternalTaskCommand::Complete { .. }
        | ExternalTaskCommand::Failure { .. }
        | ExternalTaskCommand::BpmnError { .. }
        | ExternalTaskCommand::ExtendLock { .. }
        | ExternalTaskCommand::Lock { .. } => return None,
    })
}
