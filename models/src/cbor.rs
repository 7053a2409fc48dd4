//! CBOR of shared values, for `#[cbor(with = "…")]`: an `Arc` is stored as what it points to.

/// `Arc<T>`.
pub mod arc {
    use std::sync::Arc;

    use minicbor::{Decode, Decoder, Encode, Encoder};

    /// Writes the pointee.
    pub fn encode<C, T: Encode<C>, W: minicbor::encode::Write>(
        value: &Arc<T>,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        value.as_ref().encode(e, ctx)
    }

    /// Reads into a fresh `Arc`.
    pub fn decode<'b, C, T: Decode<'b, C>>(
        d: &mut Decoder<'b>,
        ctx: &mut C,
    ) -> Result<Arc<T>, minicbor::decode::Error> {
        T::decode(d, ctx).map(Arc::new)
    }
}

/// `Arc<str>`.
pub mod arc_str {
    use std::sync::Arc;

    use minicbor::{Decoder, Encoder};

    /// Writes a text string.
    pub fn encode<C, W: minicbor::encode::Write>(
        value: &Arc<str>,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(value)?.ok()
    }

    /// Reads a text string.
    pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Arc<str>, minicbor::decode::Error> {
        Ok(d.str()?.into())
    }
}

/// `Option<Arc<str>>`; absent is CBOR null.
pub mod option_arc_str {
    use std::sync::Arc;

    use minicbor::{Decoder, Encoder, data::Type};

    /// Writes a text string or null.
    pub fn encode<C, W: minicbor::encode::Write>(
        value: &Option<Arc<str>>,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match value {
            Some(text) => e.str(text)?.ok(),
            None => e.null()?.ok(),
        }
    }

    /// Reads a text string or null.
    pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Option<Arc<str>>, minicbor::decode::Error> {
        if d.datatype()? == Type::Null {
            d.skip()?;
            return Ok(None);
        }
        Ok(Some(d.str()?.into()))
    }

    /// Whether the value is written as null.
    pub fn is_nil(value: &Option<Arc<str>>) -> bool {
        value.is_none()
    }

    /// What an absent field becomes.
    #[expect(clippy::option_option, reason = "the signature the derive macro calls")]
    pub fn nil() -> Option<Option<Arc<str>>> {
        Some(None)
    }
}

/// `Arc<[u8]>`.
pub mod arc_bytes {
    use std::sync::Arc;

    use minicbor::{Decoder, Encoder};

    /// Writes a byte string.
    pub fn encode<C, W: minicbor::encode::Write>(
        value: &Arc<[u8]>,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(value)?.ok()
    }

    /// Reads a byte string.
    pub fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Arc<[u8]>, minicbor::decode::Error> {
        Ok(d.bytes()?.into())
    }
}
