//! Queries: every criterion means what it means in Camunda 7, and an index never changes a result.

mod index;
mod report;
mod viewer;

use engine_core::state::DelegationState;
use models::{Id, Timestamp, Value};

use super::*;
use crate::world::{
    Group, Membership, Record, World,
    fixture::{self, candidate, execution, task},
};

fn tasks_of(world: &World, query: &TaskQuery) -> Vec<u128> {
    query.list(world, Page::default(), None).iter().map(|row| row.id.number()).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "criteria are optional")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// Three unassigned tasks with candidates, and a fourth that is assigned.
fn candidates_world() -> World {
    let mut world = World::default();
    for (id, links) in [
        (1, vec![candidate(Some("ann"), None)]),
        (2, vec![candidate(None, Some("sales"))]),
        (3, vec![candidate(None, Some("management")), candidate(Some("bob"), None)]),
        (4, vec![candidate(None, Some("sales"))]),
        (5, Vec::new()),
    ] {
        let mut row = task(id, None);
        row.links = links;
        row.assignee = (id == 4).then(|| "zoe".into());
        world.put_task(row);
    }
    world.put(Record::Group(Box::new(Group { id: "sales".to_owned(), name: None, kind: None })));
    world.put(Record::Membership(Membership { user: "ann".to_owned(), group: "sales".to_owned() }));
    world
}

#[test]
fn candidates_are_of_unassigned_tasks_unless_asked() {
    let world = candidates_world();
    let sales = TaskQuery { candidate_group: some("sales"), ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &sales), [2]);
    assert_eq!(tasks_of(&world, &TaskQuery { include_assigned_tasks: true, ..sales.clone() }), [2, 4]);
    let without = TaskQuery { without_candidate_groups: true, ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &without), [1, 5]);
    let without = TaskQuery { without_candidate_users: true, include_assigned_tasks: true, ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &without), [2, 4, 5]);
    let with = TaskQuery { with_candidate_users: true, ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &with), [1, 3]);
}

#[test]
fn a_candidate_user_is_one_by_group_too() {
    let world = candidates_world();
    let ann = TaskQuery { candidate_user: some("ann"), ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &ann), [1, 2]);
    let bob = TaskQuery { candidate_user: some("bob"), ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &bob), [3]);
    let involved = TaskQuery { involved_user: some("zoe"), ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &involved), [4]);
}

#[test]
fn candidate_group_and_groups_are_intersected_and_in_or_queries_united() {
    let world = candidates_world();
    let both = TaskQuery {
        candidate_group: some("sales"),
        candidate_groups: vec!["management".to_owned()],
        ..TaskQuery::default()
    };
    assert_eq!(tasks_of(&world, &both), [0; 0]);
    let or = TaskQuery { or_queries: vec![both], ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &or), [2, 3]);
    let pattern = TaskQuery { candidate_group_like: some("mana%"), ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &pattern), [3]);
}

#[test]
fn names_and_descriptions_of_tasks_ignore_case_and_null_is_never_unequal() {
    let mut world = World::default();
    for (id, name) in [(1, Some("Check Order")), (2, Some("ship")), (3, None)] {
        let mut row = task(id, None);
        row.name = name.map(Into::into);
        row.assignee = name.map(|_| "ann".into());
        world.put_task(row);
    }
    let named = |query: TaskQuery| tasks_of(&world, &query);
    assert_eq!(named(TaskQuery { name: some("check order"), ..TaskQuery::default() }), [1]);
    assert_eq!(named(TaskQuery { name_like: some("%ORDER"), ..TaskQuery::default() }), [1]);
    assert_eq!(named(TaskQuery { name_not_equal: some("SHIP"), ..TaskQuery::default() }), [1]);
    assert_eq!(named(TaskQuery { name_not_like: some("sh%"), ..TaskQuery::default() }), [1]);
    assert_eq!(named(TaskQuery { assignee_not_in: vec!["bob".to_owned()], ..TaskQuery::default() }), [1, 2]);
    assert_eq!(named(TaskQuery { assignee: some("ANN"), ..TaskQuery::default() }), [0; 0]);
}

