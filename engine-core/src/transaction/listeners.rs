//! Listeners and handlers (S-LS).

use std::sync::Arc;

use models::{Id, Value};
use objects::{Handle, Object};

use super::{
    Step, Tx,
    scope::{Ran, Scope, Thrown, evaluate_in, stored},
};
use crate::{
    error::{Fault, FaultKind},
    graph::{Expr, FieldCode, FieldText, FlowIx, Listener, NodeIx},
    host::{DelegateCall, DelegateOutcome, DelegateReply, DelegateRole, Served},
};

impl Tx<'_> {
    /// Runs the execution listeners of a node for an event, in order of declaration.
    pub(crate) fn run_listeners(&mut self, id: Id, node: NodeIx, event: &'static str) -> Ran {
        if self.scratch(id).is_some_and(|s| s.skip_listeners) {
            return Ok(());
        }
        let definition = self.definition_of(id)?;
        let node = definition.graph.node(node);
        let listeners = if event == "start" { &node.start_listeners } else { &node.end_listeners };
        for listener in listeners {
            self.scratch_mut(id).event_name = Some(event);
            self.run_listener(id, None, listener, DelegateRole::ExecutionListener(event))?;
            if self.t.state.execution(id).is_none() {
                break;
            }
        }
        Ok(())
    }

    /// `take` listeners. An error propagates from the target's flow scope (S-ER-8). False when it took another way.
    pub(crate) fn notify_take_listeners(&mut self, id: Id, flow: FlowIx) -> Step<bool> {
        if self.scratch(id).is_some_and(|s| s.skip_listeners) {
            return Ok(true);
        }
        let definition = self.definition_of(id)?;
        for listener in &definition.graph.flow(flow).listeners {
            self.scratch_mut(id).event_name = Some("take");
            if let Err(thrown) = self.run_listener(id, None, listener, DelegateRole::ExecutionListener("take")) {
                let source = definition.graph.flow(flow).source;
                if definition.graph.node(source).is_scope {
                    // the scope is gone, the execution still stands at its activity: Camunda does not find its way out
                    return Err(Fault::engine(
                        "Cannot construct activity-execution mapping: there are more scope executions missing than \
                         explained by the flow scope hierarchy.",
                    ));
                }
                self.propagate_thrown(id, thrown)?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Runs one listener on an execution, or on a task.
    pub(crate) fn run_listener(&mut self, id: Id, task: Option<Id>, listener: &Listener, role: DelegateRole) -> Ran {
        match listener {
            Listener::Expression(expression) => {
                let mut scope = Scope { tx: self, execution: Some(id), task, external: None, extra: &[], local: false };
                evaluate_in(&mut scope, expression).map(|_| ())
            }
            Listener::Script(script) => self.script(id, task, script, &[]).map(|_| ()),
            Listener::Class(name, fields) => self.delegate(id, task, name, fields, role),
            Listener::DelegateExpression(expression, fields) => {
                let name = self.delegate_name(id, task, expression)?;
                self.delegate(id, task, &name, fields, role)
            }
        }
    }

    /// The name of the handler that a delegate expression means.
    pub(crate) fn delegate_name(&mut self, id: Id, task: Option<Id>, expression: &Expr) -> Ran<Arc<str>> {
        if let Some(name) = plain_identifier(expression.text()) {
            let shadowed = self.get_variable(id, name).is_some();
            if !shadowed && self.host.served(name) != Served::Nobody {
                return Ok(Arc::from(name));
            }
        }
        let mut scope = Scope { tx: self, execution: Some(id), task, external: None, extra: &[], local: false };
        match evaluate_in(&mut scope, expression)? {
            Object::Handle(Handle::Bean(name)) => Ok(Arc::from(&*name)),
            _ => Err(Fault::engine(format!(
                "Delegate Expression '{}' did neither resolve to an implementation of 'interface \
                 org.camunda.bpm.engine.impl.pvm.delegate.ActivityBehavior' nor 'interface \
                 org.camunda.bpm.engine.delegate.JavaDelegate'.",
                expression.text()
            ))
            .into()),
        }
    }

    /// Runs a handler within the transaction.
    fn delegate(&mut self, id: Id, task: Option<Id>, name: &Arc<str>, fields: &[FieldCode], role: DelegateRole) -> Ran {
        match self.host.served(name) {
            Served::Nobody => return Err(nobody(name).into()),
            Served::Topic(topic) => {
                return Err(Fault::engine(format!(
                    "`{name}` is mapped to the external task topic `{topic}`, but it is used as a listener here: map it to \
                     a handler, an HTTP call or a script"
                ))
                .into());
            }
            Served::Handler => {}
        }
        let fields = self.fields(id, task, fields)?;
        let call = self.delegate_call(id, task, name.clone(), role, fields)?;
        let reply = self.host.run_delegate(call);
        self.apply_reply(id, task, reply).map(|_| ())
    }

    /// Everything a handler is told.
    pub(crate) fn delegate_call(
        &mut self,
        id: Id,
        task: Option<Id>,
        name: Arc<str>,
        role: DelegateRole,
        fields: Vec<(String, Value)>,
    ) -> Step<DelegateCall> {
        let mut variables = self.visible_variables(id);
        if let Some(task) = task {
            for (name, value) in self.local_values(task) {
                variables.retain(|(known, ..)| *known != name);
                variables.push((name, value, true));
            }
        }
        let trace = self.trace_of(id);
        Ok(DelegateCall { name, role, fields, execution: self.execution_info(id)?, task, variables, trace })
    }

    /// Injected fields, evaluated.
    pub(crate) fn fields(&mut self, id: Id, task: Option<Id>, fields: &[FieldCode]) -> Ran<Vec<(String, Value)>> {
        let mut all = Vec::with_capacity(fields.len());
        for field in fields {
            let value = match &field.value {
                FieldText::Constant(text) => Value::String(text.clone()),
                FieldText::Expression(expression) => {
                    let mut scope =
                        Scope { tx: self, execution: Some(id), task, external: None, extra: &[], local: false };
                    stored(&evaluate_in(&mut scope, expression)?)?
                }
            };
            all.push((field.name.to_string(), value));
        }
        Ok(all)
    }

    /// Applies what a handler did; its results, or what it threw.
    pub(crate) fn apply_reply(&mut self, id: Id, task: Option<Id>, reply: DelegateReply) -> Ran<Vec<(String, Value)>> {
        for (name, value, local) in reply.variables {
            let name: Arc<str> = Arc::from(name);
            match (task, local) {
                (Some(task), true) => self.set_task_variable_local(task, name, value, false)?,
                (Some(task), false) => self.set_task_variable(task, name, value, false)?,
                (None, true) => self.set_variable_local(id, name, value, false)?,
                (None, false) => self.set_variable(id, name, value, false)?,
            }
        }
        for name in reply.removed {
            self.remove_variable(id, &name)?;
        }
        match reply.outcome {
            DelegateOutcome::Done => Ok(Vec::new()),
            DelegateOutcome::Results(results) => Ok(results),
            DelegateOutcome::BpmnError { code, message } => Err(Thrown::Bpmn { code: Arc::from(code), message }),
            DelegateOutcome::Exception { class, message, trace } => {
                let mut fault = Fault::new(FaultKind::ProcessEngine, message);
                fault.java_class = class;
                fault.trace = trace;
                Err(fault.into())
            }
        }
    }
}

/// `${name}` without anything else.
pub(crate) fn plain_identifier(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("${").or_else(|| text.trim().strip_prefix("#{"))?.strip_suffix('}')?.trim();
    let plain = !inner.is_empty()
        && inner.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$')
        && !inner.starts_with(|c: char| c.is_ascii_digit());
    plain.then_some(inner)
}

/// No handler, mapping or bean serves a class name.
pub(crate) fn nobody(name: &str) -> Fault {
    let mut fault = Fault::new(
        FaultKind::ProcessEngine,
        format!(
            "ENGINE-09008 Exception while instantiating class '{name}': ENGINE-09017 Cannot load class '{name}': {name}"
        ),
    );
    fault.java_class = "org.camunda.bpm.engine.ClassLoadingException".to_owned();
    fault
}
