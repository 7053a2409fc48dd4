//! Decisions against what a real Camunda 7 answered (`record.py`): results and history.

use std::{collections::HashMap, fs, path::Path};

use jiff::{Timestamp, Zoned, tz::TimeZone};
use models::{
    Value,
    value::{ObjectContent, Tree},
};
use serde_json::{Value as Json, json};
use tollgate_dmn::{
    DecisionHost, DecisionResult, DmnError, EvaluatedDecision, Evaluation, HostError, Locals, TypedValue,
};

struct Host(HashMap<String, Value>);

impl Host {
    fn number(&self, name: &str, locals: &Locals) -> i64 {
        match locals.get(name).or(self.0.get(name)) {
            Some(Value::Integer(value)) => i64::from(*value),
            Some(Value::Long(value)) => *value,
            other => panic!("{name} is {other:?}"),
        }
    }
}

impl DecisionHost for Host {
    fn variable(&mut self, name: &str) -> Option<Value> {
        self.0.get(name).cloned()
    }

    /// The expressions of the recorded decisions that are not FEEL.
    fn evaluate(&mut self, language: &str, text: &str, locals: &Locals) -> Result<Value, HostError> {
        let x = || self.number("x", locals);
        let cell = || self.number("cellInput", locals);
        Ok(match (language.to_lowercase().as_str(), text) {
            ("juel", "${x + 1}") => Value::Long(x() + 1),
            ("juel", "${x}") => Value::Long(x()),
            ("juel", "${x}!") => Value::string(format!("{}!", x())),
            ("juel", "${cellInput > 3}") => Value::Boolean(cell() > 3),
            ("juel", "${cellInput > 1}") => Value::Boolean(cell() > 1),
            ("juel", "${true}") => Value::Boolean(true),
            ("juel", "${\"big\"}") => Value::string("big"),
            ("juel", "${\"small\"}") => Value::string("small"),
            ("javascript", "x * 2") => Value::Long(x() * 2),
            ("javascript", "cellInput > 6") => Value::Boolean(cell() > 6),
            ("javascript", "\"small \" + x") => Value::string(format!("small {}", x())),
            ("groovy", "\"big \" + x") => Value::string(format!("big {}", x())),
            ("groovy", "x * 3") => Value::Integer(i32::try_from(x() * 3).unwrap()),
            ("juel", "${nope.foo}") => return Err(HostError::Failed("Unknown property".to_owned())),
            ("cobol", _) => return Err(HostError::UnknownLanguage),
            other => panic!("unexpected {other:?}"),
        })
    }

    fn now(&mut self) -> Zoned {
        Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC)
    }

    fn random(&mut self) -> u64 {
        7
    }
}

/// A variable with the type that the recorder gave it.
fn variable(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Boolean(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => i32::try_from(value).map_or(Value::Long(value), Value::Integer),
            None => Value::Double(number.as_f64().unwrap()),
        },
        Json::String(text) => Value::string(text.as_str()),
        Json::Object(fields) if fields.contains_key("type") => match fields["type"].as_str() {
            Some("Date") => {
                let text = fields["value"].as_str().unwrap().replace("+0000", "Z");
                Value::Date(models::Timestamp(text.parse::<Timestamp>().unwrap().as_millisecond()))
            }
            Some("Short") => Value::Short(i16::try_from(fields["value"].as_i64().unwrap()).unwrap()),
            other => panic!("unexpected {other:?}"),
        },
        json => Value::Json(json.to_string().into()),
    }
}

/// A value as the REST API shows it.
fn shown(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(value) => json!(value),
        Value::Short(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Long(value) => json!(value),
        Value::Double(value) => json!(value),
        Value::String(text) => json!(&**text),
        Value::Json(text) => serde_json::from_str(text).unwrap(),
        Value::Date(at) => {
            let at = Timestamp::from_millisecond(at.0).unwrap();
            json!(format!("{}+0000", at.strftime("%Y-%m-%dT%H:%M:%S%.3f")))
        }
        Value::Object(object) => match &object.content {
            ObjectContent::Tree(tree) => tree_json(tree),
            other => panic!("unexpected {other:?}"),
        },
        other => panic!("unexpected {other:?}"),
    }
}

