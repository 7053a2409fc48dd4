//! Camunda's metrics: what the engine has done, counted by quarters of an hour (E-425).
//!
//! Counted is what happens, as in Camunda: at every history level, and again each time that something is rolled back and tried
//! once more. Counters are written as records every 15 minutes and when the engine stops; what was not yet written is part of
//! every answer. A crash loses at most the last quarter.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicI64, Ordering},
};

use engine_core::host::Counted;
use models::Timestamp;

use super::{Engine, lane::Lane};
use crate::{
    request::{MetricValue, MetricsQuery},
    world::{MeterReading, Record, RecordChange, World, cold::Traces},
};

/// Milliseconds between two writings of the counters.
const PERIOD_MS: i64 = 15 * 60 * 1000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Metric {
    ActivityInstanceStart,
    ActivityInstanceEnd,
    RootProcessInstanceStart,
    JobSuccessful,
    JobFailed,
    JobAcquisitionAttempt,
    JobAcquiredSuccess,
    DecisionInstances,
    DecisionElements,
    RemovedProcessInstances,
    RemovedDecisionInstances,
    RemovedBatches,
}

const NAMES: [&str; 12] = [
    "activity-instance-start",
    "activity-instance-end",
    "root-process-instance-start",
    "job-successful",
    "job-failed",
    "job-acquisition-attempt",
    "job-acquired-success",
    "executed-decision-instances",
    "executed-decision-elements",
    "history-cleanup-removed-process-instances",
    "history-cleanup-removed-decision-instances",
    "history-cleanup-removed-batch-operations",
];

/// Users that were assigned tasks: told by the log of identity links.
const TASK_WORKERS: &str = "unique-task-workers";

/// The name that a public name stands for.
fn internal(name: &str) -> &str {
    match name {
        "flow-node-instances" => "activity-instance-start",
        "process-instances" => "root-process-instance-start",
        "decision-instances" => "executed-decision-instances",
        "task-users" => TASK_WORKERS,
        other => other,
    }
}

/// Counters since they were written last.
#[derive(Debug, Default)]
pub(super) struct Meters {
    counts: [AtomicI64; NAMES.len()],
    written: AtomicI64,
}

impl Meters {
    pub(super) fn add(&self, metric: Metric, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.counts[metric as usize].fetch_add(count, Ordering::Relaxed);
    }

    /// Counts what a transaction did.
    pub(super) fn count(&self, counted: Counted) {
        match counted {
            Counted::ActivityStarted => self.add(Metric::ActivityInstanceStart, 1),
            Counted::ActivityEnded => self.add(Metric::ActivityInstanceEnd, 1),
            Counted::RootStarted => self.add(Metric::RootProcessInstanceStart, 1),
            Counted::JobFailed => self.add(Metric::JobFailed, 1),
            Counted::Decisions(count) => self.add(Metric::DecisionInstances, count),
        }
    }

    /// Whether it is time to write.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let written = self.written.load(Ordering::Relaxed);
        if written == 0 {
            self.written.store(now.0, Ordering::Relaxed);
            return false;
        }
        now.0 - written >= PERIOD_MS
    }

    /// Counters that are not zero, with their names.
    fn current(&self) -> impl Iterator<Item = (&'static str, i64)> + '_ {
        let counts = NAMES.iter().zip(&self.counts);
        counts.map(|(name, count)| (*name, count.load(Ordering::Relaxed))).filter(|(_, count)| *count != 0)
    }

    /// Forgets what was counted.
    pub(super) fn clear(&self) {
        self.take();
    }

    fn take(&self) -> Vec<(&'static str, i64)> {
        let counts = NAMES.iter().zip(&self.counts);
        counts.map(|(name, count)| (*name, count.swap(0, Ordering::Relaxed))).filter(|(_, count)| *count != 0).collect()
    }
}

impl super::Shared {
    /// Counts what the evaluation of decisions went through.
    pub(crate) fn count_decision_elements(&self, elements: usize) {
        self.meters.add(Metric::DecisionElements, elements);
    }
}

impl Lane {
    /// Writes the counters.
    pub(super) fn write_meters(&mut self) {
        let shared = self.shared.clone();
        let now = shared.clock.now();
        shared.meters.written.store(now.0, Ordering::Relaxed);
        let records: Vec<RecordChange> = shared
            .meters
            .take()
            .into_iter()
            .map(|(name, value)| {
                let reading = MeterReading {
                    id: self.ids.fresh(),
                    name: name.to_owned(),
                    reporter: shared.options.settings.hostname.clone(),
                    time: now,
                    value,
                };
                RecordChange::Put(Record::Meter(reading))
            })
            .collect();
        if records.is_empty() {
            return;
        }
        let written = |result: Result<(), engine_core::error::Fault>| {
            if let Err(fault) = result {
                tracing::warn!("metrics of the last 15 minutes were not stored: {fault}");
            }
        };
        self.write_records(records, Vec::new(), Box::new(written));
    }
}

impl Engine {
    /// Values of metrics: one sum for each name, or one value for each interval, the latest first.
    pub fn metrics(&self, query: &MetricsQuery) -> Vec<MetricValue> {
        let shared = &self.inner.shared;
        let now = shared.clock.now();
        let world = self.world();
        let own = shared.options.settings.hostname.as_str();
        let name = query.name.as_deref().map(internal);
        let within = |time: Timestamp| {
            query.from.is_none_or(|from| from <= time) && query.until.is_none_or(|until| time < until)
        };
        if name == Some(TASK_WORKERS) {
            let workers = task_workers(&world, within);
            return vec![value(query, own, TASK_WORKERS, query.from.unwrap_or_default(), workers)];
        }
        let live = shared.meters.current().map(|(name, value)| (name, own, now, value));
        let stored = world.meters().map(|row| (row.name.as_str(), row.reporter.as_str(), row.time, row.value));
        let mut sums: BTreeMap<(i64, &str), i64> = BTreeMap::new();
        for (metric, reporter, time, value) in stored.chain(live) {
            let wanted = name.is_none_or(|name| name == metric)
                && query.reporter.as_deref().is_none_or(|wanted| wanted == reporter)
                && within(time);
            if !wanted {
                continue;
            }
            let slot = match query.interval {
                Some(seconds) => {
                    let length = seconds.saturating_mul(1000).max(1);
                    time.0.div_euclid(length) * length
                }
                None => 0,
            };
            *sums.entry((-slot, metric)).or_default() += value;
        }
        sums.into_iter()
            .skip(query.offset)
            .take(query.limit)
            .map(|((slot, metric), sum)| value(query, own, metric, Timestamp(-slot), sum))
            .collect()
    }
}

fn value(query: &MetricsQuery, reporter: &str, metric: &str, time: Timestamp, value: i64) -> MetricValue {
    MetricValue {
        time,
        // as it was asked for
        name: query.name.clone().unwrap_or_else(|| metric.to_owned()),
        reporter: (!query.aggregate_by_reporter).then(|| reporter.to_owned()),
        value,
    }
}

/// Number of users that were assigned tasks in a time.
fn task_workers(world: &World, within: impl Fn(Timestamp) -> bool) -> i64 {
    let mut users: BTreeSet<String> = BTreeSet::new();
    world.through(&Traces::any(), |world| {
        let assigned =
            world.historic_identity_links().filter(|row| row.kind == "assignee" && row.added && within(row.time));
        users.extend(assigned.filter_map(|row| row.user.as_ref().map(ToString::to_string)));
    });
    i64::try_from(users.len()).unwrap_or(i64::MAX)
}
