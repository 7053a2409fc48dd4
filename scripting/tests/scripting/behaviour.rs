//! What the recordings cannot show: limits, isolation, rhai, results that Camunda stores as useless XML.

use std::time::{Duration, Instant};

use objects::Object;
use tollgate_scripting::{Engine, Language, Limits, Place, ScriptError};

use crate::process::Process;

fn run(language: Language, script: &str, process: &mut Process) -> Result<Object, ScriptError> {
    run_within(Limits::default(), language, script, process)
}

fn run_within(limits: Limits, language: Language, script: &str, process: &mut Process) -> Result<Object, ScriptError> {
    Engine::new(limits).compile(language, script)?.run(process)
}

fn text(object: &Object) -> String {
    objects::text::to_text(object, &mut Process::with(&[])).expect("a text").to_string()
}

#[test]
fn javascript_arrays_and_objects_become_lists_and_maps() {
    let script = "({a: [1, 'x', {b: null}], c: new Date(5), d: new Map([['k', 1.5]])})";
    let object = run(Language::JavaScript, script, &mut Process::with(&[])).expect("an object");
    assert_eq!(text(&object), "{a=[1, x, {b=null}], c=Thu Jan 01 00:00:00 UTC 1970, d={k=1.5}}");
}

#[test]
fn an_endless_script_ends_at_the_time_limit() {
    let limits = Limits { time: Duration::from_millis(50), ..Limits::default() };
    let engine = Engine::new(limits);
    let started = Instant::now();
    for script in [
        "while (true) {}",
        "try { while (true) {} } catch (e) { 1 } finally { 2 }",
        "for (;;) [1].map(x => x)",
        "/(a+)+$/.test('a'.repeat(40) + '!')",
        "eval('while (true) {}')",
    ] {
        let script = engine.compile(Language::JavaScript, script).expect("compiles");
        let outcome = script.run(&mut Process::with(&[]));
        assert_eq!(outcome.unwrap_err(), ScriptError::Limit("the script ran longer than 50 ms".to_owned()));
    }
    assert!(started.elapsed() < Duration::from_secs(5));
    let after = engine.compile(Language::JavaScript, "1 + 1").expect("compiles").run(&mut Process::with(&[]));
    assert!(matches!(after, Ok(Object::Integer(2))));
}

#[test]
fn a_greedy_script_ends_at_the_memory_limit() {
    let limits = Limits { memory_bytes: 8 * 1024 * 1024, ..Limits::default() };
    let script = "var a = []; while (true) a.push('x'.repeat(1000) + a.length)";
    let outcome = run_within(limits, Language::JavaScript, script, &mut Process::with(&[]));
    assert!(outcome.is_err(), "{outcome:?}");
}

#[test]
fn deep_recursion_is_an_error_the_script_can_catch() {
    let script = "function f() { return f() + 1 } try { f() } catch (e) { 'caught' }";
    let outcome = run(Language::JavaScript, script, &mut Process::with(&[])).expect("caught");
    assert_eq!(text(&outcome), "caught");
}

/// Runs each of the scripts, then looks for traces; twice, so that a script also looks for its own.
fn traces(leave: &[&str], look: &str) -> Vec<String> {
    let engine = Engine::default();
    let look = engine.compile(Language::JavaScript, look).expect("compiles");
    let mut found = Vec::new();
    for source in leave.iter().chain(leave) {
        let script = engine.compile(Language::JavaScript, source).expect("compiles");
        drop(script.run(&mut Process::with(&[("secret", Object::Integer(1))])));
        found.push(text(&look.run(&mut Process::with(&[])).expect("runs")));
    }
    found
}

