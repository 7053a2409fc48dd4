//! Reading JSON as `JsonSlurper` does: whole numbers by size, others as `BigDecimal`.

use objects::{MapKey, Object, ObjectMap, number};

use crate::interpreter::{Outcome, Throw};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 300;

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Outcome<Object> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return reader.fail("unexpected text behind the value");
    }
    Ok(value)
}

impl Reader<'_> {
    fn fail<T>(&self, message: &str) -> Outcome<T> {
        let rest: String = self.text[self.at..].chars().take(20).collect();
        Err(Throw::exception(
            "groovy.json.JsonException",
            format!(
                "Unable to determine the current character, it is not a string, number, array, or object\n\n{message} at index {} near `{rest}`",
                self.at
            ),
        ))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Object) -> Outcome<Object> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            self.fail("unknown word")
        }
    }

    fn value(&mut self, depth: usize) -> Outcome<Object> {
        if depth > MAX_DEPTH {
            return self.fail("nested too deeply");
        }
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Object::string),
            Some(b't') => self.word("true", Object::Boolean(true)),
            Some(b'f') => self.word("false", Object::Boolean(false)),
            Some(b'n') => self.word("null", Object::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.fail("expecting a value"),
        }
    }

    fn object(&mut self, depth: usize) -> Outcome<Object> {
        self.at += 1;
        let mut map = ObjectMap::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Object::map(map));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return self.fail("expecting a name in quotes");
            }
            let name = self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return self.fail("expecting `:`");
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            map.insert(MapKey(Object::string(name)), value);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Object::map(map));
                }
                _ => return self.fail("expecting `,` or `}`"),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Outcome<Object> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Object::list(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Object::list(items));
                }
                _ => return self.fail("expecting `,` or `]`"),
            }
        }
    }

    fn string(&mut self) -> Outcome<String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(end) = rest.find(['"', '\\']) else { return self.fail("the text is not closed") };
            out.push_str(&rest[..end]);
            self.at += end + 1;
            if rest.as_bytes()[end] == b'"' {
                return Ok(out);
            }
            let escape = self.peek();
            self.at += 1;
            match escape {
                Some(b'n') => out.push('\n'),
                Some(b't') => out.push('\t'),
                Some(b'r') => out.push('\r'),
                Some(b'b') => out.push('\u{8}'),
                Some(b'f') => out.push('\u{c}'),
                Some(c @ (b'"' | b'\\' | b'/')) => out.push(char::from(c)),
                Some(b'u') => {
                    let first = self.unit()?;
                    let mut units = vec![first];
                    if (0xd800..0xdc00).contains(&first) && self.text[self.at..].starts_with("\\u") {
                        self.at += 2;
                        units.push(self.unit()?);
                    }
                    out.push_str(&String::from_utf16_lossy(&units));
                }
                _ => return self.fail("unknown escape"),
            }
        }
    }

    fn unit(&mut self) -> Outcome<u16> {
        let digits = self.text.get(self.at..self.at + 4);
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                self.at += 4;
                Ok(unit)
            }
            None => self.fail("expecting four hexadecimal digits"),
        }
    }

    fn number(&mut self) -> Outcome<Object> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        let digits = &rest[..end];
        let whole = digits.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let value = if whole {
            digits
                .parse()
                .map(Object::Integer)
                .or_else(|_| digits.parse().map(Object::Long))
                .or_else(|_| digits.parse().map(Object::BigInteger))
                .ok()
        } else {
            number::decimal_from_text(digits)
                .map(Object::BigDecimal)
                .or_else(|| number::double_from_text(digits).map(Object::Double))
        };
        match value {
            Some(value) => {
                self.at += end;
                Ok(value)
            }
            None => self.fail("expecting a number"),
        }
    }
}
