//! Reading dates and times: ISO texts and patterns of letters.

use jiff::{
    SignedDuration, Zoned,
    civil::{Date, DateTime, Time},
    tz::{Offset, TimeZone},
};

use super::{
    Pattern,
    format::{DAYS, Piece, month_name, pieces},
    statics::checked_date,
    zone_from_name,
};
use crate::context::ObjectError;

/// What a text says: fields that it does not mention are absent.
#[derive(Clone, Debug, Default)]
pub(super) struct Parsed {
    pub(super) date: Option<Date>,
    pub(super) time: Option<Time>,
    pub(super) offset: Option<Offset>,
    pub(super) zone: Option<TimeZone>,
}

impl Parsed {
    /// Date and time; midnight when the text has no time.
    pub(super) fn civil(&self) -> Option<DateTime> {
        Some(DateTime::from_parts(self.date?, self.time.unwrap_or_default()))
    }

    /// The point in time, in the zone of the text or else the given one.
    pub(super) fn zoned(&self, default: Option<&TimeZone>) -> Option<Zoned> {
        let zone = match (&self.zone, self.offset) {
            (Some(zone), _) => zone.clone(),
            (None, Some(offset)) if offset.seconds() == 0 => TimeZone::UTC,
            (None, Some(offset)) => TimeZone::fixed(offset),
            (None, None) => default?.clone(),
        };
        self.civil()?.to_zoned(zone).ok()
    }
}

fn failure(text: &str, index: usize) -> ObjectError {
    ObjectError::exception(
        "java.time.format.DateTimeParseException",
        format!("Text '{text}' could not be parsed at index {index}"),
    )
}

/// Reads by a pattern.
pub(super) fn parse(text: &str, pattern: &Pattern) -> Result<Parsed, ObjectError> {
    match pattern {
        Pattern::Letters(letters) => by_letters(text, letters),
        Pattern::Named(_) => iso(text),
    }
}

/// Reads an ISO 8601 date, time or both, with or without offset and zone.
pub(super) fn iso(text: &str) -> Result<Parsed, ObjectError> {
    let mut scan = Scan { text, at: 0 };
    let mut out = Parsed::default();
    let looks_like_time = text.len() > 2 && text.as_bytes()[2] == b':';
    if !looks_like_time {
        out.date = Some(scan.iso_date()?);
        if !scan.eat('T') && !scan.eat('t') {
            scan.zone(&mut out);
            return scan.finish(out);
        }
    }
    out.time = Some(scan.iso_time()?);
    scan.zone(&mut out);
    scan.finish(out)
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn eat(&mut self, char: char) -> bool {
        let found = self.rest().starts_with(char);
        if found {
            self.at += char.len_utf8();
        }
        found
    }

    fn expect(&mut self, char: char) -> Result<(), ObjectError> {
        if self.eat(char) { Ok(()) } else { Err(failure(self.text, self.at)) }
    }

    fn number(&mut self, least: usize, most: usize) -> Result<i64, ObjectError> {
        let digits = self.rest().bytes().take(most).take_while(u8::is_ascii_digit).count();
        if digits < least {
            return Err(failure(self.text, self.at));
        }
        let value = self.rest()[..digits].parse().map_err(|_| failure(self.text, self.at))?;
        self.at += digits;
        Ok(value)
    }

    fn small<T: TryFrom<i64>>(&mut self, least: usize, most: usize) -> Result<T, ObjectError> {
        let value = self.number(least, most)?;
        T::try_from(value).map_err(|_| failure(self.text, self.at))
    }

    fn iso_date(&mut self) -> Result<Date, ObjectError> {
        let year = self.small(4, 4)?;
        self.expect('-')?;
        let month = self.small(2, 2)?;
        self.expect('-')?;
        let day = self.small(2, 2)?;
        checked_date(year, month, day).map_err(|reason| {
            let message = format!("Text '{}' could not be parsed: {reason}", self.text);
            ObjectError::exception("java.time.format.DateTimeParseException", message)
        })
    }

    fn iso_time(&mut self) -> Result<Time, ObjectError> {
        let hour = self.small(2, 2)?;
        self.expect(':')?;
        let minute = self.small(2, 2)?;
        let mut second = 0;
        let mut nanos = 0;
        if self.eat(':') {
            second = self.small(2, 2)?;
            if self.eat('.') || self.eat(',') {
                nanos = self.fraction()?;
            }
        }
        Time::new(hour, minute, second, nanos).map_err(|_| failure(self.text, self.at))
    }

    fn fraction(&mut self) -> Result<i32, ObjectError> {
        let before = self.at;
        let digits = self.number(1, 9)?;
        let missing = 9 - u32::try_from(self.at - before).unwrap_or(9);
        i32::try_from(digits * 10_i64.pow(missing)).map_err(|_| failure(self.text, before))
    }

    fn zone(&mut self, out: &mut Parsed) {
        let offset_end = self.rest().find('[').unwrap_or(self.rest().len());
        let offset = &self.rest()[..offset_end];
        if let Some(zone) = zone_from_name(offset).filter(|zone| zone.iana_name().is_none() || offset == "Z") {
            out.offset = zone.to_fixed_offset().ok();
            self.at += offset_end;
        }
        if let Some(name) = self.rest().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            out.zone = zone_from_name(name);
            if out.zone.is_some() {
                self.at = self.text.len();
            }
        }
    }

    fn finish(&self, out: Parsed) -> Result<Parsed, ObjectError> {
        if self.at == self.text.len() { Ok(out) } else { Err(failure(self.text, self.at)) }
    }

    /// One of some names, by three letters or in full.
    fn name(&mut self, names: impl Iterator<Item = &'static str>) -> Result<usize, ObjectError> {
        let starts = |rest: &str, name: &str| rest.get(..name.len()).is_some_and(|r| r.eq_ignore_ascii_case(name));
        for (index, name) in names.enumerate() {
            let length = if starts(self.rest(), name) {
                name.len()
            } else if starts(self.rest(), &name[..3]) {
                3
            } else {
                continue;
            };
            self.at += length;
            return Ok(index);
        }
        Err(failure(self.text, self.at))
    }
}

