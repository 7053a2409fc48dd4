//! How a computation ends early.

use std::rc::Rc;

use objects::{Object, ObjectError};

use super::Interpreter;
use crate::{
    classes,
    error::ScriptError,
    values::{ExceptionObject, Instance, downcast, extension},
};

/// An exception on its way up, or a limit that was passed.
#[derive(Debug)]
pub(crate) enum Throw {
    /// An [`ExceptionObject`], or an [`Instance`] of a class that extends an exception.
    Exception(Object),
    Limit(String),
}

pub(crate) type Outcome<T> = Result<T, Box<Throw>>;

impl Throw {
    pub(crate) fn exception(class: &str, message: impl Into<Rc<str>>) -> Box<Self> {
        Box::new(Self::Exception(extension(ExceptionObject::new(class, Some(message.into())))))
    }

    pub(crate) fn without_message(class: &str) -> Box<Self> {
        Box::new(Self::Exception(extension(ExceptionObject::new(class, None))))
    }

    pub(crate) fn null_pointer(message: String) -> Box<Self> {
        Self::exception("java.lang.NullPointerException", message)
    }

    pub(crate) fn illegal_argument(message: impl Into<Rc<str>>) -> Box<Self> {
        Self::exception("java.lang.IllegalArgumentException", message)
    }

    pub(crate) fn missing_property(name: &str, class: &str) -> Box<Self> {
        Self::exception("groovy.lang.MissingPropertyException", format!("No such property: {name} for class: {class}"))
    }

    pub(crate) fn cast(value: &str, class: &str, target: &str) -> Box<Self> {
        Self::exception(
            "org.codehaus.groovy.runtime.typehandling.GroovyCastException",
            format!("Cannot cast object '{value}' with class '{class}' to class '{target}'"),
        )
    }

    pub(crate) fn limit(message: String) -> Box<Self> {
        Box::new(Self::Limit(message))
    }

    /// What the caller of the script sees.
    pub(crate) fn into_error(self, interpreter: &mut Interpreter<'_>) -> ScriptError {
        let object = match self {
            Self::Limit(message) => return ScriptError::Limit(message),
            Self::Exception(object) => object,
        };
        let Some(exception) = exception_of(&object) else {
            return ScriptError::Exception { class: object.plain_class_name(), message: None };
        };
        if let Some(code) = &exception.code {
            let message = exception.message.as_deref().map(str::to_owned);
            return ScriptError::BpmnError { code: code.to_string(), message };
        }
        let class = exception.class.to_string();
        let message = match downcast::<Instance>(&object) {
            // A class of the script may say its message itself.
            Some(_) => match interpreter.invoke(&object, "getMessage", &[]) {
                Ok(Object::String(text)) => Some(text.to_string()),
                _ => None,
            },
            None => exception.message.as_deref().map(str::to_owned),
        };
        ScriptError::Exception { class, message }
    }
}

/// The exception in an object that can be thrown.
pub(crate) fn exception_of(object: &Object) -> Option<ExceptionObject> {
    if let Some(exception) = downcast::<ExceptionObject>(object) {
        return Some(exception.clone());
    }
    let instance = downcast::<Instance>(object)?;
    let mut exception = instance.exception.as_ref()?.borrow().clone();
    exception.class = Rc::from(&*instance.name);
    Some(exception)
}

impl From<ObjectError> for Box<Throw> {
    fn from(error: ObjectError) -> Self {
        match error {
            ObjectError::UnknownIdentifier(name) => Throw::missing_property(&name, "Script1"),
            ObjectError::UnknownProperty(class, name) => Throw::missing_property(&name, &class),
            ObjectError::UnknownMethod(class, name) => Throw::exception(
                "groovy.lang.MissingMethodException",
                format!("No signature of method: {class}.{name}() is applicable for these arguments"),
            ),
            ObjectError::BpmnError(code, message) => {
                let mut exception =
                    ExceptionObject::new("org.camunda.bpm.engine.delegate.BpmnError", message.map(Rc::from));
                exception.code = Some(code.into());
                Box::new(Throw::Exception(extension(exception)))
            }
            // Java methods without a message are told by this word.
            ObjectError::Exception(class, message) if message == "null" => Throw::without_message(&class),
            ObjectError::Exception(class, message) => Throw::exception(&class, message),
            ObjectError::Limit(message) => Throw::limit(message),
        }
    }
}

/// Whether an exception of one class is caught as another; classes are qualified names.
pub(crate) fn is_caught_as(class: &str, wanted: &str) -> bool {
    if classes::extends(class, wanted) {
        return true;
    }
    // A class from outside the table: an exception, as far as is known.
    !classes::is_known(class)
        && matches!(wanted, "java.lang.Exception" | "java.lang.Throwable" | "java.lang.RuntimeException")
}
