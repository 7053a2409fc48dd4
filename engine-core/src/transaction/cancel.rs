//! Interrupting and deleting executions (S-EN-4, S-EN-9).

use std::sync::Arc;

use models::Id;

use super::{Step, Tx, step::EndKind};
use crate::{
    graph::{Kind, PROCESS},
    state::{ActivityState, AsyncOperation, JobKind},
};

/// How a deletion goes about listeners, mappings and called instances.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DeleteFlags {
    pub(crate) skip_listeners: bool,
    pub(crate) skip_io: bool,
    pub(crate) externally_terminated: bool,
    pub(crate) skip_subprocesses: bool,
}

impl Tx<'_> {
    /// Interrupts a scope: everything running in it ends, its triggers go, the scope itself stays (S-EN-7).
    pub(crate) fn interrupt(&mut self, id: Id, reason: &str) -> Step {
        self.interrupt_with(id, reason, DeleteFlags::default())
    }

    pub(crate) fn interrupt_with(&mut self, id: Id, reason: &str, flags: DeleteFlags) -> Step {
        {
            let scratch = self.scratch_mut(id);
            scratch.skip_listeners = flags.skip_listeners;
            scratch.skip_io = flags.skip_io;
        }
        if self.scratch(id).is_some_and(|s| s.preserve_scope) {
            self.remove_activity_jobs(id);
        } else {
            self.remove_jobs(id);
            self.remove_subscriptions_except_compensation(id);
        }
        self.remove_tasks(id, Some(reason))?;
        self.clear_scope(id, reason, flags)
    }

    fn clear_scope(&mut self, id: Id, reason: &str, flags: DeleteFlags) -> Step {
        {
            let scratch = self.scratch_mut(id);
            scratch.skip_listeners = flags.skip_listeners;
            scratch.skip_io = flags.skip_io;
        }
        if let Some(called) = self.t.state.called_instance(id) {
            self.delete_cascade(called, Some(reason), Some(flags))?;
        }
        for child in self.running_children(id) {
            if self.t.state.execution(child).is_some() {
                self.delete_cascade(child, Some(reason), Some(flags))?;
            }
        }
        let row = self.execution(id);
        // a token that waits at a joining gateway is not active; only what comes from outside cancels it there
        if (row.is_active || flags.externally_terminated) && row.activity.is_some() {
            let failed = self.scratch(id).is_some_and(|s| s.end_listeners_failed);
            if row.activity_state != ActivityState::Ending || failed {
                self.scratch_mut(id).canceled = true;
                self.notify_end(id, EndKind::Interrupt)?;
                self.scratch_mut(id).canceled = false;
            }
            self.change(id, |row| row.activity_state = ActivityState::Default);
        }
        self.remove_external_tasks(id);
        Ok(())
    }

    /// Deletes an execution with everything below it, leaves first. Without flags the execution's own are kept.
    pub(crate) fn delete_cascade(&mut self, id: Id, reason: Option<&str>, flags: Option<DeleteFlags>) -> Step {
        let reason: Option<Arc<str>> = reason.map(Arc::from);
        let flags = flags.unwrap_or_default();
        {
            let scratch = self.scratch_mut(id);
            scratch.delete_reason.clone_from(&reason);
            scratch.delete_root = true;
            scratch.ended = true;
            scratch.skip_listeners = flags.skip_listeners;
            scratch.skip_io = flags.skip_io;
            scratch.externally_terminated = flags.externally_terminated;
            scratch.skip_subprocesses = flags.skip_subprocesses;
        }
        loop {
            if self.t.state.execution(id).is_none() {
                return Ok(());
            }
            let leaf = self.next_leaf(id);
            {
                let scratch = self.scratch_mut(leaf);
                scratch.skip_listeners = flags.skip_listeners;
                scratch.skip_io = flags.skip_io;
                scratch.externally_terminated = flags.externally_terminated;
                scratch.delete_reason.clone_from(&reason);
            }
            if let Some(called) = self.t.state.called_instance(leaf) {
                if flags.skip_subprocesses {
                    self.detach_called(called);
                } else {
                    self.delete_cascade(called, reason.as_deref(), Some(flags))?;
                }
            }
            self.delete_leaf(leaf, id)?;
            if leaf == id {
                return Ok(());
            }
        }
    }

    /// A called instance goes on without its caller.
    fn detach_called(&mut self, called: Id) {
        let Some(row) = self.t.state.drop_execution(called) else { return };
        let mut row = Arc::unwrap_or_clone(row);
        row.super_execution = None;
        self.t.state.add_execution(row);
    }

    fn next_leaf(&self, id: Id) -> Id {
        let mut at = id;
        while let Some(child) = self.t.state.children(at).next() {
            at = child.id;
        }
        at
    }

    /// `delete-cascade-fire-activity-end` on one execution, up to its delete root.
    fn delete_leaf(&mut self, id: Id, root: Id) -> Step {
        loop {
            self.scratch_mut(id).canceled = true;
            let row = self.execution(id).clone();
            let definition = self.definition_of(id)?;
            let graph = definition.graph.clone();
            match row.activity {
                Some(activity) if !row.is_event_scope => {
                    self.notify_end(id, EndKind::Cancel)?;
                    let node = graph.node(activity);
                    let row = self.execution(id).clone();
                    let executes_non_scope = !node.is_scope;
                    // what has ended its activity, and waits to leave the scope of this activity, goes with it when the scope
                    // around is deleted too; alone it ends what is around, as in Camunda, whose listeners hear of it
                    let waits =
                        node.is_scope && row.activity_instance.is_none() && (id == root || !self.waits_to_end(id));
                    let compensating = super::modify::runs_handler_without_scope(&graph, &row);
                    if row.is_scope && (executes_non_scope || waits) && !compensating {
                        self.leave_activity_instance(id);
                        let above = if node.parent == PROCESS { None } else { Some(node.parent) };
                        self.change(id, |row| row.activity = above);
                        if above.is_none() && row.parent.is_none() {
                            self.end_deleted_process(id)?;
                        } else if above.is_some() {
                            continue;
                        }
                    } else if row.parent.is_none() {
                        self.change(id, |row| row.activity = None);
                        self.end_deleted_process(id)?;
                    }
                }
                _ if row.parent.is_none() => self.end_deleted_process(id)?,
                _ => {}
            }
            break;
        }
        let row = self.execution(id).clone();
        if row.is_scope {
            if row.parent.is_some() && self.host.settings().skip_output_mapping_on_canceled {
                self.scratch_mut(id).skip_io = true;
            }
            if !row.is_event_scope {
                self.destroy(id)?;
            }
        }
        self.remove(id)?;
        if id == root {
            return Ok(());
        }
        let mut propagating = row.parent;
        if let Some(parent) = propagating {
            let up = self.execution(parent).clone();
            if !up.is_scope && self.t.state.children(parent).next().is_none() {
                self.remove(parent)?;
                if parent == root {
                    return Ok(());
                }
                propagating = up.parent;
            }
        }
        if let Some(parent) = propagating {
            let definition = self.definition_of(parent)?;
            if self.execution(parent).activity.is_none() {
                if let Some(activity) = row.activity {
                    let scope = definition.graph.node(activity).parent;
                    if scope != PROCESS {
                        let inside = matches!(
                            definition.graph.node(scope).kind,
                            Kind::SubProcess { .. } | Kind::EventSubProcess | Kind::MultiInstanceBody(_)
                        );
                        if inside {
                            self.change(parent, |row| row.activity = Some(scope));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether an execution has ended its activity, and an asynchronous continuation is to end the scope with it.
    fn waits_to_end(&self, id: Id) -> bool {
        self.t.state.jobs_of(id).any(|job| job.kind == JobKind::Async(AsyncOperation::ActivityEnd))
    }

    /// End listeners and history of a process instance that is deleted.
    fn end_deleted_process(&mut self, id: Id) -> Step {
        self.change(id, |row| row.activity_state = ActivityState::Canceled);
        if let Err(thrown) = self.run_listeners(id, PROCESS, "end") {
            return Err(self.fault_of(id, thrown));
        }
        self.history_process_ended(id)
    }
}
