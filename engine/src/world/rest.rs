//! Instances at rest: running root instances that nobody has touched for a while lie on disk only.
//!
//! Their executions, variables and tasks leave the memory, many roots at once: a *roster*. It keeps the ids of their rows and,
//! for each index, the keys of the rows in order, packed; so queries find rows at rest as they find others, and count them
//! without reading any. What may wake a root (jobs, event subscriptions, external tasks) and its incidents stay in memory
//! beside all others. The first commit to a root brings its rows back.
//!
//! Standalone tasks and roots that are stored entity by entity stay in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
    sync::Arc,
};

use engine_core::state::{Execution, Snapshot, Task, Variable};
use minicbor::{Decode, Encode};
use models::{Id, Timestamp};

use super::{
    grid::{Grid, halves, signed, unsigned},
    index::{Keyed, Rows},
    packed::{Origin, Packed, first},
    runtime::{ExecutionIndexes, Runtime, TaskIndexes, VariableIndexes},
};

/// A key of an index in 64 bits. Different keys may become the same one, which is as likely as for hashes of texts.
pub(crate) trait RestKey: Copy + Ord {
    /// The bits. Those of times are in order; those of a pair begin with the bits of its first part.
    fn bits(self) -> u64;

    /// The id that it is.
    fn id(self) -> Option<Id> {
        None
    }
}

impl RestKey for u64 {
    fn bits(self) -> u64 {
        self
    }
}

impl RestKey for Id {
    fn bits(self) -> u64 {
        #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed")]
        let (high, low) = ((self.number() >> 64) as u64, self.number() as u64);
        (high.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ low).wrapping_mul(0xd6e8_feb8_6659_fd93)
    }

    fn id(self) -> Option<Id> {
        Some(self)
    }
}

impl RestKey for (u64, u64) {
    fn bits(self) -> u64 {
        self.0 & 0xffff_ffff_0000_0000 | self.1 >> 32
    }
}

impl RestKey for Timestamp {
    fn bits(self) -> u64 {
        // the sign bit turned over keeps the order
        self.0.cast_unsigned() ^ 1 << 63
    }
}

/// A number of a row; the least when it has none.
pub(crate) type Column<T> = fn(&T) -> i64;

/// A kind of row that can be at rest.
pub(crate) trait Resting: Keyed + Sized + 'static {
    /// Its indexes.
    type Indexes: super::index::Indexes<Self>;
    /// How many indexes it has.
    const INDEXES: usize;
    /// The number of its table among those that can be at rest.
    const TABLE: usize;

    /// Those in memory.
    fn awake(runtime: &Runtime) -> &Rows<Self, Self::Indexes>;

    /// Those of a root.
    fn of(snapshot: &Snapshot) -> &[Arc<Self>];

    /// Those of a roster.
    fn sheet(roster: &Roster) -> &Sheet;

    /// Tells the keys of a row: the number of the index and the bits.
    fn keys(&self, each: &mut dyn FnMut(usize, u64));

    /// Numbers of a row that are asked for without reading it, as many for each row.
    const COLUMNS: &'static [Column<Self>];
}

/// The number of a root in its roster.
type Place = u16;

/// Rows of a table in a roster.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(context_bound = "Origin")]
pub(crate) struct Sheet {
    /// The id of each row, in order, the place of its root, and its columns.
    #[n(0)]
    rows: Grid,
    /// The indexes, by number.
    #[n(1)]
    indexes: Vec<Entries>,
}

/// Where the id of a row is in its sheet, the place of its root, and its columns.
const ID: usize = 0;
const PLACE: usize = 2;
const COLUMN: usize = 3;

/// The entries of an index: keys in order, each with the numbers of its rows. Numbers are big-endian.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
#[cbor(context_bound = "Origin")]
struct Entries {
    /// Keys that one row has: eight bytes of key and two of the row's number.
    #[n(0)]
    lone: Packed,
    /// Keys that several rows have: eight bytes of key and four that say how many rows these and those before have.
    #[n(1)]
    shared: Packed,
    /// The rows of these, two bytes each.
    #[n(2)]
    rows: Packed,
}

const LONE: usize = 10;
const SHARED: usize = 12;
const NUMBER: usize = 2;

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}

/// Those of keys in order, each in `size` bytes, that are between two, both included.
fn keys_between(keys: &[u8], size: usize, from: u64, to: u64) -> Range<usize> {
    let count = keys.len() / size;
    let key = |entry| u64::from_be_bytes(array(keys, entry * size));
    let low = first(count, |entry| key(entry) >= from);
    let mut high = low;
    if low < count && key(low) <= to {
        high = low + first(count - low, |entry| key(low + entry) > to);
    }
    low..high
}

