//! From the element tree to the model: what Camunda's `BpmnParse` does, in its order, with its findings.
//!
//! Camunda stops at some problems (a message that does not exist, more than one event definition of a kind). So does this
//! module: [`Stop`]. Everything else is collected and parsing goes on.
//!
//! One submodule per family of elements; each extends [`Builder`] with `parse_*` methods. A flow node is drafted in an arena of
//! [`Scope`](scope::Scope)s, because later elements change earlier ones (boundary events, associations), and becomes a
//! `FlowNode` when its scope is complete.

mod association;
mod boundary_event;
mod call_activity;
mod catch_event;
mod conditional;
mod decision_task;
mod definitions;
mod diagram_check;
mod end_event;
mod escalation;
mod event_definition;
mod field;
mod form;
mod gateway;
mod io_mapping;
mod java;
mod listener;
mod multi_instance;
mod process;
mod scope;
mod script;
mod sequence_flow;
mod service_task;
mod start_event;
mod sub_process;
mod subscription;
mod task;
mod throw_event;
mod timer;
mod user_task;
mod validation;
mod variable_mapping;

use std::collections::{HashMap, HashSet};

use models::{
    Span,
    bpmn::{Definitions, ErrorDefinition, Escalation},
};

use crate::{
    ParseOptions,
    problem::{Place, Problems},
    rules::Rule,
    xml::{Document, Element, MultipleElements, Vocabulary},
};
use scope::{Scope, ScopeIx};

/// Why parsing ended before the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A finding has been reported that Camunda 7 does not survive.
    Reported,
    /// Camunda 7 throws an exception with this text.
    Exception(String),
}

impl From<MultipleElements> for Stop {
    fn from(MultipleElements(tag): MultipleElements) -> Self {
        Self::Exception(format!("Parsing exception: multiple elements with tag name {tag} found"))
    }
}

/// Result of a parse step.
pub(crate) type Step<T = ()> = Result<T, Stop>;

/// Makes the model of a document; `None` when parsing stopped on the way.
pub(crate) fn definitions(document: &Document, options: &ParseOptions, problems: &mut Problems) -> Option<Definitions> {
    let mut builder = Builder::new(document, options, problems);
    match builder.parse_root() {
        Ok(definitions) => Some(definitions),
        Err(Stop::Reported) => None,
        Err(Stop::Exception(message)) => {
            if !builder.problems.has_errors() {
                let span = builder.last_element.map(Element::span).unwrap_or_default();
                builder.problems.exception(&message, span);
            }
            None
        }
    }
}

/// State of one parse.
#[derive(Debug)]
struct Builder<'d> {
    options: &'d ParseOptions,
    problems: &'d mut Problems,
    root: Element<'d>,
    /// The element under work, to point at when an exception has no place.
    last_element: Option<Element<'d>>,
    target_namespace: Option<&'d str>,
    /// Prefixes declared on the root element.
    prefixes: HashMap<&'d str, &'d str>,
    /// Ids of all elements of the file.
    ids: HashSet<&'d str>,
    /// By qualified id; the value is the name.
    messages: HashMap<String, Option<&'d str>>,
    /// By qualified id; the value is the name.
    signals: HashMap<String, &'d str>,
    errors: HashMap<&'d str, ErrorDefinition>,
    escalations: HashMap<&'d str, Escalation>,
    /// Link name to the id of the catching event. Names are shared by all scopes of the file, as in Camunda 7.
    link_targets: HashMap<&'d str, Option<&'d str>>,
    /// Id of a throwing link event to its link name.
    link_sources: HashMap<&'d str, Option<&'d str>>,
    /// Processes, subprocesses and flow nodes.
    scopes: Vec<Scope<'d>>,
    /// Per executable process: its named activities and lanes.
    processes: Vec<ProcessDraft<'d>>,
    /// Sequence flows of the process parsed last, by id (all that Camunda checks diagram edges against).
    sequence_flows: HashSet<Option<&'d str>>,
    /// Pools of executable processes: participant id to process key.
    participant_processes: HashMap<Option<&'d str>, &'d str>,
    /// Numbers the elements without id.
    anonymous: u32,
}

/// An executable process under work.
#[derive(Debug)]
struct ProcessDraft<'d> {
    key: Option<&'d str>,
    activities: HashMap<String, ScopeIx>,
    lanes: HashSet<&'d str>,
    anonymous_jobs: AnonymousJobs,
}

