//! Clean-up of history whose time is over (E-395).
//!
//! History has a removal time: base time plus the time to live of the definition. The clean-up jobs, which never end, remove
//! what is due in portions, each in a transaction of its own, within a daily window or when asked.

mod at_once;
mod due;

use std::collections::BTreeMap;

use engine_core::{
    command::Command,
    error::Fault,
    history::HistoryEvent,
    host::RemovalTimeStrategy,
    state::{CleanUpJob, Job, JobKind},
};
use jiff::{Zoned, civil::Time};
use models::{Id, Timestamp};

use super::{Engine, Shared, engine_jobs::Work, lane::Lane, meters::Metric};
use crate::{
    pending::Pending,
    request::{Caller, CleanUp},
    world::{Record, RemovalTimeChoice, RemovalTimeOwner, World},
};

/// Seconds until a clean-up that found nothing looks again within its window; doubled each time, up to an hour.
const START_DELAY: i64 = 10;
const MAX_DELAY: i64 = 60 * 60;

/// A daily span of time in the engine's time zone. An end before the start is on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From.
    pub start: Time,
    /// Until.
    pub end: Time,
}

/// What the clean-up goes by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CleanUpStrategy {
    /// The removal times that history has.
    #[default]
    RemovalTime,
    /// The end of what it is about, with the time to live that its definition has then. Decisions go by their evaluation, those
    /// of process instances as well.
    EndTime,
}

/// When and how history is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanUpOptions {
    /// Clean-up can be asked for at all.
    pub enabled: bool,
    /// What it goes by.
    pub strategy: CleanUpStrategy,
    /// The daily window; `None`: only when asked.
    pub window: Option<Window>,
    /// Windows of single days of the week, 1 is Monday.
    pub weekdays: BTreeMap<i8, Window>,
    /// Process instances, decisions or batches removed in one transaction.
    pub batch_size: usize,
    /// By end time: a job that removed at least so many runs again at once.
    pub batch_threshold: usize,
    /// Number of clean-up jobs, 1 to 8; each removes what is due in its share of the minutes of an hour.
    pub degree_of_parallelism: u8,
}

impl Default for CleanUpOptions {
    fn default() -> Self {
        Self {
            enabled: true,
            strategy: CleanUpStrategy::default(),
            window: None,
            weekdays: BTreeMap::new(),
            batch_size: 500,
            batch_threshold: 10,
            degree_of_parallelism: 1,
        }
    }
}

/// A span of time in which history is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CleanUpWindow {
    /// From.
    pub start: Timestamp,
    /// Until.
    pub end: Timestamp,
}

