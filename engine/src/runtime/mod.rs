//! The running engine: what [`Engine`] holds and does.

mod accountable;
mod administration;
mod archive;
mod batches;
mod clean_up;
mod clock;
mod commands;
mod definitions;
mod deploy;
mod engine_jobs;
mod evaluation;
mod events;
mod external;
mod forms;
mod freeze;
mod grants;
mod host;
mod identity;
mod ids;
mod job_queue;
mod jobs;
mod lane;
mod limits;
mod meters;
mod migration;
mod once;
mod persist;
mod query_expression;
mod receivers;
mod rest;
mod restart;
mod simulated;
mod start_timer;
mod subtasks;

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

pub use batches::BatchOptions;
pub use clean_up::{CleanUpOptions, CleanUpStrategy, CleanUpWindow, Window};
pub(crate) use deploy::Made;
use engine_core::{
    error::Fault,
    host::{Definition, DelegateCall, DelegateReply, Scripts, Served, Settings},
};
pub use forms::{FormRef, TaskForm};
pub use identity::{IdentityOptions, PASSWORD_RULES, PolicyRule};
pub use job_queue::JobOrder;
pub use jobs::{JobFigures, JobRun};
pub use limits::{Limit, LimitFigure, Limits, NamedLimits, Rate};
use models::{Id, Timestamp};
pub use once::{Answered, Begun, Once};
use parking_lot::{Condvar, Mutex, RwLock};
pub use persist::LoadError;
pub use query_expression::{QueryExpressionError, QueryValue};
pub use simulated::Stepper;
use tokio::sync::watch;
use tracing::Instrument;

use self::{
    clock::Clock,
    job_queue::Candidate,
    lane::{Lane, Message, Publication},
};
use crate::{
    event_log::EventLog,
    handler::{Handler, HandlerContext, HandlerResult, Handlers},
    observe::{Observer, Observers},
    pending::Pending,
    world::{Model, Published, Record, RecordChange, World, WorldChange},
};

/// Maps class and bean names that no handler serves (`camunda:class` …) to something else.
pub trait Delegates: Send + Sync + fmt::Debug {
    /// Who serves a name.
    fn served(&self, name: &str) -> Served;
    /// Runs what serves it; `None` when nobody does.
    fn run(&self, call: &DelegateCall) -> Option<DelegateReply>;
    /// The circuit breakers of the targets that were called so far, for metrics.
    fn circuits(&self) -> Vec<Circuit> {
        Vec::new()
    }
}

/// The circuit breaker of a target outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circuit {
    /// Scheme, host and port.
    pub target: String,
    /// Its state.
    pub state: CircuitState,
    /// Failures in a row.
    pub failures: u32,
    /// Calls refused since the start.
    pub refused: u64,
}

/// What a circuit breaker does with the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitState {
    /// It lets it through.
    Closed,
    /// It refuses it.
    Open,
    /// It lets one through to see.
    HalfOpen,
}

impl CircuitState {
    /// As metrics show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

/// No mapping: only handlers.
#[derive(Debug)]
struct NoDelegates;

impl Delegates for NoDelegates {
    fn served(&self, _: &str) -> Served {
        Served::Nobody
    }

