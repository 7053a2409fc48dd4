//! The criteria of queries, one line per parameter of the API.

pub(crate) mod admin;
pub(crate) mod expression;
pub(crate) mod history;
pub(crate) mod history_log;
pub(crate) mod instance;
pub(crate) mod report;
pub(crate) mod repository;
pub(crate) mod work;

use engine_core::error::Fault;
use models::Value;
use tollgate::query::TimeCondition;

use crate::http::{Date, Failure, Input, Object, Parameter, params};

/// The criteria that each list takes, by its path.
#[cfg(test)]
pub(crate) fn names() -> Vec<(&'static str, Vec<&'static str>)> {
    fn named<Q>(table: &[Parameter<Q>]) -> Vec<&'static str> {
        table.iter().map(|parameter| parameter.name).collect()
    }
    vec![
        ("/task", named(work::TASK)),
        ("/external-task", named(work::EXTERNAL_TASK)),
        ("/job", named(work::JOB)),
        ("/job-definition", named(work::JOB_DEFINITION)),
        ("/process-instance", named(instance::PROCESS_INSTANCE)),
        ("/execution", named(instance::EXECUTION)),
        ("/variable-instance", named(instance::VARIABLE_INSTANCE)),
        ("/incident", named(instance::INCIDENT)),
        ("/event-subscription", named(instance::EVENT_SUBSCRIPTION)),
        ("/process-definition", named(repository::PROCESS_DEFINITION)),
        ("/deployment", named(repository::DEPLOYMENT)),
        ("/decision-definition", named(repository::DECISION_DEFINITION)),
        ("/decision-requirements-definition", named(repository::DECISION_REQUIREMENTS_DEFINITION)),
        ("/history/process-instance", named(history::HISTORIC_PROCESS_INSTANCE)),
        ("/history/activity-instance", named(history::HISTORIC_ACTIVITY_INSTANCE)),
        ("/history/task", named(history::HISTORIC_TASK_INSTANCE)),
        ("/history/variable-instance", named(history::HISTORIC_VARIABLE_INSTANCE)),
        ("/history/detail", named(history_log::HISTORIC_DETAIL)),
        ("/history/incident", named(history_log::HISTORIC_INCIDENT)),
        ("/history/job-log", named(history_log::HISTORIC_JOB_LOG)),
        ("/history/external-task-log", named(history_log::HISTORIC_EXTERNAL_TASK_LOG)),
        ("/history/identity-link-log", named(history_log::HISTORIC_IDENTITY_LINK_LOG)),
        ("/history/decision-instance", named(history_log::HISTORIC_DECISION_INSTANCE)),
        ("/history/user-operation", named(history_log::USER_OPERATION)),
        ("/history/batch", named(admin::HISTORIC_BATCH)),
        ("/batch", named(admin::BATCH)),
        ("/batch/statistics", named(admin::BATCH_STATISTICS)),
        ("/user", named(admin::USER)),
        ("/group", named(admin::GROUP)),
        ("/tenant", named(admin::TENANT)),
        ("/authorization", named(admin::AUTHORIZATION)),
        ("/filter", named(admin::FILTER)),
    ]
}

/// Takes conditions on a time: `gt_<time>,lt_<time>` in the query string, objects in a body. `kind` is the word
/// for the time in error texts.
fn times(field: &mut Vec<TimeCondition>, input: Input<'_>, kind: &str) -> Result<(), Failure> {
    let condition = |operator: &str, time: &str| {
        let time = Date::parse(time)
            .ok_or_else(|| Failure::bad(format!("Cannot convert value \"{time}\" to java type java.util.Date")))?;
        match operator {
            "gt" => Ok(TimeCondition { after: true, time }),
            "lt" => Ok(TimeCondition { after: false, time }),
            _ => Err(Failure::bad(format!("Invalid {kind} comparator specified: {operator}"))),
        }
    };
    match input {
        Input::Query { text, .. } => {
            for item in text.split(',').filter(|item| !item.is_empty()) {
                let (operator, time) = item
                    .split_once('_')
                    .ok_or_else(|| input.refused("condition query parameter has to have format OPERATOR_VALUE."))?;
                field.push(condition(operator, time)?);
            }
        }
        Input::Json(serde_json::Value::Null) => {}
        Input::Json(serde_json::Value::Array(items)) => {
            for item in items {
                let item = Object::of(item)?;
                let (operator, time) = (item.text("operator")?, item.text("value")?);
                field.push(condition(&operator.unwrap_or_default(), &time.unwrap_or_default())?);
            }
        }
        Input::Json(_) => return Err(Failure::shape()),
    }
    Ok(())
}