fn tree_json(tree: &Tree) -> Json {
    match tree {
        Tree::Value(value) => shown(value),
        Tree::List(items) | Tree::Set(items) => items.iter().map(tree_json).collect(),
        Tree::Map(entries) | Tree::SortedMap(entries) => {
            let entry = |(key, value): &(Tree, Tree)| match key {
                Tree::Value(Value::String(key)) => (key.to_string(), tree_json(value)),
                other => panic!("unexpected {other:?}"),
            };
            Json::Object(entries.iter().map(entry).collect())
        }
        // The REST API shows seconds where Java's text form leaves them out.
        Tree::Other(class, text) if class == "java.time.LocalDateTime" && text.len() == 16 => {
            json!(format!("{text}:00"))
        }
        Tree::Other(_, text) => json!(text),
    }
}

fn result_json(result: &DecisionResult) -> Json {
    // The REST API has no form for an output without name.
    if result.0.iter().any(|entries| entries.contains_key(&None)) {
        return Json::Null;
    }
    let entry = |value: &TypedValue| {
        let type_name = value.typed.then(|| value.value.type_name());
        json!({"type": type_name, "value": shown(&value.value)})
    };
    let entries = result.0.iter().map(|entries| {
        Json::Object(entries.iter().map(|(name, value)| (name.as_deref().unwrap().to_owned(), entry(value))).collect())
    });
    entries.collect()
}

/// Type and value as history shows them: an untyped value has the type that fits it, serialised objects show nothing.
fn historic(value: &TypedValue) -> (Json, Json) {
    match &value.value {
        Value::Object(_) => (json!("Object"), Json::Null),
        value => (json!(value.type_name()), shown(value)),
    }
}

fn history_json(evaluated: &EvaluatedDecision) -> Json {
    let mut inputs: Vec<Json> = evaluated
        .inputs
        .iter()
        .map(|input| {
            let (type_name, value) = historic(&input.value);
            json!({"clauseId": &*input.id, "clauseName": input.name.as_deref(), "type": type_name, "value": value})
        })
        .collect();
    // Camunda lists inputs by clause, outputs by rule and clause.
    inputs.sort_by_key(|input| input["clauseId"].to_string());
    let mut outputs = Vec::new();
    for (order, rule) in evaluated.rules.iter().enumerate() {
        for output in &rule.outputs {
            let (type_name, value) = historic(&output.value);
            outputs.push(json!({
                "clauseId": &*output.id, "clauseName": output.name.as_deref(), "ruleId": &*rule.id, "ruleOrder": order + 1,
                "variableName": output.variable.as_deref(), "type": type_name, "value": value,
            }));
        }
    }
    if let Some((name, value)) = &evaluated.literal {
        let (type_name, value) = historic(value);
        outputs.push(json!({
            "clauseId": null, "clauseName": null, "ruleId": null, "ruleOrder": null,
            "variableName": name.as_deref(), "type": type_name, "value": value,
        }));
    }
    outputs.sort_by_key(|output| (output["ruleOrder"].as_u64(), output["clauseId"].to_string()));
    let collected = evaluated.collected.as_ref().map(|(_, value)| shown(&value.value).as_f64());
    json!({"key": &*evaluated.decision.key, "inputs": inputs, "outputs": outputs, "collectResultValue": collected})
}

fn full_history(evaluation: &Evaluation) -> Json {
    let mut all: Vec<Json> = evaluation.required.iter().chain([&evaluation.decision]).map(history_json).collect();
    all.sort_by_key(|decision| decision["key"].as_str().unwrap().to_owned());
    Json::Array(all)
}

