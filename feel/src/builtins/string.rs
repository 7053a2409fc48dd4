//! Texts. Positions and lengths count UTF-16 units, as Java does.

use std::sync::Arc;

use super::{Arguments, Builtin, boolean, count, illegal, text};
use crate::{
    error::Failure,
    eval::{Evaluator, Outcome},
    pattern::Pattern,
    value::Value,
};

pub(super) fn named(name: &str) -> Option<&'static [Builtin]> {
    static SUBSTRING: [Builtin; 2] = [
        Builtin::new(&["string", "start position"], substring),
        Builtin::new(&["string", "start position", "length"], substring),
    ];
    static LENGTH: [Builtin; 1] = [Builtin::new(&["string"], length)];
    static UPPER: [Builtin; 1] = [Builtin::new(&["string"], |_, a| changed(a, |s| s.to_uppercase().into()))];
    static LOWER: [Builtin; 1] = [Builtin::new(&["string"], |_, a| changed(a, |s| s.to_lowercase().into()))];
    static TRIM: [Builtin; 1] =
        [Builtin::new(&["string"], |_, a| changed(a, |s| s.trim_matches(|c: char| c <= ' ').into()))];
    static BEFORE: [Builtin; 1] =
        [Builtin::new(&["string", "match"], |_, a| two(a, |s, m| text(s.find(m).map_or("", |at| &s[..at]))))];
    static AFTER: [Builtin; 1] =
        [Builtin::new(&["string", "match"], |_, a| two(a, |s, m| text(s.find(m).map_or("", |at| &s[at + m.len()..]))))];
    static CONTAINS: [Builtin; 1] = [Builtin::new(&["string", "match"], |_, a| two(a, |s, m| boolean(s.contains(m))))];
    static STARTS: [Builtin; 1] = [Builtin::new(&["string", "match"], |_, a| two(a, |s, m| boolean(s.starts_with(m))))];
    static ENDS: [Builtin; 1] = [Builtin::new(&["string", "match"], |_, a| two(a, |s, m| boolean(s.ends_with(m))))];
    static REPLACE: [Builtin; 2] = [
        Builtin::new(&["input", "pattern", "replacement"], replace),
        Builtin::new(&["input", "pattern", "replacement", "flags"], replace),
    ];
    static MATCHES: [Builtin; 2] =
        [Builtin::new(&["input", "pattern"], matches), Builtin::new(&["input", "pattern", "flags"], matches)];
    static SPLIT: [Builtin; 1] = [Builtin::new(&["string", "delimiter"], split)];
    static EXTRACT: [Builtin; 1] = [Builtin::new(&["input", "pattern"], extract)];
    static UUID: [Builtin; 1] = [Builtin::new(&[], uuid)];
    static BASE64: [Builtin; 1] = [Builtin::new(&["value"], |_, a| changed(a, |s| base64(s.as_bytes()).into()))];
    static IS_BLANK: [Builtin; 1] = [Builtin::new(&["string"], is_blank)];
    Some(match name {
        "substring" => &SUBSTRING,
        "string length" => &LENGTH,
        "upper case" => &UPPER,
        "lower case" => &LOWER,
        "substring before" => &BEFORE,
        "substring after" => &AFTER,
        "replace" => &REPLACE,
        "contains" => &CONTAINS,
        "starts with" => &STARTS,
        "ends with" => &ENDS,
        "matches" => &MATCHES,
        "split" => &SPLIT,
        "extract" => &EXTRACT,
        "trim" => &TRIM,
        "uuid" => &UUID,
        "to base64" => &BASE64,
        "is blank" => &IS_BLANK,
        _ => return None,
    })
}

fn changed(arguments: Arguments<'_>, change: impl Fn(&str) -> Arc<str>) -> Outcome {
    match arguments {
        [Value::String(string)] => text(change(string)),
        _ => illegal(),
    }
}

fn two(arguments: Arguments<'_>, function: impl Fn(&str, &str) -> Outcome) -> Outcome {
    match arguments {
        [Value::String(string), Value::String(other)] => function(string, other),
        _ => illegal(),
    }
}

fn length(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [Value::String(string)] => Ok(count(units(string))),
        _ => illegal(),
    }
}

