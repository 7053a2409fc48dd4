//! Requests to the engine that concern more than one root instance, or none, and their answers. Data only.
//!
//! A request about a single root instance is an [`engine_core::command::Command`]. Ids in here are resolved: whoever builds a
//! request looks texts up in the read model first. What lists of ids mean is told at each type: an empty list never means
//! "all".

use std::sync::Arc;

use engine_core::{
    command::{Instruction, MigrationInstruction, Variables},
    history::Attachment,
    state::ExternalTask,
    trace::TraceContext,
};
use models::{Id, Timestamp, Value};

/// On whose behalf something is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The authenticated user; `None` without authentication.
    pub user: Option<String>,
    /// Groups of the user.
    pub groups: Vec<String>,
    /// Tenants of the user.
    pub tenants: Vec<String>,
    /// Authorizations of the user are checked.
    pub authorized: bool,
    /// How authorizations are checked.
    pub policy: Arc<PermissionPolicy>,
    /// The request must have its effect once: see [`Engine::begin_once`](crate::Engine::begin_once).
    pub once: Option<crate::Once>,
    /// The trace that the request belongs to.
    pub trace: Option<Arc<TraceContext>>,
    /// Id of the request, for the log.
    pub request: Option<Arc<str>>,
}

/// What Camunda lets an installation decide about authorizations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PermissionPolicy {
    /// Reading variables needs permissions of their own (`enforceSpecificVariablePermission`).
    pub specific_variables: bool,
    /// Authorizations on single historic process instances and tasks count (`enableHistoricInstancePermissions`).
    pub historic_instances: bool,
    /// Names of permissions that are not checked (`disabledPermissions`).
    pub disabled: std::collections::BTreeSet<String>,
}

impl PermissionPolicy {
    /// Whether a permission of a resource type is not checked.
    pub(crate) fn disables(&self, resource: crate::world::permission::Resource, permission: i32) -> bool {
        !self.disabled.is_empty()
            && resource.permissions().iter().any(|(name, bits)| *bits == permission && self.disabled.contains(*name))
    }
}

/// Which tenants a request by name concerns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TenantChoice {
    /// Any.
    #[default]
    Any,
    /// Only what belongs to no tenant.
    Without,
    /// Only what belongs to this tenant.
    Is(String),
}

// ---- deployments and definitions --------------------------------------------------------------------------------------

/// A file to deploy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Name; its suffix decides what it is.
    pub name: String,
    /// Content.
    pub content: Arc<[u8]>,
}

/// `POST /deployment/create`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deploy {
    /// Name.
    pub name: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// Tenant.
    pub tenant: Option<String>,
    /// Files.
    pub resources: Vec<Resource>,
    /// Nothing is deployed when no file differs from the latest deployment of the same name.
    pub duplicate_filtering: bool,
    /// Only files that differ are deployed; implies `duplicate_filtering`.
    pub changed_only: bool,
    /// Definitions are suspended until then.
    pub activation: Option<Timestamp>,
}

/// `POST /deployment/{id}/redeploy`: files of an earlier deployment. Without ids and names: all files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redeploy {
    /// The earlier deployment.
    pub deployment: Id,
    /// Files by id.
    pub resource_ids: Vec<String>,
    /// Files by name.
    pub resource_names: Vec<String>,
    /// Source of the deployment that is made.
    pub source: Option<String>,
}

/// What a deployment made. Lists are empty when nothing of the kind was in it, or when it was a duplicate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployed {
    /// The deployment; of a duplicate the latest of that name.
    pub deployment: Id,
    /// Process definitions.
    pub process_definitions: Vec<Id>,
    /// Decision definitions.
    pub decision_definitions: Vec<Id>,
    /// Decision requirements definitions.
    pub requirements_definitions: Vec<Id>,
}

/// How a deletion of something that instances depend on is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// With instances and history; otherwise instances are a fault.
    pub cascade: bool,
    /// Without listeners.
    pub skip_custom_listeners: bool,
    /// Without output mappings.
    pub skip_io_mappings: bool,
}

