//! One transaction over a root instance: a command, run until every token waits or has ended.
//!
//! The machine follows Camunda's process virtual machine step by step. Two kinds of steps exist, as there:
//! *operations* that may be asynchronous ([`Operation`]) are pushed on the agenda, a stack, and run by [`Transaction::run`]
//! one after the other; everything else is a plain function call. Order of listeners and branches, and what an interrupting
//! event finds, follow from that.
//!
//! Files: `tree` (execution tree), `step` (entering and leaving), `end` (ending and deleting), `variables`, `scope`
//! (expressions), `listeners`, `jobs`, `events` (subscriptions), `errors`, `compensation`, `tasks`, `external`, `history`,
//! `command`, `modify`, `migrate`.

mod cancel;
mod command;
mod compensation;
mod errors;
mod events;
mod external;
mod history;
mod jobs;
pub(crate) mod listeners;
pub(crate) mod mapping;
mod migrate;
mod modify;
mod objects;
pub(crate) mod scope;
pub(crate) mod step;
mod tasks;
mod timers;
mod tree;
mod variables;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use models::{Id, Timestamp, Value};
use rustc_hash::FxHashMap;

use crate::{
    command::{Command, Outcome},
    error::Fault,
    graph::{FlowIx, VariableEventKind},
    history::Events,
    host::{Definition, DelegateCall, DelegateReply, Host},
    state::{Changes, Execution, InstanceState, Variable},
};
pub use jobs::{RetryCycle, render_trace};
pub use scope::NO_SUCH_PROPERTY;

/// A step on the agenda. Only these may become jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Process start listeners, then the initial activity.
    ProcessStart,
    /// Entering an activity without a flow.
    ActivityStartCreateScope,
    /// `take` listeners of the execution's flow.
    TransitionNotifyListenerTake,
    /// Entering the target of the execution's flow.
    TransitionCreateScope,
    /// A handler or connector is to be called.
    Call,
}

#[derive(Clone, Copy, Debug)]
struct Invocation {
    operation: Operation,
    execution: Id,
    /// Becomes a job instead of running.
    asynchronous: bool,
}

/// What only lives within the transaction, per execution.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    transition: Option<FlowIx>,
    transitions_to_take: Option<Vec<FlowIx>>,
    replaced_by: Option<Id>,
    ended: bool,
    removed: bool,
    delete_root: bool,
    delete_reason: Option<Arc<str>>,
    canceled: bool,
    complete_scope: bool,
    skip_listeners: bool,
    skip_io: bool,
    externally_terminated: bool,
    skip_subprocesses: bool,
    end_listeners_failed: bool,
    ignore_async: bool,
    preserve_scope: bool,
    payload: Option<Vec<(Arc<str>, Value)>>,
    call: Option<Box<PendingCall>>,
    event_name: Option<&'static str>,
}

/// What is still to do when the agenda is empty.
#[derive(Clone, Debug)]
pub(crate) enum Todo {
    /// A command.
    Command(Command),
    /// The rest of a dispatch of variable events.
    Dispatch(Box<variables::Dispatch>),
    /// An instruction of a modification.
    Instruction(Box<modify::PendingInstruction>),
    /// The end of a modification: an instance without tokens ends.
    FinishModification { process_instance: Id, reason: Option<String>, flags: cancel::DeleteFlags },
}

/// A handler call that an execution waits for within the transaction.
#[derive(Clone, Debug)]
pub(crate) struct PendingCall {
    request: DelegateCall,
    activity_instance: Option<Id>,
}

/// A variable change that conditional events have not seen yet (S-CE-2).
#[derive(Clone, Debug)]
pub(crate) struct VariableEvent {
    scope: Id,
    name: Arc<str>,
    kind: VariableEventKind,
}

/// A signal to other root instances, delivered in the same commit.
#[derive(Clone, Debug, PartialEq)]
pub struct Broadcast {
    /// Signal name.
    pub name: Arc<str>,
    /// Payload.
    pub variables: Vec<(Arc<str>, Value)>,
    /// Tenant of the thrower.
    pub tenant: Option<Arc<str>>,
    /// Receivers run in jobs.
    pub asynchronous: bool,
    /// Business key of started instances.
    pub business_key: Option<String>,
}

