//! The handle that everyone shares.

use std::{
    fmt,
    path::Path,
    sync::Arc,
    thread::{self, JoinHandle},
};

use parking_lot::Mutex;

use crate::{
    Bytes, CommitError, Direction, Error, KeyRange, KeyValue, Kind, Memory, Op, Outcome, Stats, Ticket,
    backend::{Fjall, Sled},
    committer::{GroupBounds, Pipeline, seal_ops},
    folder::{Folder, Stage},
    queue::{Bounds, Content, Queue, Tell, WhenFull, is_completing},
    record::{self, STORE_TABLE},
    space::{FreeSpace, SpaceGuard, free_space_at},
    stats::Counters,
    ticket::Completion,
    verify,
};

/// Number of a commit: 1, 2, 3… without gaps, in the order of submission, for the whole life of a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

/// What an acknowledged commit has survived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On the disk: survives the loss of power.
    Strict,
    /// Handed to the operating system: survives the end of the process, while the loss of power may take the commits
    /// of the last `max_loss_ms` milliseconds with it, always the youngest, never one from between.
    Relaxed {
        /// How much may be lost, in milliseconds.
        max_loss_ms: u64,
    },
}

/// Who writes the groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    /// A thread of the store's own.
    Thread,
    /// The callers, by [`Store::run_pending`] or by waiting for a commit: one thread, one order, for simulations.
    Manual,
}

/// How a store is opened.
#[derive(Clone)]
pub struct Options {
    /// What an acknowledged commit has survived; [`Durability::Strict`] unless said otherwise.
    pub durability: Durability,
    /// Who writes the groups.
    pub drive: Drive,
    /// Commits that may wait or be under way before submitters have to wait.
    pub max_queued_commits: usize,
    /// Their bytes.
    pub max_queued_bytes: usize,
    /// Commits that one group holds at most.
    pub max_group_commits: usize,
    /// Bytes that one group holds at most, if it holds more than one commit.
    pub max_group_bytes: usize,
    /// Free bytes on the disk below which commits are refused; 0 turns the guard off.
    pub min_free_bytes: u64,
    /// Asks for the free bytes; the file system that holds the store, unless a test brings its own.
    pub free_space: Option<FreeSpace>,
    /// Opens a damaged store with what is intact in it, instead of refusing. Damaged journals are copied to a folder
    /// `damaged-…` inside the store's first. Meant for the time after `store check`, when no backup is to be had.
    pub accept_damage: bool,
    /// Memory for blocks that were read, in bytes.
    pub cache_bytes: u64,
    /// Memory of one table's recent writes before they are sorted into files, in bytes (fjall).
    pub memtable_bytes: u64,
    /// Threads that sort files in the background (fjall).
    pub workers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Strict,
            drive: Drive::Thread,
            max_queued_commits: 65_536,
            max_queued_bytes: 64 << 20,
            max_group_commits: 8_192,
            max_group_bytes: 16 << 20,
            min_free_bytes: 256 << 20,
            free_space: None,
            accept_damage: false,
            cache_bytes: 64 << 20,
            memtable_bytes: 16 << 20,
            workers: 1,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("durability", &self.durability)
            .field("drive", &self.drive)
            .field("max_queued_commits", &self.max_queued_commits)
            .field("max_queued_bytes", &self.max_queued_bytes)
            .field("max_group_commits", &self.max_group_commits)
            .field("max_group_bytes", &self.max_group_bytes)
            .field("min_free_bytes", &self.min_free_bytes)
            .field("accept_damage", &self.accept_damage)
            .field("cache_bytes", &self.cache_bytes)
            .field("memtable_bytes", &self.memtable_bytes)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

/// Keys with their payloads, in order; every record is checked on the way.
pub type Records<'a> = Box<dyn Iterator<Item = Result<(Bytes, Bytes), Error>> + Send + 'a>;

/// An open store: durable commits by many threads, reads that never wait for them.
///
/// Clones share the store; it closes when the last one is dropped, after everything queued has been written.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Arc<dyn KeyValue>,
    queue: Arc<Queue>,
    pipeline: Arc<Mutex<Pipeline>>,
    counters: Arc<Mutex<Counters>>,
    drive: Drive,
    committer: Mutex<Option<JoinHandle<()>>>,
    // Last: the folder stays locked until the database is closed.
    folder: Option<Folder>,
}

/// Opens the bare key-value store of `kind` in the folder `path`: no lock, format, checksums or groups. [`Store::open`]
/// is what everyone but a test or a tool wants.
pub fn open_key_value(kind: Kind, path: &Path, options: &Options) -> Result<Arc<dyn KeyValue>, Error> {
    Ok(match kind {
        Kind::Fjall => Arc::new(Fjall::open(path, options)?),
        Kind::Sled => Arc::new(Sled::open(path, options)?),
        Kind::Memory => Arc::new(Memory::new()),
    })
}

