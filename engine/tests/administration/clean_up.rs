//! Clean-up of history and metrics (E-395, E-425).

use crate::support::{deploy, flows, start, tasks, with};
use jiff::civil::time;
use tollgate::{
    CleanUpOptions, CleanUpStrategy, Engine, Id, Options, Settings, Timestamp, Window,
    command::{Command, TaskDraft},
    history::HistoryLevel,
    request::{Caller, CleanUp, DefinitionChange, MetricsQuery},
};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// 2030-01-01T00:00:00Z.
const NEW_YEAR: Timestamp = Timestamp(1_893_456_000_000);

fn finish(engine: &Engine) -> Id {
    let instance = start(engine, "p");
    let task = engine.read().tasks_of_instance(instance).next().expect("A waits").id;
    engine.complete::<&str>(task, []).wait().expect("it ends");
    instance
}

fn ask(engine: &Engine, immediately: bool) -> Vec<Id> {
    engine.clean_up(CleanUp { immediately }, &Default::default()).wait().expect("it is enabled")
}

/// What is due goes, in portions; what is not stays; the job ends suspended without a window.
#[test]
fn what_is_due_is_removed_in_portions() {
    let clean_up = CleanUpOptions { batch_size: 2, ..CleanUpOptions::default() };
    let engine = with(Options { clean_up, ..Options::default() });
    engine.set_clock(Some(NEW_YEAR));
    deploy(&engine, &tasks("p", &["A"]));
    let old: Vec<Id> = (0..5).map(|_| finish(&engine)).collect();
    engine.set_clock(Some(NEW_YEAR.plus_ms(3 * DAY)));
    let young = finish(&engine);
    engine.set_clock(Some(NEW_YEAR.plus_ms(6 * DAY)));
    let job = ask(&engine, true)[0];
    engine.run_due_jobs(1, false);
    assert_eq!(old.iter().filter(|id| engine.read().historic_process_instance(**id).is_some()).count(), 3);
    engine.run_due_jobs(10, false);
    let world = engine.read();
    assert!(old.iter().all(|id| world.historic_process_instance(*id).is_none()));
    assert!(old.iter().all(|id| world.historic_activities_of(*id).next().is_none()));
    assert!(world.historic_process_instance(young).is_some());
    assert!(world.job(job).is_some_and(|job| job.suspended));
}

/// By end time: what counts is the end of each process instance and the time to live that its definition has at the clean-up;
/// the threshold says whether the job runs again at once.
#[test]
fn clean_up_can_go_by_end_time() {
    let clean_up = CleanUpOptions {
        strategy: CleanUpStrategy::EndTime,
        batch_size: 4,
        batch_threshold: 3,
        ..CleanUpOptions::default()
    };
    let mut options = Options { clean_up, ..Options::default() };
    options.settings.removal_time = engine_core::host::RemovalTimeStrategy::None;
    let engine = with(options);
    engine.set_clock(Some(NEW_YEAR));
    deploy(&engine, &tasks("p", &["A"]));
    let old: Vec<Id> = (0..5).map(|_| finish(&engine)).collect();
    let waiting = start(&engine, "p");
    let world = engine.read();
    let row = world.historic_process_instance(old[0]).expect("it ended");
    assert_eq!(row.removal_time, None);
    let definition = row.definition;
    drop(world);
    let left = || old.iter().filter(|id| engine.read().historic_process_instance(**id).is_some()).count();

    // five days are not over
    engine.set_clock(Some(NEW_YEAR.plus_days(4)));
    let job = ask(&engine, true)[0];
    engine.run_due_jobs(10, false);
    assert_eq!(left(), 5);
    // one day is
    let change = DefinitionChange::HistoryTimeToLive { definition, days: Some(1) };
    engine.change_definitions(change, &Caller::default()).wait().expect("there is one");
    ask(&engine, true);
    engine.run_due_jobs(1, false);
    assert_eq!(left(), 1);
    assert!(engine.read().job(job).is_some_and(|job| !job.suspended), "four are more than the threshold");
    engine.run_due_jobs(10, false);
    assert_eq!(left(), 0);
    assert!(engine.read().job(job).is_some_and(|job| job.suspended));
    assert!(engine.read().historic_process_instance(waiting).is_some());
}