/// Process definitions by id, or all versions of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Definitions {
    /// One version.
    Id(Id),
    /// All versions.
    Key(String, TenantChoice),
}

/// Changes of definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefinitionChange {
    /// Suspends or activates process definitions.
    Suspend {
        /// Which.
        definitions: Definitions,
        /// Suspend, or activate.
        suspended: bool,
        /// Their instances too.
        include_instances: bool,
        /// At that time, by a job; `None` at once.
        at: Option<Timestamp>,
    },
    /// Deletes process definitions.
    Delete {
        /// Which.
        definitions: Definitions,
        /// How.
        options: DeleteOptions,
    },
    /// Sets how many days history of instances is kept.
    HistoryTimeToLive {
        /// A process definition or decision definition.
        definition: Id,
        /// Days; `None` for ever.
        days: Option<i32>,
    },
}

/// Job definitions by id or by process definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobDefinitions {
    /// One.
    Id(Id),
    /// All of a process definition.
    Of(Definitions),
}

/// Changes of job definitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobDefinitionChange {
    /// Suspends or activates them.
    Suspend {
        /// Which.
        definitions: JobDefinitions,
        /// Suspend, or activate.
        suspended: bool,
        /// Their jobs too.
        include_jobs: bool,
        /// At that time, by a job; `None` at once.
        at: Option<Timestamp>,
    },
    /// Sets or clears (`None`) the overriding priority.
    Priority {
        /// The job definition.
        definition: Id,
        /// Priority.
        priority: Option<i64>,
        /// Of existing jobs too.
        include_jobs: bool,
    },
    /// Sets the retries of its failed jobs.
    Retries {
        /// The job definition.
        definition: Id,
        /// Retries.
        retries: i32,
        /// Due date, when it is to change.
        due: Option<Option<Timestamp>>,
    },
    /// Suspends or activates jobs, not their definitions.
    SuspendJobs {
        /// Of which job definitions.
        definitions: JobDefinitions,
        /// Suspend, or activate.
        suspended: bool,
    },
    /// Suspends or activates the jobs of a process instance.
    SuspendJobsOfInstance {
        /// The process instance.
        process_instance: Id,
        /// Suspend, or activate.
        suspended: bool,
    },
}

/// Process instances that are suspended or activated together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspendInstances {
    /// Which.
    pub instances: Instances,
    /// Suspend, or activate.
    pub suspended: bool,
}

/// Process instances by id or definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instances {
    /// By id, distinct.
    Ids(Vec<Id>),
    /// All of process definitions.
    Of(Definitions),
}

/// `POST /decision-definition/{id}/evaluate`.
#[derive(Clone, Debug, PartialEq)]
pub struct EvaluateDecision {
    /// The decision definition.
    pub definition: Id,
    /// Inputs.
    pub variables: Variables,
}

/// One row of a decision result: outputs by name, in order.
pub type DecisionRow = Vec<(String, Value)>;

// ---- events ----------------------------------------------------------------------------------------------------------

/// `POST /message`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Correlate {
    /// Message name; `None` is allowed for correlation to a process instance.
    pub name: Option<String>,
    /// Business key; `Some("")` is taken literally.
    pub business_key: Option<String>,
    /// Process variables that must match.
    pub correlation_keys: Variables,
    /// Variables of the waiting execution that must match.
    pub local_correlation_keys: Variables,
    /// Only this process instance.
    pub process_instance: Option<Id>,
    /// Only instances of this process definition, or its message start event.
    pub definition: Option<Id>,
    /// Tenants.
    pub tenant: TenantChoice,
    /// Set propagating.
    pub variables: Variables,
    /// Set in the scope of the waiting execution.
    pub local: Variables,
    /// Set in the scope that the message starts.
    pub triggered_scope: Variables,
    /// To all that match, and no fault when nothing does.
    pub all: bool,
    /// Only waiting executions, no start events.
    pub executions_only: bool,
    /// Only start events.
    pub start_only: bool,
    /// Variables of the process instance are wanted in the answer.
    pub variables_in_result: bool,
}

