//! Historic entities, with the fields the history API shows. Definition key, name and version follow from the definition's
//! id; durations from the times.

use models::{Id, Text, Timestamp, Value};

use crate::{state::ActivityState, trace::TraceContext};

/// Declares a row: a stored struct with numbered fields in order.
macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $number:literal $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, minicbor::Encode, minicbor::Decode)]
            pub struct $name {
                $($(#[$field_doc])* #[n($number)] pub $field: $type,)*
            }
        )*
    };
}

/// State of a historic process instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum InstanceStateName {
    /// `ACTIVE`.
    #[n(0)]
    Active,
    /// `SUSPENDED`.
    #[n(1)]
    Suspended,
    /// `COMPLETED`.
    #[n(2)]
    Completed,
    /// `EXTERNALLY_TERMINATED`: by the API.
    #[n(3)]
    ExternallyTerminated,
    /// `INTERNALLY_TERMINATED`: by the process, such as a terminate event or a cancelled call activity.
    #[n(4)]
    InternallyTerminated,
}

impl InstanceStateName {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Suspended => "SUSPENDED",
            Self::Completed => "COMPLETED",
            Self::ExternallyTerminated => "EXTERNALLY_TERMINATED",
            Self::InternallyTerminated => "INTERNALLY_TERMINATED",
        }
    }
}

/// State of a historic incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum IncidentState {
    /// Open.
    #[n(0)]
    Open,
    /// Resolved.
    #[n(1)]
    Resolved,
    /// Deleted with what it belonged to.
    #[n(2)]
    Deleted,
}

/// What a log entry records about a job or external task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum LogKind {
    /// It was created.
    #[n(0)]
    Creation,
    /// It failed.
    #[n(1)]
    Failure,
    /// It succeeded.
    #[n(2)]
    Success,
    /// It was deleted.
    #[n(3)]
    Deletion,
}

