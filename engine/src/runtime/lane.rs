//! The lane: the one thread on which transactions run.
//!
//! It owns the states of root instances, so that nothing needs a lock while a transaction runs and a commit may touch several
//! roots. A transaction that calls a handler is parked; other commands to the same root wait behind it, other roots go on.
//! Commits go to the store in order; [`World`](crate::world::World) sees them, and callers hear of them, when they are
//! durable.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        mpsc::{Receiver, Sender},
    },
};

use engine_core::{
    command::{Command, Outcome, Start},
    error::{Fault, FaultKind},
    history::HistoryEvent,
    host::DelegateReply,
    state::{InstanceState, Snapshot, SubscriptionKind},
    transaction::{Broadcast, Commit, Progress, Transaction},
};
use models::Id;
use store::Op;

use super::{Shared, engine_jobs::Work, host::LaneHost, ids::IdSource, persist};
use crate::{
    request::Caller,
    world::{RecordChange, RootChange, RootedEvent, StartSubscription, World, WorldChange},
};

/// Idle root instances kept in memory.
const SLOTS: usize = 20_000;

/// Something for the lane to do.
pub(super) enum Message {
    /// Work that needs the lane.
    Run(Box<dyn FnOnce(&mut Lane) + Send>),
    /// A handler has answered.
    Reply(Id, DelegateReply),
    /// A commit is durable and published.
    Published(Vec<Id>),
    /// A commit was not stored.
    Lost,
    /// Ends the thread.
    Stop,
}

/// Hears how a transaction ended, once it is durable.
pub(super) type Done = Box<dyn FnOnce(Result<Outcome, Fault>) + Send>;

/// The state of a root instance on the lane.
enum Slot {
    /// Nobody works on it. `unpublished` commits are on their way: it must not be dropped.
    Idle { state: Box<InstanceState>, unpublished: u32 },
    /// Its transaction waits for a handler.
    Parked { unpublished: u32 },
}

/// A transaction that waits for a handler, with what comes after it.
struct Parked {
    transaction: Box<Transaction>,
    caller: Caller,
    now: models::Timestamp,
    job: Option<Id>,
    done: Done,
    behind: VecDeque<Box<dyn FnOnce(&mut Lane) + Send>>,
}

/// The lane's thread.
pub(super) struct Lane {
    pub(super) shared: Arc<Shared>,
    pub(super) sender: Sender<Message>,
    pub(super) ids: IdSource,
    slots: HashMap<Id, Slot>,
    parked: HashMap<Id, Parked>,
    fat: std::collections::HashSet<Id>,
    sequence: u64,
    /// Commits that the store has accepted.
    submitted: u64,
    /// Entries of the user operation log for the work that is under way.
    pub(super) log: Vec<HistoryEvent>,
}

impl Lane {
    pub(super) fn new(shared: Arc<Shared>, sender: Sender<Message>, loaded: &persist::Loaded) -> Self {
        Self {
            shared,
            sender,
            ids: IdSource::new(loaded.greatest_id),
            slots: HashMap::new(),
            parked: HashMap::new(),
            fat: loaded.fat.iter().copied().collect(),
            sequence: loaded.sequence,
            submitted: 0,
            log: Vec::new(),
        }
    }

    pub(super) fn run(mut self, receiver: &Receiver<Message>) {
        while let Ok(message) = receiver.recv() {
            match message {
                Message::Run(work) => work(&mut self),
                Message::Reply(root, reply) => self.resume(root, reply),
                Message::Published(roots) => self.published(&roots),
                Message::Lost => self.lost(),
                Message::Stop => return,
            }
        }
    }

    /// Waits until everything committed so far is published: for work that decides by the read model.
    pub(super) fn settle(&mut self) {
        self.shared.completed.wait_for(self.submitted);
    }

    /// [`Lane::settle`], unless everything is published already.
    pub(super) fn settle_if_busy(&mut self) {
        let busy = self.slots.values().any(|slot| matches!(slot, Slot::Idle { unpublished, .. } if *unpublished > 0));
        if busy {
            self.settle();
        }
    }

