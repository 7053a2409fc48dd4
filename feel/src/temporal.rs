//! Dates, times and durations: what Java's `java.time` makes of the texts that FEEL knows, and how it prints them.
//!
//! Years run from -9999 to 9999 (Java: ±999,999,999); a text outside is not a date.

use std::{cmp::Ordering, fmt, fmt::Write as _, sync::LazyLock};

use jiff::{
    SignedDuration, Span, Timestamp, Zoned,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};
use regex::Regex;

fn pattern(text: &str) -> Regex {
    Regex::new(&format!("^(?:{text})$")).expect("the patterns of this module are valid")
}

const DATE: &str = r"-?(?:[1-9]\d{0,4})?\d{4}-[01][0-9]-[0-3][0-9]";
const OFFSET: &str = r"(?:[+-][01][0-9]:[0-5][0-9]|Z|@.*)";

static OFFSET_TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"T?[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[+-][0-9]{2}:[0-9]{2}|Z|@.*)"));
static DATE_ONLY: LazyLock<Regex> = LazyLock::new(|| pattern(DATE));
static LOCAL_DATE_TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"{DATE}T[0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?(?:\.[0-9]{{1,9}})?")));
static OFFSET_DATE_TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"{DATE}T[0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?(?:\.[0-9]{{1,9}})?{OFFSET}")));
static YEAR_MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"-?P-?(?:[0-9]+Y)?-?(?:[0-9]+M)?"));
static DAY_TIME: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"-?P(?:-?(?:[0-9]+D)?(?:T-?(?:[0-9]+H)?-?(?:[0-9]+M)?-?(?:[0-9]+(?:.[0-9]*)?S)?)?)?"));
static JAVA_PERIOD: LazyLock<Regex> = LazyLock::new(|| pattern(r"([-+]?)P(?:([-+]?[0-9]+)Y)?(?:([-+]?[0-9]+)M)?"));
static JAVA_DURATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)([-+]?)P(?:([-+]?[0-9]+)D)?(T(?:([-+]?[0-9]+)H)?(?:([-+]?[0-9]+)M)?(?:([-+]?[0-9]+)(?:[.,]([0-9]{0,9}))?S)?)?",
    )
});

/// Whether the text has the form of a date.
pub fn is_date(text: &str) -> bool {
    DATE_ONLY.is_match(text)
}

/// Whether the text has the form of a time with an offset or zone.
pub fn is_offset_time(text: &str) -> bool {
    OFFSET_TIME.is_match(text)
}

/// Whether the text has the form of a date and time with an offset or zone.
pub fn is_offset_date_time(text: &str) -> bool {
    OFFSET_DATE_TIME.is_match(text)
}

/// Whether the text has the form of a date and time without offset.
pub fn is_local_date_time(text: &str) -> bool {
    LOCAL_DATE_TIME.is_match(text)
}

/// Whether the text has the form of a duration of years and months.
pub fn is_year_month_duration(text: &str) -> bool {
    YEAR_MONTH.is_match(text)
}

/// Whether the text has the form of a duration of days and times.
pub fn is_day_time_duration(text: &str) -> bool {
    DAY_TIME.is_match(text)
}

