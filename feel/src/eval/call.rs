//! Calls of built-in functions and of functions that an expression defined.

use std::sync::Arc;

use super::{Evaluator, Outcome};
use crate::{
    builtins::Builtin,
    error::Failure,
    expression::{Arguments, Node},
    function::{self, Environment, Frame, Function},
    value::Value,
};

impl Evaluator<'_> {
    pub(super) fn call(
        &mut self,
        name: &Arc<str>,
        builtins: &'static [Builtin],
        arguments: &Arguments,
        env: &Environment,
    ) -> Outcome {
        let outcome = if let Some(own) = function::find_function(env, name, |f| accepts(f, arguments)) {
            self.invoke_with(&own, arguments, env)
        } else {
            let fitting = builtins.iter().find(|builtin| match arguments {
                Arguments::Positional(all) => builtin.takes(all.len()),
                Arguments::Named(all) => all.iter().all(|(name, _)| builtin.parameters.contains(&&**name)),
            });
            let Some(builtin) = fitting else { return Ok(Value::Null) };
            let values = match arguments {
                Arguments::Positional(all) => {
                    self.positional(all, builtin.variadic.then_some(builtin.parameters.len()), env)?
                }
                Arguments::Named(all) => self.named(builtin.parameters.iter().copied(), all, env)?,
            };
            match values {
                Some(values) => (builtin.call)(self, &values),
                None => return Ok(Value::Null),
            }
        };
        match outcome {
            Err(Failure::Error(cause)) => {
                if &**name == "assert" && self.failed_assertion.is_none() {
                    self.failed_assertion = Some(cause.into_owned());
                }
                Ok(Value::Null)
            }
            outcome => outcome,
        }
    }

    /// The arguments; `None` when one is an error value. `variadic` is the number of parameters of a function whose last
    /// one takes all the rest.
    fn positional(
        &mut self,
        nodes: &[Node],
        variadic: Option<usize>,
        env: &Environment,
    ) -> Result<Option<Vec<Value>>, Failure> {
        let Some(mut values) = self.all(nodes.iter().map(Some), env)? else { return Ok(None) };
        if let Some(parameters) = variadic.filter(|parameters| *parameters > 0) {
            let rest = values.split_off((parameters - 1).min(values.len()));
            values.push(match <[Value; 1]>::try_from(rest) {
                Ok([Value::List(only)]) if parameters == 1 => Value::List(only),
                Ok(single) => Value::list(single.into()),
                Err(rest) => Value::list(rest),
            });
        }
        Ok(Some(values))
    }

    fn named<'n>(
        &mut self,
        parameters: impl Iterator<Item = &'n str>,
        arguments: &[(Arc<str>, Node)],
        env: &Environment,
    ) -> Result<Option<Vec<Value>>, Failure> {
        let nodes = parameters
            .map(|parameter| arguments.iter().rev().find(|(name, _)| &**name == parameter).map(|(_, node)| node));
        self.all(nodes, env)
    }

    /// All values, null where there is no node. A missing input anywhere wins over an error value.
    fn all<'n>(
        &mut self,
        nodes: impl Iterator<Item = Option<&'n Node>>,
        env: &Environment,
    ) -> Result<Option<Vec<Value>>, Failure> {
        let mut values = Vec::new();
        let mut no_input = false;
        let mut error = false;
        for node in nodes {
            match node.map_or(Ok(Value::Null), |node| self.eval(node, env)) {
                Ok(value) => values.push(value),
                Err(Failure::NoInput) => no_input = true,
                Err(Failure::Error(_)) => error = true,
                Err(failure) => return Err(failure),
            }
        }
        if no_input {
            return Err(Failure::NoInput);
        }
        Ok((!error).then_some(values))
    }

    pub(super) fn invoke_with(
        &mut self,
        function: &Arc<Function>,
        arguments: &Arguments,
        env: &Environment,
    ) -> Outcome {
        let values = match arguments {
            Arguments::Positional(all) => self.positional(all, None, env)?,
            Arguments::Named(all) => self.named(function.parameters.iter().map(AsRef::as_ref), all, env)?,
        };
        match values {
            Some(values) => self.invoke(function, values),
            None => Err(Failure::error("an argument has no value")),
        }
    }

    /// Runs a function that an expression defined.
    pub(crate) fn invoke(&mut self, function: &Function, arguments: Vec<Value>) -> Outcome {
        let bound = function.parameters.iter().cloned().zip(arguments).collect();
        let env = Frame::values(&function.environment, bound);
        self.eval(&function.body, &env)
    }
}

/// Whether the function takes these arguments.
pub(super) fn accepts(function: &Function, arguments: &Arguments) -> bool {
    match arguments {
        Arguments::Positional(all) => function.parameters.len() == all.len(),
        Arguments::Named(all) => all.iter().all(|(name, _)| function.parameters.contains(name)),
    }
}
