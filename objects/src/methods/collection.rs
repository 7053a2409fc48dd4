//! `java.util.List` and `java.util.Set`; a stream is the list of its elements.

use super::{IteratorObject, Outcome};
use crate::{
    args::{int, mismatch, string},
    compare,
    context::{Context, ObjectError},
    object::{MapKey, Object, ObjectMap},
    shared::Shared,
};

type List = Shared<Vec<Object>>;

/// The elements of a list, a set, an array or the values of a JSON array.
pub(crate) fn elements(object: &Object) -> Result<Vec<Object>, ObjectError> {
    match object {
        Object::List(items) => Ok(items.borrow().clone()),
        Object::Set(items) => Ok(items.borrow().keys().map(|key| key.0.clone()).collect()),
        _ => Err(mismatch()),
    }
}

fn out_of_bounds(index: i32, length: usize) -> ObjectError {
    let message = format!("Index {index} out of bounds for length {length}");
    ObjectError::exception("java.lang.IndexOutOfBoundsException", message)
}

fn at(index: i32, length: usize) -> Result<usize, ObjectError> {
    usize::try_from(index).ok().filter(|at| *at < length).ok_or_else(|| out_of_bounds(index, length))
}

fn no_element() -> ObjectError {
    ObjectError::exception("java.util.NoSuchElementException", "null")
}

fn position(found: Option<usize>) -> Object {
    Object::Integer(found.map_or(-1, |at| i32::try_from(at).unwrap_or(i32::MAX)))
}

fn size(length: usize) -> Object {
    Object::Integer(i32::try_from(length).unwrap_or(i32::MAX))
}

pub(super) fn call_list(list: &List, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    Ok(match (name, args) {
        ("size" | "count", []) => size(list.borrow().len()),
        ("isEmpty", []) => Object::Boolean(list.borrow().is_empty()),
        ("get" | "elementAt", [index]) => {
            let items = list.borrow();
            items[at(int(index)?, items.len())?].clone()
        }
        ("getFirst" | "firstElement" | "element", []) => list.borrow().first().cloned().ok_or_else(no_element)?,
        ("getLast" | "lastElement", []) => list.borrow().last().cloned().ok_or_else(no_element)?,
        ("peekFirst" | "peek", []) => list.borrow().first().cloned().unwrap_or(Object::Null),
        ("add" | "addLast" | "offer", [item]) => {
            list.borrow_mut().push(item.clone());
            Object::Boolean(true)
        }
        ("addFirst", [item]) => {
            list.borrow_mut().insert(0, item.clone());
            Object::Null
        }
        ("add", [index, item]) => {
            let index = int(index)?;
            let mut items = list.borrow_mut();
            let length = items.len();
            let at = usize::try_from(index).ok().filter(|at| *at <= length).ok_or_else(|| {
                let message = format!("Index: {index}, Size: {length}");
                ObjectError::exception("java.lang.IndexOutOfBoundsException", message)
            })?;
            items.insert(at, item.clone());
            Object::Null
        }
        ("addAll", [more]) => {
            let more = elements(more)?;
            list.borrow_mut().extend(more.iter().cloned());
            Object::Boolean(!more.is_empty())
        }
        ("set", [index, item]) => {
            let mut items = list.borrow_mut();
            let at = at(int(index)?, items.len())?;
            std::mem::replace(&mut items[at], item.clone())
        }
        // `remove(int)` only for an int; every other class is an element, as overload resolution has it.
        ("remove", [Object::Integer(index)]) => {
            let mut items = list.borrow_mut();
            let at = at(*index, items.len())?;
            items.remove(at)
        }
        ("removeFirst" | "remove" | "pop", []) if !list.borrow().is_empty() => list.borrow_mut().remove(0),
        ("removeFirst" | "removeLast" | "remove" | "pop", []) => list.borrow_mut().pop().ok_or_else(no_element)?,
        ("poll" | "pollFirst", []) => {
            let mut items = list.borrow_mut();
            if items.is_empty() { Object::Null } else { items.remove(0) }
        }
        ("remove", [item]) => {
            let mut items = list.borrow_mut();
            let found = items.iter().position(|other| other.equals(item));
            found.map(|at| items.remove(at));
            Object::Boolean(found.is_some())
        }
        ("removeAll" | "retainAll", [others]) => {
            let others = elements(others)?;
            let keep = name == "retainAll";
            let mut items = list.borrow_mut();
            let before = items.len();
            items.retain(|item| others.iter().any(|other| other.equals(item)) == keep);
            Object::Boolean(items.len() != before)
        }
        ("clear", []) => {
            list.borrow_mut().clear();
            Object::Null
        }
        ("contains", [item]) => Object::Boolean(list.borrow().iter().any(|other| other.equals(item))),
        ("containsAll", [others]) => {
            let items = list.borrow();
            Object::Boolean(elements(others)?.iter().all(|item| items.iter().any(|other| other.equals(item))))
        }
        ("indexOf", [item]) => position(list.borrow().iter().position(|other| other.equals(item))),
        ("lastIndexOf", [item]) => position(list.borrow().iter().rposition(|other| other.equals(item))),
        ("subList", [from, to]) => {
            let items = list.borrow();
            let (from, to) = (int(from)?, int(to)?);
            match (usize::try_from(from), usize::try_from(to)) {
                (Ok(start), Ok(end)) if start <= end && end <= items.len() => Object::list(items[start..end].to_vec()),
                (Ok(_), Ok(end)) if end > items.len() => {
                    return Err(ObjectError::exception(
                        "java.lang.IndexOutOfBoundsException",
                        format!("toIndex = {to}"),
                    ));
                }
                _ => {
                    return Err(ObjectError::exception(
                        "java.lang.IllegalArgumentException",
                        format!("fromIndex({from}) > toIndex({to})"),
                    ));
                }
            }
        }
        ("toArray" | "clone" | "stream" | "parallelStream" | "toList" | "asList", [] | [_]) => {
            Object::list(list.borrow().clone())
        }
        ("sorted", []) => {
            let mut items = list.borrow().clone();
            sort(&mut items, ctx)?;
            Object::list(items)
        }
        ("sort", [Object::Null] | []) => {
            let mut items = list.borrow().clone();
            sort(&mut items, ctx)?;
            *list.borrow_mut() = items;
            Object::Null
        }
        ("distinct", []) => Object::list(distinct(&list.borrow())),
        ("limit", [most]) => {
            Object::list(list.borrow().iter().take(usize::try_from(int(most)?).unwrap_or(0)).cloned().collect())
        }
        ("skip", [some]) => {
            Object::list(list.borrow().iter().skip(usize::try_from(int(some)?).unwrap_or(0)).cloned().collect())
        }
        ("iterator" | "listIterator" | "elements", []) => IteratorObject::object(list.borrow().clone()),
        ("join", [separator]) => {
            let items = list.borrow().clone();
            super::string::join(&string(separator, ctx)?, &items, ctx)?
        }
        ("reversed", []) => Object::list(list.borrow().iter().rev().cloned().collect()),
        _ => return Err(mismatch()),
    })
}

