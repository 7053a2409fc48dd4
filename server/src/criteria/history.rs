//! Criteria of historic instances.

use tollgate::query::{
    HistoricActivityInstanceQuery, HistoricProcessInstanceQuery, HistoricTaskInstanceQuery,
    HistoricVariableInstanceQuery,
};

use engine_core::error::Fault;

use crate::http::{Failure, Input, parameters, params::persistence};

parameters! {
    /// Criteria of [`HistoricProcessInstanceQuery`].
    HISTORIC_PROCESS_INSTANCE: HistoricProcessInstanceQuery {
        "processInstanceId" => process_instance_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "processDefinitionName" => process_definition_name,
        "processDefinitionNameLike" => process_definition_name_like,
        "processInstanceBusinessKey" => process_instance_business_key,
        "processInstanceBusinessKeyLike" => process_instance_business_key_like,
        "startedBy" => started_by,
        "superProcessInstanceId" => super_process_instance_id,
        "subProcessInstanceId" => sub_process_instance_id,
        "rootProcessInstanceId" => root_process_instance_id,
        "caseInstanceId" => case_instance_id,
        "incidentType" => incident_type,
        "incidentStatus" => incident_status,
        "incidentMessage" => incident_message,
        "incidentMessageLike" => incident_message_like,
        "processInstanceIds" => process_instance_ids,
        "processInstanceIdNotIn" => process_instance_id_not_in,
        "processDefinitionKeyIn" => process_definition_key_in,
        "processInstanceBusinessKeyIn" => process_instance_business_key_in,
        "tenantIdIn" => tenant_id_in,
        "executedActivityIdIn" => executed_activity_id_in,
        "activeActivityIdIn" => active_activity_id_in,
        "activityIdIn" => activity_id_in,
        "incidentIdIn" => incident_id_in,
        "startedBefore" => started_before,
        "startedAfter" => started_after,
        "finishedBefore" => finished_before,
        "finishedAfter" => finished_after,
        "executedActivityAfter" => executed_activity_after,
        "executedActivityBefore" => executed_activity_before,
        "executedJobAfter" => executed_job_after,
        "executedJobBefore" => executed_job_before,
        "finished" => finished,
        "unfinished" => unfinished,
        "withIncidents" => with_incidents,
        "withRootIncidents" => with_root_incidents,
        "withJobsRetrying" => with_jobs_retrying,
        "rootProcessInstances" => root_process_instances,
        "active" => active,
        "suspended" => suspended,
        "completed" => completed,
        "externallyTerminated" => externally_terminated,
        "internallyTerminated" => internally_terminated,
        "withoutTenantId" => without_tenant_id,
        "variableNamesIgnoreCase" => variable_names_ignore_case,
        "variableValuesIgnoreCase" => variable_values_ignore_case,
    } with {
        "orQueries" => |query, input| super::groups(&mut query.or_queries, input, HISTORIC_PROCESS_INSTANCE),
        "processDefinitionKeyNotIn" => |query, input| other_keys(&mut query.process_definition_key_not_in, input),
        "variables" => |query, input| {
            crate::http::params::variables(&mut query.variables, input, "variable", crate::http::params::MOST_COMPARISONS, Fault::not_valid)
        },
        "subCaseInstanceId" => |query, input| super::no_case(&mut query.impossible, input),
        "superCaseInstanceId" => |query, input| super::no_case(&mut query.impossible, input),
    }
}

/// Takes keys that definitions don't have. With none at all Camunda's database fails.
fn other_keys(field: &mut Vec<String>, input: Input<'_>) -> Result<(), Failure> {
    let none = match input {
        Input::Query { text, .. } => text.trim_end_matches(',').is_empty(),
        Input::Json(json) => json.as_array().is_some_and(Vec::is_empty),
    };
    if none {
        return Err(persistence());
    }
    super::filled(field, input, "processDefinitionKeys", |named| Fault::null(format!("{named} contains null value")))
}

parameters! {
    /// Criteria of [`HistoricActivityInstanceQuery`].
    HISTORIC_ACTIVITY_INSTANCE: HistoricActivityInstanceQuery {
        "activityInstanceId" => activity_instance_id,
        "processInstanceId" => process_instance_id,
        "processDefinitionId" => process_definition_id,
        "executionId" => execution_id,
        "activityId" => activity_id,
        "activityName" => activity_name,
        "activityNameLike" => activity_name_like,
        "activityType" => activity_type,
        "taskAssignee" => task_assignee,
        "tenantIdIn" => tenant_id_in,
        "startedBefore" => started_before,
        "startedAfter" => started_after,
        "finishedBefore" => finished_before,
        "finishedAfter" => finished_after,
        "finished" => finished,
        "unfinished" => unfinished,
        "canceled" => canceled,
        "completeScope" => complete_scope,
        "withoutTenantId" => without_tenant_id,
    }
}

