//! The entities of a running root instance, one struct per table of Camunda 7's runtime.
//!
//! Their numbered fields are the stored form: numbers are never reused, fields are only added, and an added field is an
//! `Option` or has a CBOR default. Times are [`Timestamp`]s; ids are [`Id`]s; node indexes belong to the graph of the
//! entity's definition.

use std::sync::Arc;

use minicbor::{Decode, Encode};
use models::{Id, Timestamp, Value};

use crate::{graph::NodeIx, trace::TraceContext};

/// A node of Camunda's execution tree (`bpmn-semantics.md` S-EX).
///
/// The tree is kept as Camunda builds it (scope, concurrent and event-scope executions, expanded on forks and compacted on
/// joins), because its shape is visible: in variable scopes, in the activity instance tree and in modification.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Execution {
    /// Its id; the process instance's id for the root of a process instance.
    #[n(0)]
    pub id: Id,
    /// Parent inside the process instance.
    #[n(1)]
    pub parent: Option<Id>,
    /// The process instance it belongs to.
    #[n(2)]
    pub process_instance: Id,
    /// For a process instance: the call activity's execution.
    #[n(3)]
    pub super_execution: Option<Id>,
    /// The process definition.
    #[n(4)]
    pub definition: Id,
    /// The activity it is at, if any.
    #[n(5)]
    pub activity: Option<NodeIx>,
    /// The activity instance; `None` between two activities.
    #[n(6)]
    pub activity_instance: Option<Id>,
    /// Has its own scope: variables, event subscriptions, timers.
    #[n(7)]
    pub is_scope: bool,
    /// One of several tokens in the parent's scope.
    #[n(8)]
    pub is_concurrent: bool,
    /// Holds the token.
    #[n(9)]
    pub is_active: bool,
    /// Passive snapshot kept for compensation.
    #[n(10)]
    pub is_event_scope: bool,
    /// Suspended.
    #[n(11)]
    pub suspended: bool,
    /// Business key (process instances only).
    #[cbor(n(12), with = "models::cbor::option_arc_str")]
    pub business_key: Option<Arc<str>>,
    /// Tenant.
    #[cbor(n(13), with = "models::cbor::option_arc_str")]
    pub tenant: Option<Arc<str>>,
    /// The process instance was started by a user and has not been restarted: the starter (process instances only).
    #[cbor(n(14), with = "models::cbor::option_arc_str")]
    pub starter: Option<Arc<str>>,
    /// Camunda's sequence counter: grows with every beginning and end of an activity instance, is inherited by new children
    /// and goes back to the parent with the last of them.
    #[n(15)]
    pub sequence: u64,
    /// How the running activity instance began and will end.
    #[n(16)]
    pub activity_state: ActivityState,
    /// The trace that the request belongs to which started the root instance (its process instance only).
    #[n(17)]
    pub trace: Option<Box<TraceContext>>,
}

/// State of an activity instance, with Camunda's numbers (S-HI).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum ActivityState {
    /// Running.
    #[default]
    #[n(0)]
    Default,
    /// Completed its scope.
    #[n(1)]
    ScopeComplete,
    /// Cancelled.
    #[n(2)]
    Canceled,
    /// Start listeners have not finished.
    #[n(3)]
    Starting,
    /// End listeners have begun.
    #[n(4)]
    Ending,
}

/// A variable in a scope.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Variable {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// The execution or task that owns it.
    #[n(1)]
    pub scope: Id,
    /// The task, when a task owns it.
    #[n(2)]
    pub task: Option<Id>,
    /// The execution (of the task too).
    #[n(3)]
    pub execution: Option<Id>,
    /// The process instance.
    #[n(4)]
    pub process_instance: Option<Id>,
    /// Its name.
    #[cbor(n(5), with = "models::cbor::arc_str")]
    pub name: Arc<str>,
    /// Its value.
    #[n(6)]
    pub value: Value,
    /// Travels with the token when the tree expands (S-EX-6).
    #[n(7)]
    pub concurrent_local: bool,
    /// Gone when the transaction ends; never stored.
    #[n(8)]
    pub transient: bool,
    /// How many transactions have updated it so far.
    #[n(9)]
    pub revision: u32,
    /// Its history was deleted: the next update writes it anew.
    #[n(10)]
    #[cbor(default)]
    pub forgotten: bool,
}

/// Where a delegated task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum DelegationState {
    /// Handed over.
    #[n(0)]
    Pending,
    /// Given back.
    #[n(1)]
    Resolved,
}

