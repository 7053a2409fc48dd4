//! What Camunda's parsed process has, counted in ours: activities, scopes, transitions, jobs, subscriptions.

use std::collections::{BTreeMap, HashSet};

use models::bpmn::{
    BoundaryTrigger, CatchDefinition, Definitions, FlowNode, Implementation, NodeKind, Process, ScopeBody,
    StartTrigger, ThrowDefinition, TimerDefinition,
};
use serde_json::{Map, Value, json};

/// Facts that ours does not keep: `lanes` has no lane sets.
const IGNORED: [&str; 1] = ["laneSets"];

/// Compares the facts of every process: name, whether it agrees, and both values.
pub(crate) fn compare(expected: &str, definitions: &Definitions) -> Vec<(String, bool, String)> {
    let expected: Value = serde_json::from_str(expected).unwrap_or(Value::Null);
    let theirs = expected["process"].as_array().cloned().unwrap_or_default();
    let ours: Vec<_> = definitions.processes.iter().filter(|process| process.executable).map(facts).collect();
    let mut results = vec![(
        "processes".to_owned(),
        theirs.len() == ours.len(),
        format!("camunda has {}, ours {}", theirs.len(), ours.len()),
    )];
    for theirs in &theirs {
        let Some(ours) = ours.iter().find(|ours| ours.get("key") == theirs.get("key")) else {
            results.push(("key".to_owned(), false, format!("no process {}", theirs["key"])));
            continue;
        };
        let empty = Map::new();
        let theirs = theirs.as_object().unwrap_or(&empty);
        let names: HashSet<&String> = theirs.keys().chain(ours.keys()).collect();
        let mut names: Vec<_> = names.into_iter().filter(|name| !IGNORED.contains(&name.as_str())).collect();
        names.sort();
        for name in names {
            let (theirs, ours) = (sorted(theirs.get(name)), sorted(ours.get(name)));
            let detail = format!("camunda {theirs}, ours {ours}");
            results.push((name.clone(), theirs == ours, detail));
        }
    }
    results
}

