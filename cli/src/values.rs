//! Variable values as people write them and read them.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use models::{
    Timestamp, Value,
    value::{ObjectContent, ObjectValue, Tree},
};
use serde_json::{Value as Json, json};

/// What `--var` takes.
pub(crate) const VAR_HELP: &str = "A variable: `name=value`. Numbers, true, false, null, lists and objects as in JSON, everything else is text. \
     `name:Type=value` gives a type: String, Boolean, Short, Integer, Long, Double, Date, Json, Xml";

/// Named values, from `--vars` and `--var`.
#[derive(Debug, clap::Args)]
pub(crate) struct VariableArgs {
    #[arg(long = "var", value_name = "NAME=VALUE", help = VAR_HELP, value_parser = assignment)]
    var: Vec<(String, Value)>,
    /// A JSON file with an object of variables: plain values, or `{"value": …, "type": …}` as in the REST API.
    #[arg(long, value_name = "FILE.json")]
    vars: Option<std::path::PathBuf>,
}

impl VariableArgs {
    /// The values; `--var` wins over `--vars`.
    pub(crate) fn read(&self) -> Result<Vec<(String, Value)>> {
        let mut values = Vec::new();
        if let Some(file) = &self.vars {
            let text = std::fs::read(file).with_context(|| format!("can't read {}", file.display()))?;
            let parsed: Json =
                serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", file.display()))?;
            let Json::Object(map) = parsed else { bail!("{} holds no JSON object", file.display()) };
            for (name, value) in map {
                let value = from_file(&value).with_context(|| format!("variable `{name}` in {}", file.display()))?;
                values.push((name, value));
            }
        }
        values.retain(|(name, _)| self.var.iter().all(|(other, _)| other != name));
        values.extend(self.var.iter().cloned());
        Ok(values)
    }
}

/// Variables in the form of the REST API.
pub(crate) fn rest_variables(variables: &VariableArgs) -> Result<Json> {
    let map: serde_json::Map<String, Json> =
        variables.read()?.into_iter().map(|(name, value)| (name, to_rest(&value))).collect();
    Ok(Json::Object(map))
}

/// `name=value` or `name:Type=value`.
pub(crate) fn assignment(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("give name=value")?;
    let (name, kind) = match name.rsplit_once(':') {
        Some((name, kind)) => (name, Some(kind)),
        None => (name, None),
    };
    if name.trim().is_empty() {
        return Err("the variable has no name".to_owned());
    }
    let value = match kind {
        Some(kind) => typed(kind, value)?,
        None => serde_json::from_str(value).map_or_else(|_| Value::string(value), |json: Json| from_json(&json)),
    };
    Ok((name.trim().to_owned(), value))
}

fn typed(kind: &str, text: &str) -> Result<Value, String> {
    let wrong = || format!("`{text}` is no {kind}");
    Ok(match kind {
        "String" => Value::string(text),
        "Boolean" => Value::Boolean(text.parse().map_err(|_| wrong())?),
        "Short" => Value::Short(text.parse().map_err(|_| wrong())?),
        "Integer" => Value::Integer(text.parse().map_err(|_| wrong())?),
        "Long" => Value::Long(text.parse().map_err(|_| wrong())?),
        "Double" => Value::Double(text.parse().map_err(|_| wrong())?),
        "Date" => Value::Date(date(text).ok_or_else(|| format!("`{text}` is no date: give 2026-12-24T18:00:00Z"))?),
        "Json" => {
            serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|error| format!("{}: {error}", wrong()))?;
            Value::Json(Arc::from(text))
        }
        "Xml" => Value::Xml(Arc::from(text)),
        "Null" => Value::Null,
        other => {
            return Err(format!(
                "unknown type `{other}`: there are String, Boolean, Short, Integer, Long, Double, Date, Json, Xml"
            ));
        }
    })
}

fn date(text: &str) -> Option<Timestamp> {
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp(at.as_millisecond()))
}

/// A value in a file: plain, or with type as in the REST API.
pub(crate) fn from_file(json: &Json) -> Result<Value> {
    let Some(object) = json.as_object() else { return Ok(from_json(json)) };
    let rest =
        object.contains_key("value") && object.keys().all(|key| matches!(&**key, "value" | "type" | "valueInfo"));
    if !rest {
        return Ok(from_json(json));
    }
    match (object.get("type").and_then(Json::as_str), &object["value"]) {
        (None, value) => Ok(from_json(value)),
        (Some(_), Json::Null) => Ok(Value::Null),
        (Some(kind), Json::String(text)) => typed(kind, text).map_err(anyhow::Error::msg),
        (Some(kind), value) => typed(kind, &value.to_string()).map_err(anyhow::Error::msg),
    }
}

/// A value of a JSON value: lists and objects become plain lists and maps.
pub(crate) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => i32::try_from(whole).map_or(Value::Long(whole), Value::Integer),
            None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(_) => object("java.util.ArrayList", json),
        Json::Object(_) => object("java.util.LinkedHashMap", json),
    }
}

fn object(type_name: &str, json: &Json) -> Value {
    Value::Object(Arc::new(ObjectValue {
        type_name: Some(type_name.to_owned()),
        format: Some("application/json".to_owned()),
        content: ObjectContent::Tree(tree(json)),
    }))
}

