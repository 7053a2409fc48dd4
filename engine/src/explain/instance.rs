//! What an instance waits for.

use std::collections::{BTreeMap, HashSet};

use engine_core::{
    graph::{ConditionCode, Kind, NodeIx, ProcessGraph},
    history::HistoricProcessInstance,
    state::{EventSubscription, Execution, ExternalTask, Incident, Job, JobKind, SubscriptionKind, Task},
};
use models::{Id, Timestamp};

use super::{
    Explanation, Reason, ReasonKind, Reference, WaitState,
    words::{after, count, first_line, list, node_name, time},
};
use crate::world::World;

/// What the sentences are made from.
struct Place<'a> {
    world: &'a World,
    graph: Option<&'a ProcessGraph>,
    definition: Id,
    now: Timestamp,
}

/// Explains a running process instance.
pub(super) fn explain(
    world: &World,
    graph: Option<&ProcessGraph>,
    instance: &Execution,
    now: Timestamp,
) -> Explanation {
    let place = Place { world, graph, definition: instance.definition, now };
    let id = instance.id;
    let incidents: Vec<&Incident> = world.incidents_of_instance(id).collect();
    let failed: HashSet<&str> = incidents.iter().filter_map(|row| row.configuration.as_deref()).collect();
    let alive = |id: Id| !failed.contains(id.to_string().as_str());
    let mut reasons: Vec<Reason> = Vec::new();
    reasons.extend(incidents.iter().map(|row| place.incident(row)));
    reasons.extend(world.tasks_of_instance(id).map(|row| place.task(row)));
    reasons
        .extend(world.external_tasks_of_instance(id).filter(|row| alive(row.id)).map(|row| place.external_task(row)));
    reasons.extend(world.jobs_of_instance(id).filter(|row| alive(row.id)).map(|row| place.job(row)));
    reasons.extend(world.subscriptions_of_instance(id).filter_map(|row| place.subscription(row)));
    reasons.extend(place.joins(id));
    reasons.extend(world.executions_of(id).flat_map(|row| place.calls(row)));
    reasons.sort_by_key(|reason| reason.kind);
    let (state, summary) = if instance.suspended {
        (WaitState::Suspended, "It is suspended: nothing moves until somebody activates it.".to_owned())
    } else if !incidents.is_empty() {
        let what = count(incidents.len(), "failure that needs", "failures that need");
        (WaitState::Stuck, format!("It is stuck on {what} a person."))
    } else if reasons.is_empty() {
        (WaitState::Running, "It is running.".to_owned())
    } else if reasons.iter().all(|reason| reason.kind == ReasonKind::Job) {
        (
            WaitState::Running,
            format!("The job runner is at it: {}.", count(reasons.len(), "job is due", "jobs are due")),
        )
    } else {
        let kinds = list(kinds(&reasons), "and");
        (WaitState::Waiting, format!("It waits for {kinds}."))
    };
    Explanation { summary, state, reasons }
}

/// `one user task`, `2 timers` …
fn kinds(reasons: &[Reason]) -> Vec<String> {
    let mut numbers: BTreeMap<ReasonKind, usize> = BTreeMap::new();
    for reason in reasons {
        *numbers.entry(reason.kind).or_default() += 1;
    }
    let words = |kind| match kind {
        ReasonKind::Incident => ("failure to be resolved", "failures to be resolved"),
        ReasonKind::UserTask => ("user task", "user tasks"),
        ReasonKind::ExternalTask => ("worker", "workers"),
        ReasonKind::Job => ("job", "jobs"),
        ReasonKind::Timer => ("timer", "timers"),
        ReasonKind::Message => ("message", "messages"),
        ReasonKind::Signal => ("signal", "signals"),
        ReasonKind::Condition => ("condition", "conditions"),
        ReasonKind::Join => ("gateway", "gateways"),
        ReasonKind::Call => ("called process", "called processes"),
        ReasonKind::Other => ("thing from outside", "things from outside"),
    };
    numbers.into_iter().map(|(kind, number)| count(number, words(kind).0, words(kind).1)).collect()
}

/// Explains an instance that has ended.
pub(super) fn ended(row: &HistoricProcessInstance) -> Explanation {
    let at = row.end.map_or_else(String::new, |end| format!(" at {}", time(end)));
    let why = row.delete_reason.as_deref().map_or_else(String::new, |reason| format!(": {}", first_line(reason)));
    let how = if row.delete_reason.is_some() { "cancelled" } else { "completed" };
    Explanation { summary: format!("It was {how}{at}{why}."), state: WaitState::Ended, reasons: Vec::new() }
}

