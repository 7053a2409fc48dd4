//! Which flow nodes and sequence flows the scenarios reached.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use drawing::{Mark, Marks, Picture, Tone};
use models::bpmn::{Definitions, NodeKind, ScopeBody};
use parking_lot::Mutex;
use tollgate::{
    history::HistoryEvent,
    observe::{Committed, Observer},
};

/// Elements reached, by process: how often each.
#[derive(Debug, Default)]
pub(super) struct Reached(Mutex<BTreeMap<String, BTreeMap<String, usize>>>);

impl Observer for Reached {
    fn committed(&self, commit: &Committed<'_>) {
        let mut reached = self.0.lock();
        let mut count = |process: &str, element: &str| {
            *reached.entry(process.to_owned()).or_default().entry(element.to_owned()).or_default() += 1;
        };
        for event in commit.events() {
            if let HistoryEvent::ActivityStarted(row) = event
                && let Some(definition) = commit.world.process_definition(row.definition)
            {
                count(&definition.key, &row.activity);
            }
        }
        for (definition, flow) in commit.flows {
            if let Some(row) = commit.world.process_definition(*definition) {
                count(&row.key, flow);
            }
        }
    }
}

/// Coverage of one process.
#[derive(Debug)]
pub(super) struct Coverage {
    /// The model's file.
    pub(super) model: String,
    /// Key of the process.
    pub(super) process: String,
    /// Flow nodes reached and not reached.
    pub(super) nodes: (BTreeSet<String>, BTreeSet<String>),
    /// Sequence flows taken and not taken.
    pub(super) flows: (BTreeSet<String>, BTreeSet<String>),
    marks: Marks,
}

impl Coverage {
    /// Reached and all flow nodes and sequence flows.
    pub(super) fn numbers(&self) -> (usize, usize) {
        let reached = self.nodes.0.len() + self.flows.0.len();
        (reached, reached + self.nodes.1.len() + self.flows.1.len())
    }
}

/// Coverage of the processes of a model.
pub(super) fn of(model: &str, definitions: &Definitions, reached: &Reached) -> Vec<Coverage> {
    let reached = reached.0.lock();
    let none = BTreeMap::new();
    definitions
        .processes
        .iter()
        .filter(|process| process.executable)
        .map(|process| {
            let counts = reached.get(&process.id).unwrap_or(&none);
            let mut coverage = Coverage {
                model: model.to_owned(),
                process: process.id.clone(),
                nodes: Default::default(),
                flows: Default::default(),
                marks: Marks::new(),
            };
            coverage.scope(&process.body, counts);
            coverage
        })
        .collect()
}

impl Coverage {
    fn scope(&mut self, body: &ScopeBody, counts: &BTreeMap<String, usize>) {
        for node in &body.nodes {
            // a compensation boundary event is a marker, no activity ever begins at it
            let marker = matches!(
                &node.kind,
                NodeKind::BoundaryEvent(event) if matches!(event.trigger, models::bpmn::BoundaryTrigger::Compensation { .. })
            );
            if !marker {
                let (yes, no) = &mut self.nodes;
                put(&node.id, counts, yes, no, &mut self.marks);
            }
            if let NodeKind::SubProcess(inner) | NodeKind::Transaction(inner) = &node.kind {
                self.scope(&inner.body, counts);
            }
        }
        for flow in &body.flows {
            let (yes, no) = &mut self.flows;
            put(&flow.id, counts, yes, no, &mut self.marks);
        }
    }
}

fn put(
    id: &str,
    counts: &BTreeMap<String, usize>,
    reached: &mut BTreeSet<String>,
    missed: &mut BTreeSet<String>,
    marks: &mut Marks,
) {
    let count = counts.get(id).copied().unwrap_or_default();
    let (set, tone) = if count > 0 { (reached, Tone::Good) } else { (missed, Tone::Missed) };
    set.insert(id.to_owned());
    let title = if count == 0 { "not reached".to_owned() } else { format!("reached {count} times") };
    marks.insert(id.to_owned(), Mark { tone, badge: None, title: Some(title) });
}

/// The picture of a model with what was reached.
pub(super) fn picture(definitions: &Definitions, bytes: &Arc<[u8]>, coverages: &[&Coverage]) -> String {
    let marks = coverages.iter().flat_map(|coverage| coverage.marks.clone()).collect();
    Picture::of(definitions, bytes).svg(&marks)
}
