//! A layout for models without diagram: each scope from left to right, by the longest way from its start.
//!
//! ```text
//! rank   0      1      2          3
//!      start → task → gateway ─→ task ─→ …
//!                          └───→ task        branches below each other
//! ```
//! Scopes are laid out from the inside out. Boundary events sit on the lower edge of their activity; what follows them counts as
//! following the activity. A flow that passes columns has a place of its own in each, so that it crosses no node. Between columns
//! flows turn on tracks: those with a common end share one. Flows against the direction go around below what is between their ends.

mod ranks;
mod tracks;

use std::collections::HashMap;

use bpmn_parser::diagram::{Bounds, Diagram, Edge, Point, Shape};
use models::bpmn::{Definitions, FlowNode, NodeKind, ScopeBody};

use self::{ranks::ranks, tracks::Tracks};

const GAP_X: f64 = 60.0;
const GAP_Y: f64 = 40.0;
const MARGIN: f64 = 30.0;
const EVENT: f64 = 36.0;
/// Between lines that run side by side.
const LINE: f64 = 16.0;

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
    let inner: Vec<Option<Part>> = body
        .nodes
        .iter()
        .map(|node| match &node.kind {
            NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) => Some(scope(&inner.body)),
            _ => None,
        })
        .collect();
    let mut grid = Grid::new(body, &inner);
    grid.place_down();
    let tracks = grid.place_across();
    let mut part = Part::default();
    for (at, node) in body.nodes.iter().enumerate() {
        let bounds = grid.bounds_of(at);
        part.shapes.push(Shape {
            element: node.id.clone(),
            bounds,
            label: (grid.hosts[at] != at).then(|| beside(&bounds, node.name.as_deref().unwrap_or_default())),
            expanded: inner[at].is_some().then_some(true),
            horizontal: None,
            marker_visible: None,
        });
    }
    for (at, inside) in inner.into_iter().enumerate() {
        let Some(mut inside) = inside else { continue };
        let bounds = grid.bounds_of(at);
        inside.shift(bounds.x + MARGIN, bounds.y + MARGIN + 10.0);
        part.shapes.extend(inside.shapes);
        part.edges.extend(inside.edges);
    }
    for (number, way) in grid.ways.iter().enumerate() {
        let waypoints = grid.waypoints(number, way, &tracks);
        part.edges.push(Edge { element: body.flows[way.flow].id.clone(), waypoints, label: None });
    }
    let points = || part.edges.iter().flat_map(|edge| &edge.waypoints);
    let corners = || part.shapes.iter().map(|shape| &shape.bounds);
    let left = points().map(|point| point.x).fold(0.0, f64::min);
    let right = corners().map(|b| b.x + b.width).chain(points().map(|point| point.x)).fold(0.0, f64::max);
    let bottom = corners().map(|b| b.y + b.height).chain(points().map(|point| point.y)).fold(0.0, f64::max);
    part.width = right - left;
    part.height = bottom;
    part.shift(-left, 0.0);
    part
}

/// Left of the line that leaves a boundary event downwards.
fn beside(event: &Bounds, name: &str) -> Bounds {
    #[expect(clippy::cast_precision_loss, reason = "a short text")]
    let width = (name.chars().count() as f64 * 6.3).clamp(12.0, 90.0);
    Bounds { x: event.x + event.width / 2.0 - 6.0 - width, y: event.y + event.height + 3.0, width, height: LINE }
}

/// What has a place in a column: a node, or a flow that passes.
struct Cell {
    node: Option<usize>,
    bounds: Bounds,
    /// Cells in the column before that lead here, and how much lower than their middle their flow comes.
    before: Vec<(usize, f64)>,
}

/// The way of a flow.
struct Way {
    flow: usize,
    from: usize,
    to: usize,
    /// Cells of the columns that it passes.
    passed: Vec<usize>,
    /// How far down it goes around, when it leads back.
    around: Option<f64>,
}

/// The cells of a scope, by columns; those of nodes come first.
struct Grid {
    cells: Vec<Cell>,
    columns: Vec<Vec<usize>>,
    ranks: Vec<usize>,
    ways: Vec<Way>,
    /// Where a node stands: a boundary event with its activity.
    hosts: Vec<usize>,
    /// The how-manieth boundary event of its activity.
    numbers: Vec<f64>,
}

