//! Closures over collections.

use std::rc::Rc;

use objects::{MapKey, Object, ObjectMap};

use super::{Found, count_of, no_such_element, ordering, size};
use crate::{
    ast::BinaryOp,
    interpreter::{Interpreter, Outcome, Throw},
    values::{Closure, Entry, downcast},
};

/// What kind of container the elements come from: `findAll` of a map is a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    List,
    Set,
    Map,
}

/// Elements to walk.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) items: Vec<Object>,
    pub(super) shape: Shape,
}

impl Source {
    pub(super) fn list(items: Vec<Object>) -> Self {
        Self { items, shape: Shape::List }
    }

    fn kind(&self) -> &'static str {
        if self.shape == Shape::List { "List" } else { "Iterable" }
    }

    /// A container of the same kind with some of the elements.
    pub(super) fn rebuild(&self, groovy: &mut Interpreter<'_>, items: Vec<Object>) -> Outcome<Object> {
        groovy.charge_items(items.len() as u64 * 2)?;
        Ok(match self.shape {
            Shape::List => Object::list(items),
            Shape::Set => Object::set(items),
            Shape::Map => Object::map(pairs(&items)),
        })
    }
}

/// A map of entries.
pub(super) fn pairs(entries: &[Object]) -> ObjectMap {
    entries
        .iter()
        .filter_map(|entry| {
            let entry = downcast::<Entry>(entry)?;
            Some((MapKey(entry.key.clone()), entry.value.borrow().clone()))
        })
        .collect()
}

/// Calls a closure with an element; an entry comes apart for two parameters.
pub(super) fn apply(groovy: &mut Interpreter<'_>, closure: &Object, item: &Object) -> Outcome<Object> {
    groovy.step()?;
    if let Some(entry) = downcast::<Entry>(item)
        && groovy.arity(closure) == 2
    {
        let pair = crate::ops::entry_parts(entry);
        return groovy.call_closure(closure, &pair);
    }
    groovy.call_closure(closure, std::slice::from_ref(item))
}

/// Calls a closure with something and an element: `inject`, `eachWithIndex`.
fn apply_two(
    groovy: &mut Interpreter<'_>,
    closure: &Object,
    first: Object,
    item: &Object,
    item_first: bool,
) -> Outcome<Object> {
    groovy.step()?;
    if let Some(entry) = downcast::<Entry>(item)
        && groovy.arity(closure) == 3
    {
        let [key, value] = crate::ops::entry_parts(entry);
        let args = if item_first { [key, value, first] } else { [first, key, value] };
        return groovy.call_closure(closure, &args);
    }
    let args = if item_first { [item.clone(), first] } else { [first, item.clone()] };
    groovy.call_closure(closure, &args)
}

pub(super) fn test(groovy: &mut Interpreter<'_>, closure: &Object, item: &Object) -> Outcome<bool> {
    match apply(groovy, closure, item)? {
        Object::Boolean(value) => Ok(value),
        other => groovy.truth(&other),
    }
}

fn is_closure(object: &Object) -> bool {
    downcast::<Closure>(object).is_some()
}

