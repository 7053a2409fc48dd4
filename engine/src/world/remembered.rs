//! Requests with idempotency keys, by key and by how long they are remembered.

use std::collections::{BTreeSet, HashMap};

use models::Timestamp;

use super::{Model, records::Remembered};

/// Requests that are remembered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RememberedRequests {
    by_key: HashMap<String, Remembered>,
    by_end: BTreeSet<(Timestamp, String)>,
}

impl RememberedRequests {
    pub(super) fn put(&mut self, row: Remembered) {
        self.remove(&row.key);
        self.by_end.insert((row.until, row.key.clone()));
        self.by_key.insert(row.key.clone(), row);
    }

    pub(super) fn remove(&mut self, key: &str) {
        if let Some(row) = self.by_key.remove(key) {
            self.by_end.remove(&(row.until, row.key));
        }
    }
}

impl Model {
    /// The request of an idempotency key; it may have had its time.
    pub fn remembered(&self, key: &str) -> Option<&Remembered> {
        self.remembered.by_key.get(key)
    }

    /// Keys whose time has ended.
    pub fn remembered_until(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        self.remembered.by_end.iter().take_while(move |(until, _)| *until <= now).map(|(_, key)| key.as_str())
    }
}
