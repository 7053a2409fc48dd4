//! History that lies on disk and is in no segment yet: that of root instances which came and went in one
//! transaction.
//!
//! It is written as a whole with the commit that made it and never was in memory. What finds it again is here, root by root,
//! until there is enough for a segment.

use std::{collections::BTreeMap, sync::Arc};

use models::Id;

use super::cold::{ColdRoot, Pace, Trace, Traces};

/// A root instance whose history lies on disk, with what finds it again.
#[derive(Clone, Debug)]
pub(crate) struct Piled {
    /// What stays in memory of it.
    pub(crate) cold: ColdRoot,
    /// Its traces, in order.
    pub(crate) traces: Arc<[Trace]>,
    /// The last sequence number of what its history is made of.
    pub(crate) sequence: u64,
    /// Sequence numbers of events on disk that are part of that history, to be deleted once a segment names it.
    pub(crate) events: Vec<u64>,
}

/// Such root instances by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pile {
    roots: BTreeMap<Id, Piled>,
    traces: usize,
}

impl Pile {
    pub(crate) fn add(&mut self, piled: Piled) {
        self.traces += piled.traces.len();
        if let Some(before) = self.roots.insert(piled.cold.root, piled) {
            self.traces -= before.traces.len();
        }
    }

    pub(crate) fn take(&mut self, root: Id) -> Option<Piled> {
        let piled = self.roots.remove(&root)?;
        self.traces -= piled.traces.len();
        Some(piled)
    }

    pub(crate) fn get(&self, root: Id) -> Option<&Piled> {
        self.roots.get(&root)
    }

    /// Takes in that events on disk are part of the history of a root; `false` when it is not here.
    pub(crate) fn note(&mut self, root: Id, sequence: u64) -> bool {
        let Some(piled) = self.roots.get_mut(&root) else { return false };
        piled.events.push(sequence);
        true
    }

    pub(crate) fn len(&self) -> usize {
        self.roots.len()
    }

    /// Traces of all.
    pub(crate) fn traces(&self) -> usize {
        self.traces
    }

    /// The first by id, at most so many.
    pub(crate) fn first(&self, most: usize) -> Vec<Piled> {
        self.roots.values().take(most).cloned().collect()
    }

    /// The roots a question may be about.
    pub(crate) fn candidates<'a>(&'a self, traces: &'a Traces) -> impl Iterator<Item = ColdRoot> + 'a {
        let fitting = self.roots.values().filter(|piled| traces.fit(&piled.cold, &piled.traces));
        fitting.map(|piled| piled.cold)
    }

    /// The rank that nothing in it exceeds.
    pub(super) fn bound(&self, pace: Pace) -> i64 {
        self.roots.values().map(|piled| pace.bound(&piled.cold)).max().unwrap_or(i64::MIN)
    }
}
