//! An ordered map in memory.

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use parking_lot::RwLock;

use crate::{Bytes, Direction, Error, KeyRange, KeyValue, Kind, Op, Persist, Scan, Snapshot};

type Map = BTreeMap<Arc<[u8]>, Arc<[u8]>>;
type Entries = Vec<(Arc<[u8]>, Arc<[u8]>)>;

/// A store that forgets everything when it is dropped.
///
/// Batches are atomic for readers too, and a snapshot shares the values.
#[derive(Debug, Default)]
pub struct Memory {
    map: RwLock<Map>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another store with the same content.
    pub(super) fn copy(&self) -> Self {
        Self { map: RwLock::new(self.map.read().clone()) }
    }

    /// Every key.
    pub(super) fn keys(&self) -> Vec<Arc<[u8]>> {
        self.map.read().keys().cloned().collect()
    }

    /// Flips one bit of the value at `key`; tells whether there was one.
    pub(super) fn flip_bit(&self, key: &[u8], bit: u64) -> bool {
        let mut map = self.map.write();
        let Some(value) = map.get_mut(key).filter(|value| !value.is_empty()) else {
            return false;
        };
        let mut bytes = value.to_vec();
        let bit = bit % (bytes.len() as u64 * 8);
        let at = usize::try_from(bit / 8).unwrap_or_default();
        bytes[at] ^= 1 << (bit % 8);
        *value = bytes.into();
        true
    }

    /// Applies a batch, all at once for readers.
    pub(super) fn apply(&self, batch: Vec<Op>) {
        let mut map = self.map.write();
        for op in batch {
            match op {
                Op::Put { key, value } => drop(map.insert(key.into(), value.into())),
                Op::Delete { key } => drop(map.remove(key.as_slice())),
            }
        }
    }
}

/// Entries fetched under one read lock by a scan, so that a long scan does not hold writers up.
const PAGE: usize = 256;

fn bounds(range: &KeyRange) -> (Bound<&[u8]>, Bound<&[u8]>) {
    let end = range.end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    (Bound::Included(range.start.as_slice()), end)
}

fn page(map: &Map, range: &KeyRange, direction: Direction, limit: usize) -> Entries {
    // `BTreeMap::range` panics on a range that ends before it starts.
    if range.is_empty() {
        return Vec::new();
    }
    let entries = map.range::<[u8], _>(bounds(range)).map(|(key, value)| (key.clone(), value.clone()));
    match direction {
        Direction::Forward => entries.take(limit).collect(),
        Direction::Backward => entries.rev().take(limit).collect(),
    }
}

/// Pages through a map that `read` gives access to.
struct Cursor<F> {
    read: F,
    rest: KeyRange,
    direction: Direction,
    page: <Entries as IntoIterator>::IntoIter,
    last_page: bool,
}

impl<F> Iterator for Cursor<F>
where
    F: Fn(&KeyRange, Direction) -> Entries,
{
    type Item = Result<(Bytes, Bytes), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.page.len() == 0 && !self.last_page {
            let entries = (self.read)(&self.rest, self.direction);
            self.last_page = entries.len() < PAGE;
            if let Some((key, _)) = entries.last() {
                let rest = self.rest.clone();
                self.rest = match self.direction {
                    Direction::Forward => rest.after(key),
                    Direction::Backward => rest.before(key),
                };
            }
            self.page = entries.into_iter();
        }
        let (key, value) = self.page.next()?;
        Some(Ok((key.into(), value.into())))
    }
}

fn cursor<'a>(
    range: &KeyRange,
    direction: Direction,
    read: impl Fn(&KeyRange, Direction) -> Entries + Send + 'a,
) -> Scan<'a> {
    Box::new(Cursor { read, rest: range.clone(), direction, page: Vec::new().into_iter(), last_page: false })
}

impl KeyValue for Memory {
    fn kind(&self) -> Kind {
        Kind::Memory
    }

    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Error> {
        Ok(self.map.read().get(key).cloned().map(Bytes::from))
    }

    fn scan(&self, range: &KeyRange, direction: Direction) -> Scan<'_> {
        cursor(range, direction, |rest, direction| page(&self.map.read(), rest, direction, PAGE))
    }

    fn write(&self, batch: Vec<Op>, _persist: Persist) -> Result<(), Error> {
        self.apply(batch);
        Ok(())
    }

    fn sync(&self) -> Result<(), Error> {
        Ok(())
    }

    fn snapshot(&self) -> Option<Box<dyn Snapshot + '_>> {
        Some(Box::new(MemorySnapshot(self.map.read().clone())))
    }

    fn size_on_disk(&self) -> Result<u64, Error> {
        let map = self.map.read();
        Ok(map.iter().map(|(key, value)| (key.len() + value.len()) as u64).sum())
    }

    fn compact(&self) -> Result<(), Error> {
        Ok(())
    }
}

struct MemorySnapshot(Map);

impl Snapshot for MemorySnapshot {
    fn scan(&self, range: &KeyRange, direction: Direction) -> Scan<'_> {
        cursor(range, direction, |rest, direction| page(&self.0, rest, direction, PAGE))
    }
}
