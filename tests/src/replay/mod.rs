//! Replays scenarios that were recorded from a real Camunda 7.24, in this process.
//!
//! The same as `fixtures/oracle/replay.py` does over HTTP, whose format of scenarios and traces this reads: `yaml` and `scenario` load
//! a scenario, `model` and `table` write its shorthand out as BPMN and DMN, `run` takes its steps, `snapshot` is the canonical picture
//! of a process instance, `mask` takes out what differs from run to run, `compare` finds the first difference from the
//! recorded trace. Requests go to the router itself, without a socket. Recording is left to `replay.py`.
//!
//! Start reading at [`replay`].

mod compare;
mod mask;
mod model;
mod python;
mod run;
mod scenario;
mod server;
mod snapshot;
mod table;
mod time;
mod typed;
mod yaml;

use std::{fmt, path::Path};

use serde_json::Value;

pub use self::model::expand;
pub use self::{compare::Difference, scenario::Scenario, yaml::parse as parse_yaml};

/// Why a scenario can't go on. It becomes part of the trace.
#[derive(Debug)]
pub struct Abort(String);

impl Abort {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Abort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Abort {}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rigour {
    /// Statuses, types of errors, states.
    Normal,
    /// Also the texts of messages and the order in which activities began.
    Strict,
}

/// Runs the scenario against the server and compares the trace with the recorded one.
///
/// # Errors
///
/// When the trace has not the form of a trace.
pub async fn replay(
    scenario: &Scenario,
    golden: &Value,
    router: axum::Router,
    rigour: Rigour,
) -> Result<Option<Difference>, Abort> {
    let trace = run::Run::new(server::Server::new(router), scenario).execute().await?;
    Ok(compare::first_difference(golden, &trace, rigour))
}

/// Takes steps that are not known beforehand, on the engine behind a router.
#[derive(Debug)]
pub struct Player<'a>(run::Run<'a>);

impl<'a> Player<'a> {
    /// Sets the clock and deploys what the scenario deploys.
    ///
    /// # Errors
    ///
    /// When the server has no endpoints for tests, or the deployment is refused.
    pub async fn new(router: axum::Router, scenario: &'a Scenario) -> Result<Self, Abort> {
        let mut player = Self(run::Run::new(server::Server::new(router), scenario));
        player.0.begin().await?;
        for step in &scenario.steps {
            let result = player.0.step(step).await?;
            if result["status"] != 200 {
                return Err(Abort::new(format!("the deployment is refused: {result}")));
            }
        }
        Ok(player)
    }

    /// Takes a step; what comes of it.
    ///
    /// # Errors
    ///
    /// When the step can't be taken.
    pub async fn step(&mut self, step: &Value) -> Result<Value, Abort> {
        let step = step.as_object().ok_or_else(|| Abort::new(format!("not a step: {step}")))?;
        self.0.step(step).await
    }

    /// A value that a step captured.
    pub fn captured(&self, name: &str) -> Option<&str> {
        self.0.captured(name)
    }

    /// The answer to a query.
    ///
    /// # Errors
    ///
    /// When it is not 200.
    pub async fn get(&self, path: &str, query: &Value) -> Result<Value, Abort> {
        self.0.get(path, query).await
    }
}

/// The recorded trace of a scenario.
///
/// # Errors
///
/// When the file can't be read or is not JSON.
pub fn golden(path: &Path) -> Result<Value, Abort> {
    let text = std::fs::read_to_string(path).map_err(|error| Abort::new(format!("{}: {error}", path.display())))?;
    serde_json::from_str(&text).map_err(|error| Abort::new(format!("{}: {error}", path.display())))
}
