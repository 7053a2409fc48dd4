//! Time to run small scripts of every language, compiled before.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use objects::{Handle, Object, Values};
use tollgate_scripting::{Engine, Language};

fn languages(c: &mut Criterion) {
    let engine = Engine::default();
    let execution = Object::Handle(Handle::Execution(1));
    let mut variables = Values::from_iter([("amount", Object::Integer(120)), ("execution", execution)]);
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
            b.iter(|| black_box(&script).run(&mut variables));
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
            b.iter(|| black_box(&script).run(&mut variables).expect("runs"));
        });
    }
}

criterion_group!(benches, languages);
criterion_main!(benches);
