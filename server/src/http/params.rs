//! Criteria of queries: one line per parameter, for the query string and the JSON body alike.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use engine_core::error::{Fault, FaultKind};
use models::{Timestamp, Value};
use tollgate::query::{Operator, Page, Sort, VariableFilter};

use super::{Call, Date, Failure, Input, Object};

/// A criterion: its name and how it goes into the query `Q`.
pub(crate) struct Parameter<Q: 'static> {
    /// Name in the query string and the body.
    pub(crate) name: &'static str,
    /// Sets it.
    pub(crate) set: fn(&mut Q, Input<'_>) -> Result<(), Failure>,
}

/// Declares the criteria of a query: `"name" => field` or `"name" => |query, input| …`.
macro_rules! parameters {
    ($(#[$doc:meta])* $table:ident: $query:ty { $($name:literal => $($field:ident).+),* $(,)? }
     $(with { $($custom:literal => $apply:expr),* $(,)? })?) => {
        $(#[$doc])*
        pub(crate) static $table: &[$crate::http::Parameter<$query>] = &[
            $($crate::http::Parameter {
                name: $name,
                set: |query, input| $crate::http::params::Assign::assign(&mut query.$($field).+, input),
            },)*
            $($($crate::http::Parameter { name: $custom, set: $apply },)*)?
        ];
    };
}
pub(crate) use parameters;

/// A field that takes a parameter. A null, and an empty text where the field is not a text, leave it as it is.
pub(crate) trait Assign {
    /// Takes the value.
    fn assign(&mut self, input: Input<'_>) -> Result<(), Failure>;
}

macro_rules! assign {
    ($($type:ty: |$input:ident| $value:expr;)*) => {
        $(impl Assign for $type {
            fn assign(&mut self, $input: Input<'_>) -> Result<(), Failure> {
                if let Some(value) = $value {
                    *self = value;
                }
                Ok(())
            }
        })*
    };
}
assign! {
    String: |input| input.text()?;
    Option<String>: |input| input.text()?.map(Some);
    Option<Arc<str>>: |input| input.text()?.map(|text| Some(Arc::from(text)));
    bool: |input| input.flag()?;
    Option<bool>: |input| input.flag()?.map(Some);
    Option<i32>: |input| input.int()?.map(Some);
    Option<i64>: |input| input.long()?.map(Some);
    Option<Timestamp>: |input| input.date()?.map(Some);
    Vec<String>: |input| input.list()?;
    Option<Vec<String>>: |input| input.list()?.map(Some);
}

/// Reads the criteria of a call: from the query string of a GET, from the body of a POST.
pub(crate) fn criteria<Q: Default>(call: &Call, table: &[Parameter<Q>]) -> Result<Q, Failure> {
    if call.method == Method::POST {
        return from_object(&call.object()?, table);
    }
    let mut query = Q::default();
    for (at, (name, text)) in call.query.iter().enumerate() {
        let repeated = call.query[..at].iter().any(|(earlier, _)| earlier == name);
        if let (false, Some(parameter)) = (repeated, table.iter().find(|parameter| parameter.name == name)) {
            (parameter.set)(&mut query, Input::Query { name, text })?;
        }
    }
    Ok(query)
}

/// Reads the criteria of a JSON object.
pub(crate) fn from_object<Q: Default>(object: &Object, table: &[Parameter<Q>]) -> Result<Q, Failure> {
    let mut query = Q::default();
    for (name, value) in &object.0 {
        if let Some(parameter) = table.iter().find(|parameter| parameter.name == name) {
            (parameter.set)(&mut query, Input::Json(value))?;
        }
    }
    Ok(query)
}

/// A parameter of the query string that is a number for Camunda's JAX-RS; an empty text is none.
///
/// # Errors
/// `QueryParamException` with 404 when it is not a number.
pub(crate) fn whole_number(call: &Call, name: &str) -> Result<Option<i32>, Failure> {
    let number = call.query(name).filter(|text| !text.is_empty()).map(str::parse).transpose();
    number.map_err(|_| Failure::new(StatusCode::NOT_FOUND, "QueryParamException", "HTTP 404 Not Found"))
}

/// Which rows of a result: `firstResult` and `maxResults`, always from the query string. -1 stands for none at all.
///
/// # Errors
/// As of [`whole_number`]; what Camunda's database says about numbers below -1.
pub(crate) fn page(call: &Call) -> Result<Page, Failure> {
    let number = |name| -> Result<Option<i32>, Failure> {
        match whole_number(call, name)? {
            Some(number) if number < -1 => {
                let text = "An exception occurred in the persistence layer. Please check the server logs for a detailed \
                            message and the entire exception stack trace.";
                Err(Fault::new(FaultKind::Persistence, text).into())
            }
            number => Ok(number),
        }
    };
    let (first, most) = (number("firstResult")?, number("maxResults")?);
    if first == Some(-1) || most == Some(-1) {
        return Ok(Page { first_result: None, max_results: Some(0) });
    }
    let count = |number: Option<i32>| number.and_then(|number| usize::try_from(number).ok());
    Ok(Page { first_result: count(first), max_results: count(most) })
}

/// The orders a call asks for: `sortBy` and `sortOrder` of a GET, `sorting` of a body. `key` finds the key of a name; its
/// second argument are the parameters of orders that have them, such as by a variable.
pub(crate) fn sorting<T>(
    call: &Call,
    key: impl Fn(&str, &Object) -> Result<Option<T>, Failure>,
) -> Result<Vec<Sort<T>>, Failure> {
    if call.method == Method::POST {
        return sorting_of(&call.object()?, key);
    }
    let (Some(by), Some(order)) = (call.input("sortBy"), call.input("sortOrder")) else {
        if call.query("sortBy").is_some() || call.query("sortOrder").is_some() {
            return Err(single());
        }
        return Ok(Vec::new());
    };
    let name = call.query("sortBy").unwrap_or_default();
    let found = key(name, &Object::default())?.ok_or_else(|| by.refused(""))?;
    let descending = descending(call.query("sortOrder").unwrap_or_default()).ok_or_else(|| order.refused(""))?;
    Ok(vec![Sort { by: found, descending }])
}

/// The orders in the property `sorting` of a JSON object.
pub(crate) fn sorting_of<T>(
    object: &Object,
    key: impl Fn(&str, &Object) -> Result<Option<T>, Failure>,
) -> Result<Vec<Sort<T>>, Failure> {
    object
        .objects("sorting")?
        .into_iter()
        .map(|item| {
            let by = item.text("sortBy")?.ok_or_else(single)?;
            let order = item.text("sortOrder")?.ok_or_else(single)?;
            let descending = descending(&order).ok_or_else(|| Failure::bad("sortOrder parameter has invalid value"))?;
            let by = key(&by, &item.object("parameters")?.unwrap_or_default())?.ok_or_else(|| {
                Failure::new(
                    StatusCode::BAD_REQUEST,
                    "NotValidException",
                    "You should call any of the orderBy methods first before specifying a direction: \
                     currentOrderingProperty is null",
                )
                .code(0)
            })?;
            Ok(Sort { by, descending })
        })
        .collect()
}

fn descending(order: &str) -> Option<bool> {
    match order {
        "asc" => Some(false),
        "desc" => Some(true),
        _ => None,
    }
}

fn single() -> Failure {
    Failure::bad("Only a single sorting parameter specified. sortBy and sortOrder required")
}

/// Takes a 32-bit number.
pub(crate) fn int(field: &mut Option<i64>, input: Input<'_>) -> Result<(), Failure> {
    if let Some(number) = input.int()? {
        *field = Some(number.into());
    }
    Ok(())
}

/// Which comparisons a query offers for variables, by their names.
pub(crate) const EVERY_COMPARISON: &[&str] = &["eq", "neq", "gt", "gteq", "lt", "lteq", "like", "notLike"];
/// The same without `notLike`, which most queries do not know.
pub(crate) const MOST_COMPARISONS: &[&str] = &["eq", "neq", "gt", "gteq", "lt", "lteq", "like"];

/// Takes conditions on variables: `name_operator_value,…` in the query string, objects in a body. `kind` is the word for
/// the variables in error texts, `comparisons` are those that the query knows, `refusal` is
/// the fault of values without order.
pub(crate) fn variables(
    field: &mut Vec<VariableFilter>,
    input: Input<'_>,
    kind: &str,
    comparisons: &[&str],
    refusal: fn(String) -> Fault,
) -> Result<(), Failure> {
    let operator = |name: &str| {
        let known = Operator::from_name(name).filter(|_| comparisons.contains(&name));
        known.ok_or_else(|| Failure::bad(format!("Invalid {kind} comparator specified: {name}")))
    };
    let mut add = |name: &str, comparison: &str, value: &serde_json::Value| -> Result<(), Failure> {
        let operator = operator(comparison)?;
        let pattern = matches!(operator, Operator::Like | Operator::NotLike);
        let read = match value {
            // texts are first read as dates, and nothing is no date
            serde_json::Value::String(text) if text.trim().is_empty() || text == "null" => Value::Null,
            value => filter_value(value),
        };
        let filter = VariableFilter {
            name: name.to_owned(),
            operator,
            any_number: value.is_number() && !pattern,
            value: if pattern { pattern_of(&read, value) } else { read },
        };
        if let Some(problem) = filter.problem() {
            return Err(if filter.has_no_order() { refusal(problem) } else { Fault::engine(problem) }.into());
        }
        field.push(filter);
        Ok(())
    };
    match input {
        Input::Query { text, .. } => {
            let mut items = Vec::new();
            for item in text.split(',').filter(|item| !item.is_empty()) {
                // as Java splits: what is empty at the end is not there
                let parts: Vec<&str> = item.trim_end_matches('_').split('_').collect();
                let [name, comparison, value] = parts[..] else {
                    return Err(input.refused("variable query parameter has to have format KEY_OPERATOR_VALUE."));
                };
                items.push((name, comparison, serde_json::Value::from(value)));
            }
            items.iter().try_for_each(|(name, comparison, value)| add(name, comparison, value))?;
        }
        Input::Json(serde_json::Value::Null) => {}
        Input::Json(serde_json::Value::Array(items)) => {
            for item in items {
                let item = Object::of(item)?;
                let comparison = item.text("operator")?.ok_or_else(|| Failure::bad("Operator of variable is null"))?;
                let name = item.text("name")?.unwrap_or_default();
                add(&name, &comparison, item.value("value").unwrap_or(&serde_json::Value::Null))?;
            }
        }
        Input::Json(_) => return Err(Failure::shape()),
    }
    Ok(())
}

/// A pattern: the text of a value, whatever it is.
fn pattern_of(read: &Value, value: &serde_json::Value) -> Value {
    match (read, value) {
        (Value::Null, _) => Value::string("null"),
        (_, serde_json::Value::String(text)) => Value::string(text.as_str()),
        (_, other) => Value::string(other.to_string()),
    }
}

/// A value to compare with: a text in exactly the form of dates is a date.
pub(crate) fn filter_value(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::String(text) => text_value(text),
        other => crate::value::untyped(other),
    }
}

fn text_value(text: &str) -> Value {
    Date::parse(text).map_or_else(|| Value::string(text), Value::Date)
}
