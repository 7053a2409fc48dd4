//! Cron expressions as Camunda 7 reads them: six fields (second to day of week), Spring's macros, and `L`, `L-n`, `LW`,
//! `nW`, `nL`, `n#k`, names, lists, ranges and steps; a seventh field (year) of the Quartz dialect is read too.

use std::collections::BTreeSet;

use jiff::{
    Timestamp as Instant, ToSpan,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};
use models::Timestamp;

/// The text is not a cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronError(String);

impl std::fmt::Display for CronError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CronError {}

/// Years searched before an expression counts as never matching.
const HORIZON: i16 = 30;

struct Cron {
    seconds: BTreeSet<i8>,
    minutes: BTreeSet<i8>,
    hours: BTreeSet<i8>,
    days: Vec<DayRule>,
    months: BTreeSet<i8>,
    weekdays: Vec<WeekdayRule>,
    years: Option<BTreeSet<i16>>,
}

/// A rule for the day of the month.
enum DayRule {
    Any,
    In(BTreeSet<i8>),
    /// `L` or `L-n`.
    Last(i8),
    /// `LW`.
    LastWeekday,
    /// `nW`.
    NearestWeekday(i8),
}

/// A rule for the day of the week; 1 is Monday.
enum WeekdayRule {
    Any,
    In(BTreeSet<i8>),
    /// `nL`.
    Last(i8),
    /// `n#k`.
    Nth(i8, i8),
}

/// The first match strictly after a time, in a zone; `None` when there is none within thirty years.
///
/// # Errors
/// When the text is no cron expression.
pub fn next(text: &str, after: Timestamp, zone: &str) -> Result<Option<Timestamp>, CronError> {
    let cron = Cron::parse(text)?;
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let at = Instant::from_millisecond(after.0)
        .map_err(|_| CronError(format!("time {} is out of range", after.0)))?
        .to_zoned(zone.clone());
    let Ok(start) = at.datetime().with().subsec_nanosecond(0).build().and_then(|t| t.checked_add(1.second())) else {
        return Ok(None);
    };
    let mut date = start.date();
    let limit = date.year().saturating_add(HORIZON);
    let mut from = start.time();
    while date.year() <= limit {
        if cron.matches_date(date) {
            if let Some(time) = cron.next_time(from) {
                let local = DateTime::from_parts(date, time);
                if let Ok(instant) = local.to_zoned(zone.clone()) {
                    let found = Timestamp(instant.timestamp().as_millisecond());
                    if found > after {
                        return Ok(Some(found));
                    }
                }
            }
        }
        from = Time::midnight();
        let Ok(tomorrow) = date.tomorrow() else { return Ok(None) };
        date = tomorrow;
    }
    Ok(None)
}

impl Cron {
    fn parse(text: &str) -> Result<Self, CronError> {
        let expanded = match text.trim() {
            "@yearly" | "@annually" => "0 0 0 1 1 *",
            "@monthly" => "0 0 0 1 * *",
            "@weekly" => "0 0 0 * * 0",
            "@daily" | "@midnight" => "0 0 0 * * *",
            "@hourly" => "0 0 * * * *",
            other => other,
        };
        let fields: Vec<&str> = expanded.split_whitespace().collect();
        if !(6..=7).contains(&fields.len()) {
            return Err(CronError(format!("Cron expression contains {} parts but we expect one of [6]", fields.len())));
        }
        let years = match fields.get(6) {
            None | Some(&"*" | &"?") => None,
            Some(field) => Some(numbers(field, 1970, 2099, &|name| name.parse().ok(), text)?),
        };
        Ok(Self {
            seconds: small(fields[0], 0, 59, text)?,
            minutes: small(fields[1], 0, 59, text)?,
            hours: small(fields[2], 0, 23, text)?,
            days: fields[3].split(',').map(|part| day_rule(part, text)).collect::<Result<_, _>>()?,
            months: numbers(fields[4], 1, 12, &month, text)?.into_iter().filter_map(|m| i8::try_from(m).ok()).collect(),
            weekdays: fields[5].split(',').map(|part| weekday_rule(part, text)).collect::<Result<_, _>>()?,
            years,
        })
    }

