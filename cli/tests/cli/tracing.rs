//! One trace through everything: the request that starts an instance, a worker, a call activity, a timer, a connector.

#[path = "../../../telemetry/tests/collector/mod.rs"]
mod collector;

use std::{collections::BTreeMap, time::Duration};

use collector::{Collector, Span};
use serde_json::{Value as Json, json};

use crate::support::{Server, at, folder, model, tollgate};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OTHER: &str = "00-11111111111111111111111111111111-2222222222222222-01";

/// An external task, a call, a connector that asks `url`, a user task.
fn order(url: &str) -> String {
    model(
        "order",
        &format!(
            r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="charge"/>
            <serviceTask id="charge" camunda:type="external" camunda:topic="charging"/>
            <sequenceFlow id="f2" sourceRef="charge" targetRef="call"/>
            <callActivity id="call" calledElement="pause"/>
            <sequenceFlow id="f3" sourceRef="call" targetRef="ask"/>
            <serviceTask id="ask"><extensionElements><camunda:connector><camunda:inputOutput>
              <camunda:inputParameter name="url">{url}/service</camunda:inputParameter>
              <camunda:inputParameter name="method">GET</camunda:inputParameter>
            </camunda:inputOutput><camunda:connectorId>http-connector</camunda:connectorId></camunda:connector></extensionElements></serviceTask>
            <sequenceFlow id="f4" sourceRef="ask" targetRef="check"/><userTask id="check"/>"#
        ),
    )
}

const PAUSE: &str = r#"<startEvent id="s2"/><sequenceFlow id="f1" sourceRef="s2" targetRef="timer"/>
    <intermediateCatchEvent id="timer"><timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>
    </intermediateCatchEvent>"#;

fn post(server: &Server, path: &str, trace: &str, body: &Json) -> Json {
    let request = ureq::post(format!("{}/engine-rest{path}", server.url)).header("traceparent", trace);
    let answer = request.content_type("application/json").send(body.to_string());
    let text = answer.expect("it is done").body_mut().read_to_string().expect("a text");
    serde_json::from_str(&text).unwrap_or(Json::Null)
}

fn get(server: &Server, path: &str) -> String {
    let answer = ureq::get(format!("{}{path}", server.url)).call();
    answer.expect("it is answered").body_mut().read_to_string().expect("a text")
}

fn fetch(server: &Server) -> Json {
    let topics = json!([{"topicName": "charging", "lockDuration": 60_000}]);
    let request = json!({"workerId": "w", "maxTasks": 1, "asyncResponseTimeout": 20_000, "topics": topics});
    post(server, "/external-task/fetchAndLock", PARENT, &request)[0].clone()
}

#[test]
fn one_connected_trace() {
    let collector = Collector::start();
    let files = folder(&[("order.bpmn", &order(&collector.url)), ("pause.bpmn", &model("pause", PAUSE))]);
    let mut command = tollgate();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data", &at(&files, "data")]);
    command.args([at(&files, "order.bpmn"), at(&files, "pause.bpmn")]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url).env("OTEL_SERVICE_NAME", "shop");
    let mut server = Server::spawn(&mut command);

    post(&server, "/process-definition/key/order/start", PARENT, &json!({"businessKey": "order-7"}));
    let task = fetch(&server);
    let told = task["traceparent"].as_str().expect("the worker is told of its trace").to_owned();
    let path = format!("/external-task/{}/complete", task["id"].as_str().expect("an id"));
    post(&server, &path, &told, &json!({"workerId": "w"}));
    let mut tasks = Json::Null;
    for _ in 0..600 {
        tasks = serde_json::from_str(&get(&server, "/engine-rest/task")).expect("JSON");
        if tasks[0].is_object() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let path = format!("/task/{}/complete", tasks[0]["id"].as_str().expect("the user task is reached"));
    post(&server, &path, OTHER, &json!({}));
    let spans = collector.wait_for("order");
    let figures = get(&server, "/metrics");
    assert!(figures.contains(&format!("tollgate_spans_exported_total {}\n", spans.len())), "{figures}");
    server.stop();

    let by_id: BTreeMap<&str, &Span> = spans.iter().map(|span| (&*span.id, span)).collect();
    assert_eq!(by_id.len(), spans.len(), "no span comes twice");
    let by_name =
        |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}: {spans:#?}"));
    let path_of = |name: &str| {
        let mut path = vec![name.to_owned()];
        let mut at = by_name(name);
        while let Some(up) = by_id.get(&*at.parent) {
            path.push(up.name.clone());
            at = up;
        }
        path.push(at.parent.clone());
        path.join(" < ")
    };
    let caller = &PARENT[36..52];
    assert_eq!(path_of("timer"), format!("timer < pause < call < order < {caller}"));
    for name in ["s", "charge", "ask", "check"] {
        assert_eq!(path_of(name), format!("{name} < order < {caller}"));
    }
    assert_eq!(spans.len(), 9, "and the start event of the called process: {spans:#?}");
    for span in &spans {
        assert_eq!(span.trace, PARENT[3..35]);
        assert_eq!(span.resource["service.name"], "shop");
    }
    assert!(by_name("timer").end - by_name("timer").start >= 1_000_000_000, "a timer is a span as long as it waits");
    assert_eq!(told, format!("00-{}-{}-01", &PARENT[3..35], by_name("charge").id));
    let asked = collector.posts("/service");
    assert_eq!(asked[0].headers["traceparent"], format!("00-{}-{}-01", &PARENT[3..35], by_name("ask").id));
    assert_eq!(by_name("check").links, [(OTHER[3..35].to_owned(), OTHER[36..52].to_owned())]);
}

/// `fetchAndLock` answers what Camunda's does, unless traces are exported and workers are to hear of it.
#[test]
fn workers_hear_of_traces_only_when_they_are_exported() {
    let collector = Collector::start();
    let files = folder(&[("order.bpmn", &order(&collector.url))]);
    let order = at(&files, "order.bpmn");
    let endpoint = format!("tracing.endpoint={}", collector.url);
    for settings in [&["--set", &endpoint, "--set", "tracing.workers=false"][..], &[]] {
        let server = Server::start(&[&["--store", "memory", &order], settings].concat());
        post(&server, "/process-definition/key/order/start", PARENT, &json!({}));
        let task = fetch(&server);
        assert!(task["id"].is_string() && task.get("traceparent").is_none(), "{task}");
    }
}

#[test]
fn settings_that_can_not_be_used_are_named() {
    let ran = crate::support::run(["serve", "--store", "memory", "--set", "tracing.endpoint=localhost:4318"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("see the settings `tracing`") && ran.err.contains("give `http://host:4318`"), "{ran:?}");
    let ran = crate::support::run(["config", "show", "--set", "tracing.headers=secret"]);
    assert!(ran.err.contains("`tracing.headers`: `secret` has no name and value"), "{ran:?}");
}
