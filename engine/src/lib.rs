//! Tollgate: a BPMN 2.0 engine that runs Camunda 7 models, to embed.

pub mod pending;
pub mod query;
pub mod request;
pub mod world;

pub use engine_core::{
    command, error::{Fault, FaultKind}, history, state,
};
pub use models::{Id, Timestamp, Value};
pub use pending::Pending;
