//! Conditions on variables.

use std::cmp::Ordering;

use models::Value;

use super::text::{equal_ignoring_case, like, like_ignoring_case};

/// A condition on a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct VariableFilter {
    /// Its name.
    pub name: String,
    /// The comparison.
    pub operator: Operator,
    /// What it is compared with; variables of another type are never equal to it, nor less or greater.
    pub value: Value,
    /// A number without type, as in JSON: it compares with variables of every numeric type that can hold it.
    pub any_number: bool,
}

/// Comparison of a variable with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `eq`.
    Equals,
    /// `neq`.
    NotEquals,
    /// `gt`.
    GreaterThan,
    /// `gteq`.
    GreaterThanOrEquals,
    /// `lt`.
    LessThan,
    /// `lteq`.
    LessThanOrEquals,
    /// `like`.
    Like,
    /// `notLike`.
    NotLike,
}

impl Operator {
    /// The operator of a name in the API.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "eq" => Self::Equals,
            "neq" => Self::NotEquals,
            "gt" => Self::GreaterThan,
            "gteq" => Self::GreaterThanOrEquals,
            "lt" => Self::LessThan,
            "lteq" => Self::LessThanOrEquals,
            "like" => Self::Like,
            "notLike" => Self::NotLike,
            _ => return None,
        })
    }

    /// How Camunda names it in messages, for the operators that need an order or a pattern.
    fn described(self) -> Option<&'static str> {
        match self {
            Self::Equals | Self::NotEquals => None,
            Self::GreaterThan => Some("greater than"),
            Self::GreaterThanOrEquals => Some("greater than or equal"),
            Self::LessThan => Some("less than"),
            Self::LessThanOrEquals => Some("less than or equal"),
            Self::Like => Some("like"),
            Self::NotLike => Some("not like"),
        }
    }
}

impl VariableFilter {
    /// Why the condition cannot be used, in Camunda's words: truth values and null have no order, and binary values are not
    /// compared.
    pub fn problem(&self) -> Option<String> {
        match &self.value {
            Value::Null | Value::Boolean(_) => {
                let operator = self.operator.described()?;
                Some(format!("Booleans and null cannot be used in '{operator}' condition"))
            }
            Value::Bytes(_) => Some("Variables of type ByteArray cannot be used to query".to_owned()),
            Value::File(_) => Some("Variables of type File cannot be used to query".to_owned()),
            Value::Object(_) | Value::Json(_) => Some("Object values cannot be used to query".to_owned()),
            _ => None,
        }
    }

    /// Whether the condition needs an order that its value does not have.
    pub fn has_no_order(&self) -> bool {
        matches!(self.value, Value::Null | Value::Boolean(_)) && self.operator.described().is_some()
    }

