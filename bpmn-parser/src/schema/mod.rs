//! Holds a document against the BPMN 2.0 schema and fills in what the schema gives by default.
//!
//! The rules are a table of our own ([`table`], `bpmn20.rules`). Findings have the texts, the order and the places of the Java
//! parser that Camunda 7 uses. `xsi:schemaLocation` hints are not followed: a file cannot bring its own rules.

mod content;
mod simple;
mod table;
mod validator;

pub(crate) use validator::validate;
