//! Long polls of `fetchAndLock`: they wake on the commit, in the order in which they came, however many wait.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tollgate_server::{Options, router};
use tower::ServiceExt;

const MODEL: &str = r#"<?xml version="1.0"?>
  <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
    <process id="p" isExecutable="true">
      <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="w"/>
      <serviceTask id="w" camunda:type="external" camunda:topic="${topic}" camunda:taskPriority="${priority}"/>
      <sequenceFlow id="f2" sourceRef="w" targetRef="e"/><endEvent id="e"/>
    </process>
  </definitions>"#;

async fn site(options: Options) -> Router {
    let engine = tollgate::Engine::in_memory(tollgate::Options::default()).expect("an engine in memory opens");
    engine.deploy_file("p.bpmn", MODEL).await.expect("the model deploys");
    router(engine, options)
}

async fn post(router: Router, path: String, body: Value) -> (StatusCode, Value) {
    let request = Request::post(format!("/engine-rest{path}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

async fn start(router: &Router, topic: &str, priority: i64) {
    let body = json!({"businessKey": topic, "variables": {"topic": {"value": topic}, "priority": {"value": priority}}});
    let (status, answer) = post(router.clone(), "/process-definition/key/p/start".to_owned(), body).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

fn poll(router: &Router, worker: &str, topic: Value, timeout_ms: u64) -> JoinHandle<(StatusCode, Value)> {
    let body = json!({"workerId": worker, "maxTasks": 1, "usePriority": true, "asyncResponseTimeout": timeout_ms, "topics": [topic]});
    tokio::spawn(post(router.clone(), "/external-task/fetchAndLock".to_owned(), body))
}

fn topic(name: &str) -> Value {
    json!({"topicName": name, "lockDuration": 600_000})
}

/// How many polls the server says are parked.
async fn parked(router: &Router) -> usize {
    let response = router.clone().oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("tollgate_long_polls "));
    line.expect("the metric is there").parse().unwrap()
}

async fn until_parked(router: &Router, wanted: usize) {
    let begin = Instant::now();
    while parked(router).await != wanted {
        assert!(begin.elapsed() < Duration::from_secs(30), "{} of {wanted} are parked", parked(router).await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_wakes_when_a_task_comes() {
    let router = site(Options::default()).await;
    let waiting = poll(&router, "w", topic("a"), 60_000);
    until_parked(&router, 1).await;
    start(&router, "other", 0).await;
    start(&router, "a", 0).await;
    let begin = Instant::now();
    let (status, tasks) = waiting.await.unwrap();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(tasks[0]["topicName"], "a");
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    until_parked(&router, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_that_wait_are_served_in_their_order_each_once() {
    const POLLS: usize = 3000;
    let router = site(Options::default()).await;
    let mut polls = Vec::new();
    for number in 0..POLLS {
        polls.push(poll(&router, &format!("w{number}"), topic("a"), 120_000));
        // the order is that of arrival at the line
        if number < 20 {
            until_parked(&router, number + 1).await;
        }
    }
    until_parked(&router, POLLS).await;
    for _ in 0..10 {
        start(&router, "a", 0).await;
    }
    until_parked(&router, POLLS - 10).await;
    let mut seen = BTreeSet::new();
    for (number, poll) in polls.drain(..10).enumerate() {
        let (_, tasks) = poll.await.unwrap();
        assert_eq!(tasks[0]["workerId"], format!("w{number}"), "the longest waiting are first");
        assert!(seen.insert(tasks[0]["id"].as_str().unwrap().to_owned()));
    }
    let begin = Instant::now();
    for _ in 10..POLLS {
        start(&router, "a", 0).await;
    }
    for poll in polls {
        let (status, tasks) = poll.await.unwrap();
        assert_eq!(status, StatusCode::OK);
        assert_eq!(tasks.as_array().unwrap().len(), 1);
        assert!(seen.insert(tasks[0]["id"].as_str().unwrap().to_owned()), "a task was given twice");
    }
    assert_eq!(seen.len(), POLLS);
    assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", begin.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_use_for_a_task_does_not_hold_it_back() {
    let router = site(Options::default()).await;
    let mut picky = topic("a");
    picky["businessKey"] = "nobody".into();
    let first = poll(&router, "picky", picky, 60_000);
    until_parked(&router, 1).await;
    let second = poll(&router, "w", topic("a"), 60_000);
    until_parked(&router, 2).await;
    start(&router, "a", 0).await;
    let (_, tasks) =
        tokio::time::timeout(Duration::from_secs(20), second).await.expect("the second is served").unwrap();
    assert_eq!(tasks[0]["workerId"], "w");
    until_parked(&router, 1).await;
    first.abort();
    until_parked(&router, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn urgent_tasks_are_handed_out_first() {
    let router = site(Options::default()).await;
    for priority in [1, 9, 5] {
        start(&router, "a", priority).await;
    }
    let mut priorities = Vec::new();
    for _ in 0..3 {
        let (_, tasks) = poll(&router, "w", topic("a"), 60_000).await.unwrap();
        priorities.push(tasks[0]["priority"].as_i64().unwrap());
    }
    assert_eq!(priorities, [9, 5, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_that_nobody_answers_ends_with_nothing() {
    let router = site(Options::default()).await;
    let (status, tasks) = poll(&router, "w", topic("a"), 200).await.unwrap();
    assert_eq!((status, tasks), (StatusCode::OK, json!([])));
    until_parked(&router, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_wakes_when_a_lock_ends() {
    let router = site(Options::default()).await;
    start(&router, "a", 0).await;
    let (_, tasks) = poll(&router, "first", json!({"topicName": "a", "lockDuration": 500}), 60_000).await.unwrap();
    assert_eq!(tasks[0]["workerId"], "first");
    let (_, again) = poll(&router, "second", topic("a"), 60_000).await.unwrap();
    assert_eq!(again[0]["id"], tasks[0]["id"]);
    assert_eq!(again[0]["workerId"], "second");
    // who lost the lock may not complete any more; who has it may, and only once
    let complete = format!("/external-task/{}/complete", tasks[0]["id"].as_str().unwrap());
    let (status, refused) = post(router.clone(), complete.clone(), json!({"workerId": "first"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{refused}");
    assert_eq!(post(router.clone(), complete.clone(), json!({"workerId": "second"})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(post(router.clone(), complete, json!({"workerId": "second"})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_lock_is_enough_to_complete_as_long_as_nobody_else_has_one() {
    let router = site(Options::default()).await;
    start(&router, "a", 0).await;
    let (_, tasks) = poll(&router, "w", json!({"topicName": "a", "lockDuration": 1}), 60_000).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let id = tasks[0]["id"].as_str().unwrap();
    let extend = json!({"workerId": "w", "newDuration": 1000});
    let (status, refused) = post(router.clone(), format!("/external-task/{id}/extendLock"), extend).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(refused["message"].as_str().unwrap().starts_with("Cannot extend a lock that expired"), "{refused}");
    let complete = format!("/external-task/{id}/complete");
    assert_eq!(post(router.clone(), complete, json!({"workerId": "w"})).await.0, StatusCode::NO_CONTENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_asks_again_ends_its_earlier_poll_when_that_is_configured() {
    let router = site(Options { unique_worker_requests: true, ..Options::default() }).await;
    let earlier = poll(&router, "w", topic("a"), 60_000);
    until_parked(&router, 1).await;
    let later = poll(&router, "w", topic("a"), 60_000);
    assert_eq!(earlier.await.unwrap().1, json!([]));
    start(&router, "a", 0).await;
    assert_eq!(later.await.unwrap().1[0]["workerId"], "w");
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_polls_are_refused_in_camundas_words() {
    let router = site(Options { max_long_polls: 1, ..Options::default() }).await;
    let _first = poll(&router, "w", topic("a"), 60_000);
    until_parked(&router, 1).await;
    let (status, refused) = poll(&router, "x", topic("a"), 60_000).await.unwrap();
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    let message = "At the moment the server has to handle too many requests at the same time. Please try again later.";
    assert_eq!(refused["message"], message);
}