fn tree(json: &Json) -> Tree {
    match json {
        Json::Array(items) => Tree::List(items.iter().map(tree).collect()),
        Json::Object(map) => {
            let key = |name: &str| Tree::Value(Value::string(name));
            Tree::Map(map.iter().map(|(name, value)| (key(name), tree(value))).collect())
        }
        scalar => Tree::Value(from_json(scalar)),
    }
}

/// A value for programs.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null | Value::NullOf(_) => Json::Null,
        Value::Boolean(flag) => (*flag).into(),
        Value::Short(number) => (*number).into(),
        Value::Integer(number) => (*number).into(),
        Value::Long(number) => (*number).into(),
        Value::Double(number) => (*number).into(),
        Value::String(text) | Value::Xml(text) => (&**text).into(),
        Value::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| (&**text).into()),
        Value::Date(time) => instant(*time).into(),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()).into(),
        Value::File(file) => format!("file {}", file.filename).into(),
        Value::Object(object) => match &object.content {
            ObjectContent::Null => Json::Null,
            ObjectContent::Serialized(text) => serde_json::from_str(text).unwrap_or_else(|_| (&**text).into()),
            ObjectContent::Tree(tree) => tree_json(tree),
        },
    }
}

fn tree_json(tree: &Tree) -> Json {
    match tree {
        Tree::Value(value) => to_json(value),
        Tree::List(items) | Tree::Set(items) => items.iter().map(tree_json).collect(),
        Tree::Map(entries) | Tree::SortedMap(entries) => {
            let key = |key: &Tree| match tree_json(key) {
                Json::String(text) => text,
                other => other.to_string(),
            };
            Json::Object(entries.iter().map(|(name, value)| (key(name), tree_json(value))).collect())
        }
        Tree::Other(_, text) => text.as_str().into(),
    }
}

/// A value on a line for people, shortened when it is long.
pub(crate) fn show(value: &Value) -> String {
    shorten(&to_json(value).to_string())
}

/// At most a line of text.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 100;
    let line = text.replace('\n', " ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// A value in the form of the REST API.
pub(crate) fn to_rest(value: &Value) -> Json {
    match value {
        Value::Object(_) => {
            let text = to_json(value).to_string();
            let Value::Object(object) = value else { return Json::Null };
            json!({"type": "Object", "value": text, "valueInfo": {
                "objectTypeName": object.type_name, "serializationDataFormat": "application/json"}})
        }
        Value::Json(text) => json!({"type": "Json", "value": &**text}),
        Value::Date(time) => json!({"type": "Date", "value": rest_date(*time)}),
        other => json!({"type": other.type_name(), "value": to_json(other)}),
    }
}

fn rest_date(time: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(time.0).unwrap_or(jiff::Timestamp::MAX);
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

/// A time for people: UTC, to the second.
pub(crate) fn instant(time: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(time.0).unwrap_or(jiff::Timestamp::MAX);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A length of time for people: its two greatest units.
pub(crate) fn duration(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let units = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (name, length) in units {
        let number = rest / length;
        rest %= length;
        if number > 0 && parts.len() < 2 {
            parts.push(crate::output::count(usize::try_from(number).unwrap_or(usize::MAX), name));
        } else if !parts.is_empty() {
            break;
        }
    }
    if parts.is_empty() { "less than a second".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use models::{Timestamp, Value};

    use super::{assignment, duration, show, to_rest};

    #[test]
    fn values_are_json_or_text() {
        let value = |text: &str| assignment(text).map(|(_, value)| value);
        assert_eq!(value("a=12"), Ok(Value::Integer(12)));
        assert_eq!(value("a=12345678901"), Ok(Value::Long(12_345_678_901)));
        assert_eq!(value("a=true"), Ok(Value::Boolean(true)));
        assert_eq!(value("a=x=y"), Ok(Value::string("x=y")));
        assert_eq!(value("a:String=12"), Ok(Value::string("12")));
        assert_eq!(value("a:Date=1970-01-01T00:00:01Z"), Ok(Value::Date(Timestamp(1000))));
        assert_eq!(value("a"), Err("give name=value".to_owned()));
        assert_eq!(value("a:Short=70000"), Err("`70000` is no Short".to_owned()));
        assert!(value("a:Number=1").unwrap_err().starts_with("unknown type `Number`: there are String"));
    }

    #[test]
    fn lists_and_objects_come_back_as_they_were() {
        let (_, value) = assignment(r#"a={"b":[1,"x",null]}"#).unwrap();
        assert_eq!(show(&value), r#"{"b":[1,"x",null]}"#);
        assert_eq!(to_rest(&value)["valueInfo"]["objectTypeName"], "java.util.LinkedHashMap");
    }

    #[test]
    fn lengths_of_time_have_two_units() {
        assert_eq!(duration(172_800_000), "2 days");
        assert_eq!(duration(90_061_000), "1 day 1 hour");
        assert_eq!(duration(61_000), "1 minute 1 second");
        assert_eq!(duration(3), "less than a second");
    }
}