/// Where a message went.
#[derive(Clone, Debug, PartialEq)]
pub enum Correlated {
    /// A waiting execution.
    Execution {
        /// The execution.
        execution: Id,
        /// Its process instance.
        process_instance: Id,
        /// Tenant.
        tenant: Option<String>,
        /// Variables of the process instance, when wanted.
        variables: Variables,
    },
    /// A start event.
    Started(StartedInstance),
}

/// A process instance that was started by an event; it may have ended already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StartedInstance {
    /// The process instance.
    pub process_instance: Id,
    /// The process definition.
    pub definition: Id,
    /// Business key.
    pub business_key: Option<String>,
    /// Tenant.
    pub tenant: Option<String>,
    /// It ended within the transaction.
    pub ended: bool,
    /// Its variables, when wanted.
    pub variables: Variables,
}

/// `POST /signal`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signal {
    /// Signal name.
    pub name: String,
    /// Only this execution.
    pub execution: Option<Id>,
    /// Tenants.
    pub tenant: TenantChoice,
    /// Set at the receivers.
    pub variables: Variables,
}

/// `POST /condition`: starts processes whose conditional start event is true. Answered by [`StartedInstance`]s.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EvaluateConditions {
    /// Variables the conditions see and the instances start with.
    pub variables: Variables,
    /// Business key of the instances.
    pub business_key: Option<String>,
    /// Only this process definition.
    pub definition: Option<Id>,
    /// Tenants.
    pub tenant: TenantChoice,
}

// ---- external tasks --------------------------------------------------------------------------------------------------

/// `POST /external-task/fetchAndLock`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchAndLock {
    /// The worker.
    pub worker: String,
    /// At most so many.
    pub max_tasks: usize,
    /// Higher priority first.
    pub use_priority: bool,
    /// Order by creation time: `Some(true)` oldest first.
    pub oldest_first: Option<bool>,
    /// Topics; without any nothing is fetched.
    pub topics: Vec<FetchTopic>,
}

/// What is fetched of one topic. An empty list or `None` is no restriction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchTopic {
    /// Name of the topic.
    pub name: String,
    /// Lock duration in milliseconds, above 0.
    pub lock_ms: i64,
    /// Names of the variables to deliver; `None` all, empty none.
    pub variables: Option<Vec<String>>,
    /// Only variables of the task's own scope.
    pub local_variables: bool,
    /// Business key.
    pub business_key: Option<String>,
    /// Process definition by its text id.
    pub definition: Option<String>,
    /// Process definitions by their text ids; with `definition` both must hold.
    pub definitions: Vec<String>,
    /// Process definition key.
    pub definition_key: Option<String>,
    /// Process definition keys; with `definition_key` both must hold.
    pub definition_keys: Vec<String>,
    /// Version tag of the process definition.
    pub version_tag: Option<String>,
    /// Process variables with these values.
    pub process_variables: Variables,
    /// Only tasks without tenant.
    pub without_tenant: bool,
    /// Tenants.
    pub tenants: Vec<String>,
    /// Extension properties of the activity are wanted.
    pub extension_properties: bool,
}

/// A task that was fetched.
#[derive(Clone, Debug, PartialEq)]
pub struct LockedTask {
    /// The task, locked.
    pub task: ExternalTask,
    /// Index of the topic in the request that it was fetched by.
    pub topic: usize,
    /// Business key of its process instance.
    pub business_key: Option<Arc<str>>,
    /// Variables visible from it.
    pub variables: Vec<(Arc<str>, Value)>,
    /// Extension properties of its activity.
    pub extension_properties: Vec<(String, String)>,
    /// Where in a trace the task is, for what the worker calls.
    pub trace: Option<TraceContext>,
}

// ---- moving and restarting instances ---------------------------------------------------------------------------------

