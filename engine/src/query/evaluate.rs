//! Evaluation of queries: narrowing by an index, checking every criterion, sorting, paging.

use std::{borrow::Cow, cmp::Ordering, ops::Deref};

use models::{Id, Timestamp};

use super::{
    parameters::{Page, Sort},
    text::like,
    visibility::unrestricted,
};
use crate::{
    request::Caller,
    world::{
        World,
        cold::{ColdRoot, Pace, Traces},
        past::Past,
    },
};

/// A row of a result: an entity, and the world to ask for what belongs to it.
#[derive(Debug)]
pub struct Row<'w, T> {
    /// The read model.
    pub world: &'w World,
    /// The entity.
    pub entity: &'w T,
}

impl<T> Clone for Row<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Row<'_, T> {}

impl<T> Deref for Row<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.entity
    }
}

impl<'w, T> Row<'w, T> {
    pub(crate) fn new(world: &'w World, entity: &'w T) -> Self {
        Self { world, entity }
    }
}

/// A value to sort by. Nothing is less than everything, as in Camunda 7's default database.
#[derive(Clone, Debug)]
pub(crate) enum Key<'w> {
    Null,
    Number(i64),
    Double(f64),
    Id(Id),
    Text(Cow<'w, str>),
}

impl Key<'_> {
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Number(_) => 1,
            Self::Double(_) => 2,
            Self::Id(_) => 3,
            Self::Text(_) => 4,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Double(a), Self::Double(b)) => a.total_cmp(b),
            (Self::Id(a), Self::Id(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl<'w> Key<'w> {
    /// The same, for longer.
    fn into_owned<'k>(self) -> Key<'k> {
        match self {
            Self::Null => Key::Null,
            Self::Number(number) => Key::Number(number),
            Self::Double(number) => Key::Double(number),
            Self::Id(id) => Key::Id(id),
            Self::Text(text) => Key::Text(Cow::Owned(text.into_owned())),
        }
    }

    pub(crate) fn text(text: &'w str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<Timestamp> for Key<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Number(time.0)
    }
}

impl From<Id> for Key<'_> {
    fn from(id: Id) -> Self {
        Self::Id(id)
    }
}

impl From<String> for Key<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'w> From<&'w str> for Key<'w> {
    fn from(text: &'w str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<i64> for Key<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Key<'_> {
    fn from(number: i32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl<'w, T: Into<Key<'w>>> From<Option<T>> for Key<'w> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// All rows of a kind, one after another.
pub(crate) type Rows<'w, R> = Box<dyn Iterator<Item = R> + 'w>;

/// What a query is, to be evaluated.
pub(crate) trait Criteria: 'static {
    /// A row of the result.
    type Row<'w>: Copy;
    /// What it can be sorted by.
    type SortBy;

    /// Every row, in the order the database gives without sorting.
    fn everything(world: &World) -> Rows<'_, Self::Row<'_>>;

    /// For questions about rows that can be at rest: the ids of all; `None` for others.
    fn all_ids() -> Option<AllIds> {
        None
    }

    /// For questions about rows that can be at rest: what the first sorting key makes of rows, told without reading them. Ids
    /// are in order; less comes first.
    fn ranks(&self, _: &World, _: &[Id]) -> Option<Vec<i64>> {
        None
    }

    /// The row of an id.
    fn row(world: &World, id: Id) -> Option<Self::Row<'_>>;

    /// Rows of a result that have ids of their own making; their place is that of the text of the id.
    fn named(_: &World) -> Vec<Id> {
        Vec::new()
    }

    /// The id of a row as the API shows it.
    fn shown_id(_: Self::Row<'_>) -> String {
        String::new()
    }

    /// Ids of rows among which all results are, from an index; `None` when there is no index for these criteria.
    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let mut found = Vec::new();
        for past in world.listed() {
            found.extend(self.narrowed_in(world, past)?);
        }
        Some(found)
    }

    /// The same, for questions about history: of a part of it.
    fn narrowed_in(&self, _: &World, _: &Past) -> Option<Vec<Id>> {
        None
    }

    /// The number of rows, where indexes tell it; everything may be seen.
    fn counted(&self, _: &World) -> Option<usize> {
        None
    }

    /// For questions about history: which root instances on disk they are about.
    fn traces(&self, _: &World) -> Option<Traces> {
        None
    }

    /// For questions about history: the order by time in which rows are wanted.
    fn pace(&self) -> Option<Pace> {
        None
    }

    /// For questions about history: tells of what is known of a root on disk how many of its rows meet the criteria and may
    /// be seen, where that is enough to know it.
    fn summary(&self, _: &World, _: Option<&Caller>) -> Option<Summary> {
        None
    }

    /// For questions about rows that may be read from disk: the id of a row.
    fn row_id(_: Self::Row<'_>) -> Id {
        Id::default()
    }

    /// Whether a row meets all criteria.
    fn matches(&self, row: Self::Row<'_>) -> bool;

    /// Whether a caller may see a row.
    fn visible(&self, row: Self::Row<'_>, viewer: &Caller) -> bool;

    /// The sorting keys asked for.
    fn sorting(&self) -> &[Sort<Self::SortBy>];

    /// A row's value of a sorting key.
    fn key<'w>(&self, by: &Self::SortBy, row: Self::Row<'w>) -> Key<'w>;
}

/// Gives the ids of all rows, in order of creation.
pub(crate) type AllIds = fn(&World) -> Vec<Id>;

/// How many rows of a root on disk count; `None`: its rows must be looked at.
pub(crate) type Summary = Box<dyn Fn(&ColdRoot) -> Option<usize>>;

/// Rows that meet the criteria and may be seen, in the order without sorting.
fn filtered<'w, Q: Criteria>(
    query: &Q,
    world: &'w World,
    viewer: Option<&Caller>,
    each: impl FnMut(Q::Row<'w>) -> bool,
    naive: bool,
) {
    let mut narrowed = if naive { None } else { query.narrowed(world) };
    if let Some(ids) = &mut narrowed {
        ids.sort_unstable();
        ids.dedup();
    }
    let mut named = Q::named(world);
    if let Some(ids) = &narrowed {
        named.retain(|id| ids.binary_search(id).is_ok());
    }
    let mut rows: Rows<'w, Q::Row<'w>> = match narrowed {
        Some(ids) => Box::new(ids.into_iter().filter_map(|id| Q::row(world, id))),
        None => Q::everything(world),
    };
    if !named.is_empty() {
        rows = arranged::<Q>(world, rows, named);
    }
    check(query, rows, viewer, each);
}

/// Those of some rows that meet the criteria and may be seen.
fn check<'w, Q: Criteria>(
    query: &Q,
    rows: Rows<'w, Q::Row<'w>>,
    viewer: Option<&Caller>,
    mut each: impl FnMut(Q::Row<'w>) -> bool,
) {
    for row in rows {
        if query.matches(row) && viewer.is_none_or(|viewer| query.visible(row, viewer)) && !each(row) {
            break;
        }
    }
}

/// Rows that are looked at together, when some may be at rest: what they are part of is read from disk and held meanwhile.
const AT_ONCE: usize = if cfg!(test) { 5 } else { 2_048 };

/// Rows among which all results are, so many that they are looked at in portions.
struct Many {
    ids: Vec<Id>,
    /// The rank of each, in order, when that is known: see [`Criteria::ranks`].
    ranks: Vec<i64>,
}

fn many<Q: Criteria>(query: &Q, world: &World, naive: bool) -> Option<Many> {
    let all = Q::all_ids().filter(|_| world.has_some_at_rest())?;
    let narrowed = if naive { None } else { query.narrowed(world) };
    let mut ids = narrowed.unwrap_or_else(|| all(world));
    if ids.len() <= AT_ONCE {
        return None;
    }
    ids.sort_unstable();
    ids.dedup();
    let Some(ranks) = query.ranks(world, &ids).filter(|_| !naive) else {
        return Some(Many { ids: arranged_ids::<Q>(world, ids), ranks: Vec::new() });
    };
    let mut ranked: Vec<(i64, Id)> = ranks.into_iter().zip(ids).collect();
    ranked.sort_unstable();
    let (ranks, ids) = ranked.into_iter().unzip();
    Some(Many { ids, ranks })
}

/// Rows in order of their ids as the API shows them, from rows in order of creation; `named` have ids that are not generated.
fn arranged<'w, Q: Criteria>(world: &'w World, rows: Rows<'w, Q::Row<'w>>, named: Vec<Id>) -> Rows<'w, Q::Row<'w>> {
    let mut own: Vec<(String, Q::Row<'w>)> =
        named.iter().filter_map(|id| Q::row(world, *id)).map(|row| (Q::shown_id(row), row)).collect();
    own.sort_by(|(a, _), (b, _)| a.cmp(b));
    let shown: std::collections::HashSet<String> = own.iter().map(|(id, _)| id.clone()).collect();
    let with_ids = rows.map(|row| (Q::shown_id(row), row)).filter(move |(id, _)| !shown.contains(id));
    let (mut generated, mut own) = (with_ids.peekable(), own.into_iter().peekable());
    Box::new(std::iter::from_fn(move || {
        let own_first = match (generated.peek(), own.peek()) {
            (Some((generated, _)), Some((own, _))) => own < generated,
            (None, _) => true,
            (Some(_), None) => false,
        };
        let next = if own_first { own.next() } else { generated.next() };
        next.map(|(_, row)| row)
    }))
}

/// The same of ids in order.
fn arranged_ids<Q: Criteria>(world: &World, mut ids: Vec<Id>) -> Vec<Id> {
    let mut named: Vec<(String, Id)> = Q::named(world)
        .into_iter()
        .filter(|id| ids.binary_search(id).is_ok())
        .filter_map(|id| Some((Q::shown_id(Q::row(world, id)?), id)))
        .collect();
    let own: std::collections::HashSet<Id> = named.iter().map(|(_, id)| *id).collect();
    ids.retain(|id| !own.contains(id));
    // from the last on: what is before stays where it is
    named.sort_by(|(a, _), (b, _)| b.cmp(a));
    let mut end = ids.len();
    for (shown, id) in named {
        end = ids[..end].partition_point(|other| other.to_string() < shown);
        ids.insert(end, id);
    }
    ids
}

/// Which root instances on disk a query is about, when there are any.
fn on_disk<Q: Criteria>(query: &Q, world: &World) -> Option<Traces> {
    if world.has_more_on_disk() { query.traces(world) } else { None }
}

/// A row that was found: in memory, or on disk.
enum Found<R> {
    Here(R),
    There(Id),
}

/// Whether rows are asked for without sorting of which some have ids that are not generated.
fn has_named<Q: Criteria>(query: &Q, world: &World) -> bool {
    query.sorting().is_empty() && !Q::named(world).is_empty()
}

/// Rows in the order of a query, no more than are wanted.
struct Sorted<'w, 'q, Q: Criteria> {
    query: &'q Q,
    wanted: usize,
    /// Without sorting: rows are in order of their ids as the API shows them, since some are not in order of creation.
    by_shown_id: bool,
    rows: Vec<(Vec<Key<'w>>, Found<Q::Row<'w>>)>,
}

/// Rows beyond those wanted that are kept until the next sorting.
const SLACK: usize = 4_096;

impl<'w, 'q, Q: Criteria> Sorted<'w, 'q, Q> {
    fn new(query: &'q Q, wanted: usize) -> Self {
        Self { query, wanted, by_shown_id: false, rows: Vec::new() }
    }

    fn is_sorted(&self) -> bool {
        self.by_shown_id || !self.query.sorting().is_empty()
    }

    fn is_full(&self) -> bool {
        !self.is_sorted() && self.rows.len() >= self.wanted
    }

    fn keys<'r>(&self, row: Q::Row<'r>) -> Vec<Key<'r>> {
        if self.by_shown_id {
            return vec![Q::shown_id(row).into()];
        }
        self.query.sorting().iter().map(|sort| self.query.key(&sort.by, row)).collect()
    }

    fn add(&mut self, keys: Vec<Key<'w>>, row: Found<Q::Row<'w>>) {
        self.rows.push((keys, row));
        if self.is_sorted() && self.rows.len() >= self.wanted.saturating_mul(2).saturating_add(SLACK) {
            self.sort();
        }
    }

    /// Takes in what is in memory.
    fn take(&mut self, world: &'w World, viewer: Option<&Caller>, naive: bool) {
        let query = self.query;
        let take = |row| {
            self.add(self.keys(row), Found::Here(row));
            !self.is_full()
        };
        filtered(query, world, viewer, take, naive);
    }

    /// Takes in rows by their ids: what they are part of will not be held.
    fn take_ids(&mut self, portion: &World, viewer: Option<&Caller>, naive: bool) {
        let query = self.query;
        let take = |row| {
            let keys = self.keys(row).into_iter().map(Key::into_owned).collect();
            self.add(keys, Found::There(Q::row_id(row)));
            !self.is_full()
        };
        filtered(query, portion, viewer, take, naive);
    }

    /// Takes in those of some rows that meet the criteria, by their ids: what they are part of will not be held.
    fn take_some(&mut self, world: &World, ids: &[Id], viewer: Option<&Caller>) {
        let query = self.query;
        let rows = Box::new(ids.iter().filter_map(|id| Q::row(world, *id)));
        check(query, rows, viewer, |row| {
            let keys = self.keys(row).into_iter().map(Key::into_owned).collect();
            self.add(keys, Found::There(Q::row_id(row)));
            !self.is_full()
        });
    }

    /// Takes in those of many rows that meet the criteria, some at a time, until no more are wanted.
    fn take_many(&mut self, many: &Many, read: impl Fn() -> World, viewer: Option<&Caller>) {
        let mut at = 0;
        // when they come in the order in which they are wanted, the first may do
        let mut size = if many.ranks.is_empty() { AT_ONCE } else { self.wanted.saturating_mul(2).clamp(1, AT_ONCE) };
        while at < many.ids.len() && !self.is_full() && !self.are_before(many.ranks.get(at)) {
            let end = many.ids.len().min(at + size);
            self.take_some(&read(), &many.ids[at..end], viewer);
            (at, size) = (end, AT_ONCE.min(2 * size));
        }
    }

    /// Whether there are as many as are wanted, and all come before what has a rank.
    fn are_before(&mut self, rank: Option<&i64>) -> bool {
        let Some(rank) = rank.filter(|_| self.rows.len() >= self.wanted) else { return false };
        self.sort();
        let last = match self.rows.last().and_then(|(keys, _)| keys.first()) {
            Some(Key::Number(number)) => *number,
            _ => i64::MIN,
        };
        let descending = self.query.sorting().first().is_some_and(|sort| sort.descending);
        (if descending { !last } else { last }) < *rank
    }

    /// The rank below which nothing is wanted any more.
    fn least(&mut self, pace: Option<Pace>) -> i64 {
        if self.is_full() {
            return i64::MAX;
        }
        let Some(pace) = pace.filter(|_| self.rows.len() >= self.wanted) else { return i64::MIN };
        self.sort();
        match self.rows.last().and_then(|(keys, _)| keys.first()) {
            Some(Key::Number(time)) => pace.rank(Some(*time)),
            _ => pace.rank(None),
        }
    }

    /// Ids of the rows from a number on.
    fn into_ids(mut self, first: usize) -> Vec<Id> {
        self.sort();
        let ids = self.rows.into_iter().skip(first);
        ids.filter_map(|(_, row)| if let Found::There(id) = row { Some(id) } else { None }).collect()
    }

    fn sort(&mut self) {
        let sorting = self.query.sorting();
        if self.by_shown_id {
            self.rows.sort_by(|(a, _), (b, _)| a[0].compare(&b[0]));
        }
        if !sorting.is_empty() {
            self.rows.sort_by(|(a, _), (b, _)| {
                sorting.iter().zip(a.iter().zip(b)).fold(Ordering::Equal, |order, (sort, (a, b))| {
                    order.then_with(|| if sort.descending { b.compare(a) } else { a.compare(b) })
                })
            });
        }
        self.rows.truncate(self.wanted);
    }
}

pub(crate) fn list<'w, Q: Criteria>(
    query: &Q,
    world: &'w World,
    page: Page,
    viewer: Option<&Caller>,
    naive: bool,
) -> Vec<Q::Row<'w>> {
    let first = page.first_result.unwrap_or(0);
    let wanted = page.max_results.map_or(usize::MAX, |most| most.saturating_add(first));
    if wanted == 0 || page.max_results == Some(0) {
        return Vec::new();
    }
    if let Some(many) = many(query, world, naive) {
        let mut sorted = Sorted::new(query, wanted);
        sorted.take_many(&many, || world.afresh(), viewer);
        return sorted.into_ids(first).into_iter().filter_map(|id| Q::row(world, id)).collect();
    }
    let traces = on_disk(query, world);
    let mut sorted = Sorted::new(query, wanted);
    sorted.by_shown_id = traces.is_some() && has_named(query, world);
    let pace = query.pace();
    // what is on disk is older than what is in memory
    if pace.is_some() {
        sorted.take(world, viewer, naive);
    }
    if let Some(traces) = traces {
        let least = sorted.least(pace);
        world.in_portions(&traces, pace, least, |portion| {
            sorted.take_ids(portion, viewer, naive);
            sorted.least(pace)
        });
    }
    if pace.is_none() && !sorted.is_full() {
        sorted.take(world, viewer, naive);
    }
    sorted.sort();
    let rows: Vec<_> = sorted.rows.into_iter().skip(first).map(|(_, row)| row).collect();
    let ids: Vec<Id> =
        rows.iter().filter_map(|row| if let Found::There(id) = row { Some(*id) } else { None }).collect();
    world.recall_rows(&ids);
    let row = |found| match found {
        Found::Here(row) => Some(row),
        Found::There(id) => Q::row(world, id),
    };
    rows.into_iter().filter_map(row).collect()
}