/// Methods every walkable object has.
pub(super) fn call(groovy: &mut Interpreter<'_>, source: &Source, name: &str, args: &[Object]) -> Found {
    if let [closure] = args
        && is_closure(closure)
        && let Some(value) = with_closure(groovy, source, name, closure)?
    {
        return Ok(Some(value));
    }
    let items = &source.items;
    Ok(Some(match (name, args) {
        ("collect", []) => groovy.new_list(items.clone())?,
        ("collect", [Object::List(into), closure]) if is_closure(closure) => {
            for item in items {
                let value = apply(groovy, closure, item)?;
                groovy.charge_items(1)?;
                into.borrow_mut().push(value);
            }
            args[0].clone()
        }
        ("find", []) => {
            for item in items {
                if groovy.truth(item)? {
                    return Ok(Some(item.clone()));
                }
            }
            Object::Null
        }
        ("findAll" | "grep", []) => {
            let mut kept = Vec::new();
            for item in items {
                if groovy.truth(item)? {
                    kept.push(item.clone());
                }
            }
            source.rebuild(groovy, kept)?
        }
        ("grep", [filter]) => {
            let mut kept = Vec::new();
            for item in items {
                groovy.step()?;
                if groovy.is_case(filter, item)? {
                    kept.push(item.clone());
                }
            }
            source.rebuild(groovy, kept)?
        }
        ("any", []) => {
            for item in items {
                if groovy.truth(item)? {
                    return Ok(Some(Object::Boolean(true)));
                }
            }
            Object::Boolean(false)
        }
        ("every", []) => {
            for item in items {
                if !groovy.truth(item)? {
                    return Ok(Some(Object::Boolean(false)));
                }
            }
            Object::Boolean(true)
        }
        ("inject", [initial, closure]) => {
            let mut value = initial.clone();
            for item in items {
                value = apply_two(groovy, closure, value, item, false)?;
            }
            value
        }
        ("sum", []) => sum(groovy, None, items)?,
        ("sum", [initial]) if !is_closure(initial) => sum(groovy, Some(initial.clone()), items)?,
        ("sum", [initial, closure]) => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(apply(groovy, closure, item)?);
            }
            sum(groovy, Some(initial.clone()), &values)?
        }
        ("average", []) => average(groovy, items)?,
        ("count", [value]) => {
            let mut count = 0;
            for item in items {
                groovy.step()?;
                count += usize::from(groovy.equal(item, value)?);
            }
            size(count)
        }
        ("findResult", [default, closure]) => {
            for item in items {
                let value = apply(groovy, closure, item)?;
                if !value.is_null() {
                    return Ok(Some(value));
                }
            }
            default.clone()
        }
        ("findIndexOf" | "findLastIndexOf", [start, closure]) => {
            let start = count_of(groovy, start)?;
            find_index(groovy, items, closure, start, name == "findLastIndexOf")?
        }
        ("join", _) if args.len() <= 1 => {
            let separator = match args {
                [separator] => groovy.to_text(separator)?,
                _ => Rc::from(""),
            };
            let mut out = String::new();
            for (index, item) in items.iter().enumerate() {
                groovy.step()?;
                if index > 0 {
                    out.push_str(&separator);
                }
                groovy.append_text(&mut out, item)?;
                if out.len() > groovy.limits.text_bytes {
                    break;
                }
            }
            groovy.new_text(out)?
        }
        ("groupBy", closures) if closures.iter().all(is_closure) && !closures.is_empty() => {
            group(groovy, source, closures)?
        }
        ("collectEntries", []) => collect_entries(groovy, items.clone())?,
        ("withIndex" | "indexed", _) if args.len() <= 1 => {
            let offset = match args {
                [offset] => groovy.int(offset)?,
                _ => 0,
            };
            let number = |index: usize| Object::Integer(offset.wrapping_add(i32::try_from(index).unwrap_or(i32::MAX)));
            groovy.charge_items(items.len() as u64 * 3)?;
            if name == "withIndex" {
                let pairs =
                    items.iter().enumerate().map(|(index, item)| Object::list(vec![item.clone(), number(index)]));
                Object::list(pairs.collect())
            } else {
                let pairs = items.iter().enumerate().map(|(index, item)| (MapKey(number(index)), item.clone()));
                Object::map(pairs.collect())
            }
        }
        ("collate", _) => collate(groovy, items, args)?,
        ("inits" | "tails" | "subsequences" | "permutations" | "combinations", _) => {
            return super::list::combinatorial(groovy, items, name, args);
        }
        ("first" | "head", []) => match items.first() {
            Some(item) => item.clone(),
            None => {
                return Err(no_such_element(&format!(
                    "Cannot access {name}() element from an empty {}",
                    source.kind()
                )));
            }
        },
        ("last", []) => match items.last() {
            Some(item) => item.clone(),
            None => {
                return Err(no_such_element(&format!("Cannot access last() element from an empty {}", source.kind())));
            }
        },
        ("take", [count]) => {
            let count = count_of(groovy, count)?.min(items.len());
            source.rebuild(groovy, items[..count].to_vec())?
        }
        ("drop", [count]) => {
            let count = count_of(groovy, count)?.min(items.len());
            source.rebuild(groovy, items[count..].to_vec())?
        }
        ("takeRight", [count]) => {
            let count = count_of(groovy, count)?.min(items.len());
            source.rebuild(groovy, items[items.len() - count..].to_vec())?
        }
        ("dropRight", [count]) => {
            let count = count_of(groovy, count)?.min(items.len());
            source.rebuild(groovy, items[..items.len() - count].to_vec())?
        }
        ("tail", []) => match items.split_first() {
            Some((_, rest)) => source.rebuild(groovy, rest.to_vec())?,
            None => return Err(no_such_element("Cannot access tail() for an empty iterable")),
        },
        ("init", []) => match items.split_last() {
            Some((_, rest)) => source.rebuild(groovy, rest.to_vec())?,
            None => return Err(no_such_element("Cannot access init() for an empty iterable")),
        },
        ("iterator", []) => objects::methods::IteratorObject::object(items.clone()),
        ("size", []) => size(items.len()),
        ("toList" | "asList", []) => groovy.new_list(items.clone())?,
        ("toSet", []) => {
            groovy.charge_items(items.len() as u64 * 2)?;
            Object::set(items.clone())
        }
        ("max" | "min" | "sort" | "toSorted" | "unique" | "toUnique", _) => {
            return ordering::call(groovy, source, name, args);
        }
        _ => return super::stream::call(groovy, source, name, args),
    }))
}

