//! Warm runs of small scripts: parsed once, run many times.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use objects::{Context, Handle, Object, ObjectError};
use tollgate_groovy::{Bindings, Limits, Script};

/// Two variables and an execution that takes what it is given.
struct Variables;

impl Context for Variables {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        Ok(match name {
            "amount" => Some(Object::Integer(120)),
            "customer" => Some(Object::string("Ada")),
            "execution" => Some(Object::Handle(Handle::Execution(1))),
            _ => None,
        })
    }

    fn variable_names(&mut self) -> Vec<String> {
        vec!["amount".to_owned(), "customer".to_owned()]
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

    fn call_method(&mut self, _: &Handle, _: &str, args: &[Object]) -> Result<Object, ObjectError> {
        black_box(args);
        Ok(Object::Null)
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

const SCRIPTS: &[(&str, &str)] = &[
    ("condition", "amount > 100 && customer != 'Bob'"),
    (
        "script task",
        "def total = amount * 1.19\n\
         def text = \"order of ${customer}: ${total}\".toString()\n\
         if (total > 100) { execution.setVariable('level', 'high') } else { execution.setVariable('level', 'low') }\n\
         execution.setVariable('text', text)\n\
         total",
    ),
    (
        "closures",
        "def lines = [[sku: 'a', qty: 2, price: 9.99], [sku: 'b', qty: 1, price: 5.0], [sku: 'c', qty: 7, price: 0.5]]\n\
         lines.findAll { it.qty > 1 }.collect { it.qty * it.price }.sum()",
    ),
    ("loop of 1000", "def s = 0\nfor (int i = 0; i < 1000; i++) { s += i }\ns"),
];

fn warm(criterion: &mut Criterion) {
    let limits = Limits::default();
    for (name, source) in SCRIPTS {
        let script = Script::parse(source).expect("the script parses");
        script.run(&mut Variables, &limits, Bindings::new()).expect("the script runs");
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| black_box(script.run(&mut Variables, &limits, Bindings::new())));
        });
    }
    criterion.bench_function("parse script task", |bencher| {
        bencher.iter(|| black_box(Script::parse(SCRIPTS[1].1)));
    });
}

criterion_group!(benches, warm);
criterion_main!(benches);
