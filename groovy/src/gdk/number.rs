//! Numbers.

use objects::{Object, number};
use rust_decimal::{RoundingStrategy, prelude::ToPrimitive as _};

use super::Found;
use crate::{
    ast::BinaryOp,
    interpreter::{Interpreter, Outcome, Throw},
    ops,
    values::{Closure, downcast},
};

pub(super) fn call(groovy: &mut Interpreter<'_>, target: &Object, name: &str, args: &[Object]) -> Found {
    if let Some(op) = operator(name)
        && let [other] = args
    {
        return groovy.binary(op, target, other).map(Some);
    }
    Ok(Some(match (name, args) {
        ("times", [closure]) if downcast::<Closure>(closure).is_some() => {
            let count = groovy.int(target)?;
            for index in 0..count {
                groovy.step()?;
                groovy.call_closure(closure, &[Object::Integer(index)])?;
            }
            Object::Null
        }
        ("upto" | "downto", [end, closure]) => return count(groovy, target, end, 1, name == "downto", closure),
        ("step", [end, step, closure]) => {
            let step = groovy.int(step)?;
            return count(groovy, target, end, i64::from(step).abs(), step < 0, closure);
        }
        ("intdiv", [other]) => return ops::arithmetic::whole_quotient(target, other),
        ("abs", []) => match target {
            Object::Integer(value) => Object::Integer(value.wrapping_abs()),
            Object::Long(value) => Object::Long(value.wrapping_abs()),
            Object::BigInteger(value) => Object::BigInteger(value.wrapping_abs()),
            Object::Double(value) => Object::Double(value.abs()),
            Object::BigDecimal(value) => Object::BigDecimal(value.abs()),
            _ => return Ok(None),
        },
        ("toInteger", []) => number_of("java.lang.Integer", target).unwrap_or(Object::Null),
        ("toLong", []) => number_of("java.lang.Long", target).unwrap_or(Object::Null),
        ("toDouble" | "toFloat", []) => number_of("java.lang.Double", target).unwrap_or(Object::Null),
        ("toBigDecimal", []) => number_of("java.math.BigDecimal", target).unwrap_or(Object::Null),
        ("toBigInteger", []) => number_of("java.math.BigInteger", target).unwrap_or(Object::Null),
        ("round", _) if args.len() <= 1 => return round(groovy, target, args),
        ("trunc", _) if args.len() <= 1 => {
            let places = places(groovy, args)?;
            match target {
                Object::Double(value) => {
                    let unit = 10_f64.powi(i32::try_from(places).unwrap_or(0));
                    Object::Double((value * unit).trunc() / unit)
                }
                Object::BigDecimal(value) => {
                    Object::BigDecimal(value.round_dp_with_strategy(places, RoundingStrategy::ToZero))
                }
                _ => return Ok(None),
            }
        }
        ("next", []) => groovy.binary(BinaryOp::Add, target, &Object::Integer(1))?,
        ("previous", []) => groovy.binary(BinaryOp::Subtract, target, &Object::Integer(1))?,
        ("isNumber", []) => Object::Boolean(true),
        ("negative", []) => groovy.negative(target)?,
        ("asBoolean", []) => Object::Boolean(groovy.truth(target)?),
        ("compareTo", [other]) => groovy.binary(BinaryOp::Compare, target, other)?,
        ("unaryMinus", []) => groovy.negative(target)?,
        _ => return Ok(None),
    }))
}

fn operator(name: &str) -> Option<BinaryOp> {
    Some(match name {
        "plus" => BinaryOp::Add,
        "minus" => BinaryOp::Subtract,
        "multiply" => BinaryOp::Multiply,
        "div" => BinaryOp::Divide,
        "mod" | "remainder" => BinaryOp::Remainder,
        "power" => BinaryOp::Power,
        _ => return None,
    })
}

fn count(groovy: &mut Interpreter<'_>, from: &Object, to: &Object, step: i64, down: bool, closure: &Object) -> Found {
    let (Some(mut at), Some(end)) = (from.long_value(), to.long_value()) else { return Ok(None) };
    if step == 0 {
        return Err(Throw::illegal_argument("Infinite loop in step()"));
    }
    if step == 1 && (down && at < end || !down && at > end) {
        let (name, relation) = if down { ("downto", "greater") } else { ("upto", "less") };
        return Err(Throw::exception(
            "groovy.lang.GroovyRuntimeException",
            format!("The argument ({end}) to {name}() cannot be {relation} than the value ({at}) it's called on."),
        ));
    }
    let is_long = matches!(from, Object::Long(_));
    while if down { at >= end } else { at <= end } {
        groovy.step()?;
        let value = if is_long { Object::Long(at) } else { Object::Integer(i32::try_from(at).unwrap_or(i32::MAX)) };
        groovy.call_closure(closure, &[value])?;
        at = if down { at.saturating_sub(step) } else { at.saturating_add(step) };
        if at == i64::MAX || at == i64::MIN {
            break;
        }
    }
    Ok(Some(Object::Null))
}

