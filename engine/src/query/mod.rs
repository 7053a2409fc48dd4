//! Typed queries over the read model.
//!
//! A query struct has one field for each parameter of the REST API and gives rows by `list` and `count`. Candidates come
//! from an index where one helps; every candidate is then checked against all criteria, so that an index can only make a
//! query faster, never change its result. The meaning of each criterion is that of Camunda 7's database queries.

mod administration;
mod batch;
mod decision;
mod definition;
mod evaluate;
mod event_subscription;
mod execution;
mod external_task;
mod historic_activity;
mod historic_decision;
mod historic_detail;
mod historic_identity_link;
mod historic_incident;
mod historic_log;
mod historic_process_instance;
mod historic_task;
mod historic_variable;
mod identity;
mod incident;
mod job;
mod narrow;
mod parameters;
mod process_instance;
mod report;
mod statistics;
mod task;
#[cfg(test)]
mod tests;
mod text;
mod user_operation;
mod variable;
mod variable_filter;
mod visibility;

pub use administration::*;
pub use batch::*;
pub use decision::*;
pub use definition::*;
pub use evaluate::{Row, Search};
pub use event_subscription::*;
pub use execution::*;
pub use external_task::*;
pub use historic_activity::*;
pub use historic_decision::*;
pub use historic_detail::*;
pub use historic_identity_link::*;
pub use historic_incident::*;
pub use historic_log::*;
pub use historic_process_instance::*;
pub use historic_task::*;
pub use historic_variable::*;
pub use identity::*;
pub use incident::*;
pub use job::*;
pub use parameters::{Page, Sort};
pub use process_instance::*;
pub use report::*;
pub use statistics::*;
pub use task::*;
pub use user_operation::*;
pub use variable::*;
pub use variable_filter::{Operator, VariableFilter};
pub(crate) use visibility::fetchable_external_task;
