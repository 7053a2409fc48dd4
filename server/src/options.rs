//! What can be set about the server.

use std::{borrow::Cow, path::PathBuf, sync::Arc, time::Duration};

/// Options of the server.
///
/// A program that serves takes them from its flags or configuration, sets the fields it knows, and leaves the others:
///
/// ```
/// use tollgate_server::Options;
///
/// let options = Options {
///     max_body_bytes: 10 * 1024 * 1024,
///     cors: Some(vec!["https://app.acme.com".to_owned()]),
///     ..Options::default()
/// };
/// assert!(options.compression);
/// ```
///
/// The same options go to [`router`](crate::router), which reads what concerns requests, and to [`serve`](crate::serve),
/// which reads what concerns connections.
#[derive(Clone, Debug)]
pub struct Options {
    /// Serves the `/test` endpoints: a clock that can be stopped, running due jobs, deleting everything.
    pub test_mode: bool,
    /// Longest request body, in bytes.
    pub max_body_bytes: usize,
    /// Longest time a body may take to arrive.
    pub body_timeout: Duration,
    /// Longest time the head of a request may take to arrive.
    pub header_timeout: Duration,
    /// Largest size of the head of a request, in bytes.
    pub max_header_bytes: usize,
    /// Connections at a time; further ones wait in the backlog of the operating system until one ends.
    pub max_connections: usize,
    /// Streams at a time on one connection of HTTP/2.
    pub max_streams: u32,
    /// Requests in work at a time; further ones are answered 503 with `Retry-After`. Parked long polls do not count.
    pub max_requests: usize,
    /// Long polls parked at a time; further ones are answered 500, as by Camunda (which parks 200).
    pub max_long_polls: usize,
    /// A request of a worker ends the long poll of the same worker that is parked.
    pub unique_worker_requests: bool,
    /// With tracing, `fetchAndLock` answers `traceparent` with each task, which Camunda's does not.
    pub trace_workers: bool,
    /// What was exported of traces, for the metrics.
    pub spans: Option<Arc<telemetry::Counters>>,
    /// How long a request with an `Idempotency-Key` is remembered.
    pub idempotency_time: Duration,
    /// Callers must authenticate (HTTP Basic).
    pub authentication: bool,
    /// Sites whose scripts may call the API; `*` for all. `None` for none.
    pub cors: Option<Vec<String>>,
    /// Answers are compressed for callers that accept it.
    pub compression: bool,
    /// Certificate and key, for TLS.
    pub tls: Option<Tls>,
    /// How long open requests may take after the server was told to stop.
    pub shutdown_timeout: Duration,
    /// Files of the console.
    pub console: Option<Console>,
    /// Where the server is told to stop.
    pub stop: Stop,
    /// Where the server is told that certificate or key have changed.
    pub reload: Reload,
}

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Certificate chain, PEM.
    pub certificate: PathBuf,
    /// Private key, PEM.
    pub key: PathBuf,
}

/// Finds a file of the console by its path without leading slash.
pub type FindFile = dyn Fn(&str) -> Option<ConsoleFile> + Send + Sync;

/// The console's files, wherever they are kept.
#[derive(Clone)]
pub struct Console(pub Arc<FindFile>);

/// A file of the console.
#[derive(Clone, Debug)]
pub struct ConsoleFile {
    /// Media type.
    pub media_type: Cow<'static, str>,
    /// Content.
    pub content: Cow<'static, [u8]>,
    /// The same compressed by gzip, when that has been done beforehand.
    pub gzip: Option<Cow<'static, [u8]>>,
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Console")
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            test_mode: false,
            max_body_bytes: 128 * 1024 * 1024,
            body_timeout: Duration::from_mins(1),
            header_timeout: Duration::from_secs(30),
            max_header_bytes: 64 * 1024,
            max_connections: 20_000,
            max_streams: 250,
            max_requests: 1024,
            max_long_polls: 10_000,
            unique_worker_requests: false,
            trace_workers: true,
            spans: None,
            idempotency_time: Duration::from_hours(24),
            authentication: false,
            cors: None,
            compression: true,
            tls: None,
            shutdown_timeout: Duration::from_secs(30),
            console: None,
            stop: Stop::default(),
            reload: Reload::default(),
        }
    }
}

/// Tells everything that serves that it is to stop.
#[derive(Clone, Debug)]
pub struct Stop(tokio::sync::watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(tokio::sync::watch::Sender::new(false))
    }
}

impl Stop {
    /// Stops.
    pub fn now(&self) {
        self.0.send_replace(true);
    }

    /// Ready when it was told to stop.
    pub(crate) async fn wait(&self) {
        let mut receiver = self.0.subscribe();
        // the sender lives as long as `self`
        let _ = receiver.wait_for(|stopped| *stopped).await;
    }

    /// Whether it was told to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }
}

/// Tells a server that serves TLS to read certificate and key again. Connections that are open stay as they are.
#[derive(Clone, Debug)]
pub struct Reload(tokio::sync::watch::Sender<Option<Tls>>);

impl Default for Reload {
    fn default() -> Self {
        Self(tokio::sync::watch::Sender::new(None))
    }
}

impl Reload {
    /// Reads them again. Files that can't be used leave all as it was, with an error in the log.
    pub fn now(&self, tls: Option<Tls>) {
        self.0.send_replace(tls);
    }

    pub(crate) fn subscribe(&self) -> tokio::sync::watch::Receiver<Option<Tls>> {
        self.0.subscribe()
    }
}