    /// [`Lane::settle`], when commits of a root are on their way.
    pub(super) fn settle_root(&mut self, root: Id) {
        if matches!(self.slots.get(&root), Some(Slot::Idle { unpublished, .. }) if *unpublished > 0) {
            self.settle();
        }
    }

    /// Does work after the handler has answered that a root waits for.
    pub(super) fn behind(&mut self, root: Id, work: impl FnOnce(&mut Self) + Send + 'static) {
        match self.parked.get_mut(&root) {
            Some(parked) => parked.behind.push_back(Box::new(work)),
            None => work(self),
        }
    }

    /// Whether a root waits for a handler.
    pub(super) fn is_parked(&self, root: Id) -> bool {
        self.parked.contains_key(&root)
    }

    /// Deletes everything.
    pub(super) fn reset(&mut self) -> Result<(), Fault> {
        let mut ops = Vec::new();
        for entry in self.shared.store.scan(&store::KeyRange::between([1u8], [255u8]), store::Direction::Forward) {
            let (key, _) = entry.map_err(|error| Fault::engine(error.to_string()))?;
            ops.push(Op::delete(key.to_vec()));
        }
        self.shared.store.commit(ops).map_err(|error| store_fault(&error))?;
        self.shared.meters.clear();
        self.slots.clear();
        self.fat.clear();
        *self.shared.world.write() = World::default();
        self.shared.forget();
        Ok(())
    }

    // -- transactions ------------------------------------------------------------------------------------------------------

    /// Runs commands on a root instance in one transaction.
    pub(super) fn transact(&mut self, root: Id, commands: Vec<Command>, caller: Caller, done: Done) {
        self.transact_job(root, commands, caller, None, done);
    }

    fn transact_job(&mut self, root: Id, commands: Vec<Command>, caller: Caller, job: Option<Id>, done: Done) {
        if let Some(parked) = self.parked.get_mut(&root) {
            parked.behind.push_back(Box::new(move |lane| lane.transact_job(root, commands, caller, job, done)));
            return;
        }
        let state = self.checkout(root);
        let now = self.shared.clock.now();
        let transaction = Box::new(Transaction::begin_all(state, root, commands));
        self.step(root, Parked { transaction, caller, now, job, done, behind: VecDeque::new() });
    }

    /// Runs a job, with entries of the user operation log; when it fails, records the failure in a second transaction.
    pub(super) fn run_job(&mut self, root: Id, job: Id, log: Vec<HistoryEvent>, caller: Caller, done: Done) {
        let mut commands = vec![Command::RunJob(job)];
        if !log.is_empty() {
            commands.push(Command::Record(log));
        }
        self.transact_job(root, commands, caller, Some(job), done);
    }

    fn checkout(&mut self, root: Id) -> InstanceState {
        match self.slots.get_mut(&root) {
            Some(Slot::Idle { state, .. }) => std::mem::take(state),
            _ => {
                let state = state_from_world(&self.shared.world.read(), root);
                self.slots.insert(root, Slot::Idle { state: Box::default(), unpublished: 0 });
                state
            }
        }
    }

    fn checkin(&mut self, root: Id, state: InstanceState) {
        if let Some(Slot::Idle { state: place, .. }) = self.slots.get_mut(&root) {
            **place = state;
        }
    }

    fn step(&mut self, root: Id, mut parked: Parked) {
        let shared = self.shared.clone();
        let progress = {
            let mut host = LaneHost { shared: &shared, ids: &mut self.ids, now: parked.now, caller: &parked.caller };
            run_guarded(&mut parked.transaction, &mut host)
        };
        match progress {
            Progress::Call(call) => {
                if let Some(Slot::Idle { unpublished, .. }) = self.slots.get(&root) {
                    let unpublished = *unpublished;
                    self.slots.insert(root, Slot::Parked { unpublished });
                }
                self.parked.insert(root, parked);
                let sender = self.sender.clone();
                shared.call(call.request, move |reply| {
                    // a stopping lane drops the answer: the job runs again after the next start
                    let _ = sender.send(Message::Reply(root, reply));
                });
            }
            Progress::Done(commit) => {
                let Parked { caller, done, behind, now, .. } = parked;
                self.commit(root, *commit, &caller, now, done);
                self.go_on(behind);
            }
            Progress::Failed(fault) => {
                let Parked { transaction, caller, job, done, behind, .. } = parked;
                let state = transaction.into_state();
                self.checkin(root, state);
                if let Some(job) = job {
                    let command = Command::JobFailed { job, fault: fault.clone() };
                    let failed: Done = Box::new(move |recorded| match recorded {
                        Ok(_) => done(Err(*fault)),
                        Err(other) => done(Err(other)),
                    });
                    self.transact_job(root, vec![command], caller, None, failed);
                } else {
                    done(Err(*fault));
                }
                self.go_on(behind);
            }
        }
    }

