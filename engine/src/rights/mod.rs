//! Who may do what: Camunda 7's authorization and tenant checks of every operation.
//!
//! Checks look at the published state. They run before a command, after what it is about has been looked up: what is not
//! there is for the command itself to report. Tenants are checked before permissions, as Camunda's checkers are ordered.
//! What queries show is decided in [`crate::query`].

mod administration;
mod commands;
mod definitions;
mod entities;
mod history;
#[cfg(test)]
mod tests;

use engine_core::error::{Fault, FaultKind};
use serde_json::json;

use crate::{
    request::Caller,
    world::{World, permission::Resource},
};

/// Members of this group see all tenants and may do what only administrators may.
pub(crate) const ADMIN_GROUP: &str = "camunda-admin";

/// A permission on a resource; without id it takes a permission on all resources of the type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needed {
    permission: &'static str,
    resource: Resource,
    id: Option<String>,
}

/// A permission on the resource of an id.
pub(crate) fn needed(permission: &'static str, resource: Resource, id: impl Into<String>) -> Needed {
    Needed { permission, resource, id: Some(id.into()) }
}

/// A permission that is not about one resource.
pub(crate) fn needed_on_all(permission: &'static str, resource: Resource) -> Needed {
    Needed { permission, resource, id: None }
}

/// What a caller may do.
#[derive(Clone, Copy, Debug)]
pub struct Rights<'a> {
    world: &'a World,
    caller: &'a Caller,
}

/// Nothing, or why not.
pub(crate) type Verdict = Result<(), Fault>;

impl<'a> Rights<'a> {
    /// The rights of a caller in a state of the world.
    pub fn new(world: &'a World, caller: &'a Caller) -> Self {
        Self { world, caller }
    }

    /// Whether permissions of the caller are checked at all.
    fn checked(self) -> bool {
        self.caller.authorized && self.caller.user.is_some()
    }

    fn has(self, needed: &Needed) -> bool {
        let bits = needed.resource.permission(needed.permission);
        bits.is_some_and(|bits| self.world.may(self.caller, needed.resource, needed.id.as_deref(), bits))
    }

    /// One permission.
    ///
    /// # Errors
    /// `AuthorizationException` that names it.
    pub(crate) fn require(self, needed: &Needed) -> Verdict {
        if !self.checked() || self.disabled(needed) || self.has(needed) {
            return Ok(());
        }
        let user = self.caller.user.as_deref().unwrap_or_default();
        let message = format!("The user with id '{user}' does not have {}.", described(needed));
        Err(refusal(message, Some(user), std::slice::from_ref(needed)))
    }

    /// Any one of several permissions.
    ///
    /// # Errors
    /// `AuthorizationException` that names all of them.
    pub(crate) fn require_any(self, any: &[Needed]) -> Verdict {
        if !self.checked() || any.iter().any(|needed| !self.disabled(needed) && self.has(needed)) {
            return Ok(());
        }
        let counted: Vec<Needed> = any.iter().filter(|needed| !self.disabled(needed)).cloned().collect();
        if counted.is_empty() { Ok(()) } else { self.refuse_any(&counted) }
    }

    fn disabled(self, needed: &Needed) -> bool {
        self.caller.policy.disabled.contains(needed.permission)
    }

    fn refuse_any(self, any: &[Needed]) -> Verdict {
        let user = self.caller.user.as_deref().unwrap_or_default();
        let list = listed(any);
        let message = format!("The user with id '{user}' does not have one of the following permissions: {list}");
        Err(refusal(message, Some(user), any))
    }

    /// All of several permissions.
    ///
    /// # Errors
    /// `AuthorizationException` that names all of them, in the words for alternatives, as Camunda does.
    pub(crate) fn require_all(self, all: &[Needed]) -> Verdict {
        if !self.checked() || all.iter().all(|needed| self.disabled(needed) || self.has(needed)) {
            Ok(())
        } else {
            self.refuse_any(all)
        }
    }

    /// Something that belongs to a tenant; `what` completes "Cannot … because it belongs to no authenticated tenant".
    pub(crate) fn tenant(self, tenant: Option<&str>, what: impl FnOnce() -> String) -> Verdict {
        if World::sees_tenant(self.caller, tenant) {
            return Ok(());
        }
        Err(Fault::engine(format!("ENGINE-13034 Cannot {} because it belongs to no authenticated tenant.", what())))
    }

    fn is_admin(self) -> bool {
        self.caller.groups.iter().any(|group| group == ADMIN_GROUP)
    }

    /// Membership in [`ADMIN_GROUP`].
    pub(crate) fn admin(self) -> Verdict {
        if !self.checked() || self.is_admin() {
            return Ok(());
        }
        self.admin_only()
    }

    fn admin_only(self) -> Verdict {
        Err(refusal("ENGINE-03029 Required admin authenticated group or user.".to_owned(), None, &[]))
    }

    /// Membership in [`ADMIN_GROUP`], or a permission on the system.
    pub(crate) fn admin_or_system(self, permission: &'static str) -> Verdict {
        let needed = needed_on_all(permission, Resource::System);
        if !self.checked() || self.is_admin() || self.has(&needed) {
            return Ok(());
        }
        let message = format!(
            "ENGINE-03110 Required admin authenticated group or user or any of the following permissions: {}.",
            described(&needed)
        );
        Err(refusal(message, None, &[]))
    }
}

fn described(needed: &Needed) -> String {
    let place = needed.id.as_ref().map(|id| format!("{id}' of type '")).unwrap_or_default();
    format!("'{}' permission on resource '{place}{}'", needed.permission, needed.resource.name())
}

fn listed(any: &[Needed]) -> String {
    any.iter().map(described).collect::<Vec<_>>().join(" or ")
}

/// The fault; its details are what the REST API adds to the answer.
fn refusal(message: String, user: Option<&str>, missing: &[Needed]) -> Fault {
    let only = if let [only] = missing { Some(only) } else { None };
    let list: Vec<_> = missing
        .iter()
        .map(|needed| {
            json!({
                "permissionName": needed.permission,
                "resourceName": needed.resource.name(),
                "resourceId": needed.id,
            })
        })
        .collect();
    let details = json!({
        "userId": user,
        "resourceName": only.map(|needed| needed.resource.name()),
        "resourceId": only.and_then(|needed| needed.id.as_deref()),
        "permissionName": only.map(|needed| needed.permission),
        "missingAuthorizations": list,
    });
    let mut fault = Fault::new(FaultKind::Authorization, message);
    fault.details = Some(details.to_string());
    fault
}
