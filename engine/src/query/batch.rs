//! Batches, running and in history, with their statistics.

use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    parameters::{Sort, query, sorting},
    visibility::sees,
};
use crate::{
    request::Caller,
    world::{
        Batch, World,
        permission::{READ, READ_HISTORY, Resource},
    },
};

query! {
    /// `GET /batch`.
    BatchQuery
    text { batch_id, kind }
    texts { tenant_id_in }
    flag { suspended, active, without_tenant_id }
    ;
    sorting: Vec<Sort<BatchSorting>> = "Sorting keys, the first first.",
}

sorting!(BatchSorting { BatchId = "batchId", TenantId = "tenantId" });

query! {
    /// `GET /batch/statistics`.
    BatchStatisticsQuery
    text { batch_id, kind, created_by }
    texts { tenant_id_in }
    time { started_before, started_after }
    flag { suspended, active, without_tenant_id, with_failures, without_failures }
    ;
    sorting: Vec<Sort<BatchStatisticsSorting>> = "Sorting keys, the first first.",
}

sorting!(BatchStatisticsSorting { BatchId = "batchId", TenantId = "tenantId", StartTime = "startTime" });

query! {
    /// `GET /history/batch`.
    HistoricBatchQuery
    text { batch_id, kind }
    texts { tenant_id_in }
    flag { without_tenant_id }
    ;
    completed: Option<bool> = "`completed` of the API: ended, or still running.",
    sorting: Vec<Sort<HistoricBatchSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricBatchSorting {
    BatchId = "batchId",
    StartTime = "startTime",
    EndTime = "endTime",
    TenantId = "tenantId",
});

/// A batch in a result.
pub type BatchRow<'w> = Row<'w, Batch>;

evaluated! {
    BatchQuery => BatchRow;
    BatchStatisticsQuery => BatchRow;
    HistoricBatchQuery => BatchRow;
}

impl BatchRow<'_> {
    /// Jobs of the batch itself that are still there.
    fn open_jobs(&self) -> impl Iterator<Item = &engine_core::state::Job> {
        let jobs = self.world.jobs_of_batch(self.entity.id);
        jobs.filter(|job| matches!(job.kind, engine_core::state::JobKind::BatchExecution(..)))
    }

    /// `remainingJobs`: made and to be made.
    pub fn remaining_jobs(&self) -> i32 {
        let open = i32::try_from(self.open_jobs().count()).unwrap_or(i32::MAX);
        self.entity.total_jobs - self.entity.jobs_created + open
    }

    /// `completedJobs`.
    pub fn completed_jobs(&self) -> i32 {
        self.entity.total_jobs - self.remaining_jobs()
    }

    /// `failedJobs`: without retries left.
    pub fn failed_jobs(&self) -> i32 {
        i32::try_from(self.open_jobs().filter(|job| job.retries == 0).count()).unwrap_or(i32::MAX)
    }
}

fn running(world: &World) -> Rows<'_, BatchRow<'_>> {
    Box::new(world.batches().filter(|batch| batch.end.is_none()).map(move |batch| Row::new(world, batch)))
}

fn sees_batch(row: BatchRow<'_>, viewer: &Caller, permission: i32) -> bool {
    sees(viewer, row.tenant.as_deref(), || {
        row.world.may(viewer, Resource::Batch, Some(&row.id.to_string()), permission)
    })
}

impl Criteria for BatchQuery {
    type Row<'w> = BatchRow<'w>;
    type SortBy = BatchSorting;

    fn everything(world: &World) -> Rows<'_, BatchRow<'_>> {
        running(world)
    }

