//! The values of FEEL.

use std::{cmp::Ordering, fmt, ops::Deref, sync::Arc};

use indexmap::IndexMap;
use jiff::{
    SignedDuration, Zoned,
    civil::{Date, DateTime, Time},
};

use crate::{
    decimal::Decimal,
    function::Function,
    temporal::{self, ShowDate, ShowDuration, ShowMonths, ShowTime, ZonedTime},
};

/// A value. Cheap to clone: everything large is shared.
#[derive(Clone, Debug)]
pub enum Value {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Decimal),
    /// A text.
    String(Arc<str>),
    /// A date.
    Date(Date),
    /// A time with an offset or zone.
    Time(Arc<ZonedTime>),
    /// A time without offset.
    LocalTime(Time),
    /// A date and time with an offset or zone.
    DateTime(Arc<Zoned>),
    /// A date and time without offset.
    LocalDateTime(DateTime),
    /// Years and months, in months.
    YearMonthDuration(i64),
    /// Days, hours, minutes, seconds.
    DayTimeDuration(SignedDuration),
    /// A list.
    List(Arc<List>),
    /// A context.
    Context(Arc<Context>),
    /// A range.
    Range(Arc<Range>),
    /// A function.
    Function(Arc<Function>),
}

/// Items in order. Knows how deep it is nested, so that limits cost nothing to check.
#[derive(Clone, Debug, Default)]
pub struct List {
    items: Vec<Value>,
    depth: u32,
}

impl List {
    /// The items as a vector.
    pub fn into_items(self) -> Vec<Value> {
        self.items
    }
}

impl From<Vec<Value>> for List {
    fn from(items: Vec<Value>) -> Self {
        let depth = items.iter().map(Value::depth).max().unwrap_or(0) + 1;
        Self { items, depth }
    }
}

impl Deref for List {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.items
    }
}

/// Names with values, in the order in which they were added.
#[derive(Clone, Debug, Default)]
pub struct Context {
    depth: u32,
    pub(crate) entries: IndexMap<Arc<str>, Value>,
    /// Functions have their own name space: `c.f` finds no function, `c.f(1)` no other value.
    pub(crate) functions: IndexMap<Arc<str>, Vec<Arc<Function>>>,
    /// Made by a context literal. Camunda's engine compares these by identity where it searches a list.
    pub(crate) literal: bool,
}

impl Context {
    /// A context with no entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a context literal begins with.
    pub(crate) fn literal() -> Self {
        Self { literal: true, ..Self::default() }
    }

    /// The entry of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries.get(name)
    }

    /// Adds or replaces an entry.
    pub fn insert(&mut self, name: impl Into<Arc<str>>, value: Value) {
        self.depth = self.depth.max(value.depth());
        self.entries.insert(name.into(), value);
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Value)> {
        self.entries.iter()
    }

    /// Adds a function, which has the name space of its own.
    pub(crate) fn insert_function(&mut self, name: Arc<str>, function: Arc<Function>) {
        self.depth = self.depth.max(function.depth());
        self.functions.entry(name).or_default().push(function);
    }

    pub(crate) fn depth(&self) -> u32 {
        self.depth + 1
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<K: Into<Arc<str>>> FromIterator<(K, Value)> for Context {
    fn from_iter<T: IntoIterator<Item = (K, Value)>>(iter: T) -> Self {
        let mut context = Self::default();
        for (name, value) in iter {
            context.insert(name, value);
        }
        context
    }
}

/// One end of a range.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// Whether the end belongs to the range.
    pub closed: bool,
    /// The end.
    pub value: Value,
}

/// A range of comparable values of one type.
#[derive(Clone, Debug)]
pub struct Range {
    /// Where it begins.
    pub start: Boundary,
    /// Where it ends.
    pub end: Boundary,
}

/// Type of a value, finer than FEEL's own: times with and without offset are two kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the values")]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Date,
    Time,
    LocalTime,
    DateTime,
    LocalDateTime,
    YearMonthDuration,
    DayTimeDuration,
    List,
    Context,
    Range,
    Function,
}

impl Value {
    /// A text.
    pub fn string(text: impl Into<Arc<str>>) -> Self {
        Self::String(text.into())
    }

    /// A list.
    pub fn list(items: Vec<Self>) -> Self {
        Self::List(Arc::new(items.into()))
    }

    /// A date and time with offset or zone.
    pub fn date_time(zoned: Zoned) -> Self {
        Self::DateTime(Arc::new(zoned))
    }

    /// A whole number.
    pub fn integer(value: i64) -> Self {
        Self::Number(Decimal::from(value))
    }

    /// A context.
    pub fn context(context: Context) -> Self {
        Self::Context(Arc::new(context))
    }

    /// How deep lists and contexts are nested; 0 for all other values.
    pub fn depth(&self) -> u32 {
        match self {
            Self::List(items) => items.depth,
            Self::Context(context) => context.depth(),
            Self::Function(function) => function.depth(),
            Self::Range(range) => range.start.value.depth().max(range.end.value.depth()) + 1,
            _ => 0,
        }
    }

