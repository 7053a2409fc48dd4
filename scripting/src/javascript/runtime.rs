//! A `QuickJS` runtime with the contexts that scripts run in.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    fmt,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use objects::json::JsonNode;
use rquickjs::{CatchResultExt as _, CaughtError, Context, Ctx, Function, IntoJs as _, Object, Persistent, Value};

use super::{
    CONTEXT, Source,
    host::{self, Answer, Host},
    scan::GLOBALS,
};
use crate::{error::ScriptError, limits::Limits};

/// File name of scripts in stacks and messages.
pub(super) const FILE: &str = "<input>";

/// Scripts a runtime keeps compiled; past it the context starts anew.
const KEPT_SCRIPTS: usize = 1024;

const PRELUDE: &str = include_str!("prelude.js");

/// What a run may still use, and what it knows of the engine.
struct Line {
    limits: Limits,
    started: Cell<Instant>,
    /// Time the engine took to answer: it does not count.
    waited: Cell<Duration>,
    expired: Cell<bool>,
    host: RefCell<Host>,
}

impl Line {
    fn begin(&self) {
        self.started.set(Instant::now());
        self.waited.set(Duration::ZERO);
        self.expired.set(false);
        self.host.borrow_mut().clear();
    }

    fn ask(&self, question: &str) -> Answer {
        let asked = Instant::now();
        let answer = CONTEXT.with(|ctx| self.host.borrow_mut().answer(question, ctx));
        self.waited.set(self.waited.get() + asked.elapsed());
        answer
    }

    fn is_over(&self) -> bool {
        let over = self.started.get().elapsed().saturating_sub(self.waited.get()) > self.limits.time;
        if over {
            self.expired.set(true);
        }
        over
    }

    fn limit(&self) -> Option<String> {
        self.host.borrow_mut().limit.take().or_else(|| {
            self.expired.get().then(|| format!("the script ran longer than {} ms", self.limits.time.as_millis()))
        })
    }
}

/// A context with the prelude loaded. The fields are dropped in this order.
struct Realm {
    /// Scripts as the prelude has prepared them.
    prepared: HashMap<Arc<str>, Persistent<Object<'static>>>,
    prepare: Persistent<Function<'static>>,
    run: Persistent<Function<'static>>,
    end: Persistent<Function<'static>>,
    /// Cleared when the realm has ended: what is left of it asks in vain.
    alive: Rc<Cell<bool>>,
    context: Context,
}

impl Drop for Realm {
    fn drop(&mut self) {
        self.alive.set(false);
    }
}