/// A date; `None` for days that do not exist.
pub fn parse_date(text: &str) -> Option<Date> {
    if !is_date(text) {
        return None;
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let mut parts = rest.split('-');
    let year: i16 = parts.next()?.parse().ok()?;
    let month: i8 = parts.next()?.parse().ok()?;
    let day: i8 = parts.next()?.parse().ok()?;
    Date::new(sign * year, month, day).ok()
}

/// `HH:mm[:ss[.fraction]]` and what follows it.
fn parse_clock(text: &str) -> Option<(Time, &str)> {
    let two = |text: &str| -> Option<i8> {
        let digits = text.get(..2)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let hour = two(text)?;
    let rest = text[2..].strip_prefix(':')?;
    let minute = two(rest)?;
    let mut rest = &rest[2..];
    let mut second = 0;
    let mut nanos = 0;
    if let Some(after) = rest.strip_prefix(':') {
        second = two(after)?;
        rest = &after[2..];
        if let Some(after) = rest.strip_prefix('.') {
            let count = after.bytes().take_while(u8::is_ascii_digit).count();
            if count == 0 || count > 9 {
                return None;
            }
            nanos = format!("{:0<9}", &after[..count]).parse().ok()?;
            rest = &after[count..];
        }
    }
    Some((Time::new(hour, minute, second, nanos).ok()?, rest))
}

/// A time without offset; `24:00` is midnight.
pub fn parse_local_time(text: &str) -> Option<Time> {
    let text = text.strip_prefix('T').unwrap_or(text);
    if matches!(text, "24:00" | "24:00:00") {
        return Some(Time::midnight());
    }
    let (time, rest) = parse_clock(text)?;
    rest.is_empty().then_some(time)
}

/// What follows a time: an offset, a zone, or both.
fn parse_zone(text: &str) -> Option<(Option<Offset>, Option<TimeZone>)> {
    let (offset, rest) = if let Some(rest) = text.strip_prefix('Z') {
        (Some(Offset::UTC), rest)
    } else if text.starts_with(['+', '-']) {
        let end = text.find('@').unwrap_or(text.len());
        (Some(parse_offset(&text[..end])?), &text[end..])
    } else {
        (None, text)
    };
    let zone = match rest.strip_prefix('@') {
        Some(name) => Some(zone_of(name)?),
        None if rest.is_empty() => None,
        None => return None,
    };
    (offset.is_some() || zone.is_some()).then_some((offset, zone))
}

/// `+HH:MM[:SS]`, within 18 hours.
fn parse_offset(text: &str) -> Option<Offset> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let mut seconds = 0i32;
    let mut unit = 3600;
    for part in text.get(1..)?.split(':') {
        if part.len() != 2 || unit == 0 {
            return None;
        }
        seconds += part.parse::<u8>().ok().filter(|value| unit == 3600 || *value < 60).map(i32::from)? * unit;
        unit /= 60;
    }
    (seconds <= 18 * 3600).then(|| Offset::from_seconds(sign * seconds).ok())?
}

/// The time zone of that name, as Java's `ZoneId.of` knows it: regions, `UTC`, `GMT`, offsets, `UTC+01:00`.
pub fn zone_of(name: &str) -> Option<TimeZone> {
    if name == "Z" {
        return Some(TimeZone::fixed(Offset::UTC));
    }
    if name.starts_with(['+', '-']) {
        return parse_offset(name).map(TimeZone::fixed);
    }
    // jiff does not tell the region `UTC` from the offset zero; Java does.
    if name == "UTC" {
        return TimeZone::get(UTC_REGION).ok();
    }
    // jiff finds names in any case; Java does not.
    TimeZone::get(name).ok().filter(|zone| zone.iana_name() == Some(name))
}

/// Stands for the region `UTC`: a name for the same zone that hardly anyone writes.
const UTC_REGION: &str = "Etc/UCT";

/// The name of a region; `None` for a plain offset.
pub fn region_name(zone: &TimeZone) -> Option<&str> {
    match zone.iana_name() {
        Some("UTC") | None => None,
        Some(UTC_REGION) => Some("UTC"),
        name => name,
    }
}

/// A time of day with an offset, and the region it came from, if any.
#[derive(Clone, Debug)]
pub struct ZonedTime {
    /// The time on the clock.
    pub time: Time,
    /// The offset; for a region its standard offset.
    pub offset: Offset,
    /// The region.
    pub zone: Option<TimeZone>,
}

impl ZonedTime {
    /// A time at an offset.
    pub fn at_offset(time: Time, offset: Offset) -> Self {
        Self { time, offset, zone: None }
    }

    /// The time of day of a date and time.
    pub fn of(zoned: &Zoned) -> Self {
        let zone = region(zoned).cloned();
        Self { time: zoned.time(), offset: zoned.offset(), zone }
    }

    /// Nanoseconds since midnight at UTC; may be negative or more than a day.
    pub fn nanos(&self) -> i64 {
        nanos_of_day(self.time) - i64::from(self.offset.seconds()) * 1_000_000_000
    }

    /// The time on that date.
    pub fn on(&self, date: Date) -> Option<Zoned> {
        let zone = self.zone.clone().unwrap_or_else(|| TimeZone::fixed(self.offset));
        date.to_datetime(self.time).to_zoned(zone).ok()
    }

    /// The same offset and zone with another time on the clock.
    #[must_use]
    pub fn with_time(&self, time: Time) -> Self {
        Self { time, offset: self.offset, zone: self.zone.clone() }
    }
}

impl PartialEq for ZonedTime {
    fn eq(&self, other: &Self) -> bool {
        self.time == other.time
            && self.offset == other.offset
            && self.zone.as_ref().map(TimeZone::iana_name) == other.zone.as_ref().map(TimeZone::iana_name)
    }
}

/// Nanoseconds since midnight.
pub fn nanos_of_day(time: Time) -> i64 {
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    seconds * 1_000_000_000 + i64::from(time.subsec_nanosecond())
}

/// A time with an offset or zone. `now` says which standard offset a region has.
pub fn parse_zoned_time(text: &str, now: Timestamp) -> Option<ZonedTime> {
    let (time, rest) = parse_clock(text.strip_prefix('T').unwrap_or(text))?;
    let (offset, zone) = parse_zone(rest)?;
    let zone = zone.filter(|zone| region_name(zone).is_some());
    let offset = match (offset, &zone) {
        (Some(offset), _) => offset,
        (None, Some(zone)) => standard_offset(zone, now),
        (None, None) => parse_offset(rest.strip_prefix('@')?)?,
    };
    Some(ZonedTime { time, offset, zone })
}

/// The offset of a region outside summer time, in the year of `now`.
fn standard_offset(zone: &TimeZone, now: Timestamp) -> Offset {
    let half_year = SignedDuration::from_hours(24 * 182);
    let candidates = [Some(now), now.checked_add(half_year).ok()];
    for at in candidates.into_iter().flatten() {
        let info = zone.to_offset_info(at);
        if !info.dst().is_dst() {
            return info.offset();
        }
    }
    zone.to_offset(now)
}

/// A date and time without offset.
pub fn parse_local_date_time(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once('T')?;
    let (time, rest) = parse_clock(time)?;
    rest.is_empty().then(|| parse_date(date).map(|date| date.to_datetime(time)))?
}

/// A date and time with offset or zone.
pub fn parse_date_time(text: &str) -> Option<Zoned> {
    let (date, time) = text.split_once('T')?;
    let (time, rest) = parse_clock(time)?;
    let local = parse_date(date)?.to_datetime(time);
    let (offset, zone) = parse_zone(rest)?;
    match (offset, zone) {
        (Some(offset), None) => local.to_zoned(TimeZone::fixed(offset)).ok(),
        (None, Some(zone)) => local.to_zoned(zone).ok(),
        // With both, the offset gives the moment.
        (Some(offset), Some(zone)) => Some(offset.to_timestamp(local).ok()?.to_zoned(zone)),
        (None, None) => None,
    }
}

/// Total months of a duration of years and months.
pub fn parse_year_month_duration(text: &str) -> Option<i64> {
    let captures = JAVA_PERIOD.captures(text)?;
    let years = captures.get(2);
    let months = captures.get(3);
    if years.is_none() && months.is_none() {
        return None;
    }
    let number = |part: Option<regex::Match<'_>>| match part {
        Some(part) => part.as_str().parse::<i32>().ok().map(i64::from),
        None => Some(0),
    };
    let total = number(years)? * 12 + number(months)?;
    Some(if &captures[1] == "-" { -total } else { total })
}