impl Entries {
    fn new(mut entries: Vec<(u64, u16)>) -> Self {
        entries.sort_unstable();
        let (mut lone, mut shared, mut rows) = (Vec::new(), Vec::new(), Vec::new());
        let mut count = 0_u32;
        for run in entries.chunk_by(|(a, _), (b, _)| a == b) {
            if let [(key, row)] = run {
                lone.extend_from_slice(&key.to_be_bytes());
                lone.extend_from_slice(&row.to_be_bytes());
                continue;
            }
            count += run.iter().fold(0, |count, (_, row)| {
                rows.extend_from_slice(&row.to_be_bytes());
                count + 1
            });
            shared.extend_from_slice(&run[0].0.to_be_bytes());
            shared.extend_from_slice(&count.to_be_bytes());
        }
        Self { lone: lone.into(), shared: shared.into(), rows: rows.into() }
    }

    /// The rows under keys between two, both included: how many they are, and their numbers.
    fn between(&self, from: u64, to: u64) -> (usize, impl Iterator<Item = usize>) {
        let (lone, shared, rows): (&[u8], &[u8], &[u8]) = (&self.lone, &self.shared, &self.rows);
        let number = |bytes, at| usize::from(u16::from_be_bytes(array(bytes, at)));
        let alone = keys_between(lone, LONE, from, to);
        let keys = keys_between(shared, SHARED, from, to);
        let end = |keys: usize| match keys.checked_sub(1) {
            Some(last) => u32::from_be_bytes(array(shared, last * SHARED + 8)) as usize,
            None => 0,
        };
        let together = if keys.is_empty() { 0..0 } else { end(keys.start)..end(keys.end) };
        let count = alone.len() + together.len();
        let alone = alone.map(move |entry| number(lone, entry * LONE + 8));
        (count, alone.chain(together.map(move |row| number(rows, row * NUMBER))))
    }
}

impl Sheet {
    fn new<T: Resting>(members: &[(Id, Snapshot)]) -> Self {
        let mut rows: Vec<(Id, Place, &Arc<T>)> = Vec::new();
        for (place, (_, snapshot)) in (0..).zip(members) {
            rows.extend(T::of(snapshot).iter().map(|row| (row.id(), place, row)));
        }
        rows.sort_unstable_by_key(|(id, ..)| *id);
        let mut entries: Vec<Vec<(u64, u16)>> = vec![Vec::new(); T::INDEXES];
        let mut numbers = Vec::new();
        for (number, (id, place, row)) in (0..).zip(rows) {
            numbers.extend(halves(id));
            numbers.push(u64::from(place));
            numbers.extend(T::COLUMNS.iter().map(|column| unsigned(column(row))));
            row.keys(&mut |index, bits| entries[index].push((bits, number)));
        }
        let indexes = entries.into_iter().map(Entries::new).collect();
        Self { rows: Grid::new(COLUMN + T::COLUMNS.len(), &numbers), indexes }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn id(&self, row: usize) -> Id {
        self.rows.id(row, ID)
    }

    fn place(&self, row: usize) -> usize {
        place(self.rows.get(row, PLACE))
    }

    fn row_of(&self, id: Id) -> Option<usize> {
        let row = self.first_from(id);
        (row < self.len() && self.id(row) == id).then_some(row)
    }

    /// The first row whose id is not less.
    fn first_from(&self, id: Id) -> usize {
        first(self.len(), |row| self.id(row) >= id)
    }

    /// Rows under keys of an index between two, both included: how many they are, and their numbers.
    fn between(&self, index: usize, from: u64, to: u64) -> (usize, impl Iterator<Item = usize>) {
        let entries = self.indexes.get(index).map(|entries| entries.between(from, to));
        let count = entries.as_ref().map_or(0, |(count, _)| *count);
        (count, entries.into_iter().flat_map(|(_, rows)| rows))
    }

    fn column(&self, row: usize, column: usize) -> i64 {
        signed(self.rows.get(row, COLUMN + column))
    }
}

/// A place as it is in memory.
fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Root instances that came to rest together.
#[derive(Clone, Default, PartialEq, Encode, Decode)]
#[cbor(context_bound = "Origin")]
pub(crate) struct Roster {
    /// Its number; later ones are greater.
    #[n(0)]
    pub(crate) number: u64,
    /// Its roots by id, each with how many rows it has of each of the three tables.
    #[n(1)]
    roots: Grid,
    /// Greatest id in use.
    #[n(2)]
    pub(crate) greatest_id: Id,
    #[n(3)]
    executions: Sheet,
    #[n(4)]
    variables: Sheet,
    #[n(5)]
    tasks: Sheet,
}

impl fmt::Debug for Roster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roster").field("number", &self.number).field("roots", &self.len()).finish_non_exhaustive()
    }
}