pub(crate) fn count<Q: Criteria>(query: &Q, world: &World, viewer: Option<&Caller>, naive: bool) -> usize {
    if let Some(ids) = uncounted(query, world, viewer, naive) {
        return ids.chunks(AT_ONCE).map(|some| count_some(query, &world.afresh(), some, viewer)).sum();
    }
    let (mut count, roots) = count_known(query, world, viewer, naive);
    for portion in world.portions(roots) {
        count += count_in(query, &portion, viewer, naive);
    }
    count
}

/// Ids of rows that must be looked at in portions to count them.
fn uncounted<Q: Criteria>(query: &Q, world: &World, viewer: Option<&Caller>, naive: bool) -> Option<Vec<Id>> {
    let known = !naive && unrestricted(viewer) && query.counted(world).is_some();
    if known { None } else { many(query, world, naive).map(|many| many.ids) }
}

fn count_some<Q: Criteria>(query: &Q, world: &World, ids: &[Id], viewer: Option<&Caller>) -> usize {
    let mut count = 0;
    let rows = Box::new(ids.iter().filter_map(|id| Q::row(world, *id)));
    check(query, rows, viewer, |_| {
        count += 1;
        true
    });
    count
}

fn count_in<Q: Criteria>(query: &Q, world: &World, viewer: Option<&Caller>, naive: bool) -> usize {
    let mut count = 0;
    let add = |_| {
        count += 1;
        true
    };
    filtered(query, world, viewer, add, naive);
    count
}

