//! Numbers.

use super::{Arguments, Builtin, boolean, illegal};
use crate::{
    arithmetic::{arithmetic, from_double},
    decimal::{Decimal, Rounding},
    error::Failure,
    eval::{Evaluator, Outcome},
    value::Value,
};

pub(super) fn named(name: &str) -> Option<&'static [Builtin]> {
    static DECIMAL: [Builtin; 2] = [
        Builtin::new(&["n", "scale"], |_, a| rounded(a, Rounding::HalfEven)),
        Builtin::new(&["n", "scale", "mode"], decimal),
    ];
    static FLOOR: [Builtin; 2] = [
        Builtin::new(&["n"], |_, a| rounded(a, Rounding::Floor)),
        // The name of the second parameter is misspelt in Camunda's engine.
        Builtin::new(&["n", "scala"], |_, a| rounded(a, Rounding::Floor)),
    ];
    static CEILING: [Builtin; 2] = [
        Builtin::new(&["n"], |_, a| rounded(a, Rounding::Ceiling)),
        Builtin::new(&["n", "scale"], |_, a| rounded(a, Rounding::Ceiling)),
    ];
    static ROUND_UP: [Builtin; 1] = [Builtin::new(&["n", "scale"], |_, a| rounded(a, Rounding::Up))];
    static ROUND_DOWN: [Builtin; 1] = [Builtin::new(&["n", "scale"], |_, a| rounded(a, Rounding::Down))];
    static ROUND_HALF_UP: [Builtin; 1] = [Builtin::new(&["n", "scale"], |_, a| rounded(a, Rounding::HalfUp))];
    static ROUND_HALF_DOWN: [Builtin; 1] = [Builtin::new(&["n", "scala"], |_, a| rounded(a, Rounding::HalfDown))];
    static ABS: [Builtin; 2] = [Builtin::new(&["number"], abs), Builtin::new(&["n"], abs)];
    static MODULO: [Builtin; 1] = [Builtin::new(&["dividend", "divisor"], modulo)];
    static SQRT: [Builtin; 1] = [Builtin::new(&["number"], sqrt)];
    static LOG: [Builtin; 1] = [Builtin::new(&["number"], |_, a| by_double(a, f64::ln))];
    static EXP: [Builtin; 1] = [Builtin::new(&["number"], |_, a| by_double(a, f64::exp))];
    static ODD: [Builtin; 1] = [Builtin::new(&["number"], |_, a| parity(a, Decimal::ONE))];
    static EVEN: [Builtin; 1] = [Builtin::new(&["number"], |_, a| parity(a, Decimal::ZERO))];
    static RANDOM: [Builtin; 1] = [Builtin::new(&[], random)];
    Some(match name {
        "decimal" => &DECIMAL,
        "floor" => &FLOOR,
        "ceiling" => &CEILING,
        "abs" => &ABS,
        "modulo" => &MODULO,
        "sqrt" => &SQRT,
        "log" => &LOG,
        "exp" => &EXP,
        "odd" => &ODD,
        "even" => &EVEN,
        "round up" => &ROUND_UP,
        "round down" => &ROUND_DOWN,
        "round half up" => &ROUND_HALF_UP,
        "round half down" => &ROUND_HALF_DOWN,
        "random number" => &RANDOM,
        _ => return None,
    })
}

fn rounded(arguments: Arguments<'_>, rounding: Rounding) -> Outcome {
    let (number, scale) = match arguments {
        [Value::Number(number)] => (number, 0),
        [Value::Number(number), Value::Number(scale), ..] => (number, scale.to_i32_wrapping()),
        _ => return illegal(),
    };
    match number.with_scale(scale, rounding) {
        Ok(number) => Ok(Value::Number(number)),
        Err(error) => Err(Failure::error(format!("Failed to apply rounding mode: {error}"))),
    }
}

fn decimal(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [_, _, Value::String(mode)] = arguments else { return illegal() };
    let rounding = match mode.to_uppercase().as_str() {
        "UP" => Rounding::Up,
        "DOWN" => Rounding::Down,
        "CEILING" => Rounding::Ceiling,
        "FLOOR" => Rounding::Floor,
        "HALF_UP" => Rounding::HalfUp,
        "HALF_DOWN" => Rounding::HalfDown,
        "HALF_EVEN" => Rounding::HalfEven,
        "UNNECESSARY" => Rounding::Unnecessary,
        _ => return illegal(),
    };
    rounded(arguments, rounding)
}

fn abs(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [Value::Number(number)] => Ok(Value::Number(number.abs())),
        [Value::YearMonthDuration(months)] => Ok(Value::YearMonthDuration(months.abs())),
        [Value::DayTimeDuration(duration)] => Ok(Value::DayTimeDuration(duration.abs())),
        _ => illegal(),
    }
}

fn modulo(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::Number(dividend), Value::Number(divisor)] = arguments else { return illegal() };
    let rest = dividend.remainder(*divisor).map_err(arithmetic)?;
    rest.plus(*divisor).remainder(*divisor).map(Value::Number).map_err(arithmetic)
}

fn sqrt(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [Value::Number(number)] if number.is_negative() => Ok(Value::Null),
        _ => by_double(arguments, f64::sqrt),
    }
}

fn by_double(arguments: Arguments<'_>, function: fn(f64) -> f64) -> Outcome {
    match arguments {
        [Value::Number(number)] => from_double(function(number.to_f64())),
        _ => illegal(),
    }
}

fn parity(arguments: Arguments<'_>, rest: Decimal) -> Outcome {
    match arguments {
        [Value::Number(number)] => {
            let found = number.abs().remainder(Decimal::from(2)).map_err(arithmetic)?;
            boolean(found == rest)
        }
        _ => illegal(),
    }
}

/// At least 0, below 1, with the 53 bits that a double has.
fn random(evaluator: &mut Evaluator<'_>, _: Arguments<'_>) -> Outcome {
    const STEPS: u64 = 1 << 53;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let fraction = (evaluator.scope.random() % STEPS) as f64 / STEPS as f64;
    from_double(fraction)
}
