//! Any text as a JUEL expression: parsed, and evaluated if it parses.

#![no_main]

use juel::Expression;
use libfuzzer_sys::fuzz_target;
use objects::{Context, Handle, Object, ObjectError, json::JsonNode, xml::XmlNode};

struct Variables;

impl Context for Variables {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        Ok(Some(match name {
            "x" => Object::Integer(5),
            "s" => Object::string("text"),
            "l" => Object::list(vec![Object::Long(1), Object::string("a"), Object::Null]),
            "d" => Object::Date(objects::Timestamp(0)),
            "j" => Object::Json(JsonNode::parse(r#"{"a":[1,{"b":null}]}"#).expect("JSON")),
            "m" => Object::Xml(XmlNode::parse("<a x='1'><b>t</b></a>").expect("XML")),
            "execution" => Object::Handle(Handle::Execution(1)),
            _ => return Ok(None),
        }))
    }

    fn variable_names(&mut self) -> Vec<String> {
        Vec::new()
    }

    fn set_variable(&mut self, _: &str, _: Object) -> Result<(), ObjectError> {
        Ok(())
    }

    fn get_property(&mut self, _: &Handle, name: &str) -> Result<Object, ObjectError> {
        Err(ObjectError::UnknownProperty("none".to_owned(), name.to_owned()))
    }

    fn set_property(&mut self, _: &Handle, name: &str, _: Object) -> Result<(), ObjectError> {
        Err(ObjectError::UnknownProperty("none".to_owned(), name.to_owned()))
    }

    fn call_method(&mut self, _: &Handle, name: &str, _: &[Object]) -> Result<Object, ObjectError> {
        Err(ObjectError::UnknownMethod("none".to_owned(), name.to_owned()))
    }

    fn class_name(&mut self, _: &Handle) -> String {
        "none".to_owned()
    }

    fn call_function(&mut self, _: &str, _: &[Object]) -> Result<Option<Object>, ObjectError> {
        Ok(None)
    }

    fn now_ms(&mut self) -> i64 {
        0
    }

    fn time_zone(&mut self) -> String {
        "UTC".to_owned()
    }
}

fuzz_target!(|text: &str| {
    if let Ok(expression) = Expression::parse(text)
        && let Ok(object) = expression.evaluate(&mut Variables)
    {
        // What it gives can be written and stored, or is refused.
        let _ = objects::text::to_text(&object, &mut Variables);
        let _ = objects::convert::to_value(&object);
    }
});
