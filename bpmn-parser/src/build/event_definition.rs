//! References of events to messages and signals, and compensation definitions.

use models::bpmn::{SignalThrow, ThrowDefinition};

use super::{
    Builder, Step, Stop,
    scope::{Backlog, ScopeIx},
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    /// The name of the message that `messageRef` means. Camunda 7 does not go on without a message.
    pub(super) fn parse_message_reference(
        &mut self,
        element: Element<'d>,
        event_id: Option<&str>,
    ) -> Step<Option<&'d str>> {
        let reference = element.attribute("messageRef");
        if reference.is_none() {
            self.error_for(rules::MESSAGE_REF, "attribute 'messageRef' is required", element, &[event_id]);
        }
        let found = reference.and_then(|reference| self.messages.get(&self.resolve_name(reference)).copied());
        found.ok_or_else(|| {
            let message = format!("Invalid 'messageRef': no message with id '{}' found.", reference.unwrap_or("null"));
            self.error_for(rules::MESSAGE_UNKNOWN, message, element, &[event_id]);
            Stop::Reported
        })
    }

    /// Messages that start a process are found by their name as it stands.
    pub(super) fn ensure_literal_message_name(
        &mut self,
        definition: Element<'d>,
        name: Option<&str>,
        event_id: Option<&str>,
    ) {
        let name = name.unwrap_or_default();
        if !super::java::trim(name).is_empty() && !is_literal(name) {
            let message = format!(
                "Invalid message name '{name}' for element '{}': expressions in the message start event name are not allowed!",
                definition.tag()
            );
            self.error_for(rules::MESSAGE_START_NAME, message, definition, &[event_id]);
        }
    }

    /// The name of the signal that `signalRef` means; `None` without `signalRef` (some throwing events live with that).
    pub(super) fn parse_signal_reference(
        &mut self,
        element: Element<'d>,
        event_id: Option<&str>,
    ) -> Step<Option<&'d str>> {
        let Some(reference) = element.attribute("signalRef") else {
            self.error_for(
                rules::SIGNAL_REF,
                "signalEventDefinition does not have required property 'signalRef'",
                element,
                &[event_id],
            );
            return Ok(None);
        };
        let Some(name) = self.signals.get(&self.resolve_name(reference)).copied() else {
            let message = format!("Could not find signal with id '{reference}'");
            self.error_for(rules::SIGNAL_UNKNOWN, message, element, &[event_id]);
            return Err(Stop::Reported);
        };
        Ok(Some(name))
    }

    /// A catching signal event: its name, subscribed in a scope.
    pub(super) fn parse_signal_catch(
        &mut self,
        definition: Element<'d>,
        activity: ScopeIx,
        event_scope: ScopeIx,
        is_start: bool,
    ) -> Step<String> {
        let event_id = self.scopes[activity].element.id();
        let name = self.parse_signal_reference(definition, event_id)?.ok_or(Stop::Reported)?;
        self.subscribe_signal(name, is_start, activity, event_scope, definition);
        Ok(name.to_owned())
    }

    /// A throwing signal event.
    pub(super) fn parse_signal_throw(
        &mut self,
        definition: Element<'d>,
        event_id: Option<&str>,
    ) -> Step<ThrowDefinition> {
        // Camunda looks the signal up first, then reads the payload, then fails when there is no signal.
        let Some(reference) = definition.attribute("signalRef") else {
            self.parse_signal_reference(definition, event_id)?;
            return Ok(ThrowDefinition::None);
        };
        let found = self.signals.get(&self.resolve_name(reference)).copied();
        if found.is_none() {
            let message = format!("Could not find signal with id '{reference}'");
            self.error_for(rules::SIGNAL_UNKNOWN, message, definition, &[event_id]);
        }
        let (inputs, business_key) = self.parse_inputs(definition)?;
        let name = found.ok_or(Stop::Reported)?;
        Ok(ThrowDefinition::Signal(SignalThrow {
            name: name.to_owned(),
            asynchronous: definition.extension("async") == Some("true"),
            inputs,
            business_key,
        }))
    }

    /// A throwing compensation event. Its activity may come later in the scope.
    pub(super) fn parse_compensation_throw(
        &mut self,
        definition: Element<'d>,
        scope: ScopeIx,
        event_id: Option<&'d str>,
    ) -> ThrowDefinition {
        let activity_ref = definition.attribute("activityRef");
        if let Some(activity_ref) = activity_ref
            && self.find_at_level(scope, Some(activity_ref)).is_none()
        {
            // From an event subprocess the activities around it are meant.
            let outer = &self.scopes[scope];
            let target = match outer.flow_scope {
                Some(around) if outer.triggered_by_event && outer.activity_type == "subProcess" => around,
                _ => scope,
            };
            if self.find_at_level(target, Some(activity_ref)).is_none() {
                let waiting = Backlog { activity_ref, scope_id: self.scopes[target].id.clone(), definition, event_id };
                let backlog = &mut self.scopes[target].backlog;
                match backlog.iter_mut().find(|earlier| earlier.activity_ref == activity_ref) {
                    Some(earlier) => *earlier = waiting,
                    None => backlog.push(waiting),
                }
            }
        }
        if definition.attribute("waitForCompletion").is_some_and(|text| text != "true") {
            self.warning_for(
                rules::COMPENSATION_WAITS,
                "Unsupported attribute value for 'waitForCompletion': 'waitForCompletion=false' is not supported. Compensation event will wait for compensation to join.",
                definition,
                &[event_id],
            );
        }
        ThrowDefinition::Compensation { activity: activity_ref.map(str::to_owned) }
    }

    /// Attributes that mean nothing on a catching compensation event.
    pub(super) fn check_compensation_catch(&mut self, definition: Element<'d>, event_id: Option<&str>) {
        for name in ["activityRef", "waitForCompletion"] {
            if definition.attribute(name).is_some() {
                let message = format!(
                    "attribute '{name}' is not supported on catching compensation event. attribute will be ignored"
                );
                self.warning_for(rules::COMPENSATION_CATCH, message, definition, &[event_id]);
            }
        }
    }
}

/// Whether a text holds no expression (JUEL's literal text).
pub(super) fn is_literal(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        match bytes[at] {
            b'\\' if matches!(bytes[at + 1], b'$' | b'#' | b'\\') => at += 1,
            b'$' | b'#' if bytes[at + 1] == b'{' => return false,
            _ => {}
        }
        at += 1;
    }
    true
}
