//! What must hold of the read model, and its views.

mod tree;

use std::{collections::BTreeMap, sync::Arc};

use engine_core::{
    history::{Archive, HistoryEvent},
    state::{JobKind, SubscriptionKind},
};
use models::{Id, Timestamp, Value};

use super::{
    fixture::{self, Random, execution, external_task, job, random_world, task},
    *,
};
use crate::request::{Caller, FetchAndLock, FetchTopic};

#[test]
fn indexes_are_those_of_the_rows_whatever_changed() {
    for seed in 0..20 {
        let world = random_world(seed);
        let mut again = World::default();
        fixture::deploy(&mut again);
        macro_rules! put {
            ($($table:ident),*) => { $(for row in world.runtime.$table.iter() { again.runtime.$table.put(row.clone()); })* };
        }
        put!(executions, variables, tasks, jobs, subscriptions, external_tasks, incidents);
        macro_rules! same {
            ($($table:ident),*) => { $(assert_eq!(world.runtime.$table, again.runtime.$table, "seed {seed}");)* };
        }
        same!(executions, variables, tasks, jobs, subscriptions, external_tasks, incidents);
        let mut past = Past::default();
        past.load(world.all_history().archive);
        assert_eq!(world.all_history(), past, "seed {seed}");
    }
}

#[test]
fn history_is_what_each_roots_archive_folds() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let mut world = World::default();
        let mut archives: BTreeMap<Id, Archive> = BTreeMap::new();
        for index in 0..10_u128 {
            let root = Id::new(10_000 + 100 * index);
            for event in fixture::random_history(&mut random, root.number(), Id::new(7), None) {
                archives.entry(root).or_default().apply(&event);
                let history = vec![RootHistory { root: Some(root), events: vec![event], is_on_disk: false }];
                world.apply(WorldChange { history: Arc::new(history), ..WorldChange::default() });
            }
        }
        let mut all = Past::default();
        for archive in archives.into_values() {
            all.load(archive);
        }
        assert_eq!(world.all_history(), all, "seed {seed}");
    }
}

#[test]
fn history_that_went_to_disk_and_came_back_is_the_same() {
    for seed in 0..40 {
        let world = random_world(seed);
        let before = world.all_history();
        let roots: Vec<Id> = world.historic_process_instances().map(|row| row.root).collect();
        let mut cold = fixture::on_disk(&world, |_| true);
        assert_eq!(cold.listed().map(|past| past.archive.process_instances.len()).sum::<usize>(), 0, "seed {seed}");
        // an event brings a root back
        for root in &roots {
            let event = HistoryEvent::RemovalTime { process_instance: None, time: Some(Timestamp(7)) };
            let history = Arc::new(vec![RootHistory { root: Some(*root), events: vec![event], is_on_disk: false }]);
            cold.apply(WorldChange { history, ..WorldChange::default() });
        }
        let mut expected = Past::default();
        expected.load(before.archive);
        for root in roots {
            expected.apply(Some(root), &HistoryEvent::RemovalTime { process_instance: None, time: Some(Timestamp(7)) });
        }
        assert_eq!(cold.all_history(), expected, "seed {seed}");
    }
}

#[test]
fn rows_on_disk_are_found_by_what_they_belong_to() {
    for seed in 0..40 {
        let world = random_world(seed);
        let cold = fixture::on_disk(&world, |root| root.number() % 200 == 0);
        for row in world.historic_process_instances() {
            assert_eq!(cold.historic_process_instance(row.id), Some(row));
            let of = |world: &World| -> Vec<Id> { world.historic_activities_of(row.id).map(|row| row.id).collect() };
            assert_eq!(of(&cold), of(&world), "seed {seed}");
            let of = |world: &World| -> Vec<Id> { world.historic_details_of(row.id).map(|row| row.id).collect() };
            assert_eq!(of(&cold), of(&world), "seed {seed}");
        }
        for row in world.historic_tasks() {
            assert_eq!(cold.historic_task(row.id), Some(row));
            let of = |world: &World| -> Vec<Id> { world.historic_links_of_task(row.id).map(|row| row.id).collect() };
            assert_eq!(of(&cold), of(&world), "seed {seed}");
        }
        assert_eq!(cold.historic_process_instance(Id::new(424_242)), None);
    }
}

