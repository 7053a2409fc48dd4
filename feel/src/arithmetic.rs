//! The arithmetic operators and the properties of values.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::{
    decimal::{ArithmeticError, Decimal},
    error::Failure,
    eval::Outcome,
    expression::Operator,
    temporal::{self, ZonedTime},
    value::Value,
};

/// What Camunda's engine throws where a result is outside of what Java can hold.
fn overflow() -> Failure {
    Failure::Abort("java.lang.ArithmeticException: long overflow".to_owned())
}

fn out_of_range() -> Failure {
    Failure::Abort("java.time.DateTimeException: the result is outside of the supported years".to_owned())
}

/// Computes `left operator right`. What does not go together is an error, which the caller turns into null.
pub(crate) fn apply(operator: Operator, left: &Value, right: &Value) -> Outcome {
    match operator {
        Operator::Add => add(left, right),
        Operator::Subtract => subtract(left, right),
        Operator::Multiply => multiply(left, right),
        Operator::Divide => divide(left, right),
        Operator::Power => power(left, right),
    }
}

fn add(left: &Value, right: &Value) -> Outcome {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::Number(a.plus(*b))),
        (Value::String(a), Value::String(b)) => {
            if a.len() + b.len() > crate::limits::MAX_TEXT {
                return Err(Failure::Abort("the text is too long".to_owned()));
            }
            Ok(Value::String([a.as_ref(), b.as_ref()].concat().into()))
        }
        (Value::YearMonthDuration(a), Value::YearMonthDuration(b)) => {
            a.checked_add(*b).map(Value::YearMonthDuration).ok_or_else(overflow)
        }
        (Value::DayTimeDuration(a), Value::DayTimeDuration(b)) => {
            a.checked_add(*b).map(Value::DayTimeDuration).ok_or_else(overflow)
        }
        (point, Value::YearMonthDuration(months)) | (Value::YearMonthDuration(months), point) => {
            move_by_months(point, *months)
        }
        (point, Value::DayTimeDuration(duration)) | (Value::DayTimeDuration(duration), point) => {
            move_by(point, *duration)
        }
        _ => Err(Failure::error("the values cannot be added")),
    }
}

fn subtract(left: &Value, right: &Value) -> Outcome {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::Number(a.minus(*b))),
        (Value::LocalTime(a), Value::LocalTime(b)) => Ok(Value::DayTimeDuration(SignedDuration::from_nanos(
            temporal::nanos_of_day(*a) - temporal::nanos_of_day(*b),
        ))),
        // Camunda gives the distance of two times with offsets, never a negative one.
        (Value::Time(a), Value::Time(b)) => {
            Ok(Value::DayTimeDuration(SignedDuration::from_nanos((a.nanos() - b.nanos()).abs())))
        }
        (Value::LocalDateTime(a), Value::LocalDateTime(b)) => Ok(Value::DayTimeDuration(a.duration_since(*b))),
        (Value::DateTime(a), Value::DateTime(b)) => {
            Ok(Value::DayTimeDuration(a.timestamp().duration_since(b.timestamp())))
        }
        (Value::Date(a), Value::Date(b)) => Ok(Value::DayTimeDuration(a.duration_since(*b))),
        (Value::YearMonthDuration(a), Value::YearMonthDuration(b)) => {
            a.checked_sub(*b).map(Value::YearMonthDuration).ok_or_else(overflow)
        }
        (Value::DayTimeDuration(a), Value::DayTimeDuration(b)) => {
            a.checked_sub(*b).map(Value::DayTimeDuration).ok_or_else(overflow)
        }
        (point, Value::YearMonthDuration(months)) => move_by_months(point, -months),
        (point, Value::DayTimeDuration(duration)) => move_by(point, duration.checked_neg().ok_or_else(overflow)?),
        _ => Err(Failure::error("the values cannot be subtracted")),
    }
}

fn move_by_months(point: &Value, count: i64) -> Outcome {
    let span = temporal::months(count).ok_or_else(out_of_range)?;
    match point {
        Value::Date(date) => date.checked_add(span).map(Value::Date).map_err(|_| out_of_range()),
        Value::LocalDateTime(value) => value.checked_add(span).map(Value::LocalDateTime).map_err(|_| out_of_range()),
        Value::DateTime(value) => value.checked_add(span).map(Value::date_time).map_err(|_| out_of_range()),
        _ => Err(Failure::error("the value cannot be moved by months")),
    }
}

fn move_by(point: &Value, duration: SignedDuration) -> Outcome {
    match point {
        Value::Date(date) => {
            let moved = date.at(0, 0, 0, 0).checked_add(duration).map_err(|_| out_of_range())?;
            Ok(Value::Date(moved.date()))
        }
        Value::LocalTime(time) => Ok(Value::LocalTime(time.wrapping_add(duration))),
        Value::Time(time) => Ok(Value::Time(Arc::new(time.with_time(time.time.wrapping_add(duration))))),
        Value::LocalDateTime(value) => {
            value.checked_add(duration).map(Value::LocalDateTime).map_err(|_| out_of_range())
        }
        Value::DateTime(value) => value.checked_add(duration).map(Value::date_time).map_err(|_| out_of_range()),
        _ => Err(Failure::error("the value cannot be moved by a duration")),
    }
}

fn multiply(left: &Value, right: &Value) -> Outcome {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => Ok(Value::Number(a.times(*b))),
        (Value::Number(factor), Value::YearMonthDuration(months))
        | (Value::YearMonthDuration(months), Value::Number(factor)) => {
            months.checked_mul(i64::from(factor.to_i32_wrapping())).map(Value::YearMonthDuration).ok_or_else(overflow)
        }
        (Value::Number(factor), Value::DayTimeDuration(duration))
        | (Value::DayTimeDuration(duration), Value::Number(factor)) => {
            duration.checked_mul(factor.to_i32_wrapping()).map(Value::DayTimeDuration).ok_or_else(overflow)
        }
        _ => Err(Failure::error("the values cannot be multiplied")),
    }
}

