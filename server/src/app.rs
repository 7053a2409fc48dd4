//! What all requests share.

use std::sync::Arc;

use models::Timestamp;
use parking_lot::Mutex;
use tokio::sync::Semaphore;

use crate::{
    auth::Logins,
    engine::Engine,
    http::routes::Table,
    metrics::Metrics,
    options::Options,
    own::{self, EventStream},
    resource,
};

/// What all requests share.
#[derive(Debug)]
pub(crate) struct App {
    /// The engine.
    pub(crate) engine: Engine,
    /// Options.
    pub(crate) options: Options,
    /// The operations.
    pub(crate) table: Table,
    /// The operations that Camunda does not have.
    pub(crate) own: Table,
    /// Streams of what commits change.
    pub(crate) events: EventStream,
    /// When and as what the server started.
    pub(crate) started: Started,
    /// Logins that were verified.
    pub(crate) logins: Logins,
    /// Permits of requests in work.
    pub(crate) permits: Semaphore,
    /// Long polls that are parked.
    pub(crate) polls: Polls,
    /// Figures about everything.
    pub(crate) metrics: Metrics,
}

impl App {
    /// Everything for a server over an engine.
    pub(crate) fn new(engine: Engine, options: Options) -> Arc<Self> {
        Arc::new(Self {
            started: Started::now(&engine),
            metrics: Metrics::new(&engine),
            engine,
            table: resource::routes().build(),
            own: own::routes().build(),
            events: EventStream::default(),
            logins: Logins::default(),
            permits: Semaphore::new(options.max_requests),
            polls: Polls::default(),
            options,
        })
    }
}

/// When and as what the server started.
#[derive(Debug)]
pub(crate) struct Started {
    /// Engine time of the start.
    pub(crate) at: Timestamp,
    /// For the time since.
    pub(crate) instant: tokio::time::Instant,
    /// Name of this run: process id and start, so that a restart shows.
    pub(crate) node: String,
}

impl Started {
    fn now(engine: &Engine) -> Self {
        let at = engine.now();
        Self { at, instant: tokio::time::Instant::now(), node: format!("{:x}-{:x}", std::process::id(), at.0) }
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
