//! `sort`, `max`, `min`, `unique`.

use std::cmp::Ordering;

use objects::Object;

use super::{
    Found,
    iteration::{Shape, Source, apply},
};
use crate::{
    interpreter::{Interpreter, Outcome},
    values::{Closure, Entry, downcast},
};

/// Compares by a closure: with two parameters it compares, with one it gives what is compared.
fn compare_by(
    groovy: &mut Interpreter<'_>,
    closure: &Object,
    entries: bool,
    a: &Object,
    b: &Object,
) -> Outcome<Ordering> {
    // For a map two parameters are two entries.
    if groovy.arity(closure) >= 2 {
        let result = groovy.call_closure(closure, &[a.clone(), b.clone()])?;
        return Ok(match &result {
            Object::Boolean(greater) => {
                if *greater {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            number => number.double_value().unwrap_or(0.0).total_cmp(&0.0),
        });
    }
    let key = |groovy: &mut Interpreter<'_>, item: &Object| {
        if entries { groovy.call_closure(closure, std::slice::from_ref(item)) } else { apply(groovy, closure, item) }
    };
    let (a, b) = (key(groovy, a)?, key(groovy, b)?);
    groovy.order(&a, &b)
}

fn is_closure(object: &Object) -> bool {
    downcast::<Closure>(object).is_some()
}

pub(super) fn call(groovy: &mut Interpreter<'_>, source: &Source, name: &str, args: &[Object]) -> Found {
    let entries = source.shape == Shape::Map;
    let closure = match args {
        [] | [Object::Boolean(_) | Object::Null] => None,
        [closure] | [Object::Boolean(_), closure] if is_closure(closure) => Some(closure),
        _ => return Ok(None),
    };
    Ok(Some(match name {
        "sort" | "toSorted" => {
            let mut items = source.items.clone();
            sort(groovy, &mut items, closure, entries)?;
            if entries { source.rebuild(groovy, items)? } else { groovy.new_list(items)? }
        }
        "max" | "min" => {
            let mut best: Option<Object> = None;
            for item in &source.items {
                groovy.step()?;
                let better = match &best {
                    None => true,
                    Some(best) => {
                        let order = match closure {
                            Some(closure) => compare_by(groovy, closure, entries, item, best)?,
                            None => groovy.order(item, best)?,
                        };
                        if name == "max" { order.is_gt() } else { order.is_lt() }
                    }
                };
                if better {
                    best = Some(item.clone());
                }
            }
            best.unwrap_or(Object::Null)
        }
        _ => {
            let kept = unique(groovy, &source.items, closure)?;
            groovy.new_list(kept)?
        }
    }))
}

/// Sorts elements; entries of a map without a closure by their keys.
pub(super) fn sort(
    groovy: &mut Interpreter<'_>,
    items: &mut [Object],
    closure: Option<&Object>,
    entries: bool,
) -> Outcome<()> {
    groovy.sort_with(items, |groovy, a, b| match closure {
        Some(closure) => compare_by(groovy, closure, entries, a, b),
        None => match (downcast::<Entry>(a), downcast::<Entry>(b)) {
            (Some(a), Some(b)) => groovy.order(&a.key, &b.key),
            _ => groovy.order(a, b),
        },
    })
}

/// The elements without those equal to an earlier one.
pub(super) fn unique(groovy: &mut Interpreter<'_>, items: &[Object], closure: Option<&Object>) -> Outcome<Vec<Object>> {
    let mut kept: Vec<(Object, Object)> = Vec::new();
    let compares = closure.is_some_and(|closure| groovy.arity(closure) >= 2);
    for item in items {
        let key = match closure {
            Some(closure) if !compares => apply(groovy, closure, item)?,
            _ => item.clone(),
        };
        let mut seen = false;
        for (other, _) in &kept {
            groovy.step()?;
            seen = match closure {
                Some(closure) if compares => compare_by(groovy, closure, false, &key, other)?.is_eq(),
                _ => groovy.equal(&key, other)?,
            };
            if seen {
                break;
            }
        }
        if !seen {
            kept.push((key, item.clone()));
        }
    }
    Ok(kept.into_iter().map(|(_, item)| item).collect())
}
