//! Ranges: lists that keep their bounds.

use std::any::Any;

use objects::{Extension, Object};

/// A range, both bounds inclusive; `from` is less than or equal to `to`.
#[derive(Clone, Debug)]
pub(crate) struct Range {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// Counts down.
    pub(crate) reverse: bool,
    /// No elements: `3..<3` keeps its bound.
    pub(crate) empty: bool,
    pub(crate) of: RangeOf,
}

/// What a range counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RangeOf {
    Int,
    Long,
    /// Characters, as texts of one letter.
    Char,
}

impl Range {
    /// Number of elements.
    pub(crate) fn len(&self) -> u64 {
        if self.empty { 0 } else { self.to.abs_diff(self.from) + 1 }
    }

    /// The element at a position that exists.
    pub(crate) fn at(&self, index: u64) -> Object {
        let step = i64::try_from(index).unwrap_or(i64::MAX);
        let value = if self.reverse { self.to.wrapping_sub(step) } else { self.from.wrapping_add(step) };
        self.element(value)
    }

    pub(crate) fn element(&self, value: i64) -> Object {
        match self.of {
            RangeOf::Int => Object::Integer(i32::try_from(value).unwrap_or(i32::MAX)),
            RangeOf::Long => Object::Long(value),
            RangeOf::Char => {
                let char = u32::try_from(value).ok().and_then(char::from_u32).unwrap_or('?');
                Object::string(char.encode_utf8(&mut [0; 4]) as &str)
            }
        }
    }
}

impl Extension for Range {
    fn class_name(&self) -> String {
        match self.of {
            _ if self.empty => "groovy.lang.EmptyRange",
            RangeOf::Int => "groovy.lang.IntRange",
            RangeOf::Long | RangeOf::Char => "groovy.lang.ObjectRange",
        }
        .to_owned()
    }

    fn text(&self) -> String {
        let (first, last) = if self.reverse { (self.to, self.from) } else { (self.from, self.to) };
        format!("{first}..{last}")
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
