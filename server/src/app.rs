//! What all requests share.

use std::sync::Arc;

use models::Timestamp;
use tokio::sync::Semaphore;

use crate::{
    auth::Logins,
    engine::Engine,
    http::routes::Table,
    metrics::Metrics,
    options::Options,
    own::{self, EventStream},
    polls::Polls,
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
    /// The permit of the one backup at a time.
    pub(crate) backups: Arc<Semaphore>,
    /// Figures about everything.
    pub(crate) metrics: Metrics,
}

impl App {
    /// Everything for a server over an engine.
    pub(crate) fn new(engine: Engine, options: Options) -> Arc<Self> {
        Arc::new(Self {
            started: Started::now(&engine),
            metrics: Metrics::new(&engine, options.spans.clone().unwrap_or_default()),
            engine,
            table: resource::routes().build(),
            own: own::routes().build(),
            events: EventStream::default(),
            logins: Logins::default(),
            permits: Semaphore::new(options.max_requests),
            polls: Polls::default(),
            backups: Arc::new(Semaphore::new(1)),
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
