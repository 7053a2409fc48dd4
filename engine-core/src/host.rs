//! What a transaction asks of its surroundings while it runs: definitions, ids, scripts, handlers, decisions.
//!
//! All of it is answered synchronously and without effect on the state; what may take long or reach outside is a
//! [`crate::transaction::Call`] instead, for which the transaction steps aside.

use std::sync::Arc;

use models::{Id, Timestamp, Value, bpmn::DecisionResultMapper};
use objects::{Context, Object, ObjectError};

use crate::{
    error::Fault,
    graph::ProcessGraph,
    history::{HistoricDecisionInstance, HistoryLevel},
    trace::{Sampling, TraceContext},
};

/// A deployed, compiled, versioned process.
#[derive(Debug)]
pub struct Definition {
    /// Its id.
    pub id: Id,
    /// Key: the process id.
    pub key: Arc<str>,
    /// Version, from 1.
    pub version: i32,
    /// Name.
    pub name: Option<Arc<str>>,
    /// Tenant.
    pub tenant: Option<Arc<str>>,
    /// Its deployment.
    pub deployment: Id,
    /// Days that history is kept after the end.
    pub history_time_to_live: Option<i32>,
    /// The compiled process.
    pub graph: Arc<ProcessGraph>,
}

impl Definition {
    /// `{key}:{version}:{id}`, or just the id when that is longer than 64 characters.
    pub fn text_id(&self) -> String {
        let text = format!("{}:{}:{}", self.key, self.version, self.id);
        if text.len() > 64 { self.id.to_string() } else { text }
    }
}

/// Which version of a process or decision is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// The newest.
    Latest,
    /// In that deployment.
    Deployment(Id),
    /// That version.
    Number(i32),
    /// The one with that tag.
    Tag(String),
}

/// From when the time to live of history counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RemovalTimeStrategy {
    /// History has no removal time.
    None,
    /// From the start of the root instance.
    Start,
    /// From its end.
    #[default]
    End,
}

/// A job definition as a transaction sees it.
#[derive(Clone, Copy, Debug, Default)]
pub struct JobDefinitionInfo {
    /// Its id.
    pub id: Option<Id>,
    /// Its jobs are created suspended.
    pub suspended: bool,
    /// Overriding priority.
    pub priority: Option<i64>,
}

/// Who serves a class or bean name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    /// A handler registered by the embedder, or a configured HTTP call or script: run by [`crate::transaction::Call`] or
    /// [`Host::run_delegate`].
    Handler,
    /// An external task of that topic takes its place.
    Topic(String),
    /// Nobody.
    Nobody,
}

/// A handler is to run: as a service task, listener or variable mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct DelegateCall {
    /// Class or bean name, or connector id.
    pub name: Arc<str>,
    /// What it runs as.
    pub role: DelegateRole,
    /// Injected fields, evaluated.
    pub fields: Vec<(String, Value)>,
    /// Where it runs.
    pub execution: ExecutionInfo,
    /// The task, for task listeners.
    pub task: Option<Id>,
    /// Visible variables: name, value, and whether the innermost scope owns it.
    pub variables: Vec<(Arc<str>, Value, bool)>,
    /// Where in a trace it runs, for what it calls.
    pub trace: Option<TraceContext>,
}

/// What a handler runs as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DelegateRole {
    /// Implementation of a service task or the like.
    Service,
    /// Execution listener of an event: `start`, `end`, `take`.
    ExecutionListener(&'static str),
    /// Task listener of an event: `create` …
    TaskListener(&'static str),
    /// A connector.
    Connector,
    /// Mail task.
    Mail,
    /// Validator of a form field.
    FormValidator,
    /// Variable mapping into a called process, or out of it.
    VariableMapping {
        /// Out of it.
        output: bool,
    },
}

/// Where a handler, script or expression runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExecutionInfo {
    /// The execution.
    pub id: Id,
    /// The process instance.
    pub process_instance: Id,
    /// The root of the call hierarchy.
    pub root: Id,
    /// The definition's text id.
    pub definition: String,
    /// The definition's key.
    pub definition_key: String,
    /// Activity id.
    pub activity: Option<String>,
    /// Activity name.
    pub activity_name: Option<String>,
    /// Activity instance id as text.
    pub activity_instance: Option<String>,
    /// Sequence flow of a `take` listener.
    pub transition: Option<String>,
    /// Business key.
    pub business_key: Option<String>,
    /// Tenant.
    pub tenant: Option<String>,
}

