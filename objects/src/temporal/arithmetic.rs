//! Moving dates and times, reading and replacing their fields.

use jiff::{
    Span, ToSpan as _, Unit as JiffUnit, Zoned,
    civil::{Date, DateTime, Time},
};

use super::{Temporal, Unit, out_of_range};
use crate::context::ObjectError;

impl Unit {
    /// From a plural as in `plusDays`.
    pub(super) fn from_plural(word: &str) -> Option<Self> {
        Some(match word {
            "Nanos" => Self::Nanos,
            "Micros" => Self::Micros,
            "Millis" => Self::Millis,
            "Seconds" => Self::Seconds,
            "Minutes" => Self::Minutes,
            "Hours" => Self::Hours,
            "HalfDays" => Self::HalfDays,
            "Days" => Self::Days,
            "Weeks" => Self::Weeks,
            "Months" => Self::Months,
            "Years" => Self::Years,
            "Decades" => Self::Decades,
            "Centuries" => Self::Centuries,
            _ => return None,
        })
    }

    /// The word in `ChronoUnit.toString`.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Nanos => "Nanos",
            Self::Micros => "Micros",
            Self::Millis => "Millis",
            Self::Seconds => "Seconds",
            Self::Minutes => "Minutes",
            Self::Hours => "Hours",
            Self::HalfDays => "HalfDays",
            Self::Days => "Days",
            Self::Weeks => "Weeks",
            Self::Months => "Months",
            Self::Years => "Years",
            Self::Decades => "Decades",
            Self::Centuries => "Centuries",
        }
    }

    /// Length in nanoseconds; `None` from days up on dates with a calendar.
    pub(super) fn nanos(self) -> Option<i128> {
        Some(match self {
            Self::Nanos => 1,
            Self::Micros => 1_000,
            Self::Millis => 1_000_000,
            Self::Seconds => 1_000_000_000,
            Self::Minutes => 60_000_000_000,
            Self::Hours => 3_600_000_000_000,
            Self::HalfDays => 43_200_000_000_000,
            Self::Days => 86_400_000_000_000,
            _ => return None,
        })
    }

    fn span(self, amount: i64) -> Result<Span, ObjectError> {
        let span = Span::new();
        let times = |factor: i64| amount.checked_mul(factor).ok_or_else(|| out_of_range(&amount.to_string()));
        match self {
            Self::Nanos => span.try_nanoseconds(amount),
            Self::Micros => span.try_microseconds(amount),
            Self::Millis => span.try_milliseconds(amount),
            Self::Seconds => span.try_seconds(amount),
            Self::Minutes => span.try_minutes(amount),
            Self::Hours => span.try_hours(amount),
            Self::HalfDays => span.try_hours(times(12)?),
            Self::Days => span.try_days(amount),
            Self::Weeks => span.try_weeks(amount),
            Self::Months => span.try_months(amount),
            Self::Years => span.try_years(amount),
            Self::Decades => span.try_years(times(10)?),
            Self::Centuries => span.try_years(times(100)?),
        }
        .map_err(|_| out_of_range(&amount.to_string()))
    }
}

impl Temporal {
    /// Moved by an amount of a unit; month ends are clamped.
    pub(crate) fn plus(&self, amount: i64, unit: Unit) -> Result<Self, ObjectError> {
        let range = |_| out_of_range(&amount.to_string());
        let unsupported = || {
            ObjectError::exception(
                "java.time.temporal.UnsupportedTemporalTypeException",
                format!("Unsupported unit: {}", unit.plural()),
            )
        };
        let span = unit.span(amount)?;
        Ok(match self {
            Self::JodaDateTime(at) => Self::JodaDateTime(at.checked_add(span).map_err(range)?),
            Self::ZonedDateTime(at) => Self::ZonedDateTime(at.checked_add(span).map_err(range)?),
            Self::OffsetDateTime(at) => Self::OffsetDateTime(at.checked_add(span).map_err(range)?),
            Self::JodaLocalDateTime(at) => Self::JodaLocalDateTime(at.checked_add(span).map_err(range)?),
            Self::LocalDateTime(at) => Self::LocalDateTime(at.checked_add(span).map_err(range)?),
            Self::JodaLocalDate(_) | Self::LocalDate(_) if unit < Unit::Days => {
                return Err(unsupported());
            }
            Self::JodaLocalDate(at) => Self::JodaLocalDate(at.checked_add(span).map_err(range)?),
            Self::LocalDate(at) => Self::LocalDate(at.checked_add(span).map_err(range)?),
            Self::JodaLocalTime(_) | Self::LocalTime(_) if unit >= Unit::Days => {
                return Err(unsupported());
            }
            Self::JodaLocalTime(at) => Self::JodaLocalTime(at.wrapping_add(span)),
            Self::LocalTime(at) => Self::LocalTime(at.wrapping_add(span)),
            Self::Instant(at) => {
                let nanos = unit.nanos().ok_or_else(unsupported)? * i128::from(amount);
                Self::Instant(at.checked_add(jiff::SignedDuration::from_nanos_i128(nanos)).map_err(range)?)
            }
            Self::Duration(length) => {
                let nanos = unit.nanos().ok_or_else(unsupported)? * i128::from(amount);
                let sum = length.checked_add(jiff::SignedDuration::from_nanos_i128(nanos));
                Self::Duration(sum.ok_or_else(|| out_of_range(&amount.to_string()))?)
            }
            Self::Calendar(at) => {
                let moved = at.borrow().checked_add(span).map_err(range)?;
                *at.borrow_mut() = moved;
                self.clone()
            }
            _ => return Err(crate::args::mismatch()),
        })
    }

