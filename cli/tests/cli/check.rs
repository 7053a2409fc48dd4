//! `tollgate check`.

use crate::support::{at, examples, folder, model, run};

const TOPICLESS: &str = r#"    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="charge"/>
    <serviceTask id="charge" name="Charge the card" camunda:type="external"/>"#;

#[test]
fn good_models_have_no_findings() {
    let ran = run(["check", &examples().to_string_lossy()]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "3 files checked: no findings\n"), "{ran:?}");
}

/// Place, excerpt, mark, code and remedy, as a compiler shows them.
#[test]
fn an_error_shows_its_line_and_its_remedy() {
    let files = folder(&[("order.bpmn", &model("order", TOPICLESS))]);
    let path = at(&files, "order.bpmn");
    let ran = run(["check", &path]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let expected = format!(
        r#"error[E0504]: External tasks must specify a 'topic' attribute in the camunda namespace
 --> {path}:7:5
  |
7 |     <serviceTask id="charge" name="Charge the card" camunda:type="external"/>
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ charge
  |
  = help: set `camunda:topic`

1 file checked: 1 error; 1 file would be rejected
"#
    );
    assert_eq!(ran.out, expected);
}

#[test]
fn json_has_every_field_of_a_finding() {
    let files = folder(&[("order.bpmn", &model("order", TOPICLESS))]);
    let ran = run(["check", &at(&files, "order.bpmn"), "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let json = ran.json();
    assert_eq!((json["files"].as_u64(), json["errors"].as_u64()), (Some(1), Some(1)));
    let found = &json["findings"][0];
    assert_eq!((found["line"].as_u64(), found["column"].as_u64()), (Some(7), Some(5)));
    assert_eq!((found["code"].as_str(), found["element"].as_str()), (Some("E0504"), Some("charge")));
}

#[test]
fn broken_xml_names_the_place() {
    let files = folder(&[("broken.bpmn", "<definitions>\n  <process>\n</definitions>\n")]);
    let ran = run(["check", &at(&files, "broken.bpmn")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("error[E0001]") && ran.out.contains("broken.bpmn:3:"), "{}", ran.out);
    assert!(ran.out.contains("= help: the file must be one well-formed XML document"), "{}", ran.out);
}

#[test]
fn text_in_utf_16_is_shown_as_text() {
    let text = model("order", TOPICLESS).replace("UTF-8", "UTF-16");
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let files = folder(&[]);
    std::fs::write(files.path().join("wide.bpmn"), bytes).unwrap();
    let ran = run(["check", &at(&files, "wide.bpmn")]);
    assert!(ran.out.contains(r#"7 |     <serviceTask id="charge""#), "{ran:?}");
}

#[test]
fn decisions_and_forms_are_checked_too() {
    let decision = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="http://acme.com">
  <decision id="price" name="price">
    <variable id="v" name="price"/>
    <literalExpression id="l"><text>1 +</text></literalExpression>
  </decision>
</definitions>"#;
    let files = folder(&[("sub/price.dmn", decision), ("sub/pack.form", "{\n  \"id\": \n}"), (".git/x.bpmn", "no")]);
    let ran = run(["check", &files.path().to_string_lossy(), "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let json = ran.json();
    assert_eq!(json["files"], 2, "what lies in hidden folders is left out");
    let codes: Vec<&str> = json["findings"].as_array().unwrap().iter().filter_map(|f| f["code"].as_str()).collect();
    assert_eq!(codes, ["E0931", "W0921"]);
    assert_eq!(json["findings"][0]["line"], 3);
}

#[test]
fn warnings_fail_only_when_asked() {
    let files = folder(&[(
        "order.bpmn",
        &model("order", "<startEvent id=\"s\"/>").replace(" camunda:historyTimeToLive=\"P30D\"", ""),
    )]);
    let path = at(&files, "order.bpmn");
    let ran = run(["check", &path]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("warning[W0901]: process `order` has no history time to live"), "{}", ran.out);
    assert_eq!(run(["check", &path, "--deny-warnings"]).code, 1);
    assert_eq!(run(["check", &path, "--enforce-history-time-to-live"]).code, 1);
    let quiet = run(["check", &path, "--quiet"]);
    assert_eq!(quiet.out, "1 file checked: 1 warning\n");
}

#[test]
fn what_is_no_model_is_said() {
    let files = folder(&[("notes.txt", "hello"), ("empty/.keep", "")]);
    let ran = run(["check", &at(&files, "nowhere.bpmn")]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("error: there is no file or folder "), "{}", ran.err);
    let ran = run(["check", &at(&files, "notes.txt")]);
    assert!(ran.err.contains("notes.txt is no model: its name ends in none of .bpmn"), "{}", ran.err);
    let ran = run(["check", &at(&files, "empty")]);
    assert!(ran.err.contains("there is no model below the folder"), "{}", ran.err);
    assert_eq!(run(["check"]).code, 2, "a wrong command line");
}

/// What Camunda does not look for: with the diagram's names, and only when it can be known.
#[test]
fn more_is_found_than_camunda_finds() {
    let elements = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
      <serviceTask id="t" name="Charge the card" camunda:class="com.acme.Charge"/><userTask id="lost" name="Say sorry"/>
      <sequenceFlow id="f2" sourceRef="t" targetRef="c"/><callActivity id="c" calledElement="inner"/>"#;
    let files = folder(&[("order.bpmn", &model("order", elements))]);
    let ran = run(["check", &files.path().to_string_lossy()]);
    assert_eq!(ran.code, 0, "warnings only: {ran:?}");
    assert!(ran.out.contains("warning[W0902]: `lost` \"Say sorry\" can't be reached"), "{}", ran.out);
    assert!(
        ran.out.contains("warning[W0911]: nobody serves the Java class `com.acme.Charge` (implementation)"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("warning[W0909]: the called process `inner` is not among these models"), "{}", ran.out);
    let one = run(["check", &at(&files, "order.bpmn"), "--served", "com.acme.*"]);
    assert!(one.out.contains("1 file checked: 1 warning"), "a single file is not taken for all there is: {}", one.out);
}
