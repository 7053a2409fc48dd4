//! Regular expressions in Java's syntax.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use fancy_regex::{Regex, RegexBuilder};

use crate::error::Failure;

/// How often a pattern may step back before the evaluation is given up.
const BACKTRACK_LIMIT: usize = 100_000;
/// How many compiled patterns are kept.
const KEPT: usize = 256;

/// The text is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InvalidPattern;

/// A compiled pattern.
pub(crate) struct Pattern(Regex);

/// Compiled patterns by flags and text: compiling costs many times a match, and models repeat their patterns.
type Compiled = HashMap<(String, String), Arc<Pattern>>;
static COMPILED: LazyLock<Mutex<Compiled>> = LazyLock::new(Mutex::default);

fn too_hard(_: fancy_regex::Error) -> Failure {
    Failure::Abort("the regular expression takes too many steps".to_owned())
}

impl Pattern {
    /// The pattern, compiled now or before.
    pub(crate) fn of(pattern: &str, flags: &str) -> Result<Arc<Self>, InvalidPattern> {
        let key = (flags.to_owned(), pattern.to_owned());
        let known = COMPILED.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let compiled = Arc::new(Self::compile(pattern, flags)?);
        let mut kept = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, compiled.clone());
        Ok(compiled)
    }

    /// Compiles a pattern; `flags` may contain `s`, `m`, `i` and `x`, others are ignored.
    fn compile(pattern: &str, flags: &str) -> Result<Self, InvalidPattern> {
        let on: String = ['s', 'm', 'i', 'x'].into_iter().filter(|flag| flags.contains(*flag)).collect();
        let mut translated = String::with_capacity(pattern.len() + 8);
        if !on.is_empty() {
            let _ = write!(translated, "(?{on})");
        }
        translate(pattern, flags.contains('x'), &mut translated)?;
        RegexBuilder::new(&translated).backtrack_limit(BACKTRACK_LIMIT).build().map(Self).map_err(|_| InvalidPattern)
    }

    /// Whether the pattern occurs.
    pub(crate) fn finds(&self, input: &str) -> Result<bool, Failure> {
        self.0.is_match(input).map_err(too_hard)
    }

    /// All occurrences.
    pub(crate) fn find_all(&self, input: &str) -> Result<Vec<String>, Failure> {
        self.0.find_iter(input).map(|found| Ok(found.map_err(too_hard)?.as_str().to_owned())).collect()
    }

    /// What stands between the occurrences. An empty occurrence at the very start separates nothing.
    pub(crate) fn split(&self, input: &str) -> Result<Vec<String>, Failure> {
        let mut parts = Vec::new();
        let mut from = 0;
        for found in self.0.find_iter(input) {
            let found = found.map_err(too_hard)?;
            if found.end() == 0 {
                continue;
            }
            parts.push(input[from..found.start()].to_owned());
            from = found.end();
        }
        parts.push(input[from..].to_owned());
        Ok(parts)
    }

    /// The input with all occurrences replaced; `None` when the replacement refers to a group that does not exist.
    pub(crate) fn replace_all(&self, input: &str, replacement: &str) -> Result<Option<String>, Failure> {
        let mut result = String::with_capacity(input.len());
        let mut from = 0;
        for captures in self.0.captures_iter(input) {
            let captures = captures.map_err(too_hard)?;
            let Some(whole) = captures.get(0) else { continue };
            result.push_str(&input[from..whole.start()]);
            if expand(replacement, &captures, &mut result).is_none() {
                return Ok(None);
            }
            from = whole.end();
            if result.len() > crate::limits::MAX_TEXT {
                return Err(Failure::Abort("the text is too long".to_owned()));
            }
        }
        result.push_str(&input[from..]);
        Ok(Some(result))
    }
}

/// Java's replacement: `$1`, `${name}`, and a backslash before what is meant literally.
fn expand(replacement: &str, captures: &fancy_regex::Captures<'_, str>, out: &mut String) -> Option<()> {
    let mut chars = replacement.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push(chars.next()?),
            '$' if chars.peek() == Some(&'{') => {
                chars.next();
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                out.push_str(captures.name(&name)?.as_str());
            }
            '$' => {
                let mut group = usize::try_from(chars.next()?.to_digit(10)?).ok()?;
                if group >= captures.len() {
                    return None;
                }
                // More digits belong to the number as long as there is such a group.
                while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
                    let longer = group * 10 + usize::try_from(digit).ok()?;
                    if longer >= captures.len() {
                        break;
                    }
                    group = longer;
                    chars.next();
                }
                out.push_str(captures.get(group).map_or("", |found| found.as_str()));
            }
            c => out.push(c),
        }
    }
    Some(())
}

