//! Migration plans and their execution.

use super::{Engine, administration::missing};
use crate::{
    pending::Pending,
    request::{self, Caller, MigrationPlan, MigrationReport},
};

impl Engine {
    /// Makes a migration plan that maps equal activities.
    pub fn generate_migration(&self, _request: request::GenerateMigration, _caller: &Caller) -> Pending<MigrationPlan> {
        missing("generating migration plans")
    }

    /// Checks a migration plan.
    pub fn validate_migration(&self, _plan: MigrationPlan, _caller: &Caller) -> Pending<MigrationReport> {
        missing("validating migration plans")
    }

    /// Migrates process instances.
    pub fn migrate(&self, _request: request::Migrate, _caller: &Caller) -> Pending<()> {
        missing("migration")
    }
}
