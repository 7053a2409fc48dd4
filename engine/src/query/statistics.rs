//! Numbers of instances, failed jobs and incidents, by definition or activity.

use std::collections::{BTreeMap, BTreeSet};

use engine_core::{
    graph::NodeIx,
    history::IncidentState,
    state::{ActivityState, Task},
};
use models::{Id, Timestamp};

use super::{
    parameters::Page,
    visibility::{reads_instance, sees, unrestricted},
};
use crate::{
    request::Caller,
    world::{
        ProcessDefinition, Shown, World,
        cold::Traces,
        index::ids,
        permission::{READ, Resource},
        place_key,
        runtime::ExecutionIndexes,
    },
};

/// What statistics of running instances count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatisticsOptions {
    /// `failedJobs`: jobs without retries left.
    pub failed_jobs: bool,
    /// `incidents`: of all types.
    pub incidents: bool,
    /// `incidentsForType`: of this type.
    pub incidents_for_type: Option<String>,
    /// `rootIncidents`: only those that are not caused by others.
    pub root_incidents: bool,
}

impl StatisticsOptions {
    fn counts_incidents(&self) -> bool {
        self.incidents || self.root_incidents || self.incidents_for_type.is_some()
    }

    fn counts(&self, incident: &engine_core::state::Incident) -> bool {
        self.incidents_for_type.as_deref().is_none_or(|kind| *incident.kind == *kind)
            && (!self.root_incidents || incident.id == incident.root_cause)
    }
}

/// Number of incidents of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncidentCount {
    /// `incidentType`.
    pub kind: String,
    /// `incidentCount`.
    pub count: usize,
}

/// Statistics of a process definition.
#[derive(Clone, Debug)]
pub struct ProcessDefinitionStatistics<'w> {
    /// The definition.
    pub definition: &'w Shown<ProcessDefinition>,
    /// Running instances.
    pub instances: usize,
    /// Failed jobs, when asked for.
    pub failed_jobs: usize,
    /// Incidents by type, when asked for.
    pub incidents: Vec<IncidentCount>,
}

/// Statistics of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityStatistics {
    /// The activity id.
    pub id: String,
    /// Tokens at it.
    pub instances: usize,
    /// Failed jobs, when asked for.
    pub failed_jobs: usize,
    /// Incidents by type, when asked for.
    pub incidents: Vec<IncidentCount>,
}

fn by_type<'w>(incidents: impl Iterator<Item = &'w engine_core::state::Incident>) -> Vec<IncidentCount> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for incident in incidents {
        *counts.entry(&incident.kind).or_default() += 1;
    }
    counts.into_iter().map(|(kind, count)| IncidentCount { kind: kind.to_owned(), count }).collect()
}

