//! What is drawn: the diagram's shapes and edges, joined with what the model says they are.

use std::collections::HashMap;

use bpmn_parser::diagram::{Bounds, Diagram, Point};
use models::bpmn::{
    BoundaryTrigger, CatchDefinition, Definitions, FlowNode, NodeKind, ScopeBody, ServiceElement, StartTrigger,
    ThrowDefinition,
};

use crate::symbol::{Symbol, TaskSymbol};

/// Everything in a picture, in the order in which it is drawn.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) items: Vec<Item>,
    pub(crate) bounds: Bounds,
}

/// A shape or an edge.
#[derive(Debug)]
pub(crate) enum Item {
    Shape { id: String, bounds: Bounds, label: Option<Bounds>, text: Option<String>, kind: Kind },
    Edge { id: String, waypoints: Vec<Point>, label: Option<Bounds>, text: Option<String>, kind: Line },
}

/// What a shape is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Event { symbol: Symbol, ring: Ring, throws: bool },
    Gateway { symbol: Symbol },
    Task { symbol: TaskSymbol, call: bool, markers: Markers },
    Container { triggered_by_event: bool, double: bool, expanded: bool, markers: Markers },
    Pool { horizontal: bool },
    Annotation,
}

/// The ring of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ring {
    Start { interrupting: bool },
    Middle { interrupting: bool },
    End,
}

/// Marks at the bottom of an activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Markers {
    pub(crate) parallel: bool,
    pub(crate) sequential: bool,
    pub(crate) compensation: bool,
}

/// What an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Flow { conditional: bool, default: bool },
    Other,
}

/// What is known of an element by its id.
struct Known<'a> {
    nodes: HashMap<&'a str, &'a FlowNode>,
    flows: HashMap<&'a str, (Option<&'a str>, Line)>,
    pools: HashMap<&'a str, Option<&'a str>>,
}

impl<'a> Known<'a> {
    fn of(definitions: &'a Definitions) -> Self {
        let mut known = Self { nodes: HashMap::new(), flows: HashMap::new(), pools: HashMap::new() };
        for process in &definitions.processes {
            known.scope(&process.body);
            known.pools.extend(process.lanes.iter().map(|lane| (lane.id.as_str(), lane.name.as_deref())));
        }
        let pools = definitions.participants.iter().map(|pool| (pool.id.as_str(), pool.name.as_deref()));
        known.pools.extend(pools);
        known
    }

    fn scope(&mut self, body: &'a ScopeBody) {
        for node in &body.nodes {
            self.nodes.insert(&node.id, node);
            if let NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) = &node.kind {
                self.scope(&inner.body);
            }
        }
        for flow in &body.flows {
            let source = body.nodes.iter().find(|node| node.id == flow.source);
            let default = source.is_some_and(|node| node.default_flow.as_deref() == Some(&flow.id));
            // a condition behind a gateway shows by the gateway
            let gateway = source.is_some_and(|node| {
                matches!(
                    node.kind,
                    NodeKind::ExclusiveGateway | NodeKind::InclusiveGateway | NodeKind::EventBasedGateway
                )
            });
            let line = Line::Flow { conditional: flow.condition.is_some() && !gateway, default };
            self.flows.insert(&flow.id, (flow.name.as_deref(), line));
        }
    }
}

