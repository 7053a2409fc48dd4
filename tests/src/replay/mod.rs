//! Replays scenarios that were recorded from a real Camunda 7.24, in this process.
//!
//! The same as `tests/oracle/replay.py` does over HTTP, whose format of scenarios and traces this reads: `yaml` and `scenario` load
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

/// The recorded trace of a scenario.
///
/// # Errors
///
/// When the file can't be read or is not JSON.
pub fn golden(path: &Path) -> Result<Value, Abort> {
    let text = std::fs::read_to_string(path).map_err(|error| Abort::new(format!("{}: {error}", path.display())))?;
    serde_json::from_str(&text).map_err(|error| Abort::new(format!("{}: {error}", path.display())))
}
