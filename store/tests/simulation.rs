//! The whole store over a disk that fails, the same way again for the same seed.
//!
//! `STORE_SEEDS=100000 cargo test --release -p tollgate-store --test simulation` runs as many seeds;
//! `STORE_FIRST_SEED` says where they begin, to see one again.

mod common;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tollgate_store::{Drive, Durability, Error, Faults, Faulty, Options, Outcome, Store};

/// Decides what the simulated callers do.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn options(durability: Durability) -> Options {
    Options { drive: Drive::Manual, durability, max_group_commits: 5, ..Options::default() }
}

/// What became of the commits that were submitted.
#[derive(Default)]
struct Outcomes {
    acknowledged: AtomicU64,
    completed: AtomicU64,
}

/// Submits commits and lets some of them be written, until the machine stops or enough is done. Returns how many were
/// submitted.
fn work(store: &Store, chance: &mut Chance, outcomes: &Arc<Outcomes>) -> u64 {
    let mut number = store.committed().0;
    for _ in 0..chance.below(30) {
        for _ in 0..=chance.below(4) {
            let outcomes = outcomes.clone();
            let done = move |outcome: Outcome| {
                outcomes.completed.fetch_add(1, Ordering::Relaxed);
                if let Ok(seq) = outcome {
                    let before = outcomes.acknowledged.swap(seq.0, Ordering::Relaxed);
                    assert!(before < seq.0, "completions keep their order");
                }
            };
            if store.submit(common::commit(number + 1), done).is_err() {
                return number;
            }
            number += 1;
        }
        if chance.below(3) > 0 {
            store.run_pending();
        }
        if chance.below(20) == 0 {
            let _ = store.flush();
        }
    }
    number
}

fn faults_of(chance: &mut Chance) -> Faults {
    let mut faults = Faults::default();
    match chance.below(5) {
        0 => faults.no_space = 0.1,
        1 => faults.failed_write = 0.1,
        2 => faults.failed_sync = 0.1,
        3 => faults.crash_at_write = Some(1 + chance.below(12)),
        _ => {}
    }
    faults
}

fn seeds() -> std::ops::Range<u64> {
    let first = common::from_environment("STORE_FIRST_SEED", 1);
    first..first + common::from_environment("STORE_SEEDS", 400)
}

/// Several lives of one store: work, stop, restart, look.
fn live(seed: u64, durability: Durability) {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut disk = Faulty::new(seed, Faults::default());
    let mut durable = 0;
    for life in 0..4 {
        let context = format!("seed {seed}, life {life}, {durability:?}");
        let store = match Store::over(disk.clone(), options(durability)) {
            Ok(store) => store,
            // The faults may strike while the store is being opened.
            Err(Error::Io { .. }) => {
                disk = disk.restart(Faults::default());
                continue;
            }
            Err(error) => panic!("{context}: {error}"),
        };
        let last = common::assert_whole(&store, durable, &context);
        let outcomes = Arc::new(Outcomes::default());
        let submitted = work(&store, &mut chance, &outcomes);
        let acknowledged = outcomes.acknowledged.load(Ordering::Relaxed).max(last);
        assert_eq!(store.committed().0, acknowledged, "{context}");
        durable = match durability {
            Durability::Strict => acknowledged,
            // What was there when the store was opened was synced then; nothing later is promised without a flush.
            Durability::Relaxed { .. } if store.flush().is_err() => last,
            Durability::Relaxed { .. } if chance.below(2) == 0 => store.committed().0,
            Durability::Relaxed { .. } => last,
        };
        let faults = faults_of(&mut chance);
        if chance.below(2) == 0 {
            // Closed in order: everything submitted is written, as long as nothing fails.
            let closed = store.close().is_ok();
            assert_eq!(outcomes.completed.load(Ordering::Relaxed), submitted - last, "{context}: each caller hears");
            if closed {
                durable = submitted;
            }
        }
        disk = disk.restart(faults);
        // The old handle is dropped after the machine has stopped: it can't reach the disk any more.
        drop(store);
    }
}

#[test]
fn acknowledged_means_durable_and_nothing_is_half_done() {
    for seed in seeds() {
        live(seed, Durability::Strict);
    }
}

#[test]
fn relaxed_loses_only_the_youngest_commits() {
    for seed in seeds() {
        live(seed, Durability::Relaxed { max_loss_ms: 3_600_000 });
    }
}

#[test]
fn a_seed_gives_the_same_run_again() {
    let run = |seed| {
        let disk = Faulty::new(seed, Faults { failed_write: 0.05, ..Faults::default() });
        let store = Store::over(disk.clone(), options(Durability::Strict)).ok()?;
        work(&store, &mut Chance(seed | 1), &Arc::default());
        let committed = store.committed();
        let after = Store::over(disk.restart(Faults::default()), options(Durability::Strict)).ok()?;
        Some((committed, disk.writes(), after.committed()))
    };
    let runs: BTreeMap<u64, _> = (1..200).map(|seed| (seed, run(seed))).collect();
    for (seed, outcome) in &runs {
        assert_eq!(run(*seed), *outcome, "seed {seed}");
    }
    assert!(runs.values().flatten().any(|(_, writes, _)| *writes > 3), "the runs get somewhere");
}

/// The simulation must be able to find something: a disk that lies, or a store without a log, is caught.
#[test]
fn broken_promises_of_the_disk_are_noticed() {
    let mut lost = 0;
    let mut refused = 0;
    for seed in seeds() {
        let lying = Faults { lying_sync: 0.5, reordered: true, ..Faults::default() };
        let disk = Faulty::new(seed, lying);
        let Ok(store) = Store::over(disk.clone(), options(Durability::Strict)) else {
            continue;
        };
        work(&store, &mut Chance(seed | 1), &Arc::default());
        let acknowledged = store.committed();
        match Store::over(disk.restart(Faults::default()), options(Durability::Strict)) {
            Err(Error::Damaged(_)) => refused += 1,
            Err(error) => panic!("seed {seed}: {error}"),
            Ok(after) => {
                // A missing end can't be told from the disk alone; what is left must be whole all the same.
                common::assert_whole(&after, 0, &format!("seed {seed}"));
                lost += u32::from(after.committed() < acknowledged);
            }
        }
    }
    assert!(refused > 0, "gaps are refused");
    assert!(lost > 0, "the checks of this file would see a lost commit");
}

#[test]
fn flipped_bits_are_found_by_a_check() {
    let mut found = 0;
    for seed in seeds() {
        let disk = Faulty::new(seed, Faults { flipped_bit: 0.01, ..Faults::default() });
        let store = Store::over(disk.clone(), options(Durability::Strict)).unwrap();
        work(&store, &mut Chance(seed | 1), &Arc::default());
        let last = store.committed().0;
        let intact = disk.restart(Faults::default());
        // The bits flip at the restart, by the faults of the life before it.
        match Store::over(intact, options(Durability::Strict)) {
            Err(Error::Damaged(_) | Error::DamagedRecord { .. }) => found += 1,
            Err(error) => panic!("seed {seed}: {error}"),
            Ok(after) if after.check().unwrap().is_intact() => {
                assert_eq!(common::assert_whole(&after, last, &format!("seed {seed}")), last);
            }
            Ok(_) => found += 1,
        }
    }
    assert!(found > 0, "some bit was flipped");
}
