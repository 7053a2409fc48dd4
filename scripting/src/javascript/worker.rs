//! A thread with a `QuickJS` runtime: executes scripts, asks the caller.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::mpsc::{self, Receiver, Sender},
    time::{Duration, Instant},
};

use rquickjs::{CatchResultExt as _, CaughtError, Context, Ctx, Function, Object, Persistent, Runtime};

use super::{Order, Report, Source, Worker};
use crate::limits::Limits;

/// File name of scripts in stacks and messages.
pub(super) const FILE: &str = "<input>";

/// Contexts a runtime keeps, one per script, so that a script finds its context as it left it and none finds another's.
const KEPT_CONTEXTS: usize = 16;

/// Native stack beside what scripts may use.
const SPARE_STACK: usize = 1024 * 1024;

const PRELUDE: &str = include_str!("prelude.js");

/// Starts a thread; it ends when its worker is dropped.
pub(super) fn start(limits: Limits) -> std::io::Result<Worker> {
    let (orders, incoming) = mpsc::channel();
    let (outgoing, reports) = mpsc::channel();
    std::thread::Builder::new()
        .name("javascript".to_owned())
        .stack_size(limits.stack_bytes + SPARE_STACK)
        .spawn(move || serve(limits, incoming, outgoing))?;
    Ok(Worker { orders, reports })
}

/// What a run may still use, and the line to the caller.
struct Line {
    incoming: Receiver<Order>,
    outgoing: Sender<Report>,
    started: Cell<Instant>,
    /// Time the caller took to answer: it does not count.
    waited: Cell<Duration>,
    expired: Cell<bool>,
}

impl Line {
    /// Puts a question to the caller; the empty answer means that there is none.
    fn ask(&self, question: String) -> String {
        let asked = Instant::now();
        let answer = match self.outgoing.send(Report::Question(question)).map(|()| self.incoming.recv()) {
            Ok(Ok(Order::Answer(answer))) => answer,
            _ => String::new(),
        };
        self.waited.set(self.waited.get() + asked.elapsed());
        answer
    }

    fn is_over(&self, most: Duration) -> bool {
        let over = self.started.get().elapsed().saturating_sub(self.waited.get()) > most;
        if over {
            self.expired.set(true);
        }
        over
    }
}

/// A context with the prelude loaded, for one script.
struct Kept {
    key: u64,
    context: Context,
    prelude: Persistent<Object<'static>>,
}

fn serve(limits: Limits, incoming: Receiver<Order>, outgoing: Sender<Report>) {
    let Ok(runtime) = Runtime::new() else { return };
    runtime.set_memory_limit(limits.memory_bytes);
    runtime.set_max_stack_size(limits.stack_bytes);
    let line = Rc::new(Line {
        incoming,
        outgoing,
        started: Cell::new(Instant::now()),
        waited: Cell::new(Duration::ZERO),
        expired: Cell::new(false),
    });
    let watch = line.clone();
    runtime.set_interrupt_handler(Some(Box::new(move || watch.is_over(limits.time))));
    let kept: RefCell<Vec<Kept>> = RefCell::new(Vec::new());
    while let Ok(order) = line.incoming.recv() {
        let Order::Run { source, names } = order else { continue };
        line.started.set(Instant::now());
        line.waited.set(Duration::ZERO);
        line.expired.set(false);
        let outcome = run(&runtime, &kept, &line, &source, names);
        let report = match outcome {
            Ok(outcome) if !line.expired.get() => Report::Done(outcome),
            _ if line.expired.get() => {
                Report::Limit(format!("the script ran longer than {} ms", limits.time.as_millis()))
            }
            Err(message) => Report::Limit(message),
            Ok(_) => Report::Limit("the script was interrupted".to_owned()),
        };
        if line.outgoing.send(report).is_err() {
            break;
        }
    }
}

fn run(
    runtime: &Runtime,
    kept: &RefCell<Vec<Kept>>,
    line: &Rc<Line>,
    source: &Source,
    names: String,
) -> Result<String, String> {
    let mut kept = kept.borrow_mut();
    let found = if let Some(at) = kept.iter().position(|kept| kept.key == source.key) {
        kept.remove(at)
    } else {
        if kept.len() >= KEPT_CONTEXTS {
            kept.remove(0);
        }
        load(runtime, line, source.key)?
    };
    let outcome = found.context.with(|ctx| {
        let prelude = found.prelude.clone().restore(&ctx).map_err(|error| error.to_string())?;
        let run: Function<'_> = prelude.get("run").map_err(|error| error.to_string())?;
        run.call::<_, String>((&*source.text, names)).catch(&ctx).map_err(|error| describe(&error))
    });
    kept.push(found);
    outcome
}

fn load(runtime: &Runtime, line: &Rc<Line>, key: u64) -> Result<Kept, String> {
    let context = Context::full(runtime).map_err(|error| error.to_string())?;
    let line = line.clone();
    let prelude = context.with(|ctx: Ctx<'_>| {
        let host = Function::new(ctx.clone(), move |question: String| line.ask(question))
            .catch(&ctx)
            .map_err(|error| describe(&error))?;
        let setup: Function<'_> = ctx.eval(PRELUDE).catch(&ctx).map_err(|error| describe(&error))?;
        let prelude: Object<'_> = setup.call((host,)).catch(&ctx).map_err(|error| describe(&error))?;
        Ok::<_, String>(Persistent::save(&ctx, prelude))
    })?;
    Ok(Kept { key, context, prelude })
}

/// Errors that no script can catch, and those of the prelude itself.
fn describe(error: &CaughtError<'_>) -> String {
    match error {
        CaughtError::Exception(exception) => {
            let message = exception.message().unwrap_or_default();
            if message.contains("out of memory") { "the script used too much memory".to_owned() } else { message }
        }
        other => other.to_string(),
    }
}
