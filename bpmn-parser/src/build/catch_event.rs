//! `intermediateCatchEvent`.

use models::bpmn::{CatchDefinition, NodeKind};

use super::{
    Builder, Step, Stop,
    scope::{Role, ScopeIx},
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    /// Parses a catch event; behind an event-based gateway the gateway is its event scope.
    pub(super) fn parse_intermediate_catch_event(
        &mut self,
        element: Element<'d>,
        scope: ScopeIx,
        gateway: Option<ScopeIx>,
    ) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        let timer = element.child("timerEventDefinition")?;
        let signal = element.child("signalEventDefinition")?;
        let message = element.child("messageEventDefinition")?;
        let link = element.child("linkEventDefinition")?;
        let conditional = element.child("conditionalEventDefinition")?;
        self.parse_async(element, activity)?;
        let event_scope = gateway.unwrap_or(activity);
        self.scopes[activity].event_scope = Some(event_scope);
        let mut role = Role::IntermediateCatch;
        let mut is_timer = false;
        let caught = if let Some(definition) = timer {
            is_timer = true;
            Some(CatchDefinition::Timer(self.parse_timer(definition, activity)?))
        } else if let Some(definition) = signal {
            Some(CatchDefinition::Signal(self.parse_signal_catch(definition, activity, event_scope, false)?))
        } else if let Some(definition) = message {
            let name = self.parse_message_reference(definition, element.id())?;
            self.subscribe_message(name, false, activity, event_scope, definition);
            Some(CatchDefinition::Message(name.unwrap_or_default().to_owned()))
        } else if let Some(definition) = link {
            if gateway.is_some() {
                self.error(
                    rules::LINK_BEHIND_GATEWAY,
                    "IntermediateCatchLinkEvent is not allowed after an EventBasedGateway.",
                    element,
                );
            }
            role = Role::Other;
            Some(CatchDefinition::Link(self.parse_link_target(element, definition)?))
        } else if let Some(definition) = conditional {
            let (parsed, text) = self.parse_conditional(definition, activity)?;
            self.subscribe_condition(text, false, activity, event_scope, definition);
            Some(CatchDefinition::Conditional(parsed))
        } else {
            self.error(rules::CATCH_EVENT_TYPE, "Unsupported intermediate catch event type", element);
            None
        };
        self.scopes[activity].role = role;
        self.scopes[activity].kind = caught.map(NodeKind::IntermediateCatch);
        self.parse_execution_listeners(element, activity)?;
        if is_timer {
            self.set_retry_time_cycle(element, activity)?;
        }
        Ok(activity)
    }

    fn parse_link_target(&mut self, element: Element<'d>, definition: Element<'d>) -> Step<String> {
        let Some(link) = definition.attribute("name") else {
            return Err(Stop::Exception(
                "Cannot invoke \"String.equals(Object)\" because \"linkName\" is null".to_owned(),
            ));
        };
        if self.link_targets.contains_key(link) {
            let message =
                format!("Multiple Intermediate Catch Events with the same link event name ('{link}') are not allowed.");
            self.error(rules::LINK_TARGETS, message, element);
        } else {
            if element.attribute("name") != Some(link) {
                let message = format!(
                    "Link Event named '{}' contains link event definition with name '{link}' - it is recommended to use the same name for both.",
                    element.attribute("name").unwrap_or("null")
                );
                self.warning(rules::LINK_NAME, message, element);
            }
            self.link_targets.insert(link, element.id());
        }
        Ok(link.to_owned())
    }
}
