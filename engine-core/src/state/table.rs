//! A table of entities that remembers what a transaction changed.
//!
//! The journal of first-touched old values serves three purposes at once: rolling back (a dropped transaction puts the old
//! values back), writing (only touched entities are encoded), and updating query indexes (old and new value of each).
//! That is why a fat instance is never copied or rewritten as a whole. Rows are shared: the journal, what a commit hands on and
//! the read model hold the same row until the next change makes another.

use std::{collections::BTreeMap, sync::Arc};

use models::Id;

/// An entity with an id.
pub trait Entity: Clone + std::fmt::Debug {
    /// Its id.
    fn id(&self) -> Id;
}

/// One entity's change in a transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<T> {
    /// Which entity.
    pub id: Id,
    /// As committed before; `None` when it is created.
    pub old: Option<Arc<T>>,
    /// As committed after; `None` when it is removed.
    pub new: Option<Arc<T>>,
}

/// Entities by id, with a journal.
#[derive(Clone, Debug)]
pub struct Table<T> {
    rows: BTreeMap<Id, Arc<T>>,
    journal: BTreeMap<Id, Option<Arc<T>>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), journal: BTreeMap::new() }
    }
}

impl<T: Entity> Table<T> {
    /// The entity of that id.
    pub fn get(&self, id: Id) -> Option<&T> {
        self.rows.get(&id).map(|row| &**row)
    }

    /// The entity of that id as it was before the transaction.
    pub fn committed(&self, id: Id) -> Option<&T> {
        self.journal.get(&id).map_or_else(|| self.rows.get(&id), Option::as_ref).map(|row| &**row)
    }

    /// The entity of that id, to change it; the first call in a transaction journals the old value.
    pub fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        let row = self.rows.get_mut(&id)?;
        self.journal.entry(id).or_insert_with(|| Some(row.clone()));
        Some(Arc::make_mut(row))
    }

    /// Adds an entity.
    ///
    /// # Panics
    /// When the id is taken: ids are made fresh.
    pub fn insert(&mut self, row: T) {
        let id = row.id();
        self.journal.entry(id).or_insert(None);
        assert!(self.rows.insert(id, Arc::new(row)).is_none(), "id {id} is taken");
    }

    /// Removes an entity and returns it.
    pub fn remove(&mut self, id: Id) -> Option<Arc<T>> {
        let row = self.rows.remove(&id)?;
        self.journal.entry(id).or_insert_with(|| Some(row.clone()));
        Some(row)
    }

    /// All entities in order of creation.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.rows.values().map(|row| &**row)
    }

    /// All entities in order of creation, to be shared.
    pub fn shared(&self) -> Vec<Arc<T>> {
        self.rows.values().cloned().collect()
    }

    /// Number of entities.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether the transaction touched anything here.
    pub fn is_touched(&self) -> bool {
        !self.journal.is_empty()
    }

    /// Ends the transaction: what it changed, by id. Entities created and removed in it are left out.
    pub fn take_changes(&mut self) -> Vec<Change<T>> {
        std::mem::take(&mut self.journal)
            .into_iter()
            .filter_map(|(id, old)| {
                let new = self.rows.get(&id).cloned();
                (old.is_some() || new.is_some()).then_some(Change { id, old, new })
            })
            .collect()
    }

    /// Drops the transaction: every entity is as it was. Returns the (id, old) pairs for derived indexes to follow.
    pub(super) fn take_journal(&mut self) -> BTreeMap<Id, Option<Arc<T>>> {
        std::mem::take(&mut self.journal)
    }

    /// Puts an entity without journalling: loading and rolling back.
    pub(super) fn put_silently(&mut self, id: Id, row: Option<Arc<T>>) {
        match row {
            Some(row) => {
                self.rows.insert(id, row);
            }
            None => {
                self.rows.remove(&id);
            }
        }
    }
}
