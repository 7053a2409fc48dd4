//! Operators on numbers, texts and containers.

use objects::{MapKey, Object, number};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    ast::BinaryOp,
    interpreter::{Interpreter, Outcome, Throw},
    values::{Matcher, Template, TextBuilder, downcast, extension},
};

/// The class two numbers are computed in: the wider one, doubles before decimals.
enum Numbers {
    Int(i32, i32),
    Long(i64, i64),
    Big(i128, i128),
    Decimal(Decimal, Decimal),
    Double(f64, f64),
}

fn numbers(left: &Object, right: &Object) -> Option<Numbers> {
    use Object::{BigDecimal, BigInteger, Double, Integer, Long, Short};
    if !left.is_number() || !right.is_number() {
        return None;
    }
    let either = |test: fn(&Object) -> bool| test(left) || test(right);
    let big = |value: &Object| match value {
        BigInteger(value) => *value,
        other => i128::from(other.long_value().unwrap_or(0)),
    };
    Some(if either(|value| matches!(value, Double(_))) {
        Numbers::Double(left.double_value()?, right.double_value()?)
    } else if either(|value| matches!(value, BigDecimal(_))) {
        Numbers::Decimal(left.decimal_value()?, right.decimal_value()?)
    } else if either(|value| matches!(value, BigInteger(_))) {
        Numbers::Big(big(left), big(right))
    } else if either(|value| matches!(value, Long(_))) {
        Numbers::Long(left.long_value()?, right.long_value()?)
    } else {
        match (left, right) {
            (Integer(_) | Short(_), Integer(_) | Short(_)) => Numbers::Int(left.int_value()?, right.int_value()?),
            _ => return None,
        }
    })
}

fn arithmetic(message: &str) -> Box<Throw> {
    Throw::exception("java.lang.ArithmeticException", message)
}

fn too_big() -> Box<Throw> {
    arithmetic("a number has more digits than 96 bits (decimals) or 128 bits (integers) hold")
}

