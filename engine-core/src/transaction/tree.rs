//! The execution tree: creating, expanding, compacting, removing (S-EX).
//!
//! ```text
//! expansion   scope            scope            compaction   scope              scope (at B)
//!   (S-EX-3)  at A      ->    /     \             (S-EX-4)   /    \      ->
//!                           at A   at B                   (ends)  at B
//! ```

use std::sync::Arc;

use models::{Id, Value};

use super::{Step, Tx};
use crate::{
    graph::{Kind, NodeIx, PROCESS, ProcessGraph},
    state::{ActivityState, Execution, JobKind},
};

impl Tx<'_> {
    /// A child that starts at the same activity in the same activity instance, as scope.
    pub(crate) fn create_execution(&mut self, parent: Id) -> Step<Id> {
        let limit = self.host.settings().max_executions;
        if self.t.state.entities() > limit.saturating_mul(4) {
            return Err(crate::error::Fault::engine(format!(
                "the instance has more than {limit} executions (limit `max_executions`)"
            )));
        }
        let id = self.host.fresh_id();
        let of = self.execution(parent);
        let row = Execution {
            id,
            parent: Some(parent),
            process_instance: of.process_instance,
            super_execution: None,
            definition: of.definition,
            activity: of.activity,
            activity_instance: of.activity_instance,
            is_scope: true,
            is_concurrent: false,
            is_active: true,
            is_event_scope: false,
            suspended: of.suspended,
            business_key: None,
            tenant: of.tenant.clone(),
            starter: None,
            sequence: of.sequence,
            activity_state: ActivityState::Default,
            trace: None,
        };
        self.t.state.add_execution(row);
        if let Some(scratch) = self.scratch(parent) {
            if scratch.skip_listeners || scratch.skip_io {
                let (listeners, io) = (scratch.skip_listeners, scratch.skip_io);
                let child = self.scratch_mut(id);
                child.skip_listeners = listeners;
                child.skip_io = io;
            }
        }
        Ok(id)
    }

    /// Children that are not snapshots for compensation.
    pub(crate) fn running_children(&self, id: Id) -> Vec<Id> {
        self.t.state.children(id).filter(|child| !child.is_event_scope).map(|child| child.id).collect()
    }

    /// Number of running children, at most `limit`.
    pub(crate) fn count_running_children(&self, id: Id, limit: usize) -> usize {
        self.t.state.children(id).filter(|child| !child.is_event_scope).take(limit).count()
    }

    /// A concurrent execution in a scope, expanding the tree (S-EX-3).
    pub(crate) fn create_concurrent_execution(&mut self, scope: Id) -> Step<Id> {
        debug_assert!(self.execution(scope).is_scope, "concurrency needs a scope execution");
        match self.count_running_children(scope, 2) {
            0 => {
                let replacing = self.create_execution(scope)?;
                self.change(replacing, |row| {
                    row.is_concurrent = true;
                    row.is_scope = false;
                });
                self.replace(replacing, scope)?;
                self.change(scope, |row| {
                    row.is_active = false;
                    row.activity = None;
                });
            }
            1 => {
                let child = self.running_children(scope)[0];
                let wrapper = self.create_execution(scope)?;
                self.change(wrapper, |row| {
                    row.is_concurrent = true;
                    row.is_scope = false;
                    row.is_active = false;
                });
                self.move_concurrent_locals(scope, wrapper)?;
                self.change(child, |row| row.parent = Some(wrapper));
                self.leave_activity_instance(scope);
                self.change(scope, |row| row.activity = None);
            }
            _ => {}
        }
        let concurrent = self.create_execution(scope)?;
        self.change(concurrent, |row| {
            row.is_concurrent = true;
            row.is_scope = false;
        });
        Ok(concurrent)
    }

    /// `by` takes the place of `replaced` in the tree: its tasks, activity-local jobs, variables and position.
    pub(crate) fn replace(&mut self, by: Id, replaced: Id) -> Step {
        let old = self.execution(replaced).clone();
        self.move_tasks(replaced, by);
        self.move_activity_jobs(replaced, by, old.activity);
        if !self.scratch(replaced).is_some_and(|s| s.ended) {
            if old.parent == Some(by) {
                self.move_all_variables(replaced, by)?;
            } else {
                self.move_concurrent_locals(replaced, by)?;
            }
        }
        self.change(by, |row| {
            row.activity_instance = old.activity_instance;
            row.is_active = old.is_active;
            row.activity_state = old.activity_state;
        });
        let take = self.scratch_mut(replaced).transitions_to_take.clone();
        let scratch = self.scratch_mut(by);
        scratch.replaced_by = None;
        scratch.transitions_to_take = take;
        self.scratch_mut(replaced).replaced_by = Some(by);
        self.leave_activity_instance(replaced);
        Ok(())
    }

    /// Merges the last concurrent child into its scope (S-EX-4).
    pub(crate) fn prune_last_concurrent_child(&mut self, scope: Id) -> Step {
        if self.count_running_children(scope, 2) != 1 {
            return Ok(());
        }
        let last = self.running_children(scope)[0];
        let row = self.execution(last).clone();
        if !row.is_concurrent || row.is_scope {
            return Ok(());
        }
        let transition = self.scratch(last).and_then(|s| s.transition);
        self.change(scope, |scope| scope.activity = row.activity);
        self.scratch_mut(scope).transition = transition;
        let active = self.execution(scope).is_active;
        self.replace(scope, last)?;
        let below: Vec<Id> = self.t.state.children(last).map(|child| child.id).collect();
        for child in below {
            self.change(child, |child| child.parent = Some(scope));
        }
        if !active && row.is_active {
            self.change(scope, |scope| scope.is_active = true);
        }
        self.remove(last)
    }

    /// Removes an execution with everything on it; its snapshots for compensation go too.
    pub(crate) fn remove(&mut self, id: Id) -> Step {
        let snapshots: Vec<Id> =
            self.t.state.children(id).filter(|child| child.is_event_scope).map(|child| child.id).collect();
        for snapshot in snapshots {
            self.remove(snapshot)?;
        }
        let parent = self.execution(id).parent;
        let skipped = self.scratch(id).map(|own| (own.skip_listeners, own.skip_io));
        if let (Some(parent), Some((listeners, io))) = (parent, skipped) {
            if listeners || io {
                let up = self.scratch_mut(parent);
                up.skip_listeners |= listeners;
                up.skip_io |= io;
            }
        }
        if let Some(parent) = parent {
            let sequence = self.execution(id).sequence;
            if sequence > self.execution(parent).sequence {
                self.change(parent, |row| row.sequence = sequence);
            }
        }
        let replacement = self.scratch(id).and_then(|s| s.replaced_by);
        if let Some(by) = replacement.filter(|by| parent == Some(*by)) {
            self.move_what_waits(id, by);
        }
        self.clear_execution(id)?;
        let subscriptions: Vec<Id> = self.t.state.subscriptions_of(id).map(|row| row.id).collect();
        for subscription in subscriptions {
            self.t.state.drop_subscription(subscription);
        }
        self.forget_replacing_parent(id);
        self.t.state.drop_execution(id);
        let scratch = self.scratch_mut(id);
        scratch.ended = true;
        scratch.removed = true;
        Ok(())
    }

    /// After compaction everything on the removed execution belongs to the scope that took its place.
    fn move_what_waits(&mut self, from: Id, to: Id) {
        let jobs: Vec<Id> = self.t.state.jobs_of(from).map(|row| row.id).collect();
        for job in jobs {
            self.t.state.change_job(job, |row| row.execution = Some(to));
        }
        let incidents: Vec<Id> = self.t.state.incidents_of(from).map(|row| row.id).collect();
        for incident in incidents {
            self.t.state.change_incident(incident, |row| row.execution = Some(to));
        }
        let subscriptions: Vec<Id> = self.t.state.subscriptions_of(from).map(|row| row.id).collect();
        for subscription in subscriptions {
            self.t.state.change_subscription(subscription, |row| row.execution = to);
        }
    }

    /// An execution that ends or goes no longer stands for the scope it replaced.
    pub(crate) fn forget_replacing_parent(&mut self, id: Id) {
        let Some(parent) = self.t.state.execution(id).and_then(|row| row.parent) else { return };
        if let Some(up) = self.t.scratch.get_mut(&parent) {
            if up.replaced_by == Some(id) {
                up.replaced_by = None;
            }
        }
    }

    /// Destroys the scope of an execution that leaves it: output mapping, then everything local (S-OR-1.3).
    pub(crate) fn destroy(&mut self, id: Id) -> Step {
        let skip = self.scratch(id).is_some_and(|s| s.skip_io);
        if !skip {
            self.execute_output_mapping(id)?;
        }
        self.clear_execution(id)?;
        self.change(id, |row| row.is_scope = false);
        self.remove_subscriptions_except_compensation(id);
        Ok(())
    }

    /// Removes tasks, external tasks, variables, jobs and incidents of an execution.
    pub(crate) fn clear_execution(&mut self, id: Id) -> Step {
        if self.t.report == Some(id) {
            // the caller asked for the variables of an instance that ends: as they are at the end
            self.t.report_now(id);
        }
        self.remove_tasks(id, None)?;
        self.remove_external_tasks(id);
        self.remove_local_variables(id);
        self.remove_jobs(id);
        self.remove_incidents(id);
        Ok(())
    }

    pub(crate) fn remove_subscriptions_except_compensation(&mut self, id: Id) {
        let others: Vec<Id> = self
            .t
            .state
            .subscriptions_of(id)
            .filter(|row| row.kind != crate::state::SubscriptionKind::Compensate)
            .map(|row| row.id)
            .collect();
        for subscription in others {
            self.t.state.drop_subscription(subscription);
        }
    }

    fn move_tasks(&mut self, from: Id, to: Id) {
        let tasks: Vec<Id> = self.t.state.tasks_of(from).map(|row| row.id).collect();
        for task in tasks {
            self.t.state.change_task(task, |row| row.execution = Some(to));
            self.history_task_moved(task);
            let variables: Vec<Id> = self.t.state.variables_of(task).map(|row| row.id).collect();
            for variable in variables {
                self.t.state.change_variable(variable, |row| row.execution = Some(to));
            }
        }
        let external: Vec<Id> = self.t.state.external_tasks_of(from).map(|row| row.id).collect();
        for task in external {
            self.t.state.change_external_task(task, |row| row.execution = to);
        }
    }

    fn move_activity_jobs(&mut self, from: Id, to: Id, activity: Option<NodeIx>) {
        let Some(activity) = activity else { return };
        let jobs: Vec<Id> = self
            .t
            .state
            .jobs_of(from)
            .filter(|job| self.job_activity(job) == Some(activity))
            .map(|job| job.id)
            .collect();
        for job in jobs {
            self.t.state.change_job(job, |row| row.execution = Some(to));
            let incidents: Vec<Id> = self
                .t
                .state
                .incidents_of(from)
                .filter(|incident| incident.configuration.as_deref() == Some(&job.to_string()))
                .map(|incident| incident.id)
                .collect();
            for incident in incidents {
                self.t.state.change_incident(incident, |row| row.execution = Some(to));
            }
        }
    }

    /// The activity a job belongs to.
    pub(crate) fn job_activity(&self, job: &crate::state::Job) -> Option<NodeIx> {
        match &job.kind {
            JobKind::Async(_) => {
                let definition = self.t.definitions.get(&job.definition?)?;
                definition.graph.jobs.get(job.declaration? as usize).map(|declaration| declaration.node)
            }
            JobKind::TimerTransition(node)
            | JobKind::TimerIntermediate(node)
            | JobKind::TimerStart(_, node)
            | JobKind::TimerEventSubProcess(node) => Some(*node),
            JobKind::TimerTaskListener(task, _) => self.t.state.task(*task).and_then(|task| task.node),
            JobKind::Event(subscription) => self.t.state.subscription(*subscription).map(|row| row.node),
            _ => None,
        }
    }

    /// Ends the current activity instance: the execution belongs to the enclosing one.
    pub(crate) fn leave_activity_instance(&mut self, id: Id) {
        let parent = self.parent_activity_instance(id);
        self.change(id, |row| {
            row.activity_instance = parent;
            row.activity_state = ActivityState::Default;
        });
        if let Some(scratch) = self.t.scratch.get_mut(&id) {
            scratch.end_listeners_failed = false;
            scratch.complete_scope = false;
        }
    }

    /// The activity instance around an execution's own; the process instance's is its id.
    pub(crate) fn parent_activity_instance(&self, id: Id) -> Option<Id> {
        let row = self.execution(id);
        match row.parent {
            None => Some(row.id),
            Some(parent) => self.execution(parent).activity_instance,
        }
    }

    /// Follows replacements: where the token of an execution is after expansion or compaction.
    pub(crate) fn current(&self, id: Id) -> Id {
        let mut at = id;
        while let Some(by) = self.scratch(at).and_then(|s| s.replaced_by) {
            if by == at {
                break;
            }
            at = by;
        }
        at
    }

    /// The scope an execution runs in: its activity when it is inside it, else the flow scope.
    pub(crate) fn flow_scope(&self, graph: &ProcessGraph, id: Id) -> NodeIx {
        let row = self.execution(id);
        let Some(activity) = row.activity else {
            // a scope whose tokens are all further inside: told by where they are
            return self.scope_node(graph, self.scope_execution(id)).unwrap_or(PROCESS);
        };
        if activity == PROCESS {
            return PROCESS;
        }
        let node = graph.node(activity);
        let composite = is_composite(&node.kind);
        if !node.is_scope || row.activity_instance.is_none() || (!row.is_scope && composite) {
            node.parent
        } else {
            activity
        }
    }

    /// The scope execution of a flow scope that encloses (or is) where an execution is.
    pub(crate) fn execution_for_scope(&mut self, id: Id, scope: NodeIx) -> Step<Id> {
        let definition = self.definition_of(id)?;
        let inner = self.flow_scope(&definition.graph, id);
        self.execution_for_scope_from(self.scope_execution(id), inner, scope)
    }

    /// The scope execution of a flow scope, given that of a scope inside or equal to it.
    ///
    /// Walks scope executions upward beside the flow scopes, as Camunda's activity-execution mapping. What is compensated stands
    /// below the execution that throws, which is no scope around it: from there on the scopes are those around the throw.
    pub(crate) fn execution_for_scope_from(&mut self, inside: Id, inner: NodeIx, scope: NodeIx) -> Step<Id> {
        let definition = self.definition_of(inside)?;
        let graph = &definition.graph;
        let (mut at, mut at_scope) = (inside, inner);
        loop {
            if at_scope == scope {
                return Ok(at);
            }
            if at_scope == PROCESS {
                break;
            }
            at_scope = graph.node(at_scope).parent;
            let Some(parent) = self.execution(at).parent else { break };
            at = self.scope_execution(parent);
            let row = self.execution(at);
            if let Some(node) = row.activity.filter(|node| row.is_scope && graph.node(*node).is_scope) {
                if self.throws_compensation(&graph.node(node).kind) {
                    at_scope = node;
                }
            }
        }
        Err(crate::error::Fault::engine(format!(
            "no execution for scope '{}' around execution {inside}",
            graph.node(scope).id
        )))
    }

    /// The execution itself when it is a scope, else its parent.
    pub(crate) fn scope_execution(&self, id: Id) -> Id {
        let row = self.execution(id);
        if row.is_scope { id } else { row.parent.unwrap_or(id) }
    }

    /// The process instance an execution belongs to.
    pub(crate) fn process_instance(&self, id: Id) -> Id {
        self.execution(id).process_instance
    }

    /// Variables of a scope by value, in order of name.
    pub(crate) fn local_values(&self, scope: Id) -> Vec<(Arc<str>, Value)> {
        self.t.state.variables_of(scope).map(|row| (row.name.clone(), row.value.clone())).collect()
    }
}

/// Whether activities of this kind contain others (Camunda's `CompositeActivityBehavior`).
pub(crate) fn is_composite(kind: &Kind) -> bool {
    matches!(kind, Kind::SubProcess { .. } | Kind::EventSubProcess | Kind::MultiInstanceBody(_))
}
