//! Process instances in history.

use engine_core::history::{HistoricIncident, HistoricProcessInstance, InstanceStateName};
use models::Id;

use super::{
    evaluate::{Check, Criteria, Key, Row, Rows, Summary, evaluated, parsed},
    narrow::{among, under_each, under_id, under_text, under_texts, variable_trace, variables},
    parameters::{Sort, query, sorting},
    text::like,
    variable_filter::VariableFilter,
    visibility::{Entry, reads_past, sees},
};
use crate::{
    request::Caller,
    world::{
        World,
        cold::{Pace, Traces},
        index::text_key,
        past::Past,
    },
};

query! {
    /// `GET` and `POST /history/process-instance`.
    HistoricProcessInstanceQuery
    text {
        process_instance_id, process_definition_id, process_definition_key, process_definition_name,
        process_definition_name_like, process_instance_business_key, process_instance_business_key_like, started_by,
        super_process_instance_id, sub_process_instance_id, root_process_instance_id, case_instance_id, incident_type,
        incident_status, incident_message, incident_message_like,
    }
    texts {
        process_instance_ids, process_instance_id_not_in, process_definition_key_in, process_definition_key_not_in,
        process_instance_business_key_in, tenant_id_in, executed_activity_id_in, active_activity_id_in, activity_id_in,
        incident_id_in,
    }
    time {
        started_before, started_after, finished_before, finished_after, executed_activity_after, executed_activity_before,
        executed_job_after, executed_job_before,
    }
    flag {
        finished, unfinished, with_incidents, with_root_incidents, with_jobs_retrying, root_process_instances, active,
        suspended, completed, externally_terminated, internally_terminated, without_tenant_id,
        variable_names_ignore_case, variable_values_ignore_case, impossible,
    }
    variables { variables }
    ;
    or_queries: Vec<HistoricProcessInstanceQuery> = "Groups of which each must have one criterion that is met.",
    sorting: Vec<Sort<HistoricProcessInstanceSorting>> = "Sorting keys, the first first.",
}

sorting!(HistoricProcessInstanceSorting {
    InstanceId = "instanceId",
    DefinitionId = "definitionId",
    BusinessKey = "businessKey",
    StartTime = "startTime",
    EndTime = "endTime",
    Duration = "duration",
    DefinitionKey = "definitionKey",
    DefinitionName = "definitionName",
    DefinitionVersion = "definitionVersion",
    TenantId = "tenantId",
});

/// A process instance in history.
pub type HistoricProcessInstanceRow<'w> = Row<'w, HistoricProcessInstance>;

evaluated! { HistoricProcessInstanceQuery => HistoricProcessInstanceRow; }

super::evaluate::identified!(HistoricProcessInstanceQuery);

impl<'w> HistoricProcessInstanceRow<'w> {
    /// `processDefinitionId`.
    pub fn process_definition_id(&self) -> Option<&'w str> {
        self.world.definition_text(Some(self.entity.definition))
    }

    /// `durationInMillis`, once it has ended.
    pub fn duration_ms(&self) -> Option<i64> {
        self.entity.end.map(|end| end.0 - self.entity.start.0)
    }
}

impl World {
    /// Historic process instances that may have a variable that meets a condition.
    pub(crate) fn historic_instances_with_variable(&self, filter: &VariableFilter) -> Vec<Id> {
        let instances = |past: &Past| -> Vec<Id> {
            let found = variables(&past.variables.value, filter).into_iter();
            found.filter_map(|id| past.archive.variables.get(&id)?.process_instance).collect()
        };
        self.listed().flat_map(instances).collect()
    }
}

impl HistoricProcessInstanceQuery {
    fn states(&self) -> Vec<InstanceStateName> {
        let flags = [
            (self.active, InstanceStateName::Active),
            (self.suspended, InstanceStateName::Suspended),
            (self.completed, InstanceStateName::Completed),
            (self.externally_terminated, InstanceStateName::ExternallyTerminated),
            (self.internally_terminated, InstanceStateName::InternallyTerminated),
        ];
        flags.into_iter().filter(|(wanted, _)| *wanted).map(|(_, state)| state).collect()
    }

