//! Activities: tasks, subprocesses, call activities, multi-instance (BPMN 2.0.2 §10.3).

use super::{ExecutionListener, Field, FormDefinition, InputOutput, ScopeBody, Script, TaskListener, VariableMapping};

/// Which element carries a service implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceElement {
    /// `serviceTask`.
    ServiceTask,
    /// `sendTask`.
    SendTask,
    /// `businessRuleTask` without `camunda:decisionRef`.
    BusinessRuleTask,
}

/// What a service task or throwing message event runs (`bpmn-elements.md` 5.2).
#[derive(Clone, Debug)]
pub enum Implementation {
    /// Nothing (throwing message events only): passes through.
    None,
    /// `camunda:type="external"`.
    External(Box<ExternalTask>),
    /// `camunda:type="mail"` with its fields.
    Mail(Vec<Field>),
    /// `camunda:type="shell"` with its fields.
    Shell(Vec<Field>),
    /// `camunda:class`.
    Class {
        /// The class name: name of the handler.
        name: String,
        /// Field injections.
        fields: Vec<Field>,
    },
    /// `camunda:delegateExpression`.
    DelegateExpression {
        /// The expression, such as `${charge}`.
        expression: String,
        /// Field injections.
        fields: Vec<Field>,
    },
    /// `camunda:expression`.
    Expression {
        /// The expression.
        expression: String,
        /// `camunda:resultVariable`.
        result_variable: Option<String>,
    },
    /// `camunda:connector`.
    Connector(Box<Connector>),
}

/// An external task's declaration.
#[derive(Clone, Debug)]
pub struct ExternalTask {
    /// `camunda:topic`, an expression.
    pub topic: String,
    /// `camunda:taskPriority`, integer or expression.
    pub priority: Option<String>,
    /// `camunda:errorEventDefinition` elements.
    pub error_definitions: Vec<ExternalTaskError>,
}

/// `camunda:errorEventDefinition`: an error thrown when its expression is true.
#[derive(Clone, Debug)]
pub struct ExternalTaskError {
    /// `expression`; without one it never fires.
    pub expression: Option<String>,
    /// Code of the referenced error.
    pub code: Option<String>,
    /// `camunda:errorMessage` of the referenced error, an expression.
    pub message: Option<String>,
}

/// `camunda:connector`.
#[derive(Clone, Debug)]
pub struct Connector {
    /// `connectorId`.
    pub id: String,
    /// Its own `inputOutput`.
    pub io: InputOutput,
}

/// `businessRuleTask` with a decision.
#[derive(Clone, Debug)]
pub struct DecisionTask {
    /// `camunda:decisionRef`, an expression.
    pub decision_ref: String,
    /// `camunda:decisionRefBinding` and what it needs.
    pub binding: Binding,
    /// `camunda:decisionRefTenantId`, an expression.
    pub tenant_id: Option<String>,
    /// `camunda:resultVariable`.
    pub result_variable: Option<String>,
    /// `camunda:mapDecisionResult`.
    pub mapper: DecisionResultMapper,
}

/// Which version of a called definition is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The newest.
    Latest,
    /// The one in the same deployment.
    Deployment,
    /// That version, an expression.
    Version(String),
    /// The one with that version tag, an expression.
    VersionTag(String),
}

/// `camunda:mapDecisionResult`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionResultMapper {
    /// One value.
    SingleEntry,
    /// One map.
    SingleResult,
    /// A list of values.
    CollectEntries,
    /// A list of maps.
    ResultList,
}

/// `scriptTask`.
#[derive(Clone, Debug)]
pub struct ScriptTask {
    /// What it runs.
    pub script: Script,
    /// `camunda:resultVariable`.
    pub result_variable: Option<String>,
}

/// `userTask` (`bpmn-elements.md` 5.6). All texts are expressions.
#[derive(Clone, Debug, Default)]
pub struct UserTask {
    /// `camunda:assignee` or `humanPerformer`.
    pub assignee: Option<String>,
    /// One expression per candidate entry.
    pub candidate_users: Vec<String>,
    /// One expression per candidate entry.
    pub candidate_groups: Vec<String>,
    /// `camunda:dueDate`.
    pub due_date: Option<String>,
    /// `camunda:followUpDate`.
    pub follow_up_date: Option<String>,
    /// `camunda:priority`; default 50.
    pub priority: Option<String>,
    /// The form.
    pub form: FormDefinition,
    /// Task listeners in order of declaration.
    pub listeners: Vec<TaskListener>,
    /// Legacy `property` children: makes the task a scope.
    pub has_properties: bool,
}

/// `subProcess`, `transaction`, or event subprocess.
#[derive(Clone, Debug, Default)]
pub struct SubProcess {
    /// `triggeredByEvent`.
    pub triggered_by_event: bool,
    /// Its flow elements.
    pub body: ScopeBody,
}

/// `callActivity` (`bpmn-elements.md` 15).
#[derive(Clone, Debug)]
pub struct CallActivity {
    /// What it calls.
    pub called: CalledElement,
    /// `camunda:in` mappings without business key.
    pub inputs: Vec<VariableMapping>,
    /// `camunda:out` mappings.
    pub outputs: Vec<VariableMapping>,
    /// `camunda:in businessKey`, an expression.
    pub business_key: Option<String>,
    /// `camunda:variableMappingClass`.
    pub mapping_class: Option<String>,
    /// `camunda:variableMappingDelegateExpression`.
    pub mapping_delegate_expression: Option<String>,
}

/// Target of a call activity.
#[derive(Clone, Debug)]
pub enum CalledElement {
    /// A process.
    Process {
        /// `calledElement`, an expression.
        key: String,
        /// `camunda:calledElementBinding`.
        binding: Binding,
        /// `camunda:calledElementTenantId`, an expression.
        tenant_id: Option<String>,
    },
    /// `camunda:caseRef`: CMMN, which is not supported at run time.
    Case(String),
}

/// `multiInstanceLoopCharacteristics` (`bpmn-elements.md` 16).
#[derive(Clone, Debug, Default)]
pub struct MultiInstance {
    /// `isSequential`.
    pub sequential: bool,
    /// `loopCardinality`, an expression.
    pub cardinality: Option<String>,
    /// `camunda:collection` or `loopDataInputRef`: expression when it holds `{`, else a variable name.
    pub collection: Option<String>,
    /// `camunda:elementVariable` or `inputDataItem`.
    pub element_variable: Option<String>,
    /// `completionCondition`, an expression.
    pub completion_condition: Option<String>,
    /// `camunda:asyncBefore` on the loop characteristics: each instance starts by a job.
    pub async_before: bool,
    /// `camunda:asyncAfter` on the loop characteristics: each instance ends by a job.
    pub async_after: bool,
    /// `camunda:exclusive` of these jobs, default true.
    pub exclusive: bool,
    /// `camunda:failedJobRetryTimeCycle` of these jobs.
    pub retry_time_cycle: Option<String>,
    /// Listeners declared on the loop characteristics (none in Camunda; kept empty).
    pub listeners: Vec<ExecutionListener>,
}