    /// Whether one of some variables has the name and meets the condition.
    pub(crate) fn met_by<'w>(
        &self,
        mut variables: impl Iterator<Item = (&'w str, &'w Value)>,
        ignore_name_case: bool,
        ignore_value_case: bool,
    ) -> bool {
        variables.any(|(name, value)| {
            let same = if ignore_name_case { equal_ignoring_case(name, &self.name) } else { name == self.name };
            same && self.holds(value, ignore_value_case)
        })
    }

    /// Whether a variable of the name with this value meets the condition.
    pub(crate) fn holds(&self, value: &Value, ignore_case: bool) -> bool {
        let order = || self.order(value, ignore_case);
        match self.operator {
            Operator::Equals => order() == Some(Ordering::Equal),
            Operator::NotEquals => order() != Some(Ordering::Equal),
            Operator::GreaterThan => order() == Some(Ordering::Greater),
            Operator::GreaterThanOrEquals => order().is_some_and(Ordering::is_ge),
            Operator::LessThan => order() == Some(Ordering::Less),
            Operator::LessThanOrEquals => order().is_some_and(Ordering::is_le),
            Operator::Like => self.is_like(value, ignore_case),
            Operator::NotLike => !self.is_like(value, ignore_case),
        }
    }

    fn is_like(&self, value: &Value, ignore_case: bool) -> bool {
        match (value, &self.value) {
            (Value::String(text), Value::String(pattern)) if ignore_case => like_ignoring_case(text, pattern),
            (Value::String(text), Value::String(pattern)) => like(text, pattern),
            _ => false,
        }
    }

    /// The value's place relative to the condition's; `None` when they cannot be compared.
    fn order(&self, value: &Value, ignore_case: bool) -> Option<Ordering> {
        if self.any_number {
            return any_number_order(value, &self.value);
        }
        match (value, &self.value) {
            (Value::Null, Value::Null) => Some(Ordering::Equal),
            (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
            (Value::Short(a), Value::Short(b)) => Some(a.cmp(b)),
            (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
            (Value::Long(a), Value::Long(b)) => Some(a.cmp(b)),
            (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
            (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
            (Value::String(a), Value::String(b)) if ignore_case => {
                if equal_ignoring_case(a, b) {
                    Some(Ordering::Equal)
                } else {
                    Some(a.to_uppercase().cmp(&b.to_uppercase()))
                }
            }
            (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// Compares a numeric variable with an untyped number; a type that cannot hold the number does not compare.
fn any_number_order(value: &Value, number: &Value) -> Option<Ordering> {
    let whole = match number {
        Value::Short(number) => Some(i64::from(*number)),
        Value::Integer(number) => Some(i64::from(*number)),
        Value::Long(number) => Some(*number),
        Value::Double(number) => whole_number(*number),
        _ => return None,
    };
    match value {
        Value::Short(value) => i16::try_from(whole?).ok().map(|number| value.cmp(&number)),
        Value::Integer(value) => i32::try_from(whole?).ok().map(|number| value.cmp(&number)),
        Value::Long(value) => whole.map(|number| value.cmp(&number)),
        Value::Double(value) => value.partial_cmp(&as_double(number)?),
        _ => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "checked by converting back"
)]
fn whole_number(number: f64) -> Option<i64> {
    let whole = number as i64;
    (whole as f64 == number).then_some(whole)
}

#[expect(clippy::cast_precision_loss, reason = "Java converts with the same loss")]
fn as_double(number: &Value) -> Option<f64> {
    match number {
        Value::Short(number) => Some(f64::from(*number)),
        Value::Integer(number) => Some(f64::from(*number)),
        Value::Long(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use models::Value;

    use super::{Operator, VariableFilter};

    fn filter(operator: Operator, value: Value) -> VariableFilter {
        VariableFilter { name: "x".to_owned(), operator, value, any_number: false }
    }

    fn untyped(operator: Operator, value: Value) -> VariableFilter {
        VariableFilter { any_number: true, ..filter(operator, value) }
    }

    #[test]
    fn types_must_be_the_same() {
        let five = filter(Operator::Equals, Value::Integer(5));
        assert!(five.holds(&Value::Integer(5), false));
        assert!(!five.holds(&Value::Long(5), false));
        assert!(!five.holds(&Value::string("5"), false));
        assert!(filter(Operator::NotEquals, Value::Integer(5)).holds(&Value::Long(5), false));
    }

    #[test]
    fn an_untyped_number_compares_with_the_types_that_can_hold_it() {
        let five = untyped(Operator::Equals, Value::Integer(5));
        for value in [Value::Short(5), Value::Integer(5), Value::Long(5), Value::Double(5.0)] {
            assert!(five.holds(&value, false), "{value:?}");
        }
        let fraction = untyped(Operator::GreaterThan, Value::Double(4.5));
        assert!(fraction.holds(&Value::Double(5.0), false));
        assert!(!fraction.holds(&Value::Integer(5), false));
        assert!(!untyped(Operator::LessThan, Value::Long(1 << 40)).holds(&Value::Integer(1), false));
    }

    #[test]
    fn like_is_for_strings() {
        assert!(filter(Operator::Like, Value::string("a%")).holds(&Value::string("abc"), false));
        assert!(!filter(Operator::Like, Value::string("A%")).holds(&Value::string("abc"), false));
        assert!(filter(Operator::Like, Value::string("A%")).holds(&Value::string("abc"), true));
        assert!(filter(Operator::NotLike, Value::string("b%")).holds(&Value::Integer(1), false));
    }

    #[test]
    fn truth_values_have_no_order() {
        let problem = filter(Operator::GreaterThan, Value::Boolean(true)).problem();
        assert_eq!(problem.as_deref(), Some("Booleans and null cannot be used in 'greater than' condition"));
        assert_eq!(filter(Operator::Equals, Value::Boolean(true)).problem(), None);
    }
}
