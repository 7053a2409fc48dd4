//! Commits on their way to the store, and back as publications.

use std::sync::Arc;

use engine_core::{command::Outcome, error::Fault, history::HistoryEvent, transaction::Commit};
use models::Id;
use store::Op;

use super::{Asleep, Done, Lane, Message, SLOTS, Slot, UnderWay};
use crate::{
    observe::Origin,
    request::Caller,
    runtime::persist::{self, WholeLater},
    world::{RecordChange, RootChange, RootHistory, WorldChange, history::is_whole, rest::Spot},
};

/// The most events that the history of a root instance which came and went in one transaction has when it goes to disk as a
/// whole, without ever being in memory: making it must not hold other commits up, nor reading it other readers.
const EVENTS_OF_WHOLE: usize = 1 << 16;

/// A durable commit that readers do not see yet.
pub(in super::super) struct Publication {
    /// Number of the commit on the lane.
    pub(in super::super) number: u64,
    pub(in super::super) change: WorldChange,
    pub(in super::super) origin: Origin,
    pub(in super::super) outcome: Outcome,
    pub(in super::super) done: Done,
}

/// What a commit writes.
struct Writes {
    ops: Vec<Op>,
    /// History that is made when the commit's turn has come.
    whole: Option<WholeLater>,
}

impl Writes {
    fn of(ops: Vec<Op>) -> Self {
        Self { ops, whole: None }
    }
}

impl Lane {
    /// Records that belong to no root instance, with history of none.
    pub(in super::super) fn write_records(
        &mut self,
        records: Vec<RecordChange>,
        mut history: Vec<HistoryEvent>,
        done: Box<dyn FnOnce(Result<(), Fault>) + Send>,
    ) {
        history.append(&mut self.log);
        let mut ops: Vec<Op> = records.iter().map(persist::record_op).collect();
        if !history.is_empty() {
            self.sequence += 1;
            ops.push(persist::history_op(None, self.sequence, &history));
        }
        let history = Arc::new(vec![RootHistory { root: None, events: history, is_on_disk: false }]);
        let change = WorldChange { records, history, now: Some(self.shared.clock.now()), ..WorldChange::default() };
        let under_way = UnderWay::default();
        self.submit(
            Writes::of(ops),
            change,
            Origin::default(),
            under_way,
            Box::new(move |result| done(result.map(|_| ()))),
            Outcome::Done,
        );
    }

    /// Writes that concern no root instance and no record.
    pub(in super::super) fn write_change(&mut self, ops: Vec<Op>, change: WorldChange, done: Done) {
        let under_way = UnderWay::default();
        self.submit(Writes::of(ops), change, Origin::default(), under_way, done, Outcome::Done);
    }

    /// Writes that put root instances to rest.
    pub(in super::super) fn write_rest(
        &mut self,
        ops: Vec<Op>,
        change: WorldChange,
        resting: Vec<(Id, Spot)>,
        done: Done,
    ) {
        let commit = self.submitted + 1;
        let (slots, published) = (&self.slots, self.under_way.front().map_or(commit, |commit| commit.number));
        self.asleep.retain(|root, asleep| slots.contains_key(root) || asleep.commit >= published);
        for (root, spot) in resting {
            self.asleep.insert(root, Asleep { spot, commit });
        }
        self.write_change(ops, change, done);
    }

