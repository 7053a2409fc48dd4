//! The activity instance tree.

use engine_core::{graph::NodeIx, state::Execution};
use models::Id;

use super::{
    fixture::{self, execution, node, random_world},
    *,
};

/// A process `p`: a user task, a sub-process with a user task inside, a parallel multi-instance user task.
fn tree_world() -> World {
    let mut world = World::default();
    let nodes = vec![
        node("task", "userTask", None, false),
        node("sub", "subProcess", None, true),
        node("inner", "userTask", Some(1), false),
        node("many#multiInstanceBody", "multiInstanceBody", None, true),
        node("many", "userTask", Some(3), false),
        node("scoped", "userTask", None, true),
    ];
    world.put(Record::ProcessDefinition(Box::new(fixture::definition(1, "p", 1, nodes))));
    world
}

fn at(mut row: Execution, node: u32, instance: Option<u128>) -> Execution {
    row.activity = Some(NodeIx(node));
    row.activity_instance = instance.map(Id::new);
    row
}

fn holding(mut row: Execution, instance: u128) -> Execution {
    row.activity_instance = Some(Id::new(instance));
    row.is_active = false;
    row
}

fn concurrent(mut row: Execution) -> Execution {
    (row.is_concurrent, row.is_scope) = (true, false);
    row
}

/// The tree as indented lines: activity id, `@` its executions, transitions with `~`.
fn drawn(view: &ActivityInstanceView, depth: usize, lines: &mut Vec<String>) {
    let ids = |ids: &[Id]| ids.iter().map(|id| id.number().to_string()).collect::<Vec<_>>().join(",");
    lines.push(format!("{}{} @{}", "  ".repeat(depth), view.activity_id, ids(&view.executions)));
    for child in &view.children {
        assert_eq!(child.parent.as_deref(), Some(view.id.as_str()));
        drawn(child, depth + 1, lines);
    }
    for transition in &view.transitions {
        assert_eq!(transition.parent, view.id);
        lines.push(format!("{}~{} @{}", "  ".repeat(depth + 1), transition.activity_id, transition.execution.number()));
    }
}

fn tree(world: &World) -> Vec<String> {
    let view = world.activity_tree(Id::new(1000)).expect("the process instance runs");
    assert_eq!(view.activity_type, "processDefinition");
    assert_eq!(view.id, Id::new(1000).to_string());
    let mut lines = Vec::new();
    drawn(&view, 0, &mut lines);
    lines[0] = lines[0].replace(&definition_text_id("p", 1, Id::new(1)), "p");
    lines
}

#[test]
fn tree_of_a_single_task() {
    let mut world = tree_world();
    world.put_execution(at(execution(1000, None, 1000, Id::new(1)), 0, Some(7)));
    assert_eq!(tree(&world), ["p @1000", "  task @1000"]);
    let view = world.activity_tree(Id::new(1000)).expect("it runs");
    assert_eq!(view.children[0].id, format!("task:{}", Id::new(7)));
    assert_eq!(view.children[0].activity_name.as_deref(), Some("Name of task"));
}

#[test]
fn tree_of_a_task_in_a_sub_process() {
    let mut world = tree_world();
    // the scope's instance is kept by the parent of its execution
    world.put_execution(holding(execution(1000, None, 1000, Id::new(1)), 7));
    world.put_execution(at(execution(1001, Some(1000), 1000, Id::new(1)), 2, Some(8)));
    assert_eq!(tree(&world), ["p @1000", "  sub @1001", "    inner @1001"]);
}

#[test]
fn tree_of_a_scope_task_beside_an_asynchronous_continuation() {
    let mut world = tree_world();
    world.put_execution(holding(execution(1000, None, 1000, Id::new(1)), 1000));
    let mut fork = holding(execution(1001, Some(1000), 1000, Id::new(1)), 7);
    (fork.is_concurrent, fork.is_scope) = (true, false);
    world.put_execution(fork);
    world.put_execution(at(execution(1002, Some(1001), 1000, Id::new(1)), 5, Some(8)));
    world.put_execution(concurrent(at(execution(1003, Some(1000), 1000, Id::new(1)), 0, None)));
    assert_eq!(tree(&world), ["p @1000,1001", "  scoped @1002", "  ~task @1003"]);
    let view = world.activity_tree(Id::new(1000)).expect("it runs");
    assert_eq!(view.children[0].id, format!("scoped:{}", Id::new(8)));
}

#[test]
fn tree_of_a_parallel_multi_instance_activity() {
    let mut world = tree_world();
    world.put_execution(holding(execution(1000, None, 1000, Id::new(1)), 7));
    world.put_execution(holding(execution(1001, Some(1000), 1000, Id::new(1)), 7));
    world.put_execution(concurrent(at(execution(1002, Some(1001), 1000, Id::new(1)), 4, Some(8))));
    world.put_execution(concurrent(at(execution(1003, Some(1001), 1000, Id::new(1)), 4, Some(9))));
    assert_eq!(tree(&world), ["p @1000", "  many#multiInstanceBody @1001", "    many @1002", "    many @1003"]);
}

#[test]
fn tree_leaves_out_event_scopes_and_shows_incidents() {
    let mut world = tree_world();
    world.put_execution(at(execution(1000, None, 1000, Id::new(1)), 0, Some(7)));
    let mut snapshot = at(execution(1001, Some(1000), 1000, Id::new(1)), 1, Some(8));
    snapshot.is_event_scope = true;
    world.put_execution(snapshot);
    let random = random_world(5);
    let mut incident = random.incidents().next().expect("there is one").clone();
    (incident.id, incident.execution, incident.process_instance) =
        (Id::new(9), Some(Id::new(1000)), Some(Id::new(1000)));
    world.put_incident(incident);
    assert_eq!(tree(&world), ["p @1000", "  task @1000"]);
    let view = world.activity_tree(Id::new(1000)).expect("it runs");
    assert_eq!((view.incidents, view.children[0].incidents.clone()), (vec![], vec![Id::new(9)]));
    assert_eq!(world.activity_tree(Id::new(1)), None);
}

/// A token that says it is in no activity instance but the process instance's is not its own parent, for ever.
#[test]
fn tree_ends_where_an_activity_has_the_id_of_the_process_instance() {
    let mut world = tree_world();
    world.put_execution(at(execution(1000, None, 1000, Id::new(1)), 0, Some(1000)));
    assert_eq!(tree(&world), ["p @1000"]);
}