    fn check(&self, row: HistoricProcessInstanceRow<'_>, mut check: Check, any: bool) -> bool {
        let world = row.world;
        let definition = world.process_definition(row.definition);
        let definition_key = definition.map(|definition| definition.key.as_str());
        let definition_name = definition.and_then(|definition| definition.name.as_deref());
        let business_key = row.business_key.as_deref();
        check.when(self.impossible, || false);
        check.id(self.process_instance_id.as_ref(), Some(row.id));
        check.id(self.root_process_instance_id.as_ref(), Some(row.root));
        check.id_in(&self.process_instance_ids, Some(row.id));
        check.when(!self.process_instance_id_not_in.is_empty(), || {
            let id = row.id.to_string();
            !self.process_instance_id_not_in.contains(&id)
        });
        check.equals(self.case_instance_id.as_ref(), row.case_instance.as_deref());
        check.text(self.process_definition_id.as_ref(), |id| row.process_definition_id() == Some(id));
        check.equals(self.process_definition_key.as_ref(), definition_key);
        check.within(&self.process_definition_key_in, definition_key);
        check.when(!self.process_definition_key_not_in.is_empty(), || {
            definition_key
                .is_some_and(|key| self.process_definition_key_not_in.iter().all(|pattern| !like(key, pattern)))
        });
        check.equals(self.process_definition_name.as_ref(), definition_name);
        check.like(self.process_definition_name_like.as_ref(), definition_name);
        check.equals(self.process_instance_business_key.as_ref(), business_key);
        check.within(&self.process_instance_business_key_in, business_key);
        check.like(self.process_instance_business_key_like.as_ref(), business_key);
        check.until(self.started_before, Some(row.start));
        check.since(self.started_after, Some(row.start));
        check.until(self.finished_before, row.end);
        check.since(self.finished_after, row.end);
        let states = self.states();
        check.when(!states.is_empty(), || states.contains(&row.state));
        check.when(self.unfinished, || row.end.is_none());
        // who asks when it ended asks that it has ended: in a group of alternatives that is one of its own
        let ended = self.finished || self.finished_before.is_some() || self.finished_after.is_some();
        check.when(ended, || row.end.is_some());
        self.check_incidents(row, &mut check, any);
        check.equals(self.started_by.as_ref(), row.start_user.as_deref());
        check.when(self.root_process_instances, || row.super_instance.is_none());
        check.id(self.super_process_instance_id.as_ref(), row.super_instance);
        check.text(self.sub_process_instance_id.as_ref(), |id| {
            let called = id.parse().ok().and_then(|id| world.historic_process_instance(id));
            called.and_then(|called| called.super_instance) == Some(row.id)
        });
        for filter in &self.variables {
            check.when(true, || {
                let variables = world.historic_variables_of(row.id).map(|row| (row.name.as_str(), &row.value));
                filter.met_by(variables, self.variable_names_ignore_case, self.variable_values_ignore_case)
            });
        }
        self.check_activities(row, &mut check, any);
        let (after, before) = (self.executed_job_after, self.executed_job_before);
        check.when(after.is_some() || before.is_some(), || {
            world.historic_logs_of_instance(row.id).any(|log| {
                after.is_none_or(|after| log.time >= after) && before.is_none_or(|before| log.time <= before)
            })
        });
        check.when(self.with_jobs_retrying, || {
            world
                .jobs_of_instance(row.id)
                .any(|job| job.retries > 0 && (job.exception_message.is_some() || job.exception_stacktrace.is_some()))
        });
        check.tenant(&self.tenant_id_in, false, self.without_tenant_id, row.tenant.as_deref());
        check.verdict()
    }

    /// Criteria on incidents: one incident has to meet all of them, in an or-query one of them.
    fn check_incidents(&self, row: HistoricProcessInstanceRow<'_>, check: &mut Check, any: bool) {
        let root = |incident: &HistoricIncident| incident.id == incident.root_cause;
        let given = self.incident_type.is_some()
            || !self.incident_id_in.is_empty()
            || self.incident_message.is_some()
            || self.incident_message_like.is_some()
            || self.incident_status.is_some()
            || self.with_root_incidents;
        check.when(given, || {
            row.world.historic_incidents_of(row.id).any(|incident| {
                let mut check = if any { Check::any() } else { Check::all() };
                check.equals(self.incident_type.as_ref(), Some(&incident.kind));
                check.id_in(&self.incident_id_in, Some(incident.id));
                check.equals(self.incident_message.as_ref(), incident.message.as_deref());
                check.like(self.incident_message_like.as_ref(), incident.message.as_deref());
                check.text(self.incident_status.as_ref(), |status| match status {
                    "open" => incident.end.is_none(),
                    "resolved" => incident.end.is_some(),
                    _ => true,
                });
                check.when(self.with_root_incidents, || root(incident));
                check.verdict()
            })
        });
        // in an or-query Camunda joins incidents without asking for them
        check.when(self.with_incidents && !any, || row.world.historic_incidents_of(row.id).next().is_some());
    }

