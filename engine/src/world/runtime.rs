//! Entities of running root instances, with the indexes that queries, correlation and the runners need.

use std::{
    collections::BTreeMap,
    hash::{Hash as _, Hasher as _},
    sync::Arc,
};

use engine_core::{
    graph::NodeIx,
    state::{
        Change, Changes, Entity, EventSubscription, Execution, ExternalTask, Incident, Job, Snapshot, SubscriptionKind,
        Task, Variable,
    },
};
use models::{Id, Timestamp};
use rustc_hash::{FxHashMap, FxHasher};

use super::{
    RootChange,
    external_tasks::ExternalTaskQueues,
    index::{Rows, folded_key, indexes, keyed, resting, text_key},
    rest::{Rest, Roster},
    value_key::value_key,
};

keyed!(Execution, Variable, Task, Job, EventSubscription, ExternalTask, Incident);

/// Key of a message or signal name.
pub(crate) fn event_key(kind: SubscriptionKind, name: Option<&str>) -> u64 {
    text_key(name.unwrap_or_default()).wrapping_add(kind as u64)
}

/// Key of an activity of a definition.
pub(crate) fn place_key(definition: Id, NodeIx(node): NodeIx) -> u64 {
    let mut hasher = FxHasher::default();
    (definition, node).hash(&mut hasher);
    hasher.finish()
}

fn is_candidate(kind: &str) -> bool {
    kind == "candidate"
}

resting! {
    /// Indexes of executions.
    ExecutionIndexes, ExecutionViews of Execution {
        process_instance (owner): Id = |row| Some(row.process_instance);
        parent (owner): Id = |row| row.parent;
        super_execution (owner): Id = |row| row.super_execution;
        /// Process instances only.
        definition: Id = |row| row.parent.is_none().then_some(row.definition);
        business_key: u64 = |row| row.business_key.as_deref().map(text_key);
        /// Where tokens are.
        token: u64 = |row| row.activity.filter(|_| row.is_active).map(|node| place_key(row.definition, node));
    }
}

resting! {
    /// Indexes of variables.
    VariableIndexes, VariableViews of Variable {
        scope (owner): Id = |row| Some(row.scope);
        process_instance (owner): Id = |row| row.process_instance;
        /// Name and value.
        value: (u64, u64) = |row| Some((folded_key(&row.name), value_key(&row.value)));
    }
}

resting! {
    /// Indexes of user tasks.
    TaskIndexes, TaskViews of Task {
        process_instance (owner): Id = |row| row.process_instance;
        execution (owner): Id = |row| row.execution;
        definition: Id = |row| row.definition;
        key: u64 = |row| row.key.as_deref().map(text_key);
        name: u64 = |row| row.name.as_deref().map(folded_key);
        assignee: u64 = |row| row.assignee.as_deref().map(text_key);
        candidate_user: u64 = |row| {
            row.links.iter().filter(|link| is_candidate(&link.kind)).filter_map(|link| link.user.as_deref().map(text_key))
        };
        candidate_group: u64 = |row| {
            row.links.iter().filter(|link| is_candidate(&link.kind)).filter_map(|link| link.group.as_deref().map(text_key))
        };
        due: Timestamp = |row| row.due;
        custom_id: u64 = |row| row.custom_id.as_deref().map(text_key);
        parent_task: u64 = |row| row.parent_task.as_deref().map(text_key);
    }
}

indexes! {
    /// Indexes of jobs.
    JobIndexes of Job {
        process_instance: Id = |row| row.process_instance;
        execution: Id = |row| row.execution;
        definition: Id = |row| row.definition;
        batch: Id = |row| row.batch;
        /// Jobs that may run once they are due; those without due date first.
        ready: Option<Timestamp> = |row| (row.retries > 0 && !row.suspended).then_some(row.due);
    }
}

indexes! {
    /// Indexes of event subscriptions.
    SubscriptionIndexes of EventSubscription {
        event: u64 = |row| Some(event_key(row.kind, row.name.as_deref()));
        execution: Id = |row| Some(row.execution);
        process_instance: Id = |row| Some(row.process_instance);
    }
}

indexes! {
    /// Indexes of external tasks.
    ExternalTaskIndexes of ExternalTask {
        topic: u64 = |row| Some(text_key(&row.topic));
        execution: Id = |row| Some(row.execution);
        process_instance: Id = |row| Some(row.process_instance);
    }
}

