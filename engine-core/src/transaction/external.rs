//! External tasks (S-XT).

use std::sync::Arc;

use models::Id;
use objects::Object;

use super::{
    Step, Tx,
    jobs::NewIncident,
    scope::{Ran, Scope, evaluate_in},
};
use crate::{
    behaviour,
    command::{ExternalTaskCommand, Outcome},
    error::Fault,
    graph::{ExternalCode, Kind, NodeIx},
    history::{IncidentState, LogKind},
    state::ExternalTask,
};

/// Why a BPMN error from outside did not get anywhere.
pub(crate) fn propagation_failed(code: &str) -> Fault {
    Fault::engine(format!("ENGINE-13033 Propagation of bpmn error {code} failed. "))
}

impl Tx<'_> {
    /// Creates the external task of an activity: topic and priority are evaluated once (S-XT-1).
    pub(crate) fn create_external_task(&mut self, id: Id, activity: NodeIx, code: &ExternalCode) -> Ran {
        let topic = self.evaluate_text(id, &code.topic)?.unwrap_or_default();
        let definition = self.definition_of(id)?;
        let priority = match code.priority.as_ref().or(definition.graph.task_priority.as_ref()) {
            Some(expression) => self.priority_value(id, expression, "")?,
            None => 0,
        };
        self.add_task_for_worker(id, activity, &topic, priority, Vec::new())?;
        Ok(())
    }

    /// Adds an external task at an activity.
    pub(crate) fn add_task_for_worker(
        &mut self,
        id: Id,
        activity: NodeIx,
        topic: &str,
        priority: i64,
        fields: Vec<(String, models::Value)>,
    ) -> Step {
        let row = self.execution(id).clone();
        let task = ExternalTask {
            id: self.host.fresh_id(),
            topic: Arc::from(topic),
            worker: None,
            lock_expires: None,
            retries: None,
            error_message: None,
            error_details: None,
            execution: id,
            process_instance: row.process_instance,
            definition: row.definition,
            node: activity,
            activity_instance: row.activity_instance.unwrap_or(row.process_instance),
            priority,
            suspended: row.suspended,
            tenant: row.tenant,
            created: self.now(),
            last_failure_log: None,
            fields,
        };
        let id = task.id;
        self.t.state.add_external_task(task);
        self.history_external_task(id, LogKind::Creation)?;
        Ok(())
    }

    /// A command to an external task from outside.
    pub(crate) fn external_task_command(&mut self, id: Id, command: ExternalTaskCommand) -> Step {
        command.check()?;
        let Some(task) = self.t.state.external_task(id).cloned() else {
            return Err(Fault::not_found(format!("Cannot find external task with id {id}: externalTask is null")));
        };
        self.definition_of(task.execution)?;
        let now = self.now();
        match command {
            ExternalTaskCommand::Fetch { worker, lock_ms } => {
                let free = task.lock_expires.is_none_or(|until| until <= now);
                if !free || task.suspended || task.retries == Some(0) {
                    self.t.outcome = Outcome::NotFetched;
                    return Ok(());
                }
                self.lock(id, worker, lock_ms);
                self.t.outcome = Outcome::Fetched;
                Ok(())
            }
            ExternalTaskCommand::Lock { worker, lock_ms } => {
                let held = task.lock_expires.is_some_and(|until| until > now);
                if held && task.worker.as_deref() != Some(&worker) {
                    return Err(Fault::bad_request(format!(
                        "External Task {id} cannot be locked by worker '{worker}'. It is locked by worker '{}'.",
                        task.worker.as_deref().unwrap_or("null")
                    )));
                }
                self.lock(id, worker, lock_ms);
                Ok(())
            }
            ExternalTaskCommand::ExtendLock { worker, lock_ms } => {
                // the quote that Camunda writes twice is part of the text
                self.check_worker(
                    &task,
                    &worker,
                    &format!("The lock of the External Task {id} cannot be extended"),
                    "'",
                )?;
                if task.lock_expires.is_none_or(|until| until < now) {
                    return Err(Fault::bad_request(format!(
                        "Cannot extend a lock that expired: lockExpirationTime is not greater than or equal to {}",
                        now.0
                    )));
                }
                self.lock(id, worker, lock_ms);
                Ok(())
            }
            ExternalTaskCommand::Unlock => {
                self.t.state.change_external_task(id, |row| {
                    row.worker = None;
                    row.lock_expires = None;
                });
                Ok(())
            }
            ExternalTaskCommand::SetRetries(retries) => self.set_external_retries(id, retries),
            ExternalTaskCommand::SetPriority(priority) => {
                self.t.state.change_external_task(id, |row| row.priority = priority);
                Ok(())
            }
            ExternalTaskCommand::Complete { worker, variables, local } => {
                self.check_worker(&task, &worker, &format!("External Task {id} cannot be completed"), "")?;
                self.ensure_task_active(&task)?;
                self.set_variables(task.execution, variables)?;
                self.set_variables_local(task.execution, local)?;
                if self.throw_declared_error(&task, false)? {
                    return Ok(());
                }
                self.history_external_task(id, LogKind::Success)?;
                self.resolve_incidents_of(&id.to_string(), IncidentState::Resolved);
                self.t.state.drop_external_task(id);
                behaviour::signal(self, task.execution, None)
            }
            ExternalTaskCommand::Failure { worker, message, details, retries, retry_timeout_ms, variables, local } => {
                self.check_worker(&task, &worker, &format!("Failure of External Task {id} cannot be reported"), "")?;
                self.ensure_task_active(&task)?;
                let text: Option<String> = message.map(|text| text.chars().take(666).collect());
                self.t.state.change_external_task(id, |row| {
                    row.error_message = text;
                    // details of an earlier failure stay when there are none
                    if details.is_some() {
                        row.error_details = details;
                    }
                    row.lock_expires = Some(now.plus_ms(retry_timeout_ms));
                });
                self.set_variables(task.execution, variables)?;
                self.set_variables_local(task.execution, local)?;
                if self.throw_declared_error(&task, true)? {
                    return Ok(());
                }
                let log = self.history_external_task(id, LogKind::Failure)?;
                self.t.state.change_external_task(id, |row| row.last_failure_log = log);
                self.set_external_retries(id, retries)?;
                self.dispatch_after_api(task.execution)
            }
            ExternalTaskCommand::BpmnError { worker, code, message, variables } => {
                self.check_worker(&task, &worker, &format!("Bpmn error of External Task {id} cannot be reported"), "")?;
                self.ensure_task_active(&task)?;
                let propagated = self
                    .set_variables(task.execution, variables)
                    .and_then(|()| self.propagate_error(task.execution, &code, message));
                propagated.map_err(|_| propagation_failed(&code))
            }
        }
    }

    fn lock(&mut self, id: Id, worker: String, lock_ms: i64) {
        let until = self.now().plus_ms(lock_ms);
        self.t.state.change_external_task(id, |row| {
            row.worker = Some(Arc::from(worker));
            row.lock_expires = Some(until);
        });
    }

    fn check_worker(&self, task: &ExternalTask, worker: &str, what: &str, quote: &str) -> Step {
        if task.worker.as_deref() == Some(worker) {
            return Ok(());
        }
        Err(Fault::bad_request(format!(
            "{what} by worker '{worker}'{quote}. It is locked by worker '{}'.",
            task.worker.as_deref().unwrap_or("null")
        )))
    }

    fn ensure_task_active(&self, task: &ExternalTask) -> Step {
        if task.suspended {
            return Err(Fault::new(
                crate::error::FaultKind::SuspendedEntity,
                format!("ENGINE-03043 ExternalTask with id '{}' is suspended.", task.id),
            ));
        }
        Ok(())
    }

    fn set_external_retries(&mut self, id: Id, retries: i32) -> Step {
        let Some(before) = self.t.state.external_task(id).cloned() else { return Ok(()) };
        self.t.state.change_external_task(id, |row| row.retries = Some(retries));
        if retries == 0 && before.retries != Some(0) {
            let definition = self.definition_of(before.execution)?;
            let activity = definition.graph.node(before.node).id.clone();
            self.create_incident(NewIncident {
                kind: "failedExternalTask",
                execution: Some(before.execution),
                message: self.t.state.external_task(id).and_then(|row| row.error_message.clone()),
                activity: Some(activity),
                failed_activity: None,
                configuration: Some(id.to_string()),
                declaration: None,
                history_configuration: self
                    .t
                    .state
                    .external_task(id)
                    .and_then(|row| row.last_failure_log)
                    .map(|log| log.to_string()),
            })?;
        } else if retries > 0 && before.retries == Some(0) {
            self.resolve_incidents_of(&id.to_string(), IncidentState::Resolved);
        }
        Ok(())
    }

    /// `camunda:errorEventDefinition`: the first true one throws its error instead (S-XT-6).
    fn throw_declared_error(&mut self, task: &ExternalTask, on_failure: bool) -> Step<bool> {
        let definition = self.definition_of(task.execution)?;
        let graph = definition.graph.clone();
        let Kind::ExternalTask(code) = &graph.node(task.node).kind else { return Ok(false) };
        for error in &code.errors {
            let (Some(expression), Some(code)) = (&error.expression, &error.code) else { continue };
            let mut scope = Scope {
                tx: self,
                execution: Some(task.execution),
                task: None,
                external: Some(task.id),
                extra: &[],
                local: false,
            };
            match evaluate_in(&mut scope, expression) {
                Ok(Object::Boolean(true)) => {}
                Ok(_) => continue,
                // on failure, an expression that can't be evaluated must not hide the failure
                Err(_) if on_failure => continue,
                Err(thrown) => return Err(self.fault_of(task.execution, thrown)),
            }
            let message = match &error.message {
                Some(expression) => self
                    .evaluate_text(task.execution, expression)
                    .map_err(|thrown| self.fault_of(task.execution, thrown))?,
                None => None,
            };
            self.propagate_error(task.execution, code, message).map_err(|_| propagation_failed(code))?;
            return Ok(true);
        }
        Ok(false)
    }

    /// External tasks of an execution that goes.
    pub(crate) fn remove_external_tasks(&mut self, execution: Id) {
        let tasks: Vec<Id> = self.t.state.external_tasks_of(execution).map(|row| row.id).collect();
        for id in tasks {
            let _ = self.history_external_task(id, LogKind::Deletion);
            self.resolve_incidents_of(&id.to_string(), IncidentState::Deleted);
            self.t.state.drop_external_task(id);
        }
    }
}
