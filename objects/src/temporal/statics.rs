//! Static methods, constructors and constants of date and time classes.

use std::cell::RefCell;

use jiff::{
    SignedDuration,
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};

use super::{
    Pattern, Temporal, Unit,
    arithmetic::between,
    calendar,
    format::month_name,
    instant,
    methods::{unit_argument, zone_argument},
    out_of_range, parse, zone_from_name,
};
use crate::{
    args::{int, long, mismatch, string},
    context::{Context, ObjectError},
    object::Object,
    text,
};

type Outcome = Result<Object, ObjectError>;

pub(super) fn date(year: &Object, month: &Object, day: &Object) -> Result<Date, ObjectError> {
    let month = match month {
        Object::Temporal(value) => match &**value {
            Temporal::Month(month) => i32::from(*month),
            _ => return Err(mismatch()),
        },
        other => int(other)?,
    };
    checked_date(int(year)?, month, int(day)?)
        .map_err(|message| ObjectError::exception("java.time.DateTimeException", message))
}

/// A date that exists, or what Java says about it.
pub(super) fn checked_date(year: i32, month: i32, day: i32) -> Result<Date, String> {
    let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    if let (Ok(year), Ok(month), Ok(day)) = parts
        && let Ok(date) = Date::new(year, month, day)
    {
        return Ok(date);
    }
    Err(if (1..=12).contains(&month) && (1..=31).contains(&day) {
        let name = month_name(u8::try_from(month).unwrap_or(0)).to_uppercase();
        format!("Invalid date '{name} {day}'")
    } else if (1..=12).contains(&month) {
        format!("Invalid value for DayOfMonth (valid values 1 - 28/31): {day}")
    } else {
        format!("Invalid value for MonthOfYear (valid values 1 - 12): {month}")
    })
}

pub(super) fn time(hour: &Object, minute: &Object, rest: &[Object]) -> Result<Time, ObjectError> {
    let small = |object: &Object| i8::try_from(int(object)?).map_err(|_| out_of_range("time"));
    let second = rest.first().map_or(Ok(0), small)?;
    let nanos = rest.get(1).map_or(Ok(0), int)?;
    Time::new(small(hour)?, small(minute)?, second, nanos)
        .map_err(|_| ObjectError::exception("java.time.DateTimeException", "Invalid value for time"))
}

pub(super) fn period_between(start: Date, end: Date) -> Outcome {
    let span = start.until((jiff::Unit::Year, end)).map_err(|_| out_of_range("period"))?;
    let months = i32::from(span.get_years()) * 12 + span.get_months();
    Ok(Object::temporal(Temporal::Period(months / 12, months % 12, span.get_days())))
}

/// A constant of `ChronoUnit` by name.
pub(super) fn unit_constant(name: &str) -> Option<Unit> {
    let all = [
        Unit::Nanos,
        Unit::Micros,
        Unit::Millis,
        Unit::Seconds,
        Unit::Minutes,
        Unit::Hours,
        Unit::HalfDays,
        Unit::Days,
        Unit::Weeks,
        Unit::Months,
        Unit::Years,
        Unit::Decades,
        Unit::Centuries,
    ];
    all.into_iter().find(|unit| constant_name(*unit) == name)
}

/// Name of the constant: `HALF_DAYS`.
pub(super) fn constant_name(unit: Unit) -> String {
    match unit {
        Unit::HalfDays => "HALF_DAYS".to_owned(),
        other => other.plural().to_uppercase(),
    }
}

/// A static constant such as `ChronoUnit.DAYS`.
#[expect(clippy::match_same_arms, reason = "one line per class reads as a table")]
pub(crate) fn constant(class: &str, name: &str) -> Option<Object> {
    let value = match class {
        "java.time.temporal.ChronoUnit" => Temporal::Unit(unit_constant(name)?),
        "java.time.ZoneOffset" if name == "UTC" => Temporal::Zone(TimeZone::UTC),
        "java.time.Duration" if name == "ZERO" => Temporal::Duration(SignedDuration::ZERO),
        "java.time.Period" if name == "ZERO" => Temporal::Period(0, 0, 0),
        "java.time.LocalTime" if name == "MIDNIGHT" || name == "MIN" => Temporal::LocalTime(Time::midnight()),
        "java.time.LocalTime" if name == "NOON" => Temporal::LocalTime(Time::constant(12, 0, 0, 0)),
        "java.time.LocalTime" if name == "MAX" => Temporal::LocalTime(Time::MAX),
        "java.time.Instant" if name == "EPOCH" => Temporal::Instant(jiff::Timestamp::UNIX_EPOCH),
        "java.time.DayOfWeek" => Temporal::DayOfWeek(weekday(name)?),
        "java.time.Month" => Temporal::Month((1..=12).find(|month| month_name(*month).eq_ignore_ascii_case(name))?),
        "java.time.format.DateTimeFormatter" => Temporal::Formatter(Pattern::Named(name.to_owned()), None),
        "org.joda.time.DateTimeZone" if name == "UTC" => Temporal::Zone(TimeZone::UTC),
        "java.util.Calendar" | "java.util.GregorianCalendar" => {
            return calendar::constant(name).map(Object::Integer);
        }
        _ => return None,
    };
    Some(Object::temporal(value))
}

