//! JSON bodies, read as Camunda's Jackson reads them: strings for numbers and booleans, unknown properties ignored.

use models::Timestamp;
use serde_json::{Map, Value};

use super::{Date, Failure};

/// A value of a parameter, wherever it comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// Of the query string.
    Query {
        /// Parameter name, for error texts; empty where they don't tell it.
        name: &'a str,
        /// Its text.
        text: &'a str,
    },
    /// Of a JSON body.
    Json(&'a Value),
}

impl Input<'_> {
    /// The failure that a query parameter cannot be converted.
    fn inconvertible(self, java_type: &str, quoted: bool) -> Failure {
        match self {
            Input::Query { name, text } => {
                let quote = if quoted { "\"" } else { "" };
                let reason = format!("Cannot convert value {quote}{text}{quote} to java type {java_type}");
                if name.is_empty() { Failure::bad(reason).unread() } else { self.refused(&reason) }
            }
            Input::Json(_) => Failure::shape(),
        }
    }

    /// The failure that a query parameter cannot be set, for a reason.
    pub(crate) fn refused(self, reason: &str) -> Failure {
        match self {
            Input::Query { name, text } => {
                let reason = if reason.is_empty() { String::new() } else { format!(": {reason}") };
                Failure::bad(format!("Cannot set query parameter '{name}' to value '{text}'{reason}")).unread()
            }
            Input::Json(_) => Failure::bad(reason),
        }
    }

    /// A text; numbers and booleans are taken as text.
    pub(crate) fn text(self) -> Result<Option<String>, Failure> {
        match self {
            Input::Query { text, .. } => Ok(Some(text.to_owned())),
            Input::Json(Value::Null) => Ok(None),
            Input::Json(Value::String(text)) => Ok(Some(text.clone())),
            Input::Json(Value::Bool(flag)) => Ok(Some(flag.to_string())),
            Input::Json(Value::Number(number)) => Ok(Some(number.to_string())),
            Input::Json(Value::Array(_) | Value::Object(_)) => Err(Failure::shape()),
        }
    }

    /// The JSON that the text of a query parameter is: numbers and booleans are read so, also there.
    fn json(text: &str) -> Option<Value> {
        serde_json::from_str(text).ok()
    }

    /// A boolean.
    pub(crate) fn flag(self) -> Result<Option<bool>, Failure> {
        const JAVA: &str = "java.lang.Boolean";
        let text = match self {
            Input::Query { text, .. } => {
                let json = Self::json(text).ok_or_else(|| self.inconvertible(JAVA, false))?;
                return Input::Json(&json).flag().map_err(|_| self.inconvertible(JAVA, false));
            }
            Input::Json(Value::Null) => return Ok(None),
            Input::Json(Value::Bool(flag)) => return Ok(Some(*flag)),
            Input::Json(Value::String(text)) => text.trim(),
            Input::Json(Value::Number(number)) => return Ok(Some(number.as_f64() != Some(0.0))),
            Input::Json(_) => return Err(Failure::shape()),
        };
        match text {
            "" => Ok(None),
            "true" | "True" | "TRUE" => Ok(Some(true)),
            "false" | "False" | "FALSE" => Ok(Some(false)),
            _ => Err(self.inconvertible(JAVA, false)),
        }
    }

    fn whole(self, java_type: &str) -> Result<Option<i64>, Failure> {
        let text = match self {
            Input::Query { text, .. } => {
                let json = Self::json(text).ok_or_else(|| self.inconvertible(java_type, false))?;
                return Input::Json(&json).whole(java_type).map_err(|_| self.inconvertible(java_type, false));
            }
            Input::Json(Value::Null) => return Ok(None),
            Input::Json(Value::Number(number)) => {
                // a fraction is cut, as Jackson does
                #[expect(clippy::cast_possible_truncation, reason = "cut like Java's narrowing conversion")]
                let number = number.as_i64().or_else(|| number.as_f64().map(|float| float as i64));
                return number.map(Some).ok_or_else(Failure::shape);
            }
            Input::Json(Value::String(text)) => text,
            Input::Json(_) => return Err(Failure::shape()),
        };
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| self.inconvertible(java_type, false))
    }

    /// A 32-bit number.
    pub(crate) fn int(self) -> Result<Option<i32>, Failure> {
        const JAVA: &str = "java.lang.Integer";
        self.whole(JAVA)?.map(|number| i32::try_from(number).map_err(|_| self.inconvertible(JAVA, false))).transpose()
    }

    /// A 64-bit number.
    pub(crate) fn long(self) -> Result<Option<i64>, Failure> {
        self.whole("java.lang.Long")
    }

    /// A time.
    pub(crate) fn date(self) -> Result<Option<Timestamp>, Failure> {
        let text = match self {
            Input::Query { text, .. } => text,
            Input::Json(Value::Null) => return Ok(None),
            Input::Json(Value::String(text)) => text.as_str(),
            Input::Json(_) => return Err(Failure::shape()),
        };
        if text.is_empty() {
            return Ok(None);
        }
        Date::parse(text).map(Some).ok_or_else(|| self.inconvertible("java.util.Date", true))
    }

    /// A list of texts: separated by commas in the query string, an array in a body.
    pub(crate) fn list(self) -> Result<Option<Vec<String>>, Failure> {
        match self {
            Input::Query { text, .. } => {
                Ok(Some(text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()))
            }
            Input::Json(Value::Null) => Ok(None),
            Input::Json(Value::Array(items)) => items
                .iter()
                .map(|item| Input::Json(item).text().map(Option::unwrap_or_default))
                .collect::<Result<_, _>>()
                .map(Some),
            Input::Json(_) => Err(Failure::shape()),
        }
    }
}

