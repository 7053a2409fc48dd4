//! End-to-end tests of Tollgate; see `tests/`.
