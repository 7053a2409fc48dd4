//! Shows what happened since the last look.

use std::{collections::HashMap, io::Write};

use anyhow::Result;
use engine_core::state::ActivityState;
use models::Value;
use serde_json::{Value as Json, json};
use tollgate::{
    Engine, Fault, Id, Timestamp,
    history::{HistoricActivityInstance, HistoricDetail},
    world::World,
};

use crate::{
    output::Format,
    style,
    values::{duration, instant, shorten, to_json},
};

/// What has been shown so far.
pub(super) struct Steps {
    format: Format,
    /// Activity instances, and whether their end has been shown.
    seen: HashMap<Id, bool>,
    last_detail: Id,
    count: usize,
}

/// What is said about an activity instance.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Entered,
    Done,
    Cancelled,
}

impl Step {
    fn of(row: &HistoricActivityInstance) -> Self {
        match (row.end, row.state) {
            (None, _) => Self::Entered,
            (Some(_), ActivityState::Canceled) => Self::Cancelled,
            (Some(_), _) => Self::Done,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Steps {
    pub(super) fn new(format: Format) -> Self {
        Self { format, seen: HashMap::new(), last_detail: Id::default(), count: 0 }
    }

    /// Shows activities that began or ended, and variables that were set.
    pub(super) fn show(&mut self, engine: &Engine, root: Id) -> Result<()> {
        let world = engine.read();
        let mut rows: Vec<&HistoricActivityInstance> = world
            .historic_process_instances_of_root(root)
            .flat_map(|instance| world.historic_activities_of(instance.id))
            .filter(|row| match self.seen.get(&row.id) {
                None => true,
                Some(ended) => !ended && row.end.is_some(),
            })
            .collect();
        // what was open before ends before what is new begins
        rows.sort_by_key(|row| (!self.seen.contains_key(&row.id), row.id));
        let mut details: Vec<&HistoricDetail> = world.historic_details_after(self.last_detail).collect();
        if let Some(last) = details.last() {
            self.last_detail = last.id;
        }
        details.retain(|row| !row.form_field);
        let (with_activity, mut others): (Vec<_>, Vec<_>) = details
            .into_iter()
            .partition(|detail| detail.activity_instance.is_some_and(|id| rows.iter().any(|row| row.id == id)));
        for detail in others.drain(..) {
            self.variable(detail, 0)?;
        }
        for row in rows {
            let step = Step::of(row);
            let depth = depth(&world, row);
            self.step(&world, row, step, depth)?;
            for detail in with_activity.iter().filter(|detail| detail.activity_instance == Some(row.id)) {
                self.variable(detail, depth)?;
            }
            if self.seen.insert(row.id, row.end.is_some()).is_none() {
                self.count += 1;
            }
        }
        Ok(())
    }

    fn step(&self, world: &World, row: &HistoricActivityInstance, step: Step, depth: usize) -> Result<()> {
        match self.format {
            Format::Json => line(&json!({
                "step": step.word(),
                "activity": row.activity,
                "type": row.activity_type,
                "name": row.activity_name,
                "activityInstance": row.id.to_string(),
                "processInstance": row.process_instance.to_string(),
                "process": world.process_definition(row.definition).map(|row| row.key.as_str()),
                "time": instant(row.end.unwrap_or(row.start)),
            })),
            Format::Text => {
                let word = format!("{:<9}", step.word());
                let word: Box<dyn std::fmt::Display> = match step {
                    Step::Entered => Box::new(style::attention(word)),
                    Step::Done => Box::new(style::good(word)),
                    Step::Cancelled => Box::new(style::bad(word)),
                };
                let name = row.activity_name.as_deref().filter(|name| !name.is_empty());
                let name = name.map(|name| format!("  {}", shorten(name))).unwrap_or_default();
                let mut out = std::io::stdout().lock();
                writeln!(
                    out,
                    "{word} {:indent$}{}{name}  {}",
                    "",
                    style::strong(&row.activity),
                    style::faint(words(&row.activity_type)),
                    indent = depth * 2
                )?;
                Ok(())
            }
        }
    }

    fn variable(&self, detail: &HistoricDetail, depth: usize) -> Result<()> {
        match self.format {
            Format::Json => line(
                &json!({"variable": detail.name, "type": detail.value.type_name(), "value": to_json(&detail.value)}),
            ),
            Format::Text => {
                let text = super::variable_line(&detail.name, &detail.value);
                writeln!(std::io::stdout().lock(), "{:indent$}{text}", "", indent = 12 + depth * 2)?;
                Ok(())
            }
        }
    }

    /// Something failed.
    pub(super) fn fault(&self, what: &str, fault: &Fault) -> Result<()> {
        match self.format {
            Format::Json => line(&json!({
                "failure": what, "class": fault.kind.class(), "message": fault.message, "activity": fault.activity,
            })),
            Format::Text => {
                let place = fault.activity.as_deref().map(|activity| format!(" at {activity}")).unwrap_or_default();
                let mut out = std::io::stdout().lock();
                writeln!(out, "{} {what}{place}: {}", style::bad("failed   "), fault.message)?;
                Ok(())
            }
        }
    }

    /// Something else worth saying.
    pub(super) fn note(&self, text: &str) -> Result<()> {
        match self.format {
            Format::Json => line(&json!({"note": text})),
            Format::Text => {
                writeln!(std::io::stdout().lock(), "{}", style::attention(text))?;
                Ok(())
            }
        }
    }

    /// The clock was set.
    pub(super) fn time(&self, time: Timestamp, passed: i64) -> Result<()> {
        match self.format {
            Format::Json => line(&json!({"clock": instant(time), "passedMs": passed})),
            Format::Text => {
                let text = format!("--------- {} later: {}", duration(passed), instant(time));
                writeln!(std::io::stdout().lock(), "{}", style::faint(text))?;
                Ok(())
            }
        }
    }

    /// The process ended.
    pub(super) fn end(&self, state: &str, end: Option<&str>, variables: &[(&str, &Value)]) -> Result<()> {
        let at = end.map(|id| format!(" at {id}")).unwrap_or_default();
        let activities = match self.count {
            1 => "1 activity".to_owned(),
            number => format!("{number} activities"),
        };
        let title = format!("{state}{at} after {activities}");
        let painted: Box<dyn std::fmt::Display> =
            if state == "COMPLETED" { Box::new(style::good(title)) } else { Box::new(style::bad(title)) };
        self.last(state, &*painted, &[], variables)
    }

    /// The process waits.
    pub(super) fn waiting(&self, state: &str, waits: &[String], variables: &[(&str, &Value)]) -> Result<()> {
        let painted: Box<dyn std::fmt::Display> =
            if state == "WAITING" { Box::new(style::attention(state)) } else { Box::new(style::bad(state)) };
        self.last(state, &*painted, waits, variables)
    }

    fn last(
        &self,
        state: &str,
        title: &dyn std::fmt::Display,
        waits: &[String],
        variables: &[(&str, &Value)],
    ) -> Result<()> {
        match self.format {
            Format::Json => {
                let values: serde_json::Map<String, Json> =
                    variables.iter().map(|(name, value)| ((*name).to_owned(), to_json(value))).collect();
                line(&json!({"state": state, "activities": self.count, "waitsFor": waits, "variables": values}))
            }
            Format::Text => {
                let mut out = std::io::stdout().lock();
                writeln!(out, "\n{title}")?;
                for wait in waits {
                    writeln!(out, "  for {wait}")?;
                }
                for (name, value) in variables {
                    writeln!(out, "  {}", super::variable_line(name, value))?;
                }
                Ok(())
            }
        }
    }
}

/// How deep an activity lies below its process instance.
fn depth(world: &World, row: &HistoricActivityInstance) -> usize {
    let mut depth = 0;
    let mut at = row;
    while let Some(parent) = world.historic_activity_instance(at.parent) {
        depth += 1;
        at = parent;
    }
    let instance = world.historic_process_instance(row.process_instance);
    let called = instance.is_some_and(|instance| instance.super_instance.is_some());
    depth + usize::from(called)
}

/// `serviceTask` as `service task`.
pub(super) fn words(camel: &str) -> String {
    let mut text = String::new();
    for letter in camel.chars() {
        if letter.is_uppercase() {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

fn line(value: &Json) -> Result<()> {
    writeln!(std::io::stdout().lock(), "{value}")?;
    Ok(())
}
