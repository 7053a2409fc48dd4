//! History that lies on disk, and the small index that says which root instances a question is about.
//!
//! The history of root instances that nobody has touched for a while leaves the memory, many of them at once: a *segment*.
//! In memory stay some bytes for each root, and its traces: short hashes of everything its rows can be asked for by an exact
//! value (ids, names, keys, variables with their values). A question looks its values up among the traces and reads the roots
//! that have them all. A trace says "perhaps": the rows themselves are compared afterwards.

use std::{collections::BTreeMap, fmt, sync::Arc};

use engine_core::history::{Archive, InstanceStateName};
use minicbor::{Decode, Encode};
use models::{Id, Timestamp};

use super::{
    PORTION,
    grid::{Grid, halves, signed, unsigned},
    packed::{Origin, first},
    pile::Pile,
    traces::TraceIndex,
};

/// Short hash of a value that rows are asked for by.
pub(crate) type Trace = u32;

/// A key of an index that leaves a trace.
pub(crate) trait Traced {
    /// Its trace; `None` for keys that are asked for by range only.
    fn trace(&self) -> Option<Trace>;
}

fn mixed(value: u64) -> Trace {
    // the high half of a multiplication by the golden ratio spreads ids that count upwards
    #[expect(clippy::cast_possible_truncation, reason = "the high half of 64 bits")]
    let trace = (value.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as Trace;
    trace
}

impl Traced for u64 {
    fn trace(&self) -> Option<Trace> {
        Some(mixed(*self))
    }
}

impl Traced for Id {
    fn trace(&self) -> Option<Trace> {
        #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed")]
        let (high, low) = ((self.number() >> 64) as u64, self.number() as u64);
        Some(mixed(high.rotate_left(21) ^ low))
    }
}

impl Traced for (u64, u64) {
    fn trace(&self) -> Option<Trace> {
        Some(mixed(self.0.rotate_left(21) ^ self.1))
    }
}

impl Traced for (Id, u32) {
    fn trace(&self) -> Option<Trace> {
        None
    }
}

impl Traced for Timestamp {
    fn trace(&self) -> Option<Trace> {
        None
    }
}

impl Traced for Option<Timestamp> {
    fn trace(&self) -> Option<Trace> {
        None
    }
}

/// What the roots that a question is about have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Traces {
    /// Of each group, a root has at least one.
    groups: Vec<Vec<Trace>>,
    /// Something in it is not over before this time.
    since: Option<Timestamp>,
    /// Something in it began by this time.
    until: Option<Timestamp>,
    /// Something in it may be removed by this time.
    removable: Option<Timestamp>,
    /// Something in it is not over.
    unfinished: bool,
    /// Nothing can be meant.
    nothing: bool,
}

impl Traces {
    /// Of all roots.
    pub(crate) fn any() -> Self {
        Self::default()
    }

    /// Of roots with one of these keys; no keys at all are keys that nothing has.
    pub(crate) fn one_of<K: Traced>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        let group: Vec<Trace> = keys.into_iter().filter_map(|key| key.trace()).collect();
        if group.is_empty() {
            self.nothing = true;
        }
        self.groups.push(group);
        self
    }

    /// Of roots with a trace.
    pub(crate) fn with_trace(mut self, trace: Trace) -> Self {
        self.groups.push(vec![trace]);
        self
    }

    /// Of roots with one of these keys, when there are any: a criterion that is given.
    pub(crate) fn given<K: Traced>(self, keys: Option<impl IntoIterator<Item = K>>) -> Self {
        match keys {
            Some(keys) => self.one_of(keys),
            None => self,
        }
    }

    /// Of roots in which something was not over before a time.
    pub(crate) fn since(mut self, time: Option<Timestamp>) -> Self {
        self.since = self.since.max(time);
        self
    }

    /// Of roots in which something had begun by a time.
    pub(crate) fn until(mut self, time: Option<Timestamp>) -> Self {
        self.until = match (self.until, time) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self
    }

    /// Of roots in which something is not over.
    pub(crate) fn unfinished(mut self) -> Self {
        self.unfinished = true;
        self
    }

    /// Of roots of which something may be removed by a time.
    pub(crate) fn removable(mut self, by: Timestamp) -> Self {
        self.removable = Some(by);
        self
    }
}

