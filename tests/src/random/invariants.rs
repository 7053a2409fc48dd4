//! What is never so, whatever is done to an instance.

use std::collections::BTreeSet;

use tollgate::Engine;

/// Promises that the engine's state breaks.
pub(super) fn broken(engine: &Engine) -> Vec<String> {
    let world = engine.read();
    let mut found = Vec::new();
    let executions: BTreeSet<_> = world.executions().map(|row| row.id).collect();
    for row in world.executions() {
        if row.parent.is_some_and(|parent| !executions.contains(&parent)) {
            found.push(format!("execution {} has no parent", row.id));
        }
        let children = world.executions().filter(|child| child.parent == Some(row.id) && !child.is_event_scope);
        let children: Vec<_> = children.collect();
        // a token is where an execution without children stands at an activity
        if children.is_empty() && !row.is_event_scope && row.activity.is_none() {
            found.push(format!("execution {} is at no activity and has no children", row.id));
        }
        if row.is_concurrent && row.parent.is_none() {
            found.push(format!("execution {} is concurrent without a parent", row.id));
        }
    }
    let without = |kind: &str, id: String, execution: Option<models::Id>| {
        let lost = execution.is_some_and(|execution| !executions.contains(&execution));
        lost.then(|| format!("{kind} {id} has no execution"))
    };
    found.extend(world.tasks().filter_map(|row| without("task", row.id.to_string(), row.execution)));
    found.extend(world.jobs().filter_map(|row| without("job", row.id.to_string(), row.execution)));
    found.extend(
        world.external_tasks().filter_map(|row| without("external task", row.id.to_string(), Some(row.execution))),
    );
    found.extend(
        world.subscriptions().filter_map(|row| without("subscription", row.id.to_string(), Some(row.execution))),
    );
    found.extend(world.incidents().filter_map(|row| without("incident", row.id.to_string(), row.execution)));
    for row in world.variables() {
        if row.task.is_none() && row.execution.is_some_and(|execution| !executions.contains(&execution)) {
            found.push(format!("variable {} has no scope", row.name));
        }
    }
    found
}