/// The recorded result without what the REST API adds to every value.
fn without_info(mut result: Json) -> Json {
    for entries in result.as_array_mut().into_iter().flatten() {
        for (_, entry) in entries.as_object_mut().unwrap() {
            entry.as_object_mut().unwrap().remove("valueInfo");
        }
    }
    result
}

#[test]
fn answers_and_history_are_those_of_camunda() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let cases: Vec<Json> =
        serde_json::from_str(&fs::read_to_string(folder.join("cases.json")).expect("recorded cases")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases {
        let file = case["file"].as_str().unwrap();
        let drd = tollgate_dmn::parse(&fs::read(folder.join(format!("{file}.dmn"))).unwrap())
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let variables = case["variables"].as_object().unwrap();
        let mut host = Host(variables.iter().map(|(name, json)| (name.clone(), variable(json))).collect());
        let outcome = drd.evaluate(case["decision"].as_str().unwrap(), &mut host);
        let problem = match &outcome {
            Ok(_) if case["fails"] == true => Some("expected a failure".to_owned()),
            Err(_) if case["fails"] == true => None,
            Err(error) => Some(format!("failed: {error}")),
            Ok(evaluation) => {
                let (found, expected) = (result_json(&evaluation.result), without_info(case["result"].clone()));
                let (found_history, expected_history) = (full_history(evaluation), case["history"].clone());
                if found != expected {
                    Some(format!("expected {expected}, found {found}"))
                } else if found_history != expected_history {
                    Some(format!("expected history {expected_history}, found {found_history}"))
                } else {
                    None
                }
            }
        };
        if let Some(problem) = problem {
            wrong.push(format!("{file} {} {}: {problem}", case["decision"], case["variables"]));
        }
    }
    assert!(cases.len() >= 300, "only {} cases", cases.len());
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn failures_have_the_texts_of_camunda() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let evaluate = |file: &str, key: &str, x: i32| -> DmnError {
        let drd = tollgate_dmn::parse(&fs::read(folder.join(format!("{file}.dmn"))).unwrap()).unwrap();
        let mut host = Host(HashMap::from([("x".to_owned(), Value::Integer(x))]));
        drd.evaluate(key, &mut host).expect_err("a failure")
    };
    assert_eq!(
        evaluate("hit-unique", "d", 4).to_string(),
        "DMN-03001 Hit policy 'UNIQUE' only allows a single rule to match. Actually match rules: \
         '[DmnEvaluatedDecisionRuleImpl{id='d_r0', outputEntries={r=DmnEvaluatedOutputImpl{id='d_o0', name='Out 0', \
         outputName='r', value=Value '1' of type 'PrimitiveValueType[integer]', isTransient=false}}}, \
         DmnEvaluatedDecisionRuleImpl{id='d_r1', outputEntries={r=DmnEvaluatedOutputImpl{id='d_o0', name='Out 0', \
         outputName='r', value=Value '2' of type 'PrimitiveValueType[integer]', isTransient=false}}}, \
         DmnEvaluatedDecisionRuleImpl{id='d_r2', outputEntries={r=DmnEvaluatedOutputImpl{id='d_o0', name='Out 0', \
         outputName='r', value=Value '3' of type 'PrimitiveValueType[integer]', isTransient=false}}}]'."
    );
    assert_eq!(
        evaluate("literal", "l_3", 4).to_string(),
        "DMN-01005 Invalid value 'a' for clause with type 'integer'."
    );
    assert_eq!(
        evaluate("languages", "unknown", 4).to_string(),
        "DMN-01003 Unable to find script engine for expression language 'cobol'."
    );
    assert_eq!(
        evaluate("languages", "jfail", 4).to_string(),
        "DMN-01002 Unable to evaluate expression for language 'juel': '${nope.foo}'"
    );
    assert!(evaluate("inputs", "bad", 4).to_string().starts_with(
        "FEEL/SCALA-01008 Error while evaluating expression: failed to parse expression '> 3 and': Expected"
    ));
}
