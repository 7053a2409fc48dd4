//! Scopes: the arena in which flow nodes are drafted, and the order in which a scope is parsed.

use models::{
    bpmn::{ExecutionListener, FlowNode, InputOutput, MultiInstance, NodeKind, ScopeBody, SequenceFlow},
    java_order::hash_map_order,
};

use super::{
    Builder, Step, Stop, documentation, escalation::EscalationHandler, extension_properties, owned, span,
    subscription::Subscription,
};
use crate::{rules, xml::Element};

/// Index of a scope in the arena.
pub(super) type ScopeIx = usize;

/// What Camunda's rules about other elements ask an activity for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Without behaviour: Camunda's checks see `null`.
    None,
    /// A process.
    Process,
    /// Body of a multi-instance activity.
    MultiInstanceBody,
    ExclusiveGateway,
    EventBasedGateway,
    /// A catch event that waits (not a link).
    IntermediateCatch,
    /// Any embedded subprocess.
    SubProcess,
    CallActivity,
    UserTask,
    /// Anything else that runs.
    Other,
}

/// A process, a flow node, or a multi-instance body.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    clippy::struct_field_names,
    reason = "a draft: each flag is an attribute or a mark that a rule asks for; flow scope and event scope are the field's words"
)]
pub(super) struct Scope<'d> {
    pub(super) id: Option<String>,
    pub(super) element: Element<'d>,
    /// The scope it is in.
    pub(super) flow_scope: Option<ScopeIx>,
    /// The scope whose end ends its subscriptions.
    pub(super) event_scope: Option<ScopeIx>,
    pub(super) role: Role,
    /// Camunda's activity type where a rule asks for it, else the element's name.
    pub(super) activity_type: &'d str,
    pub(super) children: Vec<ScopeIx>,
    pub(super) is_subprocess: bool,
    pub(super) triggered_by_event: bool,
    pub(super) is_multi_instance: bool,
    pub(super) for_compensation: bool,
    /// Id of the activity that compensates this one.
    pub(super) compensation_handler: Option<String>,
    /// A start event has been seen (subprocesses).
    pub(super) has_start_event: bool,
    pub(super) subscriptions: Vec<Subscription>,
    pub(super) escalation_handlers: Vec<EscalationHandler>,
    /// References to activities that may still come.
    pub(super) backlog: Vec<Backlog<'d>>,
    pub(super) outgoing: Vec<Outgoing<'d>>,
    pub(super) async_before: bool,
    pub(super) async_after: bool,
    pub(super) exclusive: bool,
    pub(super) timer_exclusive: bool,
    pub(super) job_priority: Option<String>,
    pub(super) retry_time_cycle: Option<String>,
    pub(super) listeners: Vec<ExecutionListener>,
    pub(super) io: Option<InputOutput>,
    /// On the inner activity of a multi-instance body.
    pub(super) multi_instance: Option<Box<MultiInstance>>,
    pub(super) kind: Option<NodeKind>,
    /// Sequence flows whose source is in this scope.
    pub(super) flows: Vec<SequenceFlow>,
}

/// A transition out of an activity, as far as validation asks.
#[derive(Debug)]
pub(super) struct Outgoing<'d> {
    pub(super) id: Option<&'d str>,
    pub(super) has_condition: bool,
    pub(super) element: Element<'d>,
}

/// `activityRef` of a compensation throw event that has not been found yet.
#[derive(Debug)]
pub(super) struct Backlog<'d> {
    pub(super) activity_ref: &'d str,
    pub(super) scope_id: Option<String>,
    pub(super) definition: Element<'d>,
    pub(super) event_id: Option<&'d str>,
}

impl<'d> Scope<'d> {
    pub(super) fn new(element: Element<'d>, id: Option<String>, flow_scope: Option<ScopeIx>, role: Role) -> Self {
        Self {
            id,
            element,
            flow_scope,
            event_scope: None,
            role,
            activity_type: element.tag(),
            children: Vec::new(),
            is_subprocess: false,
            triggered_by_event: false,
            is_multi_instance: false,
            for_compensation: false,
            compensation_handler: None,
            has_start_event: false,
            subscriptions: Vec::new(),
            escalation_handlers: Vec::new(),
            backlog: Vec::new(),
            outgoing: Vec::new(),
            async_before: false,
            async_after: false,
            exclusive: true,
            timer_exclusive: true,
            job_priority: None,
            retry_time_cycle: None,
            listeners: Vec::new(),
            io: None,
            multi_instance: None,
            kind: None,
            flows: Vec::new(),
        }
    }
}

