//! Pictures of the examples and of models without diagram.

use std::{collections::BTreeMap, path::Path};

use tollgate_drawing::{Mark, Marks, Picture, Tone, layout};

fn definitions(bytes: &[u8]) -> models::bpmn::Definitions {
    let parsed = bpmn_parser::parse(bytes, "model.bpmn", &bpmn_parser::ParseOptions::default());
    parsed.definitions.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics))
}

fn example(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(name)).unwrap()
}

/// Text without the diagram: what a model written by hand looks like.
fn without_diagram(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let start = text.find("<bpmndi:BPMNDiagram").unwrap();
    let end = text.rfind("</bpmndi:BPMNDiagram>").unwrap() + "</bpmndi:BPMNDiagram>".len();
    format!("{}{}", &text[..start], &text[end..]).into_bytes()
}

fn overlap(a: &bpmn_parser::diagram::Bounds, b: &bpmn_parser::diagram::Bounds) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

#[test]
fn the_examples_are_drawn_with_all_their_elements() {
    for name in ["order.bpmn", "kyc.bpmn", "provisioning.bpmn"] {
        let bytes = example(name);
        let definitions = definitions(&bytes);
        for bytes in [bytes.clone(), without_diagram(&bytes)] {
            let picture = Picture::of(&definitions, &bytes);
            let svg = picture.svg(&Marks::new());
            well_formed(&svg);
            for process in &definitions.processes {
                for id in process.body.nodes.iter().map(|node| &node.id).chain(process.body.flows.iter().map(|f| &f.id))
                {
                    assert!(svg.contains(&format!("data-element=\"{id}\"")), "{name}: no {id}");
                }
            }
        }
    }
}

/// The picture is well-formed XML.
fn well_formed(svg: &str) {
    // the parser of models reads any XML; a picture is no model, but its faults of form would be reported first
    let parsed = bpmn_parser::parse(svg.as_bytes(), "picture.svg", &bpmn_parser::ParseOptions::default());
    let broken = parsed.diagnostics.iter().find(|found| found.code.starts_with("E00"));
    assert!(broken.is_none_or(|found| found.message.contains("svg")), "{:?}", broken);
}

#[test]
fn a_layout_has_no_two_nodes_in_one_place() {
    let bytes = without_diagram(&example("order.bpmn"));
    let definitions = definitions(&bytes);
    let diagram = layout(&definitions);
    let process = &definitions.processes[0];
    let top: Vec<_> =
        diagram
            .shapes
            .iter()
            .filter(|shape| {
                process.body.nodes.iter().any(|node| {
                    node.id == shape.element && !matches!(node.kind, models::bpmn::NodeKind::BoundaryEvent(_))
                })
            })
            .collect();
    for (at, one) in top.iter().enumerate() {
        for other in &top[at + 1..] {
            assert!(!overlap(&one.bounds, &other.bounds), "{} and {}", one.element, other.element);
        }
    }
}

#[test]
fn marks_show_as_classes_titles_and_badges() {
    let bytes = example("order.bpmn");
    let definitions = definitions(&bytes);
    let id = definitions.processes[0].body.nodes[0].id.clone();
    let mark = Mark { tone: Tone::Bad, badge: Some("3".into()), title: Some("a < b".into()) };
    let marks: Marks = BTreeMap::from([(id.clone(), mark)]);
    let svg = Picture::of(&definitions, &bytes).svg(&marks);
    assert!(svg.contains(&format!("<g data-element=\"{id}\" class=\"bad\"><title>a &lt; b</title>")));
    assert!(svg.contains(">3</text>"));
}
