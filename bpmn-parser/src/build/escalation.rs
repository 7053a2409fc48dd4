//! Escalations: references to them, and which handlers may stand together in a scope.

use models::bpmn::{Escalation, EscalationCatch};

use super::{Builder, owned, scope::ScopeIx};
use crate::{rules, xml::Element};

/// A handler of escalations in a scope.
#[derive(Debug)]
pub(super) struct EscalationHandler {
    /// An event subprocess, else a boundary event.
    is_subprocess: bool,
    /// `None` catches all.
    code: Option<String>,
}

impl<'d> Builder<'d> {
    /// The escalation that a throwing event means.
    pub(super) fn parse_escalation_throw(
        &mut self,
        definition: Element<'d>,
        event_id: Option<&str>,
        end_event: bool,
    ) -> Option<Escalation> {
        let Some(reference) = definition.attribute("escalationRef") else {
            self.error_for(
                rules::ESCALATION_REF,
                "escalationEventDefinition does not have required attribute 'escalationRef'",
                definition,
                &[event_id],
            );
            return None;
        };
        let Some(escalation) = self.escalations.get(reference).cloned() else {
            let message = format!("could not find escalation with id '{reference}'");
            self.error_for(rules::ESCALATION_UNKNOWN, message, definition, &[event_id]);
            return None;
        };
        if escalation.code.is_none() {
            let message = if end_event {
                "escalation end event must have an 'escalationCode'"
            } else {
                "throwing escalation event must have an 'escalationCode'"
            };
            self.error_for(rules::ESCALATION_CODE, message, definition, &[event_id]);
        }
        Some(escalation)
    }

    /// What a catching escalation event catches.
    pub(super) fn parse_escalation_catch(
        &mut self,
        definition: Element<'d>,
        event_id: Option<&str>,
    ) -> EscalationCatch {
        let mut code = None;
        if let Some(reference) = definition.attribute("escalationRef") {
            if let Some(escalation) = self.escalations.get(reference) {
                code.clone_from(&escalation.code);
            } else {
                let message = format!("could not find escalation with id '{reference}'");
                self.error_for(rules::ESCALATION_UNKNOWN, message, definition, &[event_id]);
            }
        }
        EscalationCatch { code, code_variable: owned(definition.extension("escalationCodeVariable")) }
    }

    /// Adds a handler to a scope. Among handlers of a sort, one that catches all stands alone and codes differ.
    pub(super) fn add_escalation_handler(
        &mut self,
        scope: ScopeIx,
        is_subprocess: bool,
        code: Option<&str>,
        definition: Element<'d>,
        event_id: Option<&str>,
    ) {
        let (sort, plural) = if is_subprocess {
            ("escalation event subprocess", "escalation event subprocesses")
        } else {
            ("escalation boundary event", "escalation boundary events")
        };
        let mut messages = Vec::new();
        for earlier in &self.scopes[scope].escalation_handlers {
            if earlier.is_subprocess != is_subprocess {
                continue;
            }
            match (earlier.code.as_deref(), code) {
                (None, None) => messages.push(format!(
                    "The same scope can not contains more than one {sort} without escalation code. An {sort} without escalation code catch all escalation events."
                )),
                (None, Some(_)) | (Some(_), None) => messages.push(format!(
                    "The same scope can not contains an {sort} without escalation code and another one with escalation code. The {sort} without escalation code catch all escalation events."
                )),
                (Some(one), Some(other)) if one == other => messages.push(format!(
                    "multiple {plural} with the same escalationCode '{other}' are not supported on same scope"
                )),
                _ => {}
            }
        }
        for message in messages {
            self.error_for(rules::ESCALATION_HANDLERS, message, definition, &[event_id]);
        }
        self.scopes[scope].escalation_handlers.push(EscalationHandler { is_subprocess, code: code.map(str::to_owned) });
    }
}
