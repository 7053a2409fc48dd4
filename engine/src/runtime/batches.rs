//! Batches: operations on many entities, cut into jobs (E-420).
//!
//! ```text
//! seed job ── makes jobs, some at a time, until all are made ──► monitor job ── looks until none is left ──► end
//!                └► job, job, job … each works on a few entities in a transaction of its own
//! ```
//!
//! Everything is a record: a batch goes on after a restart where it stood.

use std::collections::BTreeMap;

use engine_core::{
    command::{Command, Deletion, ExternalTaskCommand, JobCommand},
    error::Fault,
    history::{HistoryEvent, LogKind},
    state::{Job, JobKind},
};
use models::Id;

use super::{Engine, engine_jobs::Work, lane::Lane, migration, restart};
use crate::{
    audit,
    pending::Pending,
    request::{
        self, BatchChange, Caller, Correlate, Migrate, MigrationPlan, ModifyMany, RemovalTimeOf, RemovalTimeTo, Restart,
    },
    world::{
        Batch, BatchContent, BatchWork, JobDefinition, Record, RecordKey, RemovalTimeChoice, RemovalTimeOwner, World,
    },
};

/// How batches are cut into jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchOptions {
    /// Jobs made by one run of a seed job.
    pub jobs_per_seed: i32,
    /// Entities that one job works on.
    pub invocations_per_job: i32,
    /// The same for some types of batches, such as `instance-migration`.
    pub invocations_per_job_by_type: BTreeMap<String, i32>,
    /// Seconds between two looks of the monitor job.
    pub poll_seconds: i64,
    /// Priority of the jobs.
    pub priority: i64,
    /// Days that the history of a batch is kept after its end; `None` for ever.
    pub history_time_to_live: Option<i32>,
    /// The same for some types of batches.
    pub history_time_to_live_by_type: BTreeMap<String, i32>,
}

impl Default for BatchOptions {
    fn default() -> Self {
        Self {
            jobs_per_seed: 100,
            invocations_per_job: 1,
            invocations_per_job_by_type: BTreeMap::new(),
            poll_seconds: 30,
            priority: 0,
            history_time_to_live: None,
            history_time_to_live_by_type: BTreeMap::new(),
        }
    }
}

impl BatchOptions {
    /// Days that the history of batches of a type is kept.
    pub(super) fn time_to_live(&self, kind: &str) -> Option<i32> {
        self.history_time_to_live_by_type.get(kind).copied().or(self.history_time_to_live)
    }
}

impl Engine {
    /// Starts a batch.
    pub fn batch(&self, request: request::Batch, caller: &Caller) -> Pending<Id> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            lane.settle();
            let permitted = lane.permit(&caller, |rights| rights.batch(&request));
            let entry = audit::batch(&lane.shared.world.read(), &request);
            match permitted.and_then(|()| lane.make_batch(request, &caller)) {
                Err(fault) => drop(answer.send(Err(fault))),
                Ok((batch, work)) => {
                    lane.note([entry], &caller);
                    lane.transact_all(work, &caller, Box::new(move |result| drop(answer.send(result.map(|_| batch)))));
                }
            }
        })
    }

    /// Changes a batch.
    pub fn change_batch(&self, change: BatchChange, caller: &Caller) -> Pending<()> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            lane.settle();
            let permitted = lane.permit(&caller, |rights| rights.batch_change(change));
            let entry = audit::batch_change(&lane.shared.world.read(), change);
            match permitted.and_then(|()| lane.batch_work(change)) {
                Err(fault) => drop(answer.send(Err(fault))),
                Ok(work) => {
                    lane.note([entry], &caller);
                    lane.transact_all(work, &caller, Box::new(move |result| drop(answer.send(result.map(|_| ())))));
                }
            }
        })
    }
}

