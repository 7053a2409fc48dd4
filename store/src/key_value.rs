//! The small interface that every store underneath implements.
//!
//! One logical key space of byte strings, ordered bytewise; the first byte of a key names its table. Nothing here knows
//! about checksums, sequences or groups: those are added above, the same for every store.

use std::{fmt, str::FromStr, sync::Arc};

use crate::{Bytes, Error};

/// Longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 4096;

/// Largest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 256 << 20;

/// Which store lies underneath.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Log-structured merge tree with a journal; the default.
    Fjall,
    /// Lock-free tree on a log; synced by ourselves.
    Sled,
    /// Nothing is kept when the process ends.
    Memory,
}

impl Kind {
    /// Every kind that can be opened by name.
    pub const ALL: [Self; 3] = [Self::Fjall, Self::Sled, Self::Memory];

    /// The name used in configuration and on disk.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fjall => "fjall",
            Self::Sled => "sled",
            Self::Memory => "memory",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| format!("unknown store `{name}`, expected `fjall`, `sled` or `memory`"))
    }
}

/// One change of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Sets the key to the value.
    Put {
        /// Where.
        key: Vec<u8>,
        /// What.
        value: Vec<u8>,
    },
    /// Removes the key, present or not.
    Delete {
        /// Where.
        key: Vec<u8>,
    },
}

impl Op {
    /// Sets `key` to `value`.
    pub fn put(key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Self::Put { key: key.into(), value: value.into() }
    }

    /// Removes `key`.
    pub fn delete(key: impl Into<Vec<u8>>) -> Self {
        Self::Delete { key: key.into() }
    }

    /// The key that changes.
    pub fn key(&self) -> &[u8] {
        match self {
            Self::Put { key, .. } | Self::Delete { key } => key,
        }
    }

    /// Bytes of key and value together.
    pub fn size(&self) -> usize {
        match self {
            Self::Put { key, value } => key.len() + value.len(),
            Self::Delete { key } => key.len(),
        }
    }
}

/// How far a write must get before it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persist {
    /// Handed to the operating system: survives the end of the process, not of the machine.
    Buffered,
    /// On the disk.
    Synced,
}

/// In which order a scan walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Ascending keys.
    Forward,
    /// Descending keys.
    Backward,
}

/// A half-open range of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// First key inside.
    pub start: Vec<u8>,
    /// First key behind the range; `None` means up to the last key.
    pub end: Option<Vec<u8>>,
}

impl KeyRange {
    /// Every key.
    pub fn all() -> Self {
        Self { start: Vec::new(), end: None }
    }

    /// Every key that begins with `prefix`.
    ///
    /// ```
    /// let range = tollgate_store::KeyRange::prefix(b"h\xff");
    /// assert_eq!(range.end, Some(b"i".to_vec()));
    /// ```
    pub fn prefix(prefix: &[u8]) -> Self {
        let kept = prefix.iter().rposition(|byte| *byte != 0xff);
        let end = kept.map(|last| {
            let mut end = prefix[..=last].to_vec();
            end[last] += 1;
            end
        });
        Self { start: prefix.to_vec(), end }
    }

    /// Keys from `start` on, up to but without `end`.
    pub fn between(start: impl Into<Vec<u8>>, end: impl Into<Vec<u8>>) -> Self {
        Self { start: start.into(), end: Some(end.into()) }
    }

    /// The part of this range behind `key`: where a forward page that ended with `key` goes on.
    #[must_use]
    pub fn after(mut self, key: &[u8]) -> Self {
        let mut start = key.to_vec();
        start.push(0);
        if start > self.start {
            self.start = start;
        }
        self
    }

    /// The part of this range before `key`: where a backward page that ended with `key` goes on.
    #[must_use]
    pub fn before(mut self, key: &[u8]) -> Self {
        if self.end.as_deref().is_none_or(|end| key < end) {
            self.end = Some(key.to_vec());
        }
        self
    }

    /// Whether no key can lie inside.
    pub fn is_empty(&self) -> bool {
        self.end.as_ref().is_some_and(|end| *end <= self.start)
    }

    /// Whether `key` lies inside.
    pub fn contains(&self, key: &[u8]) -> bool {
        key >= self.start.as_slice() && self.end.as_deref().is_none_or(|end| key < end)
    }
}

/// Keys with their values, in order.
pub type Scan<'a> = Box<dyn Iterator<Item = Result<(Bytes, Bytes), Error>> + Send + 'a>;

/// A view that later writes don't change.
pub trait Snapshot: Send {
    /// Walks the keys of `range` as they were when the snapshot was taken.
    fn scan(&self, range: &KeyRange, direction: Direction) -> Scan<'_>;
}

/// An ordered map of byte strings with atomic batches.
///
/// Reads never wait for a write in progress. A failed write or sync leaves the outcome open; the caller must not write
/// again (the committer sees to that).
pub trait KeyValue: Send + Sync {
    /// Which store this is.
    fn kind(&self) -> Kind;

    /// The value at `key`.
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Error>;

    /// Walks the keys of `range`. A batch written meanwhile may be seen in part; [`snapshot`](Self::snapshot) is for
    /// those who mind.
    fn scan(&self, range: &KeyRange, direction: Direction) -> Scan<'_>;

    /// Applies all of `batch` or, after a crash, none of it. Each key appears at most once in a batch.
    fn write(&self, batch: Vec<Op>, persist: Persist) -> Result<(), Error>;

    /// Brings everything written so far to the disk.
    fn sync(&self) -> Result<(), Error>;

    /// A consistent view, or `None` where the store has no such thing.
    fn snapshot(&self) -> Option<Box<dyn Snapshot + '_>>;

    /// Bytes used on disk (in memory for the memory store).
    fn size_on_disk(&self) -> Result<u64, Error>;

    /// Gives space of overwritten and deleted values back, as far as the store can.
    fn compact(&self) -> Result<(), Error>;
}

impl<T: KeyValue + ?Sized> KeyValue for Arc<T> {
    fn kind(&self) -> Kind {
        (**self).kind()
    }

    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Error> {
        (**self).get(key)
    }

    fn scan(&self, range: &KeyRange, direction: Direction) -> Scan<'_> {
        (**self).scan(range, direction)
    }

    fn write(&self, batch: Vec<Op>, persist: Persist) -> Result<(), Error> {
        (**self).write(batch, persist)
    }

    fn sync(&self) -> Result<(), Error> {
        (**self).sync()
    }

    fn snapshot(&self) -> Option<Box<dyn Snapshot + '_>> {
        (**self).snapshot()
    }

    fn size_on_disk(&self) -> Result<u64, Error> {
        (**self).size_on_disk()
    }

    fn compact(&self) -> Result<(), Error> {
        (**self).compact()
    }
}
