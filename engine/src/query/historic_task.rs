//! User tasks in history.

use engine_core::history::{HistoricProcessInstance, HistoricTaskInstance};
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, evaluated, parsed, parsed_end},
    narrow::{among, under_each, under_id, under_text, variable_trace, variables},
    parameters::{Sort, query, sorting},
    text::{equal_ignoring_case, like_ignoring_case},
    visibility::{Entry, reads_past, sees},
};
use crate::{
    request::Caller,
    world::{World, cold::Traces, index::text_key, past::Past},
};

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

/// A user task in history.
pub type HistoricTaskInstanceRow<'w> = Row<'w, HistoricTaskInstance>;

evaluated! { HistoricTaskInstanceQuery => HistoricTaskInstanceRow; }

impl<'w> HistoricTaskInstanceRow<'w> {
    /// The id the API shows.
    pub fn text_id(&self) -> String {
        self.entity.custom_id.as_ref().map_or_else(|| self.entity.id.to_string(), ToString::to_string)
    }

    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(self.entity.definition)
    }

    /// `activityInstanceId`.
    pub fn activity_instance_id(&self) -> Option<String> {
        self.world.historic_activity_text_id(self.entity.activity_instance?, self.entity.key.as_deref())
    }

    /// Its process instance.
    pub fn instance(&self) -> Option<&'w HistoricProcessInstance> {
        self.world.historic_process_instance(self.entity.process_instance?)
    }

    /// `duration`, once it has ended.
    pub fn duration_ms(&self) -> Option<i64> {
        self.entity.end.map(|end| end.0 - self.entity.start.0)
    }
}

impl HistoricTaskInstanceQuery {
    fn check(&self, row: HistoricTaskInstanceRow<'_>, mut check: Check, any: bool) -> bool {
        let world = row.world;
        let name = row.name.as_deref();
        let description = row.description.as_deref();
        let assignee = row.assignee.as_deref();
        check.when(self.impossible, || false);
        self.check_links(row, &mut check, any);
        check.text(self.task_id.as_ref(), |id| row.text_id() == id);
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.text(self.process_definition_key.as_ref(), |key| world.definition_key(row.definition) == Some(key));
        check.text(self.process_definition_name.as_ref(), |name| world.definition_name(row.definition) == Some(name));
        check.id(self.process_instance_id.as_ref(), row.process_instance);
        let instance = row.instance();
        let business_key = instance.and_then(|instance| instance.business_key.as_deref());
        check.id(self.root_process_instance_id.as_ref(), instance.map(|instance| instance.root));
        check.equals(self.process_instance_business_key.as_ref(), business_key);
        check.within(&self.process_instance_business_key_in, business_key);
        check.like(self.process_instance_business_key_like.as_ref(), business_key);
        check.equals(self.task_definition_key.as_ref(), row.key.as_deref());
        check.within(&self.task_definition_key_in, row.key.as_deref());
        check.id(self.execution_id.as_ref(), row.execution);
        check.when(!self.activity_instance_id_in.is_empty(), || {
            row.activity_instance_id().is_some_and(|id| self.activity_instance_id_in.contains(&id))
        });
        check.equals(self.case_instance_id.as_ref(), row.case_instance.as_deref());
        check.text(self.task_name.as_ref(), |text| name.is_some_and(|name| equal_ignoring_case(name, text)));
        check.text(self.task_name_like.as_ref(), |text| name.is_some_and(|name| like_ignoring_case(name, text)));
        check.equals(self.task_parent_task_id.as_ref(), row.parent_task.as_deref());
        check.text(self.task_description.as_ref(), |text| {
            description.is_some_and(|description| equal_ignoring_case(description, text))
        });
        check.text(self.task_description_like.as_ref(), |text| {
            description.is_some_and(|description| like_ignoring_case(description, text))
        });
        check.equals(self.task_delete_reason.as_ref(), row.delete_reason.as_deref());
        check.like(self.task_delete_reason_like.as_ref(), row.delete_reason.as_deref());
        check.equals(self.task_owner.as_ref(), row.owner.as_deref());
        check.like(self.task_owner_like.as_ref(), row.owner.as_deref());
        check.when(self.assigned, || assignee.is_some());
        check.when(self.unassigned, || assignee.is_none());
        check.equals(self.task_assignee.as_ref(), assignee);
        check.like(self.task_assignee_like.as_ref(), assignee);
        check.when(self.task_priority.is_some(), || self.task_priority == Some(i64::from(row.priority)));
        check.when(self.unfinished, || row.end.is_none());
        check.when(self.finished, || row.end.is_some());
        check.when(self.process_finished, || instance.is_some_and(|instance| instance.end.is_some()));
        check.when(self.process_unfinished, || instance.is_some_and(|instance| instance.end.is_none()));
        check.since(self.started_after, Some(row.start));
        check.until(self.started_before, Some(row.start));
        check.until(self.finished_before, row.end);
        check.since(self.finished_after, row.end);
        check.at(self.task_due_date, row.due);
        check.before(self.task_due_date_before, row.due);
        check.after(self.task_due_date_after, row.due);
        check.when(self.without_task_due_date, || row.due.is_none());
        check.at(self.task_follow_up_date, row.follow_up);
        check.before(self.task_follow_up_date_before, row.follow_up);
        check.after(self.task_follow_up_date_after, row.follow_up);
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        let (ignore_name, ignore_value) = (self.variable_names_ignore_case, self.variable_values_ignore_case);
        for filter in &self.task_variables {
            check.when(true, || {
                let variables = world.historic_variables_of_task(row.id).map(|row| (row.name.as_str(), &row.value));
                filter.met_by(variables, ignore_name, ignore_value)
            });
        }
        for filter in &self.process_variables {
            check.when(true, || {
                row.process_instance.is_some_and(|instance| {
                    let variables = world.historic_variables_of(instance).filter(|row| row.task.is_none());
                    filter.met_by(variables.map(|row| (row.name.as_str(), &row.value)), ignore_name, ignore_value)
                })
            });
        }
        check.verdict()
    }

