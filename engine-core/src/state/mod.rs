//! State of one root instance: the execution trees of a call hierarchy with everything attached to them.
//!
//! [`InstanceState`] is the unit of transaction, of ordering and of storage. It is changed only through its methods, which
//! keep the derived indexes (children, variables by scope …) in step with the tables and journal every change; dropping a
//! transaction is [`InstanceState::rollback`].

mod entity;
mod names;
mod shared;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use entity::*;
use models::Id;
pub use table::{Change, Entity, Table};

macro_rules! entities {
    ($($type:ty),*) => { $(impl Entity for $type { fn id(&self) -> Id { self.id } })* };
}
entities!(Execution, Variable, Task, Job, EventSubscription, ExternalTask, Incident);

/// Everything that a committed transaction changed, for storage and query indexes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Executions.
    pub executions: Vec<Change<Execution>>,
    /// Variables, transient ones left out.
    pub variables: Vec<Change<Variable>>,
    /// User tasks.
    pub tasks: Vec<Change<Task>>,
    /// Jobs.
    pub jobs: Vec<Change<Job>>,
    /// Event subscriptions.
    pub subscriptions: Vec<Change<EventSubscription>>,
    /// External tasks.
    pub external_tasks: Vec<Change<ExternalTask>>,
    /// Incidents.
    pub incidents: Vec<Change<Incident>>,
}

impl Changes {
    /// Whether anything of it was there before.
    pub fn had_anything(&self) -> bool {
        fn had<T>(changes: &[Change<T>]) -> bool {
            changes.iter().any(|change| change.old.is_some())
        }
        had(&self.executions)
            || had(&self.variables)
            || had(&self.tasks)
            || had(&self.jobs)
            || had(&self.subscriptions)
            || had(&self.external_tasks)
            || had(&self.incidents)
    }
}

/// All entities of a root instance, as stored.
#[derive(Clone, Debug, Default, PartialEq, minicbor::Encode, minicbor::Decode)]
pub struct Snapshot {
    /// Executions.
    #[cbor(n(0), with = "shared")]
    pub executions: Vec<Arc<Execution>>,
    /// Variables.
    #[cbor(n(1), with = "shared")]
    pub variables: Vec<Arc<Variable>>,
    /// User tasks.
    #[cbor(n(2), with = "shared")]
    pub tasks: Vec<Arc<Task>>,
    /// Jobs.
    #[cbor(n(3), with = "shared")]
    pub jobs: Vec<Arc<Job>>,
    /// Event subscriptions.
    #[cbor(n(4), with = "shared")]
    pub subscriptions: Vec<Arc<EventSubscription>>,
    /// External tasks.
    #[cbor(n(5), with = "shared")]
    pub external_tasks: Vec<Arc<ExternalTask>>,
    /// Incidents.
    #[cbor(n(6), with = "shared")]
    pub incidents: Vec<Arc<Incident>>,
}

/// State of one root instance.
#[derive(Clone, Debug, Default)]
pub struct InstanceState {
    executions: Table<Execution>,
    variables: Table<Variable>,
    tasks: Table<Task>,
    jobs: Table<Job>,
    subscriptions: Table<EventSubscription>,
    external_tasks: Table<ExternalTask>,
    incidents: Table<Incident>,
    // derived, never stored: (owner, owned)
    children: BTreeSet<(Id, Id)>,
    called: BTreeMap<Id, Id>,
    variable_names: names::Names,
    tasks_of: BTreeSet<(Id, Id)>,
    jobs_of: BTreeSet<(Id, Id)>,
    subscriptions_of: BTreeSet<(Id, Id)>,
    external_tasks_of: BTreeSet<(Id, Id)>,
    incidents_of: BTreeSet<(Id, Id)>,
    transients: BTreeSet<Id>,
}

/// Owned ids of an owner in a derived index.
fn owned(index: &BTreeSet<(Id, Id)>, owner: Id) -> impl Iterator<Item = Id> + '_ {
    index.range((owner, Id::NIL)..=(owner, Id::MAX)).map(|pair| pair.1)
}

