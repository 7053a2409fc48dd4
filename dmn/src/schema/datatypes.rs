//! Lexical rules of the simple types.

use std::sync::Arc;

/// A simple type of the tables.
#[derive(Debug, Clone)]
pub(super) enum Simple {
    /// One of some words.
    OneOf(Vec<Arc<str>>),
    /// A whole number within bounds.
    Between(i64, i64),
}

/// What is wrong with a value of a built-in type, as Camunda's XML parser puts it; `None` if nothing.
pub(super) fn builtin(type_name: &str, raw: &str) -> Option<String> {
    let value = raw.trim_matches([' ', '\t', '\r', '\n']);
    // ID and IDREF are reported as what they are made of.
    let (valid, shown) = match type_name {
        "ID" | "IDREF" | "NCName" => (is_ncname(value), "NCName"),
        "QName" => (value.split_once(':').map_or(is_ncname(value), |(p, l)| is_ncname(p) && is_ncname(l)), "QName"),
        "boolean" => (matches!(value, "true" | "false" | "1" | "0"), "boolean"),
        "double" => (matches!(value, "INF" | "-INF" | "NaN") || is_number(value), "double"),
        "int" | "integer" => (value.strip_prefix('+').unwrap_or(value).parse::<i64>().is_ok(), type_name),
        _ => (true, type_name),
    };
    (!valid).then(|| format!("cvc-datatype-valid.1.2.1: '{value}' is not a valid value for '{shown}'."))
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'))
        && text.parse::<f64>().is_ok()
}

fn is_ncname(text: &str) -> bool {
    let start = |c: char| c.is_alphabetic() || c == '_';
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{B7}') || is_combining(c);
    let mut chars = text.chars();
    chars.next().is_some_and(start) && chars.all(part)
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::builtin;

    #[test]
    fn lexical_rules() {
        assert_eq!(builtin("ID", "a-1.b"), None);
        assert_eq!(
            builtin("ID", "{{ ID }}").as_deref(),
            Some("cvc-datatype-valid.1.2.1: '{{ ID }}' is not a valid value for 'NCName'.")
        );
        assert_eq!(builtin("QName", "feel:string"), None);
        assert!(builtin("boolean", "yes").is_some());
        assert_eq!(builtin("double", "-1.5e3"), None);
        assert!(builtin("double", "infinity").is_some());
        assert_eq!(builtin("string", "anything"), None);
    }
}
