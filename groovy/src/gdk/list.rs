//! Lists, sets and ranges.

use std::{cell::RefCell, rc::Rc};

use objects::{MapKey, Object, ObjectMap};

use super::{
    Found,
    iteration::{self, Shape, Source},
    ordering,
};
use crate::{
    ast::BinaryOp,
    interpreter::{Interpreter, Outcome, Throw, position},
    values::{Closure, Range, RangeOf, Template, downcast},
};

/// Most lists a combination, permutation or list of tails may give.
const MAX_COMBINATIONS: usize = 100_000;

type Items = Rc<RefCell<Vec<Object>>>;

/// Walking methods that return what they walked.
pub(super) fn returns_itself(name: &str) -> bool {
    matches!(name, "each" | "eachWithIndex" | "reverseEach")
}

fn is_closure(object: &Object) -> bool {
    downcast::<Closure>(object).is_some()
}

pub(super) fn call(groovy: &mut Interpreter<'_>, target: &Object, items: &Items, name: &str, args: &[Object]) -> Found {
    Ok(Some(match (name, args) {
        ("getAt", [key]) => get_at(groovy, items, key)?,
        ("putAt", [Object::List(keys), value]) => {
            let keys = keys.borrow().clone();
            for key in &keys {
                groovy.put_at(target, key, value.clone())?;
            }
            Object::Null
        }
        ("leftShift", [item]) => groovy.binary(BinaryOp::ShiftLeft, target, item)?,
        ("push", [item]) => {
            groovy.charge_items(1)?;
            items.borrow_mut().insert(0, item.clone());
            Object::Boolean(true)
        }
        ("pop", []) => {
            if items.borrow().is_empty() {
                return Err(super::no_such_element("Cannot pop() an empty List"));
            }
            items.borrow_mut().remove(0)
        }
        ("removeLast", []) => match items.borrow_mut().pop() {
            Some(item) => item,
            None => return Err(super::no_such_element("Cannot removeLast() an empty List")),
        },
        ("removeAt", [index]) => groovy.invoke(target, "remove", std::slice::from_ref(index))?,
        ("remove", [Object::Integer(_)]) => return Ok(None),
        ("removeElement" | "remove", [item]) => {
            let found = items.borrow().iter().position(|other| other.equals(item));
            found.map(|at| items.borrow_mut().remove(at));
            Object::Boolean(found.is_some())
        }
        ("removeAll" | "removeIf" | "retainAll", [closure]) if is_closure(closure) => {
            let keep = name == "retainAll";
            let all = items.borrow().clone();
            let mut kept = Vec::new();
            for item in &all {
                if iteration::test(groovy, closure, item)? == keep {
                    kept.push(item.clone());
                }
            }
            let changed = kept.len() != all.len();
            *items.borrow_mut() = kept;
            Object::Boolean(changed)
        }
        ("addAll", [more]) => {
            let more = groovy.items(more)?;
            let changed = !more.is_empty();
            items.borrow_mut().extend(more);
            Object::Boolean(changed)
        }
        ("addAll", [index, more]) => {
            let at = usize::try_from(groovy.int(index)?).unwrap_or(usize::MAX);
            let more = groovy.items(more)?;
            let length = items.borrow().len();
            if at > length {
                return Err(Throw::exception(
                    "java.lang.IndexOutOfBoundsException",
                    format!("Index: {at}, Size: {length}"),
                ));
            }
            items.borrow_mut().splice(at..at, more);
            Object::Boolean(true)
        }
        ("replaceAll", [closure]) if is_closure(closure) => {
            let all = items.borrow().clone();
            let mut replaced = Vec::with_capacity(all.len());
            for item in &all {
                replaced.push(iteration::apply(groovy, closure, item)?);
            }
            *items.borrow_mut() = replaced;
            Object::Null
        }
        ("plus", [other]) => {
            let mut all = items.borrow().clone();
            match other {
                Object::List(_) | Object::Set(_) => all.extend(groovy.items(other)?),
                other if downcast::<Range>(other).is_some() => all.extend(groovy.items(other)?),
                other => all.push(other.clone()),
            }
            groovy.new_list(all)?
        }
        ("minus", [other]) => {
            let kept = minus(groovy, &items.borrow().clone(), other)?;
            groovy.new_list(kept)?
        }
        ("multiply", [count]) => {
            let count = super::count_of(groovy, count)?;
            let all = items.borrow().clone();
            groovy.charge_items((all.len() as u64).saturating_mul(count as u64))?;
            Object::list(all.iter().cycle().take(all.len() * count).cloned().collect())
        }
        ("reverse", []) => {
            let all = items.borrow().iter().rev().cloned().collect();
            groovy.new_list(all)?
        }
        ("reverse", [Object::Boolean(true)]) => {
            items.borrow_mut().reverse();
            target.clone()
        }
        ("flatten", []) => {
            let mut flat = Vec::new();
            flatten(groovy, &items.borrow().clone(), &mut flat)?;
            groovy.new_list(flat)?
        }
        ("intersect", [other]) => {
            let others = groovy.items(other)?;
            let mut kept = Vec::new();
            for item in items.borrow().clone() {
                if contains(groovy, &others, &item)? && !contains(groovy, &kept, &item)? {
                    kept.push(item);
                }
            }
            groovy.new_list(kept)?
        }
        ("disjoint", [other]) => {
            let others = groovy.items(other)?;
            for item in items.borrow().clone() {
                if contains(groovy, &others, &item)? {
                    return Ok(Some(Object::Boolean(false)));
                }
            }
            Object::Boolean(true)
        }
        ("transpose", []) => {
            let mut rows = Vec::new();
            for row in items.borrow().clone() {
                rows.push(groovy.items(&row)?);
            }
            let width = rows.iter().map(Vec::len).min().unwrap_or(0);
            groovy.charge_items((width * rows.len()) as u64)?;
            let column = |index: usize| Object::list(rows.iter().map(|row| row[index].clone()).collect());
            Object::list((0..width).map(column).collect())
        }
        ("swap", [a, b]) => {
            let (a, b) = (super::count_of(groovy, a)?, super::count_of(groovy, b)?);
            let length = items.borrow().len();
            if a >= length || b >= length {
                let index = a.max(b);
                return Err(Throw::exception(
                    "java.lang.IndexOutOfBoundsException",
                    format!("Index {index} out of bounds for length {length}"),
                ));
            }
            items.borrow_mut().swap(a, b);
            target.clone()
        }
        ("sort", _) if !matches!(args, [Object::Boolean(false), ..]) => {
            let closure = args.iter().find(|arg| is_closure(arg));
            if !args.iter().all(|arg| is_closure(arg) || matches!(arg, Object::Boolean(_) | Object::Null)) {
                return Ok(None);
            }
            let mut all = items.borrow().clone();
            ordering::sort(groovy, &mut all, closure, false)?;
            *items.borrow_mut() = all;
            target.clone()
        }
        ("unique", _) if !matches!(args, [Object::Boolean(false), ..]) => {
            let closure = args.iter().find(|arg| is_closure(arg));
            let all = items.borrow().clone();
            let kept = ordering::unique(groovy, &all, closure)?;
            *items.borrow_mut() = kept;
            target.clone()
        }
        ("equals", [other]) => Object::Boolean(groovy.equal(target, other)?),
        ("contains", [item]) => {
            // Java's `equals`: a text with interpolations is no text.
            let found = items.borrow().iter().any(|other| other.equals(item));
            Object::Boolean(found)
        }
        ("asImmutable" | "asUnmodifiable" | "asSynchronized" | "asType", _) if args.is_empty() => target.clone(),
        ("get" | "set" | "add" | "indexOf" | "lastIndexOf" | "size" | "isEmpty" | "clear" | "subList", _) => {
            return Ok(None);
        }
        _ => {
            let source = Source::list(items.borrow().clone());
            return walk(groovy, target, &source, name, args);
        }
    }))
}

