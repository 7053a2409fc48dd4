//! Workloads over a set of instances that is made first, or that the engine works off by itself.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use engine_core::{
    command::{Command, ExternalTaskCommand, Variables},
    history::HistoryLevel,
};
use tollgate::{
    Engine, Id, Timestamp, Value,
    request::{Caller, FetchAndLock, FetchTopic},
};
use tollgate_benches::{
    drive::{self, Callers, Run, Until},
    meter::{self, Usage},
    models,
};

use crate::{Args, report};

const IN_FLIGHT: Callers = Callers::InFlight(1024);

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.wants("exttask") {
        external(args)?;
    }
    if args.wants("async3") {
        asynchronous(args)?;
    }
    if args.wants("timers") {
        timers(args)?;
    }
    for (name, size, calls) in [("mi1000", 1_000, 400), ("mi5000", 5_000, 80)] {
        if args.wants(name) {
            many(args, name, size, calls)?;
        }
    }
    for size in [1_000, 10_000, 100_000] {
        if args.wants("miuser") || args.wants(&format!("miuser{size}")) {
            many_users(args, size)?;
        }
    }
    for size in [1_000, 10_000, 100_000] {
        if args.wants("misequser") || args.wants(&format!("misequser{size}")) {
            one_after_the_other(args, size)?;
        }
    }
    if args.wants("waiting") {
        for (history, level) in [("full", HistoryLevel::Full), ("none", HistoryLevel::None)] {
            waiting(args, history, level)?;
        }
    }
    for blocks in [100, 1_000] {
        if args.wants("deploy") {
            deployment(args, blocks)?;
        }
    }
    Ok(())
}

