//! What a collector is told of what an engine does.

mod collector;

use std::time::{Duration, Instant};

use collector::{Collector, Span};
use parking_lot::Mutex;
use std::sync::Arc;
use tollgate::{
    Engine, HandlerError, Id, Value,
    command::{Command, Deletion, Outcome, Start, TaskCommand, Variables},
    request::Caller,
    trace::{Sampling, TraceContext},
};
use tollgate_telemetry::{Exporter, Options};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OTHER: &str = "00-11111111111111111111111111111111-2222222222222222-01";

fn model(key: &str, elements: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    targetNamespace="http://tollgate/tests">
  <process id="{key}" isExecutable="true" camunda:historyTimeToLive="P30D">{elements}</process>
</definitions>"#
    )
}

/// Start, a handler, a user task, end.
const WAITS: &str = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="h"/>
    <serviceTask id="h" name="Charge card" camunda:class="Charge"/><sequenceFlow id="f2" sourceRef="h" targetRef="t"/>
    <userTask id="t"/><sequenceFlow id="f3" sourceRef="t" targetRef="e"/><endEvent id="e"/>"#;

fn options(ratio: Option<f64>) -> tollgate::Options {
    let mut options = tollgate::Options { job_executor: false, ..tollgate::Options::default() };
    options.settings.tracing = ratio.map(|ratio| Sampling { ratio });
    options
}

fn exporting(collector: &Collector) -> Options {
    Options::new(format!("{}/v1/traces", collector.url))
}

fn caller(parent: Option<&str>) -> Caller {
    let trace = parent.map(|parent| Arc::new(TraceContext::parse(parent, Some("vendor=7")).expect("good")));
    Caller { trace, ..Caller::default() }
}

fn start(engine: &Engine, key: &str, parent: Option<&str>) -> Id {
    let definition = engine.read().latest_process_definition(key, None).expect("deployed").id;
    let start = Start { definition, business_key: Some("order-7".to_owned()), ..Start::default() };
    match engine.execute(Command::Start(Box::new(start)), &caller(parent)).wait().expect("it starts") {
        Outcome::Started { process_instance, .. } => process_instance,
        other => panic!("{other:?}"),
    }
}

fn delete(engine: &Engine, instance: Id, reason: &str) {
    let deletion = Deletion {
        process_instance: instance,
        reason: Some(reason.to_owned()),
        skip_custom_listeners: false,
        externally_terminated: true,
        skip_io_mappings: false,
        skip_subprocesses: false,
        if_exists: false,
    };
    engine.execute(Command::Delete(Box::new(deletion)), &Caller::default()).wait().expect("it is deleted");
}

/// Deploys, and notes what the handler `Charge` is told of traces.
fn prepare(engine: &Engine) -> Arc<Mutex<Vec<Option<String>>>> {
    let seen: Arc<Mutex<Vec<Option<String>>>> = Arc::default();
    let notes = seen.clone();
    engine.handler("Charge", move |context| {
        notes.lock().push(context.trace().map(TraceContext::traceparent));
        Ok(())
    });
    engine.deploy_file("order.bpmn", model("order", WAITS)).wait().expect("it deploys");
    seen
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let mut of = spans.iter().filter(|span| span.name == name);
    let found = of.next().unwrap_or_else(|| panic!("no span `{name}` in {spans:#?}"));
    assert!(of.next().is_none(), "two spans `{name}` in {spans:#?}");
    found
}

