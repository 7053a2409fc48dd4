//! Times and durations of scenarios.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp, civil, fmt::strtime, tz::TimeZone};
use regex::Regex;

use super::{Abort, python};

/// When every scenario begins: 2030-01-01T00:00:00Z.
pub(super) fn start() -> Timestamp {
    civil::date(2030, 1, 1).to_zoned(TimeZone::UTC).expect("a time within range").timestamp()
}

/// `P1DT2H`: weeks, days, hours, minutes, seconds.
pub(super) fn duration(text: &str) -> Result<SignedDuration, Abort> {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(-)?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$").expect("a pattern")
    });
    let bad = || Abort::new(format!("not a duration: {text}"));
    let parts = PATTERN.captures(text).ok_or_else(bad)?;
    let part = |n| parts.get(n).map_or(Ok(0.0), |part| part.as_str().parse::<f64>()).map_err(|_| bad());
    let seconds = part(2)? * 604_800.0 + part(3)? * 86_400.0 + part(4)? * 3600.0 + part(5)? * 60.0 + part(6)?;
    let length = SignedDuration::try_from_secs_f64(seconds).map_err(|_| bad())?;
    Ok(if parts.get(1).is_some() { -length } else { length })
}

/// A time in ISO 8601; without offset it is UTC.
pub(super) fn parse(text: &str) -> Result<Timestamp, Abort> {
    let with_offset = text.parse::<Timestamp>();
    let without = || text.parse::<civil::DateTime>().and_then(|time| time.to_zoned(TimeZone::UTC));
    with_offset
        .or_else(|_| without().map(|time| time.timestamp()))
        .map_err(|_| Abort::new(format!("not a time: {text}")))
}

/// Whether a text of an answer is a time.
pub(super) fn is_time(text: &str) -> bool {
    static PATTERN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d{4}|[+-]\d\d:\d\d|Z)?$").expect("a pattern")
    });
    PATTERN.is_match(text)
}

/// A time as its distance from the start of the scenario: `T+90s`.
pub(super) fn relative(text: &str) -> Result<String, Abort> {
    let seconds = since_start(parse(text)?);
    if seconds.abs() >= 1e6 {
        return Ok(format!("T{seconds:+.0}s"));
    }
    Ok(format!("T{}{}s", if seconds < 0.0 { "" } else { "+" }, python::general(seconds)))
}

/// Seconds since the start of the scenario.
pub(super) fn since_start(time: Timestamp) -> f64 {
    time.duration_since(start()).as_secs_f64()
}

/// As Camunda writes it in JSON, to the second.
pub(super) fn text(time: Timestamp) -> String {
    strtime::format("%Y-%m-%dT%H:%M:%S.000+0000", time).expect("a format")
}

/// As the clock's endpoint takes it, to the millisecond.
pub(super) fn precise(time: Timestamp) -> String {
    strtime::format("%Y-%m-%dT%H:%M:%S.%3fZ", time).expect("a format")
}

#[cfg(test)]
mod tests {
    use super::{duration, parse, precise, relative, start, text};

    #[test]
    fn times_are_relative_to_the_start() {
        for (time, expected) in [
            ("2030-01-01T00:01:30.000+0000", "T+90s"),
            ("2029-12-31T23:59:59Z", "T-1s"),
            ("2030-01-31T00:00:00", "T+2592000s"),
            ("2030-01-01T01:00:00.500+0100", "T+0.5s"),
        ] {
            assert_eq!(relative(time).unwrap(), expected);
        }
        assert_eq!(duration("-P1DT1S").unwrap().as_secs(), -86401);
        assert!(duration("PT").is_ok() && duration("1H").is_err());
        assert_eq!(text(start()), "2030-01-01T00:00:00.000+0000");
        assert_eq!(precise(parse("2030-01-01").unwrap()), "2030-01-01T00:00:00.000Z");
    }
}
