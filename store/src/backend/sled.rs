//! The other store: sled 0.34, with the sync that it leaves out.
//!
//! sled's own `flush` ends in `sync_file_range`, which does not reach the disk's platter (spacejam/sled#1452): in
//! power-cut trials 74 of 200 images were whole. An `fdatasync` of its `db` file through a handle of our own after each
//! flush made it 200 of 200. Pages too big for the log go to files of their own below `blobs/`, which sled never syncs at
//! all; that is done here as well, before the `db` file that refers to them. Everything lives in one tree, because a transaction over two trees came back half.

use std::{
    collections::HashSet,
    ffi::OsString,
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::{Bytes, Direction, Error, KeyRange, KeyValue, Kind, Op, Persist, Scan, Snapshot, store::Options};

/// How long closing may take.
const CLOSING_TIME: Duration = Duration::from_secs(5);

pub(crate) struct Sled {
    // Kept open, since the tree alone does not close the database in order.
    db: sled::Db,
    tree: sled::Tree,
    file: File,
    path: PathBuf,
    /// Names of the blobs that are on disk.
    synced_blobs: Mutex<HashSet<OsString>>,
}

fn failed(error: sled::Error) -> Error {
    match error {
        sled::Error::Io(source) => Error::Io { action: "sled store".to_owned(), source },
        other => Error::Backend { kind: Kind::Sled, message: other.to_string() },
    }
}

/// Opens the database, waiting for a handle of this process that is just being closed: sled's threads hold its lock a
/// little longer than the handle lives. Other processes are kept out by the lock of the store's folder.
fn open_patiently(config: &sled::Config) -> Result<sled::Db, Error> {
    let deadline = Instant::now() + CLOSING_TIME;
    loop {
        match config.open() {
            Err(sled::Error::Io(error)) if error.to_string().contains("lock") && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            opened => return opened.map_err(failed),
        }
    }
}

impl Sled {
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        let config = sled::Config::new()
            .path(path)
            .cache_capacity(options.cache_bytes)
            // The committer says when to flush.
            .flush_every_ms(None)
            .mode(sled::Mode::HighThroughput);
        let db = open_patiently(&config)?;
        let tree = db.open_tree(b"tollgate").map_err(failed)?;
        let name = path.join("db");
        let file = File::open(&name).map_err(Error::io(format!("opening `{}`", name.display())))?;
        let store = Self { db, tree, file, path: path.to_owned(), synced_blobs: Mutex::default() };
        // The tree's own existence and sled's settings must be on disk before anything is acknowledged.
        store.sync()?;
        for name in [path.join("conf"), path.to_owned()] {
            let synced = File::open(&name).and_then(|file| file.sync_all());
            synced.map_err(Error::io(format!("syncing `{}`", name.display())))?;
        }
        Ok(store)
    }

    /// Syncs the blobs that have appeared since the last time.
    fn sync_blobs(&self) -> Result<(), Error> {
        let folder = self.path.join("blobs");
        let failed = || Error::io(format!("syncing `{}`", folder.display()));
        let mut synced = self.synced_blobs.lock();
        let mut present = HashSet::new();
        let mut appeared = false;
        for entry in fs::read_dir(&folder).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let name = entry.file_name();
            if !synced.contains(&name) {
                match File::open(entry.path()).and_then(|blob| blob.sync_all()) {
                    Ok(()) => appeared = true,
                    // Superseded and removed meanwhile.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                    Err(error) => return Err(failed()(error)),
                }
            }
            present.insert(name);
        }
        *synced = present;
        if appeared {
            File::open(&folder).and_then(|folder| folder.sync_all()).map_err(failed())?;
        }
        Ok(())
    }
}

impl KeyValue for Sled {
    fn kind(&self) -> Kind {
        Kind::Sled
    }

    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Error> {
        Ok(self.tree.get(key).map_err(failed)?.map(Bytes::from))
    }

    fn scan(&self, range: &KeyRange, direction: Direction) -> Scan<'_> {
        if range.is_empty() {
            return Box::new(std::iter::empty());
        }
        let entries = match &range.end {
            Some(end) => self.tree.range(range.start.as_slice()..end.as_slice()),
            None => self.tree.range(range.start.as_slice()..),
        };
        let entry = |entry: sled::Result<(sled::IVec, sled::IVec)>| {
            let (key, value) = entry.map_err(failed)?;
            Ok((key.into(), value.into()))
        };
        match direction {
            Direction::Forward => Box::new(entries.map(entry)),
            Direction::Backward => Box::new(entries.rev().map(entry)),
        }
    }

    fn write(&self, ops: Vec<Op>, persist: Persist) -> Result<(), Error> {
        let mut batch = sled::Batch::default();
        for op in ops {
            match op {
                Op::Put { key, value } => batch.insert(key, value),
                Op::Delete { key } => batch.remove(key),
            }
        }
        self.tree.apply_batch(batch).map_err(failed)?;
        match persist {
            // Without a flush the batch would sit in sled's own buffer and die with the process.
            Persist::Buffered => self.tree.flush().map(drop).map_err(failed),
            Persist::Synced => self.sync(),
        }
    }

    fn sync(&self) -> Result<(), Error> {
        self.db.flush().map_err(failed)?;
        self.sync_blobs()?;
        self.file.sync_data().map_err(Error::io("syncing sled's `db` file"))
    }

    fn snapshot(&self) -> Option<Box<dyn Snapshot + '_>> {
        None
    }

    fn size_on_disk(&self) -> Result<u64, Error> {
        crate::folder::size_of(&self.path)
    }

    fn compact(&self) -> Result<(), Error> {
        // sled reuses the space of old segments by itself and offers nothing to hurry it.
        self.sync()
    }
}
