//! Jobs: asynchronous continuations, running, failing, retrying (S-JB, S-IN).

use std::sync::Arc;

use models::{Id, Timestamp, bpmn::Script};

use super::{
    Operation, Step, Tx,
    scope::{Ran, Thrown},
};
use crate::{
    command::{JobCommand, Variables},
    error::{Fault, FaultKind},
    graph::{Expr, NodeIx},
    history::{IncidentState, LogKind},
    state::{AsyncOperation, Incident, Job, JobKind},
};

/// How often a retry cycle may be an expression that gives an expression.
const MAX_NESTED_CYCLES: usize = 100;

impl Tx<'_> {
    /// Makes a job of an operation instead of running it (S-TX-3).
    pub(crate) fn schedule_async(&mut self, id: Id, operation: Operation) -> Step {
        let transition = self.scratch(id).and_then(|s| s.transition).map(|flow| flow.0);
        let operation = match operation {
            Operation::ProcessStart => AsyncOperation::ProcessStart,
            Operation::ActivityStartCreateScope => AsyncOperation::ActivityStartCreateScope,
            Operation::TransitionCreateScope => AsyncOperation::TransitionCreateScope(transition),
            Operation::TransitionNotifyListenerTake => {
                AsyncOperation::TransitionNotifyListenerTake(transition.unwrap_or_default())
            }
            Operation::Call => return Ok(()),
        };
        let after = matches!(operation, AsyncOperation::TransitionNotifyListenerTake(_));
        // waiting between two activities: a transition instance
        self.change(id, |row| row.activity_instance = None);
        self.add_async_job(id, operation, after)
    }

    /// Makes a job of ending the activity.
    pub(crate) fn schedule_activity_end(&mut self, id: Id) -> Step {
        self.add_async_job(id, AsyncOperation::ActivityEnd, true)
    }

    fn add_async_job(&mut self, id: Id, operation: AsyncOperation, after: bool) -> Step {
        let definition = self.definition_of(id)?;
        let activity = self.activity(id)?;
        let node = definition.graph.node(activity);
        let declaration = if after { node.after_job } else { node.before_job };
        let job = self.new_job(id, JobKind::Async(operation), declaration, node.exclusive)?;
        self.add_job_with_history(job)
    }

    /// A fresh job on an execution, with the priority and suspension of its definition.
    pub(crate) fn new_job(
        &mut self,
        execution: Id,
        kind: JobKind,
        declaration: Option<u32>,
        exclusive: bool,
    ) -> Step<Job> {
        let definition = self.definition_of(execution)?;
        let row = self.execution(execution).clone();
        let info = declaration.map(|ix| self.host.job_definition(definition.id, ix)).unwrap_or_default();
        let node = declaration
            .and_then(|ix| definition.graph.jobs.get(ix as usize))
            .map(|declaration| declaration.node)
            .or(row.activity);
        let priority = match info.priority {
            Some(priority) => priority,
            None => self.job_priority(execution, node, declaration)?,
        };
        let suspended = row.suspended || info.suspended;
        let mut retries = self.host.settings().default_retries;
        if let Some(cycle) = self.retry_cycle(Some(execution), node)? {
            retries = cycle.attempts();
        }
        Ok(Job {
            id: self.host.fresh_id(),
            kind,
            execution: Some(execution),
            process_instance: Some(row.process_instance),
            definition: Some(definition.id),
            declaration,
            due: None,
            retries,
            priority,
            exclusive,
            suspended,
            created: self.now(),
            repeat: None,
            repeat_offset: 0,
            exception_message: None,
            exception_stacktrace: None,
            failed_activity: None,
            tenant: row.tenant,
            follow_up_created: false,
            lock_owner: None,
            lock_expires: None,
            payload: None,
            revision: 0,
            batch: None,
            deployment: None,
        })
    }

    pub(crate) fn add_job_with_history(&mut self, job: Job) -> Step {
        let id = job.id;
        self.t.state.add_job(job);
        self.history_job(id, LogKind::Creation, None)
    }

    fn job_priority(&mut self, execution: Id, node: Option<NodeIx>, declaration: Option<u32>) -> Step<i64> {
        let definition = self.definition_of(execution)?;
        let own = node.and_then(|node| definition.graph.node(node).job_priority.clone());
        let Some(expression) = own.or_else(|| definition.graph.nodes[0].job_priority.clone()) else { return Ok(0) };
        let declaration = declaration.and_then(|ix| definition.graph.jobs.get(ix as usize));
        let job = declaration.map_or_else(String::new, |declaration| {
            format!("{}/{}", definition.graph.node(declaration.node).id, declaration.job_type)
        });
        let row = self.execution(execution);
        let execution_text = match row.parent {
            None => format!("ProcessInstance[{execution}]"),
            Some(_) => {
                let concurrent = if row.is_concurrent { "Concurrent" } else { "" };
                let scope = if row.is_scope { "Scope" } else { "" };
                format!("{concurrent}{scope}Execution[{execution}]")
            }
        };
        self.priority_value(execution, &expression, &format!("Job {job} instantiated in context of {execution_text}"))
    }

    /// An integer priority; anything else is an error (S-JB-6).
    pub(crate) fn priority_value(&mut self, execution: Id, expression: &Expr, context: &str) -> Step<i64> {
        let value = match self.evaluate(execution, expression) {
            Ok(value) => value,
            // what can't be evaluated has the default priority
            Err(thrown) => {
                let fault = self.fault_of(execution, thrown);
                self.host.log_unhandled(&format!("Could not determine priority, it is 0: {}", fault.message));
                return Ok(0);
            }
        };
        match value {
            objects::Object::Short(value) => Ok(value.into()),
            objects::Object::Integer(value) => Ok(value.into()),
            objects::Object::Long(value) => Ok(value),
            objects::Object::String(text) if expression.is_literal() => text.trim().parse().map_err(|_| {
                Fault::engine(format!("Value '{text}' for attribute 'jobPriority' is not a valid number"))
            }),
            objects::Object::Double(_) => {
                Err(Fault::engine(format!("{context}: Priority value must be either Short, Integer, or Long")))
            }
            _ => Err(Fault::engine(format!("{context}: Priority value is not an Integer"))),
        }
    }

    // -- running -----------------------------------------------------------------------------------------------------------

    /// Runs a job: the job goes, its work is done.
    pub(crate) fn run_job(&mut self, id: Id) -> Step {
        let Some(job) = self.t.state.job(id).cloned() else { return Err(no_job(id)) };
        if let (Some(repeat), true) = (&job.repeat, !job.follow_up_created) {
            self.create_follow_up(&job, &repeat.clone())?;
        }
        if let Some(execution) = job.execution {
            self.definition_of(execution)?;
        }
        self.history_job(id, LogKind::Success, None)?;
        self.resolve_incidents_of(&id.to_string(), IncidentState::Resolved);
        self.t.state.drop_job(id);
        let Some(execution) = job.execution else { return Ok(()) };
        match &job.kind {
            JobKind::Async(operation) => {
                // it goes on with an operation, where other jobs signal from outside
                self.t.operating = true;
                self.continue_async(execution, operation)
            }
            JobKind::TimerTransition(node) | JobKind::TimerIntermediate(node) => {
                if self.execution(execution).activity == Some(*node) {
                    crate::behaviour::signal(self, execution, None)
                } else {
                    self.execute_event_handler(execution, *node)
                }
            }
            JobKind::TimerEventSubProcess(node) => {
                let definition = self.definition_of(execution)?;
                let handler = definition.graph.handler_of(*node);
                self.execute_event_handler(execution, handler)
            }
            JobKind::TimerTaskListener(task, listener) => self.run_timeout_listener(*task, *listener),
            JobKind::Event(subscription) => {
                if self.t.state.subscription(*subscription).is_none() {
                    return Ok(());
                }
                let none = Variables::default;
                self.event_received(*subscription, none(), none(), none(), false)
            }
            _ => Ok(()),
        }
    }

    fn continue_async(&mut self, execution: Id, operation: &AsyncOperation) -> Step {
        let perform = match operation {
            AsyncOperation::TransitionCreateScope(flow) => {
                self.scratch_mut(execution).transition = flow.map(crate::graph::FlowIx);
                Operation::TransitionCreateScope
            }
            AsyncOperation::ActivityStartCreateScope => Operation::ActivityStartCreateScope,
            AsyncOperation::ProcessStart => Operation::ProcessStart,
            AsyncOperation::TransitionNotifyListenerTake(flow) => {
                self.scratch_mut(execution).transition = Some(crate::graph::FlowIx(*flow));
                Operation::TransitionNotifyListenerTake
            }
            AsyncOperation::ActivityEnd => {
                self.ensure_not_suspended(execution)?;
                return self.activity_end_now(execution);
            }
        };
        self.ensure_not_suspended(execution)?;
        self.perform_now(execution, perform)
    }

    // -- failing -----------------------------------------------------------------------------------------------------------

    /// The second of two transactions: retries go down, the next attempt is set, or an incident is raised (S-JB-2).
    pub(crate) fn job_failed(&mut self, id: Id, fault: &Fault) -> Step {
        let Some(mut job) = self.t.state.job(id).cloned() else { return Ok(()) };
        if fault.kind == FaultKind::OptimisticLocking {
            self.t.state.change_job(id, |row| {
                row.lock_owner = None;
                row.lock_expires = None;
            });
            return Ok(());
        }
        if let (Some(repeat), true) = (&job.repeat, !job.follow_up_created) {
            self.create_follow_up(&job, &repeat.clone())?;
            job.follow_up_created = true;
        }
        if let Some(execution) = job.execution {
            self.definition_of(execution)?;
        }
        let node = self.job_activity(&job);
        let cycle = if matches!(job.kind, JobKind::TimerTaskListener(..) | JobKind::Event(_)) {
            None
        } else {
            self.retry_cycle(job.execution, node).unwrap_or(None)
        };
        let first = job.exception_message.is_none();
        let mut due = job.due;
        let mut retries = job.retries;
        match cycle {
            Some(cycle) => {
                if first {
                    // whatever was set meanwhile, as Camunda's `DefaultJobRetryCmd` does
                    retries = cycle.attempts();
                }
                due = cycle.next_attempt(retries, self.now(), &self.host.settings().time_zone).or(due);
            }
            None => {}
        }
        let before = retries;
        let retries = (before - 1).max(0);
        let message: String = fault.message.chars().take(666).collect();
        let stacktrace = render_trace(fault);
        let activity = fault.activity.clone();
        let follow_up = job.follow_up_created;
        self.t.state.change_job(id, |row| {
            row.retries = retries;
            row.due = due;
            row.exception_message = Some(message.clone());
            row.exception_stacktrace = Some(stacktrace);
            row.failed_activity.clone_from(&activity);
            row.lock_owner = None;
            row.lock_expires = None;
            row.follow_up_created = follow_up;
            row.revision += 1;
        });
        let log = self.history_job_failed(id, fault, before)?;
        if retries == 0 && self.host.settings().create_incident_on_failed_job {
            self.failed_job_incident(id, Some(message), log)?;
        }
        Ok(())
    }

    fn failed_job_incident(&mut self, id: Id, message: Option<String>, log: Option<Id>) -> Step {
        let Some(job) = self.t.state.job(id).cloned() else { return Ok(()) };
        let configuration = id.to_string();
        if self.t.state.incidents().any(|row| row.configuration.as_deref() == Some(&configuration)) {
            return Ok(());
        }
        let activity = self.activity_id_of_job(&job)?;
        self.create_incident(NewIncident {
            kind: "failedJob",
            execution: job.execution,
            message,
            activity,
            failed_activity: job.failed_activity.as_deref().map(Arc::from),
            configuration: Some(configuration),
            declaration: job.declaration,
            history_configuration: log.map(|id| id.to_string()),
        })
        .map(|_| ())
    }

    fn activity_id_of_job(&mut self, job: &Job) -> Step<Option<Arc<str>>> {
        let Some(execution) = job.execution else { return Ok(None) };
        let definition = self.definition_of(execution)?;
        Ok(self.job_activity(job).map(|node| definition.graph.node(node).id.clone()))
    }

    /// The retry cycle of an activity's jobs, or the engine's; `None` is the default strategy.
    fn retry_cycle(&mut self, execution: Option<Id>, node: Option<NodeIx>) -> Step<Option<RetryCycle>> {
        let text = match (execution, node) {
            (Some(execution), Some(node)) => {
                let definition = self.definition_of(execution)?;
                match &definition.graph.node(node).retry_time_cycle {
                    Some(expression) => match self.retry_cycle_text(execution, expression) {
                        Ok(Some(text)) => Some(text),
                        Ok(None) | Err(Thrown::Bpmn { .. }) => return Ok(None),
                        Err(Thrown::Fault(fault)) => {
                            self.host.log_unhandled(&fault.message);
                            return Ok(None);
                        }
                    },
                    None => self.host.settings().default_retry_time_cycle.clone(),
                }
            }
            _ => self.host.settings().default_retry_time_cycle.clone(),
        };
        Ok(text.and_then(|text| RetryCycle::parse(&text)))
    }

    /// The retry cycle that an expression gives: as long as that is an expression, it is evaluated as well.
    fn retry_cycle_text(&mut self, execution: Id, expression: &Expr) -> Ran<Option<String>> {
        let mut given = self.evaluate(execution, expression)?;
        for _ in 0..MAX_NESTED_CYCLES {
            let objects::Object::String(text) = given else { return Ok(None) };
            if !Script::is_dynamic("", &text) {
                return Ok(Some(text.to_string()));
            }
            let inner = juel::Expression::parse(&text).map_err(|error| Fault::engine(error.to_string()))?;
            given = self.evaluate(execution, &Expr(Arc::new(inner)))?;
        }
        Ok(None)
    }

    // -- commands ------------------------------------------------------------------------------------------------------------

    /// Changes a job from outside.
    pub(crate) fn job_command(&mut self, id: Id, command: JobCommand) -> Step {
        command.check()?;
        if self.t.state.job(id).is_none() {
            return Err(no_job(id));
        }
        match command {
            JobCommand::SetRetries(retries, due) => {
                let before = self.t.state.job(id).map_or(0, |job| job.retries);
                self.t.state.change_job(id, |row| {
                    row.retries = retries;
                    row.revision += 1;
                    if let Some(due) = due {
                        row.due = due;
                    }
                });
                if retries > 0 {
                    self.resolve_incidents_of(&id.to_string(), IncidentState::Resolved);
                } else if before > 0 && self.host.settings().create_incident_on_failed_job {
                    self.failed_job_incident(id, None, None)?;
                }
                Ok(())
            }
            JobCommand::SetRetriesInBulk(retries, due) => {
                self.t.state.change_job(id, |row| {
                    row.retries = retries;
                    row.revision += 1;
                    if let Some(due) = due {
                        row.due = due;
                    }
                });
                Ok(())
            }
            JobCommand::SetDue(due, cascade) => {
                self.t.state.change_job(id, |row| {
                    if let (true, Some(old), Some(new), true) = (cascade, row.due, due, row.repeat.is_some()) {
                        row.repeat_offset += new.0 - old.0;
                    }
                    row.due = due;
                    row.revision += 1;
                });
                Ok(())
            }
            JobCommand::RecalculateDue { creation_based } => self.recalculate_due(id, creation_based),
            JobCommand::SetPriority(priority) => {
                self.t.state.change_job(id, |row| {
                    row.priority = priority;
                    row.revision += 1;
                });
                Ok(())
            }
            JobCommand::Suspend(suspended) => {
                self.t.state.change_job(id, |row| {
                    row.suspended = suspended;
                    row.revision += 1;
                });
                Ok(())
            }
            JobCommand::Delete => {
                self.history_job(id, LogKind::Deletion, None)?;
                self.resolve_incidents_of(&id.to_string(), IncidentState::Resolved);
                self.t.state.drop_job(id);
                Ok(())
            }
            JobCommand::Lock { owner, until } => {
                self.t.state.change_job(id, |row| {
                    row.lock_owner = Some(owner);
                    row.lock_expires = Some(until);
                });
                Ok(())
            }
            JobCommand::Unlock => {
                self.t.state.change_job(id, |row| {
                    row.lock_owner = None;
                    row.lock_expires = None;
                });
                Ok(())
            }
        }
    }

    /// Suspends, activates or reprioritises the jobs of a definition's declarations.
    pub(crate) fn job_definition_changed(
        &mut self,
        definition: Id,
        declaration: Option<u32>,
        suspended: Option<bool>,
        priority: Option<i64>,
        retries: Option<i32>,
    ) -> Step {
        let jobs: Vec<Id> = self
            .t
            .state
            .jobs()
            .filter(|job| job.definition == Some(definition))
            .filter(|job| declaration.is_none() || job.declaration == declaration)
            .map(|job| job.id)
            .collect();
        for id in jobs {
            if let Some(suspended) = suspended {
                self.job_command(id, JobCommand::Suspend(suspended))?;
            }
            if let Some(priority) = priority {
                self.job_command(id, JobCommand::SetPriority(priority))?;
            }
            if let Some(retries) = retries {
                self.job_command(id, JobCommand::SetRetries(retries, None))?;
            }
        }
        Ok(())
    }

    /// Jobs of an execution go, with history.
    pub(crate) fn remove_jobs(&mut self, execution: Id) {
        let jobs: Vec<Id> = self.t.state.jobs_of(execution).map(|job| job.id).collect();
        for id in jobs {
            self.delete_job(id);
        }
    }

    /// Jobs of the current activity only.
    pub(crate) fn remove_activity_jobs(&mut self, execution: Id) {
        let Some(activity) = self.execution(execution).activity else { return };
        let jobs: Vec<Id> = self
            .t
            .state
            .jobs_of(execution)
            .filter(|job| self.job_activity(job) == Some(activity))
            .map(|job| job.id)
            .collect();
        for id in jobs {
            self.delete_job(id);
        }
    }

    pub(crate) fn delete_job(&mut self, id: Id) {
        // a job that is deleted with its scope leaves its incident `deleted`
        let _ = self.history_job(id, LogKind::Deletion, None);
        self.resolve_incidents_of(&id.to_string(), IncidentState::Deleted);
        self.t.state.drop_job(id);
    }

    // -- incidents -----------------------------------------------------------------------------------------------------------

    /// Creates an incident, and one on every calling execution (S-IN-2).
    pub(crate) fn create_incident(&mut self, new: NewIncident<'_>) -> Step<Id> {
        let id = self.host.fresh_id();
        let row = new.execution.map(|execution| self.execution(execution).clone());
        let incident = Incident {
            id,
            kind: Arc::from(new.kind),
            created: self.now(),
            message: new.message,
            execution: new.execution,
            process_instance: row.as_ref().map(|row| row.process_instance),
            definition: row.as_ref().map(|row| row.definition),
            activity: new.activity,
            failed_activity: new.failed_activity,
            cause: id,
            root_cause: id,
            configuration: new.configuration,
            tenant: row.as_ref().and_then(|row| row.tenant.clone()),
            declaration: new.declaration,
            annotation: None,
            history_configuration: new.history_configuration,
        };
        self.t.state.add_incident(incident);
        self.history_incident_created(id)?;
        let mut cause = id;
        let mut instance = row.map(|row| row.process_instance);
        while let Some(caller) = instance.and_then(|instance| self.execution(instance).super_execution) {
            let definition = self.definition_of(caller)?;
            let up = self.execution(caller).clone();
            let recursive = Incident {
                id: self.host.fresh_id(),
                kind: Arc::from(new.kind),
                created: self.now(),
                message: None,
                execution: Some(caller),
                process_instance: Some(up.process_instance),
                definition: Some(up.definition),
                activity: up.activity.map(|node| definition.graph.node(node).id.clone()),
                failed_activity: up.activity.map(|node| definition.graph.node(node).id.clone()),
                cause,
                root_cause: id,
                configuration: None,
                tenant: up.tenant.clone(),
                declaration: None,
                annotation: None,
                history_configuration: None,
            };
            cause = recursive.id;
            self.t.state.add_incident(recursive);
            self.history_incident_created(cause)?;
            instance = Some(up.process_instance);
        }
        Ok(id)
    }

    /// Ends the incidents of a configuration, and those they caused.
    pub(crate) fn resolve_incidents_of(&mut self, configuration: &str, state: IncidentState) {
        let ids: Vec<Id> = self
            .t
            .state
            .incidents()
            .filter(|row| row.configuration.as_deref() == Some(configuration))
            .map(|row| row.id)
            .collect();
        for id in ids {
            self.end_incident(id, state);
        }
    }

    /// Ends an incident and those it caused.
    pub(crate) fn end_incident(&mut self, id: Id, state: IncidentState) {
        if self.t.state.drop_incident(id).is_none() {
            return;
        }
        self.history_incident_ended(id, state);
        let caused: Vec<Id> =
            self.t.state.incidents().filter(|row| row.cause == id && row.id != id).map(|row| row.id).collect();
        for other in caused {
            self.end_incident(other, state);
        }
    }

    /// Incidents of an execution that goes.
    pub(crate) fn remove_incidents(&mut self, execution: Id) {
        let ids: Vec<Id> = self.t.state.incidents_of(execution).map(|row| row.id).collect();
        for id in ids {
            self.end_incident(id, IncidentState::Deleted);
        }
    }
}

