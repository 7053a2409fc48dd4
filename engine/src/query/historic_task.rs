//! User tasks in history.

use super::parameters::{query, sorting};
use crate::query::Sort;

query! {
    /// `GET` and `POST /history/task`.
    HistoricTaskInstanceQuery
    text {
        task_id, task_parent_task_id, process_instance_id, root_process_instance_id, process_instance_business_key,
        process_instance_business_key_like, execution_id, process_definition_id, process_definition_key,
        process_definition_name, case_instance_id, task_name, task_name_like, task_description, task_description_like,
        task_definition_key, task_delete_reason, task_delete_reason_like, task_owner, task_owner_like, task_assignee,
        task_assignee_like, task_involved_user, task_involved_group, task_had_candidate_user, task_had_candidate_group,
    }
    texts { process_instance_business_key_in, activity_instance_id_in, task_definition_key_in, tenant_id_in }
    time {
        task_due_date, task_due_date_before, task_due_date_after, task_follow_up_date, task_follow_up_date_before,
        task_follow_up_date_after, started_before, started_after, finished_before, finished_after,
    }
    number { task_priority }
    flag {
        assigned, unassigned, finished, unfinished, process_finished, process_unfinished, without_task_due_date,
        with_candidate_groups, without_candidate_groups, without_tenant_id, variable_names_ignore_case,
        variable_values_ignore_case, impossible,
    }
    variables { task_variables, process_variables }
    ;
    or_queries: Vec<HistoricTaskInstanceQuery> = "Groups of which each must have one criterion that is met.",
    sorting: Vec<Sort<HistoricTaskInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricTaskInstanceSorting {
    TaskId = "taskId",
    ActivityInstanceId = "activityInstanceId",
    ProcessDefinitionId = "processDefinitionId",
    ProcessInstanceId = "processInstanceId",
    ExecutionId = "executionId",
    CaseDefinitionId = "caseDefinitionId",
    CaseInstanceId = "caseInstanceId",
    CaseExecutionId = "caseExecutionId",
    Duration = "duration",
    EndTime = "endTime",
    StartTime = "startTime",
    TaskName = "taskName",
    TaskDescription = "taskDescription",
    Assignee = "assignee",
    Owner = "owner",
    DueDate = "dueDate",
    FollowUpDate = "followUpDate",
    DeleteReason = "deleteReason",
    TaskDefinitionKey = "taskDefinitionKey",
    Priority = "priority",
    TenantId = "tenantId",
});