indexes! {
    /// Indexes of incidents.
    IncidentIndexes of Incident {
        process_instance: Id = |row| row.process_instance;
        execution: Id = |row| row.execution;
        definition: Id = |row| row.definition;
        configuration: u64 = |row| row.configuration.as_deref().map(text_key);
    }
}

/// What is running.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Runtime {
    pub(crate) executions: Rows<Execution, ExecutionIndexes>,
    pub(crate) variables: Rows<Variable, VariableIndexes>,
    pub(crate) tasks: Rows<Task, TaskIndexes>,
    pub(crate) jobs: Rows<Job, JobIndexes>,
    pub(crate) subscriptions: Rows<EventSubscription, SubscriptionIndexes>,
    pub(crate) external_tasks: Rows<ExternalTask, ExternalTaskIndexes>,
    pub(crate) incidents: Rows<Incident, IncidentIndexes>,
    pub(crate) queues: ExternalTaskQueues,
    /// What is not in memory.
    pub(crate) rest: Rest,
    /// Root of each process instance, and of each standalone task.
    roots: BTreeMap<Id, Id>,
    /// Root instances that may come to rest, each with the number of the last change to it.
    stamps: FxHashMap<Id, u64>,
    /// Changes to root instances so far.
    changes: u64,
}

impl Runtime {
    /// Root of a process instance or standalone task.
    pub(crate) fn root(&self, id: Id) -> Option<Id> {
        self.roots.get(&id).copied()
    }

    /// How many root instances are in memory that may come to rest.
    pub(crate) fn roots_in_memory(&self) -> usize {
        self.stamps.len()
    }

    /// Process instances of a root.
    pub(crate) fn of_root(&self, root: Id) -> Vec<Id> {
        // called instances are found along the tree: it is as deep as the call hierarchy and needs no index of its own
        let mut found = Vec::new();
        let mut open = vec![root];
        while let Some(instance) = open.pop() {
            if self.executions.get(instance).is_none() {
                continue;
            }
            found.push(instance);
            let executions = self.executions.of(&self.executions.by.process_instance, instance);
            for execution in executions {
                let called = self.executions.of(&self.executions.by.super_execution, execution.id);
                open.extend(called.map(|called| called.id));
            }
        }
        found.sort_unstable();
        found
    }

    /// Everything of a root instance or standalone task, the rows shared.
    pub(crate) fn snapshot(&self, root: Id) -> Snapshot {
        let mut all = Snapshot::default();
        for instance in self.of_root(root) {
            all.executions.extend(self.executions.shared(&self.executions.by.process_instance, instance));
            all.variables.extend(self.variables.shared(&self.variables.by.process_instance, instance));
            all.tasks.extend(self.tasks.shared(&self.tasks.by.process_instance, instance));
            all.jobs.extend(self.jobs.shared(&self.jobs.by.process_instance, instance));
            all.subscriptions.extend(self.subscriptions.shared(&self.subscriptions.by.process_instance, instance));
            all.external_tasks.extend(self.external_tasks.shared(&self.external_tasks.by.process_instance, instance));
            all.incidents.extend(self.incidents.shared(&self.incidents.by.process_instance, instance));
        }
        if all.executions.is_empty() {
            all.tasks.extend(self.tasks.one(root));
            all.variables.extend(self.variables.shared(&self.variables.by.scope, root));
        }
        all
    }

    /// Root instances that are to come to rest when there are more than `most` in memory: those that were changed longest
    /// ago, at most `at_once`, each with the number of its last change.
    pub(crate) fn tired(&self, most: usize, at_once: usize) -> Vec<(Id, u64)> {
        if self.stamps.len() <= most {
            return Vec::new();
        }
        let count = at_once.min(self.stamps.len() - most / 4 * 3);
        let mut all: Vec<(Id, u64)> = self.stamps.iter().map(|(root, stamp)| (*root, *stamp)).collect();
        all.sort_unstable_by_key(|(_, stamp)| *stamp);
        all.truncate(count);
        all
    }

    /// Whether there are more than so many root instances in memory that may come to rest, or some that have to leave it.
    pub(crate) fn is_beyond(&self, most: usize) -> bool {
        self.stamps.len() > most || !self.rest.leaving().is_empty()
    }

