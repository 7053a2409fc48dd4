//! What a model needs from outside: Java classes, beans, topics, scripts, connectors, forms, decisions, called processes.

use std::collections::BTreeSet;

use models::{
    Span,
    bpmn::{
        BoundaryTrigger, CalledElement, CatchDefinition, Condition, ConditionalDefinition, Definitions,
        ExecutionListener, Field, FieldValue, FlowNode, FormDefinition, Implementation, InputOutput, ListenerAction,
        MappingSource, NodeKind, Parameter, ParameterValue, Process, ScopeBody, Script, ScriptSource, StartTrigger,
        ThrowDefinition, TimerDefinition, VariableMapping,
    },
};

/// Kinds of things a model needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NeedKind {
    /// A Java class (`camunda:class`).
    Class,
    /// An object that a delegate expression names.
    Delegate,
    /// An object whose methods expressions call.
    Bean,
    /// A worker for a topic.
    Topic,
    /// A script language.
    Script,
    /// A script in a file.
    ScriptFile,
    /// A connector.
    Connector,
    /// The mail task of Camunda 7's predecessor, or the shell task.
    Builtin,
    /// A form by `camunda:formRef`.
    Form,
    /// A form by `camunda:formKey`, shown by the tasklist or an application.
    FormKey,
    /// A decision.
    Decision,
    /// A called process.
    Process,
    /// A CMMN case.
    Case,
}

impl NeedKind {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Class => "Java class",
            Self::Delegate => "delegate expression",
            Self::Bean => "bean",
            Self::Topic => "topic",
            Self::Script => "script language",
            Self::ScriptFile => "script file",
            Self::Connector => "connector",
            Self::Builtin => "built-in task",
            Self::Form => "form",
            Self::FormKey => "form key",
            Self::Decision => "decision",
            Self::Process => "process",
            Self::Case => "case",
        }
    }
}

/// Something a model needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// What kind of thing.
    pub kind: NeedKind,
    /// Its name; an expression as it stands when it is known only at run time.
    pub name: String,
    /// Id of the element that needs it.
    pub element: String,
    /// Name of that element in the diagram.
    pub element_name: Option<String>,
    /// Key of its process.
    pub process: String,
    /// What it is needed as: `implementation`, `execution listener`, `task listener`, `expression` …
    pub role: &'static str,
    /// For classes and delegates: names of the injected fields.
    pub fields: Vec<String>,
    /// The text, for scripts.
    pub source: Option<String>,
    /// Where it stands.
    pub span: Span,
}

impl Need {
    /// Whether the name is known only at run time.
    pub fn is_dynamic(&self) -> bool {
        self.name.contains("${") || self.name.contains("#{")
    }
}

/// What the executable processes of a file need, in document order.
pub fn needs(definitions: &Definitions) -> Vec<Need> {
    let mut found = Vec::new();
    for process in definitions.processes.iter().filter(|process| process.executable) {
        let mut variables = BTreeSet::new();
        written(&process.body, &mut variables);
        let place = Place {
            element: process.id.clone(),
            name: process.name.clone(),
            process: process.id.clone(),
            span: process.span,
        };
        let mut collector = Collector { found: &mut found, variables: &variables, place };
        collector.process(process);
    }
    found
}

#[derive(Clone)]
struct Place {
    element: String,
    name: Option<String>,
    process: String,
    span: Span,
}

struct Collector<'a> {
    found: &'a mut Vec<Need>,
    variables: &'a BTreeSet<String>,
    place: Place,
}

/// Names that every expression knows.
const IMPLICIT: [&str; 14] = [
    "execution",
    "task",
    "caseExecution",
    "connector",
    "externalTask",
    "authenticatedUserId",
    "loopCounter",
    "nrOfInstances",
    "nrOfActiveInstances",
    "nrOfCompletedInstances",
    "cellInput",
    "mapDecisionResult",
    "decisionResult",
    "initiator",
];