/// Counts what can be counted without reading from disk; and the roots that must be read.
fn count_known<Q: Criteria>(query: &Q, world: &World, viewer: Option<&Caller>, naive: bool) -> (usize, Vec<Id>) {
    if unrestricted(viewer)
        && !naive
        && let Some(count) = query.counted(world)
    {
        return (count, Vec::new());
    }
    let mut count = count_in(query, world, viewer, naive);
    let mut roots = Vec::new();
    if let Some(traces) = on_disk(query, world) {
        let summary = if naive { None } else { query.summary(world, viewer) };
        for root in world.candidates(&traces) {
            match summary.as_ref().and_then(|summary| summary(&root)) {
                Some(rows) => count += rows,
                None => roots.push(root.root),
            }
        }
    }
    (count, roots)
}

/// What a search has found.
#[derive(Clone, Debug)]
pub struct Search {
    page: Page,
    /// Rows of the page in their order; `None`: nothing is on disk, all can be asked for at once.
    ids: Option<Vec<Id>>,
}

/// Looks for rows on disk in steps: `read` gives the read model, which is not held in between.
pub(crate) fn search<Q: Criteria>(query: &Q, read: &dyn Fn() -> World, page: Page, viewer: Option<&Caller>) -> Search {
    let first = page.first_result.unwrap_or(0);
    let wanted = page.max_results.map_or(usize::MAX, |most| most.saturating_add(first));
    if page.max_results != Some(0) {
        // the model is not held meanwhile
        let many = many(query, &read(), false);
        if let Some(many) = many {
            let mut sorted = Sorted::new(query, wanted);
            sorted.take_many(&many, read, viewer);
            return Search { page, ids: Some(sorted.into_ids(first)) };
        }
    }
    let mut sorted = Sorted::new(query, wanted);
    let pace = query.pace();
    // both at one moment: what leaves the memory meanwhile has been looked at, what comes back is read from disk all the same
    let mut in_memory = Sorted::new(query, wanted);
    let (cold, traces) = {
        let world = read();
        let traces = if page.max_results == Some(0) { None } else { on_disk(query, &world) };
        let Some(traces) = traces else { return Search { page, ids: None } };
        sorted.by_shown_id = has_named(query, &world);
        in_memory.by_shown_id = sorted.by_shown_id;
        let first = if pace.is_some() { &mut sorted } else { &mut in_memory };
        first.take_ids(&world, viewer, false);
        (world.history.cold.clone(), traces)
    };
    let least = sorted.least(pace);
    cold.in_portions(&traces, pace, least, |roots| {
        sorted.take_ids(&World::portion_of(read, &cold, roots), viewer, false);
        sorted.least(pace)
    });
    for (keys, row) in in_memory.rows {
        if sorted.is_full() {
            break;
        }
        sorted.add(keys, row);
    }
    sorted.sort();
    let mut known = std::collections::HashSet::new();
    let ids = sorted.rows.into_iter().filter_map(|(_, row)| if let Found::There(id) = row { Some(id) } else { None });
    let ids = ids.filter(|id| known.insert(*id)).skip(first).collect();
    Search { page, ids: Some(ids) }
}