#[test]
fn or_groups_are_joined_by_and() {
    let mut world = World::default();
    for (id, assignee, priority) in [(1, "ann", 1), (2, "bob", 1), (3, "ann", 2), (4, "cat", 2)] {
        let mut row = task(id, None);
        row.assignee = Some(assignee.into());
        row.priority = priority;
        world.put_task(row);
    }
    let ann_or_bob = TaskQuery { assignee: some("ann"), owner: some("nobody"), name: None, ..TaskQuery::default() };
    let or_queries = vec![
        TaskQuery { assignee_in: vec!["ann".to_owned(), "bob".to_owned()], owner: some("x"), ..TaskQuery::default() },
        TaskQuery { priority: Some(2), assignee: some("bob"), ..TaskQuery::default() },
    ];
    assert_eq!(tasks_of(&world, &TaskQuery { or_queries, ..TaskQuery::default() }), [2, 3]);
    let or_queries = vec![ann_or_bob];
    assert_eq!(tasks_of(&world, &TaskQuery { or_queries, priority: Some(1), ..TaskQuery::default() }), [1]);
    let or_queries = vec![TaskQuery::default()];
    assert_eq!(tasks_of(&world, &TaskQuery { or_queries, ..TaskQuery::default() }).len(), 4);
}

#[test]
fn dates_leave_their_limits_out_and_nothing_has_no_date() {
    let mut world = World::default();
    for (id, due) in [(1, Some(10)), (2, Some(20)), (3, None)] {
        let mut row = task(id, None);
        row.due = due.map(Timestamp);
        row.follow_up = due.map(Timestamp);
        world.put_task(row);
    }
    let found = |query: TaskQuery| tasks_of(&world, &query);
    assert_eq!(found(TaskQuery { due_before: Some(Timestamp(20)), ..TaskQuery::default() }), [1]);
    assert_eq!(found(TaskQuery { due_after: Some(Timestamp(10)), ..TaskQuery::default() }), [2]);
    assert_eq!(found(TaskQuery { due_date: Some(Timestamp(10)), ..TaskQuery::default() }), [1]);
    assert_eq!(found(TaskQuery { without_due_date: true, ..TaskQuery::default() }), [3]);
    let limit = Some(Timestamp(15));
    assert_eq!(found(TaskQuery { follow_up_before_or_not_existent: limit, ..TaskQuery::default() }), [1, 3]);
}

#[test]
fn delegation_is_asked_for_by_name() {
    let mut world = World::default();
    for (id, delegation) in [(1, None), (2, Some(DelegationState::Pending)), (3, Some(DelegationState::Resolved))] {
        let mut row = task(id, None);
        row.delegation = delegation;
        world.put_task(row);
    }
    let found = |state| tasks_of(&world, &TaskQuery { delegation_state: some(state), ..TaskQuery::default() });
    assert_eq!(found("PENDING"), [2]);
    assert_eq!(found("RESOLVED"), [3]);
}

#[test]
fn tasks_sort_by_variables_with_nothing_first() {
    let mut world = World::default();
    world.put_execution(execution(1000, None, 1000, Id::new(1)));
    for (id, value) in
        [(1, Some(Value::Integer(5))), (2, None), (3, Some(Value::Integer(3))), (4, Some(Value::Long(1)))]
    {
        let owner = execution(1000 + id, Some(1000), 1000, Id::new(1));
        world.put_execution(owner.clone());
        world.put_task(task(id, Some(&owner)));
        if let Some(value) = value {
            world.put_variable(fixture::variable(10 + id, &owner, "x", value));
        }
    }
    let mut query = TaskQuery::default();
    let by = TaskSorting::Variable(VariableSorting {
        scope: VariableSortingScope::Execution,
        variable: "x".to_owned(),
        kind: "Integer".to_owned(),
    });
    query.sorting = vec![Sort { by, descending: false }];
    assert_eq!(tasks_of(&world, &query), [2, 4, 3, 1]);
    query.sorting[0].descending = true;
    assert_eq!(tasks_of(&world, &query), [1, 3, 2, 4]);
}