/// A migration plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MigrationPlan {
    /// Definition the instances run on.
    pub source: Id,
    /// Definition they will run on.
    pub target: Id,
    /// Mappings.
    pub instructions: Vec<MigrationInstruction>,
    /// Set on the process instances.
    pub variables: Variables,
}

/// `POST /migration/generate`: a plan that maps equal activities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GenerateMigration {
    /// Definition the instances run on.
    pub source: Id,
    /// Definition they will run on.
    pub target: Id,
    /// Mappings take event names, due dates and conditions from the target.
    pub update_event_triggers: bool,
    /// Set on the process instances.
    pub variables: Variables,
}

/// What is wrong with a migration plan; empty lists when nothing is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MigrationReport {
    /// Mappings with their problems.
    pub instructions: Vec<(MigrationInstruction, Vec<String>)>,
    /// Variables with their problems.
    pub variables: Vec<(String, Value, Vec<String>)>,
}

/// Migration of several process instances.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Migrate {
    /// The plan.
    pub plan: MigrationPlan,
    /// Process instances by id, distinct.
    pub instances: Vec<Id>,
    /// Without listeners.
    pub skip_custom_listeners: bool,
    /// Without input/output mappings.
    pub skip_io_mappings: bool,
}

/// Modification of several process instances of one definition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModifyMany {
    /// The process definition.
    pub definition: Id,
    /// Process instances by id, distinct.
    pub instances: Vec<Id>,
    /// Instructions in order.
    pub instructions: Vec<Instruction>,
    /// Without listeners.
    pub skip_custom_listeners: bool,
    /// Without input/output mappings.
    pub skip_io_mappings: bool,
    /// Note for the operation log.
    pub annotation: Option<String>,
}

/// Restart of finished process instances.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Restart {
    /// The process definition they run on.
    pub definition: Id,
    /// Historic process instances by id, distinct.
    pub instances: Vec<Id>,
    /// Where to start.
    pub instructions: Vec<Instruction>,
    /// With the variables they were started with, not those they ended with.
    pub initial_variables: bool,
    /// Without listeners.
    pub skip_custom_listeners: bool,
    /// Without input/output mappings.
    pub skip_io_mappings: bool,
    /// Without their business key.
    pub without_business_key: bool,
}

// ---- batches ---------------------------------------------------------------------------------------------------------

/// Work on many entities, done by jobs. Answered by the id of the batch.
#[derive(Clone, Debug, PartialEq)]
pub enum Batch {
    /// `instance-deletion`.
    DeleteInstances {
        /// Process instances.
        instances: Vec<Id>,
        /// Reason.
        reason: Option<String>,
        /// Without listeners.
        skip_custom_listeners: bool,
        /// Without output mappings.
        skip_io_mappings: bool,
        /// Called instances stay.
        skip_subprocesses: bool,
    },
    /// `historic-instance-deletion`.
    DeleteHistoricInstances {
        /// Historic process instances.
        instances: Vec<Id>,
        /// Reason, for the operation log.
        reason: Option<String>,
    },
    /// `historic-decision-instance-deletion`.
    DeleteDecisions {
        /// Historic decision instances.
        decisions: Vec<Id>,
        /// Reason, for the operation log.
        reason: Option<String>,
    },
    /// `set-job-retries`.
    SetJobRetries {
        /// Jobs.
        jobs: Vec<Id>,
        /// Retries.
        retries: i32,
        /// Due date, when it is to change.
        due: Option<Option<Timestamp>>,
    },
    /// `set-external-task-retries`.
    SetExternalTaskRetries {
        /// External tasks.
        tasks: Vec<Id>,
        /// Retries.
        retries: i32,
    },
    /// `instance-update-suspension-state`.
    SuspendInstances {
        /// Process instances.
        instances: Vec<Id>,
        /// Suspend, or activate.
        suspended: bool,
    },
    /// `instance-migration`.
    Migrate(Migrate),
    /// `instance-modification`.
    Modify(ModifyMany),
    /// `instance-restart`.
    Restart(Restart),
    /// `set-variables`.
    SetVariables {
        /// Process instances.
        instances: Vec<Id>,
        /// Values.
        variables: Variables,
    },
    /// `correlate-message`.
    CorrelateMessage {
        /// Process instances.
        instances: Vec<Id>,
        /// Message name.
        name: Option<String>,
        /// Values.
        variables: Variables,
    },
    /// `process-set-removal-time`, `decision-set-removal-time`, `batch-set-removal-time`.
    SetRemovalTime {
        /// Of what.
        of: RemovalTimeOf,
        /// To which.
        to: RemovalTimeTo,
        /// Of the whole call or decision hierarchy.
        hierarchical: bool,
    },
}

