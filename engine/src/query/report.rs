//! Reports over history: durations by period, numbers of tasks, what may be cleaned up.

use std::collections::{BTreeMap, BTreeSet};

use engine_core::history::{HistoricDecisionInstance, HistoricProcessInstance, HistoricTaskInstance};
use jiff::tz::TimeZone;
use models::{Id, Timestamp};

use super::{
    evaluate::Check,
    parameters::Page,
    visibility::{reads_history, sees},
};
use crate::{
    CleanUpStrategy,
    request::Caller,
    world::{
        DecisionDefinition, ProcessDefinition, Shown, World,
        cold::Traces,
        index::ids,
        permission::{READ_HISTORY, Resource},
    },
};

/// Length of a report's periods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodUnit {
    /// `month`.
    Month,
    /// `quarter`.
    Quarter,
}

impl PeriodUnit {
    /// The number of the month or quarter of a time, from 1.
    fn period(self, time: Timestamp, zone: &TimeZone) -> i32 {
        let instant = jiff::Timestamp::from_millisecond(time.0).unwrap_or_default();
        let month = i32::from(instant.to_zoned(zone.clone()).month());
        match self {
            Self::Month => month,
            Self::Quarter => (month + 2) / 3,
        }
    }
}

/// Durations of what falls into a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DurationReportRow {
    /// Number of the month or quarter.
    pub period: i32,
    /// Shortest, in milliseconds.
    pub minimum: i64,
    /// Longest, in milliseconds.
    pub maximum: i64,
    /// Mean, in milliseconds.
    pub average: i64,
}

fn by_period(durations: impl Iterator<Item = (i32, i64)>) -> Vec<DurationReportRow> {
    let mut periods: BTreeMap<i32, Vec<i64>> = BTreeMap::new();
    for (period, duration) in durations {
        periods.entry(period).or_default().push(duration);
    }
    periods
        .into_iter()
        .map(|(period, durations)| {
            let (sum, count) = (durations.iter().sum::<i64>(), i64::try_from(durations.len()).unwrap_or(i64::MAX));
            DurationReportRow {
                period,
                minimum: durations.iter().copied().min().unwrap_or(0),
                maximum: durations.iter().copied().max().unwrap_or(0),
                // half up, as the database rounds
                average: (2 * sum + count).div_euclid(2 * count),
            }
        })
        .collect()
}

/// `GET /history/process-instance/report`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProcessInstanceReport {
    /// Only of these definitions, by their ids as the API shows them.
    pub process_definition_id_in: Vec<String>,
    /// Only of definitions with these keys.
    pub process_definition_key_in: Vec<String>,
    /// Only of process instances that began by then.
    pub started_before: Option<Timestamp>,
    /// Only of process instances that began since then.
    pub started_after: Option<Timestamp>,
}

impl ProcessInstanceReport {
    /// Durations of ended process instances by the period they began in.
    pub fn durations(
        &self,
        world: &World,
        unit: PeriodUnit,
        zone: &TimeZone,
        viewer: Option<&Caller>,
    ) -> Vec<DurationReportRow> {
        let mut durations = Vec::new();
        let traces = Traces::any().since(self.started_after).until(self.started_before);
        world.through(&traces, |world| durations.extend(self.durations_in(world, unit, zone, viewer)));
        by_period(durations.into_iter())
    }

    fn durations_in(
        &self,
        world: &World,
        unit: PeriodUnit,
        zone: &TimeZone,
        viewer: Option<&Caller>,
    ) -> impl Iterator<Item = (i32, i64)> {
        world.historic_process_instances().filter_map(move |row| {
            let definition = Some(row.definition);
            let mut check = Check::all();
            check.within(&self.process_definition_id_in, world.definition_text(definition));
            check.within(&self.process_definition_key_in, world.definition_key(definition));
            check.until(self.started_before, Some(row.start));
            check.since(self.started_after, Some(row.start));
            check.when(viewer.is_some(), || {
                viewer.is_none_or(|viewer| World::sees_tenant(viewer, row.tenant.as_deref()))
            });
            let duration = row.end?.0 - row.start.0;
            check.verdict().then(|| (unit.period(row.start, zone), duration))
        })
    }
}

