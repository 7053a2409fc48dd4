//! Methods of numbers.

use rust_decimal::{Decimal, RoundingStrategy};

use super::Outcome;
use crate::{
    args::{decimal, int, mismatch},
    context::{Context, ObjectError},
    number::{decimal_to_string, double_to_string},
    object::Object,
};

/// Largest scale of a decimal number of 96 bits.
const MAX_SCALE: u32 = 28;

pub(super) fn call(target: &Object, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    match (name, args) {
        ("intValue" | "intValueExact", []) => {
            return target.int_value().map(Object::Integer).ok_or_else(mismatch);
        }
        ("longValue" | "longValueExact", []) => {
            return target.long_value().map(Object::Long).ok_or_else(mismatch);
        }
        ("doubleValue" | "floatValue", []) => {
            return target.double_value().map(Object::Double).ok_or_else(mismatch);
        }
        #[expect(clippy::cast_possible_truncation, reason = "Java wraps")]
        ("shortValue", []) => {
            return target.int_value().map(|v| Object::Short(v as i16)).ok_or_else(mismatch);
        }
        _ => {}
    }
    match target {
        Object::Double(value) => double(*value, name, args),
        Object::BigDecimal(value) => big_decimal(*value, name, args, ctx),
        Object::BigInteger(value) => big_integer(*value, name, args),
        Object::Integer(_) | Object::Long(_) | Object::Short(_) => {
            crate::classes::call_static_plain(&target.plain_class_name(), name, args, ctx)
        }
        _ => Err(mismatch()),
    }
}

fn double(value: f64, name: &str, args: &[Object]) -> Outcome {
    Ok(match (name, args) {
        ("isNaN", []) => Object::Boolean(value.is_nan()),
        ("isInfinite", []) => Object::Boolean(value.is_infinite()),
        ("toString", []) => Object::string(double_to_string(value)),
        _ => return Err(mismatch()),
    })
}

fn arithmetic(message: &str) -> ObjectError {
    ObjectError::exception("java.lang.ArithmeticException", message)
}

/// The result of an operation on decimals; what 96 bits cannot hold is refused, never rounded in silence.
pub(crate) fn checked(value: Option<Decimal>) -> Result<Decimal, ObjectError> {
    value.ok_or_else(|| arithmetic("decimal number with more than 28 digits"))
}

/// A rounding mode by its name or by the old numbers of `BigDecimal.ROUND_…`; `None` is `UNNECESSARY`.
fn rounding(mode: &Object, ctx: &mut dyn Context) -> Result<Option<RoundingStrategy>, ObjectError> {
    let name = crate::text::to_text(mode, ctx)?;
    Ok(Some(match &*name {
        "UP" | "0" => RoundingStrategy::AwayFromZero,
        "DOWN" | "1" => RoundingStrategy::ToZero,
        "CEILING" | "2" => RoundingStrategy::ToPositiveInfinity,
        "FLOOR" | "3" => RoundingStrategy::ToNegativeInfinity,
        "HALF_UP" | "4" => RoundingStrategy::MidpointAwayFromZero,
        "HALF_DOWN" | "5" => RoundingStrategy::MidpointTowardZero,
        "HALF_EVEN" | "6" => RoundingStrategy::MidpointNearestEven,
        "UNNECESSARY" | "7" => return Ok(None),
        _ => return Err(mismatch()),
    }))
}

fn set_scale(value: Decimal, scale: i32, mode: Option<RoundingStrategy>) -> Outcome {
    let scale = u32::try_from(scale)
        .ok()
        .filter(|scale| *scale <= MAX_SCALE)
        .ok_or_else(|| arithmetic("scale of a decimal number must be between 0 and 28"))?;
    let mut rounded = match mode {
        Some(mode) => value.round_dp_with_strategy(scale, mode),
        None => value,
    };
    if mode.is_none() && value.normalize().scale() > scale {
        return Err(arithmetic("Rounding necessary"));
    }
    rounded.rescale(scale);
    Ok(Object::BigDecimal(rounded))
}

/// `divide` without scale: exact, with the preferred scale of the operands' difference.
fn divide_exactly(a: Decimal, b: Decimal) -> Result<Decimal, ObjectError> {
    // The expansion ends when the reduced denominator has no prime factors but 2 and 5; scales only add such factors.
    let (mut divisor, mut rest) = (b.mantissa().unsigned_abs(), a.mantissa().unsigned_abs());
    let denominator = divisor;
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    let mut denominator = denominator / divisor;
    for prime in [2, 5] {
        while denominator.is_multiple_of(prime) {
            denominator /= prime;
        }
    }
    if denominator != 1 {
        return Err(arithmetic("Non-terminating decimal expansion; no exact representable decimal result."));
    }
    let mut exact = checked(a.checked_div(b))?.normalize();
    let preferred = a.scale().saturating_sub(b.scale());
    if exact.scale() < preferred {
        exact.rescale(preferred);
    }
    Ok(exact)
}

