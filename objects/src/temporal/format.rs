//! Texts of dates and times: `toString()`, patterns of letters, named ISO formats.

use std::fmt::Write as _;

use jiff::{
    SignedDuration, Zoned,
    civil::{Date, DateTime, Time, Weekday},
    tz::{Offset, TimeZone},
};

use super::{Pattern, Temporal};
use crate::context::ObjectError;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// English names of days, Monday first.
pub(super) const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(super) fn month_name(month: u8) -> &'static str {
    MONTHS.get(usize::from(month).wrapping_sub(1)).copied().unwrap_or("")
}

pub(super) fn day_name(day: Weekday) -> &'static str {
    DAYS[usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)]
}

impl Temporal {
    /// `toString()`.
    pub fn text(&self) -> String {
        match self {
            Self::JodaDateTime(at) => {
                format!("{}{}", millis_text(at.datetime()), offset_text(at.offset()))
            }
            Self::JodaLocalDate(at) | Self::LocalDate(at) => date_text(*at),
            Self::JodaLocalDateTime(at) => millis_text(*at),
            Self::JodaLocalTime(at) => format!("{}.{:03}", seconds_text(*at), at.millisecond()),
            Self::JodaDuration(ms) => {
                let sign = if *ms < 0 { "-" } else { "" };
                let (seconds, rest) = (ms.unsigned_abs() / 1000, ms.unsigned_abs() % 1000);
                if rest == 0 { format!("PT{sign}{seconds}S") } else { format!("PT{sign}{seconds}.{rest:03}S") }
            }
            Self::LocalTime(at) => short_time(*at),
            Self::LocalDateTime(at) => short_date_time(*at),
            Self::ZonedDateTime(at) => {
                let mut text = format!("{}{}", short_date_time(at.datetime()), offset_text(at.offset()));
                if at.time_zone().iana_name().is_some() && !is_offset_zone(at.time_zone()) {
                    let _ = write!(text, "[{}]", zone_id(at.time_zone()));
                }
                text
            }
            Self::OffsetDateTime(at) => format!("{}{}", short_date_time(at.datetime()), offset_text(at.offset())),
            Self::Instant(at) => {
                let civil = at.to_zoned(TimeZone::UTC).datetime();
                format!("{}T{}{}Z", date_text(civil.date()), seconds_text(civil.time()), fraction(civil.time()))
            }
            Self::Duration(length) => duration_text(*length),
            Self::Period(years, months, days) => {
                let mut text = "P".to_owned();
                for (amount, letter) in [(years, 'Y'), (months, 'M'), (days, 'D')] {
                    if *amount != 0 {
                        let _ = write!(text, "{amount}{letter}");
                    }
                }
                if text.len() == 1 { "P0D".to_owned() } else { text }
            }
            Self::Zone(zone) => zone_id(zone),
            Self::DayOfWeek(day) => day_name(*day).to_uppercase(),
            Self::Month(month) => month_name(*month).to_uppercase(),
            Self::Unit(unit) => unit.plural().to_owned(),
            Self::Formatter(pattern, _) | Self::SimpleDateFormat(pattern, _) => match pattern {
                Pattern::Letters(text) | Pattern::Named(text) => text.clone(),
            },
            Self::Calendar(at) => at.borrow().to_string(),
        }
    }
}

/// `ZoneId.getId`.
pub(super) fn zone_id(zone: &TimeZone) -> String {
    match zone.iana_name() {
        Some(name) => name.to_owned(),
        None => zone.to_fixed_offset().map_or_else(|_| "UTC".to_owned(), offset_text),
    }
}

/// Whether the zone prints as a bare offset.
fn is_offset_zone(zone: &TimeZone) -> bool {
    zone.iana_name().is_none()
}

