//! How the job runner and the configured limits stand, read when somebody asks.

use std::fmt::Error;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};
use tollgate::LimitFigure;

use crate::engine::Engine;

/// Reads the figures of an engine's job runner.
#[derive(Debug)]
pub(super) struct Runner(Engine);

impl Runner {
    pub(super) fn new(engine: Engine) -> Self {
        Self(engine)
    }
}

/// Labels of a limit.
fn labels(figure: &LimitFigure) -> [(&'static str, String); 2] {
    [("kind", figure.kind.to_owned()), ("name", figure.name.clone())]
}

impl Collector for Runner {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let jobs = self.0.job_figures();
        for (name, help, value) in [
            ("jobs_waiting", "Due jobs that wait for their turn", jobs.waiting),
            ("jobs_running", "Jobs that run", jobs.running),
            ("jobs_calling", "Jobs that run and wait for handlers", jobs.calling),
        ] {
            let gauge = ConstGauge::new(count(value));
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        let figures = self.0.limit_figures();
        if figures.is_empty() {
            return Ok(());
        }
        let help = "How many go on at a time of what is limited";
        let mut family = encoder.encode_descriptor("limit_in_use", help, None, MetricType::Gauge)?;
        for figure in &figures {
            ConstGauge::new(count(figure.in_use)).encode(family.encode_family(&labels(figure))?)?;
        }
        let help = "How many may go on at a time";
        let mut family = encoder.encode_descriptor("limit_at_once", help, None, MetricType::Gauge)?;
        for figure in &figures {
            if let Some(most) = figure.limit.at_once {
                ConstGauge::new(count(most)).encode(family.encode_family(&labels(figure))?)?;
            }
        }
        let help = "How often something waited for a limit";
        let mut family = encoder.encode_descriptor("limit_held_back", help, None, MetricType::Counter)?;
        for figure in &figures {
            ConstCounter::new(figure.held_back).encode(family.encode_family(&labels(figure))?)?;
        }
        Ok(())
    }
}
