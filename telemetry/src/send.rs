//! To the collector: a bounded queue, and a thread that posts what is in it.

use std::{
    sync::{Arc, atomic::Ordering},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use parking_lot::{Condvar, Mutex};
use ureq::http::{HeaderName, HeaderValue, Uri};

use crate::{Counters, Error, Options, proto};

/// How long spans wait for others to be sent with.
const GATHER: Duration = Duration::from_secs(1);
/// Time for a post.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Time for the last post, when the exporter ends.
const LAST_TIMEOUT: Duration = Duration::from_secs(3);
/// Attempts to send spans before they are dropped.
const ATTEMPTS: u32 = 6;
/// The first pause between two attempts; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
/// Longest answer that is read.
const MAX_ANSWER: u64 = 64 * 1024;

/// Encoded spans that wait to be sent.
#[derive(Debug)]
pub(crate) struct Queue {
    waiting: Mutex<Batch>,
    wake: Condvar,
    limit: usize,
    counters: Arc<Counters>,
}

/// Encoded spans.
#[derive(Debug, Default)]
struct Batch {
    bytes: Vec<u8>,
    spans: u64,
    closing: bool,
}

impl Queue {
    pub(crate) fn new(limit: usize, counters: Arc<Counters>) -> Self {
        Self { waiting: Mutex::default(), wake: Condvar::new(), limit, counters }
    }

    /// Adds spans, as many as `write` tells that it has written; they are dropped when they do not fit.
    pub(crate) fn add(&self, write: impl FnOnce(&mut Vec<u8>) -> u64) {
        let mut waiting = self.waiting.lock();
        let before = waiting.bytes.len();
        let spans = write(&mut waiting.bytes);
        if waiting.bytes.len() > self.limit {
            waiting.bytes.truncate(before);
            self.counters.dropped.fetch_add(spans, Ordering::Relaxed);
            return;
        }
        waiting.spans += spans;
        // the sender looks by itself from time to time; it is woken when that may be too late
        if before < self.limit / 4 && waiting.bytes.len() >= self.limit / 4 {
            self.wake.notify_one();
        }
    }

    /// Waits for spans and takes them into `into`, which is empty; answers how many. `None` when nothing comes any more.
    fn take(&self, into: &mut Vec<u8>) -> Option<u64> {
        let until = Instant::now() + GATHER;
        let mut waiting = self.waiting.lock();
        while !waiting.closing && waiting.bytes.len() < self.limit / 4 {
            if self.wake.wait_until(&mut waiting, until).timed_out() {
                break;
            }
        }
        std::mem::swap(&mut waiting.bytes, into);
        let spans = std::mem::take(&mut waiting.spans);
        (spans > 0 || !waiting.closing).then_some(spans)
    }

    /// Waits between two attempts; answers whether the exporter ends.
    fn pause(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut waiting = self.waiting.lock();
        while !waiting.closing {
            if self.wake.wait_until(&mut waiting, until).timed_out() {
                break;
            }
        }
        waiting.closing
    }

    fn close(&self) {
        self.waiting.lock().closing = true;
        self.wake.notify_all();
    }

    fn is_closing(&self) -> bool {
        self.waiting.lock().closing
    }
}

/// The thread that posts.
#[derive(Debug)]
pub(crate) struct Sender {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

impl Sender {
    pub(crate) fn start(options: Options, queue: Arc<Queue>, counters: Arc<Counters>) -> Result<Self, Error> {
        let poster = Poster::new(options, queue.clone(), counters)?;
        let thread = std::thread::Builder::new().name("tollgate-traces".to_owned()).spawn(move || poster.run());
        Ok(Self { queue, thread: Some(thread.expect("the system has threads")) })
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.queue.close();
        if let Some(thread) = self.thread.take() {
            // a panic there has been reported
            let _ = thread.join();
        }
    }
}

/// What a post came to.
enum Sent {
    /// The collector took all but that many.
    Taken(u64),
    /// It may take them later.
    Later(String),
    /// It never will.
    Never(String),
}

struct Poster {
    endpoint: Uri,
    headers: Vec<(HeaderName, HeaderValue)>,
    resource: Vec<(String, String)>,
    agent: ureq::Agent,
    queue: Arc<Queue>,
    counters: Arc<Counters>,
    /// Whether the last post failed, and was reported.
    troubled: std::cell::Cell<bool>,
}

impl Poster {
    fn new(options: Options, queue: Arc<Queue>, counters: Arc<Counters>) -> Result<Self, Error> {
        let Options { endpoint, headers, service, resource, .. } = options;
        let uri: Option<Uri> = endpoint.trim().parse().ok();
        let uri = uri.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some());
        let headers = headers.into_iter().map(|(name, value)| {
            HeaderName::try_from(&name).ok().zip(HeaderValue::try_from(&value).ok()).ok_or(Error::Header(name))
        });
        let own = [("service.name".to_owned(), service), ("service.version".to_owned(), version())];
        Ok(Self {
            endpoint: uri.ok_or(Error::Endpoint(endpoint))?,
            headers: headers.collect::<Result<_, _>>()?,
            resource: own.into_iter().chain(resource).collect(),
            agent: ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into(),
            queue,
            counters,
            troubled: std::cell::Cell::new(false),
        })
    }

    fn run(&self) {
        let mut spans = Vec::new();
        while let Some(number) = self.queue.take(&mut spans) {
            if number > 0 {
                self.send(&proto::request(&self.resource, &spans), number);
            }
            spans.clear();
        }
    }

    /// Sends a request, again and again for a while.
    fn send(&self, request: &[u8], spans: u64) {
        let mut pause = FIRST_PAUSE;
        for attempt in 1..=ATTEMPTS {
            let why = match self.post(request) {
                Sent::Taken(refused) => {
                    let refused = refused.min(spans);
                    self.counters.exported.fetch_add(spans - refused, Ordering::Relaxed);
                    self.counters.dropped.fetch_add(refused, Ordering::Relaxed);
                    if self.troubled.replace(false) {
                        tracing::info!(endpoint = %self.endpoint, "the collector takes spans again");
                    }
                    return;
                }
                Sent::Later(why) => why,
                Sent::Never(why) => {
                    self.report(&why);
                    break;
                }
            };
            self.report(&why);
            if attempt == ATTEMPTS || self.queue.is_closing() || self.queue.pause(pause) {
                break;
            }
            pause *= 2;
        }
        self.counters.dropped.fetch_add(spans, Ordering::Relaxed);
    }

    /// Once for each time of trouble.
    fn report(&self, why: &str) {
        if !self.troubled.replace(true) {
            tracing::warn!(endpoint = %self.endpoint, "the collector does not take spans: {why}");
        }
    }

    fn post(&self, request: &[u8]) -> Sent {
        let timeout = if self.queue.is_closing() { LAST_TIMEOUT } else { TIMEOUT };
        let mut post = self.agent.post(&self.endpoint).content_type("application/x-protobuf");
        for (name, value) in &self.headers {
            post = post.header(name, value);
        }
        let answer = match post.config().timeout_global(Some(timeout)).build().send(request) {
            Ok(answer) => answer,
            Err(error) => return Sent::Later(error.to_string()),
        };
        let status = answer.status().as_u16();
        let body = answer.into_body().into_with_config().limit(MAX_ANSWER).read_to_vec();
        match status {
            200..=299 => Sent::Taken(body.map_or(0, |body| proto::refused(&body))),
            429 | 502..=504 => Sent::Later(format!("status {status}")),
            _ => Sent::Never(format!("status {status}")),
        }
    }
}

fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
