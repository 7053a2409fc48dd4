//! Statistics and reports.

use models::{Id, Timestamp};

use super::{super::*, candidates_world};
use crate::world::{
    World,
    fixture::{self, random_world},
};

#[test]
fn activities_are_counted_by_tokens_failed_jobs_and_incidents() {
    let world = random_world(4);
    let definition = world.process_definitions().next().expect("it is deployed").id;
    let options = StatisticsOptions { failed_jobs: true, incidents: true, ..StatisticsOptions::default() };
    let statistics = world.activity_statistics(definition, &options, None);
    let tokens = world.executions().filter(|row| row.definition == definition && row.activity.is_some()).count();
    assert_eq!(statistics.iter().map(|row| row.instances).sum::<usize>(), tokens);
    let failed = world.jobs_of_definition(definition).filter(|job| job.retries == 0 && job.declaration.is_some());
    assert_eq!(statistics.iter().map(|row| row.failed_jobs).sum::<usize>(), failed.count());
    let incidents: usize = statistics.iter().flat_map(|row| &row.incidents).map(|row| row.count).sum();
    assert_eq!(incidents, world.incidents_of_definition(definition).count());
    let all = world.process_definition_statistics(&options, Page::default(), None);
    assert_eq!(all.len(), 4);
    let instances = world.process_instances_of_definition(definition).count();
    assert_eq!(all.iter().find(|row| row.definition.id == definition).map(|row| row.instances), Some(instances));
}

#[test]
fn durations_are_reported_by_month_of_the_start() {
    use engine_core::history::HistoryEvent;

    use crate::world::{RootHistory, WorldChange};

    let mut world = World::default();
    // 2026-01-31T23:30Z is in February one hour to the east
    let start = 1_769_902_200_000;
    for (id, duration) in [(1, 10), (2, 15), (3, 20)] {
        let mut row = fixture::instance_row(id, id, Id::new(1));
        (row.start, row.end) = (Timestamp(start), Some(Timestamp(start + duration)));
        let event = HistoryEvent::ProcessInstanceStarted(std::sync::Arc::new(row));
        world.apply(WorldChange {
            history: std::sync::Arc::new(vec![RootHistory { root: None, events: vec![event], is_on_disk: false }]),
            ..WorldChange::default()
        });
    }
    let report = ProcessInstanceReport::default();
    let utc = report.durations(&world, PeriodUnit::Month, &jiff::tz::TimeZone::UTC, None);
    assert_eq!(utc, [DurationReportRow { period: 1, minimum: 10, maximum: 20, average: 15 }]);
    let east = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
    assert_eq!(report.durations(&world, PeriodUnit::Month, &east, None)[0].period, 2);
    assert_eq!(report.durations(&world, PeriodUnit::Quarter, &east, None)[0].period, 1);
}

#[test]
fn tasks_are_counted_by_candidate_group() {
    let world = candidates_world();
    let counts = world.tasks_by_candidate_group(None);
    // bob's link and the task without links have no group
    assert_eq!(counts, [(None, 3), (Some("management".to_owned()), 1), (Some("sales".to_owned()), 1)]);
}
