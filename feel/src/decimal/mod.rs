//! Decimal numbers as Camunda's FEEL engine has them: 34 significant digits, half-even, with the scale of the operands.
//!
//! The FEEL engine computes with IEEE decimal128 contexts over arbitrary exponents, and `string(1/3)` shows all 34 digits; a
//! 28-digit, 96-bit decimal can hold neither that nor a double such as `1e300`. The invariant: the coefficient has at most
//! [`MAX_DIGITS`] digits, and results of operands with up to [`PRECISION`]
//! digits have no more than that.

#[cfg(test)]
mod tests;
mod wide;

use std::{cmp::Ordering, fmt, str::FromStr};

use wide::{Wide, wide_sum};

/// Significant digits of arithmetic results.
pub const PRECISION: u32 = 34;
/// Significant digits that a value can hold: a literal may be longer than a result.
pub const MAX_DIGITS: u32 = 38;
/// Scales beyond this are refused: far outside what a double or any sensible literal needs.
const MAX_SCALE: i32 = 1_000_000;

/// A decimal number: `coefficient × 10^-scale`. Numerically equal values with different scales are equal.
#[derive(Clone, Copy)]
pub struct Decimal {
    coefficient: i128,
    scale: i32,
}

/// How digits are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// Towards positive infinity.
    Ceiling,
    /// Towards negative infinity.
    Floor,
    /// To the nearest, ties away from zero.
    HalfUp,
    /// To the nearest, ties towards zero.
    HalfDown,
    /// To the nearest, ties to the even neighbour.
    HalfEven,
    /// Refuses to drop digits other than zero.
    Unnecessary,
}

/// The result has no value: division by zero, a scale out of range, rounding that would be needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticError {
    /// Division by zero.
    DivisionByZero,
    /// [`Rounding::Unnecessary`] met digits to drop.
    RoundingNecessary,
    /// Too large, too small, or too many digits.
    OutOfRange,
}

impl fmt::Display for ArithmeticError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DivisionByZero => "Division by zero",
            Self::RoundingNecessary => "Rounding necessary",
            Self::OutOfRange => "Overflow",
        })
    }
}

impl std::error::Error for ArithmeticError {}

/// The text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseDecimalError;

impl fmt::Display for ParseDecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number")
    }
}

impl std::error::Error for ParseDecimalError {}

const fn powers() -> [u128; 39] {
    let mut table = [1u128; 39];
    let mut at = 1;
    while at < 39 {
        table[at] = table[at - 1] * 10;
        at += 1;
    }
    table
}

const POW10: [u128; 39] = powers();

fn digits(value: u128) -> u32 {
    if value == 0 { 1 } else { value.ilog10() + 1 }
}

impl Decimal {
    /// 0.
    pub const ZERO: Self = Self { coefficient: 0, scale: 0 };
    /// 1.
    pub const ONE: Self = Self { coefficient: 1, scale: 0 };

    /// `coefficient × 10^-scale`, rounded to [`PRECISION`] digits.
    fn rounded(coefficient: i128, scale: i32) -> Self {
        Self::rounded_to(coefficient, scale, PRECISION)
    }

    fn rounded_to(coefficient: i128, scale: i32, precision: u32) -> Self {
        let magnitude = coefficient.unsigned_abs();
        let count = digits(magnitude);
        if count <= precision {
            return Self { coefficient, scale };
        }
        let drop = count - precision;
        let mut kept = divide_half_even(magnitude, POW10[drop as usize]);
        let mut scale = scale - drop.cast_signed();
        if kept == POW10[precision as usize] {
            kept /= 10;
            scale -= 1;
        }
        Self { coefficient: with_sign(kept, coefficient < 0), scale }
    }

    /// A literal with more digits passes its precision on to what is computed from it.
    fn precision(self) -> u32 {
        digits(self.coefficient.unsigned_abs()).clamp(PRECISION, MAX_DIGITS)
    }

    /// Whether the value is 0.
    pub fn is_zero(self) -> bool {
        self.coefficient == 0
    }

    /// Whether the value is below 0.
    pub fn is_negative(self) -> bool {
        self.coefficient < 0
    }

    /// The magnitude.
    #[must_use]
    pub fn abs(self) -> Self {
        Self { coefficient: self.coefficient.abs(), scale: self.scale }
    }

    /// Whether there is no fraction.
    pub fn is_whole(self) -> bool {
        if self.scale <= 0 || self.coefficient == 0 {
            return true;
        }
        let scale = self.scale.cast_unsigned();
        scale < 39 && self.coefficient.unsigned_abs().is_multiple_of(POW10[scale as usize])
    }