/// Takes a value to compare with.
#[expect(clippy::unnecessary_wraps, reason = "the form of all setters")]
fn value(field: &mut Option<Value>, input: Input<'_>) -> Result<(), Failure> {
    *field = match input {
        Input::Query { text, .. } => Some(Value::string(text)),
        Input::Json(serde_json::Value::Null) => return Ok(()),
        Input::Json(json) => Some(params::filter_value(json)),
    };
    Ok(())
}

/// Takes a flag that counts as soon as it is given, even as `false`: so Camunda reads some of those of history.
fn given(field: &mut bool, input: Input<'_>) -> Result<(), Failure> {
    *field |= input.flag()?.is_some();
    Ok(())
}

/// Takes a criterion on a case. There are none, so that nothing meets it.
#[expect(clippy::unnecessary_wraps, reason = "the form of all setters")]
fn no_case(impossible: &mut bool, input: Input<'_>) -> Result<(), Failure> {
    let given = match input {
        Input::Query { .. } => true,
        Input::Json(json) => !json.is_null() && json.as_array().is_none_or(|items| !items.is_empty()),
    };
    *impossible |= given;
    Ok(())
}

/// Passes over an expression as a criterion: those are read apart, by [`expression::Given`], as they are refused only after what is
/// wrong with the rest of the query.
#[expect(clippy::unnecessary_wraps, reason = "the form of all setters")]
fn apart<Q>(_: &mut Q, _: Input<'_>) -> Result<(), Failure> {
    Ok(())
}

fn forbidden() -> Failure {
    Fault::bad_request(
        "Expressions are forbidden in adhoc queries. This behavior can be toggled in the process engine configuration",
    )
    .into()
}

/// Takes a set of ids. An empty text in the query string is one empty id, which nothing has.
fn ids(field: &mut Vec<String>, input: Input<'_>) -> Result<(), Failure> {
    if let Input::Query { text, .. } = input
        && text.is_empty()
    {
        *field = vec![String::new()];
        return Ok(());
    }
    if let Some(ids) = input.list()? {
        *field = ids;
    }
    Ok(())
}

/// Takes texts of which Camunda wants none to be empty or null. `named`: their name in its words; `null`: makes what it says of
/// one that is null.
fn filled(field: &mut Vec<String>, input: Input<'_>, named: &str, null: fn(&str) -> Fault) -> Result<(), Failure> {
    let texts = match input {
        // as Java splits: empty texts at the end don't count, but one alone does
        Input::Query { text: "", .. } => vec![String::new()],
        Input::Query { text, .. } => match text.trim_end_matches(',') {
            "" => Vec::new(),
            text => text.split(',').map(str::to_owned).collect(),
        },
        Input::Json(serde_json::Value::Array(items)) if items.iter().any(serde_json::Value::is_null) => {
            return Err(null(named).into());
        }
        Input::Json(_) => input.list()?.unwrap_or_default(),
    };
    if texts.iter().any(String::is_empty) {
        return Err(Fault::not_valid(format!("{named} contains empty string")).into());
    }
    *field = texts;
    Ok(())
}

/// Takes groups of criteria of which one must be met.
fn groups<Q: Default>(field: &mut Vec<Q>, input: Input<'_>, table: &[Parameter<Q>]) -> Result<(), Failure> {
    match input {
        Input::Json(serde_json::Value::Array(items)) => {
            for item in items {
                field.push(params::from_object(&Object::of(item)?, table)?);
            }
            Ok(())
        }
        Input::Json(serde_json::Value::Null) => Ok(()),
        Input::Query { .. } => Err(Failure::java("IllegalArgumentException", "argument type mismatch").unread()),
        Input::Json(_) => Err(Failure::shape()),
    }
}
