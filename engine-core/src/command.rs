//! Commands: what the outside asks of one root instance.
//!
//! A command is validated and run in one transaction. Commands that concern several roots (broadcasting a signal, correlating
//! to all) are split by the runtime into one command per root, committed together.

use std::sync::Arc;

use minicbor::{Decode, Encode};
use models::{Id, Timestamp, Value};

use crate::{error::Fault, graph::NodeIx, state::IdentityLink};

/// Named values in the order given. `transient` ones live until the transaction ends.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Variables(#[n(0)] pub Vec<NamedValue>);

/// One of [`Variables`].
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct NamedValue {
    /// Name.
    #[cbor(n(0), with = "models::cbor::arc_str")]
    pub name: Arc<str>,
    /// Value.
    #[n(1)]
    pub value: Value,
    /// Never stored.
    #[n(2)]
    pub transient: bool,
}

impl Variables {
    /// Adds a value.
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: Value) {
        self.0.push(NamedValue { name: name.into(), value, transient: false });
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<Arc<str>>> FromIterator<(N, Value)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, Value)>>(values: I) -> Self {
        let mut all = Self::default();
        for (name, value) in values {
            all.set(name, value);
        }
        all
    }
}

/// A command to one root instance.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Starts a process instance.
    Start(Box<Start>),
    /// Something about a user task.
    Task(Id, TaskCommand),
    /// Creates a standalone task.
    CreateTask(Box<TaskDraft>),
    /// Sets variables of an execution (or process instance) from its scope outward, or exactly there.
    SetVariables {
        /// The execution.
        execution: Id,
        /// The values.
        variables: Variables,
        /// Exactly in this scope.
        local: bool,
        /// Names to remove first.
        deletions: Vec<String>,
        /// They are changed as a set, which is what the operation log calls it then.
        patch: bool,
    },
    /// Sets or removes variables of a task.
    SetTaskVariables {
        /// The task.
        task: Id,
        /// The values.
        variables: Variables,
        /// Exactly in the task.
        local: bool,
        /// Names to remove first.
        deletions: Vec<String>,
        /// They are changed as a set, which is what the operation log calls it then.
        patch: bool,
    },
    /// Signals a waiting execution (`signal`): receive tasks and the like.
    SignalExecution {
        /// The execution.
        execution: Id,
        /// Signal name, handed to the behaviour.
        name: Option<String>,
        /// Set propagating before.
        variables: Variables,
    },
    /// Delivers an event to a subscription.
    EventReceived {
        /// The subscription.
        subscription: Id,
        /// Set propagating on the subscribed execution.
        variables: Variables,
        /// Set exactly on the subscribed execution.
        local: Variables,
        /// Set in the scope that the event starts.
        triggered_scope: Variables,
        /// By a job, where the receiver allows it.
        asynchronous: bool,
    },
    /// Something about an external task.
    ExternalTask(Id, ExternalTaskCommand),
    /// Runs a job now, whatever its due date.
    RunJob(Id),
    /// Records that running a job failed; the second of two transactions.
    JobFailed {
        /// The job.
        job: Id,
        /// The failure.
        fault: Box<crate::error::Fault>,
    },
    /// Something about a job.
    Job(Id, JobCommand),
    /// Creates an incident by hand.
    CreateIncident {
        /// The execution.
        execution: Id,
        /// Type.
        kind: String,
        /// Configuration.
        configuration: Option<String>,
        /// Message.
        message: Option<String>,
    },
    /// Resolves a custom incident.
    ResolveIncident(Id),
    /// Sets or clears the annotation of an incident.
    AnnotateIncident(Id, Option<String>),
    /// Changes where the tokens of a process instance are.
    Modify(Box<Modification>),
    /// Deletes a process instance.
    Delete(Box<Deletion>),
    /// Suspends or activates a process instance with its tasks, jobs and external tasks.
    Suspend {
        /// The process instance.
        process_instance: Id,
        /// Suspends, or activates.
        suspended: bool,
    },
    /// Suspends or activates the jobs of a job definition, or overrides their priority.
    JobDefinitionChanged {
        /// The process definition.
        definition: Id,
        /// Index of the job declaration; `None` means all.
        declaration: Option<u32>,
        /// Suspend or activate.
        suspended: Option<bool>,
        /// Priority for existing jobs.
        priority: Option<i64>,
        /// Retries for existing jobs.
        retries: Option<i32>,
    },
    /// Moves process instances to another definition.
    Migrate(Box<Migration>),
    /// Evaluates the conditional events of an instance after the engine changed something from outside (none yet needs it).
    AddComment(Box<crate::history::Comment>),
    /// Appends history events made by the runtime (attachments, removal times, operations of the log).
    Record(Vec<crate::history::HistoryEvent>),
}

