//! Migration plans: mappings of activities from one process to another (S-MO-9).
//!
//! A plan is checked on its own, without any instance ([`validate`]); a plan that maps equal activities can be generated
//! ([`generate`]). What is wrong with an instance is told when it is migrated.

mod behaviour;
mod generate;
mod validate;

pub(crate) use behaviour::{event_scope, is_supported};
pub use generate::generate;
pub use validate::{report_text, validate};

use crate::graph::{NodeIx, ProcessGraph};

/// A mapping between activities that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mapping {
    source: NodeIx,
    target: NodeIx,
    update_event_trigger: bool,
}

/// Mappings that are checked against each other.
struct Mappings<'g> {
    source: &'g ProcessGraph,
    target: &'g ProcessGraph,
    all: Vec<Mapping>,
}

impl Mappings<'_> {
    fn of_source(&self, node: NodeIx) -> impl Iterator<Item = &Mapping> {
        self.all.iter().filter(move |mapping| mapping.source == node)
    }

    fn of_target(&self, node: NodeIx) -> impl Iterator<Item = &Mapping> {
        self.all.iter().filter(move |mapping| mapping.target == node)
    }
}
