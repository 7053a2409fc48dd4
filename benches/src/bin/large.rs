//! A store with very many instances: how long it takes to open, what it keeps in memory, how fast it answers.
//!
//! ```text
//! cargo run --release -p tollgate-benches --bin large -- fill --waiting 1000000 --ended 1000000
//! cargo run --release -p tollgate-benches --bin large -- open
//! ```
//! `fill` makes waiting instances, each with an open user task or external task and three variables, and ended ones of two tasks.
//! `open` is another process on the same folder: it opens the store, asks, fetches, and runs instances beside all that.

#![expect(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "figures for people need few digits, and standard output is where they go"
)]

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::{Parser, Subcommand};
use engine_core::command::{Command, Start};
use tollgate::{
    Engine, Options, Timestamp, Value,
    query::{
        ExternalTaskQuery, HistoricProcessInstanceQuery, HistoricProcessInstanceSorting, Operator, Page,
        ProcessInstanceQuery, Sort, TaskQuery, VariableFilter,
    },
    request::{Caller, FetchAndLock, FetchTopic},
    world::World,
};
use tollgate_benches::{
    drive::{self, Callers, Until},
    meter, models,
};

/// A store with very many instances.
#[derive(Debug, Parser)]
struct Args {
    /// Folder of the store.
    #[arg(long, default_value = "target/large")]
    folder: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Makes the store; the folder is emptied.
    Fill {
        /// Waiting instances: four of five at a user task, one at an external task.
        #[arg(long, default_value_t = 1_000_000)]
        waiting: u64,
        /// Ended instances of two tasks.
        #[arg(long, default_value_t = 0)]
        ended: u64,
    },
    /// Opens it and asks.
    Open,
}

/// People that tasks are assigned to, groups of candidates, regions.
const USERS: u64 = 20_000;
const GROUPS: u64 = 20_000;
const TOPIC: &str = "t";

