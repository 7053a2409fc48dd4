//! Entries of the user operation log before they are written.

use std::sync::Arc;

use models::{Id, Timestamp};

use super::{HistoryEvent, UserOperation};

/// `category` of what people do with tasks.
pub const TASK_WORKER: &str = "TaskWorker";
/// `category` of what operators do with instances, jobs and deployments.
pub const OPERATOR: &str = "Operator";
/// `category` of what administrators do with users and rights.
pub const ADMIN: &str = "Admin";

/// The operation whose outcome is known only when it is done.
pub const RECALCULATE_DUE_DATE: &str = "RecalculateDueDate";

/// Something a user did to one entity: each changed property becomes an entry of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What all entries have in common; ids, time and user are filled in by [`Operation::events`].
    pub entry: UserOperation,
    /// Property, value before, value after.
    pub changes: Vec<(Option<String>, Option<String>, Option<String>)>,
}

impl Operation {
    /// `operation_type` such as `Claim` on an entity of `entity_type` such as `Task`.
    pub fn new(operation_type: &str, entity_type: &str, category: &str) -> Self {
        let entry = UserOperation {
            id: Id::default(),
            operation: Id::default(),
            time: Timestamp::default(),
            user: None,
            operation_type: operation_type.to_owned(),
            entity_type: entity_type.to_owned(),
            category: Some(category.to_owned()),
            property: None,
            old_value: None,
            new_value: None,
            deployment: None,
            definition: None,
            definition_key: None,
            process_instance: None,
            execution: None,
            task: None,
            job: None,
            job_definition: None,
            batch: None,
            external_task: None,
            annotation: None,
            tenant: None,
            removal_time: None,
        };
        Self { entry, changes: Vec::new() }
    }

    /// A property that got a value.
    #[must_use]
    pub fn with(self, property: &str, new: impl ToString) -> Self {
        self.changed(property, None, Some(new.to_string()))
    }

    /// A property that changed.
    #[must_use]
    pub fn changed(mut self, property: &str, old: Option<String>, new: Option<String>) -> Self {
        self.changes.push((Some(property.to_owned()), old, new));
        self
    }

    /// One entry without property.
    #[must_use]
    pub fn unspecified(mut self) -> Self {
        self.changes.push((None, None, None));
        self
    }

    /// In the context of an entity.
    #[must_use]
    pub fn about(mut self, context: impl FnOnce(&mut UserOperation)) -> Self {
        context(&mut self.entry);
        self
    }

    /// The entries as history events. `operation` is common to everything that one command does.
    pub fn events(
        self,
        operation: Id,
        now: Timestamp,
        user: Option<&str>,
        mut id: impl FnMut() -> Id,
    ) -> Vec<HistoryEvent> {
        let Self { entry, changes } = self;
        let row = |(property, old_value, new_value)| UserOperation {
            id: id(),
            operation,
            time: now,
            user: user.map(str::to_owned),
            property,
            old_value,
            new_value,
            ..entry.clone()
        };
        changes.into_iter().map(row).map(|row| HistoryEvent::Operation(Arc::new(row))).collect()
    }
}

#[cfg(test)]
mod tests {
    use models::{Id, Timestamp};

    use super::{OPERATOR, Operation};
    use crate::history::HistoryEvent;

    #[test]
    fn every_property_is_an_entry_of_the_same_operation() {
        let operation = Operation::new("Delete", "Batch", OPERATOR).with("cascade", true).about(|entry| {
            entry.batch = Some(Id::new(7));
        });
        let mut next = 10;
        let events = operation.unspecified().events(Id::new(3), Timestamp::default(), Some("ann"), || {
            next += 1;
            Id::new(next)
        });
        let rows: Vec<_> = events
            .iter()
            .map(|event| match event {
                HistoryEvent::Operation(row) => {
                    (row.id, row.operation, row.batch, row.property.as_deref(), row.new_value.as_deref())
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            rows,
            [
                (Id::new(11), Id::new(3), Some(Id::new(7)), Some("cascade"), Some("true")),
                (Id::new(12), Id::new(3), Some(Id::new(7)), None, None)
            ]
        );
    }
}
