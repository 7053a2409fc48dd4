//! Groovy behind the common interface.

use ::groovy::{Bindings, ParseError, Script, ScriptError as GroovyError};
use objects::{Context, Object};

use crate::{
    error::{Place, ScriptError},
    limits::Limits,
};

pub(crate) fn compile(source: &str) -> Result<Script, ScriptError> {
    Script::parse(source).map_err(|error: ParseError| ScriptError::Compile {
        message: format!("org.codehaus.groovy.control.MultipleCompilationErrorsException: {error}"),
        place: Some(Place { line: error.line, column: error.column }),
    })
}

pub(crate) fn run(script: &Script, limits: &Limits, ctx: &mut dyn Context) -> Result<Object, ScriptError> {
    let limits = ::groovy::Limits {
        steps: limits.operations,
        stack_bytes: limits.stack_bytes,
        allocated_bytes: limits.memory_bytes as u64,
        text_bytes: limits.text_bytes,
    };
    script.run(ctx, &limits, Bindings::new()).map_err(|error| match error {
        GroovyError::BpmnError { code, message } => ScriptError::BpmnError { code, message },
        GroovyError::Limit(message) => ScriptError::Limit(message),
        // Camunda writes a space before the message of languages it compiles.
        error @ GroovyError::Exception { .. } => ScriptError::evaluate(format!(" {error}")),
    })
}
