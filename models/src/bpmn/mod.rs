//! BPMN 2.0 definitions with Camunda 7 extensions, as parsed from a file.
//!
//! References between elements are ids (strings) here; `engine-core`'s graph turns them into dense indexes. Everything that
//! Camunda ignores at run time (lanes, data objects, text annotations) is left out unless a tool needs it.
//! Rules: `bpmn-elements.md`.

mod activity;
mod event;
mod extension;

pub use activity::*;
pub use event::*;
pub use extension::*;

use crate::diagnostic::Span;

/// One parsed file.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// `targetNamespace`: the category of the deployed definitions.
    pub target_namespace: String,
    /// Root `message` elements.
    pub messages: Vec<Message>,
    /// Root `signal` elements.
    pub signals: Vec<Signal>,
    /// Root `error` elements.
    pub errors: Vec<ErrorDefinition>,
    /// Root `escalation` elements.
    pub escalations: Vec<Escalation>,
    /// All `process` elements in document order, executable or not.
    pub processes: Vec<Process>,
    /// The pools (`participant` elements) of all collaborations.
    pub participants: Vec<Participant>,
    /// Whether the file carries a `BPMNDiagram`.
    pub has_diagram: bool,
}

/// Root `message`.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// `id`.
    pub id: String,
    /// `name`, an expression; `None` when absent or empty.
    pub name: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// Root `signal`.