    fn run(&self, _: &DelegateCall) -> Option<DelegateReply> {
        None
    }
}

/// How an engine is set up.
#[derive(Debug)]
pub struct Options {
    /// Settings of transactions: history level, retries, limits.
    pub settings: Settings,
    /// The store.
    pub store: store::Kind,
    /// Durability, limits of the store.
    pub store_options: store::Options,
    /// Parsing of BPMN files.
    pub parse: bpmn_parser::ParseOptions,
    /// Runs jobs and timers by itself. Off: only by [`Engine::run_due_jobs`] and [`Engine::run_job`].
    pub job_executor: bool,
    /// Jobs that run at the same time, not counting those that wait for handlers.
    pub job_concurrency: usize,
    /// Which jobs come first.
    pub job_order: JobOrder,
    /// How many jobs and external tasks of a definition, tenant or topic go on at a time, and how many begin in a span of time.
    pub limits: Limits,
    /// Commands that may wait for the lane before more are refused.
    pub max_queued: usize,
    /// Limits of scripts.
    pub script_limits: scripting::Limits,
    /// How people are let in and what they may do.
    pub identity: IdentityOptions,
    /// Maps delegates that no handler serves.
    pub delegates: Option<Box<dyn Delegates>>,
    /// How batches are cut into jobs.
    pub batches: BatchOptions,
    /// When history is removed.
    pub clean_up: CleanUpOptions,
    /// Root instances whose history stays in memory, running or ended. That of others is on disk and is read when it is asked
    /// for.
    pub history_in_memory: usize,
    /// How many times as many may wait to leave the memory before commands wait for that; 0: they never do.
    pub history_most: usize,
    /// Running root instances that stay in memory. Others, those that were changed longest ago, wait on disk and come back when
    /// something happens to them; queries find them all the same.
    pub instances_in_memory: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            settings: Settings::default(),
            store: store::Kind::Fjall,
            store_options: store::Options::default(),
            parse: bpmn_parser::ParseOptions::default(),
            job_executor: true,
            job_concurrency: 512,
            job_order: JobOrder::default(),
            limits: Limits::default(),
            max_queued: 100_000,
            script_limits: scripting::Limits::default(),
            identity: IdentityOptions::default(),
            delegates: None,
            batches: BatchOptions::default(),
            clean_up: CleanUpOptions::default(),
            history_in_memory: 16_384,
            history_most: 4,
            instances_in_memory: 16_384,
        }
    }
}

/// Why an engine does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// What is in it.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// What was to be mended in it was not.
    #[error(transparent)]
    Commit(#[from] store::CommitError),
}

/// What all threads of an engine share.
pub(crate) struct Shared {
    pub(crate) world: Published,
    freezer: freeze::Freezer,
    store: store::Store,
    clock: Arc<Clock>,
    options: Options,
    handlers: Handlers,
    delegates: Box<dyn Delegates>,
    scripts: Arc<dyn Scripts>,
    decisions: Arc<crate::decisions::Repository>,
    definitions: RwLock<HashMap<Id, Arc<Definition>>>,
    tokio: OnceLock<tokio::runtime::Runtime>,
    /// In a simulation: what would be done on other threads, until its driver does it.
    deferred: Option<simulated::Deferred>,
    published: watch::Sender<u64>,
    /// Number of the last commit that is durable and published, for the lane.
    published_upto: AtomicU64,
    work_for_workers: watch::Sender<u64>,
    /// External tasks whose lock is on its way to the disk.
    fetching: Mutex<BTreeSet<Id>>,
    /// What is locked of topics that are limited.
    topics: Mutex<limits::Usages>,
    /// Workers will be told when the rate of a topic allows more.
    topics_wake: AtomicBool,
    /// Idempotency keys of requests under way.
    begun: Mutex<BTreeSet<String>>,
    jobs: jobs::Runner,
    queued: AtomicUsize,
    /// Durable commits that readers do not see yet.
    publications: Mutex<Vec<Publication>>,
    completed: Completed,
    observers: Observers,
    meters: meters::Meters,
    /// Jobs of the engine itself that are being run.
    running_jobs: Mutex<std::collections::HashSet<Id>>,
}

/// Commits that are shown to readers under one lock: readers wait no longer than these take.
const PUBLISHED_AT_ONCE: usize = 32;

/// Whom a change concerns beyond its caller.
#[derive(Debug, Default)]
struct Woken {
    workers: bool,
    jobs: bool,
    /// Jobs that have changed and may run when they are due.
    candidates: Vec<Candidate>,
    /// Process definitions that have changed.
    definitions: Vec<Id>,
}

impl Woken {
    /// `limited`: topics have limits, so that the end of a task is news for workers too.
    fn note(&mut self, change: &WorldChange, limited: bool) {
        let free = |task: &engine_core::state::ExternalTask| task.lock_expires.is_none();
        for root in &change.roots {
            self.workers |= root.changes.external_tasks.iter().any(|row| row.new.as_deref().map_or(limited, free));
            self.jobs |= !root.changes.jobs.is_empty();
            let rows = root.changes.jobs.iter().filter_map(|row| row.new.as_deref());
            self.candidates.extend(rows.filter_map(Candidate::of));
        }
        for record in &change.records {
            match record {
                RecordChange::Put(Record::Job(job)) => {
                    self.jobs = true;
                    self.candidates.extend(Candidate::of(job));
                }
                RecordChange::Put(Record::ProcessDefinition(row)) => self.definitions.push(row.id),
                _ => {}
            }
        }
    }
}