impl Store {
    /// Opens the store of `kind` in the folder `path`, making it if there is none. The memory store ignores the path.
    ///
    /// # Errors
    /// [`Error::Locked`] if another process has it open, [`Error::WrongKind`] or [`Error::WrongFormat`] if it was
    /// written by another kind or version, [`Error::Damaged`] if something that was acknowledged is missing.
    pub fn open(kind: Kind, path: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        Self::open_or_create(kind, path.as_ref(), options, true)
    }

    /// Opens the store in the folder `path`, whatever its kind.
    ///
    /// # Errors
    /// [`Error::NoStore`] if there is none; otherwise as [`open`](Self::open).
    pub fn open_existing(path: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::open_or_create(crate::folder::kind_of(path)?, path, options, false)
    }

    fn open_or_create(kind: Kind, path: &Path, mut options: Options, create: bool) -> Result<Self, Error> {
        if kind == Kind::Memory {
            return Self::start(Arc::new(Memory::new()), None, options);
        }
        let mut folder = Folder::open(path, kind, create)?;
        match folder.stage() {
            Stage::Making => folder.clear_data()?,
            Stage::Filling => {
                return Err(Error::HalfFilled { path: path.to_owned() });
            }
            Stage::Complete if kind == Kind::Fjall => {
                verify::examine_journals(&folder, options.accept_damage)?;
            }
            Stage::Complete => {}
        }
        let backend = open_key_value(kind, &folder.data(), &options)?;
        if folder.stage() == Stage::Complete {
            verify::ensure_not_empty(&*backend, &folder)?;
        } else {
            verify::ensure_format(&*backend)?;
            folder.set_stage(Stage::Complete)?;
        }
        if options.free_space.is_none() && options.min_free_bytes > 0 {
            options.free_space = Some(free_space_at(path.to_owned()));
        }
        Self::start(backend, Some(folder), options)
    }

    /// Opens a store over a key-value store that the caller brings: a [`Memory`], or one of a simulation.
    pub fn over(backend: Arc<dyn KeyValue>, options: Options) -> Result<Self, Error> {
        Self::start(backend, None, options)
    }

