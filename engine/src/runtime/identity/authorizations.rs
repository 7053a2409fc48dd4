//! Authorizations: those that administrators make, and those that come with what is created.

use engine_core::{
    error::Fault,
    history::{ADMIN, Operation},
};
use models::Id;

use super::{Change, stored_already};
use crate::{
    request::{Admin, AuthorizationDraft},
    world::{
        Authorization, AuthorizationType, Record, RecordKey,
        permission::{ALL, Resource},
    },
};

impl Authorization {
    /// Names of the permissions it gives, or of a revocation: takes.
    pub fn permission_names(&self) -> Vec<&'static str> {
        let revoke = self.kind == AuthorizationType::Revoke;
        if (revoke && self.permissions == 0) || (!revoke && self.permissions == ALL) {
            return vec!["ALL"];
        }
        let Some(resource) = Resource::from_number(self.resource_type) else { return Vec::new() };
        let named = resource.permissions().iter().filter(|(name, _)| !matches!(*name, "NONE" | "ALL"));
        named.filter(|(_, bits)| (self.permissions & bits == *bits) != revoke).map(|(name, _)| *name).collect()
    }
}

/// The resource type of a request; `before`: the one that counts when it tells none.
fn resource_type(draft: &AuthorizationDraft, before: i32) -> Result<Resource, Fault> {
    let number = draft.resource_type.unwrap_or(before);
    Resource::from_number(number).ok_or_else(|| match draft.permissions.iter().flatten().next() {
        Some(name) => no_permission(name, number),
        None => Fault::bad_request(format!("there is no resource type with the number {number}")),
    })
}

/// Permissions that Camunda finds by name for every resource that has none of its own kind.
const GENERIC: &[&str] = &[
    "NONE",
    "ALL",
    "READ",
    "UPDATE",
    "CREATE",
    "DELETE",
    "ACCESS",
    "READ_TASK",
    "UPDATE_TASK",
    "CREATE_INSTANCE",
    "READ_INSTANCE",
    "UPDATE_INSTANCE",
    "MIGRATE_INSTANCE",
    "DELETE_INSTANCE",
    "READ_HISTORY",
    "DELETE_HISTORY",
    "TASK_WORK",
    "TASK_ASSIGN",
    "READ_HISTORY_VARIABLE",
    "UPDATE_HISTORY",
];

/// What Camunda says of a permission that a resource has not.
fn no_permission(name: &str, number: i32) -> Fault {
    let resource = Resource::from_number(number);
    let own_kind = matches!(
        resource,
        Some(
            Resource::Batch
                | Resource::ProcessDefinition
                | Resource::ProcessInstance
                | Resource::Task
                | Resource::HistoricTask
                | Resource::HistoricProcessInstance
                | Resource::OperationLogCategory
                | Resource::System
        )
    );
    if !own_kind && GENERIC.contains(&name) {
        return Fault::bad_request(format!(
            "ENGINE-03087 The resource type with id:'{number}' is not valid for '{name}' permission."
        ));
    }
    let resource = resource.map_or_else(|| "null".to_owned(), Resource::constant);
    Fault::bad_request(format!("The permission '{name}' is not valid for '{resource}' resource type."))
}

/// The bits of named permissions.
fn permission_bits(kind: AuthorizationType, resource: Resource, names: &[String]) -> Result<i32, Fault> {
    let mut bits = if kind == AuthorizationType::Revoke { ALL } else { 0 };
    for name in names {
        let permission = resource.permission(name).ok_or_else(|| no_permission(name, resource.number()))?;
        if kind == AuthorizationType::Revoke {
            bits &= !permission;
        } else {
            bits |= permission;
        }
    }
    Ok(bits)
}

/// Who an authorization is for: `*` in a global one, else a user or a group.
fn holder(kind: AuthorizationType, draft: &AuthorizationDraft) -> Result<(Option<String>, Option<String>), Fault> {
    if kind == AuthorizationType::Global {
        if draft.group.is_some() {
            return Err(Fault::engine("ENGINE-03027 Cannot use 'groupId' for GLOBAL authorization"));
        }
        if let Some(user) = draft.user.as_deref().filter(|user| *user != "*") {
            return Err(Fault::engine(format!(
                "ENGINE-03028 Illegal value '{user}' for userId for GLOBAL authorization. Must be '*'"
            )));
        }
    }
    match (&draft.user, &draft.group) {
        (Some(_), None) | (None, Some(_)) => Ok((draft.user.clone(), draft.group.clone())),
        _ => Err(Fault::null("Authorization must either have a 'userId' or a 'groupId'.")),
    }
}