/// Number of groups that capture.
fn groups(pattern: &str) -> usize {
    let mut count = 0;
    let mut rest = pattern;
    while let Some(at) = rest.find(['(', '\\']) {
        let behind = &rest[at + 1..];
        if rest.as_bytes()[at] == b'\\' {
            rest = behind.get(behind.chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
            continue;
        }
        let named = behind.starts_with("?<") && !behind.starts_with("?<=") && !behind.starts_with("?<!");
        count += usize::from(named || !behind.starts_with('?'));
        rest = behind;
    }
    count
}

/// Java's classes are ASCII where Rust's are Unicode, and some have other names. A reference to a group that does not exist
/// never matches; with comments on, white space means nothing in a class either.
fn translate(pattern: &str, comments: bool, out: &mut String) -> Result<(), InvalidPattern> {
    const POSIX: [(&str, &str); 13] = [
        ("Lower", "a-z"),
        ("Upper", "A-Z"),
        ("ASCII", r"\x00-\x7F"),
        ("Alpha", "a-zA-Z"),
        ("Digit", "0-9"),
        ("Alnum", "a-zA-Z0-9"),
        ("Punct", r"!-/:-@\[-`{-~"),
        ("Graph", "!-~"),
        ("Print", " -~"),
        ("Blank", r" \t"),
        ("Cntrl", r"\x00-\x1F\x7F"),
        ("XDigit", "0-9a-fA-F"),
        ("Space", r" \t\n\x0B\f\r"),
    ];
    let groups = groups(pattern);
    let mut rest = pattern;
    let mut classes = 0usize;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '[' => classes += 1,
            ']' => classes = classes.saturating_sub(1),
            _ => {}
        }
        if comments && classes > 0 && c.is_ascii_whitespace() {
            continue;
        }
        if comments && c == ']' && out.ends_with('[') {
            return Err(InvalidPattern);
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        let Some(escaped) = rest.chars().next() else {
            out.push('\\');
            break;
        };
        rest = &rest[escaped.len_utf8()..];
        match escaped {
            '1'..='9' if classes == 0 && escaped.to_digit(10).is_some_and(|group| group as usize > groups) => {
                out.push_str("(?!)");
            }
            'd' => out.push_str("[0-9]"),
            'D' => out.push_str("[^0-9]"),
            'w' => out.push_str("[a-zA-Z0-9_]"),
            'W' => out.push_str("[^a-zA-Z0-9_]"),
            's' => out.push_str(r"[ \t\n\x0B\f\r]"),
            'S' => out.push_str(r"[^ \t\n\x0B\f\r]"),
            'h' => out.push_str(r"[ \t\u{A0}\u{1680}\u{180e}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}]"),
            'Z' => out.push_str(r"(?=\n?\z)"),
            'e' => out.push_str(r"\x1B"),
            'Q' => {
                let (literal, behind) = rest.split_once("\\E").unwrap_or((rest, ""));
                out.push_str(&fancy_regex::escape(literal));
                rest = behind;
            }
            'u' if rest.len() >= 4 && rest.is_char_boundary(4) => {
                let _ = write!(out, r"\x{{{}}}", &rest[..4]);
                rest = &rest[4..];
            }
            'p' | 'P' if rest.starts_with('{') => {
                let name = rest[1..].split('}').next().unwrap_or("");
                if let Some((_, class)) = POSIX.iter().find(|(known, _)| *known == name) {
                    let _ = write!(out, "[{}{class}]", if escaped == 'P' { "^" } else { "" });
                    rest = &rest[(name.len() + 2).min(rest.len())..];
                } else {
                    let _ = write!(out, "\\{escaped}");
                    if let Some(plain) = rest.strip_prefix("{Is") {
                        out.push('{');
                        rest = plain;
                    }
                }
            }
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn pattern(text: &str) -> Pattern {
        Pattern::compile(text, "").unwrap_or_else(|_| panic!("{text} is a pattern"))
    }

    #[test]
    fn java_syntax() {
        assert!(pattern(r"^\d{3}-\p{Alpha}+$").finds("123-abc").unwrap());
        assert!(!pattern(r"\d").finds("٣").unwrap());
        assert!(pattern(r"(?<=a)b").finds("ab").unwrap());
        assert!(pattern(r"(a)\1").finds("aa").unwrap());
        assert!(pattern(r"\Qa.b\E").finds("a.b").unwrap());
        assert!(Pattern::compile("[", "").is_err());
        assert!(!pattern(r"(.)\2").finds("aa").unwrap());
        assert!(Pattern::compile("a[ ]b", "x").is_err());
        assert!(Pattern::compile("a [ b ]", "x").is_ok());
    }

    #[test]
    fn replacement_and_split() {
        assert_eq!(pattern("(a)(b)?").replace_all("ab", "<$1$2>").unwrap().as_deref(), Some("<ab>"));
        assert_eq!(pattern("a").replace_all("a", "$2").unwrap(), None);
        assert_eq!(pattern("a").replace_all("a", r"\$").unwrap().as_deref(), Some("$"));
        assert_eq!(pattern(",").split("a,,b,").unwrap(), ["a", "", "b", ""]);
        assert_eq!(pattern("").split("ab").unwrap(), ["a", "b", ""]);
    }
}
