//! Dates and times of Joda and `java.time`, and what formats them.

mod arithmetic;
mod calendar;
mod format;
mod methods;
mod parse;
mod statics;

use std::cell::RefCell;

use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};

pub use methods::call;
pub(crate) use statics::{call_static, constant};

use crate::context::ObjectError;

/// One date, time, amount of time, unit, zone or format. Values are immutable but for the calendar.
#[derive(Clone, Debug)]
pub enum Temporal {
    /// `org.joda.time.DateTime`.
    JodaDateTime(Zoned),
    /// `org.joda.time.LocalDate`.
    JodaLocalDate(Date),
    /// `org.joda.time.LocalDateTime`.
    JodaLocalDateTime(DateTime),
    /// `org.joda.time.LocalTime`.
    JodaLocalTime(Time),
    /// `org.joda.time.Duration`, in milliseconds.
    JodaDuration(i64),
    /// `java.time.LocalDate`.
    LocalDate(Date),
    /// `java.time.LocalTime`.
    LocalTime(Time),
    /// `java.time.LocalDateTime`.
    LocalDateTime(DateTime),
    /// `java.time.ZonedDateTime`.
    ZonedDateTime(Zoned),
    /// `java.time.OffsetDateTime`: the zone is a fixed offset.
    OffsetDateTime(Zoned),
    /// `java.time.Instant`.
    Instant(Timestamp),
    /// `java.time.Duration`.
    Duration(SignedDuration),
    /// `java.time.Period`: years, months, days.
    Period(i32, i32, i32),
    /// `java.time.ZoneId` or `ZoneOffset`, `java.util.TimeZone`.
    Zone(TimeZone),
    /// `java.time.DayOfWeek`.
    DayOfWeek(Weekday),
    /// `java.time.Month`, 1 to 12.
    Month(u8),
    /// `java.time.temporal.ChronoUnit`.
    Unit(Unit),
    /// `java.time.format.DateTimeFormatter`, with the zone it overrides.
    Formatter(Pattern, Option<TimeZone>),
    /// `java.text.SimpleDateFormat` with its zone; `None` is the engine's.
    SimpleDateFormat(Pattern, RefCell<Option<TimeZone>>),
    /// `java.util.Calendar`: the one that changes in place.
    Calendar(RefCell<Zoned>),
}

/// A pattern of letters, or one of the predefined formats by name (`ISO_LOCAL_DATE` …).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Such as `yyyy-MM-dd`.
    Letters(String),
    /// A constant of `DateTimeFormatter`.
    Named(String),
}

/// Units of `ChronoUnit` and of the `plus…`/`minus…` methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Nanoseconds.
    Nanos,
    /// Microseconds.
    Micros,
    /// Milliseconds.
    Millis,
    /// Seconds.
    Seconds,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Twelve hours.
    HalfDays,
    /// Days.
    Days,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
    /// Years.
    Years,
    /// Ten years.
    Decades,
    /// A hundred years.
    Centuries,
}

impl Temporal {
    /// Java class name.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::JodaDateTime(_) => "org.joda.time.DateTime",
            Self::JodaLocalDate(_) => "org.joda.time.LocalDate",
            Self::JodaLocalDateTime(_) => "org.joda.time.LocalDateTime",
            Self::JodaLocalTime(_) => "org.joda.time.LocalTime",
            Self::JodaDuration(_) => "org.joda.time.Duration",
            Self::LocalDate(_) => "java.time.LocalDate",
            Self::LocalTime(_) => "java.time.LocalTime",
            Self::LocalDateTime(_) => "java.time.LocalDateTime",
            Self::ZonedDateTime(_) => "java.time.ZonedDateTime",
            Self::OffsetDateTime(_) => "java.time.OffsetDateTime",
            Self::Instant(_) => "java.time.Instant",
            Self::Duration(_) => "java.time.Duration",
            Self::Period(..) => "java.time.Period",
            Self::Zone(zone) if zone.iana_name().is_none() => "java.time.ZoneOffset",
            Self::Zone(_) => "java.time.ZoneRegion",
            Self::DayOfWeek(_) => "java.time.DayOfWeek",
            Self::Month(_) => "java.time.Month",
            Self::Unit(_) => "java.time.temporal.ChronoUnit",
            Self::Formatter(..) => "java.time.format.DateTimeFormatter",
            Self::SimpleDateFormat(..) => "java.text.SimpleDateFormat",
            Self::Calendar(_) => "java.util.GregorianCalendar",
        }
    }
}

