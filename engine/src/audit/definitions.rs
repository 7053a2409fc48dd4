//! Entries about deployments, definitions, and work on many instances.

use engine_core::history::{OPERATOR, Operation};
use models::Id;

use super::{date, in_definition, on_instance, suspension};
use crate::{
    request::{
        Correlate, DefinitionChange, Definitions, DeleteOptions, Deploy, Instances, JobDefinitionChange, JobDefinitions,
    },
    world::World,
};

// -- deployments and definitions --------------------------------------------------------------------------------------------

/// Entries about a deployment that was made.
pub(crate) fn deployed(id: Id, deploy: &Deploy) -> Operation {
    let filtered = deploy.duplicate_filtering || deploy.changed_only;
    let operation = Operation::new("Create", "Deployment", OPERATOR)
        .about(|entry| {
            entry.deployment = Some(id);
            entry.tenant.clone_from(&deploy.tenant);
        })
        .with("duplicateFilterEnabled", filtered);
    if filtered { operation.with("deployChangedOnly", deploy.changed_only) } else { operation }
}

/// Entries about a deployment that is deleted.
pub(crate) fn deleted_deployment(world: &World, id: Id, options: DeleteOptions) -> Operation {
    Operation::new("Delete", "Deployment", OPERATOR)
        .about(|entry| {
            entry.deployment = Some(id);
            entry.tenant = world.deployment(id).and_then(|row| row.tenant.clone());
        })
        .with("cascade", options.cascade)
}

/// An operator's deed on definitions: those of a key are named by the key alone.
fn on_definitions(world: &World, verb: &str, entity: &str, definitions: &Definitions) -> Operation {
    Operation::new(verb, entity, OPERATOR).about(|entry| match definitions {
        Definitions::Id(id) => in_definition(world, entry, *id),
        Definitions::Key(key, _) => entry.definition_key = Some(key.clone()),
    })
}

/// Entries about a change of definitions.
pub(crate) fn definition_change(world: &World, change: &DefinitionChange) -> Vec<Operation> {
    match change {
        DefinitionChange::Suspend { definitions, suspended, include_instances, .. } => {
            let verb = if *suspended { "SuspendProcessDefinition" } else { "ActivateProcessDefinition" };
            let operation = on_definitions(world, verb, "ProcessDefinition", definitions);
            vec![
                operation
                    .with("suspensionState", suspension(*suspended))
                    .with("includeProcessInstances", include_instances),
            ]
        }
        DefinitionChange::Delete { definitions, options } => {
            let ids: Vec<Id> = match definitions {
                Definitions::Id(id) => vec![*id],
                Definitions::Key(key, _) => world.process_definitions_of_key(key).map(|row| row.id).collect(),
            };
            ids.into_iter()
                .map(|id| {
                    on_definitions(world, "Delete", "ProcessDefinition", &Definitions::Id(id)).changed(
                        "cascade",
                        Some("false".to_owned()),
                        Some(options.cascade.to_string()),
                    )
                })
                .collect()
        }
        DefinitionChange::HistoryTimeToLive { definition, days } => {
            let text = |days: Option<i32>| days.map(|days| days.to_string());
            let verb = "UpdateHistoryTimeToLive";
            if let Some(row) = world.process_definition(*definition) {
                let operation = on_definitions(world, verb, "ProcessDefinition", &Definitions::Id(*definition));
                return vec![operation.changed("historyTimeToLive", text(row.history_time_to_live), text(*days))];
            }
            let Some(row) = world.decision_definition(*definition) else { return Vec::new() };
            let operation = Operation::new(verb, "DecisionDefinition", OPERATOR)
                .about(|entry| entry.tenant.clone_from(&row.tenant))
                .changed("historyTimeToLive", text(row.history_time_to_live), text(*days))
                .with("decisionDefinitionId", &row.text_id)
                .with("decisionDefinitionKey", &row.key);
            vec![operation]
        }
    }
}

/// A deed on a job definition, or on what it makes.
fn on_job_definitions(world: &World, verb: &str, entity: &str, which: &JobDefinitions) -> Operation {
    match which {
        JobDefinitions::Of(definitions) => on_definitions(world, verb, entity, definitions),
        JobDefinitions::Id(id) => Operation::new(verb, entity, OPERATOR).about(|entry| {
            entry.job_definition = Some(*id);
            if let Some(definition) = world.job_definition(*id).and_then(|row| row.definition) {
                in_definition(world, entry, definition);
            }
        }),
    }
}

