//! A layout for models without diagram: each scope from left to right, by the longest way from its start.
//!
//! ```text
//! rank   0      1      2          3
//!      start → task → gateway ─→ task ─→ …
//!                          └───→ task        branches below each other
//! ```
//! Scopes are laid out from the inside out. Boundary events sit on the lower edge of their activity; what follows them counts as
//! following the activity. Flows against the direction go around below everything between their ends.

use std::collections::{BTreeMap, HashMap};

use bpmn_parser::diagram::{Bounds, Diagram, Edge, Point, Shape};
use models::bpmn::{Definitions, FlowNode, NodeKind, ScopeBody};

const GAP_X: f64 = 60.0;
const GAP_Y: f64 = 40.0;
const MARGIN: f64 = 30.0;
const EVENT: f64 = 36.0;

/// Lays all processes of a file out below each other.
pub(crate) fn diagram(definitions: &Definitions) -> Diagram {
    let mut diagram = Diagram::default();
    let mut top = 0.0;
    for process in &definitions.processes {
        let mut part = scope(&process.body);
        part.shift(0.0, top);
        top += part.height + GAP_Y * 2.0;
        diagram.shapes.extend(part.shapes);
        diagram.edges.extend(part.edges);
    }
    diagram
}

/// A scope that is laid out, from 0,0.
#[derive(Default)]
struct Part {
    shapes: Vec<Shape>,
    edges: Vec<Edge>,
    width: f64,
    height: f64,
}

impl Part {
    fn shift(&mut self, x: f64, y: f64) {
        for shape in &mut self.shapes {
            shape.bounds.x += x;
            shape.bounds.y += y;
        }
        for point in self.edges.iter_mut().flat_map(|edge| &mut edge.waypoints) {
            point.x += x;
            point.y += y;
        }
    }
}

fn size(node: &FlowNode, inner: Option<&Part>) -> (f64, f64) {
    match &node.kind {
        NodeKind::StartEvent(_)
        | NodeKind::IntermediateCatch(_)
        | NodeKind::IntermediateThrow(_)
        | NodeKind::EndEvent(_)
        | NodeKind::BoundaryEvent(_) => (EVENT, EVENT),
        NodeKind::ExclusiveGateway
        | NodeKind::ParallelGateway
        | NodeKind::InclusiveGateway
        | NodeKind::EventBasedGateway => (50.0, 50.0),
        _ => inner.map_or((100.0, 80.0), |part| (part.width + 2.0 * MARGIN, part.height + 2.0 * MARGIN + 10.0)),
    }
}

fn scope(body: &ScopeBody) -> Part {
    let index: HashMap<&str, usize> = body.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
    // where a node stands: a boundary event with its activity
    let host = |at: usize| match &body.nodes[at].kind {
        NodeKind::BoundaryEvent(boundary) => index.get(boundary.attached_to.as_str()).copied().unwrap_or(at),
        _ => at,
    };
    let flows: Vec<(usize, usize)> = body
        .flows
        .iter()
        .filter_map(|flow| Some((*index.get(flow.source.as_str())?, *index.get(flow.target.as_str())?)))
        .collect();
    let placed: Vec<(usize, usize)> = flows.iter().map(|(from, to)| (host(*from), host(*to))).collect();
    let ranks = ranks(body.nodes.len(), &placed);
    let inner: Vec<Option<Part>> = body
        .nodes
        .iter()
        .map(|node| match &node.kind {
            NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) => Some(scope(&inner.body)),
            _ => None,
        })
        .collect();
    let mut columns: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in (0..body.nodes.len()).filter(|at| host(*at) == *at) {
        columns.entry(ranks[at]).or_default().push(at);
    }
    let mut bounds = vec![Bounds::default(); body.nodes.len()];
    let mut x = 0.0;
    for column in columns.values() {
        let sizes: Vec<(f64, f64)> = column.iter().map(|at| size(&body.nodes[*at], inner[*at].as_ref())).collect();
        let width = sizes.iter().map(|size| size.0).fold(0.0, f64::max);
        let mut y = 0.0;
        for (at, (w, h)) in column.iter().zip(sizes) {
            // a row is at least as high as a task, so that what is in line stays in line
            let row = h.max(80.0);
            bounds[*at] = Bounds { x: x + (width - w) / 2.0, y: y + (row - h) / 2.0, width: w, height: h };
            y += row + GAP_Y;
        }
        x += width + GAP_X;
    }
    place_boundary_events(body, &mut bounds, host);
    let mut part = Part::default();
    for (at, node) in body.nodes.iter().enumerate() {
        part.shapes.push(Shape {
            element: node.id.clone(),
            bounds: bounds[at],
            label: None,
            expanded: inner[at].is_some().then_some(true),
            horizontal: None,
            marker_visible: None,
        });
    }
    for (at, inside) in inner.into_iter().enumerate() {
        let Some(mut inside) = inside else { continue };
        inside.shift(bounds[at].x + MARGIN, bounds[at].y + MARGIN + 10.0);
        part.shapes.extend(inside.shapes);
        part.edges.extend(inside.edges);
    }
    let bottom = bounds.iter().map(|b| b.y + b.height).fold(0.0, f64::max);
    let mut detours = 0.0;
    for flow in &body.flows {
        let (Some(from), Some(to)) = (index.get(flow.source.as_str()), index.get(flow.target.as_str())) else {
            continue;
        };
        let from_boundary = host(*from) != *from;
        let waypoints = route(&bounds[*from], &bounds[*to], from_boundary, bottom, &mut detours);
        part.edges.push(Edge { element: flow.id.clone(), waypoints, label: None });
    }
    part.width = bounds.iter().map(|b| b.x + b.width).fold(0.0, f64::max);
    part.height = bottom + detours;
    part
}