/// The rows that a search has found.
pub(crate) fn found<'w, Q: Criteria>(
    query: &Q,
    world: &'w World,
    search: &Search,
    viewer: Option<&Caller>,
) -> Vec<Q::Row<'w>> {
    match &search.ids {
        None => list(query, world, search.page, viewer, false),
        Some(ids) => {
            world.recall_rows(ids);
            ids.iter().filter_map(|id| Q::row(world, *id)).collect()
        }
    }
}

/// The number of rows; what is on disk is read in steps, between which the read model is not held.
pub(crate) fn count_in_steps<Q: Criteria>(query: &Q, read: &dyn Fn() -> World, viewer: Option<&Caller>) -> usize {
    let ids = uncounted(query, &read(), viewer, false);
    if let Some(ids) = ids {
        return ids.chunks(AT_ONCE).map(|some| count_some(query, &read(), some, viewer)).sum();
    }
    let (mut count, roots, cold) = {
        let world = read();
        let (count, roots) = count_known(query, &world, viewer, false);
        if roots.is_empty() {
            return count;
        }
        (count, roots, world.history.cold.clone())
    };
    for roots in roots.chunks(crate::world::PORTION) {
        count += count_in(query, &World::portion_of(read, &cold, roots), viewer, false);
    }
    count
}

