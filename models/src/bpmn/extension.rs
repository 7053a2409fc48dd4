//! Camunda extensions shared by several elements: expressions, scripts, listeners, mappings, forms, timers.

use crate::diagnostic::Span;

/// Where the text of a script comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptSource {
    /// In the model.
    Inline(String),
    /// `camunda:resource`, an expression: `deployment://…`, `classpath://…` or a plain path.
    Resource(String),
}

/// A script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// `scriptFormat` as written, such as `javascript`, `groovy`, `juel`.
    pub language: String,
    /// Its text.
    pub source: ScriptSource,
    /// Where it stands.
    pub span: Span,
}

impl Script {
    /// Whether a source, or the path of one, is an expression that gives it; in JUEL scripts it is the script itself.
    pub fn is_dynamic(language: &str, text: &str) -> bool {
        let text = text.trim_matches(|c| c <= ' ');
        (text.starts_with("${") || text.starts_with("#{")) && !language.eq_ignore_ascii_case("juel")
    }
}

/// A condition of a sequence flow or conditional event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// JUEL.
    Expression(String),
    /// With a `language`.
    Script(Script),
}

/// A timer event definition. Texts are expressions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimerDefinition {
    /// `timeDate`.
    Date(String),
    /// `timeDuration`.
    Duration(String),
    /// `timeCycle`.
    Cycle(String),
}

/// `camunda:field`: an injected constant or expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// `name`.
    pub name: String,
    /// The text.
    pub value: FieldValue,
}

/// Value of a field injection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// `stringValue` or `camunda:string`.
    String(String),
    /// `expression` or `camunda:expression`.
    Expression(String),
}

/// `camunda:executionListener`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutionListener {
    /// When it runs.
    pub event: ExecutionEvent,
    /// What it runs.
    pub action: ListenerAction,
    /// Where it stands.
    pub span: Span,
}

/// Events of execution listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecutionEvent {
    /// On entering.
    Start,
    /// On leaving or cancelling.
    End,
    /// On a sequence flow.
    Take,
}

/// `camunda:taskListener`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskListener {
    /// `id`; required for timeouts.
    pub id: Option<String>,
    /// When it runs.
    pub event: TaskEvent,
    /// What it runs.
    pub action: ListenerAction,
    /// The timer of a timeout listener.
    pub timer: Option<TimerDefinition>,
    /// Where it stands.
    pub span: Span,
}

/// Events of task listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskEvent {
    /// The task was created.
    Create,
    /// The assignee was set.
    Assignment,
    /// A property was changed.
    Update,
    /// The task is about to be completed.
    Complete,
    /// The task is about to be deleted.
    Delete,
    /// A timeout passed.
    Timeout,
}

/// What a listener runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenerAction {
    /// `class`: name of a handler.
    Class {
        /// The class name.
        name: String,
        /// Field injections.
        fields: Vec<Field>,
    },
    /// `delegateExpression`.
    DelegateExpression {
        /// The expression.
        expression: String,
        /// Field injections.
        fields: Vec<Field>,
    },
    /// `expression`.
    Expression(String),
    /// Child `camunda:script`.
    Script(Script),
}

/// `camunda:inputOutput`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputOutput {
    /// `inputParameter` elements in order.
    pub inputs: Vec<Parameter>,
    /// `outputParameter` elements in order.
    pub outputs: Vec<Parameter>,
}

/// One parameter of an input/output mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// `name`.
    pub name: String,
    /// Its value.
    pub value: ParameterValue,
}

/// Value of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    /// Empty element.
    Null,
    /// Text: literal or expression.
    Expression(String),
    /// `camunda:script`.
    Script(Script),
    /// `camunda:list`.
    List(Vec<ParameterValue>),
    /// `camunda:map`: key expression and value.
    Map(Vec<(String, ParameterValue)>),
}

/// `camunda:in` or `camunda:out`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableMapping {
    /// What is passed.
    pub source: MappingSource,
    /// `target`; empty for [`MappingSource::All`].
    pub target: String,
    /// `local`.
    pub local: bool,
}

/// Source of a variable mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MappingSource {
    /// `variables="all"`.
    All,
    /// `source`: a variable.
    Variable(String),
    /// `sourceExpression`.
    Expression(String),
}

/// The form of a user task or start event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormDefinition {
    /// `camunda:formKey`, an expression.
    pub key: Option<String>,
    /// `camunda:formRef`, an expression.
    pub form_ref: Option<String>,
    /// `camunda:formRefBinding`: `latest`, `deployment` or `version`.
    pub form_ref_binding: Option<String>,
    /// `camunda:formRefVersion`, an expression.
    pub form_ref_version: Option<String>,
    /// `camunda:formData businessKey`: name of the field that holds the business key.
    pub business_key_field: Option<String>,
    /// `camunda:formField` and legacy `camunda:formProperty` elements.
    pub fields: Vec<FormField>,
    /// `camunda:formHandlerClass`; runs on the JVM only.
    pub handler_class: Option<String>,
}

/// A field of a generated form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormField {
    /// `id`: the variable.
    pub id: String,
    /// `label`, an expression.
    pub label: Option<String>,
    /// `type`: `string`, `long`, `date`, `boolean`, `enum`, or a custom name.
    pub type_name: String,
    /// `datePattern`.
    pub date_pattern: Option<String>,
    /// `defaultValue`, an expression.
    pub default_value: Option<String>,
    /// `camunda:value` entries of an enum: id and name.
    pub values: Vec<(String, Option<String>)>,
    /// `camunda:properties`.
    pub properties: Vec<(String, String)>,
    /// `camunda:constraint`: name and configuration.
    pub constraints: Vec<(String, Option<String>)>,
    /// Legacy `formProperty` settings.
    pub legacy: Option<LegacyFormProperty>,
}

/// What only a legacy `camunda:formProperty` has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegacyFormProperty {
    /// `variable`.
    pub variable: Option<String>,
    /// `expression`.
    pub expression: Option<String>,
    /// `readable`.
    pub readable: bool,
    /// `writable`.
    pub writable: bool,
    /// `required`.
    pub required: bool,
}
