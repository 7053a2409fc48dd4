//! What holds of a read model whatever was done to it. Apart from any workload: it knows no model and no command.

use std::collections::BTreeSet;

use tollgate::{Id, world::World};

/// Everything that does not hold, in words.
pub fn violations(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    orphans(world, &mut found);
    tokens(world, &mut found);
    history(world, &mut found);
    found
}

/// Whatever belongs to an execution belongs to one that is there.
fn orphans(world: &World, found: &mut Vec<String>) {
    let mut owned = |what: &str, id: Id, owner: Option<Id>| {
        if let Some(owner) = owner
            && world.execution(owner).is_none()
        {
            found.push(format!("{what} {id} belongs to the execution {owner}, which is not there"));
        }
    };
    world.tasks().for_each(|row| owned("user task", row.id, row.execution));
    world.jobs().for_each(|row| owned("job", row.id, row.execution));
    world.external_tasks().for_each(|row| owned("external task", row.id, Some(row.execution)));
    world.subscriptions().for_each(|row| owned("subscription", row.id, Some(row.execution)));
    world.incidents().for_each(|row| owned("incident", row.id, row.execution));
    world.executions().for_each(|row| owned("execution", row.id, row.parent));
    world.executions().for_each(|row| owned("called instance", row.id, row.super_execution));
    for row in world.variables() {
        if world.execution(row.scope).is_none() && world.task(row.scope).is_none() {
            found.push(format!("variable {} belongs to {}, which is not there", row.name, row.scope));
        }
    }
}

/// Every active token waits for something: none is lost, none is left between two steps.
fn tokens(world: &World, found: &mut Vec<String>) {
    let mut reasons: BTreeSet<Id> = world.tasks().filter_map(|row| row.execution).collect();
    reasons.extend(world.jobs().filter_map(|row| row.execution));
    reasons.extend(world.external_tasks().map(|row| row.execution));
    reasons.extend(world.subscriptions().map(|row| row.execution));
    reasons.extend(world.executions().filter_map(|row| row.super_execution));
    let parents: BTreeSet<Id> = world.executions().filter_map(|row| row.parent).collect();
    for row in world.executions() {
        let leaf = !parents.contains(&row.id);
        if leaf && row.is_active && !row.is_event_scope && !reasons.contains(&row.id) {
            found.push(format!("execution {} is active at {:?} and waits for nothing", row.id, row.activity));
        }
    }
}

/// History tells of the running what is so, and of the ended that it has ended.
fn history(world: &World, found: &mut Vec<String>) {
    for row in world.executions().filter(|row| row.parent.is_none()) {
        match world.historic_process_instance(row.id) {
            None => found.push(format!("history knows nothing of the running instance {}", row.id)),
            Some(past) if past.end.is_some() => found.push(format!("history says the running {} ended", row.id)),
            Some(_) => {}
        }
    }
    world.through_history(|part| {
        for past in part.historic_process_instances() {
            if past.end.is_none() && world.process_instance(past.id).is_none() {
                found.push(format!("history says that {} runs, which is not there", past.id));
            }
            if past.end.is_some() && part.historic_activities_of(past.id).any(|activity| activity.end.is_none()) {
                found.push(format!("an activity of the ended instance {} has not ended", past.id));
            }
        }
        for past in part.historic_tasks() {
            if past.end.is_none() && world.task(past.id).is_none() {
                found.push(format!("history says that the task {} is open, which is not there", past.id));
            }
        }
    });
    for row in world.tasks() {
        if world.historic_task(row.id).is_none_or(|past| past.end.is_some()) {
            found.push(format!("history does not know the open task {}", row.id));
        }
    }
    for row in world.variables() {
        if world.historic_variable(row.id).is_none_or(|past| past.value != row.value) {
            found.push(format!("history has another value of variable {} of {}", row.name, row.scope));
        }
    }
}
