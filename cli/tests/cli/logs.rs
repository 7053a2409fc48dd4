//! The log: lines that say which instance, business key, activity and request they are about.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::support::{Server, at, folder, model, tollgate};

const FAILS: &str = r#"<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="fork"/>
    <parallelGateway id="fork"/><sequenceFlow id="f2" sourceRef="fork" targetRef="break"/>
    <sequenceFlow id="f3" sourceRef="fork" targetRef="charge"/>
    <scriptTask id="break" scriptFormat="javascript" camunda:asyncBefore="true">
      <script>print("about to break"); throw new Error("no stock")</script></scriptTask>
    <serviceTask id="charge" camunda:type="external" camunda:topic="charging"/>"#;

fn post(server: &Server, path: &str, request: &str, body: &Json) -> Json {
    let post = ureq::post(format!("{}/engine-rest{path}", server.url)).header("X-Request-Id", request);
    let answer = post.content_type("application/json").send(body.to_string());
    let text = answer.expect("it is done").body_mut().read_to_string().expect("a text");
    serde_json::from_str(&text).unwrap_or(Json::Null)
}

/// Lines of the log once there is one with all these texts.
fn lines(log: &Path, texts: &[&str]) -> Vec<Json> {
    for _ in 0..600 {
        let text = std::fs::read_to_string(log).expect("a log");
        if texts.iter().all(|wanted| text.contains(wanted)) {
            return text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{texts:?} are not in {}", std::fs::read_to_string(log).expect("a log"));
}

fn line<'a>(lines: &'a [Json], message: &str, activity: &str) -> &'a Json {
    let fits = |line: &&Json| {
        line["fields"]["message"].as_str().is_some_and(|text| text.starts_with(message))
            && (activity.is_empty() || line["fields"]["activity"] == activity)
    };
    lines.iter().find(fits).unwrap_or_else(|| panic!("no `{message}` at `{activity}` in {lines:#?}"))
}

#[test]
fn lines_name_instance_business_key_activity_and_request() {
    let files = folder(&[("order.bpmn", &model("order", FAILS))]);
    let log = files.path().join("log");
    let mut command = tollgate();
    command.args(["serve", "--listen", "127.0.0.1:0", "--store", "memory", &at(&files, "order.bpmn")]);
    command.args(["--set", "log-format=json", "--set", "log=debug", "--set", "jobs.retries=1"]);
    let server = Server::spawn_with_log(&mut command, &log);
    let started = post(&server, "/process-definition/key/order/start", "cmd-42", &json!({"businessKey": "order-7"}));
    let topics = json!([{"topicName": "charging", "lockDuration": 60_000}]);
    let fetch = json!({"workerId": "w", "maxTasks": 1, "topics": topics});
    let task = post(&server, "/external-task/fetchAndLock", "cmd-43", &fetch)[0]["id"].clone();
    let path = format!("/external-task/{}/failure", task.as_str().expect("an id"));
    post(&server, &path, "cmd-44", &json!({"workerId": "w", "errorMessage": "card refused", "retries": 3}));

    let lines = lines(&log, &["incident: ", "external task failed: "]);
    let about = |line: &Json, level: &str, request: Json| {
        assert_eq!((&line["level"], &line["fields"]["request"]), (&json!(level), &request), "{line}");
        assert_eq!(line["fields"]["instance"], started["id"], "{line}");
        assert_eq!(
            (&line["fields"]["business_key"], &line["fields"]["definition"]),
            (&json!("order-7"), &json!("order"))
        );
    };
    about(line(&lines, "process instance started", ""), "DEBUG", json!("cmd-42"));
    about(line(&lines, "activity started", "charge"), "DEBUG", json!("cmd-42"));
    about(line(&lines, "activity ended", "s"), "DEBUG", json!("cmd-42"));
    about(line(&lines, "external task failed: card refused", "charge"), "INFO", json!("cmd-44"));
    // jobs run by themselves
    let failed = line(&lines, "job failed: ", "break");
    about(failed, "WARN", Json::Null);
    assert!(failed["fields"]["message"].as_str().expect("a text").contains("no stock"), "{failed}");
    let incident = line(&lines, "incident: ", "break");
    about(incident, "WARN", Json::Null);
    assert_eq!(incident["fields"]["kind"], "failedJob");
    // what a script says stands in the span of its command
    let printed = line(&lines, "about to break", "");
    assert_eq!((&printed["span"]["name"], &printed["span"]["root"]), (&json!("command"), &started["id"]));
    // so does the answer in that of its request
    let answered = lines.iter().find(|line| line["span"]["id"] == "cmd-42").expect("the request");
    assert_eq!(answered["span"]["path"], "/engine-rest/process-definition/key/order/start");
}
