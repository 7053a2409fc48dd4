//! `java.util.Date`: immutable here, so its setters are refused.

use models::Timestamp;

use super::Outcome;
use crate::{
    args::{long, mismatch},
    context::{Context, ObjectError},
    object::Object,
    temporal::{Temporal, instant},
    text::zone,
};

fn other(object: &Object) -> Result<i64, ObjectError> {
    match object {
        Object::Date(Timestamp(ms)) => Ok(*ms),
        _ => Err(mismatch()),
    }
}

pub(super) fn call(date: Timestamp, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let ms = date.0;
    Ok(match (name, args) {
        ("getTime", []) => Object::Long(ms),
        ("before", [when]) => Object::Boolean(ms < other(when)?),
        ("after", [when]) => Object::Boolean(ms > other(when)?),
        ("toInstant", []) => Object::temporal(Temporal::Instant(instant(ms)?)),
        ("clone", []) => Object::Date(date),
        ("setTime", [_]) => {
            long(&args[0])?;
            return Err(ObjectError::exception(
                "java.lang.UnsupportedOperationException",
                "a Date cannot be changed in place; make another one with new Date(ms)",
            ));
        }
        ("getYear" | "getMonth" | "getDate" | "getDay" | "getHours" | "getMinutes" | "getSeconds", []) => {
            let local = instant(ms)?.to_zoned(zone(ctx)?);
            Object::Integer(match name {
                "getYear" => i32::from(local.year()) - 1900,
                "getMonth" => i32::from(local.month()) - 1,
                "getDate" => i32::from(local.day()),
                "getDay" => i32::from(local.weekday().to_sunday_zero_offset()),
                "getHours" => i32::from(local.hour()),
                "getMinutes" => i32::from(local.minute()),
                _ => i32::from(local.second()),
            })
        }
        ("getTimezoneOffset", []) => {
            let local = instant(ms)?.to_zoned(zone(ctx)?);
            Object::Integer(-local.offset().seconds() / 60)
        }
        ("toGMTString", []) => Object::string(instant(ms)?.strftime("%-d %b %Y %H:%M:%S GMT").to_string()),
        _ => return Err(mismatch()),
    })
}
