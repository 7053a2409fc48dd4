//! What this machine's disk and memory can do at best, and how close the stores come.
//!
//! ```text
//! cargo run --release -p tollgate-store --example limits -- [folder] [seconds for each figure] [store…]
//! ```
//! Prints one JSON object a line. `cpu_us` is the processor time of the whole process for each commit, drivers included.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures for people need few digits"
)]

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use tollgate_store::{Durability, Kind, Op, Options, Store};

const RECORD: usize = 600;
const FILE_BYTES: u64 = 256 << 20;

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().unwrap_or_else(|| "target/limits".to_owned()));
    let seconds: f64 = args.next().and_then(|text| text.parse().ok()).unwrap_or(2.0);
    let time = Duration::from_secs_f64(seconds);
    let kinds: Vec<Kind> = args.map(|name| name.parse().expect("a store's name")).collect();
    fs::create_dir_all(&folder).expect("a folder to measure in");

    flush_alone(&folder, time);
    for writers in [1, 8, 16, 64, 256, 1024] {
        flush_grouped(&folder, writers, time);
    }
    memory_copy();
    let kinds = if kinds.is_empty() { Kind::ALL.to_vec() } else { kinds };
    for kind in kinds {
        for submitters in [1, 8, 16, 64, 256, 1024] {
            blocking(kind, &folder, submitters, time);
        }
        for in_flight in [64, 256, 1024, 4096] {
            pipelined(kind, &folder, in_flight, Durability::Strict, time);
        }
        pipelined(kind, &folder, 1024, Durability::Relaxed { max_loss_ms: 100 }, time);
        reopen(kind, &folder, time);
    }
}

fn print(name: &str, rate: f64, unit: &str, more: &str) {
    println!("{{\"limit\":\"{name}\",\"rate\":{rate:.0},\"unit\":\"{unit}\"{more}}}");
}

/// A file whose blocks exist already, so that a sync writes data and nothing else.
fn prepared_file(folder: &Path) -> File {
    let path = folder.join("limits.raw");
    let file = OpenOptions::new().create(true).write(true).truncate(true).open(path).expect("a file");
    let zeros = vec![0; 1 << 20];
    for megabyte in 0..FILE_BYTES >> 20 {
        file.write_all_at(&zeros, megabyte << 20).expect("room on the disk");
    }
    file.sync_all().expect("a sync");
    file
}

fn flush_alone(folder: &Path, time: Duration) {
    let file = prepared_file(folder);
    let record = [7; RECORD];
    let mut latencies = Vec::new();
    let start = Instant::now();
    let mut at = 0;
    while start.elapsed() < time {
        let begun = Instant::now();
        file.write_all_at(&record, at % (FILE_BYTES - RECORD as u64)).expect("a write");
        file.sync_data().expect("a sync");
        latencies.push(begun.elapsed());
        at += RECORD as u64;
    }
    let rate = latencies.len() as f64 / start.elapsed().as_secs_f64();
    print("flush_alone", rate, "flush/s", &percentiles(&mut latencies));
}