    fn check_activities(&self, row: HistoricProcessInstanceRow<'_>, check: &mut Check, any: bool) {
        let world = row.world;
        let (after, before) = (self.executed_activity_after, self.executed_activity_before);
        check.when(after.is_some() || before.is_some(), || {
            world.historic_activities_of(row.id).any(|activity| {
                let times = || [Some(activity.start), activity.end].into_iter().flatten();
                after.is_none_or(|after| times().any(|time| time >= after))
                    && before.is_none_or(|before| times().any(|time| time <= before))
            })
        });
        check.when(!self.activity_id_in.is_empty(), || {
            world.executions_of(row.id).filter(|execution| !execution.is_event_scope).any(|execution| {
                let activity = execution.activity.and_then(|node| world.activity_id(execution.definition, node));
                activity.is_some_and(|activity| self.activity_id_in.iter().any(|wanted| wanted == activity))
            })
        });
        let (executed, active) = (&self.executed_activity_id_in, &self.active_activity_id_in);
        check.when(!executed.is_empty() || !active.is_empty(), || {
            world.historic_activities_of(row.id).any(|activity| {
                let mut check = if any { Check::any() } else { Check::all() };
                check.when(!executed.is_empty(), || {
                    activity.end.is_some() && executed.iter().any(|id| activity.activity == *id)
                });
                check.when(!active.is_empty(), || {
                    activity.end.is_none() && active.iter().any(|id| activity.activity == *id)
                });
                check.verdict()
            })
        });
    }
}

impl Criteria for HistoricProcessInstanceQuery {
    type Row<'w> = HistoricProcessInstanceRow<'w>;
    type SortBy = HistoricProcessInstanceSorting;

    fn everything(world: &World) -> Rows<'_, HistoricProcessInstanceRow<'_>> {
        Box::new(world.historic_process_instances().map(move |row| Row::new(world, row)))
    }