/// Elements of a scope that are not parsed in document order.
#[derive(Debug, Default)]
pub(super) struct Deferred<'d> {
    /// Keys in order of insertion; a later element of the same id takes the place of the earlier.
    elements: Vec<(Option<&'d str>, Element<'d>)>,
}

impl<'d> Deferred<'d> {
    fn collect(elements: impl Iterator<Item = Element<'d>>) -> Self {
        let mut deferred = Self::default();
        for element in elements {
            match deferred.elements.iter_mut().find(|(id, _)| *id == element.id()) {
                Some(slot) => slot.1 = element,
                None => deferred.elements.push((element.id(), element)),
            }
        }
        deferred
    }

    fn holds(&self, element: Element<'d>) -> bool {
        self.elements.iter().any(|(_, held)| *held == element)
    }

    pub(super) fn get(&self, id: Option<&str>) -> Option<Element<'d>> {
        self.elements.iter().find(|(held, _)| *held == id).map(|(_, element)| *element)
    }

    pub(super) fn remove(&mut self, id: Option<&str>) {
        self.elements.retain(|(held, _)| *held != id);
    }

    /// In the order of Camunda's hash map.
    fn in_map_order(&self) -> Vec<Element<'d>> {
        let keys: Vec<_> = self.elements.iter().map(|(id, _)| *id).collect();
        hash_map_order(&keys).into_iter().map(|at| self.elements[at].1).collect()
    }

    fn in_document_order(&self) -> Vec<Element<'d>> {
        self.elements.iter().map(|(_, element)| *element).collect()
    }
}

impl<'d> Builder<'d> {
    pub(super) fn add_scope(&mut self, scope: Scope<'d>) -> ScopeIx {
        self.scopes.push(scope);
        self.scopes.len() - 1
    }

    /// An activity of the process under work, wherever it is.
    pub(super) fn find_activity(&self, id: Option<&str>) -> Option<ScopeIx> {
        self.processes.last()?.activities.get(id?).copied()
    }

    /// An activity directly in a subprocess (inside a multi-instance body counts as directly).
    pub(super) fn find_at_level(&self, scope: ScopeIx, id: Option<&str>) -> Option<ScopeIx> {
        let found = self.find_activity(id)?;
        let mut level = self.scopes[found].flow_scope?;
        while !self.scopes[level].is_subprocess {
            level = self.scopes[level].flow_scope?;
        }
        (level == scope).then_some(found)
    }

    /// The multi-instance body around an activity.
    pub(super) fn multi_instance_body(&self, activity: ScopeIx) -> Option<ScopeIx> {
        self.scopes[activity].is_multi_instance.then(|| self.scopes[activity].flow_scope).flatten()
    }

    /// Adds an activity to a scope. Ids are unique in a process.
    pub(super) fn create_activity(
        &mut self,
        element: Element<'d>,
        id: Option<String>,
        parent: ScopeIx,
        role: Role,
    ) -> Step<ScopeIx> {
        let ix = self.scopes.len();
        if let (Some(id), Some(process)) = (&id, self.processes.last_mut()) {
            if process.activities.contains_key(id) {
                return Err(Stop::Exception(format!("duplicate activity id '{id}'")));
            }
            process.activities.insert(id.clone(), ix);
            self.scopes[parent].backlog.retain(|waiting| waiting.activity_ref != id);
        }
        self.scopes[parent].children.push(ix);
        Ok(self.add_scope(Scope::new(element, id, Some(parent), role)))
    }

    /// Adds the activity of a flow node element.
    pub(super) fn create_node(&mut self, element: Element<'d>, parent: ScopeIx) -> Step<ScopeIx> {
        self.last_element = Some(element);
        let activity = self.create_activity(element, owned(element.id()), parent, Role::None)?;
        let job_priority = self.parse_priority(element, "jobPriority")?;
        let draft = &mut self.scopes[activity];
        draft.job_priority = job_priority;
        draft.for_compensation = is_compensation_handler(element);
        Ok(activity)
    }

