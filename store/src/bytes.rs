//! Byte strings as the stores hand them out: shared, immutable, never copied on the way up.

use std::{fmt, ops::Deref, sync::Arc};

/// An immutable byte string that is cheap to clone.
///
/// It wraps whatever the store underneath returns, so that reading a value copies nothing.
#[derive(Clone)]
pub struct Bytes {
    inner: Inner,
    /// Only the first `len` bytes are shown; a record's trailer stays hidden behind them.
    len: usize,
}

#[derive(Clone)]
enum Inner {
    Shared(Arc<[u8]>),
    Fjall(fjall::Slice),
    Sled(sled::IVec),
}

impl Bytes {
    /// The same bytes, cut to the first `len`.
    #[must_use]
    pub(crate) fn truncated(mut self, len: usize) -> Self {
        self.len = self.len.min(len);
        self
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let all: &[u8] = match &self.inner {
            Inner::Shared(bytes) => bytes,
            Inner::Fjall(bytes) => bytes,
            Inner::Sled(bytes) => bytes,
        };
        &all[..self.len]
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Bytes {}

impl PartialEq<[u8]> for Bytes {
    fn eq(&self, other: &[u8]) -> bool {
        **self == *other
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for Bytes {
    fn eq(&self, other: &&[u8; N]) -> bool {
        **self == other[..]
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.escape_ascii())
    }
}

impl From<Arc<[u8]>> for Bytes {
    fn from(bytes: Arc<[u8]>) -> Self {
        let len = bytes.len();
        Self { inner: Inner::Shared(bytes), len }
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Arc::<[u8]>::from(bytes))
    }
}

impl From<fjall::Slice> for Bytes {
    fn from(bytes: fjall::Slice) -> Self {
        let len = bytes.len();
        Self { inner: Inner::Fjall(bytes), len }
    }
}

impl From<sled::IVec> for Bytes {
    fn from(bytes: sled::IVec) -> Self {
        let len = bytes.len();
        Self { inner: Inner::Sled(bytes), len }
    }
}