/// Along the lower edge of their activity.
fn place_boundary_events(body: &ScopeBody, bounds: &mut [Bounds], host: impl Fn(usize) -> usize) {
    let mut beside: HashMap<usize, f64> = HashMap::new();
    for at in 0..body.nodes.len() {
        let on = host(at);
        if on == at {
            continue;
        }
        let number = beside.entry(on).or_default();
        let x = bounds[on].x + bounds[on].width - EVENT - 8.0 - *number * (EVENT + 8.0);
        let x = x.max(bounds[on].x - EVENT / 2.0);
        bounds[at] = Bounds { x, y: bounds[on].y + bounds[on].height - EVENT / 2.0, width: EVENT, height: EVENT };
        *number += 1.0;
    }
}

/// Corners of a flow.
fn route(from: &Bounds, to: &Bounds, from_below: bool, bottom: f64, detours: &mut f64) -> Vec<Point> {
    let middle = |b: &Bounds| b.y + b.height / 2.0;
    let end = Point { x: to.x, y: middle(to) };
    if from_below {
        let start = Point { x: from.x + from.width / 2.0, y: from.y + from.height };
        let lower = Point { x: start.x, y: start.y + 16.0 };
        let before = Point { x: end.x - GAP_X / 2.0, y: lower.y };
        return vec![start, lower, before, Point { x: before.x, y: end.y }, end];
    }
    let start = Point { x: from.x + from.width, y: middle(from) };
    if end.x > start.x {
        if (start.y - end.y).abs() < 1.0 {
            return vec![start, end];
        }
        let turn = start.x + (end.x - start.x).min(GAP_X) / 2.0;
        return vec![start, Point { x: turn, y: start.y }, Point { x: turn, y: end.y }, end];
    }
    // back: around below everything
    *detours += 16.0;
    let below = bottom + *detours;
    let (out, back) = (start.x + 16.0, end.x - 16.0);
    vec![
        start,
        Point { x: out, y: start.y },
        Point { x: out, y: below },
        Point { x: back, y: below },
        Point { x: back, y: end.y },
        end,
    ]
}

/// The longest way to each node, without flows that lead back.
fn ranks(nodes: usize, flows: &[(usize, usize)]) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut incoming = vec![0; nodes];
    for (from, to) in flows {
        if from != to {
            next[*from].push(*to);
            incoming[*to] += 1;
        }
    }
    // depth first, without recursion: the order in which nodes are left, and the flows that lead back
    let mut state = vec![0_u8; nodes];
    let mut left = Vec::with_capacity(nodes);
    let mut back = std::collections::HashSet::new();
    let roots = (0..nodes).filter(|at| incoming[*at] == 0).chain(0..nodes).collect::<Vec<_>>();
    for root in roots {
        if state[root] != 0 {
            continue;
        }
        let mut stack = vec![(root, 0)];
        state[root] = 1;
        while let Some((at, edge)) = stack.pop() {
            let Some(to) = next[at].get(edge).copied() else {
                state[at] = 2;
                left.push(at);
                continue;
            };
            stack.push((at, edge + 1));
            match state[to] {
                0 => {
                    state[to] = 1;
                    stack.push((to, 0));
                }
                1 => {
                    back.insert((at, to));
                }
                _ => {}
            }
        }
    }
    let mut ranks = vec![0; nodes];
    for at in left.into_iter().rev() {
        for to in &next[at] {
            if !back.contains(&(at, *to)) {
                ranks[*to] = ranks[*to].max(ranks[at] + 1);
            }
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::ranks;

    #[test]
    fn ranks_follow_the_longest_way() {
        assert_eq!(ranks(4, &[(0, 1), (1, 2), (0, 2), (2, 3)]), [0, 1, 2, 3]);
    }

    #[test]
    fn a_loop_does_not_push_its_nodes_away() {
        assert_eq!(ranks(4, &[(0, 1), (1, 2), (2, 1), (2, 3)]), [0, 1, 2, 3]);
    }

    #[test]
    fn a_loop_without_entry_and_a_flow_to_itself_have_ranks() {
        assert_eq!(ranks(3, &[(0, 1), (1, 0), (2, 2)]), [0, 1, 0]);
    }
}