    /// Parses what is inside a process or subprocess.
    pub(super) fn parse_scope(&mut self, element: Element<'d>, scope: ScopeIx) -> Step {
        let catch_events =
            Deferred::collect(element.children().filter(|child| child.tag() == "intermediateCatchEvent"));
        let mut handlers = Deferred::collect(
            element.children().filter(|child| !catch_events.holds(*child) && is_compensation_handler(*child)),
        );
        self.parse_start_events(element, scope)?;
        for child in element.children() {
            if !catch_events.holds(child) && !handlers.holds(child) {
                self.parse_activity(child, Some(element), scope)?;
            }
        }
        for event in catch_events.in_map_order() {
            // An event-based gateway has parsed its own events already.
            if self.find_activity(event.id()).is_none() {
                let activity = self.parse_intermediate_catch_event(event, scope, None)?;
                self.parse_input_output(event, activity)?;
            }
        }
        self.parse_end_events(element, scope)?;
        self.parse_boundary_events(element, scope)?;
        self.parse_sequence_flows(element, scope, &handlers)?;
        self.parse_execution_listeners(element, scope)?;
        self.parse_associations(element, scope, &mut handlers)?;
        for handler in handlers.in_document_order() {
            self.parse_activity(handler, None, scope)?;
        }
        self.report_backlog(scope);
        Ok(())
    }

    fn report_backlog(&mut self, scope: ScopeIx) {
        let backlog = std::mem::take(&mut self.scopes[scope].backlog);
        let keys: Vec<_> = backlog.iter().map(|waiting| Some(waiting.activity_ref)).collect();
        for at in hash_map_order(&keys) {
            let waiting = &backlog[at];
            let message = format!(
                "Invalid attribute value for 'activityRef': no activity with id '{}' in scope '{}'",
                waiting.activity_ref,
                waiting.scope_id.as_deref().unwrap_or("null")
            );
            self.error_for(rules::COMPENSATION_TARGET, message, waiting.definition, &[waiting.event_id]);
        }
    }

    /// Parses a flow node that is no start, catch, end or boundary event. Other elements are passed over.
    pub(super) fn parse_activity(
        &mut self,
        element: Element<'d>,
        parent: Option<Element<'d>>,
        scope: ScopeIx,
    ) -> Step<Option<ScopeIx>> {
        let body = self.parse_multi_instance(element, scope)?;
        let scope = body.unwrap_or(scope);
        let activity = match element.tag() {
            "exclusiveGateway" => Some(self.parse_exclusive_gateway(element, scope)?),
            "inclusiveGateway" => Some(self.parse_simple_node(element, scope, NodeKind::InclusiveGateway)?),
            "parallelGateway" => Some(self.parse_simple_node(element, scope, NodeKind::ParallelGateway)?),
            "eventBasedGateway" => Some(self.parse_event_based_gateway(element, parent, scope)?),
            "task" => Some(self.parse_simple_node(element, scope, NodeKind::Task { manual: false })?),
            "manualTask" => Some(self.parse_simple_node(element, scope, NodeKind::Task { manual: true })?),
            "scriptTask" => Some(self.parse_script_task(element, scope)?),
            "serviceTask" => Some(self.parse_service_task(element, scope)?),
            "businessRuleTask" => Some(self.parse_business_rule_task(element, scope)?),
            "userTask" => Some(self.parse_user_task(element, scope)?),
            "sendTask" => Some(self.parse_send_task(element, scope)?),
            "receiveTask" => Some(self.parse_receive_task(element, scope)?),
            "subProcess" => Some(self.parse_sub_process(element, scope)?),
            "transaction" => Some(self.parse_transaction(element, scope)?),
            "callActivity" => Some(self.parse_call_activity(element, scope)?),
            "intermediateThrowEvent" => self.parse_intermediate_throw_event(element, scope)?,
            "adHocSubProcess" | "complexGateway" => {
                self.warning(rules::UNSUPPORTED_ACTIVITY, "Ignoring unsupported activity type", element);
                None
            }
            _ => None,
        };
        let Some(activity) = activity else {
            if body.is_some() {
                return Err(Stop::Exception(
                    "Cannot invoke \"org.camunda.bpm.engine.impl.pvm.process.ActivityImpl.setProperty(String, Object)\" \
                     because \"activity\" is null"
                        .to_owned(),
                ));
            }
            return Ok(None);
        };
        if body.is_some() {
            self.scopes[activity].is_multi_instance = true;
        }
        self.parse_input_output(element, activity)?;
        Ok(Some(activity))
    }