/// A question to the outside world in the middle of a transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The execution that asks.
    pub execution: Id,
    /// What is to run.
    pub request: DelegateCall,
}

/// Where a transaction stands after running.
#[derive(Debug)]
pub enum Progress {
    /// It waits for an answer, still uncommitted: see [`Transaction::reply`].
    Call(Box<Call>),
    /// Every token waits or has ended.
    Done(Box<Commit>),
    /// It failed: the state is as before.
    Failed(Box<Fault>),
}

/// What a transaction leaves behind.
#[derive(Debug)]
pub struct Commit {
    /// The state, changed.
    pub state: InstanceState,
    /// What changed in it.
    pub changes: Changes,
    /// History, in order.
    pub history: Events,
    /// Signals to other root instances.
    pub broadcasts: Vec<Broadcast>,
    /// Ids of sequence flows taken, with the definition of each, in order; only with [`crate::host::Settings::record_flows`].
    pub flows: Vec<(Id, Arc<str>)>,
    /// Answer for the caller.
    pub outcome: Outcome,
}

/// A transaction in progress.
#[derive(Debug)]
pub struct Transaction {
    pub(crate) state: InstanceState,
    root: Id,
    agenda: Vec<Invocation>,
    scratch: FxHashMap<Id, Box<Scratch>>,
    definitions: BTreeMap<Id, Arc<Definition>>,
    history: Events,
    broadcasts: Vec<Broadcast>,
    flows: Vec<(Id, Arc<str>)>,
    delayed: BTreeMap<Id, VecDeque<VariableEvent>>,
    /// Variables that were removed by their names: set again, they go on.
    removed_variables: BTreeMap<(Id, Arc<str>), Variable>,
    outcome: Outcome,
    pending: VecDeque<Todo>,
    waiting: Option<Id>,
    reply: Option<DelegateReply>,
    operations: u64,
    operation_id: Option<Id>,
    /// The process instance whose variables the outcome shows at the end.
    report: Option<Id>,
    failed: bool,
    /// An operation is running: what is performed in it waits on the agenda. Outside, it runs at once.
    operating: bool,
    /// The process instance whose start is under way: its variables are initial.
    starting: Option<Id>,
    /// The called process instance that takes over variables: it has no activity instance yet.
    calling: Option<Id>,
    /// Objects of variables that expressions and scripts work on.
    objects: objects::Objects,
}

impl Transaction {
    /// A transaction of one command over a root instance.
    ///
    /// `root` is the id of the root: for a start, the id the process instance will have.
    pub fn begin(state: InstanceState, root: Id, command: Command) -> Self {
        Self::begin_all(state, root, vec![command])
    }

    /// A transaction of several commands in order: all of them or none.
    pub fn begin_all(state: InstanceState, root: Id, commands: Vec<Command>) -> Self {
        // what the user operation log says of the commands has the operation's id; so do the details of history
        let operation_id = commands.iter().find_map(|command| match command {
            Command::Record(events) => events.iter().find_map(|event| match event {
                crate::history::HistoryEvent::Operation(entry) => Some(entry.operation),
                _ => None,
            }),
            _ => None,
        });
        Self {
            state,
            root,
            agenda: Vec::new(),
            scratch: FxHashMap::default(),
            definitions: BTreeMap::new(),
            history: Events::default(),
            flows: Vec::new(),
            broadcasts: Vec::new(),
            delayed: BTreeMap::new(),
            removed_variables: BTreeMap::new(),
            outcome: Outcome::Done,
            pending: commands.into_iter().map(Todo::Command).collect(),
            waiting: None,
            reply: None,
            operations: 0,
            operation_id,
            report: None,
            failed: false,
            operating: false,
            starting: None,
            calling: None,
            objects: objects::Objects::default(),
        }
    }

    /// The root instance.
    pub fn root(&self) -> Id {
        self.root
    }

    /// Runs until it needs an answer, or is done, or has failed.
    pub fn run(&mut self, host: &mut dyn Host) -> Progress {
        let result = Tx { t: self, host }.run();
        match result {
            Ok(Some(call)) => Progress::Call(Box::new(call)),
            Ok(None) => Progress::Done(Box::new(self.finish())),
            Err(fault) => {
                self.state.rollback();
                self.failed = true;
                Progress::Failed(Box::new(fault))
            }
        }
    }

