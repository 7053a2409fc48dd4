//! Number literals.

use rust_decimal::Decimal;

use super::Lexer;
use crate::{error::ParseError, token::TokenKind};

impl Lexer<'_> {
    /// Reads a number; a decimal point makes it a `BigDecimal`, a suffix one of `G L I D F` picks the type.
    pub(super) fn number(&mut self) -> Result<(), ParseError> {
        let start = self.at;
        let rest = self.rest();
        let lower = rest.get(..2).unwrap_or("").to_ascii_lowercase();
        let radix = match lower.as_str() {
            "0x" => 16,
            "0b" => 2,
            _ => 10,
        };
        if radix != 10 {
            let length = rest[2..].find(|c: char| !c.is_digit(radix) && c != '_').map_or(rest.len(), |at| at + 2);
            let digits = rest[2..length].replace('_', "");
            self.at += length;
            return self.whole(start, &digits, radix);
        }
        let bytes = rest.as_bytes();
        let digits_from = |from: usize| {
            bytes[from..]
                .iter()
                .position(|b| !b.is_ascii_digit() && *b != b'_')
                .map_or(bytes.len(), |length| from + length)
        };
        let mut end = digits_from(0);
        let mut fraction = false;
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            end = digits_from(end + 1);
            fraction = true;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
                end = digits_from(end + 1 + sign);
                fraction = true;
            }
        }
        let digits = rest[..end].replace('_', "");
        self.at += end;
        match bytes.get(end) {
            Some(b'd' | b'D' | b'f' | b'F') => {
                self.at += 1;
                let value = digits.parse().or_else(|_| self.fail(start, format!("`{digits}` is no number")))?;
                self.literal(TokenKind::Double(value), start)
            }
            suffix if fraction => {
                if matches!(suffix, Some(b'g' | b'G')) {
                    self.at += 1;
                }
                match decimal(&digits) {
                    Some(value) => self.literal(TokenKind::Decimal(value), start),
                    None => self.fail(start, format!("`{digits}` has more digits than 96 bits hold")),
                }
            }
            _ if digits.len() > 1 && digits.starts_with('0') => self.whole(start, &digits[1..], 8),
            _ => self.whole(start, &digits, 10),
        }
    }

    fn whole(&mut self, start: usize, digits: &str, radix: u32) -> Result<(), ParseError> {
        let Ok(value) = i128::from_str_radix(digits, radix) else {
            return self.fail(start, format!("`{digits}` is no whole number within 128 bits"));
        };
        let suffix = self.peek();
        if matches!(suffix, Some('l' | 'L' | 'i' | 'I' | 'g' | 'G')) {
            self.at += 1;
        }
        // Hexadecimal and binary literals may fill the sign bit.
        let fits_int = i32::try_from(value).ok();
        let fits_long = i64::try_from(value).ok();
        let kind = match suffix {
            Some('g' | 'G') => TokenKind::BigInteger(value),
            Some('l' | 'L') => match fits_long {
                Some(value) => TokenKind::Long(value),
                None => return self.fail(start, format!("Number of value {digits} does not fit in the range of long")),
            },
            Some('i' | 'I') => match fits_int {
                Some(value) => TokenKind::Int(value),
                None => return self.fail(start, format!("Number of value {digits} does not fit in the range of int")),
            },
            _ => match (fits_int, fits_long) {
                (Some(value), _) => TokenKind::Int(value),
                (None, Some(value)) => TokenKind::Long(value),
                (None, None) => TokenKind::BigInteger(value),
            },
        };
        self.literal(kind, start)
    }

    fn literal(&mut self, kind: TokenKind, start: usize) -> Result<(), ParseError> {
        if self.peek().is_some_and(super::starts_name) {
            return self.fail(start, "Invalid number literal");
        }
        self.push(kind, start);
        Ok(())
    }
}

fn decimal(digits: &str) -> Option<Decimal> {
    objects::number::decimal_from_text(digits)
}