impl World {
    /// `GET /process-definition/statistics`: every definition, by its id as the API shows it.
    pub fn process_definition_statistics(
        &self,
        options: &StatisticsOptions,
        page: Page,
        viewer: Option<&Caller>,
    ) -> Vec<ProcessDefinitionStatistics<'_>> {
        let seen = |tenant: Option<&str>| viewer.is_none_or(|viewer| Self::sees_tenant(viewer, tenant));
        let mut definitions: Vec<_> = self
            .process_definitions()
            .filter(|row| {
                viewer.is_none_or(|viewer| {
                    sees(viewer, row.tenant.as_deref(), || {
                        self.may(viewer, Resource::ProcessDefinition, Some(&row.key), READ)
                    })
                })
            })
            .collect();
        definitions.sort_by(|a, b| a.text_id.cmp(&b.text_id));
        let first = page.first_result.unwrap_or(0);
        let most = page.max_results.unwrap_or(usize::MAX);
        let statistics = |definition: &'_ Shown<ProcessDefinition>| {
            let jobs = self.jobs_of_definition(definition.id).filter(|job| job.retries == 0);
            let incidents = self.incidents_of_definition(definition.id).filter(|row| options.counts(row));
            let instances = if unrestricted(viewer) {
                ExecutionIndexes::views(self).definition.count(definition.id)
            } else {
                let instances = self.process_instances_of_definition(definition.id);
                instances.filter(|row| seen(row.tenant.as_deref())).count()
            };
            let mut failed_jobs = 0;
            if options.failed_jobs {
                failed_jobs = jobs.filter(|row| seen(row.tenant.as_deref())).count();
            }
            let mut by_kind = Vec::new();
            if options.counts_incidents() {
                by_kind = by_type(incidents.filter(|row| seen(row.tenant.as_deref())));
            }
            (instances, failed_jobs, by_kind)
        };
        definitions
            .into_iter()
            .skip(first)
            .take(most)
            .map(|definition| {
                let (instances, failed_jobs, incidents) = statistics(definition);
                ProcessDefinitionStatistics { definition, instances, failed_jobs, incidents }
            })
            .collect()
    }

    /// `GET /process-definition/{id}/statistics`: activities with tokens, failed jobs or incidents, by id.
    pub fn activity_statistics(
        &self,
        definition: Id,
        options: &StatisticsOptions,
        viewer: Option<&Caller>,
    ) -> Vec<ActivityStatistics> {
        let visible = |tenant: Option<&str>, instance: Option<Id>| {
            viewer
                .is_none_or(|viewer| sees(viewer, tenant, || reads_instance(self, viewer, instance, Some(definition))))
        };
        let mut instances: BTreeMap<&str, usize> = BTreeMap::new();
        let nodes = self.process_definition(definition).map_or(&[][..], |definition| &definition.nodes);
        for (node, info) in (0..).zip(nodes) {
            let node = NodeIx(node);
            let tokens = ExecutionIndexes::views(self).token;
            let key = place_key(definition, node);
            let count = if unrestricted(viewer) {
                tokens.count(key)
            } else {
                tokens.rows(key).filter(|row| visible(row.tenant.as_deref(), Some(row.process_instance))).count()
            };
            if count > 0 {
                *instances.entry(&info.id).or_default() += count;
            }
        }
        let mut failed_jobs: BTreeMap<&str, usize> = BTreeMap::new();
        if options.failed_jobs {
            for job in self.jobs_of_definition(definition).filter(|job| job.retries == 0) {
                if let Some(activity) = self.job_definition_of(job).and_then(|row| row.activity.as_deref())
                    && visible(job.tenant.as_deref(), job.process_instance)
                {
                    *failed_jobs.entry(activity).or_default() += 1;
                }
            }
        }
        let mut incidents: BTreeMap<&str, Vec<&engine_core::state::Incident>> = BTreeMap::new();
        if options.counts_incidents() {
            for incident in self.incidents_of_definition(definition).filter(|row| options.counts(row)) {
                if let Some(activity) = incident.activity.as_deref()
                    && visible(incident.tenant.as_deref(), incident.process_instance)
                {
                    incidents.entry(activity).or_default().push(incident);
                }
            }
        }
        let activities: BTreeSet<&str> =
            instances.keys().chain(failed_jobs.keys()).chain(incidents.keys()).copied().collect();
        activities
            .into_iter()
            .map(|id| ActivityStatistics {
                id: id.to_owned(),
                instances: instances.get(id).copied().unwrap_or(0),
                failed_jobs: failed_jobs.get(id).copied().unwrap_or(0),
                incidents: incidents.get(id).map(|rows| by_type(rows.iter().copied())).unwrap_or_default(),
            })
            .collect()
    }
}

/// `GET /history/process-definition/{id}/statistics`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "flags of the API")]
pub struct HistoricActivityStatisticsQuery {
    /// Counts ended activity instances too.
    pub finished: bool,
    /// Counts cancelled ones.
    pub canceled: bool,
    /// Counts those that completed their scope.
    pub complete_scope: bool,
    /// Counts incidents.
    pub incidents: bool,
    /// Only of process instances that began by then.
    pub started_before: Option<Timestamp>,
    /// Only of process instances that began since then.
    pub started_after: Option<Timestamp>,
    /// Only of process instances that ended by then.
    pub finished_before: Option<Timestamp>,
    /// Only of process instances that ended since then.
    pub finished_after: Option<Timestamp>,
    /// Only of these process instances.
    pub process_instance_id_in: Vec<String>,
    /// Sorted by activity id downwards.
    pub descending: bool,
}

/// Numbers of an activity in history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoricActivityStatistics {
    /// The activity id.
    pub id: String,
    /// Running activity instances.
    pub instances: usize,
    /// Ended ones.
    pub finished: usize,
    /// Cancelled ones.
    pub canceled: usize,
    /// Those that completed their scope.
    pub complete_scope: usize,
    /// Open incidents.
    pub open_incidents: usize,
    /// Resolved incidents.
    pub resolved_incidents: usize,
    /// Deleted incidents.
    pub deleted_incidents: usize,
}

impl HistoricActivityStatisticsQuery {
    /// The numbers of the activities of a definition.
    pub fn list(&self, world: &World, definition: Id, viewer: Option<&Caller>) -> Vec<HistoricActivityStatistics> {
        let readable = viewer.is_none_or(|viewer| {
            let tenant = world.process_definition(definition).and_then(|row| row.tenant.as_deref());
            sees(viewer, tenant, || super::visibility::reads_history(world, viewer, Some(definition)))
        });
        if !readable {
            return Vec::new();
        }
        let mut found: BTreeMap<String, HistoricActivityStatistics> = BTreeMap::new();
        world.through(&Traces::any().one_of([definition]), |world| self.collect(world, definition, &mut found));
        let mut rows: Vec<_> =
            found.into_iter().map(|(id, numbers)| HistoricActivityStatistics { id, ..numbers }).collect();
        if self.descending {
            rows.reverse();
        }
        rows
    }

