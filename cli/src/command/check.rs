//! `tollgate check`.

use std::path::PathBuf;

use analysis::{Model, Surroundings};
use anyhow::Result;
use clap::Args;
use models::Severity;
use serde_json::json;

use crate::{
    exit::Exit,
    output::{self, Format, count},
    outside, render, sources, style,
};

/// Look for mistakes in models without running them.
///
/// Reads BPMN, DMN and form files as a deployment does and shows every finding with its place and a remedy. Warns of more than
/// Camunda does: nodes that can't be reached, joins that never complete, loops without rest, and whatever a model needs that
/// nobody serves.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate check order.bpmn
  tollgate check src/main/resources --deny-warnings
  tollgate check models --served 'com.acme.*' --topic charge --topic 'mail-*'
  tollgate check models --format json | jq '.findings[].code'

Exit code 1 when there is an error. The codes are explained in docs/diagnostics.md.")]
pub(crate) struct Check {
    /// Models, or folders of models.
    #[arg(required = true, value_name = "FILE|DIR")]
    models: Vec<PathBuf>,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Exit with 1 for warnings too.
    #[arg(long)]
    deny_warnings: bool,
    /// A Java class, delegate expression or bean that a handler serves; `*` stands for anything.
    #[arg(long, value_name = "NAME")]
    served: Vec<String>,
    /// The connectors' file of the server (docs/languages.md): what it maps is served.
    #[arg(long, value_name = "FILE")]
    connectors: Option<PathBuf>,
    /// A topic that a worker serves; `*` stands for anything. Without any, topics are not looked at.
    #[arg(long, value_name = "NAME")]
    topic: Vec<String>,
    /// Show errors only.
    #[arg(long, short)]
    quiet: bool,
    /// Reject models without `camunda:historyTimeToLive`, as Camunda does by default.
    #[arg(long)]
    enforce_history_time_to_live: bool,
}

/// How many findings there are.
#[derive(Default)]
struct Tally {
    errors: usize,
    warnings: usize,
}

impl Check {
    pub(crate) fn run(self) -> Result<Exit> {
        let options = bpmn_parser::ParseOptions {
            enforce_history_time_to_live: self.enforce_history_time_to_live,
            ..sources::parse_options()
        };
        let mut models = Vec::new();
        for path in sources::model_files(&self.models)? {
            models.push(analysis::read(sources::source(&path)?, &options));
        }
        let surroundings = self.surroundings(&models)?;
        for model in &mut models {
            let found = analysis::examine(model, &surroundings);
            model.diagnostics.extend(found);
        }
        let tally = Tally::of(&models);
        match self.format {
            Format::Text => self.text(&models, &tally)?,
            Format::Json => self.json(&models, &tally)?,
        }
        let failed = tally.errors > 0 || (self.deny_warnings && tally.warnings > 0);
        Ok(if failed { Exit::Failed } else { Exit::Done })
    }

    fn surroundings(&self, models: &[Model]) -> Result<Surroundings> {
        Ok(Surroundings {
            // of a folder it is expected that it holds all that belongs together
            complete: self.models.iter().any(|path| path.is_dir()),
            handlers: Some(outside::handlers(&self.served, self.connectors.as_deref())?),
            topics: Some(self.topic.clone()).filter(|topics| !topics.is_empty()),
            ..Surroundings::of(models)
        })
    }

    fn shown<'m>(&self, model: &'m Model) -> impl Iterator<Item = &'m models::Diagnostic> {
        let quiet = self.quiet;
        model.diagnostics.iter().filter(move |found| !quiet || found.severity == Severity::Error)
    }

    fn text(&self, models: &[Model], tally: &Tally) -> Result<()> {
        use std::io::Write;
        let mut out = std::io::stdout().lock();
        for model in models {
            let mut text = None;
            for found in self.shown(model) {
                let text = text.get_or_insert_with(|| model.source.text());
                writeln!(out, "{}\n", render::text(&model.source.name, text, found))?;
            }
        }
        let files = count(models.len(), "file");
        let found = match (tally.errors, tally.warnings) {
            (0, 0) => style::good("no findings").to_string(),
            (0, warnings) => style::attention(count(warnings, "warning")).to_string(),
            (errors, 0) => style::bad(count(errors, "error")).to_string(),
            (errors, warnings) => {
                format!("{}, {}", style::bad(count(errors, "error")), style::attention(count(warnings, "warning")))
            }
        };
        let rejected = models.iter().filter(|model| !model.is_deployable()).count();
        let verdict = match rejected {
            0 => String::new(),
            rejected => format!("; {} would be rejected", count(rejected, "file")),
        };
        writeln!(out, "{files} checked: {found}{verdict}")?;
        Ok(())
    }

    fn json(&self, models: &[Model], tally: &Tally) -> Result<()> {
        let findings: Vec<_> = models
            .iter()
            .flat_map(|model| self.shown(model).map(|found| render::json(&model.source.name, found)))
            .collect();
        output::json(&json!({
            "files": models.len(),
            "errors": tally.errors,
            "warnings": tally.warnings,
            "findings": findings,
        }))
    }
}

impl Tally {
    fn of(models: &[Model]) -> Self {
        let mut tally = Self::default();
        for found in models.iter().flat_map(|model| &model.diagnostics) {
            match found.severity {
                Severity::Error => tally.errors += 1,
                Severity::Warning => tally.warnings += 1,
            }
        }
        tally
    }
}
