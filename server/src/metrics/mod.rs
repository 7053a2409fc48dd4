//! `/metrics`: figures about requests, the engine, its work and the store, for Prometheus.
//!
//! Counters are kept as things happen ([`happenings`]); what is open is counted when somebody asks and not more often than
//! [`census::FRESH`] ([`census`]); the store, circuit breakers and the exporter of traces have figures of their own
//! ([`storage`], [`circuits`], [`traces`]). Values of labels are bounded
//! ([`labels`]). docs/metrics.md explains every name; a test compares.

mod census;
mod circuits;
mod classic;
mod happenings;
mod labels;
mod runner;
mod storage;
mod traces;

use std::sync::{Arc, atomic::AtomicU64};

use axum::http::{HeaderMap, HeaderValue, header};
use parking_lot::Mutex;
use prometheus_client::{
    encoding::text,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use self::{
    census::Census, circuits::Circuits, happenings::Happenings, runner::Runner, storage::Storage, traces::Traces,
};
use crate::{app::App, engine::Engine};

/// Labels of one name.
pub(crate) type One = [(&'static str, String); 1];
/// Labels of two names.
pub(crate) type Two = [(&'static str, String); 2];

/// How figures are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    /// As a scraper that names it among what it accepts reads it, such as Prometheus.
    OpenMetrics,
    /// As every scraper reads it.
    Classic,
}

impl Format {
    /// The best that a client takes.
    pub(crate) fn of(accepted: &HeaderMap) -> Self {
        let takes =
            |value: &HeaderValue| value.to_str().is_ok_and(|text| text.contains("application/openmetrics-text"));
        if accepted.get_all(header::ACCEPT).iter().any(takes) { Self::OpenMetrics } else { Self::Classic }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Classic => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// All figures of a server.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    responses: Family<[(&'static str, &'static str); 1], Counter>,
    long_polls: Gauge,
    queued: Gauge,
    memory: Gauge,
    uptime: Gauge<f64, AtomicU64>,
    census: Mutex<Census>,
}

impl Metrics {
    /// Figures over an engine, which is observed from here on.
    pub(crate) fn new(engine: &Engine, spans: Arc<telemetry::Counters>) -> Self {
        let mut registry = Registry::with_prefix("tollgate");
        let census = Mutex::new(Census::new(&mut registry));
        let (responses, uptime) = (Family::default(), Gauge::default());
        let (long_polls, queued, memory) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("http_responses", "Answers by class of status", responses.clone());
        registry.register("long_polls", "Workers that wait for external tasks", long_polls.clone());
        registry.register("commands_waiting", "Commands that wait for the lane", queued.clone());
        registry.register_with_unit("memory_resident", "Resident memory", Unit::Bytes, memory.clone());
        registry.register_with_unit("uptime", "Time since the start", Unit::Seconds, uptime.clone());
        engine.observe(Arc::new(Happenings::new(&mut registry)));
        registry.register_collector(Box::new(Storage::new(engine.clone())));
        registry.register_collector(Box::new(Circuits::new(engine.clone())));
        registry.register_collector(Box::new(Runner::new(engine.clone())));
        registry.register_collector(Box::new(Traces::new(spans)));
        Self { registry, responses, long_polls, queued, memory, uptime, census }
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, status: axum::http::StatusCode) {
        let class = match status.as_u16() / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.responses.get_or_create(&[("class", class)]).inc();
    }

    /// Everything in text.
    pub(crate) fn scrape(&self, app: &App, format: Format) -> String {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.long_polls.set(count(app.polls.len()));
        self.queued.set(count(app.engine.queued_commands()));
        self.uptime.set(app.started.instant.elapsed().as_secs_f64());
        if let Some(bytes) = crate::own::resident_bytes() {
            self.memory.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        self.census.lock().refresh(&app.engine);
        let mut output = String::new();
        if let Err(error) = text::encode(&mut output, &self.registry) {
            tracing::error!(%error, "figures could not be written");
        }
        match format {
            Format::OpenMetrics => output,
            Format::Classic => classic::classic(&output),
        }
    }
}
