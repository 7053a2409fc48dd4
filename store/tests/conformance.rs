//! What every key-value store must do, whatever lies underneath.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use proptest::prelude::*;
use tollgate_store::{
    Bytes, Direction, Error, Faults, Faulty, KeyRange, KeyValue, Kind, Op, Options, Persist, open_key_value,
};

/// Opens the same store again and again.
trait Opener {
    /// Whether the content outlives the handle.
    const LASTS: bool;

    /// Whether compaction gives space back. sled only fills some of what it has freed before it grows on.
    const RECLAIMS: bool;

    fn open(&self, folder: &Path) -> Arc<dyn KeyValue>;
}

struct OfKind<const LASTS: bool, const RECLAIMS: bool>(Kind);

impl<const LASTS: bool, const RECLAIMS: bool> Opener for OfKind<LASTS, RECLAIMS> {
    const LASTS: bool = LASTS;
    const RECLAIMS: bool = RECLAIMS;

    fn open(&self, folder: &Path) -> Arc<dyn KeyValue> {
        open_key_value(self.0, &folder.join("data"), &Options::default()).unwrap()
    }
}

struct WithoutFaults;

impl Opener for WithoutFaults {
    const LASTS: bool = false;
    const RECLAIMS: bool = true;

    fn open(&self, _folder: &Path) -> Arc<dyn KeyValue> {
        Faulty::new(1, Faults::default())
    }
}

macro_rules! conformance {
    ($($store:ident: $opener:expr;)*) => {
        $(mod $store {
            use super::*;

            conformance!(@tests $opener,
                a_value_is_there_until_it_is_deleted,
                values_of_every_size_come_back,
                scans_are_ordered_and_bounded,
                scans_cross_tables,
                a_long_scan_sees_every_key,
                a_batch_applies_as_one,
                a_snapshot_does_not_change,
                what_was_written_outlives_the_handle,
                compaction_keeps_the_content,
                space_of_deleted_values_comes_back,
                readers_and_a_writer_work_side_by_side,
            );

            #[test]
            fn behaves_like_an_ordered_map() {
                behaves_like_a_model(&$opener);
            }
        })*
    };
    (@tests $opener:expr, $($test:ident,)*) => {
        $(#[test]
        fn $test() {
            let folder = tempfile::tempdir().unwrap();
            super::$test(&$opener, folder.path());
        })*
    };
}

conformance! {
    fjall: OfKind::<true, true>(Kind::Fjall);
    sled: OfKind::<true, false>(Kind::Sled);
    memory: OfKind::<false, true>(Kind::Memory);
    faulty: WithoutFaults;
}

fn write(store: &dyn KeyValue, batch: Vec<Op>) {
    store.write(batch, Persist::Synced).unwrap();
}

fn pairs(scan: impl Iterator<Item = Result<(Bytes, Bytes), Error>>) -> Vec<(Vec<u8>, Vec<u8>)> {
    scan.map(|entry| entry.unwrap()).map(|(key, value)| (key.to_vec(), value.to_vec())).collect()
}

fn keys(store: &dyn KeyValue, range: &KeyRange, direction: Direction) -> Vec<String> {
    let keys = pairs(store.scan(range, direction)).into_iter().map(|(key, _)| key);
    keys.map(|key| key.escape_ascii().to_string()).collect()
}

fn a_value_is_there_until_it_is_deleted(opener: &impl Opener, folder: &Path) {
    let store = opener.open(folder);
    assert_eq!(store.get(b"a").unwrap(), None);
    write(&*store, vec![Op::put(b"a", b"1")]);
    assert_eq!(store.get(b"a").unwrap().unwrap(), b"1");
    write(&*store, vec![Op::put(b"a", b"2")]);
    assert_eq!(store.get(b"a").unwrap().unwrap(), b"2");
    write(&*store, vec![Op::delete(b"a"), Op::delete(b"never there")]);
    assert_eq!(store.get(b"a").unwrap(), None);
    assert_eq!(keys(&*store, &KeyRange::all(), Direction::Forward), [""; 0]);
}

