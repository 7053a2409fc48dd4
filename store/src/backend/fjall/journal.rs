//! Looks at fjall's journals before fjall does.
//!
//! When fjall opens a database, it cuts a journal behind the last batch it can read. That is right for a batch that was
//! being written when the machine stopped, and wrong for a block that was damaged later: everything behind it goes too,
//! silently (fjall-rs/fjall#311). The two can be told apart, because each group of ours says which groups were on disk
//! when it was written: if such a group would be cut, the journal is damaged.
//!
//! fjall also refuses to open at all if the last batch has its whole form but not its whole content, which is what the
//! loss of power leaves of a big value. Such a tail is cut here, once it is known that nothing durable goes with it.
//!
//! The form (fjall 3, numbers little-endian):
//! ```text
//! start  1, items u32, seqno u64
//! item   2, type u8, compression u8, keyspace u64, key length u16, value length u32, stored length u32, key, value
//! clear  4, keyspace u64
//! end    3, xxh3 of all items u64, "FJL\x03"
//! ```

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    Error,
    record::{GROUP_MAGIC, GROUP_PREFIX, Group, STORED_GROUP_BYTES, verify},
    verify::missing,
};

const END_MAGIC: &[u8; 4] = b"FJL\x03";

/// What the journals hold.
#[derive(Debug, Default)]
pub(crate) struct Journals {
    /// Groups in whole batches, in the order of the journals.
    pub(crate) readable: Vec<Group>,
    /// Groups whose records can be read, but lie behind something that can't.
    pub(crate) cut_off: Vec<Group>,
    /// Where reading ended in the journals that hold such groups.
    pub(crate) damage: Vec<(PathBuf, u64)>,
    /// Journals that go on with something unreadable, and where.
    tails: Vec<(PathBuf, u64)>,
}

impl Journals {
    /// Reads all journals in `data`.
    pub(crate) fn read(data: &Path) -> Result<Self, Error> {
        let mut journals = Self::default();
        for (_, path) in journal_files(data)? {
            let bytes = fs::read(&path).map_err(Error::io(format!("reading `{}`", path.display())))?;
            let end = journals.read_batches(&bytes);
            if !is_zero(&bytes[end..]) {
                journals.tails.push((path.clone(), end as u64));
            }
            let cut_off = group_records(&bytes[end..]);
            if !cut_off.is_empty() {
                journals.cut_off.extend(cut_off);
                journals.damage.push((path, end as u64));
            }
        }
        Ok(journals)
    }

    /// A sentence for each sign that commits which were on disk can't be read any more. `last` is the last group that
    /// the database can still show.
    pub(crate) fn findings(&self, last: Option<u64>) -> Vec<String> {
        let mut findings = Vec::new();
        for pair in self.readable.windows(2) {
            if pair[0].number + 1 != pair[1].number {
                findings.push(missing("groups", pair[0].number + 1, pair[1].number));
            }
        }
        let synced = self.cut_off.iter().map(|group| group.synced).max();
        if let (Some(synced), Some(last)) = (synced, self.last_readable().or(last))
            && synced > last
        {
            let places: Vec<String> =
                self.damage.iter().map(|(path, at)| format!("`{}` at byte {at}", path.display())).collect();
            findings.push(format!(
                "the groups {} to {synced} were on disk, but can't be read because of damage in {}",
                last + 1,
                places.join(", ")
            ));
        }
        findings
    }

    /// Whether only the database itself can tell which group is its last.
    pub(crate) fn needs_last_group(&self) -> bool {
        !self.cut_off.is_empty() && self.readable.is_empty()
    }

    /// Cuts what can't be read off the journals' ends.
    pub(crate) fn cut_tails(&self) -> Result<(), Error> {
        for (path, end) in &self.tails {
            let cut = fs::OpenOptions::new().write(true).open(path).and_then(|file| {
                file.set_len(*end)?;
                file.sync_all()
            });
            cut.map_err(Error::io(format!("cutting the tail of `{}`", path.display())))?;
            tracing::info!(journal = %path.display(), end, "cut a batch that had not been written completely");
        }
        Ok(())
    }

    fn last_readable(&self) -> Option<u64> {
        self.readable.iter().map(|group| group.number).max()
    }

    /// Collects the groups of all whole batches; returns where the last one ends.
    fn read_batches(&mut self, bytes: &[u8]) -> usize {
        let mut reader = Reader { bytes, at: 0 };
        let mut end = 0;
        while let Some(groups) = reader.batch() {
            self.readable.extend(groups);
            end = reader.at;
        }
        end
    }
}

/// Whether there is nothing but what a journal is made of, which has its full length from the beginning.
fn is_zero(bytes: &[u8]) -> bool {
    const ZEROS: [u8; 4096] = [0; 4096];
    // Blocks are compared at once; byte by byte takes a second for a journal in a build without optimisation.
    bytes.chunks(ZEROS.len()).all(|block| *block == ZEROS[..block.len()])
}

/// The journals in `data` with their numbers, oldest first.
pub(super) fn journal_files(data: &Path) -> Result<Vec<(u64, PathBuf)>, Error> {
    let mut files = Vec::new();
    let failed = || Error::io(format!("reading `{}`", data.display()));
    let entries = match fs::read_dir(data) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed()(error)),
    };
    for entry in entries {
        let path = entry.map_err(failed())?.path();
        if path.extension().is_some_and(|extension| extension == "jnl")
            && let Some(id) = path.file_stem().and_then(|stem| stem.to_str()?.parse::<u64>().ok())
        {
            files.push((id, path));
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Every intact group record in raw bytes.
fn group_records(bytes: &[u8]) -> Vec<Group> {
    let starts = memchr::memmem::find_iter(bytes, GROUP_MAGIC);
    starts
        .filter_map(|at| {
            let stored = bytes.get(at..at + STORED_GROUP_BYTES)?;
            let group = Group::parse(Group::payload_of(stored)?)?;
            verify(&Group::key_of(group.number), stored).ok()?;
            Some(group)
        })
        .collect()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// The groups in the batch that begins here; `None` if no whole batch does.
    fn batch(&mut self) -> Option<Vec<Group>> {
        let [1] = *self.array()? else { return None };
        let items = u32::from_le_bytes(*self.array()?);
        let _seqno: &[u8; 8] = self.array()?;
        let begin = self.at;
        let mut groups = Vec::new();
        for _ in 0..items {
            match *self.array::<1>()? {
                [2] => {
                    let (key, value) = self.item()?;
                    if key.starts_with(&GROUP_PREFIX) {
                        groups.extend(Group::payload_of(value).and_then(Group::parse));
                    }
                }
                [4] => drop(self.array::<8>()?),
                _ => return None,
            }
        }
        let content = &self.bytes[begin..self.at];
        let [3] = *self.array()? else { return None };
        let checksum = u64::from_le_bytes(*self.array()?);
        let whole = self.array()? == END_MAGIC && xxhash_rust::xxh3::xxh3_64(content) == checksum;
        whole.then_some(groups)
    }

    /// Key and value of the item whose tag has just been read.
    fn item(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        let [_type, compression] = *self.array()?;
        // Compression is not built in; such an item can't be ours.
        if compression != 0 {
            return None;
        }
        let _keyspace: &[u8; 8] = self.array()?;
        let key_length = u16::from_le_bytes(*self.array()?);
        let _value_length: &[u8; 4] = self.array()?;
        let stored_length = u32::from_le_bytes(*self.array()?);
        let key = self.take(usize::from(key_length))?;
        let value = self.take(usize::try_from(stored_length).ok()?)?;
        Some((key, value))
    }

    fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }
}
