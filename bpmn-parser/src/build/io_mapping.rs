//! `camunda:inputOutput`.

use models::bpmn::{InputOutput, Parameter, ParameterValue};

use super::{Builder, Step, extension_elements, java, scope::ScopeIx};
use crate::{
    problem::Place,
    rules,
    xml::{Element, Vocabulary},
};

/// A malformed parameter: the element and the text. Camunda gives up the whole mapping.
type Malformed<'d> = (Element<'d>, String);

impl<'d> Builder<'d> {
    /// The mapping of an activity, when it may have one.
    pub(super) fn parse_input_output(&mut self, element: Element<'d>, activity: ScopeIx) -> Step {
        let Some(extensions) = extension_elements(element)? else {
            return Ok(());
        };
        match self.parse_mappings(extensions)? {
            Err((at, message)) => {
                let id = self.scopes[activity].id.clone();
                let place = Place { main: id.as_deref(), ..Place::of(at) };
                self.problems.error(rules::INPUT_OUTPUT, message, place);
            }
            Ok(None) => {}
            Ok(Some(mapping)) => {
                if self.is_input_output_supported(element, activity, &mapping) {
                    self.scopes[activity].io = Some(mapping);
                }
            }
        }
        Ok(())
    }

    fn is_input_output_supported(&mut self, element: Element<'d>, activity: ScopeIx, mapping: &InputOutput) -> bool {
        let tag = element.tag();
        let supported = tag.to_lowercase().contains("task")
            || tag.contains("Event")
            || matches!(tag, "transaction" | "subProcess" | "callActivity");
        if !supported {
            let message = format!("camunda:inputOutput mapping unsupported for element type '{tag}'.");
            self.error(rules::INPUT_OUTPUT_UNSUPPORTED, message, element);
            return false;
        }
        if tag == "subProcess" && element.attribute("triggeredByEvent") == Some("true") {
            let message = format!(
                "camunda:inputOutput mapping unsupported for element type '{tag}' with attribute 'triggeredByEvent = true'."
            );
            self.error(rules::INPUT_OUTPUT_UNSUPPORTED, message, element);
            return false;
        }
        if mapping.outputs.is_empty() {
            return true;
        }
        if tag == "endEvent" {
            let message = format!("camunda:outputParameter not allowed for element type '{tag}'.");
            self.error(rules::OUTPUT_UNSUPPORTED, message, element);
            return true;
        }
        if self.multi_instance_body(activity).is_some() {
            self.error(
                rules::OUTPUT_UNSUPPORTED,
                "camunda:outputParameter not allowed for multi-instance constructs",
                element,
            );
            return false;
        }
        true
    }

    /// The `inputOutput` child of `extensionElements` or of a connector.
    pub(super) fn parse_mappings(
        &mut self,
        container: Element<'d>,
    ) -> Step<Result<Option<InputOutput>, Malformed<'d>>> {
        let Some(element) = container.child_in(Vocabulary::Extension, "inputOutput")? else {
            return Ok(Ok(None));
        };
        let mut mapping = InputOutput::default();
        for (tag, list) in [("inputParameter", &mut mapping.inputs), ("outputParameter", &mut mapping.outputs)] {
            for parameter in element.children_in(Vocabulary::Extension, tag) {
                let Some(name) = parameter.attribute("name").filter(|name| !name.is_empty()) else {
                    return Ok(Err((parameter, format!("Missing attribute 'name' for {tag}"))));
                };
                match self.parse_nested_value(parameter)? {
                    Ok(value) => list.push(Parameter { name: name.to_owned(), value }),
                    Err(malformed) => return Ok(Err(malformed)),
                }
            }
        }
        Ok(Ok(Some(mapping)))
    }

    /// The value inside an element: its text or its only child.
    fn parse_nested_value(&mut self, element: Element<'d>) -> Step<Result<ParameterValue, Malformed<'d>>> {
        let mut children = element.children();
        match (children.next(), children.next()) {
            (None, _) => self.parse_value(element),
            (Some(child), None) => self.parse_value(child),
            _ => Ok(Err((element, "Nested parameter can at most have one child element".to_owned()))),
        }
    }

    fn parse_value(&mut self, element: Element<'d>) -> Step<Result<ParameterValue, Malformed<'d>>> {
        Ok(Ok(match element.tag() {
            "list" => {
                let mut values = Vec::new();
                for child in element.children() {
                    match self.parse_value(child)? {
                        Ok(value) => values.push(value),
                        malformed => return Ok(malformed),
                    }
                }
                ParameterValue::List(values)
            }
            "map" => {
                let mut entries = Vec::new();
                for entry in element.children_named("entry") {
                    let Some(key) = entry.attribute("key").filter(|key| !key.is_empty()) else {
                        return Ok(Err((entry, "Missing attribute 'key' for 'entry' element".to_owned())));
                    };
                    let key = self.expression(key)?;
                    match self.parse_nested_value(entry)? {
                        Ok(value) => entries.push((key, value)),
                        malformed => return Ok(malformed),
                    }
                }
                ParameterValue::Map(entries)
            }
            "script" => {
                let format = element.attribute("scriptFormat").unwrap_or_default();
                if format.is_empty() {
                    let message = "Missing attribute 'scriptFormat' for 'script' element";
                    return Ok(Err((element, message.to_owned())));
                }
                match self.parse_script(format, Some(element.text()), element.attribute("resource"), element)? {
                    Ok(script) => ParameterValue::Script(script),
                    Err(cause) => {
                        return Ok(Err((element, format!("Unable to process script: {cause}"))));
                    }
                }
            }
            _ => match java::trim(element.text()) {
                "" => ParameterValue::Null,
                text => ParameterValue::Expression(self.expression(text)?),
            },
        }))
    }
}
