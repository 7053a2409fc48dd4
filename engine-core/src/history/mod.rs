//! History: facts a transaction leaves behind, and Camunda's historic entities folded from them.
//!
//! A transaction emits [`HistoryEvent`]s in order; they are committed with the state. [`Archive`] is their fold for one root
//! instance: the rows the history API shows. What is emitted depends on the [`HistoryLevel`] (S-HI).

mod archive;
mod events;
mod operation;
mod rows;

pub use archive::Archive;
pub use events::Events;
use std::sync::Arc;

use minicbor::{Decode, Encode};
use models::{Id, Text, Timestamp, Value};
pub use operation::{ADMIN, OPERATOR, Operation, RECALCULATE_DUE_DATE, TASK_WORKER};
pub use rows::*;

use crate::state::ActivityState;

/// How much history is kept (S-HI).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum HistoryLevel {
    /// Nothing.
    None,
    /// Process, activity and task instances.
    Activity,
    /// Also variables and form properties.
    Audit,
    /// Also variable updates, incidents, logs of jobs and external tasks, decisions, identity links.
    #[default]
    Full,
}

/// One fact. Each names the row it creates or changes; what is rare is boxed, as big instances make thousands at once.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum HistoryEvent {
    /// A process instance began.
    #[n(0)]
    ProcessInstanceStarted(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricProcessInstance>),
    /// State, business key or removal time of a process instance changed: the fields that changed.
    #[n(1)]
    ProcessInstanceChanged {
        /// The process instance.
        #[n(0)]
        id: Id,
        /// Its state.
        #[n(1)]
        state: Option<InstanceStateName>,
        /// Its business key.
        #[n(2)]
        business_key: Option<Text>,
        /// Activity it started at, when decided after the start.
        #[n(3)]
        start_activity: Option<Text>,
        /// The definition it was migrated to.
        #[n(4)]
        definition: Option<Id>,
    },
    /// A process instance ended.
    #[n(2)]
    ProcessInstanceEnded {
        /// The process instance.
        #[n(0)]
        id: Id,
        /// When.
        #[n(1)]
        time: Timestamp,
        /// How.
        #[n(2)]
        state: InstanceStateName,
        /// Why, when it was deleted.
        #[n(3)]
        delete_reason: Option<Text>,
        /// The end event.
        #[n(4)]
        end_activity: Option<Text>,
    },
    /// An activity instance began.
    #[n(3)]
    ActivityStarted(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricActivityInstance>),
    /// A running activity instance was given its task, its called instance, an assignee, or was migrated.
    #[n(4)]
    ActivityChanged {
        /// The activity instance.
        #[n(0)]
        id: Id,
        /// Its user task.
        #[n(1)]
        task: Option<Id>,
        /// The instance it called.
        #[n(2)]
        called_instance: Option<Id>,
        /// Its assignee: changed to this (`Some(None)`: to nobody).
        #[n(3)]
        assignee: Option<Box<AssigneeChange>>,
        /// Its place after migration.
        #[n(4)]
        migrated: Option<Box<MigratedActivity>>,
    },
    /// An activity instance ended.
    #[n(5)]
    ActivityEnded {
        /// The activity instance.
        #[n(0)]
        id: Id,
        /// When.
        #[n(1)]
        time: Timestamp,
        /// How.
        #[n(2)]
        state: ActivityState,
    },
    /// A user task was created, or a property changed: the whole row.
    #[n(6)]
    TaskPut(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricTaskInstance>),
    /// A user task ended.
    #[n(7)]
    TaskEnded {
        /// The task.
        #[n(0)]
        id: Id,
        /// When.
        #[n(1)]
        time: Timestamp,
        /// `completed`, `deleted` or the reason of the cancellation.
        #[n(2)]
        delete_reason: Text,
        /// `taskState`: `Completed` or `Deleted`.
        #[n(3)]
        state: Text,
    },
    /// A variable was created, or moved by migration: the whole row.
    #[n(8)]
    VariablePut(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricVariableInstance>),
    /// A variable's value changed.
    #[n(9)]
    VariableUpdated {
        /// The variable.
        #[n(0)]
        id: Id,
        /// Its value.
        #[n(1)]
        value: Value,
    },
    /// A variable was deleted.
    #[n(10)]
    VariableDeleted {
        /// The variable.
        #[n(0)]
        id: Id,
        /// Whether the row stays, marked `DELETED` (it was deleted in a running scope), or goes.
        #[n(1)]
        keep: bool,
    },
    /// A variable update or form property, for the record (level full; form fields from audit).
    #[n(11)]
    Detail(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricDetail>),
    /// An incident was created: the whole row.
    #[n(12)]
    IncidentCreated(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricIncident>),
    /// An incident ended.
    #[n(13)]
    IncidentEnded {
        /// The incident.
        #[n(0)]
        id: Id,
        /// When.
        #[n(1)]
        time: Timestamp,
        /// Resolved or deleted.
        #[n(2)]
        state: IncidentState,
    },
    /// A job was created, ran, failed or was deleted.
    #[n(14)]
    JobLog(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricJobLog>),
    /// An external task was created, completed, failed or was deleted.
    #[n(15)]
    ExternalTaskLog(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricExternalTaskLog>),
    /// A candidate, assignee, owner or starter link was added or removed.
    #[n(16)]
    IdentityLinkLog(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricIdentityLinkLog>),
    /// A decision was evaluated.
    #[n(17)]
    Decision(#[cbor(n(0), with = "models::cbor::arc")] Arc<HistoricDecisionInstance>),
    /// A user operation.
    #[n(18)]
    Operation(#[cbor(n(0), with = "models::cbor::arc")] Arc<UserOperation>),
    /// A comment was added.
    #[n(19)]
    Comment(#[cbor(n(0), with = "models::cbor::arc")] Arc<Comment>),
    /// A comment was removed.
    #[n(20)]
    CommentDeleted(#[n(0)] Id),
    /// An attachment was added.
    #[n(21)]
    Attachment(#[cbor(n(0), with = "models::cbor::arc")] Arc<Attachment>),
    /// An attachment was removed.
    #[n(22)]
    AttachmentDeleted(#[n(0)] Id),
    /// Removal time of everything of a process instance (`None` clears it).
    #[n(23)]
    RemovalTime {
        /// The process instance; `None` means the whole root.
        #[n(0)]
        process_instance: Option<Id>,
        /// When it may go.
        #[n(1)]
        time: Option<Timestamp>,
    },
    /// The history of a process instance was deleted.
    #[n(24)]
    ProcessInstanceDeleted(#[n(0)] Id),
    /// The history of a task was deleted.
    #[n(25)]
    TaskDeleted(#[n(0)] Id),
    /// A historic variable and its details were deleted.
    #[n(26)]
    VariableHistoryDeleted(#[n(0)] Id),
    /// A job log entry, decision, operation log entry or incident was deleted, by its own id.
    #[n(27)]
    EntryDeleted(#[n(0)] Id),
    /// Annotation of an incident or of the user operations with an operation id changed.
    #[n(28)]
    Annotation {
        /// The incident or operation id.
        #[n(0)]
        id: Id,
        /// The text; `None` clears it.
        #[n(1)]
        text: Option<String>,
    },
    /// Removal time of a job log entry, decision or user operation, by its own id (`None` clears it).
    #[n(29)]
    EntryRemovalTime {
        /// The entry.
        #[n(0)]
        id: Id,
        /// When it may go.
        #[n(1)]
        time: Option<Timestamp>,
    },
}

/// `{activity}:{id}`, or just the id when that is longer than 64 characters (S-EX-7).
pub fn activity_instance_text(activity: &str, id: Id) -> String {
    if activity.is_empty() {
        return id.to_string();
    }
    let text = format!("{activity}:{id}");
    if text.len() > 64 { id.to_string() } else { text }
}

#[cfg(test)]
mod tests {
    use super::{HistoricDetail, HistoryEvent};

    #[test]
    fn what_there_is_much_of_is_small() {
        assert!(size_of::<HistoryEvent>() <= 80, "{}", size_of::<HistoryEvent>());
        // most rows of an instance with variables; shared, with two counters, one takes 256 bytes
        assert!(size_of::<HistoricDetail>() <= 240, "{}", size_of::<HistoricDetail>());
    }
}
