//! Where commits wait for the committer.
//!
//! Sequence numbers are given here, in the order of the queue, so that the order in which callers submit, the order on
//! disk and the order of completion are one.

use std::{
    cell::Cell,
    collections::VecDeque,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use parking_lot::{Condvar, Mutex};

use crate::{
    CommitError, Op, Outcome, Seq,
    committer::Pipeline,
    space::SpaceGuard,
    ticket::{Completion, Waiters},
};

thread_local! {
    /// Set while this thread runs completions: it must not wait for what only it can bring about.
    static COMPLETING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the calling thread is inside a completion callback.
pub(crate) fn is_completing() -> bool {
    COMPLETING.get()
}

/// Marks the calling thread as completing while `run` runs.
pub(crate) fn while_completing(run: impl FnOnce()) {
    COMPLETING.set(true);
    run();
    COMPLETING.set(false);
}

/// Makes the operations of a commit once it is written.
pub(crate) type Make = Box<dyn FnOnce() -> Vec<Op> + Send>;

/// What a commit writes.
pub(crate) enum Content {
    /// Operations whose values are half sealed.
    Made(Vec<Op>),
    /// Operations that are made by the committer, and the bytes they are thought to have.
    Later(Make, usize),
}

impl Content {
    fn size(&self) -> usize {
        match self {
            Self::Made(ops) => ops.iter().map(Op::size).sum(),
            Self::Later(_, bytes) => *bytes,
        }
    }

    /// Whether most of it gives room: what a clean-up removes, with the few records that say so.
    fn frees_space(&self) -> bool {
        match self {
            Self::Made(ops) => ops.iter().filter(|op| matches!(op, Op::Delete { .. })).count() * 2 > ops.len(),
            Self::Later(..) => false,
        }
    }
}

/// A commit on its way.
pub(crate) struct Pending {
    pub(crate) seq: Seq,
    pub(crate) content: Content,
    pub(crate) bytes: usize,
    pub(crate) completion: Completion,
}

/// Something to do between two groups, after the commits that were submitted before it.
pub(crate) type Control = Box<dyn FnOnce(&mut Pipeline) + Send>;

/// What the committer takes at once.
#[derive(Default)]
pub(crate) struct Work {
    pub(crate) commits: VecDeque<Pending>,
    pub(crate) controls: Vec<Control>,
}

/// What a submitter does when the queue is full.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenFull {
    Wait,
    Refuse,
}

/// Who is told of a commit that waits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tell {
    /// The committer.
    Committer,
    /// Nobody, where it is the only one: its submitter will write it.
    Nobody,
}

#[derive(Default)]
struct State {
    work: Work,
    last: Seq,
    /// Commits submitted and not completed, and their bytes: what the bounds are about.
    outstanding: usize,
    outstanding_bytes: usize,
    /// Submitters that wait for room.
    waiting_for_room: usize,
    /// The committer sleeps.
    asleep: bool,
    closed: bool,
}

/// Bounds of the queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) commits: usize,
    pub(crate) bytes: usize,
}