    /// Criteria on users and groups: one log entry has to meet all of them, in an or-query one of them.
    fn check_links(&self, row: HistoricTaskInstanceRow<'_>, check: &mut Check, any: bool) {
        let given = self.task_involved_user.is_some()
            || self.task_involved_group.is_some()
            || self.task_had_candidate_user.is_some()
            || self.task_had_candidate_group.is_some()
            || self.with_candidate_groups;
        check.when(given, || {
            row.world.historic_links_of_task(row.id).any(|link| {
                let candidate = link.kind == "candidate";
                let (user, group) = (link.user.as_deref(), link.group.as_deref());
                let mut check = if any { Check::any() } else { Check::all() };
                check.equals(self.task_involved_user.as_ref(), user);
                check.equals(self.task_involved_group.as_ref(), group);
                check.text(self.task_had_candidate_user.as_ref(), |wanted| candidate && user == Some(wanted));
                check.text(self.task_had_candidate_group.as_ref(), |wanted| candidate && group == Some(wanted));
                check.when(self.with_candidate_groups, || candidate && group.is_some());
                check.verdict()
            })
        });
        check.when(self.without_candidate_groups, || {
            let mut links = row.world.historic_links_of_task(row.id);
            !links.any(|link| link.kind == "candidate" && link.group.is_some())
        });
    }
}

impl Criteria for HistoricTaskInstanceQuery {
    type Row<'w> = HistoricTaskInstanceRow<'w>;
    type SortBy = HistoricTaskInstanceSorting;

