//! FEEL as Camunda 7.24 evaluates it (feel-scala 1.19): expressions and unary tests over any variables.
//!
//! A text is parsed once into an immutable, shareable form ([`Expression`], [`UnaryTests`]) and evaluated against a
//! [`Scope`], which gives variables, the clock and random numbers; this crate never reads a clock itself. What goes wrong
//! inside an expression mostly becomes null, as in Camunda; what does not is a [`FeelError`] with Camunda's text. Hostile
//! texts meet [`limits`], never the end of the stack. Start reading at [`parser`](self) for the grammar, `eval` for the
//! semantics, `builtins` for the functions.
//!
//! ```
//! use tollgate_feel::{Expression, Scope, UnaryTests, Value};
//!
//! struct Variables;
//!
//! impl Scope for Variables {
//!     fn variable(&mut self, name: &str) -> Option<Value> {
//!         (name == "price").then(|| Value::integer(40))
//!     }
//!     fn now(&mut self) -> jiff::Zoned {
//!         jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC)
//!     }
//!     fn random(&mut self) -> u64 {
//!         4
//!     }
//! }
//!
//! let total = Expression::parse("price * 1.5")?.evaluate(&mut Variables)?;
//! assert_eq!(total.to_string(), "60.0");
//! let cheap = UnaryTests::parse("< 50")?.evaluate("price", Some(&Value::integer(40)), &mut Variables)?;
//! assert!(cheap);
//! # Ok::<(), tollgate_feel::FeelError>(())
//! ```

mod arithmetic;
mod builtins;
pub mod decimal;
mod error;
mod eval;
mod expression;
mod function;
pub mod limits;
mod parser;
mod pattern;
pub mod temporal;
pub mod value;

use std::sync::Arc;

pub use decimal::Decimal;
pub use error::{FeelError, ParseError};
pub use function::Function;
pub use value::{Context, Value};

use eval::Evaluator;
use expression::Node;

/// What an evaluation sees of the outside.
pub trait Scope {
    /// The variable of that name; `None` when there is none (null is a value).
    fn variable(&mut self, name: &str) -> Option<Value>;

    /// The current time, in the zone of the engine.
    fn now(&mut self) -> jiff::Zoned;

    /// 64 random bits, for `random number()` and `uuid()`.
    fn random(&mut self) -> u64;
}

/// A parsed expression.
#[derive(Clone, Debug)]
pub struct Expression {
    text: Arc<str>,
    root: Node,
}

impl Expression {
    /// Parses an expression.
    ///
    /// # Errors
    /// The text is no expression, or exceeds [`limits`].
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Ok(Self { root: parser::expression(text)?, text: text.into() })
    }

    /// The text it was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Computes the value.
    ///
    /// # Errors
    /// What Camunda's engine reports as a failed evaluation; exceeding [`limits`].
    pub fn evaluate(&self, scope: &mut dyn Scope) -> Result<Value, FeelError> {
        Evaluator::new(scope, None).run(&self.root, &self.text)
    }
}

/// Parsed unary tests.
#[derive(Clone, Debug)]
pub struct UnaryTests {
    text: Arc<str>,
    root: Node,
}

impl UnaryTests {
    /// Parses unary tests.
    ///
    /// # Errors
    /// The text is no unary test, or exceeds [`limits`].
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        Ok(Self { root: parser::unary_tests(text)?, text: text.into() })
    }

    /// The text they were parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the input passes. `input_name` is the name under which the tests see it; with `input` absent the scope's
    /// variable of that name is tested. A test without an answer (null) does not pass.
    ///
    /// # Errors
    /// What Camunda's engine reports as a failed evaluation; exceeding [`limits`].
    pub fn evaluate(&self, input_name: &str, input: Option<&Value>, scope: &mut dyn Scope) -> Result<bool, FeelError> {
        let input = eval::Input { name: input_name, value: input };
        let result = Evaluator::new(scope, Some(input)).run(&self.root, &self.text)?;
        Ok(matches!(result, Value::Bool(true)))
    }
}