#[test]
fn scripts_do_not_see_what_others_left_behind() {
    let leave = [
        "left = 1; var v = 3; let l = 4; secret",
        "secret = 2; for (left of [1, 2]) {}",
        "function f() { this.left = 1 } f()",
        "left = 1; undefined_name",
        "Array.prototype.left = 2; S = 5",
        "delete secret; left = 1",
        "JSON.parse = left = 1",
        "this['left'] = 1; globalThis.v = 2",
        "Promise.resolve().then(() => { left = 1 })",
        "Object.prototype.left = 1; ({}).left",
    ];
    let look = "[typeof left, typeof [].left, typeof v, typeof l, typeof secret, typeof S, typeof JSON.parse].join()";
    for found in traces(&leave, look) {
        assert_eq!(found, "undefined,undefined,undefined,undefined,undefined,function,function");
    }
}

#[test]
fn a_script_does_not_see_what_its_last_run_left_behind() {
    for source in [
        "typeof left === 'undefined' ? (left = 1, 'clean') : left",
        "var seen = [].left; Array.prototype.left = 1; seen === undefined ? 'clean' : seen",
        "var seen = Math.left; Math.left = 1; seen === undefined ? 'clean' : seen",
        "function f() { f.left = (f.left || 0) + 1; return f.left } f() === 1 ? 'clean' : 'left'",
        "var n = Number; var seen = n[key]; n[key] = 1; seen === undefined ? 'clean' : seen",
    ] {
        let engine = Engine::default();
        let script = engine.compile(Language::JavaScript, source).expect("compiles");
        for _ in 0..3 {
            let found = script.run(&mut Process::with(&[("key", Object::string("left"))])).expect("runs");
            assert_eq!(text(&found), "clean", "{source}");
        }
    }
}

/// Data that names a prototype reaches none: the next run is as the first.
#[test]
fn data_cannot_pollute_later_runs() {
    let source = "var o = {}; var p = o[key]; if (p) { p.polluted = 1 } typeof ({}).polluted";
    let engine = Engine::default();
    let script = engine.compile(Language::JavaScript, source).expect("compiles");
    for key in ["__proto__", "constructor", "x", "__proto__", "x"] {
        let found = script.run(&mut Process::with(&[("key", Object::string(key))])).expect("runs");
        assert_eq!(text(&found), "undefined", "{key}");
    }
}

#[test]
fn what_promises_put_off_is_done_within_the_run() {
    let source = "async function f() { await 1; execution.setVariable('done', true) } f(); 'first'";
    let mut process = Process::with(&[]);
    assert_eq!(text(&run(Language::JavaScript, source, &mut process).expect("runs")), "first");
    assert!(process.get("done").equals(&Object::Boolean(true)));
    let limits = Limits { time: Duration::from_millis(50), ..Limits::default() };
    let endless = "function f() { Promise.resolve().then(f) } f()";
    let outcome = run_within(limits, Language::JavaScript, endless, &mut Process::with(&[]));
    assert_eq!(outcome.unwrap_err(), ScriptError::Limit("the script ran longer than 50 ms".to_owned()));
}

#[test]
fn variables_may_have_names_of_built_in_objects() {
    let mut process = Process::with(&[("Map", Object::Integer(7)), ("amount", Object::Integer(1))]);
    assert!(run(Language::JavaScript, "Map + amount", &mut process).expect("runs").equals(&Object::Integer(8)));
    let after = run(Language::JavaScript, "new Map([[1, 2]]).get(1)", &mut Process::with(&[])).expect("runs");
    assert!(after.equals(&Object::Integer(2)));
}

#[test]
fn the_last_expression_is_the_result_or_the_last_value() {
    for (source, expected) in [
        ("1; if (true) { 2 }", "2"),
        ("var a = 1; a + 1;", "2"),
        ("({a: 1}).a", "1"),
        ("{ 5 }", "5"),
        ("function f() { return 3 } f()", "3"),
        ("function f() { return 3 }; f()", "3"),
        ("'use strict'; typeof this", "object"),
        ("let a = 1\nlet b = 2\na + b", "3"),
    ] {
        assert_eq!(
            text(&run(Language::JavaScript, source, &mut Process::with(&[])).expect(source)),
            expected,
            "{source}"
        );
    }
    let outcome = run(Language::JavaScript, "if (true) { return 1 }; 2", &mut Process::with(&[]));
    assert!(matches!(outcome, Err(ScriptError::Evaluate { .. })), "{outcome:?}");
}

