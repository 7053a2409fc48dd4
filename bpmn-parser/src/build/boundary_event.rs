//! `boundaryEvent`.

use models::bpmn::{BoundaryEvent, BoundaryTrigger, NodeKind};

use super::{
    Builder, Step, Stop, owned,
    scope::{Role, ScopeIx},
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    pub(super) fn parse_boundary_events(&mut self, parent: Element<'d>, scope: ScopeIx) -> Step {
        for element in parent.children_named("boundaryEvent") {
            self.parse_boundary_event(element, scope)?;
        }
        Ok(())
    }

    fn parse_boundary_event(&mut self, element: Element<'d>, scope: ScopeIx) -> Step {
        self.last_element = Some(element);
        let attached_to = element.attribute("attachedToRef");
        if attached_to.is_none_or(str::is_empty) {
            self.error(rules::ATTACHED_TO_REF, "AttachedToRef is required when using a timerEventDefinition", element);
        }
        let timer = element.child("timerEventDefinition")?;
        let error = element.child("errorEventDefinition")?;
        let signal = element.child("signalEventDefinition")?;
        let cancel = element.child("cancelEventDefinition")?;
        let compensate = element.child("compensateEventDefinition")?;
        let message = element.child("messageEventDefinition")?;
        let escalation = element.child("escalationEventDefinition")?;
        let conditional = element.child("conditionalEventDefinition")?;
        let activity = self.create_node(element, scope)?;
        self.parse_async(element, activity)?;
        let Some(host) = self.find_at_level(scope, attached_to) else {
            self.error(
                rules::ATTACHED_TO_UNKNOWN,
                "Invalid reference in boundary event. Make sure that the referenced activity is defined in the same scope as the boundary event",
                element,
            );
            return Err(Stop::Reported);
        };
        // Compensation is of each instance, everything else of the body of a multi-instance activity.
        let event_scope = if compensate.is_some() { host } else { self.multi_instance_body(host).unwrap_or(host) };
        self.scopes[activity].event_scope = Some(event_scope);
        let interrupting = element.attribute("cancelActivity").is_none_or(|text| text.eq_ignore_ascii_case("true"));
        let mut is_timer = false;
        let trigger = if let Some(definition) = timer {
            is_timer = true;
            let timer = self.parse_timer(definition, activity)?;
            if interrupting {
                self.warn_about_cycle(definition, "cancelling boundary", element.id())?;
            }
            Some(BoundaryTrigger::Timer(timer))
        } else if let Some(definition) = error {
            Some(BoundaryTrigger::Error(self.parse_error_catch(definition)))
        } else if let Some(definition) = signal {
            let name = self.parse_signal_reference(definition, element.id())?;
            self.ensure_boundary_id(element, definition);
            let name = name.ok_or(Stop::Reported)?;
            self.subscribe_signal(name, false, activity, event_scope, definition);
            Some(BoundaryTrigger::Signal(name.to_owned()))
        } else if let Some(definition) = cancel {
            self.check_cancel_boundary(activity, event_scope, definition, scope);
            Some(BoundaryTrigger::Cancel)
        } else if let Some(definition) = compensate {
            self.check_compensation_boundary(activity, host, definition, scope);
            Some(BoundaryTrigger::Compensation { handler: None })
        } else if let Some(definition) = message {
            let name = self.parse_message_reference(definition, element.id())?;
            self.ensure_boundary_id(element, definition);
            self.subscribe_message(name, false, activity, event_scope, definition);
            Some(BoundaryTrigger::Message(name.unwrap_or_default().to_owned()))
        } else if let Some(definition) = escalation {
            let draft = &self.scopes[host];
            if draft.is_subprocess || matches!(draft.role, Role::CallActivity | Role::UserTask) {
                let catch = self.parse_escalation_catch(definition, element.id());
                self.add_escalation_handler(event_scope, false, catch.code.as_deref(), definition, element.id());
                Some(BoundaryTrigger::Escalation(catch))
            } else {
                self.error(
                    rules::ESCALATION_BOUNDARY,
                    "An escalation boundary event should only be attached to a subprocess, a call activity or an user task",
                    element,
                );
                None
            }
        } else if let Some(definition) = conditional {
            let (parsed, text) = self.parse_conditional(definition, activity)?;
            self.subscribe_condition(text, false, activity, event_scope, definition);
            Some(BoundaryTrigger::Conditional(parsed))
        } else {
            self.error(rules::BOUNDARY_EVENT_TYPE, "Unsupported boundary event type", element);
            None
        };
        self.ensure_no_input_output(element)?;
        self.scopes[activity].role = Role::Other;
        self.scopes[activity].kind = trigger.map(|trigger| {
            NodeKind::BoundaryEvent(BoundaryEvent {
                attached_to: owned(attached_to).unwrap_or_default(),
                interrupting,
                trigger,
            })
        });
        self.parse_execution_listeners(element, activity)?;
        if is_timer {
            self.set_retry_time_cycle(element, activity)?;
        }
        Ok(())
    }

    fn ensure_boundary_id(&mut self, element: Element<'d>, definition: Element<'d>) {
        if element.id().is_none() {
            self.error(rules::BOUNDARY_ID, "boundary event has no id", definition);
        }
    }

    /// Cancel events stand on transactions, one on each.
    fn check_cancel_boundary(
        &mut self,
        activity: ScopeIx,
        event_scope: ScopeIx,
        definition: Element<'d>,
        scope: ScopeIx,
    ) {
        self.scopes[activity].activity_type = "cancelBoundaryCatch";
        let mut transaction = event_scope;
        if self.scopes[event_scope].role == Role::MultiInstanceBody {
            transaction = self.scopes[event_scope].children.first().copied().unwrap_or(event_scope);
        }
        let id = self.scopes[activity].element.id();
        if self.scopes[transaction].activity_type != "transaction" {
            self.error_for(
                rules::CANCEL_BOUNDARY,
                "boundary event with cancelEventDefinition only supported on transaction subprocesses",
                definition,
                &[id],
            );
        }
        let others = self.siblings(activity, scope, "cancelBoundaryCatch", transaction);
        for _ in 0..others {
            self.error_for(
                rules::CANCEL_BOUNDARIES,
                "multiple boundary events with cancelEventDefinition not supported on same transaction subprocess",
                definition,
                &[id],
            );
        }
    }

    fn check_compensation_boundary(
        &mut self,
        activity: ScopeIx,
        host: ScopeIx,
        definition: Element<'d>,
        scope: ScopeIx,
    ) {
        self.scopes[activity].activity_type = "compensationBoundaryCatch";
        let id = self.scopes[activity].element.id();
        let others = self.siblings(activity, scope, "compensationBoundaryCatch", host);
        for _ in 0..others {
            self.error_for(
                rules::COMPENSATION_BOUNDARIES,
                "multiple boundary events with compensateEventDefinition not supported on same activity",
                definition,
                &[id],
            );
        }
        self.check_compensation_catch(definition, id);
    }

    /// How many other events of a type in the scope are attached to the same activity.
    fn siblings(&self, activity: ScopeIx, scope: ScopeIx, activity_type: &str, host: ScopeIx) -> usize {
        self.scopes[scope]
            .children
            .iter()
            .filter(|&&sibling| {
                let other = &self.scopes[sibling];
                sibling != activity && other.activity_type == activity_type && other.event_scope == Some(host)
            })
            .count()
    }
}
