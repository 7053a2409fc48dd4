//! From the history of commits to spans.
//!
//! | span | told when | parent |
//! |---|---|---|
//! | process instance | it ends | the call activity's instance, the span of the request that started it, or none |
//! | activity instance | it ends | the activity instance around it, or the process instance |
//! | failed attempt of a job or external task | it fails | the activity instance it belongs to |
//! | incident | it is created | the same |
//!
//! An activity instance or process instance that ends with an open incident is failed. What a request ends that was begun by
//! others is linked to the request's span.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tollgate::{
    Id, Timestamp,
    history::{
        HistoricActivityInstance, HistoricExternalTaskLog, HistoricIncident, HistoricJobLog, HistoricProcessInstance,
        HistoryEvent, IncidentState, InstanceStateName, LogKind,
    },
    observe::{Committed, Observer},
    state::ActivityState,
    trace::{Sampling, TraceContext, of_root, span_id},
    world::RootHistory,
};

use crate::{
    proto::{self, Attributes, Failure, Span},
    send::Queue,
};

/// Makes spans of what commits end.
#[derive(Debug)]
pub(crate) struct Spans {
    queue: Arc<Queue>,
    sampling: Sampling,
}

impl Spans {
    pub(crate) fn new(queue: Arc<Queue>, sampling: Sampling) -> Self {
        Self { queue, sampling }
    }
}

/// Whether an event makes a span.
fn tells(event: &HistoryEvent) -> bool {
    match event {
        HistoryEvent::ActivityEnded { .. } | HistoryEvent::ProcessInstanceEnded { .. } => true,
        HistoryEvent::JobLog(row) => row.kind == LogKind::Failure,
        HistoryEvent::ExternalTaskLog(row) => row.kind == LogKind::Failure,
        // those that others cause say nothing more
        HistoryEvent::IncidentCreated(row) => row.cause == row.id,
        _ => false,
    }
}

impl Observer for Spans {
    fn committed(&self, commit: &Committed<'_>) {
        if !commit.events().any(tells) {
            return;
        }
        let told = Told::new(commit, self.sampling);
        self.queue.add(|out| {
            let events = RootHistory::each(commit.history).filter_map(|(root, event)| Some((root?, event)));
            events.map(|(root, event)| u64::from(told.tell(out, root, event))).sum()
        });
    }
}

/// A commit, with what began in it.
struct Told<'a> {
    commit: &'a Committed<'a>,
    sampling: Sampling,
    instances: FxHashMap<Id, &'a HistoricProcessInstance>,
    activities: FxHashMap<Id, &'a HistoricActivityInstance>,
    /// Incidents that were open when what they are about ended.
    open: Vec<&'a HistoricIncident>,
}

impl<'a> Told<'a> {
    fn new(commit: &'a Committed<'a>, sampling: Sampling) -> Self {
        let mut told = Self {
            commit,
            sampling,
            instances: FxHashMap::default(),
            activities: FxHashMap::default(),
            open: Vec::new(),
        };
        for event in commit.events() {
            match event {
                HistoryEvent::ProcessInstanceStarted(row) => drop(told.instances.insert(row.id, row)),
                HistoryEvent::ActivityStarted(row) => drop(told.activities.insert(row.id, row)),
                HistoryEvent::IncidentEnded { id, state: IncidentState::Deleted, .. } => {
                    told.open.extend(commit.world.historic_incident(*id));
                }
                _ => {}
            }
        }
        told
    }

