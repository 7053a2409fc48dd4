//! Direct lookups: what commands, correlation and the job runner ask.

use std::{collections::BTreeMap, sync::Arc};

use engine_core::{
    history,
    state::{EventSubscription, Execution, ExternalTask, Incident, Job, Snapshot, SubscriptionKind, Task, Variable},
};
use models::{Id, Timestamp};

use super::{
    Batch, Filter, JobDefinition, MeterReading, Model, World,
    cold::Traced,
    index::{Keyed, ids, keyed, text_key},
    past::Past,
    rest::Resting as _,
    runtime::{ExecutionIndexes, TaskIndexes, VariableIndexes, event_key},
};

/// Declares the lookups of a kind of entity that is in memory: by id, all, and how many.
macro_rules! entities {
    ($($type:ty, $table:ident, $what:literal, $get:ident, $all:ident, $count:ident, $after:ident;)*) => {
        impl Model {
            $(
                #[doc = concat!("The ", $what, " of that id.")]
                pub fn $get(&self, id: Id) -> Option<&$type> {
                    self.runtime.$table.get(id)
                }

                #[doc = concat!("Every ", $what, ", in order of creation.")]
                pub fn $all(&self) -> impl DoubleEndedIterator<Item = &$type> {
                    self.runtime.$table.iter()
                }

                #[doc = concat!("Every ", $what, " behind an id, in order of creation; to walk all in steps.")]
                pub fn $after(&self, id: Id) -> impl Iterator<Item = &$type> {
                    self.runtime.$table.after(id)
                }

                #[doc = concat!("How many there are: ", $what, ".")]
                pub fn $count(&self) -> usize {
                    self.runtime.$table.len()
                }
            )*
        }
    };
}

entities! {
    Job, jobs, "job", job, jobs, job_count, jobs_after;
    EventSubscription, subscriptions, "event subscription", subscription, subscriptions, subscription_count, subscriptions_after;
    ExternalTask, external_tasks, "external task", external_task, external_tasks, external_task_count, external_tasks_after;
    Incident, incidents, "incident", incident, incidents, incident_count, incidents_after;
}

/// Declares the lookups of a kind of entity that can be at rest: by id, all, and how many.
macro_rules! resting_entities {
    ($($type:ty, $what:literal, $get:ident, $all:ident, $count:ident, $after:ident;)*) => {
        impl World {
            $(
                #[doc = concat!("The ", $what, " of that id.")]
                pub fn $get(&self, id: Id) -> Option<&$type> {
                    self.resting_row(id)
                }

                #[doc = concat!("Every ", $what, ", in order of creation. What is at rest is read from disk and held.")]
                pub fn $all(&self) -> impl DoubleEndedIterator<Item = &$type> {
                    self.resting_rows()
                }

                #[doc = concat!("Every ", $what, " behind an id, in order of creation; to walk all in steps.")]
                pub fn $after(&self, id: Id) -> impl Iterator<Item = &$type> {
                    self.resting_rows_after(id)
                }

                #[doc = concat!("How many there are: ", $what, ".")]
                pub fn $count(&self) -> usize {
                    <$type>::awake(&self.runtime).len() + self.runtime.rest.rows()[<$type>::TABLE]
                }
            )*
        }
    };
}

resting_entities! {
    Execution, "execution", execution, executions, execution_count, executions_after;
    Variable, "variable", variable, variables, variable_count, variables_after;
    Task, "user task", task, tasks, task_count, tasks_after;
}

/// Declares lookups of entities that can be at rest through an index over ids.
macro_rules! resting_related {
    ($($doc:literal $name:ident: $type:ty = $views:ident.$index:ident;)*) => {
        impl World {
            $(
                #[doc = concat!($doc, ", in order of creation.")]
                pub fn $name(&self, owner: Id) -> impl Iterator<Item = &$type> {
                    $views::views(self).$index.rows(owner)
                }
            )*
        }
    };
}

resting_related! {
    "Executions of a process instance" executions_of: Execution = ExecutionIndexes.process_instance;
    "Child executions" children_of: Execution = ExecutionIndexes.parent;
    "Running process instances of a definition" process_instances_of_definition: Execution = ExecutionIndexes.definition;
    "Process instances called by an execution" called_by: Execution = ExecutionIndexes.super_execution;
    "Variables of a scope, which is an execution or task" variables_of: Variable = VariableIndexes.scope;
    "Variables of all scopes of a process instance" variables_of_instance: Variable = VariableIndexes.process_instance;
    "User tasks of a process instance" tasks_of_instance: Task = TaskIndexes.process_instance;
    "User tasks of an execution" tasks_of_execution: Task = TaskIndexes.execution;
    "User tasks of a process definition" tasks_of_definition: Task = TaskIndexes.definition;
}

