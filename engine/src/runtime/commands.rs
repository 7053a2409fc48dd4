//! Commands to one root instance.

use std::sync::Arc;

use engine_core::{
    command::{Command, Outcome, Start, TaskCommand, TaskDraft, Variables},
    error::{Fault, FaultKind},
    history::HistoryEvent,
};
use models::{Id, Value};

use super::{Engine, lane::Lane};
use crate::{
    pending::Pending,
    request::{Caller, Deploy, Deployed, Resource},
    world::World,
};

impl Engine {
    /// Runs a command and answers when it is durable.
    pub fn execute(&self, command: Command, caller: &Caller) -> Pending<Outcome> {
        let caller = caller.clone();
        self.lane(move |lane, answer| {
            lane.execute(command, caller, Box::new(move |result| drop(answer.send(result))));
        })
    }

    /// Deploys one file.
    pub fn deploy_file(&self, name: impl Into<String>, content: impl AsRef<[u8]>) -> Pending<Deployed> {
        let name = name.into();
        let deploy = Deploy {
            name: Some(name.clone()),
            resources: vec![Resource { name, content: Arc::from(content.as_ref()) }],
            ..Deploy::default()
        };
        self.deploy(deploy, &Caller::default())
    }

    /// Starts the latest version of a process. The answer is the id of the process instance.
    pub fn start<N: Into<Arc<str>>>(&self, key: &str, variables: impl IntoIterator<Item = (N, Value)>) -> Pending<Id> {
        let found = self.world().latest_process_definition(key, None).map(|row| row.id);
        let Some(definition) = found else {
            return Pending::ready(Err(Fault::null(format!(
                "no processes deployed with key '{key}': processDefinition is null"
            ))));
        };
        let start = Start { definition, variables: variables.into_iter().collect(), ..Start::default() };
        self.lane(move |lane, answer| {
            let command = Command::Start(Box::new(start));
            lane.execute(
                command,
                Caller::default(),
                Box::new(move |result| {
                    drop(answer.send(result.map(|outcome| match outcome {
                        Outcome::Started { process_instance, .. } => process_instance,
                        _ => Id::default(),
                    })));
                }),
            );
        })
    }

    /// Completes a user task.
    pub fn complete<N: Into<Arc<str>>>(
        &self,
        task: Id,
        variables: impl IntoIterator<Item = (N, Value)>,
    ) -> Pending<Outcome> {
        let variables: Variables = variables.into_iter().collect();
        let command = TaskCommand::Complete { variables, local: Variables::default() };
        self.execute(Command::Task(task, command), &Caller::default())
    }
}

impl Lane {
    /// Runs a command on the root it concerns.
    pub(super) fn execute(
        &mut self,
        command: Command,
        caller: Caller,
        done: Box<dyn FnOnce(Result<Outcome, Fault>) + Send>,
    ) {
        if needs_space(&command)
            && let Err(fault) = self.shared.admit_work()
        {
            if let Some(once) = &caller.once {
                once.done();
            }
            return done(Err(fault));
        }
        let mut command = command;
        let root = match &mut command {
            Command::CreateTask(draft) => {
                self.settle();
                let (id, tenant) = (draft.id.clone(), draft.tenant.clone());
                if let Err(fault) = self.permit(&caller, |rights| rights.create_task(id.as_deref(), tenant.as_deref()))
                {
                    return done(Err(fault));
                }
                if let Err(fault) = place_below_parent(&self.shared.world.read(), draft) {
                    return done(Err(fault));
                }
                if draft.id.as_ref().is_some_and(|id| self.shared.world.read().task_by_text(id).is_some()) {
                    // a primary key that is taken
                    return done(Err(Fault::persistence()));
                }
                self.ids.fresh()
            }
            Command::Start(_) => self.ids.fresh(),
            _ => {
                let found = root_of(&self.shared.world.read(), &command);
                found.unwrap_or_else(|| self.ids.fresh())
            }
        };
        if caller.user.is_none() {
            return self.run_command(root, command, Vec::new(), caller, done);
        }
        // what may be done and what is written down depends on the state that the command finds
        self.behind(root, move |lane| {
            lane.settle_root(root);
            if let Err(fault) = lane.permit(&caller, |rights| rights.command(&command)) {
                return done(Err(fault));
            }
            let entry = crate::audit::command(&lane.shared.world.read(), &command, root);
            let log = lane.log_events(entry, &caller);
            lane.run_command(root, command, log, caller, done);
        });
    }

