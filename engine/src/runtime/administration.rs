//! The engine's own jobs.

use engine_core::{
    command::Command,
    error::Fault,
    state::{Job, JobKind},
};
use models::Id;

use super::lane::Lane;
use crate::{pending::Pending, world::RecordChange};

pub(super) fn missing<T>(what: &str) -> Pending<T> {
    Pending::ready(Err(Fault::engine(format!("{what} is not supported by this version of Tollgate"))))
}

impl Lane {
    /// What a job of the engine itself does.
    pub(super) fn administrative_job(&mut self, job: &Job) -> Result<(Vec<(Id, Command)>, Vec<RecordChange>), Fault> {
        match &job.kind {
            JobKind::Suspension(handler, configuration) => self.delayed_suspension(handler, configuration),
            _ => Err(Fault::engine(format!("job {} can't be run", job.id))),
        }
    }
}
