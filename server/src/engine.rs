//! The only place that calls the engine.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use engine_core::{
    command::{Command, ExternalTaskCommand, Outcome},
    error::Fault,
    form::shown::ShownField,
};
use models::{Id, Timestamp};
use serde::Serialize;
use tollgate::{
    Begun, Pending, QueryExpressionError, QueryValue, Settings, TaskForm,
    explain::{Explanation, MessageExplanation},
    observe::Observer,
    request::{
        self, Admin, BatchChange, Caller, Correlated, DecisionRow, DefinitionChange, DeleteOptions, Deployed,
        HistoryChange, JobDefinitionChange, LockedTask, MetricValue, MigrationPlan, MigrationReport, StartedInstance,
    },
    state::Task,
    store,
    world::World,
};

/// The engine as the server uses it.
#[derive(Clone, Debug)]
pub(crate) struct Engine(tollgate::Engine);

/// The form of a user task or start event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// `formKey`.
    pub(crate) key: Option<String>,
    /// `camundaFormRef`.
    pub(crate) reference: Option<FormReference>,
}

/// Which Camunda form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FormReference {
    /// Its id.
    pub(crate) key: String,
    /// `latest`, `deployment` or `version`.
    pub(crate) binding: String,
    /// The version, for binding `version`.
    pub(crate) version: Option<i32>,
}

impl From<TaskForm> for Form {
    fn from(form: TaskForm) -> Self {
        let reference =
            form.reference.map(|one| FormReference { key: one.key, binding: one.binding, version: one.version });
        Self { key: form.key, reference }
    }
}

impl Engine {
    /// The engine of a handle.
    pub(crate) fn new(engine: tollgate::Engine) -> Self {
        Self(engine)
    }

    /// The read model, locked for reading. Never held across an await.
    pub(crate) fn read(&self) -> World {
        self.0.read()
    }

