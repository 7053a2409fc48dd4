//! The HTTP connectors in processes: inputs, outputs, errors, time-outs, retries, the breaker.

mod support;

use std::time::{Duration, Instant};

use support::{Web, engine, ok, process, response};
use tollgate::{CircuitState, Engine, Id, Value, request::Caller};
use tollgate_connectors::{BreakerConfig, Config, HttpConfig, ProxyAddress};

fn connector(inputs: &str, outputs: &str, attributes: &str) -> String {
    process(&format!(
        r#"<serviceTask id="call" {attributes}><extensionElements><camunda:connector>
            <camunda:inputOutput>{inputs}{outputs}</camunda:inputOutput>
            <camunda:connectorId>http-connector</camunda:connectorId>
        </camunda:connector></extensionElements></serviceTask>"#
    ))
}

fn input(name: &str, value: &str) -> String {
    format!(r#"<camunda:inputParameter name="{name}">{value}</camunda:inputParameter>"#)
}

fn output(name: &str, value: &str) -> String {
    format!(r#"<camunda:outputParameter name="{name}">{value}</camunda:outputParameter>"#)
}

fn variable(engine: &Engine, instance: Id, name: &str) -> Option<Value> {
    let world = engine.read();
    world.variables_of(instance).find(|row| &*row.name == name).map(|row| row.value.clone())
}

/// E-160: a connector on a service task.
#[test]
fn sends_what_the_inputs_say_and_maps_what_comes_back() {
    let web = Web::answering(&[&ok(r#"{"total": 12.5, "lines": [1, 2]}"#)]);
    let engine = engine(Config::default());
    let inputs = [
        input("url", &format!("{}/orders?id=${{order}}", web.url)),
        input("method", "POST"),
        input(
            "headers",
            r#"<camunda:map><camunda:entry key="Content-Type">application/json</camunda:entry><camunda:entry
               key="X-Order">${order}</camunda:entry></camunda:map>"#,
        ),
        input(
            "payload",
            r#"<camunda:script scriptFormat="groovy">'{"order":' + order + ',"to":"' + url + '"}'</camunda:script>"#,
        ),
    ]
    .concat();
    let outputs = [
        output("status", "${statusCode}"),
        output("kind", "${headers.get('Content-Type')}"),
        output("total", "${S(response).prop('total').numberValue()}"),
        output(
            "lines",
            r#"<camunda:script scriptFormat="javascript">JSON.parse(response).lines.length</camunda:script>"#,
        ),
        output("same", "${connector.getVariable('response') == response}"),
    ]
    .concat();
    engine.deploy_file("p.bpmn", connector(&inputs, &outputs, "")).wait().unwrap();
    let instance = engine.start("p", [("order", Value::from(7))]).wait().unwrap();
    let seen = &web.seen()[0];
    assert_eq!(seen.line, "POST /orders?id=7 HTTP/1.1");
    assert!(seen.headers.iter().any(|header| header.eq_ignore_ascii_case("x-order: 7")), "{:?}", seen.headers);
    assert_eq!(seen.body, format!(r#"{{"order":7,"to":"{}/orders?id=7"}}"#, web.url));
    assert_eq!(variable(&engine, instance, "status"), Some(Value::Integer(200)));
    assert_eq!(variable(&engine, instance, "kind"), Some(Value::string("application/json")));
    assert_eq!(variable(&engine, instance, "total"), Some(Value::Double(12.5)));
    assert_eq!(variable(&engine, instance, "lines"), Some(Value::Integer(2)));
    assert_eq!(variable(&engine, instance, "same"), Some(Value::Boolean(true)));
    assert_eq!(variable(&engine, instance, "url"), None, "inputs are no variables of the process");
}

#[test]
fn an_answer_of_status_500_is_an_answer() {
    let web = Web::answering(&[&response(500, "no")]);
    let engine = engine(Config::default());
    let inputs = [input("url", &web.url), input("method", "GET")].concat();
    engine.deploy_file("p.bpmn", connector(&inputs, &output("status", "${statusCode}"), "")).wait().unwrap();
    let instance = engine.start("p", [("x", Value::from(1))]).wait().unwrap();
    assert_eq!(variable(&engine, instance, "status"), Some(Value::Integer(500)));
}

#[test]
fn throw_http_error_makes_it_a_failure() {
    let web = Web::answering(&[&response(500, "no")]);
    let engine = engine(Config::default());
    let config = r#"<camunda:map><camunda:entry key="throw-http-error">TRUE</camunda:entry></camunda:map>"#;
    let inputs = [input("url", &web.url), input("method", "GET"), input("request-config", config)].concat();
    engine.deploy_file("p.bpmn", connector(&inputs, "", "")).wait().unwrap();
    let fault = engine.start("p", [("x", Value::from(1))]).wait().unwrap_err();
    assert!(fault.message.contains("HTTP request failed with Status Code: 500 , Response: no"), "{}", fault.message);
}

#[test]
fn what_cannot_be_sent_fails_in_the_words_of_camunda() {
    let engine = engine(Config::default());
    for (inputs, expected) in [
        (input("method", "GET"), "HTCL-02005 Request url required."),
        (
            [input("url", "http://127.0.0.1:1"), input("method", "FETCH")].concat(),
            "HTCL-02006 Unknown or unsupported HTTP method 'FETCH'",
        ),
        (input("url", "http://127.0.0.1:1"), "HTCL-02006 Unknown or unsupported HTTP method 'null'"),
        (
            [input("url", "http://127.0.0.1:1"), input("method", "GET")].concat(),
            "HTCL-02007 Unable to execute HTTP request",
        ),
    ] {
        engine.deploy_file("p.bpmn", connector(&inputs, "", "")).wait().unwrap();
        let fault = engine.start("p", [("x", Value::from(1))]).wait().unwrap_err();
        assert_eq!(fault.message, expected);
    }
}

#[test]
fn an_unknown_connector_fails_when_it_runs() {
    let engine = engine(Config::default());
    let model = connector("", "", "").replace("http-connector", "fax-connector");
    engine.deploy_file("p.bpmn", model).wait().unwrap();
    let fault = engine.start("p", [("x", Value::from(1))]).wait().unwrap_err();
    assert_eq!(fault.message, "No connector found for connector id 'fax-connector'");
}

#[test]
fn a_silent_server_is_given_up_and_the_job_is_retried() {
    let silent = Web::slow(Duration::from_secs(20), &[&ok("late")]);
    let config = Config { http: HttpConfig { timeout_seconds: 1, ..HttpConfig::default() }, ..Config::default() };
    let engine = engine(config);
    let inputs = [input("url", &silent.url), input("method", "GET")].concat();
    engine.deploy_file("p.bpmn", connector(&inputs, "", r#"camunda:asyncBefore="true""#)).wait().unwrap();
    let instance = engine.start("p", [("x", Value::from(1))]).wait().unwrap();
    let job = engine.read().jobs_of_instance(instance).next().expect("a job").id;
    let begun = Instant::now();
    let fault = engine.run_job(job, &Caller::default()).wait().unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(10), "the time-out ends it");
    assert_eq!(fault.message, "HTCL-02007 Unable to execute HTTP request");
    let world = engine.read();
    let job = world.jobs_of_instance(instance).next().expect("the job again");
    assert_eq!(job.retries, 2);
}

#[test]
fn a_time_out_in_the_model_goes_before_the_configured_one() {
    let silent = Web::slow(Duration::from_secs(20), &[&ok("late")]);
    let engine = engine(Config::default());
    let config = r#"<camunda:map><camunda:entry key="socket-timeout">300</camunda:entry></camunda:map>"#;
    let inputs = [input("url", &silent.url), input("method", "GET"), input("request-config", config)].concat();
    engine.deploy_file("p.bpmn", connector(&inputs, "", "")).wait().unwrap();
    let begun = Instant::now();
    engine.start("p", [("x", Value::from(1))]).wait().unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn other_instances_go_on_while_a_connector_waits() {
    let slow = Web::slow(Duration::from_millis(1500), &[&ok("late")]);
    let engine = engine(Config::default());
    let inputs = [input("url", &slow.url), input("method", "GET")].concat();
    engine.deploy_file("p.bpmn", connector(&inputs, "", "")).wait().unwrap();
    let quick = process(r#"<userTask id="call"/>"#).replace(r#"id="p""#, r#"id="quick""#);
    engine.deploy_file("quick.bpmn", quick).wait().unwrap();
    let waiting = engine.start("p", [("x", Value::from(1))]);
    let begun = Instant::now();
    engine.start("quick", [("x", Value::from(1))]).wait().unwrap();
    assert!(begun.elapsed() < Duration::from_millis(1400), "the lane is free");
    waiting.wait().unwrap();
}

#[test]
fn a_target_that_keeps_failing_is_left_alone() {
    let config = Config {
        breaker: BreakerConfig { failures: 2, open_seconds: 60, count_server_errors: true },
        ..Config::default()
    };
    let engine = engine(config);
    let web = Web::answering(&[&response(503, "down")]);
    let inputs = [input("url", &web.url), input("method", "GET")].concat();
    engine.deploy_file("p.bpmn", connector(&inputs, "", "")).wait().unwrap();
    for _ in 0..2 {
        engine.start("p", [("x", Value::from(1))]).wait().unwrap();
    }
    let fault = engine.start("p", [("x", Value::from(1))]).wait().unwrap_err();
    assert!(fault.message.contains("failed 2 times in a row and is left alone"), "{}", fault.message);
    assert_eq!(web.seen().len(), 2);
    let circuits = engine.circuits();
    assert_eq!((circuits[0].target.as_str(), circuits[0].state), (web.url.as_str(), CircuitState::Open));
}

#[test]
fn a_proxy_is_set_in_the_configuration_only() {
    let proxy = Web::answering(&[&ok("by proxy")]);
    let address = ProxyAddress::try_from(proxy.url.clone()).expect("an address");
    let engine =
        engine(Config { http: HttpConfig { proxy: Some(address), ..HttpConfig::default() }, ..Config::default() });
    let inputs = [input("url", "http://elsewhere.example/x"), input("method", "GET")].concat();
    engine.deploy_file("p.bpmn", connector(&inputs, "", "")).wait().unwrap();
    drop(engine.start("p", [("x", Value::from(1))]).wait());
    assert!(proxy.seen()[0].line.contains("elsewhere.example"), "{:?}", proxy.seen());
    for option in ["proxy", "local-address"] {
        let entry = format!(r#"<camunda:map><camunda:entry key="{option}">x</camunda:entry></camunda:map>"#);
        let inputs = [inputs.as_str(), &input("request-config", &entry)].concat();
        engine.deploy_file("p.bpmn", connector(&inputs, "", "")).wait().unwrap();
        let refused = engine.start("p", [("x", Value::from(1))]).wait().unwrap_err().message;
        let expected = format!("HTCL-02008 Invalid value for request configuration option: {option}");
        assert!(refused.contains(&expected), "{refused}");
    }
}
