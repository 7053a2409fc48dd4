//! Time of a small piece of work of each layer.

use criterion::{Criterion, criterion_group, criterion_main};
use tollgate_benches::work;

fn layers(criterion: &mut Criterion) {
    for (name, prepare) in work::ALL {
        let mut work = prepare();
        criterion.bench_function(name, |bencher| bencher.iter(&mut work));
    }
}

criterion_group!(benches, layers);
criterion_main!(benches);
