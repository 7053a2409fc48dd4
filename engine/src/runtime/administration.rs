//! Jobs of the engine itself: batches, delayed suspension, clean-up.

use engine_core::{command::Command, error::Fault, state::Job};
use models::Id;

use super::lane::Lane;
use crate::world::RecordChange;

impl Lane {
    /// What a job of the engine itself does.
    pub(super) fn administrative_job(&mut self, job: &Job) -> Result<(Vec<(Id, Command)>, Vec<RecordChange>), Fault> {
        Err(Fault::engine(format!("job {} can't be run", job.id)))
    }
}