/// Whose removal time is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemovalTimeOf {
    /// Historic process instances.
    ProcessInstances(Vec<Id>),
    /// Historic decision instances.
    Decisions(Vec<Id>),
    /// Historic batches.
    Batches(Vec<Id>),
}

/// What removal times are set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovalTimeTo {
    /// This time.
    Absolute(Timestamp),
    /// None.
    Cleared,
    /// Base time plus time to live of the definition.
    Calculated,
}

/// Changes of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchChange {
    /// Deletes it; `cascade` with its history.
    Delete {
        /// The batch.
        batch: Id,
        /// With its history.
        cascade: bool,
    },
    /// Suspends or activates it.
    Suspend {
        /// The batch.
        batch: Id,
        /// Suspend, or activate.
        suspended: bool,
    },
    /// Deletes the history of a batch.
    DeleteHistory(Id),
}

/// Retries of several external tasks at once (`PUT /external-task/retries`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetExternalTaskRetries {
    /// External tasks by id, distinct.
    pub tasks: Vec<Id>,
    /// Retries.
    pub retries: i32,
}

// ---- history ---------------------------------------------------------------------------------------------------------

/// Changes of history. Answered by the id of what was created, if anything.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryChange {
    /// Deletes the history of a finished process instance.
    DeleteProcessInstance(Id),
    /// Deletes a historic variable and its updates.
    DeleteVariable(Id),
    /// Deletes the historic variables of a process instance.
    DeleteVariablesOf(Id),
    /// Deletes the history of a task.
    DeleteTask(Id),
    /// Sets or clears the annotation of the entries of a user operation.
    AnnotateOperation {
        /// The operation.
        operation: String,
        /// The text.
        text: Option<String>,
    },
    /// Adds a comment.
    AddComment {
        /// The task.
        task: Option<Id>,
        /// The process instance.
        process_instance: Option<Id>,
        /// The text.
        message: String,
    },
    /// Changes the text of a comment.
    UpdateComment {
        /// The comment.
        comment: Id,
        /// The text.
        message: String,
    },
    /// Deletes a comment, if it is there.
    DeleteComment {
        /// The comment.
        comment: Option<Id>,
        /// The task it was looked for at.
        of_task: Option<Id>,
        /// The process instance it was looked for at.
        of_instance: Option<Id>,
    },
    /// Deletes all comments of a task.
    DeleteTaskComments(Id),
    /// Deletes all comments of a process instance.
    DeleteInstanceComments(Id),
    /// Adds an attachment; its id and times are given by the engine.
    AddAttachment(Box<Attachment>),
    /// Deletes an attachment.
    DeleteAttachment(Id),
}

/// `POST /history/cleanup`. Answered by the ids of the clean-up jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CleanUp {
    /// At once, not in the next window.
    pub immediately: bool,
}

// ---- metrics ---------------------------------------------------------------------------------------------------------

/// Which metric values are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetricsQuery {
    /// Name, such as `activity-instance-start`; `None` all.
    pub name: Option<String>,
    /// The node that reported.
    pub reporter: Option<String>,
    /// From.
    pub from: Option<Timestamp>,
    /// Until.
    pub until: Option<Timestamp>,
    /// Length of an interval in seconds; `None` for one sum over all.
    pub interval: Option<i64>,
    /// Sums over all reporters.
    pub aggregate_by_reporter: bool,
    /// Skips so many intervals.
    pub offset: usize,
    /// At most so many intervals.
    pub limit: usize,
}

