//! What a clean-up job removes in one transaction: by removal time, or by end time and time to live.

use std::collections::BTreeMap;

use engine_core::{command::Command, history::HistoryEvent, state::CleanUpJob};
use models::{Id, Timestamp};

use super::{CleanUpOptions, CleanUpStrategy, at_once::PORTIONS};
use crate::{
    runtime::{Shared, batches, engine_jobs::Work},
    world::{
        Batch, World,
        cold::{ColdRoot, Due, Traces},
    },
};

/// How much a clean-up has removed.
#[derive(Clone, Copy, Default)]
pub(super) struct Removed {
    pub(super) instances: usize,
    pub(super) decisions: usize,
    pub(super) batches: usize,
}

impl Removed {
    /// Whether so much was removed that the job runs again at once.
    pub(super) fn full(self, options: &CleanUpOptions) -> bool {
        let each = [self.instances, self.decisions, self.batches];
        match options.strategy {
            CleanUpStrategy::RemovalTime => each.into_iter().any(|count| count >= options.batch_size),
            CleanUpStrategy::EndTime => each.into_iter().sum::<usize>() >= options.batch_threshold,
        }
    }
}

/// What happened within the minutes of an hour that a job is responsible for.
#[derive(Clone, Copy)]
struct Share(CleanUpJob);

impl Share {
    fn has(self, time: Timestamp) -> bool {
        let minute = time.0.div_euclid(60_000).rem_euclid(60);
        (i64::from(self.0.minute_from)..=i64::from(self.0.minute_to)).contains(&minute)
    }
}

/// Events that remove history, by root instance.
type ByRoot = BTreeMap<Id, Vec<HistoryEvent>>;

impl Shared {
    /// Removes a portion of what is due. `at_once` takes in what can be removed without a transaction.
    pub(super) fn remove_due(
        &self,
        work: &mut Work,
        at_once: &mut Vec<Due>,
        now: Timestamp,
        state: CleanUpJob,
    ) -> Removed {
        let world = self.world.read();
        let share = Share(state);
        let mut by_root = ByRoot::new();
        let removed = match self.options.clean_up.strategy {
            CleanUpStrategy::RemovalTime => self.by_removal_time(&world, work, (&mut by_root, at_once), now, share),
            CleanUpStrategy::EndTime => self.by_end_time(&world, work, &mut by_root, now, share),
        };
        work.commands.extend(by_root.into_iter().map(|(root, events)| (root, Command::Record(events))));
        removed
    }

    /// Removes as many as the batch size says, of each kind; several times as many of what goes at once.
    fn by_removal_time(
        &self,
        world: &World,
        work: &mut Work,
        (by_root, at_once): (&mut ByRoot, &mut Vec<Due>),
        now: Timestamp,
        share: Share,
    ) -> Removed {
        let most = self.options.clean_up.batch_size;
        let mine = |time: Option<Timestamp>| time.is_some_and(|time| share.has(time));
        let mut removed = Removed::default();
        let traces = Traces::any().removable(now);
        let (single, others) = (|root: &ColdRoot| root.single.is_some(), |root: &ColdRoot| root.single.is_none());
        // all of a root with one process instance goes with that: its history need not be read
        at_once.extend(world.due_on_disk(now, |root| mine(root.removal)).take(most.saturating_mul(PORTIONS)));
        removed.instances = at_once.len();
        let others_on_disk = (!world.removes_at_once()).then(|| world.candidates(&traces)).into_iter().flatten();
        let in_no_segment = world.removes_at_once().then(|| world.piled(&traces)).into_iter().flatten();
        let rest = others_on_disk.chain(in_no_segment).filter(single).filter(|root| mine(root.removal));
        for root in rest.take(most.saturating_sub(removed.instances)) {
            by_root.entry(root.root).or_default().push(HistoryEvent::ProcessInstanceDeleted(root.root));
            removed.instances += 1;
        }
        // to find that there are no others takes a look at everything that is due
        if removed.instances < most {
            through(world, world.candidates(&traces).filter(others), |world| {
                let due = world.cleanable_process_instances(now).filter(|row| mine(row.removal_time));
                for row in due.take(most - removed.instances) {
                    by_root.entry(row.root).or_default().push(HistoryEvent::ProcessInstanceDeleted(row.id));
                    removed.instances += 1;
                }
                removed.instances < most
            });
        }
        // decisions of process instances go with these
        for row in world.cleanable_decisions(now).filter(|row| mine(row.removal_time)).take(most) {
            work.history.push(HistoryEvent::EntryDeleted(row.id));
            removed.decisions += 1;
        }
        removed.batches = remove_batches(world, work, most, |batch| {
            batch.end.is_some() && mine(batch.removal_time) && batch.removal_time <= Some(now)
        });
        removed
    }

