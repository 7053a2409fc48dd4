//! Any text as a Groovy script, run with small limits and values of every kind in reach.
#![no_main]

use groovy::{Bindings, Limits, Script};
use libfuzzer_sys::fuzz_target;
use objects::{Handle, Object, Values, json::JsonNode, xml::XmlNode};

const LIMITS: Limits =
    Limits { steps: 20_000, stack_bytes: 256 * 1024, allocated_bytes: 4 * 1024 * 1024, text_bytes: 64 * 1024 };

/// Variables `a` to `g`, and an execution.
fn variables() -> Values {
    Values::from_iter([
        ("a", Object::Integer(5)),
        ("b", Object::string("text")),
        ("c", Object::list(vec![Object::Integer(1), Object::Null, Object::string("x")])),
        ("d", Object::Date(models::Timestamp(1_700_000_000_000))),
        ("e", JsonNode::parse(r#"{"a": [1, {"b": null}]}"#).map_or(Object::Null, Object::Json)),
        ("f", XmlNode::parse("<a b='1'><c/>t</a>").map_or(Object::Null, Object::Xml)),
        ("g", Object::Double(0.5)),
        ("execution", Object::Handle(Handle::Execution(1))),
    ])
}

fuzz_target!(|data: &[u8]| {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let Ok(script) = Script::parse(source) else { return };
    let mut sink = |_: &str| {};
    let _ = script.run(&mut variables(), &LIMITS, Bindings::new().output(&mut sink));
});