impl Traces {
    /// Whether they may be those of a root, which has traces of its own, in order.
    pub(super) fn fit(&self, root: &ColdRoot, own: &[Trace]) -> bool {
        !self.nothing
            && self.fit_times(root.first, root.last, root.removal)
            && self.groups.iter().all(|group| group.iter().any(|trace| own.binary_search(trace).is_ok()))
    }

    fn ask_for_times(&self) -> bool {
        self.unfinished || self.since.is_some() || self.until.is_some() || self.removable.is_some()
    }

    fn fit_times(&self, first: Timestamp, last: Option<Timestamp>, removal: Option<Timestamp>) -> bool {
        !(self.unfinished && last.is_some())
            && self.since.is_none_or(|since| last.is_none_or(|last| last >= since))
            && self.until.is_none_or(|until| first <= until)
            && self.removable.is_none_or(|by| removal.is_some_and(|time| time <= by))
    }
}

/// What stays in memory of a root instance whose history is on disk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ColdRoot {
    /// The root instance.
    pub(crate) root: Id,
    /// When the first thing in it began.
    pub(crate) first: Timestamp,
    /// When the last thing in it ended; `None` while something has not.
    pub(crate) last: Option<Timestamp>,
    /// When the first thing in it may be removed.
    pub(crate) removal: Option<Timestamp>,
    /// Its process instance, when there is exactly one.
    pub(crate) single: Option<Single>,
}

/// What is known of the only process instance of a root.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Single {
    /// Its process definition.
    pub(crate) definition: Id,
    /// Its state.
    pub(crate) state: InstanceStateName,
    /// It belongs to a tenant.
    pub(crate) has_tenant: bool,
    /// When it began.
    pub(crate) start: Timestamp,
    /// When it ended.
    pub(crate) end: Option<Timestamp>,
}

/// The order by time in which process instances are wanted: what comes later in it needs no look once enough were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// By start, the last first.
    LatestStart,
    /// By start, the first first.
    EarliestStart,
    /// By end, the last first; those without last.
    LatestEnd,
}

impl Pace {
    /// How early something at a time comes: greater is earlier.
    pub(crate) fn rank(self, time: Option<i64>) -> i64 {
        match self {
            Self::LatestStart | Self::LatestEnd => time.unwrap_or(i64::MIN),
            Self::EarliestStart => time.map_or(i64::MAX, |time| -time),
        }
    }

    /// The rank that nothing of a root exceeds.
    pub(super) fn bound(self, root: &ColdRoot) -> i64 {
        match (self, &root.single) {
            (Self::LatestStart, Some(single)) => single.start.0,
            (Self::LatestEnd, Some(single)) => single.end.map_or(i64::MIN, |end| end.0),
            (Self::EarliestStart, _) => -root.first.0,
            (Self::LatestStart | Self::LatestEnd, None) => root.last.map_or(i64::MAX, |last| last.0),
        }
    }
}

/// [`ColdRoot`]s in little room, by id: definitions are numbered, times are those since the first.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
#[cbor(context_bound = "Origin")]
struct Roots {
    #[n(0)]
    definitions: Vec<Id>,
    #[n(1)]
    rows: Grid,
}

/// The columns of a root: its id takes two.
const ID: usize = 0;
const FIRST: usize = 2;
const LAST: usize = 3;
const REMOVAL: usize = 4;
const START: usize = 5;
const END: usize = 6;
/// The place of its definition among those of the segment.
const DEFINITION: usize = 7;
const MARKS: usize = 8;
const COLUMNS: usize = 9;

/// What a root has, in the column of marks: the lowest bits are the state of its process instance.
const STATES: u64 = 7;
const HAS_LAST: u64 = 1 << 3;
const HAS_REMOVAL: u64 = 1 << 4;
const HAS_END: u64 = 1 << 5;
const IS_SINGLE: u64 = 1 << 6;
const HAS_TENANT: u64 = 1 << 7;

/// The states by their numbers in the marks.
const STATE_NAMES: [InstanceStateName; 5] = [
    InstanceStateName::Active,
    InstanceStateName::Suspended,
    InstanceStateName::Completed,
    InstanceStateName::ExternallyTerminated,
    InstanceStateName::InternallyTerminated,
];

