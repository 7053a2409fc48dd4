//! FEEL as a script language.

use std::rc::Rc;

use ::feel::{Context as FeelContext, Expression, Scope, Value};
use jiff::tz::TimeZone;
use objects::{
    Context, MapKey, Object, ObjectError,
    temporal::{Temporal, instant},
    text,
};

use crate::error::{Place, ScriptError};

/// Deepest nesting that is converted.
const MAX_DEPTH: usize = 200;

pub(crate) fn compile(source: &str) -> Result<Expression, ScriptError> {
    Expression::parse(source).map_err(|error| {
        let before = source.get(..error.offset()).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        ScriptError::Compile {
            message: error.message().to_owned(),
            place: Some(Place { line: number(line), column: number(column) }),
        }
    })
}

pub(crate) fn run(expression: &Expression, ctx: &mut dyn Context) -> Result<Object, ScriptError> {
    let mut variables = Variables { ctx, failure: None };
    let result = expression.evaluate(&mut variables);
    if let Some(failure) = variables.failure {
        return Err(ScriptError::from_object(failure));
    }
    match result {
        Ok(value) => Ok(from_feel(&value)),
        Err(error) => Err(ScriptError::evaluate(format!(" {}", error.message()))),
    }
}

/// The variables of the context as FEEL values.
struct Variables<'c> {
    ctx: &'c mut dyn Context,
    /// The first error of the context: FEEL itself has no way to report it.
    failure: Option<ObjectError>,
}

impl Scope for Variables<'_> {
    fn variable(&mut self, name: &str) -> Option<Value> {
        match self.ctx.variable(name) {
            Ok(found) => found.map(|object| to_feel(&object, self.ctx, 0)),
            Err(error) => {
                self.failure.get_or_insert(error);
                None
            }
        }
    }

    fn now(&mut self) -> jiff::Zoned {
        let zone = text::zone(self.ctx).unwrap_or(TimeZone::UTC);
        instant(self.ctx.now_ms()).unwrap_or_default().to_zoned(zone)
    }

    fn random(&mut self) -> u64 {
        let asked = self.ctx.call_function("java.util.Random.nextLong", &[]);
        match asked {
            Ok(Some(number)) => number.long_value().unwrap_or(0).cast_unsigned(),
            Ok(None) => 0,
            Err(error) => {
                self.failure.get_or_insert(error);
                0
            }
        }
    }
}

/// An object as FEEL sees it; what it has no value for is its text.
pub(crate) fn to_feel(object: &Object, ctx: &mut dyn Context, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    match object {
        Object::Null => Value::Null,
        Object::Boolean(value) => Value::Bool(*value),
        Object::String(text) => Value::String((&**text).into()),
        Object::Short(_) | Object::Integer(_) | Object::Long(_) => Value::integer(object.long_value().unwrap_or(0)),
        Object::Double(_) | Object::BigDecimal(_) | Object::BigInteger(_) => {
            let digits = text::to_text(object, ctx).unwrap_or_default();
            digits.parse().map_or(Value::Null, Value::Number)
        }
        Object::Date(at) => match instant(at.0) {
            Ok(at) => Value::LocalDateTime(at.to_zoned(text::zone(ctx).unwrap_or(TimeZone::UTC)).datetime()),
            Err(_) => Value::Null,
        },
        Object::List(items) => {
            let items: Vec<Value> = items.borrow().iter().map(|item| to_feel(item, ctx, depth + 1)).collect();
            Value::list(items)
        }
        Object::Set(items) => {
            let items: Vec<Value> = items.borrow().keys().map(|item| to_feel(&item.0, ctx, depth + 1)).collect();
            Value::list(items)
        }
        Object::Map(entries) => {
            let mut context = FeelContext::new();
            for (key, value) in entries.borrow().iter() {
                let name = text::to_text(&key.0, ctx).unwrap_or_default();
                context.insert(&*name, to_feel(value, ctx, depth + 1));
            }
            Value::Context(context.into())
        }
        Object::Json(node) => {
            let plain = objects::convert::plain(node);
            if matches!(plain, Object::Json(_)) { Value::Null } else { to_feel(&plain, ctx, depth + 1) }
        }
        Object::Temporal(value) => temporal(value),
        other => text::to_text(other, ctx).map_or(Value::Null, |text| Value::String((&*text).into())),
    }
}

fn temporal(value: &Temporal) -> Value {
    match value {
        Temporal::LocalDate(date) | Temporal::JodaLocalDate(date) => Value::Date(*date),
        Temporal::LocalTime(time) | Temporal::JodaLocalTime(time) => Value::LocalTime(*time),
        Temporal::LocalDateTime(at) | Temporal::JodaLocalDateTime(at) => Value::LocalDateTime(*at),
        Temporal::ZonedDateTime(at) | Temporal::OffsetDateTime(at) | Temporal::JodaDateTime(at) => {
            Value::DateTime(at.clone().into())
        }
        Temporal::Duration(length) => Value::DayTimeDuration(*length),
        Temporal::Period(years, months, _) => Value::YearMonthDuration(i64::from(*years) * 12 + i64::from(*months)),
        other => Value::String(other.text().into()),
    }
}

/// What Java code gets of a FEEL value: whole numbers are `Long`, others `Double`.
pub(crate) fn from_feel(value: &Value) -> Object {
    match value {
        Value::Null => Object::Null,
        Value::Bool(value) => Object::Boolean(*value),
        Value::Number(number) => {
            let digits = number.to_string();
            match digits.parse::<i64>() {
                Ok(whole) => Object::Long(whole),
                Err(_) => digits.parse().map_or(Object::Null, |value: f64| {
                    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
                    if value.fract() == 0.0 && value.abs() < 9e18 {
                        Object::Long(value as i64)
                    } else {
                        Object::Double(value)
                    }
                }),
            }
        }
        Value::String(text) => Object::string(&**text),
        Value::Date(date) => Object::temporal(Temporal::LocalDate(*date)),
        Value::LocalTime(time) => Object::temporal(Temporal::LocalTime(*time)),
        Value::LocalDateTime(at) => Object::temporal(Temporal::LocalDateTime(*at)),
        Value::DateTime(at) => Object::temporal(Temporal::ZonedDateTime((**at).clone())),
        Value::DayTimeDuration(length) => Object::temporal(Temporal::Duration(*length)),
        Value::YearMonthDuration(months) => {
            let months = i32::try_from(*months).unwrap_or(i32::MAX);
            Object::temporal(Temporal::Period(months / 12, months % 12, 0))
        }
        Value::List(items) => Object::list(items.iter().map(from_feel).collect()),
        Value::Context(context) => {
            let entries =
                context.iter().map(|(name, value)| (MapKey(Object::String(Rc::from(&**name))), from_feel(value)));
            Object::map(entries.collect())
        }
        Value::Time(_) | Value::Range(_) | Value::Function(_) => Object::string(value.to_string()),
    }
}
