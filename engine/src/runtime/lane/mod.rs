//! The lane: the one thread on which transactions run.
//!
//! It owns the states of root instances, so that nothing needs a lock while a transaction runs and a commit may touch several
//! roots. A transaction that calls a handler is parked; other commands to the same root wait behind it, other roots go on.
//! Commits go to the store in order; [`World`](crate::world::World) sees them, and callers hear of them, when they are
//! durable.
//!
//! Files: `single` (transactions of one root), `joint` (several roots in one commit), `commit` (to the store and back),
//! `ahead` (what the states have and the world does not show yet).

mod ahead;
mod commit;
mod joint;
mod single;

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{Receiver, Sender},
    },
    time::{Duration, Instant},
};

use engine_core::{
    command::Outcome,
    error::Fault,
    history::HistoryEvent,
    host::DelegateReply,
    state::InstanceState,
    transaction::{Progress, Transaction},
};
use models::{Id, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};
use store::Op;

pub(super) use self::commit::{Publication, store_fault};
use self::{ahead::Ahead, single::Parked};
use super::{Shared, host::LaneHost, ids::IdSource, persist, rest};
use crate::{
    request::{Caller, Correlate},
    world::rest::Spot,
};

/// Idle root instances kept in memory.
const SLOTS: usize = 20_000;

/// How long the lane waits awake for a lone caller to come again: falling asleep and being woken takes half as long.
const AWAKE: Duration = Duration::from_micros(100);

/// Something for the lane to do.
pub(super) enum Message {
    /// Work that needs the lane.
    Run(Box<dyn FnOnce(&mut Lane) + Send>),
    /// A handler has answered.
    Reply(Id, DelegateReply),
    /// A commit was not stored.
    Lost,
    /// Ends the thread.
    Stop,
}

/// Hears how a transaction ended, once it is durable.
pub(super) type Done = Box<dyn FnOnce(Result<Outcome, Fault>) + Send>;

/// The state of a root instance on the lane.
enum Slot {
    /// Nobody works on it. `unpublished` commits are on their way: it must not be dropped.
    Idle { state: Box<InstanceState>, unpublished: u32 },
    /// Its transaction waits for a handler.
    Parked { unpublished: u32 },
}

/// The lane's thread.
pub(super) struct Lane {
    pub(super) shared: Arc<Shared>,
    pub(super) sender: Sender<Message>,
    pub(super) ids: IdSource,
    slots: FxHashMap<Id, Slot>,
    parked: FxHashMap<Id, Parked>,
    fat: FxHashSet<Id>,
    /// Roots at rest on disk that the world does not show so yet, or whose state is here: the first commit wakes them.
    asleep: FxHashMap<Id, Asleep>,
    sequence: u64,
    /// Commits that the store has accepted.
    submitted: u64,
    /// Entries of the user operation log for the work that is under way.
    pub(super) log: Vec<HistoryEvent>,
    /// Those of them that are not published, oldest first.
    under_way: VecDeque<UnderWay>,
    ahead: Ahead,
    /// Number of slots at which idle ones are dropped next.
    sweep_at: usize,
}

/// Where a root rests, and the number of the commit that put it there when that was lately.
struct Asleep {
    spot: Spot,
    commit: u64,
}

/// A commit that is not published.
#[derive(Default)]
struct UnderWay {
    /// Its place in the order of commits.
    number: u64,
    /// Whose slots it has a hold on.
    roots: Vec<Id>,
    ahead: ahead::Entries,
    /// It changes records.
    records: bool,
    /// It adds to the history of a root that it has no hold on.
    recorded: bool,
}

impl Lane {
    pub(super) fn new(shared: Arc<Shared>, sender: Sender<Message>, loaded: &persist::Loaded) -> Self {
        Self {
            shared,
            sender,
            ids: IdSource::new(loaded.greatest_id),
            slots: FxHashMap::default(),
            parked: FxHashMap::default(),
            fat: loaded.fat.iter().copied().collect(),
            asleep: FxHashMap::default(),
            sequence: loaded.sequence,
            submitted: 0,
            log: Vec::new(),
            under_way: VecDeque::new(),
            ahead: Ahead::default(),
            sweep_at: SLOTS,
        }
    }

    pub(super) fn run(mut self, receiver: &Receiver<Message>) {
        let mut pause = Duration::MAX;
        while let Some(message) = self.next(receiver, &mut pause) {
            let leads = self.shared.store.is_to_lead();
            if !self.handle(message) {
                break;
            }
            if leads {
                // not later than after one more command
                self.shared.store.lead();
            }
        }
        self.shared.store.lead();
    }

    /// The next message; `None` when there will be none. While there is none, a lone commit is written here. `pause` is how long
    /// the next message took to come after the last of these: where a lone caller comes again at once it is waited for awake.
    fn next(&self, receiver: &Receiver<Message>, pause: &mut Duration) -> Option<Message> {
        if let Ok(message) = receiver.try_recv() {
            return Some(message);
        }
        if !self.shared.store.lead() {
            return receiver.recv().ok();
        }
        let begun = Instant::now();
        let mut message = None;
        while *pause < AWAKE && message.is_none() && begun.elapsed() < AWAKE {
            std::thread::yield_now();
            message = receiver.try_recv().ok();
        }
        let message = message.or_else(|| receiver.recv().ok());
        *pause = begun.elapsed();
        message
    }