fn units(string: &str) -> usize {
    if string.is_ascii() { string.len() } else { string.encode_utf16().count() }
}

fn substring(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let (string, start, wanted) = match arguments {
        [Value::String(string), Value::Number(start)] => (string, start, None),
        [Value::String(string), Value::Number(start), Value::Number(length)] => (string, start, Some(length)),
        _ => return illegal(),
    };
    let size = i64::try_from(units(string)).unwrap_or(i64::MAX);
    let position = i64::from(start.to_i32_wrapping());
    let begin = if position > 0 { position - 1 } else { size + position };
    let end = match wanted {
        Some(length) => size.min(begin + i64::from(length.to_i32_wrapping())),
        None => size,
    };
    if begin < 0 || begin > end || end > size {
        return Err(Failure::Abort(format!(
            "java.lang.StringIndexOutOfBoundsException: begin {begin}, end {end}, length {size}"
        )));
    }
    let (begin, end) = (begin.unsigned_abs(), end.unsigned_abs());
    let (begin, end) = (usize::try_from(begin).unwrap_or(0), usize::try_from(end).unwrap_or(0));
    if string.is_ascii() {
        return text(&string[begin..end]);
    }
    let units: Vec<u16> = string.encode_utf16().skip(begin).take(end - begin).collect();
    text(String::from_utf16_lossy(&units))
}

/// Java's white space: no-break spaces are none.
fn is_blank(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let blank = |c: char| {
        c.is_whitespace() && !matches!(c, '\u{85}' | '\u{A0}' | '\u{2007}' | '\u{202F}')
            || ('\x1C'..='\x1F').contains(&c)
    };
    match arguments {
        [Value::String(string)] => boolean(string.chars().all(blank)),
        _ => illegal(),
    }
}

/// Steps that a search counts as.
const SEARCH: usize = 400;

fn compiled(evaluator: &mut Evaluator<'_>, pattern: &str, flags: Option<&Value>) -> Result<Arc<Pattern>, Failure> {
    evaluator.work(SEARCH)?;
    let flags = match flags {
        None => "",
        Some(Value::String(flags)) => flags,
        Some(_) => return Err(Failure::error("Illegal arguments")),
    };
    Pattern::of(pattern, flags).map_err(|_| Failure::error(format!("Invalid pattern '{pattern}'")))
}

fn replace(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::String(input), Value::String(pattern), Value::String(replacement), flags @ ..] = arguments else {
        return illegal();
    };
    match compiled(evaluator, pattern, flags.first())?.replace_all(input, replacement)? {
        Some(result) => text(result),
        None => Err(Failure::error(format!("Invalid pattern '{pattern}'"))),
    }
}

fn matches(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::String(input), Value::String(pattern), flags @ ..] = arguments else { return illegal() };
    boolean(compiled(evaluator, pattern, flags.first())?.finds(input)?)
}

fn split(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::String(input), Value::String(delimiter)] = arguments else { return illegal() };
    let parts = compiled(evaluator, delimiter, None)?.split(input)?;
    Ok(Value::list(parts.into_iter().map(Value::string).collect()))
}

fn extract(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::String(input), Value::String(pattern)] = arguments else { return illegal() };
    let found = compiled(evaluator, pattern, None)?.find_all(input)?;
    Ok(Value::list(found.into_iter().map(Value::string).collect()))
}

/// A UUID of version 7: milliseconds, then random bits.
fn uuid(evaluator: &mut Evaluator<'_>, _: Arguments<'_>) -> Outcome {
    let millis = evaluator.scope.now().timestamp().as_millisecond().cast_unsigned() & 0xffff_ffff_ffff;
    let (high, low) = (evaluator.scope.random(), evaluator.scope.random());
    text(format!(
        "{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}",
        millis >> 16,
        millis & 0xffff,
        high & 0xfff,
        0x8000 | (high >> 12 & 0x3fff),
        low & 0xffff_ffff_ffff
    ))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut result = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..4 {
            if at <= chunk.len() {
                result.push(char::from(ALPHABET[(group >> (18 - 6 * at) & 63) as usize]));
            } else {
                result.push('=');
            }
        }
    }
    result
}