fn divide(left: &Value, right: &Value) -> Outcome {
    // Durations are divided in months or milliseconds; a quotient of durations has no fraction.
    let whole = |value: i64| Decimal::from(value);
    let millis = |duration: &SignedDuration| i64::try_from(duration.as_millis()).map_err(|_| overflow());
    let cut = |dividend: i64, divisor: Decimal| -> Result<i32, Failure> {
        Ok(whole(dividend).divided_by(divisor).map_err(arithmetic)?.to_i32_wrapping())
    };
    match (left, right) {
        (Value::Number(a), Value::Number(b)) if !b.is_zero() => a.divided_by(*b).map(Value::Number).map_err(arithmetic),
        (Value::YearMonthDuration(a), Value::Number(b)) if !b.is_zero() => {
            Ok(Value::YearMonthDuration(i64::from(cut(*a, *b)?)))
        }
        (Value::YearMonthDuration(a), Value::YearMonthDuration(b)) if *b != 0 => {
            Ok(Value::Number(whole(a.checked_div(*b).ok_or_else(overflow)?)))
        }
        (Value::DayTimeDuration(a), Value::DayTimeDuration(b)) if !b.is_zero() => {
            let divisor = millis(b)?;
            match millis(a)?.checked_div(divisor) {
                Some(quotient) => Ok(Value::Number(whole(quotient))),
                None => Err(Failure::Abort("java.lang.ArithmeticException: / by zero".to_owned())),
            }
        }
        (Value::DayTimeDuration(a), Value::Number(b)) if !b.is_zero() => {
            Ok(Value::DayTimeDuration(SignedDuration::from_millis(i64::from(cut(millis(a)?, *b)?))))
        }
        _ => Err(Failure::error("the values cannot be divided")),
    }
}

fn power(left: &Value, right: &Value) -> Outcome {
    let (Value::Number(base), Value::Number(exponent)) = (left, right) else {
        return Err(Failure::error("only numbers have powers"));
    };
    if exponent.is_whole() {
        return base.power(exponent.to_i32_wrapping()).map(Value::Number).map_err(arithmetic);
    }
    from_double(base.to_f64().powf(exponent.to_f64()))
}

/// A number from a double; Java has no decimal for NaN and the infinities, and throws.
pub(crate) fn from_double(value: f64) -> Outcome {
    Decimal::from_f64(value)
        .map(Value::Number)
        .ok_or_else(|| Failure::Abort("java.lang.NumberFormatException".to_owned()))
}

pub(crate) fn arithmetic(error: ArithmeticError) -> Failure {
    Failure::Abort(format!("java.lang.ArithmeticException: {error}"))
}

/// The property of a value, an entry of a context, or of every item of a list; null where there is none.
pub(crate) fn property(value: &Value, name: &str) -> Value {
    let number = |value: i64| Value::integer(value);
    match value {
        Value::Context(context) => context.get(name).cloned().unwrap_or(Value::Null),
        Value::List(items) => Value::list(items.iter().map(|item| property(item, name)).collect()),
        Value::Date(date) => date_property(*date, name).unwrap_or(Value::Null),
        Value::LocalTime(time) => time_property(*time, name).unwrap_or(Value::Null),
        Value::Time(time) => zoned_time_property(time, name),
        Value::LocalDateTime(value) => {
            date_property(value.date(), name).or_else(|| time_property(value.time(), name)).unwrap_or(Value::Null)
        }
        Value::DateTime(value) => match name {
            "time offset" => offset(value.offset()),
            "timezone" => temporal::region(value).and_then(temporal::region_name).map_or(Value::Null, Value::string),
            _ => date_property(value.date(), name).or_else(|| time_property(value.time(), name)).unwrap_or(Value::Null),
        },
        Value::YearMonthDuration(months) => match name {
            "years" => number(months / 12),
            "months" => number(months % 12),
            _ => Value::Null,
        },
        Value::DayTimeDuration(duration) => {
            let seconds = temporal::floor_seconds(*duration);
            match name {
                "days" => number(seconds / 86_400),
                "hours" => number(seconds / 3600 % 24),
                "minutes" => number(seconds / 60 % 60),
                "seconds" => number(seconds % 60),
                _ => Value::Null,
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Range(_) | Value::Function(_) => {
            Value::Null
        }
    }
}

fn date_property(date: jiff::civil::Date, name: &str) -> Option<Value> {
    Some(Value::integer(i64::from(match name {
        "year" => date.year(),
        "month" => i16::from(date.month()),
        "day" => i16::from(date.day()),
        "weekday" => i16::from(date.weekday().to_monday_one_offset()),
        _ => return None,
    })))
}

fn time_property(time: jiff::civil::Time, name: &str) -> Option<Value> {
    Some(Value::integer(i64::from(match name {
        "hour" => time.hour(),
        "minute" => time.minute(),
        "second" => time.second(),
        _ => return None,
    })))
}

fn zoned_time_property(time: &ZonedTime, name: &str) -> Value {
    match name {
        "time offset" => offset(time.offset),
        "timezone" => time.zone.as_ref().and_then(temporal::region_name).map_or(Value::Null, Value::string),
        _ => time_property(time.time, name).unwrap_or(Value::Null),
    }
}

fn offset(offset: jiff::tz::Offset) -> Value {
    Value::DayTimeDuration(SignedDuration::from_secs(i64::from(offset.seconds())))
}