/// Where the numbers of a root's rows are in a roster, behind its id.
const COUNTS: usize = 2;

/// Most rows of a table that a root at rest has.
pub(crate) const MOST_ROWS: usize = 255;

/// Most rows of a table in a roster, and most roots.
const MOST_IN_ROSTER: usize = 1 << 16;

impl Roster {
    /// A roster of roots. Those that don't go in any more are left in `members`.
    pub(crate) fn new(number: u64, greatest_id: Id, members: &mut Vec<(Id, Snapshot)>) -> (Self, Vec<(Id, Snapshot)>) {
        members.sort_unstable_by_key(|(root, _)| *root);
        let mut rows = [0, 0, 0];
        let fit = members.iter().take(MOST_IN_ROSTER).take_while(|(_, snapshot)| {
            for (rows, more) in rows.iter_mut().zip(row_counts(snapshot)) {
                *rows += more;
            }
            rows.iter().all(|rows| *rows <= MOST_IN_ROSTER)
        });
        let fit = fit.count();
        let rest = members.split_off(fit);
        let taken = std::mem::replace(members, rest);
        let mut roots = Vec::new();
        for (root, snapshot) in &taken {
            roots.extend(halves(*root));
            roots.extend(row_counts(snapshot).map(|count| count as u64));
        }
        let roster = Self {
            number,
            roots: Grid::new(COUNTS + 3, &roots),
            greatest_id,
            executions: Sheet::new::<Execution>(&taken),
            variables: Sheet::new::<Variable>(&taken),
            tasks: Sheet::new::<Task>(&taken),
        };
        (roster, taken)
    }

    pub(crate) fn len(&self) -> usize {
        self.roots.len()
    }

    pub(crate) fn root(&self, place: usize) -> Id {
        self.roots.id(place, ID)
    }

    /// The roots in order.
    pub(crate) fn roots(&self) -> impl Iterator<Item = Id> + '_ {
        (0..self.len()).map(|place| self.root(place))
    }

    fn place_of(&self, root: Id) -> Option<usize> {
        let place = first(self.len(), |place| self.root(place) >= root);
        (place < self.len() && self.root(place) == root).then_some(place)
    }

    fn counts(&self, place: usize) -> [usize; 3] {
        let row = self.roots.row(place);
        [0, 1, 2].map(|table| usize::try_from(row.get(COUNTS + table)).unwrap_or_default())
    }
}

fn row_counts(snapshot: &Snapshot) -> [usize; 3] {
    [snapshot.executions.len(), snapshot.variables.len(), snapshot.tasks.len()]
}

/// Whether a root can be at rest.
pub(crate) fn can_rest(snapshot: &Snapshot) -> bool {
    !snapshot.executions.is_empty() && row_counts(snapshot).iter().all(|count| *count <= MOST_ROWS)
}

/// Declares the kinds of rows that can be at rest: the table of each, its number, its indexes and columns.
macro_rules! resting_tables {
    ($($type:ident: $table:ident $number:literal $indexes:ident [$($column:expr),*];)*) => {
        $(impl Resting for $type {
            type Indexes = $indexes;
            const INDEXES: usize = $indexes::COUNT;
            const TABLE: usize = $number;
            const COLUMNS: &'static [Column<Self>] = &[$($column),*];

            fn awake(runtime: &Runtime) -> &Rows<Self, $indexes> {
                &runtime.$table
            }

            fn of(snapshot: &Snapshot) -> &[Arc<Self>] {
                &snapshot.$table
            }

            fn sheet(roster: &Roster) -> &Sheet {
                &roster.$table
            }

            fn keys(&self, each: &mut dyn FnMut(usize, u64)) {
                $indexes::rest_keys(self, each);
            }
        })*
    };
}

resting_tables! {
    Execution: executions 0 ExecutionIndexes [];
    Variable: variables 1 VariableIndexes [];
    Task: tasks 2 TaskIndexes [
        |row| row.created.0,
        |row| row.due.map_or(i64::MIN, |due| due.0),
        |row| i64::from(row.priority)
    ];
}

