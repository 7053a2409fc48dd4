//! Answers without what differs from run to run: ids, times, durations.

use std::collections::{BTreeMap, HashSet};

use regex::{Captures, Regex};
use serde_json::Value;

/// What is known in the course of a file.
pub(crate) struct Normal {
    base: String,
    names: BTreeMap<String, String>,
    /// Times that the file itself sends.
    given: HashSet<String>,
    id: Regex,
    time: Regex,
    millis: Regex,
    name: Regex,
}

impl Normal {
    /// For a file's text, sent to a server at `base`.
    pub(crate) fn new(base: &str, file: &str) -> Self {
        let time = Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d{4}").unwrap();
        Self {
            base: base.to_owned(),
            names: BTreeMap::new(),
            given: time.find_iter(file).map(|found| found.as_str().to_owned()).collect(),
            id: Regex::new(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b1[0-9]{15}\b").unwrap(),
            time,
            millis: Regex::new(r"\b1[0-9]{12}\b").unwrap(),
            name: Regex::new(r"\$\{?([a-zA-Z][a-zA-Z0-9]*)\}?").unwrap(),
        }
    }

    /// A text of the file with the values of its names.
    pub(crate) fn filled(&self, text: &str) -> String {
        let value = |found: &Captures<'_>| self.names.get(&found[1]).cloned().unwrap_or_else(|| found[0].to_owned());
        self.name.replace_all(text, value).into_owned()
    }

    /// Remembers values of an answer. One that is not there has no name: the pair differs, or a later one.
    pub(crate) fn capture(&mut self, captures: &[(String, String)], answer: &str) {
        let Ok(json) = serde_json::from_str::<Value>(answer) else { return };
        for (name, path) in captures {
            if let Some(Value::String(text)) = at(&json, path) {
                self.names.insert(name.clone(), text.clone());
            }
        }
    }

    /// An answer's body as it is written in the files.
    pub(crate) fn answer(&self, media_type: &str, text: &str, masked: &[String]) -> String {
        let text = self.text(text);
        if media_type.starts_with("text/html") || media_type.contains("wadl") || text.is_empty() {
            // pages of a Java server, which nobody reads
            return String::new();
        }
        let kind = media_type.split(';').next().unwrap_or_default();
        if !kind.ends_with("json") {
            let mut text = text.split("\n\tat ").next().unwrap_or_default().trim_end().to_owned();
            if !masked.is_empty() {
                text = Regex::new(r"\d+").unwrap().replace_all(&text, "0").into_owned();
            }
            return Value::String(text).to_string();
        }
        let duration = Regex::new(r#""durationInMillis":\d+"#).unwrap();
        let text = duration.replace_all(&text, r#""durationInMillis":"<n>""#).into_owned();
        match serde_json::from_str::<Value>(&text) {
            Ok(json) if !masked.is_empty() => mask(json, masked).to_string(),
            _ => text,
        }
    }

    fn text(&self, text: &str) -> String {
        let mut text = text.replace(&self.base, "<base>");
        let mut names: Vec<_> = self.names.iter().filter(|(_, value)| value.len() > 12).collect();
        names.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        for (name, value) in names {
            text = text.replace(value.as_str(), &format!("${name}"));
        }
        let text = self.id.replace_all(&text, "<id>");
        let text = self.time.replace_all(&text, |found: &Captures<'_>| self.time(&found[0]));
        self.millis.replace_all(&text, "<millis>").into_owned()
    }

    /// A time, by how far from today it is.
    fn time(&self, text: &str) -> String {
        if self.given.contains(text) {
            return text.to_owned();
        }
        let Some(days) = days_from_now(text) else { return text.to_owned() };
        if days.abs() < 0.5 {
            "<time>".to_owned()
        } else if days.abs() < 800.0 {
            format!("<time{days:+.0}d>")
        } else {
            text.to_owned()
        }
    }
}

fn days_from_now(text: &str) -> Option<f64> {
    let time = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()?.to_timestamp().ok()?;
    Some(time.duration_since(jiff::Timestamp::now()).as_secs_f64() / 86_400.0)
}

fn at<'a>(json: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(json, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        Value::Object(entries) if step == "*" => entries.values().next(),
        Value::Object(entries) => entries.get(step),
        _ => None,
    })
}

fn mask(json: Value, names: &[String]) -> Value {
    match json {
        Value::Object(entries) => Value::Object(
            entries
                .into_iter()
                .map(|(name, value)| {
                    let value = if names.contains(&name) { "<masked>".into() } else { mask(value, names) };
                    (name, value)
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(|item| mask(item, names)).collect()),
        other => other,
    }
}

/// Whether two answers say the same: the order of properties never counts, that of lists only at the top when `ordered`.
pub(crate) fn same(one: &str, other: &str, ordered: bool) -> bool {
    let parts = |text: &str| -> (String, Value) {
        let (head, body) = text.split_once("] ").unwrap_or((text.trim_end_matches(']'), ""));
        let body = serde_json::from_str(body).unwrap_or_else(|_| Value::String(body.to_owned()));
        (head.to_owned(), canonical(body, ordered))
    };
    parts(one) == parts(other)
}

fn canonical(json: Value, ordered: bool) -> Value {
    match json {
        Value::Object(entries) => {
            let mut entries: Vec<_> =
                entries.into_iter().map(|(name, value)| (name, canonical(value, false))).collect();
            entries.sort_by(|one, other| one.0.cmp(&other.0));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => {
            let mut items: Vec<_> = items.into_iter().map(|item| canonical(item, false)).collect();
            if !ordered {
                items.sort_by_cached_key(Value::to_string);
            }
            Value::Array(items)
        }
        other => other,
    }
}
