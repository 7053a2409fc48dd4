//! `scriptTask` and `receiveTask`.

use models::bpmn::{NodeKind, ScriptTask};

use super::{
    Builder, Step, owned,
    scope::{Role, ScopeIx},
};
use crate::{problem::Place, rules, xml::Element};

impl<'d> Builder<'d> {
    pub(super) fn parse_script_task(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        let language = element.attribute("scriptFormat").unwrap_or("juel");
        let script_element = element.child("script")?;
        let parsed = self.parse_script(
            language,
            script_element.map(Element::text),
            element.extension("resource"),
            script_element.unwrap_or(element),
        )?;
        match parsed {
            Err(cause) => {
                let message = format!("Unable to process ScriptTask: {cause}");
                let place = match script_element {
                    Some(script) => Place::of(script),
                    None => Place::nowhere(element, &[]),
                };
                self.problems.error(rules::SCRIPT, message, place);
            }
            Ok(script) => {
                self.parse_async(element, activity)?;
                let task = ScriptTask { script, result_variable: result_variable(element) };
                self.finish(activity, Role::Other, NodeKind::ScriptTask(task));
                self.parse_execution_listeners(element, activity)?;
            }
        }
        Ok(activity)
    }

    pub(super) fn parse_receive_task(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.parse_async(element, activity)?;
        self.parse_execution_listeners(element, activity)?;
        let mut message = None;
        if element.attribute("messageRef").is_some() {
            self.scopes[activity].event_scope = Some(activity);
            let name = self.parse_message_reference(element, element.id())?;
            self.subscribe_message(name, false, activity, activity, element);
            message = Some(name.unwrap_or_default().to_owned());
        }
        self.finish(activity, Role::Other, NodeKind::ReceiveTask { message });
        Ok(activity)
    }
}

/// `camunda:resultVariable`, by its older name `resultVariableName`.
pub(super) fn result_variable(element: Element<'_>) -> Option<String> {
    owned(element.extension("resultVariable").or_else(|| element.extension("resultVariableName")))
}
