//! Users, groups, tenants, and what they may do.

use std::collections::{BTreeMap, BTreeSet};

use models::Id;

use super::{
    Authorization, AuthorizationType, Group, Member, Membership, Model, Tenant, TenantMembership, User, World,
    permission::Resource,
};
use crate::{request::Caller, rights::ADMIN_GROUP};

/// Who there is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) groups: BTreeMap<String, Group>,
    pub(crate) tenants: BTreeMap<String, Tenant>,
    pub(crate) memberships: BTreeSet<Membership>,
    pub(crate) tenant_memberships: BTreeSet<TenantMembership>,
    pub(crate) authorizations: BTreeMap<Id, Authorization>,
    /// Authorizations by resource type and resource.
    by_resource: BTreeMap<(i32, String), BTreeSet<Id>>,
}

impl Identity {
    pub(super) fn put_authorization(&mut self, row: Authorization) {
        self.remove_authorization(row.id);
        self.by_resource.entry((row.resource_type, row.resource_id.clone())).or_default().insert(row.id);
        self.authorizations.insert(row.id, row);
    }

    pub(super) fn remove_authorization(&mut self, id: Id) {
        let Some(row) = self.authorizations.remove(&id) else {
            return;
        };
        let place = (row.resource_type, row.resource_id);
        if let Some(ids) = self.by_resource.get_mut(&place) {
            ids.remove(&id);
            if ids.is_empty() {
                self.by_resource.remove(&place);
            }
        }
    }

    fn on(&self, resource_type: i32, resource: &str) -> impl Iterator<Item = &Authorization> {
        let ids = self.by_resource.get(&(resource_type, resource.to_owned()));
        ids.into_iter().flatten().filter_map(|id| self.authorizations.get(id))
    }
}

impl Model {
    /// The user of that id.
    pub fn user(&self, id: &str) -> Option<&User> {
        self.identity.users.get(id)
    }

    /// All users, by id.
    pub fn users(&self) -> impl Iterator<Item = &User> {
        self.identity.users.values()
    }

    /// The group of that id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.identity.groups.get(id)
    }

    /// All groups, by id.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.identity.groups.values()
    }

    /// The tenant of that id.
    pub fn tenant(&self, id: &str) -> Option<&Tenant> {
        self.identity.tenants.get(id)
    }

    /// All tenants, by id.
    pub fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        self.identity.tenants.values()
    }

    /// Ids of the groups of a user.
    pub fn groups_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a str> {
        self.identity
            .memberships
            .range(Membership { user: user.to_owned(), group: String::new() }..)
            .take_while(move |row| row.user == user)
            .map(|row| row.group.as_str())
    }

    /// Ids of the users of a group.
    pub fn users_of_group<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a str> {
        self.identity.memberships.iter().filter(move |row| row.group == group).map(|row| row.user.as_str())
    }

    /// Whether a user is in a group.
    pub fn is_member(&self, user: &str, group: &str) -> bool {
        self.identity.memberships.contains(&Membership { user: user.to_owned(), group: group.to_owned() })
    }

    /// Users and groups of a tenant.
    pub fn members_of_tenant<'a>(&'a self, tenant: &'a str) -> impl Iterator<Item = &'a Member> {
        let rows = self.identity.tenant_memberships.iter();
        rows.filter(move |row| row.tenant == tenant).map(|row| &row.member)
    }

    /// Ids of the tenants of a user, its groups included.
    pub fn tenants_of(&self, user: &str) -> Vec<&str> {
        let mut tenants: Vec<&str> = self
            .identity
            .tenant_memberships
            .iter()
            .filter(|row| match &row.member {
                Member::User(member) => member == user,
                Member::Group(group) => self.is_member(user, group),
            })
            .map(|row| row.tenant.as_str())
            .collect();
        tenants.dedup();
        tenants
    }

    /// The authorization of that id.
    pub fn authorization(&self, id: Id) -> Option<&Authorization> {
        self.identity.authorizations.get(&id)
    }

    /// All authorizations, in order of creation.
    pub fn authorizations(&self) -> impl Iterator<Item = &Authorization> {
        self.identity.authorizations.values()
    }

    /// Authorizations on a resource (`*` is a resource of its own here), in order of creation.
    pub fn authorizations_on(&self, resource: Resource, id: &str) -> impl Iterator<Item = &Authorization> {
        self.identity.on(resource.number(), id)
    }

    /// Whether a caller has a permission on a resource; `None` is a resource without id, which only `*` covers.
    ///
    /// The first of these that says something decides, as in Camunda 7: the user's own grant, then revocation, for the
    /// resource; for all resources; the same of the user's groups; a global grant. Always true when authorizations are not
    /// checked for the caller.
    pub fn may(&self, caller: &Caller, resource: Resource, id: Option<&str>, permission: i32) -> bool {
        if !caller.authorized {
            return true;
        }
        let Some(user) = caller.user.as_deref() else {
            return true;
        };
        if caller.policy.disables(resource, permission) {
            return true;
        }
        let grants = |row: &Authorization| row.permissions & permission == permission;
        let own = |row: &Authorization| row.user.as_deref() == Some(user);
        let groups = |row: &Authorization| row.group.as_ref().is_some_and(|group| caller.groups.contains(group));
        let decide = |holder: &dyn Fn(&Authorization) -> bool, id: &str| {
            let rows = || self.authorizations_on(resource, id).filter(|row| holder(row));
            if rows().any(|row| row.kind == AuthorizationType::Grant && grants(row)) {
                Some(true)
            } else if rows().any(|row| row.kind == AuthorizationType::Revoke && !grants(row)) {
                Some(false)
            } else {
                None
            }
        };
        let both = |holder: &dyn Fn(&Authorization) -> bool| {
            id.and_then(|id| decide(holder, id)).or_else(|| decide(holder, "*"))
        };
        both(&own).or_else(|| both(&groups)).unwrap_or_else(|| {
            id.into_iter().chain(["*"]).any(|id| {
                self.authorizations_on(resource, id).any(|row| row.kind == AuthorizationType::Global && grants(row))
            })
        })
    }
}

impl World {
    /// Whether a caller may see what belongs to a tenant: nobody's things, those of the caller's tenants, and all for
    /// administrators and without authentication.
    pub fn sees_tenant(caller: &Caller, tenant: Option<&str>) -> bool {
        let Some(tenant) = tenant else { return true };
        caller.user.is_none()
            || caller.tenants.iter().any(|own| own == tenant)
            || caller.groups.iter().any(|group| group == ADMIN_GROUP)
    }
}
