//! Bytes inside a stored value that are used where they lie.

use std::{ops::Deref, ops::Range, sync::Arc};

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use store::Bytes;

/// Part of a value as the store returned it, which is kept for it.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    value: Bytes,
    range: Range<usize>,
}

impl Default for Packed {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl From<Vec<u8>> for Packed {
    fn from(bytes: Vec<u8>) -> Self {
        let range = 0..bytes.len();
        Self { value: Bytes::from(Arc::<[u8]>::from(bytes)), range }
    }
}

impl Deref for Packed {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.value[self.range.clone()]
    }
}

impl PartialEq for Packed {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

/// What a value is decoded from.
pub(crate) trait Origin {
    /// The whole value, if it is to be kept.
    fn value(&self) -> Option<&Bytes>;
}

impl Origin for Bytes {
    fn value(&self) -> Option<&Bytes> {
        Some(self)
    }
}

impl Origin for () {
    fn value(&self) -> Option<&Bytes> {
        None
    }
}

impl<C> Encode<C> for Packed {
    fn encode<W: encode::Write>(&self, encoder: &mut Encoder<W>, _: &mut C) -> Result<(), encode::Error<W::Error>> {
        encoder.bytes(self)?.ok()
    }
}

impl<'b, C: Origin> Decode<'b, C> for Packed {
    fn decode(decoder: &mut Decoder<'b>, context: &mut C) -> Result<Self, decode::Error> {
        let bytes = decoder.bytes()?;
        let end = decoder.position();
        Ok(match context.value() {
            Some(value) => Self { value: value.clone(), range: end - bytes.len()..end },
            None => Self::from(bytes.to_vec()),
        })
    }
}

/// The first index at which something holds, of those below `count`; what holds must hold behind it too.
pub(crate) fn first(count: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = usize::midpoint(low, high);
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}
