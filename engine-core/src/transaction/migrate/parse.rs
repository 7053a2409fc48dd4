//! Matching an instance with a plan.

use std::collections::{BTreeMap, BTreeSet};

use models::Id;

use super::{Compensation, Dependent, Element, Emerging, Ix, Migrating, Plan, Removing, Role, Unclaimed, What};
use crate::{
    graph::{Kind, NodeIx, PROCESS, ProcessGraph, TimerDeclaration, TimerJob},
    migration::event_scope,
    state::{Job, JobKind, SubscriptionKind},
    transaction::{Step, Tx},
};

/// An activity instance as found in the execution tree.
struct Found {
    scope: NodeIx,
    parent: Option<Id>,
    execution: Id,
    leaf: bool,
}

/// The activity instances, by id, and the transition instances with theirs.
struct Tree {
    instances: BTreeMap<Id, Found>,
    transitions: Vec<(Id, Id)>,
}

impl Tx<'_> {
    pub(super) fn parse_migration(&mut self, id: Id, plan: Plan) -> Step<Migrating> {
        let tree = self.instance_tree(id, plan.source_graph());
        let mut unclaimed = Unclaimed::of(&self.t.state, id);
        let mut m = Migrating { plan, process_instance: id, elements: Vec::new(), left: Vec::new() };
        let mut known: BTreeMap<Id, Ix> = BTreeMap::new();
        let mut open = vec![id];
        while let Some(instance) = open.pop() {
            let found = &tree.instances[&instance];
            let ix = self.add_activity_instance(&mut m, instance, found, &mut unclaimed);
            m.set_parent(ix, found.parent.and_then(|parent| known.get(&parent).copied()));
            known.insert(instance, ix);
            for (_, execution) in tree.transitions.iter().filter(|(parent, _)| *parent == instance) {
                self.add_transition_instance(&mut m, ix, *execution, &mut unclaimed);
            }
            self.claim_variables(&mut m, ix, &mut unclaimed);
            self.claim_timers(&mut m, ix, &mut unclaimed);
            self.claim_subscriptions(&mut m, ix, &mut unclaimed);
            open.extend(tree.instances.iter().filter(|(_, found)| found.parent == Some(instance)).map(|(id, _)| *id));
        }
        for ix in 0..m.elements.len() {
            if matches!(m.elements[ix].role, Role::Scope) {
                self.add_compensation(&mut m, ix, &mut unclaimed);
            }
        }
        self.claim_incidents(&mut m, &known, &mut unclaimed);
        m.left = unclaimed.failures();
        Ok(m)
    }

    /// The activity instance tree, as the API derives it from the execution tree.
    fn instance_tree(&self, process_instance: Id, graph: &ProcessGraph) -> Tree {
        let mut tree = Tree { instances: BTreeMap::new(), transitions: Vec::new() };
        let root = Found { scope: PROCESS, parent: None, execution: process_instance, leaf: false };
        tree.instances.insert(process_instance, root);
        let leaves: Vec<Id> = self
            .t
            .state
            .executions()
            .filter(|row| row.process_instance == process_instance && !row.is_event_scope)
            .filter(|row| {
                self.count_running_children(row.id, 1) == 0
                    || row.activity.is_some_and(|node| self.throws_compensation(&graph.node(node).kind))
            })
            .map(|row| row.id)
            .collect();
        for leaf in leaves {
            let row = self.execution(leaf);
            let Some(activity) = row.activity else {
                if leaf == process_instance {
                    tree.instances.entry(leaf).and_modify(|found| found.leaf = true);
                }
                continue;
            };
            let around = self.scopes_around(graph, leaf, process_instance);
            // without the leaf's own scope
            let outer = match around.first() {
                Some((scope, _, _)) if *scope == activity => &around[1..],
                _ => &around[..],
            };
            let parent = outer.first().map_or(process_instance, |(_, _, instance)| *instance);
            match row.activity_instance {
                None => tree.transitions.push((parent, leaf)),
                Some(own) => {
                    let found = Found { scope: activity, parent: Some(parent), execution: leaf, leaf: true };
                    tree.instances.insert(own, found);
                }
            }
            for (at, (scope, execution, instance)) in outer.iter().enumerate() {
                let parent = outer.get(at + 1).map(|(_, _, instance)| *instance);
                tree.instances.entry(*instance).or_insert(Found {
                    scope: *scope,
                    parent,
                    execution: *execution,
                    leaf: false,
                });
            }
        }
        tree
    }

    /// Scopes around an execution with their executions and activity instances, innermost first, the process last.
    fn scopes_around(&self, graph: &ProcessGraph, leaf: Id, process_instance: Id) -> Vec<(NodeIx, Id, Id)> {
        let mut around = Vec::new();
        let mut scope = self.flow_scope(graph, leaf);
        let mut at = self.scope_execution(leaf);
        loop {
            let instance =
                if scope == PROCESS { process_instance } else { self.parent_activity_instance(at).unwrap_or(at) };
            around.push((scope, at, instance));
            if scope == PROCESS {
                return around;
            }
            scope = graph.node(scope).parent;
            let Some(parent) = self.execution(at).parent else { return around };
            at = self.scope_execution(parent);
        }
    }

    fn add_activity_instance(&self, m: &mut Migrating, instance: Id, found: &Found, unclaimed: &mut Unclaimed) -> Ix {
        let node = m.plan.source_graph().node(found.scope);
        let instruction = m.plan.instruction(found.scope);
        let process = found.scope == PROCESS;
        let execution = found.execution;
        let mut dependents: Vec<Dependent> = Vec::new();
        match &node.kind {
            Kind::UserTask(_) => {
                for task in self.t.state.tasks_of(execution) {
                    dependents.push(What::Task(task.id).into());
                    unclaimed.tasks.retain(|id| *id != task.id);
                    // they go with the task
                    for variable in self.t.state.variables_of(task.id) {
                        unclaimed.variables.retain(|id| *id != variable.id);
                    }
                }
            }
            Kind::ExternalTask(_) => {
                for task in self.t.state.external_tasks_of(execution) {
                    dependents.push(What::ExternalTask(task.id).into());
                    unclaimed.external_tasks.retain(|id| *id != task.id);
                }
            }
            Kind::CallActivity(_) if !node.is_scope => {
                dependents.extend(self.t.state.called_instance(execution).map(|called| What::Called(called).into()));
            }
            Kind::MultiInstanceBody(code) if !code.sequential => {
                // instances that have ended have nothing to migrate
                for child in self.t.state.children(execution) {
                    if !child.is_active && child.activity == Some(code.inner) {
                        for variable in self.t.state.variables_of(child.id) {
                            unclaimed.variables.retain(|id| *id != variable.id);
                        }
                    }
                }
            }
            _ => {}
        }
        m.elements.push(Element {
            role: if node.is_scope { Role::Scope } else { Role::Token },
            source: Some(found.scope),
            target: if process { Some(PROCESS) } else { instruction.map(|one| one.target) },
            mapped: process || instruction.is_some(),
            migrated: false,
            parent: None,
            children: Vec::new(),
            execution,
            instance,
            active: found.leaf && self.execution(execution).is_active,
            dependents,
            removing: Vec::new(),
            emerging: Vec::new(),
        });
        m.elements.len() - 1
    }

    /// A token that waits for an asynchronous continuation; others between two activities are no part of the migration.
    fn add_transition_instance(&self, m: &mut Migrating, parent: Ix, execution: Id, unclaimed: &mut Unclaimed) {
        let jobs = self.t.state.jobs_of(execution).filter(|job| matches!(job.kind, JobKind::Async(_)));
        let jobs: Vec<Id> = jobs.map(|job| job.id).collect();
        let row = self.execution(execution);
        let (Some(activity), false) = (row.activity, jobs.is_empty()) else { return };
        let instruction = m.plan.instruction(activity);
        let mut dependents = Vec::new();
        for job in jobs {
            unclaimed.jobs.retain(|id| *id != job);
            if let Some(one) = instruction {
                dependents.push(What::AsyncJob(job).into());
                self.claim_job_incidents(job, one.target, &mut dependents, unclaimed);
            } else {
                self.claim_job_incidents(job, PROCESS, &mut Vec::new(), unclaimed);
            }
        }
        for variable in self.t.state.variables_of(execution) {
            if row.is_concurrent || variable.concurrent_local {
                unclaimed.variables.retain(|id| *id != variable.id);
                dependents.push(What::Variable { id: variable.id, outside: false }.into());
            }
        }
        m.elements.push(Element {
            role: Role::Transition,
            source: Some(activity),
            target: instruction.map(|one| one.target),
            mapped: instruction.is_some(),
            migrated: false,
            parent: None,
            children: Vec::new(),
            execution,
            instance: execution,
            active: row.is_active,
            dependents,
            removing: Vec::new(),
            emerging: Vec::new(),
        });
        let ix = m.elements.len() - 1;
        m.set_parent(ix, Some(parent));
    }

    fn claim_job_incidents(&self, job: Id, target: NodeIx, dependents: &mut Vec<Dependent>, unclaimed: &mut Unclaimed) {
        let configuration = job.to_string();
        for incident in self.t.state.incidents() {
            if &*incident.kind == "failedJob" && incident.configuration.as_deref() == Some(&configuration) {
                unclaimed.incidents.retain(|id| *id != incident.id);
                dependents.push(What::Incident { id: incident.id, target, job: Some(job) }.into());
            }
        }
    }

    fn claim_variables(&self, m: &mut Migrating, ix: Ix, unclaimed: &mut Unclaimed) {
        let scope = matches!(m.elements[ix].role, Role::Scope);
        let execution = m.elements[ix].execution;
        let row = self.execution(execution);
        let parent = row.parent.filter(|_| scope);
        let mut found = Vec::new();
        for variable in self.t.state.variables_of(execution) {
            if scope || row.is_concurrent || variable.concurrent_local {
                found.push((variable.id, row.is_concurrent));
            }
        }
        if let Some(parent) = parent {
            let concurrent = self.execution(parent).is_concurrent;
            for variable in self.t.state.variables_of(parent) {
                if concurrent || variable.concurrent_local {
                    found.push((variable.id, variable.concurrent_local || row.is_concurrent));
                }
            }
        }
        for (id, outside) in found {
            unclaimed.variables.retain(|one| *one != id);
            m.elements[ix].dependents.push(What::Variable { id, outside }.into());
        }
    }

    fn claim_timers(&self, m: &mut Migrating, ix: Ix, unclaimed: &mut Unclaimed) {
        let (execution, source, target) = place(m, ix);
        let plan = &m.plan;
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        let (mut dependents, mut removing) = (Vec::new(), Vec::new());
        let target_timers = target.map_or(&[][..], |scope| &plan.target_graph().node(scope).timers);
        let jobs: Vec<&Job> = match m.elements[ix].role {
            Role::Scope => self.t.state.jobs_of(execution).collect(),
            _ => Vec::new(),
        };
        for job in jobs {
            if matches!(job.kind, JobKind::Async(_) | JobKind::Event(_)) {
                continue;
            }
            unclaimed.jobs.retain(|id| *id != job.id);
            let instruction = self.job_activity(job).and_then(|node| plan.instruction(node));
            let place = instruction.and_then(|one| {
                let listener = timeout_listener(plan, job, one.target);
                let migrates = target.is_some() && event_scope(plan.target_graph(), one.target) == target;
                let declaration = target_timers.iter().position(|timer| {
                    timer.node == one.target
                        && match (timer.job, listener) {
                            (TimerJob::TaskListener(at), Some(listener)) => at == listener,
                            (TimerJob::TaskListener(_), None) | (_, Some(_)) => false,
                            (_, None) => true,
                        }
                });
                let lost = matches!(job.kind, JobKind::TimerTaskListener(..)) && listener.is_none();
                (migrates && !lost).then_some((one, listener, declaration))
            });
            match place {
                Some((one, listener, declaration)) => {
                    taken.extend(declaration);
                    let update = one.update_event_trigger;
                    dependents.push(What::Timer { id: job.id, target: one.target, listener, update }.into());
                    self.claim_job_incidents(job.id, one.target, &mut dependents, unclaimed);
                }
                None => {
                    removing.push(Removing::Job(job.id));
                    self.claim_job_incidents(job.id, PROCESS, &mut Vec::new(), unclaimed);
                }
            }
        }
        let emerging: Vec<Emerging> = target_timers
            .iter()
            .enumerate()
            .filter(|(at, timer)| !taken.contains(at) && !has_fired(plan, source, timer))
            .map(|(at, _)| Emerging::Timer(at))
            .collect();
        let element = &mut m.elements[ix];
        element.dependents.extend(dependents);
        element.removing.extend(removing);
        element.emerging.extend(emerging);
    }

    fn claim_subscriptions(&self, m: &mut Migrating, ix: Ix, unclaimed: &mut Unclaimed) {
        let (execution, _, target) = place(m, ix);
        let plan = &m.plan;
        let declared = target.map_or(&[][..], |scope| &plan.target_graph().node(scope).subscriptions);
        let mut taken: BTreeSet<usize> = BTreeSet::new();
        let (mut dependents, mut removing) = (Vec::new(), Vec::new());
        if matches!(m.elements[ix].role, Role::Scope) {
            for row in self.t.state.subscriptions_of(execution) {
                if row.kind == SubscriptionKind::Compensate {
                    continue;
                }
                unclaimed.subscriptions.retain(|id| *id != row.id);
                let instruction = plan
                    .instruction(row.node)
                    .filter(|one| target.is_some() && event_scope(plan.target_graph(), one.target) == target);
                match instruction {
                    Some(one) => {
                        taken.extend(declared.iter().position(|declaration| declaration.node == one.target));
                        let update = one.update_event_trigger;
                        dependents.push(What::Subscription { id: row.id, target: one.target, update }.into());
                    }
                    None => removing.push(Removing::Subscription(row.id)),
                }
            }
        }
        let emerging = (0..declared.len()).filter(|at| !taken.contains(at)).map(Emerging::Subscription);
        let element = &mut m.elements[ix];
        element.dependents.extend(dependents);
        element.removing.extend(removing);
        element.emerging.extend(emerging);
    }

    /// What a scope has to compensate, and what its snapshots have.
    fn add_compensation(&self, m: &mut Migrating, owner: Ix, unclaimed: &mut Unclaimed) {
        let mut open = vec![(owner, m.elements[owner].execution)];
        while let Some((parent, execution)) = open.pop() {
            let rows = self.t.state.subscriptions_of(execution).filter(|row| row.kind == SubscriptionKind::Compensate);
            for row in rows {
                unclaimed.subscriptions.retain(|id| *id != row.id);
                let graph = m.plan.source_graph();
                let trigger = compensation_trigger(graph, row.node);
                let instruction = trigger.and_then(|trigger| m.plan.instruction(trigger));
                let target = instruction.and_then(|one| {
                    if !graph.node(row.node).for_compensation {
                        return Some(one.target);
                    }
                    let scope = event_scope(m.plan.target_graph(), one.target)?;
                    m.plan.target_graph().node(scope).compensation_handler
                });
                let compensation = Compensation {
                    subscription: row.id,
                    handler: Some(row.node),
                    target,
                    mapped: instruction.is_some(),
                    held: None,
                };
                let mut element = Element {
                    role: Role::Subscription(compensation.clone()),
                    source: Some(row.node),
                    target,
                    mapped: instruction.is_some(),
                    migrated: false,
                    parent: None,
                    children: Vec::new(),
                    execution,
                    instance: execution,
                    active: false,
                    dependents: Vec::new(),
                    removing: Vec::new(),
                    emerging: Vec::new(),
                };
                let snapshot = row.event_scope.and_then(|id| self.t.state.execution(id));
                if let Some(snapshot) = snapshot {
                    let instruction = snapshot.activity.and_then(|node| m.plan.instruction(node));
                    element.role = Role::EventScope(compensation);
                    element.source = snapshot.activity;
                    element.target = instruction.map(|one| one.target);
                    element.mapped = instruction.is_some();
                    element.execution = snapshot.id;
                    element.instance = snapshot.activity_instance.unwrap_or(snapshot.id);
                    for variable in self.t.state.variables_of(snapshot.id) {
                        unclaimed.variables.retain(|id| *id != variable.id);
                        element.dependents.push(What::Variable { id: variable.id, outside: false }.into());
                    }
                }
                m.elements.push(element);
                let ix = m.elements.len() - 1;
                m.set_parent(ix, Some(parent));
                if let Some(snapshot) = snapshot {
                    open.push((ix, snapshot.id));
                }
            }
        }
    }

    fn claim_incidents(&self, m: &mut Migrating, known: &BTreeMap<Id, Ix>, unclaimed: &mut Unclaimed) {
        for id in unclaimed.incidents.clone() {
            let Some(row) = self.t.state.incident(id) else { continue };
            let external = row.configuration.as_deref().filter(|_| &*row.kind == "failedExternalTask");
            let failed_job = &*row.kind == "failedJob" && row.configuration.is_some();
            let owner = match external {
                Some(task) => m.elements.iter().position(|element| {
                    let is_task =
                        |one: &Dependent| matches!(one.what, What::ExternalTask(id) if id.to_string() == task);
                    element.dependents.iter().any(is_task)
                }),
                None if failed_job => None,
                None => row
                    .execution
                    .and_then(|execution| self.execution(execution).activity_instance)
                    .and_then(|instance| known.get(&instance).copied()),
            };
            let Some(owner) = owner else { continue };
            unclaimed.incidents.retain(|one| *one != id);
            let target = m.elements[owner].target.unwrap_or(PROCESS);
            m.elements[owner].dependents.push(What::Incident { id, target, job: None }.into());
        }
    }
}

