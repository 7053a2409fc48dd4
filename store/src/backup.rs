//! Backups: one file with every record as stored, and a checksum that runs through all of it.
//!
//! ```text
//! head     "tollgate-backup\n", store format u32
//! record   key length u32, value length u32, key, stored value, running crc32
//! removed  key length u32, u32::MAX, key, running crc32       (only behind the records; so are changed records)
//! end      u32::MAX, live records u64, last commit u64, running crc32
//! ```
//! Numbers are little-endian. The running checksum covers everything before it, so that a missing, doubled or moved part
//! is found as surely as a changed one.
//!
//! A store with snapshots is written from one. Without, the records are read while commits go on; keys that change
//! meanwhile are remembered, and their records follow at the end, the last of them between two groups.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use crate::{
    Bytes, Direction, Error, KeyRange, KeyValue, Kind, Op, Options, Persist, Scan, Seq, Store,
    committer::Pipeline,
    folder::{Folder, Stage, check_format, sync_folder_of},
    record::{self, FORMAT, FORMAT_KEY, GROUP_PREFIX, Group},
    store::open_key_value,
    verify,
};

const HEAD: &[u8; 16] = b"tollgate-backup\n";

/// In place of a value's length: the key is removed.
const REMOVED: u32 = u32::MAX;

/// In place of a key's length: the end.
const END: u32 = u32::MAX;

/// Keys that changed during the backup and are few enough to be read while commits wait.
const FEW_CHANGES: usize = 2_000;

/// Rounds of catching up before commits have to wait however many changes are left.
const MAX_ROUNDS: usize = 20;

/// Bytes written at once when a store is filled.
const LOAD_BATCH_BYTES: usize = 4 << 20;

/// What a backup or a copy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Records written, the store's own included. A record that changed during a backup counts each time it was written.
    pub records: u64,
    /// The last commit that is in it; everything before is, and nothing behind.
    pub committed: Seq,
}

struct Writer<W: Write> {
    out: BufWriter<W>,
    checksum: crc32fast::Hasher,
}

impl<W: Write> Writer<W> {
    fn new(out: W) -> std::io::Result<Self> {
        let out = BufWriter::with_capacity(1 << 20, out);
        let mut writer = Self { out, checksum: crc32fast::Hasher::new() };
        writer.put(HEAD)?;
        writer.put(&FORMAT.to_le_bytes())?;
        Ok(writer)
    }

    fn put(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.checksum.update(bytes);
        self.out.write_all(bytes)
    }

    fn put_checksum(&mut self) -> std::io::Result<()> {
        let checksum = self.checksum.clone().finalize();
        self.put(&checksum.to_le_bytes())
    }

    fn record(&mut self, key: &[u8], value: Option<&[u8]>) -> std::io::Result<()> {
        self.put(&length(key).to_le_bytes())?;
        self.put(&value.map_or(REMOVED, length).to_le_bytes())?;
        self.put(key)?;
        self.put(value.unwrap_or_default())?;
        self.put_checksum()
    }

    fn finish(mut self, summary: Summary) -> std::io::Result<W> {
        self.put(&END.to_le_bytes())?;
        self.put(&summary.records.to_le_bytes())?;
        self.put(&summary.committed.0.to_le_bytes())?;
        self.put_checksum()?;
        self.out.into_inner().map_err(std::io::IntoInnerError::into_error)
    }
}

/// Keys and values are bounded far below 4 GiB, and `u32::MAX` is taken.
fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX - 1)
}

impl Store {
    /// Writes a backup of the open store to the file `target`, which must not exist. Commits go on meanwhile.
    ///
    /// The backup holds exactly the commits up to [`Summary::committed`]. Every record is checked on the way.
    ///
    /// # Errors
    /// If a record is damaged or the file can't be written; then no file is left.
    pub fn backup(&self, target: impl AsRef<Path>) -> Result<Summary, Error> {
        let target = target.as_ref();
        if target.exists() {
            let reason = "a backup goes to a file that does not exist";
            return Err(Error::InTheWay { path: target.to_owned(), reason });
        }
        let draft = draft_of(target);
        let failed = || Error::io(format!("writing `{}`", draft.display()));
        let _ = fs::remove_file(&draft);
        let outcome = File::create_new(&draft).map_err(failed()).and_then(|file| {
            let (summary, file) = self.copy_to(file, format!("`{}`", draft.display()))?;
            file.sync_all().map_err(failed())?;
            Ok(summary)
        });
        let summary = outcome.inspect_err(|_| drop(fs::remove_file(&draft)))?;
        fs::rename(&draft, target).map_err(Error::io(format!("renaming `{}`", draft.display())))?;
        sync_folder_of(target)?;
        Ok(summary)
    }

