//! Objects that only Groovy has: closures, texts with interpolations, ranges, exceptions, instances of script classes …

mod builder;
mod closure;
mod exception;
mod instance;
mod range;
mod regex;
mod template;

use std::{any::Any, cell::RefCell, rc::Rc};

use objects::{Extension, MapKey, Object, ObjectMap};

pub(crate) use self::{
    builder::{JsonBuilder, JsonSlurper, TextBuilder},
    closure::{Closure, ClosureKind, Position as CurryPosition, Strategy},
    exception::ExceptionObject,
    instance::Instance,
    range::{Range, RangeOf},
    regex::{Groups, Matcher, Pattern, groups_of},
    template::Template,
};
use crate::classes::Class;

/// The value behind an extension, if it is of this type.
pub(crate) fn downcast<T: 'static>(object: &Object) -> Option<&T> {
    match object {
        Object::Extension(value) => value.as_any().downcast_ref(),
        _ => None,
    }
}

/// Wraps a value.
pub(crate) fn extension(value: impl Extension + 'static) -> Object {
    Object::Extension(Rc::new(value))
}

/// A class the script declares, as a value. Classes of Java are [`objects::classes::ClassObject`].
#[derive(Debug)]
pub(crate) struct UserClassObject {
    pub(crate) class: crate::ast::ClassIx,
    pub(crate) name: crate::token::Str,
}

impl Extension for UserClassObject {
    fn class_name(&self) -> String {
        "java.lang.Class".to_owned()
    }

    fn text(&self) -> String {
        format!("class {}", self.name)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A pair of a map; setting its value changes the map.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) map: Rc<RefCell<ObjectMap>>,
    pub(crate) key: Object,
    pub(crate) value: RefCell<Object>,
}

impl Extension for Entry {
    fn class_name(&self) -> String {
        "java.util.LinkedHashMap$Entry".to_owned()
    }

    fn text(&self) -> String {
        "entry".to_owned()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Entry {
    pub(crate) fn set(&self, value: Object) -> Object {
        self.map.borrow_mut().insert(MapKey(self.key.clone()), value.clone());
        self.value.replace(value)
    }
}

/// The entries of a map.
pub(crate) fn entries(map: &Rc<RefCell<ObjectMap>>) -> Vec<Object> {
    let entry = |(key, value): (&MapKey, &Object)| {
        extension(Entry { map: map.clone(), key: key.0.clone(), value: RefCell::new(value.clone()) })
    };
    map.borrow().iter().map(entry).collect()
}

/// `System.out`.
#[derive(Debug)]
pub(crate) struct PrintStream;

impl Extension for PrintStream {
    fn class_name(&self) -> String {
        "java.io.PrintStream".to_owned()
    }

    fn text(&self) -> String {
        self.class_name()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The script itself: `this` outside of classes, and `binding`.
#[derive(Debug)]
pub(crate) struct ScriptObject {
    pub(crate) is_binding: bool,
}

impl Extension for ScriptObject {
    fn class_name(&self) -> String {
        if self.is_binding { "groovy.lang.Binding" } else { "Script1" }.to_owned()
    }

    fn text(&self) -> String {
        format!("{}@0", self.class_name())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A class as a value.
pub(crate) fn class_object(class: Class, program: &crate::ast::Program) -> Object {
    match class {
        Class::Known(known) => objects::classes::class_object(known.name),
        Class::User(ix) => {
            let name = program.classes[usize::from(ix)].name.clone();
            extension(UserClassObject { class: ix, name })
        }
    }
}

/// A text with interpolations that was stored as a variable is one again.
pub(crate) fn revive(object: Object) -> Object {
    use models::value::{ObjectContent, Tree, Value};
    if let Object::Opaque(value) = &object
        && let Value::Object(stored) = &**value
        && let ObjectContent::Tree(Tree::Other(class, text)) = &stored.content
        && class == Template::CLASS
    {
        let text = Rc::from(text.as_str());
        return extension(Template { text, lazy: Vec::new(), values: Vec::new() });
    }
    object
}
