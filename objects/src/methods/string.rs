//! `java.lang.String`. Positions count UTF-16 units, as in Java.

use std::rc::Rc;

use super::Outcome;
use crate::{
    args::{chars, int, mismatch, string},
    context::{Context, ObjectError},
    format,
    object::Object,
    pattern,
    text::MAX_TEXT,
};

/// Text as UTF-16 units when it has to be; most texts are ASCII, where bytes are units.
enum Units<'a> {
    Ascii(&'a str),
    Wide(Vec<u16>),
}

impl<'a> Units<'a> {
    fn of(text: &'a str) -> Self {
        if text.is_ascii() { Self::Ascii(text) } else { Self::Wide(text.encode_utf16().collect()) }
    }

    fn len(&self) -> usize {
        match self {
            Self::Ascii(text) => text.len(),
            Self::Wide(units) => units.len(),
        }
    }

    fn slice(&self, from: usize, to: usize) -> Object {
        match self {
            Self::Ascii(text) => Object::string(&text[from..to]),
            Self::Wide(units) => Object::string(String::from_utf16_lossy(&units[from..to])),
        }
    }
}

/// Number of UTF-16 units: `String.length()`.
pub(crate) fn length(text: &str) -> i32 {
    let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    i32::try_from(units).unwrap_or(i32::MAX)
}

fn out_of_bounds(message: String) -> ObjectError {
    ObjectError::exception("java.lang.StringIndexOutOfBoundsException", message)
}

fn substring(text: &str, begin: i32, end: Option<i32>) -> Outcome {
    let units = Units::of(text);
    let length = units.len();
    let end = end.unwrap_or_else(|| i32::try_from(length).unwrap_or(i32::MAX));
    match (usize::try_from(begin), usize::try_from(end)) {
        (Ok(from), Ok(to)) if from <= to && to <= length => Ok(units.slice(from, to)),
        _ => Err(out_of_bounds(format!("begin {begin}, end {end}, length {length}"))),
    }
}

fn char_at(text: &str, index: i32) -> Outcome {
    let units = Units::of(text);
    match usize::try_from(index) {
        Ok(at) if at < units.len() => Ok(units.slice(at, at + 1)),
        _ => Err(out_of_bounds(format!("String index out of range: {index}"))),
    }
}

/// Byte offset of a UTF-16 position, clamped to the text.
fn byte_offset(text: &str, units: i32) -> usize {
    let units = usize::try_from(units).unwrap_or(0);
    if text.is_ascii() {
        return units.min(text.len());
    }
    let mut seen = 0;
    for (at, char) in text.char_indices() {
        if seen >= units {
            return at;
        }
        seen += char.len_utf16();
    }
    text.len()
}

fn position(text: &str, found: Option<usize>) -> Object {
    Object::Integer(found.map_or(-1, |at| length(&text[..at])))
}

/// What `indexOf` looks for: a text, or a character by its code.
fn needle(object: &Object) -> Result<Rc<str>, ObjectError> {
    match object {
        Object::String(text) => Ok(text.clone()),
        other => {
            let code = other.int_value().ok_or_else(mismatch)?;
            let char = u32::try_from(code).ok().and_then(char::from_u32).ok_or_else(mismatch)?;
            Ok(Rc::from(char.encode_utf8(&mut [0; 4]) as &str))
        }
    }
}

fn is_java_space(char: char) -> bool {
    char.is_whitespace() && !matches!(char, '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}')
        || matches!(char, '\u{1c}'..='\u{1f}')
}

fn limited(text: String) -> Outcome {
    if text.len() > MAX_TEXT {
        return Err(ObjectError::Limit(format!("text longer than {MAX_TEXT} bytes")));
    }
    Ok(Object::string(text))
}

