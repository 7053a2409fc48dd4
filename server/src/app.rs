//! What all requests share.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use models::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::{auth::Logins, engine::Engine, http::routes::Table, options::Options, resource};

/// What all requests share.
#[derive(Debug)]
pub(crate) struct App {
    /// The engine.
    pub(crate) engine: Engine,
    /// When the server began, in the engine's time.
    pub(crate) started: Timestamp,
    /// Options.
    pub(crate) options: Options,
    /// The operations.
    pub(crate) table: Table,
    /// Logins that were verified.
    pub(crate) logins: Logins,
    /// Permits of requests in work.
    pub(crate) permits: Semaphore,
    /// Long polls that are parked.
    pub(crate) polls: Polls,
    /// Requests answered so far, by class of status: 2xx, 4xx, 5xx at their first digit.
    pub(crate) answered: [AtomicUsize; 6],
}

impl App {
    /// Everything for a server over an engine.
    pub(crate) fn new(engine: Engine, options: Options) -> Arc<Self> {
        Arc::new(Self {
            started: engine.now(),
            engine,
            table: resource::routes().build(),
            logins: Logins::default(),
            permits: Semaphore::new(options.max_requests),
            polls: Polls::default(),
            answered: Default::default(),
            options,
        })
    }

    /// Counts an answer.
    pub(crate) fn count_answer(&self, status: axum::http::StatusCode) {
        if let Some(counter) = self.answered.get(usize::from(status.as_u16() / 100)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Long polls that are parked, with the worker that parked each.
#[derive(Debug, Default)]
pub(crate) struct Polls(Mutex<PollList>);

#[derive(Debug, Default)]
struct PollList {
    next: u64,
    parked: Vec<(u64, String, Arc<tokio::sync::Notify>)>,
}

impl Polls {
    /// Parks a poll; `None` when too many are parked. With `unique`, the earlier polls of the worker end.
    pub(crate) fn park(self: &Polls, worker: &str, limit: usize, unique: bool) -> Option<Parked<'_>> {
        let mut list = self.0.lock();
        if unique {
            for (_, owner, ended) in &list.parked {
                if owner == worker {
                    ended.notify_one();
                }
            }
        }
        if list.parked.len() >= limit {
            return None;
        }
        let ended = Arc::new(tokio::sync::Notify::new());
        let number = list.next;
        list.next += 1;
        list.parked.push((number, worker.to_owned(), ended.clone()));
        Some(Parked { polls: self, number, ended })
    }

    /// How many are parked.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().parked.len()
    }
}

/// A parked poll; it leaves the list when dropped.
#[derive(Debug)]
pub(crate) struct Parked<'a> {
    polls: &'a Polls,
    number: u64,
    /// Told when a later poll of the same worker takes its place.
    pub(crate) ended: Arc<tokio::sync::Notify>,
}

impl Drop for Parked<'_> {
    fn drop(&mut self) {
        self.polls.0.lock().parked.retain(|(number, ..)| *number != self.number);
    }
}
