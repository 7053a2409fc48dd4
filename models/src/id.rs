//! Identifiers of everything the engine makes.

use std::{fmt, num::NonZeroU64, str::FromStr};

/// A 128-bit identifier, written as a UUID. Ids of one node grow with time (UUID version 7 layout), so that ordering by id
/// is ordering by creation.
///
/// Rows have many ids that may be missing: this takes 16 bytes, an `Option` of it as well. The price is that the numbers whose
/// upper half is all ones are no ids; of version 7 they would be made in the year 10889.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Id(#[cbor(n(0), with = "as_bytes")] Halves);

/// The upper half, one more than it is, and the lower.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Halves(NonZeroU64, u64);

impl Id {
    /// The lowest: no entity has it.
    pub const NIL: Self = Self(Halves(NonZeroU64::MIN, 0));
    /// The highest.
    pub const MAX: Self = Self(Halves(NonZeroU64::MAX, u64::MAX));

    /// The id of that number; of one that is too high, [`Id::MAX`].
    pub const fn new(number: u128) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the halves of the number")]
        let (upper, lower) = ((number >> 64) as u64, number as u64);
        match NonZeroU64::new(upper.wrapping_add(1)) {
            Some(upper) => Self(Halves(upper, lower)),
            None => Self::MAX,
        }
    }

    /// Its number.
    pub const fn number(self) -> u128 {
        ((self.0.0.get() - 1) as u128) << 64 | self.0.1 as u128
    }
}

impl Default for Id {
    fn default() -> Self {
        Self::NIL
    }
}

/// The text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseIdError;

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: expected 32 hexadecimal digits with or without hyphens")
    }
}

impl std::error::Error for ParseIdError {}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let v = self.number();
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            (v >> 96) as u32,
            (v >> 80) as u16,
            (v >> 64) as u16,
            (v >> 48) as u16,
            v & 0xffff_ffff_ffff
        )
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        if text.len() != 36 {
            return Err(ParseIdError);
        }
        let mut value = 0u128;
        for (at, byte) in text.bytes().enumerate() {
            let hyphen = matches!(at, 8 | 13 | 18 | 23);
            match (hyphen, byte) {
                (true, b'-') => {}
                (false, b'0'..=b'9') => value = value << 4 | u128::from(byte - b'0'),
                (false, b'a'..=b'f') => value = value << 4 | u128::from(byte - b'a' + 10),
                _ => return Err(ParseIdError),
            }
        }
        let id = Self::new(value);
        if id.number() == value { Ok(id) } else { Err(ParseIdError) }
    }
}

/// 16 bytes, big-endian: CBOR has no 128-bit integer.
mod as_bytes {
    use minicbor::{Decoder, Encoder};

    use super::{Halves, Id};

    pub(super) fn encode<C, W: minicbor::encode::Write>(
        value: &Halves,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&Id(*value).number().to_be_bytes())?.ok()
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Halves, minicbor::decode::Error> {
        let bytes = d.bytes()?;
        let bytes: [u8; 16] = bytes.try_into().map_err(|_| minicbor::decode::Error::message("an id has 16 bytes"))?;
        Ok(Id::new(u128::from_be_bytes(bytes)).0)
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn text_round_trip() {
        let id = Id::new(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(id.to_string(), "01234567-89ab-cdef-0123-456789abcdef");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("01234567-89ab-cdef-0123-456789abcdeg".parse::<Id>().is_err());
        assert!("0123".parse::<Id>().is_err());
        assert!("ffffffff-ffff-ffff-0000-000000000000".parse::<Id>().is_err());
    }

    #[test]
    fn order_and_size() {
        let numbers = [0, 1, u128::from(u64::MAX), 1 << 64, u128::MAX >> 1, (u128::MAX << 65) | 7];
        let ids = numbers.map(Id::new);
        assert!(ids.is_sorted());
        assert_eq!(ids.map(Id::number), numbers);
        assert!(ids.iter().all(|id| (Id::NIL..=Id::MAX).contains(id)));
        assert_eq!(Id::new(u128::MAX), Id::MAX);
        assert_eq!(size_of::<Option<Id>>(), 16);
    }
}
