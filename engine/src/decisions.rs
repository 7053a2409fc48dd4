//! Decisions of the engine.

use engine_core::{
    error::Fault,
    host::{DecisionOutcome, DecisionRequest, Decisions},
};
use objects::Context;

use crate::{request::Resource, runtime::Made};

/// Deployed decisions, parsed on first use.
#[derive(Debug, Default)]
pub(crate) struct Repository {}

impl Decisions for Repository {
    fn evaluate(&self, request: &DecisionRequest, _ctx: &mut dyn Context) -> Result<DecisionOutcome, Fault> {
        Err(Fault::null(format!(
            "no decision definition deployed with key '{}': decisionDefinition is null",
            request.key
        )))
    }
}

/// Takes a DMN file into a deployment.
pub(crate) fn deploy(_made: &mut Made<'_>, _resource: &Resource) -> Result<(), Fault> {
    Ok(())
}
