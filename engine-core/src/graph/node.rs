//! Nodes and what hangs on them.

use std::sync::Arc;

use models::{
    Text,
    bpmn::{DecisionResultMapper, ErrorCatch, EscalationCatch, FormDefinition, TaskEvent},
};

use super::{FlowIx, NodeIx};
use crate::state::SubscriptionKind;

/// A parsed expression with its text.
#[derive(Clone, Debug)]
pub struct Expr(pub Arc<juel::Expression>);

impl Expr {
    /// The text as in the model.
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// Whether it is plain text without `${…}`.
    pub fn is_literal(&self) -> bool {
        self.0.is_literal()
    }
}

/// A script with where its text comes from.
#[derive(Clone, Debug)]
pub struct ScriptCode {
    /// Language as written.
    pub language: Arc<str>,
    /// The text.
    pub source: ScriptText,
}

/// Text of a script.
#[derive(Clone, Debug)]
pub enum ScriptText {
    /// In the model.
    Inline(Arc<str>),
    /// What an expression gives.
    Given(Expr),
    /// Path of a resource, an expression.
    Resource(Expr),
}

/// A condition.
#[derive(Clone, Debug)]
pub enum ConditionCode {
    /// JUEL.
    Expression(Expr),
    /// A script.
    Script(ScriptCode),
}

/// A sequence flow.
#[derive(Debug)]
pub struct Flow {
    /// Its id.
    pub id: Arc<str>,
    /// Where it leaves.
    pub source: NodeIx,
    /// Where it arrives.
    pub target: NodeIx,
    /// Condition.
    pub condition: Option<ConditionCode>,
    /// `take` listeners.
    pub listeners: Vec<Listener>,
}

/// What starting an activity by an event does to the scopes around it (Camunda's `ActivityStartBehavior`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartBehaviour {
    /// Nothing: starts in its flow scope.
    Default,
    /// Interrupts the event scope and runs inside it (interrupting event subprocess).
    InterruptEventScope,
    /// Cancels the event scope and runs beside it (interrupting boundary event, event behind an event-based gateway).
    CancelEventScope,
    /// Runs concurrently in the flow scope (non-interrupting events).
    ConcurrentInFlowScope,
}

/// A node: the process, an activity, event, gateway, or multi-instance body.
#[derive(Debug)]
pub struct Node {
    /// Activity id.
    pub id: Arc<str>,
    /// Name.
    pub name: Option<Arc<str>>,
    /// Documentation.
    pub documentation: Option<Arc<str>>,
    /// `activityType` of history and API.
    pub activity_type: Text,
    /// What it does.
    pub kind: Kind,
    /// The flow scope; itself for the process.
    pub parent: NodeIx,
    /// The scope whose execution holds this event's subscription or timer.
    pub event_scope: NodeIx,
    /// Has an execution of its own.
    pub is_scope: bool,
    /// Entering is a job.
    pub async_before: bool,
    /// Leaving is a job.
    pub async_after: bool,
    /// Jobs are exclusive.
    pub exclusive: bool,
    /// Priority of jobs.
    pub job_priority: Option<Expr>,
    /// `failedJobRetryTimeCycle`.
    pub retry_time_cycle: Option<Expr>,
    /// Outgoing flows in document order.
    pub outgoing: Vec<FlowIx>,
    /// Incoming flows in document order.
    pub incoming: Vec<FlowIx>,
    /// The default flow.
    pub default_flow: Option<FlowIx>,
    /// Names a default flow that does not exist.
    pub missing_default: Option<Arc<str>>,
    /// `start` listeners.
    pub start_listeners: Vec<Listener>,
    /// `end` listeners.
    pub end_listeners: Vec<Listener>,
    /// Input/output mapping.
    pub io: Option<Io>,
    /// Timers that start with this scope.
    pub timers: Vec<TimerDeclaration>,
    /// Subscriptions that start with this scope.
    pub subscriptions: Vec<SubscriptionDeclaration>,
    /// Error handlers of this scope, in the order they are tried (S-ER-2).
    pub error_handlers: Vec<ErrorHandler>,
    /// Escalation handlers of this scope, in the order they are tried.
    pub escalation_handlers: Vec<EscalationHandler>,
    /// Compensation handler of this activity.
    pub compensation_handler: Option<NodeIx>,
    /// Is a compensation handler.
    pub for_compensation: bool,
    /// How it starts when an event starts it.
    pub start_behaviour: StartBehaviour,
    /// First node of a scope.
    pub initial: Option<NodeIx>,
    /// Index of the job declaration of `asyncBefore`.
    pub before_job: Option<u32>,
    /// Index of the job declaration of `asyncAfter`.
    pub after_job: Option<u32>,
    /// `camunda:properties`.
    pub properties: Vec<(String, String)>,
}