/// `GET /history/task/report`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskReport {
    /// Only of tasks that ended by then.
    pub completed_before: Option<Timestamp>,
    /// Only of tasks that ended since then.
    pub completed_after: Option<Timestamp>,
}

/// Number of ended tasks of a definition, or of a name too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskCountRow<'w> {
    /// Number.
    pub count: usize,
    /// Name of the tasks, when they are grouped by it.
    pub task_name: Option<String>,
    /// `processDefinitionKey`.
    pub key: &'w str,
    /// The latest version's id as the API shows it.
    pub definition_id: &'w str,
    /// The latest version's name.
    pub definition_name: Option<&'w str>,
    /// Tenant.
    pub tenant: Option<String>,
}

impl TaskReport {
    /// Does something with every task the report is about.
    fn each_task(&self, world: &World, viewer: Option<&Caller>, mut each: impl FnMut(&HistoricTaskInstance)) {
        world.through(&Traces::any().since(self.completed_after), |world| {
            for row in world.historic_tasks() {
                let mut check = Check::all();
                check.when(true, || row.end.is_some());
                check.until(self.completed_before, row.end);
                check.since(self.completed_after, row.end);
                if check.verdict() && viewer.is_none_or(|viewer| World::sees_tenant(viewer, row.tenant.as_deref())) {
                    each(row);
                }
            }
        });
    }

    /// Durations of ended tasks by the period they ended in.
    pub fn durations(
        &self,
        world: &World,
        unit: PeriodUnit,
        zone: &TimeZone,
        viewer: Option<&Caller>,
    ) -> Vec<DurationReportRow> {
        let mut durations = Vec::new();
        self.each_task(world, viewer, |row| {
            durations.extend(row.end.map(|end| (unit.period(end, zone), end.0 - row.start.0)));
        });
        by_period(durations.into_iter())
    }

    /// Numbers of ended tasks of processes by name, or by definition key alone.
    pub fn counts<'w>(&self, world: &'w World, by_task_name: bool, viewer: Option<&Caller>) -> Vec<TaskCountRow<'w>> {
        let mut counts: BTreeMap<(Option<String>, &'w str, Option<String>), usize> = BTreeMap::new();
        self.each_task(world, viewer, |task| {
            let Some(key) = world.definition_key(task.definition) else { return };
            let name = if by_task_name {
                match &task.name {
                    Some(name) if !name.is_empty() => Some(name.to_string()),
                    _ => return,
                }
            } else {
                None
            };
            *counts.entry((name, key, task.tenant.as_ref().map(ToString::to_string))).or_default() += 1;
        });
        let mut rows: Vec<TaskCountRow<'w>> = counts
            .into_iter()
            .filter_map(|((task_name, key, tenant), count)| {
                let latest = world.latest_process_definition(key, tenant.as_deref())?;
                Some(TaskCountRow {
                    count,
                    task_name,
                    key,
                    definition_id: &latest.text_id,
                    definition_name: latest.name.as_deref(),
                    tenant,
                })
            })
            .collect();
        if by_task_name {
            rows.sort_by(|a, b| a.task_name.cmp(&b.task_name).then(b.count.cmp(&a.count)));
        } else {
            rows.sort_by(|a, b| {
                a.definition_name.cmp(&b.definition_name).then(a.key.cmp(b.key)).then(b.count.cmp(&a.count))
            });
        }
        rows
    }
}

/// Which definitions a report about cleaning up covers, and the time it is made at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleanableReport {
    /// Only these definitions, by their ids as the API shows them.
    pub definition_id_in: Vec<String>,
    /// Only definitions with these keys.
    pub definition_key_in: Vec<String>,
    /// Only definitions of these tenants.
    pub tenant_id_in: Vec<String>,
    /// Only definitions without tenant.
    pub without_tenant_id: bool,
    /// Only definitions with ended instances.
    pub compact: bool,
    /// Sorted by the number of ended instances: upwards, or downwards.
    pub descending: Option<bool>,
    /// What is due by then may be cleaned up.
    pub now: Timestamp,
    /// By what it is due.
    pub strategy: CleanUpStrategy,
}

