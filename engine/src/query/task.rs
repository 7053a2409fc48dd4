//! Open user tasks.

use engine_core::state::{DelegationState, IdentityLink, Task, Variable};
use models::{Id, Value};

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated},
    narrow::{count_each, under_each, under_folded, under_id, under_ids, under_text, under_texts, variables},
    parameters::{Sort, query},
    text::{equal_ignoring_case, like, like_ignoring_case},
    variable_filter::VariableFilter,
    visibility::visible_task,
};
use crate::{
    request::Caller,
    world::{
        World,
        runtime::{TaskIndexes, VariableIndexes},
        thaw::{CREATED, DUE, PRIORITY},
    },
};

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
    /// What belongs to cases: nothing.
    OfCase,
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
            "caseExecutionId" => Self::OfCase,
            _ => return None,
        })
    }
}

/// A user task in a result.
pub type TaskRow<'w> = Row<'w, Task>;

impl<'w> TaskRow<'w> {
    /// The id the API shows.
    pub fn text_id(&self) -> String {
        self.entity.custom_id.as_deref().map_or_else(|| self.entity.id.to_string(), str::to_owned)
    }

    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// Business key of the process instance.
    pub fn business_key(&self) -> Option<&'w str> {
        self.world.business_key(self.entity.process_instance?)
    }

    /// The activity instance as the API shows it.
    pub fn activity_instance_id(&self) -> Option<String> {
        let execution = self.world.execution(self.entity.execution?)?;
        self.world.activity_instance_text_id(execution)
    }

    /// Whether there is a comment.
    pub fn has_comment(&self) -> bool {
        self.world.comments_of_task(self.entity.id).next().is_some()
    }

    /// Whether there is an attachment.
    pub fn has_attachment(&self) -> bool {
        self.world.attachments_of_task(self.entity.id).next().is_some()
    }
}

evaluated! { TaskQuery => TaskRow; }

impl TaskQuery {
    /// Groups that make a candidate: the group, the groups, or both (in an or-query any of them), and those of the
    /// candidate user. `None` when none are asked for.
    fn wanted_groups(&self, world: &World, any: bool) -> Option<Vec<String>> {
        let mut groups = match (&self.candidate_group, self.candidate_groups.is_empty()) {
            (Some(group), false) if any => {
                let mut groups = self.candidate_groups.clone();
                groups.push(group.clone());
                Some(groups)
            }
            (Some(group), false) => {
                Some(self.candidate_groups.iter().filter(|known| *known == group).cloned().collect())
            }
            (Some(group), true) => Some(vec![group.clone()]),
            (None, false) => Some(self.candidate_groups.clone()),
            (None, true) => None,
        };
        if let Some(user) = &self.candidate_user {
            groups.get_or_insert_default().extend(world.groups_of(user).map(str::to_owned));
        }
        groups
    }

    fn asks_for_candidates(&self) -> bool {
        self.candidate_user.is_some()
            || self.candidate_group.is_some()
            || !self.candidate_groups.is_empty()
            || self.candidate_group_like.is_some()
            || self.with_candidate_groups
            || self.with_candidate_users
    }

    /// One candidate link has to meet all of this together.
    fn is_candidate(&self, task: TaskRow<'_>, any: bool) -> bool {
        if !self.include_assigned_tasks && task.assignee.is_some() {
            return false;
        }
        let groups = self.wanted_groups(task.world, any);
        let named = self.candidate_user.is_some() || groups.is_some() || self.candidate_group_like.is_some();
        let is_named = |link: &IdentityLink| {
            let group = link.group.as_deref();
            (self.candidate_user.is_some() && link.user.as_deref() == self.candidate_user.as_deref())
                || group.is_some_and(|group| {
                    groups.iter().flatten().any(|wanted| wanted == group)
                        || self.candidate_group_like.as_ref().is_some_and(|pattern| like(group, pattern))
                })
        };
        candidates(&task).any(|link| {
            (!named || is_named(link))
                && (!self.with_candidate_groups || link.group.is_some())
                && (!self.with_candidate_users || link.user.is_some())
        })
    }