fn date_text(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn seconds_text(time: Time) -> String {
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// Fraction of the second in groups of three digits, without needless zeros.
fn fraction(time: Time) -> String {
    let nanos = time.subsec_nanosecond();
    match nanos {
        0 => String::new(),
        _ if nanos % 1_000_000 == 0 => format!(".{:03}", nanos / 1_000_000),
        _ if nanos % 1_000 == 0 => format!(".{:06}", nanos / 1_000),
        _ => format!(".{nanos:09}"),
    }
}

/// `LocalTime.toString`: seconds only when there are any.
fn short_time(time: Time) -> String {
    if time.second() == 0 && time.subsec_nanosecond() == 0 {
        format!("{:02}:{:02}", time.hour(), time.minute())
    } else {
        seconds_text(time) + &fraction(time)
    }
}

fn short_date_time(at: DateTime) -> String {
    format!("{}T{}", date_text(at.date()), short_time(at.time()))
}

/// Joda always writes milliseconds.
fn millis_text(at: DateTime) -> String {
    format!("{}T{}.{:03}", date_text(at.date()), seconds_text(at.time()), at.millisecond())
}

fn offset_text(offset: Offset) -> String {
    if offset.seconds() == 0 { "Z".to_owned() } else { plain_offset(offset, ":") }
}

fn plain_offset(offset: Offset, separator: &str) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
}

fn duration_text(length: SignedDuration) -> String {
    if length.is_zero() {
        return "PT0S".to_owned();
    }
    let total = length.as_secs();
    let nanos = length.subsec_nanos();
    let (hours, minutes, seconds) = (total / 3600, total % 3600 / 60, total % 60);
    let mut text = "PT".to_owned();
    if hours != 0 {
        let _ = write!(text, "{hours}H");
    }
    if minutes != 0 {
        let _ = write!(text, "{minutes}M");
    }
    if seconds != 0 || nanos != 0 {
        let sign = if seconds == 0 && nanos < 0 { "-" } else { "" };
        let _ = write!(text, "{sign}{seconds}");
        if nanos != 0 {
            let digits = format!("{:09}", nanos.abs());
            let _ = write!(text, ".{}", digits.trim_end_matches('0'));
        }
        text.push('S');
    }
    text
}

/// Writes a date or time by a pattern.
pub(super) fn format(value: &Temporal, pattern: &Pattern, zone: Option<&TimeZone>) -> Result<String, ObjectError> {
    let zoned = match (value.zoned(), zone) {
        (Some(at), Some(zone)) => Some(at.with_time_zone(zone.clone())),
        (at, _) => at,
    };
    let is_joda = value.class_name().starts_with("org.joda");
    let civil = match (&zoned, value) {
        (None | Some(_), Temporal::Instant(_)) if zone.is_none() => None,
        (Some(at), _) => Some(at.datetime()),
        _ => value.civil(),
    };
    let civil = civil.ok_or_else(|| unsupported("YearOfEra"))?;
    match pattern {
        Pattern::Letters(letters) => {
            if let Some(field) = missing_field(value, letters) {
                return Err(unsupported(field));
            }
            letters_text(letters, civil, zoned.as_ref(), is_joda)
        }
        Pattern::Named(name) => named_text(name, civil, zoned.as_ref(), value),
    }
}

/// The first field of a pattern that a date without time, or a time without date, does not have.
fn missing_field(value: &Temporal, letters: &str) -> Option<&'static str> {
    let (is_date, is_time) = (matches!(value, Temporal::LocalDate(_)), matches!(value, Temporal::LocalTime(_)));
    pieces(letters).into_iter().find_map(|piece| match piece {
        Piece::Field(letter, _) if is_date => Some(match letter {
            'H' => "HourOfDay",
            'h' => "ClockHourOfAmPm",
            'K' => "HourOfAmPm",
            'k' => "ClockHourOfDay",
            'm' => "MinuteOfHour",
            's' => "SecondOfMinute",
            'S' | 'n' => "NanoOfSecond",
            'a' => "AmPmOfDay",
            _ => return None,
        }),
        Piece::Field(letter, _) if is_time => Some(match letter {
            'y' => "YearOfEra",
            'u' => "Year",
            'M' | 'L' => "MonthOfYear",
            'd' => "DayOfMonth",
            'D' => "DayOfYear",
            'E' | 'e' => "DayOfWeek",
            _ => return None,
        }),
        _ => None,
    })
}

