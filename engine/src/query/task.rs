//! Open user tasks.

use super::parameters::query;
use crate::query::Sort;

query! {
    /// `GET` and `POST /task`.
    TaskQuery
    text {
        task_id, name, name_not_equal, name_like, name_not_like, description, description_like, assignee, assignee_like,
        owner, process_instance_id, process_instance_business_key, process_instance_business_key_like, execution_id,
        case_instance_id, task_definition_key, task_definition_key_like, parent_task_id, process_definition_id,
        process_definition_key, process_definition_name, process_definition_name_like, candidate_user, candidate_group,
        candidate_group_like, involved_user, delegation_state,
    }
    texts {
        task_id_in, assignee_in, assignee_not_in, process_instance_id_in, process_instance_business_key_in,
        task_definition_key_in, task_definition_key_not_in, process_definition_key_in, activity_instance_id_in,
        tenant_id_in, candidate_groups,
    }
    time {
        created_on, created_before, created_after, updated_after, due_date, due_before, due_after, follow_up_date,
        follow_up_before, follow_up_before_or_not_existent, follow_up_after,
    }
    number { priority, min_priority, max_priority }
    flag {
        assigned, unassigned, active, suspended, without_tenant_id, without_due_date, include_assigned_tasks,
        with_candidate_groups, without_candidate_groups, with_candidate_users, without_candidate_users,
        variable_names_ignore_case, variable_values_ignore_case, impossible,
    }
    variables { process_variables, task_variables }
    ;
    or_queries: Vec<TaskQuery> = "Groups of which each must have one criterion that is met.",
    sorting: Vec<Sort<TaskSorting>> = "Sorting keys, the first first.",
}

/// `sortBy` of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskSorting {
    /// `instanceId`.
    InstanceId,
    /// `caseInstanceId`.
    CaseInstanceId,
    /// `dueDate`.
    DueDate,
    /// `followUpDate`.
    FollowUpDate,
    /// `executionId`.
    ExecutionId,
    /// `assignee`.
    Assignee,
    /// `created`.
    Created,
    /// `lastUpdated`.
    LastUpdated,
    /// `description`.
    Description,
    /// `id`.
    Id,
    /// `name`.
    Name,
    /// `nameCaseInsensitive`.
    NameCaseInsensitive,
    /// `priority`.
    Priority,
    /// `tenantId`.
    TenantId,
    /// `processVariable`, `executionVariable`, `taskVariable`: value of a variable of that scope.
    Variable(VariableSorting),
}

/// A variable to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableSorting {
    /// Where it is.
    pub scope: VariableSortingScope,
    /// Its name.
    pub variable: String,
    /// `type` of the API: `String`, `Integer`, `Short`, `Long`, `Double`, `Boolean`, `Date`; others are compared as the
    /// least.
    pub kind: String,
}

/// Scope of a variable to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableSortingScope {
    /// `processVariable`.
    ProcessInstance,
    /// `executionVariable`.
    Execution,
    /// `taskVariable`.
    Task,
}

impl TaskSorting {
    /// The key of a name in the API; those of variables need parameters and are made directly.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "instanceId" => Self::InstanceId,
            "caseInstanceId" => Self::CaseInstanceId,
            "dueDate" => Self::DueDate,
            "followUpDate" => Self::FollowUpDate,
            "executionId" => Self::ExecutionId,
            "assignee" => Self::Assignee,
            "created" => Self::Created,
            "lastUpdated" => Self::LastUpdated,
            "description" => Self::Description,
            "id" => Self::Id,
            "name" => Self::Name,
            "nameCaseInsensitive" => Self::NameCaseInsensitive,
            "priority" => Self::Priority,
            "tenantId" => Self::TenantId,
            _ => return None,
        })
    }
}