/// A duration of days, hours, minutes and seconds.
pub fn parse_day_time_duration(text: &str) -> Option<SignedDuration> {
    let captures = JAVA_DURATION.captures(text)?;
    // A `T` needs something behind it, and the whole needs one component.
    if captures.get(3).is_some_and(|time| time.as_str().len() == 1) {
        return None;
    }
    let parts = [(2, 86_400i64), (4, 3600), (5, 60), (6, 1)];
    if parts.iter().all(|(group, _)| captures.get(*group).is_none()) {
        return None;
    }
    let mut seconds = 0i64;
    for (group, unit) in parts {
        if let Some(part) = captures.get(group) {
            seconds = seconds.checked_add(part.as_str().parse::<i64>().ok()?.checked_mul(unit)?)?;
        }
    }
    let mut nanos = 0i32;
    if let Some(fraction) = captures.get(7).filter(|fraction| !fraction.is_empty()) {
        nanos = format!("{:0<9}", fraction.as_str()).parse().ok()?;
        if captures.get(6).is_some_and(|part| part.as_str().starts_with('-')) {
            nanos = -nanos;
        }
    }
    let total = SignedDuration::from_secs(seconds).checked_add(SignedDuration::from_nanos(i64::from(nanos)))?;
    if &captures[1] == "-" { total.checked_neg() } else { Some(total) }
}

