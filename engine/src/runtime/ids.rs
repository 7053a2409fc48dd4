//! Fresh ids: UUID version 7, strictly growing within a process.

use std::{
    hash::{BuildHasher, Hasher},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use models::Id;

use super::clock::Clock;

/// Makes ids. The time part is the machine's clock, never the engine's: a test's clock may stand still or jump.
#[derive(Debug)]
pub(crate) struct IdSource {
    last: u128,
    node: u32,
    /// In a simulation: the clock that is used in place of the machine's.
    clock: Option<Arc<Clock>>,
}

/// The time in an id, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdTime(u128);

/// Step between two ids of the same millisecond: the lowest 32 bits name the process.
const STEP: u128 = 1 << 32;

impl IdSource {
    /// Ids greater than `after`, the greatest that is known.
    pub(crate) fn new(after: u128) -> Self {
        // distinguishes processes on one machine and restarts within a millisecond; no secret
        #[expect(clippy::cast_possible_truncation, reason = "any 32 bits do")]
        let node = std::collections::hash_map::RandomState::new().build_hasher().finish() as u32;
        Self { last: after, node, clock: None }
    }

    /// Ids that are the same again when the same things happen: `node` tells one life of a simulated engine from the next.
    pub(crate) fn simulated(after: u128, node: u32, clock: Arc<Clock>) -> Self {
        Self { last: after, node, clock: Some(clock) }
    }

    pub(crate) fn fresh(&mut self) -> Id {
        self.fresh_at(self.now())
    }

    /// The time that an id made now has.
    pub(crate) fn now(&self) -> IdTime {
        IdTime(match &self.clock {
            Some(clock) => u128::try_from(clock.now().0).unwrap_or_default(),
            None => machine_ms(),
        })
    }

    /// An id of a time that was [now](Self::now) a moment ago.
    pub(crate) fn fresh_at(&mut self, time: IdTime) -> Id {
        let ms = time.0;
        let floor = (ms & 0xffff_ffff_ffff) << 80 | 0x7 << 76 | 0x2 << 62;
        let next = if floor > self.last {
            floor
        } else {
            // the counter has 30 bits below the variant; past them it runs into the time, which keeps ids growing
            (self.last & !(STEP - 1)) + STEP
        };
        self.last = next | u128::from(self.node);
        Id::new(self.last)
    }
}

fn machine_ms() -> u128 {
    #[expect(clippy::disallowed_methods, reason = "the one place where ids take the machine's time")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis())
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
