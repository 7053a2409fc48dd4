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

mod history;
mod load;

use std::sync::Arc;

use engine_core::state::{Change, Changes, Entity, InstanceState, Snapshot};
use minicbor::{Decode, Encode};
use models::Id;
use store::{Bytes, Op, Store};

use self::load::note_ids;
pub(crate) use self::{
    history::{Whole, WholeLater, forget_event, forget_frozen, forget_whole, gone_ops, history_op, segment_op},
    load::{Loaded, empty_model, load},
};
use crate::world::{
    RecordChange, RecordKey,
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

/// Bytes that most values have room in while they are written.
const USUAL: usize = 256;

/// Bytes that the store adds to a value.
const TRAILER: usize = 12;

fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL);
    // writing to memory can't fail
    let _ = minicbor::encode(value, &mut bytes);
    fitting(&bytes)
}

/// A value with the room it needs: a big instance writes hundreds of thousands at once, and what has grown while it was written
/// has up to twice that. An allocator gives no room back for so little, so that it is copied.
fn fitting(bytes: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(bytes.len() + TRAILER);
    value.extend_from_slice(bytes);
    value
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

fn segment_key(table: u8, number: u64) -> Vec<u8> {
    let mut key = vec![table];
    key.extend_from_slice(&number.to_be_bytes());
    key
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
