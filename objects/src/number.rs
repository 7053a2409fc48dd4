//! Numbers as Java's `Number` classes convert and write them.

use rust_decimal::{Decimal, prelude::ToPrimitive as _};

use crate::object::Object;

impl Object {
    /// Whether this is a number.
    pub fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Short(_)
                | Self::Integer(_)
                | Self::Long(_)
                | Self::BigInteger(_)
                | Self::Double(_)
                | Self::BigDecimal(_)
        )
    }

    /// `Number.longValue()`: truncates as Java does; `None` for what is not a number.
    #[expect(clippy::cast_possible_truncation, reason = "Java's narrowing: saturates for double, wraps for integers")]
    pub fn long_value(&self) -> Option<i64> {
        Some(match self {
            Self::Short(value) => i64::from(*value),
            Self::Integer(value) => i64::from(*value),
            Self::Long(value) => *value,
            Self::BigInteger(value) => *value as i64,
            Self::Double(value) => *value as i64,
            Self::BigDecimal(value) => value.trunc().to_i128().map_or(0, |whole| whole as i64),
            _ => return None,
        })
    }

    /// `Number.intValue()`.
    #[expect(clippy::cast_possible_truncation, reason = "Java's narrowing: saturates for double, wraps for integers")]
    pub fn int_value(&self) -> Option<i32> {
        match self {
            Self::Double(value) => Some(*value as i32),
            other => other.long_value().map(|value| value as i32),
        }
    }

    /// `Number.doubleValue()`.
    #[expect(clippy::cast_precision_loss, reason = "Java's widening rounds too")]
    pub fn double_value(&self) -> Option<f64> {
        Some(match self {
            Self::Short(value) => f64::from(*value),
            Self::Integer(value) => f64::from(*value),
            Self::Long(value) => *value as f64,
            Self::BigInteger(value) => *value as f64,
            Self::Double(value) => *value,
            // Through the digits: the direct conversion of the decimal crate is off by one unit at times.
            Self::BigDecimal(value) => value.to_string().parse().unwrap_or(f64::NAN),
            _ => return None,
        })
    }

    /// The number as a decimal; doubles by their shortest digits. `None` when it is no number or out of range.
    pub fn decimal_value(&self) -> Option<Decimal> {
        match self {
            Self::Short(value) => Some(Decimal::from(*value)),
            Self::Integer(value) => Some(Decimal::from(*value)),
            Self::Long(value) => Some(Decimal::from(*value)),
            Self::BigInteger(value) => Decimal::try_from_i128_with_scale(*value, 0).ok(),
            Self::Double(value) => decimal_from_text(&double_to_string(*value)),
            Self::BigDecimal(value) => Some(*value),
            _ => None,
        }
    }
}

/// `new BigDecimal(text)`; `None` when the text is no number or has more digits than 96 bits hold.
pub fn decimal_from_text(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E')) {
        return None;
    }
    if digits.contains(['e', 'E']) {
        Decimal::from_scientific(digits).ok()
    } else {
        Decimal::from_str_exact(digits).ok()
    }
}

/// `new BigDecimal(double)` in Java keeps every binary digit; 96 bits keep the leading 28 digits of them.
pub fn decimal_from_double(value: f64) -> Option<Decimal> {
    if !value.is_finite() {
        return None;
    }
    if value.fract().abs() < f64::MIN_POSITIVE && value.abs() < 1e28 {
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range")]
        return Decimal::try_from_i128_with_scale(value as i128, 0).ok();
    }
    let exact = format!("{value:.1074}");
    let exact = exact.trim_end_matches('0');
    Decimal::from_str_exact(exact).ok().or_else(|| {
        let keep = exact.char_indices().nth(29).map_or(exact.len(), |(at, _)| at);
        Decimal::from_str_exact(&exact[..keep]).ok()
    })
}

/// `Double.valueOf(text)`: surrounding space and a type suffix are allowed, words of Rust's parser are not.
pub fn double_from_text(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c <= ' ');
    let (sign, magnitude) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    match magnitude {
        "NaN" => return Some(f64::NAN),
        "Infinity" => return Some(sign * f64::INFINITY),
        _ => {}
    }
    let digits = magnitude.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(magnitude);
    let starts_well = matches!(digits.as_bytes().first(), Some(b'0'..=b'9' | b'.'));
    if starts_well && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
        digits.parse::<f64>().ok().map(|value| sign * value)
    } else {
        None
    }
}

/// `Long.valueOf(text)`.
pub fn long_from_text(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// `Double.toString`: the shortest digits that read back, in Java's notation (`1.0`, `1.0E10`, `1.0E-4`).
pub fn double_to_string(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        let mut text = value.to_string();
        if !text.contains('.') {
            text.push_str(".0");
        }
        return text;
    }
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    format!("{digits}{point}E{exponent}")
}

/// `BigDecimal.toString`: scientific notation when the exponent is small enough.
pub fn decimal_to_string(value: &Decimal) -> String {
    let digits = value.mantissa().unsigned_abs().to_string();
    let adjusted = i64::try_from(digits.len()).unwrap_or(0) - 1 - i64::from(value.scale());
    if adjusted >= -6 {
        return value.to_string();
    }
    let sign = if value.is_sign_negative() && !value.is_zero() { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}E{adjusted}")
}