/// Which jobs of activities without id a process has declared. Camunda stumbles over them later.
#[derive(Debug, Default)]
struct AnonymousJobs {
    async_before: bool,
    async_after: bool,
    timer: bool,
}

impl<'d> Builder<'d> {
    fn new(document: &'d Document, options: &'d ParseOptions, problems: &'d mut Problems) -> Self {
        Self {
            options,
            problems,
            root: document.root(),
            last_element: None,
            target_namespace: None,
            prefixes: HashMap::new(),
            ids: HashSet::new(),
            messages: HashMap::new(),
            signals: HashMap::new(),
            errors: HashMap::new(),
            escalations: HashMap::new(),
            link_targets: HashMap::new(),
            link_sources: HashMap::new(),
            scopes: Vec::new(),
            processes: Vec::new(),
            sequence_flows: HashSet::new(),
            participant_processes: HashMap::new(),
            anonymous: 0,
        }
    }

    /// An error about an element.
    fn error(&mut self, rule: Rule, message: impl Into<String>, element: Element<'d>) {
        self.problems.error(rule, message, Place::of(element));
    }

    /// An error about an element on behalf of others, the main one first.
    fn error_for(&mut self, rule: Rule, message: impl Into<String>, element: Element<'d>, ids: &[Option<&str>]) {
        self.problems.error(rule, message, Place::with(element, ids));
    }

    fn warning(&mut self, rule: Rule, message: impl Into<String>, element: Element<'d>) {
        self.problems.warning(rule, message, Place::of(element));
    }

    fn warning_for(&mut self, rule: Rule, message: impl Into<String>, element: Element<'d>, ids: &[Option<&str>]) {
        self.problems.warning(rule, message, Place::with(element, ids));
    }

    /// Takes the text of an expression, checking its syntax as Camunda does when it creates one.
    fn expression(&self, text: &str) -> Step<String> {
        if let Some(check) = self.options.expression_check {
            check(text).map_err(Stop::Exception)?;
        }
        Ok(text.to_owned())
    }

    fn optional_expression(&self, text: Option<&str>) -> Step<Option<String>> {
        text.map(|text| self.expression(text)).transpose()
    }

    /// A reference in the form `{namespace}:{id}`, as Camunda keeps messages and signals.
    fn resolve_name(&self, name: &str) -> String {
        match name.split_once(':') {
            Some((prefix, id)) => format!("{}:{id}", self.prefixes.get(prefix).copied().unwrap_or("null")),
            None => self.qualify(name),
        }
    }

    fn qualify(&self, id: &str) -> String {
        format!("{}:{id}", self.target_namespace.unwrap_or("null"))
    }

    fn anonymous_id(&mut self, element: Element<'d>) -> String {
        self.anonymous += 1;
        format!("#{}_{}", element.tag(), self.anonymous)
    }
}

/// The child `extensionElements`.
fn extension_elements(element: Element<'_>) -> Step<Option<Element<'_>>> {
    Ok(element.child("extensionElements")?)
}

/// The only extension element of a name.
fn extension_element<'d>(element: Element<'d>, tag: &'static str) -> Step<Option<Element<'d>>> {
    match extension_elements(element)? {
        Some(extensions) => Ok(extensions.child_in(Vocabulary::Extension, tag)?),
        None => Ok(None),
    }
}

/// All extension elements of a name.
fn all_extension_elements<'d>(element: Element<'d>, tag: &'static str) -> Step<Vec<Element<'d>>> {
    Ok(match extension_elements(element)? {
        Some(extensions) => extensions.children_in(Vocabulary::Extension, tag),
        None => Vec::new(),
    })
}

/// `camunda:properties` as name and value.
fn extension_properties(element: Element<'_>) -> Step<Vec<(String, String)>> {
    let Some(properties) = extension_element(element, "properties")? else {
        return Ok(Vec::new());
    };
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    Ok(properties
        .children_in(Vocabulary::Extension, "property")
        .into_iter()
        .map(|property| (text(property.attribute("name")), text(property.attribute("value"))))
        .collect())
}

/// `documentation` children, trimmed and joined by an empty line.
fn documentation(element: Element<'_>) -> Option<String> {
    let mut joined: Option<String> = None;
    for child in element.children_named("documentation") {
        let joined = joined.get_or_insert_default();
        if !joined.is_empty() {
            joined.push_str("\n\n");
        }
        joined.push_str(java::trim(child.text()));
    }
    joined
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn span(element: Element<'_>) -> Span {
    element.span()
}
