//! Which status, class and text an engine fault gets, per endpoint: the catch clauses of Camunda's resources.
//!
//! The same fault has different answers at different endpoints: whoever calls the engine says what it attempts.

use std::borrow::Cow;

use axum::http::StatusCode;
use engine_core::error::{Fault, FaultKind};
use serde_json::Value;

use super::Failure;

/// Faults that a catch clause matches.
#[derive(Clone, Copy, Debug)]
enum Catch {
    /// `NotFoundException`.
    NotFound,
    /// `NullValueException`.
    NullValue,
    /// `NotValidException`.
    NotValid,
    /// `BadUserRequestException` and what derives from it.
    BadUserRequest,
    /// `MismatchingMessageCorrelationException`.
    Mismatch,
    /// `FormFieldValidationException`.
    FormField,
    /// Any `ProcessEngineException`.
    Engine,
    /// Any other Java exception.
    Java,
}

impl Catch {
    fn matches(self, kind: FaultKind) -> bool {
        match self {
            Self::NotFound => kind == FaultKind::NotFound,
            Self::NullValue => kind == FaultKind::NullValue,
            Self::NotValid => kind == FaultKind::NotValid,
            Self::BadUserRequest => kind.is_bad_request(),
            Self::Mismatch => kind == FaultKind::MismatchingMessageCorrelation,
            Self::FormField => kind == FaultKind::FormFieldValidation,
            Self::Engine => kind != FaultKind::Other,
            Self::Java => kind == FaultKind::Other,
        }
    }
}

/// Text of the answer.
#[derive(Clone, Copy, Debug)]
enum Text {
    /// What was attempted, then the fault's message.
    Prefixed,
    /// The fault's message.
    Own,
    /// What was attempted, alone.
    Only,
    /// The qualified class name, then the fault's message: the text of an exception that is wrapped without text.
    Qualified,
}

const INVALID: &str = "InvalidRequestException";
const REST: &str = "RestException";

