//! Migration of a running instance to another definition (S-MO-9).
//!
//! In four steps, as Camunda does it: [`parse`] matches the instance's activity instances, tokens in between and things to
//! compensate with the plan and finds out what hangs on each of them; [`check`] says whether all of it can move; [`remove`]
//! ends the scopes that the target does not have; [`walk`] goes through the tree from the top, makes scopes that the target
//! has in addition, and moves everything over.
//!
//! ```text
//! Migrating ── Element (process instance)
//!                └─ Element (activity instance) ── Dependent (task, job, subscription, variable …)
//!                     └─ Element (transition instance)
//! ```
//!
//! Node indexes mean something in one graph only. At every moment the activity of an execution belongs to the graph of the
//! execution's definition, whichever of the two that is.

mod attach;
mod check;
mod dependents;
mod parse;
mod remove;
mod walk;

use std::{collections::BTreeMap, sync::Arc};

use models::Id;

use super::{Step, Tx};
use crate::{
    command::Migration,
    error::Fault,
    graph::{NodeIx, PROCESS, ProcessGraph},
    host::Definition,
    state::{EventSubscription, Execution, ExternalTask, Incident, InstanceState, Job, Task, Variable},
};

/// Where an activity of the source is mapped to.
#[derive(Clone, Copy, Debug)]
struct Instruction {
    target: NodeIx,
    update_event_trigger: bool,
}

/// A plan over two graphs.
#[derive(Debug)]
struct Plan {
    source: Arc<Definition>,
    target: Arc<Definition>,
    by_source: BTreeMap<NodeIx, Instruction>,
    skip_listeners: bool,
    skip_io: bool,
}

impl Plan {
    fn new(migration: &Migration, source: Arc<Definition>, target: Arc<Definition>) -> Self {
        let mut by_source = BTreeMap::new();
        for one in &migration.instructions {
            let (from, to) = (source.graph.find(&one.source), target.graph.find(&one.target));
            if let (Some(from), Some(to)) = (from, to) {
                let made = Instruction { target: to, update_event_trigger: one.update_event_trigger };
                by_source.entry(from).or_insert(made);
            }
        }
        Self {
            source,
            target,
            by_source,
            skip_listeners: migration.skip_custom_listeners,
            skip_io: migration.skip_io_mappings,
        }
    }

    fn instruction(&self, source: NodeIx) -> Option<Instruction> {
        self.by_source.get(&source).copied()
    }

    fn source_graph(&self) -> &ProcessGraph {
        &self.source.graph
    }

    fn target_graph(&self) -> &ProcessGraph {
        &self.target.graph
    }
}

/// Index of an [`Element`].
type Ix = usize;

/// What an element of the migrating tree is.
#[derive(Clone, Debug)]
enum Role {
    /// An activity instance with a scope execution.
    Scope,
    /// An activity instance without.
    Token,
    /// A transition instance: the operation and flow of its job stand in the job.
    Transition,
    /// The snapshot of a completed scope, with the subscription that compensates it.
    EventScope(Compensation),
    /// A subscription that compensates a completed activity.
    Subscription(Compensation),
}

/// A compensation subscription on its way.
#[derive(Clone, Debug)]
struct Compensation {
    subscription: Id,
    /// The handler, or the scope that is compensated.
    handler: Option<NodeIx>,
    target: Option<NodeIx>,
    /// The plan says something about it.
    mapped: bool,
    /// Taken from its execution.
    held: Option<Box<EventSubscription>>,
}

/// Part of a migrating instance.
#[derive(Clone, Debug)]
struct Element {
    role: Role,
    /// `None` when it was made on the way.
    source: Option<NodeIx>,
    /// `None` when it is not mapped.
    target: Option<NodeIx>,
    /// The plan names its activity; the process needs no instruction.
    mapped: bool,
    /// It has moved to the target.
    migrated: bool,
    parent: Option<Ix>,
    children: Vec<Ix>,
    /// The scope execution, or that of the token.
    execution: Id,
    /// Activity instance; that of the process instance is its id.
    instance: Id,
    /// Whether its execution was active: of leaves.
    active: bool,
    dependents: Vec<Dependent>,
    removing: Vec<Removing>,
    emerging: Vec<Emerging>,
}

/// Something that hangs on an element and moves with it.
#[derive(Clone, Debug)]
struct Dependent {
    what: What,
    /// The row while it hangs nowhere.
    held: Option<Box<Row>>,
}

impl From<What> for Dependent {
    fn from(what: What) -> Self {
        Self { what, held: None }
    }
}

/// Kinds of [`Dependent`]s, with what the target makes of them.
#[derive(Clone, Debug)]
enum What {
    Task(Id),
    ExternalTask(Id),
    /// `outside`: it belongs to the execution around the scope.
    Variable {
        id: Id,
        outside: bool,
    },
    Subscription {
        id: Id,
        target: NodeIx,
        update: bool,
    },
    Timer {
        id: Id,
        target: NodeIx,
        /// Of timeout listeners: the listener.
        listener: Option<u32>,
        update: bool,
    },
    AsyncJob(Id),
    /// `job`: of a job whose declaration it names.
    Incident {
        id: Id,
        target: NodeIx,
        job: Option<Id>,
    },
    Called(Id),
}