/// How many commits the store has completed, well or not.
#[derive(Debug, Default)]
struct Completed {
    count: Mutex<u64>,
    changed: Condvar,
}

impl Completed {
    fn more(&self, commits: u64) {
        *self.count.lock() += commits;
        self.changed.notify_all();
    }

    fn wait_for(&self, wanted: u64) {
        let mut count = self.count.lock();
        while *count < wanted {
            self.changed.wait(&mut count);
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("options", &self.options).finish_non_exhaustive()
    }
}

/// A BPMN engine: opens a store, runs processes durably.
///
/// Cheap to clone; all clones are one engine. It stops when the last clone is dropped.
///
/// ```
/// use tollgate::{Engine, Value, request};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("data");
/// let engine = Engine::open(&path)?;
/// engine.handler("com.acme.ChargeCard", |ctx| {
///     let amount = ctx.variable("amount");
///     ctx.set_variable("charged", amount.is_some());
///     Ok(())
/// });
/// let model = r#"<?xml version="1.0"?>
///   <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
///       xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="http://acme.com">
///     <process id="order" isExecutable="true">
///       <startEvent id="start"/>
///       <sequenceFlow id="f1" sourceRef="start" targetRef="charge"/>
///       <serviceTask id="charge" camunda:class="com.acme.ChargeCard"/>
///       <sequenceFlow id="f2" sourceRef="charge" targetRef="pack"/>
///       <userTask id="pack" name="Pack the goods" camunda:assignee="demo"/>
///     </process>
///   </definitions>"#;
/// engine.deploy_file("order.bpmn", model).wait()?;
/// let instance = engine.start("order", [("amount", Value::from(120))]).wait()?;
/// let task = engine.read().tasks_of_instance(instance).next().unwrap().id;
/// assert_eq!(engine.read().task(task).unwrap().name.as_deref(), Some("Pack the goods"));
/// engine.complete(task, [("packed", Value::from(true))]).wait()?;
/// assert!(engine.read().process_instance(instance).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    inner: Arc<Inner>,
}

/// Ends the threads when the last handle goes.
#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    lane: mpsc::Sender<Message>,
    threads: Mutex<Vec<std::thread::JoinHandle<()>>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.jobs.stop();
        self.shared.freezer.stop();
        let _ = self.lane.send(Message::Run(Box::new(Lane::write_meters)));
        let _ = self.lane.send(Message::Stop);
        let current = std::thread::current().id();
        for thread in self.threads.lock().drain(..) {
            // the last handle may be dropped by a completion on a thread of the engine's own
            if thread.thread().id() != current {
                let _ = thread.join();
            }
        }
        if let Err(error) = self.shared.store.close() {
            tracing::error!("closing the store failed: {error}");
        }
    }
}

