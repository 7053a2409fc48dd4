//! Jobs and job definitions.

use engine_core::state::{Job, JobKind};
use models::{Id, Timestamp};

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::{under_each, under_id, under_ids},
    parameters::{Sort, query, sorting},
    visibility::{reads_instance, sees},
};
use crate::{
    request::Caller,
    world::{
        JobDefinition, World,
        permission::{READ, Resource},
    },
};

query! {
    /// `GET` and `POST /job`.
    JobQuery
    text {
        job_id, job_definition_id, process_instance_id, execution_id, process_definition_id, process_definition_key,
        activity_id, exception_message, failed_activity_id,
    }
    texts { job_ids, process_instance_ids, tenant_id_in }
    number { priority_higher_than_or_equals, priority_lower_than_or_equals }
    flag {
        with_retries_left, executable, timers, messages, with_exception, no_retries_left, active, suspended,
        without_tenant_id, include_jobs_without_tenant_id, acquired,
    }
    ;
    due_dates: Vec<TimeCondition> = "`dueDates`: all are met; a job without due date meets none.",
    create_times: Vec<TimeCondition> = "`createTimes`: all are met.",
    now: Timestamp = "The time that `executable` compares due dates with.",
    sorting: Vec<Sort<JobSorting>> = "Sorting keys, the first first.",
}

/// A comparison with a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeCondition {
    /// `gt`, not `lt`.
    pub after: bool,
    /// The time; it is itself left out.
    pub time: Timestamp,
}

sorting!(JobSorting {
    JobId = "jobId",
    ExecutionId = "executionId",
    ProcessInstanceId = "processInstanceId",
    ProcessDefinitionId = "processDefinitionId",
    ProcessDefinitionKey = "processDefinitionKey",
    JobRetries = "jobRetries",
    JobDueDate = "jobDueDate",
    JobPriority = "jobPriority",
    TenantId = "tenantId",
});

query! {
    /// `GET` and `POST /job-definition`.
    JobDefinitionQuery
    text { job_definition_id, process_definition_id, process_definition_key, job_type, job_configuration }
    texts { activity_id_in, tenant_id_in }
    flag {
        active, suspended, with_overriding_job_priority, without_tenant_id, include_job_definitions_without_tenant_id,
    }
    ;
    sorting: Vec<Sort<JobDefinitionSorting>> = "Sorting keys, the first first.",
}

sorting!(JobDefinitionSorting {
    JobDefinitionId = "jobDefinitionId",
    ActivityId = "activityId",
    ProcessDefinitionId = "processDefinitionId",
    ProcessDefinitionKey = "processDefinitionKey",
    JobType = "jobType",
    JobConfiguration = "jobConfiguration",
    TenantId = "tenantId",
});

/// A job in a result.
pub type JobRow<'w> = Row<'w, Job>;

/// A job definition in a result.
pub type JobDefinitionRow<'w> = Row<'w, JobDefinition>;

evaluated! {
    JobQuery => JobRow;
    JobDefinitionQuery => JobDefinitionRow;
}

impl<'w> JobRow<'w> {
    /// Its job definition.
    pub fn job_definition(&self) -> Option<&'w JobDefinition> {
        self.world.job_definition_of(self.entity)
    }

    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// `processDefinitionKey`.
    pub fn process_definition_key(&self) -> Option<&'w str> {
        self.world.definition_key(self.entity.definition)
    }

    /// The deployment of its process definition.
    pub fn deployment(&self) -> Option<Id> {
        let of_definition = || Some(self.world.process_definition(self.entity.definition?)?.deployment);
        self.entity.deployment.or_else(of_definition)
    }
}

