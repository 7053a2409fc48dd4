//! Instances that nobody touched for a while wait on disk: they are found as if they were in memory, and go on (E-388).

use std::{
    error::Error,
    path::Path,
    time::{Duration, Instant},
};

use engine_core::command::{Command, Outcome, Start};
use tollgate::{
    Engine, Id, Options, Value,
    query::{
        ExecutionQuery, JobQuery, Operator, Page, ProcessInstanceQuery, Sort, StatisticsOptions, TaskQuery,
        TaskSorting, VariableFilter, VariableInstanceQuery,
    },
    request::{Caller, Correlate},
    store::Kind,
    world::World,
};

const MODEL: &str = r#"<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
             targetNamespace="http://tollgate/tests">
  <message id="m" name="paid"/>
  <process id="order" isExecutable="true">
    <startEvent id="start"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="call"/>
    <callActivity id="call" calledElement="approval">
      <extensionElements><camunda:in variables="all"/><camunda:out variables="all"/></extensionElements>
    </callActivity>
    <sequenceFlow id="f2" sourceRef="call" targetRef="wait"/>
    <intermediateCatchEvent id="wait"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
    <sequenceFlow id="f3" sourceRef="wait" targetRef="end"/>
    <endEvent id="end"/>
  </process>
  <process id="approval" isExecutable="true">
    <startEvent id="begin"/>
    <sequenceFlow id="g1" sourceRef="begin" targetRef="approve"/>
    <userTask id="approve" name="Approve" camunda:assignee="${person}" camunda:candidateGroups="sales"/>
    <boundaryEvent id="late" attachedToRef="approve">
      <timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>
    </boundaryEvent>
    <sequenceFlow id="g2" sourceRef="approve" targetRef="over"/>
    <sequenceFlow id="g3" sourceRef="late" targetRef="over"/>
    <endEvent id="over"/>
  </process>
</definitions>"#;

const INSTANCES: usize = 60;

fn open(kind: Kind, path: &Path) -> Result<Engine, Box<dyn Error>> {
    let options = Options { store: kind, job_executor: false, instances_in_memory: 8, ..Options::default() };
    Ok(Engine::open_with(path, options)?)
}