impl Grid {
    fn new(body: &ScopeBody, inner: &[Option<Part>]) -> Self {
        let index: HashMap<&str, usize> =
            body.nodes.iter().enumerate().map(|(at, node)| (node.id.as_str(), at)).collect();
        let host = |at: usize| match &body.nodes[at].kind {
            NodeKind::BoundaryEvent(boundary) => index.get(boundary.attached_to.as_str()).copied().unwrap_or(at),
            _ => at,
        };
        let hosts: Vec<usize> = (0..body.nodes.len()).map(host).collect();
        let ends = |flow: &models::bpmn::SequenceFlow| {
            Some((*index.get(flow.source.as_str())?, *index.get(flow.target.as_str())?))
        };
        let ways: Vec<Way> = body
            .flows
            .iter()
            .enumerate()
            .filter_map(|(flow, one)| {
                let (from, to) = ends(one)?;
                Some(Way { flow, from, to, passed: Vec::new(), around: None })
            })
            .collect();
        let placed: Vec<(usize, usize)> = ways.iter().map(|way| (hosts[way.from], hosts[way.to])).collect();
        let mut ranks = ranks(body.nodes.len(), &placed);
        let cells = body.nodes.iter().zip(inner).enumerate().map(|(at, (node, inner))| {
            let (width, height) = size(node, inner.as_ref());
            Cell { node: Some(at), bounds: Bounds { width, height, ..Bounds::default() }, before: Vec::new() }
        });
        let mut beside = vec![0.0; body.nodes.len()];
        let numbers = (0..body.nodes.len()).map(|at| {
            let number: &mut f64 = &mut beside[hosts[at]];
            if hosts[at] != at {
                *number += 1.0;
            }
            *number - 1.0
        });
        let numbers = numbers.collect();
        for at in 0..ranks.len() {
            ranks[at] = ranks[hosts[at]];
        }
        let mut columns = vec![Vec::new(); ranks.iter().max().map_or(0, |most| most + 1)];
        for at in (0..body.nodes.len()).filter(|at| hosts[*at] == *at) {
            columns[ranks[at]].push(at);
        }
        let mut grid = Self { cells: cells.collect(), columns, ranks, ways, hosts, numbers };
        grid.pass();
        grid
    }

    /// Gives each flow a cell in the columns that it passes.
    fn pass(&mut self) {
        for at in 0..self.ways.len() {
            let (from, to) = (self.ways[at].from, self.ways[at].to);
            let (first, last) = (self.ranks[from], self.ranks[to]);
            if last <= first {
                continue;
            }
            let boundary = self.hosts[from] != from;
            let lower =
                if boundary { self.cells[self.hosts[from]].bounds.height / 2.0 + EVENT / 2.0 + LINE } else { 0.0 };
            let mut before = (self.hosts[from], lower);
            for rank in first + 1..last {
                let cell = self.cells.len();
                self.cells.push(Cell { node: None, bounds: Bounds::default(), before: vec![before] });
                self.columns[rank].push(cell);
                self.ways[at].passed.push(cell);
                before = (cell, 0.0);
            }
            let end = self.hosts[to];
            self.cells[end].before.push(before);
        }
    }

    fn middle(&self, cell: usize) -> f64 {
        let bounds = &self.cells[cell].bounds;
        bounds.y + bounds.height / 2.0
    }

    /// From the top of each column downwards, each cell in line with the first that leads to it, where there is room.
    fn place_down(&mut self) {
        for rank in 0..self.columns.len() {
            let wanted = |cell: &usize| {
                let before = self.cells[*cell].before.iter();
                before.map(|(one, lower)| self.middle(*one) + lower).reduce(f64::min).unwrap_or(40.0)
            };
            let mut column: Vec<(f64, usize)> = self.columns[rank].iter().map(|cell| (wanted(cell), *cell)).collect();
            column.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut free = 0.0;
            for (wanted, cell) in &column {
                // a row is at least as high as a task, so that what is in line stays in line
                let row =
                    if self.cells[*cell].node.is_some() { self.cells[*cell].bounds.height.max(80.0) } else { LINE };
                let bounds = &mut self.cells[*cell].bounds;
                let top = (wanted - row / 2.0).max(free);
                bounds.y = top + (row - bounds.height) / 2.0;
                free = top + row + if self.cells[*cell].node.is_some() { GAP_Y } else { LINE / 2.0 };
            }
            self.columns[rank] = column.into_iter().map(|(_, cell)| cell).collect();
        }
        self.go_around();
    }

