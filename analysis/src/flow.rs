//! Findings about the flow of tokens: what is never reached, what never completes, what never ends.

use std::collections::HashSet;

use models::{
    Diagnostic,
    bpmn::{BoundaryTrigger, FlowNode, NodeKind, ThrowDefinition},
};
use petgraph::{
    Direction,
    algo::tarjan_scc,
    graph::{DiGraph, NodeIndex},
    visit::{EdgeRef, NodeFiltered},
};

use crate::map::{Map, compensation_handler, inner, is_event_subprocess, shown};

/// All findings about the flow of a process.
pub(crate) fn findings(map: &Map<'_>) -> Vec<Diagnostic> {
    let reached = reached(map);
    let mut found = unreachable(map, &reached);
    found.extend(parallel_joins(map, &reached));
    found.extend(inclusive_joins(map));
    found.extend(loops(map));
    found.extend(boundary_events(map));
    found.extend(conditions(map, &reached));
    found
}

fn warning(code: &'static str, text: String, node: &FlowNode, help: &str) -> Diagnostic {
    Diagnostic::warning(code, text, node.span).on([node.id.as_str()]).help(help)
}

/// Nodes that a token can come to.
fn reached(map: &Map<'_>) -> HashSet<NodeIndex> {
    let mut reached = HashSet::new();
    let mut open: Vec<NodeIndex> = Vec::new();
    let enter = |scope: Option<NodeIndex>, open: &mut Vec<NodeIndex>| {
        open.extend(map.children(scope).filter(|at| {
            let node = map.graph[*at];
            matches!(node.kind, NodeKind::StartEvent(_)) || is_event_subprocess(node)
        }));
    };
    enter(None, &mut open);
    while let Some(at) = open.pop() {
        if !reached.insert(at) {
            continue;
        }
        let node = map.graph[at];
        open.extend(map.graph.neighbors(at));
        open.extend(map.boundaries.get(&at).into_iter().flatten());
        open.extend(compensation_handler(map, node));
        if inner(node).is_some() {
            enter(Some(at), &mut open);
        }
    }
    reached
}

/// W0902: only the first of a chain, and not what lies inside it.
fn unreachable(map: &Map<'_>, reached: &HashSet<NodeIndex>) -> Vec<Diagnostic> {
    let lost: Vec<NodeIndex> = map.graph.node_indices().filter(|at| !reached.contains(at)).collect();
    let mut covered = HashSet::new();
    let mut found = Vec::new();
    let first = |at: &NodeIndex| {
        let host = match &map.graph[*at].kind {
            NodeKind::BoundaryEvent(event) => map.find(&event.attached_to),
            _ => None,
        };
        let parent = map.parent[at.index()];
        host.is_none_or(|host| reached.contains(&host))
            && parent.is_none_or(|parent| reached.contains(&parent))
            && map.graph.neighbors_directed(*at, Direction::Incoming).next().is_none()
    };
    // nodes without incoming flows first; what is left lies on loops
    for at in lost.iter().filter(|at| first(at)).chain(lost.iter()) {
        if covered.contains(at) {
            continue;
        }
        let before = covered.len();
        let mut open = vec![*at];
        while let Some(next) = open.pop() {
            if reached.contains(&next) || !covered.insert(next) {
                continue;
            }
            open.extend(map.graph.neighbors(next));
            open.extend(map.boundaries.get(&next).into_iter().flatten());
            open.extend(compensation_handler(map, map.graph[next]));
            open.extend(map.children(Some(next)));
        }
        let node = map.graph[*at];
        let others = match covered.len() - before - 1 {
            0 => String::new(),
            1 => ", nor 1 node behind it".to_owned(),
            number => format!(", nor {number} nodes behind it"),
        };
        let help = "connect it by a sequence flow, or remove it";
        found.push(warning("W0902", format!("{} can't be reached{others}", shown(node)), node, help));
    }
    found
}

/// Enough tokens for any join.
const MANY: usize = 1_000;