impl Interpreter<'_> {
    /// `left op right`
    pub(crate) fn binary(&mut self, op: BinaryOp, left: &Object, right: &Object) -> Outcome<Object> {
        if let (Object::Integer(a), Object::Integer(b)) = (left, right) {
            match op {
                BinaryOp::Add => return Ok(Object::Integer(a.wrapping_add(*b))),
                BinaryOp::Subtract => return Ok(Object::Integer(a.wrapping_sub(*b))),
                BinaryOp::Multiply => return Ok(Object::Integer(a.wrapping_mul(*b))),
                BinaryOp::Equal => return Ok(Object::Boolean(a == b)),
                BinaryOp::NotEqual => return Ok(Object::Boolean(a != b)),
                BinaryOp::Less => return Ok(Object::Boolean(a < b)),
                BinaryOp::LessEqual => return Ok(Object::Boolean(a <= b)),
                BinaryOp::Greater => return Ok(Object::Boolean(a > b)),
                BinaryOp::GreaterEqual => return Ok(Object::Boolean(a >= b)),
                _ => {}
            }
        }
        match op {
            BinaryOp::Equal => self.equal(left, right).map(Object::Boolean),
            BinaryOp::NotEqual => Ok(Object::Boolean(!self.equal(left, right)?)),
            BinaryOp::Identical => Ok(Object::Boolean(Self::identical(left, right))),
            BinaryOp::NotIdentical => Ok(Object::Boolean(!Self::identical(left, right))),
            BinaryOp::Less => Ok(Object::Boolean(self.order(left, right)?.is_lt())),
            BinaryOp::LessEqual => Ok(Object::Boolean(self.order(left, right)?.is_le())),
            BinaryOp::Greater => Ok(Object::Boolean(self.order(left, right)?.is_gt())),
            BinaryOp::GreaterEqual => Ok(Object::Boolean(self.order(left, right)?.is_ge())),
            BinaryOp::Compare => Ok(Object::Integer(self.order(left, right)? as i32)),
            BinaryOp::In => self.is_case(right, left).map(Object::Boolean),
            BinaryOp::NotIn => Ok(Object::Boolean(!self.is_case(right, left)?)),
            BinaryOp::Find => {
                let pattern = self.pattern(right)?;
                let text = self.to_text(left)?;
                Ok(extension(Matcher::new(pattern, text)))
            }
            BinaryOp::Match => {
                if left.is_null() || right.is_null() {
                    return Ok(Object::Boolean(false));
                }
                let pattern = self.pattern(right)?;
                let text = self.to_text(left)?;
                Ok(Object::Boolean(objects::pattern::matches(&text, &pattern.source)?))
            }
            _ => match numbers(left, right) {
                Some(pair) => self.compute(op, pair, left, right),
                None => self.operate(op, left, right),
            },
        }
    }

    fn compute(&mut self, op: BinaryOp, pair: Numbers, left: &Object, right: &Object) -> Outcome<Object> {
        use Numbers::{Big, Double, Int, Long};
        Ok(match (op, pair) {
            (BinaryOp::Add, Int(a, b)) => Object::Integer(a.wrapping_add(b)),
            (BinaryOp::Add, Long(a, b)) => Object::Long(a.wrapping_add(b)),
            (BinaryOp::Add, Big(a, b)) => Object::BigInteger(a.checked_add(b).ok_or_else(too_big)?),
            (BinaryOp::Add, Double(a, b)) => Object::Double(a + b),
            (BinaryOp::Add, Numbers::Decimal(a, b)) => Object::BigDecimal(a.checked_add(b).ok_or_else(too_big)?),
            (BinaryOp::Subtract, Int(a, b)) => Object::Integer(a.wrapping_sub(b)),
            (BinaryOp::Subtract, Long(a, b)) => Object::Long(a.wrapping_sub(b)),
            (BinaryOp::Subtract, Big(a, b)) => Object::BigInteger(a.checked_sub(b).ok_or_else(too_big)?),
            (BinaryOp::Subtract, Double(a, b)) => Object::Double(a - b),
            (BinaryOp::Subtract, Numbers::Decimal(a, b)) => Object::BigDecimal(a.checked_sub(b).ok_or_else(too_big)?),
            (BinaryOp::Multiply, Int(a, b)) => Object::Integer(a.wrapping_mul(b)),
            (BinaryOp::Multiply, Long(a, b)) => Object::Long(a.wrapping_mul(b)),
            (BinaryOp::Multiply, Big(a, b)) => Object::BigInteger(a.checked_mul(b).ok_or_else(too_big)?),
            (BinaryOp::Multiply, Double(a, b)) => Object::Double(a * b),
            (BinaryOp::Multiply, Numbers::Decimal(a, b)) => Object::BigDecimal(a.checked_mul(b).ok_or_else(too_big)?),
            (BinaryOp::Divide, Double(a, b)) => Object::Double(a / b),
            (BinaryOp::Divide, _) => {
                let decimal = |value: &Object| value.decimal_value().ok_or_else(too_big);
                Object::BigDecimal(divide(decimal(left)?, decimal(right)?)?)
            }
            (BinaryOp::Remainder, Double(a, b)) => Object::Double(a % b),
            (BinaryOp::Remainder, Int(_, 0) | Long(_, 0)) => return Err(arithmetic("/ by zero")),
            (BinaryOp::Remainder, Big(_, 0)) => return Err(arithmetic("BigInteger: modulus not positive")),
            (BinaryOp::Remainder, Int(a, b)) => Object::Integer(a.wrapping_rem(b)),
            (BinaryOp::Remainder, Long(a, b)) => Object::Long(a.wrapping_rem(b)),
            (BinaryOp::Remainder, Big(a, b)) => Object::BigInteger(a.wrapping_rem(b)),
            (BinaryOp::Remainder, Numbers::Decimal(a, b)) => {
                Object::BigDecimal(a.checked_rem(b).ok_or_else(|| arithmetic("Division by zero"))?)
            }
            (BinaryOp::Power, _) => power(left, right)?,
            (BinaryOp::ShiftLeft, Int(a, b)) => Object::Integer(a.wrapping_shl(b.cast_unsigned())),
            (BinaryOp::ShiftRight, Int(a, b)) => Object::Integer(a.wrapping_shr(b.cast_unsigned())),
            (BinaryOp::ShiftRightUnsigned, Int(a, b)) => {
                Object::Integer(a.cast_unsigned().wrapping_shr(b.cast_unsigned()).cast_signed())
            }
            (BinaryOp::ShiftLeft, Long(a, b)) => narrow(left, a.wrapping_shl(low_bits(b))),
            (BinaryOp::ShiftRight, Long(a, b)) => narrow(left, a.wrapping_shr(low_bits(b))),
            (BinaryOp::ShiftRightUnsigned, Long(a, b)) => {
                narrow(left, a.cast_unsigned().wrapping_shr(low_bits(b)).cast_signed())
            }
            (BinaryOp::BitAnd, Int(a, b)) => Object::Integer(a & b),
            (BinaryOp::BitOr, Int(a, b)) => Object::Integer(a | b),
            (BinaryOp::BitXor, Int(a, b)) => Object::Integer(a ^ b),
            (BinaryOp::BitAnd, Long(a, b)) => Object::Long(a & b),
            (BinaryOp::BitOr, Long(a, b)) => Object::Long(a | b),
            (BinaryOp::BitXor, Long(a, b)) => Object::Long(a ^ b),
            (BinaryOp::BitAnd, Big(a, b)) => Object::BigInteger(a & b),
            (BinaryOp::BitOr, Big(a, b)) => Object::BigInteger(a | b),
            (BinaryOp::BitXor, Big(a, b)) => Object::BigInteger(a ^ b),
            (BinaryOp::ShiftLeft, Big(a, b)) => {
                let shift = u32::try_from(b).ok().filter(|shift| *shift < 127).ok_or_else(too_big)?;
                Object::BigInteger(a.checked_mul(1_i128 << shift).ok_or_else(too_big)?)
            }
            (BinaryOp::ShiftRight, Big(a, b)) => Object::BigInteger(a >> u32::try_from(b).unwrap_or(127).min(127)),
            (op, _) => return self.unsupported(op, left, right),
        })
    }

    fn unsupported(&mut self, op: BinaryOp, left: &Object, right: &Object) -> Outcome<Object> {
        let class = left.class_name(self.ctx);
        Err(self.missing_method(&class, op.method(), std::slice::from_ref(right)))
    }

    /// Operators on what is not two numbers.
    fn operate(&mut self, op: BinaryOp, left: &Object, right: &Object) -> Outcome<Object> {
        match (op, left, right) {
            (BinaryOp::Add, Object::String(_), _) => self.concat(left, right),
            (BinaryOp::Add, _, Object::String(_))
                if left.is_number() || left.is_null() || matches!(left, Object::Boolean(_)) =>
            {
                self.concat(left, right)
            }
            (BinaryOp::Add, _, _) if downcast::<Template>(left).is_some() => {
                // A text with interpolations stays one.
                let text = self.concat(left, right)?;
                let text = self.to_text(&text)?;
                Ok(extension(Template { text, lazy: Vec::new(), values: Vec::new() }))
            }
            (BinaryOp::Add, _, _)
                if right.as_str().is_some()
                    && !matches!(left, Object::List(_) | Object::Set(_) | Object::Extension(_)) =>
            {
                self.concat(left, right)
            }
            (BinaryOp::Subtract, Object::String(_), _) => {
                let (text, part) = (self.to_text(left)?, self.to_text(right)?);
                self.new_text(text.replacen(&*part, "", 1))
            }
            (BinaryOp::Multiply, Object::String(text), count) if count.is_number() => {
                let count = count.int_value().unwrap_or(0);
                let Ok(count) = usize::try_from(count) else {
                    return Err(Throw::illegal_argument(format!(
                        "multiply() should be called with a number of 0 or greater not: {count}"
                    )));
                };
                self.charge_text((text.len() as u64).saturating_mul(count as u64))?;
                Ok(Object::string(text.repeat(count)))
            }
            (BinaryOp::ShiftLeft, Object::String(_), _) => {
                let text = self.concat(left, right)?;
                let text = self.to_text(&text)?.to_string();
                Ok(extension(TextBuilder { class: "java.lang.StringBuffer", text: text.into() }))
            }
            (BinaryOp::ShiftLeft, Object::List(items), _) => {
                self.charge_items(1)?;
                items.borrow_mut().push(right.clone());
                Ok(left.clone())
            }
            (BinaryOp::ShiftLeft, Object::Set(items), _) => {
                self.charge_items(2)?;
                items.borrow_mut().insert(MapKey(right.clone()), Object::Null);
                Ok(left.clone())
            }
            (BinaryOp::BitAnd, Object::Boolean(a), Object::Boolean(b)) => Ok(Object::Boolean(a & b)),
            (BinaryOp::BitOr, Object::Boolean(a), Object::Boolean(b)) => Ok(Object::Boolean(a | b)),
            (BinaryOp::BitXor, Object::Boolean(a), Object::Boolean(b)) => Ok(Object::Boolean(a ^ b)),
            (BinaryOp::Add, _, Object::Null) if left.is_number() => Err(ambiguous(&left.class_name(self.ctx), "plus")),
            (_, _, Object::Null) if left.is_number() => {
                let name = op.method();
                let class = left.class_name(self.ctx);
                Err(self.missing_method(&class, name, std::slice::from_ref(right)))
            }
            _ if left.is_number() || matches!(left, Object::Boolean(_) | Object::String(_)) => {
                self.unsupported(op, left, right)
            }
            _ => self.invoke(left, op.method(), std::slice::from_ref(right)),
        }
    }

    fn concat(&mut self, left: &Object, right: &Object) -> Outcome<Object> {
        let mut text = String::new();
        self.append_text(&mut text, left)?;
        self.append_text(&mut text, right)?;
        self.new_text(text)
    }

    /// `-value`
    pub(crate) fn negative(&mut self, value: &Object) -> Outcome<Object> {
        Ok(match value {
            Object::Integer(value) => Object::Integer(value.wrapping_neg()),
            Object::Short(value) => Object::Integer(-i32::from(*value)),
            Object::Long(value) => Object::Long(value.wrapping_neg()),
            Object::BigInteger(value) => Object::BigInteger(value.checked_neg().ok_or_else(too_big)?),
            Object::Double(value) => Object::Double(-value),
            Object::BigDecimal(value) => Object::BigDecimal(-value),
            other => return self.invoke(other, "negative", &[]),
        })
    }

    /// `~value`: a pattern of a text.
    pub(crate) fn bit_not(&mut self, value: &Object) -> Outcome<Object> {
        match value {
            Object::Integer(value) => Ok(Object::Integer(!value)),
            Object::Long(value) => Ok(Object::Long(!value)),
            Object::BigInteger(value) => Ok(Object::BigInteger(!value)),
            _ if value.as_str().is_some() || downcast::<Template>(value).is_some() => {
                self.pattern(value).map(extension)
            }
            other => self.invoke(other, "bitwiseNegate", &[]),
        }
    }

    /// The pattern an object means: itself, or its text compiled.
    pub(crate) fn pattern(&mut self, object: &Object) -> Outcome<crate::values::Pattern> {
        if let Some(pattern) = downcast::<crate::values::Pattern>(object) {
            return Ok(pattern.clone());
        }
        let source = self.to_text(object)?;
        if source.len() > 10_000 {
            return Err(Throw::limit("a regular expression is longer than 10000 bytes".to_owned()));
        }
        let regex = objects::pattern::compile(&source)?;
        Ok(crate::values::Pattern { source, regex })
    }
}

