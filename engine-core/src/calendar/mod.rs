//! When something is due: dates, durations and cycles as Camunda's business calendars read them (S-TM).
//!
//! [`resolve`] answers for a timer's text; a cycle's later firings come from [`repeat_due`]. The present is an argument.

mod iso_date;
#[cfg(test)]
mod tests;

use jiff::{Span, Timestamp as Instant, Zoned, tz::TimeZone};
use models::Timestamp;

use crate::graph::TimerKind;

/// How often at most a cycle of months or years is followed from its start.
const MAX_STEPS: u64 = 1_000_000;

/// When a timer with that text is due, counted from `now`; `None` when a repetition is used up.
///
/// # Errors
/// Camunda's message about a text that it can't read.
pub fn resolve(kind: TimerKind, text: &str, now: Timestamp, zone: &str) -> Result<Option<Timestamp>, String> {
    match kind {
        TimerKind::Date => due_date(text, now, zone).map(Some),
        TimerKind::Duration => DurationText::parse(text, now, zone)
            .and_then(|duration| duration.due(now, 0))
            .map_err(|why| unresolved(text, &why)),
        TimerKind::Cycle => repeat_due(text, now, 0, zone),
    }
}

/// A due date: a period from now, or a date-time (S-TM-1).
///
/// # Errors
/// Camunda's message about a text that is neither.
pub fn due_date(text: &str, now: Timestamp, zone: &str) -> Result<Timestamp, String> {
    if !text.starts_with('P') {
        return iso_date::parse(text, &zone_of(zone)).map_err(|why| unresolved(text, &why));
    }
    plus_duration(now, text, zone).ok_or_else(|| unresolved(text, &format!("Invalid format: \"{text}\"")))
}

fn unresolved(text: &str, why: &str) -> String {
    format!("ENGINE-09027 Exception while resolving duedate '{text}': {why}")
}

/// The next due date of a repetition or cron expression, or `None` when it is used up. `offset` is what its due dates were moved
/// by, in milliseconds.
///
/// # Errors
/// Camunda's message about a text that is neither.
pub fn repeat_due(repeat: &str, now: Timestamp, offset: i64, zone: &str) -> Result<Option<Timestamp>, String> {
    let due = if repeat.starts_with('R') {
        DurationText::parse(repeat, now, zone).and_then(|duration| duration.due(now, offset))
    } else {
        // what never matches is due at once
        crate::cron::next(repeat, now, zone).map(|next| next.or(Some(now))).map_err(|error| error.to_string())
    };
    due.map_err(|why| format!("ENGINE-09026 Exception while parsing cycle expression '{repeat}': {why}"))
}

/// A cycle without start gets the start `now`, in whole seconds (S-TM-3).
pub fn fix_start(text: &str, now: Timestamp, zone: &str) -> String {
    let parts: Vec<&str> = text.split('/').collect();
    if text.starts_with('R') && parts.len() == 2 && parts[1].starts_with('P') {
        let seconds = Timestamp(now.0.div_euclid(1000) * 1000);
        if let Some(start) = zoned(seconds, &zone_of(zone)) {
            return format!("{}/{}/{}", parts[0], start.strftime("%Y-%m-%dT%H:%M:%S%:z"), parts[1]);
        }
    }
    text.to_owned()
}

fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    Some(Instant::from_millisecond(at.0).ok()?.to_zoned(zone.clone()))
}

fn instant(at: &Zoned) -> Timestamp {
    Timestamp(at.timestamp().as_millisecond())
}

/// An ISO 8601 duration, weeks included.
pub(crate) fn parse_duration(text: &str) -> Option<Span> {
    let text = text.trim();
    let digits = text.trim_start_matches('-');
    (digits.starts_with('P') && digits.len() > 1).then(|| text.parse::<Span>().ok()).flatten()
}

/// A time plus a duration, in the calendar of a zone.
pub(crate) fn plus_duration(at: Timestamp, duration: &str, zone: &str) -> Option<Timestamp> {
    let span = parse_duration(duration)?;
    Some(instant(&zoned(at, &zone_of(zone))?.checked_add(span).ok()?))
}

/// `[R[n]/]duration`, `[R[n]/]start/duration`, `[R[n]/]duration/end` or `[R[n]/]start/end`.
struct DurationText {
    /// Of a repetition, how often; `u64::MAX` is for ever.
    times: Option<u64>,
    /// Where it counts from.
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    period: Span,
    zone: TimeZone,
}