fn unsupported(field: &str) -> ObjectError {
    ObjectError::exception("java.time.temporal.UnsupportedTemporalTypeException", format!("Unsupported field: {field}"))
}

fn named_text(name: &str, at: DateTime, zoned: Option<&Zoned>, value: &Temporal) -> Result<String, ObjectError> {
    let offset = || zoned.map(|at| offset_text(at.offset())).ok_or_else(|| unsupported("OffsetSeconds"));
    let date = date_text(at.date());
    let time = format!("{}{}", seconds_text(at.time()), trimmed_fraction(at.time()));
    Ok(match name {
        "ISO_LOCAL_DATE" => date,
        "ISO_DATE" => date + &offset().unwrap_or_default(),
        "BASIC_ISO_DATE" => date.replace('-', "") + &zoned.map(|at| offset_text(at.offset())).unwrap_or_default(),
        "ISO_LOCAL_TIME" | "ISO_TIME" => time,
        "ISO_LOCAL_DATE_TIME" => format!("{date}T{time}"),
        "ISO_OFFSET_DATE_TIME" => format!("{date}T{time}{}", offset()?),
        "ISO_DATE_TIME" | "ISO_ZONED_DATE_TIME" => {
            let mut text = format!("{date}T{time}{}", offset().unwrap_or_default());
            if let Temporal::ZonedDateTime(at) = value
                && !is_offset_zone(at.time_zone())
            {
                let _ = write!(text, "[{}]", zone_id(at.time_zone()));
            }
            text
        }
        "ISO_INSTANT" => {
            let at = zoned.ok_or_else(|| unsupported("InstantSeconds"))?;
            Temporal::Instant(at.timestamp()).text()
        }
        "RFC_1123_DATE_TIME" => letters_text("EEE, d MMM yyyy HH:mm:ss 'GMT'", at, zoned, false)?,
        other => {
            let message = format!("the format DateTimeFormatter.{other} is not supported");
            return Err(ObjectError::exception("java.lang.UnsupportedOperationException", message));
        }
    })
}

fn trimmed_fraction(time: Time) -> String {
    match time.subsec_nanosecond() {
        0 => String::new(),
        nanos => format!(".{}", format!("{nanos:09}").trim_end_matches('0')),
    }
}

/// One run of equal letters, or literal text.
pub(super) enum Piece {
    Field(char, usize),
    Literal(String),
}

/// Splits a pattern into runs of letters and literal text.
pub(super) fn pieces(pattern: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(char) = chars.next() {
        if char == '\'' {
            if chars.next_if_eq(&'\'').is_some() {
                out.push(Piece::Literal("'".to_owned()));
                continue;
            }
            let mut literal = String::new();
            while let Some(inner) = chars.next() {
                if inner != '\'' {
                    literal.push(inner);
                } else if chars.next_if_eq(&'\'').is_some() {
                    literal.push('\'');
                } else {
                    break;
                }
            }
            out.push(Piece::Literal(literal));
        } else if char.is_ascii_alphabetic() {
            let mut count = 1;
            while chars.next_if_eq(&char).is_some() {
                count += 1;
            }
            out.push(Piece::Field(char, count));
        } else {
            match out.last_mut() {
                Some(Piece::Literal(text)) => text.push(char),
                _ => out.push(Piece::Literal(char.to_string())),
            }
        }
    }
    out
}

fn letters_text(pattern: &str, at: DateTime, zoned: Option<&Zoned>, joda: bool) -> Result<String, ObjectError> {
    let mut out = String::new();
    for piece in pieces(pattern) {
        match piece {
            Piece::Literal(text) => out.push_str(&text),
            Piece::Field(letter, count) => field(&mut out, letter, count, at, zoned, joda)?,
        }
    }
    Ok(out)
}

