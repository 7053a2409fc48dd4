//! The real stores and the loss of power, at any moment between two system calls.
//!
//! A process commits under `strace`, which records what it writes and when it syncs. From the record, a model of the
//! disk tells for any moment what must be there and what may be; images are drawn from what may be, and each must open
//! with everything that had been acknowledged by then.
//!
//! `STORE_POWER_ROUNDS=1000 cargo test --release -p tollgate-store --test power` draws as many images for each store.
//! Without `strace` there is nothing to record, and the tests say so.

#[path = "../common/mod.rs"]
mod common;
mod disk;
mod record;

use std::{
    path::Path,
    process::{Command, Stdio},
};

use tollgate_store::{Durability, Kind, Options, Store};

use disk::{Chance, Disk};
use record::Event;

const COMMITS: u64 = 260;

fn options() -> Options {
    let relaxed = std::env::var_os("STORE_RELAXED").is_some();
    let durability = if relaxed { Durability::Relaxed { max_loss_ms: 30 } } else { Durability::Strict };
    Options { memtable_bytes: 64 << 10, durability, min_free_bytes: 0, ..Options::default() }
}

/// Not a test of its own: what runs under `strace`.
#[test]
#[ignore = "run by the tests of this file"]
fn fill_a_store() {
    use std::io::Write as _;
    let path = std::env::var("STORE_TO_FILL").expect("the path of a store");
    let kind: Kind = std::env::var("STORE_KIND").unwrap().parse().unwrap();
    let store = Store::open(kind, path, options()).unwrap();
    let acknowledge = |seq: u64| {
        let line = format!("{}{seq}\n", record::ACK);
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    };
    for number in 1..=COMMITS {
        if number.is_multiple_of(3) {
            acknowledge(store.commit(common::commit(number)).unwrap().0);
        } else {
            store
                .submit(common::commit(number), move |outcome| {
                    acknowledge(outcome.unwrap().0);
                })
                .unwrap();
        }
        if number.is_multiple_of(90) {
            store.compact().unwrap();
        }
    }
}

/// What the process did, or `None` without `strace`.
fn record_a_run(kind: Kind, folder: &Path, relaxed: bool) -> Option<Vec<Event>> {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        eprintln!("skipped: there is no `strace` to record with");
        return None;
    }
    let trace = folder.join("trace");
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-y", "-xx", "-s", "100000000", "-o"])
        .arg(&trace)
        .args(["-e", &format!("trace={}", record::CALLS), "-e", "signal=none"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "fill_a_store", "--ignored", "--nocapture"])
        .env("STORE_TO_FILL", folder.join("store"))
        .env("STORE_KIND", kind.name())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if relaxed {
        command.env("STORE_RELAXED", "1");
    }
    assert!(command.status().unwrap().success(), "the recorded process failed");
    let text = std::fs::read_to_string(trace).unwrap();
    Some(record::parse(&text, &folder.join("store")))
}

fn survives_power_cuts(kind: Kind, relaxed: bool) {
    // In memory where possible: what a sync means is the model's business, not this disk's.
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let Some(events) = record_a_run(kind, folder.path(), relaxed) else {
        return;
    };
    let acknowledged = events.iter().filter(|event| matches!(event, Event::Acknowledged(_))).count();
    assert_eq!(acknowledged as u64, COMMITS);
    let rounds = common::from_environment("STORE_POWER_ROUNDS", 40);
    let mut chance = Chance::new(common::from_environment("STORE_FIRST_SEED", 1));
    let mut cuts: Vec<usize> =
        (0..rounds).map(|_| usize::try_from(chance.below(events.len() as u64)).unwrap()).collect();
    cuts.sort_unstable();
    let mut disk = Disk::default();
    let mut done = 0;
    let mut acknowledged = 0;
    for (round, cut) in cuts.into_iter().enumerate() {
        for event in &events[done..cut] {
            match event {
                Event::Acknowledged(seq) => acknowledged = *seq,
                event => disk.apply(event),
            }
        }
        done = cut;
        let image = folder.path().join("image");
        disk.write_image(&image, &mut chance);
        let context = format!("{kind}, round {round}, power cut after {cut} of {} calls", events.len());
        // A power cut before the store was made completely leaves nothing to open; nothing was acknowledged either.
        if acknowledged > 0 || image.join("STORE").exists() {
            let store = Store::open(kind, &image, options()).unwrap_or_else(|error| panic!("{context}: {error}"));
            let promised = if relaxed { 0 } else { acknowledged };
            let last = common::assert_whole(&store, promised, &context);
            // It must be good for more than reading.
            assert_eq!(store.commit(common::commit(last + 1)).unwrap().0, last + 1, "{context}");
            drop(store);
            let store = Store::open(kind, &image, options()).unwrap_or_else(|error| panic!("{context}: {error}"));
            common::assert_whole(&store, last + 1, &context);
        }
        std::fs::remove_dir_all(&image).unwrap();
    }
}

#[test]
fn fjall_loses_nothing_with_the_power() {
    survives_power_cuts(Kind::Fjall, false);
}

#[test]
fn sled_loses_nothing_with_the_power() {
    survives_power_cuts(Kind::Sled, false);
}

#[test]
fn relaxed_fjall_loses_only_the_youngest_with_the_power() {
    survives_power_cuts(Kind::Fjall, true);
}
