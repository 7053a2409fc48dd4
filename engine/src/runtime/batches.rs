//! Batches: operations on many instances, cut into jobs.

use models::Id;

use super::{Engine, administration::missing};
use crate::{
    pending::Pending,
    request::{self, BatchChange, Caller},
};

impl Engine {
    /// Starts a batch.
    pub fn batch(&self, _request: request::Batch, _caller: &Caller) -> Pending<Id> {
        missing("batches")
    }

    /// Changes a batch.
    pub fn change_batch(&self, _change: BatchChange, _caller: &Caller) -> Pending<()> {
        missing("batches")
    }
}
