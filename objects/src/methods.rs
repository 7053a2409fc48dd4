//! Java methods and properties of objects, as far as models use them.
//!
//! A call looks the class of its target up, then matches name and number of arguments; arguments are converted as the
//! expression language converts them ([`crate::args`]). What is not known is refused with [`ObjectError::UnknownMethod`].

mod collection;
mod date;
mod decision;
mod iterator;
mod map;
mod number;
mod string;

use std::rc::Rc;

pub(crate) use collection::{elements, sort};
pub use decision::decision_result;
pub use iterator::IteratorObject;
pub use map::put;

use crate::{
    args::mismatch,
    context::{Context, ObjectError},
    json,
    object::{MapKey, Object},
    shared::ContainerClass,
    temporal, text, xml,
};

type Outcome = Result<Object, ObjectError>;

/// Calls an instance method.
///
/// # Errors
/// [`ObjectError::UnknownMethod`] when the class has no such method for these arguments; whatever the method throws.
pub fn call(target: &Object, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let outcome = match target {
        Object::Null => {
            let message = format!("Cannot invoke method {name}() on null object");
            return Err(ObjectError::exception("java.lang.NullPointerException", message));
        }
        Object::Handle(handle) => return ctx.call_method(handle, name, args),
        Object::String(value) => string::call(value, name, args, ctx),
        Object::Boolean(value) => boolean(*value, name, args),
        Object::Short(_)
        | Object::Integer(_)
        | Object::Long(_)
        | Object::BigInteger(_)
        | Object::Double(_)
        | Object::BigDecimal(_) => number::call(target, name, args, ctx),
        Object::List(items) if items.class() == ContainerClass::DecisionResult => {
            decision::call_result(items, name, args, ctx)
        }
        Object::List(items) => collection::call_list(items, name, args, ctx),
        Object::Set(items) => collection::call_set(items, name, args, ctx),
        Object::Map(entries) if entries.class() == ContainerClass::DecisionEntries => {
            decision::call_entries(entries, name, args, ctx)
        }
        Object::Map(entries) => map::call(entries, name, args, ctx),
        Object::Date(value) => date::call(*value, name, args, ctx),
        Object::Temporal(value) => temporal::call(value, name, args, ctx),
        Object::Json(node) => json::call(node, name, args, ctx),
        Object::Xml(node) => xml::call(node, name, args, ctx),
        Object::File(file) => file_method(file, name, args),
        Object::Extension(value) => value.call(name, args, ctx),
        Object::Bytes(_) | Object::Opaque(_) => Err(mismatch()),
    };
    match outcome {
        Err(ObjectError::UnknownMethod(class, _)) if class.is_empty() => common(target, name, args, ctx),
        other => other,
    }
}

/// Methods of `java.lang.Object` and of `Comparable`.
fn common(target: &Object, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    match (name, args) {
        ("toString", []) => Ok(Object::String(text::to_text(target, ctx)?)),
        ("equals", [other]) => Ok(Object::Boolean(target.equals(other))),
        ("hashCode", []) => crate::compare::hash_code(target).map(Object::Integer),
        ("getClass", []) => Ok(crate::classes::class_object(&target.class_name(ctx))),
        ("compareTo", [other]) => crate::compare::compare(target, other, ctx)
            .map(|order| Object::Integer(crate::compare::java_order(target, other, order))),
        _ => Err(ObjectError::UnknownMethod(target.class_name(ctx), name.to_owned())),
    }
}

fn boolean(value: bool, name: &str, args: &[Object]) -> Outcome {
    match (name, args) {
        ("booleanValue", []) => Ok(Object::Boolean(value)),
        _ => Err(mismatch()),
    }
}

/// A file variable is an input stream to expressions; its typed value has the file's data beside.
fn file_method(file: &Rc<models::value::FileValue>, name: &str, args: &[Object]) -> Outcome {
    let optional = |text: &Option<String>| text.as_deref().map_or(Object::Null, Object::string);
    let content = file.content.as_deref().unwrap_or_default();
    Ok(match (name, args) {
        ("getFilename", []) => Object::string(file.filename.as_str()),
        ("getMimeType", []) => optional(&file.mime_type),
        ("getEncoding", []) => optional(&file.encoding),
        ("getValue", []) => Object::File(file.clone()),
        ("available", []) => Object::Integer(i32::try_from(content.len()).unwrap_or(i32::MAX)),
        ("readAllBytes" | "getBytes", []) => Object::Bytes(Rc::from(content)),
        ("getText", []) => Object::string(String::from_utf8_lossy(content).as_ref()),
        ("close", []) => Object::Null,
        _ => return Err(mismatch()),
    })
}