impl Engine {
    /// Opens the engine on a folder, which is made when it is not there.
    ///
    /// # Errors
    /// When the store can't be opened or read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(path, Options::default())
    }

    /// An engine that keeps nothing when it ends.
    ///
    /// # Errors
    /// Practically none.
    pub fn in_memory(options: Options) -> Result<Self, OpenError> {
        Self::open_with("", Options { store: store::Kind::Memory, ..options })
    }

    /// Opens with options.
    ///
    /// # Errors
    /// When the store can't be opened or read.
    pub fn open_with(path: impl AsRef<Path>, mut options: Options) -> Result<Self, OpenError> {
        let store = store::Store::open(options.store, path, std::mem::take(&mut options.store_options))?;
        let job_executor = options.job_executor;
        let (shared, loaded) = assemble(store, options, None)?;
        let (sender, receiver) = mpsc::channel();
        publish_after_each_group(&shared);
        // the lane is made on its thread: objects of running scripts never leave it
        let (lane_shared, lane_sender) = (shared.clone(), sender.clone());
        let lane = move || Lane::new(lane_shared, lane_sender, &loaded).run(&receiver);
        let mut threads = vec![spawn("tollgate-lane", lane)];
        if job_executor {
            let shared = shared.clone();
            let lane = sender.clone();
            threads.push(spawn("tollgate-jobs", move || jobs::run(&shared, &lane)));
        }
        threads.push(spawn("tollgate-history", {
            let (shared, lane) = (shared.clone(), sender.clone());
            move || freeze::run(&shared, &lane)
        }));
        let history_leaves = shared.world.read().history.wants_to_leave(shared.options.history_in_memory);
        if history_leaves || rest::is_needed(&shared) {
            shared.freezer.wake();
        }
        let engine = Self { inner: Arc::new(Inner { shared, lane: sender, threads: Mutex::new(threads) }) };
        engine.arrange_clean_up();
        Ok(engine)
    }

    /// The published state, to query. Never hold it across an await or a wait: commits can't be published meanwhile.
    pub fn read(&self) -> World {
        self.world()
    }

    fn world(&self) -> World {
        self.inner.shared.world.read()
    }

    /// The engine's time.
    pub fn now(&self) -> Timestamp {
        self.inner.shared.clock.now()
    }

    /// Settings of transactions.
    pub fn settings(&self) -> &Settings {
        &self.inner.shared.options.settings
    }

    /// The compiled form of a deployed process.
    ///
    /// # Errors
    /// When there is no definition of that id.
    pub fn definition(&self, id: Id) -> Result<Arc<Definition>, Fault> {
        self.inner.shared.definition(id)
    }

    /// The compiled form of a process, for whoever holds the read model already.
    pub(crate) fn graph_in(&self, world: &World, definition: Id) -> Option<Arc<engine_core::graph::ProcessGraph>> {
        self.inner.shared.definition_in(world, definition).ok().map(|definition| definition.graph.clone())
    }

    /// Tells an observer of every commit from here on.
    pub fn observe(&self, observer: Arc<dyn Observer>) {
        self.inner.shared.observers.add(observer);
    }

    /// Serves a class name (`camunda:class`), delegate expression or bean with a function.
    ///
    /// It runs on a thread of its own while the transaction waits; as a listener it runs within the transaction.
    pub fn handler<F>(&self, name: impl Into<String>, handler: F)
    where
        F: Fn(&HandlerContext) -> HandlerResult + Send + Sync + 'static,
    {
        self.inner.shared.handlers.add(name.into(), Handler::Blocking(Arc::new(handler)));
    }

    /// Serves a name with an async function.
    pub fn async_handler<F, R>(&self, name: impl Into<String>, handler: F)
    where
        F: Fn(HandlerContext) -> R + Send + Sync + 'static,
        R: Future<Output = HandlerResult> + Send + 'static,
    {
        let boxed = Arc::new(move |context| -> std::pin::Pin<Box<dyn Future<Output = HandlerResult> + Send>> {
            Box::pin(handler(context))
        });
        self.inner.shared.handlers.add(name.into(), Handler::Async(boxed));
    }

    /// The circuit breakers of the targets that connectors and mapped delegates called so far.
    pub fn circuits(&self) -> Vec<Circuit> {
        self.inner.shared.delegates.circuits()
    }

    /// Names that handlers serve.
    pub fn handler_names(&self) -> Vec<String> {
        self.inner.shared.handlers.names()
    }

    /// Number of commits published since the start; changes whenever [`Engine::read`] does.
    pub fn published(&self) -> watch::Receiver<u64> {
        self.inner.shared.published.subscribe()
    }

    /// Changes whenever external tasks may have become available.
    pub fn external_tasks_available(&self) -> watch::Receiver<u64> {
        self.inner.shared.work_for_workers.subscribe()
    }

    /// What the store tells about itself.
    ///
    /// # Errors
    /// When the store has failed.
    pub fn store_stats(&self) -> Result<store::Stats, store::Error> {
        self.inner.shared.store.stats()
    }

    /// Commands that wait for the lane.
    pub fn queued_commands(&self) -> usize {
        self.inner.shared.queued.load(Ordering::Relaxed)
    }

    /// The store, for backup and checks.
    pub fn store(&self) -> &store::Store {
        &self.inner.shared.store
    }

    /// Gives work to the lane; refuses it when too much waits.
    fn lane<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Lane, tokio::sync::oneshot::Sender<Result<T, Fault>>) + Send + 'static,
    ) -> Pending<T> {
        let (sender, pending) = Pending::channel();
        let shared = self.inner.shared.clone();
        if shared.queued.fetch_add(1, Ordering::Relaxed) >= shared.options.max_queued {
            shared.queued.fetch_sub(1, Ordering::Relaxed);
            return Pending::ready(Err(overloaded()));
        }
        let command = Box::new(move |lane: &mut Lane| {
            lane.shared.queued.fetch_sub(1, Ordering::Relaxed);
            work(lane, sender);
        });
        if let Some(command) = self.inner.shared.freezer.hold(command) {
            // a stopped lane drops the sender: the answer says that the engine is stopping
            let _ = self.inner.lane.send(Message::Run(command));
        }
        pending
    }
}