/// What a handler answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DelegateReply {
    /// Variables it set, in order: name, value, locally.
    pub variables: Vec<(String, Value, bool)>,
    /// Variables it removed.
    pub removed: Vec<String>,
    /// How it ended.
    pub outcome: DelegateOutcome,
}

/// How a handler ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DelegateOutcome {
    /// Done, with a result for those that have one (connectors: a map of outputs).
    #[default]
    Done,
    /// With named results, for connectors.
    Results(Vec<(String, Value)>),
    /// A BPMN error.
    BpmnError {
        /// Code.
        code: String,
        /// Message.
        message: Option<String>,
    },
    /// A technical failure.
    Exception {
        /// Class name, for error events that catch it by name.
        class: String,
        /// Message.
        message: String,
        /// Further lines for the stack trace.
        trace: Vec<String>,
    },
}

/// A decision is to be evaluated.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRequest {
    /// Key.
    pub key: String,
    /// Version.
    pub version: Version,
    /// Tenant.
    pub tenant: Option<Arc<str>>,
    /// Where it runs, for history.
    pub execution: ExecutionInfo,
    /// How the result is mapped, when it is to be stored.
    pub mapper: Option<DecisionResultMapper>,
}

/// Results of a decision: per matched rule its outputs in order, and what history keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecisionOutcome {
    /// Output entries per rule.
    pub rules: Vec<Vec<(String, Value)>>,
    /// The mapped result, when a mapper was given.
    pub mapped: Option<Value>,
    /// History of this and the required decisions; places of use are filled in by the transaction.
    pub history: Vec<HistoricDecisionInstance>,
}

/// Settings a transaction depends on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// From when the time to live of history counts.
    pub removal_time: RemovalTimeStrategy,
    /// History level.
    pub history_level: HistoryLevel,
    /// Sequence flows that are taken are told in the commit, for whoever measures coverage.
    pub record_flows: bool,
    /// Traces are recorded by somebody; without, trace contexts are passed on as they came.
    pub tracing: Option<Sampling>,
    /// Retries of a fresh job.
    pub default_retries: i32,
    /// `failedJobRetryTimeCycle` of jobs without their own.
    pub default_retry_time_cycle: Option<String>,
    /// Creates an incident when a job's retries are used up.
    pub create_incident_on_failed_job: bool,
    /// An unhandled BPMN error is an exception (S-ER-7).
    pub exceptions_after_unhandled_bpmn_error: bool,
    /// Output mappings of cancelled activities are skipped (S-EN-5).
    pub skip_output_mapping_on_canceled: bool,
    /// Cycle expressions are evaluated again on each firing.
    pub reevaluate_time_cycle_when_due: bool,
    /// What becomes of firings of a cycle that were missed.
    pub catch_up: CatchUp,
    /// IANA name of the engine's time zone.
    pub time_zone: String,
    /// What the engine calls itself in job logs and metrics.
    pub hostname: String,
    /// Operations per transaction before it is stopped as an endless loop.
    pub max_operations: u64,
    /// Executions per root instance.
    pub max_executions: usize,
    /// Depth of the call hierarchy.
    pub max_call_depth: usize,
}

/// What becomes of firings of a timer's cycle that were missed, because nothing ran or jobs came late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CatchUp {
    /// The one that is due runs, then the cycle goes on after the present, as in Camunda (`DurationHelper`, `CronTimer`).
    #[default]
    Latest,
    /// Each runs, one after another.
    All,
}

impl CatchUp {
    /// The time after which the next firing is looked for, when the one that was due at `due` runs.
    pub fn after(self, due: Option<Timestamp>, now: Timestamp) -> Timestamp {
        match self {
            Self::Latest => now,
            // a cycle whose last firing is exactly then would give it again
            Self::All => due.filter(|due| *due <= now).map_or(now, |due| due.plus_ms(1)),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            removal_time: RemovalTimeStrategy::End,
            history_level: HistoryLevel::Full,
            record_flows: false,
            tracing: None,
            default_retries: 3,
            default_retry_time_cycle: None,
            create_incident_on_failed_job: true,
            exceptions_after_unhandled_bpmn_error: false,
            skip_output_mapping_on_canceled: false,
            reevaluate_time_cycle_when_due: false,
            catch_up: CatchUp::default(),
            time_zone: "UTC".to_owned(),
            hostname: "tollgate$default".to_owned(),
            max_operations: 1_000_000,
            max_executions: 1_000_000,
            max_call_depth: 200,
        }
    }
}

