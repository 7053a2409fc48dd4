//! Measures the parser against what a real Camunda 7.24 said about some 4,800 files of others.
//!
//! The files are not part of the project: without `../shared/corpus` beside the workspace the test says so and passes. What
//! differs, and why, stands in `corpus-differences.md`. `CORPUS_REPORT=path` writes every difference into a file.

mod support;

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path, time::Duration};

use models::{Diagnostic, Severity};
use support::{
    corpus::{Expected, Outcome, expectations},
    facts,
};
use tollgate_bpmn_parser::{ParseOptions, Parsed, camunda_message, parse};

/// Verdicts that must agree, in per mille of all files.
const VERDICTS: usize = 995;
/// Rejected files whose texts must agree, in per mille.
const TEXTS: usize = 975;
/// Facts about accepted processes that must agree, in per mille.
const FACTS: usize = 999;
/// Camunda's texts are cut off at this length in the expectations.
const CUT: usize = 400;
/// What a file of an ordinary size may take in an optimised build.
const SLOW: Duration = Duration::from_millis(50);
/// Bytes of a file of an ordinary size.
const ORDINARY: usize = 200 << 10;

#[derive(Default)]
struct Tally {
    files: usize,
    verdicts: usize,
    rejected: usize,
    texts: usize,
    facts: usize,
    agreeing_facts: usize,
    fact_differences: BTreeMap<String, usize>,
    slowest: Duration,
    /// Files of an ordinary size that took too long, again and again.
    slow: Vec<String>,
    report: String,
}

#[test]
fn files_of_others_are_judged_as_camunda_does() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let Some(expectations) = expectations(&corpus.join("expectations.csv")) else {
        eprintln!("no corpus at {}: nothing measured", corpus.display());
        return;
    };
    // Camunda 7 does not know the namespaces of its forks.
    let options = ParseOptions { accept_forks: false, ..ParseOptions::default() };
    let mut tally = Tally::default();
    for expected in expectations.iter().filter(|expected| expected.is_bpmn()) {
        let bytes = fs::read(corpus.join(&expected.file)).expect("a file of the corpus");
        let started = std::time::Instant::now();
        let parsed = parse(&bytes, "r.bpmn", &options);
        let took = started.elapsed();
        tally.slowest = tally.slowest.max(took);
        if took > SLOW && bytes.len() < ORDINARY && best_of(5, || parse(&bytes, "r.bpmn", &options)) > SLOW {
            tally.slow.push(expected.file.clone());
        }
        tally.judge(expected, &parsed);
    }
    println!(
        "verdicts {} of {}, texts {} of {} rejected files, facts {} of {}, slowest file {:?}",
        tally.verdicts, tally.files, tally.texts, tally.rejected, tally.agreeing_facts, tally.facts, tally.slowest
    );
    println!("facts that differ: {:?}", tally.fact_differences);
    if let Ok(path) = std::env::var("CORPUS_REPORT") {
        fs::write(path, &tally.report).expect("the report is written");
    }
    assert!(cfg!(debug_assertions) || tally.slow.is_empty(), "slow: {:?}", tally.slow);
    assert!(tally.verdicts * 1000 >= tally.files * VERDICTS, "verdicts:\n{}", tally.report);
    assert!(tally.texts * 1000 >= tally.rejected * TEXTS, "texts:\n{}", tally.report);
    assert!(tally.agreeing_facts * 1000 >= tally.facts * FACTS, "facts:\n{}", tally.report);
}

/// The shortest of some runs: a busy machine makes single ones long.
fn best_of(runs: usize, run: impl Fn() -> Parsed) -> Duration {
    let times = (0..runs).map(|_| {
        let started = std::time::Instant::now();
        let _ = run();
        started.elapsed()
    });
    times.min().unwrap_or_default()
}

impl Tally {
    fn judge(&mut self, expected: &Expected, parsed: &Parsed) {
        self.files += 1;
        let ours = if parsed.is_deployable() { Outcome::Ok } else { Outcome::Error };
        let agrees = ours == expected.outcome;
        self.verdicts += usize::from(agrees);
        if !agrees {
            let said = if ours == Outcome::Ok { "nothing".to_owned() } else { found(&parsed.diagnostics).join(" | ") };
            let _ = writeln!(self.report, "verdict {}\n  camunda: {}\n  ours: {said}", expected.file, expected.errors);
        }
        if expected.outcome == Outcome::Error {
            self.rejected += 1;
            let same = same_texts(&expected.errors, &parsed.diagnostics);
            self.texts += usize::from(same);
            if agrees && !same {
                let ours = found(&parsed.diagnostics).join(" | ");
                let _ =
                    writeln!(self.report, "texts {}\n  camunda: {}\n  ours: {ours}", expected.file, expected.errors);
            }
        } else if let Some(definitions) = parsed.definitions.as_ref().filter(|_| agrees) {
            for (name, same, detail) in facts::compare(&expected.facts, definitions) {
                self.facts += 1;
                self.agreeing_facts += usize::from(same);
                if !same {
                    *self.fact_differences.entry(name.clone()).or_default() += 1;
                    let _ = writeln!(self.report, "fact {name} {}\n  {detail}", expected.file);
                }
            }
        }
    }
}

/// Our errors in the form of the expectations: `line:column [ids] text`.
fn found(diagnostics: &[Diagnostic]) -> Vec<String> {
    let message = camunda_message("r.bpmn", diagnostics);
    if !message.starts_with("ENGINE-09005") {
        return vec![message];
    }
    diagnostics
        .iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| {
            let mut text = format!("{}:{} ", found.reported_at.line, found.reported_at.column);
            if !found.element_ids.is_empty() {
                let _ = write!(text, "[{}] ", found.element_ids.join(", "));
            }
            text + &found.message
        })
        .collect()
}

/// The expectations cut long texts and long lists, and append the causes of exceptions.
fn same_texts(expected: &str, diagnostics: &[Diagnostic]) -> bool {
    let ours = found(diagnostics);
    let theirs: Vec<&str> = expected.split(" | ").collect();
    if expected.starts_with("ENGINE-") {
        return ours.first().is_some_and(|first| same_text(theirs[0], first));
    }
    let listed = match theirs.last() {
        Some(last) if last.starts_with("(+") => &theirs[..theirs.len() - 1],
        _ => {
            if theirs.len() != ours.len() {
                return false;
            }
            theirs.as_slice()
        }
    };
    listed.len() <= ours.len() && listed.iter().zip(&ours).all(|(theirs, ours)| same_text(theirs, ours))
}

fn same_text(theirs: &str, ours: &str) -> bool {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (theirs, ours) = (flat(theirs), flat(ours));
    theirs == ours || (theirs.chars().count() + 20 >= CUT && ours.starts_with(theirs.trim_end_matches('…')))
}
