//! Where a trace differs from the recorded one.

use std::{collections::BTreeSet, fmt};

use serde_json::{Map, Value};

use super::{Rigour, python};

/// Longest text of a value in a report.
const BRIEF: usize = 240;
/// Most lines of a report.
const LINES: usize = 12;

/// The first step that differs, and how.
#[derive(Debug)]
pub struct Difference {
    step: String,
    lines: Vec<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}", self.step)?;
        for line in self.lines.iter().take(LINES) {
            write!(f, "\n       {line}")?;
        }
        if self.lines.len() > LINES {
            write!(f, "\n       ... {} more", self.lines.len() - LINES)?;
        }
        Ok(())
    }
}

/// The first step whose result differs.
pub(super) fn first_difference(golden: &Value, trace: &[Value], rigour: Rigour) -> Option<Difference> {
    let steps = golden["steps"].as_array().map_or(&[][..], Vec::as_slice);
    for (expected, actual) in steps.iter().zip(trace) {
        let at = |lines| Difference { step: format!("{} ({})", expected["step"], plain_text(&expected["do"])), lines };
        if expected["do"] != actual["do"] {
            let changed = format!("the scenario has changed since it was recorded: {}", actual["do"]);
            return Some(at(vec![changed]));
        }
        let (expected, actual) = (&expected["result"], &actual["result"]);
        if let Some(reason) = actual.get("aborted")
            && Some(reason) != expected.get("aborted")
        {
            return Some(at(vec![format!("aborted: {}", plain_text(reason))]));
        }
        let lines = differences(expected, actual, rigour, "");
        if !lines.is_empty() {
            return Some(at(lines));
        }
    }
    let lines = vec!["the number of steps has changed since the trace was recorded".to_owned()];
    (steps.len() != trace.len()).then(|| Difference { step: trace.len().to_string(), lines })
}

fn plain_text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Lines that say where two results differ. Keys that begin with `~` count only strictly.
fn differences(expected: &Value, actual: &Value, rigour: Rigour, path: &str) -> Vec<String> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => objects(expected, actual, rigour, path),
        (Value::Array(expected), Value::Array(actual)) => match rigour {
            Rigour::Strict => arrays(expected, actual, rigour, path),
            Rigour::Normal => {
                let plain = |items: &[Value]| items.iter().map(plain).collect::<Vec<_>>();
                arrays(&plain(expected), &plain(actual), rigour, path)
            }
        },
        _ if python::equal(expected, actual) => Vec::new(),
        _ => vec![format!("{path}: expected {}, got {}", brief(expected), brief(actual))],
    }
}

fn objects(expected: &Map<String, Value>, actual: &Map<String, Value>, rigour: Rigour, path: &str) -> Vec<String> {
    let keys: BTreeSet<&String> = expected.keys().chain(actual.keys()).collect();
    let keys = keys.into_iter().filter(|key| rigour == Rigour::Strict || !key.starts_with('~'));
    keys.flat_map(|key| {
        let at = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (expected.get(key), actual.get(key)) {
            (Some(expected), Some(actual)) => differences(expected, actual, rigour, &at),
            (Some(expected), None) => vec![format!("{at}: missing, expected {}", brief(expected))],
            (None, Some(actual)) => vec![format!("{at}: unexpected {}", brief(actual))],
            (None, None) => Vec::new(),
        }
    })
    .collect()
}

fn arrays(expected: &[Value], actual: &[Value], rigour: Rigour, path: &str) -> Vec<String> {
    if expected.len() == actual.len() && expected.iter().zip(actual).all(|(left, right)| python::equal(left, right)) {
        return Vec::new();
    }
    let (mut left, mut right): (Vec<&Value>, Vec<&Value>) = (Vec::new(), actual.iter().collect());
    for item in expected {
        match right.iter().position(|other| python::equal(item, other)) {
            Some(at) => drop(right.remove(at)),
            None => left.push(item),
        }
    }
    match (&left[..], &right[..]) {
        ([], []) => {
            let all = |items: &[Value]| brief(&Value::Array(items.to_vec()));
            vec![format!("{path}: same items, other order: expected {}, got {}", all(expected), all(actual))]
        }
        ([left @ Value::Object(entries)], [right @ Value::Object(_)]) => {
            let name = entries.values().next().map(brief).unwrap_or_default();
            differences(left, right, rigour, &format!("{path}[{name}]"))
        }
        _ => {
            let missing = left.iter().map(|item| format!("{path}: - {}", brief(item)));
            missing.chain(right.iter().map(|item| format!("{path}: + {}", brief(item)))).collect()
        }
    }
}

/// Without the keys that begin with `~`.
pub(super) fn plain(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let entries = entries.iter().filter(|(key, _)| !key.starts_with('~'));
            Value::Object(entries.map(|(key, value)| (key.clone(), plain(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        other => other.clone(),
    }
}

/// In one canonical order, for lists without one of their own.
pub(super) fn sorted(mut items: Vec<Value>) -> Vec<Value> {
    items.sort_by_cached_key(|item| python::sorted_dumps(&plain(item)));
    items
}

fn brief(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(BRIEF) {
        Some((end, _)) => format!("{} ...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Rigour, first_difference};

    #[test]
    fn the_first_difference_is_named() {
        let golden = json!({"steps": [
            {"step": 0, "do": "start", "result": {"status": 200}},
            {"step": 1, "do": "snapshot pi", "result": {"pi": {"tasks": [{"key": "A", "~x": 1}, {"key": "B"}], "~s": 1}}},
        ]});
        let mut trace = golden["steps"].as_array().unwrap().clone();
        assert!(first_difference(&golden, &trace, Rigour::Strict).is_none());
        trace[1]["result"]["pi"]["~s"] = json!(2);
        trace[1]["result"]["pi"]["tasks"][0]["~x"] = json!(2);
        assert!(first_difference(&golden, &trace, Rigour::Normal).is_none());
        assert!(first_difference(&golden, &trace, Rigour::Strict).is_some());
        trace[1]["result"]["pi"]["tasks"][1]["key"] = json!("C");
        let found = first_difference(&golden, &trace, Rigour::Normal).unwrap().to_string();
        assert_eq!(found, "step 1 (snapshot pi)\n       pi.tasks[\"B\"].key: expected \"B\", got \"C\"");
        trace.pop();
        assert!(first_difference(&golden, &trace, Rigour::Normal).is_some());
    }
}
