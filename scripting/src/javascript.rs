//! JavaScript in `QuickJS` runtimes, each on a thread of its own.
//!
//! `QuickJS` wants host functions that live as long as the runtime, while a run borrows its context. So a run is a
//! conversation: the runtime's thread executes the script and asks, the caller's thread answers with the context it has.
//! Questions and answers are JSON texts; objects of the engine stay with the caller and are known to the script by number.

mod host;
mod worker;

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash as _, Hasher as _},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender},
    },
};

use objects::{Context, Object};

use crate::{
    error::{Place, ScriptError},
    limits::Limits,
};
use host::Host;

/// A source, with what its contexts are kept under.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    text: Arc<str>,
    key: u64,
}

impl Source {
    pub(crate) fn new(text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Self { text: Arc::from(text), key: hasher.finish() }
    }
}

/// To a runtime's thread.
#[derive(Debug)]
enum Order {
    Run { source: Source, names: String },
    Answer(String),
}

/// From a runtime's thread.
#[derive(Debug)]
enum Report {
    Question(String),
    /// The outcome in the prelude's form.
    Done(String),
    /// The run was ended by a limit.
    Limit(String),
}

/// The caller's end of a runtime's thread.
#[derive(Debug)]
struct Worker {
    orders: Sender<Order>,
    reports: Receiver<Report>,
}

/// Runtimes that wait for work; more start on demand, up to a limit.
#[derive(Debug)]
pub(crate) struct Pool {
    limits: Limits,
    idle: Mutex<Vec<Worker>>,
    running: AtomicUsize,
}

impl Pool {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, idle: Mutex::new(Vec::new()), running: AtomicUsize::new(0) }
    }

    fn take(&self) -> Result<Worker, ScriptError> {
        if let Some(worker) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop() {
            return Ok(worker);
        }
        worker::start(self.limits).map_err(|error| ScriptError::Limit(format!("no thread for a script: {error}")))
    }

    /// Runs a source on an idle runtime and answers its questions from the context.
    pub(crate) fn run(&self, source: &Source, ctx: &mut dyn Context) -> Result<Object, ScriptError> {
        let running = Running::enter(&self.running, self.limits.runtimes)?;
        let worker = self.take()?;
        let outcome = converse(&worker, source, ctx);
        drop(running);
        match outcome {
            // A runtime that met a limit may hold half-built state: its thread ends when the sender is dropped.
            Err(failed @ ScriptError::Limit(_)) => Err(failed),
            other => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                other
            }
        }
    }
}

/// Counts a run while it lives.
struct Running<'p>(&'p AtomicUsize);

impl<'p> Running<'p> {
    fn enter(count: &'p AtomicUsize, most: usize) -> Result<Self, ScriptError> {
        let entered = Self(count);
        if count.fetch_add(1, Ordering::Relaxed) >= most {
            return Err(ScriptError::Limit(format!("more than {most} scripts run at a time")));
        }
        Ok(entered)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn converse(worker: &Worker, source: &Source, ctx: &mut dyn Context) -> Result<Object, ScriptError> {
    let gone = || ScriptError::Limit("the thread of a script has ended".to_owned());
    let names = host::name_list(ctx);
    let mut host = Host::new();
    worker.orders.send(Order::Run { source: source.clone(), names }).map_err(|_| gone())?;
    loop {
        match worker.reports.recv().map_err(|_| gone())? {
            Report::Question(question) => {
                let answer = host.answer(&question, ctx);
                worker.orders.send(Order::Answer(answer)).map_err(|_| gone())?;
            }
            Report::Limit(message) => return Err(ScriptError::Limit(message)),
            Report::Done(outcome) => {
                return match host.limit.take() {
                    Some(message) => Err(ScriptError::Limit(message)),
                    None => host.outcome(&outcome),
                };
            }
        }
    }
}

/// An uncaught `Error`: Camunda shows `GraalJS`'s exception.
fn uncaught(name: &str, message: &str, stack: &str) -> ScriptError {
    let place = stack_place(stack);
    let mut text = graal_words(name, message);
    if name == "SyntaxError"
        && let Some(place) = place
    {
        text = format!("<eval>:{}:{} {text}", place.line, place.column);
    }
    let name = if name == "InternalError" { "RangeError" } else { name };
    let shown = if text.is_empty() { name.to_owned() } else { format!("{name}: {text}") };
    ScriptError::Evaluate { message: format!("org.graalvm.polyglot.PolyglotException: {shown}"), place }
}

/// The same complaint in the words of `GraalJS`, where the two differ.
fn graal_words(name: &str, message: &str) -> String {
    if name == "InternalError" && message.contains("stack overflow") {
        return "Maximum call stack size exceeded".to_owned();
    }
    match message.strip_prefix("cannot read property") {
        Some(rest) => format!("Cannot read property{rest}"),
        None if name == "ReferenceError" => message.replace('\'', ""),
        None => message.to_owned(),
    }
}

/// The innermost place in the script, from a stack such as `    at f (<eval>:3:7)`.
fn stack_place(stack: &str) -> Option<Place> {
    let at = stack.lines().find_map(|line| line.split_once(worker::FILE).map(|(_, rest)| rest))?;
    let mut numbers = at.trim_start_matches(':').split(|c: char| !c.is_ascii_digit());
    let line = numbers.next()?.parse().ok()?;
    let column = numbers.next().and_then(|column| column.parse().ok()).unwrap_or(1);
    Some(Place { line, column })
}
