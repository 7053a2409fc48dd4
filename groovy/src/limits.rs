//! How much a script may use.

/// Bounds of one run. Passing one ends the script with [`crate::ScriptError::Limit`], which it cannot catch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Statements, calls and elements visited.
    pub steps: u64,
    /// Bytes of native stack that nested calls and expressions may take; must fit the thread that runs the script.
    pub stack_bytes: usize,
    /// Bytes allocated over the whole run, by estimate; freed memory is not given back.
    pub allocated_bytes: u64,
    /// Longest text, in bytes.
    pub text_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 20_000_000,
            stack_bytes: 1024 * 1024,
            allocated_bytes: 512 * 1024 * 1024,
            text_bytes: 16 * 1024 * 1024,
        }
    }
}
