//! Fetching external tasks.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use engine_core::{
    command::{Command, ExternalTaskCommand, Outcome},
    state::ExternalTask,
    trace,
};
use models::{Id, Timestamp};

use super::{Engine, Shared, lane::Lane, limits::Hold};
use crate::{
    pending::Pending,
    request::{Caller, FetchAndLock, LockedTask},
    world::World,
};

impl Engine {
    /// Locks tasks for a worker. An empty answer means that there is nothing to do: wait for
    /// [`Engine::external_tasks_available`] and ask again.
    pub fn fetch_and_lock(&self, request: FetchAndLock, caller: &Caller) -> Pending<Vec<LockedTask>> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            if let Err(fault) = lane.shared.admit_work() {
                drop(answer.send(Err(fault)));
                return;
            }
            let now = lane.shared.clock.now();
            let candidates: Vec<(usize, models::Id, models::Id)> = {
                let world = lane.shared.world.read();
                let mut fetching = lane.shared.fetching.lock();
                let mut allowance = Allowance::new(&lane.shared, &world, &fetching, now);
                let asked = allowance.without_exhausted(&request);
                let candidates: Vec<_> = world
                    .fetchable(&asked, now, Some(&caller), &fetching)
                    .into_iter()
                    .filter(|(_, task)| allowance.admits(&task.topic))
                    .filter_map(|(topic, task)| Some((topic, world.root_of_external_task(task.id)?, task.id)))
                    .filter(|(_, root, _)| !lane.is_parked(*root))
                    .collect();
                drop(allowance);
                // fetchers that come before these locks are on disk look for others
                fetching.extend(candidates.iter().map(|(_, _, task)| *task));
                candidates
            };
            if candidates.is_empty() {
                drop(answer.send(Ok(Vec::new())));
                return;
            }
            let commands = candidates
                .iter()
                .map(|(topic, root, task)| {
                    let lock_ms = request.topics[*topic].lock_ms;
                    let fetch = ExternalTaskCommand::Fetch { worker: request.worker.clone(), lock_ms };
                    (*root, Command::ExternalTask(*task, fetch))
                })
                .collect();
            let shared = lane.shared.clone();
            lane.transact_some(
                commands,
                &caller,
                Box::new(move |result| {
                    {
                        let mut fetching = shared.fetching.lock();
                        for (_, _, task) in &candidates {
                            fetching.remove(task);
                        }
                    }
                    drop(answer.send(result.map(|outcomes| {
                        let world = shared.world.read();
                        candidates
                            .into_iter()
                            .filter(|(_, _, task)| {
                                outcomes.iter().any(|(id, outcome)| id == task && *outcome == Outcome::Fetched)
                            })
                            .filter_map(|(topic, _, task)| delivered(&world, &shared, &request, topic, task))
                            .collect()
                    })));
                }),
            );
        })
    }
}

/// How many more tasks of limited topics may be locked.
struct Allowance<'a> {
    shared: &'a Arc<Shared>,
    world: &'a World,
    fetching: &'a BTreeSet<Id>,
    now: Timestamp,
    elapsed: Duration,
    /// When a rate allows more.
    again: Option<Duration>,
}

impl<'a> Allowance<'a> {
    fn new(shared: &'a Arc<Shared>, world: &'a World, fetching: &'a BTreeSet<Id>, now: Timestamp) -> Self {
        Self { shared, world, fetching, now, elapsed: shared.clock.elapsed(), again: None }
    }

    /// Tasks of a topic that are locked, or on the way to it.
    fn locked(&self, topic: &str) -> usize {
        let on_their_way = self.fetching.iter().filter_map(|id| self.world.external_task(*id));
        let free = |task: &ExternalTask| task.lock_expires.is_none_or(|until| until <= self.now);
        let on_their_way = on_their_way.filter(|task| &*task.topic == topic && free(task)).count();
        self.world.locked_external_tasks(topic, self.now) + on_their_way
    }

