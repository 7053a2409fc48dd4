//! What migration wants to know of a node: its behaviour by Camunda's class name, its event scope, its trigger.

use crate::graph::{Kind, NodeIx, ProcessGraph, ServiceCode, TimerJob};

/// Simple name of Camunda's behaviour class: activities of different classes can't be mapped.
pub(super) fn class(graph: &ProcessGraph, node: NodeIx) -> &'static str {
    let node = graph.node(node);
    match &node.kind {
        Kind::Process => "ProcessDefinition",
        Kind::SubProcess { .. } => "SubProcessActivityBehavior",
        Kind::EventSubProcess => "EventSubProcessActivityBehavior",
        Kind::MultiInstanceBody(code) if code.sequential => "SequentialMultiInstanceActivityBehavior",
        Kind::MultiInstanceBody(_) => "ParallelMultiInstanceActivityBehavior",
        Kind::StartEvent => "NoneStartEventActivityBehavior",
        Kind::EventSubProcessStart if node.activity_type == "conditionalStartEvent" => {
            "EventSubProcessStartConditionalEventActivityBehavior"
        }
        Kind::EventSubProcessStart => "EventSubProcessStartEventActivityBehavior",
        Kind::EndEvent if node.activity_type == "noneEndEvent" => "NoneEndEventActivityBehavior",
        Kind::EndEvent => "IntermediateThrowNoneEventActivityBehavior",
        Kind::TerminateEnd => "TerminateEndEventActivityBehavior",
        Kind::CancelEnd => "CancelEndEventActivityBehavior",
        Kind::ErrorEnd { .. } => "ErrorEndEventActivityBehavior",
        Kind::EscalationThrow(_) => "ThrowEscalationEventActivityBehavior",
        Kind::SignalThrow(_) => "ThrowSignalEventActivityBehavior",
        Kind::CompensationThrow(_) => "CompensationEventActivityBehavior",
        Kind::PassThrough => match node.activity_type.as_str() {
            "manualTask" => "ManualTaskActivityBehavior",
            "intermediateLinkCatch" => "IntermediateCatchLinkEventActivityBehavior",
            "intermediateNoneThrowEvent" | "intermediateMessageThrowEvent" => {
                "IntermediateThrowNoneEventActivityBehavior"
            }
            _ => "TaskActivityBehavior",
        },
        Kind::IntermediateCatch { .. } if node.activity_type == "intermediateConditional" => {
            "IntermediateConditionalEventBehavior"
        }
        Kind::IntermediateCatch { .. } => "IntermediateCatchEventActivityBehavior",
        Kind::BoundaryEvent { .. } => match node.activity_type.as_str() {
            "boundaryConditional" => "BoundaryConditionalEventActivityBehavior",
            "cancelBoundaryCatch" => "CancelBoundaryEventActivityBehavior",
            _ => "BoundaryEventActivityBehavior",
        },
        Kind::UserTask(_) => "UserTaskActivityBehavior",
        Kind::Service(code) => match code {
            ServiceCode::Class(..) => "ClassDelegateActivityBehavior",
            ServiceCode::DelegateExpression(..) => "ServiceTaskDelegateExpressionActivityBehavior",
            ServiceCode::Expression { .. } => "ServiceTaskExpressionActivityBehavior",
            ServiceCode::Connector { .. } => "ServiceTaskConnectorActivityBehavior",
            ServiceCode::Mail(_) => "MailActivityBehavior",
            ServiceCode::Shell(_) => "ShellActivityBehavior",
        },
        Kind::ExternalTask(_) => "ExternalTaskActivityBehavior",
        Kind::Decision(_) => "DmnBusinessRuleTaskActivityBehavior",
        Kind::Script { .. } => "ScriptTaskActivityBehavior",
        Kind::ReceiveTask => "ReceiveTaskActivityBehavior",
        Kind::ExclusiveGateway => "ExclusiveGatewayActivityBehavior",
        Kind::ParallelGateway => "ParallelGatewayActivityBehavior",
        Kind::InclusiveGateway => "InclusiveGatewayActivityBehavior",
        Kind::EventBasedGateway => "EventBasedGatewayActivityBehavior",
        Kind::CallActivity(_) => "CallActivityBehavior",
    }
}

