//! Findings about models, as a compiler shows them.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use models::{Diagnostic, Severity};
use serde_json::{Value as Json, json};

/// A finding with the line of its file, a mark under the place, code and remedy.
///
/// ```text
/// error[E0504]: External tasks must specify a 'topic' attribute in the camunda namespace
///   --> order.bpmn:12:5
///    |
/// 12 |     <serviceTask id="charge" camunda:type="external"/>
///    |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ charge
///    |
///    = help: set `camunda:topic`
/// ```
pub(crate) fn text(path: &str, source: &str, found: &Diagnostic) -> String {
    render(path, source, found, crate::style::on_stdout())
}

/// The same for standard error.
pub(crate) fn error_text(path: &str, source: &str, found: &Diagnostic) -> String {
    render(path, source, found, crate::style::on_stderr())
}

fn render(path: &str, source: &str, found: &Diagnostic, coloured: bool) -> String {
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group: Group<'_> = Group::with_title(level.primary_title(found.message.as_str()).id(found.code));
    group = match excerpt(source, found) {
        Some(excerpt) => {
            let mut mark = AnnotationKind::Primary.span(excerpt.mark);
            if let Some(element) = &found.main_element_id {
                mark = mark.label(element.as_str());
            }
            group.element(Snippet::source(excerpt.line).line_start(excerpt.number).path(path).annotation(mark))
        }
        None => group.element(Origin::path(path)),
    };
    if !found.help.is_empty() {
        group = group.element(Level::HELP.message(found.help.as_str()));
    }
    let renderer = if coloured { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

struct Excerpt<'s> {
    line: &'s str,
    number: usize,
    mark: Range<usize>,
}

/// The line of a finding, with what is marked in it.
fn excerpt<'s>(source: &'s str, found: &Diagnostic) -> Option<Excerpt<'s>> {
    let span = found.span;
    if span.line == 0 {
        return None;
    }
    if span.start == 0 && span.end == 0 && span.column == 0 {
        // only the line is known
        let number = span.line as usize;
        let line = source.lines().nth(number - 1)?;
        return Some(Excerpt { line, number, mark: line.len() - line.trim_start().len()..line.trim_end().len() });
    }
    let at = (span.start as usize).min(source.len());
    if !source.is_char_boundary(at) {
        return None;
    }
    let from = source[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let to = source[at..].find('\n').map_or(source.len(), |newline| at + newline);
    let line = source[from..to].trim_end_matches('\r');
    let start = (at - from).min(line.len());
    let end = (span.end as usize).saturating_sub(from).clamp(start, line.len());
    Some(Excerpt { line, number: span.line as usize, mark: start..end })
}

/// A finding for programs.
pub(crate) fn json(path: &str, found: &Diagnostic) -> Json {
    json!({
        "file": path,
        "line": found.span.line,
        "column": found.span.column,
        "severity": match found.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "code": found.code,
        "message": found.message,
        "help": found.help,
        "element": found.main_element_id,
        "elements": found.element_ids,
    })
}