/// Methods of values: a name they are called on is a variable, not a bean.
const OF_VALUES: [&str; 64] = [
    "prop",
    "hasProp",
    "stringValue",
    "numberValue",
    "boolValue",
    "value",
    "elements",
    "jsonPath",
    "xPath",
    "attr",
    "childElement",
    "childElements",
    "textContent",
    "mapTo",
    "isNull",
    "size",
    "isEmpty",
    "get",
    "getOrDefault",
    "contains",
    "containsKey",
    "containsValue",
    "indexOf",
    "keySet",
    "values",
    "entrySet",
    "iterator",
    "stream",
    "toString",
    "equals",
    "equalsIgnoreCase",
    "startsWith",
    "endsWith",
    "substring",
    "toLowerCase",
    "toUpperCase",
    "length",
    "trim",
    "replace",
    "replaceAll",
    "matches",
    "split",
    "charAt",
    "concat",
    "hashCode",
    "compareTo",
    "intValue",
    "longValue",
    "doubleValue",
    "booleanValue",
    "getTime",
    "plusDays",
    "plusHours",
    "plusMinutes",
    "minusDays",
    "toDate",
    "isAfter",
    "isBefore",
    "after",
    "before",
    "format",
    "name",
    "put",
    "add",
];

impl Collector<'_> {
    fn need(&mut self, kind: NeedKind, name: &str, role: &'static str) {
        self.full(kind, name, role, Vec::new(), None, self.place.span);
    }

    fn full(
        &mut self,
        kind: NeedKind,
        name: &str,
        role: &'static str,
        fields: Vec<String>,
        source: Option<String>,
        span: Span,
    ) {
        self.found.push(Need {
            kind,
            name: name.to_owned(),
            element: self.place.element.clone(),
            element_name: self.place.name.clone(),
            process: self.place.process.clone(),
            role,
            fields,
            source,
            span: if span.line == 0 { self.place.span } else { span },
        });
    }

    fn process(&mut self, process: &Process) {
        self.listeners(&process.listeners);
        self.texts(process.job_priority.iter().chain(&process.task_priority));
        self.texts(process.candidate_starter_users.iter().chain(&process.candidate_starter_groups));
        self.body(&process.body);
    }

    fn body(&mut self, body: &ScopeBody) {
        let outer = self.place.clone();
        for node in &body.nodes {
            self.place = Place {
                element: node.id.clone(),
                name: node.name.clone(),
                process: outer.process.clone(),
                span: node.span,
            };
            self.node(node);
        }
        for flow in &body.flows {
            self.place = Place {
                element: flow.id.clone(),
                name: flow.name.clone(),
                process: outer.process.clone(),
                span: flow.span,
            };
            self.listeners(&flow.listeners);
            if let Some(condition) = &flow.condition {
                self.condition(condition);
            }
        }
        self.place = outer;
    }

    fn node(&mut self, node: &FlowNode) {
        self.listeners(&node.listeners);
        self.texts(node.job_priority.iter().chain(&node.retry_time_cycle));
        if let Some(io) = &node.io {
            self.io(io);
        }
        if let Some(many) = &node.multi_instance {
            let collection = many.collection.iter().filter(|text| text.contains('{'));
            self.texts(many.cardinality.iter().chain(collection).chain(&many.completion_condition));
        }
        match &node.kind {
            NodeKind::StartEvent(start) => {
                self.form(&start.form);
                match &start.trigger {
                    StartTrigger::Timer(timer) => self.timer(timer),
                    StartTrigger::Signal(name) => self.text(name),
                    StartTrigger::Conditional(condition) => self.conditional(condition),
                    _ => {}
                }
            }
            NodeKind::IntermediateCatch(event) => match event {
                CatchDefinition::Timer(timer) => self.timer(timer),
                CatchDefinition::Message(name) | CatchDefinition::Signal(name) => self.text(name),
                CatchDefinition::Conditional(condition) => self.conditional(condition),
                CatchDefinition::Link(_) => {}
            },
            NodeKind::IntermediateThrow(event) | NodeKind::EndEvent(event) => match event {
                ThrowDefinition::Message(implementation) => self.implementation(implementation),
                ThrowDefinition::Signal(signal) => {
                    self.text(&signal.name);
                    self.mappings(&signal.inputs);
                }
                ThrowDefinition::Error { message, .. } => self.texts(message),
                _ => {}
            },
            NodeKind::BoundaryEvent(event) => match &event.trigger {
                BoundaryTrigger::Timer(timer) => self.timer(timer),
                BoundaryTrigger::Message(name) | BoundaryTrigger::Signal(name) => self.text(name),
                BoundaryTrigger::Conditional(condition) => self.conditional(condition),
                _ => {}
            },
            NodeKind::UserTask(task) => {
                self.form(&task.form);
                self.texts(task.assignee.iter().chain(&task.candidate_users).chain(&task.candidate_groups));
                self.texts(task.due_date.iter().chain(&task.follow_up_date).chain(&task.priority));
                for listener in &task.listeners {
                    self.action(&listener.action, "task listener", listener.span);
                    if let Some(timer) = &listener.timer {
                        self.timer(timer);
                    }
                }
            }
            NodeKind::ServiceTask { implementation, .. } => self.implementation(implementation),
            NodeKind::BusinessRuleTask(task) => {
                self.need(NeedKind::Decision, &task.decision_ref, "decision");
                self.text(&task.decision_ref);
            }
            NodeKind::ScriptTask(task) => self.script(&task.script, "script task"),
            NodeKind::ReceiveTask { message } => self.texts(message),
            NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) => self.body(&inner.body),
            NodeKind::CallActivity(call) => {
                match &call.called {
                    CalledElement::Process { key, .. } => {
                        self.need(NeedKind::Process, key, "called process");
                        self.text(key);
                    }
                    CalledElement::Case(key) => self.need(NeedKind::Case, key, "called case"),
                }
                self.mappings(call.inputs.iter().chain(&call.outputs));
                self.texts(&call.business_key);
                if let Some(class) = &call.mapping_class {
                    self.need(NeedKind::Class, class, "variable mapping");
                }
                if let Some(expression) = &call.mapping_delegate_expression {
                    self.need(NeedKind::Delegate, expression, "variable mapping");
                }
            }
            NodeKind::Task { .. }
            | NodeKind::ExclusiveGateway
            | NodeKind::ParallelGateway
            | NodeKind::InclusiveGateway
            | NodeKind::EventBasedGateway => {}
        }
    }

    fn implementation(&mut self, implementation: &Implementation) {
        match implementation {
            Implementation::None => {}
            Implementation::External(task) => {
                self.need(NeedKind::Topic, &task.topic, "external task");
                self.text(&task.topic);
                self.texts(&task.priority);
                self.texts(task.error_definitions.iter().filter_map(|error| error.expression.as_ref()));
            }
            Implementation::Mail(fields) => {
                self.need(NeedKind::Builtin, "mail", "mail task");
                self.fields(fields);
            }
            Implementation::Shell(fields) => {
                self.need(NeedKind::Builtin, "shell", "shell task");
                self.fields(fields);
            }
            Implementation::Class { name, fields } => self.class(name, fields, "implementation"),
            Implementation::DelegateExpression { expression, fields } => {
                self.delegate(expression, fields, "implementation")
            }
            Implementation::Expression { expression, .. } => self.text(expression),
            Implementation::Connector(connector) => {
                self.need(NeedKind::Connector, &connector.id, "connector");
                self.io(&connector.io);
            }
        }
    }

    fn class(&mut self, name: &str, fields: &[Field], role: &'static str) {
        let names = fields.iter().map(|field| field.name.clone()).collect();
        self.full(NeedKind::Class, name, role, names, None, Span::default());
        self.fields(fields);
    }

    fn delegate(&mut self, expression: &str, fields: &[Field], role: &'static str) {
        let names = fields.iter().map(|field| field.name.clone()).collect();
        // `${charge}` names the bean `charge`
        let plain = juel::Expression::parse(expression).ok().and_then(|parsed| {
            let names = parsed.names();
            let inner = expression.trim().strip_prefix(['$', '#'])?.strip_prefix('{')?.strip_suffix('}')?.trim();
            names.iter().find(|(name, _)| *name == inner).map(|(name, _)| (*name).to_owned())
        });
        self.full(NeedKind::Delegate, plain.as_deref().unwrap_or(expression), role, names, None, Span::default());
        self.fields(fields);
    }

    fn fields(&mut self, fields: &[Field]) {
        for field in fields {
            if let FieldValue::Expression(text) = &field.value {
                self.text(text);
            }
        }
    }

    fn listeners(&mut self, listeners: &[ExecutionListener]) {
        for listener in listeners {
            self.action(&listener.action, "execution listener", listener.span);
        }
    }

    fn action(&mut self, action: &ListenerAction, role: &'static str, _span: Span) {
        match action {
            ListenerAction::Class { name, fields } => self.class(name, fields, role),
            ListenerAction::DelegateExpression { expression, fields } => self.delegate(expression, fields, role),
            ListenerAction::Expression(text) => self.text(text),
            ListenerAction::Script(script) => self.script(script, role),
        }
    }

    fn io(&mut self, io: &InputOutput) {
        for parameter in io.inputs.iter().chain(&io.outputs) {
            self.parameter(&parameter.value);
        }
    }

    fn parameter(&mut self, value: &ParameterValue) {
        match value {
            ParameterValue::Null => {}
            ParameterValue::Expression(text) => self.text(text),
            ParameterValue::Script(script) => self.script(script, "parameter"),
            ParameterValue::List(items) => items.iter().for_each(|item| self.parameter(item)),
            ParameterValue::Map(entries) => {
                for (key, value) in entries {
                    self.text(key);
                    self.parameter(value);
                }
            }
        }
    }

    fn mappings<'m>(&mut self, mappings: impl IntoIterator<Item = &'m VariableMapping>) {
        for mapping in mappings {
            if let MappingSource::Expression(text) = &mapping.source {
                self.text(text);
            }
        }
    }

    fn script(&mut self, script: &Script, role: &'static str) {
        match &script.source {
            ScriptSource::Inline(text) => {
                self.full(NeedKind::Script, &script.language, role, Vec::new(), Some(text.clone()), script.span);
            }
            ScriptSource::Resource(path) => {
                self.full(NeedKind::Script, &script.language, role, Vec::new(), None, script.span);
                self.full(NeedKind::ScriptFile, path, role, Vec::new(), None, script.span);
            }
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Expression(text) => self.text(text),
            Condition::Script(script) => self.script(script, "condition"),
        }
    }

    fn conditional(&mut self, event: &ConditionalDefinition) {
        self.condition(&event.condition);
    }

    fn timer(&mut self, timer: &TimerDefinition) {
        let (TimerDefinition::Date(text) | TimerDefinition::Duration(text) | TimerDefinition::Cycle(text)) = timer;
        self.text(text);
    }

    fn form(&mut self, form: &FormDefinition) {
        if let Some(key) = &form.form_ref {
            self.need(NeedKind::Form, key, "form");
            self.text(key);
        }
        if let Some(key) = &form.key {
            self.need(NeedKind::FormKey, key, "form");
            self.text(key);
        }
        if let Some(class) = &form.handler_class {
            self.need(NeedKind::Class, class, "form handler");
        }
    }

    fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t String>) {
        for text in texts {
            self.text(text);
        }
    }

    /// An expression: the beans whose methods it calls.
    fn text(&mut self, text: &str) {
        if !text.contains('{') {
            return;
        }
        let Ok(parsed) = juel::Expression::parse(text) else { return };
        for (name, method) in parsed.names() {
            let Some(method) = method else { continue };
            let value = IMPLICIT.contains(&name) || self.variables.contains(name) || OF_VALUES.contains(&method);
            if !value {
                self.full(
                    NeedKind::Bean,
                    name,
                    "expression",
                    vec![method.to_owned()],
                    Some(text.to_owned()),
                    Span::default(),
                );
            }
        }
    }
}

