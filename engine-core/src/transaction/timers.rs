//! Timers: due dates, durations, cycles (S-TM).

use std::sync::Arc;

use jiff::{Span, Timestamp as Instant, Zoned, civil::DateTime, tz::TimeZone};
use models::{Id, Timestamp};
use objects::Object;

use super::{Step, Tx, jobs::base_time};
use crate::{
    error::Fault,
    graph::{NodeIx, TimerDeclaration, TimerJob, TimerKind},
    state::{Job, JobKind},
};

/// A time expression that can't be read.
pub type CycleError = String;

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
        let (due, repeat) = self.due_of(declaration, &name, &value, self.now(), None)?;
        let kind = match (declaration.job, task) {
            (TimerJob::Boundary, _) => JobKind::TimerTransition(declaration.node),
            (TimerJob::Intermediate, _) => JobKind::TimerIntermediate(declaration.node),
            (TimerJob::EventSubProcess, _) => JobKind::TimerEventSubProcess(declaration.node),
            (TimerJob::TaskListener(at), Some(task)) => JobKind::TimerTaskListener(task, at),
            (TimerJob::TaskListener(_), None) | (TimerJob::Start, _) => return Ok(()),
        };
        let exclusive = definition.graph.node(declaration.node).exclusive;
        let mut job = self.new_job(id, kind, Some(declaration.declaration), exclusive)?;
        job.due = due;
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
        _repeat: Option<&str>,
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
        match declaration.kind {
            TimerKind::Date | TimerKind::Duration => {
                let due = if declaration.kind == TimerKind::Date {
                    parse_due_date(&text, now, &zone)
                } else {
                    parse_duration_due(&text, now, &zone)
                };
                let due = due.ok_or_else(|| {
                    Fault::engine(format!(
                        "ENGINE-09027 Exception while resolving duedate '{text}': {}",
                        match declaration.kind {
                            // a date needs a duration after it
                            TimerKind::Duration if parse_instant(&text, &zone).is_some() => {
                                "Index 1 out of bounds for length 1".to_owned()
                            }
                            _ => invalid_format(&text),
                        }
                    ))
                })?;
                Ok((Some(due), None))
            }
            TimerKind::Cycle => {
                let fixed = fix_start(&text, now, &zone);
                let due = repeat_due(&fixed, now, 0, &zone).map_err(|why| {
                    Fault::engine(format!("ENGINE-09026 Exception while parsing cycle expression: {why}"))
                })?;
                let repeats = !declaration.interrupting && declaration.job != TimerJob::Intermediate;
                Ok((due, repeats.then_some(fixed)))
            }
        }
    }

    /// The next firing of a cycle, created before the current one runs (S-TM-4).
    pub(crate) fn create_follow_up(&mut self, job: &Job, repeat: &str) -> Step {
        let Some(execution) = job.execution else { return Ok(()) };
        let zone = self.host.settings().time_zone.clone();
        let mut repeat = repeat.to_owned();
        if self.host.settings().reevaluate_time_cycle_when_due {
            if let Some(fresh) = self.cycle_text(execution, job)? {
                repeat = fix_start(&fresh, self.now(), &zone);
            }
        }
        let next = repeat_due(&repeat, self.now(), job.repeat_offset, &zone)
            .map_err(|why| Fault::engine(format!("ENGINE-09026 Exception while parsing cycle expression: {why}")))?;
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
        let (due, repeat) = self.due_of(declaration, &name, &value, self.now(), None)?;
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
        let (due, repeat) = self.due_of(&declaration, &name, &value, now, job.repeat.as_deref())?;
        self.t.state.change_job(id, |row| {
            row.due = due;
            if row.repeat.is_some() {
                row.repeat = repeat;
            }
            row.revision += 1;
        });
        Ok(())
    }
}