impl DurationText {
    /// Without start and end, it counts from `now`.
    fn parse(text: &str, now: Timestamp, zone: &str) -> Result<Self, String> {
        let zone = zone_of(zone);
        let mut parts: Vec<&str> = text.split('/').collect();
        if parts.len() > 3 {
            return Err(format!("ENGINE-09028 Cannot parse duration '{text}'."));
        }
        let mut times = None;
        if let Some(count) = parts[0].strip_prefix('R') {
            times = Some(match count {
                "" => u64::MAX,
                _ => count.parse().map_err(|_| format!("For input string: \"{count}\""))?,
            });
            parts.remove(0);
        }
        let part = |at: usize| {
            parts.get(at).copied().ok_or_else(|| format!("Index {at} out of bounds for length {}", parts.len()))
        };
        let date = |text: &str| iso_date::parse(text, &zone);
        let period = |text: &str| parse_duration(text).ok_or_else(|| text.to_owned());
        let first = part(0)?;
        let (start, end, period) = if first.starts_with('P') {
            (None, parts.get(1).map(|text| date(text)).transpose()?, period(first)?)
        } else {
            let start = date(first)?;
            let second = part(1)?;
            if second.starts_with('P') {
                (Some(start), None, period(second)?)
            } else {
                let end = date(second)?;
                (Some(start), Some(end), Span::new().milliseconds(end.0 - start.0))
            }
        };
        let start = if start.is_none() && end.is_none() { Some(now) } else { start };
        Ok(Self { times, start, end, period, zone })
    }

    fn due(&self, now: Timestamp, offset: i64) -> Result<Option<Timestamp>, String> {
        let outside = || "the date is out of range".to_owned();
        match (self.times, self.start, self.end) {
            (None, _, Some(end)) => Ok(Some(end)),
            (None, Some(start), None) => self.add(start, 1).map(Some).ok_or_else(outside),
            (Some(times), Some(start), _) => {
                let before = now.plus_ms(-offset);
                Ok(self.after(start, times, before).ok_or_else(outside)?.map(|due| due.plus_ms(offset)))
            }
            (Some(times), None, Some(end)) => self.backward(end, times, now).ok_or_else(outside),
            (_, None, None) => Ok(None),
        }
    }

    /// A time plus so many periods at once.
    fn add(&self, at: Timestamp, times: i64) -> Option<Timestamp> {
        let span = self.period.checked_mul(times).ok()?;
        Some(instant(&zoned(at, &self.zone)?.checked_add(span).ok()?))
    }

    /// Periods that can be skipped between two times that lie apart so far. Months and years vary in length, and each step
    /// starts from the day that the one before has reached.
    fn skipped(&self, start: Timestamp, distance: i64) -> Option<u64> {
        let step = self.add(start, 1)?.0 - start.0;
        if step <= 0 {
            return None;
        }
        let varies = self.period.get_years() != 0 || self.period.get_months() != 0;
        Some(if varies { 0 } else { u64::try_from(distance / step - 2).unwrap_or(0) })
    }

    /// The first of the start and the `times` steps after it that lies after a time; the last one when it is that time.
    fn after(&self, start: Timestamp, times: u64, time: Timestamp) -> Option<Option<Timestamp>> {
        let mut step = self.skipped(start, time.0 - start.0)?.min(times);
        let mut at = self.add(start, i64::try_from(step).ok()?)?;
        let mut walked = 0;
        while step < times && at <= time {
            at = self.add(at, 1)?;
            step += 1;
            walked += 1;
            if walked > MAX_STEPS {
                return None;
            }
        }
        Some((at >= time).then_some(at))
    }

    /// The earliest of the end and the `times` steps before it that lies after a time.
    fn backward(&self, end: Timestamp, times: u64, time: Timestamp) -> Option<Option<Timestamp>> {
        let mut step = self.skipped(time, end.0 - time.0)?.min(times);
        let mut due = self.add(end, -i64::try_from(step).ok()?)?;
        let mut walked = 0;
        while step < times {
            let before = self.add(due, -1)?;
            if before <= time {
                break;
            }
            due = before;
            step += 1;
            walked += 1;
            if walked > MAX_STEPS {
                return None;
            }
        }
        Some((due >= time).then_some(due))
    }
}
