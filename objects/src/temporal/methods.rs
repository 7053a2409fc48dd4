//! Instance methods of dates and times.

use jiff::{
    SignedDuration,
    civil::{DateTime, Time, Weekday},
    tz::TimeZone,
};
use models::Timestamp;

use super::{
    Pattern, Temporal, Unit,
    arithmetic::{between, nano_of_day, truncate},
    calendar,
    format::{day_name, format, month_name, zone_id},
    instant, out_of_range, parse, zone_from_name,
};
use crate::{
    args::{int, long, mismatch, string},
    context::{Context, ObjectError},
    object::{Extension, Object},
    text,
};

type Outcome = Result<Object, ObjectError>;

fn temporal(object: &Object) -> Result<&Temporal, ObjectError> {
    match object {
        Object::Temporal(value) => Ok(value),
        _ => Err(mismatch()),
    }
}

/// A zone argument: a `ZoneId`, or its name.
pub(super) fn zone_argument(object: &Object) -> Result<TimeZone, ObjectError> {
    match object {
        Object::Temporal(value) => match &**value {
            Temporal::Zone(zone) => Ok(zone.clone()),
            _ => Err(mismatch()),
        },
        Object::String(name) => zone_from_name(name).ok_or_else(|| {
            let message = format!("Unknown time-zone ID: {name}");
            ObjectError::exception("java.time.zone.ZoneRulesException", message)
        }),
        _ => Err(mismatch()),
    }
}

/// A unit argument: a `ChronoUnit`, or the name of its constant.
pub(super) fn unit_argument(object: &Object) -> Result<Unit, ObjectError> {
    match object {
        Object::Temporal(value) => match &**value {
            Temporal::Unit(unit) => Ok(*unit),
            _ => Err(mismatch()),
        },
        Object::String(name) => super::statics::unit_constant(name).ok_or_else(mismatch),
        _ => Err(mismatch()),
    }
}

/// Milliseconds of anything that is a point in time.
fn millis(object: &Object) -> Result<i64, ObjectError> {
    match object {
        Object::Date(Timestamp(ms)) => Ok(*ms),
        Object::Temporal(value) => value.zoned().map(|at| at.timestamp().as_millisecond()).ok_or_else(mismatch),
        number => number.long_value().ok_or_else(mismatch),
    }
}

