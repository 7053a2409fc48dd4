//! Requests that are not about one root instance's flow, and the engine's own jobs.

use engine_core::{
    command::Command,
    error::Fault,
    history::HistoryEvent,
    state::{Job, JobKind},
};
use models::Id;

use super::{Engine, lane::Lane, start_timer::Empty};
use crate::{
    pending::Pending,
    request::{self, Admin, BatchChange, Caller, DecisionRow, MetricValue, MigrationPlan, MigrationReport},
    world::RecordChange,
};

fn missing<T>(what: &str) -> Pending<T> {
    Pending::ready(Err(Fault::engine(format!("{what} is not supported by this version of Tollgate"))))
}

impl Engine {
    /// Evaluates a decision with the given variables; history keeps it.
    pub fn evaluate_decision(&self, request: request::EvaluateDecision, caller: &Caller) -> Pending<Vec<DecisionRow>> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            let shared = lane.shared.clone();
            let mut scope = Empty {
                now: shared.clock.now(),
                zone: shared.options.settings.time_zone.clone(),
                variables: request.variables.0.into_iter().map(|one| (one.name, one.value)).collect(),
            };
            match shared.decisions.evaluate_definition(request.definition, &mut scope) {
                Err(fault) => drop(answer.send(Err(fault))),
                Ok(outcome) => {
                    let root = lane.ids.fresh();
                    let mut events = Vec::new();
                    for (at, mut decision) in outcome.history.into_iter().enumerate() {
                        decision.id = if at == 0 { root } else { lane.ids.fresh() };
                        decision.root_decision = (at > 0).then_some(root);
                        decision.time = scope.now;
                        decision.user.clone_from(&caller.user);
                        decision.inputs.iter_mut().for_each(|input| input.id = lane.ids.fresh());
                        decision.outputs.iter_mut().for_each(|output| output.id = lane.ids.fresh());
                        events.push(HistoryEvent::Decision(Box::new(decision)));
                    }
                    let rules = outcome.rules;
                    lane.write_records(
                        Vec::new(),
                        events,
                        Box::new(move |result| drop(answer.send(result.map(|()| rules)))),
                    );
                }
            }
        })
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
        match &job.kind {
            JobKind::Suspension(handler, configuration) => self.delayed_suspension(handler, configuration),
            _ => Err(Fault::engine(format!("job {} can't be run", job.id))),
        }
    }
}
