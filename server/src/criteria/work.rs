//! Criteria of tasks, external tasks, jobs and job definitions.

use tollgate::query::{ExternalTaskQuery, JobDefinitionQuery, JobQuery, TaskQuery};

use crate::http::{Failure, Input, parameters};

parameters! {
    /// Criteria of [`TaskQuery`].
    TASK: TaskQuery {
        "taskId" => task_id,
        "name" => name,
        "nameNotEqual" => name_not_equal,
        "nameLike" => name_like,
        "nameNotLike" => name_not_like,
        "description" => description,
        "descriptionLike" => description_like,
        "assignee" => assignee,
        "assigneeLike" => assignee_like,
        "owner" => owner,
        "processInstanceId" => process_instance_id,
        "processInstanceBusinessKey" => process_instance_business_key,
        "processInstanceBusinessKeyLike" => process_instance_business_key_like,
        "executionId" => execution_id,
        "caseInstanceId" => case_instance_id,
        "taskDefinitionKey" => task_definition_key,
        "taskDefinitionKeyLike" => task_definition_key_like,
        "parentTaskId" => parent_task_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "processDefinitionName" => process_definition_name,
        "processDefinitionNameLike" => process_definition_name_like,
        "candidateUser" => candidate_user,
        "candidateGroup" => candidate_group,
        "candidateGroupLike" => candidate_group_like,
        "involvedUser" => involved_user,
        "taskIdIn" => task_id_in,
        "assigneeIn" => assignee_in,
        "assigneeNotIn" => assignee_not_in,
        "processInstanceIdIn" => process_instance_id_in,
        "processInstanceBusinessKeyIn" => process_instance_business_key_in,
        "taskDefinitionKeyIn" => task_definition_key_in,
        "taskDefinitionKeyNotIn" => task_definition_key_not_in,
        "processDefinitionKeyIn" => process_definition_key_in,
        "activityInstanceIdIn" => activity_instance_id_in,
        "tenantIdIn" => tenant_id_in,
        "candidateGroups" => candidate_groups,
        "created" => created_on,
        "createdOn" => created_on,
        "createdBefore" => created_before,
        "createdAfter" => created_after,
        "updatedAfter" => updated_after,
        "due" => due_date,
        "dueDate" => due_date,
        "dueBefore" => due_before,
        "dueAfter" => due_after,
        "followUp" => follow_up_date,
        "followUpDate" => follow_up_date,
        "followUpBefore" => follow_up_before,
        "followUpBeforeOrNotExistent" => follow_up_before_or_not_existent,
        "followUpAfter" => follow_up_after,
        "assigned" => assigned,
        "unassigned" => unassigned,
        "active" => active,
        "suspended" => suspended,
        "withoutTenantId" => without_tenant_id,
        "withoutDueDate" => without_due_date,
        "includeAssignedTasks" => include_assigned_tasks,
        "withCandidateGroups" => with_candidate_groups,
        "withoutCandidateGroups" => without_candidate_groups,
        "withCandidateUsers" => with_candidate_users,
        "withoutCandidateUsers" => without_candidate_users,
        "variableNamesIgnoreCase" => variable_names_ignore_case,
        "variableValuesIgnoreCase" => variable_values_ignore_case,
    } with {
        "orQueries" => |query, input| super::groups(&mut query.or_queries, input, TASK),
        "delegationState" => |query, input| delegation(&mut query.delegation_state, input),
        "priority" => |query, input| crate::http::params::int(&mut query.priority, input),
        "minPriority" => |query, input| crate::http::params::int(&mut query.min_priority, input),
        "maxPriority" => |query, input| crate::http::params::int(&mut query.max_priority, input),
        "taskVariables" => |query, input| {
            crate::http::params::variables(&mut query.task_variables, input, "task variable", crate::http::params::MOST_COMPARISONS, engine_core::error::Fault::engine)
        },
        "processVariables" => |query, input| {
            crate::http::params::variables(&mut query.process_variables, input, "process variable", crate::http::params::EVERY_COMPARISON, engine_core::error::Fault::engine)
        },
        "caseDefinitionId" => |query, input| super::no_case(&mut query.impossible, input),
        "caseDefinitionKey" => |query, input| super::no_case(&mut query.impossible, input),
        "caseDefinitionName" => |query, input| super::no_case(&mut query.impossible, input),
        "caseDefinitionNameLike" => |query, input| super::no_case(&mut query.impossible, input),
        "caseExecutionId" => |query, input| super::no_case(&mut query.impossible, input),
        "caseInstanceBusinessKey" => |query, input| super::no_case(&mut query.impossible, input),
        "caseInstanceBusinessKeyLike" => |query, input| super::no_case(&mut query.impossible, input),
        "caseInstanceVariables" => |query, input| super::no_case(&mut query.impossible, input),
        "assigneeExpression" => super::apart,
        "assigneeLikeExpression" => super::apart,
        "candidateGroupExpression" => super::apart,
        "candidateGroupsExpression" => super::apart,
        "candidateUserExpression" => super::apart,
        "createdAfterExpression" => super::apart,
        "createdBeforeExpression" => super::apart,
        "createdOnExpression" => super::apart,
        "dueAfterExpression" => super::apart,
        "dueBeforeExpression" => super::apart,
        "dueDateExpression" => super::apart,
        "followUpAfterExpression" => super::apart,
        "followUpBeforeExpression" => super::apart,
        "followUpBeforeOrNotExistentExpression" => super::apart,
        "followUpDateExpression" => super::apart,
        "involvedUserExpression" => super::apart,
        "ownerExpression" => super::apart,
        "processInstanceBusinessKeyExpression" => super::apart,
        "processInstanceBusinessKeyLikeExpression" => super::apart,
        "updatedAfterExpression" => super::apart,
    }
}

