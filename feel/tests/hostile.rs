//! Texts that want to exhaust the stack, the memory or the time: they end in an answer or an error, soon.

use jiff::{Timestamp, Zoned, tz::TimeZone};
use tollgate_feel::{Expression, Scope, UnaryTests, Value};

struct Empty;

impl Scope for Empty {
    fn variable(&mut self, _: &str) -> Option<Value> {
        None
    }

    fn now(&mut self) -> Zoned {
        Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC)
    }

    fn random(&mut self) -> u64 {
        7
    }
}

/// The value as text, or the message of the error.
fn outcome(text: &str) -> Result<String, String> {
    let expression = Expression::parse(text).map_err(|error| error.to_string())?;
    expression.evaluate(&mut Empty).map(|value| value.to_string()).map_err(|error| error.to_string())
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{a:", "}"), ("f(", ")"), ("if true then ", " else 1"), ("not(", ")")]
    {
        let text = format!("{}1{}", open.repeat(9_000), close.repeat(9_000));
        let error = outcome(&text).expect_err(open);
        assert!(error.contains("nested too deeply"), "{open}: {error}");
    }
    for prefix in ["- ", "for x in [1] return ", "some x in [1] satisfies ", "1 in ", "function() "] {
        let text = format!("{}1", prefix.repeat(10_000));
        assert!(outcome(&text).is_err(), "{prefix}");
    }
}

#[test]
fn nesting_that_people_write_is_fine() {
    for (open, close, depth) in [("(", ")", 100), ("[", "]", 100), ("{a:", "}", 100), ("count([", "])", 50)] {
        let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        assert!(outcome(&text).is_ok(), "{open}");
    }
    let chain = format!("{} 0", "if x = 1 then 2 else ".repeat(2000));
    assert_eq!(outcome(&chain).as_deref(), Ok("0"));
}

#[test]
fn long_chains_are_flat() {
    assert_eq!(outcome(&"1+".repeat(50_000).add("1")).as_deref(), Ok("50001"));
    assert_eq!(outcome(&"true and ".repeat(10_000).add("true")).as_deref(), Ok("true"));
    assert_eq!(outcome(&format!("[1]{}", "[1]".repeat(50_000))).as_deref(), Ok("null"));
    assert_eq!(outcome(&format!("{{a:1}}{}", ".a".repeat(50_000))).as_deref(), Ok("null"));
    let tests = "1,".repeat(50_000).add("2");
    assert_eq!(UnaryTests::parse(&tests).unwrap().evaluate("x", Some(&Value::integer(2)), &mut Empty), Ok(true));
}

trait Add {
    fn add(self, text: &str) -> String;
}

impl Add for String {
    fn add(mut self, text: &str) -> String {
        self.push_str(text);
        self
    }
}

#[test]
fn backtracking_stays_linear() {
    // Every parenthesis could begin a range, every name a call.
    let text = format!("f{}1{}", "(f((".repeat(30), ")))".repeat(30));
    assert!(outcome(&text).is_ok());
    let unfinished = format!("f{}1", "(f((".repeat(30));
    assert!(outcome(&unfinished).is_err());
    let words = format!("{}x", "if ".repeat(100));
    assert!(outcome(&words).is_err());
}

#[test]
fn endless_work_is_ended() {
    let endless = [
        "for i in 1..1000000000000 return i",
        "for a in 1..10000, b in 1..10000 return a",
        "some a in 1..10000, b in 1..10000, c in 1..10000 satisfies false",
        "for i in 1..1000000 return function() partial",
        "for i in 1..100000 return [partial]",
        "sort([5,4,3,2,1], function(a, b) count(for i in 1..10000000 return i) > a)",
    ];
    for text in endless {
        let error = outcome(text).expect_err(text);
        assert!(error.contains("too many steps") || error.contains("nested too deeply"), "{text}: {error}");
    }
    assert!(outcome("2 ** 999999999").is_err());
    let doubling = format!("{{a: \"{}\", {} z: 1}}", "x".repeat(1000), doublings(40));
    assert!(outcome(&doubling).expect_err("a text of terabytes").contains("too long"));
    assert!(outcome("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"(a|aa)+\\1$b\")").is_err());
}

/// Entries of which each is twice as long as the one before.
fn doublings(count: usize) -> String {
    let name = |at: usize| if at == 0 { "a".to_owned() } else { format!("a{at}") };
    let entries: Vec<String> = (0..count).map(|at| format!("{}: {} + {},", name(at + 1), name(at), name(at))).collect();
    entries.concat()
}

#[test]
fn odd_texts_are_errors() {
    for text in
        ["", " ", "\"", "`", "/*", "@", "@\"", "\\", "\u{0}", "😀", "1..", "[1..", "?", "..", "a.", "{", "}", "not"]
    {
        let _ = outcome(text);
        let _ = UnaryTests::parse(text);
    }
    assert!(Expression::parse(&"x".repeat(1 << 20)).is_err());
}

/// A small generator: the same texts in every run.
struct Xorshift(u64);

impl Xorshift {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

/// Pieces of the recorded expressions, cut and joined anywhere.
#[test]
fn scrambled_texts_never_panic() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut seeds: Vec<String> = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let cases: Vec<serde_json::Value> = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for case in cases {
            seeds.extend(case["expression"].as_str().or(case["test"].as_str()).map(str::to_owned));
        }
    }
    let mut random = Xorshift(0x9E37_79B9_7F4A_7C15);
    let rounds = option_env!("FEEL_SCRAMBLED_TEXTS").and_then(|rounds| rounds.parse().ok()).unwrap_or(5_000);
    for _ in 0..rounds {
        let mut text = String::new();
        for _ in 0..=random.below(4) {
            let chars: Vec<char> = seeds[random.below(seeds.len())].chars().collect();
            let (from, to) = (random.below(chars.len() + 1), random.below(chars.len() + 1));
            text.extend(&chars[from.min(to)..from.max(to)]);
        }
        let _ = outcome(&text);
        if let Ok(tests) = UnaryTests::parse(&text) {
            let _ = tests.evaluate("x", Some(&Value::integer(5)), &mut Empty);
        }
    }
}

/// Found by fuzzing: a literal that is rounded up to one digit more than fits divided by something that does not go into it.
#[test]
fn literals_of_many_digits_are_computed_with() {
    let nines = "9".repeat(43);
    assert!(outcome(&format!("{nines}/99 + 9999999999999 + 1")).is_ok());
    assert!(outcome(&format!("{nines} * {nines} - {nines} / 7")).is_ok());
}
