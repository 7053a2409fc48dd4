//! Texts as Python writes them: the traces and the values of JSON variables were made with them.

use std::fmt::Write as _;

use serde_json::Value;

/// `json.dumps(value)`.
pub(super) fn dumps(value: &Value) -> String {
    let mut out = String::new();
    dump(value, false, &mut out);
    out
}

/// `json.dumps(value, sort_keys=True)`: by it lists are sorted.
pub(super) fn sorted_dumps(value: &Value) -> String {
    let mut out = String::new();
    dump(value, true, &mut out);
    out
}

fn dump(value: &Value, sorted: bool, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => out.push_str(&repr(float)),
            _ => out.push_str(&number.to_string()),
        },
        Value::String(text) => quote(text, out),
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                out.push_str(if n > 0 { ", " } else { "" });
                dump(item, sorted, out);
            }
            out.push(']');
        }
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            if sorted {
                entries.sort_by_key(|(key, _)| *key);
            }
            out.push('{');
            for (n, (key, item)) in entries.into_iter().enumerate() {
                out.push_str(if n > 0 { ", " } else { "" });
                quote(key, out);
                out.push_str(": ");
                dump(item, sorted, out);
            }
            out.push('}');
        }
    }
}

/// In ASCII: every other character as its UTF-16 units.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

/// `str(value)`.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => dumps(other),
    }
}

/// `repr` of a float.
fn repr(value: f64) -> String {
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return format!("{value:?}");
    }
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

/// `format(value, "g")`: six significant digits.
pub(super) fn general(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let scientific = format!("{value:.5e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        let decimals = usize::try_from(5 - exponent).unwrap_or(0);
        return shorten(&format!("{value:.decimals$}")).to_owned();
    }
    format!("{}e{}{:02}", shorten(mantissa), if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

fn shorten(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
}

/// A value that Python calls false, or equal to it: `None`, an empty list, map or text, `False`, zero.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
    }
}

/// `left == right`: numbers by value, maps without regard to order.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| equal(value, other)))
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{dumps, general};

    #[test]
    fn texts_are_pythons() {
        assert_eq!(
            dumps(&json!({"b": [1, 2.0, 1e20, "ä\n"], "a": null})),
            r#"{"b": [1, 2.0, 1e+20, "\u00e4\n"], "a": null}"#
        );
        let cases = [
            (0.0, "0"),
            (90.0, "90"),
            (2_592_000.0, "2.592e+06"),
            (0.5, "0.5"),
            (-1.25, "-1.25"),
            (123_456.7, "123457"),
        ];
        for (value, text) in cases {
            assert_eq!(general(value), text);
        }
    }
}