/// What a node does.
#[derive(Debug)]
pub enum Kind {
    /// The process.
    Process,
    /// Embedded subprocess or transaction.
    SubProcess {
        /// `transaction`.
        transaction: bool,
    },
    /// Event subprocess.
    EventSubProcess,
    /// Multi-instance body.
    MultiInstanceBody(Box<Loop>),
    /// Start event of a process or embedded subprocess.
    StartEvent,
    /// Start event of an event subprocess.
    EventSubProcessStart,
    /// None end event, or message end event without implementation.
    EndEvent,
    /// Terminate end event.
    TerminateEnd,
    /// Cancel end event.
    CancelEnd,
    /// Error end event.
    ErrorEnd {
        /// The code.
        code: Arc<str>,
        /// The message.
        message: Option<Expr>,
    },
    /// Escalation throw or end event: the code.
    EscalationThrow(Arc<str>),
    /// Signal throw or end event.
    SignalThrow(Box<SignalCode>),
    /// Compensation throw or end event: the activity.
    CompensationThrow(Option<NodeIx>),
    /// None intermediate throw event, manual task, undefined task: passes through.
    PassThrough,
    /// Intermediate catch event that waits on its own or behind an event-based gateway.
    IntermediateCatch {
        /// Behind an event-based gateway: passes through when the gateway was triggered by it.
        after_gateway: bool,
    },
    /// Boundary event: passes through.
    BoundaryEvent {
        /// Compensation or cancel boundary events are markers.
        marker: bool,
    },
    /// User task.
    UserTask(Box<UserTaskCode>),
    /// Service-like task or throwing message event.
    Service(ServiceCode),
    /// External task.
    ExternalTask(Box<ExternalCode>),
    /// Business rule task with a decision.
    Decision(Box<DecisionCode>),
    /// Script task.
    Script {
        /// What it runs.
        script: ScriptCode,
        /// Where the result goes.
        result_variable: Option<Arc<str>>,
    },
    /// Receive task; with a message it has a subscription.
    ReceiveTask,
    /// Exclusive gateway.
    ExclusiveGateway,
    /// Parallel gateway.
    ParallelGateway,
    /// Inclusive gateway.
    InclusiveGateway,
    /// Event-based gateway.
    EventBasedGateway,
    /// Call activity.
    CallActivity(Box<CallCode>),
}

/// What a listener runs.
#[derive(Clone, Debug)]
pub enum Listener {
    /// A handler by class name.
    Class(Arc<str>, Arc<[FieldCode]>),
    /// A handler by expression.
    DelegateExpression(Expr, Arc<[FieldCode]>),
    /// An expression.
    Expression(Expr),
    /// A script.
    Script(ScriptCode),
}

/// An injected field.
#[derive(Clone, Debug)]
pub struct FieldCode {
    /// Name.
    pub name: Arc<str>,
    /// Constant or expression.
    pub value: FieldText,
}

/// Value of an injected field.
#[derive(Clone, Debug)]
pub enum FieldText {
    /// Given as it is.
    Constant(Arc<str>),
    /// Evaluated on use.
    Expression(Expr),
}

/// A task listener.
#[derive(Clone, Debug)]
pub struct TaskListenerCode {
    /// Its id, of timeouts at least.
    pub id: Option<Arc<str>>,
    /// When.
    pub event: TaskEvent,
    /// What.
    pub listener: Listener,
}

/// Input/output mapping.
#[derive(Debug, Default)]
pub struct Io {
    /// Inputs in order.
    pub inputs: Vec<(Arc<str>, ParameterCode)>,
    /// Outputs in order.
    pub outputs: Vec<(Arc<str>, ParameterCode)>,
}

