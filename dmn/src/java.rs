//! What Java prints and how it orders: needed where a client can see it.

use std::fmt::Write;

use models::{
    Value,
    value::{ObjectContent, Tree},
};

/// The order in which a `HashMap` with these keys, put in this order, is walked.
pub(crate) fn hash_map_order<K: AsRef<str>>(keys: &[K]) -> Vec<usize> {
    let mut capacity = 16;
    while keys.len() * 4 > capacity * 3 {
        capacity *= 2;
    }
    let bucket = |key: &str| {
        let hash = key.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)));
        let hash = hash.cast_unsigned();
        (hash ^ hash >> 16) as usize & (capacity - 1)
    };
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by_key(|at| bucket(keys[*at].as_ref()));
    order
}

/// `Double.toString`.
pub(crate) fn double_to_string(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 || (1e-3..1e7).contains(&value.abs()) {
        return format!("{value:?}");
    }
    let text = format!("{value:e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0E{exponent}"),
        Some((mantissa, exponent)) => format!("{mantissa}E{exponent}"),
        None => text,
    }
}

/// `String.valueOf`.
pub(crate) fn to_string(value: &Value) -> String {
    match value {
        Value::Null | Value::NullOf(_) => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Short(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Long(value) => value.to_string(),
        Value::Double(value) => double_to_string(*value),
        Value::String(text) | Value::Json(text) | Value::Xml(text) => text.to_string(),
        Value::Date(at) => date_to_string(at.0),
        Value::Bytes(_) => "[B".to_owned(),
        Value::File(file) => format!("FileValueImpl [mimeType={:?}, filename={}]", file.mime_type, file.filename),
        Value::Object(object) => match &object.content {
            ObjectContent::Null => "null".to_owned(),
            ObjectContent::Serialized(text) => text.to_string(),
            ObjectContent::Tree(tree) => tree_to_string(tree),
        },
    }
}

fn tree_to_string(tree: &Tree) -> String {
    let joined = |items: &[Tree]| items.iter().map(tree_to_string).collect::<Vec<_>>().join(", ");
    match tree {
        Tree::Value(value) => to_string(value),
        Tree::List(items) | Tree::Set(items) => format!("[{}]", joined(items)),
        Tree::Map(entries) | Tree::SortedMap(entries) => {
            let mut text = String::from("{");
            for (at, (key, value)) in entries.iter().enumerate() {
                let _ = write!(
                    text,
                    "{}{}={}",
                    if at == 0 { "" } else { ", " },
                    tree_to_string(key),
                    tree_to_string(value)
                );
            }
            text + "}"
        }
        Tree::Other(_, text) => text.clone(),
    }
}

/// `Date.toString` at UTC: `Wed Jan 01 10:00:00 UTC 2020`.
fn date_to_string(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).map_or_else(
        |_| millis.to_string(),
        |at| at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%a %b %d %H:%M:%S UTC %Y").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::{double_to_string, hash_map_order};

    #[test]
    fn doubles() {
        for (value, text) in
            [(1.0, "1.0"), (1e7, "1.0E7"), (1.5e-4, "1.5E-4"), (0.001, "0.001"), (1.234_567_8e19, "1.2345678E19")]
        {
            assert_eq!(double_to_string(value), text);
        }
    }

    #[test]
    fn hash_order() {
        // "b" hashes to 98, bucket 2 of 16; "a" to bucket 1.
        assert_eq!(hash_map_order(&["b", "a"]), [1, 0]);
        assert_eq!(hash_map_order(&["q", "a"]), [0, 1]);
    }
}
