//! `tollgate test`: process tests.

mod coverage;
mod expect;
mod report;
mod scenario;
mod suite;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Args;
use models::Severity;
use parking_lot::Mutex;

use self::{
    coverage::{Coverage, Reached},
    suite::File,
};
use crate::{exit::Exit, output::Format, sources};

/// Test processes: scenarios in YAML beside the models.
///
/// Each scenario runs on an engine of its own, in memory, under a clock that only the scenario moves, with mocks for handlers
/// and workers.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  tollgate test examples
  tollgate test models/order.test.yaml --filter 'paid'
  tollgate test models --junit report.xml --coverage coverage

A test file, order.test.yaml:
  models: [order.bpmn]
  scenarios:
    - name: a small order is delivered
      steps:
        - start: {business_key: o-1, variables: {amount: 12}}
        - complete: {task: review, variables: {approved: true}}
        - expect: {ended: true, passed: [deliver]}

Exit code 1 when a scenario fails.")]
pub(crate) struct Test {
    /// Test files (*.test.yaml), or folders of them.
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// Only scenarios whose name contains this.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Scenarios at a time. Without it: as many as there are cores.
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<std::num::NonZeroUsize>,
    /// Run each scenario this many times, to measure.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, hide_short_help = true)]
    repeat: usize,
    /// Write a report in the format of JUnit.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a picture of each model with what was reached into this folder.
    #[arg(long, value_name = "DIR")]
    coverage: Option<PathBuf>,
    /// How to answer.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What became of a scenario.
#[derive(Debug)]
struct Outcome {
    file: String,
    name: String,
    took: Duration,
    /// Why it failed.
    failure: Option<String>,
}

/// A model of a test file.
struct Model {
    path: PathBuf,
    bytes: Arc<[u8]>,
    /// None for decisions and forms.
    definitions: Option<models::bpmn::Definitions>,
}

impl Test {
    pub(crate) fn run(self) -> Result<Exit> {
        let files = suite::files(&self.paths)?.iter().map(|path| File::read(path)).collect::<Result<Vec<_>>>()?;
        let started = Instant::now();
        let mut outcomes = Vec::new();
        let mut coverages: Vec<Coverage> = Vec::new();
        for file in &files {
            let models = models(file)?;
            let reached = Arc::new(Reached::default());
            outcomes.extend(self.scenarios(file, &models, &reached));
            for model in &models {
                let Some(definitions) = &model.definitions else { continue };
                let found = coverage::of(&model.path.display().to_string(), definitions, &reached);
                if let Some(folder) = &self.coverage {
                    report::picture(folder, file, model, definitions, &found)?;
                }
                coverages.extend(found);
            }
        }
        let took = started.elapsed();
        if let Some(path) = &self.junit {
            std::fs::write(path, report::junit(&outcomes, took))
                .with_context(|| format!("can't write {}", path.display()))?;
        }
        match self.format {
            Format::Text => report::text(&outcomes, &coverages, took)?,
            Format::Json => report::json(&outcomes, &coverages)?,
        }
        let failed = outcomes.iter().any(|outcome| outcome.failure.is_some());
        Ok(if failed || outcomes.is_empty() { Exit::Failed } else { Exit::Done })
    }

    /// Runs the scenarios of a file, several at a time; outcomes are in the file's order.
    fn scenarios(&self, file: &File, models: &[Model], reached: &Arc<Reached>) -> Vec<Outcome> {
        let chosen =
            file.suite.scenarios.iter().filter(|one| self.filter.as_ref().is_none_or(|text| one.name.contains(text)));
        let chosen: Vec<_> = chosen.flat_map(|one| std::iter::repeat_n(one, self.repeat.max(1))).collect();
        let resources: Vec<(String, Arc<[u8]>)> = models
            .iter()
            .map(|model| {
                let name = model.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (name, model.bytes.clone())
            })
            .collect();
        let next = AtomicUsize::new(0);
        let outcomes = Mutex::new(Vec::with_capacity(chosen.len()));
        let workers = self.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| {
            for _ in 0..workers.min(chosen.len().max(1)) {
                scope.spawn(|| {
                    while let Some(one) = {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        chosen.get(at).map(|one| (at, *one))
                    } {
                        let (at, one) = one;
                        let started = Instant::now();
                        let result = scenario::run(&file.suite, one, &resources, reached.clone());
                        let outcome = Outcome {
                            file: file.path.display().to_string(),
                            name: one.name.clone(),
                            took: started.elapsed(),
                            failure: result.err().map(|error| report::reasons(&error)),
                        };
                        outcomes.lock().push((at, outcome));
                    }
                });
            }
        });
        let mut outcomes = outcomes.into_inner();
        outcomes.sort_by_key(|(at, _)| *at);
        outcomes.into_iter().map(|(_, outcome)| outcome).collect()
    }
}

/// Reads the models of a file; those that can't be deployed are an error.
fn models(file: &File) -> Result<Vec<Model>> {
    let mut models = Vec::new();
    for path in file.models()? {
        let model = analysis::read(sources::source(&path)?, &bpmn_parser::ParseOptions::default());
        if let Some(found) = model.diagnostics.iter().find(|found| found.severity == Severity::Error) {
            anyhow::bail!(
                "{}:{}:{}: {} (`tollgate check` shows all findings)",
                path.display(),
                found.span.line,
                found.span.column,
                found.message
            );
        }
        models.push(Model {
            definitions: model.definitions().cloned(),
            bytes: Arc::from(model.source.bytes.as_slice()),
            path,
        });
    }
    Ok(models)
}