/// `divide(divisor, scale, mode)`; also what EL division of big numbers uses.
pub(crate) fn divide(a: Decimal, b: Decimal, scale: u32, mode: RoundingStrategy) -> Result<Decimal, ObjectError> {
    if b.is_zero() {
        return Err(arithmetic(if a.is_zero() { "Division undefined" } else { "/ by zero" }));
    }
    let mut quotient = checked(a.checked_div(b))?.round_dp_with_strategy(scale, mode);
    quotient.rescale(scale);
    Ok(quotient)
}

fn big_decimal(value: Decimal, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    Ok(Object::BigDecimal(match (name, args) {
        ("add", [other]) => checked(value.checked_add(decimal(other)?))?,
        ("subtract", [other]) => checked(value.checked_sub(decimal(other)?))?,
        ("multiply", [other]) => checked(value.checked_mul(decimal(other)?))?,
        ("divide", [other]) => {
            let divisor = decimal(other)?;
            if divisor.is_zero() {
                return Err(arithmetic("Division by zero"));
            }
            divide_exactly(value, divisor)?
        }
        ("divide", [other, mode]) => {
            let mode = rounding(mode, ctx)?.ok_or_else(mismatch)?;
            divide(value, decimal(other)?, value.scale(), mode)?
        }
        ("divide", [other, scale, mode]) => {
            let mode = rounding(mode, ctx)?.ok_or_else(mismatch)?;
            divide(value, decimal(other)?, u32::try_from(int(scale)?).map_err(|_| mismatch())?.min(MAX_SCALE), mode)?
        }
        ("remainder" | "mod", [other]) => checked(value.checked_rem(decimal(other)?))?,
        ("negate", []) => -value,
        ("abs", []) => value.abs(),
        ("pow", [exponent]) => {
            let exponent = u32::try_from(int(exponent)?).map_err(|_| arithmetic("Invalid operation"))?;
            let mut power = Decimal::ONE;
            for _ in 0..exponent.min(1000) {
                power = checked(power.checked_mul(value))?;
            }
            power
        }
        ("max", [other]) => value.max(decimal(other)?),
        ("min", [other]) => value.min(decimal(other)?),
        ("stripTrailingZeros", []) => value.normalize(),
        ("setScale", [scale]) => return set_scale(value, int(scale)?, None),
        ("setScale", [scale, mode]) => {
            let mode = rounding(mode, ctx)?;
            return set_scale(value, int(scale)?, mode);
        }
        ("compareTo", [other]) => return Ok(Object::Integer(value.cmp(&decimal(other)?) as i32)),
        ("scale", []) => return Ok(Object::Integer(i32::try_from(value.scale()).unwrap_or(0))),
        ("precision", []) => {
            let digits = value.mantissa().unsigned_abs().to_string().len();
            return Ok(Object::Integer(i32::try_from(digits).unwrap_or(0)));
        }
        ("signum", []) => {
            return Ok(Object::Integer(if value.is_zero() {
                0
            } else if value.is_sign_negative() {
                -1
            } else {
                1
            }));
        }
        ("toPlainString", []) => return Ok(Object::string(value.to_string())),
        ("toString" | "toEngineeringString", []) => {
            return Ok(Object::string(decimal_to_string(&value)));
        }
        ("toBigInteger", []) => return Ok(Object::BigInteger(value.trunc().mantissa())),
        _ => return Err(mismatch()),
    }))
}

fn whole(object: &Object) -> Result<i128, ObjectError> {
    match object {
        Object::BigInteger(value) => Ok(*value),
        other => crate::args::long(other).map(i128::from),
    }
}

fn big_integer(value: i128, name: &str, args: &[Object]) -> Outcome {
    let checked = |value: Option<i128>| value.ok_or_else(|| arithmetic("BigInteger with more than 127 bits"));
    let by_zero = || arithmetic("BigInteger divide by zero");
    Ok(Object::BigInteger(match (name, args) {
        ("add", [other]) => checked(value.checked_add(whole(other)?))?,
        ("subtract", [other]) => checked(value.checked_sub(whole(other)?))?,
        ("multiply", [other]) => checked(value.checked_mul(whole(other)?))?,
        ("divide", [other]) => value.checked_div(whole(other)?).ok_or_else(by_zero)?,
        ("remainder", [other]) => value.checked_rem(whole(other)?).ok_or_else(by_zero)?,
        ("mod", [other]) => value.checked_rem_euclid(whole(other)?).ok_or_else(by_zero)?,
        ("negate", []) => checked(value.checked_neg())?,
        ("abs", []) => checked(value.checked_abs())?,
        ("pow", [exponent]) => {
            let exponent = u32::try_from(int(exponent)?).map_err(|_| arithmetic("Negative exponent"))?;
            checked(value.checked_pow(exponent))?
        }
        ("max", [other]) => value.max(whole(other)?),
        ("min", [other]) => value.min(whole(other)?),
        ("compareTo", [other]) => return Ok(Object::Integer(value.cmp(&whole(other)?) as i32)),
        ("signum", []) => return Ok(Object::Integer(i32::try_from(value.signum()).unwrap_or(0))),
        _ => return Err(mismatch()),
    }))
}
