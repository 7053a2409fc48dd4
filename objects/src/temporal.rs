//! Dates and times of Joda and `java.time`, and what formats them.

use std::cell::RefCell;

use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};

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
            (Self::JodaLocalDate(a), Self::JodaLocalDate(b))
            | (Self::LocalDate(a), Self::LocalDate(b)) => a == b,
            (Self::JodaLocalDateTime(a), Self::JodaLocalDateTime(b))
            | (Self::LocalDateTime(a), Self::LocalDateTime(b)) => a == b,
            (Self::JodaLocalTime(a), Self::JodaLocalTime(b))
            | (Self::LocalTime(a), Self::LocalTime(b)) => a == b,
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