/// The trace of the request that started an instance is its trace, also after the engine was opened again; what a request of
/// another trace ends is linked to that.
#[test]
fn an_instance_continues_the_trace_of_the_request_that_started_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let collector = Collector::start();
    let instance = {
        let exporter = Exporter::start(exporting(&collector)).expect("it starts");
        let engine = Engine::open_with(folder.path(), options(Some(1.0))).expect("it opens");
        engine.observe(exporter.observer());
        let seen = prepare(&engine);
        let instance = start(&engine, "order", Some(PARENT));
        drop(engine);
        drop(exporter);
        let spans = collector.spans();
        assert_eq!(spans.len(), 2, "the start event and the task before the user task have ended: {spans:#?}");
        let charge = named(&spans, "Charge card");
        let told = seen.lock()[0].clone().expect("a handler is told");
        assert_eq!(told, format!("00-{}-{}-01", charge.trace, charge.id), "what it calls belongs to its activity");
        instance
    };
    let exporter = Exporter::start(exporting(&collector)).expect("it starts");
    let engine = Engine::open_with(folder.path(), options(Some(1.0))).expect("it opens again");
    engine.observe(exporter.observer());
    let task = engine.read().tasks_of_instance(instance).next().expect("it waits").id;
    let complete = TaskCommand::Complete { variables: Variables::default(), local: Variables::default() };
    engine.execute(Command::Task(task, complete), &caller(Some(OTHER))).wait().expect("it is done");
    drop(engine);
    drop(exporter);
    let spans = collector.spans();
    assert_eq!(spans.len(), 5, "{spans:#?}");
    assert!(spans.iter().all(|span| span.trace == PARENT[3..35] && span.state == "vendor=7" && span.kind == 1));
    assert!(spans.iter().all(|span| span.start <= span.end && span.start > 1_700_000_000_000_000_000));
    let process = named(&spans, "order");
    assert_eq!(process.parent, &PARENT[36..52], "the request is what it belongs to");
    assert_eq!(process.flags, 0x301, "sampled, of a parent elsewhere");
    assert_eq!(process.attribute("bpmn.process_instance.id"), instance.to_string());
    assert_eq!(process.attribute("bpmn.process_instance.state"), "COMPLETED");
    for span in spans.iter().filter(|span| span.name != "order") {
        assert_eq!((&span.parent, span.flags), (&process.id, 0x101), "{span:?}");
        assert_eq!(span.attribute("bpmn.business_key"), "order-7");
        assert_eq!(span.attribute("bpmn.process_definition.key"), "order");
        assert_eq!(span.attribute("bpmn.process_definition.version"), "1");
        assert_eq!(span.attribute("bpmn.process_instance.id"), instance.to_string());
        assert!(span.status.is_none() && !span.attributes.contains_key("bpmn.activity.canceled"));
    }
    let charge = named(&spans, "Charge card");
    assert_eq!((charge.attribute("bpmn.activity.id"), charge.attribute("bpmn.activity.type")), ("h", "serviceTask"));
    let other = vec![(OTHER[3..35].to_owned(), OTHER[36..52].to_owned())];
    assert_eq!(named(&spans, "t").links, other, "the request that completed it");
    assert_eq!(process.links, other);
    assert!(charge.links.is_empty() && named(&spans, "e").links.is_empty());
    assert_eq!(named(&spans, "t").attribute("bpmn.task.id"), task.to_string());
    assert_eq!(charge.resource["service.name"], "tollgate");
}

/// An instance that nobody traces begins a trace that is named by its id.
#[test]
fn a_trace_begins_with_an_instance() {
    let collector = Collector::start();
    let mut exporting = exporting(&collector);
    exporting.headers = vec![("x-key".to_owned(), "secret".to_owned())];
    exporting.resource = vec![("deployment.environment.name".to_owned(), "test".to_owned())];
    let exporter = Exporter::start(exporting).expect("it starts");
    let engine = Engine::in_memory(options(Some(1.0))).expect("it opens");
    engine.observe(exporter.observer());
    prepare(&engine);
    let instance = start(&engine, "order", None);
    delete(&engine, instance, "no stock");
    let spans = collector.wait_for("order");
    let process = named(&spans, "order");
    assert_eq!(process.trace, format!("{:032x}", instance.number()));
    assert_eq!((&*process.parent, process.flags), ("", 0x101));
    assert_eq!(process.attribute("bpmn.process_instance.delete_reason"), "no stock");
    assert_eq!(named(&spans, "t").attribute("bpmn.activity.canceled"), "true");
    assert_eq!(process.resource["deployment.environment.name"], "test");
    let posts = collector.posts("/v1/traces");
    assert!(posts.iter().all(|post| post.headers["x-key"] == "secret"));
    assert!(posts.iter().all(|post| post.headers["content-type"] == "application/x-protobuf"));
    // the exporter counts when the answer has come, which is after the collector has the spans
    let begun = std::time::Instant::now();
    while exporter.counters().exported() != collector.spans().len() as u64 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", exporter.counters().exported());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(exporter.counters().dropped(), 0);
}

