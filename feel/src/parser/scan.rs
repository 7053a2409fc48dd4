//! Characters: white space and comments, names, texts, numbers. Positions are byte offsets.

use std::sync::LazyLock;

use regex::Regex;

/// The text ends inside `/* …`: no alternative can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OpenComment;

/// Words that are no names.
const RESERVED: [&str; 11] =
    ["null", "true", "false", "function", "in", "return", "then", "else", "satisfies", "and", "or"];

// Java's identifier characters: letters, letter numbers, currency signs, connectors; then digits, marks, format characters.
static NAME_START: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[\p{L}\p{Nl}\p{Sc}\p{Pc}]$").expect("a valid pattern"));
static NAME_PART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mc}\p{Mn}\p{Cf}\x00-\x08\x0E-\x1B\x7F-\u{9F}]$")
        .expect("a valid pattern")
});

pub(super) fn is_space(c: char) -> bool {
    matches!(
        c,
        '\t'..='\r'
            | ' '
            | '\u{85}'
            | '\u{A0}'
            | '\u{1680}'
            | '\u{180E}'
            | '\u{2000}'..='\u{200B}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202F}'
            | '\u{205F}'
            | '\u{3000}'
            | '\u{FEFF}'
    )
}

fn is_name_start(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic() || c == '_' || c == '$';
    }
    // Java looks at UTF-16 units: what needs two of them is no letter.
    c.len_utf16() == 1 && NAME_START.is_match(c.encode_utf8(&mut [0; 4]))
}

fn is_name_part(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric()
            || c == '_'
            || c == '$'
            || c.is_ascii_control() && !is_space(c) && !matches!(c, '\x1C'..='\x1F');
    }
    c.len_utf16() == 1 && !is_space(c) && NAME_PART.is_match(c.encode_utf8(&mut [0; 4]))
}

/// Behind white space and comments.
pub(super) fn skip_space(text: &str, from: usize) -> Result<usize, OpenComment> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        match bytes.get(at) {
            Some(b' ') => at += 1,
            Some(b'/') => match bytes.get(at + 1) {
                Some(b'/') => at = text[at..].find('\n').map_or(text.len(), |end| at + end + 1),
                Some(b'*') => at = text[at + 2..].find("*/").map(|end| at + end + 4).ok_or(OpenComment)?,
                _ => return Ok(at),
            },
            Some(byte) if byte.is_ascii_graphic() => return Ok(at),
            Some(_) => match text[at..].chars().next() {
                Some(c) if is_space(c) => at += c.len_utf8(),
                _ => return Ok(at),
            },
            None => return Ok(at),
        }
    }
}

/// Behind the name that begins here.
pub(super) fn identifier(text: &str, from: usize) -> Option<usize> {
    let mut chars = text.get(from..)?.char_indices();
    let (_, first) = chars.next()?;
    if !is_name_start(first) {
        return None;
    }
    let length = chars.find(|(_, c)| !is_name_part(*c)).map_or(text.len() - from, |(at, _)| at);
    (!RESERVED.contains(&&text[from..from + length])).then_some(from + length)
}

/// Behind two or more names that are separated by blanks.
pub(super) fn identifier_with_spaces(text: &str, from: usize) -> Option<usize> {
    let first = identifier(text, from)?;
    let mut end = first;
    loop {
        let next = text[end..].find(|c| c != ' ').map_or(text.len(), |blanks| end + blanks);
        match identifier(text, next).filter(|_| next > end) {
            Some(behind) => end = behind,
            None => return (end > first).then_some(end),
        }
    }
}

/// Behind a name in backticks.
pub(super) fn escaped_identifier(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?.strip_prefix('`')?;
    let length = rest.find('`').filter(|length| *length > 0)?;
    Some(from + length + 2)
}

/// Behind a text in double quotes; a backslash hides the character behind it.
pub(super) fn quoted(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?.strip_prefix('"')?;
    let mut hidden = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if hidden => hidden = false,
            '\\' => hidden = true,
            '"' => return Some(from + at + 2),
            _ => {}
        }
    }
    None
}

/// Behind a number: an optional minus, digits, a fraction.
pub(super) fn number(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let start = from + usize::from(bytes.get(from) == Some(&b'-'));
    let whole = digits(start);
    let fraction = if bytes.get(whole) == Some(&b'.') { digits(whole + 1) } else { whole };
    if fraction > whole + 1 { Some(fraction) } else { (whole > start).then_some(whole) }
}

/// The text that stands in quotes: `\n`, `\r`, `\t`, `\b`, `\f`, `\'`, `\"` where no backslash precedes, then `\\`.
pub(super) fn unescape(raw: &str) -> String {
    if !raw.contains('\\') {
        return raw.to_owned();
    }
    let mut text = raw.to_owned();
    for (escape, meaning) in
        [('n', '\n'), ('r', '\r'), ('t', '\t'), ('b', '\u{8}'), ('f', '\u{C}'), ('\'', '\''), ('"', '"')]
    {
        let mut result = String::with_capacity(text.len());
        let mut before = '\0';
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '\\' && before != '\\' && chars.peek() == Some(&escape) {
                chars.next();
                result.push(meaning);
                before = escape;
            } else {
                result.push(c);
                before = c;
            }
        }
        text = result;
    }
    text.replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::{identifier, identifier_with_spaces, number, quoted, skip_space, unescape};

    #[test]
    fn names_may_begin_with_a_reserved_word() {
        assert_eq!(identifier("nullable x", 0), Some(8));
        assert_eq!(identifier("null", 0), None);
        assert_eq!(identifier("größe2", 0), Some("größe2".len()));
        assert_eq!(identifier("2a", 0), None);
        assert_eq!(identifier_with_spaces("a  b(", 0), Some(4));
        assert_eq!(identifier_with_spaces("a then", 0), None);
    }

    #[test]
    fn numbers_stop_before_a_range() {
        assert_eq!(number("1..5", 0), Some(1));
        assert_eq!(number("-1.50]", 0), Some(5));
        assert_eq!(number(".5", 0), Some(2));
        assert_eq!(number(".", 0), None);
    }

    #[test]
    fn comments_are_space() {
        assert_eq!(skip_space(" /* a */ // b\n x", 0), Ok(15));
        assert!(skip_space("/* a", 0).is_err());
        assert_eq!(skip_space("/ 2", 0), Ok(0));
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape(r#"a\"b\nc\\d"#), "a\"b\nc\\d");
        assert_eq!(unescape(r"\\n"), r"\n");
        assert_eq!(quoted(r#""a\"b" + c"#, 0), Some(6));
    }
}
