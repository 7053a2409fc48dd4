//! The `OpenAPI` document, made of two lists that people can read: `operations.txt` and `schemas.txt`.
//!
//! The lists are the description of the API; tests hold them against the routes and against the criteria of queries, in both
//! directions, so that what is described is served and what is served is described.

mod document;
#[cfg(test)]
mod reference;
mod text;

pub(crate) use document::document;
