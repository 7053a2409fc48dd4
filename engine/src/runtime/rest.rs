//! Root instances come to rest: those that nobody touched for a while leave the memory.
//!
//! The thread that writes history away does this too. It copies the instances that were changed longest ago, and has the lane
//! confirm that nothing has changed meanwhile and commit them: from then on their rows lie under keys of their own, which a
//! start does not read. The first commit to one of them stores it as a running one again; what it was at rest is deleted later.

use std::sync::{
    Arc,
    mpsc::{self, Receiver, Sender},
};

use engine_core::state::{InstanceState, Snapshot};
use models::Id;
use store::Op;

use super::{
    Shared,
    freeze::FreezeError,
    lane::{Lane, Message},
    persist,
};
use crate::world::{
    Rested, WorldChange,
    rest::{Roster, Spot, Woken, can_rest},
};

/// Root instances that come to rest in one commit.
const AT_ONCE: usize = 4_096;

/// Root instances whose rows leave the memory under one lock: readers and commits wait no longer than that takes.
const LET_GO_AT_ONCE: usize = 32;

/// Root instances that were woken from which on their remains are deleted.
const REMAINS: usize = 512;

/// Root instances that were copied.
pub(super) struct Tired {
    roster: Arc<Roster>,
    /// For each of the roster: the number of the last change to it, and the writes that put it to rest.
    members: Vec<(u64, Vec<Op>)>,
    unfit: Vec<Id>,
}

/// Whether there is something to do here.
pub(super) fn is_needed(shared: &Shared) -> bool {
    let world = shared.world.read();
    world.runtime.is_beyond(shared.options.instances_in_memory) || world.runtime.rest.woken() >= REMAINS
}

/// Copies some root instances, when there are too many in memory, and has the lane put them to rest.
pub(super) fn copy_some(shared: &Arc<Shared>, lane: &Sender<Message>) -> Option<Receiver<bool>> {
    let most = shared.options.instances_in_memory;
    let mut members = Vec::new();
    let mut unfit = Vec::new();
    let tired = shared.world.read().runtime.tired(most, AT_ONCE);
    if tired.is_empty() {
        return None;
    }
    let mut stamps = rustc_hash::FxHashMap::default();
    for some in tired.chunks(LET_GO_AT_ONCE) {
        let world = shared.world.read();
        for (root, stamp) in some.iter().filter(|(root, stamp)| world.runtime.is_unchanged(*root, *stamp)) {
            let snapshot = world.runtime.snapshot(*root);
            if can_rest(&snapshot) {
                stamps.insert(*root, *stamp);
                members.push((*root, snapshot));
            } else {
                unfit.push(*root);
            }
        }
    }
    let number = shared.world.read().runtime.rest.next_number();
    let greatest = persist::greatest_id(members.iter().map(|(_, snapshot)| snapshot));
    // what does not go in any more is taken the next time
    let (roster, taken) = Roster::new(number, greatest, &mut members);
    let members = taken
        .iter()
        .map(|(root, snapshot)| {
            (stamps.get(root).copied().unwrap_or_default(), persist::rest_ops(*root, number, snapshot))
        })
        .collect();
    let tired = Tired { roster: Arc::new(roster), members, unfit };
    let (sender, receiver) = mpsc::channel();
    let message = Message::Run(Box::new(move |lane: &mut Lane| lane.rest(tired, sender)));
    // a stopped lane drops the sender
    lane.send(message).is_ok().then_some(receiver)
}

/// Lets go what is at rest, and deletes what is left on disk of root instances that were woken.
pub(super) fn tidy(shared: &Shared) -> Result<(), FreezeError> {
    while !shared.world.read().runtime.rest.leaving().is_empty() {
        shared.world.write().runtime.let_go(LET_GO_AT_ONCE);
    }
    if shared.world.read().runtime.rest.woken() == 0 {
        return Ok(());
    }
    let woken = shared.world.write().runtime.rest.take_woken();
    // all or nothing: a start finds either the notes of who woke or the bits that say so
    let noted = note(shared, &woken);
    let rest = &mut shared.world.write().runtime.rest;
    match &noted {
        Ok(()) => rest.noted(&woken),
        Err(_) => rest.not_noted(woken),
    }
    noted
}

/// Notes on disk who has left the rosters, and deletes what is left of them there.
fn note(shared: &Shared, woken: &Woken) -> Result<(), FreezeError> {
    let mut ops = Vec::new();
    for (number, away) in &woken.rosters {
        persist::away_ops(*number, away.clone(), &mut ops);
    }
    for (spot, root) in &woken.roots {
        persist::forget_rest_ops(*root, *spot, &mut ops);
    }
    let written = shared.store.submit_ticket(ops)?;
    // a store that is driven by hand is driven here
    shared.store.run_pending();
    written.wait()?;
    Ok(())
}

impl Lane {
    /// Commits that root instances have come to rest, as far as they are still as they were copied. `done` hears whether any
    /// have.
    fn rest(&mut self, tired: Tired, done: Sender<bool>) {
        let Tired { roster, members, mut unfit } = tired;
        let mut ops: Vec<Op> = Vec::new();
        let mut away = vec![0_u8; roster.len().div_ceil(8)];
        let mut resting = Vec::new();
        {
            let world = self.shared.world.read();
            for (place, (root, (stamp, writes))) in roster.roots().zip(members).enumerate() {
                let fat = self.is_fat(root);
                if fat {
                    unfit.push(root);
                }
                if !fat && self.is_idle(root) && world.runtime.is_unchanged(root, stamp) {
                    ops.extend(writes);
                    resting.push((root, Spot { roster: roster.number, place }));
                } else {
                    away[place / 8] |= 1 << (place % 8);
                }
            }
        }
        let roster = (!resting.is_empty()).then_some(roster);
        if let Some(roster) = &roster {
            ops.push(persist::roster_op(roster));
            if away.iter().any(|bits| *bits != 0) {
                persist::away_ops(roster.number, Some(away.clone()), &mut ops);
            }
        }
        let rested = Some(Box::new(Rested { roster, away, unfit }));
        let change = WorldChange { rested, ..WorldChange::default() };
        let some = !resting.is_empty();
        let finished = Box::new(move |result: Result<_, _>| {
            // whoever asked has gone when the engine stops
            let _ = done.send(some && result.is_ok());
        });
        self.write_rest(ops, change, resting, finished);
    }
}

/// The state of a root instance as the read model has it.
pub(super) fn state_of(shared: &Shared, root: Id) -> (InstanceState, Option<Spot>) {
    let world = shared.world.read();
    let snapshot = world.snapshot_of(root).unwrap_or_else(|error| {
        // commands find nothing there and change nothing
        tracing::error!("the root instance {root} can't be read: {error}");
        Snapshot::default()
    });
    (InstanceState::restore(snapshot), world.runtime.rest.on_disk(root))
}
