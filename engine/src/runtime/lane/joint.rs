//! Transactions of several root instances that are committed together: all of them or none.

use engine_core::{
    command::{Command, Outcome, Start},
    error::{Fault, FaultKind},
    state::SubscriptionKind,
    transaction::{Broadcast, Commit, Progress, Transaction},
};
use models::{Id, Timestamp};

use super::{Done, Lane};
use crate::{
    request::Caller,
    runtime::{engine_jobs::Work, once::Once},
    world::{RecordChange, StartSubscription},
};

/// What is written so that a request with a key has its effect once; the key is held until the commit is published.
fn remember(
    caller: &Caller,
    outcomes: &[Outcome],
    parts: &[(Id, Commit)],
    now: Timestamp,
) -> (Vec<RecordChange>, Option<Once>) {
    let Some(once) = &caller.once else { return (Vec::new(), None) };
    let exists = |id| parts.iter().any(|(_, commit)| commit.state.execution(id).is_some());
    (once.records(outcomes, &exists, now), Some(once.clone()))
}

/// [`remember`] for one outcome.
fn once(
    caller: &Caller,
    outcomes: &[Outcome],
    parts: &[(Id, Commit)],
    now: Timestamp,
    done: Done,
) -> (Vec<RecordChange>, Done) {
    let (records, hold) = remember(caller, outcomes, parts, now);
    let Some(hold) = hold else { return (records, done) };
    let holding: Done = Box::new(move |result| {
        hold.done();
        done(result);
    });
    (records, holding)
}

/// A request that failed is not remembered: it may be sent again.
pub(super) fn failed(caller: &Caller) {
    if let Some(once) = &caller.once {
        once.done();
    }
}

impl Lane {
    /// Commits a transaction, with what its signals cause in other roots.
    pub(super) fn commit(&mut self, root: Id, commit: Commit, caller: &Caller, now: Timestamp, done: Done) {
        let mut parts = vec![(root, commit)];
        let mut work = Work::default();
        let mut at = 0;
        while at < parts.len() {
            let broadcasts = std::mem::take(&mut parts[at].1.broadcasts);
            for broadcast in broadcasts {
                if let Err(fault) = self.deliver(&broadcast, caller, now, &mut parts, &mut work) {
                    self.undo(parts);
                    failed(caller);
                    done(Err(fault));
                    return;
                }
            }
            at += 1;
        }
        let outcome = parts[0].1.outcome.clone();
        let (remembered, done) = once(caller, std::slice::from_ref(&outcome), &parts, now, done);
        work.records.extend(remembered);
        self.write(parts, work.records, work.history, caller, done, outcome);
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
        now: Timestamp,
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
        now: Timestamp,
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
        loop {
            match self.advance(&mut transaction, now, caller) {
                Progress::Call(call) => transaction.reply(self.shared.run_delegate(call.request)),
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
                            part.history.append(commit.history);
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
    pub(in super::super) fn transact_many(
        &mut self,
        commands: Vec<(Id, Command)>,
        caller: &Caller,
        records: Vec<RecordChange>,
        done: Box<dyn FnOnce(Result<Vec<Outcome>, Fault>) + Send>,
    ) {
        self.transact_all(Work { commands, records, ..Work::default() }, caller, done);
    }

    /// Commands on several roots, records, and history of no root: all or none.
    pub(in super::super) fn transact_all(
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
                failed(caller);
                done(Err(fault));
                return;
            }
            let at = parts.iter().position(|(known, _)| *known == root).expect("added by the command");
            outcomes.push(parts[at].1.outcome.clone());
            let mut more = std::mem::take(&mut parts[at].1.broadcasts);
            while let Some(broadcast) = more.pop() {
                if let Err(fault) = self.deliver(&broadcast, caller, now, &mut parts, &mut more_work) {
                    self.undo(parts);
                    failed(caller);
                    done(Err(fault));
                    return;
                }
            }
        }
        let (remembered, hold) = remember(caller, &outcomes, &parts, now);
        records.extend(remembered);
        let all: Done = Box::new(move |result| {
            // what is remembered is published: who hears of it may ask again at once
            if let Some(once) = hold {
                once.done();
            }
            done(result.map(|_| outcomes));
        });
        records.extend(more_work.records);
        history.extend(more_work.history);
        self.write(parts, records, history, caller, all, Outcome::Done);
    }

    /// Commands of which each may fail for itself: those that do leave nothing, the others are committed together.
    pub(in super::super) fn transact_each(
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
        self.write(parts, Vec::new(), Vec::new(), caller, all, Outcome::Done);
    }
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