/// Execution, source and target of an element.
fn place(m: &Migrating, ix: Ix) -> (Id, Option<NodeIx>, Option<NodeIx>) {
    let element = &m.elements[ix];
    (element.execution, element.source, element.target)
}

/// The listener of the target that a timeout listener's job becomes: the one of the same id.
fn timeout_listener(plan: &Plan, job: &Job, target: NodeIx) -> Option<u32> {
    let JobKind::TimerTaskListener(_, at) = job.kind else { return None };
    let source = plan
        .source_graph()
        .jobs
        .get(job.declaration? as usize)
        .map(|declaration| plan.source_graph().node(declaration.node))?;
    let (Kind::UserTask(from), Kind::UserTask(to)) = (&source.kind, &plan.target_graph().node(target).kind) else {
        return None;
    };
    let id = from.listeners.get(at as usize)?.id.as_ref()?;
    let place = to.listeners.iter().position(|listener| listener.id.as_ref() == Some(id))?;
    u32::try_from(place).ok()
}

/// A timer that does not interrupt and is mapped, but has no job, has fired already and does not come again.
fn has_fired(plan: &Plan, source: Option<NodeIx>, timer: &TimerDeclaration) -> bool {
    let Some(source) = source else { return false };
    if timer.interrupting || !matches!(timer.job, TimerJob::Boundary | TimerJob::TaskListener(_)) {
        return false;
    }
    plan.source_graph().node(source).timers.iter().any(|one| {
        let same_kind = match (one.job, timer.job) {
            (TimerJob::TaskListener(from), TimerJob::TaskListener(to)) => {
                listener_id(plan.source_graph(), one.node, from) == listener_id(plan.target_graph(), timer.node, to)
            }
            (TimerJob::TaskListener(_), _) | (_, TimerJob::TaskListener(_)) => false,
            _ => true,
        };
        same_kind && plan.instruction(one.node).is_some_and(|mapped| mapped.target == timer.node)
    })
}

fn listener_id(graph: &ProcessGraph, node: NodeIx, at: u32) -> Option<&str> {
    let Kind::UserTask(code) = &graph.node(node).kind else { return None };
    code.listeners.get(at as usize)?.id.as_deref()
}

/// The activity whose mapping decides about a compensation subscription: of handlers their boundary or start event.
fn compensation_trigger(graph: &ProcessGraph, node: NodeIx) -> Option<NodeIx> {
    let it = graph.node(node);
    if !it.for_compensation {
        return Some(node);
    }
    if matches!(it.kind, Kind::EventSubProcess) {
        return graph.children(node).find(|inner| matches!(graph.node(*inner).kind, Kind::EventSubProcessStart));
    }
    let all = (1..graph.nodes.len()).filter_map(|at| u32::try_from(at).ok().map(NodeIx));
    all.into_iter().find(|event| {
        let event = graph.node(*event);
        event.activity_type == "compensationBoundaryCatch"
            && graph.node(event.event_scope).compensation_handler == Some(node)
    })
}
