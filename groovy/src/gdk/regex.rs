//! Patterns and matchers.

use std::rc::Rc;

use objects::Object;

use super::{
    Found,
    iteration::{self, Source},
    size,
};
use crate::{
    interpreter::{Interpreter, Outcome, Throw},
    ops,
    values::{Groups, Matcher, Pattern, downcast, extension, groups_of},
};

fn no_match() -> Box<Throw> {
    Throw::exception("java.lang.IllegalStateException", "No match found")
}

pub(super) fn matcher(
    groovy: &mut Interpreter<'_>,
    target: &Object,
    matcher: &Matcher,
    name: &str,
    args: &[Object],
) -> Found {
    let last = matcher.groups.borrow().clone();
    Ok(Some(match (name, args) {
        ("matches", []) => {
            let whole = Matcher::new(matcher.pattern.clone(), matcher.text.clone());
            let anchored = objects::pattern::compile(&format!("\\A(?:{})\\z", matcher.pattern.source))?;
            let groups = anchored.captures(&whole.text).map(|found| groups_of(&found));
            let found = groups.is_some();
            matcher.groups.replace(groups);
            Object::Boolean(found)
        }
        ("find", []) => Object::Boolean(matcher.find()),
        ("asBoolean", []) => Object::Boolean(groovy.truth(target)?),
        ("lookingAt", []) => {
            let found = matcher.pattern.regex.captures(&matcher.text).map(|found| groups_of(&found));
            let found = found.filter(|groups| groups[0].is_some_and(|(start, _)| start == 0));
            let matched = found.is_some();
            matcher.groups.replace(found);
            Object::Boolean(matched)
        }
        ("group", []) => matcher.part(last.ok_or_else(no_match)?[0]),
        ("group", [index]) if index.is_number() => {
            let groups = last.ok_or_else(no_match)?;
            let index = groovy.int(index)?;
            match usize::try_from(index).ok().and_then(|index| groups.get(index)) {
                Some(group) => matcher.part(*group),
                None => {
                    return Err(Throw::exception("java.lang.IndexOutOfBoundsException", format!("No group {index}")));
                }
            }
        }
        ("group", [name]) => {
            let groups = last.ok_or_else(no_match)?;
            let name = groovy.to_text(name)?;
            let index = matcher.pattern.regex.capture_names().position(|known| known == Some(&*name));
            match index {
                Some(index) => matcher.part(groups[index]),
                None => return Err(Throw::illegal_argument(format!("No group with name <{name}>"))),
            }
        }
        ("groupCount", []) => size(matcher.pattern.regex.captures_len() - 1),
        ("hasGroup", []) => Object::Boolean(matcher.pattern.regex.captures_len() > 1),
        ("start" | "end", []) => {
            let (start, end) = last.ok_or_else(no_match)?[0].unwrap_or_default();
            let at = if name == "start" { start } else { end };
            size(matcher.text[..at].encode_utf16().count())
        }
        ("getCount" | "size" | "count", []) => size(matcher.all().len()),
        ("reset", []) => {
            matcher.position.set(0);
            matcher.groups.replace(None);
            target.clone()
        }
        ("pattern", []) => extension(matcher.pattern.clone()),
        ("replaceAll" | "replaceFirst", [with]) => {
            if downcast::<crate::values::Closure>(with).is_some() {
                return replace_by(groovy, &matcher.text, &matcher.pattern, with, name == "replaceAll").map(Some);
            }
            let with = groovy.to_text(with)?;
            let text = objects::pattern::replace(&matcher.text, &matcher.pattern.source, &with, name == "replaceAll")?;
            groovy.new_text(text)?
        }
        ("getAt", [index]) if index.is_number() => {
            let all = matcher.all();
            let at = crate::interpreter::position(groovy.int(index)?, all.len())?;
            match all.get(at) {
                Some(groups) => ops::matched(matcher, groups),
                None => {
                    return Err(Throw::exception(
                        "java.lang.IndexOutOfBoundsException",
                        format!(
                            "index is out of range 0..{} (index = {at})",
                            i64::try_from(all.len()).unwrap_or(0) - 1
                        ),
                    ));
                }
            }
        }
        ("toString" | "getClass" | "with" | "tap" | "is", _) => return Ok(None),
        _ => {
            let all = matcher.all();
            groovy.charge_items(all.len() as u64)?;
            let items: Vec<Object> = all.iter().map(|groups| ops::matched(matcher, groups)).collect();
            let list = Object::list(items);
            return groovy.try_invoke(&list, name, args);
        }
    }))
}