    fn go_on(&mut self, behind: VecDeque<Box<dyn FnOnce(&mut Self) + Send>>) {
        for work in behind {
            work(self);
        }
    }

    fn resume(&mut self, root: Id, reply: DelegateReply) {
        let Some(mut parked) = self.parked.remove(&root) else { return };
        if let Some(Slot::Parked { unpublished }) = self.slots.get(&root) {
            let unpublished = *unpublished;
            self.slots.insert(root, Slot::Idle { state: Box::default(), unpublished });
        }
        parked.transaction.reply(reply);
        self.step(root, parked);
    }

    // -- committing ----------------------------------------------------------------------------------------------------------

    /// Commits a transaction, with what its signals cause in other roots.
    fn commit(&mut self, root: Id, commit: Commit, caller: &Caller, now: models::Timestamp, done: Done) {
        let mut parts = vec![(root, commit)];
        let mut work = Work::default();
        let mut at = 0;
        while at < parts.len() {
            let broadcasts = std::mem::take(&mut parts[at].1.broadcasts);
            for broadcast in broadcasts {
                if let Err(fault) = self.deliver(&broadcast, caller, now, &mut parts, &mut work) {
                    self.undo(parts);
                    done(Err(fault));
                    return;
                }
            }
            at += 1;
        }
        let outcome = parts[0].1.outcome.clone();
        self.write_with(parts, work.records, work.history, done, outcome);
    }

    /// A part of a joint commit failed: every root is as it was committed last.
    fn undo(&mut self, parts: Vec<(Id, Commit)>) {
        self.log.clear();
        for (root, _) in parts {
            // the states were changed already; the read model has the committed ones once it has caught up
            self.slots.remove(&root);
        }
        self.settle();
    }

    /// Delivers a signal to the subscriptions and start events of other roots; an asynchronous one starts in jobs.
    fn deliver(
        &mut self,
        broadcast: &Broadcast,
        caller: &Caller,
        now: models::Timestamp,
        parts: &mut Vec<(Id, Commit)>,
        work: &mut Work,
    ) -> Result<(), Fault> {
        let (receivers, starts) = {
            let world = self.shared.world.read();
            let thrower = parts[0].0;
            let matches = |tenant: Option<&str>| tenant.is_none() || tenant == broadcast.tenant.as_deref();
            let receivers: Vec<(Id, Id)> = world
                .subscriptions_for(SubscriptionKind::Signal, Some(&broadcast.name))
                .filter(|row| matches(row.tenant.as_deref()))
                .filter(|row| world.execution(row.execution).is_some_and(|e| !e.suspended))
                .filter_map(|row| Some((world.root_of_subscription(row.id)?, row.id)))
                .filter(|(root, _)| *root != thrower)
                .collect();
            let starts: Vec<StartSubscription> = world
                .start_subscriptions_for(SubscriptionKind::Signal, Some(&broadcast.name))
                .filter(|row| matches(row.tenant.as_deref()))
                .filter(|row| world.process_definition(row.definition).is_some_and(|d| !d.suspended))
                .cloned()
                .collect();
            (receivers, starts)
        };
        let variables = || broadcast.variables.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        for (root, subscription) in receivers {
            let command = Command::EventReceived {
                subscription,
                variables: variables(),
                local: Default::default(),
                triggered_scope: Default::default(),
                asynchronous: broadcast.asynchronous,
            };
            match self.part(root, command, caller, now, parts) {
                // it was triggered or cancelled since the index was read
                Err(fault) if fault.kind == FaultKind::OptimisticLocking => {}
                other => other?,
            }
        }
        for row in starts {
            if broadcast.asynchronous {
                self.start_by_event_later(work, &row)?;
                continue;
            }
            let root = self.ids.fresh();
            let start = Start {
                definition: row.definition,
                variables: variables(),
                start_event: Some(engine_core::graph::NodeIx(row.node)),
                business_key: broadcast.business_key.clone(),
                ..Start::default()
            };
            self.part(root, Command::Start(Box::new(start)), caller, now, parts)?;
        }
        Ok(())
    }

