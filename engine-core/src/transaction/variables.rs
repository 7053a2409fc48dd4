//! Variables in scopes (S-VR) and the events their changes cause (S-CE-2).

use std::{collections::VecDeque, sync::Arc};

use models::{Id, Value};

use super::{
    Step, Todo, Tx, VariableEvent,
    step::{Continuation, Position},
};
use crate::{
    command::Variables,
    error::{Fault, FaultKind},
    graph::{NodeIx, PROCESS, SubscriptionDeclaration, VariableEventKind},
    state::{ActivityState, SubscriptionKind, Variable},
};

/// A dispatch of variable events under way, outside of operations.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    events: VecDeque<(VariableEvent, Option<Position>)>,
    event: Option<VariableEvent>,
    holders: VecDeque<Id>,
    receivers: VecDeque<(Id, NodeIx)>,
    then: Option<(Id, Position, Continuation)>,
}

impl Tx<'_> {
    /// The value visible from an execution: the nearest scope outward that has the name.
    pub(crate) fn get_variable(&self, execution: Id, name: &str) -> Option<&Variable> {
        let mut at = Some(execution);
        while let Some(id) = at {
            if let Some(found) = self.t.state.variable_in(id, name) {
                return Some(found);
            }
            at = self.t.state.execution(id)?.parent;
        }
        None
    }

    /// All variables visible from an execution, inner ones shadowing outer ones, in order of name.
    pub(crate) fn visible_variables(&self, execution: Id) -> Vec<(Arc<str>, Value, bool)> {
        let mut all = std::collections::BTreeMap::new();
        let mut at = Some(execution);
        while let Some(id) = at {
            for row in self.t.state.variables_of(id) {
                all.entry(row.name.clone()).or_insert_with(|| (row.value.clone(), id == execution));
            }
            at = self.t.state.execution(id).and_then(|row| row.parent);
        }
        all.into_iter().map(|(name, (value, local))| (name, value, local)).collect()
    }

    /// Propagating set: the nearest scope that has the name, else the topmost (S-VR-1).
    pub(crate) fn set_variable(&mut self, execution: Id, name: Arc<str>, value: Value, transient: bool) -> Step {
        let owner = self.owner_of(execution, &name);
        self.put_variable(owner, execution, name, value, transient)
    }

    fn owner_of(&self, execution: Id, name: &str) -> Id {
        let mut at = execution;
        loop {
            if self.t.state.variable_in(at, name).is_some() {
                return at;
            }
            match self.execution(at).parent {
                Some(parent) => at = parent,
                None => return at,
            }
        }
    }

    /// Set exactly there.
    pub(crate) fn set_variable_local(&mut self, execution: Id, name: Arc<str>, value: Value, transient: bool) -> Step {
        self.put_variable(execution, execution, name, value, transient)
    }

    /// Set in the scope of an activity around an execution, or locally at the execution's own (S-VR-2).
    pub(crate) fn set_variable_in(&mut self, execution: Id, activity: &str, name: Arc<str>, value: Value) -> Step {
        let definition = self.definition_of(execution)?;
        let graph = &definition.graph;
        let mut at = self.activity(execution)?;
        if &*graph.node(at).id == activity {
            return self.set_variable_local(execution, name, value, false);
        }
        while at != PROCESS {
            at = graph.node(at).parent;
            if &*graph.node(at).id == activity {
                let scope = self.execution_for_scope(execution, at)?;
                return self.set_variable_local(scope, name, value, false);
            }
        }
        Err(Fault::engine(format!(
            "ENGINE-20011 Scope with specified activity Id {activity} and execution {execution} not found"
        )))
    }

    pub(crate) fn set_variables(&mut self, execution: Id, variables: Variables) -> Step {
        for one in variables.0 {
            self.set_variable(execution, one.name, one.value, one.transient)?;
        }
        Ok(())
    }

    pub(crate) fn set_variables_local(&mut self, execution: Id, variables: Variables) -> Step {
        for one in variables.0 {
            self.set_variable_local(execution, one.name, one.value, one.transient)?;
        }
        Ok(())
    }

    /// Sets a variable of an execution's scope; `source` is where the change came from.
    fn put_variable(&mut self, scope: Id, source: Id, name: Arc<str>, value: Value, transient: bool) -> Step {
        check_value(&name, &value)?;
        let existing = self.t.state.variable_in(scope, &name).map(|row| (row.id, row.transient));
        let kind = if let Some((id, was_transient)) = existing {
            check_transient(&name, was_transient, transient)?;
            let revision = self.t.state.variable_revision(id);
            self.t.state.change_variable(id, |row| {
                row.value = value;
                row.revision = revision;
            });
            if !transient {
                self.history_variable_updated(id, source)?;
            }
            VariableEventKind::Update
        } else if let Some(mut removed) = self.t.removed_variables.remove(&(scope, name.clone())) {
            // removed in this transaction: it is the same variable again
            check_transient(&name, removed.transient, transient)?;
            let id = removed.id;
            removed.revision = self.t.state.variable_revision(id);
            removed.value = value;
            self.t.state.add_variable(removed);
            if !transient {
                self.history_variable_updated(id, source)?;
            }
            VariableEventKind::Update
        } else {
            let id = self.host.fresh_id();
            let row = self.execution(scope);
            let concurrent_local = !row.is_scope || self.executes_scope_leaf(scope);
            self.t.state.add_variable(Variable {
                id,
                scope,
                task: None,
                execution: Some(scope),
                process_instance: Some(self.process_instance(scope)),
                name: name.clone(),
                value,
                concurrent_local,
                transient,
                revision: 0,
                forgotten: false,
            });
            if !transient {
                self.history_variable_created(id, source)?;
            }
            VariableEventKind::Create
        };
        self.delay_event(scope, name, kind)
    }

    /// A scope execution that executes a scope activity that is a leaf: its variables travel with the token (S-EX-6).
    fn executes_scope_leaf(&self, id: Id) -> bool {
        let row = self.execution(id);
        let Some(activity) = row.activity else { return false };
        let Some(definition) = self.t.definitions.get(&row.definition) else { return false };
        let node = definition.graph.node(activity);
        row.is_active && row.activity_instance.is_some() && node.is_scope && !super::tree::is_composite(&node.kind)
    }

    /// Removes a variable of exactly that execution.
    pub(crate) fn remove_variable_local(&mut self, execution: Id, name: &str) -> Step {
        if let Some(id) = self.t.state.variable_in(execution, name).map(|row| row.id) {
            let row = self.t.state.drop_variable(id).expect("looked up above");
            if !row.transient {
                self.history_variable_deleted(&row, execution)?;
            }
            self.delay_event(execution, row.name.clone(), VariableEventKind::Delete)?;
            self.t.removed_variables.insert((execution, row.name.clone()), Arc::unwrap_or_clone(row));
        }
        Ok(())
    }

    /// Removes the nearest variable of that name.
    pub(crate) fn remove_variable(&mut self, execution: Id, name: &str) -> Step {
        let owner = self.owner_of(execution, name);
        self.remove_variable_local(owner, name)
    }

    /// All local variables of a scope that ends: no events (S-CE-2).
    pub(crate) fn remove_local_variables(&mut self, scope: Id) {
        let ids: Vec<Id> = self.t.state.variables_of(scope).map(|row| row.id).collect();
        for id in ids {
            self.t.state.drop_variable(id);
        }
    }

    /// On compaction: every variable of the merged child becomes the scope's (S-EX-4).
    pub(crate) fn move_all_variables(&mut self, from: Id, to: Id) -> Step {
        let ids: Vec<Id> = self.t.state.variables_of(from).map(|row| row.id).collect();
        for id in ids {
            self.move_variable(id, to)?;
        }
        Ok(())
    }

    /// On expansion: only variables that belong to the token.
    pub(crate) fn move_concurrent_locals(&mut self, from: Id, to: Id) -> Step {
        let ids: Vec<Id> =
            self.t.state.variables_of(from).filter(|row| row.concurrent_local).map(|row| row.id).collect();
        for id in ids {
            self.move_variable(id, to)?;
        }
        Ok(())
    }

    fn move_variable(&mut self, id: Id, to: Id) -> Step {
        let Some(moved) = self.t.state.variable(id).cloned() else { return Ok(()) };
        if let Some(shadowed) = self.t.state.variable_in(to, &moved.name).map(|row| row.id) {
            // the value goes to the variable that is there
            self.t.state.drop_variable(id);
            let revision = self.t.state.variable_revision(shadowed);
            self.t.state.change_variable(shadowed, |row| {
                row.value = moved.value;
                row.revision = revision;
            });
            self.history_variable_updated(shadowed, to)?;
            return self.delay_event(to, moved.name, VariableEventKind::Update);
        }
        self.t.state.change_variable(id, |row| {
            row.scope = to;
            row.execution = Some(to);
        });
        self.history_variable_moved(id)
    }

    // -- task variables ----------------------------------------------------------------------------------------------------

    /// The value visible from a task.
    pub(crate) fn get_task_variable(&self, task: Id, name: &str) -> Option<&Variable> {
        if let Some(found) = self.t.state.variable_in(task, name) {
            return Some(found);
        }
        let execution = self.t.state.task(task)?.execution?;
        self.get_variable(execution, name)
    }

    /// Propagating set from a task: its own variable of that name, else from its execution outward.
    pub(crate) fn set_task_variable(&mut self, task: Id, name: Arc<str>, value: Value, transient: bool) -> Step {
        let execution = self.t.state.task(task).and_then(|row| row.execution);
        match execution {
            Some(execution) if self.t.state.variable_in(task, &name).is_none() => {
                self.set_variable(execution, name, value, transient)
            }
            _ => self.set_task_variable_local(task, name, value, transient),
        }
    }

    /// Set exactly in the task. Never triggers conditional events (S-CE-8).
    pub(crate) fn set_task_variable_local(&mut self, task: Id, name: Arc<str>, value: Value, transient: bool) -> Step {
        check_value(&name, &value)?;
        let existing = self.t.state.variable_in(task, &name).map(|row| (row.id, row.transient));
        if let Some((id, was_transient)) = existing {
            check_transient(&name, was_transient, transient)?;
            let revision = self.t.state.variable_revision(id);
            self.t.state.change_variable(id, |row| {
                row.value = value;
                row.revision = revision;
            });
            return if transient { Ok(()) } else { self.history_variable_updated(id, task) };
        }
        let id = self.host.fresh_id();
        let owner = self.t.state.task(task);
        let (execution, process_instance) = owner.map_or((None, None), |row| (row.execution, row.process_instance));
        self.t.state.add_variable(Variable {
            id,
            scope: task,
            task: Some(task),
            execution,
            process_instance,
            name,
            value,
            concurrent_local: false,
            transient,
            revision: 0,
            forgotten: false,
        });
        if transient { Ok(()) } else { self.history_variable_created(id, task) }
    }

    pub(crate) fn remove_task_variable_local(&mut self, task: Id, name: &str) -> Step {
        if let Some(id) = self.t.state.variable_in(task, name).map(|row| row.id) {
            let row = self.t.state.drop_variable(id).expect("looked up above");
            if !row.transient {
                self.history_variable_deleted(&row, task)?;
            }
        }
        Ok(())
    }

    // -- events --------------------------------------------------------------------------------------------------------------

    /// Queues a variable event, when the process has conditional events at all.
    fn delay_event(&mut self, scope: Id, name: Arc<str>, kind: VariableEventKind) -> Step {
        let definition = self.definition_of(scope)?;
        if !definition.graph.has_conditional_events() {
            return Ok(());
        }
        let event = VariableEvent { scope, name, kind };
        let instance = self.process_instance(scope);
        self.t.delayed.entry(instance).or_default().push_back(event);
        Ok(())
    }

    /// Dispatches the queued events of a process instance; an event whose scope has moved on since is dropped.
    pub(crate) fn dispatch_scope_events(&mut self, instance: Id) -> Step {
        for (event, before) in self.queued_events(instance) {
            if let Some(at) = self.unmoved(&event, before) {
                self.dispatch_event(at, Some(&event))?;
            }
        }
        Ok(())
    }

    /// The queued events, with where their scopes are as the dispatch begins.
    fn queued_events(&mut self, instance: Id) -> VecDeque<(VariableEvent, Option<Position>)> {
        let events = self.t.delayed.remove(&instance).unwrap_or_default();
        let positioned = events.into_iter().map(|event| {
            let before = self.t.state.execution(event.scope).map(|_| self.position(event.scope));
            (event, before)
        });
        positioned.collect()
    }

    /// The scope of an event, when neither it nor the execution that took its place in the tree has moved since the dispatch
    /// began.
    fn unmoved(&self, event: &VariableEvent, before: Option<Position>) -> Option<Id> {
        let at = event.scope;
        let before = before?;
        let gone = self.t.state.execution(at).is_none() || self.scratch(at).is_some_and(|s| s.ended || s.canceled);
        let same = |id: Id| self.t.state.execution(id).is_some() && before.is_still(self.position(id));
        (!gone && (same(at) || same(self.current(at))) && self.is_dispatchable(at)).then_some(at)
    }

    /// No events for an execution that is just entering or leaving a scope activity.
    fn is_dispatchable(&self, scope: Id) -> bool {
        let Some(row) = self.t.state.execution(scope) else { return false };
        let on_scope = row
            .activity
            .is_some_and(|node| self.t.definitions.get(&row.definition).is_some_and(|of| of.graph.node(node).is_scope));
        !on_scope || row.activity_state == ActivityState::Default
    }

    /// [`Tx::dispatch_scope_events`] outside of operations: whatever a condition starts runs until it waits before the next
    /// condition is looked at, and before the execution goes on.
    pub(crate) fn dispatch_step_by_step(&mut self, instance: Id, then: Option<(Id, Position, Continuation)>) {
        let events = self.queued_events(instance);
        let dispatch = Dispatch { events, event: None, holders: VecDeque::new(), receivers: VecDeque::new(), then };
        self.t.pending.push_front(Todo::Dispatch(Box::new(dispatch)));
    }

    /// Goes on with a dispatch up to the next condition that holds, or to its end.
    pub(crate) fn dispatch_next(&mut self, mut dispatch: Dispatch) -> Step {
        loop {
            if let Some((holder, node)) = dispatch.receivers.pop_front() {
                if self.condition_met(holder, node, dispatch.event.as_ref())? {
                    self.t.pending.push_front(Todo::Dispatch(Box::new(dispatch)));
                    return self.conditional_event_received(holder, node);
                }
            } else if let Some(holder) = dispatch.holders.pop_front() {
                dispatch.receivers =
                    self.conditional_receivers(holder).into_iter().map(|node| (holder, node)).collect();
            } else if let Some((event, before)) = dispatch.events.pop_front() {
                if let Some(at) = self.unmoved(&event, before) {
                    dispatch.holders = self.condition_holders(at)?.into();
                    dispatch.event = Some(event);
                }
            } else {
                let Some((id, before, continuation)) = dispatch.then else { return Ok(()) };
                let at = self.current(id);
                if self.is_alive(at) && before.is_still(self.position(at)) {
                    return self.go_on(at, continuation);
                }
                return Ok(());
            }
        }
    }

    /// Offers a variable event (`None`: the check on entering a scope) to the conditional subscriptions of an execution and
    /// of everything below it, outermost first (S-CE-1, S-CE-6).
    pub(crate) fn dispatch_event(&mut self, id: Id, event: Option<&VariableEvent>) -> Step {
        for holder in self.condition_holders(id)? {
            for node in self.conditional_receivers(holder) {
                if self.condition_met(holder, node, event)? {
                    self.conditional_event_received(holder, node)?;
                }
            }
        }
        Ok(())
    }

    /// An execution and those below it that may hold conditional subscriptions, outermost first.
    fn condition_holders(&mut self, id: Id) -> Step<Vec<Id>> {
        let definition = self.definition_of(id)?;
        let mut holders = Vec::new();
        if !definition.graph.has_conditional_events() {
            return Ok(holders);
        }
        let mut level = vec![id];
        while !level.is_empty() {
            let mut below = Vec::new();
            for at in level {
                let Some(row) = self.t.state.execution(at) else { continue };
                let non_scope = row.activity.is_none_or(|node| !definition.graph.node(node).is_scope);
                if row.activity_state == ActivityState::Default || non_scope {
                    holders.push(at);
                }
                below.extend(self.t.state.children(at).map(|child| child.id));
            }
            level = below;
        }
        Ok(holders)
    }

    /// All that an execution has when its turn comes: one that fires does not take the others' turn, even if it removes them.
    fn conditional_receivers(&self, holder: Id) -> Vec<NodeIx> {
        let subscriptions = self.t.state.subscriptions_of(holder);
        subscriptions.filter(|sub| sub.kind == SubscriptionKind::Conditional).map(|sub| sub.node).collect()
    }

    fn condition_met(&mut self, holder: Id, node: NodeIx, event: Option<&VariableEvent>) -> Step<bool> {
        let gone = !self.t.state.execution(holder).is_some_and(|row| row.is_scope);
        if gone || self.scratch(holder).is_some_and(|s| s.ended) {
            return Ok(false);
        }
        let graph = self.definition_of(holder)?.graph.clone();
        let Some(declaration) = graph.condition_of(node) else { return Ok(false) };
        self.condition_satisfied(holder, declaration, event)
    }

    fn condition_satisfied(
        &mut self,
        holder: Id,
        declaration: &SubscriptionDeclaration,
        event: Option<&VariableEvent>,
    ) -> Step<bool> {
        let Some(conditional) = &declaration.condition else { return Ok(false) };
        if let Some(event) = event {
            if conditional.variable_name.as_ref().is_some_and(|name| *name != event.name) {
                return Ok(false);
            }
            if !conditional.variable_events.is_empty() && !conditional.variable_events.contains(&event.kind) {
                return Ok(false);
            }
        }
        self.condition_holds_or_unknown(holder, &conditional.condition)
    }

    /// A condition became true: starts the handler, or leaves the catching event.
    fn conditional_event_received(&mut self, holder: Id, node: NodeIx) -> Step {
        let definition = self.definition_of(holder)?;
        let graph = &definition.graph;
        if self.execution(holder).activity == Some(node) {
            return self.leave(holder);
        }
        let handler = graph.handler_of(node);
        self.execute_event_handler(holder, handler)
    }

    /// After variables were set from outside: conditional events see them.
    pub(crate) fn dispatch_after_api(&mut self, execution: Id) -> Step {
        if self.t.state.execution(execution).is_some() {
            self.dispatch_delayed_events_and(execution, Continuation::None)?;
        }
        Ok(())
    }
}

