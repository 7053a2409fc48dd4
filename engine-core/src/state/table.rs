//! A table of entities that remembers what a transaction changed.
//!
//! The journal of first-touched old values serves three purposes at once: rolling back (a dropped transaction puts the old
//! values back), writing (only touched entities are encoded), and updating query indexes (old and new value of each).
//! That is why a fat instance is never copied or rewritten as a whole. Rows are shared: the journal, what a commit hands on and
//! the read model hold the same row until the next change makes another.
//!
//! Ids grow, so that rows lie in order of creation one behind the other and are found by binary search. A removed row leaves its
//! place empty; empty places go between transactions, once they are as many as rows.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

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
#[derive(Debug)]
pub struct Table<T> {
    /// Ids of all places, in order.
    ids: Vec<Id>,
    places: Vec<Place<T>>,
    /// Places that are not empty.
    rows: usize,
    /// Old values of the places that the transaction touched, in the order in which it did.
    journal: Vec<(usize, Option<Arc<T>>)>,
    /// Where something was found last: steps look at one entity several times.
    last: AtomicUsize,
}

#[derive(Debug)]
struct Place<T> {
    row: Option<Arc<T>>,
    /// Its entry in the journal; [`UNTOUCHED`] when there is none.
    entry: u32,
}

const UNTOUCHED: u32 = u32::MAX;

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { ids: Vec::new(), places: Vec::new(), rows: 0, journal: Vec::new(), last: AtomicUsize::new(0) }
    }
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self {
            ids: self.ids.clone(),
            places: self.places.clone(),
            rows: self.rows,
            journal: self.journal.clone(),
            last: AtomicUsize::new(0),
        }
    }
}

impl<T> Clone for Place<T> {
    fn clone(&self) -> Self {
        Self { row: self.row.clone(), entry: self.entry }
    }
}

impl<T: Entity> Table<T> {
    /// The place of an id, or where it would be.
    fn place_of(&self, id: Id) -> Result<usize, usize> {
        let last = self.last.load(Ordering::Relaxed);
        if self.ids.get(last) == Some(&id) {
            return Ok(last);
        }
        let found = self.ids.binary_search(&id);
        if let Ok(place) = found {
            self.last.store(place, Ordering::Relaxed);
        }
        found
    }

    /// Makes a place for an id that has none.
    fn open(&mut self, place: usize, id: Id) {
        self.ids.insert(place, id);
        self.places.insert(place, Place { row: None, entry: UNTOUCHED });
        if place + 1 < self.ids.len() {
            // rare: ids grow
            self.journal.iter_mut().filter(|(touched, _)| *touched >= place).for_each(|(touched, _)| *touched += 1);
        }
    }

    /// Notes the value of a place before the transaction, unless it is noted.
    fn touch(&mut self, place: usize) {
        let Place { row, entry } = &mut self.places[place];
        if *entry == UNTOUCHED {
            *entry = u32::try_from(self.journal.len()).expect("a transaction touches fewer than four billion rows");
            self.journal.push((place, row.clone()));
        }
    }

    /// The entity of that id.
    pub fn get(&self, id: Id) -> Option<&T> {
        self.places[self.place_of(id).ok()?].row.as_deref()
    }

    /// The entity of that id as it was before the transaction.
    pub fn committed(&self, id: Id) -> Option<&T> {
        let Place { row, entry } = &self.places[self.place_of(id).ok()?];
        match *entry {
            UNTOUCHED => row.as_deref(),
            entry => self.journal[entry as usize].1.as_deref(),
        }
    }

    /// The entity of that id, to change it; the first call in a transaction journals the old value.
    pub fn get_mut(&mut self, id: Id) -> Option<&mut T> {
        let place = self.place_of(id).ok()?;
        self.places[place].row.as_ref()?;
        self.touch(place);
        self.places[place].row.as_mut().map(Arc::make_mut)
    }

    /// Adds an entity.
    ///
    /// # Panics
    /// When the id is taken: ids are made fresh.
    pub fn insert(&mut self, row: T) {
        let id = row.id();
        let place = self.place_of(id).unwrap_or_else(|place| {
            self.open(place, id);
            place
        });
        assert!(self.places[place].row.is_none(), "id {id} is taken");
        self.touch(place);
        self.places[place].row = Some(Arc::new(row));
        self.rows += 1;
    }

    /// Removes an entity and returns it.
    pub fn remove(&mut self, id: Id) -> Option<Arc<T>> {
        let place = self.place_of(id).ok()?;
        self.places[place].row.as_ref()?;
        self.touch(place);
        self.rows -= 1;
        self.places[place].row.take()
    }