/// Root instances whose history leaves the memory together.
fn part_size(options: &Options) -> usize {
    (options.history_in_memory / 4).max(1)
}

/// What the threads of an engine over a store share, and what the store held.
fn assemble(
    store: store::Store,
    mut options: Options,
    deferred: Option<simulated::Deferred>,
) -> Result<(Arc<Shared>, persist::Loaded), OpenError> {
    let mut loaded = persist::load(&store, part_size(&options))?;
    let delegates = options.delegates.take().unwrap_or_else(|| Box::new(NoDelegates));
    options.parse.expression_check.get_or_insert(crate::scripts::check_expression);
    options.parse.script_check.get_or_insert(crate::scripts::check_script);
    let mut world = std::mem::take(&mut loaded.world);
    for ops in loaded.leftover.chunks(1_024) {
        match store.commit(ops.to_vec()) {
            // it is left for another start: an engine must open on a full disk, or nobody could make room
            Err(store::CommitError::DiskFull { .. }) => {
                world.history.cold.keeps_events = true;
                break;
            }
            result => result.map(drop)?,
        }
    }
    let shared = Arc::new(Shared {
        world: Published::new(world),
        freezer: freeze::Freezer::default(),
        store,
        clock: Arc::new(Clock::new(deferred.is_some())),
        handlers: Handlers::default(),
        delegates,
        scripts: Arc::new(crate::scripts::Languages::new(options.script_limits)),
        decisions: Arc::new(crate::decisions::Repository::default()),
        definitions: RwLock::default(),
        tokio: OnceLock::new(),
        deferred,
        published: watch::channel(0).0,
        published_upto: AtomicU64::new(0),
        work_for_workers: watch::channel(0).0,
        fetching: Mutex::default(),
        topics: Mutex::new(limits::Usages::new(options.limits.topics.clone())),
        topics_wake: AtomicBool::new(false),
        begun: Mutex::default(),
        jobs: jobs::Runner::new(&options),
        queued: AtomicUsize::new(0),
        publications: Mutex::default(),
        completed: Completed::default(),
        observers: Observers::default(),
        meters: meters::Meters::default(),
        running_jobs: Mutex::default(),
        options,
    });
    shared.observers.add(Arc::new(EventLog));
    shared.decisions.attach(&shared);
    Ok((shared, loaded))
}

/// Has each group of commits published that the store has made durable.
fn publish_after_each_group(shared: &Arc<Shared>) {
    let weak = Arc::downgrade(shared);
    shared.store.after_each_group(move || {
        if let Some(shared) = weak.upgrade() {
            shared.publish();
        }
    });
}

