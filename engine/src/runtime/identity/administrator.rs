//! The first administrator, without whom nobody could let anybody else in.

use engine_core::error::Fault;

use crate::{
    Engine,
    request::{Admin, AuthorizationDraft, Caller, GroupProfile, Membership, UserProfile},
    rights::ADMIN_GROUP,
    world::{AuthorizationType, permission::Resource},
};

impl Engine {
    /// Makes sure that a user is an administrator: a member of `camunda-admin`, which may do everything. Answers whether the
    /// user was created; the password of one that exists stays. Blocks.
    ///
    /// # Errors
    /// When the id or password can't be taken, or the store fails.
    pub fn ensure_administrator(&self, user: &str, password: &str) -> Result<bool, Fault> {
        let nobody = Caller::default();
        let change = |change: Admin| self.admin(change, &nobody).wait();
        let created = self.read().user(user).is_none();
        if created {
            let profile = UserProfile { id: user.to_owned(), ..UserProfile::default() };
            change(Admin::CreateUser(profile, Some(password.to_owned())))?;
        }
        if self.read().group(ADMIN_GROUP).is_none() {
            change(Admin::CreateGroup(GroupProfile {
                id: ADMIN_GROUP.to_owned(),
                name: Some("Administrators".to_owned()),
                kind: Some("SYSTEM".to_owned()),
            }))?;
        }
        if !self.read().is_member(user, ADMIN_GROUP) {
            let membership = Membership::UserGroup(user.to_owned(), ADMIN_GROUP.to_owned());
            change(Admin::Member { membership, add: true })?;
        }
        for resource in Resource::ALL {
            let known = self
                .read()
                .authorizations_on(resource, "*")
                .any(|row| row.kind == AuthorizationType::Grant && row.group.as_deref() == Some(ADMIN_GROUP));
            if !known {
                change(Admin::CreateAuthorization(AuthorizationDraft {
                    kind: AuthorizationType::Grant.number(),
                    permissions: Some(vec!["ALL".to_owned()]),
                    user: None,
                    group: Some(ADMIN_GROUP.to_owned()),
                    resource_type: Some(resource.number()),
                    resource: Some("*".to_owned()),
                }))?;
            }
        }
        Ok(created)
    }
}
