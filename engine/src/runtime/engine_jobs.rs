//! Jobs of the engine itself: start timers, batches, clean-up, delayed suspension. They belong to no process instance; each
//! is a record of its own.

use std::sync::Arc;

use engine_core::{
    command::{Command, JobCommand, Outcome},
    error::{Fault, FaultKind},
    graph::NodeIx,
    history::{HistoricIncident, HistoricJobLog, HistoryEvent, IncidentState, LogKind},
    state::{Incident, Job, JobKind},
    transaction::{RetryCycle, render_trace},
};
use models::{Id, Text, Timestamp};

use super::{
    lane::{Done, Lane},
    meters::Metric,
    start_timer,
};
use crate::{
    request::Caller,
    world::{JobDefinition, Record, RecordChange, RecordKey, StartSubscription, World},
};

/// How long a job waits that met a process instance busy with a handler.
const BUSY: std::time::Duration = std::time::Duration::from_millis(100);

/// What administrative work does: commands to instances, records, and history of no instance, in one commit.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) commands: Vec<(Id, Command)>,
    pub(super) records: Vec<RecordChange>,
    pub(super) history: Vec<HistoryEvent>,
}

impl Work {
    pub(super) fn put(&mut self, record: Record) {
        self.records.push(RecordChange::Put(record));
    }

    pub(super) fn remove(&mut self, key: RecordKey) {
        self.records.push(RecordChange::Remove(key));
    }
}

impl Lane {
    /// A job of the engine, not yet written.
    pub(super) fn engine_job(&mut self, kind: JobKind) -> Job {
        Job {
            id: self.ids.fresh(),
            kind,
            execution: None,
            process_instance: None,
            definition: None,
            declaration: None,
            due: None,
            retries: self.shared.options.settings.default_retries,
            priority: 0,
            exclusive: true,
            suspended: false,
            created: self.shared.clock.now(),
            repeat: None,
            repeat_offset: 0,
            exception_message: None,
            exception_stacktrace: None,
            failed_activity: None,
            tenant: None,
            follow_up_created: false,
            lock_owner: None,
            lock_expires: None,
            payload: None,
            revision: 0,
            batch: None,
            deployment: None,
        }
    }

    /// Writes a fresh job, with its log entry. `definition`: its job definition.
    pub(super) fn add_engine_job(&mut self, work: &mut Work, job: Job, definition: Option<&JobDefinition>) {
        work.history.extend(self.job_log(&job, LogKind::Creation, None, definition));
        work.put(Record::Job(Box::new(job)));
    }

    /// Takes a job away, with its log entry and its incidents.
    pub(super) fn remove_engine_job(&mut self, work: &mut Work, world: &World, job: &Job, kind: LogKind) {
        let log = self.job_log(job, kind, None, world.job_definition_of(job));
        work.history.extend(log.map(|log| at_start_event(world, job, log)));
        let state = if kind == LogKind::Success { IncidentState::Resolved } else { IncidentState::Deleted };
        self.end_incidents(work, world, job.id, state);
        work.remove(RecordKey::Job(job.id));
    }

    fn end_incidents(&self, work: &mut Work, world: &World, job: Id, state: IncidentState) {
        let now = self.shared.clock.now();
        for incident in world.incidents_of_configuration(&job.to_string()) {
            if incident.process_instance.is_none() {
                work.remove(RecordKey::Incident(incident.id));
                work.history.push(HistoryEvent::IncidentEnded { id: incident.id, time: now, state });
            }
        }
    }

    /// What the job log says about start timers that records bring and take away.
    pub(super) fn start_timer_logs(&mut self, records: &[RecordChange]) -> Vec<HistoryEvent> {
        let shared = self.shared.clone();
        let world = shared.world.read();
        let is_timer = |job: &Job| matches!(job.kind, JobKind::TimerStart(..));
        let mut logs = Vec::new();
        for change in records {
            match change {
                RecordChange::Put(Record::Job(job)) if is_timer(job) && world.job(job.id).is_none() => {
                    let made = records.iter().find_map(|other| match other {
                        RecordChange::Put(Record::JobDefinition(row))
                            if row.definition == job.definition && row.declaration == job.declaration =>
                        {
                            Some(&**row)
                        }
                        _ => None,
                    });
                    let definition = made.or_else(|| world.job_definition_of(job));
                    logs.extend(self.job_log(job, LogKind::Creation, None, definition));
                }
                RecordChange::Remove(RecordKey::Job(id)) => {
                    if let Some(job) = world.job(*id).filter(|job| is_timer(job)) {
                        logs.extend(self.job_log(job, LogKind::Deletion, None, world.job_definition_of(job)));
                    }
                }
                _ => {}
            }
        }
        logs
    }

