//! The configuration file: TOML to names, values and places.

use models::{Diagnostic, Span};
use toml::de::{DeTable, DeValue};

use super::{Raw, span};

/// A setting in the file.
pub(super) struct Entry {
    /// Dotted name.
    pub(super) key: String,
    /// Where the name stands.
    pub(super) key_span: Span,
    /// Its value.
    pub(super) value: Raw,
    /// Where the value stands.
    pub(super) value_span: Span,
}

/// The settings of a file. What is no TOML goes to `findings`.
pub(super) fn entries(text: &str, findings: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        findings.push(
            Diagnostic::error("C0001", error.message().to_owned(), span(text, range)).help("the file must be TOML 1.1"),
        );
    }
    let mut entries = Vec::new();
    if findings.is_empty() {
        collect(text, "", table.get_ref(), &mut entries);
    }
    entries
}

fn collect(text: &str, prefix: &str, table: &DeTable<'_>, entries: &mut Vec<Entry>) {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => collect(text, &format!("{name}."), inner, entries),
            other => entries.push(Entry {
                key: name,
                key_span: span(text, key.span()),
                value: raw(other),
                value_span: span(text, value.span()),
            }),
        }
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Raw::Other, Raw::Integer)
        }
        DeValue::Boolean(flag) => Raw::Boolean(*flag),
        DeValue::Array(items) => Raw::List(items.iter().map(|item| raw(item.get_ref())).collect()),
        DeValue::Float(number) => number.as_str().parse().map_or(Raw::Other, Raw::Float),
        DeValue::Datetime(_) | DeValue::Table(_) => Raw::Other,
    }
}
