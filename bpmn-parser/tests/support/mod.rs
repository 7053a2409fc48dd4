//! Reading expectations and counting facts.

pub mod corpus;
pub mod facts;