/// What is finished and what may be cleaned up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanableRow<T> {
    /// The definition, or type of batches.
    pub of: T,
    /// Number of those that ended.
    pub finished: usize,
    /// Number of those that the clean-up may remove.
    pub cleanable: usize,
}

impl CleanableReport {
    /// `GET /history/process-definition/cleanable-process-instance-report`.
    pub fn process_instances<'w>(
        &self,
        world: &'w World,
        page: Page,
        viewer: Option<&Caller>,
    ) -> Vec<CleanableRow<&'w Shown<ProcessDefinition>>> {
        let definitions = world.process_definitions().filter(|row| {
            self.covers(&row.text_id, &row.key, row.tenant.as_deref())
                && viewer.is_none_or(|viewer| {
                    sees(viewer, row.tenant.as_deref(), || reads_history(world, viewer, Some(row.id)))
                })
        });
        let mut definitions: Vec<_> = definitions.collect();
        definitions.sort_by(|a, b| a.text_id.cmp(&b.text_id));
        let rows = definitions.into_iter().map(|definition| {
            let mut row = CleanableRow { of: definition, finished: 0, cleanable: 0 };
            world.through(&Traces::any().one_of([definition.id]), |world| {
                for past in world.listed() {
                    let found = ids(&past.process_instances.definition, definition.id);
                    let found = found.filter_map(|id| past.archive.process_instances.get(&id));
                    let days = definition.history_time_to_live;
                    self.count(&mut row, found.map(|row| (row.end, self.due(row.removal_time, row.end, days))));
                }
            });
            row
        });
        self.page(rows.collect(), page)
    }

    /// `GET /history/decision-definition/cleanable-decision-instance-report`.
    pub fn decision_instances<'w>(
        &self,
        world: &'w World,
        page: Page,
        viewer: Option<&Caller>,
    ) -> Vec<CleanableRow<&'w Shown<DecisionDefinition>>> {
        let definitions = world.decision_definitions().filter(|row| {
            self.covers(&row.text_id, &row.key, row.tenant.as_deref())
                && viewer.is_none_or(|viewer| {
                    sees(viewer, row.tenant.as_deref(), || {
                        world.may(viewer, Resource::DecisionDefinition, Some(&row.key), READ_HISTORY)
                    })
                })
        });
        let mut definitions: Vec<_> = definitions.collect();
        definitions.sort_by(|a, b| a.text_id.cmp(&b.text_id));
        let rows = definitions.into_iter().map(|definition| {
            let mut row = CleanableRow { of: definition, finished: 0, cleanable: 0 };
            world.through(&Traces::any().one_of([definition.id]), |world| {
                for past in world.listed() {
                    let found = ids(&past.decisions.decision_definition, definition.id);
                    let found = found.filter_map(|id| past.archive.decisions.get(&id));
                    let days = definition.history_time_to_live;
                    self.count(
                        &mut row,
                        found.map(|row| (Some(row.time), self.due(row.removal_time, Some(row.time), days))),
                    );
                }
            });
            row
        });
        self.page(rows.collect(), page)
    }

    /// `GET /history/batch/cleanable-batch-report`. `time_to_live` says the days that batches of a type are kept.
    pub fn batches<'w>(
        &self,
        world: &'w World,
        page: Page,
        time_to_live: impl Fn(&str) -> Option<i32>,
    ) -> Vec<CleanableRow<&'w str>> {
        let kinds: BTreeSet<&str> = world.batches().map(|batch| batch.kind.as_str()).collect();
        let rows = kinds.into_iter().map(|kind| {
            let batches = world.batches().filter(|batch| batch.kind == kind);
            let mut row = CleanableRow { of: kind, finished: 0, cleanable: 0 };
            let days = time_to_live(kind);
            self.count(&mut row, batches.map(|batch| (batch.end, self.due(batch.removal_time, batch.end, days))));
            row
        });
        self.page(rows.collect(), page)
    }

    fn covers(&self, id: &str, key: &str, tenant: Option<&str>) -> bool {
        let mut check = Check::all();
        check.within(&self.definition_id_in, Some(id));
        check.within(&self.definition_key_in, Some(key));
        // here the tenants that are named count
        let none = self.without_tenant_id && self.tenant_id_in.is_empty();
        check.tenant(&self.tenant_id_in, false, none, tenant);
        check.verdict()
    }

    /// When something is due, which lives some days after its end.
    fn due(&self, removal: Option<Timestamp>, end: Option<Timestamp>, days: Option<i32>) -> Option<Timestamp> {
        match self.strategy {
            CleanUpStrategy::RemovalTime => removal,
            CleanUpStrategy::EndTime => end.zip(days).map(|(end, days)| end.plus_days(days)),
        }
    }

    /// Counts things by their ends and the times when they are due.
    fn count<T>(
        &self,
        row: &mut CleanableRow<T>,
        things: impl Iterator<Item = (Option<Timestamp>, Option<Timestamp>)>,
    ) {
        for (end, due) in things {
            row.finished += usize::from(end.is_some());
            row.cleanable += usize::from(due.is_some_and(|time| time <= self.now));
        }
    }

    fn page<T>(&self, mut rows: Vec<CleanableRow<T>>, page: Page) -> Vec<CleanableRow<T>> {
        if self.compact {
            rows.retain(|row| row.finished > 0 || row.cleanable > 0);
        }
        match self.descending {
            Some(false) => rows.sort_by_key(|row| row.finished),
            Some(true) => rows.sort_by_key(|row| std::cmp::Reverse(row.finished)),
            None => {}
        }
        let most = page.max_results.unwrap_or(usize::MAX);
        rows.into_iter().skip(page.first_result.unwrap_or(0)).take(most).collect()
    }
}

