//! Answers to a script's questions.

use std::rc::Rc;

use objects::{
    Context, MapKey, Object, ObjectError, classes,
    json::{JsonNode, JsonObject},
    methods, text,
};

use super::{scan::Body, uncaught};
use crate::error::ScriptError;

/// Most objects a script may hold at a time.
const MAX_OBJECTS: usize = 1_000_000;

/// Deepest nesting of values that cross.
const MAX_DEPTH: usize = 250;

/// Objects of the engine that a script knows by number.
pub(super) struct Host {
    objects: Vec<Object>,
    /// A limit that was passed while answering; the script cannot catch it.
    pub(super) limit: Option<String>,
}

/// Names of the variables, and of what is implicit, of those that a script mentions.
pub(super) fn names(ctx: &mut dyn Context, mentions: impl Fn(&str) -> bool) -> Vec<String> {
    let mut names = ctx.variable_names();
    names.retain(|name| mentions(name));
    for name in ["execution", "task", "externalTask", "caseExecution", "connector"] {
        let missing = mentions(name) && !names.iter().any(|known| known == name);
        if missing && matches!(ctx.variable(name), Ok(Some(_))) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Texts as a JSON array, for the prelude.
pub(super) fn json_list<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    JsonNode::array(texts.map(string).collect()).to_string()
}

/// An answer to a script.
#[derive(Debug)]
pub(super) enum Answer {
    /// A value that the script sees as it is.
    Plain(JsonNode),
    /// JSON text for the prelude.
    Text(String),
}

fn property(name: &str, value: JsonNode) -> JsonNode {
    let mut properties = JsonObject::new();
    properties.insert(Rc::from(name), value);
    JsonNode::object(properties)
}

fn string(text: &str) -> JsonNode {
    JsonNode::String(Rc::from(text))
}

fn pair(a: &str, b: &str) -> JsonNode {
    JsonNode::array(vec![string(a), string(b)])
}

/// A question: what, and its arguments.
struct Question(Vec<JsonNode>);

impl Question {
    fn text(&self, at: usize) -> Rc<str> {
        match self.0.get(at) {
            Some(JsonNode::String(text)) => text.clone(),
            other => Rc::from(other.map(ToString::to_string).unwrap_or_default()),
        }
    }

    fn list(&self, at: usize) -> Vec<JsonNode> {
        match self.0.get(at) {
            Some(JsonNode::Array(items)) => items.borrow().clone(),
            _ => Vec::new(),
        }
    }
}

impl Host {
    pub(super) fn new() -> Self {
        Self { objects: Vec::new(), limit: None }
    }

    /// Forgets the objects of a run.
    pub(super) fn clear(&mut self) {
        self.objects.clear();
        self.limit = None;
    }

    /// The answer as the prelude reads it.
    pub(super) fn answer(&mut self, question: &str, ctx: &mut dyn Context) -> Answer {
        let answered = match JsonNode::parse(question) {
            Ok(JsonNode::Array(items)) => self.respond(&Question(items.borrow().clone()), ctx),
            _ => Err(ObjectError::Limit("a question of a script cannot be read".to_owned())),
        };
        let reply = match answered {
            Ok(value @ (JsonNode::Object(_) | JsonNode::Array(_))) => property("v", value),
            Ok(plain) => return Answer::Plain(plain),
            Err(ObjectError::UnknownMethod(class, name)) => property("unknown", pair(&class, &name)),
            Err(ObjectError::Exception(class, message)) => property("java", pair(&class, &message)),
            Err(ObjectError::BpmnError(code, message)) => {
                let message = message.map_or(JsonNode::Null, |message| string(&message));
                property("bpmn", JsonNode::array(vec![string(&code), message]))
            }
            Err(ObjectError::Limit(message)) => {
                self.limit = Some(message.clone());
                property("refused", string(&message))
            }
            Err(other) => property("refused", string(&other.to_string())),
        };
        Answer::Text(reply.to_string())
    }

    fn object(&self, question: &Question) -> Result<Object, ObjectError> {
        let id = question.0.get(1).and_then(|id| id.to_object().long_value()).and_then(|id| usize::try_from(id).ok());
        id.and_then(|id| self.objects.get(id).cloned())
            .ok_or_else(|| ObjectError::Limit("a script asked for an object it does not have".to_owned()))
    }

    fn respond(&mut self, question: &Question, ctx: &mut dyn Context) -> Result<JsonNode, ObjectError> {
        let what = question.text(0);
        match &*what {
            "variable" => {
                let found = ctx.variable(&question.text(1))?.unwrap_or(Object::Null);
                self.encode(found)
            }
            "static" => {
                let args = self.decode_all(&question.list(3))?;
                let result = classes::call_static(&question.text(1), &question.text(2), &args, ctx)?;
                self.encode(result)
            }
            "constant" => {
                let found = classes::constant(&question.text(1), &question.text(2));
                found.map_or(Ok(JsonNode::Null), |found| self.encode(found))
            }
            "known" => Ok(JsonNode::Boolean(classes::KNOWN.contains(&&*question.text(1)))),
            "list" => {
                let list = self.decode(question.0.get(1).unwrap_or(&JsonNode::Null), 0)?;
                self.encode(list)
            }
            "log" => {
                tracing::info!(target: "script", "{}", question.text(1));
                Ok(JsonNode::Null)
            }
            _ => {
                let object = self.object(question)?;
                self.respond_about(&what, &object, question, ctx)
            }
        }
    }

    fn respond_about(
        &mut self,
        what: &str,
        object: &Object,
        question: &Question,
        ctx: &mut dyn Context,
    ) -> Result<JsonNode, ObjectError> {
        let key = |question: &Question| Object::String(question.text(2));
        match what {
            "call" => {
                let args = self.decode_all(&question.list(3))?;
                let result = methods::call(object, &question.text(2), &args, ctx)?;
                self.encode(result)
            }
            "text" => Ok(JsonNode::String(text::to_text(object, ctx)?)),
            "size" => Ok(JsonNode::Int(i32::try_from(size(object)).unwrap_or(i32::MAX))),
            "at" => {
                let at = question.0.get(2).and_then(|at| at.to_object().long_value()).unwrap_or(-1);
                let found = usize::try_from(at).ok().and_then(|at| element(object, at));
                found.map_or(Ok(JsonNode::Null), |found| self.encode(found))
            }
            "entry" => Ok(JsonNode::Boolean(match object {
                Object::Map(entries) => entries.borrow().contains_key(&MapKey(key(question))),
                _ => false,
            })),
            "get" => {
                let found = methods::index(object, &key(question), ctx)?;
                self.encode(found)
            }
            "put" => {
                let value = self.decode(question.0.get(3).unwrap_or(&JsonNode::Null), 0)?;
                put(object, question.0.get(2).unwrap_or(&JsonNode::Null), value)?;
                Ok(JsonNode::Null)
            }
            "keys" => {
                let mut names = Vec::new();
                if let Object::Map(entries) = object {
                    for name in entries.borrow().keys() {
                        names.push(JsonNode::String(text::to_text(&name.0, ctx)?));
                    }
                }
                Ok(string(&JsonNode::array(names).to_string()))
            }
            "method" => Ok(JsonNode::Boolean(may_have_method(object, &question.text(2)))),
            other => Err(ObjectError::Limit(format!("unknown question of a script: {other}"))),
        }
    }

    fn decode_all(&self, values: &[JsonNode]) -> Result<Vec<Object>, ObjectError> {
        values.iter().map(|value| self.decode(value, 0)).collect()
    }

    /// A value of the script as an object: whole numbers are `Integer` where they fit, else `Double`.
    fn decode(&self, value: &JsonNode, depth: usize) -> Result<Object, ObjectError> {
        if depth > MAX_DEPTH {
            return Err(ObjectError::Limit("a value of a script is nested too deeply".to_owned()));
        }
        let tagged = match value {
            JsonNode::Long(_) | JsonNode::BigInteger(_) => {
                return Ok(Object::Double(value.to_object().double_value().unwrap_or(f64::NAN)));
            }
            JsonNode::Object(tagged) => tagged.borrow(),
            scalar => return Ok(scalar.to_object()),
        };
        let Some((tag, content)) = tagged.first() else { return Ok(Object::Null) };
        Ok(match (&**tag, content) {
            ("n", JsonNode::String(number)) => {
                Object::Double(objects::number::double_from_text(number).unwrap_or(f64::NAN))
            }
            ("h", id) => {
                let id = id.to_object().long_value().and_then(|id| usize::try_from(id).ok());
                id.and_then(|id| self.objects.get(id).cloned()).unwrap_or(Object::Null)
            }
            ("a", JsonNode::Array(items)) => {
                let items = items.borrow();
                Object::list(items.iter().map(|item| self.decode(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            ("o", JsonNode::Array(entries)) => {
                let mut map = objects::ObjectMap::new();
                for entry in entries.borrow().iter() {
                    if let JsonNode::Array(entry) = entry
                        && let [JsonNode::String(name), value] = entry.borrow().as_slice()
                    {
                        map.insert(MapKey(Object::String(name.clone())), self.decode(value, depth + 1)?);
                    }
                }
                Object::map(map)
            }
            ("d", ms) => ms.to_object().long_value().map_or(Object::Null, |ms| Object::Date(models::Timestamp(ms))),
            ("b", JsonNode::String(digits)) => digits.parse().map_or(Object::Null, Object::Long),
            _ => Object::Null,
        })
    }

    /// An object as a script sees it: numbers, texts and booleans by value, the rest by number.
    fn encode(&mut self, object: Object) -> Result<JsonNode, ObjectError> {
        let kind = match &object {
            Object::Null => return Ok(JsonNode::Null),
            Object::Boolean(value) => return Ok(JsonNode::Boolean(*value)),
            Object::String(text) => return Ok(JsonNode::String(text.clone())),
            Object::Short(_) | Object::Integer(_) | Object::Long(_) => {
                return Ok(JsonNode::Long(object.long_value().unwrap_or(0)));
            }
            Object::Double(value) if value.is_finite() && *value != 0.0 => return Ok(JsonNode::Double(*value)),
            Object::Double(value) => {
                return Ok(property("n", string(&objects::number::double_to_string(*value))));
            }
            Object::List(_) | Object::Set(_) => "list",
            Object::Map(_) => "map",
            Object::Bytes(_) => "bytes",
            Object::Date(_) => "date",
            Object::BigDecimal(_) | Object::BigInteger(_) => "number",
            Object::Handle(_) => "handle",
            _ => "object",
        };
        if self.objects.len() >= MAX_OBJECTS {
            return Err(ObjectError::Limit(format!("the script holds more than {MAX_OBJECTS} objects")));
        }
        self.objects.push(object);
        let mut properties = JsonObject::new();
        let id = i64::try_from(self.objects.len() - 1).unwrap_or(i64::MAX);
        properties.insert(Rc::from("h"), JsonNode::Long(id));
        properties.insert(Rc::from("k"), string(kind));
        Ok(JsonNode::object(properties))
    }

    /// The outcome of the run, from the prelude's form; `body` is what was run in the script's place, if anything.
    pub(super) fn outcome(&self, outcome: &str, body: Option<&Body>) -> Result<Object, ScriptError> {
        let unreadable = || ScriptError::Limit("the result of a script cannot be read".to_owned());
        let Ok(JsonNode::Object(fields)) = JsonNode::parse(outcome) else { return Err(unreadable()) };
        let fields = fields.borrow();
        if let Some(value) = fields.get("v") {
            return self.decode(value, 0).map_err(ScriptError::from_object);
        }
        let text = |name: &str| match fields.get(name) {
            Some(JsonNode::String(text)) => Some(text.to_string()),
            _ => None,
        };
        if let Some(name) = text("error") {
            let (message, stack) = (text("message").unwrap_or_default(), text("stack").unwrap_or_default());
            let body = body.filter(|_| matches!(fields.get("compiled"), Some(JsonNode::Boolean(true))));
            return Err(uncaught(&name, &message, &stack, body));
        }
        if let Some(thrown) = text("text") {
            return Err(ScriptError::evaluate(format!("org.graalvm.polyglot.PolyglotException: {thrown}")));
        }
        let parts = |name: &str| match fields.get(name) {
            Some(JsonNode::Array(parts)) => {
                let part = |node: &JsonNode| match node {
                    JsonNode::String(text) => Some(text.to_string()),
                    _ => None,
                };
                let parts = parts.borrow();
                Some((parts.first().and_then(part).unwrap_or_default(), parts.get(1).and_then(part)))
            }
            _ => None,
        };
        if let Some((code, message)) = parts("bpmn") {
            return Err(ScriptError::BpmnError { code, message });
        }
        match parts("java") {
            Some((class, Some(message))) => Err(ScriptError::evaluate(format!("{class}: {message}"))),
            Some((class, None)) => Err(ScriptError::evaluate(class)),
            None => Err(unreadable()),
        }
    }
}

/// A number of a script: `Integer` where it is one, else `Double`.
pub(super) fn number(value: f64) -> Object {
    #[expect(clippy::cast_possible_truncation, reason = "compared with what it came from")]
    let whole = value as i32;
    if f64::from(whole).to_bits() == value.to_bits() { Object::Integer(whole) } else { Object::Double(value) }
}

fn size(object: &Object) -> usize {
    match object {
        Object::List(items) => items.borrow().len(),
        Object::Set(entries) | Object::Map(entries) => entries.borrow().len(),
        Object::Bytes(bytes) => bytes.len(),
        _ => 0,
    }
}

fn element(object: &Object, at: usize) -> Option<Object> {
    match object {
        Object::List(items) => items.borrow().get(at).cloned(),
        Object::Set(entries) => entries.borrow().get_index(at).map(|(key, _)| key.0.clone()),
        Object::Bytes(bytes) => bytes.get(at).map(|byte| Object::Integer(i32::from(byte.cast_signed()))),
        _ => None,
    }
}

fn put(object: &Object, key: &JsonNode, value: Object) -> Result<(), ObjectError> {
    match (object, key) {
        (Object::Map(entries), JsonNode::String(name)) => {
            entries.borrow_mut().insert(MapKey(Object::String(name.clone())), value);
            Ok(())
        }
        (Object::List(items), index) => {
            let at = index.to_object().long_value().and_then(|at| usize::try_from(at).ok());
            let mut items = items.borrow_mut();
            let length = items.len();
            match at {
                Some(at) if at < length => items[at] = value,
                Some(at) if at == length => items.push(value),
                _ => {
                    let message = format!("Index {index} out of bounds for length {length}");
                    return Err(ObjectError::exception("java.lang.IndexOutOfBoundsException", message));
                }
            }
            Ok(())
        }
        _ => Err(ObjectError::Limit("a script set a property of an object without properties".to_owned())),
    }
}

/// Whether a member is a method, as far as its name tells: `x.foo` is undefined when there is no such method.
fn may_have_method(object: &Object, name: &str) -> bool {
    match object {
        Object::Json(_) => JSON_METHODS.contains(&name),
        Object::Xml(_) => XML_METHODS.contains(&name),
        _ => true,
    }
}

const JSON_METHODS: [&str; 34] = [
    "append",
    "boolValue",
    "contains",
    "deleteProp",
    "elements",
    "equals",
    "fieldNames",
    "getClass",
    "getDataFormatName",
    "getNodeType",
    "hasProp",
    "hashCode",
    "indexOf",
    "insertAfter",
    "insertAt",
    "insertBefore",
    "isArray",
    "isBoolean",
    "isNull",
    "isNumber",
    "isObject",
    "isString",
    "isValue",
    "jsonPath",
    "lastIndexOf",
    "mapTo",
    "numberValue",
    "prop",
    "remove",
    "removeAt",
    "removeLast",
    "stringValue",
    "unwrap",
    "value",
];

const XML_METHODS: [&str; 32] = [
    "append",
    "appendAfter",
    "appendBefore",
    "attr",
    "attrNames",
    "attrNs",
    "attrs",
    "childElement",
    "childElements",
    "equals",
    "getClass",
    "getDataFormatName",
    "hasAttr",
    "hasAttrNs",
    "hasNamespace",
    "hasPrefix",
    "hashCode",
    "mapTo",
    "name",
    "namespace",
    "prefix",
    "remove",
    "removeAttr",
    "removeAttrNs",
    "replace",
    "replaceChild",
    "textContent",
    "toString",
    "unwrap",
    "value",
    "writeToWriter",
    "xPath",
];
