//! BPMN 2.0 XML with Camunda 7 extensions to typed [`Definitions`](models::bpmn::Definitions).
//!
//! [`parse`] never panics and never stops at the first problem where Camunda 7 goes on: all findings of a file come at once, in
//! Camunda's order, with its texts and places, and with a remedy of our own. Three stages: the `xml` module makes a tree of the
//! bytes, the `schema` module holds it against the BPMN 2.0 schema, the `build` module makes the model. Start reading at
//! `build::Builder`.
//!
//! ```
//! use tollgate_bpmn_parser as bpmn_parser;
//! let xml = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="shop">
//!   <process id="order" isExecutable="true">
//!     <startEvent id="start"/><userTask id="pack"/>
//!     <sequenceFlow id="f" sourceRef="start" targetRef="pack"/>
//!   </process>
//! </definitions>"#;
//! let parsed = bpmn_parser::parse(xml.as_bytes(), "order.bpmn", &bpmn_parser::ParseOptions::default());
//! assert!(parsed.is_deployable());
//! assert_eq!(parsed.definitions.unwrap().processes[0].body.nodes.len(), 2);
//! ```

mod build;
pub mod diagram;
#[cfg(test)]
mod findings;
mod options;
mod problem;
mod report;
mod rules;
mod schema;
mod xml;

use models::{Diagnostic, Severity, bpmn::Definitions};

pub use options::{ExpressionCheck, Limits, ParseOptions, ScriptCheck, ScriptFinding};
pub use report::{ProblemReport, ResourceReport, camunda_message, camunda_report};

/// What came out of a file.
#[derive(Debug)]
pub struct Parsed {
    /// The model; `None` when reading had to stop. With errors in `diagnostics` it shows what could be understood.
    pub definitions: Option<Definitions>,
    /// Findings in Camunda's order.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether the file may be deployed: no finding is an error.
    pub fn is_deployable(&self) -> bool {
        self.definitions.is_some() && self.diagnostics.iter().all(|found| found.severity != Severity::Error)
    }
}

/// The text of an XML file, after its byte order mark or declaration: what the spans of findings count in. Bytes that are no
/// text in that encoding are replaced.
pub fn decode(bytes: &[u8]) -> String {
    xml::decode(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
}

/// Parses a BPMN file. `resource_name` is the name in the deployment; it shows in messages about files that are not XML.
pub fn parse(bytes: &[u8], resource_name: &str, options: &ParseOptions) -> Parsed {
    let mut problems = problem::Problems::default();
    let mut document = match xml::read(bytes, options.accept_forks, &options.limits) {
        Ok(document) => document,
        Err((error, source)) => {
            problems.not_well_formed(&error, &source, resource_name);
            return Parsed { definitions: None, diagnostics: problems.into_list() };
        }
    };
    if options.validate_schema {
        schema::validate(&mut document, &mut problems);
    }
    let definitions = build::definitions(&document, options, &mut problems);
    Parsed { definitions, diagnostics: problems.into_list() }
}
