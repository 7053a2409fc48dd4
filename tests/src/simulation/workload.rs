//! Clients: they send commands without waiting, choose what the read model shows, and hear answers later.

use std::{
    future::Future as _,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use engine_core::command::{
    Command, Deletion, ExternalTaskCommand, JobCommand, Outcome, Start, TaskCommand, Variables,
};
use tollgate::{
    Answered, Begun, Engine, Fault, FaultKind, Id, Pending, Timestamp, Value,
    request::{Batch, Caller, Correlate, FetchAndLock, FetchTopic, Signal},
};

use super::{
    ledger::{BATCH, Fate, Ledger, STAMP},
    machine::Machine,
};
use crate::random::Random;

/// The processes that are started, with how often.
const PROCESSES: [(&str, usize); 5] = [("p", 8), ("mail", 4), ("calls", 4), ("called", 1), ("crowd", 1)];
const LOCK_MS: i64 = 300_000;
/// Longer than any run: keys are not forgotten.
const KEEP_MS: i64 = 1_000 * 24 * 60 * 60 * 1000;

/// External tasks that are locked, until when, and by whom.
///
/// Each request to fetch comes from another worker: whoever holds a task may end its lock early by reporting a failure, and
/// nobody else may.
type Locked = Vec<(Id, Timestamp, String)>;

/// A command that has not been answered.
struct Asked {
    stamp: Option<i64>,
    poll: Box<dyn FnMut(&mut Ledger, &mut Locked) -> Option<Fate>>,
}

pub(super) struct Workload {
    asked: Vec<Asked>,
    locked: Locked,
    /// Starts with idempotency keys, as they were asked: key, stamp, definition.
    keyed: Vec<(String, i64, Id)>,
    number: i64,
    one_in_keyed: usize,
}

impl Workload {
    pub(super) fn new(random: &mut Random) -> Self {
        let one_in_keyed = 1 + random.below(4);
        Self { asked: Vec::new(), locked: Vec::new(), keyed: Vec::new(), number: 0, one_in_keyed }
    }

    pub(super) fn deploy(&mut self, machine: &Machine, name: &str, model: String) {
        self.ask(None, machine.engine.deploy_file(name, model), |_, _, _| ());
    }

    /// Commands that wait for an answer.
    pub(super) fn left(&self) -> usize {
        self.asked.len()
    }

    fn ask<T: Unpin + 'static>(
        &mut self,
        stamp: Option<i64>,
        mut pending: Pending<T>,
        well: impl FnOnce(T, &mut Ledger, &mut Locked) + 'static,
    ) {
        let mut well = Some(well);
        let poll = move |ledger: &mut Ledger, locked: &mut Locked| {
            let Poll::Ready(answer) = Pin::new(&mut pending).poll(&mut Context::from_waker(Waker::noop())) else {
                return None;
            };
            match (answer, well.take()) {
                (Ok(value), Some(well)) => {
                    well(value, ledger, locked);
                    Some(Fate::Acknowledged)
                }
                (Ok(_), None) => None,
                (Err(fault), _) => Some(fate(&fault)),
            }
        };
        self.asked.push(Asked { stamp, poll: Box::new(poll) });
    }

    /// Takes in the answers that have come.
    pub(super) fn listen(&mut self, ledger: &mut Ledger) {
        let locked = &mut self.locked;
        self.asked.retain_mut(|asked| match (asked.poll)(ledger, locked) {
            Some(fate) => {
                ledger.ended(asked.stamp, fate);
                false
            }
            None => true,
        });
    }

    /// The machine has stopped: nobody will answer any more.
    pub(super) fn lose(&mut self, ledger: &mut Ledger) {
        self.listen(ledger);
        self.locked.clear();
        for asked in self.asked.drain(..) {
            ledger.ended(asked.stamp, Fate::Unknown);
        }
    }

    fn stamp(&mut self) -> i64 {
        self.number += 1;
        self.number
    }

    /// Sends some command, and says which.
    pub(super) fn command(&mut self, random: &mut Random, machine: &Machine, ledger: &mut Ledger) -> String {
        let engine = &machine.engine;
        match random.below(28) {
            0..7 => self.start(random, engine, ledger),
            7..12 => self.complete(random, engine),
            12..14 => self.fetch(random, engine),
            14..17 => self.work(random, engine),
            17..20 => self.correlate(random, engine),
            20..22 => self.signal(random, engine),
            22..24 => self.set_variable(random, engine),
            24 => self.retry(random, engine),
            25 => self.repeat(random, engine, ledger),
            26 => self.administer(random, engine),
            _ => self.batch(random, engine),
        }
    }

    fn start(&mut self, random: &mut Random, engine: &Engine, ledger: &mut Ledger) -> String {
        let mut at = random.below(PROCESSES.iter().map(|(_, weight)| weight).sum());
        let found = PROCESSES.iter().find(|(_, weight)| at.checked_sub(*weight).map(|rest| at = rest).is_none());
        let process = found.map_or("p", |(process, _)| process);
        let Some(definition) = engine.read().latest_process_definition(process, None).map(|row| row.id) else {
            return "none".to_owned();
        };
        let stamp = self.stamp();
        if random.one_in(self.one_in_keyed) {
            let key = format!("key {stamp}");
            self.keyed.push((key.clone(), stamp, definition));
            return self.start_once(engine, ledger, &key, stamp, definition);
        }
        let command = start_of(definition, format!("business {}", random.below(6)), stamp);
        self.ask(Some(stamp), engine.execute(command, &Caller::default()), started);
        format!("{stamp}: start {process}")
    }

    /// A start that must have its effect once, however often it is sent.
    fn start_once(&mut self, engine: &Engine, ledger: &mut Ledger, key: &str, stamp: i64, definition: Id) -> String {
        let known = ledger.answers.entry(key.to_owned()).or_default().is_some();
        match engine.begin_once(key, stamp.unsigned_abs()) {
            Ok(Begun::First(_)) if known => ledger.wrong.push(format!("the key {key} was answered, and is not known")),
            Ok(Begun::First(once)) => {
                let once = once.keeping(KEEP_MS).answering(|answered, _| match answered {
                    Answered::Outcomes(outcomes) => answer(outcomes),
                    Answered::Correlated(..) => Vec::new(),
                });
                let caller = Caller { once: Some(once), ..Caller::default() };
                let pending = engine.execute(start_of(definition, key.to_owned(), stamp), &caller);
                let key = key.to_owned();
                self.ask(Some(stamp), pending, move |outcome: Outcome, ledger, locked| {
                    ledger.answered(&key, &answer(std::slice::from_ref(&outcome)));
                    started(outcome, ledger, locked);
                });
            }
            Ok(Begun::Repeated(answer)) => {
                ledger.answered(key, &answer);
                ledger.ended(Some(stamp), Fate::Acknowledged);
            }
            Err(fault) if fault.kind == FaultKind::OptimisticLocking => {}
            Err(fault) => ledger.wrong.push(format!("the key {key} was refused: {fault}")),
        }
        format!("{stamp}: start {key}")
    }

    /// Sends a start with an idempotency key again.
    fn repeat(&mut self, random: &mut Random, engine: &Engine, ledger: &mut Ledger) -> String {
        if self.keyed.is_empty() {
            return "none".to_owned();
        }
        let (key, stamp, definition) = random.pick(&self.keyed).clone();
        self.start_once(engine, ledger, &key, stamp, definition)
    }

    fn complete(&mut self, random: &mut Random, engine: &Engine) -> String {
        let tasks: Vec<Id> = engine.read().tasks().map(|row| row.id).collect();
        if tasks.is_empty() {
            return "none".to_owned();
        }
        let task = *random.pick(&tasks);
        let stamp = self.stamp();
        let variables = vary(random, stamp);
        let command = Command::Task(task, TaskCommand::Complete { variables, local: Variables::default() });
        let pending = engine.execute(command, &Caller::default());
        self.ask(Some(stamp), pending, move |_, ledger, _| ledger.tasks.push(task));
        format!("{stamp}: complete {task}")
    }

    fn fetch(&mut self, random: &mut Random, engine: &Engine) -> String {
        let topics = (0..1 + random.below(3)).map(|n| FetchTopic {
            name: format!("t{n}"),
            lock_ms: LOCK_MS,
            ..FetchTopic::default()
        });
        let topics = topics.collect();
        let max_tasks = 1 + random.below(4);
        let worker = format!("worker {}", self.stamp());
        let request = FetchAndLock { worker: worker.clone(), max_tasks, topics, ..FetchAndLock::default() };
        self.ask(None, engine.fetch_and_lock(request, &Caller::default()), move |found, ledger, locked| {
            for one in found {
                let (id, until) = (one.task.id, one.task.lock_expires.unwrap_or_default());
                if locked.iter().any(|(known, ends, _)| *known == id && ends.0 > until.0 - LOCK_MS) {
                    ledger.wrong.push(format!("the external task {id} was given out twice"));
                }
                locked.retain(|(known, ..)| *known != id);
                locked.push((id, until, worker.clone()));
            }
        });
        "fetch".to_owned()
    }

    fn work(&mut self, random: &mut Random, engine: &Engine) -> String {
        if self.locked.is_empty() {
            return "none".to_owned();
        }
        let (task, _, worker) = self.locked.swap_remove(random.below(self.locked.len()));
        let stamp = self.stamp();
        let local = Variables::default();
        let variables = vary(random, stamp);
        let command = match random.below(4) {
            0 => ExternalTaskCommand::BpmnError {
                worker,
                code: format!("E{}", random.below(3)),
                message: None,
                variables,
            },
            1 => ExternalTaskCommand::Failure {
                worker,
                message: Some("no".to_owned()),
                details: None,
                retries: i32::from(random.one_in(2)),
                retry_timeout_ms: 60_000,
                variables,
                local,
            },
            _ => ExternalTaskCommand::Complete { worker, variables, local },
        };
        let completes = matches!(command, ExternalTaskCommand::Complete { .. });
        let pending = engine.execute(Command::ExternalTask(task, command), &Caller::default());
        self.ask(Some(stamp), pending, move |_, ledger, _| {
            if completes {
                ledger.externals.push(task);
            }
        });
        format!("{stamp}: work on {task}")
    }

    fn correlate(&mut self, random: &mut Random, engine: &Engine) -> String {
        let stamp = self.stamp();
        let request = if random.one_in(2) {
            let business_key = Some(format!("business {}", random.below(6)));
            Correlate { name: Some("letter".to_owned()), business_key, ..Correlate::default() }
        } else {
            let name = Some(format!("msg{}", random.below(3)));
            Correlate { name, process_instance: an_instance(random, engine), ..Correlate::default() }
        };
        let request = Correlate { variables: vary(random, stamp), ..request };
        self.ask(Some(stamp), engine.correlate(request, &Caller::default()), |_, _, _| ());
        format!("{stamp}: correlate")
    }

    fn signal(&mut self, random: &mut Random, engine: &Engine) -> String {
        let request = Signal { name: format!("sig{}", random.below(3)), ..Signal::default() };
        let name = request.name.clone();
        self.ask(None, engine.signal(request, &Caller::default()), |_, _, _| ());
        format!("signal {name}")
    }

    fn set_variable(&mut self, random: &mut Random, engine: &Engine) -> String {
        let Some(execution) = an_instance(random, engine) else { return "none".to_owned() };
        let stamp = self.stamp();
        let variables = vary(random, stamp);
        let command = Command::SetVariables { execution, variables, local: true, deletions: Vec::new(), patch: false };
        self.ask(Some(stamp), engine.execute(command, &Caller::default()), |_, _, _| ());
        format!("{stamp}: set variables of {execution}")
    }

    /// Gives a job another try that has none left.
    fn retry(&mut self, random: &mut Random, engine: &Engine) -> String {
        let failed: Vec<Id> = engine.read().jobs().filter(|row| row.retries == 0).map(|row| row.id).collect();
        if failed.is_empty() {
            return "none".to_owned();
        }
        let job = *random.pick(&failed);
        let command = Command::Job(job, JobCommand::SetRetries(1, None));
        self.ask(None, engine.execute(command, &Caller::default()), |_, _, _| ());
        format!("retry {job}")
    }

    fn administer(&mut self, random: &mut Random, engine: &Engine) -> String {
        let Some(process_instance) = an_instance(random, engine) else { return "none".to_owned() };
        if random.one_in(3) {
            let deletion = Deletion {
                process_instance,
                reason: Some("enough".to_owned()),
                skip_custom_listeners: false,
                externally_terminated: true,
                skip_io_mappings: false,
                skip_subprocesses: false,
                if_exists: false,
            };
            let pending = engine.execute(Command::Delete(Box::new(deletion)), &Caller::default());
            self.ask(None, pending, move |_, ledger, _| ledger.deleted.push(process_instance));
            return format!("delete {process_instance}");
        }
        let suspended = random.one_in(2);
        let command = Command::Suspend { process_instance, suspended };
        self.ask(None, engine.execute(command, &Caller::default()), |_, _, _| ());
        format!("suspend {process_instance}: {suspended}")
    }

    fn batch(&mut self, random: &mut Random, engine: &Engine) -> String {
        let mut instances: Vec<Id> = (0..5).filter_map(|_| an_instance(random, engine)).collect();
        instances.sort_unstable();
        instances.dedup();
        if instances.is_empty() {
            return "none".to_owned();
        }
        let number = self.stamp();
        let text = format!("batch {number} of {} instances", instances.len());
        let batch = match random.below(4) {
            0 => Batch::SuspendInstances { instances, suspended: random.one_in(3) },
            1 => Batch::DeleteInstances {
                instances,
                reason: None,
                skip_custom_listeners: false,
                skip_io_mappings: false,
                skip_subprocesses: false,
            },
            _ => {
                let variables = [(BATCH, Value::Long(number))].into_iter().collect();
                Batch::SetVariables { instances, variables }
            }
        };
        self.ask(None, engine.batch(batch, &Caller::default()), |_, _, _| ());
        text
    }

    /// Lets everything that waits for a client go on.
    pub(super) fn go_on(&mut self, machine: &Machine, ledger: &mut Ledger, round: usize) {
        self.listen(ledger);
        let engine = &machine.engine;
        let caller = Caller::default();
        let (tasks, instances): (Vec<Id>, Vec<Id>) = {
            let world = engine.read();
            let instances = world.executions().filter(|row| row.parent.is_none());
            (world.tasks().map(|row| row.id).collect(), instances.map(|row| row.id).collect())
        };
        if round == 0 {
            for process_instance in instances {
                let command = Command::Suspend { process_instance, suspended: false };
                self.ask(None, engine.execute(command, &caller), |_, _, _| ());
            }
        }
        for task in tasks {
            let stamp = self.stamp();
            let variables = [(STAMP, Value::Long(stamp))].into_iter().collect();
            let command = Command::Task(task, TaskCommand::Complete { variables, local: Variables::default() });
            let pending = engine.execute(command, &caller);
            self.ask(Some(stamp), pending, move |_, ledger, _| ledger.tasks.push(task));
        }
    }
}

