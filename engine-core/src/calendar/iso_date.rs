//! Dates as Joda-Time's `ISODateTimeFormat.dateTimeParser` reads them, which Camunda uses for timers and due dates.
//!
//! ```text
//! datetime = time | date [ 'T' [time-element] [offset] ]        time   = 'T' time-element [offset]
//! date     = year [ '-' month [ '-' day ] ] | year '-W' week [ '-' weekday ] | year '-' day-of-year
//! time-element = hour [ ':' minute [ ':' second [ fraction ] | fraction ] | fraction ]
//! ```
//!
//! Every optional part that does not match is left, and reading must have used the whole text in the end. Errors say how far
//! it came, in Joda-Time's words.

use jiff::{
    civil::{Date, DateTime, ISOWeekDate, Weekday},
    tz::{Offset, TimeZone},
};
use models::Timestamp;

/// Characters shown behind the place of an error.
const SHOWN: usize = 32;
const MS_PER_DAY: i64 = 86_400_000;

/// The time that a text means; without offset in the given zone.
///
/// # Errors
/// What Joda-Time says of a text that it can't read.
pub(crate) fn parse(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let mut reader = Reader { text: text.as_bytes(), fields: Fields::default() };
    let end = reader.datetime().map_err(|at| unreadable(text, at))?;
    if end < text.len() {
        return Err(unreadable(text, end));
    }
    reader.fields.resolve(zone).map_err(|why| format!("Cannot parse \"{text}\": {why}"))
}

fn unreadable(text: &str, at: usize) -> String {
    let sample = match text.char_indices().nth(at + SHOWN) {
        Some((end, _)) if text.len() > end + 3 => format!("{}...", &text[..end]),
        _ => text.to_owned(),
    };
    match at {
        0 => format!("Invalid format: \"{sample}\""),
        _ if at >= text.len() => format!("Invalid format: \"{sample}\" is too short"),
        _ => format!("Invalid format: \"{sample}\" is malformed at \"{}\"", sample.get(at..).unwrap_or_default()),
    }
}

/// How a text says which day it means.
#[derive(Clone, Copy, Debug)]
enum Day {
    /// Of a month.
    Month(i64, i64),
    /// Of a week.
    Week(i64, i64),
    /// Of a year.
    Year(i64),
}

/// What has been read so far.
#[derive(Clone, Copy, Debug)]
struct Fields {
    year: i64,
    day: Day,
    hour: i64,
    minute: i64,
    second: i64,
    /// Milliseconds of a fraction of whatever came before it.
    fraction: i64,
    offset: Option<i32>,
}

impl Default for Fields {
    fn default() -> Self {
        Self { year: 1970, day: Day::Month(1, 1), hour: 0, minute: 0, second: 0, fraction: 0, offset: None }
    }
}

fn within(value: i64, name: &str, from: i64, to: i64) -> Result<i64, String> {
    if (from..=to).contains(&value) {
        return Ok(value);
    }
    Err(format!("Value {value} for {name} must be in the range [{from},{to}]"))
}

impl Fields {
    fn date(&self) -> Result<Date, String> {
        let outside = |error: jiff::Error| error.to_string();
        let year = within(self.year, "year", -9999, 9999)? as i16;
        match self.day {
            Day::Month(month, day) => {
                let month = within(month, "monthOfYear", 1, 12)? as i8;
                let first = Date::new(year, month, 1).map_err(outside)?;
                let day = within(day, "dayOfMonth", 1, i64::from(first.days_in_month()))? as i8;
                Date::new(year, month, day).map_err(outside)
            }
            Day::Week(week, weekday) => {
                let weeks = ISOWeekDate::new(year, 1, Weekday::Monday).map_err(outside)?.weeks_in_year();
                let week = within(week, "weekOfWeekyear", 1, i64::from(weeks))? as i8;
                let weekday = within(weekday, "dayOfWeek", 1, 7)? as i8;
                let weekday = Weekday::from_monday_one_offset(weekday).map_err(outside)?;
                Ok(ISOWeekDate::new(year, week, weekday).map_err(outside)?.date())
            }
            Day::Year(day) => {
                let first = Date::new(year, 1, 1).map_err(outside)?;
                let day = within(day, "dayOfYear", 1, i64::from(first.days_in_year()))?;
                first.checked_add(jiff::Span::new().days(day - 1)).map_err(outside)
            }
        }
    }

    fn resolve(&self, zone: &TimeZone) -> Result<Timestamp, String> {
        let date = self.date()?;
        let hour = within(self.hour, "hourOfDay", 0, 23)?;
        let minute = within(self.minute, "minuteOfHour", 0, 59)?;
        let second = within(self.second, "secondOfMinute", 0, 59)?;
        let ms = ((hour * 60 + minute) * 60 + second) * 1000 + self.fraction;
        debug_assert!(ms < MS_PER_DAY, "fields within their ranges stay within the day");
        let civil: DateTime =
            date.at(0, 0, 0, 0).checked_add(jiff::Span::new().milliseconds(ms)).map_err(|error| error.to_string())?;
        let instant = match self.offset {
            Some(seconds) => Offset::from_seconds(seconds).and_then(|offset| offset.to_timestamp(civil)),
            None => zone.to_timestamp(civil),
        };
        Ok(Timestamp(instant.map_err(|error| error.to_string())?.as_millisecond()))
    }
}

/// Where reading got to, or where it failed.
type Read = Result<usize, usize>;

