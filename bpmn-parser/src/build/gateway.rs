//! Gateways.

use models::bpmn::NodeKind;

use super::{
    Builder, Step, Stop,
    scope::{Role, ScopeIx},
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    pub(super) fn parse_exclusive_gateway(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.parse_simple_node(element, scope, NodeKind::ExclusiveGateway)?;
        self.scopes[activity].role = Role::ExclusiveGateway;
        Ok(activity)
    }

    /// Parses the gateway and the catch events behind it, which are subscribed in its scope.
    pub(super) fn parse_event_based_gateway(
        &mut self,
        element: Element<'d>,
        parent: Option<Element<'d>>,
        scope: ScopeIx,
    ) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.finish(activity, Role::EventBasedGateway, NodeKind::EventBasedGateway);
        self.parse_async(element, activity)?;
        if self.scopes[activity].async_after {
            let message = format!("'asyncAfter' not supported for {} elements.", element.tag());
            self.error(rules::ASYNC_AFTER_UNSUPPORTED, message, element);
        }
        self.parse_execution_listeners(element, activity)?;
        let Some(parent) = parent else {
            return Err(Stop::Exception(
                "Cannot invoke \"org.camunda.bpm.engine.impl.util.xml.Element.elements(String)\" because \
                 \"parentElement\" is null"
                    .to_owned(),
            ));
        };
        for flow in parent.children_named("sequenceFlow") {
            let Some(id) = element.id() else {
                return Err(Stop::Exception(
                    "Cannot invoke \"String.equals(Object)\" because the return value of \
                     \"org.camunda.bpm.engine.impl.pvm.process.ActivityImpl.getId()\" is null"
                        .to_owned(),
                ));
            };
            if flow.attribute("sourceRef") != Some(id) {
                continue;
            }
            // The last one of an id, as in a map.
            let target = parent.children().filter(|sibling| sibling.id() == flow.attribute("targetRef")).last();
            match target {
                Some(event) if event.tag() == "intermediateCatchEvent" => {
                    let caught = self.parse_intermediate_catch_event(event, scope, Some(activity))?;
                    self.parse_input_output(event, caught)?;
                }
                Some(_) => self.error(
                    rules::EVENT_GATEWAY_TARGET,
                    "Event based gateway can only be connected to elements of type intermediateCatchEvent",
                    element,
                ),
                None => {}
            }
        }
        Ok(activity)
    }
}
