//! The machine that the engine runs on: its clock, its disk, and how it stops.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use parking_lot::Mutex;
use tollgate::{
    Engine, HandlerError, Options, Stepper, Timestamp,
    store::{Direction, Drive, Faults, Faulty, KeyRange, KeyValue as _, Options as StoreOptions, Seq, Store},
};

use super::Disk;
use crate::{checks, random::Random};

/// Free bytes below which the engine refuses work.
const MIN_FREE: u64 = 1 << 20;

pub(super) struct Machine {
    pub(super) store: Store,
    pub(super) engine: Engine,
    pub(super) stepper: Stepper,
    disk: Arc<Faulty>,
    lying: bool,
    now: Timestamp,
    life: u32,
    free: Arc<AtomicU64>,
    queue: usize,
    concurrency: usize,
    /// Decides what handlers do.
    handlers: Arc<Mutex<Random>>,
}

/// A process started on a disk.
struct Process {
    store: Store,
    engine: Engine,
    stepper: Stepper,
    /// The last commit that the disk had.
    recovered: Seq,
}

impl Machine {
    pub(super) fn new(random: &mut Random, disk: Disk) -> Self {
        let lying = disk == Disk::Lying;
        let disk = Faulty::new(random.next(), with(Faults::default(), lying));
        let free = Arc::new(AtomicU64::new(u64::MAX));
        let handlers = Arc::new(Mutex::new(Random::new(random.next())));
        let queue = if random.one_in(4) { 2 + random.below(6) } else { 65_536 };
        let concurrency = 1 + random.below(6);
        let now = Timestamp(1_700_000_000_000);
        let process = start(&disk, &free, &handlers, (queue, concurrency), now, 1).expect("an empty disk opens");
        let Process { store, engine, stepper, .. } = process;
        Self { store, engine, stepper, disk, lying, now, life: 1, free, queue, concurrency, handlers }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// Time passes.
    pub(super) fn pass(&mut self, ms: usize) {
        self.now = self.now.plus_ms(i64::try_from(ms).unwrap_or_default());
        self.engine.set_clock(Some(self.now));
    }

    pub(super) fn set_full(&self, full: bool) {
        self.free.store(if full { MIN_FREE / 4 } else { u64::MAX }, Ordering::Relaxed);
    }

    /// Whether the store has stopped after a failure of the disk.
    pub(super) fn has_failed(&self) -> bool {
        self.store.stats().is_ok_and(|stats| stats.poisoned.is_some())
    }

    /// Stops and starts again. Answers what is not as it was, if nothing was under way.
    pub(super) fn restart(&mut self, random: &mut Random, faults: Faults) -> Result<Vec<String>, String> {
        // a store that has failed reads nothing any more, and history is read from it
        let (published, failed) = (self.store.committed(), self.has_failed());
        self.disk = self.disk.restart(with(faults, self.lying));
        self.now = self.now.plus_ms(1 + i64::try_from(random.below(60_000)).unwrap_or_default());
        let mut opened = self.start();
        if opened.is_err() {
            // the faults struck while it was being opened
            self.disk = self.disk.restart(with(Faults::default(), self.lying));
            self.now = self.now.plus_ms(1);
            opened = self.start();
        }
        let process = opened?;
        let recovered = process.recovered;
        let mut found = Vec::new();
        if recovered < published {
            found.push(format!("commit {} was published, and {} is the last", published.0, recovered.0));
        } else if recovered == published && !failed {
            found = checks::differences(&self.engine.read(), &process.engine.read());
        }
        // the old process ends when its disk is gone
        let Process { store, engine, stepper, .. } = process;
        self.stepper = stepper;
        self.engine = engine;
        self.store = store;
        Ok(found)
    }

    /// Flips a bit on the disk: the store must be refused at the next start, or be as it was.
    pub(super) fn decay(&mut self, random: &mut Random) -> Option<String> {
        let disk = self.disk.restart(Faults::default());
        let keys: Vec<_> = disk.scan(&KeyRange::all(), Direction::Forward).filter_map(Result::ok).collect();
        let (key, _) = random.pick(&keys);
        disk.flip_bit(key, random.next());
        let before = checks::lines(&self.engine.read());
        self.disk = disk;
        self.now = self.now.plus_ms(1);
        match self.start() {
            Err(_) => None,
            // what is not read at the start is found by a check, and when it is read
            Ok(process) if process.store.check().is_ok_and(|report| !report.is_intact()) => None,
            Ok(process) => {
                let after = checks::lines(&process.engine.read());
                (before != after).then(|| format!("a bit of {key:?} was flipped, and nobody noticed"))
            }
        }
    }

    fn start(&mut self) -> Result<Process, String> {
        self.life += 1;
        start(&self.disk, &self.free, &self.handlers, (self.queue, self.concurrency), self.now, self.life)
    }
}

fn with(faults: Faults, lying: bool) -> Faults {
    Faults { lying_sync: if lying { 0.2 } else { 0.0 }, ..faults }
}

fn start(
    disk: &Arc<Faulty>,
    free: &Arc<AtomicU64>,
    handlers: &Arc<Mutex<Random>>,
    (queue, concurrency): (usize, usize),
    now: Timestamp,
    life: u32,
) -> Result<Process, String> {
    let free = free.clone();
    let store_options = StoreOptions {
        drive: Drive::Manual,
        max_queued_commits: queue,
        min_free_bytes: MIN_FREE,
        free_space: Some(Arc::new(move || Ok(free.load(Ordering::Relaxed)))),
        ..StoreOptions::default()
    };
    let store =
        Store::over(disk.clone(), store_options).map_err(|error| format!("the store does not open: {error}"))?;
    let recovered = store.committed();
    // most history leaves the memory
    let mut options =
        Options { job_concurrency: concurrency, history_in_memory: 8, instances_in_memory: 3, ..Options::default() };
    options.settings.max_operations = 20_000;
    options.batches.invocations_per_job = 2;
    options.batches.jobs_per_seed = 2;
    let opened = Engine::simulated(store.clone(), options, now, life);
    let (engine, stepper) = opened.map_err(|error| format!("the engine does not open: {error}"))?;
    let handlers = handlers.clone();
    engine.handler("handler", move |context| {
        let chance = handlers.lock().below(10);
        context.set_variable("handled", i64::try_from(chance).unwrap_or_default());
        match chance {
            0 => Err(HandlerError::bpmn("E1")),
            1 | 2 => {
                Err(HandlerError::Failure { class: "java.lang.RuntimeException".to_owned(), message: "no".to_owned() })
            }
            _ => Ok(()),
        }
    });
    Ok(Process { store, engine, stepper, recovered })
}