struct Reader<'a> {
    text: &'a [u8],
    fields: Fields,
}

impl Reader<'_> {
    fn datetime(&mut self) -> Read {
        let time = self.literal(0, b'T').and_then(|at| self.time_element(at)).map(|at| self.optional_offset(at));
        match time {
            Ok(end) => Ok(end),
            Err(reached) => {
                self.fields = Fields::default();
                self.date_and_time().map_err(|at| at.max(reached))
            }
        }
    }

    fn date_and_time(&mut self) -> Read {
        let at = self.date()?;
        let Ok(after) = self.literal(at, b'T') else { return Ok(at) };
        let before = self.fields;
        let after = self.time_element(after).unwrap_or_else(|_| {
            self.fields = before;
            after
        });
        Ok(self.optional_offset(after))
    }

    /// The form of a date that reads most of the text.
    fn date(&mut self) -> Read {
        let (year, at) = self.year()?;
        self.fields.year = year;
        let mut best = (at, Day::Month(1, 1));
        if let Ok((month, end)) = self.after_dash(at, 2) {
            best = match self.after_dash(end, 2) {
                Ok((day, end)) => (end, Day::Month(month, day)),
                Err(_) => (end, Day::Month(month, 1)),
            };
        }
        let week = self.literal(at, b'-').and_then(|at| self.literal(at, b'W')).and_then(|at| self.number(at, 2));
        if let Ok((week, end)) = week {
            best = match self.after_dash(end, 1) {
                Ok((weekday, end)) => (end, Day::Week(week, weekday)),
                Err(_) => (end, Day::Week(week, 1)),
            };
        }
        if let Ok((day, end)) = self.after_dash(at, 3) {
            if end > best.0 {
                best = (end, Day::Year(day));
            }
        }
        self.fields.day = best.1;
        Ok(best.0)
    }

    fn year(&self) -> Result<(i64, usize), usize> {
        let signed = matches!(self.text.first(), Some(b'+' | b'-'));
        let (year, end) = self.number(usize::from(signed), 9).map_err(|_| 0_usize)?;
        Ok((if self.text[0] == b'-' { -year } else { year }, end))
    }

    fn time_element(&mut self, at: usize) -> Read {
        let (hour, at) = self.number(at, 2)?;
        self.fields.hour = hour;
        let Ok((minute, at)) = self.literal(at, b':').and_then(|at| self.number(at, 2)) else {
            return Ok(self.optional_fraction(at, 3_600_000));
        };
        self.fields.minute = minute;
        let Ok((second, at)) = self.literal(at, b':').and_then(|at| self.number(at, 2)) else {
            return Ok(self.optional_fraction(at, 60_000));
        };
        self.fields.second = second;
        Ok(self.optional_fraction(at, 1000))
    }

    /// A decimal fraction of that many milliseconds, of at most nine digits.
    fn optional_fraction(&mut self, at: usize, of: i64) -> usize {
        if !matches!(self.text.get(at), Some(b'.' | b',')) {
            return at;
        }
        let digits = self.text[at + 1..].iter().take(9).take_while(|byte| byte.is_ascii_digit());
        let (mut unit, mut value, mut count) = (of * 10, 0, 0);
        for digit in digits {
            unit /= 10;
            value += i64::from(digit - b'0') * unit;
            count += 1;
        }
        if count == 0 {
            return at;
        }
        self.fields.fraction = value / 10;
        at + 1 + count
    }

    fn optional_offset(&mut self, at: usize) -> usize {
        match self.offset(at) {
            Some((seconds, end)) => {
                self.fields.offset = Some(seconds);
                end
            }
            None => at,
        }
    }

    /// `Z`, or hours and perhaps minutes and seconds, with colons or without.
    fn offset(&self, at: usize) -> Option<(i32, usize)> {
        if self.literal(at, b'Z').is_ok() {
            return Some((0, at + 1));
        }
        let sign = match self.text.get(at)? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let mut at = at + 1;
        let mut seconds = self.two_digits(at).filter(|hours| *hours <= 23)? * 3600;
        at += 2;
        let colons = self.text.get(at) == Some(&b':');
        for unit in [60, 1] {
            let more = if colons { self.text.get(at) == Some(&b':') } else { self.digits(at) > 0 };
            if !more {
                break;
            }
            at += usize::from(colons);
            seconds += self.two_digits(at).filter(|value| *value <= 59)? * unit;
            at += 2;
        }
        Some((sign * seconds, at))
    }

    fn two_digits(&self, at: usize) -> Option<i32> {
        let digits = self.text.get(at..at + 2)?;
        digits.iter().all(u8::is_ascii_digit).then(|| i32::from(digits[0] - b'0') * 10 + i32::from(digits[1] - b'0'))
    }

    fn digits(&self, at: usize) -> usize {
        self.text.iter().skip(at).take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn literal(&self, at: usize, byte: u8) -> Read {
        if self.text.get(at).is_some_and(|found| found.eq_ignore_ascii_case(&byte)) { Ok(at + 1) } else { Err(at) }
    }

    fn after_dash(&self, at: usize, most: usize) -> Result<(i64, usize), usize> {
        self.number(self.literal(at, b'-')?, most)
    }

    /// A number of one digit or more.
    fn number(&self, at: usize, most: usize) -> Result<(i64, usize), usize> {
        let count = self.digits(at).min(most);
        if count == 0 {
            return Err(at);
        }
        let digits = &self.text[at..at + count];
        Ok((digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')), at + count))
    }
}
