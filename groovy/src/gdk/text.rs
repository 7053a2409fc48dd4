//! Texts.

use std::rc::Rc;

use objects::{Object, number, pattern};

use super::{
    Found, count_of,
    iteration::{self, Source},
    list,
    number::{is_number, parse_number},
    regex, size,
};
use crate::{
    ast::BinaryOp,
    interpreter::{Interpreter, Outcome, Throw, position},
    ops,
    values::{Closure, Pattern, Range, downcast},
};

fn is_closure(object: &Object) -> bool {
    downcast::<Closure>(object).is_some()
}

pub(super) fn call(
    groovy: &mut Interpreter<'_>,
    target: &Object,
    text: &Rc<str>,
    name: &str,
    args: &[Object],
) -> Found {
    let made = match (name, args) {
        ("getAt", [key]) => return get_at(groovy, text, key).map(Some),
        ("plus", [other]) => return groovy.binary(BinaryOp::Add, target, other).map(Some),
        ("multiply", [count]) if count.is_number() => {
            return groovy.binary(BinaryOp::Multiply, target, count).map(Some);
        }
        ("leftShift", [other]) => return groovy.binary(BinaryOp::ShiftLeft, target, other).map(Some),
        ("minus", [other]) => match downcast::<Pattern>(other) {
            Some(other) => pattern::replace(text, &other.source, "", false)?,
            None => return groovy.binary(BinaryOp::Subtract, target, other).map(Some),
        },
        ("capitalize", []) => change_first(text, |c| c.to_uppercase().collect()),
        ("uncapitalize", []) => change_first(text, |c| c.to_lowercase().collect()),
        ("reverse", []) => text.chars().rev().collect(),
        ("padLeft" | "padRight" | "center", [width, rest @ ..]) if rest.len() <= 1 => {
            let width = count_of(groovy, width)?;
            groovy.charge_text(width as u64)?;
            let filler = match rest {
                [filler] => groovy.to_text(filler)?,
                _ => Rc::from(" "),
            };
            pad(text, name, width, &filler)
        }
        ("take", [count]) => text.chars().take(count_of(groovy, count)?).collect(),
        ("drop", [count]) => text.chars().skip(count_of(groovy, count)?).collect(),
        ("takeRight", [count]) => {
            let skip = text.chars().count().saturating_sub(count_of(groovy, count)?);
            text.chars().skip(skip).collect()
        }
        ("dropRight", [count]) => {
            let keep = text.chars().count().saturating_sub(count_of(groovy, count)?);
            text.chars().take(keep).collect()
        }
        ("takeBefore" | "takeAfter", [mark]) => {
            let mark = groovy.to_text(mark)?;
            match (text.find(&*mark), name) {
                (Some(at), "takeBefore") => text[..at].to_owned(),
                (Some(at), _) => text[at + mark.len()..].to_owned(),
                (None, _) => String::new(),
            }
        }
        ("stripIndent", []) => strip_indent(text),
        ("stripMargin", _) if args.len() <= 1 => {
            let margin = match args {
                [margin] => groovy.to_text(margin)?,
                _ => Rc::from("|"),
            };
            let strip = |line: &str| match line.trim_start().strip_prefix(&*margin) {
                Some(rest) => rest.to_owned(),
                None => line.to_owned(),
            };
            text.split('\n').map(strip).collect::<Vec<_>>().join("\n")
        }
        ("normalize", []) => text.replace("\r\n", "\n").replace('\r', "\n"),
        ("denormalize", []) => text.to_string(),
        ("tr", [from, to]) => {
            let (from, to) = (groovy.to_text(from)?, groovy.to_text(to)?);
            translate(text, &from, &to)
        }
        ("next", []) => step_last(text, 1),
        ("previous", []) => step_last(text, -1),
        ("toString", []) => return Ok(Some(target.clone())),
        ("replaceAll" | "replaceFirst", [found, with]) => {
            let found = groovy.pattern(found)?;
            if is_closure(with) {
                return regex::replace_by(groovy, text, &found, with, name == "replaceAll").map(Some);
            }
            let with = groovy.to_text(with)?;
            pattern::replace(text, &found.source, &with, name == "replaceAll")?
        }
        ("replace", [found, with]) => {
            let (found, with) = (groovy.to_text(found)?, groovy.to_text(with)?);
            if !with.is_empty() {
                let count = if found.is_empty() { text.len() + 1 } else { text.matches(&*found).count() };
                groovy.charge_text(
                    (text.len() as u64).saturating_add((count as u64).saturating_mul(with.len() as u64)),
                )?;
            }
            text.replace(&*found, &with)
        }
        ("replace", [Object::Map(map)]) => {
            let mut out = text.to_string();
            for (key, value) in map.borrow().clone() {
                let (found, with) = (groovy.to_text(&key.0)?, groovy.to_text(&value)?);
                out = out.replace(&*found, &with);
                groovy.charge_text(out.len() as u64)?;
            }
            out
        }
        ("inspect", []) => groovy.inspect(target)?,
        ("toUpperCase" | "toLowerCase", [_]) => {
            if name == "toUpperCase" {
                text.to_uppercase()
            } else {
                text.to_lowercase()
            }
        }
        _ => return other(groovy, target, text, name, args),
    };
    groovy.new_text(made).map(Some)
}

