//! `java.util.Map`.

use super::Outcome;
use crate::{
    args::mismatch,
    compare::compare,
    context::{Context, ObjectError},
    object::{MapKey, Object, ObjectMap},
    shared::{ContainerClass, Shared},
};

/// A pair that stands for a `Map.Entry`.
fn entry(key: &MapKey, value: &Object) -> Object {
    let pair = [("key", key.0.clone()), ("value", value.clone())];
    Object::map(pair.into_iter().map(|(name, value)| (MapKey(Object::string(name)), value)).collect())
}

/// Puts an entry into a map: at the end, or where the order of its keys wants it. Answers what was there.
///
/// # Errors
/// The exception of a key that a sorted map cannot compare with the others.
pub fn put(
    map: &Shared<ObjectMap>,
    key: Object,
    value: Object,
    ctx: &mut dyn Context,
) -> Result<Option<Object>, ObjectError> {
    let key = MapKey(key);
    if map.class() != ContainerClass::Sorted || map.borrow().contains_key(&key) {
        return Ok(map.borrow_mut().insert(key, value));
    }
    let (mut from, mut to) = (0, map.borrow().len());
    while from < to {
        let middle = usize::midpoint(from, to);
        let other = map.borrow().get_index(middle).map(|(key, _)| key.0.clone()).unwrap_or(Object::Null);
        if compare(&key.0, &other, ctx)?.is_lt() {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    map.borrow_mut().shift_insert(from, key, value);
    Ok(None)
}

pub(super) fn call(map: &Shared<ObjectMap>, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let key = |object: &Object| MapKey(object.clone());
    Ok(match (name, args) {
        ("size", []) => Object::Integer(i32::try_from(map.borrow().len()).unwrap_or(i32::MAX)),
        ("isEmpty", []) => Object::Boolean(map.borrow().is_empty()),
        ("get", [name]) => map.borrow().get(&key(name)).cloned().unwrap_or(Object::Null),
        ("getOrDefault", [name, default]) => map.borrow().get(&key(name)).unwrap_or(default).clone(),
        ("put", [name, value]) => put(map, name.clone(), value.clone(), ctx)?.unwrap_or(Object::Null),
        ("putIfAbsent", [name, value]) => {
            let found = map.borrow().get(&key(name)).filter(|found| !found.is_null()).cloned();
            match found {
                Some(found) => found,
                None => {
                    put(map, name.clone(), value.clone(), ctx)?;
                    Object::Null
                }
            }
        }
        ("putAll", [Object::Map(others)]) => {
            let others = others.borrow().clone();
            for (key, value) in others {
                put(map, key.0, value, ctx)?;
            }
            Object::Null
        }
        ("replace", [name, value]) => {
            let mut map = map.borrow_mut();
            map.get_mut(&key(name)).map_or(Object::Null, |found| std::mem::replace(found, value.clone()))
        }
        ("remove", [name]) => map.borrow_mut().shift_remove(&key(name)).unwrap_or(Object::Null),
        ("containsKey", [name]) => Object::Boolean(map.borrow().contains_key(&key(name))),
        ("containsValue", [value]) => Object::Boolean(map.borrow().values().any(|other| other.equals(value))),
        ("clear", []) => {
            map.borrow_mut().clear();
            Object::Null
        }
        ("keySet", []) => Object::set(map.borrow().keys().map(|key| key.0.clone())),
        ("values", []) => Object::list(map.borrow().values().cloned().collect()),
        ("entrySet", []) => {
            let entries: Vec<_> = map.borrow().iter().map(|(key, value)| entry(key, value)).collect();
            Object::list(entries)
        }
        ("clone", []) => Object::Map(Shared::of_class(map.borrow().clone(), map.class())),
        ("getKey" | "getValue", []) if map.borrow().len() == 2 => {
            let part = if name == "getKey" { "key" } else { "value" };
            map.borrow().get(&MapKey(Object::string(part))).cloned().ok_or_else(mismatch)?
        }
        ("sort", []) => {
            let mut keys: Vec<Object> = map.borrow().keys().map(|key| key.0.clone()).collect();
            super::collection::sort(&mut keys, ctx)?;
            let map = map.borrow();
            let sorted = keys.into_iter().filter_map(|key| {
                let value = map.get(&MapKey(key.clone()))?.clone();
                Some((MapKey(key), value))
            });
            Object::sorted_map(sorted.collect())
        }
        _ => return Err(mismatch()),
    })
}
