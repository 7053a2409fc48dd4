//! Checks on users, groups, tenants, authorizations, filters and properties.

use super::{Rights, Verdict, needed, needed_on_all};
use crate::{
    request::{Admin, Membership},
    world::permission::Resource,
};

impl Rights<'_> {
    /// Reading what concerns the whole engine.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_system(self) -> Verdict {
        self.admin_or_system("READ")
    }

    /// Taking everything home, with the hashes of all passwords: for whom Camunda calls an administrator, also where
    /// authorizations are not checked. Without logins nobody is told apart.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn back_up(self) -> Verdict {
        if self.caller.user.is_none() || self.is_admin() {
            return Ok(());
        }
        self.admin_only()
    }

    /// Reading a filter.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn read_filter(self, id: &str) -> Verdict {
        self.require(&needed("READ", Resource::Filter, id))
    }

    /// Whether the caller may change what is administered.
    pub(crate) fn administer(self, change: &Admin) -> Verdict {
        use Resource::{Authorization, Filter, Group, GroupMembership, Tenant, TenantMembership, User};
        let create = |resource| self.require(&needed_on_all("CREATE", resource));
        let on = |permission, resource, id: &str| self.require(&needed(permission, resource, id));
        match change {
            Admin::CreateUser(..) | Admin::ImportUser(..) => create(User),
            Admin::UpdateUser(profile) => on("UPDATE", User, &profile.id),
            Admin::SetPassword { user, .. } => on("UPDATE", User, user),
            Admin::DeleteUser(id) => on("DELETE", User, id),
            Admin::UnlockUser(_) => self.admin(),
            Admin::CreateGroup(_) => create(Group),
            Admin::UpdateGroup(profile) => on("UPDATE", Group, &profile.id),
            Admin::DeleteGroup(id) => on("DELETE", Group, id),
            Admin::CreateTenant(_) => create(Tenant),
            Admin::UpdateTenant(profile) => on("UPDATE", Tenant, &profile.id),
            Admin::DeleteTenant(id) => on("DELETE", Tenant, id),
            Admin::Member { membership, add } => {
                let permission = if *add { "CREATE" } else { "DELETE" };
                match membership {
                    Membership::UserGroup(_, group) => on(permission, GroupMembership, group),
                    Membership::UserTenant(_, tenant) | Membership::GroupTenant(_, tenant) => {
                        on(permission, TenantMembership, tenant)
                    }
                }
            }
            Admin::CreateAuthorization(_) => create(Authorization),
            Admin::UpdateAuthorization(id, _) => on("UPDATE", Authorization, &id.to_string()),
            Admin::DeleteAuthorization(id) => on("DELETE", Authorization, &id.to_string()),
            Admin::CreateFilter(_) => on("CREATE", Filter, "*"),
            Admin::UpdateFilter(id, _) => on("UPDATE", Filter, &id.to_string()),
            Admin::DeleteFilter(id) => on("DELETE", Filter, &id.to_string()),
            Admin::SetProperty(_, Some(_)) => self.admin_or_system("SET"),
            Admin::SetProperty(_, None) => self.admin_or_system("DELETE"),
        }
    }
}
