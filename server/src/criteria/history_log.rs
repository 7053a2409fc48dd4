//! Criteria of historic logs.

use tollgate::query::{
    HistoricDecisionInstanceQuery, HistoricDetailQuery, HistoricExternalTaskLogQuery, HistoricIdentityLinkLogQuery,
    HistoricIncidentQuery, HistoricJobLogQuery, UserOperationQuery,
};

use engine_core::error::Fault;

use crate::http::parameters;

/// What is said of null in a list of the job log.
fn null_in_job_log(named: &str) -> Fault {
    Fault::null(format!("{named} contains null value"))
}

/// The same in the log of external tasks, which has one name for all its lists.
fn null_in_external_task_log(_: &str) -> Fault {
    Fault::not_valid("activityIds contains null value")
}

parameters! {
    /// Criteria of [`HistoricDetailQuery`].
    HISTORIC_DETAIL: HistoricDetailQuery {
        "processInstanceId" => process_instance_id,
        "executionId" => execution_id,
        "activityInstanceId" => activity_instance_id,
        "taskId" => task_id,
        "variableInstanceId" => variable_instance_id,
        "variableNameLike" => variable_name_like,
        "userOperationId" => user_operation_id,
        "processInstanceIdIn" => process_instance_id_in,
        "variableTypeIn" => variable_type_in,
        "tenantIdIn" => tenant_id_in,
        "occurredBefore" => occurred_before,
        "occurredAfter" => occurred_after,
        "initial" => initial,
        "withoutTenantId" => without_tenant_id,
    } with {
        "formFields" => |query, input| super::given(&mut query.form_fields, input),
        "variableUpdates" => |query, input| super::given(&mut query.variable_updates, input),
        "excludeTaskDetails" => |query, input| super::given(&mut query.exclude_task_details, input),
        "caseExecutionId" => |query, input| super::no_case(&mut query.impossible, input),
        "caseInstanceId" => |query, input| super::no_case(&mut query.impossible, input),
    }
}

parameters! {
    /// Criteria of [`HistoricIncidentQuery`].
    HISTORIC_INCIDENT: HistoricIncidentQuery {
        "incidentId" => incident_id,
        "incidentType" => incident_type,
        "incidentMessage" => incident_message,
        "incidentMessageLike" => incident_message_like,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "processInstanceId" => process_instance_id,
        "executionId" => execution_id,
        "activityId" => activity_id,
        "failedActivityId" => failed_activity_id,
        "causeIncidentId" => cause_incident_id,
        "rootCauseIncidentId" => root_cause_incident_id,
        "configuration" => configuration,
        "historyConfiguration" => history_configuration,
        "processDefinitionKeyIn" => process_definition_key_in,
        "jobDefinitionIdIn" => job_definition_id_in,
        "tenantIdIn" => tenant_id_in,
        "createTimeBefore" => create_time_before,
        "createTimeAfter" => create_time_after,
        "endTimeBefore" => end_time_before,
        "endTimeAfter" => end_time_after,
        "resolved" => resolved,
        "deleted" => deleted,
        "withoutTenantId" => without_tenant_id,
    } with {
        "open" => |query, input| super::given(&mut query.open, input),
    }
}

parameters! {
    /// Criteria of [`HistoricJobLogQuery`].
    HISTORIC_JOB_LOG: HistoricJobLogQuery {
        "logId" => log_id,
        "jobId" => job_id,
        "jobExceptionMessage" => job_exception_message,
        "jobDefinitionId" => job_definition_id,
        "jobDefinitionType" => job_definition_type,
        "jobDefinitionConfiguration" => job_definition_configuration,
        "processInstanceId" => process_instance_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "deploymentId" => deployment_id,
        "hostname" => hostname,
        "tenantIdIn" => tenant_id_in,
        "jobPriorityHigherThanOrEquals" => job_priority_higher_than_or_equals,
        "jobPriorityLowerThanOrEquals" => job_priority_lower_than_or_equals,
        "creationLog" => creation_log,
        "failureLog" => failure_log,
        "successLog" => success_log,
        "deletionLog" => deletion_log,
        "withoutTenantId" => without_tenant_id,
    } with {
        "activityIdIn" => |query, input| super::filled(&mut query.activity_id_in, input, "activityIds", null_in_job_log),
        "failedActivityIdIn" =>
            |query, input| super::filled(&mut query.failed_activity_id_in, input, "activityIds", null_in_job_log),
        "executionIdIn" => |query, input| super::filled(&mut query.execution_id_in, input, "executionIds", null_in_job_log),
    }
}