fn ambiguous(class: &str, method: &str) -> Box<Throw> {
    Throw::exception(
        "groovy.lang.GroovyRuntimeException",
        format!(
            "Ambiguous method overloading for method {class}#{method}.\nCannot resolve which method to invoke for [null] \
             due to overlapping prototypes between:\n\t[class java.lang.Character]\n\t[class java.lang.String]\n\t[class \
             java.lang.Number]"
        ),
    )
}

/// A shift keeps the class of what is shifted.
fn narrow(left: &Object, value: i64) -> Object {
    match left {
        #[expect(clippy::cast_possible_truncation, reason = "Java narrows too")]
        Object::Integer(_) | Object::Short(_) => Object::Integer(value as i32),
        _ => Object::Long(value),
    }
}

/// `base ** exponent`: whole numbers stay whole as long as they fit.
fn power(base: &Object, exponent: &Object) -> Outcome<Object> {
    let whole_base = matches!(base, Object::Integer(_) | Object::Short(_) | Object::Long(_) | Object::BigInteger(_));
    let small = match exponent {
        Object::Integer(value) if *value >= 0 => u32::try_from(*value).ok(),
        _ => None,
    };
    if let (true, Some(exponent)) = (whole_base, small) {
        let value = match base {
            Object::BigInteger(value) => *value,
            other => i128::from(other.long_value().unwrap_or(0)),
        };
        let result = value.checked_pow(exponent).ok_or_else(too_big)?;
        return Ok(match base {
            Object::Integer(_) | Object::Short(_) => match i32::try_from(result) {
                Ok(value) => Object::Integer(value),
                Err(_) => Object::BigInteger(result),
            },
            Object::Long(_) => match i64::try_from(result) {
                Ok(value) => Object::Long(value),
                Err(_) => Object::BigInteger(result),
            },
            _ => Object::BigInteger(result),
        });
    }
    if let (Object::BigDecimal(value), Some(exponent)) = (base, small) {
        let mut result = Decimal::ONE;
        for _ in 0..exponent.min(200) {
            result = result.checked_mul(*value).ok_or_else(too_big)?;
        }
        return if exponent > 200 { Err(too_big()) } else { Ok(Object::BigDecimal(result)) };
    }
    let (a, b) = (base.double_value().unwrap_or(f64::NAN), exponent.double_value().unwrap_or(f64::NAN));
    let result = a.powf(b);
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "checked by the comparison")]
    if matches!(base, Object::Double(_)) || matches!(exponent, Object::Double(_)) {
        Ok(Object::Double(result))
    } else if f64::from(result as i32).to_bits() == result.to_bits() {
        Ok(Object::Integer(result as i32))
    } else if ((result as i64) as f64).to_bits() == result.to_bits() {
        Ok(Object::Long(result as i64))
    } else {
        Ok(Object::Double(result))
    }
}