/// Generates the accessors of a table whose entities hang on one execution.
macro_rules! attached {
    ($table:ident, $index:ident, $type:ty, $get:ident, $all:ident, $of:ident, $add:ident, $change:ident, $drop:ident,
     $owner:expr, $what:literal) => {
        #[doc = concat!("The ", $what, " of that id.")]
        pub fn $get(&self, id: Id) -> Option<&$type> {
            self.$table.get(id)
        }

        #[doc = concat!("All entities: ", $what, ", in order of creation.")]
        pub fn $all(&self) -> impl Iterator<Item = &$type> {
            self.$table.iter()
        }

        #[doc = concat!("Those of an owner: ", $what, ", in order of creation.")]
        pub fn $of(&self, owner: Id) -> impl Iterator<Item = &$type> {
            owned(&self.$index, owner).filter_map(|id| self.$table.get(id))
        }

        #[doc = concat!("Adds a ", $what, ".")]
        pub fn $add(&mut self, row: $type) {
            if let Some(owner) = $owner(&row) {
                self.$index.insert((owner, row.id));
            }
            self.$table.insert(row);
        }

        #[doc = concat!("Changes a ", $what, "; `None` when there is none of that id.")]
        pub fn $change<R>(&mut self, id: Id, change: impl FnOnce(&mut $type) -> R) -> Option<R> {
            let row = self.$table.get_mut(id)?;
            let before = $owner(row);
            let result = change(row);
            let after = $owner(row);
            if before != after {
                if let Some(owner) = before {
                    self.$index.remove(&(owner, id));
                }
                if let Some(owner) = after {
                    self.$index.insert((owner, id));
                }
            }
            Some(result)
        }

        #[doc = concat!("Removes a ", $what, ".")]
        pub fn $drop(&mut self, id: Id) -> Option<Arc<$type>> {
            let row = self.$table.remove(id)?;
            if let Some(owner) = $owner(&row) {
                self.$index.remove(&(owner, id));
            }
            Some(row)
        }
    };
}

impl InstanceState {
    attached!(
        executions,
        children,
        Execution,
        execution,
        executions,
        children,
        add_execution_row,
        change_execution_row,
        drop_execution_row,
        |row: &Execution| row.parent,
        "execution"
    );
    attached!(
        tasks,
        tasks_of,
        Task,
        task,
        tasks,
        tasks_of,
        add_task,
        change_task,
        drop_task,
        |row: &Task| row.execution,
        "user task"
    );
    attached!(jobs, jobs_of, Job, job, jobs, jobs_of, add_job, change_job, drop_job, |row: &Job| row.execution, "job");
    attached!(
        subscriptions,
        subscriptions_of,
        EventSubscription,
        subscription,
        subscriptions,
        subscriptions_of,
        add_subscription,
        change_subscription,
        drop_subscription,
        |row: &EventSubscription| Some(row.execution),
        "event subscription"
    );
    attached!(
        external_tasks,
        external_tasks_of,
        ExternalTask,
        external_task,
        external_tasks,
        external_tasks_of,
        add_external_task,
        change_external_task,
        drop_external_task,
        |row: &ExternalTask| Some(row.execution),
        "external task"
    );
    attached!(
        incidents,
        incidents_of,
        Incident,
        incident,
        incidents,
        incidents_of,
        add_incident,
        change_incident,
        drop_incident,
        |row: &Incident| row.execution,
        "incident"
    );

    /// Adds an execution.
    pub fn add_execution(&mut self, row: Execution) {
        if let Some(caller) = row.super_execution {
            self.called.insert(caller, row.id);
        }
        self.add_execution_row(row);
    }

    /// Changes an execution. The caller of a called process instance never changes.
    pub fn change_execution<R>(&mut self, id: Id, change: impl FnOnce(&mut Execution) -> R) -> Option<R> {
        self.change_execution_row(id, change)
    }

    /// Removes an execution.
    pub fn drop_execution(&mut self, id: Id) -> Option<Arc<Execution>> {
        let row = self.drop_execution_row(id)?;
        if let Some(caller) = row.super_execution {
            self.called.remove(&caller);
        }
        Some(row)
    }

    /// The process instance called by a call activity's execution.
    pub fn called_instance(&self, execution: Id) -> Option<Id> {
        self.called.get(&execution).copied()
    }

    /// The variable of that id.
    pub fn variable(&self, id: Id) -> Option<&Variable> {
        self.variables.get(id)
    }

