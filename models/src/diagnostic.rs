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
    /// Ids of the elements concerned, main element first (Camunda's `mainElementId` and `elementIds`).
    pub element_ids: Vec<String>,
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
            element_ids: Vec::new(),
            help: String::new(),
        }
    }

    /// A warning without element and help.
    pub fn warning(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, message, span)
        }
    }

    /// The same finding with the ids of the elements it concerns, main element first.
    #[must_use]
    pub fn on(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.element_ids.extend(ids.into_iter().map(Into::into));
        self
    }

    /// The same finding with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}
