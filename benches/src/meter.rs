//! What a process has used: processor time, bytes to the device, memory.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, time::Duration};

/// Resources used so far by a process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// User and system time of all threads.
    pub cpu: Duration,
    /// Bytes that went, or will go, to the device.
    pub device_bytes: u64,
}

impl Usage {
    /// What this process has used.
    pub fn own() -> Self {
        Self::of("self")
    }

    /// What another process has used: `process` is its id. Nothing when it can't be read.
    pub fn of(process: &str) -> Self {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let io = fs::read_to_string(format!("/proc/{process}/io")).unwrap_or_default();
        let device_bytes = io.lines().find_map(|line| line.strip_prefix("write_bytes: ")?.parse().ok());
        Self { cpu: processor_time(&stat), device_bytes: device_bytes.unwrap_or_default() }
    }

    /// What was used since `before`.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(before.cpu),
            device_bytes: self.device_bytes.saturating_sub(before.device_bytes),
        }
    }
}

/// Processor time in a `stat` of procfs. Ticks are a hundredth of a second on every Linux that Rust runs on.
fn processor_time(stat: &str) -> Duration {
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Processor time of each thread of this process, by name; threads of the same name together.
pub fn threads() -> Vec<(String, Duration)> {
    let mut found: Vec<(String, Duration)> = Vec::new();
    for task in fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default().trim().to_owned();
        let used = processor_time(&fs::read_to_string(task.path().join("stat")).unwrap_or_default());
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += used,
            None => found.push((name, used)),
        }
    }
    found.sort_by_key(|(_, used)| std::cmp::Reverse(*used));
    found
}

/// Resident memory of this process in MiB.
pub fn resident_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or_default() >> 10
}

/// Bytes on disk of the files in a folder, and in those within.
pub fn disk_bytes(folder: &Path) -> u64 {
    bytes_of(folder, &|_| true)
}

/// The same without journals, whose size depends on when they were begun: what is in them is in tables after a compaction.
pub fn table_bytes(folder: &Path) -> u64 {
    bytes_of(folder, &|file| file.extension().is_none_or(|kind| kind != "jnl"))
}

fn bytes_of(folder: &Path, counts: &dyn Fn(&Path) -> bool) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => bytes_of(&entry.path(), counts),
            Ok(found) if counts(&entry.path()) => found.blocks() * 512,
            // another file, or it went meanwhile
            Ok(_) | Err(_) => 0,
        })
        .sum()
}

/// Load of the machine in the last minute.
pub fn load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').next().unwrap_or_default().to_owned()
}

/// Latency at which `part` of the calls had ended, in microseconds. Sorts.
pub fn percentile_us(latencies: &mut [Duration], part: f64) -> f64 {
    if latencies.is_empty() {
        return 0.0;
    }
    latencies.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a place in a list of some million"
    )]
    let at = ((latencies.len() - 1) as f64 * part) as usize;
    latencies[at].as_secs_f64() * 1e6
}