/// With a window the jobs wait for it, and share the minutes of the hours.
#[test]
fn clean_up_keeps_to_its_window() {
    let window = Window { start: time(22, 0, 0, 0), end: time(2, 0, 0, 0) };
    let clean_up = CleanUpOptions { window: Some(window), degree_of_parallelism: 3, ..CleanUpOptions::default() };
    let engine = with(Options { clean_up, ..Options::default() });
    engine.set_clock(Some(NEW_YEAR.plus_ms(10 * 60 * 60 * 1000)));
    let jobs = ask(&engine, false);
    // those that were made at the start
    assert_eq!((jobs.len(), engine.read().jobs().count()), (3, 3));
    let evening = NEW_YEAR.plus_ms(22 * 60 * 60 * 1000);
    assert!(jobs.iter().all(|id| engine.read().job(*id).is_some_and(|job| job.due == Some(evening))));
    let now = engine.clean_up_window().expect("one is set");
    assert_eq!((now.start, now.end), (evening, evening.plus_ms(4 * 60 * 60 * 1000)));
    // after midnight it is still the window of the day before
    engine.set_clock(Some(NEW_YEAR.plus_ms(60 * 60 * 1000)));
    let now = engine.clean_up_window().expect("one is set");
    assert_eq!(now.end, NEW_YEAR.plus_ms(2 * 60 * 60 * 1000));
    // a run that finds nothing looks again within the window, later and later
    engine.set_clock(Some(evening));
    engine.run_due_jobs(3, true);
    assert!(jobs.iter().all(|id| engine.read().job(*id).is_some_and(|job| job.due == Some(evening.plus_ms(10_000)))));
}

/// Counted from the start, everything has its removal time at once, what is called later as well.
#[test]
fn removal_times_can_count_from_the_start() {
    let mut options = Options::default();
    options.settings.removal_time = engine_core::host::RemovalTimeStrategy::Start;
    let engine = with(options);
    engine.set_clock(Some(NEW_YEAR));
    deploy(&engine, &tasks("child", &["B"]));
    deploy(
        &engine,
        &format!(
            r#"<process id="p" isExecutable="true" camunda:historyTimeToLive="3"><startEvent id="start"/><userTask id="A"/>
            <callActivity id="call" calledElement="child"/>{}</process>"#,
            flows(&["start", "A", "call"])
        ),
    );
    let instance = finish(&engine);
    let world = engine.read();
    let wanted = Some(NEW_YEAR.plus_ms(3 * DAY));
    let instances: Vec<_> = world.historic_process_instances_of_root(instance).collect();
    assert_eq!(instances.len(), 2);
    assert!(instances.iter().all(|row| row.end.is_none() && row.removal_time == wanted));
    let all: Vec<_> = instances.iter().flat_map(|row| world.historic_activities_of(row.id)).collect();
    assert!(all.len() >= 5 && all.iter().all(|row| row.removal_time == wanted));
    assert!(world.historic_tasks_of(instance).all(|row| row.removal_time == wanted));
}

/// E-425: what was done is counted, by interval or as a sum. (E-425)
#[test]
fn metrics_count_what_was_done() {
    let engine = with(Options::default());
    engine.set_clock(Some(NEW_YEAR));
    deploy(&engine, &tasks("p", &["A"]));
    finish(&engine);
    start(&engine, "p");
    let sum = |name: &str| {
        let query =
            MetricsQuery { name: Some(name.to_owned()), limit: 200, aggregate_by_reporter: true, ..Default::default() };
        engine.metrics(&query).iter().map(|row| row.value).sum::<i64>()
    };
    assert_eq!(sum("activity-instance-start"), 4);
    assert_eq!(sum("activity-instance-end"), 3);
    assert_eq!(sum("process-instances"), 2);
    let query = MetricsQuery { interval: Some(900), limit: 200, until: Some(NEW_YEAR), ..Default::default() };
    assert!(engine.metrics(&query).is_empty(), "the end of the time is not part of it");
    let query = MetricsQuery { interval: Some(900), limit: 200, ..Default::default() };
    assert!(engine.metrics(&query).iter().all(|row| row.time == NEW_YEAR));
}

// E-425: what is counted does not depend on what history keeps, and counts again each time that it is tried again
#[test]
fn metrics_count_without_history_and_what_was_rolled_back() {
    let settings = Settings { history_level: HistoryLevel::None, ..Settings::default() };
    let engine = with(Options { settings, ..Options::default() });
    let model = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
        xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
      <process id="p" isExecutable="true">
        <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="A"/>
        <serviceTask id="A" camunda:asyncBefore="true" camunda:expression="${nothing}"/>
      </process></definitions>"#;
    engine.deploy_file("p.bpmn", model).wait().unwrap();
    start(&engine, "p");
    let sum = |name: &str| {
        let query = MetricsQuery { name: Some(name.to_owned()), limit: 200, ..Default::default() };
        engine.metrics(&query).iter().map(|row| row.value).sum::<i64>()
    };
    assert_eq!((sum("activity-instance-start"), sum("process-instances")), (1, 1));
    for tries in 1..=3 {
        engine.run_due_jobs(1, true);
        assert_eq!((sum("activity-instance-start"), sum("job-failed")), (1 + tries, tries));
    }
    assert_eq!((sum("activity-instance-end"), sum("job-successful")), (1, 0));
    let task = Command::CreateTask(Box::new(TaskDraft { priority: 50, ..TaskDraft::default() }));
    engine.execute(task, &Caller::default()).wait().unwrap();
    assert_eq!(sum("activity-instance-start"), 5, "Camunda counts tasks that are made by hand");
}