    /// Runs a command of a joint commit. Handlers it calls are waited for.
    fn part(
        &mut self,
        root: Id,
        command: Command,
        caller: &Caller,
        now: models::Timestamp,
        parts: &mut Vec<(Id, Commit)>,
    ) -> Result<(), Fault> {
        if self.parked.contains_key(&root) {
            return Err(Fault::new(
                FaultKind::OptimisticLocking,
                format!("ENGINE-03005 process instance {root} is busy with a handler; try again"),
            ));
        }
        let earlier = parts.iter().position(|(known, _)| *known == root);
        let state = match earlier {
            Some(at) => std::mem::take(&mut parts[at].1.state),
            None => self.checkout(root),
        };
        let mut transaction = Transaction::begin(state, root, command);
        let shared = self.shared.clone();
        loop {
            let progress = {
                let mut host = LaneHost { shared: &shared, ids: &mut self.ids, now, caller };
                run_guarded(&mut transaction, &mut host)
            };
            match progress {
                Progress::Call(call) => transaction.reply(shared.run_delegate(call.request)),
                Progress::Failed(fault) => {
                    let state = transaction.into_state();
                    match earlier {
                        Some(at) => parts[at].1.state = state,
                        None => self.checkin(root, state),
                    }
                    return Err(*fault);
                }
                Progress::Done(commit) => {
                    match earlier {
                        Some(at) => {
                            let part = &mut parts[at].1;
                            part.state = commit.state;
                            part.history.extend(commit.history);
                            part.broadcasts.extend(commit.broadcasts);
                            part.flows.extend(commit.flows);
                            part.outcome = commit.outcome;
                            merge(&mut part.changes, commit.changes);
                        }
                        None => parts.push((root, *commit)),
                    }
                    return Ok(());
                }
            }
        }
    }

    /// Several commands on several roots, all or none.
    pub(super) fn transact_many(
        &mut self,
        commands: Vec<(Id, Command)>,
        caller: &Caller,
        records: Vec<RecordChange>,
        done: Box<dyn FnOnce(Result<Vec<Outcome>, Fault>) + Send>,
    ) {
        self.transact_all(Work { commands, records, ..Work::default() }, caller, done);
    }

    /// Commands on several roots, records, and history of no root: all or none.
    pub(super) fn transact_all(
        &mut self,
        work: Work,
        caller: &Caller,
        done: Box<dyn FnOnce(Result<Vec<Outcome>, Fault>) + Send>,
    ) {
        let Work { commands, mut records, mut history } = work;
        let mut more_work = Work::default();
        let now = self.shared.clock.now();
        let mut parts: Vec<(Id, Commit)> = Vec::new();
        let mut outcomes = Vec::new();
        for (root, command) in commands {
            if let Err(fault) = self.part(root, command, caller, now, &mut parts) {
                self.undo(parts);
                done(Err(fault));
                return;
            }
            let at = parts.iter().position(|(known, _)| *known == root).expect("added by the command");
            outcomes.push(parts[at].1.outcome.clone());
            let mut more = std::mem::take(&mut parts[at].1.broadcasts);
            while let Some(broadcast) = more.pop() {
                if let Err(fault) = self.deliver(&broadcast, caller, now, &mut parts, &mut more_work) {
                    self.undo(parts);
                    done(Err(fault));
                    return;
                }
            }
        }
        let all: Done = Box::new(move |result| done(result.map(|_| outcomes)));
        records.extend(more_work.records);
        history.extend(more_work.history);
        self.write_with(parts, records, history, all, Outcome::Done);
    }

