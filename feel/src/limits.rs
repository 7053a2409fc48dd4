//! How much one expression may use. Camunda has no such limits; a hostile text there costs the thread.

/// Longest text of one expression, in bytes.
pub const MAX_LENGTH: usize = 1 << 18;
/// How deep expressions may be nested.
pub const MAX_NESTING: u32 = 256;
/// How deep calls and nested expressions may be while evaluating.
pub const MAX_EVALUATION_DEPTH: u32 = 400;
/// How deep lists and contexts may be nested.
pub const MAX_VALUE_DEPTH: u32 = 256;
/// Steps of one evaluation: nodes visited and items touched.
pub const MAX_STEPS: u64 = 4_000_000;
/// Longest text an evaluation may build, in bytes.
pub const MAX_TEXT: usize = 1 << 24;
