//! The subset of Groovy that process models use.
pub(crate) mod ast;
pub(crate) mod classes;
mod error;
pub(crate) mod lexer;
mod limits;
pub(crate) mod parser;
pub(crate) mod stack;
pub(crate) mod token;
pub use error::{ParseError, ScriptError};
pub use limits::Limits;
