//! What a transaction leaves behind for history, at the configured level (S-HI).

use std::sync::{Arc, LazyLock};

use models::{Id, Text, Timestamp};

use super::{Step, Tx};
use crate::{
    error::Fault,
    graph::{NodeIx, ProcessGraph},
    history::{
        AssigneeChange, HistoricActivityInstance, HistoricDetail, HistoricExternalTaskLog, HistoricIdentityLinkLog,
        HistoricIncident, HistoricJobLog, HistoricProcessInstance, HistoricTaskInstance, HistoricVariableInstance,
        HistoryEvent, HistoryLevel, IncidentState, InstanceStateName, LogKind,
    },
    host::{Counted, Definition, RemovalTimeStrategy},
    state::{ActivityState, Execution, Task, TaskState, Variable},
};

fn text(value: &Option<Arc<str>>) -> Option<Text> {
    value.as_ref().map(Text::from)
}

/// Words that stand in every other row.
static WORDS: LazyLock<[Text; 9]> = LazyLock::new(|| {
    ["", "Created", "Updated", "Completed", "Deleted", "completed", "deleted", "assignee", "candidate"].map(Text::from)
});

fn word(word: &str) -> Text {
    WORDS.iter().find(|known| **known == *word).cloned().unwrap_or_else(|| word.into())
}