/// Declares lookups of entities through an index over ids.
macro_rules! related {
    ($($doc:literal $name:ident: $type:ty = $table:ident.$index:ident;)*) => {
        impl Model {
            $(
                #[doc = concat!($doc, ", in order of creation.")]
                pub fn $name(&self, owner: Id) -> impl Iterator<Item = &$type> {
                    self.runtime.$table.of(&self.runtime.$table.by.$index, owner)
                }
            )*
        }
    };
}

related! {
    "Jobs of a process instance" jobs_of_instance: Job = jobs.process_instance;
    "Jobs of an execution" jobs_of_execution: Job = jobs.execution;
    "Jobs of a process definition, start timers included" jobs_of_definition: Job = jobs.definition;
    "Jobs of a batch" jobs_of_batch: Job = jobs.batch;
    "Event subscriptions of an execution" subscriptions_of_execution: EventSubscription = subscriptions.execution;
    "Event subscriptions of a process instance" subscriptions_of_instance: EventSubscription =
        subscriptions.process_instance;
    "External tasks of an execution" external_tasks_of_execution: ExternalTask = external_tasks.execution;
    "External tasks of a process instance" external_tasks_of_instance: ExternalTask = external_tasks.process_instance;
    "Incidents of a process instance" incidents_of_instance: Incident = incidents.process_instance;
    "Incidents of an execution" incidents_of_execution: Incident = incidents.execution;
    "Incidents of a process definition" incidents_of_definition: Incident = incidents.definition;
}

impl World {
    /// The running process instance of that id: its root execution.
    pub fn process_instance(&self, id: Id) -> Option<&Execution> {
        self.execution(id).filter(|execution| execution.parent.is_none())
    }

    /// Running process instances with a business key, in order of creation.
    pub fn process_instances_of_business_key<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Execution> {
        let found = ExecutionIndexes::views(self).business_key.rows(text_key(key));
        found.filter(move |row| row.business_key.as_deref() == Some(key))
    }

    /// Ids of the running process instances of a definition, in order of creation; none of them is read.
    pub fn process_instance_ids(&self, definition: Id) -> Vec<Id> {
        ExecutionIndexes::views(self).definition.ids(definition)
    }

    /// Business key of a process instance.
    pub fn business_key(&self, process_instance: Id) -> Option<&str> {
        self.execution(process_instance)?.business_key.as_deref()
    }

    /// Everything of a root instance or standalone task, as its state on the lane is made of it.
    ///
    /// # Errors
    /// When it is at rest and can't be read: what is wrong with it.
    pub(crate) fn snapshot_of(&self, root: Id) -> Result<Snapshot, String> {
        match self.runtime.rest.spot(root) {
            Some(spot) => self.runtime.rest.read(root, spot),
            None => Ok(self.runtime.snapshot(root)),
        }
    }

    /// Process instances of a root instance, the root first.
    pub fn process_instances_of_root(&self, root: Id) -> Vec<Id> {
        match self.runtime.rest.spot(root) {
            Some(spot) => {
                let executions = &self.thawed(root, spot).executions;
                let mut found: Vec<Id> =
                    executions.iter().filter(|row| row.parent.is_none()).map(|row| row.id).collect();
                found.sort_unstable();
                found
            }
            None => self.runtime.of_root(root),
        }
    }

    /// The root of a running process instance.
    pub fn root_of_process_instance(&self, id: Id) -> Option<Id> {
        let at_rest = || Some(self.runtime.rest.owner::<Execution>(id)?.0);
        self.runtime.root(id).or_else(at_rest)
    }

    /// The root of an execution.
    pub fn root_of_execution(&self, id: Id) -> Option<Id> {
        self.root_of_process_instance(self.execution(id)?.process_instance)
    }

    /// The root of a user task; a standalone task has one of its own.
    pub fn root_of_task(&self, id: Id) -> Option<Id> {
        let task = self.task(id)?;
        self.root_of_process_instance(task.process_instance.unwrap_or(task.id))
    }

    /// The root of a job; `None` for jobs of no process instance too.
    pub fn root_of_job(&self, id: Id) -> Option<Id> {
        self.root_of_process_instance(self.job(id)?.process_instance?)
    }

