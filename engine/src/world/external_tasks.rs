//! Which external tasks can be fetched, topic by topic.
//!
//! A topic keeps its fetchable tasks by priority and creation, so that taking the first few of a million costs no more than
//! of ten. Locked tasks wait in order of the end of their lock; those whose lock has ended are merged in when tasks are
//! fetched and move back once time is told to have passed.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    sync::Arc,
};

use engine_core::state::ExternalTask;
use models::{Id, Timestamp, Value};

use super::{World, ordered::Ordered};
use crate::{
    query::{Operator, VariableFilter, fetchable_external_task},
    request::{Caller, FetchAndLock, FetchTopic},
};

/// Queues of all topics.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ExternalTaskQueues {
    topics: BTreeMap<Arc<str>, Queue>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Queue {
    /// Unlocked tasks by priority, highest first, then by creation.
    ready: BTreeMap<Reverse<i64>, Ordered<(Timestamp, Id)>>,
    /// Locked tasks by the end of the lock.
    locked: Ordered<(Timestamp, Id)>,
}

/// Neither suspended nor without retries.
fn is_waiting(task: &ExternalTask) -> bool {
    !task.suspended && task.retries.is_none_or(|retries| retries > 0)
}

impl ExternalTaskQueues {
    /// Follows the change of a task.
    pub(super) fn replace(&mut self, old: Option<&ExternalTask>, new: Option<&ExternalTask>) {
        if let Some(task) = old
            && is_waiting(task)
            && let Some(queue) = self.topics.get_mut(&task.topic)
        {
            if let Some(until) = task.lock_expires {
                queue.locked.remove(&(until, task.id));
            }
            // it is among the ready ones, too, when its lock has ended
            if let Some(ready) = queue.ready.get_mut(&Reverse(task.priority)) {
                ready.remove(&(task.created, task.id));
                if ready.is_empty() {
                    queue.ready.remove(&Reverse(task.priority));
                }
            }
            if queue.ready.is_empty() && queue.locked.is_empty() {
                self.topics.remove(&task.topic);
            }
        }
        if let Some(task) = new
            && is_waiting(task)
        {
            let queue = self.topics.entry(task.topic.clone()).or_default();
            match task.lock_expires {
                Some(until) => queue.locked.insert((until, task.id)),
                None => queue.ready.entry(Reverse(task.priority)).or_default().insert((task.created, task.id)),
            };
        }
    }

    /// Moves tasks whose lock has ended back among the ready ones.
    pub(super) fn release<'a>(&mut self, now: Timestamp, task: impl Fn(Id) -> Option<&'a ExternalTask>) {
        for queue in self.topics.values_mut() {
            while let Some(&(until, id)) = queue.locked.first()
                && until <= now
            {
                queue.locked.remove(&(until, id));
                if let Some(task) = task(id) {
                    queue.ready.entry(Reverse(task.priority)).or_default().insert((task.created, id));
                }
            }
        }
    }

    /// The end of the first lock, when waiting fetchers should look again.
    pub(super) fn next_release(&self, topic: &str) -> Option<Timestamp> {
        self.topics.get(topic)?.locked.first().map(|(until, _)| *until)
    }
}

/// One way through a queue's tasks: creation, id, and the rest of the set they come from.
struct Run<'w> {
    rest: Box<dyn Iterator<Item = &'w (Timestamp, Id)> + 'w>,
    priority: i64,
    topic: usize,
}

