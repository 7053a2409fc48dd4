//! `serviceTask`, `sendTask`, and what else runs a service implementation.

use models::bpmn::{
    Connector, ExternalTask, ExternalTaskError, Field, FieldValue, Implementation, NodeKind, ServiceElement,
};

use super::{
    Builder, Step, Stop, extension_element, extension_elements, extension_properties, java, owned,
    scope::{Role, ScopeIx},
    task::result_variable,
};
use crate::{problem::Place, rules, xml::Element};

impl<'d> Builder<'d> {
    pub(super) fn parse_service_task(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.parse_async(element, activity)?;
        self.parse_service_element(activity, element, ServiceElement::ServiceTask, "serviceTask")?;
        Ok(activity)
    }

    pub(super) fn parse_send_task(&mut self, element: Element<'d>, scope: ScopeIx) -> Step<ScopeIx> {
        let activity = self.create_node(element, scope)?;
        self.parse_async(element, activity)?;
        if is_service_task_like(element)? {
            self.parse_service_element(activity, element, ServiceElement::SendTask, "sendTask")?;
        } else {
            self.parse_execution_listeners(element, activity)?;
            self.error(
                rules::IMPLEMENTATION,
                "One of the attributes 'class', 'delegateExpression', 'type', or 'expression' is mandatory on sendTask.",
                element,
            );
        }
        Ok(activity)
    }

    /// The common part of the three elements that run a service.
    pub(super) fn parse_service_element(
        &mut self,
        activity: ScopeIx,
        element: Element<'d>,
        kind: ServiceElement,
        name: &str,
    ) -> Step {
        let implementation = self.parse_service_task_like(name, element, element)?;
        self.parse_execution_listeners(element, activity)?;
        let implementation = match self.parse_connector(element)? {
            Some(connector) => Some(connector),
            None => implementation,
        };
        if let Some(implementation) = implementation {
            self.finish(activity, Role::Other, NodeKind::ServiceTask { element: kind, implementation });
        }
        self.validate_service_task_like(activity, name, element);
        Ok(())
    }

    /// The implementation that the attributes of an element give; `node` is the flow node around it.
    pub(super) fn parse_service_task_like(
        &mut self,
        name: &str,
        element: Element<'d>,
        node: Element<'d>,
    ) -> Step<Option<Implementation>> {
        let result_variable = result_variable(element);
        let filled = |text: &&str| !java::trim(text).is_empty();
        Ok(if let Some(kind) = element.extension("type") {
            if kind.eq_ignore_ascii_case("mail") {
                let fields = self.parse_fields(element)?;
                self.check_mail_fields(element, &fields);
                Some(Implementation::Mail(fields))
            } else if kind.eq_ignore_ascii_case("shell") {
                let fields = self.parse_fields(element)?;
                self.check_shell_fields(element, &fields)?;
                Some(Implementation::Shell(fields))
            } else if kind.eq_ignore_ascii_case("external") {
                Some(Implementation::External(Box::new(self.parse_external_task(element, node)?)))
            } else {
                let message = format!("Invalid usage of type attribute on {name}: '{kind}'");
                self.error(rules::SERVICE_TYPE, message, element);
                None
            }
        } else if let Some(class) = element.extension("class").filter(filled) {
            if result_variable.is_some() {
                let message = format!("'resultVariableName' not supported for {name} elements using 'class'");
                self.error(rules::RESULT_VARIABLE, message, element);
            }
            Some(Implementation::Class { name: class.to_owned(), fields: self.parse_fields(element)? })
        } else if let Some(expression) = element.extension("delegateExpression") {
            if result_variable.is_some() {
                let message =
                    format!("'resultVariableName' not supported for {name} elements using 'delegateExpression'");
                self.error(rules::RESULT_VARIABLE, message, element);
            }
            Some(Implementation::DelegateExpression {
                expression: self.expression(expression)?,
                fields: self.parse_fields(element)?,
            })
        } else if let Some(expression) = element.extension("expression").filter(filled) {
            Some(Implementation::Expression { expression: self.expression(expression)?, result_variable })
        } else {
            None
        })
    }

    /// Nothing runs: neither an attribute nor a connector says what.
    pub(super) fn validate_service_task_like(&mut self, activity: ScopeIx, name: &str, element: Element<'d>) {
        if self.scopes[activity].role == Role::None {
            let message = format!(
                "One of the attributes 'class', 'delegateExpression', 'type', or 'expression' is mandatory on {name}. If you are using a connector, make sure the connect process engine plugin is registered with the process engine."
            );
            self.error(rules::IMPLEMENTATION, message, element);
        }
    }

