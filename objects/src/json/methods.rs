//! Methods of `SpinJsonNode` and the conversion of objects to nodes.

use super::{JsonNode, JsonObject, path::PathQuery};
use crate::{
    args::{boolean, int, mismatch, string},
    context::{Context, ObjectError},
    object::Object,
    shared::Shared,
};

type Outcome = Result<Object, ObjectError>;

fn error(class: &str, number: &str, message: &str) -> ObjectError {
    let class = format!("org.camunda.spin.json.{class}");
    ObjectError::exception(&class, format!("SPIN/JACKSON-JSON-{number} {message}"))
}

fn not_found(name: &str) -> ObjectError {
    error("SpinJsonPropertyException", "01004", &format!("Unable to find '{name}'"))
}

fn expected(what: &str, node: &JsonNode) -> ObjectError {
    let message = format!("Expected '{what}', got '{}'", node.kind());
    error("SpinJsonDataFormatException", "01002", &message)
}

fn out_of_bounds(index: i32, size: usize) -> ObjectError {
    ObjectError::exception(
        "java.lang.IndexOutOfBoundsException",
        format!("SPIN/JACKSON-JSON-01012 Index is out of bound! Index: '{index}', Size: '{size}'"),
    )
}

impl JsonNode {
    /// Jackson's node type, as Spin's messages show it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Boolean(_) => "BOOLEAN",
            Self::Int(_) | Self::Long(_) | Self::BigInteger(_) | Self::Double(_) => "NUMBER",
            Self::String(_) => "STRING",
            Self::Array(_) => "ARRAY",
            Self::Object(_) => "OBJECT",
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Int(_) | Self::Long(_) | Self::BigInteger(_) | Self::Double(_))
    }

    /// `JsonNode.equals`: by content; numbers only within one class.
    pub fn equals(&self, other: &Self, depth: usize) -> bool {
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => {
                a.ptr_eq(b) || {
                    let (a, b) = (a.borrow(), b.borrow());
                    depth < Self::MAX_DEPTH
                        && a.len() == b.len()
                        && a.iter().zip(b.iter()).all(|(a, b)| a.equals(b, depth + 1))
                }
            }
            (Self::Object(a), Self::Object(b)) => {
                a.ptr_eq(b) || {
                    let (a, b) = (a.borrow(), b.borrow());
                    depth < Self::MAX_DEPTH
                        && a.len() == b.len()
                        && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| a.equals(b, depth + 1)))
                }
            }
            _ => self.same(other),
        }
    }

    /// `stringValue()`.
    pub(super) fn string_value(&self) -> Outcome {
        match self {
            Self::String(text) => Ok(Object::String(text.clone())),
            other => Err(expected("String", other)),
        }
    }

    /// `numberValue()`.
    pub(super) fn number_value(&self) -> Outcome {
        if self.is_number() { Ok(self.to_object()) } else { Err(expected("Number", self)) }
    }

    /// `boolValue()`.
    pub(super) fn bool_value(&self) -> Outcome {
        match self {
            Self::Boolean(value) => Ok(Object::Boolean(*value)),
            other => Err(expected("Boolean", other)),
        }
    }

    /// `elements()`.
    pub(super) fn elements(&self) -> Outcome {
        match self {
            Self::Array(items) => Ok(Object::list(items.borrow().iter().cloned().map(Object::Json).collect())),
            other => Err(expected("SpinList", other)),
        }
    }
}

/// The node Spin makes of an object set as a property or element.
///
/// # Errors
/// Refused for classes Spin has no node for.
pub fn from_object(object: &Object) -> Result<JsonNode, ObjectError> {
    node(object, 0)
}

