//! Asks a person what happens next.

use std::io::{BufRead, Write};

use anyhow::Result;
use engine_core::{command::Variables, graph::Kind};
use tollgate::{Engine, Id};

use super::waits::{Answer, Wait, is_condition};
use crate::{style, values};

/// What the person chooses; `None` to stop.
pub(super) fn ask(engine: &Engine, waits: &[Wait]) -> Result<Option<Answer>> {
    let choices = choices(engine, waits);
    if choices.is_empty() {
        return Ok(None);
    }
    println!("\n{}", style::strong("Waiting for"));
    {
        let world = engine.read();
        for (at, wait) in choices.iter().enumerate() {
            println!("  {:>2}  {}", at + 1, wait.describe(engine, &world));
        }
    }
    loop {
        let prompt = if choices.len() == 1 { "Go on [1], or q to stop: " } else { "Which happens [1], or q to stop: " };
        let Some(line) = read(prompt)? else { return Ok(None) };
        let wait = match line.as_str() {
            "q" => return Ok(None),
            "" => choices[0],
            number => match number.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?)) {
                Some(wait) => *wait,
                None => {
                    println!("give a number from 1 to {}", choices.len());
                    continue;
                }
            },
        };
        return match wait {
            Wait::Timer(_, due) => Ok(Some(Answer::Clock(due))),
            _ => details(engine, wait),
        };
    }
}

/// What a person can make happen. Conditions become true by variables, which come with other things.
fn choices(engine: &Engine, waits: &[Wait]) -> Vec<Wait> {
    let world = engine.read();
    let mut choices: Vec<Wait> =
        waits.iter().filter(|wait| !matches!(wait, Wait::Event(id) if is_condition(&world, *id))).copied().collect();
    choices.sort_by_key(Wait::rank);
    choices
}

/// Asks for variables.
fn details(engine: &Engine, wait: Wait) -> Result<Option<Answer>> {
    let mut variables = Variables::default();
    if let Wait::Task(id) = wait {
        for field in fields(engine, id) {
            let name = &field.id;
            let label = field.label.filter(|label| label != name);
            let label = label.map(|label| format!(" ({label})")).unwrap_or_default();
            let shown = field.default.as_deref().map(|text| format!(" [{text}]")).unwrap_or_default();
            let Some(line) = read(&format!("  {name}{label}{shown} = "))? else { return Ok(None) };
            let text = if line.is_empty() { field.default } else { Some(line) };
            if let Some(text) = text {
                variables.set(name.as_str(), entered(&field.kind, name, &text).map_err(anyhow::Error::msg)?);
            }
        }
    }
    let error = if wait.is_work() { ", !CODE for a BPMN error" } else { "" };
    println!("{}", style::faint(format!("  name=value for further variables{error}, an empty line goes on")));
    loop {
        let Some(line) = read("  > ")? else { return Ok(None) };
        if line.is_empty() {
            return Ok(wait.proceed(engine, variables).map(Answer::Command));
        }
        if let Some(code) = line.strip_prefix('!')
            && let Some(command) = wait.bpmn_error(engine, code.trim().to_owned())
        {
            return Ok(Some(Answer::Command(command)));
        }
        match values::assignment(&line) {
            Ok((name, value)) => variables.set(name, value),
            Err(problem) => println!("  {problem}"),
        }
    }
}

/// What a field holds when somebody has entered a text.
fn entered(kind: &str, name: &str, text: &str) -> Result<models::Value, String> {
    let kind = if matches!(kind, "string" | "enum") { ":String" } else { "" };
    values::assignment(&format!("{name}{kind}={text}")).map(|(_, value)| value)
}

/// A task's form as it is shown: what the fields hold at first. A box that nobody ticked is false.
pub(super) fn defaults(engine: &Engine, task: Id) -> Option<Variables> {
    let mut variables = Variables::default();
    for field in fields(engine, task) {
        let unticked = (field.kind == "boolean").then(|| "false".to_owned());
        if let Some(text) = field.default.or(unticked) {
            variables.set(field.id.as_str(), entered(&field.kind, &field.id, &text).ok()?);
        }
    }
    Some(variables)
}

/// A field of a generated task form.
struct Field {
    id: String,
    label: Option<String>,
    kind: String,
    /// What it holds, or holds at first.
    default: Option<String>,
}

/// The fields of a task's generated form.
fn fields(engine: &Engine, task: Id) -> Vec<Field> {
    let place = engine.read().task(task).and_then(|row| row.definition.zip(row.node));
    let Some((definition, node)) = place else { return Vec::new() };
    let Ok(definition) = engine.definition(definition) else { return Vec::new() };
    let Kind::UserTask(code) = &definition.graph.node(node).kind else { return Vec::new() };
    let world = engine.read();
    let execution = world.task(task).and_then(|row| row.execution);
    code.form
        .fields
        .iter()
        .map(|field| {
            let known = execution
                .and_then(|id| world.visible_variables(id).into_iter().find(|row| *row.name == *field.id))
                .map(|row| match values::to_json(&row.value) {
                    serde_json::Value::String(text) => text,
                    other => other.to_string(),
                });
            let literal = field.default_value.clone().filter(|text| !text.contains("${"));
            Field {
                id: field.id.clone(),
                label: field.label.clone(),
                kind: field.type_name.clone(),
                default: known.or(literal),
            }
        })
        .collect()
}

/// A line of input; `None` at its end.
fn read(prompt: &str) -> Result<Option<String>> {
    print!("{prompt}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        println!();
        return Ok(None);
    }
    Ok(Some(line.trim().to_owned()))
}
