//! Findings about a source file: many at once, each with a place and a remedy.

/// A place in a source text: 1-based line and column of the first character, and byte offsets into the decoded text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// 1-based line; 0 when unknown.
    pub line: u32,
    /// 1-based column in characters; 0 when unknown.
    pub column: u32,
    /// Byte offset of the start in the decoded text.
    pub start: u32,
    /// Byte offset behind the end in the decoded text.
    pub end: u32,
}

/// A line and a column, both 1-based; 0 means "no place".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in UTF-16 units as Java counts.
    pub column: u32,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; deployment goes on.
    Warning,
    /// The file is rejected.
    Error,
}

/// One finding about a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code such as `E0107`; documented in `docs/diagnostics.md`.
    pub code: &'static str,
    /// Whether the file is rejected.
    pub severity: Severity,
    /// The problem. Where Camunda 7 reports the same problem, its text to the letter.
    pub message: String,
    /// Where it is.
    pub span: Span,
    /// Id of the element that the finding is about (Camunda's `mainElementId`).
    pub main_element_id: Option<String>,
    /// Ids of all elements concerned, in Camunda's order (`elementIds`).
    pub element_ids: Vec<String>,
    /// Where Camunda 7 reports the same finding: the place behind the start tag.
    pub reported_at: Position,
    /// What to do about it; empty when the message says it all.
    pub help: String,
}

impl Diagnostic {
    /// An error without element and help.
    pub fn error(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            span,
            main_element_id: None,
            element_ids: Vec::new(),
            reported_at: Position::default(),
            help: String::new(),
        }
    }

    /// A warning without element and help.
    pub fn warning(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, span) }
    }

    /// The same finding with the ids of the elements it concerns, main element first.
    #[must_use]
    pub fn on(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.element_ids.extend(ids.into_iter().map(Into::into));
        if self.main_element_id.is_none() {
            self.main_element_id = self.element_ids.first().cloned();
        }
        self
    }

    /// The same finding with the place at which Camunda 7 reports it.
    #[must_use]
    pub fn reported_at(mut self, position: Position) -> Self {
        self.reported_at = position;
        self
    }

    /// The same finding with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}
