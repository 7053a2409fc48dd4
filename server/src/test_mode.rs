//! Endpoints for repeatable tests: the clock, due jobs, and forgetting everything. Served only in test mode.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::json;

use crate::{
    app::App,
    http::{Date, Failure, Object},
};

/// The endpoints.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/test/clock", post(stop_clock).delete(run_clock))
        .route("/test/jobs/run", post(run_jobs))
        .route("/test/reset", post(reset))
}

async fn stop_clock(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let time = Object::parse(&body)
        .and_then(|body| body.text("time"))
        .map(|text| text.and_then(|text| Date::parse_lenient(&text)));
    match time {
        Ok(Some(time)) => {
            app.engine.set_clock(Some(time));
            Json(json!({"time": Date::text(time)})).into_response()
        }
        Ok(None) => Failure::bad("`time` must be an ISO 8601 time").into_response(),
        Err(failure) => failure.into_response(),
    }
}

async fn run_clock(State(app): State<Arc<App>>) -> Response {
    app.engine.set_clock(None);
    (StatusCode::OK, Json(json!({}))).into_response()
}

async fn run_jobs(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let options = Object::parse(&body).and_then(|body| {
        let max = body.get("max").int()?.and_then(|max| usize::try_from(max).ok()).unwrap_or(1000);
        Ok((max, body.flag("once")?))
    });
    let (max, once) = match options {
        Ok(options) => options,
        Err(failure) => return failure.into_response(),
    };
    match app.engine.run_due_jobs(max, once).await {
        Ok((executed, failed, failures)) => {
            Json(json!({"executed": executed, "failed": failed, "failures": failures})).into_response()
        }
        Err(fault) => Failure::from(fault).into_response(),
    }
}

async fn reset(State(app): State<Arc<App>>) -> Response {
    match app.engine.reset().await {
        Ok(()) => Json(json!({})).into_response(),
        Err(fault) => Failure::from(fault).into_response(),
    }
}
