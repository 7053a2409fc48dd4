//! Fresh ids: UUID version 7, strictly growing within a process.

use std::{
    hash::{BuildHasher, Hasher},
    time::{SystemTime, UNIX_EPOCH},
};

use models::Id;

/// Makes ids. The time part is the machine's clock, never the engine's: a test's clock may stand still or jump.
#[derive(Debug)]
pub(crate) struct IdSource {
    last: u128,
    node: u32,
}

/// Step between two ids of the same millisecond: the lowest 32 bits name the process.
const STEP: u128 = 1 << 32;

impl IdSource {
    /// Ids greater than `after`, the greatest that is known.
    pub(crate) fn new(after: u128) -> Self {
        // distinguishes processes on one machine and restarts within a millisecond; no secret
        #[expect(clippy::cast_possible_truncation, reason = "any 32 bits do")]
        let node = std::collections::hash_map::RandomState::new().build_hasher().finish() as u32;
        Self { last: after, node }
    }

    pub(crate) fn fresh(&mut self) -> Id {
        #[expect(clippy::disallowed_methods, reason = "the one place where ids take the machine's time")]
        let ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
        let floor = (ms & 0xffff_ffff_ffff) << 80 | 0x7 << 76 | 0x2 << 62;
        let next = if floor > self.last {
            floor
        } else {
            // the counter has 30 bits below the variant; past them it runs into the time, which keeps ids growing
            (self.last & !(STEP - 1)) + STEP
        };
        self.last = next | u128::from(self.node);
        Id(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::IdSource;

    #[test]
    fn ids_grow() {
        let mut source = IdSource::new(0);
        let ids: Vec<_> = (0..10_000).map(|_| source.fresh()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ids[0].to_string().as_bytes()[14], b'7');
    }
}
