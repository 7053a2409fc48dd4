//! Forms of user tasks and start events.

use std::sync::Arc;

use engine_core::{
    error::Fault,
    form::shown::{self, ShownField},
    graph::{Expr, Kind},
};
use models::{Id, Value, bpmn::FormDefinition};

use super::{Engine, start_timer::Empty};
use crate::{
    request::Caller,
    state::{Task, Variable},
    world::World,
};

/// The form of a task or start event: a key, or a Camunda form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskForm {
    /// `formKey`: evaluated for tasks, as it stands for start events.
    pub key: Option<String>,
    /// The Camunda form.
    pub reference: Option<FormRef>,
}

/// `camunda:formRef`: which Camunda form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormRef {
    /// Id of the form.
    pub key: String,
    /// `latest`, `deployment` or `version`.
    pub binding: String,
    /// The version, for binding `version`.
    pub version: Option<i32>,
}

impl TaskForm {
    fn of(form: &FormDefinition, evaluate: impl Fn(&str) -> Option<String>) -> Self {
        let key = form.key.as_deref().and_then(&evaluate);
        let reference = match (&form.key, form.form_ref.as_deref(), form.form_ref_binding.as_deref()) {
            (None, Some(key), Some(binding)) => evaluate(key).map(|key| FormRef {
                key,
                binding: binding.to_owned(),
                version: form.form_ref_version.as_deref().and_then(&evaluate).and_then(|text| text.parse().ok()),
            }),
            _ => None,
        };
        Self { key, reference }
    }
}

impl Engine {
    /// The form of a task; expressions are evaluated on the variables of its execution.
    pub fn task_form(&self, world: &World, task: &Task) -> Option<TaskForm> {
        let definition = self.inner.shared.definition_in(world, task.definition?).ok()?;
        let Kind::UserTask(code) = &definition.graph.node(task.node?).kind else { return None };
        let evaluate = |text: &str| {
            let expression = Expr(Arc::new(juel::Expression::parse(text).ok()?));
            self.form_scope(world.visible_task_variables(task)).text(&expression).ok()
        };
        Some(TaskForm::of(&code.form, evaluate))
    }

    /// The generated fields of a task's form.
    ///
    /// # Errors
    /// An expression fails, or a variable does not fit its field.
    pub fn task_form_fields(&self, world: &World, task: &Task) -> Result<Vec<ShownField>, Fault> {
        let (Some(definition), Some(node)) = (task.definition, task.node) else { return Ok(Vec::new()) };
        let definition = self.inner.shared.definition_in(world, definition)?;
        let Kind::UserTask(code) = &definition.graph.node(node).kind else { return Ok(Vec::new()) };
        let variables = task.execution.map(|execution| world.visible_variables(execution)).unwrap_or_default();
        shown::fields(&code.fields, true, &mut self.form_scope(variables))
    }

    /// The form of a process's start event.
    ///
    /// # Errors
    /// When there is no definition of that id.
    pub fn start_form(&self, world: &World, definition: Id) -> Result<TaskForm, Fault> {
        let definition = self.inner.shared.definition_in(world, definition)?;
        Ok(TaskForm::of(&definition.graph.start_form, |text| Some(text.to_owned())))
    }

    /// The generated fields of a process's start form.
    ///
    /// # Errors
    /// When there is no definition of that id, or an expression fails.
    pub fn start_form_fields(&self, world: &World, definition: Id) -> Result<Vec<ShownField>, Fault> {
        let definition = self.inner.shared.definition_in(world, definition)?;
        shown::fields(&definition.graph.start_fields, false, &mut self.form_scope(Vec::new()))
    }

    fn form_scope(&self, variables: Vec<&Variable>) -> Empty {
        let variables: Vec<(Arc<str>, Value)> =
            variables.into_iter().map(|row| (row.name.clone(), row.value.clone())).collect();
        Empty { now: self.now(), zone: self.settings().time_zone.clone(), variables, caller: Caller::default() }
    }
}
