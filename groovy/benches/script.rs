//! Warm runs of small scripts: parsed once, run many times.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use objects::{Handle, Object, Values};
use tollgate_groovy::{Bindings, Limits, Script};

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
    let mut variables = Values::from_iter([
        ("amount", Object::Integer(120)),
        ("customer", Object::string("Ada")),
        ("execution", Object::Handle(Handle::Execution(1))),
    ]);
    for (name, source) in SCRIPTS {
        let script = Script::parse(source).expect("the script parses");
        script.run(&mut variables, &limits, Bindings::new()).expect("the script runs");
        criterion.bench_function(name, |bencher| {
            bencher.iter(|| black_box(script.run(&mut variables, &limits, Bindings::new())));
        });
    }
    criterion.bench_function("parse script task", |bencher| {
        bencher.iter(|| black_box(Script::parse(SCRIPTS[1].1)));
    });
}

criterion_group!(benches, warm);
criterion_main!(benches);
