//! `tollgate run`.

use serde_json::Value as Json;

use crate::support::{at, examples, finish, folder, model, run, tollgate};

fn example(name: &str) -> String {
    examples().join(name).to_string_lossy().into_owned()
}

fn lines(out: &str) -> Vec<Json> {
    out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn a_process_runs_to_its_end_with_tasks_and_time_done_by_themselves() {
    let ran = run(["run", &example("provisioning.bpmn"), "--auto", "--fast-forward"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let has = |text: &str| assert!(ran.out.contains(text), "{text}: {}", ran.out);
    has("done      customer_signed_up  Customer signed up  start event\n");
    has("--------- 1 minute later: ");
    has("\nCOMPLETED at customer_served after 12 activities\n");
    assert!(!ran.out.contains('\x1b'), "no colours in a pipe");
}

/// Without anybody to ask, it stops at the first wait state, says what it waits for, and exits with 3.
#[test]
fn without_anybody_to_ask_it_says_what_it_waits_for() {
    let ran = run(["run", &example("kyc.bpmn"), "--var", "name=Ada"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let tail = &ran.out[ran.out.find("\nWAITING\n").expect("it waits")..];
    assert!(tail.contains("  for user task review_documents \"Review the documents\", for reviewers\n"), "{tail}");
    assert!(tail.contains("  for timer overdue \"Nobody decided for two days\" due in "), "{tail}");
    assert!(tail.contains("  name = \"Ada\"\n"), "{tail}");
}

#[test]
fn a_person_is_asked_for_variables() {
    let answers = "1\ntrue\n\nnote=good\n\n";
    let ran = finish(tollgate().args(["run", &example("kyc.bpmn"), "--interactive"]), answers);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("   1  user task review_documents \"Review the documents\", for reviewers\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("done        review_documents"), "{}", ran.out);
    assert!(ran.out.contains("approved (The customer is accepted) [false] = "), "the form: {}", ran.out);
    for line in ["approved = true\n", "doubtful = false\n", "note = \"good\"\n"] {
        assert!(ran.out.contains(line), "{line}: {}", ran.out);
    }
    assert!(ran.out.contains("\nCOMPLETED at "), "{}", ran.out);
}

#[test]
fn a_refused_completion_leaves_all_as_before() {
    let elements = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
      <userTask id="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="e"/>
      <serviceTask id="e" camunda:expression="${amount * 2}" camunda:resultVariable="twice"/>"#;
    let files = folder(&[("double.bpmn", &model("double", elements))]);
    let ran = finish(tollgate().args(["run", &at(&files, "double.bpmn"), "--interactive"]), "1\n\n1\namount=21\n\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("failed    it was refused, and all is as before"), "{}", ran.out);
    assert!(ran.out.contains("Cannot resolve identifier 'amount'"), "{}", ran.out);
    assert!(ran.out.ends_with("  amount = 21\n  twice = 42\n"), "{}", ran.out);
}

#[test]
fn json_is_an_object_a_line() {
    let files = folder(&[("vars.json", r#"{"name": {"value": "Ada", "type": "String"}, "age": 36, "tags": ["a"]}"#)]);
    let ran =
        run(["run", &example("kyc.bpmn"), "--vars", &at(&files, "vars.json"), "--var", "age=37", "--format", "json"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    let lines = lines(&ran.out);
    let first = lines.iter().find(|line| line["step"] == "done").expect("a step");
    assert_eq!((first["activity"].as_str(), first["type"].as_str()), (Some("documents_received"), Some("startEvent")));
    let last = lines.last().expect("a last line");
    assert_eq!(last["state"], "WAITING");
    assert_eq!(last["variables"], serde_json::json!({"name": "Ada", "tags": ["a"], "age": 37}));
}

#[test]
fn a_bpmn_error_takes_its_way() {
    let elements = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
      <serviceTask id="t" camunda:type="external" camunda:topic="pay"/>
      <boundaryEvent id="b" attachedToRef="t"><errorEventDefinition errorRef="e"/></boundaryEvent>
      <sequenceFlow id="f2" sourceRef="b" targetRef="sorry"/><endEvent id="sorry"/>"#;
    let text = model("pay", elements).replace("  <process", "  <error id=\"e\" errorCode=\"BROKE\"/>\n  <process");
    let files = folder(&[("pay.bpmn", &text)]);
    let ran = finish(tollgate().args(["run", &at(&files, "pay.bpmn"), "--interactive"]), "1\n!BROKE\n");
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("a worker for topic pay at t"), "{}", ran.out);
    assert!(ran.out.contains("cancelled t  service task\n"), "{}", ran.out);
    assert!(ran.out.contains("COMPLETED at sorry"), "{}", ran.out);
}

#[test]
fn called_processes_come_with_with() {
    let caller = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="c"/>
      <callActivity id="c" calledElement="inner"/>"#;
    let inner = r#"<startEvent id="is"/><sequenceFlow id="if" sourceRef="is" targetRef="ie"/><endEvent id="ie"/>"#;
    let files = folder(&[("outer.bpmn", &model("outer", caller)), ("inner.bpmn", &model("inner", inner))]);
    let alone = run(["run", &at(&files, "outer.bpmn")]);
    assert_eq!(alone.code, 1, "{alone:?}");
    assert!(alone.out.contains("no processes deployed with key 'inner'"), "{}", alone.out);
    let ran = run(["run", &at(&files, "outer.bpmn"), "--with", &files.path().to_string_lossy()]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("done        ie  none end event\n"), "{}", ran.out);
}

#[test]
fn java_delegates_can_be_stubbed() {
    let elements = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
      <serviceTask id="t" camunda:class="com.acme.Charge"/>"#;
    let files = folder(&[("charge.bpmn", &model("charge", elements))]);
    let path = at(&files, "charge.bpmn");
    let ran = run(["run", &path]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("com.acme.Charge"), "{}", ran.out);
    assert_eq!(run(["run", &path, "--stub", "com.acme.Charge"]).code, 0);
}

/// A job that fails three times leaves an incident, and the exit code says so.
#[test]
fn an_incident_is_a_failure() {
    let elements = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
      <serviceTask id="t" camunda:asyncBefore="true" camunda:expression="${nothing.x}"/>"#;
    let files = folder(&[("job.bpmn", &model("job", elements))]);
    let ran = run(["run", &at(&files, "job.bpmn")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.out.matches("failed    a job failed, ").count(), 3, "{}", ran.out);
    assert!(ran.out.contains("\nINCIDENT\n  for a failed job at t: "), "{}", ran.out);
}

/// A timer that repeats for ever does not keep the command running for ever.
#[test]
fn the_number_of_jobs_is_bounded() {
    let elements = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
      <receiveTask id="t"/>
      <boundaryEvent id="b" attachedToRef="t" cancelActivity="false"><timerEventDefinition>
        <timeCycle>R/PT1M</timeCycle></timerEventDefinition></boundaryEvent>
      <sequenceFlow id="f2" sourceRef="b" targetRef="e"/><endEvent id="e"/>"#;
    let files = folder(&[("tick.bpmn", &model("tick", elements))]);
    let ran = run(["run", &at(&files, "tick.bpmn"), "--fast-forward", "--max-jobs", "5"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.out.matches("done      b  boundary timer\n").count(), 5, "{}", ran.out);
    assert!(ran.out.contains("stopped: too many jobs; raise --max-jobs"), "{}", ran.out);
}

#[test]
fn the_process_and_the_start_event_can_be_chosen() {
    let two = format!(
        "{}{}",
        model("one", "<startEvent id=\"a\"/>").replace("</definitions>\n", ""),
        r#"  <process id="two" isExecutable="true" camunda:historyTimeToLive="P30D">
    <startEvent id="b"><timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition></startEvent>
  </process>
</definitions>"#
    );
    let files = folder(&[("two.bpmn", &two)]);
    let path = at(&files, "two.bpmn");
    let ran = run(["run", &path]);
    assert!(ran.err.contains("holds several processes: choose one of `one`, `two` with --process"), "{ran:?}");
    let ran = run(["run", &path, "--process", "three"]);
    assert!(ran.err.contains("holds no executable process `three`, but `one`, `two`"), "{ran:?}");
    let ran = run(["run", &path, "--process", "two"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("done      b  start timer event\n"), "{}", ran.out);
    let ran = run(["run", &path, "--process", "one", "--start", "b"]);
    assert!(ran.err.contains("process `one` has no start event `b`, but `a`"), "{ran:?}");
}
