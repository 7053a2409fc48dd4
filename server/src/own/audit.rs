//! `GET /tollgate/audit.jsonl`: the user operation log, an entry a line, for archives and for tools that watch over systems.

use std::convert::Infallible;

use axum::body::Body;
use models::Id;
use tollgate::query::{Page, UserOperationQuery};

use crate::{
    criteria::history_log::USER_OPERATION,
    http::{Answer, Call, Reply, Routes, criteria},
    view::history_log::OperationView,
};

/// Entries written at a time; the engine goes on between two of these.
const CHUNK: usize = 500;

pub(super) fn routes() -> Routes {
    Routes::default().get_file("/audit.jsonl", export)
}

/// The entries that match the criteria of `GET /history/user-operation` and that the caller may read, oldest first. They are
/// streamed: the log may be longer than memory has room for its text.
fn export(call: &Call) -> Reply {
    let query: UserOperationQuery = criteria(call, USER_OPERATION)?;
    let mut ids: Vec<Id> = {
        let world = call.app.engine.read();
        query.list(&world, Page::default(), Some(&call.caller)).iter().map(|row| row.id).collect()
    };
    ids.sort_unstable();
    let start = (call.app.clone(), ids.into_iter());
    let lines = futures_util::stream::unfold(start, |(app, mut ids)| async move {
        let chunk: Vec<Id> = ids.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return None;
        }
        let mut text = Vec::with_capacity(chunk.len() * 512);
        {
            let world = app.engine.read();
            // what was cleaned up meanwhile is left out
            for row in chunk.into_iter().filter_map(|id| world.user_operation(id)) {
                // writing to memory can't fail
                let _ = serde_json::to_writer(&mut text, &OperationView { world: &world, row });
                text.push(b'\n');
            }
        }
        Some((Ok::<_, Infallible>(text), (app, ids)))
    });
    Ok(Answer::stream("application/jsonl", Body::from_stream(lines)).attachment("audit.jsonl"))
}
