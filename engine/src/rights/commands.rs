//! Checks of commands to one root instance.

use engine_core::command::{Command, ExternalTaskCommand, JobCommand, TaskCommand};
use models::Id;

use super::{Rights, Verdict};

impl Rights<'_> {
    /// Whether the caller may give a command.
    pub(crate) fn command(self, command: &Command) -> Verdict {
        let world = self.world;
        match command {
            Command::Start(start) => self.start_instance(start.definition),
            Command::Task(id, command) => {
                let Some(task) = world.task(*id) else { return Ok(()) };
                match command {
                    TaskCommand::Complete { .. }
                    | TaskCommand::SubmitForm(_)
                    | TaskCommand::Resolve(_)
                    | TaskCommand::Claim(_)
                    | TaskCommand::BpmnError { .. }
                    | TaskCommand::Escalation { .. } => self.work_on_task(task),
                    TaskCommand::SetAssignee(_)
                    | TaskCommand::SetOwner(_)
                    | TaskCommand::Delegate(_)
                    | TaskCommand::Update(_)
                    | TaskCommand::SetPriority(_)
                    | TaskCommand::SetName(_)
                    | TaskCommand::SetDescription(_)
                    | TaskCommand::SetDue(_)
                    | TaskCommand::SetFollowUp(_)
                    | TaskCommand::AddLink(_)
                    | TaskCommand::DeleteLink(_) => self.assign_task(task),
                    TaskCommand::Delete { .. } => self.delete_task(task),
                    // what changed at the task has been checked for itself
                    TaskCommand::Touch => Ok(()),
                }
            }
            // checked before it was given the tenant of its parent
            Command::CreateTask(_) => Ok(()),
            Command::SetVariables { execution, .. } => self.update_instance_variables(*execution),
            Command::SetTaskVariables { task, .. } => {
                world.task(*task).map_or(Ok(()), |task| self.update_task_variables(task))
            }
            Command::SignalExecution { execution, .. } => {
                world.execution(*execution).map_or(Ok(()), |row| self.update_execution(row))
            }
            Command::CreateIncident { execution, .. } => match world.execution(*execution) {
                // one without activity is refused by the command itself
                Some(row) if row.activity.is_some() => self.update_execution(row),
                _ => Ok(()),
            },
            Command::EventReceived { subscription, .. } => {
                world.subscription(*subscription).map_or(Ok(()), |row| self.update_instance(row.process_instance))
            }
            Command::ExternalTask(id, command) => self.external_task(*id, command),
            Command::RunJob(id) => world.job(*id).map_or(Ok(()), |job| self.update_job(job)),
            Command::Job(id, command) => world.job(*id).map_or(Ok(()), |job| match command {
                JobCommand::SetRetries(..) => self.retry_job(job),
                JobCommand::Suspend(_) => match (job.process_instance, world.definition_key(job.definition)) {
                    (Some(id), _) => self.update_instance(id),
                    // of a start event
                    (None, Some(key)) => self.update_instances_of(key),
                    (None, None) => Ok(()),
                },
                _ => self.update_job(job),
            }),
            Command::ResolveIncident(id) | Command::AnnotateIncident(id, _) => {
                world.incident(*id).map_or(Ok(()), |row| self.update_incident(row))
            }
            Command::Modify(modification) => self.update_instance(modification.process_instance),
            Command::Delete(deletion) => self.delete_instance(deletion.process_instance),
            Command::Suspend { process_instance, .. } => self.suspend_instance(*process_instance),
            // what the engine itself asks for; whoever caused it was checked
            Command::JobFailed { .. }
            | Command::JobDefinitionChanged { .. }
            | Command::Migrate(_)
            | Command::AddComment(_)
            | Command::Record(_) => Ok(()),
        }
    }

    fn external_task(self, id: Id, command: &ExternalTaskCommand) -> Verdict {
        let Some(task) = self.world.external_task(id) else { return Ok(()) };
        match command {
            // only tasks that the worker may have are offered to it
            ExternalTaskCommand::Fetch { .. } => Ok(()),
            // a worker that does not hold the task is refused by the command itself
            ExternalTaskCommand::Complete { worker, .. }
            | ExternalTaskCommand::Failure { worker, .. }
            | ExternalTaskCommand::BpmnError { worker, .. }
            | ExternalTaskCommand::ExtendLock { worker, .. }
                if task.worker.as_deref() != Some(worker) =>
            {
                Ok(())
            }
            _ => self.update_instance(task.process_instance),
        }
    }
}
