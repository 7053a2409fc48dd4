//! How committed changes lie in the store.
//!
//! | key | value |
//! |---|---|
//! | `r` root | the whole [`Snapshot`] of a small root instance, or the marker of a fat one |
//! | `R` root kind id | one entity of a fat root instance |
//! | `h` root seq | history events of one commit, in order |
//! | `f` root chunk | history of a root instance that left the memory or never was there: the fold of its events |
//! | `s` number | a [`Segment`]: which root instances left together, and their traces |
//! | `t` number | the roots that have left that segment since, a bit each |
//! | `q` root roster | the whole [`Snapshot`] of a root instance at rest |
//! | `k` root roster | what of it stays in memory, when there is any: a [`Snapshot`] of jobs, event subscriptions, external tasks, incidents |
//! | `m` number | a [`Roster`]: which root instances came to rest together, and the indexes of their rows |
//! | `n` number | the roots that have left that roster since, a bit each |
//! | `o` number place | a root that has left that roster since and is not among those bits |
//! | `d` record key | a [`Record`] |
//!
//! A small instance is one value per commit. Past [`FAT`] entities an instance is stored entity by entity, and a commit
//! writes only what it touched, so that cost stays linear however big the instance grows.
//!
//! Where no segment names a root with `f`, its `h` does: a start takes what `f` says up to that number, and the events after it.

use std::sync::Arc;

use engine_core::{
    history::{Archive, HistoryEvent},
    state::{Change, Changes, Entity, InstanceState, Snapshot},
};
use minicbor::{Decode, Encode};
use models::Id;
use store::{Bytes, Op, Store};

use crate::world::{
    Model, Record, RecordChange, RecordKey, RootHistory, WorldChange,
    cold::{HistorySource, Segment, Stored},
    history,
    past::RowListener,
    pile::Piled,
    rest::{RestSource, Roster, Spot},
};

/// Entities from which an instance is stored entity by entity.
pub(crate) const FAT: usize = 192;

/// Format of snapshots: the first byte of the value of key `r`.
const SMALL: u8 = 1;
const MARKER: u8 = 2;

/// The data can't be understood.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The store itself.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A record of ours.
    #[error("the record with key {key} can't be read: {why}; run `tollgate store check`")]
    Record {
        /// Key in hexadecimal.
        key: String,
        /// What is wrong.
        why: String,
    },
}

fn key(table: u8, root: Id) -> Vec<u8> {
    let mut key = Vec::with_capacity(34);
    key.push(table);
    key.extend_from_slice(&root.number().to_be_bytes());
    key
}

fn entity_key(root: Id, kind: u8, id: Id) -> Vec<u8> {
    let mut key = key(b'R', root);
    key.push(kind);
    key.extend_from_slice(&id.number().to_be_bytes());
    key
}

fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    // writing to memory can't fail
    minicbor::to_vec(value).unwrap_or_default()
}

/// Writes of one root's commit. `fat` says how it is stored, and is kept by the caller.
pub(crate) fn root_ops(root: Id, state: &InstanceState, changes: &Changes, fat: &mut bool, ops: &mut Vec<Op>) {
    let empty = state.is_empty();
    if !*fat && state.entities() <= FAT {
        if empty {
            let existed = changes.executions.iter().any(|c| c.old.is_some())
                || changes.tasks.iter().any(|c| c.old.is_some())
                || changes.jobs.iter().any(|c| c.old.is_some());
            if existed {
                ops.push(Op::delete(key(b'r', root)));
            }
            return;
        }
        let mut value = vec![SMALL];
        // writing to memory can't fail
        let _ = minicbor::encode(state.snapshot(), &mut value);
        ops.push(Op::put(key(b'r', root), value));
        return;
    }
    if !*fat {
        // grown: everything is written once, from here on only what changes
        *fat = true;
        ops.push(Op::put(key(b'r', root), vec![MARKER]));
        let all = state.snapshot();
        put_all(root, 0, &all.executions, ops);
        put_all(root, 1, &all.variables, ops);
        put_all(root, 2, &all.tasks, ops);
        put_all(root, 3, &all.jobs, ops);
        put_all(root, 4, &all.subscriptions, ops);
        put_all(root, 5, &all.external_tasks, ops);
        put_all(root, 6, &all.incidents, ops);
        return;
    }
    put_changes(root, 0, &changes.executions, ops);
    put_changes(root, 1, &changes.variables, ops);
    put_changes(root, 2, &changes.tasks, ops);
    put_changes(root, 3, &changes.jobs, ops);
    put_changes(root, 4, &changes.subscriptions, ops);
    put_changes(root, 5, &changes.external_tasks, ops);
    put_changes(root, 6, &changes.incidents, ops);
    if empty {
        ops.push(Op::delete(key(b'r', root)));
    }
}

