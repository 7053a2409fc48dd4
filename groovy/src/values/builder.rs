//! Texts and JSON in the making.

use std::{any::Any, cell::RefCell};

use objects::{Extension, Object};

/// `StringBuilder` and `StringBuffer`.
#[derive(Debug)]
pub(crate) struct TextBuilder {
    pub(crate) class: &'static str,
    pub(crate) text: RefCell<String>,
}

impl Extension for TextBuilder {
    fn class_name(&self) -> String {
        self.class.to_owned()
    }

    fn text(&self) -> String {
        self.text.borrow().clone()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `groovy.json.JsonSlurper`
#[derive(Debug)]
pub(crate) struct JsonSlurper;

impl Extension for JsonSlurper {
    fn class_name(&self) -> String {
        "groovy.json.JsonSlurper".to_owned()
    }

    fn text(&self) -> String {
        "groovy.json.JsonSlurper@0".to_owned()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `groovy.json.JsonBuilder`
#[derive(Debug)]
pub(crate) struct JsonBuilder {
    pub(crate) content: RefCell<Object>,
}

impl Extension for JsonBuilder {
    fn class_name(&self) -> String {
        "groovy.json.JsonBuilder".to_owned()
    }

    fn text(&self) -> String {
        "groovy.json.JsonBuilder@0".to_owned()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
