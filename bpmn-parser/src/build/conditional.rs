//! Conditions: `conditionalEventDefinition` and `conditionExpression`.

use models::bpmn::{Condition, ConditionalDefinition};

use super::{Builder, Step, Stop, java, owned, scope::ScopeIx};
use crate::{
    rules,
    xml::{Element, uri},
};

const VARIABLE_EVENTS: [&str; 3] = ["create", "delete", "update"];

impl<'d> Builder<'d> {
    /// A conditional event definition and the text of its condition. Camunda 7 does not go on without one.
    pub(super) fn parse_conditional(
        &mut self,
        definition: Element<'d>,
        activity: ScopeIx,
    ) -> Step<(ConditionalDefinition, &'d str)> {
        let event_id = self.scopes[activity].element.id();
        let Some(element) = definition.child("condition")? else {
            self.error_for(
                rules::CONDITION_MISSING,
                "Conditional event must contain an expression for evaluation.",
                definition,
                &[event_id],
            );
            return Err(Stop::Reported);
        };
        let text = java::trim(element.text());
        let condition = self.parse_condition(element, event_id)?.unwrap_or(Condition::Expression(text.to_owned()));
        let variable_events = java::comma_separated(definition.extension("variableEvents").unwrap_or_default());
        for event in variable_events.iter().filter(|event| !VARIABLE_EVENTS.contains(&event.as_str())) {
            let message = format!(
                "Variable event: {event} is not valid. Possible variable change events are: [{}]",
                VARIABLE_EVENTS.join(", ")
            );
            self.warning_for(rules::VARIABLE_EVENT, message, definition, &[event_id]);
        }
        let parsed = ConditionalDefinition {
            condition,
            variable_name: owned(definition.extension("variableName")),
            variable_events,
        };
        Ok((parsed, text))
    }

    /// A condition; `None` when its script is unusable (which has been reported).
    pub(super) fn parse_condition(&mut self, element: Element<'d>, ancestor: Option<&str>) -> Step<Option<Condition>> {
        if let Some(kind) = element.xsi("type") {
            let resolved = if kind.contains(':') { self.resolve_name(kind) } else { format!("{}:{kind}", uri::BPMN) };
            if resolved != format!("{}:tFormalExpression", uri::BPMN) {
                self.error_for(
                    rules::CONDITION_TYPE,
                    "Invalid type, only tFormalExpression is currently supported",
                    element,
                    &[ancestor],
                );
            }
        }
        let text = java::trim(element.text());
        let Some(language) = element.attribute("language") else {
            return Ok(Some(Condition::Expression(self.expression(text)?)));
        };
        match self.parse_script(language, Some(text), element.extension("resource"), element)? {
            Ok(script) => Ok(Some(Condition::Script(script))),
            Err(cause) => {
                let message = format!("Unable to process condition expression:{cause}");
                self.error_for(rules::CONDITION_SCRIPT, message, element, &[ancestor]);
                Ok(None)
            }
        }
    }
}