fn check_transient(name: &str, was: bool, is: bool) -> Step {
    if was == is {
        return Ok(());
    }
    Err(Fault::engine(format!(
        "ENGINE-17006 Cannot set transient variable with name {name} to non-transient variable and vice versa."
    )))
}

/// Limits and types that Camunda refuses (S-VR-3, S-VR-4).
fn check_value(name: &str, value: &Value) -> Step {
    match value {
        Value::Object(object)
            if object.format.as_deref() == Some(models::value::JAVA_SERIALIZED)
                && matches!(object.content, models::value::ObjectContent::Serialized(_)) =>
        {
            Err(Fault::new(
                FaultKind::ProcessEngine,
                format!("ENGINE-17007 Cannot set variable with name {name}. Java serialization format is prohibited"),
            ))
        }
        Value::Object(object) => match &object.content {
            // objects of the engine itself get a format when they are shown
            models::value::ObjectContent::Tree(_) => Ok(()),
            _ if matches!(object.format.as_deref(), Some("application/json" | "application/xml")) => Ok(()),
            content => Err(Fault::engine(no_serializer(object, content))),
        },
        _ => Ok(()),
    }
}

/// What Camunda says about an object in a format that nothing can read.
fn no_serializer(object: &models::value::ObjectValue, content: &models::value::ObjectContent) -> String {
    let serialized = match content {
        models::value::ObjectContent::Serialized(text) => format!("{} chars", text.chars().count()),
        _ => "null".to_owned(),
    };
    format!(
        "Cannot find serializer for value 'ObjectValue [value=null, isDeserialized=false, serializationDataFormat={}, \
         objectTypeName={}, serializedValue={serialized}, isTransient=false]'.",
        object.format.as_deref().unwrap_or("null"),
        object.type_name.as_deref().unwrap_or("null"),
    )
}