/// Waits until so many instances are at rest, which nobody waits for otherwise.
fn until_at_rest(engine: &Engine, least: usize) {
    let begun = Instant::now();
    while engine.read().instances().1 < least {
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?} are in memory and at rest", engine.read().instances());
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn filter(name: &str, value: impl Into<Value>) -> VariableFilter {
    VariableFilter { name: name.to_owned(), operator: Operator::Equals, value: value.into(), any_number: false }
}

/// What questions about running instances answer, each in its own words.
fn answers(world: &World, instances: &[Id]) -> Vec<String> {
    let page = Page::default();
    let mut answers = Vec::new();
    for instance in instances {
        let of = Some(instance.to_string());
        let tree = world.activity_tree(*instance);
        let mut called: Vec<_> = world.process_instances_of_root(*instance);
        let query = ExecutionQuery { process_instance_id: of.clone(), ..Default::default() };
        let executions: Vec<_> = query.list(world, page, None).iter().map(|row| (row.id, row.activity)).collect();
        let variables: Vec<_> = called
            .iter()
            .flat_map(|id| world.variables_of_instance(*id))
            .map(|row| (row.name.clone(), row.value.clone()))
            .collect();
        let tasks: Vec<_> = called
            .iter()
            .flat_map(|id| world.tasks_of_instance(*id))
            .map(|row| (row.id, row.assignee.clone(), row.links.len()))
            .collect();
        let jobs: Vec<_> = called.iter().flat_map(|id| world.jobs_of_instance(*id)).map(|row| row.due).collect();
        let query = ProcessInstanceQuery { super_process_instance: of, ..Default::default() };
        let found: Vec<_> = query.list(world, page, None).iter().map(|row| row.id).collect();
        called.retain(|id| id != instance);
        assert_eq!(found, called);
        answers.push(format!("{tree:?} {executions:?} {variables:?} {tasks:?} {jobs:?} {called:?}"));
    }
    let query = TaskQuery { process_variables: vec![filter("number", 7)], ..Default::default() };
    answers.push(format!("{:?}", query.list(world, page, None).iter().map(|row| row.id).collect::<Vec<_>>()));
    let sorting = vec![Sort { by: TaskSorting::Assignee, descending: true }];
    let query = TaskQuery {
        candidate_group: Some("sales".to_owned()),
        include_assigned_tasks: true,
        sorting,
        ..Default::default()
    };
    let some = Page { first_result: Some(3), max_results: Some(20) };
    answers.push(format!(
        "{:?}",
        query.list(world, some, None).iter().map(|row| row.assignee.clone()).collect::<Vec<_>>()
    ));
    answers.push(format!("{}", query.count(world, None)));
    let query = ProcessInstanceQuery { business_key: Some("order-9".to_owned()), ..Default::default() };
    answers.push(format!("{:?}", query.list(world, page, None).iter().map(|row| row.id).collect::<Vec<_>>()));
    for key in ["order", "approval"] {
        let query = ProcessInstanceQuery { process_definition_key: Some(key.to_owned()), ..Default::default() };
        answers.push(format!("{key}: {} {}", query.count(world, None), query.list(world, page, None).len()));
    }
    let query = VariableInstanceQuery { variable_name: Some("number".to_owned()), ..Default::default() };
    answers.push(format!("{} variables", query.count(world, None)));
    answers.push(format!("{} timers", JobQuery::default().count(world, None)));
    for row in world.process_definition_statistics(&StatisticsOptions::default(), page, None) {
        let nodes = world.activity_statistics(row.definition.id, &StatisticsOptions::default(), None);
        answers.push(format!("{} {} {nodes:?}", row.definition.key, row.instances));
    }
    answers.push(format!("{:?}", world.tasks_by_candidate_group(None)));
    answers.push(format!("{} {} {}", world.execution_count(), world.variable_count(), world.task_count()));
    answers
}

/// Completes the task of a root instance's called instance.
fn approve(engine: &Engine, root: Id) -> Result<(), Box<dyn Error>> {
    let task = {
        let world = engine.read();
        let called = world.process_instances_of_root(root);
        called.iter().flat_map(|id| world.tasks_of_instance(*id)).next().map(|task| task.id).ok_or("no task")?
    };
    engine.complete(task, [("approved", Value::from(true))]).wait()?;
    Ok(())
}

fn pay(engine: &Engine, number: usize) -> Result<(), Box<dyn Error>> {
    let business_key = Some(format!("order-{number}"));
    let request = Correlate { name: Some("paid".to_owned()), business_key, ..Correlate::default() };
    engine.correlate(request, &Caller::default()).wait()?;
    Ok(())
}

#[test]
fn instances_at_rest_are_found_and_go_on() -> Result<(), Box<dyn Error>> {
    for kind in [Kind::Fjall, Kind::Sled] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("data");
        let engine = open(kind, &path)?;
        engine.deploy_file("order.bpmn", MODEL).wait()?;
        let mut instances = Vec::new();
        for number in 0..INSTANCES {
            let variables =
                [("number", Value::from(number as i64)), ("person", Value::from(format!("p{}", number % 7)))];
            let definition =
                engine.read().latest_process_definition("order", None).map(|row| row.id).ok_or("deployed")?;
            let start = Start {
                definition,
                business_key: Some(format!("order-{number}")),
                variables: variables.into_iter().collect(),
                ..Start::default()
            };
            match engine.execute(Command::Start(Box::new(start)), &Caller::default()).wait()? {
                Outcome::Started { process_instance, .. } => instances.push(process_instance),
                other => return Err(format!("{other:?}").into()),
            }
        }
        let before = answers(&engine.read(), &instances);
        until_at_rest(&engine, INSTANCES - 8);
        assert_eq!(answers(&engine.read(), &instances), before, "{kind}");
        drop(engine);

        let engine = open(kind, &path)?;
        assert!(engine.read().instances().1 >= INSTANCES - 8, "{:?}", engine.read().instances());
        assert_eq!(answers(&engine.read(), &instances), before, "{kind}");

        // what waits goes on: by its task, by its timer, by its end
        for root in &instances[..20] {
            approve(&engine, *root)?;
        }
        let due: Vec<Id> = {
            let world = engine.read();
            let called = instances[20..30].iter().flat_map(|root| world.process_instances_of_root(*root));
            called.flat_map(|id| world.jobs_of_instance(id)).map(|job| job.id).collect()
        };
        assert_eq!(due.len(), 10);
        for job in due {
            engine.run_job(job, &Caller::default()).wait()?;
        }
        until_at_rest(&engine, INSTANCES - 8);
        for number in (0..30).filter(|number| number % 3 > 0) {
            pay(&engine, number)?;
        }
        let after = answers(&engine.read(), &instances);
        assert!(after.iter().any(|line| line == "order: 40 40"), "{after:#?}");
        drop(engine);

        let engine = open(kind, &path)?;
        assert_eq!(answers(&engine.read(), &instances), after, "{kind}");
        // everything ends, and nothing is left of it but history
        for (number, root) in instances.iter().enumerate() {
            if number >= 30 {
                approve(&engine, *root)?;
            }
            if number >= 30 || number % 3 == 0 {
                pay(&engine, number)?;
            }
        }
        let world = engine.read();
        assert_eq!(
            (world.execution_count(), world.variable_count(), world.task_count(), world.job_count()),
            (0, 0, 0, 0)
        );
        drop(world);
        drop(engine);
        let engine = open(kind, &path)?;
        assert_eq!((engine.read().execution_count(), engine.read().instances()), (0, (0, 0)), "{kind}");
    }
    Ok(())
}