/// Value of a parameter.
#[derive(Clone, Debug)]
pub enum ParameterCode {
    /// Null.
    Null,
    /// Expression or literal.
    Expression(Expr),
    /// Script.
    Script(ScriptCode),
    /// List.
    List(Vec<ParameterCode>),
    /// Map, ordered by evaluated key.
    Map(Vec<(Expr, ParameterCode)>),
}

/// A job declaration: what a job definition is made from.
#[derive(Clone, Debug)]
pub struct JobDeclaration {
    /// The activity.
    pub node: NodeIx,
    /// `jobType`.
    pub job_type: &'static str,
    /// `jobConfiguration`.
    pub configuration: String,
}

/// Kind of a timer's job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerJob {
    /// `timer-start-event`.
    Start,
    /// `timer-start-event-subprocess`.
    EventSubProcess,
    /// `timer-transition`.
    Boundary,
    /// `timer-intermediate-transition`.
    Intermediate,
    /// `timer-task-listener`: index of the listener in the user task.
    TaskListener(u32),
}

/// Date, duration or cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimerKind {
    /// `timeDate`.
    Date,
    /// `timeDuration`.
    Duration,
    /// `timeCycle`.
    Cycle,
}

/// A timer.
#[derive(Clone, Debug)]
pub struct TimerDeclaration {
    /// The event (for task listeners: the user task).
    pub node: NodeIx,
    /// Kind of its job.
    pub job: TimerJob,
    /// Date, duration or cycle.
    pub kind: TimerKind,
    /// The text.
    pub value: Expr,
    /// Ends or interrupts its scope: a cycle fires once.
    pub interrupting: bool,
    /// Index of its job declaration.
    pub declaration: u32,
}

/// A subscription.
#[derive(Clone, Debug)]
pub struct SubscriptionDeclaration {
    /// The event.
    pub node: NodeIx,
    /// What it waits for.
    pub kind: SubscriptionKind,
    /// Message or signal name.
    pub name: Option<Expr>,
    /// The condition.
    pub condition: Option<Arc<ConditionalCode>>,
    /// By a job, for asynchronous signals.
    pub job: Option<u32>,
}

/// A conditional event.
#[derive(Debug)]
pub struct ConditionalCode {
    /// The condition.
    pub condition: ConditionCode,
    /// Only changes of this variable.
    pub variable_name: Option<Arc<str>>,
    /// Only these kinds of changes; empty means all.
    pub variable_events: Vec<VariableEventKind>,
}

/// Kind of a variable change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableEventKind {
    /// Created.
    Create,
    /// Updated.
    Update,
    /// Deleted.
    Delete,
}

/// An error handler of a scope.
#[derive(Clone, Debug)]
pub struct ErrorHandler {
    /// Boundary event, or event subprocess.
    pub node: NodeIx,
    /// What it catches.
    pub catch: ErrorCatch,
    /// Is an event subprocess.
    pub event_subprocess: bool,
}

/// An escalation handler of a scope.
#[derive(Clone, Debug)]
pub struct EscalationHandler {
    /// Boundary event, or event subprocess.
    pub node: NodeIx,
    /// What it catches.
    pub catch: EscalationCatch,
    /// Cancels what it catches from.
    pub interrupting: bool,
    /// Is an event subprocess.
    pub event_subprocess: bool,
}

/// Multi-instance body.
#[derive(Debug)]
pub struct Loop {
    /// One after another.
    pub sequential: bool,
    /// The repeated activity.
    pub inner: NodeIx,
    /// `loopCardinality`.
    pub cardinality: Option<Expr>,
    /// Collection: an expression, or the name of a variable.
    pub collection: Option<Collection>,
    /// Variable for the element.
    pub element_variable: Option<Arc<str>>,
    /// `completionCondition`.
    pub completion_condition: Option<Expr>,
}

/// Collection of a multi-instance.
#[derive(Debug)]
pub enum Collection {
    /// An expression.
    Expression(Expr),
    /// A variable.
    Variable(Arc<str>),
}

