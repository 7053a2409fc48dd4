//! Regular expressions with Java's meaning.
//!
//! The engine behind runs in linear time; look-around, back references, possessive quantifiers and atomic groups do not fit
//! that and are refused with a clear message.

use std::{cell::RefCell, rc::Rc};

use regex::Regex;

use crate::context::ObjectError;

/// Patterns kept compiled, per thread: conditions ask the same few again and again.
const KEPT: usize = 32;

thread_local! {
    static COMPILED: RefCell<Vec<(Rc<str>, Rc<Regex>)>> = const { RefCell::new(Vec::new()) };
}

/// Compiles a pattern.
///
/// # Errors
/// A `PatternSyntaxException` for what is no pattern or is not supported.
pub fn compile(pattern: &str) -> Result<Rc<Regex>, ObjectError> {
    COMPILED.with_borrow_mut(|kept| {
        if let Some(at) = kept.iter().position(|(text, _)| &**text == pattern) {
            let found = kept.remove(at);
            let regex = found.1.clone();
            kept.push(found);
            return Ok(regex);
        }
        let regex = Rc::new(Regex::new(&translate(pattern)).map_err(|error| {
            let unsupported = ["look-around", "backreferences"].iter().any(|part| error.to_string().contains(part));
            let reason = if unsupported { "not supported in a regular expression" } else { "illegal pattern" };
            ObjectError::exception("java.util.regex.PatternSyntaxException", format!("{reason}: `{pattern}`"))
        })?);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((Rc::from(pattern), regex.clone()));
        Ok(regex)
    })
}

/// Rewrites what Java spells differently: ASCII classes by default, `\Z`, `\h`, `\Q…\E`, `&&` stays as it is.
fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(char) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("\\Q") {
            let (quoted, next) = after.split_once("\\E").unwrap_or((after, ""));
            out.push_str(&regex::escape(quoted));
            rest = next;
            continue;
        }
        if char == '\\' {
            let mut ahead = rest.chars().skip(1);
            let escaped = ahead.next();
            let piece = match escaped {
                Some('d') => "0-9",
                Some('w') => "a-zA-Z0-9_",
                Some('s') => " \\t\\n\\x0B\\f\\r",
                Some('h') => " \\t\\xA0",
                _ => "",
            };
            let upper = match escaped {
                Some('D') => "[^0-9]",
                Some('W') => "[^a-zA-Z0-9_]",
                Some('S') => "[^ \\t\\n\\x0B\\f\\r]",
                Some('Z') => "\\n?\\z",
                Some('e') => "\\x1B",
                _ => "",
            };
            let length = 1 + escaped.map_or(0, char::len_utf8);
            if !piece.is_empty() && in_class {
                out.push_str(piece);
            } else if !piece.is_empty() {
                out.push('[');
                out.push_str(piece);
                out.push(']');
            } else if !upper.is_empty() {
                out.push_str(upper);
            } else {
                match escaped {
                    // Java allows any character that is no letter to be escaped.
                    Some(c) if !c.is_ascii() => out.push(c),
                    Some(
                        c @ ('"' | '\'' | '/' | '!' | '@' | '%' | ',' | ':' | ';' | '<' | '>' | '=' | '`' | '_' | ' '),
                    ) => {
                        out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
                    }
                    _ => out.push_str(&rest[..length]),
                }
            }
            rest = &rest[length..];
            continue;
        }
        match char {
            '[' if !in_class => in_class = true,
            '[' if !rest.starts_with("[:") => {}
            ']' => in_class = false,
            _ => {}
        }
        out.push(char);
        rest = &rest[char.len_utf8()..];
    }
    out
}

/// `String.matches`: the whole text.
pub fn matches(text: &str, pattern: &str) -> Result<bool, ObjectError> {
    let whole = format!("\\A(?:{pattern})\\z");
    Ok(compile(&whole)?.is_match(text))
}

/// `replaceAll` and `replaceFirst`, with `$1`, `${name}` and `\` in the replacement.
pub fn replace(text: &str, pattern: &str, replacement: &str, all: bool) -> Result<String, ObjectError> {
    let regex = compile(pattern)?;
    let mut out = String::with_capacity(text.len());
    let mut last = 0;
    for found in regex.captures_iter(text).take(if all { usize::MAX } else { 1 }) {
        let Some(whole) = found.get(0) else { break };
        out.push_str(&text[last..whole.start()]);
        expand(&mut out, replacement, &found, regex.captures_len())?;
        last = whole.end();
    }
    out.push_str(&text[last..]);
    Ok(out)
}

fn expand(out: &mut String, replacement: &str, found: &regex::Captures<'_>, groups: usize) -> Result<(), ObjectError> {
    let illegal = |message: &str| ObjectError::exception("java.lang.IllegalArgumentException", message);
    let mut chars = replacement.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '\\' => out.push(chars.next().ok_or_else(|| illegal("character to be escaped is missing"))?),
            '$' if chars.peek() == Some(&'{') => {
                chars.next();
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                let group = found.name(&name).ok_or_else(|| illegal(&format!("No group with name {{{name}}}")))?;
                out.push_str(group.as_str());
            }
            '$' => {
                let first = chars.next().and_then(|c| c.to_digit(10));
                let mut number = first.ok_or_else(|| illegal("Illegal group reference"))? as usize;
                if number >= groups {
                    let message = format!("No group {number}");
                    return Err(ObjectError::exception("java.lang.IndexOutOfBoundsException", message));
                }
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    let longer = number * 10 + digit as usize;
                    if longer >= groups {
                        break;
                    }
                    number = longer;
                    chars.next();
                }
                out.push_str(found.get(number).map_or("", |group| group.as_str()));
            }
            other => out.push(other),
        }
    }
    Ok(())
}

/// `String.split`: no leading empty part from an empty match; trailing empty parts go when the limit is zero.
pub fn split(text: &str, pattern: &str, limit: i32) -> Result<Vec<String>, ObjectError> {
    let regex = compile(pattern)?;
    let most = usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut last = 0;
    for found in regex.find_iter(text) {
        if parts.len() + 1 >= most {
            break;
        }
        if found.end() == 0 || (found.is_empty() && found.start() == text.len()) {
            continue;
        }
        parts.push(text[last..found.start()].to_owned());
        last = found.end();
    }
    if parts.is_empty() {
        return Ok(vec![text.to_owned()]);
    }
    parts.push(text[last..].to_owned());
    if limit == 0 {
        while parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
    }
    Ok(parts)
}
