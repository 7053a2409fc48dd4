//! What happened: counted from the history of each commit.

use parking_lot::Mutex;
use prometheus_client::{
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use rustc_hash::FxHashMap;
use tollgate::{
    Id,
    history::{HistoryEvent, InstanceStateName, LogKind},
    observe::{Committed, Observer},
    world::World,
};

use super::{One, Two, labels::Bounded};

/// Counters by definition, topic and outcome.
#[derive(Debug)]
pub(super) struct Happenings {
    commits: Counter,
    started: Family<One, Counter>,
    ended: Family<Two, Counter>,
    duration: Family<One, Histogram, fn() -> Histogram>,
    activities: Family<One, Counter>,
    jobs: Family<Two, Counter>,
    external_tasks: Family<Two, Counter>,
    incidents: Family<One, Counter>,
    definitions: Bounded,
    topics: Bounded,
    incident_types: Bounded,
    /// The figures of each definition, found without making a label.
    known: Mutex<FxHashMap<Id, Figures>>,
}

/// Figures of a definition that change with nearly every commit.
#[derive(Debug)]
struct Figures {
    started: Counter,
    activities: Counter,
}

/// From a hundredth of a second to about five weeks, by factors of four.
fn durations() -> Histogram {
    Histogram::new(exponential_buckets(0.01, 4.0, 15))
}

impl Happenings {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let happenings = Self {
            commits: Counter::default(),
            started: Family::default(),
            ended: Family::default(),
            duration: Family::new_with_constructor(durations),
            activities: Family::default(),
            jobs: Family::default(),
            external_tasks: Family::default(),
            incidents: Family::default(),
            definitions: Bounded::default(),
            topics: Bounded::default(),
            incident_types: Bounded::default(),
            known: Mutex::default(),
        };
        registry.register("transactions", "Commits that were published", happenings.commits.clone());
        registry.register(
            "process_instances_started",
            "Process instances started, by process",
            happenings.started.clone(),
        );
        registry.register(
            "process_instances_ended",
            "Process instances ended, by process and state",
            happenings.ended.clone(),
        );
        registry.register_with_unit(
            "process_instance_duration",
            "Time from start to end of process instances, by process",
            Unit::Seconds,
            happenings.duration.clone(),
        );
        registry.register(
            "activities_started",
            "Activity instances started, by process",
            happenings.activities.clone(),
        );
        registry.register("jobs_run", "Attempts to run jobs, by process and outcome", happenings.jobs.clone());
        registry.register(
            "external_tasks_reported",
            "Reports of workers, by topic and outcome",
            happenings.external_tasks.clone(),
        );
        registry.register("incidents_created", "Incidents created, by type", happenings.incidents.clone());
        happenings
    }

    fn figures(&self, world: &World, definition: Id) -> Figures {
        let labels = [("definition", self.definitions.definition(world, Some(definition)))];
        Figures {
            started: self.started.get_or_create(&labels).clone(),
            activities: self.activities.get_or_create(&labels).clone(),
        }
    }

    fn count(&self, known: &mut FxHashMap<Id, Figures>, world: &World, event: &HistoryEvent) {
        let outcome = |kind: LogKind| match kind {
            LogKind::Success => Some("success"),
            LogKind::Failure => Some("failure"),
            LogKind::Creation | LogKind::Deletion => None,
        };
        match event {
            HistoryEvent::ProcessInstanceStarted(row) => {
                known.entry(row.definition).or_insert_with(|| self.figures(world, row.definition)).started.inc();
            }
            HistoryEvent::ProcessInstanceEnded { id, time, state, .. } => {
                let row = world.historic_process_instance(*id);
                let definition = self.definitions.definition(world, row.map(|row| row.definition));
                if let Some(row) = row.filter(|_| *state == InstanceStateName::Completed) {
                    #[expect(clippy::cast_precision_loss, reason = "a duration needs no more digits")]
                    let seconds = (time.0 - row.start.0) as f64 / 1000.0;
                    self.duration.get_or_create(&[("definition", definition.clone())]).observe(seconds);
                }
                let labels = [("definition", definition), ("state", state.name().to_lowercase())];
                self.ended.get_or_create(&labels).inc();
            }
            HistoryEvent::ActivityStarted(row) => {
                known.entry(row.definition).or_insert_with(|| self.figures(world, row.definition)).activities.inc();
            }
            HistoryEvent::JobLog(row) => {
                let Some(outcome) = outcome(row.kind) else { return };
                let labels = [
                    ("definition", self.definitions.definition(world, row.definition)),
                    ("outcome", outcome.to_owned()),
                ];
                self.jobs.get_or_create(&labels).inc();
            }
            HistoryEvent::ExternalTaskLog(row) => {
                let Some(outcome) = outcome(row.kind) else { return };
                let labels = [("topic", self.topics.value(&row.topic)), ("outcome", outcome.to_owned())];
                self.external_tasks.get_or_create(&labels).inc();
            }
            HistoryEvent::IncidentCreated(row) => {
                self.incidents.get_or_create(&[("type", self.incident_types.value(&row.kind))]).inc();
            }
            _ => {}
        }
    }
}

impl Observer for Happenings {
    fn committed(&self, commit: &Committed<'_>) {
        self.commits.inc();
        let mut known = self.known.lock();
        for event in commit.events() {
            self.count(&mut known, commit.world, event);
        }
    }
}