/// W0903: in a scope that is entered with one token, a parallel join with more flows than tokens can come.
///
/// The bound is generous: a fork counts all its flows, and joins on the way take no token away. Loops that contain a fork
/// may make any number.
fn parallel_joins(map: &Map<'_>, reached: &HashSet<NodeIndex>) -> Vec<Diagnostic> {
    let ways = ways(map);
    // components come in an order in which every way leads to an earlier one, or stays inside
    let components = tarjan_scc(&ways);
    let mut component = vec![0; ways.node_count()];
    for (number, nodes) in components.iter().enumerate() {
        for node in nodes {
            component[node.index()] = number;
        }
    }
    let mut found = Vec::new();
    for join in map.graph.node_indices() {
        let node = map.graph[join];
        let incoming = map.graph.edges_directed(join, Direction::Incoming).count();
        if !matches!(node.kind, NodeKind::ParallelGateway) || incoming < 2 || !reached.contains(&join) {
            continue;
        }
        let tokens = tokens_at(&ways, &components, &component, join);
        let scope = map.parent[join.index()];
        let starts = map.children(scope).filter(|at| matches!(map.graph[*at].kind, NodeKind::StartEvent(_)));
        let most = starts.map(|start| tokens[component[start.index()]]).max().unwrap_or(MANY);
        if most < incoming {
            let tokens = if most == 1 { "1 token".to_owned() } else { format!("{most} tokens") };
            let text = format!(
                "parallel join {} can never complete: it waits for {incoming} tokens, and at most {tokens} can come",
                shown(node)
            );
            let help = "join alternatives with an exclusive gateway; a parallel gateway waits for every incoming flow";
            found.push(warning("W0903", text, node, help));
        }
    }
    found
}

/// How a token leaves a node: along this way and others, or along this one instead of others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Together,
    Instead,
}

/// The ways of tokens: sequence flows, and from activities to their boundary events.
fn ways(map: &Map<'_>) -> DiGraph<(), Way> {
    let mut ways = DiGraph::with_capacity(map.graph.node_count(), map.graph.edge_count());
    for _ in map.graph.node_indices() {
        ways.add_node(());
    }
    for edge in map.graph.edge_references() {
        let chooses = matches!(map.graph[edge.source()].kind, NodeKind::ExclusiveGateway | NodeKind::EventBasedGateway);
        ways.add_edge(edge.source(), edge.target(), if chooses { Way::Instead } else { Way::Together });
    }
    for (host, events) in &map.boundaries {
        for event in events {
            let NodeKind::BoundaryEvent(boundary) = &map.graph[*event].kind else { continue };
            ways.add_edge(*host, *event, if boundary.interrupting { Way::Instead } else { Way::Together });
        }
    }
    ways
}

/// For one token in each component of the ways: how many tokens can come to a join.
fn tokens_at(
    ways: &DiGraph<(), Way>,
    components: &[Vec<NodeIndex>],
    component: &[usize],
    join: NodeIndex,
) -> Vec<usize> {
    let mut tokens = vec![0_usize; components.len()];
    for (number, nodes) in components.iter().enumerate() {
        let looping = nodes.len() > 1 || ways.find_edge(nodes[0], nodes[0]).is_some();
        let mut most = usize::from(nodes.contains(&join));
        let mut forks = false;
        for node in nodes.iter().filter(|node| looping || **node != join) {
            let (mut sum, mut instead, mut together) = (0, 0, 0);
            for edge in ways.edges(*node) {
                let to = component[edge.target().index()];
                let count = if to == number { 0 } else { tokens[to] };
                match edge.weight() {
                    Way::Together => {
                        sum += count;
                        together += 1;
                    }
                    Way::Instead => instead = instead.max(count),
                }
            }
            forks |= together > 1;
            most = most.max(sum.max(instead));
        }
        // a fork on a loop makes a token in each round
        tokens[number] = if looping && forks && most > 0 { MANY } else { most.min(MANY) };
    }
    tokens
}

/// W0904: an inclusive join waits for every token that may still come; two on one loop wait for each other.
fn inclusive_joins(map: &Map<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for nodes in tarjan_scc(&map.graph) {
        let joins: Vec<&FlowNode> = nodes
            .iter()
            .filter(|at| map.graph.edges_directed(**at, Direction::Incoming).count() > 1)
            .map(|at| map.graph[*at])
            .filter(|node| matches!(node.kind, NodeKind::InclusiveGateway))
            .collect();
        if let [first, others @ ..] = joins.as_slice()
            && !others.is_empty()
        {
            let names: Vec<String> = others.iter().map(|node| shown(node)).collect();
            let text = format!(
                "inclusive join {} can hang: it lies on a loop with {}, and each waits for tokens that wait at the other",
                shown(first),
                names.join(", ")
            );
            found.push(warning(
                "W0904",
                text,
                first,
                "leave the loop before joining, or join with an exclusive gateway",
            ));
        }
    }
    found
}

