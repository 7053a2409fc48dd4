//! Conversions between types.

use std::{fmt::Write, sync::Arc};

use jiff::{
    civil::{Date, Time},
    tz::Offset,
};

use super::{Arguments, Builtin, illegal, text};
use crate::{
    decimal::{Decimal, Rounding},
    error::Failure,
    eval::{Evaluator, Outcome},
    temporal::{self, ZonedTime},
    value::Value,
};

pub(super) fn named(name: &str) -> Option<&'static [Builtin]> {
    static DATE: [Builtin; 2] = [Builtin::new(&["from"], date), Builtin::new(&["year", "month", "day"], date_of)];
    static DATE_TIME: [Builtin; 2] =
        [Builtin::new(&["from"], date_time), Builtin::new(&["date", "time"], date_time_of)];
    static TIME: [Builtin; 3] = [
        Builtin::new(&["from"], time),
        Builtin::new(&["hour", "minute", "second"], time_of),
        Builtin::new(&["hour", "minute", "second", "offset"], time_of),
    ];
    static NUMBER: [Builtin; 3] = [
        Builtin::new(&["from"], number),
        Builtin::new(&["from", "grouping separator"], number),
        Builtin::new(&["from", "grouping separator", "decimal separator"], number),
    ];
    static STRING: [Builtin; 1] = [Builtin::new(&["from"], string)];
    static DURATION: [Builtin; 1] = [Builtin::new(&["from"], duration)];
    static YEARS_AND_MONTHS: [Builtin; 1] = [Builtin::new(&["from", "to"], years_and_months)];
    Some(match name {
        "date" => &DATE,
        "date and time" => &DATE_TIME,
        "time" => &TIME,
        "number" => &NUMBER,
        "string" => &STRING,
        "duration" => &DURATION,
        "years and months duration" => &YEARS_AND_MONTHS,
        _ => return None,
    })
}

fn unparsable(what: &str, from: &str) -> Failure {
    Failure::error(format!("Failed to parse {what} from '{from}'"))
}

fn date(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [Value::String(from)] => temporal::parse_date(from).map(Value::Date).ok_or_else(|| unparsable("date", from)),
        [Value::LocalDateTime(from)] => Ok(Value::Date(from.date())),
        [Value::DateTime(from)] => Ok(Value::Date(from.date())),
        [Value::Date(from)] => Ok(Value::Date(*from)),
        _ => illegal(),
    }
}

fn date_of(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::Number(year), Value::Number(month), Value::Number(day)] = arguments else { return illegal() };
    let parts = (
        i16::try_from(year.to_i32_wrapping()),
        i8::try_from(month.to_i32_wrapping()),
        i8::try_from(day.to_i32_wrapping()),
    );
    if let (Ok(year), Ok(month), Ok(day)) = parts
        && let Ok(date) = Date::new(year, month, day)
    {
        return Ok(Value::Date(date));
    }
    Err(Failure::error(format!("Failed to parse date from: year={year}, month={month}, day={day}")))
}

fn date_time(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::String(from)] = arguments else { return illegal() };
    let parsed = if temporal::is_date(from) {
        temporal::parse_date(from).map(|date| Value::LocalDateTime(date.at(0, 0, 0, 0)))
    } else if temporal::is_offset_date_time(from) {
        temporal::parse_date_time(from).map(Value::date_time)
    } else if temporal::is_local_date_time(from) {
        temporal::parse_local_date_time(from).map(Value::LocalDateTime)
    } else {
        None
    };
    parsed.ok_or_else(|| unparsable("date-time", from))
}

fn date_time_of(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let zone = |name: &str| {
        temporal::zone_of(name)
            .ok_or_else(|| Failure::Abort(format!("java.time.zone.ZoneRulesException: Unknown time-zone ID: {name}")))
    };
    let out_of_range = || Failure::Abort("java.time.DateTimeException".to_owned());
    let date = match arguments {
        [Value::LocalDateTime(from), Value::String(name)] => {
            return from.to_zoned(zone(name)?).map(Value::date_time).map_err(|_| out_of_range());
        }
        [Value::DateTime(from), Value::String(name)] => {
            return Ok(Value::date_time(from.with_time_zone(zone(name)?)));
        }
        [Value::Date(date), _] => *date,
        [Value::LocalDateTime(from), _] => from.date(),
        [Value::DateTime(from), _] => from.date(),
        _ => return illegal(),
    };
    match &arguments[1] {
        Value::LocalTime(time) => Ok(Value::LocalDateTime(date.to_datetime(*time))),
        Value::Time(time) => time.on(date).map(Value::date_time).ok_or_else(out_of_range),
        _ => illegal(),
    }
}

