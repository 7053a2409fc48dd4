//! Timers: due dates, durations, cycles (S-TM).

use std::sync::Arc;

use models::{Id, Timestamp};
use objects::Object;

use super::{Step, Tx, jobs::base_time};
use crate::{
    calendar,
    error::Fault,
    graph::{NodeIx, TimerDeclaration, TimerJob, TimerKind},
    state::{Job, JobKind},
};

impl Tx<'_> {
    /// Timers of a fresh scope.
    pub(crate) fn create_timers(&mut self, id: Id, scope: NodeIx) -> Step {
        let definition = self.definition_of(id)?;
        let graph = definition.graph.clone();
        for declaration in &graph.node(scope).timers {
            if !matches!(declaration.job, TimerJob::TaskListener(_)) {
                self.create_timer(id, declaration, None)?;
            }
        }
        Ok(())
    }

    /// Timeout listeners of a fresh user task.
    pub(crate) fn create_task_timers(&mut self, id: Id, activity: NodeIx, task: Id) -> Step {
        let definition = self.definition_of(id)?;
        let graph = definition.graph.clone();
        for declaration in &graph.node(activity).timers {
            if matches!(declaration.job, TimerJob::TaskListener(_)) {
                self.create_timer(id, declaration, Some(task))?;
            }
        }
        Ok(())
    }

    /// A timer's job on an execution; `task` of timeout listeners.
    pub(crate) fn create_timer(&mut self, id: Id, declaration: &TimerDeclaration, task: Option<Id>) -> Step {
        let value = self.timer_value(id, &declaration.value)?;
        let definition = self.definition_of(id)?;
        let name = definition.graph.node(declaration.node).id.clone();
        let (due, repeat) = self.due_of(declaration, &name, &value, self.now())?;
        let kind = match (declaration.job, task) {
            (TimerJob::Boundary, _) => JobKind::TimerTransition(declaration.node),
            (TimerJob::Intermediate, _) => JobKind::TimerIntermediate(declaration.node),
            (TimerJob::EventSubProcess, _) => JobKind::TimerEventSubProcess(declaration.node),
            (TimerJob::TaskListener(at), Some(task)) => JobKind::TimerTaskListener(task, at),
            (TimerJob::TaskListener(_), None) | (TimerJob::Start, _) => return Ok(()),
        };
        let exclusive = definition.graph.node(declaration.node).exclusive;
        let mut job = self.new_job(id, kind, Some(declaration.declaration), exclusive)?;
        job.due = Some(due.ok_or_else(|| Fault::null("duedate is null"))?);
        job.repeat = repeat;
        self.add_job_with_history(job)
    }

    /// Value of a timer's expression; dates of other classes by their ISO text.
    fn timer_value(&mut self, id: Id, expression: &crate::graph::Expr) -> Step<Object> {
        let value = self.evaluate(id, expression).map_err(|thrown| self.fault_of(id, thrown))?;
        match value {
            Object::Temporal(_) => {
                let text = self.object_text(id, &value).map_err(|thrown| self.fault_of(id, thrown))?;
                Ok(Object::String(text.as_str().into()))
            }
            other => Ok(other),
        }
    }

    /// Due date and `repeat` of a timer.
    fn due_of(
        &self,
        declaration: &TimerDeclaration,
        name: &str,
        value: &Object,
        now: Timestamp,
    ) -> Step<(Option<Timestamp>, Option<String>)> {
        let zone = self.host.settings().time_zone.clone();
        let text = match value {
            Object::Date(date) => return Ok((Some(*date), None)),
            Object::String(text) => text.trim().to_owned(),
            _ => {
                return Err(Fault::engine(format!(
                    "Timer '{name}' was not configured with a valid duration/time, either hand in a java.util.Date or a \
                     String in format 'yyyy-MM-dd'T'hh:mm:ss'"
                )));
            }
        };
        let due = calendar::resolve(declaration.kind, &text, now, &zone).map_err(Fault::engine)?;
        let repeats = declaration.kind == TimerKind::Cycle
            && !declaration.interrupting
            && declaration.job != TimerJob::Intermediate;
        Ok((due, repeats.then(|| calendar::fix_start(&text, now, &zone))))
    }

    /// The next firing of a cycle, created before the current one runs (S-TM-4).
    pub(crate) fn create_follow_up(&mut self, job: &Job, repeat: &str) -> Step {
        let Some(execution) = job.execution else { return Ok(()) };
        let zone = self.host.settings().time_zone.clone();
        let mut repeat = repeat.to_owned();
        if self.host.settings().reevaluate_time_cycle_when_due {
            if let Some(fresh) = self.cycle_text(execution, job)? {
                repeat = calendar::fix_start(&fresh, self.now(), &zone);
            }
        }
        let after = self.host.settings().catch_up.after(job.due, self.now());
        let next = calendar::repeat_due(&repeat, after, job.repeat_offset, &zone).map_err(Fault::engine)?;
        let Some(due) = next else { return Ok(()) };
        let mut follow_up = self.new_job(execution, job.kind.clone(), job.declaration, job.exclusive)?;
        follow_up.due = Some(due);
        follow_up.repeat = Some(repeat);
        follow_up.repeat_offset = job.repeat_offset;
        self.add_job_with_history(follow_up)
    }

    fn cycle_text(&mut self, execution: Id, job: &Job) -> Step<Option<String>> {
        let Some(declaration) = self.timer_declaration(execution, job)? else { return Ok(None) };
        let value = self.evaluate(execution, &declaration.value).map_err(|thrown| self.fault_of(execution, thrown))?;
        Ok(match value {
            Object::String(text) => Some(text.to_string()),
            _ => None,
        })
    }

    /// Takes due date and cycle of a job from a declaration (migration with `updateEventTrigger`).
    pub(crate) fn reschedule(&mut self, id: Id, execution: Id, declaration: &TimerDeclaration) -> Step {
        let value = self.timer_value(execution, &declaration.value)?;
        let definition = self.definition_of(execution)?;
        let name = definition.graph.node(declaration.node).id.clone();
        let (due, repeat) = self.due_of(declaration, &name, &value, self.now())?;
        self.t.state.change_job(id, |row| {
            row.due = due;
            row.repeat = repeat;
        });
        Ok(())
    }

    fn timer_declaration(&mut self, execution: Id, job: &Job) -> Step<Option<TimerDeclaration>> {
        let definition = self.definition_of(execution)?;
        let graph = &definition.graph;
        Ok(graph
            .nodes
            .iter()
            .flat_map(|node| &node.timers)
            .find(|declaration| Some(declaration.declaration) == job.declaration)
            .cloned())
    }

    /// Computes a timer's due date again (S-TM-6).
    pub(crate) fn recalculate_due(&mut self, id: Id, creation_based: bool) -> Step {
        let job = self.t.state.job(id).cloned().ok_or_else(|| super::jobs::no_job(id))?;
        let timer = match &job.kind {
            JobKind::Async(_) => {
                return Err(Fault::engine(format!(
                    "Only timer jobs can be recalculated, but the job with id '{id}' is of type 'async-continuation'."
                )));
            }
            _ => job.execution,
        };
        let Some(execution) = timer else { return Ok(()) };
        let Some(declaration) = self.timer_declaration(execution, &job)? else { return Ok(()) };
        let value = self.timer_value(execution, &declaration.value)?;
        let definition = self.definition_of(execution)?;
        let name: Arc<str> = definition.graph.node(declaration.node).id.clone();
        let now = base_time(&job, creation_based, self.now());
        // a cycle goes on from where it started: only the next firing is at another time
        let (due, _) = self.due_of(&declaration, &name, &value, now)?;
        self.t.state.change_job(id, |row| {
            row.due = due;
            row.revision += 1;
        });
        Ok(())
    }
}
