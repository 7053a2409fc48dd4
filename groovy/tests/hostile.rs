//! Scripts that try to get out, and scripts that try to exhaust the machine.

mod common;

use common::{Variables, run_with};
use tollgate_groovy::{Bindings, Limits, Script, ScriptError};

/// Limits that a test reaches in well under a second.
const SMALL: Limits =
    Limits { steps: 200_000, stack_bytes: 512 * 1024, allocated_bytes: 8 * 1024 * 1024, text_bytes: 256 * 1024 };

/// The refusal of a source that must not parse.
fn refusal(source: &str) -> String {
    match Script::parse(source) {
        Ok(_) => panic!("parses: {source}"),
        Err(error) => error.message,
    }
}

/// How a script ends that parses but must not succeed.
fn failure(source: &str) -> ScriptError {
    match run_with(source, &mut Variables::default(), &SMALL) {
        Ok(value) => panic!("gives {value:?}: {source}"),
        Err(error) => error,
    }
}

fn assert_limit(source: &str) {
    match failure(source) {
        ScriptError::Limit(_) => {}
        other => panic!("ends in {other:?} instead of a limit: {source}"),
    }
}

/// The script is refused while parsing, or fails while it runs.
fn assert_no_way_out(source: &str) {
    let Ok(script) = Script::parse(source) else { return };
    let outcome = script.run(&mut Variables::default(), &SMALL, Bindings::new());
    assert!(outcome.is_err(), "gives {outcome:?}: {source}");
}

#[test]
fn files_are_out_of_reach() {
    assert!(refusal("new File('/etc/passwd').text").contains("no access to files"));
    assert!(refusal("new java.io.File('/etc/passwd')").contains("no access to files"));
    assert!(refusal("java.nio.file.Files.readAllLines(null)").contains("no access to files"));
    assert!(refusal("import java.nio.file.Files\n1").contains("no access to files"));
    assert!(refusal("new FileReader('x')").contains("no access to files"));
}

#[test]
fn the_network_is_out_of_reach() {
    assert!(refusal("new URL('http://localhost').text").contains("no access to the network"));
    assert!(refusal("new Socket('localhost', 80)").contains("no access to the network"));
    assert!(refusal("import java.net.http.HttpClient\n1").contains("no access to the network"));
    assert!(refusal("@Grab('a:b:1') import x.Y").contains("no access to the network"));
    assert_no_way_out("'http://localhost'.toURL()");
}

#[test]
fn processes_are_out_of_reach() {
    assert!(refusal("Runtime.getRuntime().exec('id')").contains("no access to processes"));
    assert!(refusal("new ProcessBuilder('id')").contains("no access to processes"));
    assert_no_way_out("'id'.execute()");
    assert_no_way_out("['id'].execute()");
    assert_no_way_out("System.exit(0)");
    assert_no_way_out("System.getenv('PATH')");
    assert_no_way_out("System.getProperty('user.home')");
}

#[test]
fn class_loaders_and_reflection_are_out_of_reach() {
    assert_no_way_out("Class.forName('java.lang.Runtime')");
    assert_no_way_out("''.class.forName('java.lang.Runtime')");
    assert_no_way_out("''.getClass().getClassLoader()");
    assert_no_way_out("''.class.classLoader");
    assert_no_way_out("this.class.classLoader");
    assert_no_way_out("''.class.getMethods()");
    assert_no_way_out("''.class.declaredMethods");
    assert_no_way_out("''.metaClass");
    assert_no_way_out("String.metaClass.foo = { 1 }");
    assert_no_way_out("Thread.currentThread().contextClassLoader");
    assert_no_way_out("new Thread({ 1 })");
    assert!(refusal("new GroovyClassLoader()").contains("no access"));
    assert!(refusal("java.lang.reflect.Array.newInstance(null, 1)").contains("no access to reflection"));
}