/// A candidate or other link of a task to a user or group.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct IdentityLink {
    /// `candidate` or a custom type; `assignee` and `owner` are fields of the task.
    #[cbor(n(0), with = "models::cbor::arc_str")]
    pub kind: Arc<str>,
    /// The user.
    #[cbor(n(1), with = "models::cbor::option_arc_str")]
    pub user: Option<Arc<str>>,
    /// The group.
    #[cbor(n(2), with = "models::cbor::option_arc_str")]
    pub group: Option<Arc<str>>,
}

/// An open user task, of a process or standalone.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Task {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// Id given by the creator of a standalone task, instead of a generated one.
    #[cbor(n(1), with = "models::cbor::option_arc_str")]
    pub custom_id: Option<Arc<str>>,
    /// Its execution; none for standalone tasks.
    #[n(2)]
    pub execution: Option<Id>,
    /// Its process instance.
    #[n(3)]
    pub process_instance: Option<Id>,
    /// Its process definition.
    #[n(4)]
    pub definition: Option<Id>,
    /// The user task element.
    #[n(5)]
    pub node: Option<NodeIx>,
    /// The activity instance.
    #[n(6)]
    pub activity_instance: Option<Id>,
    /// `taskDefinitionKey`.
    #[cbor(n(7), with = "models::cbor::option_arc_str")]
    pub key: Option<Arc<str>>,
    /// Name.
    #[cbor(n(8), with = "models::cbor::option_arc_str")]
    pub name: Option<Arc<str>>,
    /// Description.
    #[cbor(n(9), with = "models::cbor::option_arc_str")]
    pub description: Option<Arc<str>>,
    /// Assignee.
    #[cbor(n(10), with = "models::cbor::option_arc_str")]
    pub assignee: Option<Arc<str>>,
    /// Owner.
    #[cbor(n(11), with = "models::cbor::option_arc_str")]
    pub owner: Option<Arc<str>>,
    /// Priority, default 50.
    #[n(12)]
    pub priority: i32,
    /// Due date.
    #[n(13)]
    pub due: Option<Timestamp>,
    /// Follow-up date.
    #[n(14)]
    pub follow_up: Option<Timestamp>,
    /// Creation time.
    #[n(15)]
    pub created: Timestamp,
    /// Time of the last change of a property.
    #[n(16)]
    pub last_updated: Option<Timestamp>,
    /// Delegation.
    #[n(17)]
    pub delegation: Option<DelegationState>,
    /// Parent of a subtask, as given.
    #[cbor(n(18), with = "models::cbor::option_arc_str")]
    pub parent_task: Option<Arc<str>>,
    /// Case instance id of a standalone task, as given.
    #[cbor(n(19), with = "models::cbor::option_arc_str")]
    pub case_instance: Option<Arc<str>>,
    /// Tenant.
    #[cbor(n(20), with = "models::cbor::option_arc_str")]
    pub tenant: Option<Arc<str>>,
    /// Suspended.
    #[n(21)]
    pub suspended: bool,
    /// Candidates and custom links.
    #[n(22)]
    pub links: Vec<IdentityLink>,
    /// `taskState`: `Init`, `Created`, `Updated` …
    #[n(23)]
    pub state: TaskState,
    /// Number of changes so far.
    #[n(24)]
    pub revision: u32,
}

/// Life cycle of a user task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum TaskState {
    /// Inserted; `create` listeners have not finished.
    #[default]
    #[n(0)]
    Init,
    /// Created.
    #[n(1)]
    Created,
    /// Updated since.
    #[n(2)]
    Updated,
    /// Completed.
    #[n(3)]
    Completed,
    /// Deleted.
    #[n(4)]
    Deleted,
}

