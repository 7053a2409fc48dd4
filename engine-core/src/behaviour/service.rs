//! Service-like tasks, scripts and decisions.

use std::sync::Arc;

use models::{Id, Value};
use objects::{MapKey, Object, ObjectMap, convert};

use super::call;
use crate::{
    error::Fault,
    graph::{DecisionCode, Kind, NodeIx, ScriptCode, ServiceCode},
    host::{DecisionRequest, DelegateReply, DelegateRole, Served},
    transaction::{
        Step, Tx,
        listeners::nobody,
        scope::{Ran, Scope, stored},
    },
};

/// Runs an implementation; handlers and connectors are calls the transaction waits for.
pub(super) fn execute(tx: &mut Tx<'_>, id: Id, activity: NodeIx, code: &ServiceCode) -> Step {
    match run(tx, id, activity, code) {
        Ok(true) => tx.leave(id),
        Ok(false) => Ok(()),
        Err(thrown) => tx.propagate_thrown(id, thrown),
    }
}

/// True when it is done; false when an answer or worker is awaited.
fn run(tx: &mut Tx<'_>, id: Id, activity: NodeIx, code: &ServiceCode) -> Ran<bool> {
    match code {
        ServiceCode::Expression { expression, result_variable } => {
            let result = tx.evaluate(id, expression)?;
            if let Some(name) = result_variable {
                tx.set_variable(id, name.clone(), stored(&result)?, false)?;
            }
            Ok(true)
        }
        ServiceCode::Class(name, fields) => {
            let fields = tx.fields(id, None, fields)?;
            call_handler(tx, id, activity, name, fields)
        }
        ServiceCode::DelegateExpression(expression, fields) => {
            let name = tx.delegate_name(id, None, expression)?;
            let fields = tx.fields(id, None, fields)?;
            call_handler(tx, id, activity, &name, fields)
        }
        ServiceCode::Connector { id: connector, io } => {
            let name: Arc<str> = Arc::from(tx.evaluate_text(id, connector)?.unwrap_or_default());
            let inputs = tx.evaluate_inputs(id, io)?;
            let fields = inputs.into_iter().map(|(name, value)| (name.to_string(), value)).collect();
            let request = tx.delegate_call(id, None, name, DelegateRole::Connector, fields)?;
            tx.await_call(id, request);
            Ok(false)
        }
        ServiceCode::Mail(fields) => {
            let fields = tx.fields(id, None, fields)?;
            let request = tx.delegate_call(id, None, Arc::from("mail"), DelegateRole::Mail, fields)?;
            tx.await_call(id, request);
            Ok(false)
        }
        ServiceCode::Shell(_) => Err(Fault::engine(
            "shell tasks are not executed: a process model must not run commands on the server; use an external task",
        )
        .into()),
    }
}

fn call_handler(tx: &mut Tx<'_>, id: Id, activity: NodeIx, name: &Arc<str>, fields: Vec<(String, Value)>) -> Ran<bool> {
    match tx.host.served(name) {
        Served::Handler => {
            let request = tx.delegate_call(id, None, name.clone(), DelegateRole::Service, fields)?;
            tx.await_call(id, request);
            Ok(false)
        }
        Served::Topic(topic) => {
            tx.add_task_for_worker(id, activity, &topic, 0, fields)?;
            Ok(false)
        }
        Served::Nobody => Err(nobody(name).into()),
    }
}

/// The answer to a call arrived: applies it and leaves, or routes what was thrown.
pub(crate) fn answered(tx: &mut Tx<'_>, id: Id, reply: DelegateReply) -> Step {
    let definition = tx.definition_of(id)?;
    let graph = definition.graph.clone();
    let activity = tx.activity(id)?;
    let result = match (tx.apply_reply(id, None, reply), &graph.node(activity).kind) {
        (Ok(results), Kind::Service(ServiceCode::Connector { io, .. })) => {
            let extra: Vec<(Arc<str>, Value)> =
                results.into_iter().map(|(name, value)| (Arc::from(name), value)).collect();
            connector_outputs(tx, id, io, &extra)
        }
        (Ok(_), _) => Ok(()),
        (Err(thrown), _) => Err(thrown),
    };
    match result {
        Ok(()) => tx.leave(id),
        Err(thrown) => tx.propagate_thrown(id, thrown),
    }
}

fn connector_outputs(tx: &mut Tx<'_>, id: Id, io: &crate::graph::Io, extra: &[(Arc<str>, Value)]) -> Ran {
    for (name, parameter) in &io.outputs {
        let value = tx.parameter(id, parameter, extra)?;
        tx.set_variable(id, name.clone(), value, false)?;
    }
    Ok(())
}

/// Script task: the result is stored when it is not null.
pub(super) fn script(tx: &mut Tx<'_>, id: Id, script: &ScriptCode, result_variable: Option<&Arc<str>>) -> Step {
    let result = tx.script(id, None, script, &[]).and_then(|result| {
        if let (Some(name), false) = (result_variable, matches!(result, Object::Null)) {
            tx.set_variable(id, name.clone(), stored(&result)?, false)?;
        }
        Ok(())
    });
    match result {
        Ok(()) => tx.leave(id),
        Err(thrown) => tx.propagate_thrown(id, thrown),
    }
}

/// Business rule task with a decision.
pub(super) fn decide(tx: &mut Tx<'_>, id: Id, code: &DecisionCode) -> Step {
    match evaluate(tx, id, code) {
        Ok(()) => tx.leave(id),
        Err(thrown) => tx.propagate_thrown(id, thrown),
    }
}

fn evaluate(tx: &mut Tx<'_>, id: Id, code: &DecisionCode) -> Ran {
    let key = tx.evaluate_text(id, &code.decision)?.unwrap_or_default();
    let version = call::version(tx, id, &code.binding)?;
    let tenant = match &code.tenant {
        Some(expression) => tx.evaluate_text(id, expression)?.map(Arc::from),
        None => tx.definition_of(id)?.tenant.clone(),
    };
    let execution = tx.execution_info(id)?;
    let mapper = code.result_variable.as_ref().map(|_| code.mapper);
    let request = DecisionRequest { key, version, tenant, execution, mapper };
    let engine = tx.host.decisions();
    let outcome = {
        let mut scope = Scope { tx, execution: Some(id), task: None, external: None, extra: &[], local: false };
        engine.evaluate(&request, &mut scope)?
    };
    tx.record_decisions(id, &outcome)?;
    let result = objects::methods::decision_result(outcome.rules.iter().map(|rule| rule_map(rule)));
    tx.set_variable_local(id, Arc::from("decisionResult"), stored(&result)?, true)?;
    if let (Some(name), Some(mapped)) = (&code.result_variable, outcome.mapped) {
        tx.set_variable(id, name.clone(), mapped, false)?;
    }
    Ok(())
}

fn rule_map(rule: &[(String, Value)]) -> ObjectMap {
    rule.iter().map(|(name, value)| (MapKey(Object::String(name.as_str().into())), convert::to_object(value))).collect()
}