fn state_of(marks: u64) -> InstanceStateName {
    let number = usize::try_from(marks & STATES).unwrap_or_default();
    STATE_NAMES.get(number).copied().unwrap_or(InstanceStateName::Active)
}

/// A time as the time since another, whichever is later, and back.
fn since(first: i64, time: i64) -> u64 {
    let span = time.wrapping_sub(first);
    ((span << 1) ^ (span >> 63)).cast_unsigned()
}

fn after(first: i64, since: u64) -> i64 {
    first.wrapping_add((since >> 1).cast_signed() ^ -((since & 1).cast_signed()))
}

impl Roots {
    fn new<'a>(roots: impl Iterator<Item = &'a ColdRoot>) -> Self {
        let mut definitions: Vec<Id> = Vec::new();
        let mut numbers = Vec::new();
        for root in roots {
            let first = root.first.0;
            let mut marks = 0;
            let mut span = |time: Option<Timestamp>, mark: u64| {
                marks |= if time.is_some() { mark } else { 0 };
                time.map_or(0, |time| since(first, time.0))
            };
            let last = span(root.last, HAS_LAST);
            let removal = span(root.removal, HAS_REMOVAL);
            let start = span(root.single.map(|single| single.start), IS_SINGLE);
            let end = span(root.single.and_then(|single| single.end), HAS_END);
            let definition = root.single.map_or(0, |single| {
                marks |= if single.has_tenant { HAS_TENANT } else { 0 };
                marks |= STATE_NAMES.iter().position(|state| *state == single.state).unwrap_or_default() as u64;
                definitions.iter().rposition(|one| *one == single.definition).unwrap_or_else(|| {
                    definitions.push(single.definition);
                    definitions.len() - 1
                })
            });
            let [high, low] = halves(root.root);
            numbers.extend([high, low, unsigned(first), last, removal, start, end, definition as u64, marks]);
        }
        Self { definitions, rows: Grid::new(COLUMNS, &numbers) }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn root(&self, place: usize) -> Id {
        self.rows.id(place, ID)
    }

    fn get(&self, place: usize) -> ColdRoot {
        let row = self.rows.row(place);
        let (first, marks) = (signed(row.get(FIRST)), row.get(MARKS));
        let time = |column: usize, mark: u64| (marks & mark != 0).then(|| Timestamp(after(first, row.get(column))));
        let definition = || self.definitions.get(usize::try_from(row.get(DEFINITION)).ok()?).copied();
        let single = time(START, IS_SINGLE).zip(definition()).map(|(start, definition)| Single {
            definition,
            state: state_of(marks),
            has_tenant: marks & HAS_TENANT != 0,
            start,
            end: time(END, HAS_END),
        });
        let (last, removal) = (time(LAST, HAS_LAST), time(REMOVAL, HAS_REMOVAL));
        ColdRoot { root: row.id(ID), first: Timestamp(first), last, removal, single }
    }

    /// When a root with exactly one process instance may be removed.
    fn single_removal(&self, place: usize) -> Option<Timestamp> {
        let row = self.rows.row(place);
        let asked = IS_SINGLE | HAS_REMOVAL;
        (row.get(MARKS) & asked == asked).then(|| Timestamp(after(signed(row.get(FIRST)), row.get(REMOVAL))))
    }

    fn iter(&self) -> impl Iterator<Item = ColdRoot> + '_ {
        (0..self.len()).map(|place| self.get(place))
    }

    fn find(&self, root: Id) -> Option<usize> {
        let place = first(self.len(), |place| self.root(place) >= root);
        (place < self.len() && self.root(place) == root).then_some(place)
    }
}

/// Root instances whose history went to disk together.
#[derive(Clone, PartialEq, Encode, Decode)]
#[cbor(context_bound = "Origin")]
pub(crate) struct Segment {
    /// Its number; later ones are greater.
    #[n(0)]
    pub(crate) number: u64,
    /// Its roots by id.
    #[n(1)]
    roots: Roots,
    /// All their traces.
    #[n(2)]
    traces: TraceIndex,
    /// Greatest id in use.
    #[n(3)]
    pub(crate) greatest_id: Id,
    /// Greatest sequence number of events in it.
    #[n(4)]
    pub(crate) sequence: u64,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment")
            .field("number", &self.number)
            .field("roots", &self.roots.len())
            .finish_non_exhaustive()
    }
}