/// A catch clause: what, status, class, text, and whether the fault is kept as cause (then its code is shown).
type Clause = (Catch, u16, &'static str, Text, bool);

/// What is attempted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Attempt<'a> {
    /// Nothing is caught.
    Plain,
    /// `POST /process-definition/{id}/start` and `submit-form`.
    Instantiate(&'a str),
    /// `POST /task/{id}/complete`.
    CompleteTask(&'a str),
    /// `POST /task/{id}/submit-form`.
    SubmitTaskForm(&'a str),
    /// `POST /task/{id}/resolve`.
    ResolveTask(&'a str),
    /// `GET /process-instance/{id}/activity-instances`.
    ActivityTree,
    /// `GET /job/{id}/stacktrace`.
    Stacktrace,
    /// `DELETE /task/{id}`.
    DeleteTask,
    /// `POST /task/create`.
    CreateTask,
    /// `POST /task/{id}/bpmnError` and `bpmnEscalation`.
    ThrowFromTask,
    /// `GET /task/{id}/form`.
    TaskForm(&'a str),
    /// Reading one variable of a scope: `task`, `execution`, `process instance`.
    GetVariable(&'a str, &'a str),
    /// Setting one variable of a scope.
    PutVariable(&'a str, &'a str),
    /// Setting one variable of a scope by an upload.
    UploadVariable(&'a str, &'a str),
    /// Removing one variable of a scope.
    DeleteVariable(&'a str, &'a str),
    /// Setting several variables of the scope of an id.
    ModifyVariables(&'a str, &'a str),
    /// `POST /execution/{id}/signal`.
    SignalExecution(&'a str),
    /// `POST /execution/{id}/messageSubscriptions/{name}/trigger`.
    TriggerMessage(&'a str, &'a str),
    /// `POST /execution/{id}/create-incident`.
    CreateIncident,
    /// `DELETE /process-instance/{id}`, `DELETE /process-definition/{id}` …: what is not found is 404.
    NotFoundIs404,
    /// External task operations.
    ExternalTask(&'a str),
    /// External task operations that catch only what is not found.
    ExternalTaskLookup(&'a str),
    /// `PUT /job/{id}/retries` and `duedate`.
    JobRetries,
    /// `POST /job/{id}/execute`.
    ExecuteJob,
    /// `POST /job/{id}/duedate/recalculate`.
    RecalculateDueDate,
    /// `PUT /job/{id}/priority`.
    JobPriority,
    /// `DELETE /job/{id}`.
    DeleteJob,
    /// `POST /message`.
    Deliver,
    /// `DELETE /incident/{id}`.
    ResolveIncident,
    /// Bad requests are 400 `InvalidRequestException`, without code: batches, restart, modification, annotation …
    BadRequest,
    /// `POST /decision-definition/{id}/evaluate`.
    EvaluateDecision(&'a str),
    /// `GET /decision-definition/{id}` and below.
    DecisionDefinition,
    /// A comment is changed or deleted.
    CommentChange,
    /// `PUT /job-definition/{id}/jobPriority`.
    JobDefinitionPriority,
    /// `PUT /job-definition/{id}/retries`.
    JobDefinitionRetries,
    /// `DELETE /batch/{id}`.
    DeleteBatch(&'a str),
    /// `PUT /batch/{id}/suspended`.
    SuspendBatch(&'a str, bool),
    /// `DELETE /history/batch/{id}`.
    DeleteHistoricBatch(&'a str),
    /// `DELETE /history/variable-instance/{id}` and the like: the text is the fault's.
    DeleteHistory,
    /// A comment is made.
    Comment,
    /// An attachment is made.
    Attachment,
}

impl Attempt<'_> {
    /// The text in front of the cause.
    fn text(self) -> Cow<'static, str> {
        match self {
            Self::Instantiate(id) => format!("Cannot instantiate process definition {id}: ").into(),
            Self::CompleteTask(id) => format!("Cannot complete task {id}: ").into(),
            Self::SubmitTaskForm(id) => format!("Cannot submit task form {id}: ").into(),
            Self::ResolveTask(id) => format!("Cannot resolve task {id}: ").into(),
            Self::DeleteTask => "Could not delete task: ".into(),
            Self::CreateTask => "Could not save task: ".into(),
            Self::TaskForm(id) => format!("Cannot get form for task {id}").into(),
            Self::GetVariable(scope, name) => format!("Cannot get {scope} variable {name}: ").into(),
            Self::PutVariable(scope, name) | Self::UploadVariable(scope, name) => {
                format!("Cannot put {scope} variable {name}: ").into()
            }
            Self::DeleteVariable(scope, name) => format!("Cannot delete {scope} variable {name}: ").into(),
            Self::ModifyVariables(scope, id) => format!("Cannot modify variables for {scope} {id}: ").into(),
            Self::SignalExecution(id) => format!("Cannot signal execution {id}: ").into(),
            Self::TriggerMessage(name, id) => format!("Cannot trigger message {name} for execution {id}: ").into(),
            Self::ExternalTask(id) | Self::ExternalTaskLookup(id) => {
                format!("External task with id {id} does not exist").into()
            }
            Self::EvaluateDecision(id) => format!("Cannot evaluate decision {id}: ").into(),
            Self::DeleteBatch(id) => format!("Unable to delete batch with id '{id}'").into(),
            Self::SuspendBatch(id, suspended) => {
                let verb = if suspended { "suspend" } else { "activate" };
                format!("Unable to {verb} batch with id '{id}'").into()
            }
            Self::DeleteHistoricBatch(id) => format!("Unable to delete historic batch with id '{id}'").into(),
            Self::Comment => "Not enough parameters submitted".into(),
            Self::Attachment => "Task id is null".into(),
            Self::Deliver => "Cannot deliver message: ".into(),
            Self::Plain
            | Self::ActivityTree
            | Self::Stacktrace
            | Self::ThrowFromTask
            | Self::CreateIncident
            | Self::NotFoundIs404
            | Self::JobRetries
            | Self::ExecuteJob
            | Self::RecalculateDueDate
            | Self::JobPriority
            | Self::DeleteJob
            | Self::ResolveIncident
            | Self::BadRequest
            | Self::JobDefinitionPriority
            | Self::JobDefinitionRetries
            | Self::DecisionDefinition
            | Self::CommentChange
            | Self::DeleteHistory => "".into(),
        }
    }

    /// The catch clauses in order.
    fn clauses(self) -> &'static [Clause] {
        use Catch::{BadUserRequest, Engine, FormField, Java, Mismatch, NotFound, NotValid, NullValue};
        use Text::{Only, Own, Prefixed, Qualified};
        match self {
            Self::Plain => &[],
            Self::Instantiate(_) | Self::CompleteTask(_) | Self::SubmitTaskForm(_) => {
                &[(FormField, 400, REST, Prefixed, true), (Engine, 500, REST, Prefixed, true)]
            }
            Self::ResolveTask(_) => &[],
            Self::ActivityTree => &[(Engine, 500, INVALID, Own, true)],
            Self::Stacktrace => &[(Engine, 404, INVALID, Own, false)],
            Self::DeleteTask | Self::CreateTask => &[(NotValid, 400, INVALID, Prefixed, true)],
            Self::ThrowFromTask => &[(NotFound, 404, REST, Own, true), (BadUserRequest, 400, REST, Own, true)],
            Self::TaskForm(_) => &[(Engine, 400, REST, Only, true)],
            Self::GetVariable(..) | Self::UploadVariable(..) | Self::DeleteVariable(..) | Self::ModifyVariables(..) => {
                &[(Engine, 500, REST, Prefixed, true)]
            }
            Self::PutVariable(..) => {
                &[(BadUserRequest, 400, REST, Prefixed, true), (Engine, 500, REST, Prefixed, true)]
            }
            Self::SignalExecution(_) | Self::TriggerMessage(..) => &[(Engine, 500, REST, Prefixed, true)],
            Self::CreateIncident | Self::BadRequest => &[(BadUserRequest, 400, INVALID, Own, false)],
            Self::NotFoundIs404 => &[(NotFound, 404, INVALID, Own, true)],
            Self::ExternalTask(_) => &[(NotFound, 404, REST, Only, true), (BadUserRequest, 400, REST, Own, true)],
            Self::ExternalTaskLookup(_) => &[(NotFound, 404, REST, Only, true)],
            Self::JobRetries => &[(Engine, 500, INVALID, Own, false)],
            Self::ExecuteJob => &[(Engine, 404, INVALID, Own, false), (Java, 500, REST, Own, false)],
            Self::RecalculateDueDate => &[(NotFound, 404, INVALID, Own, true), (Engine, 500, INVALID, Own, false)],
            Self::JobPriority => &[(NotFound, 404, INVALID, Own, false), (Engine, 500, REST, Own, false)],
            Self::DeleteJob => &[(NullValue, 404, INVALID, Own, false), (Engine, 500, REST, Own, false)],
            Self::Deliver => &[(Mismatch, 400, REST, Qualified, true)],
            Self::ResolveIncident => {
                &[(NotFound, 404, INVALID, Own, false), (BadUserRequest, 400, INVALID, Own, false)]
            }
            Self::EvaluateDecision(_) => &[
                (NotFound, 404, INVALID, Prefixed, true),
                (NotValid, 400, INVALID, Prefixed, true),
                (Engine, 500, REST, Prefixed, true),
            ],
            Self::DecisionDefinition => &[
                (NotFound, 404, INVALID, Own, true),
                (NotValid, 400, INVALID, Own, true),
                (Engine, 500, REST, Qualified, true),
            ],
            Self::CommentChange => &[(NullValue, 400, INVALID, Own, false)],
            Self::JobDefinitionPriority => &[(NotFound, 404, INVALID, Own, false), (Engine, 500, REST, Own, false)],
            Self::JobDefinitionRetries => &[(Engine, 500, INVALID, Own, false)],
            Self::DeleteBatch(_) | Self::SuspendBatch(..) | Self::DeleteHistoricBatch(_) => {
                &[(BadUserRequest, 400, INVALID, Only, true)]
            }
            Self::DeleteHistory => &[(NotFound, 404, INVALID, Own, true), (NullValue, 404, INVALID, Own, true)],
            Self::Comment | Self::Attachment => &[(Engine, 400, INVALID, Only, true)],
        }
    }

    /// The answer to a fault.
    pub(crate) fn failed(self, fault: Fault) -> Failure {
        if matches!(fault.kind, FaultKind::Authorization | FaultKind::Unavailable) {
            return plain(fault);
        }
        let Some((_, status, class, text, cause)) = self.clauses().iter().find(|clause| clause.0.matches(fault.kind))
        else {
            return plain(fault);
        };
        let message = match text {
            Text::Prefixed => format!("{}{}", self.text(), fault.message),
            Text::Own => fault.message,
            Text::Only => self.text().into_owned(),
            Text::Qualified => format!("org.camunda.bpm.engine.{}: {}", fault.kind.class(), fault.message),
        };
        let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let failure = Failure::new(status, class, message);
        if *cause && fault.kind != FaultKind::Other { failure.code(fault.code) } else { failure }
    }

    /// The answer when the REST layer itself refuses a value on the way: same status, the attempt in front.
    pub(crate) fn refused(self, failure: Failure) -> Failure {
        // the scope is named without its id when the body is at fault
        let text = match self {
            Self::ModifyVariables(scope, _) => format!("Cannot modify variables for {scope}: ").into(),
            _ => self.text(),
        };
        let java = failure.class != INVALID && failure.class != REST;
        if failure.message.is_empty() || java {
            return failure;
        }
        Failure::new(failure.status, INVALID, format!("{text}{}", failure.message))
    }
}

/// The answer to a fault that nobody catches.
fn plain(fault: Fault) -> Failure {
    let status = match fault.kind {
        FaultKind::Authorization => StatusCode::FORBIDDEN,
        FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        kind if kind.is_bad_request() => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let simple = fault.java_class.rsplit(['.', '$']).next().filter(|name| !name.is_empty());
    let class = match simple {
        Some(name) if fault.kind == FaultKind::Other => Cow::Owned(name.to_owned()),
        _ => Cow::Borrowed(fault.kind.class()),
    };
    let details = fault.details.as_deref().and_then(|details| serde_json::from_str::<Value>(details).ok());
    let extra = match details {
        Some(Value::Object(extra)) => Some(Box::new(extra)),
        _ => None,
    };
    Failure {
        status,
        class,
        message: fault.message,
        code: (fault.kind != FaultKind::Other).then_some(fault.code),
        extra,
        unread: false,
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        plain(fault)
    }
}

#[cfg(test)]
mod tests {
    use engine_core::error::{Fault, FaultKind};

    use super::Attempt;

    /// Observed on a Camunda 7.24: attempt, fault; status, class, message, code.
    #[test]
    fn answers_are_camundas() {
        let task = "Cannot find task with id x: task is null";
        let rows: &[(Attempt<'_>, FaultKind, &str, u16, &str, &str, Option<i32>)] = &[
            (Attempt::Plain, FaultKind::NullValue, task, 500, "NullValueException", task, Some(0)),
            (
                Attempt::CompleteTask("x"),
                FaultKind::NullValue,
                task,
                500,
                "RestException",
                "Cannot complete task x: Cannot find task with id x: task is null",
                Some(0),
            ),
            (
                Attempt::CompleteTask("x"),
                FaultKind::SuspendedEntity,
                "ENGINE-03043 task with id 'x' is suspended.",
                500,
                "RestException",
                "Cannot complete task x: ENGINE-03043 task with id 'x' is suspended.",
                Some(0),
            ),
            (Attempt::Plain, FaultKind::TaskAlreadyClaimed, "t", 500, "TaskAlreadyClaimedException", "t", Some(0)),
            (
                Attempt::Instantiate("x"),
                FaultKind::NullValue,
                "no deployed process definition found with id 'x': processDefinition is null",
                500,
                "RestException",
                "Cannot instantiate process definition x: no deployed process definition found with id 'x': processDefinition is null",
                Some(0),
            ),
            (Attempt::NotFoundIs404, FaultKind::NotFound, "t", 404, "InvalidRequestException", "t", Some(0)),
            (Attempt::Plain, FaultKind::NotFound, "t", 400, "NotFoundException", "t", Some(0)),
            (
                Attempt::ExternalTask("x"),
                FaultKind::NotFound,
                "anything",
                404,
                "RestException",
                "External task with id x does not exist",
                Some(0),
            ),
            (Attempt::ExternalTask("x"), FaultKind::BadUserRequest, "t", 400, "RestException", "t", Some(0)),
            (Attempt::ExecuteJob, FaultKind::ProcessEngine, "t", 404, "InvalidRequestException", "t", None),
            (Attempt::ExecuteJob, FaultKind::Other, "t", 500, "RestException", "t", None),
            (Attempt::JobRetries, FaultKind::NullValue, "t", 500, "InvalidRequestException", "t", None),
            (
                Attempt::Deliver,
                FaultKind::MismatchingMessageCorrelation,
                "Cannot correlate message 'nope': No process definition or execution matches the parameters",
                400,
                "RestException",
                "org.camunda.bpm.engine.MismatchingMessageCorrelationException: Cannot correlate message 'nope': No process \
                 definition or execution matches the parameters",
                Some(0),
            ),
            (
                Attempt::PutVariable("process instance", "v"),
                FaultKind::BadUserRequest,
                "Variable value is too long",
                400,
                "RestException",
                "Cannot put process instance variable v: Variable value is too long",
                Some(0),
            ),
            (Attempt::CompleteTask("x"), FaultKind::Authorization, "t", 403, "AuthorizationException", "t", Some(0)),
            // not Camunda's: the caller may try again later
            (Attempt::CompleteTask("x"), FaultKind::Unavailable, "t", 503, "ProcessEngineException", "t", Some(0)),
        ];
        for (attempt, kind, message, status, class, text, code) in rows {
            let failure = attempt.failed(Fault::new(*kind, *message));
            let answer = (failure.status.as_u16(), &*failure.class, &*failure.message, failure.code);
            assert_eq!(answer, (*status, *class, *text, *code), "{attempt:?} {kind:?}");
        }
    }

    #[test]
    fn a_java_exception_is_named_by_its_class() {
        let mut fault = Fault::new(FaultKind::Other, "t");
        fault.java_class = "java.lang.IllegalArgumentException".into();
        let failure = Attempt::Plain.failed(fault);
        assert_eq!((&*failure.class, failure.code), ("IllegalArgumentException", None));
    }
}
