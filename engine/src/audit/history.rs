//! Entries about comments, attachments and history that is deleted.

use engine_core::history::{Comment, OPERATOR, Operation, TASK_WORKER, UserOperation};
use models::Id;

use super::{in_definition, in_instance, tasks::in_task};
use crate::{request::HistoryChange, world::World};

/// Fills in what a comment or attachment is on: a running task or process instance.
fn on(world: &World, entry: &mut UserOperation, task: Option<Id>, instance: Option<Id>) {
    if let Some(row) = task.and_then(|id| world.task(id)) {
        in_task(world, entry, row);
    } else if let Some(row) = instance.and_then(|id| world.execution(id)) {
        in_instance(world, entry, row);
        entry.execution = Some(row.id);
    }
}

fn comment(world: &World, verb: &str, row: &Comment) -> Operation {
    Operation::new(verb, "Comment", TASK_WORKER).about(|entry| on(world, entry, row.task, row.process_instance))
}

/// Fills in a process instance of history.
fn in_past(world: &World, entry: &mut UserOperation, instance: Id) {
    if let Some(row) = world.historic_process_instance(instance) {
        in_definition(world, entry, row.definition);
        entry.process_instance = Some(instance);
        entry.tenant = row.tenant.as_deref().map(str::to_owned);
    }
}

/// Entries about a change of history.
pub(crate) fn history_change(world: &World, change: &HistoryChange) -> Vec<Operation> {
    let one = match change {
        HistoryChange::DeleteProcessInstance(_) => {
            let operation = Operation::new("DeleteHistory", "ProcessInstance", OPERATOR);
            Some(operation.with("nrOfInstances", 1).with("async", false))
        }
        HistoryChange::DeleteVariable(id) => world.historic_variable(*id).map(|row| {
            Operation::new("DeleteHistory", "Variable", OPERATOR)
                .about(|entry| {
                    if let Some(instance) = row.process_instance {
                        in_past(world, entry, instance);
                    }
                    entry.execution = row.execution;
                    entry.task = row.task;
                })
                .with("name", &row.name)
        }),
        HistoryChange::DeleteVariablesOf(id) => {
            let operation = Operation::new("DeleteHistory", "Variable", OPERATOR);
            Some(operation.about(|entry| in_past(world, entry, *id)).unspecified())
        }
        HistoryChange::DeleteTask(id) => world.historic_task(*id).map(|row| {
            Operation::new("DeleteHistory", "Task", OPERATOR)
                .about(|entry| {
                    if let Some(definition) = row.definition {
                        in_definition(world, entry, definition);
                        entry.deployment = None;
                    }
                    entry.process_instance = row.process_instance;
                    entry.execution = row.execution;
                    entry.task = Some(row.id);
                    entry.tenant = row.tenant.as_deref().map(str::to_owned);
                })
                .with("nrOfInstances", 1)
                .with("async", false)
        }),
        HistoryChange::AnnotateOperation { operation, text } => {
            let verb = if text.is_some() { "SetAnnotation" } else { "ClearAnnotation" };
            let known = operation.parse().ok().and_then(|id| world.entries_of_operation(id).next());
            let annotated = Operation::new(verb, "OperationLog", OPERATOR).with("operationId", operation);
            known.map(|row| annotated.about(|entry| entry.tenant.clone_from(&row.tenant)))
        }
        HistoryChange::AddComment { .. } => None,
        HistoryChange::UpdateComment { comment: id, message } => world.comment(*id).map(|row| {
            comment(world, "UpdateComment", row).changed("comment", Some(row.message.clone()), Some(message.clone()))
        }),
        HistoryChange::DeleteComment { comment: id, of_task, of_instance } => {
            let operation = match id.and_then(|id| world.comment(id)) {
                Some(row) => comment(world, "DeleteComment", row),
                None => Operation::new("DeleteComment", "Comment", TASK_WORKER)
                    .about(|entry| on(world, entry, *of_task, *of_instance)),
            };
            Some(operation.changed("comment", None, None))
        }
        HistoryChange::DeleteTaskComments(task) => Some(
            Operation::new("DeleteComment", "Comment", TASK_WORKER)
                .about(|entry| on(world, entry, Some(*task), None))
                .changed("comment", None, None),
        ),
        HistoryChange::DeleteInstanceComments(id) => Some(
            Operation::new("DeleteComment", "Comment", TASK_WORKER)
                .about(|entry| on(world, entry, None, Some(*id)))
                .changed("comment", None, None),
        ),
        HistoryChange::AddAttachment(row) => Some(
            Operation::new("AddAttachment", "Attachment", TASK_WORKER)
                .about(|entry| on(world, entry, row.task, row.process_instance))
                .changed("name", None, row.name.clone()),
        ),
        HistoryChange::DeleteAttachment(id) => {
            // only those on tasks are logged
            let row = world.attachment(*id).filter(|row| row.task.is_some_and(|task| world.task(task).is_some()));
            row.map(|row| {
                Operation::new("DeleteAttachment", "Attachment", TASK_WORKER)
                    .about(|entry| on(world, entry, row.task, row.process_instance))
                    .changed("name", None, row.name.clone())
            })
        }
    };
    one.into_iter().collect()
}
