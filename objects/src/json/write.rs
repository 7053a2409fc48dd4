//! Writing JSON as Jackson does: no spaces, doubles in Java's form, only what must be escaped is escaped.

use std::fmt::{self, Write as _};

use super::JsonNode;
use crate::number::double_to_string;

pub(super) fn write(node: &JsonNode, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
    if depth > JsonNode::MAX_DEPTH {
        // A container inside itself: Jackson overflows its stack here.
        return Err(fmt::Error);
    }
    match node {
        JsonNode::Null => f.write_str("null"),
        JsonNode::Boolean(value) => write!(f, "{value}"),
        JsonNode::Int(value) => write!(f, "{value}"),
        JsonNode::Long(value) => write!(f, "{value}"),
        JsonNode::BigInteger(value) => write!(f, "{value}"),
        JsonNode::Double(value) if value.is_finite() => f.write_str(&double_to_string(*value)),
        JsonNode::Double(value) => write!(f, "\"{}\"", double_to_string(*value)),
        JsonNode::String(value) => write_string(value, f),
        JsonNode::Array(items) => {
            f.write_char('[')?;
            for (index, item) in items.borrow().iter().enumerate() {
                if index > 0 {
                    f.write_char(',')?;
                }
                write(item, f, depth + 1)?;
            }
            f.write_char(']')
        }
        JsonNode::Object(properties) => {
            f.write_char('{')?;
            for (index, (name, value)) in properties.borrow().iter().enumerate() {
                if index > 0 {
                    f.write_char(',')?;
                }
                write_string(name, f)?;
                f.write_char(':')?;
                write(value, f, depth + 1)?;
            }
            f.write_char('}')
        }
    }
}

/// Writes a quoted JSON string.
pub(crate) fn write_string(text: &str, f: &mut dyn fmt::Write) -> fmt::Result {
    f.write_char('"')?;
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0..=0x1f => "",
            _ => continue,
        };
        f.write_str(&text[plain..at])?;
        if short.is_empty() {
            write!(f, "\\u{byte:04X}")?;
        } else {
            f.write_str(short)?;
        }
        plain = at + 1;
    }
    f.write_str(&text[plain..])?;
    f.write_char('"')
}
