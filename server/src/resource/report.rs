//! Metrics, reports over history, clean-up and removal times.

use std::fmt::Write;

use axum::http::StatusCode;
use engine_core::error::Fault;
use jiff::tz::TimeZone;
use models::{Id, Timestamp};
use serde_json::{Value as Json, json};
use tollgate::{
    query::{CleanableReport, DurationReportRow, HistoricBatchQuery, Page, PeriodUnit},
    request::{Batch, CleanUp, MetricsQuery, RemovalTimeOf, RemovalTimeTo},
    state::{Job, JobKind},
    world::World,
};

use super::{
    history::{selected_decisions, selected_instances},
    id_of,
};
use crate::{
    criteria::{
        admin::HISTORIC_BATCH,
        report::{
            ACTIVITY_STATISTICS, CLEANABLE_BATCHES, CLEANABLE_DECISIONS, CLEANABLE_INSTANCES, INSTANCE_REPORT,
            ReportType, TASK_REPORT,
        },
    },
    http::{
        Answer, Call, Date, Failure, Input, Object, Parameter, Reply, Routes, asked, criteria, pages,
        params::{self, Pages},
    },
    view::work::JobView,
};

/// The operations.
pub(super) fn routes() -> Routes {
    let process = "/history/process-definition/cleanable-process-instance-report";
    let decision = "/history/decision-definition/cleanable-decision-instance-report";
    let batch = "/history/batch/cleanable-batch-report";
    Routes::default()
        .get("/metrics", metrics)
        .get("/metrics/{name}/sum", metric_sum)
        .delete("/metrics/task-worker", delete_task_metrics)
        .get_file("/history/process-instance/report", instance_report)
        .get_file("/history/task/report", task_report)
        .get("/history/process-definition/{id}/statistics", activity_statistics)
        .get("/history/decision-requirements-definition/{id}/statistics", decision_statistics)
        .get(process, cleanable_instances)
        .get(&format!("{process}/count"), count_cleanable_instances)
        .get(decision, cleanable_decisions)
        .get(&format!("{decision}/count"), count_cleanable_decisions)
        .get(batch, cleanable_batches)
        .get(&format!("{batch}/count"), count_cleanable_batches)
        .post("/history/cleanup", clean_up)
        .get("/history/cleanup/configuration", clean_up_configuration)
        .get("/history/cleanup/job", clean_up_job)
        .get("/history/cleanup/jobs", clean_up_jobs)
        .post("/history/process-instance/set-removal-time", instances_removal_time)
        .post("/history/decision-instance/set-removal-time", decisions_removal_time)
        .post("/history/batch/set-removal-time", batches_removal_time)
}

/// A parameter that is read without telling its name when it can't be read.
fn unnamed<'a>(call: &'a Call, name: &str) -> Option<Input<'a>> {
    call.query(name).map(|text| Input::Query { name: "", text })
}

/// A time of the query string.
fn time(call: &Call, name: &str) -> Result<Option<Timestamp>, Failure> {
    unnamed(call, name).map(Input::date).transpose().map(Option::flatten)
}

/// `DELETE /metrics/task-worker`: which people worked on tasks is not kept, so that nothing is left to delete.
async fn delete_task_metrics(call: Call) -> Reply {
    time(&call, "date")?;
    Ok(Answer::nothing())
}

// ---- metrics ---------------------------------------------------------------------------------------------------------

/// Length of the intervals of `/metrics` in seconds when none is given.
const INTERVAL: i64 = 900;
/// Intervals of `/metrics` at most.
const MOST_INTERVALS: usize = 200;

