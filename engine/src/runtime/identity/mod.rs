//! Changes of users, groups, tenants, authorizations, filters and properties.
//!
//! Each change is checked, computed on the published state and written as records with its entries of the user operation
//! log, all in one commit. Passwords are hashed before, away from the lane.

mod administrator;
mod authorizations;
mod filters;
mod password;
mod people;
mod policy;

use std::sync::Arc;

pub(super) use authorizations::grant;
use engine_core::{
    error::{Fault, FaultKind},
    history::Operation,
};
use models::{Id, Timestamp};
pub use policy::{PolicyRule, RULES as PASSWORD_RULES};

use super::{Engine, Shared, ids::IdSource, lane::Lane};
use crate::{
    pending::Pending,
    request::{Admin, Caller, PermissionPolicy, Verify},
    rights::Rights,
    world::{Property, Record, RecordChange, RecordKey, User, World},
};

/// How people are let in and what they may do.
#[derive(Clone, Debug)]
pub struct IdentityOptions {
    /// Authorizations count: what a caller has no permission for is refused. Who creates something gets the permissions on it
    /// that Camunda grants.
    pub authorization: bool,
    /// How they are checked.
    pub permissions: Arc<PermissionPolicy>,
    /// New passwords must pass [`PASSWORD_RULES`].
    pub password_policy: bool,
    /// Failed logins in a row after which a user is locked until an administrator unlocks it.
    pub max_attempts: u32,
    /// Seconds a user is locked after the first failed login.
    pub delay_base: u32,
    /// Factor by which each further failed login lengthens the lock.
    pub delay_factor: u32,
    /// The longest lock in seconds, before the last attempt.
    pub delay_max: u32,
}

impl Default for IdentityOptions {
    fn default() -> Self {
        Self {
            authorization: false,
            permissions: Arc::default(),
            password_policy: false,
            max_attempts: 10,
            delay_base: 3,
            delay_factor: 2,
            delay_max: 60,
        }
    }
}

impl IdentityOptions {
    /// When a user may try again after so many failed logins.
    fn locked_until(&self, attempts: u32, now: Timestamp) -> Timestamp {
        let delay =
            f64::from(self.delay_base) * f64::from(self.delay_factor).powi(attempts.saturating_sub(1).cast_signed());
        #[expect(clippy::cast_possible_truncation, reason = "not longer than `delay_max`")]
        let seconds = delay.min(f64::from(self.delay_max)) as i64;
        now.plus_ms(seconds * 1000)
    }

    fn is_locked(&self, user: &User, now: Timestamp) -> bool {
        user.attempts >= self.max_attempts || user.lock_expires.is_some_and(|until| until > now)
    }
}

impl Engine {
    /// How people are let in and what they may do.
    pub fn identity_options(&self) -> &IdentityOptions {
        &self.inner.shared.options.identity
    }

    /// Changes users, groups, tenants, authorizations, filters or properties.
    pub fn admin(&self, change: Admin, caller: &Caller) -> Pending<Option<Id>> {
        let caller = caller.clone();
        let password = match &change {
            Admin::CreateUser(_, password) => password.clone(),
            Admin::SetPassword { password, .. } => Some(password.clone()),
            _ => None,
        };
        let Some(password) = password else {
            return self.lane(move |lane, answer| {
                lane.administrate(&change, None, &caller, Box::new(move |result| drop(answer.send(result))));
            });
        };
        self.hashing(move |engine, answer| {
            let digest = password::hash(&password);
            engine.post(move |lane| {
                lane.administrate(&change, Some(digest), &caller, Box::new(move |result| drop(answer.send(result))));
            });
        })
    }

    /// Checks a password. A wrong one locks the user for a while, as does each further one for longer.
    pub fn verify(&self, request: Verify) -> Pending<bool> {
        let options = self.inner.shared.options.identity.clone();
        let Some(user) = self.world().user(&request.user).cloned() else { return Pending::ready(Ok(false)) };
        if options.is_locked(&user, self.now()) {
            return Pending::ready(Ok(false));
        }
        self.hashing(move |engine, answer| {
            let right = password::matches(&request.password, &user);
            if right && user.attempts == 0 && user.lock_expires.is_none() {
                drop(answer.send(Ok(true)));
                return;
            }
            engine.post(move |lane| {
                lane.logged_in(&user.id, right, Box::new(move |result| drop(answer.send(result))));
            });
        })
    }

    /// Runs work that hashes on a thread of its own; one hash at a time, for each takes memory.
    fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce(Self, tokio::sync::oneshot::Sender<Result<T, Fault>>) + Send + 'static,
    ) -> Pending<T> {
        let (answer, pending) = Pending::channel();
        let engine = self.clone();
        self.inner.shared.tokio().spawn_blocking(move || work(engine, answer));
        pending
    }

    /// Gives work to the lane from another thread.
    fn post(&self, work: impl FnOnce(&mut Lane) + Send + 'static) {
        let _ = self.inner.lane.send(super::Message::Run(Box::new(work)));
    }
}

type Done<T> = Box<dyn FnOnce(Result<T, Fault>) + Send>;

/// A change that is being worked out.
struct Change<'a> {
    shared: &'a Shared,
    world: &'a World,
    caller: &'a Caller,
    ids: &'a mut IdSource,
    records: Vec<RecordChange>,
    log: Vec<Operation>,
}

