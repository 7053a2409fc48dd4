//! Index keys of variable values: values that a query may call equal have the same key.

use models::Value;

use super::index::{folded_key, text_key};

/// The key of a value. Numbers of all types share keys, and so do strings that differ in case only; values without
/// comparison share one.
pub(crate) fn value_key(value: &Value) -> u64 {
    match value {
        Value::Null => 1,
        Value::Boolean(value) => 2 + u64::from(*value),
        Value::Short(value) => number_key(f64::from(*value)),
        Value::Integer(value) => number_key(f64::from(*value)),
        #[expect(
            clippy::cast_precision_loss,
            reason = "neighbours that round to one key are compared exactly afterwards"
        )]
        Value::Long(value) => number_key(*value as f64),
        Value::Double(value) => number_key(*value),
        Value::String(text) => folded_key(text),
        Value::Date(time) => text_key("date").wrapping_add(time.0.cast_unsigned()),
        Value::NullOf(_) | Value::Bytes(_) | Value::File(_) | Value::Object(_) | Value::Json(_) | Value::Xml(_) => 0,
    }
}

fn number_key(value: f64) -> u64 {
    // -0.0 and 0.0 are equal
    (value + 0.0).to_bits().rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