/// Start of a process instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Start {
    /// The process definition.
    pub definition: Id,
    /// Business key.
    pub business_key: Option<String>,
    /// Case instance id, only recorded.
    pub case_instance: Option<String>,
    /// Variables.
    pub variables: Variables,
    /// The start event, when it is not the initial one (message, signal, condition).
    pub start_event: Option<NodeIx>,
    /// Start instructions instead of a start event.
    pub instructions: Vec<Instruction>,
    /// Without execution listeners.
    pub skip_custom_listeners: bool,
    /// Without input/output mappings.
    pub skip_io_mappings: bool,
    /// Tenant, when the definition has none.
    pub tenant: Option<String>,
    /// The historic process instance that is restarted.
    pub restarted: Option<String>,
    /// What was submitted with the start form.
    pub form: Option<Variables>,
}

/// What can be done with a user task (S-UT).
#[derive(Clone, Debug, PartialEq)]
pub enum TaskCommand {
    /// Completes it.
    Complete {
        /// Set propagating from the task's execution before.
        variables: Variables,
        /// Set in the task before.
        local: Variables,
    },
    /// Submits its form: completes it, or resolves it when delegation is pending.
    SubmitForm(Variables),
    /// Resolves a delegated task.
    Resolve(Variables),
    /// Claims it; `None` unclaims.
    Claim(Option<String>),
    /// Sets the assignee.
    SetAssignee(Option<String>),
    /// Sets the owner.
    SetOwner(Option<String>),
    /// Delegates it to a user.
    Delegate(String),
    /// Changes properties (`PUT /task/{id}`).
    Update(Box<TaskDraft>),
    /// Sets the priority.
    SetPriority(i32),
    /// Sets the name.
    SetName(String),
    /// Sets the description.
    SetDescription(String),
    /// Sets the due date.
    SetDue(Option<Timestamp>),
    /// Sets the follow-up date.
    SetFollowUp(Option<Timestamp>),
    /// Adds a candidate or custom link, or assignee/owner by type.
    AddLink(IdentityLink),
    /// Removes a link.
    DeleteLink(IdentityLink),
    /// Something that belongs to it has changed outside of it, such as a comment: an update without a changed property.
    Touch,
    /// Throws a BPMN error from it.
    BpmnError {
        /// Code.
        code: String,
        /// Message.
        message: Option<String>,
        /// Set propagating before.
        variables: Variables,
    },
    /// Throws an escalation from it.
    Escalation {
        /// Code.
        code: String,
        /// Set propagating before.
        variables: Variables,
    },
    /// Deletes a standalone task.
    Delete {
        /// Delete reason; default `deleted`.
        reason: Option<String>,
        /// Also its history.
        cascade: bool,
    },
}

/// Properties of a task that is created or updated as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskDraft {
    /// Id wanted by the creator.
    pub id: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Assignee.
    pub assignee: Option<String>,
    /// Owner.
    pub owner: Option<String>,
    /// `PENDING` or `RESOLVED`.
    pub delegation: Option<crate::state::DelegationState>,
    /// Priority.
    pub priority: i32,
    /// Due date.
    pub due: Option<Timestamp>,
    /// Follow-up date.
    pub follow_up: Option<Timestamp>,
    /// Parent task.
    pub parent_task: Option<String>,
    /// Case instance.
    pub case_instance: Option<String>,
    /// Tenant.
    pub tenant: Option<String>,
}

