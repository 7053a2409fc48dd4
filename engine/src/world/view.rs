//! The read model as a reader has it: a moment of it, and the history that the reader asks for from disk.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashSet,
    ops::Deref,
    rc::Rc,
    sync::Arc,
};

use models::{Id, Timestamp};
use parking_lot::{ArcRwLockReadGuard, RawRwLock, RwLock};

use super::{
    Model,
    cold::{Cold, ColdRoot, Due, Pace, Trace, Traced, Traces},
    past::Past,
    thaw::Thawed,
};

/// Everything that can be queried, as it is at a moment: what is in memory, and the history on disk that is asked for.
///
/// While it is held no commit can be published. What is read from disk is given back with it.
#[derive(Debug)]
pub struct World {
    model: Held,
    /// History instead of all other: a portion of what is on disk.
    portion: Option<Past>,
    recalled: Recalled,
    /// Root instances at rest that were read from disk.
    pub(super) thawed: Thawed,
}

/// A moment of the model.
#[derive(Clone)]
enum Held {
    /// Of a running engine.
    Locked(Rc<ArcRwLockReadGuard<RawRwLock, Model>>),
    /// Of none.
    Alone(Arc<Model>),
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

/// History that was read from disk, each time some of it, in a chain: what was lent stays where it is.
#[derive(Debug, Default)]
struct Recalled {
    roots: RefCell<HashSet<Id>>,
    first: OnceCell<Box<Link>>,
}

#[derive(Debug)]
struct Link {
    past: Past,
    next: OnceCell<Box<Link>>,
}

impl Recalled {
    fn all(&self) -> impl Iterator<Item = &Past> {
        let mut next = &self.first;
        std::iter::from_fn(move || {
            let link = next.get()?;
            next = &link.next;
            Some(&link.past)
        })
    }

    fn add(&self, past: Past) {
        let mut end = &self.first;
        while let Some(link) = end.get() {
            end = &link.next;
        }
        // the end of the chain is empty
        let _ = end.set(Box::new(Link { past, next: OnceCell::new() }));
    }
}

/// Root instances read from disk together, when a question is about many.
pub(crate) const PORTION: usize = 256;

impl Deref for World {
    type Target = Model;

    fn deref(&self) -> &Model {
        match &self.model {
            Held::Locked(guard) => guard,
            Held::Alone(model) => model,
        }
    }
}

impl Default for World {
    fn default() -> Self {
        Model::default().into()
    }
}

impl From<Model> for World {
    fn from(model: Model) -> Self {
        Self {
            model: Held::Alone(Arc::new(model)),
            portion: None,
            recalled: Recalled::default(),
            thawed: Thawed::default(),
        }
    }
}

#[cfg(test)]
impl std::ops::DerefMut for World {
    fn deref_mut(&mut self) -> &mut Model {
        match &mut self.model {
            Held::Locked(_) => panic!("it is an engine's"),
            Held::Alone(model) => Arc::make_mut(model),
        }
    }
}

#[cfg(test)]
impl World {
    /// All history in memory as one.
    pub(crate) fn all_history(&self) -> Past {
        let mut all = Past::default();
        self.listed().for_each(|past| all.load(past.archive.clone()));
        all
    }
}

#[cfg(test)]
impl Clone for World {
    fn clone(&self) -> Self {
        Self {
            model: self.model.clone(),
            portion: self.portion.clone(),
            recalled: Recalled::default(),
            thawed: Thawed::default(),
        }
    }
}

impl World {
    /// The history that questions walk through: what is in memory, or the portion that is in its place.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &Past> {
        let in_memory = self.portion.is_none().then(|| self.history.parts());
        in_memory.into_iter().flatten().chain(&self.portion)
    }

    /// Whether there is history beyond what is listed.
    pub(crate) fn has_more_on_disk(&self) -> bool {
        self.portion.is_none() && !self.history.cold.is_empty()
    }

    /// The history in which rows are looked up: also what was read from disk.
    fn known(&self) -> impl Iterator<Item = &Past> {
        self.listed().chain(self.recalled.all())
    }

    /// Rows found under the id of an owner. What is on disk is read when it may have any.
    pub(crate) fn rows_of<'w, R>(
        &'w self,
        owner: Id,
        rows: impl Fn(&'w Past) -> R + 'w,
    ) -> impl Iterator<Item = R::Item> + 'w
    where
        R: IntoIterator + 'w,
    {
        // the history of a root is all in memory or all on disk
        let here = self
            .listed()
            .any(|past| past.archive.process_instances.contains_key(&owner) || past.archive.tasks.contains_key(&owner));
        self.rows_under(owner.trace().filter(|_| !here), rows)
    }

    /// Rows found under some key that leaves a trace. What is on disk is read when it may have any.
    pub(crate) fn rows_under<'w, R>(
        &'w self,
        trace: Option<Trace>,
        rows: impl Fn(&'w Past) -> R + 'w,
    ) -> impl Iterator<Item = R::Item> + 'w
    where
        R: IntoIterator + 'w,
    {
        self.recall(trace);
        self.known().flat_map(rows)
    }

