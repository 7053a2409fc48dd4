//! What Camunda 7 has no word for, under `/tollgate`: the console and operators ask it. `console/API.md` describes it.

mod audit;
mod backup;
mod check;
mod events;
mod system;

pub(crate) use events::{EventStream, stream};
pub(crate) use system::resident_bytes;

use crate::http::Routes;

/// The operations below `/tollgate`.
pub(crate) fn routes() -> Routes {
    Routes::default().merge(audit::routes()).merge(backup::routes()).merge(check::routes()).merge(system::routes())
}
