//! Commands against a running server.

use crate::support::{Server, at, examples, finish, folder, model, run, tollgate};

const TASK: &str = r#"    <startEvent id="s"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="pack"/>
    <userTask id="pack" name="Pack the goods" camunda:assignee="demo"/>"#;

#[test]
fn deploy_start_look_complete() {
    let server = Server::start(&["--store", "memory"]);
    let files = folder(&[("shop/order.bpmn", &model("order", TASK)), ("shop/hello.groovy", "1")]);
    let shop = at(&files, "shop");
    let ran = server.client(&["deploy", &shop]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with("deployed process order version 1 from order.bpmn\ndeployment "), "{}", ran.out);
    let again = server.client(&["deploy", &shop]);
    assert!(again.out.starts_with("unchanged: no definition is new\n"), "{again:?}");
    let forced = server.client(&["deploy", &shop, "--force", "--format", "json"]);
    assert_eq!(
        forced.json()["deployedProcessDefinitions"].as_object().map(serde_json::Map::len),
        Some(1),
        "{forced:?}"
    );

    let ran = server.client(&[
        "start",
        "order",
        "--business-key",
        "customer-17",
        "--var",
        "amount=120",
        "--var",
        "items=[1]",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let id = ran.out.split_whitespace().next().expect("an id").to_owned();

    let ran = server.client(&["tasks", "--assignee", "demo"]);
    assert!(ran.out.contains("Pack the goods  demo      order"), "{ran:?}");
    let ran = server.client(&["instances", "--process", "order"]);
    assert!(ran.out.contains(&format!("{id}  order:2  customer-17   ACTIVE")), "{ran:?}");

    let ran = server.client(&["show", "customer-17"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.starts_with(&format!("{id} of order version 2\n  state         ACTIVE\n")), "{}", ran.out);
    assert!(ran.out.contains("\nWhere it is\n  pack  Pack the goods  userTask"), "{}", ran.out);
    assert!(ran.out.contains("  amount = 120  Integer\n"), "{}", ran.out);
    let json = server.client(&["show", &id, "--format", "json"]).json();
    assert_eq!(json["tasks"][0]["taskDefinitionKey"], "pack");

    let ran = server.client(&["complete", "--business-key", "customer-17", "--var", "packed=true"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = server.client(&["show", &id]);
    assert!(ran.out.contains("  state         COMPLETED\n") && ran.out.contains("packed = true"), "{}", ran.out);
    assert_eq!(server.client(&["tasks"]).out, "none\n");
    assert!(server.client(&["instances", "--all"]).out.contains("COMPLETED"));
}

#[test]
fn refusals_are_the_servers_words() {
    let server = Server::start(&["--store", "memory", &examples().to_string_lossy()]);
    let ran = server.client(&["start", "nothing"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("No matching process definition with key: nothing"), "{}", ran.err);
    let ran = server.client(&["show", "nobody"]);
    assert_eq!(ran.err, "error: there is no process instance with the id or business key `nobody`\n");
    let files = folder(&[(
        "bad.bpmn",
        &model("bad", "<startEvent id=\"s\"/><serviceTask id=\"t\" camunda:type=\"external\"/>"),
    )]);
    let ran = server.client(&["deploy", &at(&files, "bad.bpmn")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("bad.bpmn:5:"), "the place: {}", ran.err);
    assert!(ran.err.contains("error: External tasks must specify a 'topic' attribute"), "{}", ran.err);
    assert!(ran.err.contains("error: nothing was deployed: ENGINE-09005"), "{}", ran.err);
}

#[test]
fn nobody_listening_is_said_with_a_remedy() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ran = run(["tasks", "--server", &url]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let expected = format!("error: no server answers at {url}/engine-rest: start one with `tollgate serve`");
    assert!(ran.err.starts_with(&expected), "{}", ran.err);
    let ran = run(["tasks", "--server", "localhost:8080"]);
    assert!(ran.err.contains("`localhost:8080` is no URL of a server: give http://host:port"), "{}", ran.err);
    let ran = finish(tollgate().args(["tasks", "--server", &url, "--user", "demo"]), "");
    assert!(ran.err.contains("give the password of `demo` in TOLLGATE_PASSWORD"), "{}", ran.err);
}

#[test]
fn explain_says_what_is_waited_for() {
    let server = Server::start(&["--store", "memory", &examples().to_string_lossy()]);
    let ran = server.client(&["start", "kyc", "--business-key", "customer-17", "--var", "name=Ada"]);
    let id = ran.out.split_whitespace().next().expect("an id").to_owned();
    let by_key = server.client(&["explain", "customer-17"]);
    assert_eq!(by_key.code, 0, "{by_key:?}");
    assert_eq!(by_key.out, server.client(&["explain", &id]).out);
    assert!(by_key.out.contains("review_documents") && by_key.out.contains("who can move it"), "{}", by_key.out);
    let json = server.client(&["explain", &id, "--format", "json"]).json();
    assert!(json["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()), "{json}");
    let message = server.client(&["explain", "--message", "Nothing"]);
    assert_eq!(message.code, 0, "{message:?}");
    let tasks = server.client(&["tasks", "--format", "json"]).json();
    let task = tasks[0]["id"].as_str().expect("a task");
    let alone = server.client(&["explain", task]);
    assert!(alone.out.contains("review_documents") && alone.out.matches("who can move it").count() == 1, "{alone:?}");
    let ran = server.client(&["start", "kyc", "--business-key", "customer-17", "--var", "name=Ada"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = server.client(&["explain", "customer-17"]);
    assert!(ran.err.contains("2 process instances have the business key `customer-17`"), "{}", ran.err);
    let ran = server.client(&["explain", "nobody"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.err.contains("no process instance, job, external task, user task or incident with the id `nobody`"),
        "{}",
        ran.err
    );
}