    /// The engine's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.now()
    }

    /// Whether commands are taken.
    pub(crate) fn is_ready(&self) -> bool {
        true
    }

    /// Begins a request with an idempotency key.
    pub(crate) fn begin_once(&self, key: &str, request: u64) -> Result<Begun, Fault> {
        self.0.begin_once(key, request)
    }

    /// Runs a command.
    pub(crate) fn execute(&self, command: Command, caller: &Caller) -> Pending<Outcome> {
        self.0.execute(command, caller)
    }

    /// Deploys.
    pub(crate) fn deploy(&self, request: request::Deploy, caller: &Caller) -> Pending<Deployed> {
        self.0.deploy(request, caller)
    }

    /// Deploys files of an earlier deployment again.
    pub(crate) fn redeploy(&self, request: request::Redeploy, caller: &Caller) -> Pending<Deployed> {
        self.0.redeploy(request, caller)
    }

    /// Deletes a deployment.
    pub(crate) fn delete_deployment(&self, id: Id, options: DeleteOptions, caller: &Caller) -> Pending<()> {
        self.0.delete_deployment(id, options, caller)
    }

    /// Changes definitions.
    pub(crate) fn change_definitions(&self, change: DefinitionChange, caller: &Caller) -> Pending<()> {
        self.0.change_definitions(change, caller)
    }

    /// Changes job definitions.
    pub(crate) fn change_job_definitions(&self, change: JobDefinitionChange, caller: &Caller) -> Pending<()> {
        self.0.change_job_definitions(change, caller)
    }

    /// Suspends or activates process instances.
    pub(crate) fn suspend_instances(&self, request: request::SuspendInstances, caller: &Caller) -> Pending<()> {
        self.0.suspend_instances(request, caller)
    }

    /// Evaluates a decision.
    pub(crate) fn evaluate_decision(
        &self,
        request: request::EvaluateDecision,
        caller: &Caller,
    ) -> Pending<Vec<DecisionRow>> {
        self.0.evaluate_decision(request, caller)
    }

    /// Correlates a message.
    pub(crate) fn correlate(&self, request: request::Correlate, caller: &Caller) -> Pending<Vec<Correlated>> {
        self.0.correlate(request, caller)
    }

    /// Broadcasts a signal.
    pub(crate) fn signal(&self, request: request::Signal, caller: &Caller) -> Pending<()> {
        self.0.signal(request, caller)
    }

    /// Starts processes whose condition is true.
    pub(crate) fn evaluate_conditions(
        &self,
        request: request::EvaluateConditions,
        caller: &Caller,
    ) -> Pending<Vec<StartedInstance>> {
        self.0.evaluate_conditions(request, caller)
    }

    /// Fetches external tasks.
    pub(crate) fn fetch_and_lock(&self, request: request::FetchAndLock, caller: &Caller) -> Pending<Vec<LockedTask>> {
        self.0.fetch_and_lock(request, caller)
    }

    /// Gives locked tasks back that nobody is there to take; who was to take them hears of it no more.
    pub(crate) fn give_back(&self, tasks: &[LockedTask], caller: &Caller) {
        for locked in tasks {
            // a task that is gone or locked by another needs nothing
            drop(self.0.execute(Command::ExternalTask(locked.task.id, ExternalTaskCommand::Unlock), caller));
        }
    }

    /// Changes whenever external tasks may have become available.
    pub(crate) fn external_tasks_available(&self) -> tokio::sync::watch::Receiver<u64> {
        self.0.external_tasks_available()
    }

    /// Sets the retries of several external tasks.
    pub(crate) fn set_external_task_retries(
        &self,
        request: request::SetExternalTaskRetries,
        caller: &Caller,
    ) -> Pending<()> {
        self.0.set_external_task_retries(request, caller)
    }

    /// Makes a migration plan.
    pub(crate) fn generate_migration(
        &self,
        request: request::GenerateMigration,
        caller: &Caller,
    ) -> Pending<MigrationPlan> {
        self.0.generate_migration(request, caller)
    }

    /// Checks a migration plan.
    pub(crate) fn validate_migration(&self, plan: MigrationPlan, caller: &Caller) -> Pending<MigrationReport> {
        self.0.validate_migration(plan, caller)
    }

    /// Migrates process instances.
    pub(crate) fn migrate(&self, request: request::Migrate, caller: &Caller) -> Pending<()> {
        self.0.migrate(request, caller)
    }

    /// Modifies process instances.
    pub(crate) fn modify_many(&self, request: request::ModifyMany, caller: &Caller) -> Pending<()> {
        self.0.modify_many(request, caller)
    }

    /// Restarts process instances.
    pub(crate) fn restart(&self, request: request::Restart, caller: &Caller) -> Pending<()> {
        self.0.restart(request, caller)
    }

    /// Starts a batch.
    pub(crate) fn batch(&self, request: request::Batch, caller: &Caller) -> Pending<Id> {
        self.0.batch(request, caller)
    }

    /// Changes a batch.
    pub(crate) fn change_batch(&self, change: BatchChange, caller: &Caller) -> Pending<()> {
        self.0.change_batch(change, caller)
    }

    /// Changes history.
    pub(crate) fn change_history(&self, change: HistoryChange, caller: &Caller) -> Pending<Option<Id>> {
        self.0.change_history(change, caller)
    }

    /// Cleans history up.
    pub(crate) fn query_value(&self, text: &str, caller: &Caller) -> Result<QueryValue, QueryExpressionError> {
        self.0.query_value(text, caller)
    }

    /// See [`tollgate::Engine::clean_up`].
    pub(crate) fn clean_up(&self, request: request::CleanUp, caller: &Caller) -> Pending<Vec<Id>> {
        self.0.clean_up(request, caller)
    }

    /// The window in which history is removed.
    pub(crate) fn clean_up_window(&self) -> Option<tollgate::CleanUpWindow> {
        self.0.clean_up_window()
    }

    /// What the clean-up of history goes by.
    pub(crate) fn clean_up_strategy(&self) -> tollgate::CleanUpStrategy {
        self.0.clean_up_strategy()
    }

    /// Days that the history of batches of a type is kept.
    pub(crate) fn batch_time_to_live(&self, kind: &str) -> Option<i32> {
        self.0.batch_time_to_live(kind)
    }

    /// Whether history can be cleaned up.
    pub(crate) fn clean_up_enabled(&self) -> bool {
        self.0.clean_up_enabled()
    }

    /// Values of metrics.
    pub(crate) fn metrics(&self, query: &request::MetricsQuery) -> Vec<MetricValue> {
        self.0.metrics(query)
    }

    /// Changes what is administered.
    pub(crate) fn admin(&self, change: Admin, caller: &Caller) -> Pending<Option<Id>> {
        self.0.admin(change, caller)
    }

    /// How people are let in and what they may do.
    pub(crate) fn identity_options(&self) -> &tollgate::IdentityOptions {
        self.0.identity_options()
    }

    /// Checks a password.
    pub(crate) fn verify(&self, request: request::Verify) -> Pending<bool> {
        self.0.verify(request)
    }

    /// Runs a job now.
    pub(crate) fn run_job(&self, job: Id, caller: &Caller) -> Pending<Outcome> {
        self.0.run_job(job, caller)
    }

    /// Form of a user task.
    pub(crate) fn task_form(&self, world: &World, task: &Task) -> Form {
        self.0.task_form(world, task).map(Form::from).unwrap_or_default()
    }

    /// The generated fields of a task's form.
    pub(crate) fn task_form_fields(&self, world: &World, task: &Task) -> Result<Vec<ShownField>, Fault> {
        self.0.task_form_fields(world, task)
    }

    /// The form of a process's start event.
    pub(crate) fn start_form(&self, world: &World, definition: Id) -> Result<Form, Fault> {
        self.0.start_form(world, definition).map(Form::from)
    }

    /// The generated fields of a process's start form.
    pub(crate) fn start_form_fields(&self, world: &World, definition: Id) -> Result<Vec<ShownField>, Fault> {
        self.0.start_form_fields(world, definition)
    }

    /// Groups and tenants of a user.
    pub(crate) fn memberships(&self, user: &str) -> (Vec<String>, Vec<String>) {
        let world = self.read();
        let groups = world.groups_of(user).map(str::to_owned).collect();
        let tenants = world.tenants_of(user).into_iter().map(str::to_owned).collect();
        (groups, tenants)
    }

    /// The stored form of a user's password.
    pub(crate) fn stored_password(&self, user: &str) -> Option<String> {
        self.read().user(user).and_then(|user| user.password.clone())
    }

    /// How much of everything there is, by name.
    pub(crate) fn sizes(&self) -> [(&'static str, usize); 7] {
        let world = self.read();
        [
            ("executions", world.execution_count()),
            ("user_tasks", world.task_count()),
            ("external_tasks", world.external_task_count()),
            ("jobs", world.job_count()),
            ("event_subscriptions", world.subscription_count()),
            ("incidents", world.incident_count()),
            ("variables", world.variable_count()),
        ]
    }

    /// Commands that wait for the lane.
    pub(crate) fn queued_commands(&self) -> usize {
        self.0.queued_commands()
    }

    /// Why a process instance waits.
    pub(crate) fn explain_instance(&self, id: Id) -> Option<Explanation> {
        self.0.explain_instance(id)
    }

    /// Why a job has not run.
    pub(crate) fn explain_job(&self, id: Id) -> Option<Explanation> {
        self.0.explain_job(id)
    }

    /// Why an external task is not done.
    pub(crate) fn explain_external_task(&self, id: Id) -> Option<Explanation> {
        self.0.explain_external_task(id)
    }

    /// Whom a message would reach.
    pub(crate) fn explain_message(&self, request: &request::Correlate) -> MessageExplanation {
        self.0.explain_message(request)
    }

    /// Tells an observer of every commit.
    pub(crate) fn observe(&self, observer: Arc<dyn Observer>) {
        self.0.observe(observer);
    }

    /// The circuit breakers of what connectors and mapped delegates call.
    pub(crate) fn circuits(&self) -> Vec<tollgate::Circuit> {
        self.0.circuits()
    }

    /// How the job runner stands.
    pub(crate) fn job_figures(&self) -> tollgate::JobFigures {
        self.0.job_figures()
    }

    /// How the configured limits stand.
    pub(crate) fn limit_figures(&self) -> Vec<tollgate::LimitFigure> {
        self.0.limit_figures()
    }

    /// What the store tells about itself; `None` when it has failed.
    pub(crate) fn store_stats(&self) -> Option<store::Stats> {
        self.0.store_stats().ok()
    }

    /// Writes a backup of the store, beside commits.
    pub(crate) fn back_up(&self, out: impl std::io::Write) -> Result<store::Summary, store::Error> {
        self.0.store().backup_to(out)
    }

    /// Folder of the store; `None` in memory.
    pub(crate) fn store_path(&self) -> Option<PathBuf> {
        self.0.store().path().map(Path::to_path_buf)
    }

    /// Settings of transactions.
    pub(crate) fn settings(&self) -> &Settings {
        self.0.settings()
    }

    /// Stops the clock at a time, or lets it run again.
    pub(crate) fn set_clock(&self, time: Option<Timestamp>) {
        self.0.set_clock(time);
    }

    /// Runs due jobs: how many ran, how many failed, and the messages of failures.
    pub(crate) fn run_due_jobs(&self, max: usize, once: bool) -> Pending<(usize, usize, Vec<String>)> {
        self.0.run_due_jobs_later(max, once)
    }

    /// Deletes everything.
    pub(crate) fn reset(&self) -> Pending<()> {
        self.0.reset()
    }
}
