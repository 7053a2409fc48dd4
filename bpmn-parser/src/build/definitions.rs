//! The root element: imports, messages, signals, errors, escalations, processes, pools.

use models::bpmn::{Definitions, ErrorDefinition, Escalation, Message, Participant, Process, Signal};

use super::{Builder, Step, Stop, documentation, extension_properties, owned, span};
use crate::{
    rules,
    xml::{Element, NamespaceId, Vocabulary},
};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";

impl Builder<'_> {
    pub(super) fn parse_root(&mut self) -> Step<Definitions> {
        let root = self.root;
        let document = root.document();
        self.ids =
            (0..document.len()).filter_map(|ix| document.element(u32::try_from(ix).unwrap_or(u32::MAX)).id()).collect();
        self.target_namespace = root.attribute("targetNamespace");
        for attribute in root.attributes() {
            if let Some(prefix) = attribute.name.strip_prefix("xmlns:") {
                self.prefixes.insert(prefix, &attribute.value);
            }
        }
        self.parse_imports()?;
        let messages = self.parse_messages()?;
        let signals = self.parse_signals()?;
        let errors = self.parse_errors()?;
        let escalations = self.parse_escalations();
        let processes = self.parse_processes()?;
        let participants = self.parse_collaboration()?;
        self.check_diagrams()?;
        Ok(Definitions {
            target_namespace: self.target_namespace.unwrap_or_default().to_owned(),
            messages,
            signals,
            errors,
            escalations,
            processes,
            participants,
            has_diagram: !root.children_in(Vocabulary::Exactly(NamespaceId::BPMN_DI), "BPMNDiagram").is_empty(),
        })
    }

    /// Camunda 7 can import nothing: its WSDL importer is in no distribution.
    fn parse_imports(&mut self) -> Step {
        for import in self.root.children_named("import") {
            let Some(kind) = import.attribute("importType") else {
                let message = "Cannot invoke \"String.equals(Object)\" because \"importType\" is null";
                return Err(Stop::Exception(message.to_owned()));
            };
            if kind == WSDL {
                let message = format!("Could not find importer for type {kind}");
                self.error(rules::IMPORT, message, import);
            }
            self.error(rules::IMPORT, format!("Could not import item of type {kind}"), import);
        }
        Ok(())
    }

    fn parse_messages(&mut self) -> Step<Vec<Message>> {
        let mut messages = Vec::new();
        for element in self.root.children_named("message") {
            self.last_element = Some(element);
            let name = element.attribute("name");
            self.optional_expression(name)?;
            let id = element.id();
            self.messages.insert(self.qualify(id.unwrap_or("null")), name);
            messages.push(Message {
                id: id.unwrap_or_default().to_owned(),
                name: owned(name.filter(|name| !name.is_empty())),
                span: span(element),
            });
        }
        Ok(messages)
    }

    fn parse_signals(&mut self) -> Step<Vec<Signal>> {
        let mut signals: Vec<Signal> = Vec::new();
        for element in self.root.children_named("signal") {
            self.last_element = Some(element);
            let name = element.attribute("name");
            for _ in signals.iter().filter(|signal| Some(signal.name.as_str()) == name) {
                let message = format!("duplicate signal name '{}'.", name.unwrap_or("null"));
                self.error(rules::SIGNAL_DUPLICATE, message, element);
            }
            match (element.id(), name) {
                (None, _) => self.error(rules::SIGNAL_ID, "signal must have an id", element),
                (Some(id), None) => {
                    self.error(rules::SIGNAL_NAME, format!("signal with id '{id}' has no name"), element);
                }
                (Some(id), Some(name)) => {
                    self.expression(name)?;
                    self.signals.insert(self.qualify(id), name);
                    signals.push(Signal { id: id.to_owned(), name: name.to_owned(), span: span(element) });
                }
            }
        }
        Ok(signals)
    }

    fn parse_errors(&mut self) -> Step<Vec<ErrorDefinition>> {
        let mut errors = Vec::new();
        for element in self.root.children_named("error") {
            self.last_element = Some(element);
            let id = element.id();
            if id.is_none() {
                self.error(rules::ERROR_ID, "'id' is mandatory on error definition", element);
            }
            let error = ErrorDefinition {
                id: id.unwrap_or_default().to_owned(),
                code: owned(element.attribute("errorCode")),
                message: self.optional_expression(element.extension("errorMessage"))?,
                span: span(element),
            };
            self.errors.insert(id.unwrap_or_default(), error.clone());
            errors.push(error);
        }
        Ok(errors)
    }

    fn parse_escalations(&mut self) -> Vec<Escalation> {
        let mut escalations = Vec::new();
        for element in self.root.children_named("escalation") {
            let Some(id) = element.id() else {
                self.error(rules::ESCALATION_ID, "escalation must have an id", element);
                continue;
            };
            let escalation = Escalation {
                id: id.to_owned(),
                code: owned(element.attribute("escalationCode").filter(|code| !code.is_empty())),
                span: span(element),
            };
            self.escalations.insert(id, escalation.clone());
            escalations.push(escalation);
        }
        escalations
    }

    fn parse_processes(&mut self) -> Step<Vec<Process>> {
        let mut processes = Vec::new();
        for element in self.root.children_named("process") {
            let executable = element.attribute("isExecutable").is_some_and(|text| text.eq_ignore_ascii_case("true"));
            processes.push(if executable { self.parse_process(element)? } else { passive_process(element) });
        }
        Ok(processes)
    }

    /// Pools name the process they show. Camunda reads one collaboration and stops at two.
    fn parse_collaboration(&mut self) -> Step<Vec<Participant>> {
        let Some(collaboration) = self.root.child("collaboration")? else {
            return Ok(Vec::new());
        };
        let mut participants = Vec::new();
        for element in collaboration.children_named("participant") {
            let process_ref = element.attribute("processRef");
            if let Some(key) = process_ref.filter(|key| self.processes.iter().any(|p| p.key == Some(key))) {
                self.participant_processes.insert(element.id(), key);
            }
            participants.push(Participant {
                id: element.id().unwrap_or_default().to_owned(),
                name: owned(element.attribute("name")),
                process_ref: owned(process_ref),
            });
        }
        Ok(participants)
    }
}

/// A process that is not executable: known by name, its content is not looked at (as in Camunda 7).
fn passive_process(element: Element<'_>) -> Process {
    Process {
        id: element.id().unwrap_or_default().to_owned(),
        name: owned(element.attribute("name")),
        executable: false,
        documentation: documentation(element),
        properties: extension_properties(element).unwrap_or_default(),
        startable_in_tasklist: true,
        span: span(element),
        ..Process::default()
    }
}