fn metrics(call: &Call) -> Reply {
    let number = |name| unnamed(call, name).map(Input::int).transpose().map(Option::flatten);
    let count = |number: Option<i32>| number.and_then(|number| usize::try_from(number).ok());
    let (from, until) = (time(call, "startDate")?, time(call, "endDate")?);
    let (first, most) = (number("firstResult")?, number("maxResults")?);
    if count(most).is_some_and(|most| most > MOST_INTERVALS) {
        return Err(Fault::engine(format!(
            "Metrics interval query row limit can't be set larger than {MOST_INTERVALS}."
        ))
        .into());
    }
    let interval = unnamed(call, "interval").map(Input::long).transpose()?.flatten().unwrap_or(INTERVAL);
    let query = MetricsQuery {
        name: call.query("name").map(str::to_owned),
        reporter: call.query("reporter").map(str::to_owned),
        from,
        until,
        interval: Some(interval),
        // whatever it says
        aggregate_by_reporter: call.query("aggregateByReporter").is_some(),
        offset: count(first).unwrap_or(0),
        limit: count(most).unwrap_or(MOST_INTERVALS),
    };
    let rows: Vec<Json> = call
        .app
        .engine
        .metrics(&query)
        .iter()
        .map(|row| json!({"timestamp": Date::text(row.time), "name": row.name, "reporter": row.reporter, "value": row.value}))
        .collect();
    Answer::json(&rows)
}

fn metric_sum(call: &Call) -> Reply {
    let query = MetricsQuery {
        name: Some(call.path("name").to_owned()),
        from: time(call, "startDate")?,
        until: time(call, "endDate")?,
        interval: None,
        aggregate_by_reporter: true,
        limit: usize::MAX,
        ..MetricsQuery::default()
    };
    let sum: i64 = call.app.engine.metrics(&query).iter().map(|row| row.value).sum();
    Answer::json(&json!({"result": sum}))
}

// ---- reports ---------------------------------------------------------------------------------------------------------

/// A report over time needs the unit.
fn needed(unit: Option<PeriodUnit>) -> Result<PeriodUnit, Failure> {
    unit.ok_or_else(|| Failure::bad("periodUnit is null"))
}

fn unit_name(unit: PeriodUnit) -> &'static str {
    match unit {
        PeriodUnit::Month => "MONTH",
        PeriodUnit::Quarter => "QUARTER",
    }
}

/// The CSV media type a call accepts, if any.
fn csv(call: &Call) -> Option<&'static str> {
    ["text/csv", "application/csv"].into_iter().find(|kind| call.accepts(kind))
}

fn durations(call: &Call, rows: &[DurationReportRow], unit: PeriodUnit, file: &str) -> Reply {
    if let Some(media_type) = csv(call) {
        let mut text = String::from("PERIOD,PERIOD_UNIT,MINIMUM,MAXIMUM,AVERAGE\n");
        for row in rows {
            let unit = unit_name(unit);
            // writing to a string cannot fail
            let _ = writeln!(text, "{},{unit},{},{},{}", row.period, row.minimum, row.maximum, row.average);
        }
        return Ok(Answer::bytes(media_type, text).attachment(file));
    }
    let rows: Vec<Json> = rows
        .iter()
        .map(|row| {
            json!({
                "period": row.period,
                "periodUnit": unit_name(unit),
                "minimum": row.minimum,
                "maximum": row.maximum,
                "average": row.average,
            })
        })
        .collect();
    Answer::json(&rows)
}

fn instance_report(call: &Call) -> Reply {
    let report = criteria(call, INSTANCE_REPORT)?;
    if report.kind != Some(ReportType::Duration) {
        let kind = call.query("reportType").unwrap_or("null");
        return Err(Failure::bad(format!("Unknown report type {kind}")));
    }
    let unit = needed(report.unit).map_err(|failure| failure.code(0))?;
    let rows = report.about.durations(&call.app.engine.read(), unit, &TimeZone::UTC, Some(&call.caller));
    durations(call, &rows, unit, "process-instance-report.csv")
}

