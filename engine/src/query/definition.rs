//! Deployments and process definitions.

use super::parameters::{query, sorting};
use crate::query::Sort;

query! {
    /// `GET /process-definition`.
    ProcessDefinitionQuery
    text {
        process_definition_id, name, name_like, deployment_id, key, key_like, category, category_like, resource_name,
        resource_name_like, startable_by, incident_id, incident_type, incident_message, incident_message_like, version_tag,
        version_tag_like,
    }
    texts { process_definition_id_in, keys_in, tenant_id_in }
    time { deployed_after, deployed_at }
    number { version }
    flag {
        latest_version, suspended, active, without_tenant_id, include_process_definitions_without_tenant_id,
        without_version_tag, startable_in_tasklist, not_startable_in_tasklist, startable_permission_check,
    }
    ;
    sorting: Vec<Sort<ProcessDefinitionSorting>> = "Sorting keys, the first first.",
}

sorting!(ProcessDefinitionSorting {
    Category = "category",
    Key = "key",
    Id = "id",
    Name = "name",
    Version = "version",
    DeploymentId = "deploymentId",
    DeployTime = "deployTime",
    TenantId = "tenantId",
    VersionTag = "versionTag",
});

query! {
    /// `GET /deployment`.
    DeploymentQuery
    text { id, name, name_like, source }
    texts { tenant_id_in }
    time { before, after }
    flag { without_source, without_tenant_id, include_deployments_without_tenant_id }
    ;
    sorting: Vec<Sort<DeploymentSorting>> = "Sorting keys, the first first.",
}

sorting!(DeploymentSorting {
    Id = "id",
    Name = "name",
    DeploymentTime = "deploymentTime",
    TenantId = "tenantId",
});
