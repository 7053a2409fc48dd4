//! Changes of users, groups, tenants, authorizations, filters and properties.

use models::Id;

use super::{Engine, administration::missing};
use crate::{
    pending::Pending,
    request::{self, Admin, Caller},
};

impl Engine {
    /// Changes users, groups, tenants, authorizations, filters or properties.
    pub fn admin(&self, _change: Admin, _caller: &Caller) -> Pending<Option<Id>> {
        missing("administration")
    }

    /// Checks a password.
    pub fn verify(&self, _request: request::Verify) -> Pending<bool> {
        missing("verifying passwords")
    }
}
