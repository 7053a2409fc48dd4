//! What is wrong with a migration plan, in Camunda's words.

use std::fmt::Write as _;

use super::{
    Mapping, Mappings,
    behaviour::{class, event_scope, has_persistent_trigger, has_timeout_listeners, is_conditional, is_passive_event},
};
use crate::{
    command::MigrationInstruction,
    graph::{Kind, NodeIx, PROCESS, ProcessGraph},
};

/// Whether a plan under construction may have multi-instance bodies without their inner activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Completeness {
    /// Inner activities are mapped later.
    BodiesMayBeAlone,
    /// The plan is complete.
    Whole,
}

/// Instructions with what is wrong with them; empty when the plan is valid.
pub fn validate(
    source: &ProcessGraph,
    target: &ProcessGraph,
    instructions: &[MigrationInstruction],
) -> Vec<(MigrationInstruction, Vec<String>)> {
    let mut reports = Vec::new();
    let mut mappings = Mappings { source, target, all: Vec::new() };
    let mut known = Vec::new();
    for one in instructions {
        let (from, to) = (source.find(&one.source), target.find(&one.target));
        if let (Some(from), Some(to)) = (from, to) {
            mappings.all.push(Mapping { source: from, target: to, update_event_trigger: one.update_event_trigger });
            known.push(one);
            continue;
        }
        let mut texts = Vec::new();
        if one.source.is_empty() || one.target.is_empty() {
            if one.source.is_empty() {
                texts.push("Source activity id is null".to_owned());
            }
            if one.target.is_empty() {
                texts.push("Target activity id is null".to_owned());
            }
        } else {
            if from.is_none() {
                texts.push(format!("Source activity '{}' does not exist", one.source));
            }
            if to.is_none() {
                texts.push(format!("Target activity '{}' does not exist", one.target));
            }
        }
        reports.push((one.clone(), texts));
    }
    for (one, mapping) in known.into_iter().zip(&mappings.all) {
        let texts = failures(&mappings, mapping, Completeness::Whole);
        if !texts.is_empty() {
            reports.push((one.clone(), texts));
        }
    }
    reports
}

/// The text of the exception for an invalid plan; `source` and `target` are ids of definitions.
pub fn report_text(source: &str, target: &str, reports: &[(MigrationInstruction, Vec<String>)]) -> String {
    let mut text =
        format!("ENGINE-23001 Migration plan for process definition '{source}' to '{target}' is not valid:\n");
    for (one, failures) in reports {
        // Camunda prints the object
        let _ = writeln!(
            text,
            "\t Migration instruction MigrationInstructionImpl{{sourceActivityId='{}', targetActivityId='{}', \
             updateEventTrigger='{}'}} is not valid:",
            one.source, one.target, one.update_event_trigger
        );
        for failure in failures {
            let _ = writeln!(text, "\t\t{failure}");
        }
    }
    text
}

/// What is wrong with one mapping, in the order of Camunda's validators.
pub(super) fn failures(all: &Mappings<'_>, one: &Mapping, completeness: Completeness) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(same_behaviour(all, one));
    found.extend(same_event_type(all, one));
    found.extend(mapped_once(all, one));
    found.extend(no_added_body(all, one));
    if completeness == Completeness::Whole {
        found.extend(inner_of_target(all, one));
        found.extend(inner_of_source(all, one));
    }
    gateway(all, one, &mut found);
    found.extend(same_event_scope(all, one));
    if one.update_event_trigger && !has_persistent_trigger(all.source, one.source) {
        found.push(
            "Cannot update event trigger because the activity does not define a persistent event trigger".to_owned(),
        );
    }
    found.extend(within_mapped_ancestor(all, one));
    if is_conditional(all.source, one.source) && !one.update_event_trigger {
        found.push("Conditional event has to migrate with update event trigger.".to_owned());
    }
    found
}

fn same_behaviour(all: &Mappings<'_>, one: &Mapping) -> Option<String> {
    let (from, to) = (class(all.source, one.source), class(all.target, one.target));
    let subprocess = |class| matches!(class, "SubProcessActivityBehavior" | "EventSubProcessActivityBehavior");
    (from != to && !(subprocess(from) && subprocess(to)))
        .then(|| format!("Activities have incompatible types ({from} is not compatible with {to})"))
}

fn same_event_type(all: &Mappings<'_>, one: &Mapping) -> Option<String> {
    if !is_passive_event(all.source, one.source) || !is_passive_event(all.target, one.target) {
        return None;
    }
    let (from, to) = (&all.source.node(one.source).activity_type, &all.target.node(one.target).activity_type);
    (from != to).then(|| format!("Events are not of the same type ({from} != {to})"))
}

