//! What is open: jobs by state, external tasks by topic, user tasks and their ages, incidents.
//!
//! Counted by walking the read model in steps, between which commits go on; counts are as of the walk, not of one moment. Each step counts
//! by what rows have at hand (ids, names) and makes labels of its few sums only. A walk that takes long is made so much more seldom.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};
use rustc_hash::FxHashMap;
use tollgate::{
    Id, Timestamp,
    state::{ExternalTask, Job},
    world::World,
};

use super::{One, Two, labels::Bounded};
use crate::engine::Engine;

/// How old a count may be before it is made again.
pub(super) const FRESH: Duration = Duration::from_secs(10);
/// So many times as long as counting took, the count stays at least: with very much open, counting costs half a percent of a processor.
const REST: u32 = 200;
/// Rows that are counted without letting a commit through.
const STEP: usize = 5_000;

/// The count and the gauges it fills.
#[derive(Debug)]
pub(super) struct Census {
    made: Option<Instant>,
    /// How long the last count is good for.
    fresh: Duration,
    entities: Family<One, Gauge>,
    jobs: Family<Two, Gauge>,
    external_tasks: Family<Two, Gauge>,
    user_tasks: Family<One, Gauge>,
    oldest_task: Family<One, Gauge>,
    incidents: Family<One, Gauge>,
    oldest_due_job: Gauge,
    definitions: Bounded,
    topics: Bounded,
    incident_types: Bounded,
}

/// What was counted.
#[derive(Debug, Default)]
struct Tally {
    jobs: HashMap<Two, i64>,
    external_tasks: HashMap<Two, i64>,
    user_tasks: HashMap<One, i64>,
    oldest_task: HashMap<One, i64>,
    incidents: HashMap<One, i64>,
    oldest_due_job: i64,
}

impl Tally {
    /// Open user tasks of a process, the oldest of them created at a time.
    fn tasks(&mut self, definition: String, count: usize, now: Timestamp, created: Timestamp) {
        let labels = [("definition", definition)];
        *self.user_tasks.entry(labels.clone()).or_default() += i64::try_from(count).unwrap_or(i64::MAX);
        let oldest = self.oldest_task.entry(labels).or_default();
        *oldest = (*oldest).max((now.0 - created.0) / 1000);
    }
}