impl PartialEq for Temporal {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::JodaDateTime(a), Self::JodaDateTime(b))
            | (Self::ZonedDateTime(a), Self::ZonedDateTime(b))
            | (Self::OffsetDateTime(a), Self::OffsetDateTime(b)) => {
                // Java compares the zone too; jiff compares points in time only.
                a == b && a.time_zone() == b.time_zone()
            }
            (Self::JodaLocalDate(a), Self::JodaLocalDate(b)) | (Self::LocalDate(a), Self::LocalDate(b)) => a == b,
            (Self::JodaLocalDateTime(a), Self::JodaLocalDateTime(b))
            | (Self::LocalDateTime(a), Self::LocalDateTime(b)) => a == b,
            (Self::JodaLocalTime(a), Self::JodaLocalTime(b)) | (Self::LocalTime(a), Self::LocalTime(b)) => a == b,
            (Self::JodaDuration(a), Self::JodaDuration(b)) => a == b,
            (Self::Instant(a), Self::Instant(b)) => a == b,
            (Self::Duration(a), Self::Duration(b)) => a == b,
            (Self::Period(y, m, d), Self::Period(y2, m2, d2)) => (y, m, d) == (y2, m2, d2),
            (Self::Zone(a), Self::Zone(b)) => a == b,
            (Self::DayOfWeek(a), Self::DayOfWeek(b)) => a == b,
            (Self::Month(a), Self::Month(b)) => a == b,
            (Self::Unit(a), Self::Unit(b)) => a == b,
            (Self::Formatter(a, zone), Self::Formatter(b, zone2)) => a == b && zone == zone2,
            (Self::SimpleDateFormat(a, _), Self::SimpleDateFormat(b, _)) => a == b,
            (Self::Calendar(a), Self::Calendar(b)) => *a.borrow() == *b.borrow(),
            _ => false,
        }
    }
}

/// A point in time from milliseconds.
///
/// # Errors
/// A `DateTimeException` outside the years -9999 to 9999.
pub fn instant(ms: i64) -> Result<Timestamp, ObjectError> {
    Timestamp::from_millisecond(ms).map_err(|_| out_of_range(&ms.to_string()))
}

pub(crate) fn out_of_range(what: &str) -> ObjectError {
    ObjectError::exception("java.time.DateTimeException", format!("`{what}` exceeds the supported range of years"))
}

/// A value from its class and its text form, for what is stored by text.
pub(crate) fn from_text(class: &str, text: &str) -> Option<Temporal> {
    let parsed = || parse::iso(text).ok();
    Some(match class {
        "org.joda.time.DateTime" => Temporal::JodaDateTime(parsed()?.zoned(None)?),
        "org.joda.time.LocalDate" => Temporal::JodaLocalDate(parsed()?.date?),
        "org.joda.time.LocalDateTime" => Temporal::JodaLocalDateTime(parsed()?.civil()?),
        "org.joda.time.LocalTime" => Temporal::JodaLocalTime(parsed()?.time?),
        "java.time.LocalDate" => Temporal::LocalDate(parsed()?.date?),
        "java.time.LocalTime" => Temporal::LocalTime(parsed()?.time?),
        "java.time.LocalDateTime" => Temporal::LocalDateTime(parsed()?.civil()?),
        "java.time.ZonedDateTime" => Temporal::ZonedDateTime(parsed()?.zoned(None)?),
        "java.time.OffsetDateTime" => Temporal::OffsetDateTime(parsed()?.zoned(None)?),
        "java.time.Instant" => Temporal::Instant(parsed()?.zoned(None)?.timestamp()),
        "java.time.Duration" => Temporal::Duration(parse::duration(text).ok()?),
        "java.time.Period" => {
            let (years, months, days) = parse::period(text).ok()?;
            Temporal::Period(years, months, days)
        }
        "java.time.ZoneOffset" | "java.time.ZoneRegion" => Temporal::Zone(zone_from_name(text)?),
        "java.time.DayOfWeek" | "java.time.Month" => match statics::constant(class, text)? {
            crate::object::Object::Temporal(value) => (*value).clone(),
            _ => return None,
        },
        _ => return None,
    })
}

/// A zone by IANA name, `UTC`, `Z`, `GMT+2` or an offset such as `+02:00`.
pub fn zone_from_name(name: &str) -> Option<TimeZone> {
    if matches!(name, "UTC" | "GMT" | "Z" | "UT") {
        return Some(TimeZone::UTC);
    }
    let offset = name.strip_prefix("UTC").or_else(|| name.strip_prefix("GMT")).unwrap_or(name);
    if let Some(sign @ (b'+' | b'-')) = offset.as_bytes().first() {
        let digits: String = offset[1..].chars().filter(|c| *c != ':').collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let number = |from: usize, to: usize| digits.get(from..to.min(digits.len())).unwrap_or("").parse::<i32>();
        let (hours, minutes) = match digits.len() {
            1 | 2 => (number(0, 2).ok()?, 0),
            4 | 6 => (number(0, 2).ok()?, number(2, 4).ok()?),
            _ => return None,
        };
        let seconds = (hours * 60 + minutes) * 60 * if *sign == b'-' { -1 } else { 1 };
        return jiff::tz::Offset::from_seconds(seconds).ok().map(TimeZone::fixed);
    }
    TimeZone::get(name).ok()
}
