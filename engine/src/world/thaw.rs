//! How a reader sees rows that are at rest: found by the rosters, read from disk when they are looked at.

use std::{cell::OnceCell, fmt};

use engine_core::state::{Execution, Snapshot, Task};
use models::{Id, Timestamp};

use super::{
    PORTION, World,
    index::{Keyed, ids},
    ordered::Ordered,
    rest::{RestKey, Resting, Spot},
    runtime::TaskIndexes,
};

/// The column of user tasks with the time of creation; behind it those of due date and priority.
pub(crate) const CREATED: usize = 0;
pub(crate) const DUE: usize = 1;
pub(crate) const PRIORITY: usize = 2;

/// Chains that root instances which were read are spread over.
const CHAINS: usize = 256;

/// Root instances that were read from disk. What was lent stays where it is, so that the chains only grow.
#[derive(Default)]
pub(super) struct Thawed {
    chains: OnceCell<Box<[OnceCell<Box<Link>>]>>,
}

struct Link {
    root: Id,
    rows: Snapshot,
    next: OnceCell<Box<Link>>,
}

impl fmt::Debug for Thawed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Thawed")
    }
}

impl Thawed {
    fn get(&self, root: Id, read: impl FnOnce() -> Snapshot) -> &Snapshot {
        let chains = self.chains.get_or_init(|| (0..CHAINS).map(|_| OnceCell::new()).collect());
        #[expect(clippy::cast_possible_truncation, reason = "below the number of chains")]
        let chain = (root.bits() % CHAINS as u64) as usize;
        let mut place = &chains[chain];
        while let Some(link) = place.get() {
            if link.root == root {
                return &link.rows;
            }
            place = &link.next;
        }
        let link = || Box::new(Link { root, rows: read(), next: OnceCell::new() });
        &place.get_or_init(link).rows
    }
}

impl Drop for Thawed {
    fn drop(&mut self) {
        // link by link: a long chain must not be dropped by recursion
        for chain in self.chains.get_mut().into_iter().flatten() {
            let mut next = chain.take();
            while let Some(mut link) = next {
                next = link.next.take();
            }
        }
    }
}

impl World {
    /// The rows of a root instance at rest.
    pub(super) fn thawed(&self, root: Id, spot: Spot) -> &Snapshot {
        self.thawed.get(root, || {
            self.runtime.rest.read(root, spot).unwrap_or_else(|error| {
                tracing::error!("the root instance {root} can't be read: {error}");
                Snapshot::default()
            })
        })
    }

    /// Whether the rows of the instance or task are in memory.
    fn is_awake(&self, id: Id) -> bool {
        self.runtime.rest.is_empty()
            || self.runtime.executions.get(id).is_some()
            || self.runtime.tasks.get(id).is_some()
    }

    /// The root instance at rest that an execution or task belongs to.
    fn resting_root(&self, owner: Id) -> Option<(Id, Spot)> {
        if self.is_awake(owner) {
            return None;
        }
        let rest = &self.runtime.rest;
        rest.owner::<Execution>(owner).or_else(|| rest.owner::<Task>(owner))
    }

    /// What is wanted of some rows. Those at rest are read in portions and not held.
    pub(crate) fn of_each<T: Resting, R>(&self, ids: &[Id], wanted: impl Fn(&T) -> Option<R>) -> Vec<R> {
        let mut found = Vec::new();
        for some in ids.chunks(PORTION) {
            let world = self.afresh();
            found.extend(some.iter().filter_map(|id| wanted(world.resting_row(*id)?)));
        }
        found
    }

    /// User tasks of a process definition: how many, and when the oldest was created.
    pub fn open_tasks(&self, definition: Id) -> Option<(usize, Timestamp)> {
        let created = TaskIndexes::views(self).definition.columns(definition, CREATED);
        Some((created.len(), Timestamp(created.iter().copied().min()?)))
    }

