//! Requests that are not about one root instance's flow, and the engine's own jobs.

use engine_core::{command::Command, error::Fault, state::Job};
use models::Id;

use super::{Engine, lane::Lane};
use crate::{
    pending::Pending,
    request::{
        self, Admin, BatchChange, Caller, DecisionRow, DefinitionChange, HistoryChange, JobDefinitionChange, MetricValue,
        MigrationPlan, MigrationReport,
    },
    world::RecordChange,
};

fn missing<T>(what: &str) -> Pending<T> {
    Pending::ready(Err(Fault::engine(format!("{what} is not supported by this version of Tollgate"))))
}

impl Engine {
    /// Suspends, activates or deletes definitions, or sets their time to live.
    pub fn change_definitions(&self, _change: DefinitionChange, _caller: &Caller) -> Pending<()> {
        missing("changing definitions")
    }

    /// Suspends, activates or reprioritises job definitions.
    pub fn change_job_definitions(&self, _change: JobDefinitionChange, _caller: &Caller) -> Pending<()> {
        missing("changing job definitions")
    }

    /// Suspends or activates process instances.
    pub fn suspend_instances(&self, _request: request::SuspendInstances, _caller: &Caller) -> Pending<()> {
        missing("suspending instances by query")
    }

    /// Evaluates a decision.
    pub fn evaluate_decision(&self, _request: request::EvaluateDecision, _caller: &Caller) -> Pending<Vec<DecisionRow>> {
        missing("evaluating decisions")
    }

    /// Sets the retries of several external tasks.
    pub fn set_external_task_retries(
        &self,
        _request: request::SetExternalTaskRetries,
        _caller: &Caller,
    ) -> Pending<()> {
        missing("setting retries of several external tasks")
    }

    /// Makes a migration plan that maps equal activities.
    pub fn generate_migration(&self, _request: request::GenerateMigration, _caller: &Caller) -> Pending<MigrationPlan> {
        missing("generating migration plans")
    }

    /// Checks a migration plan.
    pub fn validate_migration(&self, _plan: MigrationPlan, _caller: &Caller) -> Pending<MigrationReport> {
        missing("validating migration plans")
    }

    /// Migrates process instances.
    pub fn migrate(&self, _request: request::Migrate, _caller: &Caller) -> Pending<()> {
        missing("migration")
    }

    /// Modifies several process instances.
    pub fn modify_many(&self, _request: request::ModifyMany, _caller: &Caller) -> Pending<()> {
        missing("modifying several instances")
    }

    /// Restarts finished process instances.
    pub fn restart(&self, _request: request::Restart, _caller: &Caller) -> Pending<()> {
        missing("restarting instances")
    }

    /// Starts a batch.
    pub fn batch(&self, _request: request::Batch, _caller: &Caller) -> Pending<Id> {
        missing("batches")
    }

    /// Changes a batch.
    pub fn change_batch(&self, _change: BatchChange, _caller: &Caller) -> Pending<()> {
        missing("batches")
    }

    /// Changes history.
    pub fn change_history(&self, _change: HistoryChange, _caller: &Caller) -> Pending<Option<Id>> {
        missing("changing history")
    }

    /// Cleans history up.
    pub fn clean_up(&self, _request: request::CleanUp, _caller: &Caller) -> Pending<Vec<Id>> {
        missing("history clean-up")
    }

    /// Values of metrics.
    pub fn metrics(&self, _query: &request::MetricsQuery) -> Vec<MetricValue> {
        Vec::new()
    }

    /// Changes users, groups, tenants, authorizations, filters or properties.
    pub fn admin(&self, _change: Admin, _caller: &Caller) -> Pending<Option<Id>> {
        missing("administration")
    }

    /// Checks a password.
    pub fn verify(&self, _request: request::Verify) -> Pending<bool> {
        missing("verifying passwords")
    }
}

impl Lane {
    /// What a job of the engine itself does.
    pub(super) fn administrative_job(&mut self, job: &Job) -> Result<(Vec<(Id, Command)>, Vec<RecordChange>), Fault> {
        Err(Fault::engine(format!("job {} can't be run", job.id)))
    }
}