/// Whether a root instance is stored entity by entity.
pub(crate) fn is_fat(store: &Store, root: Id) -> Result<bool, store::Error> {
    Ok(store.get(&key(b'r', root))?.is_some_and(|value| value.first() == Some(&MARKER)))
}

fn put_all<T: Entity + Encode<()>>(root: Id, kind: u8, rows: &[Arc<T>], ops: &mut Vec<Op>) {
    ops.extend(rows.iter().map(|row| Op::put(entity_key(root, kind, row.id()), encode(&**row))));
}

fn put_changes<T: Entity + Encode<()>>(root: Id, kind: u8, changes: &[Change<T>], ops: &mut Vec<Op>) {
    ops.extend(changes.iter().map(|change| match &change.new {
        Some(row) => Op::put(entity_key(root, kind, change.id), encode(&**row)),
        None => Op::delete(entity_key(root, kind, change.id)),
    }));
}

/// Write of the history of one commit.
pub(crate) fn history_op(root: Option<Id>, sequence: u64, events: &[HistoryEvent]) -> Op {
    let mut key = key(b'h', root.unwrap_or_default());
    key.extend_from_slice(&sequence.to_be_bytes());
    let mut value = Vec::with_capacity(64 * events.len());
    let mut encoder = minicbor::Encoder::new(&mut value);
    let _ = encoder.array(events.len() as u64);
    for event in events {
        let _ = encoder.encode(event);
    }
    Op::put(key, value)
}

fn segment_key(table: u8, number: u64) -> Vec<u8> {
    let mut key = vec![table];
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// Rows of a root's history in one value, and the bytes from which it takes no more; what is more is spread over several.
const ROWS_AT_ONCE: usize = 1024;
const BYTES_AT_ONCE: usize = 1 << 20;

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

/// The history of a root instance as a whole, on its way to disk.
///
/// Each value is the sequence number of the last event in it, the number of values, and rows after the number of their table.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    /// Rows of each value, behind room for its head.
    values: Vec<Vec<u8>>,
    rows: usize,
}

/// Bytes of the two numbers in front of the rows, each with all its digits.
const HEAD: usize = 18;

