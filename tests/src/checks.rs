//! What holds of a read model whatever was done to it. Apart from any workload: it knows no model and no command.

use std::collections::BTreeSet;

use tollgate::{
    Id, Timestamp,
    history::LogKind,
    world::{ActivityInstanceView, World},
};

/// Everything that does not hold, in words.
pub fn violations(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    orphans(world, &mut found);
    tokens(world, &mut found);
    history(world, &mut found);
    activities(world, &mut found);
    jobs(world, &mut found);
    found
}

/// Runs `$check` with the tables of what runs, and those of history.
macro_rules! each_table {
    ($check:ident) => {
        $check!(
            [executions, variables, tasks, jobs, subscriptions, external_tasks, incidents, batches]
            [
                historic_process_instances, historic_activity_instances, historic_tasks, historic_variables,
                historic_details, historic_incidents, historic_job_logs, historic_external_task_logs,
                historic_identity_links, user_operations
            ]
        )
    };
}

/// Every row of a table of history, in memory and on disk, by id.
fn all<T>(world: &World, list: impl Fn(&World, &mut Vec<T>), id: impl Fn(&T) -> Id) -> Vec<T> {
    let mut rows = Vec::new();
    world.through_history(|part| list(part, &mut rows));
    rows.sort_by_key(id);
    rows
}

/// Tables in which two read models differ, with the first difference of each.
pub fn differences(before: &World, after: &World) -> Vec<String> {
    fn first<T: PartialEq + std::fmt::Debug>(table: &str, before: &[T], after: &[T]) -> Option<String> {
        if before == after {
            return None;
        }
        let at = before.iter().zip(after).take_while(|(left, right)| left == right).count();
        Some(format!("{table} differ: {:#?} was seen, {:#?} is", before.get(at), after.get(at)))
    }
    let mut found = Vec::new();
    macro_rules! compare {
        ([$($running:ident),*] [$($historic:ident),*]) => {
            $({
                let rows = |world: &World| world.$running().cloned().collect::<Vec<_>>();
                found.extend(first(stringify!($running), &rows(before), &rows(after)));
            })*
            $({
                let rows = |world: &World| all(world, |part, rows| rows.extend(part.$historic().cloned()), |row| row.id);
                found.extend(first(stringify!($historic), &rows(before), &rows(after)));
            })*
        };
    }
    each_table!(compare);
    found
}

/// Every row, in words.
pub fn lines(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    macro_rules! list {
        ([$($running:ident),*] [$($historic:ident),*]) => {
            $(found.extend(world.$running().map(|row| format!("{row:?}")));)*
            $({
                let rows = all(world, |part, rows| rows.extend(part.$historic().cloned()), |row| row.id);
                found.extend(rows.iter().map(|row| format!("{row:?}")));
            })*
        };
    }
    each_table!(list);
    found
}

/// Jobs that should have run by a time and have not.
pub fn stuck(world: &World, now: Timestamp) -> Vec<String> {
    world.runnable_jobs(now).map(|row| format!("nobody runs the job {row:?}")).collect()
}

/// Jobs that succeeded, by their log.
pub fn jobs_done(world: &World) -> usize {
    let mut count = 0;
    world.through_history(|part| count += part.historic_job_logs().filter(|row| row.kind == LogKind::Success).count());
    count
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
///
/// But a token that waits at a join is active from when an event subprocess starts beside it while it is alone in its scope, as in
/// Camunda, which makes the execution active on which an event handler is executed. It stays so when the event subprocess has
/// ended, and no later token joins it.
fn tokens(world: &World, found: &mut Vec<String>) {
    let mut reasons: BTreeSet<Id> = world.tasks().filter_map(|row| row.execution).collect();
    reasons.extend(world.jobs().filter_map(|row| row.execution));
    reasons.extend(world.external_tasks().map(|row| row.execution));
    reasons.extend(world.subscriptions().map(|row| row.execution));
    reasons.extend(world.executions().filter_map(|row| row.super_execution));
    let parents: BTreeSet<Id> = world.executions().filter_map(|row| row.parent).collect();
    for row in world.executions() {
        let leaf = !parents.contains(&row.id);
        let joins = row
            .activity
            .and_then(|node| world.node(row.definition, node))
            .is_some_and(|node| ["parallelGateway", "inclusiveGateway"].contains(&&*node.activity_type));
        if leaf && row.is_active && !row.is_event_scope && !reasons.contains(&row.id) && !joins {
            let around = executions(world, row.process_instance);
            found.push(format!("execution {} is active and waits for nothing: {around}", row.id));
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
            for activity in part.historic_activities_of(past.id).filter(|row| past.end.is_some() && row.end.is_none()) {
                found.push(format!(
                    "the activity {} of the ended instance {} has not ended",
                    activity.activity, past.id
                ));
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

/// What history says is going on is where tokens are: activities that have begun and not ended.
fn activities(world: &World, found: &mut Vec<String>) {
    fn inside(view: &ActivityInstanceView, all: &mut BTreeSet<String>, leaves: &mut BTreeSet<String>) {
        for child in &view.children {
            all.insert(child.id.clone());
            if child.children.is_empty() {
                leaves.insert(child.id.clone());
            }
            inside(child, all, leaves);
        }
    }
    for instance in world.executions().filter(|row| row.parent.is_none()) {
        let Some(tree) = world.activity_tree(instance.id) else { continue };
        let (mut standing, mut leaves) = (BTreeSet::new(), BTreeSet::new());
        inside(&tree, &mut standing, &mut leaves);
        let open = world.historic_activities_of(instance.id).filter(|row| row.end.is_none());
        let open: BTreeSet<String> = open.map(|row| format!("{}:{}", row.activity, row.id)).collect();
        for id in open.difference(&standing) {
            found.push(format!(
                "history says that the activity {id} of {} goes on, and no token stands there: {}",
                instance.id,
                executions(world, instance.id)
            ));
        }
        // scopes around handlers of compensation have ended before
        for id in leaves.difference(&open) {
            found.push(format!(
                "a token of {} stands at {id}, and history says that it has ended: {}",
                instance.id,
                executions(world, instance.id)
            ));
        }
    }
}

/// The tree of executions in words.
fn executions(world: &World, instance: Id) -> String {
    let rows = world.executions().filter(|row| row.process_instance == instance);
    let words = rows.map(|row| {
        let at = row.activity.and_then(|node| world.process_definition(row.definition)?.nodes.get(node.0 as usize));
        let (at, within) = (at.map_or("-", |node| &*node.id), row.parent.map_or_else(String::new, |id| id.to_string()));
        let instance = row.activity_instance.map_or_else(String::new, |id| id.to_string());
        let flags = [
            (row.is_scope, " scope"),
            (row.is_concurrent, " concurrent"),
            (row.is_active, " active"),
            (row.is_event_scope, " event scope"),
        ];
        let flags: String = flags.iter().filter(|flag| flag.0).map(|flag| flag.1).collect();
        format!("\n    {} in [{within}] at {at} [{instance}]{flags}", row.id)
    });
    words.collect()
}

/// A job succeeds at most once, and never before it is due.
fn jobs(world: &World, found: &mut Vec<String>) {
    let mut done = BTreeSet::new();
    world.through_history(|part| {
        for row in part.historic_job_logs().filter(|row| row.kind == LogKind::Success) {
            if row.due.is_some_and(|due| due > row.time) {
                found.push(format!("the job {} ran at {:?}, and was due at {:?}", row.job, row.time, row.due));
            }
            if !done.insert(row.job) {
                found.push(format!("the job {} ran twice", row.job));
            }
        }
    });
}