    /// Counts what a part of history has.
    fn collect(&self, world: &World, definition: Id, found: &mut BTreeMap<String, HistoricActivityStatistics>) {
        let activities = world.listed().flat_map(|past| {
            let found = ids(&past.activity_instances.definition, definition);
            found.filter_map(|id| past.archive.activity_instances.get(&id))
        });
        for row in activities {
            let canceled = row.state == ActivityState::Canceled;
            let complete_scope = row.state == ActivityState::ScopeComplete;
            let counts = self.finished
                || row.end.is_none()
                || self.canceled && canceled
                || self.complete_scope && complete_scope;
            if !counts || !self.concerns(world, row.process_instance) {
                continue;
            }
            let numbers = numbers_of(found, &row.activity);
            numbers.instances += usize::from(row.end.is_none());
            numbers.finished += usize::from(self.finished && row.end.is_some());
            numbers.canceled += usize::from(self.canceled && canceled);
            numbers.complete_scope += usize::from(self.complete_scope && complete_scope);
        }
        if self.incidents {
            let incidents = world.listed().flat_map(|past| {
                let found = ids(&past.incidents.definition, definition);
                found.filter_map(|id| past.archive.incidents.get(&id))
            });
            for row in incidents {
                let (Some(activity), Some(instance)) = (&row.activity, row.process_instance) else {
                    continue;
                };
                if !self.concerns(world, instance) {
                    continue;
                }
                let numbers = numbers_of(found, activity);
                match row.state {
                    IncidentState::Open => numbers.open_incidents += 1,
                    IncidentState::Resolved => numbers.resolved_incidents += 1,
                    IncidentState::Deleted => numbers.deleted_incidents += 1,
                }
            }
        }
    }

    fn concerns(&self, world: &World, instance: Id) -> bool {
        if !self.process_instance_id_in.is_empty() && !self.process_instance_id_in.contains(&instance.to_string()) {
            return false;
        }
        let mut check = super::evaluate::Check::all();
        let row = world.historic_process_instance(instance);
        let (start, end) = (row.map(|row| row.start), row.and_then(|row| row.end));
        check.until(self.started_before, start);
        check.since(self.started_after, start);
        check.until(self.finished_before, end);
        check.since(self.finished_after, end);
        check.verdict()
    }
}

/// The numbers of an activity so far.
fn numbers_of<'a>(
    found: &'a mut BTreeMap<String, HistoricActivityStatistics>,
    activity: &str,
) -> &'a mut HistoricActivityStatistics {
    found.entry(activity.to_owned()).or_default()
}

/// Number of evaluations of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionStatistics {
    /// `decisionDefinitionKey`.
    pub key: String,
    /// `evaluations`.
    pub evaluations: usize,
}

impl World {
    /// `GET /history/decision-requirements-definition/{id}/statistics`, of one evaluation or all.
    pub fn decision_statistics(
        &self,
        requirements_definition: Id,
        decision_instance: Option<Id>,
        viewer: Option<&Caller>,
    ) -> Vec<DecisionStatistics> {
        let mut counts: BTreeMap<(String, Id), usize> = BTreeMap::new();
        let traces = Traces::any().given(decision_instance.map(|id| [id]));
        self.through(&traces, |world| {
            for row in world.historic_decisions() {
                let concerned = decision_instance.is_none_or(|id| row.id == id || row.root_decision == Some(id));
                let seen = viewer.is_none_or(|viewer| Self::sees_tenant(viewer, row.tenant.as_deref()));
                if row.requirements_definition == Some(requirements_definition) && concerned && seen {
                    *counts.entry((row.key.clone(), row.decision_definition)).or_default() += 1;
                }
            }
        });
        counts.into_iter().map(|((key, _), evaluations)| DecisionStatistics { key, evaluations }).collect()
    }

    /// `GET /task/report/candidate-group-count`: unassigned tasks by candidate group, those without a group first.
    pub fn tasks_by_candidate_group(&self, viewer: Option<&Caller>) -> Vec<(Option<String>, usize)> {
        let mut counts: BTreeMap<Option<String>, usize> = BTreeMap::new();
        let all = self.all_ids::<Task>();
        let groups = self.of_each(&all, |task: &Task| {
            let seen = viewer.is_none_or(|viewer| Self::sees_tenant(viewer, task.tenant.as_deref()));
            // a task counts once for each of its links, and once when it has none
            let mut groups: Vec<Option<String>> =
                task.links.iter().map(|link| link.group.as_deref().map(str::to_owned)).collect();
            if groups.is_empty() {
                groups.push(None);
            }
            (task.assignee.is_none() && seen).then_some(groups)
        });
        for group in groups.into_iter().flatten() {
            *counts.entry(group).or_default() += 1;
        }
        counts.into_iter().collect()
    }
}