impl Scene {
    pub(crate) fn new(definitions: &Definitions, diagram: &Diagram) -> Self {
        let known = Known::of(definitions);
        let mut pools = Vec::new();
        let mut containers = Vec::new();
        let mut shapes = Vec::new();
        let mut boundary = Vec::new();
        for shape in &diagram.shapes {
            let id = shape.element.as_str();
            let (text, kind) = match (known.nodes.get(id), known.pools.get(id)) {
                (Some(node), _) => (node.name.clone(), kind_of(node, shape.expanded.unwrap_or(true))),
                (None, Some(name)) => {
                    (name.map(str::to_owned), Kind::Pool { horizontal: shape.horizontal.unwrap_or(true) })
                }
                (None, None) => (None, Kind::Annotation),
            };
            let item = Item::Shape { id: id.to_owned(), bounds: shape.bounds, label: shape.label, text, kind };
            match kind {
                Kind::Pool { .. } => pools.push(item),
                Kind::Container { .. } => containers.push(item),
                _ if known.nodes.get(id).is_some_and(|node| matches!(node.kind, NodeKind::BoundaryEvent(_))) => {
                    boundary.push(item);
                }
                _ => shapes.push(item),
            }
        }
        // outer containers first, so that inner ones lie above them
        containers.sort_by(|a, b| area(b).total_cmp(&area(a)));
        pools.sort_by(|a, b| area(b).total_cmp(&area(a)));
        let edges = diagram.edges.iter().filter(|edge| edge.waypoints.len() > 1).map(|edge| {
            let (text, kind) = known.flows.get(edge.element.as_str()).copied().unwrap_or((None, Line::Other));
            Item::Edge {
                id: edge.element.clone(),
                waypoints: edge.waypoints.clone(),
                label: edge.label,
                text: text.map(str::to_owned),
                kind,
            }
        });
        let mut items = pools;
        items.extend(containers);
        items.extend(edges);
        items.extend(shapes);
        items.extend(boundary);
        let bounds = extent(&items);
        Self { items, bounds }
    }
}

fn area(item: &Item) -> f64 {
    match item {
        Item::Shape { bounds, .. } => bounds.width * bounds.height,
        Item::Edge { .. } => 0.0,
    }
}

/// The rectangle around everything, with a margin for labels.
fn extent(items: &[Item]) -> Bounds {
    const MARGIN: f64 = 24.0;
    let mut corners: Vec<(f64, f64)> = Vec::new();
    for item in items {
        let label = match item {
            Item::Shape { bounds, label, .. } => {
                corners.push((bounds.x, bounds.y));
                corners.push((bounds.x + bounds.width, bounds.y + bounds.height));
                label
            }
            Item::Edge { waypoints, label, .. } => {
                corners.extend(waypoints.iter().map(|point| (point.x, point.y)));
                label
            }
        };
        if let Some(label) = label {
            corners.push((label.x, label.y));
            corners.push((label.x + label.width, label.y + label.height));
        }
    }
    let least = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&(f64, f64)) -> f64| corners.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    if corners.is_empty() {
        return Bounds { x: 0.0, y: 0.0, width: 100.0, height: 40.0 };
    }
    let (x, y) = (least(|c| c.0) - MARGIN, least(|c| c.1) - MARGIN);
    Bounds { x, y, width: most(|c| c.0) + MARGIN - x, height: most(|c| c.1) + MARGIN - y }
}

