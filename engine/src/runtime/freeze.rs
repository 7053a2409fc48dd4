//! What is not needed leaves the memory. Here history does; instances that wait do so in [`rest`](super::rest).
//!
//! History: root instances that nobody touched for a while are written as a whole, and only what finds them
//! again stays.
//!
//! Their history is copied and written away from the lane, a few at a time; then the lane confirms that nothing has changed
//! meanwhile and commits the segment that names them. Until then the events say what was; from then on the whole does, and the
//! events are deleted in the same commit.
//!
//! History of a root instance that came and went in one transaction is written as a whole at once and waits on a
//! [pile](crate::world::pile) until it is named in a segment, which is done here, too.
//!
//! When there is more in memory, or on the pile, than should be by
//! [`Options::history_most`](super::Options::history_most), commands wait until enough has left; what the engine does by itself
//! goes on. Nothing waits for a store that refuses writes, or for history that can't leave.

use std::{
    collections::{BTreeSet, VecDeque},
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, Sender},
    },
};

use models::Id;
use parking_lot::{Condvar, Mutex};
use store::Op;

use super::{
    Shared,
    lane::{Lane, Message},
    persist::{self, Whole},
    rest,
};
use crate::world::{
    WorldChange,
    cold::Segment,
    history::{Frozen, History, Leaving, Member},
    pile::Piled,
};

/// Root instances whose history is copied under one lock: readers and commits wait no longer than that takes.
const COPIED_AT_ONCE: usize = 32;

/// Wakes the thread that writes history away.
#[derive(Default)]
pub(super) struct Freezer {
    state: Mutex<State>,
    changed: Condvar,
    /// Commands wait.
    holds: AtomicBool,
    held: Mutex<VecDeque<Command>>,
}

/// A command on its way to the lane.
type Command = Box<dyn FnOnce(&mut Lane) + Send>;

impl fmt::Debug for Freezer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Freezer").field("holds", &self.holds).finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct State {
    wanted: bool,
    stopped: bool,
}

impl Freezer {
    /// There is more history in memory than should be.
    pub(super) fn wake(&self) {
        let mut state = self.state.lock();
        if !state.wanted {
            state.wanted = true;
            self.changed.notify_all();
        }
    }

    /// Ends the thread. Commands that wait are dropped, which their callers hear.
    pub(super) fn stop(&self) {
        self.state.lock().stopped = true;
        self.changed.notify_all();
        self.holds.store(false, Ordering::Release);
        let held = std::mem::take(&mut *self.held.lock());
        drop(held);
    }

    /// Keeps a command for later, when so much history waits to leave the memory; else gives it back.
    pub(super) fn hold(&self, command: Command) -> Option<Command> {
        if !self.holds.load(Ordering::Acquire) {
            return Some(command);
        }
        let mut held = self.held.lock();
        // who lets them go may just have done so
        if !self.holds.load(Ordering::Acquire) {
            return Some(command);
        }
        held.push_back(command);
        None
    }

    /// Has commands wait from here on, or those go on that do, in their order.
    fn set_holds(&self, holds: bool, lane: &Sender<Message>) {
        if holds {
            if !self.holds.swap(true, Ordering::AcqRel) {
                tracing::debug!("commands wait: history leaves the memory slower than it comes");
            }
            return;
        }
        let mut held = self.held.lock();
        self.holds.store(false, Ordering::Release);
        for command in held.drain(..) {
            // a stopped lane drops them
            let _ = lane.send(Message::Run(command));
        }
    }

    fn is_stopped(&self) -> bool {
        self.state.lock().stopped
    }

    /// Waits until there is something to do; `false` at the end.
    fn wait(&self) -> bool {
        let mut state = self.state.lock();
        while !state.wanted && !state.stopped {
            self.changed.wait(&mut state);
        }
        state.wanted = false;
        !state.stopped
    }
}

/// The thread that writes history away.
pub(super) fn run(shared: &Arc<Shared>, lane: &Sender<Message>) {
    while shared.freezer.wait() {
        while !shared.freezer.is_stopped() {
            let result = freeze_some(shared, lane).and_then(|more| Ok((more, rest_some(shared, lane)? || more)));
            match result {
                Ok((some, true)) => push_back(shared, lane, some),
                Ok((_, false)) => break,
                Err(error) => {
                    tracing::error!("history and instances stay in memory, they can't be written: {error}");
                    break;
                }
            }
        }
        push_back(shared, lane, false);
    }
}