impl Lane {
    fn make_batch(&mut self, request: request::Batch, caller: &Caller) -> Result<(Id, Work), Fault> {
        let shared = self.shared.clone();
        let (what, mut ids) = parts(request)?;
        check(&shared, &what, &ids)?;
        if let Some(tenants) = migrated_definitions(&what) {
            shared.check_plan(&tenants)?;
        }
        let world = shared.world.read();
        let deployment = group_by_deployment(&world, &what, &mut ids);
        let options = &shared.options.batches;
        let kind = what.kind();
        let size = options.invocations_per_job_by_type.get(kind).copied().unwrap_or(options.invocations_per_job).max(1);
        let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
        let batch = self.ids.fresh();
        let mut work = Work::default();
        let tenant = tenant_of(&world, &what);
        let mut definition = |lane: &mut Self, job_type: &str, deployment: Option<Id>| {
            let row = JobDefinition {
                id: lane.ids.fresh(),
                definition: None,
                declaration: None,
                activity: None,
                job_type: job_type.to_owned(),
                configuration: Some(batch.to_string()),
                suspended: false,
                overriding_priority: None,
                tenant: tenant.clone(),
                deployment,
            };
            work.put(Record::JobDefinition(Box::new(row.clone())));
            row
        };
        let seed = definition(self, "batch-seed-job", deployment);
        let monitor = definition(self, "batch-monitor-job", None);
        let jobs = definition(self, kind, None);
        work.put(Record::Batch(Box::new(Batch {
            id: batch,
            kind: kind.to_owned(),
            total_jobs: count / size + i32::from(count % size > 0),
            jobs_created: 0,
            batch_jobs_per_seed: options.jobs_per_seed.max(1),
            invocations_per_batch_job: size,
            seed_job_definition: Some(seed.id),
            monitor_job_definition: Some(monitor.id),
            batch_job_definition: Some(jobs.id),
            suspended: false,
            tenant: tenant.clone(),
            create_user: caller.user.clone(),
            start: shared.clock.now(),
            execution_start: None,
            end: None,
            removal_time: shared.batch_removal_time(kind, shared.clock.now(), None),
            configuration: Vec::new().into(),
        })));
        work.put(Record::BatchContent(Box::new(BatchContent { batch, work: what, ids })));
        drop(world);
        let mut job = self.engine_job(JobKind::BatchSeed(batch));
        job.batch = Some(batch);
        job.tenant = seed.tenant.as_deref().map(Into::into);
        job.deployment = seed.deployment;
        job.priority = shared.options.batches.priority;
        self.add_engine_job(&mut work, job, Some(&seed));
        Ok((batch, work))
    }

    /// A job of a batch.
    fn batch_job(
        &mut self,
        work: &mut Work,
        world: &World,
        batch: &Batch,
        kind: JobKind,
        due: Option<models::Timestamp>,
    ) {
        let definition = match kind {
            JobKind::BatchSeed(_) => batch.seed_job_definition,
            JobKind::BatchMonitor(_) => batch.monitor_job_definition,
            _ => batch.batch_job_definition,
        };
        let definition = definition.and_then(|id| world.job_definition(id));
        let mut job = self.engine_job(kind);
        job.batch = Some(batch.id);
        job.tenant = batch.tenant.as_deref().map(Into::into);
        job.due = due;
        job.suspended = batch.suspended || definition.is_some_and(|row| row.suspended);
        job.priority =
            definition.and_then(|row| row.overriding_priority).unwrap_or(self.shared.options.batches.priority);
        job.deployment = match job.kind {
            JobKind::BatchExecution(_, chunk) => deployment_of_chunk(world, batch, chunk),
            _ => definition.and_then(|row| row.deployment),
        };
        self.add_engine_job(work, job, definition);
    }