fn user_model() -> String {
    let task = r#"<userTask id="u" camunda:assignee="${assignee}" camunda:candidateGroups="${group}"/>"#;
    models::user().replace(r#"<userTask id="u"/>"#, task)
}

fn main() -> Result<()> {
    let args = Args::parse();
    match args.what {
        What::Fill { waiting, ended } => fill(&args, waiting, ended),
        What::Open => open(&args),
    }
}

fn fill(args: &Args, waiting: u64, ended: u64) -> Result<()> {
    let _ = std::fs::remove_dir_all(&args.folder);
    let engine = Engine::open_with(&args.folder, Options::default())?;
    for (name, xml) in [("user", user_model()), ("exttask", models::external()), ("seq", models::sequence())] {
        engine.deploy_file(&format!("{name}.bpmn"), xml).wait()?;
    }
    let definition =
        |key: &str| engine.read().latest_process_definition(key, None).map(|row| row.id).unwrap_or_default();
    let definitions = [definition("user"), definition("exttask")];
    let engine = Arc::new(engine);
    let begun = Instant::now();
    let starting = engine.clone();
    drive::run(Callers::InFlight(1024), Until::Calls(waiting), move |number| {
        let variables: [(&str, Value); 3] = [
            ("assignee", Value::from(format!("user-{}", number % USERS))),
            ("group", Value::from(format!("group-{}", number % GROUPS))),
            ("amount", Value::from(i64::try_from(number).unwrap_or(i64::MAX))),
        ];
        let start = Start {
            definition: definitions[usize::from(number % 5 == 4)],
            business_key: Some(format!("order-{number}")),
            variables: variables.into_iter().collect(),
            ..Start::default()
        };
        let started = starting.execute(Command::Start(Box::new(start)), &Caller::default());
        async move {
            started.await.expect("a start");
        }
    });
    println!(
        "{{\"step\":\"waiting\",\"n\":{waiting},\"rate\":{:.0},\"rss_mb\":{}}}",
        rate(waiting, begun),
        meter::resident_mib()
    );
    let begun = Instant::now();
    let starting = engine.clone();
    drive::run(Callers::InFlight(1024), Until::Calls(ended), move |_| {
        let started = starting.start("seq", [] as [(&str, Value); 0]);
        async move {
            started.await.expect("a start");
        }
    });
    let (memory, disk) = engine.read().histories();
    let stats = engine.store_stats()?;
    println!(
        "{{\"step\":\"ended\",\"n\":{ended},\"rate\":{:.0},\"rss_mb\":{},\"history_in_memory\":{memory},\"history_on_disk\":{disk},\
         \"store_mb\":{}}}",
        rate(ended, begun),
        meter::resident_mib(),
        stats.size_on_disk >> 20
    );
    Ok(())
}

fn rate(count: u64, since: Instant) -> f64 {
    count as f64 / since.elapsed().as_secs_f64()
}

fn open(args: &Args) -> Result<()> {
    let begun = Instant::now();
    let engine = Arc::new(Engine::open_with(&args.folder, Options::default())?);
    let tasks = TaskQuery { assignee: Some("user-7".to_owned()), ..TaskQuery::default() };
    let found = tasks.list(&engine.read(), page(), None).len();
    println!(
        "{{\"step\":\"open\",\"seconds\":{:.2},\"rss_mb\":{},\"tasks\":{},\"variables\":{},\"found\":{found}}}",
        begun.elapsed().as_secs_f64(),
        meter::resident_mib(),
        engine.read().task_count(),
        engine.read().variable_count(),
    );
    let variable = |name: &str, value: Value| VariableFilter {
        name: name.to_owned(),
        operator: Operator::Equals,
        value,
        any_number: false,
    };
    let text = |kind: &str, number: u64| Some(format!("{kind}-{number}"));
    ask("tasks by assignee", &engine, |world, number| {
        let query = TaskQuery { assignee: text("user", number % USERS), ..TaskQuery::default() };
        query.list(world, page(), None).len()
    });
    ask("tasks by candidate group", &engine, |world, number| {
        let query = TaskQuery {
            candidate_group: text("group", number % GROUPS),
            include_assigned_tasks: true,
            ..TaskQuery::default()
        };
        query.list(world, page(), None).len()
    });
    ask("tasks by definition and variable", &engine, |world, number| {
        let query = TaskQuery {
            process_definition_key: Some("user".to_owned()),
            process_variables: vec![variable("amount", Value::from(i64::try_from(number * 5).unwrap_or(0)))],
            ..TaskQuery::default()
        };
        query.list(world, page(), None).len()
    });
    ask("instances by business key", &engine, |world, number| {
        let query = ProcessInstanceQuery { business_key: text("order", number), ..ProcessInstanceQuery::default() };
        query.list(world, page(), None).len()
    });
    ask("instances by variable", &engine, |world, number| {
        let filter = variable("assignee", Value::from(format!("user-{}", number % USERS)));
        let query = ProcessInstanceQuery { variables: vec![filter], ..ProcessInstanceQuery::default() };
        query.list(world, page(), None).len()
    });
    ask("external tasks by topic", &engine, |world, _| {
        let query = ExternalTaskQuery { topic_name: Some(TOPIC.to_owned()), ..ExternalTaskQuery::default() };
        query.list(world, page(), None).len()
    });
    ask("count of tasks", &engine, |world, _| TaskQuery::default().count(world, None));
    ask("count of instances of a definition", &engine, |world, _| {
        let query =
            ProcessInstanceQuery { process_definition_key: Some("user".to_owned()), ..ProcessInstanceQuery::default() };
        query.count(world, None)
    });
    ask("history by business key", &engine, |world, number| {
        let query = HistoricProcessInstanceQuery {
            process_instance_business_key: text("order", number),
            ..HistoricProcessInstanceQuery::default()
        };
        query.list(world, page(), None).len()
    });
    ask("history by definition, newest first", &engine, |world, _| {
        let query = HistoricProcessInstanceQuery {
            process_definition_key: Some("user".to_owned()),
            started_after: Some(Timestamp(0)),
            sorting: vec![Sort { by: HistoricProcessInstanceSorting::StartTime, descending: true }],
            ..HistoricProcessInstanceQuery::default()
        };
        query.list(world, page(), None).len()
    });
    ask("count of ended instances of a definition", &engine, |world, _| {
        let query = HistoricProcessInstanceQuery {
            process_definition_key: Some("seq".to_owned()),
            finished: true,
            ..HistoricProcessInstanceQuery::default()
        };
        query.count(world, None)
    });
    let workers = engine.clone();
    let mut run = drive::run(Callers::Blocking(1), Until::Calls(500), move |_| {
        let request = FetchAndLock {
            worker: "worker".to_owned(),
            max_tasks: 10,
            topics: vec![FetchTopic { name: TOPIC.to_owned(), lock_ms: 1, ..FetchTopic::default() }],
            ..FetchAndLock::default()
        };
        let fetched = workers.fetch_and_lock(request, &Caller::default());
        async move {
            fetched.await.expect("a fetch");
        }
    });
    answered("fetch and lock of ten", &mut run.latencies, 10);
    let starting = engine.clone();
    let run = drive::run(Callers::InFlight(1024), Until::Time(Duration::from_secs(5)), move |_| {
        let started = starting.start("seq", [] as [(&str, Value); 0]);
        async move {
            started.await.expect("a start");
        }
    });
    println!(
        "{{\"step\":\"seq beside it\",\"rate\":{:.0},\"rss_mb\":{}}}",
        run.latencies.len() as f64 / run.elapsed.as_secs_f64(),
        meter::resident_mib()
    );
    Ok(())
}

fn page() -> Page {
    Page { first_result: None, max_results: Some(50) }
}

/// Asks a question many times, each time otherwise, for a second or two hundred times.
fn ask(what: &str, engine: &Engine, question: impl Fn(&World, u64) -> usize) {
    let (mut latencies, mut found) = (Vec::new(), 0);
    let begun = Instant::now();
    let mut number = 17;
    while latencies.len() < 2_000 && (latencies.len() < 5 || begun.elapsed() < Duration::from_secs(2)) {
        number += 7_919;
        let asked = Instant::now();
        found = question(&engine.read(), number);
        latencies.push(asked.elapsed());
    }
    answered(what, &mut latencies, found);
}

fn answered(what: &str, latencies: &mut [Duration], found: usize) {
    println!(
        "{{\"step\":\"{what}\",\"n\":{},\"found\":{found},\"p50_ms\":{:.3},\"p99_ms\":{:.3}}}",
        latencies.len(),
        meter::percentile_us(latencies, 0.5) / 1e3,
        meter::percentile_us(latencies, 0.99) / 1e3
    );
}