/// Sorts by natural order, stable; the first failed comparison ends it.
pub(crate) fn sort(items: &mut [Object], ctx: &mut dyn Context) -> Result<(), ObjectError> {
    let mut failure = None;
    items.sort_by(|a, b| {
        compare::compare(a, b, ctx).unwrap_or_else(|error| {
            failure.get_or_insert(error);
            std::cmp::Ordering::Equal
        })
    });
    failure.map_or(Ok(()), Err)
}

fn distinct(items: &[Object]) -> Vec<Object> {
    let mut seen = ObjectMap::new();
    for item in items {
        seen.entry(MapKey(item.clone())).or_insert(Object::Null);
    }
    seen.into_keys().map(|key| key.0).collect()
}

pub(super) fn call_set(set: &Shared<ObjectMap>, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    Ok(match (name, args) {
        ("size" | "count", []) => size(set.borrow().len()),
        ("isEmpty", []) => Object::Boolean(set.borrow().is_empty()),
        ("add", [item]) => Object::Boolean(set.borrow_mut().insert(MapKey(item.clone()), Object::Null).is_none()),
        ("addAll", [more]) => {
            let before = set.borrow().len();
            let more = elements(more)?;
            set.borrow_mut().extend(more.into_iter().map(|item| (MapKey(item), Object::Null)));
            Object::Boolean(set.borrow().len() != before)
        }
        ("remove", [item]) => Object::Boolean(set.borrow_mut().shift_remove(&MapKey(item.clone())).is_some()),
        ("removeAll" | "retainAll", [others]) => {
            let others = elements(others)?;
            let keep = name == "retainAll";
            let mut items = set.borrow_mut();
            let before = items.len();
            items.retain(|item, _| others.iter().any(|other| other.equals(&item.0)) == keep);
            Object::Boolean(items.len() != before)
        }
        ("clear", []) => {
            set.borrow_mut().clear();
            Object::Null
        }
        ("contains", [item]) => Object::Boolean(set.borrow().contains_key(&MapKey(item.clone()))),
        ("containsAll", [others]) => {
            let others = elements(others)?;
            Object::Boolean(others.into_iter().all(|item| set.borrow().contains_key(&MapKey(item))))
        }
        ("iterator", []) => IteratorObject::object(set.borrow().keys().map(|key| key.0.clone()).collect()),
        ("clone", []) => Object::Set(Shared::new(set.borrow().clone())),
        ("first" | "getFirst", []) => set.borrow().first().map(|(key, _)| key.0.clone()).ok_or_else(no_element)?,
        ("last" | "getLast", []) => set.borrow().last().map(|(key, _)| key.0.clone()).ok_or_else(no_element)?,
        ("toArray" | "stream" | "toList" | "sorted" | "distinct" | "limit" | "skip", _) => {
            let list = Shared::new(set.borrow().keys().map(|key| key.0.clone()).collect());
            return call_list(&list, name, args, ctx);
        }
        _ => return Err(mismatch()),
    })
}
