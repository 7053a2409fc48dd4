//! What a start finds.

use std::sync::Arc;

use engine_core::{history::HistoryEvent, state::Snapshot};
use minicbor::Encode;
use models::Id;
use store::{Op, Store};

use super::{
    LoadError, MARKER, SMALL, StoredInstances, decode, decode_in_place, hex,
    history::{StoredHistory, forget_event},
    key, load_rest, root_of, segment_key,
};
use crate::world::{Model, Record, RootHistory, WorldChange, cold::Segment, history, past::RowListener};

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

pub(super) fn note_ids(greatest: &mut u128, snapshot: &Snapshot) {
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