fn walk(groovy: &mut Interpreter<'_>, target: &Object, source: &Source, name: &str, args: &[Object]) -> Found {
    let found = iteration::call(groovy, source, name, args)?;
    Ok(found.map(|value| if returns_itself(name) { target.clone() } else { value }))
}

fn contains(groovy: &mut Interpreter<'_>, items: &[Object], item: &Object) -> Outcome<bool> {
    for other in items {
        groovy.step()?;
        if groovy.equal(other, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn minus(groovy: &mut Interpreter<'_>, items: &[Object], other: &Object) -> Outcome<Vec<Object>> {
    let others = match other {
        Object::List(_) | Object::Set(_) => groovy.items(other)?,
        other if downcast::<Range>(other).is_some() => groovy.items(other)?,
        other => vec![other.clone()],
    };
    let mut kept = Vec::new();
    for item in items {
        if !contains(groovy, &others, item)? {
            kept.push(item.clone());
        }
    }
    Ok(kept)
}

fn flatten(groovy: &mut Interpreter<'_>, items: &[Object], into: &mut Vec<Object>) -> Outcome<()> {
    groovy.check_stack()?;
    for item in items {
        groovy.step()?;
        let inner = matches!(item, Object::List(_) | Object::Set(_)) || downcast::<Range>(item).is_some();
        if inner {
            let inner = groovy.items(item)?;
            flatten(groovy, &inner, into)?;
        } else {
            into.push(item.clone());
        }
    }
    Ok(())
}

/// `list[key]` for everything but a single number.
fn get_at(groovy: &mut Interpreter<'_>, items: &Items, key: &Object) -> Outcome<Object> {
    let length = items.borrow().len();
    if let Some(range) = downcast::<Range>(key) {
        let picked = slice(groovy, length, range)?;
        let items = items.borrow();
        return Ok(Object::list(picked.into_iter().filter_map(|at| items.get(at).cloned()).collect()));
    }
    match key {
        Object::List(keys) => {
            let keys = keys.borrow().clone();
            let mut picked = Vec::with_capacity(keys.len());
            for key in &keys {
                if downcast::<Range>(key).is_some() || matches!(key, Object::List(_)) {
                    groovy.check_stack()?;
                    let part = get_at(groovy, items, key)?;
                    picked.extend(groovy.items(&part)?);
                } else {
                    let at = position(groovy.int(key)?, length)?;
                    picked.push(items.borrow().get(at).cloned().unwrap_or(Object::Null));
                }
            }
            groovy.new_list(picked)
        }
        Object::String(name) => {
            let list = Object::List(items.clone().into());
            groovy.get_property(&list, name)
        }
        number => {
            let at = position(groovy.int(number)?, length)?;
            Ok(items.borrow().get(at).cloned().unwrap_or(Object::Null))
        }
    }
}

/// The positions a range means in a list or text of some length; negative bounds count from the end.
pub(super) fn slice(groovy: &mut Interpreter<'_>, length: usize, range: &Range) -> Outcome<Vec<usize>> {
    let bound = |value: i64| i32::try_from(value).unwrap_or(i32::MAX);
    let (first, last) = if range.reverse { (range.to, range.from) } else { (range.from, range.to) };
    if range.empty {
        return Ok(Vec::new());
    }
    let out = |at: i64| {
        Throw::exception("java.lang.IndexOutOfBoundsException", format!("toIndex = {}", at.saturating_add(1)))
    };
    let (from, to) = (position(bound(first), length)?, position(bound(last), length)?);
    if from.max(to) >= length && !(length == 0 && from == 0 && to == 0) {
        return Err(out(i64::try_from(from.max(to)).unwrap_or(i64::MAX)));
    }
    groovy.charge_items(length as u64)?;
    Ok(if from <= to { (from..=to).collect() } else { (to..=from).rev().collect() })
}

/// Lists of lists, bounded in number.
pub(super) fn combinatorial(groovy: &mut Interpreter<'_>, items: &[Object], name: &str, args: &[Object]) -> Found {
    let too_many = || Throw::limit(format!("{name}() gives more than {MAX_COMBINATIONS} lists"));
    let mut lists: Vec<Vec<Object>> = Vec::new();
    match (name, args) {
        ("tails", []) => lists.extend((0..=items.len()).map(|start| items[start..].to_vec())),
        ("inits", []) => lists.extend((0..=items.len()).rev().map(|end| items[..end].to_vec())),
        ("subsequences", []) => {
            if items.len() > 16 {
                return Err(too_many());
            }
            for mask in 1_u32..1 << items.len() {
                lists.push((0..items.len()).filter(|at| mask & (1 << at) != 0).map(|at| items[at].clone()).collect());
            }
        }
        ("permutations", []) => {
            lists.push(Vec::new());
            for item in items {
                let mut longer = Vec::new();
                for list in &lists {
                    for at in 0..=list.len() {
                        let mut with = list.clone();
                        with.insert(at, item.clone());
                        longer.push(with);
                        if longer.len() > MAX_COMBINATIONS {
                            return Err(too_many());
                        }
                    }
                }
                lists = longer;
            }
        }
        ("combinations", []) => {
            lists.push(Vec::new());
            // The first list changes fastest.
            for item in items.iter().rev() {
                let choices = groovy.items(item)?;
                if lists.len().saturating_mul(choices.len()) > MAX_COMBINATIONS {
                    return Err(too_many());
                }
                let mut longer = Vec::new();
                for list in &lists {
                    for choice in &choices {
                        let mut with = vec![choice.clone()];
                        with.extend_from_slice(list);
                        longer.push(with);
                    }
                }
                lists = longer;
            }
        }
        _ => return Ok(None),
    }
    let mut made = Vec::with_capacity(lists.len());
    for list in lists {
        made.push(groovy.new_list(list)?);
    }
    groovy.new_list(made).map(Some)
}

pub(super) fn call_set(
    groovy: &mut Interpreter<'_>,
    target: &Object,
    items: &Rc<RefCell<ObjectMap>>,
    name: &str,
    args: &[Object],
) -> Found {
    let all =
        |items: &Rc<RefCell<ObjectMap>>| -> Vec<Object> { items.borrow().keys().map(|key| key.0.clone()).collect() };
    Ok(Some(match (name, args) {
        ("leftShift", [item]) => groovy.binary(BinaryOp::ShiftLeft, target, item)?,
        ("plus", [other]) => {
            let mut union = all(items);
            match other {
                Object::List(_) | Object::Set(_) => union.extend(groovy.items(other)?),
                other => union.push(other.clone()),
            }
            groovy.charge_items(union.len() as u64 * 2)?;
            Object::set(union)
        }
        ("minus", [other]) => Object::set(minus(groovy, &all(items), other)?),
        ("intersect", [other]) => {
            let others = groovy.items(other)?;
            let mut kept = Vec::new();
            for item in all(items) {
                if contains(groovy, &others, &item)? {
                    kept.push(item);
                }
            }
            Object::set(kept)
        }
        ("removeAll" | "removeIf" | "retainAll", [closure]) if is_closure(closure) => {
            let keep = name == "retainAll";
            let before = all(items);
            let mut kept = ObjectMap::new();
            for item in &before {
                if iteration::test(groovy, closure, item)? == keep {
                    kept.insert(MapKey(item.clone()), Object::Null);
                }
            }
            let changed = kept.len() != before.len();
            *items.borrow_mut() = kept;
            Object::Boolean(changed)
        }
        ("addAll", [more]) => {
            let more = groovy.items(more)?;
            let before = items.borrow().len();
            items.borrow_mut().extend(more.into_iter().map(|item| (MapKey(item), Object::Null)));
            let changed = items.borrow().len() != before;
            Object::Boolean(changed)
        }
        ("equals", [other]) => Object::Boolean(groovy.equal(target, other)?),
        ("getAt", [index]) => {
            let list = Object::list(all(items));
            groovy.get_at(&list, index)?
        }
        ("flatten", []) => {
            let mut flat = Vec::new();
            flatten(groovy, &all(items), &mut flat)?;
            Object::set(flat)
        }
        ("add" | "remove" | "contains" | "containsAll" | "size" | "isEmpty" | "clear", _) => return Ok(None),
        ("asImmutable" | "asUnmodifiable", []) => target.clone(),
        _ => {
            let source = Source { items: all(items), shape: Shape::Set };
            return walk(groovy, target, &source, name, args);
        }
    }))
}

pub(super) fn call_range(
    groovy: &mut Interpreter<'_>,
    target: &Object,
    range: &Range,
    name: &str,
    args: &[Object],
) -> Found {
    Ok(Some(match (name, args) {
        ("getFrom", []) => range.element(range.from),
        ("getTo", []) => range.element(range.to),
        ("isReverse", []) => Object::Boolean(range.reverse),
        ("size" | "count", []) => Object::Integer(i32::try_from(range.len()).unwrap_or(i32::MAX)),
        ("isEmpty", []) => Object::Boolean(range.len() == 0),
        ("contains" | "containsWithinBounds" | "isCase", [value]) => {
            let value = match downcast::<Template>(value) {
                Some(template) => Object::String(template.text.clone()),
                None => value.clone(),
            };
            Object::Boolean(groovy.is_case(target, &value)?)
        }
        ("reverse", []) => {
            let items: Vec<Object> = groovy.items(target)?.into_iter().rev().collect();
            groovy.new_list(items)?
        }
        ("each", [closure]) if is_closure(closure) => {
            // A long range is walked without being made.
            for index in 0..range.len() {
                groovy.step()?;
                groovy.call_closure(closure, &[range.at(index)])?;
            }
            target.clone()
        }
        ("step", [step]) => {
            let step = groovy.int(step)?.unsigned_abs();
            if step == 0 {
                return Err(Throw::illegal_argument("the step of a range is not zero"));
            }
            let count = range.len().div_ceil(u64::from(step));
            groovy.charge_items(count)?;
            Object::list((0..count).map(|index| range.at(index * u64::from(step))).collect())
        }
        ("step", [step, closure]) => {
            let step = u64::from(groovy.int(step)?.unsigned_abs().max(1));
            let mut index = 0;
            while index < range.len() {
                groovy.step()?;
                groovy.call_closure(closure, &[range.at(index)])?;
                index += step;
            }
            target.clone()
        }
        ("sum", []) if range.of == RangeOf::Int && range.len() > 0 && range.len() < 60_000 => {
            let total: i64 = (range.from..=range.to).sum();
            #[expect(clippy::cast_possible_truncation, reason = "sums of int wrap around")]
            Object::Integer(total as i32)
        }
        ("toString", []) => Object::String(groovy.to_text(target)?),
        ("inspect", []) => {
            let text = groovy.inspect(target)?;
            groovy.new_text(text)?
        }
        ("getClass" | "with" | "tap" | "is" | "hashCode", _) => return Ok(None),
        ("equals", [other]) => Object::Boolean(groovy.equal(target, other)?),
        _ => {
            let items = groovy.items(target)?;
            let list = Object::list(items);
            return groovy.try_invoke(&list, name, args);
        }
    }))
}