    /// Commands of which each may fail for itself: those that do leave nothing, the others are committed together.
    pub(super) fn transact_each(
        &mut self,
        commands: Vec<(Id, Command)>,
        caller: &Caller,
        done: Box<dyn FnOnce(Result<Vec<Option<Outcome>>, Fault>) + Send>,
    ) {
        let now = self.shared.clock.now();
        let mut parts: Vec<(Id, Commit)> = Vec::new();
        let mut outcomes = Vec::with_capacity(commands.len());
        for (root, command) in commands {
            let outcome = match self.part(root, command, caller, now, &mut parts) {
                Ok(()) => parts.iter().find(|(known, _)| *known == root).map(|(_, commit)| commit.outcome.clone()),
                Err(_) => None,
            };
            outcomes.push(outcome);
        }
        let all: Done = Box::new(move |result| done(result.map(|_| outcomes)));
        self.write(parts, Vec::new(), all, Outcome::Done);
    }

    /// Records that belong to no root instance, with history of none.
    pub(super) fn write_records(
        &mut self,
        records: Vec<RecordChange>,
        mut history: Vec<HistoryEvent>,
        done: Box<dyn FnOnce(Result<(), Fault>) + Send>,
    ) {
        history.append(&mut self.log);
        let mut ops: Vec<Op> = records.iter().map(persist::record_op).collect();
        if !history.is_empty() {
            self.sequence += 1;
            ops.push(persist::history_op(None, self.sequence, &history.iter().collect::<Vec<_>>()));
        }
        let history = history.into_iter().map(|event| RootedEvent { root: None, event }).collect();
        let change = WorldChange { records, history, now: Some(self.shared.clock.now()), ..WorldChange::default() };
        self.submit(ops, change, Vec::new(), Box::new(move |result| done(result.map(|_| ()))), Outcome::Done);
    }

    fn write(&mut self, parts: Vec<(Id, Commit)>, records: Vec<RecordChange>, done: Done, outcome: Outcome) {
        self.write_with(parts, records, Vec::new(), done, outcome);
    }

    fn write_with(
        &mut self,
        parts: Vec<(Id, Commit)>,
        mut records: Vec<RecordChange>,
        mut rootless: Vec<HistoryEvent>,
        done: Done,
        outcome: Outcome,
    ) {
        let authorizations = self.authorization_changes(parts.iter().map(|(_, commit)| &commit.changes), &records);
        records.extend(authorizations);
        rootless.append(&mut self.log);
        let mut ops: Vec<Op> = records.iter().map(persist::record_op).collect();
        let mut change = WorldChange { records, now: Some(self.shared.clock.now()), ..WorldChange::default() };
        if !rootless.is_empty() {
            self.sequence += 1;
            ops.push(persist::history_op(None, self.sequence, &rootless.iter().collect::<Vec<_>>()));
            change.history.extend(rootless.into_iter().map(|event| RootedEvent { root: None, event }));
        }
        let mut roots = Vec::with_capacity(parts.len());
        for (root, commit) in parts {
            let Commit { state, changes, history, flows, .. } = commit;
            change.flows.extend(flows);
            let mut fat = self.fat.contains(&root);
            persist::root_ops(root, &state, &changes, &mut fat, &mut ops);
            if fat && !state.is_empty() {
                self.fat.insert(root);
            } else {
                self.fat.remove(&root);
            }
            if !history.is_empty() {
                self.sequence += 1;
                ops.push(persist::history_op(Some(root), self.sequence, &history.iter().collect::<Vec<_>>()));
            }
            change.history.extend(history.into_iter().map(|event| RootedEvent { root: Some(root), event }));
            change.roots.push(RootChange { root, changes });
            match self.slots.get_mut(&root) {
                Some(Slot::Idle { state: place, unpublished }) => {
                    **place = state;
                    *unpublished += 1;
                }
                _ => {
                    self.slots.insert(root, Slot::Idle { state: Box::new(state), unpublished: 1 });
                }
            }
            roots.push(root);
        }
        self.submit(ops, change, roots, done, outcome);
    }

