//! The engine's clock: the machine's, or one that a test sets.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use models::Timestamp;
use parking_lot::Mutex;

/// Time for transactions and the job runner.
#[derive(Debug)]
pub(crate) struct Clock {
    fixed: Mutex<Option<Timestamp>>,
    /// When the engine was opened; `None` in a simulation, where no time passes but that of the clock.
    opened: Option<Instant>,
}

impl Clock {
    pub(crate) fn new(simulated: bool) -> Self {
        #[expect(clippy::disallowed_methods, reason = "the owner of the clock")]
        let opened = (!simulated).then(Instant::now);
        Self { fixed: Mutex::default(), opened }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.fixed.lock().unwrap_or_else(machine_time)
    }

    /// What was due by then lies in the past. A cycle whose last firing runs at the very millisecond it is due fires again, as in
    /// Camunda, whose clock has always gone on by then.
    pub(crate) fn just_past(&self) -> Timestamp {
        self.fixed.lock().unwrap_or_else(|| machine_time().plus_ms(-1))
    }

    /// Stops the clock at a time, or lets it run again.
    pub(crate) fn set(&self, at: Option<Timestamp>) {
        *self.fixed.lock() = at;
    }

    /// Time that goes on whatever a test sets the clock to: for pauses and rates.
    pub(crate) fn elapsed(&self) -> Duration {
        match self.opened {
            Some(opened) => opened.elapsed(),
            None => Duration::from_millis(u64::try_from(self.now().0).unwrap_or_default()),
        }
    }
}

fn machine_time() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the owner of the clock")]
    let now = SystemTime::now();
    Timestamp(now.duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
}
