//! `camunda:field`: injected texts and expressions.

use models::bpmn::{Field, FieldValue};

use super::{Builder, Step, extension_elements, java};
use crate::{
    rules,
    xml::{Element, Vocabulary},
};

impl<'d> Builder<'d> {
    /// The fields of an element: in its `extensionElements`, or its direct children (listeners).
    pub(super) fn parse_fields(&mut self, element: Element<'d>) -> Step<Vec<Field>> {
        let container = extension_elements(element)?.unwrap_or(element);
        let mut fields = Vec::new();
        for field in container.children_in(Vocabulary::Extension, "field") {
            let name = field.attribute("name").unwrap_or_default().to_owned();
            if let Some(text) = self.parse_field_text(field, element, "stringValue", "string") {
                fields.push(Field { name, value: FieldValue::String(text.to_owned()) });
                continue;
            }
            let expression = self
                .parse_field_text(field, element, "expression", "expression")
                .filter(|text| !java::trim(text).is_empty());
            match expression {
                Some(text) => {
                    let text = self.expression(text)?;
                    fields.push(Field { name, value: FieldValue::Expression(text) });
                }
                None => self.error(
                    rules::FIELD,
                    "One of the following is mandatory on a field declaration: one of attributes stringValue|expression or one of child elements string|expression",
                    element,
                ),
            }
        }
        Ok(fields)
    }

    fn parse_field_text(
        &mut self,
        field: Element<'d>,
        owner: Element<'d>,
        attribute: &str,
        child: &'static str,
    ) -> Option<&'d str> {
        let value = field.attribute(attribute);
        let Ok(element) = field.child_in(Vocabulary::Extension, child) else {
            self.error(rules::FIELD, format!("Multiple {child} field declarations found"), owner);
            return None;
        };
        match (value, element) {
            (Some(_), Some(_)) => {
                let message = format!("Can't use attribute '{attribute}' and element '{child}' together, only use one");
                self.error_for(rules::FIELD, message, field, &[owner.id()]);
                None
            }
            (None, Some(element)) if element.text().is_empty() => {
                let message = format!("No valid value found in attribute '{attribute}' nor element '{child}'");
                self.error_for(rules::FIELD, message, field, &[owner.id()]);
                None
            }
            (None, Some(element)) => Some(element.text()),
            (value, None) => value.filter(|text| !text.is_empty()),
        }
    }
}