/// Writers that each append a record and wait for the flush; one flusher takes what has gathered.
fn flush_grouped(folder: &Path, writers: usize, time: Duration) {
    #[derive(Default)]
    struct Log {
        waiting: Vec<u8>,
        appended: u64,
        durable: u64,
        stop: bool,
    }
    let file = prepared_file(folder);
    let log = Arc::new((Mutex::new(Log::default()), Condvar::new(), Condvar::new()));
    let flusher = std::thread::spawn({
        let log = log.clone();
        move || {
            let (mut at, mut flushes) = (0, 0_u64);
            loop {
                let mut state = log.0.lock();
                while state.waiting.is_empty() && !state.stop {
                    log.1.wait(&mut state);
                }
                if state.waiting.is_empty() {
                    return flushes;
                }
                let (bytes, upto) = (std::mem::take(&mut state.waiting), state.appended);
                drop(state);
                if at + bytes.len() as u64 > FILE_BYTES {
                    at = 0;
                }
                file.write_all_at(&bytes, at).expect("a write");
                file.sync_data().expect("a sync");
                at += bytes.len() as u64;
                flushes += 1;
                log.0.lock().durable = upto;
                log.2.notify_all();
            }
        }
    });
    let start = Instant::now();
    let threads = (0..writers).map(|_| {
        let log = log.clone();
        std::thread::spawn(move || {
            let mut latencies = Vec::new();
            while start.elapsed() < time {
                let begun = Instant::now();
                let mut state = log.0.lock();
                state.waiting.extend_from_slice(&[1; RECORD]);
                state.appended += 1;
                let mine = state.appended;
                log.1.notify_one();
                while state.durable < mine {
                    log.2.wait(&mut state);
                }
                drop(state);
                latencies.push(begun.elapsed());
            }
            latencies
        })
    });
    let threads: Vec<_> = threads.collect();
    let mut latencies: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().expect("a writer")).collect();
    let elapsed = start.elapsed().as_secs_f64();
    log.0.lock().stop = true;
    log.1.notify_all();
    let flushes = flusher.join().expect("the flusher") as f64 / elapsed;
    let more = format!(",\"flush_per_s\":{flushes:.0}{}", percentiles(&mut latencies));
    print(&format!("flush_grouped_{writers}"), latencies.len() as f64 / elapsed, "record/s", &more);
}

fn memory_copy() {
    let (source, mut target) = (vec![1_u8; 64 << 20], vec![0_u8; 64 << 20]);
    let start = Instant::now();
    let mut copies = 0.0;
    while start.elapsed() < Duration::from_secs(1) {
        target.copy_from_slice(std::hint::black_box(&source));
        std::hint::black_box(&mut target);
        copies += 1.0;
    }
    print("memory_copy", copies * 64.0 / start.elapsed().as_secs_f64(), "MiB/s", "");
}

fn store_in(kind: Kind, folder: &Path, durability: Durability) -> (Store, PathBuf) {
    let path = folder.join("store");
    let _ = fs::remove_dir_all(&path);
    let options = Options { durability, ..Options::default() };
    (Store::open(kind, &path, options).expect("a store"), path)
}

/// A commit as the engine makes them: an instance's state, overwritten again and again, and one record of history.
fn commit(instance: u64, step: u64) -> Vec<Op> {
    let key = |table: u8, number: u64| [&[table][..], &number.to_be_bytes()].concat();
    vec![
        Op::put(key(b'r', instance), vec![instance.to_le_bytes()[0]; 400]),
        Op::put(key(b'h', step), vec![step.to_le_bytes()[0]; 800]),
    ]
}

fn blocking(kind: Kind, folder: &Path, submitters: u64, time: Duration) {
    let (store, path) = store_in(kind, folder, Durability::Strict);
    let step = Arc::new(AtomicU64::new(0));
    let (start, before) = (Instant::now(), Used::so_far());
    let threads = (0..submitters).map(|submitter| {
        let (store, step) = (store.clone(), step.clone());
        std::thread::spawn(move || {
            let mut latencies = Vec::new();
            while start.elapsed() < time {
                let begun = Instant::now();
                store.commit(commit(submitter, step.fetch_add(1, Ordering::Relaxed))).expect("a commit");
                latencies.push(begun.elapsed());
            }
            latencies
        })
    });
    let threads: Vec<_> = threads.collect();
    let mut latencies: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().expect("a submitter")).collect();
    report(
        &format!("{kind}_blocking_{submitters}"),
        &store,
        &mut latencies,
        start.elapsed(),
        Used::so_far().since(before),
    );
    drop(store);
    let _ = fs::remove_dir_all(path);
}

