//! What each kind of node does when it is executed, signalled, or completed by its content.
//!
//! One exhaustive `match` per verb: a new kind makes the compiler list the places. Families with more to say have a module.

mod call;
mod gateway;
mod multi_instance;
mod service;

use models::Id;

use crate::{
    error::Fault,
    graph::{Kind, NodeIx, PROCESS, ProcessGraph},
    transaction::{Step, Tx},
};
pub(crate) use multi_instance::{add_instance, drop_instance, first_instance, forget_counter, next_instance};
pub(crate) use service::answered;

/// Executes the activity an execution has entered.
pub(crate) fn execute(tx: &mut Tx<'_>, id: Id, activity: NodeIx) -> Step {
    let definition = tx.definition_of(id)?;
    let graph = definition.graph.clone();
    match &graph.node(activity).kind {
        Kind::Process => Ok(()),
        Kind::SubProcess { .. } | Kind::EventSubProcess => enter_subprocess(tx, id, activity, &graph),
        Kind::MultiInstanceBody(code) => multi_instance::execute(tx, id, code),
        Kind::StartEvent | Kind::EventSubProcessStart | Kind::PassThrough => tx.leave(id),
        Kind::BoundaryEvent { .. } => tx.leave(id),
        Kind::EndEvent | Kind::TerminateEnd => tx.end(id, true),
        Kind::CancelEnd => cancel_end(tx, id, activity, &graph),
        Kind::ErrorEnd { code, message } => {
            let text = match message {
                Some(expression) => tx.evaluate_text(id, expression).map_err(|thrown| tx.fault_of(id, thrown))?,
                None => None,
            };
            tx.propagate_error(id, code, text)
        }
        Kind::EscalationThrow(code) => {
            let interrupted = tx.propagate_escalation(id, code)?;
            if interrupted == Some(true) {
                return Ok(());
            }
            // a non-interrupting handler may have expanded the tree
            let at = tx.current(id);
            tx.leave(at)
        }
        Kind::SignalThrow(code) => match tx.throw_signal(id, code) {
            Ok(()) => {
                let at = tx.current(id);
                // the thrower itself may have been interrupted by its signal
                if tx.is_alive(at) && tx.execution(at).activity == Some(activity) { tx.leave(at) } else { Ok(()) }
            }
            Err(thrown) => tx.propagate_thrown(id, thrown),
        },
        Kind::CompensationThrow(target) => throw_compensation(tx, id, *target, &graph),
        Kind::IntermediateCatch { after_gateway } => {
            if *after_gateway {
                return tx.leave(id);
            }
            Ok(())
        }
        Kind::UserTask(code) => match tx.create_user_task(id, activity, code) {
            Ok(()) => Ok(()),
            Err(thrown) => tx.propagate_thrown(id, thrown),
        },
        Kind::ExternalTask(code) => match tx.create_external_task(id, activity, code) {
            Ok(()) => Ok(()),
            Err(thrown) => tx.propagate_thrown(id, thrown),
        },
        Kind::Service(code) => service::execute(tx, id, activity, code),
        Kind::Decision(code) => service::decide(tx, id, code),
        Kind::Script { script, result_variable } => service::script(tx, id, script, result_variable.as_ref()),
        Kind::ReceiveTask | Kind::EventBasedGateway => Ok(()),
        Kind::ExclusiveGateway => gateway::exclusive(tx, id, activity, &graph),
        Kind::ParallelGateway => gateway::parallel(tx, id, activity, &graph),
        Kind::InclusiveGateway => gateway::inclusive(tx, id, activity, &graph),
        Kind::CallActivity(code) => call::execute(tx, id, code),
    }
}

/// An event or command reaches an execution that waits at its activity.
pub(crate) fn signal(tx: &mut Tx<'_>, id: Id, name: Option<&str>) -> Step {
    let definition = tx.definition_of(id)?;
    let activity = tx
        .execution(id)
        .activity
        .ok_or_else(|| Fault::engine(format!("cannot signal execution {id}: it has no current activity")))?;
    match &definition.graph.node(activity).kind {
        Kind::UserTask(_)
        | Kind::ExternalTask(_)
        | Kind::Service(_)
        | Kind::IntermediateCatch { .. }
        | Kind::ReceiveTask
        | Kind::CallActivity(_) => tx.leave(id),
        _ => Err(Fault::engine(format!(
            "this activity isn't waiting for signal {} [activity {}]",
            name.unwrap_or("null"),
            definition.graph.node(activity).id
        ))),
    }
}

