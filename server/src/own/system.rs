//! `GET /tollgate/system`: node, store, figures and limits.

use serde::Serialize;

use crate::http::{Answer, Call, Date, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().get("/system", system)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct System {
    product: &'static str,
    version: &'static str,
    node: Node,
    store: Store,
    metrics: Vec<Figure<u64>>,
    limits: Vec<Figure<u64>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: String,
    started_at: Date,
    cores: usize,
    memory_bytes: Option<u64>,
    uptime_seconds: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Store {
    kind: String,
    path: Option<String>,
    size_bytes: Option<u64>,
    sequence: Option<u64>,
}

#[derive(Serialize)]
struct Figure<T> {
    name: &'static str,
    value: T,
    unit: Option<&'static str>,
    help: Option<&'static str>,
}

fn system(call: &Call) -> Reply {
    let app = &call.app;
    call.rights(&app.engine.read()).read_system()?;
    let stats = app.engine.store_stats();
    let counters = stats.as_ref().map(|stats| stats.counters.clone()).unwrap_or_default();
    let figure = |name, value, unit, help| Figure { name, value, unit, help: Some(help) };
    let mut metrics = vec![
        figure("commits", counters.commits, None, "Commits since the start"),
        figure("groups", counters.groups, None, "Writes with a flush since the start; a group holds many commits"),
        figure("written", counters.bytes, Some("bytes"), "Bytes of keys and values written since the start"),
        figure(
            "flush p50",
            counters.write_us.quantile(0.5),
            Some("µs"),
            "Time of a write with its flush that half of them do not exceed",
        ),
        figure(
            "flush p99",
            counters.write_us.quantile(0.99),
            Some("µs"),
            "Time of a write with its flush that 99 of 100 do not exceed",
        ),
        figure("long polls", app.polls.len() as u64, None, "Workers that wait for external tasks"),
    ];
    metrics.extend(app.engine.sizes().into_iter().map(|(name, value)| Figure {
        name,
        value: value as u64,
        unit: None,
        help: None,
    }));
    let options = &app.options;
    let transactions = app.engine.settings();
    let limits = vec![
        figure("body", options.max_body_bytes as u64, Some("bytes"), "Longest request body"),
        figure("head", options.max_header_bytes as u64, Some("bytes"), "Largest head of a request"),
        figure("requests", options.max_requests as u64, None, "Requests in work at a time"),
        figure("long polls", options.max_long_polls as u64, None, "Long polls parked at a time"),
        figure(
            "operations per transaction",
            transactions.max_operations,
            None,
            "Steps of one transaction before it fails as a loop without a wait state",
        ),
    ];
    Answer::json(&System {
        product: "Tollgate",
        version: env!("CARGO_PKG_VERSION"),
        node: Node {
            id: app.started.node.clone(),
            started_at: Date(app.started.at),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_bytes: resident_bytes(),
            uptime_seconds: app.started.instant.elapsed().as_secs(),
        },
        store: Store {
            kind: stats.as_ref().map_or_else(|| "closed".to_owned(), |stats| stats.kind.to_string()),
            path: app.engine.store_path().map(|path| path.display().to_string()),
            size_bytes: stats.as_ref().map(|stats| stats.size_on_disk),
            sequence: stats.as_ref().map(|stats| stats.committed.0),
        },
        metrics,
        limits,
    })
}

/// Resident memory of this process, where the system tells it.
pub(crate) fn resident_bytes() -> Option<u64> {
    const PAGE: u64 = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}
