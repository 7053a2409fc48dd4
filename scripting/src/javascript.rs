//! JavaScript on `QuickJS`.
//!
//! A script runs on the caller's thread, in a runtime that belongs to the thread. Scripts that cannot reach what is built in
//! ([`scan`]) share a context, in which each is compiled once; any other gets a context that ends with its run. So nothing
//! that a script leaves behind is seen by another, or by its own next run.
//!
//! `QuickJS` wants host functions that live as long as the runtime, while a run borrows its context: [`CONTEXT`] lends it to
//! them. Questions of a script are JSON texts; objects of the engine are known to the script by number.

mod host;
mod runtime;
mod scan;
mod tokens;

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use objects::{Context, Object};
use scoped_tls_hkt::scoped_thread_local;

use crate::{
    error::{Place, ScriptError},
    limits::Limits,
};
use runtime::Runtime;
use scan::{Body, Scan};

scoped_thread_local!(static mut CONTEXT: for<'a> &'a mut (dyn Context + 'a));

/// Scripts that may run within each other on one thread: each takes its share of the thread's stack.
const MAX_NESTED: usize = 4;

/// Runtimes that a thread keeps for its next scripts.
const KEPT_RUNTIMES: usize = 2;

thread_local! {
    static IDLE: RefCell<Vec<Runtime>> = const { RefCell::new(Vec::new()) };
    static NESTED: AtomicUsize = const { AtomicUsize::new(0) };
}

/// A source, and what its text tells.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    text: Arc<str>,
    scan: Scan,
}

impl Source {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: Arc::from(text), scan: scan::scan(text) }
    }

    /// Whether a variable's name occurs in it; one that is not tidy may compose names.
    fn mentions(&self, name: &str) -> bool {
        !self.scan.tidy || self.scan.words.binary_search_by(|word| (**word).cmp(name)).is_ok()
    }
}

/// Runs scripts within limits.
#[derive(Debug)]
pub(crate) struct JavaScript {
    limits: Limits,
    running: AtomicUsize,
}

impl JavaScript {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, running: AtomicUsize::new(0) }
    }

    /// Runs a source, with variables and objects from the context.
    pub(crate) fn run(&self, source: &Source, ctx: &mut dyn Context) -> Result<Object, ScriptError> {
        let most = self.limits.runtimes;
        let _running = Running::enter(&self.running, most)
            .ok_or_else(|| ScriptError::Limit(format!("more than {most} scripts run at a time")))?;
        NESTED.with(|nested| {
            let _nested = Running::enter(nested, MAX_NESTED)
                .ok_or_else(|| ScriptError::Limit(format!("more than {MAX_NESTED} scripts run within each other")))?;
            let mut runtime = self.take()?;
            let names = host::names(ctx, |name| source.mentions(name));
            let outcome = CONTEXT.set(ctx, || runtime.run(source, &names));
            // A runtime that met a limit may hold half-built state.
            if !matches!(outcome, Err(ScriptError::Limit(_))) {
                give_back(runtime);
            }
            outcome
        })
    }

    fn take(&self) -> Result<Runtime, ScriptError> {
        let idle = IDLE.with_borrow_mut(|idle| {
            let at = idle.iter().position(|runtime| runtime.limits == self.limits)?;
            Some(idle.remove(at))
        });
        idle.map_or_else(|| Runtime::new(self.limits), Ok)
    }
}

fn give_back(runtime: Runtime) {
    // Dropping a runtime may take a while, and must not happen while the list is borrowed.
    let dropped = IDLE.with_borrow_mut(|idle| {
        idle.push(runtime);
        (idle.len() > KEPT_RUNTIMES).then(|| idle.remove(0))
    });
    drop(dropped);
}

/// Counts a run while it lives.
struct Running<'p>(&'p AtomicUsize);

impl<'p> Running<'p> {
    fn enter(count: &'p AtomicUsize, most: usize) -> Option<Self> {
        let entered = Self(count);
        (count.fetch_add(1, Ordering::Relaxed) < most).then_some(entered)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An uncaught `Error`: Camunda shows `GraalJS`'s exception.
fn uncaught(name: &str, message: &str, stack: &str, body: Option<&Body>) -> ScriptError {
    let mut place = stack_place(stack);
    if let (Some(place), Some(body)) = (&mut place, body) {
        place.column = body.source_column(place.line, place.column);
    }
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
    let at = stack.lines().find_map(|line| line.split_once(runtime::FILE).map(|(_, rest)| rest))?;
    let mut numbers = at.trim_start_matches(':').split(|c: char| !c.is_ascii_digit());
    let line = numbers.next()?.parse().ok()?;
    let column = numbers.next().and_then(|column| column.parse().ok()).unwrap_or(1);
    Some(Place { line, column })
}