fn node(object: &Object, depth: usize) -> Result<JsonNode, ObjectError> {
    if depth > JsonNode::MAX_DEPTH {
        return Err(ObjectError::exception("java.lang.StackOverflowError", "a container contains itself"));
    }
    Ok(match object {
        Object::Null => JsonNode::Null,
        Object::Boolean(value) => JsonNode::Boolean(*value),
        Object::Short(value) => JsonNode::Int(i32::from(*value)),
        Object::Integer(value) => JsonNode::Int(*value),
        Object::Long(value) => JsonNode::Long(*value),
        Object::BigInteger(value) => JsonNode::BigInteger(Box::new(*value)),
        Object::Double(value) => JsonNode::Double(*value),
        Object::BigDecimal(_) => JsonNode::Double(object.double_value().unwrap_or(f64::NAN)),
        Object::String(text) => JsonNode::String(text.clone()),
        Object::Json(node) => node.clone(),
        Object::List(items) => {
            let items = items.borrow().iter().map(|item| node(item, depth + 1)).collect::<Result<_, _>>()?;
            JsonNode::array(items)
        }
        Object::Map(entries) => {
            let mut properties = JsonObject::new();
            for (key, value) in entries.borrow().iter() {
                let Object::String(name) = &key.0 else {
                    return Err(cannot_create(&key.0));
                };
                properties.insert(name.clone(), node(value, depth + 1)?);
            }
            JsonNode::object(properties)
        }
        other => return Err(cannot_create(other)),
    })
}

fn cannot_create(object: &Object) -> ObjectError {
    let class = object.plain_class_name();
    let message = format!("Unable to create node for object of type '{class}'");
    error("SpinJsonPropertyException", "01005", &message)
}

/// `JSON(input)` and `S(input)` for JSON.
///
/// # Errors
/// Spin's message when the text is not JSON.
pub fn spin_json(input: &Object) -> Outcome {
    match input {
        Object::Json(_) => Ok(input.clone()),
        Object::String(text) => JsonNode::parse(text)
            .map(Object::Json)
            .map_err(|_| error("SpinJsonDataFormatException", "01001", "Unable to parse input into json node")),
        Object::Null => Err(ObjectError::exception(
            "java.lang.IllegalArgumentException",
            "UTILS-02001 Parameter 'parameter' is null",
        )),
        other => from_object(other).map(Object::Json),
    }
}

/// Position from the start or, when negative, from the end.
fn position(index: i32, size: usize) -> Result<usize, ObjectError> {
    let at = if index < 0 { i64::try_from(size).unwrap_or(0) + i64::from(index) } else { i64::from(index) };
    usize::try_from(at).ok().filter(|at| *at <= size).ok_or_else(|| out_of_bounds(index, size))
}

/// Node to look for or to add; null is refused as Spin does.
fn required(object: &Object) -> Result<JsonNode, ObjectError> {
    if object.is_null() {
        return Err(ObjectError::exception(
            "java.lang.IllegalArgumentException",
            "UTILS-02001 Parameter 'property' is null",
        ));
    }
    from_object(object)
}

type Items = Shared<Vec<JsonNode>>;

fn list(node: &JsonNode, reading: bool) -> Result<&Items, ObjectError> {
    match node {
        JsonNode::Array(items) => Ok(items),
        other if reading => {
            let message = format!("Unable to get index from '{}'. Node is not a list.", other.kind());
            Err(error("SpinJsonException", "01011", &message))
        }
        other => {
            let message = format!("Unable to modify node of type '{}'. Node is not a list.", other.kind());
            Err(error("SpinJsonException", "01010", &message))
        }
    }
}

fn find(items: &Items, searched: &Object, last: bool) -> Result<usize, ObjectError> {
    let searched = required(searched)?;
    let items = items.borrow();
    let found = if last {
        items.iter().rposition(|item| item.equals(&searched, 0))
    } else {
        items.iter().position(|item| item.equals(&searched, 0))
    };
    found.ok_or_else(|| not_found(&searched.to_string()))
}

