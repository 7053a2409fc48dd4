//! JUEL: the expression language of Camunda 7 models.
//!
//! [`Expression::parse`] reads a text once: literal text, one `${…}` or `#{…}`, or a mixture. [`Expression::evaluate`] runs it
//! against a [`Context`](objects::Context). Grammar, coercions and messages are those of the engine's own JUEL (S-EL-1 to
//! S-EL-8); `tests/data` holds what a real engine answered.
//!
//! ```
//! use tollgate_juel::Expression;
//!
//! let expression = Expression::parse("${amount > 100 && status == 'open'}")?;
//! assert!(!expression.is_literal());
//! let error = Expression::parse("${1 +}").unwrap_err();
//! assert!(error.to_string().starts_with("Error parsing '${1 +}': syntax error at position 5, encountered '}'"));
//! # Ok::<(), tollgate_juel::ParseError>(())
//! ```

pub mod coerce;
mod error;
mod evaluate;
mod operators;
mod parser;
mod scanner;
mod tree;

use std::sync::Arc;

pub use error::{EvalError, ParseError};
use objects::{Context, Object};

/// Longest text that is parsed, in bytes.
pub const MAX_LENGTH: usize = 100_000;

/// Deepest nesting of parentheses, arguments, choices and prefix operators.
pub const MAX_NESTING: usize = 200;

/// A parsed expression: immutable, cheap to share.
#[derive(Clone, Debug)]
pub struct Expression {
    text: Arc<str>,
    tree: Arc<tree::Tree>,
}

impl Expression {
    /// Reads an expression. Text without `${` and `#{` is a literal string.
    ///
    /// # Errors
    /// What Camunda says at deployment, with the position where it says one.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let tree = parser::parse(text)?;
        Ok(Self { text: Arc::from(text), tree: Arc::new(tree) })
    }

    /// The text it was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is plain text, with nothing to evaluate.
    pub fn is_literal(&self) -> bool {
        self.tree.is_literal()
    }

    /// Names of the functions it calls, in no particular order.
    pub fn functions(&self) -> impl Iterator<Item = &'static str> {
        self.tree.functions()
    }

    /// The names it looks up, with the method that is called on each if one is: `charge` and `now` of `${charge.run(now)}`.
    pub fn names(&self) -> Vec<(&str, Option<&str>)> {
        self.tree.names()
    }

    /// Evaluates. A single `${…}` gives the value as it is, everything else a string.
    ///
    /// # Errors
    /// [`EvalError`], which renders as Camunda's message.
    pub fn evaluate(&self, ctx: &mut dyn Context) -> Result<Object, EvalError> {
        evaluate::evaluate(&self.tree, ctx).map_err(|failure| failure.into_error(&self.text))
    }
}
