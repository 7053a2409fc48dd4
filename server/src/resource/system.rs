//! `/version`, `/engine`, `/telemetry`.

use serde_json::json;

use crate::http::{Answer, Call, Date, Reply, Routes};

/// The version whose API is served.
const CAMUNDA_VERSION: &str = "7.24.0";

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/version", version)
        .get("/engine", engines)
        .get("/telemetry/configuration", telemetry)
        .post("/telemetry/configuration", configure_telemetry)
        .query("/schema/log", schema_log)
        .get("/telemetry/data", telemetry_data)
}

fn version(_: &Call) -> Reply {
    Answer::json(&json!({"version": CAMUNDA_VERSION}))
}

fn engines(_: &Call) -> Reply {
    Answer::json(&json!([{"name": "default"}]))
}

fn telemetry(_: &Call) -> Reply {
    Answer::json(&json!({"enableTelemetry": false}))
}

/// Nothing is reported to anybody, whatever is asked for.
async fn configure_telemetry(call: Call) -> Reply {
    call.object()?.get("enableTelemetry").flag()?;
    Ok(Answer::nothing())
}

/// The versions of the data's schema: one.
fn schema_log(call: &Call) -> Reply {
    Answer::json(&json!([{"id": "0", "timestamp": Date(call.app.started.at), "version": CAMUNDA_VERSION}]))
}

fn telemetry_data(_: &Call) -> Reply {
    Answer::json(&json!({
        "installation": null,
        "product": {
            "name": "Tollgate",
            "version": CAMUNDA_VERSION,
            "edition": "community",
            "internals": {
                "database": null,
                "application-server": null,
                "license-key": null,
                "camunda-integration": [],
                "commands": {},
                "metrics": {},
                "webapps": [],
                "jdk": null,
                "data-collection-start-date": null,
            },
        },
    }))
}
