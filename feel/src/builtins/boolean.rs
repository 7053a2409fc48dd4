//! Booleans and null.

use super::{Arguments, Builtin, boolean};
use crate::{
    error::Failure,
    eval::{Evaluator, Outcome},
    value::Value,
};

pub(super) fn named(name: &str) -> Option<&'static [Builtin]> {
    static NOT: [Builtin; 1] = [Builtin::new(&["negand"], not)];
    static IS_DEFINED: [Builtin; 1] = [Builtin::new(&["value"], is_defined)];
    static GET_OR_ELSE: [Builtin; 1] = [Builtin::new(&["value", "default"], get_or_else)];
    static ASSERT: [Builtin; 2] =
        [Builtin::new(&["value", "condition"], assert), Builtin::new(&["value", "condition", "cause"], assert)];
    Some(match name {
        "not" => &NOT,
        "is defined" => &IS_DEFINED,
        "get or else" => &GET_OR_ELSE,
        "assert" => &ASSERT,
        _ => return None,
    })
}

fn not(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [Value::Bool(value)] => boolean(!value),
        _ => Ok(Value::Null),
    }
}

fn is_defined(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    boolean(!matches!(arguments, [Value::Null]))
}

fn get_or_else(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    Ok(match arguments {
        [Value::Null, default] => default.clone(),
        [value, ..] => value.clone(),
        [] => Value::Null,
    })
}

fn assert(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [value, Value::Bool(true), ..] => Ok(value.clone()),
        [_, _, Value::String(cause)] => Err(Failure::error(cause.to_string())),
        [_, _] => Err(Failure::error("The condition is not fulfilled")),
        _ => {
            let shown: Vec<String> = arguments.iter().map(|argument| format!("'{argument}'")).collect();
            Err(Failure::error(format!("Illegal arguments: {}", shown.join(", "))))
        }
    }
}