pub(crate) struct Queue {
    state: Mutex<State>,
    /// Signalled to the committer.
    arrived: Condvar,
    /// Signalled to submitters.
    room: Condvar,
    bounds: Bounds,
    pub(crate) space: SpaceGuard,
    pub(crate) waiters: Waiters,
    poison: OnceLock<Arc<str>>,
    committed: AtomicU64,
    /// The last group had a single commit, and no other was on its way.
    is_calm: AtomicBool,
    /// The only commit that waits is left to its submitter. Changed under the lock.
    is_led: AtomicBool,
    /// Runs when all commits of a group have been completed.
    after_group: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Queue {
    pub(crate) fn new(last: Seq, bounds: Bounds, space: SpaceGuard) -> Self {
        Self {
            state: Mutex::new(State { last, ..State::default() }),
            arrived: Condvar::new(),
            room: Condvar::new(),
            bounds,
            space,
            waiters: Waiters::default(),
            poison: OnceLock::new(),
            committed: AtomicU64::new(last.0),
            is_calm: AtomicBool::new(false),
            is_led: AtomicBool::new(false),
            after_group: OnceLock::new(),
        }
    }

    /// Queues a commit.
    pub(crate) fn submit(
        &self,
        content: Content,
        completion: Completion,
        when_full: WhenFull,
        tell: Tell,
    ) -> Result<Seq, CommitError> {
        let bytes = content.size();
        self.space.admit(content.frees_space())?;
        let mut state = self.state.lock();
        loop {
            self.check_poison()?;
            if state.closed {
                return Err(CommitError::Closed);
            }
            // A single commit beyond the bound passes when nothing else is there, or it would wait for ever.
            let fits = state.outstanding < self.bounds.commits
                && (state.outstanding_bytes + bytes <= self.bounds.bytes || state.outstanding == 0);
            if fits || is_completing() {
                break;
            }
            if when_full == WhenFull::Refuse {
                return Err(CommitError::QueueFull);
            }
            // what keeps the room must not wait for this thread
            self.is_led.store(false, Ordering::Release);
            self.arrived.notify_one();
            state.waiting_for_room += 1;
            self.room.wait(&mut state);
            state.waiting_for_room -= 1;
        }
        let seq = Seq(state.last.0 + 1);
        state.last = seq;
        state.outstanding += 1;
        state.outstanding_bytes += bytes;
        state.work.commits.push_back(Pending { seq, content, bytes, completion });
        let is_led = tell == Tell::Nobody && state.work.commits.len() == 1 && state.work.controls.is_empty();
        self.is_led.store(is_led, Ordering::Release);
        let wake = state.asleep && !is_led;
        if wake {
            state.asleep = false;
        }
        drop(state);
        if wake {
            self.arrived.notify_one();
        }
        Ok(seq)
    }

    /// Queues something to do between two groups.
    pub(crate) fn control(&self, control: Control) -> Result<(), CommitError> {
        let mut state = self.state.lock();
        if state.closed {
            return Err(CommitError::Closed);
        }
        state.work.controls.push(control);
        self.is_led.store(false, Ordering::Release);
        state.asleep = false;
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    /// Takes everything that waits, without waiting for it.
    pub(crate) fn take(&self) -> Work {
        let mut state = self.state.lock();
        self.is_led.store(false, Ordering::Release);
        std::mem::take(&mut state.work)
    }

    /// Whether a commit waits that is left to its submitter.
    pub(crate) fn is_led(&self) -> bool {
        self.is_led.load(Ordering::Acquire)
    }

    /// The committer writes the commit that was left to its submitter.
    pub(crate) fn leave_to_committer(&self) {
        let mut state = self.state.lock();
        self.is_led.store(false, Ordering::Release);
        state.asleep = false;
        drop(state);
        self.arrived.notify_one();
    }

    /// Waits until there is work for the committer, the queue is closed, or `until` is reached; takes nothing. `false` when it
    /// is closed and empty.
    pub(crate) fn wait(&self, until: Option<Instant>) -> bool {
        let mut state = self.state.lock();
        while self.is_led() || (state.work.commits.is_empty() && state.work.controls.is_empty()) {
            if state.closed {
                return !state.work.commits.is_empty();
            }
            state.asleep = true;
            let Some(until) = until else {
                self.arrived.wait(&mut state);
                continue;
            };
            if self.arrived.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        state.asleep = false;
        true
    }

    /// Notes that commits up to `seq` are durable. Comes before their completions run.
    pub(crate) fn set_committed(&self, seq: Seq) {
        self.committed.store(seq.0, Ordering::Release);
    }

    /// Has something run after each group; the first call counts.
    pub(crate) fn set_after_group(&self, run: Box<dyn Fn() + Send + Sync>) {
        let _ = self.after_group.set(run);
    }

    pub(crate) fn group_completed(&self) {
        if let Some(run) = self.after_group.get() {
            run();
        }
    }

    /// Notes whether commits come one by one.
    pub(crate) fn set_calm(&self, is_calm: bool) {
        self.is_calm.store(is_calm, Ordering::Relaxed);
    }

    /// Whether commits came one by one lately.
    pub(crate) fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Relaxed)
    }

    pub(crate) fn committed(&self) -> Seq {
        Seq(self.committed.load(Ordering::Acquire))
    }

    /// How commit `seq` ended, if it has. Nothing is written after a failure, so what is not durable then never will be.
    pub(crate) fn outcome_of(&self, seq: Seq) -> Option<Outcome> {
        if self.committed() >= seq {
            return Some(Ok(seq));
        }
        self.check_poison().err().map(Err)
    }

    /// Makes room for as many commits and bytes; returns how many commits wait in the queue.
    pub(crate) fn release(&self, commits: usize, bytes: usize) -> usize {
        let mut state = self.state.lock();
        state.outstanding -= commits;
        state.outstanding_bytes -= bytes;
        let waiting = state.work.commits.len();
        let wake = state.waiting_for_room > 0;
        drop(state);
        if wake {
            self.room.notify_all();
        }
        waiting
    }

    pub(crate) fn outstanding(&self) -> (usize, usize) {
        let state = self.state.lock();
        (state.outstanding, state.outstanding_bytes)
    }

    /// Takes no more commits; those that are queued are still written.
    pub(crate) fn close(&self) {
        self.state.lock().closed = true;
        self.arrived.notify_all();
        self.room.notify_all();
    }

    /// Stops the store for good. The first cause stays.
    pub(crate) fn poison(&self, cause: &str) -> CommitError {
        let cause = self.poison.get_or_init(|| cause.into()).clone();
        // Under the lock, so that no submitter misses it between its check and its wait.
        drop(self.state.lock());
        self.room.notify_all();
        CommitError::Poisoned { cause }
    }

    pub(crate) fn poison_cause(&self) -> Option<&str> {
        self.poison.get().map(|cause| &**cause)
    }

    pub(crate) fn check_poison(&self) -> Result<(), CommitError> {
        match self.poison.get() {
            Some(cause) => Err(CommitError::Poisoned { cause: cause.clone() }),
            None => Ok(()),
        }
    }
}