    fn job_log(
        &mut self,
        job: &Job,
        kind: LogKind,
        fault: Option<&Fault>,
        definition: Option<&JobDefinition>,
    ) -> Option<HistoryEvent> {
        match kind {
            LogKind::Success => self.shared.meters.add(Metric::JobSuccessful, 1),
            LogKind::Failure => self.shared.meters.add(Metric::JobFailed, 1),
            _ => {}
        }
        if self.shared.options.settings.history_level < engine_core::history::HistoryLevel::Full {
            return None;
        }
        Some(HistoryEvent::JobLog(Arc::new(HistoricJobLog {
            id: self.ids.fresh(),
            kind,
            time: self.shared.clock.now(),
            job: job.id,
            due: job.due,
            // a failure shows the retries before it counted
            retries: if kind == LogKind::Failure { job.retries.saturating_add(1) } else { job.retries },
            priority: job.priority,
            message: fault.map(|fault| fault.message.chars().take(666).collect()),
            stacktrace: job.exception_stacktrace.clone().filter(|_| fault.is_some()),
            job_definition: definition.map(|row| row.id),
            job_definition_type: Some(handler_type(&job.kind, definition).into()),
            job_definition_configuration: definition.and_then(|row| row.configuration.as_deref().map(Text::from)),
            activity: definition.and_then(|row| row.activity.as_deref().map(Text::from)),
            failed_activity: None,
            execution: None,
            process_instance: None,
            definition: job.definition,
            tenant: job.tenant.as_ref().map(Text::from),
            removal_time: None,
            batch: job.batch,
            hostname: Some(self.shared.options.settings.hostname.as_str().into()),
            deployment: job.deployment,
        })))
    }

    // -- running -----------------------------------------------------------------------------------------------------------

    /// Runs a job that belongs to no process instance.
    pub(super) fn run_engine_job(&mut self, id: Id, caller: &Caller, done: Done) {
        let log = std::mem::take(&mut self.log);
        let shared = self.shared.clone();
        let kind = shared.world.read().job(id).map(|job| job.kind.clone());
        match kind {
            // what a batch works on was chosen long before: its jobs need not see the last commit
            Some(JobKind::BatchExecution(..)) => {}
            // nor need the clean-up, but for its own job: it would wait so often that it fell behind what ends meanwhile
            Some(JobKind::HistoryCleanup(_)) => self.settle_records(),
            _ => self.settle(),
        }
        let Some(job) = shared.world.read().job(id).cloned() else {
            done(Err(super::jobs::no_job(id)));
            return;
        };
        if !shared.running_jobs.lock().insert(id) {
            done(Err(Fault::new(
                FaultKind::OptimisticLocking,
                format!("ENGINE-03005 job {id} is being run; try again"),
            )));
            return;
        }
        match self.engine_job_work(&job) {
            Ok(mut work) => {
                work.history.extend(log);
                if matches!(job.kind, JobKind::HistoryCleanup(_)) {
                    // it never ends: the work has set it to its next run
                    work.history.extend(self.job_log(&job, LogKind::Success, None, None));
                } else {
                    let world = shared.world.read();
                    self.remove_engine_job(&mut work, &world, &job, LogKind::Success);
                }
                let sender = self.sender.clone();
                self.transact_all(
                    work,
                    caller,
                    Box::new(move |result| match result {
                        Ok(_) => {
                            shared.running_jobs.lock().remove(&id);
                            done(Ok(Outcome::Done));
                        }
                        Err(fault) => {
                            // the failure is a commit of its own, made on the lane
                            let failed = move |lane: &mut Self| lane.engine_job_failed(job, fault, done);
                            let _ = sender.send(super::lane::Message::Run(Box::new(failed)));
                        }
                    }),
                );
            }
            Err(fault) => self.engine_job_failed(job, fault, done),
        }
    }