    fn row(world: &World, id: Id) -> Option<HistoricProcessInstanceRow<'_>> {
        world.historic_process_instance(id).map(|row| Row::new(world, row))
    }

    fn narrowed_in(&self, world: &World, past: &Past) -> Option<Vec<Id>> {
        let by = &past.process_instances;
        Some(if let Some(id) = &self.process_instance_id {
            among(&past.archive.process_instances, parsed([id]))
        } else if !self.process_instance_ids.is_empty() {
            among(&past.archive.process_instances, parsed(&self.process_instance_ids))
        } else if let Some(id) = &self.root_process_instance_id {
            under_id(&by.root, id)
        } else if let Some(id) = &self.super_process_instance_id {
            under_id(&by.super_instance, id)
        } else if let Some(id) = &self.sub_process_instance_id {
            let called = id.parse().ok().and_then(|id| world.historic_process_instance(id));
            among(
                &past.archive.process_instances,
                called.and_then(|called| called.super_instance).into_iter().collect(),
            )
        } else if let Some(key) = &self.process_instance_business_key {
            under_text(&by.business_key, key)
        } else if !self.process_instance_business_key_in.is_empty() {
            under_texts(&by.business_key, &self.process_instance_business_key_in)
        } else if let Some(filter) = self.variables.first() {
            among(&past.archive.process_instances, world.historic_instances_with_variable(filter))
        } else if self.unfinished {
            crate::world::index::ids(&by.end, None).collect()
        } else if let Some(id) = &self.process_definition_id {
            under_each(&by.definition, world.definition_named(id))
        } else if let Some(key) = &self.process_definition_key {
            under_each(&by.definition, world.definitions_of(key))
        } else if !self.process_definition_key_in.is_empty() {
            under_each(&by.definition, world.definitions_of_keys(&self.process_definition_key_in))
        } else if let Some(start) = self.finished_after {
            by.end.range((Some(start), Id::NIL)..).map(|entry| entry.1).collect()
        } else if let Some(start) = self.started_after {
            by.start.range((start, Id::NIL)..).map(|entry| entry.1).collect()
        } else {
            return None;
        })
    }

    fn traces(&self, world: &World) -> Option<Traces> {
        let id = |id: &String| parsed([id]);
        let ids = |ids: &Vec<String>| (!ids.is_empty()).then(|| parsed(ids));
        let variable = self.variables.first().and_then(variable_trace);
        let traces = Traces::any()
            .given(self.process_instance_id.as_ref().map(id))
            .given(ids(&self.process_instance_ids))
            .given(self.root_process_instance_id.as_ref().map(id))
            .given(self.super_process_instance_id.as_ref().map(id))
            .given(self.sub_process_instance_id.as_ref().map(id))
            .given(self.process_instance_business_key.as_ref().map(|key| [text_key(key)]))
            .given(self.process_definition_id.as_ref().map(|id| world.definition_named(id)))
            .given(self.process_definition_key.as_ref().map(|key| world.definitions_of(key)))
            .since(self.started_after.max(self.finished_after))
            .until(self.started_before);
        let traces = variable.into_iter().fold(traces, Traces::with_trace);
        // what has not ended is rarely on disk
        Some(if self.unfinished { traces.unfinished() } else { traces })
    }

    fn pace(&self) -> Option<Pace> {
        let first = self.sorting.first()?;
        match (&first.by, first.descending) {
            (HistoricProcessInstanceSorting::StartTime, true) => Some(Pace::LatestStart),
            (HistoricProcessInstanceSorting::StartTime, false) => Some(Pace::EarliestStart),
            (HistoricProcessInstanceSorting::EndTime, true) => Some(Pace::LatestEnd),
            _ => None,
        }
    }

    fn summary(&self, world: &World, viewer: Option<&Caller>) -> Option<Summary> {
        // everything but these criteria needs the rows
        let others = Self {
            process_definition_id: None,
            process_definition_key: None,
            started_before: None,
            started_after: None,
            finished_before: None,
            finished_after: None,
            finished: false,
            unfinished: false,
            active: false,
            suspended: false,
            completed: false,
            externally_terminated: false,
            internally_terminated: false,
            sorting: Vec::new(),
            ..self.clone()
        };
        if others != Self::default() || viewer.is_some_and(|viewer| viewer.authorized) {
            return None;
        }
        let definition = self.process_definition_id.as_ref().map(|id| world.definition_named(id));
        let definitions = self.process_definition_key.as_ref().map(|key| world.definitions_of(key));
        let (query, states) = (self.clone(), self.states());
        Some(Box::new(move |root| {
            let single = root.single.as_ref().filter(|single| !single.has_tenant)?;
            let mut check = Check::all();
            check.when(definition.is_some(), || definition == Some(Some(single.definition)));
            check.when(definitions.is_some(), || {
                definitions.as_ref().is_some_and(|definitions| definitions.contains(&single.definition))
            });
            check.when(!states.is_empty(), || states.contains(&single.state));
            check.when(query.finished, || single.end.is_some());
            check.when(query.unfinished, || single.end.is_none());
            check.until(query.started_before, Some(single.start));
            check.since(query.started_after, Some(single.start));
            check.until(query.finished_before, single.end);
            check.since(query.finished_after, single.end);
            Some(usize::from(check.verdict()))
        }))
    }

    fn row_id(row: Self::Row<'_>) -> Id {
        row.id
    }

    fn matches(&self, row: HistoricProcessInstanceRow<'_>) -> bool {
        self.check(row, Check::all(), false) && self.or_queries.iter().all(|query| query.check(row, Check::any(), true))
    }

    fn visible(&self, row: HistoricProcessInstanceRow<'_>, viewer: &Caller) -> bool {
        sees(viewer, row.tenant.as_deref(), || {
            let of = Entry { definition: Some(row.definition), instance: Some(row.id), task: None };
            reads_past(row.world, viewer, of)
        })
    }

    fn sorting(&self) -> &[Sort<HistoricProcessInstanceSorting>] {
        &self.sorting
    }

    fn key<'w>(&self, by: &HistoricProcessInstanceSorting, row: Self::Row<'w>) -> Key<'w> {
        let definition = Some(row.definition);
        match by {
            HistoricProcessInstanceSorting::InstanceId => row.id.into(),
            HistoricProcessInstanceSorting::DefinitionId => row.process_definition_id().into(),
            HistoricProcessInstanceSorting::BusinessKey => row.entity.business_key.as_deref().into(),
            HistoricProcessInstanceSorting::StartTime => row.start.into(),
            HistoricProcessInstanceSorting::EndTime => row.end.into(),
            HistoricProcessInstanceSorting::Duration => row.duration_ms().into(),
            HistoricProcessInstanceSorting::DefinitionKey => row.world.definition_key(definition).into(),
            HistoricProcessInstanceSorting::DefinitionName => row.world.definition_name(definition).into(),
            HistoricProcessInstanceSorting::DefinitionVersion => {
                row.world.process_definition(row.definition).map(|definition| definition.version).into()
            }
            HistoricProcessInstanceSorting::TenantId => row.entity.tenant.as_deref().into(),
        }
    }
}