    fn row(world: &World, id: Id) -> Option<BatchRow<'_>> {
        world.batch(id).filter(|batch| batch.end.is_none()).map(|batch| Row::new(world, batch))
    }

    fn narrowed(&self, _: &World) -> Option<Vec<Id>> {
        self.batch_id.as_ref().map(|id| parsed([id]))
    }

    fn matches(&self, row: BatchRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.batch_id.as_ref(), Some(row.id));
        check.equals(self.kind.as_ref(), Some(&row.kind));
        check.when(self.suspended, || row.suspended);
        check.when(self.active, || !row.suspended);
        // here the tenants that are named count
        let none = self.without_tenant_id && self.tenant_id_in.is_empty();
        check.tenant(&self.tenant_id_in, false, none, row.tenant.as_deref());
        check.verdict()
    }

    fn visible(&self, row: BatchRow<'_>, viewer: &Caller) -> bool {
        sees_batch(row, viewer, READ)
    }

    fn sorting(&self) -> &[Sort<BatchSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &BatchSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            BatchSorting::BatchId => row.id.into(),
            BatchSorting::TenantId => row.entity.tenant.as_deref().into(),
        }
    }
}

impl Criteria for BatchStatisticsQuery {
    type Row<'w> = BatchRow<'w>;
    type SortBy = BatchStatisticsSorting;

    fn everything(world: &World) -> Rows<'_, BatchRow<'_>> {
        running(world)
    }

    fn row(world: &World, id: Id) -> Option<BatchRow<'_>> {
        world.batch(id).filter(|batch| batch.end.is_none()).map(|batch| Row::new(world, batch))
    }

    fn narrowed(&self, _: &World) -> Option<Vec<Id>> {
        self.batch_id.as_ref().map(|id| parsed([id]))
    }

    fn matches(&self, row: BatchRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.batch_id.as_ref(), Some(row.id));
        check.equals(self.kind.as_ref(), Some(&row.kind));
        check.equals(self.created_by.as_ref(), row.create_user.as_deref());
        check.until(self.started_before, Some(row.start));
        check.since(self.started_after, Some(row.start));
        check.when(self.suspended, || row.suspended);
        check.when(self.active, || !row.suspended);
        // of the two the one that asks for none counts
        check.when(self.with_failures && !self.without_failures, || row.failed_jobs() > 0);
        check.when(self.without_failures, || row.failed_jobs() == 0);
        // here the tenants that are named count
        let none = self.without_tenant_id && self.tenant_id_in.is_empty();
        check.tenant(&self.tenant_id_in, false, none, row.tenant.as_deref());
        check.verdict()
    }

    fn visible(&self, row: BatchRow<'_>, viewer: &Caller) -> bool {
        sees_batch(row, viewer, READ)
    }

    fn sorting(&self) -> &[Sort<BatchStatisticsSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &BatchStatisticsSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            BatchStatisticsSorting::BatchId => row.id.into(),
            BatchStatisticsSorting::TenantId => row.entity.tenant.as_deref().into(),
            BatchStatisticsSorting::StartTime => row.start.into(),
        }
    }
}

impl Criteria for HistoricBatchQuery {
    type Row<'w> = BatchRow<'w>;
    type SortBy = HistoricBatchSorting;

    fn everything(world: &World) -> Rows<'_, BatchRow<'_>> {
        Box::new(world.batches().map(move |batch| Row::new(world, batch)))
    }

    fn row(world: &World, id: Id) -> Option<BatchRow<'_>> {
        world.batch(id).map(|batch| Row::new(world, batch))
    }

    fn narrowed(&self, _: &World) -> Option<Vec<Id>> {
        self.batch_id.as_ref().map(|id| parsed([id]))
    }

    fn matches(&self, row: BatchRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.batch_id.as_ref(), Some(row.id));
        check.equals(self.kind.as_ref(), Some(&row.kind));
        check.when(self.completed.is_some(), || self.completed == Some(row.end.is_some()));
        // here the tenants that are named count
        let none = self.without_tenant_id && self.tenant_id_in.is_empty();
        check.tenant(&self.tenant_id_in, false, none, row.tenant.as_deref());
        check.verdict()
    }

    fn visible(&self, row: BatchRow<'_>, viewer: &Caller) -> bool {
        sees_batch(row, viewer, READ_HISTORY)
    }

    fn sorting(&self) -> &[Sort<HistoricBatchSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricBatchSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            HistoricBatchSorting::BatchId => row.id.into(),
            HistoricBatchSorting::StartTime => row.start.into(),
            HistoricBatchSorting::EndTime => row.end.into(),
            HistoricBatchSorting::TenantId => row.entity.tenant.as_deref().into(),
        }
    }
}
