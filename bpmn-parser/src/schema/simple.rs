//! Simple types: booleans, numbers, names, URIs, enumerations.

use crate::xml::{Element, is_ncname, is_xml_space};

/// A simple type of the schema.
#[derive(Debug)]
pub(super) struct SimpleType {
    pub(super) name: &'static str,
    pub(super) kind: SimpleKind,
}

/// What values a simple type has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SimpleKind {
    String,
    Token,
    Boolean,
    Integer,
    Int,
    Double,
    AnyUri,
    QName,
    /// Unique in the document.
    Id,
    /// Exists in the document.
    IdRef,
    Enumeration(Vec<&'static str>),
    /// A URI or one of these.
    Union(Vec<&'static str>),
}

impl SimpleType {
    pub(super) fn built_in() -> [Self; 10] {
        [
            Self { name: "string", kind: SimpleKind::String },
            Self { name: "token", kind: SimpleKind::Token },
            Self { name: "boolean", kind: SimpleKind::Boolean },
            Self { name: "integer", kind: SimpleKind::Integer },
            Self { name: "int", kind: SimpleKind::Int },
            Self { name: "double", kind: SimpleKind::Double },
            Self { name: "anyURI", kind: SimpleKind::AnyUri },
            Self { name: "QName", kind: SimpleKind::QName },
            Self { name: "ID", kind: SimpleKind::Id },
            Self { name: "IDREF", kind: SimpleKind::IdRef },
        ]
    }

    pub(super) fn enumeration(name: &'static str, values: &[&'static str]) -> Self {
        Self { name, kind: SimpleKind::Enumeration(values.to_vec()) }
    }

    pub(super) fn union(name: &'static str, values: &[&'static str]) -> Self {
        Self { name, kind: SimpleKind::Union(values.to_vec()) }
    }

    /// White space as the type wants it: kept for strings, collapsed for everything else.
    pub(super) fn normalise(&self, text: &str) -> String {
        match self.kind {
            SimpleKind::String | SimpleKind::Enumeration(_) => text.to_owned(),
            _ => {
                let parts: Vec<_> = text.split(is_xml_space).filter(|part| !part.is_empty()).collect();
                parts.join(" ")
            }
        }
    }

    /// Checks a normalised value, leaving aside whether ids are unique and known; the error is the Java parser's text.
    pub(super) fn check(&self, value: &str, element: Element<'_>) -> Result<(), String> {
        let invalid =
            |name: &str| Err(format!("cvc-datatype-valid.1.2.1: '{value}' is not a valid value for '{name}'."));
        match &self.kind {
            SimpleKind::String | SimpleKind::Token => Ok(()),
            SimpleKind::Boolean if matches!(value, "true" | "false" | "1" | "0") => Ok(()),
            SimpleKind::Integer if is_integer(value) => Ok(()),
            SimpleKind::Int if is_integer(value) => check_int(value),
            SimpleKind::Double if is_double(value) => Ok(()),
            SimpleKind::AnyUri if is_uri(value) => Ok(()),
            SimpleKind::Id | SimpleKind::IdRef => {
                if is_ncname(value) {
                    Ok(())
                } else {
                    invalid("NCName")
                }
            }
            SimpleKind::QName => {
                let (prefix, local) = value.split_once(':').unwrap_or(("", value));
                if !(prefix.is_empty() && !value.starts_with(':') || is_ncname(prefix)) || !is_ncname(local) {
                    return invalid("QName");
                }
                if !prefix.is_empty() && element.namespace_of_prefix(prefix).is_none() {
                    return Err(format!(
                        "UndeclaredPrefix: Cannot resolve '{value}' as a QName: the prefix '{prefix}' is not declared."
                    ));
                }
                Ok(())
            }
            SimpleKind::Enumeration(values) if values.contains(&value) => Ok(()),
            SimpleKind::Enumeration(values) => Err(format!(
                "cvc-enumeration-valid: Value '{value}' is not facet-valid with respect to enumeration '[{}]'. It must be a value from the enumeration.",
                values.join(", ")
            )),
            SimpleKind::Union(values) if is_uri(value) || values.contains(&value) => Ok(()),
            SimpleKind::Union(_) => {
                Err(format!("cvc-datatype-valid.1.2.3: '{value}' is not a valid value of union type '{}'.", self.name))
            }
            // `int` restricts `integer`, whose form is checked first.
            SimpleKind::Int => invalid("integer"),
            SimpleKind::Boolean | SimpleKind::Integer | SimpleKind::Double | SimpleKind::AnyUri => invalid(self.name),
        }
    }
}

fn is_integer(value: &str) -> bool {
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

fn check_int(value: &str) -> Result<(), String> {
    let (facet, bound) = match value.strip_prefix('+').unwrap_or(value).parse::<i32>() {
        Ok(_) => return Ok(()),
        Err(_) if value.starts_with('-') => ("minInclusive", i32::MIN),
        Err(_) => ("maxInclusive", i32::MAX),
    };
    Err(format!(
        "cvc-{facet}-valid: Value '{value}' is not facet-valid with respect to {facet} '{bound}' for type 'int'."
    ))
}

fn is_double(value: &str) -> bool {
    match value {
        "INF" | "-INF" | "NaN" => true,
        _ => {
            value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'))
                && value.parse::<f64>().is_ok()
        }
    }
}

/// `xsd:anyURI` as the Java parser checks it: after escaping what a URI may not contain, the parts must be well formed.
fn is_uri(value: &str) -> bool {
    let (rest, fragment) = match value.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (value, None),
    };
    if fragment.is_some_and(|fragment| fragment.contains('#')) || !escapes_are_valid(value) {
        return false;
    }
    let scheme_end = rest.find([':', '/', '?']).filter(|&at| rest.as_bytes()[at] == b':');
    let Some(end) = scheme_end else { return true };
    let scheme = &rest[..end];
    let mut bytes = scheme.bytes();
    let is_scheme = bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let behind = &rest[end + 1..];
    // A scheme alone is no URI.
    is_scheme && !(behind.is_empty() && fragment.is_none())
}

/// Every `%` starts an escape of two hexadecimal digits.
fn escapes_are_valid(value: &str) -> bool {
    value.split('%').skip(1).all(|part| part.len() >= 2 && part.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_checked_loosely() {
        for valid in ["", "http://a.b/c?d#e", "relative path", "urn:x", "##".trim_matches('#'), "a#b", "über"] {
            assert!(is_uri(valid), "{valid}");
        }
        for invalid in ["##WebService", "1a:b", "%zz", "a:", ":a"] {
            assert!(!is_uri(invalid), "{invalid}");
        }
    }

    #[test]
    fn numbers_have_their_ranges() {
        assert!(is_integer("-12"));
        assert!(!is_integer("1.0"));
        assert!(is_double("1e5"));
        assert!(!is_double("1f"));
        assert!(check_int("2147483648").is_err());
        assert!(check_int("+2147483647").is_ok());
    }

    #[test]
    fn white_space_collapses_except_in_strings() {
        let [string, _, boolean, ..] = SimpleType::built_in();
        assert_eq!(string.normalise(" a  b "), " a  b ");
        assert_eq!(boolean.normalise(" \n true "), "true");
    }
}
