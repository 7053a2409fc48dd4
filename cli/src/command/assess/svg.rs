//! A diagram as SVG, from the shapes and edges in the file, with marked elements.

use std::{collections::HashMap, fmt::Write};

use analysis::Model;
use bpmn_parser::diagram::{self, Bounds, Diagram};
use models::bpmn::{FlowNode, NodeKind, ScopeBody};

use super::html::escape;

/// How an element is marked: the worst that is said about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Something to check.
    Check,
    /// Something is missing, or a warning.
    Missing,
    /// Rejected.
    Error,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Check => " check",
            Self::Missing => " missing",
            Self::Error => " error",
        }
    }
}

/// The diagram of a model; `None` when it has none.
pub(super) fn draw(model: &Model, marks: &HashMap<&str, Mark>) -> Option<String> {
    let definitions = model.definitions()?;
    let diagram = diagram::parse(&model.source.bytes);
    let frame = frame(&diagram)?;
    let mut nodes = HashMap::new();
    for process in &definitions.processes {
        collect(&process.body, &mut nodes);
    }
    let mut svg = String::new();
    // writing to a string cannot fail
    let _ = write!(
        svg,
        "<svg viewBox=\"{:.0} {:.0} {:.0} {:.0}\" style=\"max-width:{:.0}px\" role=\"img\">",
        frame.x - 10.0,
        frame.y - 10.0,
        frame.width + 20.0,
        frame.height + 20.0,
        frame.width + 20.0
    );
    for edge in &diagram.edges {
        let points: Vec<String> = edge.waypoints.iter().map(|point| format!("{:.0},{:.0}", point.x, point.y)).collect();
        let mark = marks.get(edge.element.as_str()).map_or("", |mark| mark.class());
        let _ = write!(svg, "<polyline class=\"flow{mark}\" points=\"{}\"/>", points.join(" "));
    }
    // pools and subprocesses lie below what is in them
    let mut shapes: Vec<_> = diagram.shapes.iter().collect();
    shapes.sort_by(|a, b| area(&b.bounds).total_cmp(&area(&a.bounds)));
    for shape in shapes {
        let mark = marks.get(shape.element.as_str()).map_or("", |mark| mark.class());
        element(&mut svg, &shape.bounds, nodes.get(shape.element.as_str()).copied(), mark);
    }
    svg.push_str("</svg>");
    Some(svg)
}

fn area(bounds: &Bounds) -> f64 {
    bounds.width * bounds.height
}

fn frame(diagram: &Diagram) -> Option<Bounds> {
    let corners = diagram.shapes.iter().flat_map(|shape| {
        let bounds = &shape.bounds;
        [(bounds.x, bounds.y), (bounds.x + bounds.width, bounds.y + bounds.height)]
    });
    let points = diagram.edges.iter().flat_map(|edge| edge.waypoints.iter().map(|point| (point.x, point.y)));
    let all = corners.chain(points).filter(|(x, y)| x.is_finite() && y.is_finite());
    let (left, top, right, bottom) = all.fold(None, |frame: Option<(f64, f64, f64, f64)>, (x, y)| {
        Some(frame.map_or((x, y, x, y), |(a, b, c, d)| (a.min(x), b.min(y), c.max(x), d.max(y))))
    })?;
    (!diagram.shapes.is_empty()).then_some(Bounds { x: left, y: top, width: right - left, height: bottom - top })
}

fn collect<'m>(body: &'m ScopeBody, nodes: &mut HashMap<&'m str, &'m FlowNode>) {
    for node in &body.nodes {
        nodes.insert(&node.id, node);
        if let NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) = &node.kind {
            collect(&inner.body, nodes);
        }
    }
}

fn element(svg: &mut String, bounds: &Bounds, node: Option<&FlowNode>, mark: &str) {
    let Bounds { x, y, width, height } = *bounds;
    let (middle, centre) = (x + width / 2.0, y + height / 2.0);
    let name = node.and_then(|node| node.name.as_deref()).unwrap_or_default();
    let title = node.map(|node| format!("<title>{}</title>", escape(&node.id))).unwrap_or_default();
    let mut text_at = (middle, centre);
    match node.map(|node| &node.kind) {
        None => {
            let _ = write!(
                svg,
                "<rect class=\"pool{mark}\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{height:.0}\"/>"
            );
        }
        Some(
            NodeKind::StartEvent(_)
            | NodeKind::EndEvent(_)
            | NodeKind::IntermediateCatch(_)
            | NodeKind::IntermediateThrow(_)
            | NodeKind::BoundaryEvent(_),
        ) => {
            let ends = matches!(node.map(|node| &node.kind), Some(NodeKind::EndEvent(_)));
            let class = if ends { "event end" } else { "event" };
            let _ = write!(
                svg,
                "<circle class=\"{class}{mark}\" cx=\"{middle:.0}\" cy=\"{centre:.0}\" r=\"{:.0}\">{title}</circle>",
                width / 2.0
            );
            text_at = (middle, y + height + 12.0);
        }
        Some(
            NodeKind::ExclusiveGateway
            | NodeKind::ParallelGateway
            | NodeKind::InclusiveGateway
            | NodeKind::EventBasedGateway,
        ) => {
            let sign = match node.map(|node| &node.kind) {
                Some(NodeKind::ExclusiveGateway) => "×",
                Some(NodeKind::ParallelGateway) => "+",
                Some(NodeKind::InclusiveGateway) => "○",
                _ => "◇",
            };
            let _ = write!(
                svg,
                "<polygon class=\"gateway{mark}\" points=\"{middle:.0},{y:.0} {:.0},{centre:.0} {middle:.0},{:.0} {x:.0},{centre:.0}\">{title}</polygon>\
                 <text class=\"sign\" x=\"{middle:.0}\" y=\"{:.0}\">{sign}</text>",
                x + width,
                y + height,
                centre + 7.0
            );
            text_at = (middle, y + height + 12.0);
        }
        Some(kind) => {
            let class =
                if matches!(kind, NodeKind::SubProcess(_) | NodeKind::Transaction(_)) { "scope" } else { "task" };
            if class == "scope" {
                text_at = (middle, y + 14.0);
            }
            let _ = write!(
                svg,
                "<rect class=\"{class}{mark}\" x=\"{x:.0}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" rx=\"8\">{title}</rect>"
            );
        }
    }
    label(svg, name, text_at, width);
}

/// A name in lines of about the width of its element.
fn label(svg: &mut String, name: &str, (x, y): (f64, f64), width: f64) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of letters")]
    let letters = ((width / 6.0) as usize).max(14);
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.truncate(4);
    for (at, line) in lines.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "at most four lines")]
        let offset = (at as f64 - (lines.len() as f64 - 1.0) / 2.0) * 12.0 + 4.0;
        let _ = write!(svg, "<text x=\"{x:.0}\" y=\"{:.0}\">{}</text>", y + offset, escape(line));
    }
}
