//! Criteria of running instances and what belongs to them.

use tollgate::query::{
    EventSubscriptionQuery, ExecutionQuery, IncidentQuery, ProcessInstanceQuery, VariableInstanceQuery,
};

use crate::http::parameters;

parameters! {
    /// Criteria of [`ProcessInstanceQuery`].
    PROCESS_INSTANCE: ProcessInstanceQuery {
        "businessKey" => business_key,
        "businessKeyLike" => business_key_like,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "deploymentId" => deployment_id,
        "superProcessInstance" => super_process_instance,
        "subProcessInstance" => sub_process_instance,
        "rootProcessInstanceId" => root_process_instance_id,
        "incidentId" => incident_id,
        "incidentType" => incident_type,
        "incidentMessage" => incident_message,
        "incidentMessageLike" => incident_message_like,
        "caseInstanceId" => case_instance_id,
        "processDefinitionKeyIn" => process_definition_key_in,
        "processDefinitionKeyNotIn" => process_definition_key_not_in,
        "activityIdIn" => activity_id_in,
        "tenantIdIn" => tenant_id_in,
        "withIncident" => with_incident,
        "withoutTenantId" => without_tenant_id,
        "processDefinitionWithoutTenantId" => process_definition_without_tenant_id,
        "rootProcessInstances" => root_process_instances,
        "leafProcessInstances" => leaf_process_instances,
        "variableNamesIgnoreCase" => variable_names_ignore_case,
        "variableValuesIgnoreCase" => variable_values_ignore_case,
        "active" => active,
        "suspended" => suspended,
    } with {
        "processInstanceIds" => |query, input| super::ids(&mut query.process_instance_ids, input),
        "variables" => |query, input| {
            crate::http::params::variables(&mut query.variables, input, "variable", crate::http::params::MOST_COMPARISONS, engine_core::error::Fault::not_valid)
        },
        "orQueries" => |query, input| super::groups(&mut query.or_queries, input, PROCESS_INSTANCE),
        "subCaseInstance" => |query, input| super::no_case(&mut query.impossible, input),
        "superCaseInstance" => |query, input| super::no_case(&mut query.impossible, input),
    }
}

parameters! {
    /// Criteria of [`ExecutionQuery`].
    EXECUTION: ExecutionQuery {
        "executionId" => execution_id,
        "businessKey" => business_key,
        "processDefinitionId" => process_definition_id,
        "processDefinitionKey" => process_definition_key,
        "processInstanceId" => process_instance_id,
        "activityId" => activity_id,
        "signalEventSubscriptionName" => signal_event_subscription_name,
        "messageEventSubscriptionName" => message_event_subscription_name,
        "incidentId" => incident_id,
        "incidentType" => incident_type,
        "incidentMessage" => incident_message,
        "incidentMessageLike" => incident_message_like,
        "tenantIdIn" => tenant_id_in,
        "active" => active,
        "suspended" => suspended,
        "variableNamesIgnoreCase" => variable_names_ignore_case,
        "variableValuesIgnoreCase" => variable_values_ignore_case,
    } with {
        "variables" => |query, input| {
            crate::http::params::variables(&mut query.variables, input, "variable", crate::http::params::MOST_COMPARISONS, engine_core::error::Fault::not_valid)
        },
        "processVariables" => |query, input| {
            crate::http::params::variables(&mut query.process_variables, input, "process variable", &["eq", "neq"], engine_core::error::Fault::not_valid)
        },
    }
}

parameters! {
    /// Criteria of [`VariableInstanceQuery`].
    VARIABLE_INSTANCE: VariableInstanceQuery {
        "variableName" => variable_name,
        "variableNameLike" => variable_name_like,
        "processInstanceIdIn" => process_instance_id_in,
        "executionIdIn" => execution_id_in,
        "taskIdIn" => task_id_in,
        "batchIdIn" => batch_id_in,
        "variableScopeIdIn" => variable_scope_id_in,
        "activityInstanceIdIn" => activity_instance_id_in,
        "tenantIdIn" => tenant_id_in,
        "variableNamesIgnoreCase" => variable_names_ignore_case,
        "variableValuesIgnoreCase" => variable_values_ignore_case,
    } with {
        "variableValues" => |query, input| {
            crate::http::params::variables(&mut query.variable_values, input, "variable", crate::http::params::MOST_COMPARISONS, engine_core::error::Fault::not_valid)
        },
        "caseExecutionIdIn" => |query, input| super::no_case(&mut query.impossible, input),
        "caseInstanceIdIn" => |query, input| super::no_case(&mut query.impossible, input),
    }
}

parameters! {
    /// Criteria of [`IncidentQuery`].
    INCIDENT: IncidentQuery {
        "incidentId" => incident_id,
        "incidentType" => incident_type,
        "incidentMessage" => incident_message,
        "incidentMessageLike" => incident_message_like,
        "processDefinitionId" => process_definition_id,
        "processInstanceId" => process_instance_id,
        "executionId" => execution_id,
        "activityId" => activity_id,
        "failedActivityId" => failed_activity_id,
        "causeIncidentId" => cause_incident_id,
        "rootCauseIncidentId" => root_cause_incident_id,
        "configuration" => configuration,
        "processDefinitionKeyIn" => process_definition_key_in,
        "jobDefinitionIdIn" => job_definition_id_in,
        "tenantIdIn" => tenant_id_in,
        "incidentTimestampBefore" => incident_timestamp_before,
        "incidentTimestampAfter" => incident_timestamp_after,
    }
}

parameters! {
    /// Criteria of [`EventSubscriptionQuery`].
    EVENT_SUBSCRIPTION: EventSubscriptionQuery {
        "eventSubscriptionId" => event_subscription_id,
        "eventName" => event_name,
        "eventType" => event_type,
        "executionId" => execution_id,
        "processInstanceId" => process_instance_id,
        "activityId" => activity_id,
        "tenantIdIn" => tenant_id_in,
        "withoutTenantId" => without_tenant_id,
        "includeEventSubscriptionsWithoutTenantId" => include_event_subscriptions_without_tenant_id,
    }
}