/// The ids of all rows; what is on disk is read in steps, and none of it is held.
pub(crate) fn ids<Q: Criteria>(query: &Q, read: &dyn Fn() -> World, viewer: Option<&Caller>) -> Vec<Id> {
    let page = Page::default();
    match search(query, read, page, viewer).ids {
        Some(ids) => ids,
        None => list(query, &read(), page, viewer, false).into_iter().map(Q::row_id).collect(),
    }
}

/// Gives a query whose rows may be read from disk a method that tells their ids.
macro_rules! identified {
    ($($query:ty),*) => {
        $(impl $query {
            /// The ids of all rows that meet the criteria and that the viewer may read (`None`: all), sorted. What is on disk
            /// is read in steps, between which the read model, that `read` gives, is not held.
            pub fn ids(
                &self,
                read: &dyn Fn() -> $crate::world::World,
                viewer: Option<&$crate::request::Caller>,
            ) -> Vec<models::Id> {
                $crate::query::evaluate::ids(self, read, viewer)
            }
        })*
    };
}

pub(crate) use identified;

/// Gives a query its public methods.
macro_rules! evaluated {
    ($($query:ty => $row:ident;)*) => {
        $(impl $query {
            /// The rows that meet the criteria and that the viewer may read (`None`: all), sorted, a page of them.
            pub fn list<'w>(
                &self,
                world: &'w $crate::world::World,
                page: $crate::query::Page,
                viewer: Option<&$crate::request::Caller>,
            ) -> Vec<$row<'w>> {
                $crate::query::evaluate::list(self, world, page, viewer, false)
            }

            /// Looks for the rows of [`list`](Self::list) as a server should: what is on disk is read in steps, between
            /// which the read model, that `read` gives, is not held.
            pub fn search(
                &self,
                read: &dyn Fn() -> $crate::world::World,
                page: $crate::query::Page,
                viewer: Option<&$crate::request::Caller>,
            ) -> $crate::query::Search {
                $crate::query::evaluate::search(self, read, page, viewer)
            }

            /// The rows that a search has found, as far as they are still there.
            pub fn found<'w>(
                &self,
                world: &'w $crate::world::World,
                search: &$crate::query::Search,
                viewer: Option<&$crate::request::Caller>,
            ) -> Vec<$row<'w>> {
                $crate::query::evaluate::found(self, world, search, viewer)
            }

            /// The number of rows as [`search`](Self::search) finds them.
            pub fn count_in_steps(
                &self,
                read: &dyn Fn() -> $crate::world::World,
                viewer: Option<&$crate::request::Caller>,
            ) -> usize {
                $crate::query::evaluate::count_in_steps(self, read, viewer)
            }

            /// The number of rows that meet the criteria and that the viewer may read (`None`: all).
            pub fn count(&self, world: &$crate::world::World, viewer: Option<&$crate::request::Caller>) -> usize {
                $crate::query::evaluate::count(self, world, viewer, false)
            }
        })*
    };
}

