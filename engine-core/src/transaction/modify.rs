//! Modification: tokens are started and cancelled from outside (S-MO).

use std::sync::Arc;

use models::Id;

use super::{Operation, Step, Todo, Tx, cancel::DeleteFlags, tree::is_composite};
use crate::{
    behaviour,
    command::{Instruction, Modification, StartInstruction, Variables},
    error::Fault,
    graph::{FlowIx, Kind, NodeIx, PROCESS, ProcessGraph, StartBehaviour},
    state::{ActivityState, Execution},
};

/// Why tokens are cancelled, when nothing else is said. Camunda's spelling.
const REASON: &str = "Cancellation due to process instance modifcation";

/// One instruction of a modification in progress.
#[derive(Clone, Debug)]
pub(crate) struct PendingInstruction {
    pub(crate) process_instance: Id,
    pub(crate) instruction: Instruction,
    pub(crate) flags: DeleteFlags,
    pub(crate) reason: Option<String>,
}

/// What an instruction starts.
#[derive(Clone, Copy, Debug)]
enum Target {
    Activity(NodeIx),
    Flow(FlowIx),
}

/// What is set where the instruction starts.
#[derive(Clone, Debug, Default)]
struct Given {
    variables: Variables,
    local: Variables,
}

/// An instruction in Camunda's words.
fn described(verb: &str, start: &StartInstruction) -> String {
    let ancestor = start.ancestor_activity_instance.as_ref();
    let within = ancestor.map(|id| format!(" with ancestor activity instance '{id}'")).unwrap_or_default();
    format!("{verb} '{}'{within}", start.activity)
}

