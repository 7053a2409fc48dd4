//! What goes wrong while parsing and evaluating, with the texts of Camunda's FEEL engine.

use std::{borrow::Cow, fmt};

/// An expression cannot be used or its evaluation failed. The text is what Camunda 7 shows behind
/// `FEEL/SCALA-01008 Error while evaluating expression: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeelError {
    message: String,
}

impl FeelError {
    pub(crate) fn new(message: String) -> Self {
        Self { message }
    }

    /// The text without Camunda's code.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for FeelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FEEL/SCALA-01008 Error while evaluating expression: {}", self.message)
    }
}

impl std::error::Error for FeelError {}

/// The text is no expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: String,
    at: usize,
}

impl ParseError {
    /// Something else was expected at this byte.
    pub(crate) fn syntax(text: &str, at: usize, expected: &str) -> Self {
        let before = &text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        let found: String = text[at..].chars().take(10).collect();
        let found = format!("\"{}\"", found.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"));
        Self {
            message: format!("failed to parse expression '{text}': Expected {expected}:{line}:{column}, found {found}"),
            at,
        }
    }

    /// The text exceeds a limit of this engine.
    pub(crate) fn limit(text: &str, reason: &str) -> Self {
        let start: String = text.chars().take(80).collect();
        Self { message: format!("failed to parse expression '{start}': {reason}"), at: 0 }
    }

    /// `function(…) external …`.
    pub(crate) fn external_function(text: &str) -> Self {
        Self {
            message: format!(
                "validation of expression '{text}' failed: External functions are disabled. Use the FunctionProvider SPI \
                 (recommended) or enable external function in the configuration."
            ),
            at: 0,
        }
    }

    /// The text without Camunda's code.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The byte at which the text stops making sense.
    pub fn offset(&self) -> usize {
        self.at
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

impl From<ParseError> for FeelError {
    fn from(error: ParseError) -> Self {
        Self::new(error.message)
    }
}

/// Why a node has no value.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// An error value: most operators turn it into null.
    Error(Cow<'static, str>),
    /// `?` outside a unary test: passes through most operators.
    NoInput,
    /// An exception in Camunda, or a limit here: ends the evaluation.
    Abort(String),
}

impl Failure {
    pub(crate) fn error(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Error(message.into())
    }

    /// What the whole evaluation says when this is its outcome.
    pub(crate) fn into_error(self, text: &str) -> FeelError {
        FeelError::new(match self {
            Self::Error(cause) => format!("failed to evaluate expression '{text}': {cause}"),
            Self::NoInput => format!(
                "failed to evaluate expression '{text}': No input value available. '?' can only be used inside an \
                 unary-test expression."
            ),
            Self::Abort(cause) => format!("failed to evaluate expression '{text}' : {cause}"),
        })
    }
}
