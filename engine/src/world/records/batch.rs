//! What a batch does with what. Written once, when the batch is made, and gone when it has ended: the progress stands in
//! [`Batch`](super::Batch), which is small and changes often.

use engine_core::command::{Instruction, MigrationInstruction, Variables};
use minicbor::{Decode, Encode};
use models::{Id, Timestamp};

/// The work of a running batch.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct BatchContent {
    /// The batch.
    #[n(0)]
    pub batch: Id,
    /// What is done.
    #[n(1)]
    pub work: BatchWork,
    /// With what: process instances, jobs, decisions …
    #[n(2)]
    pub ids: Vec<Id>,
}

impl BatchContent {
    /// What a job of the batch works on.
    pub fn chunk(&self, index: u32, size: i32) -> &[Id] {
        let size = usize::try_from(size).unwrap_or(1).max(1);
        let start = (index as usize).saturating_mul(size).min(self.ids.len());
        &self.ids[start..start.saturating_add(size).min(self.ids.len())]
    }
}

/// Kinds of work. Their names are Camunda's batch types.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum BatchWork {
    /// `instance-deletion`.
    #[n(0)]
    DeleteInstances {
        /// Reason.
        #[n(0)]
        reason: Option<String>,
        /// Without listeners.
        #[n(1)]
        skip_custom_listeners: bool,
        /// Without output mappings.
        #[n(2)]
        skip_io_mappings: bool,
        /// Called instances stay.
        #[n(3)]
        skip_subprocesses: bool,
    },
    /// `historic-instance-deletion`.
    #[n(1)]
    DeleteHistoricInstances,
    /// `historic-decision-instance-deletion`.
    #[n(2)]
    DeleteDecisions,
    /// `set-job-retries`.
    #[n(3)]
    SetJobRetries {
        /// Retries.
        #[n(0)]
        retries: i32,
        /// The due date changes.
        #[n(1)]
        sets_due: bool,
        /// To this.
        #[n(2)]
        due: Option<Timestamp>,
    },
    /// `set-external-task-retries`.
    #[n(4)]
    SetExternalTaskRetries {
        /// Retries.
        #[n(0)]
        retries: i32,
    },
    /// `instance-update-suspension-state`.
    #[n(5)]
    SuspendInstances {
        /// Suspend, or activate.
        #[n(0)]
        suspended: bool,
    },
    /// `instance-migration`.
    #[n(6)]
    Migrate {
        /// Definition the instances run on.
        #[n(0)]
        source: Id,
        /// Definition they will run on.
        #[n(1)]
        target: Id,
        /// Mappings.
        #[n(2)]
        instructions: Vec<MigrationInstruction>,
        /// Set on the process instances.
        #[n(3)]
        variables: Variables,
        /// Without listeners.
        #[n(4)]
        skip_custom_listeners: bool,
        /// Without input/output mappings.
        #[n(5)]
        skip_io_mappings: bool,
    },
    /// `instance-modification`.
    #[n(7)]
    Modify {
        /// The process definition.
        #[n(0)]
        definition: Id,
        /// Instructions in order.
        #[n(1)]
        instructions: Vec<Instruction>,
        /// Without listeners.
        #[n(2)]
        skip_custom_listeners: bool,
        /// Without input/output mappings.
        #[n(3)]
        skip_io_mappings: bool,
        /// Note for the operation log.
        #[n(4)]
        annotation: Option<String>,
    },
    /// `instance-restart`.
    #[n(8)]
    Restart {
        /// The process definition.
        #[n(0)]
        definition: Id,
        /// Where to start.
        #[n(1)]
        instructions: Vec<Instruction>,
        /// With the variables they were started with.
        #[n(2)]
        initial_variables: bool,
        /// Without listeners.
        #[n(3)]
        skip_custom_listeners: bool,
        /// Without input/output mappings.
        #[n(4)]
        skip_io_mappings: bool,
        /// Without their business key.
        #[n(5)]
        without_business_key: bool,
    },
    /// `set-variables`.
    #[n(9)]
    SetVariables {
        /// Values.
        #[n(0)]
        variables: Variables,
    },
    /// `correlate-message`.
    #[n(10)]
    CorrelateMessage {
        /// Message name.
        #[n(0)]
        name: Option<String>,
        /// Values.
        #[n(1)]
        variables: Variables,
    },
    /// `process-set-removal-time`, `decision-set-removal-time` or `batch-set-removal-time`.
    #[n(11)]
    SetRemovalTime {
        /// Of what.
        #[n(0)]
        of: RemovalTimeOwner,
        /// To which.
        #[n(1)]
        to: RemovalTimeChoice,
        /// Of the whole hierarchy.
        #[n(2)]
        hierarchical: bool,
    },
}

/// Whose removal time a batch sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum RemovalTimeOwner {
    /// Historic process instances.
    #[n(0)]
    ProcessInstances,
    /// Historic decision instances.
    #[n(1)]
    Decisions,
    /// Historic batches.
    #[n(2)]
    Batches,
}

/// What a batch sets removal times to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum RemovalTimeChoice {
    /// This time.
    #[n(0)]
    Absolute(#[n(0)] Timestamp),
    /// None.
    #[n(1)]
    Cleared,
    /// Base time plus time to live of the definition.
    #[n(2)]
    Calculated,
}

impl BatchWork {
    /// `type` of the API.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::DeleteInstances { .. } => "instance-deletion",
            Self::DeleteHistoricInstances => "historic-instance-deletion",
            Self::DeleteDecisions => "historic-decision-instance-deletion",
            Self::SetJobRetries { .. } => "set-job-retries",
            Self::SetExternalTaskRetries { .. } => "set-external-task-retries",
            Self::SuspendInstances { .. } => "instance-update-suspension-state",
            Self::Migrate { .. } => "instance-migration",
            Self::Modify { .. } => "instance-modification",
            Self::Restart { .. } => "instance-restart",
            Self::SetVariables { .. } => "set-variables",
            Self::CorrelateMessage { .. } => "correlate-message",
            Self::SetRemovalTime { of: RemovalTimeOwner::ProcessInstances, .. } => "process-set-removal-time",
            Self::SetRemovalTime { of: RemovalTimeOwner::Decisions, .. } => "decision-set-removal-time",
            Self::SetRemovalTime { of: RemovalTimeOwner::Batches, .. } => "batch-set-removal-time",
        }
    }
}
