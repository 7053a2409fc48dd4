//! What an installation decides about authorizations: permissions on variables of their own, on single historic instances and
//! tasks, and permissions that are not checked. The answers are those of a Camunda 7.24 configured the same way.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, header},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tollgate::{
    Engine, IdentityOptions,
    request::{Caller, HistoryChange, PermissionPolicy},
};
use tollgate_server::{Options, router};
use tower::ServiceExt;

const MODEL: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
  <process id="p" isExecutable="true" camunda:historyTimeToLive="P1D">
    <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="A"/><userTask id="A" camunda:assignee="ann"/>
  </process></definitions>"#;

/// A server with an instance of the model, whose task belongs to `ann`; `root` is the administrator.
struct Site {
    engine: Engine,
    router: Router,
    instance: String,
    task: String,
}

impl Site {
    async fn new(policy: PermissionPolicy) -> Self {
        let identity =
            IdentityOptions { authorization: true, permissions: Arc::new(policy), ..IdentityOptions::default() };
        let options = tollgate::Options { job_executor: false, identity, ..tollgate::Options::default() };
        let engine = Engine::in_memory(options).expect("an engine in memory opens");
        engine.deploy_file("p.bpmn", MODEL).await.expect("a deployment");
        let router = router(engine.clone(), Options { authentication: true, test_mode: true, ..Options::default() });
        let mut site = Self { engine, router, instance: String::new(), task: String::new() };
        let user = json!({"profile": {"id": "ann"}, "credentials": {"password": "ann"}});
        site.send(Method::POST, "/user/create", Some(user), None).await;
        let started = json!({"variables": {"x": {"value": 1}}});
        let started = site.send(Method::POST, "/process-definition/key/p/start", Some(started), None).await.1;
        started["id"].as_str().expect("an id").clone_into(&mut site.instance);
        let tasks = site.send(Method::GET, "/task", None, None).await.1;
        tasks[0]["id"].as_str().expect("an id").clone_into(&mut site.task);
        site
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>, user: Option<&str>) -> (u16, Value) {
        let mut request =
            Request::builder().method(method).uri(format!("/engine-rest{path}")).header(header::HOST, "localhost:8080");
        if let Some(user) = user {
            let pair = STANDARD.encode(format!("{user}:{user}"));
            request = request.header(header::AUTHORIZATION, format!("Basic {pair}"));
        }
        let body = body.map_or_else(Body::empty, |json| Body::from(json.to_string()));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router never fails");
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn ann(&self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None, Some("ann")).await
    }

    /// How many entries of a list `ann` sees.
    async fn seen(&self, path: &str) -> usize {
        self.ann(path).await.1.as_array().expect("a list").len()
    }

    async fn grant(&self, resource: i32, permission: &str, id: &str) {
        let body = json!({
            "type": 1, "permissions": [permission], "userId": "ann", "resourceType": resource, "resourceId": id,
        });
        assert_eq!(self.send(Method::POST, "/authorization/create", Some(body), None).await.0, 200);
    }
}

#[tokio::test]
async fn variables_can_need_permissions_of_their_own() {
    let site = Site::new(PermissionPolicy { specific_variables: true, ..PermissionPolicy::default() }).await;
    let (instance, task) = (&site.instance, &site.task);
    let of_instance = format!("/process-instance/{instance}/variables");
    let refused = site.ann(&of_instance).await;
    assert_eq!(refused.0, 403);
    let text = "The user with id 'ann' does not have one of the following permissions: 'READ_INSTANCE_VARIABLE' permission on \
                resource 'p' of type 'ProcessDefinition'";
    assert_eq!((&refused.1["message"], &refused.1["permissionName"]), (&json!(text), &json!("READ_INSTANCE_VARIABLE")));
    // who has a task may read what is visible from it
    assert_eq!(site.ann(&format!("/task/{task}/variables")).await.0, 200);
    assert_eq!(site.seen("/variable-instance").await, 0);
    // reading the instance is not enough
    site.grant(8, "READ", instance).await;
    assert_eq!(site.ann(&of_instance).await.0, 403);
    assert_eq!(site.seen("/variable-instance").await, 0);
    site.grant(6, "READ_INSTANCE_VARIABLE", "p").await;
    assert_eq!(site.ann(&of_instance).await.0, 200);
    assert_eq!(site.seen("/variable-instance").await, 1);
    // history, too
    site.grant(6, "READ_HISTORY", "*").await;
    assert_eq!((site.seen("/history/process-instance").await, site.seen("/history/variable-instance").await), (1, 0));
    let everybody = json!({
        "type": 0, "permissions": ["READ_HISTORY_VARIABLE"], "userId": "*", "resourceType": 6, "resourceId": "*",
    });
    assert_eq!(site.send(Method::POST, "/authorization/create", Some(everybody), None).await.0, 200);
    assert_eq!((site.seen("/history/variable-instance").await, site.seen("/history/detail").await), (1, 1));
}

