//! The variables of the environment with which OpenTelemetry is set up everywhere. Tollgate's own win over them.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Configuration, Origin, find};

/// Variables that set a setting; later ones win.
const VARIABLES: [(&str, &str); 7] = [
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "tracing.endpoint"),
    ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "tracing.endpoint"),
    ("OTEL_EXPORTER_OTLP_HEADERS", "tracing.headers"),
    ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "tracing.headers"),
    ("OTEL_TRACES_SAMPLER_ARG", "tracing.ratio"),
    ("OTEL_RESOURCE_ATTRIBUTES", "tracing.resource"),
    ("OTEL_SERVICE_NAME", "tracing.service-name"),
];

impl Configuration {
    /// Reads them.
    pub(super) fn read_otel(&mut self, environment: &BTreeMap<String, String>) -> Result<()> {
        let value = |name: &str| environment.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
        if value("OTEL_SDK_DISABLED").is_some_and(|text| text.eq_ignore_ascii_case("true"))
            || value("OTEL_TRACES_EXPORTER") == Some("none")
        {
            return Ok(());
        }
        for (name, key) in VARIABLES {
            let Some(text) = value(name) else { continue };
            let sampler = value("OTEL_TRACES_SAMPLER").unwrap_or_default();
            if key == "tracing.ratio" && !sampler.ends_with("traceidratio") {
                continue;
            }
            let text = match name {
                // the one for all signals is what their paths are appended to
                "OTEL_EXPORTER_OTLP_ENDPOINT" => format!("{}/v1/traces", text.trim_end_matches('/')),
                _ if key == "tracing.headers" || key == "tracing.resource" => {
                    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
                }
                _ => text.to_owned(),
            };
            let setting = find(key).expect("a setting");
            self.set(setting, &text, &Origin::Environment(name.to_owned()), &format!("{name}={text}"))?;
        }
        for name in ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] {
            if let Some(other) = value(name).filter(|text| *text != "http/protobuf") {
                self.warnings.push(format!(
                    "{name} is `{other}`: Tollgate speaks `http/protobuf`, on port 4318 of most collectors"
                ));
            }
        }
        Ok(())
    }
}
