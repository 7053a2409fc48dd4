//! What was acknowledged is there after a restart, and what failed is as before.

use std::error::Error;

use engine_core::command::{Command, TaskCommand, Variables};
use tollgate::{Engine, Options, Value, request::Caller};

const MODEL: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://tollgate/tests">
  <process id="order" isExecutable="true">
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="approve"/>
    <userTask id="approve" name="Approve"/>
    <boundaryEvent id="late" attachedToRef="approve">
      <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <sequenceFlow id="f2" sourceRef="approve" targetRef="charge"/>
    <serviceTask id="charge" camunda:expression="${amount * factor}" camunda:resultVariable="charged"/>
    <sequenceFlow id="f3" sourceRef="charge" targetRef="ship"/>
    <userTask id="ship"/>
  </process>
</definitions>"#;

/// E-029, E-426, S-TX-1: instances, tasks, timers and variables outlive the engine; a failed completion leaves nothing behind.
#[test]
fn a_restart_finds_everything_acknowledged() -> Result<(), Box<dyn Error>> {
    for kind in [tollgate::store::Kind::Fjall, tollgate::store::Kind::Sled] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("data");
        let open = || Engine::open_with(&path, Options { store: kind, ..Options::default() });
        let (instance, task) = {
            let engine = open()?;
            engine.deploy_file("order.bpmn", MODEL).wait()?;
            let instance = engine.start("order", [("amount", Value::from(20))]).wait()?;
            let task = engine.read().tasks_of_instance(instance).next().ok_or("no task")?.id;
            let complete = TaskCommand::Complete { variables: Variables::default(), local: Variables::default() };
            let fault = engine.execute(Command::Task(task, complete), &Caller::default()).wait().unwrap_err();
            assert!(fault.message.contains("Cannot resolve identifier 'factor'"), "{fault}");
            assert!(engine.read().task(task).is_some(), "a failed completion is rolled back");
            (instance, task)
        };
        let engine = open()?;
        {
            let world = engine.read();
            assert_eq!(world.task(task).and_then(|row| row.name.as_deref()), Some("Approve"));
            assert_eq!(world.jobs_of_instance(instance).count(), 1, "the boundary timer");
            assert_eq!(world.variable_in(instance, "amount").map(|row| row.value.clone()), Some(Value::from(20)));
        }
        engine.complete(task, [("factor", Value::from(3))]).wait()?;
        drop(engine);
        let engine = open()?;
        let world = engine.read();
        assert_eq!(world.variable_in(instance, "charged").map(|row| row.value.clone()), Some(Value::from(60_i64)));
        assert_eq!(world.jobs_of_instance(instance).count(), 0, "the timer went with its task");
        let tasks: Vec<_> = world.tasks_of_instance(instance).filter_map(|row| row.key.as_deref()).collect();
        assert_eq!(tasks, ["ship"]);
    }
    Ok(())
}

/// S-MI-2: an instance far past the size of one record is stored entity by entity and survives all the same.
#[test]
fn a_fat_instance_survives_a_restart() -> Result<(), Box<dyn Error>> {
    let model = MODEL.replace(
        r#"<userTask id="approve" name="Approve"/>"#,
        r#"<userTask id="approve"><multiInstanceLoopCharacteristics>
            <loopCardinality>500</loopCardinality></multiInstanceLoopCharacteristics></userTask>"#,
    );
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("data");
    let instance = {
        let engine = Engine::open(&path)?;
        engine.deploy_file("order.bpmn", model).wait()?;
        let instance = engine.start("order", [("amount", Value::from(2)), ("factor", Value::from(2))]).wait()?;
        let tasks: Vec<_> = engine.read().tasks_of_instance(instance).map(|row| row.id).take(400).collect();
        for task in tasks {
            engine.complete(task, [("done", Value::from(true))]).wait()?;
        }
        instance
    };
    let engine = Engine::open(&path)?;
    let tasks: Vec<_> = engine.read().tasks_of_instance(instance).map(|row| row.id).collect();
    assert_eq!(tasks.len(), 100);
    for task in tasks {
        engine.complete(task, [("done", Value::from(true))]).wait()?;
    }
    let world = engine.read();
    let left: Vec<_> = world.tasks_of_instance(instance).filter_map(|row| row.key.as_deref()).collect();
    assert_eq!(left, ["ship"]);
    Ok(())
}
