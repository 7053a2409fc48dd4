//! Jobs that are due, in the order in which they are to run: fair between tenants, their definitions, and the jobs of these.
//!
//! The queue holds candidates. Whether one may still run is looked up in the read model when its turn comes, so that nothing
//! has to be taken out when a job is suspended, deleted or done.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
    time::Duration,
};

use engine_core::state::{Job, JobKind};
use models::{Id, Timestamp};
use rustc_hash::FxHashMap;

use crate::world::{World, text_key};

/// Turns of this many tenants and definitions are remembered that have nothing to do at present.
const MOST_TURNS: usize = 10_000;

/// Which jobs come first. Without any of these, tenants and definitions take turns, and the jobs of one go by due date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobOrder {
    /// Jobs of higher priority first (Camunda's `jobExecutorAcquireByPriority`).
    pub by_priority: bool,
    /// Timers before other jobs (`jobExecutorPreferTimerJobs`).
    pub timers_first: bool,
    /// By due date, those without one first (`jobExecutorAcquireByDueDate`).
    pub by_due_date: bool,
}

/// What comes before what, as far as it was asked for; equals take turns.
type Rank = (Reverse<i64>, bool, Option<Timestamp>);

/// Jobs that are alike: of one tenant (its hash), definition, and activity.
type Kind = (u64, Option<Id>, Option<u32>);

/// A job's place among those of its kind.
type Place = (Reverse<i64>, bool, Option<Timestamp>, Id);

/// What the queue needs to know of a job.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    id: Id,
    kind: Kind,
    priority: i64,
    timer: bool,
    due: Option<Timestamp>,
}

impl Candidate {
    /// A job that may run once it is due.
    pub(super) fn of(job: &Job) -> Option<Self> {
        if job.retries <= 0 || job.suspended {
            return None;
        }
        Some(Self {
            id: job.id,
            kind: (job.tenant.as_deref().map_or(0, text_key), job.definition, job.declaration),
            priority: job.priority,
            timer: is_timer(&job.kind),
            due: job.due,
        })
    }
}

fn is_timer(kind: &JobKind) -> bool {
    matches!(
        kind,
        JobKind::TimerTransition(_)
            | JobKind::TimerIntermediate(_)
            | JobKind::TimerStart(..)
            | JobKind::TimerEventSubProcess(_)
            | JobKind::TimerTaskListener(..)
    )
}

/// Whether a job may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It begins.
    Begin,
    /// It runs already.
    Runs,
    /// It rests until a time of the engine's clock that goes on.
    Rests(Duration),
    /// It must wait, and all of its kind with it; until a time, if that is known.
    Held(Option<Duration>),
}

#[derive(Debug, Default)]
struct Group {
    places: BTreeSet<Place>,
    turn: u64,
}

/// The queue.
#[derive(Debug, Default)]
pub(super) struct JobQueue {
    order: JobOrder,
    groups: FxHashMap<Kind, Group>,
    /// When each tenant, and each definition of one, had its last turn.
    tenants: FxHashMap<u64, u64>,
    definitions: FxHashMap<(u64, Option<Id>), u64>,
    turn: u64,
    /// Jobs that wait for a pause to end.
    delayed: BTreeSet<(Duration, Id)>,
    /// Jobs that were due by then are known.
    known_until: Option<Timestamp>,
}

/// What one look at the queue came to.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Jobs that begin.
    pub(super) jobs: Vec<Id>,
    /// When another look is worth it, if nothing happens before.
    pub(super) again: Option<Duration>,
}

impl JobQueue {
    pub(super) fn new(order: JobOrder) -> Self {
        Self { order, ..Self::default() }
    }

    /// Number of jobs that wait.
    pub(super) fn len(&self) -> usize {
        self.groups.values().map(|group| group.places.len()).sum::<usize>() + self.delayed.len()
    }

    /// A job has changed. Those that are not due yet are found when they are.
    pub(super) fn changed(&mut self, candidate: Candidate) {
        if self.known_until.is_some_and(|known| candidate.due.is_none_or(|due| due <= known)) {
            self.insert(candidate);
        }
    }

    /// A job is to be looked at again at a time.
    pub(super) fn delay(&mut self, job: Id, until: Duration) {
        self.delayed.insert((until, job));
    }

    fn place(&self, candidate: &Candidate) -> Place {
        let priority = if self.order.by_priority { candidate.priority } else { 0 };
        (Reverse(priority), self.order.timers_first && !candidate.timer, candidate.due, candidate.id)
    }

    fn rank(&self, (priority, timer, due, _): Place) -> Rank {
        (priority, timer, due.filter(|_| self.order.by_due_date))
    }

    fn insert(&mut self, candidate: Candidate) {
        let place = self.place(&candidate);
        let (tenant, definition, _) = candidate.kind;
        // whoever comes is behind those who wait
        self.turn += 1;
        let turn = self.turn;
        self.tenants.entry(tenant).or_insert(turn);
        self.definitions.entry((tenant, definition)).or_insert(turn);
        let group = self.groups.entry(candidate.kind).or_insert_with(|| Group { turn, ..Group::default() });
        group.places.insert(place);
    }