rows! {
    /// A process instance.
    HistoricProcessInstance {
        /// Its id.
        0 id: Id,
        /// The process definition.
        1 definition: Id,
        /// The root of the call hierarchy.
        2 root: Id,
        /// The calling process instance.
        3 super_instance: Option<Id>,
        /// Business key.
        4 business_key: Option<Text>,
        /// Start.
        5 start: Timestamp,
        /// End.
        6 end: Option<Timestamp>,
        /// State.
        7 state: InstanceStateName,
        /// User who started it.
        8 start_user: Option<Text>,
        /// Activity it started at.
        9 start_activity: Option<Text>,
        /// Activity it ended at.
        10 end_activity: Option<Text>,
        /// Why it was deleted.
        11 delete_reason: Option<Text>,
        /// Tenant.
        12 tenant: Option<Text>,
        /// When it may be removed.
        13 removal_time: Option<Timestamp>,
        /// The instance it restarts.
        14 restarted: Option<Text>,
        /// Case instance it was started with.
        15 case_instance: Option<Text>,
        /// The call activity's instance that called it.
        16 super_activity_instance: Option<Id>,
        /// The trace that the request belongs to which started the root instance (its row only).
        17 trace: Option<Box<TraceContext>>,
    }
    /// An activity instance.
    HistoricActivityInstance {
        /// Its id, without the activity id in front.
        0 id: Id,
        /// The parent: id of an activity instance or of the process instance.
        1 parent: Id,
        /// Activity id of the parent instance; empty for the process instance.
        2 parent_activity: Text,
        /// The activity id.
        3 activity: Text,
        /// The activity's name.
        4 activity_name: Option<Text>,
        /// The activity type (`bpmn-elements.md` 18).
        5 activity_type: Text,
        /// The process definition.
        6 definition: Id,
        /// The process instance.
        7 process_instance: Id,
        /// The execution.
        8 execution: Id,
        /// The user task.
        9 task: Option<Id>,
        /// The called process instance.
        10 called_instance: Option<Id>,
        /// Assignee of the user task.
        11 assignee: Option<Text>,
        /// Start.
        12 start: Timestamp,
        /// End.
        13 end: Option<Timestamp>,
        /// How it ended.
        14 state: ActivityState,
        /// Position in the order of occurrence within the process instance.
        15 sequence: u64,
        /// Tenant.
        16 tenant: Option<Text>,
        /// When it may be removed.
        17 removal_time: Option<Timestamp>,
    }
    /// Place of an activity instance after migration.
    MigratedActivity {
        /// The parent instance.
        0 parent: Id,
        /// Activity id of the parent instance.
        1 parent_activity: Text,
        /// The activity id.
        2 activity: Text,
        /// The activity's name.
        3 activity_name: Option<Text>,
        /// The process definition.
        4 definition: Id,
        /// The execution.
        5 execution: Option<Id>,
        /// The activity's type.
        6 activity_type: Option<Text>,
    }
    /// Change of an assignee.
    AssigneeChange {
        /// The user; `None` is nobody.
        0 user: Option<Text>,
    }
    /// A user task.
    HistoricTaskInstance {
        /// Its id as text (standalone tasks may have any).
        0 id: Id,
        /// Id given by the creator of a standalone task.
        1 custom_id: Option<Text>,
        /// The process definition.
        2 definition: Option<Id>,
        /// The process instance.
        3 process_instance: Option<Id>,
        /// The execution.
        4 execution: Option<Id>,
        /// The activity instance.
        5 activity_instance: Option<Id>,
        /// `taskDefinitionKey`.
        6 key: Option<Text>,
        /// Name.
        7 name: Option<Text>,
        /// Description.
        8 description: Option<Text>,
        /// Owner.
        9 owner: Option<Text>,
        /// Assignee.
        10 assignee: Option<Text>,
        /// Start.
        11 start: Timestamp,
        /// End.
        12 end: Option<Timestamp>,
        /// `completed`, `deleted` or the reason of the cancellation.
        13 delete_reason: Option<Text>,
        /// Priority.
        14 priority: i32,
        /// Due date.
        15 due: Option<Timestamp>,
        /// Follow-up date.
        16 follow_up: Option<Timestamp>,
        /// Parent task.
        17 parent_task: Option<Text>,
        /// Tenant.
        18 tenant: Option<Text>,
        /// `taskState`.
        19 state: Text,
        /// When it may be removed.
        20 removal_time: Option<Timestamp>,
        /// Case instance of a standalone task.
        21 case_instance: Option<Text>,
    }
    /// A variable.
    HistoricVariableInstance {
        /// Its id.
        0 id: Id,
        /// Its name.
        1 name: Text,
        /// Its last value.
        2 value: Value,
        /// The process definition.
        3 definition: Option<Id>,
        /// The process instance.
        4 process_instance: Option<Id>,
        /// The execution.
        5 execution: Option<Id>,
        /// The activity instance of its scope.
        6 activity_instance: Option<Id>,
        /// Activity id of that instance; `None` for the process instance.
        7 activity: Option<Text>,
        /// The task.
        8 task: Option<Id>,
        /// Creation time.
        9 created: Timestamp,
        /// It was deleted while its scope was running.
        10 deleted: bool,
        /// Tenant.
        11 tenant: Option<Text>,
        /// When it may be removed.
        12 removal_time: Option<Timestamp>,
        /// Created with the process instance (`initial`).
        13 initial: bool,
    }
    /// A variable update or submitted form field.
    HistoricDetail {
        /// Its id.
        0 id: Id,
        /// Name of the variable or form field.
        1 name: Text,
        /// Value of the variable, or the form field's text.
        2 value: Value,
        /// A form field, not a variable update.
        3 form_field: bool,
        /// The variable.
        4 variable: Option<Id>,
        /// Revision of the variable.
        5 revision: u32,
        /// The process definition.
        6 definition: Option<Id>,
        /// The process instance.
        7 process_instance: Option<Id>,
        /// The execution.
        8 execution: Option<Id>,
        /// The activity instance.
        9 activity_instance: Option<Id>,
        /// Activity id of that instance.
        10 activity: Option<Text>,
        /// The task.
        11 task: Option<Id>,
        /// When.
        12 time: Timestamp,
        /// The user operation it belongs to.
        13 operation: Option<Id>,
        /// Tenant.
        14 tenant: Option<Text>,
        /// When it may be removed.
        15 removal_time: Option<Timestamp>,
        /// Set when the process instance started.
        16 initial: bool,
        /// The variable was deleted: the type of its last value, where `value` is null.
        17 deleted_type: Option<Box<Text>>,
    }
    /// An incident.
    HistoricIncident {
        /// Its id.
        0 id: Id,
        /// Its type.
        1 kind: Text,
        /// Message.
        2 message: Option<String>,
        /// Start.
        3 start: Timestamp,
        /// End.
        4 end: Option<Timestamp>,
        /// State.
        5 state: IncidentState,
        /// The process definition.
        6 definition: Option<Id>,
        /// The process instance.
        7 process_instance: Option<Id>,
        /// The execution.
        8 execution: Option<Id>,
        /// The activity id.
        9 activity: Option<Text>,
        /// The activity that failed.
        10 failed_activity: Option<Text>,
        /// The incident it comes from.
        11 cause: Id,
        /// The first incident in the chain.
        12 root_cause: Id,
        /// Job id, external task id or custom text.
        13 configuration: Option<Text>,
        /// Id of the log entry of the failure.
        14 history_configuration: Option<Text>,
        /// The job definition.
        15 job_definition: Option<Id>,
        /// Tenant.
        16 tenant: Option<Text>,
        /// When it may be removed.
        17 removal_time: Option<Timestamp>,
        /// Note of an operator.
        18 annotation: Option<String>,
    }
    /// A job's log entry.
    HistoricJobLog {
        /// Its id.
        0 id: Id,
        /// What happened.
        1 kind: LogKind,
        /// When.
        2 time: Timestamp,
        /// The job.
        3 job: Id,
        /// Due date of the job.
        4 due: Option<Timestamp>,
        /// Retries of the job.
        5 retries: i32,
        /// Priority of the job.
        6 priority: i64,
        /// Message of the failure.
        7 message: Option<String>,
        /// Stack trace of the failure.
        8 stacktrace: Option<String>,
        /// The job definition.
        9 job_definition: Option<Id>,
        /// Type of the job definition.
        10 job_definition_type: Option<Text>,
        /// Configuration of the job definition.
        11 job_definition_configuration: Option<Text>,
        /// The activity id.
        12 activity: Option<Text>,
        /// The activity that failed.
        13 failed_activity: Option<Text>,
        /// The execution.
        14 execution: Option<Id>,
        /// The process instance.
        15 process_instance: Option<Id>,
        /// The process definition.
        16 definition: Option<Id>,
        /// Tenant.
        17 tenant: Option<Text>,
        /// When it may be removed.
        18 removal_time: Option<Timestamp>,
        /// The batch.
        19 batch: Option<Id>,
        /// The node that ran it.
        20 hostname: Option<Text>,
        /// The deployment of the entities that a job of a batch works on; others have that of their process definition.
        21 deployment: Option<Id>,
    }
    /// An external task's log entry.
    HistoricExternalTaskLog {
        /// Its id.
        0 id: Id,
        /// What happened.
        1 kind: LogKind,
        /// When.
        2 time: Timestamp,
        /// The external task.
        3 task: Id,
        /// Its topic.
        4 topic: Text,
        /// The worker.
        5 worker: Option<Text>,
        /// Retries left.
        6 retries: Option<i32>,
        /// Priority.
        7 priority: i64,
        /// Message of the failure.
        8 message: Option<String>,
        /// Details of the failure.
        9 details: Option<String>,
        /// The activity id.
        10 activity: Text,
        /// The activity instance.
        11 activity_instance: Id,
        /// The execution.
        12 execution: Id,
        /// The process instance.
        13 process_instance: Id,
        /// The process definition.
        14 definition: Id,
        /// Tenant.
        15 tenant: Option<Text>,
        /// When it may be removed.
        16 removal_time: Option<Timestamp>,
    }
    /// A link's log entry.
    HistoricIdentityLinkLog {
        /// Its id.
        0 id: Id,
        /// When.
        1 time: Timestamp,
        /// `candidate`, `assignee`, `owner`, `starter` or a custom type.
        2 kind: Text,
        /// The user.
        3 user: Option<Text>,
        /// The group.
        4 group: Option<Text>,
        /// The task.
        5 task: Option<Id>,
        /// The process definition.
        6 definition: Option<Id>,
        /// Added, not removed.
        7 added: bool,
        /// Who did it.
        8 assigner: Option<Text>,
        /// Tenant.
        9 tenant: Option<Text>,
        /// When it may be removed.
        10 removal_time: Option<Timestamp>,
        /// The process instance (not shown, for clean-up).
        11 process_instance: Option<Id>,
    }
    /// An evaluated decision.
    HistoricDecisionInstance {
        /// Its id.
        0 id: Id,
        /// The decision definition.
        1 decision_definition: Id,
        /// Key of the decision.
        2 key: String,
        /// Name of the decision.
        3 name: Option<String>,
        /// When.
        4 time: Timestamp,
        /// The process definition.
        5 definition: Option<Id>,
        /// The process instance.
        6 process_instance: Option<Id>,
        /// The activity id.
        7 activity: Option<String>,
        /// The activity instance.
        8 activity_instance: Option<Id>,
        /// User who evaluated it.
        9 user: Option<String>,
        /// Inputs.
        10 inputs: Vec<HistoricDecisionInput>,
        /// Outputs.
        11 outputs: Vec<HistoricDecisionOutput>,
        /// Result of a collect aggregation.
        12 collect_result: Option<f64>,
        /// The root decision of the evaluation, when this one was required.
        13 root_decision: Option<Id>,
        /// The decision requirements definition.
        14 requirements_definition: Option<Id>,
        /// Key of the decision requirements definition.
        15 requirements_key: Option<String>,
        /// Tenant.
        16 tenant: Option<String>,
        /// When it may be removed.
        17 removal_time: Option<Timestamp>,
        /// The execution.
        18 execution: Option<Id>,
    }
    /// Input of an evaluated decision.
    HistoricDecisionInput {
        /// Its id.
        0 id: Id,
        /// Id of the input clause.
        1 clause: String,
        /// Name of the input clause.
        2 name: Option<String>,
        /// Its value.
        3 value: Value,
    }
    /// Output of an evaluated decision.
    HistoricDecisionOutput {
        /// Its id.
        0 id: Id,
        /// Id of the output clause.
        1 clause: String,
        /// Name of the output clause.
        2 name: Option<String>,
        /// The rule.
        3 rule: Option<String>,
        /// Order of the rule, from 1.
        4 rule_order: Option<i32>,
        /// Name of the output variable.
        5 variable: Option<String>,
        /// Its value.
        6 value: Value,
    }
    /// One changed property of a user operation.
    UserOperation {
        /// Its id.
        0 id: Id,
        /// Common to all properties of one operation.
        1 operation: Id,
        /// When.
        2 time: Timestamp,
        /// Who.
        3 user: Option<String>,
        /// `Claim`, `Complete`, `Suspend` …
        4 operation_type: String,
        /// `Task`, `ProcessInstance`, `Job` …
        5 entity_type: String,
        /// `TaskWorker`, `Operator`, `Admin`.
        6 category: Option<String>,
        /// The property.
        7 property: Option<String>,
        /// Value before.
        8 old_value: Option<String>,
        /// Value after.
        9 new_value: Option<String>,
        /// The deployment.
        10 deployment: Option<Id>,
        /// The process definition.
        11 definition: Option<Id>,
        /// Key of the process definition.
        12 definition_key: Option<String>,
        /// The process instance.
        13 process_instance: Option<Id>,
        /// The execution.
        14 execution: Option<Id>,
        /// The task.
        15 task: Option<Id>,
        /// The job.
        16 job: Option<Id>,
        /// The job definition.
        17 job_definition: Option<Id>,
        /// The batch.
        18 batch: Option<Id>,
        /// The external task.
        19 external_task: Option<Id>,
        /// Note.
        20 annotation: Option<String>,
        /// Tenant.
        21 tenant: Option<String>,
        /// When it may be removed.
        22 removal_time: Option<Timestamp>,
    }
    /// A comment on a task or process instance.
    Comment {
        /// Its id.
        0 id: Id,
        /// Author.
        1 user: Option<String>,
        /// When.
        2 time: Timestamp,
        /// The task.
        3 task: Option<Id>,
        /// The process instance.
        4 process_instance: Option<Id>,
        /// The text.
        5 message: String,
        /// When it may be removed.
        6 removal_time: Option<Timestamp>,
        /// Tenant.
        7 tenant: Option<String>,
    }
    /// An attachment of a task or process instance.
    Attachment {
        /// Its id.
        0 id: Id,
        /// Name.
        1 name: Option<String>,
        /// Description.
        2 description: Option<String>,
        /// Type.
        3 kind: Option<String>,
        /// The task.
        4 task: Option<Id>,
        /// The process instance.
        5 process_instance: Option<Id>,
        /// URL of what is kept elsewhere.
        6 url: Option<String>,
        /// Content.
        7 content: Option<minicbor::bytes::ByteVec>,
        /// When.
        8 created: Timestamp,
        /// When it may be removed.
        9 removal_time: Option<Timestamp>,
    }
}