/// Reads root instances from disk.
pub(crate) trait RestSource: Send + Sync {
    /// The state of a root instance as it came to rest.
    ///
    /// # Errors
    /// When it can't be read: what is wrong with it.
    fn resting(&self, root: Id, roster: u64) -> Result<Snapshot, String>;
}

/// Where a root rests: the number of its roster and its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(crate) roster: u64,
    pub(crate) place: usize,
}

/// Roots that have left their rosters.
#[derive(Debug)]
pub(crate) struct Woken {
    /// Who, and from where.
    pub(crate) roots: Vec<(Spot, Id)>,
    /// For each of these rosters a bit for each root that has left it; `None` for one of which nothing is left.
    pub(crate) rosters: Vec<(u64, Option<Vec<u8>>)>,
}

/// A roster, and who has left it.
#[derive(Clone, Debug, PartialEq)]
struct Kept {
    roster: Arc<Roster>,
    /// A bit for each root whose rows are in memory, or no more.
    away: Vec<u8>,
    /// Rows of each table that are not in memory.
    rows: [usize; 3],
    /// The first and the last id of each table, and of the roots: most lookups need no more of a roster.
    bounds: [(Id, Id); 4],
}

/// The place of the roots in [`Kept::bounds`].
const ROOTS: usize = 3;

impl Kept {
    fn new(roster: Arc<Roster>, away: &[u8]) -> Self {
        let rows = [roster.executions.len(), roster.variables.len(), roster.tasks.len()];
        let grids = [&roster.executions.rows, &roster.variables.rows, &roster.tasks.rows, &roster.roots];
        let bounds = grids.map(|ids| match ids.len().checked_sub(1) {
            Some(last) => (ids.id(0, ID), ids.id(last, ID)),
            // of nothing, no id is between the bounds
            None => (Id::MAX, Id::NIL),
        });
        let mut kept = Self { away: vec![0; roster.len().div_ceil(8)], rows, bounds, roster };
        for place in 0..kept.roster.len() {
            kept.set(place, away.get(place / 8).is_some_and(|bits| bits & 1 << (place % 8) != 0));
        }
        kept
    }

    /// Whether it may have an id in a table, or among the roots.
    fn may_have(&self, table: usize, id: Id) -> bool {
        let (first, last) = self.bounds[table];
        first <= id && id <= last
    }

    /// The place of a root that is at rest here.
    fn place_of(&self, root: Id) -> Option<usize> {
        let place = self.may_have(ROOTS, root).then(|| self.roster.place_of(root)).flatten()?;
        (!self.is_away(place)).then_some(place)
    }

    fn is_away(&self, place: usize) -> bool {
        self.away[place / 8] & 1 << (place % 8) != 0
    }

    /// Whether all that is on its sheets is at rest.
    fn is_whole(&self) -> bool {
        self.away.iter().all(|bits| *bits == 0)
    }

    fn set(&mut self, place: usize, away: bool) {
        if self.is_away(place) == away {
            return;
        }
        self.away[place / 8] ^= 1 << (place % 8);
        for (rows, of_root) in self.rows.iter_mut().zip(self.roster.counts(place)) {
            *rows = if away { *rows - of_root } else { *rows + of_root };
        }
    }
}

/// All root instances at rest.
#[derive(Clone, Default)]
pub(crate) struct Rest {
    kept: BTreeMap<u64, Kept>,
    source: Option<Arc<dyn RestSource>>,
    /// Roots that are at rest on disk and whose rows are still in memory, with their places.
    leaving: BTreeMap<Id, Spot>,
    /// Roots that have left, to be noted on disk.
    woken: BTreeSet<(Spot, Id)>,
    last: u64,
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rest").field("rosters", &self.kept.len()).finish_non_exhaustive()
    }
}

impl PartialEq for Rest {
    fn eq(&self, other: &Self) -> bool {
        self.kept == other.kept
    }
}

impl Rest {
    /// Reads roots from there.
    pub(crate) fn set_source(&mut self, source: Arc<dyn RestSource>) {
        self.source = Some(source);
    }

    /// Whether all rows are in memory.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many root instances are at rest.
    pub(super) fn len(&self) -> usize {
        let all: usize = self.kept.values().map(|kept| kept.roster.len()).sum();
        let away: u32 = self.kept.values().flat_map(|kept| &kept.away).map(|bits| bits.count_ones()).sum();
        all - away as usize
    }

