//! Parsing and running scripts.

use std::sync::Arc;

use objects::{Context, Object};

use crate::{
    ast::Program,
    error::{ParseError, ScriptError},
    interpreter::Interpreter,
    limits::Limits,
    parser,
};

/// A parsed script: immutable, reusable, shareable between threads.
///
/// ```
/// let script = tollgate_groovy::Script::parse("if (amount > 100) { 'big' } else { 'small' }")?;
/// # Ok::<(), tollgate_groovy::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Script {
    program: Arc<Program>,
}

/// Variables beside those of the context, and where printed text goes.
#[derive(Default)]
pub struct Bindings<'b> {
    pub(crate) variables: Vec<(&'b str, Object)>,
    pub(crate) output: Option<&'b mut dyn FnMut(&str)>,
}

impl std::fmt::Debug for Bindings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bindings").field("variables", &self.variables).finish_non_exhaustive()
    }
}

impl<'b> Bindings<'b> {
    /// Nothing beside the context; printed text goes to the log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a variable; it hides one of the context.
    #[must_use]
    pub fn with(mut self, name: &'b str, value: Object) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Sends what `println` and `print` write to a sink instead of the log.
    #[must_use]
    pub fn output(mut self, sink: &'b mut dyn FnMut(&str)) -> Self {
        self.output = Some(sink);
        self
    }
}

impl Script {
    /// Parses a script.
    ///
    /// # Errors
    /// Refuses what is no Groovy and what goes beyond the subset, with the place.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        let program = Arc::new(parser::parse(source)?);
        Ok(Self { program })
    }

    /// Runs the script; its value is that of `return` or of the last statement.
    ///
    /// A text with interpolations and a range come back as opaque objects of Groovy's own classes, as Camunda would store
    /// them. Assignments to undeclared names live as long as the run.
    ///
    /// # Errors
    /// An exception nobody caught, a BPMN error, or a limit passed.
    pub fn run<'r>(
        &'r self,
        ctx: &'r mut dyn Context,
        limits: &Limits,
        bindings: Bindings<'r>,
    ) -> Result<Object, ScriptError> {
        Interpreter::new(&self.program, ctx, *limits, bindings).run()
    }
}
