//! Records that belong to no root instance: what is deployed, who may do what, batches, filters, properties.
//!
//! Their numbered fields are the stored form: numbers are never reused, fields are only added, and an added field is an
//! `Option` or has a CBOR default.

mod admin;
mod batch;
mod identity;
mod repository;

use std::sync::Arc;

pub use admin::*;
pub use batch::*;
use engine_core::{history::HistoryEvent, state};
pub use identity::*;
use minicbor::{Decode, Encode};
use models::{Id, Timestamp};
pub use repository::*;

/// A record as it is written: the whole of it, replacing an older one of the same key.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Record {
    /// A deployment with its resources.
    #[n(0)]
    Deployment(#[n(0)] Box<Deployment>),
    /// A process definition.
    #[n(1)]
    ProcessDefinition(#[n(0)] Box<ProcessDefinition>),
    /// A job definition.
    #[n(2)]
    JobDefinition(#[n(0)] Box<JobDefinition>),
    /// A subscription of a start event.
    #[n(3)]
    StartSubscription(#[n(0)] Box<StartSubscription>),
    /// A decision definition.
    #[n(4)]
    DecisionDefinition(#[n(0)] Box<DecisionDefinition>),
    /// A decision requirements definition.
    #[n(5)]
    DecisionRequirementsDefinition(#[n(0)] Box<DecisionRequirementsDefinition>),
    /// A Camunda form.
    #[n(6)]
    FormDefinition(#[n(0)] Box<CamundaFormDefinition>),
    /// A batch, running or ended.
    #[n(7)]
    Batch(#[n(0)] Box<Batch>),
    /// A user.
    #[n(8)]
    User(#[n(0)] Box<User>),
    /// A group.
    #[n(9)]
    Group(#[n(0)] Box<Group>),
    /// A tenant.
    #[n(10)]
    Tenant(#[n(0)] Box<Tenant>),
    /// A user is in a group.
    #[n(11)]
    Membership(#[n(0)] Membership),
    /// A user or group is in a tenant.
    #[n(12)]
    TenantMembership(#[n(0)] TenantMembership),
    /// An authorization.
    #[n(13)]
    Authorization(#[n(0)] Box<Authorization>),
    /// A saved query.
    #[n(14)]
    Filter(#[n(0)] Box<Filter>),
    /// A property of the engine.
    #[n(15)]
    Property(#[n(0)] Property),
    /// A reading of a metric.
    #[n(16)]
    Meter(#[n(0)] MeterReading),
    /// A job of no process instance: start timer, batch, delayed suspension, clean-up.
    #[n(17)]
    Job(#[n(0)] Box<state::Job>),
    /// An incident of such a job.
    #[n(18)]
    Incident(#[n(0)] Box<state::Incident>),
    /// The work of a running batch.
    #[n(19)]
    BatchContent(#[n(0)] Box<BatchContent>),
    /// A process definition that was deleted without its history.
    #[n(20)]
    PastDefinition(#[n(0)] Box<PastDefinition>),
    /// A request with an idempotency key, and its answer.
    #[n(40)]
    Remembered(#[n(0)] Remembered),
}

/// What identifies a [`Record`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub enum RecordKey {
    /// A deployment.
    #[n(0)]
    Deployment(#[n(0)] Id),
    /// A process definition.
    #[n(1)]
    ProcessDefinition(#[n(0)] Id),
    /// A job definition.
    #[n(2)]
    JobDefinition(#[n(0)] Id),
    /// A subscription of a start event.
    #[n(3)]
    StartSubscription(#[n(0)] Id),
    /// A decision definition.
    #[n(4)]
    DecisionDefinition(#[n(0)] Id),
    /// A decision requirements definition.
    #[n(5)]
    DecisionRequirementsDefinition(#[n(0)] Id),
    /// A Camunda form.
    #[n(6)]
    FormDefinition(#[n(0)] Id),
    /// A batch.
    #[n(7)]
    Batch(#[n(0)] Id),
    /// A user, by its id.
    #[n(8)]
    User(#[n(0)] String),
    /// A group, by its id.
    #[n(9)]
    Group(#[n(0)] String),
    /// A tenant, by its id.
    #[n(10)]
    Tenant(#[n(0)] String),
    /// A membership in a group.
    #[n(11)]
    Membership(#[n(0)] Membership),
    /// A membership in a tenant.
    #[n(12)]
    TenantMembership(#[n(0)] TenantMembership),
    /// An authorization.
    #[n(13)]
    Authorization(#[n(0)] Id),
    /// A saved query.
    #[n(14)]
    Filter(#[n(0)] Id),
    /// A property, by name.
    #[n(15)]
    Property(#[n(0)] String),
    /// A reading of a metric.
    #[n(16)]
    Meter(#[n(0)] Id),
    /// A job of no process instance.
    #[n(17)]
    Job(#[n(0)] Id),
    /// An incident of such a job.
    #[n(18)]
    Incident(#[n(0)] Id),
    /// The work of a running batch, by the batch.
    #[n(19)]
    BatchContent(#[n(0)] Id),
    /// A deleted process definition.
    #[n(20)]
    PastDefinition(#[n(0)] Id),
    /// A request with an idempotency key, by the key.
    #[n(40)]
    Remembered(#[n(0)] String),
}

impl Record {
    /// What identifies it.
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Deployment(row) => RecordKey::Deployment(row.id),
            Self::ProcessDefinition(row) => RecordKey::ProcessDefinition(row.id),
            Self::JobDefinition(row) => RecordKey::JobDefinition(row.id),
            Self::StartSubscription(row) => RecordKey::StartSubscription(row.id),
            Self::DecisionDefinition(row) => RecordKey::DecisionDefinition(row.id),
            Self::DecisionRequirementsDefinition(row) => RecordKey::DecisionRequirementsDefinition(row.id),
            Self::FormDefinition(row) => RecordKey::FormDefinition(row.id),
            Self::Batch(row) => RecordKey::Batch(row.id),
            Self::User(row) => RecordKey::User(row.id.clone()),
            Self::Group(row) => RecordKey::Group(row.id.clone()),
            Self::Tenant(row) => RecordKey::Tenant(row.id.clone()),
            Self::Membership(row) => RecordKey::Membership(row.clone()),
            Self::TenantMembership(row) => RecordKey::TenantMembership(row.clone()),
            Self::Authorization(row) => RecordKey::Authorization(row.id),
            Self::Filter(row) => RecordKey::Filter(row.id),
            Self::Property(row) => RecordKey::Property(row.name.clone()),
            Self::Meter(row) => RecordKey::Meter(row.id),
            Self::Job(row) => RecordKey::Job(row.id),
            Self::Incident(row) => RecordKey::Incident(row.id),
            Self::BatchContent(row) => RecordKey::BatchContent(row.batch),
            Self::PastDefinition(row) => RecordKey::PastDefinition(row.id),
            Self::Remembered(row) => RecordKey::Remembered(row.key.clone()),
        }
    }
}

/// A change of a record.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum RecordChange {
    /// Creates or replaces it.
    #[n(0)]
    Put(#[n(0)] Record),
    /// Removes it; without effect when there is none.
    #[n(1)]
    Remove(#[n(0)] RecordKey),
}

/// What one root instance's transaction changed.
#[derive(Clone, Debug, Default)]
pub struct RootChange {
    /// The root instance.
    pub root: Id,
    /// Its entities.
    pub changes: state::Changes,
}

/// Everything one commit changed.
#[derive(Clone, Debug, Default)]
pub struct WorldChange {
    /// Root instances.
    pub roots: Vec<RootChange>,
    /// History, in order; shared with those who are told of it later.
    pub history: Arc<Vec<super::RootHistory>>,
    /// Records that belong to no root instance, in order.
    pub records: Vec<RecordChange>,
    /// Ids of sequence flows taken, with the definition of each, when they are recorded. The read model keeps none of them.
    pub flows: Vec<(Id, Arc<str>)>,
    /// Sequence numbers under which history of roots is on disk.
    pub stored: Vec<(Id, u64)>,
    /// Root instances that were at rest and are so no more, with their rows as they are from here on.
    pub(crate) woken: Vec<(Id, engine_core::state::Snapshot)>,
    /// Root instances that have come to rest.
    pub(crate) rested: Option<Box<Rested>>,
    /// A root instance whose history went to disk as a whole with this commit.
    pub(crate) piled: Option<Box<super::pile::Piled>>,
    /// History that has gone to disk and leaves the memory.
    pub(crate) frozen: Option<Box<super::history::Frozen>>,
    /// History on disk that was removed.
    pub(crate) removed: Vec<super::cold::Due>,
    /// The time of the commit.
    pub now: Option<Timestamp>,
}

impl WorldChange {
    /// The history, event by event, with the root instance of each.
    pub fn events(&self) -> impl Iterator<Item = (Option<Id>, &HistoryEvent)> {
        super::RootHistory::each(&self.history)
    }
}

/// Root instances that have come to rest: they are on disk, and their rows leave the memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rested {
    /// Who they are.
    pub(crate) roster: Option<Arc<super::rest::Roster>>,
    /// A bit for each of the roster that did not come to rest after all; what is missing is zero.
    pub(crate) away: Vec<u8>,
    /// Root instances that can't come to rest.
    pub(crate) unfit: Vec<Id>,
}
