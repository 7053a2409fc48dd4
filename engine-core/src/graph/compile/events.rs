//! What is caught, and where: boundary events, event subprocesses, start events, compensation, timers.

use std::sync::Arc;

use models::bpmn::{
    self, BoundaryTrigger, CatchDefinition, ErrorCatch, EscalationCatch, FlowNode, NodeKind, StartTrigger,
    ThrowDefinition, TimerDefinition,
};

use super::{Compiler, Place, Result, reordered};
use crate::graph::{
    ConditionalCode, ErrorHandler, EscalationHandler, Expr, JobDeclaration, Kind, NodeIx, StartBehaviour,
    SubscriptionDeclaration, TimerDeclaration, TimerJob, TimerKind,
};
use crate::state::SubscriptionKind;

impl Compiler {
    /// Handlers and targets of compensation: they may be in other scopes than the events.
    pub(super) fn compensation(&mut self, body: &bpmn::ScopeBody) -> Result<()> {
        for node in &body.nodes {
            self.at = Place { element: node.id.clone(), span: node.span };
            match &node.kind {
                NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) => self.compensation(&inner.body)?,
                NodeKind::BoundaryEvent(event) => {
                    if let BoundaryTrigger::Compensation { handler } = &event.trigger {
                        self.compensation_handler(node, event, handler.as_deref())?;
                    }
                }
                NodeKind::IntermediateThrow(ThrowDefinition::Compensation { activity: Some(activity) })
                | NodeKind::EndEvent(ThrowDefinition::Compensation { activity: Some(activity) }) => {
                    let target = self.entry.get(activity).copied().or_else(|| self.graph.find(activity));
                    let ix = self.known(&node.id)?;
                    self.graph.nodes[ix.0 as usize].kind = Kind::CompensationThrow(target);
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn compensation_handler(
        &mut self,
        node: &FlowNode,
        event: &bpmn::BoundaryEvent,
        handler: Option<&str>,
    ) -> Result<()> {
        let ix = self.known(&node.id)?;
        let inner = self.known(&event.attached_to)?;
        let handler = match handler {
            Some(id) => Some(self.entry.get(id).copied().map_or_else(|| self.known(id), Ok)?),
            None => None,
        };
        self.graph.nodes[inner.0 as usize].compensation_handler = handler;
        self.graph.nodes[ix.0 as usize].event_scope = inner;
        if let Some(handler) = handler {
            self.graph.nodes[handler.0 as usize].event_scope = inner;
        }
        Ok(())
    }

    pub(super) fn boundary(&mut self, node: &FlowNode, event: &bpmn::BoundaryEvent) -> Result<()> {
        if matches!(event.trigger, BoundaryTrigger::Compensation { .. }) {
            return Ok(());
        }
        let ix = self.known(&node.id)?;
        let inner = self.known(&event.attached_to)?;
        let host = self.entry.get(&event.attached_to).copied().unwrap_or(inner);
        self.graph.nodes[host.0 as usize].is_scope = true;
        let made = &mut self.graph.nodes[ix.0 as usize];
        made.event_scope = host;
        let interrupting =
            event.interrupting || matches!(event.trigger, BoundaryTrigger::Error(_) | BoundaryTrigger::Cancel);
        made.start_behaviour =
            if interrupting { StartBehaviour::CancelEventScope } else { StartBehaviour::ConcurrentInFlowScope };
        match &event.trigger {
            BoundaryTrigger::Timer(timer) => self.timer(host, ix, timer, TimerJob::Boundary, interrupting)?,
            BoundaryTrigger::Message(name) => {
                let name = self.expr(name)?;
                self.subscribe(host, ix, SubscriptionKind::Message, Some(name), None);
            }
            BoundaryTrigger::Signal(name) => {
                let name = self.expr(name)?;
                self.subscribe(host, ix, SubscriptionKind::Signal, Some(name), None);
            }
            BoundaryTrigger::Conditional(condition) => {
                let condition = self.conditional(condition)?;
                self.subscribe(host, ix, SubscriptionKind::Conditional, None, Some(condition));
            }
            BoundaryTrigger::Error(catch) => self.error_handler(host, ix, catch, false),
            BoundaryTrigger::Escalation(catch) => self.escalation_handler(host, ix, catch, interrupting, false),
            BoundaryTrigger::Compensation { .. } | BoundaryTrigger::Cancel => {}
        }
        Ok(())
    }

    pub(super) fn event_subprocess(&mut self, sub: NodeIx, body: &bpmn::SubProcess, scope: NodeIx) -> Result<()> {
        let Some((node, start)) = body.body.nodes.iter().find_map(|node| match &node.kind {
            NodeKind::StartEvent(start) => Some((node, start)),
            _ => None,
        }) else {
            return Ok(());
        };
        let ix = self.known(&node.id)?;
        let interrupting = start.interrupting || matches!(start.trigger, StartTrigger::Error(_));
        {
            let made = &mut self.graph.nodes[ix.0 as usize];
            made.kind = Kind::EventSubProcessStart;
            made.event_scope = scope;
        }
        {
            let made = &mut self.graph.nodes[sub.0 as usize];
            made.event_scope = scope;
            made.for_compensation = matches!(start.trigger, StartTrigger::Compensation);
            made.start_behaviour = if matches!(start.trigger, StartTrigger::Compensation) {
                StartBehaviour::Default
            } else if interrupting {
                StartBehaviour::InterruptEventScope
            } else {
                StartBehaviour::ConcurrentInFlowScope
            };
        }
        match &start.trigger {
            StartTrigger::None => {}
            StartTrigger::Timer(timer) => self.timer(scope, ix, timer, TimerJob::EventSubProcess, interrupting)?,
            StartTrigger::Message(name) => {
                let name = self.expr(name)?;
                self.subscribe(scope, ix, SubscriptionKind::Message, Some(name), None);
            }
            StartTrigger::Signal(name) => {
                let name = self.expr(name)?;
                self.subscribe(scope, ix, SubscriptionKind::Signal, Some(name), None);
            }
            StartTrigger::Conditional(condition) => {
                let condition = self.conditional(condition)?;
                self.subscribe(scope, ix, SubscriptionKind::Conditional, None, Some(condition));
            }
            StartTrigger::Error(catch) => self.error_handler(scope, sub, catch, true),
            StartTrigger::Escalation(catch) => self.escalation_handler(scope, sub, catch, interrupting, true),
            StartTrigger::Compensation => {
                self.graph.nodes[scope.0 as usize].compensation_handler = Some(sub);
            }
        }
        Ok(())
    }

    pub(super) fn process_start(&mut self, ix: NodeIx, start: &bpmn::StartEvent) -> Result<()> {
        let declaration =
            |kind, name, condition| SubscriptionDeclaration { node: ix, kind, name, condition, job: None };
        match &start.trigger {
            StartTrigger::Timer(timer) => {
                let timer = self.timer_declaration(ix, timer, TimerJob::Start, false)?;
                self.graph.start_timers.push(timer);
            }
            StartTrigger::Message(name) => {
                let name = self.expr(name)?;
                self.graph.start_subscriptions.push(declaration(SubscriptionKind::Message, Some(name), None));
            }
            StartTrigger::Signal(name) => {
                let name = self.expr(name)?;
                self.graph.start_subscriptions.push(declaration(SubscriptionKind::Signal, Some(name), None));
            }
            StartTrigger::Conditional(condition) => {
                let condition = self.conditional(condition)?;
                self.graph.start_subscriptions.push(declaration(SubscriptionKind::Conditional, None, Some(condition)));
            }
            StartTrigger::None | StartTrigger::Error(_) | StartTrigger::Escalation(_) | StartTrigger::Compensation => {}
        }
        Ok(())
    }

    pub(super) fn catch(&mut self, scope: NodeIx, ix: NodeIx, catch: &CatchDefinition) -> Result<()> {
        match catch {
            CatchDefinition::Timer(timer) => self.timer(scope, ix, timer, TimerJob::Intermediate, true),
            CatchDefinition::Message(name) => {
                let name = self.expr(name)?;
                self.subscribe(scope, ix, SubscriptionKind::Message, Some(name), None);
                Ok(())
            }
            CatchDefinition::Signal(name) => {
                let name = self.expr(name)?;
                self.subscribe(scope, ix, SubscriptionKind::Signal, Some(name), None);
                Ok(())
            }
            CatchDefinition::Conditional(condition) => {
                let condition = self.conditional(condition)?;
                self.subscribe(scope, ix, SubscriptionKind::Conditional, None, Some(condition));
                Ok(())
            }
            CatchDefinition::Link(_) => Ok(()),
        }
    }

    /// A flow of an event-based gateway is consumed here: its event's trigger belongs to the gateway's scope.
    pub(super) fn gateway_event(&mut self, body: &bpmn::ScopeBody, gateway: NodeIx, target: &str) -> Result<()> {
        let Some(node) = body.nodes.iter().find(|node| node.id == target) else { return Ok(()) };
        let ix = self.known(target)?;
        let made = &mut self.graph.nodes[ix.0 as usize];
        made.event_scope = gateway;
        made.start_behaviour = StartBehaviour::CancelEventScope;
        if let NodeKind::IntermediateCatch(catch) = &node.kind {
            self.catch(gateway, ix, catch)?;
        }
        Ok(())
    }

    pub(super) fn error_handler(&mut self, scope: NodeIx, node: NodeIx, catch: &ErrorCatch, event_subprocess: bool) {
        let handlers = &mut self.graph.nodes[scope.0 as usize].error_handlers;
        handlers.push(ErrorHandler { node, catch: catch.clone(), event_subprocess });
        // event subprocess before boundary, with code before without (S-ER-2); stable in document order
        handlers.sort_by_key(|handler| (!handler.event_subprocess, handler.catch.code.is_none()));
    }

    pub(super) fn escalation_handler(
        &mut self,
        scope: NodeIx,
        node: NodeIx,
        catch: &EscalationCatch,
        interrupting: bool,
        event_subprocess: bool,
    ) {
        let handlers = &mut self.graph.nodes[scope.0 as usize].escalation_handlers;
        handlers.push(EscalationHandler { node, catch: catch.clone(), interrupting, event_subprocess });
        handlers.sort_by_key(|handler| !handler.event_subprocess);
    }

    /// Camunda keeps the triggers of a scope in hash maps by activity id: subscriptions and timers are made in that order.
    pub(super) fn order_triggers(&mut self) {
        let ids: Vec<Arc<str>> = self.graph.nodes.iter().map(|node| node.id.clone()).collect();
        let id_of = |ix: NodeIx| Some(&*ids[ix.0 as usize]);
        for node in &mut self.graph.nodes {
            let keys: Vec<_> = node.subscriptions.iter().map(|declaration| id_of(declaration.node)).collect();
            node.subscriptions = reordered(std::mem::take(&mut node.subscriptions), &keys);
            let keys: Vec<_> = node.timers.iter().map(|declaration| id_of(declaration.node)).collect();
            node.timers = reordered(std::mem::take(&mut node.timers), &keys);
        }
    }

    pub(super) fn subscribe(
        &mut self,
        scope: NodeIx,
        node: NodeIx,
        kind: SubscriptionKind,
        name: Option<Expr>,
        condition: Option<Arc<ConditionalCode>>,
    ) {
        let declaration = SubscriptionDeclaration { node, kind, name, condition, job: None };
        self.graph.nodes[scope.0 as usize].subscriptions.push(declaration);
    }

    pub(super) fn timer(
        &mut self,
        scope: NodeIx,
        node: NodeIx,
        timer: &TimerDefinition,
        job: TimerJob,
        interrupting: bool,
    ) -> Result<()> {
        let declaration = self.timer_declaration(node, timer, job, interrupting)?;
        self.graph.nodes[scope.0 as usize].timers.push(declaration);
        Ok(())
    }

    pub(super) fn timer_declaration(
        &mut self,
        node: NodeIx,
        timer: &TimerDefinition,
        job: TimerJob,
        interrupting: bool,
    ) -> Result<TimerDeclaration> {
        let (kind, text, label) = match timer {
            TimerDefinition::Date(text) => (TimerKind::Date, text, "DATE"),
            TimerDefinition::Duration(text) => (TimerKind::Duration, text, "DURATION"),
            TimerDefinition::Cycle(text) => (TimerKind::Cycle, text, "CYCLE"),
        };
        let job_type = match job {
            TimerJob::Start => "timer-start-event",
            TimerJob::EventSubProcess => "timer-start-event-subprocess",
            TimerJob::Boundary => "timer-transition",
            TimerJob::Intermediate => "timer-intermediate-transition",
            TimerJob::TaskListener(_) => "timer-task-listener",
        };
        let declaration = self.declare_job(node, job_type, format!("{label}: {text}"));
        Ok(TimerDeclaration { node, job, kind, value: self.expr(text)?, interrupting, declaration })
    }

    pub(super) fn async_jobs(&mut self, ix: NodeIx) {
        if self.graph.node(ix).async_before {
            let declaration = self.declare_job(ix, "async-continuation", "async-before".to_owned());
            self.graph.nodes[ix.0 as usize].before_job = Some(declaration);
        }
        if self.graph.node(ix).async_after {
            let declaration = self.declare_job(ix, "async-continuation", "async-after".to_owned());
            self.graph.nodes[ix.0 as usize].after_job = Some(declaration);
        }
    }

    pub(super) fn declare_job(&mut self, node: NodeIx, job_type: &'static str, configuration: String) -> u32 {
        self.graph.jobs.push(JobDeclaration { node, job_type, configuration });
        u32::try_from(self.graph.jobs.len() - 1).unwrap_or(u32::MAX)
    }
}