/// What a fault says of the command's effect.
fn fate(fault: &Fault) -> Fate {
    let unknown = fault.message.contains("must be reopened") || fault.message.contains("the engine is stopping");
    if unknown { Fate::Unknown } else { Fate::Refused }
}

fn started(outcome: Outcome, ledger: &mut Ledger, _: &mut Locked) {
    if let Outcome::Started { process_instance, .. } = outcome {
        ledger.started.push(process_instance);
    }
}

fn answer(outcomes: &[Outcome]) -> Vec<u8> {
    match outcomes.first() {
        Some(Outcome::Started { process_instance, .. }) => process_instance.to_string().into_bytes(),
        other => format!("{other:?}").into_bytes(),
    }
}

fn start_of(definition: Id, business_key: String, stamp: i64) -> Command {
    let numbers = ["v0", "v1", "v2"].map(|name| (name, Value::from(0)));
    let variables = numbers.into_iter().chain([(STAMP, Value::Long(stamp))]).collect();
    Command::Start(Box::new(Start { definition, business_key: Some(business_key), variables, ..Start::default() }))
}

/// A stamp, and at times a variable that the random model looks at.
fn vary(random: &mut Random, stamp: i64) -> Variables {
    let mut variables: Variables = [(STAMP, Value::Long(stamp))].into_iter().collect();
    if random.one_in(3) {
        let name = format!("v{}", random.below(3));
        variables.set(name, Value::from(i32::try_from(random.below(4)).unwrap_or_default()));
    }
    variables
}

fn an_instance(random: &mut Random, engine: &Engine) -> Option<Id> {
    let world = engine.read();
    let instances: Vec<Id> = world.executions().filter(|row| row.parent.is_none()).map(|row| row.id).collect();
    (!instances.is_empty()).then(|| *random.pick(&instances))
}
