//! What a decision costs. Budget: a table of 100 rules stays below 20 µs.

use std::{fmt::Write, hint::black_box};

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use models::Value;
use tollgate_dmn::{DecisionHost, HostError, Locals};

struct Host;

impl DecisionHost for Host {
    fn variable(&mut self, name: &str) -> Option<Value> {
        match name {
            "amount" => Some(Value::Integer(755)),
            "kind" => Some(Value::string("b")),
            _ => None,
        }
    }

    fn evaluate(&mut self, _: &str, _: &str, _: &Locals) -> Result<Value, HostError> {
        Err(HostError::UnknownLanguage)
    }

    fn now(&mut self) -> Zoned {
        Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC)
    }

    fn random(&mut self) -> u64 {
        7
    }
}

/// Rules over an amount in ranges and a kind.
fn table(rules: usize) -> String {
    let mut xml = String::from(
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='definitions' name='d' namespace='n'><decision id='d' \
         name='d'><decisionTable id='t' hitPolicy='FIRST'><input id='i'><inputExpression id='e' typeRef='integer'><text>amount\
         </text></inputExpression></input><input id='j'><inputExpression id='f' typeRef='string'><text>kind</text>\
         </inputExpression></input><output id='o' name='r' typeRef='string'/>",
    );
    for at in 0..rules {
        let _ = write!(
            xml,
            "<rule id='r{at}'><inputEntry id='a{at}'><text>[{}..{}]</text></inputEntry><inputEntry id='b{at}'><text>\"a\",\"b\"\
             </text></inputEntry><outputEntry id='c{at}'><text>\"result {at}\"</text></outputEntry></rule>",
            at * 10,
            at * 10 + 9
        );
    }
    xml + "</decisionTable></decision></definitions>"
}

fn benches(c: &mut Criterion) {
    for rules in [10, 100, 1000] {
        let xml = table(rules);
        let drd = tollgate_dmn::parse(xml.as_bytes()).expect("a table");
        c.bench_function(&format!("evaluate/{rules} rules"), |b| b.iter(|| black_box(drd.evaluate("d", &mut Host))));
    }
    let xml = table(100);
    c.bench_function("parse/100 rules", |b| b.iter(|| black_box(tollgate_dmn::parse(black_box(xml.as_bytes())))));
}

criterion_group!(group, benches);
criterion_main!(group);