/// Value of a metric in an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricValue {
    /// Start of the interval.
    pub time: Timestamp,
    /// Name.
    pub name: String,
    /// The node that reported; `None` when aggregated.
    pub reporter: Option<String>,
    /// Value.
    pub value: i64,
}

// ---- identity, authorization, filters, properties --------------------------------------------------------------------

/// Changes of what is administered. Answered by the id of what was created, if it has a generated id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admin {
    /// Creates a user, who can't log in without password.
    CreateUser(UserProfile, Option<String>),
    /// Creates a user with the stored form of a password.
    ImportUser(UserProfile, StoredPassword),
    /// Changes a user.
    UpdateUser(UserProfile),
    /// Sets a password.
    SetPassword {
        /// The user.
        user: String,
        /// The password.
        password: String,
        /// Password of the caller, who must confirm it when authenticated.
        own_password: Option<String>,
    },
    /// Deletes a user.
    DeleteUser(String),
    /// Ends the lock after failed logins.
    UnlockUser(String),
    /// Creates a group.
    CreateGroup(GroupProfile),
    /// Changes a group.
    UpdateGroup(GroupProfile),
    /// Deletes a group.
    DeleteGroup(String),
    /// Creates a tenant.
    CreateTenant(TenantProfile),
    /// Changes a tenant.
    UpdateTenant(TenantProfile),
    /// Deletes a tenant.
    DeleteTenant(String),
    /// Adds or removes a membership.
    Member {
        /// What.
        membership: Membership,
        /// Adds, or removes.
        add: bool,
    },
    /// Creates an authorization.
    CreateAuthorization(AuthorizationDraft),
    /// Changes an authorization; its kind stays.
    UpdateAuthorization(Id, AuthorizationDraft),
    /// Deletes an authorization.
    DeleteAuthorization(Id),
    /// Creates a task filter.
    CreateFilter(FilterDraft),
    /// Changes a task filter.
    UpdateFilter(Id, FilterDraft),
    /// Deletes a task filter.
    DeleteFilter(Id),
    /// Sets or removes a property.
    SetProperty(String, Option<String>),
}

/// A user without password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserProfile {
    /// Id, chosen by who creates it.
    pub id: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// A password as it is stored: argon2, or what Camunda 7 writes (`{SHA-512}…` with its salt, `{SHA}…`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredPassword {
    /// The digest.
    pub digest: String,
    /// The salt, where it is not part of the digest.
    pub salt: Option<String>,
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupProfile {
    /// Id, chosen by who creates it.
    pub id: String,
    /// Name.
    pub name: Option<String>,
    /// Type.
    pub kind: Option<String>,
}

/// A tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantProfile {
    /// Id, chosen by who creates it.
    pub id: String,
    /// Name.
    pub name: Option<String>,
}

/// Who belongs to what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Membership {
    /// User in group.
    UserGroup(String, String),
    /// User in tenant.
    UserTenant(String, String),
    /// Group in tenant.
    GroupTenant(String, String),
}

/// An authorization to be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorizationDraft {
    /// 0 global, 1 grant, 2 revoke.
    pub kind: i32,
    /// Permissions by name; `ALL` and `NONE` among them. `None` in an update: unchanged.
    pub permissions: Option<Vec<String>>,
    /// The user; `*` for everybody.
    pub user: Option<String>,
    /// The group.
    pub group: Option<String>,
    /// Camunda's number of the resource type. `None` in an update: unchanged.
    pub resource_type: Option<i32>,
    /// Id of the resource; `*` for all.
    pub resource: Option<String>,
}

/// A task filter to be stored. `None` in an update: unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilterDraft {
    /// `Task`.
    pub resource_type: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Owner.
    pub owner: Option<String>,
    /// The query, as JSON text in the form of `POST /task`.
    pub query: Option<String>,
    /// Properties, as JSON text.
    pub properties: Option<String>,
}

/// `POST /identity/verify`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verify {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
}