fn values_of_every_size_come_back<O: Opener>(opener: &O, folder: &Path) {
    let sizes = [0, 1, 4095, 4096, 70_000, 1 << 20, 12 << 20];
    let value = |size: usize| (0..size).map(|at| (at * 31 % 251).to_le_bytes()[0]).collect::<Vec<u8>>();
    let key = |size: usize| [b"r", size.to_be_bytes().as_slice()].concat();
    let mut store = opener.open(folder);
    write(&*store, sizes.iter().map(|size| Op::put(key(*size), value(*size))).collect());
    for _ in 0..2 {
        for size in sizes {
            assert_eq!(*store.get(&key(size)).unwrap().unwrap(), *value(size), "{size} bytes");
        }
        if O::LASTS {
            drop(store);
            store = opener.open(folder);
        }
    }
    let long_key = vec![b'k'; tollgate_store::MAX_KEY_BYTES];
    write(&*store, vec![Op::put(long_key.clone(), b"found")]);
    assert_eq!(store.get(&long_key).unwrap().unwrap(), b"found");
}

fn scans_are_ordered_and_bounded(opener: &impl Opener, folder: &Path) {
    let store = opener.open(folder);
    let names: [&[u8]; 7] = [b"ra", b"ra\x00", b"rab", b"rb", b"r\xff", b"r\xff\xff", b"s"];
    write(&*store, names.iter().rev().map(|key| Op::put(*key, b"x")).collect());
    let forward = |range: KeyRange| keys(&*store, &range, Direction::Forward);
    assert_eq!(forward(KeyRange::prefix(b"ra")), ["ra", "ra\\x00", "rab"]);
    assert_eq!(forward(KeyRange::prefix(b"r\xff")), ["r\\xff", "r\\xff\\xff"]);
    assert_eq!(forward(KeyRange::between(b"ra\x00", b"rb")), ["ra\\x00", "rab"]);
    assert_eq!(forward(KeyRange::prefix(b"ra").after(b"ra")), ["ra\\x00", "rab"]);
    assert_eq!(forward(KeyRange::between(b"rb", b"ra")), [""; 0]);
    assert_eq!(forward(KeyRange::prefix(b"q")), [""; 0]);
    let backward = |range: KeyRange| keys(&*store, &range, Direction::Backward);
    assert_eq!(backward(KeyRange::prefix(b"ra")), ["rab", "ra\\x00", "ra"]);
    assert_eq!(backward(KeyRange::prefix(b"r").before(b"rb")), ["rab", "ra\\x00", "ra"]);
}

fn scans_cross_tables(opener: &impl Opener, folder: &Path) {
    let store = opener.open(folder);
    let names: [&[u8]; 6] = [b"\x00", b"d1", b"h1", b"h2", b"r1", b"\xff\xff"];
    for name in names {
        write(&*store, vec![Op::put(name, name)]);
    }
    let all = ["\\x00", "d1", "h1", "h2", "r1", "\\xff\\xff"];
    assert_eq!(keys(&*store, &KeyRange::all(), Direction::Forward), all);
    let mut reversed = all;
    reversed.reverse();
    assert_eq!(keys(&*store, &KeyRange::all(), Direction::Backward), reversed);
    assert_eq!(keys(&*store, &KeyRange::between(b"e", b"r"), Direction::Forward), ["h1", "h2"]);
    assert_eq!(keys(&*store, &KeyRange::between(b"h2", b"r2"), Direction::Backward), ["r1", "h2"]);
}

fn a_long_scan_sees_every_key(opener: &impl Opener, folder: &Path) {
    let store = opener.open(folder);
    let key = |number: u32| [b"h", number.to_be_bytes().as_slice()].concat();
    for start in (0..3000).step_by(500) {
        write(&*store, (start..start + 500).map(|number| Op::put(key(number), b"x")).collect());
    }
    let expected: Vec<Vec<u8>> = (0..3000).map(key).collect();
    let forward: Vec<_> = pairs(store.scan(&KeyRange::prefix(b"h"), Direction::Forward));
    assert!(forward.iter().map(|(key, _)| key).eq(&expected));
    let backward: Vec<_> = pairs(store.scan(&KeyRange::prefix(b"h"), Direction::Backward));
    assert!(backward.iter().rev().map(|(key, _)| key).eq(&expected));
}

