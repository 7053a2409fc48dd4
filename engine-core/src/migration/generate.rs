//! Generated plans: equal activities are mapped.

use super::{
    Mapping, Mappings,
    behaviour::{event_scope, has_persistent_trigger, is_conditional, is_generated},
    validate::{Completeness, failures},
};
use crate::{
    command::MigrationInstruction,
    graph::{NodeIx, PROCESS, ProcessGraph},
};

/// Maps activities that have the same id in scopes that are mapped to each other, and leaves out what is not valid.
/// `update_event_triggers`: mappings of events take name, due date or condition from the target.
pub fn generate(
    source: &ProcessGraph,
    target: &ProcessGraph,
    update_event_triggers: bool,
) -> Vec<MigrationInstruction> {
    let mut mappings = Mappings { source, target, all: Vec::new() };
    // scopes whose content is mapped next; their mapping may turn out to be invalid on the way
    let mut scopes = vec![(PROCESS, PROCESS)];
    while let Some((source_scope, target_scope)) = scopes.pop() {
        let still_mapped = source_scope == PROCESS || mappings.of_source(source_scope).next().is_some();
        if !still_mapped {
            continue;
        }
        let inside = |graph: &ProcessGraph, scope: NodeIx| graph.children(scope).collect::<Vec<_>>();
        let events = |graph: &ProcessGraph, scope: NodeIx| -> Vec<NodeIx> {
            let all = (1..graph.nodes.len()).filter_map(|at| u32::try_from(at).ok().map(NodeIx));
            all.filter(|node| event_scope(graph, *node) == Some(scope)).collect()
        };
        let made =
            pairs(&mappings, &inside(source, source_scope), &inside(target, target_scope), update_event_triggers);
        mappings.all.extend(made.iter().copied());
        let waiting =
            pairs(&mappings, &events(source, source_scope), &events(target, target_scope), update_event_triggers);
        mappings.all.extend(waiting);
        retain_valid(&mut mappings, Completeness::BodiesMayBeAlone);
        scopes.extend(made.iter().filter(|one| mappings.all.contains(one)).map(|one| (one.source, one.target)));
    }
    retain_valid(&mut mappings, Completeness::Whole);
    mappings
        .all
        .iter()
        .map(|mapping| MigrationInstruction {
            source: source.node(mapping.source).id.to_string(),
            target: target.node(mapping.target).id.to_string(),
            update_event_trigger: mapping.update_event_trigger,
        })
        .collect()
}

fn pairs(mappings: &Mappings<'_>, sources: &[NodeIx], targets: &[NodeIx], update: bool) -> Vec<Mapping> {
    let (source, target) = (mappings.source, mappings.target);
    let mut made = Vec::new();
    for &from in sources {
        if mappings.of_source(from).next().is_some() || !is_generated(source, from) {
            continue;
        }
        for &to in targets {
            if is_generated(target, to) && source.node(from).id == target.node(to).id {
                let trigger = is_conditional(source, from) || (update && has_persistent_trigger(source, from));
                made.push(Mapping { source: from, target: to, update_event_trigger: trigger });
            }
        }
    }
    made
}

/// Drops what is not valid, judged all at once.
fn retain_valid(mappings: &mut Mappings<'_>, completeness: Completeness) {
    let valid: Vec<Mapping> =
        mappings.all.iter().filter(|one| failures(mappings, one, completeness).is_empty()).copied().collect();
    mappings.all = valid;
}