    /// What kind of value this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Number(_) => Kind::Number,
            Self::String(_) => Kind::String,
            Self::Date(_) => Kind::Date,
            Self::Time(_) => Kind::Time,
            Self::LocalTime(_) => Kind::LocalTime,
            Self::DateTime(_) => Kind::DateTime,
            Self::LocalDateTime(_) => Kind::LocalDateTime,
            Self::YearMonthDuration(_) => Kind::YearMonthDuration,
            Self::DayTimeDuration(_) => Kind::DayTimeDuration,
            Self::List(_) => Kind::List,
            Self::Context(_) => Kind::Context,
            Self::Range(_) => Kind::Range,
            Self::Function(_) => Kind::Function,
        }
    }

    /// The type's name, as `instance of` and messages have it.
    pub fn type_name(&self) -> &'static str {
        self.kind().type_name()
    }

    /// Whether `<` may be asked. A list is comparable when its items are of one comparable kind.
    pub fn is_comparable(&self) -> bool {
        match self {
            Self::Number(_)
            | Self::String(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::LocalTime(_)
            | Self::DateTime(_)
            | Self::LocalDateTime(_)
            | Self::YearMonthDuration(_)
            | Self::DayTimeDuration(_) => true,
            Self::List(items) => items
                .first()
                .is_some_and(|first| first.is_comparable() && items.iter().all(|item| item.kind() == first.kind())),
            Self::Null | Self::Bool(_) | Self::Context(_) | Self::Range(_) | Self::Function(_) => false,
        }
    }

    /// The order of two values of one kind; `None` where there is none.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::String(a), Self::String(b)) => compare_text(a, b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b)) => a.nanos().cmp(&b.nanos()),
            (Self::LocalTime(a), Self::LocalTime(b)) => a.cmp(b),
            (Self::DateTime(a), Self::DateTime(b)) => temporal::compare_date_time(a, b),
            (Self::LocalDateTime(a), Self::LocalDateTime(b)) => a.cmp(b),
            (Self::YearMonthDuration(a), Self::YearMonthDuration(b)) => a.cmp(b),
            (Self::DayTimeDuration(a), Self::DayTimeDuration(b)) => a.cmp(b),
            _ => return None,
        })
    }

    /// FEEL's `=`; `None` where the kinds differ. `null` is equal to `null` only.
    pub fn equals(&self, other: &Self) -> Option<bool> {
        Some(match (self, other) {
            (Self::Null, _) | (_, Self::Null) => matches!((self, other), (Self::Null, Self::Null)),
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals(b) == Some(true))
            }
            (Self::Context(a), Self::Context(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| value.equals(other) == Some(true)))
            }
            (Self::Range(_) | Self::Function(_), _) | (_, Self::Range(_) | Self::Function(_)) => return None,
            _ if self.kind() != other.kind() => return None,
            _ => self.identical(other),
        })
    }

    /// Equality as lists are searched with: no conversion, different kinds are different, context literals and functions
    /// are equal to themselves only.
    pub fn identical(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Date(a), Self::Date(b)) => a == b,
            (Self::Time(a), Self::Time(b)) => a == b,
            (Self::LocalTime(a), Self::LocalTime(b)) => a == b,
            (Self::DateTime(a), Self::DateTime(b)) => temporal::same_date_time(a, b),
            (Self::LocalDateTime(a), Self::LocalDateTime(b)) => a == b,
            (Self::YearMonthDuration(a), Self::YearMonthDuration(b)) => a == b,
            (Self::DayTimeDuration(a), Self::DayTimeDuration(b)) => a == b,
            (Self::List(a), Self::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.identical(b)),
            (Self::Context(a), Self::Context(b)) => {
                Arc::ptr_eq(a, b)
                    || !a.literal
                        && !b.literal
                        && a.len() == b.len()
                        && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| value.identical(other)))
            }
            (Self::Range(a), Self::Range(b)) => {
                let same = |a: &Boundary, b: &Boundary| a.closed == b.closed && a.value.identical(&b.value);
                same(&a.start, &b.start) && same(&a.end, &b.end)
            }
            (Self::Function(a), Self::Function(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

/// Java's order of texts: by UTF-16 code units.
fn compare_text(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

impl Kind {
    /// The type's name in FEEL.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Date => "date",
            Self::Time | Self::LocalTime => "time",
            Self::DateTime | Self::LocalDateTime => "date and time",
            Self::YearMonthDuration => "years and months duration",
            Self::DayTimeDuration => "days and time duration",
            Self::List => "list",
            Self::Context => "context",
            Self::Range => "range",
            Self::Function => "function",
        }
    }
}

impl fmt::Display for Value {
    /// What `string()` gives, except that texts are in quotes: the form in messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::String(text) => write!(f, "\"{text}\""),
            Self::Date(date) => write!(f, "{}", ShowDate(*date)),
            Self::LocalTime(time) => write!(f, "{}", ShowTime(*time)),
            Self::Time(time) => match time.zone.as_ref().and_then(temporal::region_name) {
                Some(zone) => write!(f, "{}@{zone}", ShowTime(time.time)),
                None => write!(f, "{}{}", ShowTime(time.time), temporal::offset_id(time.offset)),
            },
            Self::LocalDateTime(value) => write!(f, "{}T{}", ShowDate(value.date()), ShowTime(value.time())),
            Self::DateTime(value) => {
                write!(f, "{}T{}", ShowDate(value.date()), ShowTime(value.time()))?;
                if temporal::region(value).is_some() {
                    f.write_str("@")?;
                }
                f.write_str(&temporal::zone_id(value))
            }
            Self::YearMonthDuration(months) => write!(f, "{}", ShowMonths(*months)),
            Self::DayTimeDuration(duration) => write!(f, "{}", ShowDuration(*duration)),
            Self::List(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Context(context) => {
                f.write_str("{")?;
                for (at, (name, value)) in context.iter().enumerate() {
                    write!(f, "{}{name}:{value}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
            Self::Range(range) => write!(
                f,
                "{}{}..{}{}",
                if range.start.closed { '[' } else { '(' },
                range.start.value,
                range.end.value,
                if range.end.closed { ']' } else { ')' }
            ),
            Self::Function(function) => write!(f, "function({})", function.parameters().join(", ")),
        }
    }
}