impl Segment {
    /// A segment of roots with their traces. At most 65,536 roots.
    pub(crate) fn new(
        number: u64,
        (greatest_id, sequence): (Id, u64),
        mut members: Vec<(ColdRoot, Vec<Trace>)>,
    ) -> Self {
        members.sort_by_key(|(root, _)| root.root);
        let roots = Roots::new(members.iter().map(|(root, _)| root));
        let traces = TraceIndex::new(members.iter().map(|(_, traces)| &traces[..]));
        Self { number, roots, traces, greatest_id, sequence }
    }

    /// Places of the roots that a question may be about, in order.
    fn places(&self, traces: &Traces) -> Vec<u16> {
        let mut found: Option<Vec<u16>> = None;
        for group in &traces.groups {
            let mut places: Vec<u16> = group.iter().flat_map(|trace| self.traces.with(*trace)).collect();
            if group.len() > 1 {
                places.sort_unstable();
                places.dedup();
            }
            if let Some(before) = &found {
                places.retain(|place| before.binary_search(place).is_ok());
            }
            if places.is_empty() {
                return places;
            }
            found = Some(places);
        }
        let all = || (0..self.roots.len()).filter_map(|place| u16::try_from(place).ok()).collect();
        let mut places = found.unwrap_or_else(all);
        if traces.ask_for_times() {
            places.retain(|place| {
                let root = self.roots.get(usize::from(*place));
                traces.fit_times(root.first, root.last, root.removal)
            });
        }
        places
    }
}

/// The history of a root instance as it lies on disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stored {
    /// Its rows.
    pub(crate) archive: Archive,
    /// The last sequence number of the events they are made of.
    pub(crate) sequence: u64,
}

/// Reads the history of root instances from disk.
pub(crate) trait HistorySource: Send + Sync {
    /// The history of a root instance; empty when there is none.
    fn history(&self, root: Id) -> Stored;
}

/// A segment and what has left it since.
#[derive(Clone, Debug)]
struct Shelf {
    segment: Arc<Segment>,
    /// A bit for each root that is not in it any more: it is in memory again, in a later segment, or deleted.
    gone: Vec<u8>,
    left: usize,
    /// A bit for each root that a commit under way removes; empty when there is none.
    leaving: Vec<u8>,
    /// For each order by time, the rank that nothing in it exceeds.
    bounds: [i64; 3],
    /// The first and the last root: most lookups need no more of a segment.
    ends: (Id, Id),
}

/// A root whose history can be removed without a look at it: its place in a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Due {
    pub(crate) root: Id,
    pub(crate) segment: u64,
    place: usize,
}

fn has(bits: &[u8], place: usize) -> bool {
    bits.get(place / 8).is_some_and(|byte| byte & 1 << (place % 8) != 0)
}

impl Shelf {
    fn may_have(&self, root: Id) -> bool {
        let (first, last) = self.ends;
        first <= root && root <= last
    }

    /// Roots with one process instance whose history may be removed by a time and is not on its way out.
    fn due(&self, by: Timestamp) -> impl Iterator<Item = (ColdRoot, usize)> {
        let roots = &self.segment.roots;
        let due = (0..roots.len()).filter(move |place| {
            roots.single_removal(*place).is_some_and(|time| time <= by)
                && !has(&self.gone, *place)
                && !has(&self.leaving, *place)
        });
        due.map(|place| (roots.get(place), place))
    }

    fn candidates(&self, traces: &Traces) -> impl Iterator<Item = ColdRoot> {
        self.segment.places(traces).into_iter().filter_map(|place| {
            let place = usize::from(place);
            let here = self.gone[place / 8] & 1 << (place % 8) == 0;
            here.then(|| self.segment.roots.get(place))
        })
    }

    fn bound(&self, pace: Pace) -> i64 {
        self.bounds[pace as usize]
    }
}

