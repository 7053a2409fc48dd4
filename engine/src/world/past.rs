//! History of all root instances, with the indexes that queries need.
//!
//! The rows are those of one large [`Archive`]; it folds every event whose effect is on rows the event names. Events about
//! whole process instances or tasks are carried out here through the indexes, as the archive would look at every row.

use std::sync::Arc;

use engine_core::history::{
    Archive, Attachment, Comment, HistoricActivityInstance, HistoricDecisionInstance, HistoricDetail,
    HistoricExternalTaskLog, HistoricIdentityLinkLog, HistoricIncident, HistoricJobLog, HistoricProcessInstance,
    HistoricTaskInstance, HistoricVariableInstance, HistoryEvent, UserOperation,
};
use models::{Id, Timestamp};

use super::{
    cold::{Trace, Traced},
    index::{Indexes, folded_key, ids, indexes, text_key},
    value_key::value_key,
};

indexes! {
    /// Indexes of process instances.
    ProcessInstanceIndexes of HistoricProcessInstance {
        definition: Id = |row| Some(row.definition);
        super_instance: Id = |row| row.super_instance;
        root: Id = |row| Some(row.root);
        business_key: u64 = |row| row.business_key.as_deref().map(text_key);
        start: Timestamp = |row| Some(row.start);
        /// Running ones have none.
        end: Option<Timestamp> = |row| Some(row.end);
        removal_time: Timestamp = |row| row.removal_time;
    }
}

indexes! {
    /// Indexes of activity instances.
    ActivityInstanceIndexes of HistoricActivityInstance {
        process_instance: Id = |row| Some(row.process_instance);
        definition: Id = |row| Some(row.definition);
        execution: Id = |row| Some(row.execution);
        activity: u64 = |row| Some(text_key(&row.activity));
    }
}

indexes! {
    /// Indexes of user tasks.
    TaskInstanceIndexes of HistoricTaskInstance {
        process_instance: Id = |row| row.process_instance;
        definition: Id = |row| row.definition;
        execution: Id = |row| row.execution;
        assignee: u64 = |row| row.assignee.as_deref().map(text_key);
        custom_id: u64 = |row| row.custom_id.as_deref().map(text_key);
        activity_instance: Id = |row| row.activity_instance;
    }
}

indexes! {
    /// Indexes of variables.
    VariableInstanceIndexes of HistoricVariableInstance {
        process_instance: Id = |row| row.process_instance;
        execution: Id = |row| row.execution;
        task: Id = |row| row.task;
        /// Name and value.
        value: (u64, u64) = |row| Some((folded_key(&row.name), value_key(&row.value)));
    }
}

indexes! {
    /// Indexes of details.
    DetailIndexes of HistoricDetail {
        process_instance: Id = |row| row.process_instance;
        variable: Id = |row| row.variable;
        task: Id = |row| row.task;
    }
}

indexes! {
    /// Indexes of incidents.
    HistoricIncidentIndexes of HistoricIncident {
        process_instance: Id = |row| row.process_instance;
        definition: Id = |row| row.definition;
        /// Of jobs of the engine itself.
        engine_job_definition: Id = |row| row.job_definition.filter(|_| row.process_instance.is_none());
    }
}

indexes! {
    /// Indexes of the job log.
    JobLogIndexes of HistoricJobLog {
        process_instance: Id = |row| row.process_instance;
        job: Id = |row| Some(row.job);
        batch: Id = |row| row.batch;
    }
}

indexes! {
    /// Indexes of the external task log.
    ExternalTaskLogIndexes of HistoricExternalTaskLog {
        process_instance: Id = |row| Some(row.process_instance);
        external_task: Id = |row| Some(row.task);
    }
}

indexes! {
    /// Indexes of the identity link log.
    IdentityLinkIndexes of HistoricIdentityLinkLog {
        process_instance: Id = |row| row.process_instance;
        task: Id = |row| row.task;
    }
}

