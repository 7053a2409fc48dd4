//! What hangs on an element, moved to the target's definition; and history of all that moves.

use models::{Id, Text};

use super::{Ix, Migrating, Role, What, check};
use crate::{
    graph::{NodeIx, PROCESS, ProcessGraph},
    history::{HistoryEvent, HistoryLevel, MigratedActivity},
    state::{AsyncOperation, JobKind},
    transaction::{Step, Tx},
};

/// `jobType` of the job definition that jobs of a kind belong to.
fn job_type(kind: &JobKind) -> &'static str {
    match kind {
        JobKind::TimerTransition(_) => "timer-transition",
        JobKind::TimerIntermediate(_) => "timer-intermediate-transition",
        JobKind::TimerEventSubProcess(_) => "timer-start-event-subprocess",
        JobKind::TimerTaskListener(..) => "timer-task-listener",
        _ => "async-continuation",
    }
}

/// The job declaration of an activity for jobs of a type.
fn declaration_of(graph: &ProcessGraph, node: NodeIx, kind: &'static str) -> Option<u32> {
    let at = graph.jobs.iter().position(|one| one.node == node && one.job_type == kind)?;
    u32::try_from(at).ok()
}

impl Tx<'_> {
    pub(super) fn migrate_dependents(&mut self, m: &Migrating, ix: Ix) -> Step {
        for one in &m.elements[ix].dependents {
            match one.what {
                What::Task(id) => self.migrate_task(m, ix, id)?,
                What::ExternalTask(id) => {
                    let (definition, node) = (m.plan.target.id, m.elements[ix].target);
                    self.t.state.change_external_task(id, |row| {
                        row.definition = definition;
                        row.node = node.unwrap_or(row.node);
                    });
                }
                What::Variable { id, .. } => self.history_variable_migrated(m, ix, id)?,
                What::Subscription { id, target, update } => self.migrate_subscription(m, id, target, update)?,
                What::Timer { id, target, listener, update } => self.migrate_timer(m, id, target, listener, update)?,
                What::AsyncJob(id) => self.migrate_async_job(m, ix, id),
                What::Incident { id, target, job } => {
                    let declaration = job.and_then(|job| self.t.state.job(job)).and_then(|job| job.declaration);
                    let activity = m.plan.target_graph().node(target).id.clone();
                    let definition = m.plan.target.id;
                    self.t.state.change_incident(id, |row| {
                        row.activity = (target != PROCESS).then_some(activity);
                        row.definition = Some(definition);
                        row.declaration = declaration;
                    });
                    self.history_incident_created(id)?;
                }
                What::Called(_) => {}
            }
        }
        Ok(())
    }

    fn migrate_task(&mut self, m: &Migrating, ix: Ix, id: Id) -> Step {
        let Some(target) = m.elements[ix].target else { return Ok(()) };
        let key = m.plan.target_graph().node(target).id.clone();
        let definition = m.plan.target.id;
        self.t.state.change_task(id, |row| {
            row.definition = Some(definition);
            row.node = Some(target);
            row.key = Some(key);
            row.revision += 1;
        });
        self.history_task_changed(id)
    }

    fn migrate_subscription(&mut self, m: &Migrating, id: Id, target: NodeIx, update: bool) -> Step {
        let definition = m.plan.target.id;
        self.t.state.change_subscription(id, |row| {
            row.definition = definition;
            row.node = target;
        });
        let Some(execution) = self.t.state.subscription(id).map(|row| row.execution).filter(|_| update) else {
            return Ok(());
        };
        let graph = m.plan.target_graph();
        let declared = graph.nodes.iter().flat_map(|node| &node.subscriptions).find(|one| one.node == target);
        if let Some(name) = declared.and_then(|declared| declared.name.as_ref()) {
            let name = self.evaluate_text(execution, name).map_err(|thrown| self.fault_of(execution, thrown))?;
            self.t.state.change_subscription(id, |row| row.name = name.map(std::sync::Arc::from));
        }
        Ok(())
    }

    fn migrate_timer(&mut self, m: &Migrating, id: Id, target: NodeIx, listener: Option<u32>, update: bool) -> Step {
        let definition = m.plan.target.id;
        let Some(job) = self.t.state.job(id).cloned() else { return Ok(()) };
        let kind = match job.kind {
            JobKind::TimerTransition(_) => JobKind::TimerTransition(target),
            JobKind::TimerIntermediate(_) => JobKind::TimerIntermediate(target),
            JobKind::TimerEventSubProcess(_) => JobKind::TimerEventSubProcess(target),
            JobKind::TimerTaskListener(task, at) => JobKind::TimerTaskListener(task, listener.unwrap_or(at)),
            other => other,
        };
        let own = m.plan.target_graph().nodes.iter().flat_map(|node| &node.timers).find(|timer| {
            timer.node == target
                && match (timer.job, listener) {
                    (crate::graph::TimerJob::TaskListener(at), Some(listener)) => at == listener,
                    (crate::graph::TimerJob::TaskListener(_), None) | (_, Some(_)) => false,
                    (_, None) => true,
                }
        });
        let declaration = own
            .map(|timer| timer.declaration)
            .or_else(|| declaration_of(m.plan.target_graph(), target, job_type(&kind)));
        self.t.state.change_job(id, |row| {
            row.kind = kind;
            row.definition = Some(definition);
            row.declaration = declaration;
            row.revision += 1;
        });
        if let (true, Some(timer), Some(execution)) = (update, own, job.execution) {
            self.reschedule(id, execution, timer)?;
        }
        Ok(())
    }

    fn migrate_async_job(&mut self, m: &Migrating, ix: Ix, id: Id) {
        let Some(target) = m.elements[ix].target else { return };
        let graph = m.plan.target_graph();
        let node = graph.node(target);
        let Some(JobKind::Async(operation)) = self.t.state.job(id).map(|job| job.kind.clone()) else { return };
        let after = check::is_after(&operation);
        let moved = if after {
            let flow = match node.outgoing.as_slice() {
                [] => None,
                [only] => Some(*only),
                many => {
                    let wanted = check::source_flow(m, &operation);
                    many.iter().copied().find(|flow| wanted == Some(&*graph.flow(*flow).id))
                }
            };
            flow.map_or(AsyncOperation::ActivityEnd, |flow| AsyncOperation::TransitionNotifyListenerTake(flow.0))
        } else if operation == AsyncOperation::ProcessStart {
            AsyncOperation::ProcessStart
        } else if node.incoming.is_empty() {
            AsyncOperation::ActivityStartCreateScope
        } else {
            AsyncOperation::TransitionCreateScope(None)
        };
        let declaration = if after { node.after_job } else { node.before_job };
        let definition = m.plan.target.id;
        self.t.state.change_job(id, |row| {
            row.kind = JobKind::Async(moved);
            row.definition = Some(definition);
            row.declaration = declaration;
            row.revision += 1;
        });
    }

    // -- history ---------------------------------------------------------------------------------------------------------

    fn history_variable_migrated(&mut self, m: &Migrating, ix: Ix, id: Id) -> Step {
        let element = &m.elements[ix];
        let Some(target) = element.target else { return Ok(()) };
        if matches!(element.role, Role::Transition | Role::EventScope(_) | Role::Subscription(_)) {
            return self.history_variable_moved(id);
        }
        let activity = (target != PROCESS).then(|| Text::from(&m.plan.target_graph().node(target).id));
        self.history_variable_at(id, Some(element.instance), activity, m.plan.target.id)
    }

    pub(super) fn history_activity_migrated(&mut self, m: &Migrating, ix: Ix) -> Step {
        if self.host.settings().history_level < HistoryLevel::Activity {
            return Ok(());
        }
        let element = &m.elements[ix];
        let definition = m.plan.target.id;
        let Some(target) = element.target else { return Ok(()) };
        if target == PROCESS {
            let state = if self.execution(m.process_instance).suspended {
                crate::history::InstanceStateName::Suspended
            } else {
                crate::history::InstanceStateName::Active
            };
            self.t.history.push(HistoryEvent::ProcessInstanceChanged {
                id: m.process_instance,
                state: Some(state),
                business_key: None,
                start_activity: None,
                definition: Some(definition),
            });
            return Ok(());
        }
        let node = m.plan.target_graph().node(target);
        let around = element.parent.map(|parent| &m.elements[parent]);
        let parent = around.map_or(m.process_instance, |around| around.instance);
        let parent_activity = around
            .and_then(|around| around.target)
            .filter(|scope| *scope != PROCESS)
            .map(|scope| m.plan.target_graph().node(scope).id.clone().into())
            .unwrap_or_default();
        let place = MigratedActivity {
            parent,
            parent_activity,
            activity: node.id.clone().into(),
            activity_name: node.name.as_ref().map(Text::from),
            definition,
            execution: Some(self.representative(m, ix)),
            activity_type: Some(node.activity_type.clone()),
        };
        self.t.history.push(HistoryEvent::ActivityChanged {
            id: element.instance,
            task: None,
            called_instance: None,
            assignee: None,
            migrated: Some(Box::new(place)),
        });
        Ok(())
    }
}