    fn submit(&mut self, ops: Vec<Op>, change: WorldChange, roots: Vec<Id>, done: Done, outcome: Outcome) {
        let shared = self.shared.clone();
        let sender = self.sender.clone();
        // the completion runs once, whether the store accepts the commit or not
        let cell = Arc::new(parking_lot::Mutex::new(Some(done)));
        let late = cell.clone();
        let submitted = self.shared.store.submit(ops, move |result| {
            let Some(done) = late.lock().take() else { return };
            match result {
                Ok(_) => {
                    shared.publish(change);
                    shared.completed.one_more();
                    if !roots.is_empty() {
                        let _ = sender.send(Message::Published(roots));
                    }
                    done(Ok(outcome));
                }
                Err(error) => {
                    shared.completed.one_more();
                    let _ = sender.send(Message::Lost);
                    done(Err(store_fault(&error)));
                }
            }
        });
        match submitted {
            Ok(_) => self.submitted += 1,
            Err(error) => {
                // refused before anything was written
                self.lost();
                if let Some(done) = cell.lock().take() {
                    done(Err(store_fault(&error)));
                }
            }
        }
    }

    /// A commit was not stored: the states on the lane are ahead of the store. They are read again when they are needed.
    fn lost(&mut self) {
        self.settle();
        self.slots.retain(|_, slot| matches!(slot, Slot::Parked { .. }));
    }

    fn published(&mut self, roots: &[Id]) {
        for root in roots {
            let Some(Slot::Idle { state, unpublished }) = self.slots.get_mut(root) else { continue };
            *unpublished = unpublished.saturating_sub(1);
            if *unpublished == 0 && state.is_empty() {
                self.slots.remove(root);
            }
        }
        if self.slots.len() > SLOTS {
            self.slots.retain(|_, slot| !matches!(slot, Slot::Idle { unpublished: 0, .. }));
        }
    }
}

/// Runs a transaction; a panic in it becomes its failure.
fn run_guarded(transaction: &mut Transaction, host: &mut LaneHost<'_>) -> Progress {
    let progress = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| transaction.run(host)));
    progress.unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default();
        Progress::Failed(Box::new(Fault::engine(format!("internal error: {text}"))))
    })
}

fn store_fault(error: &store::CommitError) -> Fault {
    Fault::engine(format!("the change was not stored: {error}"))
}

/// Changes of two transactions of one commit: the first old value, the last value.
fn merge(into: &mut engine_core::state::Changes, more: engine_core::state::Changes) {
    fn one<T: engine_core::state::Entity>(
        into: &mut Vec<engine_core::state::Change<T>>,
        more: Vec<engine_core::state::Change<T>>,
    ) {
        for change in more {
            match into.iter_mut().find(|known| known.id == change.id) {
                Some(known) => known.new = change.new,
                None => into.push(change),
            }
        }
        into.retain(|change| change.old.is_some() || change.new.is_some());
    }
    one(&mut into.executions, more.executions);
    one(&mut into.variables, more.variables);
    one(&mut into.tasks, more.tasks);
    one(&mut into.jobs, more.jobs);
    one(&mut into.subscriptions, more.subscriptions);
    one(&mut into.external_tasks, more.external_tasks);
    one(&mut into.incidents, more.incidents);
}

/// The state of a root instance as the read model has it.
fn state_from_world(world: &World, root: Id) -> InstanceState {
    let mut snapshot = Snapshot::default();
    for instance in world.process_instances_of_root(root) {
        snapshot.executions.extend(world.executions_of(instance).cloned());
        snapshot.variables.extend(world.variables_of_instance(instance).cloned());
        snapshot.tasks.extend(world.tasks_of_instance(instance).cloned());
        snapshot.jobs.extend(world.jobs_of_instance(instance).cloned());
        snapshot.subscriptions.extend(world.subscriptions_of_instance(instance).cloned());
        snapshot.external_tasks.extend(world.external_tasks_of_instance(instance).cloned());
        snapshot.incidents.extend(world.incidents_of_instance(instance).cloned());
    }
    if snapshot.executions.is_empty() {
        if let Some(task) = world.task(root) {
            snapshot.variables.extend(world.variables_of(root).cloned());
            snapshot.tasks.push(task.clone());
        }
    }
    InstanceState::restore(snapshot)
}
