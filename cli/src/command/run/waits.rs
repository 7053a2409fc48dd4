//! What a process instance waits for, and what would move it.

use engine_core::command::{Command, ExternalTaskCommand, TaskCommand, Variables};
use tollgate::{
    Engine, Id, Timestamp,
    state::{EventSubscription, Execution, SubscriptionKind},
    world::World,
};

use crate::values::{duration, instant};

/// The name under which external tasks are locked here.
pub(super) const WORKER: &str = "tollgate run";

/// Something a token waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// A user task.
    Task(Id),
    /// An external task.
    External(Id),
    /// A message, signal or condition: the subscription.
    Event(Id),
    /// A call to continue (receive task without message): the execution.
    Execution(Id),
    /// A timer: the job and when it is due.
    Timer(Id, Timestamp),
    /// A job that has failed for good.
    Failed(Id),
}

/// What is done about a wait.
pub(super) enum Answer {
    /// A command to the engine.
    Command(Command),
    /// The clock is set.
    Clock(Timestamp),
}

/// Everything a root instance waits for.
pub(super) fn all(engine: &Engine, root: Id) -> Vec<Wait> {
    let world = engine.read();
    let mut waits = Vec::new();
    for instance in world.process_instances_of_root(root) {
        waits.extend(world.tasks_of_instance(instance).map(|row| Wait::Task(row.id)));
        waits.extend(world.external_tasks_of_instance(instance).map(|row| Wait::External(row.id)));
        let events = world.subscriptions_of_instance(instance);
        waits.extend(events.filter(|row| row.kind != SubscriptionKind::Compensate).map(|row| Wait::Event(row.id)));
        for job in world.jobs_of_instance(instance) {
            waits.push(match job.due {
                _ if job.retries <= 0 => Wait::Failed(job.id),
                Some(due) => Wait::Timer(job.id, due),
                None => continue,
            });
        }
        let open = world.executions_of(instance).filter(|row| waits_alone(&world, row));
        waits.extend(open.map(|row| Wait::Execution(row.id)));
    }
    waits
}

/// A leaf at an activity, with nothing of its own to wait for.
fn waits_alone(world: &World, row: &Execution) -> bool {
    row.activity.is_some()
        && !row.is_event_scope
        && world.children_of(row.id).all(|child| child.is_event_scope)
        && world.tasks_of_execution(row.id).next().is_none()
        && world.external_tasks_of_execution(row.id).next().is_none()
        && world.subscriptions_of_execution(row.id).all(|row| row.kind == SubscriptionKind::Compensate)
        && world.jobs_of_execution(row.id).next().is_none()
        && world.called_by(row.id).next().is_none()
}

impl Wait {
    /// When a timer is due.
    pub(super) fn due(&self) -> Option<Timestamp> {
        match self {
            Self::Timer(_, due) => Some(*due),
            _ => None,
        }
    }

    /// Whether somebody is to do something, as opposed to an event that may come.
    pub(super) fn is_work(&self) -> bool {
        matches!(self, Self::Task(_) | Self::External(_))
    }