impl Tx<'_> {
    fn keeps(&self, level: HistoryLevel) -> bool {
        self.host.settings().history_level >= level
    }

    fn record(&mut self, event: HistoryEvent) {
        self.t.history.push(event);
    }

    // -- process instances -------------------------------------------------------------------------------------------------

    pub(crate) fn history_process_started(
        &mut self,
        id: Id,
        start_activity: Option<NodeIx>,
        restarted: Option<String>,
        case_instance: Option<String>,
    ) -> Step {
        if id == self.t.root {
            self.host.count(Counted::RootStarted);
        }
        if !self.keeps(HistoryLevel::Activity) {
            return Ok(());
        }
        let definition = self.definition_of(id)?;
        let row = self.execution(id).clone();
        let event = HistoricProcessInstance {
            id,
            definition: row.definition,
            root: self.t.root,
            super_instance: row.super_execution.map(|caller| self.process_instance(caller)),
            super_activity_instance: row.super_execution.and_then(|caller| self.execution(caller).activity_instance),
            trace: row.trace.clone(),
            business_key: text(&row.business_key),
            start: self.now(),
            end: None,
            state: InstanceStateName::Active,
            start_user: if row.super_execution.is_none() { self.host.user().map(Text::from) } else { None },
            start_activity: start_activity.map(|node| definition.graph.node(node).id.clone().into()),
            end_activity: None,
            delete_reason: None,
            tenant: text(&row.tenant),
            removal_time: self.removal_time(&row, &definition, RemovalTimeStrategy::Start),
            restarted: restarted.map(Text::from),
            case_instance: case_instance.map(Text::from),
        };
        self.record(HistoryEvent::ProcessInstanceStarted(Arc::new(event)));
        Ok(())
    }

    /// When the history of a root instance may be removed, at the moment from which that counts.
    fn removal_time(&self, row: &Execution, definition: &Definition, at: RemovalTimeStrategy) -> Option<Timestamp> {
        if row.id != self.t.root || self.host.settings().removal_time != at {
            return None;
        }
        let days = definition.history_time_to_live?;
        Some(self.now().plus_ms(i64::from(days) * 24 * 60 * 60 * 1000))
    }

    /// The process instance ends now: completed when it stands at an activity, else terminated.
    pub(crate) fn history_process_ended(&mut self, id: Id) -> Step {
        if !self.keeps(HistoryLevel::Activity) {
            return Ok(());
        }
        let definition = self.definition_of(id)?;
        let row = self.execution(id);
        let scratch = self.scratch(id).cloned().unwrap_or_default();
        let state = if row.activity.is_some() {
            InstanceStateName::Completed
        } else if scratch.externally_terminated {
            InstanceStateName::ExternallyTerminated
        } else {
            InstanceStateName::InternallyTerminated
        };
        let end_activity = row.activity.map(|node| definition.graph.node(node).id.clone().into());
        self.record(HistoryEvent::ProcessInstanceEnded {
            id,
            time: self.now(),
            state,
            delete_reason: text(&scratch.delete_reason),
            end_activity,
        });
        let row = self.execution(id).clone();
        if let Some(time) = self.removal_time(&row, &definition, RemovalTimeStrategy::End) {
            self.record(HistoryEvent::RemovalTime { process_instance: None, time: Some(time) });
        }
        Ok(())
    }

    pub(crate) fn history_business_key(&mut self, id: Id, key: Option<String>) -> Step {
        if self.keeps(HistoryLevel::Activity) {
            self.record(HistoryEvent::ProcessInstanceChanged {
                id,
                state: None,
                business_key: key.map(Text::from),
                start_activity: None,
                definition: None,
            });
        }
        Ok(())
    }

    pub(crate) fn history_process_suspended(&mut self, id: Id, suspended: bool) {
        if self.keeps(HistoryLevel::Activity) {
            let state = if suspended { InstanceStateName::Suspended } else { InstanceStateName::Active };
            self.record(HistoryEvent::ProcessInstanceChanged {
                id,
                state: Some(state),
                business_key: None,
                start_activity: None,
                definition: None,
            });
        }
    }

    // -- activity instances --------------------------------------------------------------------------------------------------

    pub(crate) fn history_activity_started(&mut self, id: Id, activity: NodeIx) -> Step {
        let definition = self.definition_of(id)?;
        let graph = &definition.graph;
        let node = graph.node(activity);
        let Some(instance) = self.execution(id).activity_instance else { return Ok(()) };
        if node.activity_type == "intermediateLinkCatch" {
            // link events leave no history (S-GW-7)
            return Ok(());
        }
        self.host.count(Counted::ActivityStarted);
        if !self.keeps(HistoryLevel::Activity) {
            return Ok(());
        }
        let (parent, parent_activity) = match self.beside_thrower(graph, id, activity)? {
            Some(beside) => beside,
            None => {
                let process_instance = self.process_instance(id);
                let parent = self.parent_activity_instance(id).unwrap_or(process_instance);
                (parent, self.owner_activity(graph, id, activity, parent, process_instance))
            }
        };
        let row = self.execution(id);
        let event = HistoricActivityInstance {
            id: instance,
            parent,
            parent_activity,
            activity: node.id.clone().into(),
            activity_name: text(&node.name),
            activity_type: node.activity_type.clone(),
            definition: row.definition,
            process_instance: row.process_instance,
            execution: id,
            task: None,
            called_instance: None,
            assignee: None,
            start: self.now(),
            end: None,
            state: ActivityState::Default,
            sequence: row.sequence,
            tenant: text(&row.tenant),
            removal_time: None,
        };
        self.record(HistoryEvent::ActivityStarted(Arc::new(event)));
        Ok(())
    }

    /// Parent instance, with its activity, of a compensation handler that runs under its throwing event: in history it is
    /// beside the scope that it belongs to (`CompensationBehavior.getParentActivityInstanceId`).
    fn beside_thrower(&mut self, graph: &ProcessGraph, id: Id, activity: NodeIx) -> Step<Option<(Id, Text)>> {
        let row = self.execution(id);
        let process_instance = row.process_instance;
        let Some(thrower) = row.parent else { return Ok(None) };
        let at = self.execution(thrower).activity;
        if !at.is_some_and(|node| self.throws_compensation(&graph.node(node).kind)) {
            return Ok(None);
        }
        let scope = graph.node(activity).parent;
        if graph.node(scope).for_compensation {
            // within a subprocess that is the handler
            return Ok(None);
        }
        let execution = self.execution_for_scope(thrower, scope)?;
        let parent = self.parent_activity_instance(execution).unwrap_or(process_instance);
        let name = match parent == process_instance {
            true => word(""),
            false => graph.node(graph.node(scope).parent).id.clone().into(),
        };
        Ok(Some((parent, name)))
    }

    /// Activity id of the parent instance: the flow scope, or empty for the process instance.
    fn owner_activity(&self, graph: &ProcessGraph, id: Id, activity: NodeIx, parent: Id, instance: Id) -> Text {
        if parent == instance {
            return word("");
        }
        // a compensation handler runs under the throwing event
        if graph.node(activity).for_compensation {
            let mut at = self.execution(id).parent;
            while let Some(up) = at {
                let row = self.execution(up);
                if row.activity_instance == Some(parent) {
                    if let Some(node) = row.activity {
                        if node != activity {
                            return graph.node(node).id.clone().into();
                        }
                    }
                }
                at = row.parent;
            }
        }
        graph.node(graph.node(activity).parent).id.clone().into()
    }

    pub(crate) fn history_activity_ended(&mut self, id: Id, _activity: NodeIx, canceled: bool) -> Step {
        let Some(instance) = self.execution(id).activity_instance else { return Ok(()) };
        self.host.count(Counted::ActivityEnded);
        if !self.keeps(HistoryLevel::Activity) {
            return Ok(());
        }
        let complete = self.scratch(id).is_some_and(|s| s.complete_scope);
        let state = if canceled {
            ActivityState::Canceled
        } else if complete {
            ActivityState::ScopeComplete
        } else {
            ActivityState::Default
        };
        self.record(HistoryEvent::ActivityEnded { id: instance, time: self.now(), state });
        Ok(())
    }

    pub(crate) fn history_called_instance(&mut self, caller: Id, called: Id) {
        if self.keeps(HistoryLevel::Activity) {
            if let Some(id) = self.execution(caller).activity_instance {
                self.record(HistoryEvent::ActivityChanged {
                    id,
                    task: None,
                    called_instance: Some(called),
                    assignee: None,
                    migrated: None,
                });
            }
        }
    }

    // -- tasks -----------------------------------------------------------------------------------------------------------------

    fn historic_task(&self, row: &Task) -> HistoricTaskInstance {
        HistoricTaskInstance {
            id: row.id,
            custom_id: text(&row.custom_id),
            definition: row.definition,
            process_instance: row.process_instance,
            execution: row.execution,
            activity_instance: row.activity_instance,
            key: text(&row.key),
            name: text(&row.name),
            description: text(&row.description),
            owner: text(&row.owner),
            assignee: text(&row.assignee),
            start: row.created,
            end: None,
            delete_reason: None,
            priority: row.priority,
            due: row.due,
            follow_up: row.follow_up,
            parent_task: text(&row.parent_task),
            tenant: text(&row.tenant),
            state: word(match row.state {
                TaskState::Init => "Init",
                TaskState::Created => "Created",
                TaskState::Updated => "Updated",
                TaskState::Completed => "Completed",
                TaskState::Deleted => "Deleted",
            }),
            removal_time: None,
            case_instance: text(&row.case_instance),
        }
    }

    pub(crate) fn history_task_created(&mut self, task: Id) -> Step {
        if !self.keeps(HistoryLevel::Activity) {
            return Ok(());
        }
        let row = self.t.state.task(task).cloned().ok_or_else(|| Fault::engine("the task is gone"))?;
        if let Some(instance) = row.activity_instance {
            self.record(HistoryEvent::ActivityChanged {
                id: instance,
                task: Some(task),
                called_instance: None,
                assignee: None,
                migrated: None,
            });
        }
        let row = self.historic_task(&row);
        self.record(HistoryEvent::TaskPut(Arc::new(row)));
        Ok(())
    }

    pub(crate) fn history_task_changed(&mut self, task: Id) -> Step {
        if !self.keeps(HistoryLevel::Activity) {
            return Ok(());
        }
        if let Some(row) = self.t.state.task(task).cloned() {
            let row = self.historic_task(&row);
            self.record(HistoryEvent::TaskPut(Arc::new(row)));
        }
        Ok(())
    }

    pub(crate) fn history_task_moved(&mut self, task: Id) {
        let _ = self.history_task_changed(task);
    }

    pub(crate) fn history_activity_assignee(&mut self, task: Id) -> Step {
        if !self.keeps(HistoryLevel::Activity) {
            return Ok(());
        }
        let Some(row) = self.t.state.task(task) else { return Ok(()) };
        if let Some(instance) = row.activity_instance {
            let user = text(&row.assignee);
            self.record(HistoryEvent::ActivityChanged {
                id: instance,
                task: None,
                called_instance: None,
                assignee: Some(Box::new(AssigneeChange { user })),
                migrated: None,
            });
        }
        Ok(())
    }

    pub(crate) fn history_task_ended(&mut self, task: Id, reason: &str, state: &str) -> Step {
        if !self.keeps(HistoryLevel::Activity) {
            return Ok(());
        }
        self.history_task_changed(task)?;
        self.record(HistoryEvent::TaskEnded {
            id: task,
            time: self.now(),
            delete_reason: word(reason),
            state: word(state),
        });
        Ok(())
    }

    pub(crate) fn history_link(
        &mut self,
        task: Id,
        kind: &str,
        user: Option<Arc<str>>,
        group: Option<Arc<str>>,
        added: bool,
    ) {
        if !self.keeps(HistoryLevel::Full) {
            return;
        }
        let Some(row) = self.t.state.task(task).cloned() else { return };
        let event = HistoricIdentityLinkLog {
            id: self.host.fresh_id(),
            time: self.now(),
            kind: word(kind),
            user: text(&user),
            group: text(&group),
            task: Some(task),
            definition: row.definition,
            added,
            assigner: self.host.user().map(Text::from),
            tenant: text(&row.tenant),
            removal_time: None,
            process_instance: row.process_instance,
        };
        self.record(HistoryEvent::IdentityLinkLog(Arc::new(event)));
    }

    // -- variables ---------------------------------------------------------------------------------------------------------------

    /// Activity instance of a variable's scope, with its activity.
    fn scope_instance(&mut self, row: &Variable) -> Step<(Option<Id>, Option<Text>)> {
        let Some(execution) = row.execution else { return Ok((None, None)) };
        if self.t.state.execution(execution).is_none() {
            return Ok((row.process_instance, None));
        }
        let definition = self.definition_of(execution)?;
        let graph = &definition.graph;
        let of = self.execution(execution);
        if let Some(task) = row.task.and_then(|task| self.t.state.task(task)) {
            return Ok((task.activity_instance, text(&task.key)));
        }
        // as the runtime query: a token's variable belongs to its own instance, a scope's to what its parent remembers
        let instance = match of.parent {
            None if !row.concurrent_local => Some(of.id),
            Some(parent) if of.is_scope && !row.concurrent_local => self.execution(parent).activity_instance,
            _ => of.activity_instance,
        };
        if instance == row.process_instance {
            return Ok((row.process_instance, None));
        }
        let scope = if of.is_scope && !row.concurrent_local { self.scope_node(graph, execution) } else { of.activity };
        Ok((instance, scope.map(|node| graph.node(node).id.clone().into())))
    }

    pub(crate) fn history_variable_created(&mut self, id: Id, source: Id) -> Step {
        if !self.keeps(HistoryLevel::Audit) {
            return Ok(());
        }
        self.put_historic_variable(id)?;
        self.variable_detail(id, source)
    }

    pub(crate) fn history_variable_moved(&mut self, id: Id) -> Step {
        if !self.keeps(HistoryLevel::Audit) {
            return Ok(());
        }
        self.put_historic_variable(id)
    }

    fn put_historic_variable(&mut self, id: Id) -> Step {
        let Some(row) = self.t.state.variable(id).cloned() else { return Ok(()) };
        let (activity_instance, activity) = self.scope_instance(&row)?;
        let definition = row.execution.and_then(|e| self.t.state.execution(e)).map(|e| e.definition);
        self.put_variable_row(&row, activity_instance, activity, definition);
        Ok(())
    }

    /// A variable has migrated with an activity instance.
    pub(crate) fn history_variable_at(
        &mut self,
        id: Id,
        activity_instance: Option<Id>,
        activity: Option<Text>,
        definition: Id,
    ) -> Step {
        if !self.keeps(HistoryLevel::Audit) {
            return Ok(());
        }
        let Some(row) = self.t.state.variable(id).cloned() else { return Ok(()) };
        self.put_variable_row(&row, activity_instance, activity, Some(definition));
        Ok(())
    }

    fn put_variable_row(
        &mut self,
        row: &Variable,
        activity_instance: Option<Id>,
        activity: Option<Text>,
        definition: Option<Id>,
    ) {
        if row.transient {
            return;
        }
        let tenant = match (row.execution, row.task) {
            (Some(e), _) => self.t.state.execution(e).and_then(|e| text(&e.tenant)),
            (None, Some(t)) => self.t.state.task(t).and_then(|t| text(&t.tenant)),
            _ => None,
        };
        let event = HistoricVariableInstance {
            id: row.id,
            name: row.name.clone().into(),
            value: row.value.clone(),
            definition,
            process_instance: row.process_instance,
            execution: row.execution,
            activity_instance,
            activity,
            task: row.task,
            created: self.now(),
            deleted: false,
            tenant,
            removal_time: None,
            initial: self.t.starting == row.process_instance && row.process_instance.is_some(),
        };
        self.record(HistoryEvent::VariablePut(Arc::new(event)));
    }

    pub(crate) fn history_variable_updated(&mut self, id: Id, source: Id) -> Step {
        if !self.keeps(HistoryLevel::Audit) {
            return Ok(());
        }
        let Some(row) = self.t.state.variable(id) else { return Ok(()) };
        if row.forgotten {
            self.t.state.change_variable(id, |row| row.forgotten = false);
            return self.history_variable_created(id, source);
        }
        let value = row.value.clone();
        self.record(HistoryEvent::VariableUpdated { id, value });
        self.variable_detail(id, source)
    }

    /// A variable was removed, not with its scope but by its name: the detail says so with an empty value.
    pub(crate) fn history_variable_deleted(&mut self, row: &Variable, source: Id) -> Step {
        if !self.keeps(HistoryLevel::Audit) {
            return Ok(());
        }
        self.record(HistoryEvent::VariableDeleted { id: row.id, keep: true });
        let kind = row.value.type_name().to_owned();
        let gone =
            Variable { value: models::Value::Null, revision: self.t.state.variable_revision(row.id), ..row.clone() };
        self.detail_of(&gone, source, Some(kind.into()))
    }

    fn variable_detail(&mut self, id: Id, source: Id) -> Step {
        match self.t.state.variable(id).cloned() {
            Some(row) => self.detail_of(&row, source, None),
            None => Ok(()),
        }
    }

    fn detail_of(&mut self, row: &Variable, source: Id, deleted_type: Option<Text>) -> Step {
        if !self.keeps(HistoryLevel::Full) {
            return Ok(());
        }
        let (mut activity_instance, mut activity) = self.scope_instance(row)?;
        // the detail names the activity instance that made the change
        if let Some(of) = self.t.state.execution(source) {
            let (at, process_instance) = (of.activity, of.process_instance);
            activity_instance = of.activity_instance;
            activity = match at {
                Some(node) if activity_instance != Some(process_instance) => {
                    Some(self.definition_of(source)?.graph.node(node).id.clone().into())
                }
                _ => None,
            };
            activity_instance = activity_instance.filter(|id| self.t.calling != Some(*id));
        }
        let definition = row.execution.and_then(|e| self.t.state.execution(e)).map(|e| e.definition);
        let event = HistoricDetail {
            id: self.host.fresh_id(),
            name: row.name.clone().into(),
            value: row.value.clone(),
            form_field: false,
            variable: Some(row.id),
            revision: row.revision,
            definition,
            process_instance: row.process_instance,
            execution: row.execution,
            activity_instance,
            activity,
            task: row.task,
            time: self.now(),
            operation: self.t.operation_id,
            tenant: row.execution.and_then(|e| self.t.state.execution(e)).and_then(|e| text(&e.tenant)),
            removal_time: None,
            initial: self.t.starting == row.process_instance && row.process_instance.is_some(),
            deleted_type: deleted_type.map(Box::new),
        };
        self.record(HistoryEvent::Detail(Arc::new(event)));
        Ok(())
    }

    /// Form fields submitted with a start or task form.
    pub(crate) fn history_form_fields(
        &mut self,
        execution: Id,
        task: Option<Id>,
        fields: &[(String, models::Value)],
    ) -> Step {
        if !self.keeps(HistoryLevel::Audit) {
            return Ok(());
        }
        let row = self.execution(execution).clone();
        for (name, value) in fields {
            let event = HistoricDetail {
                id: self.host.fresh_id(),
                name: name.as_str().into(),
                value: value.clone(),
                form_field: true,
                variable: None,
                revision: 0,
                definition: Some(row.definition),
                process_instance: Some(row.process_instance),
                execution: Some(execution),
                activity_instance: row.activity_instance,
                activity: None,
                task,
                time: self.now(),
                operation: self.t.operation_id,
                tenant: text(&row.tenant),
                removal_time: None,
                initial: false,
                deleted_type: None,
            };
            self.record(HistoryEvent::Detail(Arc::new(event)));
        }
        Ok(())
    }

    // -- incidents, jobs, external tasks -----------------------------------------------------------------------------------------

    pub(crate) fn history_incident_created(&mut self, id: Id) -> Step {
        if !self.keeps(HistoryLevel::Full) {
            return Ok(());
        }
        let Some(row) = self.t.state.incident(id).cloned() else { return Ok(()) };
        let job_definition = match (row.definition, row.declaration) {
            (Some(definition), Some(declaration)) => self.host.job_definition(definition, declaration).id,
            _ => None,
        };
        let event = HistoricIncident {
            id,
            kind: row.kind.clone().into(),
            message: row.message,
            start: row.created,
            end: None,
            state: IncidentState::Open,
            definition: row.definition,
            process_instance: row.process_instance,
            execution: row.execution,
            activity: text(&row.activity),
            failed_activity: text(&row.failed_activity),
            cause: row.cause,
            root_cause: row.root_cause,
            configuration: row.configuration.map(Text::from),
            history_configuration: row.history_configuration.map(Text::from),
            job_definition,
            tenant: text(&row.tenant),
            removal_time: None,
            annotation: None,
        };
        self.record(HistoryEvent::IncidentCreated(Arc::new(event)));
        Ok(())
    }

    pub(crate) fn history_incident_ended(&mut self, id: Id, state: IncidentState) {
        if self.keeps(HistoryLevel::Full) {
            self.record(HistoryEvent::IncidentEnded { id, time: self.now(), state });
        }
    }

    pub(crate) fn history_job(&mut self, id: Id, kind: LogKind, fault: Option<&Fault>) -> Step {
        self.job_log(id, kind, fault, None).map(|_| ())
    }

    /// A failure's entry shows the retries there were before it counted.
    pub(crate) fn history_job_failed(&mut self, id: Id, fault: &Fault, retries: i32) -> Step<Option<Id>> {
        self.job_log(id, LogKind::Failure, Some(fault), Some(retries))
    }

    fn job_log(&mut self, id: Id, kind: LogKind, fault: Option<&Fault>, retries: Option<i32>) -> Step<Option<Id>> {
        if kind == LogKind::Failure {
            self.host.count(Counted::JobFailed);
        }
        if !self.keeps(HistoryLevel::Full) {
            return Ok(None);
        }
        let Some(job) = self.t.state.job(id).cloned() else { return Ok(None) };
        let mut row = HistoricJobLog {
            id: self.host.fresh_id(),
            kind,
            time: self.now(),
            job: id,
            due: job.due,
            retries: job.retries,
            priority: job.priority,
            message: fault.map(|fault| fault.message.chars().take(666).collect()),
            stacktrace: job.exception_stacktrace.clone().filter(|_| fault.is_some()),
            job_definition: None,
            job_definition_type: None,
            job_definition_configuration: None,
            activity: None,
            failed_activity: fault.and_then(|fault| fault.activity.as_deref().map(Text::from)),
            execution: job.execution,
            process_instance: job.process_instance,
            definition: job.definition,
            tenant: text(&job.tenant),
            removal_time: None,
            batch: job.batch,
            hostname: Some(self.host.settings().hostname.as_str().into()),
            deployment: job.deployment,
        };
        if let Some(retries) = retries {
            row.retries = retries;
        }
        if let Some(id) = job.definition {
            let definition = self.definition(id)?;
            let graph = &definition.graph;
            if let Some(declaration) = job.declaration.and_then(|ix| graph.jobs.get(ix as usize)) {
                row.job_definition = job.declaration.and_then(|ix| self.host.job_definition(id, ix).id);
                row.job_definition_type = Some(declaration.job_type.into());
                row.job_definition_configuration = Some(declaration.configuration.as_str().into());
            } else if matches!(job.kind, crate::state::JobKind::Event(_)) {
                // there is no job definition; the handler's type stands for its type
                row.job_definition_type = Some("event".into());
            }
            row.activity = self.job_activity(&job).map(|node| graph.node(node).id.clone().into());
        }
        let id = row.id;
        self.record(HistoryEvent::JobLog(Arc::new(row)));
        Ok(Some(id))
    }

    pub(crate) fn history_external_task(&mut self, id: Id, kind: LogKind) -> Step<Option<Id>> {
        if !self.keeps(HistoryLevel::Full) {
            return Ok(None);
        }
        let Some(task) = self.t.state.external_task(id).cloned() else { return Ok(None) };
        let definition = self.definition(task.definition)?;
        let failure = kind == LogKind::Failure;
        let row = HistoricExternalTaskLog {
            id: self.host.fresh_id(),
            kind,
            time: self.now(),
            task: id,
            topic: task.topic.clone().into(),
            worker: text(&task.worker),
            retries: task.retries,
            priority: task.priority,
            message: task.error_message.filter(|_| failure),
            details: task.error_details.filter(|_| failure),
            activity: definition.graph.node(task.node).id.clone().into(),
            activity_instance: task.activity_instance,
            execution: task.execution,
            process_instance: task.process_instance,
            definition: task.definition,
            tenant: text(&task.tenant),
            removal_time: None,
        };
        let id = row.id;
        self.record(HistoryEvent::ExternalTaskLog(Arc::new(row)));
        Ok(Some(id))
    }
}
