//! Migration of a running instance to another definition (S-MO-9).

use super::{Step, Tx};
use crate::{command::Migration, error::Fault};

impl Tx<'_> {
    pub(crate) fn migrate(&mut self, migration: Migration) -> Step {
        Err(Fault::engine(format!("migration of {} is not available", migration.process_instance)))
    }
}