/// Which of Camunda's kinds of job it is.
fn is_timer(kind: &JobKind) -> bool {
    match kind {
        JobKind::TimerTransition(_)
        | JobKind::TimerIntermediate(_)
        | JobKind::TimerStart(..)
        | JobKind::TimerEventSubProcess(_)
        | JobKind::TimerTaskListener(..)
        | JobKind::Suspension(..) => true,
        JobKind::Async(_)
        | JobKind::Event(_)
        | JobKind::BatchSeed(_)
        | JobKind::BatchMonitor(_)
        | JobKind::BatchExecution(..)
        | JobKind::HistoryCleanup(_)
        | JobKind::SetRemovalTime(..) => false,
    }
}

impl Criteria for JobQuery {
    type Row<'w> = JobRow<'w>;
    type SortBy = JobSorting;

    fn everything(world: &World) -> Rows<'_, JobRow<'_>> {
        Box::new(world.jobs().map(move |job| Row::new(world, job)))
    }

    fn row(world: &World, id: Id) -> Option<JobRow<'_>> {
        world.job(id).map(|job| Row::new(world, job))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let by = &world.runtime.jobs.by;
        Some(if let Some(id) = &self.job_id {
            parsed([id])
        } else if !self.job_ids.is_empty() {
            parsed(&self.job_ids)
        } else if let Some(id) = &self.execution_id {
            under_id(&by.execution, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if !self.process_instance_ids.is_empty() {
            under_ids(&by.process_instance, &self.process_instance_ids)
        } else if let Some(id) = &self.job_definition_id {
            let row = id.parse().ok().and_then(|id| world.job_definition(id));
            match row.and_then(|row| row.definition) {
                Some(definition) => under_each(&by.definition, [definition]),
                None => world.jobs().filter(|job| job.batch.is_some()).map(|job| job.id).collect(),
            }
        } else if let Some(id) = &self.process_definition_id {
            under_each(&by.definition, world.definition_named(id))
        } else if let Some(key) = &self.process_definition_key {
            under_each(&by.definition, world.definitions_of(key))
        } else {
            return None;
        })
    }

    fn matches(&self, row: JobRow<'_>) -> bool {
        let world = row.world;
        let mut check = Check::all();
        check.id(self.job_id.as_ref(), Some(row.id));
        check.id_in(&self.job_ids, Some(row.id));
        check.text(self.job_definition_id.as_ref(), |id| {
            row.job_definition().is_some_and(|definition| Ok(definition.id) == id.parse())
        });
        check.text(self.activity_id.as_ref(), |activity| {
            row.job_definition().is_some_and(|definition| definition.activity.as_deref() == Some(activity))
        });
        check.id(self.process_instance_id.as_ref(), row.process_instance);
        check.id_in(&self.process_instance_ids, row.process_instance);
        check.id(self.execution_id.as_ref(), row.execution);
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| row.process_definition_key() == Some(key));
        check.when(self.with_retries_left, || row.retries > 0);
        check.when(self.executable, || {
            let instance = row.process_instance.and_then(|id| world.process_instance(id));
            row.retries > 0
                && row.due.is_none_or(|due| due <= self.now)
                && instance.is_none_or(|instance| !instance.suspended)
        });
        check.when(self.timers, || is_timer(&row.kind));
        check.when(self.messages, || !is_timer(&row.kind) && !matches!(row.kind, JobKind::HistoryCleanup(_)));
        for condition in &self.due_dates {
            check.when(true, || row.due.is_some_and(|due| condition.holds(due)));
        }
        for condition in &self.create_times {
            // the earlier side includes the time itself
            check.when(true, || condition.holds(row.created) || (!condition.after && row.created == condition.time));
        }
        check.at_least(self.priority_higher_than_or_equals, row.priority);
        check.at_most(self.priority_lower_than_or_equals, row.priority);
        check.when(self.with_exception, || row.exception_message.is_some() || row.exception_stacktrace.is_some());
        check.equals(self.exception_message.as_ref(), row.exception_message.as_deref());
        check.equals(self.failed_activity_id.as_ref(), row.failed_activity.as_deref());
        check.when(self.no_retries_left, || row.retries == 0);
        check.when(self.active && !self.suspended, || !row.suspended);
        check.when(self.suspended, || row.suspended);
        check.when(self.acquired, || row.lock_expires.is_some_and(|until| until > self.now));
        check.tenant(
            &self.tenant_id_in,
            self.include_jobs_without_tenant_id,
            self.without_tenant_id,
            row.tenant.as_deref(),
        );
        check.verdict()
    }