fn a_batch_applies_as_one(opener: &impl Opener, folder: &Path) {
    let store = opener.open(folder);
    write(&*store, vec![Op::put(b"r1", b"old"), Op::put(b"d1", b"old")]);
    write(&*store, vec![Op::put(b"r1", b"new"), Op::delete(b"d1"), Op::put(b"h1", b"new")]);
    let found = pairs(store.scan(&KeyRange::all(), Direction::Forward));
    assert_eq!(found, [(b"h1".to_vec(), b"new".to_vec()), (b"r1".to_vec(), b"new".to_vec())]);
    store.write(Vec::new(), Persist::Synced).unwrap();
}

fn a_snapshot_does_not_change(opener: &impl Opener, folder: &Path) {
    let store = opener.open(folder);
    write(&*store, vec![Op::put(b"a", b"1"), Op::put(b"r", b"1")]);
    let Some(snapshot) = store.snapshot() else {
        return;
    };
    write(&*store, vec![Op::put(b"a", b"2"), Op::delete(b"r"), Op::put(b"z", b"2")]);
    let found = pairs(snapshot.scan(&KeyRange::all(), Direction::Backward));
    assert_eq!(found, [(b"r".to_vec(), b"1".to_vec()), (b"a".to_vec(), b"1".to_vec())]);
    assert_eq!(keys(&*store, &KeyRange::all(), Direction::Forward), ["a", "z"]);
}

fn what_was_written_outlives_the_handle<O: Opener>(opener: &O, folder: &Path) {
    if !O::LASTS {
        return;
    }
    for round in 0_u8..4 {
        let store = opener.open(folder);
        let found = pairs(store.scan(&KeyRange::all(), Direction::Forward));
        assert_eq!(found.len(), usize::from(round));
        let persist = if round % 2 == 0 { Persist::Synced } else { Persist::Buffered };
        store.write(vec![Op::put([b'r', round], [round])], persist).unwrap();
    }
}

fn compaction_keeps_the_content(opener: &impl Opener, folder: &Path) {
    let store = opener.open(folder);
    for round in 0..5_u8 {
        write(&*store, (0..200_u8).map(|number| Op::put([b'r', number], vec![round; 100])).collect());
    }
    write(&*store, (0..100_u8).map(|number| Op::delete([b'r', number])).collect());
    store.compact().unwrap();
    let found = pairs(store.scan(&KeyRange::all(), Direction::Forward));
    assert_eq!(found.len(), 100);
    assert!(found.iter().all(|(_, value)| *value == vec![4; 100]));
    assert!(store.size_on_disk().unwrap() > 0);
}

fn space_of_deleted_values_comes_back<O: Opener>(opener: &O, folder: &Path) {
    if !O::RECLAIMS {
        return;
    }
    let rounds = 24_u32;
    let store = opener.open(folder);
    let key = |number: u32| [b"h", number.to_be_bytes().as_slice()].concat();
    let noise = |number: u32| {
        let mut state = number.wrapping_mul(2_654_435_761) | 1;
        (0..1 << 20).map(move |_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[0]
        })
    };
    for number in 0..rounds {
        store.write(vec![Op::put(key(number), noise(number).collect::<Vec<u8>>())], Persist::Buffered).unwrap();
    }
    store.sync().unwrap();
    write(&*store, (0..rounds).map(|number| Op::delete(key(number))).collect());
    store.compact().unwrap();
    let before = store.size_on_disk().unwrap();
    for number in 0..rounds {
        store.write(vec![Op::put(key(number % 2), noise(number).collect::<Vec<u8>>())], Persist::Buffered).unwrap();
    }
    store.sync().unwrap();
    store.compact().unwrap();
    let after = store.size_on_disk().unwrap();
    let written = u64::from(rounds) << 20;
    assert!(after < before + written / 2, "{before} bytes before, {after} after {written} more were written");
}

