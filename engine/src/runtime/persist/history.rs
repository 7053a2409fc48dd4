//! History of root instances: events of each commit, wholes, segments.

use std::sync::Arc;

use engine_core::history::{Archive, HistoryEvent};
use minicbor::Encode;
use models::Id;
use store::{Op, Store};

use super::{LoadError, encode, fitting, hex, key, segment_key};
use crate::world::{
    cold::{HistorySource, Segment, Stored},
    history,
    past::RowListener,
    pile::Piled,
};

/// Write of the history of one commit.
pub(crate) fn history_op(root: Option<Id>, sequence: u64, events: &[HistoryEvent]) -> Op {
    let mut key = key(b'h', root.unwrap_or_default());
    key.extend_from_slice(&sequence.to_be_bytes());
    let mut value = Vec::with_capacity(BYTES_OF_ROW * events.len());
    let mut encoder = minicbor::Encoder::new(&mut value);
    let _ = encoder.array(events.len() as u64);
    for event in events {
        let _ = encoder.encode(event);
    }
    Op::put(key, fitting(&value))
}

/// Rows of a root's history in one value, and the bytes from which it takes no more; what is more is spread over several.
const ROWS_AT_ONCE: usize = 1024;
const BYTES_AT_ONCE: usize = 1 << 20;

/// About how many bytes a row has.
const BYTES_OF_ROW: usize = 160;

/// Calls a macro with the tables of an archive and the number each is stored under.
macro_rules! for_each_table {
    ($do:ident) => {
        $do!(process_instances, 0);
        $do!(activity_instances, 1);
        $do!(tasks, 2);
        $do!(variables, 3);
        $do!(details, 4);
        $do!(incidents, 5);
        $do!(job_logs, 6);
        $do!(external_task_logs, 7);
        $do!(identity_links, 8);
        $do!(decisions, 9);
        $do!(operations, 10);
        $do!(comments, 11);
        $do!(attachments, 12);
    };
}

fn chunk_key(root: Id, number: u32) -> Vec<u8> {
    let mut key = key(b'f', root);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// Bytes in memory. `Vec<u8>` is written to as well, but by a call for each number.
struct Out<'a>(&'a mut Vec<u8>);

impl minicbor::encode::Write for Out<'_> {
    type Error = std::convert::Infallible;

    #[inline(always)]
    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

/// The history of a root instance as a whole, on its way to disk.
///
/// Each value is the sequence number of the last event in it, the number of values, and rows after the number of their table.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    /// Rows of each value, behind room for its head.
    values: Vec<Vec<u8>>,
    rows: usize,
    /// About how many bytes the first value will have.
    first: usize,
}

/// Bytes of the two numbers in front of the rows, each with all its digits.
const HEAD: usize = 18;

impl RowListener for Whole {
    fn row<T: Encode<()>>(&mut self, table: u8, row: &T) {
        let is_full = self.values.last().is_none_or(|value| value.len() >= BYTES_AT_ONCE);
        if is_full || self.rows % ROWS_AT_ONCE == 0 {
            // the next will be about as long, so that it need not be moved as it grows
            let length = self.values.last().map_or(self.first, |value| value.len() + value.len() / 8);
            let mut value = Vec::with_capacity(length);
            value.resize(HEAD, 0);
            self.values.push(value);
            self.rows = 0;
        }
        self.rows += 1;
        if let Some(value) = self.values.last_mut() {
            value.push(table);
            // writing to memory can't fail
            let _ = minicbor::encode(row, Out(value));
        }
    }
}

impl Whole {
    /// The writes: `sequence` is that of the last event in it.
    pub(crate) fn ops(self, root: Id, sequence: u64, ops: &mut Vec<Op>) {
        // CBOR's numbers of eight bytes
        const LONG: u8 = 0x1b;
        let count = self.values.len() as u64;
        for (number, mut value) in (0..).zip(self.values) {
            let head = [[LONG].as_slice(), &sequence.to_be_bytes(), &[LONG], &count.to_be_bytes()].concat();
            value[..HEAD].copy_from_slice(&head);
            ops.push(Op::put(chunk_key(root, number), value));
        }
    }
}

/// The history of a root instance that came and went in one transaction, on its way to disk as a whole.
///
/// Its events are folded and written when the commit's turn has come, away from the lane. Beside the whole, which no segment
/// names yet, lie events that say nothing: a start finds the whole by them.
#[derive(Debug)]
pub(crate) struct WholeLater {
    pub(crate) root: Id,
    pub(crate) sequence: u64,
    pub(crate) events: Vec<Vec<HistoryEvent>>,
}

