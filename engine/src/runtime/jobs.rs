//! The job runner: runs what is due, in order, as many at a time as configured.
//!
//! It never polls: it sleeps until the next due date, a change of jobs, or the end of one.

use std::{
    collections::HashSet,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use engine_core::{
    command::{Command, Outcome, Start},
    error::Fault,
    graph::NodeIx,
    state::{Job, JobKind},
};
use models::{Id, Timestamp};
use parking_lot::{Condvar, Mutex};
use rustc_hash::FxHashMap;

use super::{
    Engine, Shared,
    engine_jobs::Work,
    lane::{Lane, Message},
    meters::Metric,
};
use crate::{pending::Pending, request::Caller, world::World};

/// Longest sleep: a clock that is set forward is noticed by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Jobs that may wait for a handler at the same time. They cost memory, and a thread each if the handler blocks, but nothing
/// else: slow calls must not keep timers from running.
const MOST_CALLS: usize = 4_096;

/// How long a job rests after its first failure in a row, and at most. The retries' own time cycle comes on top.
const SHORTEST_REST: Duration = Duration::from_millis(50);
const LONGEST_REST: Duration = Duration::from_secs(10);

/// What the runner's thread and the rest share.
#[derive(Debug)]
pub(super) struct Runner {
    state: Mutex<State>,
    changed: Condvar,
    concurrency: usize,
}

#[derive(Debug, Default)]
struct State {
    /// Jobs that run, and whether they wait for a handler.
    running: FxHashMap<Id, bool>,
    calling: usize,
    /// Jobs that failed: how often in a row, and until when they rest.
    resting: FxHashMap<Id, (u32, Instant)>,
    woken: bool,
    stopped: bool,
}

impl State {
    fn is_free(&self, job: Id, now: Instant) -> bool {
        !self.running.contains_key(&job) && self.resting.get(&job).is_none_or(|(_, until)| *until <= now)
    }
}

impl Runner {
    pub(super) fn new(concurrency: usize) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), concurrency: concurrency.max(1) }
    }

    /// Jobs have changed.
    pub(super) fn wake(&self) {
        self.state.lock().woken = true;
        self.changed.notify_all();
    }

    pub(super) fn stop(&self) {
        self.state.lock().stopped = true;
        self.changed.notify_all();
    }

    /// A job begins or ends to wait for a handler.
    pub(super) fn calls(&self, job: Id, calling: bool) {
        let mut state = self.state.lock();
        let Some(known) = state.running.get_mut(&job) else { return };
        let before = std::mem::replace(known, calling);
        state.calling = state.calling + usize::from(calling) - usize::from(before);
        state.woken = true;
        self.changed.notify_all();
    }

    fn ended(&self, job: Id, well: bool) {
        let mut state = self.state.lock();
        if state.running.remove(&job) == Some(true) {
            state.calling -= 1;
        }
        if well {
            state.resting.remove(&job);
        } else {
            let now = Instant::now();
            if state.resting.len() > MOST_CALLS {
                // of jobs that are gone for good nobody tells
                state.resting.retain(|_, (_, until)| *until + LONGEST_REST > now);
            }
            let failures = state.resting.get(&job).map_or(0, |(failures, _)| *failures);
            let rest = SHORTEST_REST.saturating_mul(1 << failures.min(16)).min(LONGEST_REST);
            state.resting.insert(job, (failures + 1, now + rest));
        }
        state.woken = true;
        self.changed.notify_all();
    }

    /// How many more jobs may begin: as many as the concurrency allows beside those that wait for handlers.
    fn free(state: &State, concurrency: usize) -> usize {
        if state.calling >= MOST_CALLS {
            return 0;
        }
        concurrency.saturating_sub(state.running.len() - state.calling)
    }

    /// Takes the jobs to begin next, and says when to look again at the latest.
    fn take(&self, world: &World, now: Timestamp) -> (Vec<Id>, Option<Duration>) {
        let mut state = self.state.lock();
        let (free, instant) = (Self::free(&state, self.concurrency), Instant::now());
        let ready = world.runnable_jobs(now).map(|job| job.id);
        let jobs: Vec<Id> = ready.filter(|id| state.is_free(*id, instant)).take(free).collect();
        state.running.extend(jobs.iter().map(|id| (*id, false)));
        let due =
            world.next_due(now).map(|due| Duration::from_millis(u64::try_from(due.0 - now.0).unwrap_or(0).max(1)));
        let rested =
            state.resting.values().filter(|(_, until)| *until > instant).map(|(_, until)| *until - instant).min();
        (jobs, due.into_iter().chain(rested).min())
    }
}

/// The runner's thread.
pub(super) fn run(shared: &Arc<Shared>, lane: &mpsc::Sender<Message>) {
    loop {
        let now = shared.clock.now();
        let (jobs, sleep) = {
            let world = shared.world.read();
            shared.jobs.take(&world, now)
        };
        shared.meters.add(Metric::JobAcquisitionAttempt, 1);
        shared.meters.add(Metric::JobAcquiredSuccess, jobs.len());
        if shared.meters.is_due(now) && lane.send(Message::Run(Box::new(Lane::write_meters))).is_err() {
            return;
        }
        for job in jobs {
            let shared = shared.clone();
            let work = move |lane: &mut Lane| {
                let done: Box<dyn FnOnce(Result<Outcome, Fault>) + Send> = Box::new(move |result| {
                    if let Err(fault) = &result {
                        crate::event_log::job_failed(&shared.world.read(), job, fault);
                    }
                    shared.jobs.ended(job, result.is_ok());
                });
                lane.execute(Command::RunJob(job), Caller::default(), done);
            };
            if lane.send(Message::Run(Box::new(work))).is_err() {
                return;
            }
        }
        let mut state = shared.jobs.state.lock();
        if state.stopped {
            return;
        }
        if !state.woken {
            shared.jobs.changed.wait_for(&mut state, sleep.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP));
        }
        state.woken = false;
        if state.stopped {
            return;
        }
    }
}