    /// All variables in order of creation.
    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter()
    }

    /// The number that history gives a change of a variable: how many transactions have changed it before. All changes of
    /// one transaction have the same.
    pub fn variable_revision(&self, id: Id) -> u32 {
        self.variables.committed(id).map_or(0, |row| row.revision + 1)
    }

    /// The variable of that name owned by exactly that execution or task.
    pub fn variable_in(&self, scope: Id, name: &str) -> Option<&Variable> {
        self.variables.get(self.variable_names.get(scope, name)?)
    }

    /// The variables of an execution or task, by name.
    pub fn variables_of(&self, scope: Id) -> impl Iterator<Item = &Variable> {
        self.variable_names.of(scope).filter_map(|id| self.variables.get(id))
    }

    /// Adds a variable.
    pub fn add_variable(&mut self, row: Variable) {
        self.variable_names.insert(row.scope, row.name.clone(), row.id);
        if row.transient {
            self.transients.insert(row.id);
        }
        self.variables.insert(row);
    }

    /// Changes a variable; its name never changes, its scope may.
    pub fn change_variable<R>(&mut self, id: Id, change: impl FnOnce(&mut Variable) -> R) -> Option<R> {
        let row = self.variables.get_mut(id)?;
        let before = row.scope;
        let result = change(row);
        if row.scope != before {
            self.variable_names.remove(before, &row.name);
            self.variable_names.insert(row.scope, row.name.clone(), id);
        }
        Some(result)
    }

    /// Removes a variable.
    pub fn drop_variable(&mut self, id: Id) -> Option<Arc<Variable>> {
        let row = self.variables.remove(id)?;
        self.variable_names.remove(row.scope, &row.name);
        Some(row)
    }

    /// Whether nothing is left: the root instance has ended.
    pub fn is_empty(&self) -> bool {
        self.executions.is_empty() && self.tasks.is_empty() && self.jobs.is_empty()
    }

    /// Number of entities: the size of the instance.
    pub fn entities(&self) -> usize {
        self.executions.len()
            + self.variables.len()
            + self.tasks.len()
            + self.jobs.len()
            + self.subscriptions.len()
            + self.external_tasks.len()
            + self.incidents.len()
    }

    /// Ends a transaction: drops transient variables and returns what changed.
    pub fn commit(&mut self) -> Changes {
        for id in std::mem::take(&mut self.transients) {
            self.drop_variable(id);
        }
        Changes {
            executions: self.executions.take_changes(),
            variables: self.variables.take_changes(),
            tasks: self.tasks.take_changes(),
            jobs: self.jobs.take_changes(),
            subscriptions: self.subscriptions.take_changes(),
            external_tasks: self.external_tasks.take_changes(),
            incidents: self.incidents.take_changes(),
        }
    }

    /// Drops a transaction: everything is as it was committed last.
    pub fn rollback(&mut self) {
        self.executions.rollback();
        self.variables.rollback();
        self.tasks.rollback();
        self.jobs.rollback();
        self.subscriptions.rollback();
        self.external_tasks.rollback();
        self.incidents.rollback();
        self.rebuild_indexes();
    }

    /// All entities, to be stored.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            executions: self.executions.shared(),
            variables: self.variables.shared(),
            tasks: self.tasks.shared(),
            jobs: self.jobs.shared(),
            subscriptions: self.subscriptions.shared(),
            external_tasks: self.external_tasks.shared(),
            incidents: self.incidents.shared(),
        }
    }

    /// The state that was stored.
    pub fn restore(snapshot: Snapshot) -> Self {
        let mut state = Self::default();
        macro_rules! load {
            ($($table:ident),*) => { $(for row in snapshot.$table { state.$table.put_silently(row); })* };
        }
        load!(executions, variables, tasks, jobs, subscriptions, external_tasks, incidents);
        state.rebuild_indexes();
        state
    }

    fn rebuild_indexes(&mut self) {
        self.transients.clear();
        self.children = self.executions.iter().filter_map(|row| Some((row.parent?, row.id))).collect();
        self.called = self.executions.iter().filter_map(|row| Some((row.super_execution?, row.id))).collect();
        self.variable_names = names::Names::default();
        for row in self.variables.iter() {
            self.variable_names.insert(row.scope, row.name.clone(), row.id);
        }
        self.tasks_of = self.tasks.iter().filter_map(|row| Some((row.execution?, row.id))).collect();
        self.jobs_of = self.jobs.iter().filter_map(|row| Some((row.execution?, row.id))).collect();
        self.subscriptions_of = self.subscriptions.iter().map(|row| (row.execution, row.id)).collect();
        self.external_tasks_of = self.external_tasks.iter().map(|row| (row.execution, row.id)).collect();
        self.incidents_of = self.incidents.iter().filter_map(|row| Some((row.execution?, row.id))).collect();
    }
}
