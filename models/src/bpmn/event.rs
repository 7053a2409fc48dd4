//! Events (BPMN 2.0.2 §10.5).

use super::{Condition, FormDefinition, Implementation, TimerDefinition, VariableMapping};

/// A start event, of a process or of a subprocess.
#[derive(Clone, Debug)]
pub struct StartEvent {
    /// What starts it.
    pub trigger: StartTrigger,
    /// `isInterrupting` (event subprocesses), default true.
    pub interrupting: bool,
    /// `camunda:initiator`.
    pub initiator: Option<String>,
    /// The start form.
    pub form: FormDefinition,
}

/// What starts a start event.
#[derive(Clone, Debug)]
pub enum StartTrigger {
    /// Nothing in particular.
    None,
    /// A timer.
    Timer(TimerDefinition),
    /// A message by name.
    Message(String),
    /// A signal by name, an expression.
    Signal(String),
    /// A condition.
    Conditional(ConditionalDefinition),
    /// An error (event subprocess only).
    Error(ErrorCatch),
    /// An escalation (event subprocess only).
    Escalation(EscalationCatch),
    /// Compensation (event subprocess only).
    Compensation,
}

/// What an intermediate catch event waits for.
#[derive(Clone, Debug)]
pub enum CatchDefinition {
    /// A timer.
    Timer(TimerDefinition),
    /// A message by name, an expression.
    Message(String),
    /// A signal by name, an expression.
    Signal(String),
    /// A condition.
    Conditional(ConditionalDefinition),
    /// A link by name: the target of throwing links.
    Link(String),
}

/// What an intermediate throw or end event does.
#[derive(Clone, Debug)]
pub enum ThrowDefinition {
    /// Nothing.
    None,
    /// A message: runs its implementation; never correlates (S-MS-1).
    Message(Implementation),
    /// A signal.
    Signal(SignalThrow),
    /// An escalation by code.
    Escalation(String),
    /// Compensation.
    Compensation {
        /// `activityRef`.
        activity: Option<String>,
    },
    /// A link by name (intermediate only); flows are rewired to the target.
    Link(String),
    /// An error (end only).
    Error {
        /// The code.
        code: String,
        /// `camunda:errorMessage`, an expression.
        message: Option<String>,
    },
    /// Terminate (end only).
    Terminate,
    /// Cancel (end in a transaction only).
    Cancel,
}

/// A throwing signal event.
#[derive(Clone, Debug)]
pub struct SignalThrow {
    /// Name, an expression.
    pub name: String,
    /// `camunda:async`: receivers run in jobs.
    pub asynchronous: bool,
    /// Payload mappings.
    pub inputs: Vec<VariableMapping>,
    /// `camunda:in businessKey`, an expression.
    pub business_key: Option<String>,
}

/// A boundary event.
#[derive(Clone, Debug)]
pub struct BoundaryEvent {
    /// `attachedToRef`.
    pub attached_to: String,
    /// `cancelActivity`, default true.
    pub interrupting: bool,
    /// What it catches.
    pub trigger: BoundaryTrigger,
}

/// What a boundary event catches.
#[derive(Clone, Debug)]
pub enum BoundaryTrigger {
    /// A timer.
    Timer(TimerDefinition),
    /// A message by name, an expression.
    Message(String),
    /// A signal by name, an expression.
    Signal(String),
    /// A condition.
    Conditional(ConditionalDefinition),
    /// An error.
    Error(ErrorCatch),
    /// An escalation.
    Escalation(EscalationCatch),
    /// Compensation: marks the handler.
    Compensation {
        /// Id of the associated activity (`isForCompensation`); `None` when nothing is associated.
        handler: Option<String>,
    },
    /// Cancel of a transaction.
    Cancel,
}

/// What an error catcher catches and where it leaves the details.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorCatch {
    /// `None` catches every BPMN error.
    pub code: Option<String>,
    /// `camunda:errorCodeVariable`.
    pub code_variable: Option<String>,
    /// `camunda:errorMessageVariable`.
    pub message_variable: Option<String>,
}

/// What an escalation catcher catches and where it leaves the code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EscalationCatch {
    /// `None` catches every escalation.
    pub code: Option<String>,
    /// `camunda:escalationCodeVariable`.
    pub code_variable: Option<String>,
}

/// A conditional event definition.
#[derive(Clone, Debug)]
pub struct ConditionalDefinition {
    /// The condition.
    pub condition: Condition,
    /// `camunda:variableName`.
    pub variable_name: Option<String>,
    /// `camunda:variableEvents`: of `create`, `update`, `delete`; empty means all.
    pub variable_events: Vec<String>,
}
