//! How requests come in and answers go out: routing, parameters, JSON bodies, error answers. Knows no resource.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod date;
pub(crate) mod failure;
pub(crate) mod faults;
pub(crate) mod form;
pub(crate) mod once;
pub(crate) mod params;
pub(crate) mod routes;

pub(crate) use answer::Answer;
pub(crate) use body::{Input, Object};
pub(crate) use call::Call;
pub(crate) use date::Date;
pub(crate) use failure::Failure;
pub(crate) use faults::Attempt;
pub(crate) use params::{Parameter, asked, criteria, pages, parameters};
pub(crate) use routes::{Media, Routes};

/// What a handler returns.
pub(crate) type Reply = Result<Answer, Failure>;