/// Has commands wait, or go on, after a round in which `some` has left the memory.
fn push_back(shared: &Shared, lane: &Sender<Message>, some: bool) {
    let full = is_full(shared);
    if !shared.freezer.is_stopped() {
        shared.freezer.set_holds(some && full, lane);
    }
}

/// Whether too much history waits to leave the memory.
fn is_full(shared: &Shared) -> bool {
    let most = shared.options.history_most;
    let roots = shared.options.history_in_memory.saturating_mul(most);
    let world = shared.world.read();
    most > 0 && (world.history.is_crowded(roots) || world.history.cold.pile.len() > roots)
}

/// Why history was not written away.
#[derive(Debug, thiserror::Error)]
pub(super) enum FreezeError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Commit(#[from] store::CommitError),
}

/// Writes some history away, when there is too much in memory. Answers whether there may be more to do.
fn freeze_some(shared: &Arc<Shared>, lane: &Sender<Message>) -> Result<bool, FreezeError> {
    let Some(confirmed) = copy_some(shared, lane)? else { return Ok(false) };
    // where nothing was confirmed it is tried again with the next commit, not over and over
    let some = confirmed.recv().unwrap_or(false);
    let_go(shared);
    Ok(some)
}

/// Puts some root instances to rest, when there are too many in memory. Answers whether there may be more to do.
fn rest_some(shared: &Arc<Shared>, lane: &Sender<Message>) -> Result<bool, FreezeError> {
    if !rest::is_needed(shared) {
        return Ok(false);
    }
    rest::tidy(shared)?;
    let Some(done) = rest::copy_some(shared, lane) else { return Ok(false) };
    let more = done.recv().unwrap_or(false);
    rest::tidy(shared)?;
    Ok(more)
}

/// Names what is on disk already in a segment, when there is enough of it; else copies some history, when there is too much in
/// memory, writes it, and has the lane confirm it. The receiver hears whether any has left.
pub(super) fn copy_some(shared: &Arc<Shared>, lane: &Sender<Message>) -> Result<Option<Receiver<bool>>, FreezeError> {
    if let Some(confirmed) = clear_pile(shared, lane) {
        return Ok(Some(confirmed));
    }
    let spare = {
        let world = shared.world.read();
        world.history.spare(shared.options.history_in_memory)
    };
    let Some((part, roots)) = spare else { return Ok(None) };
    let mut members = Vec::with_capacity(roots.len());
    let mut written = None;
    for roots in roots.chunks(COPIED_AT_ONCE) {
        let copied: Vec<(Member, Whole)> = {
            let world = shared.world.read();
            let copy = |root: &Id| {
                let mut whole = Whole::default();
                Some((world.history.copy(part, *root, &mut whole)?, whole))
            };
            roots.iter().filter_map(copy).collect()
        };
        let mut ops = Vec::new();
        for (member, whole) in copied {
            if member.note.base > 0 || member.cold.is_none() {
                persist::forget_frozen(&shared.store, member.root, &mut ops)?;
            }
            whole.ops(member.root, member.sequence(), &mut ops);
            members.push(member);
        }
        written = Some(shared.store.submit_ticket(ops)?);
    }
    // commits become durable in their order
    if let Some(last) = written {
        // a store that is driven by hand is driven here
        shared.store.run_pending();
        last.wait()?;
    }
    let (sender, receiver) = mpsc::channel();
    let leaving = History::leaving(part, members);
    let message = Message::Run(Box::new(move |lane: &mut Lane| lane.freeze(leaving, sender)));
    // a stopped lane drops the sender
    Ok(lane.send(message).is_ok().then_some(receiver))
}

/// Makes a segment of what is on the pile, when that is enough, and has the lane confirm it.
fn clear_pile(shared: &Arc<Shared>, lane: &Sender<Message>) -> Option<Receiver<bool>> {
    let piled = shared.world.read().history.from_pile()?;
    let sequence = piled.iter().map(|one| one.sequence).max().unwrap_or_default();
    let members = piled.iter().map(|one| (one.cold, one.traces.to_vec())).collect();
    // the lane gives it its number
    let segment = Segment::new(0, (Id::NIL, sequence), members);
    let (sender, receiver) = mpsc::channel();
    let message = Message::Run(Box::new(move |lane: &mut Lane| lane.name_piled(&piled, segment, sender)));
    // a stopped lane drops the sender
    lane.send(message).is_ok().then_some(receiver)
}

