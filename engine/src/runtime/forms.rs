//! Forms of user tasks.

use engine_core::graph::{Expr, Kind};
use models::Value;

use super::{Engine, start_timer::Empty};
use crate::{state::Task, world::World};

/// The form of a task: a key, or a Camunda form (key, binding, version).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskForm {
    /// `formKey`, evaluated.
    pub key: Option<String>,
    /// Key, binding and version of a Camunda form.
    pub reference: Option<(String, String, Option<i32>)>,
}

impl Engine {
    /// The form of a task; expressions are evaluated on the task's variables.
    pub fn task_form(&self, world: &World, task: &Task) -> Option<TaskForm> {
        let definition = self.inner.shared.definition_in(world, task.definition?).ok()?;
        let Kind::UserTask(code) = &definition.graph.node(task.node?).kind else { return None };
        let evaluate = |text: &String| -> Option<String> {
            let expression = Expr(std::sync::Arc::new(juel::Expression::parse(text).ok()?));
            let variables: Vec<(std::sync::Arc<str>, Value)> = world
                .visible_task_variables(task)
                .into_iter()
                .map(|row| (row.name.clone(), row.value.clone()))
                .collect();
            let zone = self.settings().time_zone.clone();
            Empty { now: self.now(), zone, variables }.text(&expression).ok()
        };
        let form = &code.form;
        let reference = form.form_ref.as_ref().and_then(evaluate).map(|key| {
            let binding = form.form_ref_binding.clone().unwrap_or_else(|| "latest".to_owned());
            let version = form.form_ref_version.as_ref().and_then(evaluate).and_then(|text| text.parse().ok());
            (key, binding, version)
        });
        Some(TaskForm { key: form.key.as_ref().and_then(evaluate), reference })
    }
}
