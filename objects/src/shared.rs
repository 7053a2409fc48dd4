//! Shared contents of containers, whose end takes no stack.
//!
//! Scripts can nest containers as deep as their memory allows. Dropped field by field, such a chain would take a stack frame
//! per level and end the process; here the levels are taken apart in a loop.

use std::{cell::RefCell, fmt, ops::Deref, rc::Rc};

use crate::{
    json::{JsonNode, JsonObject},
    object::{Object, ObjectMap},
};

/// What can be taken apart: moves the containers inside out of the content.
pub trait Content {
    /// What the content consists of.
    type Item;

    /// Moves the items that are containers themselves to `open`.
    fn drain_into(&mut self, open: &mut Vec<Self::Item>);

    /// The same for a container that nothing else shares.
    fn open_item(item: &Self::Item, open: &mut Vec<Self::Item>);
}

/// The class of a container, where it has methods beyond those of its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContainerClass {
    /// What Java code makes: `ArrayList`, `LinkedHashMap`, `LinkedHashSet`.
    #[default]
    Plain,
    /// Result of a decision: a list of entries per rule.
    DecisionResult,
    /// The outputs of one rule of a decision: a map.
    DecisionEntries,
    /// A map whose entries stand in the order of their keys.
    Sorted,
}

impl ContainerClass {
    /// The class of that name, when it is one with methods of its own.
    pub fn named(name: &str) -> Option<Self> {
        [Self::DecisionResult, Self::DecisionEntries].into_iter().find(|class| class.name() == Some(name))
    }

    /// Its Java name; `None` for [`ContainerClass::Plain`].
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::DecisionResult => Some("org.camunda.bpm.dmn.engine.impl.DmnDecisionResultImpl"),
            Self::DecisionEntries => Some("org.camunda.bpm.dmn.engine.impl.DmnDecisionResultEntriesImpl"),
            Self::Sorted => Some("java.util.TreeMap"),
        }
    }
}

/// A handle to a content that others may share: as an `Rc` of a `RefCell`, which it gives by dereferencing.
pub struct Shared<T: Content> {
    content: Rc<RefCell<T>>,
    class: ContainerClass,
}

impl<T: Content> Shared<T> {
    /// A content that nothing shares yet.
    pub fn new(content: T) -> Self {
        Self::of_class(content, ContainerClass::Plain)
    }

    /// A content of a class with methods of its own.
    pub fn of_class(content: T, class: ContainerClass) -> Self {
        Self { content: Rc::new(RefCell::new(content)), class }
    }

    /// The class of the container.
    pub fn class(&self) -> ContainerClass {
        self.class
    }

    /// Whether both handles mean the same content.
    pub fn ptr_eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.content, &other.content)
    }

    /// Moves containers out, if nothing else needs them.
    fn open(&self, open: &mut Vec<T::Item>) {
        if Rc::strong_count(&self.content) == 1
            && let Ok(mut content) = self.content.try_borrow_mut()
        {
            content.drain_into(open);
        }
    }
}

impl<T: Content> Drop for Shared<T> {
    fn drop(&mut self) {
        let mut open = Vec::new();
        self.open(&mut open);
        while let Some(item) = open.pop() {
            T::open_item(&item, &mut open);
        }
    }
}

impl<T: Content> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self { content: self.content.clone(), class: self.class }
    }
}

impl<T: Content> From<Rc<RefCell<T>>> for Shared<T> {
    fn from(content: Rc<RefCell<T>>) -> Self {
        Self { content, class: ContainerClass::Plain }
    }
}

impl<T: Content> Deref for Shared<T> {
    type Target = Rc<RefCell<T>>;

    fn deref(&self) -> &Self::Target {
        &self.content
    }
}

impl<T: Content + fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.content.fmt(f)
    }
}

fn is_container(object: &Object) -> bool {
    matches!(object, Object::List(_) | Object::Map(_) | Object::Set(_))
}

fn open_object(object: &Object, open: &mut Vec<Object>) {
    match object {
        Object::List(items) => items.open(open),
        Object::Map(entries) | Object::Set(entries) => entries.open(open),
        _ => {}
    }
}

impl Content for Vec<Object> {
    type Item = Object;

    fn drain_into(&mut self, open: &mut Vec<Object>) {
        if self.iter().any(is_container) {
            open.extend(self.drain(..).filter(is_container));
        }
    }

    fn open_item(item: &Object, open: &mut Vec<Object>) {
        open_object(item, open);
    }
}

impl Content for ObjectMap {
    type Item = Object;

    fn drain_into(&mut self, open: &mut Vec<Object>) {
        if self.iter().any(|(key, value)| is_container(&key.0) || is_container(value)) {
            open.extend(self.drain(..).flat_map(|(key, value)| [key.0, value]).filter(is_container));
        }
    }

    fn open_item(item: &Object, open: &mut Vec<Object>) {
        open_object(item, open);
    }
}

fn is_json_container(node: &JsonNode) -> bool {
    matches!(node, JsonNode::Array(_) | JsonNode::Object(_))
}

fn open_node(node: &JsonNode, open: &mut Vec<JsonNode>) {
    match node {
        JsonNode::Array(items) => items.open(open),
        JsonNode::Object(properties) => properties.open(open),
        _ => {}
    }
}

impl Content for Vec<JsonNode> {
    type Item = JsonNode;

    fn drain_into(&mut self, open: &mut Vec<JsonNode>) {
        if self.iter().any(is_json_container) {
            open.extend(self.drain(..).filter(is_json_container));
        }
    }

    fn open_item(item: &JsonNode, open: &mut Vec<JsonNode>) {
        open_node(item, open);
    }
}

impl Content for JsonObject {
    type Item = JsonNode;

    fn drain_into(&mut self, open: &mut Vec<JsonNode>) {
        if self.values().any(is_json_container) {
            open.extend(self.drain(..).map(|(_, value)| value).filter(is_json_container));
        }
    }

    fn open_item(item: &JsonNode, open: &mut Vec<JsonNode>) {
        open_node(item, open);
    }
}
