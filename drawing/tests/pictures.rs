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

/// Branches that are passed by others, loops, and a boundary event with a way of its own.
const PASSED: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="test">
  <process id="p" isExecutable="true">
    <startEvent id="s"/><parallelGateway id="fork"/><parallelGateway id="join"/><endEvent id="e"/>
    <userTask id="a"/><userTask id="b"/><userTask id="b2"/><userTask id="c"/><userTask id="late"/><userTask id="again"/>
    <boundaryEvent id="t" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
    <exclusiveGateway id="x" default="f10"/>
    <sequenceFlow id="f0" sourceRef="s" targetRef="fork"/>
    <sequenceFlow id="f1" sourceRef="fork" targetRef="a"/><sequenceFlow id="f2" sourceRef="fork" targetRef="b"/>
    <sequenceFlow id="f3" sourceRef="fork" targetRef="c"/><sequenceFlow id="f4" sourceRef="a" targetRef="join"/>
    <sequenceFlow id="f5" sourceRef="b" targetRef="b2"/><sequenceFlow id="f6" sourceRef="b2" targetRef="join"/>
    <sequenceFlow id="f7" sourceRef="c" targetRef="join"/><sequenceFlow id="f8" sourceRef="t" targetRef="late"/>
    <sequenceFlow id="f9" sourceRef="join" targetRef="x"/><sequenceFlow id="f10" sourceRef="x" targetRef="e"/>
    <sequenceFlow id="f11" sourceRef="x" targetRef="again"><conditionExpression>${more}</conditionExpression></sequenceFlow>
    <sequenceFlow id="f12" sourceRef="again" targetRef="fork"/>
  </process>
</definitions>"#;

#[test]
fn a_flow_crosses_no_node_that_it_does_not_connect() {
    let models = ["order.bpmn", "kyc.bpmn", "provisioning.bpmn"].map(|name| without_diagram(&example(name)));
    for bytes in models.into_iter().chain([PASSED.as_bytes().to_vec()]) {
        let definitions = definitions(&bytes);
        let diagram = layout(&definitions);
        let body = &definitions.processes[0].body;
        let shape = |id: &str| diagram.shapes.iter().find(|shape| shape.element == id).unwrap();
        for flow in &body.flows {
            let edge = diagram.edges.iter().find(|edge| edge.element == flow.id).unwrap();
            for node in body.nodes.iter().filter(|node| node.id != flow.source && node.id != flow.target) {
                let place = shape(&node.id).bounds;
                for pair in edge.waypoints.windows(2) {
                    let line = bpmn_parser::diagram::Bounds {
                        x: pair[0].x.min(pair[1].x),
                        y: pair[0].y.min(pair[1].y),
                        width: (pair[0].x - pair[1].x).abs(),
                        height: (pair[0].y - pair[1].y).abs(),
                    };
                    // a boundary event's line begins at its activity
                    let own = shape(&flow.source).bounds;
                    assert!(overlap(&own, &place) || !overlap(&line, &place), "{} crosses {}", flow.id, node.id);
                }
            }
        }
    }
}