/// Variables that a model itself writes.
fn written(body: &ScopeBody, names: &mut BTreeSet<String>) {
    let parameters = |io: &InputOutput, names: &mut BTreeSet<String>| {
        names.extend(io.inputs.iter().chain(&io.outputs).map(|Parameter { name, .. }| name.clone()));
    };
    for node in &body.nodes {
        if let Some(io) = &node.io {
            parameters(io, names);
        }
        if let Some(many) = &node.multi_instance {
            names.extend(many.element_variable.clone());
            names.extend(many.collection.clone().filter(|text| !text.contains('{')));
        }
        match &node.kind {
            NodeKind::StartEvent(start) => names.extend(start.form.fields.iter().map(|field| field.id.clone())),
            NodeKind::UserTask(task) => names.extend(task.form.fields.iter().map(|field| field.id.clone())),
            NodeKind::ServiceTask { implementation: Implementation::Expression { result_variable, .. }, .. } => {
                names.extend(result_variable.clone());
            }
            NodeKind::ServiceTask { implementation: Implementation::Connector(connector), .. } => {
                parameters(&connector.io, names);
            }
            NodeKind::BusinessRuleTask(task) => names.extend(task.result_variable.clone()),
            NodeKind::ScriptTask(task) => names.extend(task.result_variable.clone()),
            NodeKind::CallActivity(call) => names.extend(call.outputs.iter().map(|mapping| mapping.target.clone())),
            NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) => written(&inner.body, names),
            _ => {}
        }
    }
}
