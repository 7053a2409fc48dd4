//! Handlers: what Java delegates are in Camunda 7.

use std::{collections::HashMap, fmt, future::Future, pin::Pin, sync::Arc};

use engine_core::{
    host::{DelegateCall, DelegateOutcome, DelegateReply, DelegateRole},
    trace::TraceContext,
};
use models::{Id, Value};
use parking_lot::{Mutex, RwLock};

/// Why a handler did not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandlerError {
    /// A BPMN error, caught by the error events of the process.
    Bpmn {
        /// Error code.
        code: String,
        /// Error message.
        message: Option<String>,
    },
    /// A technical failure: the transaction is rolled back, a job is retried.
    Failure {
        /// Class name that error events may catch by name, such as `java.io.IOException`.
        class: String,
        /// Message.
        message: String,
    },
}

impl HandlerError {
    /// A BPMN error without message.
    pub fn bpmn(code: impl Into<String>) -> Self {
        Self::Bpmn { code: code.into(), message: None }
    }
}

impl<E: std::error::Error> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self::Failure { class: "java.lang.RuntimeException".to_owned(), message: error.to_string() }
    }
}

/// What a handler returns.
pub type HandlerResult = Result<(), HandlerError>;

/// Where a handler runs, what it sees and what it changes.
///
/// It holds the variables visible when it was called. What it sets is applied when it has ended, in order, if it ended well
/// or with a BPMN error.
#[derive(Clone)]
pub struct HandlerContext {
    call: Arc<DelegateCall>,
    written: Arc<Mutex<Written>>,
}

#[derive(Default)]
struct Written {
    variables: Vec<(String, Value, bool)>,
    removed: Vec<String>,
}

impl fmt::Debug for HandlerContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerContext").field("call", &self.call).finish_non_exhaustive()
    }
}

impl HandlerContext {
    pub(crate) fn new(call: DelegateCall) -> Self {
        Self { call: Arc::new(call), written: Arc::default() }
    }

    /// Value of a variable: as set here, else as visible from the execution.
    pub fn variable(&self, name: &str) -> Option<Value> {
        let written = self.written.lock();
        if let Some((_, value, _)) = written.variables.iter().rev().find(|(known, ..)| known == name) {
            return Some(value.clone());
        }
        if written.removed.iter().any(|known| known == name) {
            return None;
        }
        self.call.variables.iter().find(|(known, ..)| &**known == name).map(|(_, value, _)| value.clone())
    }

    /// Names of all visible variables.
    pub fn variable_names(&self) -> Vec<String> {
        let written = self.written.lock();
        let mut names: Vec<String> = self.call.variables.iter().map(|(name, ..)| name.to_string()).collect();
        names.extend(written.variables.iter().map(|(name, ..)| name.clone()));
        names.sort();
        names.dedup();
        names
    }

    /// Sets a variable where it exists, else in the process instance.
    pub fn set_variable(&self, name: impl Into<String>, value: impl Into<Value>) {
        self.written.lock().variables.push((name.into(), value.into(), false));
    }

    /// Sets a variable of the execution itself.
    pub fn set_variable_local(&self, name: impl Into<String>, value: impl Into<Value>) {
        self.written.lock().variables.push((name.into(), value.into(), true));
    }

    /// Removes a variable.
    pub fn remove_variable(&self, name: impl Into<String>) {
        self.written.lock().removed.push(name.into());
    }

    /// Value of an injected field (`camunda:field`).
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.call.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// All injected fields; for connectors: the input parameters.
    pub fn fields(&self) -> &[(String, Value)] {
        &self.call.fields
    }

    /// What it runs as.
    pub fn role(&self) -> &DelegateRole {
        &self.call.role
    }

    /// The name it was called by.
    pub fn name(&self) -> &str {
        &self.call.name
    }

    /// The execution.
    pub fn execution_id(&self) -> Id {
        self.call.execution.id
    }

    /// The process instance.
    pub fn process_instance_id(&self) -> Id {
        self.call.execution.process_instance
    }

    /// The activity.
    pub fn activity_id(&self) -> Option<&str> {
        self.call.execution.activity.as_deref()
    }

    /// Name of the activity.
    pub fn activity_name(&self) -> Option<&str> {
        self.call.execution.activity_name.as_deref()
    }

    /// Business key of the process instance.
    pub fn business_key(&self) -> Option<&str> {
        self.call.execution.business_key.as_deref()
    }

    /// Key of the process definition.
    pub fn process_definition_key(&self) -> &str {
        &self.call.execution.definition_key
    }

    /// Where in a trace it runs: what it calls takes this as `traceparent`. `None` without tracing, when the request that
    /// started the instance brought none.
    pub fn trace(&self) -> Option<&TraceContext> {
        self.call.trace.as_ref()
    }

    /// Everything it was told.
    pub fn call(&self) -> &DelegateCall {
        &self.call
    }

    pub(crate) fn into_reply(self, result: HandlerResult) -> DelegateReply {
        let written = std::mem::take(&mut *self.written.lock());
        match result {
            Ok(()) => {
                DelegateReply { variables: written.variables, removed: written.removed, outcome: DelegateOutcome::Done }
            }
            Err(HandlerError::Bpmn { code, message }) => DelegateReply {
                variables: written.variables,
                removed: written.removed,
                outcome: DelegateOutcome::BpmnError { code, message },
            },
            Err(HandlerError::Failure { class, message }) => DelegateReply {
                variables: Vec::new(),
                removed: Vec::new(),
                outcome: DelegateOutcome::Exception { class, message, trace: Vec::new() },
            },
        }
    }
}

type Blocking = Arc<dyn Fn(&HandlerContext) -> HandlerResult + Send + Sync>;
type BoxedFuture = Pin<Box<dyn Future<Output = HandlerResult> + Send>>;
type Asynchronous = Arc<dyn Fn(HandlerContext) -> BoxedFuture + Send + Sync>;

/// A registered handler.
#[derive(Clone)]
pub(crate) enum Handler {
    Blocking(Blocking),
    Async(Asynchronous),
}

/// Handlers by class or bean name.
#[derive(Default)]
pub(crate) struct Handlers {
    by_name: RwLock<HashMap<String, Handler>>,
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handlers").field("count", &self.by_name.read().len()).finish()
    }
}

impl Handlers {
    pub(crate) fn add(&self, name: String, handler: Handler) {
        self.by_name.write().insert(name, handler);
    }

    pub(crate) fn get(&self, name: &str) -> Option<Handler> {
        self.by_name.read().get(name).cloned()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.by_name.read().contains_key(name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.by_name.read().keys().cloned().collect();
        names.sort();
        names
    }
}

/// Runs a blocking handler, keeping a panic from ending the thread.
pub(crate) fn run_blocking(handler: &Blocking, call: DelegateCall) -> DelegateReply {
    let context = HandlerContext::new(call);
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| handler(&context)));
    context.into_reply(result.unwrap_or_else(|_| Err(panicked())))
}

pub(crate) fn panicked() -> HandlerError {
    HandlerError::Failure { class: "java.lang.Error".to_owned(), message: "the handler panicked".to_owned() }
}
