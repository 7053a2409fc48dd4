//! Writing JSON as `JsonOutput` does.

use std::fmt::Write as _;

use objects::{Object, temporal, text};

use crate::{
    interpreter::{Interpreter, Outcome, Throw},
    values::{Closure, Entry, Instance, JsonBuilder, Range, downcast},
};

/// Compact JSON of an object.
pub(crate) fn write(groovy: &mut Interpreter<'_>, value: &Object) -> Outcome<String> {
    let mut out = String::new();
    append(groovy, &mut out, value)?;
    Ok(out)
}

fn append(groovy: &mut Interpreter<'_>, out: &mut String, value: &Object) -> Outcome<()> {
    groovy.step()?;
    groovy.check_stack()?;
    if out.len() > groovy.limits.text_bytes {
        return groovy.charge_text(out.len() as u64);
    }
    match value {
        Object::Null => out.push_str("null"),
        Object::Double(number) if !number.is_finite() => {
            return Err(Throw::exception(
                "groovy.json.JsonException",
                "Number value cannot be NaN or infinite. They are not permitted JSON values.",
            ));
        }
        Object::Boolean(_) => text::append(out, value, groovy.ctx)?,
        number if number.is_number() => text::append(out, number, groovy.ctx)?,
        Object::String(text) => quote(out, text),
        Object::Date(at) => {
            let zoned = temporal::instant(at.0)?.to_zoned(jiff::tz::TimeZone::UTC);
            write!(out, "\"{}\"", zoned.strftime("%Y-%m-%dT%H:%M:%S+0000")).unwrap_or(());
        }
        Object::Map(map) => {
            let entries = map.borrow().clone();
            out.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if key.0.is_null() {
                    return Err(Throw::illegal_argument("Maps with null keys can't be converted to JSON"));
                }
                if index > 0 {
                    out.push(',');
                }
                let key = groovy.to_text(&key.0)?;
                quote(out, &key);
                out.push(':');
                append(groovy, out, value)?;
            }
            out.push('}');
        }
        Object::List(_) | Object::Set(_) | Object::Bytes(_) => append_items(groovy, out, value)?,
        Object::Json(node) => write!(out, "{node}").unwrap_or(()),
        Object::Extension(_) => append_extension(groovy, out, value)?,
        other => {
            let text = groovy.to_text(other)?;
            quote(out, &text);
        }
    }
    Ok(())
}

fn append_extension(groovy: &mut Interpreter<'_>, out: &mut String, value: &Object) -> Outcome<()> {
    if downcast::<Range>(value).is_some() {
        return append_items(groovy, out, value);
    }
    if let Some(builder) = downcast::<JsonBuilder>(value) {
        let content = builder.content.borrow().clone();
        return append(groovy, out, &content);
    }
    if let Some(entry) = downcast::<Entry>(value) {
        let [key, value] = crate::ops::entry_parts(entry);
        out.push('{');
        let key = groovy.to_text(&key)?;
        quote(out, &key);
        out.push(':');
        append(groovy, out, &value)?;
        out.push('}');
        return Ok(());
    }
    if let Some(instance) = downcast::<Instance>(value)
        && instance.constant.borrow().is_none()
    {
        // Properties in the order of their names.
        let mut fields = instance.fields.borrow().clone();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        out.push('{');
        for (index, (name, value)) in fields.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            quote(out, name);
            out.push(':');
            append(groovy, out, value)?;
        }
        out.push('}');
        return Ok(());
    }
    if downcast::<Closure>(value).is_some() {
        let value = groovy.call_closure(value, &[])?;
        return append(groovy, out, &value);
    }
    let text = groovy.to_text(value)?;
    quote(out, &text);
    Ok(())
}

fn append_items(groovy: &mut Interpreter<'_>, out: &mut String, value: &Object) -> Outcome<()> {
    out.push('[');
    for (index, item) in groovy.items(value)?.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        append(groovy, out, item)?;
    }
    out.push(']');
    Ok(())
}

/// Everything outside of ASCII is escaped.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='\u{7e}' => out.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").unwrap_or(());
                }
            }
        }
    }
    out.push('"');
}

/// JSON with a line for each element, indented by four spaces.
pub(crate) fn pretty(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', depth.min(300) * 4));
    };
    for c in json.chars() {
        if in_text {
            out.push(c);
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                in_text = true;
                out.push(c);
            }
            '{' | '[' => {
                depth += 1;
                out.push(c);
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}
