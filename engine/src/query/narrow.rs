//! Candidates from indexes of the read model.

use std::collections::BTreeMap;

use engine_core::state::Variable;
use models::Id;

use super::{
    evaluate::parsed,
    variable_filter::{Operator, VariableFilter},
};
use crate::world::{
    World,
    cold::{Trace, Traced},
    index::{folded_key, text_key},
    runtime::VariableIndexes,
    thaw::{Lookup, VariableLookup},
    value_key,
};

/// Row ids under the id a text names.
pub(crate) fn under_id(index: &impl Lookup<Id>, text: &str) -> Vec<Id> {
    text.parse().map(|key| index.under(key)).unwrap_or_default()
}

/// Row ids under the ids that texts name.
pub(crate) fn under_ids(index: &impl Lookup<Id>, texts: &[String]) -> Vec<Id> {
    under_each(index, parsed(texts))
}

/// Row ids under ids.
pub(crate) fn under_each(index: &impl Lookup<Id>, keys: impl IntoIterator<Item = Id>) -> Vec<Id> {
    keys.into_iter().flat_map(|key| index.under(key)).collect()
}

/// Number of rows under ids.
pub(crate) fn count_each(index: &impl Lookup<Id>, keys: impl IntoIterator<Item = Id>) -> usize {
    keys.into_iter().map(|key| index.number_under(key)).sum()
}

/// Row ids under a text.
pub(crate) fn under_text(index: &impl Lookup<u64>, text: &str) -> Vec<Id> {
    index.under(text_key(text))
}

/// Row ids under several texts.
pub(crate) fn under_texts(index: &impl Lookup<u64>, texts: &[String]) -> Vec<Id> {
    texts.iter().flat_map(|text| under_text(index, text)).collect()
}

/// Row ids under a text whatever its case.
pub(crate) fn under_folded(index: &impl Lookup<u64>, text: &str) -> Vec<Id> {
    index.under(folded_key(text))
}

/// Ids of variables that may meet a condition: those of the name and, when the condition is an equality, of the value.
pub(crate) fn variables(index: &impl VariableLookup, filter: &VariableFilter) -> Vec<Id> {
    let name = folded_key(&filter.name);
    if filter.operator == Operator::Equals {
        return index.under((name, value_key(&filter.value)));
    }
    index.named(name)
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
        let found = variables(&VariableIndexes::views(self).value, filter);
        self.of_each(&found, |variable: &Variable| variable.process_instance)
    }
}
