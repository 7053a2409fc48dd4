//! What the engine's settings change, as a client sees it.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use engine_core::history::HistoryLevel;
use serde_json::Value;
use tollgate::{Engine, Options, Value as Variable};
use tower::ServiceExt as _;

fn model(body: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://tollgate/tests">{body}</definitions>"#
    )
}

/// A user task, then a service task that sets a variable.
fn two_tasks(attributes: &str) -> String {
    model(&format!(
        r#"<process id="p" isExecutable="true" {attributes}>
          <startEvent id="start"/>
          <userTask id="A"/>
          <serviceTask id="S" camunda:expression="${{execution.setVariable('x', 2)}}"/>
          <sequenceFlow id="f1" sourceRef="start" targetRef="A"/>
          <sequenceFlow id="f2" sourceRef="A" targetRef="S"/>
        </process>"#
    ))
}

fn engine(change: impl FnOnce(&mut Options)) -> Engine {
    let mut options = Options { job_executor: false, ..Options::default() };
    change(&mut options);
    Engine::in_memory(options).expect("an engine in memory opens")
}

fn router(engine: Engine) -> Router {
    server::router(engine, server::Options::default())
}

/// The answer to a query.
fn get(router: &Router, path: &str) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let request = Request::builder().uri(format!("/engine-rest{path}")).header("host", "localhost");
        let request = request.body(Body::empty()).expect("a request");
        let response = router.clone().oneshot(request).await.expect("the router never fails");
        let bytes = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        serde_json::from_slice(&bytes).expect("JSON")
    })
}

/// E-387: what each history level keeps.
#[test]
fn history_levels_keep_what_camundas_do() {
    let kept = |level: HistoryLevel| {
        let engine = engine(|options| options.settings.history_level = level);
        engine.deploy_file("p.bpmn", two_tasks("")).wait().expect("deployed");
        let instance = engine.start("p", [("x", Variable::from(1))]).wait().expect("started");
        let task = engine.read().tasks_of_instance(instance).next().expect("a task").id;
        engine.complete(task, [("y", Variable::from(1))]).wait().expect("completed");
        let router = router(engine);
        ["process-instance", "activity-instance", "task", "variable-instance", "detail"]
            .map(|kind| get(&router, &format!("/history/{kind}/count"))["count"].as_u64().expect("a count"))
    };
    assert_eq!(kept(HistoryLevel::None), [0, 0, 0, 0, 0]);
    assert_eq!(kept(HistoryLevel::Activity), [1, 3, 1, 0, 0]);
    assert_eq!(kept(HistoryLevel::Audit), [1, 3, 1, 2, 0]);
    // x is created and updated, y is created
    assert_eq!(kept(HistoryLevel::Full), [1, 3, 1, 2, 3]);
}

/// E-288: an error that nobody catches ends the token, or is a fault when the setting says so.
#[test]
fn unhandled_errors_are_faults_on_request() {
    let thrower = model(
        r#"<error id="e" errorCode="E1"/>
        <process id="p" isExecutable="true">
          <startEvent id="start"/>
          <sequenceFlow id="f1" sourceRef="start" targetRef="end"/>
          <endEvent id="end"><errorEventDefinition errorRef="e"/></endEvent>
        </process>"#,
    );
    let start = |exceptions: bool| {
        let engine = engine(|options| options.settings.exceptions_after_unhandled_bpmn_error = exceptions);
        engine.deploy_file("p.bpmn", &thrower).wait().expect("deployed");
        engine.start("p", [("x", Variable::from(1))]).wait()
    };
    assert!(start(false).is_ok());
    let fault = start(true).expect_err("nobody catches it");
    assert!(fault.message.contains("ENGINE-02042"), "{fault}");
    assert!(fault.message.contains("no error handler was defined"), "{fault}");
}

/// E-012: the time to live is read in both forms, and its absence is refused when it is enforced.
#[test]
fn times_to_live_are_read_and_enforced() {
    let ttl = |attributes: &str| {
        let engine = engine(|options| options.parse.enforce_history_time_to_live = true);
        engine.deploy_file("p.bpmn", two_tasks(attributes)).wait().map(|_| {
            let definitions = get(&router(engine), "/process-definition");
            definitions[0]["historyTimeToLive"].clone()
        })
    };
    assert_eq!(ttl(r#"camunda:historyTimeToLive="5""#).expect("deployed"), 5);
    assert_eq!(ttl(r#"camunda:historyTimeToLive="P30D""#).expect("deployed"), 30);
    let fault = ttl("").expect_err("there is none").to_string();
    assert!(fault.to_lowercase().contains("time to live"), "{fault}");
    assert!(ttl(r#"camunda:historyTimeToLive="soon""#).is_err());
}

/// E-019: deployments at the same time get one version each.
#[test]
fn concurrent_deployments_get_a_version_each() {
    let engine = engine(|_| ());
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let engine = &engine;
            scope.spawn(move || {
                for round in 0..4 {
                    let name = format!("n{thread}-{round}");
                    let model = two_tasks(&format!(r#"name="{name}""#));
                    engine.deploy_file("p.bpmn", model).wait().expect("deployed");
                }
            });
        }
    });
    let definitions = get(&router(engine), "/process-definition?sortBy=version&sortOrder=asc");
    let versions = definitions.as_array().expect("a list").iter().map(|row| row["version"].as_u64());
    assert!(versions.eq((1..=16).map(Some)), "{definitions}");
}
