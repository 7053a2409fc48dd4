//! `typeRef`: the type that a clause demands of its values.

use std::fmt;

use jiff::{Span, civil::date, tz::TimeZone};
use models::{
    Timestamp, Value,
    value::{ObjectContent, Tree},
};

use crate::{error::DmnError, java};

/// A value, and whether a clause gave it a type. An untyped value shows as such: the REST API gives it no type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypedValue {
    /// The value.
    pub value: Value,
    /// Whether the type of the value is the one its clause demands. Null always counts as typed.
    pub typed: bool,
}

impl TypedValue {
    /// A value without type; null has one.
    pub fn untyped(value: Value) -> Self {
        Self { typed: value.is_null(), value }
    }

    pub(crate) fn typed(value: Value) -> Self {
        Self { value, typed: true }
    }
}

impl fmt::Display for TypedValue {
    /// As Camunda's typed values print themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = java::to_string(&self.value);
        let type_name = match &self.value {
            Value::Null | Value::NullOf(_) => return f.write_str("Untyped 'null' value"),
            _ if !self.typed => return write!(f, "Untyped value '{shown}', isTransient = false"),
            value => value.type_name().to_lowercase(),
        };
        write!(f, "Value '{shown}' of type 'PrimitiveValueType[{type_name}]', isTransient=false")
    }
}

/// Converts to the type of a clause. Names that Camunda does not know, `number` among them, convert nothing.
pub(crate) fn transform(
    value: Value,
    type_ref: Option<&str>,
    zone: &dyn Fn() -> TimeZone,
) -> Result<TypedValue, DmnError> {
    let Some(type_name) = type_ref else { return Ok(TypedValue::untyped(value)) };
    if value.is_null() {
        return Ok(TypedValue::typed(Value::Null));
    }
    let converted = match type_name.to_lowercase().as_str() {
        "string" => Some(Value::string(java::to_string(&value))),
        "boolean" => to_boolean(&value).map(Value::Boolean),
        "integer" => to_integer(&value).map(Value::Integer),
        "long" => to_long(&value).map(Value::Long),
        "double" => to_double(&value).map(Value::Double),
        "date" => to_date(&value, zone)?.map(Value::Date),
        _ => return Ok(TypedValue::untyped(value)),
    };
    match converted {
        Some(value) => Ok(TypedValue::typed(value)),
        None => Err(DmnError::InvalidValue { value: java::to_string(&value), type_name: type_name.to_owned() }),
    }
}

fn to_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// What Java calls a `Number`, as a double and as a whole number.
fn number(value: &Value) -> Option<(f64, i64)> {
    match value {
        Value::Short(value) => Some((f64::from(*value), i64::from(*value))),
        Value::Integer(value) => Some((f64::from(*value), i64::from(*value))),
        #[expect(clippy::cast_precision_loss, reason = "Java's doubleValue")]
        Value::Long(value) => Some((*value as f64, *value)),
        #[expect(clippy::cast_possible_truncation, reason = "Java's longValue, which saturates")]
        Value::Double(value) => Some((*value, *value as i64)),
        Value::Object(object) => match &object.content {
            ObjectContent::Tree(Tree::Other(class, text))
                if matches!(class.as_str(), "java.math.BigDecimal" | "java.math.BigInteger") =>
            {
                let decimal: feel::Decimal = text.parse().ok()?;
                number(&Value::Double(decimal.to_f64()))
            }
            _ => None,
        },
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "Java's narrowing, checked by widening back")]
#[expect(clippy::float_cmp, reason = "the check is for exact equality")]
fn to_integer(value: &Value) -> Option<i32> {
    if let Value::String(text) = value {
        return text.strip_prefix('+').filter(|rest| !rest.starts_with('-')).unwrap_or(text).parse().ok();
    }
    let (double, whole) = number(value)?;
    (double == f64::from(double as i32)).then_some(whole as i32)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "Java's narrowing, checked by widening back"
)]
#[expect(clippy::float_cmp, reason = "the check is for exact equality")]
fn to_long(value: &Value) -> Option<i64> {
    if let Value::String(text) = value {
        return text.strip_prefix('+').filter(|rest| !rest.starts_with('-')).unwrap_or(text).parse().ok();
    }
    let (double, whole) = number(value)?;
    (double == double as i64 as f64).then_some(whole)
}

