//! Results of decisions, and the forms in which a business rule task keeps them.

use std::{fmt, sync::Arc};

use indexmap::IndexMap;
use models::{Value, value::Tree};

use crate::{error::DmnError, java, types::TypedValue, values};

/// The outputs of one rule by variable name, in the order of the columns. An output may have no name.
pub type Entries = IndexMap<Option<Arc<str>>, TypedValue>;

/// The result of a decision: one set of entries per rule that counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecisionResult(pub Vec<Entries>);

/// `camunda:mapDecisionResult`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultMapping {
    /// The only output of the only rule.
    SingleEntry,
    /// The outputs of the only rule.
    SingleResult,
    /// The values of the only output of all rules.
    CollectEntries,
    /// The outputs of all rules: what Camunda does unless told otherwise.
    ResultList,
}

impl ResultMapping {
    /// The mapping of that name; `None` for names that Camunda does not know.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "singleEntry" => Self::SingleEntry,
            "singleResult" => Self::SingleResult,
            "collectEntries" => Self::CollectEntries,
            "resultList" => Self::ResultList,
            _ => return None,
        })
    }

    /// Camunda's class, as its errors show it.
    fn class(self) -> &'static str {
        match self {
            Self::SingleEntry => "SingleEntryDecisionResultMapper{}",
            Self::SingleResult => "SingleResultDecisionResultMapper{}",
            Self::CollectEntries => "CollectEntriesDecisionResultMapper{}",
            Self::ResultList => "ResultListDecisionTableResultMapper",
        }
    }
}

impl DecisionResult {
    /// The values of one output, of the rules that have it.
    pub fn collect(&self, name: Option<&Arc<str>>) -> impl Iterator<Item = &TypedValue> {
        let name = name.cloned();
        self.0.iter().filter_map(move |entries| entries.get(&name))
    }

    /// The value that a business rule task stores.
    ///
    /// # Errors
    /// `ENGINE-22001` and `ENGINE-22002`: the result does not have the form that is asked for.
    pub fn map(&self, mapping: ResultMapping) -> Result<TypedValue, DmnError> {
        let failed = || {
            DmnError::Result(format!(
                "ENGINE-22001 The decision result mapper '{}' failed to process '{self}'",
                mapping.class()
            ))
        };
        match mapping {
            ResultMapping::SingleEntry => match self.0.as_slice() {
                [] => Ok(TypedValue::untyped(Value::Null)),
                [entries] if entries.len() < 2 => {
                    let value = entries.first().map(|(_, value)| value.clone());
                    Ok(value.unwrap_or_else(|| TypedValue::untyped(Value::Null)))
                }
                _ => Err(failed()),
            },
            ResultMapping::SingleResult => match self.0.as_slice() {
                [] => Ok(TypedValue::untyped(Value::Null)),
                [entries] => Ok(TypedValue::untyped(values::object("java.util.HashMap", hash_map(entries)))),
                _ => Err(failed()),
            },
            ResultMapping::ResultList => {
                let list = Tree::List(self.0.iter().map(hash_map).collect());
                Ok(TypedValue::untyped(values::object("java.util.ArrayList", list)))
            }
            ResultMapping::CollectEntries => self.collect_entries(mapping),
        }
    }

    fn collect_entries(&self, mapping: ResultMapping) -> Result<TypedValue, DmnError> {
        if self.0.is_empty() {
            let empty = values::object("java.util.Collections$EmptyList", Tree::List(Vec::new()));
            return Ok(TypedValue::untyped(empty));
        }
        let mut names: Vec<&Option<Arc<str>>> = Vec::new();
        for name in self.0.iter().flat_map(IndexMap::keys) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.len() > 1 {
            let shown: Vec<&str> = names.iter().map(|name| name.as_deref().unwrap_or("null")).collect();
            let shown: Vec<&str> = java::hash_map_order(&shown).into_iter().map(|at| shown[at]).collect();
            return Err(DmnError::Result(format!(
                "ENGINE-22002 The decision result mapper '{}' failed to process '{self}'. The decision outputs should only \
                 contains values for one output name but found '[{}]'.",
                mapping.class(),
                shown.join(", ")
            )));
        }
        let Some(name) = names.first() else {
            // Rules without any output: Camunda asks an empty set for its first name.
            return Err(DmnError::Result("java.util.NoSuchElementException".to_owned()));
        };
        let collected = self.collect(name.as_ref()).map(|value| Tree::Value(value.value.clone())).collect();
        Ok(TypedValue::untyped(values::object("java.util.ArrayList", Tree::List(collected))))
    }
}

/// The entries as a `java.util.HashMap` walks them; no name comes first.
fn hash_map(entries: &Entries) -> Tree {
    let names: Vec<&str> = entries.keys().map(|name| name.as_deref().unwrap_or("")).collect();
    let entry = |at: usize| {
        let (name, value) = entries.get_index(at)?;
        let key = name.clone().map_or(Value::Null, Value::String);
        Some((Tree::Value(key), Tree::Value(value.value.clone())))
    };
    Tree::Map(java::hash_map_order(&names).into_iter().filter_map(entry).collect())
}

impl fmt::Display for DecisionResult {
    /// As Camunda's result prints itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (at, entries) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "{" } else { ", {" })?;
            for (at, (name, value)) in entries.iter().enumerate() {
                let name = name.as_deref().unwrap_or("null");
                write!(f, "{}{name}={value}", if at == 0 { "" } else { ", " })?;
            }
            f.write_str("}")?;
        }
        f.write_str("]")
    }
}
