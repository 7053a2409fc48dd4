//! Logs of jobs and external tasks.

use engine_core::history::{HistoricExternalTaskLog, HistoricJobLog, LogKind, activity_instance_text};
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::{among, under_id},
    parameters::{Sort, query, sorting},
    visibility::{Entry, reads_past, sees},
};
use crate::{
    request::Caller,
    world::{World, cold::Traces, past::Past},
};

query! {
    /// `GET` and `POST /history/job-log`.
    HistoricJobLogQuery
    text {
        log_id, job_id, job_exception_message, job_definition_id, job_definition_type, job_definition_configuration,
        process_instance_id, process_definition_id, process_definition_key, deployment_id, hostname,
    }
    texts { activity_id_in, failed_activity_id_in, execution_id_in, tenant_id_in }
    number { job_priority_higher_than_or_equals, job_priority_lower_than_or_equals }
    flag { creation_log, failure_log, success_log, deletion_log, without_tenant_id }
    ;
    sorting: Vec<Sort<HistoricJobLogSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricJobLogSorting {
    Timestamp = "timestamp",
    JobId = "jobId",
    JobDueDate = "jobDueDate",
    JobRetries = "jobRetries",
    JobPriority = "jobPriority",
    JobDefinitionId = "jobDefinitionId",
    ActivityId = "activityId",
    ExecutionId = "executionId",
    ProcessInstanceId = "processInstanceId",
    ProcessDefinitionId = "processDefinitionId",
    ProcessDefinitionKey = "processDefinitionKey",
    DeploymentId = "deploymentId",
    Occurrence = "occurrence",
    TenantId = "tenantId",
    Hostname = "hostname",
});

query! {
    /// `GET` and `POST /history/external-task-log`.
    HistoricExternalTaskLogQuery
    text {
        log_id, external_task_id, topic_name, worker_id, error_message, process_instance_id, process_definition_id,
        process_definition_key,
    }
    texts { activity_id_in, activity_instance_id_in, execution_id_in, tenant_id_in }
    number { priority_higher_than_or_equals, priority_lower_than_or_equals }
    flag { creation_log, failure_log, success_log, deletion_log, without_tenant_id }
    ;
    sorting: Vec<Sort<HistoricExternalTaskLogSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricExternalTaskLogSorting {
    Timestamp = "timestamp",
    ExternalTaskId = "externalTaskId",
    Retries = "retries",
    Priority = "priority",
    TopicName = "topicName",
    WorkerId = "workerId",
    ActivityId = "activityId",
    ActivityInstanceId = "activityInstanceId",
    ExecutionId = "executionId",
    ProcessInstanceId = "processInstanceId",
    ProcessDefinitionId = "processDefinitionId",
    ProcessDefinitionKey = "processDefinitionKey",
    TenantId = "tenantId",
});

/// An entry of the job log.
pub type HistoricJobLogRow<'w> = Row<'w, HistoricJobLog>;

/// An entry of the external task log.
pub type HistoricExternalTaskLogRow<'w> = Row<'w, HistoricExternalTaskLog>;

evaluated! {
    HistoricJobLogQuery => HistoricJobLogRow;
    HistoricExternalTaskLogQuery => HistoricExternalTaskLogRow;
}

impl<'w> HistoricJobLogRow<'w> {
    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// `processDefinitionKey`.
    pub fn process_definition_key(&self) -> Option<&'w str> {
        self.world.definition_key(self.entity.definition)
    }

    /// `deploymentId`.
    pub fn deployment(&self) -> Option<Id> {
        let of_definition = || Some(self.world.process_definition(self.entity.definition?)?.deployment);
        self.entity.deployment.or_else(of_definition)
    }

    /// `rootProcessInstanceId`.
    pub fn root(&self) -> Option<Id> {
        Some(self.world.historic_process_instance(self.entity.process_instance?)?.root)
    }
}

