//! The files of recorded pairs.

use std::collections::HashMap;

use axum::http::Method;

/// A recorded request with its answer.
#[derive(Debug)]
pub(crate) struct Pair {
    /// The request's line, as in the file.
    line: String,
    /// Which of the file's requests with this line.
    number: usize,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: String,
    /// Headers; an empty value takes the usual one away.
    pub(crate) headers: Vec<(String, String)>,
    /// Parts of a form, as written.
    pub(crate) parts: Vec<String>,
    /// Names for values of the answer.
    pub(crate) captures: Vec<(String, String)>,
    /// Whether the order of a list counts.
    pub(crate) ordered: bool,
    /// Properties whose values do not count.
    pub(crate) masked: Vec<String>,
    pub(crate) answer: String,
}

impl Pair {
    /// What names the pair in `differences.txt`.
    pub(crate) fn key(&self, file: &str) -> String {
        let number = if self.number == 1 { String::new() } else { format!(" #{}", self.number) };
        let line: String = self.line.chars().take(160).collect();
        format!("{file}: {}{number}", line.trim_end())
    }
}

fn is_request(line: &str) -> bool {
    let Some((method, _)) = line.split_once(' ') else { return false };
    ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"].contains(&method)
}

/// Reads a file.
pub(crate) fn parse(text: &str) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    for line in text.lines() {
        if is_request(line) {
            let (method, rest) = line.split_once(' ').unwrap_or_default();
            let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
            let key: String = line.chars().take(160).collect();
            let number = numbers.entry(key).or_default();
            *number += 1;
            pairs.push(Pair {
                line: line.to_owned(),
                number: *number,
                method: method.parse().expect("a method"),
                path: path.to_owned(),
                body: body.trim().to_owned(),
                headers: Vec::new(),
                parts: Vec::new(),
                captures: Vec::new(),
                ordered: false,
                masked: Vec::new(),
                answer: String::new(),
            });
            continue;
        }
        let Some(pair) = pairs.last_mut() else { continue };
        if let Some(answer) = line.strip_prefix(" -> ") {
            answer.trim_end().clone_into(&mut pair.answer);
        } else if let Some(option) = line.strip_prefix("  ") {
            option_of(pair, option);
        }
    }
    pairs
}

fn option_of(pair: &mut Pair, line: &str) {
    let (kind, text) = line.split_at(1);
    let text = text.trim();
    let split = |separator| {
        let (name, value) = text.split_once(separator).unwrap_or_else(|| panic!("`{line}`"));
        (name.trim().to_owned(), value.trim().to_owned())
    };
    match kind {
        "|" => pair.headers.push(split(':')),
        "$" => pair.captures.push(split('=')),
        "+" => pair.parts.push(text.to_owned()),
        "!" => match text.split_once(' ') {
            _ if text == "ordered" => pair.ordered = true,
            // for the recorder
            _ if text == "kept" => {}
            Some(("masked", names)) => pair.masked = names.split(' ').map(str::to_owned).collect(),
            _ => panic!("unknown option `{line}`"),
        },
        _ => panic!("unknown line `{line}`"),
    }
}
