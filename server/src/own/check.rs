//! `POST /tollgate/check`: what a deployment of files would report, and what the analysis finds, without deploying.

use models::{Diagnostic, Severity};
use serde::Serialize;

use crate::{
    findings,
    http::{Answer, Call, Failure, Media, Reply, Routes, form::Form},
};

pub(super) fn routes() -> Routes {
    Routes::default().on(axum::http::Method::POST, Media::Form, "/check", check)
}

#[derive(Serialize)]
struct Report {
    resources: Vec<Checked>,
}

#[derive(Serialize)]
struct Checked {
    name: String,
    diagnostics: Vec<Finding>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    severity: &'static str,
    code: &'static str,
    message: String,
    help: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    element_ids: Vec<String>,
}

async fn check(call: Call) -> Reply {
    let form = Form::read(&call).await?;
    let files: Vec<_> = form
        .parts()
        .map(|part| (part.filename.clone().unwrap_or_else(|| part.name.clone()), part.content.clone()))
        .collect();
    // parsing a large model takes longer than a request may hold a thread of the server
    let report = tokio::task::spawn_blocking(move || {
        let files = files.into_iter().map(|(name, content)| (name, content.to_vec())).collect();
        let checked = |(name, found): (String, Vec<Diagnostic>)| Checked {
            name,
            diagnostics: found.into_iter().map(finding).collect(),
        };
        Report { resources: findings::of_files(files).into_iter().map(checked).collect() }
    })
    .await
    .map_err(|error| Failure::rest(axum::http::StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Answer::json(&report)
}

fn finding(found: Diagnostic) -> Finding {
    let place = found.span;
    let known = place.line > 0;
    Finding {
        severity: match found.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        code: found.code,
        message: found.message,
        help: Some(found.help).filter(|help| !help.is_empty()),
        line: known.then_some(place.line),
        column: known.then_some(place.column),
        element_ids: found.element_ids,
    }
}
