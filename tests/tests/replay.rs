//! The scenarios of `fixtures/oracle/passing.txt` give the answers that a real Camunda 7.24 gave.
//!
//! `REPLAY=name,name cargo test -p tollgate-tests --test replay` runs only these, whether they are on the list or not.

use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use tollgate_tests::replay::{Rigour, Scenario, golden, replay};

fn oracle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/oracle")
}

/// The names in a list, one a line.
fn names(list: &str) -> Vec<String> {
    if let Ok(chosen) = std::env::var("REPLAY") {
        return chosen.split(',').map(str::to_owned).collect();
    }
    let text = std::fs::read_to_string(oracle().join(list)).expect("the list");
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// How the answers to a scenario differ, if they do. Each scenario has an engine of its own.
fn difference(name: &str, rigour: Rigour) -> Option<String> {
    let run = || {
        let scenario = Scenario::load(&oracle().join(format!("scenarios/{name}.yaml")))?;
        let golden = golden(&oracle().join(format!("golden/{name}.json")))?;
        // without credentials test mode lets everybody do everything
        let identity = tollgate::IdentityOptions { authorization: true, ..tollgate::IdentityOptions::default() };
        let options = tollgate::Options {
            job_executor: false,
            identity,
            history_in_memory: 4,
            instances_in_memory: 1,
            ..tollgate::Options::default()
        };
        let engine = tollgate::Engine::in_memory(options).expect("an engine in memory opens");
        let router = server::router(
            engine,
            server::Options { test_mode: true, authentication: true, ..server::Options::default() },
        );
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(replay(&scenario, &golden, router, rigour))
    };
    match run() {
        Ok(None) => None,
        Ok(Some(difference)) => Some(format!("{name}: {difference}")),
        Err(abort) => Some(format!("{name}: {abort}")),
    }
}

/// Replays all of a list, on as many threads as there are cores.
fn replay_all(list: &str, rigour: Rigour) {
    let names = names(list);
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(failure) = difference(name, rigour) {
                failures.lock().expect("no thread panics").push(failure);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    let mut failures = failures.into_inner().expect("no thread panics");
    failures.sort();
    assert!(failures.is_empty(), "{} of {} scenarios differ:\n{}", failures.len(), names.len(), failures.join("\n"));
}

#[test]
fn answers_are_camundas() {
    replay_all("passing.txt", Rigour::Normal);
}