#[derive(Clone, Debug, Default)]
pub struct Signal {
    /// `id`.
    pub id: String,
    /// `name`, an expression.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// Root `error`.
#[derive(Clone, Debug, Default)]
pub struct ErrorDefinition {
    /// `id`.
    pub id: String,
    /// `errorCode`.
    pub code: Option<String>,
    /// `camunda:errorMessage`, an expression.
    pub message: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// Root `escalation`.
#[derive(Clone, Debug, Default)]
pub struct Escalation {
    /// `id`.
    pub id: String,
    /// `escalationCode`; an empty one counts as absent.
    pub code: Option<String>,
    /// Where it stands.
    pub span: Span,
}

/// A pool.
#[derive(Clone, Debug, Default)]
pub struct Participant {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// `processRef`.
    pub process_ref: Option<String>,
}

/// One `process` element.
#[derive(Clone, Debug, Default)]
pub struct Process {
    /// `id`: the key of its definitions.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// `isExecutable="true"`; others are not deployed.
    pub executable: bool,
    /// Joined `documentation`.
    pub documentation: Option<String>,
    /// `camunda:versionTag`.
    pub version_tag: Option<String>,
    /// `camunda:historyTimeToLive` in days.
    pub history_time_to_live: Option<i32>,
    /// `camunda:candidateStarterUsers` and `potentialStarter`, expression texts.
    pub candidate_starter_users: Vec<String>,
    /// `camunda:candidateStarterGroups` and `potentialStarter`, expression texts.
    pub candidate_starter_groups: Vec<String>,
    /// `camunda:isStartableInTasklist`, default true.
    pub startable_in_tasklist: bool,
    /// `camunda:jobPriority`, integer or expression.
    pub job_priority: Option<String>,
    /// `camunda:taskPriority` of external tasks, integer or expression.
    pub task_priority: Option<String>,
    /// Listeners on the process itself.
    pub listeners: Vec<ExecutionListener>,
    /// `camunda:properties` of the process.
    pub properties: Vec<(String, String)>,
    /// Its flow elements.
    pub body: ScopeBody,
    /// Names of its lanes with the ids of the nodes in each (for tools only).
    pub lanes: Vec<Lane>,
    /// Where it stands.
    pub span: Span,
}

/// A lane; without effect at run time.
#[derive(Clone, Debug, Default)]
pub struct Lane {
    /// `id`.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// `flowNodeRef` entries.
    pub nodes: Vec<String>,
}

/// The flow elements directly inside a process or subprocess.
#[derive(Clone, Debug, Default)]
pub struct ScopeBody {
    /// Flow nodes in document order; boundary events included.
    pub nodes: Vec<FlowNode>,
    /// Sequence flows in document order.
    pub flows: Vec<SequenceFlow>,
}

/// A sequence flow (BPMN 2.0.2 §8.4.13).
#[derive(Clone, Debug, Default)]
pub struct SequenceFlow {
    /// `id`; generated when absent.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// `sourceRef`.
    pub source: String,
    /// `targetRef`.
    pub target: String,
    /// `conditionExpression`.
    pub condition: Option<Condition>,
    /// `take` listeners.
    pub listeners: Vec<ExecutionListener>,
    /// Where it stands.
    pub span: Span,
}

/// A flow node: activity, event or gateway, with what all of them share.
#[derive(Clone, Debug)]
pub struct FlowNode {
    /// `id`: the activity id.
    pub id: String,
    /// `name`.
    pub name: Option<String>,
    /// Joined `documentation`.
    pub documentation: Option<String>,
    /// What it is.
    pub kind: NodeKind,
    /// `camunda:asyncBefore` or `camunda:async`.
    pub async_before: bool,
    /// `camunda:asyncAfter`.
    pub async_after: bool,
    /// `camunda:exclusive`, default true: of the jobs of asynchronous continuations.
    pub exclusive: bool,
    /// `camunda:exclusive` of the `timerEventDefinition`, default true: of the timer jobs.
    pub timer_exclusive: bool,
    /// `camunda:jobPriority`, integer or expression.
    pub job_priority: Option<String>,
    /// `camunda:failedJobRetryTimeCycle`, an expression.
    pub retry_time_cycle: Option<String>,
    /// `camunda:inputOutput`.
    pub io: Option<InputOutput>,
    /// Execution listeners in order of declaration.
    pub listeners: Vec<ExecutionListener>,
    /// `multiInstanceLoopCharacteristics`.
    pub multi_instance: Option<Box<MultiInstance>>,
    /// `default` sequence flow.
    pub default_flow: Option<String>,
    /// `isForCompensation`.
    pub for_compensation: bool,
    /// `camunda:properties`.
    pub properties: Vec<(String, String)>,
    /// Where it stands.
    pub span: Span,
}

/// What a flow node is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// `startEvent`.
    StartEvent(StartEvent),
    /// `intermediateCatchEvent`.
    IntermediateCatch(CatchDefinition),
    /// `intermediateThrowEvent`.
    IntermediateThrow(ThrowDefinition),
    /// `endEvent`.
    EndEvent(ThrowDefinition),
    /// `boundaryEvent`.
    BoundaryEvent(BoundaryEvent),
    /// `task` and `manualTask`.
    Task {
        /// `manualTask`.
        manual: bool,
    },
    /// `userTask`.
    UserTask(Box<UserTask>),
    /// `serviceTask`, `sendTask`, and `businessRuleTask` without decision.
    ServiceTask {
        /// Which of the three elements it is.
        element: ServiceElement,
        /// What it runs.
        implementation: Implementation,
    },
    /// `businessRuleTask` with `camunda:decisionRef`.
    BusinessRuleTask(Box<DecisionTask>),
    /// `scriptTask`.
    ScriptTask(ScriptTask),
    /// `receiveTask`.
    ReceiveTask {
        /// Name of the message, an expression; `None` waits for a signal to the execution.
        message: Option<String>,
    },
    /// `exclusiveGateway`.
    ExclusiveGateway,
    /// `parallelGateway`.
    ParallelGateway,
    /// `inclusiveGateway`.
    InclusiveGateway,
    /// `eventBasedGateway`.
    EventBasedGateway,
    /// `subProcess`, event subprocesses included.
    SubProcess(SubProcess),
    /// `transaction`.
    Transaction(SubProcess),
    /// `callActivity`.
    CallActivity(Box<CallActivity>),
}