/// A runtime of one thread.
pub(super) struct Runtime {
    pub(super) limits: Limits,
    /// For scripts that cannot reach what is built in.
    shared: Option<Realm>,
    line: Rc<Line>,
    machine: rquickjs::Runtime,
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Runtime {
    pub(super) fn new(limits: Limits) -> Result<Self, ScriptError> {
        let runtime = rquickjs::Runtime::new().map_err(|error| ScriptError::Limit(error.to_string()))?;
        runtime.set_memory_limit(limits.memory_bytes);
        runtime.set_max_stack_size(limits.stack_bytes);
        let line = Rc::new(Line {
            limits,
            started: Cell::new(Instant::now()),
            waited: Cell::new(Duration::ZERO),
            expired: Cell::new(false),
            host: RefCell::new(Host::new()),
        });
        let watch = line.clone();
        runtime.set_interrupt_handler(Some(Box::new(move || watch.is_over())));
        Ok(Self { limits, shared: None, line, machine: runtime })
    }

    /// Runs a source whose globals are the variables `names`; [`CONTEXT`] is set.
    pub(super) fn run(&mut self, source: &Source, names: &[String]) -> Result<objects::Object, ScriptError> {
        self.line.begin();
        // A variable in place of something built in.
        let shadows = names.iter().any(|name| GLOBALS.binary_search(&&**name).is_ok());
        let outcome = if source.scan.tidy && !shadows {
            let shared = match &mut self.shared {
                Some(shared) if shared.prepared.len() < KEPT_SCRIPTS => shared,
                shared => shared.insert(Realm::load(&self.machine, &self.line, true)?),
            };
            shared.run(&self.line, source, names)
        } else {
            Realm::load(&self.machine, &self.line, false)?.run(&self.line, source, names)
        };
        self.line.host.borrow_mut().clear();
        outcome
    }
}

impl Realm {
    fn load(runtime: &rquickjs::Runtime, line: &Rc<Line>, shared: bool) -> Result<Self, ScriptError> {
        let context = Context::full(runtime).map_err(|error| ScriptError::Limit(error.to_string()))?;
        let alive = Rc::new(Cell::new(true));
        let load = |ctx: &Ctx<'_>| -> rquickjs::Result<_> {
            let setup: Function<'_> = ctx.eval(PRELUDE)?;
            let host = host_function(ctx, line.clone(), alive.clone())?;
            // The value of each element takes 16 bytes.
            let longest = u32::try_from(line.limits.memory_bytes / 16).unwrap_or(u32::MAX);
            let prelude: Object<'_> = setup.call((host, shared, longest))?;
            let function =
                |name| Ok::<_, rquickjs::Error>(Persistent::save(ctx, prelude.get::<_, Function<'_>>(name)?));
            Ok((function("prepare")?, function("run")?, function("end")?))
        };
        let (prepare, run, end) =
            context.with(|ctx| load(&ctx).catch(&ctx).map_err(|error| ScriptError::Limit(describe(&error))))?;
        Ok(Self { prepared: HashMap::new(), prepare, run, end, alive, context })
    }

    fn run(&mut self, line: &Line, source: &Source, names: &[String]) -> Result<objects::Object, ScriptError> {
        let Self { prepared, prepare, run, end, context, .. } = self;
        context.with(|ctx| {
            let mut steps = || -> rquickjs::Result<Value<'_>> {
                let script = if let Some(known) = prepared.get(&source.text) {
                    known.clone().restore(&ctx)?
                } else {
                    let body = source.scan.body.as_ref();
                    let assigned = host::json_list(source.scan.assigned.iter().map(|name| &**name));
                    let script: Object<'_> = prepare.clone().restore(&ctx)?.call((
                        &*source.text,
                        body.map_or("", |body| &*body.text),
                        body.is_some_and(|body| body.returns),
                        assigned,
                    ))?;
                    prepared.insert(source.text.clone(), Persistent::save(&ctx, script.clone()));
                    script
                };
                let names = host::json_list(names.iter().map(String::as_str));
                run.clone().restore(&ctx)?.call::<_, ()>((script.clone(), names))?;
                // What promises have put off belongs to the run.
                while !line.is_over() && ctx.execute_pending_job() {}
                end.clone().restore(&ctx)?.call((script,))
            };
            let outcome = steps().catch(&ctx);
            if let Some(message) = line.limit() {
                return Err(ScriptError::Limit(message));
            }
            let outcome = outcome.map_err(|error| ScriptError::Limit(describe(&error)))?;
            result(&outcome, line, source)
        })
    }
}

/// The function with which the prelude asks.
fn host_function<'js>(ctx: &Ctx<'js>, line: Rc<Line>, alive: Rc<Cell<bool>>) -> rquickjs::Result<Function<'js>> {
    Function::new(ctx.clone(), move |ctx: Ctx<'js>, question: String| -> rquickjs::Result<Value<'js>> {
        if !alive.get() {
            return Ok(Value::new_null(ctx));
        }
        match line.ask(&question) {
            Answer::Plain(JsonNode::Boolean(value)) => Ok(Value::new_bool(ctx, value)),
            Answer::Plain(JsonNode::Int(value)) => Ok(Value::new_int(ctx, value)),
            Answer::Plain(JsonNode::Long(value)) => long(value).into_js(&ctx),
            Answer::Plain(JsonNode::Double(value)) => Ok(Value::new_number(ctx, value)),
            Answer::Plain(JsonNode::String(text)) => (&*text).into_js(&ctx),
            Answer::Plain(_) => Ok(Value::new_null(ctx)),
            Answer::Text(text) => {
                let answer = Object::new(ctx)?;
                answer.set("json", text)?;
                Ok(answer.into_value())
            }
        }
    })
}