/// Drops what has left the memory, outside of the lock that readers and commits need.
pub(super) fn let_go(shared: &Shared) {
    let retired = shared.world.write().take_retired();
    drop(retired);
}

/// Which segments a commit says have been left by roots.
struct Noted {
    shared: Arc<Shared>,
    segments: BTreeSet<u64>,
    /// Those of which nothing is left.
    empty: Vec<u64>,
}

impl Noted {
    /// The commit is durable, or lost: then it must be said again, or a start would find roots in two segments.
    fn end(self, durable: bool) {
        let cold = &mut self.shared.world.write().history.cold;
        if durable {
            self.empty.into_iter().for_each(|number| cold.drop_empty(number));
        } else {
            cold.touched.extend(self.segments);
        }
    }
}

impl Lane {
    /// Writes that say which roots have left segments since that was written last.
    fn note_left(&self, ops: &mut Vec<Op>) -> Noted {
        let shared = self.shared.clone();
        let cold = &mut shared.world.write().history.cold;
        let segments = std::mem::take(&mut cold.touched);
        let mut empty = Vec::new();
        for number in segments.iter().copied() {
            let gone = cold.gone(number);
            empty.extend(gone.is_none().then_some(number));
            persist::gone_ops(number, gone, ops);
        }
        Noted { shared: self.shared.clone(), segments, empty }
    }

    /// Commits a segment of roots that were on the pile. `done` hears whether there were any.
    fn name_piled(&mut self, piled: &[Piled], mut segment: Segment, done: Sender<bool>) {
        self.settle_history(piled.iter().map(|one| one.cold.root));
        let mut gone = vec![0; piled.len().div_ceil(8)];
        let mut roots = Vec::with_capacity(piled.len());
        let mut ops: Vec<Op> = Vec::new();
        {
            let world = self.shared.world.read();
            segment.number = world.history.cold.next_number();
            for (place, one) in piled.iter().enumerate() {
                // one that has been brought back since keeps its events
                match world.history.cold.pile.get(one.cold.root) {
                    Some(now) if now.sequence == one.sequence => {
                        roots.push(one.cold.root);
                        ops.extend(now.events.iter().map(|sequence| persist::forget_event(one.cold.root, *sequence)));
                    }
                    _ => gone[place / 8] |= 1 << (place % 8),
                }
            }
        }
        segment.greatest_id = self.ids.fresh();
        ops.push(persist::segment_op(&segment));
        if gone.iter().any(|bits| *bits != 0) {
            persist::gone_ops(segment.number, Some(gone.clone()), &mut ops);
        }
        self.write_frozen(ops, Frozen::from_pile(roots, segment, gone), done);
    }

    /// Commits that history has left the memory, as far as it is still as it was written. `done` hears whether any has.
    fn freeze(&mut self, mut leaving: Leaving, done: Sender<bool>) {
        self.settle_history(leaving.members.iter().map(|member| member.root));
        let mut ops: Vec<Op> = Vec::new();
        let number = {
            let world = self.shared.world.read();
            world.history.confirm(&mut leaving);
            world.history.cold.next_number()
        };
        let mut kept = Vec::new();
        let mut sequence = 0;
        for member in &mut leaving.members {
            sequence = sequence.max(member.sequence());
            ops.extend(member.note.sequences.iter().map(|sequence| persist::forget_event(member.root, *sequence)));
            kept.extend(member.cold.take().map(|cold| (cold, std::mem::take(&mut member.traces))));
        }
        let segment = (!kept.is_empty()).then(|| Segment::new(number, (self.ids.fresh(), sequence), kept));
        ops.extend(segment.as_ref().map(persist::segment_op));
        if leaving.members.is_empty() {
            // whoever asked has gone when the engine stops
            let _ = done.send(false);
            return;
        }
        self.write_frozen(ops, Frozen::new(&leaving, segment), done);
    }

    /// Commits that history has left the memory, or the pile, and who has left earlier segments: it may be in one of these, too,
    /// from before it was written as a whole again. `done` hears whether it was stored.
    fn write_frozen(&mut self, mut ops: Vec<Op>, frozen: Frozen, done: Sender<bool>) {
        let noted = self.note_left(&mut ops);
        let change = WorldChange { frozen: Some(Box::new(frozen)), ..WorldChange::default() };
        self.write_change(
            ops,
            change,
            Box::new(move |result| {
                noted.end(result.is_ok());
                // whoever asked has gone when the engine stops
                let _ = done.send(result.is_ok());
            }),
        );
    }
}
