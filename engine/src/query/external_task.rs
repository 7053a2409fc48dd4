//! External tasks.

use models::Timestamp;

use super::parameters::{query, sorting};
use crate::query::Sort;

query! {
    /// `GET` and `POST /external-task`.
    ExternalTaskQuery
    text {
        external_task_id, topic_name, worker_id, activity_id, execution_id, process_instance_id, process_definition_id,
        process_definition_key, process_definition_name, process_definition_name_like,
    }
    texts { external_task_id_in, activity_id_in, process_instance_id_in, process_definition_key_in, tenant_id_in }
    time { lock_expiration_before, lock_expiration_after }
    number { priority_higher_than_or_equals, priority_lower_than_or_equals }
    flag {
        locked, not_locked, active, suspended, with_retries_left, no_retries_left, variable_names_ignore_case,
        variable_values_ignore_case,
    }
    variables { process_variables }
    ;
    now: Timestamp = "The time that `locked` and `not_locked` compare with.",
    sorting: Vec<Sort<ExternalTaskSorting>> = "Sorting keys, the first first.",
}

sorting!(ExternalTaskSorting {
    Id = "id",
    LockExpirationTime = "lockExpirationTime",
    ProcessInstanceId = "processInstanceId",
    ProcessDefinitionId = "processDefinitionId",
    ProcessDefinitionKey = "processDefinitionKey",
    TenantId = "tenantId",
    TaskPriority = "taskPriority",
    CreateTime = "createTime",
});