pub(super) fn pattern(groovy: &mut Interpreter<'_>, pattern: &Pattern, name: &str, args: &[Object]) -> Found {
    Ok(Some(match (name, args) {
        ("matcher", [text]) => {
            let text = groovy.to_text(text)?;
            extension(Matcher::new(pattern.clone(), text))
        }
        ("pattern" | "toString", []) => Object::String(pattern.source.clone()),
        ("split", [text]) => {
            let text = groovy.to_text(text)?;
            let parts = objects::pattern::split(&text, &pattern.source, 0)?;
            groovy.new_list(parts.into_iter().map(Object::string).collect())?
        }
        _ => return Ok(None),
    }))
}

/// What a closure gets of a match: the text, or text and groups as a list or as parameters.
fn call_with_match(
    groovy: &mut Interpreter<'_>,
    matcher: &Matcher,
    groups: &Groups,
    closure: &Object,
) -> Outcome<Object> {
    groovy.step()?;
    let matched = ops::matched(matcher, groups);
    if groups.len() > 1 && groovy.arity(closure) == groups.len() {
        let args = groovy.items(&matched)?;
        return groovy.call_closure(closure, &args);
    }
    groovy.call_closure(closure, std::slice::from_ref(&matched))
}

/// `replaceAll(pattern) { … }`
pub(super) fn replace_by(
    groovy: &mut Interpreter<'_>,
    text: &Rc<str>,
    pattern: &Pattern,
    closure: &Object,
    all: bool,
) -> Outcome<Object> {
    let matcher = Matcher::new(pattern.clone(), text.clone());
    let mut out = String::new();
    let mut last = 0;
    for groups in matcher.all().iter().take(if all { usize::MAX } else { 1 }) {
        let Some((start, end)) = groups[0] else { continue };
        out.push_str(&text[last..start]);
        let value = call_with_match(groovy, &matcher, groups, closure)?;
        groovy.append_text(&mut out, &value)?;
        last = end;
    }
    out.push_str(&text[last..]);
    groovy.new_text(out)
}

/// `text.find(pattern)`, `text.findAll(pattern)`, `text.eachMatch(pattern)`, each with a closure behind or without.
pub(super) fn in_text(groovy: &mut Interpreter<'_>, text: &Rc<str>, name: &str, args: &[Object]) -> Found {
    let pattern = groovy.pattern(&args[0])?;
    let matcher = Matcher::new(pattern, text.clone());
    let all = matcher.all();
    let closure = args.get(1);
    match (name, closure) {
        ("find", _) => {
            let Some(groups) = all.first() else { return Ok(Some(Object::Null)) };
            match closure {
                Some(closure) => call_with_match(groovy, &matcher, groups, closure).map(Some),
                None => Ok(Some(matcher.part(groups[0]))),
            }
        }
        ("findAll", _) => {
            let mut found = Vec::with_capacity(all.len());
            for groups in &all {
                found.push(match closure {
                    Some(closure) => call_with_match(groovy, &matcher, groups, closure)?,
                    None => matcher.part(groups[0]),
                });
            }
            groovy.new_list(found).map(Some)
        }
        (_, Some(closure)) => {
            for groups in &all {
                call_with_match(groovy, &matcher, groups, closure)?;
            }
            Ok(Some(Object::String(text.clone())))
        }
        (_, None) => iteration::call(groovy, &Source::list(Vec::new()), name, &[]),
    }
}