    /// Removes as many as the batch size says, of all kinds together: first process instances, then decisions, then batches.
    fn by_end_time(
        &self,
        world: &World,
        work: &mut Work,
        by_root: &mut ByRoot,
        now: Timestamp,
        share: Share,
    ) -> Removed {
        let mut most = self.options.clean_up.batch_size;
        let over =
            |at: Timestamp, days: Option<i32>| share.has(at) && days.is_some_and(|days| at.plus_days(days) <= now);
        let mut removed = Removed::default();
        let definitions = world.process_definitions().filter(|row| row.history_time_to_live.is_some());
        // what ended by then had begun by then
        let traces = Traces::any().one_of(definitions.map(|row| row.id)).until(Some(now));
        through(world, world.candidates(&traces), |world| {
            let due = world.ended_process_instances(now).filter(|row| {
                let days = world.process_definition(row.definition).and_then(|row| row.history_time_to_live);
                row.end.is_some_and(|end| over(end, days))
            });
            for row in due.take(most) {
                by_root.entry(row.root).or_default().push(HistoryEvent::ProcessInstanceDeleted(row.id));
                removed.instances += 1;
                most -= 1;
            }
            most > 0
        });
        let definitions: Vec<_> =
            world.decision_definitions().filter(|row| row.history_time_to_live.is_some()).map(|row| row.id).collect();
        let traces = Traces::any().one_of(definitions.iter().copied()).until(Some(now));
        through(world, world.candidates(&traces), |world| {
            for definition in definitions.iter().copied() {
                let days = world.decision_definition(definition).and_then(|row| row.history_time_to_live);
                for row in world.decisions_of(definition).filter(|row| over(row.time, days)).take(most) {
                    let instance = row.process_instance.and_then(|id| world.historic_process_instance(id));
                    let event = HistoryEvent::EntryDeleted(row.id);
                    match instance {
                        None => work.history.push(event),
                        Some(instance) => {
                            let events = by_root.entry(instance.root).or_default();
                            if events.contains(&HistoryEvent::ProcessInstanceDeleted(instance.id)) {
                                continue;
                            }
                            events.push(event);
                        }
                    }
                    removed.decisions += 1;
                    most -= 1;
                }
            }
            most > 0
        });
        removed.batches = remove_batches(world, work, most, |batch| {
            batch.end.is_some_and(|end| over(end, self.options.batches.time_to_live(&batch.kind)))
        });
        removed
    }
}

/// Goes through the history of roots, of these on disk first since they are older, until `each` answers that it is enough.
fn through(world: &World, on_disk: impl Iterator<Item = ColdRoot>, mut each: impl FnMut(&World) -> bool) {
    if world.portions(on_disk.map(|root| root.root)).all(|portion| each(&portion)) {
        each(world);
    }
}

fn remove_batches(world: &World, work: &mut Work, most: usize, due: impl Fn(&Batch) -> bool) -> usize {
    let due: Vec<_> = world.batches().filter(|batch| due(batch)).take(most).collect();
    for batch in &due {
        batches::forget(work, world, batch);
    }
    due.len()
}