    /// A column of rows, whose ids are in order.
    pub(crate) fn columns_of<T: Resting>(&self, ids: &[Id], column: usize) -> Vec<i64> {
        let mut hint = 0;
        let of = |id: &Id| match T::awake(&self.runtime).get(*id) {
            Some(row) => T::COLUMNS[column](row),
            None => self.runtime.rest.column::<T>(*id, column, &mut hint).unwrap_or(i64::MIN),
        };
        ids.iter().map(of).collect()
    }

    /// User tasks of no process instance.
    pub fn standalone_tasks(&self) -> impl Iterator<Item = &Task> {
        // they are never at rest
        self.runtime.tasks.iter().filter(|task| task.process_instance.is_none())
    }

    /// How many running root instances are in memory, and how many at rest on disk.
    pub fn instances(&self) -> (usize, usize) {
        (self.runtime.roots_in_memory(), self.runtime.rest.len())
    }

    /// The row of an id.
    pub(super) fn resting_row<T: Resting>(&self, id: Id) -> Option<&T> {
        if let Some(row) = T::awake(&self.runtime).get(id) {
            return Some(row);
        }
        let (root, spot) = self.runtime.rest.owner::<T>(id)?;
        T::of(self.thawed(root, spot)).iter().find(|row| row.id() == id).map(|row| &**row)
    }

    /// Every row, in order of creation.
    pub(super) fn resting_rows<T: Resting>(&self) -> Box<dyn DoubleEndedIterator<Item = &T> + '_> {
        if self.runtime.rest.is_empty() {
            return Box::new(T::awake(&self.runtime).iter());
        }
        Box::new(self.all_ids::<T>().into_iter().filter_map(|id| self.resting_row(id)))
    }

    /// Whether there are rows at rest.
    pub(crate) fn has_some_at_rest(&self) -> bool {
        !self.runtime.rest.is_empty()
    }

    /// The ids of all rows, in order of creation.
    pub(crate) fn all_ids<T: Resting>(&self) -> Vec<Id> {
        let mut all: Vec<Id> = T::awake(&self.runtime).iter().map(Keyed::id).collect();
        let awake = all.len();
        all.extend(self.runtime.rest.after::<T>(Id::NIL));
        if awake > 0 && awake < all.len() {
            all.sort_unstable();
        }
        all
    }

    /// Every row behind an id, in order of creation.
    pub(super) fn resting_rows_after<T: Resting>(&self, id: Id) -> impl Iterator<Item = &T> {
        let mut awake = T::awake(&self.runtime).after(id).peekable();
        let mut resting = self.runtime.rest.after::<T>(id).peekable();
        std::iter::from_fn(move || match (awake.peek(), resting.peek()) {
            (Some(row), Some(next)) if row.id() < *next => awake.next(),
            (Some(_), None) => awake.next(),
            (_, Some(_)) => resting.next().and_then(|id| self.resting_row(id)),
            (None, None) => None,
        })
    }
}

/// Lookups by an index, in memory and at rest.
pub(crate) struct View<'w, T: Resting, K> {
    world: &'w World,
    awake: &'w Ordered<(K, Id)>,
    index: usize,
    /// The keys are ids of executions or tasks of the same root.
    of_owner: bool,
    has: fn(&T, K) -> bool,
}

impl<'w, T: Resting, K: RestKey> View<'w, T, K> {
    pub(crate) fn new(
        world: &'w World,
        awake: &'w Ordered<(K, Id)>,
        index: usize,
        of_owner: bool,
        has: fn(&T, K) -> bool,
    ) -> Self {
        Self { world, awake, index, of_owner, has }
    }

    /// Ids of the rows under a key, in order of creation.
    pub(crate) fn ids(&self, key: K) -> Vec<Id> {
        let awake = ids(self.awake, key).collect();
        if self.world.runtime.rest.is_empty() {
            return awake;
        }
        if self.of_owner {
            let rows = self.of_owner_at_rest(key).map(Keyed::id);
            return merged(awake, rows.collect());
        }
        merged(awake, self.world.runtime.rest.ids::<T>(self.index, key.bits(), key.bits()))
    }

