//! An ordered set that takes little more memory than what is in it.
//!
//! Most indexes grow at their end, as ids do. A B-tree of the standard library splits a full node in the middle, so that one
//! which grows that way stays half empty; here what is full stays so.

use std::{
    collections::BTreeMap,
    ops::{Bound, RangeBounds},
};

/// Most entries of a chunk. A chunk of ids with keys is some pages of memory to move at worst.
const MOST: usize = 128;

/// Entries of a chunk below which it joins the one before, when there is room.
const FEW: usize = MOST / 4;

/// Puts an entry into a chunk, which grows by a few at a time.
fn put<E>(chunk: &mut Vec<E>, at: usize, entry: E) {
    if chunk.len() == chunk.capacity() {
        chunk.reserve_exact(chunk.len().clamp(4, FEW));
    }
    chunk.insert(at, entry);
}

/// A set in order.
#[derive(Clone, Debug)]
pub(crate) struct Ordered<E> {
    /// Chunks, none empty, each under an entry that is not greater than its first, and greater than all in the chunks before.
    chunks: BTreeMap<E, Vec<E>>,
    len: usize,
}

impl<E> Default for Ordered<E> {
    fn default() -> Self {
        Self { chunks: BTreeMap::new(), len: 0 }
    }
}

impl<E: Ord + Copy> PartialEq for Ordered<E> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<E: Ord + Copy> Ordered<E> {
    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds an entry; `false` when it is there already.
    pub(crate) fn insert(&mut self, entry: E) -> bool {
        let Some((_, chunk)) = self.chunks.range_mut(..=entry).next_back() else {
            self.insert_first(entry);
            return true;
        };
        let Err(at) = chunk.binary_search(&entry) else { return false };
        self.len += 1;
        if chunk.len() < MOST {
            put(chunk, at, entry);
            return true;
        }
        let mut right = Vec::new();
        if at == MOST {
            put(&mut right, 0, entry);
        } else {
            right = chunk.split_off(MOST / 2);
            // an allocator gives no half of a block back
            *chunk = chunk.to_vec();
            match at.checked_sub(MOST / 2) {
                Some(at) => put(&mut right, at, entry),
                None => put(chunk, at, entry),
            }
        }
        self.chunks.insert(right[0], right);
        true
    }

    /// Adds an entry that is less than all others.
    fn insert_first(&mut self, entry: E) {
        self.len += 1;
        let mut first = match self.chunks.first_entry() {
            Some(first) if first.get().len() < MOST => first.remove(),
            _ => Vec::new(),
        };
        put(&mut first, 0, entry);
        self.chunks.insert(entry, first);
    }

    /// Takes an entry out; `false` when it is not there.
    pub(crate) fn remove(&mut self, entry: &E) -> bool {
        let mut before = self.chunks.range_mut(..=*entry);
        let Some((key, chunk)) = before.next_back() else { return false };
        let Ok(at) = chunk.binary_search(entry) else { return false };
        chunk.remove(at);
        self.len -= 1;
        if chunk.len() >= FEW {
            return true;
        }
        let key = *key;
        match before.next_back() {
            Some((_, left)) if left.len() + chunk.len() <= MOST => {
                left.append(chunk);
                self.chunks.remove(&key);
            }
            _ if chunk.is_empty() => drop(self.chunks.remove(&key)),
            _ => chunk.shrink_to(FEW),
        }
        true
    }

    /// The least entry.
    pub(crate) fn first(&self) -> Option<&E> {
        self.chunks.values().next()?.first()
    }

    /// All entries in order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &E> {
        self.chunks.values().flatten()
    }

    /// Entries in a range, in order.
    pub(crate) fn range(&self, range: impl RangeBounds<E>) -> impl DoubleEndedIterator<Item = &E> {
        let (start, end) = (range.start_bound().cloned(), range.end_bound().cloned());
        // the first entries of a range may be in the chunk of the last key before it
        let from = match start {
            Bound::Included(first) | Bound::Excluded(first) => {
                let before = self.chunks.range(..=first).next_back();
                before.map_or(Bound::Unbounded, |(key, _)| Bound::Included(*key))
            }
            Bound::Unbounded => Bound::Unbounded,
        };
        let is_empty = match (from, end) {
            (Bound::Included(from), Bound::Included(end)) => from > end,
            (Bound::Included(from), Bound::Excluded(end)) => from >= end,
            _ => false,
        };
        let chunks = (!is_empty).then(|| self.chunks.range((from, end)));
        chunks.into_iter().flatten().flat_map(move |(_, chunk)| {
            let low = match start {
                Bound::Included(first) => chunk.partition_point(|entry| *entry < first),
                Bound::Excluded(first) => chunk.partition_point(|entry| *entry <= first),
                Bound::Unbounded => 0,
            };
            let high = match end {
                Bound::Included(last) => chunk.partition_point(|entry| *entry <= last),
                Bound::Excluded(last) => chunk.partition_point(|entry| *entry < last),
                Bound::Unbounded => chunk.len(),
            };
            chunk[low.min(high)..high].iter()
        })
    }
}

impl<E: Ord + Copy> Extend<E> for Ordered<E> {
    fn extend<T: IntoIterator<Item = E>>(&mut self, entries: T) {
        for entry in entries {
            self.insert(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::world::fixture::Random;

    #[test]
    fn it_has_what_a_b_tree_has() {
        for seed in 0..64 {
            let mut random = Random(seed);
            let (mut set, mut tree) = (Ordered::default(), BTreeSet::new());
            for _ in 0..24 {
                let (number, count) = (random.below(2_000), random.below(400));
                match random.below(5) {
                    0 => assert_eq!(set.insert(number), tree.insert(number)),
                    // many one after another, from below and from above
                    1 => {
                        set.extend(number..number + count);
                        tree.extend(number..number + count);
                    }
                    2 => {
                        set.extend((number..number + count).rev());
                        tree.extend(number..number + count);
                    }
                    3 => assert_eq!(set.remove(&number), tree.remove(&number)),
                    _ => {
                        for number in number..number + count {
                            assert_eq!(set.remove(&number), tree.remove(&number));
                        }
                    }
                }
                assert!(set.iter().eq(tree.iter()));
                assert_eq!((set.len(), set.is_empty(), set.first()), (tree.len(), tree.is_empty(), tree.first()));
                assert!(set.chunks.values().all(|chunk| !chunk.is_empty() && chunk.len() <= MOST));
            }
            for _ in 0..8 {
                let (from, count) = (random.below(2_400), random.below(400));
                let (to, behind) = (from + count, (Bound::Excluded(from), Bound::Unbounded));
                assert!(set.range(from..=to).eq(tree.range(from..=to)));
                assert!(set.range(from..to).rev().eq(tree.range(from..to).rev()));
                assert!(set.range(from..).eq(tree.range(from..)));
                assert!(set.range(..=to).eq(tree.range(..=to)));
                assert!(set.range(behind).eq(tree.range(behind)));
            }
        }
    }

    #[test]
    fn what_grows_at_its_end_is_full() {
        let mut set = Ordered::default();
        set.extend(0..10_000_u32);
        let room: usize = set.chunks.values().map(Vec::capacity).sum();
        assert!(room < 10_000 + MOST, "{room}");
    }
}
