//! Reading expectations and counting facts.

pub(crate) mod corpus;
pub(crate) mod facts;