    /// Takes in what has become due.
    fn pass_time(&mut self, world: &World, now: Timestamp, elapsed: Duration) {
        if self.known_until.is_some_and(|known| known > now) {
            // the clock was set back
            self.groups.clear();
            self.delayed.clear();
            self.known_until = None;
        }
        for job in world.jobs_due_between(self.known_until, now) {
            if let Some(candidate) = Candidate::of(job) {
                self.insert(candidate);
            }
        }
        self.known_until = Some(now);
        while let Some(&(until, id)) = self.delayed.first()
            && until <= elapsed
        {
            self.delayed.pop_first();
            if let Some(candidate) = world.job(id).and_then(Candidate::of) {
                self.changed(candidate);
            }
        }
        if self.definitions.len() > MOST_TURNS {
            let groups = &self.groups;
            let busy: BTreeSet<_> = groups.keys().map(|(tenant, definition, _)| (*tenant, *definition)).collect();
            self.definitions.retain(|key, _| busy.contains(key));
            self.tenants
                .retain(|tenant, _| busy.range((*tenant, None)..).next().is_some_and(|(known, _)| known == tenant));
        }
    }

    /// Takes up to `most` jobs whose turn it is; `may` says whether one may begin.
    pub(super) fn take(
        &mut self,
        world: &World,
        now: Timestamp,
        elapsed: Duration,
        most: usize,
        mut may: impl FnMut(&Job) -> Verdict,
    ) -> Taken {
        self.pass_time(world, now, elapsed);
        let mut taken = Taken::default();
        let mut held: Option<Duration> = None;
        let mut heads: BinaryHeap<_> = BinaryHeap::with_capacity(self.groups.len());
        if most > 0 {
            heads.extend(self.groups.keys().filter_map(|kind| self.head(*kind)));
        }
        while taken.jobs.len() < most
            && let Some(head) = heads.pop()
        {
            let Reverse((.., kind)) = head;
            // others of its tenant or definition may have had a turn meanwhile
            match self.head(kind) {
                Some(fresh) if fresh == head => {}
                fresh => {
                    heads.extend(fresh);
                    continue;
                }
            }
            let Some(place) = self.groups.get(&kind).and_then(|group| group.places.first().copied()) else { continue };
            let verdict = match world.job(place.3) {
                Some(job) => self.still(job, kind, place, now, elapsed).map_or_else(|gone| gone, |()| may(job)),
                None => Verdict::Runs,
            };
            match verdict {
                Verdict::Held(until) => {
                    held = held.into_iter().chain(until).min();
                    continue;
                }
                Verdict::Begin => {
                    taken.jobs.push(place.3);
                    self.had_turn(kind);
                }
                Verdict::Runs => {}
                Verdict::Rests(until) => self.delay(place.3, until),
            }
            if let Some(group) = self.groups.get_mut(&kind) {
                group.places.remove(&place);
                if group.places.is_empty() {
                    self.groups.remove(&kind);
                }
            }
            heads.extend(self.head(kind));
        }
        let due =
            world.next_due(now).map(|due| Duration::from_millis(u64::try_from(due.0 - now.0).unwrap_or(0).max(1)));
        let rested = self.delayed.first().map(|(until, _)| until.saturating_sub(elapsed));
        let held = held.map(|until| until.saturating_sub(elapsed));
        taken.again = [due, rested, held].into_iter().flatten().min();
        taken
    }

    /// Whether a job is still what its place says; otherwise what becomes of the place.
    fn still(&mut self, job: &Job, kind: Kind, place: Place, now: Timestamp, elapsed: Duration) -> Result<(), Verdict> {
        let Some(candidate) = Candidate::of(job) else { return Err(Verdict::Runs) };
        if let Some(until) = job.lock_expires.filter(|until| *until > now) {
            let wait = Duration::from_millis(u64::try_from(until.0 - now.0).unwrap_or_default());
            return Err(Verdict::Rests(elapsed + wait));
        }
        if candidate.kind != kind || self.place(&candidate) != place {
            // it has another place, where it is looked at if it is due
            self.changed(candidate);
            return Err(Verdict::Runs);
        }
        Ok(())
    }

    fn head(&self, kind: Kind) -> Option<Reverse<(Rank, u64, u64, u64, Kind)>> {
        let group = self.groups.get(&kind)?;
        let rank = self.rank(*group.places.first()?);
        let (tenant, definition, _) = kind;
        let tenant_turn = self.tenants.get(&tenant).copied().unwrap_or_default();
        let definition_turn = self.definitions.get(&(tenant, definition)).copied().unwrap_or_default();
        Some(Reverse((rank, tenant_turn, definition_turn, group.turn, kind)))
    }

    fn had_turn(&mut self, kind: Kind) {
        self.turn += 1;
        let (tenant, definition, _) = kind;
        self.tenants.insert(tenant, self.turn);
        self.definitions.insert((tenant, definition), self.turn);
        if let Some(group) = self.groups.get_mut(&kind) {
            group.turn = self.turn;
        }
    }
}
