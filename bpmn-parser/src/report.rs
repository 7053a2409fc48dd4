//! Findings as Camunda 7 words them: the message of its exception and the details of its REST API.

use std::fmt::Write;

use models::{Diagnostic, Severity};

use crate::rules;

/// One problem in the details of Camunda's `ParseException`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProblemReport {
    /// The text.
    pub message: String,
    /// 1-based line; 0 without place.
    pub line: u32,
    /// 1-based column; 0 without place.
    pub column: u32,
    /// `mainElementId`.
    pub main_element_id: Option<String>,
    /// The elements concerned. In Camunda's REST API the key is `\u{435}lementIds`: its first letter is Cyrillic.
    pub element_ids: Vec<String>,
}

/// The details for one resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceReport {
    /// What rejects the file.
    pub errors: Vec<ProblemReport>,
    /// What does not.
    pub warnings: Vec<ProblemReport>,
}

/// The message with which Camunda 7 rejects the file; empty when nothing rejects it.
///
/// Files that are no XML and exceptions in the middle of parsing have messages of their own (`ENGINE-09003`, `ENGINE-01009`);
/// all other errors come as the list of an `ENGINE-09005`.
pub fn camunda_message(resource: &str, diagnostics: &[Diagnostic]) -> String {
    let errors: Vec<_> = diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
    match errors.as_slice() {
        [] => String::new(),
        [only] if only.code == rules::NOT_WELL_FORMED.code => {
            format!("ENGINE-09003 {}", only.message)
        }
        [only] if only.code == rules::EXCEPTION.code => format!("ENGINE-01009 {}", only.message),
        all => {
            let mut text = String::from("ENGINE-09005 Could not parse BPMN process. Errors: ");
            for error in all {
                // Writing to a string cannot fail.
                let _ = write!(text, "\n* {} | resource {resource}", error.message);
                if error.reported_at.line > 0 {
                    let _ = write!(text, " | line {}", error.reported_at.line);
                }
                if error.reported_at.column > 0 {
                    let _ = write!(text, " | column {}", error.reported_at.column);
                }
            }
            text
        }
    }
}

/// The details that Camunda's REST API adds for one resource to a `ParseException`; `None` for files that fail otherwise or not
/// at all. Findings that Camunda 7 does not know are left out.
pub fn camunda_report(diagnostics: &[Diagnostic]) -> Option<ResourceReport> {
    let mut report = ResourceReport::default();
    for found in diagnostics {
        if found.code == rules::NOT_WELL_FORMED.code || found.code == rules::EXCEPTION.code {
            return None;
        }
        if rules::is_own(found.code) {
            continue;
        }
        let problem = ProblemReport {
            message: found.message.clone(),
            line: found.reported_at.line,
            column: found.reported_at.column,
            main_element_id: found.main_element_id.clone(),
            element_ids: found.element_ids.clone(),
        };
        match found.severity {
            Severity::Error => report.errors.push(problem),
            Severity::Warning => report.warnings.push(problem),
        }
    }
    (!report.errors.is_empty()).then_some(report)
}
