//! Arguments of host methods, converted as the expression language converts them to parameter types.

use std::{borrow::Cow, rc::Rc};

use rust_decimal::Decimal;

use crate::{
    context::{Context, ObjectError},
    number,
    object::Object,
    text,
};

/// The arguments do not fit any signature of the method; the dispatcher turns it into [`ObjectError::UnknownMethod`] with
/// the names filled in.
pub(crate) fn mismatch() -> ObjectError {
    ObjectError::UnknownMethod(String::new(), String::new())
}

/// A parameter of type `int`: any number, or a text that is one. `null` is zero, as in EL.
pub(crate) fn int(object: &Object) -> Result<i32, ObjectError> {
    match object {
        Object::Null => Ok(0),
        Object::String(text) if text.is_empty() => Ok(0),
        Object::String(text) => text.parse().map_err(|_| mismatch()),
        other => other.int_value().ok_or_else(mismatch),
    }
}

/// A parameter of type `long`.
pub(crate) fn long(object: &Object) -> Result<i64, ObjectError> {
    match object {
        Object::Null => Ok(0),
        Object::String(text) if text.is_empty() => Ok(0),
        Object::String(text) => text.parse().map_err(|_| mismatch()),
        other => other.long_value().ok_or_else(mismatch),
    }
}

/// A parameter of type `double`.
pub(crate) fn double(object: &Object) -> Result<f64, ObjectError> {
    match object {
        Object::Null => Ok(0.0),
        Object::String(text) if text.is_empty() => Ok(0.0),
        Object::String(text) => number::double_from_text(text).ok_or_else(mismatch),
        other => other.double_value().ok_or_else(mismatch),
    }
}

/// A parameter of type `BigDecimal`.
pub(crate) fn decimal(object: &Object) -> Result<Decimal, ObjectError> {
    match object {
        Object::Null => Ok(Decimal::ZERO),
        Object::String(text) if text.is_empty() => Ok(Decimal::ZERO),
        Object::String(text) => number::decimal_from_text(text).ok_or_else(mismatch),
        other => other.decimal_value().ok_or_else(mismatch),
    }
}

/// A parameter of type `boolean`.
pub(crate) fn boolean(object: &Object) -> Result<bool, ObjectError> {
    match object {
        Object::Null => Ok(false),
        Object::Boolean(value) => Ok(*value),
        Object::String(text) => Ok(text.eq_ignore_ascii_case("true")),
        _ => Err(mismatch()),
    }
}

/// A parameter of type `String`: everything has a text; `null` is empty, as in EL.
pub(crate) fn string(object: &Object, ctx: &mut dyn Context) -> Result<Rc<str>, ObjectError> {
    match object {
        Object::Null => Ok(Rc::from("")),
        other => text::to_text(other, ctx),
    }
}

/// A parameter of type `CharSequence`: only texts fit, and null fits every class.
pub(crate) fn chars(object: &Object) -> Result<Cow<'_, str>, ObjectError> {
    match object {
        Object::String(text) => Ok(Cow::Borrowed(text)),
        Object::Null => Err(ObjectError::exception(
            "java.lang.NullPointerException",
            "Cannot invoke \"java.lang.CharSequence.toString()\" because \"s\" is null",
        )),
        _ => Err(mismatch()),
    }
}