impl World {
    /// External tasks a worker can lock, in the order asked for: topic index and task.
    ///
    /// Without an order it is that of creation, so that no task waits forever. Those `taken` are left out.
    pub fn fetchable<'w>(
        &'w self,
        request: &FetchAndLock,
        now: Timestamp,
        viewer: Option<&Caller>,
        taken: &BTreeSet<Id>,
    ) -> Vec<(usize, &'w ExternalTask)> {
        let newest_first = request.oldest_first == Some(false);
        let mut runs = Vec::new();
        let mut ended = Vec::new();
        for (index, topic) in request.topics.iter().enumerate() {
            let Some(queue) = self.runtime.queues.topics.get(topic.name.as_str()) else {
                continue;
            };
            for (Reverse(priority), ready) in &queue.ready {
                let rest: Box<dyn Iterator<Item = _>> =
                    if newest_first { Box::new(ready.iter().rev()) } else { Box::new(ready.iter()) };
                runs.push(Run { rest, priority: *priority, topic: index });
            }
            let free = queue.locked.iter().take_while(|(until, _)| *until <= now);
            ended.extend(free.filter_map(|(_, id)| Some((index, self.runtime.external_tasks.get(*id)?))));
        }
        let order = |priority: i64, created: Timestamp, id: Id| {
            let priority = if request.use_priority { Reverse(priority) } else { Reverse(0) };
            let (time, id) = (i128::from(created.0), id.number());
            // newest first is ascending in the complements
            if newest_first { (priority, !time, !id) } else { (priority, time, id) }
        };
        ended.sort_unstable_by_key(|(_, task)| order(task.priority, task.created, task.id));
        let mut ended = ended.into_iter().peekable();
        let mut heads = BinaryHeap::new();
        for (index, run) in runs.iter_mut().enumerate() {
            if let Some(&(created, id)) = run.rest.next() {
                heads.push(Reverse((order(run.priority, created, id), index, id)));
            }
        }
        let mut found: Vec<(usize, &ExternalTask)> = Vec::new();
        while found.len() < request.max_tasks {
            let ready = heads.peek().map(|Reverse((place, _, _))| *place);
            let free = ended.peek().map(|(_, task)| order(task.priority, task.created, task.id));
            let (topic, id) = match (ready, free) {
                (None, None) => break,
                (Some(ready), Some(free)) if free < ready => {
                    let Some((topic, task)) = ended.next() else {
                        break;
                    };
                    (topic, task.id)
                }
                (None, Some(_)) => {
                    let Some((topic, task)) = ended.next() else {
                        break;
                    };
                    (topic, task.id)
                }
                (Some(_), _) => {
                    let Some(Reverse((_, index, id))) = heads.pop() else {
                        break;
                    };
                    let run = &mut runs[index];
                    if let Some(&(created, next)) = run.rest.next() {
                        heads.push(Reverse((order(run.priority, created, next), index, next)));
                    }
                    (run.topic, id)
                }
            };
            let Some(task) = self.runtime.external_tasks.get(id) else {
                continue;
            };
            if task.lock_expires.is_none_or(|until| until <= now)
                && !taken.contains(&id)
                && self.fits(task, &request.topics[topic])
                && fetchable_external_task(self, task, viewer)
                && found.last().is_none_or(|(_, last)| last.id != id)
            {
                found.push((topic, task));
            }
        }
        found
    }

    /// How many tasks of a topic are locked.
    pub fn locked_external_tasks(&self, topic: &str, now: Timestamp) -> usize {
        let Some(queue) = self.runtime.queues.topics.get(topic) else { return 0 };
        let ended = queue.locked.iter().take_while(|(until, _)| *until <= now).count();
        queue.locked.len() - ended
    }

    /// How many tasks of a topic are free, counted up to `most`.
    pub fn free_external_tasks(&self, topic: &str, now: Timestamp, most: usize) -> usize {
        let Some(queue) = self.runtime.queues.topics.get(topic) else { return 0 };
        let ended = queue.locked.iter().take_while(|(until, _)| *until <= now).take(most).count();
        let mut free = ended;
        for ready in queue.ready.values() {
            if free >= most {
                break;
            }
            free += ready.len();
        }
        free.min(most)
    }

    /// When the first locked task of these topics becomes free, if nobody completes it.
    pub fn next_external_task_release<'a>(&self, topics: impl Iterator<Item = &'a str>) -> Option<Timestamp> {
        topics.filter_map(|topic| self.runtime.queues.next_release(topic)).min()
    }

    fn fits(&self, task: &ExternalTask, topic: &FetchTopic) -> bool {
        if topic.without_tenant && task.tenant.is_some() {
            return false;
        }
        if !topic.tenants.is_empty()
            && !task.tenant.as_deref().is_some_and(|tenant| topic.tenants.iter().any(|t| t == tenant))
        {
            return false;
        }
        if let Some(key) = &topic.business_key
            && self.business_key(task.process_instance) != Some(key.as_str())
        {
            return false;
        }
        let of_any = topic.definition.is_none()
            && topic.definitions.is_empty()
            && topic.definition_key.is_none()
            && topic.definition_keys.is_empty()
            && topic.version_tag.is_none();
        if !of_any {
            let Some(definition) = self.process_definition(task.definition) else {
                return false;
            };
            let (id, key) = (&*definition.text_id, &definition.key);
            let of_wanted = topic.definition.as_ref().is_none_or(|wanted| *wanted == *id)
                && (topic.definitions.is_empty() || topic.definitions.iter().any(|wanted| *wanted == *id))
                && topic.definition_key.as_ref().is_none_or(|wanted| wanted == key)
                && (topic.definition_keys.is_empty() || topic.definition_keys.contains(key))
                && (topic.version_tag.is_none() || topic.version_tag == definition.version_tag);
            if !of_wanted {
                return false;
            }
        }
        topic.process_variables.0.iter().all(|wanted| {
            let filter = VariableFilter {
                name: wanted.name.to_string(),
                operator: Operator::Equals,
                value: wanted.value.clone(),
                any_number: matches!(
                    wanted.value,
                    Value::Integer(_) | Value::Long(_) | Value::Short(_) | Value::Double(_)
                ),
            };
            self.variables_of(task.process_instance)
                .any(|variable| *variable.name == *filter.name && filter.holds(&variable.value, false))
        })
    }
}
