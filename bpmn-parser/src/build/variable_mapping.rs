//! `camunda:in` and `camunda:out`.

use models::bpmn::{MappingSource, VariableMapping};

use super::{Builder, Step, all_extension_elements};
use crate::{rules, xml::Element};

impl<'d> Builder<'d> {
    /// `camunda:in` elements: mappings, and the expression of the business key.
    pub(super) fn parse_inputs(&mut self, element: Element<'d>) -> Step<(Vec<VariableMapping>, Option<String>)> {
        let mut mappings = Vec::new();
        let mut business_key = None;
        for mapping in all_extension_elements(element, "in")? {
            match mapping.attribute("businessKey").filter(|key| !key.is_empty()) {
                Some(key) => business_key = Some(self.expression(key)?),
                None => mappings.extend(self.parse_variable_mapping(mapping, element)?),
            }
        }
        Ok((mappings, business_key))
    }

    pub(super) fn parse_outputs(&mut self, element: Element<'d>) -> Step<Vec<VariableMapping>> {
        let mut mappings = Vec::new();
        for mapping in all_extension_elements(element, "out")? {
            mappings.extend(self.parse_variable_mapping(mapping, element)?);
        }
        Ok(mappings)
    }

    /// One mapping; `None` when it maps nothing.
    fn parse_variable_mapping(&mut self, mapping: Element<'d>, owner: Element<'d>) -> Step<Option<VariableMapping>> {
        let local = mapping.attribute("local") == Some("true");
        if mapping.attribute("variables") == Some("all") {
            return Ok(Some(VariableMapping { source: MappingSource::All, target: String::new(), local }));
        }
        let strict = self.options.strict_call_activity_validation;
        let mut refuse = |message: &str| {
            if strict {
                self.error_for(rules::VARIABLE_MAPPING, message, mapping, &[owner.id()]);
            }
        };
        let mut source = None;
        let mut is_given = false;
        if let Some(name) = mapping.attribute("source") {
            if name.is_empty() {
                refuse("Empty attribute 'source' when passing variables");
            } else {
                source = Some(MappingSource::Variable(name.to_owned()));
            }
            is_given = strict || !name.is_empty();
        }
        if !is_given && let Some(expression) = mapping.attribute("sourceExpression") {
            is_given = true;
            if expression.is_empty() {
                refuse("Empty attribute 'sourceExpression' when passing variables");
            } else {
                source = Some(MappingSource::Expression(expression.to_owned()));
            }
        }
        if !is_given {
            refuse("Missing parameter 'source' or 'sourceExpression' when passing variables");
        }
        let target = mapping.attribute("target");
        match target {
            None if strict || source.is_some() => self.error_for(
                rules::VARIABLE_MAPPING,
                "Missing attribute 'target' when attribute 'source' or 'sourceExpression' is set",
                mapping,
                &[owner.id()],
            ),
            Some("") => refuse("Empty attribute 'target' when attribute 'source' or 'sourceExpression' is set"),
            _ => {}
        }
        if let Some(MappingSource::Expression(expression)) = &source {
            self.expression(expression)?;
        }
        Ok(source.zip(target).map(|(source, target)| VariableMapping { source, target: target.to_owned(), local }))
    }
}
