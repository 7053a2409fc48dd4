//! Criteria of task queries that are expressions: `assigneeExpression` and the like.
//!
//! Saved filters have them, and the groups of `orQueries`; a query that is sent may not have them itself.

use serde_json::{Value as Json, json};
use tollgate::{QueryExpressionError, QueryValue};

use crate::http::{Call, Date, Failure, Object};
use engine_core::error::Fault;

/// What a criterion takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Texts,
    Time,
}

/// The criteria that can be expressions: name, Camunda's method that takes it, kind.
const CRITERIA: &[(&str, &str, Kind)] = &[
    ("assignee", "taskAssignee", Kind::Text),
    ("assigneeLike", "taskAssigneeLike", Kind::Text),
    ("owner", "taskOwner", Kind::Text),
    ("involvedUser", "taskInvolvedUser", Kind::Text),
    ("candidateUser", "taskCandidateUser", Kind::Text),
    ("candidateGroup", "taskCandidateGroup", Kind::Text),
    ("candidateGroups", "taskCandidateGroupIn", Kind::Texts),
    ("processInstanceBusinessKey", "processInstanceBusinessKey", Kind::Text),
    ("processInstanceBusinessKeyLike", "processInstanceBusinessKeyLike", Kind::Text),
    ("createdOn", "taskCreatedOn", Kind::Time),
    ("createdBefore", "taskCreatedBefore", Kind::Time),
    ("createdAfter", "taskCreatedAfter", Kind::Time),
    ("updatedAfter", "taskUpdatedAfter", Kind::Time),
    ("dueDate", "dueDate", Kind::Time),
    ("dueBefore", "dueBefore", Kind::Time),
    ("dueAfter", "dueAfter", Kind::Time),
    ("followUpDate", "followUpDate", Kind::Time),
    ("followUpBefore", "followUpBefore", Kind::Time),
    ("followUpBeforeOrNotExistent", "followUpBeforeOrNotExistent", Kind::Time),
    ("followUpAfter", "followUpAfter", Kind::Time),
];

/// Puts values in the place of a query's expressions.
///
/// # Errors
/// What Camunda says when an expression can't be evaluated, or gives what the criterion does not take.
pub(crate) fn evaluate(call: &Call, query: &mut Object) -> Result<(), Failure> {
    for (name, method, kind) in CRITERIA {
        let Some(Json::String(text)) = query.0.remove(&format!("{name}Expression")) else { continue };
        let value = value(call, &text, method, *kind)?;
        query.0.insert((*name).to_owned(), value);
    }
    evaluate_groups(call, query)
}

/// The same in the groups of `orQueries` alone.
///
/// # Errors
/// As of [`evaluate`].
pub(crate) fn evaluate_groups(call: &Call, query: &mut Object) -> Result<(), Failure> {
    let Some(Json::Array(groups)) = query.0.get_mut("orQueries") else { return Ok(()) };
    for group in groups {
        if let Json::Object(entries) = group {
            let mut object = Object(std::mem::take(entries));
            evaluate(call, &mut object)?;
            *entries = object.0;
        }
    }
    Ok(())
}

/// Which criteria of a query are expressions, by the names of the criteria; and those of its groups.
#[derive(Debug, Default)]
pub(crate) struct Given {
    own: Vec<String>,
    groups: Vec<Given>,
}

impl Given {
    /// Of the query string of a call.
    pub(crate) fn of_call(call: &Call) -> Self {
        let own = call.query.iter().filter_map(|(name, _)| criterion(name)).collect();
        Self { own, groups: Vec::new() }
    }

    /// Takes the expressions out of a query, so that the rest can be read.
    pub(crate) fn taken(query: &mut Object) -> Self {
        Self::taken_from(&mut query.0)
    }

    fn taken_from(query: &mut serde_json::Map<String, Json>) -> Self {
        let given = query.iter().filter(|(_, value)| !value.is_null());
        let own = given.filter_map(|(name, _)| criterion(name)).collect();
        query.retain(|name, _| criterion(name).is_none());
        let groups = query.get_mut("orQueries").and_then(Json::as_array_mut).into_iter().flatten();
        let groups = groups.map(|group| group.as_object_mut().map(Self::taken_from).unwrap_or_default()).collect();
        Self { own, groups }
    }

    /// Whether a criterion is an expression.
    pub(crate) fn has(&self, criterion: &str) -> bool {
        self.own.iter().any(|name| name == criterion)
    }

    /// Of a group.
    pub(crate) fn of_group(&self, index: usize) -> Option<&Self> {
        self.groups.get(index)
    }

    /// Whether a group has an expression.
    pub(crate) fn in_groups(&self) -> bool {
        self.groups.iter().any(|group| !group.own.is_empty() || group.in_groups())
    }

    /// Refuses expressions in a query that is not stored; those of its groups are not looked at.
    pub(crate) fn refuse(&self) -> Result<(), Failure> {
        if self.own.is_empty() { Ok(()) } else { Err(super::forbidden()) }
    }
}

/// The criterion that a parameter gives as an expression.
fn criterion(parameter: &str) -> Option<String> {
    let name = parameter.strip_suffix("Expression")?;
    CRITERIA.iter().any(|(known, ..)| *known == name).then(|| name.to_owned())
}

fn value(call: &Call, text: &str, method: &str, kind: Kind) -> Result<Json, Failure> {
    let on = "class 'org.camunda.bpm.engine.impl.TaskQueryImpl'";
    let mismatch = || Failure::java("IllegalArgumentException", "argument type mismatch");
    let value = call.app.engine.query_value(text, &call.caller).map_err(|error| match error {
        QueryExpressionError::Syntax(words) if words.starts_with("Could not resolve function") => {
            Failure::java("ELException", words)
        }
        QueryExpressionError::Syntax(words) => Failure::java("TreeBuilderException", words),
        QueryExpressionError::Unresolved => {
            Fault::engine(format!("Unable to resolve expression '{text}' for method '{method}' on {on}")).into()
        }
    })?;
    match (value, kind) {
        (QueryValue::Text(text), Kind::Text) => Ok(json!(text)),
        (QueryValue::Time(time), Kind::Time) => Ok(json!(Date::text(time))),
        (QueryValue::Null, Kind::Time) => Ok(Json::Null),
        // Camunda does not refuse these
        (QueryValue::Null, Kind::Text) if method.starts_with("processInstanceBusinessKey") => Ok(Json::Null),
        (QueryValue::Texts(texts), Kind::Texts) if !texts.is_empty() => Ok(json!(texts)),
        (QueryValue::Null | QueryValue::Texts(_), _) if kind != Kind::Time => {
            Err(Fault::engine(format!("Unable to invoke method '{method}' on {on}")).into())
        }
        _ => Err(mismatch()),
    }
}