    fn engine_job_failed(&mut self, mut job: Job, fault: Fault, done: Done) {
        let shared = self.shared.clone();
        let id = job.id;
        if fault.kind == FaultKind::OptimisticLocking {
            // it runs again soon, and has lost nothing
            let running = shared.clone();
            shared.later(BUSY, move || {
                running.running_jobs.lock().remove(&id);
                done(Err(fault));
            });
            return;
        }
        tracing::warn!(job = %id, "job failed: {fault}");
        self.settle();
        let mut work = Work::default();
        // a cycle goes on all the same
        if let Err(fault) = self.follow_up(&mut work, &job) {
            tracing::warn!(job = %id, "no next firing: {fault}");
        }
        job.follow_up_created |= job.repeat.is_some();
        job.failed_activity.clone_from(&fault.activity);
        if let Some(cycle) = self.retry_cycle_of(&job) {
            let zone = &shared.options.settings.time_zone;
            job.due = cycle.next_attempt(job.retries, shared.clock.now(), zone).or(job.due);
        }
        job.retries = (job.retries - 1).max(0);
        job.exception_message = Some(fault.message.chars().take(666).collect());
        job.exception_stacktrace = Some(render_trace(&fault));
        job.revision += 1;
        {
            let world = shared.world.read();
            let definition = world.job_definition_of(&job);
            let log = self.job_log(&job, LogKind::Failure, Some(&fault), definition);
            let log = log.map(|log| at_start_event(&world, &job, log));
            if job.retries == 0 && shared.options.settings.create_incident_on_failed_job {
                let log = match &log {
                    Some(HistoryEvent::JobLog(row)) => Some(row.id.to_string()),
                    _ => None,
                };
                self.raise_incident(&mut work, &job, definition, log);
            }
            work.history.extend(log);
        }
        work.put(Record::Job(Box::new(job)));
        let failed = move |_| {
            shared.running_jobs.lock().remove(&id);
            done(Err(fault));
        };
        self.transact_all(work, &Caller::default(), Box::new(failed));
    }

    /// The retry cycle of the start event that a job belongs to.
    pub(super) fn retry_cycle_of(&self, job: &Job) -> Option<RetryCycle> {
        let JobKind::TimerStart(_, node) = &job.kind else { return None };
        let definition = self.shared.definition(job.definition?).ok()?;
        start_timer::retry_cycle(&definition.graph, *node, self.shared.clock.now(), &self.shared.options.settings)
    }

    /// When a start timer is due, counted from its creation or from the present (S-TM-6).
    fn start_timer_due(&self, job: &Job, creation_based: bool) -> Result<Option<Timestamp>, Fault> {
        let JobKind::TimerStart(..) = &job.kind else {
            return Err(Fault::engine(format!(
                "Only timer jobs can be recalculated, but the job with id '{}' is of type '{}'.",
                job.id,
                handler_type(&job.kind, None)
            )));
        };
        let none = || Fault::engine(format!("No timer declaration found for job id '{}'.", job.id));
        let definition = self.shared.definition(job.definition.ok_or_else(none)?)?;
        let mut timers = definition.graph.start_timers.iter();
        let timer = timers.find(|timer| Some(timer.declaration) == job.declaration).ok_or_else(none)?;
        let from = if creation_based { job.created } else { self.shared.clock.now() };
        let (due, _) = start_timer::due(timer, from, &self.shared.options.settings.time_zone).map_err(Fault::engine)?;
        Ok(due)
    }

    /// A job that starts an instance at a start event which an asynchronous signal has reached. The signal's variables are
    /// lost, as in Camunda (S-SG-1).
    pub(super) fn start_by_event_later(&mut self, work: &mut Work, row: &StartSubscription) -> Result<(), Fault> {
        let shared = self.shared.clone();
        let settings = &shared.options.settings;
        let graph = shared.definition(row.definition)?.graph.clone();
        let (node, now) = (NodeIx(row.node), shared.clock.now());
        let activity = graph.node(node).id.to_string();
        let mut job = self.engine_job(JobKind::Event(row.id));
        job.definition = Some(row.definition);
        job.tenant = row.tenant.as_deref().map(Into::into);
        job.priority = start_timer::priority(&graph, node, now, &settings.time_zone)?;
        if let Some(cycle) = start_timer::retry_cycle(&graph, node, now, settings) {
            job.retries = cycle.attempts();
        }
        let log = self.job_log(&job, LogKind::Creation, None, None);
        work.history.extend(log.map(|log| named(log, activity)));
        work.put(Record::Job(Box::new(job)));
        Ok(())
    }

    fn raise_incident(&mut self, work: &mut Work, job: &Job, definition: Option<&JobDefinition>, log: Option<String>) {
        let id = self.ids.fresh();
        let now = self.shared.clock.now();
        let configuration = Some(job.id.to_string());
        let activity = definition.and_then(|row| row.activity.clone());
        work.history.push(HistoryEvent::IncidentCreated(Arc::new(HistoricIncident {
            id,
            kind: "failedJob".into(),
            message: job.exception_message.clone(),
            start: now,
            end: None,
            state: IncidentState::Open,
            definition: job.definition,
            process_instance: None,
            execution: None,
            activity: activity.as_deref().map(Text::from),
            failed_activity: None,
            cause: id,
            root_cause: id,
            configuration: configuration.as_deref().map(Text::from),
            history_configuration: log.as_deref().map(Text::from),
            job_definition: definition.map(|row| row.id),
            tenant: job.tenant.as_ref().map(Text::from),
            removal_time: None,
            annotation: None,
        })));
        work.put(Record::Incident(Box::new(Incident {
            id,
            kind: "failedJob".into(),
            created: now,
            message: job.exception_message.clone(),
            execution: None,
            process_instance: None,
            definition: job.definition,
            activity: activity.as_deref().map(Into::into),
            failed_activity: None,
            cause: id,
            root_cause: id,
            configuration,
            tenant: job.tenant.clone(),
            declaration: job.declaration,
            annotation: None,
            history_configuration: log,
        })));
    }

