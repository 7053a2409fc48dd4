//! Checks on tasks, instances, jobs, batches and their history.

use engine_core::state::{Execution, Incident, Job, Task, Variable};
use models::Id;

use super::{Needed, Rights, Verdict, needed, needed_on_all};
use crate::world::{Batch, permission::Resource};

/// Permissions on a process instance, each with the one on its definition.
type Pairs = &'static [(&'static str, &'static str)];

const READ_INSTANCE: Pairs = &[("READ", "READ_INSTANCE")];
const UPDATE_INSTANCE: Pairs = &[("UPDATE", "UPDATE_INSTANCE")];
const DELETE_INSTANCE: Pairs = &[("DELETE", "DELETE_INSTANCE")];
const SUSPEND_INSTANCE: Pairs = &[("SUSPEND", "SUSPEND_INSTANCE"), ("UPDATE", "UPDATE_INSTANCE")];
const UPDATE_VARIABLE: Pairs = &[("UPDATE_VARIABLE", "UPDATE_INSTANCE_VARIABLE"), ("UPDATE", "UPDATE_INSTANCE")];
const RETRY_JOB: Pairs = &[("RETRY_JOB", "RETRY_JOB"), ("UPDATE", "UPDATE_INSTANCE")];

impl Rights<'_> {
    fn key_of(self, definition: Option<Id>) -> Option<String> {
        self.world.definition_key(definition).map(str::to_owned)
    }

    /// One of some permissions on a process instance (`None`: on all of them) or on its definition.
    fn instance(self, instance: Option<Id>, key: Option<&str>, pairs: Pairs) -> Verdict {
        let mut any = Vec::with_capacity(2 * pairs.len());
        for (own, of_definition) in pairs {
            any.push(Needed {
                permission: own,
                resource: Resource::ProcessInstance,
                id: instance.map(|id| id.to_string()),
            });
            any.push(Needed {
                permission: of_definition,
                resource: Resource::ProcessDefinition,
                id: key.map(str::to_owned),
            });
        }
        self.require_any(&any)
    }

    fn execution(self, row: &Execution, verb: &str, pairs: Pairs) -> Verdict {
        self.tenant(row.tenant.as_deref(), || format!("{verb} the process instance '{}'", row.id))?;
        self.instance(Some(row.process_instance), self.key_of(Some(row.definition)).as_deref(), pairs)
    }

    /// A process instance by id; none is left to the operation.
    fn process_instance(self, id: Id, verb: &str, pairs: Pairs) -> Verdict {
        self.world.execution(id).map_or(Ok(()), |row| self.execution(row, verb, pairs))
    }

    /// Reading a process instance or execution.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_execution(self, row: &Execution) -> Verdict {
        self.execution(row, "read", READ_INSTANCE)
    }

    /// Reading the variables of a process instance or execution.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_variables(self, row: &Execution) -> Verdict {
        if !self.caller.policy.specific_variables {
            return self.read_execution(row);
        }
        self.tenant(row.tenant.as_deref(), || format!("read the process instance '{}'", row.process_instance))?;
        match self.key_of(Some(row.definition)) {
            Some(key) => self.require_any(&[needed("READ_INSTANCE_VARIABLE", Resource::ProcessDefinition, key)]),
            None => Ok(()),
        }
    }

    /// Changing a process instance or execution.
    pub(crate) fn update_execution(self, row: &Execution) -> Verdict {
        self.execution(row, "update", UPDATE_INSTANCE)
    }

    pub(crate) fn update_instance(self, id: Id) -> Verdict {
        self.process_instance(id, "update", UPDATE_INSTANCE)
    }

    pub(crate) fn delete_instance(self, id: Id) -> Verdict {
        self.process_instance(id, "delete", DELETE_INSTANCE)
    }

    pub(crate) fn suspend_instance(self, id: Id) -> Verdict {
        self.process_instance(id, "update", SUSPEND_INSTANCE)
    }

    pub(crate) fn update_instance_variables(self, id: Id) -> Verdict {
        self.process_instance(id, "update", UPDATE_VARIABLE)
    }

    /// Changing every process instance of a definition.
    pub(crate) fn update_instances_of(self, key: &str) -> Verdict {
        self.instance(None, Some(key), UPDATE_INSTANCE)
    }

    /// Suspending every process instance of a definition.
    pub(crate) fn suspend_instances_of(self, key: &str) -> Verdict {
        self.instance(None, Some(key), SUSPEND_INSTANCE)
    }

    /// Setting the retries of every job of a definition.
    pub(crate) fn retry_jobs_of(self, key: &str) -> Verdict {
        let any = |permission| needed(permission, Resource::ProcessInstance, "*");
        let of = |permission| needed(permission, Resource::ProcessDefinition, key);
        self.require_any(&[any("RETRY_JOB"), of("RETRY_JOB"), any("UPDATE"), of("UPDATE_INSTANCE")])
    }

    /// Starting an instance.
    pub(crate) fn start_instance(self, definition: Id) -> Verdict {
        let Some(row) = self.world.process_definition(definition) else { return Ok(()) };
        self.tenant(row.tenant.as_deref(), || {
            format!("create an instance of the process definition '{}'", row.text_id)
        })?;
        self.require(&needed_on_all("CREATE", Resource::ProcessInstance))?;
        self.require(&needed("CREATE_INSTANCE", Resource::ProcessDefinition, row.key.as_str()))
    }

    // -- tasks ---------------------------------------------------------------------------------------------------------------

    /// One of some permissions on a task, or on its definition when it has one. What belongs to a case is open.
    fn task(self, row: &Task, verb: &str, pairs: Pairs) -> Verdict {
        let id = self.world.task_text_id(row.id);
        self.tenant(row.tenant.as_deref(), || format!("{verb} '{id}'"))?;
        let key = row.execution.and_then(|_| self.key_of(row.definition));
        let mut any = Vec::with_capacity(2 * pairs.len());
        for (own, of_definition) in pairs {
            any.push(needed(own, Resource::Task, id.as_str()));
            if let Some(key) = &key {
                any.push(needed(of_definition, Resource::ProcessDefinition, key.as_str()));
            }
        }
        match any.as_slice() {
            [only] => self.require(only),
            several => self.require_any(several),
        }
    }

    /// Reading a task.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_task(self, row: &Task) -> Verdict {
        self.task(row, "read the task", &[("READ", "READ_TASK")])
    }

    /// Reading the variables of a task.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_task_variables(self, row: &Task) -> Verdict {
        if self.caller.policy.specific_variables {
            self.task(row, "read the task", &[("READ_VARIABLE", "READ_TASK_VARIABLE")])
        } else {
            self.read_task(row)
        }
    }

    pub(crate) fn update_task_variables(self, row: &Task) -> Verdict {
        self.task(row, "update the task", &[("UPDATE_VARIABLE", "UPDATE_TASK_VARIABLE"), ("UPDATE", "UPDATE_TASK")])
    }

    pub(crate) fn work_on_task(self, row: &Task) -> Verdict {
        self.task(row, "work on task", &[("TASK_WORK", "TASK_WORK"), ("UPDATE", "UPDATE_TASK")])
    }

    pub(crate) fn assign_task(self, row: &Task) -> Verdict {
        self.task(row, "assign the task", &[("TASK_ASSIGN", "TASK_ASSIGN"), ("UPDATE", "UPDATE_TASK")])
    }

    pub(crate) fn delete_task(self, row: &Task) -> Verdict {
        if row.execution.is_some() {
            // refused by the command itself
            return Ok(());
        }
        let id = self.world.task_text_id(row.id);
        self.tenant(row.tenant.as_deref(), || format!("delete the task '{id}'"))?;
        self.require(&needed("DELETE", Resource::Task, id))
    }

    pub(crate) fn create_task(self, id: Option<&str>, tenant: Option<&str>) -> Verdict {
        self.tenant(tenant, || format!("create the task '{}'", id.unwrap_or_default()))?;
        self.require(&needed_on_all("CREATE", Resource::Task))
    }

    // -- jobs, incidents -----------------------------------------------------------------------------------------------------

    fn job(self, row: &Job, verb: &str, pairs: Pairs) -> Verdict {
        self.tenant(row.tenant.as_deref(), || format!("{verb} the job '{}'", row.id))?;
        match self.key_of(row.definition) {
            Some(key) => self.instance(row.process_instance, Some(&key), pairs),
            None => Ok(()),
        }
    }

    /// Reading a job, its stack trace in particular.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_job(self, row: &Job) -> Verdict {
        self.job(row, "read", READ_INSTANCE)
    }

    pub(crate) fn update_job(self, row: &Job) -> Verdict {
        self.job(row, "update", UPDATE_INSTANCE)
    }

    pub(crate) fn retry_job(self, row: &Job) -> Verdict {
        self.job(row, "update", RETRY_JOB)
    }

    pub(crate) fn update_incident(self, row: &Incident) -> Verdict {
        let execution = row.execution.and_then(|id| self.world.execution(id));
        execution.map_or(Ok(()), |row| self.update_execution(row))
    }

    // -- batches -------------------------------------------------------------------------------------------------------------

    /// Whether the caller sees a running batch.
    pub fn sees_batch(self, row: &Batch) -> bool {
        self.change_batch(row, "get", "READ").is_ok()
    }

    /// Whether the caller sees a batch in history.
    pub fn sees_batch_history(self, row: &Batch) -> bool {
        self.change_batch(row, "get", "READ_HISTORY").is_ok()
    }

    pub(crate) fn create_batch(self, permission: &'static str) -> Verdict {
        self.require_any(&[needed_on_all(permission, Resource::Batch), needed_on_all("CREATE", Resource::Batch)])
    }

    pub(crate) fn change_batch(self, row: &Batch, verb: &str, permission: &'static str) -> Verdict {
        self.tenant(row.tenant.as_deref(), || format!("{verb} '{}'", row.id))?;
        self.require(&needed(permission, Resource::Batch, row.id.to_string()))
    }

    // -- variables -----------------------------------------------------------------------------------------------------------

    /// Whether the caller sees a variable: through its process instance or its task.
    pub fn sees_variable(self, row: &Variable) -> bool {
        let of_instance = row.process_instance.and_then(|id| self.world.execution(id));
        let of_task = row.task.and_then(|id| self.world.task(id));
        of_instance.is_some_and(|row| self.read_variables(row).is_ok())
            || of_task.is_some_and(|row| self.read_task_variables(row).is_ok())
    }

    // -- history -------------------------------------------------------------------------------------------------------------

    /// Reading the history of a definition's instances.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_history(self, tenant: Option<&str>, definition: Option<Id>, what: impl FnOnce() -> String) -> Verdict {
        self.tenant(tenant, || format!("get {}", what()))?;
        match self.key_of(definition) {
            Some(key) => self.require(&needed("READ_HISTORY", Resource::ProcessDefinition, key)),
            None => Ok(()),
        }
    }

    /// Whether the caller sees the history of a process instance; what belongs to none is open.
    pub fn sees_past(self, instance: Option<Id>) -> bool {
        let row = instance.and_then(|id| self.world.historic_process_instance(id));
        row.is_none_or(|row| self.read_history(row.tenant.as_deref(), Some(row.definition), String::new).is_ok())
    }

    pub(crate) fn delete_history(
        self,
        tenant: Option<&str>,
        definition: Option<Id>,
        what: impl FnOnce() -> String,
    ) -> Verdict {
        self.tenant(tenant, || format!("delete {}", what()))?;
        match self.key_of(definition) {
            Some(key) => self.require(&needed("DELETE_HISTORY", Resource::ProcessDefinition, key)),
            None => Ok(()),
        }
    }
}