pub(crate) use evaluated;

/// Criteria of a query met one after another: all of them, or any of them in an or-query. Criteria that are not given do not
/// count; an or-query without criteria is met.
pub(crate) struct Check {
    any: bool,
    given: bool,
    decided: bool,
}

impl Check {
    pub(crate) fn all() -> Self {
        Self { any: false, given: false, decided: false }
    }

    pub(crate) fn any() -> Self {
        Self { any: true, given: false, decided: false }
    }

    /// A criterion that counts when it is given.
    pub(crate) fn when(&mut self, given: bool, holds: impl FnOnce() -> bool) {
        if given && !self.decided {
            self.given = true;
            self.decided = holds() == self.any;
        }
    }

    pub(crate) fn text(&mut self, wanted: Option<&String>, holds: impl FnOnce(&str) -> bool) {
        if let Some(wanted) = wanted {
            self.when(true, || holds(wanted));
        }
    }

    pub(crate) fn equals(&mut self, wanted: Option<&String>, actual: Option<&str>) {
        self.text(wanted, |wanted| actual == Some(wanted));
    }

    pub(crate) fn like(&mut self, pattern: Option<&String>, actual: Option<&str>) {
        self.text(pattern, |pattern| actual.is_some_and(|actual| like(actual, pattern)));
    }

