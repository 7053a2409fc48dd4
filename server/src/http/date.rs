//! Times on the wire: `yyyy-MM-dd'T'HH:mm:ss.SSSZ`, the offset without colon.

use std::fmt::Write;

use jiff::{civil, tz::Offset};
use models::Timestamp;
use serde::{Serialize, Serializer};

/// A time that is written in the form of the API. Always in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date(pub(crate) Timestamp);

impl Date {
    /// The text of a time, such as `2026-11-21T06:32:55.225+0000`.
    pub(crate) fn text(time: Timestamp) -> String {
        let at = jiff::Timestamp::from_millisecond(time.0).unwrap_or(jiff::Timestamp::MAX);
        let at = Offset::UTC.to_datetime(at);
        let mut text = String::with_capacity(28);
        // writing to a string cannot fail
        let _ = write!(
            text,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+0000",
            at.year(),
            at.month(),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        );
        text
    }

    /// Reads exactly the form of the API; anything else is `None`.
    pub(crate) fn parse(text: &str) -> Option<Timestamp> {
        let bytes = text.as_bytes();
        let shape = bytes.len() == 28
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                10 => *byte == b'T',
                13 | 16 => *byte == b':',
                19 => *byte == b'.',
                23 => matches!(byte, b'+' | b'-'),
                _ => byte.is_ascii_digit(),
            });
        if !shape {
            return None;
        }
        let number = |from: usize, to: usize| text[from..to].parse::<i64>().ok();
        let local = civil::DateTime::new(
            i16::try_from(number(0, 4)?).ok()?,
            i8::try_from(number(5, 7)?).ok()?,
            i8::try_from(number(8, 10)?).ok()?,
            i8::try_from(number(11, 13)?).ok()?,
            i8::try_from(number(14, 16)?).ok()?,
            i8::try_from(number(17, 19)?).ok()?,
            i32::try_from(number(20, 23)? * 1_000_000).ok()?,
        )
        .ok()?;
        let offset = (number(24, 26)? * 60 + number(26, 28)?) * 60_000;
        let offset = if bytes[23] == b'-' { -offset } else { offset };
        let utc = Offset::UTC.to_timestamp(local).ok()?.as_millisecond();
        Some(Timestamp(utc - offset))
    }

    /// Reads any ISO 8601 form, as some parameters allow; without offset it is UTC.
    pub(crate) fn parse_lenient(text: &str) -> Option<Timestamp> {
        Self::parse(text)
            .or_else(|| text.parse::<jiff::Timestamp>().ok().map(|at| Timestamp(at.as_millisecond())))
            .or_else(|| {
                let local = text.parse::<civil::DateTime>().ok()?;
                Some(Timestamp(Offset::UTC.to_timestamp(local).ok()?.as_millisecond()))
            })
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Self::text(self.0))
    }
}

#[cfg(test)]
mod tests {
    use models::Timestamp;

    use super::Date;

    #[test]
    fn writes_and_reads_the_form_of_the_api() {
        let time = Timestamp(1_795_242_775_225);
        assert_eq!(Date::text(time), "2026-11-21T06:32:55.225+0000");
        assert_eq!(Date::parse("2026-11-21T06:32:55.225+0000"), Some(time));
        assert_eq!(Date::parse("2026-11-21T08:02:55.225+0130"), Some(time));
    }

    #[test]
    fn refuses_other_forms() {
        for text in [
            "2026-11-21T06:32:55.225Z",
            "2026-11-21T06:32:55.225+00:00",
            "2026-11-21T06:32:55+0000",
            "2026-11-21",
            "2026-13-21T06:32:55.225+0000",
            "2026-11-21T06:32:55.225 0000",
            "1795242775225",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(Date::parse_lenient("2026-11-21T06:32:55Z"), Some(Timestamp(1_795_242_775_000)));
    }
}
