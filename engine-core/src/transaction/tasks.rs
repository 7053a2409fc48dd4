//! User tasks (S-UT).

use std::sync::Arc;

use models::{Id, Timestamp, bpmn::TaskEvent};
use objects::Object;

use super::{
    Step, Tx,
    scope::{Ran, Thrown, plain_text},
};
use crate::{
    behaviour,
    command::{TaskCommand, TaskDraft, Variables},
    error::{Fault, FaultKind},
    form,
    graph::{Expr, Kind, NodeIx, UserTaskCode},
    host::DelegateRole,
    state::{DelegationState, IdentityLink, Task, TaskState},
};

impl Tx<'_> {
    /// Creates the task of an activity: attributes in Camunda's order, then `create` and `assignment` listeners (S-UT-1).
    pub(crate) fn create_user_task(&mut self, id: Id, activity: NodeIx, code: &UserTaskCode) -> Ran {
        let row = self.execution(id).clone();
        let definition = self.definition_of(id)?;
        let task = self.host.fresh_id();
        self.t.state.add_task(Task {
            id: task,
            custom_id: None,
            execution: Some(id),
            process_instance: Some(row.process_instance),
            definition: Some(row.definition),
            node: Some(activity),
            activity_instance: row.activity_instance,
            key: Some(definition.graph.node(activity).id.clone()),
            name: None,
            description: None,
            assignee: None,
            owner: None,
            priority: 50,
            due: None,
            follow_up: None,
            created: self.now(),
            last_updated: None,
            delegation: None,
            parent_task: None,
            case_instance: None,
            tenant: row.tenant.clone(),
            suspended: row.suspended,
            links: Vec::new(),
            state: TaskState::Init,
            revision: 0,
        });
        self.history_task_created(task)?;
        let text = |tx: &mut Self, expression: &Option<Expr>| -> Ran<Option<Arc<str>>> {
            match expression {
                Some(expression) => Ok(tx.evaluate_text(id, expression)?.map(Arc::from)),
                None => Ok(None),
            }
        };
        let name = text(self, &code.name)?;
        self.t.state.change_task(task, |row| row.name = name);
        let description = text(self, &code.description)?;
        self.t.state.change_task(task, |row| row.description = description);
        if let Some(expression) = &code.due_date {
            let due = self.task_date(id, expression, "Due date")?;
            self.t.state.change_task(task, |row| row.due = due);
        }
        if let Some(expression) = &code.follow_up_date {
            let date = self.task_date(id, expression, "Follow up date")?;
            self.t.state.change_task(task, |row| row.follow_up = date);
        }
        if let Some(expression) = &code.priority {
            let priority = self.task_priority(id, expression)?;
            self.t.state.change_task(task, |row| row.priority = priority);
        }
        let assignee = text(self, &code.assignee)?;
        if assignee.is_some() {
            self.t.state.change_task(task, |row| row.assignee.clone_from(&assignee));
            self.history_link(task, "assignee", assignee.clone(), None, true);
        }
        for expression in &code.candidate_users {
            for user in self.task_candidates(id, expression)? {
                self.add_link(task, IdentityLink { kind: Arc::from("candidate"), user: Some(user), group: None });
            }
        }
        for expression in &code.candidate_groups {
            for group in self.task_candidates(id, expression)? {
                self.add_link(task, IdentityLink { kind: Arc::from("candidate"), user: None, group: Some(group) });
            }
        }
        self.create_task_timers(id, activity, task)?;
        self.history_task_changed(task)?;
        self.t.state.change_task(task, |row| row.state = TaskState::Created);
        self.fire_task_event(task, TaskEvent::Create)?;
        if self.t.state.task(task).is_some_and(|row| row.assignee.is_some()) {
            self.history_activity_assignee(task)?;
            self.fire_task_event(task, TaskEvent::Assignment)?;
        }
        if self.t.state.task(task).is_some() {
            self.history_task_changed(task)?;
        }
        Ok(())
    }

    fn task_date(&mut self, id: Id, expression: &Expr, what: &str) -> Ran<Option<Timestamp>> {
        let zone = self.host.settings().time_zone.clone();
        match self.evaluate(id, expression)? {
            Object::Null => Ok(None),
            Object::Date(date) => Ok(Some(date)),
            Object::String(text) => {
                let due = crate::calendar::due_date(&text, self.now(), &zone);
                Ok(Some(due.map_err(Fault::engine)?))
            }
            _ => Err(Fault::engine(format!(
                "{what} expression does not resolve to a Date or Date string: {}",
                expression.text()
            ))
            .into()),
        }
    }

    fn task_priority(&mut self, id: Id, expression: &Expr) -> Ran<i32> {
        match self.evaluate(id, expression)? {
            Object::Null => Ok(50),
            Object::String(text) => text
                .trim()
                .parse()
                .map_err(|_| Fault::engine(format!("Priority does not resolve to a number: {text}")).into()),
            Object::Integer(value) => Ok(value),
            Object::Short(value) => Ok(value.into()),
            Object::Long(value) => Ok(i32::try_from(value).unwrap_or(i32::MAX)),
            #[expect(clippy::cast_possible_truncation, reason = "Number.intValue() saturates the same way")]
            Object::Double(value) => Ok(value as i32),
            _ => Err(Fault::engine(format!("Priority expression does not resolve to a number: {}", expression.text()))
                .into()),
        }
    }

    fn task_candidates(&mut self, id: Id, expression: &Expr) -> Ran<Vec<Arc<str>>> {
        let split = |text: &str| text.split(',').map(|one| Arc::from(one.trim())).collect::<Vec<Arc<str>>>();
        match self.evaluate(id, expression)? {
            Object::String(text) => Ok(split(&text)),
            Object::List(items) => Ok(items.borrow().iter().map(|item| Arc::from(plain_text(item))).collect()),
            Object::Set(items) => Ok(items.borrow().keys().map(|key| Arc::from(plain_text(&key.0))).collect()),
            _ => Err(Fault::engine("Expression did not resolve to a string or collection of strings").into()),
        }
    }

    /// Runs the task listeners of an event, in order.
    pub(crate) fn fire_task_event(&mut self, task: Id, event: TaskEvent) -> Ran {
        let Some(row) = self.t.state.task(task).cloned() else { return Ok(()) };
        let (Some(execution), Some(node)) = (row.execution, row.node) else { return Ok(()) };
        if self.scratch(execution).is_some_and(|s| s.skip_listeners) {
            return Ok(());
        }
        let definition = self.definition_of(execution)?;
        let graph = definition.graph.clone();
        let Kind::UserTask(code) = &graph.node(node).kind else { return Ok(()) };
        for listener in code.listeners.iter().filter(|listener| listener.event == event) {
            self.scratch_mut(task).event_name = Some(event_name(event));
            let role = DelegateRole::TaskListener(event_name(event));
            self.run_listener(execution, Some(task), &listener.listener, role).map_err(wrap_listener)?;
            if self.t.state.task(task).is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Runs one timeout listener.
    pub(crate) fn run_timeout_listener(&mut self, task: Id, at: u32) -> Step {
        let Some(row) = self.t.state.task(task).cloned() else { return Ok(()) };
        let (Some(execution), Some(node)) = (row.execution, row.node) else { return Ok(()) };
        let definition = self.definition_of(execution)?;
        let graph = definition.graph.clone();
        let Kind::UserTask(code) = &graph.node(node).kind else { return Ok(()) };
        let Some(listener) = code.listeners.get(at as usize) else { return Ok(()) };
        self.scratch_mut(task).event_name = Some("timeout");
        let result =
            self.run_listener(execution, Some(task), &listener.listener, DelegateRole::TaskListener("timeout"));
        match result.map_err(wrap_listener) {
            Ok(()) => self.dispatch_after_api(execution),
            Err(thrown) => self.propagate_thrown(execution, thrown),
        }
    }

    // -- commands ------------------------------------------------------------------------------------------------------------

    /// A command to a task from outside.
    pub(crate) fn task_command(&mut self, task: Id, command: TaskCommand) -> Step {
        let Some(row) = self.t.state.task(task).cloned() else { return Err(no_task(task)) };
        let guarded = !matches!(command, TaskCommand::SetPriority(_));
        if row.suspended && guarded {
            return Err(Fault::new(
                FaultKind::SuspendedEntity,
                format!("ENGINE-03043 task with id '{}' is suspended.", text_id(&row)),
            ));
        }
        if let Some(execution) = row.execution {
            self.definition_of(execution)?;
        }
        match command {
            TaskCommand::Complete { variables, local } => {
                self.task_variables(task, variables, local)?;
                self.complete_task(task)
            }
            TaskCommand::SubmitForm(variables) => {
                self.submit_task_form(&row, variables)?;
                if row.delegation == Some(DelegationState::Pending) {
                    self.resolve_task(task)
                } else {
                    self.complete_task(task)
                }
            }
            TaskCommand::Resolve(variables) => {
                self.task_variables(task, variables, Variables::default())?;
                self.resolve_task(task)
            }
            TaskCommand::Claim(Some(user)) => match row.assignee.as_deref() {
                None => self.update_task(task, |row| row.assignee = Some(Arc::from(user))),
                Some(known) if known == user => self.update_task(task, |_| {}),
                Some(_) => Err(Fault::new(
                    FaultKind::TaskAlreadyClaimed,
                    format!("Task '{}' is already claimed by someone else.", text_id(&row)),
                )),
            },
            TaskCommand::Claim(None) => self.update_task(task, |row| row.assignee = None),
            TaskCommand::Delegate(user) => self.update_task(task, |row| {
                row.delegation = Some(DelegationState::Pending);
                if row.owner.is_none() {
                    row.owner.clone_from(&row.assignee);
                }
                row.assignee = Some(Arc::from(user));
            }),
            TaskCommand::BpmnError { code, message, variables } => {
                let execution = self.task_execution(&row)?;
                let propagated = self
                    .set_variables(execution, variables)
                    .and_then(|()| self.propagate_error(execution, &code, message));
                propagated.map_err(|_| super::external::propagation_failed(&code))
            }
            TaskCommand::Escalation { code, variables } => {
                let execution = self.task_execution(&row)?;
                self.set_variables(execution, variables)?;
                let activity = row.key.clone().unwrap_or_default();
                match self.propagate_escalation(execution, &code)? {
                    Some(_) => Ok(()),
                    None => Err(Fault::engine(format!(
                        "ENGINE-02043 Execution with id '{activity}' throws an escalation event with escalationCode \
                         '{code}', but no escalation handler was defined. "
                    ))),
                }
            }
            TaskCommand::Delete { reason, cascade } => self.delete_standalone_task(&row, reason, cascade),
            TaskCommand::Update(draft) => self.update_from_draft(task, *draft),
            TaskCommand::AddLink(link) => self.change_link_and_update(task, link, true),
            TaskCommand::DeleteLink(link) => self.change_link_and_update(task, link, false),
            TaskCommand::Touch => self.update_task(task, |_| {}),
            TaskCommand::SetAssignee(user) => self.update_task(task, |row| row.assignee = user.map(Arc::from)),
            TaskCommand::SetOwner(user) => self.update_task(task, |row| row.owner = user.map(Arc::from)),
            TaskCommand::SetPriority(priority) => self.update_task(task, |row| row.priority = priority),
            TaskCommand::SetName(name) => self.update_task(task, |row| row.name = Some(Arc::from(name))),
            TaskCommand::SetDescription(text) => self.update_task(task, |row| row.description = Some(Arc::from(text))),
            TaskCommand::SetDue(due) => self.update_task(task, |row| row.due = due),
            TaskCommand::SetFollowUp(date) => self.update_task(task, |row| row.follow_up = date),
        }
    }

    /// A change that a listener makes to its own task: no further events within the event.
    pub(crate) fn change_task_in_listener(&mut self, task: Id, command: TaskCommand) -> Step {
        let before = self.t.state.task(task).cloned().ok_or_else(|| no_task(task))?;
        match command {
            TaskCommand::SetAssignee(user) => {
                self.t.state.change_task(task, |row| row.assignee = user.map(Arc::from));
            }
            TaskCommand::SetOwner(user) => {
                self.t.state.change_task(task, |row| row.owner = user.map(Arc::from));
            }
            TaskCommand::SetPriority(priority) => {
                self.t.state.change_task(task, |row| row.priority = priority);
            }
            TaskCommand::SetName(name) => {
                self.t.state.change_task(task, |row| row.name = Some(Arc::from(name)));
            }
            TaskCommand::SetDescription(text) => {
                self.t.state.change_task(task, |row| row.description = Some(Arc::from(text)));
            }
            TaskCommand::SetDue(due) => {
                self.t.state.change_task(task, |row| row.due = due);
            }
            TaskCommand::SetFollowUp(date) => {
                self.t.state.change_task(task, |row| row.follow_up = date);
            }
            TaskCommand::AddLink(link) => self.change_link(task, link, true)?,
            TaskCommand::DeleteLink(link) => self.change_link(task, link, false)?,
            TaskCommand::Complete { .. } => {
                if matches!(before.state, TaskState::Completed | TaskState::Deleted) {
                    return Err(Fault::engine(format!(
                        "ENGINE-03084 Cannot complete task {}: invalid task state",
                        text_id(&before)
                    )));
                }
                return self.complete_task(task);
            }
            _ => {}
        }
        self.log_link_changes(task, &before);
        if self.t.state.task(task).is_some_and(|row| *row != before && row.state != TaskState::Init) {
            self.history_task_changed(task)?;
        }
        Ok(())
    }

    /// Takes a submitted form over; a standalone task has none and takes plain variables.
    fn submit_task_form(&mut self, row: &Task, variables: Variables) -> Step {
        let (Some(execution), Some(node)) = (row.execution, row.node) else {
            return self.visible_task_variables(row.id, variables);
        };
        let graph = self.definition_of(execution)?.graph.clone();
        let Kind::UserTask(code) = &graph.node(node).kind else {
            return self.visible_task_variables(row.id, variables);
        };
        form::submit::submit(self, form::submit::Place { execution, task: Some(row.id) }, &code.fields, variables)
    }

    fn task_execution(&self, row: &Task) -> Step<Id> {
        row.execution.ok_or_else(|| Fault::engine(format!("task {} has no execution: execution is null", text_id(row))))
    }

    fn task_variables(&mut self, task: Id, variables: Variables, local: Variables) -> Step {
        for one in local.0 {
            self.set_task_variable_local(task, one.name, one.value, one.transient)?;
        }
        // completion and resolution set on the parent, past the task's own variables of that name (S-UT-8); a task without one forgets them
        match self.t.state.task(task).and_then(|row| row.execution) {
            Some(execution) => self.set_variables(execution, variables),
            None => Ok(()),
        }
    }

    /// Sets variables where the task sees them.
    fn visible_task_variables(&mut self, task: Id, variables: Variables) -> Step {
        for one in variables.0 {
            self.set_task_variable(task, one.name, one.value, one.transient)?;
        }
        Ok(())
    }

    fn complete_task(&mut self, task: Id) -> Step {
        let Some(row) = self.t.state.task(task).cloned() else { return Err(no_task(task)) };
        self.t.state.change_task(task, |row| row.state = TaskState::Completed);
        if let Err(thrown) = self.fire_task_event(task, TaskEvent::Complete) {
            return match row.execution {
                Some(execution) => self.propagate_thrown(execution, thrown),
                None => Err(Fault::engine("a standalone task has no listeners")),
            };
        }
        if self.t.state.task(task).is_none() {
            return Ok(());
        }
        self.history_task_ended(task, "completed", "Completed")?;
        self.drop_task_with_variables(task);
        match row.execution {
            // a listener may have moved the execution in the meantime
            Some(execution) if self.t.state.execution(execution).is_some() => behaviour::signal(self, execution, None),
            _ => Ok(()),
        }
    }

    fn resolve_task(&mut self, task: Id) -> Step {
        self.update_task(task, |row| {
            row.delegation = Some(DelegationState::Resolved);
            row.assignee.clone_from(&row.owner);
        })
    }

    fn drop_task_with_variables(&mut self, task: Id) {
        let jobs: Vec<Id> = self
            .t
            .state
            .jobs()
            .filter(|job| matches!(job.kind, crate::state::JobKind::TimerTaskListener(of, _) if of == task))
            .map(|job| job.id)
            .collect();
        for job in jobs {
            self.delete_job(job);
        }
        self.remove_local_variables(task);
        self.t.state.drop_task(task);
    }

    /// Changes properties: `update` listeners, then `assignment` when the assignee changed (S-UT-2).
    fn update_task(&mut self, task: Id, change: impl FnOnce(&mut Task)) -> Step {
        let before = self.t.state.task(task).cloned().ok_or_else(|| no_task(task))?;
        let now = self.now();
        self.t.state.change_task(task, |row| {
            change(row);
            row.last_updated = Some(now);
            row.revision += 1;
            row.state = TaskState::Updated;
        });
        let after = self.t.state.task(task).cloned().expect("changed above");
        self.log_link_changes(task, &before);
        let reassigned = after.assignee != before.assignee;
        if reassigned {
            self.history_activity_assignee(task)?;
        }
        self.fire_and_route(task, TaskEvent::Update)?;
        if reassigned && self.t.state.task(task).is_some() {
            self.fire_and_route(task, TaskEvent::Assignment)?;
        }
        if self.t.state.task(task).is_some() {
            self.history_task_changed(task)?;
        }
        if let Some(execution) = after.execution {
            self.dispatch_after_api(execution)?;
        }
        Ok(())
    }

    fn fire_and_route(&mut self, task: Id, event: TaskEvent) -> Step {
        let execution = self.t.state.task(task).and_then(|row| row.execution);
        match (self.fire_task_event(task, event), execution) {
            (Err(thrown), Some(execution)) => self.propagate_thrown(execution, thrown),
            (Err(thrown), None) => Err(self.fault_of(task, thrown)),
            (Ok(()), _) => Ok(()),
        }
    }

    fn log_link_changes(&mut self, task: Id, before: &Task) {
        let Some(after) = self.t.state.task(task).cloned() else { return };
        for (kind, old, new) in
            [("assignee", &before.assignee, &after.assignee), ("owner", &before.owner, &after.owner)]
        {
            if old == new {
                continue;
            }
            if old.is_some() {
                self.history_link(task, kind, old.clone(), None, false);
            }
            if new.is_some() {
                self.history_link(task, kind, new.clone(), None, true);
            }
        }
    }

    fn add_link(&mut self, task: Id, link: IdentityLink) {
        let known = self.t.state.task(task).is_some_and(|row| row.links.contains(&link));
        if !known {
            self.history_link(task, &link.kind, link.user.clone(), link.group.clone(), true);
            self.t.state.change_task(task, |row| row.links.push(link));
        }
    }

    /// A change of a link from outside is an update of the task.
    fn change_link_and_update(&mut self, task: Id, link: IdentityLink, add: bool) -> Step {
        let updates_itself = matches!(&*link.kind, "assignee" | "owner");
        self.change_link(task, link, add)?;
        if updates_itself { Ok(()) } else { self.update_task(task, |_| {}) }
    }

    fn change_link(&mut self, task: Id, link: IdentityLink, add: bool) -> Step {
        match (&*link.kind, &link.user, &link.group) {
            (_, None, None) => return Err(Fault::null("userId and groupId cannot both be null")),
            ("assignee" | "owner", _, Some(_)) => {
                return Err(Fault::bad_request(format!(
                    "Incompatible usage: cannot use type '{}' together with a groupId",
                    link.kind
                )));
            }
            ("assignee", Some(user), None) => {
                let user = add.then(|| user.clone());
                return self.update_task(task, |row| row.assignee = user);
            }
            ("owner", Some(user), None) => {
                let user = add.then(|| user.clone());
                return self.update_task(task, |row| row.owner = user);
            }
            _ => {}
        }
        if add {
            self.add_link(task, link);
        } else if self.t.state.task(task).is_some_and(|row| row.links.contains(&link)) {
            self.history_link(task, &link.kind, link.user.clone(), link.group.clone(), false);
            self.t.state.change_task(task, |row| row.links.retain(|known| *known != link));
        }
        self.t.state.change_task(task, |row| row.revision += 1);
        Ok(())
    }

    fn update_from_draft(&mut self, task: Id, draft: TaskDraft) -> Step {
        if let Some(row) = self.t.state.task(task)
            && row.tenant.as_deref() != draft.tenant.as_deref()
        {
            return Err(Fault::engine(format!(
                "ENGINE-03072 Cannot change tenantId of Task '{}'. Current tenant id '{}', Tenant id to set '{}'",
                row.custom_id.as_deref().map_or_else(|| row.id.to_string(), str::to_owned),
                row.tenant.as_deref().unwrap_or("null"),
                draft.tenant.as_deref().unwrap_or("null"),
            )));
        }
        self.update_task(task, |row| {
            row.name = draft.name.map(Arc::from);
            row.description = draft.description.map(Arc::from);
            row.assignee = draft.assignee.map(Arc::from);
            row.owner = draft.owner.map(Arc::from);
            row.delegation = draft.delegation;
            row.priority = draft.priority;
            row.due = draft.due;
            row.follow_up = draft.follow_up;
            row.parent_task = draft.parent_task.map(Arc::from);
            row.case_instance = draft.case_instance.map(Arc::from);
        })
    }

    /// Creates a standalone task.
    pub(crate) fn create_standalone_task(&mut self, draft: TaskDraft) -> Step<Id> {
        let id = self.t.root;
        let now = self.now();
        self.t.state.add_task(Task {
            id,
            custom_id: draft.id.map(Arc::from),
            execution: None,
            process_instance: None,
            definition: None,
            node: None,
            activity_instance: None,
            key: None,
            name: draft.name.map(Arc::from),
            description: draft.description.map(Arc::from),
            assignee: draft.assignee.map(Arc::from),
            owner: draft.owner.map(Arc::from),
            priority: draft.priority,
            due: draft.due,
            follow_up: draft.follow_up,
            created: now,
            last_updated: None,
            delegation: draft.delegation,
            parent_task: draft.parent_task.map(Arc::from),
            case_instance: draft.case_instance.map(Arc::from),
            tenant: draft.tenant.map(Arc::from),
            suspended: false,
            links: Vec::new(),
            state: TaskState::Created,
            revision: 0,
        });
        // as Camunda does, though no activity is behind it
        self.host.count(crate::host::Counted::ActivityStarted);
        self.history_task_created(id)?;
        let row = self.t.state.task(id).cloned().expect("added above");
        if row.assignee.is_some() {
            self.history_link(id, "assignee", row.assignee, None, true);
        }
        if row.owner.is_some() {
            self.history_link(id, "owner", row.owner, None, true);
        }
        Ok(id)
    }

    fn delete_standalone_task(&mut self, row: &Task, reason: Option<String>, cascade: bool) -> Step {
        if row.execution.is_some() {
            return Err(Fault::engine("The task cannot be deleted because is part of a running process"));
        }
        let reason = reason.unwrap_or_else(|| "deleted".to_owned());
        self.history_task_ended(row.id, &reason, "Deleted")?;
        if cascade {
            self.t.history.push(crate::history::HistoryEvent::TaskDeleted(row.id));
        }
        self.drop_task_with_variables(row.id);
        Ok(())
    }

    /// Tasks of an execution that is cancelled: `delete` listeners, then gone.
    pub(crate) fn remove_tasks(&mut self, execution: Id, reason: Option<&str>) -> Step {
        let tasks: Vec<Id> = self.t.state.tasks_of(execution).map(|row| row.id).collect();
        for task in tasks {
            self.t.state.change_task(task, |row| row.state = TaskState::Deleted);
            let reason = reason.unwrap_or("deleted");
            self.scratch_mut(task).delete_reason = Some(Arc::from(reason));
            // errors in delete listeners are no BPMN errors (S-UT-4)
            if let Err(thrown) = self.fire_task_event(task, TaskEvent::Delete) {
                return Err(self.fault_of(execution, thrown));
            }
            if self.t.state.task(task).is_some() {
                self.history_task_ended(task, reason, "Deleted")?;
                self.drop_task_with_variables(task);
            }
        }
        Ok(())
    }

    /// Sets and removes variables of a task from outside.
    pub(crate) fn set_task_variables_command(
        &mut self,
        task: Id,
        variables: Variables,
        local: bool,
        deletions: &[String],
    ) -> Step {
        let Some(row) = self.t.state.task(task).cloned() else {
            return Err(Fault::null(format!("task {task} doesn't exist: task is null")));
        };
        let mut changed_locally = false;
        for name in deletions {
            let own = self.t.state.variable_in(task, name).is_some();
            match row.execution {
                Some(execution) if !local && !own => self.remove_variable(execution, name)?,
                _ => self.remove_task_variable_local(task, name)?,
            }
            changed_locally |= own;
        }
        for one in variables.0 {
            if local || row.execution.is_none() || self.t.state.variable_in(task, &one.name).is_some() {
                self.set_task_variable_local(task, one.name, one.value, one.transient)?;
                changed_locally = true;
            } else {
                self.set_task_variable(task, one.name, one.value, one.transient)?;
            }
        }
        if changed_locally {
            return self.update_task(task, |_| {});
        }
        match row.execution {
            Some(execution) => self.dispatch_after_api(execution),
            None => Ok(()),
        }
    }
}

/// The id that clients know a task by.
pub(crate) fn text_id(row: &Task) -> String {
    row.custom_id.as_deref().map_or_else(|| row.id.to_string(), str::to_owned)
}

fn no_task(id: Id) -> Fault {
    Fault::null(format!("Cannot find task with id {id}: task is null"))
}

fn event_name(event: TaskEvent) -> &'static str {
    match event {
        TaskEvent::Create => "create",
        TaskEvent::Assignment => "assignment",
        TaskEvent::Update => "update",
        TaskEvent::Complete => "complete",
        TaskEvent::Delete => "delete",
        TaskEvent::Timeout => "timeout",
    }
}

fn wrap_listener(thrown: Thrown) -> Thrown {
    match thrown {
        Thrown::Fault(mut fault) => {
            fault.message = format!(
                "ENGINE-03051 There was an exception while invoking the TaskListener. Message: '{}'",
                fault.message
            );
            Thrown::Fault(fault)
        }
        bpmn @ Thrown::Bpmn { .. } => bpmn,
    }
}