    /// Number for the next roster.
    pub(crate) fn next_number(&self) -> u64 {
        self.last + 1
    }

    /// Adds a roster whose roots are on disk, `away` those that have left it since.
    pub(crate) fn add(&mut self, roster: Arc<Roster>, away: &[u8]) {
        self.last = self.last.max(roster.number);
        let kept = Kept::new(roster, away);
        self.kept.insert(kept.roster.number, kept);
    }

    /// Adds a roster of roots whose rows are in memory still, but for those that are `away`: they did not come to rest.
    pub(super) fn announce(&mut self, roster: Arc<Roster>, away: &[u8]) {
        let number = roster.number;
        let here = |place: usize| away.get(place / 8).is_none_or(|bits| bits & 1 << (place % 8) == 0);
        let places = roster.roots().enumerate().filter(|(place, _)| here(*place));
        self.leaving.extend(places.map(|(place, root)| (root, Spot { roster: number, place })));
        let all = vec![u8::MAX; roster.len().div_ceil(8)];
        self.add(roster, &all);
    }

    /// Roots that are at rest on disk and whose rows are still in memory, with their places.
    pub(crate) fn leaving(&self) -> &BTreeMap<Id, Spot> {
        &self.leaving
    }

    /// Takes one of [`leaving`](Self::leaving): its rows are about to leave the memory.
    pub(super) fn next_leaving(&mut self) -> Option<(Id, Spot)> {
        self.leaving.pop_first()
    }

    /// A root's rows have left the memory.
    pub(super) fn settled(&mut self, spot: Spot) {
        if let Some(kept) = self.kept.get_mut(&spot.roster) {
            kept.set(spot.place, false);
        }
    }

    /// Where the rows of a root are, when they are not in memory.
    pub(crate) fn spot(&self, root: Id) -> Option<Spot> {
        self.kept.iter().rev().find_map(|(number, kept)| {
            let place = kept.place_of(root)?;
            Some(Spot { roster: *number, place })
        })
    }

    /// Whether a root is at rest in a roster.
    pub(crate) fn holds(&self, roster: u64, root: Id) -> bool {
        self.kept.get(&roster).is_some_and(|kept| kept.place_of(root).is_some())
    }

    /// Where a root is on disk, when it is at rest there, whether its rows are in memory or not.
    pub(crate) fn on_disk(&self, root: Id) -> Option<Spot> {
        self.leaving.get(&root).copied().or_else(|| self.spot(root))
    }

    /// A root has been changed: its rows are in memory from here on.
    pub(super) fn wake(&mut self, root: Id) {
        let leaving = self.leaving.remove(&root);
        let Some(spot) = leaving.or_else(|| self.spot(root)) else { return };
        self.leave(spot, root);
    }

    /// A root has left its roster.
    pub(crate) fn leave(&mut self, spot: Spot, root: Id) {
        if let Some(kept) = self.kept.get_mut(&spot.roster) {
            kept.set(spot.place, true);
        }
        self.woken.insert((spot, root));
    }

    /// The root of a spot.
    pub(crate) fn root_at(&self, spot: Spot) -> Option<Id> {
        let kept = self.kept.get(&spot.roster)?;
        (spot.place < kept.roster.len()).then(|| kept.roster.root(spot.place))
    }

    /// How many roots have left that is not noted on disk.
    pub(crate) fn woken(&self) -> usize {
        self.woken.len()
    }

    /// Takes the roots that have left and that are to be noted on disk.
    pub(crate) fn take_woken(&mut self) -> Woken {
        let woken: Vec<(Spot, Id)> = std::mem::take(&mut self.woken).into_iter().collect();
        let mut rosters: Vec<u64> = woken.iter().map(|(spot, _)| spot.roster).collect();
        rosters.dedup();
        let mut notes = Vec::new();
        for number in rosters {
            let Some(kept) = self.kept.get(&number) else { continue };
            let mut away = kept.away.clone();
            for spot in self.leaving.values().filter(|spot| spot.roster == number) {
                away[spot.place / 8] &= !(1 << (spot.place % 8));
            }
            let left = (0..kept.roster.len()).any(|place| away[place / 8] & 1 << (place % 8) == 0);
            notes.push((number, left.then_some(away)));
        }
        Woken { roots: woken, rosters: notes }
    }

    /// What was taken could not be noted on disk: it is to be tried again.
    pub(crate) fn not_noted(&mut self, woken: Woken) {
        self.woken.extend(woken.roots);
    }

