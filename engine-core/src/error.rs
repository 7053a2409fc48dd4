//! Faults: technical failures that roll the transaction back, with the class name and text Camunda gives them.

use std::fmt;

/// Exception classes of Camunda 7 that clients can tell apart (`bpmn-semantics.md` 23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// `ProcessEngineException`.
    ProcessEngine,
    /// `NullValueException`.
    NullValue,
    /// `NotValidException`.
    NotValid,
    /// `NotFoundException`.
    NotFound,
    /// `BadUserRequestException`.
    BadUserRequest,
    /// `NotAllowedException`.
    NotAllowed,
    /// `AuthorizationException`.
    Authorization,
    /// `SuspendedEntityInteractionException`.
    SuspendedEntity,
    /// `OptimisticLockingException`.
    OptimisticLocking,
    /// `MismatchingMessageCorrelationException`.
    MismatchingMessageCorrelation,
    /// `TaskAlreadyClaimedException`.
    TaskAlreadyClaimed,
    /// `ParseException`.
    Parse,
    /// `MigrationPlanValidationException`.
    MigrationPlanValidation,
    /// `MigratingProcessInstanceValidationException`.
    MigratingInstanceValidation,
    /// `ScriptEvaluationException`.
    ScriptEvaluation,
    /// `ScriptCompilationException`.
    ScriptCompilation,
    /// `FormFieldValidatorException`: a constraint does not hold.
    FormFieldValidator,
    /// `FormFieldValidationException`: a variable does not fit its form field.
    FormFieldValidation,
    /// `FormFieldConfigurationException`: a constraint is not configured well.
    FormFieldConfiguration,
    /// `DmnEngineException` and the like, wrapped.
    Decision,
    /// `ClassLoadingException`: nobody serves a class or bean.
    ClassLoading,
    /// `ProcessEnginePersistenceException`: what the database refuses.
    Persistence,
    /// Work is refused for the time being: nothing has changed, and it may be tried again. For Java a `ProcessEngineException`.
    Unavailable,
    /// Any other Java exception.
    Other,
}

impl FaultKind {
    /// Simple class name, as in `type` of an error answer.
    pub fn class(self) -> &'static str {
        match self {
            Self::ProcessEngine | Self::Unavailable => "ProcessEngineException",
            Self::NullValue => "NullValueException",
            Self::NotValid => "NotValidException",
            Self::NotFound => "NotFoundException",
            Self::BadUserRequest => "BadUserRequestException",
            Self::NotAllowed => "NotAllowedException",
            Self::Authorization => "AuthorizationException",
            Self::SuspendedEntity => "SuspendedEntityInteractionException",
            Self::OptimisticLocking => "OptimisticLockingException",
            Self::MismatchingMessageCorrelation => "MismatchingMessageCorrelationException",
            Self::TaskAlreadyClaimed => "TaskAlreadyClaimedException",
            Self::Parse => "ParseException",
            Self::MigrationPlanValidation => "MigrationPlanValidationException",
            Self::MigratingInstanceValidation => "MigratingProcessInstanceValidationException",
            Self::ScriptEvaluation => "ScriptEvaluationException",
            Self::ScriptCompilation => "ScriptCompilationException",
            Self::FormFieldValidator => "FormFieldValidatorException",
            Self::FormFieldValidation => "FormFieldValidationException",
            Self::FormFieldConfiguration => "FormFieldConfigurationException",
            Self::Decision => "DecisionEvaluationException",
            Self::ClassLoading => "ClassLoadingException",
            Self::Persistence => "ProcessEnginePersistenceException",
            Self::Other => "RuntimeException",
        }
    }

    /// Whether it is a `BadUserRequestException` or a subclass: the REST API answers 400.
    pub fn is_bad_request(self) -> bool {
        matches!(
            self,
            Self::BadUserRequest
                | Self::NotValid
                | Self::NotFound
                | Self::NotAllowed
                | Self::SuspendedEntity
                | Self::Parse
                | Self::MigrationPlanValidation
                | Self::MigratingInstanceValidation
        )
    }
}

/// A technical failure: the transaction is dropped.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Class.
    pub kind: FaultKind,
    /// Fully qualified class name of a Java exception that error events may catch by name; empty for engine exceptions.
    pub java_class: String,
    /// Text, with `ENGINE-…` prefix where Camunda has one.
    pub message: String,
    /// `ProcessEngineException.code`.
    pub code: i32,
    /// Where it came from, one line per level, for stack traces; innermost last.
    pub trace: Vec<String>,
    /// The activity where it happened.
    pub activity: Option<String>,
    /// Structured details (validation reports), as JSON text.
    pub details: Option<String>,
}

impl Fault {
    /// A fault of a class.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            java_class: String::new(),
            message: message.into(),
            // Camunda's built-in codes
            code: i32::from(kind == FaultKind::OptimisticLocking),
            trace: Vec::new(),
            activity: None,
            details: None,
        }
    }

    /// `ProcessEngineException`.
    pub fn engine(message: impl Into<String>) -> Self {
        Self::new(FaultKind::ProcessEngine, message)
    }

    /// `NullValueException`.
    pub fn null(message: impl Into<String>) -> Self {
        Self::new(FaultKind::NullValue, message)
    }

    /// `BadUserRequestException`.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(FaultKind::BadUserRequest, message)
    }

    /// `ProcessEnginePersistenceException`: what was to be written breaks a constraint of Camunda's database, such as a key that
    /// is taken, or a foreign key.
    pub fn persistence() -> Self {
        let text = "An exception occurred in the persistence layer. Please check the server logs for a detailed message and \
                    the entire exception stack trace.";
        Self::new(FaultKind::Persistence, text)
    }

    /// Work is refused for the time being.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Unavailable, message)
    }

    /// `NotFoundException`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(FaultKind::NotFound, message)
    }

    /// `NotValidException`.
    pub fn not_valid(message: impl Into<String>) -> Self {
        Self::new(FaultKind::NotValid, message)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
