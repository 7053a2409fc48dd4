//! Models of other people, unchanged, from start to end over the REST API: Camunda's invoice with its decision and called
//! process, a booking saga with compensation, reminders by timers, messages, external tasks.
//!
//! The models lie beside the project, in `../shared/corpus`; without them these tests say so and do nothing. Java classes that
//! a model names are served by handlers; users, workers, messages and jobs are driven over HTTP.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use serde_json::{Value as Json, json};
use tollgate::{Engine, HandlerError, Options, Timestamp};

/// A file of the corpus; `None`, with a word about it, when there is no corpus.
fn model(path: &str) -> Option<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: there are no models of others at {}", corpus.display());
        return None;
    }
    let file = corpus.join(path);
    assert!(file.is_file(), "the corpus has no {path}");
    Some(file)
}

/// A server in this process with a client.
struct Site {
    engine: Engine,
    agent: ureq::Agent,
    base: String,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Site {
    /// Jobs run only when they are asked to, and the clock stands still.
    fn start() -> Self {
        let engine = Engine::in_memory(Options { job_executor: false, ..Options::default() }).expect("an engine");
        engine.set_clock(Some(engine.now()));
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let base = format!("http://{}/engine-rest", listener.local_addr().expect("an address"));
        let options = server::Options::default();
        let router = server::router(engine.clone(), options.clone());
        runtime.spawn(async move { server::serve(listener, router, &options, std::future::pending()).await });
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        Self { engine, agent, base, runtime: Some(runtime) }
    }

    fn get(&self, path: &str) -> Json {
        let mut answer = self.agent.get(format!("{}{path}", self.base)).call().expect("an answer");
        let text = answer.body_mut().read_to_string().expect("text");
        assert!(answer.status().is_success(), "GET {path}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    fn post(&self, path: &str, body: &Json) -> Json {
        let request = self.agent.post(format!("{}{path}", self.base)).content_type("application/json");
        let mut answer = request.send(body.to_string()).expect("an answer");
        let text = answer.body_mut().read_to_string().expect("text");
        assert!(answer.status().is_success(), "POST {path} {body}: {text}");
        if text.is_empty() { Json::Null } else { serde_json::from_str(&text).expect("JSON") }
    }

    /// Deploys files over HTTP.
    fn deploy(&self, files: &[&Path]) {
        let boundary = "----models----";
        let mut body = Vec::new();
        for file in files {
            let name = file.file_name().expect("a name").to_string_lossy();
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n")
                    .bytes(),
            );
            body.extend(std::fs::read(file).expect("a file"));
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        let request = self.agent.post(format!("{}/deployment/create", self.base));
        let mut answer = request
            .content_type(format!("multipart/form-data; boundary={boundary}"))
            .send(&body[..])
            .expect("an answer");
        let text = answer.body_mut().read_to_string().expect("text");
        assert!(answer.status().is_success(), "{files:?}: {text}");
    }

    fn start_process(&self, key: &str, variables: &Json) -> String {
        let answer = self.post(&format!("/process-definition/key/{key}/start"), &json!({"variables": variables}));
        answer["id"].as_str().expect("an id").to_owned()
    }

    /// The only open task of an activity.
    fn task(&self, activity: &str) -> Json {
        let tasks = self.get(&format!("/task?taskDefinitionKey={activity}"));
        assert_eq!(tasks.as_array().map(Vec::len), Some(1), "one task at {activity}: {tasks}");
        tasks[0].clone()
    }

    fn complete(&self, activity: &str, variables: &Json) {
        let id = self.task(activity)["id"].as_str().expect("an id").to_owned();
        self.post(&format!("/task/{id}/complete"), &json!({"variables": variables}));
    }

    /// Sets the clock on and runs what is due then, over HTTP.
    fn pass(&self, ms: i64) {
        self.engine.set_clock(Some(Timestamp(self.engine.now().0 + ms)));
        self.run_jobs();
    }

    fn run_jobs(&self) {
        loop {
            let jobs = self.get("/job?executable=true");
            let Some(job) = jobs.as_array().expect("a list").first() else { return };
            self.post(&format!("/job/{}/execute", job["id"].as_str().expect("an id")), &json!({}));
        }
    }

    /// State, and the activities that ended, in their order.
    fn end(&self, instance: &str) -> (String, Vec<String>) {
        let state =
            self.get(&format!("/history/process-instance/{instance}"))["state"].as_str().expect("a state").to_owned();
        let rows = self.get(&format!(
            "/history/activity-instance?processInstanceId={instance}&sortBy=occurrence&sortOrder=asc&finished=true"
        ));
        let activities = rows.as_array().expect("a list").iter();
        (state, activities.map(|row| row["activityId"].as_str().expect("an id").to_owned()).collect())
    }
}

fn text(value: &str) -> Json {
    json!({"value": value, "type": "String"})
}

/// Camunda's invoice, version 2: a decision names the approvers, a rejection goes to the called review process, and after the
/// approval the archive service runs in a job.
#[test]
fn invoice() {
    let folder = "camunda+camunda-bpm-platform/";
    let Some(main) = model(&format!("{folder}examples__invoice__src__main__resources__invoice.v2.bpmn")) else {
        return;
    };
    let Some(review) = model(&format!("{folder}examples__invoice__src__main__resources__reviewInvoice.bpmn")) else {
        return;
    };
    let Some(decision) =
        model("camunda-community-hub+camunda-dmn-tester/server__src__test__resources__invoiceBusinessDecisions.dmn")
    else {
        return;
    };
    let site = Site::start();
    let archived = Arc::new(Mutex::new(Vec::new()));
    let seen = archived.clone();
    site.engine.handler("org.camunda.bpm.example.invoice.service.ArchiveInvoiceService", move |ctx| {
        seen.lock().unwrap().push(ctx.variable("invoiceNumber"));
        Ok(())
    });
    site.deploy(&[&main, &review, &decision]);
    let instance = site.start_process(
        "invoice",
        &json!({
            "creditor": text("Great Pizza for Everyone Inc."),
            "amount": {"value": 30.0, "type": "Double"},
            "invoiceCategory": text("Travel Expenses"),
            "invoiceNumber": text("GPFE-23232323"),
        }),
    );
    let links = site.get(&format!("/task/{}/identity-links", site.task("approveInvoice")["id"].as_str().unwrap()));
    assert_eq!(links[0]["groupId"], "accounting", "the decision's answer: {links}");
    let id = site.task("approveInvoice")["id"].as_str().unwrap().to_owned();
    site.post(&format!("/task/{id}/claim"), &json!({"userId": "mary"}));
    site.complete("approveInvoice", &json!({"approved": {"value": false}}));
    site.complete("assignReviewer", &json!({"reviewer": text("john")}));
    assert_eq!(site.task("reviewInvoice")["assignee"], "john");
    site.complete("reviewInvoice", &json!({"clarified": {"value": true}}));
    assert_eq!(
        site.task("approveInvoice")["assignee"],
        "mary",
        "the script of the create listener remembers the approver"
    );
    site.complete("approveInvoice", &json!({"approved": {"value": true}}));
    site.complete("prepareBankTransfer", &json!({}));
    assert!(archived.lock().unwrap().is_empty(), "the archive service waits for its job");
    site.run_jobs();
    assert_eq!(archived.lock().unwrap().as_slice(), [Some(tollgate::Value::from("GPFE-23232323"))]);
    let (state, activities) = site.end(&instance);
    assert_eq!(state, "COMPLETED");
    assert_eq!(
        activities,
        [
            "StartEvent_1",
            "assignApprover",
            "approveInvoice",
            "invoice_approved",
            "reviewInvoice",
            "reviewSuccessful_gw",
            "approveInvoice",
            "invoice_approved",
            "prepareBankTransfer",
            "ServiceTask_1",
            "invoiceProcessed",
        ]
    );
}

/// A booking saga: the flight can't be booked, so hotel and car are cancelled.
#[test]
fn trip_booking_saga() {
    let Some(trip) = model("berndruecker+trip-booking-saga-java/docs__trip.bpmn") else { return };
    let site = Site::start();
    let calls = Arc::new(Mutex::new(Vec::new()));
    for name in ["ReserveCar", "BookHotel", "BookFlight", "CancelCar", "CancelHotel", "CancelFlight"] {
        let calls = calls.clone();
        site.engine.handler(format!("io.flowing.trip.saga.camunda.adapter.{name}Adapter"), move |ctx| {
            calls.lock().unwrap().push(name);
            if name == "BookFlight" && ctx.variable("full") == Some(tollgate::Value::from(true)) {
                let class = "java.lang.RuntimeException".to_owned();
                return Err(HandlerError::Failure { class, message: "no seat is left".to_owned() });
            }
            Ok(())
        });
    }
    site.deploy(&[&trip]);
    let instance = site.start_process("trip", &json!({}));
    assert_eq!(std::mem::take(&mut *calls.lock().unwrap()), ["ReserveCar", "BookHotel", "BookFlight"]);
    let (state, activities) = site.end(&instance);
    assert_eq!((state.as_str(), activities.len()), ("COMPLETED", 5), "{activities:?}");

    let instance = site.start_process("trip", &json!({"full": {"value": true}}));
    let calls = calls.lock().unwrap().clone();
    assert_eq!(calls[..3], ["ReserveCar", "BookHotel", "BookFlight"]);
    // the latest is undone first, but these were booked in the same millisecond
    let mut undone = calls[3..].to_vec();
    undone.sort_unstable();
    assert_eq!(undone, ["CancelCar", "CancelHotel"], "and not the flight");
    let (state, activities) = site.end(&instance);
    assert_eq!(state, "COMPLETED");
    assert!(
        activities.contains(&"CancelHotel".to_owned()) && activities.contains(&"CancelCar".to_owned()),
        "{activities:?}"
    );
    assert!(!activities.contains(&"CancelFlight".to_owned()), "{activities:?}");
}

/// A document is asked for; each day without it sends a reminder, after a week somebody calls.
#[test]
fn reminders_by_timers() {
    const DAY: i64 = 86_400_000;
    let Some(file) = model("bpmn-miwg+bpmn-miwg-test-suite/SAP_Signavio_Process_Manager_19.9.0__C.9.1-export.bpmn")
    else {
        return;
    };
    let site = Site::start();
    site.deploy(&[&file]);
    let key = site.get("/process-definition")[0]["key"].as_str().expect("a key").to_owned();
    let instance = site.start_process(&key, &json!({}));
    // the mail server: an external task worker behind asynchronous continuations
    let send = |site: &Site| loop {
        site.run_jobs();
        let tasks = site.get("/external-task?topicName=emailService");
        let tasks = tasks.as_array().expect("a list");
        if tasks.is_empty() {
            return;
        }
        for task in tasks {
            let id = task["id"].as_str().expect("an id");
            site.post(&format!("/external-task/{id}/lock"), &json!({"workerId": "mail", "lockDuration": 10_000}));
            site.post(&format!("/external-task/{id}/complete"), &json!({"workerId": "mail"}));
        }
    };
    send(&site);
    let reminders = |site: &Site| {
        let path =
            format!("/history/activity-instance/count?processInstanceId={instance}&activityId=EndEvent_ReminderSent");
        site.get(&path)["count"].as_u64()
    };
    for day in 1..=6 {
        site.pass(DAY);
        send(&site);
        assert_eq!(reminders(&site), Some(day), "one reminder each day");
    }
    site.pass(DAY);
    assert_eq!(site.get("/job/count")["count"], 0, "the week is over, and the reminders are too");
    site.complete("UserTask_CallCustomer", &json!({}));
    site.run_jobs();
    let (state, activities) = site.end(&instance);
    assert_eq!(
        (state.as_str(), activities.last().map(String::as_str)),
        ("COMPLETED", Some("EndEvent_TalkedToCustomer"))
    );
}

/// Three messages in any order, each once; a message that nobody waits for is refused.
#[test]
fn messages() {
    let Some(file) =
        model("nitram509+lib-bpmn-engine/test-cases__message-multiple-intermediate-catch-events-exclusive.bpmn")
    else {
        return;
    };
    let site = Site::start();
    site.deploy(&[&file]);
    let instance = site.start_process("message-multiple-intermediate-catch-events-exclusive", &json!({}));
    for number in [2, 3, 1] {
        let message = json!({
            "messageName": format!("msg-event-{number}"), "processInstanceId": instance,
            "processVariables": {"last": {"value": number}},
        });
        site.post("/message", &message);
        let again = site.agent.post(format!("{}/message", site.base)).content_type("application/json");
        let answer = again.send(message.to_string()).expect("an answer");
        assert_eq!(answer.status().as_u16(), 400, "nobody waits for it a second time");
    }
    let (state, activities) = site.end(&instance);
    assert_eq!((state.as_str(), activities.len()), ("COMPLETED", 10));
    let events: Vec<_> = activities.iter().filter(|id| id.starts_with("event-")).collect();
    assert_eq!(events, ["event-1-id", "event-2-id", "event-3-id"]);
    let variables = site.get(&format!("/history/variable-instance?processInstanceId={instance}&variableName=last"));
    assert_eq!(variables[0]["value"], 1);
}

/// Two workers in parallel and a third that waits for both; one of them fails at first.
#[test]
fn external_tasks() {
    let Some(file) =
        model("camunda-community-hub+camunda-external-task-client-python3/bpmn_process__parallel_steps_example.bpmn")
    else {
        return;
    };
    let site = Site::start();
    site.deploy(&[&file]);
    let instance = site.start_process("PARALLEL_STEPS_EXAMPLE", &json!({}));
    let fetch = |topic: &str| {
        let topics = json!([{"topicName": topic, "lockDuration": 60_000}]);
        site.post("/external-task/fetchAndLock", &json!({"workerId": "w", "maxTasks": 5, "topics": topics}))
    };
    let id = |tasks: &Json| tasks[0]["id"].as_str().expect("a task").to_owned();
    let first = id(&fetch("PARALLEL_STEP_1"));
    site.post(
        &format!("/external-task/{first}/failure"),
        &json!({"workerId": "w", "errorMessage": "not yet", "retries": 2, "retryTimeout": 60_000}),
    );
    assert_eq!(fetch("PARALLEL_STEP_1"), json!([]), "it is tried again only after a minute");
    let second = id(&fetch("PARALLEL_STEP_2"));
    site.post(
        &format!("/external-task/{second}/complete"),
        &json!({"workerId": "w", "variables": {"b": {"value": 2}}}),
    );
    assert_eq!(fetch("COMBINE_STEP"), json!([]), "the join waits for both");
    site.pass(60_001);
    let again = fetch("PARALLEL_STEP_1");
    assert_eq!((id(&again), again[0]["retries"].as_i64()), (first.clone(), Some(2)));
    site.post(&format!("/external-task/{first}/complete"), &json!({"workerId": "w", "variables": {"a": {"value": 1}}}));
    // the join goes on in a job
    site.run_jobs();
    let combine = fetch("COMBINE_STEP");
    assert_eq!(
        (&combine[0]["variables"]["a"]["value"], &combine[0]["variables"]["b"]["value"]),
        (&json!(1), &json!(2))
    );
    site.post(&format!("/external-task/{}/complete", id(&combine)), &json!({"workerId": "w"}));
    site.run_jobs();
    let (state, activities) = site.end(&instance);
    assert_eq!((state.as_str(), activities.last().map(String::as_str)), ("COMPLETED", Some("EndEvent_1")));
}