/// Calls a method of a date, a time, an amount of time or what belongs to them.
///
/// # Errors
/// [`ObjectError::UnknownMethod`] without names when there is no such method.
pub fn call(value: &Temporal, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    if let Some(outcome) = moved(value, name, args) {
        return outcome;
    }
    if let ("toString", []) = (name, args) {
        return Ok(Object::string(value.text()));
    }
    match value {
        Temporal::JodaDateTime(_)
        | Temporal::JodaLocalDate(_)
        | Temporal::JodaLocalDateTime(_)
        | Temporal::JodaLocalTime(_) => joda(value, name, args, ctx),
        Temporal::LocalDate(_)
        | Temporal::LocalTime(_)
        | Temporal::LocalDateTime(_)
        | Temporal::ZonedDateTime(_)
        | Temporal::OffsetDateTime(_) => java(value, name, args),
        Temporal::Instant(at) => at_instant(*at, value, name, args),
        Temporal::Duration(length) => duration(*length, name, args),
        Temporal::JodaDuration(ms) => duration(SignedDuration::from_millis(*ms), name, args),
        Temporal::Period(years, months, days) => period((*years, *months, *days), name, args),
        Temporal::Zone(zone) => match (name, args) {
            ("getId" | "getID", []) => Ok(Object::string(zone_id(zone))),
            ("getTotalSeconds", []) => {
                zone.to_fixed_offset().map(|offset| Object::Integer(offset.seconds())).map_err(|_| mismatch())
            }
            _ => Err(mismatch()),
        },
        Temporal::DayOfWeek(day) => day_of_week(*day, name, args),
        Temporal::Month(month) => match (name, args) {
            ("getValue", []) => Ok(Object::Integer(i32::from(*month))),
            ("ordinal", []) => Ok(Object::Integer(i32::from(*month) - 1)),
            ("name", []) => Ok(Object::string(month_name(*month).to_uppercase())),
            ("getDisplayName", [style, _]) => display_name(month_name(*month), style, ctx),
            ("plus", [count]) => {
                let moved = (i64::from(*month) - 1 + long(count)? % 12).rem_euclid(12) + 1;
                Ok(Object::temporal(Temporal::Month(u8::try_from(moved).unwrap_or(1))))
            }
            _ => Err(mismatch()),
        },
        Temporal::Unit(unit) => match (name, args) {
            ("between", [a, b]) => Ok(Object::Long(between(temporal(a)?, temporal(b)?, *unit)?)),
            ("name", []) => Ok(Object::string(super::statics::constant_name(*unit))),
            _ => Err(mismatch()),
        },
        Temporal::Formatter(pattern, zone) => formatter(pattern, zone.as_ref(), name, args),
        Temporal::SimpleDateFormat(pattern, zone) => match (name, args) {
            ("format", [date]) => {
                let at = instant(millis(date)?)?;
                let zone = zone.borrow().clone().map_or_else(|| text::zone(ctx), Ok)?;
                format(&Temporal::ZonedDateTime(at.to_zoned(zone)), pattern, None).map(Object::string)
            }
            ("parse", [text]) => {
                let source = string(text, ctx)?;
                let zone = zone.borrow().clone().map_or_else(|| text::zone(ctx), Ok)?;
                let at = parse::parse(&source, pattern).ok().and_then(|parsed| parsed.zoned(Some(&zone)));
                let at = at.ok_or_else(|| {
                    let message = format!("Unparseable date: \"{source}\"");
                    ObjectError::exception("java.text.ParseException", message)
                })?;
                Ok(Object::Date(Timestamp(at.timestamp().as_millisecond())))
            }
            ("setTimeZone", [to]) => {
                *zone.borrow_mut() = Some(zone_argument(to)?);
                Ok(Object::Null)
            }
            ("setLenient", [_]) => Ok(Object::Null),
            ("toPattern", []) => Ok(Object::string(value.text())),
            _ => Err(mismatch()),
        },
        Temporal::Calendar(at) => calendar::call(at, name, args),
    }
}

/// `plusDays(1)`, `minusHours(2)`, `plus(1, unit)`, `plus(duration)`: the same for all classes.
fn moved(value: &Temporal, name: &str, args: &[Object]) -> Option<Outcome> {
    let (sign, word) = match (name.strip_prefix("plus"), name.strip_prefix("minus")) {
        (Some(word), _) => (1, word),
        (_, Some(word)) => (-1, word),
        _ => return None,
    };
    if matches!(value, Temporal::Period(..) | Temporal::DayOfWeek(_) | Temporal::Month(_)) {
        return None;
    }
    let move_by = |amount: i64, unit: Unit| {
        let amount = amount.checked_mul(sign).ok_or_else(|| out_of_range(&amount.to_string()))?;
        value.plus(amount, unit).map(Object::temporal)
    };
    Some(match (word, args) {
        ("", [amount, unit]) => long(amount).and_then(|amount| move_by(amount, unit_argument(unit)?)),
        ("", [Object::Temporal(amount)]) => match &**amount {
            Temporal::Duration(length) => move_by_duration(value, *length, sign),
            Temporal::JodaDuration(ms) => move_by(*ms, Unit::Millis),
            Temporal::Period(years, months, days) => {
                let months = (i64::from(*years) * 12 + i64::from(*months)) * sign;
                value
                    .plus(months, Unit::Months)
                    .and_then(|moved| moved.plus(i64::from(*days) * sign, Unit::Days))
                    .map(Object::temporal)
            }
            _ => return None,
        },
        ("", [amount]) if value.class_name().starts_with("org.joda") => {
            long(amount).and_then(|amount| move_by(amount, Unit::Millis))
        }
        (word, [amount]) => {
            let unit = Unit::from_plural(word)?;
            long(amount).and_then(|amount| move_by(amount, unit))
        }
        _ => return None,
    })
}

fn move_by_duration(value: &Temporal, length: SignedDuration, sign: i64) -> Outcome {
    let moved = value.plus(length.as_secs() * sign, Unit::Seconds)?;
    moved.plus(i64::from(length.subsec_nanos()) * sign, Unit::Nanos).map(Object::temporal)
}