fn pipelined(kind: Kind, folder: &Path, in_flight: u64, durability: Durability, time: Duration) {
    let (store, path) = store_in(kind, folder, durability);
    let stop = Arc::new(AtomicBool::new(false));
    let step = Arc::new(AtomicU64::new(0));
    let (start, before) = (Instant::now(), Used::so_far());
    let drivers = (0..2).map(|driver| {
        let (store, step, stop) = (store.clone(), step.clone(), stop.clone());
        std::thread::spawn(move || {
            let (send, receive) = mpsc::channel();
            let submit = |instance: u64| {
                let (send, begun) = (send.clone(), Instant::now());
                let done = move |outcome: tollgate_store::Outcome| {
                    outcome.expect("a commit");
                    send.send((instance, begun.elapsed())).expect("a driver");
                };
                store.submit(commit(instance, step.fetch_add(1, Ordering::Relaxed)), done).expect("room");
            };
            let mine = (in_flight / 2).max(1);
            for instance in 0..mine {
                submit(driver * mine + instance);
            }
            let (mut open, mut latencies) = (mine, Vec::new());
            while open > 0 {
                let (instance, latency) = receive.recv().expect("a completion");
                latencies.push(latency);
                if stop.load(Ordering::Relaxed) {
                    open -= 1;
                } else {
                    submit(instance);
                }
            }
            latencies
        })
    });
    let drivers: Vec<_> = drivers.collect();
    std::thread::sleep(time);
    stop.store(true, Ordering::Relaxed);
    let mut latencies: Vec<_> = drivers.into_iter().flat_map(|driver| driver.join().expect("a driver")).collect();
    let level = if durability == Durability::Strict { "" } else { "_relaxed" };
    let name = format!("{kind}_in_flight_{in_flight}{level}");
    report(&name, &store, &mut latencies, start.elapsed(), Used::so_far().since(before));
    drop(store);
    let _ = fs::remove_dir_all(path);
}

/// How long a store takes to open that was written at full speed until a moment ago.
fn reopen(kind: Kind, folder: &Path, time: Duration) {
    if kind == Kind::Memory {
        return;
    }
    let (store, path) = store_in(kind, folder, Durability::Strict);
    let start = Instant::now();
    let mut number = 0;
    while start.elapsed() < time {
        number += 1;
        store
            .submit(commit(number % 10_000, number), |outcome| {
                assert!(outcome.is_ok());
            })
            .expect("room");
    }
    let commits = store.committed().0;
    let size = store.stats().expect("figures").size_on_disk >> 20;
    drop(store);
    let start = Instant::now();
    let store = Store::open(kind, &path, Options::default()).expect("the store");
    let opened = start.elapsed().as_secs_f64() * 1e3;
    print(&format!("{kind}_reopen"), opened, "ms", &format!(",\"commits\":{commits},\"disk_mb\":{size}"));
    drop(store);
    let _ = fs::remove_dir_all(path);
}

fn report(name: &str, store: &Store, latencies: &mut [Duration], elapsed: Duration, used: Used) {
    let counters = store.stats().expect("figures").counters;
    let commits = latencies.len() as f64;
    let more = format!(
        ",\"flush_per_s\":{:.0},\"cpu_us\":{:.1},\"device_bytes_per_byte\":{:.1},\"disk_mb\":{}{}",
        counters.groups as f64 / elapsed.as_secs_f64(),
        used.cpu.as_secs_f64() * 1e6 / commits,
        used.device_bytes as f64 / counters.bytes as f64,
        store.stats().expect("figures").size_on_disk >> 20,
        percentiles(latencies),
    );
    print(name, commits / elapsed.as_secs_f64(), "commit/s", &more);
}

fn percentiles(latencies: &mut [Duration]) -> String {
    latencies.sort_unstable();
    let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e6;
    format!(",\"p50_us\":{:.0},\"p99_us\":{:.0}", at(0.5), at(0.99))
}

/// What this process has used.
#[derive(Clone, Copy)]
struct Used {
    /// User and system time.
    cpu: Duration,
    /// Bytes that went, or will go, to the device.
    device_bytes: u64,
}

impl Used {
    fn so_far() -> Self {
        let stat = fs::read_to_string("/proc/self/stat").expect("procfs");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: u64 = fields[11..13].iter().map(|field| field.parse::<u64>().expect("a number")).sum();
        let io = fs::read_to_string("/proc/self/io").expect("procfs");
        let written = io.lines().find_map(|line| line.strip_prefix("write_bytes: ")).expect("a count");
        // USER_HZ is 100 on every Linux that Rust runs on.
        Self { cpu: Duration::from_millis(ticks * 10), device_bytes: written.parse().expect("a number") }
    }

    fn since(self, before: Self) -> Self {
        let device_bytes = self.device_bytes - before.device_bytes;
        Self { cpu: self.cpu.saturating_sub(before.cpu), device_bytes }
    }
}
