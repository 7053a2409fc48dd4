//! Any text as a FEEL expression and as unary tests: parsed, and evaluated if it parses.

#![no_main]

use feel::{Expression, Scope, UnaryTests, Value};
use libfuzzer_sys::fuzz_target;

struct Variables;

impl Scope for Variables {
    fn variable(&mut self, name: &str) -> Option<Value> {
        match name {
            "x" => Some(Value::integer(5)),
            "s" => Some(Value::string("text")),
            "l" => Some(Value::list(vec![Value::integer(1), Value::string("a"), Value::Null])),
            _ => None,
        }
    }

    fn now(&mut self) -> jiff::Zoned {
        jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC)
    }

    fn random(&mut self) -> u64 {
        7
    }
}

fuzz_target!(|text: &str| {
    if let Ok(expression) = Expression::parse(text) {
        let _ = expression.evaluate(&mut Variables);
    }
    if let Ok(tests) = UnaryTests::parse(text) {
        let _ = tests.evaluate("x", Some(&Value::integer(5)), &mut Variables);
    }
});