/// Getters that Joda and `java.time` share.
fn getter(at: DateTime, name: &str) -> Option<Object> {
    let number = |value: i32| Some(Object::Integer(value));
    match name {
        "getYear" => number(i32::from(at.year())),
        "getMonthOfYear" | "getMonthValue" => number(i32::from(at.month())),
        "getDayOfMonth" => number(i32::from(at.day())),
        "getDayOfYear" => number(i32::from(at.day_of_year())),
        "getHourOfDay" | "getHour" => number(i32::from(at.hour())),
        "getMinuteOfHour" | "getMinute" => number(i32::from(at.minute())),
        "getMinuteOfDay" => number(i32::from(at.hour()) * 60 + i32::from(at.minute())),
        "getSecondOfMinute" | "getSecond" => number(i32::from(at.second())),
        "getSecondOfDay" | "toSecondOfDay" => {
            number(i32::try_from(nano_of_day(at.time()) / 1_000_000_000).unwrap_or(0))
        }
        "getMillisOfSecond" => number(i32::from(at.millisecond())),
        "getMillisOfDay" => number(i32::try_from(nano_of_day(at.time()) / 1_000_000).unwrap_or(0)),
        "getNano" => number(at.subsec_nanosecond()),
        "toNanoOfDay" => Some(Object::Long(nano_of_day(at.time()))),
        "getWeekOfWeekyear" => number(i32::from(at.date().iso_week_date().week())),
        "getWeekyear" => number(i32::from(at.date().iso_week_date().year())),
        _ => None,
    }
}

/// Lowest and highest value of a field, by the name of its `with…` method.
fn field_range(at: DateTime, name: &str) -> (i64, i64) {
    match name {
        "withYear" => (-9999, 9999),
        "withMonthOfYear" | "withMonth" => (1, 12),
        "withDayOfMonth" => (1, i64::from(at.date().days_in_month())),
        "withDayOfYear" => (1, i64::from(at.date().days_in_year())),
        "withDayOfWeek" => (1, 7),
        "withHourOfDay" | "withHour" => (0, 23),
        "withMillisOfSecond" => (0, 999),
        "withNano" => (0, 999_999_999),
        _ => (0, 59),
    }
}

fn field_out_of_range(at: DateTime, name: &str, to: i64, joda: bool) -> ObjectError {
    let field = &name[4..];
    let (least, most) = field_range(at, name);
    if joda {
        let field = format!("{}{}", field[..1].to_lowercase(), &field[1..]);
        let message = format!("Value {to} for {field} must be in the range [{least},{most}]");
        return ObjectError::exception("org.joda.time.IllegalFieldValueException", message);
    }
    let most = if name == "withDayOfMonth" { "28/31".to_owned() } else { most.to_string() };
    let message = format!("Invalid value for {field} (valid values {least} - {most}): {to}");
    ObjectError::exception("java.time.DateTimeException", message)
}

/// Replaces one field: `withHourOfDay(8)`, `withHour(8)`.
fn replaced(at: DateTime, name: &str, to: i64, joda: bool) -> Option<Result<DateTime, ObjectError>> {
    let small = i8::try_from(to);
    let wrong = || field_out_of_range(at, name, to, joda);
    let with = at.with();
    let built = match name {
        "withYear" => {
            let year = i16::try_from(to).ok()?;
            let first = at.with().day(1).year(year).build().ok()?;
            return Some(first.with().day(at.day().min(first.days_in_month())).build().map_err(|_| wrong()));
        }
        "withMonthOfYear" | "withMonth" => {
            let Ok(first) =
                small.map_err(|_| wrong()).and_then(|month| at.with().day(1).month(month).build().map_err(|_| wrong()))
            else {
                return Some(Err(wrong()));
            };
            return Some(first.with().day(at.day().min(first.days_in_month())).build().map_err(|_| wrong()));
        }
        "withDayOfMonth" => small.ok().map(|day| with.day(day).build()),
        "withDayOfYear" => i16::try_from(to).ok().map(|day| with.day_of_year(day).build()),
        "withDayOfWeek" => small
            .ok()
            .filter(|day| (1..=7).contains(day))
            .map(|day| at.checked_add(jiff::Span::new().days(i64::from(day - at.weekday().to_monday_one_offset())))),
        "withHourOfDay" | "withHour" => small.ok().map(|hour| with.hour(hour).build()),
        "withMinuteOfHour" | "withMinute" => small.ok().map(|minute| with.minute(minute).build()),
        "withSecondOfMinute" | "withSecond" => small.ok().map(|second| with.second(second).build()),
        "withMillisOfSecond" => {
            i32::try_from(to).ok().map(|ms| with.subsec_nanosecond(ms.saturating_mul(1_000_000)).build())
        }
        "withNano" => i32::try_from(to).ok().map(|nanos| with.subsec_nanosecond(nanos).build()),
        _ => return None,
    };
    Some(built.and_then(Result::ok).ok_or_else(wrong))
}