/// Too many commands wait.
pub(crate) fn overloaded() -> Fault {
    Fault::unavailable("too many commands are waiting; try again later")
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::thread::JoinHandle<()> {
    std::thread::Builder::new().name(name.to_owned()).stack_size(16 << 20).spawn(work).expect("the system has threads")
}

impl Shared {
    /// A definition, compiled on first use.
    pub(crate) fn definition(&self, id: Id) -> Result<Arc<Definition>, Fault> {
        if let Some(known) = self.definitions.read().get(&id) {
            return Ok(known.clone());
        }
        let compiled = Arc::new(deploy::compile_stored(&self.world.read(), &self.options.parse, id)?);
        self.definitions.write().insert(id, compiled.clone());
        Ok(compiled)
    }

    /// A model of nothing that reads history from the store.
    fn empty_model(&self) -> Model {
        persist::empty_model(&self.store, part_size(&self.options))
    }

    /// What runs scripts.
    pub(crate) fn scripts(&self) -> Arc<dyn Scripts> {
        self.scripts.clone()
    }

    /// Refuses work that changes something while too little space is free on the store's disk.
    fn admit_work(&self) -> Result<(), Fault> {
        self.store.admits_work().map_err(|error| lane::store_fault(&error))
    }

    fn remember(&self, definition: Arc<Definition>) {
        self.definitions.write().insert(definition.id, definition);
    }

    fn forget(&self) {
        self.forget_definitions();
    }

    fn forget_definitions(&self) {
        self.definitions.write().clear();
    }

    /// Shows durable commits to readers, answers their callers and wakes who waits for them.
    fn publish(&self) {
        let mut publications = std::mem::take(&mut *self.publications.lock()).into_iter().peekable();
        while publications.peek().is_some() {
            let mut woken = Woken::default();
            let limited = !self.options.limits.topics.is_empty();
            let mut answers = Vec::with_capacity(PUBLISHED_AT_ONCE);
            let mut notes = Vec::new();
            let mut last = 0;
            let beyond = {
                let mut world = self.world.write();
                for publication in publications.by_ref().take(PUBLISHED_AT_ONCE) {
                    let Publication { number, change, origin, outcome, done } = publication;
                    woken.note(&change, limited);
                    notes.extend(self.observers.note(&change, origin));
                    world.apply(change);
                    answers.push((done, outcome));
                    last = number;
                }
                world.history.wants_to_leave(self.options.history_in_memory)
                    || world.runtime.is_beyond(self.options.instances_in_memory)
            };
            if beyond {
                self.freezer.wake();
            }
            for id in woken.definitions {
                // the compiled form knows the time to live
                self.definitions.write().remove(&id);
            }
            for note in notes {
                self.observers.tell(&note, &self.world.read());
            }
            let count = answers.len() as u64;
            self.completed.more(count);
            self.published.send_modify(|published| *published += count);
            self.published_upto.store(last, Ordering::Release);
            if woken.workers {
                self.work_for_workers.send_modify(|count| *count += 1);
            }
            if woken.jobs {
                self.jobs.jobs_changed(woken.candidates);
            }
            for (done, outcome) in answers {
                done(Ok(outcome));
            }
        }
    }

    /// Runs a handler or connector away from the lane; `done` hears the answer.
    fn call(
        self: &Arc<Self>,
        call: DelegateCall,
        request: Option<&str>,
        done: impl FnOnce(DelegateReply) + Send + 'static,
    ) {
        if let Some(deferred) = &self.deferred {
            let shared = self.clone();
            return deferred.push(None, move || done(shared.run_delegate(call)));
        }
        let handler = self.handlers.get(&call.name);
        let span = crate::event_log::call_span(&call, request);
        if let Some(Handler::Async(handler)) = handler {
            self.tokio().spawn(async move {
                let context = HandlerContext::new(call);
                let task = tokio::spawn(handler(context.clone()).instrument(span));
                let result = task.await.unwrap_or_else(|_| Err(crate::handler::panicked()));
                done(context.into_reply(result));
            });
            return;
        }
        let shared = self.clone();
        self.tokio().spawn_blocking(move || {
            let reply = span.in_scope(|| shared.run_delegate(call));
            done(reply);
        });
    }

    /// Does something after a while, away from the lane.
    fn later(&self, wait: Duration, work: impl FnOnce() + Send + 'static) {
        if let Some(deferred) = &self.deferred {
            return deferred.push(Some(self.clock.elapsed() + wait), work);
        }
        std::thread::spawn(move || {
            std::thread::sleep(wait);
            work();
        });
    }

    /// The runtime of handlers.
    fn tokio(&self) -> &tokio::runtime::Runtime {
        self.tokio.get_or_init(|| {
            tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .max_blocking_threads(jobs::MOST_CALLS)
                .thread_name("tollgate-handler")
                .enable_all()
                .build()
                .expect("the system has threads")
        })
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // a runtime must not be dropped where blocking is forbidden
        if let Some(runtime) = self.tokio.take() {
            runtime.shutdown_background();
        }
    }
}