/// All history on disk.
#[derive(Clone, Default)]
pub(crate) struct Cold {
    shelves: BTreeMap<u64, Shelf>,
    /// What is in no segment yet.
    pub(crate) pile: Pile,
    source: Option<Arc<dyn HistorySource>>,
    /// Segments that roots have left, to be noted on disk.
    pub(crate) touched: std::collections::BTreeSet<u64>,
    /// Beside wholes that segments name there are events on disk that say the same: the start could not delete them.
    pub(crate) keeps_events: bool,
}

impl fmt::Debug for Cold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cold")
            .field("segments", &self.shelves.len())
            .field("pile", &self.pile.len())
            .finish_non_exhaustive()
    }
}

impl Cold {
    /// Reads history from there.
    pub(crate) fn set_source(&mut self, source: Arc<dyn HistorySource>) {
        self.source = Some(source);
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.shelves.is_empty() && self.pile.len() == 0
    }

    /// How many root instances have their history here.
    pub(crate) fn len(&self) -> usize {
        self.shelves.values().map(|shelf| shelf.left).sum::<usize>() + self.pile.len()
    }

    /// Number for the next segment.
    pub(crate) fn next_number(&self) -> u64 {
        self.shelves.keys().next_back().map_or(1, |last| last + 1)
    }

    /// Adds a segment, with the roots that have left it.
    pub(crate) fn add(&mut self, segment: Arc<Segment>, mut gone: Vec<u8>) {
        gone.resize(segment.roots.len().div_ceil(8), 0);
        let away: u32 = gone.iter().map(|bits| bits.count_ones()).sum();
        let left = segment.roots.len().saturating_sub(away as usize);
        let mut bounds = [i64::MIN; 3];
        for root in segment.roots.iter() {
            for pace in [Pace::LatestStart, Pace::EarliestStart, Pace::LatestEnd] {
                let bound = &mut bounds[pace as usize];
                *bound = pace.bound(&root).max(*bound);
            }
        }
        // of nothing, no id is between the ends
        let last = segment.roots.len().checked_sub(1);
        let ends = last.map_or((Id::MAX, Id::NIL), |last| (segment.roots.root(0), segment.roots.root(last)));
        self.shelves.insert(segment.number, Shelf { segment, gone, left, leaving: Vec::new(), bounds, ends });
    }

    /// Where a root is: its segment and place.
    fn find(&self, root: Id) -> Option<(u64, usize)> {
        self.shelves.iter().rev().find_map(|(number, shelf)| {
            let place = shelf.may_have(root).then(|| shelf.segment.roots.find(root)).flatten()?;
            (shelf.gone[place / 8] & 1 << (place % 8) == 0).then_some((*number, place))
        })
    }

    /// What is known of a root whose history is here.
    pub(crate) fn root(&self, root: Id) -> Option<ColdRoot> {
        if let Some(piled) = self.pile.get(root) {
            return Some(piled.cold);
        }
        let (number, place) = self.find(root)?;
        Some(self.shelves.get(&number)?.segment.roots.get(place))
    }

    /// Whether a segment names a root, with its history up to this sequence number.
    pub(crate) fn is_named(&self, root: Id, sequence: u64) -> bool {
        let shelf = self.find(root).and_then(|(number, _)| self.shelves.get(&number));
        shelf.is_some_and(|shelf| shelf.segment.sequence >= sequence)
    }

    /// A root leaves: its history is in memory again, or no more. Answers the sequence numbers of its events that are still
    /// on disk; `None` when it is not here.
    pub(crate) fn leave(&mut self, root: Id) -> Option<Vec<u64>> {
        if let Some(piled) = self.pile.take(root) {
            return Some(piled.events);
        }
        let (number, place) = self.find(root)?;
        if let Some(shelf) = self.shelves.get_mut(&number) {
            shelf.gone[place / 8] |= 1 << (place % 8);
            shelf.left -= 1;
            self.touched.insert(number);
        }
        Some(Vec::new())
    }

