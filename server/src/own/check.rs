//! `POST /tollgate/check`: what a deployment of files would report, without deploying.

use analysis::{Kind, Source};
use models::{Diagnostic, Severity};
use serde::Serialize;

use crate::http::{Answer, Call, Failure, Media, Reply, Routes, form::Form};

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
    let report = tokio::task::spawn_blocking(move || Report {
        resources: files.into_iter().map(|(name, content)| checked(name, content.to_vec())).collect(),
    })
    .await
    .map_err(|error| Failure::rest(axum::http::StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Answer::json(&report)
}

fn checked(name: String, bytes: Vec<u8>) -> Checked {
    // what is no model is only stored by a deployment
    let Some(kind) = Kind::of_name(&name) else { return Checked { name, diagnostics: Vec::new() } };
    let source = Source { name: name.clone(), kind, bytes };
    let model = analysis::read(source, &bpmn_parser::ParseOptions::default());
    Checked { name, diagnostics: model.diagnostics.into_iter().map(finding).collect() }
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