impl Census {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let census = Self {
            made: None,
            fresh: FRESH,
            entities: Family::default(),
            jobs: Family::default(),
            external_tasks: Family::default(),
            user_tasks: Family::default(),
            oldest_task: Family::default(),
            incidents: Family::default(),
            oldest_due_job: Gauge::default(),
            definitions: Bounded::default(),
            topics: Bounded::default(),
            incident_types: Bounded::default(),
        };
        registry.register("entities", "Open entities by kind", census.entities.clone());
        registry.register("jobs", "Jobs by process and state: due, later, failed, suspended", census.jobs.clone());
        registry.register_with_unit(
            "oldest_due_job_age",
            "How long the job that is due longest has been due",
            Unit::Seconds,
            census.oldest_due_job.clone(),
        );
        registry.register(
            "external_tasks",
            "External tasks by topic and state: free, locked, failed, suspended",
            census.external_tasks.clone(),
        );
        registry.register("user_tasks", "Open user tasks by process", census.user_tasks.clone());
        registry.register_with_unit(
            "oldest_user_task_age",
            "Age of the oldest open user task, by process",
            Unit::Seconds,
            census.oldest_task.clone(),
        );
        registry.register("incidents", "Open incidents by type", census.incidents.clone());
        census
    }

    /// Counts again, when the last count is not fresh.
    pub(super) fn refresh(&mut self, engine: &Engine) {
        for (kind, number) in engine.sizes() {
            let labels = [("kind", kind.to_owned())];
            self.entities.get_or_create(&labels).set(i64::try_from(number).unwrap_or(i64::MAX));
        }
        if self.made.is_some_and(|made| made.elapsed() < self.fresh) {
            return;
        }
        let begun = Instant::now();
        let tally = self.count(engine);
        fill(&self.jobs, tally.jobs);
        fill(&self.external_tasks, tally.external_tasks);
        fill(&self.user_tasks, tally.user_tasks);
        fill(&self.oldest_task, tally.oldest_task);
        fill(&self.incidents, tally.incidents);
        self.oldest_due_job.set(tally.oldest_due_job);
        self.fresh = FRESH.max(begun.elapsed() * REST);
        self.made = Some(Instant::now());
    }

    fn count(&self, engine: &Engine) -> Tally {
        let now = engine.now();
        let mut tally = Tally::default();
        steps(engine, |world, last| {
            let mut jobs: FxHashMap<(Option<Id>, &str), i64> = FxHashMap::default();
            let next = walk(
                world.jobs_after(last),
                |row| row.id,
                |row| {
                    let state = job_state(row, now);
                    if state == "due" {
                        let age = (now.0 - row.due.unwrap_or(row.created).0) / 1000;
                        tally.oldest_due_job = tally.oldest_due_job.max(age);
                    }
                    *jobs.entry((row.definition, state)).or_default() += 1;
                },
            );
            for ((definition, state), count) in jobs {
                let labels =
                    [("definition", self.definitions.definition(world, definition)), ("state", state.to_owned())];
                *tally.jobs.entry(labels).or_default() += count;
            }
            next
        });
        steps(engine, |world, last| {
            let mut tasks: FxHashMap<(&str, &str), i64> = FxHashMap::default();
            let next = walk(
                world.external_tasks_after(last),
                |row| row.id,
                |row| *tasks.entry((&*row.topic, external_state(row, now))).or_default() += 1,
            );
            for ((topic, state), count) in tasks {
                let labels = [("topic", self.topics.value(topic)), ("state", state.to_owned())];
                *tally.external_tasks.entry(labels).or_default() += count;
            }
            next
        });
        let definitions: Vec<Id> = engine.read().process_definitions().map(|definition| definition.id).collect();
        for definition in definitions {
            let world = engine.read();
            if let Some((count, created)) = world.open_tasks(definition) {
                tally.tasks(self.definitions.definition(&world, Some(definition)), count, now, created);
            }
        }
        let world = engine.read();
        for row in world.standalone_tasks() {
            tally.tasks(self.definitions.definition(&world, None), 1, now, row.created);
        }
        drop(world);
        steps(engine, |world, last| {
            let mut incidents: FxHashMap<&str, i64> = FxHashMap::default();
            let next =
                walk(world.incidents_after(last), |row| row.id, |row| *incidents.entry(&*row.kind).or_default() += 1);
            for (kind, count) in incidents {
                *tally.incidents.entry([("type", self.incident_types.value(kind))]).or_default() += count;
            }
            next
        });
        tally
    }
}

fn job_state(row: &Job, now: Timestamp) -> &'static str {
    if row.suspended {
        "suspended"
    } else if row.retries <= 0 {
        "failed"
    } else if row.due.is_some_and(|due| due > now) {
        "later"
    } else {
        "due"
    }
}

fn external_state(row: &ExternalTask, now: Timestamp) -> &'static str {
    if row.suspended {
        "suspended"
    } else if row.retries.is_some_and(|retries| retries <= 0) {
        "failed"
    } else if row.lock_expires.is_some_and(|until| until > now) {
        "locked"
    } else {
        "free"
    }
}

/// Walks a table in steps; `step` counts from behind an id and answers where it stopped, if not at the end.
fn steps(engine: &Engine, mut step: impl FnMut(&World, Id) -> Option<Id>) {
    let mut last = Id::default();
    loop {
        let world = engine.read();
        match step(&world, last) {
            Some(next) => last = next,
            None => return,
        }
    }
}

/// Counts up to [`STEP`] rows; answers the last one's id when there may be more.
fn walk<'a, T: 'a>(
    rows: impl Iterator<Item = &'a T>,
    id: impl Fn(&T) -> Id,
    mut count: impl FnMut(&'a T),
) -> Option<Id> {
    let mut number = 0;
    let mut last = None;
    for row in rows.take(STEP) {
        count(row);
        number += 1;
        last = Some(id(row));
    }
    last.filter(|_| number == STEP)
}

/// Sets the gauges of a family; those that were not counted are gone.
fn fill<L>(family: &Family<L, Gauge>, counts: HashMap<L, i64>)
where
    L: Clone + std::hash::Hash + Eq,
{
    family.clear();
    for (labels, count) in counts {
        family.get_or_create(&labels).set(count);
    }
}
