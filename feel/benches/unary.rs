//! What one test and one expression cost. Budget: a unary test stays below 300 ns.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use tollgate_feel::{Expression, Scope, UnaryTests, Value};

struct Variables;

impl Scope for Variables {
    fn variable(&mut self, name: &str) -> Option<Value> {
        (name == "price").then(|| Value::integer(40))
    }

    fn now(&mut self) -> Zoned {
        Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC)
    }

    fn random(&mut self) -> u64 {
        7
    }
}

fn benches(c: &mut Criterion) {
    let number = Value::integer(40);
    let text = Value::string("Winter");
    for (name, test, input) in [
        ("comparison", "> 30", &number),
        ("range", "[10..50]", &number),
        ("text", "\"Winter\"", &text),
        ("texts", "\"Spring\",\"Summer\",\"Winter\"", &text),
        ("not", "not(\"Spring\",\"Summer\")", &text),
        ("variable", "< price", &number),
    ] {
        let test = UnaryTests::parse(test).expect("a test");
        c.bench_function(&format!("unary/{name}"), |b| {
            b.iter(|| black_box(test.evaluate("cellInput", Some(black_box(input)), &mut Variables)));
        });
    }
    for (name, text) in [
        ("arithmetic", "price * 1.19 + 5"),
        ("division", "price / 3"),
        ("filter", "sum([1,2,3,4,5,6,7,8,9,10][item > 5])"),
        ("date", "date(\"2020-01-01\") + duration(\"P1D\")"),
        ("function", "upper case(substring(\"foobar\", 3))"),
    ] {
        let expression = Expression::parse(text).expect("an expression");
        c.bench_function(&format!("expression/{name}"), |b| b.iter(|| black_box(expression.evaluate(&mut Variables))));
    }
    let text = "if price > 100 then \"high\" else if price > 50 then \"middle\" else \"low\"";
    c.bench_function("parse", |b| b.iter(|| black_box(Expression::parse(black_box(text)))));
}

criterion_group!(group, benches);
criterion_main!(group);
