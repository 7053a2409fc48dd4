//! Identifiers of everything the engine makes.

use std::{fmt, str::FromStr};

/// A 128-bit identifier, written as a UUID. Ids of one node grow with time (UUID version 7 layout), so that ordering by id
/// is ordering by creation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Id(#[cbor(n(0), with = "as_bytes")] pub u128);

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
        let v = self.0;
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
        Ok(Self(value))
    }
}

/// 16 bytes, big-endian: CBOR has no 128-bit integer.
mod as_bytes {
    use minicbor::{Decoder, Encoder};

    pub(super) fn encode<C, W: minicbor::encode::Write>(
        value: &u128,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&value.to_be_bytes())?.ok()
    }

    pub(super) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<u128, minicbor::decode::Error> {
        let bytes = d.bytes()?;
        let bytes: [u8; 16] = bytes.try_into().map_err(|_| minicbor::decode::Error::message("an id has 16 bytes"))?;
        Ok(u128::from_be_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn text_round_trip() {
        let id = Id(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        assert_eq!(id.to_string(), "01234567-89ab-cdef-0123-456789abcdef");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("01234567-89ab-cdef-0123-456789abcdeg".parse::<Id>().is_err());
        assert!("0123".parse::<Id>().is_err());
    }
}