fn weekday(name: &str) -> Option<Weekday> {
    let index = super::format::DAYS.iter().position(|day| day.eq_ignore_ascii_case(name))?;
    Weekday::from_monday_zero_offset(i8::try_from(index).ok()?).ok()
}

fn temporal(object: &Object) -> Result<&Temporal, ObjectError> {
    match object {
        Object::Temporal(value) => Ok(value),
        _ => Err(mismatch()),
    }
}

fn now(ctx: &mut dyn Context, zone: Option<&Object>) -> Result<jiff::Zoned, ObjectError> {
    let at = instant(ctx.now_ms())?;
    let zone = zone.map_or_else(|| text::zone(ctx), zone_argument)?;
    Ok(at.to_zoned(zone))
}

/// Calls a static method or constructor (`new`); `None` when the class is not one of dates and times.
pub(crate) fn call_static(class: &str, name: &str, args: &[Object], ctx: &mut dyn Context) -> Option<Outcome> {
    Some(match class {
        "java.time.LocalDate" => local_date(name, args, ctx),
        "java.time.LocalTime" => local_time(name, args, ctx),
        "java.time.LocalDateTime" => local_date_time(name, args, ctx),
        "java.time.ZonedDateTime" | "java.time.OffsetDateTime" => zoned(class, name, args, ctx),
        "java.time.Instant" => instants(name, args, ctx),
        "java.time.Duration" => durations(name, args, ctx),
        "java.time.Period" => periods(name, args, ctx),
        "java.time.ZoneId" | "java.time.ZoneOffset" | "java.util.TimeZone" | "org.joda.time.DateTimeZone" => {
            zones(name, args, ctx)
        }
        "java.time.DayOfWeek" | "java.time.Month" | "java.time.temporal.ChronoUnit" => enums(class, name, args, ctx),
        "java.time.format.DateTimeFormatter" => match (name, args) {
            ("ofPattern", [pattern] | [pattern, _]) => string(pattern, ctx)
                .map(|pattern| Object::temporal(Temporal::Formatter(Pattern::Letters(pattern.to_string()), None))),
            _ => Err(mismatch()),
        },
        "java.text.SimpleDateFormat" => match (name, args) {
            ("new", [pattern] | [pattern, _]) => string(pattern, ctx).map(|pattern| {
                let pattern = Pattern::Letters(pattern.to_string());
                Object::temporal(Temporal::SimpleDateFormat(pattern, RefCell::new(None)))
            }),
            _ => Err(mismatch()),
        },
        "java.util.Calendar" | "java.util.GregorianCalendar" => match (name, args) {
            ("getInstance" | "new", []) => text::zone(ctx).and_then(|zone| calendar::at(ctx.now_ms(), zone)),
            ("getInstance", [zone]) => zone_argument(zone).and_then(|zone| calendar::at(ctx.now_ms(), zone)),
            _ => Err(mismatch()),
        },
        "org.joda.time.DateTime" => joda(name, args, ctx),
        "org.joda.time.LocalDate" => {
            joda(name, args, ctx).and_then(|at| civil_of(&at, |civil| Temporal::JodaLocalDate(civil.date())))
        }
        "org.joda.time.LocalDateTime" => {
            joda(name, args, ctx).and_then(|at| civil_of(&at, Temporal::JodaLocalDateTime))
        }
        "org.joda.time.LocalTime" => {
            joda(name, args, ctx).and_then(|at| civil_of(&at, |civil| Temporal::JodaLocalTime(civil.time())))
        }
        "org.joda.time.Days" | "org.joda.time.Hours" | "org.joda.time.Minutes" => joda_between(class, name, args),
        _ => return None,
    })
}

fn civil_of(object: &Object, made: impl Fn(DateTime) -> Temporal) -> Outcome {
    temporal(object)?.civil().map(|civil| Object::temporal(made(civil))).ok_or_else(mismatch)
}

