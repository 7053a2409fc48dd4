//! Operations on running and ended instances, seen from outside: migration, batches, clean-up of history, metrics.

mod batches;
mod clean_up;
mod migration;
mod support;