/// A row between two owners.
#[derive(Clone, Debug)]
enum Row {
    Task(Task),
    ExternalTask(ExternalTask),
    Variable(Variable),
    Subscription(EventSubscription),
    Job(Job),
    Incident(Incident),
    Called(Execution),
}

/// What an element loses.
#[derive(Clone, Copy, Debug)]
enum Removing {
    Job(Id),
    Subscription(Id),
}

/// What an element gains: index of a declaration of the target scope.
#[derive(Clone, Copy, Debug)]
enum Emerging {
    Timer(usize),
    Subscription(usize),
}

/// An instance on its way.
#[derive(Debug)]
struct Migrating {
    plan: Plan,
    process_instance: Id,
    elements: Vec<Element>,
    /// Failures that belong to no element.
    left: Vec<String>,
}

impl Migrating {
    fn set_parent(&mut self, ix: Ix, parent: Option<Ix>) {
        if let Some(old) = self.elements[ix].parent {
            self.elements[old].children.retain(|child| *child != ix);
        }
        self.elements[ix].parent = parent;
        if let Some(parent) = parent {
            self.elements[parent].children.push(ix);
        }
    }

    /// The scope an element stands for at present, with its graph.
    fn current(&self, ix: Ix) -> (&ProcessGraph, NodeIx) {
        let element = &self.elements[ix];
        match (element.migrated, element.source, element.target) {
            (false, Some(source), _) => (self.plan.source_graph(), source),
            (_, _, target) => (self.plan.target_graph(), target.unwrap_or(PROCESS)),
        }
    }
}

impl Tx<'_> {
    pub(crate) fn migrate(&mut self, migration: Migration) -> Step {
        let id = migration.process_instance;
        let Some(row) = self.t.state.execution(id).cloned() else {
            return Err(Fault::engine(format!(
                "ENGINE-23003 Process instance '{id}' cannot be migrated. The process instance does not exist"
            )));
        };
        let target = self.definition(migration.target)?;
        if let Some(tenant) = target.tenant.as_deref().filter(|tenant| row.tenant.as_deref() != Some(tenant)) {
            return Err(Fault::engine(match row.tenant.as_deref() {
                Some(own) => format!(
                    "ENGINE-23010 Cannot migrate process instance '{id}' to a process definition of a different tenant \
                     ('{own}' != '{tenant}')"
                ),
                None => format!(
                    "ENGINE-23010 Cannot migrate process instance '{id}' without tenant to a process definition with a \
                     tenant ('{tenant}')"
                ),
            }));
        }
        let source = self.definition(migration.source)?;
        if row.definition != migration.source {
            let own = self.definition(row.definition)?.text_id();
            return Err(Fault::engine(format!(
                "ENGINE-23002 Process instance '{id}' cannot be migrated. Its process definition '{own}' does not match the \
                 source process definition of the migration plan '{}'",
                source.text_id()
            )));
        }
        let plan = Plan::new(&migration, source, target);
        let mut migrating = self.parse_migration(id, plan)?;
        self.check_migration(&migrating)?;
        self.remove_unmapped(&mut migrating)?;
        self.walk_migration(&mut migrating)?;
        if !migration.variables.is_empty() {
            self.set_variables(id, migration.variables)?;
            self.dispatch_after_api(id)?;
        }
        Ok(())
    }
}

/// Rows of a process instance that nothing has claimed yet.
#[derive(Debug)]
struct Unclaimed {
    tasks: Vec<Id>,
    external_tasks: Vec<Id>,
    incidents: Vec<Id>,
    jobs: Vec<Id>,
    subscriptions: Vec<Id>,
    variables: Vec<Id>,
}

impl Unclaimed {
    fn of(state: &InstanceState, instance: Id) -> Self {
        let owner = Some(instance);
        Self {
            tasks: state.tasks().filter(|row| row.process_instance == owner).map(|row| row.id).collect(),
            external_tasks: state
                .external_tasks()
                .filter(|row| row.process_instance == instance)
                .map(|row| row.id)
                .collect(),
            incidents: state.incidents().filter(|row| row.process_instance == owner).map(|row| row.id).collect(),
            jobs: state.jobs().filter(|row| row.process_instance == owner).map(|row| row.id).collect(),
            subscriptions: state
                .subscriptions()
                .filter(|row| row.process_instance == instance)
                .map(|row| row.id)
                .collect(),
            variables: state.variables().filter(|row| row.process_instance == owner).map(|row| row.id).collect(),
        }
    }

    /// Camunda's words for what is left.
    fn failures(&self) -> Vec<String> {
        let kinds = [
            ("tasks", &self.tasks),
            ("externalTask", &self.external_tasks),
            ("incidents", &self.incidents),
            ("jobs", &self.jobs),
            ("event subscriptions", &self.subscriptions),
            ("variables", &self.variables),
        ];
        kinds
            .into_iter()
            .filter(|(_, ids)| !ids.is_empty())
            .map(|(kind, ids)| {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                format!("Process instance contains not migrated {kind}: [{}]", ids.join(", "))
            })
            .collect()
    }
}