    fn matches_date(&self, date: Date) -> bool {
        self.months.contains(&date.month())
            && self.years.as_ref().is_none_or(|years| years.contains(&date.year()))
            && self.days.iter().any(|rule| rule.matches(date))
            && self.weekdays.iter().any(|rule| rule.matches(date))
    }

    fn next_time(&self, from: Time) -> Option<Time> {
        for hour in self.hours.range(from.hour()..) {
            let minute_from = if *hour == from.hour() { from.minute() } else { 0 };
            for minute in self.minutes.range(minute_from..) {
                let same = *hour == from.hour() && *minute == from.minute();
                let second_from = if same { from.second() } else { 0 };
                if let Some(second) = self.seconds.range(second_from..).next() {
                    return Time::new(*hour, *minute, *second, 0).ok();
                }
            }
        }
        None
    }
}

impl DayRule {
    fn matches(&self, date: Date) -> bool {
        let last = date.days_in_month();
        match self {
            Self::Any => true,
            Self::In(days) => days.contains(&date.day()),
            Self::Last(before) => date.day() == last - before,
            Self::LastWeekday => {
                let end = date.last_of_month();
                let back = match end.weekday() {
                    Weekday::Saturday => 1,
                    Weekday::Sunday => 2,
                    _ => 0,
                };
                date.day() == last - back
            }
            Self::NearestWeekday(day) => {
                let Ok(wanted) = date.with().day(*day).build() else { return false };
                let target = match wanted.weekday() {
                    Weekday::Saturday if *day == 1 => day + 2,
                    Weekday::Saturday => day - 1,
                    Weekday::Sunday if *day == last => day - 2,
                    Weekday::Sunday => day + 1,
                    _ => *day,
                };
                date.day() == target
            }
        }
    }
}

impl WeekdayRule {
    fn matches(&self, date: Date) -> bool {
        let weekday = date.weekday().to_monday_one_offset();
        match self {
            Self::Any => true,
            Self::In(days) => days.contains(&weekday),
            Self::Last(day) => weekday == *day && date.day() + 7 > date.days_in_month(),
            Self::Nth(day, nth) => weekday == *day && (date.day() - 1) / 7 + 1 == *nth,
        }
    }
}

fn day_rule(part: &str, text: &str) -> Result<DayRule, CronError> {
    let upper = part.to_ascii_uppercase();
    Ok(match upper.as_str() {
        "*" | "?" => DayRule::Any,
        "L" => DayRule::Last(0),
        "LW" | "WL" => DayRule::LastWeekday,
        _ => {
            if let Some(before) = upper.strip_prefix("L-") {
                DayRule::Last(number(before, 1, 30, text)?)
            } else if let Some(day) = upper.strip_suffix('W') {
                DayRule::NearestWeekday(number(day, 1, 31, text)?)
            } else {
                DayRule::In(small(&upper, 1, 31, text)?)
            }
        }
    })
}

fn weekday_rule(part: &str, text: &str) -> Result<WeekdayRule, CronError> {
    let upper = part.to_ascii_uppercase();
    if matches!(upper.as_str(), "*" | "?") {
        return Ok(WeekdayRule::Any);
    }
    let one = |name: &str| {
        weekday(name)
            .and_then(|day| i8::try_from(day).ok())
            .map(|day| if day == 0 { 7 } else { day })
            .ok_or_else(|| invalid(name, text))
    };
    if let Some((day, nth)) = upper.split_once('#') {
        return Ok(WeekdayRule::Nth(one(day)?, number(nth, 1, 5, text)?));
    }
    if let Some(day) = upper.strip_suffix('L') {
        return Ok(WeekdayRule::Last(if day.is_empty() { 7 } else { one(day)? }));
    }
    let days = numbers(&upper, 0, 7, &weekday, text)?;
    Ok(WeekdayRule::In(days.into_iter().filter_map(|day| i8::try_from(if day == 0 { 7 } else { day }).ok()).collect()))
}

