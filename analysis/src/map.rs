//! A process as a graph: flow nodes of all scopes, sequence flows between them, and what lies in and on what.

use std::collections::HashMap;

use models::bpmn::{
    BoundaryTrigger, CatchDefinition, FlowNode, NodeKind, Process, ScopeBody, SequenceFlow, ThrowDefinition,
};
use petgraph::graph::{DiGraph, NodeIndex};

/// A process as a graph.
pub(crate) struct Map<'m> {
    /// Flow nodes; edges are sequence flows, and the jumps of links.
    pub(crate) graph: DiGraph<&'m FlowNode, Option<&'m SequenceFlow>>,
    /// The subprocess a node lies in; `None` for the process itself.
    pub(crate) parent: Vec<Option<NodeIndex>>,
    /// Boundary events on an activity.
    pub(crate) boundaries: HashMap<NodeIndex, Vec<NodeIndex>>,
    by_id: HashMap<&'m str, NodeIndex>,
}

impl<'m> Map<'m> {
    pub(crate) fn of(process: &'m Process) -> Self {
        let mut map =
            Self { graph: DiGraph::new(), parent: Vec::new(), boundaries: HashMap::new(), by_id: HashMap::new() };
        map.nodes(&process.body, None);
        map.flows(&process.body);
        map.events();
        map
    }

    fn nodes(&mut self, body: &'m ScopeBody, parent: Option<NodeIndex>) {
        for node in &body.nodes {
            let at = self.graph.add_node(node);
            self.parent.push(parent);
            self.by_id.insert(&node.id, at);
            if let Some(inner) = inner(node) {
                self.nodes(inner, Some(at));
            }
        }
    }

    fn flows(&mut self, body: &'m ScopeBody) {
        for flow in &body.flows {
            if let (Some(source), Some(target)) = (self.find(&flow.source), self.find(&flow.target)) {
                self.graph.add_edge(source, target, Some(flow));
            }
        }
        for node in &body.nodes {
            if let Some(inner) = inner(node) {
                self.flows(inner);
            }
        }
    }

    /// Boundary events, and links.
    fn events(&mut self) {
        let mut jumps = Vec::new();
        for at in self.graph.node_indices() {
            match &self.graph[at].kind {
                NodeKind::BoundaryEvent(event) => {
                    if let Some(host) = self.find(&event.attached_to) {
                        self.boundaries.entry(host).or_default().push(at);
                    }
                }
                NodeKind::IntermediateThrow(ThrowDefinition::Link(name)) => {
                    let target = self.graph.node_indices().find(|target| {
                        matches!(&self.graph[*target].kind, NodeKind::IntermediateCatch(CatchDefinition::Link(other)) if other == name)
                    });
                    jumps.extend(target.map(|target| (at, target)));
                }
                _ => {}
            }
        }
        for (from, to) in jumps {
            self.graph.add_edge(from, to, None);
        }
    }

    pub(crate) fn find(&self, id: &str) -> Option<NodeIndex> {
        self.by_id.get(id).copied()
    }

    /// Nodes directly in a scope.
    pub(crate) fn children(&self, scope: Option<NodeIndex>) -> impl Iterator<Item = NodeIndex> + '_ {
        self.graph.node_indices().filter(move |at| self.parent[at.index()] == scope)
    }

    /// Nodes in a scope and in all scopes inside it.
    pub(crate) fn within(&self, scope: NodeIndex) -> impl Iterator<Item = NodeIndex> + '_ {
        self.graph.node_indices().filter(move |at| {
            let mut up = self.parent[at.index()];
            while let Some(parent) = up {
                if parent == scope {
                    return true;
                }
                up = self.parent[parent.index()];
            }
            false
        })
    }

    /// Whether a token rests at a node: for people, workers, events, or a job.
    pub(crate) fn waits(&self, at: NodeIndex) -> bool {
        let node = self.graph[at];
        let asynchronous = node.async_before
            || node.async_after
            || node.multi_instance.as_ref().is_some_and(|many| many.async_before || many.async_after);
        asynchronous
            || match &node.kind {
                NodeKind::UserTask(_)
                | NodeKind::ReceiveTask { .. }
                | NodeKind::EventBasedGateway
                // what is called is not known here
                | NodeKind::CallActivity(_) => true,
                NodeKind::IntermediateCatch(event) => !matches!(event, CatchDefinition::Link(_)),
                NodeKind::ServiceTask { implementation, .. }
                | NodeKind::IntermediateThrow(ThrowDefinition::Message(implementation))
                | NodeKind::EndEvent(ThrowDefinition::Message(implementation)) => {
                    matches!(implementation, models::bpmn::Implementation::External(_))
                }
                NodeKind::SubProcess(_) | NodeKind::Transaction(_) => {
                    self.children(Some(at)).any(|child| self.waits(child))
                }
                _ => false,
            }
    }
}

/// The flow elements inside a node.
pub(crate) fn inner(node: &FlowNode) -> Option<&ScopeBody> {
    match &node.kind {
        NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) => Some(&inner.body),
        _ => None,
    }
}

/// Whether a node is an event subprocess.
pub(crate) fn is_event_subprocess(node: &FlowNode) -> bool {
    matches!(&node.kind, NodeKind::SubProcess(inner) if inner.triggered_by_event)
}

/// Id, and the name in the diagram.
pub(crate) fn shown(node: &FlowNode) -> String {
    match node.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => format!("`{}` \"{}\"", node.id, name.split_whitespace().collect::<Vec<_>>().join(" ")),
        None => format!("`{}`", node.id),
    }
}

/// The handler that a compensation boundary event names.
pub(crate) fn compensation_handler<'m>(map: &Map<'m>, node: &FlowNode) -> Option<NodeIndex> {
    match &node.kind {
        NodeKind::BoundaryEvent(event) => match &event.trigger {
            BoundaryTrigger::Compensation { handler: Some(handler) } => map.find(handler),
            _ => None,
        },
        _ => None,
    }
}
