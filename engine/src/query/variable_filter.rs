//! Conditions on variables.

use models::Value;

/// A condition on a variable.
#[derive(Clone, Debug, PartialEq)]
pub struct VariableFilter {
    /// Its name; for `variable_values` of variable queries too.
    pub name: String,
    /// The comparison.
    pub operator: Operator,
    /// What it is compared with. [`NumberValue`](VariableFilter::any_number) compares with all numeric types.
    pub value: Value,
    /// A number without type: compares with variables of all numeric types (`Integer`, `Long`, `Short`, `Double`).
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
}
