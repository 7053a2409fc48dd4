//! The lane: what is decided on top of commits that are not on the disk yet, and what a panic leaves behind.

use std::error::Error;

use engine_core::{
    command::{Command, ExternalTaskCommand, Start, Variables},
    host::{DelegateCall, DelegateReply, Served},
};
use tollgate::{
    Delegates, Engine, Options, Value,
    request::{Caller, Correlate, FetchAndLock, FetchTopic, Signal},
};

type Checked = Result<(), Box<dyn Error>>;

fn model(body: &str) -> String {
    format!(
        r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://tollgate/tests">
  <message id="M" name="paid"/><signal id="S" name="alarm"/>
{body}</definitions>"#
    )
}

const MESSAGES: &str = r#"
  <process id="order" isExecutable="true">
    <startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
    <intermediateCatchEvent id="wait"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>
    <sequenceFlow id="f2" sourceRef="wait" targetRef="again"/>
    <intermediateCatchEvent id="again"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>
    <sequenceFlow id="f3" sourceRef="again" targetRef="end"/><endEvent id="end"/>
  </process>"#;

fn correlation(key: &str) -> Correlate {
    Correlate { name: Some("paid".to_owned()), business_key: Some(key.to_owned()), ..Correlate::default() }
}

/// S-MS-2, S-MS-5: messages that are sent without waiting for one another find what the one before left, in order.
#[test]
fn messages_see_what_is_not_on_the_disk_yet() -> Checked {
    let folder = tempfile::tempdir()?;
    let engine = Engine::open(folder.path().join("data"))?;
    engine.deploy_file("order.bpmn", model(MESSAGES)).wait()?;
    let definition = engine.read().latest_process_definition("order", None).ok_or("not deployed")?.id;
    let caller = Caller::default();
    let mut started = Vec::new();
    let mut answers = Vec::new();
    for number in 0..200 {
        let key = format!("order {number}");
        let start = Start { definition, business_key: Some(key.clone()), ..Start::default() };
        started.push(engine.execute(Command::Start(Box::new(start)), &caller));
        // the third finds nothing: the instance has ended
        answers.push([(); 3].map(|()| engine.correlate(correlation(&key), &caller)));
    }
    for one in started {
        one.wait()?;
    }
    for [first, second, third] in answers {
        assert_eq!(first.wait()?.len(), 1);
        assert_eq!(second.wait()?.len(), 1);
        let fault = third.wait().unwrap_err();
        assert!(fault.message.contains("Cannot correlate message 'paid'"), "{fault}");
    }
    assert_eq!(engine.read().execution_count(), 0);
    Ok(())
}

/// S-MS-6: without a key that tells them apart, two waiting executions are too many, published or not.
#[test]
fn a_message_is_not_correlated_to_one_of_two() -> Checked {
    let engine = Engine::in_memory(Options::default())?;
    engine.deploy_file("order.bpmn", model(MESSAGES)).wait()?;
    let none: [(&str, Value); 0] = [];
    let (first, second) = (engine.start("order", none.clone()), engine.start("order", none));
    let request = Correlate { name: Some("paid".to_owned()), ..Correlate::default() };
    let fault = engine.correlate(request, &Caller::default()).wait().unwrap_err();
    assert!(fault.message.contains("2 executions match"), "{fault}");
    first.wait()?;
    second.wait()?;
    Ok(())
}

