//! The engine's own jobs.

use engine_core::{
    error::Fault,
    state::{Job, JobKind},
};

use super::{engine_jobs::Work, lane::Lane};

impl Lane {
    /// What a job of the engine itself does.
    pub(super) fn administrative_job(&mut self, job: &Job) -> Result<Work, Fault> {
        match &job.kind {
            JobKind::Suspension(handler, configuration) => {
                let (commands, records) = self.delayed_suspension(handler, configuration)?;
                Ok(Work { commands, records, ..Work::default() })
            }
            JobKind::BatchSeed(batch) => self.seed_batch(*batch),
            JobKind::BatchMonitor(batch) => self.monitor_batch(*batch),
            JobKind::BatchExecution(batch, chunk) => self.run_batch(*batch, *chunk),
            JobKind::HistoryCleanup(_) => self.run_clean_up(job),
            _ => Err(Fault::engine(format!("job {} can't be run", job.id))),
        }
    }
}
