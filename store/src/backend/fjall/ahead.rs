//! Writes zeros ahead in fjall's journal.
//!
//! fjall gives a journal its length when it makes it, but no blocks: each sync then also has to write down which blocks the file
//! got, through the file system's own journal, behind whatever else is under way there. On ext4 a small commit takes 170 µs
//! that way, and milliseconds while tables are written; over blocks that exist it takes 105. So blocks are made, half a
//! megabyte at a time. Zeros read like the hole that was there.
//!
//! Only journals that fjall has made since the database was opened are touched. To one that it found it appends.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt as _,
    path::PathBuf,
};

use super::journal::journal_files;
use crate::{Error, Op};

/// Zeros written at once, in bytes.
const PORTION: u64 = 512 << 10;

/// Beside bigger batches what a file's blocks cost is little, while zeros cost as much as the batch.
const SMALL_BATCH: u64 = 64 << 10;

/// fjall goes on to another journal when one is longer than a little more than this.
const NEARLY_FULL: u64 = 60_000_000;

/// Bytes that a batch has in the journal beside its operations, and an operation beside its key and value.
const BATCH_BYTES: usize = 26;
const OPERATION_BYTES: usize = 21;

/// The journal that fjall writes to. Whoever writes holds it, since nothing else may write there meanwhile.
#[derive(Debug)]
pub(super) struct Ahead {
    folder: PathBuf,
    /// The number of the journal.
    journal: u64,
    /// `None` where fjall appends.
    file: Option<File>,
    /// About how many bytes it holds.
    written: u64,
    /// Up to where it has blocks.
    zeroed: u64,
}

impl Ahead {
    /// `before`: the last journal's number before fjall opened the database.
    pub(super) fn new(folder: PathBuf, before: Option<u64>) -> Result<Self, Error> {
        let journal = last_journal(&folder)?.unwrap_or_default();
        let mut ahead = Self { folder, journal, file: None, written: 0, zeroed: 0 };
        if before.is_none_or(|before| before < journal) {
            ahead.file = ahead.open();
        } else {
            ahead.written = fs::metadata(ahead.path(journal)).map_or(0, |file| file.len());
        }
        Ok(ahead)
    }

    /// Makes blocks for a batch that is about to be written.
    pub(super) fn make_room(&mut self, ops: &[Op]) {
        let bytes = ops.iter().map(|op| op.size() + OPERATION_BYTES).sum::<usize>() + BATCH_BYTES;
        let bytes = bytes as u64;
        if self.written > NEARLY_FULL && self.path(self.journal + 1).exists() {
            self.journal += 1;
            self.written = 0;
            self.zeroed = 0;
            self.file = self.open();
        }
        self.written += bytes;
        if self.written > self.zeroed && bytes <= SMALL_BATCH {
            // without blocks of its own a batch is as good: a disk that is full shows when the batch is written
            self.zeroed = self.fill().unwrap_or_default().max(self.written + PORTION);
        }
    }

    /// Fills the beginning of the file's hole. Answers up to where it has blocks.
    fn fill(&self) -> io::Result<u64> {
        let Some(file) = &self.file else { return Ok(0) };
        let length = file.metadata()?.len();
        // what was written so far lies before the first hole, however much that is
        let begin = rustix::fs::seek(file, rustix::fs::SeekFrom::Hole(0))?;
        let end = length.min(begin + PORTION);
        let mut at = begin;
        while at < end {
            // Linux would keep bigger pieces as bigger pages, and count each of them as written whenever a little of it is
            let zeros = &[0; 4096][..usize::try_from(end - at).unwrap_or(usize::MAX).min(4096)];
            file.write_all_at(zeros, at)?;
            at += zeros.len() as u64;
        }
        Ok(end)
    }

    fn open(&self) -> Option<File> {
        OpenOptions::new().write(true).open(self.path(self.journal)).ok()
    }

    fn path(&self, journal: u64) -> PathBuf {
        self.folder.join(format!("{journal}.jnl"))
    }
}

/// The number of the last journal in the folder.
pub(super) fn last_journal(folder: &std::path::Path) -> Result<Option<u64>, Error> {
    Ok(journal_files(folder)?.last().map(|(number, _)| *number))
}

#[cfg(test)]
mod tests {
    use std::{os::unix::fs::MetadataExt as _, path::Path};

    use super::*;
    use crate::{KeyValue as _, Persist, backend::Fjall, store::Options};

    /// Bytes that have blocks in the last journal.
    fn allocated(folder: &Path) -> u64 {
        let (_, path) = journal_files(folder).unwrap().pop().unwrap();
        fs::metadata(path).unwrap().blocks() * 512
    }

    fn write(store: &Fjall, number: u64, bytes: usize) {
        let value = vec![u8::try_from(number % 251).unwrap(); bytes];
        store.write(vec![Op::put([&b"r"[..], &number.to_be_bytes()].concat(), value)], Persist::Synced).unwrap();
    }

    fn holds(store: &Fjall, numbers: std::ops::Range<u64>) -> bool {
        let has = |number: u64| {
            let value = store.get(&[&b"r"[..], &number.to_be_bytes()].concat()).unwrap();
            value.is_some_and(|value| value.iter().all(|byte| u64::from(*byte) == number % 251))
        };
        numbers.into_iter().all(has)
    }

    #[test]
    fn small_batches_find_blocks_and_everything_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        {
            let store = Fjall::open(folder.path(), &Options::default()).unwrap();
            for number in 0..300 {
                write(&store, number, 5_000);
            }
            // 1.5 MB: more than two portions
            assert!(allocated(folder.path()) >= 300 * 5_000, "{}", allocated(folder.path()));
            assert!(allocated(folder.path()) <= 4 * PORTION, "only as much as is soon needed");
        }
        // to what it finds fjall appends: zeros would hide what comes behind them
        for life in 1..4 {
            let store = Fjall::open(folder.path(), &Options::default()).unwrap();
            assert!(holds(&store, 0..300 * life));
            for number in 300 * life..300 * (life + 1) {
                write(&store, number, 5_000);
            }
        }
        let store = Fjall::open(folder.path(), &Options::default()).unwrap();
        assert!(holds(&store, 0..1_200));
    }

    #[test]
    fn the_next_journal_gets_blocks_too() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { memtable_bytes: 8 << 20, ..Options::default() };
        {
            let store = Fjall::open(folder.path(), &options).unwrap();
            let mut number = 0;
            while last_journal(folder.path()).unwrap() < Some(1) {
                assert!(number < 1_000, "fjall goes on to another journal");
                write(&store, number, 1 << 20);
                number += 1;
            }
            let big = number;
            for number in big..big + 20 {
                write(&store, number, 5_000);
            }
            assert!(allocated(folder.path()) >= PORTION);
            assert!(holds(&store, big..big + 20));
        }
        let store = Fjall::open(folder.path(), &options).unwrap();
        assert!(holds(&store, 0..20));
    }
}