fn other(groovy: &mut Interpreter<'_>, target: &Object, text: &Rc<str>, name: &str, args: &[Object]) -> Found {
    Ok(Some(match (name, args) {
        ("toInteger", []) => parse_number("java.lang.Integer", text)?,
        ("toLong", []) => parse_number("java.lang.Long", text)?,
        ("toShort", []) => parse_number("java.lang.Short", text)?,
        ("toDouble" | "toFloat", []) => parse_number("java.lang.Double", text)?,
        ("toBigDecimal", []) => parse_number("java.math.BigDecimal", text)?,
        ("toBigInteger", []) => parse_number("java.math.BigInteger", text)?,
        ("toBoolean", []) => {
            let word = text.trim().to_lowercase();
            Object::Boolean(matches!(word.as_str(), "true" | "y" | "1"))
        }
        ("isNumber" | "isBigDecimal", []) => Object::Boolean(is_number("java.math.BigDecimal", text)),
        ("isInteger", []) => Object::Boolean(is_number("java.lang.Integer", text)),
        ("isLong", []) => Object::Boolean(is_number("java.lang.Long", text)),
        ("isBigInteger", []) => Object::Boolean(is_number("java.math.BigInteger", text)),
        ("isDouble" | "isFloat", []) => Object::Boolean(number::double_from_text(text.trim()).is_some()),
        ("isAllWhitespace", []) => Object::Boolean(text.chars().all(char::is_whitespace)),
        ("containsIgnoreCase" | "startsWithIgnoreCase" | "endsWithIgnoreCase", [part]) => {
            let (text, part) = (text.to_lowercase(), groovy.to_text(part)?.to_lowercase());
            Object::Boolean(match name {
                "containsIgnoreCase" => text.contains(&part),
                "startsWithIgnoreCase" => text.starts_with(&part),
                _ => text.ends_with(&part),
            })
        }
        ("startsWithAny" | "endsWithAny", parts) => {
            let mut found = false;
            for part in parts {
                let part = groovy.to_text(part)?;
                found |= if name == "startsWithAny" { text.starts_with(&*part) } else { text.ends_with(&*part) };
            }
            Object::Boolean(found)
        }
        ("tokenize", _) if args.len() <= 1 => {
            let separators = match args {
                [separators] => groovy.to_text(separators)?,
                _ => Rc::from(" \t\n\r\u{c}"),
            };
            let parts = text.split(|c| separators.contains(c)).filter(|part| !part.is_empty());
            let parts = parts.map(Object::string).collect();
            groovy.new_list(parts)?
        }
        ("split", []) => {
            let parts = text.split_whitespace().map(Object::string).collect();
            groovy.new_list(parts)?
        }
        ("split", [closure]) if is_closure(closure) => return walk(groovy, text, name, args),
        ("readLines" | "lines", []) => {
            let parts = text.lines().map(Object::string).collect();
            groovy.new_list(parts)?
        }
        ("eachLine", [closure]) => {
            let two = groovy.arity(closure) == 2;
            let mut last = Object::Null;
            for (index, line) in text.lines().enumerate() {
                groovy.step()?;
                let line = Object::string(line);
                last = if two {
                    groovy.call_closure(closure, &[line, size(index)])?
                } else {
                    groovy.call_closure(closure, &[line])?
                };
            }
            last
        }
        ("toList" | "getChars" | "toCharArray", []) => {
            let parts = ops::characters(text);
            groovy.new_list(parts)?
        }
        ("toSet", []) => Object::set(ops::characters(text)),
        ("size", []) => size(text.encode_utf16().count()),
        ("count", [part]) => {
            let count = if let Some(pattern) = downcast::<Pattern>(part) {
                pattern.regex.find_iter(text).count()
            } else {
                let part = groovy.to_text(part)?;
                if part.is_empty() { text.encode_utf16().count() + 1 } else { text.matches(&*part).count() }
            };
            size(count)
        }
        ("find" | "findAll" | "eachMatch", [found, ..]) if !is_closure(found) => {
            return regex::in_text(groovy, text, name, args);
        }
        ("matches", [found]) => {
            let found = groovy.pattern(found)?;
            Object::Boolean(pattern::matches(text, &found.source)?)
        }
        ("contains", [part]) if downcast::<Pattern>(part).is_none() => {
            let part = groovy.to_text(part)?;
            Object::Boolean(text.contains(&*part))
        }
        ("isCase", [value]) => Object::Boolean(groovy.equal(target, value)?),
        // Java's `equals`: a text with interpolations is no text.
        ("equals", [other]) => Object::Boolean(other.as_str() == Some(&**text)),
        ("compareTo", [other]) if other.as_str().is_none() => {
            let other = groovy.to_text(other)?;
            Object::Integer(objects::compare::compare_text(text, &other))
        }
        ("encodeBase64", []) => Object::string(base64(text.as_bytes())),
        ("decodeBase64", []) => match decode_base64(text) {
            Some(bytes) => Object::Bytes(Rc::from(bytes)),
            None => {
                return Err(Throw::exception("java.lang.RuntimeException", "bad character in base64 value"));
            }
        },
        ("bitwiseNegate", []) => groovy.bit_not(target)?,
        ("execute" | "toURL" | "toURI", _) => {
            return Err(Throw::exception(
                "java.lang.SecurityException",
                format!("String.{name}() is not available to scripts"),
            ));
        }
        ("format" | "formatted", _) if !args.is_empty() => {
            let mut all = vec![target.clone()];
            all.extend_from_slice(args);
            return super::statics::format(groovy, &all).map(Some);
        }
        ("length" | "charAt" | "substring" | "indexOf" | "trim" | "isEmpty" | "toUpperCase" | "toLowerCase", _) => {
            return Ok(None);
        }
        (
            "each" | "eachWithIndex" | "collect" | "findAll" | "find" | "any" | "every" | "inject" | "collectEntries"
            | "sum" | "groupBy" | "countBy" | "findIndexOf" | "reverseEach" | "max" | "min" | "sort" | "unique"
            | "collectMany" | "first" | "last" | "head" | "tail" | "join" | "takeWhile" | "dropWhile"
            | "findIndexValues" | "toSorted" | "withIndex" | "iterator" | "collate",
            _,
        ) => return walk(groovy, text, name, args),
        _ => return Ok(None),
    }))
}

