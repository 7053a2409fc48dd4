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

/// What a call asks for.
pub(crate) struct Asked<Q, T> {
    /// The criteria.
    pub(crate) query: Q,
    /// The orders; or what is wrong with the criteria or the orders. Camunda's query builder refuses what does not go together
    /// before it says so.
    pub(crate) orders: Result<Vec<Sort<T>>, Failure>,
}

/// Reads what a call asks for: criteria and orders, from the query string of a GET, from the body of a POST. `key` finds the
/// sorting key of a name; its second argument are the parameters of orders that have them, such as by a variable.
///
/// # Errors
/// When something can't be read.
pub(crate) fn asked<Q: Default, T>(
    call: &Call,
    table: &[Parameter<Q>],
    key: impl Fn(&str, &Object) -> Result<Option<T>, Failure>,
) -> Result<Asked<Q, T>, Failure> {
    if call.method == Method::POST {
        return asked_by(&call.object()?, table, key);
    }
    let mut reading = Reading::new(table);
    for (name, text) in parameters_in_order(&call.query) {
        let input = Input::Query { name, text };
        let known = match name {
            "sortBy" => key(text, &Object::default())?.is_some(),
            "sortOrder" => descending(text).is_some(),
            _ => {
                reading.take(name, input)?;
                true
            }
        };
        if !known {
            return Err(input.refused(""));
        }
    }
    let (query, late) = reading.done();
    Ok(Asked { query, orders: late.map_or_else(|| sorting_of_call(call, key), Err) })
}

/// The same of a JSON object.
///
/// # Errors
/// When something can't be read.
pub(crate) fn asked_by<Q: Default, T>(
    object: &Object,
    table: &[Parameter<Q>],
    key: impl Fn(&str, &Object) -> Result<Option<T>, Failure>,
) -> Result<Asked<Q, T>, Failure> {
    let mut reading = Reading::new(table);
    for (name, value) in &object.0 {
        reading.take(name, Input::Json(value))?;
    }
    let (query, late) = reading.done();
    let orders = match sorting_of(object, key) {
        Err(failure) if failure.unread => return Err(failure),
        orders => late.map_or(orders, Err),
    };
    Ok(Asked { query, orders })
}

/// Reads the criteria of a call's query string, which asks for no order.
pub(crate) fn criteria<Q: Default>(call: &Call, table: &[Parameter<Q>]) -> Result<Q, Failure> {
    let mut reading = Reading::new(table);
    parameters_in_order(&call.query)
        .into_iter()
        .try_for_each(|(name, text)| reading.take(name, Input::Query { name, text }))?;
    let (query, late) = reading.done();
    late.map_or(Ok(query), Err)
}

/// Reads the criteria of a JSON object.
pub(crate) fn from_object<Q: Default>(object: &Object, table: &[Parameter<Q>]) -> Result<Q, Failure> {
    let mut reading = Reading::new(table);
    object.0.iter().try_for_each(|(name, value)| reading.take(name, Input::Json(value)))?;
    let (query, late) = reading.done();
    late.map_or(Ok(query), Err)
}

/// Criteria on the way into a query. What can't be read is refused at once; what is read and can't be asked for is refused after that, in
/// the order of the table.
struct Reading<'a, Q: 'static> {
    table: &'a [Parameter<Q>],
    query: Q,
    late: Option<(usize, Failure)>,
}

impl<'a, Q: Default> Reading<'a, Q> {
    fn new(table: &'a [Parameter<Q>]) -> Self {
        Self { table, query: Q::default(), late: None }
    }

    fn take(&mut self, name: &str, input: Input<'_>) -> Result<(), Failure> {
        let Some(place) = self.table.iter().position(|parameter| parameter.name == name) else { return Ok(()) };
        match (self.table[place].set)(&mut self.query, input) {
            Err(failure) if failure.unread => return Err(failure),
            Err(failure) if self.late.as_ref().is_none_or(|(earlier, _)| place < *earlier) => {
                self.late = Some((place, failure));
            }
            Ok(()) | Err(_) => {}
        }
        Ok(())
    }

    fn done(self) -> (Q, Option<Failure>) {
        (self.query, self.late.map(|(_, failure)| failure))
    }
}

/// The parameters of a query string in the order in which Camunda looks at them. Of each name the first counts.
fn parameters_in_order(query: &[(String, String)]) -> Vec<(&str, &str)> {
    in_java_order(query.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect(), |(name, _)| name)
}

