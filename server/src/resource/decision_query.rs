//! Lists of decision definitions and decision requirements definitions.

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
    |call, row| DecisionDefinitionView { requirements: row.requirements_definition_id(), row: row.entity });

listing!(list_requirements, count_requirements, read_requirements: DecisionRequirementsDefinitionQuery =
    DECISION_REQUIREMENTS_DEFINITION, DecisionRequirementsDefinitionSorting,
    |call, row| RequirementsView { row: row.entity });
