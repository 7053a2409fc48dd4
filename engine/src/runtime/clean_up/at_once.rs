//! History of root instances with one process instance that lies on disk is removed without a transaction of theirs: what is on
//! disk and the note that it has left its segment go in one commit for each portion.

use std::{collections::BTreeSet, sync::Arc};

use engine_core::{command::Command, error::Fault, history::HistoryEvent};
use models::Id;
use store::Op;

use crate::{
    runtime::{lane::Lane, persist},
    world::{RootHistory, WorldChange, cold::Due},
};

/// Portions that one run of a clean-up job removes at once: they cost little, and each run leaves an entry in the job log.
pub(super) const PORTIONS: usize = 4;

impl Lane {
    /// Removes them. Answers commands that remove those of which commits are under way, which may bring them back.
    pub(super) fn remove_at_once(&mut self, due: Vec<Due>) -> Result<Vec<(Id, Command)>, Fault> {
        self.settle_recorded();
        let (busy, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|due| self.is_ahead_of(due.root));
        let deleted = |root| vec![HistoryEvent::ProcessInstanceDeleted(root)];
        for due in due.chunks(self.shared.options.clean_up.batch_size.max(1)) {
            let ops = self.removal_ops(due).map_err(|error| Fault::engine(error.to_string()))?;
            let told = |due: &Due| RootHistory { root: Some(due.root), events: deleted(due.root), is_on_disk: true };
            let history = Arc::new(due.iter().map(told).collect());
            let change = WorldChange { history, removed: due.to_vec(), ..WorldChange::default() };
            let (shared, due) = (self.shared.clone(), due.to_vec());
            let done = move |result: Result<_, Fault>| {
                if let Err(fault) = result {
                    tracing::warn!("history stays that should be removed: {fault}");
                    shared.world.write().history.cold.end_removal(&due, false);
                }
            };
            self.write_change(ops, change, Box::new(done));
        }
        Ok(busy.into_iter().map(|due| (due.root, Command::Record(deleted(due.root)))).collect())
    }

    /// Writes that remove them; from here on they are known to be on their way out.
    fn removal_ops(&self, due: &[Due]) -> Result<Vec<Op>, store::Error> {
        let mut ops = Vec::with_capacity(due.len() + 2);
        for due in due {
            persist::forget_whole(&self.shared.store, due.root, &mut ops)?;
        }
        let segments: BTreeSet<u64> = due.iter().map(|due| due.segment).collect();
        let cold = &mut self.shared.world.write().history.cold;
        cold.begin_removal(due);
        for number in segments {
            persist::gone_ops(number, cold.gone(number), &mut ops);
        }
        Ok(ops)
    }
}