#[test]
fn failures_tell_the_place() {
    for (source, line, column) in [
        ("execution.fail() + nothing.x", 1, 0),
        ("nothing.x", 1, 1),
        ("var a = 1;\n  nothing.x", 2, 3),
        ("if (true) {\n  nothing.x\n}", 2, 3),
    ] {
        match run(Language::JavaScript, source, &mut Process::with(&[])).unwrap_err() {
            ScriptError::Evaluate { place: Some(place), .. } => assert_eq!(place, Place { line, column }, "{source}"),
            ScriptError::BpmnError { .. } => assert_eq!(column, 0, "{source}"),
            other => panic!("{source}: {other:?}"),
        }
    }
}

#[test]
fn the_same_script_runs_again_with_other_variables() {
    let engine = Engine::default();
    let script =
        engine.compile(Language::JavaScript, "let sum = a + b; const twice = sum * 2; twice").expect("compiles");
    for number in 1..4 {
        let mut process = Process::with(&[("a", Object::Integer(number)), ("b", Object::Integer(1))]);
        assert!(script.run(&mut process).expect("runs").equals(&Object::Integer((number + 1) * 2)));
    }
}

#[test]
fn bpmn_errors_of_beans_pass_through_javascript() {
    let outcome = run(Language::JavaScript, "execution.fail()", &mut Process::with(&[]));
    assert_eq!(outcome.unwrap_err(), ScriptError::BpmnError { code: "BEAN".to_owned(), message: None });
    let caught = "try { execution.fail() } catch (e) { e.getErrorCode() }";
    let outcome = run(Language::JavaScript, caught, &mut Process::with(&[])).expect("caught");
    assert_eq!(text(&outcome), "BEAN");
}

#[test]
fn engine_objects_keep_their_identity() {
    let list = Object::list(vec![Object::Integer(1)]);
    let mut process = Process::with(&[("list", list.clone())]);
    let script = "list.add(2); list[2] = 3; execution.setVariable('same', list); list === list";
    assert!(run(Language::JavaScript, script, &mut process).expect("runs").equals(&Object::Boolean(true)));
    assert_eq!(text(&list), "[1, 2, 3]");
    assert!(process.get("same").equals(&list));
}

#[test]
fn the_machine_is_out_of_reach() {
    for script in [
        "java.lang.System.exit(1)",
        "java.lang.System.getenv('PATH')",
        "Java.type('java.lang.Runtime')",
        "java.io.File('/')",
        "require('fs')",
        "load('x.js')",
        "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)",
    ] {
        let outcome = run(Language::JavaScript, script, &mut Process::with(&[]));
        assert!(outcome.is_err(), "{script}: {outcome:?}");
    }
}

