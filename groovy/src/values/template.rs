//! Texts with interpolations (`GString`).

use std::{any::Any, rc::Rc};

use objects::{Extension, Object};

/// A `GString`: its text is made once, unless a part is a closure.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) text: Rc<str>,
    /// Parts with closures that run each time; empty for all others.
    pub(crate) lazy: Vec<Object>,
    /// Values of the interpolations, for `getValues()`.
    pub(crate) values: Vec<Object>,
}

impl Template {
    pub(crate) const CLASS: &'static str = "org.codehaus.groovy.runtime.GStringImpl";
}

impl Extension for Template {
    fn class_name(&self) -> String {
        Self::CLASS.to_owned()
    }

    fn text(&self) -> String {
        self.text.to_string()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
