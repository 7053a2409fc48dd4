//! How much native stack a nested computation took.

/// Remembers where a computation began and measures how deep it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StackGuard {
    base: usize,
    limit: usize,
}

impl StackGuard {
    /// Starts here; `limit` is in bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { base: address(), limit }
    }

    /// Whether more than the limit is in use. Frames differ between builds: bytes are counted, not calls.
    pub(crate) fn exceeded(&self) -> bool {
        self.base.abs_diff(address()) > self.limit
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the frame measured must be the caller's")]
fn address() -> usize {
    let marker = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&marker)).addr()
}