#[test]
fn records_survive_storing() {
    let world = random_world(3);
    for definition in world.process_definitions() {
        let change = RecordChange::Put(Record::ProcessDefinition(Box::new((**definition).clone())));
        let bytes = minicbor::to_vec(&change).expect("it can be written");
        assert_eq!(minicbor::decode::<RecordChange>(&bytes).expect("it can be read"), change);
    }
    let change = RecordChange::Remove(RecordKey::TenantMembership(TenantMembership {
        tenant: "red".to_owned(),
        member: Member::Group("sales".to_owned()),
    }));
    let bytes = minicbor::to_vec(&change).expect("it can be written");
    assert_eq!(minicbor::decode::<RecordChange>(&bytes).expect("it can be read"), change);
}

#[test]
fn the_latest_version_is_by_key_and_tenant() {
    let mut world = World::default();
    let definitions = fixture::deploy(&mut world);
    assert_eq!(world.latest_process_definition("alpha", None).map(|row| row.id), Some(definitions[1]));
    assert_eq!(world.latest_process_definition("beta", None).map(|row| row.id), None);
    assert_eq!(world.latest_process_definition("beta", Some("red")).map(|row| row.version), Some(2));
    world.apply(WorldChange {
        records: vec![RecordChange::Remove(RecordKey::ProcessDefinition(definitions[1]))],
        ..WorldChange::default()
    });
    assert_eq!(world.latest_process_definition("alpha", None).map(|row| row.id), Some(definitions[0]));
    assert_eq!(world.process_definitions_of_key("alpha").count(), 1);
}

#[test]
fn definition_ids_are_cut_when_they_are_long() {
    let id = Id::new(7);
    assert_eq!(definition_text_id("order", 3, id), format!("order:3:{id}"));
    assert_eq!(definition_text_id(&"k".repeat(25), 1, id).len(), 64);
    assert_eq!(definition_text_id(&"k".repeat(26), 1, id), id.to_string());
}

#[test]
fn roots_are_found_from_everything_inside() {
    let mut world = World::default();
    world.put_execution(execution(1000, None, 1000, Id::new(1)));
    let mut called = execution(2000, None, 2000, Id::new(1));
    called.super_execution = Some(Id::new(1000));
    world.put_execution(called);
    world.put_task(task(5, None));
    assert_eq!(world.root_of_execution(Id::new(2000)), Some(Id::new(1000)));
    assert_eq!(world.root_of_task(Id::new(5)), Some(Id::new(1000)));
    assert_eq!(world.process_instances_of_root(Id::new(1000)), [Id::new(1000), Id::new(2000)]);
    assert_eq!(world.root_of_execution(Id::new(3)), None);
}

#[test]
fn jobs_without_due_date_run_first_then_by_due_date_then_by_creation() {
    let mut world = World::default();
    let put = |world: &mut World, id: u128, change: &dyn Fn(&mut engine_core::state::Job)| {
        let mut row = job(id);
        change(&mut row);
        world.put_job(row);
    };
    put(&mut world, 1, &|row| row.due = Some(Timestamp(20)));
    put(&mut world, 2, &|row| row.due = Some(Timestamp(10)));
    put(&mut world, 3, &|row| row.due = None);
    put(&mut world, 4, &|row| row.due = Some(Timestamp(10)));
    put(&mut world, 5, &|row| row.due = Some(Timestamp(30)));
    put(&mut world, 6, &|row| row.retries = 0);
    put(&mut world, 7, &|row| row.suspended = true);
    put(&mut world, 8, &|row| row.lock_expires = Some(Timestamp(21)));
    let due = |now, limit| world.due_jobs(Timestamp(now), limit).iter().map(|row| row.id.number()).collect::<Vec<_>>();
    assert_eq!(due(20, 10), [3, 2, 4, 1]);
    assert_eq!(due(20, 2), [3, 2]);
    assert_eq!(due(21, 10), [3, 8, 2, 4, 1]);
    assert_eq!(world.next_due(Timestamp(20)), Some(Timestamp(30)));
    assert_eq!(world.next_due(Timestamp(30)), None);
}

fn topic(name: &str) -> FetchTopic {
    FetchTopic { name: name.to_owned(), ..FetchTopic::default() }
}

fn fetch(max_tasks: usize, topics: Vec<FetchTopic>) -> FetchAndLock {
    FetchAndLock { worker: "w".to_owned(), max_tasks, use_priority: false, oldest_first: None, topics }
}

fn fetched(world: &World, request: &FetchAndLock, now: i64) -> Vec<u128> {
    world
        .fetchable(request, Timestamp(now), None, &std::collections::BTreeSet::new())
        .iter()
        .map(|(_, task)| task.id.number())
        .collect()
}

