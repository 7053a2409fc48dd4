//! Traces of process instances for OpenTelemetry collectors (OTLP over HTTP, protobuf).
//!
//! A trace for each root instance, a span for each process instance and activity instance in it. Spans are told when they end,
//! from the history of the commit that ends them; nothing is remembered between commits, since trace and spans are named by ids
//! ([`tollgate::trace`]). They are encoded where commits are published and sent by a thread of their own: what a collector does
//! not take in time is dropped and counted, and never holds a commit up.
//!
//! Files: `spans` (from history to spans), `proto` (their encoding), `send` (to the collector).

mod proto;
mod send;
mod spans;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tollgate::{observe::Observer, trace::Sampling};

use self::{
    send::{Queue, Sender},
    spans::Spans,
};

/// How traces are exported.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where spans are posted, such as `http://localhost:4318/v1/traces`.
    pub endpoint: String,
    /// Headers of the posts, such as keys of a hosted collector.
    pub headers: Vec<(String, String)>,
    /// `service.name` of the resource.
    pub service: String,
    /// Further attributes of the resource.
    pub resource: Vec<(String, String)>,
    /// Which traces are recorded; the same as the engine's [`Settings::tracing`](tollgate::Settings::tracing).
    pub sampling: Sampling,
    /// Size of the encoded spans that may wait for the collector; further ones are dropped.
    pub buffer_bytes: usize,
}

impl Options {
    /// Options for a collector, with defaults.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            headers: Vec::new(),
            service: "tollgate".to_owned(),
            resource: Vec::new(),
            sampling: Sampling { ratio: 1.0 },
            buffer_bytes: 4 << 20,
        }
    }
}

/// Why traces can't be exported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address of the collector.
    #[error("`{0}` is no address of a collector: give `http://host:4318`")]
    Endpoint(String),
    /// A header.
    #[error("`{0}` is no header that can be sent")]
    Header(String),
}

/// What was exported so far.
#[derive(Debug, Default)]
pub struct Counters {
    exported: AtomicU64,
    dropped: AtomicU64,
}

impl Counters {
    /// Spans that a collector has taken.
    pub fn exported(&self) -> u64 {
        self.exported.load(Ordering::Relaxed)
    }

    /// Spans that were dropped: the collector was away, too slow, or refused them.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// Sends spans to a collector until it is dropped; then what waits is sent once more, for a few seconds at most.
#[derive(Debug)]
pub struct Exporter {
    observer: Arc<Spans>,
    counters: Arc<Counters>,
    // dropped last: no span comes after it
    _sender: Sender,
}

impl Exporter {
    /// Begins.
    ///
    /// # Errors
    /// When the collector's address or a header can't be used. Whether somebody is there turns out later.
    pub fn start(options: Options) -> Result<Self, Error> {
        let counters = Arc::new(Counters::default());
        let queue = Arc::new(Queue::new(options.buffer_bytes, counters.clone()));
        let sampling = options.sampling;
        let sender = Sender::start(options, queue.clone(), counters.clone())?;
        Ok(Self { observer: Arc::new(Spans::new(queue, sampling)), counters, _sender: sender })
    }

    /// What an engine is observed by.
    pub fn observer(&self) -> Arc<dyn Observer> {
        self.observer.clone()
    }

    /// What was exported so far.
    pub fn counters(&self) -> Arc<Counters> {
        self.counters.clone()
    }
}