#[test]
fn process_variables_are_of_any_scope_but_not_of_tasks() {
    let mut world = World::default();
    let root = execution(1000, None, 1000, Id::new(1));
    let child = execution(1001, Some(1000), 1000, Id::new(1));
    world.put_execution(root);
    world.put_execution(child.clone());
    world.put_variable(fixture::variable(1, &child, "inner", Value::Integer(1)));
    let row = task(5, Some(&child));
    let mut local = fixture::variable(2, &child, "local", Value::Integer(1));
    (local.scope, local.task) = (row.id, Some(row.id));
    world.put_task(row);
    world.put_variable(local);
    let condition = |name: &str| {
        let (operator, value) = (Operator::Equals, Value::Integer(1));
        vec![VariableFilter { name: name.to_owned(), operator, value, any_number: false }]
    };
    let count = |name| {
        let query = ProcessInstanceQuery { variables: condition(name), ..ProcessInstanceQuery::default() };
        query.count(&world, None)
    };
    assert_eq!((count("inner"), count("local")), (1, 0));
    let local = TaskQuery { task_variables: condition("local"), ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &local), [5]);
    let process = TaskQuery { process_variables: condition("local"), ..TaskQuery::default() };
    assert_eq!(tasks_of(&world, &process), [0; 0]);
}

#[test]
fn pages_are_cut_from_the_sorted_list() {
    let mut world = World::default();
    for id in 1..=5 {
        let mut row = task(id, None);
        row.priority = 10 - i32::try_from(id).expect("small");
        world.put_task(row);
    }
    let mut query = TaskQuery::default();
    let page = |query: &TaskQuery, first, max| {
        let page = Page { first_result: Some(first), max_results: Some(max) };
        query.list(&world, page, None).iter().map(|row| row.id.number()).collect::<Vec<_>>()
    };
    assert_eq!(page(&query, 1, 2), [2, 3]);
    assert_eq!(page(&query, 4, 9), [5]);
    assert_eq!(page(&query, 0, 0), [0; 0]);
    query.sorting = vec![Sort { by: TaskSorting::Priority, descending: false }];
    assert_eq!(page(&query, 1, 2), [4, 3]);
    assert_eq!(query.count(&world, None), 5);
}

#[test]
fn the_newest_definitions_are_by_key_and_tenant() {
    let mut world = World::default();
    fixture::deploy(&mut world);
    let ids = |query: ProcessDefinitionQuery| -> Vec<u128> {
        query.list(&world, Page::default(), None).iter().map(|row| row.id.number()).collect()
    };
    assert_eq!(ids(ProcessDefinitionQuery { latest_version: true, ..Default::default() }), [102, 112]);
    assert_eq!(ids(ProcessDefinitionQuery { key: some("alpha"), ..Default::default() }), [101, 102]);
    assert_eq!(ids(ProcessDefinitionQuery { name_like: some("ALPHA%"), ..Default::default() }), [101, 102]);
    assert_eq!(ids(ProcessDefinitionQuery { key_like: some("ALPHA%"), ..Default::default() }), [0; 0]);
    assert_eq!(ids(ProcessDefinitionQuery { without_tenant_id: true, version: Some(2), ..Default::default() }), [102]);
    let red = ProcessDefinitionQuery { tenant_id_in: vec!["red".to_owned()], ..Default::default() };
    assert_eq!(ids(red.clone()), [111, 112]);
    let with = ProcessDefinitionQuery { include_process_definitions_without_tenant_id: true, ..red };
    assert_eq!(ids(with).len(), 4);
    let sorting = vec![
        Sort { by: ProcessDefinitionSorting::Version, descending: true },
        Sort { by: ProcessDefinitionSorting::Key, descending: true },
    ];
    assert_eq!(ids(ProcessDefinitionQuery { sorting, ..Default::default() }), [112, 102, 111, 101]);
}
