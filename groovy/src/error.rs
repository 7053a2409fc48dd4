//! What can be wrong with a script, before and while it runs.

use std::fmt;

/// The source is no Groovy, or goes beyond the subset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong, in the words of Groovy's compiler where it would refuse the source too.
    pub message: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for ParseError {
    /// The words of `MultipleCompilationErrorsException`, without the source line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "startup failed:\nScript1.groovy: {}: {} @ line {}, column {}.",
            self.line, self.message, self.line, self.column
        )
    }
}

impl std::error::Error for ParseError {}

/// A script did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptError {
    /// `throw new BpmnError(code, message)`: an outcome of the process, not a fault.
    BpmnError {
        /// The error code.
        code: String,
        /// The message, if one was given.
        message: Option<String>,
    },
    /// An exception nobody caught.
    Exception {
        /// Java class name, such as `groovy.lang.MissingPropertyException`.
        class: String,
        /// `getMessage()`; `None` is `null`.
        message: Option<String>,
    },
    /// A limit of [`crate::Limits`] was passed; scripts cannot catch that.
    Limit(String),
}

impl fmt::Display for ScriptError {
    /// As `Throwable.toString()` has it: class and message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BpmnError { code, message } => {
                let message = message.as_deref().unwrap_or("null");
                write!(f, "org.camunda.bpm.engine.delegate.BpmnError: {message} (errorCode='{code}')")
            }
            Self::Exception { class, message: None } => f.write_str(class),
            Self::Exception { class, message: Some(message) } => write!(f, "{class}: {message}"),
            Self::Limit(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ScriptError {}
