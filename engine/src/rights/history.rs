//! Checks on history: deletions, comments, annotations of the user operation log.

use engine_core::history::UserOperation;
use models::Id;

use super::{Rights, Verdict, needed};
use crate::{request::HistoryChange, world::permission::Resource};

impl Rights<'_> {
    /// Whether the caller may change history. What is not there is left to the operation.
    pub(crate) fn history_change(self, change: &HistoryChange) -> Verdict {
        let world = self.world;
        match change {
            HistoryChange::DeleteProcessInstance(id) => world.historic_process_instance(*id).map_or(Ok(()), |row| {
                let what = || format!("the historic process instance '{id}'");
                self.delete_history(row.tenant.as_deref(), Some(row.definition), what)
            }),
            HistoryChange::DeleteVariablesOf(id) => world.historic_process_instance(*id).map_or(Ok(()), |row| {
                let what = || format!("the historic variable instances of process instance '{id}'");
                self.delete_history(row.tenant.as_deref(), Some(row.definition), what)
            }),
            HistoryChange::DeleteVariable(id) => world.historic_variable(*id).map_or(Ok(()), |row| {
                let instance = row.process_instance.and_then(|id| world.historic_process_instance(id));
                let what = || format!("the historic variable instance '{id}'");
                let tenant = instance.and_then(|row| row.tenant.as_deref());
                self.delete_history(tenant, instance.map(|row| row.definition), what)
            }),
            HistoryChange::DeleteTask(id) => world.historic_task(*id).map_or(Ok(()), |row| {
                let what = || format!("the historic task instance '{}'", world.task_text_id(*id));
                self.delete_history(row.tenant.as_deref(), row.definition, what)
            }),
            HistoryChange::AnnotateOperation { operation, .. } => {
                let entry = operation.parse().ok().and_then(|id| world.entries_of_operation(id).next());
                entry.map_or(Ok(()), |entry| self.annotate_operation(entry))
            }
            HistoryChange::UpdateComment { comment, .. } => {
                world.comment(*comment).map_or(Ok(()), |row| self.comment(row.task, row.process_instance))
            }
            HistoryChange::DeleteComment { of_task, of_instance, .. } => self.comment(*of_task, *of_instance),
            HistoryChange::DeleteTaskComments(task) => self.comment(Some(*task), None),
            HistoryChange::DeleteInstanceComments(id) => self.comment(None, Some(*id)),
            HistoryChange::AddComment { .. } | HistoryChange::AddAttachment(_) | HistoryChange::DeleteAttachment(_) => {
                Ok(())
            }
        }
    }

    fn comment(self, task: Option<Id>, instance: Option<Id>) -> Verdict {
        if let Some(row) = task.and_then(|id| self.world.task(id)) {
            return self.work_on_task(row);
        }
        instance.map_or(Ok(()), |id| self.update_instance(id))
    }

    fn annotate_operation(self, entry: &UserOperation) -> Verdict {
        self.tenant(entry.tenant.as_deref(), || format!("update the user operation log entry '{}'", entry.id))?;
        let mut any = Vec::new();
        let key = entry.definition_key.as_deref().or_else(|| self.world.definition_key(entry.definition));
        if let Some(key) = key {
            any.push(needed("UPDATE_HISTORY", Resource::ProcessDefinition, key));
        }
        if let Some(category) = &entry.category {
            any.push(needed("UPDATE", Resource::OperationLogCategory, category.as_str()));
        }
        if any.is_empty() { Ok(()) } else { self.require_any(&any) }
    }
}
