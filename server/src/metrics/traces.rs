//! What was exported of traces.

use std::{fmt::Error, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::counter::ConstCounter,
};

/// Reads the figures of the exporter.
#[derive(Debug)]
pub(super) struct Traces(Arc<telemetry::Counters>);

impl Traces {
    pub(super) fn new(counters: Arc<telemetry::Counters>) -> Self {
        Self(counters)
    }
}

impl Collector for Traces {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        for (name, help, value) in [
            ("spans_exported", "Spans that the collector has taken", self.0.exported()),
            ("spans_dropped", "Spans that no collector has taken", self.0.dropped()),
        ] {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        Ok(())
    }
}
