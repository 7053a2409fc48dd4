//! Variables of running instances.

use super::parameters::{query, sorting};
use crate::query::Sort;

query! {
    /// `GET` and `POST /variable-instance`.
    VariableInstanceQuery
    text { variable_name, variable_name_like }
    texts {
        process_instance_id_in, execution_id_in, task_id_in, batch_id_in, variable_scope_id_in, activity_instance_id_in,
        tenant_id_in,
    }
    flag { variable_names_ignore_case, variable_values_ignore_case, impossible }
    variables { variable_values }
    ;
    sorting: Vec<Sort<VariableInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(VariableInstanceSorting {
    VariableName = "variableName",
    VariableType = "variableType",
    ActivityInstanceId = "activityInstanceId",
    TenantId = "tenantId",
});