/// What can be done with an external task (S-XT).
#[derive(Clone, Debug, PartialEq)]
pub enum ExternalTaskCommand {
    /// Locks it for a worker that fetched it; fails without effect (outcome `NotFetched`) when it is not available.
    Fetch {
        /// The worker.
        worker: String,
        /// Lock duration in milliseconds.
        lock_ms: i64,
    },
    /// Completes it.
    Complete {
        /// The worker.
        worker: String,
        /// Set propagating.
        variables: Variables,
        /// Set in the task's execution.
        local: Variables,
    },
    /// Reports a failure.
    Failure {
        /// The worker.
        worker: String,
        /// Message.
        message: Option<String>,
        /// Details.
        details: Option<String>,
        /// Retries left.
        retries: i32,
        /// Milliseconds until it can be fetched again.
        retry_timeout_ms: i64,
        /// Set propagating.
        variables: Variables,
        /// Set in the task's execution.
        local: Variables,
    },
    /// Throws a BPMN error.
    BpmnError {
        /// The worker.
        worker: String,
        /// Code.
        code: String,
        /// Message.
        message: Option<String>,
        /// Set propagating.
        variables: Variables,
    },
    /// Extends the lock to `now + lock_ms`.
    ExtendLock {
        /// The worker.
        worker: String,
        /// Milliseconds from now.
        lock_ms: i64,
    },
    /// Locks it by id.
    Lock {
        /// The worker.
        worker: String,
        /// Milliseconds from now.
        lock_ms: i64,
    },
    /// Unlocks it.
    Unlock,
    /// Sets the retries.
    SetRetries(i32),
    /// Sets the priority.
    SetPriority(i64),
}

impl ExternalTaskCommand {
    /// Whether its arguments make sense. Camunda looks at them before it looks for the task.
    ///
    /// # Errors
    /// Durations that are not positive, negative retries.
    pub fn check(&self) -> Result<(), Fault> {
        let positive = |name: &str, value: i64| {
            if value > 0 { Ok(()) } else { Err(Fault::bad_request(format!("{name} is not greater than 0"))) }
        };
        match self {
            Self::Lock { lock_ms, .. } => positive("lockDuration", *lock_ms),
            Self::ExtendLock { lock_ms, .. } => positive("lockTime", *lock_ms),
            Self::Failure { retries, retry_timeout_ms, .. } => {
                for (name, value) in [("retries", i64::from(*retries)), ("retryDuration", *retry_timeout_ms)] {
                    if value < 0 {
                        return Err(Fault::engine(format!("{name} is not greater than or equal to 0")));
                    }
                }
                Ok(())
            }
            Self::SetRetries(retries) if *retries < 0 => Err(Fault::bad_request(
                "The number of retries cannot be negative: retries is not greater than or equal to 0",
            )),
            _ => Ok(()),
        }
    }
}

/// What can be done with a job.
#[derive(Clone, Debug, PartialEq)]
pub enum JobCommand {
    /// Sets the retries, and the due date when given.
    SetRetries(i32, Option<Option<Timestamp>>),
    /// Sets the retries in an update of all failed jobs of a job definition: incidents stay until the jobs succeed.
    SetRetriesInBulk(i32, Option<Option<Timestamp>>),
    /// Sets the due date; with `cascade` shifts later firings of a cycle too.
    SetDue(Option<Timestamp>, bool),
    /// Computes the due date of a timer again, from its creation or from now.
    RecalculateDue {
        /// From the creation date, not from now.
        creation_based: bool,
    },
    /// Sets the priority.
    SetPriority(i64),
    /// Suspends or activates it.
    Suspend(bool),
    /// Deletes it.
    Delete,
    /// Locks it for a job runner.
    Lock {
        /// The node.
        owner: String,
        /// Until when.
        until: Timestamp,
    },
    /// Releases the lock.
    Unlock,
}

impl JobCommand {
    /// Whether its arguments make sense. Camunda looks at them before it looks for the job.
    ///
    /// # Errors
    /// Negative retries.
    pub fn check(&self) -> Result<(), Fault> {
        match self {
            Self::SetRetries(retries, _) if *retries < 0 => Err(Fault::engine(format!(
                "ENGINE-13054 The number of job retries must be a non-negative Integer, but '{retries}' has been provided."
            ))),
            _ => Ok(()),
        }
    }
}

