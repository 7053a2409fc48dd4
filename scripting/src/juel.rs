//! JUEL as a script language: no functions, other words for missing names than in expressions.

use ::juel::{EvalError, Expression};
use objects::{Context, Object};

use crate::error::ScriptError;

/// The package of JUEL's exceptions inside Camunda.
const PACKAGE: &str = "org.camunda.bpm.impl.juel.jakarta.el";

pub(crate) fn compile(source: &str) -> Result<Expression, ScriptError> {
    Expression::parse(source).map_err(|error| {
        let class = match error.position() {
            Some(_) => "org.camunda.bpm.impl.juel.TreeBuilderException".to_owned(),
            None => format!("{PACKAGE}.ELException"),
        };
        ScriptError::evaluate(format!("{class}: {error}"))
    })
}

pub(crate) fn run(expression: &Expression, ctx: &mut dyn Context) -> Result<Object, ScriptError> {
    if let Some(name) = expression.functions().next() {
        return Err(ScriptError::evaluate(format!("{PACKAGE}.ELException: Could not resolve function '{name}'")));
    }
    expression.evaluate(ctx).map_err(|error| match error {
        EvalError::BpmnError { code, message } => ScriptError::BpmnError { code, message },
        EvalError::Limit(message) => ScriptError::Limit(message),
        EvalError::Thrown { class, message } => {
            ScriptError::evaluate(format!("{PACKAGE}.ELException: {class}: {message}"))
        }
        EvalError::UnknownProperty { cause, .. } => {
            let missing = cause.strip_prefix("Cannot resolve identifier '").and_then(|rest| rest.strip_suffix('\''));
            let cause = missing.map_or(cause.clone(), |name| format!("Cannot find property {name}"));
            ScriptError::evaluate(format!("{PACKAGE}.PropertyNotFoundException: {cause}"))
        }
        EvalError::UnknownMethod { cause, .. } => {
            ScriptError::evaluate(format!("{PACKAGE}.MethodNotFoundException: {cause}"))
        }
        EvalError::Evaluation { cause, .. } => ScriptError::evaluate(format!("{PACKAGE}.ELException: {cause}")),
    })
}