fn joda_between(class: &str, name: &str, args: &[Object]) -> Outcome {
    let unit = match class {
        "org.joda.time.Days" => Unit::Days,
        "org.joda.time.Hours" => Unit::Hours,
        _ => Unit::Minutes,
    };
    match (name, args) {
        ("daysBetween" | "hoursBetween" | "minutesBetween", [a, b]) => {
            let count = between(temporal(a)?, temporal(b)?, unit)?;
            let length = count.checked_mul(i64::try_from(unit.nanos().unwrap_or(0) / 1_000_000).unwrap_or(0));
            Ok(Object::temporal(Temporal::JodaDuration(length.ok_or_else(|| out_of_range("duration"))?)))
        }
        _ => Err(mismatch()),
    }
}

fn joda(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let at = match (name, args) {
        ("new" | "now", []) => now(ctx, None)?,
        ("now", [zone]) => now(ctx, Some(zone))?,
        ("new", [Object::Date(ms)]) => instant(ms.0)?.to_zoned(text::zone(ctx)?),
        ("new" | "parse", [Object::String(source)]) => {
            let zone = text::zone(ctx)?;
            let parsed = parse::iso(source).map_err(|_| {
                let message = format!("Invalid format: \"{source}\"");
                ObjectError::exception("java.lang.IllegalArgumentException", message)
            })?;
            parsed.zoned(Some(&zone)).ok_or_else(|| out_of_range(source))?.with_time_zone(zone)
        }
        ("new", [Object::Temporal(value)]) => match value.zoned() {
            Some(at) => at,
            None => now(ctx, Some(&args[0]))?,
        },
        ("new", [ms]) => instant(long(ms)?)?.to_zoned(text::zone(ctx)?),
        ("new", [year, month, day]) => {
            date(year, month, day)?.to_zoned(text::zone(ctx)?).map_err(|_| out_of_range("date"))?
        }
        ("new", [year, month, day, hour, minute, rest @ ..]) => {
            let seconds = rest.first().map_or(Ok(0), int)?;
            let millis = rest.get(1).map_or(Ok(0), int)?;
            let nanos = Object::Integer(millis.saturating_mul(1_000_000));
            let time = time(hour, minute, &[Object::Integer(seconds), nanos])?;
            let civil = DateTime::from_parts(date(year, month, day)?, time);
            civil.to_zoned(text::zone(ctx)?).map_err(|_| out_of_range("date"))?
        }
        _ => return Err(mismatch()),
    };
    Ok(Object::temporal(Temporal::JodaDateTime(at)))
}

/// `parse(text)` and `parse(text, formatter)`.
fn parsed(args: &[Object], ctx: &mut dyn Context) -> Result<parse::Parsed, ObjectError> {
    match args {
        [source] => parse::iso(&string(source, ctx)?),
        [source, formatter] => match temporal(formatter)? {
            Temporal::Formatter(pattern, zone) => {
                let mut parsed = parse::parse(&string(source, ctx)?, pattern)?;
                parsed.zone = parsed.zone.or_else(|| zone.clone());
                Ok(parsed)
            }
            _ => Err(mismatch()),
        },
        _ => Err(mismatch()),
    }
}

fn unparsed(args: &[Object], ctx: &mut dyn Context) -> ObjectError {
    let source = args.first().and_then(|source| string(source, ctx).ok()).unwrap_or_default();
    // What is there was understood, but the rest is missing.
    let index = source.encode_utf16().count();
    let message = format!("Text '{source}' could not be parsed at index {index}");
    ObjectError::exception("java.time.format.DateTimeParseException", message)
}

fn local_date(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let date = match (name, args) {
        ("now", []) => now(ctx, None)?.date(),
        ("now", [zone]) => now(ctx, Some(zone))?.date(),
        ("of", [year, month, day]) => date(year, month, day)?,
        ("ofEpochDay", [days]) => {
            let span = jiff::Span::new().try_days(long(days)?).map_err(|_| out_of_range("day"))?;
            Date::constant(1970, 1, 1).checked_add(span).map_err(|_| out_of_range("day"))?
        }
        ("ofInstant", [at, zone]) => {
            temporal(at)?.zoned().ok_or_else(mismatch)?.with_time_zone(zone_argument(zone)?).date()
        }
        ("from", [value]) => temporal(value)?.civil().ok_or_else(mismatch)?.date(),
        ("parse", _) => parsed(args, ctx)?.date.ok_or_else(|| unparsed(args, ctx))?,
        _ => return Err(mismatch()),
    };
    Ok(Object::temporal(Temporal::LocalDate(date)))
}

