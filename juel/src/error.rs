//! What goes wrong, in Camunda's words.

use objects::ObjectError;

/// Why a text is no expression. Renders as the engine's message at deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: String,
    position: Option<usize>,
}

impl ParseError {
    pub(crate) fn new(message: String, position: Option<usize>) -> Self {
        Self { message, position }
    }

    /// Where in the text, in UTF-16 units from 0; none for unknown functions and limits.
    pub fn position(&self) -> Option<usize> {
        self.position
    }
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseError {}

/// Why an evaluation failed. Renders as the engine's message.
#[derive(Clone, Debug, PartialEq)]
pub enum EvalError {
    /// An identifier, property or base that is not there.
    UnknownProperty {
        /// The whole text.
        expression: String,
        /// What is missing.
        cause: String,
    },
    /// A method that is not there for these arguments.
    UnknownMethod {
        /// The whole text.
        expression: String,
        /// What is missing.
        cause: String,
    },
    /// Anything else that JUEL itself refuses: coercions, comparisons, division by zero.
    Evaluation {
        /// The whole text.
        expression: String,
        /// What was refused.
        cause: String,
    },
    /// An exception thrown by a called method or function.
    Thrown {
        /// Java class of the exception.
        class: String,
        /// Its message.
        message: String,
    },
    /// A BPMN error thrown on purpose.
    BpmnError {
        /// Error code.
        code: String,
        /// Error message.
        message: Option<String>,
    },
    /// A configured limit was passed.
    Limit(String),
}

impl std::fmt::Display for EvalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownProperty { expression, cause } => {
                write!(f, "Unknown property used in expression: {expression}. Cause: {cause}")
            }
            Self::UnknownMethod { expression, cause } => {
                write!(f, "Unknown method used in expression: {expression}. Cause: {cause}")
            }
            Self::Evaluation { expression, cause } => {
                write!(f, "Error while evaluating expression: {expression}. Cause: {cause}")
            }
            Self::Thrown { class, message } => write!(f, "{class}: {message}"),
            Self::BpmnError { code, message } => {
                write!(f, "{} (errorCode='{code}')", message.as_deref().unwrap_or("null"))
            }
            Self::Limit(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for EvalError {}

/// An [`EvalError`] without the expression's text, which only the outermost caller knows.
#[derive(Debug)]
pub(crate) enum Failure {
    Property(String),
    Method(String),
    Refused(String),
    Thrown(String, String),
    BpmnError(String, Option<String>),
    Limit(String),
}

impl Failure {
    /// An error of an operator or of reading an index: JUEL shows its message only.
    pub(crate) fn refused(error: ObjectError) -> Self {
        match error {
            ObjectError::UnknownIdentifier(_) | ObjectError::UnknownProperty(..) => Self::Property(error.to_string()),
            ObjectError::UnknownMethod(..) => Self::Method(error.to_string()),
            ObjectError::BpmnError(code, message) => Self::BpmnError(code, message),
            ObjectError::Exception(_, message) => Self::Refused(message),
            ObjectError::Limit(message) => Self::Limit(message),
        }
    }

    /// An error of a called method, getter or function: JUEL shows the exception.
    pub(crate) fn thrown(error: ObjectError) -> Self {
        match error {
            ObjectError::Exception(class, message) => Self::Thrown(class, message),
            other => Self::refused(other),
        }
    }

    pub(crate) fn into_error(self, text: &str) -> EvalError {
        let expression = || text.to_owned();
        match self {
            Self::Property(cause) => EvalError::UnknownProperty { expression: expression(), cause },
            Self::Method(cause) => EvalError::UnknownMethod { expression: expression(), cause },
            Self::Refused(cause) => EvalError::Evaluation { expression: expression(), cause },
            Self::Thrown(class, message) => EvalError::Thrown { class, message },
            Self::BpmnError(code, message) => EvalError::BpmnError { code, message },
            Self::Limit(message) => EvalError::Limit(message),
        }
    }
}
