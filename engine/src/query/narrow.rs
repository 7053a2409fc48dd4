//! Candidates from indexes of the read model.

use std::collections::{BTreeMap, BTreeSet};

use models::Id;

use super::{
    evaluate::parsed,
    variable_filter::{Operator, VariableFilter},
};
use crate::world::{
    World,
    cold::{Trace, Traced},
    index::{folded_key, ids, text_key},
    value_key,
};

/// Row ids under the id a text names.
pub(crate) fn under_id(index: &BTreeSet<(Id, Id)>, text: &str) -> Vec<Id> {
    text.parse().map(|key| ids(index, key).collect()).unwrap_or_default()
}

/// Row ids under the ids that texts name.
pub(crate) fn under_ids(index: &BTreeSet<(Id, Id)>, texts: &[String]) -> Vec<Id> {
    parsed(texts).into_iter().flat_map(|key| ids(index, key)).collect()
}

/// Row ids under ids.
pub(crate) fn under_each(index: &BTreeSet<(Id, Id)>, keys: impl IntoIterator<Item = Id>) -> Vec<Id> {
    keys.into_iter().flat_map(|key| ids(index, key)).collect()
}

/// Number of rows under ids.
pub(crate) fn count_each(index: &BTreeSet<(Id, Id)>, keys: impl IntoIterator<Item = Id>) -> usize {
    keys.into_iter().map(|key| ids(index, key).count()).sum()
}

/// Row ids under a text.
pub(crate) fn under_text(index: &BTreeSet<(u64, Id)>, text: &str) -> Vec<Id> {
    ids(index, text_key(text)).collect()
}

/// Row ids under several texts.
pub(crate) fn under_texts(index: &BTreeSet<(u64, Id)>, texts: &[String]) -> Vec<Id> {
    texts.iter().flat_map(|text| ids(index, text_key(text))).collect()
}

/// Row ids under a text whatever its case.
pub(crate) fn under_folded(index: &BTreeSet<(u64, Id)>, text: &str) -> Vec<Id> {
    ids(index, folded_key(text)).collect()
}

/// Ids of variables that may meet a condition: those of the name and, when the condition is an equality, of the value.
pub(crate) fn variables(index: &BTreeSet<((u64, u64), Id)>, filter: &VariableFilter) -> Vec<Id> {
    let name = folded_key(&filter.name);
    if filter.operator == Operator::Equals {
        return ids(index, (name, value_key(&filter.value))).collect();
    }
    index.range(((name, 0), Id::NIL)..=((name, u64::MAX), Id::MAX)).map(|entry| entry.1).collect()
}

/// Those ids that rows of a table have.
pub(crate) fn among<T>(table: &BTreeMap<Id, T>, mut ids: Vec<Id>) -> Vec<Id> {
    ids.retain(|id| table.contains_key(id));
    ids
}

/// The trace that variables leave which meet a condition.
pub(crate) fn variable_trace(filter: &VariableFilter) -> Option<Trace> {
    let name = folded_key(&filter.name);
    if filter.operator == Operator::Equals { (name, value_key(&filter.value)).trace() } else { name.trace() }
}

impl World {
    /// Ids of the definitions of a key.
    pub(crate) fn definitions_of(&self, key: &str) -> Vec<Id> {
        self.process_definitions_of_key(key).map(|definition| definition.id).collect()
    }

    /// Ids of the definitions of several keys.
    pub(crate) fn definitions_of_keys(&self, keys: &[String]) -> Vec<Id> {
        keys.iter().flat_map(|key| self.definitions_of(key)).collect()
    }

    /// The definition a text names.
    pub(crate) fn definition_named(&self, text: &str) -> Option<Id> {
        self.process_definition_by_text(text).map(|definition| definition.id)
    }

    /// Process instances that may have a variable that meets a condition.
    pub(crate) fn instances_with_variable(&self, filter: &VariableFilter) -> Vec<Id> {
        variables(&self.runtime.variables.by.value, filter)
            .into_iter()
            .filter_map(|id| self.runtime.variables.get(id)?.process_instance)
            .collect()
    }
}