    /// Writes a backup of the open store to `out`, such as a connection. Commits go on meanwhile, however slow it is.
    ///
    /// Whoever reads it knows by [`verify_backup`] that it is whole.
    ///
    /// # Errors
    /// If a record is damaged or writing fails; then what was written is no backup.
    pub fn backup_to(&self, out: impl Write) -> Result<Summary, Error> {
        Ok(self.copy_to(out, "the backup".to_owned())?.0)
    }

    fn copy_to<W: Write>(&self, out: W, place: String) -> Result<(Summary, W), Error> {
        let writer = Writer::new(out).map_err(Error::io(format!("writing {place}")))?;
        let mut copy = Copy::new(writer, place);
        if let Some(snapshot) = self.backend().snapshot() {
            copy.records(snapshot.scan(&KeyRange::all(), Direction::Forward))?;
            return copy.finish();
        }
        self.backup_while_changing(copy)
    }

    fn backup_while_changing<W: Write>(&self, mut copy: Copy<W>) -> Result<(Summary, W), Error> {
        /// Stops the remembering however the backup ends.
        struct Capture<'a>(&'a Store);
        impl Drop for Capture<'_> {
            fn drop(&mut self) {
                let _ = self.0.between_groups(Pipeline::stop_capture);
            }
        }
        self.between_groups(Pipeline::start_capture)?;
        let _capture = Capture(self);
        copy.records(self.backend().scan(&KeyRange::all(), Direction::Forward))?;
        for _ in 0..MAX_ROUNDS {
            let changed = self.between_groups(Pipeline::take_captured)?;
            copy.changed(self.backend(), &changed)?;
            if changed.len() <= FEW_CHANGES {
                break;
            }
        }
        // Between two groups nothing changes: what is read here is the state after one whole group.
        let last = self.between_groups(|pipeline| {
            let changed = pipeline.take_captured();
            let backend = pipeline.backend();
            let records = changed.into_iter().map(|key| Ok((backend.get(&key)?, key)));
            records.collect::<Result<Vec<(Option<Bytes>, Vec<u8>)>, Error>>()
        })??;
        for (stored, key) in last {
            copy.change(&key, stored.as_deref())?;
        }
        copy.finish()
    }
}

fn draft_of(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn group_in(key: &[u8], stored: &[u8]) -> Option<Group> {
    key.starts_with(&GROUP_PREFIX).then(|| Group::payload_of(stored).and_then(Group::parse))?
}

/// A backup being written.
struct Copy<W: Write> {
    writer: Writer<W>,
    /// Where it goes, for errors.
    place: String,
    written: Summary,
}

impl<W: Write> Copy<W> {
    fn new(writer: Writer<W>, place: String) -> Self {
        Self { writer, place, written: Summary { records: 0, committed: Seq(0) } }
    }

    fn records(&mut self, records: Scan<'_>) -> Result<(), Error> {
        for entry in records {
            let (key, stored) = entry?;
            self.change(&key, Some(&stored))?;
        }
        Ok(())
    }

    fn changed(&mut self, backend: &dyn KeyValue, keys: &BTreeSet<Vec<u8>>) -> Result<(), Error> {
        for key in keys {
            self.change(key, backend.get(key)?.as_deref())?;
        }
        Ok(())
    }

    fn change(&mut self, key: &[u8], stored: Option<&[u8]>) -> Result<(), Error> {
        if let Some(stored) = stored {
            record::verify(key, stored)?;
            if let Some(group) = group_in(key, stored) {
                self.written.committed = self.written.committed.max(group.last);
            }
        }
        self.written.records += 1;
        let written = self.writer.record(key, stored);
        written.map_err(|error| Error::io(format!("writing {}", self.place))(error))
    }

    fn finish(self) -> Result<(Summary, W), Error> {
        let out = self.writer.finish(self.written);
        Ok((self.written, out.map_err(Error::io(format!("writing {}", self.place)))?))
    }
}

/// A record of a backup: its key and, unless it is removed, its stored value.
type Entry = (Vec<u8>, Option<Vec<u8>>);

/// Reads a backup, checking it on the way.
struct Reader<'a> {
    file: BufReader<File>,
    checksum: crc32fast::Hasher,
    path: &'a Path,
    entries: u64,
}

impl<'a> Reader<'a> {
    fn open(path: &'a Path) -> Result<Self, Error> {
        let file = File::open(path).map_err(Error::io(format!("opening `{}`", path.display())))?;
        let file = BufReader::with_capacity(1 << 20, file);
        let mut reader = Self { file, checksum: crc32fast::Hasher::new(), path, entries: 0 };
        if reader.take(HEAD.len())? != HEAD {
            return Err(reader.damaged("it is not a backup of a store"));
        }
        let format = reader.number()?;
        check_format(&format!("the backup `{}`", path.display()), format)?;
        Ok(reader)
    }