    /// The root of an external task.
    pub fn root_of_external_task(&self, id: Id) -> Option<Id> {
        self.root_of_process_instance(self.external_task(id)?.process_instance)
    }

    /// The root of an event subscription.
    pub fn root_of_subscription(&self, id: Id) -> Option<Id> {
        self.root_of_process_instance(self.subscription(id)?.process_instance)
    }

    /// The root of an incident; `None` for incidents of no process instance too.
    pub fn root_of_incident(&self, id: Id) -> Option<Id> {
        self.root_of_process_instance(self.incident(id)?.process_instance?)
    }

    /// The user task of an id as the API shows it: a generated one, or the one its creator gave.
    pub fn task_by_text(&self, text: &str) -> Option<&Task> {
        let generated = text.parse().ok().and_then(|id| self.task(id)).filter(|task| task.custom_id.is_none());
        generated.or_else(|| {
            let mut found = TaskIndexes::views(self).custom_id.rows(text_key(text));
            found.find(|task| task.custom_id.as_deref() == Some(text))
        })
    }

    /// Subtasks of a task, by the parent's id as the API shows it.
    pub fn subtasks_of<'a>(&'a self, parent: &'a str) -> impl Iterator<Item = &'a Task> {
        let found = TaskIndexes::views(self).parent_task.rows(text_key(parent));
        found.filter(move |row| row.parent_task.as_deref() == Some(parent))
    }

    /// The variable of a name exactly in a scope.
    pub fn variable_in(&self, scope: Id, name: &str) -> Option<&Variable> {
        self.variables_of(scope).find(|variable| *variable.name == *name)
    }

    /// The variables visible from an execution, the innermost of each name, by name.
    pub fn visible_variables(&self, execution: Id) -> Vec<&Variable> {
        let mut found: BTreeMap<Arc<str>, &Variable> = BTreeMap::new();
        let mut next = Some(execution);
        while let Some(id) = next {
            for variable in self.variables_of(id) {
                found.entry(variable.name.clone()).or_insert(variable);
            }
            next = self.execution(id).and_then(|execution| execution.parent);
        }
        found.into_values().collect()
    }

    /// The variables visible from a task, the innermost of each name, by name.
    pub fn visible_task_variables(&self, task: &Task) -> Vec<&Variable> {
        let mut found: BTreeMap<&str, &Variable> = BTreeMap::new();
        let mut seen = Vec::new();
        let mut next = Some(task);
        while let Some(task) = next {
            let outer = task.execution.map(|execution| self.visible_variables(execution)).unwrap_or_default();
            for variable in self.variables_of(task.id).chain(outer) {
                found.entry(&variable.name).or_insert(variable);
            }
            seen.push(task.id);
            // a task that belongs to no process sees what the tasks above see
            let parent = if task.execution.is_none() { task.parent_task.as_deref() } else { None };
            next = parent.and_then(|id| self.task_by_text(id)).filter(|row| !seen.contains(&row.id));
        }
        found.into_values().collect()
    }
}

