//! Load on an engine in the same process.
//!
//! ```text
//! cargo run --release -p tollgate-benches --bin load -- [--store fjall|sled|memory] [--seconds 3] [--callers 1,8,64,f1024] [--trace] [--scrape 1] [workload…]
//! ```
//! Prints one JSON object a line. `cpu_us` is the processor time of the whole process for each instance, drivers included;
//! `f1024` means 1,024 calls under way, a plain number so many blocking threads.

#![expect(
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "figures for people need few digits, and standard output is where they go"
)]

mod batches;
mod loops;
mod soak;
mod space;
mod watched;

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, Result};
use clap::Parser;
use engine_core::{history::HistoryLevel, host::Settings};
use tollgate::{Engine, Options, trace::Sampling};
use tollgate_benches::{
    drive::{Callers, Run, Until},
    meter,
};

use self::watched::Watched;

/// Load on an engine in the same process.
#[derive(Debug, Parser)]
struct Args {
    /// fjall, sled or memory.
    #[arg(long, default_value = "fjall")]
    store: store::Kind,
    /// Folder for the store; it is emptied.
    #[arg(long, default_value = "target/load")]
    folder: PathBuf,
    /// Seconds for each closed loop.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Who calls: threads, or `f` and the calls in flight.
    #[arg(long, default_value = "1,8,64,f1024", value_delimiter = ',')]
    callers: Vec<String>,
    /// Part of the usual size of batch workloads, for a short look.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Prints the processor time of each thread too.
    #[arg(long)]
    threads: bool,
    /// Exports a trace of everything, to a collector in this process that forgets it.
    #[arg(long)]
    trace: bool,
    /// Keeps figures as a server does, and asks for them every so many seconds; 0 never asks.
    #[arg(long, value_name = "SECONDS")]
    scrape: Option<f64>,
    /// Root instances whose history stays in memory.
    #[arg(long, value_name = "ROOTS")]
    history_in_memory: Option<usize>,
    /// Keeps no history, instead of all.
    #[arg(long)]
    no_history: bool,
    /// Instances a second of `soak`; half of what the machine can do, when not given.
    #[arg(long)]
    rate: Option<f64>,
    /// Seconds for each line of `soak`.
    #[arg(long, default_value_t = 60.0)]
    every: f64,
    /// Workloads; all but `soak` when none is given.
    workloads: Vec<String>,
}

impl Args {
    fn engine(&self) -> Result<Watched> {
        self.engine_with(|_| ())
    }

    fn engine_with(&self, set: impl FnOnce(&mut Settings)) -> Result<Watched> {
        let path = self.folder.join("store");
        let _ = std::fs::remove_dir_all(&path);
        let mut options = Options { store: self.store, ..Options::default() };
        options.history_in_memory = self.history_in_memory.unwrap_or(options.history_in_memory);
        options.settings.tracing = self.trace.then_some(Sampling { ratio: 1.0 });
        if self.no_history {
            options.settings.history_level = HistoryLevel::None;
        }
        set(&mut options.settings);
        let engine = Engine::open_with(&path, options)?;
        engine.handler("noop", |_| Ok(()));
        let pace = |seconds: f64| Some(Duration::from_secs_f64(seconds)).filter(|pace| !pace.is_zero());
        Watched::new(engine, self.trace, self.scrape.map(pace))
    }

    fn wants(&self, name: &str) -> bool {
        self.workloads.is_empty() || self.workloads.iter().any(|wanted| wanted == name)
    }

    fn callers(&self) -> Result<Vec<(String, Callers)>> {
        let one = |text: &String| {
            let callers = match text.strip_prefix('f') {
                Some(number) => Callers::InFlight(number.parse()?),
                None => Callers::Blocking(text.parse()?),
            };
            Ok((text.clone(), callers))
        };
        self.callers.iter().map(one).collect()
    }

    fn scaled(&self, usual: u64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive part of a small number"
        )]
        let scaled = (usual as f64 * self.scale) as u64;
        scaled.max(1)
    }
}

fn main() -> Result<()> {
    let args = Args::parse();
    std::fs::create_dir_all(&args.folder).context("making the folder")?;
    for workload in loops::ALL {
        if args.wants(workload.name) {
            for (name, callers) in args.callers()? {
                let engine = args.engine()?;
                workload.prepare(&engine)?;
                let warm = Until::Time(Duration::from_secs_f64(args.seconds / 4.0));
                workload.run(&engine, callers, warm);
                let run = workload.run(&engine, callers, Until::Time(Duration::from_secs_f64(args.seconds)));
                let calls = run.latencies.len() as u64;
                let spans = engine.spans().map_or_else(String::new, |counters| {
                    format!(",\"spans\":{},\"dropped\":{}", counters.exported(), counters.dropped())
                });
                report(&args, workload.name, &name, calls * workload.items, run, &spans);
                let open = engine.read().execution_count();
                anyhow::ensure!(open == 0, "{open} instances of {} did not end", workload.name);
            }
        }
    }
    batches::run(&args)?;
    if args.wants("space") {
        space::run(&args)?;
    }
    // it takes as long as one likes: only when it is asked for
    if args.workloads.iter().any(|name| name == "soak") {
        soak::run(&args)?;
    }
    Ok(())
}

/// Prints the figures of a run of `items` instances, tasks or whatever the workload counts.
fn report(args: &Args, workload: &str, callers: &str, items: u64, mut run: Run, more: &str) {
    let count = items.max(1) as f64;
    let (p50, p99) = (meter::percentile_us(&mut run.latencies, 0.5), meter::percentile_us(&mut run.latencies, 0.99));
    println!(
        "{{\"workload\":\"{workload}\",\"store\":\"{}\",\"callers\":\"{callers}\",\"n\":{items},\"rate\":{:.0},\"cpu_us\":{:.1},\
         \"p50_us\":{p50:.0},\"p99_us\":{p99:.0},\"device_bytes\":{:.0},\"rss_mb\":{},\"load\":{}{more}}}",
        args.store,
        count / run.elapsed.as_secs_f64(),
        run.used.cpu.as_secs_f64() * 1e6 / count,
        run.used.device_bytes as f64 / count,
        meter::resident_mib(),
        meter::load(),
    );
    if args.threads {
        for (name, used) in run.threads {
            println!("    {name}: {:.1} us", used.as_secs_f64() * 1e6 / count);
        }
    }
}