#[test]
fn scripts_cannot_run_other_scripts() {
    assert!(refusal("Eval.me('1')").contains("no access to script engines"));
    assert!(refusal("new GroovyShell().evaluate('1')").contains("no access to script engines"));
    assert!(refusal("import javax.script.ScriptEngineManager\n1").contains("no access to script engines"));
    assert_no_way_out("evaluate('1')");
    assert_no_way_out("this.evaluate('1')");
    assert_no_way_out("run(new Object())");
}

#[test]
fn endless_loops_end() {
    assert_limit("while (true) { }");
    assert_limit("for (;;) { }");
    assert_limit("do { def x = 1 } while (true)");
    assert_limit("def x = { while (true) { } }; x()");
    assert_limit("1.upto(2000000000) { }");
    assert_limit("2000000000.times { }");
    assert_limit("(1..2000000000).each { }");
    assert_limit("for (i in 1..2000000000) { }");
}

#[test]
fn a_limit_cannot_be_caught() {
    assert_limit("try { while (true) { } } catch (Throwable t) { 1 }");
    assert_limit("while (true) { try { while (true) { } } finally { continue } }");
    assert_limit("try { while (true) { } } finally { return 1 }");
}

#[test]
fn deep_calls_end() {
    assert_limit("def f() { f() }\nf()");
    assert_limit("def a() { b() }\ndef b() { a() }\na()");
    assert_limit("def f\nf = { f() }\nf()");
    assert_limit("class A { def getX() { x() }; def x() { getX() } }\nnew A().x");
    assert_limit("class A { String toString() { \"${this}\" } }\n\"${new A()}\"");
    assert_limit("class A { boolean equals(o) { this == o } }\nnew A() == new A()");
    assert_limit("def c = { it }\n10000.times { def d = c; c = { x -> d(x) } }\nc(1)");
    assert_limit("def c = { it }\n10000.times { c = c >> { it } }\nc(1)");
}

#[test]
fn memory_is_bounded() {
    assert_limit("def l = []; while (true) { l << 1 }");
    assert_limit("def l = [1]; while (true) { l += l }");
    assert_limit("def m = [:]; def i = 0; while (true) { m[i++] = i }");
    assert_limit("(1..100000000).toList()");
    assert_limit("new int[100000000]");
    assert_limit("new int[10000][10000]");
    assert_limit("[1] * 100000000");
    assert_limit("def l = []; l[100000000] = 1");
    assert_limit("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].permutations()");
    assert_limit("(1..40).toList().subsequences()");
}

#[test]
fn texts_are_bounded() {
    assert_limit("def s = 'x'; while (true) { s += s }");
    assert_limit("'x' * 100000000");
    assert_limit("'x'.padLeft(100000000)");
    assert_limit("def s = new StringBuilder('x'); while (true) { s << s }");
    assert_limit("def s = 'x'; while (true) { s = \"${s}${s}\" }");
    assert_limit("def s = 'x' * 1000; while (true) { s = s.replace('x', 'xx') }");
    assert_limit("while (true) { print 'xxxxxxxxxx' }");
}

#[test]
fn containers_in_themselves_end() {
    assert_limit("def l = []; l << l; l.toString()");
    assert_limit("def m = [:]; m.m = m; \"$m\"");
    assert_limit("def l = []; l << l; l.flatten()");
    assert_limit("def a = []; a << a; def b = []; b << b; a == b");
    assert_limit("def l = []; l << l; groovy.json.JsonOutput.toJson(l)");
}

#[test]
fn nested_sources_are_refused() {
    for (open, close) in
        [("(", ")"), ("[", "]"), ("{ ", "}"), ("!", ""), ("-", ""), ("\"${", "}\""), ("if (1) ", "1"), ("a(", ")")]
    {
        let source = open.repeat(20_000) + "1" + &close.repeat(20_000);
        assert!(Script::parse(&source).is_err(), "20000 times `{open}` parses");
    }
    let long = |operator: &str| vec!["1"; 200_000].join(operator);
    for operator in [" + ", " && ", ".a", " ?: ", " << ", " = "] {
        let outcome = Script::parse(&long(operator));
        assert!(outcome.is_err(), "a chain of `{operator}` parses");
    }
    assert!(refusal(&"x".repeat(2_000_000)).contains("longer than"));
}

