//! What can be checked when a whole process has been parsed: exclusive gateways and asynchronous continuations.

use super::{
    Builder,
    scope::{Role, ScopeIx},
};
use crate::{problem::Place, rules, rules::Rule, xml::Element};

impl<'d> Builder<'d> {
    pub(super) fn validate_activities(&mut self, scope: ScopeIx) {
        for at in 0..self.scopes[scope].children.len() {
            let activity = self.scopes[scope].children[at];
            if self.scopes[activity].role == Role::ExclusiveGateway {
                self.validate_exclusive_gateway(activity);
            }
            self.validate_outgoing_flows(activity);
            self.validate_activities(activity);
        }
    }

    /// Jobs behind an activity name the flow to take.
    fn validate_outgoing_flows(&mut self, activity: ScopeIx) {
        if !self.scopes[activity].async_after {
            return;
        }
        let own_id = self.scopes[activity].id.clone();
        let id = own_id.as_deref().unwrap_or("null");
        let anonymous: Vec<_> =
            self.scopes[activity].outgoing.iter().filter(|flow| flow.id.is_none()).map(|flow| flow.element).collect();
        for flow in anonymous {
            let message = format!(
                "Sequence flow with sourceRef='{id}' must have an id, activity with id '{id}' uses 'asyncAfter'."
            );
            self.flow_problem(rules::FLOW_ID, &message, flow, &[own_id.as_deref()]);
        }
    }

    fn validate_exclusive_gateway(&mut self, gateway: ScopeIx) {
        let element = self.scopes[gateway].element;
        let own_id = element.id();
        let id = own_id.unwrap_or("null");
        let flows: Vec<_> =
            self.scopes[gateway].outgoing.iter().map(|flow| (flow.id, flow.has_condition, flow.element)).collect();
        let shown = |flow: Option<&'d str>| flow.unwrap_or("null");
        match flows.as_slice() {
            [] => {
                let message = format!("Exclusive Gateway '{id}' has no outgoing sequence flows.");
                self.flow_problem(rules::GATEWAY_WITHOUT_FLOWS, &message, element, &[own_id]);
            }
            [(flow, true, at)] => {
                let message = format!(
                    "Exclusive Gateway '{id}' has only one outgoing sequence flow ('{}'). This is not allowed to have a condition.",
                    shown(*flow)
                );
                self.flow_problem(rules::GATEWAY_SINGLE_FLOW, &message, *at, &[own_id, *flow]);
            }
            [_] => {}
            flows => {
                let default = element.attribute("default").filter(|default| !default.is_empty());
                let is_default = |flow: Option<&str>| flow.is_some() && flow == default;
                for &(flow, has_condition, at) in flows {
                    if has_condition && is_default(flow) {
                        let message = format!(
                            "Exclusive Gateway '{id}' has outgoing sequence flow '{}' which is the default flow but has a condition too.",
                            shown(flow)
                        );
                        self.flow_problem(rules::GATEWAY_DEFAULT_FLOW, &message, at, &[own_id, flow]);
                    }
                }
                let open: Vec<_> =
                    flows.iter().filter(|(flow, has_condition, _)| !has_condition && !is_default(*flow)).collect();
                let is_ambiguous = default.is_some() || open.len() > 1;
                for &&(flow, _, at) in &open {
                    let mut message = format!(
                        "Exclusive Gateway '{id}' has outgoing sequence flow '{}' without condition which is not the default flow.",
                        shown(flow)
                    );
                    if is_ambiguous {
                        self.flow_problem(rules::GATEWAY_OPEN_FLOW, &message, at, &[own_id, flow]);
                    } else {
                        message.push_str(
                            " We assume it to be the default flow, but it is bad modeling practice, better set the default flow in your gateway.",
                        );
                        let ids = [own_id, flow];
                        let place = Place::nowhere(at, &ids);
                        self.problems.warning(rules::GATEWAY_ASSUMED_DEFAULT, message, place);
                    }
                }
            }
        }
    }

    /// Camunda reports these problems without a place.
    fn flow_problem(&mut self, rule: Rule, message: &str, shown: Element<'d>, ids: &[Option<&str>]) {
        self.problems.error(rule, message, Place::nowhere(shown, ids));
    }
}
