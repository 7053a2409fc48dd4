//! Equality, order, membership.

use std::{cmp::Ordering, rc::Rc};

use objects::{MapKey, Object, compare};

use crate::{
    classes::Class,
    interpreter::{Interpreter, Outcome, Throw},
    values::{Closure, Entry, Instance, Matcher, Pattern, Range, Template, UserClassObject, downcast},
};

impl Interpreter<'_> {
    /// `left == right`: numbers by value, texts by content, containers element by element.
    pub(crate) fn equal(&mut self, left: &Object, right: &Object) -> Outcome<bool> {
        match (left, right) {
            (Object::Null, Object::Null) => return Ok(true),
            (Object::Null, _) | (_, Object::Null) => return Ok(false),
            (Object::String(a), Object::String(b)) => return Ok(a == b),
            (Object::Boolean(a), Object::Boolean(b)) => return Ok(a == b),
            (Object::List(a), Object::List(b)) => {
                if Rc::ptr_eq(a, b) {
                    return Ok(true);
                }
                let (a, b) = (a.borrow().clone(), b.borrow().clone());
                return self.equal_items(&a, &b);
            }
            (Object::Map(a), Object::Map(b)) => {
                if Rc::ptr_eq(a, b) {
                    return Ok(true);
                }
                if a.borrow().len() != b.borrow().len() {
                    return Ok(false);
                }
                self.check_stack()?;
                let entries: Vec<(MapKey, Object)> =
                    a.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                for (key, value) in entries {
                    self.step()?;
                    let other = b.borrow().get(&key).cloned();
                    match other {
                        Some(other) if self.equal(&value, &other)? => {}
                        _ => return Ok(false),
                    }
                }
                return Ok(true);
            }
            (Object::Extension(_), _) | (_, Object::Extension(_)) => return self.equal_extension(left, right),
            _ => {}
        }
        if left.is_number() && right.is_number() {
            return Ok(compare::compare_numbers(left, right).is_some_and(Ordering::is_eq));
        }
        Ok(left.equals(right))
    }

    fn equal_items(&mut self, a: &[Object], b: &[Object]) -> Outcome<bool> {
        if a.len() != b.len() {
            return Ok(false);
        }
        self.check_stack()?;
        for (a, b) in a.iter().zip(b) {
            self.step()?;
            if !self.equal(a, b)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn equal_extension(&mut self, left: &Object, right: &Object) -> Outcome<bool> {
        let is_text = |object: &Object| object.as_str().is_some() || downcast::<Template>(object).is_some();
        if is_text(left) && is_text(right) {
            return Ok(self.to_text(left)? == self.to_text(right)?);
        }
        let is_list = |object: &Object| matches!(object, Object::List(_)) || downcast::<Range>(object).is_some();
        if is_list(left) && is_list(right) {
            let (a, b) = (self.items(left)?, self.items(right)?);
            return self.equal_items(&a, &b);
        }
        if let (Some(a), Some(b)) = (downcast::<Entry>(left), downcast::<Entry>(right)) {
            let (value, other) = (a.value.borrow().clone(), b.value.borrow().clone());
            return Ok(self.equal(&a.key, &b.key)? && self.equal(&value, &other)?);
        }
        if let (Some(a), Some(b)) = (downcast::<UserClassObject>(left), downcast::<UserClassObject>(right)) {
            return Ok(a.class == b.class);
        }
        if let (Some(a), Some(b)) =
            (downcast::<objects::classes::ClassObject>(left), downcast::<objects::classes::ClassObject>(right))
        {
            return Ok(a.name() == b.name());
        }
        if let Some(instance) = downcast::<Instance>(left) {
            return self.equal_instance(instance, left, right);
        }
        Ok(left.equals(right))
    }

    fn equal_instance(&mut self, instance: &Instance, left: &Object, right: &Object) -> Outcome<bool> {
        self.check_stack()?;
        if self.has_method(instance.class, "compareTo")
            && downcast::<Instance>(right).is_some_and(|other| other.class == instance.class)
        {
            let order = self.invoke(left, "compareTo", std::slice::from_ref(right))?;
            return Ok(order.int_value() == Some(0));
        }
        if self.has_method(instance.class, "equals") {
            let equal = self.invoke(left, "equals", std::slice::from_ref(right))?;
            return self.truth(&equal);
        }
        if self.program.classes[usize::from(instance.class)].value_equality
            && let Some(other) = downcast::<Instance>(right)
        {
            if other.class != instance.class {
                return Ok(false);
            }
            let values = |instance: &Instance| -> Vec<Object> {
                instance.fields.borrow().iter().map(|(_, value)| value.clone()).collect()
            };
            return self.equal_items(&values(instance), &values(other));
        }
        Ok(left.equals(right))
    }

    fn has_method(&self, class: crate::ast::ClassIx, name: &str) -> bool {
        let mut next = Some(class);
        while let Some(ix) = next {
            let class = &self.program.classes[usize::from(ix)];
            if class.methods.iter().any(|(found, _)| &**found == name) {
                return true;
            }
            next = match class.parent {
                Some(Class::User(parent)) => Some(parent),
                _ => None,
            };
        }
        false
    }

    /// `left === right`
    pub(crate) fn identical(left: &Object, right: &Object) -> bool {
        match (left, right) {
            (Object::List(a), Object::List(b)) => Rc::ptr_eq(a, b),
            (Object::Map(a), Object::Map(b)) | (Object::Set(a), Object::Set(b)) => Rc::ptr_eq(a, b),
            _ => left.equals(right),
        }
    }

    /// `left <=> right`: null is less than everything.
    pub(crate) fn order(&mut self, left: &Object, right: &Object) -> Outcome<Ordering> {
        match (left, right) {
            (Object::Null, Object::Null) => return Ok(Ordering::Equal),
            (Object::Null, _) => return Ok(Ordering::Less),
            (_, Object::Null) => return Ok(Ordering::Greater),
            (Object::String(a), Object::String(b)) => return Ok(compare::compare_text(a, b).cmp(&0)),
            _ => {}
        }
        if left.is_number() && right.is_number() {
            return Ok(compare::compare_numbers(left, right).unwrap_or(Ordering::Equal));
        }
        let is_text = |object: &Object| object.as_str().is_some() || downcast::<Template>(object).is_some();
        if is_text(left) && is_text(right) {
            let (a, b) = (self.to_text(left)?, self.to_text(right)?);
            return Ok(compare::compare_text(&a, &b).cmp(&0));
        }
        // A single letter compares with a number by its code.
        if let (Some(a), Some(b)) = (letter_or_number(left), letter_or_number(right))
            && left.is_number() != right.is_number()
        {
            return Ok(a.total_cmp(&b));
        }
        if let Some(instance) = downcast::<Instance>(left) {
            self.check_stack()?;
            if let (Some((_, a)), Some((_, b))) = (
                &*instance.constant.borrow(),
                downcast::<Instance>(right).map(|other| other.constant.borrow().clone()).unwrap_or_default(),
            ) {
                return Ok(a.cmp(&b));
            }
            if let Some(order) = self.try_invoke(left, "compareTo", std::slice::from_ref(right))? {
                return Ok(order.int_value().unwrap_or(0).cmp(&0));
            }
        }
        if let Ok(order) = compare::compare(left, right, self.ctx) {
            return Ok(order);
        }
        let (a, b) = (left.class_name(self.ctx), right.class_name(self.ctx));
        let (x, y) = (self.to_text(left)?, self.to_text(right)?);
        Err(Throw::illegal_argument(format!("Cannot compare {a} with value '{x}' and {b} with value '{y}'")))
    }

    /// Whether a value matches a case: element, class, pattern, closure, or equal.
    pub(crate) fn is_case(&mut self, pattern: &Object, value: &Object) -> Outcome<bool> {
        match pattern {
            Object::Null => return Ok(value.is_null()),
            Object::List(items) => {
                let items = items.borrow().clone();
                for item in &items {
                    self.step()?;
                    if item.equals(value) || self.equal(item, value)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            Object::Set(items) => return Ok(items.borrow().contains_key(&MapKey(value.clone()))),
            Object::Map(map) => {
                let found = map.borrow().get(&MapKey(value.clone())).cloned();
                return match found {
                    Some(found) => self.truth(&found),
                    None => Ok(false),
                };
            }
            _ => {}
        }
        if let Some(range) = downcast::<Range>(pattern) {
            return Ok(match value.double_value() {
                // A number with a fraction is in no range of integers.
                #[expect(clippy::cast_precision_loss, reason = "only whole numbers get through")]
                Some(number) if !range.empty && range.of != crate::values::RangeOf::Char => {
                    number.fract() == 0.0 && number >= range.from as f64 && number <= range.to as f64
                }
                _ => {
                    let items = self.items(pattern)?;
                    items.iter().any(|item| item.equals(value))
                }
            });
        }
        if let Some(class) = downcast::<objects::classes::ClassObject>(pattern) {
            let class = class.name().to_owned();
            return Ok(self.is_a(value, &class));
        }
        if let Some(class) = downcast::<UserClassObject>(pattern) {
            let class = Class::User(class.class);
            return Ok(self.instance_of(value, class));
        }
        if let Some(pattern) = downcast::<Pattern>(pattern) {
            if value.is_null() {
                return Ok(false);
            }
            let text = self.to_text(value)?;
            return Ok(objects::pattern::matches(&text, &pattern.source)?);
        }
        if let Some(matcher) = downcast::<Matcher>(pattern) {
            return Ok(matcher.find());
        }
        if downcast::<Closure>(pattern).is_some() {
            let result = self.call_closure(pattern, std::slice::from_ref(value))?;
            return self.truth(&result);
        }
        if downcast::<Instance>(pattern).is_some()
            && let Some(result) = self.try_invoke(pattern, "isCase", std::slice::from_ref(value))?
        {
            return self.truth(&result);
        }
        self.equal(pattern, value)
    }

    /// Sorts by natural order, nulls first, numbers by value; stable.
    pub(crate) fn sort_items(&mut self, items: &mut [Object]) -> Outcome<()> {
        self.sort_with(items, super::super::interpreter::Interpreter::order)
    }

    /// Sorts by a comparison that may fail or contradict itself, as closures may: merging needs no total order.
    pub(crate) fn sort_with<T: Clone>(
        &mut self,
        items: &mut [T],
        mut compare: impl FnMut(&mut Self, &T, &T) -> Outcome<Ordering>,
    ) -> Outcome<()> {
        self.charge_items(items.len() as u64)?;
        let mut source = items.to_vec();
        let mut width = 1;
        while width < source.len() {
            let mut target = Vec::with_capacity(source.len());
            for pair in source.chunks(width * 2) {
                let (left, right) = pair.split_at(width.min(pair.len()));
                let (mut i, mut j) = (0, 0);
                while i < left.len() && j < right.len() {
                    self.step()?;
                    if compare(self, &right[j], &left[i])?.is_lt() {
                        target.push(right[j].clone());
                        j += 1;
                    } else {
                        target.push(left[i].clone());
                        i += 1;
                    }
                }
                target.extend_from_slice(&left[i..]);
                target.extend_from_slice(&right[j..]);
            }
            source = target;
            width *= 2;
        }
        items.clone_from_slice(&source);
        Ok(())
    }
}

fn letter_or_number(object: &Object) -> Option<f64> {
    let Some(text) = object.as_str() else { return object.double_value() };
    let mut units = text.encode_utf16();
    let first = units.next()?;
    units.next().is_none().then(|| f64::from(first))
}