/// Signal throw.
#[derive(Debug)]
pub struct SignalCode {
    /// Name.
    pub name: Expr,
    /// Receivers run in jobs.
    pub asynchronous: bool,
    /// Payload.
    pub inputs: Vec<MappingCode>,
    /// Business key of started instances.
    pub business_key: Option<Expr>,
}

/// `camunda:in` / `camunda:out`.
#[derive(Debug)]
pub struct MappingCode {
    /// Source.
    pub source: MappingSourceCode,
    /// Target variable.
    pub target: Arc<str>,
    /// `local`.
    pub local: bool,
}

/// Source of a mapping.
#[derive(Debug)]
pub enum MappingSourceCode {
    /// All variables.
    All,
    /// A variable.
    Variable(Arc<str>),
    /// An expression.
    Expression(Expr),
}

/// User task.
#[derive(Debug)]
pub struct UserTaskCode {
    /// Name.
    pub name: Option<Expr>,
    /// Description.
    pub description: Option<Expr>,
    /// Assignee.
    pub assignee: Option<Expr>,
    /// Candidate users.
    pub candidate_users: Vec<Expr>,
    /// Candidate groups.
    pub candidate_groups: Vec<Expr>,
    /// Due date.
    pub due_date: Option<Expr>,
    /// Follow-up date.
    pub follow_up_date: Option<Expr>,
    /// Priority.
    pub priority: Option<Expr>,
    /// Form, as the model says it.
    pub form: FormDefinition,
    /// Its generated fields.
    pub fields: crate::form::Form,
    /// Listeners in order of declaration.
    pub listeners: Vec<TaskListenerCode>,
}

/// Service implementations that run inside the transaction.
#[derive(Debug)]
pub enum ServiceCode {
    /// A handler by class name.
    Class(Arc<str>, Arc<[FieldCode]>),
    /// A handler by expression.
    DelegateExpression(Expr, Arc<[FieldCode]>),
    /// An expression.
    Expression {
        /// The expression.
        expression: Expr,
        /// Where the result goes.
        result_variable: Option<Arc<str>>,
    },
    /// A connector.
    Connector {
        /// `connectorId`.
        id: Expr,
        /// Its mapping.
        io: Io,
    },
    /// Mail.
    Mail(Arc<[FieldCode]>),
    /// Shell: refused when it runs.
    Shell(Arc<[FieldCode]>),
}

/// External task.
#[derive(Debug)]
pub struct ExternalCode {
    /// Topic.
    pub topic: Expr,
    /// Priority.
    pub priority: Option<Expr>,
    /// Errors thrown by condition.
    pub errors: Vec<ExternalErrorCode>,
}

/// `camunda:errorEventDefinition`.
#[derive(Debug)]
pub struct ExternalErrorCode {
    /// When.
    pub expression: Option<Expr>,
    /// Code.
    pub code: Option<Arc<str>>,
    /// Message.
    pub message: Option<Expr>,
}

/// Which version of a called definition is meant.
#[derive(Debug)]
pub enum BindingCode {
    /// The newest.
    Latest,
    /// In the same deployment.
    Deployment,
    /// That version.
    Version(Expr),
    /// The one with that tag.
    VersionTag(Expr),
}

/// Decision.
#[derive(Debug)]
pub struct DecisionCode {
    /// Key.
    pub decision: Expr,
    /// Version.
    pub binding: BindingCode,
    /// Tenant.
    pub tenant: Option<Expr>,
    /// Where the mapped result goes.
    pub result_variable: Option<Arc<str>>,
    /// How it is mapped.
    pub mapper: DecisionResultMapper,
}

/// Call activity.
#[derive(Debug)]
pub struct CallCode {
    /// Key; `None` for a CMMN case.
    pub key: Option<Expr>,
    /// Version.
    pub binding: BindingCode,
    /// Tenant.
    pub tenant: Option<Expr>,
    /// In mappings.
    pub inputs: Vec<MappingCode>,
    /// Out mappings.
    pub outputs: Vec<MappingCode>,
    /// Business key.
    pub business_key: Option<Expr>,
    /// Handler that maps variables.
    pub mapping: Option<Listener>,
}