impl World {
    /// Process instances whose history may be removed, as far as it is in memory, in order of their removal time.
    pub fn cleanable_process_instances(&self, now: Timestamp) -> impl Iterator<Item = &HistoricProcessInstance> {
        self.listed().flat_map(move |past| {
            let due = past.process_instances.removal_time.range(..=(now, Id::MAX));
            due.filter_map(|(_, id)| past.archive.process_instances.get(id).map(|row| &**row))
        })
    }

    /// Process instances that had ended by a time, as far as they are in memory, in the order in which they ended.
    pub(crate) fn ended_process_instances(&self, by: Timestamp) -> impl Iterator<Item = &HistoricProcessInstance> {
        self.listed().flat_map(move |past| {
            let first = (Some(Timestamp(i64::MIN)), Id::new(0));
            let ended = past.process_instances.end.range(first..=(Some(by), Id::new(u128::MAX)));
            ended.filter_map(|(_, id)| past.archive.process_instances.get(id).map(|row| &**row))
        })
    }

    /// Evaluations of a decision, as far as they are in memory.
    pub(crate) fn decisions_of(&self, definition: Id) -> impl Iterator<Item = &HistoricDecisionInstance> {
        self.listed().flat_map(move |past| {
            ids(&past.decisions.decision_definition, definition)
                .filter_map(|id| past.archive.decisions.get(&id).map(|row| &**row))
        })
    }

    /// Decisions of no process instance whose history may be removed, in order of their removal time.
    pub fn cleanable_decisions(&self, now: Timestamp) -> impl Iterator<Item = &HistoricDecisionInstance> {
        self.listed().flat_map(move |past| {
            let due = past.decisions.removal_time.range(..=(now, Id::MAX));
            due.filter_map(|(_, id)| past.archive.decisions.get(id).map(|row| &**row))
        })
    }
}
