//! Variable values on the wire: `{"type", "value", "valueInfo"}`.

mod input;
mod java;
mod java_stream;
mod output;

pub(crate) use input::{named, untyped, variables};
pub(crate) use output::{Typed, content};