/// Explains a job.
pub(super) fn explain_job(world: &World, graph: Option<&ProcessGraph>, job: &Job, now: Timestamp) -> Explanation {
    let place = Place { world, graph, definition: job.definition.unwrap_or_default(), now };
    let reason = place.job(job);
    let state = if job.suspended || place.instance_suspended(job.process_instance) {
        WaitState::Suspended
    } else if job.retries <= 0 {
        WaitState::Stuck
    } else if reason.kind == ReasonKind::Timer || job.due.is_some_and(|due| due > now) {
        WaitState::Waiting
    } else {
        WaitState::Running
    };
    Explanation { summary: reason.text.clone(), state, reasons: vec![reason] }
}

/// Explains an external task.
pub(super) fn explain_external_task(
    world: &World,
    graph: Option<&ProcessGraph>,
    task: &ExternalTask,
    now: Timestamp,
) -> Explanation {
    let place = Place { world, graph, definition: task.definition, now };
    let reason = place.external_task(task);
    let state = if task.suspended {
        WaitState::Suspended
    } else if task.retries.is_some_and(|retries| retries <= 0) {
        WaitState::Stuck
    } else {
        WaitState::Waiting
    };
    Explanation { summary: reason.text.clone(), state, reasons: vec![reason] }
}

impl Place<'_> {
    fn reason(&self, kind: ReasonKind, node: Option<NodeIx>, text: String) -> Reason {
        let info = node.and_then(|node| self.world.node(self.definition, node));
        Reason {
            kind,
            activity_id: info.map(|info| info.id.to_string()),
            activity_name: info.map(|info| info.name.as_ref().unwrap_or(&info.id).to_string()),
            text,
            since: None,
            mover: None,
            next: None,
            reference: None,
        }
    }

    /// The sentence about what follows a node.
    fn next(&self, node: Option<NodeIx>) -> Option<String> {
        let graph = self.graph?;
        node.filter(|node| (node.0 as usize) < graph.nodes.len()).map(|node| after(graph, node))
    }

    fn instance_suspended(&self, instance: Option<Id>) -> bool {
        instance.and_then(|id| self.world.process_instance(id)).is_some_and(|row| row.suspended)
    }

    fn incident(&self, row: &Incident) -> Reason {
        let node = row.execution.and_then(|id| self.world.execution(id)).and_then(|execution| execution.activity);
        let why = row.message.as_deref().map(first_line).filter(|text| !text.is_empty());
        let what = match &*row.kind {
            "failedJob" => "A job failed and has no attempts left",
            "failedExternalTask" => "A worker reported failures until no attempts were left",
            _ => "An incident is open",
        };
        let text = why.map_or_else(|| format!("{what}."), |why| format!("{what}: {why}."));
        let (mover, next) = match &*row.kind {
            "failedJob" => {
                ("An operator, by giving the job new retries once the cause is removed.", "The job runs again.")
            }
            "failedExternalTask" => (
                "An operator, by giving the external task new retries once the cause is removed.",
                "A worker can fetch it again.",
            ),
            _ => ("Whoever raised it, by resolving the incident.", "The incident is closed."),
        };
        let mut reason = self.reason(ReasonKind::Incident, node, text);
        if let Some(activity) = &row.failed_activity.as_ref().or(row.activity.as_ref()) {
            reason.activity_id = Some(activity.to_string());
            if reason.activity_name.is_none() {
                reason.activity_name = Some(activity.to_string());
            }
        }
        Reason {
            since: Some(row.created),
            mover: Some(mover.to_owned()),
            next: Some(next.to_owned()),
            reference: Some(Reference { kind: "incident", id: row.id.to_string() }),
            ..reason
        }
    }

    fn task(&self, row: &Task) -> Reason {
        let groups: Vec<String> = candidates(row, |link| link.group.as_deref());
        let users: Vec<String> = candidates(row, |link| link.user.as_deref());
        let (text, mover) = match &row.assignee {
            Some(user) => (format!("A user task assigned to {user}."), format!("{user}, by completing it.")),
            None if groups.is_empty() && users.is_empty() => (
                "A user task that belongs to nobody.".to_owned(),
                "Anybody who may see it, by claiming and completing it.".to_owned(),
            ),
            None => {
                let mut who = users;
                who.extend(groups.into_iter().map(|group| format!("members of the group {group}")));
                let mut mover = list(who, "or");
                if let Some(first) = mover.get_mut(0..1) {
                    first.make_ascii_uppercase();
                }
                ("A user task that nobody has claimed.".to_owned(), format!("{mover}, by claiming and completing it."))
            }
        };
        let overdue = row.due.filter(|due| *due < self.now);
        let text = overdue.map_or(text.clone(), |due| format!("{text} It was due at {}.", time(due)));
        let mut reason = self.reason(ReasonKind::UserTask, row.node, text);
        if let Some(name) = &row.name {
            reason.activity_name = Some(name.to_string());
        }
        let id = row.custom_id.as_deref().map_or_else(|| row.id.to_string(), str::to_owned);
        Reason {
            since: Some(row.created),
            mover: Some(mover),
            next: self.next(row.node),
            reference: Some(Reference { kind: "task", id }),
            ..reason
        }
    }

    fn external_task(&self, row: &ExternalTask) -> Reason {
        let topic = &row.topic;
        let locked = row.lock_expires.filter(|until| *until > self.now);
        let failure = row.error_message.as_deref().map(first_line).filter(|text| !text.is_empty());
        let text = match (&row.worker, locked) {
            _ if row.suspended => format!("Work for topic {topic} that is suspended."),
            _ if row.retries.is_some_and(|retries| retries <= 0) => {
                let why = failure.map_or_else(String::new, |why| format!(": {why}"));
                format!("Work for topic {topic} that failed and has no attempts left{why}.")
            }
            (Some(worker), Some(until)) => {
                format!("Worker {worker} is at it; its lock on topic {topic} ends at {}.", time(until))
            }
            (Some(worker), None) if row.lock_expires.is_some() => {
                format!("Work for topic {topic}; worker {worker} had it, but its lock has ended.")
            }
            _ => {
                let why = failure.map_or_else(String::new, |why| format!("; the last attempt failed: {why}"));
                format!("Work for topic {topic} that no worker has fetched{why}.")
            }
        };
        let mover = if row.suspended {
            "An operator, by activating the instance.".to_owned()
        } else if row.retries.is_some_and(|retries| retries <= 0) {
            "An operator, by giving it new retries.".to_owned()
        } else {
            match (&row.worker, locked) {
                (Some(worker), Some(_)) => format!("Worker {worker}, by completing it."),
                _ => format!("Any worker that fetches topic {topic}."),
            }
        };
        Reason {
            since: Some(row.created),
            mover: Some(mover),
            next: self.next(Some(row.node)),
            reference: Some(Reference { kind: "external-task", id: row.id.to_string() }),
            ..self.reason(ReasonKind::ExternalTask, Some(row.node), text)
        }
    }

    /// The node a job belongs to.
    fn node_of_job(&self, row: &Job) -> Option<NodeIx> {
        match &row.kind {
            JobKind::TimerTransition(node)
            | JobKind::TimerIntermediate(node)
            | JobKind::TimerEventSubProcess(node)
            | JobKind::TimerStart(_, node) => Some(*node),
            _ => {
                let declared = || Some(self.graph?.jobs.get(row.declaration? as usize)?.node);
                declared().or_else(|| self.world.execution(row.execution?)?.activity)
            }
        }
    }

    fn job(&self, row: &Job) -> Reason {
        let node = self.node_of_job(row);
        let timer = matches!(
            row.kind,
            JobKind::TimerTransition(_)
                | JobKind::TimerIntermediate(_)
                | JobKind::TimerEventSubProcess(_)
                | JobKind::TimerStart(..)
                | JobKind::TimerTaskListener(..)
        );
        let later = row.due.filter(|due| *due > self.now);
        let failure = row.exception_message.as_deref().map(first_line).filter(|text| !text.is_empty());
        let attempts = count(usize::try_from(row.retries).unwrap_or(0), "attempt is left", "attempts are left");
        let text = match (&failure, later) {
            _ if row.suspended => "A job that is suspended.".to_owned(),
            (failure, _) if row.retries <= 0 => {
                let why = failure.as_ref().map_or_else(String::new, |why| format!(": {why}"));
                format!("A job that failed and has no attempts left{why}.")
            }
            (Some(why), Some(due)) => {
                format!("A job failed ({why}) and is tried again at {}; {attempts}.", time(due))
            }
            (Some(why), None) => format!("A job failed ({why}) and is tried again; {attempts}."),
            (None, Some(due)) if timer => format!("A timer that is due at {}.", time(due)),
            (None, Some(due)) => format!("A job that is due at {}.", time(due)),
            (None, None) => "A job that is due: the job runner takes it.".to_owned(),
        };
        let mover = if row.suspended || self.instance_suspended(row.process_instance) {
            "An operator, by activating what is suspended."
        } else if row.retries <= 0 {
            "An operator, by giving the job new retries."
        } else if later.is_some() {
            "Time; an operator can run it at once or change its due date."
        } else {
            "The job runner."
        };
        let next = match row.kind {
            JobKind::TimerTaskListener(..) => Some("The task's timeout listener runs.".to_owned()),
            JobKind::Async(_) => node.and_then(|node| {
                let graph = self.graph?;
                ((node.0 as usize) < graph.nodes.len()).then(|| format!("{} goes on.", node_name(graph, node)))
            }),
            _ => self.next(node),
        };
        let kind = if timer && failure.is_none() && later.is_some() { ReasonKind::Timer } else { ReasonKind::Job };
        Reason {
            since: Some(row.created),
            mover: Some(mover.to_owned()),
            next,
            reference: Some(Reference { kind: "job", id: row.id.to_string() }),
            ..self.reason(kind, node, text)
        }
    }

    fn subscription(&self, row: &EventSubscription) -> Option<Reason> {
        let name = row.name.as_deref().unwrap_or_default();
        let (kind, text, mover) = match row.kind {
            // what could be compensated is not waited for
            SubscriptionKind::Compensate => return None,
            SubscriptionKind::Message => {
                (ReasonKind::Message, format!("A message “{name}”."), "Whoever sends that message to this instance.")
            }
            SubscriptionKind::Signal => {
                (ReasonKind::Signal, format!("A signal “{name}”."), "Whoever broadcasts that signal.")
            }
            SubscriptionKind::Conditional => {
                let text = self
                    .graph
                    .and_then(|graph| graph.condition_of(row.node))
                    .and_then(|declaration| match &declaration.condition.as_ref()?.condition {
                        ConditionCode::Expression(expression) => Some(format!("The condition {}.", expression.text())),
                        ConditionCode::Script(_) => None,
                    })
                    .unwrap_or_else(|| "A condition over variables.".to_owned());
                (ReasonKind::Condition, text, "Whoever sets the variables that it reads.")
            }
        };
        Some(Reason {
            since: Some(row.created),
            mover: Some(mover.to_owned()),
            next: self.next(Some(row.node)),
            reference: Some(Reference { kind: "event-subscription", id: row.id.to_string() }),
            ..self.reason(kind, Some(row.node), text)
        })
    }

    /// Gateways at which tokens wait for others.
    fn joins(&self, instance: Id) -> Vec<Reason> {
        let Some(graph) = self.graph else { return Vec::new() };
        let mut arrived: BTreeMap<(Option<Id>, NodeIx), usize> = BTreeMap::new();
        for execution in self.world.executions_of(instance) {
            let Some(node) = execution.activity.filter(|node| (node.0 as usize) < graph.nodes.len()) else { continue };
            // a token that has arrived is inactive; one that is about to execute the gateway has a job
            if !execution.is_active && matches!(graph.node(node).kind, Kind::ParallelGateway | Kind::InclusiveGateway) {
                *arrived.entry((execution.parent, node)).or_default() += 1;
            }
        }
        arrived
            .into_iter()
            .map(|((_, node), number)| {
                let here = count(number, "token has arrived", "tokens have arrived");
                let text = match graph.node(node).kind {
                    Kind::ParallelGateway => {
                        format!(
                            "{} of {} needed: the gateway waits for the others.",
                            capital(&here),
                            graph.node(node).incoming.len()
                        )
                    }
                    _ => format!("{}: the gateway waits for others that can still reach it.", capital(&here)),
                };
                let mover = "The other branches, by arriving here.".to_owned();
                Reason {
                    mover: Some(mover),
                    next: self.next(Some(node)),
                    ..self.reason(ReasonKind::Join, Some(node), text)
                }
            })
            .collect()
    }

    /// Instances that an execution called.
    fn calls(&self, row: &Execution) -> Vec<Reason> {
        self.world
            .called_by(row.id)
            .map(|called| {
                let definition = self.world.process_definition(called.definition);
                let name = definition.map_or_else(
                    || "a process".to_owned(),
                    |row| format!("“{}”", row.name.as_ref().unwrap_or(&row.key)),
                );
                Reason {
                    since: self.world.historic_process_instance(called.id).map(|row| row.start),
                    mover: Some("What the called instance waits for; see there.".to_owned()),
                    next: self.next(row.activity),
                    reference: Some(Reference { kind: "process-instance", id: called.id.to_string() }),
                    ..self.reason(ReasonKind::Call, row.activity, format!("The called process {name} is not done."))
                }
            })
            .collect()
    }
}

fn candidates(task: &Task, of: impl Fn(&engine_core::state::IdentityLink) -> Option<&str>) -> Vec<String> {
    task.links.iter().filter(|link| &*link.kind == "candidate").filter_map(|link| of(link).map(str::to_owned)).collect()
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
