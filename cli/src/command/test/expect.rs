//! Compares what is with what is expected.

use anyhow::{Result, bail};
use engine_core::state::Execution;
use models::Id;
use serde_json::Value as Json;
use tollgate::world::World;

use super::{scenario::Run, suite::Expect};
use crate::values;

/// Checks everything that is expected; the error names all that differs.
pub(super) fn check(run: &Run<'_>, wanted: &Expect) -> Result<()> {
    let root = run.root()?;
    let world = run.engine.read();
    let mut differences = Vec::new();
    if let Some(at) = &wanted.at {
        let mut expected = at.clone();
        expected.sort();
        let found = waiting(&world, root);
        if found != expected {
            differences.push(format!("tokens wait at [{}], not at [{}]", found.join(", "), expected.join(", ")));
        }
    }
    if let Some(ended) = wanted.ended {
        let is = world.process_instance(root).is_none();
        if is != ended {
            differences.push(match is {
                true => "the instance has ended".to_owned(),
                false => format!("the instance has not ended: it is at [{}]", waiting(&world, root).join(", ")),
            });
        }
    }
    let passed = path(&world, root);
    if let Some(expected) = &wanted.path
        && *expected != passed
    {
        differences.push(format!("the path is [{}], not [{}]", passed.join(", "), expected.join(", ")));
    }
    for id in wanted.passed.iter().filter(|id| !passed.contains(id)) {
        differences.push(format!("{id} did not begin"));
    }
    for id in wanted.not_passed.iter().filter(|id| passed.contains(id)) {
        differences.push(format!("{id} began"));
    }
    for (name, expected) in &wanted.variables {
        let found = variable(&world, root, name);
        let expected = values::from_file(expected).map(|value| values::to_json(&value))?;
        if found.as_ref() != Some(&expected) {
            let found = found.map_or_else(|| "not there".to_owned(), |found| found.to_string());
            differences.push(format!("variable {name} is {found}, not {expected}"));
        }
    }
    if let Some(expected) = wanted.incidents {
        let open: Vec<_> = world.incidents().collect();
        if open.len() != expected {
            let messages: Vec<_> = open.iter().filter_map(|row| row.message.as_deref()).collect();
            differences.push(format!("{} incidents are open, not {expected}: {}", open.len(), messages.join("; ")));
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    bail!("{}", differences.join("\n"))
}

/// Activities at which tokens wait, in order of their ids.
fn waiting(world: &World, root: Id) -> Vec<String> {
    let leaf = |row: &&Execution| {
        world.children_of(row.id).next().is_none() && world.called_by(row.id).next().is_none() && !row.is_event_scope
    };
    let mut found: Vec<String> = world
        .process_instances_of_root(root)
        .into_iter()
        .flat_map(|instance| world.executions_of(instance).filter(leaf))
        .filter_map(|row| Some(world.activity_id(row.definition, row.activity?)?.to_owned()))
        .collect();
    found.sort();
    found
}

/// Activities in the order in which they began, those of called instances included.
fn path(world: &World, root: Id) -> Vec<String> {
    let mut rows: Vec<_> = world
        .historic_process_instances_of_root(root)
        .flat_map(|instance| world.historic_activities_of(instance.id))
        .filter(|row| row.activity_type != "multiInstanceBody")
        .collect();
    rows.sort_by_key(|row| row.id);
    rows.into_iter().map(|row| row.activity.to_string()).collect()
}

/// A variable of the instance, running or ended.
fn variable(world: &World, root: Id, name: &str) -> Option<Json> {
    if let Some(row) = world.variable_in(root, name) {
        return Some(values::to_json(&row.value));
    }
    if world.process_instance(root).is_some() {
        return None;
    }
    let row = world.historic_variables_of(root).find(|row| row.name == name && row.execution == Some(root))?;
    Some(values::to_json(&row.value))
}