fn local_time(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let time = match (name, args) {
        ("now", []) => now(ctx, None)?.time(),
        ("now", [zone]) => now(ctx, Some(zone))?.time(),
        ("of", [hour, minute, rest @ ..]) => time(hour, minute, rest)?,
        ("parse", _) => parsed(args, ctx)?.time.ok_or_else(|| unparsed(args, ctx))?,
        _ => return Err(mismatch()),
    };
    Ok(Object::temporal(Temporal::LocalTime(time)))
}

fn local_date_time(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let at = match (name, args) {
        ("now", []) => now(ctx, None)?.datetime(),
        ("now", [zone]) => now(ctx, Some(zone))?.datetime(),
        ("of", [day, clock]) => {
            let (day, clock) = (temporal(day)?.civil(), temporal(clock)?.civil());
            DateTime::from_parts(day.ok_or_else(mismatch)?.date(), clock.ok_or_else(mismatch)?.time())
        }
        ("of", [year, month, day, hour, minute, rest @ ..]) => {
            DateTime::from_parts(date(year, month, day)?, time(hour, minute, rest)?)
        }
        ("ofInstant", [at, zone]) => {
            temporal(at)?.zoned().ok_or_else(mismatch)?.with_time_zone(zone_argument(zone)?).datetime()
        }
        ("ofEpochSecond", [seconds, nanos, zone]) => {
            let at = jiff::Timestamp::new(long(seconds)?, int(nanos)?).map_err(|_| out_of_range("seconds"))?;
            at.to_zoned(zone_argument(zone)?).datetime()
        }
        ("from", [value]) => temporal(value)?.civil().ok_or_else(mismatch)?,
        ("parse", _) => {
            let parsed = parsed(args, ctx)?;
            parsed.time.and(parsed.civil()).ok_or_else(|| unparsed(args, ctx))?
        }
        _ => return Err(mismatch()),
    };
    Ok(Object::temporal(Temporal::LocalDateTime(at)))
}

fn zoned(class: &str, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let at = match (name, args) {
        ("now", []) => now(ctx, None)?,
        ("now", [zone]) => now(ctx, Some(zone))?,
        ("of", [Object::Temporal(at), zone]) => {
            let civil = at.civil().ok_or_else(mismatch)?;
            civil.to_zoned(zone_argument(zone)?).map_err(|_| out_of_range("date"))?
        }
        ("of", [day, clock, zone]) => {
            let (day, clock) = (temporal(day)?.civil(), temporal(clock)?.civil());
            let civil = DateTime::from_parts(day.ok_or_else(mismatch)?.date(), clock.ok_or_else(mismatch)?.time());
            civil.to_zoned(zone_argument(zone)?).map_err(|_| out_of_range("date"))?
        }
        ("of", [year, month, day, hour, minute, second, nanos, zone]) => {
            let time = time(hour, minute, &[second.clone(), nanos.clone()])?;
            let civil = DateTime::from_parts(date(year, month, day)?, time);
            civil.to_zoned(zone_argument(zone)?).map_err(|_| out_of_range("date"))?
        }
        ("ofInstant", [at, zone]) => temporal(at)?.zoned().ok_or_else(mismatch)?.with_time_zone(zone_argument(zone)?),
        ("from", [value]) => temporal(value)?.zoned().ok_or_else(mismatch)?,
        ("parse", _) => parsed(args, ctx)?.zoned(None).ok_or_else(|| unparsed(args, ctx))?,
        _ => return Err(mismatch()),
    };
    Ok(Object::temporal(if class == "java.time.ZonedDateTime" {
        Temporal::ZonedDateTime(at)
    } else {
        let fixed = if at.offset().seconds() == 0 { TimeZone::UTC } else { TimeZone::fixed(at.offset()) };
        Temporal::OffsetDateTime(at.with_time_zone(fixed))
    }))
}

fn instants(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let at = match (name, args) {
        ("now", []) => instant(ctx.now_ms())?,
        ("ofEpochMilli", [ms]) => instant(long(ms)?)?,
        ("ofEpochSecond", [seconds]) => {
            jiff::Timestamp::from_second(long(seconds)?).map_err(|_| out_of_range("seconds"))?
        }
        ("from", [value]) => temporal(value)?.zoned().ok_or_else(mismatch)?.timestamp(),
        ("parse", [_]) => {
            let parsed = parsed(args, ctx)?;
            parsed.zoned(None).ok_or_else(|| unparsed(args, ctx))?.timestamp()
        }
        _ => return Err(mismatch()),
    };
    Ok(Object::temporal(Temporal::Instant(at)))
}

