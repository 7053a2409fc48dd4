//! What the benchmarks and load programs share: models, meters and drivers.
//!
//! - `cargo run --release -p tollgate-benches --bin load`: the engine in process.
//! - `cargo run --release -p tollgate-benches --bin http`: a running server, over HTTP.
//! - `cargo bench -p tollgate-benches`: parser, expressions, steps, commits and queries.
//! - `benches/run.sh`: all of it in one sitting, with the limits of the machine beside it.

pub mod drive;
pub mod meter;
pub mod models;

/// As in the binary: freeing on another thread than that which allocated is the rule here, and what glibc does slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
