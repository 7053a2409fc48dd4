//! From `models::bpmn` to a [`ProcessGraph`].
//!
//! The order of nodes is: the process, then each scope's nodes in document order, a multi-instance body right before its
//! inner activity, a subprocess right before its content. It must never depend on anything but the document: running
//! instances store node indexes.

use std::{collections::HashMap, sync::Arc};

use models::{
    bpmn::{
        self, Binding, BoundaryTrigger, CalledElement, CatchDefinition, Condition, ConditionalDefinition, ErrorCatch,
        EscalationCatch, ExecutionEvent, ExecutionListener, Field, FieldValue, FlowNode, Implementation, InputOutput,
        ListenerAction, MappingSource, NodeKind, ParameterValue, Script, ScriptSource, ServiceElement, StartTrigger,
        TaskEvent, ThrowDefinition, TimerDefinition, VariableMapping,
    },
    diagnostic::Span,
    java_order::hash_map_order,
};

use super::{
    BindingCode, CallCode, Collection, ConditionCode, ConditionalCode, DecisionCode, ErrorHandler, EscalationHandler,
    Expr, ExternalCode, ExternalErrorCode, FieldCode, FieldText, Flow, FlowIx, Io, JobDeclaration, Kind, Listener,
    Loop, MappingCode, MappingSourceCode, Node, NodeIx, PROCESS, ParameterCode, ProcessGraph, ScriptCode, ScriptText,
    ServiceCode, SignalCode, StartBehaviour, SubscriptionDeclaration, TaskListenerCode, TimerDeclaration, TimerJob,
    TimerKind, UserTaskCode, VariableEventKind,
};
use crate::{
    form::{self, Form},
    state::SubscriptionKind,
};

/// Why a parsed process can't be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// What is wrong.
    pub message: String,
    /// The element.
    pub element: String,
    /// Where it stands.
    pub span: Span,
}

impl std::fmt::Display for CompileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "element `{}` at line {}: {}", self.element, self.span.line, self.message)
    }
}

impl std::error::Error for CompileError {}

type Result<T> = std::result::Result<T, CompileError>;

/// Compiles a process.
///
/// # Errors
/// When an expression does not parse, or a reference points nowhere; parsing reports most of the latter before.
pub fn compile(process: &bpmn::Process) -> Result<ProcessGraph> {
    let mut compiler = Compiler {
        graph: ProcessGraph {
            key: Arc::from(process.id.as_str()),
            name: process.name.as_deref().map(Arc::from),
            nodes: Vec::new(),
            flows: Vec::new(),
            initial: None,
            jobs: Vec::new(),
            start_subscriptions: Vec::new(),
            start_timers: Vec::new(),
            initiator: None,
            start_form: bpmn::FormDefinition::default(),
            start_fields: Form::default(),
            task_priority: None,
            conditional: false,
            by_id: HashMap::new(),
            flow_by_id: HashMap::new(),
        },
        at: Place { element: process.id.clone(), span: process.span },
        entry: HashMap::new(),
        links: HashMap::new(),
        link_throws: HashMap::new(),
    };
    compiler.process(process)?;
    compiler.order_triggers();
    Ok(compiler.graph)
}

struct Place {
    element: String,
    span: Span,
}

/// The items in the order of a Java hash map with these keys.
fn reordered<T>(items: Vec<T>, keys: &[Option<&str>]) -> Vec<T> {
    let order = hash_map_order(keys);
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| items[at].take()).collect()
}

struct Compiler {
    graph: ProcessGraph,
    /// The element being compiled, for errors.
    at: Place,
    /// Where flows to an element arrive and leave: the multi-instance body when there is one.
    entry: HashMap<String, NodeIx>,
    /// Catching link events by name.
    links: HashMap<String, NodeIx>,
    /// Throwing link events by element id: the link's name.
    link_throws: HashMap<String, String>,
}

impl Compiler {
    fn process(&mut self, process: &bpmn::Process) -> Result<()> {
        let mut root = blank(process.id.as_str(), Kind::Process, PROCESS, "processDefinition");
        root.is_scope = true;
        root.name = process.name.as_deref().map(Arc::from);
        root.job_priority = self.option(process.job_priority.as_deref())?;
        (root.start_listeners, root.end_listeners) = self.listeners(&process.listeners)?;
        root.properties.clone_from(&process.properties);
        self.graph.nodes.push(root);
        self.graph.task_priority = self.option(process.task_priority.as_deref())?;
        self.scope(&process.body, PROCESS)?;
        self.compensation(&process.body)?;
        self.flows(&process.body)?;
        self.initial(&process.body)
    }

    /// The initial activity: the none or timer start event, else the only start event (`bpmn-elements.md` 2).
    fn initial(&mut self, body: &bpmn::ScopeBody) -> Result<()> {
        let starts: Vec<(&FlowNode, &bpmn::StartEvent)> = body
            .nodes
            .iter()
            .filter_map(|node| match &node.kind {
                NodeKind::StartEvent(start) => Some((node, start)),
                _ => None,
            })
            .collect();
        let plain = starts.iter().find(|(_, start)| {
            !matches!(start.trigger, StartTrigger::Message(_) | StartTrigger::Signal(_) | StartTrigger::Conditional(_))
        });
        let chosen = plain.or(if starts.len() == 1 { starts.first() } else { None });
        self.graph.initial = chosen.and_then(|(node, _)| self.graph.find(&node.id));
        self.graph.nodes[0].initial = self.graph.initial;
        self.graph.initiator = starts.iter().rev().find_map(|(_, start)| start.initiator.as_deref()).map(Arc::from);
        if let Some((_, start)) = chosen {
            self.graph.start_form = start.form.clone();
            self.graph.start_fields = form::compile(&start.form).map_err(|text| self.error(text))?;
        }
        Ok(())
    }

