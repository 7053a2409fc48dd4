//! Instances of the classes a script declares.

use std::{any::Any, cell::RefCell};

use objects::{Extension, Object};

use super::ExceptionObject;
use crate::{ast::ClassIx, token::Str};

/// An object with fields.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) class: ClassIx,
    pub(crate) name: Str,
    /// By name, those of the superclass first.
    pub(crate) fields: RefCell<Vec<(Str, Object)>>,
    /// What the object is to `throw`, when its class extends an exception.
    pub(crate) exception: Option<RefCell<ExceptionObject>>,
    /// Name and position of an enum's constant.
    pub(crate) constant: RefCell<Option<(Str, i32)>>,
}

impl Instance {
    pub(crate) fn field(&self, name: &str) -> Option<Object> {
        self.fields.borrow().iter().find(|(found, _)| &**found == name).map(|(_, value)| value.clone())
    }

    /// Sets a field; `false` when there is none of that name.
    pub(crate) fn set_field(&self, name: &str, value: Object) -> bool {
        match self.fields.borrow_mut().iter_mut().find(|(found, _)| &**found == name) {
            Some((_, field)) => {
                *field = value;
                true
            }
            None => false,
        }
    }
}

impl Extension for Instance {
    fn class_name(&self) -> String {
        self.name.to_string()
    }

    fn text(&self) -> String {
        match (&*self.constant.borrow(), &self.exception) {
            (Some((name, _)), _) => name.to_string(),
            (None, Some(exception)) => exception.borrow().description(),
            (None, None) => format!("{}@0", self.name),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