/// What an incident is made from.
pub(crate) struct NewIncident<'a> {
    pub(crate) kind: &'a str,
    pub(crate) execution: Option<Id>,
    pub(crate) message: Option<String>,
    pub(crate) activity: Option<Arc<str>>,
    pub(crate) failed_activity: Option<Arc<str>>,
    pub(crate) configuration: Option<String>,
    pub(crate) declaration: Option<u32>,
    pub(crate) history_configuration: Option<String>,
}

/// A parsed `failedJobRetryTimeCycle` (S-JB-3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryCycle {
    attempts: i32,
    intervals: Vec<String>,
}

impl RetryCycle {
    /// `R3/PT10M`, `R/PT10M`, `PT10M` or a comma list of durations; `None` when it is neither.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(rest) = text.strip_prefix('R') {
            let (count, duration) = rest.split_once('/')?;
            crate::calendar::parse_duration(duration)?;
            let attempts = if count.is_empty() { i32::MAX } else { count.parse().ok()? };
            // without repetitions Camunda finds no later date than the present
            let duration = if attempts == 0 { "PT0S" } else { duration };
            return Some(Self { attempts: attempts.max(1), intervals: vec![duration.to_owned()] });
        }
        let intervals: Vec<String> = text.split(',').map(|part| part.trim().to_owned()).collect();
        // of several, each is looked at when its turn comes, as in Camunda
        if intervals.len() == 1 && crate::calendar::parse_duration(&intervals[0]).is_none() {
            return None;
        }
        Some(Self { attempts: i32::try_from(intervals.len()).ok()? + 1, intervals })
    }

    /// How often the job may run.
    pub fn attempts(&self) -> i32 {
        self.attempts
    }

    /// When the attempt after a failed one is due, that had `retries` left.
    pub fn next_attempt(&self, retries: i32, now: Timestamp, zone: &str) -> Option<Timestamp> {
        crate::calendar::plus_duration(now, &self.wait_after(retries)?, zone)
    }

    /// The wait after the failure of the attempt that had `retries` left.
    fn wait_after(&self, retries: i32) -> Option<String> {
        let count = i32::try_from(self.intervals.len()).ok()?;
        if count == 0 {
            return None;
        }
        let index = count.saturating_sub(retries.saturating_sub(1)).clamp(0, count - 1);
        self.intervals.get(usize::try_from(index).ok()?).cloned()
    }
}

pub(crate) fn no_job(id: Id) -> Fault {
    Fault::null(format!("No job found with id '{id}': job is null"))
}

/// The stack trace that a failed job keeps.
pub fn render_trace(fault: &Fault) -> String {
    // the class that error events catch a script's failure by is that of the cause
    let own = fault.java_class.is_empty() || fault.kind == FaultKind::ScriptEvaluation;
    let class = if own { format!("org.camunda.bpm.engine.{}", fault.kind.class()) } else { fault.java_class.clone() };
    let mut text = format!("{class}: {}", fault.message);
    if let Some(activity) = &fault.activity {
        text.push_str("\n\tat activity ");
        text.push_str(activity);
    }
    for line in &fault.trace {
        text.push_str("\n\tat ");
        text.push_str(line);
    }
    text
}

/// The time a job is due counts from its creation or from now.
pub(crate) fn base_time(job: &Job, creation_based: bool, now: Timestamp) -> Timestamp {
    if creation_based { job.created } else { now }
}