indexes! {
    /// Indexes of decisions.
    DecisionIndexes of HistoricDecisionInstance {
        process_instance: Id = |row| row.process_instance;
        decision_definition: Id = |row| Some(row.decision_definition);
        root_decision: Id = |row| row.root_decision;
        /// Of decisions that no process evaluated.
        removal_time: Timestamp = |row| row.removal_time.filter(|_| row.process_instance.is_none());
    }
}

indexes! {
    /// Indexes of user operations.
    OperationIndexes of UserOperation {
        process_instance: Id = |row| row.process_instance;
        operation: Id = |row| Some(row.operation);
        task: Id = |row| row.task;
    }
}

indexes! {
    /// Indexes of comments.
    CommentIndexes of Comment {
        process_instance: Id = |row| row.process_instance;
        task: Id = |row| row.task;
    }
}

indexes! {
    /// Indexes of attachments.
    AttachmentIndexes of Attachment {
        process_instance: Id = |row| row.process_instance;
        task: Id = |row| row.task;
    }
}

/// Removes a row with its index entries.
macro_rules! remove {
    ($past:ident, $table:ident, $id:expr) => {
        if let Some(row) = $past.archive.$table.remove($id) {
            $past.$table.drop(&row);
        }
    };
}

/// Removes all rows under a key of an index.
macro_rules! purge {
    ($past:ident, $table:ident, $index:ident, $key:expr) => {
        for id in ids(&$past.$table.$index, $key).collect::<Vec<_>>() {
            remove!($past, $table, &id);
        }
    };
}

/// What has been.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Past {
    pub(crate) archive: Archive,
    pub(crate) process_instances: ProcessInstanceIndexes,
    pub(crate) activity_instances: ActivityInstanceIndexes,
    pub(crate) tasks: TaskInstanceIndexes,
    pub(crate) variables: VariableInstanceIndexes,
    pub(crate) details: DetailIndexes,
    pub(crate) incidents: HistoricIncidentIndexes,
    pub(crate) job_logs: JobLogIndexes,
    pub(crate) external_task_logs: ExternalTaskLogIndexes,
    pub(crate) identity_links: IdentityLinkIndexes,
    pub(crate) decisions: DecisionIndexes,
    pub(crate) operations: OperationIndexes,
    pub(crate) comments: CommentIndexes,
    pub(crate) attachments: AttachmentIndexes,
}

/// Hears of rows, one after another.
pub(crate) trait RowListener {
    /// A row of the table that is stored under a number.
    fn row<T: minicbor::Encode<()>>(&mut self, table: u8, row: &T);
}

/// Tells of every row of a root instance's history, with the number that its table is stored under, and answers their traces
/// in order.
pub(crate) fn tell(archive: &Archive, listener: &mut impl RowListener) -> Vec<Trace> {
    let mut traces = Vec::new();
    macro_rules! tell {
        ($($table:ident $number:literal $indexes:ident,)*) => {
            $(for row in archive.$table.values() {
                traces.extend(row.id.trace());
                $indexes::traces(row, &mut traces);
                listener.row($number, &**row);
            })*
        };
    }
    tell!(
        process_instances 0 ProcessInstanceIndexes,
        activity_instances 1 ActivityInstanceIndexes,
        tasks 2 TaskInstanceIndexes,
        variables 3 VariableInstanceIndexes,
        details 4 DetailIndexes,
        incidents 5 HistoricIncidentIndexes,
        job_logs 6 JobLogIndexes,
        external_task_logs 7 ExternalTaskLogIndexes,
        identity_links 8 IdentityLinkIndexes,
        decisions 9 DecisionIndexes,
        operations 10 OperationIndexes,
        comments 11 CommentIndexes,
        attachments 12 AttachmentIndexes,
    );
    // variables are asked for by name alone too
    traces.extend(archive.variables.values().filter_map(|row| folded_key(&row.name).trace()));
    traces.sort_unstable();
    traces.dedup();
    traces
}