    /// Makes jobs of a batch; when all are made, the monitor job.
    pub(super) fn seed_batch(&mut self, batch: Id) -> Result<Work, Fault> {
        let shared = self.shared.clone();
        let world = shared.world.read();
        let mut row = world.batch(batch).filter(|row| row.end.is_none()).cloned().ok_or_else(|| not_there(batch))?;
        let mut work = Work::default();
        let until = row.jobs_created.saturating_add(row.batch_jobs_per_seed).min(row.total_jobs);
        for chunk in row.jobs_created..until {
            let chunk = u32::try_from(chunk).unwrap_or_default();
            self.batch_job(&mut work, &world, &row, JobKind::BatchExecution(batch, chunk), None);
        }
        row.jobs_created = until;
        let next = if until < row.total_jobs { JobKind::BatchSeed(batch) } else { JobKind::BatchMonitor(batch) };
        self.batch_job(&mut work, &world, &row, next, None);
        work.put(Record::Batch(Box::new(row)));
        Ok(work)
    }

    /// Ends a batch without jobs; otherwise looks again later.
    pub(super) fn monitor_batch(&mut self, batch: Id) -> Result<Work, Fault> {
        let shared = self.shared.clone();
        let world = shared.world.read();
        let row = world.batch(batch).filter(|row| row.end.is_none()).cloned().ok_or_else(|| not_there(batch))?;
        let mut work = Work::default();
        if world.jobs_of_batch(batch).any(|job| matches!(job.kind, JobKind::BatchExecution(..))) {
            let due = shared.clock.now().plus_ms(shared.options.batches.poll_seconds.saturating_mul(1000));
            self.batch_job(&mut work, &world, &row, JobKind::BatchMonitor(batch), Some(due));
            return Ok(work);
        }
        self.end_batch(&mut work, row);
        Ok(work)
    }

    /// A batch ends: what is left of it is history.
    fn end_batch(&mut self, work: &mut Work, mut row: Batch) {
        let now = self.shared.clock.now();
        let definitions = [row.seed_job_definition, row.monitor_job_definition, row.batch_job_definition];
        for definition in definitions.into_iter().flatten() {
            work.remove(RecordKey::JobDefinition(definition));
        }
        work.remove(RecordKey::BatchContent(row.id));
        row.end = Some(now);
        row.removal_time = self.shared.batch_removal_time(&row.kind, row.start, Some(now)).or(row.removal_time);
        work.put(Record::Batch(Box::new(row)));
    }

    /// What a job of a batch does.
    pub(super) fn run_batch(&mut self, batch: Id, chunk: u32) -> Result<Work, Fault> {
        let shared = self.shared.clone();
        let mut work = Work::default();
        if shared.world.read().batch(batch).is_some_and(|row| row.execution_start.is_none()) {
            // others may be changing the batch: as it is when they are done
            self.settle();
            if let Some(mut row) = shared.world.read().batch(batch).cloned() {
                row.execution_start.get_or_insert(shared.clock.now());
                work.put(Record::Batch(Box::new(row)));
            }
        }
        let (content, size) = {
            let world = shared.world.read();
            let content = world.batch_content(batch).cloned().ok_or_else(|| not_there(batch))?;
            (content, world.batch(batch).map_or(1, |row| row.invocations_per_batch_job))
        };
        let ids = content.chunk(chunk, size);
        match &content.work {
            BatchWork::CorrelateMessage { name, variables } => {
                for id in ids {
                    let request = Correlate {
                        name: name.clone(),
                        process_instance: Some(*id),
                        variables: variables.clone(),
                        all: true,
                        executions_only: true,
                        ..Correlate::default()
                    };
                    work.commands.extend(self.deliveries(&request)?);
                }
            }
            BatchWork::SetRemovalTime { of, to, hierarchical } => {
                self.set_removal_times(&mut work, *of, *to, *hierarchical, ids);
            }
            BatchWork::Restart { .. } => {
                let world = shared.world.read();
                let request = restart_request(&content.work, ids);
                for id in ids {
                    work.commands.push(restart::restart_of(&world, &request, *id, &mut self.ids)?);
                }
            }
            what => commands(&shared.world.read(), what, ids, &mut work)?,
        }
        Ok(work)
    }