fn task_report(call: &Call) -> Reply {
    let report = criteria(call, TASK_REPORT)?;
    let world = call.app.engine.read();
    match report.kind {
        Some(ReportType::Duration) => {
            let unit = needed(report.unit)?;
            let rows = report.about.durations(&world, unit, &TimeZone::UTC, Some(&call.caller));
            durations(call, &rows, unit, "task-report.csv")
        }
        Some(ReportType::Count) => {
            let by_name = match report.group_by.as_deref() {
                Some("taskName") => true,
                Some("processDefinition") => false,
                other => {
                    let other = other.unwrap_or("null");
                    return Err(Failure::bad(format!("groupBy parameter has invalid value: {other}")));
                }
            };
            let rows = report.about.counts(&world, by_name, Some(&call.caller));
            let rows: Vec<Json> = rows
                .iter()
                .map(|row| {
                    json!({
                        "count": row.count,
                        "processDefinitionKey": row.key,
                        "processDefinitionId": row.definition_id,
                        "processDefinitionName": row.definition_name,
                        "taskName": row.task_name,
                        "tenantId": row.tenant,
                    })
                })
                .collect();
            Answer::json(&rows)
        }
        None => Err(Failure::bad("Parameter reportType is not set.")),
    }
}

/// Reads a report that can be sorted by one thing: with whether it is wanted in descending order, when it is wanted sorted.
fn sorted<Q: Default>(call: &Call, table: &[Parameter<Q>], by: &str) -> Result<(Q, Option<bool>), Failure> {
    let asked = asked(call, table, |name, _| Ok((name == by).then_some(())))?;
    let descending = asked.orders?.first().map(|order| order.descending);
    Ok((asked.query, descending))
}

fn activity_statistics(call: &Call) -> Reply {
    let (mut query, descending) = sorted(call, ACTIVITY_STATISTICS, "activityId")?;
    query.descending = descending.unwrap_or_default();
    let world = call.app.engine.read();
    let Some(definition) = world.process_definition_by_text(call.id()) else {
        return Answer::json(&Vec::<Json>::new());
    };
    let rows: Vec<Json> = query
        .list(&world, definition.id, Some(&call.caller))
        .iter()
        .map(|row| {
            json!({
                "id": row.id,
                "instances": row.instances,
                "canceled": row.canceled,
                "finished": row.finished,
                "completeScope": row.complete_scope,
                "openIncidents": row.open_incidents,
                "resolvedIncidents": row.resolved_incidents,
                "deletedIncidents": row.deleted_incidents,
            })
        })
        .collect();
    Answer::json(&rows)
}

fn decision_statistics(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let found = world.requirements_definition_by_text(call.id());
    let Some(definition) = found.map(|found| found.id) else { return Answer::json(&Vec::<Json>::new()) };
    let instance = call.query("decisionInstanceId").and_then(id_of);
    let rows = world.decision_statistics(definition, instance, Some(&call.caller));
    let rows: Vec<Json> =
        rows.iter().map(|row| json!({"decisionDefinitionKey": row.key, "evaluations": row.evaluations})).collect();
    Answer::json(&rows)
}

/// The report about what can be cleaned up, as a call asks for it.
fn cleanable(call: &Call, table: &[Parameter<CleanableReport>]) -> Result<CleanableReport, Failure> {
    let (report, descending) = sorted(call, table, "finished")?;
    let engine = &call.app.engine;
    Ok(CleanableReport { descending, now: engine.now(), strategy: engine.clean_up_strategy(), ..report })
}

fn instances_json(call: &Call, pages: Option<Pages>) -> Result<Vec<Json>, Failure> {
    let report = cleanable(call, CLEANABLE_INSTANCES)?;
    let page = pages.map_or_else(|| Ok(Page::default()), Pages::page)?;
    let world = call.app.engine.read();
    let rows = report.process_instances(&world, page, Some(&call.caller));
    Ok(rows
        .iter()
        .map(|row| {
            json!({
                "processDefinitionId": row.of.text_id,
                "processDefinitionKey": row.of.key,
                "processDefinitionName": row.of.name,
                "processDefinitionVersion": row.of.version,
                "historyTimeToLive": row.of.history_time_to_live,
                "finishedProcessInstanceCount": row.finished,
                "cleanableProcessInstanceCount": row.cleanable,
                "tenantId": row.of.tenant,
            })
        })
        .collect())
}