#[test]
fn external_tasks_are_fetched_in_the_order_asked_for() {
    let mut world = World::default();
    let owner = execution(1000, None, 1000, Id::new(1));
    world.put_execution(owner.clone());
    for (id, priority, created) in [(1, 0, 30), (2, 9, 20), (3, 5, 10), (4, 9, 5)] {
        let mut row = external_task(id, &owner, "t");
        (row.priority, row.created) = (priority, Timestamp(created));
        world.put_external_task(row);
    }
    let mut request = fetch(10, vec![topic("t")]);
    assert_eq!(fetched(&world, &request, 100), [4, 3, 2, 1]);
    request.oldest_first = Some(false);
    assert_eq!(fetched(&world, &request, 100), [1, 2, 3, 4]);
    request.use_priority = true;
    assert_eq!(fetched(&world, &request, 100), [2, 4, 3, 1]);
    request.oldest_first = Some(true);
    assert_eq!(fetched(&world, &request, 100), [4, 2, 3, 1]);
    request.max_tasks = 2;
    assert_eq!(fetched(&world, &request, 100), [4, 2]);
    assert_eq!(fetched(&world, &fetch(10, vec![topic("other")]), 100), [0; 0]);
    assert_eq!(fetched(&world, &fetch(10, vec![topic("t"), topic("t")]), 100), [4, 3, 2, 1]);
}

#[test]
fn locked_external_tasks_come_back_when_the_lock_ends() {
    for told in [false, true] {
        let mut world = World::default();
        let owner = execution(1000, None, 1000, Id::new(1));
        world.put_execution(owner.clone());
        for id in 1..=3 {
            let mut row = external_task(id, &owner, "t");
            row.created = Timestamp(i64::try_from(id).expect("small"));
            row.lock_expires = (id == 1).then_some(Timestamp(50));
            row.retries = (id == 3).then_some(0);
            world.put_external_task(row);
        }
        let request = fetch(10, vec![topic("t")]);
        assert_eq!(fetched(&world, &request, 49), [2]);
        assert_eq!(world.next_external_task_release(["t"].into_iter()), Some(Timestamp(50)));
        if told {
            world.pass_time(Timestamp(50));
            assert_eq!(world.next_external_task_release(["t"].into_iter()), None);
        }
        assert_eq!(fetched(&world, &request, 50), [1, 2]);
        // the clock of tests may go back
        assert_eq!(fetched(&world, &request, 49), [2]);
        let mut row = world.external_task(Id::new(1)).cloned().expect("it is there");
        row.lock_expires = Some(Timestamp(90));
        world.put_external_task(row);
        assert_eq!(fetched(&world, &request, 50), [2]);
    }
}

#[test]
fn a_topic_may_restrict_what_is_fetched() {
    let mut world = World::default();
    world.put(Record::ProcessDefinition(Box::new(fixture::definition(1, "order", 1, Vec::new()))));
    let mut owner = execution(1000, None, 1000, Id::new(1));
    owner.business_key = Some("b".into());
    world.put_execution(owner.clone());
    world.put_variable(fixture::variable(7, &owner, "x", Value::Integer(1)));
    world.put_external_task(external_task(1, &owner, "t"));
    let fits = |change: &dyn Fn(&mut FetchTopic)| {
        let mut wanted = topic("t");
        change(&mut wanted);
        !fetched(&world, &fetch(1, vec![wanted]), 0).is_empty()
    };
    assert!(fits(&|topic| topic.business_key = Some("b".to_owned())));
    assert!(!fits(&|topic| topic.business_key = Some("c".to_owned())));
    assert!(fits(&|topic| topic.definition_keys = vec!["order".to_owned()]));
    assert!(!fits(&|topic| topic.definition_keys = vec!["other".to_owned()]));
    assert!(fits(&|topic| topic.definitions = vec![definition_text_id("order", 1, Id::new(1))]));
    assert!(!fits(&|topic| topic.version_tag = Some("v".to_owned())));
    assert!(fits(&|topic| topic.without_tenant = true));
    assert!(!fits(&|topic| topic.tenants = vec!["red".to_owned()]));
    assert!(fits(&|topic| topic.process_variables.set("x", Value::Integer(1))));
    assert!(!fits(&|topic| topic.process_variables.set("x", Value::Integer(2))));
}

