//! Batches, users, groups, tenants, authorizations, comments, attachments.

use tollgate::{
    history::{Attachment, Comment},
    world::{Authorization, Batch, Group, Tenant, User, World},
};

use super::{Link, Text, view};
use crate::http::Date;

view! {
    /// A running batch.
    BatchView<'a> { row: &'a Batch } => {
        "id": Text(row.id),
        "type": row.kind,
        "totalJobs": row.total_jobs,
        "jobsCreated": row.jobs_created,
        "batchJobsPerSeed": row.batch_jobs_per_seed,
        "invocationsPerBatchJob": row.invocations_per_batch_job,
        "seedJobDefinitionId": row.seed_job_definition.map(Text),
        "monitorJobDefinitionId": row.monitor_job_definition.map(Text),
        "batchJobDefinitionId": row.batch_job_definition.map(Text),
        "suspended": row.suspended,
        "tenantId": row.tenant,
        "createUserId": row.create_user,
        "startTime": Date(row.start),
        "executionStartTime": row.execution_start.map(Date),
    }
}

/// How far a batch is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// Jobs that have not ended.
    pub(crate) remaining: i32,
    /// Jobs that have ended.
    pub(crate) completed: i32,
    /// Jobs without retries.
    pub(crate) failed: i32,
}

view! {
    /// A running batch with how far it is.
    BatchStatisticsView<'a> { row: &'a Batch, progress: Progress } => {
        "id": Text(row.id),
        "type": row.kind,
        "totalJobs": row.total_jobs,
        "jobsCreated": row.jobs_created,
        "batchJobsPerSeed": row.batch_jobs_per_seed,
        "invocationsPerBatchJob": row.invocations_per_batch_job,
        "seedJobDefinitionId": row.seed_job_definition.map(Text),
        "monitorJobDefinitionId": row.monitor_job_definition.map(Text),
        "batchJobDefinitionId": row.batch_job_definition.map(Text),
        "suspended": row.suspended,
        "tenantId": row.tenant,
        "createUserId": row.create_user,
        "startTime": Date(row.start),
        "executionStartTime": row.execution_start.map(Date),
        "remainingJobs": progress.remaining,
        "completedJobs": progress.completed,
        "failedJobs": progress.failed,
    }
}

view! {
    /// A batch in history.
    HistoricBatchView<'a> { row: &'a Batch } => {
        "id": Text(row.id),
        "type": row.kind,
        "totalJobs": row.total_jobs,
        "batchJobsPerSeed": row.batch_jobs_per_seed,
        "invocationsPerBatchJob": row.invocations_per_batch_job,
        "seedJobDefinitionId": row.seed_job_definition.map(Text),
        "monitorJobDefinitionId": row.monitor_job_definition.map(Text),
        "batchJobDefinitionId": row.batch_job_definition.map(Text),
        "tenantId": row.tenant,
        "createUserId": row.create_user,
        "startTime": Date(row.start),
        "endTime": row.end.map(Date),
        "removalTime": row.removal_time.map(Date),
        "executionStartTime": row.execution_start.map(Date),
    }
}

view! {
    /// A user.
    UserView<'a> { row: &'a User } => {
        "id": row.id,
        "firstName": row.first_name,
        "lastName": row.last_name,
        "email": row.email,
    }
}

view! {
    /// A group.
    GroupView<'a> { row: &'a Group } => {
        "id": row.id,
        "name": row.name,
        "type": row.kind,
    }
}

view! {
    /// A tenant.
    TenantView<'a> { row: &'a Tenant } => {
        "id": row.id,
        "name": row.name,
    }
}

view! {
    /// An authorization.
    AuthorizationView<'a> { row: &'a Authorization } => {
        "id": Text(row.id),
        "type": row.kind.number(),
        "permissions": row.permission_names(),
        "userId": row.user,
        "groupId": row.group,
        "resourceType": row.resource_type,
        "resourceId": Some(&row.resource_id).filter(|id| !id.is_empty()),
        "removalTime": row.removal_time.map(Date),
        "rootProcessInstanceId": row.root_process_instance.map(Text),
    }
}

view! {
    /// A comment.
    CommentView<'a> { world: &'a World, row: &'a Comment, href: Option<&'a str> }
    let task = row.task.and_then(|task| world.historic_task(task));
    let instance = row.process_instance.or_else(|| task.and_then(|task| task.process_instance));
    let root = instance.and_then(|id| world.historic_process_instance(id));
    => {
        "links": Link::to_self(href.map(str::to_owned)),
        "id": Text(row.id),
        "userId": row.user,
        "time": Date(row.time),
        "taskId": row.task.map(|task| world.task_text_id(task)),
        "message": row.message,
        "removalTime": row.removal_time.map(Date),
        "rootProcessInstanceId": root.map(|root| Text(root.root)),
        "processInstanceId": row.process_instance.map(Text),
    }
}

view! {
    /// An attachment.
    AttachmentView<'a> { world: &'a World, row: &'a Attachment, href: Option<&'a str> }
    let task = row.task.and_then(|task| world.historic_task(task));
    let instance = row.process_instance.or_else(|| task.and_then(|task| task.process_instance));
    let root = instance.and_then(|id| world.historic_process_instance(id));
    => {
        "links": Link::to_self(href.map(str::to_owned)),
        "id": Text(row.id),
        "name": row.name,
        "description": row.description,
        "taskId": row.task.map(|task| world.task_text_id(task)),
        "type": row.kind,
        "url": row.url,
        "createTime": Date(row.created),
        "removalTime": row.removal_time.map(Date),
        "rootProcessInstanceId": root.map(|root| Text(root.root)),
    }
}