fn cleanable_instances(call: &Call) -> Reply {
    Answer::json(&instances_json(call, Some(pages(call)?))?)
}

fn count_cleanable_instances(call: &Call) -> Reply {
    Answer::count(instances_json(call, None)?.len())
}

fn decisions_json(call: &Call, pages: Option<Pages>) -> Result<Vec<Json>, Failure> {
    let report = cleanable(call, CLEANABLE_DECISIONS)?;
    let page = pages.map_or_else(|| Ok(Page::default()), Pages::page)?;
    let world = call.app.engine.read();
    let rows = report.decision_instances(&world, page, Some(&call.caller));
    Ok(rows
        .iter()
        .map(|row| {
            json!({
                "decisionDefinitionId": row.of.text_id,
                "decisionDefinitionKey": row.of.key,
                "decisionDefinitionName": row.of.name,
                "decisionDefinitionVersion": row.of.version,
                "historyTimeToLive": row.of.history_time_to_live,
                "finishedDecisionInstanceCount": row.finished,
                "cleanableDecisionInstanceCount": row.cleanable,
                "tenantId": row.of.tenant,
            })
        })
        .collect())
}

fn cleanable_decisions(call: &Call) -> Reply {
    Answer::json(&decisions_json(call, Some(pages(call)?))?)
}

fn count_cleanable_decisions(call: &Call) -> Reply {
    Answer::count(decisions_json(call, None)?.len())
}

fn batches_json(call: &Call, pages: Option<Pages>) -> Result<Vec<Json>, Failure> {
    let report = cleanable(call, CLEANABLE_BATCHES)?;
    let page = pages.map_or_else(|| Ok(Page::default()), Pages::page)?;
    let world = call.app.engine.read();
    let rows = report.batches(&world, page, |kind| call.app.engine.batch_time_to_live(kind));
    Ok(rows
        .iter()
        .map(|row| {
            json!({
                "batchType": row.of,
                "historyTimeToLive": call.app.engine.batch_time_to_live(row.of),
                "finishedBatchesCount": row.finished,
                "cleanableBatchesCount": row.cleanable,
            })
        })
        .collect())
}

fn cleanable_batches(call: &Call) -> Reply {
    Answer::json(&batches_json(call, Some(pages(call)?))?)
}

fn count_cleanable_batches(call: &Call) -> Reply {
    Answer::count(batches_json(call, None)?.len())
}

// ---- clean-up --------------------------------------------------------------------------------------------------------

/// The clean-up jobs.
fn jobs(world: &World) -> Vec<&Job> {
    world.jobs().filter(|job| matches!(job.kind, JobKind::HistoryCleanup(_))).collect()
}

async fn clean_up(call: Call) -> Reply {
    let request = CleanUp { immediately: call.flag("immediatelyDue", true) };
    let ids = call.app.engine.clean_up(request, &call.caller).await?;
    let world = call.app.engine.read();
    match ids.first().and_then(|id| world.job(*id)) {
        Some(row) => Answer::json(&JobView { world: &world, row }),
        None => Ok(Answer::nothing()),
    }
}

fn clean_up_configuration(call: &Call) -> Reply {
    let window = call.app.engine.clean_up_window();
    Answer::json(&json!({
        "batchWindowStartTime": window.map(|window| Date(window.start)),
        "batchWindowEndTime": window.map(|window| Date(window.end)),
        "enabled": call.app.engine.clean_up_enabled(),
    }))
}

fn clean_up_job(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let missing = || Failure::rest(StatusCode::NOT_FOUND, "History cleanup job does not exist");
    let row = jobs(&world).into_iter().next().ok_or_else(missing)?;
    Answer::json(&JobView { world: &world, row })
}

