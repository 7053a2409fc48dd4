//! Recorded snippets with random changes: whatever comes out, nothing panics and every run ends.
//!
//! The seeds are fixed; `GROOVY_MUTATIONS` sets how many changed sources are tried.

mod common;

use std::{fs, path::Path};

use common::Variables;
use objects::{Object, json::JsonNode};
use tollgate_groovy::{Bindings, Limits, Script};

const LIMITS: Limits =
    Limits { steps: 5_000, stack_bytes: 384 * 1024, allocated_bytes: 2 * 1024 * 1024, text_bytes: 64 * 1024 };

/// A generator of pseudo-random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (bound.max(1) as u64)).unwrap_or(0)
    }
}

fn snippets() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snippets");
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the snippets are there").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let texts = paths.iter().map(|path| fs::read_to_string(path).expect("snippets are readable"));
    texts.flat_map(|text| text.split("// ---\n").map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The pieces sources are changed by: words and runs of one kind of character.
fn pieces(source: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut last_word = false;
    for c in source.chars() {
        let word = c.is_alphanumeric();
        match pieces.last_mut() {
            Some(piece) if word && last_word => piece.push(c),
            _ => pieces.push(c.to_string()),
        }
        last_word = word;
    }
    pieces
}

fn mutate(all: &[Vec<String>], random: &mut Random) -> String {
    let mut source = all[random.below(all.len())].clone();
    for _ in 0..=random.below(4) {
        if source.is_empty() {
            break;
        }
        let at = random.below(source.len());
        match random.below(5) {
            0 => {
                source.remove(at);
            }
            1 => {
                let piece = source[random.below(source.len())].clone();
                source.insert(at, piece);
            }
            2 => {
                let other = random.below(source.len());
                source.swap(at, other);
            }
            3 => {
                let donor = &all[random.below(all.len())];
                if !donor.is_empty() {
                    source[at] = donor[random.below(donor.len())].clone();
                }
            }
            _ => {
                let donor = &all[random.below(all.len())];
                let from = random.below(donor.len());
                let to = (from + random.below(12)).min(donor.len());
                source.splice(at..at, donor[from..to].iter().cloned());
            }
        }
    }
    source.concat()
}

#[test]
fn changed_snippets_neither_panic_nor_run_on() {
    let count = std::env::var("GROOVY_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(4_000_u64);
    let all: Vec<Vec<String>> = snippets().iter().map(|source| pieces(source)).collect();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut parsed, mut ran) = (0, 0);
    for _ in 0..count {
        let source = mutate(&all, &mut random);
        let outcome = std::panic::catch_unwind(|| {
            let Ok(script) = Script::parse(&source) else { return (0, 0) };
            let mut variables = Variables::default()
                .with("amount", Object::Integer(120))
                .with("name", Object::string("Ada Lovelace"))
                .with("price", Object::Double(19.99))
                .with("nothing", Object::Null)
                .with("order", JsonNode::parse("{\"a\": [1]}").map_or(Object::Null, Object::Json));
            let mut sink = |_: &str| {};
            let outcome = script.run(&mut variables, &LIMITS, Bindings::new().output(&mut sink));
            (1, i32::from(outcome.is_ok()))
        });
        match outcome {
            Ok((one, fine)) => {
                parsed += one;
                ran += fine;
            }
            Err(_) => panic!("panics:\n{source}"),
        }
    }
    println!("{parsed} of {count} changed snippets parse, {ran} run to their end");
    assert!(parsed > 0 && ran > 0, "the changes leave nothing to run");
}