fn field(
    out: &mut String,
    letter: char,
    count: usize,
    at: DateTime,
    zoned: Option<&Zoned>,
    joda: bool,
) -> Result<(), ObjectError> {
    let number = |out: &mut String, value: i64| {
        let _ = write!(out, "{value:0count$}");
    };
    let zoned = |field: &str| zoned.ok_or_else(|| unsupported(field));
    match letter {
        'y' | 'u' | 'Y' if count == 2 => {
            let _ = write!(out, "{:02}", at.year().rem_euclid(100));
        }
        'Y' if !joda => number(out, i64::from(at.date().iso_week_date().year())),
        'y' | 'u' | 'Y' => number(out, i64::from(at.year())),
        'M' | 'L' => match count {
            1 | 2 => number(out, i64::from(at.month())),
            3 => out.push_str(&month_name(at.month().unsigned_abs())[..3]),
            _ => out.push_str(month_name(at.month().unsigned_abs())),
        },
        'd' => number(out, i64::from(at.day())),
        'D' => number(out, i64::from(at.day_of_year())),
        'H' => number(out, i64::from(at.hour())),
        'k' => number(out, if at.hour() == 0 { 24 } else { i64::from(at.hour()) }),
        'K' => number(out, i64::from(at.hour() % 12)),
        'h' => number(out, if at.hour() % 12 == 0 { 12 } else { i64::from(at.hour() % 12) }),
        'm' => number(out, i64::from(at.minute())),
        's' => number(out, i64::from(at.second())),
        'S' => {
            let digits = format!("{:09}", at.subsec_nanosecond());
            out.push_str(&digits[..count.min(9)]);
        }
        'n' => number(out, i64::from(at.subsec_nanosecond())),
        'a' => out.push_str(if at.hour() < 12 { "AM" } else { "PM" }),
        'E' if count >= 4 => out.push_str(day_name(at.weekday())),
        'E' => out.push_str(&day_name(at.weekday())[..3]),
        'e' if joda => number(out, i64::from(at.weekday().to_monday_one_offset())),
        'e' | 'c' => number(out, i64::from(at.weekday().to_sunday_one_offset())),
        'w' => number(out, i64::from(at.date().iso_week_date().week())),
        'Q' | 'q' => number(out, i64::from((at.month() - 1) / 3 + 1)),
        'Z' if joda && count == 2 => {
            out.push_str(&plain_offset(zoned("OffsetSeconds")?.offset(), ":"));
        }
        'Z' if joda && count > 2 => out.push_str(&zone_id(zoned("ZoneId")?.time_zone())),
        'Z' if count <= 3 => out.push_str(&plain_offset(zoned("OffsetSeconds")?.offset(), "")),
        'Z' => out.push_str(&offset_text(zoned("OffsetSeconds")?.offset())),
        'X' if zoned("OffsetSeconds")?.offset().seconds() == 0 => out.push('Z'),
        'X' | 'x' => {
            let offset = zoned("OffsetSeconds")?.offset();
            match count {
                1 if offset.seconds() % 3600 == 0 => out.push_str(&plain_offset(offset, "")[..3]),
                1 | 2 => out.push_str(&plain_offset(offset, "")),
                _ => out.push_str(&plain_offset(offset, ":")),
            }
        }
        'z' | 'V' if letter == 'V' => out.push_str(&zone_id(zoned("ZoneId")?.time_zone())),
        'z' => out.push_str(&zoned("ZoneId")?.strftime("%Z").to_string()),
        'G' => out.push_str("AD"),
        other => {
            let message = format!("Unknown pattern letter: {other}");
            return Err(ObjectError::exception("java.lang.IllegalArgumentException", message));
        }
    }
    Ok(())
}
