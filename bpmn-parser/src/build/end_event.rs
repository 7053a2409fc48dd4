//! `endEvent`.

use models::bpmn::{Implementation, NodeKind, ThrowDefinition};

use super::{
    Builder, Step,
    scope::{Role, ScopeIx},
    service_task::is_service_task_like,
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    pub(super) fn parse_end_events(&mut self, parent: Element<'d>, scope: ScopeIx) -> Step {
        for element in parent.children_named("endEvent") {
            self.parse_end_event(element, scope)?;
        }
        Ok(())
    }

    fn parse_end_event(&mut self, element: Element<'d>, scope: ScopeIx) -> Step {
        let activity = self.create_node(element, scope)?;
        let error = element.child("errorEventDefinition")?;
        let cancel = element.child("cancelEventDefinition")?;
        let terminate = element.child("terminateEventDefinition")?;
        let message = element.child("messageEventDefinition")?;
        let signal = element.child("signalEventDefinition")?;
        let compensate = element.child("compensateEventDefinition")?;
        let escalation = element.child("escalationEventDefinition")?;
        let service = message.map_or(Ok(false), is_service_task_like)?;
        let mut role = Role::Other;
        let mut thrown = ThrowDefinition::None;
        if let Some(definition) = error {
            thrown = self.parse_error_throw(definition, element.id());
        } else if let Some(definition) = cancel {
            if self.scopes[scope].activity_type == "transaction" {
                thrown = ThrowDefinition::Cancel;
            } else {
                self.error_for(
                    rules::CANCEL_END,
                    "end event with cancelEventDefinition only supported inside transaction subprocess",
                    definition,
                    &[element.id()],
                );
            }
        } else if terminate.is_some() {
            thrown = ThrowDefinition::Terminate;
        } else if let Some(definition) = message {
            let mut implementation = None;
            if service {
                implementation = self.parse_service_task_like("messageEndEvent", definition, element)?;
                role = if implementation.is_some() { Role::Other } else { Role::None };
            }
            thrown = ThrowDefinition::Message(implementation.unwrap_or(Implementation::None));
        } else if let Some(definition) = signal {
            thrown = self.parse_signal_throw(definition, element.id())?;
        } else if let Some(definition) = compensate {
            thrown = self.parse_compensation_throw(definition, scope, element.id());
        } else if let Some(definition) = escalation
            && let Some(found) = self.parse_escalation_throw(definition, element.id(), true)
        {
            thrown = ThrowDefinition::Escalation(found.code.unwrap_or_default());
        }
        self.finish(activity, role, NodeKind::EndEvent(thrown));
        self.parse_input_output(element, activity)?;
        self.parse_async(element, activity)?;
        self.parse_execution_listeners(element, activity)?;
        if let Some(definition) = message {
            self.parse_message_connector(activity, definition, |implementation| {
                NodeKind::EndEvent(ThrowDefinition::Message(implementation))
            })?;
        }
        if let (true, Some(definition)) = (service, message) {
            self.validate_service_task_like(activity, "messageEndEvent", definition);
        }
        Ok(())
    }

    /// A thrown error. An unknown `errorRef` is the code itself.
    fn parse_error_throw(&mut self, definition: Element<'d>, event_id: Option<&str>) -> ThrowDefinition {
        let Some(reference) = definition.attribute("errorRef").filter(|reference| !reference.is_empty()) else {
            self.error_for(
                rules::ERROR_REF,
                "'errorRef' attribute is mandatory on error end event",
                definition,
                &[event_id],
            );
            return ThrowDefinition::None;
        };
        let Some(error) = self.errors.get(reference).cloned() else {
            return ThrowDefinition::Error { code: reference.to_owned(), message: None };
        };
        if error.code.as_deref().is_none_or(str::is_empty) {
            let message = format!(
                "'errorCode' is mandatory on errors referenced by throwing error event definitions, but the error '{}' does not define one.",
                error.id
            );
            self.error_for(rules::ERROR_CODE, message, definition, &[event_id]);
        }
        ThrowDefinition::Error { code: error.code.unwrap_or_default(), message: error.message }
    }
}
