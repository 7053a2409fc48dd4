//! Any text as a JUEL expression: parsed, and evaluated if it parses.

#![no_main]

use juel::Expression;
use libfuzzer_sys::fuzz_target;
use objects::{Handle, Object, Values, json::JsonNode, xml::XmlNode};

fn variables() -> Values {
    Values::from_iter([
        ("x", Object::Integer(5)),
        ("s", Object::string("text")),
        ("l", Object::list(vec![Object::Long(1), Object::string("a"), Object::Null])),
        ("d", Object::Date(objects::Timestamp(0))),
        ("j", Object::Json(JsonNode::parse(r#"{"a":[1,{"b":null}]}"#).expect("JSON"))),
        ("m", Object::Xml(XmlNode::parse("<a x='1'><b>t</b></a>").expect("XML"))),
        ("execution", Object::Handle(Handle::Execution(1))),
    ])
}

fuzz_target!(|text: &str| {
    let mut variables = variables();
    if let Ok(expression) = Expression::parse(text)
        && let Ok(object) = expression.evaluate(&mut variables)
    {
        // What it gives can be written and stored, or is refused.
        let _ = objects::text::to_text(&object, &mut variables);
        let _ = objects::convert::to_value(&object);
    }
});