/// S-XT-2: workers that ask at the same time get different tasks, though no lock is on the disk yet.
#[test]
fn workers_that_ask_at_once_get_different_tasks() -> Checked {
    let folder = tempfile::tempdir()?;
    let engine = Engine::open(folder.path().join("data"))?;
    let body = r#"<process id="work" isExecutable="true">
        <startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="task"/>
        <serviceTask id="task" camunda:type="external" camunda:topic="t"/>
        <sequenceFlow id="f2" sourceRef="task" targetRef="end"/><endEvent id="end"/></process>"#;
    engine.deploy_file("work.bpmn", model(body)).wait()?;
    let none: [(&str, Value); 0] = [];
    let started: Vec<_> = (0..100).map(|_| engine.start("work", none.clone())).collect();
    for one in started {
        one.wait()?;
    }
    let fetch = |worker: usize| {
        let topics = vec![FetchTopic { name: "t".to_owned(), lock_ms: 60_000, ..FetchTopic::default() }];
        let request = FetchAndLock { worker: worker.to_string(), max_tasks: 10, topics, ..FetchAndLock::default() };
        engine.fetch_and_lock(request, &Caller::default())
    };
    let fetched: Vec<_> = (0..10).map(fetch).collect();
    let mut completed = Vec::new();
    for (worker, tasks) in fetched.into_iter().enumerate() {
        let tasks = tasks.wait()?;
        assert_eq!(tasks.len(), 10);
        for locked in tasks {
            let (variables, local) = (Variables::default(), Variables::default());
            let command = ExternalTaskCommand::Complete { worker: worker.to_string(), variables, local };
            completed.push(engine.execute(Command::ExternalTask(locked.task.id, command), &Caller::default()));
        }
    }
    for one in completed {
        one.wait()?;
    }
    assert_eq!(engine.read().execution_count(), 0);
    Ok(())
}

/// Panics when it is asked who serves a name: a bug in the middle of a transaction.
#[derive(Debug)]
struct Broken;

impl Delegates for Broken {
    fn served(&self, name: &str) -> Served {
        assert!(name != "broken", "nobody serves what is broken");
        Served::Nobody
    }

    fn run(&self, _: &DelegateCall) -> Option<DelegateReply> {
        None
    }
}

/// A panic in a transaction is a fault of its command, whether one root takes part in it or many; nothing of it stays.
#[test]
fn a_panic_is_a_fault_and_leaves_nothing() -> Checked {
    let engine = Engine::in_memory(Options { delegates: Some(Box::new(Broken)), ..Options::default() })?;
    let body = r#"
      <process id="waits" isExecutable="true">
        <startEvent id="start"/><sequenceFlow id="f1" sourceRef="start" targetRef="wait"/>
        <intermediateCatchEvent id="wait"><signalEventDefinition signalRef="S"/></intermediateCatchEvent>
        <sequenceFlow id="f2" sourceRef="wait" targetRef="task"/><userTask id="task"/>
      </process>
      <process id="breaks" isExecutable="true">
        <startEvent id="start2"><signalEventDefinition signalRef="S"/></startEvent>
        <sequenceFlow id="g1" sourceRef="start2" targetRef="task2"/>
        <serviceTask id="task2" camunda:class="broken"/>
      </process>"#;
    engine.deploy_file("models.bpmn", model(body)).wait()?;
    let none: [(&str, Value); 0] = [];
    let instance = engine.start("waits", none.clone()).wait()?;
    let before = engine.read().execution_count();
    let fault = engine.start("breaks", none).wait().unwrap_err();
    assert!(fault.message.contains("internal error"), "{fault}");
    let signal = Signal { name: "alarm".to_owned(), ..Signal::default() };
    let fault = engine.signal(signal.clone(), &Caller::default()).wait().unwrap_err();
    assert!(fault.message.contains("internal error"), "{fault}");
    assert_eq!(engine.read().execution_count(), before, "the instance that waits, as before");
    assert_eq!(engine.read().tasks_of_instance(instance).count(), 0);
    // the lane lives on, with the states as they were
    let definition = engine.read().latest_process_definition("breaks", None).ok_or("not deployed")?.id;
    let change = tollgate::request::DefinitionChange::Suspend {
        definitions: tollgate::request::Definitions::Id(definition),
        suspended: true,
        include_instances: false,
        at: None,
    };
    engine.change_definitions(change, &Caller::default()).wait()?;
    engine.signal(signal, &Caller::default()).wait()?;
    assert_eq!(engine.read().tasks_of_instance(instance).count(), 1);
    Ok(())
}
