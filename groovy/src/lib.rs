//! The subset of Groovy that process models use.
//!
//! [`Script::parse`] turns a source into a resolved tree, once; [`Script::run`] walks it. Values are
//! [`objects::Object`]s, Java's own methods come from [`objects::methods`] and [`objects::classes`]; what Groovy adds to
//! them (closures over collections, operators, conversions) lives here. A script reaches the world through an
//! [`objects::Context`] only: files, network, processes, reflection and class loaders do not exist for it, and naming their
//! classes is refused while parsing.
//!
//! Start reading at `parser` and `interpreter`.

#![expect(clippy::unnecessary_box_returns, reason = "a throw travels boxed, so that results stay small")]
#![expect(clippy::match_same_arms, reason = "tables of methods are ordered by topic, not by what they share")]

mod ast;
mod classes;
mod error;
mod gdk;
mod interpreter;
mod json;
mod lexer;
mod limits;
mod ops;
mod parser;
mod script;
mod stack;
mod token;
mod values;

pub use error::{ParseError, ScriptError};
pub use limits::Limits;
pub use script::{Bindings, Script};
