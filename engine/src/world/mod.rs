//! The read model: everything that can be queried.
//!
//! [`Model`] is changed only by [`Model::apply`], one committed change at a time, and otherwise only read. It holds the
//! entities of all running root instances, their history, and the records that belong to no root instance, with indexes that
//! make the usual lookups as expensive as their result. It never decides anything: rules of execution live in `engine-core`.
//! Start reading at [`WorldChange`]; queries with all their criteria are in [`crate::query`].

mod activity_tree;
pub(crate) mod cold;
mod external_tasks;
#[cfg(test)]
pub(crate) mod fixture;
mod grid;
pub(crate) mod history;
mod identity;
pub(crate) mod index;
mod lookup;
mod ordered;
mod packed;
pub(crate) mod past;
pub mod permission;
pub(crate) mod pile;
mod records;
mod remembered;
mod repository;
pub(crate) mod rest;
pub(crate) mod runtime;
#[cfg(test)]
mod tests;
pub(crate) mod thaw;
mod traces;
mod value_key;
mod view;

use std::collections::BTreeMap;

pub use activity_tree::{ActivityInstanceView, TransitionInstanceView};
use engine_core::{history::HistoryEvent, state};
use models::{Id, Timestamp};
pub use records::*;
pub use repository::{Shown, Versioned, definition_text_id};
pub(crate) use runtime::{event_key, place_key};
pub(crate) use value_key::value_key;
pub use view::World;
pub(crate) use view::{PORTION, Published};

pub(crate) use self::index::text_key;

use self::{history::History, identity::Identity, past::Past, repository::Repository, runtime::Runtime};

/// Everything that can be queried and is in memory; [`World`] is how it is read.
#[derive(Clone, Debug, Default)]
pub struct Model {
    pub(crate) runtime: Runtime,
    pub(crate) history: History,
    /// History that has left the memory and is to be dropped where nobody waits.
    retired: Vec<Past>,
    pub(crate) repository: Repository,
    pub(crate) identity: Identity,
    pub(crate) batches: BTreeMap<Id, Batch>,
    pub(crate) batch_contents: BTreeMap<Id, std::sync::Arc<BatchContent>>,
    pub(crate) filters: BTreeMap<Id, Filter>,
    pub(crate) properties: BTreeMap<String, String>,
    remembered: remembered::RememberedRequests,
    pub(crate) meters: BTreeMap<Id, MeterReading>,
}

impl Model {
    /// Takes in one committed change.
    pub fn apply(&mut self, change: WorldChange) {
        for record in change.records {
            match record {
                RecordChange::Put(record) => self.put(record),
                RecordChange::Remove(key) => self.remove(&key),
            }
        }
        for (root, rows) in change.woken {
            self.runtime.wake(root, rows);
        }
        for root in change.roots {
            self.runtime.apply(root);
        }
        if let Some(rested) = change.rested {
            if let Some(roster) = rested.roster {
                self.runtime.come_to_rest(roster, &rested.away);
            }
            self.runtime.stays(&rested.unfit);
        }
        // an event that nobody looks at later goes as soon as it is folded in: its row is then changed in place
        match std::sync::Arc::try_unwrap(change.history) {
            Ok(history) => {
                for RootHistory { root, events, .. } in history.into_iter().filter(|one| !one.is_on_disk) {
                    events.into_iter().for_each(|event| self.history.apply(root, &event));
                }
            }
            Err(shared) => {
                for RootHistory { root, events, .. } in shared.iter().filter(|one| !one.is_on_disk) {
                    events.iter().for_each(|event| self.history.apply(*root, event));
                }
            }
        }
        if let Some(piled) = change.piled {
            self.history.cold.pile.add(*piled);
        }
        for (root, sequence) in change.stored {
            self.history.stored(root, sequence);
        }
        if let Some(frozen) = change.frozen {
            self.retired.push(self.history.freeze(*frozen));
        }
        self.history.cold.end_removal(&change.removed, true);
        if let Some(now) = change.now {
            self.pass_time(now);
        }
    }

    /// Tells that time has come: external tasks whose lock has ended take their place in the queue again. Queries are right
    /// without it; fetching from a topic with many ended locks is faster with it.
    pub fn pass_time(&mut self, now: Timestamp) {
        let tasks = &self.runtime.external_tasks;
        self.runtime.queues.release(now, |id| tasks.get(id));
    }

    /// Takes in a running root instance as it was stored.
    pub fn load_root(&mut self, root: Id, snapshot: state::Snapshot) {
        self.runtime.load(root, snapshot);
    }

