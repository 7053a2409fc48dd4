//! The log of user operations.

use engine_core::history::UserOperation;
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::under_id,
    parameters::{Sort, query, sorting},
    visibility::{Entry, reads_past, sees},
};
use crate::{
    request::Caller,
    world::{
        World,
        cold::Traces,
        past::Past,
        permission::{READ, Resource},
    },
};

query! {
    /// `GET /history/user-operation`.
    UserOperationQuery
    text {
        deployment_id, process_definition_id, process_definition_key, process_instance_id, execution_id, task_id, job_id,
        job_definition_id, batch_id, user_id, operation_id, external_task_id, operation_type, entity_type, category,
        property,
    }
    texts { entity_type_in, category_in, tenant_id_in }
    time { before_timestamp, after_timestamp }
    flag { without_tenant_id, impossible }
    ;
    sorting: Vec<Sort<UserOperationSorting>> = "Sorting keys, the first first.",
}

sorting!(UserOperationSorting { Timestamp = "timestamp" });

/// An entry of the user operation log.
pub type UserOperationRow<'w> = Row<'w, UserOperation>;

evaluated! { UserOperationQuery => UserOperationRow; }

impl<'w> UserOperationRow<'w> {
    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// `processDefinitionKey`: as recorded, or of the definition.
    pub fn process_definition_key(&self) -> Option<&'w str> {
        self.entity.definition_key.as_deref().or_else(|| self.world.definition_key(self.entity.definition))
    }

    /// `taskId`.
    pub fn task_id(&self) -> Option<String> {
        self.entity.task.map(|id| self.world.task_text_id(id))
    }

    /// `rootProcessInstanceId`.
    pub fn root(&self) -> Option<Id> {
        Some(self.world.historic_process_instance(self.entity.process_instance?)?.root)
    }
}

impl Criteria for UserOperationQuery {
    type Row<'w> = UserOperationRow<'w>;
    type SortBy = UserOperationSorting;

    fn everything(world: &World) -> Rows<'_, UserOperationRow<'_>> {
        Box::new(world.user_operations().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<UserOperationRow<'_>> {
        world.user_operation(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, _: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.operations;
        Some(if let Some(id) = &self.operation_id {
            under_id(&by.operation, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else {
            return None;
        })
    }

    fn traces(&self, _: &World) -> Option<Traces> {
        let traces = Traces::any()
            .given(self.operation_id.as_ref().map(|id| parsed([id])))
            .given(self.process_instance_id.as_ref().map(|id| parsed([id])));
        Some(traces)
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: UserOperationRow<'_>) -> bool {
        let mut check = Check::all();
        check.when(self.impossible, || false);
        check.id(self.deployment_id.as_ref(), row.deployment);
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| row.process_definition_key() == Some(key));
        check.id(self.process_instance_id.as_ref(), row.process_instance);
        check.id(self.execution_id.as_ref(), row.execution);
        check.text(self.task_id.as_ref(), |id| row.task_id().as_deref() == Some(id));
        check.id(self.job_id.as_ref(), row.job);
        check.id(self.job_definition_id.as_ref(), row.job_definition);
        check.id(self.batch_id.as_ref(), row.batch);
        check.equals(self.user_id.as_ref(), row.user.as_deref());
        check.id(self.operation_id.as_ref(), Some(row.operation));
        check.id(self.external_task_id.as_ref(), row.external_task);
        check.equals(self.operation_type.as_ref(), Some(&row.operation_type));
        check.equals(self.entity_type.as_ref(), Some(&row.entity_type));
        check.within(&self.entity_type_in, Some(&row.entity_type));
        check.equals(self.property.as_ref(), row.property.as_deref());
        check.after(self.after_timestamp, Some(row.time));
        check.before(self.before_timestamp, Some(row.time));
        check.equals(self.category.as_ref(), row.category.as_deref());
        check.within(&self.category_in, row.category.as_deref());
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.verdict()
    }

    fn visible(&self, row: UserOperationRow<'_>, viewer: &Caller) -> bool {
        let category = row.category.as_deref();
        sees(viewer, row.tenant.as_deref(), || {
            (category.is_some() && row.world.may(viewer, Resource::OperationLogCategory, category, READ))
                || ((row.definition.is_some() || category.is_none())
                    && reads_past(
                        row.world,
                        viewer,
                        Entry { definition: row.definition, instance: row.process_instance, task: row.task },
                    ))
        })
    }

    fn sorting(&self) -> &[Sort<UserOperationSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &UserOperationSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            UserOperationSorting::Timestamp => row.time.into(),
        }
    }
}