/// Calls a macro for each row of a root instance: with its table, the number that this is stored under, its indexes, the row.
macro_rules! each_of_root {
    ($past:ident, $root:ident, $do:ident) => {
        macro_rules! rows {
            ($table:ident $number:literal $indexes:ident: $ids:expr) => {
                for id in $ids {
                    if let Some(row) = $past.archive.$table.get(&id) {
                        $do!($table, $number, $indexes, row);
                    }
                }
            };
        }
        for instance in $past.instances_of_root($root) {
            rows!(process_instances 0 ProcessInstanceIndexes: [instance]);
            rows!(activity_instances 1 ActivityInstanceIndexes: ids(&$past.activity_instances.process_instance, instance));
            rows!(tasks 2 TaskInstanceIndexes: ids(&$past.tasks.process_instance, instance));
            rows!(variables 3 VariableInstanceIndexes: ids(&$past.variables.process_instance, instance));
            rows!(details 4 DetailIndexes: ids(&$past.details.process_instance, instance));
            rows!(incidents 5 HistoricIncidentIndexes: ids(&$past.incidents.process_instance, instance));
            rows!(job_logs 6 JobLogIndexes: ids(&$past.job_logs.process_instance, instance));
            rows!(external_task_logs 7 ExternalTaskLogIndexes: ids(&$past.external_task_logs.process_instance, instance));
            rows!(identity_links 8 IdentityLinkIndexes: ids(&$past.identity_links.process_instance, instance));
            rows!(decisions 9 DecisionIndexes: ids(&$past.decisions.process_instance, instance));
            rows!(operations 10 OperationIndexes: ids(&$past.operations.process_instance, instance));
            rows!(comments 11 CommentIndexes: ids(&$past.comments.process_instance, instance));
            rows!(attachments 12 AttachmentIndexes: ids(&$past.attachments.process_instance, instance));
        }
        // a standalone task is a root of its own
        rows!(tasks 2 TaskInstanceIndexes: [$root]);
        rows!(variables 3 VariableInstanceIndexes: ids(&$past.variables.task, $root));
        rows!(details 4 DetailIndexes: ids(&$past.details.task, $root));
        rows!(identity_links 8 IdentityLinkIndexes: ids(&$past.identity_links.task, $root));
        rows!(operations 10 OperationIndexes: ids(&$past.operations.task, $root));
        rows!(comments 11 CommentIndexes: ids(&$past.comments.task, $root));
        rows!(attachments 12 AttachmentIndexes: ids(&$past.attachments.task, $root));
    };
}