    /// Whether a root has not been changed since.
    pub(crate) fn is_unchanged(&self, root: Id, stamp: u64) -> bool {
        self.stamps.get(&root) == Some(&stamp)
    }

    /// Takes in that root instances that are stored as running have left their rosters.
    pub(crate) fn awake_have_left(&mut self) {
        let both = self.stamps.keys().filter_map(|root| Some((self.rest.spot(*root)?, *root)));
        for (spot, root) in both.collect::<Vec<_>>() {
            self.rest.leave(spot, root);
        }
    }

    /// Takes in that roots are at rest on disk, but for those that are `away`.
    pub(super) fn come_to_rest(&mut self, roster: Arc<Roster>, away: &[u8]) {
        self.rest.announce(roster, away);
        for root in self.rest.leaving().keys() {
            self.stamps.remove(root);
        }
    }

    /// Takes in that roots stay in memory.
    pub(super) fn stays(&mut self, roots: &[Id]) {
        for root in roots {
            self.stamps.remove(root);
        }
    }

    /// Takes rows out of memory that are at rest on disk, those of so many roots.
    pub(crate) fn let_go(&mut self, roots: usize) {
        for _ in 0..roots {
            let Some((root, spot)) = self.rest.next_leaving() else { return };
            let instances = self.of_root(root);
            for instance in &instances {
                self.executions.remove_all(|by| &by.process_instance, *instance);
                self.variables.remove_all(|by| &by.process_instance, *instance);
                self.tasks.remove_all(|by| &by.process_instance, *instance);
                self.roots.remove(instance);
            }
            self.rest.settled(spot);
        }
    }

    /// Takes in that a root that was at rest is being changed: its rows as they are from here on.
    pub(super) fn wake(&mut self, root: Id, rows: Snapshot) {
        self.rest.wake(root);
        self.load(root, rows);
    }

    /// Takes in rows of a root.
    pub(super) fn load(&mut self, root: Id, rows: Snapshot) {
        fn added<T: Entity>(rows: Vec<Arc<T>>) -> Vec<Change<T>> {
            rows.into_iter().map(|row| Change { id: row.id(), old: None, new: Some(row) }).collect()
        }
        let changes = Changes {
            executions: added(rows.executions),
            variables: added(rows.variables),
            tasks: added(rows.tasks),
            jobs: added(rows.jobs),
            subscriptions: added(rows.subscriptions),
            external_tasks: added(rows.external_tasks),
            incidents: added(rows.incidents),
        };
        self.apply(RootChange { root, changes });
    }

    /// Takes in what a transaction of a root instance changed.
    pub(crate) fn apply(&mut self, change: RootChange) {
        let RootChange { root, changes } = change;
        self.changes += 1;
        for change in changes.executions {
            match &change.new {
                Some(row) if row.parent.is_none() => {
                    self.roots.insert(change.id, root);
                }
                None => {
                    self.roots.remove(&change.id);
                }
                Some(_) => {}
            }
            put(&mut self.executions, change);
        }
        for change in changes.tasks {
            match &change.new {
                Some(row) if row.process_instance.is_none() => {
                    self.roots.insert(change.id, root);
                }
                None => {
                    self.roots.remove(&change.id);
                }
                Some(_) => {}
            }
            put(&mut self.tasks, change);
        }
        for change in changes.external_tasks {
            let old = self.external_tasks.get(change.id);
            self.queues.replace(old, change.new.as_deref());
            put(&mut self.external_tasks, change);
        }
        changes.variables.into_iter().for_each(|change| put(&mut self.variables, change));
        changes.jobs.into_iter().for_each(|change| put(&mut self.jobs, change));
        changes.subscriptions.into_iter().for_each(|change| put(&mut self.subscriptions, change));
        changes.incidents.into_iter().for_each(|change| put(&mut self.incidents, change));
        if self.executions.get(root).is_some() {
            self.stamps.insert(root, self.changes);
        } else {
            self.stamps.remove(&root);
        }
    }
}

fn put<T: super::index::Keyed, X: super::index::Indexes<T>>(rows: &mut Rows<T, X>, change: Change<T>) {
    match change.new {
        Some(row) => drop(rows.put(row)),
        None => drop(rows.remove(change.id)),
    }
}