fn joda(value: &Temporal, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let civil = value.civil().ok_or_else(mismatch)?;
    if args.is_empty()
        && let Some(found) = getter(civil, name)
    {
        return Ok(found);
    }
    if let [to] = args
        && name.starts_with("with")
        && name.contains("Of")
        && name != "withTimeAtStartOfDay"
        && let Some(changed) = replaced(civil, name, long(to)?, true)
    {
        return value.with_civil(changed?).map(Object::temporal);
    }
    if let Temporal::JodaDateTime(at) = value {
        let ms = at.timestamp().as_millisecond();
        match (name, args) {
            ("getMillis", []) => return Ok(Object::Long(ms)),
            ("toDate", []) => return Ok(Object::Date(Timestamp(ms))),
            ("isAfter", [when]) => return Ok(Object::Boolean(ms > millis(when)?)),
            ("isBefore", [when]) => return Ok(Object::Boolean(ms < millis(when)?)),
            ("isEqual", [when]) => return Ok(Object::Boolean(ms == millis(when)?)),
            ("isAfterNow", []) => return Ok(Object::Boolean(ms > ctx.now_ms())),
            ("isBeforeNow", []) => return Ok(Object::Boolean(ms < ctx.now_ms())),
            ("toDateTime", []) => return Ok(Object::temporal(value.clone())),
            ("withZone" | "toDateTime", [zone]) => {
                return Ok(Object::temporal(Temporal::JodaDateTime(at.with_time_zone(zone_argument(zone)?))));
            }
            ("getZone", []) => return Ok(Object::temporal(Temporal::Zone(at.time_zone().clone()))),
            ("withMillis", [ms]) => {
                let moved = instant(long(ms)?)?.to_zoned(at.time_zone().clone());
                return Ok(Object::temporal(Temporal::JodaDateTime(moved)));
            }
            _ => {}
        }
    }
    Ok(match (name, args) {
        ("withTimeAtStartOfDay", []) => {
            Object::temporal(value.with_civil(DateTime::from_parts(civil.date(), Time::midnight()))?)
        }
        ("withTime", [hour, minute, second, ms]) => {
            let part = |object: &Object| i8::try_from(int(object)?).map_err(|_| out_of_range("time"));
            let nanos = int(ms)?.saturating_mul(1_000_000);
            let time = Time::new(part(hour)?, part(minute)?, part(second)?, nanos).map_err(|_| out_of_range("time"))?;
            Object::temporal(value.with_civil(DateTime::from_parts(civil.date(), time))?)
        }
        ("withDate", [year, month, day]) => {
            let date = super::statics::date(year, month, day)?;
            Object::temporal(value.with_civil(DateTime::from_parts(date, civil.time()))?)
        }
        ("withYear", [year]) => {
            let changed = replaced(civil, name, long(year)?, true).ok_or_else(|| out_of_range("year"))??;
            Object::temporal(value.with_civil(changed)?)
        }
        (
            "year" | "monthOfYear" | "dayOfMonth" | "dayOfWeek" | "dayOfYear" | "hourOfDay" | "minuteOfHour"
            | "secondOfMinute" | "millisOfSecond",
            [],
        ) => Object::Extension(std::rc::Rc::new(Property { of: value.clone(), field: capitalised(name) })),
        ("getDayOfWeek", []) => Object::Integer(i32::from(civil.weekday().to_monday_one_offset())),
        ("toLocalDate", []) => Object::temporal(Temporal::JodaLocalDate(civil.date())),
        ("toLocalTime", []) => Object::temporal(Temporal::JodaLocalTime(civil.time())),
        ("toLocalDateTime", []) => Object::temporal(Temporal::JodaLocalDateTime(civil)),
        ("toDate" | "toDateTimeAtStartOfDay" | "toDateTime" | "toDateTimeAtCurrentTime", []) => {
            let at = civil.to_zoned(text::zone(ctx)?).map_err(|_| out_of_range("date"))?;
            if name == "toDate" {
                Object::Date(Timestamp(at.timestamp().as_millisecond()))
            } else {
                Object::temporal(Temporal::JodaDateTime(at))
            }
        }
        ("isAfter" | "isBefore" | "isEqual", [when]) => compare_civil(value, name, when)?,
        ("toString", [pattern] | [pattern, _]) => {
            let pattern = Pattern::Letters(string(pattern, ctx)?.to_string());
            Object::string(format(value, &pattern, None)?)
        }
        _ => return Err(mismatch()),
    })
}