#[test]
fn long_chains_that_parse_run_or_end_in_a_limit() {
    for count in [100, 400, 900] {
        let source = vec!["1"; count].join(" + ");
        let script = Script::parse(&source).unwrap_or_else(|error| panic!("{count} terms: {error}"));
        match script.run(&mut Variables::default(), &SMALL, Bindings::new()) {
            Ok(value) => assert_eq!(value.int_value(), i32::try_from(count).ok()),
            Err(error) => assert!(matches!(error, ScriptError::Limit(_)), "{error}"),
        }
    }
}

#[test]
fn contradicting_comparisons_do_not_panic() {
    for source in [
        "def l = (1..200).toList(); l.sort { a, b -> 1 }; l.size()",
        "def i = 0; def l = (1..200).toList(); l.sort { a, b -> (i++ % 3) - 1 }; l.size()",
        "def l = (1..100).collect { it % 2 ? it : [it] }; try { l.sort() } catch (e) { }; l.size()",
    ] {
        let outcome = run_with(source, &mut Variables::default(), &SMALL);
        assert!(matches!(outcome, Ok(ref size) if size.int_value().is_some()), "{outcome:?}: {source}");
    }
}

#[test]
fn patterns_take_linear_time() {
    let source = "('a' * 30 + 'b') ==~ /(a+)+$/";
    let outcome = run_with(source, &mut Variables::default(), &SMALL);
    assert!(matches!(outcome, Ok(objects::Object::Boolean(false))), "{outcome:?}");
    assert!(matches!(failure("'x' =~ ('(' * 5000)"), ScriptError::Exception { .. }));
}

#[test]
fn closures_cannot_change_what_is_walked_into_a_panic() {
    for source in [
        "def l = [1, 2, 3]; l.each { l.clear() }; l.size()",
        "def l = [1, 2, 3]; l.collect { l << it; it }.size()",
        "def l = [3, 1, 2]; l.sort { l.clear(); it }; l.size()",
        "def m = [a: 1]; m.each { k, v -> m.clear() }; m.size()",
        "def l = [1, 2]; l.removeAll { l.add(1); true }; l.size()",
        "def l = [1, 2]; l.addAll(l); l.size()",
        "def m = [a: 1]; m.putAll(m); m.size()",
        "def l = [1]; l[0] = l; l.size()",
        "def m = [a: 1]; m.computeIfAbsent('b') { m.clear(); 1 }; m.size()",
        "def l = [1, 2]; l.removeAll(l); l.size()",
        "def l = [1, 2]; l.retainAll(l); l.size()",
        "def l = [1, 2]; l.containsAll(l) ? 1 : 0",
        "def s = [1] as Set; s.addAll(s); s.size()",
        "def b = new StringBuilder('a'); b.append(b); b.insert(0, b); b.length()",
    ] {
        let outcome = run_with(source, &mut Variables::default(), &SMALL);
        assert!(outcome.is_ok(), "{outcome:?}: {source}");
    }
}

