//! What happens to process instances, in the log: each line names instance, business key, process, activity and request.
//!
//! Incidents and failed jobs are warnings; failures that workers report are information; beginnings and ends of instances and
//! activities are there for who looks for errors (level debug).

use engine_core::{
    error::Fault,
    history::{HistoryEvent, LogKind},
    host::DelegateCall,
};
use models::Id;
use tracing::{Level, Span};

use crate::{
    observe::{Committed, Observer},
    world::World,
};

/// Writes what commits tell.
#[derive(Debug)]
pub(crate) struct EventLog;

/// Writes a line about a process instance.
macro_rules! line {
    ($level:ident, $world:expr, $request:expr, $instance:expr, $definition:expr, $activity:expr, $($rest:tt)+) => {{
        let (world, instance, definition): (&World, Id, Option<Id>) = ($world, $instance, $definition);
        tracing::$level!(
            target: "tollgate::events",
            %instance,
            business_key = business_key(world, instance),
            definition = definition.and_then(|id| world.process_definition(id)).map(|row| row.key.as_str()),
            activity = $activity,
            request = $request,
            $($rest)+
        )
    }};
}

impl Observer for EventLog {
    fn committed(&self, commit: &Committed<'_>) {
        if !tracing::enabled!(target: "tollgate::events", Level::WARN) {
            return;
        }
        for event in commit.events() {
            tell(commit, event);
        }
    }
}

fn tell(commit: &Committed<'_>, event: &HistoryEvent) {
    let (world, request) = (commit.world, commit.request);
    match event {
        // one that another causes says nothing more
        HistoryEvent::IncidentCreated(row) if row.cause == row.id => {
            let (Some(instance), activity) = (row.process_instance, row.activity.as_deref()) else { return };
            let (kind, message) = (&*row.kind, row.message.as_deref().unwrap_or_default());
            line!(warn, world, request, instance, row.definition, activity, incident = %row.id, kind, "incident: {message}");
        }
        HistoryEvent::ExternalTaskLog(row) if row.kind == LogKind::Failure => {
            let (activity, message) = (&*row.activity, row.message.as_deref().unwrap_or_default());
            let (worker, topic) = (row.worker.as_deref(), &*row.topic);
            line!(
                info,
                world,
                request,
                row.process_instance,
                Some(row.definition),
                activity,
                worker,
                topic,
                retries = row.retries,
                "external task failed: {message}"
            );
        }
        HistoryEvent::ProcessInstanceStarted(row) => {
            line!(
                debug,
                world,
                request,
                row.id,
                Some(row.definition),
                row.start_activity.as_deref(),
                "process instance started"
            );
        }
        HistoryEvent::ProcessInstanceEnded { id, state, end_activity, .. } => {
            let definition = world.historic_process_instance(*id).map(|row| row.definition);
            let activity = end_activity.as_deref();
            line!(debug, world, request, *id, definition, activity, state = state.name(), "process instance ended");
        }
        HistoryEvent::ActivityStarted(row) => {
            line!(
                debug,
                world,
                request,
                row.process_instance,
                Some(row.definition),
                &*row.activity,
                "activity started"
            );
        }
        HistoryEvent::ActivityEnded { id, .. } if tracing::enabled!(target: "tollgate::events", Level::DEBUG) => {
            let Some(row) = world.historic_activity_instance(*id) else { return };
            line!(debug, world, request, row.process_instance, Some(row.definition), &*row.activity, "activity ended");
        }
        _ => {}
    }
}

/// Business key of a running or ended process instance.
fn business_key(world: &World, instance: Id) -> Option<&str> {
    let running = world.business_key(instance);
    running.or_else(|| world.historic_process_instance(instance)?.business_key.as_deref())
}

/// A job's attempt has failed.
pub(crate) fn job_failed(world: &World, job: Id, fault: &Fault) {
    let row = world.job(job);
    let Some((row, instance)) = row.and_then(|row| Some((row, row.process_instance?))) else {
        tracing::warn!(target: "tollgate::events", %job, "job failed: {fault}");
        return;
    };
    let own = world.job_definition_of(row).and_then(|definition| definition.activity.as_deref());
    let activity = fault.activity.as_deref().or(own);
    line!(warn, world, None::<&str>, instance, row.definition, activity, %job, retries = row.retries, "job failed: {fault}");
}

/// What a handler or connector logs belongs to its call.
pub(crate) fn call_span(call: &DelegateCall, request: Option<&str>) -> Span {
    let at = &call.execution;
    tracing::info_span!(
        "call",
        name = &*call.name,
        instance = %at.process_instance,
        business_key = at.business_key.as_deref(),
        definition = at.definition_key,
        activity = at.activity.as_deref(),
        request,
    )
}
