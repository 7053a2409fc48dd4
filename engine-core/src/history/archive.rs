//! The fold of history events: rows of one root instance.

use std::{collections::BTreeMap, sync::Arc};

use models::{Id, Timestamp};

use super::{
    Attachment, Comment, HistoricActivityInstance, HistoricDecisionInstance, HistoricDetail, HistoricExternalTaskLog,
    HistoricIdentityLinkLog, HistoricIncident, HistoricJobLog, HistoricProcessInstance, HistoricTaskInstance,
    HistoricVariableInstance, HistoryEvent, UserOperation,
};

/// History of one root instance: rows by id, each table in order of creation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Archive {
    /// Process instances of the call hierarchy.
    pub process_instances: BTreeMap<Id, Arc<HistoricProcessInstance>>,
    /// Activity instances.
    pub activity_instances: BTreeMap<Id, Arc<HistoricActivityInstance>>,
    /// User tasks.
    pub tasks: BTreeMap<Id, Arc<HistoricTaskInstance>>,
    /// Variables.
    pub variables: BTreeMap<Id, Arc<HistoricVariableInstance>>,
    /// Variable updates and form fields.
    pub details: BTreeMap<Id, Arc<HistoricDetail>>,
    /// Incidents.
    pub incidents: BTreeMap<Id, Arc<HistoricIncident>>,
    /// Job log.
    pub job_logs: BTreeMap<Id, Arc<HistoricJobLog>>,
    /// External task log.
    pub external_task_logs: BTreeMap<Id, Arc<HistoricExternalTaskLog>>,
    /// Identity link log.
    pub identity_links: BTreeMap<Id, Arc<HistoricIdentityLinkLog>>,
    /// Decisions.
    pub decisions: BTreeMap<Id, Arc<HistoricDecisionInstance>>,
    /// User operations.
    pub operations: BTreeMap<Id, Arc<UserOperation>>,
    /// Comments.
    pub comments: BTreeMap<Id, Arc<Comment>>,
    /// Attachments.
    pub attachments: BTreeMap<Id, Arc<Attachment>>,
}

impl Archive {
    /// Folds one event in. Events about rows that are not here are without effect: the level was lower when they began.
    pub fn apply(&mut self, event: &HistoryEvent) {
        self.fold(event);
        self.inherit_removal_time(event);
    }

    /// What is recorded about a process instance that has a removal time goes with it.
    fn inherit_removal_time(&mut self, event: &HistoryEvent) {
        macro_rules! inherit {
            ($table:ident, $row:expr) => {
                if let Some(time) = $row.process_instance.and_then(|id| self.process_instances.get(&id)?.removal_time) {
                    if let Some(row) = changed(&mut self.$table, &$row.id) {
                        row.removal_time = row.removal_time.or(Some(time));
                    }
                }
            };
        }
        match event {
            HistoryEvent::ProcessInstanceStarted(row) => {
                let time = self.process_instances.get(&row.root).and_then(|root| root.removal_time);
                if let (Some(time), Some(row)) = (time, changed(&mut self.process_instances, &row.id)) {
                    row.removal_time = Some(time);
                }
            }
            HistoryEvent::ActivityStarted(row) => {
                let time = self.process_instances.get(&row.process_instance).and_then(|row| row.removal_time);
                if let (Some(time), Some(row)) = (time, changed(&mut self.activity_instances, &row.id)) {
                    row.removal_time = Some(time);
                }
            }
            HistoryEvent::ExternalTaskLog(row) => {
                let time = self.process_instances.get(&row.process_instance).and_then(|row| row.removal_time);
                if let (Some(time), Some(row)) = (time, changed(&mut self.external_task_logs, &row.id)) {
                    row.removal_time = Some(time);
                }
            }
            HistoryEvent::TaskPut(row) => inherit!(tasks, row),
            HistoryEvent::VariablePut(row) => inherit!(variables, row),
            HistoryEvent::Detail(row) => inherit!(details, row),
            HistoryEvent::IncidentCreated(row) => inherit!(incidents, row),
            HistoryEvent::JobLog(row) => inherit!(job_logs, row),
            HistoryEvent::IdentityLinkLog(row) => inherit!(identity_links, row),
            HistoryEvent::Decision(row) => inherit!(decisions, row),
            HistoryEvent::Operation(row) => inherit!(operations, row),
            HistoryEvent::Comment(row) => inherit!(comments, row),
            HistoryEvent::Attachment(row) => inherit!(attachments, row),
            _ => {}
        }
    }