parameters! {
    /// Criteria of [`HistoricExternalTaskLogQuery`].
    HISTORIC_EXTERNAL_TASK_LOG: HistoricExternalTaskLogQuery {
        "logId" => log_id,
        "externalTaskId" => external_task_id,
        "topicName" => topic_name,
        "workerId" => worker_id,
        "errorMessage" => error_message,
        "processInstanceId" => process_instance_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "tenantIdIn" => tenant_id_in,
        "priorityHigherThanOrEquals" => priority_higher_than_or_equals,
        "priorityLowerThanOrEquals" => priority_lower_than_or_equals,
        "creationLog" => creation_log,
        "failureLog" => failure_log,
        "successLog" => success_log,
        "deletionLog" => deletion_log,
        "withoutTenantId" => without_tenant_id,
    } with {
        "activityIdIn" => |query, input| super::filled(&mut query.activity_id_in, input, "activityIds", null_in_external_task_log),
        "activityInstanceIdIn" => |query, input| {
            super::filled(&mut query.activity_instance_id_in, input, "activityInstanceIds", null_in_external_task_log)
        },
        "executionIdIn" =>
            |query, input| super::filled(&mut query.execution_id_in, input, "executionIds", null_in_external_task_log),
    }
}

parameters! {
    /// Criteria of [`HistoricIdentityLinkLogQuery`].
    HISTORIC_IDENTITY_LINK_LOG: HistoricIdentityLinkLogQuery {
        "type" => kind,
        "userId" => user_id,
        "groupId" => group_id,
        "taskId" => task_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "operationType" => operation_type,
        "assignerId" => assigner_id,
        "tenantIdIn" => tenant_id_in,
        "dateBefore" => date_before,
        "dateAfter" => date_after,
        "withoutTenantId" => without_tenant_id,
    }
}

parameters! {
    /// Criteria of [`HistoricDecisionInstanceQuery`].
    HISTORIC_DECISION_INSTANCE: HistoricDecisionInstanceQuery {
        "decisionInstanceId" => decision_instance_id,
        "decisionDefinitionId" => decision_definition_id,
        "decisionDefinitionKey" => decision_definition_key,
        "decisionDefinitionName" => decision_definition_name,
        "decisionDefinitionNameLike" => decision_definition_name_like,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "processInstanceId" => process_instance_id,
        "userId" => user_id,
        "rootDecisionInstanceId" => root_decision_instance_id,
        "decisionRequirementsDefinitionId" => decision_requirements_definition_id,
        "decisionRequirementsDefinitionKey" => decision_requirements_definition_key,
        "decisionInstanceIdIn" => decision_instance_id_in,
        "decisionDefinitionIdIn" => decision_definition_id_in,
        "decisionDefinitionKeyIn" => decision_definition_key_in,
        "activityIdIn" => activity_id_in,
        "activityInstanceIdIn" => activity_instance_id_in,
        "tenantIdIn" => tenant_id_in,
        "evaluatedBefore" => evaluated_before,
        "evaluatedAfter" => evaluated_after,
        "rootDecisionInstancesOnly" => root_decision_instances_only,
        "withoutTenantId" => without_tenant_id,
    } with {
        "caseDefinitionId" => |query, input| super::no_case(&mut query.impossible, input),
        "caseDefinitionKey" => |query, input| super::no_case(&mut query.impossible, input),
        "caseInstanceId" => |query, input| super::no_case(&mut query.impossible, input),
    }
}

parameters! {
    /// Criteria of [`UserOperationQuery`].
    USER_OPERATION: UserOperationQuery {
        "deploymentId" => deployment_id,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "processInstanceId" => process_instance_id,
        "executionId" => execution_id,
        "taskId" => task_id,
        "jobId" => job_id,
        "jobDefinitionId" => job_definition_id,
        "batchId" => batch_id,
        "userId" => user_id,
        "operationId" => operation_id,
        "externalTaskId" => external_task_id,
        "operationType" => operation_type,
        "entityType" => entity_type,
        "category" => category,
        "property" => property,
        "entityTypeIn" => entity_type_in,
        "categoryIn" => category_in,
        "tenantIdIn" => tenant_id_in,
        "beforeTimestamp" => before_timestamp,
        "afterTimestamp" => after_timestamp,
        "withoutTenantId" => without_tenant_id,
    } with {
        "caseDefinitionId" => |query, input| super::no_case(&mut query.impossible, input),
        "caseExecutionId" => |query, input| super::no_case(&mut query.impossible, input),
        "caseInstanceId" => |query, input| super::no_case(&mut query.impossible, input),
    }
}
