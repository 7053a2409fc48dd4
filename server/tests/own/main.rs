//! What Camunda does not have: explanations, events, check, system, figures.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

const MODEL: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="http://tollgate.example">
  <message id="paid" name="paid"/>
  <process id="order" name="Order" isExecutable="true" camunda:historyTimeToLive="P30D">
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="fork"/>
    <parallelGateway id="fork"/>
    <sequenceFlow id="f2" sourceRef="fork" targetRef="review"/>
    <sequenceFlow id="f3" sourceRef="fork" targetRef="charge"/>
    <sequenceFlow id="f4" sourceRef="fork" targetRef="wait"/>
    <userTask id="review" name="Review" camunda:candidateGroups="sales"/>
    <serviceTask id="charge" camunda:type="external" camunda:topic="charging"/>
    <intermediateCatchEvent id="wait"><messageEventDefinition messageRef="paid"/></intermediateCatchEvent>
    <sequenceFlow id="f5" sourceRef="review" targetRef="join"/>
    <sequenceFlow id="f6" sourceRef="charge" targetRef="join"/>
    <sequenceFlow id="f7" sourceRef="wait" targetRef="join"/>
    <parallelGateway id="join"/>
    <sequenceFlow id="f8" sourceRef="join" targetRef="approved"/>
    <exclusiveGateway id="approved" name="Approved?" default="f10"/>
    <sequenceFlow id="f9" sourceRef="approved" targetRef="good"><conditionExpression
        xsi:type="tFormalExpression">${true}</conditionExpression></sequenceFlow>
    <sequenceFlow id="f10" sourceRef="approved" targetRef="bad"/>
    <endEvent id="good" name="Good" camunda:asyncBefore="true"/>
    <endEvent id="bad" name="Bad"/>
  </process>
</definitions>"#;

struct Site {
    router: Router,
}