fn kind_of(node: &FlowNode, expanded: bool) -> Kind {
    let loops = node.multi_instance.as_ref();
    let markers = Markers {
        parallel: loops.is_some_and(|loops| !loops.sequential),
        sequential: loops.is_some_and(|loops| loops.sequential),
        compensation: node.for_compensation,
    };
    let task = |symbol| Kind::Task { symbol, call: false, markers };
    let event = |symbol, ring, throws| Kind::Event { symbol, ring, throws };
    match &node.kind {
        NodeKind::StartEvent(start) => {
            event(start_symbol(&start.trigger), Ring::Start { interrupting: start.interrupting }, false)
        }
        NodeKind::IntermediateCatch(catch) => event(catch_symbol(catch), Ring::Middle { interrupting: true }, false),
        NodeKind::IntermediateThrow(throw) => event(throw_symbol(throw), Ring::Middle { interrupting: true }, true),
        NodeKind::EndEvent(throw) => event(throw_symbol(throw), Ring::End, true),
        NodeKind::BoundaryEvent(boundary) => {
            let ring = Ring::Middle { interrupting: boundary.interrupting };
            event(boundary_symbol(&boundary.trigger), ring, false)
        }
        NodeKind::Task { manual: false } => task(TaskSymbol::Plain),
        NodeKind::Task { manual: true } => task(TaskSymbol::Manual),
        NodeKind::UserTask(_) => task(TaskSymbol::User),
        NodeKind::ServiceTask { element: ServiceElement::SendTask, .. } => task(TaskSymbol::Send),
        NodeKind::ServiceTask { element: ServiceElement::BusinessRuleTask, .. } | NodeKind::BusinessRuleTask(_) => {
            task(TaskSymbol::Rule)
        }
        NodeKind::ServiceTask { .. } => task(TaskSymbol::Service),
        NodeKind::ScriptTask(_) => task(TaskSymbol::Script),
        NodeKind::ReceiveTask { .. } => task(TaskSymbol::Receive),
        NodeKind::ExclusiveGateway => Kind::Gateway { symbol: Symbol::Exclusive },
        NodeKind::ParallelGateway => Kind::Gateway { symbol: Symbol::Parallel },
        NodeKind::InclusiveGateway => Kind::Gateway { symbol: Symbol::Inclusive },
        NodeKind::EventBasedGateway => Kind::Gateway { symbol: Symbol::EventBased },
        NodeKind::SubProcess(inner) => {
            Kind::Container { triggered_by_event: inner.triggered_by_event, double: false, expanded, markers }
        }
        NodeKind::Transaction(_) => Kind::Container { triggered_by_event: false, double: true, expanded, markers },
        NodeKind::CallActivity(_) => Kind::Task { symbol: TaskSymbol::Plain, call: true, markers },
    }
}

fn start_symbol(trigger: &StartTrigger) -> Symbol {
    match trigger {
        StartTrigger::None => Symbol::None,
        StartTrigger::Timer(_) => Symbol::Timer,
        StartTrigger::Message(_) => Symbol::Message,
        StartTrigger::Signal(_) => Symbol::Signal,
        StartTrigger::Conditional(_) => Symbol::Conditional,
        StartTrigger::Error(_) => Symbol::Error,
        StartTrigger::Escalation(_) => Symbol::Escalation,
        StartTrigger::Compensation => Symbol::Compensation,
    }
}

fn catch_symbol(catch: &CatchDefinition) -> Symbol {
    match catch {
        CatchDefinition::Timer(_) => Symbol::Timer,
        CatchDefinition::Message(_) => Symbol::Message,
        CatchDefinition::Signal(_) => Symbol::Signal,
        CatchDefinition::Conditional(_) => Symbol::Conditional,
        CatchDefinition::Link(_) => Symbol::Link,
    }
}

fn throw_symbol(throw: &ThrowDefinition) -> Symbol {
    match throw {
        ThrowDefinition::None => Symbol::None,
        ThrowDefinition::Message(_) => Symbol::Message,
        ThrowDefinition::Signal(_) => Symbol::Signal,
        ThrowDefinition::Escalation(_) => Symbol::Escalation,
        ThrowDefinition::Compensation { .. } => Symbol::Compensation,
        ThrowDefinition::Link(_) => Symbol::Link,
        ThrowDefinition::Error { .. } => Symbol::Error,
        ThrowDefinition::Terminate => Symbol::Terminate,
        ThrowDefinition::Cancel => Symbol::Cancel,
    }
}

fn boundary_symbol(trigger: &BoundaryTrigger) -> Symbol {
    match trigger {
        BoundaryTrigger::Timer(_) => Symbol::Timer,
        BoundaryTrigger::Message(_) => Symbol::Message,
        BoundaryTrigger::Signal(_) => Symbol::Signal,
        BoundaryTrigger::Conditional(_) => Symbol::Conditional,
        BoundaryTrigger::Error(_) => Symbol::Error,
        BoundaryTrigger::Escalation(_) => Symbol::Escalation,
        BoundaryTrigger::Compensation { .. } => Symbol::Compensation,
        BoundaryTrigger::Cancel => Symbol::Cancel,
    }
}
