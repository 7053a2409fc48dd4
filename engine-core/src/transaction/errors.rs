//! BPMN errors and escalations on their way to a handler (S-ER, S-ES).

use std::sync::Arc;

use models::{Id, Value};

use super::{Step, Tx, scope::Thrown};
use crate::{
    error::{Fault, FaultKind},
    graph::{ErrorHandler, EscalationHandler, NodeIx, PROCESS, ProcessGraph},
};

/// Where a handler was found.
struct Found<H> {
    handler: H,
    /// Execution of the handler's event scope.
    scope: Id,
    definition: Arc<crate::host::Definition>,
}

impl Tx<'_> {
    /// Sends what user code threw on its way: a BPMN error to its handler, an exception to a handler that names its class.
    pub(crate) fn propagate_thrown(&mut self, id: Id, thrown: Thrown) -> Step {
        match thrown {
            Thrown::Bpmn { code, message } => self.propagate_error(id, &code, message),
            Thrown::Fault(fault) => self.propagate_fault(id, fault),
        }
    }

    /// A BPMN error from an execution outward.
    pub(crate) fn propagate_error(&mut self, id: Id, code: &str, message: Option<String>) -> Step {
        let found = self.find_error_handler(id, &|catch| catch.is_none_or(|wanted| wanted == code))?;
        let Some(found) = found else {
            let activity = self.activity_text(id)?;
            let text = format!(
                "ENGINE-02042 Execution with id '{activity}' throws an error event with errorCode '{code}' and errorMessage \
                 '{}', but no error handler was defined. ",
                message.as_deref().unwrap_or("null")
            );
            if self.host.settings().exceptions_after_unhandled_bpmn_error {
                return Err(Fault::engine(text));
            }
            self.host.log_unhandled(&text);
            return self.end(id, true);
        };
        self.run_error_handler(found, Value::string(code), message)
    }

    /// A technical failure: only handlers that name its class catch it (S-ER-4).
    fn propagate_fault(&mut self, id: Id, mut fault: Fault) -> Step {
        if fault.activity.is_none() {
            fault.activity = self.activity_text(id).ok();
        }
        if fault.java_class.is_empty() || fault.kind == FaultKind::OptimisticLocking {
            return Err(fault);
        }
        let classes = superclasses(&fault.java_class);
        let found =
            self.find_error_handler(id, &|catch| catch.is_some_and(|wanted| classes.iter().any(|c| *c == wanted)))?;
        match found {
            None => Err(fault),
            Some(found) => {
                // there is no error code: the variable becomes null
                self.run_error_handler(found, Value::Null, Some(fault.message))
            }
        }
    }

    fn run_error_handler(&mut self, found: Found<ErrorHandler>, code: Value, message: Option<String>) -> Step {
        let catch = &found.handler.catch;
        if let Some(name) = &catch.code_variable {
            self.set_variable(found.scope, Arc::from(name.as_str()), code, false)?;
        }
        if let Some(name) = &catch.message_variable {
            let value = message.map_or(Value::Null, Value::string);
            self.set_variable(found.scope, Arc::from(name.as_str()), value, false)?;
        }
        let _ = &found.definition;
        self.execute_event_handler(found.scope, found.handler.node)
    }

    fn find_error_handler(
        &mut self,
        id: Id,
        matches: &dyn Fn(Option<&str>) -> bool,
    ) -> Step<Option<Found<ErrorHandler>>> {
        self.walk_outward(id, &mut |graph, scope, thrower| {
            graph
                .node(scope)
                .error_handlers
                .iter()
                .find(|handler| {
                    // an event subprocess never catches what is thrown inside it (S-ER-3)
                    let inside = thrower.is_some_and(|thrower| graph.is_within(thrower, handler.node));
                    !inside && matches(handler.catch.code.as_deref())
                })
                .cloned()
        })
    }

    /// Visits the scopes around an execution, crossing call activities; passes output variables of each called instance that
    /// is left (S-ER-5). Returns the first handler that `select` picks.
    fn walk_outward<H>(
        &mut self,
        id: Id,
        select: &mut dyn FnMut(&ProcessGraph, NodeIx, Option<NodeIx>) -> Option<H>,
    ) -> Step<Option<Found<H>>> {
        let mut at = id;
        let mut thrower = self.execution(id).activity;
        loop {
            let definition = self.definition_of(at)?;
            let graph = definition.graph.clone();
            let row = self.execution(at).clone();
            let transition = self.scratch(at).and_then(|s| s.transition);
            let start = match (transition, row.activity) {
                (Some(flow), _) if row.activity_instance.is_none() => graph.node(graph.flow(flow).target).parent,
                (_, Some(activity)) if graph.node(activity).is_scope => activity,
                (_, Some(activity)) => graph.node(activity).parent,
                (_, None) => PROCESS,
            };
            let mut scope = start;
            let mut execution = self.scope_execution(at);
            // a scope that is only about to be entered has no execution yet
            if scope != PROCESS && Some(scope) == row.activity && !row.is_scope {
                scope = graph.node(scope).parent;
            }
            loop {
                if let Some(handler) = select(&graph, scope, thrower) {
                    return Ok(Some(Found { handler, scope: execution, definition }));
                }
                if scope == PROCESS {
                    break;
                }
                scope = graph.node(scope).parent;
                let Some(parent) = self.execution(execution).parent else { break };
                execution = self.scope_execution(parent);
            }
            let instance = self.process_instance(at);
            let Some(caller) = self.execution(instance).super_execution else { return Ok(None) };
            self.pass_output_variables(caller, instance)?;
            at = caller;
            thrower = None;
        }
    }

    /// An escalation from an execution outward. Returns the handler that ran and whether it interrupts.
    pub(crate) fn propagate_escalation(&mut self, id: Id, code: &str) -> Step<Option<bool>> {
        let throwing_scope = {
            let definition = self.definition_of(id)?;
            self.execution(id).activity.map(|activity| definition.graph.node(activity).parent)
        };
        let mut first = true;
        let found: Option<Found<EscalationHandler>> = self.walk_outward(id, &mut |graph, scope, thrower| {
            let direct = first && thrower.is_some();
            if thrower.is_none() {
                first = false;
            }
            graph
                .node(scope)
                .escalation_handlers
                .iter()
                .find(|handler| {
                    // only the immediate flow scope counts (S-ES-2)
                    let own = direct && handler.event_subprocess && Some(handler.node) == throwing_scope;
                    !own && handler.catch.code.as_deref().is_none_or(|wanted| wanted == code)
                })
                .cloned()
        })?;
        let Some(found) = found else { return Ok(None) };
        let handler = &found.handler;
        let definition = &found.definition;
        let node = definition.graph.node(handler.node);
        let target = if handler.interrupting {
            found.scope
        } else {
            self.execution_for_scope_from(found.scope, node.event_scope, node.parent)?
        };
        if let Some(name) = &handler.catch.code_variable {
            self.set_variable(target, Arc::from(name.as_str()), Value::string(code), false)?;
        }
        self.execute_activity(target, handler.node)?;
        Ok(Some(handler.interrupting))
    }

    fn activity_text(&mut self, id: Id) -> Step<String> {
        let definition = self.definition_of(id)?;
        Ok(self.execution(id).activity.map_or_else(String::new, |node| definition.graph.node(node).id.to_string()))
    }
}

/// A Java class with the superclasses that models name in error events.
fn superclasses(class: &str) -> Vec<&str> {
    let mut all = vec![class];
    let runtime = [
        "java.lang.IllegalArgumentException",
        "java.lang.IllegalStateException",
        "java.lang.NullPointerException",
        "java.lang.ArithmeticException",
        "java.lang.NumberFormatException",
        "java.lang.IndexOutOfBoundsException",
        "java.lang.UnsupportedOperationException",
        "java.lang.ClassCastException",
    ];
    if class == "java.lang.NumberFormatException" {
        all.push("java.lang.IllegalArgumentException");
    }
    if runtime.contains(&class) || class.starts_with("org.camunda.bpm.engine.") {
        all.push("java.lang.RuntimeException");
    }
    all.extend(["java.lang.Exception", "java.lang.Throwable"]);
    all.dedup();
    all
}