    /// A flow node that has nothing but what all have.
    pub(super) fn parse_simple_node(&mut self, element: Element<'d>, scope: ScopeIx, kind: NodeKind) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.finish(activity, Role::Other, kind);
        self.parse_async(element, activity)?;
        self.parse_execution_listeners(element, activity)?;
        Ok(activity)
    }

    /// Gives a drafted activity its behaviour.
    pub(super) fn finish(&mut self, activity: ScopeIx, role: Role, kind: NodeKind) {
        let draft = &mut self.scopes[activity];
        draft.role = role;
        draft.kind = Some(kind);
    }

    /// The finished body of a process, the bodies of its subprocesses in place: inner scopes stand behind outer ones.
    pub(super) fn take_bodies(&mut self, process: ScopeIx) -> ScopeBody {
        for scope in (process + 1..self.scopes.len()).rev() {
            if !matches!(self.scopes[scope].kind, Some(NodeKind::SubProcess(_) | NodeKind::Transaction(_))) {
                continue;
            }
            let body = self.take_body(scope);
            if let Some(NodeKind::SubProcess(inner) | NodeKind::Transaction(inner)) = &mut self.scopes[scope].kind {
                inner.body = body;
            }
        }
        self.take_body(process)
    }

    /// The finished nodes and flows directly in a scope, in document order.
    fn take_body(&mut self, scope: ScopeIx) -> ScopeBody {
        let mut nodes: Vec<ScopeIx> = Vec::new();
        for &child in &self.scopes[scope].children {
            if self.scopes[child].role == Role::MultiInstanceBody {
                nodes.extend(&self.scopes[child].children);
            } else {
                nodes.push(child);
            }
        }
        nodes.sort_by_key(|&node| self.scopes[node].element.ix());
        ScopeBody {
            nodes: nodes.into_iter().filter_map(|node| self.take_node(node)).collect(),
            flows: std::mem::take(&mut self.scopes[scope].flows),
        }
    }

    fn take_node(&mut self, activity: ScopeIx) -> Option<FlowNode> {
        let kind = self.scopes[activity].kind.take()?;
        let body = self.multi_instance_body(activity);
        let id = match self.scopes[activity].id.clone() {
            Some(id) => id,
            None => self.anonymous_id(self.scopes[activity].element),
        };
        let mut multi_instance = self.scopes[activity].multi_instance.take();
        let draft = &mut self.scopes[activity];
        let element = draft.element;
        if let Some(multi_instance) = &mut multi_instance {
            multi_instance.async_before = draft.async_before;
            multi_instance.async_after = draft.async_after;
            multi_instance.exclusive = draft.exclusive;
            multi_instance.retry_time_cycle = draft.retry_time_cycle.take();
        }
        let timer_exclusive = draft.timer_exclusive;
        let (io, listeners, job_priority) =
            (draft.io.take(), std::mem::take(&mut draft.listeners), draft.job_priority.take());
        let for_compensation = draft.for_compensation && !draft.triggered_by_event;
        // Asynchronous continuations of a multi-instance activity belong to its body.
        let jobs = &mut self.scopes[body.unwrap_or(activity)];
        Some(FlowNode {
            id,
            name: owned(element.attribute("name")),
            documentation: documentation(element),
            kind,
            async_before: jobs.async_before,
            async_after: jobs.async_after,
            exclusive: jobs.exclusive,
            timer_exclusive,
            job_priority,
            retry_time_cycle: jobs.retry_time_cycle.take(),
            io,
            listeners,
            multi_instance,
            default_flow: owned(element.attribute("default")),
            for_compensation,
            properties: extension_properties(element).unwrap_or_default(),
            span: span(element),
        })
    }
}

/// `isForCompensation="true"`.
pub(super) fn is_compensation_handler(element: Element<'_>) -> bool {
    element.attribute("isForCompensation").is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