    fn damaged(&self, reason: impl Into<String>) -> Error {
        Error::DamagedBackup { path: self.path.to_owned(), reason: reason.into() }
    }

    fn take(&mut self, length: usize) -> Result<Vec<u8>, Error> {
        // Read in steps, so that a damaged length can't ask for gigabytes of memory at once.
        let mut bytes = Vec::new();
        let read = (&mut self.file).take(length as u64).read_to_end(&mut bytes);
        read.map_err(Error::io(format!("reading `{}`", self.path.display())))?;
        if bytes.len() < length {
            return Err(self.damaged("it ends too early"));
        }
        self.checksum.update(&bytes);
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u32, Error> {
        let bytes = self.take(4)?;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    fn long_number(&mut self) -> Result<u64, Error> {
        let (low, high) = (self.number()?, self.number()?);
        Ok(u64::from(high) << 32 | u64::from(low))
    }

    fn check_checksum(&mut self) -> Result<(), Error> {
        let expected = self.checksum.clone().finalize();
        if self.number()? == expected {
            return Ok(());
        }
        Err(self.damaged(format!("its checksum does not match behind entry {}", self.entries)))
    }

    /// The next entry; at the end, the summary.
    fn next(&mut self) -> Result<Result<Entry, Summary>, Error> {
        let key_length = self.number()?;
        if key_length == END {
            let end = Summary { records: self.long_number()?, committed: Seq(self.long_number()?) };
            self.check_checksum()?;
            if end.records != self.entries {
                return Err(self.damaged(format!("it has {} entries instead of {}", self.entries, end.records)));
            }
            let mut rest = [0];
            let more = self.file.read(&mut rest).map_err(Error::io(format!("reading `{}`", self.path.display())))?;
            if more > 0 {
                return Err(self.damaged("something follows its end"));
            }
            return Ok(Err(end));
        }
        let value_length = self.number()?;
        let key = self.take(key_length as usize)?;
        let value = (value_length != REMOVED).then(|| self.take(value_length as usize)).transpose()?;
        self.check_checksum()?;
        self.entries += 1;
        if let Some(value) = &value {
            record::verify(&key, value).map_err(|error| self.damaged(error.to_string()))?;
        }
        Ok(Ok((key, value)))
    }
}

/// Reads a whole backup and checks every part of it.
///
/// # Errors
/// [`Error::DamagedBackup`] if anything does not fit.
pub fn verify_backup(source: impl AsRef<Path>) -> Result<Seq, Error> {
    let mut reader = Reader::open(source.as_ref())?;
    loop {
        if let Err(end) = reader.next()? {
            return Ok(end.committed);
        }
    }
}

/// Makes a store of `kind` in the folder `target` from the backup `source`.
///
/// The whole backup is checked before the first byte is written, and the store is read back and checked afterwards.
///
/// # Errors
/// [`Error::DamagedBackup`] if the backup is damaged, [`Error::InTheWay`] if the folder is not empty.
pub fn restore(source: impl AsRef<Path>, kind: Kind, target: impl AsRef<Path>) -> Result<Summary, Error> {
    let (source, target) = (source.as_ref(), target.as_ref());
    verify_backup(source)?;
    fill(kind, target, |loader| {
        let mut reader = Reader::open(source)?;
        loop {
            match reader.next()? {
                Ok((key, value)) => loader.change(key, value)?,
                Err(end) => return Ok(end.committed),
            }
        }
    })
}

/// Copies the store in the folder `source`, which must not be open elsewhere, into a store of `kind` in the folder
/// `target`. The source stays as it is.
///
/// # Errors
/// If the source is damaged, or the target's folder is not empty.
pub fn migrate(source: impl AsRef<Path>, kind: Kind, target: impl AsRef<Path>) -> Result<Summary, Error> {
    let (source, target) = (source.as_ref(), target.as_ref());
    let from = Store::open_existing(source, Options { min_free_bytes: 0, ..Options::default() })?;
    let summary = fill(kind, target, |loader| {
        for entry in from.backend().scan(&KeyRange::all(), Direction::Forward) {
            let (key, stored) = entry?;
            record::verify(&key, &stored)?;
            loader.change(key.to_vec(), Some(stored.to_vec()))?;
        }
        Ok(from.committed())
    })?;
    compare(&from, target)?;
    Ok(summary)
}

/// Reads two stores side by side: they must hold the same records, byte by byte.
fn compare(from: &Store, target: &Path) -> Result<(), Error> {
    let to = Store::open_existing(target, Options { min_free_bytes: 0, ..Options::default() })?;
    let mut copies = to.backend().scan(&KeyRange::all(), Direction::Forward);
    for entry in from.backend().scan(&KeyRange::all(), Direction::Forward) {
        let (key, stored) = entry?;
        if copies.next().transpose()? != Some((key.clone(), stored)) {
            return Err(Error::damaged_record(&key, "its copy differs"));
        }
    }
    match copies.next().transpose()? {
        Some((key, _)) => Err(Error::damaged_record(&key, "the copy has a record that the source has not")),
        None => Ok(()),
    }
}

/// Makes a store and lets `load` fill it; then reads it back.
fn fill(kind: Kind, target: &Path, load: impl FnOnce(&mut Loader<'_>) -> Result<Seq, Error>) -> Result<Summary, Error> {
    if target.join("STORE").exists() {
        return Err(Error::InTheWay { path: target.to_owned(), reason: "there is a store already" });
    }
    if kind == Kind::Memory {
        return Err(Error::InTheWay { path: target.to_owned(), reason: "a memory store can't be kept in a folder" });
    }
    let mut folder = Folder::open(target, kind, true)?;
    folder.clear_data()?;
    folder.set_stage(Stage::Filling)?;
    let backend = open_key_value(kind, &folder.data(), &Options::default())?;
    let mut loader = Loader::new(&*backend);
    let committed = load(&mut loader)?;
    let loaded = loader.finish()?;
    let records = read_back(&*backend)?;
    if records != loaded {
        return Err(Error::Damaged(format!("{records} records can be read back of {loaded} that were written")));
    }
    let position = verify::last_groups(&*backend)?;
    if position.last != committed {
        return Err(Error::Damaged(format!(
            "the copy ends with commit {} instead of {}",
            position.last.0, committed.0
        )));
    }
    folder.set_stage(Stage::Complete)?;
    Ok(Summary { records, committed })
}

fn read_back(backend: &dyn KeyValue) -> Result<u64, Error> {
    let mut records = 0;
    for entry in backend.scan(&KeyRange::all(), Direction::Forward) {
        let (key, stored) = entry?;
        record::verify(&key, &stored)?;
        records += 1;
    }
    Ok(records)
}

/// Writes records into an empty store, and counts those that are live in the end.
struct Loader<'a> {
    backend: &'a dyn KeyValue,
    /// What to write next: values, or `None` to remove.
    batch: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    bytes: usize,
    records: u64,
    /// The highest key so far. Records come in order; one that does not may be in the store already.
    highest: Vec<u8>,
    in_order: bool,
    /// Records that come last: the groups in the order of their numbers, as the journal's check expects them, and the
    /// format behind everything.
    late: BTreeMap<Vec<u8>, (u64, Vec<u8>)>,
}

impl<'a> Loader<'a> {
    fn new(backend: &'a dyn KeyValue) -> Self {
        Self {
            backend,
            batch: BTreeMap::new(),
            bytes: 0,
            records: 0,
            highest: Vec::new(),
            in_order: true,
            late: BTreeMap::new(),
        }
    }

    fn change(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) -> Result<(), Error> {
        if let Some(stored) = &value {
            let late =
                if key == FORMAT_KEY { Some(u64::MAX) } else { group_in(&key, stored).map(|group| group.number) };
            if let Some(order) = late {
                self.late.insert(key, (order, value.unwrap_or_default()));
                return Ok(());
            }
        }
        if self.in_order && key <= self.highest {
            self.write()?;
            self.in_order = false;
        }
        if self.in_order {
            self.highest.clone_from(&key);
        }
        self.bytes += key.len() + value.as_ref().map_or(0, Vec::len);
        self.batch.insert(key, value);
        if self.bytes >= LOAD_BATCH_BYTES { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), Error> {
        self.bytes = 0;
        let mut ops = Vec::with_capacity(self.batch.len());
        for (key, value) in std::mem::take(&mut self.batch) {
            let before = !self.in_order && self.backend.get(&key)?.is_some();
            self.records = self.records + u64::from(value.is_some()) - u64::from(before);
            ops.push(match value {
                Some(value) => Op::Put { key, value },
                None => Op::Delete { key },
            });
        }
        if ops.is_empty() { Ok(()) } else { self.backend.write(ops, Persist::Buffered) }
    }

    /// Brings everything to the disk; returns how many records are live.
    fn finish(mut self) -> Result<u64, Error> {
        self.write()?;
        let mut late: Vec<_> = std::mem::take(&mut self.late).into_iter().collect();
        late.sort_unstable_by_key(|(_, (order, _))| *order);
        self.records += late.len() as u64;
        let ops: Vec<Op> = late.into_iter().map(|(key, (_, value))| Op::Put { key, value }).collect();
        if !ops.is_empty() {
            self.backend.write(ops, Persist::Buffered)?;
        }
        self.backend.sync()?;
        Ok(self.records)
    }
}
