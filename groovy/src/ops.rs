//! What Groovy's operators and conversions mean.

pub(crate) mod arithmetic;
mod compare;
mod convert;
mod text;

pub(crate) use convert::{characters, entry_parts, matched};