    /// The row of an id.
    pub(crate) fn row_of<'w, T>(
        &'w self,
        trace: Option<Trace>,
        row: impl Fn(&'w Past) -> Option<&'w T>,
    ) -> Option<&'w T> {
        let found = self.known().find_map(&row);
        if found.is_some() || !self.has_more_on_disk() {
            return found;
        }
        self.recall(trace);
        self.recalled.all().find_map(row)
    }

    fn recall(&self, trace: Option<Trace>) {
        if let Some(trace) = trace.filter(|_| self.has_more_on_disk()) {
            self.recall_under(&Traces::any().with_trace(trace));
        }
    }

    /// Reads the history that rows are part of from disk.
    pub(crate) fn recall_rows(&self, ids: &[Id]) {
        if !ids.is_empty() && self.has_more_on_disk() {
            self.recall_under(&Traces::any().one_of(ids.iter().copied()));
        }
    }

    /// Reads the history of roots from disk, of those that were not read yet.
    fn recall_under(&self, traces: &Traces) {
        let mut known = self.recalled.roots.borrow_mut();
        let candidates = self.history.cold.candidates(traces).map(|root| root.root);
        let fresh: Vec<Id> = candidates.filter(|root| known.insert(*root)).collect();
        if !fresh.is_empty() {
            self.recalled.add(history_of(&self.history.cold, &fresh));
        }
    }

    /// What is known of roots on disk that may concern a question.
    pub(crate) fn candidates<'a>(&'a self, traces: &'a Traces) -> impl Iterator<Item = ColdRoot> + 'a {
        let cold = self.has_more_on_disk().then(|| self.history.cold.candidates(traces));
        cold.into_iter().flatten()
    }

    /// Roots in segments, the earliest first, whose history may be removed by a time without a look at it, as far as `fits`.
    pub(crate) fn due_on_disk<'a>(
        &'a self,
        by: Timestamp,
        fits: impl Fn(&ColdRoot) -> bool + Copy + 'a,
    ) -> impl Iterator<Item = Due> + 'a {
        self.history.cold.due(by, fits)
    }

    /// Whether they are all that [`Self::candidates`] has of segments with one process instance for each root.
    pub(crate) fn removes_at_once(&self) -> bool {
        !self.history.cold.keeps_events
    }

    /// As [`Self::candidates`], of those that are in no segment yet.
    pub(crate) fn piled<'a>(&'a self, traces: &'a Traces) -> impl Iterator<Item = ColdRoot> + 'a {
        self.history.cold.pile.candidates(traces)
    }

    /// The history of some roots on disk, portion by portion. Each is a world with that history alone.
    pub(crate) fn portions(&self, roots: impl IntoIterator<Item = Id>) -> impl Iterator<Item = Self> {
        let mut roots = roots.into_iter();
        std::iter::from_fn(move || {
            let some: Vec<Id> = roots.by_ref().take(PORTION).collect();
            (!some.is_empty()).then(|| self.portion(&some))
        })
    }

    fn portion(&self, roots: &[Id]) -> Self {
        Self {
            model: self.model.clone(),
            portion: Some(history_of(&self.history.cold, roots)),
            recalled: Recalled::default(),
            thawed: Thawed::default(),
        }
    }

    /// Does something with what is on disk and may concern a question, portion by portion; see [`Cold::in_portions`].
    pub(crate) fn in_portions(
        &self,
        traces: &Traces,
        pace: Option<Pace>,
        least: i64,
        mut each: impl FnMut(&Self) -> i64,
    ) {
        if self.has_more_on_disk() {
            self.history.cold.in_portions(traces, pace, least, |roots| each(&self.portion(roots)));
        }
    }

    /// The same moment, with nothing read from disk yet.
    pub(crate) fn afresh(&self) -> Self {
        Self {
            model: self.model.clone(),
            portion: self.portion.clone(),
            recalled: Recalled::default(),
            thawed: Thawed::default(),
        }
    }

    /// A world with the history of some roots alone. The model is held once that has been read.
    pub(crate) fn portion_of(read: &dyn Fn() -> Self, cold: &Cold, roots: &[Id]) -> Self {
        let portion = Some(history_of(cold, roots));
        Self { portion, ..read() }
    }

    /// Does something with all history that may concern a question: with what is in memory, then with what is on disk,
    /// portion by portion.
    pub(crate) fn through(&self, traces: &Traces, mut each: impl FnMut(&Self)) {
        each(self);
        self.portions(self.candidates(traces).map(|root| root.root)).for_each(|portion| each(&portion));
    }

    /// How many root instances have their history in memory, and how many on disk only.
    pub fn histories(&self) -> (usize, usize) {
        (self.history.roots_in_memory(), self.history.cold.len())
    }

    /// Does something with all history, part after part: each is a world with some of it. Whatever lists historic rows lists
    /// those in memory only; this way every row is seen once.
    pub fn through_history(&self, each: impl FnMut(&Self)) {
        self.through(&Traces::any(), each);
    }
}

/// Reads the history of roots from disk.
fn history_of(cold: &Cold, roots: &[Id]) -> Past {
    let mut past = Past::default();
    for root in roots {
        past.load(cold.read(*root).archive);
    }
    past
}

/// The model of a running engine.
#[derive(Debug, Default)]
pub(crate) struct Published {
    model: Arc<RwLock<Model>>,
}

impl Published {
    pub(crate) fn new(model: Model) -> Self {
        Self { model: Arc::new(RwLock::new(model)) }
    }

    /// A moment of it, to read. No commit is published while it is held.
    pub(crate) fn read(&self) -> World {
        World {
            model: Held::Locked(Rc::new(RwLock::read_arc(&self.model))),
            portion: None,
            recalled: Recalled::default(),
            thawed: Thawed::default(),
        }
    }

    /// The model, to change.
    pub(crate) fn write(&self) -> parking_lot::RwLockWriteGuard<'_, Model> {
        self.model.write()
    }
}
