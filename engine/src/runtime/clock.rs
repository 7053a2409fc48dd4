//! The engine's clock: the machine's, or one that a test sets.

use std::time::{SystemTime, UNIX_EPOCH};

use models::Timestamp;
use parking_lot::Mutex;

/// Time for transactions and the job runner.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    fixed: Mutex<Option<Timestamp>>,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        self.fixed.lock().unwrap_or_else(machine_time)
    }

    /// Stops the clock at a time, or lets it run again.
    pub(crate) fn set(&self, at: Option<Timestamp>) {
        *self.fixed.lock() = at;
    }
}

fn machine_time() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the owner of the clock")]
    let now = SystemTime::now();
    Timestamp(now.duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
}