/// Reads a property as the expression language does: map entry, list element, getter.
///
/// # Errors
/// [`ObjectError::UnknownProperty`] when the class has no such property.
pub fn get_property(target: &Object, name: &str, ctx: &mut dyn Context) -> Outcome {
    match target {
        Object::Null => Ok(Object::Null),
        Object::Handle(handle) => ctx.get_property(handle, name),
        Object::Map(entries) => {
            Ok(entries.borrow().get(&MapKey(Object::string(name))).cloned().unwrap_or(Object::Null))
        }
        Object::List(items) => {
            if let Ok(index) = name.parse::<i32>() {
                let items = items.borrow();
                Ok(usize::try_from(index).ok().and_then(|at| items.get(at).cloned()).unwrap_or(Object::Null))
            } else {
                let message = format!("For input string: \"{name}\"");
                Err(ObjectError::exception("java.lang.NumberFormatException", message))
            }
        }
        _ => bean_property(target, name, ctx),
    }
}

/// Property by getter: `name` is `getName()` or `isName()`.
fn bean_property(target: &Object, name: &str, ctx: &mut dyn Context) -> Outcome {
    if name == "class" {
        return Ok(crate::classes::class_object(&target.class_name(ctx)));
    }
    for prefix in ["get", "is"] {
        // A getter with `is` must return the primitive; of Spin's only `isObject` does.
        if prefix == "is" && matches!(target, Object::Json(_)) && name != "object" {
            continue;
        }
        match call(target, &accessor(prefix, name), &[], ctx) {
            Err(ObjectError::UnknownMethod(..)) => {}
            other => return other,
        }
    }
    Err(ObjectError::UnknownProperty(target.class_name(ctx), name.to_owned()))
}

fn accessor(prefix: &str, property: &str) -> String {
    let mut out = String::with_capacity(prefix.len() + property.len());
    out.push_str(prefix);
    let mut chars = property.chars();
    out.extend(chars.next().into_iter().flat_map(char::to_uppercase));
    out.push_str(chars.as_str());
    out
}

/// Sets a property: map entry, list element, setter.
///
/// # Errors
/// [`ObjectError::UnknownProperty`] when the class has no such property.
pub fn set_property(target: &Object, name: &str, value: Object, ctx: &mut dyn Context) -> Result<(), ObjectError> {
    match target {
        Object::Handle(handle) => ctx.set_property(handle, name, value),
        Object::Map(entries) => put(entries, Object::string(name), value, ctx).map(|_| ()),
        Object::Null => Err(ObjectError::exception(
            "java.lang.NullPointerException",
            format!("Cannot set property '{name}' on null object"),
        )),
        _ => match call(target, &accessor("set", name), &[value], ctx) {
            Err(ObjectError::UnknownMethod(class, _)) => Err(ObjectError::UnknownProperty(class, name.to_owned())),
            other => other.map(|_| ()),
        },
    }
}

/// `target[key]` as the expression language reads it: list index (out of range is null), map key, else a property.
pub fn index(target: &Object, key: &Object, ctx: &mut dyn Context) -> Outcome {
    match target {
        Object::Null => Ok(Object::Null),
        Object::Map(entries) => Ok(entries.borrow().get(&MapKey(key.clone())).cloned().unwrap_or(Object::Null)),
        Object::List(items) => {
            let at = match key {
                Object::String(name) => return get_property(target, name, ctx),
                Object::Boolean(value) => i64::from(*value),
                other => other.int_value().map(i64::from).ok_or_else(|| {
                    ObjectError::exception(
                        "java.lang.IllegalArgumentException",
                        format!("Cannot coerce {} to integer", other.plain_class_name()),
                    )
                })?,
            };
            let items = items.borrow();
            Ok(usize::try_from(at).ok().and_then(|at| items.get(at).cloned()).unwrap_or(Object::Null))
        }
        _ => {
            let name = text::to_text(key, ctx)?;
            get_property(target, &name, ctx)
        }
    }
}
