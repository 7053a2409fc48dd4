//! Executions.

use super::parameters::{query, sorting};
use crate::query::Sort;

query! {
    /// `GET` and `POST /execution`.
    ExecutionQuery
    text {
        execution_id, business_key, process_definition_id, process_definition_key, process_instance_id, activity_id,
        signal_event_subscription_name, message_event_subscription_name, incident_id, incident_type, incident_message,
        incident_message_like,
    }
    texts { tenant_id_in }
    flag { active, suspended, variable_names_ignore_case, variable_values_ignore_case }
    variables { variables, process_variables }
    ;
    sorting: Vec<Sort<ExecutionSorting>> = "Sorting keys, the first first.",
}

sorting!(ExecutionSorting {
    InstanceId = "instanceId",
    DefinitionKey = "definitionKey",
    DefinitionId = "definitionId",
    TenantId = "tenantId",
});