    fn fold(&mut self, event: &HistoryEvent) {
        match event {
            HistoryEvent::ProcessInstanceStarted(row) => put(&mut self.process_instances, row.id, row),
            HistoryEvent::ProcessInstanceChanged { id, state, business_key, start_activity, definition } => {
                if let Some(row) = changed(&mut self.process_instances, id) {
                    row.state = state.unwrap_or(row.state);
                    row.definition = definition.unwrap_or(row.definition);
                    if business_key.is_some() {
                        row.business_key.clone_from(business_key);
                    }
                    if start_activity.is_some() {
                        row.start_activity.clone_from(start_activity);
                    }
                }
            }
            HistoryEvent::ProcessInstanceEnded { id, time, state, delete_reason, end_activity } => {
                if let Some(row) = changed(&mut self.process_instances, id) {
                    row.end = Some(*time);
                    row.state = *state;
                    row.delete_reason.clone_from(delete_reason);
                    row.end_activity.clone_from(end_activity);
                }
            }
            HistoryEvent::ActivityStarted(row) => put(&mut self.activity_instances, row.id, row),
            HistoryEvent::ActivityChanged { id, task, called_instance, assignee, migrated } => {
                if let Some(row) = changed(&mut self.activity_instances, id) {
                    row.task = task.or(row.task);
                    row.called_instance = called_instance.or(row.called_instance);
                    if let Some(change) = assignee {
                        row.assignee.clone_from(&change.user);
                    }
                    if let Some(place) = migrated {
                        row.parent = place.parent;
                        row.parent_activity.clone_from(&place.parent_activity);
                        row.activity.clone_from(&place.activity);
                        row.activity_name.clone_from(&place.activity_name);
                        row.definition = place.definition;
                        row.execution = place.execution.unwrap_or(row.execution);
                        if let Some(kind) = &place.activity_type {
                            row.activity_type.clone_from(kind);
                        }
                    }
                }
            }
            HistoryEvent::ActivityEnded { id, time, state } => {
                if let Some(row) = changed(&mut self.activity_instances, id) {
                    row.end = Some(*time);
                    row.state = *state;
                }
            }
            HistoryEvent::TaskPut(row) => put(&mut self.tasks, row.id, row),
            HistoryEvent::TaskEnded { id, time, delete_reason, state } => {
                if let Some(row) = changed(&mut self.tasks, id) {
                    row.end = Some(*time);
                    row.delete_reason = Some(delete_reason.clone());
                    row.state.clone_from(state);
                }
            }
            HistoryEvent::VariablePut(row) => {
                let known = self.variables.get(&row.id).map(|known| (known.created, known.initial));
                put(&mut self.variables, row.id, row);
                if let (Some((created, initial)), Some(row)) = (known, changed(&mut self.variables, &row.id)) {
                    // it has moved, it was not made again
                    row.created = created;
                    row.initial = initial;
                }
            }
            HistoryEvent::VariableUpdated { id, value } => {
                if let Some(row) = changed(&mut self.variables, id) {
                    row.value = value.clone();
                    // set again in the transaction that has removed it
                    row.deleted = false;
                }
            }
            HistoryEvent::VariableDeleted { id, keep } => {
                if *keep {
                    if let Some(row) = changed(&mut self.variables, id) {
                        row.deleted = true;
                    }
                } else {
                    self.variables.remove(id);
                }
            }
            HistoryEvent::Detail(row) => put(&mut self.details, row.id, row),
            HistoryEvent::IncidentCreated(row) => put(&mut self.incidents, row.id, row),
            HistoryEvent::IncidentEnded { id, time, state } => {
                if let Some(row) = changed(&mut self.incidents, id) {
                    row.end = Some(*time);
                    row.state = *state;
                }
            }
            HistoryEvent::JobLog(row) => put(&mut self.job_logs, row.id, row),
            HistoryEvent::ExternalTaskLog(row) => put(&mut self.external_task_logs, row.id, row),
            HistoryEvent::IdentityLinkLog(row) => put(&mut self.identity_links, row.id, row),
            HistoryEvent::Decision(row) => put(&mut self.decisions, row.id, row),
            HistoryEvent::Operation(row) => put(&mut self.operations, row.id, row),
            HistoryEvent::Comment(row) => put(&mut self.comments, row.id, row),
            HistoryEvent::CommentDeleted(id) => drop(self.comments.remove(id)),
            HistoryEvent::Attachment(row) => put(&mut self.attachments, row.id, row),
            HistoryEvent::AttachmentDeleted(id) => drop(self.attachments.remove(id)),
            HistoryEvent::RemovalTime { process_instance, time } => self.set_removal_time(*process_instance, *time),
            HistoryEvent::ProcessInstanceDeleted(id) => self.delete_process_instance(*id),
            HistoryEvent::TaskDeleted(id) => {
                self.tasks.remove(id);
                self.variables.retain(|_, row| row.task != Some(*id));
                self.details.retain(|_, row| row.task != Some(*id));
                self.identity_links.retain(|_, row| row.task != Some(*id));
                self.comments.retain(|_, row| row.task != Some(*id));
                self.attachments.retain(|_, row| row.task != Some(*id));
            }
            HistoryEvent::VariableHistoryDeleted(id) => {
                self.variables.remove(id);
                self.details.retain(|_, row| row.variable != Some(*id));
            }
            HistoryEvent::EntryDeleted(id) => {
                self.job_logs.remove(id);
                self.decisions.remove(id);
                self.operations.remove(id);
                self.incidents.remove(id);
            }
            HistoryEvent::EntryRemovalTime { id, time } => {
                if let Some(row) = changed(&mut self.job_logs, id) {
                    row.removal_time = *time;
                }
                if let Some(row) = changed(&mut self.decisions, id) {
                    row.removal_time = *time;
                }
                if let Some(row) = changed(&mut self.operations, id) {
                    row.removal_time = *time;
                }
            }
            HistoryEvent::Annotation { id, text } => {
                if let Some(row) = changed(&mut self.incidents, id) {
                    row.annotation.clone_from(text);
                }
                for row in self.operations.values_mut().filter(|row| row.operation == *id) {
                    Arc::make_mut(row).annotation.clone_from(text);
                }
            }
        }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.process_instances.is_empty()
            && self.activity_instances.is_empty()
            && self.tasks.is_empty()
            && self.variables.is_empty()
            && self.details.is_empty()
            && self.incidents.is_empty()
            && self.job_logs.is_empty()
            && self.external_task_logs.is_empty()
            && self.identity_links.is_empty()
            && self.decisions.is_empty()
            && self.operations.is_empty()
            && self.comments.is_empty()
            && self.attachments.is_empty()
    }

