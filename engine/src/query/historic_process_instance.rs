//! Process instances in history.

use super::parameters::{query, sorting};
use crate::query::Sort;

query! {
    /// `GET` and `POST /history/process-instance`.
    HistoricProcessInstanceQuery
    text {
        process_instance_id, process_definition_id, process_definition_key, process_definition_name,
        process_definition_name_like, process_instance_business_key, process_instance_business_key_like, started_by,
        super_process_instance_id, sub_process_instance_id, root_process_instance_id, case_instance_id, incident_type,
        incident_status, incident_message, incident_message_like,
    }
    texts {
        process_instance_ids, process_instance_id_not_in, process_definition_key_in, process_definition_key_not_in,
        process_instance_business_key_in, tenant_id_in, executed_activity_id_in, active_activity_id_in, activity_id_in,
        incident_id_in,
    }
    time {
        started_before, started_after, finished_before, finished_after, executed_activity_after, executed_activity_before,
        executed_job_after, executed_job_before,
    }
    flag {
        finished, unfinished, with_incidents, with_root_incidents, with_jobs_retrying, root_process_instances, active,
        suspended, completed, externally_terminated, internally_terminated, without_tenant_id,
        variable_names_ignore_case, variable_values_ignore_case, impossible,
    }
    variables { variables }
    ;
    or_queries: Vec<HistoricProcessInstanceQuery> = "Groups of which each must have one criterion that is met.",
    sorting: Vec<Sort<HistoricProcessInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricProcessInstanceSorting {
    InstanceId = "instanceId",
    DefinitionId = "definitionId",
    BusinessKey = "businessKey",
    StartTime = "startTime",
    EndTime = "endTime",
    Duration = "duration",
    DefinitionKey = "definitionKey",
    DefinitionName = "definitionName",
    DefinitionVersion = "definitionVersion",
    TenantId = "tenantId",
});