/// A modification of a process instance (S-MO).
#[derive(Clone, Debug, PartialEq)]
pub struct Modification {
    /// The process instance.
    pub process_instance: Id,
    /// Instructions in order.
    pub instructions: Vec<Instruction>,
    /// Without listeners.
    pub skip_custom_listeners: bool,
    /// Without input/output mappings.
    pub skip_io_mappings: bool,
    /// Note for the operation log.
    pub annotation: Option<String>,
    /// Cancel reason in place of Camunda's.
    pub cancellation_reason: Option<String>,
}

/// One instruction. Activities are named by id.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Instruction {
    /// Starts before an activity.
    #[n(0)]
    StartBefore(#[n(0)] StartInstruction),
    /// Starts after an activity with one outgoing flow.
    #[n(1)]
    StartAfter(#[n(0)] StartInstruction),
    /// Starts on a sequence flow (its id in `activity`).
    #[n(2)]
    StartTransition(#[n(0)] StartInstruction),
    /// Cancels an activity instance.
    #[n(3)]
    CancelActivityInstance(#[n(0)] String),
    /// Cancels a transition instance.
    #[n(4)]
    CancelTransitionInstance(#[n(0)] String),
    /// Cancels all instances of an activity.
    #[n(5)]
    CancelAll {
        /// The activity.
        #[n(0)]
        activity: String,
        /// Only those that are there before the other instructions run (batch modification).
        #[n(1)]
        only_active: bool,
    },
}

/// Where and with what an instruction starts.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct StartInstruction {
    /// Activity or sequence flow.
    #[n(0)]
    pub activity: String,
    /// The ancestor to start under.
    #[n(1)]
    pub ancestor_activity_instance: Option<String>,
    /// Set propagating.
    #[n(2)]
    pub variables: Variables,
    /// Set locally.
    #[n(3)]
    pub local: Variables,
}

/// Deletion of a process instance (S-EN-9).
#[derive(Clone, Debug, PartialEq)]
pub struct Deletion {
    /// The process instance.
    pub process_instance: Id,
    /// Reason.
    pub reason: Option<String>,
    /// Without listeners.
    pub skip_custom_listeners: bool,
    /// By the API.
    pub externally_terminated: bool,
    /// Without output mappings.
    pub skip_io_mappings: bool,
    /// Called instances stay.
    pub skip_subprocesses: bool,
    /// An instance that is not there is no fault.
    pub if_exists: bool,
}

/// Migration of process instances by a validated plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Migration {
    /// The process instance.
    pub process_instance: Id,
    /// Definition it runs on.
    pub source: Id,
    /// Definition it will run on.
    pub target: Id,
    /// Activities by id: source, target, update event trigger.
    pub instructions: Vec<MigrationInstruction>,
    /// Set on the migrated process instance.
    pub variables: Variables,
    /// Without listeners.
    pub skip_custom_listeners: bool,
    /// Without input/output mappings.
    pub skip_io_mappings: bool,
}

/// One mapping of a migration plan.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MigrationInstruction {
    /// Activity in the source.
    #[n(0)]
    pub source: String,
    /// Activity in the target.
    #[n(1)]
    pub target: String,
    /// Takes event name, due date or condition from the target.
    #[n(2)]
    pub update_event_trigger: bool,
}

/// What a committed command answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Outcome {
    /// Done.
    #[default]
    Done,
    /// A process instance was started (it may have ended already).
    Started {
        /// The process instance.
        process_instance: Id,
        /// It ended within the transaction.
        ended: bool,
        /// Its variables at the end of the transaction (values by name), when asked for.
        variables: Variables,
    },
    /// Something was created.
    Created(Id),
    /// Variables of the process instance after completing a task, or after correlation.
    Variables(Variables),
    /// An external task was locked.
    Fetched,
    /// An external task is not available any more.
    NotFetched,
}