fn mapped_once(all: &Mappings<'_>, one: &Mapping) -> Option<String> {
    let same: Vec<String> = all
        .of_source(one.source)
        .map(|mapping| {
            format!(
                "ValidatingMigrationInstructionImpl{{sourceActivity=Activity({}), targetActivity=Activity({})}}",
                all.source.node(mapping.source).id,
                all.target.node(mapping.target).id
            )
        })
        .collect();
    (same.len() > 1).then(|| {
        let id = &all.source.node(one.source).id;
        format!("There are multiple mappings for source activity id '{id}': {}", same.join(", "))
    })
}

fn no_added_body(all: &Mappings<'_>, one: &Mapping) -> Option<String> {
    let mut at = all.target.node(one.target).parent;
    while at != PROCESS && all.of_target(at).next().is_none() {
        let scope = all.target.node(at);
        if matches!(scope.kind, Kind::MultiInstanceBody(_)) {
            return Some(format!(
                "Target activity '{}' is a descendant of multi-instance body '{}' that is not mapped from the source \
                 process definition.",
                all.target.node(one.target).id,
                scope.id
            ));
        }
        at = scope.parent;
    }
    None
}

fn inner_of_target(all: &Mappings<'_>, one: &Mapping) -> Option<String> {
    let Kind::MultiInstanceBody(code) = &all.target.node(one.target).kind else { return None };
    all.of_target(code.inner)
        .next()
        .is_none()
        .then(|| "Must map the inner activity of a multi-instance body when the body is mapped".to_owned())
}

fn inner_of_source(all: &Mappings<'_>, one: &Mapping) -> Option<String> {
    let Kind::MultiInstanceBody(code) = &all.source.node(one.source).kind else { return None };
    all.of_source(code.inner)
        .next()
        .is_none()
        .then(|| "Cannot remove the inner activity of a multi-instance body when the body is mapped".to_owned())
}

fn gateway(all: &Mappings<'_>, one: &Mapping, found: &mut Vec<String>) {
    let to = all.target.node(one.target);
    if !matches!(to.kind, Kind::ParallelGateway | Kind::InclusiveGateway) {
        return;
    }
    let from = all.source.node(one.source);
    if from.incoming.len() > to.incoming.len() {
        found.push(
            "The target gateway must have at least the same number of incoming sequence flows that the source gateway \
             has"
            .to_owned(),
        );
    }
    if from.parent != PROCESS && all.of_source(from.parent).next().is_none() {
        found.push(format!("The gateway's flow scope '{}' must be mapped", all.source.node(from.parent).id));
    }
    if all.of_target(one.target).count() > 1 {
        found.push(format!("Only one gateway can be mapped to gateway '{}'", to.id));
    }
}

/// Id of a scope; the process has its own.
fn scope_id(graph: &ProcessGraph, scope: NodeIx) -> &str {
    &graph.node(scope).id
}

fn same_event_scope(all: &Mappings<'_>, one: &Mapping) -> Option<String> {
    let from = all.source.node(one.source);
    if from.activity_type == "compensationBoundaryCatch" {
        return None;
    }
    let scope = event_scope(all.source, one.source).filter(|scope| *scope != from.parent)?;
    let scope_name = scope_id(all.source, scope);
    let Some(wanted) = event_scope(all.target, one.target) else {
        return (!has_timeout_listeners(all.source, one.source)).then(|| {
            format!(
                "The source activity's event scope ({scope_name}) must be mapped but the target activity has no event scope"
            )
        });
    };
    let mapped = if scope == PROCESS { Some(PROCESS) } else { all.of_source(scope).next().map(|first| first.target) };
    (mapped != Some(wanted)).then(|| {
        format!(
            "The source activity's event scope ({scope_name}) must be mapped to the target activity's event scope ({})",
            scope_id(all.target, wanted)
        )
    })
}

fn within_mapped_ancestor(all: &Mappings<'_>, one: &Mapping) -> Option<String> {
    let mut at = all.source.node(one.source).parent;
    let ancestor = loop {
        if at == PROCESS {
            return None;
        }
        if let Some(found) = all.of_source(at).next() {
            break found;
        }
        at = all.source.node(at).parent;
    };
    let inside = one.target != ancestor.target && all.target.is_within(one.target, ancestor.target);
    (!inside).then(|| {
        format!(
            "The closest mapped ancestor '{}' is mapped to scope '{}' which is not an ancestor of target scope '{}'",
            all.source.node(ancestor.source).id,
            all.target.node(ancestor.target).id,
            all.target.node(one.target).id
        )
    })
}