impl Model {
    /// Event subscriptions for an event of a name, in order of creation.
    pub fn subscriptions_for<'a>(
        &'a self,
        kind: SubscriptionKind,
        name: Option<&'a str>,
    ) -> impl Iterator<Item = &'a EventSubscription> {
        let rows = &self.runtime.subscriptions;
        rows.of(&rows.by.event, event_key(kind, name))
            .filter(move |row| row.kind == kind && row.name.as_deref() == name)
    }

    /// Incidents of a configuration (job or external task id), in order of creation.
    pub fn incidents_of_configuration<'a>(&'a self, configuration: &'a str) -> impl Iterator<Item = &'a Incident> {
        let rows = &self.runtime.incidents;
        rows.of(&rows.by.configuration, text_key(configuration))
            .filter(move |row| row.configuration.as_deref() == Some(configuration))
    }

    /// Jobs that may run: due, with retries left, not suspended, not locked. Those without due date come first, then by due
    /// date, then by creation: the order of the job runner and of test runs.
    pub fn runnable_jobs(&self, now: Timestamp) -> impl Iterator<Item = &Job> {
        let ready = self.runtime.jobs.by.ready.range(..=(Some(now), Id::MAX));
        ready
            .filter_map(|(_, id)| self.runtime.jobs.get(*id))
            .filter(move |job| job.lock_expires.is_none_or(|until| until <= now))
    }

    /// Jobs with retries left, not suspended, that have become due after a time (or ever) and up to another.
    pub fn jobs_due_between(&self, after: Option<Timestamp>, until: Timestamp) -> impl Iterator<Item = &Job> {
        let from = after.map_or((None, Id::NIL), |after| (Some(after.plus_ms(1)), Id::NIL));
        let to = (Some(until), Id::MAX);
        let ready = (from <= to).then(|| self.runtime.jobs.by.ready.range(from..=to));
        ready.into_iter().flatten().filter_map(|(_, id)| self.runtime.jobs.get(*id))
    }

    /// The first of [`runnable_jobs`](Self::runnable_jobs).
    pub fn due_jobs(&self, now: Timestamp, limit: usize) -> Vec<&Job> {
        self.runnable_jobs(now).take(limit).collect()
    }

    /// When the next job that is not due at `now` becomes due.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        self.runtime.jobs.by.ready.range((Some(now.plus_ms(1)), Id::NIL)..).next()?.0
    }

    /// The job definition of a job.
    pub fn job_definition_of(&self, job: &Job) -> Option<&JobDefinition> {
        if let Some(batch) = job.batch.and_then(|id| self.batch(id)) {
            use engine_core::state::JobKind;
            let id = match job.kind {
                JobKind::BatchSeed(_) => batch.seed_job_definition,
                JobKind::BatchMonitor(_) => batch.monitor_job_definition,
                _ => batch.batch_job_definition,
            };
            return self.job_definition(id?);
        }
        self.job_definition_at(job.definition?, job.declaration?)
    }

    /// The batch of that id, running or ended.
    pub fn batch(&self, id: Id) -> Option<&Batch> {
        self.batches.get(&id)
    }

    /// All batches, running and ended, in order of creation.
    pub fn batches(&self) -> impl Iterator<Item = &Batch> {
        self.batches.values()
    }

    /// The work of a running batch.
    pub fn batch_content(&self, id: Id) -> Option<&std::sync::Arc<super::BatchContent>> {
        self.batch_contents.get(&id)
    }

    /// The filter of that id.
    pub fn filter(&self, id: Id) -> Option<&Filter> {
        self.filters.get(&id)
    }

    /// All filters, in order of creation.
    pub fn filters(&self) -> impl Iterator<Item = &Filter> {
        self.filters.values()
    }

    /// The value of a property.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str)
    }

    /// All properties by name.
    pub fn properties(&self) -> impl Iterator<Item = (&str, &str)> {
        self.properties.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All readings of metrics, in order of creation.
    pub fn meters(&self) -> impl Iterator<Item = &MeterReading> {
        self.meters.values()
    }
}

/// Declares the lookups of a kind of historic row: by id and all.
macro_rules! historic {
    ($($type:ident, $table:ident, $what:literal, $get:ident, $all:ident;)*) => {
        impl World {
            $(
                #[doc = concat!("The historic ", $what, " of that id.")]
                pub fn $get(&self, id: Id) -> Option<&history::$type> {
                    self.row_of(id.trace(), move |past| past.archive.$table.get(&id).map(|row| &**row))
                }

                #[doc = concat!("Every historic ", $what, " in memory, in order of creation: what is on disk comes in portions.")]
                pub fn $all(&self) -> impl Iterator<Item = &history::$type> {
                    merged(self.listed().map(|past| past.archive.$table.values().map(|row| &**row)))
                }
            )*
        }
    };
}

historic! {
    HistoricProcessInstance, process_instances, "process instance", historic_process_instance, historic_process_instances;
    HistoricActivityInstance, activity_instances, "activity instance", historic_activity_instance,
        historic_activity_instances;
    HistoricTaskInstance, tasks, "user task", historic_task, historic_tasks;
    HistoricVariableInstance, variables, "variable", historic_variable, historic_variables;
    HistoricDetail, details, "detail", historic_detail, historic_details;
    HistoricIncident, incidents, "incident", historic_incident, historic_incidents;
    HistoricJobLog, job_logs, "job log entry", historic_job_log, historic_job_logs;
    HistoricExternalTaskLog, external_task_logs, "external task log entry", historic_external_task_log,
        historic_external_task_logs;
    HistoricIdentityLinkLog, identity_links, "identity link log entry", historic_identity_link, historic_identity_links;
    HistoricDecisionInstance, decisions, "decision instance", historic_decision, historic_decisions;
    UserOperation, operations, "user operation", user_operation, user_operations;
    Comment, comments, "comment", comment, comments;
    Attachment, attachments, "attachment", attachment, attachments;
}