impl Site {
    fn new() -> Self {
        let limit = tollgate::Limit { at_once: Some(4), rate: None };
        let mut limits = tollgate::Limits::default();
        limits.topics.named.insert("charging".to_owned(), limit);
        let options = tollgate::Options { job_executor: false, limits, ..tollgate::Options::default() };
        let engine = tollgate::Engine::in_memory(options).expect("a store in memory opens");
        Self { router: tollgate_server::router(engine, tollgate_server::Options::default()) }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, String) {
        let request = Request::builder().method(method).uri(path);
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        let response = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn json(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, text) = self.ask(method, path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    async fn upload(&self, path: &str, name: &str, content: &str) -> Value {
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n{content}\r\n--x--\r\n"
        );
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Starts an instance and does all its work but the job that ends it, which is done when figures are asked for again.
    async fn complete_another(&self) {
        let path = "/engine-rest/process-definition/key/order/start";
        let started = self.json("POST", path, Some(json!({"businessKey": "order-8"}))).await;
        let of_instance = format!("processInstanceId={}", started["id"].as_str().unwrap());
        let task = self.json("GET", &format!("/engine-rest/task?{of_instance}"), None).await[0]["id"].clone();
        let path = format!("/engine-rest/task/{}/complete", task.as_str().unwrap());
        self.json("POST", &path, Some(json!({}))).await;
        let fetch =
            json!({"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "charging", "lockDuration": 60_000}]});
        let fetched = self.json("POST", "/engine-rest/external-task/fetchAndLock", Some(fetch)).await;
        let path = format!("/engine-rest/external-task/{}/complete", fetched[0]["id"].as_str().unwrap());
        self.json("POST", &path, Some(json!({"workerId": "w"}))).await;
        let message = json!({"messageName": "paid", "businessKey": "order-8"});
        self.json("POST", "/engine-rest/message", Some(message)).await;
        let job = self.json("GET", &format!("/engine-rest/job?{of_instance}"), None).await[0]["id"].clone();
        let (_, text) = self.ask("GET", "/metrics", None).await;
        assert!(text.contains("tollgate_jobs{definition=\"order\",state=\"due\"} 1\n"), "{text}");
        self.json("POST", &format!("/engine-rest/job/{}/execute", job.as_str().unwrap()), None).await;
    }

    /// Deploys the model and starts an instance; answers its id.
    async fn start(&self) -> String {
        self.upload("/engine-rest/deployment/create", "order.bpmn", MODEL).await;
        let path = "/engine-rest/process-definition/key/order/start";
        let started = self.json("POST", path, Some(json!({"businessKey": "order-7"}))).await;
        started["id"].as_str().unwrap().to_owned()
    }
}

fn reason<'a>(explanation: &'a Value, kind: &str) -> &'a Value {
    let reasons = explanation["reasons"].as_array().unwrap();
    reasons.iter().find(|reason| reason["kind"] == kind).unwrap_or_else(|| panic!("no {kind} in {explanation}"))
}

#[tokio::test]
async fn an_instance_says_what_it_waits_for() {
    let site = Site::new();
    let id = site.start().await;
    let path = format!("/engine-rest/process-instance/{id}/explain");
    let explained = site.json("GET", &path, None).await;
    assert_eq!(explained["state"], "waiting");
    assert_eq!(explained["summary"], "It waits for one user task, one worker and one message.");
    let task = reason(&explained, "user-task");
    assert_eq!(task["activityName"], "Review");
    assert_eq!(task["mover"], "Members of the group sales, by claiming and completing it.");
    assert_eq!(task["next"], "A gateway waits until all branches have arrived.");
    assert_eq!(task["reference"]["type"], "task");
    assert_eq!(reason(&explained, "external-task")["text"], "Work for topic charging that no worker has fetched.");
    assert_eq!(reason(&explained, "message")["text"], "A message “paid”.");

    let task = site.json("GET", "/engine-rest/task", None).await[0]["id"].as_str().unwrap().to_owned();
    site.json("POST", &format!("/engine-rest/task/{task}/complete"), Some(json!({}))).await;
    let explained = site.json("GET", &path, None).await;
    let join = reason(&explained, "join");
    assert_eq!(join["text"], "One token has arrived of 3 needed: the gateway waits for the others.");
    assert_eq!(join["next"], "The gateway “Approved?” decides between “Good” and “Bad”.");

    site.json("PUT", &format!("/engine-rest/process-instance/{id}/suspended"), Some(json!({"suspended": true}))).await;
    assert_eq!(site.json("GET", &path, None).await["state"], "suspended");
    site.json("DELETE", &format!("/engine-rest/process-instance/{id}"), None).await;
    let ended = site.json("GET", &path, None).await;
    assert_eq!((ended["state"].as_str(), ended["reasons"].as_array().map(Vec::len)), (Some("ended"), Some(0)));
    let (status, text) = site.ask("GET", "/engine-rest/process-instance/nobody/explain", None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(text.contains("Process instance with id nobody does not exist"), "{text}");
}

#[tokio::test]
async fn failures_are_the_first_reason() {
    let site = Site::new();
    let id = site.start().await;
    let fetch = json!({"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "charging", "lockDuration": 60_000}]});
    let fetched = site.json("POST", "/engine-rest/external-task/fetchAndLock", Some(fetch)).await;
    let task = fetched[0]["id"].as_str().unwrap();
    let path = format!("/engine-rest/external-task/{task}/explain");
    let explained = site.json("GET", &path, None).await;
    assert!(
        explained["summary"].as_str().unwrap().starts_with("Worker w is at it; its lock on topic charging ends at ")
    );
    let failure = json!({"workerId": "w", "errorMessage": "no money", "retries": 0, "retryTimeout": 0});
    site.json("POST", &format!("/engine-rest/external-task/{task}/failure"), Some(failure)).await;
    assert_eq!(site.json("GET", &path, None).await["state"], "stuck");
    let explained = site.json("GET", &format!("/engine-rest/process-instance/{id}/explain"), None).await;
    assert_eq!(explained["state"], "stuck");
    assert_eq!(explained["summary"], "It is stuck on one failure that needs a person.");
    let first = &explained["reasons"][0];
    assert_eq!(first["kind"], "incident");
    assert_eq!(first["text"], "A worker reported failures until no attempts were left: no money.");
    assert_eq!(first["activityId"], "charge");
}

#[tokio::test]
async fn a_message_that_does_not_correlate_says_why() {
    let site = Site::new();
    let id = site.start().await;
    let explain = |body| site.json("POST", "/engine-rest/message/explain", Some(body));
    let found = explain(json!({"messageName": "paid", "businessKey": "order-7"})).await;
    assert_eq!(found["summary"], "The message “paid” reaches one waiting execution.");
    assert_eq!(found["matches"][0]["processInstanceId"], id.as_str());
    let keys = json!({"amount": {"value": 3, "type": "Integer"}});
    let found = explain(json!({"messageName": "paid", "businessKey": "order-8", "correlationKeys": keys})).await;
    assert_eq!(found["matches"], json!([]));
    assert_eq!(
        found["hindered"][0]["hindrances"],
        json!(["Its business key is “order-7”.", "It has no variable “amount” in the scope that is compared."])
    );
    let found = explain(json!({"messageName": "unknown"})).await;
    assert!(found["summary"].as_str().unwrap().ends_with("nothing waits for it, and no process starts with it."));
    // nothing was delivered
    let count = site.json("GET", "/engine-rest/event-subscription/count", None).await;
    assert_eq!(count["count"], 1);
}

#[tokio::test]
async fn a_check_reports_and_deploys_nothing() {
    let site = Site::new();
    let broken = MODEL.replace("targetRef=\"fork\"", "targetRef=\"nowhere\"");
    let report = site.upload("/tollgate/check", "order.bpmn", &broken).await;
    let findings = report["resources"][0]["diagnostics"].as_array().unwrap();
    let about = |finding: &&Value| finding["message"].as_str().unwrap().contains("nowhere");
    let error = findings.iter().filter(about).find(|finding| finding["line"] == 7);
    assert!(error.is_some_and(|error| error["severity"] == "error"), "{findings:?}");
    assert_eq!(site.json("GET", "/engine-rest/deployment/count", None).await["count"], 0);
    let report = site.upload("/tollgate/check", "order.bpmn", MODEL).await;
    let findings = report["resources"][0]["diagnostics"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["severity"] != "error"), "{findings:?}");
    // what the analysis finds beyond a deployment, too
    let lost = MODEL.replace("</process>", "<userTask id=\"lost\"/></process>");
    let report = site.upload("/tollgate/check", "order.bpmn", &lost).await;
    let findings = report["resources"][0]["diagnostics"].as_array().unwrap();
    let told = |finding: &Value| finding["severity"] == "warning" && finding["elementIds"] == json!(["lost"]);
    assert!(findings.iter().any(told), "{findings:?}");
}

#[tokio::test]
async fn events_tell_of_commits() {
    let site = Site::new();
    let request = Request::get("/tollgate/events").body(Body::empty()).unwrap();
    let response = site.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    let mut body = response.into_body();
    let id = site.start().await;
    let mut text = String::new();
    while !text.contains(&id) {
        let frame = tokio::time::timeout(std::time::Duration::from_secs(10), body.frame());
        let frame = frame.await.expect("an event in time").unwrap().unwrap();
        text.push_str(&String::from_utf8_lossy(frame.data_ref().unwrap()));
    }
    assert!(text.contains(r#"data: {"kind":"deployment""#), "{text}");
    let told = format!(r#"data: {{"kind":"process-instance","processInstanceId":"{id}","definitionKey":"order"}}"#);
    assert!(text.contains(&told), "{text}");
}

#[tokio::test]
async fn the_system_tells_about_itself() {
    let site = Site::new();
    site.start().await;
    let system = site.json("GET", "/tollgate/system", None).await;
    assert_eq!(system["product"], "Tollgate");
    assert_eq!(system["store"]["kind"], "memory");
    let value = |list: &str, name: &str| {
        let found = system[list].as_array().unwrap().iter().find(|figure| figure["name"] == name);
        found.unwrap_or_else(|| panic!("no {name}"))["value"].as_u64().unwrap()
    };
    assert_eq!(value("metrics", "user_tasks"), 1);
    assert_eq!(value("metrics", "commits"), 2);
    assert!(value("limits", "body") > 0);
}

/// Names of the figures that a server with some work behind it shows.
async fn figures() -> (String, Vec<String>) {
    let site = Site::new();
    let id = site.start().await;
    let fetch = json!({"workerId": "w", "maxTasks": 1, "topics": [{"topicName": "charging", "lockDuration": 60_000}]});
    let fetched = site.json("POST", "/engine-rest/external-task/fetchAndLock", Some(fetch)).await;
    let failure = json!({"workerId": "w", "errorMessage": "no money", "retries": 0, "retryTimeout": 0});
    let task = fetched[0]["id"].as_str().unwrap();
    site.json("POST", &format!("/engine-rest/external-task/{task}/failure"), Some(failure)).await;
    site.complete_another().await;
    let (status, first) = site.ask("GET", "/metrics", None).await;
    assert_eq!(status, StatusCode::OK);
    assert!(first.contains("tollgate_external_tasks{topic=\"charging\",state=\"failed\"} 1\n"), "{first}");
    site.json("DELETE", &format!("/engine-rest/process-instance/{id}"), None).await;
    let (_, text) = site.ask("GET", "/metrics", None).await;
    let names =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).map(|line| line.split(' ').next().unwrap());
    let names = names.map(|name| name.trim_end_matches("_total").to_owned()).collect();
    (text, names)
}

#[tokio::test]
async fn figures_count_what_happened_and_what_is_open() {
    let (text, _) = figures().await;
    for line in [
        "tollgate_process_instances_started_total{definition=\"order\"} 2",
        "tollgate_process_instance_duration_seconds_count{definition=\"order\"} 1",
        "tollgate_jobs_run_total{definition=\"order\",outcome=\"success\"} 1",
        "tollgate_process_instances_ended_total{definition=\"order\",state=\"externally_terminated\"} 1",
        "tollgate_external_tasks_reported_total{topic=\"charging\",outcome=\"failure\"} 1",
        "tollgate_incidents_created_total{type=\"failedExternalTask\"} 1",
        "tollgate_entities{kind=\"user_tasks\"} 0",
        "tollgate_store_up 1",
        "# TYPE tollgate_transactions_total counter",
    ] {
        assert!(text.contains(&format!("{line}\n")), "no `{line}` in\n{text}");
    }
    let count = text.lines().find(|line| line.starts_with("tollgate_store_write_duration_seconds_count")).unwrap();
    assert!(!count.ends_with(" 0"), "{count}");
}

#[tokio::test]
async fn figures_are_in_the_format_that_is_asked_for() {
    let site = Site::new();
    let accepted = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";
    for (accept, media_type, end) in [
        (accepted, "application/openmetrics-text; version=1.0.0; charset=utf-8", Some("# EOF")),
        ("*/*", "text/plain; version=0.0.4; charset=utf-8", None),
    ] {
        let request = Request::get("/metrics").header(header::ACCEPT, accept).body(Body::empty()).unwrap();
        let response = site.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], media_type);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = std::str::from_utf8(&body).unwrap();
        assert_eq!(text.lines().find(|line| *line == "# EOF"), end);
    }
}

#[tokio::test]
async fn every_figure_is_documented() {
    let (_, names) = figures().await;
    let guide = documented();
    let missing: Vec<_> = names.iter().filter(|name| !guide.iter().any(|(known, _)| known == name)).collect();
    assert!(missing.is_empty(), "not in docs/metrics.md: {missing:?}");
    // a store in memory has no disk
    let served = |name: &str| name == "tollgate_store_free_bytes" || names.iter().any(|known| known == name);
    let gone: Vec<_> = guide.iter().filter(|(name, _)| !served(name)).collect();
    assert!(gone.is_empty(), "in docs/metrics.md, but not served: {gone:?}");
}

/// The figures of docs/metrics.md with their labels.
fn documented() -> Vec<(&'static str, Vec<&'static str>)> {
    let rows = include_str!("../../../docs/metrics.md").lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let mut cells = row.split('|').map(str::trim);
        let name = cells.next().unwrap().trim_end_matches('`');
        (name, cells.next().unwrap().split(", ").filter(|label| !label.is_empty()).collect())
    })
    .collect()
}

/// Figures and labels that a PromQL expression names.
fn named(expression: &str) -> (Vec<&str>, Vec<&str>) {
    let figures = expression
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with("tollgate_"))
        .map(|word| {
            ["_total", "_bucket", "_sum", "_count"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word)
        });
    let lists = ["by (", "on ("].iter().flat_map(|opening| expression.split(opening).skip(1));
    let grouped = lists.flat_map(|rest| rest.split(')').next().unwrap().split(',').map(str::trim));
    let selectors = expression.split('{').skip(1).flat_map(|rest| rest.split('}').next().unwrap().split(','));
    let selected = selectors.map(|one| one.split(['=', '!']).next().unwrap());
    (figures.collect(), grouped.chain(selected).collect())
}

#[test]
fn the_dashboard_and_the_alerts_ask_for_figures_that_there_are() {
    let alerts = include_str!("../../../deploy/prometheus/alerts.yaml");
    let mut expressions: Vec<String> =
        alerts.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned).collect();
    let dashboard: Value = serde_json::from_str(include_str!("../../../deploy/grafana/tollgate.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    expressions.extend(targets.map(|target| target["expr"].as_str().unwrap().to_owned()));
    assert!(expressions.len() > 20, "{expressions:?}");
    let guide = documented();
    for expression in &expressions {
        let (figures, labels) = named(expression);
        // Prometheus itself tells the instance and the job
        let mut known = vec!["instance", "job", "le"];
        for figure in figures {
            let row = guide.iter().find(|(name, _)| *name == figure);
            known.extend(&row.unwrap_or_else(|| panic!("no {figure}, asked for by {expression}")).1);
        }
        let unknown: Vec<_> = labels.iter().filter(|label| !known.contains(label)).collect();
        assert!(unknown.is_empty(), "no label {unknown:?}: {expression}");
    }
}
