//! Running process instances.

use super::parameters::{query, sorting};
use crate::query::Sort;

query! {
    /// `GET` and `POST /process-instance`.
    ProcessInstanceQuery
    text {
        business_key, business_key_like, process_definition_id, process_definition_key, deployment_id,
        super_process_instance, sub_process_instance, root_process_instance_id, incident_id, incident_type,
        incident_message, incident_message_like, case_instance_id,
    }
    texts {
        process_instance_ids, process_definition_key_in, process_definition_key_not_in, activity_id_in, tenant_id_in,
    }
    flag {
        active, suspended, with_incident, without_tenant_id, process_definition_without_tenant_id, root_process_instances,
        leaf_process_instances, variable_names_ignore_case, variable_values_ignore_case, impossible,
    }
    variables { variables }
    ;
    or_queries: Vec<ProcessInstanceQuery> = "Groups of which each must have one criterion that is met.",
    sorting: Vec<Sort<ProcessInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(ProcessInstanceSorting {
    InstanceId = "instanceId",
    DefinitionKey = "definitionKey",
    DefinitionId = "definitionId",
    TenantId = "tenantId",
    BusinessKey = "businessKey",
});
