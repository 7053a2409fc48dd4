//! Commands: the first step of a transaction.

use std::sync::Arc;

use models::{Id, Value};

use super::{Operation, Step, Todo, Tx, cancel::DeleteFlags, jobs::NewIncident, mapping::Mapped};
use crate::{
    behaviour,
    command::{Command, Deletion, Instruction, Outcome, Start, Variables},
    error::{Fault, FaultKind},
    form,
    graph::{Listener, NodeIx, PROCESS, ProcessGraph},
    history::{HistoryEvent, IncidentState, RECALCULATE_DUE_DATE},
    host::{DecisionOutcome, Definition, DelegateCall, DelegateReply, DelegateRole},
    state::{ActivityState, Execution},
    transaction::scope::Ran,
};

impl Tx<'_> {
    pub(crate) fn command(&mut self, command: Command) -> Step {
        match command {
            Command::Start(start) => self.start(*start),
            Command::Task(id, command) => {
                let report = match &command {
                    crate::command::TaskCommand::Complete { .. } | crate::command::TaskCommand::SubmitForm(_) => {
                        self.t.state.task(id).and_then(|row| row.process_instance)
                    }
                    _ => None,
                };
                self.t.report = report;
                self.task_command(id, command)
            }
            Command::CreateTask(draft) => {
                let id = self.create_standalone_task(*draft)?;
                self.t.outcome = Outcome::Created(id);
                Ok(())
            }
            Command::SetVariables { execution, variables, local, deletions, patch: _ } => {
                self.must_exist(execution)?;
                self.definition_of(execution)?;
                for name in &deletions {
                    if local {
                        self.remove_variable_local(execution, name)?;
                    } else {
                        self.remove_variable(execution, name)?;
                    }
                }
                if local {
                    self.set_variables_local(execution, variables)?;
                } else {
                    self.set_variables(execution, variables)?;
                }
                self.dispatch_after_api(execution)
            }
            Command::SetTaskVariables { task, variables, local, deletions, patch: _ } => {
                self.set_task_variables_command(task, variables, local, &deletions)
            }
            Command::SignalExecution { execution, name, variables } => {
                self.must_exist(execution)?;
                self.definition_of(execution)?;
                self.ensure_not_suspended(execution)?;
                self.set_variables(execution, variables)?;
                behaviour::signal(self, execution, name.as_deref())
            }
            Command::EventReceived { subscription, variables, local, triggered_scope, asynchronous } => {
                if let Some(row) = self.t.state.subscription(subscription) {
                    self.t.report = Some(row.process_instance);
                }
                self.event_received(subscription, variables, local, triggered_scope, asynchronous)
            }
            Command::ExternalTask(id, command) => self.external_task_command(id, command),
            Command::RunJob(id) => self.run_job(id),
            Command::JobFailed { job, fault } => self.job_failed(job, &fault),
            Command::Job(id, command) => self.job_command(id, command),
            Command::CreateIncident { execution, kind, configuration, message } => {
                self.create_custom_incident(execution, &kind, configuration, message)
            }
            Command::ResolveIncident(id) => {
                let kind = self.t.state.incident(id).map(|row| row.kind.clone());
                match kind.as_deref() {
                    None => Err(Fault::not_found(format!("Cannot find an incident with id '{id}': incident is null"))),
                    Some(kind @ ("failedJob" | "failedExternalTask")) => {
                        Err(Fault::bad_request(format!("Cannot resolve an incident of type {kind}")))
                    }
                    Some(_) => {
                        self.end_incident(id, IncidentState::Resolved);
                        Ok(())
                    }
                }
            }
            Command::AnnotateIncident(id, text) => {
                self.t.state.change_incident(id, |row| row.annotation.clone_from(&text));
                self.t.history.push(HistoryEvent::Annotation { id, text });
                Ok(())
            }
            Command::Modify(modification) => self.modify(*modification),
            Command::Delete(deletion) => self.delete_instance(&deletion),
            Command::Suspend { process_instance, suspended } => self.suspend(process_instance, suspended),
            Command::JobDefinitionChanged { definition, declaration, suspended, priority, retries } => {
                self.job_definition_changed(definition, declaration, suspended, priority, retries)
            }
            Command::Migrate(migration) => self.migrate(*migration),
            Command::AddComment(comment) => {
                self.t.history.push(HistoryEvent::Comment(Arc::from(comment)));
                Ok(())
            }
            Command::Record(events) => {
                for event in events {
                    let event = self.completed(event);
                    self.t.history.push(event);
                }
                Ok(())
            }
        }
    }

    fn must_exist(&self, execution: Id) -> Step {
        if self.t.state.execution(execution).is_some() {
            return Ok(());
        }
        Err(Fault::null(format!("execution {execution} doesn't exist: execution is null")))
    }

    // -- starting ------------------------------------------------------------------------------------------------------------

    fn start(&mut self, start: Start) -> Step {
        let definition = self.definition(start.definition)?;
        let initial = start.start_event.or(definition.graph.initial);
        if initial.is_none() && start.instructions.is_empty() {
            return Err(Fault::null(format!(
                "Process '{}' has no default start activity (e.g. none start event), hence you cannot use \
                 'startProcessInstanceBy...' but have to start it using one of the modeled start events (e.g. message start \
                 events): initial is null",
                definition.graph.name.as_deref().unwrap_or("null")
            )));
        }
        if self.host.is_suspended(definition.id) {
            return Err(Fault::new(
                FaultKind::SuspendedEntity,
                format!("ENGINE-03043 Process Definition with id '{}' is suspended.", definition.text_id()),
            ));
        }
        let id = self.t.root;
        let user = self.host.user().map(Arc::from);
        self.add_process_instance(NewInstance {
            id,
            definition: &definition,
            caller: None,
            business_key: start.business_key,
            tenant: start.tenant,
            starter: user,
            activity: if start.instructions.is_empty() { initial } else { None },
        });
        self.t.starting = Some(id);
        self.t.report = Some(id);
        self.t.outcome = Outcome::Started { process_instance: id, ended: false, variables: Variables::default() };
        {
            let scratch = self.scratch_mut(id);
            scratch.skip_listeners = start.skip_custom_listeners;
            scratch.skip_io = start.skip_io_mappings;
        }
        let first = match start.instructions.first() {
            None => initial,
            Some(instruction) => first_activity(&definition.graph, instruction),
        };
        self.history_process_started(id, first, start.restarted, start.case_instance)?;
        if let Some(name) = definition.graph.initiator.clone() {
            let value = self.host.user().map_or(Value::Null, Value::string);
            self.set_variable(id, name, value, false)?;
        }
        self.initialize(id)?;
        self.set_variables(id, start.variables)?;
        if let Some(submitted) = start.form {
            let place = form::submit::Place { execution: id, task: None };
            form::submit::submit(self, place, &definition.graph.start_fields, submitted)?;
        }
        self.create_timers(id, PROCESS)?;
        self.t.starting = None;
        if start.instructions.is_empty() {
            return self.perform(id, Operation::ProcessStart);
        }
        self.change(id, |row| row.activity_instance = Some(id));
        if let Err(thrown) = self.run_listeners(id, PROCESS, "start") {
            return Err(self.fault_of(id, thrown));
        }
        self.instruct(id, start.instructions, start.skip_custom_listeners, start.skip_io_mappings, None)
    }

    /// Starts a called process under a call activity's execution.
    pub(crate) fn start_called(
        &mut self,
        caller: Id,
        definition: &Arc<Definition>,
        variables: Vec<Mapped>,
        business_key: Option<String>,
    ) -> Step {
        let mut depth = 0;
        let mut at = Some(caller);
        while let Some(up) = at {
            depth += 1;
            let instance = self.process_instance(up);
            at = self.execution(instance).super_execution;
        }
        let limit = self.host.settings().max_call_depth;
        if depth > limit {
            return Err(Fault::engine(format!(
                "process '{}' calls deeper than {limit} levels (limit `max_call_depth`): it probably calls itself",
                definition.key
            )));
        }
        let id = self.host.fresh_id();
        self.t.definitions.insert(definition.id, definition.clone());
        let initial = definition.graph.initial.ok_or_else(|| {
            Fault::null(
                "Cannot start process instance, initial activity where the process instance should start is null: \
                 initial is null",
            )
        })?;
        let tenant = self.execution(caller).tenant.as_deref().map(str::to_owned);
        self.add_process_instance(NewInstance {
            id,
            definition,
            caller: Some(caller),
            business_key,
            tenant,
            starter: None,
            activity: Some(initial),
        });
        self.history_called_instance(caller, id);
        self.history_process_started(id, Some(initial), None, None)?;
        self.initialize(id)?;
        self.t.calling = Some(id);
        for Mapped { name, value, transient, .. } in variables {
            self.set_variable(id, name, value, transient)?;
        }
        self.t.calling = None;
        self.create_timers(id, PROCESS)?;
        self.perform(id, Operation::ProcessStart)
    }

    fn add_process_instance(&mut self, new: NewInstance<'_>) {
        let tenant = new.definition.tenant.clone().or_else(|| new.tenant.map(Arc::from));
        let trace = if new.caller.is_none() { self.host.trace().cloned().map(Box::new) } else { None };
        self.t.state.add_execution(Execution {
            id: new.id,
            parent: None,
            process_instance: new.id,
            super_execution: new.caller,
            definition: new.definition.id,
            activity: new.activity,
            activity_instance: Some(new.id),
            is_scope: true,
            is_concurrent: false,
            is_active: true,
            is_event_scope: false,
            suspended: false,
            business_key: new.business_key.map(Arc::from),
            tenant,
            starter: new.starter,
            sequence: 0,
            activity_state: ActivityState::Default,
            trace,
        });
    }

    // -- deleting, suspending ------------------------------------------------------------------------------------------------

    fn delete_instance(&mut self, deletion: &Deletion) -> Step {
        let id = deletion.process_instance;
        if deletion.if_exists && self.t.state.execution(id).is_none() {
            return Ok(());
        }
        if self.t.state.execution(id).is_none_or(|row| row.parent.is_some()) {
            return Err(Fault::bad_request(format!("No process instance found for id '{id}'")));
        }
        // deleting a called instance cancels the call, up to where something else is still running (S-EN-9)
        let mut top = id;
        while let Some(caller) = self.execution(top).super_execution {
            let upper = self.process_instance(caller);
            if self.has_other_work(upper, caller) {
                break;
            }
            top = upper;
        }
        let flags = DeleteFlags {
            skip_listeners: deletion.skip_custom_listeners,
            skip_io: deletion.skip_io_mappings,
            externally_terminated: deletion.externally_terminated,
            skip_subprocesses: deletion.skip_subprocesses,
        };
        let caller = self.execution(top).super_execution;
        self.definition_of(top)?;
        // tasks go before anything else, without their executions
        let tasks = self.t.state.tasks().filter(|task| task.process_instance == Some(top));
        let holders: Vec<Id> = tasks.filter_map(|task| task.execution).collect();
        for execution in holders {
            self.scratch_mut(execution).skip_listeners = flags.skip_listeners;
            self.remove_tasks(execution, deletion.reason.as_deref().filter(|reason| !reason.is_empty()))?;
        }
        self.delete_cascade(top, deletion.reason.as_deref(), Some(flags))?;
        match caller {
            Some(caller) if self.t.state.execution(caller).is_some() => {
                self.cancel_call(caller, deletion.reason.as_deref(), flags)
            }
            _ => Ok(()),
        }
    }

    /// Whether a process instance runs anything beside one execution and its ancestors.
    fn has_other_work(&self, instance: Id, only: Id) -> bool {
        let mut path = vec![only];
        let mut at = self.execution(only).parent;
        while let Some(parent) = at {
            path.push(parent);
            at = self.execution(parent).parent;
        }
        self.t
            .state
            .executions()
            .any(|row| row.process_instance == instance && !row.is_event_scope && !path.contains(&row.id))
    }

    /// A call activity whose called instance was deleted is cancelled.
    fn cancel_call(&mut self, caller: Id, reason: Option<&str>, flags: DeleteFlags) -> Step {
        let parent = self.execution(caller).parent;
        self.delete_cascade(caller, reason, Some(flags))?;
        let mut at = parent;
        while let Some(up) = at {
            let Some(row) = self.t.state.execution(up).cloned() else { return Ok(()) };
            if !row.is_scope && self.t.state.children(up).next().is_none() {
                self.remove(up)?;
                at = row.parent;
                continue;
            }
            return self.prune_last_concurrent_child(up);
        }
        Ok(())
    }

    /// A history event from outside, with what is known only here and now.
    fn completed(&mut self, event: HistoryEvent) -> HistoryEvent {
        match event {
            HistoryEvent::VariableHistoryDeleted(id) => {
                self.t.state.change_variable(id, |row| row.forgotten = true);
                event
            }
            HistoryEvent::Operation(mut shared) => {
                let entry = Arc::make_mut(&mut shared);
                // the entry is recorded behind the command, which has computed the date
                if entry.operation_type == RECALCULATE_DUE_DATE && entry.property.as_deref() == Some("duedate") {
                    let due = entry.job.and_then(|id| self.t.state.job(id)).and_then(|row| row.due);
                    entry.new_value = due.map(|due| due.0.to_string());
                }
                HistoryEvent::Operation(shared)
            }
            other => other,
        }
    }

    fn suspend(&mut self, instance: Id, suspended: bool) -> Step {
        if self.t.state.execution(instance).is_none() {
            return Err(Fault::bad_request(format!("No process instance found for id '{instance}'")));
        }
        // instances that it has called go on
        let state = &self.t.state;
        let executions: Vec<Id> =
            state.executions().filter(|row| row.process_instance == instance).map(|row| row.id).collect();
        let tasks: Vec<Id> =
            state.tasks().filter(|row| row.process_instance == Some(instance)).map(|row| row.id).collect();
        let jobs: Vec<Id> =
            state.jobs().filter(|row| row.process_instance == Some(instance)).map(|row| row.id).collect();
        let external: Vec<Id> =
            state.external_tasks().filter(|row| row.process_instance == instance).map(|row| row.id).collect();
        for id in executions {
            self.change(id, |row| row.suspended = suspended);
        }
        for id in tasks {
            self.t.state.change_task(id, |row| row.suspended = suspended);
        }
        for id in jobs {
            self.t.state.change_job(id, |row| row.suspended = suspended);
        }
        for id in external {
            self.t.state.change_external_task(id, |row| row.suspended = suspended);
        }
        self.history_process_suspended(instance, suspended);
        Ok(())
    }

    fn create_custom_incident(
        &mut self,
        execution: Id,
        kind: &str,
        configuration: Option<String>,
        message: Option<String>,
    ) -> Step {
        if self.t.state.execution(execution).is_none() {
            return Err(Fault::bad_request(format!(
                "Cannot find an execution with executionId '{execution}': execution is null"
            )));
        }
        let definition = self.definition_of(execution)?;
        let activity = self
            .execution(execution)
            .activity
            .map(|node| definition.graph.node(node).id.clone())
            .ok_or_else(|| Fault::bad_request("Execution must be related to an activity: activity is null"))?;
        let id = self.create_incident(NewIncident {
            kind,
            execution: Some(execution),
            message,
            activity: Some(activity.clone()),
            failed_activity: None,
            configuration,
            declaration: None,
            history_configuration: None,
        })?;
        self.t.outcome = Outcome::Created(id);
        Ok(())
    }

    // -- calls -----------------------------------------------------------------------------------------------------------------

    /// The transaction steps aside until a handler has answered.
    pub(crate) fn await_call(&mut self, id: Id, request: DelegateCall) {
        let activity_instance = self.execution(id).activity_instance;
        self.scratch_mut(id).call = Some(Box::new(super::PendingCall { request, activity_instance }));
        self.t.agenda.push(super::Invocation { operation: Operation::Call, execution: id, asynchronous: false });
    }

    /// The answer arrived.
    pub(crate) fn call_answered(&mut self, id: Id, reply: DelegateReply) -> Step {
        let Some(call) = self.scratch_mut(id).call.take() else { return Ok(()) };
        let there = self.t.state.execution(id).is_some_and(|row| row.activity_instance == call.activity_instance);
        if there { behaviour::answered(self, id, reply) } else { Ok(()) }
    }

    /// A handler maps variables into or out of a called process.
    pub(crate) fn delegate_mapping(
        &mut self,
        caller: Id,
        mapping: &Listener,
        output: bool,
        called: Option<Id>,
    ) -> Ran<Vec<(Arc<str>, Value)>> {
        let (name, fields) = match mapping {
            Listener::Class(name, fields) => (name.clone(), fields.clone()),
            Listener::DelegateExpression(expression, fields) => {
                (self.delegate_name(caller, None, expression)?, fields.clone())
            }
            Listener::Expression(_) | Listener::Script(_) => return Ok(Vec::new()),
        };
        if self.host.served(&name) != crate::host::Served::Handler {
            return Err(super::listeners::nobody(&name).into());
        }
        let fields = self.fields(caller, None, &fields)?;
        let source = called.unwrap_or(caller);
        let call = self.delegate_call(source, None, name, DelegateRole::VariableMapping { output }, fields)?;
        let mut reply = self.host.run_delegate(call);
        let variables = std::mem::take(&mut reply.variables);
        self.apply_reply(caller, None, reply)?;
        if output {
            for (name, value, local) in variables {
                if local {
                    self.set_variable_local(caller, Arc::from(name), value, false)?;
                } else {
                    self.set_variable(caller, Arc::from(name), value, false)?;
                }
            }
            return Ok(Vec::new());
        }
        Ok(variables.into_iter().map(|(name, value, _)| (Arc::from(name), value)).collect())
    }

    /// History of a decision that an activity evaluated.
    pub(crate) fn record_decisions(&mut self, id: Id, outcome: &DecisionOutcome) -> Step {
        self.host.count(crate::host::Counted::Decisions(outcome.history.len()));
        if self.host.settings().history_level < crate::history::HistoryLevel::Full {
            return Ok(());
        }
        let definition = self.definition_of(id)?;
        let row = self.execution(id).clone();
        let root = self.host.fresh_id();
        for (at, decision) in outcome.history.iter().enumerate() {
            let mut decision = decision.clone();
            decision.id = if at == 0 { root } else { self.host.fresh_id() };
            decision.root_decision = (at > 0).then_some(root);
            decision.time = self.now();
            for input in &mut decision.inputs {
                input.id = self.host.fresh_id();
            }
            for output in &mut decision.outputs {
                output.id = self.host.fresh_id();
            }
            decision.definition = Some(row.definition);
            decision.process_instance = Some(row.process_instance);
            decision.execution = Some(id);
            decision.activity = row.activity.map(|node| definition.graph.node(node).id.to_string());
            decision.activity_instance = row.activity_instance;
            // in a process it is the instance that belongs to a tenant
            decision.tenant = row.tenant.as_deref().map(str::to_owned);
            self.t.history.push(HistoryEvent::Decision(Arc::new(decision)));
        }
        Ok(())
    }

    /// A token that goes on: neither ended nor inactive.
    pub(crate) fn revive(&mut self, id: Id) {
        self.scratch_mut(id).ended = false;
        self.change(id, |row| row.is_active = true);
    }

    pub(crate) fn todo(&mut self, todo: Todo) -> Step {
        match todo {
            Todo::Command(command) => self.command(command),
            Todo::Dispatch(dispatch) => self.dispatch_next(*dispatch),
            Todo::Instruction(instruction) => self.instruction(*instruction),
            Todo::FinishModification { process_instance, reason, flags } => {
                self.finish_modification(process_instance, reason.as_deref(), flags)
            }
        }
    }
}

/// The activity at which an instance starts by an instruction.
fn first_activity(graph: &ProcessGraph, instruction: &Instruction) -> Option<NodeIx> {
    match instruction {
        Instruction::StartBefore(start) => graph.find(&start.activity),
        Instruction::StartAfter(start) => {
            let node = graph.find(&start.activity)?;
            graph.node(node).outgoing.first().map(|flow| graph.flow(*flow).target)
        }
        Instruction::StartTransition(start) => graph.find_flow(&start.activity).map(|flow| graph.flow(flow).target),
        _ => None,
    }
}

struct NewInstance<'a> {
    id: Id,
    definition: &'a Definition,
    caller: Option<Id>,
    business_key: Option<String>,
    tenant: Option<String>,
    starter: Option<Arc<str>>,
    activity: Option<crate::graph::NodeIx>,
}
