//! What can be said about models before they run.
//!
//! [`Source`] is a file, [`read`] makes a [`Model`] of it with everything that the engine would say at deployment. Nothing in
//! here runs a process or touches a file.

mod model;
mod source;

pub use model::{Content, Model, read};
pub use source::{Kind, Source};
