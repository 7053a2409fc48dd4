//! `java.util.Calendar`: changes in place, fields by number.

use std::cell::RefCell;

use jiff::{Zoned, tz::TimeZone};
use models::Timestamp;

use super::{Temporal, Unit, instant, methods::zone_argument, out_of_range};
use crate::{
    args::{int, long, mismatch},
    context::ObjectError,
    object::Object,
};

/// Number of a field constant such as `Calendar.DAY_OF_MONTH`; also of its month and day names.
pub(super) fn constant(name: &str) -> Option<i32> {
    Some(match name {
        "ERA" | "JANUARY" | "AM" => 0,
        "YEAR" | "FEBRUARY" | "SUNDAY" | "PM" => 1,
        "MONTH" | "MARCH" | "MONDAY" => 2,
        "WEEK_OF_YEAR" | "APRIL" | "TUESDAY" => 3,
        "WEEK_OF_MONTH" | "MAY" | "WEDNESDAY" => 4,
        "DATE" | "DAY_OF_MONTH" | "JUNE" | "THURSDAY" => 5,
        "DAY_OF_YEAR" | "JULY" | "FRIDAY" => 6,
        "DAY_OF_WEEK" | "AUGUST" | "SATURDAY" => 7,
        "SEPTEMBER" => 8,
        "AM_PM" | "OCTOBER" => 9,
        "HOUR" | "NOVEMBER" => 10,
        "HOUR_OF_DAY" | "DECEMBER" => 11,
        "MINUTE" => 12,
        "SECOND" => 13,
        "MILLISECOND" => 14,
        _ => return None,
    })
}

fn add(at: &Zoned, field: i32, amount: i64) -> Result<Zoned, ObjectError> {
    let unit = match field {
        1 => Unit::Years,
        2 => Unit::Months,
        3 | 4 => Unit::Weeks,
        5..=7 => Unit::Days,
        9 => Unit::HalfDays,
        10 | 11 => Unit::Hours,
        12 => Unit::Minutes,
        13 => Unit::Seconds,
        14 => Unit::Millis,
        _ => return Err(mismatch()),
    };
    Temporal::ZonedDateTime(at.clone()).plus(amount, unit)?.zoned().ok_or_else(mismatch)
}

fn get(at: &Zoned, field: i32) -> Option<i32> {
    Some(match field {
        0 => 1,
        1 => i32::from(at.year()),
        2 => i32::from(at.month()) - 1,
        3 => i32::from(at.date().iso_week_date().week()),
        4 => (i32::from(at.day()) - 1) / 7 + 1,
        5 => i32::from(at.day()),
        6 => i32::from(at.day_of_year()),
        7 => i32::from(at.weekday().to_sunday_one_offset()),
        9 => i32::from(at.hour() >= 12),
        10 => i32::from(at.hour() % 12),
        11 => i32::from(at.hour()),
        12 => i32::from(at.minute()),
        13 => i32::from(at.second()),
        14 => i32::from(at.millisecond()),
        _ => return None,
    })
}

/// Sets a field as a lenient calendar does: what overflows moves the next larger field.
fn set(at: &Zoned, field: i32, to: i32) -> Result<Zoned, ObjectError> {
    let now = get(at, field).ok_or_else(mismatch)?;
    add(at, field, i64::from(to) - i64::from(now))
}

pub(super) fn call(cell: &RefCell<Zoned>, name: &str, args: &[Object]) -> Result<Object, ObjectError> {
    let at = cell.borrow().clone();
    let ms = at.timestamp().as_millisecond();
    let change = |to: Zoned| {
        *cell.borrow_mut() = to;
        Ok(Object::Null)
    };
    match (name, args) {
        ("getTime", []) => Ok(Object::Date(Timestamp(ms))),
        ("getTimeInMillis", []) => Ok(Object::Long(ms)),
        ("setTime", [Object::Date(Timestamp(ms))]) => change(instant(*ms)?.to_zoned(at.time_zone().clone())),
        ("setTimeInMillis", [ms]) => change(instant(long(ms)?)?.to_zoned(at.time_zone().clone())),
        ("setTimeZone", [zone]) => change(at.with_time_zone(zone_argument(zone)?)),
        ("add", [field, amount]) => change(add(&at, int(field)?, i64::from(int(amount)?))?),
        ("get", [field]) => get(&at, int(field)?).map(Object::Integer).ok_or_else(mismatch),
        ("set", [field, to]) => change(set(&at, int(field)?, int(to)?)?),
        ("set", [year, month, day, rest @ ..]) if rest.len() <= 3 => {
            let mut moved = at;
            let parts = [(5, 1), (1, int(year)?), (2, int(month)?), (5, int(day)?)];
            let times = [11, 12, 13].into_iter().zip(rest);
            for (field, to) in parts {
                moved = set(&moved, field, to)?;
            }
            for (field, to) in times {
                moved = set(&moved, field, int(to)?)?;
            }
            change(moved)
        }
        ("getActualMaximum", [field]) => match int(field)? {
            5 => Ok(Object::Integer(i32::from(at.date().days_in_month()))),
            6 => Ok(Object::Integer(i32::from(at.date().days_in_year()))),
            _ => Err(mismatch()),
        },
        ("toInstant", []) => Ok(Object::temporal(Temporal::Instant(at.timestamp()))),
        ("clone", []) => Ok(Object::temporal(Temporal::Calendar(RefCell::new(at)))),
        ("before" | "after", [Object::Temporal(other)]) => {
            let other = other.zoned().ok_or_else(mismatch)?;
            Ok(Object::Boolean(if name == "before" { at < other } else { at > other }))
        }
        ("setLenient" | "setFirstDayOfWeek", [_]) => Ok(Object::Null),
        _ => Err(mismatch()),
    }
}

/// A calendar at a point in time.
pub(super) fn at(ms: i64, zone: TimeZone) -> Result<Object, ObjectError> {
    let at = instant(ms).map_err(|_| out_of_range(&ms.to_string()))?.to_zoned(zone);
    Ok(Object::temporal(Temporal::Calendar(RefCell::new(at))))
}