    /// The value without its fraction; `None` beyond 128 bits.
    fn truncated(self) -> Option<i128> {
        match self.scale {
            0 => Some(self.coefficient),
            scale @ 1..=38 => Some(self.coefficient / POW10[scale.cast_unsigned() as usize].cast_signed()),
            scale if scale > 38 => Some(0),
            _ if self.coefficient == 0 => Some(0),
            scale => {
                let power = POW10.get(scale.unsigned_abs() as usize)?;
                self.coefficient.checked_mul(power.cast_signed())
            }
        }
    }

    /// The low 32 bits of the value without its fraction, as Java's `intValue`.
    #[expect(clippy::cast_possible_truncation, reason = "Java's narrowing conversion")]
    pub fn to_i32_wrapping(self) -> i32 {
        self.truncated().unwrap_or(0) as i32
    }

    /// The value as a 64-bit integer, when it is one.
    pub fn to_i64(self) -> Option<i64> {
        if !self.is_whole() {
            return None;
        }
        self.truncated().and_then(|value| i64::try_from(value).ok())
    }

    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        const EXACT: [f64; 23] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
            1e19, 1e20, 1e21, 1e22,
        ];
        if self.coefficient.unsigned_abs() < 1 << 53 && (0..=22).contains(&self.scale) {
            #[expect(clippy::cast_precision_loss, reason = "below 2^53 the conversion is exact")]
            return self.coefficient as f64 / EXACT[self.scale.cast_unsigned() as usize];
        }
        format!("{}e{}", self.coefficient, -i64::from(self.scale)).parse().unwrap_or(f64::NAN)
    }

    /// A double, with the digits that Java prints for it; `None` for NaN and the infinities.
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e')?;
        let exponent: i32 = exponent.parse().ok()?;
        let mut coefficient: i128 = 0;
        let mut count: i32 = 0;
        for byte in mantissa.bytes().filter(u8::is_ascii_digit) {
            coefficient = coefficient * 10 + i128::from(byte - b'0');
            count += 1;
        }
        // Java prints at least one fraction digit, and the scale follows what it prints.
        let scale = if value == 0.0 {
            1
        } else if (1e-3..1e7).contains(&value.abs()) {
            (count - 1 - exponent).max(1)
        } else {
            (count - 1).max(1) - exponent
        };
        let padding = scale - (count - 1 - exponent);
        if padding > 0 {
            coefficient *= POW10[padding.cast_unsigned() as usize].cast_signed();
        }
        Some(Self { coefficient: if mantissa.starts_with('-') { -coefficient } else { coefficient }, scale })
    }

    /// Both coefficients at the larger scale, when they fit.
    fn aligned(self, other: Self) -> Option<(i128, i128, i32)> {
        if self.scale == other.scale {
            return Some((self.coefficient, other.coefficient, self.scale));
        }
        let scale = self.scale.max(other.scale);
        let lift = |value: Self| {
            let power = POW10.get(usize::try_from(scale - value.scale).ok()?)?;
            value.coefficient.checked_mul(power.cast_signed())
        };
        Some((lift(self)?, lift(other)?, scale))
    }

    /// The sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        if let Some((a, b, scale)) = self.aligned(other)
            && let Some(sum) = a.checked_add(b)
        {
            return Self::rounded_to(sum, scale, self.precision());
        }
        // So far apart that alignment needs more than 38 digits: add in 256 bits, or keep the larger one.
        let (large, small) = if self.adjusted() >= other.adjusted() { (self, other) } else { (other, self) };
        if small.is_zero() || large.adjusted() - small.adjusted() > 75 {
            return Self::rounded(large.coefficient, large.scale).widened();
        }
        if large.is_zero() {
            return Self::rounded(small.coefficient, small.scale);
        }
        wide_sum(large, small)
    }

    /// Padded with zeros to full precision: what adding a negligible value leaves.
    fn widened(self) -> Self {
        let room = PRECISION - digits(self.coefficient.unsigned_abs()).min(PRECISION);
        Self {
            coefficient: self.coefficient * POW10[room as usize].cast_signed(),
            scale: self.scale + room.cast_signed(),
        }
    }

    /// The exponent of the first digit.
    fn adjusted(self) -> i32 {
        digits(self.coefficient.unsigned_abs()).cast_signed() - 1 - self.scale
    }

    /// The difference.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.plus(other.negated())
    }

    /// The value with the opposite sign.
    #[must_use]
    pub fn negated(self) -> Self {
        Self { coefficient: -self.coefficient, scale: self.scale }
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        self.times_to(other, self.precision())
    }

    fn times_to(self, other: Self, precision: u32) -> Self {
        let scale = self.scale.saturating_add(other.scale).clamp(-MAX_SCALE, MAX_SCALE);
        let negative = (self.coefficient < 0) != (other.coefficient < 0);
        let (a, b) = (self.coefficient.unsigned_abs(), other.coefficient.unsigned_abs());
        if let Some(product) = a.checked_mul(b).filter(|product| *product < POW10[38]) {
            return Self::rounded_to(with_sign(product, negative), scale, precision);
        }
        Wide::product(a, b).rounded(scale, negative, precision, false)
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`ArithmeticError::DivisionByZero`].
    pub fn divided_by(self, other: Self) -> Result<Self, ArithmeticError> {
        self.divided_to(other, self.precision())
    }

    fn divided_to(self, other: Self, precision: u32) -> Result<Self, ArithmeticError> {
        if other.coefficient == 0 {
            return Err(ArithmeticError::DivisionByZero);
        }
        let preferred = self.scale.saturating_sub(other.scale);
        if self.coefficient == 0 {
            return Ok(Self { coefficient: 0, scale: preferred.clamp(-MAX_SCALE, MAX_SCALE) });
        }
        if self.coefficient % other.coefficient == 0 {
            return Ok(Self::rounded_to(self.coefficient / other.coefficient, preferred, precision));
        }
        let negative = (self.coefficient < 0) != (other.coefficient < 0);
        let (a, b) = (self.coefficient.unsigned_abs(), other.coefficient.unsigned_abs());
        // Enough zeros behind the dividend that the quotient has at least two digits more than the precision.
        let zeros = (precision + 2 + digits(b)).saturating_sub(digits(a)).min(38 + 38);
        let low = zeros.min(38);
        let dividend = Wide::product(a, POW10[low as usize]).times_power(zeros - low);
        let (quotient, exact) = dividend.divided_by(b);
        let mut result = quotient.rounded(preferred.saturating_add(zeros.cast_signed()), negative, precision, !exact);
        // An exact quotient has the scale nearest to the preferred one.
        if exact {
            while result.scale > preferred && result.coefficient % 10 == 0 {
                result.coefficient /= 10;
                result.scale -= 1;
            }
        }
        Ok(result)
    }

    /// The remainder of the truncated division; it has the sign of the dividend.
    ///
    /// # Errors
    /// [`ArithmeticError::DivisionByZero`], [`ArithmeticError::OutOfRange`] when the quotient has too many digits.
    pub fn remainder(self, other: Self) -> Result<Self, ArithmeticError> {
        if other.coefficient == 0 {
            return Err(ArithmeticError::DivisionByZero);
        }
        if let Some((a, b, scale)) = self.aligned(other) {
            return Ok(Self { coefficient: a % b, scale });
        }
        let quotient = self.divided_by(other)?.with_scale(0, Rounding::Down)?;
        Ok(self.minus(quotient.times(other)))
    }

    /// The value to a whole power.
    ///
    /// # Errors
    /// [`ArithmeticError::DivisionByZero`] for zero to a negative power, [`ArithmeticError::OutOfRange`] for exponents
    /// beyond ±999,999,999 and results out of range.
    pub fn power(self, exponent: i32) -> Result<Self, ArithmeticError> {
        if exponent.unsigned_abs() > 999_999_999 {
            return Err(ArithmeticError::OutOfRange);
        }
        let mut result = Self::ONE;
        let mut remaining = exponent.unsigned_abs();
        let mut base = self;
        while remaining > 0 {
            if remaining & 1 == 1 {
                result = result.times_to(base, MAX_DIGITS);
            }
            remaining >>= 1;
            if remaining > 0 {
                base = base.times_to(base, MAX_DIGITS);
            }
            if result.scale.abs() >= MAX_SCALE || base.scale.abs() >= MAX_SCALE {
                return Err(ArithmeticError::OutOfRange);
            }
        }
        if exponent < 0 {
            result = Self::ONE.divided_to(result, PRECISION + 2)?;
        }
        Ok(Self::rounded(result.coefficient, result.scale))
    }

    /// The value with that many fraction digits (negative: that many zeros before the point).
    ///
    /// # Errors
    /// [`ArithmeticError::RoundingNecessary`] for [`Rounding::Unnecessary`]; [`ArithmeticError::OutOfRange`] when the
    /// result has too many digits.
    pub fn with_scale(self, scale: i32, rounding: Rounding) -> Result<Self, ArithmeticError> {
        if scale.abs() > MAX_SCALE {
            return Err(ArithmeticError::OutOfRange);
        }
        if scale >= self.scale {
            let power = POW10.get((scale - self.scale).cast_unsigned() as usize);
            let coefficient = match power {
                Some(power) => self.coefficient.checked_mul(power.cast_signed()),
                None if self.coefficient == 0 => Some(0),
                None => None,
            };
            return match coefficient {
                Some(coefficient) => Ok(Self { coefficient, scale }),
                None => Err(ArithmeticError::OutOfRange),
            };
        }
        let drop = (self.scale - scale).cast_unsigned();
        let negative = self.coefficient < 0;
        let magnitude = self.coefficient.unsigned_abs();
        let (kept, against_half, exact) = match POW10.get(drop as usize) {
            Some(power) => {
                let rest = magnitude % power;
                (magnitude / power, (rest).cmp(&(power - rest)), rest == 0)
            }
            None => (0, Ordering::Less, magnitude == 0),
        };
        let up = !exact
            && match rounding {
                Rounding::Up => true,
                Rounding::Down => false,
                Rounding::Ceiling => !negative,
                Rounding::Floor => negative,
                Rounding::HalfUp => against_half != Ordering::Less,
                Rounding::HalfDown => against_half == Ordering::Greater,
                Rounding::HalfEven => {
                    against_half == Ordering::Greater || against_half == Ordering::Equal && kept % 2 == 1
                }
                Rounding::Unnecessary => return Err(ArithmeticError::RoundingNecessary),
            };
        Ok(Self { coefficient: with_sign(kept + u128::from(up), negative), scale })
    }
}

