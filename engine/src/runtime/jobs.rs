//! The job runner: runs what is due, as many at a time as configured and as limits allow.
//!
//! It never polls: it sleeps until the next due date, a change of jobs, or the end of one. Which job is next says
//! [`JobQueue`].

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
use rustc_hash::FxHashMap;

use super::{
    Engine, Options, Shared,
    engine_jobs::Work,
    job_queue::{Candidate, JobQueue, Taken, Verdict},
    lane::{Lane, Message},
    limits::{Hold, LimitFigure, Usages},
    meters::Metric,
};
use crate::{pending::Pending, request::Caller, world::World};

/// Longest sleep: a clock that is set forward is noticed by then.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Jobs that wait for handlers at the same time. They cost memory, and a thread each if the handler blocks, but nothing else.
/// With as many, no more of the activities that call begin; all others do: slow calls must not keep timers from running.
pub(super) const MOST_CALLS: usize = 4_096;

/// How long a job rests after its first failure in a row, and at most. The retries' own time cycle comes on top.
const SHORTEST_REST: Duration = Duration::from_millis(50);
const LONGEST_REST: Duration = Duration::from_secs(10);

/// How long jobs wait before the free space is looked at again.
const FULL_DISK_REST: Duration = Duration::from_secs(1);

/// What the runner's thread and the rest share.
#[derive(Debug)]
pub(super) struct Runner {
    state: Mutex<State>,
    changed: Condvar,
    concurrency: usize,
    /// Jobs run by themselves: somebody takes from the queue.
    active: bool,
}

#[derive(Debug, Default)]
struct State {
    queue: JobQueue,
    running: FxHashMap<Id, Running>,
    /// Jobs that wait for a handler, or for another job of their instance that does.
    calling: usize,
    /// How many of these there are of each definition and activity.
    callers: FxHashMap<Activity, usize>,
    definitions: Usages,
    tenants: Usages,
    /// Jobs that failed: how often in a row, and until when they rest.
    resting: FxHashMap<Id, (u32, Duration)>,
    woken: bool,
    stopped: bool,
}

/// A process definition, and the job declaration in it.
type Activity = (Option<Id>, Option<u32>);

/// A job that runs.
#[derive(Debug)]
struct Running {
    /// It waits for a handler.
    calling: bool,
    /// Its turn came again while it ran: a job that stays when it is done.
    again: bool,
    activity: Activity,
    /// The key of its definition, where that is limited.
    key: Option<Arc<str>>,
    tenant: Option<Arc<str>>,
}

/// How the job runner stands, for metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobFigures {
    /// Jobs that are due and wait for their turn.
    pub waiting: usize,
    /// Jobs that run.
    pub running: usize,
    /// Those of them that wait for handlers.
    pub calling: usize,
}

impl Runner {
    pub(super) fn new(options: &Options) -> Self {
        let state = State {
            queue: JobQueue::new(options.job_order),
            definitions: Usages::new(options.limits.definitions.clone()),
            tenants: Usages::new(options.limits.tenants.clone()),
            ..State::default()
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            concurrency: options.job_concurrency.max(1),
            active: options.job_executor,
        }
    }

    /// The clock has changed.
    pub(super) fn wake(&self) {
        self.state.lock().woken = true;
        self.changed.notify_all();
    }

    /// Jobs have changed, or are gone.
    pub(super) fn jobs_changed(&self, candidates: impl IntoIterator<Item = Candidate>) {
        if !self.active {
            return;
        }
        let mut state = self.state.lock();
        candidates.into_iter().for_each(|candidate| state.queue.changed(candidate));
        state.woken = true;
        self.changed.notify_all();
    }

    pub(super) fn stop(&self) {
        self.state.lock().stopped = true;
        self.changed.notify_all();
    }

    /// A job begins or ends to wait for a handler, its own or that of another job of its instance.
    pub(super) fn calls(&self, job: Id, calling: bool) {
        let mut state = self.state.lock();
        let Some(known) = state.running.get_mut(&job) else { return };
        if std::mem::replace(&mut known.calling, calling) == calling {
            return;
        }
        let activity = known.activity;
        state.count_call(activity, calling);
        state.woken = true;
        self.changed.notify_all();
    }

    fn ended(&self, job: Id, well: bool, now: Duration) {
        let mut state = self.state.lock();
        if let Some(Running { calling, again, activity, key, tenant }) = state.running.remove(&job) {
            if again {
                state.queue.delay(job, now);
            }
            if calling {
                state.count_call(activity, false);
            }
            if let Some(key) = key {
                state.definitions.end(&key, now);
            }
            if let Some(tenant) = tenant {
                state.tenants.end(&tenant, now);
            }
        }
        if well {
            state.resting.remove(&job);
        } else {
            if state.resting.len() > MOST_CALLS {
                // of jobs that are gone for good nobody tells
                state.resting.retain(|_, (_, until)| *until + LONGEST_REST > now);
            }
            let failures = state.resting.get(&job).map_or(0, |(failures, _)| *failures);
            let rest = SHORTEST_REST.saturating_mul(1 << failures.min(16)).min(LONGEST_REST);
            state.resting.insert(job, (failures + 1, now + rest));
            state.queue.delay(job, now + rest);
        }
        state.woken = true;
        self.changed.notify_all();
    }

