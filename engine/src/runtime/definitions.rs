//! Changes of definitions, job definitions and several instances at once (S-SU).

use engine_core::{
    command::{Command, ExternalTaskCommand, JobCommand},
    error::Fault,
    state::{Job, JobKind},
};
use models::{Id, Timestamp};

use super::{Engine, lane::Lane};
use crate::{
    audit,
    pending::Pending,
    request::{
        Caller, DefinitionChange, Definitions, Instances, JobDefinitionChange, JobDefinitions, SetExternalTaskRetries,
        SuspendInstances, TenantChoice,
    },
    rights::Rights,
    world::{JobDefinition, Record, RecordChange, World},
};

/// Commands to instances and records, committed together.
type Work = (Vec<(Id, Command)>, Vec<RecordChange>);

impl Engine {
    /// Suspends, activates or deletes definitions, or sets their time to live.
    pub fn change_definitions(&self, change: DefinitionChange, caller: &Caller) -> Pending<()> {
        let by = caller.clone();
        self.administer(caller, move |lane| {
            lane.permit(&by, |rights| rights.change_definitions(&change))?;
            let log = audit::definition_change(&lane.shared.world.read(), &change);
            lane.note(log, &by);
            lane.definition_work(&change)
        })
    }

    /// Suspends, activates or reprioritises job definitions and their jobs.
    pub fn change_job_definitions(&self, change: JobDefinitionChange, caller: &Caller) -> Pending<()> {
        let by = caller.clone();
        self.administer(caller, move |lane| {
            lane.permit(&by, |rights| rights.change_job_definitions(&change))?;
            let log = audit::job_definition_change(&lane.shared.world.read(), &change);
            lane.note(log, &by);
            lane.job_definition_work(&change)
        })
    }

    /// Suspends or activates process instances.
    pub fn suspend_instances(&self, request: SuspendInstances, caller: &Caller) -> Pending<()> {
        let by = caller.clone();
        self.administer(caller, move |lane| {
            let shared = lane.shared.clone();
            let world = shared.world.read();
            Rights::new(&world, &by).suspend_instances(&request.instances)?;
            lane.note([audit::suspended_instances(&world, &request.instances, request.suspended)], &by);
            let instances: Vec<Id> = match &request.instances {
                Instances::Ids(ids) => ids.clone(),
                Instances::Of(definitions) => instances_of(&world, &resolve(&world, definitions)?),
            };
            Ok((suspensions(&world, &instances, request.suspended), Vec::new()))
        })
    }

    /// Sets the retries of several external tasks.
    pub fn set_external_task_retries(&self, request: SetExternalTaskRetries, caller: &Caller) -> Pending<()> {
        let by = caller.clone();
        self.administer(caller, move |lane| {
            let shared = lane.shared.clone();
            let world = shared.world.read();
            lane.note([audit::external_task_retries(request.tasks.len(), request.retries, false)], &by);
            let mut commands = Vec::new();
            for id in &request.tasks {
                let root = world.root_of_external_task(*id).ok_or_else(|| {
                    Fault::not_found(format!("Cannot find external task with id {id}: externalTask is null"))
                })?;
                let command = Command::ExternalTask(*id, ExternalTaskCommand::SetRetries(request.retries));
                Rights::new(&world, &by).command(&command)?;
                commands.push((root, command));
            }
            Ok((commands, Vec::new()))
        })
    }

    /// Runs administrative work on the lane, with everything before it published.
    pub(super) fn administer(
        &self,
        caller: &Caller,
        work: impl FnOnce(&mut Lane) -> Result<Work, Fault> + Send + 'static,
    ) -> Pending<()> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            lane.settle();
            match work(lane) {
                Err(fault) => {
                    lane.log.clear();
                    drop(answer.send(Err(fault)));
                }
                Ok((commands, records)) => lane.transact_many(
                    commands,
                    &caller,
                    records,
                    Box::new(move |result| drop(answer.send(result.map(|_| ())))),
                ),
            }
        })
    }
}