    /// Answers the [`Call`] that [`Transaction::run`] returned; then run again.
    pub fn reply(&mut self, reply: DelegateReply) {
        self.reply = Some(reply);
    }

    /// Gives up: the state as it was committed last. Also the way to get the state back after a failure.
    pub fn into_state(mut self) -> InstanceState {
        self.state.rollback();
        self.state
    }

    fn finish(&mut self) -> Commit {
        if let Some(instance) = self.report {
            self.report_now(instance);
        }
        if let Outcome::Started { process_instance, ended, .. } = &mut self.outcome {
            *ended = self.state.execution(*process_instance).is_none();
        }
        let changes = self.state.commit();
        Commit {
            state: std::mem::take(&mut self.state),
            changes,
            history: std::mem::take(&mut self.history),
            flows: std::mem::take(&mut self.flows),
            broadcasts: std::mem::take(&mut self.broadcasts),
            outcome: std::mem::take(&mut self.outcome),
        }
    }

    /// Puts the variables of a process instance into the outcome.
    pub(crate) fn report_now(&mut self, instance: Id) {
        self.report = None;
        let variables = self
            .state
            .variables_of(instance)
            .map(|row| crate::command::NamedValue {
                name: row.name.clone(),
                value: row.value.clone(),
                transient: row.transient,
            })
            .collect();
        self.report_variables(variables);
    }

    /// Whether variable events of a process instance wait to be dispatched.
    pub(crate) fn delayed_events(&self, instance: Id) -> bool {
        self.delayed.get(&instance).is_some_and(|events| !events.is_empty())
    }

    /// The flow an execution is on in this transaction.
    pub(crate) fn transition_of(&self, execution: Id) -> Option<FlowIx> {
        self.scratch.get(&execution).and_then(|scratch| scratch.transition)
    }

    fn report_variables(&mut self, values: Vec<crate::command::NamedValue>) {
        let values = crate::command::Variables(values);
        match &mut self.outcome {
            Outcome::Started { variables, .. } => *variables = values,
            outcome => *outcome = Outcome::Variables(values),
        }
    }
}

/// The transaction with its surroundings: what all steps work on.
pub(crate) struct Tx<'a> {
    pub(crate) t: &'a mut Transaction,
    pub(crate) host: &'a mut dyn Host,
}

/// Result of a step.
pub(crate) type Step<T = ()> = Result<T, Fault>;

