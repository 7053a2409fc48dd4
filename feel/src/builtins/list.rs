//! Lists.

use std::{cmp::Ordering, fmt::Write, sync::Arc};

use super::{Arguments, Builtin, boolean, count, illegal, text};
use crate::{
    decimal::Decimal,
    error::Failure,
    eval::{Evaluator, Outcome},
    function::Function,
    value::{List, Value},
};

pub(super) fn named(name: &str) -> Option<&'static [Builtin]> {
    static CONTAINS: [Builtin; 1] = [Builtin::new(&["list", "element"], contains)];
    static COUNT: [Builtin; 1] = [Builtin::new(&["list"], |_, a| of_list(a, |items| Ok(count(items.len()))))];
    static AND: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| of_list(a, |items| Ok(all(items, false))))];
    static OR: [Builtin; 1] = [Builtin::variadic(&["list"], |_, a| of_list(a, |items| Ok(all(items, true))))];
    static SUBLIST: [Builtin; 2] =
        [Builtin::new(&["list", "start"], sublist), Builtin::new(&["list", "start", "length"], sublist)];
    static APPEND: [Builtin; 1] = [Builtin::variadic(&["list", "items"], append)];
    static CONCATENATE: [Builtin; 1] =
        [Builtin::variadic(&["lists"], |e, a| of_list(a, |lists| Ok(Value::list(joined(e, lists)?))))];
    static INSERT_BEFORE: [Builtin; 1] = [Builtin::new(&["list", "position", "newItem"], insert_before)];
    static REMOVE: [Builtin; 1] = [Builtin::new(&["list", "position"], remove)];
    static REVERSE: [Builtin; 1] =
        [Builtin::new(&["list"], |_, a| of_list(a, |items| Ok(Value::list(items.iter().rev().cloned().collect()))))];
    static INDEX_OF: [Builtin; 1] = [Builtin::new(&["list", "match"], index_of)];
    static UNION: [Builtin; 1] = [Builtin::variadic(&["lists"], |e, a| {
        of_list(a, |lists| {
            let items = joined(e, lists)?;
            Ok(Value::list(distinct(e, &items)?))
        })
    })];
    static DISTINCT: [Builtin; 1] =
        [Builtin::new(&["list"], |e, a| of_list(a, |items| Ok(Value::list(distinct(e, items)?))))];
    static DUPLICATES: [Builtin; 1] = [Builtin::new(&["list"], duplicates)];
    static FLATTEN: [Builtin; 1] = [Builtin::new(&["list"], |e, a| {
        of_list(a, |items| {
            let mut flat = Vec::new();
            flatten(e, items, &mut flat)?;
            Ok(Value::list(flat))
        })
    })];
    static SORT: [Builtin; 1] = [Builtin::new(&["list", "precedes"], sort)];
    static JOIN: [Builtin; 3] = [
        Builtin::new(&["list"], join),
        Builtin::new(&["list", "delimiter"], join),
        Builtin::new(&["list", "delimiter", "prefix", "suffix"], join),
    ];
    static IS_EMPTY: [Builtin; 1] = [Builtin::new(&["list"], |_, a| of_list(a, |items| boolean(items.is_empty())))];
    static PARTITION: [Builtin; 1] = [Builtin::new(&["list", "size"], partition)];
    Some(match name {
        "list contains" => &CONTAINS,
        "count" => &COUNT,
        "and" | "all" => &AND,
        "or" | "any" => &OR,
        "sublist" => &SUBLIST,
        "append" => &APPEND,
        "concatenate" => &CONCATENATE,
        "insert before" => &INSERT_BEFORE,
        "remove" => &REMOVE,
        "reverse" => &REVERSE,
        "index of" => &INDEX_OF,
        "union" => &UNION,
        "distinct values" => &DISTINCT,
        "duplicate values" => &DUPLICATES,
        "flatten" => &FLATTEN,
        "sort" => &SORT,
        "string join" => &JOIN,
        "is empty" => &IS_EMPTY,
        "partition" => &PARTITION,
        _ => return None,
    })
}