impl Tx<'_> {
    pub(crate) fn modify(&mut self, modification: Modification) -> Step {
        let id = modification.process_instance;
        if self.t.state.execution(id).is_none() {
            return Err(Fault::bad_request(format!(
                "No process instance found for id '{id}': processInstance is null"
            )));
        }
        let mut instructions = Vec::with_capacity(modification.instructions.len());
        for instruction in modification.instructions {
            match instruction {
                Instruction::CancelAll { activity, only_active: true } => {
                    instructions.extend(self.cancellations(id, &activity)?);
                }
                other => instructions.push(other),
            }
        }
        self.instruct(
            id,
            instructions,
            modification.skip_custom_listeners,
            modification.skip_io_mappings,
            modification.cancellation_reason,
        )
    }

    /// Cancellations of what is at an activity at present.
    fn cancellations(&mut self, instance: Id, activity: &str) -> Step<Vec<Instruction>> {
        let graph = self.graph_of(instance)?;
        let Some(node) = graph.find(activity) else {
            return Ok(vec![Instruction::CancelAll { activity: activity.to_owned(), only_active: false }]);
        };
        if graph.node(node).is_scope {
            let inside = self.executions_of_scope(instance, &graph, node);
            let instances = inside.into_iter().map(|scope| {
                let row = self.execution(scope);
                let own = row.activity == Some(node) && !is_composite(&graph.node(node).kind);
                let id = if own { row.activity_instance } else { self.parent_activity_instance(scope) };
                Instruction::CancelActivityInstance(id.unwrap_or(scope).to_string())
            });
            let mut all: Vec<Instruction> = instances.collect();
            all.extend(self.waiting_at(instance, node).into_iter().map(Instruction::CancelTransitionInstance));
            return Ok(all);
        }
        let here = self.t.state.executions().filter(|row| row.process_instance == instance && !row.is_event_scope);
        let here = here.filter(|row| row.activity == Some(node) && self.t.state.children(row.id).next().is_none());
        let here = here.filter_map(|row| row.activity_instance).map(|id| id.to_string());
        let mut all: Vec<Instruction> = here.map(Instruction::CancelActivityInstance).collect();
        all.extend(self.waiting_at(instance, node).into_iter().map(Instruction::CancelTransitionInstance));
        Ok(all)
    }

    /// Transition instances at an activity.
    fn waiting_at(&self, instance: Id, node: NodeIx) -> Vec<String> {
        let rows = self.t.state.executions();
        rows.filter(|row| row.process_instance == instance && row.activity == Some(node))
            .filter(|row| self.is_transition_instance(row.id))
            .map(|row| row.id.to_string())
            .collect()
    }

    /// Whether a token waits between two activities.
    fn is_transition_instance(&self, id: Id) -> bool {
        let row = self.execution(id);
        let lonely = self.count_running_children(id, 1) == 0;
        row.activity.is_some() && row.activity_instance.is_none() && !row.is_event_scope && lonely
    }

    /// Queues instructions: each runs until its tokens wait before the next begins.
    pub(crate) fn instruct(
        &mut self,
        id: Id,
        instructions: Vec<Instruction>,
        skip_listeners: bool,
        skip_io: bool,
        reason: Option<String>,
    ) -> Step {
        let flags = DeleteFlags { skip_listeners, skip_io, externally_terminated: true, ..DeleteFlags::default() };
        self.definition_of(id)?;
        self.scratch_mut(id).preserve_scope = true;
        self.t.pending.push_front(Todo::FinishModification { process_instance: id, reason: reason.clone(), flags });
        for instruction in instructions.into_iter().rev() {
            self.t.pending.push_front(Todo::Instruction(Box::new(PendingInstruction {
                process_instance: id,
                instruction,
                flags,
                reason: reason.clone(),
            })));
        }
        Ok(())
    }

    pub(crate) fn instruction(&mut self, pending: PendingInstruction) -> Step {
        let PendingInstruction { process_instance, instruction, flags, reason } = pending;
        let reason = reason.as_deref().unwrap_or(REASON);
        if self.t.state.execution(process_instance).is_none() {
            return Ok(());
        }
        match instruction {
            Instruction::StartBefore(start) => {
                let graph = self.graph_of(process_instance)?;
                let what = described("Start before activity", &start);
                let node =
                    graph.find(&start.activity).ok_or_else(|| self.no_element(process_instance, &what, &start))?;
                if matches!(graph.node(node).kind, Kind::BoundaryEvent { marker: true }) {
                    return Err(Fault::engine(format!(
                        "Cannot start before activity {}; activity is a compensation boundary event.",
                        start.activity
                    )));
                }
                self.start_at(process_instance, Target::Activity(node), start, flags, &what)
            }
            Instruction::StartAfter(start) => {
                let graph = self.graph_of(process_instance)?;
                let what = described("Start after activity", &start);
                let node = graph.find(&start.activity).ok_or_else(|| {
                    Fault::not_valid(format!(
                        "Cannot perform instruction: {what}; Activity '{}' does not exist: activity is null",
                        start.activity
                    ))
                })?;
                // a multi-instance activity is left by its body
                let node = match graph.node(graph.node(node).parent).kind {
                    Kind::MultiInstanceBody(_) if graph.node(node).outgoing.is_empty() => graph.node(node).parent,
                    _ => node,
                };
                match graph.node(node).outgoing.as_slice() {
                    [flow] => self.start_at(process_instance, Target::Flow(*flow), start, flags, &what),
                    [] => Err(Fault::engine(format!(
                        "Cannot start after activity {}; activity has no outgoing sequence flow to take",
                        start.activity
                    ))),
                    _ => Err(Fault::engine(format!(
                        "Cannot start after activity {}; activity has more than one outgoing sequence flow",
                        start.activity
                    ))),
                }
            }
            Instruction::StartTransition(start) => {
                let graph = self.graph_of(process_instance)?;
                let what = described("Start transition", &start);
                let flow =
                    graph.find_flow(&start.activity).ok_or_else(|| self.no_element(process_instance, &what, &start))?;
                self.start_at(process_instance, Target::Flow(flow), start, flags, &what)
            }
            Instruction::CancelActivityInstance(id) => {
                let execution = self.execution_of_instance(process_instance, &id)?.ok_or_else(|| {
                    Fault::not_valid(format!(
                        "Cannot perform instruction: Cancel activity instance '{id}'; Activity instance '{id}' does not \
                         exist: activityInstance is null"
                    ))
                })?;
                self.cancel_token(execution, reason, flags)
            }
            Instruction::CancelTransitionInstance(id) => {
                let execution = id
                    .parse()
                    .ok()
                    // an earlier instruction may have moved the token to another execution
                    .map(|id| self.current(id))
                    .filter(|id| self.t.state.execution(*id).is_some_and(|row| row.process_instance == process_instance))
                    .filter(|id| self.is_transition_instance(*id))
                    .ok_or_else(|| {
                        Fault::not_valid(format!(
                            "Cannot perform instruction: Cancel transition instance '{id}'; Transition instance '{id}' does \
                             not exist: transitionInstance is null"
                        ))
                    })?;
                self.cancel_token(execution, reason, flags)
            }
            Instruction::CancelAll { activity, .. } => {
                let graph = self.graph_of(process_instance)?;
                // of an activity that is not there nothing is cancelled
                let Some(node) = graph.find(&activity) else { return Ok(()) };
                while let Some(execution) = self.next_at(process_instance, &graph, node) {
                    self.cancel_token(execution, reason, flags)?;
                    if self.t.state.execution(process_instance).is_none() {
                        break;
                    }
                }
                Ok(())
            }
        }
    }

    /// The instance ends when no token is left.
    pub(crate) fn finish_modification(&mut self, id: Id, reason: Option<&str>, flags: DeleteFlags) -> Step {
        let Some(row) = self.t.state.execution(id).cloned() else { return Ok(()) };
        self.scratch_mut(id).preserve_scope = false;
        if self.t.state.children(id).next().is_some() {
            return Ok(());
        }
        if row.activity.is_none() {
            return self.delete_propagating(id, reason, flags);
        }
        if self.scratch(id).is_some_and(|s| s.ended) {
            return self.process_end(id);
        }
        Ok(())
    }

    fn graph_of(&mut self, execution: Id) -> Step<Arc<ProcessGraph>> {
        Ok(self.definition_of(execution)?.graph.clone())
    }

    fn no_element(&mut self, instance: Id, what: &str, start: &StartInstruction) -> Fault {
        let definition = self.definition_of(instance).map(|d| d.text_id()).unwrap_or_default();
        Fault::not_valid(format!(
            "Cannot perform instruction: {what}; Element '{}' does not exist in process '{definition}': element is null",
            start.activity
        ))
    }

    // -- starting ------------------------------------------------------------------------------------------------------------

    fn start_at(
        &mut self,
        instance: Id,
        target: Target,
        start: StartInstruction,
        flags: DeleteFlags,
        what: &str,
    ) -> Step {
        let graph = self.graph_of(instance)?;
        let flow_scope = match target {
            Target::Activity(node) => graph.node(node).parent,
            Target::Flow(flow) => graph.node(graph.flow(flow).source).parent,
        };
        // scopes around the target that must be made, outermost first
        let mut stack = Vec::new();
        let mut at = flow_scope;
        let scope_execution = match &start.ancestor_activity_instance {
            None => loop {
                let executions = self.executions_of_scope(instance, &graph, at);
                match executions.as_slice() {
                    [only] => break *only,
                    [] if at == PROCESS => break instance,
                    [] => {
                        stack.insert(0, at);
                        at = graph.node(at).parent;
                    }
                    _ => {
                        return Err(Fault::engine(format!(
                            "Ancestor activity execution is ambiguous for activity {}",
                            scope_text(&graph, flow_scope)
                        )));
                    }
                }
            },
            Some(ancestor) => {
                let execution = self.execution_of_instance(instance, ancestor)?.ok_or_else(|| {
                    Fault::not_valid(format!(
                        "Cannot perform instruction: {what}; Ancestor activity instance '{ancestor}' does not exist: \
                         ancestorInstance is null"
                    ))
                })?;
                loop {
                    if self.executions_of_scope(instance, &graph, at).contains(&execution) {
                        break execution;
                    }
                    if at == PROCESS {
                        return Err(Fault::not_valid(format!(
                            "Cannot perform instruction: {what}; Scope execution for '{ancestor}' cannot be found in parent \
                             hierarchy of flow element '{}'",
                            start.activity
                        )));
                    }
                    stack.insert(0, at);
                    at = graph.node(at).parent;
                }
            }
        };
        let top = stack.first().copied().or(match target {
            Target::Activity(node) => Some(node),
            Target::Flow(_) => None,
        });
        let into = top.map_or(flow_scope, |node| graph.node(node).parent);
        if let Kind::MultiInstanceBody(code) = &graph.node(into).kind {
            if code.sequential && !self.executions_of_scope(instance, &graph, into).is_empty() {
                return Err(Fault::engine(format!(
                    "Concurrent instantiation not possible for activities in scope {}",
                    graph.node(into).id
                )));
            }
        }
        let behaviour = start_behaviour(&graph, top, &stack, target);
        let given = Given { variables: start.variables, local: start.local };
        match (behaviour, top) {
            (StartBehaviour::CancelEventScope, Some(top)) => {
                let event_scope = graph.node(top).event_scope;
                match self.executions_of_scope(instance, &graph, event_scope).first().copied() {
                    Some(cancelled) => {
                        let parent = self.execution(cancelled).parent.unwrap_or(instance);
                        let reason = format!("Cancelling activity Activity({}) executed.", graph.node(top).id);
                        self.delete_cascade(cancelled, Some(&reason), Some(flags))?;
                        self.execute_activities(parent, stack, target, given, flags)
                    }
                    None => self.execute_activities_concurrent(scope_execution, &graph, stack, target, given, flags),
                }
            }
            (StartBehaviour::InterruptEventScope, Some(top)) => {
                let scope = if matches!(graph.node(top).kind, Kind::TerminateEnd | Kind::CancelEnd) {
                    graph.node(top).parent
                } else {
                    graph.node(top).event_scope
                };
                let interrupted =
                    self.executions_of_scope(instance, &graph, scope).first().copied().unwrap_or(scope_execution);
                let reason = format!("Interrupting activity Activity({}) executed.", graph.node(top).id);
                self.interrupt_with(interrupted, &reason, flags)?;
                self.change(interrupted, |row| row.activity = None);
                self.leave_activity_instance(interrupted);
                self.execute_activities(interrupted, stack, target, given, flags)
            }
            _ => {
                let row = self.execution(scope_execution);
                let idle = row.activity.is_none() || self.scratch(scope_execution).is_some_and(|s| s.ended);
                if idle && self.t.state.children(scope_execution).next().is_none() {
                    self.execute_activities(scope_execution, stack, target, given, flags)
                } else {
                    self.execute_activities_concurrent(scope_execution, &graph, stack, target, given, flags)
                }
            }
        }
    }

    fn execute_activities_concurrent(
        &mut self,
        scope: Id,
        graph: &ProcessGraph,
        stack: Vec<NodeIx>,
        target: Target,
        given: Given,
        flags: DeleteFlags,
    ) -> Step {
        let flow_scope = match (stack.first(), target) {
            (Some(top), _) => graph.node(*top).parent,
            (None, Target::Activity(node)) => graph.node(node).parent,
            (None, Target::Flow(flow)) => graph.node(graph.flow(flow).source).parent,
        };
        let propagating = match &graph.node(flow_scope).kind {
            Kind::MultiInstanceBody(_) => behaviour::add_instance(self, scope)?,
            _ => self.create_concurrent_execution(scope)?,
        };
        self.execute_activities(propagating, stack, target, given, flags)
    }

    /// Makes the scopes of a stack, then starts the target in the innermost.
    fn execute_activities(
        &mut self,
        id: Id,
        stack: Vec<NodeIx>,
        target: Target,
        given: Given,
        flags: DeleteFlags,
    ) -> Step {
        let graph = self.graph_of(id)?;
        {
            let scratch = self.scratch_mut(id);
            scratch.skip_listeners = flags.skip_listeners;
            scratch.skip_io = flags.skip_io;
            scratch.ended = false;
        }
        self.change(id, |row| {
            row.activity_instance = None;
            row.is_active = true;
        });
        let mut at = id;
        for scope in stack {
            (_, at) = self.instantiate_scope(at, scope)?;
            self.change(at, |row| row.activity = None);
        }
        self.change(at, |row| {
            row.activity_instance = None;
            row.is_active = true;
        });
        self.set_variables(at, given.variables)?;
        self.set_variables_local(at, given.local)?;
        match target {
            Target::Activity(node) => {
                self.change(at, |row| row.activity = Some(node));
                self.perform(at, Operation::ActivityStartCreateScope)
            }
            Target::Flow(flow) => {
                let source = graph.flow(flow).source;
                self.change(at, |row| row.activity = Some(source));
                self.scratch_mut(at).transition = Some(flow);
                // the activity was not left: asyncAfter does not apply
                self.perform_now(at, Operation::TransitionNotifyListenerTake)
            }
        }
    }

    /// Makes one scope under an execution: its execution, and where its content runs.
    fn instantiate_scope(&mut self, at: Id, scope: NodeIx) -> Step<(Id, Id)> {
        let parent_instance = self.parent_activity_instance(at);
        self.change(at, |row| row.activity_instance = parent_instance);
        let child = self.create_execution(at)?;
        self.change(at, |row| {
            row.is_active = false;
            row.activity = None;
        });
        self.change(child, |row| row.activity = Some(scope));
        self.initialize(child)?;
        let entered = self.enter_scope_of_stack(child, scope)?;
        let graph = self.graph_of(entered)?;
        let inside = match &graph.node(scope).kind {
            Kind::MultiInstanceBody(_) => behaviour::first_instance(self, entered)?,
            _ => entered,
        };
        Ok((entered, inside))
    }

    /// Makes scopes one inside the other, outermost first; their executions.
    pub(crate) fn instantiate_scopes(&mut self, id: Id, scopes: &[NodeIx], flags: DeleteFlags) -> Step<Vec<Id>> {
        {
            let scratch = self.scratch_mut(id);
            scratch.skip_listeners = flags.skip_listeners;
            scratch.skip_io = flags.skip_io;
        }
        let mut at = id;
        let mut made = Vec::with_capacity(scopes.len());
        for scope in scopes {
            let (entered, inside) = self.instantiate_scope(at, *scope)?;
            made.push(entered);
            at = inside;
        }
        Ok(made)
    }

    /// Start listeners and activity instance of a scope that is made on the way to a target.
    fn enter_scope_of_stack(&mut self, id: Id, scope: NodeIx) -> Step<Id> {
        let parent_instance = self.parent_activity_instance(id);
        self.change(id, |row| row.activity_instance = parent_instance);
        if !self.enter_for_modification(id, scope)? {
            return Err(Fault::engine("a BPMN error was thrown while the scopes of the target were made"));
        }
        let graph = self.graph_of(id)?;
        if is_composite(&graph.node(scope).kind) {
            if let Some(parent) = self.execution(id).parent {
                let instance = self.execution(id).activity_instance;
                self.change(parent, |row| row.activity_instance = instance);
            }
        }
        self.change(id, |row| row.activity_state = ActivityState::Default);
        Ok(id)
    }

    // -- cancelling ----------------------------------------------------------------------------------------------------------

    fn cancel_token(&mut self, execution: Id, reason: &str, flags: DeleteFlags) -> Step {
        let mut top = execution;
        while let Some(parent) = self.parent_scope(top) {
            if self.count_running_children(parent, 2) > 1 {
                break;
            }
            top = parent;
        }
        if self.scratch(top).is_some_and(|s| s.preserve_scope) {
            self.interrupt_with(top, reason, flags)?;
            self.leave_activity_instance(top);
            self.change(top, |row| row.activity = None);
            return Ok(());
        }
        self.delete_in_scope(top, Some(reason), flags)
    }

    /// Deletes an instance that has no token left, and around it whatever holds nothing else: through calls, up to the
    /// outermost instance.
    fn delete_propagating(&mut self, id: Id, reason: Option<&str>, flags: DeleteFlags) -> Step {
        let mut top = id;
        loop {
            let row = self.execution(top);
            let Some(around) = row.parent.or(row.super_execution) else { break };
            let around = self.scope_execution(around);
            if self.count_running_children(around, 2) > 1 {
                break;
            }
            top = around;
        }
        self.delete_in_scope(top, reason, flags)
    }

    /// Deletes an execution; the scope around it takes notice.
    fn delete_in_scope(&mut self, top: Id, reason: Option<&str>, flags: DeleteFlags) -> Step {
        let row = self.execution(top).clone();
        let graph = self.graph_of(top)?;
        let scope_node = self.scope_node(&graph, top);
        let parent_scope = self.parent_scope(top);
        let in_parent = if row.is_concurrent { Some(top) } else { row.parent };
        self.delete_cascade(top, reason, Some(flags))?;
        let (Some(parent_scope), Some(in_parent)) = (parent_scope, in_parent) else { return Ok(()) };
        let activity = if row.is_scope { scope_node } else { row.activity };
        let flow_scope = activity.map_or(PROCESS, |node| graph.node(node).parent);
        if matches!(graph.node(flow_scope).kind, Kind::MultiInstanceBody(_)) {
            if self.t.state.execution(in_parent).is_some() {
                self.remove(in_parent)?;
            }
            return behaviour::drop_instance(self, parent_scope);
        }
        if self.t.state.execution(in_parent).is_some_and(|row| row.is_concurrent) {
            self.remove(in_parent)?;
        }
        self.prune_last_concurrent_child(parent_scope)
    }

    /// The scope execution around an execution, within its process instance.
    fn parent_scope(&self, id: Id) -> Option<Id> {
        let parent = self.execution(id).parent?;
        Some(self.scope_execution(parent))
    }

    // -- finding -------------------------------------------------------------------------------------------------------------

    /// The scope that a scope execution is the execution of.
    pub(crate) fn scope_node(&self, graph: &ProcessGraph, id: Id) -> Option<NodeIx> {
        let row = self.execution(id);
        if row.parent.is_none() {
            return Some(PROCESS);
        }
        if let Some(activity) = row.activity {
            let node = graph.node(activity);
            let entered = node.is_scope && row.activity_instance.is_some();
            return Some(if entered { activity } else { node.parent });
        }
        let child = self.t.state.children(id).find(|child| !child.is_event_scope)?;
        if child.is_scope {
            return self.scope_node(graph, child.id).map(|inner| graph.node(inner).parent);
        }
        match child.activity {
            Some(activity) => Some(graph.node(activity).parent),
            None => {
                let below = self.t.state.children(child.id).find(|below| !below.is_event_scope)?;
                self.scope_node(graph, below.id).map(|inner| graph.node(inner).parent)
            }
        }
    }

    /// Scope executions of a scope.
    pub(crate) fn executions_of_scope(&self, instance: Id, graph: &ProcessGraph, scope: NodeIx) -> Vec<Id> {
        if scope == PROCESS {
            return vec![instance];
        }
        self.t
            .state
            .executions()
            .filter(|row| row.process_instance == instance && row.is_scope && !row.is_event_scope)
            .filter(|row| row.parent.is_some() && !runs_handler_without_scope(graph, row))
            .filter(|row| self.scope_node(graph, row.id) == Some(scope))
            .map(|row| row.id)
            .collect()
    }

    /// The execution of an activity instance, by the id that clients see.
    fn execution_of_instance(&mut self, instance: Id, text: &str) -> Step<Option<Id>> {
        let graph = self.graph_of(instance)?;
        let Some(wanted) = text.rsplit(':').next().and_then(|id| id.parse::<Id>().ok()) else { return Ok(None) };
        if wanted == instance {
            return Ok(Some(instance));
        }
        let rows: Vec<Id> = self
            .t
            .state
            .executions()
            .filter(|row| row.process_instance == instance && !row.is_event_scope)
            .map(|row| row.id)
            .collect();
        for id in &rows {
            let row = self.execution(*id);
            if row.is_scope && row.parent.is_some() && !runs_handler_without_scope(&graph, row) {
                let Some(scope) = self.scope_node(&graph, *id) else { continue };
                let own = if row.activity == Some(scope) && !is_composite(&graph.node(scope).kind) {
                    row.activity_instance
                } else {
                    self.parent_activity_instance(*id)
                };
                if own == Some(wanted) {
                    return Ok(Some(*id));
                }
            }
        }
        Ok(rows.into_iter().find(|id| {
            let row = self.execution(*id);
            row.activity_instance == Some(wanted) && row.activity.is_some_and(|node| !graph.node(node).is_scope)
        }))
    }

    /// An execution at an activity: inside it, or waiting before or behind it.
    fn next_at(&self, instance: Id, graph: &ProcessGraph, node: NodeIx) -> Option<Id> {
        if let Some(scope) = self.executions_of_scope(instance, graph, node).first() {
            return Some(*scope);
        }
        self.t
            .state
            .executions()
            .find(|row| {
                row.process_instance == instance
                    && !row.is_event_scope
                    && row.activity == Some(node)
                    && (row.is_active
                        || row.activity_instance.is_none()
                        || self.t.state.children(row.id).next().is_none())
            })
            .map(|row| row.id)
    }
}

