//! Compiled processes: dense, immutable, made once per deployed definition.
//!
//! A [`ProcessGraph`] is what `models::bpmn` becomes when every reference is an index, every expression is parsed, and what
//! Camunda decides at parse time (scopes, event scopes, multi-instance bodies, job declarations, link targets) is decided.
//! Node 0 is the process itself. Node order is fixed by the document, so that indexes stored with running instances stay
//! valid for the same file.

mod compile;
mod node;

use std::{collections::HashMap, sync::Arc};

pub use compile::{CompileError, compile};
use minicbor::{Decode, Encode};
use models::bpmn::FormDefinition;
pub use node::*;

use crate::form::Form;

/// Index of a node in one process graph; meaningless in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct NodeIx(#[n(0)] pub u32);

/// Index of a sequence flow in one process graph; meaningless in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct FlowIx(#[n(0)] pub u32);

/// The process node of every graph.
pub const PROCESS: NodeIx = NodeIx(0);

/// A compiled process.
#[derive(Debug)]
pub struct ProcessGraph {
    /// The process id.
    pub key: Arc<str>,
    /// The process name.
    pub name: Option<Arc<str>>,
    /// All nodes; [`PROCESS`] first.
    pub nodes: Vec<Node>,
    /// All sequence flows.
    pub flows: Vec<Flow>,
    /// Where an instance starts when nothing else is said.
    pub initial: Option<NodeIx>,
    /// Job declarations in Camunda's order: one job definition each.
    pub jobs: Vec<JobDeclaration>,
    /// Start events that wait for a message, signal or condition.
    pub start_subscriptions: Vec<SubscriptionDeclaration>,
    /// Start events with a timer.
    pub start_timers: Vec<TimerDeclaration>,
    /// Variable that receives the starter's user id.
    pub initiator: Option<Arc<str>>,
    /// Form of the initial start event, as the model says it.
    pub start_form: FormDefinition,
    /// Its generated fields.
    pub start_fields: Form,
    /// Priority of external tasks without their own.
    pub task_priority: Option<Expr>,
    conditional: bool,
    by_id: HashMap<Arc<str>, NodeIx>,
    flow_by_id: HashMap<Arc<str>, FlowIx>,
}

impl ProcessGraph {
    /// The node at an index.
    pub fn node(&self, ix: NodeIx) -> &Node {
        &self.nodes[ix.0 as usize]
    }

    /// The sequence flow at an index.
    pub fn flow(&self, ix: FlowIx) -> &Flow {
        &self.flows[ix.0 as usize]
    }

    /// The activity of that id; a multi-instance body is `{id}#multiInstanceBody`.
    pub fn find(&self, id: &str) -> Option<NodeIx> {
        self.by_id.get(id).copied()
    }

    /// The sequence flow of that id.
    pub fn find_flow(&self, id: &str) -> Option<FlowIx> {
        self.flow_by_id.get(id).copied()
    }

    /// Whether `inner` is `outer` or inside it.
    pub fn is_within(&self, inner: NodeIx, outer: NodeIx) -> bool {
        let mut at = inner;
        loop {
            if at == outer {
                return true;
            }
            if at == PROCESS {
                return false;
            }
            at = self.node(at).parent;
        }
    }

    /// The nodes directly inside a scope, in document order.
    pub fn children(&self, scope: NodeIx) -> impl Iterator<Item = NodeIx> + '_ {
        (1..self.nodes.len() as u32).map(NodeIx).filter(move |ix| self.node(*ix).parent == scope)
    }
}

impl ProcessGraph {
    /// Whether variables must be watched at all.
    pub fn has_conditional_events(&self) -> bool {
        self.conditional
    }

    /// The conditional subscription of an event.
    pub fn condition_of(&self, event: NodeIx) -> Option<&SubscriptionDeclaration> {
        let scope = self.node(event).event_scope;
        let own = self.node(event).subscriptions.iter();
        self.node(scope)
            .subscriptions
            .iter()
            .chain(own)
            .find(|declaration| declaration.node == event && declaration.condition.is_some())
    }

    /// The activity that an event starts: the event subprocess for its start event, else the event itself.
    pub fn handler_of(&self, event: NodeIx) -> NodeIx {
        match self.node(event).kind {
            Kind::EventSubProcessStart => self.node(event).parent,
            _ => event,
        }
    }
}
