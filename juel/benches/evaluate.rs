//! Time to evaluate the conditions models are full of.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use objects::{Object, Values};
use tollgate_juel::Expression;

fn conditions(c: &mut Criterion) {
    let mut variables = Values::from_iter([
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
