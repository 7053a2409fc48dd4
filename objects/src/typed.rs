//! Typed values: a value together with its type, as `getVariableTyped` and typed decision outputs answer it.

use std::rc::Rc;

use models::value::{JAVA_SERIALIZED, ObjectContent, Value};

use crate::{
    args::mismatch,
    context::{Context, ObjectError},
    convert,
    object::{Extension, Object},
    text,
};

/// `org.camunda.bpm.engine.variable.value.TypedValue`.
#[derive(Debug)]
pub struct TypedObject {
    value: Object,
    /// The variable it was read from: knows format and class of serialised objects.
    stored: Option<Value>,
}

impl TypedObject {
    /// The typed value of an object.
    pub fn new(value: Object) -> Self {
        let stored = convert::to_value(&value).ok();
        Self { value, stored }
    }

    /// The same, as an object.
    pub fn object(value: Object) -> Object {
        Object::Extension(Rc::new(Self::new(value)))
    }

    /// The typed value of a variable, as an object.
    pub fn of_variable(value: &Value) -> Object {
        Object::Extension(Rc::new(Self { value: convert::to_object(value), stored: Some(value.clone()) }))
    }

    /// What it is stored as.
    pub(crate) fn stored(&self) -> Option<&Value> {
        self.stored.as_ref()
    }

    fn type_name(&self) -> String {
        self.stored.as_ref().map_or("object", Value::type_name).to_lowercase()
    }

    /// `toString()`.
    pub(crate) fn shown(&self, ctx: &mut dyn Context) -> Result<String, ObjectError> {
        Ok(match &self.value {
            Object::Null => "Untyped 'null' value".to_owned(),
            value => {
                let text = text::to_text(value, ctx)?;
                format!("Value '{text}' of type 'PrimitiveValueType[{}]', isTransient=false", self.type_name())
            }
        })
    }

    fn of_object(&self, name: &str) -> Option<Object> {
        let Some(Value::Object(object)) = &self.stored else { return None };
        let text = |text: Option<&str>| text.map_or(Object::Null, Object::string);
        Some(match name {
            "getObjectTypeName" => text(object.type_name.as_deref()),
            "getSerializationDataFormat" => text(Some(object.format.as_deref().unwrap_or(JAVA_SERIALIZED))),
            "getValueSerialized" => match &object.content {
                ObjectContent::Serialized(serialized) => Object::string(&**serialized),
                ObjectContent::Null => Object::Null,
                ObjectContent::Tree(tree) => Object::string(convert::tree_json(tree)),
            },
            "isDeserialized" => Object::Boolean(true),
            _ => return None,
        })
    }
}

impl Extension for TypedObject {
    fn class_name(&self) -> String {
        let package = "org.camunda.bpm.engine.variable.impl.value";
        match &self.stored {
            None | Some(Value::Null) => format!("{package}.NullValueImpl"),
            Some(Value::Object(_)) => format!("{package}.ObjectValueImpl"),
            Some(Value::File(_)) => format!("{package}.FileValueImpl"),
            Some(Value::Json(_)) => "org.camunda.spin.plugin.variable.value.impl.JsonValueImpl".to_owned(),
            Some(Value::Xml(_)) => "org.camunda.spin.plugin.variable.value.impl.XmlValueImpl".to_owned(),
            Some(other) => format!("{package}.PrimitiveTypeValueImpl${}ValueImpl", other.type_name()),
        }
    }

    fn text(&self) -> String {
        format!("Value of type '{}'", self.type_name())
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn call(&self, name: &str, args: &[Object], ctx: &mut dyn Context) -> Result<Object, ObjectError> {
        Ok(match (name, args) {
            ("getValue", [] | [_]) => self.value.clone(),
            ("getType", []) => Object::Extension(Rc::new(ValueType(self.type_name()))),
            ("isTransient", []) => Object::Boolean(false),
            ("toString", []) => Object::string(self.shown(ctx)?),
            ("getFilename" | "getMimeType" | "getEncoding", []) if matches!(self.value, Object::File(_)) => {
                crate::methods::call(&self.value, name, args, ctx)?
            }
            (_, []) => self.of_object(name).ok_or_else(mismatch)?,
            _ => return Err(mismatch()),
        })
    }
}

/// `org.camunda.bpm.engine.variable.type.ValueType`: knows its name.
#[derive(Debug)]
struct ValueType(String);

impl Extension for ValueType {
    fn class_name(&self) -> String {
        "org.camunda.bpm.engine.variable.impl.type.PrimitiveValueTypeImpl".to_owned()
    }

    fn text(&self) -> String {
        format!("PrimitiveValueType[{}]", self.0)
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn call(&self, name: &str, args: &[Object], _: &mut dyn Context) -> Result<Object, ObjectError> {
        match (name, args) {
            ("getName", []) => Ok(Object::string(self.0.as_str())),
            _ => Err(mismatch()),
        }
    }
}