/// Entries in the order of Java's `HashMap` and `HashSet` with the keys that `key` tells. Of each key the first entry counts.
pub(crate) fn in_java_order<'a, T: Copy>(entries: Vec<T>, key: impl Fn(T) -> &'a str) -> Vec<T> {
    let mut distinct: Vec<T> = Vec::new();
    for entry in entries {
        if distinct.iter().all(|earlier| key(*earlier) != key(entry)) {
            distinct.push(entry);
        }
    }
    let mut buckets = 16;
    while distinct.len() > buckets / 4 * 3 {
        buckets *= 2;
    }
    distinct.sort_by_key(|entry| {
        let hash = key(*entry).encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()));
        (hash ^ (hash >> 16)) as usize & (buckets - 1)
    });
    distinct
}

/// A parameter of the query string that is a number for Camunda's JAX-RS; an empty text is none.
///
/// # Errors
/// `QueryParamException` with 404 when it is not a number.
pub(crate) fn whole_number(call: &Call, name: &str) -> Result<Option<i32>, Failure> {
    let number = call.query(name).filter(|text| !text.is_empty()).map(str::parse).transpose();
    number.map_err(|_| Failure::new(StatusCode::NOT_FOUND, "QueryParamException", "HTTP 404 Not Found"))
}

/// Which rows of a result, as a call asks for them: `firstResult` and `maxResults`, always from the query string.
#[derive(Clone, Copy)]
pub(crate) struct Pages {
    first: Option<i32>,
    most: Option<i32>,
}

/// Reads which rows are asked for. This comes before all else, even before the body.
///
/// # Errors
/// As of [`whole_number`].
pub(crate) fn pages(call: &Call) -> Result<Pages, Failure> {
    Ok(Pages { first: whole_number(call, "firstResult")?, most: whole_number(call, "maxResults")? })
}

impl Pages {
    /// The rows. -1 stands for none at all.
    ///
    /// # Errors
    /// What Camunda's database says about numbers below -1.
    pub(crate) fn page(self) -> Result<Page, Failure> {
        if self.first.into_iter().chain(self.most).any(|number| number < -1) {
            return Err(persistence());
        }
        if self.first == Some(-1) || self.most == Some(-1) {
            return Ok(Page { first_result: None, max_results: Some(0) });
        }
        let count = |number: Option<i32>| number.and_then(|number| usize::try_from(number).ok());
        Ok(Page { first_result: count(self.first), max_results: count(self.most) })
    }
}

/// What Camunda says when its database fails.
pub(crate) fn persistence() -> Failure {
    let text = "An exception occurred in the persistence layer. Please check the server logs for a detailed message and \
                the entire exception stack trace.";
    Fault::new(FaultKind::Persistence, text).into()
}

/// The order that a GET asks for: `sortBy` and `sortOrder`.
fn sorting_of_call<T>(
    call: &Call,
    key: impl Fn(&str, &Object) -> Result<Option<T>, Failure>,
) -> Result<Vec<Sort<T>>, Failure> {
    let by = call.query("sortBy").map(|name| key(name, &Object::default())).transpose()?.flatten();
    let descending = call.query("sortOrder").and_then(descending);
    match (by, descending) {
        (None, None) => Ok(Vec::new()),
        (Some(by), Some(descending)) => Ok(vec![Sort { by, descending }]),
        _ => Err(Failure::bad("Only a single sorting parameter specified. sortBy and sortOrder required")),
    }
}

/// The orders in the property `sorting` of a JSON object. As in Camunda a direction belongs to the last key, which an earlier item may have
/// named, and keys that nobody knows are passed over.
fn sorting_of<T>(
    object: &Object,
    key: impl Fn(&str, &Object) -> Result<Option<T>, Failure>,
) -> Result<Vec<Sort<T>>, Failure> {
    let refused = |text: &str| Err(Fault::not_valid(text).into());
    let mut orders: Vec<(T, Option<bool>)> = Vec::new();
    for item in object.objects("sorting")? {
        if let Some(by) = item.text("sortBy")? {
            orders.extend(key(&by, &item.object("parameters")?.unwrap_or_default())?.map(|by| (by, None)));
        }
        let Some(descending) = item.text("sortOrder")?.as_deref().and_then(descending) else { continue };
        match orders.last_mut() {
            None => {
                return refused(
                    "You should call any of the orderBy methods first before specifying a direction: \
                     currentOrderingProperty is null",
                );
            }
            Some((_, direction @ None)) => *direction = Some(descending),
            Some((_, Some(_))) => {
                return refused(
                    "Invalid query: can specify only one direction desc() or asc() for an ordering constraint: \
                     direction is not null",
                );
            }
        }
    }
    let directed = orders.into_iter().map(|(by, direction)| direction.map(|descending| Sort { by, descending }));
    directed
        .collect::<Option<_>>()
        .map_or_else(|| refused("Invalid query: call asc() or desc() after using orderByXX(): direction is null"), Ok)
}

fn descending(order: &str) -> Option<bool> {
    match order {
        "asc" => Some(false),
        "desc" => Some(true),
        _ => None,
    }
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
