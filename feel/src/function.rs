//! Functions as values, and the names that expressions see.

use std::sync::Arc;

use crate::{
    expression::Node,
    value::{Context, Value},
};

/// A function that an expression defined.
#[derive(Debug)]
pub struct Function {
    pub(crate) parameters: Arc<[Arc<str>]>,
    pub(crate) body: Node,
    pub(crate) environment: Environment,
    depth: u32,
}

impl Function {
    pub(crate) fn new(parameters: Arc<[Arc<str>]>, body: Node, environment: Environment) -> Self {
        let depth = depth_of(&environment) + 1;
        Self { parameters, body, environment, depth }
    }

    /// How deep the values are nested that the function has captured.
    pub(crate) fn depth(&self) -> u32 {
        self.depth
    }

    /// Names of the parameters.
    pub fn parameters(&self) -> Vec<&str> {
        self.parameters.iter().map(AsRef::as_ref).collect()
    }
}

/// Names that the expression itself has bound, innermost first. `None`: only the scope's.
pub(crate) type Environment = Option<Arc<Frame>>;

/// Names bound at one place.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) parent: Environment,
    pub(crate) names: Names,
    depth: u32,
}

fn depth_of(environment: &Environment) -> u32 {
    environment.as_ref().map_or(0, |frame| frame.depth)
}

#[derive(Debug)]
pub(crate) enum Names {
    /// Iterators and parameters; never called as functions, as in Camunda.
    Values(Vec<(Arc<str>, Value)>),
    /// The entries of a context, with its functions.
    Context(Arc<Context>),
}

impl Frame {
    /// An environment with these names innermost.
    #[expect(clippy::unnecessary_wraps, reason = "environments are optional frames")]
    pub(crate) fn values(parent: &Environment, values: Vec<(Arc<str>, Value)>) -> Environment {
        let depth = values.iter().map(|(_, value)| value.depth()).max().unwrap_or(0).max(depth_of(parent)) + 1;
        Some(Arc::new(Self { parent: parent.clone(), names: Names::Values(values), depth }))
    }

    /// An environment with the entries of a context innermost.
    #[expect(clippy::unnecessary_wraps, reason = "environments are optional frames")]
    pub(crate) fn context(parent: &Environment, context: Arc<Context>) -> Environment {
        let depth = context.depth().max(depth_of(parent)) + 1;
        Some(Arc::new(Self { parent: parent.clone(), names: Names::Context(context), depth }))
    }
}

/// The value bound to the name.
pub(crate) fn find_value<'a>(environment: &'a Environment, name: &str) -> Option<&'a Value> {
    let mut frame = environment.as_deref();
    while let Some(Frame { parent, names, .. }) = frame {
        let found = match names {
            Names::Values(values) => values.iter().rev().find(|(bound, _)| &**bound == name).map(|(_, value)| value),
            Names::Context(context) => context.get(name),
        };
        if found.is_some() {
            return found;
        }
        frame = parent.as_deref();
    }
    None
}

/// The function of that name that takes such arguments.
pub(crate) fn find_function(
    environment: &Environment,
    name: &str,
    fits: impl Fn(&Function) -> bool,
) -> Option<Arc<Function>> {
    let mut frame = environment.as_deref();
    while let Some(Frame { parent, names, .. }) = frame {
        if let Names::Context(context) = names
            && let Some(function) = context.functions.get(name).and_then(|all| all.iter().find(|f| fits(f)))
        {
            return Some(function.clone());
        }
        frame = parent.as_deref();
    }
    None
}
