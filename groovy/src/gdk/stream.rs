//! `java.util.stream`, as lists.

use objects::Object;

use super::{
    Found,
    iteration::{Source, apply, test},
    size,
};
use crate::{
    interpreter::Interpreter,
    values::{Closure, downcast},
};

pub(super) fn call(groovy: &mut Interpreter<'_>, source: &Source, name: &str, args: &[Object]) -> Found {
    let items = &source.items;
    let closure = match args {
        [closure] if downcast::<Closure>(closure).is_some() => Some(closure),
        _ => None,
    };
    Ok(Some(match (name, closure, args) {
        ("filter", Some(closure), _) => {
            let mut kept = Vec::new();
            for item in items {
                if test(groovy, closure, item)? {
                    kept.push(item.clone());
                }
            }
            groovy.new_list(kept)?
        }
        ("map" | "mapToInt" | "mapToLong" | "mapToDouble" | "mapToObj", Some(closure), _) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(apply(groovy, closure, item)?);
            }
            groovy.new_list(values)?
        }
        ("anyMatch" | "noneMatch", Some(closure), _) => {
            let mut found = false;
            for item in items {
                if test(groovy, closure, item)? {
                    found = true;
                    break;
                }
            }
            Object::Boolean(found == (name == "anyMatch"))
        }
        ("allMatch", Some(closure), _) => {
            for item in items {
                if !test(groovy, closure, item)? {
                    return Ok(Some(Object::Boolean(false)));
                }
            }
            Object::Boolean(true)
        }
        ("collect", _, [Object::String(collector)]) => match &**collector {
            super::statics::TO_SET => Object::set(items.clone()),
            _ => groovy.new_list(items.clone())?,
        },
        ("boxed" | "stream" | "sequential", _, []) => groovy.new_list(items.clone())?,
        ("count", _, []) => size(items.len()),
        _ => return Ok(None),
    }))
}
