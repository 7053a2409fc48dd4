//! Collects findings.

use models::{Diagnostic, Position, Severity, Span};

use crate::{
    rules::{self, Rule},
    xml::{Element, LineIndex, XmlError},
};

/// The findings of one file, in the order in which Camunda 7 reports them.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<Diagnostic>,
}

impl Problems {
    pub(crate) fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.list.iter().any(|found| found.severity == Severity::Error)
    }

    /// The only finding of a file that is not XML.
    pub(crate) fn not_well_formed(&mut self, error: &XmlError, source: &str, resource_name: &str) {
        let offset = error.offset.min(source.len());
        let place = LineIndex::new(source).position(source, offset);
        let at = u32::try_from(offset).unwrap_or(u32::MAX);
        let span = Span { line: place.line, column: place.column, start: at, end: at };
        let rule = rules::NOT_WELL_FORMED;
        let message = format!("Could not parse '{resource_name}'. {}", error.message);
        self.list.push(Diagnostic::error(rule.code, message, span).help(rule.help).reported_at(place));
    }

    /// Camunda 7 stops with an exception that is no finding of its own.
    pub(crate) fn exception(&mut self, message: &str, span: Span) {
        let rule = rules::EXCEPTION;
        let message = format!("Error while parsing process. {message}.");
        self.list.push(Diagnostic::error(rule.code, message, span).help(rule.help));
    }

    /// A schema violation: it has a place and no elements.
    pub(crate) fn schema(&mut self, rule: Rule, message: String, span: Span, reported_at: Position) {
        self.list.push(Diagnostic::error(rule.code, message, span).help(rule.help).reported_at(reported_at));
    }

    /// What the XML parser only warns of.
    pub(crate) fn schema_warning(&mut self, rule: Rule, message: String, span: Span, reported_at: Position) {
        self.list.push(Diagnostic::warning(rule.code, message, span).help(rule.help).reported_at(reported_at));
    }

    pub(crate) fn error(&mut self, rule: Rule, message: impl Into<String>, place: Place<'_>) {
        self.list.push(place.put_on(Diagnostic::error(rule.code, message, place.span()).help(rule.help)));
    }

    pub(crate) fn warning(&mut self, rule: Rule, message: impl Into<String>, place: Place<'_>) {
        self.list.push(place.put_on(Diagnostic::warning(rule.code, message, place.span()).help(rule.help)));
    }
}

/// What a finding is about, as Camunda's `ProblemImpl` takes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'p> {
    /// Gives line, column and its id.
    pub(crate) element: Option<Element<'p>>,
    /// Where to point when Camunda gives no place.
    pub(crate) shown: Option<Element<'p>>,
    /// Further ids; the first is the main one.
    pub(crate) ids: &'p [Option<&'p str>],
    /// The exception way: the id is appended behind the element's.
    pub(crate) main: Option<&'p str>,
}

impl<'p> Place<'p> {
    pub(crate) fn of(element: Element<'p>) -> Self {
        Self { element: Some(element), shown: Some(element), ids: &[], main: None }
    }

    pub(crate) fn with(element: Element<'p>, ids: &'p [Option<&'p str>]) -> Self {
        Self { ids, ..Self::of(element) }
    }

    /// Camunda gives no place; we point at `shown`.
    pub(crate) fn nowhere(shown: Element<'p>, ids: &'p [Option<&'p str>]) -> Self {
        Self { element: None, shown: Some(shown), ids, main: None }
    }

    fn span(&self) -> Span {
        self.shown.map(Element::span).unwrap_or_default()
    }

    fn put_on(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let filled = |id: &&str| !id.is_empty();
        if let Some(element) = self.element {
            diagnostic.reported_at = element.position();
            if let Some(id) = element.id().filter(filled) {
                diagnostic.main_element_id = Some(id.to_owned());
                diagnostic.element_ids.push(id.to_owned());
            }
        }
        if let Some(first) = self.ids.first() {
            diagnostic.main_element_id = first.map(str::to_owned);
            diagnostic.element_ids.extend(self.ids.iter().copied().flatten().filter(filled).map(str::to_owned));
        }
        if let Some(main) = self.main {
            diagnostic.main_element_id = Some(main.to_owned());
            diagnostic.element_ids.extend(Some(main).filter(filled).map(str::to_owned));
        }
        diagnostic
    }
}