fn capitalised(name: &str) -> String {
    format!("{}{}", name[..1].to_uppercase(), &name[1..])
}

/// `org.joda.time.DateTime.Property`: one field of a date, such as `dateTime().dayOfMonth()`.
#[derive(Debug)]
struct Property {
    of: Temporal,
    field: String,
}

impl Property {
    fn with(&self, to: i64) -> Outcome {
        let civil = self.of.civil().ok_or_else(mismatch)?;
        let changed = replaced(civil, &format!("with{}", self.field), to, true).ok_or_else(mismatch)??;
        self.of.with_civil(changed).map(Object::temporal)
    }
}

impl Extension for Property {
    fn class_name(&self) -> String {
        format!("{}$Property", self.of.class_name())
    }

    fn text(&self) -> String {
        format!("Property[{}{}]", self.field[..1].to_lowercase(), &self.field[1..])
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn call(&self, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
        let civil = self.of.civil().ok_or_else(mismatch)?;
        let (least, most) = field_range(civil, &format!("with{}", self.field));
        let number = |value: i64| Ok(Object::Integer(i32::try_from(value).unwrap_or(i32::MAX)));
        match (name, args) {
            ("get", []) => call(&self.of, &format!("get{}", self.field), &[], ctx),
            ("getAsText" | "getAsShortText" | "getAsString", [] | [_]) => {
                let full = match self.field.as_str() {
                    "DayOfWeek" => day_name(civil.weekday()),
                    "MonthOfYear" => month_name(civil.month().unsigned_abs()),
                    _ => "",
                };
                if full.is_empty() || name == "getAsString" {
                    let value = call(&self.of, &format!("get{}", self.field), &[], ctx)?;
                    return text::to_text(&value, ctx).map(Object::String);
                }
                Ok(Object::string(if name == "getAsShortText" { &full[..3] } else { full }))
            }
            ("getMinimumValue", []) => number(least),
            ("getMaximumValue", []) => number(most),
            ("withMinimumValue", []) => self.with(least),
            ("withMaximumValue", []) => self.with(most),
            ("setCopy", [to]) => self.with(long(to)?),
            ("addToCopy", [amount]) => {
                let unit = match self.field.as_str() {
                    "Year" => Unit::Years,
                    "MonthOfYear" => Unit::Months,
                    "HourOfDay" => Unit::Hours,
                    "MinuteOfHour" => Unit::Minutes,
                    "SecondOfMinute" => Unit::Seconds,
                    "MillisOfSecond" => Unit::Millis,
                    _ => Unit::Days,
                };
                self.of.plus(long(amount)?, unit).map(Object::temporal)
            }
            _ => Err(mismatch()),
        }
    }
}

fn compare_civil(value: &Temporal, name: &str, when: &Object) -> Outcome {
    let other = temporal(when)?;
    let order = match (value.zoned(), other.zoned()) {
        (Some(a), Some(b)) => a.timestamp().cmp(&b.timestamp()),
        (None, None) => value.civil().ok_or_else(mismatch)?.cmp(&other.civil().ok_or_else(mismatch)?),
        _ => return Err(mismatch()),
    };
    Ok(Object::Boolean(match name {
        "isAfter" => order.is_gt(),
        "isBefore" => order.is_lt(),
        _ => order.is_eq(),
    }))
}

fn java(value: &Temporal, name: &str, args: &[Object]) -> Outcome {
    let civil = value.civil().ok_or_else(mismatch)?;
    if args.is_empty()
        && let Some(found) = getter(civil, name)
    {
        return Ok(found);
    }
    if let [to] = args
        && name.starts_with("with")
        && to.is_number()
        && let Some(changed) = replaced(civil, name, long(to)?, false)
    {
        return value.with_civil(changed?).map(Object::temporal);
    }
    if let Some(at) = value.zoned() {
        let found = match (name, args) {
            ("toInstant", []) => Temporal::Instant(at.timestamp()),
            ("toEpochSecond", []) => return Ok(Object::Long(at.timestamp().as_second())),
            ("getZone", []) => Temporal::Zone(at.time_zone().clone()),
            ("getOffset", []) => Temporal::Zone(TimeZone::fixed(at.offset())),
            ("toOffsetDateTime", []) => Temporal::OffsetDateTime(at.with_time_zone(TimeZone::fixed(at.offset()))),
            ("toZonedDateTime", []) => Temporal::ZonedDateTime(at),
            ("withZoneSameInstant" | "atZoneSameInstant", [zone]) => {
                Temporal::ZonedDateTime(at.with_time_zone(zone_argument(zone)?))
            }
            ("withOffsetSameInstant", [zone]) => Temporal::OffsetDateTime(at.with_time_zone(zone_argument(zone)?)),
            ("withZoneSameLocal", [zone]) => {
                Temporal::ZonedDateTime(civil.to_zoned(zone_argument(zone)?).map_err(|_| out_of_range("date"))?)
            }
            _ => return local(value, civil, name, args),
        };
        return Ok(Object::temporal(found));
    }
    local(value, civil, name, args)
}

fn local(value: &Temporal, civil: DateTime, name: &str, args: &[Object]) -> Outcome {
    let range = |_| out_of_range("date");
    Ok(match (name, args) {
        ("getDayOfWeek", []) => Object::temporal(Temporal::DayOfWeek(civil.weekday())),
        ("getMonth", []) => Object::temporal(Temporal::Month(civil.month().unsigned_abs())),
        ("lengthOfMonth", []) => Object::Integer(i32::from(civil.date().days_in_month())),
        ("lengthOfYear", []) => Object::Integer(i32::from(civil.date().days_in_year())),
        ("isLeapYear", []) => Object::Boolean(civil.date().in_leap_year()),
        ("toEpochDay", []) => {
            let days = civil.date().duration_since(jiff::civil::Date::constant(1970, 1, 1)).as_hours() / 24;
            Object::Long(days)
        }
        ("toLocalDate", []) => Object::temporal(Temporal::LocalDate(civil.date())),
        ("toLocalTime", []) => Object::temporal(Temporal::LocalTime(civil.time())),
        ("toLocalDateTime", []) => Object::temporal(Temporal::LocalDateTime(civil)),
        ("atStartOfDay", []) => Object::temporal(Temporal::LocalDateTime(civil.date().at(0, 0, 0, 0))),
        ("atStartOfDay", [zone]) => {
            let at = civil.date().to_zoned(zone_argument(zone)?).map_err(range)?;
            Object::temporal(Temporal::ZonedDateTime(at))
        }
        ("atTime", [Object::Temporal(time)]) => match &**time {
            Temporal::LocalTime(time) => {
                Object::temporal(Temporal::LocalDateTime(DateTime::from_parts(civil.date(), *time)))
            }
            _ => return Err(mismatch()),
        },
        ("atTime", [hour, minute, rest @ ..]) => {
            let time = super::statics::time(hour, minute, rest)?;
            Object::temporal(Temporal::LocalDateTime(DateTime::from_parts(civil.date(), time)))
        }
        ("atDate", [Object::Temporal(date)]) => {
            let date = date.civil().ok_or_else(mismatch)?.date();
            Object::temporal(Temporal::LocalDateTime(DateTime::from_parts(date, civil.time())))
        }
        ("atZone", [zone]) => {
            Object::temporal(Temporal::ZonedDateTime(civil.to_zoned(zone_argument(zone)?).map_err(range)?))
        }
        ("atOffset", [zone]) => {
            Object::temporal(Temporal::OffsetDateTime(civil.to_zoned(zone_argument(zone)?).map_err(range)?))
        }
        ("toInstant", [zone]) => {
            let at = civil.to_zoned(zone_argument(zone)?).map_err(range)?;
            Object::temporal(Temporal::Instant(at.timestamp()))
        }
        ("toEpochSecond", [zone]) => {
            Object::Long(civil.to_zoned(zone_argument(zone)?).map_err(range)?.timestamp().as_second())
        }
        ("truncatedTo", [unit]) => Object::temporal(value.with_civil(truncate(civil, unit_argument(unit)?)?)?),
        ("isAfter" | "isBefore" | "isEqual", [when]) => compare_civil(value, name, when)?,
        ("until", [end, unit]) => Object::Long(between(value, temporal(end)?, unit_argument(unit)?)?),
        ("until", [end]) => {
            let end = temporal(end)?.civil().ok_or_else(mismatch)?.date();
            super::statics::period_between(civil.date(), end)?
        }
        ("format", [formatter]) => match temporal(formatter)? {
            Temporal::Formatter(pattern, zone) => Object::string(format(value, pattern, zone.as_ref())?),
            _ => return Err(mismatch()),
        },
        ("get" | "getLong", [_]) => {
            return Err(ObjectError::exception(
                "java.lang.UnsupportedOperationException",
                "get(field) is not supported; use a getter such as getDayOfMonth()",
            ));
        }
        _ => return Err(mismatch()),
    })
}

fn at_instant(at: jiff::Timestamp, value: &Temporal, name: &str, args: &[Object]) -> Outcome {
    Ok(match (name, args) {
        ("toEpochMilli", []) => Object::Long(at.as_millisecond()),
        ("getEpochSecond", []) => Object::Long(at.as_second()),
        ("getNano", []) => Object::Integer(at.subsec_nanosecond()),
        ("atZone", [zone]) => Object::temporal(Temporal::ZonedDateTime(at.to_zoned(zone_argument(zone)?))),
        ("atOffset", [zone]) => Object::temporal(Temporal::OffsetDateTime(at.to_zoned(zone_argument(zone)?))),
        ("isAfter" | "isBefore", [when]) => compare_civil(value, name, when)?,
        ("until", [end, unit]) => Object::Long(between(value, temporal(end)?, unit_argument(unit)?)?),
        ("truncatedTo", [unit]) => {
            let civil = truncate(at.to_zoned(TimeZone::UTC).datetime(), unit_argument(unit)?)?;
            let at = civil.to_zoned(TimeZone::UTC).map_err(|_| out_of_range("instant"))?;
            Object::temporal(Temporal::Instant(at.timestamp()))
        }
        _ => return Err(mismatch()),
    })
}

fn duration(length: SignedDuration, name: &str, args: &[Object]) -> Outcome {
    let seconds = length.as_secs();
    Ok(match (name, args) {
        ("toDays" | "toDaysPart" | "getStandardDays", []) => Object::Long(seconds / 86_400),
        ("toHours" | "getStandardHours", []) => Object::Long(seconds / 3600),
        ("toMinutes" | "getStandardMinutes", []) => Object::Long(seconds / 60),
        ("toSeconds" | "getSeconds" | "getStandardSeconds", []) => Object::Long(seconds),
        ("toMillis" | "getMillis", []) => {
            Object::Long(i64::try_from(length.as_millis()).map_err(|_| out_of_range("duration"))?)
        }
        ("toNanos", []) => Object::Long(i64::try_from(length.as_nanos()).map_err(|_| out_of_range("duration"))?),
        ("toHoursPart", []) => Object::Integer(i32::try_from(seconds / 3600 % 24).unwrap_or(0)),
        ("toMinutesPart", []) => Object::Integer(i32::try_from(seconds / 60 % 60).unwrap_or(0)),
        ("toSecondsPart", []) => Object::Integer(i32::try_from(seconds % 60).unwrap_or(0)),
        ("getNano" | "toNanosPart", []) => Object::Integer(length.subsec_nanos()),
        ("isNegative", []) => Object::Boolean(length.is_negative()),
        ("isZero", []) => Object::Boolean(length.is_zero()),
        ("negated", []) => Object::temporal(Temporal::Duration(-length)),
        ("abs", []) => Object::temporal(Temporal::Duration(length.abs())),
        ("multipliedBy", [factor]) => {
            let factor = int(factor)?;
            Object::temporal(Temporal::Duration(length.checked_mul(factor).ok_or_else(|| out_of_range("duration"))?))
        }
        ("dividedBy", [divisor]) => {
            let by_zero = || ObjectError::exception("java.lang.ArithmeticException", "Cannot divide by zero");
            Object::temporal(Temporal::Duration(length.checked_div(int(divisor)?).ok_or_else(by_zero)?))
        }
        _ => return Err(mismatch()),
    })
}

fn period((years, months, days): (i32, i32, i32), name: &str, args: &[Object]) -> Outcome {
    let made = |years, months, days| Ok(Object::temporal(Temporal::Period(years, months, days)));
    let sum = |a: i32, b: i64| {
        i64::from(a).checked_add(b).and_then(|sum| i32::try_from(sum).ok()).ok_or_else(|| out_of_range("period"))
    };
    match (name, args) {
        ("getYears", []) => Ok(Object::Integer(years)),
        ("getMonths", []) => Ok(Object::Integer(months)),
        ("getDays", []) => Ok(Object::Integer(days)),
        ("toTotalMonths", []) => Ok(Object::Long(i64::from(years) * 12 + i64::from(months))),
        ("isZero", []) => Ok(Object::Boolean(years == 0 && months == 0 && days == 0)),
        ("isNegative", []) => Ok(Object::Boolean(years < 0 || months < 0 || days < 0)),
        ("plusYears", [more]) => made(sum(years, long(more)?)?, months, days),
        ("plusMonths", [more]) => made(years, sum(months, long(more)?)?, days),
        ("plusDays", [more]) => made(years, months, sum(days, long(more)?)?),
        ("minusYears", [less]) => made(sum(years, -long(less)?)?, months, days),
        ("minusMonths", [less]) => made(years, sum(months, -long(less)?)?, days),
        ("minusDays", [less]) => made(years, months, sum(days, -long(less)?)?),
        ("negated", []) => made(-years, -months, -days),
        ("normalized", []) => {
            let total = i64::from(years) * 12 + i64::from(months);
            made(sum(0, total / 12)?, sum(0, total % 12)?, days)
        }
        _ => Err(mismatch()),
    }
}

fn day_of_week(day: Weekday, name: &str, args: &[Object]) -> Outcome {
    Ok(match (name, args) {
        ("getValue", []) => Object::Integer(i32::from(day.to_monday_one_offset())),
        ("ordinal", []) => Object::Integer(i32::from(day.to_monday_zero_offset())),
        ("name", []) => Object::string(day_name(day).to_uppercase()),
        ("plus", [count]) => Object::temporal(Temporal::DayOfWeek(day.wrapping_add(long(count)?))),
        ("minus", [count]) => Object::temporal(Temporal::DayOfWeek(day.wrapping_sub(long(count)?))),
        ("getDisplayName", [Object::String(style), _]) if style.starts_with("SHORT") => {
            Object::string(&day_name(day)[..3])
        }
        ("getDisplayName", [_, _]) => Object::string(day_name(day)),
        _ => return Err(mismatch()),
    })
}

fn display_name(full: &str, style: &Object, ctx: &mut dyn Context) -> Outcome {
    let style = string(style, ctx)?;
    Ok(Object::string(if style.starts_with("SHORT") { &full[..3] } else { full }))
}

fn formatter(pattern: &Pattern, zone: Option<&TimeZone>, name: &str, args: &[Object]) -> Outcome {
    Ok(match (name, args) {
        ("format", [value]) => Object::string(format(temporal(value)?, pattern, zone)?),
        ("withZone", [zone]) => Object::temporal(Temporal::Formatter(pattern.clone(), Some(zone_argument(zone)?))),
        ("withLocale", [_]) => Object::temporal(Temporal::Formatter(pattern.clone(), zone.cloned())),
        ("getZone", []) => zone.map_or(Object::Null, |zone| Object::temporal(Temporal::Zone(zone.clone()))),
        _ => return Err(mismatch()),
    })
}
