//! Whether an instance can be migrated, in Camunda's words.

use std::{collections::BTreeMap, fmt::Write as _};

use models::Id;
use serde_json::{Value as Json, json};

use super::{Compensation, Element, Ix, Migrating, Role, What};
use crate::{
    error::{Fault, FaultKind},
    graph::{NodeIx, PROCESS},
    history::activity_instance_text,
    migration::is_supported,
    state::{AsyncOperation, JobKind},
    transaction::{Step, Tx},
};

const UNMAPPED: &str = "There is no migration instruction for this instance's activity";

impl Tx<'_> {
    pub(super) fn check_migration(&self, m: &Migrating) -> Step {
        let mut activities: BTreeMap<Ix, Vec<String>> = BTreeMap::new();
        let mut transitions: BTreeMap<Ix, Vec<String>> = BTreeMap::new();
        for (ix, element) in m.elements.iter().enumerate() {
            match &element.role {
                Role::Scope | Role::Token => {
                    let found = self.activity_failures(m, element);
                    activities.entry(ix).or_default().splice(0..0, found);
                }
                Role::Transition => {
                    transitions.insert(ix, self.transition_failures(m, element));
                }
                Role::EventScope(link) | Role::Subscription(link) => {
                    let mut owner = element.parent;
                    while let Some(at) = owner.filter(|at| matches!(m.elements[*at].role, Role::EventScope(_))) {
                        owner = m.elements[at].parent;
                    }
                    if let Some(owner) = owner {
                        activities.entry(owner).or_default().extend(compensation_failures(m, element, link));
                    }
                }
            }
        }
        activities.retain(|_, failures| !failures.is_empty());
        transitions.retain(|_, failures| !failures.is_empty());
        if m.left.is_empty() && activities.is_empty() && transitions.is_empty() {
            return Ok(());
        }
        Err(report(m, &activities, &transitions))
    }

    fn activity_failures(&self, m: &Migrating, element: &Element) -> Vec<String> {
        let mut found = Vec::new();
        let source = element.source.unwrap_or(PROCESS);
        if !element.mapped && element.children.is_empty() {
            found.push(UNMAPPED.to_owned());
        }
        let loses_scope = element.target.is_some_and(|target| {
            m.plan.source_graph().node(source).is_scope && !m.plan.target_graph().node(target).is_scope
        });
        if loses_scope {
            let mut names: BTreeMap<&str, usize> = BTreeMap::new();
            for one in &element.dependents {
                if let What::Variable { id, .. } = one.what {
                    if let Some(row) = self.t.state.variable(id) {
                        *names.entry(&*row.name).or_default() += 1;
                    }
                }
            }
            for (name, _) in names.into_iter().filter(|(_, count)| *count > 1) {
                found.push(format!(
                    "The variable '{name}' exists in both, this scope and concurrent local in the parent scope. Migrating \
                     to a non-scope activity would overwrite one of them."
                ));
            }
        }
        if source != PROCESS && !is_supported(m.plan.source_graph(), source) {
            found.push("The type of the source activity is not supported for activity instance migration".to_owned());
        }
        found
    }

    fn transition_failures(&self, m: &Migrating, element: &Element) -> Vec<String> {
        let Some(target) = element.target else { return vec![UNMAPPED.to_owned()] };
        let mut found = Vec::new();
        let node = m.plan.target_graph().node(target);
        for one in &element.dependents {
            let What::AsyncJob(id) = one.what else { continue };
            let Some(JobKind::Async(operation)) = self.t.state.job(id).map(|job| &job.kind) else { continue };
            let after = is_after(operation);
            if after && node.outgoing.len() > 1 {
                match source_flow(m, operation) {
                    None => found.push(
                        "Transition instance is assigned to no sequence flow and target activity has more than one \
                         outgoing sequence flow"
                            .to_owned(),
                    ),
                    Some(flow) if !node.outgoing.iter().any(|out| *m.plan.target_graph().flow(*out).id == *flow) => {
                        found.push(
                            "Transition instance is assigned to a sequence flow that cannot be matched in the target \
                             activity"
                                .to_owned(),
                        );
                    }
                    Some(_) => {}
                }
            }
            if *operation == AsyncOperation::ProcessStart && node.parent != PROCESS {
                found.push(
                    "A transition instance that instantiates the process can only be migrated to a process-level flow node"
                        .to_owned(),
                );
            }
            if after && !node.async_after {
                found.push("Target activity is not asyncAfter".to_owned());
            }
            if !after && !node.async_before {
                found.push("Target activity is not asyncBefore".to_owned());
            }
        }
        found
    }
}

