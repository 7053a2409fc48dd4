//! Commits with so many under way at once: `cargo bench -p tollgate-store`.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tollgate_store::{Kind, Op, Options, Store};

/// State of an instance, and one record of its history.
fn commit(number: u64) -> Vec<Op> {
    let key = |table: u8, number: u64| [&[table][..], &number.to_be_bytes()].concat();
    vec![Op::put(key(b'r', number % 1024), vec![7; 400]), Op::put(key(b'h', number), vec![9; 800])]
}

fn commits(criterion: &mut Criterion) {
    for kind in Kind::ALL {
        let mut group = criterion.benchmark_group(format!("commit/{kind}"));
        for submitters in [1, 16, 64, 256, 1024_u64] {
            let folder = tempfile::tempdir().expect("a folder");
            let store = Store::open(kind, folder.path(), Options::default()).expect("a store");
            let mut number = 0;
            group.throughput(Throughput::Elements(submitters));
            group.bench_function(BenchmarkId::from_parameter(submitters), |bencher| {
                bencher.iter(|| {
                    for _ in 1..submitters {
                        number += 1;
                        store.submit(commit(number), |outcome| assert!(outcome.is_ok())).expect("room");
                    }
                    number += 1;
                    store.commit(commit(number)).expect("a commit")
                });
            });
        }
        group.finish();
    }
}

fn reads(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    for kind in Kind::ALL {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(kind, folder.path(), Options::default()).expect("a store");
        for number in 0..10_000 {
            store.submit(commit(number), |outcome| assert!(outcome.is_ok())).expect("room");
        }
        store.flush().expect("a flush");
        let mut number = 0_u64;
        group.bench_function(BenchmarkId::new("get", kind), |bencher| {
            bencher.iter(|| {
                number = (number + 7919) % 10_000;
                let key = [b"h", number.to_be_bytes().as_slice()].concat();
                black_box(store.get(&key).expect("a read").expect("a record").len())
            });
        });
        group.bench_function(BenchmarkId::new("scan_1024", kind), |bencher| {
            bencher.iter(|| store.prefix(b"r").map(|record| record.expect("a record").1.len()).sum::<usize>());
        });
    }
    group.finish();
}

criterion_group!(benches, commits, reads);
criterion_main!(benches);