fn readers_and_a_writer_work_side_by_side(opener: &impl Opener, folder: &Path) {
    let store = opener.open(folder);
    let key = |number: u8| [b'r', number];
    write(&*store, (0..50).map(|number| Op::put(key(number), [0])).collect());
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut newest = 0;
                    for _ in 0..200 {
                        let found = pairs(store.scan(&KeyRange::prefix(b"r"), Direction::Forward));
                        assert_eq!(found.len(), 50);
                        let seen = store.get(&key(7)).unwrap().unwrap()[0];
                        assert!(seen >= newest, "a value went back from {newest} to {seen}");
                        newest = seen;
                    }
                })
            })
            .collect();
        for round in 1..=100 {
            let batch = (0..50).map(|number| Op::put(key(number), [round])).collect();
            store.write(batch, Persist::Buffered).unwrap();
        }
        for reader in readers {
            reader.join().unwrap();
        }
    });
}

#[derive(Clone, Debug)]
enum Step {
    Write(BTreeMap<Vec<u8>, Option<Vec<u8>>>),
    Scan(KeyRange, Direction),
    Compact,
    Reopen,
}

fn any_key() -> impl Strategy<Value = Vec<u8>> {
    // Few different bytes, so that keys meet, nest and touch the borders of tables.
    prop::collection::vec(prop::sample::select(vec![0_u8, 1, b'h', b'r', 0xfe, 0xff]), 1..4)
}

fn any_step() -> impl Strategy<Value = Step> {
    let value = prop::option::weighted(0.7, prop::collection::vec(any::<u8>(), 0..40));
    let write = prop::collection::btree_map(any_key(), value, 0..12).prop_map(Step::Write);
    let end = prop::option::of(any_key());
    let start = prop_oneof![any_key(), Just(Vec::new())];
    let direction = prop::sample::select(vec![Direction::Forward, Direction::Backward]);
    let scan =
        (start, end, direction).prop_map(|(start, end, direction)| Step::Scan(KeyRange { start, end }, direction));
    prop_oneof![8 => write, 6 => scan, 1 => Just(Step::Compact), 1 => Just(Step::Reopen)]
}

fn behaves_like_a_model<O: Opener>(opener: &O) {
    let cases = std::env::var("STORE_MODEL_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(24);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(any_step(), 1..40))| {
        let folder = tempfile::tempdir().unwrap();
        let mut store = opener.open(folder.path());
        let mut model: BTreeMap<Vec<u8>, Vec<u8>> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Write(changes) => {
                    let batch = changes.iter().map(|(key, value)| match value {
                        Some(value) => Op::put(key.clone(), value.clone()),
                        None => Op::delete(key.clone()),
                    });
                    store.write(batch.collect(), Persist::Buffered).unwrap();
                    for (key, value) in changes {
                        match value {
                            Some(value) => drop(model.insert(key, value)),
                            None => drop(model.remove(&key)),
                        }
                    }
                }
                Step::Scan(range, direction) => {
                    let found = pairs(store.scan(&range, direction));
                    let mut expected: Vec<_> = model
                        .iter()
                        .filter(|(key, _)| range.contains(key))
                        .map(|(key, value)| (key.clone(), value.clone()))
                        .collect();
                    if direction == Direction::Backward {
                        expected.reverse();
                    }
                    prop_assert_eq!(found, expected);
                    let found = store.get(&range.start).unwrap().map(|value| value.to_vec());
                    prop_assert_eq!(found.as_ref(), model.get(&range.start));
                }
                Step::Compact => store.compact().unwrap(),
                Step::Reopen if O::LASTS => {
                    drop(store);
                    store = opener.open(folder.path());
                }
                Step::Reopen => {}
            }
        }
    });
}
