//! `association`: links compensation boundary events to their handlers.

use models::bpmn::{BoundaryTrigger, NodeKind};

use super::{
    Builder, Step, Stop,
    scope::{Deferred, Role, ScopeIx},
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    /// Associations from a compensation boundary event mean something; all others only need ends that exist.
    pub(super) fn parse_associations(
        &mut self,
        parent: Element<'d>,
        scope: ScopeIx,
        handlers: &mut Deferred<'d>,
    ) -> Step {
        for element in parent.children_named("association") {
            self.last_element = Some(element);
            let source_ref = element.attribute("sourceRef");
            let target_ref = element.attribute("targetRef");
            for (name, reference) in [("sourceRef", source_ref), ("targetRef", target_ref)] {
                if reference.is_none() {
                    let message = format!("association element missing attribute '{name}'");
                    self.error(rules::ASSOCIATION_END, message, element);
                }
            }
            let source = self.find_within(scope, source_ref);
            let mut target = self.find_within(scope, target_ref);
            let is_known = |reference: Option<&str>| reference.is_none_or(|id| self.ids.contains(id));
            if source.is_none() && !is_known(source_ref) {
                let message =
                    format!("Invalid reference sourceRef '{}' of association element ", source_ref.unwrap_or("null"));
                self.error(rules::ASSOCIATION_END, message, element);
                continue;
            }
            if target.is_none() && !is_known(target_ref) {
                let message =
                    format!("Invalid reference targetRef '{}' of association element ", target_ref.unwrap_or("null"));
                self.error(rules::ASSOCIATION_END, message, element);
                continue;
            }
            let Some(event) = source.filter(|&source| self.scopes[source].activity_type == "compensationBoundaryCatch")
            else {
                continue;
            };
            if let (None, Some(handler)) = (target, handlers.get(target_ref)) {
                target = Some(self.parse_handler(handler, event, scope)?);
                handlers.remove(target_ref);
            }
            if let Some(target) = target {
                self.associate(element, event, target);
            }
        }
        Ok(())
    }

    /// `findActivity` of a scope: the activity is in it at any depth.
    fn find_within(&self, scope: ScopeIx, id: Option<&str>) -> Option<ScopeIx> {
        let found = self.find_activity(id)?;
        let mut around = self.scopes[found].flow_scope;
        while let Some(outer) = around {
            if outer == scope {
                return Some(found);
            }
            around = self.scopes[outer].flow_scope;
        }
        None
    }

    /// The handler of a multi-instance activity runs in the body of that activity.
    fn parse_handler(&mut self, handler: Element<'d>, event: ScopeIx, scope: ScopeIx) -> Step<ScopeIx> {
        let host = self.scopes[event].event_scope;
        let body = host.and_then(|host| self.multi_instance_body(host));
        self.parse_activity(handler, None, body.unwrap_or(scope))?.ok_or_else(|| {
            Stop::Exception(
                "Cannot invoke \"org.camunda.bpm.engine.impl.pvm.process.ActivityImpl.getProperties()\" because \
                 \"compensationHandlerActivity\" is null"
                    .to_owned(),
            )
        })
    }

    fn associate(&mut self, element: Element<'d>, event: ScopeIx, target: ScopeIx) {
        let event_id = self.scopes[event].id.clone();
        if !self.scopes[target].for_compensation {
            let target_id = self.scopes[target].id.clone();
            self.error_for(
                rules::ASSOCIATION_TARGET,
                "compensation boundary catch must be connected to element with isForCompensation=true",
                element,
                &[event_id.as_deref(), target_id.as_deref()],
            );
            return;
        }
        let Some(host) = self.scopes[event].event_scope else {
            return;
        };
        let clash = self
            .compensation_handler_of(host)
            .is_some_and(|handler| self.scopes[handler].is_subprocess && self.scopes[handler].role != Role::None);
        if clash {
            let host_id = self.scopes[host].id.clone();
            self.error_for(
                rules::COMPENSATION_HANDLERS,
                "compensation boundary event and event subprocess with compensation start event are not supported on the same scope",
                element,
                &[host_id.as_deref(), event_id.as_deref()],
            );
            return;
        }
        let handler_id = self.scopes[target].id.clone();
        self.scopes[host].compensation_handler.clone_from(&handler_id);
        if let Some(NodeKind::BoundaryEvent(boundary)) = &mut self.scopes[event].kind {
            boundary.trigger = BoundaryTrigger::Compensation { handler: handler_id };
        }
    }
}