    fn check(&self, task: TaskRow<'_>, mut check: Check, any: bool) -> bool {
        let world = task.world;
        let name = task.name.as_deref();
        let description = task.description.as_deref();
        let assignee = task.assignee.as_deref();
        let key = task.key.as_deref();
        check.when(self.impossible, || false);
        check.text(self.task_id.as_ref(), |id| task.text_id() == id);
        check.when(!self.task_id_in.is_empty(), || self.task_id_in.contains(&task.text_id()));
        check.text(self.name.as_ref(), |text| name.is_some_and(|name| equal_ignoring_case(name, text)));
        check.text(self.name_not_equal.as_ref(), |text| name.is_some_and(|name| !equal_ignoring_case(name, text)));
        check.text(self.name_like.as_ref(), |text| name.is_some_and(|name| like_ignoring_case(name, text)));
        check.text(self.name_not_like.as_ref(), |text| name.is_some_and(|name| !like_ignoring_case(name, text)));
        check.text(self.description.as_ref(), |text| {
            description.is_some_and(|description| equal_ignoring_case(description, text))
        });
        check.text(self.description_like.as_ref(), |text| {
            description.is_some_and(|description| like_ignoring_case(description, text))
        });
        let priority = i64::from(task.priority);
        check.when(self.priority.is_some(), || self.priority == Some(priority));
        check.at_least(self.min_priority, priority);
        check.at_most(self.max_priority, priority);
        check.equals(self.assignee.as_ref(), assignee);
        check.like(self.assignee_like.as_ref(), assignee);
        check.within(&self.assignee_in, assignee);
        check.not_within(&self.assignee_not_in, assignee);
        check.equals(self.owner.as_ref(), task.owner.as_deref());
        check.when(self.unassigned, || assignee.is_none());
        check.when(self.assigned, || assignee.is_some());
        check.text(self.delegation_state.as_ref(), |state| {
            matches!(
                (task.delegation, state),
                (Some(DelegationState::Pending), "PENDING") | (Some(DelegationState::Resolved), "RESOLVED")
            )
        });
        check.id(self.process_instance_id.as_ref(), task.process_instance);
        check.id_in(&self.process_instance_id_in, task.process_instance);
        let business_key = || task.business_key();
        check.text(self.process_instance_business_key.as_ref(), |key| business_key() == Some(key));
        check.when(!self.process_instance_business_key_in.is_empty(), || {
            business_key().is_some_and(|key| self.process_instance_business_key_in.iter().any(|wanted| wanted == key))
        });
        check.text(self.process_instance_business_key_like.as_ref(), |pattern| {
            business_key().is_some_and(|key| like(key, pattern))
        });
        check.id(self.execution_id.as_ref(), task.execution);
        check.equals(self.case_instance_id.as_ref(), task.case_instance.as_deref());
        check.at(self.created_on, Some(task.created));
        check.before(self.created_before, Some(task.created));
        check.after(self.created_after, Some(task.created));
        check.after(self.updated_after, Some(task.last_updated.unwrap_or(task.created)));
        check.equals(self.task_definition_key.as_ref(), key);
        check.like(self.task_definition_key_like.as_ref(), key);
        check.within(&self.task_definition_key_in, key);
        check.not_within(&self.task_definition_key_not_in, key);
        check.equals(self.parent_task_id.as_ref(), task.parent_task.as_deref());
        check.text(self.process_definition_id.as_ref(), |id| task.process_definition_id() == Some(id));
        let definition_key = || world.definition_key(task.definition);
        check.text(self.process_definition_key.as_ref(), |key| definition_key() == Some(key));
        check.when(!self.process_definition_key_in.is_empty(), || {
            definition_key().is_some_and(|key| self.process_definition_key_in.iter().any(|wanted| wanted == key))
        });
        let definition_name = || world.definition_name(task.definition);
        check.text(self.process_definition_name.as_ref(), |name| definition_name() == Some(name));
        check.text(self.process_definition_name_like.as_ref(), |pattern| {
            definition_name().is_some_and(|name| like(name, pattern))
        });
        check.at(self.due_date, task.due);
        check.before(self.due_before, task.due);
        check.after(self.due_after, task.due);
        check.when(self.without_due_date, || task.due.is_none());
        check.at(self.follow_up_date, task.follow_up);
        check.before(self.follow_up_before, task.follow_up);
        check.when(self.follow_up_before_or_not_existent.is_some(), || {
            task.follow_up.is_none() || task.follow_up < self.follow_up_before_or_not_existent
        });
        check.after(self.follow_up_after, task.follow_up);
        check.when(!self.activity_instance_id_in.is_empty(), || {
            task.activity_instance_id().is_some_and(|id| self.activity_instance_id_in.contains(&id))
        });
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, task.tenant.as_deref());
        check.when(self.asks_for_candidates(), || self.is_candidate(task, any));
        check.when(self.without_candidate_groups || self.without_candidate_users, || {
            (self.include_assigned_tasks || assignee.is_none())
                && !(self.without_candidate_groups && candidates(&task).any(|link| link.group.is_some()))
                && !(self.without_candidate_users && candidates(&task).any(|link| link.user.is_some()))
        });
        check.text(self.involved_user.as_ref(), |user| {
            assignee == Some(user)
                || task.owner.as_deref() == Some(user)
                || task.links.iter().any(|link| link.user.as_deref() == Some(user))
        });
        for filter in &self.task_variables {
            check.when(true, || self.has_variable(world.variables_of(task.id), filter));
        }
        for filter in &self.process_variables {
            check.when(true, || {
                task.process_instance.is_some_and(|instance| {
                    let variables = world.variables_of_instance(instance).filter(|variable| variable.task.is_none());
                    self.has_variable(variables, filter)
                })
            });
        }
        check.when(self.active && !self.suspended, || !task.suspended);
        check.when(self.suspended, || task.suspended);
        check.verdict()
    }

    fn has_variable<'w>(&self, variables: impl Iterator<Item = &'w Variable>, filter: &VariableFilter) -> bool {
        filter.met_by(
            variables.map(|variable| (&*variable.name, &variable.value)),
            self.variable_names_ignore_case,
            self.variable_values_ignore_case,
        )
    }
}

