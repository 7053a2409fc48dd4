//! One executable `process`.

use std::collections::{HashMap, HashSet};

use models::bpmn::{Lane, Process};

use super::{
    AnonymousJobs, Builder, ProcessDraft, Step, all_extension_elements, documentation, extension_properties, java,
    owned,
    scope::{Role, Scope},
    span,
};
use crate::{problem::Place, rules, xml::Element};

const TIME_TO_LIVE_MISSING: &str = "ENGINE-12018 History Time To Live (TTL) cannot be null. TTL is necessary for the History \
     Cleanup to work. The following options are possible:\n* Set historyTimeToLive in the model\n* Set a default \
     historyTimeToLive as a global process engine configuration\n* (Not recommended) Deactivate the enforceTTL config to disable \
     this check";

impl<'d> Builder<'d> {
    pub(super) fn parse_process(&mut self, element: Element<'d>) -> Step<Process> {
        self.last_element = Some(element);
        self.sequence_flows.clear();
        // While Camunda parses, a process has a key and no id: its messages call it `null`.
        let scope = self.add_scope(Scope::new(element, None, None, Role::Process));
        self.scopes[scope].is_subprocess = true;
        self.processes.push(ProcessDraft {
            key: element.id(),
            activities: HashMap::new(),
            lanes: HashSet::new(),
            anonymous_jobs: AnonymousJobs::default(),
        });
        let job_priority = self.parse_priority(element, "jobPriority")?;
        let task_priority = self.parse_priority(element, "taskPriority")?;
        let history_time_to_live = self.parse_time_to_live(element);
        self.parse_scope(element, scope)?;
        let (candidate_starter_users, candidate_starter_groups) = self.parse_start_authorization(element)?;
        let lanes = self.parse_lanes(element);
        self.validate_activities(scope);
        let body = self.take_bodies(scope);
        Ok(Process {
            id: element.id().unwrap_or_default().to_owned(),
            name: owned(element.attribute("name")),
            executable: true,
            documentation: documentation(element),
            version_tag: owned(element.extension("versionTag")),
            history_time_to_live,
            candidate_starter_users,
            candidate_starter_groups,
            startable_in_tasklist: element
                .extension("isStartableInTasklist")
                .is_none_or(|text| text.eq_ignore_ascii_case("true")),
            job_priority,
            task_priority,
            listeners: std::mem::take(&mut self.scopes[scope].listeners),
            properties: extension_properties(element).unwrap_or_default(),
            body,
            lanes,
            span: span(element),
        })
    }

    /// `camunda:historyTimeToLive`, or the engine's: days or `PnD`.
    fn parse_time_to_live(&mut self, element: Element<'d>) -> Option<i32> {
        let own = element.extension("historyTimeToLive");
        let text = own.or(self.options.history_time_to_live.as_deref()).unwrap_or_default();
        match parse_days(text) {
            Err(message) => {
                // Camunda wraps the exception and its text shows twice.
                self.error(rules::TIME_TO_LIVE, format!("{message}: {message}"), element);
                None
            }
            Ok(None) if self.options.enforce_history_time_to_live => {
                let message = format!("{TIME_TO_LIVE_MISSING}: {TIME_TO_LIVE_MISSING}");
                self.error(rules::TIME_TO_LIVE_MISSING, message, element);
                None
            }
            Ok(None) => {
                let message = format!("process `{}` has no history time to live", element.id().unwrap_or_default());
                self.problems.warning(rules::TIME_TO_LIVE_ADVICE, message, Place::of(element));
                None
            }
            Ok(days) => days,
        }
    }

    /// A priority: an integer or an expression, kept as text.
    pub(super) fn parse_priority(&mut self, element: Element<'d>, name: &str) -> Step<Option<String>> {
        let Some(text) = element.extension(name) else {
            return Ok(None);
        };
        if !java::is_expression(text) && java::parse_int(text).is_err() {
            let message = format!("Value '{text}' for attribute '{name}' is not a valid number");
            self.error(rules::PRIORITY, message, element);
        }
        self.expression(text).map(Some)
    }

    /// `camunda:potentialStarter` elements and `camunda:candidateStarter…` attributes: users and groups.
    fn parse_start_authorization(&mut self, element: Element<'d>) -> Step<(Vec<String>, Vec<String>)> {
        let (mut users, mut groups) = (Vec::new(), Vec::new());
        for starter in all_extension_elements(element, "potentialStarter")? {
            self.parse_resource_assignment(starter, &mut users, &mut groups)?;
        }
        for (name, list) in [("candidateStarterUsers", &mut users), ("candidateStarterGroups", &mut groups)] {
            for candidate in java::comma_separated(element.extension(name).unwrap_or_default()) {
                list.push(self.expression(java::trim(&candidate))?);
            }
        }
        Ok((users, groups))
    }

    fn parse_lanes(&mut self, element: Element<'d>) -> Vec<Lane> {
        let mut lanes = Vec::new();
        for set in element.children_named("laneSet") {
            for lane in set.children_named("lane") {
                if let (Some(id), Some(process)) = (lane.id(), self.processes.last_mut()) {
                    process.lanes.insert(id);
                }
                lanes.push(Lane {
                    id: lane.id().unwrap_or_default().to_owned(),
                    name: owned(lane.attribute("name")),
                    nodes: lane
                        .children_named("flowNodeRef")
                        .map(|reference| java::trim(reference.text()).to_owned())
                        .collect(),
                });
            }
        }
        lanes
    }
}

/// Days of a time to live; empty means none.
fn parse_days(text: &str) -> Result<Option<i32>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let iso = text
        .strip_prefix('P')
        .and_then(|rest| rest.strip_suffix('D'))
        .filter(|days| !days.is_empty() && days.bytes().all(|b| b.is_ascii_digit()));
    let days =
        java::parse_int(iso.unwrap_or(text)).map_err(|message| format!("Cannot parse historyTimeToLive: {message}"))?;
    if days < 0 {
        return Err("Cannot parse historyTimeToLive: negative value is not allowed".to_owned());
    }
    Ok(Some(days))
}

#[cfg(test)]
mod tests {
    use super::parse_days;

    #[test]
    fn time_to_live_is_days() {
        assert_eq!(parse_days("30"), Ok(Some(30)));
        assert_eq!(parse_days("P30D"), Ok(Some(30)));
        assert_eq!(parse_days(""), Ok(None));
        assert_eq!(parse_days("P1M"), Err("Cannot parse historyTimeToLive: For input string: \"P1M\"".to_owned()));
        assert_eq!(parse_days("-1"), Err("Cannot parse historyTimeToLive: negative value is not allowed".to_owned()));
    }
}