    // -- changing ----------------------------------------------------------------------------------------------------------

    /// Changes a job that belongs to no process instance.
    pub(super) fn change_engine_job(&mut self, id: Id, command: JobCommand, caller: &Caller, done: Done) {
        let log = std::mem::take(&mut self.log);
        self.settle();
        let shared = self.shared.clone();
        let Some(mut job) = shared.world.read().job(id).cloned() else {
            done(Err(super::jobs::no_job(id)));
            return;
        };
        let mut work = Work { history: log, ..Work::default() };
        job.revision += 1;
        {
            let world = shared.world.read();
            match command {
                JobCommand::SetRetries(retries, _) if retries < 0 => {
                    done(Err(Fault::engine(format!(
                        "The number of job retries must be a non-negative Integer, but '{retries}' has been provided."
                    ))));
                    return;
                }
                JobCommand::SetRetries(retries, due) => {
                    if retries > 0 {
                        self.end_incidents(&mut work, &world, id, IncidentState::Resolved);
                    } else if job.retries > 0 && shared.options.settings.create_incident_on_failed_job {
                        self.raise_incident(&mut work, &job, world.job_definition_of(&job), None);
                    }
                    job.retries = retries;
                    if let Some(due) = due {
                        job.due = due;
                    }
                }
                JobCommand::SetRetriesInBulk(retries, due) => {
                    job.retries = retries;
                    if let Some(due) = due {
                        job.due = due;
                    }
                }
                JobCommand::SetDue(due, cascade) => {
                    if let (true, Some(old), Some(new), true) = (cascade, job.due, due, job.repeat.is_some()) {
                        job.repeat_offset += new.0 - old.0;
                    }
                    job.due = due;
                }
                JobCommand::RecalculateDue { creation_based } => match self.start_timer_due(&job, creation_based) {
                    Ok(due) => job.due = due,
                    Err(fault) => {
                        done(Err(fault));
                        return;
                    }
                },
                JobCommand::SetPriority(priority) => job.priority = priority,
                JobCommand::Suspend(suspended) => job.suspended = suspended,
                JobCommand::Delete => {
                    self.remove_engine_job(&mut work, &world, &job, LogKind::Deletion);
                }
                JobCommand::Lock { owner, until } => {
                    job.lock_owner = Some(owner);
                    job.lock_expires = Some(until);
                }
                JobCommand::Unlock => {
                    job.lock_owner = None;
                    job.lock_expires = None;
                }
            }
        }
        if work.records.iter().all(|change| *change != RecordChange::Remove(RecordKey::Job(id))) {
            work.put(Record::Job(Box::new(job)));
        }
        self.transact_all(work, caller, Box::new(move |result| done(result.map(|_| Outcome::Done))));
    }
}

/// A log entry with the activity of its job.
fn named(mut log: HistoryEvent, activity: String) -> HistoryEvent {
    if let HistoryEvent::JobLog(row) = &mut log {
        Arc::make_mut(row).activity = Some(activity.into());
    }
    log
}

/// The log entry of a job that starts an instance at an event, with that event: there is no job definition that tells it.
fn at_start_event(world: &World, job: &Job, log: HistoryEvent) -> HistoryEvent {
    let JobKind::Event(subscription) = job.kind else { return log };
    match world.start_subscription(subscription) {
        Some(row) => named(log, row.activity.clone()),
        None => log,
    }
}

/// `jobHandlerType`.
fn handler_type(kind: &JobKind, definition: Option<&JobDefinition>) -> String {
    match kind {
        JobKind::BatchSeed(_) => "batch-seed-job".to_owned(),
        JobKind::BatchMonitor(_) => "batch-monitor-job".to_owned(),
        JobKind::HistoryCleanup(_) => "history-cleanup".to_owned(),
        JobKind::Event(_) => "event".to_owned(),
        JobKind::Suspension(handler, _) | JobKind::SetRemovalTime(handler, _) => handler.clone(),
        _ => definition.map_or_else(|| "timer-start-event".to_owned(), |row| row.job_type.clone()),
    }
}
