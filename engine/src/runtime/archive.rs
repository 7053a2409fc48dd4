//! Changes of history: deletions, comments, attachments, annotations.

use std::sync::Arc;

use engine_core::{
    command::{Command, TaskCommand},
    error::Fault,
    history::{Comment, HistoryEvent},
};
use models::Id;

use super::Engine;
use crate::{
    audit,
    pending::Pending,
    request::{Caller, HistoryChange},
    rights::Rights,
    world::World,
};

/// Events for a root (`None`: for none), and the id of what was created.
type Change = (Option<Id>, Vec<HistoryEvent>, Option<Id>);

/// The running task that a change of its comments or attachments updates.
fn touched(world: &World, change: &HistoryChange) -> Option<Id> {
    let task = match change {
        HistoryChange::AddComment { task, .. } => *task,
        HistoryChange::UpdateComment { comment, .. } => world.comment(*comment).and_then(|row| row.task),
        HistoryChange::DeleteComment { of_task, .. } => *of_task,
        HistoryChange::DeleteTaskComments(task) => Some(*task),
        HistoryChange::AddAttachment(attachment) => attachment.task,
        HistoryChange::DeleteAttachment(id) => world.attachment(*id).and_then(|row| row.task),
        _ => None,
    };
    task.filter(|task| world.task(*task).is_some())
}

impl Engine {
    /// Changes history. Answers the id of what was created, if anything.
    pub fn change_history(&self, change: HistoryChange, caller: &Caller) -> Pending<Option<Id>> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            lane.settle();
            let fresh = lane.ids.fresh();
            let now = lane.shared.clock.now();
            let (touched, prepared) = {
                let shared = lane.shared.clone();
                let world = shared.world.read();
                let touched = touched(&world, &change);
                let prepared = Rights::new(&world, &caller).history_change(&change).and_then(|()| {
                    lane.note(audit::history_change(&world, &change), &caller);
                    prepare(&world, change, &caller, fresh, now)
                });
                (touched, prepared)
            };
            match prepared {
                Err(fault) => {
                    lane.log.clear();
                    drop(answer.send(Err(fault)));
                }
                Ok((Some(root), events, created)) => lane.transact_many(
                    std::iter::once((root, Command::Record(events)))
                        .chain(touched.map(|task| (root, Command::Task(task, TaskCommand::Touch))))
                        .collect(),
                    &caller,
                    Vec::new(),
                    Box::new(move |result| drop(answer.send(result.map(|_| created)))),
                ),
                Ok((None, events, created)) => lane.write_records(
                    Vec::new(),
                    events,
                    Box::new(move |result| drop(answer.send(result.map(|()| created)))),
                ),
            }
        })
    }
}

fn prepare(
    world: &World,
    change: HistoryChange,
    caller: &Caller,
    fresh: Id,
    now: models::Timestamp,
) -> Result<Change, Fault> {
    let root_of = |instance: Option<Id>, task: Option<Id>| -> Option<Id> {
        match (instance, task) {
            (Some(id), _) => world.historic_process_instance(id).map(|row| row.root),
            (None, Some(task)) => {
                let row = world.historic_task(task)?;
                match row.process_instance {
                    Some(id) => world.historic_process_instance(id).map(|row| row.root),
                    None => Some(row.id),
                }
            }
            (None, None) => None,
        }
    };
    Ok(match change {
        HistoryChange::DeleteProcessInstance(id) => {
            let row = world.historic_process_instance(id).ok_or_else(|| {
                Fault::not_found(format!(
                    "No historic process instance found with id: {id}: historicProcessInstance is null"
                ))
            })?;
            if row.end.is_none() {
                return Err(Fault::bad_request(format!(
                    "Process instance is still running, cannot delete historic process instance: {id}"
                )));
            }
            (Some(row.root), vec![HistoryEvent::ProcessInstanceDeleted(id)], None)
        }
        HistoryChange::DeleteVariable(id) => {
            let row = world
                .historic_variable(id)
                .ok_or_else(|| Fault::not_found(format!("No historic variable instance found with id: {id}")))?;
            (root_of(row.process_instance, row.task), vec![HistoryEvent::VariableHistoryDeleted(id)], None)
        }
        HistoryChange::DeleteVariablesOf(id) => {
            let row = world.historic_process_instance(id).ok_or_else(|| {
                Fault::not_found(format!("No historic process instance found with id: {id}: instance is null"))
            })?;
            let events =
                world.historic_variables_of(id).map(|row| HistoryEvent::VariableHistoryDeleted(row.id)).collect();
            (Some(row.root), events, None)
        }
        HistoryChange::DeleteTask(id) => (root_of(None, Some(id)), vec![HistoryEvent::TaskDeleted(id)], None),
        HistoryChange::AnnotateOperation { operation, text } => {
            let id = operation
                .parse()
                .map_err(|_| Fault::bad_request(format!("there is no user operation with id '{operation}'")))?;
            let root = world
                .entries_of_operation(id)
                .find_map(|row| row.process_instance)
                .and_then(|instance| root_of(Some(instance), None));
            (root, vec![HistoryEvent::Annotation { id, text }], None)
        }
        HistoryChange::AddComment { task, process_instance, message } => {
            let instance = process_instance
                .or_else(|| task.and_then(|task| world.historic_task(task)).and_then(|row| row.process_instance));
            // a comment names the instance only when the caller did
            let comment = Comment {
                id: fresh,
                user: caller.user.clone(),
                time: now,
                task,
                process_instance,
                message,
                removal_time: None,
                tenant: None,
            };
            (root_of(instance, task), vec![HistoryEvent::Comment(Arc::new(comment))], Some(fresh))
        }
        HistoryChange::UpdateComment { comment, message } => {
            let mut row = world
                .comment(comment)
                .cloned()
                .ok_or_else(|| Fault::null(format!("No comment exists with commentId: {comment}: comment is null")))?;
            row.message = message;
            row.time = now;
            row.user.clone_from(&caller.user);
            (root_of(row.process_instance, row.task), vec![HistoryEvent::Comment(Arc::new(row))], None)
        }
        HistoryChange::DeleteComment { comment, of_task, .. } => {
            // a comment that is not there is no error
            let row = comment.and_then(|id| world.comment(id));
            let instance = row.and_then(|row| row.process_instance);
            let events = row.map(|row| HistoryEvent::CommentDeleted(row.id)).into_iter().collect();
            (root_of(instance, of_task), events, None)
        }
        HistoryChange::DeleteTaskComments(task) => {
            let events = world.comments_of_task(task).map(|row| HistoryEvent::CommentDeleted(row.id)).collect();
            (root_of(None, Some(task)), events, None)
        }
        HistoryChange::DeleteInstanceComments(id) => {
            let events = world.comments_of_instance(id).map(|row| HistoryEvent::CommentDeleted(row.id)).collect();
            (root_of(Some(id), None), events, None)
        }
        HistoryChange::AddAttachment(mut attachment) => {
            attachment.id = fresh;
            attachment.created = now;
            let root = root_of(attachment.process_instance, attachment.task);
            (root, vec![HistoryEvent::Attachment(Arc::from(attachment))], Some(fresh))
        }
        HistoryChange::DeleteAttachment(id) => {
            let row = world.attachment(id).ok_or_else(|| {
                Fault::null(format!("No attachment exist with attachmentId: {id}: attachment is null"))
            })?;
            (root_of(row.process_instance, row.task), vec![HistoryEvent::AttachmentDeleted(id)], None)
        }
    })
}