/// Division of decimals as Groovy does it: exact where that ends, else ten digits more than the operands have.
fn divide(left: Decimal, right: Decimal) -> Outcome<Decimal> {
    if right.is_zero() {
        return Err(arithmetic(if left.is_zero() { "Division undefined" } else { "Division by zero" }));
    }
    if left.is_zero() {
        let scale = left.scale().saturating_sub(right.scale());
        return Ok(Decimal::new(0, scale));
    }
    match exact(left, right) {
        Some(quotient) => Ok(quotient),
        None => rounded(left, right).ok_or_else(too_big),
    }
}

fn digits(value: u128) -> u32 {
    value.checked_ilog10().map_or(1, |log| log + 1)
}

/// Numerator and denominator of a quotient, without signs.
fn fraction(left: Decimal, right: Decimal) -> Option<(u128, u128)> {
    let (mut a, mut b) = (left.mantissa().unsigned_abs(), right.mantissa().unsigned_abs());
    let (sa, sb) = (left.scale(), right.scale());
    let common = gcd(a, b);
    a /= common;
    b /= common;
    if sb >= sa {
        a = a.checked_mul(10_u128.checked_pow(sb - sa)?)?;
    } else {
        b = b.checked_mul(10_u128.checked_pow(sa - sb)?)?;
    }
    let common = gcd(a, b);
    Some((a / common, b / common))
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

fn signed(mantissa: u128, scale: u32, negative: bool) -> Option<Decimal> {
    let mantissa = i128::try_from(mantissa).ok()?;
    Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, scale).ok()
}

