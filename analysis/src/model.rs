//! From a file to a model with the findings of a deployment.

use std::sync::Arc;

use models::{Diagnostic, Severity, Span, bpmn::Definitions};

use crate::source::{Kind, Source};

/// A file that was read.
#[derive(Debug)]
pub struct Model {
    /// The file.
    pub source: Source,
    /// What is in it; `None` when reading had to stop.
    pub content: Option<Content>,
    /// Findings in the order in which the engine reports them.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is in a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// Processes.
    Bpmn(Arc<Definitions>),
    /// Decisions.
    Dmn(Arc<dmn::Drd>),
    /// A form.
    Form {
        /// Its `id`, the key it is found by.
        id: String,
    },
}

impl Model {
    /// Whether the file may be deployed.
    pub fn is_deployable(&self) -> bool {
        self.content.is_some() && self.diagnostics.iter().all(|found| found.severity != Severity::Error)
    }

    /// Its processes, executable or not; none when the file is something else.
    pub fn definitions(&self) -> Option<&Definitions> {
        match &self.content {
            Some(Content::Bpmn(definitions)) => Some(definitions),
            _ => None,
        }
    }
}

/// Reads a file as a deployment does: parses it, compiles its processes, parses its expressions.
pub fn read(source: Source, options: &bpmn_parser::ParseOptions) -> Model {
    let (content, diagnostics) = match source.kind {
        Kind::Bpmn => read_bpmn(&source, options),
        Kind::Dmn => read_dmn(&source),
        Kind::Form => read_form(&source),
    };
    Model { source, content, diagnostics }
}

fn read_bpmn(source: &Source, options: &bpmn_parser::ParseOptions) -> (Option<Content>, Vec<Diagnostic>) {
    let parsed = bpmn_parser::parse(&source.bytes, &source.name, options);
    let deployable = parsed.is_deployable();
    let mut diagnostics = parsed.diagnostics;
    let Some(definitions) = parsed.definitions else { return (None, diagnostics) };
    if deployable {
        for process in definitions.processes.iter().filter(|process| process.executable) {
            if let Err(error) = engine_core::graph::compile(process) {
                diagnostics.push(Diagnostic::error("E0900", error.message, error.span).on([error.element]));
            }
        }
    }
    (Some(Content::Bpmn(Arc::new(definitions))), diagnostics)
}

fn read_dmn(source: &Source) -> (Option<Content>, Vec<Diagnostic>) {
    match dmn::parse(&source.bytes) {
        Ok(drd) => {
            let mut diagnostics = Vec::new();
            for decision in drd.decisions() {
                for problem in decision.expressions().iter().filter_map(|expression| expression.problem) {
                    let text = format!("decision `{}`: {}", decision.key, problem.message());
                    diagnostics.push(
                        Diagnostic::warning("W0921", text, Span::default())
                            .on([decision.key.to_string()])
                            .help("correct the FEEL text: evaluating the decision fails with this message"),
                    );
                }
            }
            (Some(Content::Dmn(Arc::new(drd))), diagnostics)
        }
        Err(error) => (None, vec![*error.diagnostic]),
    }
}

fn read_form(source: &Source) -> (Option<Content>, Vec<Diagnostic>) {
    let parsed: Result<serde_json::Value, _> = serde_json::from_slice(&source.bytes);
    match parsed {
        Ok(form) => {
            let id = form.get("id").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            let mut diagnostics = Vec::new();
            if id.is_empty() {
                let text = "the form has no `id`: nothing can refer to it";
                diagnostics.push(
                    Diagnostic::warning("W0931", text, Span::default())
                        .help("add an `id`, the key for `camunda:formRef`"),
                );
            }
            (Some(Content::Form { id }), diagnostics)
        }
        Err(error) => {
            let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
            let column = u32::try_from(error.column().max(1)).unwrap_or(u32::MAX);
            let at = offset(&source.text(), line, column);
            let span = Span { line, column, start: at, end: at };
            let found = Diagnostic::error("E0931", format!("the form is not JSON: {error}"), span)
                .help("export the form from Camunda Modeler again, or correct the JSON");
            (None, vec![found])
        }
    }
}

/// Byte offset of a line and column, both 1-based.
fn offset(text: &str, line: u32, column: u32) -> u32 {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1) as usize).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1) as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    u32::try_from(at).unwrap_or(u32::MAX)
}
