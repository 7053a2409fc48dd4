//! What a decision needs from outside.

use std::sync::Arc;

use models::Value;

/// Gives variables and evaluates other languages than FEEL.
pub trait DecisionHost {
    /// The variable of that name; `None` when there is none (null is a value).
    fn variable(&mut self, name: &str) -> Option<Value>;

    /// Evaluates an expression of another language. `locals` hide the host's variables.
    ///
    /// # Errors
    /// The language is unknown, or the evaluation failed.
    fn evaluate(&mut self, language: &str, text: &str, locals: &Locals) -> Result<Value, HostError>;

    /// The current time in the zone of the engine, which is also the zone in which dates are read and shown.
    fn now(&mut self) -> jiff::Zoned;

    /// 64 random bits.
    fn random(&mut self) -> u64;
}

/// Why a host has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostError {
    /// There is no engine for the language.
    UnknownLanguage,
    /// The evaluation failed, with the reason.
    Failed(String),
}

/// Names that the decision itself binds: results of required decisions, then the input that is tested.
#[derive(Clone, Debug, Default)]
pub struct Locals {
    entries: Vec<(Arc<str>, Value)>,
}

impl Locals {
    /// The value bound to the name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries.iter().rev().find(|(bound, _)| &**bound == name).map(|(_, value)| value)
    }

    /// All names with their values; of two with one name the later counts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.entries.iter().map(|(name, value)| (&**name, value))
    }

    pub(crate) fn put(&mut self, name: Arc<str>, value: Value) {
        self.entries.push((name, value));
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.entries.truncate(len);
    }
}
