//! Batches and their jobs (E-408, E-409, E-415, E-420).

use crate::support::{deploy, engine, flows, open_tasks, start, tasks, with};
use engine_core::command::Variables;
use tollgate::{
    BatchOptions, Engine, Id, Options, Value,
    request::{Batch, BatchChange, ModifyMany, RemovalTimeOf, RemovalTimeTo},
};

fn set_variables(instances: Vec<Id>) -> Batch {
    let variables: Variables = [("v", Value::from(7))].into_iter().collect();
    Batch::SetVariables { instances, variables }
}

fn begin(engine: &Engine, batch: Batch) -> Id {
    engine.batch(batch, &Default::default()).wait().expect("it is made")
}

fn options(jobs_per_seed: i32, invocations_per_job: i32) -> Options {
    let batches = BatchOptions { jobs_per_seed, invocations_per_job, ..BatchOptions::default() };
    Options { batches, ..Options::default() }
}

/// A seed job makes some jobs at a time; each works on its share; the monitor ends the batch.
#[test]
fn seeds_jobs_and_monitor_follow_each_other() {
    let engine = with(options(2, 3));
    deploy(&engine, &tasks("p", &["A"]));
    let instances: Vec<Id> = (0..10).map(|_| start(&engine, "p")).collect();
    let batch = begin(&engine, set_variables(instances.clone()));
    {
        let world = engine.read();
        let row = world.batch(batch).expect("it is there");
        assert_eq!((row.total_jobs, row.jobs_created, row.invocations_per_batch_job), (4, 0, 3));
        assert_eq!(world.jobs_of_batch(batch).count(), 1);
    }
    engine.run_due_jobs(1, false);
    assert_eq!(engine.read().batch(batch).map(|row| row.jobs_created), Some(2));
    // two jobs and the next seed job
    assert_eq!(engine.read().jobs_of_batch(batch).count(), 3);
    let run = engine.run_due_jobs(100, false);
    assert_eq!((run.executed, run.failed), (6, 0));
    let world = engine.read();
    assert!(world.batch(batch).is_some_and(|row| row.end.is_some() && row.execution_start.is_some()));
    assert!(world.batch_content(batch).is_none());
    assert_eq!(world.jobs().count(), 0);
    assert!(instances.iter().all(|id| world.variable_in(*id, "v").is_some_and(|row| row.value == Value::from(7))));
}

/// A job that fails loses its work only, and raises an incident in the end.
#[test]
fn a_failing_job_stops_nobody_else() {
    let engine = engine();
    deploy(&engine, &tasks("p", &["A"]));
    let (gone, stays) = (start(&engine, "p"), start(&engine, "p"));
    let batch = begin(&engine, set_variables(vec![gone, stays]));
    let task = engine.read().tasks_of_instance(gone).next().expect("A waits").id;
    engine.complete::<&str>(task, []).wait().expect("it ends");
    let run = engine.run_due_jobs(100, false);
    assert_eq!(run.failed, 3);
    let world = engine.read();
    assert!(world.variable_in(stays, "v").is_some());
    assert_eq!(world.jobs_of_batch(batch).filter(|job| job.retries == 0).count(), 1);
    assert_eq!(world.incidents().count(), 1);
    assert!(world.batch(batch).is_some_and(|row| row.end.is_none()));
}

/// Suspending a batch keeps its jobs from running; deleting it takes them away.
#[test]
fn batches_are_suspended_and_deleted() {
    let engine = engine();
    deploy(&engine, &tasks("p", &["A"]));
    let instance = start(&engine, "p");
    let batch = begin(&engine, set_variables(vec![instance]));
    let suspend =
        |suspended| engine.change_batch(BatchChange::Suspend { batch, suspended }, &Default::default()).wait();
    suspend(true).expect("it runs");
    assert_eq!(engine.run_due_jobs(100, false).executed, 0);
    suspend(false).expect("it is suspended");
    engine.run_due_jobs(1, false);
    engine.change_batch(BatchChange::Delete { batch, cascade: true }, &Default::default()).wait().expect("it runs");
    let world = engine.read();
    assert!(world.batch(batch).is_none());
    assert_eq!((world.jobs().count(), world.historic_logs_of_batch(batch).count()), (0, 0));
    assert!(world.variable_in(instance, "v").is_none());
}

/// A batch goes on where it stood when the engine is opened again.
#[test]
fn batches_survive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = || {
        let set = Options { job_executor: false, ..options(1, 1) };
        Engine::open_with(folder.path().join("data"), set).expect("it opens")
    };
    let engine = open();
    let definition = deploy(&engine, &tasks("p", &["A", "B"]));
    let instances: Vec<Id> = (0..3).map(|_| start(&engine, "p")).collect();
    let request = ModifyMany {
        definition,
        instances: instances.clone(),
        instructions: vec![engine_core::command::Instruction::StartBefore(engine_core::command::StartInstruction {
            activity: "B".to_owned(),
            ..Default::default()
        })],
        ..ModifyMany::default()
    };
    let batch = begin(&engine, Batch::Modify(request));
    engine.run_due_jobs(3, false);
    drop(engine);
    let engine = open();
    engine.run_due_jobs(100, false);
    assert!(engine.read().batch(batch).is_some_and(|row| row.end.is_some()));
    assert!(instances.iter().all(|id| open_tasks(&engine, *id) == ["A", "B"]));
}

/// E-395: removal times are set on a process instance, or on its whole hierarchy.
#[test]
fn removal_times_are_set_by_a_batch() {
    let engine = engine();
    deploy(&engine, &tasks("p", &["A"]));
    let instance = start(&engine, "p");
    let task = engine.read().tasks_of_instance(instance).next().expect("A waits").id;
    engine.complete::<&str>(task, []).wait().expect("it ends");
    let days = |engine: &Engine| {
        let world = engine.read();
        let row = world.historic_process_instance(instance).expect("it was there");
        let task = world.historic_tasks_of(instance).next().and_then(|task| task.removal_time);
        assert_eq!(task, row.removal_time);
        row.removal_time.map(|time| (time.0 - row.end.expect("it has ended").0) / 86_400_000)
    };
    assert_eq!(days(&engine), Some(5));
    for (to, wanted) in [(RemovalTimeTo::Cleared, None), (RemovalTimeTo::Calculated, Some(5))] {
        let of = RemovalTimeOf::ProcessInstances(vec![instance]);
        begin(&engine, Batch::SetRemovalTime { of, to, hierarchical: false });
        engine.run_due_jobs(100, false);
        assert_eq!(days(&engine), wanted);
    }
}

/// An instance that another one of the same job took along is no failure.
#[test]
fn instances_that_are_gone_need_no_deletion() {
    let engine = with(options(100, 10));
    deploy(&engine, &tasks("child", &["B"]));
    deploy(
        &engine,
        &format!(
            r#"<process id="p" isExecutable="true" camunda:historyTimeToLive="1"><startEvent id="start"/>
            <callActivity id="call" calledElement="child"/>{}</process>"#,
            flows(&["start", "call"])
        ),
    );
    let root = start(&engine, "p");
    let instances: Vec<Id> = engine.read().process_instances_of_root(root);
    assert_eq!(instances.len(), 2);
    let batch = Batch::DeleteInstances {
        instances,
        reason: Some("over".to_owned()),
        skip_custom_listeners: false,
        skip_io_mappings: false,
        skip_subprocesses: false,
    };
    begin(&engine, batch);
    assert_eq!(engine.run_due_jobs(100, false).failed, 0);
    assert!(engine.read().process_instance(root).is_none());
}
