//! What a script's text tells before it runs: which names it may read, whether it may reach what is built in, and whether
//! it can be compiled once.
//!
//! Scripts that can't reach what is built in share one context. There, an object of the language is reached by no property
//! name but `prototype` (see `harden` in the prelude). So a script is *tidy* when it mentions none of [`REACHING`], assigns
//! to no global of the language, and does not use computed names beside a global as a value. Whatever the reading below is
//! not sure of is not tidy.

use std::sync::Arc;

use super::tokens::{Kind, OPERATOR_WORDS, Token, is_word_char, tokens};

/// Words, wherever they stand, with which a script may reach what is built in, change a global, or outlive its run.
const REACHING: [&str; 27] = [
    "AsyncFunction",
    "FinalizationRegistry",
    "Function",
    "GeneratorFunction",
    "Proxy",
    "Reflect",
    "WeakRef",
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "callee",
    "caller",
    "constructor",
    "defineProperties",
    "defineProperty",
    "eval",
    "getOwnPropertyDescriptor",
    "getOwnPropertyDescriptors",
    "getPrototypeOf",
    "globalThis",
    "import",
    "isPrototypeOf",
    "prototype",
    "setPrototypeOf",
    "with",
];

/// Globals of a context, those of the prelude included. Sorted.
pub(super) const GLOBALS: [&str; 80] = [
    "AggregateError",
    "Array",
    "ArrayBuffer",
    "AsyncDisposableStack",
    "Atomics",
    "BigInt",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DOMException",
    "DataView",
    "Date",
    "DisposableStack",
    "Error",
    "EvalError",
    "FinalizationRegistry",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "Function",
    "Infinity",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "InternalError",
    "Iterator",
    "JSON",
    "Java",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "Packages",
    "Promise",
    "Proxy",
    "RangeError",
    "ReferenceError",
    "Reflect",
    "RegExp",
    "S",
    "Set",
    "SharedArrayBuffer",
    "String",
    "SuppressedError",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakRef",
    "WeakSet",
    "XML",
    "atob",
    "btoa",
    "com",
    "console",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "escape",
    "eval",
    "globalThis",
    "isFinite",
    "isNaN",
    "java",
    "javax",
    "org",
    "parseFloat",
    "parseInt",
    "performance",
    "print",
    "queueMicrotask",
    "undefined",
    "unescape",
];

/// Globals from which nothing that can be changed is reached by any property name.
const PLAIN_GLOBALS: [&str; 30] = [
    "Atomics",
    "Infinity",
    "JSON",
    "Java",
    "Math",
    "NaN",
    "Packages",
    "S",
    "XML",
    "atob",
    "btoa",
    "com",
    "console",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "escape",
    "isFinite",
    "isNaN",
    "java",
    "javax",
    "org",
    "parseFloat",
    "parseInt",
    "print",
    "queueMicrotask",
    "undefined",
    "unescape",
    "performance",
];

/// What is put before a script so that it is a function, and before its last expression so that it is the result.
pub(super) const FUNCTION: &str = "(function () {";
pub(super) const RETURN: &str = "return (";

/// What is known of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scan {
    /// Whether it may share a context.
    pub(super) tidy: bool,
    /// Every word of it, once; names of variables are among them.
    pub(super) words: Arc<[Box<str>]>,
    /// The words that may become globals by assignment.
    pub(super) assigned: Arc<[Box<str>]>,
    /// As a function, when its result is a last expression.
    pub(super) body: Option<Body>,
}

/// A script as the text of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) text: Arc<str>,
    /// It has `return`, which must stand in functions of its own.
    pub(super) returns: bool,
    /// Where the last expression begins in the source: line and column, from 1.
    pub(super) last: (u32, u32),
}

impl Body {
    /// The column in the source, from a column in the function.
    pub(super) fn source_column(&self, line: u32, column: u32) -> u32 {
        let length = |text: &str| u32::try_from(text.len()).unwrap_or(0);
        let column = if line == 1 { column.saturating_sub(length(FUNCTION)) } else { column };
        let moved = line == self.last.0 && column >= self.last.1 + length(RETURN);
        (if moved { column - length(RETURN) } else { column }).max(1)
    }
}

