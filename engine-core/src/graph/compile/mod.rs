//! From `models::bpmn` to a [`ProcessGraph`].
//!
//! The order of nodes is: the process, then each scope's nodes in document order, a multi-instance body right before its
//! inner activity, a subprocess right before its content. It must never depend on anything but the document: running
//! instances store node indexes.

mod activities;
mod events;
mod extensions;

use std::{collections::HashMap, sync::Arc};

use models::{
    bpmn::{self, CatchDefinition, FlowNode, NodeKind, StartTrigger, TaskEvent, ThrowDefinition},
    diagnostic::Span,
    java_order::hash_map_order,
};

use super::{Collection, Flow, FlowIx, Kind, Loop, Node, NodeIx, PROCESS, ProcessGraph, StartBehaviour, TimerJob};
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
}

fn blank(id: &str, kind: Kind, parent: NodeIx, activity_type: &'static str) -> Node {
    Node {
        id: Arc::from(id),
        name: None,
        documentation: None,
        activity_type: activity_type.into(),
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
