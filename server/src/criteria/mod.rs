//! The criteria of queries, one line per parameter of the API.

pub(crate) mod admin;
pub(crate) mod history;
pub(crate) mod history_log;
pub(crate) mod instance;
pub(crate) mod repository;
pub(crate) mod work;

use models::Value;
use tollgate::query::TimeCondition;

use crate::http::{Date, Failure, Input, Object, Parameter, params};

/// Takes conditions on a time: `gt_<time>,lt_<time>` in the query string, objects in a body.
fn times(field: &mut Vec<TimeCondition>, input: Input<'_>) -> Result<(), Failure> {
    let condition = |operator: &str, time: &str| {
        let time = Date::parse(time)
            .ok_or_else(|| Failure::bad(format!("Cannot convert value \"{time}\" to java type java.util.Date")))?;
        match operator {
            "gt" => Ok(TimeCondition { after: true, time }),
            "lt" => Ok(TimeCondition { after: false, time }),
            _ => Err(Failure::bad(format!("Invalid condition comparator specified: {operator}"))),
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

/// Takes groups of criteria of which one must be met.
fn groups<Q: Default>(field: &mut Vec<Q>, input: Input<'_>, table: &[Parameter<Q>]) -> Result<(), Failure> {
    match input {
        Input::Json(serde_json::Value::Array(items)) => {
            for item in items {
                field.push(params::from_object(&Object::of(item)?, table)?);
            }
            Ok(())
        }
        Input::Json(serde_json::Value::Null) | Input::Query { .. } => Ok(()),
        Input::Json(_) => Err(Failure::shape()),
    }
}