fn with_sign(magnitude: u128, negative: bool) -> i128 {
    let value = magnitude.cast_signed();
    if negative { -value } else { value }
}

fn divide_half_even(value: u128, divisor: u128) -> u128 {
    let (quotient, rest) = (value / divisor, value % divisor);
    match rest.cmp(&(divisor - rest)) {
        Ordering::Greater => quotient + 1,
        Ordering::Equal => quotient + (quotient & 1),
        Ordering::Less => quotient,
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self { coefficient: i128::from(value), scale: 0 }
    }
}

impl From<i32> for Decimal {
    fn from(value: i32) -> Self {
        Self { coefficient: i128::from(value), scale: 0 }
    }
}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    /// Java's grammar: an optional sign, digits with an optional point, an optional exponent.
    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| ParseDecimalError)?),
            None => (text, 0),
        };
        let (negative, unsigned) = match mantissa.as_bytes().first() {
            Some(b'-') => (true, &mantissa[1..]),
            Some(b'+') => (false, &mantissa[1..]),
            _ => (false, mantissa),
        };
        let mut coefficient: u128 = 0;
        let mut scale: i32 = 0;
        let mut seen = false;
        let mut point = false;
        // Digits beyond what fits are rounded away; `dropped` holds the first of them, `sticky` the rest.
        let mut dropped: Option<u8> = None;
        let mut sticky = false;
        for byte in unsigned.bytes() {
            match byte {
                b'0'..=b'9' => {
                    seen = true;
                    if coefficient < POW10[37] {
                        coefficient = coefficient * 10 + u128::from(byte - b'0');
                        scale += i32::from(point);
                    } else {
                        if dropped.is_some() {
                            sticky |= byte != b'0';
                        } else {
                            dropped = Some(byte - b'0');
                        }
                        scale -= i32::from(!point);
                    }
                }
                b'.' if !point => point = true,
                _ => return Err(ParseDecimalError),
            }
        }
        if !seen {
            return Err(ParseDecimalError);
        }
        if let Some(first) = dropped
            && (first > 5 || first == 5 && (sticky || coefficient % 2 == 1))
        {
            coefficient += 1;
        }
        let scale = scale.checked_sub(exponent).filter(|scale| scale.abs() <= MAX_SCALE).ok_or(ParseDecimalError)?;
        Ok(Self { coefficient: with_sign(coefficient, negative), scale })
    }
}

