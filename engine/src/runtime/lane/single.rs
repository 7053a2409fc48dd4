//! Transactions of one root instance.

use std::collections::VecDeque;

use engine_core::{
    command::Command,
    history::HistoryEvent,
    host::DelegateReply,
    transaction::{Progress, Transaction},
};
use models::{Id, Timestamp};

use super::{Done, Lane, Message, Slot};
use crate::{request::Caller, runtime::meters::Metric};

/// A transaction that waits for a handler, with what comes after it.
pub(super) struct Parked {
    transaction: Box<Transaction>,
    caller: Caller,
    now: Timestamp,
    job: Option<Id>,
    done: Done,
    behind: VecDeque<Box<dyn FnOnce(&mut Lane) + Send>>,
}

impl Lane {
    /// Runs commands on a root instance in one transaction.
    pub(in super::super) fn transact(&mut self, root: Id, commands: Vec<Command>, caller: Caller, done: Done) {
        self.transact_job(root, commands, caller, None, done);
    }

    /// Runs a job, with entries of the user operation log; when it fails, records the failure in a second transaction.
    pub(in super::super) fn run_job(&mut self, root: Id, job: Id, log: Vec<HistoryEvent>, caller: Caller, done: Done) {
        let mut commands = vec![Command::RunJob(job)];
        if !log.is_empty() {
            commands.push(Command::Record(log));
        }
        let shared = self.shared.clone();
        let done: Done = Box::new(move |result| {
            if result.is_ok() {
                shared.meters.add(Metric::JobSuccessful, 1);
            }
            done(result);
        });
        self.transact_job(root, commands, caller, Some(job), done);
    }

    /// Does work after the handler has answered that a root waits for.
    pub(in super::super) fn behind(&mut self, root: Id, work: impl FnOnce(&mut Self) + Send + 'static) {
        match self.parked.get_mut(&root) {
            Some(parked) => parked.behind.push_back(Box::new(work)),
            None => work(self),
        }
    }

    fn transact_job(&mut self, root: Id, commands: Vec<Command>, caller: Caller, job: Option<Id>, done: Done) {
        if let Some(parked) = self.parked.get_mut(&root) {
            // it waits for a handler as well, if not its own
            if let Some(job) = job {
                self.shared.jobs.calls(job, true);
            }
            parked.behind.push_back(Box::new(move |lane| lane.transact_job(root, commands, caller, job, done)));
            return;
        }
        let state = match commands.first() {
            Some(Command::Start(_) | Command::CreateTask(_)) => self.checkout_fresh(root),
            _ => self.checkout(root),
        };
        if let Some(job) = job {
            self.shared.jobs.calls(job, false);
        }
        let now = self.shared.clock.now();
        let transaction = Box::new(Transaction::begin_all(state, root, commands));
        self.step(root, Parked { transaction, caller, now, job, done, behind: VecDeque::new() });
    }

    fn step(&mut self, root: Id, mut parked: Parked) {
        match self.advance(&mut parked.transaction, parked.now, &parked.caller) {
            Progress::Call(call) => {
                if let Some(Slot::Idle { unpublished, .. }) = self.slots.get(&root) {
                    let unpublished = *unpublished;
                    self.slots.insert(root, Slot::Parked { unpublished });
                }
                if let Some(job) = parked.job {
                    self.shared.jobs.calls(job, true);
                }
                let request = parked.caller.request.clone();
                self.parked.insert(root, parked);
                let sender = self.sender.clone();
                self.shared.call(call.request, request.as_deref(), move |reply| {
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
                    super::joint::failed(&caller);
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

    pub(super) fn resume(&mut self, root: Id, reply: DelegateReply) {
        let Some(mut parked) = self.parked.remove(&root) else { return };
        if let Some(Slot::Parked { unpublished }) = self.slots.get(&root) {
            let unpublished = *unpublished;
            self.slots.insert(root, Slot::Idle { state: Box::default(), unpublished });
        }
        if let Some(job) = parked.job {
            self.shared.jobs.calls(job, false);
        }
        parked.transaction.reply(reply);
        self.step(root, parked);
    }
}