    pub(crate) fn within(&mut self, wanted: &[String], actual: Option<&str>) {
        self.when(!wanted.is_empty(), || actual.is_some_and(|actual| wanted.iter().any(|text| text == actual)));
    }

    /// `NOT IN`, which nothing meets when there is nothing to compare.
    pub(crate) fn not_within(&mut self, wanted: &[String], actual: Option<&str>) {
        self.when(!wanted.is_empty(), || actual.is_some_and(|actual| wanted.iter().all(|text| text != actual)));
    }

    pub(crate) fn id(&mut self, wanted: Option<&String>, actual: Option<Id>) {
        self.text(wanted, |wanted| actual.is_some() && wanted.parse().ok() == actual);
    }

    pub(crate) fn id_in(&mut self, wanted: &[String], actual: Option<Id>) {
        self.when(!wanted.is_empty(), || {
            actual.is_some_and(|actual| {
                let actual = actual.to_string();
                wanted.contains(&actual)
            })
        });
    }

    pub(crate) fn before(&mut self, end: Option<Timestamp>, actual: Option<Timestamp>) {
        self.when(end.is_some(), || actual.is_some() && actual < end);
    }

    pub(crate) fn after(&mut self, start: Option<Timestamp>, actual: Option<Timestamp>) {
        self.when(start.is_some(), || actual > start);
    }