    /// What comes first when nobody is asked.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Task(_) | Self::External(_) => 0,
            Self::Execution(_) => 1,
            Self::Event(_) => 2,
            Self::Timer(..) => 3,
            Self::Failed(_) => 4,
        }
    }

    /// What happens when nobody is asked: forms are submitted as they are shown, other work is done and events come without
    /// variables.
    pub(super) fn by_itself(&self, engine: &Engine) -> Option<Answer> {
        match self {
            Self::Timer(..) | Self::Failed(_) => None,
            Self::Event(id) if is_condition(&engine.read(), *id) => None,
            Self::Task(id) => Some(Answer::Command(self.proceed(engine, super::ask::defaults(engine, *id)?)?)),
            _ => Some(Answer::Command(self.proceed(engine, Variables::default())?)),
        }
    }

    /// The command that moves on, with variables; `None` for what no command moves.
    pub(super) fn proceed(&self, engine: &Engine, variables: Variables) -> Option<Command> {
        let none = Variables::default();
        Some(match self {
            Self::Task(id) => Command::Task(*id, TaskCommand::Complete { variables, local: none }),
            Self::External(id) => {
                lock(engine, *id);
                Command::ExternalTask(
                    *id,
                    ExternalTaskCommand::Complete { worker: WORKER.to_owned(), variables, local: none },
                )
            }
            Self::Event(id) => Command::EventReceived {
                subscription: *id,
                variables,
                local: none.clone(),
                triggered_scope: none,
                asynchronous: false,
            },
            Self::Execution(id) => Command::SignalExecution { execution: *id, name: None, variables },
            Self::Failed(id) => Command::RunJob(*id),
            Self::Timer(..) => return None,
        })
    }

    /// The command by which the work ends with a BPMN error.
    pub(super) fn bpmn_error(&self, engine: &Engine, code: String) -> Option<Command> {
        let variables = Variables::default();
        match self {
            Self::Task(id) => Some(Command::Task(*id, TaskCommand::BpmnError { code, message: None, variables })),
            Self::External(id) => {
                lock(engine, *id);
                let worker = WORKER.to_owned();
                Some(Command::ExternalTask(
                    *id,
                    ExternalTaskCommand::BpmnError { worker, code, message: None, variables },
                ))
            }
            _ => None,
        }
    }

    /// In words.
    pub(super) fn describe(&self, engine: &Engine, world: &World) -> String {
        match self {
            Self::Task(id) => {
                let Some(task) = world.task(*id) else { return "a user task".to_owned() };
                let mut text =
                    format!("user task {}", named(task.key.as_deref().unwrap_or_default(), task.name.as_deref()));
                let candidates: Vec<&str> =
                    task.links.iter().filter_map(|link| link.user.as_deref().or(link.group.as_deref())).collect();
                match &task.assignee {
                    Some(assignee) => text += &format!(", assigned to {assignee}"),
                    None if candidates.is_empty() => {}
                    None => text += &format!(", for {}", candidates.join(", ")),
                }
                text
            }
            Self::External(id) => {
                let Some(task) = world.external_task(*id) else { return "an external task".to_owned() };
                let node = node(engine, task.definition, task.node);
                let failed = task.error_message.as_deref().map(|text| format!(", failed: {text}")).unwrap_or_default();
                format!("a worker for topic {} at {node}{failed}", task.topic)
            }
            Self::Event(id) => {
                let Some(row) = world.subscription(*id) else { return "an event".to_owned() };
                let node = node(engine, row.definition, row.node);
                let name = row.name.as_deref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
                let kind = match row.kind {
                    SubscriptionKind::Conditional => "condition",
                    kind => kind.name(),
                };
                format!("{kind}{name} at {node}")
            }
            Self::Execution(id) => {
                let node = world
                    .execution(*id)
                    .and_then(|row| Some(node(engine, row.definition, row.activity?)))
                    .unwrap_or_default();
                format!("a signal to continue at {node}")
            }
            Self::Timer(id, due) => {
                let left = duration(due.0 - engine.now().0);
                format!("timer {} due in {left}, at {}", job_node(engine, world, *id), instant(*due))
            }
            Self::Failed(id) => {
                let text = world.job(*id).and_then(|job| job.exception_message.clone()).unwrap_or_default();
                format!("a failed job at {}: {text}", job_node(engine, world, *id))
            }
        }
    }
}

/// Whether an event is a condition over variables: nobody delivers it.
pub(super) fn is_condition(world: &World, subscription: Id) -> bool {
    let of = |row: &EventSubscription| row.kind == SubscriptionKind::Conditional;
    world.subscription(subscription).is_some_and(of)
}

fn lock(engine: &Engine, task: Id) {
    let lock = ExternalTaskCommand::Lock { worker: WORKER.to_owned(), lock_ms: 3_600_000 };
    // what can't be locked can't be completed either, and that says why
    let _ = engine.execute(Command::ExternalTask(task, lock), &tollgate::request::Caller::default()).wait();
}

fn job_node(engine: &Engine, world: &World, job: Id) -> String {
    let Some(job) = world.job(job) else { return String::new() };
    let place = job.definition.zip(job.declaration).and_then(|(definition, at)| {
        let definition = engine.definition(definition).ok()?;
        let declaration = definition.graph.jobs.get(at as usize)?;
        let node = definition.graph.node(declaration.node);
        Some(named(&node.id, node.name.as_deref()))
    });
    place.unwrap_or_default()
}

fn node(engine: &Engine, definition: Id, at: engine_core::graph::NodeIx) -> String {
    let Ok(definition) = engine.definition(definition) else { return String::new() };
    let node = definition.graph.node(at);
    named(&node.id, node.name.as_deref())
}

/// An id with its name in the diagram.
fn named(id: &str, name: Option<&str>) -> String {
    match name.filter(|name| !name.trim().is_empty()) {
        Some(name) => format!("{id} \"{}\"", crate::values::shorten(name)),
        None => id.to_owned(),
    }
}