pub(super) fn of_list(arguments: Arguments<'_>, function: impl FnOnce(&Arc<List>) -> Outcome) -> Outcome {
    match arguments {
        [Value::List(items)] => function(items),
        _ => illegal(),
    }
}

fn contains(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(items), element] = arguments else { return illegal() };
    evaluator.work(items.len())?;
    boolean(items.iter().any(|item| item.identical(element)))
}

/// `any` (decided by true) and `all` (decided by false); anything but booleans counts as null.
fn all(items: &[Value], decisive: bool) -> Value {
    let mut state = Value::Bool(!decisive);
    for item in items {
        state = match (state, item) {
            (Value::Bool(value), _) if value == decisive => return Value::Bool(decisive),
            (Value::Bool(_), Value::Bool(item)) => Value::Bool(*item),
            (Value::Null, Value::Bool(item)) if *item == decisive => Value::Bool(decisive),
            _ => Value::Null,
        };
    }
    state
}

/// The index of a position, counted from the end if negative.
fn index(size: usize, position: i32) -> i64 {
    if position > 0 { i64::from(position) - 1 } else { i64::try_from(size).unwrap_or(i64::MAX) + i64::from(position) }
}

/// The index cut to what the list has.
fn within(size: usize, index: i64) -> usize {
    usize::try_from(index.max(0)).unwrap_or(usize::MAX).min(size)
}

fn sublist(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let (items, start, length) = match arguments {
        [Value::List(items), Value::Number(start)] => (items, start, None),
        [Value::List(items), Value::Number(start), Value::Number(length)] => (items, start, Some(length)),
        _ => return illegal(),
    };
    if start.is_zero() {
        return Err(Failure::error("start position must be a non-zero number"));
    }
    let first = index(items.len(), start.to_i32_wrapping());
    let begin = within(items.len(), first);
    let end = match length {
        Some(length) => within(items.len(), first + i64::from(length.to_i32_wrapping())),
        None => items.len(),
    };
    Ok(Value::list(items[begin..end.max(begin)].to_vec()))
}

fn append(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(items), Value::List(more)] = arguments else { return illegal() };
    Ok(Value::list(items.iter().chain(more.iter()).cloned().collect()))
}

/// The items of all lists; what is no list is an item.
fn joined(evaluator: &mut Evaluator<'_>, lists: &[Value]) -> Result<Vec<Value>, Failure> {
    let mut items = Vec::new();
    for list in lists {
        match list {
            Value::List(more) => {
                evaluator.work(more.len())?;
                items.extend(more.iter().cloned());
            }
            item => items.push(item.clone()),
        }
    }
    Ok(items)
}

fn insert_before(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(items), Value::Number(position), item] = arguments else { return illegal() };
    if position.is_zero() {
        return Err(Failure::error("position must be a non-zero number"));
    }
    let mut items = items.to_vec();
    let at = within(items.len(), index(items.len(), position.to_i32_wrapping()));
    items.insert(at, item.clone());
    Ok(Value::list(items))
}

fn remove(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(items), Value::Number(position)] = arguments else { return illegal() };
    if position.is_zero() {
        return Err(Failure::error("position must be a non-zero number"));
    }
    let position = position.to_i32_wrapping();
    let kept = within(items.len(), index(items.len(), position));
    // For the last item (-1) the next position is 0, which Camunda takes for the end of the list.
    let rest = within(items.len(), index(items.len(), position.wrapping_add(1)));
    Ok(Value::list(items[..kept].iter().chain(&items[rest..]).cloned().collect()))
}

fn index_of(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(items), wanted] = arguments else { return illegal() };
    evaluator.work(items.len())?;
    let found = items.iter().enumerate().filter(|(_, item)| item.identical(wanted)).map(|(at, _)| count(at + 1));
    Ok(Value::list(found.collect()))
}

fn equal(a: &Value, b: &Value) -> bool {
    a.equals(b) == Some(true)
}

fn distinct(evaluator: &mut Evaluator<'_>, items: &[Value]) -> Result<Vec<Value>, Failure> {
    let mut result: Vec<Value> = Vec::new();
    for item in items {
        evaluator.work(result.len())?;
        if !result.iter().any(|known| equal(item, known)) {
            result.push(item.clone());
        }
    }
    Ok(result)
}

