//! What the states on the lane have and the world does not show yet.
//!
//! Correlation decides by the read model, which lags behind the lane by the commits under way. Waiting for them would cost a
//! flush for each message; so what matters to it is noted here until it is published.

use std::collections::BTreeMap;

use engine_core::state::{Changes, EventSubscription, InstanceState, SubscriptionKind};
use models::Id;

use crate::world::{event_key, text_key};

/// A message subscription: name, business key (hashes of both), root, id. Hashes may collide: who looks up compares.
type Waiting = (u64, u64, Id, Id);

/// Hash of a business key; of none it is 0.
fn business_key_hash(key: Option<&str>) -> u64 {
    key.map_or(0, text_key)
}

/// What one commit adds.
#[derive(Debug, Default)]
pub(super) struct Entries {
    waiting: Vec<Waiting>,
}

impl Entries {
    /// Notes what a commit of a root changed.
    pub(super) fn note(&mut self, root: Id, state: &InstanceState, changes: &Changes) {
        let mut waiting = |row: &EventSubscription| {
            if row.kind == SubscriptionKind::Message {
                let key = state.execution(row.process_instance).and_then(|instance| instance.business_key.as_deref());
                let event = event_key(row.kind, row.name.as_deref());
                self.waiting.push((event, business_key_hash(key), root, row.id));
            }
        };
        for change in &changes.subscriptions {
            if let (None, Some(row)) = (&change.old, &change.new) {
                waiting(row);
            }
        }
        for change in &changes.executions {
            if let (Some(old), Some(new)) = (&change.old, &change.new)
                && old.business_key != new.business_key
            {
                state.subscriptions().filter(|row| row.process_instance == new.id).for_each(&mut waiting);
            }
        }
    }
}

/// Everything that commits under way add.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// With the number of commits that say so.
    waiting: BTreeMap<Waiting, u32>,
}

impl Ahead {
    pub(super) fn enter(&mut self, entries: &Entries) {
        for entry in &entries.waiting {
            *self.waiting.entry(*entry).or_default() += 1;
        }
    }

    pub(super) fn leave(&mut self, entries: &Entries) {
        for entry in &entries.waiting {
            if let Some(count) = self.waiting.get_mut(entry) {
                *count -= 1;
                if *count == 0 {
                    self.waiting.remove(entry);
                }
            }
        }
    }

    /// Message subscriptions, as root and id: of a name or any, of a business key or any.
    pub(super) fn waiting(&self, name: Option<&str>, business_key: Option<&str>) -> impl Iterator<Item = (Id, Id)> {
        let event = name.map(|name| event_key(SubscriptionKind::Message, Some(name)));
        let business_key = business_key.map(|key| business_key_hash(Some(key)));
        let lowest = (event.unwrap_or(0), event.and(business_key).unwrap_or(0), Id::NIL, Id::NIL);
        let highest = match (event, business_key) {
            (Some(event), Some(key)) => (event, key, Id::MAX, Id::MAX),
            (Some(event), None) => (event, u64::MAX, Id::MAX, Id::MAX),
            (None, _) => (u64::MAX, u64::MAX, Id::MAX, Id::MAX),
        };
        let entries = self.waiting.range(lowest..=highest).map(|(entry, _)| *entry);
        entries
            .filter(move |(_, key, ..)| business_key.is_none_or(|wanted| wanted == *key))
            .map(|(_, _, root, subscription)| (root, subscription))
    }
}
