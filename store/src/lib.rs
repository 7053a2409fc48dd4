//! Durable storage under the engine: ordered byte strings, atomic commits, group commit, checksums.
//!
//! # The interface in one view
//!
//! ```
//! use tollgate_store::{Direction, KeyRange, Kind, Op, Options, Store};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("store");
//! let store = Store::open(Kind::Fjall, &path, Options::default())?;
//!
//! // Blocking: returns when the commit is on disk.
//! let seq = store.commit(vec![Op::put(b"r\x01", b"state"), Op::put(b"h\x01", b"events")])?;
//!
//! // From many threads or async code: a callback on completion…
//! let (send, receive) = std::sync::mpsc::channel();
//! store.submit(vec![Op::delete(b"r\x01")], move |outcome| send.send(outcome).unwrap())?;
//! assert_eq!(receive.recv()??.0, seq.0 + 1);
//!
//! // …or a ticket to wait for.
//! let ticket = store.submit_ticket(vec![Op::put(b"r\x02", b"other")])?;
//! ticket.wait()?;
//!
//! // Reads see what is committed and never wait for the committer.
//! assert!(store.get(b"r\x01")?.is_none());
//! for record in store.scan(&KeyRange::prefix(b"r"), Direction::Backward) {
//!     let (key, payload) = record?;
//!     assert_eq!((&*key, &*payload), (b"r\x02".as_slice(), b"other".as_slice()));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - A key's first byte names its table. Table 0 belongs to the store; all others are the caller's.
//! - [`Store::submit`] gives each commit its [`Seq`] at once. Numbers have no gaps, and commits become durable and are
//!   completed in their order: a later commit may build on an earlier one that is not durable yet.
//! - [`Store::committed`] is the last durable commit.
//! - A full queue makes submitters wait ([`Store::try_submit`] refuses instead); a nearly full disk refuses commits with
//!   [`CommitError::DiskFull`] and recovers by itself.
//! - A failed write or sync ends the handle: every waiting and later commit, and every read, gets
//!   [`CommitError::Poisoned`]. Open the store again to see what is durable; nothing is retried.
//! - Every value carries a checksum over its key, payload and commit number; reads verify it.
//!
//! - [`Store::flush`] makes everything submitted so far durable, also with [`Durability::Relaxed`].
//! - Keeping a store well: [`check`] and [`Store::check`], [`Store::backup`], [`restore`], [`migrate`],
//!   [`Store::compact`], [`Store::stats`].
//!
//! # Simulation
//!
//! [`Store::over`] takes any [`KeyValue`], such as a [`Faulty`] disk, and [`Drive::Manual`] leaves the committer's work to
//! the caller: one thread, one order, no clock.
//!
//! ```
//! use tollgate_store::{Drive, Faults, Faulty, Op, Options, Store};
//!
//! let options = || Options { drive: Drive::Manual, ..Options::default() };
//! let disk = Faulty::new(7, Faults { failed_sync: 0.1, ..Faults::default() });
//! if let Ok(store) = Store::over(disk.clone(), options()) {
//!     store.submit(vec![Op::put(b"r\x01", b"state")], |outcome| drop(outcome)).unwrap();
//!     store.run_pending();
//! }
//! let after_the_crash = Store::over(disk.restart(Faults::default()), options()).unwrap();
//! println!("durable up to {:?}", after_the_crash.committed());
//! ```
//!
//! # Inside
//!
//! [`KeyValue`] is the small trait of the stores underneath ([`Kind`]). [`Store`] adds the queue, the groups, checksums
//! and verification, the same for all of them. `record` has the layout on disk, `committer` the grouping, `verify` what
//! opening looks at.

mod backend;
mod backup;
mod bytes;
mod check;
mod committer;
mod error;
mod folder;
mod key_value;
mod queue;
mod record;
mod scratch;
mod space;
mod stats;
mod store;
mod ticket;
mod verify;

pub use backend::{Faults, Faulty, Memory};
pub use backup::{Summary, migrate, restore, verify_backup};
pub use bytes::Bytes;
pub use check::{Report, TableReport, check};
pub use error::{CommitError, Error};
pub use key_value::{Direction, KeyRange, KeyValue, Kind, MAX_KEY_BYTES, MAX_VALUE_BYTES, Op, Persist, Scan, Snapshot};
pub use space::FreeSpace;
pub use stats::{Counters, Histogram, Stats};
pub use store::{Drive, Durability, Options, Records, Seq, Store, open_key_value};
pub use ticket::{Outcome, Ticket};
