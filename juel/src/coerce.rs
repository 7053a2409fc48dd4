//! Type conversions of the expression language (EL 2.1, section 1.17), with JUEL's messages.

use std::rc::Rc;

use objects::{Context, Object, ObjectError, number, text};

/// Why a conversion is refused, in JUEL's words.
#[derive(Clone, Debug, PartialEq)]
pub struct CoerceError(pub ObjectError);

impl std::fmt::Display for CoerceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for CoerceError {}

pub(crate) fn refuse(message: String) -> CoerceError {
    CoerceError(ObjectError::exception("jakarta.el.ELException", message))
}

fn wrong_type(object: &Object, class: &str, ctx: &mut dyn Context) -> CoerceError {
    refuse(format!("Cannot coerce from class {} to class {class}", object.class_name(ctx)))
}

fn wrong_value(value: &str, class: &str) -> CoerceError {
    refuse(format!("Cannot coerce '{value}' to class {class}"))
}

/// To `Boolean`: null and the empty text are false, a text is true when it says so in any case.
pub fn to_boolean(object: &Object, ctx: &mut dyn Context) -> Result<bool, CoerceError> {
    match object {
        Object::Null => Ok(false),
        Object::Boolean(value) => Ok(*value),
        Object::String(text) => Ok(text_to_boolean(text)),
        other => Err(wrong_type(other, "java.lang.Boolean", ctx)),
    }
}

pub(crate) fn text_to_boolean(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// To `Long`: null and the empty text are zero, fractions are cut off.
pub fn to_long(object: &Object, ctx: &mut dyn Context) -> Result<i64, CoerceError> {
    match object {
        Object::Null => Ok(0),
        Object::String(text) => text_to_long(text),
        other => other.long_value().ok_or_else(|| wrong_type(other, "java.lang.Long", ctx)),
    }
}

pub(crate) fn text_to_long(text: &str) -> Result<i64, CoerceError> {
    if text.is_empty() {
        return Ok(0);
    }
    number::long_from_text(text).ok_or_else(|| wrong_value(text, "java.lang.Long"))
}

/// To `Integer`, as [`to_long`].
pub fn to_integer(object: &Object, ctx: &mut dyn Context) -> Result<i32, CoerceError> {
    match object {
        Object::Null => Ok(0),
        Object::String(text) if text.is_empty() => Ok(0),
        Object::String(text) => text.parse().map_err(|_| wrong_value(text, "java.lang.Integer")),
        other => other.int_value().ok_or_else(|| wrong_type(other, "java.lang.Integer", ctx)),
    }
}

/// To `Double`: null and the empty text are zero.
pub fn to_double(object: &Object, ctx: &mut dyn Context) -> Result<f64, CoerceError> {
    match object {
        Object::Null => Ok(0.0),
        Object::String(text) => text_to_double(text),
        other => other.double_value().ok_or_else(|| wrong_type(other, "java.lang.Double", ctx)),
    }
}

pub(crate) fn text_to_double(text: &str) -> Result<f64, CoerceError> {
    if text.is_empty() {
        return Ok(0.0);
    }
    number::double_from_text(text).ok_or_else(|| wrong_value(text, "java.lang.Double"))
}

/// To `BigDecimal`; doubles and other numbers by their exact binary value, as JUEL does.
pub(crate) fn to_decimal(object: &Object, ctx: &mut dyn Context) -> Result<Object, CoerceError> {
    let class = "java.math.BigDecimal";
    let decimal = match object {
        Object::BigDecimal(value) => Some(*value),
        Object::Null => Some(rust_decimal::Decimal::ZERO),
        Object::String(text) if text.is_empty() => Some(rust_decimal::Decimal::ZERO),
        Object::String(text) => {
            return number::decimal_from_text(text).map(Object::BigDecimal).ok_or_else(|| wrong_value(text, class));
        }
        Object::Double(value) => number::decimal_from_double(*value),
        other if other.is_number() => other.decimal_value(),
        other => return Err(wrong_type(other, class, ctx)),
    };
    decimal.map(Object::BigDecimal).ok_or_else(|| refuse("decimal number with more than 28 digits".to_owned()))
}

/// To `BigInteger`.
pub(crate) fn to_big_integer(object: &Object, ctx: &mut dyn Context) -> Result<i128, CoerceError> {
    let class = "java.math.BigInteger";
    match object {
        Object::BigInteger(value) => Ok(*value),
        Object::Null => Ok(0),
        Object::String(text) if text.is_empty() => Ok(0),
        Object::String(text) => text.parse().map_err(|_| wrong_value(text, class)),
        other => other.long_value().map(i128::from).ok_or_else(|| wrong_type(other, class, ctx)),
    }
}

/// To `String`: null is the empty text.
pub fn to_text(object: &Object, ctx: &mut dyn Context) -> Result<Rc<str>, CoerceError> {
    match object {
        Object::Null => Ok(Rc::from("")),
        other => text::to_text(other, ctx).map_err(CoerceError),
    }
}
