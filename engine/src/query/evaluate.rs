//! Evaluation of queries: narrowing by an index, checking every criterion, sorting, paging.

use std::{borrow::Cow, cmp::Ordering, ops::Deref};

use models::{Id, Timestamp};

use super::{
    parameters::{Page, Sort},
    text::like,
};
use crate::{
    request::Caller,
    world::{World, cold::Traces, past::Past},
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
pub(crate) trait Criteria {
    /// A row of the result.
    type Row<'w>: Copy;
    /// What it can be sorted by.
    type SortBy;

    /// Every row, in the order the database gives without sorting.
    fn everything(world: &World) -> Rows<'_, Self::Row<'_>>;

    /// The row of an id.
    fn row(world: &World, id: Id) -> Option<Self::Row<'_>>;

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

    /// For questions about history: which root instances on disk they are about.
    fn traces(&self, _: &World) -> Option<Traces> {
        None
    }

    /// For questions about history: the id of a row.
    fn historic_id(_: Self::Row<'_>) -> Id {
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

/// Rows that meet the criteria and may be seen, in the order without sorting.
fn filtered<'w, Q: Criteria>(
    query: &Q,
    world: &'w World,
    viewer: Option<&Caller>,
    mut each: impl FnMut(Q::Row<'w>) -> bool,
    naive: bool,
) {
    let narrowed = if naive { None } else { query.narrowed(world) };
    let rows: Rows<'w, Q::Row<'w>> = match narrowed {
        Some(mut ids) => {
            ids.sort_unstable();
            ids.dedup();
            Box::new(ids.into_iter().filter_map(|id| Q::row(world, id)))
        }
        None => Q::everything(world),
    };
    for row in rows {
        if query.matches(row) && viewer.is_none_or(|viewer| query.visible(row, viewer)) && !each(row) {
            break;
        }
    }
}

/// A row that was found: in memory, or on disk.
enum Found<R> {
    Here(R),
    There(Id),
}

/// Rows in the order of a query, no more than are wanted.
struct Sorted<'w, 'q, Q: Criteria> {
    query: &'q Q,
    wanted: usize,
    rows: Vec<(Vec<Key<'w>>, Found<Q::Row<'w>>)>,
}

/// Rows beyond those wanted that are kept until the next sorting.
const SLACK: usize = 4_096;

impl<'w, Q: Criteria> Sorted<'w, '_, Q> {
    fn is_full(&self) -> bool {
        self.query.sorting().is_empty() && self.rows.len() >= self.wanted
    }

    fn add(&mut self, keys: Vec<Key<'w>>, row: Found<Q::Row<'w>>) {
        self.rows.push((keys, row));
        if !self.query.sorting().is_empty() && self.rows.len() >= self.wanted.saturating_mul(2).saturating_add(SLACK) {
            self.sort();
        }
    }

    fn sort(&mut self) {
        let sorting = self.query.sorting();
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

fn keys<'w, Q: Criteria>(query: &Q, row: Q::Row<'w>) -> Vec<Key<'w>> {
    query.sorting().iter().map(|sort| query.key(&sort.by, row)).collect()
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
    let mut sorted = Sorted { query, wanted, rows: Vec::new() };
    // what is on disk is older than what is in memory
    if let Some(traces) = query.traces(world) {
        for portion in world.portions(&traces) {
            if sorted.is_full() {
                break;
            }
            let take = |row| {
                let keys = keys(query, row).into_iter().map(Key::into_owned).collect();
                sorted.add(keys, Found::There(Q::historic_id(row)));
                !sorted.is_full()
            };
            filtered(query, &portion, viewer, take, naive);
        }
    }
    if !sorted.is_full() {
        let take = |row| {
            sorted.add(keys(query, row), Found::Here(row));
            !sorted.is_full()
        };
        filtered(query, world, viewer, take, naive);
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
    let mut count = 0;
    let mut each = |world: &World| {
        filtered(
            query,
            world,
            viewer,
            |_| {
                count += 1;
                true
            },
            naive,
        );
    };
    match query.traces(world) {
        Some(traces) => world.through(&traces, each),
        None => each(world),
    }
    count
}

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
        self.when(!tenants.is_empty(), || match actual {
            Some(actual) => tenants.iter().any(|tenant| tenant == actual),
            None => include_none,
        });
        self.when(none, || actual.is_none());
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
