//! Closed loops: callers that each make one call after the other.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::meter::{self, Usage};

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// So many threads, each blocked until its call is answered.
    Blocking(usize),
    /// So many calls under way at any time, driven by one thread.
    InFlight(usize),
}

/// How a run went.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Latency of each call.
    pub latencies: Vec<Duration>,
    /// From the first call to the last answer.
    pub elapsed: Duration,
    /// Used by this process meanwhile, drivers included.
    pub used: Usage,
    /// Processor time by thread.
    pub threads: Vec<(String, Duration)>,
}

/// When a run ends.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// After that time.
    Time(Duration),
    /// After so many calls.
    Calls(u64),
}

/// Makes calls until it is time. `call` gets the number of the call.
pub fn run<F, R>(callers: Callers, until: Until, call: F) -> Run
where
    F: Fn(u64) -> R + Clone + Send + 'static,
    R: Future<Output = ()> + Send,
{
    let (before, threads) = (Usage::own(), meter::threads());
    let start = Instant::now();
    let next = Arc::new(AtomicU64::new(0));
    let more = move || {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let going = match until {
            Until::Time(time) => start.elapsed() < time,
            Until::Calls(calls) => number < calls,
        };
        going.then_some(number)
    };
    let one = move || {
        let (more, call) = (more.clone(), call.clone());
        async move {
            let mut latencies = Vec::new();
            while let Some(number) = more() {
                let begun = Instant::now();
                call(number).await;
                latencies.push(begun.elapsed());
            }
            latencies
        }
    };
    let latencies: Vec<Duration> = match callers {
        Callers::Blocking(threads) => {
            let threads: Vec<_> = (0..threads)
                .map(|_| {
                    let one = one.clone();
                    std::thread::Builder::new()
                        .name("caller".to_owned())
                        .spawn(move || runtime().block_on(one()))
                        .expect("the system has threads")
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("a caller")).collect()
        }
        Callers::InFlight(calls) => runtime().block_on(async {
            let open: Vec<_> = (0..calls).map(|_| tokio::spawn(one())).collect();
            let mut latencies = Vec::new();
            for one in open {
                latencies.extend(one.await.expect("a caller"));
            }
            latencies
        }),
    };
    let used = Usage::own().since(before);
    Run { latencies, elapsed: start.elapsed(), used, threads: since(&threads) }
}

/// A runtime of the calling thread alone.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime")
}

/// Processor time by thread since `before` was read by [`meter::threads`].
pub fn since(before: &[(String, Duration)]) -> Vec<(String, Duration)> {
    let earlier = |name: &str| before.iter().find(|(known, _)| known == name).map_or(Duration::ZERO, |(_, used)| *used);
    let used = meter::threads().into_iter().map(|(name, used)| {
        let before = earlier(&name);
        (name, used.saturating_sub(before))
    });
    used.filter(|(_, used)| !used.is_zero()).collect()
}