    fn instance(&self, id: Id) -> Option<&'a HistoricProcessInstance> {
        self.instances.get(&id).copied().or_else(|| self.commit.world.historic_process_instance(id))
    }

    fn activity(&self, id: Id) -> Option<&'a HistoricActivityInstance> {
        self.activities.get(&id).copied().or_else(|| self.commit.world.historic_activity_instance(id))
    }

    /// The trace of a root instance, when it is recorded.
    fn trace(&self, root: Id) -> Option<TraceContext> {
        let incoming = self.instance(root).and_then(|row| row.trace.as_deref());
        Some(of_root(root, incoming, self.sampling)).filter(TraceContext::is_sampled)
    }

    /// The request that a commit comes from, when it belongs to another trace.
    fn link(&self, trace: &TraceContext) -> Option<&'a TraceContext> {
        self.commit.trace.filter(|request| request.trace != trace.trace)
    }

    /// Writes the span of an event; answers whether there is one.
    fn tell(&self, out: &mut Vec<u8>, root: Id, event: &HistoryEvent) -> bool {
        if !tells(event) {
            return false;
        }
        let Some(trace) = self.trace(root) else { return false };
        match event {
            HistoryEvent::ActivityEnded { id, time, state } => self.activity_ended(out, &trace, *id, *time, *state),
            HistoryEvent::ProcessInstanceEnded { id, time, state, delete_reason, .. } => {
                self.instance_ended(out, &trace, root, *id, *time, *state, delete_reason.as_deref())
            }
            HistoryEvent::JobLog(row) => self.job_failed(out, &trace, row),
            HistoryEvent::ExternalTaskLog(row) => self.external_task_failed(out, &trace, row),
            HistoryEvent::IncidentCreated(row) => self.incident(out, &trace, row),
            _ => false,
        }
    }

    fn activity_ended(
        &self,
        out: &mut Vec<u8>,
        trace: &TraceContext,
        id: Id,
        end: Timestamp,
        state: ActivityState,
    ) -> bool {
        let Some(row) = self.activity(id) else { return false };
        let of_it = |open: &&&HistoricIncident| {
            open.process_instance == Some(row.process_instance) && open.activity.as_deref() == Some(&row.activity)
        };
        let span = Span {
            trace,
            id: span_id(id),
            parent: span_id(row.parent),
            remote_parent: false,
            name: row.activity_name.as_deref().unwrap_or(&row.activity),
            start_ms: row.start.0,
            end_ms: end.0,
            link: if self.activities.contains_key(&id) { None } else { self.link(trace) },
            failure: self.open.iter().find(of_it).map(|open| failure(open)),
        };
        proto::span(out, &span, |to| {
            self.place(to, Some(row.process_instance), Some(row.definition), Some(&row.activity));
            to.optional("bpmn.activity.name", row.activity_name.as_deref());
            to.add("bpmn.activity.type", &*row.activity_type);
            to.id("bpmn.activity_instance.id", id);
            if state == ActivityState::Canceled {
                to.add("bpmn.activity.canceled", proto::Attribute::Flag(true));
            }
            if let Some(task) = row.task {
                to.id("bpmn.task.id", task);
            }
            if let Some(called) = row.called_instance {
                to.id("bpmn.called_process_instance.id", called);
            }
        });
        true
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one event")]
    fn instance_ended(
        &self,
        out: &mut Vec<u8>,
        trace: &TraceContext,
        root: Id,
        id: Id,
        end: Timestamp,
        state: InstanceStateName,
        reason: Option<&str>,
    ) -> bool {
        let Some(row) = self.instance(id) else { return false };
        let parent = match (row.super_activity_instance, row.super_instance) {
            (Some(caller), _) | (None, Some(caller)) => span_id(caller),
            (None, None) => trace.span,
        };
        let definition = self.commit.world.process_definition(row.definition);
        let open = self.open.iter().find(|open| open.process_instance == Some(id));
        let span = Span {
            trace,
            id: span_id(id),
            parent,
            remote_parent: id == root && parent != 0,
            name: definition.map_or("process instance", |definition| &definition.key),
            start_ms: row.start.0,
            end_ms: end.0,
            link: if self.instances.contains_key(&id) { None } else { self.link(trace) },
            failure: open.map(|open| failure(open)),
        };
        proto::span(out, &span, |to| {
            self.place(to, Some(id), Some(row.definition), None);
            to.add("bpmn.process_instance.state", state.name());
            to.optional("bpmn.process_instance.delete_reason", reason);
        });
        true
    }

    fn job_failed(&self, out: &mut Vec<u8>, trace: &TraceContext, row: &HistoricJobLog) -> bool {
        let Some(instance) = row.process_instance else { return false };
        let failure = Failure { message: row.message.as_deref().unwrap_or_default(), stack: row.stacktrace.as_deref() };
        let at = self.at(row.execution, instance);
        self.moment(out, trace, "failed attempt", row.id, at, row.time, failure, |to| {
            self.place(to, Some(instance), row.definition, row.activity.as_deref());
            to.id("bpmn.job.id", row.job);
            to.add("bpmn.retries", proto::Attribute::Integer(row.retries.into()));
        })
    }

    fn external_task_failed(&self, out: &mut Vec<u8>, trace: &TraceContext, row: &HistoricExternalTaskLog) -> bool {
        let failure = Failure { message: row.message.as_deref().unwrap_or_default(), stack: row.details.as_deref() };
        let at = row.activity_instance;
        self.moment(out, trace, "failed attempt", row.id, at, row.time, failure, |to| {
            self.place(to, Some(row.process_instance), Some(row.definition), Some(&row.activity));
            to.id("bpmn.external_task.id", row.task);
            to.add("bpmn.topic", &*row.topic);
            to.optional("bpmn.worker.id", row.worker.as_deref());
            if let Some(retries) = row.retries {
                to.add("bpmn.retries", proto::Attribute::Integer(retries.into()));
            }
        })
    }

    fn incident(&self, out: &mut Vec<u8>, trace: &TraceContext, row: &HistoricIncident) -> bool {
        let Some(instance) = row.process_instance else { return false };
        let at = self.at(row.execution, instance);
        self.moment(out, trace, "incident", row.id, at, row.start, failure(row), |to| {
            self.place(to, Some(instance), row.definition, row.activity.as_deref());
            to.id("bpmn.incident.id", row.id);
            to.add("bpmn.incident.type", &*row.kind);
        })
    }

    /// The activity instance that an execution is in. Before an activity begins, its token is in what is around it.
    fn at(&self, execution: Option<Id>, instance: Id) -> Id {
        let mut at = execution.and_then(|id| self.commit.world.execution(id));
        while let Some(row) = at {
            if let Some(found) = row.activity_instance {
                return found;
            }
            at = row.parent.and_then(|id| self.commit.world.execution(id));
        }
        instance
    }

    /// A failed span without duration.
    #[expect(clippy::too_many_arguments, reason = "the fields of one span")]
    fn moment(
        &self,
        out: &mut Vec<u8>,
        trace: &TraceContext,
        name: &str,
        id: Id,
        at: Id,
        time: Timestamp,
        failure: Failure<'_>,
        attributes: impl FnOnce(&mut Attributes<'_>),
    ) -> bool {
        let span = Span {
            trace,
            id: span_id(id),
            parent: span_id(at),
            remote_parent: false,
            name,
            start_ms: time.0,
            end_ms: time.0,
            link: self.link(trace),
            failure: Some(failure),
        };
        proto::span(out, &span, attributes);
        true
    }

    /// Where something is.
    fn place(&self, to: &mut Attributes<'_>, instance: Option<Id>, definition: Option<Id>, activity: Option<&str>) {
        if let Some(id) = instance {
            to.id("bpmn.process_instance.id", id);
            if let Some(row) = self.instance(id) {
                to.optional("bpmn.business_key", row.business_key.as_deref());
                to.optional("bpmn.tenant.id", row.tenant.as_deref());
            }
        }
        if let Some(row) = definition.and_then(|id| self.commit.world.process_definition(id)) {
            to.add("bpmn.process_definition.key", &*row.key);
            to.add("bpmn.process_definition.version", proto::Attribute::Integer(row.version.into()));
        }
        to.optional("bpmn.activity.id", activity);
    }
}

/// What an incident says.
fn failure(incident: &HistoricIncident) -> Failure<'_> {
    Failure { message: incident.message.as_deref().unwrap_or(&incident.kind), stack: None }
}