    fn batch_work(&mut self, change: BatchChange) -> Result<Work, Fault> {
        let shared = self.shared.clone();
        let world = shared.world.read();
        let running = |batch: Id| {
            world
                .batch(batch)
                .filter(|row| row.end.is_none())
                .cloned()
                .ok_or_else(|| Fault::bad_request(format!("Batch for id '{batch}' cannot be found: batch is null")))
        };
        let mut work = Work::default();
        match change {
            BatchChange::Delete { batch, cascade } => {
                let row = running(batch)?;
                for job in world.jobs_of_batch(batch).cloned().collect::<Vec<Job>>() {
                    self.remove_engine_job(&mut work, &world, &job, LogKind::Deletion);
                }
                self.end_batch(&mut work, row.clone());
                if cascade {
                    forget(&mut work, &world, &row);
                }
            }
            BatchChange::Suspend { batch, suspended } => {
                let mut row = running(batch)?;
                row.suspended = suspended;
                let definitions = [row.seed_job_definition, row.monitor_job_definition, row.batch_job_definition];
                for definition in definitions.into_iter().flatten() {
                    if let Some(mut row) = world.job_definition(definition).cloned() {
                        row.suspended = suspended;
                        work.put(Record::JobDefinition(Box::new(row)));
                    }
                }
                for mut job in world.jobs_of_batch(batch).cloned() {
                    job.suspended = suspended;
                    job.revision += 1;
                    work.put(Record::Job(Box::new(job)));
                }
                work.put(Record::Batch(Box::new(row)));
            }
            BatchChange::DeleteHistory(batch) => {
                let row = world.batch(batch).cloned().ok_or_else(|| {
                    Fault::bad_request(format!(
                        "Historic batch for id '{batch}' cannot be found: historicBatch is null"
                    ))
                })?;
                forget(&mut work, &world, &row);
            }
        }
        Ok(work)
    }
}

/// Removes the history of a batch: itself, the logs of its jobs and their incidents.
pub(super) fn forget(work: &mut Work, world: &World, row: &Batch) {
    let definitions = [row.seed_job_definition, row.monitor_job_definition, row.batch_job_definition];
    work.history.retain(|event| match event {
        HistoryEvent::JobLog(log) => log.batch != Some(row.id),
        _ => true,
    });
    let logs = world.historic_logs_of_batch(row.id).map(|log| log.id);
    work.history.extend(logs.map(HistoryEvent::EntryDeleted));
    for definition in definitions.into_iter().flatten() {
        let incidents = world.historic_incidents_of_engine_jobs(definition);
        work.history.extend(incidents.map(|one| HistoryEvent::EntryDeleted(one.id)));
    }
    if row.end.is_some() || work.records.iter().any(|change| is_end_of(change, row.id)) {
        work.records.retain(|change| !is_end_of(change, row.id));
        work.remove(RecordKey::Batch(row.id));
    }
}

fn is_end_of(change: &crate::world::RecordChange, batch: Id) -> bool {
    matches!(change, crate::world::RecordChange::Put(Record::Batch(row)) if row.id == batch)
}

fn not_there(batch: Id) -> Fault {
    Fault::null(format!("Batch with id '{batch}' cannot be found: batch is null"))
}