/// Each failed attempt is a failed span; what ends with an open incident has failed, with the incident's message.
#[test]
fn failures_and_incidents_are_failed_spans() {
    let collector = Collector::start();
    let exporter = Exporter::start(exporting(&collector)).expect("it starts");
    let mut options = options(Some(1.0));
    options.settings.default_retries = 1;
    let engine = Engine::in_memory(options).expect("it opens");
    engine.observe(exporter.observer());
    engine.handler("Break", |_| {
        Err(HandlerError::Failure { class: "java.io.IOException".to_owned(), message: "no route to host".to_owned() })
    });
    let elements = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="sub"/>
        <subProcess id="sub"><startEvent id="s2"/><sequenceFlow id="f2" sourceRef="s2" targetRef="call"/>
        <serviceTask id="call" camunda:class="Break" camunda:asyncBefore="true"/></subProcess>"#;
    engine.deploy_file("broken.bpmn", model("broken", elements)).wait().expect("it deploys");
    let instance = start(&engine, "broken", None);
    assert_eq!(engine.run_due_jobs(10, true).failed, 1);
    let spans = collector.wait_for("incident");
    let expected = Some((2, "no route to host".to_owned()));
    let attempt = named(&spans, "failed attempt");
    assert_eq!(attempt.status, expected);
    assert_eq!(attempt.events[0].0, "exception");
    assert_eq!(attempt.events[0].1["exception.message"], "no route to host");
    assert!(attempt.events[0].1["exception.stacktrace"].contains("no route to host"));
    assert_eq!((attempt.attribute("bpmn.activity.id"), attempt.attribute("bpmn.retries")), ("call", "1"));
    assert_eq!(named(&spans, "incident").status, expected);
    assert_eq!(named(&spans, "incident").attribute("bpmn.incident.type"), "failedJob");
    delete(&engine, instance, "given up");
    let spans = collector.wait_for("broken");
    assert_eq!(named(&spans, "broken").status, expected);
    assert_eq!(attempt.parent, named(&spans, "sub").id, "the activity has not begun: it belongs to what is around");
    assert!(named(&spans, "sub").status.is_none() && named(&spans, "s").status.is_none());
    assert!(spans.iter().all(|span| span.trace == format!("{:032x}", instance.number())));
}

/// A called instance belongs to the call activity, and so on, in one trace.
#[test]
fn called_instances_are_children_of_their_call_activity() {
    let collector = Collector::start();
    let exporter = Exporter::start(exporting(&collector)).expect("it starts");
    let engine = Engine::in_memory(options(Some(1.0))).expect("it opens");
    engine.observe(exporter.observer());
    let caller = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="call"/>
        <callActivity id="call" calledElement="called"/>"#;
    let called = r#"<startEvent id="s2"/><sequenceFlow id="f1" sourceRef="s2" targetRef="wait"/><userTask id="wait"/>"#;
    engine.deploy_file("caller.bpmn", model("caller", caller)).wait().expect("it deploys");
    engine.deploy_file("called.bpmn", model("called", called)).wait().expect("it deploys");
    let instance = start(&engine, "caller", None);
    let task = engine.read().tasks().next().expect("it waits").id;
    engine.complete(task, [("done", Value::from(true))]).wait().expect("it completes");
    let spans = collector.wait_for("caller");
    assert!(spans.iter().all(|span| span.trace == format!("{:032x}", instance.number())), "{spans:#?}");
    let parent = |name: &str| named(&spans, name).parent.clone();
    let id = |name: &str| named(&spans, name).id.clone();
    assert_eq!(parent("wait"), id("called"));
    assert_eq!(parent("called"), id("call"));
    assert_eq!(parent("call"), id("caller"));
    assert_eq!(parent("caller"), "");
    let called = named(&spans, "call").attribute("bpmn.called_process_instance.id").to_owned();
    assert_eq!(called, named(&spans, "called").attribute("bpmn.process_instance.id"));
}

