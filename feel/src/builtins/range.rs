//! Relations of points and ranges (Allen's algebra).

use std::cmp::Ordering;

use super::{Arguments, Builtin, boolean, illegal};
use crate::{
    eval::Outcome,
    value::{Boundary, Kind, Range, Value},
};

/// A point or a range.
#[derive(Clone, Copy)]
enum Interval<'v> {
    Point(&'v Value),
    Range(&'v Range),
}

type Relation = fn(Interval<'_>, Interval<'_>) -> Option<bool>;

macro_rules! relations {
    ($($name:literal => $relation:expr, [$($parameters:expr),+];)+) => {
        pub(super) fn named(name: &str) -> Option<&'static [Builtin]> {
            Some(match name {
                $($name => {
                    static FORMS: &[Builtin] = &[$(Builtin::new(&$parameters, |_, a| apply(a, $relation))),+];
                    FORMS
                })+
                _ => return None,
            })
        }
    };
}

const POINTS: [&str; 2] = ["point1", "point2"];
const POINT_RANGE: [&str; 2] = ["point", "range"];
const RANGE_POINT: [&str; 2] = ["range", "point"];
const RANGES: [&str; 2] = ["range1", "range2"];

relations! {
    "before" => before, [POINTS, POINT_RANGE, RANGE_POINT, RANGES];
    "after" => |x, y| before(y, x), [POINTS, POINT_RANGE, RANGE_POINT, RANGES];
    "meets" => meets, [RANGES];
    "met by" => |x, y| meets(y, x), [RANGES];
    "overlaps" => overlaps, [RANGES];
    "overlaps before" => overlaps_before, [RANGES];
    "overlaps after" => |x, y| overlaps_before(y, x), [RANGES];
    "finishes" => finishes, [POINT_RANGE, RANGES];
    "finished by" => finished_by, [POINT_RANGE, RANGES];
    "includes" => |x, y| during(y, x), [RANGE_POINT, RANGES];
    "during" => during, [POINT_RANGE, RANGES];
    "starts" => starts, [POINT_RANGE, RANGES];
    "started by" => |x, y| starts(y, x), [RANGE_POINT, RANGES];
    "coincides" => coincides, [POINTS, RANGES];
}

fn interval(value: &Value) -> Interval<'_> {
    match value {
        Value::Range(range) => Interval::Range(range),
        _ => Interval::Point(value),
    }
}

fn apply(arguments: Arguments<'_>, relation: Relation) -> Outcome {
    let [x, y] = arguments else { return illegal() };
    let kind = |value: &Value| match value {
        Value::Range(range) => range.start.value.kind(),
        value => value.kind(),
    };
    let points = kind(x) == kind(y)
        && matches!(
            kind(x),
            Kind::Number
                | Kind::Date
                | Kind::Time
                | Kind::LocalTime
                | Kind::DateTime
                | Kind::LocalDateTime
                | Kind::YearMonthDuration
                | Kind::DayTimeDuration
        );
    if !points {
        return illegal();
    }
    // Camunda's pattern match throws where a form is missing.
    match relation(interval(x), interval(y)) {
        Some(holds) => boolean(holds),
        None => Err(crate::error::Failure::Abort("scala.MatchError".to_owned())),
    }
}

fn less(a: &Value, b: &Value) -> bool {
    a.order(b) == Some(Ordering::Less)
}

fn same(a: &Value, b: &Value) -> bool {
    a.identical(b)
}

fn same_boundary(a: &Boundary, b: &Boundary) -> bool {
    a.closed == b.closed && same(&a.value, &b.value)
}

fn before(x: Interval<'_>, y: Interval<'_>) -> Option<bool> {
    let (end, end_closed) = match x {
        Interval::Point(point) => (point, true),
        Interval::Range(range) => (&range.end.value, range.end.closed),
    };
    let (start, start_closed) = match y {
        Interval::Point(point) => (point, true),
        Interval::Range(range) => (&range.start.value, range.start.closed),
    };
    Some(less(end, start) || (!end_closed || !start_closed) && same(end, start))
}

fn meets(x: Interval<'_>, y: Interval<'_>) -> Option<bool> {
    let (Interval::Range(x), Interval::Range(y)) = (x, y) else { return None };
    Some(x.end.closed && y.start.closed && same(&x.end.value, &y.start.value))
}

/// The end of one reaches the start of the other.
fn reaches(end: &Boundary, start: &Boundary) -> bool {
    less(&start.value, &end.value) || same(&end.value, &start.value) && end.closed && start.closed
}

fn overlaps(x: Interval<'_>, y: Interval<'_>) -> Option<bool> {
    let (Interval::Range(x), Interval::Range(y)) = (x, y) else { return None };
    Some(reaches(&x.end, &y.start) && reaches(&y.end, &x.start))
}

/// Starts no later in the sense that an open start begins behind a closed one.
fn starts_before(a: &Boundary, b: &Boundary) -> bool {
    less(&a.value, &b.value) || same(&a.value, &b.value) && a.closed && !b.closed
}

fn ends_within(a: &Boundary, b: &Boundary) -> bool {
    less(&a.value, &b.value) || same(&a.value, &b.value) && (!a.closed || b.closed)
}

fn overlaps_before(x: Interval<'_>, y: Interval<'_>) -> Option<bool> {
    let (Interval::Range(x), Interval::Range(y)) = (x, y) else { return None };
    Some(starts_before(&x.start, &y.start) && reaches(&x.end, &y.start) && ends_within(&x.end, &y.end))
}

/// Starts no earlier.
fn starts_within(a: &Boundary, b: &Boundary) -> bool {
    less(&b.value, &a.value) || same(&a.value, &b.value) && (!a.closed || b.closed)
}

fn finishes(x: Interval<'_>, y: Interval<'_>) -> Option<bool> {
    match (x, y) {
        (Interval::Range(x), Interval::Range(y)) => {
            Some(same_boundary(&x.end, &y.end) && starts_within(&x.start, &y.start))
        }
        (Interval::Point(point), Interval::Range(range)) => Some(range.end.closed && same(&range.end.value, point)),
        _ => None,
    }
}

fn finished_by(x: Interval<'_>, y: Interval<'_>) -> Option<bool> {
    finishes(y, x)
}

fn during(x: Interval<'_>, y: Interval<'_>) -> Option<bool> {
    match (x, y) {
        (Interval::Range(x), Interval::Range(y)) => {
            Some(starts_within(&x.start, &y.start) && ends_within(&x.end, &y.end))
        }
        (Interval::Point(point), Interval::Range(range)) => Some(
            less(&range.start.value, point) && less(point, &range.end.value)
                || range.start.closed && same(&range.start.value, point)
                || range.end.closed && same(&range.end.value, point),
        ),
        _ => None,
    }
}

fn starts(x: Interval<'_>, y: Interval<'_>) -> Option<bool> {
    match (x, y) {
        (Interval::Range(x), Interval::Range(y)) => {
            Some(same_boundary(&x.start, &y.start) && ends_within(&x.end, &y.end))
        }
        (Interval::Point(point), Interval::Range(range)) => Some(range.start.closed && same(&range.start.value, point)),
        _ => None,
    }
}

fn coincides(x: Interval<'_>, y: Interval<'_>) -> Option<bool> {
    Some(match (x, y) {
        (Interval::Range(x), Interval::Range(y)) => same_boundary(&x.start, &y.start) && same_boundary(&x.end, &y.end),
        (Interval::Point(x), Interval::Point(y)) => same(x, y),
        _ => false,
    })
}
