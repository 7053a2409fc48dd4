//! Users, groups, tenants and who belongs to what (`DbIdentityServiceProvider` of Camunda 7).

use engine_core::{
    error::Fault,
    history::{ADMIN, Operation},
};
use models::Id;

use super::{Change, Digest, changed_meanwhile, password, policy, stored_already};
use crate::{
    request::{Admin, GroupProfile, Membership as Belonging, StoredPassword, TenantProfile, UserProfile},
    world::{
        Group, Member, Membership, Record, RecordKey, Tenant, TenantMembership, User,
        permission::{ALL, READ, Resource},
    },
};

type Outcome = Result<Option<Id>, Fault>;

/// Ids of people consist of letters and digits (`generalResourceWhitelistPattern`).
fn valid_id(what: &str, id: &str) -> Result<(), Fault> {
    let plain = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric());
    if plain || id == crate::rights::ADMIN_GROUP {
        return Ok(());
    }
    Err(Fault::engine(format!("{what} has an invalid id: '{id}' is not a valid resource identifier.")))
}

fn exists(what: &str) -> Fault {
    Fault::bad_request(format!("The {what} already exists"))
}

fn not_found(what: &str, id: &str) -> Fault {
    Fault::null(format!("No {what} found with id '{id}'.: {what} is null"))
}