/// How a run of all due jobs went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobRun {
    /// Jobs that succeeded.
    pub executed: usize,
    /// Jobs that failed.
    pub failed: usize,
    /// Messages of the failures.
    pub failures: Vec<String>,
}

impl Engine {
    /// Runs a job now.
    pub fn run_job(&self, job: Id, caller: &Caller) -> Pending<Outcome> {
        self.execute(Command::RunJob(job), caller)
    }

    /// Runs the due jobs one after another until none is left, at most `max`; with `once` no job runs twice.
    pub fn run_due_jobs(&self, max: usize, once: bool) -> JobRun {
        let mut run = JobRun::default();
        let mut seen = HashSet::new();
        while run.executed + run.failed < max {
            let now = self.now();
            let next = {
                let world = self.world();
                world.runnable_jobs(now).find(|job| !(once && seen.contains(&job.id))).map(|job| job.id)
            };
            let Some(job) = next else { break };
            seen.insert(job);
            match self.run_job(job, &Caller::default()).wait() {
                Ok(_) => run.executed += 1,
                Err(fault) => {
                    run.failed += 1;
                    run.failures.push(fault.message);
                }
            }
        }
        run
    }

    /// [`Engine::run_due_jobs`] for async callers: executed, failed, messages.
    pub fn run_due_jobs_later(&self, max: usize, once: bool) -> Pending<(usize, usize, Vec<String>)> {
        let (sender, pending) = Pending::channel();
        let engine = self.clone();
        std::thread::spawn(move || {
            let run = engine.run_due_jobs(max, once);
            drop(sender.send(Ok((run.executed, run.failed, run.failures))));
        });
        pending
    }

    /// Stops the engine's clock at a time, or lets it run again: for tests.
    pub fn set_clock(&self, at: Option<Timestamp>) {
        self.inner.shared.clock.set(at);
        self.inner.shared.jobs.wake();
    }

    /// Deletes everything: deployments, instances, history, users. For tests.
    pub fn reset(&self) -> Pending<()> {
        self.lane(|lane, answer| {
            lane.settle();
            let result = lane.reset();
            lane.shared.clock.set(None);
            drop(answer.send(result));
        })
    }
}

impl Lane {
    /// What a job of the engine does.
    pub(super) fn engine_job_work(&mut self, job: &Job) -> Result<Work, Fault> {
        let shared = self.shared.clone();
        match &job.kind {
            JobKind::TimerStart(key, node) => {
                let mut work = Work::default();
                self.follow_up(&mut work, job)?;
                let world = shared.world.read();
                let latest = world.latest_process_definition(key, job.tenant.as_deref());
                let Some(latest) = latest.filter(|row| !row.suspended) else { return Ok(work) };
                let definition = shared.definition_in(&world, latest.id)?;
                // the start event keeps its place in the latest version; without it the version starts as usual
                let known = job
                    .definition
                    .and_then(|id| world.activity_id(id, *node))
                    .and_then(|activity| definition.graph.find(activity));
                let start = Start { definition: latest.id, start_event: known, ..Start::default() };
                work.commands.push((self.ids.fresh(), Command::Start(Box::new(start))));
                Ok(work)
            }
            JobKind::Event(subscription) => {
                // an asynchronous signal to a start event; its payload is lost on the way, as in Camunda (S-SG-1)
                let mut work = Work::default();
                let world = shared.world.read();
                let Some(row) = world.start_subscription(*subscription) else { return Ok(work) };
                let start =
                    Start { definition: row.definition, start_event: Some(NodeIx(row.node)), ..Start::default() };
                work.commands.push((self.ids.fresh(), Command::Start(Box::new(start))));
                Ok(work)
            }
            _ => self.administrative_job(job),
        }
    }

    /// The next firing of a start timer with a cycle, made once for each firing (S-TM-4).
    pub(super) fn follow_up(&mut self, work: &mut Work, job: &Job) -> Result<(), Fault> {
        let Some(repeat) = job.repeat.as_ref().filter(|_| !job.follow_up_created) else { return Ok(()) };
        let shared = self.shared.clone();
        let settings = &shared.options.settings;
        let now = shared.clock.now();
        let next = engine_core::calendar::repeat_due(repeat, now, job.repeat_offset, &settings.time_zone)
            .map_err(Fault::engine)?;
        let Some(due) = next else { return Ok(()) };
        let mut follow_up = job.clone();
        follow_up.due = Some(due);
        follow_up.created = now;
        follow_up.retries = self.retry_cycle_of(job).map_or(settings.default_retries, |cycle| cycle.attempts());
        follow_up.id = self.ids.fresh();
        let definition = shared.world.read().job_definition_of(&follow_up).cloned();
        self.add_engine_job(work, follow_up, definition.as_ref());
        Ok(())
    }
}

/// No job has that id.
pub(super) fn no_job(id: Id) -> Fault {
    Fault::null(format!("No job found with id '{id}': job is null"))
}
