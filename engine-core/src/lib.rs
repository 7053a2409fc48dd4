//! The pure core of Tollgate: compiled process graphs, the state of a root instance, and transactions over it.
//!
//! It never reads a clock, makes a random number, starts a thread, or touches a file or socket; `now`, ids and answers of the
//! outside world come in. The one invariant: a transaction that fails leaves the state as it was committed last.
//! Start reading at [`state::InstanceState`] and [`history::HistoryEvent`].

mod behaviour;
pub mod calendar;
pub mod command;
pub mod cron;
pub mod error;
pub mod form;
pub mod graph;
pub mod history;
pub mod host;
pub mod migration;
pub mod state;
pub mod trace;
pub mod transaction;
