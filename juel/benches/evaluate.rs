//! Time to evaluate the conditions models are full of.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use objects::{Context, Handle, Object, ObjectError};
use tollgate_juel::Expression;

struct Variables(Vec<(&'static str, Object)>);

impl Context for Variables {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        Ok(self.0.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone()))
    }

    fn variable_names(&mut self) -> Vec<String> {
        self.0.iter().map(|(name, _)| (*name).to_owned()).collect()
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

fn conditions(c: &mut Criterion) {
    let mut variables = Variables(vec![
        ("amount", Object::Integer(120)),
        ("status", Object::string("open")),
        ("order", Object::Json(objects::json::JsonNode::parse(r#"{"items":[{"price":12.5}]}"#).expect("JSON"))),
    ]);
    let texts = [
        ("condition", "${amount > 100 && status == 'open'}"),
        ("choice", "${amount * 2 >= 200 ? 'high' : 'low'}"),
        ("method", "${status.toUpperCase().startsWith('OP')}"),
        ("spin", "${order.prop('items').elements().get(0).prop('price').numberValue() < 20}"),
        ("text", "Order of ${amount} is ${status}"),
    ];
    for (name, text) in texts {
        let expression = Expression::parse(text).expect("valid");
        c.bench_function(name, |b| {
            b.iter(|| black_box(&expression).evaluate(&mut variables));
        });
    }
    c.bench_function("parse", |b| {
        b.iter(|| Expression::parse(black_box("${amount > 100 && status == 'open'}")));
    });
}

criterion_group!(benches, conditions);
criterion_main!(benches);