fn time(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [Value::String(from)] => {
            let parsed = if temporal::is_offset_time(from) {
                let now = evaluator.scope.now().timestamp();
                temporal::parse_zoned_time(from, now).map(|time| Value::Time(Arc::new(time)))
            } else {
                temporal::parse_local_time(from).map(Value::LocalTime)
            };
            parsed.ok_or_else(|| unparsable("time", from))
        }
        [Value::LocalDateTime(from)] => Ok(Value::LocalTime(from.time())),
        [Value::DateTime(from)] => Ok(Value::Time(Arc::new(ZonedTime::of(from)))),
        [Value::Date(_)] => Ok(Value::Time(Arc::new(ZonedTime::at_offset(Time::midnight(), Offset::UTC)))),
        _ => illegal(),
    }
}

fn time_of(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::Number(hour), Value::Number(minute), Value::Number(second), offset @ ..] = arguments else {
        return illegal();
    };
    let unreadable = || Failure::error("Failed to parse time");
    let part = |value: &Decimal| i8::try_from(value.to_i32_wrapping()).ok();
    // With an offset of null Camunda drops the fraction.
    let nanos = match offset {
        [Value::Null] => Some(0),
        _ => second
            .remainder(Decimal::ONE)
            .and_then(|fraction| fraction.times(Decimal::from(1_000_000_000)).with_scale(0, Rounding::Down))
            .map(Decimal::to_i32_wrapping)
            .ok(),
    };
    let time = match (part(hour), part(minute), part(second), nanos) {
        (Some(hour), Some(minute), Some(second), Some(nanos)) => {
            Time::new(hour, minute, second, nanos).map_err(|_| unreadable())?
        }
        _ => return Err(unreadable()),
    };
    match offset {
        [] | [Value::Null] => Ok(Value::LocalTime(time)),
        [Value::DayTimeDuration(offset)] => {
            let seconds = temporal::floor_seconds(*offset);
            let offset = i32::try_from(seconds)
                .ok()
                .filter(|seconds| seconds.abs() <= 18 * 3600)
                .and_then(|seconds| Offset::from_seconds(seconds).ok())
                .ok_or_else(unreadable)?;
            Ok(Value::Time(Arc::new(ZonedTime::at_offset(time, offset))))
        }
        _ => illegal(),
    }
}

fn number(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let is_grouping = |separator: &str| matches!(separator, " " | "," | ".");
    let is_decimal = |separator: &str| matches!(separator, "," | ".");
    let from: String = match arguments {
        [Value::String(from)] => from.to_string(),
        [Value::String(from), Value::String(grouping)] if is_grouping(grouping) => from.replace(&**grouping, ""),
        [Value::String(from), Value::String(grouping), Value::String(decimal)]
            if is_grouping(grouping) && is_decimal(decimal) && grouping != decimal =>
        {
            from.replace(&**grouping, "").replace(&**decimal, ".")
        }
        [Value::String(from), Value::Null, Value::String(decimal)] if is_decimal(decimal) => {
            from.replace(&**decimal, ".")
        }
        [Value::String(from), Value::String(grouping), Value::Null] if is_grouping(grouping) => {
            from.replace(&**grouping, "")
        }
        _ => return illegal(),
    };
    match from.parse() {
        Ok(number) => Ok(Value::Number(number)),
        Err(_) => Err(Failure::error(format!("Can't parse '{from}' as a number"))),
    }
}

fn string(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [Value::Null] => Ok(Value::Null),
        [value @ Value::String(_)] => Ok(value.clone()),
        [value] => {
            let mut shown = String::new();
            show(value, &mut shown);
            text(shown)
        }
        _ => illegal(),
    }
}

/// Like the display form; texts are in quotes inside lists and contexts.
fn show(value: &Value, out: &mut String) {
    let _ = write!(out, "{value}");
}

fn duration(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::String(from)] = arguments else { return illegal() };
    let parsed = if temporal::is_year_month_duration(from) {
        temporal::parse_year_month_duration(from).map(Value::YearMonthDuration)
    } else if temporal::is_day_time_duration(from) {
        temporal::parse_day_time_duration(from).map(Value::DayTimeDuration)
    } else {
        None
    };
    parsed.ok_or_else(|| unparsable("duration", from))
}

/// Whole months from one day to another.
fn years_and_months(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let day = |value: &Value| match value {
        Value::Date(date) => Some(*date),
        Value::LocalDateTime(value) => Some(value.date()),
        Value::DateTime(value) => Some(value.date()),
        _ => None,
    };
    // Two dates, or at least one date and time: all mixtures are fine.
    let [from, to] = arguments else { return illegal() };
    let (Some(from), Some(to)) = (day(from), day(to)) else { return illegal() };
    let months_of = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
    let mut months = months_of(to) - months_of(from);
    if months > 0 && to.day() < from.day() {
        months -= 1;
    } else if months < 0 && to.day() > from.day() {
        months += 1;
    }
    Ok(Value::YearMonthDuration(months))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    #[test]
    fn zones_of_java_are_known() {
        for name in ["Europe/Berlin", "UTC", "America/New_York", "Etc/GMT+5"] {
            assert!(super::temporal::zone_of(name).is_some(), "{name}");
        }
        assert!(super::temporal::zone_of("europe/berlin").is_none());
        assert_eq!(super::temporal::zone_of("Z"), Some(TimeZone::UTC));
    }
}