/// What is not sampled is passed on, not recorded; without tracing what came in is passed on as it is.
#[test]
fn traces_that_are_not_recorded_are_passed_on() {
    let collector = Collector::start();
    let mut exporting = exporting(&collector);
    exporting.sampling = Sampling { ratio: 0.0 };
    let exporter = Exporter::start(exporting).expect("it starts");
    let engine = Engine::in_memory(options(Some(0.0))).expect("it opens");
    engine.observe(exporter.observer());
    let seen = prepare(&engine);
    let own = start(&engine, "order", None);
    start(&engine, "order", Some(&PARENT.replace("-01", "-00")));
    start(&engine, "order", Some(PARENT));
    drop(engine);
    drop(exporter);
    let seen: Vec<String> = seen.lock().iter().flatten().cloned().collect();
    assert!(seen[0].starts_with(&format!("00-{:032x}-", own.number())) && seen[0].ends_with("-00"), "{seen:?}");
    assert!(seen[1].starts_with(&PARENT[..35]) && seen[1].ends_with("-00"), "{seen:?}");
    assert!(seen[2].starts_with(&PARENT[..35]) && seen[2].ends_with("-01"), "{seen:?}");
    let spans = collector.spans();
    assert_eq!(spans.len(), 2, "those of the sampled one: {spans:#?}");
    assert!(spans.iter().all(|span| span.trace == PARENT[3..35]));

    let untraced = Engine::in_memory(options(None)).expect("it opens");
    let seen = prepare(&untraced);
    start(&untraced, "order", Some(PARENT));
    start(&untraced, "order", None);
    assert_eq!(*seen.lock(), [Some(PARENT.to_owned()), None]);
}

/// A collector that is away costs spans, which are counted, and no time.
#[test]
fn what_the_collector_does_not_take_is_dropped_and_counted() {
    let engine = Engine::in_memory(options(Some(1.0))).expect("it opens");
    let collector = Collector::start();
    collector.answer(503);
    let mut exporting = exporting(&collector);
    exporting.buffer_bytes = 20_000;
    let exporter = Exporter::start(exporting).expect("it starts");
    engine.observe(exporter.observer());
    prepare(&engine);
    for _ in 0..200 {
        start(&engine, "order", None);
    }
    let counters = exporter.counters();
    assert!(counters.dropped() > 0, "they do not all fit");
    collector.answer(200);
    let until = Instant::now() + Duration::from_secs(60);
    while counters.exported() == 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(engine);
    drop(exporter);
    assert_eq!(counters.exported() + counters.dropped(), 400, "each span is told of: {counters:?}");
    assert_eq!(collector.spans().len() as u64, counters.exported(), "what waited came when the collector was back");
}

#[test]
fn addresses_that_can_not_be_used_are_refused() {
    for endpoint in ["localhost:4318", "ftp://collector/", ""] {
        let error = Exporter::start(Options::new(endpoint)).expect_err("refused").to_string();
        assert!(error.contains("give `http://host:4318`"), "{error}");
    }
    let header = Options { headers: vec![("a b".to_owned(), "c".to_owned())], ..Options::new("http://localhost:1") };
    assert!(Exporter::start(header).expect_err("refused").to_string().contains("`a b` is no header"));
}
