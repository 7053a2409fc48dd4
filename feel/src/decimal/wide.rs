//! 256-bit arithmetic for products, quotients and sums that do not fit into 128 bits.

use super::{Decimal, MAX_SCALE, POW10, PRECISION, digits, with_sign};

/// The sum of two numbers whose coefficients cannot be aligned in 128 bits.
pub(super) fn wide_sum(large: Decimal, small: Decimal) -> Decimal {
    // Give the larger one all the zeros that 256 bits hold, drop the digits of the smaller one below that (they only decide
    // a tie, through the sticky flag).
    let zeros = 75u32.saturating_sub(digits(large.coefficient.unsigned_abs())).min(76);
    let scale = large.scale + zeros.cast_signed();
    let low = zeros.min(38);
    let a = Wide::product(large.coefficient.unsigned_abs(), POW10[low as usize]).times_power(zeros - low);
    let shift = scale - small.scale;
    let (b, sticky) = if shift >= 0 {
        let low = shift.min(38);
        let first = Wide::product(small.coefficient.unsigned_abs(), POW10[low.cast_unsigned() as usize]);
        (first.times_power((shift - low).cast_unsigned()), false)
    } else {
        match POW10.get(shift.unsigned_abs() as usize) {
            Some(power) => {
                let magnitude = small.coefficient.unsigned_abs();
                (Wide::product(magnitude / power, 1), !magnitude.is_multiple_of(*power))
            }
            None => (Wide([0; 4]), true),
        }
    };
    let negative = large.coefficient < 0;
    let sum = if (small.coefficient < 0) == negative { a.plus(&b) } else { a.minus(&b) };
    sum.rounded(scale, negative, PRECISION, sticky)
}

/// 256 bits, least significant limb first.
pub(super) struct Wide([u64; 4]);

impl Wide {
    pub(super) fn product(a: u128, b: u128) -> Self {
        let a = [low64(a), low64(a >> 64)];
        let b = [low64(b), low64(b >> 64)];
        let mut limbs = [0u64; 4];
        for (i, x) in a.iter().enumerate() {
            let mut carry = 0u128;
            for (j, y) in b.iter().enumerate() {
                let sum = u128::from(*x) * u128::from(*y) + u128::from(limbs[i + j]) + carry;
                limbs[i + j] = low64(sum);
                carry = sum >> 64;
            }
            limbs[i + 2] = low64(carry);
        }
        Self(limbs)
    }

    /// Times `10^power`; the caller knows that it fits.
    pub(super) fn times_power(mut self, power: u32) -> Self {
        let mut left = power;
        while left > 0 {
            let step = left.min(19);
            let factor = POW10[step as usize];
            let mut carry = 0u128;
            for limb in &mut self.0 {
                let sum = u128::from(*limb) * factor + carry;
                *limb = low64(sum);
                carry = sum >> 64;
            }
            left -= step;
        }
        self
    }

    fn plus(mut self, other: &Self) -> Self {
        let mut carry = 0u128;
        for (limb, more) in self.0.iter_mut().zip(other.0) {
            let sum = u128::from(*limb) + u128::from(more) + carry;
            *limb = low64(sum);
            carry = sum >> 64;
        }
        self
    }

    fn minus(mut self, other: &Self) -> Self {
        let mut borrow = false;
        for (limb, less) in self.0.iter_mut().zip(other.0) {
            let (value, first) = limb.overflowing_sub(less);
            let (value, second) = value.overflowing_sub(u64::from(borrow));
            *limb = value;
            borrow = first || second;
        }
        self
    }

    fn divide_by_limb(&mut self, divisor: u64) -> u64 {
        let mut rest = 0u128;
        for limb in self.0.iter_mut().rev() {
            let value = rest << 64 | u128::from(*limb);
            *limb = low64(value / u128::from(divisor));
            rest = value % u128::from(divisor);
        }
        low64(rest)
    }

    /// Quotient, and whether the division was exact. Bit by bit: a fraction of a microsecond, only off the short paths.
    pub(super) fn divided_by(&self, divisor: u128) -> (Self, bool) {
        let mut quotient = [0u64; 4];
        let mut rest = 0u128;
        for at in (0..256).rev() {
            let overflow = rest >> 127 == 1;
            rest = rest << 1 | u128::from(self.0[at / 64] >> (at % 64) & 1);
            if overflow || rest >= divisor {
                rest = rest.wrapping_sub(divisor);
                quotient[at / 64] |= 1 << (at % 64);
            }
        }
        (Self(quotient), rest == 0)
    }

    fn as_u128(&self) -> Option<u128> {
        (self.0[2] == 0 && self.0[3] == 0).then(|| u128::from(self.0[1]) << 64 | u128::from(self.0[0]))
    }

    /// Rounded half-even to `precision` digits; `sticky` says that something below the last digit was dropped before.
    pub(super) fn rounded(mut self, scale: i32, negative: bool, precision: u32, mut sticky: bool) -> Decimal {
        let mut scale = scale;
        let mut half_digit = 0u64;
        loop {
            let fits = self.as_u128().is_some_and(|value| value < POW10[precision as usize]);
            if fits {
                break;
            }
            sticky |= half_digit != 0;
            half_digit = self.divide_by_limb(10);
            scale -= 1;
        }
        let mut kept = self.as_u128().unwrap_or(0);
        if half_digit > 5 || half_digit == 5 && (sticky || kept % 2 == 1) {
            kept += 1;
            if kept == POW10[precision as usize] {
                kept /= 10;
                scale -= 1;
            }
        }
        Decimal { coefficient: with_sign(kept, negative), scale: scale.clamp(-MAX_SCALE, MAX_SCALE) }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
fn low64(value: u128) -> u64 {
    value as u64
}