impl Lane {
    fn definition_work(&mut self, change: &DefinitionChange) -> Result<Work, Fault> {
        let shared = self.shared.clone();
        match change {
            DefinitionChange::Suspend { definitions, suspended, include_instances, at } => {
                let world = shared.world.read();
                let ids = resolve(&world, definitions)?;
                if let Some(at) = at {
                    let configuration = serde_json::json!({
                        "ids": ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
                        "include": include_instances,
                        "suspended": suspended,
                    });
                    let handler = if *suspended { "suspend-processdefinition" } else { "activate-processdefinition" };
                    return Ok((Vec::new(), vec![self.suspension_job(handler, &configuration, *at)]));
                }
                Ok(suspend_definitions(&world, &ids, *suspended, *include_instances))
            }
            DefinitionChange::Delete { definitions, options } => {
                let ids = resolve(&shared.world.read(), definitions)?;
                let result = self.delete_definitions(&ids, *options, &Caller::default(), None);
                shared.forget_definitions();
                result
            }
            DefinitionChange::HistoryTimeToLive { definition, days } => {
                let world = shared.world.read();
                if let Some(row) = world.process_definition(*definition) {
                    let mut row = (**row).clone();
                    row.history_time_to_live = *days;
                    return Ok((Vec::new(), vec![RecordChange::Put(Record::ProcessDefinition(Box::new(row)))]));
                }
                if let Some(row) = world.decision_definition(*definition) {
                    let mut row = (**row).clone();
                    row.history_time_to_live = *days;
                    return Ok((Vec::new(), vec![RecordChange::Put(Record::DecisionDefinition(Box::new(row)))]));
                }
                Err(Fault::not_found(format!(
                    "no deployed definition found with id '{definition}': definition is null"
                )))
            }
        }
    }

    fn job_definition_work(&mut self, change: &JobDefinitionChange) -> Result<Work, Fault> {
        let shared = self.shared.clone();
        let world = shared.world.read();
        match change {
            JobDefinitionChange::Suspend { definitions, suspended, include_jobs, at } => {
                let ids = resolve_job_definitions(&world, definitions)?;
                if let Some(at) = at {
                    let configuration = serde_json::json!({
                        "ids": ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
                        "include": include_jobs,
                        "suspended": suspended,
                    });
                    let handler = if *suspended { "suspend-job-definition" } else { "activate-job-definition" };
                    return Ok((Vec::new(), vec![self.suspension_job(handler, &configuration, *at)]));
                }
                Ok(suspend_job_definitions(&world, &ids, *suspended, *include_jobs))
            }
            JobDefinitionChange::Priority { definition, priority, include_jobs } => {
                let mut row = world
                    .job_definition(*definition)
                    .cloned()
                    .ok_or_else(|| Fault::not_found(format!("Job definition with id '{definition}' does not exist")))?;
                row.overriding_priority = *priority;
                let mut commands = Vec::new();
                let mut records = Vec::new();
                if let (true, Some(priority)) = (*include_jobs, priority) {
                    for (root, job) in jobs_of_definition(&world, *definition) {
                        commands.push((root, Command::Job(job, JobCommand::SetPriority(*priority))));
                    }
                    for mut job in engine_jobs_of(&world, &row) {
                        job.priority = *priority;
                        records.push(RecordChange::Put(Record::Job(Box::new(job))));
                    }
                }
                records.push(RecordChange::Put(Record::JobDefinition(Box::new(row))));
                Ok((commands, records))
            }
            JobDefinitionChange::Retries { definition, retries, due } => {
                let commands = jobs_of_definition(&world, *definition)
                    .into_iter()
                    .filter(|(_, job)| world.job(*job).is_some_and(|job| job.retries == 0))
                    .map(|(root, job)| (root, Command::Job(job, JobCommand::SetRetriesInBulk(*retries, *due))))
                    .collect();
                Ok((commands, Vec::new()))
            }
            JobDefinitionChange::SuspendJobs { definitions, suspended } => {
                let ids = resolve_job_definitions(&world, definitions)?;
                let commands = ids
                    .iter()
                    .flat_map(|id| jobs_of_definition(&world, *id))
                    .map(|(root, job)| (root, Command::Job(job, JobCommand::Suspend(*suspended))))
                    .collect();
                Ok((commands, Vec::new()))
            }
            JobDefinitionChange::SuspendJobsOfInstance { process_instance, suspended } => {
                let Some(root) = world.root_of_process_instance(*process_instance) else {
                    return Ok((Vec::new(), Vec::new()));
                };
                let commands = world
                    .jobs_of_instance(*process_instance)
                    .map(|job| (root, Command::Job(job.id, JobCommand::Suspend(*suspended))))
                    .collect();
                Ok((commands, Vec::new()))
            }
        }
    }

    /// A job that suspends or activates later.
    pub(super) fn suspension_job(
        &mut self,
        handler: &str,
        configuration: &serde_json::Value,
        at: Timestamp,
    ) -> RecordChange {
        let kind = JobKind::Suspension(handler.to_owned(), configuration.to_string());
        RecordChange::Put(Record::Job(Box::new(Job { due: Some(at), ..self.engine_job(kind) })))
    }

    /// What a suspension job does when it is due.
    pub(super) fn delayed_suspension(&self, handler: &str, configuration: &str) -> Result<Work, Fault> {
        let parsed: serde_json::Value =
            serde_json::from_str(configuration).map_err(|error| Fault::engine(error.to_string()))?;
        let ids: Vec<Id> = parsed["ids"]
            .as_array()
            .map(|ids| ids.iter().filter_map(|id| id.as_str()?.parse().ok()).collect())
            .unwrap_or_default();
        let include = parsed["include"].as_bool().unwrap_or_default();
        let suspended = parsed["suspended"].as_bool().unwrap_or_default();
        let world = self.shared.world.read();
        Ok(if handler.ends_with("processdefinition") {
            suspend_definitions(&world, &ids, suspended, include)
        } else {
            suspend_job_definitions(&world, &ids, suspended, include)
        })
    }
}