#[test]
fn grants_and_revocations_count_in_camundas_order() {
    use super::permission::{ALL, READ, Resource, UPDATE};
    let mut world = World::default();
    let mut next = 0;
    let mut put = |world: &mut World, kind, user: Option<&str>, group: Option<&str>, resource: &str, permissions| {
        next += 1;
        world.put(Record::Authorization(Box::new(Authorization {
            id: Id::new(next),
            kind,
            user: user.map(str::to_owned),
            group: group.map(str::to_owned),
            resource_type: Resource::Task.number(),
            resource_id: resource.to_owned(),
            permissions,
            root_process_instance: None,
            removal_time: None,
        })));
    };
    let caller = Caller {
        user: Some("ann".to_owned()),
        groups: vec!["sales".to_owned()],
        authorized: true,
        ..Caller::default()
    };
    let reads = |world: &World, id| world.may(&caller, Resource::Task, id, READ);
    assert!(!reads(&world, Some("1")));
    put(&mut world, AuthorizationType::Global, Some("*"), None, "*", READ);
    assert!(reads(&world, Some("1")));
    assert!(reads(&world, None));
    assert!(!world.may(&caller, Resource::Task, Some("1"), UPDATE));
    put(&mut world, AuthorizationType::Revoke, None, Some("sales"), "*", ALL & !READ);
    assert!(!reads(&world, Some("1")));
    put(&mut world, AuthorizationType::Grant, None, Some("sales"), "1", READ);
    assert!(reads(&world, Some("1")));
    put(&mut world, AuthorizationType::Revoke, Some("ann"), None, "*", ALL & !READ);
    assert!(!reads(&world, Some("1")));
    put(&mut world, AuthorizationType::Grant, Some("ann"), None, "1", READ | UPDATE);
    assert!(reads(&world, Some("1")));
    assert!(!reads(&world, Some("2")));
    let unchecked = Caller { authorized: false, ..caller.clone() };
    assert!(world.may(&unchecked, Resource::Task, Some("2"), READ));
}

#[test]
fn variables_inside_hide_those_outside() {
    let mut world = World::default();
    let root = execution(1000, None, 1000, Id::new(1));
    let child = execution(1001, Some(1000), 1000, Id::new(1));
    world.put_execution(root.clone());
    world.put_execution(child.clone());
    world.put_variable(fixture::variable(1, &root, "a", Value::Integer(1)));
    world.put_variable(fixture::variable(2, &root, "b", Value::Integer(2)));
    world.put_variable(fixture::variable(3, &child, "b", Value::Integer(3)));
    let seen: Vec<u128> = world.visible_variables(Id::new(1001)).iter().map(|row| row.id.number()).collect();
    assert_eq!(seen, [1, 3]);
}

#[test]
fn subscriptions_are_found_by_kind_and_name() {
    let world = random_world(1);
    for kind in [SubscriptionKind::Message, SubscriptionKind::Signal] {
        for name in fixture::WORDS {
            let found: Vec<Id> = world.subscriptions_for(kind, Some(name)).map(|row| row.id).collect();
            let all = world.subscriptions().filter(|row| row.kind == kind && row.name.as_deref() == Some(name));
            assert_eq!(found, all.map(|row| row.id).collect::<Vec<_>>());
        }
    }
}

#[test]
fn the_definition_of_a_job_is_by_declaration_or_batch() {
    let mut world = World::default();
    let definitions = fixture::deploy(&mut world);
    let mut row = job(1);
    (row.definition, row.declaration) = (Some(definitions[0]), Some(0));
    assert_eq!(world.job_definition_of(&row).map(|found| found.definition), Some(Some(definitions[0])));
    row.declaration = Some(1);
    assert_eq!(world.job_definition_of(&row), None);
    row.kind = JobKind::HistoryCleanup(Default::default());
    row.definition = None;
    assert_eq!(world.job_definition_of(&row), None);
}

#[test]
fn events_of_no_root_are_kept_too() {
    let mut world = World::default();
    let row = fixture::instance_row(5, 5, Id::new(1));
    let event = HistoryEvent::ProcessInstanceStarted(Arc::new(row));
    world.apply(WorldChange {
        history: Arc::new(vec![RootHistory { root: None, events: vec![event], is_on_disk: false }]),
        ..WorldChange::default()
    });
    assert!(world.historic_process_instance(Id::new(5)).is_some());
}