fn zone_of(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

fn zoned(at: Timestamp, zone: &str) -> Option<Zoned> {
    Some(Instant::from_millisecond(at.0).ok()?.to_zoned(zone_of(zone)))
}

/// An ISO 8601 duration, weeks included.
pub(crate) fn parse_duration(text: &str) -> Option<Span> {
    let text = text.trim();
    let digits = text.trim_start_matches('-');
    (digits.starts_with('P') && digits.len() > 1).then(|| text.parse::<Span>().ok()).flatten()
}

/// A time plus a duration, in the calendar of a zone.
pub(crate) fn plus_duration(at: Timestamp, duration: &str, zone: &str) -> Option<Timestamp> {
    let span = parse_duration(duration)?;
    let end = zoned(at, zone)?.checked_add(span).ok()?;
    Some(Timestamp(end.timestamp().as_millisecond()))
}

/// An ISO date or date-time; without offset it is in the engine's zone.
pub(crate) fn parse_instant(text: &str, zone: &str) -> Option<Timestamp> {
    let text = text.trim();
    let fixed = fix_offset(text);
    if let Ok(instant) = fixed.parse::<Instant>() {
        return Some(Timestamp(instant.as_millisecond()));
    }
    let civil = fixed
        .parse::<DateTime>()
        .ok()
        .or_else(|| format!("{fixed}:00").parse::<DateTime>().ok())
        .or_else(|| fixed.parse::<jiff::civil::Date>().ok().map(|date| date.at(0, 0, 0, 0)))?;
    Some(Timestamp(civil.to_zoned(zone_of(zone)).ok()?.timestamp().as_millisecond()))
}

/// `+0100` becomes `+01:00`.
fn fix_offset(text: &str) -> String {
    let bytes = text.as_bytes();
    if text.is_ascii() && text.contains('T') && text.len() > 5 {
        let at = text.len() - 5;
        if matches!(bytes[at], b'+' | b'-') && bytes[at + 1..].iter().all(u8::is_ascii_digit) {
            return format!("{}:{}", &text[..at + 3], &text[at + 3..]);
        }
    }
    text.to_owned()
}

/// A due date: a period from now, or a date-time (S-TM-1).
pub fn parse_due_date(text: &str, now: Timestamp, zone: &str) -> Option<Timestamp> {
    if text.trim_start().starts_with('P') { plus_duration(now, text, zone) } else { parse_instant(text, zone) }
}

/// What Joda-Time says of a text that it can't read: it gets past the `T` before a time without date, not further.
pub fn invalid_format(text: &str) -> String {
    match text.strip_prefix(['T', 't']).filter(|rest| !rest.is_empty()) {
        Some(rest) => format!("Invalid format: \"{text}\" is malformed at \"{rest}\""),
        None => format!("Invalid format: \"{text}\""),
    }
}

/// A duration, `start/duration` or `duration/end`.
fn parse_duration_due(text: &str, now: Timestamp, zone: &str) -> Option<Timestamp> {
    match text.split_once('/') {
        None => plus_duration(now, text, zone).filter(|_| text.starts_with('P')),
        // of a repetition only the first occurrence counts
        Some((first, _)) if first.starts_with('R') => {
            repeat_due(&fix_start(text, now, zone), now, 0, zone).ok().flatten()
        }
        Some((first, second)) if first.trim_start().starts_with('P') => {
            parse_duration(first)?;
            parse_instant(second, zone)
        }
        Some((first, second)) => plus_duration(parse_instant(first, zone)?, second, zone),
    }
}

/// A cycle without start gets the start `now`, in whole seconds (S-TM-3).
pub fn fix_start(text: &str, now: Timestamp, zone: &str) -> String {
    let parts: Vec<&str> = text.split('/').collect();
    if text.starts_with('R') && parts.len() == 2 && parts[1].starts_with('P') {
        let seconds = Timestamp(now.0.div_euclid(1000) * 1000);
        if let Some(start) = zoned(seconds, zone) {
            return format!("{}/{}/{}", parts[0], start.strftime("%Y-%m-%dT%H:%M:%S%:z"), parts[1]);
        }
    }
    text.to_owned()
}

/// The next due date of a repeat strictly after `now`, or `None` when it is used up.
///
/// # Errors
/// When it is neither an ISO 8601 repetition nor a cron expression.
pub fn repeat_due(repeat: &str, now: Timestamp, offset: i64, zone: &str) -> Result<Option<Timestamp>, CycleError> {
    if !repeat.starts_with('R') {
        return crate::cron::next(repeat, now, zone).map_err(|error| error.to_string());
    }
    let unreadable = || format!("`{repeat}` is not a repeating interval such as R3/PT10M");
    let parts: Vec<&str> = repeat.split('/').collect();
    let times: Option<u64> = match parts[0][1..].trim() {
        "" => None,
        count => Some(count.parse().map_err(|_| unreadable())?),
    };
    let now = now.plus_ms(-offset);
    let due = match parts.as_slice() {
        [_, start, duration] if duration.starts_with('P') => {
            let start = parse_instant(start, zone).ok_or_else(unreadable)?;
            after(start, duration, times, now, zone).ok_or_else(unreadable)?
        }
        [_, duration, end] => {
            let end = parse_instant(end, zone).ok_or_else(unreadable)?;
            backward(end, duration, times, now, zone).ok_or_else(unreadable)?
        }
        [_, duration] => after(now, duration, times, now, zone).ok_or_else(unreadable)?,
        _ => return Err(unreadable()),
    };
    Ok(due.map(|due| due.plus_ms(offset)))
}

/// `start + k·duration`, smallest after now with k of 1 to `times`. The start itself counts when it lies ahead.
fn after(
    start: Timestamp,
    duration: &str,
    times: Option<u64>,
    now: Timestamp,
    zone: &str,
) -> Option<Option<Timestamp>> {
    let span = parse_duration(duration)?;
    let begin = zoned(start, zone)?;
    let first = begin.checked_add(span).ok()?;
    let step = first.timestamp().as_millisecond() - start.0;
    if step <= 0 {
        return None;
    }
    if start > now && times != Some(0) {
        return Some(Some(start));
    }
    // jump close to now, then walk: calendar steps vary in length
    let mut k = ((now.0 - start.0) / step).saturating_sub(2).max(1);
    loop {
        let due = Timestamp(begin.checked_add(span.checked_mul(k).ok()?).ok()?.timestamp().as_millisecond());
        if times.is_some_and(|times| u64::try_from(k).is_ok_and(|k| k > times)) {
            return Some(None);
        }
        if due > now {
            return Some(Some(due));
        }
        k += 1;
    }
}

/// The earliest of `end - k·duration` after now, with k of 0 to `times`.
fn backward(
    end: Timestamp,
    duration: &str,
    times: Option<u64>,
    now: Timestamp,
    zone: &str,
) -> Option<Option<Timestamp>> {
    let span = parse_duration(duration)?;
    let finish = zoned(end, zone)?;
    let mut best = None;
    let mut k: i64 = 0;
    while times.is_none_or(|times| u64::try_from(k).is_ok_and(|k| k <= times)) {
        let due = Timestamp(finish.checked_sub(span.checked_mul(k).ok()?).ok()?.timestamp().as_millisecond());
        if due < now || (k > 0 && due == now) || k > 1_000_000 {
            break;
        }
        best = Some(due);
        k += 1;
    }
    Some(best)
}
