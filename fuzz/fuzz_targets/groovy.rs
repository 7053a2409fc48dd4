//! Any text as a Groovy script, run with small limits and values of every kind in reach.
#![no_main]

use groovy::{Bindings, Limits, Script};
use libfuzzer_sys::fuzz_target;
use objects::{Context, Handle, Object, ObjectError, json::JsonNode, xml::XmlNode};

const LIMITS: Limits =
    Limits { steps: 20_000, stack_bytes: 256 * 1024, allocated_bytes: 4 * 1024 * 1024, text_bytes: 64 * 1024 };

/// Variables `a` to `g`, and an execution that refuses everything.
struct Variables;

impl Context for Variables {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        Ok(Some(match name {
            "a" => Object::Integer(5),
            "b" => Object::string("text"),
            "c" => Object::list(vec![Object::Integer(1), Object::Null, Object::string("x")]),
            "d" => Object::Date(models::Timestamp(1_700_000_000_000)),
            "e" => JsonNode::parse(r#"{"a": [1, {"b": null}]}"#).map_or(Object::Null, Object::Json),
            "f" => XmlNode::parse("<a b='1'><c/>t</a>").map_or(Object::Null, Object::Xml),
            "g" => Object::Double(0.5),
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
        Err(ObjectError::UnknownProperty("Execution".to_owned(), name.to_owned()))
    }

    fn set_property(&mut self, _: &Handle, name: &str, _: Object) -> Result<(), ObjectError> {
        Err(ObjectError::UnknownProperty("Execution".to_owned(), name.to_owned()))
    }

    fn call_method(&mut self, _: &Handle, name: &str, _: &[Object]) -> Result<Object, ObjectError> {
        Err(ObjectError::UnknownMethod("Execution".to_owned(), name.to_owned()))
    }

    fn class_name(&mut self, _: &Handle) -> String {
        "Execution".to_owned()
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

fuzz_target!(|data: &[u8]| {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let Ok(script) = Script::parse(source) else { return };
    let mut sink = |_: &str| {};
    let _ = script.run(&mut Variables, &LIMITS, Bindings::new().output(&mut sink));
});
