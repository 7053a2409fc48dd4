//! Between entered values and variables, by the type of a field.

use models::{Value, value::NullType};
use objects::{Context, Object, ObjectError, classes, convert, methods, text};

use super::{FieldKind, not_a_number};
use crate::error::Fault;

fn shown(value: &Object, ctx: &mut dyn Context) -> Result<String, Fault> {
    text::to_text(value, ctx).map(|text| text.to_string()).map_err(|error| Fault::engine(error.to_string()))
}

/// Null in the type of a field.
fn null_of(kind: &FieldKind) -> Value {
    Value::NullOf(match kind {
        FieldKind::String | FieldKind::Enum(_) => NullType::String,
        FieldKind::Long => NullType::Long,
        FieldKind::Boolean => NullType::Boolean,
        FieldKind::Date(_) => NullType::Date,
    })
}

fn is_number(value: &Object) -> bool {
    matches!(value, Object::Short(_) | Object::Integer(_) | Object::Long(_) | Object::Double(_) | Object::BigDecimal(_))
}

/// The variable that a submitted value or default becomes.
///
/// # Errors
/// Camunda's texts for values that do not fit the type.
pub(super) fn to_model(kind: &FieldKind, value: &Object, ctx: &mut dyn Context) -> Result<Value, Fault> {
    if value.is_null() {
        return Ok(null_of(kind));
    }
    match kind {
        FieldKind::String => Ok(Value::string(shown(value, ctx)?)),
        FieldKind::Long => to_long(value, ctx),
        FieldKind::Boolean => match value {
            Object::Boolean(value) => Ok(Value::Boolean(*value)),
            Object::String(text) => Ok(Value::Boolean(text.eq_ignore_ascii_case("true"))),
            other => Err(Fault::engine(format!("Value '{}' is not of type Boolean.", shown(other, ctx)?))),
        },
        FieldKind::Date(pattern) => match value {
            Object::Date(at) => Ok(Value::Date(*at)),
            Object::String(text) if text.trim().is_empty() => Ok(null_of(kind)),
            Object::String(text) => parse_date(pattern, text.trim(), ctx)?.ok_or_else(|| {
                Fault::engine(format!("Could not parse value '{text}' as date using date format '{pattern}'."))
            }),
            other => Err(Fault::engine(format!("Value '{}' cannot be transformed into a Date.", shown(other, ctx)?))),
        },
        FieldKind::Enum(values) => match value {
            Object::String(text) if values.iter().any(|(key, _)| **key == **text) => Ok(Value::string(&**text)),
            Object::String(text) => Err(Fault::engine(format!("Invalid value for enum form property: {text}"))),
            other => Err(Fault::engine(format!("Value '{}' is not of type String.", shown(other, ctx)?))),
        },
    }
}

fn to_long(value: &Object, ctx: &mut dyn Context) -> Result<Value, Fault> {
    match value {
        Object::Long(value) => return Ok(Value::Long(*value)),
        Object::String(_) => {}
        other if is_number(other) => {}
        other => return Err(Fault::engine(format!("Value '{}' is not of type Long.", shown(other, ctx)?))),
    }
    let text = shown(value, ctx)?;
    let digits = text.strip_prefix('+').filter(|rest| !rest.starts_with(['+', '-'])).unwrap_or(&text);
    digits.parse().map(Value::Long).map_err(|_| not_a_number(&text))
}

/// What a form shows for a variable or default; dates are text in the field's pattern.
///
/// # Errors
/// Camunda's texts for values that do not fit the type.
pub(super) fn to_form(kind: &FieldKind, value: &Object, ctx: &mut dyn Context) -> Result<Value, Fault> {
    let FieldKind::Date(pattern) = kind else { return to_model(kind, value, ctx) };
    match value {
        Object::Null => Ok(Value::string("")),
        Object::Date(_) => format_date(pattern, value, ctx).map(Value::string),
        other => {
            let stored = convert::to_value(other).map_or("object", |value| value.type_name()).to_lowercase();
            Err(Fault::engine(format!(
                "Expected value to be of type 'PrimitiveValueType[date]' but got 'PrimitiveValueType[{stored}]'."
            )))
        }
    }
}

/// What a form property's value becomes: an empty text is null, and nothing is checked but the text itself.
pub(super) fn property_to_model(kind: &FieldKind, value: &Object, ctx: &mut dyn Context) -> Result<Value, Fault> {
    let text = shown(value, ctx)?;
    match kind {
        FieldKind::String => Ok(Value::string(text)),
        FieldKind::Enum(_) => to_model(kind, value, ctx),
        _ if value.is_null() || text.is_empty() => Ok(Value::Null),
        FieldKind::Long => text.parse().map(Value::Long).map_err(|_| not_a_number(&text)),
        FieldKind::Boolean => Ok(Value::Boolean(text.eq_ignore_ascii_case("true"))),
        FieldKind::Date(pattern) => {
            parse_date(pattern, &text, ctx)?.ok_or_else(|| Fault::engine(format!("invalid date value {text}")))
        }
    }
}

/// What a form property shows for a value.
pub(super) fn property_to_form(
    kind: Option<&FieldKind>,
    value: &Object,
    ctx: &mut dyn Context,
) -> Result<Option<String>, Fault> {
    Ok(match (kind, value) {
        (_, Object::Null) => None,
        (_, Object::String(text)) => Some(text.to_string()),
        (Some(FieldKind::Date(pattern)), date) => Some(format_date(pattern, date, ctx)?),
        (Some(FieldKind::Boolean), other) if !matches!(other, Object::Boolean(_)) => {
            return Err(Fault::engine(format!(
                "Model value is not of type boolean, but of type {}",
                other.plain_class_name()
            )));
        }
        (Some(FieldKind::Enum(_)), _) => return Err(Fault::engine("Model value should be a String")),
        (_, other) => Some(shown(other, ctx)?),
    })
}

fn date_format(pattern: &str, ctx: &mut dyn Context) -> Result<Object, ObjectError> {
    classes::call_static("java.text.SimpleDateFormat", "new", &[Object::string(pattern)], ctx)
}

fn parse_date(pattern: &str, text: &str, ctx: &mut dyn Context) -> Result<Option<Value>, Fault> {
    let format = date_format(pattern, ctx).map_err(|error| Fault::engine(error.to_string()))?;
    Ok(match methods::call(&format, "parse", &[Object::string(text)], ctx) {
        Ok(Object::Date(at)) => Some(Value::Date(at)),
        _ => None,
    })
}

fn format_date(pattern: &str, date: &Object, ctx: &mut dyn Context) -> Result<String, Fault> {
    let format = date_format(pattern, ctx).map_err(|error| Fault::engine(error.to_string()))?;
    let text = methods::call(&format, "format", &[date.clone()], ctx).map_err(|e| Fault::engine(e.to_string()))?;
    shown(&text, ctx)
}
