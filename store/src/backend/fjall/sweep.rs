//! Brings the space of deleted values back while work goes on.
//!
//! A deletion in a log-structured tree is a record of its own, a tombstone, and the value below it stays on disk until both meet in a
//! compaction. The library compacts levels that have grown too big; tombstones are small, so they can rest above values of many
//! times their size. Here a thread looks at the tables in which much was deleted, estimates what lies dead in them, and pushes the
//! tombstones down to the last level, where they and the values vanish together.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use fjall::{AbstractTree as _, Database, Keyspace, compaction::Leveled};
use parking_lot::{Condvar, Mutex};

use super::{Tables, failed};
use crate::{Error, record::STORE_TABLE};

/// Deletions in a table after which it is looked at.
const WORTH_A_LOOK: u64 = 16_384;

/// Bytes that may lie dead in a table whatever its size.
const TOLERATED_BYTES: u64 = 64 << 20;

/// The share of a table's bytes that may lie dead: one in so many.
const TOLERATED_SHARE: u64 = 4;

/// A table of at most so many bytes is written anew as a whole; of a bigger one only what tombstones concern is.
const WHOLE_BYTES: u64 = 256 << 20;

/// The same, for a table of big values, whose tombstones are too few to be told from their neighbours.
const WHOLE_BYTES_OF_BIG: u64 = 512 << 20;
const BIG_VALUE_BYTES: u64 = 16 << 10;

/// The same, once nothing more is deleted, for what tombstones left when they lay too far apart.
const WHOLE_BYTES_WHEN_QUIET: u64 = 1 << 30;

/// About how many bytes a tombstone takes.
const TOMBSTONE_BYTES: u64 = 64;

/// Compactions in a row of one table, at most; what is left comes with the next look.
const STEPS: usize = 64;

/// Size of the tables that are written, and of a level above the last: at most, and where values are so big that the tombstones in
/// such a level would hold too much.
const TABLE_BYTES: u64 = 8 << 20;
const LEAST_TABLE_BYTES: u64 = 1 << 20;

/// The least time between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// Looks without a deletion in between after which recent deletions are brought to disk for their own sake.
const QUIET: u32 = 5;

/// Counts deletions and wakes the thread that sweeps.
pub(super) struct Sweeper {
    /// Deletions by table since the last look.
    deleted: Box<[AtomicU64; 256]>,
    wanted: AtomicBool,
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Default for Sweeper {
    fn default() -> Self {
        Self {
            deleted: Box::new([const { AtomicU64::new(0) }; 256]),
            wanted: AtomicBool::new(false),
            stopped: Mutex::default(),
            changed: Condvar::new(),
        }
    }
}

impl Sweeper {
    /// A key was deleted.
    pub(super) fn note(&self, table: u8) {
        if self.deleted[usize::from(table)].fetch_add(1, Ordering::Relaxed) == WORTH_A_LOOK
            && !self.wanted.swap(true, Ordering::Relaxed)
        {
            // under the lock, so that it is not missed between a look and a wait
            drop(self.stopped.lock());
            self.changed.notify_all();
        }
    }

    /// Waits until much was deleted; `false` at the end.
    fn wait(&self) -> bool {
        let mut stopped = self.stopped.lock();
        while !*stopped && !self.wanted.load(Ordering::Relaxed) {
            self.changed.wait(&mut stopped);
        }
        !*stopped
    }

    /// Waits for a while; `false` at the end.
    fn pause(&self) -> bool {
        let mut stopped = self.stopped.lock();
        if !*stopped {
            // woken early it looks early, which does no harm
            let _ = self.changed.wait_for(&mut stopped, PAUSE);
        }
        !*stopped
    }