    /// What has left the memory, to be dropped.
    pub(crate) fn take_retired(&mut self) -> Vec<Past> {
        std::mem::take(&mut self.retired)
    }

    /// Takes in a record.
    pub fn put(&mut self, record: Record) {
        match record {
            Record::Deployment(row) => drop(self.repository.deployments.insert(row.id, *row)),
            Record::ProcessDefinition(row) => self.repository.processes.put(*row),
            Record::JobDefinition(row) => drop(self.repository.job_definitions.put(*row)),
            Record::PastDefinition(row) => drop(self.repository.past_definitions.insert(row.id, *row)),
            Record::StartSubscription(row) => drop(self.repository.start_subscriptions.put(*row)),
            Record::DecisionDefinition(row) => self.repository.decisions.put(*row),
            Record::DecisionRequirementsDefinition(row) => self.repository.requirements.put(*row),
            Record::FormDefinition(row) => self.repository.forms.put(*row),
            Record::Batch(row) => drop(self.batches.insert(row.id, *row)),
            Record::User(row) => drop(self.identity.users.insert(row.id.clone(), *row)),
            Record::Group(row) => drop(self.identity.groups.insert(row.id.clone(), *row)),
            Record::Tenant(row) => drop(self.identity.tenants.insert(row.id.clone(), *row)),
            Record::Membership(row) => drop(self.identity.memberships.insert(row)),
            Record::TenantMembership(row) => drop(self.identity.tenant_memberships.insert(row)),
            Record::Authorization(row) => self.identity.put_authorization(*row),
            Record::Filter(row) => drop(self.filters.insert(row.id, *row)),
            Record::Property(row) => drop(self.properties.insert(row.name, row.value)),
            Record::Meter(row) => drop(self.meters.insert(row.id, row)),
            Record::Job(row) => drop(self.runtime.jobs.put(*row)),
            Record::Incident(row) => drop(self.runtime.incidents.put(*row)),
            Record::BatchContent(row) => drop(self.batch_contents.insert(row.batch, std::sync::Arc::new(*row))),
            Record::Remembered(row) => self.remembered.put(row),
        }
    }

    fn remove(&mut self, key: &RecordKey) {
        match key {
            RecordKey::Deployment(id) => drop(self.repository.deployments.remove(id)),
            RecordKey::ProcessDefinition(id) => self.repository.processes.remove(*id),
            RecordKey::JobDefinition(id) => drop(self.repository.job_definitions.remove(*id)),
            RecordKey::PastDefinition(id) => drop(self.repository.past_definitions.remove(id)),
            RecordKey::StartSubscription(id) => {
                drop(self.repository.start_subscriptions.remove(*id));
            }
            RecordKey::DecisionDefinition(id) => self.repository.decisions.remove(*id),
            RecordKey::DecisionRequirementsDefinition(id) => {
                self.repository.requirements.remove(*id);
            }
            RecordKey::FormDefinition(id) => self.repository.forms.remove(*id),
            RecordKey::Batch(id) => drop(self.batches.remove(id)),
            RecordKey::User(id) => drop(self.identity.users.remove(id)),
            RecordKey::Group(id) => drop(self.identity.groups.remove(id)),
            RecordKey::Tenant(id) => drop(self.identity.tenants.remove(id)),
            RecordKey::Membership(row) => drop(self.identity.memberships.remove(row)),
            RecordKey::TenantMembership(row) => drop(self.identity.tenant_memberships.remove(row)),
            RecordKey::Authorization(id) => self.identity.remove_authorization(*id),
            RecordKey::Filter(id) => drop(self.filters.remove(id)),
            RecordKey::Property(name) => drop(self.properties.remove(name)),
            RecordKey::Meter(id) => drop(self.meters.remove(id)),
            RecordKey::Job(id) => drop(self.runtime.jobs.remove(*id)),
            RecordKey::Incident(id) => drop(self.runtime.incidents.remove(*id)),
            RecordKey::BatchContent(id) => drop(self.batch_contents.remove(id)),
            RecordKey::Remembered(key) => self.remembered.remove(key),
        }
    }
}

/// History events in order, and the root instance they belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct RootHistory {
    /// The root instance; `None` for what belongs to none.
    pub root: Option<Id>,
    /// The events.
    pub events: Vec<HistoryEvent>,
    /// Their rows are on disk already: the read model does not fold them.
    pub is_on_disk: bool,
}

impl RootHistory {
    /// The events of all, each with its root instance.
    pub fn each(all: &[Self]) -> impl Iterator<Item = (Option<Id>, &HistoryEvent)> {
        all.iter().flat_map(|one| one.events.iter().map(|event| (one.root, event)))
    }
}
