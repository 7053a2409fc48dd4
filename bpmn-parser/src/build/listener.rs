//! Execution and task listeners.

use models::bpmn::{ExecutionEvent, ExecutionListener, ListenerAction, TaskEvent, TaskListener};

use super::{Builder, Step, Stop, all_extension_elements, owned, scope::ScopeIx, span};
use crate::{
    rules,
    xml::{Element, Vocabulary},
};

impl<'d> Builder<'d> {
    /// `start` and `end` listeners of a process or flow node; retry cycles are read right behind.
    pub(super) fn parse_execution_listeners(&mut self, element: Element<'d>, scope: ScopeIx) -> Step {
        for listener in all_extension_elements(element, "executionListener")? {
            let event = match listener.attribute("event") {
                Some("start") => ExecutionEvent::Start,
                Some("end") => ExecutionEvent::End,
                other => {
                    let message = if other.is_none_or(|text| super::java::trim(text).is_empty()) {
                        "Attribute 'event' is mandatory on listener"
                    } else {
                        "Attribute 'event' must be one of {start|end}"
                    };
                    self.error_for(rules::LISTENER_EVENT, message, listener, &[element.id()]);
                    continue;
                }
            };
            if let Some(action) = self.parse_listener_action(listener, element.id())? {
                self.scopes[scope].listeners.push(ExecutionListener { event, action, span: span(listener) });
            }
        }
        self.parse_retry_time_cycles(element, scope)
    }

    /// Listeners of a sequence flow: always on taking it.
    pub(super) fn parse_transition_listeners(&mut self, flow: Element<'d>) -> Step<Vec<ExecutionListener>> {
        let mut listeners = Vec::new();
        for listener in all_extension_elements(flow, "executionListener")? {
            if let Some(action) = self.parse_listener_action(listener, flow.id())? {
                listeners.push(ExecutionListener { event: ExecutionEvent::Take, action, span: span(listener) });
            }
        }
        Ok(listeners)
    }

    fn parse_listener_action(&mut self, listener: Element<'d>, ancestor: Option<&str>) -> Step<Option<ListenerAction>> {
        let script = listener.child_in(Vocabulary::Extension, "script")?;
        Ok(if let Some(name) = listener.attribute("class") {
            if name.is_empty() {
                let message = "Attribute 'class' cannot be empty";
                self.error_for(rules::LISTENER_EMPTY, message, listener, &[ancestor]);
                return Ok(None);
            }
            Some(ListenerAction::Class { name: name.to_owned(), fields: self.parse_fields(listener)? })
        } else if let Some(expression) = listener.attribute("expression") {
            Some(ListenerAction::Expression(self.expression(expression)?))
        } else if let Some(expression) = listener.attribute("delegateExpression") {
            if expression.is_empty() {
                let message = "Attribute 'delegateExpression' cannot be empty";
                self.error_for(rules::LISTENER_EMPTY, message, listener, &[ancestor]);
                return Ok(None);
            }
            Some(ListenerAction::DelegateExpression {
                expression: self.expression(expression)?,
                fields: self.parse_fields(listener)?,
            })
        } else if let Some(script) = script {
            self.parse_camunda_script(script, Some(ancestor.unwrap_or_default()))?.map(ListenerAction::Script)
        } else {
            self.error_for(
                rules::LISTENER_ACTION,
                "Element 'class', 'expression', 'delegateExpression' or 'script' is mandatory on executionListener",
                listener,
                &[ancestor],
            );
            None
        })
    }

    /// `camunda:taskListener` elements of a user task.
    pub(super) fn parse_task_listeners(&mut self, task: Element<'d>, activity: ScopeIx) -> Step<Vec<TaskListener>> {
        let mut listeners = Vec::new();
        for element in all_extension_elements(task, "taskListener")? {
            let event = match element.attribute("event") {
                Some("create") => TaskEvent::Create,
                Some("assignment") => TaskEvent::Assignment,
                Some("complete") => TaskEvent::Complete,
                Some("update") => TaskEvent::Update,
                Some("delete") => TaskEvent::Delete,
                Some("timeout") => TaskEvent::Timeout,
                Some(_) => {
                    self.error(
                        rules::TASK_LISTENER_EVENT,
                        "Attribute 'event' must be one of {create|assignment|complete|update|delete|timeout}",
                        task,
                    );
                    continue;
                }
                None => {
                    let message = "Attribute 'event' is mandatory on taskListener";
                    self.error(rules::TASK_LISTENER_EVENT, message, task);
                    continue;
                }
            };
            let timer = if event == TaskEvent::Timeout {
                Some(self.parse_timeout(element, activity, task.id())?)
            } else {
                None
            };
            if let Some(action) = self.parse_task_listener_action(element, task.id())? {
                listeners.push(TaskListener { id: owned(element.id()), event, action, timer, span: span(element) });
            }
        }
        Ok(listeners)
    }

    fn parse_timeout(
        &mut self,
        listener: Element<'d>,
        activity: ScopeIx,
        task_id: Option<&str>,
    ) -> Step<models::bpmn::TimerDefinition> {
        if listener.id().is_none() {
            let message = "Element 'id' is mandatory on taskListener of type 'timeout'";
            self.error_for(rules::TASK_LISTENER_TIMEOUT, message, listener, &[task_id]);
        }
        let Some(definition) = listener.child("timerEventDefinition")? else {
            let message = "Element 'timerEventDefinition' is mandatory on taskListener of type 'timeout'";
            self.error_for(rules::TASK_LISTENER_TIMEOUT, message, listener, &[task_id]);
            return Err(Stop::Reported);
        };
        self.parse_timer(definition, activity)
    }

    fn parse_task_listener_action(
        &mut self,
        listener: Element<'d>,
        task_id: Option<&str>,
    ) -> Step<Option<ListenerAction>> {
        let script = listener.child_in(Vocabulary::Extension, "script")?;
        Ok(if let Some(name) = listener.attribute("class") {
            Some(ListenerAction::Class { name: name.to_owned(), fields: self.parse_fields(listener)? })
        } else if let Some(expression) = listener.attribute("expression") {
            Some(ListenerAction::Expression(self.expression(expression)?))
        } else if let Some(expression) = listener.attribute("delegateExpression") {
            Some(ListenerAction::DelegateExpression {
                expression: self.expression(expression)?,
                fields: self.parse_fields(listener)?,
            })
        } else if let Some(script) = script {
            self.parse_camunda_script(script, Some(task_id.unwrap_or_default()))?.map(ListenerAction::Script)
        } else {
            self.error_for(
                rules::LISTENER_ACTION,
                "Element 'class', 'expression', 'delegateExpression' or 'script' is mandatory on taskListener",
                listener,
                &[task_id],
            );
            None
        })
    }
}