/// A scope execution's content has ended.
pub(crate) fn complete(tx: &mut Tx<'_>, id: Id, scope: NodeIx) -> Step {
    let definition = tx.definition_of(id)?;
    let graph = definition.graph.clone();
    match &graph.node(scope).kind {
        Kind::MultiInstanceBody(code) => multi_instance::complete(tx, id, code),
        Kind::SubProcess { .. } | Kind::EventSubProcess => tx.leave(id),
        _ => Err(not_composite(&graph, scope)),
    }
}

/// One of several concurrent executions in a scope has ended.
pub(crate) fn concurrent_child_ended(tx: &mut Tx<'_>, scope: Id, ended: Id, node: NodeIx) -> Step {
    let definition = tx.definition_of(scope)?;
    let graph = definition.graph.clone();
    match &graph.node(node).kind {
        Kind::MultiInstanceBody(code) => multi_instance::child_ended(tx, scope, ended, code, node),
        Kind::SubProcess { .. } | Kind::EventSubProcess => {
            tx.remove(ended)?;
            tx.prune_last_concurrent_child(scope)
        }
        _ => Err(not_composite(&graph, node)),
    }
}

/// A compensation handler under an execution is done.
pub(crate) fn compensation_done(tx: &mut Tx<'_>, id: Id) -> Step {
    let definition = tx.definition_of(id)?;
    let activity = tx.activity(id)?;
    match &definition.graph.node(activity).kind {
        Kind::CompensationThrow(_) | Kind::CancelEnd => {
            if tx.count_running_children(id, 1) == 0 {
                return tx.leave(id);
            }
            Ok(())
        }
        _ => tx.join_compensation(id),
    }
}

/// The cancel boundary event of the transaction that a cancel end event is in.
pub(crate) fn cancel_boundary(graph: &ProcessGraph, end: NodeIx) -> Option<NodeIx> {
    let transaction = graph.node(end).parent;
    let host = match graph.node(graph.node(transaction).parent).kind {
        Kind::MultiInstanceBody(_) => graph.node(transaction).parent,
        _ => transaction,
    };
    (1..u32::try_from(graph.nodes.len()).unwrap_or(u32::MAX))
        .map(NodeIx)
        .find(|ix| graph.node(*ix).activity_type == "cancelBoundaryCatch" && graph.node(*ix).event_scope == host)
}

fn enter_subprocess(tx: &mut Tx<'_>, id: Id, activity: NodeIx, graph: &ProcessGraph) -> Step {
    let initial = graph.node(activity).initial.ok_or_else(|| {
        Fault::engine(format!(
            "No initial activity found for subprocess {}: initialActivity is null",
            graph.node(activity).id
        ))
    })?;
    tx.execute_activity(id, initial)
}

fn throw_compensation(tx: &mut Tx<'_>, id: Id, target: Option<NodeIx>, graph: &ProcessGraph) -> Step {
    let mut subscriptions = tx.compensation_subscriptions(id)?;
    if let Some(target) = target {
        let wanted = match &graph.node(target).kind {
            Kind::MultiInstanceBody(_) => target,
            _ => graph.node(target).compensation_handler.unwrap_or(target),
        };
        subscriptions.retain(|id| tx.t.state.subscription(*id).is_some_and(|row| row.node == wanted));
    }
    if subscriptions.is_empty() {
        return tx.leave(id);
    }
    tx.throw_compensation(subscriptions, id)
}

fn cancel_end(tx: &mut Tx<'_>, id: Id, activity: NodeIx, graph: &ProcessGraph) -> Step {
    if cancel_boundary(graph, activity).is_none() {
        return Err(Fault::null(format!(
            "Could not find cancel boundary event for cancel end event Activity({}): cancelBoundaryEvent is null",
            graph.node(activity).id
        )));
    }
    let subscriptions = tx.compensation_subscriptions(id)?;
    if subscriptions.is_empty() {
        return tx.leave(id);
    }
    tx.throw_compensation(subscriptions, id)
}

fn not_composite(graph: &ProcessGraph, node: NodeIx) -> Fault {
    let name = if node == PROCESS { &graph.key } else { &graph.node(node).id };
    Fault::engine(format!("Expected behavior of composite scope {name} to be a CompositeActivityBehavior"))
}
