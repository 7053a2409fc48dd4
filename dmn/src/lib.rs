//! DMN as Camunda 7.24 deploys and evaluates it: decision tables, literal expressions, decision requirements.
//!
//! [`parse`] turns a file into a [`Drd`]: validated against the DMN schemas (1.1 to 1.5), checked as Camunda checks it, with
//! every FEEL text parsed. [`Drd::evaluate`] evaluates a decision and what it requires against a [`DecisionHost`], which
//! gives variables, the clock, and evaluates other languages. The [`Evaluation`] holds everything that history keeps, and
//! the [`DecisionResult`] knows the forms in which a business rule task stores it. This crate never reads a clock and knows
//! no process. Start reading at `transform` for deployment, `evaluate` for evaluation.

mod error;
mod evaluate;
mod hit_policy;
mod host;
mod java;
mod model;
mod result;
mod schema;
mod show;
mod transform;
mod types;
mod values;
mod xml;

pub use error::{Cause, DeployError, DmnError};
pub use evaluate::{EvaluatedDecision, EvaluatedInput, EvaluatedOutput, EvaluatedRule, Evaluation};
pub use host::{DecisionHost, HostError, Locals};
pub use model::{
    Aggregator, Decision, DecisionTable, Drd, ExpressionInfo, HitPolicy, Input, LiteralExpression, Logic, Output, Rule,
};
pub use result::{DecisionResult, Entries, ResultMapping};
pub use transform::parse;
pub use types::TypedValue;
