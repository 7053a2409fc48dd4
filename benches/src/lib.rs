//! What the benchmarks and load programs share: models, meters and drivers.
//!
//! - `cargo run --release -p tollgate-benches --bin load`: the engine in process.
//! - `cargo bench -p tollgate-benches`: parser, conditions, steps, commits and queries, in time.
//! - `cargo run --release -p tollgate-benches --bin instructions`: the same in instructions, which do not vary.
//! - `cargo run --release -p tollgate-benches --bin large`: a store with a million instances.
//! - `benches/run.sh`: all but that in one sitting, with the limits of the machine beside it; `benches/compare.sh`: beside Camunda 7.

pub mod drive;
pub mod meter;
pub mod models;
pub mod work;

/// As in the binary: freeing on another thread than that which allocated is the rule here, and what glibc does slowly.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
