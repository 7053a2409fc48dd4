//! Snippets against what a real Camunda 7.24 answered (`record.py`).

mod common;

use std::{fs, path::Path};

use common::{Variables, show};
use objects::{Object, convert, json::JsonNode};
use serde_json::Value as Json;
use tollgate_groovy::{Bindings, Limits, Script, ScriptError};

/// The variables of `record.py`.
fn variables() -> Variables {
    let order = r#"{"id": 7, "customer": {"name": "Ada", "vip": true}, "lines": [{"sku": "a", "qty": 2}, {"sku": "b", "qty": 1}]}"#;
    Variables::default()
        .with("amount", Object::Integer(120))
        .with("price", Object::Double(19.99))
        .with("big", Object::Long(5_000_000_000))
        .with("name", Object::string("Ada Lovelace"))
        .with("approved", Object::Boolean(true))
        .with("nothing", Object::Null)
        .with("when", Object::Date(models::Timestamp(1_894_702_830_000)))
        .with("order", Object::Json(JsonNode::parse(order).expect("the order is JSON")))
}

/// Class names that stand for one class here, and what differs from run to run.
fn normalise(text: &str) -> String {
    let mut text = text.to_owned();
    for (java, ours) in [
        ("java.util.HashMap{", "java.util.LinkedHashMap{"),
        ("org.apache.groovy.json.internal.LazyMap{", "java.util.LinkedHashMap{"),
        ("java.util.HashSet[", "java.util.LinkedHashSet["),
        ("java.util.TreeSet[", "java.util.LinkedHashSet["),
        ("java.util.LinkedList[", "java.util.ArrayList["),
        ("java.util.Stack[", "java.util.ArrayList["),
        ("java.util.LinkedHashMap$LinkedKeySet[", "java.util.LinkedHashSet["),
        ("java.util.LinkedHashMap$LinkedValues[", "java.util.ArrayList["),
        ("java.util.RandomAccessSubList[", "java.util.ArrayList["),
        ("java.util.ArrayList$SubList[", "java.util.ArrayList["),
        ("java.util.Arrays$ArrayList[", "java.util.ArrayList["),
        ("java.util.ImmutableCollections$ListN[", "java.util.ArrayList["),
        ("java.util.ImmutableCollections$List12[", "java.util.ArrayList["),
        ("java.util.Collections$UnmodifiableList[", "java.util.ArrayList["),
        ("java.util.Collections$UnmodifiableRandomAccessList[", "java.util.ArrayList["),
        ("java.util.Collections$EmptyList[", "java.util.ArrayList["),
        ("groovy.lang.Tuple2[", "java.util.ArrayList["),
        ("array[", "java.util.ArrayList["),
        ("java.lang.Float:", "java.lang.Double:"),
        ("java.lang.Character:", "java.lang.String:"),
        ("java.lang.Byte:", "java.lang.Integer:"),
    ] {
        text = text.replace(java, ours);
    }
    text
}

/// The part of an error that is the same in both: without Java's proposals and Groovy's picture of the source.
fn essence(message: &str) -> String {
    let message = message.split("\nPossible solutions").next().unwrap_or(message);
    let message = message
        .split("Unable to evaluate script while executing activity 'run' in the process definition with id '<id>': ")
        .last()
        .unwrap_or(message);
    let message = message.strip_prefix("javax.script.ScriptException: ").unwrap_or(message);
    if message.contains("Cannot serialize object in variable") {
        return "error: Cannot serialize object in variable".to_owned();
    }
    if message.contains("Unexpected input") {
        return "error: startup failed: Unexpected input".to_owned();
    }
    if let Some((_, compile)) = message.split_once("startup failed:\n") {
        return format!("startup failed: {}", compile.split('\n').next().unwrap_or(""));
    }
    message.to_owned()
}