    /// Date and time fields; dates are at midnight, times on 1 January 1970.
    pub(crate) fn civil(&self) -> Option<DateTime> {
        Some(match self {
            Self::JodaDateTime(at) | Self::ZonedDateTime(at) | Self::OffsetDateTime(at) => at.datetime(),
            Self::JodaLocalDateTime(at) | Self::LocalDateTime(at) => *at,
            Self::JodaLocalDate(at) | Self::LocalDate(at) => at.at(0, 0, 0, 0),
            Self::JodaLocalTime(at) | Self::LocalTime(at) => DateTime::from_parts(Date::constant(1970, 1, 1), *at),
            Self::Calendar(at) => at.borrow().datetime(),
            _ => return None,
        })
    }

    /// The same kind of value with other fields.
    pub(crate) fn with_civil(&self, civil: DateTime) -> Result<Self, ObjectError> {
        let zoned = |at: &Zoned| civil.to_zoned(at.time_zone().clone()).map_err(|_| out_of_range(&civil.to_string()));
        Ok(match self {
            Self::JodaDateTime(at) => Self::JodaDateTime(zoned(at)?),
            Self::ZonedDateTime(at) => Self::ZonedDateTime(zoned(at)?),
            Self::OffsetDateTime(at) => Self::OffsetDateTime(zoned(at)?),
            Self::JodaLocalDateTime(_) => Self::JodaLocalDateTime(civil),
            Self::LocalDateTime(_) => Self::LocalDateTime(civil),
            Self::JodaLocalDate(_) => Self::JodaLocalDate(civil.date()),
            Self::LocalDate(_) => Self::LocalDate(civil.date()),
            Self::JodaLocalTime(_) => Self::JodaLocalTime(civil.time()),
            Self::LocalTime(_) => Self::LocalTime(civil.time()),
            _ => return Err(crate::args::mismatch()),
        })
    }

    /// The value with its zone, if it has one.
    pub(crate) fn zoned(&self) -> Option<Zoned> {
        match self {
            Self::JodaDateTime(at) | Self::ZonedDateTime(at) | Self::OffsetDateTime(at) => Some(at.clone()),
            Self::Instant(at) => Some(at.to_zoned(jiff::tz::TimeZone::UTC)),
            Self::Calendar(at) => Some(at.borrow().clone()),
            _ => None,
        }
    }
}

/// Truncated to a unit of at most a day.
pub(super) fn truncate(civil: DateTime, unit: Unit) -> Result<DateTime, ObjectError> {
    let length = unit.nanos().ok_or_else(crate::args::mismatch)?;
    let nanos = i128::from(nano_of_day(civil.time()));
    let kept = nanos - nanos % length;
    let time = time_of_day(i64::try_from(kept).unwrap_or(0));
    Ok(DateTime::from_parts(civil.date(), time))
}

pub(super) fn nano_of_day(time: Time) -> i64 {
    let seconds = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second());
    seconds * 1_000_000_000 + i64::from(time.subsec_nanosecond())
}

pub(super) fn time_of_day(nanos: i64) -> Time {
    Time::midnight().wrapping_add(nanos.nanoseconds())
}

/// Whole units between two values, towards zero: `ChronoUnit.between(a, b)`.
pub(super) fn between(a: &Temporal, b: &Temporal, unit: Unit) -> Result<i64, ObjectError> {
    let range = |_| out_of_range("difference");
    if let (Some(start), Some(end)) = (a.zoned(), b.zoned()) {
        if let Some(length) = unit.nanos().filter(|_| unit < Unit::Days) {
            let nanos = end.timestamp().as_nanosecond() - start.timestamp().as_nanosecond();
            return i64::try_from(nanos / length).map_err(|_| out_of_range("difference"));
        }
        let end = end.with_time_zone(start.time_zone().clone());
        let span = start.datetime().until((jiff_unit(unit), end.datetime()));
        return Ok(count(span.map_err(range)?, unit));
    }
    let (Some(start), Some(end)) = (a.civil(), b.civil()) else {
        return Err(crate::args::mismatch());
    };
    if let Some(length) = unit.nanos().filter(|_| unit < Unit::Days) {
        let nanos = end.duration_since(start).as_nanos();
        return i64::try_from(nanos / length).map_err(|_| out_of_range("difference"));
    }
    Ok(count(start.until((jiff_unit(unit), end)).map_err(range)?, unit))
}

fn jiff_unit(unit: Unit) -> JiffUnit {
    match unit {
        Unit::Weeks => JiffUnit::Week,
        Unit::Months => JiffUnit::Month,
        Unit::Years | Unit::Decades | Unit::Centuries => JiffUnit::Year,
        _ => JiffUnit::Day,
    }
}

fn count(span: Span, unit: Unit) -> i64 {
    match unit {
        Unit::Weeks => i64::from(span.get_weeks()),
        Unit::Months => i64::from(span.get_months()),
        Unit::Years => i64::from(span.get_years()),
        Unit::Decades => i64::from(span.get_years()) / 10,
        Unit::Centuries => i64::from(span.get_years()) / 100,
        _ => i64::from(span.get_days()),
    }
}
