//! Points in time.

/// Milliseconds since 1970-01-01T00:00:00Z. The only clock unit inside the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// This time moved by some milliseconds, saturating at the ends of the range.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// This time moved by some days of 24 hours.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        self.plus_ms(i64::from(days) * 24 * 60 * 60 * 1000)
    }
}