    fn scope(&mut self, body: &bpmn::ScopeBody, parent: NodeIx) -> Result<()> {
        for node in &body.nodes {
            self.at = Place { element: node.id.clone(), span: node.span };
            self.flow_node(node, body, parent)?;
        }
        // boundary events refer to activities that may stand behind them
        for node in &body.nodes {
            if let NodeKind::BoundaryEvent(event) = &node.kind {
                self.at = Place { element: node.id.clone(), span: node.span };
                self.boundary(node, event)?;
            }
        }
        Ok(())
    }

    fn flow_node(&mut self, node: &FlowNode, body: &bpmn::ScopeBody, parent: NodeIx) -> Result<()> {
        if let NodeKind::IntermediateThrow(ThrowDefinition::Link(name)) = &node.kind {
            // no activity: flows to it are rewired to the catching event (S-GW-7)
            self.link_throws.insert(node.id.clone(), name.clone());
            return Ok(());
        }
        let mut flow_scope = parent;
        if let Some(multi) = &node.multi_instance {
            flow_scope = self.loop_body(node, multi, parent)?;
        }
        let after_gateway = matches!(node.kind, NodeKind::IntermediateCatch(_)) && self.follows_gateway(node, body);
        let (kind, activity_type, is_scope) = self.kind(node, after_gateway)?;
        let mut made = blank(&node.id, kind, flow_scope, activity_type);
        made.name = node.name.as_deref().map(Arc::from);
        made.documentation = node.documentation.as_deref().map(Arc::from);
        made.is_scope = is_scope || (node.io.is_some() && node.multi_instance.is_none());
        (made.start_listeners, made.end_listeners) = self.listeners(&node.listeners)?;
        made.io = node.io.as_ref().map(|io| self.io(io)).transpose()?;
        made.for_compensation = node.for_compensation;
        made.properties.clone_from(&node.properties);
        made.job_priority = self.option(node.job_priority.as_deref())?;
        match &node.multi_instance {
            None => {
                made.async_before = node.async_before;
                made.async_after = node.async_after;
                made.exclusive = node.exclusive;
                made.retry_time_cycle = self.option(node.retry_time_cycle.as_deref())?;
            }
            Some(multi) => {
                made.async_before = multi.async_before;
                made.async_after = multi.async_after;
                made.exclusive = multi.exclusive;
                made.retry_time_cycle = self.option(multi.retry_time_cycle.as_deref())?;
                if matches!(node.kind, NodeKind::CallActivity(_)) && made.io.is_none() {
                    made.is_scope = false;
                }
                if made.io.is_some() {
                    made.is_scope = is_scope && !matches!(node.kind, NodeKind::CallActivity(_));
                }
            }
        }
        let ix = self.push(made);
        if node.multi_instance.is_none() {
            self.entry.insert(node.id.clone(), ix);
        }
        self.async_jobs(ix);
        match &node.kind {
            NodeKind::SubProcess(sub) | NodeKind::Transaction(sub) => {
                self.scope(&sub.body, ix)?;
                self.flows(&sub.body)?;
                let initial = sub.body.nodes.iter().find(|node| matches!(node.kind, NodeKind::StartEvent(_)));
                self.graph.nodes[ix.0 as usize].initial = initial.and_then(|node| self.graph.find(&node.id));
                if sub.triggered_by_event {
                    self.event_subprocess(ix, sub, parent)?;
                }
            }
            NodeKind::IntermediateCatch(CatchDefinition::Link(name)) => {
                self.links.insert(name.clone(), ix);
            }
            NodeKind::StartEvent(start) if parent == PROCESS => self.process_start(ix, start)?,
            NodeKind::ReceiveTask { message: Some(name) } => {
                let name = self.expr(name)?;
                self.subscribe(ix, ix, SubscriptionKind::Message, Some(name), None);
            }
            NodeKind::IntermediateCatch(catch) if !after_gateway => self.catch(ix, ix, catch)?,
            NodeKind::UserTask(task) => {
                for (at, listener) in task.listeners.iter().enumerate() {
                    if let (TaskEvent::Timeout, Some(timer)) = (listener.event, &listener.timer) {
                        let job = TimerJob::TaskListener(u32::try_from(at).unwrap_or(u32::MAX));
                        self.timer(ix, ix, timer, job, false)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether an intermediate catch event is the target of an event-based gateway.
    fn follows_gateway(&self, node: &FlowNode, body: &bpmn::ScopeBody) -> bool {
        body.flows.iter().filter(|flow| flow.target == node.id).any(|flow| {
            body.nodes
                .iter()
                .any(|source| source.id == flow.source && matches!(source.kind, NodeKind::EventBasedGateway))
        })
    }

    fn loop_body(&mut self, node: &FlowNode, multi: &bpmn::MultiInstance, parent: NodeIx) -> Result<NodeIx> {
        let inner = NodeIx(self.next().0 + 1);
        let collection = match multi.collection.as_deref() {
            Some(text) if text.contains('{') => Some(Collection::Expression(self.expr(text)?)),
            Some(name) => Some(Collection::Variable(Arc::from(name))),
            None => None,
        };
        let kind = Kind::MultiInstanceBody(Box::new(Loop {
            sequential: multi.sequential,
            inner,
            cardinality: self.option(multi.cardinality.as_deref())?,
            collection,
            element_variable: multi.element_variable.as_deref().map(Arc::from),
            completion_condition: self.option(multi.completion_condition.as_deref())?,
        }));
        let mut body = blank(&format!("{}#multiInstanceBody", node.id), kind, parent, "multiInstanceBody");
        body.is_scope = true;
        body.async_before = node.async_before;
        body.async_after = node.async_after;
        body.exclusive = node.exclusive;
        body.job_priority = self.option(node.job_priority.as_deref())?;
        body.retry_time_cycle = self.option(node.retry_time_cycle.as_deref())?;
        body.for_compensation = node.for_compensation;
        body.name.clone_from(&node.name.as_deref().map(Arc::from));
        let ix = self.push(body);
        self.entry.insert(node.id.clone(), ix);
        self.async_jobs(ix);
        Ok(ix)
    }

    #[expect(clippy::match_same_arms, reason = "one line per element reads as a table")]
    fn kind(&mut self, node: &FlowNode, after_gateway: bool) -> Result<(Kind, &'static str, bool)> {
        Ok(match &node.kind {
            NodeKind::StartEvent(start) => {
                let name = match &start.trigger {
                    StartTrigger::None => "startEvent",
                    StartTrigger::Timer(_) => "startTimerEvent",
                    StartTrigger::Message(_) => "messageStartEvent",
                    StartTrigger::Signal(_) => "signalStartEvent",
                    StartTrigger::Conditional(_) => "conditionalStartEvent",
                    StartTrigger::Error(_) => "errorStartEvent",
                    StartTrigger::Escalation(_) => "escalationStartEvent",
                    StartTrigger::Compensation => "compensationStartEvent",
                };
                (Kind::StartEvent, name, false)
            }
            NodeKind::IntermediateCatch(catch) => {
                let name = match catch {
                    CatchDefinition::Timer(_) => "intermediateTimer",
                    CatchDefinition::Message(_) => "intermediateMessageCatch",
                    CatchDefinition::Signal(_) => "intermediateSignalCatch",
                    CatchDefinition::Conditional(_) => "intermediateConditional",
                    CatchDefinition::Link(_) => return Ok((Kind::PassThrough, "intermediateLinkCatch", false)),
                };
                (Kind::IntermediateCatch { after_gateway }, name, !after_gateway)
            }
            NodeKind::IntermediateThrow(throw) => self.throw(throw, false)?,
            NodeKind::EndEvent(throw) => self.throw(throw, true)?,
            NodeKind::BoundaryEvent(event) => {
                let (name, marker) = match &event.trigger {
                    BoundaryTrigger::Timer(_) => ("boundaryTimer", false),
                    BoundaryTrigger::Message(_) => ("boundaryMessage", false),
                    BoundaryTrigger::Signal(_) => ("boundarySignal", false),
                    BoundaryTrigger::Conditional(_) => ("boundaryConditional", false),
                    BoundaryTrigger::Error(_) => ("boundaryError", false),
                    BoundaryTrigger::Escalation(_) => ("boundaryEscalation", false),
                    BoundaryTrigger::Compensation { .. } => ("compensationBoundaryCatch", true),
                    BoundaryTrigger::Cancel => ("cancelBoundaryCatch", false),
                };
                (Kind::BoundaryEvent { marker }, name, false)
            }
            NodeKind::Task { manual } => (Kind::PassThrough, if *manual { "manualTask" } else { "task" }, false),
            NodeKind::UserTask(task) => {
                let scope = task.has_properties || task.listeners.iter().any(|l| l.event == TaskEvent::Timeout);
                (Kind::UserTask(Box::new(self.user_task(node, task)?)), "userTask", scope)
            }
            NodeKind::ServiceTask { element, implementation } => {
                let name = match element {
                    ServiceElement::ServiceTask => "serviceTask",
                    ServiceElement::SendTask => "sendTask",
                    ServiceElement::BusinessRuleTask => "businessRuleTask",
                };
                let (kind, scope) = self.service(implementation)?;
                (kind, name, scope)
            }
            NodeKind::BusinessRuleTask(task) => {
                let code = DecisionCode {
                    decision: self.expr(&task.decision_ref)?,
                    binding: self.binding(&task.binding)?,
                    tenant: self.option(task.tenant_id.as_deref())?,
                    result_variable: task.result_variable.as_deref().map(Arc::from),
                    mapper: task.mapper,
                };
                (Kind::Decision(Box::new(code)), "businessRuleTask", true)
            }
            NodeKind::ScriptTask(task) => {
                let kind = Kind::Script {
                    script: self.script(&task.script)?,
                    result_variable: task.result_variable.as_deref().map(Arc::from),
                };
                (kind, "scriptTask", false)
            }
            NodeKind::ReceiveTask { message } => (Kind::ReceiveTask, "receiveTask", message.is_some()),
            NodeKind::ExclusiveGateway => (Kind::ExclusiveGateway, "exclusiveGateway", false),
            NodeKind::ParallelGateway => (Kind::ParallelGateway, "parallelGateway", false),
            NodeKind::InclusiveGateway => (Kind::InclusiveGateway, "inclusiveGateway", false),
            NodeKind::EventBasedGateway => (Kind::EventBasedGateway, "eventBasedGateway", true),
            NodeKind::SubProcess(sub) if sub.triggered_by_event => (Kind::EventSubProcess, "subProcess", true),
            NodeKind::SubProcess(_) => (Kind::SubProcess { transaction: false }, "subProcess", true),
            NodeKind::Transaction(_) => (Kind::SubProcess { transaction: true }, "transaction", true),
            NodeKind::CallActivity(call) => (Kind::CallActivity(Box::new(self.call(call)?)), "callActivity", true),
        })
    }

    fn throw(&mut self, throw: &ThrowDefinition, end: bool) -> Result<(Kind, &'static str, bool)> {
        Ok(match throw {
            ThrowDefinition::None | ThrowDefinition::Link(_) if end => (Kind::EndEvent, "noneEndEvent", false),
            ThrowDefinition::None | ThrowDefinition::Link(_) => {
                (Kind::PassThrough, "intermediateNoneThrowEvent", false)
            }
            ThrowDefinition::Message(Implementation::None) if end => (Kind::EndEvent, "endEvent", false),
            ThrowDefinition::Message(Implementation::None) => {
                (Kind::PassThrough, "intermediateMessageThrowEvent", false)
            }
            ThrowDefinition::Message(implementation) => {
                let (kind, scope) = self.service(implementation)?;
                (kind, if end { "messageEndEvent" } else { "intermediateMessageThrowEvent" }, scope)
            }
            ThrowDefinition::Signal(signal) => {
                let code = SignalCode {
                    name: self.expr(&signal.name)?,
                    asynchronous: signal.asynchronous,
                    inputs: self.mappings(&signal.inputs)?,
                    business_key: self.option(signal.business_key.as_deref())?,
                };
                let name = if end { "signalEndEvent" } else { "intermediateSignalThrow" };
                (Kind::SignalThrow(Box::new(code)), name, false)
            }
            ThrowDefinition::Escalation(code) => {
                let name = if end { "escalationEndEvent" } else { "intermediateEscalationThrowEvent" };
                (Kind::EscalationThrow(Arc::from(code.as_str())), name, false)
            }
            ThrowDefinition::Compensation { .. } => {
                let name = if end { "compensationEndEvent" } else { "intermediateCompensationThrowEvent" };
                // the activity is filled in by `attach`: it may stand behind this event
                (Kind::CompensationThrow(None), name, true)
            }
            ThrowDefinition::Error { code, message } => {
                let kind = Kind::ErrorEnd { code: Arc::from(code.as_str()), message: self.option(message.as_deref())? };
                (kind, "errorEndEvent", false)
            }
            ThrowDefinition::Terminate => (Kind::TerminateEnd, "terminateEndEvent", false),
            ThrowDefinition::Cancel => (Kind::CancelEnd, "cancelEndEvent", true),
        })
    }

    fn service(&mut self, implementation: &Implementation) -> Result<(Kind, bool)> {
        let code = match implementation {
            Implementation::None => return Ok((Kind::PassThrough, false)),
            Implementation::External(task) => {
                let errors = task
                    .error_definitions
                    .iter()
                    .map(|error| {
                        Ok(ExternalErrorCode {
                            expression: self.option(error.expression.as_deref())?,
                            code: error.code.as_deref().map(Arc::from),
                            message: self.option(error.message.as_deref())?,
                        })
                    })
                    .collect::<Result<_>>()?;
                let code = ExternalCode {
                    topic: self.expr(&task.topic)?,
                    priority: self.option(task.priority.as_deref())?,
                    errors,
                };
                return Ok((Kind::ExternalTask(Box::new(code)), true));
            }
            Implementation::Mail(fields) => ServiceCode::Mail(self.fields(fields)?),
            Implementation::Shell(fields) => ServiceCode::Shell(self.fields(fields)?),
            Implementation::Class { name, fields } => {
                ServiceCode::Class(Arc::from(name.as_str()), self.fields(fields)?)
            }
            Implementation::DelegateExpression { expression, fields } => {
                ServiceCode::DelegateExpression(self.expr(expression)?, self.fields(fields)?)
            }
            Implementation::Expression { expression, result_variable } => ServiceCode::Expression {
                expression: self.expr(expression)?,
                result_variable: result_variable.as_deref().map(Arc::from),
            },
            Implementation::Connector(connector) => {
                ServiceCode::Connector { id: self.expr(&connector.id)?, io: self.io(&connector.io)? }
            }
        };
        Ok((Kind::Service(code), false))
    }

    fn user_task(&mut self, node: &FlowNode, task: &bpmn::UserTask) -> Result<UserTaskCode> {
        Ok(UserTaskCode {
            name: self.option(node.name.as_deref())?,
            description: self.option(node.documentation.as_deref())?,
            assignee: self.option(task.assignee.as_deref())?,
            candidate_users: self.exprs(&task.candidate_users)?,
            candidate_groups: self.exprs(&task.candidate_groups)?,
            due_date: self.option(task.due_date.as_deref())?,
            follow_up_date: self.option(task.follow_up_date.as_deref())?,
            priority: self.option(task.priority.as_deref())?,
            form: task.form.clone(),
            fields: form::compile(&task.form).map_err(|text| self.error(text))?,
            listeners: task
                .listeners
                .iter()
                .map(|listener| {
                    Ok(TaskListenerCode {
                        id: listener.id.as_deref().map(Arc::from),
                        event: listener.event,
                        listener: self.action(&listener.action)?,
                    })
                })
                .collect::<Result<_>>()?,
        })
    }

    fn call(&mut self, call: &bpmn::CallActivity) -> Result<CallCode> {
        let (key, binding, tenant) = match &call.called {
            CalledElement::Process { key, binding, tenant_id } => {
                (Some(self.expr(key)?), self.binding(binding)?, self.option(tenant_id.as_deref())?)
            }
            CalledElement::Case(_) => (None, BindingCode::Latest, None),
        };
        let mapping = match (&call.mapping_class, &call.mapping_delegate_expression) {
            (Some(class), _) => Some(Listener::Class(Arc::from(class.as_str()), Arc::from([]))),
            (None, Some(expression)) => Some(Listener::DelegateExpression(self.expr(expression)?, Arc::from([]))),
            (None, None) => None,
        };
        Ok(CallCode {
            key,
            binding,
            tenant,
            inputs: self.mappings(&call.inputs)?,
            outputs: self.mappings(&call.outputs)?,
            business_key: self.option(call.business_key.as_deref())?,
            mapping,
        })
    }

    fn binding(&mut self, binding: &Binding) -> Result<BindingCode> {
        Ok(match binding {
            Binding::Latest => BindingCode::Latest,
            Binding::Deployment => BindingCode::Deployment,
            Binding::Version(text) => BindingCode::Version(self.expr(text)?),
            Binding::VersionTag(text) => BindingCode::VersionTag(self.expr(text)?),
        })
    }

    /// Handlers and targets of compensation: they may be in other scopes than the events.
    fn compensation(&mut self, body: &bpmn::ScopeBody) -> Result<()> {
        for node in &body.nodes {
            self.at = Place { element: node.id.clone(), span: node.span };
            match &node.kind {
                NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) => self.compensation(&inner.body)?,
                NodeKind::BoundaryEvent(event) => {
                    if let BoundaryTrigger::Compensation { handler } = &event.trigger {
                        self.compensation_handler(node, event, handler.as_deref())?;
                    }
                }
                NodeKind::IntermediateThrow(ThrowDefinition::Compensation { activity: Some(activity) })
                | NodeKind::EndEvent(ThrowDefinition::Compensation { activity: Some(activity) }) => {
                    let target = self.entry.get(activity).copied().or_else(|| self.graph.find(activity));
                    let ix = self.known(&node.id)?;
                    self.graph.nodes[ix.0 as usize].kind = Kind::CompensationThrow(target);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn compensation_handler(
        &mut self,
        node: &FlowNode,
        event: &bpmn::BoundaryEvent,
        handler: Option<&str>,
    ) -> Result<()> {
        let ix = self.known(&node.id)?;
        let inner = self.known(&event.attached_to)?;
        let handler = match handler {
            Some(id) => Some(self.entry.get(id).copied().map_or_else(|| self.known(id), Ok)?),
            None => None,
        };
        self.graph.nodes[inner.0 as usize].compensation_handler = handler;
        self.graph.nodes[ix.0 as usize].event_scope = inner;
        if let Some(handler) = handler {
            self.graph.nodes[handler.0 as usize].event_scope = inner;
        }
        Ok(())
    }

    fn boundary(&mut self, node: &FlowNode, event: &bpmn::BoundaryEvent) -> Result<()> {
        if matches!(event.trigger, BoundaryTrigger::Compensation { .. }) {
            return Ok(());
        }
        let ix = self.known(&node.id)?;
        let inner = self.known(&event.attached_to)?;
        let host = self.entry.get(&event.attached_to).copied().unwrap_or(inner);
        self.graph.nodes[host.0 as usize].is_scope = true;
        let made = &mut self.graph.nodes[ix.0 as usize];
        made.event_scope = host;
        let interrupting =
            event.interrupting || matches!(event.trigger, BoundaryTrigger::Error(_) | BoundaryTrigger::Cancel);
        made.start_behaviour =
            if interrupting { StartBehaviour::CancelEventScope } else { StartBehaviour::ConcurrentInFlowScope };
        match &event.trigger {
            BoundaryTrigger::Timer(timer) => self.timer(host, ix, timer, TimerJob::Boundary, interrupting)?,
            BoundaryTrigger::Message(name) => {
                let name = self.expr(name)?;
                self.subscribe(host, ix, SubscriptionKind::Message, Some(name), None);
            }
            BoundaryTrigger::Signal(name) => {
                let name = self.expr(name)?;
                self.subscribe(host, ix, SubscriptionKind::Signal, Some(name), None);
            }
            BoundaryTrigger::Conditional(condition) => {
                let condition = self.conditional(condition)?;
                self.subscribe(host, ix, SubscriptionKind::Conditional, None, Some(condition));
            }
            BoundaryTrigger::Error(catch) => self.error_handler(host, ix, catch, false),
            BoundaryTrigger::Escalation(catch) => self.escalation_handler(host, ix, catch, interrupting, false),
            BoundaryTrigger::Compensation { .. } | BoundaryTrigger::Cancel => {}
        }
        Ok(())
    }

    fn event_subprocess(&mut self, sub: NodeIx, body: &bpmn::SubProcess, scope: NodeIx) -> Result<()> {
        let Some((node, start)) = body.body.nodes.iter().find_map(|node| match &node.kind {
            NodeKind::StartEvent(start) => Some((node, start)),
            _ => None,
        }) else {
            return Ok(());
        };
        let ix = self.known(&node.id)?;
        let interrupting = start.interrupting || matches!(start.trigger, StartTrigger::Error(_));
        {
            let made = &mut self.graph.nodes[ix.0 as usize];
            made.kind = Kind::EventSubProcessStart;
            made.event_scope = scope;
        }
        {
            let made = &mut self.graph.nodes[sub.0 as usize];
            made.event_scope = scope;
            made.for_compensation = matches!(start.trigger, StartTrigger::Compensation);
            made.start_behaviour = if matches!(start.trigger, StartTrigger::Compensation) {
                StartBehaviour::Default
            } else if interrupting {
                StartBehaviour::InterruptEventScope
            } else {
                StartBehaviour::ConcurrentInFlowScope
            };
        }
        match &start.trigger {
            StartTrigger::None => {}
            StartTrigger::Timer(timer) => self.timer(scope, ix, timer, TimerJob::EventSubProcess, interrupting)?,
            StartTrigger::Message(name) => {
                let name = self.expr(name)?;
                self.subscribe(scope, ix, SubscriptionKind::Message, Some(name), None);
            }
            StartTrigger::Signal(name) => {
                let name = self.expr(name)?;
                self.subscribe(scope, ix, SubscriptionKind::Signal, Some(name), None);
            }
            StartTrigger::Conditional(condition) => {
                let condition = self.conditional(condition)?;
                self.subscribe(scope, ix, SubscriptionKind::Conditional, None, Some(condition));
            }
            StartTrigger::Error(catch) => self.error_handler(scope, sub, catch, true),
            StartTrigger::Escalation(catch) => self.escalation_handler(scope, sub, catch, interrupting, true),
            StartTrigger::Compensation => {
                self.graph.nodes[scope.0 as usize].compensation_handler = Some(sub);
            }
        }
        Ok(())
    }

    fn process_start(&mut self, ix: NodeIx, start: &bpmn::StartEvent) -> Result<()> {
        let declaration =
            |kind, name, condition| SubscriptionDeclaration { node: ix, kind, name, condition, job: None };
        match &start.trigger {
            StartTrigger::Timer(timer) => {
                let timer = self.timer_declaration(ix, timer, TimerJob::Start, false)?;
                self.graph.start_timers.push(timer);
            }
            StartTrigger::Message(name) => {
                let name = self.expr(name)?;
                self.graph.start_subscriptions.push(declaration(SubscriptionKind::Message, Some(name), None));
            }
            StartTrigger::Signal(name) => {
                let name = self.expr(name)?;
                self.graph.start_subscriptions.push(declaration(SubscriptionKind::Signal, Some(name), None));
            }
            StartTrigger::Conditional(condition) => {
                let condition = self.conditional(condition)?;
                self.graph.start_subscriptions.push(declaration(SubscriptionKind::Conditional, None, Some(condition)));
            }
            StartTrigger::None | StartTrigger::Error(_) | StartTrigger::Escalation(_) | StartTrigger::Compensation => {}
        }
        Ok(())
    }

    fn catch(&mut self, scope: NodeIx, ix: NodeIx, catch: &CatchDefinition) -> Result<()> {
        match catch {
            CatchDefinition::Timer(timer) => self.timer(scope, ix, timer, TimerJob::Intermediate, true),
            CatchDefinition::Message(name) => {
                let name = self.expr(name)?;
                self.subscribe(scope, ix, SubscriptionKind::Message, Some(name), None);
                Ok(())
            }
            CatchDefinition::Signal(name) => {
                let name = self.expr(name)?;
                self.subscribe(scope, ix, SubscriptionKind::Signal, Some(name), None);
                Ok(())
            }
            CatchDefinition::Conditional(condition) => {
                let condition = self.conditional(condition)?;
                self.subscribe(scope, ix, SubscriptionKind::Conditional, None, Some(condition));
                Ok(())
            }
            CatchDefinition::Link(_) => Ok(()),
        }
    }

    fn flows(&mut self, body: &bpmn::ScopeBody) -> Result<()> {
        for flow in &body.flows {
            self.at = Place { element: flow.id.clone(), span: flow.span };
            if self.link_throws.contains_key(&flow.source) {
                continue;
            }
            let source = self.entry.get(&flow.source).copied().map_or_else(|| self.known(&flow.source), Ok)?;
            let target = match self.link_throws.get(&flow.target) {
                Some(link) => *self.links.get(link).ok_or_else(|| {
                    self.error(format!(
                        "sequence flow points to link event source with name '{link}' but no event target with that \
                         name exists"
                    ))
                })?,
                None => self.entry.get(&flow.target).copied().map_or_else(|| self.known(&flow.target), Ok)?,
            };
            if matches!(self.graph.node(source).kind, Kind::EventBasedGateway) {
                self.gateway_event(body, source, &flow.target)?;
                continue;
            }
            let condition = flow.condition.as_ref().map(|condition| self.condition(condition)).transpose()?;
            let listeners = flow.listeners.iter().map(|l| self.action(&l.action)).collect::<Result<_>>()?;
            let ix = FlowIx(u32::try_from(self.graph.flows.len()).map_err(|_| self.error("too many flows"))?);
            let id: Arc<str> = Arc::from(flow.id.as_str());
            self.graph.flows.push(Flow { id: id.clone(), source, target, condition, listeners });
            self.graph.flow_by_id.insert(id, ix);
            self.graph.nodes[source.0 as usize].outgoing.push(ix);
            self.graph.nodes[target.0 as usize].incoming.push(ix);
        }
        for node in &body.nodes {
            let Some(default) = &node.default_flow else { continue };
            let Some(ix) = self.entry.get(&node.id).copied() else { continue };
            match self.graph.find_flow(default) {
                Some(flow) => self.graph.nodes[ix.0 as usize].default_flow = Some(flow),
                None => self.graph.nodes[ix.0 as usize].missing_default = Some(Arc::from(default.as_str())),
            }
        }
        Ok(())
    }

    /// A flow of an event-based gateway is consumed here: its event's trigger belongs to the gateway's scope.
    fn gateway_event(&mut self, body: &bpmn::ScopeBody, gateway: NodeIx, target: &str) -> Result<()> {
        let Some(node) = body.nodes.iter().find(|node| node.id == target) else { return Ok(()) };
        let ix = self.known(target)?;
        let made = &mut self.graph.nodes[ix.0 as usize];
        made.event_scope = gateway;
        made.start_behaviour = StartBehaviour::CancelEventScope;
        if let NodeKind::IntermediateCatch(catch) = &node.kind {
            self.catch(gateway, ix, catch)?;
        }
        Ok(())
    }

    fn error_handler(&mut self, scope: NodeIx, node: NodeIx, catch: &ErrorCatch, event_subprocess: bool) {
        let handlers = &mut self.graph.nodes[scope.0 as usize].error_handlers;
        handlers.push(ErrorHandler { node, catch: catch.clone(), event_subprocess });
        // event subprocess before boundary, with code before without (S-ER-2); stable in document order
        handlers.sort_by_key(|handler| (!handler.event_subprocess, handler.catch.code.is_none()));
    }

    fn escalation_handler(
        &mut self,
        scope: NodeIx,
        node: NodeIx,
        catch: &EscalationCatch,
        interrupting: bool,
        event_subprocess: bool,
    ) {
        let handlers = &mut self.graph.nodes[scope.0 as usize].escalation_handlers;
        handlers.push(EscalationHandler { node, catch: catch.clone(), interrupting, event_subprocess });
        handlers.sort_by_key(|handler| !handler.event_subprocess);
    }

    /// Camunda keeps the triggers of a scope in hash maps by activity id: subscriptions and timers are made in that order.
    fn order_triggers(&mut self) {
        let ids: Vec<Arc<str>> = self.graph.nodes.iter().map(|node| node.id.clone()).collect();
        let id_of = |ix: NodeIx| Some(&*ids[ix.0 as usize]);
        for node in &mut self.graph.nodes {
            let keys: Vec<_> = node.subscriptions.iter().map(|declaration| id_of(declaration.node)).collect();
            node.subscriptions = reordered(std::mem::take(&mut node.subscriptions), &keys);
            let keys: Vec<_> = node.timers.iter().map(|declaration| id_of(declaration.node)).collect();
            node.timers = reordered(std::mem::take(&mut node.timers), &keys);
        }
    }

    fn subscribe(
        &mut self,
        scope: NodeIx,
        node: NodeIx,
        kind: SubscriptionKind,
        name: Option<Expr>,
        condition: Option<Arc<ConditionalCode>>,
    ) {
        let declaration = SubscriptionDeclaration { node, kind, name, condition, job: None };
        self.graph.nodes[scope.0 as usize].subscriptions.push(declaration);
    }

    fn timer(
        &mut self,
        scope: NodeIx,
        node: NodeIx,
        timer: &TimerDefinition,
        job: TimerJob,
        interrupting: bool,
    ) -> Result<()> {
        let declaration = self.timer_declaration(node, timer, job, interrupting)?;
        self.graph.nodes[scope.0 as usize].timers.push(declaration);
        Ok(())
    }

    fn timer_declaration(
        &mut self,
        node: NodeIx,
        timer: &TimerDefinition,
        job: TimerJob,
        interrupting: bool,
    ) -> Result<TimerDeclaration> {
        let (kind, text, label) = match timer {
            TimerDefinition::Date(text) => (TimerKind::Date, text, "DATE"),
            TimerDefinition::Duration(text) => (TimerKind::Duration, text, "DURATION"),
            TimerDefinition::Cycle(text) => (TimerKind::Cycle, text, "CYCLE"),
        };
        let job_type = match job {
            TimerJob::Start => "timer-start-event",
            TimerJob::EventSubProcess => "timer-start-event-subprocess",
            TimerJob::Boundary => "timer-transition",
            TimerJob::Intermediate => "timer-intermediate-transition",
            TimerJob::TaskListener(_) => "timer-task-listener",
        };
        let declaration = self.declare_job(node, job_type, format!("{label}: {text}"));
        Ok(TimerDeclaration { node, job, kind, value: self.expr(text)?, interrupting, declaration })
    }

    fn async_jobs(&mut self, ix: NodeIx) {
        if self.graph.node(ix).async_before {
            let declaration = self.declare_job(ix, "async-continuation", "async-before".to_owned());
            self.graph.nodes[ix.0 as usize].before_job = Some(declaration);
        }
        if self.graph.node(ix).async_after {
            let declaration = self.declare_job(ix, "async-continuation", "async-after".to_owned());
            self.graph.nodes[ix.0 as usize].after_job = Some(declaration);
        }
    }

    fn declare_job(&mut self, node: NodeIx, job_type: &'static str, configuration: String) -> u32 {
        self.graph.jobs.push(JobDeclaration { node, job_type, configuration });
        u32::try_from(self.graph.jobs.len() - 1).unwrap_or(u32::MAX)
    }

    fn next(&self) -> NodeIx {
        NodeIx(u32::try_from(self.graph.nodes.len()).unwrap_or(u32::MAX))
    }

    fn push(&mut self, node: Node) -> NodeIx {
        let ix = self.next();
        self.graph.by_id.insert(node.id.clone(), ix);
        self.graph.nodes.push(node);
        ix
    }

    fn known(&self, id: &str) -> Result<NodeIx> {
        self.graph.find(id).ok_or_else(|| self.error(format!("there is no element `{id}` in this scope")))
    }

    fn error(&self, message: impl Into<String>) -> CompileError {
        CompileError { message: message.into(), element: self.at.element.clone(), span: self.at.span }
    }

    // -- extensions ---------------------------------------------------------------------------------------------------

    fn expr(&self, text: &str) -> Result<Expr> {
        juel::Expression::parse(text).map(|parsed| Expr(Arc::new(parsed))).map_err(|e| self.error(e.to_string()))
    }

    fn option(&self, text: Option<&str>) -> Result<Option<Expr>> {
        text.map(|text| self.expr(text)).transpose()
    }

    fn exprs(&self, texts: &[String]) -> Result<Vec<Expr>> {
        texts.iter().map(|text| self.expr(text)).collect()
    }

    fn condition(&self, condition: &Condition) -> Result<ConditionCode> {
        Ok(match condition {
            Condition::Expression(text) => ConditionCode::Expression(self.expr(text)?),
            Condition::Script(script) => ConditionCode::Script(self.script(script)?),
        })
    }

    fn conditional(&mut self, definition: &ConditionalDefinition) -> Result<Arc<ConditionalCode>> {
        self.graph.conditional = true;
        Ok(Arc::new(ConditionalCode {
            condition: self.condition(&definition.condition)?,
            variable_name: definition.variable_name.as_deref().map(Arc::from),
            variable_events: definition
                .variable_events
                .iter()
                .filter_map(|name| match name.as_str() {
                    "create" => Some(VariableEventKind::Create),
                    "update" => Some(VariableEventKind::Update),
                    "delete" => Some(VariableEventKind::Delete),
                    _ => None,
                })
                .collect(),
        }))
    }

    fn script(&self, script: &Script) -> Result<ScriptCode> {
        Ok(ScriptCode {
            language: Arc::from(script.language.as_str()),
            source: match &script.source {
                ScriptSource::Inline(text) => ScriptText::Inline(Arc::from(text.as_str())),
                ScriptSource::Resource(text) => ScriptText::Resource(self.expr(text)?),
            },
        })
    }

    fn fields(&self, fields: &[Field]) -> Result<Arc<[FieldCode]>> {
        fields
            .iter()
            .map(|field| {
                let value = match &field.value {
                    FieldValue::String(text) => FieldText::Constant(Arc::from(text.as_str())),
                    FieldValue::Expression(text) => FieldText::Expression(self.expr(text)?),
                };
                Ok(FieldCode { name: Arc::from(field.name.as_str()), value })
            })
            .collect()
    }

    fn action(&self, action: &ListenerAction) -> Result<Listener> {
        Ok(match action {
            ListenerAction::Class { name, fields } => Listener::Class(Arc::from(name.as_str()), self.fields(fields)?),
            ListenerAction::DelegateExpression { expression, fields } => {
                Listener::DelegateExpression(self.expr(expression)?, self.fields(fields)?)
            }
            ListenerAction::Expression(text) => Listener::Expression(self.expr(text)?),
            ListenerAction::Script(script) => Listener::Script(self.script(script)?),
        })
    }

    fn listeners(&self, listeners: &[ExecutionListener]) -> Result<(Vec<Listener>, Vec<Listener>)> {
        let of = |event| {
            listeners.iter().filter(|l| l.event == event).map(|l| self.action(&l.action)).collect::<Result<_>>()
        };
        Ok((of(ExecutionEvent::Start)?, of(ExecutionEvent::End)?))
    }

    fn io(&self, io: &InputOutput) -> Result<Io> {
        let parameters = |all: &[bpmn::Parameter]| {
            all.iter()
                .map(|one| Ok((Arc::from(one.name.as_str()), self.parameter(&one.value)?)))
                .collect::<Result<Vec<_>>>()
        };
        Ok(Io { inputs: parameters(&io.inputs)?, outputs: parameters(&io.outputs)? })
    }

    fn parameter(&self, value: &ParameterValue) -> Result<ParameterCode> {
        Ok(match value {
            ParameterValue::Null => ParameterCode::Null,
            ParameterValue::Expression(text) => ParameterCode::Expression(self.expr(text)?),
            ParameterValue::Script(script) => ParameterCode::Script(self.script(script)?),
            ParameterValue::List(items) => {
                ParameterCode::List(items.iter().map(|item| self.parameter(item)).collect::<Result<_>>()?)
            }
            ParameterValue::Map(entries) => ParameterCode::Map(
                entries
                    .iter()
                    .map(|(key, value)| Ok((self.expr(key)?, self.parameter(value)?)))
                    .collect::<Result<_>>()?,
            ),
        })
    }

    fn mappings(&self, mappings: &[VariableMapping]) -> Result<Vec<MappingCode>> {
        mappings
            .iter()
            .map(|mapping| {
                Ok(MappingCode {
                    source: match &mapping.source {
                        MappingSource::All => MappingSourceCode::All,
                        MappingSource::Variable(name) => MappingSourceCode::Variable(Arc::from(name.as_str())),
                        MappingSource::Expression(text) => MappingSourceCode::Expression(self.expr(text)?),
                    },
                    target: Arc::from(mapping.target.as_str()),
                    local: mapping.local,
                })
            })
            .collect()
    }
}

fn blank(id: &str, kind: Kind, parent: NodeIx, activity_type: &'static str) -> Node {
    Node {
        id: Arc::from(id),
        name: None,
        documentation: None,
        activity_type,
        kind,
        parent,
        event_scope: parent,
        is_scope: false,
        async_before: false,
        async_after: false,
        exclusive: true,
        job_priority: None,
        retry_time_cycle: None,
        outgoing: Vec::new(),
        incoming: Vec::new(),
        default_flow: None,
        missing_default: None,
        start_listeners: Vec::new(),
        end_listeners: Vec::new(),
        io: None,
        timers: Vec::new(),
        subscriptions: Vec::new(),
        error_handlers: Vec::new(),
        escalation_handlers: Vec::new(),
        compensation_handler: None,
        for_compensation: false,
        start_behaviour: StartBehaviour::Default,
        initial: None,
        before_job: None,
        after_job: None,
        properties: Vec::new(),
    }
}
