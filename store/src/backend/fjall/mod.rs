//! The default store: fjall, a log-structured merge tree with one journal.
//!
//! Each table (first byte of the key) has a keyspace of its own, made on first use: histories that are only appended
//! are then never rewritten together with instances that change all the time. A batch spans keyspaces atomically,
//! because all of them share the journal.

mod ahead;
mod journal;
mod sweep;

pub(crate) use self::journal::Journals;

use std::{
    ops::Bound,
    path::Path,
    sync::{Arc, OnceLock},
};

use fjall::{Database, Guard, Keyspace, KeyspaceCreateOptions, PersistMode, Readable as _, compaction::Leveled};
use parking_lot::Mutex;

use self::{
    ahead::Ahead,
    sweep::{Sweeper, Sweeping},
};
use crate::{Bytes, Direction, Error, KeyRange, KeyValue, Kind, Op, Persist, Scan, Snapshot, store::Options};

/// Bound on all journals together; recovery reads them, so it bounds the time to reopen after a crash.
const MAX_JOURNAL_BYTES: u64 = 64 << 20;

/// Size of a table on disk. Levels above the last have at most a few of them, which bounds what is written again for each merge
/// between levels.
const TABLE_BYTES: u64 = 16 << 20;

/// Keyspace per table, by first byte of the key.
type Tables = [OnceLock<Keyspace>; 256];

pub(crate) struct Fjall {
    // first: it ends before the database closes
    _sweeping: Sweeping,
    db: Database,
    tables: Arc<Tables>,
    sweeper: Arc<Sweeper>,
    memtable_bytes: u64,
    journal: Mutex<Ahead>,
}

fn failed(error: fjall::Error) -> Error {
    match error {
        fjall::Error::Io(source) => Error::Io { action: "fjall store".to_owned(), source },
        other => Error::Backend { kind: Kind::Fjall, message: format!("{other:?}") },
    }
}

fn table_name(table: u8) -> String {
    format!("t{table:02x}")
}

fn table_of_name(name: &str) -> Option<u8> {
    u8::from_str_radix(name.strip_prefix('t')?, 16).ok()
}

impl Fjall {
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        let before = ahead::last_journal(path)?;
        let db = Database::builder(path)
            .max_journaling_size(MAX_JOURNAL_BYTES)
            .worker_threads(options.workers.max(1))
            .cache_size(options.cache_bytes)
            .manual_journal_persist(true)
            .open()
            .map_err(failed)?;
        let tables: Arc<Tables> = Arc::new([const { OnceLock::new() }; 256]);
        let sweeper = Arc::new(Sweeper::default());
        let sweeping = Sweeping::start(&db, &tables, &sweeper)?;
        let journal = Mutex::new(Ahead::new(path.to_owned(), before)?);
        let memtable_bytes = options.memtable_bytes;
        let store = Self { _sweeping: sweeping, db, tables, sweeper, memtable_bytes, journal };
        for name in store.db.list_keyspace_names() {
            if let Some(table) = table_of_name(&name) {
                store.table_or_create(table)?;
            }
        }
        Ok(store)
    }

    fn table(&self, table: u8) -> Option<&Keyspace> {
        self.tables[usize::from(table)].get()
    }

    fn table_or_create(&self, table: u8) -> Result<&Keyspace, Error> {
        let slot = &self.tables[usize::from(table)];
        if let Some(keyspace) = slot.get() {
            return Ok(keyspace);
        }
        let keyspace = self
            .db
            .keyspace(&table_name(table), || {
                KeyspaceCreateOptions::default()
                    .manual_journal_persist(true)
                    .max_memtable_size(self.memtable_bytes)
                    .compaction_strategy(Arc::new(Leveled::default().with_table_target_size(TABLE_BYTES)))
            })
            .map_err(failed)?;
        Ok(slot.get_or_init(|| keyspace))
    }

    /// Walks the tables that `range` touches, each through `iter`.
    fn scan_tables<'a>(
        &'a self,
        range: &KeyRange,
        direction: Direction,
        iter: impl Fn(&Keyspace, (Bound<Vec<u8>>, Bound<Vec<u8>>)) -> fjall::Iter + Send + 'a,
    ) -> Scan<'a> {
        if range.is_empty() {
            return Box::new(std::iter::empty());
        }
        let bounds =
            (Bound::Included(range.start.clone()), range.end.clone().map_or(Bound::Unbounded, Bound::Excluded));
        let first = range.start.first().copied().unwrap_or(0);
        let last = range.end.as_ref().map_or(u8::MAX, |end| end.first().copied().unwrap_or(0));
        let tables = (first..=last).filter_map(|table| self.table(table));
        match direction {
            Direction::Forward => Box::new(tables.flat_map(move |table| iter(table, bounds.clone())).map(entry)),
            Direction::Backward => {
                Box::new(tables.rev().flat_map(move |table| iter(table, bounds.clone()).rev()).map(entry))
            }
        }
    }
}

fn entry(guard: Guard) -> Result<(Bytes, Bytes), Error> {
    let (key, value) = guard.into_inner().map_err(failed)?;
    Ok((key.into(), value.into()))
}

impl KeyValue for Fjall {
    fn kind(&self) -> Kind {
        Kind::Fjall
    }

    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Error> {
        let Some(table) = key.first().and_then(|table| self.table(*table)) else {
            return Ok(None);
        };
        Ok(table.get(key).map_err(failed)?.map(Bytes::from))
    }

    fn scan(&self, range: &KeyRange, direction: Direction) -> Scan<'_> {
        self.scan_tables(range, direction, Keyspace::range)
    }

    fn write(&self, ops: Vec<Op>, persist: Persist) -> Result<(), Error> {
        // `Buffer` is the least: the batch must reach the operating system, or the end of the process would lose it.
        let mode = match persist {
            Persist::Buffered => PersistMode::Buffer,
            Persist::Synced => PersistMode::SyncData,
        };
        let mut journal = self.journal.lock();
        journal.make_room(&ops);
        let mut batch = fjall::OwnedWriteBatch::with_capacity(self.db.clone(), ops.len()).durability(Some(mode));
        for op in ops {
            let number = op.key().first().copied().unwrap_or(0);
            let table = self.table_or_create(number)?;
            match op {
                Op::Put { key, value } => batch.insert(table, key, value),
                Op::Delete { key } => {
                    self.sweeper.note(number);
                    batch.remove(table, key);
                }
            }
        }
        batch.commit().map_err(failed)
    }

    fn sync(&self) -> Result<(), Error> {
        self.db.persist(PersistMode::SyncData).map_err(failed)
    }

    fn snapshot(&self) -> Option<Box<dyn Snapshot + '_>> {
        Some(Box::new(FjallSnapshot { store: self, snapshot: self.db.snapshot() }))
    }

    fn size_on_disk(&self) -> Result<u64, Error> {
        self.db.disk_space().map_err(failed)
    }

    fn compact(&self) -> Result<(), Error> {
        for table in self.tables.iter().filter_map(OnceLock::get) {
            table.rotate_memtable_and_wait().map_err(failed)?;
            table.major_compact().map_err(failed)?;
        }
        Ok(())
    }
}

struct FjallSnapshot<'a> {
    store: &'a Fjall,
    snapshot: fjall::Snapshot,
}

impl Snapshot for FjallSnapshot<'_> {
    fn scan(&self, range: &KeyRange, direction: Direction) -> Scan<'_> {
        self.store.scan_tables(range, direction, |table, bounds| self.snapshot.range(table, bounds))
    }
}
