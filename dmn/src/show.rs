//! How Camunda's classes print themselves: the forms in its error texts.

use std::fmt;

use crate::model::{Aggregator, Decision, HitPolicy};

fn or_null(text: Option<&str>) -> &str {
    text.unwrap_or("null")
}

pub(crate) fn requirements_graph(name: Option<&str>, category: Option<&str>) -> String {
    format!(
        "DecisionRequirementsDefinitionEntity [id=null, revision=1, name={}, category={}, key=null, version=0, \
         deploymentId=null, tenantId=null]",
        or_null(name),
        or_null(category)
    )
}

/// A decision definition that is being deployed; `key` shows what it has.
pub(crate) fn decision(decision: &Decision, id: Option<&str>) -> String {
    let key = if decision.key.is_empty() { "null" } else { &decision.key };
    let days = decision.history_time_to_live.map_or_else(|| "null".to_owned(), |days| days.to_string());
    format!(
        "DecisionDefinitionEntity{{id='{}', name='{}', category='{}', key='{key}', version=0, versionTag={}, \
         decisionRequirementsDefinitionId='null', decisionRequirementsDefinitionKey='null', deploymentId='null', \
         tenantId='null', historyTimeToLive={days}}}",
        or_null(id),
        or_null(decision.name.as_deref()),
        or_null(decision.category.as_deref()),
        or_null(decision.version_tag.as_deref()),
    )
}

pub(crate) fn type_definition(type_ref: Option<&str>) -> String {
    match type_ref {
        Some(name) => format!("DmnTypeDefinitionImpl{{typeName='{name}'}}"),
        None => "DefaultTypeDefinition []".to_owned(),
    }
}

pub(crate) fn expression(
    id: Option<&str>,
    name: Option<&str>,
    type_definition: &str,
    language: Option<&str>,
    text: Option<&str>,
) -> String {
    format!(
        "DmnExpressionImpl{{id='{}', name='{}', typeDefinition={type_definition}, expressionLanguage='{}', expression='{}'}}",
        or_null(id),
        or_null(name),
        or_null(language),
        or_null(text)
    )
}

pub(crate) fn input(id: Option<&str>, name: Option<&str>, expression: Option<&str>, variable: Option<&str>) -> String {
    format!(
        "DmnDecisionTableInputImpl{{id='{}', name='{}', expression={}, inputVariable='{}'}}",
        or_null(id),
        or_null(name),
        or_null(expression),
        or_null(variable)
    )
}

pub(crate) fn output(id: Option<&str>, name: Option<&str>, variable: Option<&str>, type_definition: &str) -> String {
    format!(
        "DmnDecisionTableOutputImpl{{id='{}', name='{}', outputName='{}', typeDefinition={type_definition}}}",
        or_null(id),
        or_null(name),
        or_null(variable)
    )
}

pub(crate) fn rule(id: Option<&str>, name: Option<&str>, conditions: &[String], conclusions: &[String]) -> String {
    format!(
        "DmnDecisionTableRuleImpl{{id='{}', name='{}', conditions=[{}], conclusions=[{}]}}",
        or_null(id),
        or_null(name),
        conditions.join(", "),
        conclusions.join(", ")
    )
}

/// A table under construction.
pub(crate) struct ShownTable {
    hit_policy: HitPolicy,
    pub(crate) inputs: Vec<String>,
    pub(crate) outputs: Vec<String>,
}

impl ShownTable {
    pub(crate) fn new(hit_policy: HitPolicy) -> Self {
        Self { hit_policy, inputs: Vec::new(), outputs: Vec::new() }
    }
}

impl fmt::Display for ShownTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handler = match self.hit_policy {
            HitPolicy::Unique => "Unique",
            HitPolicy::First => "First",
            HitPolicy::Any => "Any",
            HitPolicy::RuleOrder => "RuleOrder",
            HitPolicy::Collect(None) => "Collect",
            HitPolicy::Collect(Some(Aggregator::Sum)) => "CollectSum",
            HitPolicy::Collect(Some(Aggregator::Min)) => "CollectMin",
            HitPolicy::Collect(Some(Aggregator::Max)) => "CollectMax",
            HitPolicy::Collect(Some(Aggregator::Count)) => "CollectCount",
        };
        write!(
            f,
            "DmnDecisionTableImpl{{ hitPolicyHandler={handler}HitPolicyHandler{{}}, inputs=[{}], outputs=[{}], rules=[]}}",
            self.inputs.join(", "),
            self.outputs.join(", ")
        )
    }
}
