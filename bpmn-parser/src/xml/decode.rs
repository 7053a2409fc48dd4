//! Bytes to text: byte order marks, encoding declarations, and malformed bytes as the Java parser reports them.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::reader::XmlError;

/// Decodes a file. The result has no byte order mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, XmlError> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => decode_declared(rest),
        [0xff, 0xfe, rest @ ..] => Ok(decode_with(UTF_16LE, rest)),
        [0xfe, 0xff, rest @ ..] => Ok(decode_with(UTF_16BE, rest)),
        [b'<', 0, ..] => Ok(decode_with(UTF_16LE, bytes)),
        [0, b'<', ..] => Ok(decode_with(UTF_16BE, bytes)),
        _ => decode_declared(bytes),
    }
}

fn decode_declared(bytes: &[u8]) -> Result<String, XmlError> {
    match declared_encoding(bytes) {
        None => decode_utf8(bytes),
        Some(label) => match Encoding::for_label(label.as_bytes()) {
            // A declaration that could be read byte by byte is no UTF-16, whatever it says.
            Some(encoding) if encoding == UTF_8 || encoding == UTF_16LE || encoding == UTF_16BE => decode_utf8(bytes),
            Some(encoding) => Ok(decode_with(encoding, bytes)),
            None => Err(XmlError::new(format!("Invalid encoding name \"{label}\"."), 0)),
        },
    }
}

fn decode_with(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// The `encoding` pseudo attribute of the XML declaration.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(256)];
    let end = head.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(head[..end].strip_prefix(b"<?xml")?).ok()?;
    let rest = declaration[declaration.find("encoding")? + "encoding".len()..].trim_start();
    let rest = rest.strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next().map(str::to_owned)
}

fn decode_utf8(bytes: &[u8]) -> Result<String, XmlError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(XmlError::new(malformed_utf8(bytes, error.valid_up_to()), error.valid_up_to())),
    }
}

/// The Java parser's text for a malformed UTF-8 sequence.
fn malformed_utf8(bytes: &[u8], at: usize) -> String {
    let first = bytes[at];
    let length = match first {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => return "Invalid byte 1 of 1-byte UTF-8 sequence.".to_owned(),
    };
    for position in 1..length {
        match bytes.get(at + position) {
            None => {
                return format!("Expected byte {} of {length}-byte UTF-8 sequence.", position + 1);
            }
            Some(byte) if byte & 0xc0 != 0x80 => {
                return format!("Invalid byte {} of {length}-byte UTF-8 sequence.", position + 1);
            }
            Some(_) => {}
        }
    }
    if first >= 0xf0 {
        "High surrogate bits in UTF-8 sequence must not exceed 0x10 but found 0x{0}.".replace("{0}", "11")
    } else {
        format!("Invalid byte 2 of {length}-byte UTF-8 sequence.")
    }
}