/// The quotient when its digits end; its scale is at least the difference of the scales.
fn exact(left: Decimal, right: Decimal) -> Option<Decimal> {
    let (a, b) = fraction(left, right)?;
    let (mut twos, mut fives, mut rest) = (0_u32, 0_u32, b);
    while rest.is_multiple_of(2) {
        rest /= 2;
        twos += 1;
    }
    while rest.is_multiple_of(5) {
        rest /= 5;
        fives += 1;
    }
    if rest != 1 {
        return None;
    }
    let scale = twos.max(fives);
    let mantissa = a.checked_mul(10_u128.checked_pow(scale)? / b)?;
    let preferred = left.scale().saturating_sub(right.scale());
    let padding = preferred.saturating_sub(scale);
    let mantissa = mantissa.checked_mul(10_u128.checked_pow(padding)?)?;
    signed(mantissa, scale + padding, left.is_sign_negative() != right.is_sign_negative())
}

/// The quotient rounded to the precision of the operands and ten digits, then to a scale of at least ten.
fn rounded(left: Decimal, right: Decimal) -> Option<Decimal> {
    let precision = |value: &Decimal| digits(value.mantissa().unsigned_abs());
    let places = precision(&left).max(precision(&right)) + 10;
    let scale = left.scale().max(right.scale()).max(10);
    let Some((a, b)) = fraction(left, right) else {
        let quotient = left.checked_div(right)?;
        return Some(quotient.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero));
    };
    let whole = a / b;
    let mut rest = a % b;
    // Digits before the point count; zeros behind it do not.
    let whole_digits = if whole == 0 { 0 } else { digits(whole) };
    let mut mantissa = whole;
    let mut at = 0;
    let mut significant = whole_digits;
    while significant < places && at < scale + 2 {
        rest = rest.checked_mul(10)?;
        mantissa = mantissa.checked_mul(10)?.checked_add(rest / b)?;
        rest %= b;
        at += 1;
        if mantissa != 0 {
            significant += 1;
        }
    }
    if rest.checked_mul(2)? >= b {
        mantissa += 1;
    }
    let negative = left.is_sign_negative() != right.is_sign_negative();
    let mut drop = at.saturating_sub(scale);
    if digits(mantissa) > 28 {
        drop = drop.max(digits(mantissa) - 28);
    }
    if drop > 0 {
        let unit = 10_u128.checked_pow(drop)?;
        mantissa = (mantissa + unit / 2) / unit;
    }
    signed(mantissa, at - drop, negative)
}

/// `intdiv`
pub(crate) fn whole_quotient(left: &Object, right: &Object) -> Outcome<Option<Object>> {
    Ok(Some(match numbers(left, right) {
        Some(Numbers::Int(_, 0) | Numbers::Long(_, 0)) => return Err(arithmetic("/ by zero")),
        Some(Numbers::Big(_, 0)) => return Err(arithmetic("BigInteger divide by zero")),
        Some(Numbers::Int(a, b)) => Object::Integer(a.wrapping_div(b)),
        Some(Numbers::Long(a, b)) => Object::Long(a.wrapping_div(b)),
        Some(Numbers::Big(a, b)) => Object::BigInteger(a.wrapping_div(b)),
        Some(Numbers::Decimal(..) | Numbers::Double(..)) => {
            return Err(Throw::exception(
                "java.lang.UnsupportedOperationException",
                "Cannot use intdiv() on this number type: java.math.BigDecimal with value: ".to_owned()
                    + &number::decimal_to_string(&left.decimal_value().unwrap_or_default()),
            ));
        }
        None => return Ok(None),
    }))
}

/// How far Java shifts a `long`: by the low six bits.
fn low_bits(distance: i64) -> u32 {
    u32::try_from(distance & 63).unwrap_or(0)
}