/// The region of a date and time; `None` for a plain offset.
pub fn region(zoned: &Zoned) -> Option<&TimeZone> {
    Some(zoned.time_zone()).filter(|zone| region_name(zone).is_some())
}

/// Java's equality: the same clock, offset and zone, not just the same moment.
pub fn same_date_time(a: &Zoned, b: &Zoned) -> bool {
    a.datetime() == b.datetime() && a.offset() == b.offset() && a.time_zone().iana_name() == b.time_zone().iana_name()
}

/// Java's order: moment, then clock, then zone.
pub fn compare_date_time(a: &Zoned, b: &Zoned) -> Ordering {
    a.timestamp()
        .cmp(&b.timestamp())
        .then_with(|| a.datetime().cmp(&b.datetime()))
        .then_with(|| zone_id(a).cmp(&zone_id(b)))
}

/// The zone's id: region name or offset.
pub fn zone_id(zoned: &Zoned) -> String {
    match region(zoned).and_then(region_name) {
        Some(name) => name.to_owned(),
        None => offset_id(zoned.offset()),
    }
}

/// `Z`, `+02:00`, `-01:30:15`.
pub fn offset_id(offset: Offset) -> String {
    let seconds = offset.seconds();
    if seconds == 0 {
        return "Z".to_owned();
    }
    let magnitude = seconds.abs();
    let mut text = format!("{}{:02}:{:02}", if seconds < 0 { '-' } else { '+' }, magnitude / 3600, magnitude / 60 % 60);
    if magnitude % 60 != 0 {
        let _ = write!(text, ":{:02}", magnitude % 60);
    }
    text
}

/// Moves by months on the calendar; the day is cut to the month's end.
pub fn months(count: i64) -> Option<Span> {
    Span::new().try_months(count).ok()
}

/// Seconds, rounded towards negative infinity as Java stores them.
pub fn floor_seconds(duration: SignedDuration) -> i64 {
    duration.as_secs() - i64::from(duration.subsec_nanos() < 0)
}

/// How FEEL prints a date.
#[derive(Debug)]
pub struct ShowDate(pub Date);

impl fmt::Display for ShowDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = self.0.year();
        let sign = if year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{:02}-{:02}", year.unsigned_abs(), self.0.month(), self.0.day())
    }
}

/// How FEEL prints a time: always with seconds, a fraction only where there is one.
#[derive(Debug)]
pub struct ShowTime(pub Time);

impl fmt::Display for ShowTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.0.hour(), self.0.minute(), self.0.second())?;
        let nanos = self.0.subsec_nanosecond();
        if nanos == 0 {
            return Ok(());
        }
        let digits = format!("{nanos:09}");
        write!(f, ".{}", digits.trim_end_matches('0'))
    }
}

/// How FEEL prints years and months.
#[derive(Debug)]
pub struct ShowMonths(pub i64);

impl fmt::Display for ShowMonths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("P0Y");
        }
        f.write_str(if self.0 < 0 { "-P" } else { "P" })?;
        let (years, months) = (self.0.abs() / 12, self.0.abs() % 12);
        if years != 0 {
            write!(f, "{years}Y")?;
        }
        if months != 0 {
            write!(f, "{months}M")?;
        }
        Ok(())
    }
}

/// How FEEL prints days and times: whole seconds only.
#[derive(Debug)]
pub struct ShowDuration(pub SignedDuration);

impl fmt::Display for ShowDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = floor_seconds(self.0);
        if seconds == 0 {
            return f.write_str("P0D");
        }
        f.write_str(if seconds < 0 { "-P" } else { "P" })?;
        let seconds = seconds.unsigned_abs();
        let parts = [(seconds / 3600 % 24, 'H'), (seconds / 60 % 60, 'M'), (seconds % 60, 'S')];
        if seconds >= 86_400 {
            write!(f, "{}D", seconds / 86_400)?;
        }
        if parts.iter().any(|(value, _)| *value != 0) {
            f.write_char('T')?;
        }
        for (value, unit) in parts.into_iter().filter(|(value, _)| *value != 0) {
            write!(f, "{value}{unit}")?;
        }
        Ok(())
    }
}
