//! A constant rate for a long time, with history that is cleaned up meanwhile: nothing may grow.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Result;
use tollgate::{
    Engine, Value,
    request::{Caller, CleanUp},
};
use tollgate_benches::{
    drive::{self, Callers, Until},
    meter::{self, Usage},
    models,
};

use crate::Args;

/// Seconds that find out what the engine can do.
const TRIAL: f64 = 5.0;

/// Starts two-task sequences, whose history may go as soon as they have ended, at `--rate` a second, or at half of what a
/// closed loop reaches, for `--seconds`. Prints a line every `--every` seconds, after which the clean-up is asked for.
pub(crate) fn run(args: &Args) -> Result<()> {
    let engine = args.engine()?;
    let model = models::sequence().replace(r#"historyTimeToLive="P30D""#, r#"historyTimeToLive="0""#);
    engine.deploy_file("seq.bpmn", model).wait()?;
    let rate = match args.rate {
        Some(rate) => rate,
        None => half_of_what_it_can(&engine, args.seconds.min(TRIAL)),
    };
    let periods = (args.seconds / args.every).ceil();
    let mut period = 0.0;
    while period < periods {
        let seconds = args.every.min(args.seconds - period * args.every);
        let (before, begun) = (Usage::own(), Instant::now());
        let (mut latencies, refused) = at_rate(&engine, rate, Duration::from_secs_f64(seconds));
        let (used, elapsed) = (Usage::own().since(before), begun.elapsed().as_secs_f64());
        let count = latencies.len() as f64;
        period += 1.0;
        println!(
            "{{\"workload\":\"soak\",\"store\":\"{}\",\"period\":{period},\"seconds\":{elapsed:.1},\"asked\":{rate:.0},\
             \"rate\":{:.0},\"refused\":{refused},\"cpu_us\":{:.1},\"p50_us\":{:.0},\"p99_us\":{:.0},\"max_us\":{:.0},\"rss_mb\":{},\"disk_mb\":{},\
             \"history\":{},\"load\":{}}}",
            args.store,
            count / elapsed,
            used.cpu.as_secs_f64() * 1e6 / count.max(1.0),
            meter::percentile_us(&mut latencies, 0.5),
            meter::percentile_us(&mut latencies, 0.99),
            meter::percentile_us(&mut latencies, 1.0),
            meter::resident_mib(),
            meter::disk_bytes(&args.folder) >> 20,
            crate::space::ended(&engine),
            meter::load(),
        );
        engine.clean_up(CleanUp { immediately: true }, &Caller::default()).wait()?;
    }
    Ok(())
}

fn half_of_what_it_can(engine: &Arc<Engine>, seconds: f64) -> f64 {
    let starter = engine.clone();
    let run = drive::run(Callers::InFlight(64), Until::Time(Duration::from_secs_f64(seconds)), move |_| {
        let started = starter.start("seq", [] as [(&str, Value); 0]);
        async move {
            started.await.expect("a start");
        }
    });
    run.latencies.len() as f64 / run.elapsed.as_secs_f64() / 2.0
}

/// Starts at fixed times, whether earlier ones have been answered or not: latency counts from the time it was to start. Answers
/// the latencies, and how many were refused since too many were under way.
fn at_rate(engine: &Arc<Engine>, rate: f64, time: Duration) -> (Vec<Duration>, usize) {
    let (latencies, refused) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let (begun, mut count) = (Instant::now(), 0_u32);
        let mut open = tokio::task::JoinSet::new();
        while begun.elapsed() < time {
            let due = begun + Duration::from_secs_f64(f64::from(count) / rate);
            if due > Instant::now() {
                tokio::time::sleep_until(due.into()).await;
                while open.try_join_next().is_some() {}
                continue;
            }
            count += 1;
            let started = engine.start("seq", [] as [(&str, Value); 0]);
            let (latencies, refused) = (latencies.clone(), refused.clone());
            open.spawn(async move {
                if let Err(fault) = started.await {
                    refused.fetch_add(1, Ordering::Relaxed);
                    return eprintln!("{fault}");
                }
                latencies.lock().expect("nobody panics with it").push(due.elapsed());
            });
        }
        open.join_all().await;
    });
    (std::mem::take(&mut *latencies.lock().expect("nobody panics with it")), refused.load(Ordering::Relaxed))
}