/// Reads a script.
pub(super) fn scan(source: &str) -> Scan {
    let mut words: Vec<Box<str>> = source
        .split(|c| !is_word_char(c))
        .filter(|word| !word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()))
        .map(Box::from)
        .collect();
    words.sort_unstable();
    words.dedup();
    let reaches = words.iter().any(|word| REACHING.contains(&&**word));
    let tokens = tokens(source);
    let tidy = !reaches && tokens.as_deref().is_some_and(is_tidy);
    let assigned = match tokens.as_deref() {
        Some(tokens) if !tokens.iter().any(|token| assigns(token) || token.is_word("of") || token.is_word("in")) => {
            Vec::new()
        }
        _ => words.iter().filter(|word| !GLOBALS.contains(&&***word)).cloned().collect(),
    };
    let body = if tidy { tokens.as_deref().and_then(|tokens| body(source, tokens)) } else { None };
    Scan { tidy, words: words.into(), assigned: assigned.into(), body }
}

fn assigns(token: &Token<'_>) -> bool {
    token.kind == Kind::Sign
        && (["=", "++", "--"].contains(&token.text)
            || (token.text.len() > 1
                && token.text.ends_with('=')
                && !["==", "===", "!=", "!==", "<=", ">="].contains(&token.text)))
}

/// Looks at the tokens of a script, with what stands before and after.
fn is_tidy(tokens: &[Token<'_>]) -> bool {
    let mut computed = false;
    let mut values = false;
    for (at, token) in tokens.iter().enumerate() {
        let after = tokens.get(at + 1);
        if token.is("[") {
            computed |= is_computed(tokens, at);
        } else if token.kind == Kind::Text {
            // the name of a member in a pattern, not written as it is
            computed |= token.text.contains('\\') && after.is_some_and(|after| after.is(":"));
        } else if token.is_word("this") {
            // `this` may be the globals; by name they are taken care of.
            if !after.is_some_and(|after| after.is(".")) {
                return false;
            }
        } else if token.kind == Kind::Word && GLOBALS.binary_search(&token.text).is_ok() && !is_member(tokens, at) {
            if is_target(tokens, at) {
                return false;
            }
            values |= !PLAIN_GLOBALS.contains(&token.text) && is_value(tokens, at);
        }
    }
    !(computed && values)
}

fn before<'t>(tokens: &'t [Token<'t>], at: usize) -> Option<&'t Token<'t>> {
    at.checked_sub(1).map(|before| &tokens[before])
}

/// A name behind a dot, or the key of an object.
fn is_member(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(before) = before(tokens, at) else { return false };
    let key = tokens.get(at + 1).is_some_and(|after| after.is(":"));
    before.is(".") || before.is("?.") || (key && (before.is("{") || before.is(",")))
}

/// Whether a global, or a member of it, is assigned to.
fn is_target(tokens: &[Token<'_>], at: usize) -> bool {
    let changes = |token: &Token<'_>| token.is("++") || token.is("--") || token.is_word("delete");
    if before(tokens, at).is_some_and(changes) {
        return true;
    }
    let assign = at.checked_sub(2).is_some_and(|at| tokens[at].is_word("assign") && tokens[at + 1].is("("));
    let mut after = at + 1;
    loop {
        match tokens.get(after) {
            Some(token) if token.is(".") => after += 2,
            Some(token) if token.is("[") => after = token.partner + 1,
            token => return assign || token.is_some_and(assigns),
        }
    }
}

/// Whether a global is used other than by calling it or by a name of its own.
fn is_value(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(after) = tokens.get(at + 1) else { return true };
    let asks = before(tokens, at).is_some_and(|before| before.is_word("instanceof") || before.is_word("new"));
    !(after.is(".") || after.is("(") || (asks && !after.is("[") && !after.is("?.")))
}

/// Whether a bracket holds a name that is only known when the script runs.
fn is_computed(tokens: &[Token<'_>], at: usize) -> bool {
    let close = tokens[at].partner;
    let literal = close == at + 2
        && match tokens[at + 1].kind {
            Kind::Number => true,
            Kind::Text => !tokens[at + 1].text.contains('\\'),
            _ => false,
        };
    if literal {
        return false;
    }
    let Some(before) = before(tokens, at) else { return false };
    let list = match before.kind {
        Kind::Word => OPERATOR_WORDS.contains(&before.text) && !is_member(tokens, at - 1),
        Kind::Template => before.text.ends_with("${"),
        Kind::Sign => !["]", ")", "}", "?."].contains(&before.text),
        _ => false,
    };
    // In a pattern or an object a bracket may hold the name of a member.
    let named = tokens.get(close + 1).is_some_and(|after| after.is(":") || after.is("(") || after.is("="));
    !list || (named && !before.is("?"))
}

/// The script as a function, when its last statement is an expression.
fn body(source: &str, tokens: &[Token<'_>]) -> Option<Body> {
    let mut semicolons = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if token.is(";") {
            semicolons.push(at);
        }
        let skips = matches!(token.text, "(" | "[" | "{") && token.kind == Kind::Sign;
        at = if skips { token.partner } else { at } + 1;
    }
    let mut end = source.len();
    if semicolons.last().is_some_and(|last| last + 1 == tokens.len()) {
        end = tokens[semicolons.pop()?].start;
    }
    let first = semicolons.last().map_or(0, |last| last + 1);
    let start = semicolons.last().map_or(0, |last| tokens[*last].start + 1);
    let expression = tokens.get(first)?;
    let statement = expression.is("{")
        || ["function", "class", "async", "let", "if", "for", "while", "do", "switch", "try", "var", "const"]
            .iter()
            .any(|word| expression.is_word(word));
    if statement || expression.start >= end {
        return None;
    }
    let (head, last) = (&source[..start], &source[start..end]);
    let line = head.matches('\n').count();
    let column = head.rsplit('\n').next().unwrap_or(head).chars().count();
    let number = |value: usize| u32::try_from(value + 1).unwrap_or(u32::MAX);
    Some(Body {
        text: format!("{FUNCTION}{head}{RETURN}{last}\n)}})").into(),
        returns: tokens.iter().any(|token| token.is_word("return")),
        last: (number(line), number(column)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_scripts_are_tidy() {
        for source in [
            "amount > 100 ? 'big' : 'small'",
            "execution.setVariable('a', JSON.stringify({a: [1, 2], 'b': x[0]}));",
            "var System = java.lang.System; print(System.currentTimeMillis())",
            "for (var i = 0; i < items.length; i++) { sum += items[i].price / 2; } sum",
            "var o = {}; o[key] = new Date(); o.total = Math.max(1, 2); o",
            "names.map(Number).filter(Boolean)",
            "S(json).prop('a').value()",
            "`${a} of ${b}`.replace(/['\"]/g, '')",
            "class A { m() { return this.x } } new A().m()",
            "throw new org.camunda.bpm.engine.delegate.BpmnError('code')",
            "if (/'/.test(name)) { result = x instanceof Array }",
        ] {
            assert!(scan(source).tidy, "{source}");
        }
    }

    #[test]
    fn what_may_reach_the_built_in_is_not_tidy() {
        for source in [
            "Array.prototype.x = 1",
            "''.constructor.x = 1",
            "'\\u0070rototype'; a[b]; Number",
            "Number['\\x70rototype'].x = 1",
            "var n = Number; n[key].x = 1",
            "({[key]: p} = Number)",
            "({'\\u0070rototype': p} = Number)",
            "Math.x = 1",
            "Math['x'] = 1",
            "Object.assign(Math, {x: 1})",
            "new Number[key]",
            "S = 1",
            "delete JSON.parse",
            "this[key] = 1",
            "var g = this",
            "eval(x)",
            "new Function('x')",
            "if (1) /'/.test(''); var n = Number; n[k].x = 1; /'/.test('')",
            "a = 1 <!-- '\nNumber[k]",
            "\\u0053 = 1",
            "with (Math) x = 1",
            "`${Number}`; a?.[b]",
            "unclosed(",
        ] {
            assert!(!scan(source).tidy, "{source}");
        }
    }

    #[test]
    fn a_last_expression_is_the_result() {
        let text = |source: &str| scan(source).body.map(|body| body.text.to_string());
        assert_eq!(text("a + 1").as_deref(), Some("(function () {return (a + 1\n)})"));
        assert_eq!(text("var a = f(';'); a;").as_deref(), Some("(function () {var a = f(';');return ( a\n)})"));
        assert_eq!(text("for (;;) { x; }"), None);
        assert_eq!(text("{a: 1}"), None);
        assert_eq!(text(""), None);
        assert_eq!(text("var a = 1; // none"), None);
    }

    #[test]
    fn places_are_those_of_the_source() {
        let body = scan("a;\nb; c.d").body.expect("a body");
        assert_eq!(body.last, (2, 3));
        assert_eq!(body.source_column(1, 15), 1);
        assert_eq!(body.source_column(2, 1), 1);
        assert_eq!(body.source_column(2, 12), 4);
    }

    #[test]
    fn any_text_can_be_read() {
        let scripts: Vec<char> = include_str!("../../tests/cases/javascript.txt").chars().take(4_000).collect();
        for at in 0..scripts.len() {
            let part = &scripts[at..scripts.len().min(at + 300)];
            let _ = scan(&part.iter().collect::<String>());
            let _ = scan(&part.iter().rev().collect::<String>());
        }
    }

    #[test]
    fn globals_are_in_order() {
        assert!(GLOBALS.is_sorted());
        assert!(PLAIN_GLOBALS.iter().all(|name| GLOBALS.contains(name)));
        assert!(OPERATOR_WORDS.len() > 10);
    }
}