fn clean_up_jobs(call: &Call) -> Reply {
    let world = call.app.engine.read();
    let rows = jobs(&world);
    if rows.is_empty() {
        return Err(Failure::rest(StatusCode::NOT_FOUND, "History cleanup jobs are empty"));
    }
    Answer::json(&rows.into_iter().map(|row| JobView { world: &world, row }).collect::<Vec<_>>())
}

/// What a body sets removal times to: exactly one way must be named.
fn removal_time(body: &Object) -> Result<RemovalTimeTo, Failure> {
    let absolute = body.get("absoluteRemovalTime").date()?;
    let cleared = body.flag("clearedRemovalTime")?;
    let calculated = body.flag("calculatedRemovalTime")?;
    match (absolute, cleared, calculated) {
        (Some(time), false, false) => Ok(RemovalTimeTo::Absolute(time)),
        (None, true, false) => Ok(RemovalTimeTo::Cleared),
        (None, false, true) => Ok(RemovalTimeTo::Calculated),
        (None, false, false) => Err(Fault::bad_request("removalTime is null").into()),
        _ => Err(Fault::bad_request("The removal time modes are mutually exclusive: mode is not null").into()),
    }
}

/// Reads what removal times are set to, and refuses a body that names nothing, neither by ids nor by a query.
fn removal_time_of_named(body: &Object, ids: &str, query: &str) -> Result<RemovalTimeTo, Failure> {
    let to = removal_time(body);
    let neither = body.value(ids).is_none() && body.value(query).is_none();
    match to {
        Err(failure) if failure.message.contains("mutually exclusive") => Err(failure),
        _ if neither => Err(Fault::bad_request("Neither query nor ids provided.").into()),
        to => to,
    }
}

async fn set_removal_time(call: &Call, body: &Object, of: RemovalTimeOf, to: RemovalTimeTo) -> Reply {
    let request = Batch::SetRemovalTime { of, to, hierarchical: body.flag("hierarchical")? };
    super::batch::start(call, request).await
}

async fn instances_removal_time(call: Call) -> Reply {
    let body = call.object()?;
    let to = removal_time_of_named(&body, "historicProcessInstanceIds", "historicProcessInstanceQuery")?;
    let mut instances = selected_instances(&call, &body, "historicProcessInstanceIds")?;
    instances.retain(|id| call.app.engine.read().historic_process_instance(*id).is_some());
    set_removal_time(&call, &body, RemovalTimeOf::ProcessInstances(instances), to).await
}

async fn decisions_removal_time(call: Call) -> Reply {
    let body = call.object()?;
    let to = removal_time_of_named(&body, "historicDecisionInstanceIds", "historicDecisionInstanceQuery")?;
    let mut decisions = selected_decisions(&call, &body)?;
    decisions.retain(|id| call.app.engine.read().historic_decision(*id).is_some());
    set_removal_time(&call, &body, RemovalTimeOf::Decisions(decisions), to).await
}

async fn batches_removal_time(call: Call) -> Reply {
    let body = call.object()?;
    let to = removal_time_of_named(&body, "historicBatchIds", "historicBatchQuery")?;
    let mut batches: Vec<Id> = body.list("historicBatchIds")?.iter().filter_map(|text| id_of(text)).collect();
    if let Some(query) = body.object("historicBatchQuery")? {
        let query: HistoricBatchQuery = params::from_object(&query, HISTORIC_BATCH)?;
        let world = call.app.engine.read();
        batches.extend(query.list(&world, Page::default(), Some(&call.caller)).iter().map(|row| row.id));
    }
    set_removal_time(&call, &body, RemovalTimeOf::Batches(batches), to).await
}

#[cfg(test)]
mod tests {
    use crate::resource::statistics::csv_field;

    #[test]
    fn csv_fields_are_quoted_when_they_must_be() {
        assert_eq!(["a", "b,c", "d\"e"].map(csv_field).join(","), "a,\"b,c\",\"d\"\"e\"");
    }
}
