//! A process instance as far as the recorded scripts reach it, and the recorded answers.

use std::{collections::BTreeMap, rc::Rc};

use models::value::{ObjectContent, ObjectValue, Value};
use objects::{Context, Handle, MapKey, Object, ObjectError, convert, json::JsonNode};

/// JSON of the recordings.
pub(crate) use objects::json::JsonNode as Json;

/// 2030-01-15T10:20:30.123Z, the clock of the recording.
const NOW_MS: i64 = 1_894_702_830_123;

/// What came of a script.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    /// Type, value as JSON text, class of objects; `None` when the variable was not set.
    Result(Option<(String, String, Option<String>)>),
    /// Camunda's whole message.
    Error(String),
    /// Code and message.
    BpmnError(String, Option<String>),
}

/// Reads JSON.
pub(crate) fn parse(text: &str) -> Json {
    JsonNode::parse(text).expect("JSON")
}

/// One recorded script.
pub(crate) struct Case(Json);

/// The recorded cases of a file.
pub(crate) fn cases(name: &str) -> Vec<Case> {
    let path = format!("{}/tests/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("recorded data");
    match parse(&text) {
        Json::Array(cases) => cases.borrow().iter().cloned().map(Case).collect(),
        _ => panic!("an array of cases"),
    }
}

fn field(node: &Json, name: &str) -> Option<Json> {
    match node {
        Json::Object(fields) => fields.borrow().get(name).cloned(),
        _ => None,
    }
}

fn text(node: &Json) -> Option<String> {
    match node {
        Json::String(text) => Some(text.to_string()),
        _ => None,
    }
}

impl Case {
    /// A field that is a text.
    pub(crate) fn text(&self, name: &str) -> String {
        field(&self.0, name).as_ref().and_then(text).expect("a text")
    }

    /// What Camunda answered.
    pub(crate) fn answer(&self) -> Answer {
        if let Some(message) = field(&self.0, "error") {
            return Answer::Error(text(&message).expect("a text"));
        }
        if let Some(Json::Array(parts)) = field(&self.0, "bpmnError") {
            let parts = parts.borrow();
            return Answer::BpmnError(text(&parts[0]).expect("a code"), text(&parts[1]));
        }
        match field(&self.0, "result").expect("a result") {
            Json::Null => Answer::Result(None),
            result => {
                let value = field(&result, "value").expect("a value").to_string();
                let kind = field(&result, "type").as_ref().and_then(text).expect("a type");
                Answer::Result(Some((kind, value, field(&result, "class").as_ref().and_then(text))))
            }
        }
    }
}

/// A running instance with an execution at the script task `t`.
pub(crate) struct Process {
    variables: BTreeMap<String, Object>,
}

impl Process {
    /// With the variables of a case.
    pub(crate) fn new(case: &Case) -> Self {
        let mut variables = BTreeMap::new();
        if let Some(Json::Object(given)) = field(&case.0, "variables") {
            for (name, value) in given.borrow().iter() {
                variables.insert(name.to_string(), variable(value));
            }
        }
        Self { variables }
    }

    /// With some variables.
    pub(crate) fn with(variables: &[(&str, Object)]) -> Self {
        Self { variables: variables.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect() }
    }

    /// A variable as it is.
    pub(crate) fn get(&self, name: &str) -> Object {
        self.variables.get(name).cloned().unwrap_or(Object::Null)
    }

    /// The result variable `r`: not set by a script without a value.
    pub(crate) fn result(&mut self, object: &Object) -> Answer {
        if !object.is_null() {
            self.variables.insert("r".to_owned(), object.clone());
        }
        let Some(object) = self.variables.get("r") else { return Answer::Result(None) };
        match convert::to_value(object) {
            Ok(value) => Answer::Result(Some(shown(&value))),
            Err(refused) => Answer::Error(refused.message("r")),
        }
    }
}

fn variable(json: &Json) -> Object {
    let value = field(json, "value").expect("a value");
    let kind = field(json, "type").as_ref().and_then(text);
    let content = || text(&value).expect("a text");
    match kind.as_deref() {
        Some("Long") => Object::Long(value.to_object().long_value().expect("a number")),
        Some("Double") => Object::Double(value.to_object().double_value().expect("a number")),
        Some("Json") => convert::to_object(&Value::Json(content().into())),
        Some("Bytes") => Object::Bytes(Rc::from(&b"abc"[..])),
        Some("Date") => {
            let at = jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S%.f%z", content()).and_then(|at| at.to_timestamp());
            Object::Date(models::Timestamp(at.expect("a date").as_millisecond()))
        }
        Some("Object") => {
            let info = field(json, "valueInfo").expect("value info");
            convert::to_object(&Value::Object(
                ObjectValue {
                    type_name: field(&info, "objectTypeName").as_ref().and_then(text),
                    format: field(&info, "serializationDataFormat").as_ref().and_then(text),
                    content: ObjectContent::Serialized(content().into()),
                }
                .into(),
            ))
        }
        Some(other) => panic!("unknown type {other}"),
        None => value.to_object(),
    }
}

fn shown(value: &Value) -> (String, String, Option<String>) {
    let quoted = |text: &str| Json::String(Rc::from(text)).to_string();
    let plain = match value {
        Value::Null | Value::NullOf(_) => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Short(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Long(value) => value.to_string(),
        Value::Double(value) => Json::Double(if *value == 0.0 { 0.0 } else { *value }).to_string(),
        Value::String(text) | Value::Json(text) | Value::Xml(text) => quoted(text),
        Value::Date(at) => {
            let at = jiff::Timestamp::from_millisecond(at.0).expect("a date");
            quoted(&at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string())
        }
        Value::Bytes(_) | Value::File(_) => panic!("no script gives bytes"),
        Value::Object(object) => {
            let ObjectContent::Tree(tree) = &object.content else { panic!("a tree") };
            return ("Object".to_owned(), parse(&convert::tree_json(tree)).to_string(), object.type_name.clone());
        }
    };
    (value.type_name().to_owned(), plain, None)
}

impl Context for Process {
    fn variable(&mut self, name: &str) -> Result<Option<Object>, ObjectError> {
        Ok(match name {
            "execution" => Some(Object::Handle(Handle::Execution(1))),
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
            "currentActivityId" => Ok(Object::string("t")),
            _ => Err(ObjectError::UnknownProperty(self.class_name(handle), name.to_owned())),
        }
    }

    fn set_property(&mut self, handle: &Handle, name: &str, _: Object) -> Result<(), ObjectError> {
        Err(ObjectError::UnknownProperty(self.class_name(handle), name.to_owned()))
    }

    fn call_method(&mut self, handle: &Handle, name: &str, args: &[Object]) -> Result<Object, ObjectError> {
        match (name, args) {
            ("getCurrentActivityId", []) => Ok(Object::string("t")),
            ("getVariable", [Object::String(name)]) => Ok(self.get(name)),
            ("hasVariable", [Object::String(name)]) => Ok(Object::Boolean(self.variables.contains_key(&**name))),
            ("removeVariable", [Object::String(name)]) => {
                self.variables.remove(&**name);
                Ok(Object::Null)
            }
            ("setVariable" | "setVariableLocal", [Object::String(name), value]) => {
                self.variables.insert(name.to_string(), value.clone());
                Ok(Object::Null)
            }
            ("getVariables", []) => {
                let entries =
                    self.variables.iter().map(|(name, value)| (MapKey(Object::string(name.as_str())), value.clone()));
                Ok(Object::map(entries.collect()))
            }
            ("fail", []) => Err(ObjectError::BpmnError("BEAN".to_owned(), None)),
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
