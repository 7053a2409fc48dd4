//! The read model.

mod records;
pub mod permission;

pub use records::*;