impl WholeLater {
    /// About how many bytes will be written.
    pub(crate) fn size(&self) -> usize {
        self.events.iter().map(Vec::len).sum::<usize>() * BYTES_OF_ROW
    }

    /// The writes, and what finds them again.
    pub(crate) fn make(self, ops: &mut Vec<Op>) -> Option<Piled> {
        let first = self.size().min(ROWS_AT_ONCE * BYTES_OF_ROW);
        let Self { root, sequence, events } = self;
        let mut archive = Archive::default();
        // an event goes as soon as it is folded in: its row is then changed in place
        events.into_iter().flatten().for_each(|event| archive.apply(&event));
        let mut whole = Whole { first, ..Whole::default() };
        let mut piled = history::piled(root, &archive, sequence, &mut whole)?;
        piled.events.push(sequence);
        ops.push(history_op(Some(root), sequence, &[]));
        whole.ops(root, sequence, ops);
        Some(piled)
    }
}

/// Deletes what is stored of a root's history as a whole.
pub(crate) fn forget_frozen(store: &Store, root: Id, ops: &mut Vec<Op>) -> Result<(), store::Error> {
    for entry in store.prefix(&key(b'f', root)) {
        ops.push(Op::delete(entry?.0.to_vec()));
    }
    Ok(())
}

/// Deletes the history of a root that a segment names.
pub(crate) fn forget_whole(store: &Store, root: Id, ops: &mut Vec<Op>) -> Result<(), store::Error> {
    // most have one value, and that there is no second is known without a look at the disk
    if store.get(&chunk_key(root, 1))?.is_some() {
        return forget_frozen(store, root, ops);
    }
    ops.push(Op::delete(chunk_key(root, 0)));
    Ok(())
}

/// Deletes events that are part of history stored as a whole.
pub(crate) fn forget_event(root: Id, sequence: u64) -> Op {
    let mut key = key(b'h', root);
    key.extend_from_slice(&sequence.to_be_bytes());
    Op::delete(key)
}

/// Write of a segment.
pub(crate) fn segment_op(segment: &Segment) -> Op {
    Op::put(segment_key(b's', segment.number), encode(segment))
}

/// Writes of who has left a segment; `None`: nothing is left of it.
pub(crate) fn gone_ops(number: u64, gone: Option<Vec<u8>>, ops: &mut Vec<Op>) {
    match gone {
        Some(gone) => ops.push(Op::put(segment_key(b't', number), gone)),
        None => {
            ops.push(Op::delete(segment_key(b's', number)));
            ops.push(Op::delete(segment_key(b't', number)));
        }
    }
}

/// History of root instances as the store has it.
pub(crate) struct StoredHistory(pub(crate) Store);

impl StoredHistory {
    pub(super) fn read(&self, root: Id) -> Result<Stored, LoadError> {
        let mut stored = Stored::default();
        let (mut number, mut count) = (0, 1);
        while u64::from(number) < count {
            let key = chunk_key(root, number);
            let Some(value) = self.0.get(&key)? else { break };
            count = read_rows(&key, &value, &mut stored)?;
            number += 1;
        }
        Ok(stored)
    }
}

/// Reads the rows of a value and answers the number of values.
fn read_rows(key: &[u8], value: &[u8], stored: &mut Stored) -> Result<u64, LoadError> {
    let failed = |why: &dyn std::fmt::Display| LoadError::Record { key: hex(key), why: why.to_string() };
    let mut decoder = minicbor::Decoder::new(value);
    stored.sequence = decoder.u64().map_err(|error| failed(&error))?;
    let count = decoder.u64().map_err(|error| failed(&error))?;
    while decoder.position() < value.len() {
        let table = value[decoder.position()];
        decoder.set_position(decoder.position() + 1);
        macro_rules! table {
            ($table:ident, $number:literal) => {
                if table == $number {
                    let row: Row<_> = Row(decoder.decode().map_err(|error| failed(&error))?);
                    row.enter(&mut stored.archive.$table);
                    continue;
                }
            };
        }
        for_each_table!(table);
        return Err(failed(&format!("unknown kind of row {table}")));
    }
    Ok(count)
}

/// A row on its way into its table.
struct Row<T>(T);

impl<T: crate::world::index::Keyed> Row<T> {
    fn enter(self, table: &mut std::collections::BTreeMap<Id, Arc<T>>) {
        table.insert(self.0.id(), Arc::new(self.0));
    }
}

impl HistorySource for StoredHistory {
    fn history(&self, root: Id) -> Stored {
        self.read(root).unwrap_or_else(|error| {
            tracing::error!("the history of root instance {root} can't be read: {error}");
            Stored::default()
        })
    }
}