    fn start(backend: Arc<dyn KeyValue>, folder: Option<Folder>, options: Options) -> Result<Self, Error> {
        verify::ensure_format(&*backend)?;
        if options.accept_damage {
            verify::accept_gaps(&*backend)?;
        }
        let position = verify::last_groups(&*backend)?;
        // After a process was killed, its last groups may be there to read and yet not on the disk.
        backend.sync()?;
        let space = SpaceGuard::new(options.free_space, options.min_free_bytes, options.drive == Drive::Manual);
        let bounds = Bounds { commits: options.max_queued_commits.max(1), bytes: options.max_queued_bytes };
        let queue = Arc::new(Queue::new(position.last, bounds, space));
        let counters = Arc::new(Mutex::new(Counters::default()));
        let group_bounds = GroupBounds { commits: options.max_group_commits.max(1), bytes: options.max_group_bytes };
        let pipeline = Arc::new(Mutex::new(Pipeline::new(
            backend.clone(),
            queue.clone(),
            options.durability,
            group_bounds,
            position.next_group,
            counters.clone(),
        )));
        let committer = match options.drive {
            Drive::Manual => None,
            Drive::Thread => {
                let (pipeline, queue) = (pipeline.clone(), queue.clone());
                let run = move || Pipeline::run(&pipeline, &queue);
                let thread = thread::Builder::new().name("store-committer".to_owned()).spawn(run);
                Some(thread.map_err(Error::io("starting the committer thread"))?)
            }
        };
        let inner = Inner {
            backend,
            queue,
            pipeline,
            counters,
            drive: options.drive,
            committer: Mutex::new(committer),
            folder,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Which store lies underneath.
    pub fn kind(&self) -> Kind {
        self.inner.backend.kind()
    }

    /// The store's folder, where it has one.
    pub fn path(&self) -> Option<&Path> {
        self.inner.folder.as_ref().map(Folder::path)
    }

    /// Queues a commit and calls `done` once it is durable or has failed. Waits for room if the queue is full.
    ///
    /// The operations apply together or not at all. Commits become durable in the order of their numbers, so the next
    /// commit may build on this one before it is durable. `done` runs on the committer's thread, in the order of
    /// the numbers, and should be short; it may submit, but not wait for a commit.
    pub fn submit(&self, ops: Vec<Op>, done: impl FnOnce(Outcome) + Send + 'static) -> Result<Seq, CommitError> {
        self.enqueue(ops, Completion::Call(Box::new(done)), WhenFull::Wait)
    }

    /// As [`submit`](Self::submit), by a thread that calls [`lead`](Self::lead) before it waits for anything: the commit may be
    /// left to it.
    pub fn submit_to_lead(
        &self,
        mut ops: Vec<Op>,
        done: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<Seq, CommitError> {
        seal_ops(&mut ops)?;
        self.queue_up_to_lead(Content::Made(ops), done)
    }

    /// As [`submit_to_lead`](Self::submit_to_lead), for operations that take time to make: `make` runs when their turn has come,
    /// under the rules of `done`, while the caller goes on. `bytes` is about how large they will be, for the
    /// bounds of the queue. What `submit` would refuse `done` hears of; nothing of the commit is written then, and later
    /// ones that build on it are.
    pub fn submit_later(
        &self,
        bytes: usize,
        make: impl FnOnce() -> Vec<Op> + Send + 'static,
        done: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<Seq, CommitError> {
        self.queue_up_to_lead(Content::Later(Box::new(make), bytes), done)
    }

    /// Writes the commit that was left to this thread, if there is one: where commits come one by one this spares each of them
    /// the way to another thread. Says whether there was.
    pub fn lead(&self) -> bool {
        let leads = self.is_to_lead();
        if leads {
            Pipeline::lead(&self.inner.pipeline, &self.inner.queue);
        }
        leads
    }

    /// Whether a commit waits for [`lead`](Self::lead).
    pub fn is_to_lead(&self) -> bool {
        self.inner.queue.is_led()
    }

    /// As [`submit`](Self::submit), but refuses with [`CommitError::QueueFull`] instead of waiting for room.
    pub fn try_submit(&self, ops: Vec<Op>, done: impl FnOnce(Outcome) + Send + 'static) -> Result<Seq, CommitError> {
        self.enqueue(ops, Completion::Call(Box::new(done)), WhenFull::Refuse)
    }

    /// Has `run` called whenever all commits of a group have been completed, on the thread that completed them and under
    /// the rules of [`submit`](Self::submit)'s `done`: what costs as much for one commit as for many belongs there. Only
    /// the first call counts.
    pub fn after_each_group(&self, run: impl Fn() + Send + Sync + 'static) {
        self.inner.queue.set_after_group(Box::new(run));
    }

    /// Queues a commit; the ticket tells its outcome. Waits for room if the queue is full.
    pub fn submit_ticket(&self, ops: Vec<Op>) -> Result<Ticket, CommitError> {
        let seq = self.enqueue(ops, Completion::Ticket, WhenFull::Wait)?;
        Ok(Ticket { queue: self.inner.queue.clone(), seq })
    }

    /// Commits and blocks until the commit is durable.
    pub fn commit(&self, ops: Vec<Op>) -> Outcome {
        if is_completing() {
            return Err(CommitError::WouldDeadlock);
        }
        let ticket = self.submit_ticket(ops)?;
        self.run_pending();
        ticket.wait()
    }

    fn enqueue(&self, mut ops: Vec<Op>, completion: Completion, when_full: WhenFull) -> Result<Seq, CommitError> {
        seal_ops(&mut ops)?;
        self.queue_up(Content::Made(ops), completion, when_full, Tell::Committer)
    }

    fn queue_up_to_lead(
        &self,
        content: Content,
        done: impl FnOnce(Outcome) + Send + 'static,
    ) -> Result<Seq, CommitError> {
        let tell = if self.inner.queue.is_calm() { Tell::Nobody } else { Tell::Committer };
        self.queue_up(content, Completion::Call(Box::new(done)), WhenFull::Wait, tell)
    }

    fn queue_up(
        &self,
        content: Content,
        completion: Completion,
        when_full: WhenFull,
        tell: Tell,
    ) -> Result<Seq, CommitError> {
        // Nobody would make room while the only thread waits for it.
        let when_full = if self.inner.drive == Drive::Manual { WhenFull::Refuse } else { when_full };
        self.inner.queue.submit(content, completion, when_full, tell)
    }

    /// Whether commits that need space are taken: the free-space guard's answer, without a commit.
    ///
    /// # Errors
    /// [`CommitError::DiskFull`] while too little is free.
    pub fn admits_work(&self) -> Result<(), CommitError> {
        self.inner.queue.space.admit(false)
    }

    /// With [`Drive::Manual`], writes what is queued; otherwise the committer does.
    pub fn run_pending(&self) {
        if self.inner.drive == Drive::Manual
            && let Some(mut pipeline) = self.inner.pipeline.try_lock()
        {
            pipeline.run_pending();
        }
    }

    /// Blocks until everything submitted so far is on the disk, whatever the durability level.
    pub fn flush(&self) -> Result<(), CommitError> {
        self.between_groups(Pipeline::sync)?;
        self.inner.queue.check_poison()
    }

    /// Runs `run` between two groups, after the commits submitted so far, and waits for its result.
    pub(crate) fn between_groups<T: Send + 'static>(
        &self,
        run: impl FnOnce(&mut Pipeline) -> T + Send + 'static,
    ) -> Result<T, CommitError> {
        if is_completing() {
            return Err(CommitError::WouldDeadlock);
        }
        let (send, receive) = std::sync::mpsc::sync_channel(1);
        self.inner.queue.control(Box::new(move |pipeline| {
            // The receiver waits below until the value comes, so sending can't fail.
            let _ = send.send(run(pipeline));
        }))?;
        self.run_pending();
        receive.recv().map_err(|_| CommitError::Closed)
    }

    /// The last commit that is durable (by the store's durability level); everything before it is too.
    pub fn committed(&self) -> Seq {
        self.inner.queue.committed()
    }

    /// The payload at `key`, as last committed, after checking the record.
    ///
    /// A commit is visible at the latest when its completion runs.
    pub fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Error> {
        self.inner.queue.check_poison()?;
        let Some(stored) = self.inner.backend.get(key)? else {
            return Ok(None);
        };
        let (payload, _) = record::unseal(key, stored)?;
        Ok(Some(payload))
    }

    /// Walks the records of `range`. Commits made meanwhile may be seen or not.
    pub fn scan(&self, range: &KeyRange, direction: Direction) -> Records<'_> {
        if let Err(error) = self.inner.queue.check_poison() {
            return Box::new(std::iter::once(Err(error.into())));
        }
        let range = without_store_table(range);
        Box::new(self.inner.backend.scan(&range, direction).map(|entry| {
            let (key, stored) = entry?;
            let (payload, _) = record::unseal(&key, stored)?;
            Ok((key, payload))
        }))
    }

    /// Walks the records whose keys begin with `prefix`, ascending.
    pub fn prefix(&self, prefix: &[u8]) -> Records<'_> {
        self.scan(&KeyRange::prefix(prefix), Direction::Forward)
    }

    /// Gives space of overwritten and deleted values back, as far as the store can. Commits go on meanwhile.
    pub fn compact(&self) -> Result<(), Error> {
        self.inner.queue.check_poison()?;
        self.inner.backend.compact()
    }

    /// The store's figures.
    pub fn stats(&self) -> Result<Stats, Error> {
        let queue = &self.inner.queue;
        let (outstanding_commits, outstanding_bytes) = queue.outstanding();
        Ok(Stats {
            kind: self.kind(),
            size_on_disk: self.inner.backend.size_on_disk()?,
            committed: queue.committed(),
            outstanding_commits,
            outstanding_bytes,
            free_bytes: queue.space.free_bytes(),
            poisoned: queue.poison_cause().map(str::to_owned),
            counters: self.inner.counters.lock().clone(),
        })
    }

    /// Takes no more commits, writes and syncs what is queued, and ends the committer. Reads still work. The store
    /// itself closes with its last handle.
    pub fn close(&self) -> Result<(), CommitError> {
        self.inner.shut_down();
        self.inner.queue.check_poison()
    }

    pub(crate) fn backend(&self) -> &dyn KeyValue {
        &*self.inner.backend
    }
}

impl Inner {
    fn shut_down(&self) {
        self.queue.close();
        match self.committer.lock().take() {
            // The last handle may be dropped by a completion, on the committer's own thread, which can't wait for itself.
            Some(committer) if committer.thread().id() != thread::current().id() => {
                if committer.join().is_err() {
                    tracing::error!("the committer thread panicked");
                }
            }
            Some(_) => {}
            None => {
                if let Some(mut pipeline) = self.pipeline.try_lock() {
                    pipeline.run_pending();
                    pipeline.sync();
                }
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shut_down();
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("kind", &self.kind())
            .field("path", &self.path())
            .field("committed", &self.committed())
            .finish_non_exhaustive()
    }
}

fn without_store_table(range: &KeyRange) -> KeyRange {
    let first = [STORE_TABLE + 1];
    let mut range = range.clone();
    if range.start.as_slice() < first.as_slice() {
        range.start = first.to_vec();
    }
    range
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_committer_that_breaks_leaves_nobody_waiting() {
        let store = Store::open(Kind::Memory, "", Options::default()).unwrap();
        store.commit(vec![Op::put("r1", "x")]).unwrap();
        let broken = store.between_groups(|_| panic!("a bug"));
        assert_eq!(broken, Err::<(), _>(CommitError::Closed));
        let poisoned = |outcome: Outcome| matches!(outcome, Err(CommitError::Poisoned { .. }));
        for _ in 0..100 {
            assert!(poisoned(store.commit(vec![Op::put("r2", "x")])));
        }
    }
}
