//! How much a script may use.

use std::time::Duration;

/// Bounds of one run, for every language as far as they apply. Passing one ends the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest source, in bytes.
    pub source_bytes: usize,
    /// Wall clock time of JavaScript, without the time the engine takes to answer its questions.
    pub time: Duration,
    /// Operations of rhai and steps of Groovy.
    pub operations: u64,
    /// Nested calls of rhai.
    pub depth: usize,
    /// Native stack of JavaScript and Groovy, in bytes.
    pub stack_bytes: usize,
    /// Memory of one JavaScript runtime, and allocations of one Groovy run, in bytes.
    pub memory_bytes: usize,
    /// Longest text a script may build, in bytes.
    pub text_bytes: usize,
    /// Most JavaScript runs at a time, on all threads; a run beyond fails.
    pub runtimes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            source_bytes: 1024 * 1024,
            time: Duration::from_secs(10),
            operations: 20_000_000,
            depth: 200,
            stack_bytes: 1024 * 1024,
            memory_bytes: 128 * 1024 * 1024,
            text_bytes: 16 * 1024 * 1024,
            runtimes: 32,
        }
    }
}
