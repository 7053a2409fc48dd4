//! A workload whose effects can be checked from what is left of it.

use std::collections::BTreeMap;

use tollgate_store::{Direction, KeyRange, Op, Store};

/// Instances whose state is overwritten in turn.
const INSTANCES: u64 = 16;

/// Commit `number` overwrites one instance's state, appends a record of history, and now and then removes an old one.
/// Sizes vary, so that groups end in the middle of blocks.
pub(crate) fn commit(number: u64) -> Vec<Op> {
    let mut ops =
        vec![Op::put(instance_key(number % INSTANCES), body(number, 1)), Op::put(history_key(number), body(number, 2))];
    if number.is_multiple_of(5) && number > 20 {
        ops.push(Op::delete(history_key(number - 20)));
    }
    ops
}

fn instance_key(instance: u64) -> Vec<u8> {
    [b"r", instance.to_be_bytes().as_slice()].concat()
}

fn history_key(number: u64) -> Vec<u8> {
    [b"h", number.to_be_bytes().as_slice()].concat()
}

fn body(number: u64, salt: u64) -> Vec<u8> {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17) ^ salt;
    // Once in a while something bigger than a page.
    let length = if mixed.is_multiple_of(61) { 20_000 } else { 40 + mixed % 900 };
    let mut body = vec![number.to_le_bytes()[0]; usize::try_from(length).unwrap()];
    body[..8].copy_from_slice(&number.to_le_bytes());
    body
}

/// What the store must hold after the commits 1 to `last`.
pub(crate) fn expected(last: u64) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut content = BTreeMap::new();
    for number in 1..=last {
        for op in commit(number) {
            match op {
                Op::Put { key, value } => drop(content.insert(key, value)),
                Op::Delete { key } => drop(content.remove(&key)),
            }
        }
    }
    content
}

/// Asserts that the store holds the effects of its first commits, all of those up to `acknowledged`, and of none in
/// part. Returns the last commit.
pub(crate) fn assert_whole(store: &Store, acknowledged: u64, context: &str) -> u64 {
    let last = store.committed().0;
    assert!(last >= acknowledged, "{context}: commit {acknowledged} was acknowledged, the store ends with {last}");
    let found: BTreeMap<Vec<u8>, Vec<u8>> = store
        .scan(&KeyRange::all(), Direction::Forward)
        .map(|record| record.unwrap_or_else(|error| panic!("{context}: {error}")))
        .map(|(key, value)| (key.to_vec(), value.to_vec()))
        .collect();
    let expected = expected(last);
    for (key, value) in &expected {
        assert!(found.get(key) == Some(value), "{context}: record `{}` of {last} commits", key.escape_ascii());
    }
    assert_eq!(found.len(), expected.len(), "{context}: records of {last} commits");
    last
}

/// A number from the environment, for longer runs.
pub(crate) fn from_environment(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}
