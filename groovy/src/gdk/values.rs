//! Methods of entries, exceptions, builders, texts with interpolations, instances and dates.

use std::rc::Rc;

use objects::{Object, ObjectError, methods};

use super::{Found, size};
use crate::{
    ast::BinaryOp,
    interpreter::{Interpreter, Throw, exception_of},
    values::{Entry, ExceptionObject, Instance, Template, TextBuilder, downcast},
};

pub(super) fn entry(groovy: &mut Interpreter<'_>, entry: &Entry, name: &str, args: &[Object]) -> Found {
    Ok(Some(match (name, args) {
        ("getKey", []) => entry.key.clone(),
        ("getValue", []) => entry.value.borrow().clone(),
        ("setValue", [value]) => entry.set(value.clone()),
        ("getAt", [index]) => match groovy.int(index)? {
            0 => entry.key.clone(),
            _ => entry.value.borrow().clone(),
        },
        _ => return Ok(None),
    }))
}

fn optional(text: Option<&Rc<str>>) -> Object {
    text.map_or(Object::Null, |text| Object::String(text.clone()))
}

pub(super) fn exception(target: &Object, exception: &ExceptionObject, name: &str, args: &[Object]) -> Found {
    Ok(Some(match (name, args) {
        ("getMessage" | "getLocalizedMessage", []) => optional(exception.message.as_ref()),
        ("getCause", []) => exception.cause.borrow().clone(),
        ("initCause", [cause]) => {
            exception.cause.replace(cause.clone());
            target.clone()
        }
        ("getErrorCode", []) if exception.code.is_some() => optional(exception.code.as_ref()),
        ("getStackTrace" | "getSuppressed", []) => Object::list(Vec::new()),
        ("printStackTrace" | "addSuppressed" | "fillInStackTrace", _) => Object::Null,
        ("toString", []) => Object::string(exception.description()),
        ("getProperty" | "getType" | "getMethod", []) => return Ok(None),
        _ => return Ok(None),
    }))
}

pub(super) fn instance(
    groovy: &mut Interpreter<'_>,
    target: &Object,
    instance: &Instance,
    name: &str,
    args: &[Object],
) -> Found {
    if let Some(thrown) = exception_of(target)
        && let Some(value) = exception(target, &thrown, name, args)?
    {
        return Ok(Some(value));
    }
    let constant = instance.constant.borrow().clone();
    Ok(Some(match (name, args) {
        ("toString", []) => Object::string(groovy.instance_text(target)?),
        ("equals", [other]) => Object::Boolean(groovy.equal(target, other)?),
        ("getClass", []) => crate::values::class_object(crate::classes::Class::User(instance.class), groovy.program),
        ("hashCode", []) => Object::Integer(0),
        ("name", []) if constant.is_some() => constant.map_or(Object::Null, |(name, _)| Object::string(&*name)),
        ("ordinal", []) if constant.is_some() => Object::Integer(constant.map_or(0, |(_, ordinal)| ordinal)),
        ("compareTo", [other]) if constant.is_some() => groovy.binary(BinaryOp::Compare, target, other)?,
        ("next" | "previous", []) if constant.is_some() => {
            let constants = groovy.enum_constants(instance.class)?.unwrap_or_default();
            let at = usize::try_from(constant.map_or(0, |(_, ordinal)| ordinal)).unwrap_or(0);
            let step = if name == "next" { 1 } else { constants.len() - 1 };
            constants[(at + step) % constants.len()].clone()
        }
        ("getProperties", []) => {
            let fields = instance.fields.borrow();
            let entries = fields.iter().map(|(name, value)| (objects::MapKey(Object::string(&**name)), value.clone()));
            Object::map(entries.collect())
        }
        _ => return accessors(groovy, target, instance, name, args),
    }))
}

/// `getName()`, `isName()` and `setName(value)` of fields.
fn accessors(groovy: &mut Interpreter<'_>, target: &Object, instance: &Instance, name: &str, args: &[Object]) -> Found {
    let field = |prefix: &str| -> Option<String> {
        let mut chars = name.strip_prefix(prefix)?.chars();
        let first = chars.next()?;
        let field: String = first.to_lowercase().chain(chars).collect();
        instance.field(&field).map(|_| field)
    };
    Ok(match args {
        [] => field("get").or_else(|| field("is")).and_then(|field| instance.field(&field)),
        [value] => match field("set") {
            Some(field) => {
                groovy.set_property(target, &Rc::from(field), value.clone())?;
                Some(Object::Null)
            }
            None => None,
        },
        _ => None,
    })
}

pub(super) fn template(
    groovy: &mut Interpreter<'_>,
    target: &Object,
    template: &Template,
    name: &str,
    args: &[Object],
) -> Found {
    match (name, args) {
        ("getValues", []) => return groovy.new_list(template.values.clone()).map(Some),
        ("getValueCount", []) => return Ok(Some(size(template.values.len()))),
        ("plus", [other]) => return groovy.binary(BinaryOp::Add, target, other).map(Some),
        ("getClass" | "with" | "tap" | "is", _) => return Ok(None),
        // A text and a text with interpolations are equal for `==` only.
        ("equals", [other]) => {
            let equal = match downcast::<Template>(other) {
                Some(other) => other.text == template.text,
                None => false,
            };
            return Ok(Some(Object::Boolean(equal)));
        }
        _ => {}
    }
    let text = Object::String(groovy.to_text(target)?);
    groovy.try_invoke(&text, name, args)
}