impl RowListener for Whole {
    fn row<T: Encode<()>>(&mut self, table: u8, row: &T) {
        let is_full = self.values.last().is_none_or(|value| value.len() >= BYTES_AT_ONCE);
        if is_full || self.rows % ROWS_AT_ONCE == 0 {
            // the next will be about as long, so that it need not be moved as it grows
            let length = self.values.last().map_or(1024, |value| value.len() + value.len() / 8);
            let mut value = Vec::with_capacity(length);
            value.resize(HEAD, 0);
            self.values.push(value);
            self.rows = 0;
        }
        self.rows += 1;
        if let Some(value) = self.values.last_mut() {
            value.push(table);
            // writing to memory can't fail
            let _ = minicbor::encode(row, value);
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
        const OF_EVENT: usize = 160;
        self.events.iter().map(Vec::len).sum::<usize>() * OF_EVENT
    }

    /// The writes, and what finds them again.
    pub(crate) fn make(self, ops: &mut Vec<Op>) -> Option<Piled> {
        let Self { root, sequence, events } = self;
        let mut archive = Archive::default();
        // an event goes as soon as it is folded in: its row is then changed in place
        events.into_iter().flatten().for_each(|event| archive.apply(&event));
        let mut whole = Whole::default();
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
    fn read(&self, root: Id) -> Result<Stored, LoadError> {
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

fn rest_key(table: u8, root: Id, roster: u64) -> Vec<u8> {
    let mut key = key(table, root);
    key.extend_from_slice(&roster.to_be_bytes());
    key
}

/// Writes that put a root instance to rest.
pub(crate) fn rest_ops(root: Id, roster: u64, snapshot: &Snapshot) -> Vec<Op> {
    let mut value = vec![SMALL];
    // writing to memory can't fail
    let _ = minicbor::encode(snapshot, &mut value);
    let mut ops = vec![Op::delete(key(b'r', root)), Op::put(rest_key(b'q', root, roster), value)];
    let awake = Snapshot {
        jobs: snapshot.jobs.clone(),
        subscriptions: snapshot.subscriptions.clone(),
        external_tasks: snapshot.external_tasks.clone(),
        incidents: snapshot.incidents.clone(),
        ..Snapshot::default()
    };
    if awake != Snapshot::default() {
        ops.push(Op::put(rest_key(b'k', root, roster), encode(&awake)));
    }
    ops
}

/// Write that says that a root instance is at rest no more.
pub(crate) fn wake_op(spot: Spot) -> Op {
    let mut key = segment_key(b'o', spot.roster);
    key.extend_from_slice(&(spot.place as u64).to_be_bytes());
    Op::put(key, Vec::new())
}

/// Deletes what is left of a root instance that has left its roster.
pub(crate) fn forget_rest_ops(root: Id, spot: Spot, ops: &mut Vec<Op>) {
    ops.push(Op::delete(rest_key(b'q', root, spot.roster)));
    ops.push(Op::delete(rest_key(b'k', root, spot.roster)));
    let mut key = segment_key(b'o', spot.roster);
    key.extend_from_slice(&(spot.place as u64).to_be_bytes());
    ops.push(Op::delete(key));
}

/// Write of a roster.
pub(crate) fn roster_op(roster: &Roster) -> Op {
    Op::put(segment_key(b'm', roster.number), encode(roster))
}

/// Writes of who has left a roster; `None`: nothing is left of it.
pub(crate) fn away_ops(number: u64, away: Option<Vec<u8>>, ops: &mut Vec<Op>) {
    match away {
        Some(away) => ops.push(Op::put(segment_key(b'n', number), away)),
        None => {
            ops.push(Op::delete(segment_key(b'm', number)));
            ops.push(Op::delete(segment_key(b'n', number)));
        }
    }
}

/// Root instances at rest as the store has them.
struct StoredInstances(Store);

impl RestSource for StoredInstances {
    fn resting(&self, root: Id, roster: u64) -> Result<Snapshot, String> {
        let key = rest_key(b'q', root, roster);
        let value = self.0.get(&key).map_err(|error| error.to_string())?;
        let value = value.ok_or_else(|| format!("there is nothing under the key {}", hex(&key)))?;
        match value.split_first() {
            Some((&SMALL, value)) => decode(&key, value).map_err(|error| error.to_string()),
            _ => Err(format!("the record with key {} has an unknown format", hex(&key))),
        }
    }
}

/// Reads who is at rest, and of these what stays in memory.
fn load_rest(store: &Store, loaded: &mut Loaded) -> Result<(), LoadError> {
    for entry in store.prefix(b"m") {
        let (key, value) = entry?;
        let roster: Roster = decode_in_place(&key, value)?;
        let away = store.get(&segment_key(b'n', roster.number))?.map(|bits| bits.to_vec());
        loaded.greatest_id = loaded.greatest_id.max(roster.greatest_id.number());
        loaded.world.runtime.rest.add(Arc::new(roster), &away.unwrap_or_default());
    }
    let number = |key: &[u8], at: usize| {
        let bytes = key.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(u64::from_be_bytes)
            .ok_or_else(|| LoadError::Record { key: hex(key), why: "the key is too short".to_owned() })
    };
    for entry in store.prefix(b"o") {
        let (key, _) = entry?;
        let place = usize::try_from(number(&key, 9)?).unwrap_or(usize::MAX);
        let spot = Spot { roster: number(&key, 1)?, place };
        if let Some(root) = loaded.world.runtime.rest.root_at(spot) {
            loaded.world.runtime.rest.leave(spot, root);
        }
    }
    loaded.world.runtime.awake_have_left();
    for entry in store.prefix(b"k") {
        let (key, value) = entry?;
        let root = root_of(&key)?;
        if loaded.world.runtime.rest.holds(number(&key, 17)?, root) {
            loaded.world.load_root(root, decode(&key, &value)?);
        }
    }
    Ok(())
}

/// The greatest id of what they have.
pub(crate) fn greatest_id<'a>(snapshots: impl Iterator<Item = &'a Snapshot>) -> Id {
    let mut greatest = 0;
    snapshots.for_each(|snapshot| note_ids(&mut greatest, snapshot));
    Id::new(greatest)
}

/// Write of a record.
pub(crate) fn record_op(change: &RecordChange) -> Op {
    match change {
        RecordChange::Put(record) => Op::put(record_key(&record.key()), encode(record)),
        RecordChange::Remove(key) => Op::delete(record_key(key)),
    }
}

fn record_key(key: &RecordKey) -> Vec<u8> {
    let mut bytes = vec![b'd'];
    bytes.extend(encode(key));
    bytes
}

/// Hears of rows that are on disk already.
struct Unheard;

impl RowListener for Unheard {
    fn row<T: Encode<()>>(&mut self, _: u8, _: &T) {}
}

/// What a start finds in the store.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) world: Model,
    /// Roots that are stored entity by entity.
    pub(crate) fat: Vec<Id>,
    /// Greatest id in use.
    pub(crate) greatest_id: u128,
    /// Greatest history sequence in use.
    pub(crate) sequence: u64,
    /// Events that are part of history stored as a whole: the last run ended before it had deleted them.
    pub(crate) leftover: Vec<Op>,
}

/// A model of nothing that reads history and instances at rest from a store; `part_size` roots leave the memory together.
pub(crate) fn empty_model(store: &Store, part_size: usize) -> Model {
    let mut model = Model::default();
    model.history.set_part_size(part_size);
    model.history.cold.set_source(Arc::new(StoredHistory(store.clone())));
    model.runtime.rest.set_source(Arc::new(StoredInstances(store.clone())));
    model
}

/// Reads everything but history that left the memory.
pub(crate) fn load(store: &Store, part_size: usize) -> Result<Loaded, LoadError> {
    let mut loaded = Loaded { world: empty_model(store, part_size), ..Loaded::default() };
    for entry in store.prefix(b"d") {
        let (key, value) = entry?;
        let record: Record = decode(&key, &value)?;
        if let Some(id) = record_id(&record) {
            loaded.greatest_id = loaded.greatest_id.max(id.number());
        }
        loaded.world.put(record);
    }
    let segments = std::thread::scope(|scope| {
        let segments = scope.spawn(|| load_segments(store));
        load_roots(store, &mut loaded)?;
        load_rest(store, &mut loaded)?;
        segments.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })?;
    for (segment, gone) in segments {
        loaded.greatest_id = loaded.greatest_id.max(segment.greatest_id.number());
        loaded.sequence = loaded.sequence.max(segment.sequence);
        loaded.world.history.cold.add(Arc::new(segment), gone);
    }
    let source = StoredHistory(store.clone());
    let mut whole = (Id::default(), 0);
    for entry in store.prefix(b"h") {
        let (key, value) = entry?;
        let root = Some(root_of(&key)?).filter(|root| root.number() != 0);
        let sequence = key.get(17..25).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
        loaded.sequence = loaded.sequence.max(sequence);
        if let Some(root) = root {
            if whole.0 != root {
                // what was written as a whole is the beginning, whether a segment names it or not
                let stored = source.read(root)?;
                whole = (root, stored.sequence);
                if stored.sequence > 0 && !loaded.world.history.cold.is_named(root, stored.sequence) {
                    if let Some(piled) = history::piled(root, &stored.archive, stored.sequence, &mut Unheard) {
                        loaded.world.history.pile_up(piled);
                    }
                }
            }
            if sequence <= whole.1 {
                // where no segment names it, its events are all that does
                if !loaded.world.history.cold.pile.note(root, sequence) {
                    loaded.leftover.push(forget_event(root, sequence));
                }
                continue;
            }
        }
        let events: Vec<HistoryEvent> = decode(&key, &value)?;
        let history = Arc::new(vec![RootHistory { root, events, is_on_disk: false }]);
        let stored = root.map(|root| (root, sequence)).into_iter().collect();
        loaded.world.apply(WorldChange { history, stored, ..WorldChange::default() });
        if let Some(root) = root {
            loaded.greatest_id = loaded.greatest_id.max(root.number());
        }
    }
    Ok(loaded)
}

/// Reads the segments, each with who has left it.
fn load_segments(store: &Store) -> Result<Vec<(Segment, Vec<u8>)>, LoadError> {
    let mut segments = Vec::new();
    for entry in store.prefix(b"s") {
        let (key, value) = entry?;
        let segment: Segment = decode_in_place(&key, value)?;
        let gone = store.get(&segment_key(b't', segment.number))?.map(|bits| bits.to_vec());
        segments.push((segment, gone.unwrap_or_default()));
    }
    Ok(segments)
}

/// Root instances read ahead of those that enter the model.
const READ_AHEAD: usize = 512;

/// Reads the running root instances: one thread reads and decodes, this one enters them.
fn load_roots(store: &Store, loaded: &mut Loaded) -> Result<(), LoadError> {
    let (sender, receiver) = std::sync::mpsc::sync_channel(16);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut roots = store.prefix(b"r").map(|entry| read_root(store, entry)).peekable();
            while roots.peek().is_some() {
                let some: Result<Vec<StoredRoot>, LoadError> = roots.by_ref().take(READ_AHEAD).collect();
                // nobody listens any more after an error
                if sender.send(some).is_err() {
                    return;
                }
            }
        });
        for some in receiver {
            for StoredRoot { root, snapshot, fat } in some? {
                loaded.greatest_id = loaded.greatest_id.max(root.number());
                note_ids(&mut loaded.greatest_id, &snapshot);
                if fat {
                    loaded.fat.push(root);
                }
                loaded.world.load_root(root, snapshot);
            }
        }
        Ok(())
    })
}

