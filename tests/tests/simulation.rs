//! The engine under a seeded scheduler, on a disk that fails.
//!
//! `SIM_SEEDS=100000 SIM_FROM=0 cargo test --release -p tollgate-tests --test simulation -- --nocapture`, or
//! `cargo xtask sim --seeds 100000`, runs as many seeds.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Instant,
};

use tollgate_tests::simulation::{Disk, Summary, run};

fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs a seed; what it found, in words.
fn attempt(seed: u64, disk: Disk) -> Result<Summary, String> {
    let again = format!("cargo xtask sim --seeds 1 --from {seed}");
    match std::panic::catch_unwind(|| run(seed, disk)) {
        Ok(Ok(summary)) => Ok(summary),
        Ok(Err(failure)) => {
            let broken = failure.broken.iter().take(10).map(String::as_str).collect::<Vec<_>>().join("\n");
            Err(format!("seed {seed} ({again}), {}:\n{broken}\n\n{}", failure.when, failure.log))
        }
        Err(_) => Err(format!("seed {seed} ({again}): a panic")),
    }
}

/// Promises are kept whatever happens: see `tollgate_tests::checks` and `tollgate_tests::simulation`.
#[test]
fn promises_are_kept_on_a_failing_disk() {
    let (seeds, from) = (from_environment("SIM_SEEDS", 200), from_environment("SIM_FROM", 0));
    let (next, total) = (AtomicU64::new(from), Mutex::new((0_u64, Summary::default(), Vec::<String>::new())));
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..from_environment("SIM_THREADS", thread::available_parallelism().map_or(2, |n| n.get() as u64)) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds {
                        return;
                    }
                    let result = attempt(seed, Disk::Honest);
                    let mut total = total.lock().expect("no thread panics while it holds this");
                    total.0 += 1;
                    match result {
                        Ok(summary) => total.1.add(&summary),
                        Err(text) => {
                            if total.2.len() < 3 {
                                println!("{text}\n");
                            }
                            total.2.push(text.lines().take(2).collect::<Vec<_>>().join(" "));
                        }
                    }
                    if total.0.is_multiple_of(1000) {
                        let seconds = begun.elapsed().as_secs();
                        println!("{} of {seeds} seeds in {seconds} s, {} failures", total.0, total.2.len());
                    }
                }
            });
        }
    });
    let (_, summary, failures) = total.into_inner().expect("no thread panics while it holds this");
    println!("{seeds} seeds from {from} in {} s: {summary:?}", begun.elapsed().as_secs());
    assert!(failures.is_empty(), "{} of {seeds} seeds fail:\n{}", failures.len(), failures.join("\n"));
    let busy = summary.acknowledged > 0 && summary.unknown > 0 && summary.restarts > 0 && summary.jobs > 0;
    assert!(seeds < 100 || busy, "the simulation does nothing: {summary:?}");
}

/// A seed gives the same run again, to the last id.
#[test]
fn a_seed_gives_the_same_run_again() {
    for seed in 0..10 {
        let (first, second) = (attempt(seed, Disk::Honest), attempt(seed, Disk::Honest));
        assert_eq!(first, second, "seed {seed}");
    }
}

/// The checkers find what they look for: a disk that lies loses what was acknowledged.
#[test]
fn a_disk_that_lies_is_caught() {
    let caught = (0..20).filter(|seed| attempt(*seed, Disk::Lying).is_err()).count();
    assert!(caught > 0, "no seed of 20 notices");
}
