//! Long polls: workers that wait for external tasks.
//!
//! Waiting polls stand in the order in which they came. One task of the runtime, the usher, is woken when tasks may have become free.
//! For each topic it counts the free tasks and sends that many of the topic's polls to the engine, the longest waiting first; one that
//! comes back with nothing keeps its place, and the next is tried. So a commit costs as many fetches as it brought tasks, however many wait.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    future::pending,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use engine_core::error::Fault;
use parking_lot::Mutex;
use tokio::{
    sync::{Notify, oneshot},
    time::Instant,
};
use tollgate::request::{Caller, FetchAndLock, FetchTopic, LockedTask};

use crate::app::App;

/// The usher looks again after this time even when nothing was announced.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// The shortest time between two looks because of a lock that ends: a stopped clock does not spin.
const SHORTEST: Duration = Duration::from_millis(10);

type Answer = Result<Vec<LockedTask>, Fault>;

/// Long polls that are parked.
#[derive(Debug, Default)]
pub(crate) struct Polls {
    line: Mutex<Line>,
    /// Wakes the usher.
    wake: Arc<Notify>,
    has_usher: AtomicBool,
}

#[derive(Debug, Default)]
struct Line {
    next: u64,
    /// Counts the occasions on which tasks may have become free.
    occasion: u64,
    polls: HashMap<u64, Poll>,
    /// Numbers of polls by topic, in the order in which they came.
    topics: BTreeMap<String, BTreeSet<u64>>,
}

#[derive(Debug)]
struct Poll {
    request: FetchAndLock,
    caller: Caller,
    answer: Option<oneshot::Sender<Answer>>,
    /// A fetch for it is under way.
    fetching: bool,
    /// The occasion of its last fetch. One that found nothing for it is not tried again: the free tasks are for others.
    tried: Option<u64>,
    /// It leaves; no further fetch begins.
    leaving: bool,
}

impl Line {
    fn remove(&mut self, number: u64) {
        let Some(poll) = self.polls.remove(&number) else { return };
        for topic in &poll.request.topics {
            if let Some(waiting) = self.topics.get_mut(&topic.name) {
                waiting.remove(&number);
                if waiting.is_empty() {
                    self.topics.remove(&topic.name);
                }
            }
        }
    }
}

impl Polls {
    /// Whether somebody waits for tasks of one of the topics.
    pub(crate) fn are_waiting_for(&self, topics: &[FetchTopic]) -> bool {
        let line = self.line.lock();
        topics.iter().any(|topic| line.topics.contains_key(&topic.name))
    }

    /// How many are parked.
    pub(crate) fn len(&self) -> usize {
        self.line.lock().polls.len()
    }

