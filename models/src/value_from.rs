//! Rust values as typed variables.

use crate::{time::Timestamp, value::Value};

macro_rules! from {
    ($($type:ty => $variant:ident),*) => {
        $(impl From<$type> for Value { fn from(value: $type) -> Self { Self::$variant(value) } })*
    };
}
from!(bool => Boolean, i16 => Short, i32 => Integer, i64 => Long, f64 => Double, Timestamp => Date);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