#[test]
fn odd_arguments_do_not_panic() {
    for source in [
        "'abc'.substring(-1)",
        "'äöü'[0..5]",
        "'äöü'.padLeft(-5)",
        "'abc'.center(2147483647, '')",
        "[1, 2, 3].collate(0)",
        "[1, 2, 3].collate(2, 0)",
        "[1, 2, 3].take(-1)",
        "[1][-2147483648]",
        "[1].subList(2, 1)",
        "1.0.round(1000000)",
        "1.0.setScale(-5)",
        "1 << 100",
        "(-2147483648).abs()",
        "-2147483648 / -1",
        "(-2147483648).intdiv(-1)",
        "-2147483648 % -1",
        "Long.MIN_VALUE.intdiv(-1L)",
        "2 ** 1000000",
        "1.1 ** 2147483647",
        "0 ** -1",
        "10.0 / 3.333333333333333333333333333",
        "79228162514264337593543950335.0 * 10",
        "String.format('%99999999d', 1)",
        "String.format('%.99999999f', 1.5)",
        "new Date(9223372036854775807).toString()",
        "java.time.LocalDate.of(99999999, 1, 1)",
        "java.time.LocalDate.MAX",
        "java.time.Duration.ofDays(9223372036854775807)",
        "'x'.tr('a-', 'b')",
        "('a'..'z').step(0)",
        "('a'..'\\u00ff').toList()",
        "(9223372036854775806L..9223372036854775807L).toList()",
        "(2147483646..2147483647).each { }",
        "'%'.formatted()",
        "''[0]",
        "''.next()",
        "[:].max { it.value }",
        "[].max()",
        "[1].combinations()",
        "'a'.multiply(-1)",
        "new ArrayList(-1)",
        "'x'.decodeBase64()",
        "[1, 2].transpose()",
        "'a=b'.split('')",
        "new groovy.json.JsonSlurper().parseText('[' * 5000)",
        "new groovy.json.JsonSlurper().parseText('\"\\\\u12')",
        "new groovy.json.JsonSlurper().parseText('1e999999999')",
        "BigInteger.valueOf(2).pow(100000)",
        "170141183460469231731687303715884105727G + 1",
        "-(-170141183460469231731687303715884105728G)",
        "1.next().foo.bar",
        "{ -> }.curry(1)(2)",
        "null as int",
        "switch (null) { case null: 1; break }",
        "def (a, b) = null",
        "[a: 1].each { a, b, c -> }",
        "assert [1, 2, 3].collect { it * 2 }.find { it > 100 }",
        "assert 'ä' == 'ö'",
        "\"${-> throw new RuntimeException('x')}\".toString()",
    ] {
        if let Ok(script) = Script::parse(source) {
            let _ = script.run(&mut Variables::default(), &SMALL, Bindings::new());
        }
    }
}

#[test]
fn a_script_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    let script = Script::parse("1 + 1").expect("it parses");
    shared(&script);
}

#[test]
fn printed_text_goes_to_the_sink() {
    let mut lines = Vec::new();
    let mut sink = |line: &str| lines.push(line.to_owned());
    let script = Script::parse("println 'a'; print 1; print 2; System.out.println([x: 1]); printf('%d!', 3)")
        .expect("it parses");
    let outcome = script.run(&mut Variables::default(), &SMALL, Bindings::new().output(&mut sink));
    assert!(outcome.is_ok(), "{outcome:?}");
    assert_eq!(lines, ["a", "12[x:1]", "3!"]);
}

#[test]
fn a_refusal_tells_its_place() {
    let error = Script::parse("def x = 1\n  new Nope()").expect_err("the class does not exist");
    assert_eq!((error.line, error.column, error.message.as_str()), (2, 7, "unable to resolve class Nope"));
}

#[test]
fn bindings_hide_variables_and_assignments_stay_in_the_script() {
    let mut variables = Variables::default().with("x", objects::Object::Integer(1));
    let script = Script::parse("y = x + 1; x = 5; [x, y]").expect("it parses");
    let bindings = Bindings::new().with("x", objects::Object::Integer(10));
    let value = script.run(&mut variables, &SMALL, bindings).expect("it runs");
    assert_eq!(common::show(&value, &mut variables), "java.util.ArrayList[java.lang.Integer:5, java.lang.Integer:11]");
    assert!(variables.stored.is_empty());
    assert_eq!(variables.values["x"].int_value(), Some(1));
}
