//! `/batch` and `/history/batch`.

use tollgate::{
    query::{
        BatchQuery, BatchSorting, BatchStatisticsQuery, BatchStatisticsSorting, HistoricBatchQuery,
        HistoricBatchSorting,
    },
    request::{Batch, BatchChange},
};

use super::{id_of, listing};
use crate::{
    criteria::admin::{BATCH, BATCH_STATISTICS, HISTORIC_BATCH},
    http::{Answer, Attempt, Call, Failure, Reply, Routes},
    view::admin::{BatchStatisticsView, BatchView, HistoricBatchView, Progress},
};

/// The operations.
pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/batch", list)
        .get("/batch/count", count)
        .get("/batch/statistics", list_statistics)
        .get("/batch/statistics/count", count_statistics)
        .get("/batch/{id}", one)
        .delete("/batch/{id}", delete)
        .put("/batch/{id}/suspended", suspend)
        .get("/history/batch", list_history)
        .get("/history/batch/count", count_history)
        .get("/history/batch/{id}", one_in_history)
        .delete("/history/batch/{id}", delete_history)
}

listing!(list, count, read: BatchQuery = BATCH, BatchSorting, |call, row| BatchView { row: row.entity });

listing!(list_statistics, count_statistics, read_statistics: BatchStatisticsQuery = BATCH_STATISTICS,
BatchStatisticsSorting, |call, row| BatchStatisticsView {
    progress: Progress {
        remaining: row.remaining_jobs(),
        completed: row.completed_jobs(),
        failed: row.failed_jobs(),
    },
    row: row.entity,
});

listing!(list_history, count_history, read_history: HistoricBatchQuery = HISTORIC_BATCH, HistoricBatchSorting,
    |call, row| HistoricBatchView { row: row.entity });

/// Starts a batch and shows it.
pub(super) async fn start(call: &Call, request: Batch) -> Reply {
    // of these Camunda catches nothing
    let plain = matches!(
        request,
        Batch::SetVariables { .. } | Batch::CorrelateMessage { .. } | Batch::Migrate(_) | Batch::SetRemovalTime { .. }
    );
    let failed = |fault| if plain { Failure::from(fault) } else { Attempt::BadRequest.failed(fault) };
    let id = call.app.engine.batch(request, &call.caller).await.map_err(failed)?;
    let world = call.app.engine.read();
    match world.batch(id) {
        Some(row) => Answer::json(&BatchView { row }),
        None => Err(Failure::missing(format!("Batch with id '{id}' does not exist"))),
    }
}

fn one(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = id_of(call.id()).and_then(|id| world.batch(id)).filter(|batch| batch.end.is_none());
    let row = row.filter(|row| call.rights(&world).sees_batch(row));
    let row = row.ok_or_else(|| Failure::missing(format!("Batch with id '{}' does not exist", call.id())))?;
    Answer::json(&BatchView { row })
}

/// The fault about a batch that is not there.
fn unknown() -> engine_core::error::Fault {
    engine_core::error::Fault::bad_request("batch is null")
}

async fn delete(call: Call) -> Reply {
    let failed = |fault| Attempt::DeleteBatch(call.id()).failed(fault);
    let batch = super::known(call.id(), unknown).map_err(failed)?;
    let change = BatchChange::Delete { batch, cascade: call.flag("cascade", false) };
    call.app.engine.change_batch(change, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

async fn suspend(call: Call) -> Reply {
    let suspended = call.object()?.flag("suspended")?;
    let failed = |fault| Attempt::SuspendBatch(call.id(), suspended).failed(fault);
    let batch = super::known(call.id(), unknown).map_err(failed)?;
    call.app.engine.change_batch(BatchChange::Suspend { batch, suspended }, &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}

fn one_in_history(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let row = id_of(call.id()).and_then(|id| world.batch(id));
    let row = row.filter(|row| call.rights(&world).sees_batch_history(row));
    let row = row.ok_or_else(|| Failure::missing(format!("Historic batch with id '{}' does not exist", call.id())))?;
    Answer::json(&HistoricBatchView { row })
}

async fn delete_history(call: Call) -> Reply {
    let failed = |fault| Attempt::DeleteHistoricBatch(call.id()).failed(fault);
    let batch = super::known(call.id(), unknown).map_err(failed)?;
    call.app.engine.change_batch(BatchChange::DeleteHistory(batch), &call.caller).await.map_err(failed)?;
    Ok(Answer::nothing())
}
