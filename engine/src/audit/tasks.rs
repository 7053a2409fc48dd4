//! Entries about user tasks: each property that changes is one.

use engine_core::{
    command::{TaskCommand, TaskDraft},
    history::{Operation, TASK_WORKER, UserOperation},
    state::{DelegationState, IdentityLink, Task},
};
use models::Id;

use super::{date, delegation, in_definition};
use crate::world::World;

/// Priority of a task whose creator says nothing.
const DEFAULT_PRIORITY: i32 = 50;

/// Fills in a task with its process instance and definition.
pub(super) fn in_task(world: &World, entry: &mut UserOperation, row: &Task) {
    if let Some(definition) = row.definition {
        in_definition(world, entry, definition);
    }
    entry.process_instance = row.process_instance;
    entry.execution = row.execution;
    entry.task = Some(row.id);
    if entry.tenant.is_none() {
        entry.tenant = row.tenant.as_deref().map(str::to_owned);
    }
}

/// The logged properties of a task, in a fixed order.
#[derive(Clone, Debug, Default, PartialEq)]
struct Properties {
    name: Option<String>,
    description: Option<String>,
    assignee: Option<String>,
    owner: Option<String>,
    due: Option<String>,
    follow_up: Option<String>,
    priority: i32,
    parent_task: Option<String>,
    delegation: Option<DelegationState>,
    case_instance: Option<String>,
    deleted: bool,
}

impl Properties {
    fn of(row: &Task) -> Self {
        let text = |value: &Option<std::sync::Arc<str>>| value.as_deref().map(str::to_owned);
        Self {
            name: text(&row.name),
            description: text(&row.description),
            assignee: text(&row.assignee),
            owner: text(&row.owner),
            due: date(row.due),
            follow_up: date(row.follow_up),
            priority: row.priority,
            parent_task: text(&row.parent_task),
            delegation: row.delegation,
            case_instance: text(&row.case_instance),
            deleted: false,
        }
    }

    fn drafted(draft: &TaskDraft) -> Self {
        Self {
            name: draft.name.clone(),
            description: draft.description.clone(),
            assignee: draft.assignee.clone(),
            owner: draft.owner.clone(),
            due: date(draft.due),
            follow_up: date(draft.follow_up),
            priority: draft.priority,
            parent_task: draft.parent_task.clone(),
            delegation: draft.delegation,
            case_instance: draft.case_instance.clone(),
            deleted: false,
        }
    }

    fn texts(self) -> [(&'static str, Option<String>); 11] {
        [
            ("name", self.name),
            ("description", self.description),
            ("assignee", self.assignee),
            ("owner", self.owner),
            ("dueDate", self.due),
            ("followUpDate", self.follow_up),
            ("priority", Some(self.priority.to_string())),
            ("parentTask", self.parent_task),
            ("delegation", delegation(self.delegation)),
            ("caseInstanceId", self.case_instance),
            ("delete", Some(self.deleted.to_string())),
        ]
    }
}

fn differences(mut operation: Operation, before: Properties, after: Properties) -> Operation {
    for ((name, old), (_, new)) in before.texts().into_iter().zip(after.texts()) {
        if old != new {
            operation = operation.changed(name, old, new);
        }
    }
    operation
}

/// Entries about the creation of a standalone task.
pub(super) fn created(id: Id, draft: &TaskDraft) -> Operation {
    let nothing = Properties { priority: DEFAULT_PRIORITY, ..Properties::default() };
    let operation = Operation::new("Create", "Task", TASK_WORKER).about(|entry| {
        entry.task = Some(id);
        entry.tenant.clone_from(&draft.tenant);
    });
    let operation = differences(operation, nothing, Properties::drafted(draft));
    if operation.changes.is_empty() { operation.unspecified() } else { operation }
}

/// Entries about a command to a task.
pub(super) fn task(world: &World, row: &Task, command: &TaskCommand) -> Option<Operation> {
    let before = Properties::of(row);
    let mut after = before.clone();
    let verb = match command {
        // the change at the task has an entry of its own
        TaskCommand::Touch => return None,
        TaskCommand::SubmitForm(_) if row.delegation == Some(DelegationState::Pending) => resolve(&mut after),
        TaskCommand::Resolve(_) => resolve(&mut after),
        TaskCommand::Complete { .. } | TaskCommand::SubmitForm(_) => {
            after.deleted = true;
            "Complete"
        }
        TaskCommand::Claim(user) => {
            after.assignee.clone_from(user);
            "Claim"
        }
        TaskCommand::SetAssignee(user) => {
            after.assignee.clone_from(user);
            "Assign"
        }
        TaskCommand::SetOwner(user) => {
            after.owner.clone_from(user);
            "SetOwner"
        }
        TaskCommand::Delegate(user) => {
            if after.owner.is_none() {
                after.owner.clone_from(&before.assignee);
            }
            after.assignee = Some(user.clone());
            after.delegation = Some(DelegationState::Pending);
            "Delegate"
        }
        TaskCommand::Update(draft) => {
            after = Properties::drafted(draft);
            "Update"
        }
        TaskCommand::SetPriority(priority) => {
            after.priority = *priority;
            "SetPriority"
        }
        TaskCommand::SetName(name) => {
            after.name = Some(name.clone());
            "SetName"
        }
        TaskCommand::SetDescription(text) => {
            after.description = Some(text.clone());
            "SetDescription"
        }
        TaskCommand::SetDue(due) => {
            after.due = date(*due);
            "SetDueDate"
        }
        TaskCommand::SetFollowUp(time) => {
            after.follow_up = date(*time);
            "SetFollowUpDate"
        }
        TaskCommand::Delete { .. } => {
            after.deleted = true;
            "Delete"
        }
        TaskCommand::AddLink(link) => return Some(linked(world, row, "Add", link)),
        TaskCommand::DeleteLink(link) => return Some(linked(world, row, "Delete", link)),
        TaskCommand::BpmnError { .. } | TaskCommand::Escalation { .. } => return None,
    };
    let operation = Operation::new(verb, "Task", TASK_WORKER).about(|entry| in_task(world, entry, row));
    Some(differences(operation, before, after))
}

fn resolve(after: &mut Properties) -> &'static str {
    after.delegation = Some(DelegationState::Resolved);
    after.assignee.clone_from(&after.owner);
    "Resolve"
}

fn linked(world: &World, row: &Task, verb: &str, link: &IdentityLink) -> Operation {
    let (of, who) = match &link.user {
        Some(user) => ("UserLink", Some(user)),
        None => ("GroupLink", link.group.as_ref()),
    };
    Operation::new(&format!("{verb}{of}"), "IdentityLink", TASK_WORKER)
        .about(|entry| in_task(world, entry, row))
        .changed(&link.kind, None, who.map(ToString::to_string))
}