/// Whether instances of an activity of this kind can be migrated.
pub(crate) fn is_supported(graph: &ProcessGraph, node: NodeIx) -> bool {
    let it = graph.node(node);
    match it.kind {
        Kind::SubProcess { .. }
        | Kind::EventSubProcess
        | Kind::MultiInstanceBody(_)
        | Kind::EventSubProcessStart
        | Kind::IntermediateCatch { .. }
        | Kind::UserTask(_)
        | Kind::ExternalTask(_)
        | Kind::ReceiveTask
        | Kind::ParallelGateway
        | Kind::InclusiveGateway
        | Kind::EventBasedGateway
        | Kind::CallActivity(_) => true,
        Kind::BoundaryEvent { .. } => it.activity_type != "cancelBoundaryCatch",
        _ => false,
    }
}

/// Whether equal activities of this kind are mapped by a generated plan.
pub(super) fn is_generated(graph: &ProcessGraph, node: NodeIx) -> bool {
    let it = graph.node(node);
    let supported = is_supported(graph, node) || it.async_before || it.async_after;
    let passive = is_passive_event(graph, node);
    let trigger = matches!(
        it.activity_type.as_str(),
        "boundaryMessage"
            | "boundarySignal"
            | "boundaryTimer"
            | "compensationBoundaryCatch"
            | "boundaryConditional"
            | "messageStartEvent"
            | "signalStartEvent"
            | "startTimerEvent"
            | "compensationStartEvent"
            | "conditionalStartEvent"
    );
    supported && (!passive || trigger) && !it.for_compensation
}

/// Boundary events and start events of event subprocesses.
pub(super) fn is_passive_event(graph: &ProcessGraph, node: NodeIx) -> bool {
    let it = graph.node(node);
    match it.kind {
        Kind::EventSubProcessStart => true,
        Kind::BoundaryEvent { .. } => it.activity_type != "cancelBoundaryCatch",
        _ => false,
    }
}

/// Whether a conditional event waits at it.
pub(super) fn is_conditional(graph: &ProcessGraph, node: NodeIx) -> bool {
    let it = graph.node(node);
    match it.kind {
        Kind::EventSubProcessStart => it.activity_type == "conditionalStartEvent",
        Kind::IntermediateCatch { .. } => it.activity_type == "intermediateConditional",
        Kind::BoundaryEvent { .. } => it.activity_type == "boundaryConditional",
        _ => false,
    }
}

/// The scope whose execution holds the trigger of a node; `None` for nodes without.
pub(crate) fn event_scope(graph: &ProcessGraph, node: NodeIx) -> Option<NodeIx> {
    let it = graph.node(node);
    match it.kind {
        Kind::BoundaryEvent { .. }
        | Kind::EventSubProcessStart
        | Kind::EventSubProcess
        | Kind::IntermediateCatch { after_gateway: true } => Some(it.event_scope),
        Kind::IntermediateCatch { after_gateway: false } => Some(node),
        Kind::ReceiveTask if !it.subscriptions.is_empty() => Some(node),
        Kind::UserTask(_) if has_timeout_listeners(graph, node) => Some(node),
        _ if it.for_compensation && it.event_scope != it.parent => Some(it.event_scope),
        _ => None,
    }
}

/// Whether a user task has timeout listeners.
pub(super) fn has_timeout_listeners(graph: &ProcessGraph, node: NodeIx) -> bool {
    graph.node(node).timers.iter().any(|timer| matches!(timer.job, TimerJob::TaskListener(_)))
}

/// Whether a job or event subscription of it outlives transactions.
pub(super) fn has_persistent_trigger(graph: &ProcessGraph, node: NodeIx) -> bool {
    event_scope(graph, node).is_some_and(|scope| {
        let scope = graph.node(scope);
        scope.timers.iter().any(|timer| timer.node == node) || scope.subscriptions.iter().any(|one| one.node == node)
    })
}