pub(super) fn call(text: &Rc<str>, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    Ok(match (name, args) {
        ("length", []) => Object::Integer(length(text)),
        ("isEmpty", []) => Object::Boolean(text.is_empty()),
        ("isBlank", []) => Object::Boolean(text.chars().all(is_java_space)),
        ("toString" | "intern", []) => Object::String(text.clone()),
        ("toUpperCase", [] | [_]) => Object::string(text.to_uppercase()),
        ("toLowerCase", [] | [_]) => Object::string(text.to_lowercase()),
        ("trim", []) => Object::string(text.trim_matches(|c: char| c <= ' ')),
        ("strip", []) => Object::string(text.trim_matches(is_java_space)),
        ("stripLeading", []) => Object::string(text.trim_start_matches(is_java_space)),
        ("stripTrailing", []) => Object::string(text.trim_end_matches(is_java_space)),
        ("substring", [begin]) => substring(text, int(begin)?, None)?,
        ("substring" | "subSequence", [begin, end]) => substring(text, int(begin)?, Some(int(end)?))?,
        ("charAt", [index]) => char_at(text, int(index)?)?,
        ("codePointAt", [index]) => {
            let at = int(index)?;
            char_at(text, at)?;
            let char = text[byte_offset(text, at)..].chars().next();
            Object::Integer(char.and_then(|c| i32::try_from(u32::from(c)).ok()).unwrap_or(0))
        }
        ("concat", [other]) => {
            let other = string(other, ctx)?;
            limited([text, &*other].concat())?
        }
        ("contains", [part]) => Object::Boolean(text.contains(&*chars(part)?)),
        ("contentEquals", [part]) => Object::Boolean(**text == *chars(part)?),
        ("startsWith", [part]) => Object::Boolean(text.starts_with(&*string(part, ctx)?)),
        ("startsWith", [part, from]) => {
            let from = int(from)?;
            let part = string(part, ctx)?;
            let fits = from >= 0 && from <= length(text);
            Object::Boolean(fits && text[byte_offset(text, from)..].starts_with(&*part))
        }
        ("endsWith", [part]) => Object::Boolean(text.ends_with(&*string(part, ctx)?)),
        ("indexOf", [part]) => position(text, text.find(&*needle(part)?)),
        ("indexOf", [part, from]) => {
            let start = byte_offset(text, int(from)?);
            position(text, text[start..].find(&*needle(part)?).map(|at| at + start))
        }
        ("lastIndexOf", [part]) => position(text, text.rfind(&*needle(part)?)),
        ("lastIndexOf", [part, from]) => {
            let part = needle(part)?;
            let end = (byte_offset(text, int(from)?) + part.len()).min(text.len());
            let end = (0..=end).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            position(text, text[..end].rfind(&*part))
        }
        ("equalsIgnoreCase", [other]) => Object::Boolean(match other {
            Object::String(other) => text.to_uppercase() == other.to_uppercase(),
            _ => false,
        }),
        ("compareToIgnoreCase", [other]) => {
            let other = string(other, ctx)?;
            Object::Integer(crate::compare::compare_text(&text.to_lowercase(), &other.to_lowercase()))
        }
        ("compareTo", [other]) => {
            let other = string(other, ctx)?;
            Object::Integer(crate::compare::compare_text(text, &other))
        }
        ("replace", [from, to]) => limited(text.replace(&*chars(from)?, &chars(to)?))?,
        ("replaceAll", [regex, to]) => limited(pattern::replace(text, &string(regex, ctx)?, &string(to, ctx)?, true)?)?,
        ("replaceFirst", [regex, to]) => {
            limited(pattern::replace(text, &string(regex, ctx)?, &string(to, ctx)?, false)?)?
        }
        ("matches", [regex]) => Object::Boolean(pattern::matches(text, &string(regex, ctx)?)?),
        ("split", [regex]) => strings(pattern::split(text, &string(regex, ctx)?, 0)?),
        ("split", [regex, limit]) => strings(pattern::split(text, &string(regex, ctx)?, int(limit)?)?),
        ("repeat", [count]) => repeat(text, int(count)?)?,
        ("lines", []) => strings(text.lines().map(str::to_owned).collect()),
        ("toCharArray", []) => Object::list(text.chars().map(|c| Object::string(c.to_string())).collect()),
        ("chars", []) => Object::list(text.encode_utf16().map(|unit| Object::Integer(i32::from(unit))).collect()),
        ("getBytes", [] | [_]) => Object::Bytes(Rc::from(text.as_bytes())),
        ("format", [first, rest @ ..]) => limited(format::format(&string(first, ctx)?, rest, ctx)?)?,
        ("formatted", rest) => limited(format::format(text, rest, ctx)?)?,
        ("valueOf" | "copyValueOf", [value]) => Object::String(crate::text::to_text(value, ctx)?),
        ("join", [separator, Object::List(items)]) => join(&string(separator, ctx)?, &items.borrow(), ctx)?,
        ("join", [separator, items @ ..]) => join(&string(separator, ctx)?, items, ctx)?,
        ("regionMatches", [from, other, other_from, count]) => {
            let (from, other_from, count) = (int(from)?, int(other_from)?, int(count)?);
            let other = string(other, ctx)?;
            let mine = substring(text, from, Some(from.saturating_add(count)));
            let theirs = substring(&other, other_from, Some(other_from.saturating_add(count)));
            Object::Boolean(matches!((mine, theirs), (Ok(a), Ok(b)) if a.equals(&b)))
        }
        _ => return Err(mismatch()),
    })
}

fn repeat(text: &str, count: i32) -> Outcome {
    let count = usize::try_from(count).map_err(|_| {
        ObjectError::exception("java.lang.IllegalArgumentException", format!("count is negative: {count}"))
    })?;
    if text.len().saturating_mul(count) > MAX_TEXT {
        return Err(ObjectError::Limit(format!("text longer than {MAX_TEXT} bytes")));
    }
    Ok(Object::string(text.repeat(count)))
}

/// `String.join`.
pub(crate) fn join(separator: &str, items: &[Object], ctx: &mut dyn Context) -> Outcome {
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        crate::text::append(&mut out, item, ctx)?;
    }
    limited(out)
}

fn strings(items: Vec<String>) -> Object {
    Object::list(items.into_iter().map(Object::string).collect())
}
