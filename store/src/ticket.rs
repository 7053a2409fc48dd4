//! How the outcome of a commit reaches the one who waits for it.

use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use crate::{CommitError, Seq, queue::Queue};

/// The outcome of one commit.
pub type Outcome = Result<Seq, CommitError>;

/// A commit under way; [`wait`](Ticket::wait) blocks until it is done.
pub struct Ticket {
    pub(crate) queue: Arc<Queue>,
    pub(crate) seq: Seq,
}

impl Ticket {
    /// The commit's number.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Blocks until the commit is durable (by the store's durability level) or has failed.
    pub fn wait(self) -> Outcome {
        self.queue.waiters.wait(self.seq, || self.try_get())
    }

    /// The outcome, if it is known already.
    pub fn try_get(&self) -> Option<Outcome> {
        self.queue.outcome_of(self.seq)
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("seq", &self.seq).field("outcome", &self.try_get()).finish_non_exhaustive()
    }
}

/// What happens with the outcome.
pub(crate) enum Completion {
    Call(Box<dyn FnOnce(Outcome) + Send>),
    /// A [`Ticket`] waits, which sees the outcome for itself once it is woken.
    Ticket,
}

impl Completion {
    pub(crate) fn complete(self, outcome: Outcome) {
        let Self::Call(call) = self else { return };
        // One caller's panic must not take the committer down, and everyone else with it.
        let call = std::panic::AssertUnwindSafe(|| call(outcome));
        if std::panic::catch_unwind(call).is_err() {
            tracing::error!("a commit's completion callback panicked");
        }
    }
}

/// Places to sleep. The commits of a group are spread over them, and each place is woken with one call for all who sleep
/// there: waking each sleeper by itself would cost the committer more than the rest of its work together.
const PLACES: usize = 8;

/// Those who wait for tickets.
#[derive(Default)]
pub(crate) struct Waiters {
    // Of the standard library, because its condition variable wakes all sleepers with a single system call.
    places: [(Mutex<()>, Condvar); PLACES],
}

impl Waiters {
    fn place(&self, seq: Seq) -> &(Mutex<()>, Condvar) {
        &self.places[usize::try_from(seq.0 % PLACES as u64).unwrap_or_default()]
    }

    fn wait(&self, seq: Seq, outcome: impl Fn() -> Option<Outcome>) -> Outcome {
        let (lock, woken) = self.place(seq);
        if let Some(outcome) = outcome() {
            return outcome;
        }
        // Nothing can break while the lock is held, so a poisoned one is as good as any.
        let mut guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(outcome) = outcome() {
                return outcome;
            }
            guard = woken.wait(guard).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Wakes those who wait for the commits `first` to `last`. The outcome must be visible before.
    pub(crate) fn wake(&self, first: Seq, last: Seq) {
        for seq in first.0..=last.0.min(first.0 + PLACES as u64 - 1) {
            wake(self.place(Seq(seq)));
        }
    }

    /// Wakes everyone.
    pub(crate) fn wake_all(&self) {
        self.places.iter().for_each(wake);
    }
}

fn wake((lock, woken): &(Mutex<()>, Condvar)) {
    // Whoever has just looked and found nothing holds the lock until it sleeps.
    drop(lock.lock().unwrap_or_else(PoisonError::into_inner));
    woken.notify_all();
}
