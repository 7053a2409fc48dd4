//! Observers: told of every commit once readers see it. Metrics, traces and live pages are built on this.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use engine_core::{history::HistoryEvent, trace::TraceContext};
use models::Id;
use parking_lot::RwLock;

use crate::{
    request::Caller,
    world::{Record, RecordChange, RecordKey, RootHistory, World, WorldChange},
};

/// Is told of commits, in their order, on the thread that publishes them: it must be quick and never wait.
pub trait Observer: Send + Sync + fmt::Debug {
    /// A commit is published.
    fn committed(&self, commit: &Committed<'_>);

    /// Whether it looks at [`Committed::changes`]; they are gathered only when somebody does.
    fn wants_changes(&self) -> bool {
        false
    }
}

/// A commit as observers see it.
#[derive(Debug)]
pub struct Committed<'a> {
    /// What it changed, each thing once; empty unless an observer [wants](Observer::wants_changes) to know.
    pub changes: &'a [Changed],
    /// The history it wrote, in order.
    pub history: &'a [RootHistory],
    /// Ids of sequence flows taken, with the definition of each; only with [`record_flows`](crate::Settings::record_flows).
    pub flows: &'a [(Id, Arc<str>)],
    /// The trace that the request belongs to.
    pub trace: Option<&'a TraceContext>,
    /// Id of the request that it comes from.
    pub request: Option<&'a str>,
    /// The read model with the commit in it, and perhaps with commits after it.
    pub world: &'a World,
}

impl Committed<'_> {
    /// The history it wrote, event by event.
    pub fn events(&self) -> impl Iterator<Item = &HistoryEvent> {
        RootHistory::each(self.history).map(|(_, event)| event)
    }
}

/// A thing that a commit changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Changed {
    /// What kind of thing.
    pub kind: ChangedKind,
    /// The process instance.
    pub process_instance: Option<Id>,
    /// The process definition.
    pub definition: Option<Id>,
}

/// Kinds of things that change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangedKind {
    /// Deployments and definitions.
    Deployment,
    /// A process instance, with whatever belongs to it.
    ProcessInstance,
    /// A user task that belongs to no process instance.
    Task,
    /// A job that belongs to no process instance.
    Job,
    /// A batch.
    Batch,
    /// Users, groups, tenants, authorizations, filters.
    Administration,
}

impl ChangedKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::ProcessInstance => "process-instance",
            Self::Task => "task",
            Self::Job => "job",
            Self::Batch => "batch",
            Self::Administration => "administration",
        }
    }
}

/// The observers of an engine.
#[derive(Debug, Default)]
pub(crate) struct Observers {
    some: AtomicBool,
    /// Whether one of them wants to know what changed.
    changes: AtomicBool,
    list: RwLock<Vec<Arc<dyn Observer>>>,
}

/// What observers need of a change, kept while the read model takes the change in.
#[derive(Debug)]
pub(crate) struct Note {
    changes: Vec<Changed>,
    history: Arc<Vec<RootHistory>>,
    flows: Vec<(Id, Arc<str>)>,
    origin: Origin,
}

/// Where a commit comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    trace: Option<Arc<TraceContext>>,
    request: Option<Arc<str>>,
}

impl From<&Caller> for Origin {
    fn from(caller: &Caller) -> Self {
        Self { trace: caller.trace.clone(), request: caller.request.clone() }
    }
}

impl Observers {
    pub(crate) fn add(&self, observer: Arc<dyn Observer>) {
        self.changes.fetch_or(observer.wants_changes(), Ordering::AcqRel);
        self.list.write().push(observer);
        self.some.store(true, Ordering::Release);
    }

    /// Whether somebody listens.
    pub(crate) fn has_any(&self) -> bool {
        self.some.load(Ordering::Acquire)
    }

    /// What has to be told of a change later; `None` when nobody listens.
    pub(crate) fn note(&self, change: &WorldChange, origin: Origin) -> Option<Note> {
        self.has_any().then(|| Note {
            changes: if self.changes.load(Ordering::Acquire) { changes(change) } else { Vec::new() },
            history: change.history.clone(),
            flows: change.flows.clone(),
            origin,
        })
    }

    pub(crate) fn tell(&self, note: &Note, world: &World) {
        let Note { changes, history, flows, origin } = note;
        let Origin { trace, request } = origin;
        let commit = Committed { changes, history, flows, trace: trace.as_deref(), request: request.as_deref(), world };
        for observer in &*self.list.read() {
            observer.committed(&commit);
        }
    }
}

/// What a change is about, each thing once.
fn changes(change: &WorldChange) -> Vec<Changed> {
    let mut found = BTreeSet::new();
    for root in &change.roots {
        let changes = &root.changes;
        macro_rules! instances {
            ($table:ident, $row:ident => $instance:expr, $definition:expr, $kind:ident) => {
                for one in &changes.$table {
                    let Some($row) = one.new.as_ref().or(one.old.as_ref()) else { continue };
                    let process_instance: Option<Id> = $instance;
                    let kind =
                        if process_instance.is_some() { ChangedKind::ProcessInstance } else { ChangedKind::$kind };
                    found.insert(Changed { kind, process_instance, definition: $definition });
                }
            };
        }
        instances!(executions, row => Some(row.process_instance), Some(row.definition), ProcessInstance);
        instances!(tasks, row => row.process_instance, row.definition, Task);
        instances!(jobs, row => row.process_instance, row.definition, Job);
        instances!(external_tasks, row => Some(row.process_instance), Some(row.definition), ProcessInstance);
        instances!(incidents, row => row.process_instance, row.definition, Job);
        instances!(subscriptions, row => Some(row.process_instance), Some(row.definition), ProcessInstance);
        if found.is_empty() {
            // only variables: their rows do not name the definition
            for one in &changes.variables {
                let Some(row) = one.new.as_ref().or(one.old.as_ref()) else { continue };
                let kind =
                    if row.process_instance.is_some() { ChangedKind::ProcessInstance } else { ChangedKind::Task };
                found.insert(Changed { kind, process_instance: row.process_instance, definition: None });
            }
        }
    }
    let none = |kind| Changed { kind, process_instance: None, definition: None };
    for record in &change.records {
        found.insert(match record {
            RecordChange::Put(Record::Job(row)) => Changed { definition: row.definition, ..none(ChangedKind::Job) },
            RecordChange::Put(Record::Batch(_)) | RecordChange::Remove(RecordKey::Batch(_)) => none(ChangedKind::Batch),
            RecordChange::Remove(RecordKey::Job(_)) => none(ChangedKind::Job),
            RecordChange::Put(
                Record::Deployment(_)
                | Record::ProcessDefinition(_)
                | Record::JobDefinition(_)
                | Record::StartSubscription(_)
                | Record::DecisionDefinition(_)
                | Record::DecisionRequirementsDefinition(_)
                | Record::FormDefinition(_),
            )
            | RecordChange::Remove(
                RecordKey::Deployment(_)
                | RecordKey::ProcessDefinition(_)
                | RecordKey::JobDefinition(_)
                | RecordKey::StartSubscription(_)
                | RecordKey::DecisionDefinition(_)
                | RecordKey::DecisionRequirementsDefinition(_)
                | RecordKey::FormDefinition(_),
            ) => none(ChangedKind::Deployment),
            _ => none(ChangedKind::Administration),
        });
    }
    found.into_iter().collect()
}
