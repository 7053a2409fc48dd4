//! Gateways (S-GW).

use models::Id;

use crate::{
    error::Fault,
    graph::{FlowIx, Kind, NodeIx, PROCESS, ProcessGraph},
    state::JobKind,
    transaction::{Step, Tx, step::Continuation},
};

/// First flow in document order whose condition holds or that has none; else the default (S-GW-2).
pub(super) fn exclusive(tx: &mut Tx<'_>, id: Id, activity: NodeIx, graph: &ProcessGraph) -> Step {
    let instance = tx.process_instance(id);
    if tx.has_delayed_events(instance) {
        tx.dispatch_scope_events(instance)?;
        if tx.t.state.execution(id).is_none() || tx.execution(id).activity != Some(activity) {
            return Ok(());
        }
    }
    let node = graph.node(activity);
    let mut chosen = None;
    for flow in &node.outgoing {
        if Some(*flow) == node.default_flow {
            continue;
        }
        let holds = match &graph.flow(*flow).condition {
            None => true,
            Some(condition) => match tx.condition_holds(id, condition) {
                Ok(holds) => holds,
                Err(fault) => return Err(fault),
            },
        };
        if holds {
            chosen = Some(*flow);
            break;
        }
    }
    match chosen.or(node.default_flow) {
        Some(flow) => tx.leave_via_transitions(id, vec![flow], Vec::new()),
        None => match &node.missing_default {
            Some(missing) => Err(Fault::engine(format!(
                "ENGINE-02005 Default sequence flow '{missing}' for element with id '{}' could not be not found.",
                node.id
            ))),
            None => Err(stuck(&node.id)),
        },
    }
}

fn stuck(id: &str) -> Fault {
    Fault::engine(format!(
        "ENGINE-02004 No outgoing sequence flow for the element with id '{id}' could be selected for continuing the process."
    ))
}

/// Fires when as many tokens wait as flows come in, whatever flows they came over (S-GW-3).
pub(super) fn parallel(tx: &mut Tx<'_>, id: Id, activity: NodeIx, graph: &ProcessGraph) -> Step {
    tx.change(id, |row| row.is_active = false);
    let node = graph.node(activity);
    let joined = tx.inactive_at(id, activity);
    if joined.len() < node.incoming.len() {
        return Ok(());
    }
    let flows: Vec<FlowIx> = node.outgoing.clone();
    tx.dispatch_delayed_events_and(id, Continuation::LeaveVia(flows, joined))
}

/// Fires when no other token of the scope can still reach it; checked only when one arrives (S-GW-4).
pub(super) fn inclusive(tx: &mut Tx<'_>, id: Id, activity: NodeIx, graph: &ProcessGraph) -> Step {
    tx.change(id, |row| row.is_active = false);
    let node = graph.node(activity);
    let joined = tx.inactive_at(id, activity);
    let fires = joined.len() >= node.incoming.len() || !someone_can_reach(tx, id, &joined, activity, graph)?;
    if !fires {
        return Ok(());
    }
    let mut flows = Vec::new();
    for flow in &node.outgoing {
        if Some(*flow) == node.default_flow {
            continue;
        }
        let holds = match &graph.flow(*flow).condition {
            None => true,
            Some(condition) => tx.condition_holds(id, condition)?,
        };
        if holds {
            flows.push(*flow);
        }
    }
    if flows.is_empty() && !node.outgoing.is_empty() {
        match node.default_flow {
            Some(flow) => flows.push(flow),
            None => return Err(stuck(&node.id)),
        }
    }
    tx.dispatch_delayed_events_and(id, Continuation::LeaveVia(flows, joined))
}

fn someone_can_reach(tx: &mut Tx<'_>, id: Id, joined: &[Id], gateway: NodeIx, graph: &ProcessGraph) -> Step<bool> {
    let row = tx.execution(id);
    if !row.is_concurrent {
        return Ok(false);
    }
    let Some(scope) = row.parent else { return Ok(false) };
    let mut leaves = Vec::new();
    collect_leaves(tx, scope, &mut leaves);
    for leaf in leaves.into_iter().filter(|leaf| !joined.contains(leaf)) {
        let waiting = tx.pending_target(leaf, graph);
        let Some(at) = waiting.or(tx.execution(leaf).activity) else { continue };
        let mut seen = vec![false; graph.nodes.len()];
        if reaches(graph, at, gateway, &mut seen) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn collect_leaves(tx: &Tx<'_>, id: Id, leaves: &mut Vec<Id>) {
    let children = tx.running_children(id);
    if children.is_empty() {
        leaves.push(id);
    }
    for child in children {
        collect_leaves(tx, child, leaves);
    }
}

/// Whether a gateway can be reached from a node; leaving a scope without outgoing flow counts, boundary events do not.
fn reaches(graph: &ProcessGraph, from: NodeIx, to: NodeIx, seen: &mut [bool]) -> bool {
    let mut stack = vec![from];
    while let Some(at) = stack.pop() {
        if at == to {
            return true;
        }
        if std::mem::replace(&mut seen[at.0 as usize], true) {
            continue;
        }
        let node = graph.node(at);
        if !node.outgoing.is_empty() {
            stack.extend(node.outgoing.iter().map(|flow| graph.flow(*flow).target));
        } else if matches!(node.kind, Kind::EventBasedGateway) {
            stack.extend(graph.children(node.parent).filter(|event| graph.node(*event).event_scope == at));
        } else if node.parent != PROCESS && at != PROCESS {
            stack.push(node.parent);
        }
    }
    false
}

impl Tx<'_> {
    /// Tokens that wait inactive at an activity in the scope of an execution, itself included.
    pub(crate) fn inactive_at(&self, id: Id, activity: NodeIx) -> Vec<Id> {
        let row = self.execution(id);
        if !row.is_concurrent {
            return if row.is_active { Vec::new() } else { vec![id] };
        }
        let Some(parent) = row.parent else { return vec![id] };
        self.t
            .state
            .children(parent)
            .filter(|child| child.activity == Some(activity) && !child.is_active && !child.is_event_scope)
            .map(|child| child.id)
            .collect()
    }

    pub(crate) fn has_delayed_events(&self, instance: Id) -> bool {
        self.t.delayed_events(instance)
    }

    /// Target of the flow that an execution waits on for a job or in this transaction.
    pub(crate) fn pending_target(&self, id: Id, graph: &ProcessGraph) -> Option<NodeIx> {
        if let Some(flow) = self.t.transition_of(id) {
            return Some(graph.flow(flow).target);
        }
        self.t.state.jobs_of(id).find_map(|job| match &job.kind {
            JobKind::Async(crate::state::AsyncOperation::TransitionNotifyListenerTake(flow)) => {
                Some(graph.flow(FlowIx(*flow)).target)
            }
            _ => None,
        })
    }
}
