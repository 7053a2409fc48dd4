//! Iterators: a snapshot of the elements and a position.

use std::cell::Cell;

use super::Outcome;
use crate::{
    args::mismatch,
    context::{Context, ObjectError},
    object::{Extension, Object},
};

/// `java.util.Iterator` over elements that are known when it is made.
#[derive(Debug)]
pub struct IteratorObject {
    items: Vec<Object>,
    next: Cell<usize>,
}

impl IteratorObject {
    /// An iterator object over these elements.
    pub fn object(items: Vec<Object>) -> Object {
        Object::Extension(std::rc::Rc::new(Self { items, next: Cell::new(0) }))
    }

    /// The next element.
    pub fn advance(&self) -> Option<Object> {
        let item = self.items.get(self.next.get()).cloned()?;
        self.next.set(self.next.get() + 1);
        Some(item)
    }
}

impl Extension for IteratorObject {
    fn class_name(&self) -> String {
        "java.util.ArrayList$Itr".to_owned()
    }

    fn text(&self) -> String {
        "java.util.ArrayList$Itr".to_owned()
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn call(&self, name: &str, args: &[Object], _: &mut dyn Context) -> Outcome {
        match (name, args) {
            ("hasNext" | "hasMoreElements", []) => Ok(Object::Boolean(self.next.get() < self.items.len())),
            ("next" | "nextElement", []) => {
                self.advance().ok_or_else(|| ObjectError::exception("java.util.NoSuchElementException", "null"))
            }
            _ => Err(mismatch()),
        }
    }
}
