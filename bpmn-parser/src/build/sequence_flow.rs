//! `sequenceFlow`.

use models::bpmn::SequenceFlow;

use super::{
    Builder, Step, Stop, owned,
    scope::{Deferred, Outgoing, Role, ScopeIx},
    span,
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    /// Parses the flows of a scope. A flow to a throwing link goes to the link's target.
    pub(super) fn parse_sequence_flows(
        &mut self,
        parent: Element<'d>,
        scope: ScopeIx,
        handlers: &Deferred<'d>,
    ) -> Step {
        for element in parent.children_named("sequenceFlow") {
            self.last_element = Some(element);
            let source_ref = element.attribute("sourceRef");
            let mut target_ref = element.attribute("targetRef");
            if let Some(link) = target_ref.and_then(|target| self.link_sources.get(target)).copied() {
                target_ref = link.and_then(|link| self.link_targets.get(link)).copied().flatten();
                if target_ref.is_none() {
                    let message = format!(
                        "sequence flow points to link event source with name '{}' but no event target with that name exists. Most probably your link events are not configured correctly.",
                        link.unwrap_or("null")
                    );
                    self.error(rules::LINK_TARGET_MISSING, message, element);
                    // Camunda looks at no further flow of the scope.
                    return Ok(());
                }
            }
            self.parse_sequence_flow(element, source_ref, target_ref, scope, handlers)?;
        }
        Ok(())
    }

    fn parse_sequence_flow(
        &mut self,
        element: Element<'d>,
        source_ref: Option<&'d str>,
        target_ref: Option<&'d str>,
        scope: ScopeIx,
        handlers: &Deferred<'d>,
    ) -> Step {
        let id = element.id();
        let source = self.find_at_level(scope, source_ref);
        let target = self.find_at_level(scope, target_ref);
        let compensates = |activity: Option<ScopeIx>, reference| match activity {
            Some(activity) => self.scopes[activity].for_compensation,
            None => handlers.get(reference).is_some(),
        };
        let shown = |reference: Option<&'d str>| reference.unwrap_or("null");
        for (activity, reference, direction) in [(source, source_ref, "outgoing"), (target, target_ref, "incoming")] {
            if compensates(activity, reference) {
                let message = format!(
                    "Invalid {direction} sequence flow of compensation activity '{}'. A compensation activity should not have an incoming or outgoing sequence flow.",
                    shown(reference)
                );
                self.error_for(rules::FLOW_OF_COMPENSATION, message, element, &[reference, id]);
                return Ok(());
            }
        }
        let Some(source) = source else {
            let message = format!("Invalid source '{}' of sequence flow '{}'", shown(source_ref), shown(id));
            self.error(rules::FLOW_SOURCE, message, element);
            return Ok(());
        };
        let Some(target) = target else {
            let message = format!("Invalid destination '{}' of sequence flow '{}'", shown(target_ref), shown(id));
            self.error(rules::FLOW_TARGET, message, element);
            return Ok(());
        };
        if self.scopes[source].role == Role::EventBasedGateway {
            // No transition in Camunda: without condition and listeners.
            let flow = self.new_flow(element, source, target);
            self.scopes[scope].flows.push(flow);
            return Ok(());
        }
        let waits_at_gateway = self.scopes[target].role == Role::IntermediateCatch
            && self.scopes[target]
                .event_scope
                .is_some_and(|event_scope| self.scopes[event_scope].role == Role::EventBasedGateway);
        if waits_at_gateway {
            let message = format!(
                "Invalid incoming sequenceflow for intermediateCatchEvent with id '{}' connected to an event-based gateway.",
                shown(target_ref)
            );
            self.error(rules::FLOW_TO_GATEWAY_EVENT, message, element);
            return Ok(());
        }
        let is_event_subprocess = |activity: ScopeIx| {
            self.scopes[activity].role == Role::SubProcess && self.scopes[activity].triggered_by_event
        };
        if is_event_subprocess(source) {
            self.error(rules::FLOW_OF_EVENT_SUBPROCESS, "Invalid outgoing sequence flow of event subprocess", element);
            return Ok(());
        }
        if is_event_subprocess(target) {
            self.error(rules::FLOW_OF_EVENT_SUBPROCESS, "Invalid incoming sequence flow of event subprocess", element);
            return Ok(());
        }
        self.add_transition(element, source, target, scope)
    }

    fn add_transition(&mut self, element: Element<'d>, source: ScopeIx, target: ScopeIx, scope: ScopeIx) -> Step {
        let id = element.id();
        let leaving = self.multi_instance_body(source).unwrap_or(source);
        if id.is_some() && self.scopes[leaving].outgoing.iter().any(|earlier| earlier.id == id) {
            return Err(Stop::Exception(format!(
                "activity '{} has duplicate transition '{}'",
                self.scopes[leaving].id.as_deref().unwrap_or("null"),
                id.unwrap_or_default()
            )));
        }
        self.sequence_flows.insert(id);
        let mut flow = self.new_flow(element, source, target);
        if let Some(expression) = element.child("conditionExpression")? {
            flow.condition = self.parse_condition(expression, id)?;
        }
        flow.listeners = self.parse_transition_listeners(element)?;
        let has_condition = flow.condition.is_some();
        self.scopes[leaving].outgoing.push(Outgoing { id, has_condition, element });
        self.scopes[scope].flows.push(flow);
        Ok(())
    }

    fn new_flow(&mut self, element: Element<'d>, source: ScopeIx, target: ScopeIx) -> SequenceFlow {
        let id_of = |activity: ScopeIx| self.scopes[activity].id.clone().unwrap_or_default();
        let (source, target) = (id_of(source), id_of(target));
        let id = match element.id() {
            Some(id) => id.to_owned(),
            None => self.anonymous_id(element),
        };
        SequenceFlow {
            id,
            name: owned(element.attribute("name")),
            source,
            target,
            condition: None,
            listeners: Vec::new(),
            span: span(element),
        }
    }
}