#[test]
fn syntax_errors_tell_the_place() {
    let outcome = run(Language::JavaScript, "var a = 1;\nvar b = ;", &mut Process::with(&[]));
    match outcome.unwrap_err() {
        ScriptError::Evaluate { message, place: Some(Place { line, .. }) } => {
            assert_eq!(line, 2);
            assert!(message.starts_with("org.graalvm.polyglot.PolyglotException: SyntaxError: <eval>:2:"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn scripts_run_on_many_threads_at_a_time() {
    let engine = Engine::default();
    let script =
        engine.compile(Language::JavaScript, "var s = 0; for (var i = 0; i < n; i++) s += i; s").expect("compiles");
    std::thread::scope(|scope| {
        for number in 1..=8 {
            let script = script.clone();
            scope.spawn(move || {
                for _ in 0..10 {
                    let mut process = Process::with(&[("n", Object::Integer(number))]);
                    let sum = script.run(&mut process).expect("runs");
                    assert!(sum.equals(&Object::Integer(number * (number - 1) / 2)));
                }
            });
        }
    });
}

#[test]
fn more_runs_than_runtimes_are_refused() {
    let limits = Limits { runtimes: 0, ..Limits::default() };
    let outcome = run_within(limits, Language::JavaScript, "1", &mut Process::with(&[]));
    assert_eq!(outcome.unwrap_err(), ScriptError::Limit("more than 0 scripts run at a time".to_owned()));
}

#[test]
fn rhai_sees_variables_and_changes_them() {
    let mut process = Process::with(&[("amount", Object::Integer(120)), ("name", Object::string("a"))]);
    let script = "let big = amount > 100; execution.setVariable(\"big\", big); #{big: big, list: [1, 2.5, name]}";
    let object = run(Language::Rhai, script, &mut process).expect("runs");
    assert_eq!(text(&object), "{big=true, list=[1, 2.5, a]}");
    assert!(process.get("big").equals(&Object::Boolean(true)));
}

#[test]
fn rhai_throws_bpmn_errors_and_meets_limits() {
    let outcome = run(Language::Rhai, "bpmn_error(\"CODE\", \"text\")", &mut Process::with(&[]));
    let expected = ScriptError::BpmnError { code: "CODE".to_owned(), message: Some("text".to_owned()) };
    assert_eq!(outcome.unwrap_err(), expected);
    let limits = Limits { operations: 10_000, ..Limits::default() };
    let outcome = run_within(limits, Language::Rhai, "loop {}", &mut Process::with(&[]));
    assert!(matches!(outcome.unwrap_err(), ScriptError::Limit(_)));
    let outcome = run(Language::Rhai, "let a = 1;\nfoo(", &mut Process::with(&[]));
    assert!(matches!(outcome.unwrap_err(), ScriptError::Compile { place: Some(Place { line: 2, .. }), .. }));
}

#[test]
fn languages_go_by_their_names() {
    for (name, language) in [
        ("javascript", Some(Language::JavaScript)),
        ("ECMAScript", Some(Language::JavaScript)),
        ("js", Some(Language::JavaScript)),
        ("Groovy", Some(Language::Groovy)),
        ("JUEL", Some(Language::Juel)),
        ("feel", Some(Language::Feel)),
        ("rhai", Some(Language::Rhai)),
        ("text/javascript", None),
        ("python", None),
        ("ruby", None),
    ] {
        assert_eq!(Language::from_format(name), language, "{name}");
    }
    assert!(Language::remedy("python").contains("external task"));
}

#[test]
fn a_source_beyond_the_limit_is_refused() {
    let limits = Limits { source_bytes: 10, ..Limits::default() };
    let outcome = Engine::new(limits).compile(Language::Juel, "${1 + 1 + 1}");
    assert!(matches!(outcome.unwrap_err(), ScriptError::Limit(_)));
}

/// The methods of arrays run without interruption: they are not started on what is too long for the memory.
#[test]
fn arrays_of_holes_are_refused() {
    let limits = Limits { time: Duration::from_millis(500), ..Limits::default() };
    let engine = Engine::new(limits);
    let started = Instant::now();
    for call in [
        "a.join('')",
        "a.sort()",
        "a.reverse()",
        "a.forEach(x => x)",
        "a.lastIndexOf(1)",
        "a.fill(0)",
        "a + ''",
        "a.toSorted()",
        "a.splice(1, 2)",
        "[].concat(a).slice(0)",
        "new Set(a)",
        "[...a]",
        "Array.from({length: 4294967295})",
    ] {
        let source = format!("var a = new Array(4294967295); {call}");
        let outcome = engine.compile(Language::JavaScript, &source).expect("compiles").run(&mut Process::with(&[]));
        assert!(outcome.is_err(), "{call}: {outcome:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
    let source =
        "var a = [3, 1, 2]; a.length = 3; [a.sort().join(), a.map.length, a.map.name, Array.from('ab').length].join()";
    let after = engine.compile(Language::JavaScript, source).expect("compiles").run(&mut Process::with(&[]));
    assert_eq!(text(&after.expect("runs")), "1,2,3,1,map,2");
}
