//! Replays what a real Camunda 7.24 answered to the scripts in `cases/` (recorded by `record.py`).

use tollgate_scripting::{Engine, Language, ScriptError};

use crate::process::{self, Answer};

/// What is different on purpose: a script and why.
const DIFFERENT: [(&str, &str); 4] = [
    ("x.length()", "QuickJS does not name what is not a function"),
    ("x.foo()", "QuickJS does not name what is not a function"),
    ("JSON('{\"a\":1}').x", "QuickJS does not name what is not a function"),
    ("var m = new java.util.HashMap(); m.put('a', 1); m", "there is one class of maps, java.util.LinkedHashMap"),
];

/// Equal numbers of different classes: JavaScript has one class of numbers here, and whole ones come back as `Integer`;
/// `GraalJS` remembers some doubles and longs.
fn same_number(a: &Answer, b: &Answer) -> bool {
    match (a, b) {
        (Answer::Result(Some((_, a, None))), Answer::Result(Some((_, b, None)))) => {
            matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(a), Ok(b)) if (a - b).abs() < f64::EPSILON)
        }
        _ => false,
    }
}

fn replay(name: &str, least: usize) {
    let cases = process::cases(name);
    assert!(cases.len() >= least, "{name}: only {} cases", cases.len());
    let engine = Engine::default();
    let mut different = Vec::new();
    for case in &cases {
        let script = case.text("script");
        let language = Language::from_format(&case.text("language")).expect("a known language");
        let mut ctx = process::Process::new(case);
        let found = match engine.compile(language, &script).and_then(|script| script.run(&mut ctx)) {
            Ok(object) => ctx.result(&object),
            Err(ScriptError::BpmnError { code, message }) => Answer::BpmnError(code, message),
            Err(error) => Answer::Error(error.in_activity("t", "DEFINITION")),
        };
        let expected = case.answer();
        let on_purpose = name == "javascript" && DIFFERENT.iter().any(|(part, _)| script == *part);
        assert!(!on_purpose || found != expected, "{script} is no longer different");
        if found != expected && !on_purpose && !same_number(&found, &expected) {
            different.push(format!("{script}\n  camunda {expected:?}\n  here    {found:?}"));
        }
    }
    assert!(different.is_empty(), "{} of {} differ\n{}", different.len(), cases.len(), different.join("\n"));
}

#[test]
fn javascript() {
    replay("javascript", 90);
}

#[test]
fn java_classes_from_javascript() {
    replay("java", 150);
}

#[test]
fn juel() {
    replay("juel", 12);
}

#[test]
fn feel() {
    replay("feel", 10);
}
