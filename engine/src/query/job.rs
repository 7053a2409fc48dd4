//! Jobs and job definitions.

use models::Timestamp;

use super::parameters::{query, sorting};
use crate::query::Sort;

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