fn ours(source: &str) -> (String, Vec<(String, String)>) {
    let script = match Script::parse(source) {
        Ok(script) => script,
        Err(error) => {
            return (format!("error: startup failed: Script1.groovy: {}: {}", error.line, error.message), Vec::new());
        }
    };
    let mut context = variables();
    let outcome = script.run(&mut context, &Limits::default(), Bindings::new());
    let shown = match outcome {
        Ok(Object::Extension(value))
            if value.class_name().contains("closure") || value.class_name().ends_with("$Entry") =>
        {
            "error: Cannot serialize object in variable".to_owned()
        }
        Ok(value) => format!("result: {}", show(&value, &mut context)),
        Err(ScriptError::BpmnError { code, message }) => format!("bpmn: {code} {message:?}"),
        Err(ScriptError::Exception { class, message }) if class.ends_with("AssertionError") => {
            format!("error: {}", message.unwrap_or_default())
        }
        Err(error) => format!("error: {error}"),
    };
    let mut stored = context.stored.clone();
    stored.sort();
    stored.dedup();
    let stored = stored
        .into_iter()
        .filter_map(|name| {
            let value = convert::to_value(context.values.get(&name)?).ok()?;
            let text = match &value {
                models::value::Value::Object(_) => "serialized".to_owned(),
                other => show(&convert::to_object(other), &mut Variables::default()),
            };
            Some((name, format!("{} {text}", value.type_name())))
        })
        .collect();
    (shown, stored)
}

fn recorded(record: &Json) -> (String, Vec<(String, String)>) {
    if let Some(error) = record["error"].as_str() {
        let error = essence(error);
        let error = error.strip_prefix("error: ").unwrap_or(&error);
        return (format!("error: {error}"), Vec::new());
    }
    if record["bpmnError"].is_object() {
        let message = record["bpmnError"]["message"].as_str().map(str::to_owned);
        return (format!("bpmn: {} {message:?}", record["bpmnError"]["code"].as_str().unwrap_or("")), Vec::new());
    }
    let stored = record["stored"].as_object().into_iter().flatten().map(|(name, variable)| {
        let ty = variable["type"].as_str().unwrap_or("");
        let text = match ty {
            "Object" => "serialized".to_owned(),
            "Null" => "null".to_owned(),
            "Json" => format!(
                "org.camunda.spin.impl.json.jackson.JacksonJsonNode:{}",
                variable["value"].as_str().unwrap_or("")
            ),
            "Date" => String::new(),
            _ => {
                let text = match &variable["value"] {
                    Json::String(text) => text.clone(),
                    other => other.to_string(),
                };
                format!("java.lang.{ty}:{text}")
            }
        };
        (name.clone(), format!("{ty} {text}"))
    });
    (format!("result: {}", normalise(record["result"].as_str().unwrap_or(""))), stored.collect())
}

#[test]
fn snippets_do_what_camunda_does() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let accepted =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differences.md")).unwrap_or_default();
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the recorded data is there").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let (mut count, mut failures, mut known) = (0, Vec::new(), 0);
    for path in paths {
        let text = fs::read_to_string(&path).expect("a record is readable");
        let records: Vec<Json> = serde_json::from_str(&text).expect("a record is JSON");
        for record in records {
            count += 1;
            let source = record["script"].as_str().expect("a record has a script");
            let (expected, expected_stored) = recorded(&record);
            let (actual, stored) = ours(source);
            let actual = normalise(&essence(&actual));
            let dates = |stored: &[(String, String)]| stored.iter().any(|(_, value)| value.starts_with("Date"));
            if actual == expected && (stored == expected_stored || dates(&stored)) {
                continue;
            }
            // A difference that is documented, by the whole source in backticks.
            if accepted.contains(&format!("`{}`", source.replace('\n', "⏎"))) {
                known += 1;
                continue;
            }
            let topic = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            failures.push(format!(
                "{topic}: {source}\n  camunda: {expected} {expected_stored:?}\n  ours:    {actual} {stored:?}"
            ));
        }
    }
    assert!(count >= 150, "only {count} snippets are recorded");
    assert!(failures.is_empty(), "{} of {count} differ ({known} documented):\n{}", failures.len(), failures.join("\n"));
}