fn places(groovy: &mut Interpreter<'_>, args: &[Object]) -> Outcome<u32> {
    match args {
        [places] => Ok(u32::try_from(groovy.int(places)?).unwrap_or(0).min(28)),
        _ => Ok(0),
    }
}

/// `round()` of a double is a `Long`; with places it stays a double; decimals stay decimals.
fn round(groovy: &mut Interpreter<'_>, target: &Object, args: &[Object]) -> Found {
    let digits = places(groovy, args)?;
    Ok(match target {
        #[expect(clippy::cast_possible_truncation, reason = "saturates, as in Java")]
        Object::Double(value) if args.is_empty() => Some(Object::Long((value + 0.5).floor() as i64)),
        Object::Double(value) => {
            let unit = 10_f64.powi(i32::try_from(digits).unwrap_or(0));
            Some(Object::Double((value * unit + 0.5).floor() / unit))
        }
        // `BigDecimal.round(MathContext)` is Java's; Groovy's own takes places.
        Object::BigDecimal(value) => {
            let mut rounded = value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero);
            rounded.rescale(digits);
            Some(Object::BigDecimal(rounded))
        }
        _ => None,
    })
}

/// Converts a number to the class of a number.
pub(crate) fn number_of(class: &str, value: &Object) -> Option<Object> {
    Some(match class {
        "java.lang.Integer" => Object::Integer(value.int_value()?),
        #[expect(clippy::cast_possible_truncation, reason = "Java narrows too")]
        "java.lang.Short" => Object::Short(value.int_value()? as i16),
        #[expect(clippy::cast_possible_truncation, reason = "Java narrows too")]
        "java.lang.Byte" => Object::Integer(i32::from(value.int_value()? as i8)),
        "java.lang.Long" => Object::Long(value.long_value()?),
        "java.lang.Double" | "java.lang.Float" => Object::Double(value.double_value()?),
        "java.math.BigDecimal" => Object::BigDecimal(value.decimal_value()?),
        "java.math.BigInteger" => match value {
            Object::BigInteger(value) => Object::BigInteger(*value),
            Object::BigDecimal(value) => Object::BigInteger(value.trunc().to_i128()?),
            other => Object::BigInteger(i128::from(other.long_value()?)),
        },
        "java.lang.Number" => value.clone(),
        _ => return None,
    })
}

/// `"5" as int`, `"5".toInteger()`: the text without surrounding space.
pub(crate) fn parse_number(class: &str, text: &str) -> Outcome<Object> {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix('+').unwrap_or(trimmed);
    let value = match class {
        "java.lang.Integer" => digits.parse().ok().map(Object::Integer),
        "java.lang.Short" => digits.parse().ok().map(Object::Short),
        "java.lang.Byte" => digits.parse::<i8>().ok().map(|value| Object::Integer(i32::from(value))),
        "java.lang.Long" => digits.parse().ok().map(Object::Long),
        "java.lang.Double" | "java.lang.Float" => number::double_from_text(trimmed).map(Object::Double),
        "java.math.BigInteger" => digits.parse().ok().map(Object::BigInteger),
        _ => number::decimal_from_text(trimmed).map(Object::BigDecimal),
    };
    let decimal = matches!(class, "java.math.BigDecimal" | "java.lang.Number");
    value.ok_or_else(|| {
        let first_bad = trimmed.chars().find(|c| !matches!(c, '0'..='9' | '.' | '-' | '+' | 'e' | 'E'));
        let message = match first_bad {
            _ if trimmed.is_empty() && decimal => "Index 0 out of bounds for length 0".to_owned(),
            _ if trimmed.is_empty() && class.ends_with("Double") => "empty String".to_owned(),
            Some(c) if decimal => format!(
                "Character {c} is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."
            ),
            _ => format!("For input string: \"{trimmed}\""),
        };
        Throw::exception("java.lang.NumberFormatException", message)
    })
}

/// Whether a text is a number of a class.
pub(super) fn is_number(class: &str, text: &str) -> bool {
    !text.trim().is_empty() && parse_number(class, text).is_ok()
}
