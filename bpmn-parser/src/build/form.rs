//! Forms of user tasks and start events.

use models::bpmn::{FormDefinition, FormField, LegacyFormProperty};

use super::{Builder, Step, Stop, extension_elements, java, owned};
use crate::{
    rules,
    xml::{Element, Vocabulary},
};

const BINDINGS: [&str; 3] = ["deployment", "latest", "version"];
const VALIDATORS: [&str; 7] = ["required", "readonly", "min", "max", "minlength", "maxlength", "validator"];

impl<'d> Builder<'d> {
    pub(super) fn parse_form(&mut self, element: Element<'d>) -> Step<FormDefinition> {
        let mut form =
            FormDefinition { handler_class: owned(element.extension("formHandlerClass")), ..FormDefinition::default() };
        if let Some(extensions) = extension_elements(element)? {
            for property in extensions.children_in(Vocabulary::Extension, "formProperty") {
                let field = self.parse_form_property(property)?;
                form.fields.push(field);
            }
            if let Some(data) = extensions.child_in(Vocabulary::Extension, "formData")? {
                form.business_key_field = owned(data.attribute("businessKey"));
                for field in data.children_in(Vocabulary::Extension, "formField") {
                    let field = self.parse_form_field(field)?;
                    form.fields.push(field);
                }
            }
        }
        self.parse_form_reference(element, &mut form)?;
        Ok(form)
    }

    fn parse_form_reference(&mut self, element: Element<'d>, form: &mut FormDefinition) -> Step {
        let key = element.extension("formKey");
        let reference = element.extension("formRef");
        if key.is_some() && reference.is_some() {
            self.error(
                rules::FORM_REFERENCE,
                "Invalid element definition: only one of the attributes formKey and formRef is allowed.",
                element,
            );
        }
        form.key = self.optional_expression(key)?;
        if reference.is_none() {
            return Ok(());
        }
        form.form_ref = self.optional_expression(reference)?;
        let binding = element.extension("formRefBinding");
        if !binding.is_some_and(|binding| BINDINGS.contains(&binding)) {
            let message = format!(
                "Invalid element definition: value for formRefBinding attribute has to be one of [{}] but was {}",
                BINDINGS.join(", "),
                binding.unwrap_or("null")
            );
            self.error(rules::FORM_BINDING, message, element);
        }
        form.form_ref_binding = owned(binding);
        if binding == Some("version") {
            form.form_ref_version = self.optional_expression(element.extension("formRefVersion"))?;
        }
        Ok(())
    }

    fn parse_form_field(&mut self, element: Element<'d>) -> Step<FormField> {
        let id = element.id();
        if id.is_none_or(str::is_empty) {
            self.error(
                rules::FORM_FIELD_ID,
                "attribute id must be set for FormFieldGroup and must have a non-empty value",
                element,
            );
        }
        // Camunda compares the id with the business key's next and fails without one.
        let id = id.ok_or(Stop::Reported)?;
        let label = self.optional_expression(element.attribute("label"))?;
        let mut properties = Vec::new();
        if let Some(container) = element.child_in(Vocabulary::Extension, "properties")? {
            for property in container.children_in(Vocabulary::Extension, "property") {
                properties.push((
                    property.id().unwrap_or_default().to_owned(),
                    property.attribute("value").unwrap_or_default().to_owned(),
                ));
            }
        }
        let constraints = self.parse_constraints(element)?;
        let (type_name, values) = self.parse_form_type(element);
        Ok(FormField {
            id: id.to_owned(),
            label,
            type_name,
            date_pattern: owned(element.attribute("datePattern")),
            default_value: self.optional_expression(element.attribute("defaultValue"))?,
            values,
            properties,
            constraints,
            legacy: None,
        })
    }

    fn parse_constraints(&mut self, element: Element<'d>) -> Step<Vec<(String, Option<String>)>> {
        let mut constraints = Vec::new();
        let Some(validation) = element.child_in(Vocabulary::Extension, "validation")? else {
            return Ok(constraints);
        };
        for constraint in validation.children_in(Vocabulary::Extension, "constraint") {
            let name = constraint.attribute("name");
            let config = constraint.attribute("config");
            let known = name.filter(|name| VALIDATORS.contains(name));
            let Some(known) = known else {
                let message = format!("Cannot find validator implementation for name '{}'.", name.unwrap_or("null"));
                self.error(rules::VALIDATOR, message, constraint);
                continue;
            };
            if known == "validator" {
                match config {
                    None | Some("") => {
                        self.error(
                            rules::VALIDATOR,
                            "validator configuration needs to provide either a fully qualified classname or an expression resolving to a custom FormFieldValidator implementation.",
                            constraint,
                        );
                        continue;
                    }
                    Some(config) if java::is_expression(config) => {
                        self.expression(config)?;
                    }
                    Some(_) => {}
                }
            }
            constraints.push((known.to_owned(), owned(config)));
        }
        Ok(constraints)
    }

    /// Type of a field and the values of an enumeration.
    fn parse_form_type(&mut self, element: Element<'d>) -> (String, Vec<(String, Option<String>)>) {
        let Some(name) = element.attribute("type") else {
            if element.tag() == "formField" {
                self.error(rules::FORM_FIELD_TYPE, "form field must have a 'type' attribute", element);
            }
            return (String::new(), Vec::new());
        };
        let mut values = Vec::new();
        match name {
            "string" | "long" | "boolean" | "date" => {}
            "enum" => {
                for value in element.children_in(Vocabulary::Extension, "value") {
                    values.push((value.id().unwrap_or_default().to_owned(), owned(value.attribute("name"))));
                }
            }
            _ => self.error(rules::FORM_FIELD_TYPE, format!("unknown type '{name}'"), element),
        }
        (name.to_owned(), values)
    }

    fn parse_form_property(&mut self, element: Element<'d>) -> Step<FormField> {
        if element.id().is_none() {
            self.error(rules::FORM_FIELD_ID, "attribute 'id' is required", element);
        }
        let (type_name, values) = self.parse_form_type(element);
        let mut flag = |name: &str, default: bool| {
            let Some(text) = element.attribute(name) else {
                return default;
            };
            java::boolean_word(text).unwrap_or_else(|| {
                let message = format!(
                    "attribute '{name}' must be one of {{on|yes|true|enabled|active|off|no|false|disabled|inactive}}"
                );
                self.error(rules::FORM_PROPERTY_FLAG, message, element);
                default
            })
        };
        let required = flag("required", false);
        let readable = flag("readable", true);
        let writable = flag("writable", true);
        Ok(FormField {
            id: element.id().unwrap_or_default().to_owned(),
            label: owned(element.attribute("name")),
            type_name,
            date_pattern: owned(element.attribute("datePattern")),
            default_value: self.optional_expression(element.attribute("default"))?,
            values,
            properties: Vec::new(),
            constraints: Vec::new(),
            legacy: Some(LegacyFormProperty {
                variable: owned(element.attribute("variable")),
                expression: self.optional_expression(element.attribute("expression"))?,
                readable,
                writable,
                required,
            }),
        })
    }
}