/// What a job does when it runs (S-JB).
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum JobKind {
    /// `async-continuation`.
    #[n(0)]
    Async(#[n(0)] AsyncOperation),
    /// `timer-transition`: a boundary timer, or an intermediate catching timer behind an event-based gateway; the event.
    #[n(1)]
    TimerTransition(#[n(0)] NodeIx),
    /// `timer-intermediate-transition`: an intermediate catching timer; the event.
    #[n(2)]
    TimerIntermediate(#[n(0)] NodeIx),
    /// `timer-start-event`: starts the latest version of a process; the key.
    #[n(3)]
    TimerStart(#[n(0)] String, #[n(1)] NodeIx),
    /// `timer-start-event-subprocess`: the start event.
    #[n(4)]
    TimerEventSubProcess(#[n(0)] NodeIx),
    /// `timer-task-listener`: the task and the index of its timeout listener.
    #[n(5)]
    TimerTaskListener(#[n(0)] Id, #[n(1)] u32),
    /// `event`: delivers an asynchronous signal to a subscription.
    #[n(6)]
    Event(#[n(0)] Id),
    /// `batch-seed-job`: the batch.
    #[n(7)]
    BatchSeed(#[n(0)] Id),
    /// `batch-monitor-job`: the batch.
    #[n(8)]
    BatchMonitor(#[n(0)] Id),
    /// Execution job of a batch (`instance-migration`, `set-job-retries` …): the batch and the index of its chunk.
    #[n(9)]
    BatchExecution(#[n(0)] Id, #[n(1)] u32),
    /// Delayed suspension or activation of definitions or job definitions: handler type and JSON configuration.
    #[n(10)]
    Suspension(#[n(0)] String, #[n(1)] String),
    /// `history-cleanup`.
    #[n(11)]
    HistoryCleanup(#[n(0)] CleanUpJob),
    /// `process-set-removal-time` and the like: handler type and JSON configuration.
    #[n(12)]
    SetRemovalTime(#[n(0)] String, #[n(1)] String),
}

/// Where a clean-up of history stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct CleanUpJob {
    /// Runs in a row that found too little to go on at once.
    #[n(0)]
    pub empty_runs: u32,
    /// It was asked for: runs outside of the window too.
    #[n(1)]
    pub immediate: bool,
    /// First minute of an hour of its share.
    #[n(2)]
    pub minute_from: u8,
    /// Last minute of its share.
    #[n(3)]
    pub minute_to: u8,
}

/// Where an asynchronous continuation goes on (S-TX-3).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum AsyncOperation {
    /// `transition-create-scope`: entering an activity over the given flow.
    #[n(0)]
    TransitionCreateScope(#[n(0)] Option<u32>),
    /// `activity-start-create-scope`: entering an activity without a flow.
    #[n(1)]
    ActivityStartCreateScope,
    /// `process-start`.
    #[n(2)]
    ProcessStart,
    /// `transition-notify-listener-take$flow`.
    #[n(3)]
    TransitionNotifyListenerTake(#[n(0)] u32),
    /// `activity-end`.
    #[n(4)]
    ActivityEnd,
}

/// Deferred work: asynchronous continuation or timer.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Job {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// What it does.
    #[n(1)]
    pub kind: JobKind,
    /// The execution it continues.
    #[n(2)]
    pub execution: Option<Id>,
    /// The process instance.
    #[n(3)]
    pub process_instance: Option<Id>,
    /// The process definition.
    #[n(4)]
    pub definition: Option<Id>,
    /// Index of its declaration in the definition's list of job declarations.
    #[n(5)]
    pub declaration: Option<u32>,
    /// When it is due; `None` at once.
    #[n(6)]
    pub due: Option<Timestamp>,
    /// Attempts left.
    #[n(7)]
    pub retries: i32,
    /// Priority.
    #[n(8)]
    pub priority: i64,
    /// Not at the same time as another exclusive job of the process instance.
    #[n(9)]
    pub exclusive: bool,
    /// Suspended.
    #[n(10)]
    pub suspended: bool,
    /// Creation time.
    #[n(11)]
    pub created: Timestamp,
    /// `repeat` of a cycle, with its start fixed (S-TM-3).
    #[n(12)]
    pub repeat: Option<String>,
    /// Offset of following due dates, in milliseconds (`setJobDuedate` with cascade).
    #[n(13)]
    pub repeat_offset: i64,
    /// Message of the last failure, at most 666 characters.
    #[n(14)]
    pub exception_message: Option<String>,
    /// Stack trace of the last failure.
    #[n(15)]
    pub exception_stacktrace: Option<String>,
    /// Activity that failed.
    #[n(16)]
    pub failed_activity: Option<String>,
    /// Tenant.
    #[cbor(n(17), with = "models::cbor::option_arc_str")]
    pub tenant: Option<Arc<str>>,
    /// The follow-up of a cycle was created when this job failed.
    #[n(18)]
    pub follow_up_created: bool,
    /// Worker that holds it.
    #[n(19)]
    pub lock_owner: Option<String>,
    /// Until when it is held.
    #[n(20)]
    pub lock_expires: Option<Timestamp>,
    /// Payload of an asynchronous signal.
    #[n(21)]
    pub payload: Option<Vec<(String, Value)>>,
    /// Number of changes so far.
    #[n(22)]
    pub revision: u32,
    /// The batch it works for.
    #[n(23)]
    pub batch: Option<Id>,
    /// The deployment of the entities that a job of a batch works on; other jobs have that of their process definition.
    #[n(24)]
    pub deployment: Option<Id>,
}

/// What a subscription waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum SubscriptionKind {
    /// A message.
    #[n(0)]
    Message,
    /// A signal.
    #[n(1)]
    Signal,
    /// Compensation.
    #[n(2)]
    Compensate,
    /// A condition.
    #[n(3)]
    Conditional,
}

impl SubscriptionKind {
    /// `eventType` of the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Signal => "signal",
            Self::Compensate => "compensate",
            Self::Conditional => "conditional",
        }
    }
}

/// An execution waits for an event.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct EventSubscription {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// What it waits for.
    #[n(1)]
    pub kind: SubscriptionKind,
    /// Message or signal name.
    #[cbor(n(2), with = "models::cbor::option_arc_str")]
    pub name: Option<Arc<str>>,
    /// The execution that holds it.
    #[n(3)]
    pub execution: Id,
    /// The process instance.
    #[n(4)]
    pub process_instance: Id,
    /// The process definition.
    #[n(5)]
    pub definition: Id,
    /// The event (for compensation: the handler or the compensated scope).
    #[n(6)]
    pub node: NodeIx,
    /// For compensation of a scope: the event-scope execution with its snapshot.
    #[n(7)]
    pub event_scope: Option<Id>,
    /// Creation time.
    #[n(8)]
    pub created: Timestamp,
    /// Tenant.
    #[cbor(n(9), with = "models::cbor::option_arc_str")]
    pub tenant: Option<Arc<str>>,
}

/// Work for a worker (S-XT).
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct ExternalTask {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// Topic.
    #[cbor(n(1), with = "models::cbor::arc_str")]
    pub topic: Arc<str>,
    /// Worker that fetched it last.
    #[cbor(n(2), with = "models::cbor::option_arc_str")]
    pub worker: Option<Arc<str>>,
    /// End of the lock.
    #[n(3)]
    pub lock_expires: Option<Timestamp>,
    /// Attempts left; `None` as long as no failure was reported.
    #[n(4)]
    pub retries: Option<i32>,
    /// Message of the last failure.
    #[n(5)]
    pub error_message: Option<String>,
    /// Details of the last failure.
    #[n(6)]
    pub error_details: Option<String>,
    /// Its execution.
    #[n(7)]
    pub execution: Id,
    /// Its process instance.
    #[n(8)]
    pub process_instance: Id,
    /// Its process definition.
    #[n(9)]
    pub definition: Id,
    /// The activity.
    #[n(10)]
    pub node: NodeIx,
    /// The activity instance.
    #[n(11)]
    pub activity_instance: Id,
    /// Priority.
    #[n(12)]
    pub priority: i64,
    /// Suspended.
    #[n(13)]
    pub suspended: bool,
    /// Tenant.
    #[cbor(n(14), with = "models::cbor::option_arc_str")]
    pub tenant: Option<Arc<str>>,
    /// Creation time.
    #[n(15)]
    pub created: Timestamp,
    /// Id of the last failure's log entry, for error details in history.
    #[n(16)]
    pub last_failure_log: Option<Id>,
    /// Injected fields of the Java delegate it stands for: the worker gets them beside the variables.
    #[cbor(n(17), default)]
    pub fields: Vec<(String, models::Value)>,
}

/// A failure that needs a person (S-IN).
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Incident {
    /// Its id.
    #[n(0)]
    pub id: Id,
    /// `failedJob`, `failedExternalTask` or a custom type.
    #[cbor(n(1), with = "models::cbor::arc_str")]
    pub kind: Arc<str>,
    /// When it happened.
    #[n(2)]
    pub created: Timestamp,
    /// Message.
    #[n(3)]
    pub message: Option<String>,
    /// The execution.
    #[n(4)]
    pub execution: Option<Id>,
    /// The process instance.
    #[n(5)]
    pub process_instance: Option<Id>,
    /// The process definition.
    #[n(6)]
    pub definition: Option<Id>,
    /// The activity id.
    #[cbor(n(7), with = "models::cbor::option_arc_str")]
    pub activity: Option<Arc<str>>,
    /// The activity that failed.
    #[cbor(n(8), with = "models::cbor::option_arc_str")]
    pub failed_activity: Option<Arc<str>>,
    /// The incident it comes from; itself when it is the first.
    #[n(9)]
    pub cause: Id,
    /// The first incident in the chain.
    #[n(10)]
    pub root_cause: Id,
    /// Job id, external task id or custom text.
    #[n(11)]
    pub configuration: Option<String>,
    /// Tenant.
    #[cbor(n(12), with = "models::cbor::option_arc_str")]
    pub tenant: Option<Arc<str>>,
    /// The job definition: index of the declaration in the definition's list.
    #[n(13)]
    pub declaration: Option<u32>,
    /// Note of an operator.
    #[n(14)]
    pub annotation: Option<String>,
    /// Id of the job log entry of the last failure.
    #[n(15)]
    pub history_configuration: Option<String>,
}
