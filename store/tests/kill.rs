//! A process that commits is killed at any moment, again and again; nothing it acknowledged may be missing.
//!
//! `STORE_KILL_ROUNDS=1000 cargo test -p tollgate-store --test kill` runs as many rounds for each store.

mod common;

use std::{
    io::{Read as _, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use tollgate_store::{Durability, Kind, Options, Store};

fn options() -> Options {
    // Little memory, so that the rounds go through flushes, compactions and new journals too.
    Options { memtable_bytes: 1 << 20, durability: durability(), ..Options::default() }
}

fn durability() -> Durability {
    match std::env::var("STORE_TO_FILL_RELAXED") {
        Ok(_) => Durability::Relaxed { max_loss_ms: 20 },
        Err(_) => Durability::Strict,
    }
}

/// Not a test of its own: what is killed.
#[test]
#[ignore = "run by the tests of this file"]
fn fill_a_store() {
    let path = std::env::var("STORE_TO_FILL").expect("the path of a store");
    let kind = std::env::var("STORE_KIND").unwrap().parse().unwrap();
    let store = Store::open(kind, path, options()).unwrap();
    let mut number = store.committed().0;
    loop {
        number += 1;
        let acknowledge = |outcome: tollgate_store::Outcome| {
            let line = format!("{}\n", outcome.unwrap().0);
            std::io::stderr().write_all(line.as_bytes()).unwrap();
        };
        store.submit(common::commit(number), acknowledge).unwrap();
        // Lone commits, and runs of them that share a flush.
        if number.is_multiple_of(7) {
            std::thread::sleep(Duration::from_micros(number % 1500));
        }
    }
}

/// Fills the store for a while, kills the process, and returns the last number it acknowledged.
fn fill_and_kill(kind: Kind, path: &Path, relaxed: bool, after: Duration) -> u64 {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "fill_a_store", "--ignored", "--nocapture"])
        .env("STORE_TO_FILL", path)
        .env("STORE_KIND", kind.name())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    if relaxed {
        command.env("STORE_TO_FILL_RELAXED", "1");
    }
    let mut child = command.spawn().unwrap();
    let mut output = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).unwrap();
        text
    });
    std::thread::sleep(after);
    assert!(child.try_wait().unwrap().is_none(), "the process ended by itself: {:?}", reader.join());
    child.kill().unwrap();
    child.wait().unwrap();
    let text = reader.join().unwrap();
    // The last line may be cut.
    let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
    let numbers: Vec<u64> = whole.lines().map(|line| line.parse().unwrap_or_else(|_| panic!("{text}"))).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "acknowledged in order, each once");
    numbers.last().copied().unwrap_or(0)
}

fn survives_kills(kind: Kind, relaxed: bool) {
    let rounds = common::from_environment("STORE_KILL_ROUNDS", 8);
    let folder = tempfile::tempdir().unwrap();
    let mut path = folder.path().join("store-0");
    let (mut last, mut furthest) = (0, 0);
    for round in 0..rounds {
        // The model of the expected content grows with the commits, so a store serves for some rounds only.
        if round % 25 == 24 {
            std::fs::remove_dir_all(&path).unwrap();
            path = folder.path().join(format!("store-{round}"));
            last = 0;
        }
        let after = Duration::from_millis(40 + round * 37 % 160);
        let acknowledged = fill_and_kill(kind, &path, relaxed, after).max(last);
        if !path.join("STORE").exists() {
            continue;
        }
        let store = Store::open(kind, &path, options()).unwrap();
        last = common::assert_whole(&store, acknowledged, &format!("{kind}, round {round}"));
        furthest = last.max(furthest);
    }
    assert!(rounds == 0 || furthest > 0, "no round got as far as a commit");
}

#[test]
fn fjall_loses_nothing_when_killed() {
    survives_kills(Kind::Fjall, false);
}

#[test]
fn sled_loses_nothing_when_killed() {
    survives_kills(Kind::Sled, false);
}

#[test]
fn relaxed_commits_survive_the_end_of_the_process() {
    survives_kills(Kind::Fjall, true);
    survives_kills(Kind::Sled, true);
}