fn durations(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let of = |amount: i64, unit: Unit| {
        let nanos = unit.nanos().ok_or_else(mismatch)? * i128::from(amount);
        let seconds = i64::try_from(nanos.div_euclid(1_000_000_000)).map_err(|_| out_of_range("duration"))?;
        let rest = i32::try_from(nanos.rem_euclid(1_000_000_000)).unwrap_or(0);
        Ok::<_, ObjectError>(SignedDuration::new(seconds, rest))
    };
    let length = match (name, args) {
        ("ofDays", [n]) => of(long(n)?, Unit::Days)?,
        ("ofHours", [n]) => of(long(n)?, Unit::Hours)?,
        ("ofMinutes", [n]) => of(long(n)?, Unit::Minutes)?,
        ("ofSeconds", [n]) => of(long(n)?, Unit::Seconds)?,
        ("ofMillis", [n]) => of(long(n)?, Unit::Millis)?,
        ("ofNanos", [n]) => of(long(n)?, Unit::Nanos)?,
        ("of", [n, unit]) => of(long(n)?, unit_argument(unit)?)?,
        ("between", [a, b]) => {
            let (a, b) = (temporal(a)?, temporal(b)?);
            match (a.zoned(), b.zoned()) {
                (Some(a), Some(b)) => b.timestamp().duration_since(a.timestamp()),
                _ => b.civil().ok_or_else(mismatch)?.duration_since(a.civil().ok_or_else(mismatch)?),
            }
        }
        ("parse", [text]) => parse::duration(&string(text, ctx)?)?,
        _ => return Err(mismatch()),
    };
    Ok(Object::temporal(Temporal::Duration(length)))
}

fn periods(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let (years, months, days) = match (name, args) {
        ("ofYears", [n]) => (int(n)?, 0, 0),
        ("ofMonths", [n]) => (0, int(n)?, 0),
        ("ofWeeks", [n]) => (0, 0, int(n)?.checked_mul(7).ok_or_else(|| out_of_range("period"))?),
        ("ofDays", [n]) => (0, 0, int(n)?),
        ("of", [years, months, days]) => (int(years)?, int(months)?, int(days)?),
        ("between", [a, b]) => {
            let (a, b) = (temporal(a)?.civil(), temporal(b)?.civil());
            return period_between(a.ok_or_else(mismatch)?.date(), b.ok_or_else(mismatch)?.date());
        }
        ("parse", [text]) => parse::period(&string(text, ctx)?)?,
        _ => return Err(mismatch()),
    };
    Ok(Object::temporal(Temporal::Period(years, months, days)))
}

fn zones(name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let zone = match (name, args) {
        ("systemDefault" | "getDefault", []) => text::zone(ctx)?,
        ("ofHours", [hours]) => {
            zone_from_name(&format!("{:+03}:00", int(hours)?)).ok_or_else(|| out_of_range("offset"))?
        }
        ("of" | "getTimeZone" | "forID", [name]) => zone_argument(name)?,
        _ => return Err(mismatch()),
    };
    Ok(Object::temporal(Temporal::Zone(zone)))
}

fn enums(class: &str, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    match (class, name, args) {
        (_, "valueOf", [name]) => {
            let name = string(name, ctx)?;
            constant(class, &name).ok_or_else(|| {
                let message = format!("No enum constant {class}.{name}");
                ObjectError::exception("java.lang.IllegalArgumentException", message)
            })
        }
        ("java.time.DayOfWeek", "of", [number]) => i8::try_from(int(number)?)
            .ok()
            .and_then(|day| Weekday::from_monday_one_offset(day).ok())
            .map(|day| Object::temporal(Temporal::DayOfWeek(day)))
            .ok_or_else(|| out_of_range("day of week")),
        ("java.time.Month", "of", [number]) => u8::try_from(int(number)?)
            .ok()
            .filter(|month| (1..=12).contains(month))
            .map(|month| Object::temporal(Temporal::Month(month)))
            .ok_or_else(|| out_of_range("month")),
        ("java.time.DayOfWeek", "from", [value]) => civil_of(value, |civil| Temporal::DayOfWeek(civil.weekday())),
        ("java.time.Month", "from", [value]) => civil_of(value, |civil| Temporal::Month(civil.month().unsigned_abs())),
        _ => Err(mismatch()),
    }
}
