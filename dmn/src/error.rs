//! What goes wrong at deployment and at evaluation, with Camunda's codes and texts.

use std::fmt;

use models::{Diagnostic, Position, Span};

/// A Java exception: class and message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Full class name.
    pub class: &'static str,
    /// Its message.
    pub message: String,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.class, self.message)
    }
}

const TRANSFORM: &str = "org.camunda.bpm.dmn.engine.impl.transform.DmnTransformException";
const NULL_POINTER: &str = "java.lang.NullPointerException";
const MODEL: &str = "org.camunda.bpm.model.xml.ModelException";
const PROCESS_ENGINE: &str = "org.camunda.bpm.engine.ProcessEngineException";

/// A file cannot be deployed.
#[derive(Clone, Debug, PartialEq)]
pub struct DeployError {
    /// The chain of exceptions below Camunda's `ENGINE-22004`, outermost first.
    pub causes: Vec<Cause>,
    /// The innermost problem with its place.
    pub diagnostic: Box<Diagnostic>,
}

impl DeployError {
    /// What Camunda says about the deployment of this resource.
    pub fn message(&self, resource_name: &str) -> String {
        format!("ENGINE-22004 Unable to transform DMN resource '{resource_name}'.")
    }

    /// The text is no XML, or not what the schema allows.
    pub(crate) fn unreadable(kind: &str, line: u32, message: &str, span: Span) -> Self {
        let text = format!("{kind}: URI=null Line={line}: {message}");
        let mut causes = vec![
            Cause {
                class: TRANSFORM,
                message: "DMN-02003 Unable to transform decisions from input stream.".to_owned(),
            },
            Cause { class: "org.camunda.bpm.model.dmn.DmnModelException", message: "Unable to parse model".to_owned() },
            Cause {
                class: "org.camunda.bpm.model.xml.ModelParseException",
                message: "SAXException while parsing input stream".to_owned(),
            },
        ];
        causes.push(Cause { class: "org.xml.sax.SAXException", message: text.clone() });
        let diagnostic = Diagnostic::error("DMN-02003", text, span).reported_at(Position { line, column: 0 });
        Self { causes, diagnostic: Box::new(diagnostic) }
    }

    fn transform(class: &'static str, code: &'static str, message: String, span: Span, id: Option<&str>) -> Self {
        let outer = format!("DMN-02016 Error while transforming decision requirements graph: {message}");
        Self {
            causes: vec![Cause { class: TRANSFORM, message: outer }, Cause { class, message: message.clone() }],
            diagnostic: Box::new(Diagnostic::error(code, message, span).on(id)),
        }
    }

    /// One of Camunda's own checks.
    pub(crate) fn check(code: &'static str, text: &str, span: Span, id: Option<&str>) -> Self {
        Self::transform(TRANSFORM, code, format!("{code} {text}"), span, id)
    }

    /// Camunda stumbles over a decision that it has ignored.
    pub(crate) fn null_pointer(message: &str, span: Span, id: Option<&str>) -> Self {
        Self::transform(NULL_POINTER, "DMN-02016", message.to_owned(), span, id)
    }

    /// A reference leads nowhere.
    pub(crate) fn dangling(reference: &str, span: Span, id: Option<&str>) -> Self {
        let message = format!("Unable to find a model element instance for id {reference}");
        Self::transform(MODEL, "DMN-02016", message, span, id)
    }

    /// The time to live is no number of days.
    pub(crate) fn time_to_live(message: String, span: Span, id: Option<&str>) -> Self {
        Self::transform(PROCESS_ENGINE, "DMN-02016", message, span, id)
    }
}

impl fmt::Display for DeployError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for DeployError {}

/// A decision cannot be evaluated. Shown with the text that Camunda's decision engine gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DmnError {
    /// There is no decision of that key.
    UnknownDecision(String),
    /// A FEEL text cannot be parsed or evaluated.
    Feel(String),
    /// The host could not evaluate an expression of another language.
    Foreign {
        /// The language.
        language: String,
        /// The text.
        text: String,
        /// What the host said.
        cause: String,
    },
    /// The host does not know the language.
    UnknownLanguage(String),
    /// A value is not of the type its clause demands.
    InvalidValue {
        /// The value as Java prints it.
        value: String,
        /// `typeRef` of the clause.
        type_name: String,
    },
    /// A value of FEEL has no form outside.
    Unsupported(String),
    /// The matching rules do not fit the hit policy.
    HitPolicy(String),
    /// The result does not have the form that is asked for.
    Result(String),
}

impl fmt::Display for DmnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownDecision(key) => write!(f, "DMN-01001 Unable to find decision with id '{key}' in model."),
            Self::Foreign { language, text, .. } => {
                write!(f, "DMN-01002 Unable to evaluate expression for language '{language}': '{text}'")
            }
            Self::UnknownLanguage(language) => {
                write!(f, "DMN-01003 Unable to find script engine for expression language '{language}'.")
            }
            Self::InvalidValue { value, type_name } => {
                write!(f, "DMN-01005 Invalid value '{value}' for clause with type '{type_name}'.")
            }
            Self::Feel(text) | Self::Unsupported(text) | Self::HitPolicy(text) | Self::Result(text) => {
                f.write_str(text)
            }
        }
    }
}

impl std::error::Error for DmnError {}

impl From<feel::FeelError> for DmnError {
    fn from(error: feel::FeelError) -> Self {
        Self::Feel(error.to_string())
    }
}
