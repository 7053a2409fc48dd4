//! Throughput of the parser: an example with diagram, and a generated process of 1,000 tasks.

use std::{fmt::Write, hint::black_box};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tollgate_bpmn_parser::{ParseOptions, parse};

/// A sequence of service tasks.
fn long(tasks: usize) -> String {
    let mut model = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
        xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="bench"><process id="p" isExecutable="true"
        camunda:historyTimeToLive="P1D"><startEvent id="t0"/>"#,
    );
    for at in 1..=tasks {
        let before = at - 1;
        // writing to a text can't fail
        let _ = write!(
            model,
            r#"<sequenceFlow id="f{at}" sourceRef="t{before}" targetRef="t{at}"/><serviceTask id="t{at}" name="Task {at}" camunda:expression="${{a + {at}}}"/>"#
        );
    }
    model.push_str("</process></definitions>");
    model
}

fn throughput(criterion: &mut Criterion) {
    let example = include_str!("../../examples/order.bpmn");
    let long = long(1_000);
    let mut group = criterion.benchmark_group("parse");
    for (name, text) in [("example", example), ("1,000 tasks", long.as_str())] {
        let options = ParseOptions::default();
        assert!(parse(text.as_bytes(), name, &options).is_deployable());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| parse(black_box(text.as_bytes()), name, &options)));
    }
    group.finish();
}

criterion_group!(benches, throughput);
criterion_main!(benches);
