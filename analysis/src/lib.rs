//! What can be said about models before they run.
//!
//! [`Source`] is a file, [`read`] makes a [`Model`] of it with everything that the engine would say at deployment. [`examine`]
//! adds what Camunda does not look for: nodes that can't be reached, joins that never complete, loops without rest, and what a
//! model needs that nobody serves. [`needs`] lists what a model needs from outside, [`assess`] judges what it takes to move it.
//!
//! Nothing in here runs a process or touches a file. All findings beyond those of the deployment are warnings.

mod assess;
mod flow;
mod map;
mod model;
mod needs;
mod source;
mod surroundings;

use models::Diagnostic;

pub use assess::{Assessment, Effort, Requirement, Status, assess};
pub use model::{Content, Model, read};
pub use needs::{Need, NeedKind, needs};
pub use source::{Kind, Source};
pub use surroundings::{Surroundings, matches};

/// Findings beyond those of a deployment: warnings, in document order. None for models that do not deploy.
pub fn examine(model: &Model, surroundings: &Surroundings) -> Vec<Diagnostic> {
    let Some(definitions) = model.definitions().filter(|_| model.is_deployable()) else { return Vec::new() };
    let mut found = Vec::new();
    for process in definitions.processes.iter().filter(|process| process.executable) {
        found.extend(flow::findings(&map::Map::of(process)));
    }
    found.extend(surroundings::findings(definitions, surroundings));
    found.sort_by_key(|finding| (finding.span, finding.code));
    found
}