    /// The lines of flows that lead back: below the columns between their ends, short ones above long ones.
    fn go_around(&mut self) {
        let mut bottoms: Vec<f64> = self
            .columns
            .iter()
            .map(|column| {
                let bottom = |cell: &usize| self.cells[*cell].bounds.y + self.cells[*cell].bounds.height;
                // boundary events, their lines and labels hang over
                column.iter().map(bottom).fold(0.0, f64::max) + EVENT / 2.0 + LINE
            })
            .collect();
        let span = |way: &Way| (self.ranks[way.to], self.ranks[way.from]);
        let mut back: Vec<usize> = (0..self.ways.len())
            .filter(|at| {
                let (first, last) = span(&self.ways[*at]);
                first <= last
            })
            .collect();
        back.sort_by_key(|at| {
            let (first, last) = span(&self.ways[*at]);
            last - first
        });
        for at in back {
            let (first, last) = span(&self.ways[at]);
            let level = bottoms[first..=last].iter().copied().fold(0.0, f64::max) + LINE;
            bottoms[first..=last].fill(level);
            self.ways[at].around = Some(level);
        }
    }

    /// From left to right, each gap as wide as its tracks need.
    fn place_across(&mut self) -> Tracks {
        let mut tracks = Tracks::new(self.columns.len() + 1);
        for (number, way) in self.ways.iter().enumerate() {
            for (step, (gap, from, to)) in self.turns(way).into_iter().enumerate() {
                tracks.add((number, step), gap, (from, to), (way.from, way.to));
            }
        }
        let mut x = tracks.width(0, 0.0);
        tracks.place(0, 0.0, x);
        for (rank, column) in self.columns.iter().enumerate() {
            let width = column.iter().map(|cell| self.cells[*cell].bounds.width).fold(0.0, f64::max);
            for cell in column {
                let bounds = &mut self.cells[*cell].bounds;
                bounds.x = x + (width - bounds.width) / 2.0;
            }
            x += width;
            let gap = tracks.width(rank + 1, if rank + 1 < self.columns.len() { GAP_X } else { 0.0 });
            tracks.place(rank + 1, x, gap);
            x += gap;
        }
        tracks
    }

    /// The height at which a flow leaves its source.
    fn leaving(&self, way: &Way) -> f64 {
        let bounds = self.bounds_of(way.from);
        if self.hosts[way.from] == way.from { self.middle(way.from) } else { bounds.y + bounds.height + LINE }
    }

    /// Where a flow turns up or down: the gap, the height where it comes from and the one where it goes.
    fn turns(&self, way: &Way) -> Vec<(usize, f64, f64)> {
        let (first, last) = (self.ranks[way.from], self.ranks[way.to]);
        let (leaves, arrives) = (self.leaving(way), self.middle(self.hosts[way.to]));
        if let Some(around) = way.around {
            return vec![(first + 1, leaves, around), (last, around, arrives)];
        }
        let levels: Vec<f64> =
            std::iter::once(leaves).chain(way.passed.iter().map(|cell| self.middle(*cell))).chain([arrives]).collect();
        levels.windows(2).enumerate().map(|(at, pair)| (first + 1 + at, pair[0], pair[1])).collect()
    }

    /// Where a node is; a boundary event on the lower edge of its activity.
    fn bounds_of(&self, at: usize) -> Bounds {
        let on = self.cells[self.hosts[at]].bounds;
        if self.hosts[at] == at {
            return on;
        }
        let x = (on.x + on.width - EVENT - 8.0 - self.numbers[at] * (EVENT + 8.0)).max(on.x - EVENT / 2.0);
        Bounds { x, y: on.y + on.height - EVENT / 2.0, width: EVENT, height: EVENT }
    }

    /// The corners of a flow.
    fn waypoints(&self, number: usize, way: &Way, tracks: &Tracks) -> Vec<Point> {
        let (from, to) = (self.bounds_of(way.from), self.bounds_of(way.to));
        let leaves = self.leaving(way);
        let mut points = if self.hosts[way.from] == way.from {
            vec![Point { x: from.x + from.width, y: leaves }]
        } else {
            let x = from.x + from.width / 2.0;
            vec![Point { x, y: from.y + from.height }, Point { x, y: leaves }]
        };
        for (step, (_, before, after)) in self.turns(way).into_iter().enumerate() {
            if (before - after).abs() >= 1.0 {
                let x = tracks.at((number, step));
                points.extend([Point { x, y: before }, Point { x, y: after }]);
            }
        }
        points.push(Point { x: to.x, y: to.y + to.height / 2.0 });
        points
    }
}
