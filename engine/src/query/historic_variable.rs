//! Variables in history.

use models::Value;

use super::parameters::{query, sorting};
use crate::query::Sort;

query! {
    /// `GET` and `POST /history/variable-instance`.
    HistoricVariableInstanceQuery
    text { process_instance_id, process_definition_id, process_definition_key, variable_name, variable_name_like }
    texts {
        process_instance_id_in, variable_name_in, variable_type_in, execution_id_in, task_id_in, activity_instance_id_in,
        tenant_id_in,
    }
    flag {
        include_deleted, without_tenant_id, variable_names_ignore_case, variable_values_ignore_case, impossible,
    }
    ;
    variable_value: Option<Value> = "`variableValue`, given together with `variableName`.",
    sorting: Vec<Sort<HistoricVariableInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricVariableInstanceSorting {
    InstanceId = "instanceId",
    VariableName = "variableName",
    TenantId = "tenantId",
});