    /// The rows under a key, in order of creation.
    pub(crate) fn rows(&self, key: K) -> impl Iterator<Item = &'w T> + use<'w, T, K> {
        let world = self.world;
        self.ids(key).into_iter().filter_map(move |id| world.resting_row(id))
    }

    /// Number of rows under a key.
    pub(crate) fn count(&self, key: K) -> usize {
        let awake = ids(self.awake, key).count();
        let at_rest = || self.world.runtime.rest.count::<T>(self.index, key.bits(), key.bits());
        awake + if self.of_owner { self.of_owner_at_rest(key).count() } else { at_rest() }
    }

    /// Number of entries.
    pub(crate) fn len(&self) -> usize {
        self.awake.len() + self.world.runtime.rest.count::<T>(self.index, 0, u64::MAX)
    }

    /// Ids of the rows under keys between two, both included.
    pub(crate) fn between(&self, from: K, to: K) -> Vec<Id> {
        let awake = self.awake.range((from, Id::NIL)..=(to, Id::MAX)).map(|entry| entry.1).collect();
        merged(awake, self.world.runtime.rest.ids::<T>(self.index, from.bits(), to.bits()))
    }

    /// A column of the rows under a key.
    pub(crate) fn columns(&self, key: K, column: usize) -> Vec<i64> {
        let runtime = &self.world.runtime;
        let awake = T::awake(runtime).of(self.awake, key).map(T::COLUMNS[column]);
        awake.chain(runtime.rest.columns::<T>(self.index, key.bits(), column)).collect()
    }

    fn of_owner_at_rest(&self, key: K) -> impl Iterator<Item = &'w T> + use<'w, T, K> {
        let (world, has) = (self.world, self.has);
        let rows = key.id().and_then(|owner| world.resting_root(owner));
        let rows = rows.map_or(&[][..], |(root, spot)| T::of(world.thawed(root, spot)));
        rows.iter().map(|row| &**row).filter(move |row| has(row, key))
    }
}

/// Ids of both in order.
fn merged(mut ids: Vec<Id>, more: Vec<Id>) -> Vec<Id> {
    if !more.is_empty() {
        ids.extend(more);
        ids.sort_unstable();
    }
    ids
}

/// Row ids under a key of an index, in order of creation.
pub(crate) trait Lookup<K> {
    /// The ids.
    fn under(&self, key: K) -> Vec<Id>;

    /// How many there are.
    fn number_under(&self, key: K) -> usize;
}

impl<K: Ord + Copy> Lookup<K> for Ordered<(K, Id)> {
    fn under(&self, key: K) -> Vec<Id> {
        ids(self, key).collect()
    }

    fn number_under(&self, key: K) -> usize {
        ids(self, key).count()
    }
}

impl<T: Resting, K: RestKey> Lookup<K> for View<'_, T, K> {
    fn under(&self, key: K) -> Vec<Id> {
        self.ids(key)
    }

    fn number_under(&self, key: K) -> usize {
        self.count(key)
    }
}

/// An index of variables: by name and value, or by name.
pub(crate) trait VariableLookup: Lookup<(u64, u64)> {
    /// Ids of the variables of a name.
    fn named(&self, name: u64) -> Vec<Id>;
}

impl VariableLookup for Ordered<((u64, u64), Id)> {
    fn named(&self, name: u64) -> Vec<Id> {
        self.range(((name, 0), Id::NIL)..=((name, u64::MAX), Id::MAX)).map(|entry| entry.1).collect()
    }
}

impl<T: Resting> VariableLookup for View<'_, T, (u64, u64)> {
    fn named(&self, name: u64) -> Vec<Id> {
        self.between((name, 0), (name, u64::MAX))
    }
}