fn by_letters(text: &str, letters: &str) -> Result<Parsed, ObjectError> {
    let mut scan = Scan { text, at: 0 };
    let (mut year, mut month, mut day) = (None, 1, 1);
    let (mut hour, mut half, mut minute, mut second, mut nanos) = (0, None, 0, 0, 0);
    let (mut has_date, mut has_time) = (false, false);
    let mut out = Parsed::default();
    let parts = pieces(letters);
    for (index, piece) in parts.iter().enumerate() {
        // Numbers that touch take exactly their width; others take what is there.
        let touches = matches!(parts.get(index + 1), Some(Piece::Field(letter, _)) if letter.is_ascii_lowercase() || matches!(letter, 'M' | 'H' | 'S'));
        match piece {
            Piece::Literal(literal) => {
                if !scan.rest().starts_with(literal.as_str()) {
                    return Err(failure(text, scan.at));
                }
                scan.at += literal.len();
            }
            Piece::Field(letter, count) => {
                let most = if touches { *count } else { (*count).max(2) };
                match letter {
                    'y' | 'u' | 'Y' => {
                        has_date = true;
                        let value = scan.number(1, if touches { *count } else { 4 })?;
                        year = Some(if *count == 2 && value < 100 { value + 2000 } else { value });
                    }
                    'M' | 'L' if *count <= 2 => {
                        has_date = true;
                        month = scan.small(1, most)?;
                    }
                    'M' | 'L' => {
                        has_date = true;
                        month = i8::try_from(scan.name((1..=12).map(month_name))? + 1).unwrap_or(1);
                    }
                    'd' => {
                        has_date = true;
                        day = scan.small(1, most)?;
                    }
                    'H' | 'h' | 'K' | 'k' => {
                        has_time = true;
                        hour = scan.small(1, most)?;
                    }
                    'm' => minute = scan.small(1, most)?,
                    's' => second = scan.small(1, most)?,
                    'S' => nanos = scan.fraction()?,
                    'a' => {
                        half = Some(scan.rest().get(..2).is_some_and(|word| word.eq_ignore_ascii_case("PM")));
                        scan.at = (scan.at + 2).min(text.len());
                    }
                    'E' => {
                        scan.name(DAYS.into_iter())?;
                    }
                    'Z' | 'X' | 'x' | 'z' | 'V' => {
                        let end = scan.rest().find([' ', ']', ')']).unwrap_or(scan.rest().len());
                        let zone = zone_from_name(&scan.rest()[..end]).ok_or_else(|| failure(text, scan.at))?;
                        out.offset = zone.to_fixed_offset().ok();
                        out.zone = Some(zone).filter(|zone| zone.iana_name().is_some());
                        scan.at += end;
                    }
                    other => {
                        let message = format!("Unknown pattern letter: {other}");
                        return Err(ObjectError::exception("java.lang.IllegalArgumentException", message));
                    }
                }
            }
        }
    }
    match half {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    if has_date {
        let year = i16::try_from(year.unwrap_or(1970)).map_err(|_| failure(text, 0))?;
        out.date = Some(Date::new(year, month, day).map_err(|_| failure(text, 0))?);
    }
    if has_time {
        out.time = Some(Time::new(hour, minute, second, nanos).map_err(|_| failure(text, 0))?);
    }
    scan.finish(out)
}

/// `Duration.parse`: days and time of day.
pub(super) fn duration(text: &str) -> Result<SignedDuration, ObjectError> {
    let wrong =
        || ObjectError::exception("java.time.format.DateTimeParseException", "Text cannot be parsed to a Duration");
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    if span.get_years() != 0 || span.get_months() != 0 || span.get_weeks() != 0 {
        return Err(wrong());
    }
    span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())
}

/// `Period.parse`: years, months, weeks and days, each with its own sign.
pub(super) fn period(text: &str) -> Result<(i32, i32, i32), ObjectError> {
    let wrong =
        || ObjectError::exception("java.time.format.DateTimeParseException", "Text cannot be parsed to a Period");
    let (all, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    rest = rest.strip_prefix(['P', 'p']).filter(|rest| !rest.is_empty()).ok_or_else(wrong)?;
    let (mut years, mut months, mut days) = (0_i32, 0_i32, 0_i32);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(wrong)?;
        let amount = rest[..end].parse::<i32>().map_err(|_| wrong())?.checked_mul(all).ok_or_else(wrong)?;
        match rest.as_bytes()[end].to_ascii_uppercase() {
            b'Y' => years = amount,
            b'M' => months = amount,
            b'W' => {
                days = amount.checked_mul(7).and_then(|more| days.checked_add(more)).ok_or_else(wrong)?;
            }
            b'D' => days = days.checked_add(amount).ok_or_else(wrong)?,
            _ => return Err(wrong()),
        }
        rest = &rest[end + 1..];
    }
    Ok((years, months, days))
}