    /// Commits what transactions have done to roots, together with records, and history of no root.
    pub(super) fn write(
        &mut self,
        parts: Vec<(Id, Commit)>,
        mut records: Vec<RecordChange>,
        mut rootless: Vec<HistoryEvent>,
        caller: &Caller,
        done: Done,
        outcome: Outcome,
    ) {
        let authorizations = self.authorization_changes(parts.iter().map(|(_, commit)| commit), &records);
        records.extend(authorizations);
        rootless.append(&mut self.log);
        let mut ops: Vec<Op> = records.iter().map(persist::record_op).collect();
        let mut happened = Vec::new();
        let mut change = WorldChange { records, now: Some(self.shared.clock.now()), ..WorldChange::default() };
        if !rootless.is_empty() {
            self.sequence += 1;
            ops.push(persist::history_op(None, self.sequence, &rootless));
            happened.push(RootHistory { root: None, events: rootless, is_on_disk: false });
        }
        let mut under_way = UnderWay { roots: Vec::with_capacity(parts.len()), ..UnderWay::default() };
        let is_alone = parts.len() == 1;
        let mut whole = None;
        for (root, commit) in parts {
            let Commit { state, changes, history, flows, .. } = commit;
            change.flows.extend(flows);
            if let Some(asleep) = self.asleep.remove(&root) {
                ops.push(persist::wake_op(asleep.spot));
                change.woken.push((root, state.snapshot()));
            }
            let mut fat = self.fat.contains(&root);
            persist::root_ops(root, &state, &changes, &mut fat, &mut ops);
            if fat && !state.is_empty() {
                self.fat.insert(root);
            } else {
                self.fat.remove(&root);
            }
            // a root that came and went in one transaction is known to nobody: it needs no place
            let passing = state.is_empty() && !changes.had_anything();
            // whether its history can be written is known late, which must concern no other root
            if passing && is_alone && history.len() <= EVENTS_OF_WHOLE && is_whole(root, history.iter()) {
                self.sequence += 1;
                let events = history.into_pieces();
                if self.shared.observers.has_any() {
                    let told =
                        |events: &Vec<_>| RootHistory { root: Some(root), events: events.clone(), is_on_disk: true };
                    happened.extend(events.iter().map(told));
                }
                whole = Some(WholeLater { root, sequence: self.sequence, events });
            } else {
                let begins =
                    |event: &HistoryEvent| matches!(event, HistoryEvent::ProcessInstanceStarted(row) if row.id == root);
                under_way.recorded |= passing && !history.iter().any(begins);
                for events in history.into_pieces() {
                    self.sequence += 1;
                    ops.push(persist::history_op(Some(root), self.sequence, &events));
                    change.stored.push((root, self.sequence));
                    happened.push(RootHistory { root: Some(root), events, is_on_disk: false });
                }
            }
            under_way.ahead.note(root, &state, &changes);
            match self.slots.get_mut(&root) {
                Some(Slot::Idle { unpublished: 0, .. }) if passing => {
                    self.slots.remove(&root);
                }
                Some(Slot::Idle { state: place, unpublished }) => {
                    **place = state;
                    *unpublished += 1;
                    under_way.roots.push(root);
                }
                _ => {
                    self.slots.insert(root, Slot::Idle { state: Box::new(state), unpublished: 1 });
                    under_way.roots.push(root);
                }
            }
            change.roots.push(RootChange { root, changes });
        }
        change.history = Arc::new(happened);
        self.submit(Writes { ops, whole }, change, caller.into(), under_way, done, outcome);
    }

    fn submit(
        &mut self,
        writes: Writes,
        mut change: WorldChange,
        origin: Origin,
        mut under_way: UnderWay,
        done: Done,
        outcome: Outcome,
    ) {
        under_way.records = !change.records.is_empty();
        let shared = self.shared.clone();
        let sender = self.sender.clone();
        let number = self.submitted + 1;
        // the completion runs once, whether the store accepts the commit or not
        let cell = Arc::new(parking_lot::Mutex::new(Some(done)));
        let late = cell.clone();
        let piled = Arc::new(parking_lot::Mutex::new(None));
        let found = piled.clone();
        let completed = move |result| {
            let Some(done) = late.lock().take() else { return };
            change.piled = found.lock().take();
            match result {
                Ok(_) => shared.publications.lock().push(Publication { number, change, origin, outcome, done }),
                Err(error) => {
                    shared.completed.more(1);
                    let _ = sender.send(Message::Lost);
                    done(Err(store_fault(&error)));
                }
            }
        };
        let Writes { mut ops, whole } = writes;
        let submitted = match whole {
            None => self.shared.store.submit_to_lead(ops, completed),
            Some(whole) => {
                let size = whole.size();
                let make = move || {
                    *piled.lock() = whole.make(&mut ops).map(Box::new);
                    ops
                };
                self.shared.store.submit_later(size, make, completed)
            }
        };
        match submitted {
            Ok(_) => {
                self.submitted = number;
                self.ahead.enter(&under_way.ahead);
                under_way.number = number;
                self.under_way.push_back(under_way);
            }
            Err(error) => {
                // refused before anything was written
                self.lost();
                if let Some(done) = cell.lock().take() {
                    done(Err(store_fault(&error)));
                }
            }
        }
    }