impl Change<'_> {
    fn note(&mut self, verb: &str, entity: &str, property: &str, id: &str) {
        self.log.push(Operation::new(verb, entity, ADMIN).with(property, id));
    }

    fn note_tenant(&mut self, verb: &str, id: &str) {
        let operation = Operation::new(verb, "Tenant", ADMIN).with("tenantId", id);
        self.log.push(operation.about(|entry| entry.tenant = Some(id.to_owned())));
    }

    // -- users ---------------------------------------------------------------------------------------------------------------

    fn user_of(&self, profile: &UserProfile) -> User {
        User {
            id: profile.id.clone(),
            first_name: profile.first_name.clone(),
            last_name: profile.last_name.clone(),
            email: profile.email.clone(),
            ..User::default()
        }
    }

    fn put_password(&self, user: &mut User, digest: Option<Digest>) -> Result<(), Fault> {
        let Some(digest) = digest else { return Ok(()) };
        if self.shared.options.identity.password_policy && !policy::passes(&digest.password, user) {
            return Err(Fault::engine("Password does not match policy"));
        }
        user.password = Some(digest.digest);
        user.salt = None;
        Ok(())
    }

    pub(super) fn create_user(&mut self, change: &Admin, profile: &UserProfile, digest: Option<Digest>) -> Outcome {
        valid_id("User", &profile.id)?;
        let mut user = self.user_of(profile);
        self.put_password(&mut user, digest)?;
        self.add_user(change, user)
    }

    pub(super) fn import_user(&mut self, change: &Admin, profile: &UserProfile, stored: &StoredPassword) -> Outcome {
        valid_id("User", &profile.id)?;
        if !password::is_digest(&stored.digest) {
            return Err(Fault::bad_request(format!(
                "the stored password of user '{}' is of no known kind: expected argon2, `{{SHA-512}}` or `{{SHA}}`",
                profile.id
            )));
        }
        let (password, salt) = (Some(stored.digest.clone()), stored.salt.clone());
        self.add_user(change, User { password, salt, ..self.user_of(profile) })
    }

    fn add_user(&mut self, change: &Admin, user: User) -> Outcome {
        self.check(change)?;
        let id = user.id.clone();
        if self.world.user(&id).is_some() {
            return Err(exists("user"));
        }
        self.put(Record::User(Box::new(user)));
        self.grant_user(&id, Resource::User, &id, ALL);
        self.note("Create", "User", "userId", &id);
        Ok(None)
    }

    pub(super) fn update_user(&mut self, change: &Admin, profile: &UserProfile) -> Outcome {
        valid_id("User", &profile.id)?;
        self.check(change)?;
        let known = self.world.user(&profile.id).ok_or_else(|| changed_meanwhile("UserEntity", &profile.id))?;
        let user = User {
            password: known.password.clone(),
            salt: known.salt.clone(),
            attempts: known.attempts,
            lock_expires: known.lock_expires,
            picture: known.picture.clone(),
            ..self.user_of(profile)
        };
        self.put(Record::User(Box::new(user)));
        self.note("Update", "User", "userId", &profile.id);
        Ok(None)
    }

    pub(super) fn set_password(&mut self, change: &Admin, id: &str, digest: Option<Digest>) -> Outcome {
        let mut user = self.world.user(id).cloned().ok_or_else(|| changed_meanwhile("UserEntity", id))?;
        self.put_password(&mut user, digest)?;
        self.check(change)?;
        self.put(Record::User(Box::new(user)));
        self.note("Update", "User", "userId", id);
        Ok(None)
    }

    pub(super) fn delete_user(&mut self, change: &Admin, id: &str) -> Outcome {
        self.check(change)?;
        if self.world.user(id).is_none() {
            return Ok(None);
        }
        let groups: Vec<String> = self.world.groups_of(id).map(str::to_owned).collect();
        for group in groups {
            self.remove(RecordKey::Membership(Membership { user: id.to_owned(), group }));
        }
        self.leave_tenants(&Member::User(id.to_owned()));
        self.drop_authorizations(Resource::User, id, |_| true);
        self.remove(RecordKey::User(id.to_owned()));
        self.note("Delete", "User", "userId", id);
        Ok(None)
    }

    pub(super) fn unlock_user(&mut self, change: &Admin, id: &str) -> Outcome {
        self.check(change)?;
        let Some(user) = self.world.user(id) else { return Ok(None) };
        if user.attempts == 0 && user.lock_expires.is_none() {
            return Ok(None);
        }
        self.put(Record::User(Box::new(User { attempts: 0, lock_expires: None, ..user.clone() })));
        self.note("Unlock", "User", "userId", id);
        Ok(None)
    }

    // -- groups --------------------------------------------------------------------------------------------------------------

    fn group_of(profile: &GroupProfile) -> Group {
        Group { id: profile.id.clone(), name: profile.name.clone(), kind: profile.kind.clone() }
    }

    pub(super) fn create_group(&mut self, change: &Admin, profile: &GroupProfile) -> Outcome {
        valid_id("Group", &profile.id)?;
        self.check(change)?;
        if self.world.group(&profile.id).is_some() {
            return Err(exists("group"));
        }
        self.put(Record::Group(Box::new(Self::group_of(profile))));
        self.grant_group(&profile.id, Resource::Group, &profile.id, READ);
        self.note("Create", "Group", "groupId", &profile.id);
        Ok(None)
    }

    pub(super) fn update_group(&mut self, change: &Admin, profile: &GroupProfile) -> Outcome {
        valid_id("Group", &profile.id)?;
        self.check(change)?;
        if self.world.group(&profile.id).is_none() {
            return Err(changed_meanwhile("GroupEntity", &profile.id));
        }
        self.put(Record::Group(Box::new(Self::group_of(profile))));
        self.note("Update", "Group", "groupId", &profile.id);
        Ok(None)
    }

    pub(super) fn delete_group(&mut self, change: &Admin, id: &str) -> Outcome {
        self.check(change)?;
        if self.world.group(id).is_none() {
            return Ok(None);
        }
        let users: Vec<String> = self.world.users_of_group(id).map(str::to_owned).collect();
        for user in users {
            self.remove(RecordKey::Membership(Membership { user, group: id.to_owned() }));
        }
        self.leave_tenants(&Member::Group(id.to_owned()));
        self.drop_authorizations(Resource::Group, id, |_| true);
        self.remove(RecordKey::Group(id.to_owned()));
        self.note("Delete", "Group", "groupId", id);
        Ok(None)
    }

    // -- tenants -------------------------------------------------------------------------------------------------------------

    fn tenant_of(profile: &TenantProfile) -> Tenant {
        Tenant { id: profile.id.clone(), name: profile.name.clone() }
    }

    pub(super) fn create_tenant(&mut self, change: &Admin, profile: &TenantProfile) -> Outcome {
        valid_id("Tenant", &profile.id)?;
        self.check(change)?;
        if self.world.tenant(&profile.id).is_some() {
            return Err(exists("tenant"));
        }
        self.put(Record::Tenant(Box::new(Self::tenant_of(profile))));
        self.note_tenant("Create", &profile.id);
        Ok(None)
    }

    pub(super) fn update_tenant(&mut self, change: &Admin, profile: &TenantProfile) -> Outcome {
        valid_id("Tenant", &profile.id)?;
        self.check(change)?;
        if self.world.tenant(&profile.id).is_none() {
            return Err(changed_meanwhile("TenantEntity", &profile.id));
        }
        self.put(Record::Tenant(Box::new(Self::tenant_of(profile))));
        self.note_tenant("Update", &profile.id);
        Ok(None)
    }

    pub(super) fn delete_tenant(&mut self, change: &Admin, id: &str) -> Outcome {
        self.check(change)?;
        if self.world.tenant(id).is_none() {
            return Ok(None);
        }
        let members: Vec<Member> = self.world.members_of_tenant(id).cloned().collect();
        for member in members {
            self.remove(RecordKey::TenantMembership(TenantMembership { tenant: id.to_owned(), member }));
        }
        self.drop_authorizations(Resource::Tenant, id, |_| true);
        self.remove(RecordKey::Tenant(id.to_owned()));
        self.note_tenant("Delete", id);
        Ok(None)
    }

    // -- memberships ---------------------------------------------------------------------------------------------------------

    /// Ends the memberships of a user or group that is deleted, with the grants they came with.
    fn leave_tenants(&mut self, member: &Member) {
        let tenants: Vec<String> = self
            .world
            .tenants()
            .filter(|tenant| self.world.members_of_tenant(&tenant.id).any(|known| known == member))
            .map(|tenant| tenant.id.clone())
            .collect();
        for tenant in tenants {
            self.drop_grants_of(member, &tenant);
            self.remove(RecordKey::TenantMembership(TenantMembership { tenant, member: member.clone() }));
        }
    }

    fn drop_grants_of(&mut self, member: &Member, tenant: &str) {
        self.drop_authorizations(Resource::Tenant, tenant, |row| match member {
            Member::User(id) => row.user.as_ref() == Some(id),
            Member::Group(id) => row.group.as_ref() == Some(id),
        });
    }

    fn must_be_user(&self, id: &str) -> Result<(), Fault> {
        self.world.user(id).map(|_| ()).ok_or_else(|| not_found("user", id))
    }

    fn must_be_group(&self, id: &str) -> Result<(), Fault> {
        self.world.group(id).map(|_| ()).ok_or_else(|| not_found("group", id))
    }

    fn must_be_tenant(&self, id: &str) -> Result<(), Fault> {
        self.world.tenant(id).map(|_| ()).ok_or_else(|| not_found("tenant", id))
    }

    pub(super) fn add_member(&mut self, change: &Admin, belonging: &Belonging) -> Outcome {
        self.check(change)?;
        match belonging {
            Belonging::UserGroup(user, group) => {
                self.must_be_user(user)?;
                self.must_be_group(group)?;
                if self.world.is_member(user, group) {
                    return Err(stored_already());
                }
                self.put(Record::Membership(Membership { user: user.clone(), group: group.clone() }));
            }
            Belonging::UserTenant(user, tenant) => {
                self.must_be_tenant(tenant)?;
                self.must_be_user(user)?;
                self.join_tenant(tenant, Member::User(user.clone()))?;
                self.grant_user(user, Resource::Tenant, tenant, READ);
            }
            Belonging::GroupTenant(group, tenant) => {
                self.must_be_tenant(tenant)?;
                self.must_be_group(group)?;
                self.join_tenant(tenant, Member::Group(group.clone()))?;
                self.grant_group(group, Resource::Tenant, tenant, READ);
            }
        }
        self.note_member("Create", belonging);
        Ok(None)
    }

    fn join_tenant(&mut self, tenant: &str, member: Member) -> Result<(), Fault> {
        if self.world.members_of_tenant(tenant).any(|known| *known == member) {
            return Err(stored_already());
        }
        self.put(Record::TenantMembership(TenantMembership { tenant: tenant.to_owned(), member }));
        Ok(())
    }

    pub(super) fn remove_member(&mut self, change: &Admin, belonging: &Belonging) -> Outcome {
        self.check(change)?;
        match belonging {
            Belonging::UserGroup(user, group) => {
                if !self.world.is_member(user, group) {
                    return Ok(None);
                }
                self.drop_authorizations(Resource::GroupMembership, group, |row| row.user.as_ref() == Some(user));
                self.remove(RecordKey::Membership(Membership { user: user.clone(), group: group.clone() }));
            }
            Belonging::UserTenant(id, tenant) | Belonging::GroupTenant(id, tenant) => {
                let member = match belonging {
                    Belonging::UserTenant(..) => Member::User(id.clone()),
                    _ => Member::Group(id.clone()),
                };
                if !self.world.members_of_tenant(tenant).any(|known| *known == member) {
                    return Ok(None);
                }
                self.drop_authorizations(Resource::TenantMembership, id, |_| true);
                self.drop_grants_of(&member, tenant);
                self.remove(RecordKey::TenantMembership(TenantMembership { tenant: tenant.clone(), member }));
            }
        }
        self.note_member("Delete", belonging);
        Ok(None)
    }

    fn note_member(&mut self, verb: &str, belonging: &Belonging) {
        let operation = match belonging {
            Belonging::UserGroup(user, group) => {
                Operation::new(verb, "Group membership", ADMIN).with("userId", user).with("groupId", group)
            }
            Belonging::UserTenant(user, tenant) => Operation::new(verb, "TenantMembership", ADMIN)
                .with("userId", user)
                .with("tenantId", tenant)
                .about(|entry| entry.tenant = Some(tenant.clone())),
            Belonging::GroupTenant(group, tenant) => Operation::new(verb, "TenantMembership", ADMIN)
                .with("groupId", group)
                .with("tenantId", tenant)
                .about(|entry| entry.tenant = Some(tenant.clone())),
        };
        self.log.push(operation);
    }
}