#[tokio::test]
async fn historic_instances_and_tasks_can_have_authorizations() {
    let site = Site::new(PermissionPolicy { historic_instances: true, ..PermissionPolicy::default() }).await;
    // with the task comes the right to its history, and to the variables of its instance
    for (path, seen) in [
        ("/history/task", 1),
        ("/history/identity-link-log", 1),
        ("/history/variable-instance", 1),
        ("/history/detail", 1),
        ("/history/process-instance", 0),
        ("/history/activity-instance", 0),
    ] {
        assert_eq!(site.seen(path).await, seen, "{path}");
    }
    site.grant(20, "READ", &site.instance).await;
    assert_eq!(site.seen("/history/process-instance").await, 1);
    assert_eq!(site.seen("/history/activity-instance").await, 2);
    let check = "/authorization/check?permissionName=READ&resourceName=x&resourceType=20";
    assert_eq!(site.ann(check).await.0, 200);
    // by default they count for nothing
    let usual = Site::new(PermissionPolicy::default()).await;
    usual.grant(20, "READ", &usual.instance).await;
    assert_eq!((usual.seen("/history/process-instance").await, usual.seen("/history/task").await), (0, 0));
    let (status, body) = usual.ann(check).await;
    assert_eq!(status, 400);
    let text =
        "ENGINE-03090 Historic instance permissions are disabled, please check your process engine configuration.";
    assert_eq!(body["message"], text);
}

#[tokio::test]
async fn authorizations_on_history_go_with_it() {
    let site = Site::new(PermissionPolicy { historic_instances: true, ..PermissionPolicy::default() }).await;
    site.grant(20, "READ", &site.instance).await;
    let count = async |kind: i32| {
        let path = format!("/authorization/count?resourceType={kind}");
        site.send(Method::GET, &path, None, None).await.1["count"].clone()
    };
    let complete = format!("/task/{}/complete", site.task);
    assert_eq!(site.send(Method::POST, &complete, Some(json!({})), None).await.0, 204);
    assert_eq!((count(7).await, count(19).await, count(20).await), (json!(0), json!(1), json!(1)));
    let task = HistoryChange::DeleteTask(site.task.parse().expect("an id"));
    site.engine.change_history(task, &Caller::default()).await.expect("the task is deleted");
    assert_eq!((count(19).await, count(20).await), (json!(0), json!(1)));
    let history = format!("/history/process-instance/{}", site.instance);
    assert_eq!(site.send(Method::DELETE, &history, None, None).await.0, 204);
    assert_eq!(count(20).await, json!(0));
}

#[tokio::test]
async fn permissions_can_be_disabled() {
    let disabled = ["READ_HISTORY", "READ", "READ_INSTANCE"].map(str::to_owned).into();
    let site = Site::new(PermissionPolicy { disabled, ..PermissionPolicy::default() }).await;
    // what is not checked is open
    assert_eq!(site.seen("/history/process-instance").await, 1);
    assert_eq!(site.seen("/process-instance").await, 1);
    assert_eq!(site.ann(&format!("/process-instance/{}/variables", site.instance)).await.0, 200);
    // what is left is checked, and it alone is named
    let body = json!({"suspended": true});
    let path = format!("/process-instance/{}/suspended", site.instance);
    assert_eq!(site.send(Method::PUT, &path, Some(body), Some("ann")).await.0, 403);
    let (status, body) =
        site.ann("/authorization/check?permissionName=READ_HISTORY&resourceName=x&resourceType=6").await;
    assert_eq!(status, 400);
    let text =
        "ENGINE-03088 The 'READ_HISTORY' permission is disabled, please check your process engine configuration.";
    assert_eq!(body["message"], text);
}