    /// The bits of a segment's roots that have left it, or will have once what is under way is durable; `None` when nothing is
    /// left of it then.
    pub(crate) fn gone(&self, number: u64) -> Option<Vec<u8>> {
        let shelf = self.shelves.get(&number)?;
        let leaving: u32 = shelf.leaving.iter().map(|bits| bits.count_ones()).sum();
        let mut gone = (shelf.left > leaving as usize).then(|| shelf.gone.clone())?;
        gone.iter_mut().zip(&shelf.leaving).for_each(|(gone, leaving)| *gone |= leaving);
        Some(gone)
    }

    /// Roots in segments, the earliest first, whose history may be removed by a time, as far as `fits`.
    pub(crate) fn due<'a>(
        &'a self,
        by: Timestamp,
        fits: impl Fn(&ColdRoot) -> bool + Copy + 'a,
    ) -> impl Iterator<Item = Due> + 'a {
        let shelves = self.shelves.values().filter(|shelf| shelf.left > 0 && !self.keeps_events);
        shelves.flat_map(move |shelf| {
            let due = shelf.due(by).filter(move |(root, _)| fits(root));
            due.map(|(root, place)| Due { root: root.root, segment: shelf.segment.number, place })
        })
    }

    /// A commit that removes these is under way: they are shown until it is durable.
    pub(crate) fn begin_removal(&mut self, all: &[Due]) {
        for due in all {
            if let Some(shelf) = self.shelves.get_mut(&due.segment) {
                shelf.leaving.resize(shelf.gone.len(), 0);
                shelf.leaving[due.place / 8] |= 1 << (due.place % 8);
            }
        }
    }

    /// That commit is durable, or lost.
    pub(crate) fn end_removal(&mut self, all: &[Due], durable: bool) {
        for due in all {
            let Some(shelf) = self.shelves.get_mut(&due.segment) else { continue };
            if let Some(bits) = shelf.leaving.get_mut(due.place / 8) {
                *bits &= !(1 << (due.place % 8));
            }
            if durable && !has(&shelf.gone, due.place) {
                shelf.gone[due.place / 8] |= 1 << (due.place % 8);
                shelf.left -= 1;
                if shelf.left == 0 {
                    // it goes with the next note
                    self.touched.insert(due.segment);
                }
            }
        }
    }

    /// Forgets a segment of which nothing is left.
    pub(crate) fn drop_empty(&mut self, number: u64) {
        if self.shelves.get(&number).is_some_and(|shelf| shelf.left == 0) {
            self.shelves.remove(&number);
        }
    }

    /// The roots a question may be about, the earliest segments first.
    pub(crate) fn candidates<'a>(&'a self, traces: &'a Traces) -> impl Iterator<Item = ColdRoot> + 'a {
        let shelves = self.shelves.values().filter(|shelf| shelf.left > 0 && !traces.nothing);
        shelves.flat_map(|shelf| shelf.candidates(traces)).chain(self.pile.candidates(traces))
    }

    /// The same, segment by segment in an order by time. Of each segment: the rank that nothing in it exceeds, and what
    /// finds its candidates, each with its own.
    fn paced<'a>(
        &'a self,
        traces: &'a Traces,
        pace: Pace,
    ) -> impl Iterator<Item = (i64, impl FnOnce() -> Vec<(i64, Id)> + 'a)> {
        let shelves = self.shelves.values().filter(|shelf| shelf.left > 0 && !traces.nothing);
        let mut shelves: Vec<_> = shelves.map(|shelf| (shelf.bound(pace), Some(shelf))).collect();
        shelves.push((self.pile.bound(pace), None));
        shelves.sort_by_key(|(bound, _)| std::cmp::Reverse(*bound));
        shelves.into_iter().map(move |(bound, shelf)| {
            let find = move || {
                let on_shelf = shelf.into_iter().flat_map(|shelf| shelf.candidates(traces));
                let piled = shelf.is_none().then(|| self.pile.candidates(traces)).into_iter().flatten();
                let mut found: Vec<_> = on_shelf.chain(piled).map(|root| (pace.bound(&root), root.root)).collect();
                found.sort_by_key(|(bound, _)| std::cmp::Reverse(*bound));
                found
            };
            (bound, find)
        })
    }

    /// Walks through the roots a question may be about, some at a time, in an order by time. Each time it is told the rank
    /// below which nothing is needed any more, at first `least`; without an order the rank of everything is zero.
    pub(crate) fn in_portions(
        &self,
        traces: &Traces,
        pace: Option<Pace>,
        mut least: i64,
        mut each: impl FnMut(&[Id]) -> i64,
    ) {
        let Some(pace) = pace else {
            let roots: Vec<Id> = self.candidates(traces).map(|root| root.root).collect();
            for roots in roots.chunks(PORTION) {
                if least > 0 {
                    return;
                }
                least = each(roots);
            }
            return;
        };
        for (bound, candidates) in self.paced(traces, pace) {
            if bound < least {
                return;
            }
            // the first answers decide how many more are looked at
            let (mut found, mut size) = (candidates().into_iter().peekable(), PORTION / 4);
            while found.peek().is_some_and(|(bound, _)| *bound >= least) {
                let roots: Vec<Id> = found.by_ref().take(size).map(|(_, root)| root).collect();
                least = each(&roots);
                size = PORTION;
            }
        }
    }

    /// Reads the history of a root.
    pub(crate) fn read(&self, root: Id) -> Stored {
        self.source.as_ref().map(|source| source.history(root)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(root: u128, keys: &[Id]) -> (ColdRoot, Vec<Trace>) {
        let cold = ColdRoot {
            root: Id::new(root),
            first: Timestamp(10),
            last: Some(Timestamp(20)),
            removal: None,
            single: None,
        };
        (cold, keys.iter().filter_map(Traced::trace).collect())
    }

    fn cold() -> Cold {
        let mut cold = Cold::default();
        let first = vec![member(1, &[Id::new(7), Id::new(100)]), member(3, &[Id::new(7), Id::new(300)])];
        cold.add(Arc::new(Segment::new(1, (Id::new(300), 1), first)), Vec::new());
        cold.add(
            Arc::new(Segment::new(2, (Id::new(500), 2), vec![member(5, &[Id::new(7), Id::new(500)])])),
            Vec::new(),
        );
        cold
    }

    fn ids(cold: &Cold, traces: Traces) -> Vec<Id> {
        cold.candidates(&traces).map(|root| root.root).collect()
    }

    #[test]
    fn candidates_have_all_traces() {
        let cold = cold();
        assert_eq!(ids(&cold, Traces::any()), [Id::new(1), Id::new(3), Id::new(5)]);
        assert_eq!(ids(&cold, Traces::any().one_of([Id::new(7)])), [Id::new(1), Id::new(3), Id::new(5)]);
        assert_eq!(
            ids(&cold, Traces::any().one_of([Id::new(7)]).one_of([Id::new(300), Id::new(500)])),
            [Id::new(3), Id::new(5)]
        );
        assert!(ids(&cold, Traces::any().one_of([Id::new(7)]).one_of([Id::new(8)])).is_empty());
        assert!(ids(&cold, Traces::any().one_of(Vec::<Id>::new())).is_empty());
    }

    #[test]
    fn times_exclude_what_was_over_or_had_not_begun() {
        let cold = cold();
        assert_eq!(ids(&cold, Traces::any().since(Some(Timestamp(20)))).len(), 3);
        assert!(ids(&cold, Traces::any().since(Some(Timestamp(21)))).is_empty());
        assert_eq!(ids(&cold, Traces::any().until(Some(Timestamp(10)))).len(), 3);
        assert!(ids(&cold, Traces::any().until(Some(Timestamp(9)))).is_empty());
        assert!(ids(&cold, Traces::any().removable(Timestamp(99))).is_empty());
    }

    #[test]
    fn a_root_that_left_is_no_candidate() {
        let mut cold = cold();
        assert!(cold.leave(Id::new(3)).is_some());
        assert!(cold.leave(Id::new(3)).is_none());
        assert_eq!(ids(&cold, Traces::any()), [Id::new(1), Id::new(5)]);
        assert_eq!(cold.len(), 2);
        let gone = cold.gone(1).expect("one is left");
        let segment = cold.shelves[&1].segment.clone();
        cold.add(segment, gone);
        assert_eq!(ids(&cold, Traces::any()), [Id::new(1), Id::new(5)]);
        cold.leave(Id::new(1));
        assert_eq!(cold.gone(1), None);
        cold.drop_empty(1);
        assert_eq!(cold.len(), 1);
    }
}