/// A running root instance as it was stored.
struct StoredRoot {
    root: Id,
    snapshot: Snapshot,
    /// Entity by entity.
    fat: bool,
}

fn read_root(
    store: &Store,
    entry: Result<(store::Bytes, store::Bytes), store::Error>,
) -> Result<StoredRoot, LoadError> {
    let (key, value) = entry?;
    let root = root_of(&key)?;
    match value.first() {
        Some(&SMALL) => Ok(StoredRoot { root, snapshot: decode(&key, &value[1..])?, fat: false }),
        Some(&MARKER) => Ok(StoredRoot { root, snapshot: load_fat(store, root)?, fat: true }),
        other => Err(LoadError::Record {
            key: hex(&key),
            why: format!("unknown format {other:?}: it was written by another version of Tollgate"),
        }),
    }
}

fn load_fat(store: &Store, root: Id) -> Result<Snapshot, LoadError> {
    let mut snapshot = Snapshot::default();
    for entry in store.prefix(&key(b'R', root)) {
        let (key, value) = entry?;
        match key.get(17) {
            Some(0) => snapshot.executions.push(Arc::new(decode(&key, &value)?)),
            Some(1) => snapshot.variables.push(Arc::new(decode(&key, &value)?)),
            Some(2) => snapshot.tasks.push(Arc::new(decode(&key, &value)?)),
            Some(3) => snapshot.jobs.push(Arc::new(decode(&key, &value)?)),
            Some(4) => snapshot.subscriptions.push(Arc::new(decode(&key, &value)?)),
            Some(5) => snapshot.external_tasks.push(Arc::new(decode(&key, &value)?)),
            Some(6) => snapshot.incidents.push(Arc::new(decode(&key, &value)?)),
            other => {
                return Err(LoadError::Record { key: hex(&key), why: format!("unknown kind of entity {other:?}") });
            }
        }
    }
    Ok(snapshot)
}