fn walk(groovy: &mut Interpreter<'_>, text: &str, name: &str, args: &[Object]) -> Found {
    let items = ops::characters(text);
    groovy.charge_items(items.len() as u64)?;
    let found = iteration::call(groovy, &Source::list(items), name, args)?;
    Ok(found.map(|value| if list::returns_itself(name) { Object::string(text) } else { value }))
}

/// `text[key]`: a letter, a range, or several of them.
fn get_at(groovy: &mut Interpreter<'_>, text: &str, key: &Object) -> Outcome<Object> {
    let chars: Vec<char> = text.chars().collect();
    groovy.charge(chars.len() as u64 * 4)?;
    let out = |index: usize| {
        Throw::exception(
            "java.lang.StringIndexOutOfBoundsException",
            format!("begin {index}, end {}, length {}", index + 1, chars.len()),
        )
    };
    if let Some(range) = downcast::<Range>(key) {
        let last = chars.len();
        let picked = list::slice(groovy, last, range).map_err(|throw| match *throw {
            Throw::Limit(_) => throw,
            Throw::Exception(_) => {
                let (begin, end) = (range.from, range.to + 1);
                Throw::exception(
                    "java.lang.StringIndexOutOfBoundsException",
                    format!("begin {begin}, end {end}, length {last}"),
                )
            }
        })?;
        return groovy.new_text(picked.into_iter().filter_map(|at| chars.get(at)).collect());
    }
    if let Object::List(keys) = key {
        let mut out = String::new();
        for key in keys.borrow().clone() {
            groovy.check_stack()?;
            let part = get_at(groovy, text, &key)?;
            groovy.append_text(&mut out, &part)?;
        }
        return groovy.new_text(out);
    }
    if !key.is_number() {
        let class = "java.lang.String";
        return Err(groovy.missing_method(class, "getAt", std::slice::from_ref(key)));
    }
    let at = position(groovy.int(key)?, chars.len()).map_err(|_| {
        Throw::exception(
            "java.lang.StringIndexOutOfBoundsException",
            "String index out of range: ".to_owned() + &key.int_value().unwrap_or(0).to_string(),
        )
    })?;
    match chars.get(at) {
        Some(char) => Ok(Object::string(char.encode_utf8(&mut [0; 4]) as &str)),
        None => Err(out(at)),
    }
}