fn candidates(task: &Task) -> impl Iterator<Item = &IdentityLink> {
    task.links.iter().filter(|link| &*link.kind == "candidate")
}

impl Criteria for TaskQuery {
    type Row<'w> = TaskRow<'w>;
    type SortBy = TaskSorting;

    fn everything(world: &World) -> Rows<'_, TaskRow<'_>> {
        Box::new(world.tasks().map(move |task| Row::new(world, task)))
    }

    fn all_ids() -> Option<super::evaluate::AllIds> {
        Some(World::all_ids::<engine_core::state::Task>)
    }

    fn ranks(&self, world: &World, ids: &[Id]) -> Option<Vec<i64>> {
        let first = self.sorting.first()?;
        let column = match first.by {
            TaskSorting::Created => CREATED,
            TaskSorting::DueDate => DUE,
            TaskSorting::Priority => PRIORITY,
            _ => return None,
        };
        let ranks = world.columns_of::<Task>(ids, column);
        Some(if first.descending { ranks.into_iter().map(|rank| !rank).collect() } else { ranks })
    }

    fn row_id(row: TaskRow<'_>) -> Id {
        row.id
    }

    fn row(world: &World, id: Id) -> Option<TaskRow<'_>> {
        world.task(id).map(|task| Row::new(world, task))
    }

    fn named(world: &World) -> Vec<Id> {
        world.runtime.tasks.by.custom_id.iter().map(|entry| entry.1).collect()
    }

    fn shown_id(row: TaskRow<'_>) -> String {
        row.text_id()
    }

    fn narrowed(&self, world: &World) -> Option<Vec<Id>> {
        let by = TaskIndexes::views(world);
        let by_text = |text: &String| world.task_by_text(text).map(|task| task.id);
        Some(if let Some(id) = &self.task_id {
            by_text(id).into_iter().collect()
        } else if !self.task_id_in.is_empty() {
            self.task_id_in.iter().filter_map(by_text).collect()
        } else if let Some(id) = &self.execution_id {
            under_id(&by.execution, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if !self.process_instance_id_in.is_empty() {
            under_ids(&by.process_instance, &self.process_instance_id_in)
        } else if let Some(key) = &self.process_instance_business_key {
            under_each(&by.process_instance, world.process_instances_of_business_key(key).map(|row| row.id))
        } else if let Some(parent) = &self.parent_task_id {
            under_text(&by.parent_task, parent)
        } else if let Some(filter) = self.task_variables.first() {
            let found = variables(&VariableIndexes::views(world).value, filter);
            world.of_each(&found, |variable: &Variable| variable.task)
        } else if let Some(filter) = self.process_variables.first() {
            under_each(&by.process_instance, world.instances_with_variable(filter))
        } else if let Some(user) = &self.assignee {
            under_text(&by.assignee, user)
        } else if !self.assignee_in.is_empty() {
            under_texts(&by.assignee, &self.assignee_in)
        } else if self.candidate_user.is_some() || self.candidate_group.is_some() || !self.candidate_groups.is_empty() {
            if self.candidate_group_like.is_some() {
                return None;
            }
            let mut found: Vec<Id> =
                self.candidate_user.iter().flat_map(|user| under_text(&by.candidate_user, user)).collect();
            found.extend(under_texts(&by.candidate_group, &self.wanted_groups(world, false).unwrap_or_default()));
            found
        } else if let Some(name) = &self.name {
            under_folded(&by.name, name)
        } else if let Some(key) = &self.task_definition_key {
            under_text(&by.key, key)
        } else if !self.task_definition_key_in.is_empty() {
            under_texts(&by.key, &self.task_definition_key_in)
        } else if let Some(id) = &self.process_definition_id {
            under_each(&by.definition, world.definition_named(id))
        } else if let Some(key) = &self.process_definition_key {
            under_each(&by.definition, world.definitions_of(key))
        } else if !self.process_definition_key_in.is_empty() {
            under_each(&by.definition, world.definitions_of_keys(&self.process_definition_key_in))
        } else if let Some(end) = self.due_before.or(self.due_date) {
            by.due.between(models::Timestamp(i64::MIN), end)
        } else if let Some(start) = self.due_after {
            by.due.between(start, models::Timestamp(i64::MAX))
        } else {
            return None;
        })
    }

    fn counted(&self, world: &World) -> Option<usize> {
        let others = Self { process_definition_key: None, sorting: Vec::new(), ..self.clone() };
        let by = TaskIndexes::views(world);
        (others == Self::default()).then(|| match &self.process_definition_key {
            None => world.task_count(),
            Some(key) => count_each(&by.definition, world.definitions_of(key)),
        })
    }

    fn matches(&self, row: TaskRow<'_>) -> bool {
        self.check(row, Check::all(), false) && self.or_queries.iter().all(|query| query.check(row, Check::any(), true))
    }

    fn visible(&self, row: TaskRow<'_>, viewer: &Caller) -> bool {
        visible_task(row.world, row.entity, Some(viewer))
    }

    fn sorting(&self) -> &[Sort<TaskSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &TaskSorting, row: Self::Row<'w>) -> Key<'w> {
        let task = row.entity;
        match by {
            TaskSorting::InstanceId => task.process_instance.into(),
            TaskSorting::CaseInstanceId => task.case_instance.as_deref().into(),
            TaskSorting::DueDate => task.due.into(),
            TaskSorting::FollowUpDate => task.follow_up.into(),
            TaskSorting::ExecutionId => task.execution.into(),
            TaskSorting::Assignee => task.assignee.as_deref().into(),
            TaskSorting::Created => task.created.into(),
            TaskSorting::LastUpdated => task.last_updated.into(),
            TaskSorting::Description => task.description.as_deref().into(),
            TaskSorting::Id => row.text_id().into(),
            TaskSorting::Name => task.name.as_deref().into(),
            TaskSorting::NameCaseInsensitive => task.name.as_deref().map(str::to_lowercase).into(),
            TaskSorting::Priority => task.priority.into(),
            TaskSorting::TenantId => task.tenant.as_deref().into(),
            TaskSorting::OfCase => Key::Null,
            TaskSorting::Variable(variable) => variable.key(row),
        }
    }
}

impl VariableSorting {
    /// The value to sort by: of the named variable in the scope itself, when it has the type.
    fn key<'w>(&self, task: TaskRow<'w>) -> Key<'w> {
        let scope = match self.scope {
            VariableSortingScope::ProcessInstance => task.process_instance,
            VariableSortingScope::Execution => task.execution,
            VariableSortingScope::Task => Some(task.id),
        };
        // the variables of a task belong to its execution, too
        let of_task = || task.execution.filter(|own| Some(*own) == scope).and(Some(task.id));
        let named = |scope: Id| task.world.variable_in(scope, &self.variable);
        let Some(variable) = scope.and_then(named).or_else(|| of_task().and_then(named)) else {
            return Key::Null;
        };
        if !variable.value.type_name().eq_ignore_ascii_case(&self.kind) {
            return Key::Null;
        }
        match &variable.value {
            Value::Boolean(value) => Key::Number(i64::from(*value)),
            Value::Short(value) => Key::Number(i64::from(*value)),
            Value::Integer(value) => Key::Number(i64::from(*value)),
            Value::Long(value) => Key::Number(*value),
            Value::Double(value) => Key::Double(*value),
            Value::String(text) => text.to_lowercase().into(),
            Value::Date(time) => (*time).into(),
            _ => Key::Null,
        }
    }
}