/// A new password with its digest: what the policy says about it needs its text.
#[derive(Clone, Debug)]
struct Digest {
    digest: String,
    password: String,
}

impl Lane {
    fn administrate(&mut self, change: &Admin, digest: Option<Digest>, caller: &Caller, done: Done<Option<Id>>) {
        self.settle();
        let shared = self.shared.clone();
        let worked_out = {
            let world = shared.world.read();
            let mut work = Change {
                shared: &shared,
                world: &world,
                caller,
                ids: &mut self.ids,
                records: Vec::new(),
                log: Vec::new(),
            };
            work.run(change, digest).map(|id| (id, work.records, work.log))
        };
        match worked_out {
            Err(fault) => done(Err(fault)),
            Ok((id, records, log)) => {
                let events = self.log_events(log, caller);
                self.write_records(records, events, Box::new(move |result| done(result.map(|()| id))));
            }
        }
    }

    /// Counts a login.
    fn logged_in(&mut self, user: &str, right: bool, done: Done<bool>) {
        self.settle();
        let shared = self.shared.clone();
        let options = &shared.options.identity;
        let now = shared.clock.now();
        let Some(mut row) = shared.world.read().user(user).cloned() else { return done(Ok(false)) };
        if options.is_locked(&row, now) {
            return done(Ok(false));
        }
        if right {
            row.attempts = 0;
            row.lock_expires = None;
        } else {
            row.attempts += 1;
            row.lock_expires = Some(options.locked_until(row.attempts, now));
            if row.attempts >= options.max_attempts {
                tracing::warn!("user `{user}` is locked after {} failed logins", row.attempts);
            }
        }
        let records = vec![RecordChange::Put(Record::User(Box::new(row)))];
        self.write_records(records, Vec::new(), Box::new(move |result| done(result.map(|()| right))));
    }
}

impl Change<'_> {
    fn run(&mut self, change: &Admin, digest: Option<Digest>) -> Result<Option<Id>, Fault> {
        match change {
            Admin::CreateUser(profile, _) => self.create_user(change, profile, digest),
            Admin::ImportUser(profile, stored) => self.import_user(change, profile, stored),
            Admin::UpdateUser(profile) => self.update_user(change, profile),
            Admin::SetPassword { user, .. } => self.set_password(change, user, digest),
            Admin::DeleteUser(id) => self.delete_user(change, id),
            Admin::UnlockUser(id) => self.unlock_user(change, id),
            Admin::CreateGroup(profile) => self.create_group(change, profile),
            Admin::UpdateGroup(profile) => self.update_group(change, profile),
            Admin::DeleteGroup(id) => self.delete_group(change, id),
            Admin::CreateTenant(profile) => self.create_tenant(change, profile),
            Admin::UpdateTenant(profile) => self.update_tenant(change, profile),
            Admin::DeleteTenant(id) => self.delete_tenant(change, id),
            Admin::Member { membership, add: true } => self.add_member(change, membership),
            Admin::Member { membership, add: false } => self.remove_member(change, membership),
            Admin::CreateAuthorization(draft) => self.create_authorization(change, draft).map(Some),
            Admin::UpdateAuthorization(id, draft) => self.update_authorization(change, *id, draft),
            Admin::DeleteAuthorization(id) => self.delete_authorization(change, *id),
            Admin::CreateFilter(draft) => self.create_filter(change, draft).map(Some),
            Admin::UpdateFilter(id, draft) => self.update_filter(change, *id, draft),
            Admin::DeleteFilter(id) => self.delete_filter(change, *id),
            Admin::SetProperty(name, value) => self.set_property(change, name, value.as_deref()),
        }
    }

    fn check(&self, change: &Admin) -> Result<(), Fault> {
        Rights::new(self.world, self.caller).administer(change)
    }

    fn put(&mut self, record: Record) {
        self.records.push(RecordChange::Put(record));
    }

    fn remove(&mut self, key: RecordKey) {
        self.records.push(RecordChange::Remove(key));
    }

    fn authorization_enabled(&self) -> bool {
        self.shared.options.identity.authorization
    }

    fn set_property(&mut self, change: &Admin, name: &str, value: Option<&str>) -> Result<Option<Id>, Fault> {
        self.check(change)?;
        let known = self.world.property(name).is_some();
        let verb = match (value, known) {
            (Some(_), true) => "Update",
            (Some(_), false) => "Create",
            (None, true) => "Delete",
            (None, false) => return Ok(None),
        };
        match value {
            Some(value) => self.put(Record::Property(Property { name: name.to_owned(), value: value.to_owned() })),
            None => self.remove(RecordKey::Property(name.to_owned())),
        }
        self.log.push(Operation::new(verb, "Property", engine_core::history::ADMIN).with("name", name));
        Ok(None)
    }
}

/// There is a row of the same key already.
fn stored_already() -> Fault {
    Fault::persistence()
}

/// What changed under the hands of the caller: the row is not as it was read.
fn changed_meanwhile(what: &str, id: &str) -> Fault {
    Fault::new(
        FaultKind::OptimisticLocking,
        format!(
            "ENGINE-03005 Execution of 'UPDATE {what}[{id}]' failed. Entity was updated by another transaction concurrently."
        ),
    )
}
