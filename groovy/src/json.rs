//! `JsonSlurper`, `JsonOutput` and `JsonBuilder`.

mod parse;
mod write;

use std::{any::Any, cell::RefCell, rc::Rc};

use objects::{Extension, MapKey, Object, ObjectMap};

pub(crate) use write::{pretty, write};

use crate::{
    interpreter::{Interpreter, Outcome, Throw},
    values::{Closure, JsonBuilder, downcast, extension},
};

/// Methods of `JsonSlurper`.
pub(crate) fn slurper(groovy: &mut Interpreter<'_>, name: &str, args: &[Object]) -> Outcome<Option<Object>> {
    match (name, args) {
        ("parseText" | "parse", [Object::Bytes(bytes)]) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            groovy.charge_items(text.len() as u64 / 2)?;
            parse::parse(&text).map(Some)
        }
        ("parseText" | "parse", [text]) => {
            if text.is_null() {
                return Err(Throw::illegal_argument("Text must not be null or empty"));
            }
            let text = groovy.to_text(text)?;
            if text.is_empty() {
                return Err(Throw::illegal_argument("Text must not be null or empty"));
            }
            groovy.charge_items(text.len() as u64 / 2)?;
            parse::parse(&text).map(Some)
        }
        ("setType" | "setChop" | "setLazyChop" | "setMaxSizeForInMemory" | "setCheckDates", [_]) => {
            Ok(Some(extension(crate::values::JsonSlurper)))
        }
        _ => Ok(None),
    }
}

/// The object a closure of a `JsonBuilder` builds: each call sets a property.
#[derive(Debug)]
pub(crate) struct JsonDelegate {
    content: Rc<RefCell<ObjectMap>>,
}

impl Extension for JsonDelegate {
    fn class_name(&self) -> String {
        "groovy.json.JsonDelegate".to_owned()
    }

    fn text(&self) -> String {
        "groovy.json.JsonDelegate@0".to_owned()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn is_closure(object: &Object) -> bool {
    downcast::<Closure>(object).is_some()
}

/// The properties a closure sets.
fn build(groovy: &mut Interpreter<'_>, closure: &Object, args: &[Object]) -> Outcome<Object> {
    groovy.check_stack()?;
    let content = Rc::new(RefCell::new(ObjectMap::new()));
    let delegate = extension(JsonDelegate { content: content.clone() });
    groovy.call_with_delegate(closure, &delegate, args)?;
    Ok(Object::Map(content.into()))
}

/// What a call's arguments mean as a value: one value, a list, an object, or objects for each element.
fn value_of(groovy: &mut Interpreter<'_>, args: &[Object]) -> Outcome<Object> {
    match args {
        [closure] if is_closure(closure) => build(groovy, closure, &[]),
        [value] => Ok(value.clone()),
        [items @ (Object::List(_) | Object::Set(_)), closure] if is_closure(closure) => {
            let mut built = Vec::new();
            for item in groovy.items(items)? {
                built.push(build(groovy, closure, &[item])?);
            }
            groovy.new_list(built)
        }
        [Object::Map(map), closure] if is_closure(closure) => {
            let mut all = map.borrow().clone();
            if let Object::Map(more) = build(groovy, closure, &[])? {
                all.extend(more.take());
            }
            Ok(Object::map(all))
        }
        values => groovy.new_list(values.to_vec()),
    }
}

/// A call inside the closure of a builder.
pub(crate) fn delegate(
    groovy: &mut Interpreter<'_>,
    delegate: &JsonDelegate,
    name: &str,
    args: &[Object],
) -> Outcome<Option<Object>> {
    if args.is_empty() || matches!(name, "getAt" | "putAt" | "getClass") {
        return Ok(None);
    }
    let value = value_of(groovy, args)?;
    groovy.charge_items(2)?;
    delegate.content.borrow_mut().insert(MapKey(Object::string(name)), value.clone());
    Ok(Some(value))
}

/// Methods of `JsonBuilder`; any other name makes an object with that one property.
pub(crate) fn builder(
    groovy: &mut Interpreter<'_>,
    target: &Object,
    builder: &JsonBuilder,
    name: &str,
    args: &[Object],
) -> Outcome<Option<Object>> {
    let content = builder.content.borrow().clone();
    Ok(Some(match (name, args) {
        ("toString", []) => {
            let text = write(groovy, &content)?;
            groovy.new_text(text)?
        }
        ("toPrettyString", []) => {
            let text = write(groovy, &content)?;
            groovy.new_text(pretty(&text))?
        }
        ("getContent", []) => content,
        ("getClass" | "with" | "tap" | "is", _) => return Ok(None),
        ("call", args) => {
            let value = value_of(groovy, args)?;
            builder.content.replace(value.clone());
            value
        }
        (_, args) => {
            let value = if args.is_empty() { Object::map(ObjectMap::new()) } else { value_of(groovy, args)? };
            let object: ObjectMap = std::iter::once((MapKey(Object::string(name)), value)).collect();
            let object = Object::map(object);
            builder.content.replace(object.clone());
            let _ = target;
            object
        }
    }))
}