#[test]
fn history_of_few_big_roots_is_too_much_as_well() {
    let mut history = super::history::History::default();
    history.set_part_size(2);
    let mut random = Random(7);
    // each root has what 32 ordinary ones have
    for root in [10_000_u128, 20_000, 30_000, 40_000] {
        let mut events = 0;
        while events < 32 * 64 {
            for event in fixture::random_history(&mut random, root, Id::new(7), None) {
                history.apply(Some(Id::new(root)), &event);
                events += 1;
            }
        }
    }
    assert_eq!(history.roots_in_memory(), 4);
    assert!(history.is_beyond(100) && !history.is_beyond(200));
    assert_eq!(history.spare(100).map(|(_, roots)| roots), Some(vec![Id::new(20_000)]));
}

#[test]
fn what_was_deleted_and_what_is_old_leave_the_memory_in_turns() {
    use super::cold::{ColdRoot, Segment, Single};
    let mut history = super::history::History::default();
    history.set_part_size(512);
    let single = Single {
        definition: Id::new(7),
        state: engine_core::history::InstanceStateName::Completed,
        has_tenant: false,
        start: Timestamp(1),
        end: None,
    };
    let on_disk = |root| {
        let root = Id::new(root);
        (ColdRoot { root, first: Timestamp(1), last: None, removal: None, single: Some(single) }, Vec::new())
    };
    history.cold.add(Arc::new(Segment::new(1, (Id::new(600), 1), (1..=600).map(on_disk).collect())), Vec::new());
    for root in 10_000..12_000 {
        let row = fixture::instance_row(root, root, Id::new(7));
        history.apply(Some(Id::new(root)), &HistoryEvent::ProcessInstanceStarted(Arc::new(row)));
    }
    let mut delete = |roots: std::ops::RangeInclusive<u128>| {
        for root in roots.map(Id::new) {
            history.apply(Some(root), &HistoryEvent::ProcessInstanceDeleted(root));
        }
        let spare = |most| history.spare(most).map(|(_, roots)| (roots[0].number(), roots.len()));
        [spare(100), spare(10_000)]
    };
    // there is too much in memory, or there is room; the first part is the one that what comes back is in, too
    assert_eq!(delete(1..=100), [Some((10_512, 512)), None]);
    assert_eq!(delete(101..=300), [Some((10_512, 512)), Some((1, 300))]);
    assert_eq!(delete(301..=600), [Some((1, 512)), Some((1, 512))]);
}

#[test]
fn a_segment_names_no_more_of_the_pile_than_it_may() {
    use super::{cold::ColdRoot, pile::Piled};
    let mut history = super::history::History::default();
    history.set_part_size(2);
    for root in (1..=5).rev().map(Id::new) {
        let cold = ColdRoot { root, first: Timestamp(1), last: None, removal: None, single: None };
        history.pile_up(Piled { cold, traces: vec![7].into(), sequence: 1, events: vec![1] });
    }
    let named = |history: &super::history::History| {
        let piled = history.from_pile()?;
        Some(piled.iter().map(|one| one.cold.root.number()).collect::<Vec<_>>())
    };
    assert_eq!(named(&history), Some(vec![1, 2]));
    (1..=4).for_each(|root| drop(history.cold.leave(Id::new(root))));
    assert_eq!(named(&history), None, "one is too few");
    assert_eq!((history.cold.pile.len(), history.cold.pile.traces()), (1, 1));
}

#[test]
fn what_was_deleted_before_it_left_the_memory_leaves_the_disk() {
    let mut history = super::history::History::default();
    history.set_part_size(512);
    for root in 10_000..10_600 {
        for instance in [root, root + 100_000] {
            let row = fixture::instance_row(instance, root, Id::new(7));
            history.apply(Some(Id::new(root)), &HistoryEvent::ProcessInstanceStarted(Arc::new(row)));
        }
    }
    for root in 10_300..10_600 {
        history.apply(Some(Id::new(root)), &HistoryEvent::ProcessInstanceDeleted(Id::new(root)));
    }
    assert_eq!(history.spare(10_000), None, "the called instances have their history");
    for root in 10_300..10_600 {
        history.apply(Some(Id::new(root)), &HistoryEvent::ProcessInstanceDeleted(Id::new(root + 100_000)));
    }
    assert_eq!(history.roots_in_memory(), 600);
    let (part, roots) = history.spare(10_000).expect("deleted roots");
    assert_eq!((roots[0], roots.len()), (Id::new(10_300), 300));
    let gone = |root: &Id| history.copy(part, *root, &mut fixture::Unheard).is_some_and(|member| member.cold.is_none());
    assert!(roots.iter().all(gone));
}
