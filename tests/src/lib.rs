//! End-to-end tests of Tollgate; see `tests/`.

pub mod checks;
pub mod random;
pub mod replay;
pub mod simulation;
