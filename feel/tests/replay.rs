//! Expressions and unary tests against what a real Camunda 7 answered (`record.py`).

use std::{collections::HashMap, fs, path::Path};

use jiff::{Timestamp, Zoned, civil, tz::TimeZone};
use serde_json::Value as Json;
use tollgate_feel::{Expression, Scope, UnaryTests, Value};

struct Variables(HashMap<String, Value>);

impl Scope for Variables {
    fn variable(&mut self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }

    fn now(&mut self) -> Zoned {
        Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC)
    }

    fn random(&mut self) -> u64 {
        7
    }
}

/// A variable as Camunda's engine sees it: integers and doubles differ in what they print.
fn variable(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => Value::integer(value),
            None => Value::Number(tollgate_feel::Decimal::from_f64(number.as_f64().unwrap()).unwrap()),
        },
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(variable).collect()),
        Json::Object(fields) => match (fields.get("type").and_then(Json::as_str), fields.get("value")) {
            (Some("Date"), Some(Json::String(text))) => {
                let at: civil::DateTime = text.trim_end_matches("+0000").parse().expect("a date");
                Value::LocalDateTime(at)
            }
            (Some(_), Some(value)) => variable(value),
            _ => Value::context(fields.iter().map(|(name, value)| (name.as_str(), variable(value))).collect()),
        },
    }
}

fn answer(case: &Json) -> Json {
    let mut scope = Variables(HashMap::new());
    if let Some(variables) = case["variables"].as_object() {
        scope.0.extend(variables.iter().map(|(name, json)| (name.clone(), variable(json))));
    }
    if let Some(text) = case["test"].as_str() {
        let input = variable(&case["input"]);
        scope.0.insert("x".to_owned(), input.clone());
        // An input entry without text is always met: the tables see to it.
        if text.trim().is_empty() {
            return Json::Bool(true);
        }
        return match UnaryTests::parse(text)
            .map_err(Into::into)
            .and_then(|test| test.evaluate("cellInput", Some(&input), &mut scope))
        {
            Ok(passes) => Json::Bool(passes),
            Err(_) => Json::Null,
        };
    }
    let text = case["expression"].as_str().expect("an expression or a test");
    // A decision without text gives null.
    let alone = Expression::parse(if text.is_empty() { "null" } else { text })
        .map_err(Into::into)
        .and_then(|e| e.evaluate(&mut scope));
    if !matches!(alone, Ok(ref value) if unpackable(value)) {
        return Json::Null;
    }
    let listed = format!("string([{text}])");
    match Expression::parse(&listed).map_err(Into::into).and_then(|e| e.evaluate(&mut scope)) {
        Ok(Value::String(shown)) => Json::String(shown.to_string()),
        Ok(Value::Null) => Json::Null,
        other => panic!("{listed}: {other:?}"),
    }
}

/// Ranges cannot leave the FEEL engine of Camunda, functions not its REST API.
fn unpackable(value: &Value) -> bool {
    match value {
        Value::Range(_) | Value::Function(_) => false,
        Value::List(items) => items.iter().all(unpackable),
        _ => true,
    }
}

#[test]
fn answers_are_those_of_camunda() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut files: Vec<_> = fs::read_dir(folder).expect("recorded cases").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut total, mut wrong) = (0, Vec::new());
    for file in files {
        let cases: Vec<Json> = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for case in cases {
            total += 1;
            let expected = if case["fails"] == true {
                Json::Null
            } else if case["test"].is_string() {
                case["passes"].clone()
            } else {
                case["text"].clone()
            };
            let found = answer(&case);
            if found != expected {
                let what = case["test"].as_str().or(case["expression"].as_str()).unwrap_or_default();
                wrong.push(format!(
                    "{}: {what:?} input {} variables {}: expected {expected}, found {found}",
                    file.file_stem().unwrap().to_string_lossy(),
                    case["input"],
                    case["variables"]
                ));
            }
        }
    }
    assert!(total >= 900, "only {total} cases");
    assert!(wrong.is_empty(), "{} of {total} differ:\n{}", wrong.len(), wrong.join("\n"));
}
