//! External tasks.

use engine_core::state::ExternalTask;
use models::{Id, Timestamp};

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed},
    narrow::{under_each, under_id, under_ids, under_text},
    parameters::{Sort, query, sorting},
    visibility::visible_external_task,
};
use crate::{request::Caller, world::World};

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

/// An external task in a result.
pub type ExternalTaskRow<'w> = Row<'w, ExternalTask>;

evaluated! { ExternalTaskQuery => ExternalTaskRow; }

impl<'w> ExternalTaskRow<'w> {
    /// `activityId`.
    pub fn activity_id(&self) -> Option<&'w str> {
        self.world.activity_id(self.entity.definition, self.entity.node)
    }

    /// `activityInstanceId`.
    pub fn activity_instance_id(&self) -> String {
        let id = self.entity.activity_instance;
        let activity = self.activity_id();
        activity.map_or_else(|| id.to_string(), |activity| engine_core::history::activity_instance_text(activity, id))
    }

    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(Some(self.entity.definition))
    }

    /// `processDefinitionKey`.
    pub fn process_definition_key(&self) -> Option<&'w str> {
        self.world.definition_key(Some(self.entity.definition))
    }

    /// `processDefinitionVersionTag`.
    pub fn version_tag(&self) -> Option<&'w str> {
        self.world.process_definition(self.entity.definition)?.version_tag.as_deref()
    }

    /// `businessKey`.
    pub fn business_key(&self) -> Option<&'w str> {
        self.world.business_key(self.entity.process_instance)
    }
}

impl Criteria for ExternalTaskQuery {
    type Row<'w> = ExternalTaskRow<'w>;
    type SortBy = ExternalTaskSorting;

    fn everything(world: &World) -> Rows<'_, ExternalTaskRow<'_>> {
        Box::new(world.external_tasks().map(move |task| Row::new(world, task)))
    }

    fn row(world: &World, id: Id) -> Option<ExternalTaskRow<'_>> {
        world.external_task(id).map(|task| Row::new(world, task))
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let by = &world.runtime.external_tasks.by;
        Some(if let Some(id) = &self.external_task_id {
            parsed([id])
        } else if !self.external_task_id_in.is_empty() {
            parsed(&self.external_task_id_in)
        } else if let Some(id) = &self.execution_id {
            under_id(&by.execution, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if !self.process_instance_id_in.is_empty() {
            under_ids(&by.process_instance, &self.process_instance_id_in)
        } else if let Some(filter) = self.process_variables.first() {
            under_each(&by.process_instance, world.instances_with_variable(filter))
        } else if let Some(topic) = &self.topic_name {
            under_text(&by.topic, topic)
        } else {
            return None;
        })
    }

    fn matches(&self, row: ExternalTaskRow<'_>) -> bool {
        let world = row.world;
        let mut check = Check::all();
        check.id(self.external_task_id.as_ref(), Some(row.id));
        check.id_in(&self.external_task_id_in, Some(row.id));
        check.equals(self.worker_id.as_ref(), row.worker.as_deref());
        check.before(self.lock_expiration_before, row.lock_expires);
        check.after(self.lock_expiration_after, row.lock_expires);
        check.equals(self.topic_name.as_ref(), Some(&row.topic));
        check.when(self.locked, || row.lock_expires.is_some_and(|until| until > self.now));
        check.when(self.not_locked, || row.lock_expires.is_none_or(|until| until < self.now));
        check.id(self.execution_id.as_ref(), Some(row.execution));
        check.id(self.process_instance_id.as_ref(), Some(row.process_instance));
        check.id_in(&self.process_instance_id_in, Some(row.process_instance));
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| row.process_definition_key() == Some(key));
        check.within(&self.process_definition_key_in, row.process_definition_key());
        let definition_name = world.definition_name(Some(row.definition));
        check.equals(self.process_definition_name.as_ref(), definition_name);
        check.like(self.process_definition_name_like.as_ref(), definition_name);
        check.text(self.activity_id.as_ref(), |activity| row.activity_id() == Some(activity));
        check.within(&self.activity_id_in, row.activity_id());
        check.when(self.with_retries_left, || row.retries.is_none_or(|retries| retries > 0));
        check.when(self.no_retries_left, || row.retries == Some(0));
        check.when(self.active && !self.suspended, || !row.suspended);
        check.when(self.suspended, || row.suspended);
        check.at_least(self.priority_higher_than_or_equals, row.priority);
        check.at_most(self.priority_lower_than_or_equals, row.priority);
        check.tenant(&self.tenant_id_in, false, false, row.tenant.as_deref());
        for filter in &self.process_variables {
            check.when(true, || {
                let variables = world.variables_of_instance(row.process_instance);
                let variables = variables.filter(|variable| variable.task.is_none());
                let variables = variables.map(|variable| (&*variable.name, &variable.value));
                filter.met_by(variables, self.variable_names_ignore_case, self.variable_values_ignore_case)
            });
        }
        check.verdict()
    }

    fn visible(&self, row: ExternalTaskRow<'_>, viewer: &Caller) -> bool {
        visible_external_task(row.world, row.entity, Some(viewer))
    }

    fn sorting(&self) -> &[Sort<ExternalTaskSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &ExternalTaskSorting, row: Self::Row<'w>) -> Key<'w> {
        match by {
            ExternalTaskSorting::Id => row.id.into(),
            ExternalTaskSorting::LockExpirationTime => row.lock_expires.into(),
            ExternalTaskSorting::ProcessInstanceId => row.process_instance.into(),
            ExternalTaskSorting::ProcessDefinitionId => row.process_definition_id().into(),
            ExternalTaskSorting::ProcessDefinitionKey => row.process_definition_key().into(),
            ExternalTaskSorting::TenantId => row.entity.tenant.as_deref().into(),
            ExternalTaskSorting::TaskPriority => row.priority.into(),
            ExternalTaskSorting::CreateTime => row.created.into(),
        }
    }
}