    /// What was taken is noted on disk: rosters of which nothing is left are gone there.
    pub(crate) fn noted(&mut self, woken: &Woken) {
        for (number, _) in woken.rosters.iter().filter(|(_, away)| away.is_none()) {
            self.kept.remove(number);
        }
    }

    /// Reads a root.
    pub(crate) fn read(&self, root: Id, spot: Spot) -> Result<Snapshot, String> {
        let source = self.source.as_ref().ok_or("there is no store")?;
        source.resting(root, spot.roster)
    }

    /// How many rows of each table are at rest: executions, variables, tasks.
    pub(crate) fn rows(&self) -> [usize; 3] {
        self.kept.values().fold([0; 3], |sum, kept| [0, 1, 2].map(|table| sum[table] + kept.rows[table]))
    }

    /// The root and spot that the row of an id belongs to.
    pub(crate) fn owner<T: Resting>(&self, id: Id) -> Option<(Id, Spot)> {
        self.kept.iter().rev().find_map(|(number, kept)| {
            let sheet = kept.may_have(T::TABLE, id).then(|| T::sheet(&kept.roster))?;
            let place = sheet.place(sheet.row_of(id)?);
            (!kept.is_away(place)).then(|| (kept.roster.root(place), Spot { roster: *number, place }))
        })
    }

    /// Ids of rows under keys of an index between two, not in order.
    pub(crate) fn ids<T: Resting>(&self, index: usize, from: u64, to: u64) -> Vec<Id> {
        let mut found = Vec::new();
        self.each::<T>(index, from, to, |sheet, row| found.push(sheet.id(row)));
        found
    }

    /// A column of the rows under a key of an index.
    pub(crate) fn columns<T: Resting>(&self, index: usize, key: u64, column: usize) -> Vec<i64> {
        let mut found = Vec::new();
        self.each::<T>(index, key, key, |sheet, row| found.push(sheet.column(row, column)));
        found
    }

    /// A column of a row. `hint` is the roster that had the one asked for before: rows are asked for in order.
    pub(crate) fn column<T: Resting>(&self, id: Id, column: usize, hint: &mut u64) -> Option<i64> {
        let of = |kept: &Kept| {
            let sheet = kept.may_have(T::TABLE, id).then(|| T::sheet(&kept.roster))?;
            let row = sheet.row_of(id)?;
            (!kept.is_away(sheet.place(row))).then(|| sheet.column(row, column))
        };
        self.kept.get(hint).and_then(of).or_else(|| {
            self.kept.iter().find_map(|(number, kept)| {
                let found = of(kept)?;
                *hint = *number;
                Some(found)
            })
        })
    }

    fn each<T: Resting>(&self, index: usize, from: u64, to: u64, mut each: impl FnMut(&Sheet, usize)) {
        for kept in self.kept.values() {
            let sheet = T::sheet(&kept.roster);
            for row in sheet.between(index, from, to).1 {
                if !kept.is_away(sheet.place(row)) {
                    each(sheet, row);
                }
            }
        }
    }

    /// Number of rows under keys of an index between two.
    pub(crate) fn count<T: Resting>(&self, index: usize, from: u64, to: u64) -> usize {
        let count = |kept: &Kept| {
            let sheet = T::sheet(&kept.roster);
            let (count, rows) = sheet.between(index, from, to);
            if kept.is_whole() {
                return count;
            }
            rows.filter(|row| !kept.is_away(sheet.place(*row))).count()
        };
        self.kept.values().map(count).sum()
    }

    /// Ids of the first rows behind an id, in order.
    pub(crate) fn after<T: Resting>(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let next = |kept: &Kept, from: usize| {
            let sheet = T::sheet(&kept.roster);
            let row = (from..sheet.len()).find(|row| !kept.is_away(sheet.place(*row)))?;
            Some((sheet.id(row), row))
        };
        let mut heads = std::collections::BinaryHeap::new();
        for (number, kept) in &self.kept {
            let from =
                id.number().checked_add(1).map_or(usize::MAX, |from| T::sheet(&kept.roster).first_from(Id::new(from)));
            heads.extend(next(kept, from).map(|(id, row)| std::cmp::Reverse((id, *number, row))));
        }
        std::iter::from_fn(move || {
            let std::cmp::Reverse((id, number, row)) = heads.pop()?;
            let kept = self.kept.get(&number)?;
            heads.extend(next(kept, row + 1).map(|(id, row)| std::cmp::Reverse((id, number, row))));
            Some(id)
        })
    }
}