impl<'w> HistoricExternalTaskLogRow<'w> {
    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(Some(self.entity.definition))
    }

    /// `processDefinitionKey`.
    pub fn process_definition_key(&self) -> Option<&'w str> {
        self.world.definition_key(Some(self.entity.definition))
    }

    /// `activityInstanceId`.
    pub fn activity_instance_id(&self) -> String {
        activity_instance_text(&self.entity.activity, self.entity.activity_instance)
    }

    /// `rootProcessInstanceId`.
    pub fn root(&self) -> Option<Id> {
        Some(self.world.historic_process_instance(self.entity.process_instance)?.root)
    }
}

impl Criteria for HistoricJobLogQuery {
    type Row<'w> = HistoricJobLogRow<'w>;
    type SortBy = HistoricJobLogSorting;

    fn everything(world: &World) -> Rows<'_, HistoricJobLogRow<'_>> {
        Box::new(world.historic_job_logs().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricJobLogRow<'_>> {
        world.historic_job_log(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, _: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.job_logs;
        Some(if let Some(id) = &self.log_id {
            among(&past.archive.job_logs, parsed([id]))
        } else if let Some(id) = &self.job_id {
            under_id(&by.job, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else {
            return None;
        })
    }

    fn traces(&self, _: &World) -> Option<Traces> {
        let traces = Traces::any()
            .given(self.log_id.as_ref().map(|id| parsed([id])))
            .given(self.job_id.as_ref().map(|id| parsed([id])))
            .given(self.process_instance_id.as_ref().map(|id| parsed([id])));
        Some(traces)
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricJobLogRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.log_id.as_ref(), Some(row.id));
        check.id(self.job_id.as_ref(), Some(row.job));
        check.equals(self.job_exception_message.as_ref(), row.message.as_deref());
        check.within(&self.failed_activity_id_in, row.failed_activity.as_deref());
        check.id(self.job_definition_id.as_ref(), row.job_definition);
        check.equals(self.job_definition_type.as_ref(), row.job_definition_type.as_deref());
        check.equals(self.job_definition_configuration.as_ref(), row.job_definition_configuration.as_deref());
        check.within(&self.activity_id_in, row.activity.as_deref());
        check.id_in(&self.execution_id_in, row.execution);
        check.id(self.process_instance_id.as_ref(), row.process_instance);
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| row.process_definition_key() == Some(key));
        check.id(self.deployment_id.as_ref(), row.deployment());
        check.when(self.creation_log, || row.kind == LogKind::Creation);
        check.when(self.failure_log, || row.kind == LogKind::Failure);
        check.when(self.success_log, || row.kind == LogKind::Success);
        check.when(self.deletion_log, || row.kind == LogKind::Deletion);
        check.at_least(self.job_priority_higher_than_or_equals, row.priority);
        check.at_most(self.job_priority_lower_than_or_equals, row.priority);
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.equals(self.hostname.as_ref(), row.hostname.as_deref());
        check.verdict()
    }

    fn visible(&self, row: HistoricJobLogRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            let of = Entry { definition: row.definition, instance: row.process_instance, task: None };
            reads_past(row.world, viewer, of)
        })
    }

    fn sorting(&self) -> &[Sort<HistoricJobLogSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricJobLogSorting, row: Self::Row<'w>) -> Key<'w> {
        let entity = row.entity;
        match by {
            HistoricJobLogSorting::Timestamp => entity.time.into(),
            HistoricJobLogSorting::JobId => entity.job.into(),
            HistoricJobLogSorting::JobDueDate => entity.due.into(),
            HistoricJobLogSorting::JobRetries => entity.retries.into(),
            HistoricJobLogSorting::JobPriority => entity.priority.into(),
            HistoricJobLogSorting::JobDefinitionId => entity.job_definition.into(),
            HistoricJobLogSorting::ActivityId => entity.activity.as_deref().into(),
            HistoricJobLogSorting::ExecutionId => entity.execution.into(),
            HistoricJobLogSorting::ProcessInstanceId => entity.process_instance.into(),
            HistoricJobLogSorting::ProcessDefinitionId => row.process_definition_id().into(),
            HistoricJobLogSorting::ProcessDefinitionKey => row.process_definition_key().into(),
            HistoricJobLogSorting::DeploymentId => row.deployment().into(),
            HistoricJobLogSorting::Occurrence => entity.id.into(),
            HistoricJobLogSorting::TenantId => entity.tenant.as_deref().into(),
            HistoricJobLogSorting::Hostname => entity.hostname.as_deref().into(),
        }
    }
}

impl Criteria for HistoricExternalTaskLogQuery {
    type Row<'w> = HistoricExternalTaskLogRow<'w>;
    type SortBy = HistoricExternalTaskLogSorting;

