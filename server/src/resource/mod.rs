//! The resources of the API, one module each.

mod authorization;
mod batch;
mod comment;
mod decision;
mod decision_query;
mod deployment;
mod event;
mod execution;
mod explain;
mod external_task;
mod filter;
mod form;
mod history;
mod identity;
mod incident;
mod instruction;
mod job;
mod migration;
mod process_definition;
mod process_instance;
mod report;
mod statistics;
mod system;
mod task;
mod variables;

use engine_core::error::Fault;
use models::Id;

use crate::{http::Routes, view::Link};

/// All operations.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .merge(system::routes())
        .merge(deployment::routes())
        .merge(process_definition::routes())
        .merge(decision::routes())
        .merge(process_instance::routes())
        .merge(execution::routes())
        .merge(task::routes())
        .merge(external_task::routes())
        .merge(event::routes())
        .merge(job::routes())
        .merge(batch::routes())
        .merge(incident::routes())
        .merge(history::routes())
        .merge(variables::routes())
        .merge(identity::routes())
        .merge(authorization::routes())
        .merge(filter::routes())
        .merge(comment::routes())
        .merge(migration::routes())
        .merge(report::routes())
        .merge(explain::routes())
}

/// Declares list and count of a query: how its criteria are read, and the view of a row.
macro_rules! listing {
    ($list:ident, $count:ident, $read:ident: $query:ty = $table:expr, $sorting:ty, |$call:ident, $row:ident| $view:expr
     $(, with |$criteria:ident| $prepare:expr)?) => {
        fn $read($call: &$crate::http::Call) -> Result<$query, $crate::http::Failure> {
            let asked = $crate::http::asked($call, $table, |name, _| Ok(<$sorting>::from_name(name)))?;
            let mut query: $query = asked.query;
            $({ let $criteria = &mut query; $prepare; })?
            query.sorting = asked.orders?;
            Ok(query)
        }

        pub(super) fn $list($call: &$crate::http::Call) -> $crate::http::Reply {
            let pages = $crate::http::pages($call)?;
            let query = $read($call)?;
            let page = pages.page()?;
            let found = query.search(&|| $call.app.engine.read(), page, Some(&$call.caller));
            let world = $call.app.engine.read();
            let rows = query.found(&world, &found, Some(&$call.caller));
            let views: Vec<_> = rows.into_iter().map(|$row| $view).collect();
            $crate::http::Answer::json(&views)
        }

        pub(super) fn $count($call: &$crate::http::Call) -> $crate::http::Reply {
            let query = $read($call)?;
            let count = query.count_in_steps(&|| $call.app.engine.read(), Some(&$call.caller));
            $crate::http::Answer::count(count)
        }
    };
}
pub(crate) use listing;

/// The id of a text, if it is one.
fn id_of(text: &str) -> Option<Id> {
    text.parse().ok()
}

/// The id that a text in a list names. A text that is no id gets one that nothing has: what is named counts, and is found
/// missing where it is needed.
fn named(text: &str) -> Id {
    id_of(text).unwrap_or_else(|| {
        // FNV-1a, as a UUID of version 8, which the engine never makes
        let hash = text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b)
        });
        Id::new((hash & !(0xf << 76) & !(0b11 << 62)) | (8 << 76) | (0b10 << 62))
    })
}

/// The id of a text that must be one; the fault is what the engine says about unknown ids.
fn known(text: &str, fault: impl FnOnce() -> Fault) -> Result<Id, Fault> {
    id_of(text).ok_or_else(fault)
}

/// `links` with the address of something that was created.
fn self_link(call: &crate::http::Call, path: &str) -> Vec<Link> {
    Link::to_self(Some(call.link(path)))
}
