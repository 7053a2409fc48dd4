//! `java.util.Map`.

use super::Outcome;
use crate::{
    args::mismatch,
    context::Context,
    object::{MapKey, Object, ObjectMap},
    shared::Shared,
};

/// A pair that stands for a `Map.Entry`.
fn entry(key: &MapKey, value: &Object) -> Object {
    let pair = [("key", key.0.clone()), ("value", value.clone())];
    Object::map(pair.into_iter().map(|(name, value)| (MapKey(Object::string(name)), value)).collect())
}

pub(super) fn call(map: &Shared<ObjectMap>, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let key = |object: &Object| MapKey(object.clone());
    Ok(match (name, args) {
        ("size", []) => Object::Integer(i32::try_from(map.borrow().len()).unwrap_or(i32::MAX)),
        ("isEmpty", []) => Object::Boolean(map.borrow().is_empty()),
        ("get", [name]) => map.borrow().get(&key(name)).cloned().unwrap_or(Object::Null),
        ("getOrDefault", [name, default]) => map.borrow().get(&key(name)).unwrap_or(default).clone(),
        ("put", [name, value]) => map.borrow_mut().insert(key(name), value.clone()).unwrap_or(Object::Null),
        ("putIfAbsent", [name, value]) => {
            let mut map = map.borrow_mut();
            match map.get(&key(name)) {
                Some(found) if !found.is_null() => found.clone(),
                _ => {
                    map.insert(key(name), value.clone());
                    Object::Null
                }
            }
        }
        ("putAll", [Object::Map(others)]) => {
            let others = others.borrow().clone();
            map.borrow_mut().extend(others);
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
        ("clone", []) => Object::Map(Shared::new(map.borrow().clone())),
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
            Object::map(sorted.collect())
        }
        _ => return Err(mismatch()),
    })
}
