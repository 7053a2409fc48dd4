//! The built-in functions, a module per family.
//!
//! A function that does not like its arguments is an error, which the call turns into null.

#![expect(clippy::unnecessary_wraps, reason = "every built-in function has the same signature")]

mod boolean;
mod context;
mod conversion;
mod list;
mod list_numbers;
mod number;
mod range;
mod string;
mod temporal;

use std::sync::Arc;

use crate::{
    error::Failure,
    eval::{Evaluator, Outcome},
    value::Value,
};

/// The arguments as the function wants them: one per parameter, the rest in a list if it is variadic.
type Arguments<'v> = &'v [Value];

/// One form of a built-in function.
pub(crate) struct Builtin {
    pub(crate) parameters: &'static [&'static str],
    /// The last parameter takes all arguments that remain, as a list.
    pub(crate) variadic: bool,
    pub(crate) call: fn(&mut Evaluator<'_>, Arguments<'_>) -> Outcome,
}

impl std::fmt::Debug for Builtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "builtin({})", self.parameters.join(", "))
    }
}

impl Builtin {
    const fn new(parameters: &'static [&'static str], call: fn(&mut Evaluator<'_>, Arguments<'_>) -> Outcome) -> Self {
        Self { parameters, variadic: false, call }
    }

    const fn variadic(
        parameters: &'static [&'static str],
        call: fn(&mut Evaluator<'_>, Arguments<'_>) -> Outcome,
    ) -> Self {
        Self { parameters, variadic: true, call }
    }

    /// Whether that many arguments can be given.
    pub(crate) fn takes(&self, count: usize) -> bool {
        self.parameters.len() == count || self.variadic && self.parameters.len() < count
    }
}

/// All forms of the function of that name, in the order in which they are tried.
pub(crate) fn named(name: &str) -> &'static [Builtin] {
    boolean::named(name)
        .or_else(|| string::named(name))
        .or_else(|| list::named(name))
        .or_else(|| list_numbers::named(name))
        .or_else(|| number::named(name))
        .or_else(|| context::named(name))
        .or_else(|| range::named(name))
        .or_else(|| temporal::named(name))
        .or_else(|| conversion::named(name))
        .unwrap_or(&[])
}

/// The arguments are not what the function takes.
fn illegal() -> Outcome {
    Err(Failure::error("Illegal arguments"))
}

fn boolean(value: bool) -> Outcome {
    Ok(Value::Bool(value))
}

fn text(value: impl Into<Arc<str>>) -> Outcome {
    Ok(Value::String(value.into()))
}

fn count(value: usize) -> Value {
    Value::integer(i64::try_from(value).unwrap_or(i64::MAX))
}
