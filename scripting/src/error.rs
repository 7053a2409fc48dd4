//! What goes wrong with scripts, in Camunda's words.

use objects::ObjectError;

/// Where in a source, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// A script did not come to its end.
#[derive(Clone, Debug, PartialEq)]
pub enum ScriptError {
    /// The source is wrong: what the compiler says, and where.
    Compile {
        /// What is wrong.
        message: String,
        /// Where, if the compiler tells.
        place: Option<Place>,
    },
    /// An exception nobody caught: its text, as Camunda appends it.
    Evaluate {
        /// Class and message of the exception.
        message: String,
        /// Where it was thrown, if the language tells.
        place: Option<Place>,
    },
    /// A BPMN error thrown on purpose.
    BpmnError {
        /// Error code.
        code: String,
        /// Error message.
        message: Option<String>,
    },
    /// A limit of [`Limits`](crate::Limits) was passed.
    Limit(String),
}

impl ScriptError {
    /// Camunda's whole message for a script of an activity.
    pub fn in_activity(&self, activity: &str, definition: &str) -> String {
        match self {
            Self::Compile { message, .. } => format!("Unable to compile script: {message}"),
            Self::BpmnError { .. } => self.to_string(),
            Self::Evaluate { message, .. } | Self::Limit(message) => format!(
                "Unable to evaluate script while executing activity '{activity}' in the process definition with id \
                 '{definition}':{message}"
            ),
        }
    }

    pub(crate) fn evaluate(message: impl Into<String>) -> Self {
        Self::Evaluate { message: message.into(), place: None }
    }

    /// An exception that came out of a method the script called.
    pub(crate) fn from_object(error: ObjectError) -> Self {
        match error {
            ObjectError::BpmnError(code, message) => Self::BpmnError { code, message },
            ObjectError::Limit(message) => Self::Limit(message),
            ObjectError::Exception(class, message) => Self::evaluate(format!("{class}: {message}")),
            other => Self::evaluate(other.to_string()),
        }
    }
}

impl std::fmt::Display for ScriptError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Compile { message, place } => {
                write!(f, "unable to compile script: {message}")?;
                match place {
                    Some(place) => write!(f, " (line {}, column {})", place.line, place.column),
                    None => Ok(()),
                }
            }
            Self::Evaluate { message, .. } => f.write_str(message.trim_start()),
            Self::BpmnError { code, message } => {
                write!(f, "{} (errorCode='{code}')", message.as_deref().unwrap_or("null"))
            }
            Self::Limit(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ScriptError {}
