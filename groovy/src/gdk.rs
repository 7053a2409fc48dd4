//! Methods Groovy adds to Java's classes.
//!
//! Each function answers `None` for a method it does not have; the caller goes on with the methods of Java.

mod builtin;
mod closure;
mod iteration;
mod list;
mod map;
mod number;
pub(crate) mod object;
mod ordering;
mod regex;
pub(crate) mod statics;
mod stream;
mod text;
mod values;

use objects::Object;

pub(crate) use number::{number_of, parse_number};

use crate::{
    interpreter::{Interpreter, Outcome, Throw},
    values::{
        Closure, Entry, ExceptionObject, Instance, JsonBuilder, JsonSlurper, Matcher, Pattern, PrintStream, Range,
        Template, TextBuilder, downcast,
    },
};

type Found = Outcome<Option<Object>>;

/// Calls a method of Groovy.
pub(crate) fn call(groovy: &mut Interpreter<'_>, target: &Object, name: &str, args: &[Object]) -> Found {
    let found = match target {
        Object::String(text) => text::call(groovy, target, text, name, args)?,
        Object::List(items) => list::call(groovy, target, items, name, args)?,
        Object::Set(items) => list::call_set(groovy, target, items, name, args)?,
        Object::Map(map) => map::call(groovy, target, map, name, args)?,
        Object::Extension(_) => call_own(groovy, target, name, args)?,
        number if number.is_number() => number::call(groovy, target, name, args)?,
        Object::Boolean(value) => boolean(*value, name, args),
        Object::Bytes(bytes) => text::bytes(groovy, bytes, name, args)?,
        Object::Date(_) | Object::Temporal(_) => values::temporal(groovy, target, name, args)?,
        _ => None,
    };
    match found {
        Some(value) => Ok(Some(value)),
        None => object::call(groovy, target, name, args),
    }
}

/// Methods of Groovy's own classes.
fn call_own(groovy: &mut Interpreter<'_>, target: &Object, name: &str, args: &[Object]) -> Found {
    if let Some(template) = downcast::<Template>(target) {
        return values::template(groovy, target, template, name, args);
    }
    if downcast::<Closure>(target).is_some() {
        return closure::call(groovy, target, name, args);
    }
    if let Some(range) = downcast::<Range>(target) {
        return list::call_range(groovy, target, range, name, args);
    }
    if let Some(entry) = downcast::<Entry>(target) {
        return values::entry(groovy, entry, name, args);
    }
    if let Some(exception) = downcast::<ExceptionObject>(target) {
        return values::exception(target, exception, name, args);
    }
    if let Some(matcher) = downcast::<Matcher>(target) {
        return regex::matcher(groovy, target, matcher, name, args);
    }
    if let Some(pattern) = downcast::<Pattern>(target) {
        return regex::pattern(groovy, pattern, name, args);
    }
    if let Some(builder) = downcast::<TextBuilder>(target) {
        return values::builder(groovy, target, builder, name, args);
    }
    if downcast::<JsonSlurper>(target).is_some() {
        return crate::json::slurper(groovy, name, args);
    }
    if let Some(builder) = downcast::<JsonBuilder>(target) {
        return crate::json::builder(groovy, target, builder, name, args);
    }
    if let Some(delegate) = downcast::<crate::json::JsonDelegate>(target) {
        return crate::json::delegate(groovy, delegate, name, args);
    }
    if downcast::<PrintStream>(target).is_some() {
        return builtin::print(groovy, name, args);
    }
    if let Some(instance) = downcast::<Instance>(target) {
        return values::instance(groovy, target, instance, name, args);
    }
    if let Object::Extension(extension) = target
        && let Some(iterator) = extension.as_any().downcast_ref::<objects::methods::IteratorObject>()
        && !matches!(name, "hasNext" | "next")
    {
        let rest: Vec<Object> = std::iter::from_fn(|| iterator.advance()).collect();
        return iteration::call(groovy, &iteration::Source::list(rest), name, args);
    }
    Ok(None)
}

/// Closures over null: `with` runs, the others find nothing to walk.
pub(crate) fn null(groovy: &mut Interpreter<'_>, name: &str, closure: &Object) -> Outcome<Object> {
    match name {
        "with" => groovy.call_with_delegate(closure, &Object::Null, &[Object::Null]),
        "tap" => groovy.call_with_delegate(closure, &Object::Null, &[Object::Null]).map(|_| Object::Null),
        _ => {
            let found =
                iteration::call(groovy, &iteration::Source::list(Vec::new()), name, std::slice::from_ref(closure))?;
            Ok(found.unwrap_or(Object::Null))
        }
    }
}

fn boolean(value: bool, name: &str, args: &[Object]) -> Option<Object> {
    Some(Object::Boolean(match (name, args) {
        ("and", [Object::Boolean(other)]) => value & other,
        ("or", [Object::Boolean(other)]) => value | other,
        ("xor", [Object::Boolean(other)]) => value ^ other,
        ("implies", [Object::Boolean(other)]) => !value | other,
        ("asBoolean", []) => value,
        _ => return None,
    }))
}

/// The primitive type of a wrapper class.
pub(crate) fn primitive_name(class: &str) -> &str {
    match class {
        "java.lang.Boolean" => "boolean",
        "java.lang.Byte" => "byte",
        "java.lang.Character" => "char",
        "java.lang.Short" => "short",
        "java.lang.Integer" => "int",
        "java.lang.Long" => "long",
        "java.lang.Float" => "float",
        "java.lang.Double" => "double",
        other => other,
    }
}

/// A count as Java's `int`.
pub(crate) fn size(count: usize) -> Object {
    Object::Integer(i32::try_from(count).unwrap_or(i32::MAX))
}

/// A number of elements; negative ones are refused where Groovy does, else they are none.
pub(crate) fn count_of(groovy: &mut Interpreter<'_>, value: &Object) -> Outcome<usize> {
    Ok(usize::try_from(groovy.int(value)?).unwrap_or(0))
}

/// `NoSuchElementException` with a message.
pub(crate) fn no_such_element(message: &str) -> Box<Throw> {
    Throw::exception("java.util.NoSuchElementException", message)
}