/// What is done, and with what.
fn parts(request: request::Batch) -> Result<(BatchWork, Vec<Id>), Fault> {
    use request::Batch as Asked;
    Ok(match request {
        Asked::DeleteInstances { instances, reason, skip_custom_listeners, skip_io_mappings, skip_subprocesses } => (
            BatchWork::DeleteInstances { reason, skip_custom_listeners, skip_io_mappings, skip_subprocesses },
            instances,
        ),
        Asked::DeleteHistoricInstances { instances, reason: _ } => (BatchWork::DeleteHistoricInstances, instances),
        Asked::DeleteDecisions { decisions, reason: _ } => (BatchWork::DeleteDecisions, decisions),
        Asked::SetJobRetries { jobs, retries, due } => {
            let what = BatchWork::SetJobRetries { retries, sets_due: due.is_some(), due: due.flatten() };
            (what, jobs)
        }
        Asked::SetExternalTaskRetries { tasks, retries } => (BatchWork::SetExternalTaskRetries { retries }, tasks),
        Asked::SuspendInstances { instances, suspended } => (BatchWork::SuspendInstances { suspended }, instances),
        Asked::Migrate(Migrate { plan, instances, skip_custom_listeners, skip_io_mappings }) => {
            let what = BatchWork::Migrate {
                source: plan.source,
                target: plan.target,
                instructions: plan.instructions,
                variables: plan.variables,
                skip_custom_listeners,
                skip_io_mappings,
            };
            (what, instances)
        }
        Asked::Modify(request) => {
            restart::check_modification(&request)?;
            let what = BatchWork::Modify {
                definition: request.definition,
                instructions: request.instructions,
                skip_custom_listeners: request.skip_custom_listeners,
                skip_io_mappings: request.skip_io_mappings,
                annotation: request.annotation,
            };
            (what, request.instances)
        }
        Asked::Restart(request) => {
            restart::check_restart(&request)?;
            let what = BatchWork::Restart {
                definition: request.definition,
                instructions: request.instructions,
                initial_variables: request.initial_variables,
                skip_custom_listeners: request.skip_custom_listeners,
                skip_io_mappings: request.skip_io_mappings,
                without_business_key: request.without_business_key,
            };
            (what, request.instances)
        }
        Asked::SetVariables { instances, variables } => (BatchWork::SetVariables { variables }, instances),
        Asked::CorrelateMessage { instances, name, variables } => {
            (BatchWork::CorrelateMessage { name, variables }, instances)
        }
        Asked::SetRemovalTime { of, to, hierarchical } => {
            let (of, ids) = match of {
                RemovalTimeOf::ProcessInstances(ids) => (RemovalTimeOwner::ProcessInstances, ids),
                RemovalTimeOf::Decisions(ids) => (RemovalTimeOwner::Decisions, ids),
                RemovalTimeOf::Batches(ids) => (RemovalTimeOwner::Batches, ids),
            };
            let to = match to {
                RemovalTimeTo::Absolute(at) => RemovalTimeChoice::Absolute(at),
                RemovalTimeTo::Cleared => RemovalTimeChoice::Cleared,
                RemovalTimeTo::Calculated => RemovalTimeChoice::Calculated,
            };
            (BatchWork::SetRemovalTime { of, to, hierarchical }, ids)
        }
    })
}

/// Whether a batch may be made at all, in Camunda's words.
fn check(shared: &super::Shared, what: &BatchWork, ids: &[Id]) -> Result<(), Fault> {
    let empty = |text: &str| {
        if ids.is_empty() { Err(Fault::bad_request(format!("{text} is empty"))) } else { Ok(()) }
    };
    match what {
        BatchWork::DeleteInstances { .. } | BatchWork::SuspendInstances { .. } => empty("processInstanceIds"),
        BatchWork::DeleteHistoricInstances => empty("historicProcessInstanceIds"),
        BatchWork::DeleteDecisions => empty("historicDecisionInstanceIds"),
        BatchWork::SetJobRetries { retries, .. } => {
            if *retries < 0 {
                return Err(Fault::engine("Retries count is not greater than or equal to 0"));
            }
            empty("jobIds")
        }
        BatchWork::SetExternalTaskRetries { .. } => empty("externalTaskIds"),
        BatchWork::Migrate { .. } => empty("Process instance ids cannot empty: process instance ids"),
        BatchWork::Modify { .. } | BatchWork::Restart { .. } => Ok(()),
        BatchWork::SetVariables { variables } => {
            if variables.is_empty() {
                return Err(Fault::bad_request("variables is empty"));
            }
            empty("processInstanceIds")
        }
        BatchWork::CorrelateMessage { .. } => empty("Process instance ids cannot be empty: process instance ids"),
        BatchWork::SetRemovalTime { of, to, .. } => {
            if *to == RemovalTimeChoice::Calculated
                && shared.options.settings.removal_time == engine_core::host::RemovalTimeStrategy::None
            {
                return Err(Fault::bad_request("removalTime is null"));
            }
            empty(match of {
                RemovalTimeOwner::ProcessInstances => "historicProcessInstances",
                RemovalTimeOwner::Decisions => "historicDecisionInstances",
                RemovalTimeOwner::Batches => "historicBatches",
            })
        }
    }
}