/// W0905: a token that goes round without rest ends at the limit of operations, and the transaction is rolled back.
fn loops(map: &Map<'_>) -> Vec<Diagnostic> {
    let restless = NodeFiltered::from_fn(&map.graph, |at| !map.waits(at));
    let mut found = Vec::new();
    for nodes in tarjan_scc(&restless) {
        let looping = nodes.len() > 1 || nodes.iter().any(|at| map.graph.find_edge(*at, *at).is_some());
        // a gateway that chooses may end the loop; without one it can't end
        let decides = nodes.iter().any(|at| {
            matches!(map.graph[*at].kind, NodeKind::ExclusiveGateway)
                || map.graph.edges(*at).any(|edge| edge.weight().is_some_and(|flow| flow.condition.is_some()))
        });
        if !looping {
            continue;
        }
        let mut ids: Vec<NodeIndex> = nodes.clone();
        ids.sort();
        let names: Vec<String> = ids.iter().take(4).map(|at| shown(map.graph[*at])).collect();
        let more = if ids.len() > 4 { ", …" } else { "" };
        let node = map.graph[ids[0]];
        let end = if decides {
            "it must end by itself within one transaction"
        } else {
            "and nothing in it decides to leave it: it never ends"
        };
        let text = format!("a loop without a wait state: {}{more}; {end}", names.join(", "));
        let help =
            "put `camunda:asyncBefore` on an activity of the loop, so that each round is a transaction of its own";
        found.push(warning("W0905", text, node, help));
    }
    found
}

/// W0906: boundary events whose moment never comes.
fn boundary_events(map: &Map<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (host, events) in &map.boundaries {
        for at in events {
            let node = map.graph[*at];
            let NodeKind::BoundaryEvent(event) = &node.kind else { continue };
            if let Some((why, help)) = never_fires(map, *host, &event.trigger) {
                let text = format!("boundary event {} can never fire: {} {why}", shown(node), shown(map.graph[*host]));
                found.push(warning("W0906", text, node, help));
            }
        }
    }
    found.sort_by_key(|found| found.span);
    found
}

fn never_fires(map: &Map<'_>, host: NodeIndex, trigger: &BoundaryTrigger) -> Option<(String, &'static str)> {
    match trigger {
        BoundaryTrigger::Timer(_) | BoundaryTrigger::Message(_) if !map.waits(host) => {
            // code that runs inside may correlate a message to its own process
            let correlates = matches!(trigger, BoundaryTrigger::Message(_))
                && std::iter::once(host).chain(map.within(host)).any(|at| runs_code(map.graph[at]));
            (!correlates).then(|| {
                (
                    "never waits, it begins and ends in one transaction".to_owned(),
                    "make the activity an external task, or remove the event",
                )
            })
        }
        BoundaryTrigger::Cancel => {
            let cancels = |at: NodeIndex| matches!(map.graph[at].kind, NodeKind::EndEvent(ThrowDefinition::Cancel));
            (!map.within(host).any(cancels))
                .then(|| ("has no cancel end event".to_owned(), "add a cancel end event to the transaction"))
        }
        BoundaryTrigger::Escalation(catch) if inner(map.graph[host]).is_some() => {
            let may_raise = |at: NodeIndex| match &map.graph[at].kind {
                // people and called processes may raise anything
                NodeKind::UserTask(_) | NodeKind::CallActivity(_) => true,
                NodeKind::EndEvent(ThrowDefinition::Escalation(code))
                | NodeKind::IntermediateThrow(ThrowDefinition::Escalation(code)) => {
                    catch.code.as_ref().is_none_or(|wanted| wanted == code)
                }
                _ => false,
            };
            let what = catch.code.as_ref().map_or_else(String::new, |code| format!(" `{code}`"));
            (!map.within(host).any(may_raise))
                .then(|| (format!("raises no escalation{what}"), "raise the escalation inside, or remove the event"))
        }
        _ => None,
    }
}

/// Whether Java or a script runs at a node.
fn runs_code(node: &FlowNode) -> bool {
    !node.listeners.is_empty() || matches!(node.kind, NodeKind::ServiceTask { .. } | NodeKind::ScriptTask(_))
}

/// W0908: when no condition is true, the process fails.
fn conditions(map: &Map<'_>, reached: &HashSet<NodeIndex>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for at in map.graph.node_indices().filter(|at| reached.contains(at)) {
        let node = map.graph[at];
        let chooses = matches!(node.kind, NodeKind::ExclusiveGateway | NodeKind::InclusiveGateway);
        let flows: Vec<_> = map.graph.edges(at).filter_map(|edge| *edge.weight()).collect();
        let all = flows.len() > 1 && flows.iter().all(|flow| flow.condition.is_some());
        if chooses && all && node.default_flow.is_none() {
            let text =
                format!("{} has a condition on every flow and no default: when none is true, it fails", shown(node));
            found.push(warning("W0908", text, node, "mark one outgoing flow as `default`"));
        }
    }
    found
}