/// Lists without their order.
fn sorted(value: Option<&Value>) -> Value {
    match value {
        Some(Value::Array(list)) => {
            let mut list = list.clone();
            list.sort_by_key(ToString::to_string);
            Value::Array(list)
        }
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

/// Zero, null and default facts are left out, as in the expectations.
fn facts(process: &Process) -> Map<String, Value> {
    let mut counted = Counted::default();
    counted.body(&process.body, 1, true);
    counted.listeners += process.listeners.len();
    let mut facts = Map::new();
    let mut put = |name: &str, value: Value| {
        let left_out = value.is_null()
            || (value == json!(0)
                && !matches!(
                    name,
                    "activities" | "scopes" | "transitions" | "maxDepth" | "startEvents" | "historyTimeToLive"
                ))
            || value.as_array().is_some_and(Vec::is_empty)
            || (value.as_object().is_some_and(Map::is_empty) && name != "activityTypes")
            || (value == json!(true) && name == "startableInTasklist")
            || (value == json!(false) && name == "hasStartForm");
        if !left_out {
            facts.insert(name.to_owned(), value);
        }
    };
    put("key", json!(process.id));
    put("name", json!(process.name));
    put("versionTag", json!(process.version_tag));
    put("historyTimeToLive", json!(process.history_time_to_live));
    put("startableInTasklist", json!(process.startable_in_tasklist));
    put("activities", json!(counted.activities));
    put("scopes", json!(counted.scopes));
    put("transitions", json!(counted.transitions));
    put("conditionalFlows", json!(counted.conditional_flows));
    put("transitionsWithListeners", json!(counted.flows_with_listeners));
    put("maxDepth", json!(counted.depth));
    put("activityTypes", json!(counted.types));
    put("startEvents", json!(counted.start_events));
    put("initial", json!(initial(&process.body)));
    put("taskDefinitions", json!(counted.user_tasks));
    put("jobDefinitions", json!(counted.jobs));
    put("timerStartJobs", json!(counted.timer_starts));
    put("startSubscriptions", json!(counted.start_subscriptions));
    put("eventSubscriptionDeclarations", json!(counted.subscriptions));
    put("asyncBefore", json!(counted.async_before));
    put("asyncAfter", json!(counted.async_after));
    put("multiInstanceBodies", json!(counted.multi_instance_bodies));
    put("executionListeners", json!(counted.listeners));
    put("defaultFlows", json!(counted.default_flows));
    put("compensationHandlers", json!(counted.compensation_handlers));
    put("hasStartForm", json!(has_start_form(&process.body)));
    facts
}

/// The start event that a start by key uses.
fn initial(body: &ScopeBody) -> Option<&str> {
    let starts: Vec<_> = body
        .nodes
        .iter()
        .filter_map(|node| match &node.kind {
            NodeKind::StartEvent(event) => Some((node.id.as_str(), &event.trigger)),
            _ => None,
        })
        .collect();
    let plain = starts.iter().find(|(_, trigger)| matches!(trigger, StartTrigger::None | StartTrigger::Timer(_)));
    plain.or(if starts.len() == 1 { starts.first() } else { None }).map(|(id, _)| *id)
}

fn has_start_form(body: &ScopeBody) -> bool {
    body.nodes.iter().any(|node| match &node.kind {
        NodeKind::StartEvent(event) => event.form.key.is_some(),
        _ => false,
    })
}

#[derive(Default)]
struct Counted {
    activities: usize,
    scopes: usize,
    transitions: usize,
    conditional_flows: usize,
    flows_with_listeners: usize,
    depth: usize,
    types: BTreeMap<String, usize>,
    start_events: usize,
    user_tasks: usize,
    jobs: Vec<String>,
    timer_starts: usize,
    start_subscriptions: Vec<String>,
    subscriptions: BTreeMap<&'static str, usize>,
    async_before: usize,
    async_after: usize,
    multi_instance_bodies: usize,
    listeners: usize,
    default_flows: usize,
    compensation_handlers: usize,
}

impl Counted {
    fn body(&mut self, body: &ScopeBody, depth: usize, is_process: bool) {
        let gateways: HashSet<&str> = body
            .nodes
            .iter()
            .filter(|node| matches!(node.kind, NodeKind::EventBasedGateway))
            .map(|node| node.id.as_str())
            .collect();
        let behind_gateway: HashSet<&str> = body
            .flows
            .iter()
            .filter(|flow| gateways.contains(flow.source.as_str()))
            .map(|flow| flow.target.as_str())
            .collect();
        let hosts: HashSet<&str> = body
            .nodes
            .iter()
            .filter_map(|node| match &node.kind {
                NodeKind::BoundaryEvent(event) if !matches!(event.trigger, BoundaryTrigger::Compensation { .. }) => {
                    Some(event.attached_to.as_str())
                }
                _ => None,
            })
            .collect();
        for flow in &body.flows {
            if !gateways.contains(flow.source.as_str()) {
                self.transitions += 1;
                self.conditional_flows += usize::from(flow.condition.is_some());
                self.flows_with_listeners += usize::from(!flow.listeners.is_empty());
            }
        }
        for node in &body.nodes {
            let waits_alone = !behind_gateway.contains(node.id.as_str());
            self.node(node, depth, is_process, waits_alone, hosts.contains(node.id.as_str()));
        }
    }

    fn node(&mut self, node: &FlowNode, depth: usize, in_process: bool, waits_alone: bool, is_host: bool) {
        let mut depth = depth;
        let (mut before, mut after) = (node.async_before, node.async_after);
        if let Some(multi_instance) = &node.multi_instance {
            self.activities += 1;
            self.scopes += 1;
            self.multi_instance_bodies += 1;
            *self.types.entry("multiInstanceBody".to_owned()).or_default() += 1;
            self.continuations(&format!("{}#multiInstanceBody", node.id), before, after);
            depth += 1;
            (before, after) = (multi_instance.async_before, multi_instance.async_after);
        }
        self.activities += 1;
        self.depth = self.depth.max(depth);
        self.continuations(&node.id, before, after);
        self.listeners += node.listeners.len();
        self.default_flows += usize::from(node.default_flow.is_some());
        let is_handler = node.for_compensation
            || matches!(&node.kind, NodeKind::SubProcess(sub) if starts_by_compensation(&sub.body));
        self.compensation_handlers += usize::from(is_handler);
        *self.types.entry(activity_type(node).to_owned()).or_default() += 1;
        let is_single = node.multi_instance.is_none();
        if is_scope(node, waits_alone) || (is_single && (is_host || node.io.is_some())) {
            self.scopes += 1;
        }
        self.events(node, in_process);
        match &node.kind {
            NodeKind::SubProcess(sub) | NodeKind::Transaction(sub) => {
                self.body(&sub.body, depth + 1, false);
            }
            _ => {}
        }
    }

    fn continuations(&mut self, id: &str, before: bool, after: bool) {
        if before {
            self.async_before += 1;
            self.jobs.push(format!("async-continuation:async-before@{id}"));
        }
        if after {
            self.async_after += 1;
            self.jobs.push(format!("async-continuation:async-after@{id}"));
        }
    }

    fn timer(&mut self, handler: &str, timer: &TimerDefinition, id: &str) {
        let (kind, text) = match timer {
            TimerDefinition::Date(text) => ("DATE", text),
            TimerDefinition::Cycle(text) => ("CYCLE", text),
            TimerDefinition::Duration(text) => ("DURATION", text),
        };
        self.jobs.push(format!("{handler}:{kind}: {text}@{id}"));
    }

    fn subscription(&mut self, kind: &'static str) {
        *self.subscriptions.entry(kind).or_default() += 1;
    }

    fn events(&mut self, node: &FlowNode, in_process: bool) {
        let id = &node.id;
        match &node.kind {
            NodeKind::StartEvent(event) => {
                self.start_events += 1;
                match &event.trigger {
                    StartTrigger::Timer(timer) if in_process => {
                        self.timer_starts += 1;
                        self.timer("timer-start-event", timer, id);
                    }
                    StartTrigger::Timer(timer) => {
                        self.timer("timer-start-event-subprocess", timer, id);
                    }
                    StartTrigger::Message(name) if in_process => {
                        self.start_subscriptions.push(format!("message:{name}@{id}"));
                    }
                    StartTrigger::Signal(name) if in_process => {
                        self.start_subscriptions.push(format!("signal:{name}@{id}"));
                    }
                    StartTrigger::Conditional(_) if in_process => {
                        self.start_subscriptions.push(format!("conditional:None@{id}"));
                    }
                    _ => {}
                }
                match &event.trigger {
                    StartTrigger::Message(_) => self.subscription("message"),
                    StartTrigger::Signal(_) => self.subscription("signal"),
                    StartTrigger::Conditional(_) => self.subscription("conditional"),
                    _ => {}
                }
            }
            NodeKind::IntermediateCatch(caught) => match caught {
                CatchDefinition::Timer(timer) => {
                    self.timer("timer-intermediate-transition", timer, id);
                }
                CatchDefinition::Message(_) => self.subscription("message"),
                CatchDefinition::Signal(_) => self.subscription("signal"),
                CatchDefinition::Conditional(_) => self.subscription("conditional"),
                CatchDefinition::Link(_) => {}
            },
            NodeKind::BoundaryEvent(event) => match &event.trigger {
                BoundaryTrigger::Timer(timer) => self.timer("timer-transition", timer, id),
                BoundaryTrigger::Message(_) => self.subscription("message"),
                BoundaryTrigger::Signal(_) => self.subscription("signal"),
                BoundaryTrigger::Conditional(_) => self.subscription("conditional"),
                _ => {}
            },
            NodeKind::ReceiveTask { message: Some(_) } => self.subscription("message"),
            NodeKind::UserTask(task) => {
                self.user_tasks += 1;
                for timer in task.listeners.iter().filter_map(|listener| listener.timer.as_ref()) {
                    self.timer("timer-task-listener", timer, id);
                }
            }
            _ => {}
        }
    }
}

fn starts_by_compensation(body: &ScopeBody) -> bool {
    body.nodes.iter().any(|node| match &node.kind {
        NodeKind::StartEvent(event) => matches!(event.trigger, StartTrigger::Compensation),
        _ => false,
    })
}

fn is_external(implementation: &Implementation) -> bool {
    matches!(implementation, Implementation::External(_))
}

/// Whether the activity has an execution of its own for a reason inside it.
fn is_scope(node: &FlowNode, waits_alone: bool) -> bool {
    match &node.kind {
        NodeKind::SubProcess(_)
        | NodeKind::Transaction(_)
        | NodeKind::EventBasedGateway
        | NodeKind::BusinessRuleTask(_)
        | NodeKind::ReceiveTask { message: Some(_) } => true,
        NodeKind::CallActivity(_) => node.multi_instance.is_none(),
        NodeKind::IntermediateCatch(_) => waits_alone,
        NodeKind::ServiceTask { implementation, .. } => is_external(implementation),
        NodeKind::IntermediateThrow(thrown) | NodeKind::EndEvent(thrown) => match thrown {
            ThrowDefinition::Compensation { .. } | ThrowDefinition::Cancel => true,
            ThrowDefinition::Message(implementation) => is_external(implementation),
            _ => false,
        },
        NodeKind::UserTask(task) => {
            task.has_properties || task.listeners.iter().any(|listener| listener.timer.is_some())
        }
        _ => false,
    }
}

/// Camunda's activity types (`bpmn-elements.md` 18).
fn activity_type(node: &FlowNode) -> &'static str {
    match &node.kind {
        NodeKind::StartEvent(event) => match event.trigger {
            StartTrigger::None => "startEvent",
            StartTrigger::Timer(_) => "startTimerEvent",
            StartTrigger::Message(_) => "messageStartEvent",
            StartTrigger::Signal(_) => "signalStartEvent",
            StartTrigger::Conditional(_) => "conditionalStartEvent",
            StartTrigger::Error(_) => "errorStartEvent",
            StartTrigger::Escalation(_) => "escalationStartEvent",
            StartTrigger::Compensation => "compensationStartEvent",
        },
        NodeKind::IntermediateCatch(caught) => match caught {
            CatchDefinition::Timer(_) => "intermediateTimer",
            CatchDefinition::Message(_) => "intermediateMessageCatch",
            CatchDefinition::Signal(_) => "intermediateSignalCatch",
            CatchDefinition::Conditional(_) => "intermediateConditional",
            CatchDefinition::Link(_) => "intermediateLinkCatch",
        },
        NodeKind::IntermediateThrow(thrown) => match thrown {
            ThrowDefinition::Message(Implementation::None) => "intermediateNoneThrowEvent",
            ThrowDefinition::Message(_) => "intermediateMessageThrowEvent",
            ThrowDefinition::Signal(_) => "intermediateSignalThrow",
            ThrowDefinition::Escalation(_) => "intermediateEscalationThrowEvent",
            ThrowDefinition::Compensation { .. } => "intermediateCompensationThrowEvent",
            _ => "intermediateNoneThrowEvent",
        },
        NodeKind::EndEvent(thrown) => match thrown {
            ThrowDefinition::Message(Implementation::None) => "endEvent",
            ThrowDefinition::Message(_) => "messageEndEvent",
            ThrowDefinition::Signal(_) => "signalEndEvent",
            ThrowDefinition::Error { .. } => "errorEndEvent",
            ThrowDefinition::Escalation(_) => "escalationEndEvent",
            ThrowDefinition::Compensation { .. } => "compensationEndEvent",
            ThrowDefinition::Cancel => "cancelEndEvent",
            ThrowDefinition::Terminate => "terminateEndEvent",
            ThrowDefinition::None | ThrowDefinition::Link(_) => "noneEndEvent",
        },
        NodeKind::BoundaryEvent(event) => match event.trigger {
            BoundaryTrigger::Timer(_) => "boundaryTimer",
            BoundaryTrigger::Message(_) => "boundaryMessage",
            BoundaryTrigger::Signal(_) => "boundarySignal",
            BoundaryTrigger::Conditional(_) => "boundaryConditional",
            BoundaryTrigger::Error(_) => "boundaryError",
            BoundaryTrigger::Escalation(_) => "boundaryEscalation",
            BoundaryTrigger::Compensation { .. } => "compensationBoundaryCatch",
            BoundaryTrigger::Cancel => "cancelBoundaryCatch",
        },
        NodeKind::Task { manual: false } => "task",
        NodeKind::Task { manual: true } => "manualTask",
        NodeKind::UserTask(_) => "userTask",
        NodeKind::ServiceTask { element, .. } => match element {
            models::bpmn::ServiceElement::ServiceTask => "serviceTask",
            models::bpmn::ServiceElement::SendTask => "sendTask",
            models::bpmn::ServiceElement::BusinessRuleTask => "businessRuleTask",
        },
        NodeKind::BusinessRuleTask(_) => "businessRuleTask",
        NodeKind::ScriptTask(_) => "scriptTask",
        NodeKind::ReceiveTask { .. } => "receiveTask",
        NodeKind::ExclusiveGateway => "exclusiveGateway",
        NodeKind::ParallelGateway => "parallelGateway",
        NodeKind::InclusiveGateway => "inclusiveGateway",
        NodeKind::EventBasedGateway => "eventBasedGateway",
        NodeKind::SubProcess(_) => "subProcess",
        NodeKind::Transaction(_) => "transaction",
        NodeKind::CallActivity(_) => "callActivity",
    }
}