/// The plan of a migration.
fn migrated_definitions(what: &BatchWork) -> Option<MigrationPlan> {
    let BatchWork::Migrate { source, target, instructions, .. } = what else { return None };
    Some(MigrationPlan {
        source: *source,
        target: *target,
        instructions: instructions.clone(),
        ..MigrationPlan::default()
    })
}

fn tenant_of(world: &World, what: &BatchWork) -> Option<String> {
    match what {
        BatchWork::Migrate { source, .. } => world.process_definition(*source)?.tenant.clone(),
        BatchWork::Modify { definition, .. } | BatchWork::Restart { definition, .. } => {
            world.process_definition(*definition)?.tenant.clone()
        }
        _ => None,
    }
}

/// Entities of one deployment are worked on one after the other, those of none last, as Camunda's jobs know their
/// deployment. Gives that of the first.
fn group_by_deployment(world: &World, what: &BatchWork, ids: &mut [Id]) -> Option<Id> {
    ids.sort_by_cached_key(|id| {
        let deployment = deployment_of(world, what, *id);
        (deployment.is_none(), deployment)
    });
    deployment_of(world, what, *ids.first()?)
}

/// The deployment of what a job of a batch works on.
fn deployment_of_chunk(world: &World, batch: &Batch, chunk: u32) -> Option<Id> {
    let content = world.batch_content(batch.id)?;
    let first = content.chunk(chunk, batch.invocations_per_batch_job).first()?;
    deployment_of(world, &content.work, *first)
}

/// The deployment of an entity that a batch works on; where a batch is about one process definition, of that.
fn deployment_of(world: &World, what: &BatchWork, id: Id) -> Option<Id> {
    let definition = match what {
        BatchWork::Migrate { source: definition, .. }
        | BatchWork::Modify { definition, .. }
        | BatchWork::Restart { definition, .. } => Some(*definition),
        BatchWork::SetJobRetries { .. } => world.job(id).and_then(|job| job.definition),
        BatchWork::SetExternalTaskRetries { .. } => world.external_task(id).map(|task| task.definition),
        BatchWork::DeleteDecisions | BatchWork::SetRemovalTime { of: RemovalTimeOwner::Decisions, .. } => {
            let row = world.historic_decision(id)?;
            return Some(world.decision_definition(row.decision_definition)?.deployment);
        }
        _ => {
            let running = world.process_instance(id).map(|row| row.definition);
            running.or_else(|| world.historic_process_instance(id).map(|row| row.definition))
        }
    };
    Some(world.process_definition(definition?)?.deployment)
}

fn restart_request(what: &BatchWork, ids: &[Id]) -> Restart {
    let BatchWork::Restart {
        definition,
        instructions,
        initial_variables,
        skip_custom_listeners,
        skip_io_mappings,
        without_business_key,
    } = what
    else {
        return Restart::default();
    };
    Restart {
        definition: *definition,
        instances: ids.to_vec(),
        instructions: instructions.clone(),
        initial_variables: *initial_variables,
        skip_custom_listeners: *skip_custom_listeners,
        skip_io_mappings: *skip_io_mappings,
        without_business_key: *without_business_key,
    }
}

