//! Static methods that need Groovy's own values.

use std::rc::Rc;

use objects::{Object, classes as java, classes::ClassObject};

use super::Found;
use crate::{
    classes::{self, Class},
    interpreter::{Interpreter, Outcome, Throw},
    values::{PrintStream, UserClassObject, downcast, extension},
};

/// What `Collectors.toList()` and `toSet()` give to a stream.
pub(super) const TO_LIST: &str = "java.util.stream.Collectors.toList";
pub(super) const TO_SET: &str = "java.util.stream.Collectors.toSet";

/// The class an object is.
pub(crate) fn class_of(object: &Object) -> Option<Class> {
    if let Some(class) = downcast::<UserClassObject>(object) {
        return Some(Class::User(class.class));
    }
    downcast::<ClassObject>(object).map(|class| Class::Known(classes::known(class.name())))
}

/// A static constant.
pub(crate) fn constant(class: &str, name: &str) -> Option<Object> {
    match (class, name) {
        ("java.lang.System", "out" | "err") => Some(extension(PrintStream)),
        ("groovy.lang.Closure", "OWNER_FIRST") => Some(Object::Integer(0)),
        ("groovy.lang.Closure", "DELEGATE_FIRST") => Some(Object::Integer(1)),
        ("groovy.lang.Closure", "OWNER_ONLY") => Some(Object::Integer(2)),
        ("groovy.lang.Closure", "DELEGATE_ONLY") => Some(Object::Integer(3)),
        ("java.nio.charset.StandardCharsets", name) => Some(Object::string(name.replace('_', "-"))),
        _ => java::constant(class, name),
    }
}

pub(crate) fn call(groovy: &mut Interpreter<'_>, class: &str, name: &str, args: &[Object]) -> Found {
    Ok(Some(match (class, name, args) {
        ("groovy.json.JsonOutput", "toJson", [value]) => {
            let text = crate::json::write(groovy, value)?;
            groovy.new_text(text)?
        }
        ("groovy.json.JsonOutput", "prettyPrint", [text]) => {
            let text = groovy.to_text(text)?;
            let pretty = crate::json::pretty(&text);
            groovy.new_text(pretty)?
        }
        ("java.util.regex.Pattern", "compile", [source]) => groovy.pattern(source).map(extension)?,
        ("java.util.regex.Pattern", "compile", [source, flags]) => {
            let source = groovy.to_text(source)?;
            let flags = groovy.int(flags)?;
            let mut letters = String::new();
            for (bit, letter) in [(2, 'i'), (8, 'm'), (32, 's'), (4, 'x')] {
                if flags & bit != 0 {
                    letters.push(letter);
                }
            }
            let source = if letters.is_empty() { source.to_string() } else { format!("(?{letters}){source}") };
            groovy.pattern(&Object::string(source)).map(extension)?
        }
        ("java.util.regex.Pattern", "matches", [source, text]) => {
            let (source, text) = (groovy.to_text(source)?, groovy.to_text(text)?);
            Object::Boolean(objects::pattern::matches(&text, &source)?)
        }
        ("java.util.regex.Pattern", "quote", [text]) => {
            let text = groovy.to_text(text)?;
            groovy.new_text(format!("\\Q{text}\\E"))?
        }
        ("java.lang.String", "format", [_, ..]) => format(groovy, args)?,
        ("java.lang.String", "valueOf" | "copyValueOf", [value]) if matches!(value, Object::Extension(_)) => {
            Object::String(groovy.to_text(value)?)
        }
        ("java.lang.String", "join", [separator, rest @ ..]) => {
            let separator = groovy.to_text(separator)?;
            let items = match rest {
                [items @ (Object::List(_) | Object::Set(_))] => groovy.items(items)?,
                _ => rest.to_vec(),
            };
            let mut parts = Vec::with_capacity(items.len());
            for item in &items {
                parts.push(groovy.to_text(item)?);
            }
            groovy.new_text(parts.join(&*separator))?
        }
        ("java.util.stream.Collectors", "toList" | "toUnmodifiableList", []) => Object::string(TO_LIST),
        ("java.util.stream.Collectors", "toSet" | "toUnmodifiableSet", []) => Object::string(TO_SET),
        ("java.util.Arrays", "asList", items) => match items {
            [Object::List(_)] => items[0].clone(),
            _ => groovy.new_list(items.to_vec())?,
        },
        ("java.util.Arrays", "toString", [items]) => Object::String(groovy.to_text(items)?),
        ("java.util.Collections", "sort", [list, rest @ ..]) => {
            groovy.invoke(list, "sort", rest)?;
            Object::Null
        }
        ("java.util.Collections", "reverse", [Object::List(items)]) => {
            items.borrow_mut().reverse();
            Object::Null
        }
        ("java.util.Collections", "max" | "min", [list, rest @ ..]) => groovy.invoke(list, name, rest)?,
        (
            "java.util.Collections",
            "unmodifiableList" | "unmodifiableMap" | "unmodifiableSet" | "synchronizedList",
            [value],
        ) => value.clone(),
        ("java.util.Objects", "equals", [a, b]) => {
            let plain = groovy.plain_args(&[a.clone(), b.clone()]);
            Object::Boolean(plain[0].equals(&plain[1]))
        }
        // A transaction does not wait.
        ("java.lang.Thread", "sleep", [_] | [_, _]) => Object::Null,
        ("java.lang.Thread", _, _) => {
            return Err(Throw::exception(
                "java.lang.SecurityException",
                format!("Thread.{name}() is not available to scripts"),
            ));
        }
        ("java.lang.System", "exit" | "getenv" | "getProperty" | "setProperty" | "load" | "gc", _) => {
            return Err(Throw::exception(
                "java.lang.SecurityException",
                format!("System.{name}() is not available to scripts"),
            ));
        }
        ("java.net.URLEncoder", "encode", [text, ..]) => {
            let text = groovy.to_text(text)?;
            groovy.new_text(encode_url(&text))?
        }
        ("java.net.URLDecoder", "decode", [text, ..]) => {
            let text = groovy.to_text(text)?;
            groovy.new_text(decode_url(&text))?
        }
        ("java.util.Date", "parse", [pattern, text]) => {
            let pattern = Object::String(groovy.to_text(pattern)?);
            let format = java::call_static("java.text.SimpleDateFormat", "new", &[pattern], groovy.ctx)?;
            groovy.invoke(&format, "parse", std::slice::from_ref(text))?
        }
        _ => return Ok(None),
    }))
}

/// `String.format`: objects of Groovy become texts first.
pub(super) fn format(groovy: &mut Interpreter<'_>, args: &[Object]) -> Outcome<Object> {
    let pattern = groovy.to_text(&args[0])?;
    let values = match &args[1..] {
        [list @ Object::List(_)] => groovy.items(list)?,
        values => values.to_vec(),
    };
    let mut plain = vec![Object::String(pattern)];
    for value in &values {
        plain.push(match value {
            Object::Extension(_) | Object::Map(_) => Object::String(groovy.to_text(value)?),
            value => value.clone(),
        });
    }
    let text = java::call_static("java.lang.String", "format", &plain, groovy.ctx)?;
    let text: Rc<str> = groovy.to_text(&text)?;
    groovy.charge_text(text.len() as u64)?;
    Ok(Object::String(text))
}

fn encode_url(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                use std::fmt::Write as _;
                write!(out, "%{byte:02X}").unwrap_or(());
            }
        }
    }
    out
}

fn decode_url(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