/// Takes a delegation state.
fn delegation(field: &mut Option<String>, input: Input<'_>) -> Result<(), Failure> {
    let Some(text) = input.text()? else { return Ok(()) };
    *field = Some(text.to_uppercase());
    if matches!(field.as_deref(), Some("PENDING" | "RESOLVED")) {
        return Ok(());
    }
    Err(Failure::bad(format!(
        "Valid values for property 'delegationState' are 'PENDING' or 'RESOLVED', but was '{text}'"
    )))
}

parameters! {
    /// Criteria of [`ExternalTaskQuery`].
    EXTERNAL_TASK: ExternalTaskQuery {
        "externalTaskId" => external_task_id,
        "topicName" => topic_name,
        "workerId" => worker_id,
        "activityId" => activity_id,
        "executionId" => execution_id,
        "processInstanceId" => process_instance_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "processDefinitionName" => process_definition_name,
        "processDefinitionNameLike" => process_definition_name_like,
        "externalTaskIdIn" => external_task_id_in,
        "activityIdIn" => activity_id_in,
        "processInstanceIdIn" => process_instance_id_in,
        "processDefinitionKeyIn" => process_definition_key_in,
        "tenantIdIn" => tenant_id_in,
        "lockExpirationBefore" => lock_expiration_before,
        "lockExpirationAfter" => lock_expiration_after,
        "priorityHigherThanOrEquals" => priority_higher_than_or_equals,
        "priorityLowerThanOrEquals" => priority_lower_than_or_equals,
        "locked" => locked,
        "notLocked" => not_locked,
        "active" => active,
        "suspended" => suspended,
        "withRetriesLeft" => with_retries_left,
        "noRetriesLeft" => no_retries_left,
        "variableNamesIgnoreCase" => variable_names_ignore_case,
        "variableValuesIgnoreCase" => variable_values_ignore_case,
    } with {
        "processVariables" => |query, input| {
            crate::http::params::variables(&mut query.process_variables, input, "process variable", crate::http::params::EVERY_COMPARISON, engine_core::error::Fault::engine)
        },
    }
}

parameters! {
    /// Criteria of [`JobQuery`].
    JOB: JobQuery {
        "jobId" => job_id,
        "jobDefinitionId" => job_definition_id,
        "processInstanceId" => process_instance_id,
        "executionId" => execution_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "activityId" => activity_id,
        "exceptionMessage" => exception_message,
        "failedActivityId" => failed_activity_id,
        "jobIds" => job_ids,
        "processInstanceIds" => process_instance_ids,
        "tenantIdIn" => tenant_id_in,
        "priorityHigherThanOrEquals" => priority_higher_than_or_equals,
        "priorityLowerThanOrEquals" => priority_lower_than_or_equals,
        "withRetriesLeft" => with_retries_left,
        "executable" => executable,
        "timers" => timers,
        "messages" => messages,
        "withException" => with_exception,
        "noRetriesLeft" => no_retries_left,
        "active" => active,
        "suspended" => suspended,
        "withoutTenantId" => without_tenant_id,
        "includeJobsWithoutTenantId" => include_jobs_without_tenant_id,
        "acquired" => acquired,
    } with {
        "dueDates" => |query, input| super::times(&mut query.due_dates, input, "due date"),
        "createTimes" => |query, input| super::times(&mut query.create_times, input, "create time"),
    }
}

parameters! {
    /// Criteria of [`JobDefinitionQuery`].
    JOB_DEFINITION: JobDefinitionQuery {
        "jobDefinitionId" => job_definition_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "jobType" => job_type,
        "jobConfiguration" => job_configuration,
        "activityIdIn" => activity_id_in,
        "tenantIdIn" => tenant_id_in,
        "active" => active,
        "suspended" => suspended,
        "withOverridingJobPriority" => with_overriding_job_priority,
        "withoutTenantId" => without_tenant_id,
        "includeJobDefinitionsWithoutTenantId" => include_job_definitions_without_tenant_id,
    }
}
