//! Compensation (S-CP).

use models::Id;

use super::{Operation, Step, Tx, tree::is_composite};
use crate::{
    behaviour,
    error::Fault,
    graph::{Kind, NodeIx, PROCESS},
    state::SubscriptionKind,
};

impl Tx<'_> {
    /// A completed activity with a handler can be compensated: subscribes its flow scope.
    pub(crate) fn subscribe_compensation(&mut self, id: Id, activity: NodeIx) -> Step {
        let definition = self.definition_of(id)?;
        let graph = &definition.graph;
        let Some(handler) = graph.node(activity).compensation_handler else { return Ok(()) };
        if matches!(graph.node(handler).kind, Kind::EventSubProcess) {
            return Ok(());
        }
        let scope = self.execution_for_scope(id, graph.node(activity).parent)?;
        self.add_event_subscription(scope, SubscriptionKind::Compensate, None, handler);
        Ok(())
    }

    /// A completed subprocess or multi-instance with something to compensate leaves a snapshot behind (S-CP-2).
    pub(crate) fn create_event_scope_execution(&mut self, id: Id, activity: NodeIx) -> Step {
        let definition = self.definition_of(id)?;
        let graph = definition.graph.clone();
        let node = graph.node(activity);
        let own: Vec<Id> = self
            .t
            .state
            .subscriptions_of(id)
            .filter(|row| row.kind == SubscriptionKind::Compensate)
            .map(|row| row.id)
            .collect();
        let event_subprocess =
            node.compensation_handler.filter(|handler| matches!(graph.node(*handler).kind, Kind::EventSubProcess));
        if own.is_empty() && event_subprocess.is_none() {
            return Ok(());
        }
        let scope = self.execution_for_scope(id, node.parent)?;
        let snapshot = self.create_execution(scope)?;
        let instance = self.host.fresh_id();
        self.change(snapshot, |row| {
            row.activity = Some(activity);
            row.activity_instance = Some(instance);
            row.is_active = false;
            row.is_concurrent = false;
            row.is_event_scope = true;
        });
        // the snapshot enters the activity as any execution does: its boundary timers are there again, and may fire
        if !self.scratch(snapshot).is_some_and(|s| s.skip_io) {
            self.execute_input_mapping(snapshot, activity).map_err(|thrown| self.fault_of(snapshot, thrown))?;
        }
        if node.is_scope {
            self.create_timers(snapshot, activity)?;
        }
        for (name, value) in self.local_values(id) {
            self.set_variable_local(snapshot, name, value, false)?;
        }
        for subscription in own {
            let Some(old) = self.t.state.subscription(subscription).cloned() else { continue };
            let moved = self.add_event_subscription(snapshot, SubscriptionKind::Compensate, None, old.node);
            self.t.state.change_subscription(moved, |row| {
                row.event_scope = old.event_scope;
                row.created = old.created;
            });
        }
        let inner: Vec<Id> =
            self.t.state.children(id).filter(|child| child.is_event_scope).map(|child| child.id).collect();
        for child in inner {
            self.change(child, |row| row.parent = Some(snapshot));
        }
        let handler = event_subprocess.unwrap_or(activity);
        let subscription = self.add_event_subscription(scope, SubscriptionKind::Compensate, None, handler);
        self.t.state.change_subscription(subscription, |row| row.event_scope = Some(snapshot));
        Ok(())
    }

    /// Subscriptions that a throwing event consumes: those of its scope, walking out of event subprocesses (S-CP-3).
    pub(crate) fn compensation_subscriptions(&mut self, id: Id) -> Step<Vec<Id>> {
        let definition = self.definition_of(id)?;
        let graph = definition.graph.clone();
        let mut scope = self.activity(id)?;
        let mut found = Vec::new();
        loop {
            scope = graph.node(scope).parent;
            let execution = self.execution_for_scope(id, scope)?;
            for row in self.t.state.subscriptions_of(execution) {
                if row.kind == SubscriptionKind::Compensate && !found.contains(&row.id) {
                    found.push(row.id);
                }
            }
            if scope == PROCESS || !matches!(graph.node(scope).kind, Kind::EventSubProcess) {
                return Ok(found);
            }
        }
    }

    /// Starts the handlers of subscriptions under a throwing execution, latest completion first (S-CP-5).
    pub(crate) fn throw_compensation(&mut self, subscriptions: Vec<Id>, thrower: Id) -> Step {
        for id in &subscriptions {
            let Some(row) = self.t.state.subscription(*id).cloned() else { continue };
            let compensating = match row.event_scope {
                Some(snapshot) => {
                    if self.execution(snapshot).parent != Some(thrower) {
                        self.change(snapshot, |row| row.parent = Some(thrower));
                    }
                    self.change(snapshot, |row| row.is_event_scope = false);
                    snapshot
                }
                None => {
                    let made = self.create_execution(thrower)?;
                    self.t.state.change_subscription(*id, |row| row.event_scope = Some(made));
                    made
                }
            };
            self.change(compensating, |row| row.is_concurrent = true);
        }
        let mut ordered: Vec<(models::Timestamp, Id)> = subscriptions
            .iter()
            .filter_map(|id| self.t.state.subscription(*id).map(|row| (row.created, *id)))
            .collect();
        // stable: equal times keep the order of creation, as a stable sort of Camunda's list does
        ordered.sort_by_key(|(created, _)| std::cmp::Reverse(*created));
        let below = self.t.agenda.len();
        for (_, id) in ordered {
            if self.t.state.subscription(id).is_some() {
                self.compensate(id)?;
            }
        }
        // Handlers that are called are only noted here: their calls must come in the order of the handlers, before
        // whatever else the handlers have queued.
        let queued = self.t.agenda.split_off(below);
        let (calls, others): (Vec<_>, Vec<_>) =
            queued.into_iter().partition(|invocation| invocation.operation == Operation::Call);
        self.t.agenda.extend(others);
        self.t.agenda.extend(calls.into_iter().rev());
        Ok(())
    }

    fn compensate(&mut self, subscription: Id) -> Step {
        let Some(row) = self.t.state.drop_subscription(subscription) else { return Ok(()) };
        let compensating = row.event_scope.ok_or_else(|| {
            Fault::engine(format!(
                "Compensating execution not set for compensate event subscription with id {subscription}"
            ))
        })?;
        let definition = self.definition_of(compensating)?;
        let graph = definition.graph.clone();
        self.change(compensating, |row| row.is_active = true);
        let at = self.activity(compensating)?;
        if is_composite(&graph.node(at).kind) {
            if let Some(parent) = self.execution(compensating).parent {
                let instance = self.execution(compensating).activity_instance;
                self.change(parent, |row| row.activity_instance = instance);
            }
        }
        let handler = row.node;
        let node = graph.node(handler);
        if node.is_scope && !node.for_compensation {
            // also an event subprocess that something else has started: what was done in it is compensated
            let inner: Vec<Id> = self
                .t
                .state
                .subscriptions_of(compensating)
                .filter(|row| row.kind == SubscriptionKind::Compensate)
                .map(|row| row.id)
                .collect();
            return self.throw_compensation(inner, compensating);
        }
        if matches!(node.kind, Kind::EventSubProcess) {
            return self.execute_activity(compensating, handler);
        }
        self.change(compensating, |row| row.activity = Some(handler));
        self.activity_start(compensating)
    }

    /// A handler has ended: the throwing event hears of it.
    pub(crate) fn end_compensation(&mut self, id: Id) -> Step {
        let activity = self.activity(id)?;
        let definition = self.definition_of(id)?;
        self.notify_end(id, super::step::EndKind::End)?;
        let Some(parent) = self.execution(id).parent else {
            return Err(Fault::engine("a compensation handler's execution has no parent"));
        };
        // output mapping of the handler runs as its scope goes
        let node = definition.graph.node(activity);
        if self.execution(id).is_scope && node.is_scope {
            self.destroy(id)?;
        }
        self.remove(id)?;
        if self.execution(parent).activity.is_none() {
            let scope = node.parent;
            self.change(parent, |row| row.activity = Some(scope));
        }
        behaviour::compensation_done(self, parent)
    }

    /// Default joining of compensating executions in a scope: when all are done, the scope's thrower hears of it.
    pub(crate) fn join_compensation(&mut self, id: Id) -> Step {
        if self.count_running_children(id, 1) > 0 {
            return Ok(());
        }
        let Some(parent) = self.execution(id).parent else { return Ok(()) };
        self.remove(id)?;
        behaviour::compensation_done(self, parent)
    }

    /// Whether an execution somewhere above is throwing compensation.
    pub(crate) fn ancestor_throws_compensation(&mut self, id: Id) -> Step<bool> {
        let definition = self.definition_of(id)?;
        let mut at = self.execution(id).parent;
        while let Some(parent) = at {
            let row = self.execution(parent);
            if row.activity.is_some_and(|node| self.throws_compensation(&definition.graph.node(node).kind)) {
                return Ok(true);
            }
            at = row.parent;
        }
        Ok(false)
    }

    /// Whether a node throws compensation: its execution is a scope for the handlers.
    pub(crate) fn throws_compensation(&self, kind: &Kind) -> bool {
        matches!(kind, Kind::CompensationThrow(_) | Kind::CancelEnd)
    }

    /// Leaves a cancel end event through the transaction's cancel boundary event (S-CP-10).
    pub(crate) fn leave_cancel_end(&mut self, id: Id, activity: NodeIx) -> Step {
        let definition = self.definition_of(id)?;
        let graph = definition.graph.clone();
        let boundary = behaviour::cancel_boundary(&graph, activity).ok_or_else(|| {
            Fault::engine(format!(
                "Could not find cancel boundary event for cancel end event Activity({}): cancelBoundaryEvent is null",
                graph.node(activity).id
            ))
        })?;
        let scope = self.execution_for_scope(id, graph.node(boundary).event_scope)?;
        self.execute_activity(scope, boundary)
    }
}