    /// Does what a message says; false when it was the last one.
    pub(super) fn handle(&mut self, message: Message) -> bool {
        self.published(self.shared.published_upto.load(Ordering::Acquire));
        match message {
            Message::Run(work) => work(self),
            Message::Reply(root, reply) => self.resume(root, reply),
            Message::Lost => self.lost(),
            Message::Stop => return false,
        }
        true
    }

    /// [`Lane::settle`], when commits of a root are on their way.
    pub(super) fn settle_root(&mut self, root: Id) {
        if self.is_ahead_of(root) {
            self.settle();
        }
    }

    /// [`Lane::settle`], when commits that change records are on their way.
    pub(super) fn settle_records(&mut self) {
        if self.under_way.iter().any(|commit| commit.records) {
            self.settle();
        }
    }

    /// Whether a root waits for a handler.
    pub(super) fn is_parked(&self, root: Id) -> bool {
        self.parked.contains_key(&root)
    }

    /// Whether nobody works on a root, and all that was committed of it is published.
    pub(super) fn is_idle(&self, root: Id) -> bool {
        matches!(self.slots.get(&root), None | Some(Slot::Idle { unpublished: 0, .. }))
    }

    /// Whether a root is stored entity by entity.
    pub(super) fn is_fat(&self, root: Id) -> bool {
        self.fat.contains(&root)
    }

    /// Whether commits of a root are under way: the world shows it as it was.
    pub(super) fn is_ahead_of(&self, root: Id) -> bool {
        matches!(self.slots.get(&root), Some(Slot::Idle { unpublished: 1.., .. } | Slot::Parked { unpublished: 1.. }))
    }

    /// The state of a root, unless its transaction waits for a handler.
    pub(super) fn state_ahead(&self, root: Id) -> Option<&InstanceState> {
        match self.slots.get(&root)? {
            Slot::Idle { state, .. } => Some(state),
            Slot::Parked { .. } => None,
        }
    }

    /// Message subscriptions, as root and id, that the world may not show where they are looked for.
    pub(super) fn message_subscriptions_ahead(&self, request: &Correlate) -> impl Iterator<Item = (Id, Id)> {
        self.ahead.waiting(request.name.as_deref(), request.business_key.as_deref())
    }

    /// Deletes everything.
    pub(super) fn reset(&mut self) -> Result<(), Fault> {
        let mut ops = Vec::new();
        for entry in self.shared.store.scan(&store::KeyRange::between([1u8], [255u8]), store::Direction::Forward) {
            let (key, _) = entry.map_err(|error| Fault::engine(error.to_string()))?;
            ops.push(Op::delete(key.to_vec()));
        }
        self.shared.store.commit(ops).map_err(|error| commit::store_fault(&error))?;
        self.shared.meters.clear();
        self.slots.clear();
        self.fat.clear();
        self.asleep.clear();
        *self.shared.world.write() = self.shared.empty_model();
        self.shared.forget();
        Ok(())
    }

    // -- states ------------------------------------------------------------------------------------------------------------

    /// Takes the state of a root out of its slot.
    fn checkout(&mut self, root: Id) -> InstanceState {
        match self.slots.get_mut(&root) {
            Some(Slot::Idle { state, .. }) => std::mem::take(state),
            _ => {
                let (state, spot) = rest::state_of(&self.shared, root);
                if let Some(spot) = spot {
                    self.asleep.entry(root).or_insert(Asleep { spot, commit: 0 });
                }
                self.slots.insert(root, Slot::Idle { state: Box::default(), unpublished: 0 });
                state
            }
        }
    }

    /// Makes room for a root that has not been before.
    fn checkout_fresh(&mut self, root: Id) -> InstanceState {
        self.slots.insert(root, Slot::Idle { state: Box::default(), unpublished: 0 });
        InstanceState::default()
    }

    /// Puts the state of a root back that a failed command has left as it was.
    fn checkin(&mut self, root: Id, state: InstanceState) {
        match self.slots.get_mut(&root) {
            Some(Slot::Idle { unpublished: 0, .. }) if state.is_empty() => {
                self.slots.remove(&root);
            }
            Some(Slot::Idle { state: place, .. }) => **place = state,
            _ => {}
        }
    }

    /// Runs a transaction until it stops. A panic in it is a fault of its command.
    fn advance(&mut self, transaction: &mut Transaction, now: Timestamp, caller: &Caller) -> Progress {
        let mut host = LaneHost { shared: &self.shared, ids: &mut self.ids, id_time: None, now, caller };
        let root = transaction.root();
        // what user code and the engine log meanwhile belongs to it
        let _span = tracing::info_span!("command", %root, request = caller.request.as_deref()).entered();
        let run = std::panic::AssertUnwindSafe(|| transaction.run(&mut host));
        std::panic::catch_unwind(run).unwrap_or_else(|panic| {
            let text =
                panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
            let text = text.unwrap_or_default();
            tracing::error!(%root, request = caller.request.as_deref(), "internal error in a transaction: {text}");
            Progress::Failed(Box::new(Fault::engine(format!("internal error: {text}"))))
        })
    }
}