/// Declares lookups of historic rows through an index over ids.
macro_rules! historic_related {
    ($($doc:literal $name:ident: $type:ident = $table:ident.$index:ident;)*) => {
        impl World {
            $(
                #[doc = concat!($doc, ", in order of creation.")]
                pub fn $name(&self, owner: Id) -> impl Iterator<Item = &history::$type> {
                    self.rows_of(owner, move |past| {
                        ids(&past.$table.$index, owner).filter_map(|id| past.archive.$table.get(&id).map(|row| &**row))
                    })
                }
            )*
        }
    };
}

historic_related! {
    "Process instances of a root instance" historic_process_instances_of_root: HistoricProcessInstance =
        process_instances.root;
    "Process instances called by one" historic_process_instances_called_by: HistoricProcessInstance =
        process_instances.super_instance;
    "Activity instances of a process instance" historic_activities_of: HistoricActivityInstance =
        activity_instances.process_instance;
    "User tasks of a process instance" historic_tasks_of: HistoricTaskInstance = tasks.process_instance;
    "Variables of a process instance" historic_variables_of: HistoricVariableInstance = variables.process_instance;
    "Updates of variables and form fields of a process instance" historic_details_of: HistoricDetail =
        details.process_instance;
    "Variables of a task" historic_variables_of_task: HistoricVariableInstance = variables.task;
    "Incidents of a process instance" historic_incidents_of: HistoricIncident = incidents.process_instance;
    "Log entries of the jobs of a process instance" historic_logs_of_instance: HistoricJobLog = job_logs.process_instance;
    "Log entries of a job" historic_logs_of_job: HistoricJobLog = job_logs.job;
    "Log entries of the jobs of a batch" historic_logs_of_batch: HistoricJobLog = job_logs.batch;
    "Incidents of the engine's own jobs of a job definition" historic_incidents_of_engine_jobs: HistoricIncident =
        incidents.engine_job_definition;
    "Links of a task, added and removed" historic_links_of_task: HistoricIdentityLinkLog = identity_links.task;
    "Decisions required by an evaluated one" historic_decisions_required_by: HistoricDecisionInstance =
        decisions.root_decision;
    "Entries of a user operation" entries_of_operation: UserOperation = operations.operation;
    "Comments on a task" comments_of_task: Comment = comments.task;
    "Comments on a process instance" comments_of_instance: Comment = comments.process_instance;
    "Attachments of a task" attachments_of_task: Attachment = attachments.task;
    "Attachments of a process instance" attachments_of_instance: Attachment = attachments.process_instance;
}

impl World {
    /// Details in memory behind an id, in order of creation.
    pub fn historic_details_after(&self, id: Id) -> impl Iterator<Item = &history::HistoricDetail> {
        use std::ops::Bound::{Excluded, Unbounded};
        merged(
            self.listed().map(move |past| past.archive.details.range((Excluded(id), Unbounded)).map(|(_, row)| &**row)),
        )
    }

    /// The historic user task of an id as the API shows it.
    pub fn historic_task_by_text(&self, text: &str) -> Option<&history::HistoricTaskInstance> {
        let generated = text.parse().ok().and_then(|id| self.historic_task(id)).filter(|task| task.custom_id.is_none());
        generated.or_else(|| {
            let key = text_key(text);
            let rows = |past: &'_ Past| -> Vec<Id> { ids(&past.tasks.custom_id, key).collect() };
            let found: Vec<Id> = self.rows_under(key.trace(), rows).collect();
            found
                .into_iter()
                .filter_map(|id| self.historic_task(id))
                .find(|task| task.custom_id.as_deref() == Some(text))
        })
    }
}

/// Rows of several tables in order of their ids.
fn merged<'a, T: Keyed + 'a>(tables: impl Iterator<Item = impl Iterator<Item = &'a T>>) -> impl Iterator<Item = &'a T> {
    let mut tables: Vec<_> = tables.map(Iterator::peekable).collect();
    std::iter::from_fn(move || {
        let ids = tables.iter_mut().enumerate().filter_map(|(at, rows)| Some((rows.peek()?.id(), at)));
        let (_, first) = ids.min()?;
        tables[first].next()
    })
}

keyed!(
    history::HistoricProcessInstance,
    history::HistoricActivityInstance,
    history::HistoricTaskInstance,
    history::HistoricVariableInstance,
    history::HistoricDetail,
    history::HistoricIncident,
    history::HistoricJobLog,
    history::HistoricExternalTaskLog,
    history::HistoricIdentityLinkLog,
    history::HistoricDecisionInstance,
    history::UserOperation,
    history::Comment,
    history::Attachment,
);
