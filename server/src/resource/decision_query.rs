//! Lists of decision definitions and decision requirements definitions.

use engine_core::error::Fault;
use tollgate::query::{
    DecisionDefinitionQuery, DecisionDefinitionSorting, DecisionRequirementsDefinitionQuery,
    DecisionRequirementsDefinitionSorting,
};

use super::listing;
use crate::{
    criteria::repository::{DECISION_DEFINITION, DECISION_REQUIREMENTS_DEFINITION},
    view::repository::{DecisionDefinitionView, RequirementsView},
};

listing!(list, count, read: DecisionDefinitionQuery = DECISION_DEFINITION, DecisionDefinitionSorting,
|call, row| DecisionDefinitionView { requirements: row.requirements_definition_id(), row: row.entity },
with |query| {
    check_version(query.version)?;
    let names_one = query.decision_definition_id.is_some() || query.version.is_some() || query.deployment_id.is_some();
    check_latest(query.latest_version, names_one || query.name.is_some() || query.name_like.is_some())?;
});

listing!(list_requirements, count_requirements, read_requirements: DecisionRequirementsDefinitionQuery =
DECISION_REQUIREMENTS_DEFINITION, DecisionRequirementsDefinitionSorting,
|call, row| RequirementsView { row: row.entity },
with |query| {
    check_version(query.version)?;
    let names_one = query.decision_requirements_definition_id.is_some()
        || query.version.is_some()
        || query.deployment_id.is_some();
    check_latest(query.latest_version, names_one || query.name.is_some() || query.name_like.is_some())?;
});

/// Refuses versions that there can't be.
fn check_version(version: Option<i64>) -> Result<(), Fault> {
    match version {
        Some(version) if version <= 0 => Err(Fault::not_valid("version is not greater than 0")),
        _ => Ok(()),
    }
}

/// Refuses what makes no sense together with the latest version.
fn check_latest(latest: bool, excluded: bool) -> Result<(), Fault> {
    if latest && excluded {
        let text = "Calling latest() can only be used in combination with key(String) and keyLike(String)";
        return Err(Fault::not_valid(text));
    }
    Ok(())
}