impl Tx<'_> {
    fn run(&mut self) -> Step<Option<Call>> {
        loop {
            self.t.operating = true;
            if let Some(execution) = self.t.waiting.take() {
                let reply = self.t.reply.take().unwrap_or_default();
                self.call_answered(execution, reply)?;
            }
            while let Some(invocation) = self.t.agenda.pop() {
                self.t.operations += 1;
                if self.t.operations > self.host.settings().max_operations {
                    return Err(Fault::engine(format!(
                        "stopped after {} operations in one transaction: the process loops without a wait state; add an \
                         asynchronous continuation inside the loop, or raise the limit `max_operations`",
                        self.host.settings().max_operations
                    )));
                }
                if invocation.operation == Operation::Call {
                    if let Some(call) = self.scratch_mut(invocation.execution).call.as_ref() {
                        let request = call.request.clone();
                        self.t.waiting = Some(invocation.execution);
                        return Ok(Some(Call { execution: invocation.execution, request }));
                    }
                    continue;
                }
                // the tree may have grown or shrunk since the operation was pushed
                let execution = self.current(invocation.execution);
                if self.t.state.execution(execution).is_none()
                    || self.has_ended_meanwhile(execution, invocation.operation)
                {
                    continue;
                }
                if invocation.asynchronous {
                    self.schedule_async(execution, invocation.operation)?;
                } else {
                    self.perform_now(execution, invocation.operation)?;
                }
            }
            self.t.operating = false;
            let Some(todo) = self.t.pending.pop_front() else {
                self.keep_changed_objects()?;
                self.ensure_nobody_is_orphaned()?;
                return Ok(None);
            };
            self.todo(todo)?;
        }
    }

    /// Refuses to end with executions below one that is gone. In Camunda the foreign keys of `ACT_RU_EXECUTION` do, as what was
    /// deleted is flushed: a scope that ends on behalf of its snapshot for compensation, whose event subprocess a timer has
    /// started, would leave those behind that still run in it.
    fn ensure_nobody_is_orphaned(&self) -> Step {
        for (id, _) in self.t.scratch.iter().filter(|(_, scratch)| scratch.removed) {
            let state = &self.t.state;
            if state.execution(*id).is_none()
                && (state.children(*id).next().is_some() || state.called_instance(*id).is_some())
            {
                return Err(Fault::persistence());
            }
        }
        Ok(())
    }

    /// An interrupted or ended execution neither takes a flow nor starts an activity.
    fn has_ended_meanwhile(&self, execution: Id, operation: Operation) -> bool {
        matches!(operation, Operation::TransitionNotifyListenerTake | Operation::ActivityStartCreateScope)
            && self.scratch(execution).is_some_and(|scratch| scratch.ended)
    }

    /// The transaction's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.host.now()
    }

    /// An execution that must be there.
    ///
    /// # Panics
    /// When it is not: an invariant of the machine is broken.
    pub(crate) fn execution(&self, id: Id) -> &Execution {
        self.t.state.execution(id).unwrap_or_else(|| panic!("execution {id} is not there"))
    }

    pub(crate) fn change(&mut self, id: Id, change: impl FnOnce(&mut Execution)) {
        self.t.state.change_execution(id, change).unwrap_or_else(|| panic!("execution {id} is not there"));
    }

    pub(crate) fn scratch(&self, id: Id) -> Option<&Scratch> {
        self.t.scratch.get(&id).map(|scratch| &**scratch)
    }

    pub(crate) fn scratch_mut(&mut self, id: Id) -> &mut Scratch {
        self.t.scratch.entry(id).or_default()
    }

    /// The definition an execution runs.
    pub(crate) fn definition_of(&mut self, execution: Id) -> Step<Arc<Definition>> {
        let id = self.execution(execution).definition;
        self.definition(id)
    }

    pub(crate) fn definition(&mut self, id: Id) -> Step<Arc<Definition>> {
        if let Some(known) = self.t.definitions.get(&id) {
            return Ok(known.clone());
        }
        let definition = self.host.definition(id)?;
        self.t.definitions.insert(id, definition.clone());
        Ok(definition)
    }

    /// Pushes an operation, as a job where the model says so.
    pub(crate) fn perform(&mut self, execution: Id, operation: Operation) -> Step {
        let asynchronous =
            !self.scratch(execution).is_some_and(|s| s.ignore_async) && self.is_async(execution, operation)?;
        if !asynchronous {
            self.ensure_not_suspended(execution)?;
        }
        self.t.agenda.push(Invocation { operation, execution, asynchronous });
        Ok(())
    }

    /// Refuses to go on with a suspended execution (S-SU).
    pub(crate) fn ensure_not_suspended(&self, execution: Id) -> Step {
        if self.execution(execution).suspended {
            return Err(Fault::new(
                crate::error::FaultKind::SuspendedEntity,
                format!("ENGINE-03043 Execution with id '{execution}' is suspended."),
            ));
        }
        Ok(())
    }

    fn is_async(&mut self, execution: Id, operation: Operation) -> Step<bool> {
        let definition = self.definition_of(execution)?;
        let graph = &definition.graph;
        let activity = self.execution(execution).activity;
        Ok(match operation {
            Operation::ProcessStart | Operation::ActivityStartCreateScope | Operation::TransitionCreateScope => {
                activity.is_some_and(|node| graph.node(node).async_before)
            }
            Operation::TransitionNotifyListenerTake => activity.is_some_and(|node| graph.node(node).async_after),
            Operation::Call => false,
        })
    }

    pub(crate) fn perform_now(&mut self, execution: Id, operation: Operation) -> Step {
        match operation {
            Operation::ProcessStart => self.process_start(execution),
            Operation::ActivityStartCreateScope => self.activity_start_create_scope(execution),
            Operation::TransitionNotifyListenerTake => self.transition_notify_listener_take(execution),
            Operation::TransitionCreateScope => self.transition_create_scope(execution),
            Operation::Call => Ok(()),
        }
    }
}