fn note_ids(greatest: &mut u128, snapshot: &Snapshot) {
    let ids = snapshot
        .executions
        .iter()
        .map(|row| row.id)
        .chain(snapshot.variables.iter().map(|row| row.id))
        .chain(snapshot.tasks.iter().map(|row| row.id))
        .chain(snapshot.jobs.iter().map(|row| row.id))
        .chain(snapshot.subscriptions.iter().map(|row| row.id))
        .chain(snapshot.external_tasks.iter().map(|row| row.id))
        .chain(snapshot.incidents.iter().map(|row| row.id));
    *greatest = ids.map(|id| id.number()).chain([*greatest]).max().unwrap_or_default();
}

fn record_id(record: &Record) -> Option<Id> {
    match record {
        Record::Deployment(row) => Some(row.id),
        Record::ProcessDefinition(row) => Some(row.id),
        Record::JobDefinition(row) => Some(row.id),
        Record::Batch(row) => Some(row.id),
        Record::Job(row) => Some(row.id),
        Record::Authorization(row) => Some(row.id),
        Record::Filter(row) => Some(row.id),
        _ => None,
    }
}

fn root_of(key: &[u8]) -> Result<Id, LoadError> {
    key.get(1..17)
        .and_then(|bytes| bytes.try_into().ok())
        .map(|bytes| Id::new(u128::from_be_bytes(bytes)))
        .ok_or_else(|| LoadError::Record { key: hex(key), why: "the key is too short".to_owned() })
}

fn decode<'b, T: Decode<'b, ()>>(key: &[u8], value: &'b [u8]) -> Result<T, LoadError> {
    minicbor::decode(value).map_err(|error| LoadError::Record { key: hex(key), why: error.to_string() })
}

/// Decodes what keeps the value it is made from.
fn decode_in_place<T: for<'b> Decode<'b, Bytes>>(key: &[u8], mut value: Bytes) -> Result<T, LoadError> {
    let bytes = value.clone();
    minicbor::decode_with(&bytes, &mut value)
        .map_err(|error| LoadError::Record { key: hex(key), why: error.to_string() })
}

fn hex(key: &[u8]) -> String {
    use std::fmt::Write as _;
    key.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