/// A JSON object, read property by property.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object(pub(crate) Map<String, Value>);

impl Object {
    /// Reads a body: an empty one and `null` are `{}`.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Failure> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            Ok(Value::Null) => Ok(Self::default()),
            Ok(_) | Err(_) => Err(Failure::shape()),
        }
    }

    /// The object in a value.
    pub(crate) fn of(value: &Value) -> Result<Self, Failure> {
        match value {
            Value::Object(map) => Ok(Self(map.clone())),
            _ => Err(Failure::shape()),
        }
    }

    /// A property, `null` when absent.
    pub(crate) fn get(&self, name: &str) -> Input<'_> {
        Input::Json(self.0.get(name).unwrap_or(&Value::Null))
    }

    /// The JSON of a property that is there and not null.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Failure> {
        self.get(name).text()
    }

    /// A boolean, false when absent.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Failure> {
        Ok(self.get(name).flag()?.unwrap_or(false))
    }

    /// A list of texts, empty when absent.
    pub(crate) fn list(&self, name: &str) -> Result<Vec<String>, Failure> {
        Ok(self.get(name).list()?.unwrap_or_default())
    }

    /// A nested object, if it is there.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Self>, Failure> {
        self.value(name).map(Self::of).transpose()
    }

    /// A list of objects, empty when absent.
    pub(crate) fn objects(&self, name: &str) -> Result<Vec<Self>, Failure> {
        match self.value(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items.iter().map(Self::of).collect(),
            Some(_) => Err(Failure::shape()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Input, Object};

    #[test]
    fn strings_stand_for_numbers_and_booleans() {
        let body = Object::parse(br#"{"maxTasks":"3","flag":"true","n":7,"list":["a",1]}"#).unwrap();
        assert_eq!(body.get("maxTasks").int().unwrap(), Some(3));
        assert!(body.flag("flag").unwrap());
        assert_eq!(body.text("n").unwrap().as_deref(), Some("7"));
        assert_eq!(body.list("list").unwrap(), ["a", "1"]);
        assert_eq!(body.get("absent").int().unwrap(), None);
    }

    #[test]
    fn wrong_shapes_are_refused_without_a_word() {
        assert_eq!(Object::parse(b"{").unwrap_err().message, "");
        assert_eq!(Object::parse(b"[]").unwrap_err().message, "");
        assert!(Object::parse(b"").unwrap().0.is_empty());
        let abc = json!("abc");
        assert_eq!(Input::Json(&abc).int().unwrap_err().message, "");
    }

    #[test]
    fn query_parameters_are_refused_with_their_value() {
        let input = Input::Query { name: "priority", text: "abc" };
        assert_eq!(
            input.int().unwrap_err().message,
            "Cannot set query parameter 'priority' to value 'abc': Cannot convert value abc to java type java.lang.Integer"
        );
        let input = Input::Query { name: "createdAfter", text: "2020" };
        assert_eq!(
            input.date().unwrap_err().message,
            "Cannot set query parameter 'createdAfter' to value '2020': Cannot convert value \"2020\" to java type java.util.Date"
        );
    }
}
