//! How the outcome of a commit reaches the one who waits for it.

use std::{fmt, sync::Arc};

use parking_lot::{Condvar, Mutex};

use crate::{CommitError, Seq};

/// The outcome of one commit.
pub type Outcome = Result<Seq, CommitError>;

#[derive(Default)]
struct Slot {
    outcome: Mutex<Option<Outcome>>,
    done: Condvar,
}

/// A commit under way; [`wait`](Ticket::wait) blocks until it is done.
pub struct Ticket(Arc<Slot>);

impl Ticket {
    /// Blocks until the commit is durable (by the store's durability level) or has failed.
    pub fn wait(self) -> Outcome {
        let mut outcome = self.0.outcome.lock();
        loop {
            if let Some(outcome) = outcome.take() {
                return outcome;
            }
            self.0.done.wait(&mut outcome);
        }
    }

    /// The outcome, if it is known already.
    pub fn try_get(&self) -> Option<Outcome> {
        self.0.outcome.lock().clone()
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ticket").field(&self.try_get()).finish()
    }
}

/// What happens with the outcome.
pub(crate) enum Completion {
    Call(Box<dyn FnOnce(Outcome) + Send>),
    Ticket(Waiter),
}

/// The committer's end of a [`Ticket`].
pub(crate) struct Waiter(Arc<Slot>);

impl Completion {
    pub(crate) fn ticket() -> (Self, Ticket) {
        let slot = Arc::new(Slot::default());
        (Self::Ticket(Waiter(slot.clone())), Ticket(slot))
    }

    pub(crate) fn complete(self, outcome: Outcome) {
        match self {
            Self::Call(call) => {
                // One caller's panic must not take the committer down, and everyone else with it.
                let call = std::panic::AssertUnwindSafe(|| call(outcome));
                if std::panic::catch_unwind(call).is_err() {
                    tracing::error!("a commit's completion callback panicked");
                }
            }
            Self::Ticket(Waiter(slot)) => {
                *slot.outcome.lock() = Some(outcome);
                slot.done.notify_one();
            }
        }
    }
}