impl fmt::Display for Decimal {
    /// Java's canonical form: plain unless there are zeros before the point or more than six behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.coefficient.unsigned_abs().to_string();
        let sign = if self.coefficient < 0 { "-" } else { "" };
        let adjusted = i64::try_from(text.len()).unwrap_or(0) - 1 - i64::from(self.scale);
        if self.scale == 0 {
            return write!(f, "{sign}{text}");
        }
        if self.scale > 0 && adjusted >= -6 {
            let scale = self.scale.cast_unsigned() as usize;
            return if text.len() > scale {
                write!(f, "{sign}{}.{}", &text[..text.len() - scale], &text[text.len() - scale..])
            } else {
                write!(f, "{sign}0.{text:0>scale$}")
            };
        }
        write!(f, "{sign}{}", &text[..1])?;
        if text.len() > 1 {
            write!(f, ".{}", &text[1..])?;
        }
        if adjusted != 0 { write!(f, "E{adjusted:+}") } else { Ok(()) }
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if let Some((a, b, _)) = self.aligned(*other) {
            return a.cmp(&b);
        }
        let sign = self.coefficient.signum();
        if sign != other.coefficient.signum() || sign == 0 {
            return sign.cmp(&other.coefficient.signum());
        }
        // Alignment did not fit: the exponents decide, or the sign of the difference.
        match self.adjusted().cmp(&other.adjusted()) {
            Ordering::Equal => self.minus(*other).coefficient.cmp(&0),
            order if sign < 0 => order.reverse(),
            order => order,
        }
    }
}