    fn set_removal_time(&mut self, instance: Option<Id>, time: Option<Timestamp>) {
        macro_rules! set {
            ($($table:ident),*) => {
                $(for row in self.$table.values_mut() {
                    if instance.is_none() || row.process_instance == instance {
                        Arc::make_mut(row).removal_time = time;
                    }
                })*
            };
        }
        for row in self.process_instances.values_mut() {
            if instance.is_none_or(|id| row.id == id) {
                Arc::make_mut(row).removal_time = time;
            }
        }
        for row in self.activity_instances.values_mut() {
            if instance.is_none_or(|id| row.process_instance == id) {
                Arc::make_mut(row).removal_time = time;
            }
        }
        for row in self.external_task_logs.values_mut() {
            if instance.is_none_or(|id| row.process_instance == id) {
                Arc::make_mut(row).removal_time = time;
            }
        }
        set!(
            tasks,
            variables,
            details,
            incidents,
            job_logs,
            identity_links,
            decisions,
            operations,
            comments,
            attachments
        );
    }

    fn delete_process_instance(&mut self, id: Id) {
        let of = Some(id);
        self.process_instances.remove(&id);
        self.activity_instances.retain(|_, row| row.process_instance != id);
        self.external_task_logs.retain(|_, row| row.process_instance != id);
        self.tasks.retain(|_, row| row.process_instance != of);
        self.variables.retain(|_, row| row.process_instance != of);
        self.details.retain(|_, row| row.process_instance != of);
        self.incidents.retain(|_, row| row.process_instance != of);
        self.job_logs.retain(|_, row| row.process_instance != of);
        self.identity_links.retain(|_, row| row.process_instance != of);
        self.decisions.retain(|_, row| row.process_instance != of);
        self.operations.retain(|_, row| row.process_instance != of);
        self.comments.retain(|_, row| row.process_instance != of);
        self.attachments.retain(|_, row| row.process_instance != of);
    }
}

fn put<T>(table: &mut BTreeMap<Id, Arc<T>>, id: Id, row: &Arc<T>) {
    table.insert(id, row.clone());
}

/// A row, to change it; one that others look at is copied.
fn changed<'a, T: Clone>(table: &'a mut BTreeMap<Id, Arc<T>>, id: &Id) -> Option<&'a mut T> {
    table.get_mut(id).map(Arc::make_mut)
}
