//! Exceptions.

use std::{any::Any, cell::RefCell, rc::Rc};

use objects::{Extension, Object};

/// A `Throwable`.
#[derive(Debug, Clone)]
pub(crate) struct ExceptionObject {
    /// Qualified class name.
    pub(crate) class: Rc<str>,
    pub(crate) message: Option<Rc<str>>,
    pub(crate) cause: RefCell<Object>,
    /// Code of a `BpmnError`.
    pub(crate) code: Option<Rc<str>>,
}

impl ExceptionObject {
    pub(crate) fn new(class: &str, message: Option<Rc<str>>) -> Self {
        Self { class: class.into(), message, cause: RefCell::new(Object::Null), code: None }
    }

    /// `toString()`
    pub(crate) fn description(&self) -> String {
        match (&self.code, &self.message) {
            (Some(code), message) => {
                let message = message.as_deref().unwrap_or("null");
                format!("{}: {message} (errorCode='{code}')", self.class)
            }
            (None, Some(message)) => format!("{}: {message}", self.class),
            (None, None) => self.class.to_string(),
        }
    }
}

impl Extension for ExceptionObject {
    fn class_name(&self) -> String {
        self.class.to_string()
    }

    fn text(&self) -> String {
        self.description()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
