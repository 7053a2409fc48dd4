//! Instructions of a small piece of work of each layer, counted by valgrind: they hardly vary from run to run.
//!
//! ```text
//! instructions --save before.json            # counts and keeps
//! instructions --baseline before.json        # counts and compares; exit code 1 when a piece has grown by more than 2 %
//! ```

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use anyhow::{Context as _, bail, ensure};
use clap::Parser;
use tollgate_benches::work;

/// Repetitions that are counted, after as many that warm up.
const REPETITIONS: u64 = 200;

/// Growth that is reported, in parts of a hundred.
const TOLERATED: f64 = 2.0;

/// Counts the instructions of a piece of work of each layer.
#[derive(Debug, Parser)]
struct Arguments {
    /// Keeps the counts in a file.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Compares with counts that were kept.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Does a piece so many times, for the count.
    #[arg(long, num_args = 2, value_names = ["NAME", "TIMES"], hide = true)]
    repeat: Option<Vec<String>>,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some([name, times]) = arguments.repeat.as_deref() {
        return repeat(name, times.parse()?);
    }
    let before: BTreeMap<String, u64> = match &arguments.baseline {
        Some(file) => serde_json::from_str(&std::fs::read_to_string(file).context("the baseline")?)?,
        None => BTreeMap::new(),
    };
    let mut counts = BTreeMap::new();
    let mut grown = Vec::new();
    for (name, _) in work::ALL {
        let count = count(name)?;
        print!("{name:10} {count:>10}");
        if let Some(before) = before.get(name) {
            let change = (as_f64(count) / as_f64(*before) - 1.0) * 100.0;
            print!(" {change:+8.2} %");
            if change > TOLERATED {
                grown.push(name);
            }
        }
        println!();
        counts.insert(name, count);
    }
    if let Some(file) = &arguments.save {
        std::fs::write(file, serde_json::to_string_pretty(&counts)?)?;
    }
    ensure!(grown.is_empty(), "grown by more than {TOLERATED} %: {}", grown.join(", "));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

fn repeat(name: &str, times: u64) -> anyhow::Result<()> {
    let (_, prepare) = work::ALL.into_iter().find(|(known, _)| *known == name).context("a name of a piece")?;
    let mut work = prepare();
    for _ in 0..times {
        work();
    }
    Ok(())
}

/// Instructions of one repetition: the difference of two runs, so that what is done once does not count.
fn count(name: &str) -> anyhow::Result<u64> {
    let (once, twice) = (collected(name, REPETITIONS)?, collected(name, 2 * REPETITIONS)?);
    Ok(twice.saturating_sub(once) / REPETITIONS)
}

fn collected(name: &str, times: u64) -> anyhow::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(std::env::current_exe()?)
        .args(["--repeat", name, &times.to_string()])
        .output()
        .context("valgrind must be installed")?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{text}");
    }
    let line = text.lines().find_map(|line| line.split_once("Collected :")).context("valgrind's count")?;
    Ok(line.1.trim().parse()?)
}