    /// A commit was not stored: the states on the lane are ahead of the store. They are read again when they are needed.
    pub(super) fn lost(&mut self) {
        self.settle();
        // how a root is stored is what it was, too
        let touched = self.slots.keys().chain(&self.fat).copied();
        let store = &self.shared.store;
        let fat = touched.filter(|root| persist::is_fat(store, *root).unwrap_or_else(|_| self.fat.contains(root)));
        self.fat = fat.collect();
        self.slots.retain(|_, slot| matches!(slot, Slot::Parked { .. }));
        // where they rest is asked again, too
        let world = self.shared.world.read();
        let parked = self.slots.keys().filter_map(|root| Some((*root, world.runtime.rest.on_disk(*root)?)));
        self.asleep = parked.map(|(root, spot)| (root, Asleep { spot, commit: 0 })).collect();
    }

    /// Waits until everything committed so far is published: for work that decides by the read model.
    pub(in super::super) fn settle(&mut self) {
        if !self.under_way.is_empty() {
            // a store that is driven by hand is driven here; another has a thread for it, unless it left it to this one
            self.shared.store.run_pending();
            self.shared.store.lead();
            self.shared.completed.wait_for(self.submitted);
            self.published(self.submitted);
        }
    }

    /// [`Lane::settle`], when commits on their way add to the history of roots that they have no hold on.
    pub(in super::super) fn settle_recorded(&mut self) {
        if self.under_way.iter().any(|commit| commit.recorded) {
            self.settle();
        }
    }

    /// [`Lane::settle`], when commits on their way may change what the read model has of the history of these roots.
    pub(in super::super) fn settle_history(&mut self, mut roots: impl Iterator<Item = Id>) {
        self.settle_recorded();
        if roots.any(|root| self.is_ahead_of(root)) {
            self.settle();
        }
    }

    /// The commits up to this number are published.
    pub(super) fn published(&mut self, upto: u64) {
        while let Some(commit) = self.under_way.pop_front_if(|commit| commit.number <= upto) {
            self.ahead.leave(&commit.ahead);
            for root in commit.roots {
                match self.slots.get_mut(&root) {
                    Some(Slot::Idle { state, unpublished }) => {
                        *unpublished = unpublished.saturating_sub(1);
                        if *unpublished == 0 && state.is_empty() {
                            self.slots.remove(&root);
                        }
                    }
                    Some(Slot::Parked { unpublished }) => *unpublished = unpublished.saturating_sub(1),
                    None => {}
                }
            }
        }
        if self.slots.len() > self.sweep_at {
            self.slots.retain(|_, slot| !matches!(slot, Slot::Idle { unpublished: 0, .. }));
            // those that had to stay must not be looked at again for each commit
            self.sweep_at = SLOTS.max(2 * self.slots.len());
        }
    }
}

pub(in super::super) fn store_fault(error: &store::CommitError) -> Fault {
    use store::CommitError::{Closed, DiskFull, Poisoned, QueueFull};
    let message = format!("the change was not stored: {error}");
    match error {
        DiskFull { .. } | QueueFull | Closed | Poisoned { .. } => Fault::unavailable(message),
        _ => Fault::engine(message),
    }
}
