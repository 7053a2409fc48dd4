//! Time to run small scripts of every language, compiled before.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use objects::{Context, Handle, Object, ObjectError};
use tollgate_scripting::{Engine, Language};

struct Variables;

impl Context for Variables {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        Ok(match name {
            "amount" => Some(Object::Integer(120)),
            "execution" => Some(Object::Handle(Handle::Execution(1))),
            _ => None,
        })
    }

    fn variable_names(&mut self) -> Vec<String> {
        vec!["amount".to_owned()]
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
        if name == "setVariable" {
            return Ok(Object::Null);
        }
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

fn languages(c: &mut Criterion) {
    let engine = Engine::default();
    let scripts = [
        (Language::JavaScript, "amount > 100 ? 'big' : 'small'"),
        (Language::Groovy, "amount > 100 ? 'big' : 'small'"),
        (Language::Feel, "if amount > 100 then \"big\" else \"small\""),
        (Language::Juel, "${amount > 100 ? 'big' : 'small'}"),
        (Language::Rhai, "if amount > 100 { \"big\" } else { \"small\" }"),
    ];
    for (language, source) in scripts {
        let script = engine.compile(language, source).expect("compiles");
        c.bench_function(&format!("{language:?}"), |b| {
            b.iter(|| black_box(&script).run(&mut Variables));
        });
    }
    // More of JavaScript: what a script task does, what is read anew for each run, and what gets a context of its own.
    let sources = [
        (
            "task",
            "var total = amount * 1.19; execution.setVariable('total', total); execution.setVariable('big', total > 100);",
        ),
        ("block", "if (amount > 100) { 'big' } else { 'small' }"),
        (
            "loop",
            "var items = [1, 2, 3, 4]; var sum = 0; for (var i = 0; i < items.length; i++) { sum += items[i] * amount } sum",
        ),
        ("apart", "Array.prototype.last = function () { return this[this.length - 1] }; [amount].last()"),
    ];
    for (name, source) in sources {
        let script = engine.compile(Language::JavaScript, source).expect("compiles");
        c.bench_function(&format!("JavaScript {name}"), |b| {
            b.iter(|| black_box(&script).run(&mut Variables).expect("runs"));
        });
    }
}

criterion_group!(benches, languages);
criterion_main!(benches);