pub(crate) fn start_all(
    engine: &Arc<Engine>,
    key: &'static str,
    count: u64,
    variables: Vec<(&'static str, Value)>,
) -> Run {
    let engine = engine.clone();
    drive::run(IN_FLIGHT, Until::Calls(count), move |_| {
        let started = engine.start(key, variables.clone());
        async move {
            started.await.expect("a start");
        }
    })
}

/// Workers that fetch 20 tasks and complete them, until none is left.
fn external(args: &Args) -> Result<()> {
    let engine = args.engine()?;
    engine.deploy_file("exttask.bpmn", models::external()).wait()?;
    let count = args.scaled(60_000);
    let run = start_all(&engine, "exttask", count, Vec::new());
    report(args, "exttask_start", "f1024", count, run, "");
    let workers = engine.clone();
    let run = drive::run(Callers::InFlight(51), Until::Calls(count / 20), move |call| {
        let engine = workers.clone();
        async move {
            let request = FetchAndLock {
                worker: format!("worker {call}"),
                max_tasks: 20,
                topics: vec![FetchTopic { name: "t".to_owned(), lock_ms: 600_000, ..FetchTopic::default() }],
                ..FetchAndLock::default()
            };
            let tasks = engine.fetch_and_lock(request, &Caller::default()).await.expect("a fetch");
            let complete = |task: Id| {
                let command = ExternalTaskCommand::Complete {
                    worker: format!("worker {call}"),
                    variables: Variables::default(),
                    local: Variables::default(),
                };
                engine.execute(Command::ExternalTask(task, command), &Caller::default())
            };
            let answers: Vec<_> = tasks.iter().map(|locked| complete(locked.task.id)).collect();
            for answer in answers {
                answer.await.expect("a completion");
            }
        }
    });
    let left = engine.read().external_tasks().count() as u64;
    report(args, "exttask", "51x20", count - left, run, &format!(",\"left\":{left}"));
    Ok(())
}

/// Times what the engine does by itself until no job is left.
fn until_no_jobs(engine: &Engine) {
    let mut published = engine.published();
    while engine.read().jobs().next().is_some() {
        published.mark_unchanged();
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn timed(work: impl FnOnce()) -> Run {
    let (before, threads, start) = (Usage::own(), meter::threads(), Instant::now());
    work();
    Run {
        elapsed: start.elapsed(),
        used: Usage::own().since(before),
        threads: drive::since(&threads),
        ..Run::default()
    }
}

/// From the first start until the last of three jobs of each instance has run.
fn asynchronous(args: &Args) -> Result<()> {
    let engine = args.engine()?;
    engine.deploy_file("async3.bpmn", models::asynchronous()).wait()?;
    let count = args.scaled(20_000);
    let run = timed(|| {
        start_all(&engine, "async3", count, Vec::new());
        until_no_jobs(&engine);
    });
    report(args, "async3", "f1024", count, run, "");
    Ok(())
}

/// Timers that are due at the same moment.
fn timers(args: &Args) -> Result<()> {
    let engine = args.engine()?;
    engine.deploy_file("timer.bpmn", models::timer()).wait()?;
    let count = args.scaled(100_000);
    let due = Timestamp(engine.now().0 + 3_600_000);
    start_all(&engine, "timer", count, vec![("due", Value::Date(due))]);
    let run = timed(|| {
        engine.set_clock(Some(Timestamp(due.0 + 1)));
        until_no_jobs(&engine);
    });
    let seconds = run.elapsed.as_secs_f64();
    report(args, "timers", "due", count, run, &format!(",\"seconds\":{seconds:.2}"));
    anyhow::ensure!(engine.read().execution_count() == 0, "a timer did not run");
    Ok(())
}

/// Multi-instance over expressions, eight instances at a time.
fn many(args: &Args, name: &str, size: i32, calls: u64) -> Result<()> {
    let engine = args.engine()?;
    engine.deploy_file("mi.bpmn", models::many()).wait()?;
    let calls = args.scaled(calls);
    let starter = engine.clone();
    let run = drive::run(Callers::InFlight(8), Until::Calls(calls), move |_| {
        let started = starter.start("mi", [("n", Value::from(size))]);
        async move {
            started.await.expect("a start");
        }
    });
    report(args, name, "f8", calls, run, "");
    Ok(())
}

/// User tasks of one multi-instance activity, completed one by one, each after the answer to the one before… or with 64
/// under way, which says what the engine costs rather than the disk.
fn many_users(args: &Args, size: i32) -> Result<()> {
    let engine = args.engine()?;
    engine.deploy_file("miuser.bpmn", models::many_users()).wait()?;
    let resident = meter::resident_mib();
    let start = Instant::now();
    let instance = engine.start("miuser", [("n", Value::from(size))]).wait()?;
    let started = start.elapsed().as_secs_f64();
    let tasks: Vec<Id> = engine.read().tasks_of_instance(instance).map(|task| task.id).collect();
    let completer = engine.clone();
    let count = tasks.len() as u64;
    let tasks = Arc::new(tasks);
    let run = drive::run(Callers::InFlight(64), Until::Calls(count), move |call| {
        let task = tasks[usize::try_from(call).expect("a place in memory")];
        let completed = completer.complete(task, [] as [(&str, Value); 0]);
        async move {
            completed.await.expect("a completion");
        }
    });
    let seconds = run.elapsed.as_secs_f64();
    let more = format!(",\"started_s\":{started:.2},\"completed_s\":{seconds:.2},\"rss_before_mb\":{resident}");
    report(args, &format!("miuser{size}"), "f64", count, run, &more);
    anyhow::ensure!(engine.read().process_instance(instance).is_none(), "the instance did not end");
    Ok(())
}

/// User tasks of a sequential multi-instance activity, each completed after the answer to the one before.
fn one_after_the_other(args: &Args, size: i32) -> Result<()> {
    let engine = args.engine()?;
    engine.deploy_file("misequser.bpmn", models::users_in_sequence()).wait()?;
    let instance = engine.start("misequser", [("n", Value::from(size))]).wait()?;
    let mut completed = 0;
    let run = timed(|| {
        loop {
            let next = engine.read().tasks_of_instance(instance).next().map(|task| task.id);
            let Some(task) = next else { break };
            engine.complete(task, [] as [(&str, Value); 0]).wait().expect("a completion");
            completed += 1;
        }
    });
    let seconds = run.elapsed.as_secs_f64();
    report(args, &format!("misequser{size}"), "1", completed, run, &format!(",\"completed_s\":{seconds:.2}"));
    anyhow::ensure!(engine.read().process_instance(instance).is_none(), "the instance did not end");
    Ok(())
}

/// Instances that wait, each in a user task: what one of them costs in memory.
fn waiting(args: &Args, history: &str, level: HistoryLevel) -> Result<()> {
    let engine = args.engine_with(|settings| settings.history_level = level)?;
    engine.deploy_file("user.bpmn", models::user()).wait()?;
    let count = args.scaled(100_000);
    let before = meter::resident_mib();
    let run = start_all(&engine, "user", count, Vec::new());
    let each = meter::resident_mib().saturating_sub(before) * 1024 * 1024 / count;
    report(
        args,
        &format!("waiting_history_{history}"),
        "f1024",
        count,
        run,
        &format!(",\"resident_bytes_each\":{each}"),
    );
    anyhow::ensure!(engine.read().execution_count() as u64 == count, "some do not wait");
    Ok(())
}

/// Deployment of a generated model of ten nodes a block.
fn deployment(args: &Args, blocks: usize) -> Result<()> {
    let engine = args.engine()?;
    let model = models::large(blocks);
    engine.deploy_file("warm.bpmn", models::large(10)).wait()?;
    let mut run = timed(|| ());
    let (before, start) = (Usage::own(), Instant::now());
    for version in 0..5 {
        // another text each time, or it would be the same version
        let model = format!("{model}<!-- {version} -->");
        let begun = Instant::now();
        engine.deploy_file(format!("large{blocks}.bpmn"), model).wait()?;
        run.latencies.push(begun.elapsed());
    }
    run.elapsed = start.elapsed();
    run.used = Usage::own().since(before);
    report(args, &format!("deploy{}", blocks * 10), "1", 5, run, "");
    Ok(())
}
