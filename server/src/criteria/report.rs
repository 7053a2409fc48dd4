//! Criteria of reports and statistics over history.

use tollgate::query::{
    CleanableReport, HistoricActivityStatisticsQuery, PeriodUnit, ProcessInstanceReport, TaskReport,
};

use crate::http::{Failure, Input, parameters};

parameters! {
    /// Criteria of [`CleanableReport`] of process instances.
    CLEANABLE_INSTANCES: CleanableReport {
        "processDefinitionIdIn" => definition_id_in,
        "processDefinitionKeyIn" => definition_key_in,
        "tenantIdIn" => tenant_id_in,
        "withoutTenantId" => without_tenant_id,
        "compact" => compact,
    }
}

parameters! {
    /// Criteria of [`CleanableReport`] of decision instances.
    CLEANABLE_DECISIONS: CleanableReport {
        "decisionDefinitionIdIn" => definition_id_in,
        "decisionDefinitionKeyIn" => definition_key_in,
        "tenantIdIn" => tenant_id_in,
        "withoutTenantId" => without_tenant_id,
        "compact" => compact,
    }
}

parameters! {
    /// Criteria of [`CleanableReport`] of batches: none.
    CLEANABLE_BATCHES: CleanableReport {}
}

parameters! {
    /// Criteria of [`HistoricActivityStatisticsQuery`].
    ACTIVITY_STATISTICS: HistoricActivityStatisticsQuery {
        "finished" => finished,
        "canceled" => canceled,
        "completeScope" => complete_scope,
        "incidents" => incidents,
        "startedBefore" => started_before,
        "startedAfter" => started_after,
        "finishedBefore" => finished_before,
        "finishedAfter" => finished_after,
        "processInstanceIdIn" => process_instance_id_in,
    }
}

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReportType {
    /// `duration`.
    Duration,
    /// `count`.
    Count,
}

/// A report as a call asks for it.
#[derive(Debug, Default)]
pub(crate) struct Report<R> {
    /// What it is about.
    pub(crate) about: R,
    /// `reportType`.
    pub(crate) kind: Option<ReportType>,
    /// `periodUnit`.
    pub(crate) unit: Option<PeriodUnit>,
    /// `groupBy`.
    pub(crate) group_by: Option<String>,
}

parameters! {
    /// Criteria of a [`ProcessInstanceReport`].
    INSTANCE_REPORT: Report<ProcessInstanceReport> {
        "processDefinitionIdIn" => about.process_definition_id_in,
        "processDefinitionKeyIn" => about.process_definition_key_in,
        "startedBefore" => about.started_before,
        "startedAfter" => about.started_after,
    } with {
        "reportType" => |report, input| kind(&mut report.kind, input),
        "periodUnit" => |report, input| unit(&mut report.unit, input),
    }
}

parameters! {
    /// Criteria of a [`TaskReport`].
    TASK_REPORT: Report<TaskReport> {
        "completedBefore" => about.completed_before,
        "completedAfter" => about.completed_after,
        "groupBy" => group_by,
    } with {
        "reportType" => |report, input| kind(&mut report.kind, input),
        "periodUnit" => |report, input| unit(&mut report.unit, input),
    }
}

/// Takes what is reported.
fn kind(field: &mut Option<ReportType>, input: Input<'_>) -> Result<(), Failure> {
    *field = match input.text()?.as_deref() {
        Some("duration") => Some(ReportType::Duration),
        Some("count") => Some(ReportType::Count),
        Some(_) => return Err(input.refused("")),
        None => None,
    };
    Ok(())
}

/// Takes the unit of a report's periods.
fn unit(field: &mut Option<PeriodUnit>, input: Input<'_>) -> Result<(), Failure> {
    let Some(text) = input.text()? else { return Ok(()) };
    *field = match text.to_ascii_uppercase().as_str() {
        "MONTH" => Some(PeriodUnit::Month),
        "QUARTER" => Some(PeriodUnit::Quarter),
        _ => {
            let java = "org.camunda.bpm.engine.query.PeriodUnit";
            return Err(input.refused(&format!("Cannot convert value {text} to java enum type {java}")));
        }
    };
    Ok(())
}