fn with_closure(groovy: &mut Interpreter<'_>, source: &Source, name: &str, closure: &Object) -> Found {
    let items = &source.items;
    Ok(Some(match name {
        "each" | "forEach" | "iterator" | "eachEntry" => {
            for item in items {
                apply(groovy, closure, item)?;
            }
            Object::Null
        }
        "reverseEach" => {
            for item in items.iter().rev() {
                apply(groovy, closure, item)?;
            }
            Object::Null
        }
        "eachWithIndex" => {
            for (index, item) in items.iter().enumerate() {
                apply_two(groovy, closure, size(index), item, true)?;
            }
            Object::Null
        }
        "collect" => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(apply(groovy, closure, item)?);
            }
            groovy.new_list(values)?
        }
        "collectMany" | "flatMap" => {
            let mut values = Vec::new();
            for item in items {
                let part = apply(groovy, closure, item)?;
                values.extend(groovy.items(&part)?);
            }
            groovy.new_list(values)?
        }
        "collectNested" => collect_nested(groovy, items, closure)?,
        "collectEntries" => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(apply(groovy, closure, item)?);
            }
            collect_entries(groovy, values)?
        }
        "find" => {
            for item in items {
                if test(groovy, closure, item)? {
                    return Ok(Some(item.clone()));
                }
            }
            Object::Null
        }
        "findAll" => {
            let mut kept = Vec::new();
            for item in items {
                if test(groovy, closure, item)? {
                    kept.push(item.clone());
                }
            }
            source.rebuild(groovy, kept)?
        }
        "findResult" => {
            for item in items {
                let value = apply(groovy, closure, item)?;
                if !value.is_null() {
                    return Ok(Some(value));
                }
            }
            Object::Null
        }
        "findResults" => {
            let mut values = Vec::new();
            for item in items {
                let value = apply(groovy, closure, item)?;
                if !value.is_null() {
                    values.push(value);
                }
            }
            groovy.new_list(values)?
        }
        "findIndexOf" => find_index(groovy, items, closure, 0, false)?,
        "findLastIndexOf" => find_index(groovy, items, closure, 0, true)?,
        "findIndexValues" => {
            let mut found = Vec::new();
            for (index, item) in items.iter().enumerate() {
                if test(groovy, closure, item)? {
                    found.push(Object::Long(i64::try_from(index).unwrap_or(i64::MAX)));
                }
            }
            groovy.new_list(found)?
        }
        "any" => {
            for item in items {
                if test(groovy, closure, item)? {
                    return Ok(Some(Object::Boolean(true)));
                }
            }
            Object::Boolean(false)
        }
        "every" => {
            for item in items {
                if !test(groovy, closure, item)? {
                    return Ok(Some(Object::Boolean(false)));
                }
            }
            Object::Boolean(true)
        }
        "inject" => {
            let Some((first, rest)) = items.split_first() else {
                return Err(no_such_element(
                    "Cannot call inject() on an empty collection without passing an initial value.",
                ));
            };
            let mut value = first.clone();
            for item in rest {
                value = apply_two(groovy, closure, value, item, false)?;
            }
            value
        }
        "sum" => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(apply(groovy, closure, item)?);
            }
            sum(groovy, None, &values)?
        }
        "average" => {
            let mut values = Vec::with_capacity(items.len());
            for item in items {
                values.push(apply(groovy, closure, item)?);
            }
            average(groovy, &values)?
        }
        "count" => {
            let mut count = 0;
            for item in items {
                count += usize::from(test(groovy, closure, item)?);
            }
            size(count)
        }
        "countBy" => {
            let mut counts = ObjectMap::new();
            for item in items {
                let key = apply(groovy, closure, item)?;
                groovy.charge_items(2)?;
                let count = counts.entry(MapKey(key)).or_insert(Object::Integer(0));
                if let Object::Integer(count) = count {
                    *count += 1;
                }
            }
            Object::map(counts)
        }
        "split" => {
            let (mut yes, mut no) = (Vec::new(), Vec::new());
            for item in items {
                if test(groovy, closure, item)? { yes.push(item.clone()) } else { no.push(item.clone()) }
            }
            let (yes, no) = (source.rebuild(groovy, yes)?, source.rebuild(groovy, no)?);
            Object::list(vec![yes, no])
        }
        "takeWhile" => {
            let mut kept = Vec::new();
            for item in items {
                if !test(groovy, closure, item)? {
                    break;
                }
                kept.push(item.clone());
            }
            source.rebuild(groovy, kept)?
        }
        "dropWhile" => {
            let mut start = 0;
            while start < items.len() && test(groovy, closure, &items[start])? {
                start += 1;
            }
            source.rebuild(groovy, items[start..].to_vec())?
        }
        _ => return Ok(None),
    }))
}