fn month(name: &str) -> Option<i16> {
    named(name, &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)
}

/// 0 and 7 are Sunday.
fn weekday(name: &str) -> Option<i16> {
    named(name, &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 0)
}

fn named(name: &str, names: &[&str], first: i16) -> Option<i16> {
    if let Ok(number) = name.parse() {
        return Some(number);
    }
    let at = names.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    i16::try_from(at).ok().map(|at| at + first)
}

fn invalid(part: &str, text: &str) -> CronError {
    CronError(format!("Invalid value '{part}' in cron expression \"{text}\""))
}

fn number(part: &str, min: i8, max: i8, text: &str) -> Result<i8, CronError> {
    part.parse().ok().filter(|value| (min..=max).contains(value)).ok_or_else(|| invalid(part, text))
}

fn small(field: &str, min: i16, max: i16, text: &str) -> Result<BTreeSet<i8>, CronError> {
    Ok(numbers(field, min, max, &|name| name.parse().ok(), text)?
        .into_iter()
        .filter_map(|value| i8::try_from(value).ok())
        .collect())
}

/// Lists, ranges and steps.
fn numbers(
    field: &str,
    min: i16,
    max: i16,
    name: &dyn Fn(&str) -> Option<i16>,
    text: &str,
) -> Result<BTreeSet<i16>, CronError> {
    let mut all = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => {
                (range, Some(step.parse::<usize>().ok().filter(|s| *s > 0).ok_or_else(|| invalid(part, text))?))
            }
            None => (part, None),
        };
        let (from, to) = if matches!(range, "*" | "?") {
            (min, max)
        } else if let Some((from, to)) = range.split_once('-') {
            (name(from).ok_or_else(|| invalid(part, text))?, name(to).ok_or_else(|| invalid(part, text))?)
        } else {
            let only = name(range).ok_or_else(|| invalid(part, text))?;
            (only, if step.is_some() { max } else { only })
        };
        if from < min || to > max || from > to {
            return Err(invalid(part, text));
        }
        all.extend((from..=to).step_by(step.unwrap_or(1)));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(cron: &str, at: &str) -> String {
        let at = Timestamp(at.parse::<Instant>().unwrap().as_millisecond());
        let found = next(cron, at, "UTC").unwrap().unwrap();
        Instant::from_millisecond(found.0).unwrap().to_string()
    }

    #[test]
    fn finds_the_next_match() {
        assert_eq!(after("0 0/5 * * * ?", "2030-01-01T00:00:00Z"), "2030-01-01T00:05:00Z");
        assert_eq!(after("0 0 8 ? * MON-FRI", "2030-01-04T09:00:00Z"), "2030-01-07T08:00:00Z");
        assert_eq!(after("0 0 0 L * ?", "2030-01-31T00:00:00Z"), "2030-02-28T00:00:00Z");
        assert_eq!(after("0 0 0 LW * ?", "2030-03-01T00:00:00Z"), "2030-03-29T00:00:00Z");
        assert_eq!(after("0 0 0 15W * ?", "2030-06-01T00:00:00Z"), "2030-06-14T00:00:00Z");
        assert_eq!(after("0 0 0 ? * 5#2", "2030-01-01T00:00:00Z"), "2030-01-11T00:00:00Z");
        assert_eq!(after("0 0 0 ? * 5L", "2030-01-01T00:00:00Z"), "2030-01-25T00:00:00Z");
        assert_eq!(after("@daily", "2030-01-01T00:00:00Z"), "2030-01-02T00:00:00Z");
    }

    #[test]
    fn refuses_what_is_not_cron() {
        for text in ["", "* * *", "61 * * * * *", "a b c d e f", "0 0 0 32 * *"] {
            assert!(next(text, Timestamp(0), "UTC").is_err(), "{text}");
        }
    }
}
