//! `intermediateThrowEvent`.

use models::bpmn::{NodeKind, ThrowDefinition};

use super::{
    Builder, Step,
    scope::{Role, ScopeIx},
    service_task::is_service_task_like,
};
use crate::xml::Element;

impl<'d> Builder<'d> {
    /// Parses a throw event. A throwing link is no activity: flows to it go to the link's target.
    pub(super) fn parse_intermediate_throw_event(
        &mut self,
        element: Element<'d>,
        scope: ScopeIx,
    ) -> Step<Option<ScopeIx>> {
        self.last_element = Some(element);
        let signal = element.child("signalEventDefinition")?;
        let compensate = element.child("compensateEventDefinition")?;
        let link = element.child("linkEventDefinition")?;
        let message = element.child("messageEventDefinition")?;
        let escalation = element.child("escalationEventDefinition")?;
        if let (Some(definition), Some(id)) = (link, element.id()) {
            self.link_sources.insert(id, definition.attribute("name"));
        }
        if link.is_some() {
            return Ok(None);
        }
        let activity = self.create_node(element, scope)?;
        self.parse_async(element, activity)?;
        let service = message.map_or(Ok(false), is_service_task_like)?;
        let mut thrown = ThrowDefinition::None;
        let mut role = Role::Other;
        if let Some(definition) = signal {
            thrown = self.parse_signal_throw(definition, element.id())?;
        } else if let Some(definition) = compensate {
            thrown = self.parse_compensation_throw(definition, scope, element.id());
        } else if let Some(definition) = message {
            if service {
                let implementation =
                    self.parse_service_task_like("intermediateMessageThrowEvent", definition, element)?;
                role = if implementation.is_some() { Role::Other } else { Role::None };
                thrown = ThrowDefinition::Message(implementation.unwrap_or(models::bpmn::Implementation::None));
            } else {
                thrown = ThrowDefinition::Message(models::bpmn::Implementation::None);
            }
        } else if let Some(definition) = escalation
            && let Some(found) = self.parse_escalation_throw(definition, element.id(), false)
        {
            thrown = ThrowDefinition::Escalation(found.code.unwrap_or_default());
        }
        self.finish(activity, role, NodeKind::IntermediateThrow(thrown));
        self.parse_execution_listeners(element, activity)?;
        if let Some(definition) = message {
            self.parse_message_connector(activity, definition, |implementation| {
                NodeKind::IntermediateThrow(ThrowDefinition::Message(implementation))
            })?;
        }
        self.set_retry_time_cycle(element, activity)?;
        if let (true, Some(definition)) = (service, message) {
            self.validate_service_task_like(activity, "intermediateMessageThrowEvent", definition);
        }
        Ok(Some(activity))
    }
}