pub(super) fn builder(
    groovy: &mut Interpreter<'_>,
    target: &Object,
    builder: &TextBuilder,
    name: &str,
    args: &[Object],
) -> Found {
    let append = |groovy: &mut Interpreter<'_>, value: &Object| {
        let mut text = String::new();
        groovy.append_text(&mut text, value)?;
        let total = builder.text.borrow().len() + text.len();
        groovy.charge(text.len() as u64)?;
        if total > groovy.limits.text_bytes {
            return groovy.charge_text(total as u64);
        }
        builder.text.borrow_mut().push_str(&text);
        Ok(())
    };
    match (name, args) {
        ("append" | "leftShift" | "add", [value]) => append(groovy, value)?,
        ("plus", [other]) => {
            return groovy.binary(BinaryOp::Add, &Object::string(builder.text.borrow().as_str()), other).map(Some);
        }
        ("length" | "size", []) => return Ok(Some(size(builder.text.borrow().encode_utf16().count()))),
        ("setLength", [length]) => {
            let length = super::count_of(groovy, length)?;
            let cut: String = builder.text.borrow().chars().take(length).collect();
            builder.text.replace(cut);
            return Ok(Some(Object::Null));
        }
        ("reverse", []) => {
            let reversed: String = builder.text.borrow().chars().rev().collect();
            builder.text.replace(reversed);
        }
        ("insert", [at, value]) => {
            let at = super::count_of(groovy, at)?;
            let value = groovy.to_text(value)?;
            groovy.charge_text((builder.text.borrow().len() + value.len()) as u64)?;
            let mut text = builder.text.borrow_mut();
            let at = text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
            text.insert_str(at, &value);
        }
        ("deleteCharAt", [at]) => {
            let at = super::count_of(groovy, at)?;
            let mut text = builder.text.borrow_mut();
            let found = text.char_indices().nth(at).map(|(at, _)| at);
            match found {
                Some(at) => {
                    text.remove(at);
                }
                None => {
                    return Err(Throw::exception(
                        "java.lang.StringIndexOutOfBoundsException",
                        format!("index {at},length {}", text.len()),
                    ));
                }
            }
        }
        ("delete", [from, to]) => {
            let (from, to) = (super::count_of(groovy, from)?, super::count_of(groovy, to)?);
            let kept = builder
                .text
                .borrow()
                .chars()
                .enumerate()
                .filter(|(at, _)| *at < from || *at >= to)
                .map(|(_, c)| c)
                .collect();
            builder.text.replace(kept);
        }
        ("getClass" | "with" | "tap" | "is", _) => return Ok(None),
        _ => {
            let text = Object::string(builder.text.borrow().as_str());
            return groovy.try_invoke(&text, name, args);
        }
    }
    Ok(Some(target.clone()))
}

/// Dates: Groovy adds days, and takes dates from one another.
pub(super) fn temporal(groovy: &mut Interpreter<'_>, target: &Object, name: &str, args: &[Object]) -> Found {
    const DAY_MS: i64 = 86_400_000;
    Ok(Some(match (target, name, args) {
        (Object::Date(at), "plus" | "minus", [days]) if days.is_number() => {
            let days = days.long_value().unwrap_or(0).saturating_mul(DAY_MS);
            let days = if name == "plus" { days } else { days.saturating_neg() };
            Object::Date(models::Timestamp(at.0.saturating_add(days)))
        }
        (Object::Date(at), "minus", [Object::Date(other)]) => {
            Object::Integer(i32::try_from((at.0 - other.0) / DAY_MS).unwrap_or(i32::MAX))
        }
        (Object::Date(at), "next" | "previous", []) => {
            let step = if name == "next" { DAY_MS } else { -DAY_MS };
            Object::Date(models::Timestamp(at.0.saturating_add(step)))
        }
        (Object::Date(_), "format", [pattern, ..]) => {
            let pattern = Object::String(groovy.to_text(pattern)?);
            let format = objects::classes::call_static("java.text.SimpleDateFormat", "new", &[pattern], groovy.ctx)?;
            groovy.invoke(&format, "format", std::slice::from_ref(target))?
        }
        (Object::Temporal(_), "plus" | "minus", [amount]) if amount.is_number() => {
            // Days for dates, seconds for times.
            for unit in ["Days", "Seconds"] {
                match methods::call(target, &format!("{name}{unit}"), std::slice::from_ref(amount), groovy.ctx) {
                    Err(ObjectError::UnknownMethod(..)) => {}
                    other => return Ok(Some(other?)),
                }
            }
            return Ok(None);
        }
        _ => return Ok(None),
    }))
}
