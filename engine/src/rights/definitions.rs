//! Checks on deployments, definitions and job definitions.

use engine_core::error::Fault;
use models::Id;

use super::{Rights, Verdict, needed, needed_on_all};
use crate::{
    request::{
        Batch, BatchChange, DefinitionChange, Definitions, Instances, JobDefinitionChange, JobDefinitions, Migrate,
        Restart,
    },
    world::{World, permission::Resource},
};

impl Rights<'_> {
    pub(crate) fn deploy(self) -> Verdict {
        self.require(&needed_on_all("CREATE", Resource::Deployment))
    }

    /// Reading a deployment and its resources.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_deployment(self, id: Id) -> Verdict {
        self.deployment(id, "get", "READ")
    }

    pub(crate) fn delete_deployment(self, id: Id) -> Verdict {
        self.deployment(id, "delete", "DELETE")
    }

    fn deployment(self, id: Id, verb: &str, permission: &'static str) -> Verdict {
        let tenant = self.world.deployment(id).and_then(|row| row.tenant.as_deref());
        self.tenant(tenant, || format!("{verb} the deployment '{id}'"))?;
        self.require(&needed(permission, Resource::Deployment, id.to_string()))
    }

    /// Reading a process definition.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_process_definition(self, id: Id) -> Verdict {
        self.process_definition(id, "get", &["READ"])
    }

    /// One of some permissions on a process definition.
    fn process_definition(self, id: Id, verb: &str, permissions: &[&'static str]) -> Verdict {
        let Some(row) = self.world.process_definition(id) else { return Ok(()) };
        self.tenant(row.tenant.as_deref(), || format!("{verb} the process definition '{}'", row.text_id))?;
        self.process_definition_key(&row.key, permissions)
    }

    fn process_definition_key(self, key: &str, permissions: &[&'static str]) -> Verdict {
        if let [permission] = permissions {
            return self.require(&needed(permission, Resource::ProcessDefinition, key));
        }
        let any: Vec<_> =
            permissions.iter().map(|permission| needed(permission, Resource::ProcessDefinition, key)).collect();
        self.require_any(&any)
    }

    /// The same for definitions of a request: by id with its tenant, or by key alone.
    fn process_definitions(self, which: &Definitions, verb: &str, permissions: &[&'static str]) -> Verdict {
        match which {
            Definitions::Id(id) => self.process_definition(*id, verb, permissions),
            Definitions::Key(key, _) => self.process_definition_key(key, permissions),
        }
    }

    /// Reading a decision definition.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_decision_definition(self, id: Id) -> Verdict {
        self.decision_definition(id, "get the decision definition", "READ")
    }

    /// Evaluating a decision.
    pub(crate) fn evaluate_decision(self, id: Id) -> Verdict {
        self.decision_definition(id, "evaluate the decision", "CREATE_INSTANCE")
    }

    fn decision_definition(self, id: Id, verb: &str, permission: &'static str) -> Verdict {
        let Some(row) = self.world.decision_definition(id) else { return Ok(()) };
        self.tenant(row.tenant.as_deref(), || format!("{verb} '{}'", row.text_id))?;
        self.require(&needed(permission, Resource::DecisionDefinition, row.key.as_str()))
    }

    /// Reading a decision requirements definition.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_requirements_definition(self, id: Id) -> Verdict {
        let Some(row) = self.world.requirements_definition(id) else { return Ok(()) };
        self.tenant(row.tenant.as_deref(), || format!("get the decision requirements definition '{}'", row.text_id))?;
        self.require(&needed("READ", Resource::DecisionRequirementsDefinition, row.key.as_str()))
    }

    pub(crate) fn change_definitions(self, change: &DefinitionChange) -> Verdict {
        match change {
            DefinitionChange::Suspend { definitions, include_instances, .. } => {
                self.process_definitions(definitions, "update", &["SUSPEND", "UPDATE"])?;
                if *include_instances { self.suspend_instances_of_all(definitions) } else { Ok(()) }
            }
            DefinitionChange::Delete { definitions, .. } => match definitions {
                Definitions::Id(id) => self.process_definition(*id, "delete", &["DELETE"]),
                // found by key, each is deleted by id
                Definitions::Key(key, _) => {
                    let ids: Vec<Id> = self.world.process_definitions_of_key(key).map(|row| row.id).collect();
                    ids.into_iter().try_for_each(|id| self.process_definition(id, "delete", &["DELETE"]))
                }
            },
            DefinitionChange::HistoryTimeToLive { definition, .. } => {
                if self.world.process_definition(*definition).is_some() {
                    self.process_definition(*definition, "update", &["UPDATE"])
                } else {
                    self.decision_definition(*definition, "update the decision definition", "UPDATE")
                }
            }
        }
    }

    fn suspend_instances_of_all(self, definitions: &Definitions) -> Verdict {
        self.key_of_definitions(definitions).map_or(Ok(()), |key| self.suspend_instances_of(&key))
    }

    fn update_instances_of_all(self, definitions: &Definitions) -> Verdict {
        self.key_of_definitions(definitions).map_or(Ok(()), |key| self.update_instances_of(&key))
    }

    fn key_of_definitions(self, definitions: &Definitions) -> Option<String> {
        match definitions {
            Definitions::Id(id) => self.world.definition_key(Some(*id)).map(str::to_owned),
            Definitions::Key(key, _) => Some(key.clone()),
        }
    }

    pub(crate) fn suspend_instances(self, instances: &Instances) -> Verdict {
        match instances {
            Instances::Ids(ids) => ids.iter().try_for_each(|id| self.suspend_instance(*id)),
            Instances::Of(definitions) => {
                if let Definitions::Id(id) = definitions {
                    self.definition_tenant(*id)?;
                }
                self.suspend_instances_of_all(definitions)
            }
        }
    }

    fn definition_tenant(self, id: Id) -> Verdict {
        let Some(row) = self.world.process_definition(id) else { return Ok(()) };
        self.tenant(row.tenant.as_deref(), || format!("update the process definition '{}'", row.text_id))
    }

    /// The definitions that job definitions of a request belong to.
    fn definitions_of_jobs(self, which: &JobDefinitions) -> Option<Definitions> {
        match which {
            JobDefinitions::Id(id) => self.world.job_definition(*id)?.definition.map(Definitions::Id),
            JobDefinitions::Of(definitions) => Some(definitions.clone()),
        }
    }

    pub(crate) fn change_job_definitions(self, change: &JobDefinitionChange) -> Verdict {
        match change {
            JobDefinitionChange::Suspend { definitions, include_jobs, .. } => {
                let by_id = matches!(definitions, JobDefinitions::Id(_));
                let Some(definitions) = self.definitions_of_jobs(definitions) else { return Ok(()) };
                match &definitions {
                    // by the id of a job definition its process definition's key is looked at, and keys have no tenant
                    Definitions::Id(id) if by_id => match self.world.definition_key(Some(*id)) {
                        Some(key) => self.process_definition_key(key, &["UPDATE"])?,
                        None => {}
                    },
                    _ => self.process_definitions(&definitions, "update", &["UPDATE"])?,
                }
                if *include_jobs { self.update_instances_of_all(&definitions) } else { Ok(()) }
            }
            JobDefinitionChange::Priority { definition, include_jobs, .. } => {
                let Some(definitions) = self.definitions_of_jobs(&JobDefinitions::Id(*definition)) else {
                    return Ok(());
                };
                self.process_definitions(&definitions, "update", &["UPDATE"])?;
                if *include_jobs { self.update_instances_of_all(&definitions) } else { Ok(()) }
            }
            JobDefinitionChange::Retries { definition, .. } => {
                let Some(Definitions::Id(id)) = self.definitions_of_jobs(&JobDefinitions::Id(*definition)) else {
                    return Ok(());
                };
                self.definition_tenant(id)?;
                match self.world.definition_key(Some(id)) {
                    Some(key) => self.retry_jobs_of(key),
                    None => Ok(()),
                }
            }
            JobDefinitionChange::SuspendJobs { definitions, .. } => {
                if let JobDefinitions::Of(Definitions::Id(id)) = definitions {
                    self.definition_tenant(*id)?;
                }
                let Some(definitions) = self.definitions_of_jobs(definitions) else { return Ok(()) };
                self.update_instances_of_all(&definitions)
            }
            JobDefinitionChange::SuspendJobsOfInstance { process_instance, .. } => {
                self.update_instance(*process_instance)
            }
        }
    }

    /// Making a migration plan, or checking one.
    pub(crate) fn plan_migration(self, source: Id, target: Id) -> Verdict {
        for id in [source, target] {
            let Some(row) = self.world.process_definition(id) else { continue };
            self.tenant(row.tenant.as_deref(), || format!("get process definition '{}'", row.text_id))?;
        }
        self.process_definition(source, "get", &["READ"])?;
        self.process_definition(target, "get", &["READ"])
    }

    /// Migrating process instances.
    pub(crate) fn migrate(self, request: &Migrate) -> Verdict {
        let key = |id| self.world.definition_key(Some(id)).unwrap_or_default();
        let needed = |id| needed("MIGRATE_INSTANCE", Resource::ProcessDefinition, key(id));
        self.require_all(&[needed(request.plan.source), needed(request.plan.target)])?;
        request.instances.iter().try_for_each(|id| {
            let tenant = self.world.execution(*id).and_then(|row| row.tenant.as_deref());
            self.tenant(tenant, || format!("migrate process instance '{id}'"))
        })
    }

    /// Restarting ended process instances.
    pub(crate) fn restart(self, request: &Restart) -> Verdict {
        let key = self.world.definition_key(Some(request.definition)).unwrap_or_default();
        self.require(&needed("READ_HISTORY", Resource::ProcessDefinition, key))?;
        let past = request.instances.iter().filter_map(|id| self.world.historic_process_instance(*id));
        if past.into_iter().all(|row| World::sees_tenant(self.caller, row.tenant.as_deref())) {
            return Ok(());
        }
        // what is not seen is not there
        Err(Fault::bad_request("Historic process instance cannot be found: historicProcessInstanceId is null"))
    }

    /// Whether the caller may start a batch of that kind.
    pub(crate) fn batch(self, batch: &Batch) -> Verdict {
        match batch {
            Batch::Migrate(request) => self.migrate(request)?,
            Batch::Restart(request) => self.restart(request)?,
            _ => {}
        }
        self.create_batch(match batch {
            Batch::DeleteInstances { .. } => "CREATE_BATCH_DELETE_RUNNING_PROCESS_INSTANCES",
            Batch::DeleteHistoricInstances { .. } => "CREATE_BATCH_DELETE_FINISHED_PROCESS_INSTANCES",
            Batch::DeleteDecisions { .. } => "CREATE_BATCH_DELETE_DECISION_INSTANCES",
            Batch::SetJobRetries { .. } => "CREATE_BATCH_SET_JOB_RETRIES",
            Batch::SetExternalTaskRetries { .. } => "CREATE_BATCH_SET_EXTERNAL_TASK_RETRIES",
            Batch::SuspendInstances { .. } => "CREATE_BATCH_UPDATE_PROCESS_INSTANCES_SUSPEND",
            Batch::Migrate(_) => "CREATE_BATCH_MIGRATE_PROCESS_INSTANCES",
            Batch::Modify(_) => "CREATE_BATCH_MODIFY_PROCESS_INSTANCES",
            Batch::Restart(_) => "CREATE_BATCH_RESTART_PROCESS_INSTANCES",
            Batch::SetVariables { .. } => "CREATE_BATCH_SET_VARIABLES",
            Batch::CorrelateMessage { .. } => "CREATE_BATCH_CORRELATE_MESSAGE",
            Batch::SetRemovalTime { .. } => "CREATE_BATCH_SET_REMOVAL_TIME",
        })
    }

    /// Whether the caller may change a batch.
    pub(crate) fn batch_change(self, change: BatchChange) -> Verdict {
        let (id, verb, permission) = match change {
            BatchChange::Delete { batch, .. } => (batch, "delete batch", "DELETE"),
            BatchChange::Suspend { batch, suspended: true } => (batch, "suspend batch", "UPDATE"),
            BatchChange::Suspend { batch, suspended: false } => (batch, "activate batch", "UPDATE"),
            BatchChange::DeleteHistory(batch) => (batch, "delete historic batch", "DELETE_HISTORY"),
        };
        self.world.batch(id).map_or(Ok(()), |row| self.change_batch(row, verb, permission))
    }
}