fn change_first(text: &str, change: impl Fn(char) -> String) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| change(first) + chars.as_str())
}

fn pad(text: &str, name: &str, width: usize, filler: &str) -> String {
    let missing = width.saturating_sub(text.chars().count());
    if missing == 0 || filler.is_empty() {
        return text.to_owned();
    }
    let fill = |count: usize| -> String { filler.chars().cycle().take(count).collect() };
    match name {
        "padLeft" => fill(missing) + text,
        "padRight" => text.to_owned() + &fill(missing),
        _ => fill(missing / 2) + text + &fill(missing - missing / 2),
    }
}

fn strip_indent(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let least = text.split('\n').filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let strip = |line: &str| line.get(least..).unwrap_or("").to_owned();
    text.split('\n').map(strip).collect::<Vec<_>>().join("\n")
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let expand = |set: &str| -> Vec<char> {
        let chars: Vec<char> = set.chars().collect();
        let mut out = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            if chars.get(at + 1) == Some(&'-') && at + 2 < chars.len() {
                out.extend((chars[at]..=chars[at + 2]).take(0x1000));
                at += 3;
            } else {
                out.push(chars[at]);
                at += 1;
            }
        }
        out
    };
    let (from, to) = (expand(from), expand(to));
    let replaced = |c: char| match from.iter().position(|other| *other == c) {
        Some(at) => to.get(at).or(to.last()).copied().unwrap_or(c),
        None => c,
    };
    text.chars().map(replaced).collect()
}

/// `next()` and `previous()` change the last letter.
fn step_last(text: &str, step: i32) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    if let Some(last) = chars.last_mut() {
        let code = u32::from(*last).checked_add_signed(step).and_then(char::from_u32);
        *last = code.unwrap_or(*last);
    }
    chars.into_iter().collect()
}

pub(super) fn bytes(groovy: &mut Interpreter<'_>, bytes: &Rc<[u8]>, name: &str, args: &[Object]) -> Found {
    Ok(Some(match (name, args) {
        ("encodeBase64", []) => Object::string(base64(bytes)),
        ("encodeHex", []) => {
            let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
            let hex: String = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect();
            Object::string(hex)
        }
        ("size" | "length", []) => size(bytes.len()),
        ("getAt", [index]) => {
            let at = position(groovy.int(index)?, bytes.len())?;
            match bytes.get(at) {
                Some(byte) => Object::Integer(i32::from(byte.cast_signed())),
                None => {
                    return Err(Throw::exception(
                        "java.lang.ArrayIndexOutOfBoundsException",
                        format!("Index {at} out of bounds for length {}", bytes.len()),
                    ));
                }
            }
        }
        _ => {
            let items = groovy.items(&Object::Bytes(bytes.clone()))?;
            return iteration::call(groovy, &Source::list(items), name, args);
        }
    }))
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            if place <= chunk.len() {
                out.push(char::from(BASE64[(bits >> (18 - 6 * place) & 63) as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// Bytes of a Base64 text; line ends are skipped.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        if byte == b'=' {
            break;
        }
        let value = BASE64.iter().position(|known| *known == byte)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    Some(out)
}
