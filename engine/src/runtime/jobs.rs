//! The job runner: runs what is due, in order, as many at a time as configured.
//!
//! It never polls: it sleeps until the next due date, a change of jobs, or the end of one.

use std::{
    collections::HashSet,
    sync::{Arc, mpsc},
    time::Duration,
};

use engine_core::{
    command::{Command, Outcome, Start},
    error::Fault,
    graph::NodeIx,
    state::{Job, JobKind},
};
use models::{Id, Timestamp};
use parking_lot::{Condvar, Mutex};

use super::{
    Engine, Shared,
    engine_jobs::Work,
    lane::{Lane, Message},
    meters::Metric,
};
use crate::{pending::Pending, request::Caller};

/// Longest sleep: a clock that is set forward is noticed by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What the runner's thread and the rest share.
#[derive(Debug)]
pub(super) struct Runner {
    state: Mutex<State>,
    changed: Condvar,
    concurrency: usize,
}

#[derive(Debug, Default)]
struct State {
    running: HashSet<Id>,
    woken: bool,
    stopped: bool,
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

    fn ended(&self, job: Id) {
        let mut state = self.state.lock();
        state.running.remove(&job);
        state.woken = true;
        self.changed.notify_all();
    }
}

/// The runner's thread.
pub(super) fn run(shared: &Arc<Shared>, lane: &mpsc::Sender<Message>) {
    loop {
        let now = shared.clock.now();
        let (jobs, next) = {
            let world = shared.world.read();
            let state = shared.jobs.state.lock();
            let free = shared.jobs.concurrency.saturating_sub(state.running.len());
            let jobs: Vec<Id> = world
                .runnable_jobs(now)
                .map(|job| job.id)
                .filter(|id| !state.running.contains(id))
                .take(free)
                .collect();
            (jobs, world.next_due(now))
        };
        shared.meters.add(Metric::JobAcquisitionAttempt, 1);
        shared.meters.add(Metric::JobAcquiredSuccess, jobs.len());
        if shared.meters.is_due(now) && lane.send(Message::Run(Box::new(Lane::write_meters))).is_err() {
            return;
        }
        for job in &jobs {
            shared.jobs.state.lock().running.insert(*job);
            let (job, shared) = (*job, shared.clone());
            let work = move |lane: &mut Lane| {
                let done: Box<dyn FnOnce(Result<Outcome, Fault>) + Send> = Box::new(move |result| {
                    if let Err(fault) = result {
                        tracing::warn!(job = %job, "job failed: {fault}");
                    }
                    shared.jobs.ended(job);
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
            let sleep = match next {
                Some(due) => {
                    let ms = u64::try_from(due.0 - shared.clock.now().0).unwrap_or(0).max(1);
                    Duration::from_millis(ms).min(LONGEST_SLEEP)
                }
                None => LONGEST_SLEEP,
            };
            shared.jobs.changed.wait_for(&mut state, sleep);
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
        let next = engine_core::transaction::repeat_due(repeat, now, job.repeat_offset, &settings.time_zone)
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
