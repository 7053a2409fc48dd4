//! The store's own figures, read when somebody asks.

use std::fmt::Error;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, NoLabelSet},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};

use crate::engine::Engine;

/// Reads the figures of an engine's store.
#[derive(Debug)]
pub(super) struct Storage(Engine);

impl Storage {
    pub(super) fn new(engine: Engine) -> Self {
        Self(engine)
    }
}

/// Bits of the longest time of a write that has a bucket of its own: 2^24 µs, about 17 seconds.
const BITS: usize = 24;

impl Collector for Storage {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let stats = self.0.store_stats();
        let up = ConstGauge::new(i64::from(stats.as_ref().is_some_and(|stats| stats.poisoned.is_none())));
        up.encode(encoder.encode_descriptor("store_up", "1 while the store takes commits", None, up.metric_type())?)?;
        let Some(stats) = stats else { return Ok(()) };
        let counters = &stats.counters;
        for (name, help, unit, value) in [
            ("store_commits", "Commits made durable", None, counters.commits),
            ("store_groups", "Writes with a flush; each holds a group of commits", None, counters.groups),
            ("store_written", "Keys and values written", Some(&Unit::Bytes), counters.bytes),
        ] {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(name, help, unit, counter.metric_type())?)?;
        }
        let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        for (name, help, unit, value) in [
            ("store_size", "Size on disk", Some(&Unit::Bytes), Some(stats.size_on_disk)),
            ("store_free", "Free space of the store's disk", Some(&Unit::Bytes), stats.free_bytes),
            ("store_queue", "Commits that wait to be durable", None, Some(stats.outstanding_commits as u64)),
            ("store_queue_size", "Their size", Some(&Unit::Bytes), Some(stats.outstanding_bytes as u64)),
        ] {
            let Some(value) = value else { continue };
            let gauge = ConstGauge::new(signed(value));
            gauge.encode(encoder.encode_descriptor(name, help, unit, gauge.metric_type())?)?;
        }
        let (in_memory, on_disk) = self.0.read().histories();
        let (awake, at_rest) = self.0.read().instances();
        for (name, help, value) in [
            ("instances_in_memory", "Running root instances that are in memory", awake),
            ("instances_at_rest", "Running root instances that are on disk only", at_rest),
            ("history_in_memory", "Root instances whose history is in memory", in_memory),
            ("history_on_disk", "Root instances whose history is on disk only", on_disk),
        ] {
            let gauge = ConstGauge::new(signed(value as u64));
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        let writes = &counters.write_us;
        #[expect(clippy::cast_precision_loss, reason = "a duration needs no more digits")]
        let seconds = |micros: u64| micros as f64 / 1e6;
        let mut buckets: Vec<(f64, u64)> =
            writes.buckets(BITS).map(|(bound, count)| (seconds(bound + 1), count)).collect();
        let counted: u64 = buckets.iter().map(|(_, count)| count).sum();
        buckets.push((f64::MAX, writes.count() - counted));
        let mut metric = encoder.encode_descriptor(
            "store_write_duration",
            "Time of each write with its flush",
            Some(&Unit::Seconds),
            MetricType::Histogram,
        )?;
        metric.encode_histogram::<NoLabelSet>(seconds(writes.sum()), writes.count(), &buckets, None)
    }
}
