//! What a caller can choose.

/// Checks the syntax of a JUEL expression; the error is the text of JUEL's own exception.
pub type ExpressionCheck = fn(&str) -> Result<(), String>;

/// What is to be said about a script before it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptFinding {
    /// Its language is never run: the file is refused.
    Refused(String),
    /// It does not compile, and fails when it is reached: a warning.
    Broken(String),
}

/// Checks a script: its format, and its source when the file holds it.
pub type ScriptCheck = fn(&str, Option<&str>) -> Option<ScriptFinding>;

/// Settings of [`parse`](crate::parse). The defaults are Camunda 7's, except that a missing history time to live is allowed.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches")]
pub struct ParseOptions {
    /// A process without `camunda:historyTimeToLive` is an error (Camunda's `enforceHistoryTimeToLive`) instead of a warning.
    pub enforce_history_time_to_live: bool,
    /// Time to live of processes that give none: days or `PnD`.
    pub history_time_to_live: Option<String>,
    /// Hold the file against the BPMN 2.0 schema. Without it, defaults that the schema gives are missing.
    pub validate_schema: bool,
    /// Read the extension namespaces of Camunda's forks (Operaton, CIB seven, Fluxnova …) as Camunda's own. Camunda 7 does not.
    pub accept_forks: bool,
    /// Refuse incomplete `camunda:in` and `camunda:out` (off with Camunda's `disableStrictCallActivityValidation`).
    pub strict_call_activity_validation: bool,
    /// Checks expressions while parsing, as Camunda does: by default JUEL's syntax. Without it their errors come up when they are
    /// used.
    pub expression_check: Option<ExpressionCheck>,
    /// Checks scripts while parsing. Camunda does not; without it what is wrong with them comes up when they run.
    pub script_check: Option<ScriptCheck>,
    /// Sizes beyond which a file is refused.
    pub limits: Limits,
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self {
            enforce_history_time_to_live: false,
            history_time_to_live: None,
            validate_schema: true,
            accept_forks: true,
            strict_call_activity_validation: true,
            expression_check: Some(check_juel),
            script_check: None,
            limits: Limits::default(),
        }
    }
}

fn check_juel(text: &str) -> Result<(), String> {
    match juel::Expression::parse(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// Sizes beyond which a file is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub max_bytes: usize,
    /// Nesting of elements.
    pub max_depth: usize,
    /// Attributes of one element; the limit of the Java parser.
    pub max_attributes: usize,
    /// Elements of the file.
    pub max_elements: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 64 << 20, max_depth: 256, max_attributes: 10_000, max_elements: 2_000_000 }
    }
}
