//! Dynamic values of expressions and scripts, with the methods of their Java counterparts.
//!
//! JUEL, Groovy and the glue of JavaScript and rhai share one value type, [`Object`], one set of host methods
//! ([`methods`]), one conversion from and to typed variables ([`convert`]) and one way to reach the engine, [`Context`].
//! Nothing here knows the engine: `execution`, `task` and beans are opaque [`Handle`]s that the context resolves.

mod args;
pub mod classes;
pub mod compare;
pub mod context;
pub mod convert;
mod equality;
mod format;
pub mod json;
pub mod methods;
pub mod number;
pub mod object;
pub mod pattern;
pub mod shared;
pub mod temporal;
pub mod text;
pub mod typed;
mod values;
pub mod xml;

pub use context::{Context, Handle, ObjectError};
pub use models::Timestamp;
pub use object::{Extension, MapKey, Object, ObjectMap};
pub use shared::Shared;
pub use values::Values;
