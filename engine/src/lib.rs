//! Tollgate: a BPMN 2.0 engine that runs Camunda 7 models, to embed.
//!
//! [`Engine`] is the way in. It keeps everything that can be queried in [`world`], answers typed queries of [`query`], and takes
//! commands ([`command`]) and requests ([`request`]) that it answers when they are durable ([`Pending`]). What a process does
//! is decided in `engine-core`; here are threads, time, storage and user code.

mod audit;
mod decisions;
mod event_log;
pub mod explain;
mod handler;
pub mod observe;
pub mod pending;
pub mod query;
pub mod request;
pub mod rights;
mod runtime;
mod scripts;
pub mod world;

pub use engine_core::{
    command,
    error::{Fault, FaultKind},
    history,
    host::{CatchUp, Settings},
    state, trace,
};
pub use handler::{HandlerContext, HandlerError, HandlerResult};
pub use models::{Id, Timestamp, Value};
pub use pending::Pending;
pub use runtime::{
    Answered, BatchOptions, Begun, Circuit, CircuitState, CleanUpOptions, CleanUpStrategy, CleanUpWindow, Delegates,
    Engine, FormRef, IdentityOptions, JobFigures, JobOrder, JobRun, Limit, LimitFigure, Limits, LoadError, NamedLimits,
    Once, OpenError, Options, PASSWORD_RULES, PolicyRule, QueryExpressionError, QueryValue, Rate, Stepper, TaskForm,
    Window,
};
pub use scripting::Limits as ScriptLimits;
pub use scripts::check_script;
pub use store;
