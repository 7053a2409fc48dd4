//! Expressions as criteria of queries, such as `${currentUser()}` in a saved filter.

use models::Timestamp;
use objects::{Object, temporal::Temporal};

use super::{Engine, start_timer::Empty};
use crate::request::Caller;

/// What a criterion's expression gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryValue {
    /// Nothing.
    Null,
    /// A text.
    Text(String),
    /// A point in time.
    Time(Timestamp),
    /// Several texts.
    Texts(Vec<String>),
    /// What no criterion takes.
    Other,
}

/// Why an expression of a query gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryExpressionError {
    /// It can't be read: what the language says.
    Syntax(String),
    /// It can't be evaluated.
    Unresolved,
}

impl Engine {
    /// Evaluates the expression of a criterion on behalf of a caller.
    ///
    /// # Errors
    /// When it can't be read or evaluated.
    pub fn query_value(&self, expression: &str, caller: &Caller) -> Result<QueryValue, QueryExpressionError> {
        let parsed = juel::Expression::parse(expression).map_err(|error| {
            // the language's own words stand behind those of the engine
            QueryExpressionError::Syntax(error.to_string())
        })?;
        let mut scope = Empty {
            now: self.now(),
            zone: self.settings().time_zone.clone(),
            variables: Vec::new(),
            caller: caller.clone(),
        };
        let value = parsed.evaluate(&mut scope).map_err(|_| QueryExpressionError::Unresolved)?;
        Ok(query_value(&value))
    }
}

fn query_value(value: &Object) -> QueryValue {
    match value {
        Object::Null => QueryValue::Null,
        Object::String(text) => QueryValue::Text(text.to_string()),
        Object::Date(time) => QueryValue::Time(*time),
        Object::Temporal(temporal) => match &**temporal {
            Temporal::JodaDateTime(at) => QueryValue::Time(Timestamp(at.timestamp().as_millisecond())),
            _ => QueryValue::Other,
        },
        Object::List(items) => {
            let text = |item: &Object| match item {
                Object::String(text) => Some(text.to_string()),
                _ => None,
            };
            let texts: Option<Vec<String>> = items.borrow().iter().map(text).collect();
            texts.map_or(QueryValue::Other, QueryValue::Texts)
        }
        _ => QueryValue::Other,
    }
}
