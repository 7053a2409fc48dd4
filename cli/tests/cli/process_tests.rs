//! `tollgate test` and `tollgate render`.

use crate::support::{at, folder, run};

const MODEL: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="http://tollgate.example">
  <process id="p" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="start"/>
    <sequenceFlow id="a" sourceRef="start" targetRef="charge"/>
    <serviceTask id="charge" camunda:class="com.acme.Charge"/>
    <sequenceFlow id="b" sourceRef="charge" targetRef="big"/>
    <exclusiveGateway id="big" default="no"/>
    <sequenceFlow id="yes" sourceRef="big" targetRef="review"><conditionExpression
        xsi:type="tFormalExpression">${amount > 100}</conditionExpression></sequenceFlow>
    <sequenceFlow id="no" sourceRef="big" targetRef="end"/>
    <userTask id="review"/>
    <sequenceFlow id="c" sourceRef="review" targetRef="end"/>
    <endEvent id="end"/>
  </process>
</definitions>"#;

fn tests(scenarios: &str) -> String {
    format!("handlers:\n  com.acme.Charge: {{set: {{charged: true}}}}\nscenarios:\n{scenarios}")
}

#[test]
fn a_passing_test_tells_what_was_not_reached() {
    let scenario = "  - name: small\n    steps:\n      - start: {variables: {amount: 5}}\n      \
                    - expect: {ended: true, path: [start, charge, big, end], variables: {charged: true}}\n";
    let files = folder(&[("p.bpmn", MODEL), ("p.test.yaml", &tests(scenario))]);
    let junit = at(&files, "report.xml");
    let pictures = at(&files, "coverage");
    let ran = run(["test", &at(&files, "p.test.yaml"), "--junit", &junit, "--coverage", &pictures]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("passed small"), "{}", ran.out);
    assert!(ran.out.contains("p 70 % of 10 elements covered\n  not reached: review, c, yes"), "{}", ran.out);
    assert!(ran.out.contains("1 passed, 0 failed"), "{}", ran.out);
    let report = std::fs::read_to_string(junit).unwrap();
    assert!(report.contains("<testsuites name=\"tollgate\" tests=\"1\" failures=\"0\""), "{report}");
    let picture = std::fs::read_to_string(format!("{pictures}/p.svg")).unwrap();
    assert!(picture.contains("<g data-element=\"no\" class=\"good\">"), "{picture}");
    assert!(picture.contains("<g data-element=\"yes\" class=\"missed\"><title>not reached</title>"), "{picture}");
}

#[test]
fn a_failing_test_names_the_step_and_all_differences() {
    let scenario = "  - name: big\n    steps:\n      - start: {variables: {amount: 500}}\n      \
                    - expect: {ended: true, passed: [end], variables: {charged: false}}\n";
    let files = folder(&[("p.bpmn", MODEL), ("p.test.yaml", &tests(scenario))]);
    let ran = run(["test", &at(&files, "p.test.yaml")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    for line in [
        "failed big",
        "step 2, expect:",
        "the instance has not ended: it is at [review]",
        "end did not begin",
        "variable charged is true, not false",
        "0 passed, 1 failed",
    ] {
        assert!(ran.out.contains(line), "no `{line}` in\n{}", ran.out);
    }
}

#[test]
fn what_is_not_mocked_fails_as_at_run_time() {
    let scenario = "scenarios:\n  - name: x\n    steps:\n      - start: {}\n";
    let files = folder(&[("p.bpmn", MODEL), ("p.test.yaml", scenario)]);
    let ran = run(["test", &at(&files, "p.test.yaml")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("com.acme.Charge"), "{}", ran.out);
}

#[test]
fn a_mistake_in_a_test_file_is_shown_with_its_place() {
    let files = folder(&[("p.bpmn", MODEL), ("p.test.yaml", "scenarios:\n  - name: x\n    step: []\n")]);
    let ran = run(["test", &at(&files, "p.test.yaml")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("is no process test"), "{}", ran.err);
    assert!(ran.err.contains('3') && ran.err.contains("step"), "{}", ran.err);
}

#[test]
fn a_model_is_drawn_with_what_a_check_finds() {
    let broken = MODEL.replace("targetRef=\"review\"", "targetRef=\"nowhere\"");
    let files = folder(&[("p.bpmn", MODEL), ("broken.bpmn", &broken)]);
    let out = at(&files, "p.svg");
    let ran = run(["render", &at(&files, "p.bpmn"), "--out", &out]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let svg = std::fs::read_to_string(out).unwrap();
    assert!(svg.starts_with("<svg ") && svg.contains("data-element=\"charge\""), "{svg}");
    let ran = run(["render", &at(&files, "nothing.bpmn")]);
    assert_eq!(ran.code, 1, "{ran:?}");
}