    /// Parks a poll at the end of the line; `None` when too many are parked. With
    /// [`Options::unique_worker_requests`](crate::Options::unique_worker_requests) the earlier polls of the worker end.
    pub(crate) fn park<'a>(&'a self, app: &Arc<App>, request: FetchAndLock, caller: &Caller) -> Option<Parked<'a>> {
        let (answer, answered) = oneshot::channel();
        let number = {
            let mut line = self.line.lock();
            if app.options.unique_worker_requests {
                for poll in line.polls.values_mut().filter(|poll| poll.request.worker == request.worker) {
                    poll.leaving = true;
                    if !poll.fetching
                        && let Some(answer) = poll.answer.take()
                    {
                        drop(answer.send(Ok(Vec::new())));
                    }
                }
            }
            if line.polls.len() >= app.options.max_long_polls {
                return None;
            }
            let number = line.next;
            line.next += 1;
            for topic in &request.topics {
                line.topics.entry(topic.name.clone()).or_default().insert(number);
            }
            let caller = caller.clone();
            let poll = Poll { request, caller, answer: Some(answer), fetching: false, tried: None, leaving: false };
            line.polls.insert(number, poll);
            number
        };
        if !self.has_usher.swap(true, Ordering::AcqRel) {
            tokio::spawn(usher(Arc::downgrade(app), self.wake.clone()));
        }
        // tasks may have come since the poll looked for itself
        self.wake.notify_one();
        Some(Parked { polls: self, number, answered })
    }

    /// Sends polls to the engine, as many as there are free tasks. Answers when to look again.
    fn usher_in(&self, app: &Arc<App>, new_occasion: bool) -> Duration {
        let now = app.engine.now();
        let mut called = Vec::new();
        let release = {
            let world = app.engine.read();
            let mut line = self.line.lock();
            line.occasion += u64::from(new_occasion);
            let Line { polls, topics, occasion, .. } = &mut *line;
            for (topic, waiting) in topics.iter() {
                let free = world.free_external_tasks(topic, now, waiting.len());
                let mut places = free;
                for number in waiting {
                    if places == 0 {
                        break;
                    }
                    let Some(poll) = polls.get_mut(number) else { continue };
                    if poll.leaving || (!poll.fetching && poll.tried == Some(*occasion)) {
                        continue;
                    }
                    if !poll.fetching {
                        poll.fetching = true;
                        poll.tried = Some(*occasion);
                        called.push((*number, poll.request.clone(), poll.caller.clone()));
                    }
                    // one that fetches already takes of these tasks, too
                    places -= 1;
                }
            }
            world.next_external_task_release(topics.keys().map(String::as_str))
        };
        called.sort_unstable_by_key(|(number, ..)| *number);
        for (number, request, caller) in called {
            let fetched = app.engine.fetch_and_lock(request, &caller);
            let app = app.clone();
            tokio::spawn(async move { app.polls.fetched(&app, number, &caller, fetched.await) });
        }
        match release.map(|at| at.0 - now.0) {
            Some(ms) if ms > 0 => LOOK_AGAIN.min(Duration::from_millis(ms.unsigned_abs()).max(SHORTEST)),
            // a lock that has ended is counted as free already
            _ => LOOK_AGAIN,
        }
    }

    /// Hands the result of a fetch to its poll.
    fn fetched(&self, app: &App, number: u64, caller: &Caller, result: Answer) {
        let answer = {
            let mut line = self.line.lock();
            let Some(poll) = line.polls.get_mut(&number) else {
                // the caller went away in the meantime
                drop(line);
                if let Ok(tasks) = result {
                    app.engine.give_back(&tasks, caller);
                }
                return;
            };
            poll.fetching = false;
            // what is free is for the next in line: the usher may have counted on this fetch for a task that it did not take
            self.wake.notify_one();
            if matches!(&result, Ok(tasks) if tasks.is_empty()) && !poll.leaving {
                return;
            }
            // it stands in the line until its caller has heard the answer: no second fetch may begin for it
            poll.leaving = true;
            poll.answer.take()
        };
        let unheard = match answer {
            Some(answer) => answer.send(result),
            None => Err(result),
        };
        if let Err(Ok(tasks)) = unheard {
            app.engine.give_back(&tasks, caller);
        }
    }
}

/// Waits for free tasks as long as the server lives.
async fn usher(app: Weak<App>, wake: Arc<Notify>) {
    let Some(mut available) = app.upgrade().map(|app| app.engine.external_tasks_available()) else { return };
    let mut wait = LOOK_AGAIN;
    loop {
        let changed = async {
            if available.changed().await.is_err() {
                // the engine is closed: polls end by their own time-outs
                pending::<()>().await;
            }
        };
        let new_occasion = tokio::select! {
            () = changed => true,
            () = tokio::time::sleep_until(Instant::now() + wait) => true,
            () = wake.notified() => false,
        };
        let Some(app) = app.upgrade() else { return };
        wait = app.polls.usher_in(&app, new_occasion);
    }
}

/// A parked poll; it leaves the line when dropped.
#[derive(Debug)]
pub(crate) struct Parked<'a> {
    polls: &'a Polls,
    number: u64,
    answered: oneshot::Receiver<Answer>,
}

impl Parked<'_> {
    /// What was fetched, when something was.
    pub(crate) async fn answer(&mut self) -> Answer {
        (&mut self.answered).await.unwrap_or(Ok(Vec::new()))
    }

    /// Leaves, with what a fetch under way brings.
    pub(crate) async fn leave(mut self) -> Answer {
        let fetching = {
            let mut line = self.polls.line.lock();
            let Some(poll) = line.polls.get_mut(&self.number) else { return Ok(Vec::new()) };
            poll.leaving = true;
            poll.fetching
        };
        if fetching { self.answer().await } else { self.answered.try_recv().unwrap_or(Ok(Vec::new())) }
    }
}

impl Drop for Parked<'_> {
    fn drop(&mut self) {
        self.polls.line.lock().remove(self.number);
    }
}
