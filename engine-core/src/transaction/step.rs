//! Entering, executing and leaving activities, and taking flows (S-OR).

use models::Id;

use super::{Operation, Step, Tx, tree::is_composite};
use crate::{
    behaviour,
    error::Fault,
    graph::{FlowIx, Kind, NodeIx, PROCESS, StartBehaviour},
    state::ActivityState,
};

/// What runs when the delayed events of variables have been dispatched.
#[derive(Clone, Debug)]
pub(crate) enum Continuation {
    /// Nothing.
    None,
    /// The activity's behaviour.
    Execute,
    /// Leaving the activity.
    Leave,
    /// An operation on the agenda.
    Perform(Operation),
    /// The gateway's own way of leaving over the given flows.
    LeaveVia(Vec<FlowIx>, Vec<Id>),
    /// Out of the scope and onto the flows, once end listeners are done.
    DestroyScope,
    /// The end of the activity, once end listeners are done.
    End,
}

impl Tx<'_> {
    /// `process-start`: the process's start listeners, then the initial activity.
    pub(crate) fn process_start(&mut self, id: Id) -> Step {
        if !self.notify_listeners(id, PROCESS, "start")? {
            return Ok(());
        }
        let before = self.position(id);
        self.dispatch_event(id, None)?;
        let at = self.current(id);
        if self.is_alive(at) && before.is_still(self.position(at)) {
            self.scratch_mut(at).ignore_async = true;
            self.perform(at, Operation::ActivityStartCreateScope)?;
        }
        Ok(())
    }

    /// `activity-start-create-scope`.
    pub(crate) fn activity_start_create_scope(&mut self, id: Id) -> Step {
        let propagating = self.create_scope(id)?;
        if let Some(scratch) = self.t.scratch.get_mut(&propagating) {
            scratch.ignore_async = false;
        }
        if let Some(scratch) = self.t.scratch.get_mut(&id) {
            scratch.ignore_async = false;
        }
        self.activity_start(propagating)
    }

    /// `transition-create-scope`.
    pub(crate) fn transition_create_scope(&mut self, id: Id) -> Step {
        let propagating = self.create_scope(id)?;
        self.activity_start(propagating)
    }

    /// A child execution for a scope activity; the execution itself for others.
    fn create_scope(&mut self, id: Id) -> Step<Id> {
        let parent_instance = self.parent_activity_instance(id);
        self.change(id, |row| row.activity_instance = parent_instance);
        let definition = self.definition_of(id)?;
        let Some(activity) = self.execution(id).activity else {
            return Err(Fault::engine(format!("execution {id} has no activity to enter")));
        };
        if !definition.graph.node(activity).is_scope {
            return Ok(id);
        }
        let child = self.create_execution(id)?;
        let transition = self.scratch_mut(id).transition.take();
        self.change(id, |row| {
            row.is_active = false;
            row.activity = None;
        });
        self.scratch_mut(child).transition = transition;
        self.initialize(child)?;
        Ok(child)
    }

    /// Subscriptions of a fresh scope execution: names are evaluated before inputs are mapped (S-OR-7).
    pub(crate) fn initialize(&mut self, id: Id) -> Step {
        let definition = self.definition_of(id)?;
        let row = self.execution(id);
        let scope = if row.parent.is_none() { PROCESS } else { row.activity.unwrap_or(PROCESS) };
        let count = definition.graph.node(scope).subscriptions.len();
        for at in 0..count {
            self.subscribe(id, &definition.graph.node(scope).subscriptions[at])?;
        }
        Ok(())
    }

    /// Start listeners, then the behaviour.
    pub(crate) fn activity_start(&mut self, id: Id) -> Step {
        let definition = self.definition_of(id)?;
        let graph = &definition.graph;
        let activity = self.activity(id)?;
        let node = graph.node(activity);
        self.enter_activity_instance(id, activity)?;
        self.scratch_mut(id).transition = None;
        self.history_activity_started(id, activity)?;
        if !self.notify_listeners(id, activity, "start")? {
            return Ok(());
        }
        if let Some(parent) = self.execution(id).parent {
            let composite = is_composite(&node.kind) || self.throws_compensation(&node.kind);
            if self.execution(id).is_scope && node.is_scope && composite {
                let instance = self.execution(id).activity_instance;
                self.change(parent, |row| row.activity_instance = instance);
            }
        }
        self.dispatch_delayed_events_and(id, Continuation::Execute)
    }

    /// A fresh activity instance: input mapping, then timers (S-OR-8).
    ///
    /// A BPMN error in an input mapping is a fault, not caught by anyone: Camunda maps before it watches for errors.
    fn enter_activity_instance(&mut self, id: Id, activity: NodeIx) -> Step {
        let instance = self.host.fresh_id();
        self.change(id, |row| {
            row.sequence += 1;
            row.activity_state = ActivityState::Starting;
            row.activity_instance = Some(instance);
        });
        if let Some(scratch) = self.t.scratch.get_mut(&id) {
            scratch.end_listeners_failed = false;
        }
        let skip = self.scratch(id).is_some_and(|s| s.skip_io);
        if !skip {
            self.execute_input_mapping(id, activity).map_err(|thrown| self.fault_of(id, thrown))?;
        }
        let definition = self.definition_of(id)?;
        if definition.graph.node(activity).is_scope {
            self.create_timers(id, activity)?;
        }
        Ok(())
    }

    /// [`Tx::activity_start`] without the behaviour: scopes made on the way to a modification's target.
    pub(crate) fn enter_for_modification(&mut self, id: Id, scope: NodeIx) -> Step<bool> {
        self.enter_activity_instance(id, scope)?;
        self.history_activity_started(id, scope)?;
        self.notify_listeners(id, scope, "start")
    }

    /// `activity-execute`: conditions of the fresh scope, then the behaviour.
    pub(crate) fn activity_execute(&mut self, id: Id) -> Step {
        self.change(id, |row| row.activity_state = ActivityState::Default);
        let definition = self.definition_of(id)?;
        let activity = self.activity(id)?;
        let mut at = id;
        if definition.graph.node(activity).is_scope {
            let before = self.position(id);
            self.dispatch_event(id, None)?;
            at = self.current(id);
            if !self.is_alive(at) || !before.is_still(self.position(at)) {
                return Ok(());
            }
        }
        behaviour::execute(self, at, activity)
    }

    /// Where an execution is: used to see whether an event moved it in between. A scope whose activity has others inside
    /// counts as standing in the activity instance around it, as in Camunda.
    pub(crate) fn position(&self, id: Id) -> Position {
        let Some(row) = self.t.state.execution(id) else { return Position::default() };
        let leaf = row.activity.is_some_and(|node| {
            self.t.definitions.get(&row.definition).is_none_or(|of| of.graph.children(node).next().is_none())
        });
        let instance =
            if row.is_concurrent || leaf { row.activity_instance } else { self.parent_activity_instance(id) };
        Position { activity: row.activity, instance }
    }

    /// Neither removed nor cancelled.
    pub(crate) fn is_alive(&self, id: Id) -> bool {
        self.t.state.execution(id).is_some() && !self.scratch(id).is_some_and(|s| s.canceled)
    }

    /// Dispatches waiting variable events; then goes on, unless one of them moved the execution.
    pub(crate) fn dispatch_delayed_events_and(&mut self, id: Id, continuation: Continuation) -> Step {
        let instance = self.process_instance(id);
        if !self.t.delayed_events(instance) {
            if self.scratch(id).is_some_and(|s| s.canceled) {
                return Ok(());
            }
            return self.go_on(id, continuation);
        }
        let before = self.position(id);
        if !self.t.operating {
            self.dispatch_step_by_step(instance, Some((id, before, continuation)));
            return Ok(());
        }
        self.dispatch_scope_events(instance)?;
        let at = self.current(id);
        if self.is_alive(at) && before.is_still(self.position(at)) {
            return self.go_on(at, continuation);
        }
        Ok(())
    }

    pub(crate) fn go_on(&mut self, id: Id, continuation: Continuation) -> Step {
        match continuation {
            Continuation::None => Ok(()),
            Continuation::Execute => self.activity_execute(id),
            Continuation::Leave => self.do_leave(id),
            Continuation::Perform(operation) => self.perform(id, operation),
            Continuation::LeaveVia(flows, recyclable) => self.leave_via_transitions(id, flows, recyclable),
            Continuation::DestroyScope => {
                self.leave_activity_instance(id);
                self.transition_destroy_scope(id)
            }
            Continuation::End => {
                self.leave_activity_instance(id);
                self.change(id, |row| row.activity_instance = None);
                self.activity_end(id)
            }
        }
    }

    /// The activity an execution must be at.
    pub(crate) fn activity(&self, id: Id) -> Step<NodeIx> {
        self.execution(id).activity.ok_or_else(|| Fault::engine(format!("execution {id} has no current activity")))
    }

    // -- starting activities out of the flow -----------------------------------------------------------------------------

    /// Runs an event handler: boundary event or event subprocess.
    pub(crate) fn execute_event_handler(&mut self, id: Id, handler: NodeIx) -> Step {
        let definition = self.definition_of(id)?;
        let node = definition.graph.node(handler);
        if node.start_behaviour == StartBehaviour::ConcurrentInFlowScope && node.parent != node.event_scope {
            let flow_scope = self.execution_for_scope_from(id, node.event_scope, node.parent)?;
            return self.execute_activity(flow_scope, handler);
        }
        self.execute_activity(id, handler)
    }

    /// Starts an activity that is not reached over a flow, in the way its start behaviour says.
    pub(crate) fn execute_activity(&mut self, id: Id, activity: NodeIx) -> Step {
        let definition = self.definition_of(id)?;
        let behaviour = definition.graph.node(activity).start_behaviour;
        self.scratch_mut(id).ended = false;
        self.change(id, |row| row.is_active = true);
        match behaviour {
            StartBehaviour::Default => {
                self.change(id, |row| row.activity = Some(activity));
                if matches!(definition.graph.node(activity).kind, Kind::EventSubProcessStart) {
                    // the scope that the message has started is that of the event subprocess
                    self.take_payload(id, id)?;
                }
                self.perform(id, Operation::ActivityStartCreateScope)
            }
            StartBehaviour::ConcurrentInFlowScope => {
                let concurrent = self.create_concurrent_execution(id)?;
                self.change(concurrent, |row| row.activity = Some(activity));
                if !matches!(definition.graph.node(activity).kind, Kind::EventSubProcess) {
                    self.take_payload(id, concurrent)?;
                }
                self.perform(concurrent, Operation::ActivityStartCreateScope)
            }
            StartBehaviour::CancelEventScope => {
                let name = definition.graph.node(activity).id.clone();
                let Some(parent) = self.execution(id).parent else {
                    return Err(Fault::engine("an event scope has no parent execution"));
                };
                self.delete_cascade(id, Some(&format!("Cancel scope activity Activity({name}) executed.")), None)?;
                self.change(parent, |row| {
                    row.activity = Some(activity);
                    row.is_active = true;
                });
                self.take_payload(parent, parent)?;
                self.perform(parent, Operation::ActivityStartCreateScope)
            }
            StartBehaviour::InterruptEventScope => {
                let name = definition.graph.node(activity).id.clone();
                let transition = self.scratch(id).and_then(|s| s.transition);
                let scope = self.interrupt_scope_of(id, &name)?;
                self.change(scope, |row| {
                    row.activity = Some(activity);
                    row.is_active = true;
                });
                self.scratch_mut(scope).transition = transition;
                self.perform(scope, Operation::ActivityStartCreateScope)
            }
        }
    }

    /// Interrupts the scope an execution runs in; a concurrent execution itself is gone before, without end listeners.
    fn interrupt_scope_of(&mut self, id: Id, by: &str) -> Step<Id> {
        let scope = self.scope_execution(id);
        if scope != id {
            self.remove(id)?;
        }
        self.interrupt(scope, &format!("Interrupting activity Activity({by}) executed."))?;
        Ok(scope)
    }

    /// Variables for the scope that a message starts (`variablesToTriggeredScope`).
    fn take_payload(&mut self, from: Id, to: Id) -> Step {
        let instance = self.process_instance(from);
        if let Some(payload) = self.scratch_mut(instance).payload.take() {
            for (name, value) in payload {
                self.set_variable_local(to, name, value, false)?;
            }
        }
        Ok(())
    }

    // -- leaving ---------------------------------------------------------------------------------------------------------

    /// Leaves the current activity as its kind does.
    pub(crate) fn leave(&mut self, id: Id) -> Step {
        self.dispatch_delayed_events_and(id, Continuation::Leave)
    }

    /// What leaving does after waiting events are dispatched.
    pub(crate) fn do_leave(&mut self, id: Id) -> Step {
        let activity = self.activity(id)?;
        let definition = self.definition_of(id)?;
        let node = definition.graph.node(activity);
        match &node.kind {
            Kind::SubProcess { .. } | Kind::EventSubProcess | Kind::MultiInstanceBody(_) => {
                self.create_event_scope_execution(id, activity)?;
            }
            Kind::CancelEnd => return self.leave_cancel_end(id, activity),
            _ => {}
        }
        self.subscribe_compensation(id, activity)?;
        self.perform_outgoing(id)
    }

    /// Takes every outgoing flow whose condition holds, or ends (S-GW-1).
    fn perform_outgoing(&mut self, id: Id) -> Step {
        let definition = self.definition_of(id)?;
        let graph = &definition.graph;
        let activity = self.activity(id)?;
        let node = graph.node(activity);
        let mut taken = Vec::new();
        for flow in &node.outgoing {
            if Some(*flow) == node.default_flow {
                continue;
            }
            match &graph.flow(*flow).condition {
                None => taken.push(*flow),
                Some(condition) => {
                    if self.condition_holds(id, condition)? {
                        taken.push(*flow);
                    }
                }
            }
        }
        if taken.is_empty() && node.default_flow.is_some() {
            taken.extend(node.default_flow);
        }
        match taken.len() {
            0 => {
                if let Some(missing) = &node.missing_default {
                    return Err(Fault::engine(format!(
                        "ENGINE-02005 Default sequence flow '{missing}' for element with id '{}' could not be not found.",
                        node.id
                    )));
                }
                if !node.outgoing.is_empty() {
                    return Err(Fault::engine(format!(
                        "ENGINE-02006 No conditional sequence flow leaving the Flow Node '{}' could be selected for \
                         continuing the process.",
                        node.id
                    )));
                }
                if node.for_compensation && self.ancestor_throws_compensation(id)? {
                    return self.end_compensation(id);
                }
                self.end(id, true)
            }
            1 => self.leave_via_transitions(id, taken, Vec::new()),
            _ => self.leave_via_transitions(id, taken, vec![id]),
        }
    }

    /// Leaves over the given flows; `recyclable` are the executions that were joined.
    pub(crate) fn leave_via_transitions(&mut self, id: Id, flows: Vec<FlowIx>, recyclable: Vec<Id>) -> Step {
        if recyclable.len() > 1 {
            self.remove_local_variables(id);
        }
        for one in &recyclable {
            self.scratch_mut(*one).ended = true;
        }
        for one in recyclable.into_iter().filter(|one| *one != id) {
            // only the one that goes on is continued asynchronously
            self.scratch_mut(one).ignore_async = true;
            self.end(one, flows.is_empty())?;
        }
        let propagating = self.current(id);
        self.change(propagating, |row| row.is_active = true);
        self.scratch_mut(propagating).ended = false;
        if flows.is_empty() {
            let complete = !self.execution(propagating).is_concurrent;
            return self.end(propagating, complete);
        }
        self.scratch_mut(propagating).transitions_to_take = Some(flows);
        if !self.notify_end(propagating, EndKind::Transition)? {
            return Ok(());
        }
        self.dispatch_delayed_events_and(propagating, Continuation::DestroyScope)
    }

    /// `transition-destroy-scope`: out of the scope, then one execution per flow.
    fn transition_destroy_scope(&mut self, id: Id) -> Step {
        let definition = self.definition_of(id)?;
        let activity = self.activity(id)?;
        let flows = self.scratch_mut(id).transitions_to_take.take().unwrap_or_default();
        let mut propagating = id;
        if self.execution(id).is_scope && definition.graph.node(activity).is_scope {
            let Some(parent) = self.execution(id).parent else {
                return Err(Fault::engine("a scope activity's execution has no parent"));
            };
            propagating = parent;
            self.destroy(id)?;
            let transition = self.scratch(id).and_then(|s| s.transition);
            self.change(propagating, |row| {
                row.activity = Some(activity);
                row.is_active = true;
            });
            self.scratch_mut(propagating).transition = transition;
            self.remove(id)?;
        }
        let Some((first, more)) = flows.split_first() else {
            return Err(Fault::engine(format!("no outgoing transitions from activity {activity:?}")));
        };
        if more.is_empty() {
            return self.take(propagating, *first);
        }
        self.change(propagating, |row| row.is_active = false);
        let mut outgoing: Vec<(Id, FlowIx)> = Vec::with_capacity(flows.len());
        let scope = self.scope_execution(propagating);
        for (at, flow) in flows.iter().enumerate() {
            if at == 0 {
                outgoing.push((propagating, *flow));
                continue;
            }
            let concurrent = self.create_concurrent_execution(scope)?;
            if at == 1 && !self.execution(propagating).is_concurrent {
                // the first flow goes on with the execution that replaced the scope's position
                let replacing = self.current(propagating);
                outgoing[0].0 = replacing;
            }
            outgoing.push((concurrent, *flow));
        }
        // The agenda is a stack: pushed in reverse, branches start in document order (S-EX-9). Camunda pushes so always; but
        // outside of operations what is pushed runs at once, so there the last branch comes first.
        if self.t.operating {
            outgoing.reverse();
        }
        for (execution, flow) in outgoing {
            self.take(execution, flow)?;
        }
        Ok(())
    }

    /// Puts an execution on a flow.
    pub(crate) fn take(&mut self, id: Id, flow: FlowIx) -> Step {
        let definition = self.definition_of(id)?;
        let source = definition.graph.flow(flow).source;
        self.scratch_mut(id).transition = Some(flow);
        self.change(id, |row| {
            row.activity = Some(source);
            row.activity_instance = None;
            row.is_active = true;
        });
        self.perform(id, Operation::TransitionNotifyListenerTake)
    }

    /// `transition-notify-listener-take`.
    pub(crate) fn transition_notify_listener_take(&mut self, id: Id) -> Step {
        let definition = self.definition_of(id)?;
        let graph = definition.graph.clone();
        let Some(flow) = self.scratch(id).and_then(|s| s.transition) else {
            return Err(Fault::engine(format!("execution {id} has no flow to take")));
        };
        if self.host.settings().record_flows {
            self.t.flows.push((definition.id, graph.flow(flow).id.clone()));
        }
        if !self.notify_take_listeners(id, flow)? {
            return Ok(());
        }
        let target = graph.flow(flow).target;
        if matches!(graph.node(target).kind, Kind::TerminateEnd | Kind::CancelEnd) {
            // terminate and cancel interrupt everything else in their flow scope on entering (S-EN-3)
            self.change(id, |row| row.activity = None);
            let name = graph.node(target).id.clone();
            let scope = self.interrupt_scope_of(id, &name)?;
            self.change(scope, |row| {
                row.activity = Some(target);
                row.is_active = true;
            });
            self.scratch_mut(scope).transition = Some(flow);
            return self.dispatch_delayed_events_and(scope, Continuation::Perform(Operation::TransitionCreateScope));
        }
        self.change(id, |row| row.activity = Some(target));
        self.dispatch_delayed_events_and(id, Continuation::Perform(Operation::TransitionCreateScope))
    }

    // -- ending ----------------------------------------------------------------------------------------------------------

    /// Ends an execution at its activity.
    pub(crate) fn end(&mut self, id: Id, complete_scope: bool) -> Step {
        let scratch = self.scratch_mut(id);
        scratch.complete_scope = complete_scope;
        scratch.ended = true;
        self.change(id, |row| row.is_active = false);
        self.forget_replacing_parent(id);
        if !self.notify_end(id, EndKind::End)? {
            return Ok(());
        }
        self.dispatch_delayed_events_and(id, Continuation::End)
    }

    /// `activity-end`, as a job where the activity is asynchronous after.
    fn activity_end(&mut self, id: Id) -> Step {
        let definition = self.definition_of(id)?;
        let activity = self.activity(id)?;
        let ignore = self.scratch(id).is_some_and(|s| s.ignore_async);
        if definition.graph.node(activity).async_after && !ignore {
            // between two activities: a transition instance waits
            return self.schedule_activity_end(id);
        }
        self.ensure_not_suspended(id)?;
        self.activity_end_now(id)
    }

    /// What `activity-end` does.
    pub(crate) fn activity_end_now(&mut self, id: Id) -> Step {
        let definition = self.definition_of(id)?;
        let graph = &definition.graph;
        if self.execution(id).activity_instance.is_none() {
            let instance = self.parent_activity_instance(id);
            self.change(id, |row| row.activity_instance = instance);
        }
        let activity = self.activity(id)?;
        let node = graph.node(activity);
        let mut propagating = id;
        if self.execution(id).is_scope && node.is_scope && self.execution(id).parent.is_some() {
            let parent = self.execution(id).parent.expect("checked above");
            self.destroy(id)?;
            if !self.execution(id).is_concurrent {
                self.remove(id)?;
                propagating = parent;
                self.change(propagating, |row| row.activity = Some(activity));
            }
        }
        let concurrent = self.execution(propagating).is_concurrent;
        if node.parent == PROCESS {
            if concurrent {
                let parent = self.execution(propagating).parent.expect("a concurrent execution has a parent");
                self.remove(propagating)?;
                return self.prune_last_concurrent_child(parent);
            }
            self.scratch_mut(propagating).ended = true;
            if self.scratch(propagating).is_some_and(|s| s.preserve_scope) {
                return Ok(());
            }
            return self.process_end(propagating);
        }
        let scope = node.parent;
        // a compensation handler that contains others is a concurrent scope: what ends in it completes it
        if concurrent && !self.execution(propagating).is_scope {
            let parent = self.execution(propagating).parent.expect("a concurrent execution has a parent");
            return behaviour::concurrent_child_ended(self, parent, propagating, scope);
        }
        self.change(propagating, |row| row.activity = Some(scope));
        behaviour::complete(self, propagating, scope)
    }

    /// End listeners of the current activity. False when a BPMN error in one took another way.
    pub(crate) fn notify_end(&mut self, id: Id, kind: EndKind) -> Step<bool> {
        let definition = self.definition_of(id)?;
        let Some(activity) = self.execution(id).activity else { return Ok(true) };
        let node = definition.graph.node(activity);
        if kind != EndKind::Interrupt {
            self.change(id, |row| row.sequence += 1);
            if let Some(parent) = self.execution(id).parent {
                let composite = is_composite(&node.kind) || self.throws_compensation(&node.kind);
                if self.execution(id).is_scope && node.is_scope && composite {
                    let instance = self.execution(parent).activity_instance;
                    self.change(id, |row| row.activity_instance = instance);
                    self.leave_activity_instance(parent);
                }
            }
        }
        if kind != EndKind::End {
            // what ended inside it completed its scope, not it its own
            self.scratch_mut(id).complete_scope = false;
        }
        if matches!(kind, EndKind::End | EndKind::Cancel) {
            if let Some(scratch) = self.t.scratch.get_mut(&id) {
                scratch.transition = None;
            }
        }
        let failed = self.scratch(id).is_some_and(|s| s.end_listeners_failed);
        // what waits to enter its activity, or has left it, has no activity instance; its end listeners run when it is interrupted
        if self.execution(id).activity_instance.is_none() && kind != EndKind::Interrupt {
            return Ok(true);
        }
        let canceled = matches!(kind, EndKind::Cancel | EndKind::Interrupt);
        if !failed {
            let state = if canceled { ActivityState::Canceled } else { ActivityState::Ending };
            self.change(id, |row| row.activity_state = state);
            match self.run_listeners(id, activity, "end") {
                Ok(()) => {}
                Err(thrown) => {
                    self.scratch_mut(id).end_listeners_failed = true;
                    if canceled {
                        return Err(self.fault_of(id, thrown));
                    }
                    self.propagate_thrown(id, thrown)?;
                    return Ok(false);
                }
            }
        }
        self.history_activity_ended(id, activity, canceled)?;
        Ok(true)
    }

    /// Start listeners of a node. False when a BPMN error in one took another way.
    fn notify_listeners(&mut self, id: Id, node: NodeIx, event: &'static str) -> Step<bool> {
        match self.run_listeners(id, node, event) {
            Ok(()) => Ok(true),
            Err(thrown) if node == PROCESS => Err(self.fault_of(id, thrown)),
            Err(thrown) => {
                self.propagate_thrown(id, thrown)?;
                Ok(false)
            }
        }
    }

    /// The process instance ended (S-OR, process end).
    pub(crate) fn process_end(&mut self, id: Id) -> Step {
        self.change(id, |row| row.activity_state = ActivityState::Ending);
        if let Err(thrown) = self.run_listeners(id, PROCESS, "end") {
            return Err(self.fault_of(id, thrown));
        }
        self.history_process_ended(id)?;
        self.leave_activity_instance(id);
        let caller = self.execution(id).super_execution;
        if let Some(caller) = caller {
            self.pass_output_variables(caller, id)?;
        }
        self.clear_execution(id)?;
        self.remove_subscriptions_except_compensation(id);
        self.remove(id)?;
        match caller {
            Some(caller) => self.leave(caller),
            None => Ok(()),
        }
    }
}

/// Where an execution stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    activity: Option<NodeIx>,
    instance: Option<Id>,
}

impl Position {
    /// Whether an execution that stood here is still at the same activity. On a flow there is no activity instance: there the
    /// activity tells.
    pub(crate) fn is_still(self, other: Self) -> bool {
        match self.instance {
            None => other.instance.is_none() && self.activity == other.activity,
            Some(_) => self.instance == other.instance && (self.activity.is_none() || self.activity == other.activity),
        }
    }
}

/// Why end listeners run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndKind {
    /// Leaving over flows.
    Transition,
    /// Ending.
    End,
    /// Cancelled.
    Cancel,
    /// Interrupted at its activity (`fire-activity-end`): the scope stays, and so does the activity instance that the parent
    /// keeps for it. The snapshot of a subprocess has none there: its parent is at an activity of its own.
    Interrupt,
}