    fn is_stopped(&self) -> bool {
        *self.stopped.lock()
    }
}

/// The thread that sweeps; it ends with this.
pub(super) struct Sweeping {
    sweeper: Arc<Sweeper>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Sweeping {
    fn drop(&mut self) {
        *self.sweeper.stopped.lock() = true;
        self.sweeper.changed.notify_all();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that brings the space of deleted values back panicked");
        }
    }
}

impl Sweeping {
    pub(super) fn start(db: &Database, tables: &Arc<Tables>, sweeper: &Arc<Sweeper>) -> Result<Self, Error> {
        let (db, tables, shared) = (db.clone(), tables.clone(), sweeper.clone());
        let run = move || {
            while shared.wait() && sweep_until_quiet(&db, &tables, &shared) {}
        };
        let thread = thread::Builder::new().name("store-sweeper".to_owned()).spawn(run);
        let thread = thread.map_err(Error::io("starting the thread that brings space back"))?;
        Ok(Self { sweeper: sweeper.clone(), thread: Some(thread) })
    }
}

/// Sweeps as long as something is deleted; `false` at the end.
fn sweep_until_quiet(db: &Database, tables: &Tables, sweeper: &Sweeper) -> bool {
    let mut deleted = [0_u64; 256];
    let mut quiet = 0;
    while quiet < QUIET {
        if !sweeper.pause() {
            return false;
        }
        sweeper.wanted.store(false, Ordering::Relaxed);
        quiet += 1;
        for (table, deleted) in deleted.iter_mut().enumerate() {
            let more = sweeper.deleted[table].swap(0, Ordering::Relaxed);
            *deleted += more;
            if more > 0 {
                quiet = 0;
            }
            if let Some(keyspace) = tables[table].get().filter(|_| *deleted > 0) {
                attempt(db, keyspace, sweeper);
            }
        }
    }
    let deleted = deleted.iter().enumerate().filter(|(_, deleted)| **deleted >= WORTH_A_LOOK);
    let keyspaces: Vec<_> = deleted.filter_map(|(table, _)| tables[table].get()).collect();
    // with its own table, which every commit writes to, the library notices up to where nobody reads the past any more
    let own = tables[usize::from(STORE_TABLE)].get();
    for keyspace in keyspaces.iter().copied().chain(own) {
        if let Err(error) = keyspace.rotate_memtable_and_wait() {
            tracing::error!("bringing recent deletions to disk failed: {error}");
        }
    }
    for keyspace in keyspaces {
        attempt(db, keyspace, sweeper);
        let left = Contents::of(keyspace);
        if left.is_worth_it() && left.bytes <= WHOLE_BYTES_WHEN_QUIET && !sweeper.is_stopped() {
            if let Err(error) = keyspace.major_compact() {
                tracing::error!("bringing the space of deleted values back failed: {error}");
            }
        }
    }
    !sweeper.is_stopped()
}

fn attempt(db: &Database, keyspace: &Keyspace, sweeper: &Sweeper) {
    if let Err(error) = sweep(db, keyspace, sweeper) {
        tracing::error!("bringing the space of deleted values back failed: {error}");
    }
}

/// What a table has on disk.
#[derive(Debug)]
struct Contents {
    bytes: u64,
    values: u64,
    tombstones: u64,
}

impl Contents {
    fn of(keyspace: &Keyspace) -> Self {
        let mut contents = Self { bytes: 0, values: 0, tombstones: 0 };
        for table in keyspace.tree.current_version().iter_tables() {
            contents.bytes += table.metadata.file_size;
            contents.tombstones += table.metadata.tombstone_count;
            contents.values += table.metadata.item_count.saturating_sub(table.metadata.tombstone_count);
        }
        contents
    }

    fn value_bytes(&self) -> u64 {
        self.bytes.saturating_sub(self.tombstones * TOMBSTONE_BYTES)
    }

    fn bytes_of_value(&self) -> u64 {
        self.value_bytes() / self.values.max(1)
    }

    /// About how much of it will vanish with the tombstones.
    fn dead_bytes(&self) -> u64 {
        self.bytes.min(self.tombstones.saturating_mul(self.bytes_of_value() + TOMBSTONE_BYTES))
    }

    fn is_worth_it(&self) -> bool {
        self.dead_bytes() > TOLERATED_BYTES.max(self.bytes / TOLERATED_SHARE)
    }

    /// As many tombstones as fit in a table of this size hold what may be dead.
    fn table_bytes(&self) -> u64 {
        let tombstones = TOLERATED_BYTES / (self.bytes_of_value() + TOMBSTONE_BYTES);
        (tombstones * TOMBSTONE_BYTES).clamp(LEAST_TABLE_BYTES, TABLE_BYTES)
    }

    fn is_written_whole(&self) -> bool {
        let is_big = self.bytes_of_value() >= BIG_VALUE_BYTES;
        self.bytes <= if is_big { WHOLE_BYTES_OF_BIG } else { WHOLE_BYTES }
    }
}

/// Makes tombstones of a table meet what they delete, as long as too much of it is dead.
fn sweep(db: &Database, keyspace: &Keyspace, sweeper: &Sweeper) -> Result<(), Error> {
    for _ in 0..STEPS {
        let (before, version) = (Contents::of(keyspace), keyspace.tree.current_version().id());
        if !before.is_worth_it() || sweeper.is_stopped() {
            return Ok(());
        }
        if before.is_written_whole() {
            keyspace.major_compact().map_err(failed)?;
        } else {
            let readable_from = db.supervisor.snapshot_tracker.get_seqno_safe_to_gc();
            let strategy = Arc::new(downwards(keyspace, before.table_bytes()));
            keyspace.tree.compact(strategy, readable_from).map_err(|error| failed(error.into()))?;
        }
        // others are at it, or somebody reads the past
        if keyspace.tree.current_version().id() == version {
            return Ok(());
        }
    }
    Ok(())
}

/// How a table is compacted so that levels above its last hold next to nothing, and no level is added.
fn downwards(keyspace: &Keyspace, table_bytes: u64) -> Leveled {
    let last = 6;
    let first = (1..last).find(|level| keyspace.tree.level_table_count(*level).is_some_and(|tables| tables > 0));
    let between = last - first.unwrap_or(last - 1);
    // each level's size is that of the one before, times its ratio
    let mut ratios = vec![1.0; between - 1];
    ratios.push(1e6);
    Leveled::default().with_l0_threshold(1).with_table_target_size(table_bytes).with_level_ratio_policy(ratios)
}
