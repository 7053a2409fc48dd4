//! Tasks below tasks. Each task that a client makes is a root of its own; what concerns a task and those above or below it
//! happens in all of them at once.

use engine_core::command::{Command, TaskCommand, Variables};
use models::Id;

use super::lane::Lane;
use crate::world::World;

impl Lane {
    /// The commands that a command at a task means together: itself with the end of the tasks below, or with variables set at
    /// the tasks above. Empty when it stands for itself. The first one gives the answer.
    pub(super) fn with_relatives(&self, root: Id, command: &Command) -> Vec<(Id, Command)> {
        let world = self.shared.world.read();
        let (task, given) = match command {
            Command::SetTaskVariables { task, local: false, .. } => (*task, true),
            Command::Task(task, TaskCommand::Delete { .. }) => (*task, false),
            Command::Task(
                task,
                TaskCommand::Complete { variables, .. }
                | TaskCommand::Resolve(variables)
                | TaskCommand::SubmitForm(variables),
            ) => (*task, !variables.0.is_empty()),
            _ => return Vec::new(),
        };
        let above = if given { tasks_above(&world, task) } else { Vec::new() };
        let below = match command {
            Command::Task(_, TaskCommand::Complete { .. } | TaskCommand::Delete { .. }) => {
                end_below(&world, task, command)
            }
            _ => Vec::new(),
        };
        if above.is_empty() && below.is_empty() {
            return Vec::new();
        }
        let mut own = command.clone();
        let mut others = set_above(&world, &above, &mut own);
        others.extend(below);
        others.insert(0, (root, own));
        others
    }
}

/// The tasks above one that belongs to no process: nearest first.
fn tasks_above(world: &World, task: Id) -> Vec<Id> {
    let mut above = Vec::new();
    let mut next = world.task(task);
    while let Some(row) = next {
        let parent = if row.execution.is_none() { row.parent_task.as_deref() } else { None };
        // a circle of parents ends where it began
        next = parent.and_then(|id| world.task_by_text(id)).filter(|row| row.id != task && !above.contains(&row.id));
        above.extend(next.map(|row| row.id));
    }
    above
}

/// Takes the variables out of a command that are not those of its task: each goes to the nearest task above that has one of
/// its name, otherwise to the outermost.
fn set_above(world: &World, above: &[Id], command: &mut Command) -> Vec<(Id, Command)> {
    let Some((outermost, between)) = above.split_last() else { return Vec::new() };
    let has = |task: Id, name: &str| world.variable_in(task, name).is_some();
    let mut unset = Vec::new();
    let (task, variables, mut removed) = match command {
        Command::SetTaskVariables { task, variables, deletions, .. } => (*task, variables, std::mem::take(deletions)),
        Command::Task(
            task,
            TaskCommand::Complete { variables, .. }
            | TaskCommand::Resolve(variables)
            | TaskCommand::SubmitForm(variables),
        ) => (*task, variables, Vec::new()),
        _ => return Vec::new(),
    };
    let mut given = std::mem::take(&mut variables.0);
    let past_own = matches!(command, Command::Task(_, TaskCommand::Complete { .. } | TaskCommand::Resolve(_)));
    let mut all = Vec::new();
    for holder in [task].iter().chain(between) {
        if past_own && *holder == task {
            // what comes with the completion or resolution of a task is not for the task itself
            continue;
        }
        let (own, rest): (Vec<_>, Vec<_>) = given.into_iter().partition(|one| has(*holder, &one.name));
        let (deleted, remaining): (Vec<_>, Vec<_>) = removed.into_iter().partition(|name| has(*holder, name));
        (given, removed) = (rest, remaining);
        if *holder == task {
            unset = deleted;
            put(command, own);
        } else if !own.is_empty() || !deleted.is_empty() {
            all.extend(set(world, *holder, own, deleted, true));
        }
    }
    if let Command::SetTaskVariables { deletions, .. } = command {
        *deletions = unset;
    }
    if !given.is_empty() || !removed.is_empty() {
        all.extend(set(world, *outermost, given, removed, false));
    }
    all
}

fn put(command: &mut Command, own: Vec<engine_core::command::NamedValue>) {
    match command {
        Command::SetTaskVariables { variables, .. } | Command::Task(_, TaskCommand::SubmitForm(variables)) => {
            variables.0 = own
        }
        _ => {}
    }
}

fn set(
    world: &World,
    task: Id,
    variables: Vec<engine_core::command::NamedValue>,
    deletions: Vec<String>,
    local: bool,
) -> Option<(Id, Command)> {
    let root = world.root_of_task(task)?;
    let command = Command::SetTaskVariables { task, variables: Variables(variables), local, deletions, patch: false };
    Some((root, command))
}

/// Tasks below a task that ends: they end with it, for the same reason.
fn end_below(world: &World, task: Id, command: &Command) -> Vec<(Id, Command)> {
    let (reason, cascade) = match command {
        Command::Task(_, TaskCommand::Delete { reason, cascade }) => (reason.clone(), *cascade),
        _ => (Some("completed".to_owned()), false),
    };
    let mut all = Vec::new();
    let mut above = vec![task];
    while let Some(parent) = above.pop() {
        let Some(row) = world.task(parent) else { continue };
        let text = row.custom_id.as_deref().map_or_else(|| row.id.to_string(), str::to_owned);
        for child in world.subtasks_of(&text) {
            // a circle of parents ends where it began
            if child.execution.is_some() || child.id == task || all.iter().any(|(id, _)| *id == child.id) {
                continue;
            }
            let delete = TaskCommand::Delete { reason: reason.clone(), cascade };
            all.push((child.id, Command::Task(child.id, delete)));
            above.push(child.id);
        }
    }
    all
}