    fn everything(world: &World) -> Rows<'_, HistoricExternalTaskLogRow<'_>> {
        Box::new(world.historic_external_task_logs().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricExternalTaskLogRow<'_>> {
        world.historic_external_task_log(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, _: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.external_task_logs;
        Some(if let Some(id) = &self.log_id {
            among(&past.archive.external_task_logs, parsed([id]))
        } else if let Some(id) = &self.external_task_id {
            under_id(&by.external_task, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else {
            return None;
        })
    }

    fn traces(&self, _: &World) -> Option<Traces> {
        let traces = Traces::any()
            .given(self.log_id.as_ref().map(|id| parsed([id])))
            .given(self.external_task_id.as_ref().map(|id| parsed([id])))
            .given(self.process_instance_id.as_ref().map(|id| parsed([id])));
        Some(traces)
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricExternalTaskLogRow<'_>) -> bool {
        let mut check = Check::all();
        check.id(self.log_id.as_ref(), Some(row.id));
        check.id(self.external_task_id.as_ref(), Some(row.task));
        check.equals(self.error_message.as_ref(), row.message.as_deref());
        check.equals(self.topic_name.as_ref(), Some(&row.topic));
        check.equals(self.worker_id.as_ref(), row.worker.as_deref());
        check.within(&self.activity_id_in, Some(&row.activity));
        check.when(!self.activity_instance_id_in.is_empty(), || {
            self.activity_instance_id_in.contains(&row.activity_instance_id())
        });
        check.id_in(&self.execution_id_in, Some(row.execution));
        check.id(self.process_instance_id.as_ref(), Some(row.process_instance));
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| row.process_definition_key() == Some(key));
        check.at_least(self.priority_higher_than_or_equals, row.priority);
        check.at_most(self.priority_lower_than_or_equals, row.priority);
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.when(self.creation_log, || row.kind == LogKind::Creation);
        check.when(self.failure_log, || row.kind == LogKind::Failure);
        check.when(self.success_log, || row.kind == LogKind::Success);
        check.when(self.deletion_log, || row.kind == LogKind::Deletion);
        check.verdict()
    }

    fn visible(&self, row: HistoricExternalTaskLogRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            let of = Entry { definition: Some(row.definition), instance: Some(row.process_instance), task: None };
            reads_past(row.world, viewer, of)
        })
    }

    fn sorting(&self) -> &[Sort<HistoricExternalTaskLogSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricExternalTaskLogSorting, row: Self::Row<'w>) -> Key<'w> {
        let entity = row.entity;
        match by {
            HistoricExternalTaskLogSorting::Timestamp => entity.time.into(),
            HistoricExternalTaskLogSorting::ExternalTaskId => entity.task.into(),
            HistoricExternalTaskLogSorting::Retries => entity.retries.into(),
            HistoricExternalTaskLogSorting::Priority => entity.priority.into(),
            HistoricExternalTaskLogSorting::TopicName => entity.topic.as_str().into(),
            HistoricExternalTaskLogSorting::WorkerId => entity.worker.as_deref().into(),
            HistoricExternalTaskLogSorting::ActivityId => entity.activity.as_str().into(),
            HistoricExternalTaskLogSorting::ActivityInstanceId => row.activity_instance_id().into(),
            HistoricExternalTaskLogSorting::ExecutionId => entity.execution.into(),
            HistoricExternalTaskLogSorting::ProcessInstanceId => entity.process_instance.into(),
            HistoricExternalTaskLogSorting::ProcessDefinitionId => row.process_definition_id().into(),
            HistoricExternalTaskLogSorting::ProcessDefinitionKey => row.process_definition_key().into(),
            HistoricExternalTaskLogSorting::TenantId => entity.tenant.as_deref().into(),
        }
    }
}
