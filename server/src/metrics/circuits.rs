//! The circuit breakers of the targets that connectors and mapped delegates call, read when somebody asks.

use std::fmt::Error;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};
use tollgate::{Circuit, CircuitState};

use super::{One, Two, labels::MOST};
use crate::engine::Engine;

/// Reads the breakers of an engine; those of the first [`MOST`] targets are shown.
#[derive(Debug)]
pub(super) struct Circuits(Engine);

impl Circuits {
    pub(super) fn new(engine: Engine) -> Self {
        Self(engine)
    }
}

impl Collector for Circuits {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let circuits = self.0.circuits();
        encode(&circuits[..circuits.len().min(MOST)], encoder)
    }
}

fn encode(circuits: &[Circuit], mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
    let help = "1 for the state that a target's circuit breaker is in";
    let mut states = encoder.encode_descriptor("circuit_state", help, None, MetricType::Gauge)?;
    for circuit in circuits {
        for state in [CircuitState::Closed, CircuitState::Open, CircuitState::HalfOpen] {
            let labels: Two = [("target", circuit.target.clone()), ("state", state.name().to_owned())];
            ConstGauge::new(i64::from(circuit.state == state)).encode(states.encode_family(&labels)?)?;
        }
    }
    let help = "Failures of a target in a row";
    let mut failures = encoder.encode_descriptor("circuit_failures", help, None, MetricType::Gauge)?;
    for circuit in circuits {
        let labels: One = [("target", circuit.target.clone())];
        ConstGauge::new(i64::from(circuit.failures)).encode(failures.encode_family(&labels)?)?;
    }
    let help = "Calls that an open circuit refused";
    let mut refused = encoder.encode_descriptor("circuit_refused", help, None, MetricType::Counter)?;
    for circuit in circuits {
        let labels: One = [("target", circuit.target.clone())];
        ConstCounter::new(circuit.refused).encode(refused.encode_family(&labels)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use prometheus_client::{encoding::text, registry::Registry};

    use super::*;

    #[derive(Debug)]
    struct Breaker(Circuit);

    impl Collector for Breaker {
        fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
            encode(std::slice::from_ref(&self.0), encoder)
        }
    }

    #[test]
    fn an_open_circuit_is_seen() {
        let target = "https://bank.example:443".to_owned();
        let mut registry = Registry::with_prefix("tollgate");
        let circuit = Circuit { target, state: CircuitState::Open, failures: 5, refused: 12 };
        registry.register_collector(Box::new(Breaker(circuit)));
        let mut found = String::new();
        text::encode(&mut found, &registry).expect("text");
        for line in [
            r#"tollgate_circuit_state{target="https://bank.example:443",state="closed"} 0"#,
            r#"tollgate_circuit_state{target="https://bank.example:443",state="open"} 1"#,
            r#"tollgate_circuit_failures{target="https://bank.example:443"} 5"#,
            r#"tollgate_circuit_refused_total{target="https://bank.example:443"} 12"#,
        ] {
            assert!(found.contains(&format!("{line}\n")), "no `{line}` in\n{found}");
        }
    }
}