/// Calls a method of a node.
///
/// # Errors
/// [`ObjectError::UnknownMethod`] without names when there is no such method; Spin's exceptions.
pub fn call(target: &JsonNode, name: &str, args: &[Object], ctx: &mut dyn Context) -> Outcome {
    let index = |at: usize| Object::Integer(i32::try_from(at).unwrap_or(i32::MAX));
    let is = |yes: bool| Ok(Object::Boolean(yes));
    match (name, args) {
        ("isObject", []) => return is(matches!(target, JsonNode::Object(_))),
        ("isArray", []) => return is(matches!(target, JsonNode::Array(_))),
        ("isString", []) => return is(matches!(target, JsonNode::String(_))),
        ("isNumber", []) => return is(target.is_number()),
        ("isBoolean", []) => return is(matches!(target, JsonNode::Boolean(_))),
        ("isNull", []) => return is(matches!(target, JsonNode::Null)),
        ("isValue", []) => return is(!matches!(target, JsonNode::Array(_) | JsonNode::Object(_))),
        ("stringValue", []) => return target.string_value(),
        ("numberValue", []) => return target.number_value(),
        ("boolValue", []) => return target.bool_value(),
        ("value", []) => match target {
            JsonNode::Array(_) | JsonNode::Object(_) => {
                return Err(expected("String/Number/Boolean/Null", target));
            }
            scalar => return Ok(scalar.to_object()),
        },
        ("elements", []) => return target.elements(),
        ("getDataFormatName", []) => return Ok(Object::string("application/json")),
        ("getNodeType", []) => return Ok(Object::string(target.kind())),
        ("fieldNames", []) => {
            return Ok(Object::list(match target {
                JsonNode::Object(properties) => properties.borrow().keys().cloned().map(Object::String).collect(),
                _ => Vec::new(),
            }));
        }
        ("hasProp", [property]) => {
            let property = string(property, ctx)?;
            return is(match target {
                JsonNode::Object(properties) => properties.borrow().contains_key(&property),
                _ => false,
            });
        }
        ("prop", [property]) => {
            let property = string(property, ctx)?;
            let found = match target {
                JsonNode::Object(properties) => properties.borrow().get(&property).cloned(),
                _ => None,
            };
            return found.map(Object::Json).ok_or_else(|| not_found(&property));
        }
        ("jsonPath", [path]) => return PathQuery::object(target, &string(path, ctx)?),
        ("unwrap", []) => return Ok(Object::Json(target.clone())),
        ("mapTo", [class]) => {
            let class = string(class, ctx)?;
            let message = format!("Cannot construct java type from string '{class}'");
            return Err(error("SpinJsonDataFormatException", "01007", &message));
        }
        ("indexOf", [item]) => return find(list(target, true)?, item, false).map(index),
        ("lastIndexOf", [item]) => return find(list(target, true)?, item, true).map(index),
        ("contains", [item]) => return is(find(list(target, true)?, item, false).is_ok()),
        _ => {}
    }
    change(target, name, args, ctx)?;
    Ok(Object::Json(target.clone()))
}

/// Methods that change the node and return it.
fn change(target: &JsonNode, name: &str, args: &[Object], ctx: &mut dyn Context) -> Result<(), ObjectError> {
    match (name, args) {
        ("prop", [property, value]) => {
            let JsonNode::Object(properties) = target else {
                let message = "class com.fasterxml.jackson.databind.node is not an ObjectNode";
                return Err(ObjectError::exception("java.lang.ClassCastException", message));
            };
            let property = string(property, ctx)?;
            let value = match value {
                Object::Json(_) | Object::Null => from_object(value)?,
                Object::Boolean(_) => JsonNode::Boolean(boolean(value)?),
                other => from_object(other)?,
            };
            properties.borrow_mut().insert(property, value);
        }
        ("deleteProp", [names]) => {
            let names = match names {
                Object::List(names) => names.borrow().clone(),
                other => vec![other.clone()],
            };
            for name in names {
                let name = string(&name, ctx)?;
                let removed = match target {
                    JsonNode::Object(properties) => properties.borrow_mut().shift_remove(&name),
                    _ => None,
                };
                removed.ok_or_else(|| not_found(&name))?;
            }
        }
        ("append", [item]) => {
            let item = required(item)?;
            list(target, false)?.borrow_mut().push(item);
        }
        ("insertAt", [index, item]) => {
            let item = required(item)?;
            let items = list(target, false)?;
            let at = position(int(index)?, items.borrow().len())?;
            items.borrow_mut().insert(at, item);
        }
        ("insertBefore" | "insertAfter", [searched, item]) => {
            let items = list(target, false)?;
            let at = find(items, searched, false)? + usize::from(name == "insertAfter");
            let item = required(item)?;
            items.borrow_mut().insert(at, item);
        }
        ("remove" | "removeLast", [searched]) => {
            let items = list(target, false)?;
            let at = find(items, searched, name == "removeLast")?;
            items.borrow_mut().remove(at);
        }
        ("removeAt", [index]) => {
            let items = list(target, false)?;
            let index = int(index)?;
            let size = items.borrow().len();
            let at = position(index, size).ok().filter(|at| *at < size).ok_or_else(|| out_of_bounds(index, size))?;
            items.borrow_mut().remove(at);
        }
        _ => return Err(mismatch()),
    }
    Ok(())
}

pub(super) fn path_error(number: &str, message: &str) -> ObjectError {
    error("SpinJsonPathException", number, message)
}
