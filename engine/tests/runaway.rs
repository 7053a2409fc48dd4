//! Scripts that never end, or want all memory: the job fails with a message that says why, and the engine goes on.

use std::time::{Duration, Instant};

use tollgate::{Engine, Id, Options, ScriptLimits, Value, request::Caller};

fn engine() -> Engine {
    let script_limits = ScriptLimits {
        time: Duration::from_millis(300),
        operations: 200_000,
        memory_bytes: 16 * 1024 * 1024,
        text_bytes: 256 * 1024,
        ..ScriptLimits::default()
    };
    Engine::in_memory(Options { job_executor: false, script_limits, ..Options::default() }).expect("an engine")
}

fn model(language: &str, script: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
            xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
          <process id="p" isExecutable="true">
            <startEvent id="start"/>
            <sequenceFlow id="f1" sourceRef="start" targetRef="s"/>
            <scriptTask id="s" scriptFormat="{language}" camunda:asyncBefore="true"
                camunda:resultVariable="result"><script><![CDATA[{script}]]></script></scriptTask>
            <sequenceFlow id="f2" sourceRef="s" targetRef="after"/>
            <userTask id="after"/>
          </process>
        </definitions>"#
    )
}

fn start(engine: &Engine, language: &str, script: &str) -> Id {
    engine.deploy_file("p.bpmn", model(language, script)).wait().expect("deployed");
    engine.start("p", [("text", Value::from("0123456789"))]).wait().expect("started")
}

/// Runs the script's job; the message of its failure, which the job keeps.
fn failure(language: &str, script: &str) -> String {
    let engine = engine();
    let instance = start(&engine, language, script);
    let job = engine.read().jobs_of_instance(instance).next().expect("a job").id;
    let begun = Instant::now();
    let fault = engine.run_job(job, &Caller::default()).wait().expect_err("the script is stopped");
    assert!(begun.elapsed() < Duration::from_secs(20), "{language} is stopped in time");
    {
        let world = engine.read();
        let job = world.jobs_of_instance(instance).next().expect("the job is there again");
        assert_eq!(job.retries, 2, "{language}");
        assert_eq!(job.exception_message.as_deref(), Some(fault.message.as_str()), "{language}");
    }
    assert!(fault.message.contains("activity 's'"), "names the place: {}", fault.message);
    // the engine goes on
    let other = start(&engine, "groovy", "1 + 1");
    assert_eq!(engine.run_due_jobs(10, true).failed, 1, "the first job fails again, the other one does not");
    assert_eq!(engine.read().tasks_of_instance(other).count(), 1);
    fault.message
}

fn assert_stopped(language: &str, script: &str, reason: &str) {
    let message = failure(language, script);
    assert!(message.contains(reason), "{language}: {message}");
}

#[test]
fn javascript_that_never_ends_is_stopped() {
    assert_stopped("javascript", "while (true) {}", "the script ran longer than 300 ms");
}

#[test]
fn javascript_that_wants_all_memory_is_stopped() {
    assert_stopped("javascript", "var a = []; while (true) { a.push('x'.repeat(100000) + a.length); }", "memory");
}

#[test]
fn groovy_that_never_ends_is_stopped() {
    assert_stopped("groovy", "while (true) { }", "steps");
}

#[test]
fn groovy_that_wants_all_memory_is_stopped() {
    assert_stopped("groovy", "def s = text\nwhile (true) { s = s + s }", "bytes");
}

#[test]
fn groovy_without_bottom_is_stopped() {
    assert_stopped("groovy", "def f(n) { f(n + 1) }\nf(0)", "nested too deeply");
}

#[test]
fn rhai_that_never_ends_is_stopped() {
    assert_stopped("rhai", "while true { }", "operations");
}

#[test]
fn feel_without_bounds_is_stopped() {
    assert_stopped("feel", "for i in 1..1000000, j in 1..1000000 return i * j", "");
}

#[test]
fn juel_that_is_nested_without_bounds_is_refused() {
    let engine = engine();
    let instance = start(&engine, "juel", &format!("${{{}1{}}}", "(".repeat(20_000), ")".repeat(20_000)));
    let job = engine.read().jobs_of_instance(instance).next().expect("a job").id;
    let fault = engine.run_job(job, &Caller::default()).wait().expect_err("it is refused");
    assert!(fault.message.contains("deep"), "{}", fault.message);
}

#[test]
fn a_used_up_job_becomes_an_incident() {
    let engine = engine();
    let instance = start(&engine, "javascript", "for (;;) {}");
    let run = engine.run_due_jobs(10, false);
    assert_eq!(run.failed, 3);
    let world = engine.read();
    let incident = world.incidents_of_instance(instance).next().expect("an incident");
    assert!(incident.message.as_deref().is_some_and(|text| text.contains("ran longer than 300 ms")));
}
