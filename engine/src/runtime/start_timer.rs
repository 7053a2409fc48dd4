//! Expressions without an instance: start timers and names of start events.

use engine_core::{
    calendar,
    error::Fault,
    graph::{Expr, NodeIx, ProcessGraph, TimerDeclaration, TimerKind},
    host::Settings,
    transaction::RetryCycle,
};
use models::Timestamp;
use objects::{Context, Handle, Object, ObjectError};

use crate::request::Caller;

/// A scope without variables: what a deployment evaluates in.
pub(super) struct Empty {
    pub(super) now: Timestamp,
    pub(super) zone: String,
    pub(super) variables: Vec<(std::sync::Arc<str>, models::Value)>,
    /// For whom it is evaluated.
    pub(super) caller: Caller,
}

impl Context for Empty {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        Ok(self
            .variables
            .iter()
            .find(|(known, _)| &**known == name)
            .map(|(_, value)| objects::convert::to_object(value)))
    }

    fn variable_names(&mut self) -> Vec<String> {
        self.variables.iter().map(|(name, _)| name.to_string()).collect()
    }

    fn set_variable(&mut self, name: &str, _: Object) -> Result<(), ObjectError> {
        Err(ObjectError::exception(
            "java.lang.UnsupportedOperationException",
            format!("`{name}` can't be set where no process instance runs"),
        ))
    }

    fn get_property(&mut self, handle: &Handle, name: &str) -> Result<Object, ObjectError> {
        let class = self.class_name(handle);
        Err(ObjectError::UnknownProperty(class, name.to_owned()))
    }

    fn set_property(&mut self, handle: &Handle, name: &str, _: Object) -> Result<(), ObjectError> {
        self.get_property(handle, name).map(|_| ())
    }

    fn call_method(&mut self, handle: &Handle, name: &str, _: &[Object]) -> Result<Object, ObjectError> {
        let class = self.class_name(handle);
        Err(ObjectError::UnknownMethod(class, name.to_owned()))
    }

    fn class_name(&mut self, _: &Handle) -> String {
        "java.lang.Object".to_owned()
    }

    fn call_function(&mut self, name: &str, _: &[Object]) -> Result<Option<Object>, ObjectError> {
        Ok(match name {
            "currentUser" => Some(self.caller.user.as_deref().map_or(Object::Null, |user| Object::String(user.into()))),
            "currentUserGroups" if self.caller.user.is_some() => {
                let groups = self.caller.groups.iter().map(|group| Object::String(group.as_str().into()));
                Some(Object::list(groups.collect()))
            }
            "currentUserGroups" => Some(Object::Null),
            _ => None,
        })
    }

    fn now_ms(&mut self) -> i64 {
        self.now.0
    }

    fn time_zone(&mut self) -> String {
        self.zone.clone()
    }
}

impl Empty {
    pub(super) fn text(&mut self, expression: &Expr) -> Result<String, String> {
        match expression.0.evaluate(self) {
            Ok(Object::String(text)) => Ok(text.to_string()),
            Ok(other) => objects::text::to_text(&other, self).map(|text| text.to_string()).map_err(|e| e.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Due date and repeat of a start timer.
pub(super) fn due(
    timer: &TimerDeclaration,
    now: Timestamp,
    zone: &str,
) -> Result<(Option<Timestamp>, Option<String>), String> {
    let mut scope = Empty { now, zone: zone.to_owned(), variables: Vec::new(), caller: Caller::default() };
    let value = timer.value.0.evaluate(&mut scope).map_err(|error| error.to_string())?;
    let text = match value {
        Object::Date(date) => return Ok((Some(date), None)),
        other => objects::text::to_text(&other, &mut scope).map_err(|error| error.to_string())?.to_string(),
    };
    let due = calendar::resolve(timer.kind, &text, now, zone)?;
    Ok((due, (timer.kind == TimerKind::Cycle).then(|| calendar::fix_start(&text, now, zone))))
}

/// The retry cycle of a start event's jobs; `None` is the default strategy, also where the expression needs an instance.
pub(super) fn retry_cycle(
    graph: &ProcessGraph,
    node: NodeIx,
    now: Timestamp,
    settings: &Settings,
) -> Option<RetryCycle> {
    let text = match &graph.node(node).retry_time_cycle {
        Some(expression) => {
            let mut scope =
                Empty { now, zone: settings.time_zone.clone(), variables: Vec::new(), caller: Caller::default() };
            scope.text(expression).map_err(|why| tracing::info!("{why}")).ok()
        }
        None => settings.default_retry_time_cycle.clone(),
    };
    RetryCycle::parse(&text?)
}

/// The priority of a start event's jobs: its own, else the process's.
pub(super) fn priority(graph: &ProcessGraph, node: NodeIx, now: Timestamp, zone: &str) -> Result<i64, Fault> {
    let own = graph.node(node).job_priority.as_ref();
    let Some(expression) = own.or(graph.node(engine_core::graph::PROCESS).job_priority.as_ref()) else { return Ok(0) };
    let mut scope = Empty { now, zone: zone.to_owned(), variables: Vec::new(), caller: Caller::default() };
    let text = scope.text(expression).map_err(Fault::engine)?;
    text.trim().parse().map_err(|_| {
        Fault::engine(format!("Could not determine priority: Priority value is not an Integer: {}", expression.text()))
    })
}

impl Empty {
    /// Whether a condition holds; an unknown variable counts as false (S-CE-5).
    pub(super) fn holds(
        &mut self,
        condition: &engine_core::graph::ConditionCode,
        scripts: &dyn engine_core::host::Scripts,
    ) -> Result<bool, engine_core::error::Fault> {
        use engine_core::{
            graph::{ConditionCode, ScriptText},
            host::ScriptFailure,
        };
        let value = match condition {
            ConditionCode::Expression(expression) => match expression.0.evaluate(self) {
                Ok(value) => value,
                Err(juel::EvalError::UnknownProperty { .. }) => return Ok(false),
                Err(error) => return Err(Fault::engine(error.to_string())),
            },
            ConditionCode::Script(script) => {
                let ScriptText::Inline(text) = &script.source else {
                    return Err(Fault::engine("a conditional start event needs its script in the model"));
                };
                match scripts.run(&script.language, text, self) {
                    Ok(value) => value,
                    Err(ScriptFailure::Evaluation(_, text))
                        if text.contains(engine_core::transaction::NO_SUCH_PROPERTY) =>
                    {
                        return Ok(false);
                    }
                    Err(ScriptFailure::BpmnError(code, _)) => return Err(Fault::engine(format!("BpmnError '{code}'"))),
                    Err(ScriptFailure::Compilation(text) | ScriptFailure::Evaluation(_, text)) => {
                        return Err(Fault::engine(text));
                    }
                }
            }
        };
        match value {
            Object::Boolean(value) => Ok(value),
            Object::Null => Err(Fault::null("condition expression returns null: result is null")),
            _ => Err(Fault::engine("condition expression returns non-Boolean")),
        }
    }
}
