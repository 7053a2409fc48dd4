//! Stored form of rows that are shared in memory: as plain rows.

use std::sync::Arc;

use minicbor::{
    Decode, Decoder, Encode, Encoder,
    decode::Error as DecodeError,
    encode::{Error as EncodeError, Write},
};

pub(super) fn encode<T: Encode<C>, C, W: Write>(
    rows: &[Arc<T>],
    e: &mut Encoder<W>,
    ctx: &mut C,
) -> Result<(), EncodeError<W::Error>> {
    e.array(rows.len() as u64)?;
    for row in rows {
        row.as_ref().encode(e, ctx)?;
    }
    Ok(())
}

pub(super) fn decode<'b, T: Decode<'b, C>, C>(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Vec<Arc<T>>, DecodeError> {
    Ok(Vec::<T>::decode(d, ctx)?.into_iter().map(Arc::new).collect())
}