/// Commands to the entities of one job.
fn commands(world: &World, what: &BatchWork, ids: &[Id], work: &mut Work) -> Result<(), Fault> {
    for id in ids.iter().copied() {
        match what {
            BatchWork::DeleteInstances { reason, skip_custom_listeners, skip_io_mappings, skip_subprocesses } => {
                // who has ended meanwhile needs no deletion
                let Some(root) = world.root_of_process_instance(id) else { continue };
                let deletion = Deletion {
                    process_instance: id,
                    reason: reason.clone(),
                    skip_custom_listeners: *skip_custom_listeners,
                    externally_terminated: true,
                    skip_io_mappings: *skip_io_mappings,
                    skip_subprocesses: *skip_subprocesses,
                    if_exists: true,
                };
                work.commands.push((root, Command::Delete(Box::new(deletion))));
            }
            BatchWork::DeleteHistoricInstances => {
                let Some(row) = world.historic_process_instance(id) else { continue };
                if row.end.is_none() {
                    return Err(Fault::bad_request(format!(
                        "Process instance is still running, cannot delete historic process instance: {id}"
                    )));
                }
                work.commands.push((row.root, Command::Record(vec![HistoryEvent::ProcessInstanceDeleted(id)])));
            }
            BatchWork::DeleteDecisions => delete_decision(world, id, work),
            BatchWork::SetJobRetries { retries, sets_due, due } => {
                let root = world.root_of_job(id).ok_or_else(|| super::jobs::no_job(id))?;
                let change = JobCommand::SetRetries(*retries, sets_due.then_some(*due));
                work.commands.push((root, Command::Job(id, change)));
            }
            BatchWork::SetExternalTaskRetries { retries } => {
                let root = world.root_of_external_task(id).ok_or_else(|| {
                    Fault::not_found(format!("Cannot find external task with id {id}: externalTask is null"))
                })?;
                work.commands.push((root, Command::ExternalTask(id, ExternalTaskCommand::SetRetries(*retries))));
            }
            BatchWork::SuspendInstances { suspended } => {
                let Some(root) = world.root_of_process_instance(id) else { continue };
                work.commands.push((root, Command::Suspend { process_instance: id, suspended: *suspended }));
            }
            BatchWork::Migrate { source, target, instructions, variables, skip_custom_listeners, skip_io_mappings } => {
                let request = Migrate {
                    plan: MigrationPlan {
                        source: *source,
                        target: *target,
                        instructions: instructions.clone(),
                        variables: variables.clone(),
                    },
                    instances: Vec::new(),
                    skip_custom_listeners: *skip_custom_listeners,
                    skip_io_mappings: *skip_io_mappings,
                };
                work.commands.push(migration::migration_of(world, &request, id)?);
            }
            BatchWork::Modify { definition, instructions, skip_custom_listeners, skip_io_mappings, annotation } => {
                let request = ModifyMany {
                    definition: *definition,
                    instances: Vec::new(),
                    instructions: instructions.clone(),
                    skip_custom_listeners: *skip_custom_listeners,
                    skip_io_mappings: *skip_io_mappings,
                    annotation: annotation.clone(),
                };
                work.commands.push(restart::modification_of(world, &request, id)?);
            }
            BatchWork::SetVariables { variables } => {
                let root = world
                    .root_of_process_instance(id)
                    .ok_or_else(|| Fault::null(format!("execution {id} doesn't exist: execution is null")))?;
                let command = Command::SetVariables {
                    execution: id,
                    variables: variables.clone(),
                    local: false,
                    deletions: Vec::new(),
                    patch: false,
                };
                work.commands.push((root, command));
            }
            // these need more than the read model
            BatchWork::Restart { .. } | BatchWork::CorrelateMessage { .. } | BatchWork::SetRemovalTime { .. } => {}
        }
    }
    Ok(())
}

/// A decision goes with those it required.
fn delete_decision(world: &World, id: Id, work: &mut Work) {
    let Some(row) = world.historic_decision(id) else { return };
    let root = row.process_instance.and_then(|id| world.historic_process_instance(id)).map(|row| row.root);
    let mut events = vec![HistoryEvent::EntryDeleted(id)];
    events.extend(world.historic_decisions_required_by(id).map(|row| HistoryEvent::EntryDeleted(row.id)));
    match root {
        Some(root) => work.commands.push((root, Command::Record(events))),
        None => work.history.extend(events),
    }
}