    fn visible(&self, row: JobRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || reads_instance(row.world, viewer, row.process_instance, row.definition))
    }

    fn sorting(&self) -> &[Sort<JobSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &JobSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            JobSorting::JobId => row.id.into(),
            JobSorting::ExecutionId => row.execution.into(),
            JobSorting::ProcessInstanceId => row.process_instance.into(),
            JobSorting::ProcessDefinitionId => row.process_definition_id().into(),
            JobSorting::ProcessDefinitionKey => row.process_definition_key().into(),
            JobSorting::JobRetries => row.retries.into(),
            JobSorting::JobDueDate => row.due.into(),
            JobSorting::JobPriority => row.priority.into(),
            JobSorting::TenantId => row.entity.tenant.as_deref().into(),
        }
    }
}

impl TimeCondition {
    fn holds(self, time: Timestamp) -> bool {
        if self.after { time > self.time } else { time < self.time }
    }
}

impl Criteria for JobDefinitionQuery {
    type Row<'w> = JobDefinitionRow<'w>;
    type SortBy = JobDefinitionSorting;

    fn everything(world: &World) -> Rows<'_, JobDefinitionRow<'_>> {
        Box::new(world.repository.job_definitions.iter().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<JobDefinitionRow<'_>> {
        world.job_definition(id).map(|row| Row::new(world, row))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let by = &world.repository.job_definitions.by;
        Some(if let Some(id) = &self.job_definition_id {
            parsed([id])
        } else if let Some(id) = &self.process_definition_id {
            under_each(&by.definition, world.definition_named(id))
        } else if let Some(key) = &self.process_definition_key {
            under_each(&by.definition, world.definitions_of(key))
        } else {
            return None;
        })
    }

    fn matches(&self, row: JobDefinitionRow<'_>) -> bool {
        let world = row.world;
        let mut check = Check::all();
        check.id(self.job_definition_id.as_ref(), Some(row.id));
        check.within(&self.activity_id_in, row.activity.as_deref());
        check.text(self.process_definition_id.as_ref(), |id| world.definition_text(row.definition) == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| world.definition_key(row.definition) == Some(key));
        check.equals(self.job_type.as_ref(), Some(&row.job_type));
        check.equals(self.job_configuration.as_ref(), row.configuration.as_deref());
        check.when(self.active && !self.suspended, || !row.suspended);
        check.when(self.suspended, || row.suspended);
        check.when(self.with_overriding_job_priority, || row.overriding_priority.is_some());
        check.tenant(
            &self.tenant_id_in,
            self.include_job_definitions_without_tenant_id,
            self.without_tenant_id,
            row.tenant.as_deref(),
        );
        check.verdict()
    }

    fn visible(&self, row: JobDefinitionRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            row.world.may(viewer, Resource::ProcessDefinition, row.world.definition_key(row.definition), READ)
        })
    }

    fn sorting(&self) -> &[Sort<JobDefinitionSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &JobDefinitionSorting, row: Self::Row<'w>) -> Key<'w> {
        let entity = row.entity;
        match by {
            JobDefinitionSorting::JobDefinitionId => entity.id.into(),
            JobDefinitionSorting::ActivityId => entity.activity.as_deref().into(),
            JobDefinitionSorting::ProcessDefinitionId => row.world.definition_text(entity.definition).into(),
            JobDefinitionSorting::ProcessDefinitionKey => row.world.definition_key(entity.definition).into(),
            JobDefinitionSorting::JobType => entity.job_type.as_str().into(),
            JobDefinitionSorting::JobConfiguration => entity.configuration.as_deref().into(),
            JobDefinitionSorting::TenantId => entity.tenant.as_deref().into(),
        }
    }
}
