//! What a process *is*: BPMN definitions, typed variable values, identifiers, source positions and diagnostics.
//!
//! This crate holds data only. It never reads XML (see `bpmn-parser`), never evaluates an expression (see `juel`) and never
//! runs anything (see `engine-core`). Start reading at [`bpmn::Definitions`] and [`value::Value`].

pub mod bpmn;
pub mod cbor;
pub mod diagnostic;
pub mod id;
pub mod java_order;
mod text;
pub mod time;
pub mod value;
mod value_from;

pub use diagnostic::{Diagnostic, Position, Severity, Span};
pub use id::Id;
pub use text::Text;
pub use time::Timestamp;
pub use value::Value;
