//! Replays what a real Camunda 7.24 answered to the expressions in `cases/` (recorded by `record.py`).

use std::collections::BTreeMap;

use models::value::{FileValue, ObjectContent, Value as Variable};
use objects::{Context, Handle, Object, ObjectError, convert};
use serde_json::Value as Json;
use tollgate_juel::{Expression, ParseError};

/// 2030-01-15T10:20:30.123Z, the clock of the recording.
const NOW_MS: i64 = 1_894_702_830_123;

const EXECUTION: Handle = Handle::Execution(1);

/// The engine as far as the recorded expressions reach it.
struct Engine {
    variables: BTreeMap<String, Object>,
}

impl Context for Engine {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        Ok(match name {
            "execution" => Some(Object::Handle(EXECUTION)),
            "authenticatedUserId" => Some(Object::Null),
            other => self.variables.get(other).cloned(),
        })
    }

    fn variable_names(&mut self) -> Vec<String> {
        self.variables.keys().cloned().collect()
    }

    fn set_variable(&mut self, name: &str, value: Object) -> Result<(), ObjectError> {
        self.variables.insert(name.to_owned(), value);
        Ok(())
    }

    fn get_property(&mut self, handle: &Handle, name: &str) -> Result<Object, ObjectError> {
        match name {
            "id" | "processInstanceId" => Ok(Object::string("1")),
            "currentActivityId" => Ok(Object::string("t")),
            _ => Err(ObjectError::UnknownProperty(self.class_name(handle), name.to_owned())),
        }
    }

    fn set_property(&mut self, handle: &Handle, name: &str, _: Object) -> Result<(), ObjectError> {
        Err(ObjectError::UnknownProperty(self.class_name(handle), name.to_owned()))
    }

    fn call_method(&mut self, handle: &Handle, name: &str, args: &[Object]) -> Result<Object, ObjectError> {
        match (name, args) {
            ("getVariable", [Object::String(name)]) => Ok(self.variables.get(&**name).cloned().unwrap_or(Object::Null)),
            ("hasVariable", [Object::String(name)]) => Ok(Object::Boolean(self.variables.contains_key(&**name))),
            ("setVariable", [Object::String(name), value]) => {
                self.set_variable(name, value.clone())?;
                Ok(Object::Null)
            }
            ("getVariables", []) => {
                let entries = self.variables.iter();
                Ok(Object::map(
                    entries.map(|(k, v)| (objects::MapKey(Object::string(k.as_str())), v.clone())).collect(),
                ))
            }
            _ => Err(ObjectError::UnknownMethod(self.class_name(handle), name.to_owned())),
        }
    }

    fn class_name(&mut self, _: &Handle) -> String {
        "org.camunda.bpm.engine.impl.persistence.entity.ExecutionEntity".to_owned()
    }

    fn call_function(&mut self, _: &str, _: &[Object]) -> Result<Option<Object>, ObjectError> {
        Ok(None)
    }

    fn now_ms(&mut self) -> i64 {
        NOW_MS
    }

    fn time_zone(&mut self) -> String {
        "UTC".to_owned()
    }
}

/// A variable as the REST API takes it.
fn variable(json: &Json) -> Object {
    let value = &json["value"];
    let text = || value.as_str().expect("text");
    let bytes = || {
        assert_eq!(text(), "YWJj", "the only content the cases use");
        b"abc".to_vec()
    };
    match json["type"].as_str() {
        Some("Short") => Object::Short(i16::try_from(value.as_i64().expect("number")).expect("short")),
        Some("Long") => Object::Long(value.as_i64().expect("number")),
        Some("Double") => Object::Double(value.as_f64().expect("number")),
        Some("Date") => {
            let at = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", text()).and_then(|at| at.to_timestamp());
            Object::Date(models::Timestamp(at.expect("date").as_millisecond()))
        }
        Some("Bytes") => convert::to_object(&Variable::Bytes(bytes().into())),
        Some("File") => convert::to_object(&Variable::File(
            FileValue { filename: "a.txt".to_owned(), mime_type: None, encoding: None, content: Some(bytes()) }.into(),
        )),
        Some("Json") => convert::to_object(&Variable::Json(text().into())),
        Some(other) => panic!("unknown type {other}"),
        None => match value {
            Json::Null => Object::Null,
            Json::Bool(value) => Object::Boolean(*value),
            Json::String(text) => Object::string(text.as_str()),
            Json::Number(number) => match number.as_i64().filter(|_| number.is_i64()) {
                Some(whole) => Object::Integer(i32::try_from(whole).expect("int")),
                None => Object::Double(number.as_f64().expect("double")),
            },
            other => panic!("unknown value {other}"),
        },
    }
}

