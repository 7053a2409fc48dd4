//! Random models under random commands: the engine keeps its promises after every step, in memory and on disk.
//!
//! `RANDOM_SEEDS=from-to` chooses the seeds. `RANDOM_OUT=DIR` writes what was done as scenarios, which `replay.py record` takes to a
//! real Camunda; copied to `fixtures/oracle/scenarios` with their traces, `REPLAY=random-1,…` compares.

use std::{
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
};

use tollgate::{Engine, Options, store::Kind};
use tollgate_tests::random::run;

/// Steps at most of a run.
const STEPS: usize = 14;

fn seeds(default: u64) -> std::ops::Range<u64> {
    let Ok(text) = std::env::var("RANDOM_SEEDS") else { return 0..default };
    let (from, to) = text.split_once('-').expect("RANDOM_SEEDS=from-to");
    from.parse().expect("a number")..to.parse().expect("a number")
}

/// What went wrong with a seed.
fn try_seed(seed: u64, kind: Kind, steps: &AtomicUsize) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = Options { job_executor: false, store: kind, ..Options::default() };
    options.settings.max_operations = 20_000;
    let engine = Engine::open_with(folder.path().join("data"), options).expect("an engine opens");
    let router = server::router(engine.clone(), server::Options { test_mode: true, ..server::Options::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    match runtime.block_on(run(seed, STEPS, engine, router)) {
        Ok(run) => {
            if let Some(folder) = std::env::var_os("RANDOM_OUT") {
                let path = PathBuf::from(folder).join(format!("random-{seed}.yaml"));
                std::fs::write(path, &run.file).expect("the scenario is written");
            }
            steps.fetch_add(run.steps, Ordering::Relaxed);
            let broken = run.broken.join("\n");
            (!broken.is_empty()).then(|| format!("seed {seed}:\n{broken}\n{}", run.file))
        }
        Err(abort) => Some(format!("seed {seed}: {abort}")),
    }
}

fn try_all(count: u64, kind: Kind) {
    let seeds = seeds(count);
    let (next, failures) = (AtomicU64::new(seeds.start), Mutex::new(Vec::new()));
    let steps = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    if let Some(failure) = try_seed(seed, kind, &steps) {
                        failures.lock().expect("no thread panics").push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no thread panics");
    let shown = failures.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    let enough = usize::try_from(seeds.end - seeds.start).expect("a small number") * 3;
    assert!(steps.into_inner() >= enough, "most models must deploy and run");
    assert!(failures.is_empty(), "{} of {} seeds fail:\n{shown}", failures.len(), seeds.end - seeds.start);
}

#[test]
fn promises_are_kept_in_memory() {
    try_all(300, Kind::Memory);
}

#[test]
fn promises_are_kept_on_disk() {
    try_all(30, Kind::Fjall);
}
