//! The Camunda 7 REST API over the engine.
//!
//! [`router`] makes an axum router of an engine, [`serve`] runs it on a socket. `http/` is plumbing that knows no resource;
//! `resource/` has a module per resource of the API; `engine.rs` is the only place that calls the engine;
//! `http/faults.rs` says which answer each fault gets at each endpoint. Nothing in here decides what a process does.

mod app;
mod auth;
mod criteria;
mod engine;
mod findings;
mod http;
mod metrics;
mod model;
mod openapi;
mod options;
mod own;
mod polls;
mod resource;
mod serve;
mod site;
mod test_mode;
mod value;
mod view;

pub use options::{Console, ConsoleFile, FindFile, Options, Reload, Stop, Tls};
pub use serve::serve;
pub use site::router;
