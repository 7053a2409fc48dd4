//! `callActivity`, and the binding of whatever is called.

use models::bpmn::{Binding, CallActivity, CalledElement, NodeKind};

use super::{
    Builder, Step, owned,
    scope::{Role, ScopeIx},
};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    pub(super) fn parse_call_activity(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.parse_async(element, activity)?;
        let called_element = element.attribute("calledElement");
        let case_ref = element.extension("caseRef");
        match (called_element, case_ref) {
            (None, None) => {
                self.error(rules::CALLED_ELEMENT, "Missing attribute 'calledElement' or 'caseRef'", element);
            }
            (Some(_), Some(_)) => self.error(
                rules::CALLED_ELEMENT,
                "The attributes 'calledElement' or 'caseRef' cannot be used together: Use either 'calledElement' or 'caseRef'",
                element,
            ),
            _ => {}
        }
        let mapping_class = element.extension("variableMappingClass");
        let mut mapping_delegate_expression = None;
        let called = if let Some(key) = called_element {
            if mapping_class.is_none() {
                mapping_delegate_expression =
                    self.optional_expression(element.extension("variableMappingDelegateExpression"))?;
            }
            let key = self.expression(key)?;
            let binding = self
                .parse_binding(element, ["calledElementBinding", "calledElementVersion", "calledElementVersionTag"])?;
            let tenant_id = self.parse_tenant_id(element, "calledElementTenantId")?;
            CalledElement::Process { key, binding, tenant_id }
        } else {
            let case = self.optional_expression(case_ref)?;
            self.parse_binding(element, ["caseBinding", "caseVersion", "calledElementVersionTag"])?;
            self.parse_tenant_id(element, "caseTenantId")?;
            CalledElement::Case(case.unwrap_or_default())
        };
        let (inputs, business_key) = self.parse_inputs(element)?;
        let outputs = self.parse_outputs(element)?;
        let is_process = matches!(called, CalledElement::Process { .. });
        let call = CallActivity {
            called,
            inputs,
            outputs,
            business_key,
            mapping_class: owned(mapping_class).filter(|_| is_process),
            mapping_delegate_expression,
        };
        let role = if is_process { Role::CallActivity } else { Role::Other };
        self.finish(activity, role, NodeKind::CallActivity(Box::new(call)));
        self.parse_execution_listeners(element, activity)?;
        Ok(activity)
    }

    /// Which version is meant, by the attributes for binding, version and version tag. Unknown words mean the latest.
    pub(super) fn parse_binding(&mut self, element: Element<'d>, names: [&str; 3]) -> Step<Binding> {
        let [binding, version, version_tag] = names;
        let word = element.extension(binding);
        let version_text = self.optional_expression(element.extension(version))?;
        if word == Some("version") && version_text.is_none() {
            let message = format!("Missing attribute '{version}' when '{binding}' has value 'version'");
            self.error(rules::BINDING, message, element);
        }
        let tag_text = self.optional_expression(element.extension(version_tag))?;
        if word == Some("versionTag") && tag_text.is_none() {
            let message = format!("Missing attribute '{version_tag}' when '{binding}' has value 'versionTag'");
            self.error(rules::BINDING, message, element);
        }
        Ok(match word {
            Some("deployment") => Binding::Deployment,
            Some("version") => Binding::Version(version_text.unwrap_or_default()),
            Some("versionTag") => Binding::VersionTag(tag_text.unwrap_or_default()),
            _ => Binding::Latest,
        })
    }

    pub(super) fn parse_tenant_id(&mut self, element: Element<'d>, name: &str) -> Step<Option<String>> {
        self.optional_expression(element.extension(name).filter(|text| !text.is_empty()))
    }
}