/// Definitions that a request means.
fn resolve(world: &World, definitions: &Definitions) -> Result<Vec<Id>, Fault> {
    match definitions {
        Definitions::Id(id) => match world.process_definition(*id) {
            Some(row) => Ok(vec![row.id]),
            None => Err(Fault::null(format!(
                "no deployed process definition found with id '{id}': processDefinition is null"
            ))),
        },
        Definitions::Key(key, tenant) => Ok(world
            .process_definitions_of_key(key)
            .filter(|row| match tenant {
                TenantChoice::Any => true,
                TenantChoice::Without => row.tenant.is_none(),
                TenantChoice::Is(tenant) => row.tenant.as_ref() == Some(tenant),
            })
            .map(|row| row.id)
            .collect()),
    }
}

fn resolve_job_definitions(world: &World, definitions: &JobDefinitions) -> Result<Vec<Id>, Fault> {
    match definitions {
        JobDefinitions::Id(id) => Ok(vec![*id]),
        JobDefinitions::Of(definitions) => Ok(resolve(world, definitions)?
            .into_iter()
            .flat_map(|id| world.job_definitions_of(id).map(|row| row.id).collect::<Vec<_>>())
            .collect()),
    }
}

fn instances_of(world: &World, definitions: &[Id]) -> Vec<Id> {
    definitions.iter().flat_map(|id| world.process_instance_ids(*id)).collect()
}

fn suspensions(world: &World, instances: &[Id], suspended: bool) -> Vec<(Id, Command)> {
    instances
        .iter()
        .filter_map(|id| {
            let root = world.root_of_process_instance(*id)?;
            Some((root, Command::Suspend { process_instance: *id, suspended }))
        })
        .collect()
}

/// Jobs of a job definition with their roots.
fn jobs_of_definition(world: &World, job_definition: Id) -> Vec<(Id, Id)> {
    let Some(row) = world.job_definition(job_definition) else { return Vec::new() };
    let Some(definition) = row.definition else { return Vec::new() };
    world
        .jobs_of_definition(definition)
        .filter(|job| job.declaration == row.declaration)
        .filter_map(|job| Some((world.root_of_job(job.id)?, job.id)))
        .collect()
}

/// Jobs of the engine itself that belong to a job definition: start timers, or jobs of a batch.
fn engine_jobs_of(world: &World, row: &JobDefinition) -> Vec<Job> {
    let timers = row.definition.into_iter().flat_map(|id| world.jobs_of_definition(id));
    let timers = timers.filter(|job| job.process_instance.is_none() && job.declaration == row.declaration);
    let batch = row.configuration.as_deref().filter(|_| row.definition.is_none()).and_then(|id| id.parse().ok());
    let batch = batch.into_iter().flat_map(|id| world.jobs_of_batch(id));
    let batch = batch.filter(|job| world.job_definition_of(job).is_some_and(|one| one.id == row.id));
    timers.chain(batch).cloned().collect()
}

fn suspend_definitions(world: &World, ids: &[Id], suspended: bool, include_instances: bool) -> Work {
    let mut commands = Vec::new();
    let mut records = Vec::new();
    for id in ids {
        let Some(row) = world.process_definition(*id) else { continue };
        let mut row = (**row).clone();
        row.suspended = suspended;
        records.push(RecordChange::Put(Record::ProcessDefinition(Box::new(row))));
        let jobs: Vec<Id> = world.job_definitions_of(*id).map(|row| row.id).collect();
        let (more, changed) = suspend_job_definitions(world, &jobs, suspended, true);
        commands.extend(more);
        records.extend(changed);
        if include_instances {
            commands.extend(suspensions(world, &instances_of(world, &[*id]), suspended));
        }
    }
    (commands, records)
}

fn suspend_job_definitions(world: &World, ids: &[Id], suspended: bool, include_jobs: bool) -> Work {
    let mut commands = Vec::new();
    let mut records = Vec::new();
    for id in ids {
        let Some(row) = world.job_definition(*id) else { continue };
        let mut changed = row.clone();
        changed.suspended = suspended;
        records.push(RecordChange::Put(Record::JobDefinition(Box::new(changed))));
        if include_jobs {
            for (root, job) in jobs_of_definition(world, *id) {
                commands.push((root, Command::Job(job, JobCommand::Suspend(suspended))));
            }
            for mut job in engine_jobs_of(world, row) {
                job.suspended = suspended;
                records.push(RecordChange::Put(Record::Job(Box::new(job))));
            }
        }
    }
    (commands, records)
}