    fn everything(world: &World) -> Rows<'_, HistoricTaskInstanceRow<'_>> {
        Box::new(world.historic_tasks().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricTaskInstanceRow<'_>> {
        world.historic_task(id).map(|row| Row::new(world, row))
    }

    fn named(world: &World) -> Vec<Id> {
        world.listed().flat_map(|past| past.tasks.custom_id.iter().map(|entry| entry.1)).collect()
    }

    fn shown_id(row: HistoricTaskInstanceRow<'_>) -> String {
        row.text_id()
    }

    fn narrowed_in(&self, world: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.tasks;
        Some(if let Some(id) = &self.task_id {
            among(&past.archive.tasks, world.historic_task_by_text(id).map(|task| task.id).into_iter().collect())
        } else if let Some(id) = &self.execution_id {
            under_id(&by.execution, id)
        } else if let Some(id) = &self.process_instance_id {
            under_id(&by.process_instance, id)
        } else if !self.activity_instance_id_in.is_empty() {
            under_each(&by.activity_instance, self.activity_instance_id_in.iter().filter_map(|id| parsed_end(id)))
        } else if let Some(key) = &self.process_instance_business_key {
            under_each(&by.process_instance, under_text(&past.process_instances.business_key, key))
        } else if let Some(id) = &self.root_process_instance_id {
            under_each(&by.process_instance, under_id(&past.process_instances.root, id))
        } else if let Some(filter) = self.task_variables.first() {
            variables(&past.variables.value, filter)
                .into_iter()
                .filter_map(|id| past.archive.variables.get(&id)?.task)
                .collect()
        } else if let Some(filter) = self.process_variables.first() {
            under_each(&by.process_instance, world.historic_instances_with_variable(filter))
        } else if let Some(user) = &self.task_assignee {
            under_text(&by.assignee, user)
        } else if let Some(id) = &self.process_definition_id {
            under_each(&by.definition, world.definition_named(id))
        } else if let Some(key) = &self.process_definition_key {
            under_each(&by.definition, world.definitions_of(key))
        } else {
            return None;
        })
    }

    fn traces(&self, world: &World) -> Option<Traces> {
        let id = |id: &String| parsed([id]);
        let task = |id: &String| world.historic_task_by_text(id).map(|task| task.id);
        let variable = self.task_variables.first().or(self.process_variables.first()).and_then(variable_trace);
        let traces = Traces::any()
            .given(self.task_id.as_ref().map(task))
            .given(self.execution_id.as_ref().map(id))
            .given(self.process_instance_id.as_ref().map(id))
            .given(self.root_process_instance_id.as_ref().map(id))
            .given(self.process_instance_business_key.as_ref().map(|key| [text_key(key)]))
            .given(self.task_assignee.as_ref().map(|user| [text_key(user)]))
            .given(self.process_definition_id.as_ref().map(|id| world.definition_named(id)))
            .given(self.process_definition_key.as_ref().map(|key| world.definitions_of(key)))
            .since(self.started_after.max(self.finished_after))
            .until(self.started_before);
        Some(variable.into_iter().fold(traces, Traces::with_trace))
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricTaskInstanceRow<'_>) -> bool {
        self.check(row, Check::all(), false) && self.or_queries.iter().all(|query| query.check(row, Check::any(), true))
    }

    fn visible(&self, row: HistoricTaskInstanceRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            let of = Entry { definition: row.definition, instance: row.process_instance, task: Some(row.id) };
            reads_past(row.world, viewer, of)
        })
    }

    fn sorting(&self) -> &[Sort<HistoricTaskInstanceSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricTaskInstanceSorting, row: Self::Row<'w>) -> Key<'w> {
        let entity = row.entity;
        match by {
            HistoricTaskInstanceSorting::TaskId => row.text_id().into(),
            HistoricTaskInstanceSorting::ActivityInstanceId => row.activity_instance_id().into(),
            HistoricTaskInstanceSorting::ProcessDefinitionId => row.process_definition_id().into(),
            HistoricTaskInstanceSorting::ProcessInstanceId => entity.process_instance.into(),
            HistoricTaskInstanceSorting::ExecutionId => entity.execution.into(),
            HistoricTaskInstanceSorting::CaseInstanceId => entity.case_instance.as_deref().into(),
            HistoricTaskInstanceSorting::CaseDefinitionId | HistoricTaskInstanceSorting::CaseExecutionId => Key::Null,
            HistoricTaskInstanceSorting::Duration => row.duration_ms().into(),
            HistoricTaskInstanceSorting::EndTime => entity.end.into(),
            HistoricTaskInstanceSorting::StartTime => entity.start.into(),
            HistoricTaskInstanceSorting::TaskName => entity.name.as_deref().into(),
            HistoricTaskInstanceSorting::TaskDescription => entity.description.as_deref().into(),
            HistoricTaskInstanceSorting::Assignee => entity.assignee.as_deref().into(),
            HistoricTaskInstanceSorting::Owner => entity.owner.as_deref().into(),
            HistoricTaskInstanceSorting::DueDate => entity.due.into(),
            HistoricTaskInstanceSorting::FollowUpDate => entity.follow_up.into(),
            HistoricTaskInstanceSorting::DeleteReason => entity.delete_reason.as_deref().into(),
            HistoricTaskInstanceSorting::TaskDefinitionKey => entity.key.as_deref().into(),
            HistoricTaskInstanceSorting::Priority => entity.priority.into(),
            HistoricTaskInstanceSorting::TenantId => entity.tenant.as_deref().into(),
        }
    }
}