impl Change<'_> {
    pub(super) fn create_authorization(&mut self, change: &Admin, draft: &AuthorizationDraft) -> Result<Id, Fault> {
        self.check(change)?;
        let kind = AuthorizationType::from_number(draft.kind).ok_or_else(|| {
            Fault::engine(format!(
                "ENGINE-03025 Unrecognized authorization type '{}'. Must be one of ['0', '1', '2']",
                draft.kind
            ))
        })?;
        let resource = resource_type(draft, Resource::Application.number())?;
        let (user, group) = holder(kind, draft)?;
        let mut row = Authorization {
            id: self.ids.fresh(),
            kind,
            user,
            group,
            resource_type: resource.number(),
            resource_id: draft.resource.clone().unwrap_or_default(),
            permissions: permission_bits(kind, resource, draft.permissions.as_deref().unwrap_or_default())?,
            root_process_instance: None,
            removal_time: None,
        };
        let taken = |known: &Authorization| {
            (known.kind, &known.user, &known.group) == (row.kind, &row.user, &row.group)
                && (row.kind != AuthorizationType::Global || known.resource_id == row.resource_id)
        };
        if self.world.authorizations_on(resource, &row.resource_id).any(taken) {
            return Err(stored_already());
        }
        self.follow_history(&mut row);
        let id = row.id;
        self.note_authorization("Create", &row, None);
        self.put(Record::Authorization(Box::new(row)));
        Ok(id)
    }

    pub(super) fn update_authorization(
        &mut self,
        change: &Admin,
        id: Id,
        draft: &AuthorizationDraft,
    ) -> Result<Option<Id>, Fault> {
        let before = self.world.authorization(id).cloned().ok_or_else(|| missing(id))?;
        let resource = resource_type(draft, before.resource_type)?;
        let permissions = match &draft.permissions {
            Some(names) => permission_bits(before.kind, resource, names)?,
            None => before.permissions,
        };
        let (user, group) = holder(before.kind, draft)?;
        let mut row = Authorization {
            user,
            group,
            resource_type: resource.number(),
            resource_id: draft.resource.clone().unwrap_or_default(),
            permissions,
            ..before.clone()
        };
        self.follow_history(&mut row);
        self.check(change)?;
        self.note_authorization("Update", &row, Some(&before));
        self.put(Record::Authorization(Box::new(row)));
        Ok(None)
    }

    pub(super) fn delete_authorization(&mut self, change: &Admin, id: Id) -> Result<Option<Id>, Fault> {
        let row = self.world.authorization(id).cloned().ok_or_else(|| missing(id))?;
        self.check(change)?;
        self.drop_authorizations(Resource::Authorization, &id.to_string(), |_| true);
        self.note_authorization("Delete", &row, None);
        self.remove(RecordKey::Authorization(id));
        Ok(None)
    }

    /// An authorization on history goes when that history goes.
    fn follow_history(&self, row: &mut Authorization) {
        let instance = match Resource::from_number(row.resource_type) {
            Some(Resource::HistoricProcessInstance) => row.resource_id.parse().ok(),
            Some(Resource::HistoricTask) => {
                self.world.historic_task_by_text(&row.resource_id).and_then(|task| task.process_instance)
            }
            _ => None,
        };
        let instance = instance.and_then(|id| self.world.historic_process_instance(id));
        row.root_process_instance = instance.map(|instance| instance.root);
        row.removal_time = instance.and_then(|instance| instance.removal_time);
    }

    fn note_authorization(&mut self, verb: &str, row: &Authorization, before: Option<&Authorization>) {
        let names = |row: &Authorization| {
            let names = row.permission_names();
            if names.is_empty() { "NONE".to_owned() } else { names.join(", ") }
        };
        let resource = |row: &Authorization| Resource::from_number(row.resource_type).map(|it| it.name().to_owned());
        let mut operation = Operation::new(verb, "Authorization", ADMIN)
            .changed("permissionBits", before.map(|it| it.permissions.to_string()), Some(row.permissions.to_string()))
            .changed("permissions", before.map(names), Some(names(row)))
            .changed("type", before.map(|it| it.kind.number().to_string()), Some(row.kind.number().to_string()))
            .changed("resource", before.and_then(resource), resource(row))
            .changed("resourceId", before.map(|it| it.resource_id.clone()), Some(row.resource_id.clone()));
        let user = before.and_then(|it| it.user.clone());
        if user.is_some() || row.user.is_some() {
            operation = operation.changed("userId", user, row.user.clone());
        }
        let group = before.and_then(|it| it.group.clone());
        if group.is_some() || row.group.is_some() {
            operation = operation.changed("groupId", group, row.group.clone());
        }
        self.log.push(operation);
    }

    // -- what comes with things ----------------------------------------------------------------------------------------------

    /// A user gets permissions on something that was created.
    pub(super) fn grant_user(&mut self, user: &str, resource: Resource, id: &str, permissions: i32) {
        self.grant(Some(user), None, resource, id, permissions);
    }

    /// A group gets permissions on something that was created.
    pub(super) fn grant_group(&mut self, group: &str, resource: Resource, id: &str, permissions: i32) {
        self.grant(None, Some(group), resource, id, permissions);
    }

    fn grant(&mut self, user: Option<&str>, group: Option<&str>, resource: Resource, id: &str, permissions: i32) {
        if self.authorization_enabled() {
            let row = grant(self.ids.fresh(), user, group, resource, id, permissions);
            self.put(Record::Authorization(Box::new(row)));
        }
    }

    /// Authorizations on something that is deleted go with it.
    pub(super) fn drop_authorizations(&mut self, resource: Resource, id: &str, which: impl Fn(&Authorization) -> bool) {
        if self.authorization_enabled() {
            let rows = self.world.authorizations_on(resource, id).filter(|row| which(row));
            let ids: Vec<Id> = rows.map(|row| row.id).collect();
            for id in ids {
                self.remove(RecordKey::Authorization(id));
            }
        }
    }
}

/// A grant to a user or group.
pub(in crate::runtime) fn grant(
    id: Id,
    user: Option<&str>,
    group: Option<&str>,
    resource: Resource,
    resource_id: &str,
    permissions: i32,
) -> Authorization {
    Authorization {
        id,
        kind: AuthorizationType::Grant,
        user: user.map(str::to_owned),
        group: group.map(str::to_owned),
        resource_type: resource.number(),
        resource_id: resource_id.to_owned(),
        permissions,
        root_process_instance: None,
        removal_time: None,
    }
}

fn missing(id: Id) -> Fault {
    Fault::null(format!("Authorization for Id '{id}' does not exist: authorization is null"))
}