/// Whether an execution is the one on which a compensation handler that is no scope itself runs: it is a scope execution
/// without a scope.
pub(crate) fn runs_handler_without_scope(graph: &ProcessGraph, row: &Execution) -> bool {
    let Some(node) = row.activity.map(|node| graph.node(node)) else { return false };
    row.is_scope && row.is_concurrent && node.for_compensation && !node.is_scope
}

fn start_behaviour(graph: &ProcessGraph, top: Option<NodeIx>, stack: &[NodeIx], target: Target) -> StartBehaviour {
    let Some(top) = top else { return StartBehaviour::ConcurrentInFlowScope };
    if stack.is_empty() && matches!(graph.node(top).kind, Kind::TerminateEnd | Kind::CancelEnd) {
        return StartBehaviour::InterruptEventScope;
    }
    let behaviour = graph.node(top).start_behaviour;
    if stack.is_empty() {
        return behaviour;
    }
    // starting an event subprocess at its start event interrupts, at any other activity it does not (S-MO-3)
    let second = stack.get(1).copied().or(match target {
        Target::Activity(node) => Some(node),
        Target::Flow(_) => None,
    });
    if graph.node(top).initial == second { behaviour } else { StartBehaviour::ConcurrentInFlowScope }
}

fn scope_text(graph: &ProcessGraph, scope: NodeIx) -> String {
    if scope == PROCESS {
        format!("ProcessDefinition({})", graph.key)
    } else {
        format!("Activity({})", graph.node(scope).id)
    }
}