    /// All entities in order of creation.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.iter().filter_map(|place| place.row.as_deref())
    }

    /// All entities in order of creation, to be shared.
    pub fn shared(&self) -> Vec<Arc<T>> {
        self.places.iter().filter_map(|place| place.row.clone()).collect()
    }

    /// Number of entities.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Whether the transaction touched anything here.
    pub fn is_touched(&self) -> bool {
        !self.journal.is_empty()
    }

    /// Ends the transaction: what it changed, by id. Entities created and removed in it are left out.
    pub fn take_changes(&mut self) -> Vec<Change<T>> {
        let mut journal = std::mem::take(&mut self.journal);
        journal.sort_unstable_by_key(|(place, _)| *place);
        let mut changes = Vec::new();
        for (place, old) in journal {
            let Place { row, entry } = &mut self.places[place];
            *entry = UNTOUCHED;
            if old.is_some() || row.is_some() {
                changes.push(Change { id: self.ids[place], old, new: row.clone() });
            }
        }
        self.tidy();
        changes
    }

    /// Drops the transaction: every entity is as it was.
    pub(super) fn rollback(&mut self) {
        for (place, old) in std::mem::take(&mut self.journal) {
            let place = &mut self.places[place];
            place.entry = UNTOUCHED;
            self.rows -= usize::from(place.row.is_some());
            self.rows += usize::from(old.is_some());
            place.row = old;
        }
        self.tidy();
    }

    /// Gives up empty places when they are most.
    fn tidy(&mut self) {
        if self.places.len() < 2 * self.rows.max(8) && self.rows > 0 {
            return;
        }
        let mut places = self.places.iter();
        self.ids.retain(|_| places.next().is_some_and(|place| place.row.is_some()));
        self.places.retain(|place| place.row.is_some());
    }

    /// Puts an entity without journalling: loading.
    pub(super) fn put_silently(&mut self, row: Arc<T>) {
        let id = row.id();
        let place = self.place_of(id).unwrap_or_else(|place| {
            self.open(place, id);
            place
        });
        self.rows += usize::from(self.places[place].row.is_none());
        self.places[place].row = Some(row);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Row(Id, u32);

    impl Entity for Row {
        fn id(&self) -> Id {
            self.0
        }
    }

    /// Numbers that look random.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % limit
        }
    }

    /// A table says what an ordered map says, whatever is done in whatever order of ids, committed or not.
    #[test]
    fn it_is_a_map_with_a_journal() {
        for seed in 0..200 {
            let mut random = Random(seed);
            let (mut table, mut committed) = (Table::default(), BTreeMap::new());
            for _ in 0..12 {
                let mut now: BTreeMap<Id, Row> = committed.clone();
                for step in 0..random.below(60) {
                    let id = Id::new(u128::from(random.below(40)));
                    let row = Row(id, u32::try_from(step).expect("small"));
                    match (random.below(4), now.contains_key(&id)) {
                        (0 | 1, false) => {
                            table.insert(row.clone());
                            now.insert(id, row);
                        }
                        (2, _) => assert_eq!(table.remove(id).as_deref(), now.remove(&id).as_ref()),
                        _ => {
                            let (found, known) = (table.get_mut(id), now.get_mut(&id));
                            assert_eq!(found.is_some(), known.is_some());
                            if let (Some(found), Some(known)) = (found, known) {
                                (found.1, known.1) = (row.1, row.1);
                            }
                        }
                    }
                    assert_eq!(table.get(id), now.get(&id));
                    assert_eq!(table.committed(id), committed.get(&id));
                }
                assert!(table.iter().eq(now.values()));
                assert_eq!((table.len(), table.is_empty()), (now.len(), now.is_empty()));
                if random.below(3) == 0 {
                    table.rollback();
                } else {
                    let changes = table.take_changes();
                    assert!(changes.windows(2).all(|pair| pair[0].id < pair[1].id));
                    for Change { id, old, new } in &changes {
                        assert_eq!((old.as_deref(), new.as_deref()), (committed.get(id), now.get(id)));
                    }
                    let changed = |id: &Id| changes.iter().any(|change| change.id == *id);
                    let differs = |id: &&Id| committed.get(id) != now.get(id);
                    assert!(committed.keys().chain(now.keys()).filter(differs).all(changed));
                    committed = now;
                }
                assert!(!table.is_touched() && table.iter().eq(committed.values()));
            }
        }
    }

    #[test]
    fn places_of_removed_rows_are_given_up() {
        let mut table = Table::default();
        (0..1_000).for_each(|id| table.insert(Row(Id::new(id), 0)));
        table.take_changes();
        for id in 0..990 {
            table.remove(Id::new(id));
            table.take_changes();
        }
        assert_eq!((table.len(), table.places.len() <= 20), (10, true), "{}", table.places.len());
    }
}
