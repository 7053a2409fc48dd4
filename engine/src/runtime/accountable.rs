//! What a caller may do, and what the user operation log says that it did.

use engine_core::{
    command::Command,
    history::{HistoryEvent, HistoryLevel, Operation},
};
use models::Id;

use super::lane::Lane;
use crate::{
    request::Caller,
    rights::{Rights, Verdict},
};

impl Lane {
    /// Checks what a caller may do. Not for work that holds the world's lock already: that asks [`Rights`] itself.
    pub(super) fn permit(&self, caller: &Caller, check: impl FnOnce(Rights<'_>) -> Verdict) -> Verdict {
        check(Rights::new(&self.shared.world.read(), caller))
    }

    /// Checks each of several commands.
    pub(super) fn permit_all(&self, caller: &Caller, commands: &[(Id, Command)]) -> Verdict {
        self.permit(caller, |rights| commands.iter().try_for_each(|(_, command)| rights.command(command)))
    }

    /// Whether what a caller does is written to the user operation log.
    pub(super) fn is_logged(&self, caller: &Caller) -> bool {
        caller.user.is_some() && self.shared.options.settings.history_level >= HistoryLevel::Full
    }

    /// The entries of the user operation log for what a caller did.
    pub(super) fn log_events(
        &mut self,
        log: impl IntoIterator<Item = Operation>,
        caller: &Caller,
    ) -> Vec<HistoryEvent> {
        if !self.is_logged(caller) {
            return Vec::new();
        }
        let operation = self.ids.fresh();
        let now = self.shared.clock.now();
        let ids = &mut self.ids;
        log.into_iter().flat_map(|entry| entry.events(operation, now, caller.user.as_deref(), || ids.fresh())).collect()
    }

    /// Entries for the work that is under way: its commit takes them along.
    pub(super) fn note(&mut self, log: impl IntoIterator<Item = Operation>, caller: &Caller) {
        let events = self.log_events(log, caller);
        self.log.extend(events);
    }
}