/// Entries about a change of job definitions.
pub(crate) fn job_definition_change(world: &World, change: &JobDefinitionChange) -> Vec<Operation> {
    match change {
        JobDefinitionChange::Suspend { definitions, suspended, .. } => {
            let verb = if *suspended { "SuspendJobDefinition" } else { "ActivateJobDefinition" };
            let operation = on_job_definitions(world, verb, "JobDefinition", definitions);
            vec![operation.with("suspensionState", suspension(*suspended))]
        }
        JobDefinitionChange::Priority { definition, priority, include_jobs } => {
            let which = JobDefinitions::Id(*definition);
            let old = world.job_definition(*definition).and_then(|row| row.overriding_priority);
            let text = |priority: Option<i64>| priority.map(|priority| priority.to_string());
            let mut all = vec![on_job_definitions(world, "SetPriority", "JobDefinition", &which).changed(
                "overridingPriority",
                text(old),
                text(*priority),
            )];
            if let (true, Some(priority)) = (*include_jobs, priority) {
                all.push(on_job_definitions(world, "SetPriority", "Job", &which).with("priority", priority));
            }
            all
        }
        JobDefinitionChange::Retries { definition, retries, due } => {
            let which = JobDefinitions::Id(*definition);
            let operation = on_job_definitions(world, "SetJobRetries", "Job", &which).with("retries", retries);
            vec![match due {
                Some(due) => operation.changed("dueDate", None, date(*due)),
                None => operation,
            }]
        }
        JobDefinitionChange::SuspendJobs { definitions, suspended } => {
            let operation = on_job_definitions(world, job_verb(*suspended), "Job", definitions);
            vec![operation.with("suspensionState", suspension(*suspended))]
        }
        JobDefinitionChange::SuspendJobsOfInstance { process_instance, suspended } => {
            let mut operation = on_instance(world, job_verb(*suspended), *process_instance);
            operation.entry.entity_type = "Job".to_owned();
            vec![operation.with("suspensionState", suspension(*suspended))]
        }
    }
}

fn job_verb(suspended: bool) -> &'static str {
    if suspended { "SuspendJob" } else { "ActivateJob" }
}

/// Entries about the evaluation of a decision.
pub(crate) fn evaluated(world: &World, definition: Id) -> Option<Operation> {
    let row = world.decision_definition(definition)?;
    let operation = Operation::new("Evaluate", "DecisionDefinition", OPERATOR)
        .about(|entry| entry.tenant.clone_from(&row.tenant))
        .with("decisionDefinitionId", &row.text_id)
        .with("decisionDefinitionKey", &row.key);
    Some(operation)
}

// -- many instances at once --------------------------------------------------------------------------------------------------

/// A summary over several entities.
pub(super) fn summary(verb: &str, entity: &str, count: usize) -> Operation {
    Operation::new(verb, entity, OPERATOR).with("nrOfInstances", count)
}

/// Entries about process instances that are suspended or activated.
pub(crate) fn suspended_instances(world: &World, instances: &Instances, suspended: bool) -> Operation {
    match instances {
        Instances::Ids(ids) => many_suspended(ids.len(), suspended, false),
        Instances::Of(definitions) => {
            let verb = if suspended { "Suspend" } else { "Activate" };
            on_definitions(world, verb, "ProcessInstance", definitions).with("suspensionState", suspension(suspended))
        }
    }
}

/// Entries about several process instances that are suspended or activated. Camunda calls it a deed on jobs.
pub(super) fn many_suspended(count: usize, suspended: bool, asynchronous: bool) -> Operation {
    summary(job_verb(suspended), "ProcessInstance", count).with("async", asynchronous)
}

/// Entries about the retries of several external tasks.
pub(crate) fn external_task_retries(count: usize, retries: i32, asynchronous: bool) -> Operation {
    summary("SetExternalTaskRetries", "ExternalTask", count).with("async", asynchronous).with("retries", retries)
}

/// Entries about a message that went to all receivers.
pub(crate) fn correlated(world: &World, request: &Correlate, definition: Option<Id>, receivers: usize) -> Operation {
    let operation = Operation::new("CorrelateMessage", "ProcessInstance", OPERATOR)
        .about(|entry| {
            if let Some(definition) = definition {
                in_definition(world, entry, definition);
            }
        })
        .changed("messageName", None, request.name.clone());
    let variables = request.variables.0.len() + request.local.0.len();
    let operation = if variables > 0 { operation.with("nrOfVariables", variables) } else { operation };
    operation.with("nrOfInstances", receivers)
}