impl Past {
    /// Folds one event in.
    pub(crate) fn apply(&mut self, root: Option<Id>, event: &HistoryEvent) {
        // takes the named row out of its indexes, folds, and enters it again
        macro_rules! fold {
            ($table:ident, $id:expr) => {{
                let id = $id;
                let old = self.archive.$table.get(&id).cloned();
                self.archive.apply(event);
                match (old, self.archive.$table.get(&id)) {
                    (Some(old), Some(new)) => self.$table.replace(&old, new),
                    (Some(old), None) => self.$table.drop(&old),
                    (None, Some(new)) => self.$table.add(new),
                    (None, None) => {}
                }
            }};
        }
        match event {
            // no index depends on how something ended
            HistoryEvent::ActivityEnded { .. }
            | HistoryEvent::TaskEnded { .. }
            | HistoryEvent::IncidentEnded { .. } => {
                self.archive.apply(event);
            }
            HistoryEvent::ProcessInstanceStarted(row) => fold!(process_instances, row.id),
            HistoryEvent::ProcessInstanceChanged { id, .. } | HistoryEvent::ProcessInstanceEnded { id, .. } => {
                fold!(process_instances, *id);
            }
            HistoryEvent::ActivityStarted(row) => fold!(activity_instances, row.id),
            HistoryEvent::ActivityChanged { id, .. } => fold!(activity_instances, *id),
            HistoryEvent::TaskPut(row) => fold!(tasks, row.id),
            HistoryEvent::VariablePut(row) => fold!(variables, row.id),
            HistoryEvent::VariableUpdated { id, .. } | HistoryEvent::VariableDeleted { id, .. } => {
                fold!(variables, *id);
            }
            HistoryEvent::Detail(row) => fold!(details, row.id),
            HistoryEvent::IncidentCreated(row) => fold!(incidents, row.id),
            HistoryEvent::JobLog(row) => fold!(job_logs, row.id),
            HistoryEvent::ExternalTaskLog(row) => fold!(external_task_logs, row.id),
            HistoryEvent::IdentityLinkLog(row) => fold!(identity_links, row.id),
            HistoryEvent::Decision(row) => fold!(decisions, row.id),
            HistoryEvent::Operation(row) => fold!(operations, row.id),
            HistoryEvent::Comment(row) => fold!(comments, row.id),
            HistoryEvent::CommentDeleted(id) => fold!(comments, *id),
            HistoryEvent::Attachment(row) => fold!(attachments, row.id),
            HistoryEvent::AttachmentDeleted(id) => fold!(attachments, *id),
            HistoryEvent::RemovalTime { process_instance: Some(instance), time } => {
                self.set_removal_time(*instance, *time);
            }
            HistoryEvent::RemovalTime { process_instance: None, time } => {
                // a root without process instances is that of a standalone task, whose history goes with the task
                let Some(root) = root else { return };
                for instance in ids(&self.process_instances.root, root).collect::<Vec<_>>() {
                    self.set_removal_time(instance, *time);
                }
            }
            HistoryEvent::ProcessInstanceDeleted(id) => self.delete_process_instance(*id),
            HistoryEvent::TaskDeleted(id) => self.delete_task(*id),
            HistoryEvent::VariableHistoryDeleted(id) => {
                purge!(self, details, variable, *id);
                remove!(self, variables, id);
            }
            HistoryEvent::EntryDeleted(id) => {
                remove!(self, job_logs, id);
                remove!(self, decisions, id);
                remove!(self, operations, id);
                remove!(self, incidents, id);
            }
            HistoryEvent::EntryRemovalTime { id, .. } => fold!(decisions, *id),
            HistoryEvent::Annotation { id, text } => {
                if let Some(row) = self.archive.incidents.get_mut(id) {
                    Arc::make_mut(row).annotation.clone_from(text);
                }
                for row in ids(&self.operations.operation, *id) {
                    if let Some(row) = self.archive.operations.get_mut(&row) {
                        Arc::make_mut(row).annotation.clone_from(text);
                    }
                }
            }
        }
    }

    /// Takes in stored rows.
    pub(crate) fn load(&mut self, archive: Archive) {
        macro_rules! load {
            ($($table:ident),* $(,)?) => {
                $(for (id, row) in archive.$table {
                    self.$table.add(&row);
                    self.archive.$table.insert(id, row);
                })*
            };
        }
        load!(
            process_instances,
            activity_instances,
            tasks,
            variables,
            details,
            incidents,
            job_logs,
            external_task_logs,
            identity_links,
            decisions,
            operations,
            comments,
            attachments,
        );
    }

    /// The history of a root instance.
    pub(crate) fn of_root(&self, root: Id) -> Archive {
        let mut archive = Archive::default();
        macro_rules! take {
            ($table:ident, $number:literal, $indexes:ident, $row:ident) => {
                archive.$table.insert($row.id, $row.clone());
            };
        }
        each_of_root!(self, root, take);
        archive
    }

