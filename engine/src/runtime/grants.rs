//! Authorizations that come and go with entities (`DefaultAuthorizationProvider` of Camunda 7), when authorizations count.
//!
//! Assignee, owner and candidates of a task may read and change it. What is deleted takes the authorizations on it along.

use std::collections::BTreeMap;

use engine_core::{
    history::HistoryEvent,
    state::{Change, Execution, Task},
    transaction::Commit,
};
use models::Id;

use super::{identity::grant, lane::Lane};
use crate::{
    request::Caller,
    world::{
        Authorization, AuthorizationType, Record, RecordChange, RecordKey, World,
        permission::{DELETE, READ, Resource, TASK_READ_VARIABLE, UPDATE},
    },
};

/// A user, or a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Holder {
    User(String),
    Group(String),
}

impl Lane {
    /// Who deploys may read and delete the deployment.
    pub(super) fn deployment_grant(&mut self, deployment: Id, caller: &Caller) -> Option<RecordChange> {
        let user = caller.user.as_deref().filter(|_| self.shared.options.identity.authorization)?;
        let id = self.ids.fresh();
        let row = grant(id, Some(user), None, Resource::Deployment, &deployment.to_string(), READ | DELETE);
        Some(RecordChange::Put(Record::Authorization(Box::new(row))))
    }

    /// The authorizations that come and go with changed entities.
    pub(super) fn authorization_changes<'a>(
        &mut self,
        commits: impl Iterator<Item = &'a Commit>,
        records: &[RecordChange],
    ) -> Vec<RecordChange> {
        if !self.shared.options.identity.authorization {
            return Vec::new();
        }
        let shared = self.shared.clone();
        let world = shared.world.read();
        let mut made = Vec::new();
        for Commit { changes, history, .. } in commits {
            for event in history.iter() {
                match event {
                    HistoryEvent::ProcessInstanceDeleted(id) => {
                        drop_all(&world, Resource::HistoricProcessInstance, &id.to_string(), &mut made);
                    }
                    HistoryEvent::TaskDeleted(id) => {
                        let own = world.historic_task(*id).and_then(|row| row.custom_id.as_deref().map(str::to_owned));
                        drop_all(&world, Resource::HistoricTask, &own.unwrap_or_else(|| id.to_string()), &mut made);
                    }
                    _ => {}
                }
            }
            for change in &changes.tasks {
                self.task_changes(&world, change, &mut made);
            }
            for change in &changes.executions {
                if let (Some(row), None) = (&change.old, &change.new)
                    && is_instance(row)
                {
                    drop_all(&world, Resource::ProcessInstance, &row.id.to_string(), &mut made);
                }
            }
        }
        for record in records {
            if let RecordChange::Remove(RecordKey::Deployment(id)) = record {
                drop_all(&world, Resource::Deployment, &id.to_string(), &mut made);
            }
        }
        made
    }

    fn task_changes(&mut self, world: &World, change: &Change<Task>, made: &mut Vec<RecordChange>) {
        let text = |row: &Task| row.custom_id.as_deref().map_or_else(|| row.id.to_string(), str::to_owned);
        let Some(new) = &change.new else {
            if let Some(old) = &change.old {
                drop_all(world, Resource::Task, &text(old), made);
            }
            return;
        };
        let id = text(new);
        let before = change.old.as_deref().map(holders).unwrap_or_default();
        let policy = self.shared.options.identity.permissions.clone();
        let variables = if policy.specific_variables { TASK_READ_VARIABLE } else { 0 };
        for holder in holders(new).into_keys().filter(|holder| !before.contains_key(holder)) {
            let row = self.task_grant(world, Resource::Task, &id, &holder, READ | UPDATE | variables);
            made.push(RecordChange::Put(Record::Authorization(Box::new(row))));
            if policy.historic_instances {
                let row = self.task_grant(world, Resource::HistoricTask, &id, &holder, READ | variables);
                made.push(RecordChange::Put(Record::Authorization(Box::new(row))));
            }
        }
    }

    /// The grant of somebody who is linked to a task: the one there is, with these permissions, or another.
    fn task_grant(
        &mut self,
        world: &World,
        resource: Resource,
        id: &str,
        holder: &Holder,
        permissions: i32,
    ) -> Authorization {
        if let Some(row) = world.authorizations_on(resource, id).find(|row| is_grant(row, holder)) {
            return Authorization { permissions: row.permissions | permissions, ..row.clone() };
        }
        let (user, group) = match holder {
            Holder::User(user) => (Some(user.as_str()), None),
            Holder::Group(group) => (None, Some(group.as_str())),
        };
        grant(self.ids.fresh(), user, group, resource, id, permissions)
    }
}

/// Everybody a task is linked to.
fn holders(row: &Task) -> BTreeMap<Holder, ()> {
    let people = [&row.assignee, &row.owner].into_iter().flatten();
    let mut holders: BTreeMap<Holder, ()> = people.map(|user| (Holder::User(user.to_string()), ())).collect();
    for link in &row.links {
        if let Some(user) = &link.user {
            holders.insert(Holder::User(user.to_string()), ());
        }
        if let Some(group) = &link.group {
            holders.insert(Holder::Group(group.to_string()), ());
        }
    }
    holders
}

fn is_grant(row: &Authorization, holder: &Holder) -> bool {
    row.kind == AuthorizationType::Grant
        && match holder {
            Holder::User(user) => row.user.as_ref() == Some(user),
            Holder::Group(group) => row.group.as_ref() == Some(group),
        }
}

fn is_instance(row: &Execution) -> bool {
    row.parent.is_none()
}

fn drop_all(world: &World, resource: Resource, id: &str, made: &mut Vec<RecordChange>) {
    let ids = world.authorizations_on(resource, id).map(|row| row.id);
    made.extend(ids.map(|id| RecordChange::Remove(RecordKey::Authorization(id))));
}