parameters! {
    /// Criteria of [`HistoricTaskInstanceQuery`].
    HISTORIC_TASK_INSTANCE: HistoricTaskInstanceQuery {
        "taskId" => task_id,
        "taskParentTaskId" => task_parent_task_id,
        "processInstanceId" => process_instance_id,
        "rootProcessInstanceId" => root_process_instance_id,
        "processInstanceBusinessKey" => process_instance_business_key,
        "processInstanceBusinessKeyLike" => process_instance_business_key_like,
        "executionId" => execution_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "processDefinitionName" => process_definition_name,
        "caseInstanceId" => case_instance_id,
        "taskName" => task_name,
        "taskNameLike" => task_name_like,
        "taskDescription" => task_description,
        "taskDescriptionLike" => task_description_like,
        "taskDefinitionKey" => task_definition_key,
        "taskDeleteReason" => task_delete_reason,
        "taskDeleteReasonLike" => task_delete_reason_like,
        "taskOwner" => task_owner,
        "taskOwnerLike" => task_owner_like,
        "taskAssignee" => task_assignee,
        "taskAssigneeLike" => task_assignee_like,
        "taskInvolvedUser" => task_involved_user,
        "taskInvolvedGroup" => task_involved_group,
        "taskHadCandidateUser" => task_had_candidate_user,
        "taskHadCandidateGroup" => task_had_candidate_group,
        "processInstanceBusinessKeyIn" => process_instance_business_key_in,
        "activityInstanceIdIn" => activity_instance_id_in,
        "taskDefinitionKeyIn" => task_definition_key_in,
        "tenantIdIn" => tenant_id_in,
        "taskDueDate" => task_due_date,
        "taskDueDateBefore" => task_due_date_before,
        "taskDueDateAfter" => task_due_date_after,
        "taskFollowUpDate" => task_follow_up_date,
        "taskFollowUpDateBefore" => task_follow_up_date_before,
        "taskFollowUpDateAfter" => task_follow_up_date_after,
        "startedBefore" => started_before,
        "startedAfter" => started_after,
        "finishedBefore" => finished_before,
        "finishedAfter" => finished_after,
        "withoutTaskDueDate" => without_task_due_date,
        "withoutTenantId" => without_tenant_id,
        "variableNamesIgnoreCase" => variable_names_ignore_case,
        "variableValuesIgnoreCase" => variable_values_ignore_case,
    } with {
        "assigned" => |query, input| super::given(&mut query.assigned, input),
        "unassigned" => |query, input| super::given(&mut query.unassigned, input),
        "finished" => |query, input| super::given(&mut query.finished, input),
        "unfinished" => |query, input| super::given(&mut query.unfinished, input),
        "processFinished" => |query, input| super::given(&mut query.process_finished, input),
        "processUnfinished" => |query, input| super::given(&mut query.process_unfinished, input),
        "withCandidateGroups" => |query, input| super::given(&mut query.with_candidate_groups, input),
        "withoutCandidateGroups" => |query, input| super::given(&mut query.without_candidate_groups, input),
        "taskPriority" => |query, input| crate::http::params::int(&mut query.task_priority, input),
        "orQueries" => |query, input| super::groups(&mut query.or_queries, input, HISTORIC_TASK_INSTANCE),
        "taskVariables" => |query, input| {
            crate::http::params::variables(&mut query.task_variables, input, "variable", &["eq"], Fault::engine)
        },
        "processVariables" => |query, input| {
            crate::http::params::variables(&mut query.process_variables, input, "process variable", crate::http::params::EVERY_COMPARISON, Fault::engine)
        },
        "caseDefinitionId" => |query, input| super::no_case(&mut query.impossible, input),
        "caseDefinitionKey" => |query, input| super::no_case(&mut query.impossible, input),
        "caseDefinitionName" => |query, input| super::no_case(&mut query.impossible, input),
        "caseExecutionId" => |query, input| super::no_case(&mut query.impossible, input),
    }
}

parameters! {
    /// Criteria of [`HistoricVariableInstanceQuery`].
    HISTORIC_VARIABLE_INSTANCE: HistoricVariableInstanceQuery {
        "processInstanceId" => process_instance_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "variableName" => variable_name,
        "variableNameLike" => variable_name_like,
        "processInstanceIdIn" => process_instance_id_in,
        "variableNameIn" => variable_name_in,
        "variableTypeIn" => variable_type_in,
        "executionIdIn" => execution_id_in,
        "taskIdIn" => task_id_in,
        "activityInstanceIdIn" => activity_instance_id_in,
        "tenantIdIn" => tenant_id_in,
        "includeDeleted" => include_deleted,
        "withoutTenantId" => without_tenant_id,
        "variableNamesIgnoreCase" => variable_names_ignore_case,
        "variableValuesIgnoreCase" => variable_values_ignore_case,
    } with {
        "variableValue" => |query, input| super::value(&mut query.variable_value, input),
        "caseActivityIdIn" => |query, input| super::no_case(&mut query.impossible, input),
        "caseExecutionIdIn" => |query, input| super::no_case(&mut query.impossible, input),
        "caseInstanceId" => |query, input| super::no_case(&mut query.impossible, input),
    }
}