/// JavaScript has one kind of numbers.
#[expect(clippy::cast_precision_loss, reason = "as everywhere in JavaScript")]
fn long(value: i64) -> f64 {
    value as f64
}

/// The result of a run, from what the prelude's `end` answers.
fn result(outcome: &Value<'_>, line: &Line, source: &Source) -> Result<objects::Object, ScriptError> {
    let unreadable = |error: rquickjs::Error| ScriptError::Limit(format!("the result of a script: {error}"));
    if let Some(value) = outcome.as_bool() {
        return Ok(objects::Object::Boolean(value));
    }
    if let Some(value) = outcome.as_int() {
        return Ok(objects::Object::Integer(value));
    }
    if let Some(value) = outcome.as_float() {
        return Ok(host::number(value));
    }
    if let Some(text) = outcome.as_string() {
        return Ok(objects::Object::string(text.to_string().map_err(unreadable)?));
    }
    let Some(object) = outcome.as_object() else { return Ok(objects::Object::Null) };
    let text: String = object.get("json").map_err(unreadable)?;
    line.host.borrow().outcome(&text, source.scan.body.as_ref())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn in_realm(shared: bool, source: &str) -> String {
        let runtime = Runtime::new(Limits::default()).expect("a runtime");
        let realm = Realm::load(&runtime.machine, &runtime.line, shared).expect("a context");
        realm
            .context
            .with(|ctx| ctx.eval::<String, _>(source).catch(&ctx).map_err(|error| error.to_string()))
            .expect("a text")
    }

    #[test]
    fn all_globals_are_known() {
        let found = in_realm(false, "Object.getOwnPropertyNames(globalThis).join()");
        let unknown: Vec<&str> = found.split(',').filter(|name| GLOBALS.binary_search(name).is_err()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    /// Follows every property but `prototype` from values of every kind: only what is frozen, or belongs to the walk, is met.
    #[test]
    fn nothing_that_can_change_is_reached_in_a_shared_context() {
        let walk = r"
            class List extends Array {}
            const own = [List, new List(), {}, [], '', 1, true, 1n, Symbol.iterator, () => 1, /x/, new Date(), new Map(), new Set(), new Error(''),
              new ArrayBuffer(1), Promise.resolve(), function* () {}, async () => 1, async function* () {},
              (function* () {})(), [].values(), new Map().entries(), new Set().values(), ''.matchAll(/x/g),
              ''[Symbol.iterator](), class {}];
            const seen = new Set(own.concat(own.map((value) => value.prototype)));
            const reached = own.map((value) => ['', value]);
            for (const name of Object.getOwnPropertyNames(globalThis)) {
              if (!['globalThis', 'java', 'javax', 'org', 'com', 'Packages'].includes(name)) reached.push([name, globalThis[name]]);
            }
            const open = [];
            for (let i = 0; i < reached.length; i++) {
              const [path, value] = reached[i];
              const names = new Set();
              for (let at = Object(value); at !== null; at = Object.getPrototypeOf(at)) {
                for (const name of Reflect.ownKeys(at)) names.add(name);
              }
              for (const name of names) {
                if (name === 'prototype' || name === 'arguments' || name === 'caller' || name === 'callee') continue;
                let next;
                try { next = value[name]; } catch { continue; }
                if (next === null || (typeof next !== 'object' && typeof next !== 'function') || seen.has(next)) continue;
                seen.add(next);
                if (reached.length > 20000) throw new Error('endless');
                const to = path + '.' + String(name);
                if (!Object.isFrozen(next)) open.push(to);
                reached.push([to, next]);
              }
            }
            open.sort().join()";
        assert_eq!(in_realm(true, walk), "");
        assert!(in_realm(false, walk).contains("constructor"));
    }
}