    /// Tells of every row of a root instance, with the number that its table is stored under, and answers its traces.
    pub(crate) fn tell_of_root(&self, root: Id, listener: &mut impl RowListener) -> Vec<Trace> {
        let mut traces = Vec::new();
        macro_rules! tell {
            ($table:ident, $number:literal, $indexes:ident, $row:ident) => {
                traces.extend($row.id.trace());
                $indexes::traces($row, &mut traces);
                listener.row($number, &**$row);
            };
        }
        each_of_root!(self, root, tell);
        // variables are asked for by name alone too
        let instances = self.instances_of_root(root).into_iter();
        let variables = instances.flat_map(|id| ids(&self.variables.process_instance, id));
        for id in variables.chain(ids(&self.variables.task, root)) {
            traces.extend(self.archive.variables.get(&id).and_then(|row| folded_key(&row.name).trace()));
        }
        traces.sort_unstable();
        traces.dedup();
        traces
    }

    /// Whether no row of a root is left.
    pub(crate) fn has_nothing_of(&self, root: Id) -> bool {
        ids(&self.process_instances.root, root).next().is_none() && self.of_root(root) == Archive::default()
    }

    /// Process instances of a root.
    pub(crate) fn process_instances_of(&self, root: Id) -> impl Iterator<Item = &HistoricProcessInstance> + Clone {
        self.instances_of_root(root)
            .into_iter()
            .filter_map(|id| self.archive.process_instances.get(&id).map(|row| &**row))
    }

    /// User tasks of a root.
    pub(crate) fn tasks_of(&self, root: Id) -> impl Iterator<Item = &HistoricTaskInstance> {
        let instances = self.instances_of_root(root);
        let of_instances = instances.into_iter().flat_map(|id| ids(&self.tasks.process_instance, id));
        of_instances.chain([root]).filter_map(|id| self.archive.tasks.get(&id).map(|row| &**row))
    }

    /// Takes the history of a root instance out.
    pub(crate) fn remove_root(&mut self, root: Id) {
        for instance in self.instances_of_root(root) {
            self.delete_process_instance(instance);
        }
        self.delete_task(root);
        purge!(self, operations, task, root);
    }

    fn instances_of_root(&self, root: Id) -> Vec<Id> {
        let mut instances: Vec<Id> = ids(&self.process_instances.root, root).collect();
        if !instances.contains(&root) {
            instances.push(root);
        }
        instances
    }

    fn set_removal_time(&mut self, instance: Id, time: Option<Timestamp>) {
        macro_rules! set {
            ($($table:ident),* $(,)?) => {
                $(for id in ids(&self.$table.process_instance, instance) {
                    if let Some(row) = self.archive.$table.get_mut(&id) {
                        Arc::make_mut(row).removal_time = time;
                    }
                })*
            };
        }
        if let Some(row) = self.archive.process_instances.get_mut(&instance) {
            let old = row.clone();
            Arc::make_mut(row).removal_time = time;
            self.process_instances.replace(&old, row);
        }
        set!(
            activity_instances,
            tasks,
            variables,
            details,
            incidents,
            job_logs,
            external_task_logs,
            identity_links,
            decisions,
            operations,
            comments,
            attachments,
        );
    }

    fn delete_process_instance(&mut self, instance: Id) {
        remove!(self, process_instances, &instance);
        purge!(self, activity_instances, process_instance, instance);
        purge!(self, tasks, process_instance, instance);
        purge!(self, variables, process_instance, instance);
        purge!(self, details, process_instance, instance);
        purge!(self, incidents, process_instance, instance);
        purge!(self, job_logs, process_instance, instance);
        purge!(self, external_task_logs, process_instance, instance);
        purge!(self, identity_links, process_instance, instance);
        purge!(self, decisions, process_instance, instance);
        purge!(self, operations, process_instance, instance);
        purge!(self, comments, process_instance, instance);
        purge!(self, attachments, process_instance, instance);
    }

    fn delete_task(&mut self, task: Id) {
        remove!(self, tasks, &task);
        purge!(self, variables, task, task);
        purge!(self, details, task, task);
        purge!(self, identity_links, task, task);
        purge!(self, comments, task, task);
        purge!(self, attachments, task, task);
    }
}
