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

/// Refuses expressions in a query that is not stored; those of its groups are not looked at.
pub(crate) fn refuse(query: &Object) -> Result<(), Failure> {
    let given = |(name, value): (&String, &Json)| name.ends_with("Expression") && !value.is_null();
    if query.0.iter().any(given) { Err(super::forbidden()) } else { Ok(()) }
}

/// Takes expressions out, where a query is only read, not run.
pub(crate) fn leave_out(query: &mut Object) {
    query.0.retain(|name, _| !name.ends_with("Expression"));
    if let Some(Json::Array(groups)) = query.0.get_mut("orQueries") {
        for group in groups.iter_mut().filter_map(Json::as_object_mut) {
            group.retain(|name, _| !name.ends_with("Expression"));
        }
    }
}

fn value(call: &Call, text: &str, method: &str, kind: Kind) -> Result<Json, Failure> {
    let on = "class 'org.camunda.bpm.engine.impl.TaskQueryImpl'";
    let mismatch = || Failure::java("IllegalArgumentException", "argument type mismatch");
    let value = call.app.engine.query_value(text, &call.caller).map_err(|error| match error {
        QueryExpressionError::Syntax(words) => Failure::java("TreeBuilderException", words),
        QueryExpressionError::Unresolved => {
            Fault::engine(format!("Unable to resolve expression '{text}' for method '{method}' on {on}")).into()
        }
    })?;
    match (value, kind) {
        (QueryValue::Text(text), Kind::Text) => Ok(json!(text)),
        (QueryValue::Time(time), Kind::Time) => Ok(json!(Date::text(time))),
        (QueryValue::Null, Kind::Time) => Ok(Json::Null),
        (QueryValue::Texts(texts), Kind::Texts) if !texts.is_empty() => Ok(json!(texts)),
        (QueryValue::Null | QueryValue::Texts(_), _) if kind != Kind::Time => {
            Err(Fault::engine(format!("Unable to invoke method '{method}' on {on}")).into())
        }
        _ => Err(mismatch()),
    }
}