fn duplicates(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(items)] = arguments else { return illegal() };
    let mut result = distinct(evaluator, items)?;
    evaluator.work(result.len() * items.len())?;
    result.retain(|wanted| items.iter().filter(|item| equal(item, wanted)).count() > 1);
    Ok(Value::list(result))
}

fn flatten(evaluator: &mut Evaluator<'_>, items: &[Value], flat: &mut Vec<Value>) -> Result<(), Failure> {
    evaluator.work(items.len())?;
    for item in items {
        match item {
            Value::List(inner) => flatten(evaluator, inner, flat)?,
            item => flat.push(item.clone()),
        }
    }
    Ok(())
}

fn sort(evaluator: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(items), Value::Function(precedes)] = arguments else { return illegal() };
    if precedes.parameters().len() != 2 {
        return Err(Failure::error("expect boolean function with 2 arguments"));
    }
    let sorted = merge_sort(evaluator, precedes, items)?;
    Ok(Value::list(sorted))
}

/// A stable merge sort: unlike the standard library's it may fail, and takes any relation without panicking.
fn merge_sort(evaluator: &mut Evaluator<'_>, precedes: &Arc<Function>, items: &[Value]) -> Result<Vec<Value>, Failure> {
    if items.len() < 2 {
        return Ok(items.to_vec());
    }
    let (left, right) = items.split_at(items.len() / 2);
    let left = merge_sort(evaluator, precedes, left)?;
    let right = merge_sort(evaluator, precedes, right)?;
    let mut merged = Vec::with_capacity(items.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let order = match evaluator.invoke(precedes, vec![b.clone(), a.clone()]) {
            Ok(Value::Bool(true)) => Ordering::Greater,
            Ok(Value::Bool(false)) => Ordering::Less,
            Ok(_) | Err(Failure::Error(_) | Failure::NoInput) => {
                return Err(Failure::error("fail to sort list by given precedes function"));
            }
            Err(failure) => return Err(failure),
        };
        merged.extend(if order.is_gt() { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

fn join(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let part = |value: &Value| match value {
        Value::String(part) => Some(part.clone()),
        Value::Null => Some("".into()),
        _ => None,
    };
    let (items, [delimiter, prefix, suffix]) = match arguments {
        [Value::List(items)] => (items, [Some("".into()), Some("".into()), Some("".into())]),
        [Value::List(items), delimiter] => (items, [part(delimiter), Some("".into()), Some("".into())]),
        // A prefix goes with a suffix.
        [Value::List(items), delimiter, prefix, suffix]
            if matches!((prefix, suffix), (Value::Null, Value::Null) | (Value::String(_), Value::String(_))) =>
        {
            (items, [part(delimiter), part(prefix), part(suffix)])
        }
        _ => return illegal(),
    };
    let (Some(delimiter), Some(prefix), Some(suffix)) = (delimiter, prefix, suffix) else { return illegal() };
    let mut result = prefix.to_string();
    let mut first = true;
    for item in items.iter() {
        match item {
            Value::Null => {}
            Value::String(item) => {
                let _ = write!(result, "{}{item}", if first { "" } else { &delimiter });
                first = false;
                if result.len() > crate::limits::MAX_TEXT {
                    return Err(Failure::Abort("the text is too long".to_owned()));
                }
            }
            _ => return Err(Failure::error("expected a list of strings")),
        }
    }
    result.push_str(&suffix);
    text(result)
}

fn partition(_: &mut Evaluator<'_>, arguments: Arguments<'_>) -> Outcome {
    let [Value::List(items), Value::Number(size)] = arguments else { return illegal() };
    match usize::try_from(size.to_i32_wrapping()) {
        Ok(size) if size > 0 => Ok(Value::list(items.chunks(size).map(|part| Value::list(part.to_vec())).collect())),
        _ => Err(Failure::error(format!("'size' should be greater than zero but was '{}'", size.plus(Decimal::ZERO)))),
    }
}