fn to_double(value: &Value) -> Option<f64> {
    match value {
        Value::String(text) => parse_double(text),
        value => number(value).map(|(double, _)| double),
    }
}

/// `Double.parseDouble`.
pub(crate) fn parse_double(text: &str) -> Option<f64> {
    let text = text.trim();
    let unsigned = text.trim_start_matches(['+', '-']);
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY }),
        _ => {}
    }
    // A suffix says which type the literal has; words that only Rust knows begin with a letter.
    let plain = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') { plain.parse().ok() } else { None }
}

fn to_date(value: &Value, zone: &dyn Fn() -> TimeZone) -> Result<Option<Timestamp>, DmnError> {
    let at_zone = |local: jiff::civil::DateTime| local.to_zoned(zone()).ok().map(|at| at.timestamp().as_millisecond());
    let millis = match value {
        Value::Date(at) => return Ok(Some(*at)),
        Value::String(text) => lenient_date_time(text).and_then(at_zone),
        Value::Object(object) => match &object.content {
            ObjectContent::Tree(Tree::Other(class, text)) => match class.as_str() {
                "java.time.LocalDateTime" => feel::temporal::parse_local_date_time(text).and_then(at_zone),
                "java.time.ZonedDateTime" => {
                    let moment = text.split('[').next().unwrap_or_default();
                    feel::temporal::parse_date_time(moment).map(|at| at.timestamp().as_millisecond())
                }
                "java.time.LocalDate" | "java.time.LocalTime" | "java.time.Duration" | "java.time.Period" => {
                    return Err(DmnError::Unsupported(format!(
                        "Unsupported type: '{class}' cannot be converted to 'java.util.Date'"
                    )));
                }
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    Ok(millis.map(Timestamp))
}

/// `yyyy-MM-dd'T'HH:mm:ss` as `SimpleDateFormat` reads it: numbers may overflow into the next unit, what follows is ignored.
fn lenient_date_time(text: &str) -> Option<jiff::civil::DateTime> {
    let mut rest = text;
    let mut parts = [0i64; 6];
    for (part, separator) in parts.iter_mut().zip(["-", "-", "T", ":", ":", ""]) {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        *part = rest[..digits].parse().ok()?;
        rest = rest[digits..].strip_prefix(separator)?;
    }
    let [year, month, day, hour, minute, second] = parts;
    let span = Span::new()
        .try_months(month - 1)
        .and_then(|span| span.try_days(day - 1))
        .and_then(|span| span.try_hours(hour))
        .and_then(|span| span.try_minutes(minute))
        .and_then(|span| span.try_seconds(second))
        .ok()?;
    let year = i16::try_from(year).ok().filter(|year| *year <= 9999)?;
    date(year, 1, 1).at(0, 0, 0, 0).checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use models::{Timestamp, Value};

    use super::transform;

    fn converted(value: Value, type_name: &str) -> Option<Value> {
        transform(value, Some(type_name), &|| TimeZone::UTC).ok().map(|typed| typed.value)
    }

    #[test]
    fn conversions() {
        assert_eq!(converted(Value::Long(5), "integer"), Some(Value::Integer(5)));
        assert_eq!(converted(Value::Double(5.0), "Integer"), Some(Value::Integer(5)));
        assert_eq!(converted(Value::Double(5.5), "integer"), None);
        assert_eq!(converted(Value::Long(1 << 40), "integer"), None);
        assert_eq!(converted(Value::string("7"), "long"), Some(Value::Long(7)));
        assert_eq!(converted(Value::string("7.5"), "double"), Some(Value::Double(7.5)));
        assert_eq!(converted(Value::string("x"), "double"), None);
        assert_eq!(converted(Value::string("TRUE"), "boolean"), Some(Value::Boolean(true)));
        assert_eq!(converted(Value::Double(1e10), "string"), Some(Value::string("1.0E10")));
        assert_eq!(converted(Value::string("1970-01-01T00:00:01"), "date"), Some(Value::Date(Timestamp(1000))));
        assert_eq!(converted(Value::string("1970-01-01"), "date"), None);
        assert_eq!(converted(Value::Long(5), "number"), Some(Value::Long(5)));
    }
}
