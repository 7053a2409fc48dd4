//! The diagram of a file: shapes and edges, for tools that draw.

use crate::{
    ParseOptions,
    xml::{self, Element, NamespaceId, Vocabulary},
};

const BPMN_DI: Vocabulary = Vocabulary::Exactly(NamespaceId::BPMN_DI);
const DI: Vocabulary = Vocabulary::Exactly(NamespaceId::DI);
const DC: Vocabulary = Vocabulary::Exactly(NamespaceId::DC);

/// Everything drawn in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagram {
    /// Shapes in document order: later ones lie above earlier ones.
    pub shapes: Vec<Shape>,
    /// Edges in document order.
    pub edges: Vec<Edge>,
}

/// A point; the y axis points down.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// A flow node, pool, lane or artifact.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Id of the element it shows.
    pub element: String,
    /// Where it is.
    pub bounds: Bounds,
    /// Where its label is, when it is placed by hand.
    pub label: Option<Bounds>,
    /// Whether a subprocess shows its content.
    pub expanded: Option<bool>,
    /// Whether a pool or lane lies horizontally.
    pub horizontal: Option<bool>,
    /// Whether an exclusive gateway shows its cross.
    pub marker_visible: Option<bool>,
}

/// A sequence flow, message flow or association.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Id of the element it shows.
    pub element: String,
    /// Its corners from source to target.
    pub waypoints: Vec<Point>,
    /// Where its label is, when it is placed by hand.
    pub label: Option<Bounds>,
}

/// Reads the diagrams of a file; empty when it has none or is no XML.
///
/// Shapes and edges that say not what they show, and shapes without bounds, are left out.
pub fn parse(bytes: &[u8]) -> Diagram {
    let options = ParseOptions::default();
    let Ok(document) = xml::read(bytes, options.accept_forks, &options.limits) else {
        return Diagram::default();
    };
    let mut diagram = Diagram::default();
    let planes = document
        .root()
        .children_in(BPMN_DI, "BPMNDiagram")
        .into_iter()
        .flat_map(|diagram| diagram.children_in(BPMN_DI, "BPMNPlane"));
    for element in planes.flat_map(Element::children) {
        if element.namespace() != NamespaceId::BPMN_DI {
            continue;
        }
        match element.tag() {
            "BPMNShape" => diagram.shapes.extend(shape(element)),
            "BPMNEdge" => diagram.edges.extend(edge(element)),
            _ => {}
        }
    }
    diagram
}

fn shape(element: Element<'_>) -> Option<Shape> {
    Some(Shape {
        element: shown(element)?,
        bounds: bounds(element)?,
        label: label(element),
        expanded: flag(element, "isExpanded"),
        horizontal: flag(element, "isHorizontal"),
        marker_visible: flag(element, "isMarkerVisible"),
    })
}

fn edge(element: Element<'_>) -> Option<Edge> {
    let point = |waypoint: Element<'_>| Some(Point { x: number(waypoint, "x")?, y: number(waypoint, "y")? });
    Some(Edge {
        element: shown(element)?,
        waypoints: element.children_in(DI, "waypoint").into_iter().filter_map(point).collect(),
        label: label(element),
    })
}

/// The id without the prefix that some tools write.
fn shown(element: Element<'_>) -> Option<String> {
    let reference = element.attribute("bpmnElement").filter(|reference| !reference.is_empty())?;
    Some(reference.rsplit(':').next().unwrap_or(reference).to_owned())
}

fn label(element: Element<'_>) -> Option<Bounds> {
    element.children_in(BPMN_DI, "BPMNLabel").into_iter().find_map(bounds)
}

fn bounds(element: Element<'_>) -> Option<Bounds> {
    let bounds = element.children_in(DC, "Bounds").into_iter().next()?;
    Some(Bounds {
        x: number(bounds, "x")?,
        y: number(bounds, "y")?,
        width: number(bounds, "width")?,
        height: number(bounds, "height")?,
    })
}

fn number(element: Element<'_>, name: &str) -> Option<f64> {
    element.attribute(name)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn flag(element: Element<'_>, name: &str) -> Option<bool> {
    match element.attribute(name)?.trim() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_edges_and_labels_are_read() {
        let xml = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
            xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
            xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI">
          <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
            <bpmndi:BPMNShape bpmnElement="a" isExpanded="true"><dc:Bounds x="1" y="2.5" width="3" height="4"/>
              <bpmndi:BPMNLabel><dc:Bounds x="9" y="9" width="1" height="1"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
            <bpmndi:BPMNShape bpmnElement="b"/>
            <bpmndi:BPMNEdge bpmnElement="f"><di:waypoint x="1" y="1"/><di:waypoint x="2" y="2"/></bpmndi:BPMNEdge>
          </bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"#;
        let diagram = parse(xml.as_bytes());
        assert_eq!(diagram.shapes.len(), 1);
        assert_eq!(diagram.shapes[0].bounds, Bounds { x: 1.0, y: 2.5, width: 3.0, height: 4.0 });
        assert_eq!(diagram.shapes[0].expanded, Some(true));
        assert_eq!(diagram.shapes[0].label.map(|label| label.x), Some(9.0));
        assert_eq!(diagram.edges[0].waypoints, [Point { x: 1.0, y: 1.0 }, Point { x: 2.0, y: 2.0 }]);
        assert_eq!(parse(b"no xml"), Diagram::default());
    }
}
