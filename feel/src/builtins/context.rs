//! Contexts.

use std::sync::Arc;

use super::{Arguments, Builtin, illegal};
use crate::{
    eval::{Evaluator, Outcome},
    value::{Context, Value},
};

pub(super) fn named(name: &str) -> Option<&'static [Builtin]> {
    static GET_ENTRIES: [Builtin; 2] = [Builtin::new(&["context"], get_entries), Builtin::new(&["m"], get_entries)];
    static GET_VALUE: [Builtin; 3] = [
        Builtin::new(&["m", "key"], get_value),
        Builtin::new(&["context", "key"], get_value),
        Builtin::new(&["context", "keys"], get_value),
    ];
    static PUT: [Builtin; 2] =
        [Builtin::new(&["context", "key", "value"], put), Builtin::new(&["context", "keys", "value"], put)];
    static MERGE: [Builtin; 1] = [Builtin::variadic(&["contexts"], merge)];
    static CONTEXT: [Builtin; 1] = [Builtin::new(&["entries"], context)];
    Some(match name {
        "get entries" => &GET_ENTRIES,
        "get value" => &GET_VALUE,
        "context put" => &PUT,
        "put" => &PUT[..1],
        "context merge" | "put all" => &MERGE,
        "context" => &CONTEXT,
        _ => return None,
    })
}

fn get_entries(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::Context(context)] = arguments else { return illegal() };
    let entry = |(key, value): (&Arc<str>, &Value)| {
        Value::context([("key", Value::String(key.clone())), ("value", value.clone())].into_iter().collect())
    };
    Ok(Value::list(context.iter().map(entry).collect()))
}

fn keys(items: &[Value]) -> Option<Vec<Arc<str>>> {
    items
        .iter()
        .map(|item| match item {
            Value::String(key) => Some(key.clone()),
            _ => None,
        })
        .collect()
}

fn get_value(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [Value::Context(context), Value::String(key)] => Ok(context.get(key).cloned().unwrap_or(Value::Null)),
        [Value::Context(context), Value::List(path)] => {
            let Some((last, parents)) = keys(path).and_then(|mut path| path.pop().map(|last| (last, path))) else {
                return Ok(Value::Null);
            };
            let mut context = context;
            for key in parents {
                match context.get(&key) {
                    Some(Value::Context(inner)) => context = inner,
                    _ => return Ok(Value::Null),
                }
            }
            Ok(context.get(&last).cloned().unwrap_or(Value::Null))
        }
        _ => illegal(),
    }
}

fn put(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    match arguments {
        [Value::Context(context), Value::String(key), value] => {
            Ok(Value::context(put_at(context, std::slice::from_ref(key), value)))
        }
        [Value::Context(_), Value::List(path), _] if path.is_empty() => Ok(Value::Null),
        [Value::Context(context), Value::List(path), value] => match keys(path) {
            Some(path) => Ok(Value::context(put_at(context, &path, value))),
            None => illegal(),
        },
        _ => illegal(),
    }
}

/// The context with the value at the end of the path; what is missing on the way is created.
fn put_at(context: &Context, path: &[Arc<str>], value: &Value) -> Context {
    let mut result: Context = context.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let Some((first, rest)) = path.split_first() else { return result };
    let inner = if rest.is_empty() {
        value.clone()
    } else {
        Value::context(match context.get(first) {
            Some(Value::Context(inner)) => put_at(inner, rest, value),
            _ => put_at(&Context::new(), rest, value),
        })
    };
    result.insert(first.clone(), inner);
    result
}

fn merge(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(contexts)] = arguments else { return Ok(Value::Null) };
    let mut result = Context::new();
    for context in contexts.iter() {
        let Value::Context(context) = context else { return Ok(Value::Null) };
        evaluator.work(context.len())?;
        for (key, value) in context.iter() {
            result.insert(key.clone(), value.clone());
        }
    }
    Ok(Value::context(result))
}

fn context(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(entries)] = arguments else { return Ok(Value::Null) };
    let mut result = Context::new();
    for entry in entries.iter() {
        let Value::Context(entry) = entry else { return Ok(Value::Null) };
        match (entry.get("key"), entry.get("value")) {
            (Some(Value::String(key)), Some(value)) => result.insert(key.clone(), value.clone()),
            _ => return Ok(Value::Null),
        }
    }
    Ok(Value::context(result))
}
