//! Activity instances in history.

use super::parameters::{query, sorting};
use crate::query::Sort;

query! {
    /// `GET` and `POST /history/activity-instance`.
    HistoricActivityInstanceQuery
    text {
        activity_instance_id, process_instance_id, process_definition_id, execution_id, activity_id, activity_name,
        activity_name_like, activity_type, task_assignee,
    }
    texts { tenant_id_in }
    time { started_before, started_after, finished_before, finished_after }
    flag { finished, unfinished, canceled, complete_scope, without_tenant_id }
    ;
    sorting: Vec<Sort<HistoricActivityInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricActivityInstanceSorting {
    ActivityInstanceId = "activityInstanceId",
    InstanceId = "instanceId",
    ExecutionId = "executionId",
    ActivityId = "activityId",
    ActivityName = "activityName",
    ActivityType = "activityType",
    StartTime = "startTime",
    EndTime = "endTime",
    Duration = "duration",
    DefinitionId = "definitionId",
    Occurrence = "occurrence",
    TenantId = "tenantId",
});