    pub(crate) fn at(&mut self, wanted: Option<Timestamp>, actual: Option<Timestamp>) {
        self.when(wanted.is_some(), || actual == wanted);
    }

    /// Not after: `<=`, for the historic queries that include the limit.
    pub(crate) fn until(&mut self, end: Option<Timestamp>, actual: Option<Timestamp>) {
        self.when(end.is_some(), || actual.is_some() && actual <= end);
    }

    /// Not before: `>=`, for the historic queries that include the limit.
    pub(crate) fn since(&mut self, start: Option<Timestamp>, actual: Option<Timestamp>) {
        self.when(start.is_some(), || actual >= start);
    }

    pub(crate) fn at_least(&mut self, least: Option<i64>, actual: i64) {
        self.when(least.is_some(), || Some(actual) >= least);
    }

    pub(crate) fn at_most(&mut self, most: Option<i64>, actual: i64) {
        self.when(most.is_some(), || most >= Some(actual));
    }

    /// Tenants asked for, with those of nobody when they are included, or only those of nobody.
    pub(crate) fn tenant(&mut self, tenants: &[String], include_none: bool, none: bool, actual: Option<&str>) {
        // asking for what has no tenant, Camunda forgets the tenants that were named before
        if none {
            return self.when(true, || actual.is_none());
        }
        self.when(!tenants.is_empty(), || match actual {
            Some(actual) => tenants.iter().any(|tenant| tenant == actual),
            None => include_none,
        });
    }

    pub(crate) fn verdict(self) -> bool {
        if self.any { self.decided || !self.given } else { !self.decided }
    }
}

/// Ids among texts; others name nothing.
pub(crate) fn parsed<'a>(texts: impl IntoIterator<Item = &'a String>) -> Vec<Id> {
    texts.into_iter().filter_map(|text| text.parse().ok()).collect()
}

/// The id at the end of a text such as `{activityId}:{id}`.
pub(crate) fn parsed_end(text: &str) -> Option<Id> {
    text.rsplit(':').next()?.parse().ok()
}