/// Whether a job continues behind its activity.
pub(super) fn is_after(operation: &AsyncOperation) -> bool {
    matches!(operation, AsyncOperation::TransitionNotifyListenerTake(_) | AsyncOperation::ActivityEnd)
}

/// Id of the flow that a token behind an activity will take.
pub(super) fn source_flow<'m>(m: &'m Migrating, operation: &AsyncOperation) -> Option<&'m str> {
    match operation {
        AsyncOperation::TransitionNotifyListenerTake(flow) => {
            m.plan.source_graph().flows.get(*flow as usize).map(|flow| &*flow.id)
        }
        _ => None,
    }
}

fn compensation_failures(m: &Migrating, element: &Element, link: &Compensation) -> Vec<String> {
    let graph = m.plan.source_graph();
    let handler = link.handler.map_or("", |handler| &*graph.node(handler).id);
    let subject = format!("Cannot migrate subscription for compensation handler '{handler}'. ");
    let lonely = element.children.is_empty();
    match element.role {
        Role::Subscription(_) if !link.mapped => {
            vec![format!("{subject}There is no migration instruction for the compensation boundary event")]
        }
        Role::EventScope(_) if !link.mapped && lonely => {
            vec![format!("{subject}There is no migration instruction for the compensation start event")]
        }
        Role::EventScope(_) if link.target.is_none() && !lonely => {
            let by_event = link
                .handler
                .is_some_and(|handler| matches!(graph.node(handler).kind, crate::graph::Kind::EventSubProcess));
            if by_event {
                return vec![format!("{subject}There is no migration instruction for the compensation start event")];
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The id that the API shows.
fn text_id(m: &Migrating, element: &Element) -> String {
    match element.role {
        Role::Transition => element.instance.to_string(),
        _ if element.source == Some(PROCESS) => element.instance.to_string(),
        _ => activity_instance_text(source_id(m, element.source), element.instance),
    }
}

fn source_id(m: &Migrating, source: Option<NodeIx>) -> &str {
    source.map_or("", |source| &*m.plan.source_graph().node(source).id)
}

fn report(m: &Migrating, activities: &BTreeMap<Ix, Vec<String>>, transitions: &BTreeMap<Ix, Vec<String>>) -> Fault {
    let id: Id = m.process_instance;
    let mut text = format!("ENGINE-23004 Cannot migrate process instance '{id}':\n");
    for failure in &m.left {
        let _ = writeln!(text, "\t{failure}");
    }
    for (what, found) in [("activity", activities), ("transition", transitions)] {
        for (ix, failures) in found {
            let _ = writeln!(text, "\tCannot migrate {what} instance '{}':", text_id(m, &m.elements[*ix]));
            for failure in failures {
                let _ = writeln!(text, "\t\t{failure}");
            }
        }
    }
    let entries = |found: &BTreeMap<Ix, Vec<String>>, name: &str| -> Vec<Json> {
        found
            .iter()
            .map(|(ix, failures)| {
                let element = &m.elements[*ix];
                let instruction = element.source.filter(|_| element.mapped).and_then(|source| {
                    let one = m.plan.instruction(source)?;
                    Some(json!({
                        "sourceActivityIds": [source_id(m, Some(source))],
                        "targetActivityIds": [&*m.plan.target_graph().node(one.target).id],
                        "updateEventTrigger": one.update_event_trigger,
                    }))
                });
                let scope = if element.source == Some(PROCESS) {
                    m.plan.source.text_id()
                } else {
                    source_id(m, element.source).to_owned()
                };
                json!({
                    "migrationInstruction": instruction,
                    name: text_id(m, element),
                    "sourceScopeId": scope,
                    "failures": failures,
                })
            })
            .collect()
    };
    let details = json!({"validationReport": {
        "processInstanceId": id.to_string(),
        "failures": m.left,
        "activityInstanceValidationReports": entries(activities, "activityInstanceId"),
        "transitionInstanceValidationReports": entries(transitions, "transitionInstanceId"),
    }});
    let mut fault = Fault::new(FaultKind::MigratingInstanceValidation, text);
    fault.details = Some(details.to_string());
    fault
}