impl CleanUpWindow {
    fn contains(self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

impl CleanUpOptions {
    fn has_window(&self) -> bool {
        self.window.is_some() || !self.weekdays.is_empty()
    }

    /// The window that begins on the day of a time.
    fn of_day(&self, day: &Zoned) -> Option<CleanUpWindow> {
        let window = self.weekdays.get(&day.weekday().to_monday_one_offset()).copied().or(self.window)?;
        let start = day.with().time(window.start).build().ok()?;
        let mut end = day.with().time(window.end).build().ok()?;
        if end <= start {
            end = end.tomorrow().ok()?;
        }
        let at = |zoned: &Zoned| Timestamp(zoned.timestamp().as_millisecond());
        Some(CleanUpWindow { start: at(&start), end: at(&end) })
    }

    /// The window that a time is in, or the next.
    pub(super) fn current_or_next(&self, now: Timestamp, zone: &str) -> Option<CleanUpWindow> {
        let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let today = jiff::Timestamp::from_millisecond(now.0).ok()?.to_zoned(zone);
        let mut day = today.yesterday().ok()?;
        for _ in 0..9 {
            if let Some(window) = self.of_day(&day).filter(|window| now < window.end) {
                return Some(window);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The first window that begins after a time.
    fn next(&self, now: Timestamp, zone: &str) -> Option<CleanUpWindow> {
        let window = self.current_or_next(now, zone)?;
        if window.start > now { Some(window) } else { self.current_or_next(window.end, zone) }
    }

    /// Shares of the minutes of an hour, one for each job.
    fn shares(&self) -> Vec<(u8, u8)> {
        let count = self.degree_of_parallelism.clamp(1, 8);
        let each = 60 / count;
        (0..count).map(|at| (at * each, if at + 1 == count { 59 } else { (at + 1) * each - 1 })).collect()
    }
}

impl Engine {
    /// Schedules the clean-up of history. Answers the ids of the clean-up jobs.
    pub fn clean_up(&self, request: CleanUp, caller: &Caller) -> Pending<Vec<Id>> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            lane.settle();
            let permitted = lane.permit(&caller, |rights| rights.admin());
            match permitted.and_then(|()| lane.schedule_clean_up(request.immediately)) {
                Err(fault) => drop(answer.send(Err(fault))),
                Ok((ids, work)) => {
                    lane.note([crate::audit::cleaned_up(request.immediately)], &caller);
                    lane.transact_all(work, &caller, Box::new(move |result| drop(answer.send(result.map(|_| ids)))))
                }
            }
        })
    }

    /// Sets the clean-up jobs to the window of this start's options.
    pub(super) fn arrange_clean_up(&self) {
        let options = &self.inner.shared.options.clean_up;
        let wanted = options.enabled && (options.has_window() || clean_up_jobs(&self.world()).next().is_some());
        if !wanted {
            return;
        }
        // the lane carries it out in any case
        drop(self.clean_up(CleanUp { immediately: false }, &Caller::default()));
    }

    /// The window in which history is removed: the current, or the next.
    pub fn clean_up_window(&self) -> Option<CleanUpWindow> {
        let shared = &self.inner.shared;
        shared.options.clean_up.current_or_next(shared.clock.now(), &shared.options.settings.time_zone)
    }

    /// What the clean-up of history goes by.
    pub fn clean_up_strategy(&self) -> CleanUpStrategy {
        self.inner.shared.options.clean_up.strategy
    }

    /// Days that the history of batches of a type is kept after their end.
    pub fn batch_time_to_live(&self, kind: &str) -> Option<i32> {
        self.inner.shared.options.batches.time_to_live(kind)
    }

    /// Whether history can be cleaned up.
    pub fn clean_up_enabled(&self) -> bool {
        self.inner.shared.options.clean_up.enabled
    }
}

impl Lane {
    /// Makes the clean-up jobs, or sets those there are.
    pub(super) fn schedule_clean_up(&mut self, immediately: bool) -> Result<(Vec<Id>, Work), Fault> {
        let shared = self.shared.clone();
        let options = &shared.options.clean_up;
        if !options.enabled {
            return Err(Fault::bad_request("History cleanup is disabled for this engine"));
        }
        let world = shared.world.read();
        let known: Vec<Job> = clean_up_jobs(&world).cloned().collect();
        let mut work = Work::default();
        if !immediately && !options.has_window() {
            for mut job in known.iter().cloned() {
                job.suspended = true;
                job.due = None;
                work.put(Record::Job(Box::new(job)));
            }
            return Ok((known.iter().map(|job| job.id).collect(), work));
        }
        let due = if immediately {
            Some(shared.clock.now())
        } else {
            options.current_or_next(shared.clock.now(), &shared.options.settings.time_zone).map(|window| window.start)
        };
        let shares = options.shares();
        let mut ids = Vec::new();
        for (at, (minute_from, minute_to)) in shares.iter().copied().enumerate() {
            let kind =
                JobKind::HistoryCleanup(CleanUpJob { empty_runs: 0, immediate: immediately, minute_from, minute_to });
            if let Some(mut job) = known.get(at).cloned() {
                job.kind = kind;
                job.due = due;
                job.suspended = false;
                job.retries = shared.options.settings.default_retries;
                job.revision += 1;
                ids.push(job.id);
                work.put(Record::Job(Box::new(job)));
            } else {
                let mut job = self.engine_job(kind);
                job.due = due;
                ids.push(job.id);
                self.add_engine_job(&mut work, job, None);
            }
        }
        for job in known.iter().skip(shares.len()) {
            self.remove_engine_job(&mut work, &world, job, engine_core::history::LogKind::Deletion);
        }
        Ok((ids, work))
    }

    /// A clean-up job removes a portion of what is due, and is set to its next run.
    pub(super) fn run_clean_up(&mut self, job: &Job) -> Result<Work, Fault> {
        let JobKind::HistoryCleanup(mut state) = job.kind else {
            return Err(Fault::engine(format!("job {} is no clean-up", job.id)));
        };
        let shared = self.shared.clone();
        let options = &shared.options.clean_up;
        let zone = &shared.options.settings.time_zone;
        let now = shared.clock.now();
        let within = |at| options.current_or_next(at, zone).is_some_and(|window| window.contains(at));
        let mut work = Work::default();
        let mut full = false;
        if state.immediate || within(now) {
            let mut at_once = Vec::new();
            let removed = shared.remove_due(&mut work, &mut at_once, now, state);
            work.commands.extend(self.remove_at_once(at_once)?);
            shared.meters.add(Metric::RemovedProcessInstances, removed.instances);
            shared.meters.add(Metric::RemovedDecisionInstances, removed.decisions);
            shared.meters.add(Metric::RemovedBatches, removed.batches);
            full = removed.full(options);
        }
        let mut job = job.clone();
        let delay = START_DELAY.saturating_mul(1 << state.empty_runs.min(16)).min(MAX_DELAY);
        let later = now.plus_ms(delay * 1000);
        job.suspended = false;
        if full {
            job.due = Some(now);
            state.empty_runs = 0;
        } else if within(now) && within(later) {
            job.due = Some(later);
            state.empty_runs = state.empty_runs.saturating_add(1);
        } else {
            state.empty_runs = 0;
            match options.next(now, zone) {
                Some(window) => job.due = Some(window.start),
                None => job.suspended = true,
            }
        }
        job.kind = JobKind::HistoryCleanup(state);
        job.retries = shared.options.settings.default_retries;
        job.exception_message = None;
        job.exception_stacktrace = None;
        job.revision += 1;
        work.put(Record::Job(Box::new(job)));
        Ok(work)
    }

    /// Sets removal times of what a batch job names.
    pub(super) fn set_removal_times(
        &mut self,
        work: &mut Work,
        of: RemovalTimeOwner,
        to: RemovalTimeChoice,
        hierarchical: bool,
        ids: &[Id],
    ) {
        let shared = self.shared.clone();
        let world = shared.world.read();
        for id in ids.iter().copied() {
            match of {
                RemovalTimeOwner::ProcessInstances => {
                    shared.set_instance_removal_time(&world, work, id, to, hierarchical);
                }
                RemovalTimeOwner::Decisions => shared.set_decision_removal_time(&world, work, id, to, hierarchical),
                RemovalTimeOwner::Batches => shared.set_batch_removal_time(&world, work, id, to),
            }
        }
    }
}

/// The clean-up jobs in order of creation.
fn clean_up_jobs(world: &World) -> impl Iterator<Item = &Job> {
    world.jobs().filter(|job| matches!(job.kind, JobKind::HistoryCleanup(_)))
}

impl Shared {
    fn strategy(&self) -> RemovalTimeStrategy {
        self.options.settings.removal_time
    }

    /// When the history of a batch may be removed.
    pub(super) fn batch_removal_time(&self, kind: &str, start: Timestamp, end: Option<Timestamp>) -> Option<Timestamp> {
        let days = self.options.batches.time_to_live(kind)?;
        let base = match self.strategy() {
            RemovalTimeStrategy::None => return None,
            RemovalTimeStrategy::Start => start,
            RemovalTimeStrategy::End => end?,
        };
        Some(base.plus_days(days))
    }

    /// When a decision that no process evaluated may be removed: its hierarchy counts from the evaluation.
    pub(super) fn decision_removal_time(&self, definition: Id, time: Timestamp) -> Option<Timestamp> {
        if self.strategy() == RemovalTimeStrategy::None {
            return None;
        }
        let days = self.world.read().decision_definition(definition).and_then(|row| row.history_time_to_live)?;
        Some(time.plus_days(days))
    }

    fn set_instance_removal_time(
        &self,
        world: &World,
        work: &mut Work,
        id: Id,
        to: RemovalTimeChoice,
        hierarchical: bool,
    ) {
        let Some(row) = world.historic_process_instance(id) else { return };
        let root = world.historic_process_instance(row.root).unwrap_or(row);
        let time = match to {
            RemovalTimeChoice::Absolute(at) => Some(at),
            RemovalTimeChoice::Cleared => None,
            RemovalTimeChoice::Calculated => {
                let days = world.process_definition(root.definition).and_then(|row| row.history_time_to_live);
                let base = match self.strategy() {
                    RemovalTimeStrategy::None => None,
                    RemovalTimeStrategy::Start => Some(root.start),
                    RemovalTimeStrategy::End => root.end,
                };
                base.zip(days).map(|(base, days)| base.plus_days(days))
            }
        };
        let process_instance = (!hierarchical).then_some(id);
        work.commands.push((row.root, Command::Record(vec![HistoryEvent::RemovalTime { process_instance, time }])));
    }

    fn set_decision_removal_time(
        &self,
        world: &World,
        work: &mut Work,
        id: Id,
        to: RemovalTimeChoice,
        hierarchical: bool,
    ) {
        let Some(row) = world.historic_decision(id) else { return };
        let top = row.root_decision.and_then(|root| world.historic_decision(root)).unwrap_or(row);
        let time = match to {
            RemovalTimeChoice::Absolute(at) => Some(at),
            RemovalTimeChoice::Cleared => None,
            RemovalTimeChoice::Calculated => {
                let days = world.decision_definition(top.decision_definition).and_then(|row| row.history_time_to_live);
                let known = self.strategy() != RemovalTimeStrategy::None;
                days.filter(|_| known).map(|days| top.time.plus_days(days))
            }
        };
        let mut ids = vec![id];
        if hierarchical {
            ids = vec![top.id];
            ids.extend(world.historic_decisions_required_by(top.id).map(|row| row.id));
        }
        let events: Vec<HistoryEvent> = ids.into_iter().map(|id| HistoryEvent::EntryRemovalTime { id, time }).collect();
        let root = row.process_instance.and_then(|id| world.historic_process_instance(id)).map(|row| row.root);
        match root {
            Some(root) => work.commands.push((root, Command::Record(events))),
            None => work.history.extend(events),
        }
    }

    fn set_batch_removal_time(&self, world: &World, work: &mut Work, id: Id, to: RemovalTimeChoice) {
        let Some(mut row) = world.batch(id).cloned() else { return };
        row.removal_time = match to {
            RemovalTimeChoice::Absolute(at) => Some(at),
            RemovalTimeChoice::Cleared => None,
            RemovalTimeChoice::Calculated => self.batch_removal_time(&row.kind, row.start, row.end),
        };
        let time = row.removal_time;
        work.history
            .extend(world.historic_logs_of_batch(id).map(|log| HistoryEvent::EntryRemovalTime { id: log.id, time }));
        // the job that sets it may have written the batch already: it is another one
        work.records
            .retain(|change| !matches!(change, crate::world::RecordChange::Put(Record::Batch(one)) if one.id == id));
        work.put(Record::Batch(Box::new(row)));
    }
}