    /// The request without topics of which nothing may be locked at present: their tasks must not stand before others.
    fn without_exhausted<'r>(&mut self, request: &'r FetchAndLock) -> Cow<'r, FetchAndLock> {
        let mut usages = self.shared.topics.lock();
        if usages.is_empty() {
            return Cow::Borrowed(request);
        }
        let mut left = request.clone();
        for topic in &mut left.topics {
            if let Err(hold) = usages.check(&topic.name, Some(self.locked(&topic.name)), self.elapsed) {
                self.note(hold);
                // the place in the list says which topic a task was found by
                topic.name.clear();
            }
        }
        Cow::Owned(left)
    }

    /// Whether one more task may be locked; it is counted if it may.
    fn admits(&mut self, topic: &Arc<str>) -> bool {
        let mut usages = self.shared.topics.lock();
        if usages.limits().of(topic).is_none() {
            return true;
        }
        let begun = usages.begun(topic);
        match usages.check(topic, Some(self.locked(topic) + begun), self.elapsed) {
            Ok(()) => {
                usages.begin(topic, self.elapsed);
                true
            }
            Err(hold) => {
                self.note(hold);
                false
            }
        }
    }

    fn note(&mut self, hold: Hold) {
        if let Hold::Until(time) = hold {
            self.again = Some(self.again.map_or(time, |again| again.min(time)));
        }
    }
}

impl Drop for Allowance<'_> {
    fn drop(&mut self) {
        // what was chosen here is among those on their way from here on
        self.shared.topics.lock().settle(self.elapsed);
        // workers that wait hear of nothing when a rate allows more
        if let Some(again) = self.again
            && !self.shared.topics_wake.swap(true, Ordering::AcqRel)
        {
            let shared = Arc::downgrade(self.shared);
            self.shared.later(again.saturating_sub(self.elapsed), move || {
                if let Some(shared) = shared.upgrade() {
                    shared.topics_wake.store(false, Ordering::Release);
                    shared.work_for_workers.send_modify(|count| *count += 1);
                }
            });
        }
    }
}

/// A locked task with what its topic asks for.
fn delivered(
    world: &crate::world::World,
    shared: &super::Shared,
    request: &FetchAndLock,
    topic: usize,
    task: models::Id,
) -> Option<LockedTask> {
    let row = world.external_task(task)?.clone();
    let wanted = &request.topics[topic];
    let visible = if wanted.local_variables {
        world.variables_of(row.execution).collect()
    } else {
        world.visible_variables(row.execution)
    };
    let wants = |name: &str| wanted.variables.as_ref().is_none_or(|names| names.iter().any(|known| **known == *name));
    // injected fields of the delegate that the task stands for hide variables of their names
    let fields = row.fields.iter().map(|(name, value)| (std::sync::Arc::from(name.as_str()), value.clone()));
    let variables = visible
        .into_iter()
        .filter(|variable| row.fields.iter().all(|(name, _)| **name != *variable.name))
        .map(|variable| (variable.name.clone(), variable.value.clone()))
        .chain(fields)
        .filter(|(name, _)| wants(name))
        .collect();
    let business_key = world.execution(row.process_instance).and_then(|instance| instance.business_key.clone());
    let extension_properties = if wanted.extension_properties {
        shared
            .definitions
            .read()
            .get(&row.definition)
            .map_or_else(Vec::new, |definition| definition.graph.node(row.node).properties.clone())
    } else {
        Vec::new()
    };
    let trace = world.root_of_process_instance(row.process_instance).and_then(|root| {
        let incoming = world.execution(root).and_then(|root| root.trace.as_deref());
        trace::handed_on(root, incoming, row.activity_instance, shared.options.settings.tracing)
    });
    Some(LockedTask { task: row, topic, business_key, variables, extension_properties, trace })
}

impl Lane {
    /// Locks what is still free of the given tasks, in one commit.
    fn transact_some(
        &mut self,
        commands: Vec<(models::Id, Command)>,
        caller: &Caller,
        done: Box<dyn FnOnce(Result<Vec<(models::Id, Outcome)>, engine_core::error::Fault>) + Send>,
    ) {
        let tasks: Vec<models::Id> = commands
            .iter()
            .filter_map(|(_, command)| match command {
                Command::ExternalTask(id, _) => Some(*id),
                _ => None,
            })
            .collect();
        self.transact_each(
            commands,
            caller,
            Box::new(move |result| {
                done(
                    result
                        .map(|outcomes| tasks.into_iter().zip(outcomes).filter_map(|(id, o)| Some((id, o?))).collect()),
                );
            }),
        );
    }
}
