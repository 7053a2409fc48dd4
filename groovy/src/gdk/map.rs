//! Maps.

use std::{cell::RefCell, rc::Rc};

use objects::{MapKey, Object, ObjectMap};

use super::{
    Found,
    iteration::{self, Shape, Source},
};
use crate::{
    ast::BinaryOp,
    interpreter::Interpreter,
    values::{self, Closure, Entry, downcast},
};

pub(super) fn call(
    groovy: &mut Interpreter<'_>,
    target: &Object,
    map: &Rc<RefCell<ObjectMap>>,
    name: &str,
    args: &[Object],
) -> Found {
    let closure = args.last().filter(|last| downcast::<Closure>(last).is_some());
    Ok(Some(match (name, args) {
        ("getAt", [key]) => map.borrow().get(&MapKey(key.clone())).cloned().unwrap_or(Object::Null),
        ("putAt", [key, value]) => {
            groovy.put_at(target, key, value.clone())?;
            value.clone()
        }
        ("get", [key, default]) => {
            let found = map.borrow().get(&MapKey(key.clone())).cloned();
            if let Some(value) = found {
                value
            } else {
                // Groovy's `get` with a default keeps it.
                groovy.put_at(target, key, default.clone())?;
                default.clone()
            }
        }
        ("put", [_, _]) => {
            groovy.charge_items(2)?;
            return Ok(None);
        }
        ("leftShift" | "putAll", [Object::Map(other)]) => {
            let other = other.borrow().clone();
            groovy.charge_items(other.len() as u64 * 2)?;
            map.borrow_mut().extend(other);
            if name == "putAll" { Object::Null } else { target.clone() }
        }
        ("leftShift", [entry]) if downcast::<Entry>(entry).is_some() => {
            if let Some(entry) = downcast::<Entry>(entry) {
                let [key, value] = crate::ops::entry_parts(entry);
                groovy.put_at(target, &key, value)?;
            }
            target.clone()
        }
        ("plus", [Object::Map(other)]) => {
            let mut union = map.borrow().clone();
            union.extend(other.borrow().iter().map(|(key, value)| (key.clone(), value.clone())));
            groovy.charge_items(union.len() as u64 * 2)?;
            Object::map(union)
        }
        ("minus", [Object::Map(other)]) => {
            let mut kept = ObjectMap::new();
            for (key, value) in map.borrow().clone() {
                let found = other.borrow().get(&key).cloned();
                let same = match found {
                    Some(found) => groovy.equal(&found, &value)?,
                    None => false,
                };
                if !same {
                    kept.insert(key, value);
                }
            }
            Object::map(kept)
        }
        ("intersect", [Object::Map(other)]) => {
            let mut kept = ObjectMap::new();
            for (key, value) in map.borrow().clone() {
                let found = other.borrow().get(&key).cloned();
                if let Some(found) = found
                    && groovy.equal(&found, &value)?
                {
                    kept.insert(key, value);
                }
            }
            Object::map(kept)
        }
        ("subMap", [keys]) => {
            let keys = groovy.items(keys)?;
            let map = map.borrow();
            Object::map(
                keys.into_iter()
                    .filter_map(|key| {
                        let key = MapKey(key);
                        map.get(&key).cloned().map(|value| (key, value))
                    })
                    .collect(),
            )
        }
        ("entrySet", []) => {
            let entries = values::entries(map);
            groovy.new_list(entries)?
        }
        ("computeIfAbsent", [key, _]) if let Some(closure) = closure => {
            let found = map.borrow().get(&MapKey(key.clone())).cloned().filter(|value| !value.is_null());
            if let Some(value) = found {
                value
            } else {
                let value = groovy.call_closure(closure, std::slice::from_ref(key))?;
                if !value.is_null() {
                    groovy.put_at(target, key, value.clone())?;
                }
                value
            }
        }
        ("computeIfPresent" | "compute", [key, _]) if let Some(closure) = closure => {
            let found = map.borrow().get(&MapKey(key.clone())).cloned().unwrap_or(Object::Null);
            if found.is_null() && name == "computeIfPresent" {
                return Ok(Some(Object::Null));
            }
            let value = groovy.call_closure(closure, &[key.clone(), found])?;
            if value.is_null() {
                map.borrow_mut().shift_remove(&MapKey(key.clone()));
            } else {
                groovy.put_at(target, key, value.clone())?;
            }
            value
        }
        ("merge", [key, value, _]) if let Some(closure) = closure => {
            let found = map.borrow().get(&MapKey(key.clone())).cloned().unwrap_or(Object::Null);
            let merged =
                if found.is_null() { value.clone() } else { groovy.call_closure(closure, &[found, value.clone()])? };
            groovy.put_at(target, key, merged.clone())?;
            merged
        }
        ("replaceAll", [_]) if let Some(closure) = closure => {
            for (key, value) in map.borrow().clone() {
                let value = groovy.call_closure(closure, &[key.0.clone(), value])?;
                map.borrow_mut().insert(key, value);
            }
            Object::Null
        }
        ("removeAll" | "retainAll", [_]) if let Some(closure) = closure => {
            let keep = name == "retainAll";
            let mut kept = Vec::new();
            let all = values::entries(map);
            for entry in &all {
                if iteration::test(groovy, closure, entry)? == keep {
                    kept.push(entry.clone());
                }
            }
            let changed = kept.len() != all.len();
            *map.borrow_mut() = iteration::pairs(&kept);
            Object::Boolean(changed)
        }
        ("sort" | "toSorted", []) => {
            let sorted = groovy.sorted_map(map.borrow().clone())?;
            Object::sorted_map(sorted)
        }
        ("groupEntriesBy", [closure]) => {
            let source = Source::list(values::entries(map));
            return iteration::call(groovy, &source, "groupBy", std::slice::from_ref(closure));
        }
        ("equals", [other]) => Object::Boolean(groovy.equal(target, other)?),
        (
            "keySet" | "values" | "containsKey" | "containsValue" | "remove" | "size" | "isEmpty" | "clear" | "get"
            | "getOrDefault" | "putIfAbsent",
            _,
        ) => {
            return Ok(None);
        }
        ("leftShift" | "plus", [other]) => {
            let op = if name == "plus" { BinaryOp::Add } else { BinaryOp::ShiftLeft };
            return Err(groovy.missing_method("java.util.LinkedHashMap", op.method(), std::slice::from_ref(other)));
        }
        ("asImmutable" | "asUnmodifiable", []) => target.clone(),
        (
            "collect" | "each" | "eachWithIndex" | "reverseEach" | "find" | "findAll" | "any" | "every" | "inject"
            | "collectEntries" | "collectMany" | "findResult" | "findResults" | "groupBy" | "count" | "countBy" | "max"
            | "min" | "sort" | "toSorted" | "take" | "drop" | "takeWhile" | "dropWhile" | "forEach" | "iterator"
            | "grep" | "findIndexOf" | "eachEntry",
            _,
        ) => {
            let source = Source { items: values::entries(map), shape: Shape::Map };
            let found = iteration::call(groovy, &source, name, args)?;
            return Ok(found.map(|value| if super::list::returns_itself(name) { target.clone() } else { value }));
        }
        _ => return Ok(None),
    }))
}
