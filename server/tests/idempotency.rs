//! `Idempotency-Key`: a request that is sent again has no second effect, and gets the first answer, even after a restart.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use tollgate_server::{Options, router};
use tower::ServiceExt;

const MODEL: &str = r#"<?xml version="1.0"?>
  <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
    <message id="m" name="paid"/>
    <process id="p" isExecutable="true">
      <startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="u"/>
      <userTask id="u"/><sequenceFlow id="f2" sourceRef="u" targetRef="c"/>
      <intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
      <sequenceFlow id="f3" sourceRef="c" targetRef="w"/>
      <serviceTask id="w" camunda:type="external" camunda:topic="t"/>
      <sequenceFlow id="f4" sourceRef="w" targetRef="u2"/><userTask id="u2"/>
    </process>
  </definitions>"#;

struct Site {
    engine: tollgate::Engine,
    router: Router,
}

impl Site {
    fn over(engine: tollgate::Engine) -> Self {
        let router = router(engine.clone(), Options::default());
        Self { engine, router }
    }

    async fn fresh() -> Self {
        let engine = tollgate::Engine::in_memory(tollgate::Options::default()).expect("an engine in memory opens");
        engine.deploy_file("p.bpmn", MODEL).await.expect("the model deploys");
        Self::over(engine)
    }

    async fn post(&self, path: &str, key: Option<&str>, body: &Value) -> (StatusCode, Value) {
        let mut request = Request::post(format!("/engine-rest{path}")).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Body::from(body.to_string())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let request = Request::get(format!("/engine-rest{path}")).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap()
    }

    async fn count(&self, path: &str) -> u64 {
        self.get(path).await["count"].as_u64().unwrap()
    }
}

const START: &str = "/process-definition/key/p/start";

#[tokio::test]
async fn a_start_that_is_repeated_starts_nothing() {
    let site = Site::fresh().await;
    let body = json!({"businessKey": "b", "withVariablesInReturn": true, "variables": {"x": {"value": 1}}});
    let first = site.post(START, Some("k"), &body).await;
    assert_eq!(first.0, StatusCode::OK);
    assert_eq!(first.1["variables"]["x"]["value"], 1);
    let again = site.post(START, Some("k"), &body).await;
    assert_eq!(again, first);
    assert_eq!(site.count("/process-instance/count").await, 1);
    assert_ne!(site.post(START, Some("other"), &body).await.1["id"], first.1["id"]);
    assert_ne!(site.post(START, None, &body).await.1["id"], first.1["id"]);
    assert_eq!(site.count("/process-instance/count").await, 3);
}

#[tokio::test]
async fn work_is_completed_once() {
    let site = Site::fresh().await;
    site.post(START, None, &json!({"businessKey": "b"})).await;
    let task = site.get("/task").await[0]["id"].as_str().unwrap().to_owned();
    let complete = format!("/task/{task}/complete");
    let body = json!({"withVariablesInReturn": true, "variables": {"y": {"value": 2}}});
    let first = site.post(&complete, Some("task"), &body).await;
    assert_eq!((first.0, &first.1["y"]["value"]), (StatusCode::OK, &json!(2)));
    assert_eq!(site.post(&complete, Some("task"), &body).await, first);
    assert_eq!(site.post(&complete, None, &body).await.0, StatusCode::INTERNAL_SERVER_ERROR);

    let message = json!({"messageName": "paid", "businessKey": "b", "resultEnabled": true});
    let first = site.post("/message", Some("message"), &message).await;
    assert_eq!((first.0, &first.1[0]["resultType"]), (StatusCode::OK, &json!("Execution")));
    assert_eq!(site.post("/message", Some("message"), &message).await, first);
    assert_eq!(site.post("/message", None, &message).await.0, StatusCode::BAD_REQUEST);

    let fetch = json!({"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "t", "lockDuration": 60000}]});
    let (_, locked) = site.post("/external-task/fetchAndLock", None, &fetch).await;
    let complete = format!("/external-task/{}/complete", locked[0]["id"].as_str().unwrap());
    let body = json!({"workerId": "w"});
    assert_eq!(site.post(&complete, Some("work"), &body).await.0, StatusCode::NO_CONTENT);
    assert_eq!(site.post(&complete, Some("work"), &body).await.0, StatusCode::NO_CONTENT);
    assert_eq!(site.post(&complete, None, &body).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_key_is_for_one_request() {
    let site = Site::fresh().await;
    site.post(START, Some("k"), &json!({"businessKey": "a"})).await;
    let (status, refused) = site.post(START, Some("k"), &json!({"businessKey": "b"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused["message"].as_str().unwrap().contains("`k` was used for another request"), "{refused}");
    assert_eq!(site.post(START, Some(""), &json!({})).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(site.post(START, Some(&"k".repeat(256)), &json!({})).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(site.count("/process-instance/count").await, 1);
}

#[tokio::test]
async fn what_failed_may_be_sent_again() {
    let site = Site::fresh().await;
    let message = json!({"messageName": "paid", "businessKey": "b"});
    assert_eq!(site.post("/message", Some("k"), &message).await.0, StatusCode::BAD_REQUEST);
    site.post(START, None, &json!({"businessKey": "b"})).await;
    let task = site.get("/task").await[0]["id"].as_str().unwrap().to_owned();
    site.post(&format!("/task/{task}/complete"), None, &json!({})).await;
    assert_eq!(site.post("/message", Some("k"), &message).await.0, StatusCode::NO_CONTENT);
    assert_eq!(site.post("/message", Some("k"), &message).await.0, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_key_is_forgotten_after_its_time() {
    let site = Site::fresh().await;
    let first = site.post(START, Some("k"), &json!({})).await;
    let day = 24 * 60 * 60 * 1000;
    let later = tollgate::Timestamp(site.engine.now().0 + day + 1);
    site.engine.set_clock(Some(later));
    let second = site.post(START, Some("k"), &json!({})).await;
    assert_ne!(first.1["id"], second.1["id"]);
    // the next request with a key sweeps what has had its time
    site.engine.set_clock(Some(tollgate::Timestamp(later.0 + day + 1)));
    site.post(START, Some("other"), &json!({})).await;
    assert!(site.engine.read().remembered("k").is_none());
    assert!(site.engine.read().remembered("other").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_that_come_at_once_have_one_effect() {
    let site = std::sync::Arc::new(Site::fresh().await);
    let requests: Vec<_> = (0..50)
        .map(|_| {
            let site = site.clone();
            tokio::spawn(async move { site.post(START, Some("k"), &json!({})).await })
        })
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    for request in requests {
        let (status, answer) = request.await.unwrap();
        match status {
            StatusCode::OK => drop(ids.insert(answer["id"].as_str().unwrap().to_owned())),
            StatusCode::CONFLICT => {}
            other => panic!("{other}: {answer}"),
        }
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(site.count("/process-instance/count").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let body = json!({"businessKey": "b"});
    let open = || tollgate::Engine::open(folder.path().join("data")).expect("the engine opens");
    let first = {
        let engine = open();
        engine.deploy_file("p.bpmn", MODEL).await.expect("the model deploys");
        let site = Site::over(engine);
        site.post(START, Some("k"), &body).await
    };
    assert_eq!(first.0, StatusCode::OK);
    let site = Site::over(open());
    assert_eq!(site.post(START, Some("k"), &body).await, first);
    assert_eq!(site.count("/process-instance/count").await, 1);
}