    /// Runs a command on a root with entries of the user operation log.
    fn run_command(
        &mut self,
        root: Id,
        command: Command,
        log: Vec<HistoryEvent>,
        caller: Caller,
        done: Box<dyn FnOnce(Result<Outcome, Fault>) + Send>,
    ) {
        // without a root the command runs on an empty state and fails in Camunda's words
        if let Command::RunJob(job) = command {
            let known = self.shared.world.read().job(job).map(|row| row.process_instance.is_some());
            if known == Some(false) {
                self.log = log;
                return self.run_engine_job(job, &caller, done);
            }
            return self.run_job(root, job, log, caller, done);
        }
        if let Command::Job(job, change) = &command {
            if self.shared.world.read().job(*job).is_some_and(|row| row.process_instance.is_none()) {
                self.log = log;
                return self.change_engine_job(*job, change.clone(), &caller, done);
            }
        }
        let together = self.with_relatives(root, &command);
        if !together.is_empty() {
            let first: Box<dyn FnOnce(Result<Vec<Outcome>, Fault>) + Send> =
                Box::new(move |result| done(result.map(|outcomes| outcomes.into_iter().next().unwrap_or_default())));
            self.log = log;
            return self.transact_many(together, &caller, Vec::new(), first);
        }
        let mut commands = vec![command];
        if !log.is_empty() {
            commands.push(Command::Record(log));
        }
        self.transact(root, commands, caller, done);
    }
}

/// Checks the id and the parent of a task that is to be made. It gets the parent's tenant.
fn place_below_parent(world: &World, draft: &mut TaskDraft) -> Result<(), Fault> {
    if draft.id.as_deref() == Some("*") {
        let text = "Entity Task[*] has an invalid id: id cannot be *. * is a reserved identifier.";
        return Err(Fault::engine(text));
    }
    let Some(above) = &draft.parent_task else { return Ok(()) };
    let parent = world.task_by_text(above).ok_or_else(|| {
        Fault::new(FaultKind::NotValid, format!("Parent task with id '{above}' does not exist: parentTask is null"))
    })?;
    if parent.suspended {
        let text =
            format!("ENGINE-03043 parent task with id '{}' is suspended.", draft.id.as_deref().unwrap_or("null"));
        return Err(Fault::new(FaultKind::SuspendedEntity, text));
    }
    if draft.tenant.is_some() && draft.tenant.as_deref() != parent.tenant.as_deref() {
        return Err(Fault::engine(format!(
            "ENGINE-03073 Cannot set different tenantId on subtask than on parent Task. Parent taskId: '{above}', tenantId: \
             '{}', tenant id to set '{}'",
            parent.tenant.as_deref().unwrap_or("null"),
            draft.tenant.as_deref().unwrap_or("null"),
        )));
    }
    draft.tenant = parent.tenant.as_deref().map(str::to_owned);
    Ok(())
}

/// Whether a command is refused while the disk is nearly full, before it runs. The job runner looks for itself, and what
/// removes something may make room.
fn needs_space(command: &Command) -> bool {
    !matches!(
        command,
        Command::RunJob(_)
            | Command::JobFailed { .. }
            | Command::Delete(_)
            | Command::Suspend { .. }
            | Command::Job(..)
            | Command::Task(_, TaskCommand::Delete { .. })
    )
}

/// The root instance a command concerns.
pub(super) fn root_of(world: &World, command: &Command) -> Option<Id> {
    match command {
        Command::Start(_) | Command::CreateTask(_) => None,
        Command::Task(id, _) | Command::SetTaskVariables { task: id, .. } => world.root_of_task(*id),
        Command::SetVariables { execution, .. }
        | Command::SignalExecution { execution, .. }
        | Command::CreateIncident { execution, .. } => world.root_of_execution(*execution),
        Command::EventReceived { subscription, .. } => world.root_of_subscription(*subscription),
        Command::ExternalTask(id, _) => world.root_of_external_task(*id),
        Command::RunJob(id) | Command::JobFailed { job: id, .. } | Command::Job(id, _) => world.root_of_job(*id),
        Command::ResolveIncident(id) | Command::AnnotateIncident(id, _) => world.root_of_incident(*id),
        Command::Modify(modification) => world.root_of_process_instance(modification.process_instance),
        Command::Delete(deletion) => world.root_of_process_instance(deletion.process_instance),
        Command::Suspend { process_instance, .. } => world.root_of_process_instance(*process_instance),
        Command::Migrate(migration) => world.root_of_process_instance(migration.process_instance),
        Command::JobDefinitionChanged { .. } => None,
        Command::AddComment(comment) => match (comment.process_instance, comment.task) {
            (Some(instance), _) => world.root_of_process_instance(instance),
            (None, Some(task)) => world.root_of_task(task),
            (None, None) => None,
        },
        Command::Record(_) => None,
    }
}
