//! Logging in, and what a caller may see: over HTTP, with a server that asks who calls.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use tollgate::{
    Engine, IdentityOptions,
    command::{Command, Outcome, Start},
    request::{Admin, Caller, GroupProfile, UserProfile},
};
use tollgate_server::{Options, router};
use tower::ServiceExt;

/// A server with an administrator `root` and a user `ann` without rights; the password of each is the name.
fn server() -> (Engine, Router) {
    server_with(tollgate::Options::default())
}

fn server_with(options: tollgate::Options) -> (Engine, Router) {
    let identity = IdentityOptions { authorization: true, ..IdentityOptions::default() };
    let options = tollgate::Options { job_executor: false, identity, ..options };
    let engine = Engine::in_memory(options).expect("an engine in memory opens");
    engine.ensure_administrator("root", "root").expect("an administrator");
    let profile = UserProfile { id: "ann".into(), ..UserProfile::default() };
    engine.admin(Admin::CreateUser(profile, Some("ann".into())), &Caller::default()).wait().expect("a user");
    let router = router(engine.clone(), Options { authentication: true, ..Options::default() });
    (engine, router)
}

fn get(router: &Router, path: &str, user: Option<&str>) -> (StatusCode, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut request = Request::builder().uri(path).header(header::HOST, "localhost:8080");
        if let Some(user) = user {
            let pair = STANDARD.encode(format!("{user}:{user}"));
            request = request.header(header::AUTHORIZATION, format!("Basic {pair}"));
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = router.clone().oneshot(request).await.expect("the router never fails");
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        (status, String::from_utf8(body.to_vec()).expect("text"))
    })
}

#[test]
fn who_does_not_log_in_is_asked_to() {
    let (_, router) = server();
    assert_eq!(get(&router, "/engine-rest/task", None).0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&router, "/engine-rest/task", Some("eve")).0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&router, "/tollgate/audit.jsonl", None).0, StatusCode::UNAUTHORIZED);
    assert_eq!(get(&router, "/engine-rest/task", Some("ann")), (StatusCode::OK, "[]".to_owned()));
}

#[test]
fn an_administrator_may_what_others_may_not() {
    let (_, router) = server();
    let users = |user| {
        let (status, body) = get(&router, "/engine-rest/user", Some(user));
        assert_eq!(status, StatusCode::OK);
        serde_json::from_str::<Value>(&body).expect("JSON").as_array().expect("a list").len()
    };
    assert_eq!((users("root"), users("ann")), (2, 1), "everybody sees oneself");
    assert_eq!(get(&router, "/tollgate/system", Some("root")).0, StatusCode::OK);
    assert_eq!(get(&router, "/tollgate/system", Some("ann")).0, StatusCode::FORBIDDEN);
}

#[test]
fn the_log_is_exported_line_by_line_to_those_who_may_read_it() {
    let (engine, router) = server();
    let root = Caller { user: Some("root".into()), ..Caller::default() };
    for at in 0..1200 {
        let group = GroupProfile { id: format!("g{at}"), ..GroupProfile::default() };
        engine.admin(Admin::CreateGroup(group), &root).wait().expect("a group");
    }
    let (status, body) = get(&router, "/tollgate/audit.jsonl", Some("root"));
    assert_eq!(status, StatusCode::OK);
    let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 1200);
    assert_eq!(lines[1199]["newValue"], "g1199");
    assert_eq!(lines[0]["operationType"], "Create");
    let (_, one) = get(&router, "/tollgate/audit.jsonl?entityType=User", Some("root"));
    assert_eq!(one, "", "criteria count");
    let (status, none) = get(&router, "/tollgate/audit.jsonl", Some("ann"));
    assert_eq!((status, none.as_str()), (StatusCode::OK, ""));
}

/// What is known of instances whose history has left the memory is exported as all else.
#[test]
fn the_export_is_complete_when_history_is_on_disk() {
    const MODEL: &str = r#"<?xml version="1.0"?>
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
            targetNamespace="http://tollgate.example">
          <process id="p" isExecutable="true" camunda:historyTimeToLive="P30D"><startEvent id="s"/></process>
        </definitions>"#;
    let (engine, router) = server_with(tollgate::Options { history_in_memory: 16, ..tollgate::Options::default() });
    engine.deploy_file("p.bpmn", MODEL).wait().expect("it deploys");
    let definition = engine.read().latest_process_definition("p", None).expect("deployed").id;
    let root = Caller { user: Some("root".into()), ..Caller::default() };
    let mut started = std::collections::BTreeSet::new();
    for _ in 0..300 {
        let start = Start { definition, ..Start::default() };
        match engine.execute(Command::Start(Box::new(start)), &root).wait().expect("it starts") {
            Outcome::Started { process_instance, .. } => drop(started.insert(process_instance.to_string())),
            other => panic!("{other:?}"),
        }
    }
    let in_memory = || {
        let (_, figures) = get(&router, "/metrics", None);
        let line = figures.lines().find(|line| line.starts_with("tollgate_history_in_memory ")).expect("a figure");
        line.split(' ').nth(1).and_then(|number| number.parse::<usize>().ok()).expect("a number")
    };
    let left = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        in_memory() < 100
    });
    assert!(left, "history leaves the memory: {} are there", in_memory());
    let (_, body) = get(&router, "/tollgate/audit.jsonl?operationType=Create&entityType=ProcessInstance", Some("root"));
    let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.iter().all(|line| line["userId"] == "root" && line["operationType"] == "Create"));
    let exported = lines.iter().map(|line| line["processInstanceId"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(started, exported);
}
