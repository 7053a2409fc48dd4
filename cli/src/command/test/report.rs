//! How outcomes are told: text, JSON, JUnit, pictures.

use std::{fmt::Write as _, io::Write as _, path::Path, time::Duration};

use anyhow::{Context, Result};
use serde_json::json;

use super::{
    Model, Outcome,
    coverage::{self, Coverage},
    suite::File,
};
use crate::{
    output::{self, count},
    style,
};

/// An error with its causes, one below the other.
pub(super) fn reasons(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join(":\n")
}

pub(super) fn text(outcomes: &[Outcome], coverages: &[Coverage], took: Duration) -> Result<()> {
    let mut out = std::io::stdout().lock();
    let mut file = "";
    for outcome in outcomes {
        if outcome.file != file {
            file = &outcome.file;
            writeln!(out, "{}", style::strong(file))?;
        }
        match &outcome.failure {
            None => writeln!(out, "  {} {}", style::good("passed"), outcome.name)?,
            Some(failure) => {
                writeln!(out, "  {} {}", style::bad("failed"), outcome.name)?;
                for line in failure.lines() {
                    writeln!(out, "         {line}")?;
                }
            }
        }
    }
    for coverage in coverages {
        let (reached, all) = coverage.numbers();
        let percent = (reached * 100).checked_div(all).unwrap_or(100);
        writeln!(out, "\n{} {percent} % of {} covered", style::strong(&coverage.process), count(all, "element"))?;
        let missed: Vec<&str> = coverage.nodes.1.iter().chain(&coverage.flows.1).map(String::as_str).collect();
        if !missed.is_empty() {
            writeln!(out, "  {}", style::faint(format!("not reached: {}", missed.join(", "))))?;
        }
    }
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let passed = outcomes.len() - failed;
    writeln!(out, "\n{passed} passed, {failed} failed in {:.2} s", took.as_secs_f64())?;
    Ok(())
}

pub(super) fn json(outcomes: &[Outcome], coverages: &[Coverage]) -> Result<()> {
    output::json(&json!({
        "scenarios": outcomes.iter().map(|outcome| json!({
            "file": outcome.file,
            "name": outcome.name,
            "milliseconds": u64::try_from(outcome.took.as_millis()).unwrap_or(u64::MAX),
            "failure": outcome.failure,
        })).collect::<Vec<_>>(),
        "coverage": coverages.iter().map(|coverage| {
            let (reached, all) = coverage.numbers();
            json!({
                "model": coverage.model,
                "process": coverage.process,
                "reached": reached,
                "all": all,
                "missedNodes": coverage.nodes.1,
                "missedFlows": coverage.flows.1,
            })
        }).collect::<Vec<_>>(),
    }))
}

/// A report as build servers read it.
pub(super) fn junit(outcomes: &[Outcome], took: Duration) -> String {
    let failed = outcomes.iter().filter(|outcome| outcome.failure.is_some()).count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tollgate\" tests=\"{}\" failures=\"{failed}\" time=\"{:.3}\">\n",
        outcomes.len(),
        took.as_secs_f64()
    );
    for part in outcomes.chunk_by(|a, b| a.file == b.file) {
        let failed = part.iter().filter(|outcome| outcome.failure.is_some()).count();
        let time: f64 = part.iter().map(|outcome| outcome.took.as_secs_f64()).sum();
        let file = part.first().map_or("", |outcome| &outcome.file);
        // writing to a text can't fail
        let _ = writeln!(
            out,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" time=\"{time:.3}\">",
            escaped(file),
            part.len()
        );
        for outcome in part {
            let _ = write!(
                out,
                "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3}\"",
                escaped(file),
                escaped(&outcome.name),
                outcome.took.as_secs_f64()
            );
            let _ = match &outcome.failure {
                None => writeln!(out, "/>"),
                Some(failure) => {
                    let first = failure.lines().next().unwrap_or_default();
                    writeln!(
                        out,
                        ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                        escaped(first),
                        escaped(failure)
                    )
                }
            };
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c }).collect()
}

/// Writes the picture of a model with what was reached: `order.svg` for the tests in `order.test.yaml` of `order.bpmn`.
pub(super) fn picture(
    folder: &Path,
    file: &File,
    model: &Model,
    definitions: &models::bpmn::Definitions,
    found: &[Coverage],
) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("can't make the folder {}", folder.display()))?;
    let stem =
        |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().split('.').next().map(str::to_owned);
    let (test, name) = (stem(&file.path).unwrap_or_default(), stem(&model.path).unwrap_or_default());
    let name = if test == name { name } else { format!("{test}-{name}") };
    let path = folder.join(format!("{name}.svg"));
    let svg = coverage::picture(definitions, &model.bytes, &found.iter().collect::<Vec<_>>());
    std::fs::write(&path, svg).with_context(|| format!("can't write {}", path.display()))
}