/// Why a script did not end well.
#[derive(Clone, Debug, PartialEq)]
pub enum ScriptFailure {
    /// It threw a BPMN error.
    BpmnError(String, Option<String>),
    /// It does not compile: what the language says.
    Compilation(String),
    /// It failed: class name of the exception, what the language says.
    Evaluation(String, String),
}

/// What metrics count: when it happens, whether history keeps it, and even if it is rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// An activity began.
    ActivityStarted,
    /// An activity ended.
    ActivityEnded,
    /// A process instance began that nobody called.
    RootStarted,
    /// A job failed.
    JobFailed,
    /// Decisions were evaluated.
    Decisions(usize),
}

/// The surroundings of a transaction.
pub trait Host {
    /// A fresh id, greater than all before.
    fn fresh_id(&mut self) -> Id;
    /// Settings.
    fn settings(&self) -> &Settings;
    /// The transaction's time.
    fn now(&self) -> Timestamp;
    /// The authenticated user.
    fn user(&self) -> Option<&str>;
    /// The trace that the request belongs to.
    fn trace(&self) -> Option<&TraceContext>;
    /// Groups of the authenticated user.
    fn user_groups(&self) -> Vec<String>;
    /// A deployed definition.
    ///
    /// # Errors
    /// When there is none of that id.
    fn definition(&self, id: Id) -> Result<Arc<Definition>, Fault>;
    /// Whether a definition is suspended.
    fn is_suspended(&self, definition: Id) -> bool;
    /// The definition a call activity or start by key means.
    ///
    /// # Errors
    /// Camunda's texts when there is none, or several.
    fn find_process(&self, key: &str, version: &Version, tenant: Option<&str>) -> Result<Arc<Definition>, Fault>;
    /// The job definition of a job declaration.
    fn job_definition(&self, definition: Id, declaration: u32) -> JobDefinitionInfo;
    /// Text of a script resource: `deployment://`, `classpath://` or a plain path, looked up in the deployment.
    ///
    /// # Errors
    /// When it is not there.
    fn script_resource(&self, deployment: Id, path: &str) -> Result<Arc<str>, Fault>;
    /// What runs scripts.
    fn scripts(&self) -> Arc<dyn Scripts>;
    /// What evaluates decisions.
    fn decisions(&self) -> Arc<dyn Decisions>;
    /// Who serves a class or bean name.
    fn served(&self, name: &str) -> Served;
    /// Runs a handler within the transaction, for listeners and mappings.
    fn run_delegate(&mut self, call: DelegateCall) -> DelegateReply;
    /// Whether expressions know a bean of that name.
    fn has_bean(&self, name: &str) -> bool;
    /// Property of a bean. A bean is a name that functions serve: without more, it has no properties.
    ///
    /// # Errors
    /// When there is none, or reading it failed.
    fn bean_property(&mut self, bean: &str, name: &str) -> Result<Object, ObjectError> {
        Err(ObjectError::UnknownProperty(bean.to_owned(), name.to_owned()))
    }
    /// Calls a method of a bean with the variables visible at the call; variables it sets come back beside the result.
    ///
    /// # Errors
    /// When there is none, or what it threw.
    fn bean_method(
        &mut self,
        bean: &str,
        method: &str,
        args: &[Object],
        call: &DelegateCall,
    ) -> Result<(Object, DelegateReply), ObjectError>;
    /// Notes that an error or escalation had no handler; the process goes on.
    fn log_unhandled(&mut self, message: &str);
    /// Counts what happened, for metrics.
    fn count(&mut self, _: Counted) {}
}

/// Runs scripts under limits.
pub trait Scripts: Send + Sync {
    /// Runs a script.
    ///
    /// # Errors
    /// What it threw.
    fn run(&self, language: &str, text: &Arc<str>, ctx: &mut dyn Context) -> Result<Object, ScriptFailure>;
}

/// Evaluates decisions.
pub trait Decisions: Send + Sync {
    /// Evaluates a decision with the variables of a scope.
    ///
    /// # Errors
    /// Camunda's texts.
    fn evaluate(&self, request: &DecisionRequest, ctx: &mut dyn Context) -> Result<DecisionOutcome, Fault>;
}
