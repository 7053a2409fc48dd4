//! `businessRuleTask`: a decision, or a service.

use models::bpmn::{DecisionResultMapper, DecisionTask, NodeKind, ServiceElement};

use super::{
    Builder, Step,
    scope::{Role, ScopeIx},
    task::result_variable,
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    pub(super) fn parse_business_rule_task(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.parse_async(element, activity)?;
        let Some(decision_ref) = element.extension("decisionRef") else {
            self.parse_service_element(activity, element, ServiceElement::BusinessRuleTask, "businessRuleTask")?;
            return Ok(activity);
        };
        let decision_ref = self.expression(decision_ref)?;
        let binding =
            self.parse_binding(element, ["decisionRefBinding", "decisionRefVersion", "decisionRefVersionTag"])?;
        let tenant_id = self.parse_tenant_id(element, "decisionRefTenantId")?;
        let mapper = self.parse_mapper(element);
        self.finish(
            activity,
            Role::Other,
            NodeKind::BusinessRuleTask(Box::new(DecisionTask {
                decision_ref,
                binding,
                tenant_id,
                result_variable: result_variable(element),
                mapper,
            })),
        );
        self.parse_execution_listeners(element, activity)?;
        // A connector replaces even the decision.
        if let Some(implementation) = self.parse_connector(element)? {
            let kind = NodeKind::ServiceTask { element: ServiceElement::BusinessRuleTask, implementation };
            self.finish(activity, Role::Other, kind);
        }
        Ok(activity)
    }

    fn parse_mapper(&mut self, element: Element<'d>) -> DecisionResultMapper {
        match element.extension("mapDecisionResult") {
            Some("singleEntry") => DecisionResultMapper::SingleEntry,
            Some("singleResult") => DecisionResultMapper::SingleResult,
            Some("collectEntries") => DecisionResultMapper::CollectEntries,
            None | Some("resultList") => DecisionResultMapper::ResultList,
            Some(name) => {
                let message = format!(
                    "No decision result mapper found for name '{name}'. Supported mappers are 'singleEntry', 'singleResult', 'collectEntries' and 'resultList'."
                );
                self.error(rules::DECISION_MAPPER, message, element);
                DecisionResultMapper::ResultList
            }
        }
    }
}
