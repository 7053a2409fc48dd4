//! The clock, and parts of dates.

use jiff::civil::Date;

use super::{Arguments, Builtin, illegal, text};
use crate::{
    eval::{Evaluator, Outcome},
    temporal,
    value::Value,
};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(super) fn named(name: &str) -> Option<&'static [Builtin]> {
    static NOW: [Builtin; 1] = [Builtin::new(&[], now)];
    static TODAY: [Builtin; 1] = [Builtin::new(&[], today)];
    static DAY_OF_YEAR: [Builtin; 1] = [Builtin::new(&["date"], |_, arguments| {
        of_date(arguments, |date| Ok(Value::integer(i64::from(date.day_of_year()))))
    })];
    static DAY_OF_WEEK: [Builtin; 1] = [Builtin::new(&["date"], |_, arguments| {
        of_date(arguments, |date| text(DAYS[date.weekday().to_monday_zero_offset().unsigned_abs() as usize]))
    })];
    static MONTH_OF_YEAR: [Builtin; 1] = [Builtin::new(&["date"], |_, arguments| {
        of_date(arguments, |date| text(MONTHS[date.month().unsigned_abs() as usize - 1]))
    })];
    static WEEK_OF_YEAR: [Builtin; 1] = [Builtin::new(&["date"], |_, arguments| {
        of_date(arguments, |date| Ok(Value::integer(i64::from(date.iso_week_date().week()))))
    })];
    static LAST_DAY: [Builtin; 1] =
        [Builtin::new(&["date"], |_, arguments| of_date(arguments, |date| Ok(Value::Date(date.last_of_month()))))];
    Some(match name {
        "now" => &NOW,
        "today" => &TODAY,
        "day of year" => &DAY_OF_YEAR,
        "day of week" => &DAY_OF_WEEK,
        "month of year" => &MONTH_OF_YEAR,
        "week of year" => &WEEK_OF_YEAR,
        "last day of month" => &LAST_DAY,
        _ => return None,
    })
}

fn now(evaluator: &mut Evaluator<'_>, _: Arguments<'_>) -> Outcome {
    let now = evaluator.scope.now();
    // The zone of the engine is a region, also when it is UTC.
    match temporal::region(&now) {
        None if now.offset().is_zero() => match temporal::zone_of("UTC") {
            Some(zone) => Ok(Value::date_time(now.with_time_zone(zone))),
            None => Ok(Value::date_time(now)),
        },
        _ => Ok(Value::date_time(now)),
    }
}

fn today(evaluator: &mut Evaluator<'_>, _: Arguments<'_>) -> Outcome {
    Ok(Value::Date(evaluator.scope.now().date()))
}

fn of_date(arguments: Arguments<'_>, function: impl Fn(Date) -> Outcome) -> Outcome {
    match arguments {
        [Value::Date(date)] => function(*date),
        [Value::DateTime(value)] => function(value.date()),
        [Value::LocalDateTime(value)] => function(value.date()),
        _ => illegal(),
    }
}