fn find_index(
    groovy: &mut Interpreter<'_>,
    items: &[Object],
    closure: &Object,
    start: usize,
    last: bool,
) -> Outcome<Object> {
    let mut found = Object::Integer(-1);
    for (index, item) in items.iter().enumerate().skip(start) {
        if test(groovy, closure, item)? {
            found = size(index);
            if !last {
                break;
            }
        }
    }
    Ok(found)
}

fn sum(groovy: &mut Interpreter<'_>, initial: Option<Object>, items: &[Object]) -> Outcome<Object> {
    let mut total = initial;
    for item in items {
        groovy.step()?;
        total = Some(match total {
            None => item.clone(),
            Some(total) => groovy.binary(BinaryOp::Add, &total, item)?,
        });
    }
    Ok(total.unwrap_or(Object::Null))
}

fn average(groovy: &mut Interpreter<'_>, items: &[Object]) -> Outcome<Object> {
    let total = sum(groovy, None, items)?;
    if items.is_empty() {
        return Ok(Object::Null);
    }
    groovy.binary(BinaryOp::Divide, &total, &size(items.len()))
}

fn collect_nested(groovy: &mut Interpreter<'_>, items: &[Object], closure: &Object) -> Outcome<Object> {
    groovy.check_stack()?;
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        values.push(match item {
            Object::List(inner) => {
                let inner = inner.borrow().clone();
                collect_nested(groovy, &inner, closure)?
            }
            other => apply(groovy, closure, other)?,
        });
    }
    groovy.new_list(values)
}

/// A map of pairs: lists of two, entries, or maps.
fn collect_entries(groovy: &mut Interpreter<'_>, values: Vec<Object>) -> Outcome<Object> {
    groovy.charge_items(values.len() as u64 * 2)?;
    let mut map = ObjectMap::with_capacity(values.len());
    for value in values {
        match &value {
            Object::List(pair) => {
                let pair = pair.borrow();
                let part = |index: usize| pair.get(index).cloned().unwrap_or(Object::Null);
                map.insert(MapKey(part(0)), part(1));
            }
            Object::Map(other) => map.extend(other.borrow().iter().map(|(key, value)| (key.clone(), value.clone()))),
            other => {
                if let Some(entry) = downcast::<Entry>(other) {
                    let [key, value] = crate::ops::entry_parts(entry);
                    map.insert(MapKey(key), value);
                } else {
                    let class = other.class_name(groovy.ctx);
                    let text = groovy.to_text(other)?;
                    return Err(Throw::cast(&text, &class, "java.util.Map"));
                }
            }
        }
    }
    Ok(Object::map(map))
}

fn group(groovy: &mut Interpreter<'_>, source: &Source, closures: &[Object]) -> Outcome<Object> {
    groovy.check_stack()?;
    let Some((closure, rest)) = closures.split_first() else { return source.rebuild(groovy, source.items.clone()) };
    let mut groups: indexmap::IndexMap<MapKey, Vec<Object>> = indexmap::IndexMap::new();
    for item in &source.items {
        let key = apply(groovy, closure, item)?;
        groovy.charge_items(2)?;
        groups.entry(MapKey(key)).or_default().push(item.clone());
    }
    let mut map = ObjectMap::with_capacity(groups.len());
    // Groups of a set are lists.
    let shape = if source.shape == Shape::Map { Shape::Map } else { Shape::List };
    for (key, items) in groups {
        let inner = Source { items, shape };
        let value = group(groovy, &inner, rest)?;
        map.insert(key, value);
    }
    Ok(Object::map(map))
}

/// `collate(size)`, `collate(size, step)`, `collate(size, keepRemainder)`, `collate(size, step, keepRemainder)`.
fn collate(groovy: &mut Interpreter<'_>, items: &[Object], args: &[Object]) -> Outcome<Object> {
    let (width, step, keep) = match args {
        [width] => (width, width, true),
        [width, Object::Boolean(keep)] => (width, width, *keep),
        [width, step] => (width, step, true),
        [width, step, Object::Boolean(keep)] => (width, step, *keep),
        _ => return Err(groovy.missing_method("java.util.ArrayList", "collate", args)),
    };
    let (width, step) = (count_of(groovy, width)?, count_of(groovy, step)?);
    if width == 0 {
        return Ok(Object::list(vec![Object::list(items.to_vec())]));
    }
    if step == 0 {
        return Err(Throw::illegal_argument("step cannot be zero"));
    }
    let mut parts = Vec::new();
    let mut at = 0;
    while at < items.len() {
        groovy.step()?;
        let end = at.saturating_add(width).min(items.len());
        if end - at == width || keep {
            parts.push(groovy.new_list(items[at..end].to_vec())?);
        }
        at = at.saturating_add(step);
    }
    groovy.new_list(parts)
}