/// A result as the recording shows it: type, value, class of objects.
fn shown(value: &Variable) -> Json {
    let plain = match value {
        Variable::Null | Variable::NullOf(_) => Json::Null,
        Variable::Boolean(value) => (*value).into(),
        Variable::Short(value) => (*value).into(),
        Variable::Integer(value) => (*value).into(),
        Variable::Long(value) => (*value).into(),
        Variable::Double(value) if value.is_finite() => (*value).into(),
        Variable::Double(value) => objects::number::double_to_string(*value).into(),
        Variable::String(text) | Variable::Json(text) | Variable::Xml(text) => (**text).into(),
        Variable::Date(at) => {
            let at = jiff::Timestamp::from_millisecond(at.0).expect("date");
            at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string().into()
        }
        Variable::Bytes(bytes) => {
            assert_eq!(&**bytes, b"abc");
            "YWJj".into()
        }
        Variable::File(_) => panic!("an expression never gives a file"),
        Variable::Object(object) => {
            let ObjectContent::Tree(tree) = &object.content else { panic!("a tree") };
            let text = convert::tree_json(tree);
            let value = serde_json::from_str::<Json>(&text).expect("JSON");
            return serde_json::json!({"type": "Object", "value": value, "class": object.type_name});
        }
    };
    serde_json::json!({"type": value.type_name(), "value": plain})
}

fn answer(case: &Json) -> Json {
    let expression = case["expression"].as_str().expect("expression");
    let mut variables = BTreeMap::new();
    for (name, value) in case["variables"].as_object().into_iter().flatten() {
        variables.insert(name.clone(), variable(value));
    }
    let parsed = match Expression::parse(expression) {
        Ok(parsed) => parsed,
        Err(error) => return serde_json::json!({"parseError": ParseError::to_string(&error)}),
    };
    match parsed.evaluate(&mut Engine { variables }) {
        Err(error) => serde_json::json!({"error": error.to_string()}),
        Ok(object) => match convert::to_value(&object) {
            Ok(value) => serde_json::json!({"result": shown(&value)}),
            Err(refused) => serde_json::json!({"error": refused.message("r")}),
        },
    }
}

/// What is different on purpose: the expression and why.
const DIFFERENT: [(&str, &str); 3] = [
    ("${'a,b,,c,,'.split(',').size()}", "arrays are lists, so they have the methods of lists"),
    ("${'a,b'.split(',') < 'c'.split(',')}", "arrays are lists, also in messages"),
    ("${'abc'.replaceAll('(', 'b')}", "another engine of regular expressions explains otherwise"),
];

/// Results that are arrays have the class of lists.
fn normalised(mut result: Json) -> Json {
    if let Some(class) = result.pointer_mut("/result/class")
        && class == "[Ljava.lang.String;"
    {
        *class = "java.util.ArrayList".into();
    }
    result
}

fn replay(name: &str) {
    let path = format!("{}/tests/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("recorded data");
    let cases: Vec<Json> = serde_json::from_str(&text).expect("JSON");
    assert!(cases.len() > 40, "{name}: only {} cases", cases.len());
    let mut different = Vec::new();
    for case in &cases {
        let mut expected = case.clone();
        let fields = expected.as_object_mut().expect("object");
        fields.retain(|key, _| !matches!(key.as_str(), "expression" | "variables"));
        let expected = normalised(expected);
        let found = answer(case);
        let on_purpose = DIFFERENT.iter().any(|(expression, _)| case["expression"] == *expression);
        assert!(!on_purpose || found != expected, "{} is no longer different", case["expression"]);
        if found != expected && !on_purpose {
            different.push(format!(
                "{}\n  variables {}\n  camunda {expected}\n  here    {found}",
                case["expression"], case["variables"]
            ));
        }
    }
    assert!(different.is_empty(), "{} of {} differ\n{}", different.len(), cases.len(), different.join("\n"));
}

#[test]
fn literals_and_composites() {
    replay("literals");
}

#[test]
fn refused_syntax() {
    replay("syntax");
}

#[test]
fn operators_and_coercions() {
    replay("operators");
}

#[test]
fn access_and_missing_things() {
    replay("access");
}

#[test]
fn methods_of_strings() {
    replay("strings");
}

#[test]
fn methods_of_numbers_and_dates() {
    replay("values");
}

#[test]
fn spin_json_and_xml() {
    replay("spin");
}
