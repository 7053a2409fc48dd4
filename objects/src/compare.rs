//! `compareTo` and `hashCode`.

use std::cmp::Ordering;

use crate::{
    context::{Context, ObjectError},
    object::Object,
    temporal::Temporal,
};

/// Deepest nesting that is hashed; a container inside itself gets there.
const MAX_DEPTH: usize = 200;

/// `String.compareTo`: difference of the first different UTF-16 units, else of the lengths.
pub fn compare_text(a: &str, b: &str) -> i32 {
    let (mut left, mut right) = (a.encode_utf16(), b.encode_utf16());
    loop {
        match (left.next(), right.next()) {
            (Some(x), Some(y)) if x != y => return i32::from(x) - i32::from(y),
            (Some(_), Some(_)) => {}
            (None, None) => return 0,
            (Some(_), None) => return i32::try_from(left.count() + 1).unwrap_or(i32::MAX),
            (None, Some(_)) => return -i32::try_from(right.count() + 1).unwrap_or(i32::MAX),
        }
    }
}

/// Natural order of two objects.
///
/// # Errors
/// A `ClassCastException` when the classes have no common order.
pub fn compare(a: &Object, b: &Object, ctx: &mut dyn Context) -> Result<Ordering, ObjectError> {
    let order = match (a, b) {
        (Object::String(a), Object::String(b)) => Some(compare_text(a, b).cmp(&0)),
        (Object::Boolean(a), Object::Boolean(b)) => Some(a.cmp(b)),
        (Object::Date(a), Object::Date(b)) => Some(a.cmp(b)),
        (Object::Temporal(a), Object::Temporal(b)) => compare_temporal(a, b),
        _ if a.is_number() && b.is_number() => compare_numbers(a, b),
        _ => None,
    };
    order.ok_or_else(|| {
        let wanted = match a {
            Object::Temporal(value) => match &**value {
                Temporal::JodaDateTime(_) => "org.joda.time.ReadableInstant".to_owned(),
                Temporal::JodaLocalDate(_) | Temporal::JodaLocalDateTime(_) | Temporal::JodaLocalTime(_) => {
                    "org.joda.time.ReadablePartial".to_owned()
                }
                other => other.class_name().to_owned(),
            },
            other => other.class_name(ctx),
        };
        let message = format!("class {} cannot be cast to class {wanted}", b.class_name(ctx));
        ObjectError::exception("java.lang.ClassCastException", message)
    })
}

/// Order of two numbers by value, whatever their classes.
pub fn compare_numbers(a: &Object, b: &Object) -> Option<Ordering> {
    if matches!(a, Object::Double(_)) || matches!(b, Object::Double(_)) {
        return Some(a.double_value()?.total_cmp(&b.double_value()?));
    }
    if let (Some(a), Some(b)) = (a.decimal_value(), b.decimal_value()) {
        return Some(a.cmp(&b));
    }
    a.double_value()?.partial_cmp(&b.double_value()?)
}

fn compare_temporal(a: &Temporal, b: &Temporal) -> Option<Ordering> {
    match (a, b) {
        (Temporal::JodaDateTime(a), Temporal::JodaDateTime(b))
        | (Temporal::ZonedDateTime(a), Temporal::ZonedDateTime(b))
        | (Temporal::OffsetDateTime(a), Temporal::OffsetDateTime(b)) => Some(a.cmp(b)),
        (Temporal::JodaLocalDate(a), Temporal::JodaLocalDate(b)) | (Temporal::LocalDate(a), Temporal::LocalDate(b)) => {
            Some(a.cmp(b))
        }
        (Temporal::JodaLocalDateTime(a), Temporal::JodaLocalDateTime(b))
        | (Temporal::LocalDateTime(a), Temporal::LocalDateTime(b)) => Some(a.cmp(b)),
        (Temporal::JodaLocalTime(a), Temporal::JodaLocalTime(b)) | (Temporal::LocalTime(a), Temporal::LocalTime(b)) => {
            Some(a.cmp(b))
        }
        (Temporal::JodaDuration(a), Temporal::JodaDuration(b)) => Some(a.cmp(b)),
        (Temporal::Instant(a), Temporal::Instant(b)) => Some(a.cmp(b)),
        (Temporal::Duration(a), Temporal::Duration(b)) => Some(a.cmp(b)),
        (Temporal::DayOfWeek(a), Temporal::DayOfWeek(b)) => {
            Some(a.to_monday_one_offset().cmp(&b.to_monday_one_offset()))
        }
        (Temporal::Month(a), Temporal::Month(b)) => Some(a.cmp(b)),
        (Temporal::Unit(a), Temporal::Unit(b)) => Some(a.cmp(b)),
        (Temporal::Calendar(a), Temporal::Calendar(b)) => Some(a.borrow().cmp(&*b.borrow())),
        _ => None,
    }
}

/// The number `compareTo` returns for an order: dates of `java.time` give the difference of their years or days.
pub(crate) fn java_order(a: &Object, b: &Object, order: Ordering) -> i32 {
    if let (Object::Temporal(a), Object::Temporal(b)) = (a, b)
        && let (Temporal::LocalDate(a), Temporal::LocalDate(b)) = (&**a, &**b)
    {
        let parts = [
            i32::from(a.year()) - i32::from(b.year()),
            i32::from(a.month()) - i32::from(b.month()),
            i32::from(a.day()) - i32::from(b.day()),
        ];
        return parts.into_iter().find(|part| *part != 0).unwrap_or(0);
    }
    order as i32
}

/// `hashCode()` where Java defines it by content.
///
/// # Errors
/// Refused where Java's result is an address: it differs from run to run.
pub fn hash_code(object: &Object) -> Result<i32, ObjectError> {
    hash_nested(object, 0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "hash codes wrap around by definition"
)]
fn hash_nested(object: &Object, depth: usize) -> Result<i32, ObjectError> {
    if depth > MAX_DEPTH {
        return Err(ObjectError::exception("java.lang.StackOverflowError", "a container contains itself"));
    }
    let long = |value: i64| (value ^ ((value as u64) >> 32) as i64) as i32;
    Ok(match object {
        Object::Null => 0,
        Object::Boolean(value) => {
            if *value {
                1231
            } else {
                1237
            }
        }
        Object::Short(value) => i32::from(*value),
        Object::Integer(value) => *value,
        Object::Long(value) => long(*value),
        Object::Double(value) => long(if value.is_nan() { 0x7ff8_0000_0000_0000 } else { value.to_bits() as i64 }),
        Object::Date(value) => long(value.0),
        Object::String(text) => {
            text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
        }
        Object::List(items) => items.borrow().iter().try_fold(1_i32, |hash, item| {
            hash_nested(item, depth + 1).map(|item| hash.wrapping_mul(31).wrapping_add(item))
        })?,
        Object::Set(items) => items
            .borrow()
            .keys()
            .try_fold(0_i32, |hash, item| hash_nested(&item.0, depth + 1).map(|item| hash.wrapping_add(item)))?,
        Object::Map(entries) => entries.borrow().iter().try_fold(0_i32, |hash, (key, value)| {
            Ok::<_, ObjectError>(hash.wrapping_add(hash_nested(&key.0, depth + 1)? ^ hash_nested(value, depth + 1)?))
        })?,
        other => {
            let message = format!("hashCode() of {} is not the same in every run", other.plain_class_name());
            return Err(ObjectError::exception("java.lang.UnsupportedOperationException", message));
        }
    })
}