    /// Takes the jobs to begin next, and says when to look again at the latest.
    /// `full`: too little space is free on the disk.
    fn take(&self, world: &World, now: Timestamp, elapsed: Duration, full: bool) -> Taken {
        let mut state = self.state.lock();
        let free = self.concurrency.saturating_sub(state.running.len() - state.calling);
        let mut queue = std::mem::take(&mut state.queue);
        let taken = queue.take(world, now, elapsed, free, |job| match full {
            true => state.begin_on_full_disk(world, job, elapsed),
            false => state.begin(world, job, elapsed),
        });
        state.queue = queue;
        taken
    }

    /// How the runner stands.
    fn figures(&self) -> (JobFigures, Vec<LimitFigure>) {
        let state = self.state.lock();
        let figures = JobFigures { waiting: state.queue.len(), running: state.running.len(), calling: state.calling };
        let mut limits = state.definitions.figures("definition", |_| None);
        limits.extend(state.tenants.figures("tenant", |_| None));
        (figures, limits)
    }
}

impl State {
    /// Whether a job may begin while the disk is nearly full: only what may make room does, the others have to wait.
    fn begin_on_full_disk(&mut self, world: &World, job: &Job, elapsed: Duration) -> Verdict {
        match &job.kind {
            JobKind::HistoryCleanup(_) | JobKind::BatchExecution(..) => self.begin(world, job, elapsed),
            // of the engine's own jobs, those that clean up may stand behind this one
            _ if job.definition.is_none() => Verdict::Rests(elapsed + FULL_DISK_REST),
            _ => Verdict::Held(Some(elapsed + FULL_DISK_REST)),
        }
    }

    fn count_call(&mut self, activity: Activity, begins: bool) {
        let count = self.callers.entry(activity).or_default();
        if begins {
            *count += 1;
            self.calling += 1;
            return;
        }
        *count -= 1;
        self.calling -= 1;
        if *count == 0 {
            self.callers.remove(&activity);
        }
    }

    /// Whether a job may begin; it is counted if it may.
    fn begin(&mut self, world: &World, job: &Job, elapsed: Duration) -> Verdict {
        if let Some(running) = self.running.get_mut(&job.id) {
            running.again = true;
            return Verdict::Runs;
        }
        if let Some((_, until)) = self.resting.get(&job.id).filter(|(_, until)| *until > elapsed) {
            return Verdict::Rests(*until);
        }
        let activity = (job.definition, job.declaration);
        // more of what calls must wait; everything else goes on
        if self.calling >= MOST_CALLS && self.callers.contains_key(&activity) {
            return Verdict::Held(None);
        }
        let key = job.definition.filter(|_| !self.definitions.is_empty());
        let key: Option<Arc<str>> = key.and_then(|id| world.process_definition(id)).map(|row| Arc::from(&*row.key));
        let tenant = job.tenant.clone().filter(|_| !self.tenants.is_empty());
        let checks = [(&key, &mut self.definitions), (&tenant, &mut self.tenants)];
        for (name, usages) in checks {
            if let Some(Err(hold)) = name.as_ref().map(|name| usages.check(name, None, elapsed)) {
                return Verdict::Held(match hold {
                    Hold::Busy => None,
                    Hold::Until(time) => Some(time),
                });
            }
        }
        if let Some(key) = &key {
            self.definitions.begin(key, elapsed);
        }
        if let Some(tenant) = &tenant {
            self.tenants.begin(tenant, elapsed);
        }
        self.running.insert(job.id, Running { calling: false, again: false, activity, key, tenant });
        Verdict::Begin
    }
}

/// The runner's thread.
pub(super) fn run(shared: &Arc<Shared>, lane: &mpsc::Sender<Message>) {
    while let Some(sleep) = round(shared, lane) {
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

/// Gives the lane what may run. Answers when to look again at the latest; `None` when the lane has stopped.
pub(super) fn round(shared: &Arc<Shared>, lane: &mpsc::Sender<Message>) -> Option<Option<Duration>> {
    let now = shared.clock.just_past();
    let Taken { jobs, again } = {
        let world = shared.world.read();
        shared.jobs.take(&world, now, shared.clock.elapsed(), shared.admit_work().is_err())
    };
    shared.meters.add(Metric::JobAcquisitionAttempt, 1);
    shared.meters.add(Metric::JobAcquiredSuccess, jobs.len());
    if shared.meters.is_due(now) {
        lane.send(Message::Run(Box::new(Lane::write_meters))).ok()?;
    }
    for job in jobs {
        let shared = shared.clone();
        let work = move |lane: &mut Lane| {
            let done: Box<dyn FnOnce(Result<Outcome, Fault>) + Send> = Box::new(move |result| {
                if let Err(fault) = &result {
                    crate::event_log::job_failed(&shared.world.read(), job, fault);
                }
                shared.jobs.ended(job, result.is_ok(), shared.clock.elapsed());
            });
            lane.execute(Command::RunJob(job), Caller::default(), done);
        };
        lane.send(Message::Run(Box::new(work))).ok()?;
    }
    Some(again)
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

    /// How the job runner stands.
    pub fn job_figures(&self) -> JobFigures {
        self.inner.shared.jobs.figures().0
    }

    /// How the configured limits of jobs and external tasks stand.
    pub fn limit_figures(&self) -> Vec<LimitFigure> {
        let shared = &self.inner.shared;
        let (_, mut figures) = shared.jobs.figures();
        let now = self.now();
        let world = self.world();
        figures.extend(shared.topics.lock().figures("topic", |topic| Some(world.locked_external_tasks(topic, now))));
        figures
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
        let after = settings.catch_up.after(job.due, now);
        let next = engine_core::calendar::repeat_due(repeat, after, job.repeat_offset, &settings.time_zone)
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
