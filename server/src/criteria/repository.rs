//! Criteria of deployments and process definitions.

use tollgate::query::{
    DecisionDefinitionQuery, DecisionRequirementsDefinitionQuery, DeploymentQuery, ProcessDefinitionQuery,
};

use crate::http::parameters;

parameters! {
    /// Criteria of [`ProcessDefinitionQuery`].
    PROCESS_DEFINITION: ProcessDefinitionQuery {
        "processDefinitionId" => process_definition_id,
        "name" => name,
        "nameLike" => name_like,
        "deploymentId" => deployment_id,
        "key" => key,
        "keyLike" => key_like,
        "category" => category,
        "categoryLike" => category_like,
        "resourceName" => resource_name,
        "resourceNameLike" => resource_name_like,
        "startableBy" => startable_by,
        "incidentId" => incident_id,
        "incidentType" => incident_type,
        "incidentMessage" => incident_message,
        "incidentMessageLike" => incident_message_like,
        "versionTag" => version_tag,
        "versionTagLike" => version_tag_like,
        "processDefinitionIdIn" => process_definition_id_in,
        "keysIn" => keys_in,
        "tenantIdIn" => tenant_id_in,
        "deployedAfter" => deployed_after,
        "deployedAt" => deployed_at,
        "latest" => latest_version,
        "latestVersion" => latest_version,
        "suspended" => suspended,
        "active" => active,
        "withoutTenantId" => without_tenant_id,
        "includeProcessDefinitionsWithoutTenantId" => include_process_definitions_without_tenant_id,
        "withoutVersionTag" => without_version_tag,
        "startableInTasklist" => startable_in_tasklist,
        "notStartableInTasklist" => not_startable_in_tasklist,
        "startablePermissionCheck" => startable_permission_check,
    } with {
        "ver" => |query, input| crate::http::params::int(&mut query.version, input),
        "version" => |query, input| crate::http::params::int(&mut query.version, input),
    }
}

parameters! {
    /// Criteria of [`DeploymentQuery`].
    DEPLOYMENT: DeploymentQuery {
        "id" => id,
        "name" => name,
        "nameLike" => name_like,
        "source" => source,
        "tenantIdIn" => tenant_id_in,
        "before" => before,
        "after" => after,
        "withoutSource" => without_source,
        "withoutTenantId" => without_tenant_id,
        "includeDeploymentsWithoutTenantId" => include_deployments_without_tenant_id,
    }
}

parameters! {
    /// Criteria of [`DecisionDefinitionQuery`].
    DECISION_DEFINITION: DecisionDefinitionQuery {
        "decisionDefinitionId" => decision_definition_id,
        "category" => category,
        "categoryLike" => category_like,
        "deploymentId" => deployment_id,
        "key" => key,
        "keyLike" => key_like,
        "name" => name,
        "nameLike" => name_like,
        "resourceName" => resource_name,
        "resourceNameLike" => resource_name_like,
        "decisionRequirementsDefinitionId" => decision_requirements_definition_id,
        "decisionRequirementsDefinitionKey" => decision_requirements_definition_key,
        "versionTag" => version_tag,
        "versionTagLike" => version_tag_like,
        "decisionDefinitionIdIn" => decision_definition_id_in,
        "tenantIdIn" => tenant_id_in,
        "deployedAfter" => deployed_after,
        "deployedAt" => deployed_at,
        "latestVersion" => latest_version,
        "withoutDecisionRequirementsDefinition" => without_decision_requirements_definition,
        "withoutTenantId" => without_tenant_id,
        "includeDecisionDefinitionsWithoutTenantId" => include_decision_definitions_without_tenant_id,
    } with {
        "version" => |query, input| crate::http::params::int(&mut query.version, input),
    }
}

parameters! {
    /// Criteria of [`DecisionRequirementsDefinitionQuery`].
    DECISION_REQUIREMENTS_DEFINITION: DecisionRequirementsDefinitionQuery {
        "decisionRequirementsDefinitionId" => decision_requirements_definition_id,
        "category" => category,
        "categoryLike" => category_like,
        "deploymentId" => deployment_id,
        "key" => key,
        "keyLike" => key_like,
        "name" => name,
        "nameLike" => name_like,
        "resourceName" => resource_name,
        "resourceNameLike" => resource_name_like,
        "decisionRequirementsDefinitionIdIn" => decision_requirements_definition_id_in,
        "tenantIdIn" => tenant_id_in,
        "latestVersion" => latest_version,
        "withoutTenantId" => without_tenant_id,
        "includeDecisionRequirementsDefinitionsWithoutTenantId" => include_decision_requirements_definitions_without_tenant_id,
    } with {
        "version" => |query, input| crate::http::params::int(&mut query.version, input),
    }
}