    fn parse_external_task(&mut self, element: Element<'d>, node: Element<'d>) -> Step<ExternalTask> {
        let topic = if let Some(topic) = element.extension("topic") {
            self.expression(topic)?
        } else {
            self.error(
                rules::TOPIC,
                "External tasks must specify a 'topic' attribute in the camunda namespace",
                element,
            );
            String::new()
        };
        let priority = self.parse_priority(element, "taskPriority")?;
        // Read for the node; here only to stop where Camunda stops.
        extension_properties(node)?;
        let mut error_definitions = Vec::new();
        if let Some(extensions) = extension_elements(element)? {
            for definition in extensions.children_named("errorEventDefinition") {
                let Some(reference) = definition.attribute("errorRef") else {
                    continue;
                };
                let expression = self.optional_expression(definition.attribute("expression"))?;
                let error = self.errors.get(reference);
                error_definitions.push(ExternalTaskError {
                    expression,
                    code: match error {
                        Some(error) => error.code.clone(),
                        None => owned(Some(reference)),
                    },
                    message: error.and_then(|error| error.message.clone()),
                });
            }
        }
        Ok(ExternalTask { topic, priority, error_definitions })
    }

    fn check_mail_fields(&mut self, element: Element<'d>, fields: &[Field]) {
        let has = |name| fields.iter().any(|field| field.name == name);
        if !has("to") {
            self.error(rules::MAIL, "No recipient is defined on the mail activity", element);
        }
        if !has("html") && !has("text") {
            self.error(rules::MAIL, "Text or html field should be provided", element);
        }
    }

    fn check_shell_fields(&mut self, element: Element<'d>, fields: &[Field]) -> Step {
        for field in fields {
            let FieldValue::String(value) = &field.value else {
                return Err(Stop::Exception(
                    "class org.camunda.bpm.engine.impl.el.JuelExpression cannot be cast to class \
                     org.camunda.bpm.engine.impl.el.FixedValue"
                        .to_owned(),
                ));
            };
            let is_flag = matches!(field.name.as_str(), "wait" | "redirectError" | "cleanEnv");
            if is_flag && !matches!(value.to_lowercase().as_str(), "true" | "false") {
                let message = format!("undefined value for shell {} parameter :{value}", field.name);
                self.error(rules::SHELL, message, element);
            }
        }
        if !fields.iter().any(|field| field.name == "command") {
            self.error(rules::SHELL, "No shell command is defined on the shell activity", element);
        }
        Ok(())
    }

    /// `camunda:connector`. A broken one ends Camunda's parse.
    pub(super) fn parse_connector(&mut self, element: Element<'d>) -> Step<Option<Implementation>> {
        let Some(connector) = extension_element(element, "connector")? else {
            return Ok(None);
        };
        let id = connector.child("connectorId")?.map(|id| java::trim(id.text())).filter(|id| !id.is_empty());
        let Some(id) = id else {
            self.error(rules::CONNECTOR, "No 'id' defined for connector.", connector);
            return Err(Stop::Reported);
        };
        match self.parse_mappings(connector)? {
            Ok(io) => Ok(Some(Implementation::Connector(Box::new(Connector {
                id: id.to_owned(),
                io: io.unwrap_or_default(),
            })))),
            Err((at, message)) => {
                self.problems.error(rules::INPUT_OUTPUT, message, Place::of(at));
                Err(Stop::Reported)
            }
        }
    }

    /// The connector of a throwing message event takes the place of what its attributes say.
    pub(super) fn parse_message_connector(
        &mut self,
        activity: ScopeIx,
        definition: Element<'d>,
        kind: impl FnOnce(Implementation) -> NodeKind,
    ) -> Step {
        if let Some(implementation) = self.parse_connector(definition)? {
            self.finish(activity, Role::Other, kind(implementation));
        }
        Ok(())
    }
}

/// Whether an element says what it runs.
pub(super) fn is_service_task_like(element: Element<'_>) -> Step<bool> {
    let by_attribute =
        ["class", "expression", "delegateExpression", "type"].into_iter().any(|name| element.extension(name).is_some());
    if by_attribute {
        return Ok(true);
    }
    Ok(match extension_elements(element)? {
        Some(extensions) => extensions.child("connector")?.is_some(),
        None => false,
    })
}
